package orders

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// NewOrder is an order that a cashier opens at the till.
type NewOrder struct {
	ID      uuid.UUID // UUIDv7, made when the form opened: a second Enter meets the same order
	Table   string
	Seats   int
	Dishes  []Dish // their ids may be [uuid.Nil]: they get one
	Cashier string
}

// ChangeOrder is what an order of the till is to be.
type ChangeOrder struct {
	Order   uuid.UUID
	Version int64 // that the editor saw
	Table   string
	Seats   int
	Dishes  []Dish // a line that the order has keeps its id
	Cashier string
}

// OpenOrder opens an order at the till, under the register's next number. A second call with the same id gives the order
// that there is. Without a printer no line needs a kitchen ticket, whatever it says.
//
// Errors: [ErrInvalid] when the order exceeds what one may hold; [ErrNotOurs] when the id is one of the POS's; the store's.
func (b *Book) OpenOrder(ctx context.Context, in NewOrder) (Order, error) {
	if in.ID == uuid.Nil {
		return Order{}, fmt.Errorf("orders: an order without an id: %w", ErrInvalid)
	}
	return b.change(ctx, in.ID, nil, func(o *Order, now time.Time) ([]Event, error) {
		switch {
		case o.Source == SourceTill:
			return nil, errNothingToDo
		case o.Version != 0:
			return nil, fmt.Errorf("orders: order %s: %w", o.ID, ErrNotOurs)
		}
		event := o.open(SourceTill, text(in.Cashier), now)
		o.Waiter, o.ChangedAt = text(in.Cashier), now
		o.Table, o.Seats = text(in.Table), in.Seats
		o.setLines(in.Dishes, b.Printer != nil)
		if err := o.Validate(); err != nil { // before a number is used up
			return nil, err
		}
		number, err := b.Store.NextNumber(ctx)
		if err != nil {
			return nil, err
		}
		o.Number = strconv.FormatInt(number, 10)
		return []Event{event}, nil
	})
}

// Change gives an order of the till other lines, another table or other seats. A line that the kitchen has its ticket of, and
// whose dish or count is changed, needs a new ticket.
//
// Errors: [ErrNotFound]; [ErrNotOurs]; [ErrPaid] and [ErrClosed]; [ErrConflict] when the editor saw another version; an [*InUseError]
// while somebody else edits it; [ErrPointsMoved] when its points have paid more than it would come to, or may yet;
// [ErrInvalid] when it exceeds what an order may hold; the store's.
func (b *Book) Change(ctx context.Context, in ChangeOrder) (Order, error) {
	return b.changeOurs(ctx, in.Order, func(o *Order, now time.Time) ([]Event, error) {
		if o.Version != in.Version {
			return nil, fmt.Errorf("orders: order %s: %w", o.ID, ErrConflict)
		}
		if err := b.refuseWhileEdited(o.ID, in.Cashier); err != nil {
			return nil, err
		}
		before := *o
		o.Table, o.Seats = text(in.Table), in.Seats
		o.setLines(in.Dishes, b.Printer != nil)
		if o.same(before) {
			return nil, errNothingToDo
		}
		if err := o.Validate(); err != nil {
			return nil, err
		}
		if o.Sum.Decimal.LessThan(before.Sum.Decimal) {
			if err := b.refuseBelowPoints(ctx, *o); err != nil {
				return nil, err
			}
		}
		o.ChangedAt = now
		return []Event{{At: now, Kind: EventChanged, Actor: text(in.Cashier)}}, nil
	})
}

// changeOurs is [Book.change] of an order that is this till's and open.
func (b *Book) changeOurs(ctx context.Context, order uuid.UUID, with edit) (Order, error) {
	return b.change(ctx, order, nil, func(o *Order, now time.Time) ([]Event, error) {
		if err := o.refuseUnlessOurs(); err != nil {
			return nil, err
		}
		return with(o, now)
	})
}

