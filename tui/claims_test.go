package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestAPaymentByQRIsToldAsItComes(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5"); c.Redeemed("5", "60") }))
	tl.AtGuest("1250")
	before := tl.model.active
	tl.Counter.Wires(tl.Counter.Order("5").ID, "400", "r1")
	tl.Counter.After()
	tl.wants("Стол 5, заказ 1: оплачено по QR 400,00 ₽, чаевые 20,00 ₽.", "Александр Татарченко")
	if tl.model.active != before || !strings.Contains(tl.Shown(), "[1 250") {
		t.Error("the payment has taken the focus")
	}
	tl.Wait(noticeLife + time.Second)
	tl.wants("оплачено по QR 400,00 ₽") // until somebody has seen it
	tl.Press(tab)
	tl.lacks("оплачено по QR")
	tl.Counter.Wires(tl.Counter.Order("5").ID, "400", "r1") // the answer was lost on its way
	tl.Counter.After()
	tl.lacks("оплачено по QR")
}

func TestThePaymentSaysWhatBecomesOfThePoints(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") }))
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
	tl.Counter.After()
	tl.wants("Александр Татарченко, начисляем 9.")
}

func TestEachObstacleSaysWhatToDo(t *testing.T) {
	tests := []struct {
		name    string
		options func(...func(*stage.Counter)) func(*Options)
		prepare func(c *stage.Counter)
		why     string
		mends   func(tl *till)
		remedy  string
	}{
		{"shift", withCounter, stage.WiredLunch, "смена закрыта", func(tl *till) { tl.Counter.OpensShift() }, "Откройте смену: F8."},
		{"printer", withPrinter, func(c *stage.Counter) {
			stage.Lunch(c)
			c.Paper.Trouble = &orders.PrinterTrouble{NoPaper: true}
			c.Wires(c.Order("5").ID, "460", "r1")
		}, "принтер не печатает", func(tl *till) {
			tl.Counter.Paper.Trouble = nil
			tl.Send(notice.State{Part: notice.Printer, Level: notice.Good})
		}, "Вставьте бумагу или включите принтер."},
		{"ticket", withPrinter, func(c *stage.Counter) { stage.Dinner(c); c.Wires(c.Order("5").ID, "460", "r1") }, "нет кухонного чека", func(tl *till) {
			tl.AtCard().Press(f7)
		}, "напечатайте кухонный чек: F4, F7."},
		{"sum", withCounter, func(c *stage.Counter) { stage.Lunch(c); c.Wires(c.Order("5").ID, "400", "r1") }, "сумма не сходится", func(tl *till) {
			tl.AtCard().Press(insertKey, up, deleteKey)
			tl.Types("Чай")
			tl.Press(enter, enter)
			tl.Types("40")
			tl.Press(enter, enter, enter)
		}, "Верните в заказе сумму 400,00 ₽"},
		{"in use", withCounter, stage.Lunch, "заказ занят", func(tl *till) {
			tl.Press(esc)
			tl.Press(left, enter)
		}, "Сохраните или закройте заказ"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t, test.options(test.prepare))
			if test.name == "in use" { // by this till's own cashier
				tl.AtCard().Press(insertKey)
				tl.Types("Ч")
				tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
				tl.Counter.After()
			}
			tl.wants("Стол 5, заказ 1: по QR оплачено", "счёт НЕ закрыт: "+test.why, test.remedy)
			test.mends(tl)
			tl.Counter.After()
			tl.wants("счёт НЕ закрыт: ждём запроса.", "Ничего не мешает: Expirenza повторит запрос, и счёт закроется сам.")
			sum := "460"
			if test.name == "sum" {
				sum = "400"
			}
			if got := tl.Counter.Wires(tl.Counter.Order("5").ID, sum, "r2"); got.Obstacle != orders.ObstacleNone {
				t.Fatalf("it is still blocked: %s", got.Obstacle)
			}
			tl.Counter.After()
			tl.lacks("по QR оплачено", "ждём запроса")
		})
	}
}

func TestTheOrdersShowWhichAreBlocked(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch))
	tl.wants("Требуют внимания", "Стол 5, заказ 1: по QR 460,00 ₽, смена закрыта", "[ Открыть ]")
	tl.Press(f4)
	tl.wants("> ! 5", "По QR пришло 460,00 ₽, счёт НЕ закрыт: смена закрыта", "[ Оплаты по QR: 1 ]")
	tl.Press(backTab)
	tl.wants("> Оплаты по QR: 1 <")
	tl.Press(enter)
	tl.wants("Оплаты по QR, которые не закрыли счёт", "> 19:42", "Стол 5, заказ 1", "460,00", "Откройте смену: F8.",
		"Первый запрос 19:42, последний 19:42, всего 1")
	tl.Press(enter)
	tl.wants("Стол 5, заказ 1: по QR пришло 460,00 ₽", "Чаевые 20,00 ₽ сверх суммы", "ЕКВАЙЕР: Universal Bank", "> Открыть заказ <",
		"[ Деньги вернули ]")
	tl.lacks("Закрыть вручную")
	tl.Press(enter)
	tl.wants("К оплате 460,00 ₽", "> Закрыть оплатой по QR <  [ Оплатить ]")
}

