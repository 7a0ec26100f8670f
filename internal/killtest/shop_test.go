//go:build unix

package killtest

import (
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/killtest/report"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// shop is the service, one till's journal, and what the test knows of both.
type shop struct {
	*testing.T
	sim     *skidkabotsim.Server
	url     string
	journal string

	mu     sync.Mutex
	clock  report.Clock
	chance *rand.Rand
	calm   bool

	clients int64                       // customers so far
	serial  int64                       // points handed out so far
	since   time.Time                   // when the last run began that has told what it found
	told    map[string]report.Operation // what cashiers have read on the screen, by id
	kills   int
}

func newShop(t *testing.T, seed uint64) *shop {
	s := &shop{
		T: t, journal: filepath.Join(t.TempDir(), "journal.db"),
		chance: rand.New(rand.NewPCG(seed, 0)), told: make(map[string]report.Operation),
	}
	s.setClock(0, 1)
	s.sim = &skidkabotsim.Server{Now: s.now}
	s.sim.SetHook(s.fault)
	url, err := s.sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	s.url = url
	t.Cleanup(func() { _ = s.sim.Close() })
	return s
}

func (s *shop) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.Now()
}

// setClock sets the clock of the shop and the service.
func (s *shop) setClock(offset time.Duration, speed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = report.Clock{Start: time.Now(), Offset: offset, Speed: speed}
}

// setCalm ends or begins the service's faults.
func (s *shop) setCalm(calm bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calm = calm
}

// fault makes the wire slow enough for kills to hit it, and lets some requests, replies and customers' points be lacking.
func (s *shop) fault(request skidkabotsim.Request) *skidkabotsim.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calm || request.Path == skidkabot.PathBalance {
		return nil
	}
	fault := skidkabotsim.Fault{
		Before: skidkabotsim.Step{Delay: time.Duration(s.chance.Int64N(int64(2 * time.Millisecond)))},
		After:  skidkabotsim.Step{Delay: time.Duration(s.chance.Int64N(int64(2 * time.Millisecond)))},
	}
	switch s.chance.IntN(40) {
	case 0:
		fault.Before.Cut = skidkabotsim.CutReset
	case 1:
		fault.After.Cut = skidkabotsim.CutReset
	case 2, 3:
		fault = skidkabotsim.Refuse(skidkabot.CodeNotEnoughPoints)
	}
	return &fault
}

// cardsPerRun is how many customers are served at the same time.
const cardsPerRun = 6

// newCustomers registers customers whom no earlier run has served: nobody's card is busy.
func (s *shop) newCustomers() []report.Card {
	var cards []report.Card
	for range cardsPerRun {
		s.clients++
		s.sim.AddCustomer(skidkabotsim.Customer{
			Client: s.clients, FirstName: "Анна", Balance: decimal.NewFromInt(1_000_000_000_000),
		})
		card := s.sim.IssueQR(s.clients)
		cards = append(cards, report.Card{Client: card.Client, Secret: card.Secret.Reveal()})
	}
	return cards
}

// orders are those for the next run.
func (s *shop) orders(settle bool) report.Orders {
	orders := report.Orders{
		Journal: s.journal, URL: s.url, Settle: settle, Since: s.since,
		Vendor: skidkabotsim.TestVendor, VendorSecret: skidkabotsim.TestVendorSecret.Reveal(),
	}
	s.mu.Lock()
	orders.Clock = s.clock
	s.mu.Unlock()
	if !settle {
		orders.Cards, orders.Serial = s.newCustomers(), s.serial
		s.serial += cardsPerRun * report.SerialsPerCard
	}
	return orders
}
