package tui

import (
	"context"
	"fmt"
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
)

var (
	f4     = tea.KeyMsg{Type: tea.KeyF4}
	endKey = tea.KeyMsg{Type: tea.KeyEnd}
)

// fakeOrders is an order book that answers what a test tells it.
type fakeOrders struct {
	open    []orders.Order
	err     error // of reading the list
	seated  func(orders.Order) (orders.Seated, error)
	asked   []uuid.UUID // whose guests were asked for
	waiting context.Context
	reads   int
}

func (b *fakeOrders) Open(context.Context) ([]orders.Order, error) {
	b.reads++
	return append([]orders.Order(nil), b.open...), b.err
}

func (b *fakeOrders) Guest(ctx context.Context, id uuid.UUID) (orders.Seated, error) {
	b.asked, b.waiting = append(b.asked, id), ctx
	for _, o := range b.open {
		if o.ID != id {
			continue
		}
		if b.seated != nil {
			return b.seated(o)
		}
		return seatedOf(o), nil
	}
	return orders.Seated{}, orders.ErrNotFound
}

// seatedOf is the guest of an order with the balance of this moment, which is not that of the check-in.
func seatedOf(o orders.Order) orders.Seated {
	return orders.Seated{Order: o, Guest: loyalty.Guest{
		Card: o.Guest.Card, ScannedAt: o.Guest.ScannedAt, Name: o.Guest.Name,
		Balance: o.Guest.Balance.Add(number("35")), ReadAt: opening, Rules: newFakeDesk().rules,
	}}
}

func withOrders(b *fakeOrders) func(*Options) {
	return func(o *Options) { o.Orders, o.WaiterAddress = b, "127.0.0.1:9100" }
}

// orderOf is an open order of a table, changed so many minutes ago.
func orderOf(table int, minutes int) orders.Order {
	at := opening.Add(-time.Duration(minutes) * time.Minute)
	return orders.Order{
		ID: uuid.UUID{14: byte(table >> 8), 15: byte(table)}, Register: 1, Source: orders.SourceFeed, State: orders.StateOpen,
		Number: fmt.Sprint(1000 + table), Table: fmt.Sprint(table), Waiter: "Ирина",
		Sum:      decimal.NewNullDecimal(number("1250")),
		OpenedAt: at.Add(-10 * time.Minute), ChangedAt: at, Version: 1,
	}
}

func withGuest(o orders.Order, client int64, name, balance string) orders.Order {
	o.Guest = &orders.Binding{
		Card: cardOf(client), ScannedAt: o.ChangedAt, Name: name, Balance: number(balance), BalanceAt: o.ChangedAt, BoundBy: o.Waiter,
	}
	return o
}

// floor is a shop in the evening: a guest at table 5, one at table 15, nobody at table 7, and an order without a sum.
func floor() *fakeOrders {
	unknown := withGuest(orderOf(3, 40), otherClient, "Фёдор Ёлкин", "12")
	unknown.Number, unknown.Table, unknown.Waiter, unknown.Sum, unknown.Source = "", "", "", decimal.NullDecimal{}, orders.SourceCheckIn
	return &fakeOrders{open: []orders.Order{
		withGuest(orderOf(15, 2), 7, "Анна Ли", "840"), orderOf(7, 5), withGuest(orderOf(5, 30), someClient, "Александр Татарченко", "2330"), unknown,
	}}
}

func bound(o orders.Order) orders.Changed {
	return orders.Changed{Order: o, Event: orders.Event{Order: o.ID, Kind: orders.EventBound, Actor: o.Waiter}}
}

// hears has the news of an order come and be drawn.
func (tl *till) hears(msg orders.Changed) {
	tl.send(msg)
	tl.wait(orderNewsPause)
}

