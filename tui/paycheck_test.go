package tui

import (
	"context"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// wireLunch has the guest of table 5 pay all of it by phone.
func wireLunch(tl *till) {
	tl.Helper()
	if got := tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1"); got.Obstacle != orders.ObstacleNone {
		tl.Fatalf("the payment was refused: %s", got.Obstacle)
	}
	tl.Counter.After()
}

func TestMoneyThatWasTakenForAnOpenOrderIsSpokenOf(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Press(enter, enter)
	tl.wants("Взяли наличными 460,00 ₽?")
	tl.Counter.ClosesShift()
	tl.Press(enter)
	const hold = "Наличные 460,00 ₽ отложите или верните гостю."
	tl.wants("Заказ НЕ закрыт. Смена закрыта. Откройте её: F8. " + hold)
	tl.Send(enter) // the second one of a hasty hand
	tl.wants("Заказ НЕ закрыт.", hold)
	tl.Wait(quietTime)
	tl.Press(enter) // it is refused before the question now, and the money is still there
	tl.wants("Заказ НЕ закрыт. Смена закрыта. Откройте её: F8. " + hold)
	tl.lacks("Взяли")
	tl.Counter.OpensShift()
	tl.Counter.After()
	tl.wants("Заказ НЕ закрыт. " + hold)
	tl.lacks("Смена закрыта")
	wireLunch(tl)
	tl.wants("Оплачен 19:42", "уже закрыт. Если на карточке в «Оплата» не эти", "деньги, верните гостю 460,00 ₽.")

	tl = newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Press(tab)
	tl.Types("200")
	tl.Press(enter, enter)
	tl.wants("Взяли картой 200,00 ₽ и наличными 260,00 ₽?")
	tl.Counter.Fails["Pay"] = stage.ErrBroken
	tl.Press(enter)
	tl.wants("Заказ НЕ закрыт. Внутренняя ошибка.", "Наличные 260,00 ₽ отложите", "Картой 200,00 ₽ уже оплачено: второй раз не проводите.")
}

func TestMoneyByQRThatComesAfterTheQuestionIsAskedAbout(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Press(enter, enter)
	tl.Counter.Wires(tl.Counter.Order("5").ID, "400", "r1") // does not close it
	tl.Press(enter)
	tl.wants("Деньги уже получены по QR: 400,00 ₽. Взять ещё раз?")
	tl.Wait(quietTime)
	tl.Press(enter)
	tl.wants("Заказ НЕ закрыт. Гость уже заплатил по QR.", "Наличные 460,00 ₽ отложите или верните гостю.")
	tl.Press(enter)
	tl.wants("Взять ещё раз?")
	tl.Wait(quietTime)
	tl.Press(right, enter)
	tl.wants("Взяли наличными 460,00 ₽?")
	tl.Press(enter)
	tl.wants("Оплачено 460,00 ₽")
}

func TestAnOrderOfWhichATicketIsPrintedIsNotPaidMeanwhile(t *testing.T) {
	tl := newTill(t, withPrinter(stage.Dinner)).AtPay()
	tl.Held = true
	tl.Press(f7, enter, enter)
	tl.wants("По этому заказу ещё что-то делается. Подождите")
	tl.Held = false
	tl.Deliver()
	tl.Press(enter)
	tl.wants("Взяли наличными 460,00 ₽?")
	tl.Held = true
	tl.Press(enter, enter, enter, enter)
	tl.Held = false
	tl.Deliver()
	tl.wants("Оплачено 460,00 ₽")
	if got := tl.Counter.PaidWith("5"); got != "cash 460" {
		t.Errorf("it was paid with %s", got)
	}
}

func TestAGuestWhoIsBoundBetweenQuestionAndAnswerIsNoObstacle(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Press(enter, enter)
	tl.Counter.Seats("5")
	tl.Counter.After()
	tl.wants("Взяли наличными 460,00 ₽?")
	tl.Press(enter)
	tl.wants("Оплачено 460,00 ₽", "Баллы за оплату начисляем")
}

