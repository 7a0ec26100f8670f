package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// wiredLunch is lunch that a guest has paid for while the shift was closed.
func wiredLunch(c *counter) {
	order := c.opens("5", dish("Борщ", "2", "360"), dish("Кофе", "1", "100"))
	c.wires(order.ID, "460", "r1")
}

var strangeBill = uuid.UUID{0: 0x5b, 1: 0x10, 2: 0x0b, 3: 0x39, 6: 0x40, 8: 0x80, 15: 1}

func TestAPaymentByQRIsToldAsItComes(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.seats("5"); c.redeemed("5", "60") }))
	tl.atGuest("1250")
	before := tl.model.active
	tl.counter.wires(tl.counter.order("5").ID, "400", "r1")
	tl.counter.after()
	tl.wants("Стол 5, заказ 1: оплачено по QR 400,00 ₽, чаевые 20,00 ₽.", "Александр Татарченко")
	if tl.model.active != before || !strings.Contains(tl.shown(), "[1 250") {
		t.Error("the payment has taken the focus")
	}
	tl.wait(noticeLife + time.Second)
	tl.wants("оплачено по QR 400,00 ₽") // until somebody has seen it
	tl.press(tab)
	tl.lacks("оплачено по QR")
	tl.counter.wires(tl.counter.order("5").ID, "400", "r1") // the answer was lost on its way
	tl.counter.after()
	tl.lacks("оплачено по QR")
}

func TestThePaymentSaysWhatBecomesOfThePoints(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.seats("5") }))
	tl.counter.wires(tl.counter.order("5").ID, "460", "r1")
	tl.counter.after()
	tl.wants("Александр Татарченко, начисляем 9.")
}

func TestEachObstacleSaysWhatToDo(t *testing.T) {
	tests := []struct {
		name    string
		options func(...func(*counter)) func(*Options)
		prepare func(c *counter)
		why     string
		mends   func(tl *till)
		remedy  string
	}{
		{"shift", withCounter, wiredLunch, "смена закрыта", func(tl *till) { tl.counter.opensShift() }, "Откройте смену: F8."},
		{"printer", withPrinter, func(c *counter) {
			lunch(c)
			c.paper.trouble = &orders.PrinterTrouble{NoPaper: true}
			c.wires(c.order("5").ID, "460", "r1")
		}, "принтер не печатает", func(tl *till) {
			tl.counter.paper.trouble = nil
			tl.send(notice.State{Part: notice.Printer, Level: notice.Good})
		}, "Вставьте бумагу или включите принтер."},
		{"ticket", withPrinter, func(c *counter) { dinner(c); c.wires(c.order("5").ID, "460", "r1") }, "нет кухонного чека", func(tl *till) {
			tl.atCard().press(f7)
		}, "напечатайте кухонный чек: F4, F7."},
		{"sum", withCounter, func(c *counter) { lunch(c); c.wires(c.order("5").ID, "400", "r1") }, "сумма не сходится", func(tl *till) {
			tl.atCard().press(insertKey, up, deleteKey)
			tl.types("Чай")
			tl.press(enter, enter)
			tl.types("40")
			tl.press(enter, enter, enter)
		}, "Верните в заказе сумму 400,00 ₽"},
		{"in use", withCounter, lunch, "заказ занят", func(tl *till) {
			tl.press(esc)
			tl.press(left, enter)
		}, "Сохраните или закройте заказ"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t, test.options(test.prepare))
			if test.name == "in use" { // by this till's own cashier
				tl.atCard().press(insertKey)
				tl.types("Ч")
				tl.counter.wires(tl.counter.order("5").ID, "460", "r1")
				tl.counter.after()
			}
			tl.wants("Стол 5, заказ 1: по QR оплачено", "счёт НЕ закрыт: "+test.why, test.remedy)
			test.mends(tl)
			tl.counter.after()
			tl.wants("счёт НЕ закрыт: ждём запроса.", "Ничего не мешает: Expirenza повторит запрос, и счёт закроется сам.")
			sum := "460"
			if test.name == "sum" {
				sum = "400"
			}
			if got := tl.counter.wires(tl.counter.order("5").ID, sum, "r2"); got.Obstacle != orders.ObstacleNone {
				t.Fatalf("it is still blocked: %s", got.Obstacle)
			}
			tl.counter.after()
			tl.lacks("по QR оплачено", "ждём запроса")
		})
	}
}

