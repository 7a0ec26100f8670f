//go:build unix

package killtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/e2e/shop"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// clock is the time in a shop, for its till and for the service.
type clock struct {
	anchor, shown time.Time // it shows shown when the machine's shows anchor
	speed         int       // how many times faster than the machine's it runs
}

func (c clock) now() time.Time {
	return c.shown.Add(time.Duration(c.speed) * time.Since(c.anchor))
}

// String is the clock as the till is told it (internal/killpoint).
func (c clock) String() string { return fmt.Sprint(c.anchor.UnixNano(), c.shown.UnixNano(), c.speed) }

// trial is one shop through all its kills: the service, the till's files, and what its cashier has read.
type trial struct {
	*testing.T
	sim   *skidkabotsim.Server
	files *shop.Shop

	mu     sync.Mutex // the service asks from its own goroutines
	clock  clock
	chance *rand.Rand
	calm   bool // the service has no faults

	client int64             // customers so far
	points int64             // the points of the last operation
	told   map[movement]bool // what the cashier has read as done since the journal was last looked at; without a client
	kills  int
}

// newTrial sets up a shop. The number tells the trials of one run apart.
func newTrial(t *testing.T, number uint64) *trial {
	t.Helper()
	s := &trial{
		T: t, chance: rand.New(rand.NewPCG(*seed, number)), told: make(map[movement]bool),
		clock: clock{time.Now(), time.Now(), 1}, points: firstPoints,
	}
	s.sim = &skidkabotsim.Server{Now: s.now}
	s.sim.SetHook(s.fault)
	url, err := listen(s.sim)
	s.must(err)
	s.files, err = shop.New(t.TempDir(), "", url)
	s.must(err)
	t.Cleanup(func() {
		s.must(s.sim.Close())
		figures.add(s)
		if t.Failed() {
			t.Logf("after %d kills; the random moments were those of -seed %d", s.kills, *seed)
		}
	})
	return s
}

// The ports of the services lie where no system takes one for an outgoing connection: while a service is down, its port
// must not become somebody else's.
const lowestPort, portCount = 20_000, 12_000

// portsTaken counts them from a place that two runs side by side hardly share.
var portsTaken atomic.Int64

func init() { portsTaken.Store(int64(os.Getpid()) * 331) }

// listen lets the service listen on a port of its own.
func listen(sim *skidkabotsim.Server) (url string, err error) {
	for range portCount {
		port := lowestPort + portsTaken.Add(1)%portCount
		if url, err = sim.Listen(fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return url, nil
		}
	}
	return "", err
}

func (s *trial) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// comeBack lets the service be reached again. While another shop's till is being started, that process holds a copy of
// the closed port for a moment.
func (s *trial) comeBack() {
	s.Helper()
	err := s.sim.SetDown(false)
	for deadline := time.Now().Add(patience); err != nil && time.Now().Before(deadline); err = s.sim.SetDown(false) {
		time.Sleep(time.Millisecond)
	}
	s.must(err)
}

func (s *trial) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.now()
}

// ahead sets the clock ahead and lets it run faster from now on.
func (s *trial) ahead(by time.Duration, speed int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock = clock{time.Now(), s.clock.now().Add(by), speed}
}

// intN is a random number from 0 to n-1.
func (s *trial) intN(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chance.IntN(n)
}

// setCalm begins or ends the service's random faults. A shop begins with them; a named moment is met without.
func (s *trial) setCalm(calm bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calm = calm
}

// fault makes the wire slow enough for kills to hit it, and lets some requests, replies and points be lacking.
func (s *trial) fault(request skidkabotsim.Request) *skidkabotsim.Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.calm {
		return nil
	}
	const slowest = 60 * time.Millisecond
	fault := skidkabotsim.Fault{
		Before: skidkabotsim.Step{Delay: time.Duration(s.chance.Int64N(int64(slowest)))},
		After:  skidkabotsim.Step{Delay: time.Duration(s.chance.Int64N(int64(slowest)))},
	}
	if request.Path == skidkabot.PathBalance {
		return &fault
	}
	switch s.chance.IntN(12) {
	case 0:
		fault.Before.Cut = skidkabotsim.CutReset
	case 1:
		fault.After.Cut = skidkabotsim.CutReset
	case 2:
		fault = skidkabotsim.Refuse(skidkabot.CodeNotEnoughPoints)
	}
	return &fault
}

// firstPoints and lastPoints bound the points of operations: three digits each, so that the screen never shows a number
// that is the beginning of another.
const firstPoints, lastPoints = 100, 499

// nextPoints gives points that no other operation of this shop has.
func (s *trial) nextPoints() int64 {
	if s.points++; s.points > lastPoints {
		s.Fatalf("no points are left after %d operations: a shop is to live through fewer kills", lastPoints-firstPoints)
	}
	return s.points
}

// newCustomer registers a customer and gives a name and a QR. Whom no operation has touched, no open one keeps waiting.
func (s *trial) newCustomer() (name, payload string) {
	s.client++
	name = fmt.Sprintf("К%03d", s.client)
	s.sim.AddCustomer(skidkabotsim.Customer{Client: s.client, FirstName: "Анна", LastName: name, Balance: decimal.NewFromInt(100_000)})
	return name, s.sim.IssueQR(s.client).Payload()
}

// moveBalances lets somebody else move the points of all customers, so that nothing can be told from a balance.
func (s *trial) moveBalances() {
	for client := int64(1); client <= s.client; client++ {
		s.sim.SetBalance(client, s.sim.Balance(client).Add(decimal.NewFromInt(7)))
	}
}

// operations reads the whole journal without changing it, be the till alive or dead. A till that was killed at its very
// first start has none.
func (s *trial) operations() []loyalty.Operation {
	s.Helper()
	j, err := journal.Open(context.Background(), journal.Options{Path: s.files.JournalFile(), ReadOnly: true})
	if journal.CodeOf(err) == journal.Missing {
		return nil
	}
	s.must(err)
	defer func() { s.must(j.Close()) }()
	ops, err := j.List(context.Background(), loyalty.Filter{})
	s.must(err)
	if len(ops) == loyalty.ListLimit {
		s.Fatal("the journal has more than a page: a shop is to live through fewer kills")
	}
	return ops
}

// isForeign reports whether the till's journal names a machine that is not this one.
func (s *trial) isForeign() bool {
	_, err := os.Stat(s.installFile())
	return errors.Is(err, fs.ErrNotExist)
}

func (s *trial) installFile() string { return filepath.Join(s.files.DataDir(), "install-id") }

// inspect looks at what a till that is dead has left: the journal against the ledger, and against what the cashier has
// read on the screen. It gives the journal.
func (s *trial) inspect() []loyalty.Operation {
	s.Helper()
	ops := s.operations()
	found := evidence{ops, s.sim.Ledger(), s.sim.Requests()}.judge()
	done := make(map[movement]bool)
	for _, op := range ops {
		done[movement{kind: op.Kind, points: op.Points.String()}] = op.Happened() || done[movement{kind: op.Kind, points: op.Points.String()}]
	}
	for m := range s.told {
		if !done[m] {
			found.lost = append(found.lost, m)
		}
	}
	clear(s.told)
	for _, m := range found.lost {
		s.Errorf("after kill %d: LOST: %+v", s.kills, m)
	}
	for _, m := range found.doubled {
		s.Errorf("after kill %d: DOUBLED: %+v", s.kills, m)
	}
	figures.wrong(found)
	return ops
}