func TestTheOrdersAreListedTheNewestChangeFirst(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.wants("F4 Заказы")
	tl.press(f4)
	tl.wants("Заказов: 4", "> 15", "1 250,00", "840", "Анна Ли", "нет гостя", "Александр Татарченко", "Фёдор Ёлкин",
		"Стол 15, заказ 1015, официант Ирина, сумма 1 250,00 ₽", "Анна Ли, 840 баллов на 19:40")
	shown := tl.shown()
	if strings.Index(shown, "1015") > strings.Index(shown, "1007") || strings.Index(shown, "1007") > strings.Index(shown, "1005") {
		t.Errorf("the newest change does not stand first:\n%s", shown)
	}
	tl.press(down)
	tl.wants("Гость не отмечен. Выберите заказ и отсканируйте QR гостя.")
	tl.press(endKey)
	tl.wants("Заказ с 18:52")
	tl.press(home, pageDown, pageUp)
	tl.wants("> 15")
	tl.press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestWithoutAnOrderBookThereIsNoF4(t *testing.T) {
	for name, options := range map[string]func(*Options){
		"no book": func(*Options) {}, "no journal": func(o *Options) { withOrders(floor())(o); o.BalanceOnly = true },
	} {
		tl := newTill(t, options)
		tl.press(f4)
		tl.wants("Отсканируйте QR покупателя")
		tl.lacks("F4")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestAnEmptyListSaysWhatItIsFor(t *testing.T) {
	book := &fakeOrders{}
	tl := newTill(t, withOrders(book))
	tl.press(f4)
	tl.wants("Открытых заказов нет", "официант отметил на своём терминале", "сканирует QR гостя")
	tl.press(enter) // nothing to open
	tl.hears(bound(withGuest(orderOf(5, 0), someClient, "Александр Татарченко", "2330")))
	tl.wants("> 5", "Александр Татарченко")
}

func TestAListThatCannotBeReadIsAskedForAgain(t *testing.T) {
	book := floor()
	book.err = errBroken
	tl := newTill(t, withOrders(book))
	tl.press(f4)
	tl.wants("Журнал не читается. Позовите администратора.", "Enter Спросить ещё раз")
	book.err = nil
	tl.press(enter)
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
		tl := newTill(t, withOrders(floor()))
		tl.press(f4, down)
		tl.types(test.typed)
		tl.wants(test.wants...)
		tl.wants(test.first, "Esc Показать все")
		tl.lacks(test.absent...)
		tl.press(esc)
		tl.wants("Заказов: 4", "Esc Назад")
	}
	tl := newTill(t, withOrders(floor()))
	tl.press(f4)
	tl.types("нигде")
	tl.wants("Таких заказов нет", "Заказов: 0")
	tl.press(enter, down, backspace)
	tl.wants("Таких заказов нет")
}

func TestTheChosenOrderStaysChosen(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.press(f4, down, down)
	tl.wants("> 5")
	for table := 20; table < 60; table++ {
		tl.hears(bound(withGuest(orderOf(table, 0), 7, "Новый", "1")))
		tl.wants("> 5", "Александр Татарченко, 2 330 баллов")
	}
	before := lineOf(tl, "> 5")
	tl.hears(bound(withGuest(orderOf(90, 0), 7, "Новый", "1")))
	if after := lineOf(tl, "> 5"); after != before {
		t.Errorf("the chosen order has moved from line %d to %d of the screen", before, after)
	}
	moved := withGuest(orderOf(5, 0), someClient, "Александр Татарченко", "2300")
	moved.Version = 2
	tl.hears(bound(moved)) // it has changed, so that it stands first
	tl.wants("> 5", "2 300 баллов")
	tl.press(home)
	tl.wants("> 90")
}

func lineOf(tl *till, words string) int {
	for i, line := range strings.Split(tl.shown(), "\n") {
		if strings.Contains(line, words) {
			return i
		}
	}
	return -1
}

func TestAnOrderThatHasGoneLeavesNothingToPress(t *testing.T) {
	book := floor()
	tl := newTill(t, withOrders(book))
	tl.press(f4, down, down)
	closed := book.open[2]
	closed.State, closed.Reason, closed.Version = orders.StateClosed, orders.ReasonFeed, 2
	tl.hears(orders.Changed{Order: closed, Event: orders.Event{Kind: orders.EventClosed, Reason: orders.ReasonFeed}})
	tl.wants("Заказов: 3")
	tl.lacks("> ", "1005")
	tl.press(enter)
	tl.wants("Заказов: 3")
	if len(book.asked) > 0 {
		t.Error("Enter has opened the neighbour of the order that was meant")
	}
	tl.press(down)
	tl.wants("Заказ с 18:52")
}

func TestNewsThatOvertakesTheListIsNotLost(t *testing.T) {
	book := floor()
	tl := newTill(t, withOrders(book))
	tl.held = true
	tl.press(f4)
	tl.wants("Читаем заказы…")
	newer := withGuest(orderOf(7, 0), 7, "Пришла Позже", "3")
	newer.Version = 2
	tl.hears(bound(newer))
	gone := book.open[2]
	gone.State, gone.Reason, gone.Version = orders.StateClosed, orders.ReasonFeed, 2
	tl.hears(orders.Changed{Order: gone, Event: orders.Event{Kind: orders.EventClosed}})
	tl.deliver() // the list was read before both
	tl.wants("Заказов: 3", "Пришла Позже")
	tl.lacks("1005")
	older := orderOf(7, 5)
	older.Version = 1
	tl.hears(orders.Changed{Order: older})
	tl.wants("Пришла Позже")
}

func TestAScanLeavesNoTraceInTheFilter(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.press(f4, down)
	tl.types("5")
	tl.scan("4006381333931")
	tl.wants("Найти [5", "штрихкод", "Стол 5, заказ 1005")
	tl.send(runes("{")) // a scanner that stumbles: its first rune is typing until the rest has come
	tl.wait(70 * time.Millisecond)
	tl.burst(cardOf(otherClient).Payload()[1:])
	tl.wait(400 * time.Millisecond)
	tl.wants("Баланс  2 365 баллов", "Начислить")
	tl.lacks("Заказ 10", "Стол")
	tl.press(f4)
	tl.types("5")
	tl.wait(handPause)
	tl.send(runes("4"))
	tl.wait(70 * time.Millisecond)
	tl.burst("006381333931")
	tl.wait(400 * time.Millisecond)
	tl.wants("Найти [5 ", "Стол 5, заказ 1005")
}

func TestAnOrdersGuestOpensWithoutAScan(t *testing.T) {
	book := floor()
	tl := newTill(t, withOrders(book))
	tl.press(f4, down, down, enter)
	tl.wants("Стол 5, заказ 1005, официант Ирина", "Александр Татарченко", "Баланс  2 365 баллов", "Сумма чека  [1 250",
		"Начислим 25 баллов", "Можно списать до 125")
	if len(tl.desk.greeted) > 0 || len(book.asked) != 1 {
		t.Errorf("the desk was asked %d times and the book %d, want 0 and 1", len(tl.desk.greeted), len(book.asked))
	}
	tl.press(esc) // nothing was typed
	tl.wants("> 5", "Заказов: 4")
	tl.press(enter, f2)
	tl.wants("Начислить 25 баллов?", "Стол 5, заказ 1005", "Сумма чека: 1 250,00")
	tl.press(enter)
	tl.wants("Начислено 25")
	if got := tl.desk.accruals[0]; got.Order != book.open[2].ID || got.Guest.Card != cardOf(someClient) {
		t.Errorf("the accrual was asked for order %s of %d", got.Order, got.Guest.Card.Client)
	}
	tl.press(f4, home, down, down, enter, f3, enter)
	if got := tl.desk.redemptions[0]; got.Order != book.open[2].ID || !got.Points.Equal(number("125")) {
		t.Errorf("the redemption was asked for order %s with %s points", got.Order, got.Points)
	}
}

func TestAGuestWithoutAnOrderNamesNone(t *testing.T) {
	tl := newTill(t, withOrders(floor())).atGuest("1250")
	tl.press(f2)
	tl.lacks("аказ 1", "Стол")
	tl.press(enter)
	if got := tl.desk.accruals[0].Order; got != uuid.Nil {
		t.Errorf("the accrual names order %s", got)
	}
}

func TestAnOrderOfUnknownSumWaitsForIt(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.press(f4, endKey, enter)
	tl.wants("Заказ с 18:52", "Фёдор Ёлкин", "Введите сумму чека")
	tl.types("500")
	tl.wants("Начислим 10 баллов")
	tl.press(esc)
	tl.wants("Введите сумму чека")
}

func TestATypedSumIsKeptBesideTheOrders(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.press(f4, down, down, enter)
	tl.press(backspace)
	tl.types("9")
	tl.wants("[1 259", "В заказе 1 250,00 ₽: проверьте", "Esc Сумма заказа")
	changed := withGuest(orderOf(5, 0), someClient, "Александр Татарченко", "2330")
	changed.Sum, changed.Version = decimal.NewNullDecimal(number("1300")), 2
	tl.hears(orders.Changed{Order: changed, Event: orders.Event{Kind: orders.EventFed}})
	tl.wants("[1 259", "В заказе 1 300,00 ₽: проверьте", "Стол 5, заказ 1005: сумма теперь 1 300,00 ₽")
	tl.press(esc)
	tl.wants("[1 300", "Начислим 26 баллов")
	changed.Sum, changed.Version = decimal.NewNullDecimal(number("1400")), 3
	tl.hears(orders.Changed{Order: changed, Event: orders.Event{Kind: orders.EventFed}})
	tl.wants("[1 400", "Начислим 28 баллов")
	changed.Sum, changed.Version = decimal.NewNullDecimal(number("1")), 2
	tl.hears(orders.Changed{Order: changed}) // overtaken
	tl.wants("[1 400")
}

func TestAGuestWhomTheWaiterTakesOffTheOrderLosesIt(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.press(f4, down, down, enter)
	freed := orderOf(5, 0)
	freed.Version = 2
	tl.hears(orders.Changed{Order: freed, Event: orders.Event{Kind: orders.EventUnbound}})
	tl.wants("официант снял гостя с заказа", "Александр Татарченко", "[1 250")
	tl.press(f2, enter)
	if got := tl.desk.accruals[0].Order; got != uuid.Nil {
		t.Errorf("the accrual names order %s", got)
	}
}

func TestAQuestionIsTakenBackWhenItsOrderChanges(t *testing.T) {
	changed := withGuest(orderOf(5, 0), someClient, "Александр Татарченко", "2330")
	changed.Version = 2
	for name, change := range map[string]func(*orders.Order){
		"the sum":   func(o *orders.Order) { o.Sum = decimal.NewNullDecimal(number("1300")) },
		"the guest": func(o *orders.Order) { o.Guest = nil },
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t, withOrders(floor()))
			tl.press(f4, down, down, enter, f2)
			tl.wants("Начислить 25 баллов?")
			other := bound(withGuest(orderOf(15, 0), 7, "Анна Ли", "1"))
			tl.hears(other)
			waiter := changed
			waiter.Waiter = "Олег" // asks for the same as before
			tl.hears(orders.Changed{Order: waiter})
			tl.wants("Начислить 25 баллов?")
			news := changed
			news.Version = 3
			change(&news)
			tl.hears(orders.Changed{Order: news})
			tl.lacks("Начислить 25 баллов?")
			tl.wants("Александр Татарченко", "Сумма чека")
			if len(tl.desk.accruals) > 0 {
				t.Error("an accrual was sent")
			}
		})
	}
	tl := newTill(t, withOrders(floor()))
	tl.press(f4, down, down, enter)
	tl.types("1")
	tl.scan(cardOf(otherClient).Payload())
	news := changed
	news.Guest = nil
	tl.hears(orders.Changed{Order: news})
	tl.wants("Новый покупатель?") // that is about somebody else
}

