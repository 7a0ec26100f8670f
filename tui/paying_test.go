package tui

import (
	"context"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestCashIsTakenWithItsChange(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.wants("К оплате 460,00 ₽", "Стол 5, заказ 1", "[ Наличными 460,00 ]", "[ Картой 460,00 ]")
	tl.Types("500")
	tl.wants("Сдача 40,00 ₽")
	tl.Press(enter, enter)
	tl.wants("Взяли наличными 460,00 ₽?", "Дали 500,00 ₽, сдача 40,00 ₽", "> Да, закрыть <")
	tl.Press(enter)
	tl.wants("Оплачено 460,00 ₽", "Сдача 40,00 ₽", "Наличные  460,00 ₽")
	if got := tl.Counter.PaidWith("5"); got != "cash 460" {
		t.Errorf("it was paid with %s", got)
	}
	tl.Press(enter) // nobody has read the change yet
	tl.wants("Сдача 40,00 ₽")
	tl.Wait(readTime)
	tl.Press(enter)
	tl.wants("Открытых заказов нет")
}

func TestTheWaysToPay(t *testing.T) {
	tests := []struct {
		name string
		keys func(tl *till)
		ask  string
		want string
	}{
		{"cash without a sum", func(tl *till) { tl.Press(enter, enter) }, "Взяли наличными 460,00 ₽?", "cash 460"},
		{"card", func(tl *till) { tl.Press(enter, right, enter) }, "Оплата картой 460,00 ₽ прошла?", "card 460"},
		{"both", func(tl *till) { tl.Press(tab); tl.Types("200"); tl.Press(enter, enter) }, "Взяли картой 200,00 ₽ и наличными 260,00 ₽?", "card 200, cash 260"},
		{"all by card, typed", func(tl *till) { tl.Press(tab); tl.Types("460"); tl.Press(enter, enter) }, "Оплата картой 460,00 ₽ прошла?", "card 460"},
		{"five Enters", func(tl *till) { tl.Press(enter, enter); tl.Press(esc); tl.Press(enter) }, "Взяли наличными 460,00 ₽?", "cash 460"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t, withCounter(stage.Lunch)).AtPay()
			test.keys(tl)
			tl.wants(test.ask)
			if got := tl.Counter.PaidWith("5"); got != "" {
				t.Fatalf("before the answer %s was taken", got)
			}
			tl.Press(enter, enter, enter)
			if got := tl.Counter.PaidWith("5"); got != test.want {
				t.Errorf("it was paid with %q, want %q", got, test.want)
			}
		})
	}
}

func TestWhatCannotBeTakenIsSaid(t *testing.T) {
	tests := []struct {
		name string
		keys func(tl *till)
		want string
	}{
		{"too little", func(tl *till) { tl.Types("400"); tl.Press(enter, enter) }, "Не хватает 60,00 ₽"},
		{"too much by card", func(tl *till) { tl.Press(tab); tl.Types("461"); tl.Press(enter, enter) }, "Картой больше, чем к оплате: 460,00 ₽"},
		{"no number", func(tl *till) { tl.Types("5x"); tl.Press(enter, enter) }, "Здесь только цифры и запятая"},
		{"no number by card", func(tl *till) { tl.Press(tab); tl.Types("5x"); tl.Press(enter, enter) }, "Здесь только цифры и запятая"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t, withCounter(stage.Lunch)).AtPay()
			test.keys(tl)
			tl.wants(test.want, "Гость дал наличными")
			tl.Press(esc)
			tl.wants("> Оплатить <")
		})
	}
}

