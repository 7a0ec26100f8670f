package tui

import (
	"context"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestTheShiftIsOpenedAndClosed(t *testing.T) {
	tl := newTill(t, withCounter())
	tl.wants("F8 Смена")
	tl.Press(f8)
	tl.wants("Смена закрыта", "Баллы работают и без неё", "> Открыть смену <")
	tl.Send(enter) // pressed before anybody could see it
	tl.wants("> Открыть смену <")
	tl.Wait(quietTime)
	tl.Press(enter)
	tl.wants("Смена 1: X-отчёт", "Открыта 19:42, Анна", "> Назад <", "Всё закончено", "Смена 1 открыта")
	tl.Wait(quietTime)
	tl.Press(tab, enter)
	tl.wants("Закрыть смену 1?", "Принято 0,00 ₽", "> Назад <")
	tl.Press(enter)
	tl.wants("X-отчёт")
	tl.Press(enter)
	tl.wants("Закрыть смену 1?")
	tl.Press(left, enter)
	tl.wants("Смена 1 закрыта: Z-отчёт", "закрыта 19:42")
	tl.Wait(quietTime)
	tl.Press(enter, esc) // nobody has read it yet
	tl.wants("Z-отчёт")
	tl.Wait(readTime)
	tl.Press(enter)
	tl.wants("Отсканируйте QR покупателя")
	if _, err := tl.Counter.Shift(context.Background()); err == nil {
		t.Error("the shift is open")
	}
}

func TestTheReportHasTotalsAndWhatIsLeft(t *testing.T) {
	tl := newTill(t, withCounter(stage.BusyShift))
	tl.Press(f8)
	tl.wants("Наличные 1 1 000,00 ₽", "Карта 1 1 000,00 ₽", "QR 1 460,00 ₽", "Всего 3 2 460,00 ₽", "Чаевые по QR 20,00 ₽", "Закрыто заказов 3",
		"Не закончено", "Стол 5, заказ 4: по QR 460,00 ₽, заказ занят", "неизвестно", "[ Оплаты по QR: 1 ]")
	tl.Wait(quietTime)
	tl.Press(tab, enter)
	tl.wants("Принято 2 460,00 ₽", "Гости заплатили по QR 480,00 ₽ (из них чаевые 20,00), а счета не закрыты: 1.",
		"деньги войдут в СЛЕДУЮЩУЮ", "Операций с баллами не закончено: 1. Их можно завершить и без смены.", "> Назад <")
	tl.Press(esc, tab, enter)
	tl.wants("Оплаты по QR, которые не закрыли счёт")
	tl.Press(esc)
	tl.wants("X-отчёт", "По QR ждут 480,00 ₽ (из них чаевые 20,00)")
	tl.Press(f4)
	tl.Types("5")
	tl.Press(f8) // the report lies behind the list
	tl.wants("X-отчёт")
}

func TestTheReportFollowsPayments(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch))
	tl.Press(f8)
	tl.wants("Закрыто заказов 0")
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
	tl.Counter.After()
	tl.wants("Закрыто заказов 1", "QR 1 460,00 ₽")
	_, _, err := tl.Counter.CloseShift(context.Background(), "Пётр") // from elsewhere
	tl.Counter.Must(err)
	tl.Counter.After()
	tl.wants("> Открыть смену <", "Смена 1 закрыта")
}

func TestAReportThatCannotBeReadIsAskedForAgain(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Fails["ShiftReport"] = stage.ErrBroken }))
	tl.Press(f8)
	tl.wants("Журнал не читается", "Смена: не получилось.")
	delete(tl.Counter.Fails, "ShiftReport")
	tl.Press(enter)
	tl.wants("X-отчёт")
}

func TestALongListOfWhatIsLeftFits(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) {
		for i := range 12 {
			bill := stage.StrangeBill
			bill[15] = byte(i + 2)
			c.Wires(bill, "10", "r1")
		}
	}))
	tl.Press(f8)
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
		{notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "connect", At: stage.Opening().Add(-2 * time.Minute)}, "Expirenza: нет связи с 19:40"},
		{notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "refused"}, "Expirenza: ключ отклонён"},
		{notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "secret"}, "Expirenza: нет ключа"},
		{notice.State{Part: notice.Expirenza, Level: notice.Warning, Code: "callbacks"}, "Expirenza: ответы не уходят"},
	}
	for _, test := range tests {
		tl := newTill(t, withCounter())
		tl.lacks("Принтер", "Expirenza")
		for _, part := range []notice.Part{notice.Service, notice.Journal} {
			tl.Send(notice.State{Part: part, Level: notice.Good})
		}
		tl.Send(test.state)
		tl.wants(test.want)
	}
	tl := newTill(t, withCounter())
	tl.Send(notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "refused"})
	tl.wants("Expirenza отклонила ключ: гости не могут платить по QR. Позовите администратора. Касса работает.")
}

func TestTheStatusBarKeepsAllPartsThatAreWell(t *testing.T) {
	tl := newTill(t, withCounter())
	for _, part := range []notice.Part{notice.Service, notice.Journal, notice.Expirenza, notice.Printer} {
		tl.Send(notice.State{Part: part, Level: notice.Good})
	}
	tl.Send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: "127.0.0.1:9100"})
	tl.wants("✓ Сервис ", "✓ Журнал ", "Официанты: :9100", "✓ Expirenza ", "✓ Принтер ", "19:42")
	tl.Send(tea.WindowSizeMsg{Width: 140, Height: 45})
	tl.wants("✓ Сервис: работает", "✓ Expirenza: на связи", "✓ Принтер: готов", "Официанты: 127.0.0.1:9100")
}
