//go:build unix

package terminal

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

// answering is a terminal that answers the question for its cursor with a text,
// and what it was sent.
func answering(t *testing.T, answer string) (tty *os.File, sent func() string) {
	t.Helper()
	terminal, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	shown := make(chan string, 1)
	go func() {
		var all strings.Builder
		buf := make([]byte, 256)
		for {
			n, err := terminal.Read(buf)
			if err != nil {
				shown <- all.String()
				return
			}
			all.Write(buf[:n])
			if strings.HasSuffix(all.String(), askCursor) {
				_, _ = io.WriteString(terminal, answer)
			}
		}
	}()
	t.Cleanup(func() { _ = tty.Close(); _ = terminal.Close() })
	return tty, func() string {
		_ = tty.Close()
		return <-shown
	}
}

func TestAsk(t *testing.T) {
	for name, test := range map[string]struct {
		answer string
		utf8   bool
		err    error
	}{
		"UTF-8":                    {"\x1b[24;3R", true, nil},
		"one byte a letter":        {"\x1b[24;5R", false, nil},
		"keys before the answer":   {"5;7R\x1b[A\x1b[15~\x1b[1;3R", true, nil},
		"an answer without an end": {"\x1b[24;3", false, ErrMute},
		"nothing":                  {"", false, ErrMute},
	} {
		t.Run(name, func(t *testing.T) {
			tty, sent := answering(t, test.answer)
			before, err := term.GetState(int(tty.Fd()))
			if err != nil {
				t.Fatal(err)
			}
			limit := 10 * time.Second
			if test.err != nil {
				limit = 50 * time.Millisecond
			}
			got, err := Ask(tty, tty, limit)
			if got.UTF8 != test.utf8 || !errors.Is(err, test.err) {
				t.Errorf("got %+v, %v", got, err)
			}
			if after, err := term.GetState(int(tty.Fd())); err != nil || *after != *before {
				t.Errorf("the terminal is not as before: %v", err)
			}
			if shown := sent(); !strings.HasSuffix(shown, askWipe) {
				t.Errorf("what it wrote stays on the screen: %q", shown)
			}
		})
	}
}

func TestAskWhatIsNoTerminal(t *testing.T) {
	file, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	if _, err := Ask(file, file, time.Second); err == nil {
		t.Error("a file is taken for a terminal")
	}
}
