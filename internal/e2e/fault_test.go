//go:build !windows

package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// What goes wrong between the till and the service.

const unknownWords = "Результат неизвестен. Не повторяйте. Проверяем…"

func TestCutOffBeforeTheCommit(t *testing.T) {
	t.Parallel()
	for _, cut := range []struct {
		name string
		how  skidkabotsim.Cut
	}{{"reset", skidkabotsim.CutReset}, {"closed", skidkabotsim.CutClose}} {
		t.Run(cut.name, func(t *testing.T) {
			s := newTill(t)
			s.open = []loyalty.State{loyalty.StateUnknown, loyalty.StateQueued}
			s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CutBefore(cut.how))
			s.accrue()
			s.see(unknownWords, "1 250,50")
			s.wantLedger()
			s.wantJournal("accrual 25 unknown")

			// Settling has looked, and the points have not moved: that proves nothing yet, and nothing is sent again.
			s.posted(skidkabot.PathBalance, 2)
			s.see(unknownWords)
			s.sent(skidkabot.PathAccrue, 1)

			// The same guest's redemption is refused and the next accrual waits. The next guest does not.
			s.read(terminal.Esc, idleWords, "Требуют внимания", "проверяем результат")
			s.greet(alexander)
			s.enterSum("300", "Начислим 6 баллов")
			s.see("после проверки прошлой операции", "Прошлая операция покупателя ещё проверяется")
			s.press(terminal.F3, terminal.F2) // a question about the redemption would not let the other one come
			s.see("Начислить 6 баллов?")
			s.person(terminal.Enter)
			s.see("Начислим, когда проверится прошлая операция", "В очереди: 1")
			s.greet(maria)
			s.enterSum("300", "Начислим 6 баллов")
			s.press(terminal.F2)
			s.see("Начислить 6 баллов?")
			s.person(terminal.Enter)
			s.see("Начислено 6", "В очереди: 1")
			s.wantLedger("accrue 6")
			s.wantJournal("accrual 6 confirmed", "accrual 6 queued", "accrual 25 unknown")
			s.sent(skidkabot.PathAccrue, 2) // the first one of Alexander's, and Maria's
		})
	}
}

func TestCutOffAfterTheCommit(t *testing.T) {
	t.Parallel()
	for _, fault := range []struct {
		name  string
		fault skidkabotsim.Fault
	}{
		{"reset", skidkabotsim.CutAfter(skidkabotsim.CutReset)},
		{"closed", skidkabotsim.CutAfter(skidkabotsim.CutClose)},
		{"truncated", skidkabotsim.Truncate(20)},
		{"error 500", skidkabotsim.StatusAfter(500)},
		{"HTML", skidkabotsim.RawAfter("<html><body>Database error</body></html>")},
		{"duplicate keys", skidkabotsim.DuplicateKeys()},
		{"compressed", skidkabotsim.Gzip()},
	} {
		t.Run(fault.name, func(t *testing.T) {
			s := newTill(t)
			s.service.FailNext(1, skidkabot.PathAccrue, fault.fault)
			s.accrue()
			s.see(unknownWords)
			s.wantLedger("accrue 25")
			s.see("Начислено 25", "Проверено по балансу покупателя", "2 390")
			s.wantJournal("accrual 25 applied")
			if got := s.service.Count(skidkabot.PathAccrue); got != 1 {
				t.Errorf("the accrual was sent %d times", got)
			}
		})
	}
}

func TestRedemptionCutOffAfterTheCommit(t *testing.T) {
	s := newTill(t)
	s.service.FailNext(1, skidkabot.PathRedeem, skidkabotsim.CutAfter(skidkabotsim.CutReset))
	s.redeem()
	s.see(unknownWords, "Если баллы списаны, возьмите 1 125,50", "Если не списаны, возьмите 1 250,50")
	s.wantLedger("redeem 125")
	s.see("Списано 125", "На остаток начислено 22", "1 125,50")
	s.wantLedger("redeem 125", "accrue 22")
	s.wantJournal("accrual 22 confirmed", "redemption 125 applied")
}

