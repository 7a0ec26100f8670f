//go:build !windows

package config

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"
)

// typeInto runs ReadSecret on a pseudo-terminal, types keys into it once the
// prompt is there, and returns what the terminal showed.
func typeInto(t *testing.T, keys string) (secret, screen string, err error) {
	t.Helper()
	keyboard, terminal, openErr := pty.Open()
	if openErr != nil {
		t.Fatal(openErr)
	}
	defer func() { _ = keyboard.Close() }()
	before, stateErr := term.GetState(int(terminal.Fd()))
	if stateErr != nil {
		t.Fatal(stateErr)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		secret, err = ReadSecret(terminal, terminal, "PIN: ")
		after, stateErr := term.GetState(int(terminal.Fd()))
		if stateErr != nil || *after != *before {
			t.Errorf("the terminal is not as before (%v)", stateErr)
		}
		_ = terminal.Close() // ends the reading below
	}()
	if err := keyboard.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	buffer := make([]byte, 4096)
	typed := false
	for {
		n, readErr := keyboard.Read(buffer)
		shown.Write(buffer[:n])
		if !typed && strings.HasSuffix(shown.String(), "PIN: ") {
			typed = true
			if _, err := io.WriteString(keyboard, keys); err != nil {
				t.Fatal(err)
			}
		}
		if readErr != nil {
			break // Linux answers EIO when the other side is closed
		}
	}
	<-done
	return secret, shown.String(), err
}

func TestReadSecretOnATerminal(t *testing.T) {
	tests := []struct {
		name, keys string
		want       string
		wantErr    error
		screen     string
	}{
		{"digits", "1234\r", "1234", nil, "PIN: ****\r\n"},
		{"line feed", "1234\n", "1234", nil, "PIN: ****\r\n"},
		{"nothing", "\r", "", nil, "PIN: \r\n"},
		{"Cyrillic", "ключ\r", "ключ", nil, "PIN: ****\r\n"},
		{"spaces around", " a b \r", "a b", nil, "PIN: *****\r\n"},
		{"Backspace", "12я\x7f\x083\r", "13", nil, "PIN: ***\b \b\b \b*\r\n"},
		{"Backspace on nothing", "\x7f\x7f1\r", "1", nil, "PIN: *\r\n"},
		{"Ctrl-U", "123\x154\r", "4", nil, "PIN: ***\b \b\b \b\b \b*\r\n"},
		{"arrows and Delete", "1\x1b[D\x1bOC\x1b[3~2\r", "12", nil, "PIN: **\r\n"},
		{"Alt and a letter", "1\x1bx2\r", "12", nil, "PIN: **\r\n"},
		{"bracketed paste", "\x1b[200~1234\x1b[201~\r", "1234", nil, "PIN: ****\r\n"},
		{"control characters", "1\x00\x01\t2\r", "12", nil, "PIN: **\r\n"},
		{"Ctrl-C", "12\x03", "", ErrCancelled, "PIN: **\r\n"},
		{"Ctrl-C after Esc", "12\x1b\x03", "", ErrCancelled, "PIN: **\r\n"},
		{"Ctrl-D", "\x04", "", ErrCancelled, "PIN: \r\n"},
		{"longest", strings.Repeat("я", 256) + "\r", strings.Repeat("я", 256), nil, "PIN: " + strings.Repeat("*", 256) + "\r\n"},
		{"too long", strings.Repeat("1", 300) + "\r", "", ErrSecretTooLong, "PIN: " + strings.Repeat("*", 256) + "\r\n"},
		{"too long, one too few taken back", strings.Repeat("1", 258) + "\x7f\r", "", ErrSecretTooLong, "PIN: " + strings.Repeat("*", 256) + "\r\n"},
		{"too long, taken back", strings.Repeat("1", 257) + "\x7f\r", strings.Repeat("1", 256), nil, "PIN: " + strings.Repeat("*", 256) + "\r\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, screen, err := typeInto(t, test.keys)
			if got != test.want || !errors.Is(err, test.wantErr) || (err == nil) != (test.wantErr == nil) {
				t.Errorf("got %q, %v; want %q, %v", got, err, test.want, test.wantErr)
			}
			if screen != test.screen {
				t.Errorf("the screen shows %q, want %q", screen, test.screen)
			}
		})
	}
}

// What is typed ahead belongs to the next question.
func TestReadSecretTakesOneLineOnly(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if _, err := io.WriteString(w, " 1234 \r\n5678"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1234", "5678"} {
		if got, err := ReadSecret(r, failingWriter{}, "PIN: "); got != want || err != nil {
			t.Errorf("got %q, %v; want %q and nothing written", got, err, want)
		}
	}
	if got, err := ReadSecret(r, failingWriter{}, "PIN: "); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("at the end: %q, %v; want ErrUnexpectedEOF", got, err)
	}
}

func TestReadSecretFromAPipeIsBounded(t *testing.T) {
	for name, input := range map[string]string{
		"long line":    strings.Repeat("1", 257) + "\n",
		"endless line": strings.Repeat("1", 100_000),
	} {
		if got, err := readPiped(strings.NewReader(input)); !errors.Is(err, ErrSecretTooLong) {
			t.Errorf("%s: %d characters, %v; want ErrSecretTooLong", name, len(got), err)
		}
	}
}

// A terminal or a pipe that breaks is an error, never half a secret.
func TestReadSecretIgnoresAnEncodingsMark(t *testing.T) {
	if got, err := readPiped(strings.NewReader("\uFEFF31337\r\n")); got != "31337" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestReadSecretFailures(t *testing.T) {
	broken := errors.New("broken")
	if got, err := readPiped(&failingReader{"12", broken}); got != "" || !errors.Is(err, broken) {
		t.Errorf("pipe: %q, %v; want the error", got, err)
	}
	if got, err := readTyped(&failingReader{"12", broken}, io.Discard); got != "" || !errors.Is(err, broken) {
		t.Errorf("terminal: %q, %v; want the error", got, err)
	}
	if got, err := readTyped(strings.NewReader("12"), io.Discard); got != "" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("terminal hung up: %q, %v; want ErrUnexpectedEOF", got, err)
	}
	if got, err := readTyped(strings.NewReader("12\r"), failingWriter{}); got != "" || err == nil {
		t.Errorf("screen: %q, %v; want an error", got, err)
	}
	keyboard, terminal, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = keyboard.Close(), terminal.Close() }()
	if _, err := ReadSecret(terminal, failingWriter{}, "PIN: "); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("prompt: %v, want the error", err)
	}
}

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

type failingReader struct {
	text string
	err  error
}

func (r *failingReader) Read(p []byte) (int, error) {
	if r.text == "" {
		return 0, r.err
	}
	n := copy(p, r.text)
	r.text = r.text[n:]
	return n, nil
}
