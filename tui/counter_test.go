package tui

import (
	"context"
	"fmt"
	"strings"
	"sync"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
)

var (
	f8        = tea.KeyMsg{Type: tea.KeyF8}
	insertKey = tea.KeyMsg{Type: tea.KeyInsert}
	deleteKey = tea.KeyMsg{Type: tea.KeyDelete}
)

// counter is the real order book of a till that opens and closes its own orders, with what a test sees of it. Its news comes
// to the screen as it would through the relay: before the answer to who caused it.
type counter struct {
	*orders.Book
	till  *till
	store *orderstest.MemoryStore
	paper *fakePrinter
	fails map[string]error // of the methods of this name

	mu   sync.Mutex
	news []any
}

// fakePrinter keeps what it prints.
type fakePrinter struct {
	trouble  error
	tickets  int
	receipts int
	copies   int
}

func (p *fakePrinter) Ready(context.Context) error { return p.trouble }

func (p *fakePrinter) Ticket(context.Context, orders.Order, []orders.Dish) error {
	if p.trouble == nil {
		p.tickets++
	}
	return p.trouble
}

func (p *fakePrinter) Receipt(_ context.Context, _ orders.Order, _ []orders.Payment, _ []orders.FiscalLine, copyOf bool) error {
	if p.receipts++; copyOf {
		p.copies++
	}
	return p.trouble
}

// withCounter gives the till orders of its own. Prepare fills the book before the screen opens.
func withCounter(prepare ...func(*counter)) func(*Options) { return counterWith(nil, prepare...) }

// withPrinter is withCounter in a shop with a printer.
func withPrinter(prepare ...func(*counter)) func(*Options) {
	return func(o *Options) { counterWith(&fakePrinter{}, prepare...)(o); o.Printer = true }
}

func counterWith(paper *fakePrinter, prepare ...func(*counter)) func(*Options) {
	return func(o *Options) {
		desk := o.Desk.(*fakeDesk)
		c := &counter{store: &orderstest.MemoryStore{}, paper: paper, fails: make(map[string]error)}
		options := orders.Options{
			Desk: desk, Operations: c.store, Store: c.store, Hub: o.Hub, Register: o.Register, Now: o.Now,
		}
		if paper != nil {
			options.Printer = paper
		}
		desk.send = func(uuid.UUID) (loyalty.Result, error) { return loyalty.Result{}, nil }
		c.Book = orders.NewBook(options)
		c.till = desk.till
		o.Till, o.Orders, o.Records, o.Journal = c, c, c.store, c.store
		for _, p := range prepare {
			p(c)
		}
	}
}

func (c *counter) listen(tl *till, hub *notice.Hub) {
	if c == nil {
		return
	}
	hub.Subscribe(func(news any) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.news = append(c.news, news)
	})
}

// tell has the screen hear what the book has published, and the answers' aftermath end.
func (c *counter) tell() {
	if c == nil {
		return
	}
	c.must(c.Close(context.Background()))
	c.mu.Lock()
	news := c.news
	c.news = nil
	c.mu.Unlock()
	for _, n := range news {
		c.till.send(n)
	}
}

// after lets the screen draw news of orders, which may wait a little.
func (c *counter) after() {
	c.tell()
	c.till.wait(orderNewsPause)
}

func (c *counter) must(err error) {
	c.till.Helper()
	if err != nil {
		c.till.Fatal(err)
	}
}

// The methods of the book that tests let fail.

func (c *counter) Pay(ctx context.Context, in orders.PayOrder) (orders.Order, error) {
	if err := c.fails["Pay"]; err != nil {
		return orders.Order{}, err
	}
	return c.Book.Pay(ctx, in)
}

func (c *counter) Bill(ctx context.Context, id uuid.UUID) (orders.Bill, error) {
	if err := c.fails["Bill"]; err != nil {
		return orders.Bill{}, err
	}
	return c.Book.Bill(ctx, id)
}

func (c *counter) ShiftReport(ctx context.Context) (orders.ShiftTotals, orders.ShiftLeft, error) {
	if err := c.fails["ShiftReport"]; err != nil {
		return orders.ShiftTotals{}, orders.ShiftLeft{}, err
	}
	return c.Book.ShiftReport(ctx)
}

func (c *counter) CheckIn(ctx context.Context, in orders.CheckIn) (orders.Order, error) {
	if err := c.fails["CheckIn"]; err != nil {
		return orders.Order{}, err
	}
	return c.Book.CheckIn(ctx, in)
}

func (c *counter) Blocked(ctx context.Context) ([]orders.Claim, error) {
	claims, err := c.Book.Blocked(ctx)
	if c.fails["Blocked"] != nil {
		err = c.fails["Blocked"]
	}
	return claims, err
}

