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
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/skidkabot"
)

const (
	shop  = 4
	anna  = 83532824 // the customer of PROTOCOLS.md, section 1
	boris = 5_000_000_000
)

var noon = time.Date(2025, time.March, 1, 12, 0, 0, 0, time.UTC)

// fakeDesk is an orders.Desk whose service is a map of balances.
type fakeDesk struct {
	now func() time.Time

	mu       sync.Mutex
	balances map[int64]int64
	greeted  map[int64]int                                     // calls that asked for a guest
	hook     func(ctx context.Context, c skidkabot.Card) error // called outside the lock, before a guest is shown
	name     string
	percent  int64 // of redemptions

	*loyalty.Desk                          // for what needs no service
	send          func(id uuid.UUID) error // what Send does
}

func (d *fakeDesk) Send(_ context.Context, id uuid.UUID) (loyalty.Result, error) {
	d.mu.Lock()
	send := d.send
	d.mu.Unlock()
	return loyalty.Result{}, send(id)
}

func (d *fakeDesk) Identify(text string) (loyalty.Identified, error) {
	return loyalty.Identify(text, shop)
}

func (d *fakeDesk) Greet(ctx context.Context, card skidkabot.Card, scannedAt time.Time) (loyalty.Guest, error) {
	d.mu.Lock()
	d.greeted[card.Client]++
	hook, at := d.hook, d.now()
	balance := decimal.NewFromInt(d.balances[card.Client])
	name, percent := d.name, d.percent
	d.mu.Unlock()
	if hook != nil {
		if err := hook(ctx, card); err != nil {
			return loyalty.Guest{}, err
		}
	}
	return loyalty.Guest{
		Card: card, ScannedAt: scannedAt, Name: name, Balance: balance, ReadAt: at,
		Rules: loyalty.RuleSettings{}.For(skidkabot.Account{
			AccruePercent: decimal.NewFromInt(2), HasAccruePercent: true,
			RedeemPercent: decimal.NewFromInt(percent), HasRedeemPercent: true,
		}),
	}, nil
}

func (d *fakeDesk) set(client, balance int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.balances[client] = balance
}

func (d *fakeDesk) asked(client int64) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.greeted[client]
}

// answer has every later call end with an error; nil: the service works.
func (d *fakeDesk) answer(err error) {
	d.on(func(context.Context, skidkabot.Card) error { return err })
}

func (d *fakeDesk) on(hook func(context.Context, skidkabot.Card) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hook = hook
}

var errDown = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: errors.New("refused")}

// hall is a book with all around it.
type hall struct {
	t     testing.TB
	book  *orders.Book
	desk  *fakeDesk
	store *flakyStore
	hub   *notice.Hub

	mu    sync.Mutex
	clock time.Time // zero: time.Now
	news  []orders.Changed
	heard []any // all that was published
}

func newHall(t testing.TB, changes ...func(*orders.Options)) *hall {
	h := &hall{t: t, store: &flakyStore{}, hub: &notice.Hub{}, clock: noon}
	h.desk = &fakeDesk{now: h.now, balances: map[int64]int64{anna: 2365, boris: 50}, greeted: map[int64]int{}, name: "Анна", percent: 10}
	h.desk.Desk = loyalty.NewDesk(loyalty.Options{Store: h.store, Hub: &notice.Hub{}, Vendor: shop, Register: 3, Now: h.now})
	h.desk.send = func(id uuid.UUID) error { h.step(id, toConfirmed...); return nil }
	options := orders.Options{Desk: h.desk, Operations: h.store, Store: h.store, Hub: h.hub, Register: 3, Now: h.now}
	for _, change := range changes {
		change(&options)
	}
	h.book = orders.NewBook(options)
	h.hub.Subscribe(func(news any) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.heard = append(h.heard, news)
		if changed, ok := news.(orders.Changed); ok {
			h.news = append(h.news, changed)
		}
	})
	return h
}

// inRealTime is for tests in a bubble, whose time.Now is the fake clock.
func (h *hall) inRealTime() *hall {
	h.clock = time.Time{}
	return h
}

func rebind(o *orders.Options) { o.Rebind = true }

func (h *hall) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.clock.IsZero() {
		return time.Now()
	}
	return h.clock
}

func (h *hall) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
}

func (h *hall) told() []orders.Changed {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]orders.Changed(nil), h.news...)
}

