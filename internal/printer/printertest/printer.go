package printertest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// Trouble is what is wrong with the printer. The zero value is a printer that works.
type Trouble struct {
	NoPaper   bool
	PaperLow  bool
	CoverOpen bool
	Failure   bool // the cutter is jammed, or the like
	Offline   bool // switched offline

	Mute        bool          // it prints, but never answers
	Unconfirmed bool          // it answers, but not to GS r: it never says that it has printed
	Delay       time.Duration // before each answer
	PaperFor    int           // rows that are left on the roll; 0: enough
	DropAfter   int           // bytes that it takes on one connection before it breaks it; 0: all
}

// stopped reports whether the printer does not print.
func (t Trouble) stopped() bool { return t.NoPaper || t.CoverOpen || t.Failure || t.Offline }

// answer is the answer to DLE EOT n (Epson's ESC/POS reference).
func (t Trouble) answer(question byte) byte {
	bits := byte(0x12)
	set := func(on bool, mask byte) {
		if on {
			bits |= mask
		}
	}
	switch question {
	case 1:
		set(t.stopped(), 0x08)
	case 2:
		set(t.CoverOpen, 0x04)
		set(t.NoPaper, 0x20)
		set(t.Failure, 0x40)
	case 4:
		set(t.PaperLow || t.NoPaper, 0x0C)
		set(t.NoPaper, 0x60)
	}
	return bits
}

// Printer is a printer on a port of its own. What it is sent while it has stopped is lost.
type Printer struct {
	t       testing.TB
	ln      net.Listener
	conns   sync.WaitGroup
	ctx     context.Context
	printed chan struct{} // closed, and made anew, at each slip

	mu      sync.Mutex
	trouble Trouble
	slips   []Slip
	open    map[net.Conn]bool
}

// Start switches a printer on until the test ends. A stream that is not ESC/POS fails the test.
func Start(t testing.TB) *Printer {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Printer{t: t, ln: ln, ctx: t.Context(), printed: make(chan struct{}), open: map[net.Conn]bool{}}
	p.conns.Go(p.accept)
	t.Cleanup(p.Stop)
	return p
}

// Stop switches it off, and breaks the connections that are open. It may be called twice.
func (p *Printer) Stop() {
	p.ln.Close()
	p.mu.Lock()
	for conn := range p.open {
		conn.Close()
	}
	p.mu.Unlock()
	p.conns.Wait()
}

// Device is where it is, as the settings say it.
func (p *Printer) Device() string { return "tcp://" + p.ln.Addr().String() }

// Set changes what is wrong with it.
func (p *Printer) Set(trouble Trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = trouble
}

// Slips is what has come out so far.
func (p *Printer) Slips() []Slip {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Slip(nil), p.slips...)
}

// Wait waits until so many slips have come out, and gives them. It fails the test after ten seconds.
func (p *Printer) Wait(slips int) []Slip {
	p.t.Helper()
	timeout := time.After(2 * time.Minute)
	for {
		p.mu.Lock()
		got, printed := append([]Slip(nil), p.slips...), p.printed
		p.mu.Unlock()
		if len(got) >= slips {
			return got
		}
		select {
		case <-printed:
		case <-timeout:
			p.t.Fatalf("printertest: %d slips came out, want %d", len(got), slips)
		}
	}
}

func (p *Printer) accept() {
	for {
		conn, err := p.ln.Accept()
		if err != nil {
			return // switched off
		}
		p.mu.Lock()
		p.open[conn] = true
		p.mu.Unlock()
		p.conns.Go(func() { p.serve(conn) })
	}
}

// serve prints what comes over one connection.
func (p *Printer) serve(conn net.Conn) {
	defer func() {
		conn.Close()
		p.mu.Lock()
		delete(p.open, conn)
		p.mu.Unlock()
	}()
	s := &socket{printer: p, conn: conn, paper: paper{done: p.comeOut}}
	defer s.paper.end()
	for in := bufio.NewReader(s); ; {
		c, err := readCommand(in)
		if err != nil {
			var broken net.Error
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, net.ErrClosed) && !errors.As(err, &broken) {
				p.t.Error(err)
			}
			return
		}
		if !s.obey(c) {
			return
		}
	}
}

func (p *Printer) comeOut(slip Slip) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.slips = append(p.slips, slip)
	close(p.printed)
	p.printed = make(chan struct{})
}

func (p *Printer) now() Trouble {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trouble
}

// socket is one connection to the printer.
type socket struct {
	printer *Printer
	conn    net.Conn
	paper   paper
	taken   int // bytes
}

// Read breaks the connection where the trouble wants it.
func (s *socket) Read(b []byte) (int, error) {
	if drop := s.printer.now().DropAfter; drop > 0 {
		if s.taken >= drop {
			return 0, io.ErrUnexpectedEOF
		}
		b = b[:min(len(b), drop-s.taken)]
	}
	n, err := s.conn.Read(b)
	s.taken += n
	return n, err
}

// obey carries out a command; false: the connection is over.
func (s *socket) obey(c command) bool {
	trouble := s.printer.now()
	switch {
	case c.name == "DLE EOT":
		return s.answer(trouble, trouble.answer(c.args[0]))
	case trouble.stopped():
		return true
	case c.name == "GS r":
		return trouble.Unconfirmed || s.answer(trouble, 0)
	}
	if err := s.paper.execute(c); err != nil {
		s.printer.t.Error(err)
		return false
	}
	if c.name == "LF" {
		s.printer.usePaper()
	}
	return true
}

// usePaper takes a row off the roll.
func (p *Printer) usePaper() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trouble.PaperFor > 0 {
		p.trouble.PaperFor--
		p.trouble.NoPaper = p.trouble.PaperFor == 0
	}
}

// answer says one byte, or nothing; false: the connection is over.
func (s *socket) answer(trouble Trouble, b byte) bool {
	if trouble.Mute {
		return true
	}
	timer := time.NewTimer(trouble.Delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.printer.ctx.Done():
		return false
	}
	_, err := s.conn.Write([]byte{b})
	return err == nil
}
