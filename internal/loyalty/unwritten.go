package loyalty

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// writePause is how long the desk waits before it offers the journal again what it could not write.
const writePause = 2 * time.Second

// unwrittenStep is a step that has happened but that the journal has not taken.
type unwrittenStep struct {
	op   Operation // as the journal has it
	move Move

	triedAt time.Time // of an operation that was not sent because the journal did not take `sending`; zero: move is a result
}

// keepInHand keeps a step for [Desk.Run] to write when the journal works again. If the program ends before, the next
// start finds the operation as it was and settles it.
func (d *Desk) keepInHand(op Operation, move Move) {
	d.mu.Lock()
	d.unwritten[op.ID] = unwrittenStep{op: op, move: move}
	d.mu.Unlock()
	signalOnce(d.unwrote)
}

// keepUnsent keeps an operation that the journal kept from being sent, until the journal takes what is to become of it.
// If the program ends before, the next start judges it.
func (d *Desk) keepUnsent(tried dispatched, to State) {
	d.mu.Lock()
	d.unwritten[tried.op.ID] = unwrittenStep{tried.op, Move{To: to, Reason: ReasonJournal}, tried.triedAt}
	d.mu.Unlock()
	signalOnce(d.unwrote)
}

// isInHand reports whether a step of the operation is still to be written. Until then it is not sent: an attempt that
// began within the same tick of the clock could not be told from the one that is to be taken back.
func (d *Desk) isInHand(id uuid.UUID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, ok := d.unwritten[id]
	return ok
}

// hasUnwritten reports whether there is a result that the journal does not know.
func (d *Desk) hasUnwritten() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, step := range d.unwritten {
		if step.triedAt.IsZero() {
			return true
		}
	}
	return false
}

// keepWriting offers the journal what it could not take, again and again, until ctx is done.
func (d *Desk) keepWriting(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.unwrote:
		}
		for d.writeAgain(ctx) && sleep(ctx, writePause) {
		}
	}
}

// writeAgain tries to write everything in hand, and reports whether something is left.
func (d *Desk) writeAgain(ctx context.Context) (left bool) {
	d.mu.Lock()
	steps := slices.Collect(maps.Values(d.unwritten))
	d.mu.Unlock()
	for _, step := range steps {
		left = !d.writeStep(ctx, step) || left
	}
	return left
}

// writeStep writes one step and lets what hangs on it go on. It returns false when the journal still does not take it.
func (d *Desk) writeStep(ctx context.Context, step unwrittenStep) bool {
	after, err := d.writeWhatItTells(ctx, step)
	var failed *JournalError
	if errors.As(err, &failed) {
		return false
	}
	d.mu.Lock()
	delete(d.unwritten, step.op.ID)
	d.mu.Unlock()
	d.journalWorks()
	if err == nil && after.State == StateUnknown {
		d.settleSoon()
	}
	return true
}

func (d *Desk) writeWhatItTells(ctx context.Context, step unwrittenStep) (Operation, error) {
	if !step.triedAt.IsZero() {
		return d.takeBack(ctx, step)
	}
	after, err := d.step(ctx, step.op, step.move)
	if errors.Is(err, ErrConflict) {
		after, err = d.written(ctx, step.op, step.move)
	}
	return after, err
}

// takeBack writes what becomes of an operation that was not sent. A write that failed may have been made all the same:
// then the journal says `sending`, at the moment of that attempt and of no other.
func (d *Desk) takeBack(ctx context.Context, step unwrittenStep) (Operation, error) {
	found, err := d.Store.Find(ctx, step.op.ID)
	if err != nil {
		return step.op, d.journalError(err)
	}
	written := found.State == StateSending && found.SentAt.UnixMicro() == step.triedAt.UnixMicro()
	if !written && isTakeBack(found) {
		return found, ErrConflict // it waits on, and goes by itself
	}
	if !written && found.State != step.op.State || found.State == step.move.To {
		return found, ErrConflict // somebody else has moved it on
	}
	return d.step(ctx, found, step.move)
}

// signalOnce leaves word in a channel of one place; word that is already there is enough.
func signalOnce(word chan struct{}) {
	select {
	case word <- struct{}{}:
	default:
	}
}
