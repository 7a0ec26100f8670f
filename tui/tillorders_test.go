package tui

import (
	"context"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestAnOrderIsTypedWithEnterAlone(t *testing.T) {
	tl := newTill(t, withCounter((*counter).opensShift))
	tl.press(f4)
	tl.wants("Открытых заказов нет", "Свой заказ касса открывает клавишей Ins", "[ Новый заказ ]", "Ins Новый заказ")
	tl.press(insertKey)
	tl.wants("Новый заказ", "Стол", "Гостей", "Сумма строки: за всё количество")
	tl.types("5")
	tl.press(enter)
	tl.types("2")
	tl.press(enter)
	tl.types("Борщ")
	tl.press(enter)
	tl.types("2")
	tl.press(enter)
	tl.types("360,5")
	tl.press(enter)
	tl.types("Кофе")
	tl.press(enter, enter)
	tl.types("100")
	tl.press(enter)
	tl.wants("Итого 460,50 ₽")
	tl.press(enter) // on the empty line: to the buttons
	tl.wants("> Сохранить <")
	tl.press(enter)
	tl.wants("Стол 5, заказ 1", "гостей 2", "Борщ", "360,50", "К оплате 460,50 ₽", "> Оплатить <")
	got := tl.counter.order("5")
	if len(got.Dishes) != 2 || !got.Dishes[0].Count.Equal(number("2")) || !got.Dishes[1].Count.Equal(number("1")) || got.Seats != 2 || got.Waiter != "Анна" {
		t.Errorf("the order was opened as %+v", got)
	}
	tl.press(esc)
	tl.wants("Заказов: 1", "> 5", "460,50")
}

func TestSaveAndPayGoesOnToPaying(t *testing.T) {
	tl := newTill(t, withCounter((*counter).opensShift))
	tl.press(f4, tab)
	tl.wants("> Новый заказ <")
	tl.press(enter)
	tl.types("Б")
	tl.press(enter, enter)
	tl.types("Кофе")
	tl.press(enter, enter)
	tl.types("100")
	tl.press(enter, enter, right, enter)
	tl.wants("К оплате 100,00 ₽", "Гость дал наличными", "[ Наличными 100,00 ]")
}

func TestAFormSaysWhatIsMissing(t *testing.T) {
	tests := []struct {
		name string
		keys func(tl *till)
		want string
	}{
		{"everything", func(tl *till) { tl.press(enter, enter, enter, enter) }, "Впишите стол или хотя бы одну строку"},
		{"a sum", func(tl *till) { tl.press(enter, enter); tl.types("Кофе"); tl.press(enter, enter, enter) }, "Впишите сумму строки"},
		{"a sum at the end", func(tl *till) { tl.press(enter, enter); tl.types("Кофе"); tl.press(down, down, enter) }, "Впишите сумму строки"},
		{"a name", func(tl *till) { tl.press(enter, enter, tab, tab); tl.types("10"); tl.press(down, down, enter) }, "Впишите, что заказали"},
		{"a count", func(tl *till) {
			tl.press(enter, enter)
			tl.types("Кофе")
			tl.press(enter)
			tl.types("0")
			tl.press(enter)
			tl.types("10")
			tl.press(enter, enter, enter)
		}, "Впишите количество"},
		{"a number", func(tl *till) { tl.press(enter, enter); tl.types("Кофе"); tl.press(enter); tl.types("x") }, "Здесь только цифры и запятая"},
		{"guests", func(tl *till) { tl.press(enter); tl.types("1000"); tl.press(enter, enter, enter) }, "Гостей не больше 999"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t, withCounter())
			tl.press(f4, insertKey)
			test.keys(tl)
			tl.wants(test.want, "Новый заказ")
			if open, err := tl.counter.Open(context.Background()); err != nil || len(open) > 0 {
				t.Errorf("an order was opened: %v, %v", open, err)
			}
		})
	}
}

func TestAnOrderIsChangedAndALineTakenOff(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atCard()
	tl.press(insertKey) // the focus is on a new line
	tl.types("Чай")
	tl.press(enter, enter)
	tl.types("80")
	tl.press(up, up)
	tl.wants("> [Борщ", "Del Убрать строку")
	tl.press(deleteKey)
	tl.wants("Итого 180,00 ₽")
	tl.press(tab)
	tl.types("3") // replaces the count
	tl.press(down, down, down, enter)
	tl.wants("Сумма 180,00 ₽", "Кофе", "Чай")
	tl.lacks("Борщ")
	got := tl.counter.order("5")
	if len(got.Dishes) != 2 || !got.Dishes[0].Count.Equal(number("3")) || got.Version != 2 {
		t.Errorf("the order was changed to %+v", got.Dishes)
	}
}