func TestTheOrdersShowWhichAreBlocked(t *testing.T) {
	tl := newTill(t, withCounter(wiredLunch))
	tl.wants("Требуют внимания", "Стол 5, заказ 1: по QR 460,00 ₽, смена закрыта", "[ Открыть ]")
	tl.press(f4)
	tl.wants("> ! 5", "По QR пришло 460,00 ₽, счёт НЕ закрыт: смена закрыта", "[ Оплаты по QR: 1 ]")
	tl.press(backTab)
	tl.wants("> Оплаты по QR: 1 <")
	tl.press(enter)
	tl.wants("Оплаты по QR, которые не закрыли счёт", "> 19:42", "Стол 5, заказ 1", "460,00", "Откройте смену: F8.",
		"Первый запрос 19:42, последний 19:42, всего 1")
	tl.press(enter)
	tl.wants("Стол 5, заказ 1: по QR пришло 460,00 ₽", "Чаевые 20,00 ₽ сверх суммы", "ЕКВАЙЕР: Universal Bank", "> Открыть заказ <",
		"[ Деньги вернули ]")
	tl.lacks("Закрыть вручную")
	tl.press(enter)
	tl.wants("К оплате 460,00 ₽", "> Оплатить <", "[ Закрыть оплатой по QR ]")
}

