package loyalty

import (
	"context"
	"errors"
	"fmt"
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
	Of       uuid.UUID       // the operation; either half of a pair stands for both
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
	first, second, err := d.pair(ctx, req.Of)
	if err != nil {
		return Result{}, err
	}
	points := first.Points
	if req.Points.IsPositive() && !req.Points.Equal(first.Points) {
		switch {
		case first.Kind != Redemption:
			return Result{}, ErrPartialAccrual
		case req.Points.GreaterThan(first.Points), !req.Points.IsInteger():
			return Result{}, ErrReversalTooMuch
		}
		points, second = req.Points, nil
	}
	ops := []Operation{d.reversal(req.ID, first, points, req)}
	if second != nil {
		back := d.reversal(req.SecondID, *second, second.Points, req)
		back.WaitsFor = req.ID
		ops = append(ops, back)
	}
	return d.submit(ctx, Guest{}, func(ctx context.Context, ops []Operation) error {
		for _, op := range ops {
			if err := d.checkReversible(ctx, op); err != nil {
				return err
			}
		}
		return d.askBusy(ctx, ops[0])
	}, ops...)
}

func checkReason(reason string) error {
	if trimmed := strings.TrimSpace(reason); trimmed == "" || len([]rune(trimmed)) > ReasonMax {
		return ErrReasonRequired
	}
	return nil
}

// pair finds the operation and the other half that is reversed with it, the redemption first; second is nil for an
// operation that stands alone or whose other half did not happen.
func (d *Desk) pair(ctx context.Context, id uuid.UUID) (first Operation, second *Operation, err error) {
	op, err := d.Store.Find(ctx, id)
	if err != nil {
		return Operation{}, nil, d.journalError(err)
	}
	if op.Link == LinkRemainder {
		if op, err = d.Store.Find(ctx, op.Parent); err != nil {
			return Operation{}, nil, d.journalError(err)
		}
	}
	remainders, err := d.Store.List(ctx, Filter{Parent: op.ID, Link: LinkRemainder, Limit: 1})
	if err != nil {
		return Operation{}, nil, d.journalError(err)
	}
	if len(remainders) == 0 {
		return op, nil, nil
	}
	switch other := remainders[0]; {
	case other.Happened():
		return op, &other, nil
	case !other.State.Final():
		// Its points may still move: then one half would be reversed and the other not.
		return Operation{}, nil, fmt.Errorf("%w: the accrual on the money part is %s", ErrNotReversible, other.State)
	}
	return op, nil, nil
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
		Parent: of.ID, Link: LinkReversal,
		PlannedAt: now, ChangedAt: now, Cashier: req.Cashier, Note: strings.TrimSpace(req.Reason),
	}
}

// checkReversible looks at the operation that the reversal is of.
func (d *Desk) checkReversible(ctx context.Context, reversal Operation) error {
	of, err := d.Store.Find(ctx, reversal.Parent)
	switch {
	case err != nil:
		return d.journalError(err)
	case !of.Happened() || of.Link == LinkReversal:
		return ErrNotReversible
	case !d.Now().Before(of.Expires()) || reversal.Secret == 0:
		return ErrQRExpired
	}
	earlier, err := d.Store.List(ctx, Filter{Parent: of.ID, Link: LinkReversal})
	if err != nil {
		return d.journalError(err)
	}
	for _, other := range earlier {
		if other.ID != reversal.ID && (other.Happened() || !other.State.Final()) {
			return ErrReversed
		}
	}
	return nil
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
