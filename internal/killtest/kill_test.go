//go:build unix

package killtest

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/e2e/shop"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

var (
	kills = flag.Int("kills", 24, "how many times a till is killed at random moments, besides the named ones")
	seed  = flag.Uint64("seed", 1, "of the random moments and faults; a failure prints it")
)

// The programs: as it is sold, and the same with its named points.
var sold, killable string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(runTests(m))
}

// shopsAtOnce is how many shops live side by side. They wait for clocks more than for processors, but so many starts at
// once that a till's request is late would test the machine.
const shopsAtOnce = "20"

func runTests(m *testing.M) int {
	folder, err := os.MkdirTemp("", "killtest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if sold, err = shop.Build(filepath.Join(folder, "sold"), shop.Program); err == nil {
		killable, err = shop.Build(filepath.Join(folder, "killable"), shop.Program, "-tags", "killpoints")
	}
	if err == nil {
		err = flag.Set("test.parallel", shopsAtOnce)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	fmt.Println(&figures)
	return code
}

// tally is what all shops come to.
type tally struct {
	mu                          sync.Mutex
	kills, moved, lost, doubled int
	states                      map[loyalty.State]int
}

var figures = tally{states: make(map[loyalty.State]int)}

func (t *tally) add(s *trial) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kills += s.kills
	t.moved += len(s.sim.Ledger())
}

func (t *tally) wrong(v verdict) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lost += len(v.lost)
	t.doubled += len(v.doubled)
}

// ended counts how the operations of a shop ended that was killed at random moments.
func (t *tally) ended(ops []loyalty.Operation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, op := range ops {
		t.states[op.State]++
	}
}

// harshKills is from how many random kills on every way in which an operation ends by itself must have been met.
const harshKills = 200

func (t *tally) checkHarshness(test *testing.T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if *kills < harshKills || test.Failed() {
		return
	}
	for _, state := range []loyalty.State{
		loyalty.StateConfirmed, loyalty.StateRefused, loyalty.StateVoided, loyalty.StateApplied, loyalty.StateNotApplied,
	} {
		if t.states[state] == 0 {
			test.Errorf("no operation is %s: the till was killed too kindly to prove anything", state)
		}
	}
}

func (t *tally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return fmt.Sprintf("seed %d: %d kills, %d movements in the ledger, %d lost, %d doubled; after random kills: %v",
		*seed, t.kills, t.moved, t.lost, t.doubled, t.states)
}

// step is a named moment, how the till comes there, and what was left by an earlier kill.
type step struct {
	name  string
	point string
	serve func(t *till) bool // the cashier's part
	ready func(s *trial)     // before the till starts; nil: nothing

	left  string             // the point of an earlier kill; "": none
	leave func(t *till) bool // the cashier's part in it
}

// refuseNext lets the service refuse the next request for a path, and loseNext lets the reply to the next accrual get lost.
func refuseNext(path string) func(*trial) {
	return func(s *trial) { s.sim.FailNext(1, path, skidkabotsim.Refuse(skidkabot.CodeNotEnoughPoints)) }
}

func loseNext(s *trial) {
	s.sim.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CutAfter(skidkabotsim.CutReset))
}

// later is when what is unknown can be settled; nextDay, when no QR is valid any more.
func later(s *trial)   { s.ahead(settleAhead, settleSpeed) }
func nextDay(s *trial) { s.ahead(25*time.Hour, settleSpeed) }

// moved lets somebody else move the points before what is unknown is settled.
func moved(s *trial) {
	s.moveBalances()
	later(s)
}

// settle waits for what a person has to decide, and decides it.
func settle(t *till) bool {
	return t.see("нужно решение") && untilKilled((*till).decide)(t)
}

// untilKilled tries until the till is killed by it. A cashier does so too: the list changes by itself, and keys that come
// just then are not taken.
func untilKilled(try func(*till) bool) func(*till) bool {
	return func(t *till) bool {
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
			try(t)
			select {
			case <-t.Exited():
				return false
			case <-time.After(settlePause):
			}
		}
		return true
	}
}

// carried is a journal on a machine that does not know it.
func carried(s *trial) { s.must(os.Remove(s.installFile())) }

