package orders

import (
	"slices"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// situation is all that decides about a payment from outside.
type situation struct {
	order    Order               // Version 0: the till does not know it
	ops      []loyalty.Operation // of the order, the newest first
	payments []Payment           // of the order, when it is closed
	claim    Claim               // what is known of this money; Version 0: nothing yet
	shift    uuid.UUID           // the open cash shift; [uuid.Nil]: it is closed
	edited   bool                // somebody edits the order
	kitchen  bool                // there is a printer for tickets
	trouble  bool                // the printer cannot print a receipt
}

// judge decides about money of this sum that a guest has paid for the order elsewhere. It asks nobody and changes nothing.
// The order of the rules is what a person would mend first: while the sum may still change, nothing else matters.
func (s situation) judge(sum decimal.Decimal) Verdict {
	verdict := Verdict{Order: s.order}
	switch {
	case s.order.Version == 0, s.order.Source != SourceTill, s.order.Reason == ReasonVoid:
		switch s.claim.State {
		case ClaimBooked:
			verdict.Repeat = true
		case ClaimBack: // who is told "never" would settle with money that the guest has back
			verdict.Obstacle = ObstacleSum
		default:
			verdict.Obstacle = ObstacleNever
		}
	case s.order.State == StateClosed:
		if verdict.Repeat = s.paidBy(sum); !verdict.Repeat {
			verdict.Obstacle, verdict.Double = ObstacleSum, s.claim.State != ClaimBack
		}
	default:
		verdict.Obstacle = s.obstacle(sum)
	}
	return verdict
}

// paidBy reports whether this very money closed the order: through the other system, or booked by hand against its claim.
func (s situation) paidBy(sum decimal.Decimal) bool {
	if s.claim.State != ClaimPaid && s.claim.State != ClaimBooked {
		return false
	}
	return slices.ContainsFunc(s.payments, func(p Payment) bool { return p.Kind == PaidQR && p.Sum.Equal(sum) })
}

// obstacle says why an open order cannot be closed by this sum now.
func (s situation) obstacle(sum decimal.Decimal) Obstacle {
	bill := billOf(s.order, s.ops)
	switch {
	case s.edited || bill.InFlight:
		return ObstacleInUse
	case s.claim.State == ClaimBack: // the guest has it back, whatever the other system still says
		return ObstacleSum
	case !bill.Due.Equal(sum):
		return ObstacleSum
	case s.kitchen && slices.ContainsFunc(s.order.Dishes, Dish.waits):
		return ObstacleTicket
	case s.shift == uuid.Nil:
		return ObstacleShift
	case s.trouble:
		return ObstaclePrinter
	}
	return ObstacleNone
}

// closes reports whether the verdict is to close the order now.
func (v Verdict) closes() bool { return v.Obstacle == ObstacleNone && !v.Repeat }