func TestALateAnswerWhetherAnOrderCanBePaidIsNoQuestion(t *testing.T) {
	for name, meanwhile := range map[string]func(tl *till){
		"left": func(tl *till) { tl.Press(esc) },
		"help": func(tl *till) { tl.Press(f1) },
		"gone": func(tl *till) { tl.Press(esc, esc, esc) },
		"a scan": func(tl *till) {
			tl.Burst("4006381333931")
			tl.Wait(400 * time.Millisecond)
		},
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t, withCounter(stage.Lunch)).AtPay()
			tl.Press(enter)
			tl.Held = true
			tl.Press(enter)
			tl.wants("Проверяем заказ…")
			meanwhile(tl)
			tl.Held = false
			tl.Deliver()
			if name == "a scan" {
				tl.wants("Взяли наличными 460,00 ₽?")
				return
			}
			tl.lacks("Взяли", "Проверяем")
		})
	}
}

// The redemption that a cashier is about to confirm is off when the guest has paid meanwhile, and what is to be read stands
// in front of all other news until somebody has seen it.
func TestABillThatIsPaidWhileItIsWorkedOnIsSaidBeforeAllElse(t *testing.T) {
	const doNotTake = "Стол 5, заказ 1: уже закрыт. Деньги больше не берите."
	for name, to := range map[string]func(tl *till){
		"redeeming":       func(tl *till) { tl.AtCard().Press(f2, f3); tl.wants("Списать 46 баллов?") },
		"at the guest":    func(tl *till) { tl.AtCard().Press(f2) },
		"paying":          func(tl *till) { tl.AtPay().Press(enter, enter) },
		"at the pay form": func(tl *till) { tl.AtPay() },
		"editing":         func(tl *till) { tl.AtCard().Press(insertKey) },
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") }))
			to(tl)
			wireLunch(tl)
			tl.wants("Оплачен 19:42", "> Назад <", doNotTake)
			tl.Send(enter) // was meant for what stood there
			tl.Wait(quietTime + 50*time.Millisecond)
			tl.Send(enter) // and so was this: nobody has read it yet
			tl.Send(esc)
			tl.wants("Оплачен 19:42", doNotTake)
			tl.Wait(readTime)
			tl.wants(doNotTake)
			tl.Press(enter)
			tl.lacks("Оплачен 19:42")
		})
	}
}

func TestAResultOfAnOrderThatIsPaidMeanwhileSaysSo(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") }))
	tl.AtCard().Press(f2, f3, enter)
	tl.wants("Списано 46", "К оплате 414,00 ₽")
	wireLunch(tl)
	tl.wants("Списано 46", "Заказ уже закрыт. Деньги больше не берите.")
	tl.lacks("К оплате")
}

func TestAFormOfAnOrderThatIsPaidSaysSoForGood(t *testing.T) {
	typed := func() *till {
		tl := newTill(t, withCounter(stage.Lunch)).AtCard()
		tl.Press(insertKey)
		tl.Types("Ч")
		tl.Wait(2 * orders.LeaseIdle)
		return tl
	}
	tl := typed()
	wireLunch(tl)
	const over = "Заказ уже ОПЛАЧЕН и закрыт: ничего не сохранить. Деньги не берите."
	tl.wants(over, "[Ч ", "> Открыть заказ <")
	tl.lacks("Сохранить")
	tl.Types("ай")
	tl.Press(tab, up)
	tl.wants(over, "[Ч ", "> Открыть заказ <")
	tl.Press(enter)
	tl.wants("Оплачен 19:44")

	tl = typed()
	_, err := tl.Counter.Void(context.Background(), tl.Counter.Order("5").ID, "Пётр", "ушли")
	tl.Counter.Must(err)
	tl.Counter.After()
	tl.wants("Заказ тем временем отменили: ничего не сохранить.")
	tl.Press(esc) // nothing can be lost by it
	tl.wants("Отменён 19:44")
}

func TestEnterLeavesTheEmptyLineOfAnOrderWhereverItStands(t *testing.T) {
	for name, keys := range map[string][]tea.KeyMsg{
		"name": {}, "count": {tab}, "sum": {tab, tab}, "from the sum above": {up, tab, tab, down},
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t, withCounter(stage.Lunch)).AtCard()
			tl.Press(insertKey)
			tl.Press(keys...)
			tl.Press(enter)
			tl.wants("> Сохранить <")
			tl.lacks("Впишите")
		})
	}
	tl := newTill(t, withCounter(stage.Lunch)).AtCard()
	tl.Press(insertKey, tab)
	tl.Types("2")
	tl.Press(enter, enter)
	tl.wants("Впишите сумму строки") // it is about to be one
	tl.Press(backTab, backTab, enter)
	tl.wants("> Сохранить <")
}

