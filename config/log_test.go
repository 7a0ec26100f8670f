package config

import (
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func openLog(t *testing.T, level slog.Level) (*slog.Logger, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log", "skidkassa.log")
	logger, closer, err := NewLogger(path, level)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := closer.Close(); err != nil {
			t.Error(err)
		}
	})
	return logger, path
}

func readLog(t *testing.T, path string) string {
	t.Helper()
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

// hidden is in every value that must not be in the log.
const hidden = "31337"

// No key, no group, no type and no nesting lets a secret through.
func TestLogHidesSecrets(t *testing.T) {
	type reply struct {
		FirstName string
		Secret    string
		QRText    string `json:"qrText"`
	}
	tests := map[string]slog.Attr{
		"key":              slog.String("secret", hidden),
		"number":           slog.Int64("pin", 31337),
		"snake":            slog.String("vendor_secret", hidden),
		"camel":            slog.String("qrText", hidden),
		"capitals":         slog.String("QRText", hidden),
		"kebab":            slog.String("first-name", hidden),
		"dotted":           slog.String("guest.name", hidden),
		"pascal":           slog.String("LastName", hidden),
		"header":           slog.String("Authorization", hidden),
		"cyrillic beside":  slog.String("имя_name", hidden),
		"group":            slog.Group("request", slog.String("Value", hidden)),
		"group by name":    slog.Group("qr", slog.String("text", hidden)),
		"type":             slog.Any("kept", NewSecretValue(hidden)),
		"pointer":          slog.Any("kept", &SecretValue{hidden}),
		"struct":           slog.Any("reply", reply{hidden, hidden, hidden}),
		"nested":           slog.Any("replies", []any{map[string]any{"guest": map[string]any{"name": hidden, "pins": []string{hidden}}}}),
		"type in a struct": slog.Any("x", struct{ S SecretValue }{NewSecretValue(hidden)}),
		"not JSON":         slog.Any("x", map[string]any{"f": func() {}, "secret": hidden}),
		"bad marshaler":    slog.Any("x", badMarshaler{}),
	}
	for name, attr := range tests {
		t.Run(name, func(t *testing.T) {
			logger, path := openLog(t, slog.LevelInfo)
			logger.With(attr).WithGroup("g").Info("said", attr)
			written := readLog(t, path)
			if strings.Contains(written, hidden) {
				t.Errorf("the log holds it: %s", written)
			}
			if !strings.Contains(written, "said") || !strings.Contains(written, "[") {
				t.Errorf("the log does not say that something is hidden: %s", written)
			}
		})
	}
}

type badMarshaler struct{}

func (badMarshaler) MarshalJSON() ([]byte, error) { return nil, errors.New("cannot marshal " + hidden) }

func TestLogKeepsTheRest(t *testing.T) {
	logger, path := openLog(t, slog.LevelInfo)
	logger.Debug("below the level")
	logger.Info("sent",
		"operation", "0197", "points", 25, "latencyMillis", 12.5,
		"error", errors.New("connection reset"),
		"limits", map[string]any{"sum": json.Number("12345678901234567890")},
		"pinned", true, "namespace", "x", "spinner", 1)
	var line map[string]any
	if err := json.Unmarshal([]byte(readLog(t, path)), &line); err != nil {
		t.Fatalf("not one JSON line: %v", err)
	}
	for key, want := range map[string]any{
		"msg": "sent", "level": "INFO", "operation": "0197", "points": 25.0, "latencyMillis": 12.5,
		"error": "connection reset", "pinned": true, "namespace": "x", "spinner": 1.0,
	} {
		if line[key] != want {
			t.Errorf("%s is %v, want %v", key, line[key], want)
		}
	}
	if !strings.Contains(readLog(t, path), `"limits":{"sum":12345678901234567890}`) {
		t.Errorf("a long number is not kept: %s", readLog(t, path))
	}
	if line["time"] == nil {
		t.Error("there is no time")
	}
}

func TestLogFileIsPrivateAndBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log", "skidkassa.log")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("old\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	logger, closer, err := NewLogger(path, slog.LevelInfo)
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", maxLoggedBytes)
	for range 50 << 20 / maxLoggedBytes {
		logger.Info("filler", "text", long)
	}
	if err := closer.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 2 {
		t.Errorf("50 MiB are in %d file, want that it was rotated", len(files))
	}
	for deadline := time.Now().Add(2 * time.Minute); len(files) > 1+olderLogFiles; { // removed in the background
		if time.Now().After(deadline) {
			t.Fatalf("there are %d files, want at most %d", len(files), 1+olderLogFiles)
		}
		if files, err = os.ReadDir(filepath.Dir(path)); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil {
			continue // just removed by the rotation
		}
		if info.Size() > logFileMiB<<20 {
			t.Errorf("%s has %d bytes, want at most %d MiB", file.Name(), info.Size(), logFileMiB)
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", file.Name(), info.Mode())
		}
	}
}

func TestLogThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"below a file": filepath.Join(file, "x", "skidkassa.log"),
		"a folder":     t.TempDir(),
	} {
		if _, _, err := NewLogger(path, slog.LevelInfo); err == nil {
			t.Errorf("%s: it opens", name)
		}
	}
}
