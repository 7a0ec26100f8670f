package expirenza

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// wire is a network in memory: what is dialled is accepted. It lets a test run by a clock of its own. Unlike a net.Pipe its
// connections hold what was written and not read yet, as a socket does: two ends that ping each other would stand still.
type wire struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newWire() *wire { return &wire{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	there, back := newPipe(), newPipe()
	select {
	case w.conns <- &wireConn{in: there, out: back}:
		return &wireConn{in: back, out: there}, nil
	case <-w.closed:
		return nil, errors.New("refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case conn := <-w.conns:
		return conn, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error   { w.once.Do(func() { close(w.closed) }); return nil }
func (w *wire) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// pipe carries bytes one way.
type pipe struct {
	mu       sync.Mutex
	change   *sync.Cond
	bytes    []byte
	ended    bool
	deadline time.Time
}

func newPipe() *pipe {
	p := new(pipe)
	p.change = sync.NewCond(&p.mu)
	return p
}

func (p *pipe) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.change.Broadcast()
}

type wireConn struct{ in, out *pipe }

func (c *wireConn) Read(into []byte) (int, error) {
	p := c.in
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case !p.deadline.IsZero() && !time.Now().Before(p.deadline):
			return 0, os.ErrDeadlineExceeded
		case len(p.bytes) > 0:
			n := copy(into, p.bytes)
			p.bytes = p.bytes[n:]
			return n, nil
		case p.ended:
			return 0, io.EOF
		}
		p.change.Wait()
	}
}

func (c *wireConn) Write(from []byte) (int, error) {
	p := c.out
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return 0, io.ErrClosedPipe
	}
	p.bytes = append(p.bytes, from...)
	p.change.Broadcast()
	return len(from), nil
}

func (c *wireConn) Close() error {
	c.in.end()
	c.out.end()
	return nil
}

func (c *wireConn) SetReadDeadline(deadline time.Time) error {
	p := c.in
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deadline = deadline
	p.change.Broadcast()
	if !deadline.IsZero() {
		time.AfterFunc(time.Until(deadline), func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.change.Broadcast()
		})
	}
	return nil
}

func (c *wireConn) SetDeadline(deadline time.Time) error { return c.SetReadDeadline(deadline) }
func (*wireConn) SetWriteDeadline(time.Time) error       { return nil } // a write never waits
func (*wireConn) LocalAddr() net.Addr                    { return &net.TCPAddr{} }
func (*wireConn) RemoteAddr() net.Addr                   { return &net.TCPAddr{} }
