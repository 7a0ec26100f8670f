package orders

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
)

// waits reports whether the line needs a kitchen ticket that is not printed yet.
func (d Dish) waits() bool { return d.Kitchen && !d.Printed }

// PrintTickets prints what the kitchen has no ticket of yet and marks it as printed; nothing when there is no such line,
// or no printer. A ticket that was printed but could not be marked is printed again.
//
// Errors: [ErrNotFound]; [ErrNotOurs]; [ErrPaid] and [ErrClosed]; the printer's; the store's.
func (b *Book) PrintTickets(ctx context.Context, order uuid.UUID, cashier string) (Order, error) {
	give, err := b.tickets.take(ctx, order)
	if err != nil {
		return Order{}, err
	}
	defer give()
	o, err := b.Store.Order(ctx, order)
	if err != nil {
		return Order{}, err
	}
	if err := o.refuseUnlessOurs(); err != nil {
		return Order{}, err
	}
	var lines []Dish
	for _, line := range o.Dishes {
		if line.waits() {
			lines = append(lines, line)
		}
	}
	if b.Printer == nil || len(lines) == 0 {
		return o, nil
	}
	if err := b.Printer.Ticket(ctx, o, lines); err != nil {
		return Order{}, err
	}
	// It is on paper: a caller who gives up now does not change that.
	return b.mark(context.WithoutCancel(ctx), order, cashier, func(line Dish) bool { return slices.ContainsFunc(lines, line.sameTicket) })
}

// MarkPrinted marks lines whose ticket the kitchen has got in another way, by their ids; others stay as they are.
//
// Errors: [ErrNotFound]; [ErrNotOurs]; [ErrPaid] and [ErrClosed]; the store's.
func (b *Book) MarkPrinted(ctx context.Context, order uuid.UUID, lines []uuid.UUID, cashier string) (Order, error) {
	return b.mark(ctx, order, cashier, func(line Dish) bool { return slices.Contains(lines, line.ID) })
}

func (b *Book) mark(ctx context.Context, order uuid.UUID, cashier string, printed func(Dish) bool) (Order, error) {
	return b.changeOurs(ctx, order, func(o *Order, now time.Time) ([]Event, error) {
		marked := false
		o.Dishes = slices.Clone(o.Dishes)
		for i, line := range o.Dishes {
			if line.waits() && printed(line) {
				o.Dishes[i].Printed, marked = true, true
			}
		}
		if !marked {
			return nil, errNothingToDo
		}
		o.ChangedAt = now
		return []Event{{At: now, Kind: EventTicket, Actor: text(cashier)}}, nil
	})
}
