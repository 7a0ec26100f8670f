package tui

import (
	"context"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

func TestCashIsTakenWithItsChange(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atPay()
	tl.wants("К оплате 460,00 ₽", "Стол 5, заказ 1", "[ Наличными 460,00 ]", "[ Картой 460,00 ]")
	tl.types("500")
	tl.wants("Сдача 40,00 ₽")
	tl.press(enter, enter)
	tl.wants("Взяли наличными 460,00 ₽?", "Дали 500,00 ₽, сдача 40,00 ₽", "> Да, закрыть <")
	tl.press(enter)
	tl.wants("Оплачено 460,00 ₽", "Сдача 40,00 ₽", "Наличные  460,00 ₽")
	if got := tl.counter.payments("5"); got != "cash 460" {
		t.Errorf("it was paid with %s", got)
	}
	tl.press(enter) // nobody has read the change yet
	tl.wants("Сдача 40,00 ₽")
	tl.wait(readTime)
	tl.press(enter)
	tl.wants("Открытых заказов нет")
}

func TestTheWaysToPay(t *testing.T) {
	tests := []struct {
		name string
		keys func(tl *till)
		ask  string
		want string
	}{
		{"cash without a sum", func(tl *till) { tl.press(enter, enter) }, "Взяли наличными 460,00 ₽?", "cash 460"},
		{"card", func(tl *till) { tl.press(enter, right, enter) }, "Оплата картой 460,00 ₽ прошла?", "card 460"},
		{"both", func(tl *till) { tl.press(tab); tl.types("200"); tl.press(enter, enter) }, "Взяли картой 200,00 ₽ и наличными 260,00 ₽?", "card 200, cash 260"},
		{"all by card, typed", func(tl *till) { tl.press(tab); tl.types("460"); tl.press(enter, enter) }, "Оплата картой 460,00 ₽ прошла?", "card 460"},
		{"five Enters", func(tl *till) { tl.press(enter, enter); tl.press(esc); tl.press(enter) }, "Взяли наличными 460,00 ₽?", "cash 460"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t, withCounter(lunch)).atPay()
			test.keys(tl)
			tl.wants(test.ask)
			if got := tl.counter.payments("5"); got != "" {
				t.Fatalf("before the answer %s was taken", got)
			}
			tl.press(enter, enter, enter)
			if got := tl.counter.payments("5"); got != test.want {
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
		{"too little", func(tl *till) { tl.types("400"); tl.press(enter, enter) }, "Не хватает 60,00 ₽"},
		{"too much by card", func(tl *till) { tl.press(tab); tl.types("461"); tl.press(enter, enter) }, "Картой больше, чем к оплате: 460,00 ₽"},
		{"no number", func(tl *till) { tl.types("5x"); tl.press(enter, enter) }, "Здесь только цифры и запятая"},
		{"no number by card", func(tl *till) { tl.press(tab); tl.types("5x"); tl.press(enter, enter) }, "Здесь только цифры и запятая"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t, withCounter(lunch)).atPay()
			test.keys(tl)
			tl.wants(test.want, "Гость дал наличными")
			tl.press(esc)
			tl.wants("> Оплатить <")
		})
	}
}