func TestAReceiptThatWaitsForPaperIsSaidWhereTheOrderWasPaid(t *testing.T) {
	const waits = "Чек ждёт принтера: проверьте бумагу, и он выйдет сам."
	tl := newTill(t, withPrinter(stage.Lunch)).AtPay()
	tl.Press(enter, enter, enter)
	tl.wants("Оплачено 460,00 ₽")
	tl.lacks(waits)
	tl.Send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: PrinterNoPaper})
	tl.wants(waits)
	tl.Send(notice.State{Part: notice.Printer, Level: notice.Good})
	tl.lacks(waits)

	tl = newTill(t, withCounter(stage.Lunch)).AtPay() // a shop without a printer has no receipts
	tl.Send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: PrinterNoPaper})
	tl.Press(enter, enter, enter)
	tl.lacks(waits)
}

func TestTheBannerSaysOfADoublePaymentWhatIsNot(t *testing.T) {
	tl := newTill(t, withCounter(stage.TwiceAndOnce))
	tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5, заказ 1.", "Не закрыто ещё: 1.")
	tl.lacks("Всего таких")
	tl.Press(f4, down, enter)
	tl.wants("По QR пришло 250,00 ₽, счёт НЕ закрыт: сумма не сходится")
}

func TestTheRemedyAtTheOrderNeedsNoWayThere(t *testing.T) {
	tl := newTill(t, withPrinter(stage.Dinner, func(c *stage.Counter) { c.Wires(c.Order("5").ID, "460", "r1") }))
	tl.wants("Откройте заказ и напечатайте кухонный чек: F4, F7.")
	tl.AtCard()
	tl.wants("Напечатайте кухонный чек: F7.")
	tl.lacks("Откройте заказ", "F4, F7")
}

func TestADoublePaymentIsNoNewsAfterARestart(t *testing.T) {
	tl := newTill(t, withCounter(stage.TwiceAndOnce))
	tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5")
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1") // is asked for again
	tl.Counter.After()
	tl.lacks("а заказ уже закрыт. Верните гостю деньги")
	tl.Counter.Wires(tl.Counter.Order("5").ID, "300", "r3") // is new money
	tl.Counter.After()
	tl.wants("по QR пришло ещё 320,00 ₽ (из них чаевые 20,00), а заказ уже закрыт. Верните гостю деньги.")
}

// A payment that was dismissed and comes again is a new one: the till shows it as any other, with what was decided before.
func TestMoneyThatComesAgainAfterItWentBackIsShown(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch))
	claim := tl.model.claims.open[0]
	back, err := tl.Counter.DismissClaim(context.Background(), claim.ID, "Анна", "вернули наличными")
	tl.Counter.Must(err)
	tl.Counter.After()
	tl.lacks("по QR оплачено")
	tl.Send(orders.ClaimChanged{Claim: claim}) // came too late
	tl.lacks("по QR оплачено")
	again := back
	again.State, again.Version, again.Requests, again.DoneAt = orders.ClaimOpen, back.Version+1, back.Requests+1, time.Time{}
	tl.Send(orders.ClaimChanged{Claim: again})
	tl.wants("Стол 5, заказ 1: по QR оплачено 460,00 ₽, счёт НЕ закрыт: смена закрыта")
	tl.Press(tab, enter)
	tl.wants("Раньше по этой оплате уже решили (Анна): вернули наличными")

	tl = newTill(t, withCounter(stage.WiredLunch))
	claim = tl.model.claims.open[0]
	back, err = tl.Counter.DismissClaim(context.Background(), claim.ID, "Анна", "ошибка")
	tl.Counter.Must(err)
	tl.Counter.After()
	again = back
	again.State, again.Version = orders.ClaimOpen, back.Version+1
	tl.Send(orders.PaidAgain{Order: tl.Counter.Order("5"), Claim: again})
	tl.wants("Expirenza прислала оплату 480,00 ₽ (из них чаевые 20,00) ещё раз", "по QR оплачено 460,00 ₽, счёт НЕ закрыт")
}