func TestRedemptionCutOffBeforeTheCommit(t *testing.T) {
	s := newTill(t)
	s.open = []loyalty.State{loyalty.StateUnknown, loyalty.StatePlanned}
	s.service.FailNext(1, skidkabot.PathRedeem, skidkabotsim.CutBefore(skidkabotsim.CutReset))
	s.redeem()
	s.see(unknownWords, "Если баллы списаны, возьмите 1 125,50", "Если не списаны, возьмите 1 250,50")
	s.posted(skidkabot.PathBalance, 2)
	s.wantLedger()
	s.wantJournal("accrual 22 planned", "redemption 125 unknown")
}

func TestTheUnknownIsToldWhenTheCashierHasGoneOn(t *testing.T) {
	s := newTill(t)
	s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CutAfter(skidkabotsim.CutReset))
	s.accrue()
	s.see(unknownWords)
	s.greet(maria)
	s.see("Проверено: начислено 25", "Мария Коваленко")
	s.wantJournal("accrual 25 applied")
}

func TestTheRemaindersAccrualIsUnknown(t *testing.T) {
	s := newTill(t)
	s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CutAfter(skidkabotsim.CutReset))
	s.redeem()
	s.see("Списано 125", "неизвестен")
	s.see("На остаток начислено 22")
	s.wantLedger("redeem 125", "accrue 22")
	s.wantJournal("accrual 22 applied", "redemption 125 confirmed")
}

func TestServiceDownAtTheGreeting(t *testing.T) {
	s := newTill(t)
	s.must(s.service.SetDown(true))
	s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	s.see("Баланс недоступен", "Нет связи с сервисом", "Сервис: нет связи", "Списать без связи нельзя")
	s.person(terminal.F2) // this till has never heard how much is accrued
	s.see("процент начисления ещё не известен", "Баллы не тронуты")
	s.backOnline()
	s.read(terminal.Enter, "Александр Татарченко", "Сервис: работает")
	s.wantJournal()
}

func TestServiceDownAtTheOperation(t *testing.T) {
	s := newTill(t)
	s.open = []loyalty.State{loyalty.StateQueued}
	s.queue()
	s.see("Сервис: нет связи", "К оплате вся сумма: 1 250,50")
	s.wantLedger()
	s.wantJournal("accrual 25 queued")
	s.sent(skidkabot.PathAccrue, 0)
}

func TestSilentServiceAtTheGreeting(t *testing.T) {
	s := newTill(t)
	release := make(chan struct{})
	s.service.FailNext(1, skidkabot.PathBalance, skidkabotsim.HoldBefore(release))
	s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	s.see("Спрашиваем баланс…")
	s.typeText("1250,50") // the cashier does not wait
	close(release)
	s.see("Александр Татарченко", "Начислим 25 баллов")
	s.wantJournal()
}

// The sentence of each code, by the service's own behaviour where it has it.
func TestEachCodeHasItsSentence(t *testing.T) {
	codes := []struct {
		code  skidkabot.Code
		words string
	}{
		{1, "Позовите администратора."},
		{2, "Отсканируйте QR ещё раз."},
		{3, "Позовите администратора."},
		{4, "Отсканируйте QR ещё раз."},
		{5, "Позвоните владельцу."},
		{6, "не зарегистрирован"},
		{7, "открыть новый QR."},
		{8, "открыть новый QR."},
		{9, "открыть новый QR."},
		{15, "Позвоните владельцу."},
	}
	s := newTill(t)
	for _, c := range codes {
		reply := fmt.Sprintf(`{ "code": %d, "text": %q }`, c.code, skidkabotsim.Text(c.code))
		s.service.FailNext(1, skidkabot.PathBalance, skidkabotsim.RawBefore(reply))
		s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
		s.see(fmt.Sprintf("(код %d)", c.code), c.words)
	}
	s.read(terminal.Esc, idleWords)
	s.wantJournal()
}

func TestQRsThatTheServiceRefuses(t *testing.T) {
	s := newTill(t)
	refuse := func(card skidkabot.Card, words ...string) {
		s.scan(card.Payload(), terminal.AtOnce())
		s.see(words...)
		s.read(terminal.Esc, idleWords)
	}
	refuse(s.service.IssueQRAt(alexander, time.Now().Add(-25*time.Hour)), "QR устарел", "открыть новый QR")
	refuse(s.service.IssueQR(555), "не зарегистрирован в боте")
	wrong := s.service.IssueQR(alexander)
	wrong.Secret++
	refuse(wrong, "QR не подошёл", "открыть новый QR")
	s.service.SetDebt(true)
	refuse(s.service.IssueQR(alexander), "долг", "Позвоните владельцу")
	s.see("долг магазина (код 15)")
	s.wantJournal()
}

