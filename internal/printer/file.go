package printer

import (
	"context"
	"errors"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// errStuck says that the device has not come back from an earlier call, which cannot be taken back.
var errStuck = errors.New("printer: the device hangs")

// filePort is a printer behind a device file, or a share of Windows.
//
// A device file of Unix is opened for reading too, and without blocking: then the printer can answer, and Go keeps the
// deadlines. Everything else (a pipe, a file, a printer of Windows) can only be written to, and may block for ever; such calls run
// in a goroutine of their own, at most one per port.
type filePort struct {
	path string
	turn chan struct{} // holds a token while a call that may block for ever is out
}

func newFilePort(path string) *filePort {
	return &filePort{path: path, turn: make(chan struct{}, 1)}
}

func (p *filePort) open(ctx context.Context, limit time.Duration) (link, bool, error) {
	if runtime.GOOS != "windows" {
		info, err := os.Stat(p.path)
		if err != nil {
			return nil, false, err
		}
		if info.Mode()&os.ModeCharDevice != 0 {
			file, err := os.OpenFile(p.path, os.O_RDWR|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
			if err == nil && file.SetReadDeadline(time.Time{}) == nil {
				return &fileLink{File: file, port: p}, true, nil
			}
			if err == nil {
				file.Close()
			}
		}
	}
	link, err := p.openBlind(ctx, limit)
	return link, false, err
}

// openBlind opens the file for writing alone. It never creates it: where the device is missing, a file of its name would
// swallow the receipts.
func (p *filePort) openBlind(ctx context.Context, limit time.Duration) (link, error) {
	var (
		mu   sync.Mutex
		file *os.File
		gone bool // nobody waits for the file any more
	)
	err := p.bounded(ctx, time.Now().Add(limit), func() error {
		opened, err := os.OpenFile(p.path, os.O_WRONLY|syscall.O_NOCTTY, 0)
		if err != nil {
			return err
		}
		opened.Fd() // puts it into blocking mode; see fileLink.blind
		mu.Lock()
		defer mu.Unlock()
		if gone {
			return opened.Close()
		}
		file = opened
		return nil
	})
	mu.Lock()
	defer mu.Unlock()
	if err != nil {
		gone = true
		if file != nil { // it came in the same moment
			file.Close()
		}
		return nil, err
	}
	return &blindLink{file: file, port: p, ctx: ctx}, nil
}

// bounded runs a call that may block for ever, and gives up on it at the end of its time with [os.ErrDeadlineExceeded]. As
// long as it has not come back, further ones fail with errStuck.
func (p *filePort) bounded(ctx context.Context, end time.Time, call func() error) error {
	select {
	case p.turn <- struct{}{}:
	default:
		return errStuck
	}
	timer := time.NewTimer(time.Until(end))
	defer timer.Stop()
	done := make(chan error, 1)
	go func() {
		err := call()
		<-p.turn
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return os.ErrDeadlineExceeded
	case <-ctx.Done():
		return ctx.Err()
	}
}

// fileLink is a device that may answer.
type fileLink struct {
	*os.File
	port *filePort
}

// blind closes the device and opens it in the blocking way: only then does Linux's USB printer driver say when the last
// bytes have left, and does not drop them when the file is closed.
func (l *fileLink) blind(ctx context.Context, limit time.Duration) (link, error) {
	l.Close()
	return l.port.openBlind(ctx, limit)
}

// blindLink is a device that is only written to, after [blindLink.SetWriteDeadline].
type blindLink struct {
	file *os.File
	port *filePort
	ctx  context.Context
	end  atomic.Pointer[time.Time] // of the next write
}

func (l *blindLink) Write(data []byte) (int, error) {
	copied := append([]byte(nil), data...) // a call that hangs may still read it when the caller is long gone
	err := l.port.bounded(l.ctx, *l.end.Load(), func() error {
		_, err := l.file.Write(copied)
		return err
	})
	if err != nil {
		return 0, err
	}
	return len(data), nil
}

func (l *blindLink) Close() error                         { return l.file.Close() }
func (l *blindLink) Read([]byte) (int, error)             { return 0, os.ErrDeadlineExceeded }
func (l *blindLink) SetReadDeadline(time.Time) error      { return nil }
func (l *blindLink) SetWriteDeadline(end time.Time) error { l.end.Store(&end); return nil }
