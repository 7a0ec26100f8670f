package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestTheOrdersAreListedTheNewestChangeFirst(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.wants("F4 Заказы")
	tl.Press(f4)
	tl.wants("Заказов: 4", "> 15", "1 250,00", "840", "Анна Ли", "нет гостя", "Александр Татарченко", "Фёдор Ёлкин",
		"Стол 15, заказ 1015, официант Ирина, сумма 1 250,00 ₽", "Анна Ли, 840 баллов на 19:40")
	shown := tl.Shown()
	if strings.Index(shown, "1015") > strings.Index(shown, "1007") || strings.Index(shown, "1007") > strings.Index(shown, "1005") {
		t.Errorf("the newest change does not stand first:\n%s", shown)
	}
	tl.Press(down)
	tl.wants("Гость не отмечен. Выберите заказ и отсканируйте QR гостя.")
	tl.Press(endKey)
	tl.wants("Заказ с 18:52")
	tl.Press(home, pageDown, pageUp)
	tl.wants("> 15")
	tl.Press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestWithoutAnOrderBookThereIsNoF4(t *testing.T) {
	for name, options := range map[string]func(*Options){
		"no book": func(*Options) {}, "no journal": func(o *Options) { withOrders(stage.Floor())(o); o.BalanceOnly = true },
	} {
		tl := newTill(t, options)
		tl.Press(f4)
		tl.wants("Отсканируйте QR покупателя")
		tl.lacks("F4")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestAnEmptyListSaysWhatItIsFor(t *testing.T) {
	book := &stage.Orders{}
	tl := newTill(t, withOrders(book))
	tl.Press(f4)
	tl.wants("Открытых заказов нет", "официант отметил на своём терминале", "сканирует QR гостя")
	tl.Press(enter) // nothing to open
	tl.Hears(stage.Bound(stage.WithGuest(stage.OrderOf(5, 0), stage.SomeClient, "Александр Татарченко", "2330")))
	tl.wants("> 5", "Александр Татарченко")
}

func TestAListThatCannotBeReadIsAskedForAgain(t *testing.T) {
	book := stage.Floor()
	book.Err = stage.ErrBroken
	tl := newTill(t, withOrders(book))
	tl.Press(f4)
	tl.wants("Журнал не читается. Позовите администратора.", "Enter Спросить ещё раз")
	book.Err = nil
	tl.Press(enter)
	tl.wants("Заказов: 4")
}

func TestTypingFiltersTheOrders(t *testing.T) {
	tests := []struct {
		typed  string
		first  string
		wants  []string
		absent []string
	}{
		{"5", "Стол 5, заказ 1005", []string{"1015", "1005"}, []string{"1007"}}, // table 5 before table 15
		{"1015", "Стол 15,", []string{"Анна Ли"}, []string{"1005"}},
		{"татар", "Стол 5,", nil, []string{"1015", "Анна Ли"}},
		{"ФЕДОР елк", "Заказ с 18:52", []string{"Фёдор Ёлкин"}, []string{"1005"}},
		{"15 анна", "Стол 15,", nil, []string{"1005"}},
	}
	for _, test := range tests {
		tl := newTill(t, withOrders(stage.Floor()))
		tl.Press(f4, down)
		tl.Types(test.typed)
		tl.wants(test.wants...)
		tl.wants(test.first, "Esc Показать все")
		tl.lacks(test.absent...)
		tl.Press(esc)
		tl.wants("Заказов: 4", "Esc Назад")
	}
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4)
	tl.Types("нигде")
	tl.wants("Таких заказов нет", "Заказов: 0")
	tl.Press(enter, down, backspace)
	tl.wants("Таких заказов нет")
}

func TestTheChosenOrderStaysChosen(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4, down, down)
	tl.wants("> 5")
	for table := 20; table < 60; table++ {
		tl.Hears(stage.Bound(stage.WithGuest(stage.OrderOf(table, 0), 7, "Новый", "1")))
		tl.wants("> 5", "Александр Татарченко, 2 330 баллов")
	}
	before := lineOf(tl, "> 5")
	tl.Hears(stage.Bound(stage.WithGuest(stage.OrderOf(90, 0), 7, "Новый", "1")))
	if after := lineOf(tl, "> 5"); after != before {
		t.Errorf("the chosen order has moved from line %d to %d of the screen", before, after)
	}
	moved := stage.WithGuest(stage.OrderOf(5, 0), stage.SomeClient, "Александр Татарченко", "2300")
	moved.Version = 2
	tl.Hears(stage.Bound(moved)) // it has changed, so that it stands first
	tl.wants("> 5", "2 300 баллов")
	tl.Press(home)
	tl.wants("> 90")
}

func lineOf(tl *till, words string) int {
	for i, line := range strings.Split(tl.Shown(), "\n") {
		if strings.Contains(line, words) {
			return i
		}
	}
	return -1
}

func TestAnOrderThatHasGoneLeavesNothingToPress(t *testing.T) {
	book := stage.Floor()
	tl := newTill(t, withOrders(book))
	tl.Press(f4, down, down)
	closed := book.List[2]
	closed.State, closed.Reason, closed.Version = orders.StateClosed, orders.ReasonFeed, 2
	tl.Hears(orders.Changed{Order: closed, Event: orders.Event{Kind: orders.EventClosed, Reason: orders.ReasonFeed}})
	tl.wants("Заказов: 3")
	tl.lacks("> ", "1005")
	tl.Press(enter)
	tl.wants("Заказов: 3")
	if len(book.Asked) > 0 {
		t.Error("Enter has opened the neighbour of the order that was meant")
	}
	tl.Press(down)
	tl.wants("Заказ с 18:52")
}

func TestNewsThatOvertakesTheListIsNotLost(t *testing.T) {
	book := stage.Floor()
	tl := newTill(t, withOrders(book))
	tl.Held = true
	tl.Press(f4)
	tl.wants("Читаем заказы…")
	newer := stage.WithGuest(stage.OrderOf(7, 0), 7, "Пришла Позже", "3")
	newer.Version = 2
	tl.Hears(stage.Bound(newer))
	gone := book.List[2]
	gone.State, gone.Reason, gone.Version = orders.StateClosed, orders.ReasonFeed, 2
	tl.Hears(orders.Changed{Order: gone, Event: orders.Event{Kind: orders.EventClosed}})
	tl.Deliver() // the list was read before both
	tl.wants("Заказов: 3", "Пришла Позже")
	tl.lacks("1005")
	older := stage.OrderOf(7, 5)
	older.Version = 1
	tl.Hears(orders.Changed{Order: older})
	tl.wants("Пришла Позже")
}

func TestAScanLeavesNoTraceInTheFilter(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4, down)
	tl.Types("5")
	tl.Scan("4006381333931")
	tl.wants("Найти [5", "штрихкод", "Стол 5, заказ 1005")
	tl.Send(stage.Runes("{")) // a scanner that stumbles: its first rune is typing until the rest has come
	tl.Wait(70 * time.Millisecond)
	tl.Burst(stage.CardOf(stage.OtherClient).Payload()[1:])
	tl.Wait(400 * time.Millisecond)
	tl.wants("Баланс  2 365 баллов", "Начислить")
	tl.lacks("Заказ 10", "Стол")
	tl.Press(f4)
	tl.Types("5")
	tl.Wait(stage.HandPause)
	tl.Send(stage.Runes("4"))
	tl.Wait(70 * time.Millisecond)
	tl.Burst("006381333931")
	tl.Wait(400 * time.Millisecond)
	tl.wants("Найти [5 ", "Стол 5, заказ 1005")
}

