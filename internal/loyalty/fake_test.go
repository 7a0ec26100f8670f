package loyalty_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// The shop and the customer of PROTOCOLS.md, section 1.
const shop = 4

var card = skidkabot.Card{Vendor: shop, Client: 83532824, Secret: 31766}

// request is a call that reached the fake service.
type request struct {
	kind   string // "balance", "accrual" or "redemption"
	client int64
	secret int64
	points decimal.Decimal
	at     time.Time
}

// fakeService is a loyalty.Service in memory. Each call first asks the hook of its kind, if there is one: what the hook
// returns as apply says whether the points move, and err is what the caller sees.
type fakeService struct {
	mu       sync.Mutex
	balances map[int64]decimal.Decimal
	requests []request
	onWire   int // accruals and redemptions that are being answered now
	maxWire  int

	onBalance func(call int) error
	onMove    func(call int, kind loyalty.Kind) (apply bool, err error) // called outside the lock: it may wait
	dial      func(ctx context.Context) error                           // before a balance or a probe, outside the lock
	bare      bool                                                      // replies are {"code": 0} alone
	calls     map[string]int

	serverClock time.Duration // how far the service's clock is ahead
}

func newFakeService() *fakeService {
	return &fakeService{
		balances: map[int64]decimal.Decimal{card.Client: decimal.NewFromInt(2365)},
		calls:    map[string]int{},
	}
}

func (s *fakeService) begin(kind string, card skidkabot.Card, points decimal.Decimal) (call int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, request{kind, card.Client, card.Secret.Reveal(), points, time.Now()})
	call = s.calls[kind]
	s.calls[kind]++
	return call
}