func TestANewerQROfTheOrdersGuestKeepsTheOrder(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.press(f4, down, down, enter, backspace)
	tl.types("9")
	fresh := cardOf(someClient)
	fresh.Secret++
	tl.scan(fresh.Payload())
	tl.wants("Стол 5, заказ 1005", "[1 259", "Баланс  2 365 баллов")
	tl.press(f2, enter)
	if got := tl.desk.accruals[0]; got.Order != floor().open[2].ID || got.Guest.Card != fresh {
		t.Errorf("the accrual was asked for order %s", got.Order)
	}
}

func TestABalanceThatCannotBeReadIsShownAsOld(t *testing.T) {
	book := floor()
	book.seated = func(o orders.Order) (orders.Seated, error) {
		seated := seatedOf(o)
		seated.Guest.Balance, seated.Guest.ReadAt = o.Guest.Balance, o.Guest.BalanceAt
		seated.Stale = &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}
		return seated, nil
	}
	tl := newTill(t, withOrders(book))
	tl.press(f4, down, down, enter)
	tl.wants("Баланс  2 330 баллов", "Баланс на 19:12: обновить не удалось", "Сервис не ответил")
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Баланс  2 365 баллов", "Стол 5", "[1 250")
	tl.lacks("обновить не удалось")
}