func TestAnOrdersGuestOpensWithoutAScan(t *testing.T) {
	book := stage.Floor()
	tl := newTill(t, withOrders(book))
	tl.Press(f4, down, down, enter)
	tl.wants("Стол 5, заказ 1005, официант Ирина", "Александр Татарченко", "Баланс  2 365 баллов", "Сумма чека  [1 250",
		"Начислим 25 баллов", "Можно списать до 125")
	if len(tl.Desk.Greeted) > 0 || len(book.Asked) != 1 {
		t.Errorf("the desk was asked %d times and the book %d, want 0 and 1", len(tl.Desk.Greeted), len(book.Asked))
	}
	tl.Press(esc) // nothing was typed
	tl.wants("> 5", "Заказов: 4")
	tl.Press(enter, f2)
	tl.wants("Начислить 25 баллов?", "Стол 5, заказ 1005", "Сумма чека: 1 250,00")
	tl.Press(enter)
	tl.wants("Начислено 25")
	if got := tl.Desk.Accruals[0]; got.Order != book.List[2].ID || got.Guest.Card != stage.CardOf(stage.SomeClient) {
		t.Errorf("the accrual was asked for order %s of %d", got.Order, got.Guest.Card.Client)
	}
	tl.Press(f4, home, down, down, enter, f3, enter)
	if got := tl.Desk.Redemptions[0]; got.Order != book.List[2].ID || !got.Points.Equal(stage.Number("125")) {
		t.Errorf("the redemption was asked for order %s with %s points", got.Order, got.Points)
	}
}

func TestAGuestWithoutAnOrderNamesNone(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor())).AtGuest("1250")
	tl.Press(f2)
	tl.lacks("аказ 1", "Стол")
	tl.Press(enter)
	if got := tl.Desk.Accruals[0].Order; got != uuid.Nil {
		t.Errorf("the accrual names order %s", got)
	}
}

