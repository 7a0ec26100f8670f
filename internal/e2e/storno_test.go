//go:build !windows

package e2e_test

import (
	"testing"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Taking back what was done.

// openInJournal opens the operation that stands so far below the newest one in the journal.
func (s *scenario) openInJournal(below int) {
	s.t.Helper()
	s.press(terminal.F5)
	s.see("сегодня", "Итого")
	for range below {
		s.press(terminal.Down)
	}
	s.person(terminal.Enter)
	s.see("История")
}

// storno opens the form of the reversal of the operation that is shown, and gives the reason.
func (s *scenario) storno(title string) {
	s.t.Helper()
	s.see("F7 Сторно")
	s.press(terminal.F7)
	s.see("Сторно: " + title)
	s.typeText("сбой")
	s.see("сбой")
}

func TestTheCashiersOwnLastOperationIsTakenBack(t *testing.T) {
	s := newTill(t)
	s.setAdminPIN()
	s.accrue()
	s.see("Начислено 25")
	s.openInJournal(0)
	s.storno("начисление +25, Александр Татарченко")
	s.see("Снимем с покупателя 25 баллов")
	s.press(terminal.Tab, terminal.Enter)
	s.see("Сторно: начисление +25?", "Причина: сбой") // and no PIN
	s.person(terminal.Enter)
	s.see("Снято 25", "2 365")
	s.wantLedger("accrue 25", "redeem 25")
	s.wantJournal("redemption 25 confirmed", "accrual 25 confirmed")
	back, done := s.journal()[0], s.journal()[1]
	if back.Link != loyalty.LinkReversal || back.Parent.String() != done.ID || back.Note != "сбой" {
		t.Errorf("the reversal is %+v", back)
	}

	s.openInJournal(1)
	s.see("Сторно этой операции уже есть.")
	s.press(terminal.F7)
	s.person(terminal.Esc) // nothing has opened: back to the list
	s.see("сегодня", "Итого")
	s.sent(skidkabot.PathRedeem, 1)
}

func TestAnOlderOperationIsTakenBackByTheAdmin(t *testing.T) {
	s := newHastyTill(t)
	s.setAdminPIN()
	s.accrue()
	s.see("Начислено 25")
	s.greet(maria)
	s.enterSum("300", "Начислим 6 баллов")
	s.confirmAccrual("6 баллов")
	s.see("Начислено 6")

	s.openInJournal(1)
	s.storno("начисление +25, Александр Татарченко")
	s.press(terminal.Tab, terminal.Enter)
	s.enterPIN("1111")
	s.see("Неверный PIN. Осталось попыток: 2")
	s.enterPIN("2222")
	s.see("Осталось попыток: 1")
	s.enterPIN("3333")
	s.see("Три раза неверно. Подождите")
	s.enterPIN(adminPIN) // too soon
	s.press(terminal.Esc)
	s.see("Снимем с покупателя 25 баллов")
	s.press(terminal.Enter)
	s.see("PIN администратора", "Три раза неверно. Подождите") // leaving does not make it shorter
	s.wantLedger("accrue 25", "accrue 6")
	s.gone("Подождите")
	s.enterPIN(adminPIN)
	s.see("Сторно: начисление +25?")
	s.person(terminal.Enter)
	s.see("Снято 25")
	s.wantLedger("accrue 25", "accrue 6", "redeem 25")
	s.wantJournal("redemption 25 confirmed", "accrual 6 confirmed", "accrual 25 confirmed")
}

func TestAPairIsTakenBackTogether(t *testing.T) {
	s := newTill(t)
	s.redeem()
	s.see("Списано 125", "На остаток начислено 22")
	s.openInJournal(0) // the accrual stands for both
	s.storno("списание −125, Александр Татарченко")
	s.see("Вернём покупателю 125 баллов", "Снимем с покупателя 22 балла")
	s.press(terminal.Tab, terminal.Tab, terminal.Enter)
	s.see("Сторно: списание −125?", "Вернём покупателю 125 баллов", "Снимем с покупателя 22 балла")
	s.person(terminal.Enter)
	s.see("Возвращено 125", "Снято 22", "2 365")
	s.wantLedger("redeem 125", "accrue 22", "accrue 125", "redeem 22")
	s.wantJournal("redemption 22 confirmed", "accrual 125 confirmed", "accrual 22 confirmed", "redemption 125 confirmed")
}

func TestPartOfARedemptionIsTakenBack(t *testing.T) {
	s := newTill(t)
	s.redeem()
	s.see("Списано 125", "На остаток начислено 22")
	s.openInJournal(1)
	s.storno("списание −125, Александр Татарченко")
	s.press(terminal.Tab, terminal.CtrlU)
	s.typeText("126")
	s.press(terminal.Tab, terminal.Enter)
	s.see("Введите от 1 до 125")
	s.press(terminal.CtrlU)
	s.typeText("25")
	s.press(terminal.Tab, terminal.Enter)
	s.see("Вернём покупателю 25 баллов")
	s.notSeen("Снимем")
	s.person(terminal.Enter)
	s.see("Возвращено 25", "2 287")
	s.wantLedger("redeem 125", "accrue 22", "accrue 25")
	s.wantJournal("accrual 25 confirmed", "accrual 22 confirmed", "redemption 125 confirmed")
}
