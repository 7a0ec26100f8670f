//go:build unix

package killtest

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/killtest/report"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

var (
	kills = flag.Int("kills", 50, "how many times the till is killed altogether")
	seed  = flag.Uint64("seed", 1, "of the random moments; a failure prints it")
)

// tillBinary is the till that is killed, built with its named points.
var tillBinary string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	folder, err := os.MkdirTemp("", "killtest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := flag.Set("test.parallel", "16"); err != nil { // they wait for clocks, not for processors
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	tillBinary = filepath.Join(folder, "till")
	build := exec.Command("go", "build", "-tags", "killpoints", "-o", tillBinary, "./till")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "the till does not build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// movement is what the ledger and an operation have in common.
type movement struct {
	client int64
	kind   loyalty.Kind
	points string
}

var kindOf = map[skidkabotsim.Kind]loyalty.Kind{
	skidkabotsim.Accrue: loyalty.Accrual, skidkabotsim.Redeem: loyalty.Redemption,
}

// around gives the points before and after each step.
func around(steps ...string) []string {
	var points []string
	for _, step := range steps {
		points = append(points, step+".before", step+".after")
	}
	return points
}

// working are the points that a till passes while it serves, settling those while it settles.
var (
	working = around("plan", "move.sending", "move.confirmed", "move.refused", "move.unknown", "move.queued", "move.voided",
		"send.accrual", "send.redemption")
	settling = []struct {
		state string
		// unsent: the operation is left before its request has left, else after the reply had come.
		unsent bool
		change func(s *shop)
	}{
		{"applied", false, func(*shop) {}},
		{"not_applied", true, func(*shop) {}},
		{"review", false, (*shop).moveBalances},
		{"settled", false, (*shop).moveBalances},
		{"expired", true, func(s *shop) { s.setClock(25*time.Hour, settleSpeed) }},
	}
)

// randomKills is how many of the kills are at random moments.
func randomKills() int { return max(0, *kills-len(working)-2*len(settling)) }

// settleSpeed is how much faster the clock runs while the till settles: two minutes are two seconds.
const settleSpeed = 60

// settleAhead brings the clock past the time in which a late commit may come.
const settleAhead = 3 * time.Minute

// settleAll lets the till settle everything, on a calm day, and holds the journal to the ledger.
func (s *shop) settleAll() []report.Operation {
	s.Helper()
	s.setCalm(true)
	ops := s.start(s.orders(true), "").waitSettled()
	s.judge(ops, true)
	return ops
}

// moveBalances lets somebody else move the points of all customers, so that nothing can be told from a balance.
func (s *shop) moveBalances() {
	for client := range s.clients {
		s.sim.SetBalance(client+1, s.sim.Balance(client+1).Add(decimal.NewFromInt(7)))
	}
}

// One journal lives through all of it: what a kill leaves behind stays there for the next ones.
func TestKilledWhileServing(t *testing.T) {
	t.Parallel()
	s := newShop(t, *seed)
	for _, point := range working {
		s.start(s.orders(false), point).waitKilled()
	}
	longest := int64(300 * time.Millisecond)
	for range randomKills() {
		pause := time.Duration(s.chanceOf(longest))
		if pause < time.Duration(longest/10) {
			// In the middle of the start: what was recovered last is recovered again.
			s.start(s.orders(false), "move.unknown.before").killAfter(pause)
			continue
		}
		s.start(s.orders(false), "").killAfter(pause)
	}
	s.setClock(settleAhead, settleSpeed)
	counts := make(map[loyalty.State]int)
	for _, op := range s.settleAll() {
		counts[op.State]++
		if op.State == loyalty.StateReview || op.State == loyalty.StateSettled {
			t.Errorf("%s of %s needed a person, though nobody else moved these points", op.Kind, op.Points)
		}
	}
	t.Logf("seed %d: %d kills, %d in the ledger, states %v", *seed, s.kills, len(s.sim.Ledger()), counts)
	for _, state := range []loyalty.State{loyalty.StateConfirmed, loyalty.StateApplied, loyalty.StateNotApplied} {
		if counts[state] == 0 {
			t.Errorf("no operation is %s: the till was killed too kindly to prove anything", state)
		}
	}
}

func (s *shop) chanceOf(n int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chance.Int64N(n)
}

func TestKilledWhileSettling(t *testing.T) {
	t.Parallel()
	for _, point := range settling {
		for _, moment := range around("move." + point.state) {
			t.Run(strings.TrimPrefix(moment, "move."), func(t *testing.T) {
				t.Parallel()
				s := newShop(t, *seed)
				s.start(s.orders(false), "move.queued.after").waitKilled() // an unknown one, and one that waits for it
				left := "send.redemption.after"
				if point.unsent {
					left = "send.redemption.before"
				}
				s.start(s.orders(false), left).waitKilled()
				s.setCalm(true)
				s.setClock(settleAhead, settleSpeed)
				point.change(s)
				s.start(s.orders(true), moment).waitKilled()
				s.settleAll()
			})
		}
	}
}
