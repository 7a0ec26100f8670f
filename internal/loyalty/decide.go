package loyalty

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// Decide settles an operation whose evidence was ambiguous: a person says whether the points have moved, and why they
// think so. The record is append-only. What waited for the operation goes on.
//
// Returns [ErrReasonRequired] without a name or a reason, [ErrConflict] when the operation is not (any more) for a
// person to decide, [ErrNotFound] or a [*JournalError].
func (d *Desk) Decide(ctx context.Context, id uuid.UUID, applied bool, who, why string) (Operation, error) {
	if strings.TrimSpace(who) == "" {
		return Operation{}, ErrReasonRequired
	}
	if err := checkReason(why); err != nil {
		return Operation{}, err
	}
	op, err := d.Store.Find(ctx, id)
	if err != nil {
		return Operation{}, d.journalError(err)
	}
	if op.State != StateReview {
		return Operation{}, ErrConflict
	}
	reason := ReasonDecidedNo
	if applied {
		reason = ReasonDecidedYes
	}
	after, err := d.step(ctx, op, Move{To: StateSettled, Reason: reason, Actor: who, Note: strings.TrimSpace(why)})
	if err != nil {
		return Operation{}, err
	}
	d.resume(ctx, after)
	return after, nil
}

// FullPayment is what the cashier chose while a redemption's outcome is unknown: «Гость платит полностью».
type FullPayment struct {
	Redemption uuid.UUID // the unknown redemption
	ReversalID uuid.UUID // from NewID: gives the points back, if the redemption proves to have happened
	AccrualID  uuid.UUID // from NewID: the accrual on the whole sum, which is now paid in money
	Cashier    string
}

// PayInFull plans what follows when the guest pays the whole receipt in money although a redemption may have happened:
// a reversal that is sent only if the redemption proves applied, and the accrual on the whole sum in the place of the
// one on the money part. Both wait until the redemption is settled.
//
// Returns [ErrConflict] when the redemption is not unknown any more, [ErrReversed] when this was chosen before,
// [ErrNotFound] or a [*JournalError]; then nothing has changed.
func (d *Desk) PayInFull(ctx context.Context, choice FullPayment) error {
	op, err := d.Store.Find(ctx, choice.Redemption)
	if err != nil {
		return d.journalError(err)
	}
	if op.State != StateUnknown || op.Kind != Redemption {
		return ErrConflict
	}
	earlier, err := d.Store.List(ctx, Filter{Parent: op.ID, Link: LinkReversal, Limit: 1})
	if err != nil {
		return d.journalError(err)
	}
	if len(earlier) > 0 {
		return ErrReversed
	}
	back := d.reversal(choice.ReversalID, op, op.Points, ReversalRequest{Cashier: choice.Cashier})
	back.WaitsFor = op.ID
	ops := []Operation{back}
	remainders, err := d.Store.List(ctx, Filter{Parent: op.ID, Link: LinkRemainder, Limit: 1})
	if err != nil {
		return d.journalError(err)
	}
	whole, moves := d.wholeAccrual(choice, op, remainders)
	ops = append(ops, whole...)
	if err := d.journalError(d.Store.Plan(ctx, ops...)); err != nil {
		return err
	}
	for _, op := range ops {
		d.Hub.Publish(OperationChanged{op})
	}
	for _, move := range moves {
		before, err := d.Store.Find(ctx, move.ID)
		if err != nil {
			return d.journalError(err)
		}
		if _, err := d.step(ctx, before, move); err != nil {
			return err
		}
	}
	d.settledMeanwhile(ctx, op.ID)
	return nil
}

// wholeAccrual gives the accrual on the whole sum, queued until the card is free, and the end of the one on the money part.
func (d *Desk) wholeAccrual(choice FullPayment, op Operation, remainders []Operation) (plan []Operation, moves []Move) {
	if len(remainders) == 0 || remainders[0].State != StatePlanned {
		return nil, nil
	}
	rest := remainders[0]
	rules := d.Rules.For(skidkabot.Account{})
	rules.AccruePercent = decimal.NewNullDecimal(rest.Percent) // the one that was promised
	whole := rest
	now := d.Now()
	whole.ID, whole.Parent, whole.Link, whole.WaitsFor = choice.AccrualID, uuid.Nil, LinkNone, uuid.Nil
	whole.Money, whole.Points = op.Sum, rules.Accrual(op.Sum)
	whole.PlannedAt, whole.ChangedAt, whole.Cashier = now, now, choice.Cashier
	return []Operation{whole}, []Move{
		{ID: rest.ID, To: StateVoided, Reason: ReasonCashier, Actor: choice.Cashier},
		{ID: whole.ID, To: StateQueued, Reason: ReasonCardBusy},
	}
}

// settledMeanwhile carries on when the operation was settled while something was planned to wait for it.
func (d *Desk) settledMeanwhile(ctx context.Context, id uuid.UUID) {
	op, err := d.Store.Find(ctx, id)
	if d.journalError(err) == nil && op.State != StateUnknown {
		d.resume(ctx, op)
	}
}
