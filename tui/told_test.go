package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestTheBalanceAfterAnInferredRemainderIsTheRemaindersOwn(t *testing.T) {
	tl, op, rest := unknownPair(t)
	op.Balance, op.BalanceRead = stage.Number("2240"), true
	tl.Becomes(&op, loyalty.StateConfirmed, "")
	tl.wants("Баланс 2 240 баллов")
	rest.Baseline = stage.Number("2240")
	tl.Becomes(&rest, loyalty.StateSending, "")
	tl.Becomes(&rest, loyalty.StateUnknown, "timeout")
	tl.Becomes(&rest, loyalty.StateApplied, loyalty.ReasonMoved)
	tl.wants("На остаток начислено 22", "Проверено по балансу покупателя.", "Баланс 2 262 балла")
	tl.lacks("2 240")
}

func TestARemainderWaitsForTheCheckOnlyOfAnUnknownRedemption(t *testing.T) {
	tests := []struct {
		state     loyalty.State
		unwritten bool
		want      string
	}{
		{loyalty.StateUnknown, false, "Начисление 22 баллов на остаток ждёт проверки списания"},
		{loyalty.StateConfirmed, false, "Начисляем на остаток 22…"},
		{loyalty.StateApplied, false, "Начисляем на остаток 22…"},
		{loyalty.StateConfirmed, true, "Начисление на остаток отложено: журнал не пишется"},
		{loyalty.StateReview, false, "Начисление 22 баллов на остаток ждёт решения администратора"},
	}
	for _, test := range tests {
		tl := newTill(t).AtGuest("1250")
		tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
			op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, r.ID, r.Points, r.Sum, r.Sum.Sub(r.Points)))
			op.State = test.state
			rest := tl.Desk.Operation(loyalty.Accrual, r.RemainderID, stage.Number("22"), r.Sum, op.Money)
			return loyalty.Result{Operation: op, Second: &rest, Unwritten: test.unwritten}, nil
		}
		tl.Press(f3, enter)
		tl.wants(test.want)
		if n := strings.Count(tl.Shown(), "на остаток"); n != 1 {
			t.Errorf("%s: the remainder is told %d times", test.state, n)
		}
	}
}

func TestAReviewSaysWhyAndWhatToTake(t *testing.T) {
	take := []string{"Возьмите всю сумму: 1 250,00 ₽", "администратор вернёт их", "Начисление 22 баллов на остаток"}
	tl, op, _ := unknownPair(t)
	tl.Becomes(&op, loyalty.StateReview, loyalty.ReasonAmbiguous)
	tl.wants(append(take, "изменился не так")...)
	tl.lacks("1 125", "придёт сообщением", "Гость платит полностью")

	tl, op, _ = unknownPair(t)
	tl.Becomes(&op, loyalty.StateReview, loyalty.ReasonQRExpired)
	tl.wants(append(take, "QR больше не показывает баланс")...)
	tl.lacks("изменился не так")
}

func TestAReviewOfAnAccrualTakesTheWholeSum(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		op := tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum)
		op.State, op.Reason = loyalty.StateReview, loyalty.ReasonQRExpired
		return loyalty.Result{Operation: op}, nil
	}
	tl.Press(f2, enter)
	tl.wants("Неясно, прошла ли операция", "Сейчас возьмите всю сумму: 1 250,00 ₽")
}

func TestTheVerdictOnTheGuestOnTheScreenIsToldToo(t *testing.T) {
	for state, want := range map[loyalty.State]string{
		loyalty.StateApplied:    "Проверено: списано 125, к оплате 1 125,00 ₽. Александр",
		loyalty.StateNotApplied: "Проверено: 125 НЕ списано, к оплате 1 250,00 ₽. Александр",
	} {
		tl, op, _ := unknownPair(t)
		tl.Desk.Unsettled = []loyalty.Operation{op}
		tl.Wait(5 * time.Second)
		tl.Press(esc)
		tl.AtGuest("300")
		tl.Desk.Unsettled = nil
		tl.Becomes(&op, state, "")
		tl.wants(want, "[300", "Начислим 6 баллов")
	}
}