func dish(name, count, sum string) orders.Dish {
	return orders.Dish{Name: name, Count: number(count), Sum: number(sum)}
}

func kitchenDish(name, count, sum string) orders.Dish {
	d := dish(name, count, sum)
	d.Kitchen = true
	return d
}

// opens has an order opened. Its id is made of the table, so that screens show the same at every run.
func (c *counter) opens(table string, dishes ...orders.Dish) orders.Order {
	id := uuid.UUID{6: 0x70, 8: 0x80, 15: byte(len(table)) + table[0]}
	for i := range dishes {
		dishes[i].ID = uuid.UUID{0: byte(i + 1), 15: id[15]}
	}
	order, err := c.OpenOrder(context.Background(), orders.NewOrder{ID: id, Table: table, Seats: 2, Dishes: dishes, Cashier: "Анна"})
	c.must(err)
	return order
}

// lunch is an order of 460 at table 5 in an open shift.
func lunch(c *counter) {
	c.opensShift()
	c.opens("5", dish("Борщ", "2", "360"), dish("Кофе", "1", "100"))
}

// banquet is an order of more lines than a screen has.
func banquet(c *counter) {
	var dishes []orders.Dish
	for i := range 100 {
		dishes = append(dishes, dish(fmt.Sprintf("Блюдо %d", i+1), "1", "10"))
	}
	c.opens("7", dishes...)
}

// dinner is one whose first line is for the kitchen.
func dinner(c *counter) {
	c.opensShift()
	c.opens("5", kitchenDish("Борщ", "2", "360"), dish("Кофе", "1", "100"))
}

func (c *counter) opensShift() {
	_, err := c.OpenShift(context.Background(), "Анна")
	c.must(err)
}

func (c *counter) order(table string) orders.Order {
	c.till.Helper()
	all, err := c.store.Orders(context.Background(), orders.Filter{Table: table, Limit: 1})
	c.must(err)
	if len(all) != 1 {
		c.till.Fatalf("there is no order of table %q", table)
	}
	return all[0]
}

// payments are what an order was paid with, as "cash 460, qr 20".
func (c *counter) payments(table string) string {
	payments, err := c.store.Payments(context.Background(), c.order(table).ID)
	c.must(err)
	var parts []string
	for _, p := range payments {
		parts = append(parts, fmt.Sprintf("%s %s", p.Kind, p.Sum))
	}
	return strings.Join(parts, ", ")
}

// wires has a guest's phone pay: the other system asks the till to close the bill.
func (c *counter) wires(bill uuid.UUID, sum, request string) orders.Verdict {
	verdict, err := c.PayExternal(context.Background(), orders.External{
		System: "expirenza", Request: request, Topic: "payBill", Bill: bill, Sum: number(sum), Tips: number("20"),
		Fiscal: []orders.FiscalLine{{Key: "ЕКВАЙЕР", Value: "Universal Bank"}},
	}, func(orders.Verdict) []byte { return []byte("{}") })
	c.must(err)
	return verdict
}

// seats binds a guest to an order.
func (c *counter) seats(table string) {
	_, err := c.Book.CheckIn(context.Background(), orders.CheckIn{
		Order: c.order(table).ID, Text: cardOf(someClient).Payload(), Waiter: "Ирина",
	})
	c.must(err)
}

// redeems writes down that points have paid a part of an order, or are about to.
func (c *counter) redeems(table, points string, to ...loyalty.State) loyalty.Operation {
	ctx, at, desk := context.Background(), c.till.clock, c.till.desk
	op := desk.operation(loyalty.Redemption, uuid.UUID{6: 0x70, 8: 0x80, 15: 200}, number(points), number("1000"), number("1000").Sub(number(points)))
	op.Order, op.Secret = c.order(table).ID, 31766
	c.must(c.store.Plan(ctx, op))
	for _, state := range to {
		move := loyalty.Move{ID: op.ID, From: op.State, To: state, At: at}
		if state == loyalty.StateSending {
			move.Baseline.Decimal, move.Baseline.Valid = desk.balance, true
			move.BaselineAt, move.SentAt, move.Deadline = at, at, at.Add(loyalty.SendLimit)
		}
		c.must(c.store.Move(ctx, move))
		op.State = state
	}
	return op
}

func (c *counter) redeemed(table, points string) loyalty.Operation {
	return c.redeems(table, points, loyalty.StateSending, loyalty.StateConfirmed)
}

// atCard brings the till to the card of the order that was changed last.
func (tl *till) atCard() *till {
	tl.press(f4, enter)
	return tl
}

// atPay brings the till to where that order is paid.
func (tl *till) atPay() *till {
	tl.atCard().press(enter)
	return tl
}
