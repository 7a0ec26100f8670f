package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"
)

// ErrCancelled means that the person who was asked pressed Ctrl-C or Ctrl-D.
var ErrCancelled = errors.New("cancelled")

// ErrSecretTooLong means that more was typed than any secret has. It is an
// error, because a secret that was quietly cut off would be a wrong one.
var ErrSecretTooLong = fmt.Errorf("the secret is longer than %d characters", maxTypedRunes)

// maxTypedRunes bounds what is read.
const maxTypedRunes = 256

// ReadSecret asks for a secret. On a terminal it shows one asterisk for each
// character; Backspace and Ctrl-U take back, Enter ends, arrows and other keys
// that send escape sequences do nothing, and the terminal is as before when it
// returns. Where in is not a terminal it reads one line and
// writes nothing. The result has no spaces or line ends around it. Errors:
// [ErrCancelled], [ErrSecretTooLong], io.ErrUnexpectedEOF when the input ends
// before anything came, or what reading returned.
func ReadSecret(in *os.File, out io.Writer, prompt string) (string, error) {
	descriptor := int(in.Fd())
	if !term.IsTerminal(descriptor) {
		return readPiped(in)
	}
	state, err := term.MakeRaw(descriptor)
	if err != nil {
		return "", err
	}
	defer func() {
		// Nothing can be done if the terminal has gone in the meantime.
		_ = term.Restore(descriptor, state)
	}()
	if _, err := io.WriteString(out, prompt); err != nil {
		return "", err
	}
	typed, err := readTyped(in, out)
	if _, lineErr := io.WriteString(out, "\r\n"); err == nil {
		err = lineErr
	}
	return typed, err
}

// readPiped reads one line and leaves the following ones to the next call, so
// that a script can answer two questions.
func readPiped(in io.Reader) (string, error) {
	var line []byte
	for {
		c, err := readByte(in)
		switch {
		case err == io.EOF && len(line) == 0:
			return "", io.ErrUnexpectedEOF
		case err == io.EOF, err == nil && c == '\n':
			return finish(line)
		case err != nil:
			return "", err
		case len(line) > maxTypedRunes*utf8.UTFMax:
			return "", ErrSecretTooLong
		}
		line = append(line, c)
	}
}

func finish(line []byte) (string, error) {
	if utf8.RuneCount(line) > maxTypedRunes {
		return "", ErrSecretTooLong
	}
	// Windows' editors and shells begin a file with a mark of its encoding.
	return strings.TrimSpace(strings.TrimPrefix(string(line), "\uFEFF")), nil
}

// The keys that a terminal in raw mode sends as control characters.
const (
	keyCtrlC     = 0x03
	keyCtrlD     = 0x04
	keyBackspace = 0x08
	keyCtrlU     = 0x15
	keyEscape    = 0x1B
	keyDelete    = 0x7F
)

// typing is the state of one line that is being typed.
type typing struct {
	runes    []rune
	tooMany  int    // runes typed above the limit, which Backspace takes back first
	partial  []byte // the first bytes of a rune whose others are still to come
	sequence escapeState
}

// escapeState follows an escape sequence, so that no byte of an arrow key
// becomes a part of the secret.
type escapeState int

const (
	noEscape escapeState = iota
	afterEscape
	inSequence // after ESC [ or ESC O, up to a byte from @ to ~
)

func readTyped(in io.Reader, out io.Writer) (string, error) {
	var t typing
	for {
		c, err := readByte(in)
		if err == io.EOF {
			return "", io.ErrUnexpectedEOF
		}
		if err != nil {
			return "", err
		}
		var echo string
		switch c {
		case '\r', '\n':
			return t.end()
		case keyCtrlC, keyCtrlD:
			return "", ErrCancelled
		case keyBackspace, keyDelete:
			echo = t.takeBack()
		case keyCtrlU:
			echo = strings.Repeat(eraseOne, len(t.runes))
			t = typing{}
		default:
			echo = t.add(c)
		}
		if _, err := io.WriteString(out, echo); err != nil {
			return "", err
		}
	}
}

func (t *typing) end() (string, error) {
	if t.tooMany > 0 {
		return "", ErrSecretTooLong
	}
	return strings.TrimSpace(string(t.runes)), nil
}

// add takes one byte and returns what the terminal is to show. Control
// characters are no part of any secret.
func (t *typing) add(c byte) string {
	if t.escaped(c) {
		return ""
	}
	t.partial = append(t.partial, c)
	if !utf8.FullRune(t.partial) {
		return ""
	}
	r, size := utf8.DecodeRune(t.partial)
	t.partial = append(t.partial[:0], t.partial[size:]...)
	switch {
	case r < ' ':
		return ""
	case len(t.runes) == maxTypedRunes:
		t.tooMany++
		return ""
	}
	t.runes = append(t.runes, r)
	return "*"
}

// escaped tells that a byte belongs to an escape sequence.
func (t *typing) escaped(c byte) bool {
	switch {
	case c == keyEscape:
		t.sequence = afterEscape
	case t.sequence == afterEscape && (c == '[' || c == 'O'):
		t.sequence = inSequence
	case t.sequence == afterEscape:
		t.sequence = noEscape // Alt and a key
	case t.sequence == inSequence:
		if c >= '@' && c <= '~' {
			t.sequence = noEscape
		}
	default:
		return false
	}
	return true
}

// eraseOne takes one asterisk from the screen.
const eraseOne = "\b \b"

func (t *typing) takeBack() string {
	t.partial, t.sequence = nil, noEscape
	switch {
	case t.tooMany > 0:
		t.tooMany--
		return ""
	case len(t.runes) == 0:
		return ""
	}
	t.runes = t.runes[:len(t.runes)-1]
	return eraseOne
}

// readByte reads unbuffered: what was typed ahead belongs to whoever reads next.
func readByte(in io.Reader) (byte, error) {
	var b [1]byte
	for {
		n, err := in.Read(b[:])
		if n == 1 {
			return b[0], nil
		}
		if err != nil {
			return 0, err
		}
	}
}
