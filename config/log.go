package config

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"gopkg.in/natefinch/lumberjack.v2"
)

// The log takes at most 30 MiB: the file that is written and five older ones, none of them older than the days of an
// ordinary complaint.
const (
	logFileMiB    = 5
	olderLogFiles = 5
	olderLogDays  = 90
)

// maxLoggedBytes bounds one value: an error may quote what a stranger sent.
const maxLoggedBytes = 8 << 10

// NewLogger opens the program's log: JSON lines in a rotated file that only its
// owner can read. The folder is made, with mode 0700, if it is missing; a file
// that cannot be written is an error now and not at the first message. Close the
// closer last: it writes how many lines were held back.
//
// A flood does not push the rest out: of the warnings and errors with one
// message the first thirty are written, then one in ten minutes, each with the
// number of those between ("held"). A value is cut at 8 KiB.
//
// Secrets, QR texts, PINs and people's names do not reach the file. They are
// held back by type (whatever is a slog.LogValuer or a marshaler that hides
// itself, such as [SecretValue]) and by key: an attribute is replaced when a word
// of its key, or of a group around it, is one of those in [sensitiveWords], also
// inside a struct or a map. So log a shop's or a file's name under another key
// than "name".
func NewLogger(path string, level slog.Level) (*slog.Logger, io.Closer, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, nil, err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	// The rotation gives every later file the mode of the one before.
	if err := errors.Join(f.Close(), os.Chmod(path, 0o600)); err != nil {
		return nil, nil, err
	}
	file := &lumberjack.Logger{Filename: path, MaxSize: logFileMiB, MaxBackups: olderLogFiles, MaxAge: olderLogDays}
	handler := sparing{slog.NewJSONHandler(file, &slog.HandlerOptions{Level: level, ReplaceAttr: redact}), new(flood)}
	return slog.New(handler), &logCloser{handler, file}, nil
}

// logCloser ends the log.
type logCloser struct {
	handler sparing
	file    io.Closer
}

// Close implements [io.Closer].
func (c *logCloser) Close() error {
	c.handler.flood.tell(context.Background(), c.handler.Handler, time.Now())
	return c.file.Close()
}

// sensitiveWords are the words of a key whose value is not logged.
var sensitiveWords = map[string]bool{
	"secret": true, "secrets": true, "password": true, "passwd": true,
	"pin": true, "pins": true, "token": true, "tokens": true,
	"qr": true, "payload": true, "scan": true, "scanned": true, "value": true, "typed": true,
	"name": true, "names": true, "firstname": true, "lastname": true, "photo": true,
	"authorization": true, "signature": true, "cookie": true, "credentials": true,
	"body": true,
}

// sensitive tells a key such as "vendor_secret", "qrText" or "guest.first-name".
func sensitive(key string) bool {
	for _, word := range words(key) {
		if sensitiveWords[word] {
			return true
		}
	}
	return false
}

// words divides a key at signs and before capitals, and writes the words small.
// A run of capitals is one word: "QRText" is "qr" and "text".
func words(key string) []string {
	var list []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			list = append(list, strings.ToLower(string(word)))
			word = nil
		}
	}
	runes := []rune(key)
	for i, r := range runes {
		if !unicode.IsLetter(r) {
			flush()
			continue
		}
		startsWord := unicode.IsUpper(r) && i > 0 &&
			(unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if startsWord {
			flush()
		}
		word = append(word, r)
	}
	flush()
	return list
}

// redact is the log's slog.HandlerOptions.ReplaceAttr.
func redact(groups []string, a slog.Attr) slog.Attr {
	builtIn := len(groups) == 0 &&
		(a.Key == slog.TimeKey || a.Key == slog.LevelKey || a.Key == slog.MessageKey)
	if builtIn {
		return a
	}
	hidden := sensitive(a.Key)
	for _, group := range groups {
		hidden = hidden || sensitive(group)
	}
	if hidden {
		return slog.String(a.Key, redacted)
	}
	if a.Value.Kind() == slog.KindAny {
		a.Value = redactAny(a.Value.Any())
	}
	if text := a.Value; text.Kind() == slog.KindString && len(text.String()) > maxLoggedBytes {
		a.Value = slog.StringValue(strings.ToValidUTF8(text.String()[:maxLoggedBytes], "") + "…")
	}
	return a
}

// redactAny looks into what slog would marshal: the keys inside a struct or a
// map are judged like those of attributes.
func redactAny(logged any) slog.Value {
	if err, ok := logged.(error); ok {
		return slog.StringValue(err.Error())
	}
	marshalled, err := json.Marshal(logged)
	decoder := json.NewDecoder(bytes.NewReader(marshalled))
	decoder.UseNumber()
	var tree any
	if err = errors.Join(err, decoder.Decode(&tree)); err != nil {
		return slog.StringValue("[not JSON]") // err may quote what it stumbled over
	}
	return slog.AnyValue(redactTree(tree))
}

func redactTree(tree any) any {
	switch node := tree.(type) {
	case map[string]any:
		for key, inner := range node {
			if sensitive(key) {
				node[key] = redacted
				continue
			}
			node[key] = redactTree(inner)
		}
	case []any:
		for i, inner := range node {
			node[i] = redactTree(inner)
		}
	}
	return tree
}