func TestAnOrderOfUnknownSumWaitsForIt(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4, endKey, enter)
	tl.wants("Заказ с 18:52", "Фёдор Ёлкин", "Введите сумму чека")
	tl.Types("500")
	tl.wants("Начислим 10 баллов")
	tl.Press(esc)
	tl.wants("Введите сумму чека")
}

func TestATypedSumIsKeptBesideTheOrders(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4, down, down, enter)
	tl.Press(backspace)
	tl.Types("9")
	tl.wants("[1 259", "В заказе 1 250,00 ₽: проверьте", "Esc Сумма заказа")
	changed := stage.WithGuest(stage.OrderOf(5, 0), stage.SomeClient, "Александр Татарченко", "2330")
	changed.Sum, changed.Version = decimal.NewNullDecimal(stage.Number("1300")), 2
	tl.Hears(orders.Changed{Order: changed, Event: orders.Event{Kind: orders.EventFed}})
	tl.wants("[1 259", "В заказе 1 300,00 ₽: проверьте", "Стол 5, заказ 1005: сумма теперь 1 300,00 ₽")
	tl.Press(esc)
	tl.wants("[1 300", "Начислим 26 баллов")
	changed.Sum, changed.Version = decimal.NewNullDecimal(stage.Number("1400")), 3
	tl.Hears(orders.Changed{Order: changed, Event: orders.Event{Kind: orders.EventFed}})
	tl.wants("[1 400", "Начислим 28 баллов")
	changed.Sum, changed.Version = decimal.NewNullDecimal(stage.Number("1")), 2
	tl.Hears(orders.Changed{Order: changed}) // overtaken
	tl.wants("[1 400")
}

func TestAGuestWhomTheWaiterTakesOffTheOrderLosesIt(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4, down, down, enter)
	freed := stage.OrderOf(5, 0)
	freed.Version = 2
	tl.Hears(orders.Changed{Order: freed, Event: orders.Event{Kind: orders.EventUnbound}})
	tl.wants("официант снял гостя с заказа", "Александр Татарченко", "[1 250")
	tl.Press(f2, enter)
	if got := tl.Desk.Accruals[0].Order; got != uuid.Nil {
		t.Errorf("the accrual names order %s", got)
	}
}

func TestAQuestionIsTakenBackWhenItsOrderChanges(t *testing.T) {
	changed := stage.WithGuest(stage.OrderOf(5, 0), stage.SomeClient, "Александр Татарченко", "2330")
	changed.Version = 2
	for name, change := range map[string]func(*orders.Order){
		"the sum":   func(o *orders.Order) { o.Sum = decimal.NewNullDecimal(stage.Number("1300")) },
		"the guest": func(o *orders.Order) { o.Guest = nil },
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t, withOrders(stage.Floor()))
			tl.Press(f4, down, down, enter, f2)
			tl.wants("Начислить 25 баллов?")
			other := stage.Bound(stage.WithGuest(stage.OrderOf(15, 0), 7, "Анна Ли", "1"))
			tl.Hears(other)
			waiter := changed
			waiter.Waiter = "Олег" // asks for the same as before
			tl.Hears(orders.Changed{Order: waiter})
			tl.wants("Начислить 25 баллов?")
			news := changed
			news.Version = 3
			change(&news)
			tl.Hears(orders.Changed{Order: news})
			tl.lacks("Начислить 25 баллов?")
			tl.wants("Александр Татарченко", "Сумма чека")
			if len(tl.Desk.Accruals) > 0 {
				t.Error("an accrual was sent")
			}
		})
	}
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4, down, down, enter)
	tl.Types("1")
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	news := changed
	news.Guest = nil
	tl.Hears(orders.Changed{Order: news})
	tl.wants("Новый покупатель?") // that is about somebody else
}

func TestANewerQROfTheOrdersGuestKeepsTheOrder(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4, down, down, enter, backspace)
	tl.Types("9")
	fresh := stage.CardOf(stage.SomeClient)
	fresh.Secret++
	tl.Scan(fresh.Payload())
	tl.wants("Стол 5, заказ 1005", "[1 259", "Баланс  2 365 баллов")
	tl.Press(f2, enter)
	if got := tl.Desk.Accruals[0]; got.Order != stage.Floor().List[2].ID || got.Guest.Card != fresh {
		t.Errorf("the accrual was asked for order %s", got.Order)
	}
}

