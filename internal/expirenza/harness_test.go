package expirenza

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
)

// The published example (PROTOCOLS.md, section 3).
var (
	exampleBill = uuid.MustParse("5B100B39-CE42-4F3D-8770-807A28CA0500")
	exampleSum  = decimal.RequireFromString("129.20")
)

// fakeBook judges payments as it is told, and writes the answers into a real outbox.
type fakeBook struct {
	store orderstest.MemoryStore

	mu       sync.Mutex
	judge    func(orders.External) (orders.Verdict, error) // nil: every bill is closed
	bills    []orders.Bill
	billsErr error
	queries  []orders.BillQuery
	payments []orders.External
	posted   []posted
}

type posted struct {
	letter  uuid.UUID
	outcome orders.LetterOutcome
	at      time.Time
	next    time.Time
}

func (b *fakeBook) PayExternal(ctx context.Context, payment orders.External, render func(orders.Verdict) []byte) (orders.Verdict, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !payment.Sum.IsPositive() {
		return orders.Verdict{Obstacle: orders.ObstacleSum}, orders.ErrInvalid
	}
	b.payments = append(b.payments, payment)
	verdict := orders.Verdict{Order: orders.Order{ID: payment.Bill}}
	if b.judge != nil {
		var err error
		if verdict, err = b.judge(payment); err != nil {
			return verdict, err
		}
	}
	_, err := b.store.Settle(ctx, orders.Settlement{Letter: newLetter(payment, verdict, render(verdict))})
	return verdict, err
}

func newLetter(payment orders.External, verdict orders.Verdict, body []byte) *orders.Letter {
	return &orders.Letter{
		ID: uuid.Must(uuid.NewV7()), System: payment.System, Topic: payment.Topic, Bill: payment.Bill, Request: payment.Request,
		Body: body, Accepts: verdict.Obstacle == orders.ObstacleNone, CreatedAt: time.Now(), NextAt: time.Now(),
	}
}

func (b *fakeBook) Bills(_ context.Context, query orders.BillQuery) ([]orders.Bill, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queries = append(b.queries, query)
	var found []orders.Bill
	for _, bill := range b.bills {
		if query.Bill == bill.Order.ID || query.Bill == uuid.Nil && (query.Table == "" || query.Table == bill.Order.Table) {
			found = append(found, bill)
		}
	}
	return found, b.billsErr
}

func (b *fakeBook) Letters(ctx context.Context, system string, now time.Time, limit int) ([]orders.Letter, error) {
	return b.store.Letters(ctx, system, now, limit)
}

func (b *fakeBook) NextLetter(ctx context.Context, system string) (time.Time, error) {
	return b.store.NextLetter(ctx, system)
}

func (b *fakeBook) Posted(ctx context.Context, id uuid.UUID, outcome orders.LetterOutcome, at, next time.Time) error {
	err := b.store.Posted(ctx, id, outcome, at, next)
	if err == nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.posted = append(b.posted, posted{id, outcome, at, next})
	}
	return err
}

func (b *fakeBook) setJudge(judge func(orders.External) (orders.Verdict, error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.judge = judge
}

func (b *fakeBook) outcomes() []orders.LetterOutcome {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []orders.LetterOutcome
	for _, p := range b.posted {
		found = append(found, p.outcome)
	}
	return found
}

func (b *fakeBook) paid() []orders.External {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.payments)
}

func says(obstacle orders.Obstacle) func(orders.External) (orders.Verdict, error) {
	return func(payment orders.External) (orders.Verdict, error) {
		return orders.Verdict{Obstacle: obstacle, Order: orders.Order{ID: payment.Bill}}, nil
	}
}

