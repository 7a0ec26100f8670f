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
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestAnOrderIsTypedWithEnterAlone(t *testing.T) {
	tl := newTill(t, withCounter((*stage.Counter).OpensShift))
	tl.Press(f4)
	tl.wants("Открытых заказов нет", "Свой заказ касса открывает клавишей Ins", "[ Новый заказ ]", "Ins Новый заказ")
	tl.Press(insertKey)
	tl.wants("Новый заказ", "Стол", "Гостей", "Сумма строки: за всё количество")
	tl.Types("5")
	tl.Press(enter)
	tl.Types("2")
	tl.Press(enter)
	tl.Types("Борщ")
	tl.Press(enter)
	tl.Types("2")
	tl.Press(enter)
	tl.Types("360,5")
	tl.Press(enter)
	tl.Types("Кофе")
	tl.Press(enter, enter)
	tl.Types("100")
	tl.Press(enter)
	tl.wants("Итого 460,50 ₽")
	tl.Press(enter) // on the empty line: to the buttons
	tl.wants("> Сохранить <")
	tl.Press(enter)
	tl.wants("Стол 5, заказ 1", "гостей 2", "Борщ", "360,50", "К оплате 460,50 ₽", "> Оплатить <")
	got := tl.Counter.Order("5")
	if len(got.Dishes) != 2 || !got.Dishes[0].Count.Equal(stage.Number("2")) || !got.Dishes[1].Count.Equal(stage.Number("1")) || got.Seats != 2 || got.Waiter != "Анна" {
		t.Errorf("the order was opened as %+v", got)
	}
	tl.Press(esc)
	tl.wants("Заказов: 1", "> 5", "460,50")
}

func TestSaveAndPayGoesOnToPaying(t *testing.T) {
	tl := newTill(t, withCounter((*stage.Counter).OpensShift))
	tl.Press(f4, tab)
	tl.wants("> Новый заказ <")
	tl.Press(enter)
	tl.Types("Б")
	tl.Press(enter, enter)
	tl.Types("Кофе")
	tl.Press(enter, enter)
	tl.Types("100")
	tl.Press(enter, enter, right, enter)
	tl.wants("К оплате 100,00 ₽", "Гость дал наличными", "[ Наличными 100,00 ]")
}

func TestAFormSaysWhatIsMissing(t *testing.T) {
	tests := []struct {
		name string
		keys func(tl *till)
		want string
	}{
		{"everything", func(tl *till) { tl.Press(enter, enter, enter, enter) }, "Впишите стол или хотя бы одну строку"},
		{"a sum", func(tl *till) { tl.Press(enter, enter); tl.Types("Кофе"); tl.Press(enter, enter, enter) }, "Впишите сумму строки"},
		{"a sum at the end", func(tl *till) { tl.Press(enter, enter); tl.Types("Кофе"); tl.Press(down, down, enter) }, "Впишите сумму строки"},
		{"a name", func(tl *till) { tl.Press(enter, enter, tab, tab); tl.Types("10"); tl.Press(down, down, enter) }, "Впишите, что заказали"},
		{"a count", func(tl *till) {
			tl.Press(enter, enter)
			tl.Types("Кофе")
			tl.Press(enter)
			tl.Types("0")
			tl.Press(enter)
			tl.Types("10")
			tl.Press(enter, enter, enter)
		}, "Впишите количество"},
		{"a number", func(tl *till) { tl.Press(enter, enter); tl.Types("Кофе"); tl.Press(enter); tl.Types("x") }, "Здесь только цифры и запятая"},
		{"guests", func(tl *till) { tl.Press(enter); tl.Types("1000"); tl.Press(enter, enter, enter) }, "Гостей не больше 999"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t, withCounter())
			tl.Press(f4, insertKey)
			test.keys(tl)
			tl.wants(test.want, "Новый заказ")
			if open, err := tl.Counter.Open(context.Background()); err != nil || len(open) > 0 {
				t.Errorf("an order was opened: %v, %v", open, err)
			}
		})
	}
}

func TestAnOrderIsChangedAndALineTakenOff(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtCard()
	tl.Press(insertKey) // the focus is on a new line
	tl.Types("Чай")
	tl.Press(enter, enter)
	tl.Types("80")
	tl.Press(up, up)
	tl.wants("> [Борщ", "Del Убрать строку")
	tl.Press(deleteKey)
	tl.wants("Итого 180,00 ₽")
	tl.Press(tab)
	tl.Types("3") // replaces the count
	tl.Press(down, down, down, enter)
	tl.wants("Сумма 180,00 ₽", "Кофе", "Чай")
	tl.lacks("Борщ")
	got := tl.Counter.Order("5")
	if len(got.Dishes) != 2 || !got.Dishes[0].Count.Equal(stage.Number("3")) || got.Version != 2 {
		t.Errorf("the order was changed to %+v", got.Dishes)
	}
}