func TestABalanceThatCannotBeReadIsShownAsOld(t *testing.T) {
	book := stage.Floor()
	book.Seated = func(o orders.Order) (orders.Seated, error) {
		seated := stage.SeatedOf(o)
		seated.Guest.Balance, seated.Guest.ReadAt = o.Guest.Balance, o.Guest.BalanceAt
		seated.Stale = &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}
		return seated, nil
	}
	tl := newTill(t, withOrders(book))
	tl.Press(f4, down, down, enter)
	tl.wants("Баланс  2 330 баллов", "Баланс на 19:12: обновить не удалось", "Сервис не ответил")
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Баланс  2 365 баллов", "Стол 5", "[1 250")
	tl.lacks("обновить не удалось")
}

func TestAnExpiredQRAsksForANewOne(t *testing.T) {
	for name, stale := range map[string]error{
		"24 hours": loyalty.ErrQRExpired, "service": &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR},
	} {
		t.Run(name, func(t *testing.T) {
			book := stage.Floor()
			book.Seated = func(o orders.Order) (orders.Seated, error) {
				return orders.Seated{Order: o, Guest: loyalty.Guest{Card: o.Guest.Card}, Stale: stale}, nil
			}
			tl := newTill(t, withOrders(book))
			tl.Press(f4, down, down, enter)
			tl.wants("QR устарел, попросите показать новый", "Стол 5", "Гость заказа: Александр Татарченко")
			fresh := stage.CardOf(stage.SomeClient)
			fresh.Secret++
			tl.Scan(fresh.Payload())
			tl.wants("Стол 5", "[1 250", "Баланс  2 365 баллов")
			tl.Press(f2, enter)
			if got := tl.Desk.Accruals[0]; got.Order != book.List[2].ID || got.Guest.Card != fresh {
				t.Errorf("the accrual was asked for order %s", got.Order)
			}
		})
	}
}

func TestAnotherGuestsQRDoesNotTakeTheOrder(t *testing.T) {
	book := stage.Floor()
	book.Seated = func(o orders.Order) (orders.Seated, error) {
		return orders.Seated{Order: o, Stale: loyalty.ErrQRExpired}, nil
	}
	tl := newTill(t, withOrders(book))
	tl.Press(f4, down, down, enter)
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Это QR другого гостя, а гость заказа: Александр Татарченко", "Введите сумму чека")
	tl.Types("1250")
	tl.Press(f2, enter)
	if got := tl.Desk.Accruals[0].Order; got != uuid.Nil {
		t.Errorf("the accrual names order %s", got)
	}
}

func TestAnOrderWithoutAGuestIsPickedBeforeTheScan(t *testing.T) {
	book := stage.Floor()
	tl := newTill(t, withOrders(book), withJournal(&stage.Journal{}))
	tl.Press(f4, down, enter)
	tl.wants("Отсканируйте QR гостя", "Стол 7, заказ 1007", "сумма 1 250,00")
	tl.Press(enter) // nothing to press yet
	tl.Scan("4006381333931")
	tl.wants("Отсканируйте QR гостя", "штрихкод")
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Стол 7, заказ 1007", "Баланс  2 365 баллов", "[1 250")
	tl.Press(f3, enter)
	if got := tl.Desk.Redemptions[0].Order; got != book.List[1].ID {
		t.Errorf("the redemption names order %s", got)
	}
	tl.Press(f4, home, down, enter, esc)
	tl.wants("Заказов: 4")
	tl.Press(esc)
	tl.wants("Отсканируйте QR покупателя")
	tl.Scan(stage.CardOf(stage.OtherClient).Payload()) // the order was forgotten
	tl.wants("Введите сумму чека")
	tl.lacks("Стол 7")
}

func TestAPickedOrderOutlivesAQRThatIsRefused(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4, down, enter)
	tl.Desk.GreetErr = &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Баланс недоступен", "Стол 7, заказ 1007")
	tl.Desk.GreetErr = nil
	fresh := stage.CardOf(stage.SomeClient)
	fresh.Secret++
	tl.Scan(fresh.Payload())
	tl.wants("Стол 7, заказ 1007", "[1 250")
}

func TestAPickedOrderIsKeptOffline(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4, down, enter)
	tl.Offline().Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Press(f2)
	tl.wants("Стол 7", "[1 250")
	tl.Press(f2, enter)
	if got := tl.Desk.Accruals[0].Order; got != stage.Floor().List[1].ID {
		t.Errorf("the accrual names order %s", got)
	}
}

func TestTheWaiterMayBindTheGuestBeforeTheScan(t *testing.T) {
	book := stage.Floor()
	tl := newTill(t, withOrders(book))
	tl.Press(f4, down, enter)
	now := stage.WithGuest(stage.OrderOf(7, 0), stage.SomeClient, "Александр Татарченко", "2330")
	now.Version = 2
	book.List[1] = now
	tl.Hears(stage.Bound(stage.OrderOf(8, 0))) // of another order
	tl.Hears(stage.Bound(now))
	tl.Hears(orders.Changed{Order: stage.OrderOf(7, 5)}) // overtaken
	tl.wants("Официант уже отметил гостя: нажмите Enter", "Александр Татарченко")
	tl.Press(enter)
	tl.wants("Стол 7", "Баланс  2 365 баллов")
}