func TestANewerMessageOfAnOperationReplacesTheOlder(t *testing.T) {
	tl := newTill(t)
	op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, loyalty.NewID(), stage.Number("125"), stage.Number("1250"), stage.Number("1125")))
	tl.Becomes(&op, loyalty.StateUnknown, "timeout")
	tl.wants("неизвестно, списано ли 125")
	tl.Wait(time.Minute)
	tl.Becomes(&op, loyalty.StateApplied, loyalty.ReasonMoved)
	tl.wants("Проверено: списано 125")
	tl.lacks("ещё 1")
	tl.Wait(time.Minute)
	tl.Press(esc)
	tl.lacks("неизвестно, списано", "Проверено")
}

func TestAScansRunesDismissNoMessage(t *testing.T) {
	tl := newTill(t).AtGuest("12")
	tl.Scan("https://example.org/menu")
	tl.wants("Это ссылка")
	tl.Wait(time.Minute)
	tl.Burst("4006381333931") // its first digits are shown as typing
	tl.wants("штрихкод товара", "ещё 1")
	tl.Wait(time.Minute)
	tl.Types("5")
	tl.wants("Это ссылка", "[125")
	tl.lacks("штрихкод")
}

func TestTheDemandToWriteGoesWithItsScreen(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	accrue := tl.Desk.OnAccrue
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		result, err := accrue(r)
		result.Unwritten = true
		return result, err
	}
	tl.Press(f2, enter, f10)
	tl.wants("Сначала запишите результат")
	tl.Wait(time.Second)
	tl.Press(enter)
	tl.wants("Отсканируйте QR покупателя")
	tl.lacks("Сначала запишите")
}

func TestALongNameHidesNoSum(t *testing.T) {
	long := strings.Repeat("Константинопольский ", 40)
	open := func() *till {
		tl := newTill(t)
		tl.Desk.Name = long
		return tl.AtGuest("1250")
	}
	tl := open()
	tl.Press(f3)
	tl.wants("…", "К оплате: 1 125,00 ₽", "> Списать <")
	tl.Press(enter)
	tl.wants("…", "К оплате 1 125,00 ₽", "Баланс 2 262 балла")

	tl = open()
	tl.Ends(func(*loyalty.Operation) {})
	tl.Press(f3, enter)
	tl.wants("Если не списаны, возьмите 1 250,00 ₽")

	tl = open()
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		op := tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum)
		return loyalty.Result{Operation: tl.Desk.Confirmed(op, stage.Number("2390")), Unwritten: true}, nil
	}
	tl.Held = true
	tl.Press(f2, enter, esc)
	tl.Deliver()
	tl.wants("Журнал не записал!", "клиент 83532824, 19:4")
}

// ended brings the till to the screen of what became of an operation.
func ended(tl *till, state loyalty.State, err error) {
	tl.AtGuest("1250")
	tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
		op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, r.ID, r.Points, r.Sum, r.Sum.Sub(r.Points)))
		op.State = state
		return loyalty.Result{Operation: op}, err
	}
	tl.Press(f3, enter)
}

// unreadScreens are the screens that say what has happened, each with words of its own.
var unreadScreens = []struct {
	name, says string
	open       func(*till)
}{
	{"result", "Списано 125", func(tl *till) { ended(tl, loyalty.StateConfirmed, nil) }},
	{"refusal", "Баллы НЕ списаны", func(tl *till) { ended(tl, loyalty.StateRefused, nil) }},
	{"not sent", "Баллы НЕ списаны", func(tl *till) { ended(tl, loyalty.StatePlanned, loyalty.ErrCardBusy) }},
	{"unknown", "> Ждём <", func(tl *till) { ended(tl, loyalty.StateUnknown, nil) }},
	{"review", "Неясно, прошла ли операция", func(tl *till) { ended(tl, loyalty.StateReview, nil) }},
	{"no balance", "Баланс недоступен", func(tl *till) {
		tl.Desk.GreetErr = &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}
		tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	}},
	{"offline", "> F2 Начислить <", func(tl *till) { tl.Offline().Scan(stage.CardOf(stage.SomeClient).Payload()) }},
	{"barcode", "Этот код не подходит", func(tl *till) { tl.Scan("4006381333931") }},
}