func (s *fakeService) Balance(ctx context.Context, card skidkabot.Card) (skidkabot.Account, error) {
	call := s.begin("balance", card, decimal.Zero)
	if err := s.connect(ctx, call); err != nil {
		return skidkabot.Account{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return skidkabot.Account{
		FirstName: "Александр", LastName: "Татарченко",
		Balance:       s.balances[card.Client],
		AccruePercent: decimal.NewFromInt(2), HasAccruePercent: true,
		RedeemPercent: decimal.NewFromInt(10), HasRedeemPercent: true,
		ReadAt: time.Now(), ServerDate: time.Now().Add(s.serverClock),
	}, nil
}

func (s *fakeService) Accrue(_ context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	return s.move(loyalty.Accrual, card, points)
}

func (s *fakeService) Redeem(_ context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	return s.move(loyalty.Redemption, card, points)
}

// Reach succeeds unless a balance read would not even get a connection.
func (s *fakeService) Reach(ctx context.Context) error {
	if err := s.connect(ctx, s.count("balance")); skidkabot.OutcomeOf(err) == skidkabot.NotSent {
		return err
	}
	return nil
}

// connect asks the hooks of what only reads.
func (s *fakeService) connect(ctx context.Context, call int) error {
	s.mu.Lock()
	dial, answer := s.dial, s.onBalance
	s.mu.Unlock()
	if dial != nil {
		if err := dial(ctx); err != nil {
			return err
		}
	}
	if answer != nil {
		return answer(call)
	}
	return nil
}

func (s *fakeService) move(kind loyalty.Kind, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	call := s.begin(string(kind), card, points)
	s.wire(+1)
	defer s.wire(-1)
	apply, err := true, error(nil)
	s.mu.Lock()
	onMove := s.onMove
	s.mu.Unlock()
	if onMove != nil {
		apply, err = onMove(call, kind)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if apply {
		s.balances[card.Client] = s.balances[card.Client].Add(kind.Signed(points))
	}
	if err != nil {
		return skidkabot.Receipt{}, err
	}
	return skidkabot.Receipt{Balance: s.balances[card.Client], BalanceRead: !s.bare}, nil
}

func (s *fakeService) wire(change int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onWire += change
	s.maxWire = max(s.maxWire, s.onWire)
}

// count says how many calls of a kind reached the service.
func (s *fakeService) count(kind string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[kind]
}

// reads gives the calls of a kind that reached the service, oldest first.
func (s *fakeService) reads(kind string) []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var reads []request
	for _, request := range s.requests {
		if request.kind == kind {
			reads = append(reads, request)
		}
	}
	return reads
}

func (s *fakeService) balance(client int64) decimal.Decimal {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.balances[client]
}

// add moves a balance by a foreign hand.
func (s *fakeService) add(client int64, points int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.balances[client] = s.balances[client].Add(decimal.NewFromInt(points))
}

// The errors of the skidkabot package, as the tests need them.
var (
	errNotSent = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: errors.New("connection refused")}
	errReset   = &skidkabot.UnknownError{Reason: skidkabot.ReasonReset, Err: errors.New("connection reset")}
)

func refusal(code skidkabot.Code, text string) error {
	return &skidkabot.RefusedError{Code: code, Text: text}
}

// till is a desk with what it stands on.
type till struct {
	*loyalty.Desk
	service *fakeService
	store   *loyaltytest.MemoryStore
	hub     *notice.Hub

	mu      sync.Mutex
	changes []loyalty.Operation
	states  []notice.State
	queues  []loyalty.QueueChanged
}

func newTill(t *testing.T) *till {
	t.Helper()
	return openTill(t, newFakeService(), &loyaltytest.MemoryStore{})
}

// openTill opens a till on a service and a journal that may have a past.
func openTill(t *testing.T, service *fakeService, store *loyaltytest.MemoryStore) *till {
	t.Helper()
	till := &till{service: service, store: store, hub: &notice.Hub{}}
	till.hub.Subscribe(func(news any) {
		till.mu.Lock()
		defer till.mu.Unlock()
		switch news := news.(type) {
		case loyalty.OperationChanged:
			till.changes = append(till.changes, news.Operation)
		case notice.State:
			till.states = append(till.states, news)
		case loyalty.QueueChanged:
			till.queues = append(till.queues, news)
		}
	})
	till.Desk = loyalty.NewDesk(loyalty.Options{
		Service: service, Store: store, Hub: till.hub, Vendor: shop, Register: 1,
		Rules: loyalty.RuleSettings{Step: decimal.NewFromInt(1), MaxSum: decimal.NewFromInt(1_000_000)},
	})
	return till
}

// run does the desk's background work until the returned function is called.
func (till *till) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		till.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// queue is what was last published of the queue.
func (till *till) queue() loyalty.QueueChanged {
	till.mu.Lock()
	defer till.mu.Unlock()
	if len(till.queues) == 0 {
		return loyalty.QueueChanged{}
	}
	return till.queues[len(till.queues)-1]
}

func (till *till) greet(t *testing.T) loyalty.Guest {
	t.Helper()
	guest, err := till.Greet(t.Context(), card, time.Now())
	if err != nil {
		t.Fatalf("Greet: %v", err)
	}
	return guest
}

func (till *till) accrual(t *testing.T, sum string) loyalty.AccrualRequest {
	t.Helper()
	return loyalty.AccrualRequest{ID: loyalty.NewID(), Guest: till.greet(t), Sum: dec(sum), Cashier: "Анна"}
}

func (till *till) redemption(t *testing.T, sum, points string) loyalty.RedemptionRequest {
	t.Helper()
	return loyalty.RedemptionRequest{
		ID: loyalty.NewID(), RemainderID: loyalty.NewID(),
		Guest: till.greet(t), Sum: dec(sum), Points: dec(points), Cashier: "Анна",
	}
}

// history gives the states that an operation went through.
func (till *till) history(t *testing.T, op loyalty.Operation) []loyalty.State {
	t.Helper()
	events, err := till.store.Events(t.Context(), op.ID)
	if err != nil {
		t.Fatalf("Events: %v", err)
	}
	var states []loyalty.State
	for _, event := range events {
		states = append(states, event.To)
	}
	return states
}

// now gives an operation as the journal has it.
func (till *till) now(t *testing.T, op loyalty.Operation) loyalty.Operation {
	t.Helper()
	found, err := till.store.Find(t.Context(), op.ID)
	if err != nil {
		t.Fatalf("Find: %v", err)
	}
	return found
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func wantState(t *testing.T, op loyalty.Operation, want loyalty.State) {
	t.Helper()
	if op.State != want {
		t.Errorf("%s of %s is %s (%s), want %s", op.Kind, op.Points, op.State, op.Reason, want)
	}
}