func TestAScanWhereAnOrderIsPaidLeavesNoTrace(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Types("50")
	tl.Wait(stage.HandPause)
	tl.Send(stage.Runes("4"))
	tl.Wait(70 * time.Millisecond)
	tl.Burst("006381333931")
	tl.Wait(400 * time.Millisecond)
	tl.wants("[50 ", "штрихкод")
	tl.Press(tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.Types("5005")
	tl.Press(backspace)
	tl.wants("[500 ", "Сдача 40,00 ₽")
	tl.Press(backTab, left)
	tl.wants("> Наличными 460,00 <")
	tl.Types("9") // a button takes no digits
	tl.wants("[500 ")
}

func TestAPaymentThatIsRefusedSaysWhy(t *testing.T) {
	tl := newTill(t, withCounter(func(c *stage.Counter) { c.Opens("5", stage.Dish("Кофе", "1", "100")) })).AtPay()
	tl.Press(enter, enter)
	tl.wants("Смена закрыта. Откройте её: F8.", "К оплате 100,00 ₽")
	tl.lacks("Взяли")
	tl.Press(f8)
	tl.wants("Смена закрыта", "> Открыть смену <")
	tl.Wait(quietTime)
	tl.Press(enter)
	tl.wants("Смена 1: X-отчёт")
	tl.Wait(quietTime)
	tl.Press(esc)
	tl.wants("К оплате 100,00 ₽")
	tl.lacks("Смена закрыта") // it is open now
	tl.Press(enter, enter)
	tl.wants("Оплачено 100,00 ₽")

	tl = newTill(t, withPrinter(stage.Dinner)).AtPay()
	tl.Press(enter, enter)
	tl.wants("Кухонный чек не напечатан. Напечатайте его: F7.", "F7 На кухню")
	tl.lacks("Взяли")
	_, err := tl.Counter.PrintTickets(context.Background(), tl.Counter.Order("5").ID, "Пётр")
	tl.Counter.Must(err)
	tl.Counter.After()
	tl.lacks("Кухонный чек не напечатан")
	tl.Press(enter, enter)
	tl.wants("Оплачено 460,00 ₽")

	tl = newTill(t, withCounter(stage.Lunch)).AtPay()
	lease, err := tl.Counter.Edit(tl.Counter.Order("5").ID, "Пётр")
	tl.Counter.Must(err)
	tl.Press(enter, enter)
	tl.wants("Заказ сейчас меняет Пётр. Подождите")
	lease.Release()

	tl = newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Counter.Redeems("5", "60", loyalty.StateSending, loyalty.StateUnknown)
	tl.Press(enter, enter)
	tl.wants("Баллы по этому заказу ещё проводятся")
	tl.Send(loyalty.OperationChanged{Operation: tl.Counter.RedeemedNow()})
	tl.lacks("ещё проводятся")
	tl.wants("К оплате 400,00 ₽")

	tl = newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Fails["CheckPay"] = stage.ErrBroken })).AtPay()
	tl.Press(enter, enter)
	tl.wants("Внутренняя ошибка")
	tl.lacks("НЕ закрыт") // nobody has taken anything
}

func TestADueThatChangesIsShownAndNotPaid(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Press(enter, enter)
	tl.wants("Взяли наличными 460,00 ₽?")
	order := tl.Counter.Order("5")
	_, err := tl.Counter.Change(context.Background(), orders.ChangeOrder{
		Order: order.ID, Version: order.Version, Table: "5", Dishes: append(order.Dishes, stage.Dish("Чай", "1", "40")),
	})
	tl.Counter.Must(err)
	tl.Counter.Tell()
	tl.wants("К оплате 500,00 ₽", "Сумма к оплате изменилась. Проверьте её.")
	tl.lacks("Взяли наличными")
	tl.Send(enter) // was meant for the question
	tl.lacks("Взяли наличными")
	tl.Wait(quietTime)
	tl.Press(enter, enter)
	tl.wants("Взяли наличными 500,00 ₽?")

	tl = newTill(t, withCounter(stage.Lunch)).AtPay()
	op := tl.Counter.Redeemed("5", "60") // the points of another till's guest
	tl.Press(enter, enter, enter)
	tl.wants("Сумма к оплате изменилась", "К оплате 400,00 ₽", "Баллами 60")
	tl.Send(loyalty.OperationChanged{Operation: op})
	tl.Wait(quietTime)
	tl.Press(enter, enter)
	tl.wants("Взяли наличными 400,00 ₽?")
	tl.Press(enter)
	if got := tl.Counter.PaidWith("5"); got != "points 60, cash 400" {
		t.Errorf("it was paid with %s", got)
	}
}

