//go:build !windows

package e2e_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// How the till ends, and how it starts again.

func TestQuitting(t *testing.T) {
	t.Parallel()
	for name, key := range map[string]terminal.Key{"F10": terminal.F10, "Ctrl-C": terminal.CtrlC} {
		t.Run(name, func(t *testing.T) {
			s := newTill(t)
			s.press(key)
			s.ended(0)
		})
	}
}

func TestQuittingAsksWhenASumIsEntered(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1250", "Начислим 25 баллов")
	s.press(terminal.F10)
	s.see("Выйти из программы?")
	s.person(terminal.Esc)
	s.see("Начислим 25 баллов")
	s.press(terminal.F10)
	s.see("Выйти из программы?")
	s.person(terminal.Tab, terminal.Enter)
	s.ended(0)
}

// inFlight begins an accrual that the service holds back until release is called.
func (s *scenario) inFlight() (release func()) {
	s.t.Helper()
	held := make(chan struct{})
	s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.HoldBefore(held))
	s.accrue()
	s.see("Начисляем 25 баллов…")
	s.posted(skidkabot.PathAccrue, 1)
	return func() { close(held) }
}

func TestTheEndWaitsForWhatIsInFlight(t *testing.T) {
	t.Parallel()
	for name, quit := range map[string]func(s *scenario){
		"F10": func(s *scenario) {
			s.press(terminal.F10)
			s.see("Сначала завершим операцию")
			s.person(terminal.Enter)
		},
		"SIGTERM": func(s *scenario) { s.must(s.Signal(syscall.SIGTERM)) },
		"SIGHUP":  func(s *scenario) { s.must(s.Signal(syscall.SIGHUP)) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newTill(t)
			release := s.inFlight()
			quit(s)
			s.see("Завершаем операцию…")
			s.press(terminal.F10, terminal.CtrlC, terminal.Enter, terminal.Esc) // nothing hurries it
			s.must(s.Signal(syscall.SIGTERM))
			time.Sleep(quiet)
			s.see("Завершаем операцию…")
			s.wantLedger()
			release()
			s.ended(0)
			s.wantLedger("accrue 25")
			s.wantJournal("accrual 25 confirmed")
		})
	}
}

func TestTheTerminalIsLeftAsItWas(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.quit()
	end := s.Raw()
	for _, mode := range []struct{ on, off string }{
		{"\x1b[?1049h", "\x1b[?1049l"}, // the alternate screen
		{"\x1b[?25l", "\x1b[?25h"},     // the hidden cursor
		{"\x1b[?2004h", "\x1b[?2004l"}, // bracketed paste
	} {
		if bytes.LastIndex(end, []byte(mode.on)) > bytes.LastIndex(end, []byte(mode.off)) {
			t.Errorf("%q was not taken back", mode.on)
		}
	}
}

// powerCut ends the till without a warning.
func (s *scenario) powerCut() {
	s.t.Helper()
	s.must(s.Kill())
}

func TestPowerCutWhileSending(t *testing.T) {
	t.Parallel()
	for name, commits := range map[string]bool{"the service commits": true, "the service does not commit": false} {
		t.Run(name, func(t *testing.T) {
			s := newTill(t)
			release := s.inFlight()
			s.powerCut()
			s.wantJournal("accrual 25 sending")
			if commits {
				release()
				s.eventually("commit", func() bool { return len(s.service.Ledger()) == 1 })
			}

			held := make(chan struct{}) // the settling waits until its beginning has been seen
			s.service.FailNext(1, skidkabot.PathBalance, skidkabotsim.HoldBefore(held))
			s.launch(terminal.Options{})
			s.see(idleWords, "Требуют внимания", "проверяем результат")
			close(held)
			if commits {
				s.see("Проверено: начислено 25")
				s.wantJournal("accrual 25 applied")
			} else {
				s.open = append(s.open, "unknown")
				s.posted(skidkabot.PathBalance, 3)
				s.wantJournal("accrual 25 unknown")
			}
			s.sent(skidkabot.PathAccrue, 1)
		})
	}
}

