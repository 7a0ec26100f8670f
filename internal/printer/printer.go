// Package printer prints receipts and kitchen tickets on ESC/POS printers, over TCP or a device file.
//
// What is printed is a [Doc], a neutral list of lines: [Receipt], [PointsReceipt], [Ticket] and [TestPage] make one out of what
// they know and the caller's [Words], for the package has no word of its own. A [Printer] lays a Doc out in its columns, writes it in
// its code page, and judges the printer before. A [Queue] stands before it for those who cannot wait:
//
//	out, err := printer.Open("tcp://192.168.1.50:9100", printer.Options{Columns: 48})
//	queue := printer.NewQueue(out, printer.QueueOptions{Copy: copyLabel, Changed: show})
//	go queue.Run(ctx)
//	queue.Add(printer.Job{Doc: receipt.Doc(words), Done: printed})
//
// What was sent is not known to have come out. So a print that failed after its first byte is printed again as a whole, with the
// mark of a copy, and a kitchen does not cook twice.
package printer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// The limits that [Open] puts in place of values that are not positive.
const (
	DefaultDial   = 3 * time.Second
	DefaultAnswer = time.Second
	DefaultWrite  = 10 * time.Second
	DefaultFinish = 15 * time.Second
)

// PrintLimit bounds one [Printer.Print] as a whole, whatever the printer does.
const PrintLimit = 2 * time.Minute

// Limits say how long the printer is waited for. A value that is not positive means its default.
type Limits struct {
	Dial   time.Duration // to open the connection or the device
	Answer time.Duration // for the answer to one question about the status
	Write  time.Duration // for the printer to take the next kilobyte
	Finish time.Duration // after the last byte, for the printer to say that it has printed
}

// Options say what stands at the other end of the cable.
type Options struct {
	Columns int  // characters in a line: 32 (58 mm paper), 42 or 48 (80 mm); 0: 42, which fits every 80 mm printer
	Page    Page // the printer's character table; zero: CP866
	Limits  Limits
}

// Errors; compare with errors.Is. A print that fails is a [PrintError].
var (
	ErrDevice   = errors.New("printer: not a device")
	ErrColumns  = errors.New("printer: a line has 32, 42 or 48 columns")
	ErrDocument = errors.New("printer: not a document that can be printed")
)

// PrintError says that a document was not printed, or is not known to have been.
type PrintError struct {
	Status Status // of the printer, when it failed
	Sent   bool   // some of the document had been sent: it may be on paper, whole or in part
	Err    error  // what the device said; nil when the status alone forbade to print
}

func (e *PrintError) Error() string {
	text := "printer: not printed: " + e.Status.String()
	if e.Sent {
		text = "printer: not known to be printed: " + e.Status.String()
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *PrintError) Unwrap() error { return e.Err }

// Printer is one printer. Its methods may be called at the same time; the printer is spoken with by one at a time.
type Printer struct {
	port   port
	layout layout
	limits Limits

	turn     chan struct{} // holds a token while somebody speaks with the printer
	printing atomic.Bool   // a document is being sent; last is from just before
	answered atomic.Bool   // it has answered in this run: from now on silence is trouble
	took     atomic.Bool   // it does not answer, but took the last document
	hasty    atomic.Bool   // it does not confirm what it has printed: it is not waited for

	mu   sync.Mutex
	last Status
}

// Open reads where the printer is: tcp://host:port (port 9100 when none is named) or file:///dev/usb/lp0; on Windows file:///LPT1
// or file://computer/share. It neither looks for the printer nor speaks with it. Fails with [ErrDevice] or [ErrColumns].
func Open(device string, options Options) (*Printer, error) {
	if options.Columns == 0 {
		options.Columns = 42
	}
	if options.Columns != 32 && options.Columns != 42 && options.Columns != 48 {
		return nil, fmt.Errorf("%d columns: %w", options.Columns, ErrColumns)
	}
	port, err := parseDevice(device)
	if err != nil {
		return nil, err
	}
	return &Printer{
		port:   port,
		layout: layout{columns: options.Columns, page: options.Page},
		limits: options.Limits.withDefaults(),
		turn:   make(chan struct{}, 1),
		last:   Status{State: Unknown},
	}, nil
}

func (l Limits) withDefaults() Limits {
	for _, limit := range []struct {
		value    *time.Duration
		fallback time.Duration
	}{{&l.Dial, DefaultDial}, {&l.Answer, DefaultAnswer}, {&l.Write, DefaultWrite}, {&l.Finish, DefaultFinish}} {
		if *limit.value <= 0 {
			*limit.value = limit.fallback
		}
	}
	return l
}

// Status asks the printer how it is. It takes at most twice the time to dial and four answers. While a document is being
// printed, it gives at once the status that was met before it.
func (p *Printer) Status(ctx context.Context) Status {
	limit := p.limits.Dial + 4*p.limits.Answer
	if p.printing.Load() || p.await(ctx, limit) != nil {
		return p.lastStatus()
	}
	defer p.release()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s, status, _ := p.meet(ctx)
	if s != nil {
		s.close()
	}
	return status
}

// Print prints a document, after a look at the printer's status. It fails with [ErrDocument], and nothing else will ever come of
// that document, or with a [PrintError], whose Sent says whether some of it may be on paper. It returns within [PrintLimit].
func (p *Printer) Print(ctx context.Context, doc Doc) error {
	data, err := p.layout.encode(doc)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, PrintLimit)
	defer cancel()
	if err := p.await(ctx, PrintLimit); err != nil {
		return &PrintError{Status: p.lastStatus(), Err: err}
	}
	defer p.release()
	s, status, err := p.meet(ctx)
	if s != nil {
		defer s.close()
	}
	if err != nil || !status.CanPrint() {
		return &PrintError{Status: status, Err: err}
	}
	p.printing.Store(true)
	defer p.printing.Store(false)
	if s.mute {
		return p.printBlindly(ctx, s, data)
	}
	return p.printAndConfirm(s, data)
}

