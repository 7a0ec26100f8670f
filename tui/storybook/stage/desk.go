package stage

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Desk does what a test tells it. Its calls come from the till's commands, which [Till] runs one after the other.
type Desk struct {
	Till       *Till
	Name       string
	Balance    decimal.Decimal
	Rules      loyalty.Rules
	Unsettled  []loyalty.Operation
	GreetErr   error
	OnIdentify func(text string) (loyalty.Identified, error)

	OnAccrue func(loyalty.AccrualRequest) (loyalty.Result, error)
	OnRedeem func(loyalty.RedemptionRequest) (loyalty.Result, error)
	OnSend   func(uuid.UUID) (loyalty.Result, error)
	OnCancel func(uuid.UUID) (loyalty.Operation, error)

	OnGreetOffline func(skidkabot.Card) (loyalty.Guest, error)
	OnPayInFull    func(loyalty.FullPayment) error
	OnReverse      func(loyalty.ReversalRequest) (loyalty.Result, error)
	OnNeedsAdmin   func(uuid.UUID) (bool, error)
	OnDecide       func(id uuid.UUID, applied bool, who, why string) (loyalty.Operation, error)

	Greeted     []skidkabot.Card
	Asking      context.Context // of the last question for a balance
	Accruals    []loyalty.AccrualRequest
	Redemptions []loyalty.RedemptionRequest
	Reversals   []loyalty.ReversalRequest
	Full        []loyalty.FullPayment
	Flying      int
}

// NewDesk makes a desk where all goes well. Its Till is to be set.
func NewDesk() *Desk {
	d := &Desk{Name: "Александр Татарченко", Balance: Number("2365")}
	d.Rules = loyalty.Rules{
		AccruePercent: decimal.NewNullDecimal(Number("2")), RedeemPercent: decimal.NewNullDecimal(Number("10")),
		Step: Number("1"), MaxSum: Number("1000000"),
	}
	d.OnIdentify = func(text string) (loyalty.Identified, error) { return loyalty.Identify(text, Vendor) }
	d.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		op := d.Operation(loyalty.Accrual, r.ID, r.Guest.Rules.Accrual(r.Sum), r.Sum, r.Sum)
		return loyalty.Result{Operation: d.Confirmed(op, d.Balance.Add(op.Points))}, nil
	}
	d.OnGreetOffline = func(card skidkabot.Card) (loyalty.Guest, error) {
		return loyalty.Guest{
			Card: card, ScannedAt: d.Till.Clock, Name: d.Name, Rules: d.Rules, Unsettled: d.Unsettled,
			Offline: true, PercentAt: d.Till.Clock.Add(-3 * time.Hour),
		}, nil
	}
	d.OnSend = func(id uuid.UUID) (loyalty.Result, error) {
		op := d.Operation(loyalty.Accrual, id, Number("25"), Number("1250"), Number("1250"))
		return loyalty.Result{Operation: d.Confirmed(op, d.Balance.Add(op.Points))}, nil
	}
	d.OnPayInFull = func(loyalty.FullPayment) error { return nil }
	d.OnNeedsAdmin = func(uuid.UUID) (bool, error) { return false, nil }
	d.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
		money := r.Sum.Sub(r.Points)
		op := d.Confirmed(d.Operation(loyalty.Redemption, r.ID, r.Points, r.Sum, money), d.Balance.Sub(r.Points))
		rest := d.Operation(loyalty.Accrual, r.RemainderID, r.Guest.Rules.Accrual(money), r.Sum, money)
		rest.Parent, rest.Link = op.ID, loyalty.LinkRemainder
		rest = d.Confirmed(rest, op.Balance.Add(rest.Points))
		return loyalty.Result{Operation: op, Second: &rest}, nil
	}
	return d
}

// Operation is an operation of the till's guest, planned now.
func (d *Desk) Operation(kind loyalty.Kind, id uuid.UUID, points, sum, money decimal.Decimal) loyalty.Operation {
	return loyalty.Operation{
		ID: id, Register: Register, Kind: kind, State: loyalty.StatePlanned, Vendor: Vendor, Client: SomeClient,
		Name: d.Name, Points: points, Sum: sum, Money: money, ScannedAt: d.Till.Clock, PlannedAt: d.Till.Clock, ChangedAt: d.Till.Clock,
	}
}

// Confirmed is an operation that the service has confirmed.
func (d *Desk) Confirmed(op loyalty.Operation, balance decimal.Decimal) loyalty.Operation {
	op.State, op.Balance, op.BalanceRead = loyalty.StateConfirmed, balance, true
	return op
}

// Unknown is how an operation stands whose reply was lost just now.
func (d *Desk) Unknown(op loyalty.Operation) loyalty.Operation {
	op.State, op.Reason = loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout)
	op.Baseline, op.BaselineAt = d.Balance, d.Till.Clock
	op.SentAt, op.Deadline = d.Till.Clock, d.Till.Clock.Add(loyalty.SendLimit)
	return op
}

// Identify as [loyalty.Desk.Identify].
func (d *Desk) Identify(text string) (loyalty.Identified, error) { return d.OnIdentify(text) }

