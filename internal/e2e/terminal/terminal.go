//go:build !windows

package terminal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
)

const (
	// Patience is how long [Terminal.WaitFor] waits: much longer than a till takes on a busy machine. It costs nothing
	// where what is waited for comes.
	Patience = 90 * time.Second
	// maxRecordBytes bounds [Terminal.Raw]; what comes later is shown but not kept.
	maxRecordBytes = 16 << 20
	// readBytes is as much as the kernel hands out of a pseudo-terminal at once.
	readBytes = 4096
)

// Options are the terminal's own properties. The zero value is an 80x24 one that answers what it is asked.
type Options struct {
	Columns, Rows int  // zero: 80x24
	Mute          bool // it answers no question about its colours or its cursor
}

// Terminal is a running program with the terminal that it runs in. It is safe for concurrent use.
type Terminal struct {
	process *exec.Cmd
	pty     *os.File
	screen  vt10x.Terminal
	started time.Time

	mu       sync.Mutex // also held while the emulator takes output
	record   []byte     // what the program wrote
	pieces   int        // in which it came
	partial  []byte     // the incomplete end of the last output's text
	watchers map[*watcher]struct{}
	gone     bool // nothing more is to come

	exited  chan struct{} // closed when the program has ended
	exitErr error
}

// watcher waits for a screen.
type watcher struct {
	wanted func(screen string) bool
	seen   chan time.Time // gets the time at which the wanted screen came
}

// ErrEnded says that the program ended before the screen came that was waited for.
var ErrEnded = errors.New("terminal: the program has ended")

// TimeoutError says that a screen did not come in time.
type TimeoutError struct {
	Wanted string // what was waited for
	Limit  time.Duration
	Screen string // what was there instead
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("terminal: no %s within %s; the screen is\n%s", e.Wanted, e.Limit, e.Screen)
}

// Start starts the program in a terminal of its own. The caller calls [Terminal.Close].
func Start(process *exec.Cmd, options Options) (*Terminal, error) {
	if options.Columns == 0 {
		options.Columns, options.Rows = 80, 24
	}
	size := &pty.Winsize{Cols: uint16(options.Columns), Rows: uint16(options.Rows)}
	started := time.Now()
	file, err := pty.StartWithSize(process, size)
	if err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	answers := io.Writer(file)
	if options.Mute {
		answers = io.Discard
	}
	t := &Terminal{
		process:  process,
		pty:      file,
		screen:   vt10x.New(vt10x.WithSize(options.Columns, options.Rows), vt10x.WithWriter(answers)),
		started:  started,
		watchers: make(map[*watcher]struct{}),
		exited:   make(chan struct{}),
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		t.read()
	}()
	go func() {
		<-read // the last words first
		t.exitErr = process.Wait()
		close(t.exited)
	}()
	return t, nil
}

// read takes the program's output until there is no more.
func (t *Terminal) read() {
	chunk := make([]byte, readBytes)
	for {
		n, err := t.pty.Read(chunk)
		if n > 0 {
			t.show(chunk[:n], time.Now())
		}
		if err != nil { // when the program has closed its side, Linux calls that an input/output error
			t.mu.Lock()
			t.gone = true
			for w := range t.watchers {
				close(w.seen)
			}
			clear(t.watchers)
			t.mu.Unlock()
			return
		}
	}
}

// show lets the emulator draw what came, and wakes who waited for it.
func (t *Terminal) show(output []byte, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.record = append(t.record, output[:min(len(output), maxRecordBytes-len(t.record))]...)
	t.pieces++
	text := append(t.partial, output...)
	whole := len(text) - incompleteTail(text)
	_, _ = t.screen.Write(text[:whole]) // an emulator in memory
	t.partial = append([]byte(nil), text[whole:]...)
	if len(t.watchers) == 0 {
		return
	}
	screen := t.picture()
	for w := range t.watchers {
		if w.wanted(screen) {
			w.seen <- at
			delete(t.watchers, w)
		}
	}
}