func TestAScanWhereAnOrderIsPaidLeavesNoTrace(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atPay()
	tl.types("50")
	tl.wait(handPause)
	tl.send(runes("4"))
	tl.wait(70 * time.Millisecond)
	tl.burst("006381333931")
	tl.wait(400 * time.Millisecond)
	tl.wants("[50 ", "штрихкод")
	tl.press(tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.types("5005")
	tl.press(backspace)
	tl.wants("[500 ", "Сдача 40,00 ₽")
	tl.press(backTab, left)
	tl.wants("> Наличными 460,00 <")
	tl.types("9") // a button takes no digits
	tl.wants("[500 ")
}

func TestAPaymentThatIsRefusedSaysWhy(t *testing.T) {
	tl := newTill(t, withCounter(func(c *counter) { c.opens("5", dish("Кофе", "1", "100")) })).atPay()
	tl.press(enter, enter, enter)
	tl.wants("Смена закрыта. Откройте её: F8.", "К оплате 100,00 ₽")
	tl.press(f8)
	tl.wants("Смена закрыта", "> Открыть смену <")
	tl.wait(quietTime)
	tl.press(enter)
	tl.wants("Смена 1: X-отчёт")
	tl.wait(quietTime)
	tl.press(esc)
	tl.wants("К оплате 100,00 ₽")
	tl.press(enter, enter)
	tl.wants("Оплачено 100,00 ₽")

	tl = newTill(t, withPrinter(dinner)).atPay()
	tl.press(enter, enter, enter)
	tl.wants("Кухонный чек не напечатан. Напечатайте его: F7.", "F7 На кухню")
	tl.press(f7, enter, enter)
	tl.wants("Оплачено 460,00 ₽")

	tl = newTill(t, withCounter(lunch)).atPay()
	lease, err := tl.counter.Edit(tl.counter.order("5").ID, "Пётр")
	tl.counter.must(err)
	tl.press(enter, enter, enter)
	tl.wants("Заказ сейчас меняет Пётр. Подождите")
	lease.Release()

	tl = newTill(t, withCounter(lunch)).atPay()
	tl.counter.redeems("5", "60", loyalty.StateSending)
	tl.press(enter, enter, enter)
	tl.wants("Баллы по этому заказу ещё проводятся")

	tl = newTill(t, withCounter(lunch, func(c *counter) { c.fails["Pay"] = errBroken })).atPay()
	tl.press(enter, enter, enter)
	tl.wants("Внутренняя ошибка")
}

func TestADueThatChangesIsShownAndNotPaid(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atPay()
	tl.press(enter, enter)
	tl.wants("Взяли наличными 460,00 ₽?")
	order := tl.counter.order("5")
	_, err := tl.counter.Change(context.Background(), orders.ChangeOrder{
		Order: order.ID, Version: order.Version, Table: "5", Dishes: append(order.Dishes, dish("Чай", "1", "40")),
	})
	tl.counter.must(err)
	tl.counter.tell()
	tl.wants("К оплате 500,00 ₽", "Сумма к оплате изменилась. Проверьте её.")
	tl.lacks("Взяли наличными")
	tl.send(enter) // was meant for the question
	tl.lacks("Взяли наличными")
	tl.wait(quietTime)
	tl.press(enter, enter)
	tl.wants("Взяли наличными 500,00 ₽?")

	tl = newTill(t, withCounter(lunch)).atPay()
	op := tl.counter.redeemed("5", "60") // the points of another till's guest
	tl.press(enter, enter, enter)
	tl.wants("Сумма к оплате изменилась", "К оплате 400,00 ₽", "Баллами 60")
	tl.send(loyalty.OperationChanged{Operation: op})
	tl.wait(quietTime)
	tl.press(enter, enter)
	tl.wants("Взяли наличными 400,00 ₽?")
	tl.press(enter)
	if got := tl.counter.payments("5"); got != "points 60, cash 400" {
		t.Errorf("it was paid with %s", got)
	}
}

func TestAnOrderPaidByPointsIsClosedWithoutAShift(t *testing.T) {
	tl := newTill(t, withCounter(func(c *counter) {
		c.opens("5", dish("Кофе", "1", "100"))
		c.seats("5")
		c.redeemed("5", "100")
	})).atPay()
	tl.wants("К оплате 0,00 ₽", "> Закрыть заказ <")
	tl.press(enter)
	tl.wants("Закрыть заказ? Всё оплачено баллами.")
	tl.press(enter)
	tl.wants("Заказ закрыт")
	if got := tl.counter.payments("5"); got != "points 100" {
		t.Errorf("it was paid with %s", got)
	}
}

func TestPointsBeyondTheSumAreGivenBackFirst(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.redeemed("5", "500") })).atCard()
	tl.wants("Списано лишнее: верните 40 баллов", "> Изменить <")
	tl.lacks("[ Оплатить", "[ Баллы ]")
}

func TestTheGuestsPointsComeWithThePayment(t *testing.T) {
	tl := newTill(t, withCounter(lunch, func(c *counter) { c.seats("5") })).atPay()
	tl.press(enter, enter, enter)
	tl.wants("Оплачено 460,00 ₽", "Баллы за оплату начисляем: Александр Татарченко")
	ops, err := tl.counter.store.List(context.Background(), loyalty.Filter{})
	tl.counter.must(err)
	if len(ops) != 1 || ops[0].Kind != loyalty.Accrual || !ops[0].Points.Equal(number("9")) {
		t.Errorf("planned were %+v", ops)
	}
	tl.wait(closesAfter + time.Second)
	tl.wants("Открытых заказов нет")
}

func TestAPaidOrdersReceiptIsPrintedAgain(t *testing.T) {
	tl := newTill(t, withPrinter(lunch)).atPay()
	tl.press(enter, enter, enter)
	tl.wait(readTime)
	tl.press(enter, tab, tab, enter, enter)
	tl.wants("Оплачен 19:42", "Оплата", "Наличные", "460,00", "оплачен  Анна", "> Назад <", "[ Копия чека ]")
	tl.press(right, enter)
	tl.wants("копия чека печатается")
	if paper := tl.counter.paper; paper.copies != 1 || paper.receipts != 2 {
		t.Errorf("%d receipts, %d of them copies", paper.receipts, paper.copies)
	}
}

