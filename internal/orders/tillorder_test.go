package orders_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// fakePrinter is an orders.Printer that remembers what it was given.
type fakePrinter struct {
	mu      sync.Mutex
	fails   error
	onReady func()
	printed []string
	holds   bool          // receipts wait, as in a printer without paper
	waiting []func(error) // what those are to be told
}

func (p *fakePrinter) set(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fails = err
}

func (p *fakePrinter) Ready(context.Context) error {
	p.mu.Lock()
	err, hook := p.fails, p.onReady
	p.mu.Unlock()
	if hook != nil {
		hook()
	}
	return err
}

func (p *fakePrinter) print(what string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails == nil {
		p.printed = append(p.printed, what)
	}
	return p.fails
}

func (p *fakePrinter) Ticket(_ context.Context, _ orders.Order, lines []orders.Dish) error {
	names := make([]string, len(lines))
	for i, line := range lines {
		names[i] = line.Name
	}
	return p.print("ticket " + strings.Join(names, ", "))
}

func (p *fakePrinter) Receipt(_ context.Context, r orders.Receipt) error {
	what := fmt.Sprint("receipt ", r.Order.Number)
	for _, part := range r.Payments {
		what += fmt.Sprint(" ", part.Kind, " ", part.Sum)
	}
	for _, line := range r.Fiscal {
		what += fmt.Sprint(" ", line.Key, "=", line.Value)
	}
	if r.Copy {
		what += " copy"
	}
	if p.hold(r.Ended) {
		return nil
	}
	err := p.print(what)
	if err == nil {
		r.Ended(nil)
	}
	return err
}

func (p *fakePrinter) hold(ended func(error)) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.holds {
		p.waiting = append(p.waiting, ended)
	}
	return p.holds
}

func (p *fakePrinter) paper() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.printed, "; ")
}

// newTill is a hall whose till has a printer and an open shift.
func newTill(t testing.TB, changes ...func(*orders.Options)) (*hall, *fakePrinter) {
	t.Helper()
	printer := &fakePrinter{}
	h := newHall(t, append([]func(*orders.Options){func(o *orders.Options) { o.Printer = printer }}, changes...)...)
	_, err := h.book.OpenShift(t.Context(), "Оля")
	must(t, err)
	return h, printer
}

