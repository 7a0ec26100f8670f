package stage

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// Orders is an order book that answers what a test tells it.
type Orders struct {
	List    []orders.Order
	Err     error // of reading the list
	Seated  func(orders.Order) (orders.Seated, error)
	Asked   []uuid.UUID // whose guests were asked for
	Waiting context.Context
	Reads   int
}

// Open as [orders.Book.Open].
func (b *Orders) Open(context.Context) ([]orders.Order, error) {
	b.Reads++
	return append([]orders.Order(nil), b.List...), b.Err
}

// Guest as [orders.Book.Guest].
func (b *Orders) Guest(ctx context.Context, id uuid.UUID) (orders.Seated, error) {
	b.Asked, b.Waiting = append(b.Asked, id), ctx
	for _, o := range b.List {
		if o.ID != id {
			continue
		}
		if b.Seated != nil {
			return b.Seated(o)
		}
		return SeatedOf(o), nil
	}
	return orders.Seated{}, orders.ErrNotFound
}

// SeatedOf is the guest of an order with the balance of this moment, which is not that of the check-in.
func SeatedOf(o orders.Order) orders.Seated {
	return orders.Seated{Order: o, Guest: loyalty.Guest{
		Card: o.Guest.Card, ScannedAt: o.Guest.ScannedAt, Name: o.Guest.Name,
		Balance: o.Guest.Balance.Add(Number("35")), ReadAt: Opening(), Rules: NewDesk().Rules,
	}}
}

// Floor is a shop in the evening: a guest at table 5, one at table 15, nobody at table 7, and an order without a sum.
func Floor() *Orders {
	unknown := WithGuest(OrderOf(3, 40), OtherClient, "Фёдор Ёлкин", "12")
	unknown.Number, unknown.Table, unknown.Waiter, unknown.Sum, unknown.Source = "", "", "", decimal.NullDecimal{}, orders.SourceCheckIn
	return &Orders{List: []orders.Order{
		WithGuest(OrderOf(15, 2), 7, "Анна Ли", "840"), OrderOf(7, 5), WithGuest(OrderOf(5, 30), SomeClient, "Александр Татарченко", "2330"), unknown,
	}}
}

// OrderOf is an open order of a table, changed so many minutes ago.
func OrderOf(table int, minutes int) orders.Order {
	at := Opening().Add(-time.Duration(minutes) * time.Minute)
	return orders.Order{
		ID: uuid.UUID{14: byte(table >> 8), 15: byte(table)}, Register: 1, Source: orders.SourceFeed, State: orders.StateOpen,
		Number: fmt.Sprint(1000 + table), Table: fmt.Sprint(table), Waiter: "Ирина",
		Sum:      decimal.NewNullDecimal(Number("1250")),
		OpenedAt: at.Add(-10 * time.Minute), ChangedAt: at, Version: 1,
	}
}

func WithGuest(o orders.Order, client int64, name, balance string) orders.Order {
	o.Guest = &orders.Binding{
		Card: CardOf(client), ScannedAt: o.ChangedAt, Name: name, Balance: Number(balance), BalanceAt: o.ChangedAt, BoundBy: o.Waiter,
	}
	return o
}

func Bound(o orders.Order) orders.Changed {
	return orders.Changed{Order: o, Event: orders.Event{Order: o.ID, Kind: orders.EventBound, Actor: o.Waiter}}
}

// AccruedFor is an accrual that was made for an order.
func AccruedFor(o orders.Order, state loyalty.State) loyalty.Operation {
	op := Past(loyalty.Accrual, state, "25")
	op.Order = o.ID
	return op
}