func TestPowerCutBetweenARedemptionAndItsAccrual(t *testing.T) {
	s := newTill(t)
	// Without a balance in the reply the accrual needs one of its own, and there the power goes.
	held := make(chan struct{})
	s.service.FailNext(1, skidkabot.PathRedeem, skidkabotsim.CodeOnly())
	s.service.FailNext(1, skidkabot.PathBalance, skidkabotsim.Fault{}) // the greeting
	s.service.FailNext(1, skidkabot.PathBalance, skidkabotsim.HoldBefore(held))
	s.redeem()
	s.posted(skidkabot.PathBalance, 2)
	s.wantJournal("accrual 22 planned", "redemption 125 confirmed")
	s.powerCut()
	close(held)

	s.launch(terminal.Options{})
	s.eventually("accrual on the remainder", func() bool { return len(s.service.Ledger()) == 2 })
	s.see(idleWords, "начисление")
	s.eventually("confirmation", func() bool {
		return strings.Join(s.states(), ", ") == "accrual 22 confirmed, redemption 125 confirmed"
	})
	s.wantLedger("redeem 125", "accrue 22")
}

func TestPowerCutWhileARedemptionIsSent(t *testing.T) {
	s := newTill(t)
	held := make(chan struct{})
	s.service.FailNext(1, skidkabot.PathRedeem, skidkabotsim.HoldAfter(held))
	s.redeem()
	s.eventually("commit", func() bool { return len(s.service.Ledger()) == 1 })
	s.powerCut()
	close(held)
	s.wantJournal("accrual 22 planned", "redemption 125 sending")

	s.start(terminal.Options{})
	s.eventually("accrual on the remainder", func() bool {
		return strings.Join(s.states(), ", ") == "accrual 22 confirmed, redemption 125 applied"
	})
	s.see("Проверено: списано 125") // it may lie under the news of the accrual, which goes after 8 s
	s.wantLedger("redeem 125", "accrue 22")
	if got := s.service.Count(skidkabot.PathRedeem); got != 1 {
		t.Errorf("the redemption was sent %d times", got)
	}
}