func sumOf(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func line(name, sum string) orders.Dish {
	return orders.Dish{Name: name, Count: decimal.NewFromInt(1), Sum: sumOf(sum)}
}

func cooked(name, sum string) orders.Dish {
	dish := line(name, sum)
	dish.Kitchen = true
	return dish
}

// opened is a new order of the till.
func (h *hall) opened(lines ...orders.Dish) orders.Order {
	h.t.Helper()
	o, err := h.book.OpenOrder(h.t.Context(), orders.NewOrder{
		ID: uuid.Must(uuid.NewV7()), Table: "7", Seats: 2, Dishes: lines, Cashier: "Оля",
	})
	must(h.t, err)
	return o
}

// changed gives an order other lines.
func (h *hall) changed(o orders.Order, lines ...orders.Dish) (orders.Order, error) {
	return h.book.Change(h.t.Context(), orders.ChangeOrder{
		Order: o.ID, Version: o.Version, Table: o.Table, Seats: o.Seats, Dishes: lines, Cashier: "Оля",
	})
}

// redeem moves points of an order along the given states. Each has a card of its own: whose they are does not matter here.
func (h *hall) redeem(o orders.Order, points string, states ...loyalty.State) uuid.UUID {
	h.t.Helper()
	now := h.now()
	op := loyalty.Operation{
		ID: uuid.Must(uuid.NewV7()), Register: 3, Kind: loyalty.Redemption, State: loyalty.StatePlanned, Vendor: shop, Client: int64(uuid.New().ID()) + 1,
		ScannedAt: now, Points: sumOf(points), Sum: o.Sum.Decimal, PlannedAt: now, ChangedAt: now, Order: o.ID,
	}
	must(h.t, h.store.Plan(h.t.Context(), op))
	h.step(op.ID, states...)
	return op.ID
}

// found gives an order as it stands.
func (h *hall) found(order uuid.UUID) orders.Order {
	h.t.Helper()
	o, err := h.book.Find(h.t.Context(), order)
	must(h.t, err)
	return o
}

// published waits for what goes on behind answers and gives the kinds of all that was published.
func (h *hall) published() string {
	h.t.Helper()
	must(h.t, h.book.Close(h.t.Context()))
	h.mu.Lock()
	defer h.mu.Unlock()
	var words []string
	for _, news := range h.heard {
		switch news := news.(type) {
		case orders.Changed:
			words = append(words, string(news.Event.Kind))
		case orders.ClaimChanged:
			words = append(words, "claim "+string(news.Claim.State))
		case loyalty.OperationChanged:
			words = append(words, string(news.Operation.State))
		default:
			words = append(words, strings.TrimPrefix(fmt.Sprintf("%T", news), "orders."))
		}
	}
	h.heard = nil
	return strings.Join(words, ", ")
}

func lines(o orders.Order) string {
	var words []string
	for _, d := range o.Dishes {
		word := d.Name + " " + d.Sum.String()
		if d.Kitchen {
			word += " kitchen"
		}
		if d.Printed {
			word += " printed"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func TestOpenOrder(t *testing.T) {
	h, _ := newTill(t)
	in := orders.NewOrder{
		ID: uuid.Must(uuid.NewV7()), Table: " Терраса\n7 ", Seats: 2, Cashier: "Оля",
		Dishes: []orders.Dish{cooked("Борщ\x1b[31m", "120.50"), line("Чай", "30")},
	}
	in.Dishes[0].Printed = true // nobody has printed it
	in.Dishes[1].Seat = 2
	o, err := h.book.OpenOrder(t.Context(), in)
	must(t, err)
	if got := words(standing(o), o.Number, o.Table, o.Waiter, o.Seats, o.Register, lines(o)); got != "till open sum 150.5 1 Терраса 7 Оля 2 3 Борщ 120.5 kitchen, Чай 30" {
		t.Errorf("got %q", got)
	}
	if o.OpenedAt != noon || o.ChangedAt != noon || o.Dishes[0].ID == uuid.Nil || o.Dishes[1].ID == o.Dishes[0].ID {
		t.Errorf("got %+v", o)
	}
	h.wrote(o.ID, "opened by Оля")
	in.Dishes = nil
	again, err := h.book.OpenOrder(t.Context(), in)
	must(t, err)
	if again.Version != o.Version || lines(again) != lines(o) {
		t.Errorf("a second Enter: got %+v", again)
	}
	if second := h.opened(); second.Number != "2" {
		t.Errorf("the second order is number %q", second.Number)
	}
}

func TestOpenOrderRefuses(t *testing.T) {
	h, _ := newTill(t)
	fed := h.fed("100")
	long := strings.Repeat("я", orders.MaxText+1)
	for name, test := range map[string]struct {
		in   orders.NewOrder
		want error
	}{
		"no id":          {orders.NewOrder{}, orders.ErrInvalid},
		"the POS's":      {orders.NewOrder{ID: fed}, orders.ErrNotOurs},
		"long table":     {orders.NewOrder{ID: uuid.New(), Table: long}, orders.ErrInvalid},
		"negative seats": {orders.NewOrder{ID: uuid.New(), Seats: -1}, orders.ErrInvalid},
		"no count":       {orders.NewOrder{ID: uuid.New(), Dishes: []orders.Dish{{Name: "Чай"}}}, orders.ErrInvalid},
		"negative sum":   {orders.NewOrder{ID: uuid.New(), Dishes: []orders.Dish{line("Чай", "-1")}}, orders.ErrInvalid},
		"no such seat":   {orders.NewOrder{ID: uuid.New(), Dishes: []orders.Dish{{Name: "Чай", Count: sumOf("1"), Seat: 1}}}, orders.ErrInvalid},
	} {
		if _, err := h.book.OpenOrder(t.Context(), test.in); !errors.Is(err, test.want) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
	h.store.FailWrites = func(string) error { return errDown }
	_, err := h.book.OpenOrder(t.Context(), orders.NewOrder{ID: uuid.New()})
	wantError(t, err, errDown)
	h.store.FailWrites = nil
	if o := h.opened(); o.Number != "1" {
		t.Errorf("refused orders took numbers: the next is %s", o.Number)
	}
}

func TestChange(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(cooked("Борщ", "100"), cooked("Рыба", "200"), line("Чай", "30"))
	o, err := h.book.PrintTickets(t.Context(), o.ID, "Оля")
	must(t, err)
	h.pass(time.Minute)
	two, dearer := o.Dishes[0], o.Dishes[1]
	two.Count, two.Printed = decimal.NewFromInt(2), true // the editor cannot say that it is printed
	dearer.Sum, dearer.Printed = sumOf("250"), false
	o, err = h.changed(o, two, dearer, cooked("Каша", "50"))
	must(t, err)
	if got := words(lines(o), o.Sum.Decimal, o.ChangedAt.Sub(noon)); got != "Борщ 100 kitchen, Рыба 250 kitchen printed, Каша 50 kitchen 400 1m0s" {
		t.Errorf("got %q", got)
	}
	version := o.Version
	o, err = h.changed(o, o.Dishes...)
	must(t, err)
	if o.Version != version {
		t.Error("a change that changes nothing was written")
	}
	o.Table, o.Seats = "8", 5
	o, err = h.changed(o, o.Dishes...)
	must(t, err)
	if o.Table != "8" || o.Seats != 5 {
		t.Errorf("got table %s with %d seats", o.Table, o.Seats)
	}
	h.wrote(o.ID, "opened by Оля, ticket by Оля, changed by Оля, changed by Оля")
}

func TestChangeRefuses(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	_, err := h.changed(orders.Order{ID: uuid.New()})
	wantError(t, err, orders.ErrNotFound)
	_, err = h.changed(h.found(h.fed("100")))
	wantError(t, err, orders.ErrNotOurs)
	stale := o
	stale.Version--
	_, err = h.changed(stale)
	wantError(t, err, orders.ErrConflict)
	_, err = h.changed(o, line("Борщ", "-1"))
	wantError(t, err, orders.ErrInvalid)

	lease, err := h.book.Edit(o.ID, "Петро")
	must(t, err)
	_, err = h.changed(o, line("Чай", "100"))
	wantEditor(t, err, "Петро")
	lease.Release()

	onTheWay := h.redeem(o, "60", loyalty.StateSending)
	_, err = h.changed(o, line("Чай", "59"))
	wantError(t, err, orders.ErrPointsMoved)
	h.step(onTheWay, loyalty.StateConfirmed)
	_, err = h.changed(o, line("Чай", "59"))
	wantError(t, err, orders.ErrPointsMoved)
	h.store.onRead = func(method string) error {
		if method == "List" {
			return errDown
		}
		return nil
	}
	_, err = h.changed(o, line("Чай", "60"))
	wantError(t, err, errDown)
	h.store.onRead = nil
	o, err = h.changed(o, line("Чай", "60"))
	must(t, err)
	o, err = h.book.Pay(t.Context(), orders.PayOrder{Order: o.ID, Version: o.Version, Cashier: "Оля"})
	must(t, err)
	_, err = h.changed(o)
	wantError(t, err, orders.ErrPaid)
}

func TestWithoutAPrinterNothingNeedsATicket(t *testing.T) {
	h := newHall(t)
	o := h.opened(cooked("Борщ", "100"))
	if lines(o) != "Борщ 100" {
		t.Errorf("got %q", lines(o))
	}
	after, err := h.book.PrintTickets(t.Context(), o.ID, "Оля")
	must(t, err)
	if after.Version != o.Version {
		t.Error("a ticket out of nowhere")
	}
	wantError(t, h.book.PrintReceipt(t.Context(), o.ID), orders.ErrNoPrinter)
}

func TestPrintTickets(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(cooked("Борщ", "100"), line("Чай", "30"), cooked("Рыба", "200"))
	printer.set(&orders.PrinterTrouble{NoPaper: true})
	_, err := h.book.PrintTickets(t.Context(), o.ID, "Оля")
	var trouble *orders.PrinterTrouble
	if !errors.As(err, &trouble) || !trouble.NoPaper {
		t.Errorf("got error %v", err)
	}
	printer.set(nil)
	o, err = h.book.PrintTickets(t.Context(), o.ID, "Оля")
	must(t, err)
	if got := lines(o); got != "Борщ 100 kitchen printed, Чай 30, Рыба 200 kitchen printed" {
		t.Errorf("got %q", got)
	}
	o, err = h.changed(o, append(o.Dishes, cooked("Каша", "50"), cooked("Суп", "60"))...)
	must(t, err)
	o, err = h.book.MarkPrinted(t.Context(), o.ID, []uuid.UUID{o.Dishes[4].ID, o.Dishes[1].ID, uuid.New()}, "Петро")
	must(t, err)
	for range 2 {
		o, err = h.book.PrintTickets(t.Context(), o.ID, "Оля")
		must(t, err)
	}
	if got := printer.paper(); got != "ticket Борщ, Рыба; ticket Каша" {
		t.Errorf("printed %q", got)
	}
	h.wrote(o.ID, "opened by Оля, ticket by Оля, changed by Оля, ticket by Петро, ticket by Оля")
	_, err = h.book.PrintTickets(t.Context(), uuid.New(), "Оля")
	wantError(t, err, orders.ErrNotFound)
	_, err = h.book.PrintTickets(t.Context(), h.fed("1"), "Оля")
	wantError(t, err, orders.ErrNotOurs)
}

// TestALineThatChangesWhileItIsPrinted needs a ticket of what it is now.
func TestALineThatChangesWhileItIsPrinted(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(cooked("Борщ", "100"), cooked("Рыба", "200"))
	h.store.onSave = func(ctx context.Context, _ orders.Order) error {
		h.store.onSave = nil
		changed := h.found(o.ID)
		changed.Dishes[0].Name = "Щи"
		_, err := h.store.MemoryStore.SaveOrder(ctx, changed)
		return err
	}
	o, err := h.book.PrintTickets(t.Context(), o.ID, "Оля")
	must(t, err)
	if got := lines(o); got != "Щи 100 kitchen, Рыба 200 kitchen printed" {
		t.Errorf("got %q", got)
	}
}

func TestVoid(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	h.redeem(o, "10", loyalty.StateVoided)
	o, err := h.book.Void(t.Context(), o.ID, "Оля", " ушли\n, не дождались ")
	must(t, err)
	h.is(o.ID, "till closed void sum 100")
	h.wrote(o.ID, "opened by Оля, closed void by Оля")
	events, err := h.store.OrderEvents(t.Context(), o.ID)
	must(t, err)
	if events[1].Note != "ушли , не дождались" {
		t.Errorf("why: %q", events[1].Note)
	}
	_, err = h.book.Void(t.Context(), o.ID, "Оля", "")
	wantError(t, err, orders.ErrClosed)
	wantError(t, h.checkIn(o.ID, anna), orders.ErrClosed) // nobody opens it again
}

func TestVoidRefuses(t *testing.T) {
	h, _ := newTill(t)
	_, err := h.book.Void(t.Context(), uuid.New(), "Оля", "")
	wantError(t, err, orders.ErrNotFound)
	_, err = h.book.Void(t.Context(), h.fed("1"), "Оля", "")
	wantError(t, err, orders.ErrNotOurs)
	for _, states := range [][]loyalty.State{nil, {loyalty.StateReview}, toUnknown, toConfirmed} {
		o := h.opened(line("Борщ", "100"))
		h.redeem(o, "10", states...)
		_, err = h.book.Void(t.Context(), o.ID, "Оля", "")
		wantError(t, err, orders.ErrPointsMoved)
	}
	o := h.opened(line("Борщ", "100"))
	_, err = h.book.Edit(o.ID, "Петро")
	must(t, err)
	_, err = h.book.Void(t.Context(), o.ID, "Оля", "")
	wantEditor(t, err, "Петро")
	_, err = h.book.Void(t.Context(), o.ID, "Петро", "")
	must(t, err)

	o = h.opened(line("Борщ", "100"))
	h.phone(o.ID, "r1", "99")
	_, err = h.book.Void(t.Context(), o.ID, "Оля", "")
	var warning *orders.ClaimWarning
	if !errors.As(err, &warning) || len(warning.Claims) != 1 {
		t.Fatalf("got error %v", err)
	}
	_, err = h.book.DismissClaim(t.Context(), warning.Claims[0].ID, "Оля", "вернули")
	must(t, err)
	_, err = h.book.Void(t.Context(), o.ID, "Оля", "")
	must(t, err)
}

// TestOrdersOfTheTillAreNotThePOSs keeps the feed from changing or closing what a cashier opened.
func TestOrdersOfTheTillAreNotThePOSs(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	wantError(t, h.feed(o.ID, "1"), orders.ErrNotOurs)
	wantError(t, h.withdraw(o.ID), orders.ErrNotOurs)
	must(t, h.checkIn(o.ID, anna))
	h.pass(8 * 24 * time.Hour)
	h.book.Sweep(t.Context())
	h.is(o.ID, "till open sum 100 guest 83532824")
	must(t, h.checkOut(o.ID))
	h.is(o.ID, "till open sum 100")
}

// wantEditor wants a refusal that names who edits the order, and does not in its text, which goes into logs.
func wantEditor(t *testing.T, err error, who string) {
	t.Helper()
	var inUse *orders.InUseError
	if !errors.As(err, &inUse) || inUse.Who != who || !errors.Is(err, orders.ErrInUse) || strings.Contains(err.Error(), who) {
		t.Errorf("got error %v, want that %s edits it", err, who)
	}
}

func TestLease(t *testing.T) {
	h, _ := newTill(t)
	order, other := uuid.New(), uuid.New()
	mine, err := h.book.Edit(order, " О\x1bля")
	must(t, err)
	_, err = h.book.Edit(order, "Петро")
	wantEditor(t, err, "Оля")
	theirs, err := h.book.Edit(other, "Петро")
	must(t, err)
	h.pass(orders.LeaseIdle - time.Second)
	if !mine.Touch() {
		t.Error("the lease is gone")
	}
	h.pass(time.Second)
	_, err = h.book.Edit(order, "Петро") // touched a second ago
	wantError(t, err, orders.ErrInUse)
	h.pass(-time.Minute / 2) // somebody set the clock
	_, err = h.book.Edit(order, "Петро")
	wantError(t, err, orders.ErrInUse)
	h.pass(time.Minute/2 + orders.LeaseIdle)
	if !mine.Touch() { // late, but nobody has come
		t.Error("the lease is gone")
	}
	h.pass(orders.LeaseIdle)
	newer, err := h.book.Edit(order, "Петро")
	must(t, err)
	if mine.Touch() {
		t.Error("a lease that has passed to another")
	}
	mine.Release()
	if !newer.Touch() {
		t.Error("released by another")
	}
	again, err := h.book.Edit(order, "Петро")
	must(t, err)
	if newer.Touch() || !again.Touch() {
		t.Error("the same editor has two leases")
	}
	h.book.Sweep(t.Context())
	if h.book.Leases() != 1 || theirs.Touch() {
		t.Errorf("%d leases are remembered", h.book.Leases())
	}
	again.Release()
	again.Release()
	if h.book.Leases() != 0 || again.Touch() {
		t.Error("a lease outlived its end")
	}
}
