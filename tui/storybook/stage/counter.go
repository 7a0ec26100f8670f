package stage

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// Counter is the real order book of a till that opens and closes its own orders, with what a test sees of it. Its news comes
// to the screen as it would through the relay: before the answer to who caused it.
type Counter struct {
	*orders.Book
	Till  *Till
	Store Store
	Paper *Printer         // nil: the shop has none
	Fails map[string]error // of the methods of this name

	mu   sync.Mutex
	news []any
}

// Store is what a counter keeps orders and operations in.
type Store interface {
	orders.TillStore
	loyalty.Store
}

// NewCounter makes the counter of a till over an empty store. Paper is nil in a shop without a printer.
func NewCounter(tl *Till, store Store, hub *notice.Hub, paper *Printer) *Counter {
	c := &Counter{Till: tl, Store: store, Paper: paper, Fails: make(map[string]error)}
	options := orders.Options{Desk: tl.Desk, Operations: store, Store: store, Hub: hub, Register: Register, Now: tl.Now}
	if paper != nil {
		options.Printer = paper
	}
	tl.Desk.OnSend = func(uuid.UUID) (loyalty.Result, error) { return loyalty.Result{}, nil }
	c.Book = orders.NewBook(options)
	tl.Counter = c
	return c
}

// Listen collects the book's news from now on: what was prepared before the screen opened is no news.
func (c *Counter) Listen(hub *notice.Hub) {
	hub.Subscribe(func(news any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.news = append(c.news, news)
	})
}

// Tell has the screen hear what the book has published, and the answers' aftermath end.
func (c *Counter) Tell() {
	c.Must(c.Close(context.Background()))
	c.mu.Lock()
	news := c.news
	c.news = nil
	c.mu.Unlock()
	for _, n := range news {
		c.Till.Send(n)
	}
}

// After lets the screen draw news of orders, which may wait a little.
func (c *Counter) After() {
	c.Tell()
	c.Till.Wait(NewsPause)
}

// Must panics on an error: what a scene prepares is canned and cannot fail.
func (c *Counter) Must(err error) {
	if err != nil {
		panic(err)
	}
}

// The methods of the book that may be made to fail.

// Pay as [orders.Book.Pay].
func (c *Counter) Pay(ctx context.Context, in orders.PayOrder) (orders.Order, error) {
	if err := c.Fails["Pay"]; err != nil {
		return orders.Order{}, err
	}
	return c.Book.Pay(ctx, in)
}

// CheckPay as [orders.Book.CheckPay].
func (c *Counter) CheckPay(ctx context.Context, in orders.PayOrder) error {
	if err := c.Fails["CheckPay"]; err != nil {
		return err
	}
	return c.Book.CheckPay(ctx, in)
}

// Bill as [orders.Book.Bill].
func (c *Counter) Bill(ctx context.Context, id uuid.UUID) (orders.Bill, error) {
	if err := c.Fails["Bill"]; err != nil {
		return orders.Bill{}, err
	}
	return c.Book.Bill(ctx, id)
}

// ShiftReport as [orders.Book.ShiftReport].
func (c *Counter) ShiftReport(ctx context.Context) (orders.ShiftTotals, orders.ShiftLeft, error) {
	if err := c.Fails["ShiftReport"]; err != nil {
		return orders.ShiftTotals{}, orders.ShiftLeft{}, err
	}
	return c.Book.ShiftReport(ctx)
}

// CheckIn as [orders.Book.CheckIn].
func (c *Counter) CheckIn(ctx context.Context, in orders.CheckIn) (orders.Order, error) {
	if err := c.Fails["CheckIn"]; err != nil {
		return orders.Order{}, err
	}
	return c.Book.CheckIn(ctx, in)
}

// CloseShift as [orders.Book.CloseShift]; a failure is that of reading the report of a shift that is closed.
func (c *Counter) CloseShift(ctx context.Context, by string) (orders.ShiftTotals, orders.ShiftLeft, error) {
	totals, left, err := c.Book.CloseShift(ctx, by)
	if c.Fails["CloseShift"] != nil {
		return orders.ShiftTotals{}, orders.ShiftLeft{}, c.Fails["CloseShift"]
	}
	return totals, left, err
}

// Blocked as [orders.Book.Blocked].
func (c *Counter) Blocked(ctx context.Context) ([]orders.Claim, error) {
	claims, err := c.Book.Blocked(ctx)
	if c.Fails["Blocked"] != nil {
		err = c.Fails["Blocked"]
	}
	return claims, err
}