// refuseUnlessOurs says why an order is not for the till to change or to close.
func (o *Order) refuseUnlessOurs() error {
	refusal := o.Reason.Refusal()
	switch {
	case o.Version == 0:
		refusal = ErrNotFound
	case o.Source != SourceTill:
		refusal = ErrNotOurs
	case refusal == nil:
		return nil
	}
	return fmt.Errorf("orders: order %s: %w", o.ID, refusal)
}

// refuseBelowPoints keeps an order from coming to less than its points have paid, or may: nobody could close it.
func (b *Book) refuseBelowPoints(ctx context.Context, o Order) error {
	ops, err := b.Operations.List(ctx, loyalty.Filter{Order: o.ID})
	if err != nil {
		return err
	}
	points := decimal.Zero
	for _, op := range ops {
		if pays(op) && HoldsBill(op) {
			points = points.Add(op.Points)
		}
	}
	if o.Sum.Decimal.LessThan(points.Add(billOf(o, ops).Points)) {
		return fmt.Errorf("orders: order %s: %w", o.ID, ErrPointsMoved)
	}
	return nil
}

// setLines puts lines on the order, safe for a screen and sharing nothing with the caller, and adds them up. What the
// kitchen has a ticket of, the order knows better than the caller.
func (o *Order) setLines(lines []Dish, kitchen bool) {
	before := make(map[uuid.UUID]Dish, len(o.Dishes))
	for _, line := range o.Dishes {
		before[line.ID] = line
	}
	sum := decimal.Zero
	lines = slices.Clone(lines)
	for i := range lines {
		line := &lines[i]
		line.SKU, line.Name = text(line.SKU), text(line.Name)
		if line.ID == uuid.Nil {
			line.ID = uuid.Must(uuid.NewV7())
		}
		was := before[line.ID]
		line.Kitchen = line.Kitchen && kitchen
		line.Printed = was.Printed && was.sameTicket(*line)
		sum = sum.Add(line.Sum)
	}
	o.Dishes, o.Sum = lines, decimal.NewNullDecimal(sum)
}

// sameTicket reports whether the kitchen would read the same of both lines.
func (d Dish) sameTicket(other Dish) bool {
	return d.ID == other.ID && d.SKU == other.SKU && d.Name == other.Name && d.Count.Equal(other.Count)
}

// same reports whether a change has changed nothing.
func (o *Order) same(before Order) bool {
	return o.Table == before.Table && o.Seats == before.Seats && slices.EqualFunc(o.Dishes, before.Dishes, func(a, b Dish) bool {
		return a.sameTicket(b) && a.Sum.Equal(b.Sum) && a.Seat == b.Seat && a.Kitchen == b.Kitchen && a.Printed == b.Printed
	})
}

func isOpen(op loyalty.Operation) bool { return !op.State.Final() }

// Void takes back an order of the till that has not been paid.
//
// Errors: [ErrNotFound]; [ErrNotOurs]; [ErrPaid] and [ErrClosed]; an [*InUseError] while somebody else edits it; [ErrPointsMoved]
// when points of it have moved or may; a [*ClaimWarning] when a guest has paid for it elsewhere: that claim is decided
// first ([Book.DismissClaim]); the store's.
func (b *Book) Void(ctx context.Context, order uuid.UUID, cashier, why string) (Order, error) {
	return b.changeOurs(ctx, order, func(o *Order, now time.Time) ([]Event, error) {
		if err := b.refuseWhileEdited(order, cashier); err != nil {
			return nil, err
		}
		ops, err := b.Operations.List(ctx, loyalty.Filter{Order: order})
		if err != nil {
			return nil, err
		}
		if billOf(*o, ops).Points.IsPositive() || accrues(ops) || slices.ContainsFunc(ops, isOpen) {
			return nil, fmt.Errorf("orders: order %s: %w", order, ErrPointsMoved)
		}
		claims, err := b.Store.Claims(ctx, ClaimFilter{State: ClaimOpen, Bill: order})
		if err != nil {
			return nil, err
		}
		if len(claims) > 0 {
			return nil, &ClaimWarning{Claims: claims}
		}
		event := o.close(ReasonVoid, text(cashier), now)
		event.Note = shortened(text(why))
		return []Event{event}, nil
	})
}