func TestAnExpiredQRAsksForANewOne(t *testing.T) {
	for name, stale := range map[string]error{
		"24 hours": loyalty.ErrQRExpired, "service": &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR},
	} {
		t.Run(name, func(t *testing.T) {
			book := floor()
			book.seated = func(o orders.Order) (orders.Seated, error) {
				return orders.Seated{Order: o, Guest: loyalty.Guest{Card: o.Guest.Card}, Stale: stale}, nil
			}
			tl := newTill(t, withOrders(book))
			tl.press(f4, down, down, enter)
			tl.wants("QR устарел, попросите показать новый", "Стол 5", "Гость заказа: Александр Татарченко")
			fresh := cardOf(someClient)
			fresh.Secret++
			tl.scan(fresh.Payload())
			tl.wants("Стол 5", "[1 250", "Баланс  2 365 баллов")
			tl.press(f2, enter)
			if got := tl.desk.accruals[0]; got.Order != book.open[2].ID || got.Guest.Card != fresh {
				t.Errorf("the accrual was asked for order %s", got.Order)
			}
		})
	}
}

func TestAnotherGuestsQRDoesNotTakeTheOrder(t *testing.T) {
	book := floor()
	book.seated = func(o orders.Order) (orders.Seated, error) {
		return orders.Seated{Order: o, Stale: loyalty.ErrQRExpired}, nil
	}
	tl := newTill(t, withOrders(book))
	tl.press(f4, down, down, enter)
	tl.scan(cardOf(otherClient).Payload())
	tl.wants("Это QR другого гостя, а гость заказа: Александр Татарченко", "Введите сумму чека")
	tl.types("1250")
	tl.press(f2, enter)
	if got := tl.desk.accruals[0].Order; got != uuid.Nil {
		t.Errorf("the accrual names order %s", got)
	}
}