// shop is a door, a book and Expirenza, connected by a wire.
type shop struct {
	t      *testing.T
	wire   *wire
	sim    *expirenzasim.Server
	book   *fakeBook
	hub    *notice.Hub
	client *Client
	log    *safeBuffer

	mu   sync.Mutex
	news []any

	cancel context.CancelFunc
	ended  chan error
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func testOptions() Options {
	return Options{
		Book:      &fakeBook{},
		Outbox:    &fakeBook{},
		Hub:       new(notice.Hub),
		Secret:    func(context.Context) (string, error) { return expirenzasim.TestSecret, nil },
		GuestName: guestName,
		URL:       "ws://127.0.0.1",
		RestoID:   expirenzasim.TestRestoID,
		System:    "SKIDKASSA",
		Version:   "0.5.1",
	}
}

func guestName(seat int) string {
	if seat == 0 {
		return "Общее"
	}
	return "Гость " + string(rune('0'+seat))
}

// newShop makes a shop; [shop.open] starts it. It must be called in a bubble.
func newShop(t *testing.T, change ...func(*Options)) *shop {
	s := &shop{t: t, wire: newWire(), sim: new(expirenzasim.Server), book: new(fakeBook), hub: new(notice.Hub), log: new(safeBuffer)}
	s.sim.Serve(s.wire)
	options := testOptions()
	options.Book, options.Outbox, options.Hub = s.book, s.book, s.hub
	options.Log = slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	options.dial = s.wire.dial
	for _, change := range change {
		change(&options)
	}
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	s.client = client
	s.hub.Subscribe(func(news any) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.news = append(s.news, news)
	})
	return s
}

// open runs the door.
func (s *shop) open() {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.ended = cancel, make(chan error, 1)
	go func() { s.ended <- s.client.Run(ctx) }()
	synctest.Wait()
}

// stop ends the door, and wants no error.
func (s *shop) stop() {
	s.t.Helper()
	s.cancel()
	if err := <-s.ended; err != nil {
		s.t.Errorf("Run: %v", err)
	}
}

// close ends everything. Expirenza must have nothing to complain of.
func (s *shop) close() {
	s.t.Helper()
	s.stop()
	s.closeSim()
}

func (s *shop) closeSim() {
	s.t.Helper()
	if err := s.sim.Close(); err != nil {
		s.t.Errorf("the simulator: %v", err)
	}
	for _, broken := range s.sim.Violations() {
		s.t.Errorf("a rule was broken: %s", broken)
	}
	if strings.Contains(s.log.String(), expirenzasim.TestSecret) {
		s.t.Error("the key is in the log")
	}
}

// after lets time pass.
func after(pause time.Duration) {
	time.Sleep(pause)
	synctest.Wait()
}

// ask sends an operation and gives the callback that answers it.
func (s *shop) ask(operation string, fields map[string]any) expirenzasim.Callback {
	s.t.Helper()
	rID, err := s.sim.Ask(operation, fields)
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 2*time.Minute)
	defer cancel()
	callback, err := s.sim.Await(ctx, rID)
	if err != nil {
		s.t.Fatalf("%s was not answered: %v", operation, err)
	}
	synctest.Wait()
	return callback
}

func (s *shop) payExample() *expirenzasim.Paying {
	return s.sim.Pay(expirenzasim.Payment{Bill: exampleBill, Sum: exampleSum})
}

// alarms gives the kinds of the alarms that were published.
func (s *shop) alarms() []AlarmKind {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []AlarmKind
	for _, news := range s.news {
		if alarm, ok := news.(Alarm); ok {
			found = append(found, alarm.Kind)
		}
	}
	return found
}

// states gives the codes of the door's states, as they followed each other.
func (s *shop) states() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for _, news := range s.news {
		if state, ok := news.(notice.State); ok && state.Part == notice.Expirenza {
			found = append(found, state.Code)
		}
	}
	return found
}

// of gives the callbacks of an operation.
func (s *shop) of(operation string) []expirenzasim.Callback {
	return slices.DeleteFunc(s.sim.Callbacks(), func(c expirenzasim.Callback) bool { return c.Operation != operation })
}

// inBubble runs a test by a clock of its own: hours pass at once.
func inBubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}