func TestOnlyUnsavedChangesHoldAnOrder(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtCard()
	free := func() bool {
		lease, err := tl.Counter.Edit(tl.Counter.Order("5").ID, "Пётр")
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
	tl.Press(insertKey)
	holds(false, "before anything is typed")
	tl.Types("Ч")
	holds(true, "after the first letter")
	tl.Wait(50 * time.Second)
	tl.Types("а")
	tl.Wait(50 * time.Second)
	holds(true, "50 s after the last key")
	tl.Wait(11 * time.Second)
	holds(false, "61 s after the last key")
	if tl.model.lease != nil {
		t.Error("the screen still has the lease")
	}
	tl.Types("й")
	holds(true, "when somebody types on")
	tl.Press(esc)
	tl.wants("Выйти без сохранения?", "> Остаться <")
	tl.Press(enter)
	holds(true, "while the form stays")
	tl.Press(esc, left, enter)
	tl.wants("> Оплатить <")
	holds(false, "after the form was left")
	tl.Press(insertKey)
	tl.Types("Чай")
	tl.Press(enter, enter)
	tl.Types("80")
	tl.Press(enter, enter, enter)
	tl.wants("Сумма 540,00 ₽")
	holds(false, "after it was saved")
}

func TestAnOrderThatAnotherEditsIsNotSaved(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtCard()
	lease, err := tl.Counter.Edit(tl.Counter.Order("5").ID, "Пётр")
	tl.Counter.Must(err)
	tl.Press(insertKey)
	tl.Types("Ч")
	tl.wants("Заказ сейчас меняет Пётр. Подождите")
	tl.Press(enter, enter)
	tl.Types("1")
	tl.Press(enter, enter, enter)
	tl.wants("Заказ сейчас меняет Пётр", "Итого 461,00")
	lease.Release()
	tl.Press(enter)
	tl.wants("Сумма 461,00 ₽")
}

func TestWhatTheFormDoesNotTouchMayChangeUnderIt(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtCard()
	tl.Press(insertKey)
	tl.Types("Чай")
	tl.Counter.Seats("5") // the version grows
	tl.Counter.After()
	tl.Press(enter, enter)
	tl.Types("80")
	tl.Press(enter, enter, enter)
	tl.wants("Сумма 540,00 ₽", "Александр Татарченко")

	tl = newTill(t, withCounter(stage.Lunch)).AtCard()
	tl.Press(insertKey)
	order := tl.Counter.Order("5")
	_, err := tl.Counter.Change(context.Background(), orders.ChangeOrder{
		Order: order.ID, Version: order.Version, Table: "6", Dishes: order.Dishes, Cashier: "Пётр",
	})
	tl.Counter.Must(err)
	tl.Counter.After()
	tl.wants("Заказ за это время изменился")
	tl.Types("Чай")
	tl.Press(enter, enter)
	tl.Types("80")
	tl.Press(enter, enter, enter)
	tl.wants("Заказ за это время изменился")
}

func TestAScanInTheFormLeavesNoTrace(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtCard()
	tl.Press(insertKey)
	tl.Types("Чай")
	tl.Scan("4006381333931")
	tl.wants("> [Чай", "штрихкод")
	tl.Press(enter, enter)
	tl.Types("80")
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Новый покупатель?", "Изменения заказа не сохранятся", "> Остаться <")
	tl.Press(enter)
	tl.wants("> [Чай", "[80 ")
	tl.Press(f10)
	tl.wants("Выйти из программы?", "Изменения заказа не сохранятся")
	tl.Press(enter)
	tl.wants("> [Чай")
	tl.lacks("F4 Заказы")
}

func TestTheFormIsWalked(t *testing.T) {
	focus := func(tl *till) [2]int {
		f := tl.model.active.(*orderEdit)
		return [2]int{f.at, int(f.cell)}
	}
	tl := newTill(t, withPrinter(stage.Dinner)).AtCard()
	tl.Press(insertKey)
	for i, step := range []struct {
		key  tea.KeyMsg
		want [2]int
	}{
		{tab, [2]int{2, 1}}, {tab, [2]int{2, 2}}, {tab, [2]int{3, 0}}, {right, [2]int{3, 1}}, {right, [2]int{3, 1}}, {left, [2]int{3, 0}},
		{tab, [2]int{3, 1}}, {tab, [2]int{-1, 0}}, {left, [2]int{-1, 0}}, {backTab, [2]int{3, 1}}, {backTab, [2]int{3, 0}}, {backTab, [2]int{2, 2}},
		{pageUp, [2]int{-1, 1}}, {pageDown, [2]int{3, 0}}, {up, [2]int{2, 0}}, {f7, [2]int{2, 0}}, {deleteKey, [2]int{2, 0}},
	} {
		if tl.Press(step.key); focus(tl) != step.want {
			t.Fatalf("step %d, %s: the focus is at %v, want %v", i+1, step.key, focus(tl), step.want)
		}
	}
	if f := tl.model.active.(*orderEdit); f.dirty || tl.model.lease != nil {
		t.Error("walking has changed the order")
	}
	tl.Press(up, tab)
	tl.wants("> [Кофе", "[1 ")
	tl.Press(backspace)
	tl.Types("2")
	tl.Press(tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.Types("3")
	tl.Press(f7)
	tl.Wait(stage.HandPause)
	tl.Send(stage.Runes("4")) // a scanner that stumbles: its first rune is typing until the rest has come
	tl.Wait(70 * time.Millisecond)
	tl.Burst("006381333931")
	tl.Wait(400 * time.Millisecond)
	tl.wants("> [Кофе", "[3 ", "штрихкод")
	tl.Press(pageDown, enter)
	got := tl.Counter.Order("5").Dishes[1]
	if !got.Count.Equal(stage.Number("3")) || !got.Kitchen {
		t.Errorf("the line is %+v", got)
	}
}

func TestTheKitchenGetsItsTicket(t *testing.T) {
	tl := newTill(t, withPrinter((*stage.Counter).OpensShift))
	tl.Press(f4, insertKey)
	tl.Types("5")
	tl.Press(enter, enter)
	tl.Types("Борщ")
	tl.wants("на кухню", "F7 На кухню")
	tl.Press(enter, enter)
	tl.Types("360")
	tl.Press(enter)
	tl.Types("Кофе")
	tl.Press(f7, enter, enter)
	tl.Types("100")
	if lines := tl.model.active.(*orderEdit).lines; lines[2].kitchen {
		t.Error("the next line goes to the kitchen although this one does not")
	}
	tl.Press(enter, enter, enter)
	tl.wants("! НЕ напечатан", "[ На кухню ]", "F7 На кухню")
	if got := tl.Counter.Order("5").Dishes; !got[0].Kitchen || got[1].Kitchen {
		t.Errorf("for the kitchen are %v and %v", got[0].Kitchen, got[1].Kitchen)
	}
	tl.Press(f7)
	tl.wants("✓ напечатан", "чек на кухне")
	tl.lacks("НЕ напечатан", "[ На кухню ]")
	if tl.Counter.Paper.Tickets != 1 {
		t.Errorf("%d tickets were printed", tl.Counter.Paper.Tickets)
	}
}

func TestATicketThatCannotBePrintedMayBeSaid(t *testing.T) {
	for trouble, want := range map[*orders.PrinterTrouble]string{
		{NoPaper: true}: "В принтере нет бумаги. Вставьте её и повторите.",
		{}:              "Принтер не отвечает. Проверьте, включён ли он.",
	} {
		tl := newTill(t, withPrinter(stage.Dinner)).AtCard()
		tl.Counter.Paper.Trouble = trouble
		tl.Press(f7)
		tl.wants("Кухня знает о заказе?", want, "> Нет <")
		tl.Wait(quietTime)
		tl.Press(enter)
		tl.wants("НЕ напечатан")
		tl.Press(f7)
		tl.Wait(quietTime)
		tl.Press(left, enter)
		tl.wants("✓ напечатан", "отмечено, кухня знает")
	}
}

func TestTheCardShowsWhatHasHappened(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) {
		c.Seats("5")
		c.Redeemed("5", "60")
	})).AtCard()
	tl.wants("Стол 5, заказ 1", "Открыт 19:42, Анна, гостей 2", "Александр Татарченко, 2 365 баллов", "Сумма 460,00 ₽", "Баллами 60",
		"К оплате 400,00 ₽", "История", "открыт  Анна", "гость отмечен  Ирина")
	tl.Press(endKey, pageUp, home, esc)
	tl.wants("Заказов: 1")

	tl = newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) {
		c.Seats("5")
		c.Redeems("5", "60", loyalty.StateSending, loyalty.StateUnknown)
	})).AtCard()
	tl.wants("баллы ещё проводятся", "К оплате 460,00 ₽")
	op := tl.Counter.RedeemedNow()
	tl.Send(loyalty.OperationChanged{Operation: op})
	tl.wants("Баллами 60", "К оплате 400,00 ₽")
}