func TestTheIdleScreenLeadsToAPayment(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch))
	tl.Press(tab, enter)
	tl.wants("Стол 5, заказ 1: по QR пришло 460,00 ₽", "> Открыть заказ <")
	tl.Press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAPaymentForAnUnknownBillIsBookedByHand(t *testing.T) {
	tl := newTill(t, withCounter(func(c *stage.Counter) { c.Wires(stage.StrangeBill, "129.20", "r1") }))
	tl.wants("Счёт 5b100b39: по QR оплачено 129,20 ₽, счёт НЕ закрыт: нет такого счёта. Проведите вручную")
	tl.Press(tab, enter)
	tl.wants("[ Закрыть вручную ]", "[ Деньги вернули ]")
	tl.Press(enter, enter)
	tl.wants("Напишите причину")
	tl.Types("старый счёт")
	tl.Press(enter, enter)
	tl.wants("Провести оплату по QR 149,20 ₽ (из них чаевые 20,00) вручную?", "Счёт 5b100b39", "Причина: старый счёт", "изменить его нельзя")
	tl.Press(enter)
	tl.wants("Решение не записано. Смена закрыта. Откройте её: F8.", "[старый счёт")
	tl.Counter.OpensShift()
	tl.Counter.After()
	tl.Press(enter, enter)
	tl.wants("оплата по QR 149,20 ₽ (из них чаевые 20,00)", "проведена вручную", "Отсканируйте QR покупателя")
	tl.lacks("нет такого счёта", "Требуют внимания")
	claims, err := tl.Counter.Store.Claims(context.Background(), orders.ClaimFilter{Bill: stage.StrangeBill})
	tl.Counter.Must(err)
	if claims[0].State != orders.ClaimBooked || claims[0].Note != "старый счёт" || claims[0].Cashier != "Анна" {
		t.Errorf("the claim is %+v", claims[0])
	}
}

func TestTheMoneyGoesBackToTheGuest(t *testing.T) {
	tl := newTill(t, withCounter(func(c *stage.Counter) { c.Wires(stage.StrangeBill, "129.20", "r1") }))
	tl.Press(tab, enter)
	tl.Types("ошибка")
	tl.Press(enter, right, enter)
	tl.wants("Гостю вернули 149,20 ₽ (из них чаевые 20,00)?")
	tl.Press(enter)
	tl.wants("отмечено, что 149,20 ₽ (из них чаевые 20,00) вернули гостю")
	if len(tl.model.claims.open) > 0 {
		t.Error("the claim is still open")
	}

	tl = newTill(t, withCounter(func(c *stage.Counter) { c.Wires(stage.StrangeBill, "129.20", "r1") }))
	tl.Press(tab, enter)
	tl.Types("ошибка")
	tl.Press(enter, right, enter)
	_, err := tl.Counter.Book.DismissClaim(context.Background(), tl.model.claims.open[0].ID, "Пётр", "раньше")
	tl.Counter.Must(err)
	tl.Press(enter)
	tl.wants("Решение не записано. По этой оплате уже решили.")
}

func TestAGuestWhoPaidTwiceIsSaidUntilItIsDecided(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Press(enter, enter, enter)
	tl.Wait(readTime)
	tl.Press(enter, esc)
	order := tl.Counter.Order("5")
	if got := tl.Counter.Wires(order.ID, "460", "r1"); !got.Double {
		t.Fatalf("it is no double: %+v", got)
	}
	tl.Counter.After()
	const back = "480,00 ₽ (из них чаевые 20,00)"
	tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5, заказ 1. Верните гостю "+back, "по QR пришло ещё "+back+", а заказ уже закрыт")
	tl.Wait(noticeSeen)
	tl.Press(tab)
	tl.lacks("по QR пришло ещё")
	tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5")
	tl.Counter.Wires(order.ID, "460", "r1") // asked again, told once
	tl.Counter.After()
	tl.lacks("по QR пришло ещё")
	tl.Press(enter)
	tl.wants("Счёт уже закрыт другой оплатой: оплачен дважды. Верните гостю "+back+" и отметьте это.", "[ Деньги вернули ]")
	tl.lacks("Закрыть вручную", "Открыть заказ")
	tl.Types("вернули картой")
	tl.Press(enter, enter, enter)
	tl.lacks("ДВАЖДЫ")

	tl = newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { // found at start
		_, err := c.Book.Pay(context.Background(), orders.PayOrder{
			Order: c.Order("5").ID, Version: 1, Parts: []orders.Part{{Kind: orders.PaidCash, Sum: stage.Number("460")}},
		})
		c.Must(err)
		c.Wires(c.Order("5").ID, "460", "r1")
	}))
	tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5")
}

