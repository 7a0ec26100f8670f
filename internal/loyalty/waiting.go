package loyalty

import (
	"context"
	"slices"

	"github.com/google/uuid"
)

// carryOn goes through the planned operations that are nobody's business at the moment: what waits for another operation
// follows it as soon as that is over, however it ended and whoever ended it (I9), and what has outlived its QR is voided.
// A lone one is the cashier's.
func (d *Desk) carryOn(ctx context.Context) {
	planned, err := d.Store.List(ctx, Filter{States: []State{StatePlanned}})
	if d.journalError(err) != nil {
		return
	}
	for _, op := range slices.Backward(planned) {
		if ctx.Err() != nil {
			return
		}
		if op.WaitsFor != uuid.Nil || d.isSurelyOver(op) {
			d.carryOnWith(ctx, op.ID)
		}
	}
}

// carryOnWith does with a planned operation what the one that it waits for says, unless it is in flight already.
func (d *Desk) carryOnWith(ctx context.Context, id uuid.UUID) {
	ops := []Operation{{ID: id}}
	f, first, err := d.board(ops)
	if err != nil || !first {
		return
	}
	defer d.land(f, ops)
	op, err := d.Store.Find(ctx, id) // nobody moves it any more but this flight
	if d.journalError(err) != nil || op.State != StatePlanned {
		return
	}
	done := d.followNow(context.WithoutCancel(ctx), op)
	f.result = Result{Operation: done.op, Cause: done.cause, Unwritten: done.unwritten}
	if done.unsent() {
		d.keepUnsent(done, unsentState(done.op))
	}
}

func (d *Desk) followNow(ctx context.Context, op Operation) dispatched {
	if d.isSurelyOver(op) {
		return d.void(ctx, op, ReasonQRExpired, ErrQRExpired)
	}
	before, err := d.Store.Find(ctx, op.WaitsFor)
	switch {
	case d.journalError(err) != nil:
		return dispatched{op: op, cause: err}
	case before.Happened() && isTakeBack(op) && (d.waits() || d.isOpen(ctx, op.Card())):
		return dispatched{op: op} // it would only be tried in vain
	}
	return d.follow(ctx, dispatched{op: before}, op)
}

// isTakeBack reports whether the operation is the second half of a storno. The cashier has been told that it comes: so it
// is never given up because the service cannot be asked just now. It is not queued either (I6), but stays planned.
func isTakeBack(op Operation) bool { return op.Kind == Redemption && op.WaitsFor != uuid.Nil }

// unsentState is what becomes of a planned operation, which nobody waits for, when the journal kept it from being sent.
func unsentState(op Operation) State {
	if op.Kind == Accrual {
		return StateQueued
	}
	return StateVoided
}