func TestOnlyUnsavedChangesHoldAnOrder(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atCard()
	free := func() bool {
		lease, err := tl.counter.Edit(tl.counter.order("5").ID, "Пётр")
		if err == nil {
			lease.Release()
		}
		return err == nil
	}
	holds := func(want bool, when string) {
		t.Helper()
		if free() == want {
			t.Fatalf("%s the order is held: %v, want %v", when, !want, want)
		}
	}
	tl.press(insertKey)
	holds(false, "before anything is typed")
	tl.types("Ч")
	holds(true, "after the first letter")
	tl.wait(50 * time.Second)
	tl.types("а")
	tl.wait(50 * time.Second)
	holds(true, "50 s after the last key")
	tl.wait(11 * time.Second)
	holds(false, "61 s after the last key")
	if tl.model.lease != nil {
		t.Error("the screen still has the lease")
	}
	tl.types("й")
	holds(true, "when somebody types on")
	tl.press(esc)
	tl.wants("Выйти без сохранения?", "> Остаться <")
	tl.press(enter)
	holds(true, "while the form stays")
	tl.press(esc, left, enter)
	tl.wants("> Оплатить <")
	holds(false, "after the form was left")
	tl.press(insertKey)
	tl.types("Чай")
	tl.press(enter, enter)
	tl.types("80")
	tl.press(enter, enter, enter)
	tl.wants("Сумма 540,00 ₽")
	holds(false, "after it was saved")
}

func TestAnOrderThatAnotherEditsIsNotSaved(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atCard()
	lease, err := tl.counter.Edit(tl.counter.order("5").ID, "Пётр")
	tl.counter.must(err)
	tl.press(insertKey)
	tl.types("Ч")
	tl.wants("Заказ сейчас меняет Пётр. Подождите")
	tl.press(enter, enter)
	tl.types("1")
	tl.press(enter, enter, enter)
	tl.wants("Заказ сейчас меняет Пётр", "Итого 461,00")
	lease.Release()
	tl.press(enter)
	tl.wants("Сумма 461,00 ₽")
}

func TestWhatTheFormDoesNotTouchMayChangeUnderIt(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atCard()
	tl.press(insertKey)
	tl.types("Чай")
	tl.counter.seats("5") // the version grows
	tl.counter.after()
	tl.press(enter, enter)
	tl.types("80")
	tl.press(enter, enter, enter)
	tl.wants("Сумма 540,00 ₽", "Александр Татарченко")

	tl = newTill(t, withCounter(lunch)).atCard()
	tl.press(insertKey)
	order := tl.counter.order("5")
	_, err := tl.counter.Change(context.Background(), orders.ChangeOrder{
		Order: order.ID, Version: order.Version, Table: "6", Dishes: order.Dishes, Cashier: "Пётр",
	})
	tl.counter.must(err)
	tl.counter.after()
	tl.wants("Заказ за это время изменился")
	tl.types("Чай")
	tl.press(enter, enter)
	tl.types("80")
	tl.press(enter, enter, enter)
	tl.wants("Заказ за это время изменился")
}

func TestAScanInTheFormLeavesNoTrace(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atCard()
	tl.press(insertKey)
	tl.types("Чай")
	tl.scan("4006381333931")
	tl.wants("> [Чай", "штрихкод")
	tl.press(enter, enter)
	tl.types("80")
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Новый покупатель?", "Изменения заказа не сохранятся", "> Остаться <")
	tl.press(enter)
	tl.wants("> [Чай", "[80 ")
	tl.press(f10)
	tl.wants("Выйти из программы?", "Изменения заказа не сохранятся")
	tl.press(enter)
	tl.wants("> [Чай")
	tl.lacks("F4 Заказы")
}