func TestTheIdleScreenLeadsToAPayment(t *testing.T) {
	tl := newTill(t, withCounter(wiredLunch))
	tl.press(tab, enter)
	tl.wants("Стол 5, заказ 1: по QR пришло 460,00 ₽", "> Открыть заказ <")
	tl.press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAPaymentForAnUnknownBillIsBookedByHand(t *testing.T) {
	tl := newTill(t, withCounter(func(c *counter) { c.wires(strangeBill, "129.20", "r1") }))
	tl.wants("Счёт 5b100b39: по QR оплачено 129,20 ₽, счёт НЕ закрыт: такого счёта на кассе нет. Проведите вручную")
	tl.press(tab, enter)
	tl.wants("[ Закрыть вручную ]", "[ Деньги вернули ]")
	tl.press(enter, enter)
	tl.wants("Напишите причину")
	tl.types("старый счёт")
	tl.press(enter, enter)
	tl.wants("Провести оплату по QR 129,20 ₽ вручную?", "Счёт 5b100b39", "Причина: старый счёт", "изменить его нельзя")
	tl.press(enter)
	tl.wants("Решение не записано. Смена закрыта. Откройте её: F8.", "[старый счёт")
	tl.counter.opensShift()
	tl.counter.after()
	tl.press(enter, enter)
	tl.wants("оплата по QR 129,20 ₽ проведена вручную", "Отсканируйте QR покупателя")
	tl.lacks("такого счёта на кассе нет", "Требуют внимания")
	claims, err := tl.counter.store.Claims(context.Background(), orders.ClaimFilter{Bill: strangeBill})
	tl.counter.must(err)
	if claims[0].State != orders.ClaimBooked || claims[0].Note != "старый счёт" || claims[0].Cashier != "Анна" {
		t.Errorf("the claim is %+v", claims[0])
	}
}

func TestTheMoneyGoesBackToTheGuest(t *testing.T) {
	tl := newTill(t, withCounter(func(c *counter) { c.wires(strangeBill, "129.20", "r1") }))
	tl.press(tab, enter)
	tl.types("ошибка")
	tl.press(enter, right, enter)
	tl.wants("Гостю вернули 129,20 ₽?")
	tl.press(enter)
	tl.wants("отмечено, что 129,20 ₽ вернули гостю")
	if len(tl.model.claims.open) > 0 {
		t.Error("the claim is still open")
	}

	tl = newTill(t, withCounter(func(c *counter) { c.wires(strangeBill, "129.20", "r1") }))
	tl.press(tab, enter)
	tl.types("ошибка")
	tl.press(enter, right, enter)
	_, err := tl.counter.Book.DismissClaim(context.Background(), tl.model.claims.open[0].ID, "Пётр", "раньше")
	tl.counter.must(err)
	tl.press(enter)
	tl.wants("Решение не записано. По этой оплате уже решили.")
}

func TestAGuestWhoPaidTwiceIsSaidUntilItIsDecided(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atPay()
	tl.press(enter, enter, enter)
	tl.wait(readTime)
	tl.press(enter, esc)
	order := tl.counter.order("5")
	if got := tl.counter.wires(order.ID, "460", "r1"); !got.Double {
		t.Fatalf("it is no double: %+v", got)
	}
	tl.counter.after()
	tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5, заказ 1. Верните гостю 460,00 ₽", "по QR пришло ещё 460,00 ₽, а заказ уже закрыт")
	tl.wait(noticeSeen)
	tl.press(tab)
	tl.lacks("по QR пришло ещё")
	tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5")
	tl.counter.wires(order.ID, "460", "r1") // asked again, told once
	tl.counter.after()
	tl.lacks("по QR пришло ещё")
	tl.press(enter)
	tl.wants("Счёт не закрыт: гость заплатил дважды. Верните гостю 460,00 ₽ и отметьте это.", "[ Деньги вернули ]")
	tl.lacks("Закрыть вручную", "Открыть заказ")
	tl.types("вернули картой")
	tl.press(enter, enter, enter)
	tl.lacks("ДВАЖДЫ")

	tl = newTill(t, withCounter(lunch, func(c *counter) { // found at start
		_, err := c.Book.Pay(context.Background(), orders.PayOrder{
			Order: c.order("5").ID, Version: 1, Parts: []orders.Part{{Kind: orders.PaidCash, Sum: number("460")}},
		})
		c.must(err)
		c.wires(c.order("5").ID, "460", "r1")
	}))
	tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5")
}

// Money that was given back may come anew: it is said, shown where payments are decided, and asked about before other money
// is taken.
func TestMoneyThatWasGivenBackAndComesAgainIsSaid(t *testing.T) {
	tl := newTill(t, withCounter(wiredLunch))
	tl.press(tab, enter, backTab)
	tl.types("наличными")
	tl.press(enter, right, enter, enter)
	tl.wants("отмечено, что 460,00 ₽ вернули гостю")
	tl.lacks("счёт НЕ закрыт")
	tl.counter.opensShift()
	tl.wait(noticeLife + time.Second)
	tl.counter.wires(tl.counter.order("5").ID, "460", "r2")
	tl.counter.after()
	tl.wants("Стол 5, заказ 1: по QR снова пришла оплата 460,00 ₽, а её отметили", "F4, «Оплаты по QR»",
		"по QR 460,00 ₽, отмечена возвращённой")
	tl.lacks("счёт НЕ закрыт") // nothing is to be mended
	tl.atCard()
	tl.wants("Если гость заплатил ещё раз, закройте счёт этой оплатой.", "[ Закрыть оплатой по QR ]")
	tl.press(enter, enter, enter, enter)
	tl.wants("Деньги уже получены по QR")
	tl.wait(quietTime)
	tl.press(esc)

	tl = newTill(t, withCounter(wiredLunch, func(c *counter) { // found at start, of an order that was paid with cash
		open, err := c.Book.Blocked(context.Background())
		c.must(err)
		_, err = c.Book.DismissClaim(context.Background(), open[0].ID, "Анна", "наличными")
		c.must(err)
		c.opensShift()
		_, err = c.Book.Pay(context.Background(), orders.PayOrder{
			Order: c.order("5").ID, Version: 1, Parts: []orders.Part{{Kind: orders.PaidCash, Sum: number("460")}},
		})
		c.must(err)
		c.till.clock = c.till.clock.Add(time.Second)
		c.wires(c.order("5").ID, "460", "r2")
	}))
	tl.lacks("ДВАЖДЫ")
	tl.press(tab, enter)
	tl.wants("отмечена возвращённой", "верните и эти 460,00 ₽", "[ Деньги вернули ]")
	tl.lacks("Закрыть вручную", "Открыть заказ")
}

func TestPaymentsThatComeAgainAfterAnAcceptedAnswerAreSaid(t *testing.T) {
	tl := newTill(t, withCounter(lunch))
	order := tl.counter.order("5")
	tl.counter.wires(order.ID, "460", "r1")
	letters, err := tl.counter.store.Letters(context.Background(), "expirenza", tl.clock, 10)
	tl.counter.must(err)
	tl.counter.must(tl.counter.store.Posted(context.Background(), letters[0].ID, orders.LetterDelivered, tl.clock, time.Time{}))
	tl.counter.after()
	tl.counter.wires(order.ID, "460", "r2")
	tl.counter.after()
	tl.wants("Expirenza прислала оплату 460,00 ₽ ещё раз")
}

func TestTheBannerCountsAndComesBeforeTheService(t *testing.T) {
	tl := newTill(t, withCounter(wiredLunch, func(c *counter) { c.wires(strangeBill, "129.20", "r2") }))
	tl.send(loyalty.QueueChanged{Waiting: 3, Hold: loyalty.Hold{Clock: true}})
	tl.wants("Стол 5, заказ 1: по QR оплачено 460,00 ₽", "Всего таких ещё 1.")
	tl.send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: JournalFull})
	tl.wants("На диске нет места")
	tl.lacks("по QR оплачено")
}

func TestAMissedAccrualIsSaid(t *testing.T) {
	tl := newTill(t, withCounter(lunch))
	tl.send(orders.AccrualMissed{Order: tl.counter.order("5"), Err: loyalty.ErrQRExpired})
	tl.wants("Стол 5, заказ 1: оплачен, но баллы НЕ начислены. QR гостя старше 24 часов. Отсканируйте QR гостя")
	tl = newTill(t, withCounter(lunch))
	tl.send(orders.AccrualMissed{Order: tl.counter.order("5"), Err: loyalty.ErrPercentUnknown})
	tl.wants("баллы НЕ начислены. Процент начисления неизвестен.")
	tl = newTill(t, withCounter(lunch))
	tl.send(orders.AccrualMissed{Order: tl.counter.order("5"), Err: errBroken})
	tl.wants("баллы НЕ начислены. Внутренняя ошибка.")
}