func TestAHastyKeyDismissesNothingUnread(t *testing.T) {
	for _, test := range unreadScreens {
		for _, key := range []tea.KeyMsg{enter, esc} {
			t.Run(test.name+" "+key.String(), func(t *testing.T) {
				tl := newTill(t)
				test.open(tl)
				opened := tl.Clock
				tl.Wait(500 * time.Millisecond)
				tl.Send(key)
				tl.wants(test.says)
				tl.Wait(readTime - tl.Clock.Sub(opened))
				tl.Send(key)
				tl.lacks(test.says)
			})
		}
	}
}

func TestAScanOpensTheNextGuestWhateverIsUnread(t *testing.T) {
	for _, test := range unreadScreens {
		tl := newTill(t)
		test.open(tl)
		tl.Desk.GreetErr, tl.Desk.Name = nil, "Второй Покупатель"
		tl.Burst(stage.CardOf(stage.OtherClient).Payload())
		tl.wants("Второй Покупатель", "Баланс")
	}
}

func TestNewsOnTheScreenHasToBeReadToo(t *testing.T) {
	tl, op, _ := unknownPair(t)
	tl.Wait(time.Minute)
	tl.Becomes(&op, loyalty.StateNotApplied, loyalty.ReasonStill)
	tl.Press(enter)
	tl.wants("Баллы НЕ списаны")
	tl.Wait(readTime)
	tl.Press(enter)
	tl.wants("Отсканируйте QR покупателя")
}

func TestTheSumOfAFullPaymentHasToBeReadToo(t *testing.T) {
	tl, _, _ := unknownPair(t)
	tl.Wait(time.Minute)
	tl.Press(tab, enter, enter, enter)
	tl.wants("Гость платит полностью: 1 250,00 ₽")
	tl.Wait(readTime)
	tl.Press(enter)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAnOfflineGuestWhoIsScannedAgainStaysOffline(t *testing.T) {
	tl := newTill(t).Offline()
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Press(f2)
	tl.Wait(5 * time.Second)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Нет связи с сервисом", "узнали 3 часа назад")
	tl.lacks("отсканируйте QR ещё раз")
}

func TestABalanceThatIsOldIsReadAnewOnTheWayBack(t *testing.T) {
	tl := outdatedGuest(t)
	tl.model.open(&details{env: tl.model.env, room: 1})
	tl.Press(esc)
	tl.wants("Баланс  2 370 баллов")
}

func TestAReviewOfAReversalTakesNoMoney(t *testing.T) {
	e := newTill(t).model.env
	op := stage.Past(loyalty.Redemption, loyalty.StateReview, "125")
	op.Link = loyalty.LinkReversal
	for _, line := range e.tell(loyalty.Result{Operation: op}, nil).lines {
		if strings.Contains(line.text, "возьмите") || strings.Contains(line.text, "Какую сумму") {
			t.Errorf("it says %q", line.text)
		}
	}
}

func TestADecidedRemainderIsNoLongerOpen(t *testing.T) {
	for reason, want := range map[loyalty.Reason]string{
		loyalty.ReasonDecidedYes: "На остаток начислено 22", loyalty.ReasonDecidedNo: "Решили: баллы не прошли",
	} {
		tl, op, rest := unknownPair(t)
		tl.Becomes(&op, loyalty.StateApplied, loyalty.ReasonMoved)
		tl.Becomes(&rest, loyalty.StateSettled, reason)
		tl.wants(want)
		tl.lacks("позовите администратора")
	}
}
