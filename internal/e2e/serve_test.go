//go:build !windows

package e2e_test

import (
	"testing"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

// What a cashier does all day: greet a guest, enter the sum, accrue or redeem.

func TestAccrual(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.see("Баланс", "2 365")
	s.enterSum("1250,50", "Начислим 25 баллов")
	s.see("1 250,50")
	s.press(terminal.F2)
	s.see("Начислить 25 баллов?", "Александр Татарченко", "1 250,50")
	s.person(terminal.Enter)
	s.see("Начислено 25", "2 390", "1 250,50")
	s.wantLedger("accrue 25")
	s.wantJournal("accrual 25 confirmed")
	if got := s.service.Ledger()[0].Register; got != 1 {
		t.Errorf("the service was told register %d, want 1", got)
	}
	s.read(terminal.Enter, idleWords, "начисление", "Александр Татарченко")
}

func TestRedemptionWithAccrualOnTheRemainder(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1250.50", "Можно списать до 125")
	s.see("Останется к оплате 1 125,50", "На остаток начислим 22", "2 262")
	s.press(terminal.F3)
	s.see("Списать 125 баллов?", "1 125,50")
	s.person(terminal.Enter)
	s.see("Списано 125", "На остаток начислено 22", "2 262", "1 125,50")
	s.wantLedger("redeem 125", "accrue 22")
	s.wantJournal("accrual 22 confirmed", "redemption 125 confirmed")
}

func TestEverythingByFocusAndEnter(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("500", "Начислим 10 баллов")
	s.person(terminal.Enter) // leaves the field for the button
	s.notSeen("Начислить 10 баллов?")
	s.person(terminal.Enter)
	s.see("Начислить 10 баллов?")
	s.press(terminal.Esc)
	s.gone("Начислить 10 баллов?")
	s.person(terminal.Tab, terminal.Tab, terminal.Enter)
	s.see("Списать 50 баллов?")
	s.person(terminal.Enter)
	s.see("Списано 50", "На остаток начислено 9")
	s.wantLedger("redeem 50", "accrue 9")
}

func TestEnterPressedFiveTimesIsOneOperation(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1250,50", "Начислим 25 баллов")
	s.press(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.person(terminal.Enter, terminal.Enter, terminal.Enter, terminal.Enter, terminal.Enter)
	s.see("Начислено 25")
	s.wantLedger("accrue 25")
	s.wantJournal("accrual 25 confirmed")
}

func TestEnterRightAfterAScanSubmitsNothing(t *testing.T) {
	s := newTill(t)
	card := s.service.IssueQR(alexander)
	s.scan(card.Payload(), terminal.AtOnce())
	s.press(terminal.Enter, terminal.Enter, terminal.Enter, terminal.Enter, terminal.Enter)
	s.see(guestSum, "Александр Татарченко")
	s.enterSum("100", "Начислим 2 балла") // the sum still has the focus
	s.notSeen("?")
	s.wantJournal()
}

func TestTheSameOperationAgainAsksFirst(t *testing.T) {
	s := newTill(t)
	s.accrue()
	s.see("Начислено 25")
	s.accrue()
	s.see("Уже начислено 25 в", "Ещё раз?")
	s.person(terminal.Enter) // the answer under the focus is no
	s.gone("Ещё раз?")
	s.wantLedger("accrue 25")
	s.press(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.person(terminal.Enter)
	s.see("Уже начислено 25 в")
	s.person(terminal.Tab, terminal.Enter)
	s.see("Начислено 25", "2 415")
	s.wantLedger("accrue 25", "accrue 25")
}

func TestPointsAboveTheLimitAreLoweredAndNotSubmitted(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1000", "Можно списать до 100")
	s.person(terminal.Tab, terminal.Tab)
	s.typeText("500")
	s.see("Больше предела")
	s.person(terminal.Enter)
	s.see("Больше нельзя: снижено до 100")
	s.notSeen("Списать 100 баллов?")
	s.wantJournal()
	s.press(terminal.F3)
	s.see("Списать 100 баллов?")
	s.person(terminal.Enter)
	s.see("Списано 100")
	s.wantLedger("redeem 100", "accrue 18")
}

func TestF3LowersWithoutSubmitting(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1000", "Можно списать до 100")
	s.person(terminal.Tab, terminal.Tab)
	s.typeText("101")
	s.press(terminal.F3)
	s.see("Больше нельзя: снижено до 100")
	s.notSeen("Списать 100 баллов?")
	s.wantJournal()
}

func TestAGuestWithoutPoints(t *testing.T) {
	s := newTill(t)
	s.greet(maria)
	s.enterSum("300", "Начислим 6 баллов")
	s.see("Нет баллов для списания")
	s.press(terminal.F3)
	s.press(terminal.F2)
	s.see("Начислить 6 баллов?")
	s.person(terminal.Enter)
	s.see("Начислено 6")
	s.wantLedger("accrue 6")
}

func TestSumsThatAreNone(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	for _, sum := range []struct{ typed, words string }{
		{"5-", "Сумма не бывает отрицательной"},
		{"0", "больше нуля"},
		{"0,00", "больше нуля"},
		{"1,234", "Не больше двух знаков"},
		{"1,2,", "только цифры"},
		{"1сто", "только цифры"},
		{"1000001", "не больше 1 000 000"},
		{"99999999999999999999", "Слишком длинное число"},
	} {
		s.typeText(sum.typed)
		s.see(sum.words)
		s.press(terminal.F2)
		s.notSeen("Начислить 25", "баллов?")
		s.press(terminal.Esc)
		s.gone(sum.words)
	}
	s.wantJournal()
}

func TestTheDecimalKeyOfTheCyrillicLayout(t *testing.T) {
	s := newTill(t)
	s.greet(alexander)
	s.enterSum("1250ю50", "Начислим 25 баллов")
	s.see("1 250,50")
}