func TestAReceiptThatDoesNotComeOutIsSaid(t *testing.T) {
	tl := newTill(t, withPrinter(lunch))
	order := tl.counter.order("5")
	tl.send(orders.ReceiptMissed{Order: order, Waits: true})
	tl.wants("Стол 5, заказ 1: оплачен, чек ещё не напечатан. Проверьте бумагу", "F4, «Закрытые», «Копия чека»")
	tl.wait(noticeLife + time.Second)
	tl.wants("ещё не напечатан") // until somebody has seen it
	tl.send(orders.ReceiptPrinted{Order: order})
	tl.wants("Стол 5, заказ 1: чек напечатан.")
	tl.lacks("ещё не напечатан")
	tl.wait(noticeLife + time.Second)
	tl.lacks("чек напечатан")
	tl.send(orders.ReceiptMissed{Order: order, Err: errBroken})
	tl.wants("Стол 5, заказ 1: оплачен, но чек НЕ напечатан. Проверьте принтер", "F4, «Закрытые», «Копия чека»")
}

func TestAnswersThatNeedAPersonAreSaid(t *testing.T) {
	tl := newTill(t, withCounter(wiredLunch))
	table := tl.counter.order("5").ID
	for news, want := range map[PaymentAlarm]string{
		{Kind: PaymentRejected, Bill: table, Accepts: true}: "Стол 5, заказ 1: Expirenza не приняла ответ (на кассе счёт закрыт)",
		{Kind: PaymentUndelivered, Bill: strangeBill}:       "Счёт 5b100b39: ответ не дошёл до Expirenza за сутки (на кассе счёт НЕ закрыт)",
		{Kind: PaymentUnreadable}:                           "Счёт без номера: пришла оплата по QR, которую касса не поняла",
	} {
		tl = newTill(t, withCounter(wiredLunch))
		tl.send(news)
		tl.wants(want)
	}
	before := len(tl.model.notices.queue)
	tl.send(PaymentAlarm{Kind: "other"})
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
	tl := newTill(t, withCounter(func(c *counter) { c.fails["Blocked"] = errBroken }))
	tl.wants("Оплаты по QR не читаются")
}

func TestTheListOfPaymentsFollowsTheNews(t *testing.T) {
	tl := newTill(t, withCounter(wiredLunch, func(c *counter) {
		for i := range 30 {
			bill := strangeBill
			bill[15] = byte(i + 2)
			c.wires(bill, "10", "r1")
		}
	}))
	tl.press(f4, backTab, enter)
	tl.wants("Стол 5, заказ 1")
	tl.press(pageDown, pageDown, pageDown, up, down, pageUp, pageUp, pageUp)
	tl.wants("> 19:42       Стол 5, заказ 1")
	tl.counter.opensShift()
	tl.counter.wires(tl.counter.order("5").ID, "460", "r2")
	tl.counter.after()
	tl.lacks("> 19:42", "смена закрыта")
	tl.press(enter) // what was chosen has gone
	tl.wants("Оплаты по QR, которые не закрыли счёт")
	tl.press(down, enter)
	tl.wants("Закрыть вручную")
	tl.press(esc, esc)
	tl.wants("Открытых заказов нет")

	tl = newTill(t, withCounter(wiredLunch))
	tl.press(f4, backTab, enter)
	tl.counter.opensShift()
	tl.counter.wires(tl.counter.order("5").ID, "460", "r2")
	tl.counter.after()
	tl.wants("Таких оплат нет")
	tl.press(down, enter)
	tl.wants("Таких оплат нет")
}

func TestOlderNewsOfAClaimIsDropped(t *testing.T) {
	tl := newTill(t, withCounter(wiredLunch))
	claim := tl.model.claims.open[0]
	newer, older := claim, claim
	newer.Version, newer.Obstacle = claim.Version+2, orders.ObstacleSum
	older.Version, older.State = claim.Version+1, orders.ClaimPaid
	tl.send(orders.ClaimChanged{Claim: newer})
	tl.send(orders.ClaimChanged{Claim: older})
	tl.wants("сумма не сходится")
}

func TestAnOrderPaidByQRIsNotTakenBack(t *testing.T) {
	tl := newTill(t, withCounter(wiredLunch)).atCard()
	tl.press(deleteKey)
	tl.types("ушли")
	tl.press(enter, enter)
	tl.wants("Гость уже заплатил по QR. Сначала решите, что с этими деньгами")
}
