// Package terminal makes what a terminal sends safe for bubbletea v1 to read.
//
// bubbletea's reader takes what one read returns, at most 256 bytes, for whole
// keys. A rune whose bytes arrive in two reads is lost, and a bracketed paste
// without its end swallows every later key, Ctrl-C among them. A [Reader]
// between the terminal and bubbletea holds such a rune back until it is whole
// and ends such a paste:
//
//	tea.NewProgram(model, tea.WithInput(terminal.NewReader(os.Stdin)))
//
// On the Windows console bubbletea takes key records from the console that the
// Reader's Fd names, and never calls Read: there the Reader changes nothing,
// and nothing needs to be changed.
package terminal

import (
	"os"
	"time"
)

// Limits of a bracketed paste. One that is longer is cut, and one that goes on
// in silence is over.
const (
	PasteLimitBytes = 4096
	PasteSilence    = time.Second
)

// reserveBytes is room for what a read may add to what came from the terminal:
// the end of a paste, and one byte that keeps bubbletea's buffer from being
// full. A full one makes it wait for more instead of delivering the last key.
const reserveBytes = len(pasteEnd) + 1

// Reader reads a terminal for bubbletea. It embeds the file, so that bubbletea
// sees a terminal, sets raw mode and can cancel a read. It is for one reading
// goroutine.
type Reader struct {
	*os.File
	filter  filter
	now     func() time.Time
	pending []byte // filtered, but the caller's buffer was too small
}

// NewReader wraps a file, usually os.Stdin, which it does not close by itself.
func NewReader(f *os.File) *Reader {
	return &Reader{File: f, now: time.Now}
}

// Read returns whole runes and whole key sequences, in a buffer of bubbletea's
// size always fewer bytes than fit. It makes at most one read of the file, and
// returns 0 and no error when that brought only the beginning of a rune: a
// second read would block where nobody can cancel it.
//
// A paste without its end is ended by the first key that follows its silence:
// bubbletea calls Read only when the terminal has something to read.
func (r *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.pending) > 0 {
		return r.deliver(p), nil
	}
	buf := make([]byte, max(1, len(p)-len(r.filter.tail)-reserveBytes))
	n, err := r.File.Read(buf)
	if n > 0 {
		more := n == len(buf) && isReadable(r.File)
		r.pending = r.filter.push(buf[:n], r.now(), more)
	}
	if err != nil {
		r.pending = append(r.pending, r.filter.flush()...)
		if len(r.pending) == 0 {
			return 0, err
		}
		// The error comes again with the next read.
	}
	return r.deliver(p), nil
}

// deliver moves pending bytes to the caller.
func (r *Reader) deliver(p []byte) int {
	n := copy(p, r.pending)
	r.pending = r.pending[n:]
	return n
}
