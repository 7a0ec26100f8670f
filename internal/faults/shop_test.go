package faults

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// customer is the guest of every row: 2,365 points, 2 % accrued, at most 10 % redeemed.
const customer = 83532824

// hurry is for the rows that wait until the till gives up: the shop's own limits are longer. The one runs from the last byte
// of the request, the other bounds what comes slowly and leaves time for the request itself on a busy machine.
var hurry = skidkabot.Limits{Header: time.Second, Total: 4 * time.Second}

// shop is a till without its screen, on a service and a journal that can be made to fail.
type shop struct {
	*testing.T
	sim     *skidkabotsim.Server
	url     string
	card    skidkabot.Card
	service *exchangeable
	store   *journal.Journal
	hub     *notice.Hub
	desk    *loyalty.Desk
	path    string // the journal's
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{T: t, sim: &skidkabotsim.Server{}, hub: new(notice.Hub), path: filepath.Join(t.TempDir(), "journal.db")}
	s.sim.AddCustomer(skidkabotsim.Customer{
		Client: customer, FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(2365),
	})
	s.card = s.sim.IssueQR(customer)
	url, err := s.sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.sim.Close() })
	s.url = url
	j, err := journal.Open(t.Context(), journal.Options{Path: s.path, Register: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	s.service = &exchangeable{service: s.client(url, skidkabot.Limits{})}
	s.store = j
	s.desk = loyalty.NewDesk(loyalty.Options{
		Service: s.service, Store: s.store, Hub: s.hub, Vendor: skidkabotsim.TestVendor, Register: 1,
		Rules: loyalty.RuleSettings{Step: decimal.NewFromInt(1), MaxSum: decimal.NewFromInt(1_000_000)},
	})
	return s
}

// client makes a client of the service at a URL.
func (s *shop) client(url string, limits skidkabot.Limits) *skidkabot.Client {
	s.Helper()
	client, err := skidkabot.New(skidkabot.Config{
		URL: url, Vendor: skidkabotsim.TestVendor, VendorSecret: skidkabotsim.TestVendorSecret, Register: 1,
		Limits: limits,
	})
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(client.Close)
	return client
}

// exchangeable is a service that can be exchanged for another in the middle.
type exchangeable struct {
	mu      sync.Mutex
	service loyalty.Service
}

func (e *exchangeable) exchange(service loyalty.Service) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.service = service
}

func (e *exchangeable) now() loyalty.Service {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.service
}

func (e *exchangeable) Balance(ctx context.Context, card skidkabot.Card) (skidkabot.Account, error) {
	return e.now().Balance(ctx, card)
}

func (e *exchangeable) Accrue(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	return e.now().Accrue(ctx, card, points)
}

func (e *exchangeable) Redeem(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	return e.now().Redeem(ctx, card, points)
}

func (e *exchangeable) Reach(ctx context.Context) error { return e.now().Reach(ctx) }

// withoutSecret is a service whose secret cannot be had from the keyring.
type withoutSecret struct{ err error }

func (w withoutSecret) unsent() error {
	return &skidkabot.NotSentError{Phase: skidkabot.PhaseSecret, Err: w.err}
}

func (w withoutSecret) Balance(context.Context, skidkabot.Card) (skidkabot.Account, error) {
	return skidkabot.Account{}, w.unsent()
}

func (w withoutSecret) Accrue(context.Context, skidkabot.Card, decimal.Decimal) (skidkabot.Receipt, error) {
	return skidkabot.Receipt{}, w.unsent()
}

func (w withoutSecret) Redeem(context.Context, skidkabot.Card, decimal.Decimal) (skidkabot.Receipt, error) {
	return skidkabot.Receipt{}, w.unsent()
}

func (w withoutSecret) Reach(context.Context) error { return w.unsent() }