func TestAnOrderPaidByPointsIsClosedWithoutAShift(t *testing.T) {
	tl := newTill(t, withCounter(func(c *stage.Counter) {
		c.Opens("5", stage.Dish("Кофе", "1", "100"))
		c.Seats("5")
		c.Redeemed("5", "100")
	})).AtPay()
	tl.wants("К оплате 0,00 ₽", "> Закрыть заказ <")
	tl.Press(enter)
	tl.wants("Закрыть заказ? Всё оплачено баллами.")
	tl.Press(enter)
	tl.wants("Заказ закрыт")
	if got := tl.Counter.PaidWith("5"); got != "points 100" {
		t.Errorf("it was paid with %s", got)
	}
}

func TestPointsBeyondTheSumAreGivenBackFirst(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Redeemed("5", "500") })).AtCard()
	tl.wants("Списано лишнее: верните 40 баллов", "> Изменить <")
	tl.lacks("[ Оплатить", "[ Баллы ]")
}

func TestTheGuestsPointsComeWithThePayment(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })).AtPay()
	tl.Press(enter, enter, enter)
	tl.wants("Оплачено 460,00 ₽", "Баллы за оплату начисляем: Александр Татарченко")
	ops, err := tl.Counter.Store.List(context.Background(), loyalty.Filter{})
	tl.Counter.Must(err)
	if len(ops) != 1 || ops[0].Kind != loyalty.Accrual || !ops[0].Points.Equal(stage.Number("9")) {
		t.Errorf("planned were %+v", ops)
	}
	tl.Wait(closesAfter + time.Second)
	tl.wants("Открытых заказов нет")
}

func TestAPaidOrdersReceiptIsPrintedAgain(t *testing.T) {
	tl := newTill(t, withPrinter(stage.Lunch)).AtPay()
	tl.Press(enter, enter, enter)
	tl.Wait(readTime)
	tl.Press(enter, tab, tab, enter, enter)
	tl.wants("Оплачен 19:42", "Оплата", "Наличные", "460,00", "оплачен  Анна", "> Назад <", "[ Копия чека ]")
	tl.Press(right, enter)
	tl.wants("копия чека печатается")
	if paper := tl.Counter.Paper; paper.Copies != 1 || paper.Receipts != 2 {
		t.Errorf("%d receipts, %d of them copies", paper.Receipts, paper.Copies)
	}
}

func TestCashForABillPaidByQRAsksFirst(t *testing.T) {
	wired := func(sum string) func(*stage.Counter) {
		return func(c *stage.Counter) {
			order := c.Opens("5", stage.Dish("Борщ", "2", "360"), stage.Dish("Кофе", "1", "100"))
			c.Wires(order.ID, sum, "r1") // the shift is closed
			c.OpensShift()
		}
	}
	asked := func(t *testing.T, sum string) *till {
		tl := newTill(t, withCounter(wired(sum)))
		if tl.AtCard(); sum != "500" {
			tl.Press(right) // the way out that takes no money has the focus
		}
		tl.Press(enter, enter, enter)
		tl.lacks("Взяли")
		tl.wants("Деньги уже получены по QR: "+sum+",00 ₽. Взять ещё раз?", "> Не брать <")
		tl.Send(enter) // opened by itself: no key is an answer before the keyboard is quiet
		tl.wants("Взять ещё раз?")
		tl.Wait(quietTime)
		return tl
	}
	t.Run("the safe answer", func(t *testing.T) {
		tl := asked(t, "460")
		tl.Press(enter)
		tl.wants("К оплате 460,00 ₽")
		if got := tl.Counter.PaidWith("5"); got != "" {
			t.Errorf("it was paid with %s", got)
		}
	})
	t.Run("against the claim", func(t *testing.T) {
		tl := asked(t, "460")
		tl.Press(left)
		tl.wants("> Закрыть оплатой по QR <")
		tl.Press(enter)
		tl.wants("Заказ закрыт", "QR  460,00 ₽")
		if got := tl.Counter.PaidWith("5"); got != "qr 460" || len(tl.model.claims.open) > 0 {
			t.Errorf("it was paid with %s, %d claims are open", got, len(tl.model.claims.open))
		}
		if got := tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r2"); got.Obstacle != orders.ObstacleNone || !got.Repeat {
			t.Errorf("the other system is told %+v", got)
		}
	})
	t.Run("against a part", func(t *testing.T) {
		tl := asked(t, "400")
		tl.Press(left, enter)
		tl.wants("К оплате 60,00 ₽", "По QR 400,00 ₽", "Возьмите остаток")
		tl.Types("100")
		tl.Press(enter, enter)
		tl.wants("Взяли наличными 60,00 ₽?", "сдача 40,00 ₽")
		tl.Press(enter)
		tl.wants("Оплачено 60,00 ₽", "QR  400,00 ₽")
		if got := tl.Counter.PaidWith("5"); got != "qr 400, cash 60" {
			t.Errorf("it was paid with %s", got)
		}
	})
	t.Run("more than is due", func(t *testing.T) {
		tl := asked(t, "500")
		tl.wants("По QR пришло больше, чем к оплате")
		tl.lacks("Закрыть оплатой")
		tl.Press(esc)
		tl.wants("К оплате 460,00 ₽")
	})
	t.Run("once more", func(t *testing.T) {
		tl := asked(t, "460")
		tl.Press(right)
		tl.wants("> Взять ещё раз <")
		tl.Press(enter)
		tl.wants("Взяли наличными 460,00 ₽?")
		tl.Press(enter)
		tl.wants("Оплачено 460,00 ₽")
		if got := tl.Counter.PaidWith("5"); got != "cash 460" {
			t.Errorf("it was paid with %s", got)
		}
		tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5")
	})
}