func TestAnOrderWithoutAGuestIsPickedBeforeTheScan(t *testing.T) {
	book := floor()
	tl := newTill(t, withOrders(book), withJournal(&fakeJournal{}))
	tl.press(f4, down, enter)
	tl.wants("Отсканируйте QR гостя", "Стол 7, заказ 1007", "сумма 1 250,00")
	tl.press(enter) // nothing to press yet
	tl.scan("4006381333931")
	tl.wants("Отсканируйте QR гостя", "штрихкод")
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Стол 7, заказ 1007", "Баланс  2 365 баллов", "[1 250")
	tl.press(f3, enter)
	if got := tl.desk.redemptions[0].Order; got != book.open[1].ID {
		t.Errorf("the redemption names order %s", got)
	}
	tl.press(f4, home, down, enter, esc)
	tl.wants("Заказов: 4")
	tl.press(esc)
	tl.wants("Отсканируйте QR покупателя")
	tl.scan(cardOf(otherClient).Payload()) // the order was forgotten
	tl.wants("Введите сумму чека")
	tl.lacks("Стол 7")
}

func TestAPickedOrderOutlivesAQRThatIsRefused(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.press(f4, down, enter)
	tl.desk.greetErr = &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Баланс недоступен", "Стол 7, заказ 1007")
	tl.desk.greetErr = nil
	fresh := cardOf(someClient)
	fresh.Secret++
	tl.scan(fresh.Payload())
	tl.wants("Стол 7, заказ 1007", "[1 250")
}

func TestAPickedOrderIsKeptOffline(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.press(f4, down, enter)
	tl.offline().scan(cardOf(someClient).Payload())
	tl.press(f2)
	tl.wants("Стол 7", "[1 250")
	tl.press(f2, enter)
	if got := tl.desk.accruals[0].Order; got != floor().open[1].ID {
		t.Errorf("the accrual names order %s", got)
	}
}

func TestTheWaiterMayBindTheGuestBeforeTheScan(t *testing.T) {
	book := floor()
	tl := newTill(t, withOrders(book))
	tl.press(f4, down, enter)
	now := withGuest(orderOf(7, 0), someClient, "Александр Татарченко", "2330")
	now.Version = 2
	book.open[1] = now
	tl.hears(bound(orderOf(8, 0))) // of another order
	tl.hears(bound(now))
	tl.hears(orders.Changed{Order: orderOf(7, 5)}) // overtaken
	tl.wants("Официант уже отметил гостя: нажмите Enter", "Александр Татарченко")
	tl.press(enter)
	tl.wants("Стол 7", "Баланс  2 365 баллов")
}

func TestAPickedOrderThatClosesIsLeft(t *testing.T) {
	book := floor()
	tl := newTill(t, withOrders(book))
	tl.press(f4, down, enter)
	closed := book.open[1]
	closed.State, closed.Reason, closed.Version = orders.StateClosed, orders.ReasonFeed, 2
	book.open = append(book.open[:1:1], book.open[2:]...)
	tl.hears(orders.Changed{Order: closed, Event: orders.Event{Kind: orders.EventClosed, Reason: orders.ReasonFeed}})
	tl.wants("Этот заказ уже закрыт", "Заказов: 3")
}

func TestTheGuestAtTheTillTakesAnOrder(t *testing.T) {
	book := floor()
	tl := newTill(t, withOrders(book)).atGuest("")
	tl.press(f4, down, enter)
	tl.wants("Стол 7, заказ 1007", "[1 250", "Александр Татарченко")
	tl.press(f2, enter)
	if got := tl.desk.accruals[0].Order; got != book.open[1].ID {
		t.Errorf("the accrual names order %s", got)
	}

	tl = newTill(t, withOrders(floor())).atGuest("12")
	tl.press(f4, down, enter)
	tl.wants("[12 ", "В заказе 1 250,00 ₽: проверьте") // what was typed stays
	tl.press(f4, home, down, enter)
	tl.wants("Отсканируйте QR гостя") // the guest has an order already: this one is for somebody else
	tl.press(esc, esc)
	tl.wants("[12 ", "Стол 7")
}

func TestAnOrdersGuestDoesNotReplaceATypedSumUnasked(t *testing.T) {
	tl := newTill(t, withOrders(floor())).atGuest("12")
	tl.press(f4, down, down)
	tl.press(enter)
	tl.wants("Новый покупатель?")
	tl.wait(quietTime)
	tl.press(esc, esc)
	tl.wants("[12 ", "Начислить")
	tl.press(f4, down, down, enter)
	tl.wait(quietTime)
	tl.press(tab, enter)
	tl.wants("Стол 5", "[1 250")
	tl.press(esc, esc)
	tl.wants("Отсканируйте QR покупателя")
}

// accruedFor is an accrual that was made for an order.
func accruedFor(o orders.Order, state loyalty.State) loyalty.Operation {
	op := past(loyalty.Accrual, state, "25")
	op.Order = o.ID
	return op
}

func TestAnOrderWhosePointsHaveMovedShowsWhatWasDone(t *testing.T) {
	book := floor()
	op := accruedFor(book.open[2], loyalty.StateConfirmed)
	book.seated = func(o orders.Order) (orders.Seated, error) {
		seated := seatedOf(o)
		seated.Moved = []loyalty.Operation{op}
		return seated, nil
	}
	tl := newTill(t, withOrders(book), withJournal(&fakeJournal{ops: []loyalty.Operation{op}}))
	later := op
	later.ID, later.Kind, later.Points = loyalty.NewID(), loyalty.Redemption, number("7")
	tl.press(f4, down, down)
	tl.send(loyalty.OperationChanged{Operation: later})
	tl.press(enter)
	tl.wants("По этому заказу баллы уже проводили", "Стол 5", "> 18:42       −7", "+25", "✓ выполнено")
	tl.press(down)
	tl.wants("> 18:42       +25")
	tl.press(enter)
	tl.wants("История", "начисление +25")
	tl.press(esc)
	tl.wants("По этому заказу баллы уже проводили")
	tl.press(down)
	tl.wants("> Открыть гостя ещё раз <")
	tl.wait(time.Minute)
	tl.press(up, down, enter)
	tl.wants("Баланс  2 365 баллов", "[1 250")
	tl.press(esc)
	tl.wants("Заказов: 4")
}

func TestAnOrderWithoutAGuestWhosePointsHaveMovedShowsItToo(t *testing.T) {
	for name, journal := range map[string]bool{"from the journal": true, "from what the screen saw": false} {
		t.Run(name, func(t *testing.T) {
			book := floor()
			op := accruedFor(book.open[1], loyalty.StateUnknown)
			options := []func(*Options){withOrders(book)}
			if journal {
				refused := accruedFor(book.open[1], loyalty.StateRefused)
				options = append(options, withJournal(&fakeJournal{ops: []loyalty.Operation{refused, op}}))
			}
			tl := newTill(t, options...)
			if !journal {
				tl.send(loyalty.OperationChanged{Operation: op})
			}
			tl.press(f4, down, enter)
			tl.wants("По этому заказу баллы уже проводили", "! неизвестно")
			tl.lacks("отказ")
			op.State = loyalty.StateNotApplied
			tl.send(loyalty.OperationChanged{Operation: op})
			tl.wants("По этому заказу баллы не прошли")
			tl.press(down, enter)
			tl.wants("Отсканируйте QR гостя")
		})
	}
}

func TestAJournalThatFailsOpensNoOrder(t *testing.T) {
	book := floor()
	journal := &fakeJournal{err: errBroken}
	tl := newTill(t, withOrders(book), withJournal(journal))
	tl.press(f4, down, enter)
	tl.wants("Журнал не читается", "Заказов: 4")
	book.seated = func(orders.Order) (orders.Seated, error) { return orders.Seated{}, errBroken }
	tl.press(down, enter)
	tl.wants("Журнал не читается", "Заказов: 4")
}

func TestAnAnswerThatNobodyWaitsForOpensNothing(t *testing.T) {
	tl := newTill(t, withOrders(floor()), withJournal(&fakeJournal{}))
	tl.held = true
	tl.press(f4)
	late := tl.arrived // the list
	tl.press(esc)
	tl.deliver()
	tl.wants("Отсканируйте QR покупателя")
	tl.press(f4)
	tl.send(late[0])
	tl.press(down, enter, esc) // the order's operations are read
	tl.deliver()
	tl.wants("Отсканируйте QR покупателя")
	tl.lacks("Стол 7")
}

func TestAnOrderMayHaveChangedSinceItWasListed(t *testing.T) {
	book := floor()
	book.seated = func(orders.Order) (orders.Seated, error) { return orders.Seated{}, orders.ErrClosed }
	tl := newTill(t, withOrders(book))
	tl.press(f4, down, down, enter)
	tl.wants("Этот заказ уже закрыт", "Заказов: 4")
	book.seated = func(orders.Order) (orders.Seated, error) { return orders.Seated{}, orders.ErrNoGuest }
	tl.press(enter)
	tl.wants("Отсканируйте QR гостя", "Стол 5")
}

func TestAnAnswerWaitsForTheQuestionAboveIt(t *testing.T) {
	book := floor()
	book.seated = func(o orders.Order) (orders.Seated, error) {
		return orders.Seated{Order: o, Moved: []loyalty.Operation{accruedFor(o, loyalty.StateConfirmed)}}, nil
	}
	tl := newTill(t, withOrders(book))
	tl.held = true
	tl.press(f4)
	tl.deliver()
	tl.press(down, down, enter)
	tl.types("1")
	tl.scan(cardOf(otherClient).Payload())
	tl.wants("Новый покупатель?")
	tl.deliver()
	tl.wants("Новый покупатель?")
	tl.wait(quietTime)
	tl.press(esc)
	tl.wants("По этому заказу баллы уже проводили")
}

func TestLeavingTheGuestOfAnOrderEndsTheQuestion(t *testing.T) {
	book := floor()
	tl := newTill(t, withOrders(book), withJournal(&fakeJournal{}))
	tl.held = true
	tl.press(f4)
	tl.deliver()
	tl.press(down, down, enter)
	tl.wants("Спрашиваем баланс…", "Стол 5")
	tl.press(f5)
	if book.waiting.Err() == nil {
		t.Error("the question goes on")
	}
	tl.press(esc) // back to the guest, who is asked for anew
	tl.deliver()
	tl.wants("Баланс  2 365 баллов", "Стол 5")
	if len(tl.desk.greeted) > 0 || len(book.asked) != 2 {
		t.Errorf("the desk was asked %d times and the book %d, want 0 and 2", len(tl.desk.greeted), len(book.asked))
	}
	tl.press(esc, enter, esc)
	tl.deliver()
	tl.wants("Заказов: 4")
}

func TestTheListsLieOverEachOther(t *testing.T) {
	tl := newTill(t, withOrders(floor()), withJournal(written())).atGuest("12")
	tl.press(f4, f5, f4)
	tl.wants("Заказов: 4")
	tl.press(f5, esc)
	tl.wants("Заказов: 4")
	tl.press(esc)
	tl.wants("[12 ", "Александр Татарченко")
	tl.press(f5, f4, f5, f4, f4, esc, esc)
	tl.wants("[12 ")
}

func TestF4FromAResult(t *testing.T) {
	tl := newTill(t, withOrders(floor())).atGuest("1250")
	tl.press(f2, enter, f4)
	tl.wants("Заказов: 4")
	tl.press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAResultThatIsNotWrittenKeepsTheOrdersAway(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	accrue := tl.desk.accrue
	tl.desk.accrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		result, err := accrue(r)
		result.Unwritten = true
		return result, err
	}
	tl.atGuest("1250").press(f2, enter, f4)
	tl.wants("Запишите")
	tl.lacks("Заказов:")
}

func TestTheListMarksOrdersWhosePointsMoved(t *testing.T) {
	book := floor()
	paid := withGuest(orderOf(9, 1), 7, "Платил Раньше", "5")
	paid.PaidAt = opening.Add(-time.Minute)
	book.open = append(book.open, paid)
	tl := newTill(t, withOrders(book))
	tl.send(loyalty.OperationChanged{Operation: accruedFor(book.open[2], loyalty.StateConfirmed)})
	tl.send(loyalty.OperationChanged{Operation: accruedFor(book.open[0], loyalty.StateUnknown)})
	tl.press(f4)
	tl.wants("✓ 5", "! 15", "Счёт закрыт в 19:41, баллы ещё не проведены. Платил Раньше")
	tl.press(down)
	tl.wants("начисление +25, неизвестно. Анна Ли")
}

func TestCheckInsAreTold(t *testing.T) {
	tl := newTill(t, withOrders(&fakeOrders{}))
	tl.atGuest("12")
	tl.hears(bound(withGuest(orderOf(5, 0), someClient, "Александр Татарченко", "2365")))
	tl.wants("Стол 5, заказ 1005: Александр Татарченко, 2 365 баллов")
	tl.types("50")
	tl.wants("[1 250", "Стол 5, заказ 1005: Александр")
	tl.wait(noticeLife)
	tl.lacks("Стол 5")
	tl.hears(orders.Changed{Order: orderOf(5, 0), Event: orders.Event{Kind: orders.EventUnbound}})
	tl.wants("Стол 5, заказ 1005: гость снят с заказа")
	tl.wait(noticeLife)
	named := withGuest(orderOf(5, 0), someClient, "Александр Татарченко", "1")
	named.Number, named.Table = "", "Терраса 3"
	tl.hears(bound(named))
	tl.wants("Терраса 3: Александр Татарченко, 1 балл")
	tl.wait(noticeLife)
	named.Table = ""
	tl.hears(bound(named))
	tl.wants("Официант Ирина: Александр Татарченко, 1 балл")
	tl.wait(noticeLife)
	named.Number = "77"
	tl.hears(orders.Changed{Order: named, Event: orders.Event{Kind: orders.EventFed}})
	tl.hears(orders.Changed{Order: named})
	tl.lacks("Заказ 77")
}

func TestARushOfCheckInsIsOneLine(t *testing.T) {
	tl := newTill(t, withOrders(&fakeOrders{}))
	tl.model.notices.alarm("Важное")
	for table := range 200 {
		tl.send(bound(withGuest(orderOf(table+1, 0), 7, "Анна Ли", "5")))
		tl.clock = tl.clock.Add(20 * time.Millisecond)
	}
	tl.send(orders.Changed{Order: orderOf(9, 0), Event: orders.Event{Kind: orders.EventClosed, Reason: orders.ReasonCheck}})
	tl.wait(orderNewsPause)
	tl.wants("Важное", "ещё 1") // what needs a person stays on show
	if queue := tl.model.notices.queue; len(queue) != 2 {
		t.Fatalf("%d messages stand there, want 2", len(queue))
	}
	tl.wait(noticeSeen)
	tl.press(esc)
	tl.wants("Новых гостей: 200. Снято с заказов: 1. Стол 9, заказ 1009: гость снят с заказа")
	tl.wait(rushPause)
	tl.hears(bound(withGuest(orderOf(3, 0), 7, "Анна Ли", "5")))
	tl.wants("Стол 3, заказ 1003: Анна Ли, 5 баллов")
	tl.lacks("Новых гостей")
}

func TestARushIsDrawnATFewMoments(t *testing.T) {
	tl := newTill(t, withOrders(floor()))
	tl.press(f4)
	drawn := 0
	for table := range 500 {
		_, cmd := tl.model.Update(bound(withGuest(orderOf(table+100, 0), 7, "Анна Ли", "5")))
		tl.run(cmd)
		if tl.model.stale {
			drawn++
		}
		tl.model.View()
		tl.wait(time.Millisecond)
	}
	if drawn > 0 {
		t.Errorf("%d pieces of news were drawn at once", drawn)
	}
	tl.wait(orderNewsPause)
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
		tl := newTill(t, withOrders(&fakeOrders{}))
		tl.send(tea.WindowSizeMsg{Width: 140, Height: 45})
		tl.lacks("Официанты:")
		tl.send(notice.State{Part: notice.Waiter, Level: test.level, Code: test.code})
		tl.wants(test.want)
		tl.send(notice.State{Part: notice.Waiter})
		tl.lacks("Официанты:")
	}
}

