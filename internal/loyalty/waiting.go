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
		if before, ok := d.mayGoOn(ctx, op); ok {
			d.carryOnWith(ctx, before, op.ID)
		}
	}
}

// mayGoOn reports whether it is time for a planned operation, and gives the one that it has waited for.
func (d *Desk) mayGoOn(ctx context.Context, op Operation) (before Operation, ok bool) {
	switch {
	case d.isSurelyOver(op):
		return Operation{}, true
	case op.WaitsFor == uuid.Nil:
		return Operation{}, false
	}
	before, err := d.Store.Find(ctx, op.WaitsFor)
	switch {
	case d.journalError(err) != nil, !before.State.Final():
		return before, false
	case before.Happened() && isTakeBack(op):
		return before, !d.waits() && !d.isOpen(ctx, op.Card()) // else it would only be tried in vain
	}
	return before, true
}

// carryOnWith does with a planned operation what the one that it has waited for says, unless it is in flight already.
func (d *Desk) carryOnWith(ctx context.Context, before Operation, id uuid.UUID) {
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
	ctx = context.WithoutCancel(ctx)
	var done dispatched
	if d.isSurelyOver(op) {
		done = d.void(ctx, op, ReasonQRExpired, ErrQRExpired)
	} else {
		done = d.follow(ctx, dispatched{op: before}, op)
	}
	f.result = Result{Operation: done.op, Cause: done.cause, Unwritten: done.unwritten}
	if done.unsent() {
		d.keepUnsent(done, unsentState(done.op))
	}
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
