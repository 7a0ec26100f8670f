package orders

import (
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// Settlement is everything that one payment changes, written in one transaction: all of it or nothing.
type Settlement struct {
	Order    *Order  // as it is to be; its Version is the one that it was judged by. nil: unknown to the till, or unchanged
	Events   []Event // of Order; without one, of the orders that they name, at the versions that those have
	Payments []Payment
	Accruals []loyalty.Operation // planned with the closing: on the money part, for the bound guest
	Claim    *Claim              // new or changed, its Version the one that it was judged by: one for each bill and sum
	Letter   *Letter             // replaces the bill's undelivered ones
	Receipt  bool                // one of Order, which it closes, is due from now on
}

// HoldsBill reports whether an operation keeps the bill of its order from being closed: its points are on the wire or may
// have moved, or it may yet change what points have paid. An accrual that waits does not, and nothing that a person
// decides about does.
func HoldsBill(op loyalty.Operation) bool {
	switch op.State {
	case loyalty.StateSending, loyalty.StateUnknown:
		return true
	case loyalty.StatePlanned, loyalty.StateQueued:
		return (op.Kind == loyalty.Redemption) == (op.Link != loyalty.LinkReversal)
	}
	return false
}

// Fits reports whether the order may be closed by these payments beside all of its operations: none of them holds the bill,
// and the points among the payments are those that were redeemed for it and not given back, no more and no less. What has
// happened since the payments were counted does not fit.
func (s Settlement) Fits(ops []loyalty.Operation) bool {
	counted := make(map[uuid.UUID]decimal.Decimal)
	for _, p := range s.Payments {
		if p.Kind == PaidPoints {
			counted[p.Operation] = counted[p.Operation].Add(p.Sum)
		}
	}
	parts := redeemed(ops)
	for _, part := range parts {
		if !counted[part.ID].Equal(part.Points) {
			return false
		}
	}
	return len(counted) == len(parts) && !slices.ContainsFunc(ops, HoldsBill)
}

// RedeemsOn reports whether an operation would pay for its order with points: what no longer makes sense once that is closed.
func RedeemsOn(op loyalty.Operation) bool { return pays(op) && op.Order != uuid.Nil }

// Closes reports whether the settlement closes its order as paid.
func (s Settlement) Closes() bool { return s.Order != nil && s.Order.Reason == ReasonPaid }

// Limits of what another system may say of a payment.
const (
	MaxFiscal = 50      // lines
	MaxLetter = 1 << 20 // bytes
)

// Validate reports the first part that cannot be: a settlement that fails it is never written. Payments close an order and
// add up to its sum ([ErrNotPaid] when they do not), or are one claim that is booked for an order that is not to be closed.
func (s Settlement) Validate() error {
	if s.Order != nil {
		if err := s.Order.Validate(); err != nil {
			return err
		}
	}
	if s.Claim != nil && !s.Claim.valid() {
		return fmt.Errorf("orders: the claim on order %s: %w", s.Claim.Bill, ErrInvalid)
	}
	if s.Letter != nil && !s.Letter.valid() {
		return fmt.Errorf("orders: the letter on order %s: %w", s.Letter.Bill, ErrInvalid)
	}
	if s.Order == nil {
		for _, e := range s.Events {
			if e.Order == uuid.Nil {
				return fmt.Errorf("orders: an event of no order: %w", ErrInvalid)
			}
		}
	}
	if s.Receipt && !s.Closes() {
		return fmt.Errorf("orders: a receipt of what is not closed: %w", ErrInvalid)
	}
	return s.validatePayments()
}

func (s Settlement) validatePayments() error {
	paid := decimal.Zero
	for _, p := range s.Payments {
		if !p.valid() || s.Order != nil && p.Order != s.Order.ID {
			return fmt.Errorf("orders: payment %s: %w", p.ID, ErrInvalid)
		}
		paid = paid.Add(p.Sum)
	}
	switch {
	case s.Closes():
		if !paid.Equal(s.Order.Sum.Decimal) {
			return fmt.Errorf("orders: order %s: %w", s.Order.ID, ErrNotPaid)
		}
	case len(s.Payments) > 0 && !s.booksClaim():
		return fmt.Errorf("orders: payments that close nothing: %w", ErrInvalid)
	}
	return nil
}

// booksClaim reports whether the payments are nothing but the claim's money.
func (s Settlement) booksClaim() bool {
	if s.Order != nil || s.Claim == nil || s.Claim.State != ClaimBooked || len(s.Payments) != 1 {
		return false
	}
	p := s.Payments[0]
	return p.Kind == PaidQR && p.Order == s.Claim.Bill && p.Sum.Equal(s.Claim.Sum)
}

func (p Payment) valid() bool {
	switch p.Kind {
	case PaidCash, PaidCard, PaidQR:
		if p.Shift == uuid.Nil || p.Operation != uuid.Nil {
			return false
		}
	case PaidPoints:
		if p.Shift != uuid.Nil || p.Operation == uuid.Nil {
			return false
		}
	default:
		return false
	}
	return p.ID != uuid.Nil && p.Order != uuid.Nil && validAmount(p.Sum) && p.Sum.IsPositive() &&
		validAmount(p.Tips) && (p.Tips.IsZero() || p.Kind == PaidQR) && validText(p.Cashier) && validText(p.Request)
}

func (c Claim) valid() bool {
	switch c.State {
	case ClaimOpen, ClaimPaid, ClaimBooked, ClaimBack:
	default:
		return false
	}
	for _, line := range c.Fiscal {
		if !validText(line.Key) || !validText(line.Value) {
			return false
		}
	}
	return c.ID != uuid.Nil && c.Bill != uuid.Nil && c.System != "" && validText(c.System) && len(c.Fiscal) <= MaxFiscal &&
		validAmount(c.Sum) && c.Sum.IsPositive() && validAmount(c.Tips) && c.Requests > 0 &&
		validText(c.First) && validText(c.Last) && validText(c.Cashier) && validText(c.Note)
}

func (l Letter) valid() bool {
	return l.ID != uuid.Nil && l.Bill != uuid.Nil && l.System != "" && validText(l.System) && validText(l.Topic) &&
		validText(l.Request) && len(l.Body) > 0 && len(l.Body) <= MaxLetter && l.Outcome == LetterWaiting && l.DoneAt.IsZero()
}