func TestACardThatCannotBeReadIsAskedForAgain(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Fails["Bill"] = stage.ErrBroken })).AtCard()
	tl.wants("Журнал не читается", "> Спросить ещё раз <")
	tl.lacks("Оплатить")
	delete(tl.Counter.Fails, "Bill")
	tl.Press(enter)
	tl.wants("> Оплатить <", "К оплате 460,00 ₽")
}

func TestAnOrderIsTakenBackWithAReason(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtCard()
	tl.Press(deleteKey)
	tl.wants("Отменить заказ? Стол 5", "Вернуть его нельзя")
	tl.Press(enter, enter)
	tl.wants("Напишите причину")
	tl.Types("ушли")
	tl.Press(enter, enter)
	tl.wants("Отменён 19:42", "отменён: ушли", "> Назад <")
	tl.Wait(quietTime)
	if got := tl.Counter.Order("5"); got.Reason != orders.ReasonVoid {
		t.Errorf("the order is %s for %q", got.State, got.Reason)
	}
	tl.Press(enter)
	tl.wants("Открытых заказов нет")
	tl.Press(tab, tab)
	tl.wants("> Закрытые <")
	tl.Press(enter)
	tl.wants("Закрытых: 1", "Отменён 19:42", "[ Открытые ]")
	tl.Press(enter)
	tl.wants("отменён: ушли")
	tl.Press(esc, tab, tab, enter)
	tl.wants("Открытых заказов нет")
}

