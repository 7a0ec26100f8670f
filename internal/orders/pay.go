package orders

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// Part is a part of what a cashier takes for an order.
type Part struct {
	Kind PaymentKind     // [PaidCash], [PaidCard], or [PaidQR] for the money of a claim
	Sum  decimal.Decimal // positive
}

// PayOrder is an order being paid at the till.
type PayOrder struct {
	Order     uuid.UUID
	Version   int64  // that the cashier saw
	Parts     []Part // add up to [Bill.Due]; none when points have paid all
	Cashier   string
	Confirmed bool      // the cashier has answered the question of a ClaimWarning
	Claim     uuid.UUID // whose money the one part of PaidQR is, booked by hand; uuid.Nil: no such part
}

// ClaimWarning asks: guests have paid for this order elsewhere, and the money has not been booked («Деньги уже получены по
// QR»), or it is asked for although it was said to be given back. Nothing was written.
type ClaimWarning struct{ Claims []Claim }

func (w *ClaimWarning) Error() string {
	return fmt.Sprintf("orders: %d payments from outside are not booked", len(w.Claims))
}

// Pay closes an order of the till with what the cashier took and the points that were redeemed on it. The accrual on the
// money part for a bound guest is planned in the same transaction and sent afterwards.
//
// Errors: [ErrNotFound]; [ErrNotOurs]; [ErrPaid] and [ErrClosed]; [ErrConflict] when the cashier saw another version, or the
// claim is no longer open; an [*InUseError] while somebody else edits the order, [ErrInUse] while points of it are on the way; [ErrInvalid] for
// parts that cannot be; [ErrNotPaid] when they do not add up; [ErrTicket]; [ErrShiftClosed], unless nothing is due; a
// [*ClaimWarning]; a [*loyalty.JournalError]; the store's.
func (b *Book) Pay(ctx context.Context, in PayOrder) (Order, error) {
	give, err := b.writes.take(ctx, in.Order)
	if err != nil {
		return Order{}, err
	}
	defer give()
	in.Cashier = shortened(text(in.Cashier))
	for range saveAttempts {
		done, err := b.payment(ctx, in)
		if err != nil {
			return Order{}, err
		}
		saved, err := b.settle(ctx, done.Settlement)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return Order{}, err
		}
		b.guarded("telling of a payment", func() { b.tellPaid(saved, done) })
		b.follow(saved, done)
		return saved, nil
	}
	return Order{}, fmt.Errorf("orders: order %s: %w", in.Order, ErrConflict)
}

// payment checks what the cashier took against the order as it stands, and gives the settlement.
func (b *Book) payment(ctx context.Context, in PayOrder) (closing, error) {
	refuse := func(why error) (closing, error) { return closing{}, fmt.Errorf("orders: order %s: %w", in.Order, why) }
	o, err := b.find(ctx, in.Order)
	if err != nil {
		return closing{}, err
	}
	if err := o.refuseUnlessOurs(); err != nil {
		return closing{}, err
	}
	ops, err := b.Operations.List(ctx, loyalty.Filter{Order: in.Order})
	if err != nil {
		return closing{}, err
	}
	bill, edited := billOf(o, ops), b.refuseWhileEdited(in.Order, in.Cashier)
	switch {
	case o.Version != in.Version:
		return refuse(ErrConflict)
	case edited != nil:
		return closing{}, edited
	case bill.InFlight:
		return refuse(ErrInUse)
	case !in.possible():
		return refuse(ErrInvalid)
	case !in.total().Equal(bill.Due):
		return refuse(ErrNotPaid)
	case b.Printer != nil && slices.ContainsFunc(o.Dishes, Dish.waits):
		return refuse(ErrTicket)
	}
	money, err := b.money(ctx, in)
	if err != nil {
		return closing{}, err
	}
	claim, err := b.claimed(ctx, in, money)
	if err != nil {
		return closing{}, err
	}
	done, err := b.closing(ctx, o, ops, money, in.Cashier, b.Now())
	done.Claim = claim
	return done, err
}

// possible reports whether the parts can be at all.
func (in PayOrder) possible() bool {
	codes := 0
	for _, part := range in.Parts {
		switch part.Kind {
		case PaidQR:
			codes++
		case PaidCash, PaidCard:
		default:
			return false
		}
		if !validAmount(part.Sum) || !part.Sum.IsPositive() {
			return false
		}
	}
	return codes <= 1 && (codes == 1) == (in.Claim != uuid.Nil)
}

func (in PayOrder) total() decimal.Decimal {
	total := decimal.Zero
	for _, part := range in.Parts {
		total = total.Add(part.Sum)
	}
	return total
}

// money is what the cashier took, in the open shift.
func (b *Book) money(ctx context.Context, in PayOrder) ([]Payment, error) {
	if len(in.Parts) == 0 {
		return nil, nil
	}
	shift, err := b.Store.Shift(ctx)
	if err != nil {
		return nil, err
	}
	money := make([]Payment, len(in.Parts))
	for i, part := range in.Parts {
		money[i] = Payment{Kind: part.Kind, Sum: part.Sum, Shift: shift.ID}
	}
	return money, nil
}

// claimed gives the claim that the payment books, as it is to be, and puts what it knows into its part of the money. It
// warns of the others.
func (b *Book) claimed(ctx context.Context, in PayOrder, money []Payment) (*Claim, error) {
	all, err := b.Store.Claims(ctx, ClaimFilter{Bill: in.Order})
	if err != nil {
		return nil, err
	}
	open := slices.DeleteFunc(all, func(c Claim) bool { return !c.unsettled() })
	mine := slices.IndexFunc(open, func(c Claim) bool { return c.ID == in.Claim })
	if mine < 0 && in.Claim != uuid.Nil {
		return nil, fmt.Errorf("orders: claim %s is no longer open: %w", in.Claim, ErrConflict)
	}
	if others := len(open); !in.Confirmed && (mine < 0 && others > 0 || others > 1) {
		return nil, &ClaimWarning{Claims: slices.DeleteFunc(open, func(c Claim) bool { return c.ID == in.Claim })}
	}
	if mine < 0 {
		return nil, nil
	}
	claim := open[mine]
	for i := range money {
		if money[i].Kind != PaidQR {
			continue
		}
		if !money[i].Sum.Equal(claim.Sum) {
			return nil, fmt.Errorf("orders: claim %s is of another sum: %w", in.Claim, ErrInvalid)
		}
		money[i].Tips, money[i].Request = claim.Tips, claim.First
	}
	claim.State, claim.Obstacle, claim.Cashier, claim.DoneAt = ClaimBooked, ObstacleNone, in.Cashier, b.Now()
	return &claim, nil
}

func (b *Book) tellPaid(order Order, done closing) {
	b.tellClosed(order, done)
	if done.Claim != nil {
		claim := *done.Claim
		claim.Version++
		b.Hub.Publish(ClaimChanged{Claim: claim})
	}
}
