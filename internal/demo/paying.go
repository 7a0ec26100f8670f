package demo

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/orders"
)

const (
	// payAfter is how long after the start a guest pays from their phone: the
	// cashier has looked around by then.
	payAfter = 30 * time.Second
	// askAgain is how often Expirenza asks for a bill that is not closed. The
	// real one takes longer, but whoever tries the demo stands before it.
	askAgain = 5 * time.Second
)

// tillOrders are the orders that the demo's cashier has opened. The first one
// is paid from a phone.
func tillOrders() []orders.NewOrder {
	line := func(name string, count, sum int64) orders.Dish {
		return orders.Dish{Name: name, Count: decimal.NewFromInt(count), Sum: decimal.NewFromInt(sum)}
	}
	return []orders.NewOrder{
		{Table: "7", Seats: 2, Dishes: []orders.Dish{line("Капучино", 2, 470), line("Чизкейк", 1, 320)}},
		{Table: "3", Seats: 1, Dishes: []orders.Dish{line("Чай", 1, 150)}},
	}
}

// Seat opens the cashier's orders, and a while later a guest pays the first one
// from their phone, before anybody has opened the shift: the till says what to
// do, and closes the bill once it is done. It returns when the guest has paid or
// ctx is done.
func (s *Shop) Seat(ctx context.Context, book *orders.Book) error {
	return s.seat(ctx, book, payAfter)
}

func (s *Shop) seat(ctx context.Context, book *orders.Book, payAfter time.Duration) error {
	var first orders.Order
	for i, order := range tillOrders() {
		order.ID = uuid.Must(uuid.NewV7())
		opened, err := book.OpenOrder(ctx, order)
		if err != nil {
			return err
		}
		if i == 0 {
			first = opened
		}
	}
	timer := time.NewTimer(payAfter)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return nil
	case <-timer.C:
	}
	paying := s.phones.Pay(expirenzasim.Payment{Bill: first.ID, Sum: first.Sum.Decimal, Tips: decimal.NewFromInt(50)})
	defer paying.Stop()
	_, _ = paying.Wait(ctx) // its error is ctx's
	return nil
}