// Greet as [loyalty.Desk.Greet].
func (d *Desk) Greet(ctx context.Context, card skidkabot.Card, at time.Time) (loyalty.Guest, error) {
	d.Greeted, d.Asking = append(d.Greeted, card), ctx
	if d.GreetErr != nil {
		return loyalty.Guest{}, d.GreetErr
	}
	return loyalty.Guest{
		Card: card, ScannedAt: at, Name: d.Name, Balance: d.Balance, ReadAt: d.Till.Clock, Rules: d.Rules, Unsettled: d.Unsettled,
	}, nil
}

// Accrue as [loyalty.Desk.Accrue].
func (d *Desk) Accrue(_ context.Context, r loyalty.AccrualRequest) (loyalty.Result, error) {
	d.Accruals = append(d.Accruals, r)
	return d.OnAccrue(r)
}

// Redeem as [loyalty.Desk.Redeem].
func (d *Desk) Redeem(_ context.Context, r loyalty.RedemptionRequest) (loyalty.Result, error) {
	d.Redemptions = append(d.Redemptions, r)
	return d.OnRedeem(r)
}

// Send as [loyalty.Desk.Send].
func (d *Desk) Send(_ context.Context, id uuid.UUID) (loyalty.Result, error) { return d.OnSend(id) }

// Cancel as [loyalty.Desk.Cancel].
func (d *Desk) Cancel(_ context.Context, id uuid.UUID, _ string) (loyalty.Operation, error) {
	return d.OnCancel(id)
}

// DraftAccrual as [loyalty.Desk.DraftAccrual].
func (d *Desk) DraftAccrual(r loyalty.AccrualRequest, money decimal.Decimal) (loyalty.Operation, error) {
	op := d.Operation(loyalty.Accrual, r.ID, r.Guest.Rules.Accrual(money), r.Sum, money)
	op.Order = r.Order
	return op, nil
}

// InFlight as [loyalty.Desk.InFlight].
func (d *Desk) InFlight() int { return d.Flying }

// GreetOffline as [loyalty.Desk.GreetOffline].
func (d *Desk) GreetOffline(_ context.Context, card skidkabot.Card, _ time.Time) (loyalty.Guest, error) {
	return d.OnGreetOffline(card)
}

// PayInFull as [loyalty.Desk.PayInFull].
func (d *Desk) PayInFull(_ context.Context, choice loyalty.FullPayment) error {
	d.Full = append(d.Full, choice)
	return d.OnPayInFull(choice)
}

// Reverse as [loyalty.Desk.Reverse].
func (d *Desk) Reverse(_ context.Context, r loyalty.ReversalRequest) (loyalty.Result, error) {
	d.Reversals = append(d.Reversals, r)
	return d.OnReverse(r)
}

// NeedsAdmin as [loyalty.Desk.NeedsAdmin].
func (d *Desk) NeedsAdmin(_ context.Context, of uuid.UUID, _ string, _ time.Duration) (bool, error) {
	return d.OnNeedsAdmin(of)
}

// Reversible answers from the till's journal, by the contract of [loyalty.Desk.Reversible].
func (d *Desk) Reversible(_ context.Context, id uuid.UUID) ([]loyalty.Operation, error) {
	ops := d.Till.Journal.Ops
	of := slices.IndexFunc(ops, func(op loyalty.Operation) bool { return op.ID == id })
	switch {
	case of < 0:
		return nil, loyalty.ErrNotFound
	case !ops[of].Happened() || ops[of].Link == loyalty.LinkReversal:
		return nil, loyalty.ErrNotReversible
	case !d.Till.Clock.Before(ops[of].Expires()):
		return nil, loyalty.ErrQRExpired
	}
	var left []loyalty.Operation
	for _, half := range slices.Backward(ops) {
		isOf := half.ID == id || half.Link == loyalty.LinkRemainder && half.Parent == id ||
			ops[of].Link == loyalty.LinkRemainder && half.ID == ops[of].Parent
		switch {
		case isOf && !half.State.Final():
			return nil, loyalty.ErrNotReversible
		case isOf && half.Happened() && !d.has(ops, loyalty.LinkReversal, half.ID):
			left = append(left, half)
		}
	}
	if len(left) == 0 {
		return nil, loyalty.ErrReversed
	}
	return left, nil
}

// Repeatable answers likewise, as [loyalty.Desk.Repeatable].
func (d *Desk) Repeatable(_ context.Context, id uuid.UUID) error {
	ops := d.Till.Journal.Ops
	for _, op := range ops {
		if op.ID == id && op.State == loyalty.StateNotApplied && op.Link != loyalty.LinkReversal && !d.has(ops, loyalty.LinkRepeat, id) {
			return nil
		}
	}
	return loyalty.ErrNotRepeatable
}

// has reports whether an operation has a child that moved points or may still move them.
func (d *Desk) has(ops []loyalty.Operation, link loyalty.Link, of uuid.UUID) bool {
	return slices.ContainsFunc(ops, func(op loyalty.Operation) bool {
		return op.Link == link && op.Parent == of && (op.Happened() || !op.State.Final())
	})
}

// Decide as [loyalty.Desk.Decide].
func (d *Desk) Decide(_ context.Context, id uuid.UUID, applied bool, who, why string) (loyalty.Operation, error) {
	return d.OnDecide(id, applied, who, why)
}
