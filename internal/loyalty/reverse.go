package loyalty

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// ReversalRequest asks to take an operation back (storno, I11). The reversal is a new operation of the opposite kind,
// linked to the one that it reverses.
type ReversalRequest struct {
	ID       uuid.UUID       // from NewID, when the form opened
	SecondID uuid.UUID       // likewise, for the other half of a pair
	Of       uuid.UUID       // the operation; either half of a pair stands for what [Desk.Reversible] gives
	Points   decimal.Decimal // 0: all of it. Less only of a redemption; then the other half of a pair stays
	Reason   string          // in the person's own words, at most 200 characters, required
	Cashier  string
}

// ReasonMax is the longest reason that a person may give, in characters.
const ReasonMax = 200

// Errors of a reversal; nothing was planned or sent.
var (
	ErrNotReversible   = errors.New("loyalty: only an operation that has happened can be reversed, and no reversal")
	ErrReversed        = errors.New("loyalty: the operation is already reversed, or its reversal is not settled yet")
	ErrPartialAccrual  = errors.New("loyalty: only a redemption can be reversed in part")
	ErrReasonRequired  = errors.New("loyalty: a reason is required")
	ErrReversalTooMuch = errors.New("loyalty: more points than the operation has")
)

// Reverse takes an operation back, with the other half of its pair: first the redemption's points are given back, then
// the accrual's are taken. Errors are the above, and those of [Desk.Accrue].
func (d *Desk) Reverse(ctx context.Context, req ReversalRequest) (Result, error) {
	if err := checkReason(req.Reason); err != nil {
		return Result{}, err
	}
	halves, refused := d.Reversible(ctx, req.Of)
	if refused != nil {
		// It may be this very storno that stands in the way: then a second Enter meets the first (I5).
		return d.submit(ctx, Guest{}, func(context.Context, []Operation) error { return refused }, Operation{ID: req.ID})
	}
	points, err := req.part(halves)
	if err != nil {
		return Result{}, err
	}
	if !points.Equal(halves[0].Points) {
		halves = halves[:1]
	}
	ops := []Operation{d.reversal(req.ID, halves[0], points, req)}
	if len(halves) == 2 {
		back := d.reversal(req.SecondID, halves[1], halves[1].Points, req)
		back.WaitsFor = req.ID
		ops = append(ops, back)
	}
	return d.submit(ctx, Guest{}, func(ctx context.Context, ops []Operation) error { return d.askBusy(ctx, ops[0]) }, ops...)
}

func checkReason(reason string) error {
	if trimmed := strings.TrimSpace(reason); trimmed == "" || len([]rune(trimmed)) > ReasonMax {
		return ErrReasonRequired
	}
	return nil
}

// part is how many points of the first half are to be given back or taken.
func (req ReversalRequest) part(halves []Operation) (decimal.Decimal, error) {
	first := halves[0]
	switch {
	case !req.Points.IsPositive() || req.Points.Equal(first.Points):
		return first.Points, nil
	case first.Kind != Redemption && first.Link == LinkRemainder && first.ID != req.Of:
		return decimal.Zero, ErrReversed // a part of the redemption was asked for, which is reversed already
	case first.Kind != Redemption:
		return decimal.Zero, ErrPartialAccrual
	case req.Points.GreaterThan(first.Points), !req.Points.IsInteger():
		return decimal.Zero, ErrReversalTooMuch
	}
	return req.Points, nil
}

// Reversible tells what a storno of the operation would take back now: the operation, or both halves of its pair, the
// redemption first, or the half that is left when the other is reversed already. It plans nothing.
//
// Returns [ErrNotReversible], [ErrReversed], [ErrQRExpired], [ErrNotFound] or a [*JournalError]: then there can be none.
func (d *Desk) Reversible(ctx context.Context, id uuid.UUID) ([]Operation, error) {
	op, err := d.Store.Find(ctx, id)
	switch {
	case err != nil:
		return nil, d.journalError(err)
	case !op.Happened() || op.Link == LinkReversal:
		return nil, ErrNotReversible
	case !d.Now().Before(op.Expires()) || d.cardOf(op).Secret == 0:
		return nil, ErrQRExpired
	}
	pair, err := d.pair(ctx, op)
	if err != nil {
		return nil, err
	}
	var left []Operation
	for _, half := range pair {
		if !half.State.Final() {
			// Its points may still move: then one half would be reversed and the other not.
			return nil, fmt.Errorf("%w: the %s of its pair is %s", ErrNotReversible, half.Kind, half.State)
		}
		reversed, err := d.isReversed(ctx, half.ID)
		if err != nil {
			return nil, err
		}
		if half.Happened() && !reversed {
			left = append(left, half)
		}
	}
	if len(left) == 0 {
		return nil, ErrReversed
	}
	return left, nil
}

// pair gives the redemption and the accrual on its money part, or the operation alone when it is neither.
func (d *Desk) pair(ctx context.Context, op Operation) ([]Operation, error) {
	if op.Link == LinkRemainder {
		redemption, err := d.Store.Find(ctx, op.Parent)
		return []Operation{redemption, op}, d.journalError(err)
	}
	remainders, err := d.Store.List(ctx, Filter{Parent: op.ID, Link: LinkRemainder, Limit: 1})
	return append([]Operation{op}, remainders...), d.journalError(err)
}

// isReversed reports whether the operation has a reversal that has happened or may still happen (I11).
func (d *Desk) isReversed(ctx context.Context, id uuid.UUID) (bool, error) {
	reversals, err := d.Store.List(ctx, Filter{Parent: id, Link: LinkReversal})
	return slices.ContainsFunc(reversals, Operation.mayCount), d.journalError(err)
}

func (d *Desk) reversal(id uuid.UUID, of Operation, points decimal.Decimal, req ReversalRequest) Operation {
	kind := Redemption
	if of.Kind == Redemption {
		kind = Accrual
	}
	now := d.Now()
	card := d.cardOf(of)
	return Operation{
		ID: id, Register: d.Register, Kind: kind, State: StatePlanned,
		Vendor: of.Vendor, Client: of.Client, Secret: card.Secret, ScannedAt: of.ScannedAt, Name: of.Name,
		Points: points, Sum: of.Sum, Money: of.Money, Percent: of.Percent,
		Parent: of.ID, Link: LinkReversal, Order: of.Order,
		PlannedAt: now, ChangedAt: now, Cashier: req.Cashier, Note: strings.TrimSpace(req.Reason),
	}
}

// OwnReversalWindow is how long a cashier may take back their own last operation without the admin's PIN, by default.
const OwnReversalWindow = 5 * time.Minute

// NeedsAdmin reports whether reversing the operation needs the admin's PIN (I11): anything but the cashier's own last
// operation within the window.
func (d *Desk) NeedsAdmin(ctx context.Context, of uuid.UUID, cashier string, window time.Duration) (bool, error) {
	op, err := d.Store.Find(ctx, of)
	if err != nil {
		return true, d.journalError(err)
	}
	latest, err := d.Store.List(ctx, Filter{Limit: 2})
	if err != nil {
		return true, d.journalError(err)
	}
	isLast := false
	for i, recent := range latest {
		// The last operation of a cashier is one, or a pair.
		isLast = isLast || recent.ID == op.ID && (i == 0 || latest[0].Parent == op.ID && latest[0].Link == LinkRemainder)
	}
	own := op.Cashier == cashier && op.Register == d.Register
	return !isLast || !own || d.Now().Sub(op.PlannedAt) > window, nil
}