func TestTheFormIsWalked(t *testing.T) {
	focus := func(tl *till) [2]int {
		f := tl.model.active.(*orderEdit)
		return [2]int{f.at, int(f.cell)}
	}
	tl := newTill(t, withPrinter(dinner)).atCard()
	tl.press(insertKey)
	for i, step := range []struct {
		key  tea.KeyMsg
		want [2]int
	}{
		{tab, [2]int{2, 1}}, {tab, [2]int{2, 2}}, {tab, [2]int{3, 0}}, {right, [2]int{3, 1}}, {right, [2]int{3, 1}}, {left, [2]int{3, 0}},
		{tab, [2]int{3, 1}}, {tab, [2]int{-1, 0}}, {left, [2]int{-1, 0}}, {backTab, [2]int{3, 1}}, {backTab, [2]int{3, 0}}, {backTab, [2]int{2, 2}},
		{pageUp, [2]int{-1, 1}}, {pageDown, [2]int{3, 0}}, {up, [2]int{2, 0}}, {f7, [2]int{2, 0}}, {deleteKey, [2]int{2, 0}},
	} {
		if tl.press(step.key); focus(tl) != step.want {
			t.Fatalf("step %d, %s: the focus is at %v, want %v", i+1, step.key, focus(tl), step.want)
		}
	}
	if f := tl.model.active.(*orderEdit); f.dirty || tl.model.lease != nil {
		t.Error("walking has changed the order")
	}
	tl.press(up, tab)
	tl.wants("> [Кофе", "[1 ")
	tl.press(backspace)
	tl.types("2")
	tl.press(tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.types("3")
	tl.press(f7)
	tl.wait(handPause)
	tl.send(runes("4")) // a scanner that stumbles: its first rune is typing until the rest has come
	tl.wait(70 * time.Millisecond)
	tl.burst("006381333931")
	tl.wait(400 * time.Millisecond)
	tl.wants("> [Кофе", "[3 ", "штрихкод")
	tl.press(pageDown, enter)
	got := tl.counter.order("5").Dishes[1]
	if !got.Count.Equal(number("3")) || !got.Kitchen {
		t.Errorf("the line is %+v", got)
	}
}

func TestTheKitchenGetsItsTicket(t *testing.T) {
	tl := newTill(t, withPrinter((*counter).opensShift))
	tl.press(f4, insertKey)
	tl.types("5")
	tl.press(enter, enter)
	tl.types("Борщ")
	tl.wants("на кухню", "F7 На кухню")
	tl.press(enter, enter)
	tl.types("360")
	tl.press(enter)
	tl.types("Кофе")
	tl.press(f7, enter, enter)
	tl.types("100")
	if lines := tl.model.active.(*orderEdit).lines; lines[2].kitchen {
		t.Error("the next line goes to the kitchen although this one does not")
	}
	tl.press(enter, enter, enter)
	tl.wants("! НЕ напечатан", "[ На кухню ]", "F7 На кухню")
	if got := tl.counter.order("5").Dishes; !got[0].Kitchen || got[1].Kitchen {
		t.Errorf("for the kitchen are %v and %v", got[0].Kitchen, got[1].Kitchen)
	}
	tl.press(f7)
	tl.wants("✓ напечатан", "чек на кухне")
	tl.lacks("НЕ напечатан", "[ На кухню ]")
	if tl.counter.paper.tickets != 1 {
		t.Errorf("%d tickets were printed", tl.counter.paper.tickets)
	}
}

func TestATicketThatCannotBePrintedMayBeSaid(t *testing.T) {
	for trouble, want := range map[*orders.PrinterTrouble]string{
		{NoPaper: true}: "В принтере нет бумаги. Вставьте её и повторите.",
		{}:              "Принтер не отвечает. Проверьте, включён ли он.",
	} {
		tl := newTill(t, withPrinter(dinner)).atCard()
		tl.counter.paper.trouble = trouble
		tl.press(f7)
		tl.wants("Кухня знает о заказе?", want, "> Нет <")
		tl.wait(quietTime)
		tl.press(enter)
		tl.wants("НЕ напечатан")
		tl.press(f7)
		tl.wait(quietTime)
		tl.press(left, enter)
		tl.wants("✓ напечатан", "отмечено, кухня знает")
	}
}

func TestTheCardShowsWhatHasHappened(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) {
		c.seats("5")
		c.redeemed("5", "60")
	})).atCard()
	tl.wants("Стол 5, заказ 1", "Открыт 19:42, Анна, гостей 2", "Александр Татарченко, 2 365 баллов", "Сумма 460,00 ₽", "Баллами 60",
		"К оплате 400,00 ₽", "История", "открыт  Анна", "гость отмечен  Ирина")
	tl.press(endKey, pageUp, home, esc)
	tl.wants("Заказов: 1")

	tl = newTill(t, withCounter(lunch, func(c *counter) {
		c.seats("5")
		c.redeems("5", "60", loyalty.StateSending, loyalty.StateUnknown)
	})).atCard()
	tl.wants("баллы ещё проводятся", "К оплате 460,00 ₽")
	op := tl.counter.redeemedNow()
	tl.send(loyalty.OperationChanged{Operation: op})
	tl.wants("Баллами 60", "К оплате 400,00 ₽")
}

