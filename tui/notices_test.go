package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// lostRedemption has a redemption of an earlier guest become unknown while the next one, with a sum, is on the screen.
func lostRedemption(t *testing.T, change ...func(*Options)) (*till, *loyalty.Operation) {
	tl := newTill(t, change...)
	tl.desk.name = "Второй Покупатель"
	tl.scan(cardOf(otherClient).Payload())
	tl.types("300")
	op := tl.desk.unknown(tl.desk.operation(loyalty.Redemption, loyalty.NewID(), number("125"), number("1250"), number("1125")))
	op.Name = "Александр Татарченко"
	tl.becomes(&op, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout))
	return tl, &op
}

func TestNoNewsCoversWhatTheGuestPays(t *testing.T) {
	tl, op := lostRedemption(t)
	tl.wait(time.Minute)
	tl.becomes(op, loyalty.StateApplied, loyalty.ReasonMoved)
	charge := "Проверено: списано 125, к оплате 1 125,00 ₽. Александр"
	tl.wants(charge)
	rest := tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("22"), number("1250"), number("1125"))
	tl.becomes(&rest, loyalty.StateConfirmed, "")
	tl.scan("4006381333931")
	tl.wants(charge, "ещё 2", "[300")
	tl.wait(time.Hour)
	tl.wants(charge)
	tl.types("5")
	tl.lacks(charge)
	tl.wants("Это штрихкод товара", "[3 005")
}

func TestOfTwoSumsToTakeTheNewerIsShownFirst(t *testing.T) {
	tl, op := lostRedemption(t)
	other := tl.desk.operation(loyalty.Redemption, loyalty.NewID(), number("30"), number("300"), number("270"))
	tl.becomes(op, loyalty.StateNotApplied, loyalty.ReasonStill)
	tl.wait(time.Minute)
	tl.becomes(&other, loyalty.StateApplied, loyalty.ReasonMoved)
	tl.wants("к оплате 270,00 ₽", "ещё 1")
	tl.wait(time.Second)
	tl.press(esc) // nobody can have read it yet
	tl.wants("к оплате 270,00 ₽")
	tl.wait(time.Minute)
	tl.press(esc)
	tl.wants("125 НЕ списано, к оплате 1 250,00 ₽")
	tl.press(esc) // nor this one
	tl.wants("125 НЕ списано, к оплате 1 250,00 ₽")
}

func TestAnUnknownRedemptionOfAnEarlierGuestSaysBothSums(t *testing.T) {
	said := "Александр Татарченко: неизвестно, списано ли 125. Да: возьмите 1 125,00 ₽, нет: 1 250,00 ₽. Полная оплата: F5"
	tl, _ := lostRedemption(t)
	tl.wants(said)

	// What to press stands there whatever the name and the sums are.
	tl, _ = lostRedemption(t)
	op := tl.desk.unknown(tl.desk.operation(loyalty.Redemption, loyalty.NewID(), number("99999"), number("999999.99"), number("900000.99")))
	op.Name = strings.Repeat("Константинопольский ", 3)
	tl.becomes(&op, loyalty.StateUnknown, "")
	tl.wants("возьмите 900 000,99 ₽, нет: 999 999,99 ₽. Полная оплата: F5")
}

func TestAnEarlierGuestPaysInFullFromTheMessage(t *testing.T) {
	for _, state := range []loyalty.State{loyalty.StateUnknown, loyalty.StateReview} {
		journal := &fakeJournal{}
		tl, op := lostRedemption(t, withJournal(journal))
		if state != loyalty.StateUnknown {
			tl.becomes(op, state, loyalty.ReasonAmbiguous)
		}
		journal.ops = []loyalty.Operation{*op}
		tl.wait(time.Minute)
		tl.press(f5)
		if state == loyalty.StateReview {
			tl.wants("списание −125", "Александр Татарченко", "Возьмите всю сумму: 1 250,00 ₽", "[ Решить ]")
			tl.lacks("[ Гость платит полностью ]")
		} else {
			tl.wants("списание −125", "Александр Татарченко", "Если не списаны, возьмите 1 250,00 ₽")
			tl.press(tab, enter, enter)
			tl.wants("Возьмите 1 250,00 ₽. Если списание прошло, баллы вернутся сами.")
			if got := tl.desk.full; len(got) != 1 || got[0].Redemption != op.ID {
				t.Errorf("the desk was told %+v", got)
			}
		}
		tl.press(esc)
		tl.wants("Второй Покупатель", "[300", "Начислим 6 баллов")
		tl.wait(time.Minute)
		tl.press(esc, f5) // the message has been read, the sum is cleared: the journal is that of the guest on the screen
		tl.wants("Страница 1")
	}
}

func TestF5OnAMessageThatNeedsNothingIsTheJournal(t *testing.T) {
	journal := &fakeJournal{}
	tl, op := lostRedemption(t, withJournal(journal))
	journal.ops = []loyalty.Operation{*op}
	tl.becomes(op, loyalty.StateApplied, loyalty.ReasonMoved)
	tl.press(f5)
	tl.wants("Страница 1")
}

func TestARedemptionThatFailsInTheBackgroundSaysWhatToTake(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.ends(func(op *loyalty.Operation) { op.State, op.Code = loyalty.StateRefused, skidkabot.CodeExpiredQR })
	tl.held = true
	tl.press(f3, enter, esc)
	tl.deliver()
	tl.wants("Александр Татарченко: баллы НЕ списаны, к оплате вся сумма 1 250,00 ₽. QR устарел")
	tl.scan("4006381333931")
	tl.wants("Этот код не подходит", "баллы НЕ списаны")
}

// Every sentence that says what to take or what to press stands whole in a window of 80 cells.
func TestNoMessageAboutMoneyIsCut(t *testing.T) {
	for _, state := range []loyalty.State{loyalty.StateUnknown, loyalty.StateApplied, loyalty.StateNotApplied, loyalty.StateReview} {
		for _, isFull := range []bool{false, true} {
			tl, _ := lostRedemption(t)
			op := tl.desk.unknown(tl.desk.operation(loyalty.Redemption, loyalty.NewID(), number("99999"), number("999999.99"), number("900000.99")))
			op.Name = "Константинопольская Марфа Ив"
			if isFull {
				back := tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("99999"), op.Sum, op.Money)
				back.Parent, back.WaitsFor, back.Link = op.ID, op.ID, loyalty.LinkReversal
				tl.send(loyalty.OperationChanged{Operation: back})
			}
			tl.becomes(&op, state, "")
			for _, line := range tl.model.notices.view(80) {
				if strings.HasSuffix(strings.TrimRight(ansi.Strip(line), " "), "…") {
					t.Errorf("%s, full %v: %q is cut", state, isFull, line)
				}
			}
		}
	}
}
