package tui

import (
	"context"
	"fmt"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// busyShift is a shift with a payment of each kind, a redemption whose outcome is open, and a payment that closed nothing.
func busyShift(c *counter) {
	ctx := context.Background()
	c.opensShift()
	for i, kind := range []orders.PaymentKind{orders.PaidCash, orders.PaidCard} {
		order := c.opens(fmt.Sprint(i+1), dish("Кофе", "1", "1000"))
		_, err := c.Book.Pay(ctx, orders.PayOrder{Order: order.ID, Version: 1, Parts: []orders.Part{{Kind: kind, Sum: number("1000")}}})
		c.must(err)
	}
	order := c.opens("3", dish("Обед", "1", "460"))
	c.wires(order.ID, "460", "r1")
	c.opens("5", dish("Обед", "1", "460"))
	c.redeems("5", "60", loyalty.StateSending, loyalty.StateUnknown)
	c.wires(c.order("5").ID, "460", "r2")
}

func TestTheShiftIsOpenedAndClosed(t *testing.T) {
	tl := newTill(t, withCounter())
	tl.wants("F8 Смена")
	tl.press(f8)
	tl.wants("Смена закрыта", "Баллы работают и без неё", "> Открыть смену <")
	tl.send(enter) // pressed before anybody could see it
	tl.wants("> Открыть смену <")
	tl.wait(quietTime)
	tl.press(enter)
	tl.wants("Смена 1: X-отчёт", "Открыта 19:42, Анна", "> Назад <", "Всё закончено", "Смена 1 открыта")
	tl.wait(quietTime)
	tl.press(tab, enter)
	tl.wants("Закрыть смену 1?", "Принято 0,00 ₽", "> Назад <")
	tl.press(enter)
	tl.wants("X-отчёт")
	tl.press(enter)
	tl.wants("Закрыть смену 1?")
	tl.press(left, enter)
	tl.wants("Смена 1 закрыта: Z-отчёт", "закрыта 19:42")
	tl.wait(quietTime)
	tl.press(enter, esc) // nobody has read it yet
	tl.wants("Z-отчёт")
	tl.wait(readTime)
	tl.press(enter)
	tl.wants("Отсканируйте QR покупателя")
	if _, err := tl.counter.Shift(context.Background()); err == nil {
		t.Error("the shift is open")
	}
}

func TestTheReportHasTotalsAndWhatIsLeft(t *testing.T) {
	tl := newTill(t, withCounter(busyShift))
	tl.press(f8)
	tl.wants("Наличные 1 1 000,00 ₽", "Карта 1 1 000,00 ₽", "QR 1 460,00 ₽", "Всего 3 2 460,00 ₽", "Чаевые по QR 20,00 ₽", "Закрыто заказов 3",
		"Не закончено", "Стол 5, заказ 4: по QR 460,00 ₽, заказ занят", "неизвестно", "[ Оплаты по QR: 1 ]")
	tl.wait(quietTime)
	tl.press(tab, enter)
	tl.wants("Принято 2 460,00 ₽", "Не закончено: 2. Это можно завершить и после закрытия.")
	tl.press(esc, tab, enter)
	tl.wants("Оплаты по QR, которые не закрыли счёт")
	tl.press(esc)
	tl.wants("X-отчёт")
	tl.press(f4)
	tl.types("5")
	tl.press(f8) // the report lies behind the list
	tl.wants("X-отчёт")
}

func TestTheReportFollowsPayments(t *testing.T) {
	tl := newTill(t, withCounter(lunch))
	tl.press(f8)
	tl.wants("Закрыто заказов 0")
	tl.counter.wires(tl.counter.order("5").ID, "460", "r1")
	tl.counter.after()
	tl.wants("Закрыто заказов 1", "QR 1 460,00 ₽")
	_, _, err := tl.counter.CloseShift(context.Background(), "Пётр") // from elsewhere
	tl.counter.must(err)
	tl.counter.after()
	tl.wants("> Открыть смену <", "Смена 1 закрыта")
}

func TestAReportThatCannotBeReadIsAskedForAgain(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.fails["ShiftReport"] = errBroken }))
	tl.press(f8)
	tl.wants("Журнал не читается", "Смена: не получилось.")
	delete(tl.counter.fails, "ShiftReport")
	tl.press(enter)
	tl.wants("X-отчёт")
}

func TestALongListOfWhatIsLeftFits(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) {
		for i := range 12 {
			bill := strangeBill
			bill[15] = byte(i + 2)
			c.wires(bill, "10", "r1")
		}
	}))
	tl.press(f8)
	tl.wants("и ещё", "[ Закрыть смену ]")
}

func TestThePrinterAndExpirenzaStandInTheStatusBar(t *testing.T) {
	tests := []struct {
		state notice.State
		want  string
	}{
		{notice.State{Part: notice.Printer, Level: notice.Good}, "✓ Принтер"},
		{notice.State{Part: notice.Printer, Level: notice.Warning, Code: PrinterPaperLow}, "Принтер: бумага кончается"},
		{notice.State{Part: notice.Printer, Level: notice.Trouble, Code: PrinterNoPaper}, "Принтер: НЕТ БУМАГИ"},
		{notice.State{Part: notice.Printer, Level: notice.Trouble, Code: PrinterOffline + ":unreachable"}, "Принтер: не отвечает"},
		{notice.State{Part: notice.Printer, Level: notice.Trouble, Code: PrinterOffline + ":cover"}, "Принтер: открыта крышка"},
		{notice.State{Part: notice.Printer, Level: notice.Trouble, Code: "strange"}, "Принтер: не работает"},
		{notice.State{Part: notice.Expirenza, Level: notice.Good}, "✓ Expirenza"},
		{notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "connect", At: opening.Add(-2 * time.Minute)}, "Expirenza: нет связи с 19:40"},
		{notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "refused"}, "Expirenza: ключ отклонён"},
		{notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "secret"}, "Expirenza: нет ключа"},
		{notice.State{Part: notice.Expirenza, Level: notice.Warning, Code: "callbacks"}, "Expirenza: ответы не уходят"},
	}
	for _, test := range tests {
		tl := newTill(t, withCounter())
		tl.lacks("Принтер", "Expirenza")
		for _, part := range []notice.Part{notice.Service, notice.Journal} {
			tl.send(notice.State{Part: part, Level: notice.Good})
		}
		tl.send(test.state)
		tl.wants(test.want)
	}
	tl := newTill(t, withCounter())
	tl.send(notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "refused"})
	tl.wants("Expirenza отклонила ключ: гости не могут платить по QR. Позовите администратора. Касса работает.")
}

func TestTheStatusBarKeepsAllPartsThatAreWell(t *testing.T) {
	tl := newTill(t, withCounter())
	for _, part := range []notice.Part{notice.Service, notice.Journal, notice.Expirenza, notice.Printer} {
		tl.send(notice.State{Part: part, Level: notice.Good})
	}
	tl.send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: "127.0.0.1:9100"})
	tl.wants("✓ Сервис ", "✓ Журнал ", "Официанты: :9100", "✓ Expirenza ", "✓ Принтер ", "19:42")
	tl.send(tea.WindowSizeMsg{Width: 140, Height: 45})
	tl.wants("✓ Сервис: работает", "✓ Expirenza: на связи", "✓ Принтер: готов", "Официанты: 127.0.0.1:9100")
}