// qr is what a scanner reads from a customer's phone.
func qr(client int64) string {
	return skidkabot.Card{Vendor: shop, Client: client, Secret: 31766}.Payload()
}

func (h *hall) checkIn(order uuid.UUID, client int64) error {
	_, err := h.book.CheckIn(h.t.Context(), orders.CheckIn{Order: order, Text: qr(client), Waiter: "Петро"})
	return err
}

func (h *hall) checkOut(order uuid.UUID) error {
	return h.book.CheckOut(h.t.Context(), order, "Оля")
}

func (h *hall) feed(order uuid.UUID, sum string) error {
	fed := orders.Fed{Order: order, Number: "142", Table: "7"}
	if sum != "" {
		fed.Sum = decimal.NewNullDecimal(decimal.RequireFromString(sum))
	}
	_, err := h.book.Feed(h.t.Context(), fed)
	return err
}

func (h *hall) withdraw(order uuid.UUID) error { return h.book.Withdraw(h.t.Context(), order) }

// seated binds a guest to a new order.
func (h *hall) seated(client int64) uuid.UUID {
	h.t.Helper()
	order := uuid.New()
	must(h.t, h.checkIn(order, client))
	return order
}

// fed is a new order of the POS.
func (h *hall) fed(sum string) uuid.UUID {
	h.t.Helper()
	order := uuid.New()
	must(h.t, h.feed(order, sum))
	return order
}

// operate plans an operation for an order and moves it along the given states, telling the hub as the desk does.
func (h *hall) operate(order uuid.UUID, client int64, kind loyalty.Kind, states ...loyalty.State) uuid.UUID {
	h.t.Helper()
	now := h.now()
	op := loyalty.Operation{
		ID: uuid.Must(uuid.NewV7()), Register: 3, Kind: kind, State: loyalty.StatePlanned,
		Vendor: shop, Client: client, ScannedAt: now, Points: decimal.NewFromInt(25), PlannedAt: now, ChangedAt: now, Order: order,
	}
	must(h.t, h.store.Plan(h.t.Context(), op))
	h.hub.Publish(loyalty.OperationChanged{Operation: op})
	h.step(op.ID, states...)
	return op.ID
}

func (h *hall) step(id uuid.UUID, states ...loyalty.State) {
	h.t.Helper()
	for _, state := range states {
		op, err := h.store.Find(h.t.Context(), id)
		must(h.t, err)
		now := h.now()
		move := loyalty.Move{ID: id, From: op.State, To: state, At: now, Reason: loyalty.ReasonDecidedNo}
		if state == loyalty.StateSending {
			move.Baseline, move.BaselineAt = decimal.NewNullDecimal(decimal.Zero), now
			move.SentAt, move.Deadline = now, now
		}
		must(h.t, h.store.Move(h.t.Context(), move))
		h.hub.Publish(loyalty.OperationChanged{Operation: move.Apply(op)})
	}
}

var (
	toConfirmed = []loyalty.State{loyalty.StateSending, loyalty.StateConfirmed}
	toUnknown   = []loyalty.State{loyalty.StateSending, loyalty.StateUnknown}
)

// is compares where an order stands.
func (h *hall) is(order uuid.UUID, want string) {
	h.t.Helper()
	o, err := h.book.Find(h.t.Context(), order)
	must(h.t, err)
	if got := standing(o); got != want {
		h.t.Errorf("order: got %q, want %q", got, want)
	}
}

// words writes values with a space between any two.
func words(values ...any) string { return strings.TrimSuffix(fmt.Sprintln(values...), "\n") }

// standing is an order in a few words.
func standing(o orders.Order) string {
	words := []string{string(o.Source), string(o.State)}
	if o.Reason != orders.ReasonNone {
		words = append(words, string(o.Reason))
	}
	if !o.PaidAt.IsZero() {
		words = append(words, "paid")
	}
	if o.Sum.Valid {
		words = append(words, "sum", o.Sum.Decimal.String())
	}
	switch {
	case o.Guest == nil:
	case o.Guest.Card.Secret == 0:
		words = append(words, fmt.Sprint("wiped ", o.Guest.Card.Client))
	default:
		words = append(words, fmt.Sprint("guest ", o.Guest.Card.Client))
	}
	return strings.Join(words, " ")
}

