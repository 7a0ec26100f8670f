package printer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"time"
)

var (
	errSilent = errors.New("printer: no answer")
	errBusy   = errors.New("printer: busy with another document")
)

// askWhenPrinted is GS r 1. Unlike DLE EOT it stands in line behind what was sent before it, and a printer that has stopped
// does not execute it: its answer means that everything before it has been worked off.
var askWhenPrinted = []byte{gs, 'r', 1}

const (
	chunkBytes     = 1024 // written under one Limits.Write
	heardBytes     = 4096 // read at most in one conversation
	forgetMillis   = 20
	statusTailSize = 3 // bytes that follow the first of an unasked status
)

// session is one conversation with a printer.
type session struct {
	link    link
	limits  Limits
	ctx     context.Context
	heard   int  // bytes read so far
	mute    bool // the printer does not answer
	printed bool // the answer to askWhenPrinted has come
	stop    func() bool
}

func newSession(ctx context.Context, link link, limits Limits) *session {
	s := &session{link: link, limits: limits, ctx: ctx}
	s.stop = context.AfterFunc(ctx, func() {
		_ = link.SetReadDeadline(time.Unix(1, 0)) // wakes who reads or writes now
		_ = link.SetWriteDeadline(time.Unix(1, 0))
	})
	return s
}

// close ends the conversation and gives the printer to others.
func (s *session) close() {
	s.stop()
	s.link.Close()
}

// deadline is a limit from now, and not after the context's own.
func (s *session) deadline(limit time.Duration) time.Time {
	at := time.Now().Add(limit)
	if end, ok := s.ctx.Deadline(); ok && end.Before(at) {
		return end
	}
	return at
}

// status asks for everything that forbids to print. errSilent: there was no answer; another error: the link broke.
func (s *session) status() (Status, error) {
	answers := [...]struct{ question, answer byte }{{askPrinter, allWell}, {askOffline, allWell}, {askPaper, allWell}}
	for i := range answers {
		answer, err := s.ask(answers[i].question)
		if errors.Is(err, errSilent) && i > 0 {
			break // an old printer that knows the first question only; a late answer would be taken for the next one's
		}
		if err != nil {
			return Status{}, err
		}
		answers[i].answer = answer
	}
	return judge(answers[0].answer, answers[1].answer, answers[2].answer), nil
}

// ask sends DLE EOT n, which is answered at once, even by a printer that has stopped.
func (s *session) ask(question byte) (byte, error) {
	if err := s.write([]byte{dle, eot, question}, s.limits.Answer); err != nil {
		return 0, err
	}
	end := s.deadline(s.limits.Answer)
	for {
		kind, answer, err := s.next(end)
		if err != nil || kind == answerNow {
			return answer, err
		}
	}
}

// forget reads away what the printer said before this conversation: a device keeps unread answers for its next reader.
func (s *session) forget() {
	for end := time.Now().Add(forgetMillis * time.Millisecond); ; {
		if _, err := s.readByte(end); err != nil {
			return
		}
	}
}

// send writes a document. It reports whether any byte may have reached the printer.
func (s *session) send(data []byte) (sent bool, err error) {
	s.printed = false
	for len(data) > 0 {
		if err := s.ctx.Err(); err != nil {
			return sent, err
		}
		chunk := data[:min(chunkBytes, len(data))]
		sent = true // a write that fails may have written
		if err := s.write(chunk, s.limits.Write); err != nil {
			return sent, err
		}
		data = data[len(chunk):]
	}
	return sent, nil
}

// finish waits until the printer confirms what it was sent, and looks at its status in between: a status that forbids to
// print, or an error, means that the document did not come out whole. A printer that is well but has not confirmed within the
// patience is taken to have printed: many never confirm.
func (s *session) finish(patience time.Duration) (confirmed bool, status Status, err error) {
	for end := s.deadline(patience); ; {
		if err := s.awaitPrinted(); err != nil && !errors.Is(err, errSilent) {
			return false, statusOf(err), err
		}
		if s.printed {
			return true, Status{State: Ready}, nil
		}
		status, err := s.status()
		switch {
		case s.printed: // the confirmation came before the answers: trouble that came after it is the next document's
			return true, Status{State: Ready}, nil
		case err != nil:
			return false, statusOf(err), err
		case !status.CanPrint() || !time.Now().Before(end):
			return false, status, nil
		}
	}
}

// statusOf is what an error says of the printer.
func statusOf(err error) Status {
	switch {
	case errors.Is(err, context.Canceled):
		return Status{State: Unknown} // nobody waited for the answer
	case errors.Is(err, errSilent), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return Status{State: Offline, Cause: CauseSilent}
	}
	return Status{State: Offline, Cause: CauseUnreachable}
}

// awaitPrinted waits one answer's time for the answer to askWhenPrinted.
func (s *session) awaitPrinted() error {
	for end := s.deadline(s.limits.Answer); !s.printed; {
		if _, _, err := s.next(end); err != nil {
			return err
		}
	}
	return nil
}

// leave ends a conversation with a printer that has not confirmed. Were the connection closed with an answer unread, the
// network would drop what is still on its way to the printer.
func (s *session) leave() {
	closer, ok := s.link.(interface{ CloseWrite() error })
	if !ok || closer.CloseWrite() != nil {
		return
	}
	if s.link.SetReadDeadline(s.deadline(s.limits.Answer)) == nil {
		_, _ = io.CopyN(io.Discard, s.link, heardBytes)
	}
}

// The kinds of what a printer says, told apart by their fixed bits.
type kind int

const (
	answerNow     kind = iota // to DLE EOT: 0xx1xx10
	answerInOrder             // to GS r: 0xx0xxxx
	answerStray               // flow control, or a status that nobody asked for
)

// next reads one thing that the printer says.
func (s *session) next(end time.Time) (kind, byte, error) {
	b, err := s.readByte(end)
	if err != nil {
		return answerStray, 0, err
	}
	switch {
	case b&0x93 == 0x12:
		return answerNow, b, nil
	case b&0x93 == 0x10: // the first byte of a status sent unasked: three follow that look like answers to GS r
		for range statusTailSize {
			if _, err := s.readByte(end); err != nil {
				return answerStray, 0, err
			}
		}
		return answerStray, b, nil
	case b&0x90 == 0:
		s.printed = true
		return answerInOrder, b, nil
	}
	return answerStray, b, nil
}

func (s *session) readByte(end time.Time) (byte, error) {
	if s.heard++; s.heard > heardBytes {
		return 0, errSilent // it speaks, but not with us
	}
	if err := s.link.SetReadDeadline(end); err != nil {
		return 0, err
	}
	if err := s.ctx.Err(); err != nil { // after the deadline is set: the one that wakes us is not overwritten unseen
		return 0, err
	}
	var b [1]byte
	_, err := io.ReadFull(s.link, b[:])
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return 0, cmp.Or(s.ctx.Err(), errSilent)
	}
	return b[0], err
}

func (s *session) write(data []byte, limit time.Duration) error {
	if err := s.link.SetWriteDeadline(s.deadline(limit)); err != nil {
		return err
	}
	if err := s.ctx.Err(); err != nil {
		return err
	}
	_, err := s.link.Write(data)
	return err
}