// redeemedNow settles the redemption that redeems has left open.
func (c *counter) redeemedNow() loyalty.Operation {
	ops, err := c.store.List(context.Background(), loyalty.Filter{})
	c.must(err)
	c.must(c.store.Move(context.Background(), loyalty.Move{ID: ops[0].ID, From: ops[0].State, To: loyalty.StateApplied, At: c.till.clock}))
	op, err := c.store.Find(context.Background(), ops[0].ID)
	c.must(err)
	return op
}

func TestACardThatCannotBeReadIsAskedForAgain(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.fails["Bill"] = errBroken })).atCard()
	tl.wants("Журнал не читается", "> Спросить ещё раз <")
	tl.lacks("Оплатить")
	delete(tl.counter.fails, "Bill")
	tl.press(enter)
	tl.wants("> Оплатить <", "К оплате 460,00 ₽")
}

func TestAnOrderIsTakenBackWithAReason(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atCard()
	tl.press(deleteKey)
	tl.wants("Отменить заказ? Стол 5", "Вернуть его нельзя")
	tl.press(enter, enter)
	tl.wants("Напишите причину")
	tl.types("ушли")
	tl.press(enter, enter)
	tl.wants("Отменён 19:42", "отменён: ушли", "> Назад <")
	tl.wait(quietTime)
	if got := tl.counter.order("5"); got.Reason != orders.ReasonVoid {
		t.Errorf("the order is %s for %q", got.State, got.Reason)
	}
	tl.press(enter)
	tl.wants("Открытых заказов нет")
	tl.press(tab, tab)
	tl.wants("> Закрытые <")
	tl.press(enter)
	tl.wants("Закрытых: 1", "Отменён 19:42", "[ Открытые ]")
	tl.press(enter)
	tl.wants("отменён: ушли")
	tl.press(esc, tab, tab, enter)
	tl.wants("Открытых заказов нет")
}

func TestAnOrderWithMovedPointsIsNotTakenBack(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.redeemed("5", "60") })).atCard()
	tl.press(deleteKey)
	tl.types("ушли")
	tl.press(enter, enter)
	tl.wants("По заказу уже проводили баллы. Сначала сделайте сторно: F5.")
	if got := tl.counter.order("5"); got.State != orders.StateOpen {
		t.Errorf("the order is %s", got.State)
	}
}

func TestTheGuestOfAnOrderPaysWhatIsDue(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) {
		c.seats("5")
		c.redeemed("5", "60")
	})).atCard()
	tl.press(f2)
	tl.wants("По этому заказу баллы уже проводили")
	tl.press(down, down, enter)
	tl.wants("Стол 5, заказ 1", "Сумма чека  [400", "Александр Татарченко")
	tl.press(f2)
	tl.wants("Начислить 8 баллов?", "при оплате баллы начислятся сами", "> Нет <")
	tl.press(esc, f3, enter)
	tl.wants("Списано 40")
	if got := tl.desk.redemptions[0]; got.Order != tl.counter.order("5").ID || !got.Sum.Equal(number("400")) {
		t.Errorf("the redemption is of %s for order %s", got.Sum, got.Order)
	}
	tl.wait(readTime)
	tl.press(enter) // back to the order, which is to be paid
	tl.wants("Стол 5, заказ 1", "> Оплатить <")
}

func TestAScanAtTheCardIsTheOrdersGuest(t *testing.T) {
	for name, come := range map[string]func(*till){
		"at the card": func(*till) {}, "where it is paid": func(tl *till) { tl.press(enter) }, "after its button": func(tl *till) { tl.press(f2) },
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t, withCounter(lunch)).atCard()
			come(tl)
			tl.scan(cardOf(someClient).Payload())
			tl.wants("Стол 5, заказ 1", "Сумма чека  [460", "Баланс  2 365 баллов")
			if guest := tl.counter.order("5").Guest; guest == nil || guest.Card.Client != someClient {
				t.Error("the guest is not bound: no points would come when the order is paid")
			}
			tl.counter.after()
			tl.press(esc)
			tl.wants("> Оплатить <", "Александр Татарченко, 2 365 баллов")
		})
	}
}

func TestAGuestWhoCannotBeBoundIsSaid(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.fails["CheckIn"] = &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout} })).atCard()
	tl.scan(cardOf(someClient).Payload())
	tl.wants("гость не отмечен в заказе", "Баланс  2 365 баллов", "[460")
}

func TestTheGuestsSumFollowsTheOrder(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.seats("5"); c.redeemed("5", "60") })).atCard()
	tl.press(f2, down, down, enter)
	tl.wants("[400")
	order := tl.counter.order("5")
	_, err := tl.counter.Change(context.Background(), orders.ChangeOrder{
		Order: order.ID, Version: order.Version, Table: "5", Dishes: append(order.Dishes, dish("Чай", "1", "40")), Seats: 2,
	})
	tl.counter.must(err)
	tl.counter.after()
	tl.wants("сумма теперь 440,00 ₽", "[440")
}

