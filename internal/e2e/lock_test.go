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
	s.must(s.TypeSeen(pin, 150*time.Millisecond)) // faster would be a scanner
	s.person(terminal.Enter)
}

func TestACashierUnlocksAndIsWrittenDown(t *testing.T) {
	s := newLockedTill(t)
	s.scanLocked(alexander)
	s.enterAs("9999")
	s.see("Кто за кассой?", "Неверный PIN. Осталось попыток: 2")
	s.enterAs("1111")
	s.see(idleWords, "Касса 1 • Анна")
	s.sent("", 0)
	s.greet(alexander)
	s.enterSum("1250", "Начислим 25 баллов")
	s.press(terminal.F12)
	s.see("Кто за кассой?")
	s.notSeen("Александр", "2 365", "1 250")
	s.scanLocked(maria)
	s.person(terminal.Down, terminal.Enter)
	s.see("Касса 1 • Олег", "Александр Татарченко", "Начислим 25 баллов")
	s.notSeen("Мария", "Новый покупатель?")
	s.sent("", 1) // Alexander's balance
	s.person(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.person(terminal.Enter)
	s.see("Начислено 25")
	s.read(terminal.Enter, idleWords)
	s.quit()
	s.wantJournal("accrual 25 confirmed")
	if planned := s.history(s.journal()[0].ID).Events[0]; planned.Actor != "Олег" {
		t.Errorf("the accrual was planned by %q", planned.Actor)
	}
	exported := objects[entry](s, s.command(0, "journal", "export", "--format", "json"))
	for name, listed := range map[string][]entry{"list": s.journal(), "export": exported} {
		if len(listed) != 1 || listed[0].Cashier != "Олег" {
			t.Errorf("journal %s: %+v", name, listed)
		}
	}
	if csv := s.command(0, "journal", "export"); !bytes.Contains(csv, []byte(",Олег,")) {
		t.Errorf("the table names no cashier:\n%s", csv)
	}
}

// scanLocked scans at the lock, which takes nothing of it: neither into the PIN nor for later.
func (s *scenario) scanLocked(client int64) {
	s.t.Helper()
	s.scan(s.payload(client)(), terminal.AtOnce())
	time.Sleep(quiet)
	s.see("Кто за кассой?")
	s.notSeen("*")
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

// bells is how often the bell has been rung so far.
func (s *scenario) bells() int { return bytes.Count(s.Raw(), []byte("\a")) }

// rung waits until the bell has been rung so often in all.
func (s *scenario) rung(want int) {
	s.t.Helper()
	s.eventually(fmt.Sprintf("bell number %d", want), func() bool { return s.bells() >= want })
	if got := s.bells(); got != want {
		s.t.Errorf("the bell has been rung %d times, want %d", got, want)
	}
}

func TestTheBellOfTheRealTerminal(t *testing.T) {
	t.Parallel()
	for _, bell := range []struct {
		setting             string
		atAScan, afterError int
	}{{"all", 1, 3}, {"errors", 0, 2}, {"off", 0, 0}} {
		t.Run(bell.setting, func(t *testing.T) {
			s := newScenario(t)
			s.start(terminal.Options{}, "--set", "till.bell="+bell.setting)
			s.greet(alexander)
			s.enterSum("1250", "Начислим 25 баллов")
			s.rung(bell.atAScan)
			s.press(terminal.Esc)
			s.gone("Начислим 25 баллов")
			s.press(terminal.Esc)
			s.see(idleWords)
			time.Sleep(bellIsSilent)
			s.scan("{\"type\":\"Skidkabot\",\"vendor\":77,\"client\":83532824,\"secret\":31766}", terminal.AtOnce())
			s.see("Это QR другого магазина")
			s.rung(bell.afterError)
			s.read(terminal.Esc, idleWords)
			s.rung(bell.afterError) // no more of them come
		})
	}
}

// bellIsSilent is longer than the bell is silent after it was rung.
const bellIsSilent = 1200 * time.Millisecond

func TestAClickIsAnEnter(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1250", "Начислим 25 баллов")
	s.click("[ Начислить ]", "Начислить 25 баллов?")
	s.click("[ Нет ]", "Можно списать до 125")
	s.wantJournal()
	s.click("F1 Справка", "Клавиши на этом экране")
	s.click("Esc Закрыть", "Можно списать до 125")
	s.click("> Начислить <", "Начислить 25 баллов?") // it has kept the focus
	s.click("> Начислить <", "Начислено 25")
	s.wantLedger("accrue 25")
	s.wantJournal("accrual 25 confirmed")
	s.click("Enter Следующий покупатель", idleWords)
	s.click("F10 Выход")
	s.ended(0)
}

func TestTheMouseCanBeTurnedOff(t *testing.T) {
	s := newScenario(t)
	s.start(terminal.Options{}, "--set", "till.mouse=off")
	if bytes.Contains(s.Raw(), []byte("\x1b[?1002h")) {
		t.Error("the terminal was asked for the mouse")
	}
}

// click clicks on words of the screen until that has led to other ones: like Enter, a click that comes before the screen can
// have been read is not taken.
func (s *scenario) click(words string, leadTo ...string) {
	s.t.Helper()
	s.insist(fmt.Sprintf("%q", leadTo), func() {
		time.Sleep(quiet)
		s.clickOnce(words, leadTo)
	}, func(limit time.Duration) error { return s.await(limit, leadTo...) })
}

// clickOnce presses the left button on words of the screen, and lets it go. When it has led to the other ones meanwhile, it
// does nothing.
func (s *scenario) clickOnce(words string, leadTo []string) {
	s.t.Helper()
	column, row := 0, 0
	_, err := s.Await(words, terminal.Patience, func(screen string) bool {
		for i, line := range strings.Split(screen, "\n") {
			if before, _, found := strings.Cut(line, words); found {
				column, row = len([]rune(before))+2, i+1
				return true
			}
		}
		return len(leadTo) > 0 && strings.Contains(inOneLine(screen), leadTo[0])
	})
	s.must(err)
	if row == 0 {
		return
	}
	for _, end := range []string{"M", "m"} {
		_, err := fmt.Fprintf(s, "\x1b[<0;%d;%d%s", column, row, end)
		s.must(err)
	}
}
