package orders

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// feedPause is for how long an order that the POS repeats unchanged is not written anew: a POS may tell every few seconds.
const feedPause = time.Hour

// Feed takes down what the POS says of an order: a new one is opened, a known one changed, a closed one opened again, for
// the POS knows best. A bound guest stays bound.
//
// Errors: [ErrInvalid] when the order exceeds what one may hold, and then nothing of it is taken; [ErrNotOurs] when the
// order was opened at the till; the store's.
func (b *Book) Feed(ctx context.Context, fed Fed) (Order, error) {
	fed = cleaned(fed)
	return b.change(ctx, fed.Order, nil, func(o *Order, now time.Time) ([]Event, error) {
		if o.Source == SourceTill {
			return nil, fmt.Errorf("orders: order %s: %w", o.ID, ErrNotOurs)
		}
		if o.tells(fed) && now.Sub(o.ChangedAt).Abs() < feedPause {
			return nil, errNothingToDo
		}
		var events []Event
		if o.State != StateOpen {
			events = append(events, o.open(SourceFeed, "", now))
		}
		if !o.tells(fed) {
			events = append(events, Event{At: now, Kind: EventFed})
		}
		o.Source, o.PaidAt = SourceFeed, time.Time{}
		o.Number, o.Table, o.Waiter, o.Sum, o.Dishes = fed.Number, fed.Table, fed.Waiter, fed.Sum, fed.Dishes
		o.ChangedAt = now
		return events, nil
	})
}

// text makes what others call things safe for a screen.
func text(s string) string { return skidkabot.Sanitize(s) }

// cleaned is what the POS said, safe for a screen, and sharing nothing with the caller.
func cleaned(fed Fed) Fed {
	fed.Number, fed.Table, fed.Waiter = text(fed.Number), text(fed.Table), text(fed.Waiter)
	fed.Dishes = slices.Clone(fed.Dishes)
	for i := range fed.Dishes {
		fed.Dishes[i].SKU, fed.Dishes[i].Name = text(fed.Dishes[i].SKU), text(fed.Dishes[i].Name)
	}
	return fed
}

// tells reports whether the order already says what the POS does.
func (o *Order) tells(fed Fed) bool {
	return o.State == StateOpen && o.Source == SourceFeed && o.PaidAt.IsZero() &&
		o.Number == fed.Number && o.Table == fed.Table && o.Waiter == fed.Waiter &&
		o.Sum.Valid == fed.Sum.Valid && (!o.Sum.Valid || o.Sum.Decimal.Equal(fed.Sum.Decimal)) &&
		slices.EqualFunc(o.Dishes, fed.Dishes, Dish.equal)
}

func (d Dish) equal(other Dish) bool {
	return d.SKU == other.SKU && d.Name == other.Name && d.Printed == other.Printed &&
		d.Count.Equal(other.Count) && d.Sum.Equal(other.Sum)
}

// Withdraw is the POS closing an order, or taking it back. It is idempotent: nil when the order is not known or closed.
//
// An order whose guest has not had their points yet stays open, with its PaidAt, because the cashier still wants to
// accrue: until their operation, or 24 h after the scan.
//
// Errors: [ErrNotOurs] when the order was opened at the till; the store's.
func (b *Book) Withdraw(ctx context.Context, order uuid.UUID) error {
	_, err := b.change(ctx, order, nil, func(o *Order, now time.Time) ([]Event, error) {
		if o.Source == SourceTill {
			return nil, fmt.Errorf("orders: order %s: %w", o.ID, ErrNotOurs)
		}
		if o.State != StateOpen {
			return nil, errNothingToDo
		}
		waits, err := b.awaitsPoints(ctx, *o, now)
		switch {
		case err != nil:
			return nil, err
		case !waits:
			return []Event{o.close(ReasonFeed, "", now)}, nil
		case !o.PaidAt.IsZero():
			return nil, errNothingToDo
		}
		o.PaidAt, o.ChangedAt = now, now
		return []Event{{At: now, Kind: EventPaid}}, nil
	})
	return err
}

// awaitsPoints reports whether an order's guest may still have points moved for it.
func (b *Book) awaitsPoints(ctx context.Context, o Order, now time.Time) (bool, error) {
	if o.Guest == nil || o.Guest.expired(now) {
		return false, nil
	}
	moving, err := b.operations(ctx, o.ID)
	return !settled(moving), err
}

// settled reports whether points have moved and none is on the way any more.
func settled(moving []loyalty.Operation) bool {
	open := slices.ContainsFunc(moving, func(op loyalty.Operation) bool { return !op.State.Final() })
	return len(moving) > 0 && !open
}

// expired reports whether the QR of the binding is no longer valid (PROTOCOLS.md, section 1).
func (b Binding) expired(now time.Time) bool { return now.Sub(b.ScannedAt) >= loyalty.QRLifetime }