func TestTheCardClosesABillByQR(t *testing.T) {
	tl := newTill(t, withCounter(func(c *stage.Counter) {
		order := c.Opens("5", stage.Dish("Кофе", "1", "100"))
		c.Wires(order.ID, "100", "r1")
		c.OpensShift()
	})).AtCard()
	tl.wants("По QR пришло 100,00 ₽, счёт НЕ закрыт: смена закрыта", "> Закрыть оплатой по QR <  [ Оплатить ]")
	tl.Press(enter)
	tl.wants("По QR 100,00 ₽", "> Закрыть оплатой по QR <")
	tl.Press(enter)
	tl.wants("Закрыть оплатой по QR 100,00 ₽?")
	tl.Press(enter)
	tl.wants("Заказ закрыт")
	if got := tl.Counter.PaidWith("5"); got != "qr 100" {
		t.Errorf("it was paid with %s", got)
	}
}

func TestMoneyThatComesWhileTheCashierTakesItIsSaid(t *testing.T) {
	tl := newTill(t, withCounter(stage.Lunch)).AtPay()
	tl.Press(enter, enter)
	tl.wants("Взяли наличными 460,00 ₽?")
	if got := tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1"); got.Obstacle != orders.ObstacleNone {
		t.Fatalf("the payment was refused: %+v", got)
	}
	tl.Counter.Tell()
	tl.lacks("Взяли наличными")
	tl.wants("Оплачен 19:42", "QR", "чаевые 20,00", "> Назад <")
	tl.Send(enter) // was meant for the question
	tl.wants("Оплачен 19:42")
	if got := tl.Counter.PaidWith("5"); got != "qr 460" {
		t.Errorf("it was paid with %s", got)
	}
	found := false
	for _, line := range tl.model.notices.queue {
		found = found || line.text() == tl.model.env.Say("notice_do_not_take", map[string]any{"Order": "Стол 5, заказ 1"})
	}
	if !found {
		t.Errorf("nobody says that no money is to be taken: %+v", tl.model.notices.queue)
	}
}

func TestAPaymentThatEndsBehindTheCashiersBackIsTold(t *testing.T) {
	for name, test := range map[string]struct {
		fail error
		want string
	}{
		"taken":   {nil, "Стол 5, заказ 1: оплачено 460,00 ₽, заказ закрыт"},
		"closed":  {orders.ErrPaid, "Стол 5, заказ 1: уже закрыт. Если на карточке в «Оплата» не эти деньги, верните гостю 460,00 ₽."},
		"refused": {orders.ErrShiftClosed, "заказ НЕ закрыт. Смена закрыта. Откройте её: F8. Наличные 460,00 ₽ отложите или верните гостю."},
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t, withCounter(stage.Lunch)).AtPay()
			tl.Press(enter, enter)
			tl.Held = true
			tl.Counter.Fails["Pay"] = test.fail
			tl.Press(enter)
			tl.wants("Закрываем заказ…")
			tl.Press(enter, f5)
			tl.Held = false
			tl.Deliver()
			tl.wants(test.want)
		})
	}
}