// steps are all named points, each as often as it is reached in different ways.
func steps() []step {
	return []step{
		// While the cashier serves.
		{name: "accrual planned", point: "plan", serve: (*till).accrue},
		{name: "redemption planned", point: "plan", serve: (*till).redeem},
		{name: "accrual sending", point: "move.sending", serve: (*till).accrue},
		{name: "accrual sent", point: "send.accrual", serve: (*till).accrue},
		{name: "redemption sent", point: "send.redemption", serve: (*till).redeem},
		{name: "remainder sent", point: "send.accrual", serve: (*till).redeem},
		{name: "accrual confirmed", point: "move.confirmed", serve: (*till).accrue},
		{name: "redemption confirmed", point: "move.confirmed", serve: (*till).redeem},
		{name: "accrual refused", point: "move.refused", serve: (*till).accrue, ready: refuseNext(skidkabot.PathAccrue)},
		{name: "redemption refused", point: "move.refused", serve: (*till).redeem, ready: refuseNext(skidkabot.PathRedeem)},
		{name: "remainder voided", point: "move.voided", serve: (*till).redeem, ready: refuseNext(skidkabot.PathRedeem)},
		{name: "accrual unknown", point: "move.unknown", serve: (*till).accrue, ready: loseNext},
		{name: "accrual queued", point: "move.queued", serve: (*till).accrueOffline},
		{name: "reversal sent", point: "send.redemption", serve: untilKilled(func(t *till) bool { return t.accrue() && t.reverse() || t.home() })},

		// While it starts again.
		{name: "unknown at start", point: "move.unknown", serve: (*till).idle, left: "send.accrual.after", leave: (*till).accrue},
		{name: "voided at start", point: "move.voided", serve: (*till).idle, left: "plan.after", leave: (*till).redeem},
		{name: "foreign at start", point: "move.review", serve: (*till).idle, ready: carried, left: "plan.after", leave: (*till).redeem},
		{name: "secrets wiped", point: "wipe", serve: (*till).accrue, ready: nextDay, left: "send.accrual.after", leave: (*till).accrue},

		// While it does what was left to do.
		{name: "remainder resumed", point: "send.accrual", serve: (*till).idle, left: "move.confirmed.after", leave: (*till).redeem},
		{name: "queued sent", point: "send.accrual", serve: (*till).idle, left: "move.queued.after", leave: (*till).accrueOffline},
		{name: "offered sent", point: "send.accrual", serve: untilKilled((*till).decide), left: "plan.after", leave: (*till).accrue},
		{name: "offered cancelled", point: "move.voided", serve: untilKilled((*till).cancel), left: "plan.after", leave: (*till).accrue},
		{name: "applied", point: "move.applied", serve: (*till).idle, ready: later, left: "send.redemption.after", leave: (*till).redeem},
		{name: "not applied", point: "move.not_applied", serve: (*till).idle, ready: later, left: "send.redemption.before", leave: (*till).redeem},
		{name: "review", point: "move.review", serve: (*till).idle, ready: moved, left: "send.accrual.after", leave: (*till).accrue},
		{name: "settled", point: "move.settled", serve: settle, ready: moved, left: "send.accrual.after", leave: (*till).accrue},
		{name: "expired", point: "move.expired", serve: (*till).idle, ready: nextDay, left: "move.queued.after", leave: (*till).accrueOffline},
	}
}

func TestKilledAtEachPoint(t *testing.T) {
	t.Parallel()
	for i, c := range steps() {
		for _, moment := range []string{"before", "after"} {
			t.Run(c.name+"/"+moment, func(t *testing.T) {
				t.Parallel()
				s := newTrial(t, uint64(i))
				s.setCalm(true)
				if c.left != "" {
					first := s.start(killable, c.left)
					c.leave(first)
					first.killed()
				}
				if c.ready != nil {
					c.ready(s)
				}
				second := s.start(killable, c.point+"."+moment)
				c.serve(second)
				second.killed()
				s.settleAll()
			})
		}
	}
}

// A point that no step comes to would be one at which nobody has ever looked.
func TestEveryPointHasItsStep(t *testing.T) {
	t.Parallel()
	points := []string{"plan", "send.accrual", "send.redemption", "wipe"}
	for _, state := range loyalty.States() {
		if state != loyalty.StatePlanned { // that is plan
			points = append(points, "move."+string(state))
		}
	}
	for _, point := range points {
		if !slices.ContainsFunc(steps(), func(c step) bool { return c.point == point }) {
			t.Errorf("no step comes to %s", point)
		}
	}
	for _, point := range []string{"settle.before", "settle.after", "posted.before", "posted.after"} {
		if !slices.ContainsFunc(paymentSteps, func(c paymentStep) bool { return c.point == point }) {
			t.Errorf("no payment comes to %s", point)
		}
	}
}

// What is sold has nothing of this in it.
func TestTheProductHasNoPoints(t *testing.T) {
	t.Parallel()
	for binary, want := range map[string]bool{sold: false, killable: true} {
		program, err := os.ReadFile(binary)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(program, []byte("KILLPOINT_AT")) != want {
			t.Errorf("%s: has points: %t, want %t", binary, !want, want)
		}
	}
}

const (
	killsPerShop = 6
	longestLife  = 4 * time.Second
	// One of so many kills comes while the till starts.
	shortLives   = 6
	longestStart = 150 * time.Millisecond
)

// The program as it is sold. One journal lives through a day of kills: what one leaves behind stays there for the next ones.
func TestKilledAtRandomMoments(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() { figures.checkHarshness(t) })
	for left, number := *kills, 0; left > 0; left, number = left-killsPerShop, number+1 {
		t.Run(fmt.Sprintf("shop %d", number), func(t *testing.T) {
			t.Parallel()
			s := newTrial(t, 1000+uint64(number))
			for range min(left, killsPerShop) {
				var till *till
				if s.intN(shortLives) == 0 {
					till = s.startFor(time.Duration(1+s.intN(int(longestStart))), sold, "")
				} else {
					till = s.start(sold, "")
					till.dieIn(time.Duration(1 + s.intN(int(longestLife))))
				}
				till.serve()
				till.killed()
			}
			ops := s.settleAll()
			for _, op := range ops {
				if op.State == loyalty.StateSettled {
					t.Errorf("%s of %s needed a person, though nobody else moved these points", op.Kind, op.Points)
				}
			}
			figures.ended(ops)
		})
	}
}