func TestAPickedOrderThatClosesIsLeft(t *testing.T) {
	book := stage.Floor()
	tl := newTill(t, withOrders(book))
	tl.Press(f4, down, enter)
	closed := book.List[1]
	closed.State, closed.Reason, closed.Version = orders.StateClosed, orders.ReasonFeed, 2
	book.List = append(book.List[:1:1], book.List[2:]...)
	tl.Hears(orders.Changed{Order: closed, Event: orders.Event{Kind: orders.EventClosed, Reason: orders.ReasonFeed}})
	tl.wants("Этот заказ уже закрыт", "Заказов: 3")
}

func TestTheGuestAtTheTillTakesAnOrder(t *testing.T) {
	book := stage.Floor()
	tl := newTill(t, withOrders(book)).AtGuest("")
	tl.Press(f4, down, enter)
	tl.wants("Стол 7, заказ 1007", "[1 250", "Александр Татарченко")
	tl.Press(f2, enter)
	if got := tl.Desk.Accruals[0].Order; got != book.List[1].ID {
		t.Errorf("the accrual names order %s", got)
	}

	tl = newTill(t, withOrders(stage.Floor())).AtGuest("12")
	tl.Press(f4, down, enter)
	tl.wants("[12 ", "В заказе 1 250,00 ₽: проверьте") // what was typed stays
	tl.Press(f4, home, down, enter)
	tl.wants("Отсканируйте QR гостя") // the guest has an order already: this one is for somebody else
	tl.Press(esc, esc)
	tl.wants("[12 ", "Стол 7")
}

func TestAnOrdersGuestDoesNotReplaceATypedSumUnasked(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor())).AtGuest("12")
	tl.Press(f4, down, down)
	tl.Press(enter)
	tl.wants("Новый покупатель?")
	tl.Wait(quietTime)
	tl.Press(esc, esc)
	tl.wants("[12 ", "Начислить")
	tl.Press(f4, down, down, enter)
	tl.Wait(quietTime)
	tl.Press(tab, enter)
	tl.wants("Стол 5", "[1 250")
	tl.Press(esc, esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAnOrderWhosePointsHaveMovedShowsWhatWasDone(t *testing.T) {
	book := stage.Floor()
	op := stage.AccruedFor(book.List[2], loyalty.StateConfirmed)
	book.Seated = func(o orders.Order) (orders.Seated, error) {
		seated := stage.SeatedOf(o)
		seated.Moved = []loyalty.Operation{op}
		return seated, nil
	}
	tl := newTill(t, withOrders(book), withJournal(&stage.Journal{Ops: []loyalty.Operation{op}}))
	later := op
	later.ID, later.Kind, later.Points = loyalty.NewID(), loyalty.Redemption, stage.Number("7")
	tl.Press(f4, down, down)
	tl.Send(loyalty.OperationChanged{Operation: later})
	tl.Press(enter)
	tl.wants("По этому заказу баллы уже проводили", "Стол 5", "> 18:42       −7", "+25", "✓ выполнено")
	tl.Press(down)
	tl.wants("> 18:42       +25")
	tl.Press(enter)
	tl.wants("История", "начисление +25")
	tl.Press(esc)
	tl.wants("По этому заказу баллы уже проводили")
	tl.Press(down)
	tl.wants("> Открыть гостя ещё раз <")
	tl.Wait(time.Minute)
	tl.Press(up, down, enter)
	tl.wants("Баланс  2 365 баллов", "[1 250")
	tl.Press(esc)
	tl.wants("Заказов: 4")
}

func TestAnOrderWithoutAGuestWhosePointsHaveMovedShowsItToo(t *testing.T) {
	for name, journal := range map[string]bool{"from the journal": true, "from what the screen saw": false} {
		t.Run(name, func(t *testing.T) {
			book := stage.Floor()
			op := stage.AccruedFor(book.List[1], loyalty.StateUnknown)
			options := []func(*Options){withOrders(book)}
			if journal {
				refused := stage.AccruedFor(book.List[1], loyalty.StateRefused)
				options = append(options, withJournal(&stage.Journal{Ops: []loyalty.Operation{refused, op}}))
			}
			tl := newTill(t, options...)
			if !journal {
				tl.Send(loyalty.OperationChanged{Operation: op})
			}
			tl.Press(f4, down, enter)
			tl.wants("По этому заказу баллы уже проводили", "! неизвестно")
			tl.lacks("отказ")
			op.State = loyalty.StateNotApplied
			tl.Send(loyalty.OperationChanged{Operation: op})
			tl.wants("По этому заказу баллы не прошли")
			tl.Press(down, enter)
			tl.wants("Отсканируйте QR гостя")
		})
	}
}

func TestAJournalThatFailsOpensNoOrder(t *testing.T) {
	book := stage.Floor()
	journal := &stage.Journal{Err: stage.ErrBroken}
	tl := newTill(t, withOrders(book), withJournal(journal))
	tl.Press(f4, down, enter)
	tl.wants("Журнал не читается", "Заказов: 4")
	book.Seated = func(orders.Order) (orders.Seated, error) { return orders.Seated{}, stage.ErrBroken }
	tl.Press(down, enter)
	tl.wants("Журнал не читается", "Заказов: 4")
}

func TestAnAnswerThatNobodyWaitsForOpensNothing(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()), withJournal(&stage.Journal{}))
	tl.Held = true
	tl.Press(f4)
	late := tl.Arrived // the list
	tl.Press(esc)
	tl.Deliver()
	tl.wants("Отсканируйте QR покупателя")
	tl.Press(f4)
	tl.Send(late[0])
	tl.Press(down, enter, esc) // the order's operations are read
	tl.Deliver()
	tl.wants("Отсканируйте QR покупателя")
	tl.lacks("Стол 7")
}

