package loyalty

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// Decide settles an operation whose evidence was ambiguous: a person says whether the points have moved, and why they
// think so. The record is append-only. What waited for the operation goes on by itself ([Desk.Run]).
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
	return d.step(ctx, op, Move{To: StateSettled, Reason: reason, Actor: who, Note: strings.TrimSpace(why)})
}

// FullPayment is what the cashier chose while a redemption's outcome is unknown: «Гость платит полностью».
type FullPayment struct {
	Redemption uuid.UUID // the unknown redemption
	ReversalID uuid.UUID // from NewID: gives the points back, if the redemption proves to have happened
	AccrualID  uuid.UUID // from NewID: the accrual on the whole sum, which is now paid in money
	Cashier    string
}

// SettledError refuses a full payment, because the redemption is no longer unknown: nothing has changed, and what the
// guest has to pay follows from how it stands.
type SettledError struct{ Operation Operation }

func (e *SettledError) Error() string {
	return fmt.Sprintf("loyalty: redemption %s is %s", e.Operation.ID, e.Operation.State)
}

// Unwrap gives [ErrConflict].
func (e *SettledError) Unwrap() error { return ErrConflict }

// PayInFull plans what follows when the guest pays the whole receipt in money although a redemption may have happened:
// a reversal that is sent only if the redemption proves to have happened, and the accrual on the whole sum in the place
// of the one on the money part, which waits in the queue until the card is free. It is one transaction, made only while
// the redemption is unknown.
//
// Returns a [*SettledError] when the redemption is not unknown any more, [ErrConflict] when it is none or is still on its
// way, [ErrReversed] when this was chosen before, [ErrNotFound] or a [*JournalError]; then nothing has changed. Returns
// [ErrPercentUnknown] when everything but the accrual was planned, because nobody knows its percent.
func (d *Desk) PayInFull(ctx context.Context, choice FullPayment) error {
	op, err := d.Store.Find(ctx, choice.Redemption)
	if err != nil {
		return d.journalError(err)
	}
	if err := mayPayInFull(op); err != nil {
		return err
	}
	change, unknownPercent := d.fullPayment(ctx, choice, op)
	if unknownPercent != nil && !errors.Is(unknownPercent, ErrPercentUnknown) {
		return unknownPercent
	}
	err = d.journalError(d.Store.Amend(ctx, change))
	if errors.Is(err, ErrConflict) {
		if now, readErr := d.Store.Find(ctx, op.ID); readErr == nil && mayPayInFull(now) != nil {
			err = mayPayInFull(now) // it was settled meanwhile
		}
	}
	switch {
	case errors.Is(err, ErrExists):
		return ErrReversed // a second Enter
	case err != nil:
		return err
	}
	d.publishAmended(ctx, change)
	return unknownPercent
}

// mayPayInFull refuses what is no unknown redemption.
func mayPayInFull(op Operation) error {
	switch {
	case op.Kind != Redemption, op.State != StateUnknown && !op.State.Final() && op.State != StateReview:
		return ErrConflict
	case op.State != StateUnknown:
		return &SettledError{op}
	}
	return nil
}

// fullPayment is the change of plans. Its error is [ErrPercentUnknown] when it lacks the accrual.
func (d *Desk) fullPayment(ctx context.Context, choice FullPayment, op Operation) (Amendment, error) {
	back := d.reversal(choice.ReversalID, op, op.Points, ReversalRequest{Cashier: choice.Cashier})
	back.WaitsFor = op.ID
	change := Amendment{While: op.ID, Is: StateUnknown, Plan: []Operation{back}}
	remainders, err := d.Store.List(ctx, Filter{Parent: op.ID, Link: LinkRemainder, Limit: 1})
	if err != nil {
		return change, d.journalError(err)
	}
	now := d.Now()
	for _, rest := range remainders {
		change.Moves = append(change.Moves,
			Move{ID: rest.ID, From: StatePlanned, To: StateVoided, At: now, Reason: ReasonCashier, Actor: choice.Cashier})
	}
	rules, err := d.promisedRules(ctx, remainders)
	if err != nil {
		return change, err
	}
	points := rules.Accrual(op.Sum)
	if !points.IsPositive() {
		return change, nil
	}
	whole := back // of the same guest and order
	whole.ID, whole.Points, whole.Money, whole.Percent = choice.AccrualID, points, op.Sum, rules.AccruePercent.Decimal
	whole.Secret, whole.Parent, whole.Link, whole.WaitsFor = op.Secret, uuid.Nil, LinkNone, uuid.Nil
	change.Plan = append(change.Plan, whole)
	change.Moves = append(change.Moves, Move{ID: whole.ID, From: StatePlanned, To: StateQueued, At: now, Reason: ReasonCardBusy})
	return change, nil
}

// promisedRules are the rules for the accrual on the whole sum: by the percent of the accrual on the money part, which
// the guest was promised; without one, by the shop's own or the last that the service named.
func (d *Desk) promisedRules(ctx context.Context, remainders []Operation) (Rules, error) {
	known, err := d.lastPercent(ctx)
	if err != nil {
		return Rules{}, err
	}
	rules := d.Rules.For(skidkabot.Account{AccruePercent: known.value, HasAccruePercent: !known.at.IsZero()})
	for _, rest := range remainders {
		rules.AccruePercent = decimal.NewNullDecimal(rest.Percent)
	}
	if !rules.AccruePercent.Valid {
		err = ErrPercentUnknown
	}
	return rules, err
}

// publishAmended publishes everything that a change of plans has touched.
func (d *Desk) publishAmended(ctx context.Context, change Amendment) {
	d.journalWorks()
	var touched []uuid.UUID
	for _, op := range change.Plan {
		touched = append(touched, op.ID)
	}
	for _, move := range change.Moves {
		touched = append(touched, move.ID)
	}
	slices.SortFunc(touched, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	for _, id := range slices.Compact(touched) {
		if op, err := d.Store.Find(ctx, id); d.journalError(err) == nil {
			d.Hub.Publish(OperationChanged{op})
		}
	}
	d.publishQueue(ctx)
	d.drainSoon()
}
