//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

// inTerminal is the program in a terminal of 80x24 with an emulated screen.
type inTerminal struct {
	t        *testing.T
	command  *exec.Cmd
	terminal *os.File
	screen   vt10x.Terminal
	raw      *screenText
	done     chan error
}

// startInTerminal starts the program. A mute terminal takes what is written
// and answers no question.
func startInTerminal(t *testing.T, mute bool, args ...string) *inTerminal {
	t.Helper()
	path, err := exec.LookPath("skidkassa") // the test's own copy, made by testscript
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	s := &inTerminal{
		t: t, command: exec.Command(path, args...), done: make(chan error, 1),
	}
	s.command.Env = []string{
		"HOME=" + home, "TMPDIR=" + t.TempDir(), "TERM=xterm-256color", "LANG=C.UTF-8", "GOCOVERDIR=" + os.Getenv("GOCOVERDIR"),
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(home, "no-bus"),
		"SKIDKASSA_SHOP_VENDOR=4", "SKIDKASSA_SKIDKABOT_URL=http://127.0.0.1:1", "SKIDKASSA_WAITER_LISTEN=127.0.0.1:0",
	}
	terminal, err := pty.StartWithSize(s.command, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	s.terminal = closable(t, terminal)
	answers := io.Writer(s.terminal)
	if mute {
		answers = io.Discard
	}
	s.screen = vt10x.New(vt10x.WithSize(80, 24), vt10x.WithWriter(answers))
	s.raw = watch(io.TeeReader(s.terminal, s.screen))
	go func() { s.done <- s.command.Wait() }()
	t.Cleanup(func() {
		_ = s.command.Process.Kill()
		_ = s.terminal.Close()
	})
	return s
}

// closable gives the same terminal as a file whose Close does not wait for the
// Read that is under way: only then does the program see the window go.
func closable(t *testing.T, terminal *os.File) *os.File {
	t.Helper()
	descriptor, err := syscall.Dup(int(terminal.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(terminal.Close(), syscall.SetNonblock(descriptor, true)); err != nil {
		t.Fatal(err)
	}
	return os.NewFile(uintptr(descriptor), terminal.Name())
}

// see waits until the screen shows a text.
func (s *inTerminal) see(text string) {
	s.t.Helper()
	deadline := time.After(patience)
	for !strings.Contains(s.screen.String(), text) {
		select {
		case <-s.raw.news:
		case <-deadline:
			s.t.Fatalf("no %q on the screen:\n%s", text, s.screen)
		}
	}
}

func (s *inTerminal) press(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.terminal, keys); err != nil {
		s.t.Fatal(err)
	}
}

func (s *inTerminal) ends() {
	s.t.Helper()
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Errorf("it ends with %v:\n%s", err, s.screen)
		}
	case <-time.After(patience):
		s.t.Fatalf("it does not end:\n%s", s.screen)
	}
}

const (
	keyF4  = "\x1bOS"
	keyF6  = "\x1b[17~"
	keyF10 = "\x1b[21~"
)

func TestDemoInATerminal(t *testing.T) {
	demo := startInTerminal(t, false, "demo")
	demo.see("Отсканируйте QR")
	demo.press(keyF6)
	demo.see("Штрихкод товара")
	demo.press("\r")
	demo.see("Сумма чека")
	demo.see("Александр Татарченко")
	demo.see("365") // the balance
	demo.press("\x1b")
	demo.see("Отсканируйте QR")
	demo.press(keyF4)
	demo.see("430,00")     // an order of the demo's POS
	demo.see("Анна-Мария") // a guest whom the demo's waiter checked in
	demo.press(keyF10)
	demo.ends()
}

// The till stands though its secret cannot be had, and a signal ends it as F10
// does. So does a terminal window that is closed.
func TestTillInATerminal(t *testing.T) {
	for name, end := range map[string]func(*inTerminal){
		"F10":              func(till *inTerminal) { till.press(keyF10) },
		"SIGTERM":          func(till *inTerminal) { _ = till.command.Process.Signal(syscall.SIGTERM) },
		"SIGINT":           func(till *inTerminal) { _ = till.command.Process.Signal(syscall.SIGINT) },
		"window is closed": func(till *inTerminal) { _ = till.terminal.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			till := startInTerminal(t, true)
			till.see("Отсканируйте QR")
			end(till)
			till.ends()
		})
	}
}

func TestSimulatorStopsAtCtrlC(t *testing.T) {
	sim := startInTerminal(t, true, "sim", "skidkabot")
	sim.see("listens on http://127.0.0.1:")
	sim.see("Requests:")
	sim.press("\x03")
	sim.ends()
}

// A QR on a terminal brings its own colours, so that it works on any ground.
func TestQRInATerminal(t *testing.T) {
	qr := startInTerminal(t, true, "qr")
	qr.ends()
	qr.see("▄")
	if raw := qr.raw.text(); !strings.Contains(raw, "\x1b[38;5;16;48;5;231m") {
		t.Errorf("no colours: %q", raw)
	}
}

// No command may wait for a terminal that answers no question: so none is
// asked. How long that would take is seen in the built program (internal/e2e).
func TestVersionOnAMuteTerminal(t *testing.T) {
	version := startInTerminal(t, true, "version")
	version.ends()
	version.see("skidkassa")
	if raw := version.raw.text(); strings.Contains(raw, "\x1b") {
		t.Errorf("the terminal is asked or told something: %q", raw)
	}
}