func TestAnOrderMayHaveChangedSinceItWasListed(t *testing.T) {
	book := stage.Floor()
	book.Seated = func(orders.Order) (orders.Seated, error) { return orders.Seated{}, orders.ErrClosed }
	tl := newTill(t, withOrders(book))
	tl.Press(f4, down, down, enter)
	tl.wants("Этот заказ уже закрыт", "Заказов: 4")
	book.Seated = func(orders.Order) (orders.Seated, error) { return orders.Seated{}, orders.ErrNoGuest }
	tl.Press(enter)
	tl.wants("Отсканируйте QR гостя", "Стол 5")
}

func TestAnAnswerWaitsForTheQuestionAboveIt(t *testing.T) {
	book := stage.Floor()
	book.Seated = func(o orders.Order) (orders.Seated, error) {
		return orders.Seated{Order: o, Moved: []loyalty.Operation{stage.AccruedFor(o, loyalty.StateConfirmed)}}, nil
	}
	tl := newTill(t, withOrders(book))
	tl.Held = true
	tl.Press(f4)
	tl.Deliver()
	tl.Press(down, down, enter)
	tl.Types("1")
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Новый покупатель?")
	tl.Deliver()
	tl.wants("Новый покупатель?")
	tl.Wait(quietTime)
	tl.Press(esc)
	tl.wants("По этому заказу баллы уже проводили")
}

func TestLeavingTheGuestOfAnOrderEndsTheQuestion(t *testing.T) {
	book := stage.Floor()
	tl := newTill(t, withOrders(book), withJournal(&stage.Journal{}))
	tl.Held = true
	tl.Press(f4)
	tl.Deliver()
	tl.Press(down, down, enter)
	tl.wants("Спрашиваем баланс…", "Стол 5")
	tl.Press(f5)
	if book.Waiting.Err() == nil {
		t.Error("the question goes on")
	}
	tl.Press(esc) // back to the guest, who is asked for anew
	tl.Deliver()
	tl.wants("Баланс  2 365 баллов", "Стол 5")
	if len(tl.Desk.Greeted) > 0 || len(book.Asked) != 2 {
		t.Errorf("the desk was asked %d times and the book %d, want 0 and 2", len(tl.Desk.Greeted), len(book.Asked))
	}
	tl.Press(esc, enter, esc)
	tl.Deliver()
	tl.wants("Заказов: 4")
}

func TestTheListsLieOverEachOther(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()), withJournal(stage.Written())).AtGuest("12")
	tl.Press(f4, f5, f4)
	tl.wants("Заказов: 4")
	tl.Press(f5, esc)
	tl.wants("Заказов: 4")
	tl.Press(esc)
	tl.wants("[12 ", "Александр Татарченко")
	tl.Press(f5, f4, f5, f4, f4, esc, esc)
	tl.wants("[12 ")
}

func TestF4FromAResult(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor())).AtGuest("1250")
	tl.Press(f2, enter, f4)
	tl.wants("Заказов: 4")
	tl.Press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAResultThatIsNotWrittenKeepsTheOrdersAway(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	accrue := tl.Desk.OnAccrue
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		result, err := accrue(r)
		result.Unwritten = true
		return result, err
	}
	tl.AtGuest("1250").Press(f2, enter, f4)
	tl.wants("Запишите")
	tl.lacks("Заказов:")
}