func TestCashForABillPaidByQRAsksFirst(t *testing.T) {
	wired := func(sum string) func(*counter) {
		return func(c *counter) {
			order := c.opens("5", dish("Борщ", "2", "360"), dish("Кофе", "1", "100"))
			c.wires(order.ID, sum, "r1") // the shift is closed
			c.opensShift()
		}
	}
	asked := func(t *testing.T, sum string) *till {
		tl := newTill(t, withCounter(wired(sum))).atPay()
		tl.press(enter, enter, enter)
		tl.wants("Деньги уже получены по QR: "+sum+",00 ₽. Взять ещё раз?", "> Не брать <")
		tl.send(enter) // opened by itself: no key is an answer before the keyboard is quiet
		tl.wants("Взять ещё раз?")
		tl.wait(quietTime)
		return tl
	}
	t.Run("the safe answer", func(t *testing.T) {
		tl := asked(t, "460")
		tl.press(enter)
		tl.wants("К оплате 460,00 ₽")
		if got := tl.counter.payments("5"); got != "" {
			t.Errorf("it was paid with %s", got)
		}
	})
	t.Run("against the claim", func(t *testing.T) {
		tl := asked(t, "460")
		tl.press(left)
		tl.wants("> Закрыть оплатой по QR <")
		tl.press(enter)
		tl.wants("Заказ закрыт", "QR  460,00 ₽")
		if got := tl.counter.payments("5"); got != "qr 460" || len(tl.model.claims.open) > 0 {
			t.Errorf("it was paid with %s, %d claims are open", got, len(tl.model.claims.open))
		}
		if got := tl.counter.wires(tl.counter.order("5").ID, "460", "r2"); got.Obstacle != orders.ObstacleNone || !got.Repeat {
			t.Errorf("the other system is told %+v", got)
		}
	})
	t.Run("against a part", func(t *testing.T) {
		tl := asked(t, "400")
		tl.press(left, enter)
		tl.wants("К оплате 60,00 ₽", "По QR 400,00 ₽", "Возьмите остаток")
		tl.types("100")
		tl.press(enter, enter)
		tl.wants("Взяли наличными 60,00 ₽?", "сдача 40,00 ₽")
		tl.press(enter)
		tl.wants("Оплачено 60,00 ₽", "QR  400,00 ₽")
		if got := tl.counter.payments("5"); got != "qr 400, cash 60" {
			t.Errorf("it was paid with %s", got)
		}
	})
	t.Run("more than is due", func(t *testing.T) {
		tl := asked(t, "500")
		tl.wants("По QR пришло больше, чем к оплате")
		tl.lacks("Закрыть оплатой")
		tl.press(esc)
		tl.wants("К оплате 460,00 ₽")
	})
	t.Run("once more", func(t *testing.T) {
		tl := asked(t, "460")
		tl.press(right)
		tl.wants("> Взять ещё раз <")
		tl.press(enter)
		tl.wants("Оплачено 460,00 ₽")
		if got := tl.counter.payments("5"); got != "cash 460" {
			t.Errorf("it was paid with %s", got)
		}
		tl.wants("ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ: Стол 5")
	})
}

func TestTheCardClosesABillByQR(t *testing.T) {
	tl := newTill(t, withCounter(func(c *counter) {
		order := c.opens("5", dish("Кофе", "1", "100"))
		c.wires(order.ID, "100", "r1")
		c.opensShift()
	})).atCard()
	tl.wants("По QR пришло 100,00 ₽, счёт НЕ закрыт: смена закрыта", "[ Закрыть оплатой по QR ]")
	tl.press(right, enter)
	tl.wants("По QR 100,00 ₽", "> Закрыть оплатой по QR <")
	tl.press(enter)
	tl.wants("Закрыть оплатой по QR 100,00 ₽?")
	tl.press(enter)
	tl.wants("Заказ закрыт")
	if got := tl.counter.payments("5"); got != "qr 100" {
		t.Errorf("it was paid with %s", got)
	}
}

func TestMoneyThatComesWhileTheCashierTakesItIsSaid(t *testing.T) {
	tl := newTill(t, withCounter(lunch)).atPay()
	tl.press(enter, enter)
	tl.wants("Взяли наличными 460,00 ₽?")
	if got := tl.counter.wires(tl.counter.order("5").ID, "460", "r1"); got.Obstacle != orders.ObstacleNone {
		t.Fatalf("the payment was refused: %+v", got)
	}
	tl.counter.tell()
	tl.lacks("Взяли наличными")
	tl.wants("Оплачен 19:42", "QR", "чаевые 20,00", "> Назад <")
	tl.send(enter) // was meant for the question
	tl.wants("Оплачен 19:42")
	if got := tl.counter.payments("5"); got != "qr 460" {
		t.Errorf("it was paid with %s", got)
	}
	found := false
	for _, line := range tl.model.notices.queue {
		found = found || line.text == tl.model.env.Say("notice_do_not_take", map[string]any{"Order": "Стол 5, заказ 1"})
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
		"taken": {nil, "Стол 5, заказ 1: оплачено 460,00 ₽, заказ закрыт"}, "refused": {orders.ErrPaid, "заказ НЕ закрыт. Заказ уже оплачен. Деньги не берите."},
	} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t, withCounter(lunch)).atPay()
			tl.press(enter, enter)
			tl.held = true
			tl.counter.fails["Pay"] = test.fail
			tl.press(enter)
			tl.wants("Закрываем заказ…")
			tl.press(enter, f5)
			tl.held = false
			tl.deliver()
			tl.wants(test.want)
		})
	}
}