// Opens has an order opened. Its id is made of the table, so that screens show the same at every run.
func (c *Counter) Opens(table string, dishes ...orders.Dish) orders.Order {
	id := uuid.UUID{6: 0x70, 8: 0x80, 15: byte(len(table)) + table[0]}
	for i := range dishes {
		dishes[i].ID = uuid.UUID{0: byte(i + 1), 15: id[15]}
	}
	order, err := c.OpenOrder(context.Background(), orders.NewOrder{ID: id, Table: table, Seats: 2, Dishes: dishes, Cashier: "Анна"})
	c.Must(err)
	return order
}

// OpensShift has Anna open the shift.
func (c *Counter) OpensShift() {
	_, err := c.OpenShift(context.Background(), "Анна")
	c.Must(err)
}

// ClosesShift has Pyotr close the shift, at another till or behind the cashier's back.
func (c *Counter) ClosesShift() {
	_, _, err := c.CloseShift(context.Background(), "Пётр")
	c.Must(err)
}

// Takes has an order of a table paid in cash, all of it.
func (c *Counter) Takes(table string) {
	order := c.Order(table)
	_, err := c.Book.Pay(context.Background(), orders.PayOrder{
		Order: order.ID, Version: order.Version, Parts: []orders.Part{{Kind: orders.PaidCash, Sum: order.Sum.Decimal}}, Cashier: "Анна", Confirmed: true,
	})
	c.Must(err)
}

// Order is the last changed order of a table.
func (c *Counter) Order(table string) orders.Order {
	all, err := c.Store.Orders(context.Background(), orders.Filter{Table: table, Limit: 1})
	c.Must(err)
	if len(all) != 1 {
		panic("there is no order of table " + table)
	}
	return all[0]
}

// PaidWith are what an order was paid with, as "cash 460, qr 20".
func (c *Counter) PaidWith(table string) string {
	payments, err := c.Store.Payments(context.Background(), c.Order(table).ID)
	c.Must(err)
	var parts []string
	for _, p := range payments {
		parts = append(parts, fmt.Sprintf("%s %s", p.Kind, p.Sum))
	}
	return strings.Join(parts, ", ")
}

// Wires has a guest's phone pay: the other system asks the till to close the bill.
func (c *Counter) Wires(bill uuid.UUID, sum, request string) orders.Verdict {
	verdict, err := c.PayExternal(context.Background(), orders.External{
		System: "expirenza", Request: request, Topic: "payBill", Bill: bill, Sum: Number(sum), Tips: Number("20"),
		Fiscal: []orders.FiscalLine{{Key: "ЕКВАЙЕР", Value: "Universal Bank"}},
	}, func(orders.Verdict) []byte { return []byte("{}") })
	c.Must(err)
	return verdict
}

// Seats binds a guest to an order.
func (c *Counter) Seats(table string) {
	_, err := c.Book.CheckIn(context.Background(), orders.CheckIn{
		Order: c.Order(table).ID, Text: CardOf(SomeClient).Payload(), Waiter: "Ирина",
	})
	c.Must(err)
}

// Redeems writes down that points have paid a part of an order, or are about to.
func (c *Counter) Redeems(table, points string, to ...loyalty.State) loyalty.Operation {
	ctx, at, desk := context.Background(), c.Till.Clock, c.Till.Desk
	op := desk.Operation(loyalty.Redemption, uuid.UUID{6: 0x70, 8: 0x80, 15: 200}, Number(points), Number("1000"), Number("1000").Sub(Number(points)))
	op.Order, op.Secret = c.Order(table).ID, 31766
	c.Must(c.Store.Plan(ctx, op))
	for _, state := range to {
		move := loyalty.Move{ID: op.ID, From: op.State, To: state, At: at}
		if state == loyalty.StateSending {
			move.Baseline.Decimal, move.Baseline.Valid = desk.Balance, true
			move.BaselineAt, move.SentAt, move.Deadline = at, at, at.Add(loyalty.SendLimit)
		}
		c.Must(c.Store.Move(ctx, move))
		op.State = state
	}
	return op
}

// Redeemed writes down that points have paid a part of an order.
func (c *Counter) Redeemed(table, points string) loyalty.Operation {
	return c.Redeems(table, points, loyalty.StateSending, loyalty.StateConfirmed)
}

// RedeemedNow settles the redemption that redeems has left open.
func (c *Counter) RedeemedNow() loyalty.Operation {
	ops, err := c.Store.List(context.Background(), loyalty.Filter{})
	c.Must(err)
	c.Must(c.Store.Move(context.Background(), loyalty.Move{ID: ops[0].ID, From: ops[0].State, To: loyalty.StateApplied, At: c.Till.Clock}))
	op, err := c.Store.Find(context.Background(), ops[0].ID)
	c.Must(err)
	return op
}