func TestTheListMarksOrdersWhosePointsMoved(t *testing.T) {
	book := stage.Floor()
	paid := stage.WithGuest(stage.OrderOf(9, 1), 7, "Платил Раньше", "5")
	paid.PaidAt = stage.Opening().Add(-time.Minute)
	book.List = append(book.List, paid)
	tl := newTill(t, withOrders(book))
	tl.Send(loyalty.OperationChanged{Operation: stage.AccruedFor(book.List[2], loyalty.StateConfirmed)})
	tl.Send(loyalty.OperationChanged{Operation: stage.AccruedFor(book.List[0], loyalty.StateUnknown)})
	tl.Press(f4)
	tl.wants("✓ 5", "! 15", "Счёт закрыт в 19:41, баллы ещё не проведены. Платил Раньше")
	tl.Press(down)
	tl.wants("начисление +25, неизвестно. Анна Ли")
}

func TestCheckInsAreTold(t *testing.T) {
	tl := newTill(t, withOrders(&stage.Orders{}))
	tl.AtGuest("12")
	tl.Hears(stage.Bound(stage.WithGuest(stage.OrderOf(5, 0), stage.SomeClient, "Александр Татарченко", "2365")))
	tl.wants("Стол 5, заказ 1005: Александр Татарченко, 2 365 баллов")
	tl.Types("50")
	tl.wants("[1 250", "Стол 5, заказ 1005: Александр")
	tl.Wait(noticeLife)
	tl.lacks("Стол 5")
	tl.Hears(orders.Changed{Order: stage.OrderOf(5, 0), Event: orders.Event{Kind: orders.EventUnbound}})
	tl.wants("Стол 5, заказ 1005: гость снят с заказа")
	tl.Wait(noticeLife)
	named := stage.WithGuest(stage.OrderOf(5, 0), stage.SomeClient, "Александр Татарченко", "1")
	named.Number, named.Table = "", "Терраса 3"
	tl.Hears(stage.Bound(named))
	tl.wants("Терраса 3: Александр Татарченко, 1 балл")
	tl.Wait(noticeLife)
	named.Table = ""
	tl.Hears(stage.Bound(named))
	tl.wants("Официант Ирина: Александр Татарченко, 1 балл")
	tl.Wait(noticeLife)
	named.Number = "77"
	tl.Hears(orders.Changed{Order: named, Event: orders.Event{Kind: orders.EventFed}})
	tl.Hears(orders.Changed{Order: named})
	tl.lacks("Заказ 77")
}

func TestARushOfCheckInsIsOneLine(t *testing.T) {
	tl := newTill(t, withOrders(&stage.Orders{}))
	tl.model.notices.alarm(said("Важное")[0])
	for table := range 200 {
		tl.Send(stage.Bound(stage.WithGuest(stage.OrderOf(table+1, 0), 7, "Анна Ли", "5")))
		tl.Clock = tl.Clock.Add(20 * time.Millisecond)
	}
	tl.Send(orders.Changed{Order: stage.OrderOf(9, 0), Event: orders.Event{Kind: orders.EventClosed, Reason: orders.ReasonCheck}})
	tl.Wait(orderNewsPause)
	tl.wants("Важное", "ещё 1") // what needs a person stays on show
	if queue := tl.model.notices.queue; len(queue) != 2 {
		t.Fatalf("%d messages stand there, want 2", len(queue))
	}
	tl.Wait(noticeSeen)
	tl.Press(esc)
	tl.wants("Новых гостей: 200. Снято с заказов: 1. Стол 9, заказ 1009: гость снят с заказа")
	tl.Wait(rushPause)
	tl.Hears(stage.Bound(stage.WithGuest(stage.OrderOf(3, 0), 7, "Анна Ли", "5")))
	tl.wants("Стол 3, заказ 1003: Анна Ли, 5 баллов")
	tl.lacks("Новых гостей")
}

func TestARushIsDrawnATFewMoments(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()))
	tl.Press(f4)
	drawn := 0
	for table := range 500 {
		tl.model.View()
		_, cmd := tl.model.Update(stage.Bound(stage.WithGuest(stage.OrderOf(table+100, 0), 7, "Анна Ли", "5")))
		tl.Do(cmd)
		if tl.model.stale {
			drawn++
		}
		tl.Wait(time.Millisecond)
	}
	if drawn > 0 {
		t.Errorf("%d pieces of news were drawn at once", drawn)
	}
	tl.Wait(orderNewsPause)
	tl.wants("Заказов: 504")
}