func TestTheStatusBarShortensTheAddressBeforeItDropsIt(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:9100": "Официанты: 127.0.0.1:9100", "192.168.100.100:9100": "Официанты: :9100", "[::1]:9100": "Официанты: [::1]:9100",
	} {
		tl := newTill(t, withOrders(&fakeOrders{}))
		for _, part := range []notice.Part{notice.Service, notice.Journal} {
			tl.send(notice.State{Part: part, Level: notice.Good})
		}
		tl.send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: address})
		tl.wants("Сервис: работает", "Журнал: работает", want, "19:42")
	}
}

func TestABusyPortIsABanner(t *testing.T) {
	for code, want := range map[string]string{
		"busy:nginx": "Порт 9100 занят программой nginx: официанты не подключатся. Касса работает.",
		"busy:":      "Порт 9100 занят другой программой: официанты не подключатся. Касса работает.",
		"busy":       "Порт 9100 занят другой программой: официанты не подключатся. Касса работает.",
	} {
		tl := newTill(t, withOrders(&fakeOrders{}))
		tl.send(notice.State{Part: notice.Waiter, Level: notice.Trouble, Code: code})
		tl.wants(want)
		tl.atGuest("1250").press(f2, enter)
		tl.wants("Начислено 25", want) // the till works on
		tl.send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: JournalFull})
		tl.lacks("Порт 9100") // there is worse
		tl.send(notice.State{Part: notice.Journal, Level: notice.Good})
		tl.send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: "127.0.0.1:9100"})
		tl.lacks("Порт 9100")
	}
}