// meet opens the device and asks for its status, and remembers it. Without a session the device could not be opened.
func (p *Printer) meet(ctx context.Context) (*session, Status, error) {
	link, talks, err := p.port.open(ctx, p.limits.Dial)
	if errors.Is(err, context.Canceled) {
		return nil, p.lastStatus(), err
	}
	if err != nil {
		return nil, p.remember(Status{State: Offline, Cause: CauseUnreachable}), err
	}
	s := newSession(ctx, link, p.limits)
	if !talks {
		s.mute = true
		return s, p.remember(p.muteStatus()), nil
	}
	if _, device := link.(blinder); device {
		s.forget()
	}
	status, err := s.status()
	switch {
	case err == nil:
		p.answered.Store(true)
	case errors.Is(err, errSilent) && !p.answered.Load() && !isOver(ctx): // a printer, or a print server before it, that never answers
		s.mute, status, err = true, p.muteStatus(), nil
	default:
		status = statusOf(err)
	}
	return s, p.remember(status), err
}

// isOver reports whether the caller's time is: then a printer that was silent may only be slow.
func isOver(ctx context.Context) bool {
	end, limited := ctx.Deadline()
	return ctx.Err() != nil || limited && !time.Now().Before(end)
}

// muteStatus is what is assumed of a printer that does not tell: ready, if it took the last document.
func (p *Printer) muteStatus() Status {
	if p.took.Load() {
		return Status{State: Ready}
	}
	return Status{State: Unknown}
}

// printBlindly sends a document to a device that says nothing: what it took counts as printed.
func (p *Printer) printBlindly(ctx context.Context, s *session, data []byte) error {
	if link, ok := s.link.(blinder); ok {
		blind, err := link.blind(ctx, p.limits.Dial)
		if err != nil {
			return &PrintError{Status: p.remember(Status{State: Offline, Cause: CauseUnreachable}), Err: err}
		}
		s = newSession(ctx, blind, p.limits)
		defer s.close()
	}
	sent, err := s.send(data)
	p.took.Store(err == nil)
	if err != nil {
		return &PrintError{Status: p.remember(statusOf(err)), Sent: sent, Err: err}
	}
	s.leave()
	p.remember(p.muteStatus())
	return nil
}

// printAndConfirm sends a document and waits until the printer has worked it off, or has trouble.
func (p *Printer) printAndConfirm(s *session, data []byte) error {
	if sent, err := s.send(append(data, askWhenPrinted...)); err != nil {
		status, askErr := s.status() // a printer without paper takes no more, but may say so
		if askErr != nil {
			status = statusOf(askErr)
		}
		return &PrintError{Status: p.remember(status), Sent: sent, Err: err}
	}
	patience := p.limits.Finish
	if p.hasty.Load() {
		patience = p.limits.Answer
	}
	confirmed, status, err := s.finish(patience)
	if err != nil || !status.CanPrint() {
		return &PrintError{Status: p.remember(status), Sent: true, Err: err}
	}
	if !confirmed {
		s.leave()
	}
	p.hasty.Store(!confirmed)
	return nil
}

// await takes the turn to speak with the printer, within a limit.
func (p *Printer) await(ctx context.Context, limit time.Duration) error {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-timer.C:
		return errBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Printer) release() { <-p.turn }

func (p *Printer) remember(status Status) Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = status
	return status
}

func (p *Printer) lastStatus() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}