func TestTheStatusBarTellsWhereWaitersConnect(t *testing.T) {
	tests := []struct {
		level notice.Level
		code  string
		want  string
	}{
		{notice.Good, "127.0.0.1:9100", "✓ Официанты: 127.0.0.1:9100"},
		{notice.Good, "", "✓ Официанты: работает"},
		{notice.Trouble, "busy", "× Официанты: порт занят"},
		{notice.Trouble, "busy:nginx", "× Официанты: порт занят"},
		{notice.Trouble, "closed", "× Официанты: закрыто"},
		{notice.Trouble, "failed", "× Официанты: не работает"},
	}
	for _, test := range tests {
		tl := newTill(t, withOrders(&stage.Orders{}))
		tl.Send(tea.WindowSizeMsg{Width: 140, Height: 45})
		tl.lacks("Официанты:")
		tl.Send(notice.State{Part: notice.Waiter, Level: test.level, Code: test.code})
		tl.wants(test.want)
		tl.Send(notice.State{Part: notice.Waiter})
		tl.lacks("Официанты:")
	}
}

func TestTheStatusBarShortensTheAddressBeforeItDropsIt(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:9100": "Официанты: 127.0.0.1:9100", "192.168.100.100:9100": "Официанты: :9100", "[::1]:9100": "Официанты: [::1]:9100",
	} {
		tl := newTill(t, withOrders(&stage.Orders{}))
		for _, part := range []notice.Part{notice.Service, notice.Journal} {
			tl.Send(notice.State{Part: part, Level: notice.Good})
		}
		tl.Send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: address})
		tl.wants("Сервис: работает", "Журнал: работает", want, "19:42")
	}
}

func TestABusyPortIsABanner(t *testing.T) {
	for code, want := range map[string]string{
		"busy:nginx": "Порт 9100 занят программой nginx: официанты не подключатся. Касса работает.",
		"busy:":      "Порт 9100 занят другой программой: официанты не подключатся. Касса работает.",
		"busy":       "Порт 9100 занят другой программой: официанты не подключатся. Касса работает.",
	} {
		tl := newTill(t, withOrders(&stage.Orders{}))
		tl.Send(notice.State{Part: notice.Waiter, Level: notice.Trouble, Code: code})
		tl.wants(want)
		tl.AtGuest("1250").Press(f2, enter)
		tl.wants("Начислено 25", want) // the till works on
		tl.Send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: JournalFull})
		tl.lacks("Порт 9100") // there is worse
		tl.Send(notice.State{Part: notice.Journal, Level: notice.Good})
		tl.Send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: "127.0.0.1:9100"})
		tl.lacks("Порт 9100")
	}
}

func TestTheHelpNamesTheOrders(t *testing.T) {
	tl := newTill(t, withOrders(stage.Floor()), withJournal(stage.Written()), withReady)
	tl.AtGuest("1250").Press(f1)
	tl.wants("F4 Заказы", "F10 Выход", "гости, которых отметил официант", "Skidkassa 1.0", "╰──")
}

// The screen on the real book: what waiters do on their handhelds is seen at once, and the points go to the order.
func TestTheScreenOnTheRealBook(t *testing.T) {
	tl := newTill(t)
	store, hub := &orderstest.MemoryStore{}, &notice.Hub{}
	book := orders.NewBook(orders.Options{
		Desk: tl.Desk, Operations: store, Store: store, Hub: hub, Register: 1, Now: func() time.Time { return tl.Clock },
	})
	var news []any
	hub.Subscribe(func(n any) { news = append(news, n) })
	tl.model.options.Orders = book
	heard := func() {
		t.Helper()
		for _, n := range news {
			tl.Send(n)
		}
		news = nil
		tl.Wait(orderNewsPause)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, id := context.Background(), uuid.UUID{15: 5}
	tl.Press(f4)
	_, err := book.CheckIn(ctx, orders.CheckIn{Order: id, Text: stage.CardOf(stage.SomeClient).Payload(), Waiter: "Ирина"})
	must(err)
	heard()
	tl.wants("Александр Татарченко", "Официант Ирина: Александр Татарченко, 2 365 баллов", "Заказов: 1")
	_, err = book.Feed(ctx, orders.Fed{Order: id, Number: "1005", Table: "5", Waiter: "Ирина", Sum: decimal.NewNullDecimal(stage.Number("1250"))})
	must(err)
	heard()
	tl.wants("Стол 5, заказ 1005", "1 250,00")
	tl.Press(enter, f2, enter)
	if got := tl.Desk.Accruals[0].Order; got != id {
		t.Errorf("the accrual names order %s", got)
	}
	tl.Press(f4)
	must(book.CheckOut(ctx, id, "Ирина"))
	heard()
	tl.wants("Стол 5, заказ 1005: гость снят с заказа", "нет гостя")
	must(book.Withdraw(ctx, id))
	heard()
	tl.wants("Открытых заказов нет")
}