func TestAnOrderWithMovedPointsIsNotTakenBack(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Redeemed("5", "60") })).AtCard()
	tl.Press(deleteKey)
	tl.Types("ушли")
	tl.Press(enter, enter)
	tl.wants("По заказу уже проводили баллы. Сначала сделайте сторно: F5.")
	if got := tl.Counter.Order("5"); got.State != orders.StateOpen {
		t.Errorf("the order is %s", got.State)
	}
}

func TestTheGuestOfAnOrderPaysWhatIsDue(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) {
		c.Seats("5")
		c.Redeemed("5", "60")
	})).AtCard()
	tl.Press(f2)
	tl.wants("По этому заказу баллы уже проводили")
	tl.Press(down, down, enter)
	tl.wants("Стол 5, заказ 1", "Сумма чека  [400", "Александр Татарченко")
	tl.Press(f2)
	tl.wants("Начислить 8 баллов?", "при оплате баллы начислятся сами", "> Нет <")
	tl.Press(esc, f3, enter)
	tl.wants("Списано 40")
	if got := tl.Desk.Redemptions[0]; got.Order != tl.Counter.Order("5").ID || !got.Sum.Equal(stage.Number("400")) {
		t.Errorf("the redemption is of %s for order %s", got.Sum, got.Order)
	}
	tl.Wait(readTime)
	tl.Press(enter) // back to the order, which is to be paid
	tl.wants("Стол 5, заказ 1", "> Оплатить <")
}

func TestAScanAtTheCardIsTheOrdersGuest(t *testing.T) {
	for name, come := range map[string]func(*till){
		"at the card": func(*till) {}, "where it is paid": func(tl *till) { tl.Press(enter) }, "after its button": func(tl *till) { tl.Press(f2) },
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t, withCounter(stage.Lunch)).AtCard()
			come(tl)
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
			tl.wants("Стол 5, заказ 1", "Сумма чека  [460", "Баланс  2 365 баллов")
			if guest := tl.Counter.Order("5").Guest; guest == nil || guest.Card.Client != stage.SomeClient {
				t.Error("the guest is not bound: no points would come when the order is paid")
			}
			tl.Counter.After()
			tl.Press(esc)
			tl.wants("> Оплатить <", "Александр Татарченко, 2 365 баллов")
		})
	}
}

func TestAGuestWhoCannotBeBoundIsSaid(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Fails["CheckIn"] = &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout} })).AtCard()
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("гость не отмечен в заказе", "Баланс  2 365 баллов", "[460")
}

func TestTheGuestsSumFollowsTheOrder(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5"); c.Redeemed("5", "60") })).AtCard()
	tl.Press(f2, down, down, enter)
	tl.wants("[400")
	order := tl.Counter.Order("5")
	_, err := tl.Counter.Change(context.Background(), orders.ChangeOrder{
		Order: order.ID, Version: order.Version, Table: "5", Dishes: append(order.Dishes, stage.Dish("Чай", "1", "40")), Seats: 2,
	})
	tl.Counter.Must(err)
	tl.Counter.After()
	tl.wants("сумма теперь 440,00 ₽", "[440")
}