func TestRefusedOperations(t *testing.T) {
	t.Parallel()
	for _, refusal := range []struct {
		name  string
		code  skidkabot.Code
		words string
	}{
		{"not enough points", 13, "не хватает баллов (код 13)"},
		{"expired meanwhile", 9, "QR устарел (код 9)"},
		{"debt meanwhile", 15, "Позвоните владельцу"},
	} {
		t.Run(refusal.name, func(t *testing.T) {
			s := newTill(t)
			reply := fmt.Sprintf(`{ "code": %d, "text": %q }`, refusal.code, skidkabotsim.Text(refusal.code))
			s.service.FailNext(1, skidkabot.PathRedeem, skidkabotsim.RawBefore(reply))
			s.redeem()
			s.see("Баллы НЕ списаны.", refusal.words, "1 250,50")
			s.wantLedger()
			s.wantJournal("accrual 22 voided", "redemption 125 refused")
		})
	}
}

func TestBrokenRefusalsProveNothing(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]skidkabotsim.Fault{
		"code 4": skidkabotsim.BrokenCode4(), "code 15": skidkabotsim.BrokenCode15(),
	} {
		t.Run(name, func(t *testing.T) {
			s := newTill(t)
			s.open = []loyalty.State{loyalty.StateUnknown}
			s.service.FailNext(1, skidkabot.PathAccrue, fault)
			s.accrue()
			s.see(unknownWords)
			s.wantJournal("accrual 25 unknown")
		})
	}
}

func TestASuccessWithoutABalance(t *testing.T) {
	s := newTill(t)
	s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CodeOnly())
	s.accrue()
	s.see("Начислено 25", "Новый баланс сервис не назвал")
	s.wantLedger("accrue 25")
	s.wantJournal("accrual 25 confirmed")
}

func TestAScanWhileAnOperationIsSent(t *testing.T) {
	s := newTill(t)
	release := make(chan struct{})
	s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.HoldBefore(release))
	s.accrue()
	s.see("Начисляем 25 баллов…")
	s.posted(skidkabot.PathAccrue, 1)
	s.greet(maria)
	s.enterSum("300", "Начислим 6 баллов")
	s.see("Отправляем: 1")
	close(release)
	s.see("Начислено 25", "Мария Коваленко", "Начислим 6 баллов") // as a message: the next guest stays
	s.press(terminal.F2)
	s.see("Начислить 6 баллов?")
	s.person(terminal.Enter)
	s.see("Начислено 6")
	s.wantLedger("accrue 25", "accrue 6")
	s.wantJournal("accrual 6 confirmed", "accrual 25 confirmed")
}

func TestForeignHandsOnTheBalanceMakeItAMatterForAPerson(t *testing.T) {
	s := newTill(t)
	s.open = []loyalty.State{loyalty.StateReview}
	s.unclear()
	s.wantJournal("accrual 25 review")
}

// heldSettling lets the next greeting through and holds back the first look of the settling at the balance, until look is
// called.
func (s *scenario) heldSettling() (look func()) {
	held := make(chan struct{})
	s.service.FailNext(1, skidkabot.PathBalance, skidkabotsim.Fault{}) // the greeting
	s.service.FailNext(1, skidkabot.PathBalance, skidkabotsim.HoldBefore(held))
	return func() { close(held) }
}

// unclear makes an accrual of 25 points of which no balance can tell whether it has happened. It has.
func (s *scenario) unclear() {
	s.t.Helper()
	look := s.heldSettling()
	s.service.FailNext(1, skidkabot.PathAccrue, skidkabotsim.CutAfter(skidkabotsim.CutReset))
	s.accrue()
	s.see(unknownWords)
	s.service.SetBalance(alexander, decimal.NewFromInt(2000)) // somebody else's doing
	look()
	s.see("Неясно, прошла ли операция")
}