func TestPowerCutBeforeAnythingWasSent(t *testing.T) {
	s := newTill(t)
	// The balance on the guest screen grows older than a baseline may be, so that the accrual first asks for a new one.
	s.greet(alexander)
	s.enterSum("1250,50", "Начислим 25 баллов")
	held := make(chan struct{})
	s.service.FailNext(1, skidkabot.PathBalance, skidkabotsim.HoldBefore(held))
	time.Sleep(baselineMaxAge)
	s.press(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.person(terminal.Enter)
	s.posted(skidkabot.PathBalance, 2)
	s.powerCut()
	close(held)
	s.wantJournal("accrual 25 planned")

	s.start(terminal.Options{})
	s.see("Требуют внимания", "не отправлено", "Открыть")
	s.person(terminal.Enter) // a stray Enter opens nothing
	s.wantJournal("accrual 25 planned")
	s.person(terminal.Tab, terminal.Enter)
	s.see("Не отправлялась", "Отправить", "Отменить")
	s.sent(skidkabot.PathAccrue, 0)
	s.person(terminal.Tab, terminal.Enter) // the focus begins on the way back
	s.see("Отправить начисление 25 баллов?")
	s.person(terminal.Enter)
	s.see("Начислено 25")
	s.wantLedger("accrue 25")
	s.wantJournal("accrual 25 confirmed")
}

// baselineMaxAge is loyalty.BaselineMaxAge with a margin.
const baselineMaxAge = 10*time.Second + 200*time.Millisecond

// refused runs the till where it cannot start: it says why and what to do in a few lines and ends.
func (s *scenario) refused(want int, words ...string) {
	s.t.Helper()
	s.ended(want)
	screen := s.Screen()
	for _, text := range words {
		if !strings.Contains(inOneLine(screen), text) {
			s.t.Errorf("no %q in\n%s", text, screen)
		}
	}
	if lines := strings.Count(strings.TrimSpace(screen), "\n"); lines > 6 {
		s.t.Errorf("%d lines are more than a person reads:\n%s", lines, screen)
	}
	if bytes.Contains(s.Raw(), []byte("\x1b[?1049h")) {
		s.t.Error("it took the screen before it gave up")
	}
}

func TestASecondTillIsRefused(t *testing.T) {
	s := newTill(t)
	first := s.Terminal
	s.launch(terminal.Options{})
	s.refused(1, "этот журнал открыт в другой кассе", "сначала закройте её")
	s.Terminal = first
	s.accrue()
	s.see("Начислено 25")
	s.wantLedger("accrue 25")
}

func TestAnUnwritableDataFolder(t *testing.T) {
	s := newScenario(t)
	file := filepath.Join(s.shop.Folder, "file")
	s.must(os.WriteFile(file, nil, 0o600))
	s.launch(terminal.Options{}, "--data", filepath.Join(file, "data"))
	s.refused(1, "папку данных", "--data")
}

func TestADamagedJournalIsKept(t *testing.T) {
	s := newTill(t)
	s.accrue()
	s.see("Начислено 25")
	s.quit()
	damaged := s.damageJournal()

	s.start(terminal.Options{})
	s.see(balanceOnlyWords, "восстановить копию журнала или начать новый", "Журнал: ПОВРЕЖДЁН")
	s.showsBalancesOnly("2 390")
	s.quit()
	for _, words := range []string{"повреждён", "--new-journal", "journal restore"} {
		if !bytes.Contains(s.Raw(), []byte(words)) {
			t.Errorf("the terminal does not say %q", words)
		}
	}
	if kept, err := os.ReadFile(s.shop.JournalFile()); err != nil || !bytes.Equal(kept, damaged) {
		t.Errorf("the damaged journal was touched: %v", err)
	}

	s.launch(terminal.Options{}, "--new-journal")
	s.see(idleWords, "Операций ещё не было")
	s.quit()
	kept := s.keptAside(damaged)
	if !bytes.Contains(s.Raw(), []byte(filepath.Base(kept))) {
		t.Errorf("the terminal does not say that the old journal is %s now", kept)
	}
	s.lost = []string{"accrue 25"} // its operation stood in the damaged journal
}

const balanceOnlyWords = "Журнал не работает: касса показывает только баланс."

// damageJournal writes something else over the journal of a till that has ended, and gives what stands there now.
func (s *scenario) damageJournal() []byte {
	s.t.Helper()
	damaged := bytes.Repeat([]byte("no journal "), 1000)
	s.must(os.WriteFile(s.shop.JournalFile(), damaged, 0o600))
	return damaged
}

// showsBalancesOnly checks that a till without a journal shows a balance and moves no points.
func (s *scenario) showsBalancesOnly(balance string) {
	s.t.Helper()
	accruals, redemptions := s.service.Count(skidkabot.PathAccrue), s.service.Count(skidkabot.PathRedeem)
	s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	s.see("Александр Татарченко", "Баланс", balance)
	s.see("Покупатель платит полностью.", "Журнал не работает: баллы нельзя ни начислить, ни списать.")
	s.typeText("500")
	s.press(terminal.F2, terminal.F3)
	s.person(terminal.Enter, terminal.Enter)
	s.notSeen("F2", "500", guestSum)
	s.press(terminal.F5, terminal.Esc) // there is no journal to look at: back to the first screen
	s.see(idleWords)
	s.sent(skidkabot.PathAccrue, accruals)
	s.sent(skidkabot.PathRedeem, redemptions)
}

// keptAside finds the file that holds what the journal held.
func (s *scenario) keptAside(content []byte) string {
	s.t.Helper()
	files, err := filepath.Glob(s.shop.JournalFile() + "*")
	s.must(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		s.must(err)
		if bytes.Equal(text, content) {
			return file
		}
	}
	s.t.Fatalf("the old journal is gone: there is %q", files)
	return ""
}

func TestSettingsWithErrors(t *testing.T) {
	s := newScenario(t)
	s.must(os.WriteFile(s.shop.SettingsFile(), []byte("[shop]\nvendr = 4\n"), 0o600))
	s.launch(terminal.Options{})
	s.refused(1, "vendr", "vendor", ":2")
}

func TestATillWithoutItsSecretSaysSo(t *testing.T) {
	s := newScenario(t)
	s.shop.Setenv("CREDENTIALS_DIRECTORY", filepath.Join(s.shop.Folder, "nowhere"))
	s.start(terminal.Options{})
	s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	s.see("Баланс недоступен", "секрет")
	if got := s.service.Count(""); got != 0 {
		t.Errorf("%d requests were sent without a secret", got)
	}
}

func TestTheJournalIsReadWhileTheTillRuns(t *testing.T) {
	s := newTill(t)
	s.accrue()
	s.see("Начислено 25")
	for range 3 {
		s.wantJournal("accrual 25 confirmed")
	}
	output, err := exec.Command(s.shop.Binary, "--data", s.shop.DataDir(), "journal", "list").CombinedOutput()
	if err != nil || !strings.Contains(string(output), "confirmed") {
		t.Errorf("the list without --json: %v\n%s", err, output)
	}
}