// Money that was given back may come anew: it is said, shown where payments are decided, and asked about before other money
// is taken.
func TestMoneyThatWasGivenBackAndComesAgainIsSaid(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch))
	tl.Press(tab, enter, backTab)
	tl.Types("наличными")
	tl.Press(enter, right, enter, enter)
	tl.wants("отмечено, что 480,00 ₽ (из них чаевые 20,00) вернули гостю")
	tl.lacks("счёт НЕ закрыт")
	tl.Counter.OpensShift()
	tl.Wait(noticeLife + time.Second)
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r2")
	tl.Counter.After()
	tl.wants("Стол 5, заказ 1: по QR снова пришло 480,00 ₽", "хотя отмечен возврат. Проверьте: F4",
		"по QR 460,00 ₽, отмечена возвращённой")
	tl.lacks("счёт НЕ закрыт") // nothing is to be mended
	tl.AtCard()
	tl.wants("Если гость заплатил ещё раз, закройте счёт этой оплатой.", "[ Закрыть оплатой по QR ]")
	tl.Press(enter, enter, enter, enter)
	tl.wants("Деньги уже получены по QR")
	tl.Wait(quietTime)
	tl.Press(esc)

	tl = newTill(t, withCounter(stage.WiredLunch, func(c *stage.Counter) { // found at start, of an order that was paid with cash
		open, err := c.Book.Blocked(context.Background())
		c.Must(err)
		_, err = c.Book.DismissClaim(context.Background(), open[0].ID, "Анна", "наличными")
		c.Must(err)
		c.OpensShift()
		_, err = c.Book.Pay(context.Background(), orders.PayOrder{
			Order: c.Order("5").ID, Version: 1, Parts: []orders.Part{{Kind: orders.PaidCash, Sum: stage.Number("460")}},
		})
		c.Must(err)
		c.Till.Clock = c.Till.Clock.Add(time.Second)
		c.Wires(c.Order("5").ID, "460", "r2")
	}))
	tl.lacks("ДВАЖДЫ")
	tl.Press(tab, enter)
	tl.wants("отмечена возвращённой", "верните и эти 480,00 ₽", "[ Деньги вернули ]")
	tl.lacks("Закрыть вручную", "Открыть заказ")
}

func TestPaymentsThatComeAgainAfterAnAcceptedAnswerAreSaid(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch))
	order := tl.Counter.Order("5")
	tl.Counter.Wires(order.ID, "460", "r1")
	letters, err := tl.Counter.Store.Letters(context.Background(), "expirenza", tl.Clock, 10)
	tl.Counter.Must(err)
	tl.Counter.Must(tl.Counter.Store.Posted(context.Background(), letters[0].ID, orders.LetterDelivered, tl.Clock, time.Time{}))
	tl.Counter.After()
	tl.Counter.Wires(order.ID, "460", "r2")
	tl.Counter.After()
	tl.wants("Expirenza прислала оплату 480,00 ₽ (из них чаевые 20,00) ещё раз")
}

func TestTheBannerCountsAndComesBeforeTheService(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch, func(c *stage.Counter) { c.Wires(stage.StrangeBill, "129.20", "r2") }))
	tl.Send(loyalty.QueueChanged{Waiting: 3, Hold: loyalty.Hold{Clock: true}})
	tl.wants("Стол 5, заказ 1: по QR оплачено 460,00 ₽", "Всего таких ещё 1.")
	tl.Send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: JournalFull})
	tl.wants("На диске нет места")
	tl.lacks("по QR оплачено")
}

func TestAMissedAccrualIsSaid(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch))
	tl.Send(orders.AccrualMissed{Order: tl.Counter.Order("5"), Err: loyalty.ErrQRExpired})
	tl.wants("Стол 5, заказ 1: оплачен, но баллы НЕ начислены. QR гостя старше 24 часов. Отсканируйте QR гостя")
	tl = newTill(t, withCounter(stage.Lunch))
	tl.Send(orders.AccrualMissed{Order: tl.Counter.Order("5"), Err: loyalty.ErrPercentUnknown})
	tl.wants("баллы НЕ начислены. Процент начисления неизвестен.")
	tl = newTill(t, withCounter(stage.Lunch))
	tl.Send(orders.AccrualMissed{Order: tl.Counter.Order("5"), Err: stage.ErrBroken})
	tl.wants("баллы НЕ начислены. Внутренняя ошибка.")
}

