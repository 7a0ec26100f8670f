package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// lostRedemption has a redemption of an earlier guest become unknown while the next one, with a sum, is on the screen.
func lostRedemption(t *testing.T, change ...func(*Options)) (*till, *loyalty.Operation) {
	tl := newTill(t, change...)
	tl.Desk.Name = "Второй Покупатель"
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.Types("300")
	op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, loyalty.NewID(), stage.Number("125"), stage.Number("1250"), stage.Number("1125")))
	op.Name = "Александр Татарченко"
	tl.Becomes(&op, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout))
	return tl, &op
}

func TestNoNewsCoversWhatTheGuestPays(t *testing.T) {
	tl, op := lostRedemption(t)
	tl.Wait(time.Minute)
	tl.Becomes(op, loyalty.StateApplied, loyalty.ReasonMoved)
	charge := "Проверено: списано 125, к оплате 1 125,00 ₽. Александр"
	tl.wants(charge)
	rest := tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("22"), stage.Number("1250"), stage.Number("1125"))
	tl.Becomes(&rest, loyalty.StateConfirmed, "")
	tl.Scan("4006381333931")
	tl.wants(charge, "ещё 2", "[300")
	tl.Wait(time.Hour)
	tl.wants(charge)
	tl.Types("5")
	tl.lacks(charge)
	tl.wants("Это штрихкод товара", "[3 005")
}

func TestOfTwoSumsToTakeTheNewerIsShownFirst(t *testing.T) {
	tl, op := lostRedemption(t)
	other := tl.Desk.Operation(loyalty.Redemption, loyalty.NewID(), stage.Number("30"), stage.Number("300"), stage.Number("270"))
	tl.Becomes(op, loyalty.StateNotApplied, loyalty.ReasonStill)
	tl.Wait(time.Minute)
	tl.Becomes(&other, loyalty.StateApplied, loyalty.ReasonMoved)
	tl.wants("к оплате 270,00 ₽", "ещё 1")
	tl.Wait(time.Second)
	tl.Press(esc) // nobody can have read it yet
	tl.wants("к оплате 270,00 ₽")
	tl.Wait(time.Minute)
	tl.Press(esc)
	tl.wants("125 НЕ списано, к оплате 1 250,00 ₽")
	tl.Press(esc) // nor this one
	tl.wants("125 НЕ списано, к оплате 1 250,00 ₽")
}

func TestAnUnknownRedemptionOfAnEarlierGuestSaysBothSums(t *testing.T) {
	said := "Александр Татарченко: неизвестно, списано ли 125. Да: возьмите 1 125,00 ₽, нет: 1 250,00 ₽. Полная оплата: F5"
	tl, _ := lostRedemption(t)
	tl.wants(said)

	// What to press stands there whatever the name and the sums are.
	tl, _ = lostRedemption(t)
	op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, loyalty.NewID(), stage.Number("99999"), stage.Number("999999.99"), stage.Number("900000.99")))
	op.Name = strings.Repeat("Константинопольский ", 3)
	tl.Becomes(&op, loyalty.StateUnknown, "")
	tl.wants("возьмите 900 000,99 ₽, нет: 999 999,99 ₽. Полная оплата: F5")
}

func TestAnEarlierGuestPaysInFullFromTheMessage(t *testing.T) {
	for _, state := range []loyalty.State{loyalty.StateUnknown, loyalty.StateReview} {
		journal := &stage.Journal{}
		tl, op := lostRedemption(t, withJournal(journal))
		if state != loyalty.StateUnknown {
			tl.Becomes(op, state, loyalty.ReasonAmbiguous)
		}
		journal.Ops = []loyalty.Operation{*op}
		tl.Wait(time.Minute)
		tl.Press(f5)
		if state == loyalty.StateReview {
			tl.wants("списание −125", "Александр Татарченко", "Возьмите всю сумму: 1 250,00 ₽", "[ Решить ]")
			tl.lacks("[ Гость платит полностью ]")
		} else {
			tl.wants("списание −125", "Александр Татарченко", "Если не списаны, возьмите 1 250,00 ₽")
			tl.Press(tab, enter, enter)
			tl.wants("Возьмите 1 250,00 ₽. Если списание прошло, баллы вернутся сами.")
			if got := tl.Desk.Full; len(got) != 1 || got[0].Redemption != op.ID {
				t.Errorf("the desk was told %+v", got)
			}
		}
		tl.Press(esc)
		tl.wants("Второй Покупатель", "[300", "Начислим 6 баллов")
		tl.Wait(time.Minute)
		tl.Press(esc, f5) // the message has been read, the sum is cleared: the journal is that of the guest on the screen
		tl.wants("Страница 1")
	}
}

func TestF5OnAMessageThatNeedsNothingIsTheJournal(t *testing.T) {
	journal := &stage.Journal{}
	tl, op := lostRedemption(t, withJournal(journal))
	journal.Ops = []loyalty.Operation{*op}
	tl.Becomes(op, loyalty.StateApplied, loyalty.ReasonMoved)
	tl.Press(f5)
	tl.wants("Страница 1")
}

func TestARedemptionThatFailsInTheBackgroundSaysWhatToTake(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Ends(func(op *loyalty.Operation) { op.State, op.Code = loyalty.StateRefused, skidkabot.CodeExpiredQR })
	tl.Held = true
	tl.Press(f3, enter, esc)
	tl.Deliver()
	tl.wants("Александр Татарченко: баллы НЕ списаны, к оплате вся сумма 1 250,00 ₽. QR устарел")
	tl.Scan("4006381333931")
	tl.wants("Этот код не подходит", "баллы НЕ списаны")
}

// Every sentence that says what to take or what to press stands whole in a window of 80 cells.
func TestNoMessageAboutMoneyIsCut(t *testing.T) {
	for _, state := range []loyalty.State{loyalty.StateUnknown, loyalty.StateApplied, loyalty.StateNotApplied, loyalty.StateReview} {
		for _, isFull := range []bool{false, true} {
			tl, _ := lostRedemption(t)
			op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, loyalty.NewID(), stage.Number("99999"), stage.Number("999999.99"), stage.Number("900000.99")))
			op.Name = "Константинопольская Марфа Ив"
			if isFull {
				back := tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("99999"), op.Sum, op.Money)
				back.Parent, back.WaitsFor, back.Link = op.ID, op.ID, loyalty.LinkReversal
				tl.Send(loyalty.OperationChanged{Operation: back})
			}
			tl.Becomes(&op, state, "")
			for _, line := range tl.model.notices.view(80) {
				if strings.HasSuffix(strings.TrimRight(ansi.Strip(line), " "), "…") {
					t.Errorf("%s, full %v: %q is cut", state, isFull, line)
				}
			}
		}
	}
}