// What was said to be given back may be asked for again: that is shown wherever claims are, but in no banner, for nobody
// knows whether there is new money; and it is not the first way to close the order.
func TestMoneyThatIsAskedForAfterItWentBackIsShown(t *testing.T) {
	back := func(c *stage.Counter) {
		claims, err := c.Book.Blocked(context.Background())
		c.Must(err)
		_, err = c.Book.DismissClaim(context.Background(), claims[0].ID, "Анна", "вернули наличными")
		c.Must(err)
	}
	again := func(tl *till) {
		tl.Wait(time.Second)
		tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r2")
		tl.Counter.After()
	}
	tl := newTill(t, withCounter(stage.WiredLunch, (*stage.Counter).OpensShift, back))
	tl.lacks("по QR")
	again(tl)
	tl.wants("Стол 5, заказ 1: по QR 460,00 ₽, отмечена возвращённой")
	tl.lacks("счёт НЕ закрыт")
	tl.Press(tab, enter)
	tl.wants("Счёт не закрыт: отмечена возвращённой. Если гость заплатил ещё раз, закройте счёт этой оплатой.",
		"Раньше по этой оплате уже решили (Анна): вернули наличными", "> Открыть заказ <  [ Деньги вернули ]")
	tl.Press(enter)
	tl.wants("> Оплатить <  [ Закрыть оплатой по QR ]", "По QR пришло 460,00 ₽, счёт НЕ закрыт: отмечена возвращённой.")

	tl = newTill(t, withCounter(stage.WiredLunch, (*stage.Counter).OpensShift, back, func(c *stage.Counter) { c.Takes("5") }))
	again(tl)
	tl.lacks("ДВАЖДЫ")
	tl.Press(tab, enter)
	tl.wants("Счёт уже закрыт другой оплатой: отмечена возвращённой.", "верните и эти 480,00 ₽ (из них чаевые 20,00)")
	tl.lacks("Закрыть вручную", "Открыть заказ")
}

func TestClaimsThatAreOverAreForgottenInTime(t *testing.T) {
	tl := newTill(t, withCounter())
	for i := range overMax + 1 {
		claim := orders.Claim{State: orders.ClaimPaid, Version: 1}
		claim.ID[0], claim.ID[1] = byte(i), byte(i>>8)
		tl.model.claims.put(claim)
	}
	if got := len(tl.model.claims.over); got != 1 {
		t.Errorf("%d are remembered", got)
	}
}

func TestTheClosedOrdersHaveTheirFirstChosen(t *testing.T) {
	tl := newTill(t, withCounter(stage.TwiceAndOnce))
	tl.Press(f4, tab, tab, enter, enter)
	tl.wants("По QR пришло ещё 460,00 ₽, а заказ уже закрыт: оплачен дважды.", "Верните гостю 480,00 ₽")
}

func TestMoneyWithoutTipsIsSaidPlainly(t *testing.T) {
	tl := newTill(t, withCounter(stage.TwiceAndOnce))
	claim := tl.model.claims.open[0]
	claim.Tips, claim.Version = stage.Number("0"), claim.Version+1
	tl.Send(orders.ClaimChanged{Claim: claim})
	tl.wants("Верните гостю 460,00 ₽ и отметьте")
}

func TestABillThatCannotBeReadIsNoReasonToAskAgain(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Press(enter, enter)
	tl.Counter.Fails["Bill"] = stage.ErrBroken
	tl.Counter.Seats("5")
	tl.Counter.After()
	tl.wants("Взяли наличными 460,00 ₽?")
	tl.Press(enter) // the book itself says that the order has changed
	tl.wants("Заказ НЕ закрыт. Заказ за это время изменился.", "Наличные 460,00 ₽ отложите или верните гостю.")
}

func TestALockedTillShowsTheCardThatHasComeMeanwhile(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	wireLunch(tl)
	card, ok := tl.model.active.(*orderCard)
	if !ok {
		t.Fatalf("the screen is %T", tl.model.active)
	}
	tl.Wait(time.Minute)
	*card.readable() = tl.Clock // as the lock does when it is opened
	tl.Press(esc)
	tl.wants("Оплачен 19:42")
	tl.Wait(readTime)
	tl.Press(esc)
	tl.lacks("Оплачен 19:42")
}
