//go:build !windows

package e2e_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/tui"
)

// Who is at the till.

// newLockedTill is a till of two cashiers; Анна has the PIN 1111, and Олег has none. It has been started.
func newLockedTill(t *testing.T, args ...string) *scenario {
	t.Helper()
	s := newScenario(t)
	hash, err := config.HashPIN("1111")
	s.must(err)
	name, err := config.CashierSecret("Анна")
	s.must(err)
	s.must(s.shop.SetCredential(name.CredentialName(), hash))
	s.startLocked(args...)
	return s
}

func (s *scenario) startLocked(args ...string) {
	s.t.Helper()
	s.launch(terminal.Options{}, append([]string{"--set", "shop.cashiers=Анна, Олег"}, args...)...)
	s.see("Кто за кассой?", "> Анна <")
}

// enterAs types a PIN at the lock as a person does.
func (s *scenario) enterAs(pin string) {
	s.t.Helper()
	time.Sleep(quiet)
	s.must(s.Type(pin, 150*time.Millisecond)) // faster would be a scanner
	s.person(terminal.Enter)
}

func TestACashierUnlocksAndIsWrittenDown(t *testing.T) {
	s := newLockedTill(t)
	s.scan(s.payload(alexander)(), terminal.EachRune(scannerPause)) // swallowed
	s.enterAs("1111")
	s.see(idleWords, "Касса 1 • Анна")
	s.greet(alexander)
	s.enterSum("1250", "Начислим 25 баллов")
	s.press("\x1b[24~") // F12
	s.see("Кто за кассой?")
	s.notSeen("Александр", "2 365", "1 250")
	s.person(terminal.Down, terminal.Enter)
	s.see("Касса 1 • Олег", "Александр Татарченко", "Начислим 25 баллов")
	s.person(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.person(terminal.Enter)
	s.see("Начислено 25")
	s.read(terminal.Enter)
	s.see(idleWords)
	s.press(terminal.F10)
	s.ended(0)
	s.wantJournal("accrual 25 confirmed")
	if planned := s.history(s.journal()[0].ID).Events[0]; planned.Actor != "Олег" {
		t.Errorf("the accrual was planned by %q", planned.Actor)
	}
}

func TestKillingTheProgramGivesNoTryBack(t *testing.T) {
	s := newLockedTill(t)
	for left := 2; left > 0; left-- {
		s.enterAs("9999")
		s.see("Неверный PIN. Осталось попыток: " + string(rune('0'+left)))
		s.must(s.Kill())
		s.startLocked()
	}
	s.enterAs("9999")
	s.see("Три раза неверно.")
	s.must(s.Kill())
	s.startLocked()
	s.enterAs("1111")
	s.see("Кто за кассой?", "Три раза неверно.")
	_, err := s.Await("the end of the pause", tui.PINPause+terminal.Patience, func(screen string) bool {
		return !strings.Contains(screen, "Три раза неверно.")
	})
	s.must(err)
	s.enterAs("1111")
	s.see(idleWords, "• Анна")
}

func TestTheBellAndTheMouseOfTheRealTerminal(t *testing.T) {
	s := newScenario(t)
	s.start(terminal.Options{}, "--set", "till.bell=all")
	s.greet(alexander)
	if !bytes.Contains(s.Raw(), []byte("\a")) {
		t.Error("a scan has not rung")
	}
	s.enterSum("1250", "Начислим 25 баллов")
	s.click("[ Начислить ]")
	s.see("Начислить 25 баллов?")
	time.Sleep(quiet)
	s.click("[ Нет ]")
	s.see("Начислим 25 баллов")
	s.click("F1 Справка")
	s.see("Клавиши на этом экране")
	s.click("Esc Закрыть")
	s.see("Начислим 25 баллов")
}

func TestTheMouseCanBeTurnedOff(t *testing.T) {
	s := newScenario(t)
	s.start(terminal.Options{}, "--set", "till.mouse=off")
	if bytes.Contains(s.Raw(), []byte("\x1b[?1002h")) {
		t.Error("the terminal was asked for the mouse")
	}
}

// click presses the left button on words of the screen, and lets it go.
func (s *scenario) click(words string) {
	s.t.Helper()
	column, row := 0, 0
	_, err := s.Await(words, terminal.Patience, func(screen string) bool {
		for i, line := range strings.Split(screen, "\n") {
			if before, _, found := strings.Cut(line, words); found {
				column, row = len([]rune(before))+2, i+1
				return true
			}
		}
		return false
	})
	s.must(err)
	for _, end := range []string{"M", "m"} {
		_, err := fmt.Fprintf(s, "\x1b[<0;%d;%d%s", column, row, end)
		s.must(err)
	}
}