// incompleteTail is how many bytes at the end of text begin a character that is not whole. The emulator would drop them.
func incompleteTail(text []byte) int {
	for tail := 1; tail < utf8.UTFMax && tail <= len(text); tail++ {
		if start := text[len(text)-tail:]; utf8.RuneStart(start[0]) {
			if utf8.FullRune(start) {
				return 0
			}
			return tail
		}
	}
	return 0
}

// picture is the screen as text. The caller holds mu.
func (t *Terminal) picture() string {
	lines := strings.Split(t.screen.String(), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(strings.ReplaceAll(line, "\u00a0", " "), " ")
	}
	return strings.Join(lines, "\n")
}

// Screen is what is on the screen now, line by line, with blanks at the ends of lines left out and no-break spaces as
// plain ones.
func (t *Terminal) Screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.picture()
}

// Raw is everything that the program has written so far, up to 16 MiB.
func (t *Terminal) Raw() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]byte(nil), t.record...)
}

// shown is how many pieces of output have been shown.
func (t *Terminal) shown() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.pieces
}

// Started is when the program was started.
func (t *Terminal) Started() time.Time { return t.started }

// Await waits for a screen and returns when its last part came. The error is a [*TimeoutError], which calls the screen
// by the given name, or [ErrEnded].
func (t *Terminal) Await(name string, limit time.Duration, wanted func(screen string) bool) (time.Time, error) {
	t.mu.Lock()
	screen := t.picture()
	if wanted(screen) {
		t.mu.Unlock()
		return time.Now(), nil
	}
	if t.gone {
		t.mu.Unlock()
		return time.Time{}, fmt.Errorf("%w without %s; its last screen was\n%s", ErrEnded, name, screen)
	}
	w := &watcher{wanted: wanted, seen: make(chan time.Time, 1)}
	t.watchers[w] = struct{}{}
	t.mu.Unlock()

	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case at, ok := <-w.seen:
		if !ok {
			return time.Time{}, fmt.Errorf("%w without %s; its last screen was\n%s", ErrEnded, name, t.Screen())
		}
		return at, nil
	case <-timer.C:
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.watchers, w)
		return time.Time{}, &TimeoutError{Wanted: name, Limit: limit, Screen: t.picture()}
	}
}

// WaitFor waits until every one of the texts is on the screen. A text does not run over the end of a line.
func (t *Terminal) WaitFor(texts ...string) error {
	_, err := t.Await(fmt.Sprintf("%q", texts), Patience, func(screen string) bool {
		for _, text := range texts {
			if !strings.Contains(screen, text) {
				return false
			}
		}
		return true
	})
	return err
}

// WaitGone waits until the text is no longer on the screen.
func (t *Terminal) WaitGone(text string) error {
	_, err := t.Await(fmt.Sprintf("screen without %q", text), Patience, func(screen string) bool {
		return !strings.Contains(screen, text)
	})
	return err
}

// Resize changes the window, as a person does with the mouse.
func (t *Terminal) Resize(columns, rows int) error {
	t.mu.Lock()
	t.screen.Resize(columns, rows)
	t.mu.Unlock()
	return pty.Setsize(t.pty, &pty.Winsize{Cols: uint16(columns), Rows: uint16(rows)})
}

// PID is the program's process id.
func (t *Terminal) PID() int { return t.process.Process.Pid }

// Signal sends the program a signal.
func (t *Terminal) Signal(signal os.Signal) error { return t.process.Process.Signal(signal) }

// Kill ends the program as a power cut does, and returns when it is gone.
func (t *Terminal) Kill() error {
	err := t.process.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-t.exited
	return err
}

// Exit waits until the program has ended and returns its exit code, -1 when a signal ended it.
func (t *Terminal) Exit(limit time.Duration) (code int, err error) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-t.exited:
		return t.process.ProcessState.ExitCode(), nil
	case <-timer.C:
		return 0, &TimeoutError{Wanted: "end of the program", Limit: limit, Screen: t.Screen()}
	}
}

// Exited is closed when the program has ended.
func (t *Terminal) Exited() <-chan struct{} { return t.exited }

// Close kills the program, if it still runs, and closes the terminal.
func (t *Terminal) Close() error {
	return errors.Join(t.Kill(), t.pty.Close())
}
