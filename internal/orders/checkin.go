package orders

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// CheckIn binds the guest whose QR a waiter scanned to an order, and opens the order if it is not known. When it returns
// nil, the binding is on the disk. Nothing is bound before the service has proved the guest, who is asked for no longer
// than [CheckInLimit].
//
// The same guest again refreshes the binding. Another guest replaces the bound one when [Options.Rebind] says so.
//
// Errors: a [*loyalty.ScanError] when the text is no QR of this shop; the service's ([loyalty.Desk.Greet]);
// [ErrOtherGuest]; [ErrPointsMoved] when another guest is bound whose points of this order have moved or may;
// [ErrClosed] when the order is closed with its points moved, by the POS, or at the till; [ErrInvalid] without an order's id; the store's.
func (b *Book) CheckIn(ctx context.Context, in CheckIn) (Order, error) {
	if in.Order == uuid.Nil {
		return Order{}, fmt.Errorf("orders: check-in without an order: %w", ErrInvalid)
	}
	identified, err := b.Desk.Identify(in.Text)
	if err != nil {
		return Order{}, err
	}
	limited, cancel := context.WithTimeout(ctx, CheckInLimit)
	defer cancel()
	give, err := b.arrivals.take(limited, in.Order)
	if err != nil {
		return Order{}, outOfTime(ctx, limited, err)
	}
	defer give()
	card, scannedAt := identified.Card, b.Now()
	order, err := b.find(ctx, in.Order)
	if err != nil {
		return Order{}, err
	}
	if err := b.admits(ctx, order, card); err != nil { // what is refused anyway needs no service
		return Order{}, err
	}
	asOf := b.steps()
	guest, err := b.Desk.Greet(limited, card, scannedAt)
	if err != nil {
		return Order{}, outOfTime(ctx, limited, err)
	}
	order, err = b.change(ctx, in.Order, &order, func(o *Order, now time.Time) ([]Event, error) {
		if err := b.admits(ctx, *o, card); err != nil {
			return nil, err
		}
		return o.bind(bindingOf(guest), text(in.Waiter), now), nil
	})
	if err != nil {
		return Order{}, err
	}
	b.remember(guest, asOf)
	return order, nil
}

// outOfTime is the error of somebody who was waited for: when the limit of a check-in is what ended it, the balance is
// unavailable, whoever was the slow one.
func outOfTime(ctx, limited context.Context, err error) error {
	if limited.Err() == nil || ctx.Err() != nil {
		return err
	}
	return &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout, Err: err}
}

// admits reports why a card's guest cannot be bound to an order as it stands.
func (b *Book) admits(ctx context.Context, o Order, card skidkabot.Card) error {
	switch {
	case o.State == StateClosed && o.Reason != ReasonExpired && o.Reason != ReasonCheck:
		return fmt.Errorf("orders: order %s: %w", o.ID, ErrClosed)
	case o.State != StateOpen || o.Guest == nil || o.Guest.Card.Client == card.Client:
		return nil
	}
	moving, err := b.operations(ctx, o.ID)
	switch {
	case err != nil:
		return err
	case len(moving) > 0:
		return fmt.Errorf("orders: order %s: %w", o.ID, ErrPointsMoved)
	case !b.Rebind:
		return fmt.Errorf("orders: order %s: %w", o.ID, ErrOtherGuest)
	}
	return nil
}

func bindingOf(guest loyalty.Guest) Binding {
	return Binding{
		Card:      guest.Card,
		ScannedAt: guest.ScannedAt,
		Name:      shortened(guest.Name),
		Balance:   guest.Balance,
		BalanceAt: guest.ReadAt,
	}
}

// shortened cuts a name that the service made longer than an order keeps.
func shortened(name string) string {
	if characters := []rune(name); len(characters) > MaxText {
		return string(characters[:MaxText])
	}
	return name
}

// bind puts a guest on the order. The guest who is bound already keeps the waiter who bound them, and nothing has happened.
func (o *Order) bind(guest Binding, waiter string, now time.Time) []Event {
	var events []Event
	again := o.State == StateOpen && o.Guest != nil && o.Guest.Card.Client == guest.Card.Client
	if o.State != StateOpen {
		events = append(events, o.open(SourceCheckIn, waiter, now))
	}
	guest.BoundBy = waiter
	if again {
		guest.BoundBy = o.Guest.BoundBy
	} else {
		events = append(events, Event{At: now, Kind: EventBound, Client: guest.Card.Client, Actor: waiter})
	}
	if o.Source == SourceCheckIn && o.Waiter == "" {
		o.Waiter = waiter
	}
	o.Guest, o.ChangedAt = &guest, now
	return events
}

// CheckOut takes the guest off an order. It is idempotent: nil when nobody is bound, or the order is not known or closed.
// An order of which nothing but the check-in was known is closed with it.
//
// Errors: [ErrPointsMoved]; the store's.
func (b *Book) CheckOut(ctx context.Context, order uuid.UUID, waiter string) error {
	give, err := b.arrivals.take(ctx, order)
	if err != nil {
		return err
	}
	defer give()
	_, err = b.change(ctx, order, nil, func(o *Order, now time.Time) ([]Event, error) {
		if o.Guest == nil {
			return nil, errNothingToDo
		}
		if o.State == StateClosed {
			return nil, b.refuseCheckOut(ctx, order)
		}
		return o.unbind(text(waiter), now), nil
	})
	return err
}

// refuseCheckOut is the answer for a closed order, whose guest stays as they are.
func (b *Book) refuseCheckOut(ctx context.Context, order uuid.UUID) error {
	moving, err := b.operations(ctx, order)
	if err != nil {
		return err
	}
	if len(moving) > 0 {
		return fmt.Errorf("orders: order %s: %w", order, ErrPointsMoved)
	}
	return errNothingToDo
}

// unbind takes the guest off the order, which is closed when only the guest kept it.
func (o *Order) unbind(waiter string, now time.Time) []Event {
	events := []Event{{At: now, Kind: EventUnbound, Client: o.Guest.Card.Client, Actor: waiter}}
	o.Guest, o.ChangedAt = nil, now
	switch {
	case !o.PaidAt.IsZero():
		events = append(events, o.close(ReasonFeed, waiter, now))
	case o.Source == SourceCheckIn:
		events = append(events, o.close(ReasonCheck, waiter, now))
	}
	return events
}