func TestPointsAreNotMovedForABillThatWasPaidMeanwhile(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.seats("5") })).atCard()
	tl.press(f2, f3)
	tl.wants("Списать 46 баллов?")
	tl.counter.wires(tl.counter.order("5").ID, "460", "r1")
	tl.counter.after()
	tl.lacks("Списать 46 баллов?")
	tl.wants("Оплачен 19:42", "оплачен  касса")
	tl.press(enter)
	if len(tl.desk.redemptions) > 0 {
		t.Error("points were redeemed")
	}

	tl = newTill(t, withCounter(lunch, func(c *counter) { c.seats("5") })).atCard()
	tl.press(f2, f5) // the guest lies behind the journal
	tl.counter.wires(tl.counter.order("5").ID, "460", "r1")
	tl.counter.after()
	tl.press(esc)
	tl.wants("Александр Татарченко", "Введите сумму чека")
	tl.lacks("Стол 5, заказ 1, официант")

	tl = newTill(t, withCounter(lunch)).atCard()
	tl.press(f2)
	tl.wants("Отсканируйте QR гостя")
	tl.counter.wires(tl.counter.order("5").ID, "460", "r1")
	tl.counter.after()
	tl.wants("Оплачен 19:42")
}

func TestTheOrderThatWaitsForAScanFollowsTheBook(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.redeemed("5", "60") })).atCard()
	tl.press(f2, down, enter)
	tl.wants("Отсканируйте QR гостя", "сумма 400,00 ₽")
	tl.counter.seats("5")
	tl.counter.after()
	tl.wants("Официант уже отметил гостя: нажмите Enter", "сумма 400,00 ₽")
	tl.press(enter)
	tl.wants("По этому заказу баллы уже проводили")
	tl.press(down, down, enter)
	tl.wants("[400", "Александр Татарченко")
}

func TestANewerQRAtAnOrderOfTheTillKeepsTheTypedSum(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.seats("5") })).atCard()
	tl.press(f2, backspace)
	tl.types("9")
	fresh := cardOf(someClient)
	fresh.Secret++
	tl.scan(fresh.Payload())
	tl.wants("Стол 5, заказ 1", "[469")
	if got := tl.counter.order("5").Guest.Card; got != fresh {
		t.Error("the order still has the older QR")
	}
}

func TestRedeemingOnABillThatAGuestLooksAtWarns(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.seats("5") })).atCard()
	tl.press(f2, f3)
	tl.wants("Списать 46 баллов?", "> Списать <")
	tl.lacks("в телефоне")
	tl.press(esc)
	_, err := tl.counter.Bills(context.Background(), orders.BillQuery{Table: "5"})
	tl.counter.must(err)
	tl.press(f3)
	tl.wants("Гость недавно открыл этот счёт в телефоне и может уже платить. После списания его оплата не подойдёт.", "> Нет <")
	tl.press(enter)
	if len(tl.desk.redemptions) > 0 {
		t.Error("Enter has redeemed")
	}
}

func TestTheTillsOrdersStandBesideTheOthers(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) {
		_, err := c.Feed(context.Background(), orders.Fed{Order: uuid.UUID{15: 99}, Number: "77", Table: "9"})
		c.must(err)
	}))
	tl.press(f4)
	tl.wants("Заказов: 2", "77")
	tl.types("77")
	tl.press(enter)
	tl.wants("Отсканируйте QR гостя") // the POS's order has no card
}

func TestWithoutATillThereIsNothingToOpen(t *testing.T) {
	for name, options := range map[string]func(*Options){
		"no book":    withOrders(floor()),
		"no journal": func(o *Options) { withCounter(lunch)(o); o.BalanceOnly = true },
		"no records": func(o *Options) { withCounter(lunch)(o); o.Records = nil },
	} {
		tl := newTill(t, options)
		tl.press(f8)
		tl.wants("Отсканируйте QR покупателя")
		tl.lacks("F8")
		tl.press(f4, insertKey, tab, enter)
		tl.lacks("Новый заказ", "Закрытые")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestAnOrderThatIsSavedBehindTheCashiersBackIsTold(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atCard()
	tl.press(insertKey)
	tl.types("Чай")
	tl.press(enter, enter)
	tl.types("80")
	tl.press(enter, enter)
	tl.held = true
	tl.press(enter)
	tl.wants("Сохраняем…")
	tl.press(f5)
	tl.held = false
	tl.deliver()
	tl.wants("Стол 5, заказ 1: сохранён")
}