// wrote compares the whole history of an order.
func (h *hall) wrote(order uuid.UUID, want string) {
	h.t.Helper()
	events, err := h.store.OrderEvents(h.t.Context(), order)
	must(h.t, err)
	var words []string
	for _, e := range events {
		word := string(e.Kind)
		if e.Client != 0 {
			word += fmt.Sprint(" ", e.Client)
		}
		if e.Reason != "" {
			word += " " + string(e.Reason)
		}
		if e.Actor != "" {
			word += " by " + e.Actor
		}
		words = append(words, word)
	}
	if got := strings.Join(words, ", "); got != want {
		h.t.Errorf("history: got %q, want %q", got, want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t testing.TB, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

// flakyStore is a store that fails when it is told to, and lets another process be quicker.
type flakyStore struct {
	orderstest.MemoryStore

	hooks  sync.Mutex
	onRead func(method string) error                       // before an order or operations are read
	onSave func(ctx context.Context, o orders.Order) error // before an order is saved

	onSettle    func(s orders.Settlement) error // before a settlement is written
	afterSettle func() error                    // after it was written: the caller hears this
}

func (s *flakyStore) Settle(ctx context.Context, settlement orders.Settlement) (orders.Order, error) {
	s.hooks.Lock()
	before, after := s.onSettle, s.afterSettle
	s.hooks.Unlock()
	if before != nil {
		if err := before(settlement); err != nil {
			return orders.Order{}, err
		}
	}
	saved, err := s.MemoryStore.Settle(ctx, settlement)
	if err == nil && after != nil {
		if err := after(); err != nil {
			return orders.Order{}, err
		}
	}
	return saved, err
}

func (s *flakyStore) Payments(ctx context.Context, id uuid.UUID) ([]orders.Payment, error) {
	if err := s.reading("Payments"); err != nil {
		return nil, err
	}
	return s.MemoryStore.Payments(ctx, id)
}

func (s *flakyStore) Claim(ctx context.Context, system string, bill uuid.UUID, sum decimal.Decimal) (orders.Claim, error) {
	if err := s.reading("Claim"); err != nil {
		return orders.Claim{}, err
	}
	return s.MemoryStore.Claim(ctx, system, bill, sum)
}

func (s *flakyStore) Claims(ctx context.Context, filter orders.ClaimFilter) ([]orders.Claim, error) {
	if err := s.reading("Claims"); err != nil {
		return nil, err
	}
	return s.MemoryStore.Claims(ctx, filter)
}

func (s *flakyStore) Shift(ctx context.Context) (orders.Shift, error) {
	if err := s.reading("Shift"); err != nil {
		return orders.Shift{}, err
	}
	return s.MemoryStore.Shift(ctx)
}

func (s *flakyStore) ShiftTotals(ctx context.Context, shift uuid.UUID) (orders.ShiftTotals, error) {
	if err := s.reading("ShiftTotals"); err != nil {
		return orders.ShiftTotals{}, err
	}
	return s.MemoryStore.ShiftTotals(ctx, shift)
}

func (s *flakyStore) Letters(ctx context.Context, system string, now time.Time, limit int) ([]orders.Letter, error) {
	if err := s.reading("Letters"); err != nil {
		return nil, err
	}
	return s.MemoryStore.Letters(ctx, system, now, limit)
}

func (s *flakyStore) reading(method string) error {
	s.hooks.Lock()
	defer s.hooks.Unlock()
	if s.onRead != nil {
		return s.onRead(method)
	}
	return nil
}

func (s *flakyStore) Order(ctx context.Context, id uuid.UUID) (orders.Order, error) {
	if err := s.reading("Order"); err != nil {
		return orders.Order{}, err
	}
	return s.MemoryStore.Order(ctx, id)
}

func (s *flakyStore) Orders(ctx context.Context, filter orders.Filter) ([]orders.Order, error) {
	if err := s.reading("Orders"); err != nil {
		return nil, err
	}
	return s.MemoryStore.Orders(ctx, filter)
}

func (s *flakyStore) List(ctx context.Context, filter loyalty.Filter) ([]loyalty.Operation, error) {
	if err := s.reading("List"); err != nil {
		return nil, err
	}
	return s.MemoryStore.List(ctx, filter)
}

func (s *flakyStore) SaveOrder(ctx context.Context, o orders.Order, events ...orders.Event) (orders.Order, error) {
	s.hooks.Lock()
	hook := s.onSave
	s.hooks.Unlock()
	if hook != nil {
		if err := hook(ctx, o); err != nil {
			return orders.Order{}, err
		}
	}
	return s.MemoryStore.SaveOrder(ctx, o, events...)
}