func TestPointsAreNotMovedForABillThatWasPaidMeanwhile(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })).AtCard()
	tl.Press(f2, f3)
	tl.wants("Списать 46 баллов?")
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
	tl.Counter.After()
	tl.lacks("Списать 46 баллов?")
	tl.wants("Оплачен 19:42", "оплачен  касса")
	tl.Press(enter)
	if len(tl.Desk.Redemptions) > 0 {
		t.Error("points were redeemed")
	}

	tl = newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })).AtCard()
	tl.Press(f2, f5) // the guest lies behind the journal
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
	tl.Counter.After()
	tl.Press(esc)
	tl.wants("Александр Татарченко", "Введите сумму чека")
	tl.lacks("Стол 5, заказ 1, официант")

	tl = newTill(t, withCounter(stage.Lunch)).AtCard()
	tl.Press(f2)
	tl.wants("Отсканируйте QR гостя")
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
	tl.Counter.After()
	tl.wants("Оплачен 19:42")
}

func TestTheOrderThatWaitsForAScanFollowsTheBook(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Redeemed("5", "60") })).AtCard()
	tl.Press(f2, down, enter)
	tl.wants("Отсканируйте QR гостя", "сумма 400,00 ₽")
	tl.Counter.Seats("5")
	tl.Counter.After()
	tl.wants("Официант уже отметил гостя: нажмите Enter", "сумма 400,00 ₽")
	tl.Press(enter)
	tl.wants("По этому заказу баллы уже проводили")
	tl.Press(down, down, enter)
	tl.wants("[400", "Александр Татарченко")
}

func TestANewerQRAtAnOrderOfTheTillKeepsTheTypedSum(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })).AtCard()
	tl.Press(f2, backspace)
	tl.Types("9")
	fresh := stage.CardOf(stage.SomeClient)
	fresh.Secret++
	tl.Scan(fresh.Payload())
	tl.wants("Стол 5, заказ 1", "[469")
	if got := tl.Counter.Order("5").Guest.Card; got != fresh {
		t.Error("the order still has the older QR")
	}
}

func TestRedeemingOnABillThatAGuestLooksAtWarns(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })).AtCard()
	tl.Press(f2, f3)
	tl.wants("Списать 46 баллов?", "> Списать <")
	tl.lacks("в телефоне")
	tl.Press(esc)
	_, err := tl.Counter.Bills(context.Background(), orders.BillQuery{Table: "5"})
	tl.Counter.Must(err)
	tl.Press(f3)
	tl.wants("Гость недавно открыл этот счёт в телефоне и может уже платить. После списания его оплата не подойдёт.", "> Нет <")
	tl.Press(enter)
	if len(tl.Desk.Redemptions) > 0 {
		t.Error("Enter has redeemed")
	}
}

func TestTheTillsOrdersStandBesideTheOthers(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) {
		_, err := c.Feed(context.Background(), orders.Fed{Order: uuid.UUID{15: 99}, Number: "77", Table: "9"})
		c.Must(err)
	}))
	tl.Press(f4)
	tl.wants("Заказов: 2", "77")
	tl.Types("77")
	tl.Press(enter)
	tl.wants("Отсканируйте QR гостя") // the POS's order has no card
}

func TestWithoutATillThereIsNothingToOpen(t *testing.T) {
	for name, options := range map[string]func(*Options){
		"no book":    withOrders(stage.Floor()),
		"no journal": func(o *Options) { withCounter(stage.Lunch)(o); o.BalanceOnly = true },
		"no records": func(o *Options) { withCounter(stage.Lunch)(o); o.Records = nil },
	} {
		tl := newTill(t, options)
		tl.Press(f8)
		tl.wants("Отсканируйте QR покупателя")
		tl.lacks("F8")
		tl.Press(f4, insertKey, tab, enter)
		tl.lacks("Новый заказ", "Закрытые")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestAnOrderThatIsSavedBehindTheCashiersBackIsTold(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtCard()
	tl.Press(insertKey)
	tl.Types("Чай")
	tl.Press(enter, enter)
	tl.Types("80")
	tl.Press(enter, enter)
	tl.Held = true
	tl.Press(enter)
	tl.wants("Сохраняем…")
	tl.Press(f5)
	tl.Held = false
	tl.Deliver()
	tl.wants("Стол 5, заказ 1: сохранён")
}