func TestTheHelpNamesTheOrders(t *testing.T) {
	tl := newTill(t, withOrders(floor()), withJournal(written()), withReady)
	tl.atGuest("1250").press(f1)
	tl.wants("F4 Заказы", "F10 Выход", "гости, которых отметил официант", "Skidkassa 1.0", "╰──")
}

// The screen on the real book: what waiters do on their handhelds is seen at once, and the points go to the order.
func TestTheScreenOnTheRealBook(t *testing.T) {
	tl := newTill(t)
	store, hub := &orderstest.MemoryStore{}, &notice.Hub{}
	book := orders.NewBook(orders.Options{
		Desk: tl.desk, Operations: store, Store: store, Hub: hub, Register: 1, Now: func() time.Time { return tl.clock },
	})
	var news []any
	hub.Subscribe(func(n any) { news = append(news, n) })
	tl.model.options.Orders = book
	heard := func() {
		t.Helper()
		for _, n := range news {
			tl.send(n)
		}
		news = nil
		tl.wait(orderNewsPause)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, id := context.Background(), uuid.UUID{15: 5}
	tl.press(f4)
	_, err := book.CheckIn(ctx, orders.CheckIn{Order: id, Text: cardOf(someClient).Payload(), Waiter: "Ирина"})
	must(err)
	heard()
	tl.wants("Александр Татарченко", "Официант Ирина: Александр Татарченко, 2 365 баллов", "Заказов: 1")
	_, err = book.Feed(ctx, orders.Fed{Order: id, Number: "1005", Table: "5", Waiter: "Ирина", Sum: decimal.NewNullDecimal(number("1250"))})
	must(err)
	heard()
	tl.wants("Стол 5, заказ 1005", "1 250,00")
	tl.press(enter, f2, enter)
	if got := tl.desk.accruals[0].Order; got != id {
		t.Errorf("the accrual names order %s", got)
	}
	tl.press(f4)
	must(book.CheckOut(ctx, id, "Ирина"))
	heard()
	tl.wants("Стол 5, заказ 1005: гость снят с заказа", "нет гостя")
	must(book.Withdraw(ctx, id))
	heard()
	tl.wants("Открытых заказов нет")
}
