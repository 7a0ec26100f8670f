//go:build unix

package killtest

import (
	"errors"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// patience bounds every wait for a till: on a busy machine a start may take seconds.
const patience = 60 * time.Second

// window is so high that the start screen has room for everything that a shop leaves open.
var window = terminal.Options{Columns: 100, Rows: 80}

// till is one run of the program.
type till struct {
	*terminal.Terminal
	shop    *trial
	watched chan struct{} // closed when the last screen has been read
}

// start starts a till and waits for its first screen, on which everything that was open must be listed. At a point the till
// kills itself; "" is none.
func (s *trial) start(binary, point string) *till {
	s.Helper()
	return s.startFor(0, binary, point)
}

// startFor is start with a till that is killed after a time, if it lives so long; 0: it is not.
func (s *trial) startFor(life time.Duration, binary, point string) *till {
	s.Helper()
	listed := newList(s.inspect(), s.isForeign())
	s.files.Binary = binary
	s.files.Setenv("KILLPOINT_AT", point)
	s.files.Setenv("KILLPOINT_CLOCK", s.clock.String())
	process, err := terminal.Start(s.files.Command("--set", "rules.accrue_percent=100", "--set", "rules.redeem_percent=50"), window)
	s.must(err)
	t := &till{Terminal: process, shop: s, watched: make(chan struct{})}
	s.Cleanup(func() { _ = process.Close() })
	if life > 0 {
		t.dieIn(life)
	}
	go func() {
		defer close(t.watched)
		_, _ = t.Await("the end", time.Hour, func(screen string) bool {
			s.readDone(screen)
			return false
		})
	}()
	atStart := func(screen string) bool {
		listed.strike(screen)
		return strings.Contains(screen, idleWords)
	}
	if t.await("the start screen", atStart) {
		t.checkListed(listed)
	}
	return t
}

// dieIn kills the till in a while.
func (t *till) dieIn(life time.Duration) {
	end := time.AfterFunc(life, func() { _ = t.Signal(syscall.SIGKILL) }) // one that is dead already stays so
	t.shop.Cleanup(func() { end.Stop() })
}

const idleWords = "Отсканируйте QR покупателя"

// await waits for a screen. It returns false when the till was killed before.
func (t *till) await(name string, wanted func(screen string) bool) bool {
	t.shop.Helper()
	_, err := t.Await(name, patience, wanted)
	if err != nil && !errors.Is(err, terminal.ErrEnded) {
		t.shop.Fatal(err)
	}
	return err == nil
}

// see waits until one of the texts is on the screen.
func (t *till) see(texts ...string) bool {
	t.shop.Helper()
	return t.await(strings.Join(texts, " or "), func(screen string) bool {
		for _, text := range texts {
			if strings.Contains(screen, text) {
				return true
			}
		}
		return false
	})
}

// press presses keys, or types. It returns false when there is nobody to read them any more.
func (t *till) press(keys ...terminal.Key) bool { return t.Press(keys...) == nil }

// killed waits for the till to be killed. Any other end of it is a failure.
func (t *till) killed() {
	t.shop.Helper()
	code, err := t.Exit(patience)
	t.shop.must(err)
	<-t.watched
	if code != -1 {
		t.shop.Fatalf("the till was not killed, it ended with %d; the screen is\n%s", code, t.Screen())
	}
	t.shop.kills++
}

// readDone notes what the cashier reads as done: «Начислено 125», «Проверено: списано 125».
func (s *trial) readDone(screen string) {
	for _, words := range done.FindAllStringSubmatch(screen, -1) {
		if words[3] != "" {
			continue // «начислено 125 (1)» is a sum of the journal's
		}
		s.told[movement{kind: doneKind[strings.ToLower(words[1])], points: words[2]}] = true
	}
}

var done = regexp.MustCompile(`(?i)(начислено|возвращено|списано|снято) ([1-9]\d\d)( \()?`)

var doneKind = map[string]loyalty.Kind{
	"начислено": loyalty.Accrual, "возвращено": loyalty.Accrual, "списано": loyalty.Redemption, "снято": loyalty.Redemption,
}

// matter is a line of the start screen's list of what needs attention.
type matter struct {
	movement // without a client
	words    string
}

var matterLine = regexp.MustCompile(`([+−])([1-9]\d\d) Анна К\d+: ?(проверяем|ждём ответа|не отправлено|нужно решение|баллы НЕ|ждёт отправки)`)

// mattersOn reads the list from top to bottom.
func mattersOn(screen string) []matter {
	var matters []matter
	for _, found := range matterLine.FindAllStringSubmatch(screen, -1) {
		kind := loyalty.Accrual
		if found[1] == "−" {
			kind = loyalty.Redemption
		}
		matters = append(matters, matter{movement{kind: kind, points: found[2]}, found[3]})
	}
	return matters
}

// list is what a start must list, each with what it is to be called.
type list map[matter]uuid.UUID

// newList gives what the operations of a dead till call for. An operation that waits for another one is shown with it; of
// a foreign journal, each is a person's to decide.
func newList(ops []loyalty.Operation, foreign bool) list {
	wanted := make(list)
	for _, op := range ops {
		m := matter{movement: movement{kind: op.Kind, points: op.Points.String()}}
		switch {
		case op.State.Final():
			continue
		case foreign:
			m.words = "нужно решение"
			wanted[m] = op.ID
			continue
		}
		switch op.State {
		case loyalty.StateSending, loyalty.StateUnknown:
			m.words = "проверяем"
		case loyalty.StateQueued:
			m.words = "ждёт отправки"
		case loyalty.StateReview:
			m.words = "нужно решение"
		case loyalty.StatePlanned:
			switch {
			case op.WaitsFor != uuid.Nil:
				continue
			case op.Kind == loyalty.Redemption:
				m.words = "баллы НЕ"
			default:
				m.words = "не отправлено"
			}
		}
		wanted[m] = op.ID
	}
	return wanted
}

// strike takes off the list what is on the screen.
func (l list) strike(screen string) {
	for _, m := range mattersOn(screen) {
		if m.words == "ждём ответа" {
			m.words = "проверяем" // the countdown is over
		}
		delete(l, m)
	}
}

// checkListed waits until everything on the list has been on the screen. Only what was queued need not be: the network is
// there, and it may have been sent before anybody saw it.
func (t *till) checkListed(wanted list) {
	t.shop.Helper()
	seen := func(screen string) bool {
		wanted.strike(screen)
		return len(wanted) == 0
	}
	for deadline := time.Now().Add(patience); ; {
		_, err := t.Await("list of what is open", settlePause, seen)
		if err == nil || errors.Is(err, terminal.ErrEnded) {
			return
		}
		for _, op := range t.shop.operations() {
			queued := matter{movement{kind: op.Kind, points: op.Points.String()}, "ждёт отправки"}
			if wanted[queued] == op.ID && op.State != loyalty.StateQueued {
				delete(wanted, queued)
			}
		}
		if time.Now().After(deadline) {
			t.shop.Errorf("after kill %d: the start does not list %v:\n%s", t.shop.kills, wanted, t.Screen())
			return
		}
	}
}