func TestAReceiptThatDoesNotComeOutIsSaid(t *testing.T) {
	tl := newTill(t, withPrinter(stage.Lunch))
	order := tl.Counter.Order("5")
	tl.Send(orders.ReceiptMissed{Order: order, Waits: true})
	tl.wants("Стол 5, заказ 1: оплачен, чек ещё не напечатан. Проверьте бумагу", "F4, «Закрытые», «Копия чека»")
	tl.Wait(noticeLife + time.Second)
	tl.wants("ещё не напечатан") // until somebody has seen it
	tl.Send(orders.ReceiptPrinted{Order: order})
	tl.wants("Стол 5, заказ 1: чек напечатан.")
	tl.lacks("ещё не напечатан")
	tl.Wait(noticeLife + time.Second)
	tl.lacks("чек напечатан")
	tl.Send(orders.ReceiptMissed{Order: order, Err: stage.ErrBroken})
	tl.wants("Стол 5, заказ 1: оплачен, но чек НЕ напечатан. Проверьте принтер", "F4, «Закрытые», «Копия чека»")
}

func TestAnswersThatNeedAPersonAreSaid(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch))
	table := tl.Counter.Order("5").ID
	for news, want := range map[PaymentAlarm]string{
		{Kind: PaymentRejected, Bill: table, Accepts: true}: "Стол 5, заказ 1: Expirenza не приняла ответ (на кассе счёт закрыт)",
		{Kind: PaymentUndelivered, Bill: stage.StrangeBill}: "Счёт 5b100b39: ответ не дошёл до Expirenza за сутки (на кассе счёт НЕ закрыт)",
		{Kind: PaymentUnreadable}:                           "Счёт без номера: пришла оплата по QR, которую касса не поняла",
	} {
		tl = newTill(t, withCounter(stage.WiredLunch))
		tl.Send(news)
		tl.wants(want)
	}
	before := len(tl.model.notices.queue)
	tl.Send(PaymentAlarm{Kind: "other"})
	if len(tl.model.notices.queue) != before {
		t.Error("an alarm without words is told")
	}
}

func TestNewsOfADoorIsTranslated(t *testing.T) {
	var got []any
	take := translated(func(news any) any { return PaymentAlarm{Kind: PaymentAlarmKind(news.(string))} }, func(news any) { got = append(got, news) })
	take("rejected")
	translated(nil, func(news any) { got = append(got, news) })(7)
	if len(got) != 2 || got[0] != any(PaymentAlarm{Kind: PaymentRejected}) || got[1] != 7 {
		t.Errorf("got %+v", got)
	}
}

func TestClaimsThatCannotBeReadAreSaid(t *testing.T) {
	tl := newTill(t, withCounter(func(c *stage.Counter) { c.Fails["Blocked"] = stage.ErrBroken }))
	tl.wants("Оплаты по QR не читаются")
}

func TestTheListOfPaymentsFollowsTheNews(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch, func(c *stage.Counter) {
		for i := range 30 {
			bill := stage.StrangeBill
			bill[15] = byte(i + 2)
			c.Wires(bill, "10", "r1")
		}
	}))
	tl.Press(f4, backTab, enter)
	tl.wants("Стол 5, заказ 1")
	tl.Press(pageDown, pageDown, pageDown, up, down, pageUp, pageUp, pageUp)
	tl.wants("> 19:42       Стол 5, заказ 1")
	tl.Counter.OpensShift()
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r2")
	tl.Counter.After()
	tl.lacks("> 19:42", "смена закрыта")
	tl.Press(enter) // what was chosen has gone
	tl.wants("Оплаты по QR, которые не закрыли счёт")
	tl.Press(down, enter)
	tl.wants("Закрыть вручную")
	tl.Press(esc, esc)
	tl.wants("Открытых заказов нет")

	tl = newTill(t, withCounter(stage.WiredLunch))
	tl.Press(f4, backTab, enter)
	tl.Counter.OpensShift()
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r2")
	tl.Counter.After()
	tl.wants("Таких оплат нет")
	tl.Press(down, enter)
	tl.wants("Таких оплат нет")
}

func TestOlderNewsOfAClaimIsDropped(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch))
	claim := tl.model.claims.open[0]
	newer, older := claim, claim
	newer.Version, newer.Obstacle = claim.Version+2, orders.ObstacleSum
	older.Version, older.State = claim.Version+1, orders.ClaimPaid
	tl.Send(orders.ClaimChanged{Claim: newer})
	tl.Send(orders.ClaimChanged{Claim: older})
	tl.wants("сумма не сходится")
}

func TestAnOrderPaidByQRIsNotTakenBack(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch)).AtCard()
	tl.Press(deleteKey)
	tl.Types("ушли")
	tl.Press(enter, enter)
	tl.wants("Гость уже заплатил по QR. Сначала решите, что с этими деньгами")
}
