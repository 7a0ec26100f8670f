package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestOfflineAnAccrualIsOfferedAndQueued(t *testing.T) {
	tl := newTill(t).Offline()
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		op := tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum)
		op.State, op.Reason = loyalty.StateQueued, loyalty.ReasonOffline
		return loyalty.Result{Operation: op}, nil
	}
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Баланс недоступен", "Нет связи с сервисом", "Можно начислить: баллы придут, когда связь появится.", "> F2 Начислить <")
	tl.Press(f2)
	tl.wants("Нет связи: баланс неизвестен", "Начисляем 2 % от оплаты деньгами, узнали 3 часа назад")
	tl.lacks("Баланс  ", "Баланс станет")
	tl.Types("1250")
	tl.wants("Начислим 25 баллов", "когда появится связь", "Списать без связи нельзя", "[ Списать ]")
	tl.Press(f3)
	tl.wants("Списать без связи нельзя", "1 250")
	tl.lacks("?")
	tl.Press(f2, enter)
	tl.wants("Начислим, когда появится связь", "Повторять не нужно", "К оплате вся сумма: 1 250,00 ₽")
	if got := tl.Desk.Accruals; len(got) != 1 || !got[0].Guest.Offline {
		t.Errorf("the accruals are %d", len(got))
	}
	tl.Send(loyalty.QueueChanged{Waiting: 3})
	tl.wants("В очереди: 3")
}

func TestASumThatWasTypedSurvivesTheLossOfTheNetwork(t *testing.T) {
	tl := newTill(t).Offline()
	tl.Held = true
	tl.AtGuest("1250")
	tl.Held = false
	tl.Deliver()
	tl.Wait(readTime)
	tl.Press(enter) // Enter is F2 here
	tl.wants("[1 250", "Начислим 25 баллов")
}

func TestThePercentOfTheShopHasNoAge(t *testing.T) {
	tl := newTill(t).Offline()
	greet := tl.Desk.OnGreetOffline
	tl.Desk.OnGreetOffline = func(card skidkabot.Card) (loyalty.Guest, error) {
		guest, err := greet(card)
		guest.PercentAt, guest.Name = time.Time{}, ""
		return guest, err
	}
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Press(f2)
	tl.wants("Начисляем 2 % от оплаты деньгами, процент магазина", "Покупатель 83532824")
}

func TestAServiceThatDoesNotWorkIsNoLostNetwork(t *testing.T) {
	tl := newTill(t)
	tl.Desk.GreetErr = &skidkabot.RefusedError{Code: skidkabot.CodeDebt}
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("баллы придут, когда сервис заработает", "Списать нельзя: баланс неизвестен. Покупатель платит полностью.")
	tl.Press(f2)
	tl.Types("1250")
	tl.wants("Сервис не работает: баланс неизвестен", "когда сервис заработает", "Списать нельзя: баланс неизвестен.")
	tl.lacks("связ")
	tl.Wait(time.Minute)
	tl.Offline().Scan(stage.CardOf(stage.SomeClient).Payload()) // and then the network goes too
	tl.wants("Нет связи: баланс неизвестен", "когда появится связь", "Списать без связи нельзя", "[1 250")
}

func TestTheNameOfAGuestWhoWasGreetedIsKnownOffline(t *testing.T) {
	tl := newTill(t).AtGuest("")
	tl.Press(esc)
	tl.Desk.OnGreetOffline = func(card skidkabot.Card) (loyalty.Guest, error) { // the journal does not know who has no operations
		return loyalty.Guest{Card: card, ScannedAt: tl.Clock, Rules: tl.Desk.Rules, Offline: true}, nil
	}
	tl.Wait(time.Minute)
	tl.Offline().Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Press(f2)
	tl.Types("1250")
	tl.Press(f2)
	tl.wants("Покупатель: Александр Татарченко")
	tl.Press(enter)
	if got := tl.Desk.Accruals; len(got) != 1 || got[0].Guest.Name != "Александр Татарченко" {
		t.Errorf("the journal is told %+v", got)
	}

	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.Press(f2)
	tl.Types("300")
	tl.Press(f2)
	tl.wants("Покупатель 9")
	tl.lacks("Покупатель: ", "Татарченко")
}

func TestTheNamesThatAreRememberedAreBounded(t *testing.T) {
	e := newTill(t).model.env
	for client := range int64(3 * namesMax) {
		e.remember(client, "Анна")
	}
	e.remember(1, " ")
	if len(e.names) > namesMax || e.name("", 3*namesMax-1) != "Анна" {
		t.Errorf("%d names are remembered", len(e.names))
	}
}

func TestWithoutAPercentNothingIsPromised(t *testing.T) {
	tl := newTill(t).Offline()
	tl.Desk.OnGreetOffline = func(skidkabot.Card) (loyalty.Guest, error) { return loyalty.Guest{}, loyalty.ErrPercentUnknown }
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Press(f2)
	tl.wants("Баланс недоступен", "процент начисления ещё не известен", "Enter Спросить ещё раз")
	tl.lacks("F2")
	if n := strings.Count(flat(tl.Shown()), "ещё раз через минуту"); n != 1 {
		t.Errorf("to try again is said %d times:\n%s", n, tl.Shown())
	}
}

func TestAnOfflineGuestThatNobodyWaitsForIsDropped(t *testing.T) {
	tl := newTill(t).Offline()
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Held = true
	tl.Press(f2)
	tl.Wait(readTime)
	tl.Press(esc)
	tl.Deliver()
	tl.wants("Отсканируйте QR покупателя")
}

func TestWhatIsOfferedDependsOnWhy(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string // empty: nothing is offered
	}{
		{"no network", &skidkabot.NotSentError{Phase: skidkabot.PhaseLookup, Err: stage.ErrBroken}, "когда связь появится"},
		{"no secret", &skidkabot.NotSentError{Phase: skidkabot.PhaseSecret, Err: stage.ErrBroken}, "когда сервис заработает"},
		{"timeout", &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}, "когда сервис заработает"},
		{"debt", &skidkabot.RefusedError{Code: skidkabot.CodeDebt}, "когда сервис заработает"},
		{"unknown shop", &skidkabot.RefusedError{Code: skidkabot.CodeUnknownShop}, "когда сервис заработает"},
		{"expired QR", &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}, ""},
		{"the journal", &loyalty.JournalError{Err: stage.ErrBroken}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t)
			tl.Desk.GreetErr = test.err
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
			if test.want == "" {
				tl.lacks("Можно начислить", "F2")
				return
			}
			tl.wants(test.want)
		})
	}
}

func TestAnOfflineGuestIsAskedForAgainByAScan(t *testing.T) {
	tl := newTill(t).Offline()
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Press(f2)
	tl.Types("1250")
	tl.Wait(time.Minute)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Нет связи: баланс неизвестен", "Нет связи с сервисом", "1 250")
	tl.Desk.GreetErr = nil
	tl.Wait(time.Minute)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Баланс  2 365 баллов", "1 250", "Можно списать до 125")
}

func TestAQueuedAccrualSaysWhatItWaitsFor(t *testing.T) {
	for reason, want := range map[loyalty.Reason]string{
		loyalty.ReasonOffline:  "Начислим, когда появится связь",
		loyalty.ReasonCardBusy: "Начислим, когда проверится прошлая операция",
		loyalty.ReasonHeld:     "Начислим, когда сервис заработает",
		loyalty.ReasonClosing:  "Начислим при следующем запуске кассы",
		"connect":              "Начислим, когда появится связь",
	} {
		tl := newTill(t).AtGuest("1250")
		tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
			op := tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum)
			op.State, op.Reason = loyalty.StateQueued, reason
			if reason == loyalty.ReasonHeld {
				op.Code = skidkabot.CodeDebt
			}
			return loyalty.Result{Operation: op}, nil
		}
		tl.Press(f2, enter)
		tl.wants(want)
		if reason == loyalty.ReasonHeld {
			tl.wants("долг (код 15)")
		}
	}
}

func TestAnAccrualOfABusyCardGoesToTheQueue(t *testing.T) {
	tl := newTill(t)
	tl.Desk.Unsettled = []loyalty.Operation{{ID: loyalty.NewID(), State: loyalty.StateUnknown, Kind: loyalty.Accrual}}
	tl.AtGuest("1250")
	tl.wants("после проверки прошлой операции")
	tl.lacks("Баланс станет")
	tl.Press(f2)
	tl.wants("Начислить 25 баллов?")
}

func TestExpiryIsTold(t *testing.T) {
	tl := newTill(t)
	op := tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("25"), stage.Number("1250"), stage.Number("1250"))
	tl.Becomes(&op, loyalty.StateQueued, loyalty.ReasonOffline)
	tl.Wait(time.Second)
	tl.Becomes(&op, loyalty.StateExpired, loyalty.ReasonQRExpired)
	want := "Начисление 25 баллов просрочено: за 24 часа его не удалось отправить. Баллы НЕ начислены. Александр"
	tl.wants(want)
	tl.Wait(24 * time.Hour)
	tl.wants(want)

	other := tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("7"), stage.Number("350"), stage.Number("350"))
	other.Code = skidkabot.CodeExpiredQR
	tl.Becomes(&other, loyalty.StateExpired, loyalty.ReasonNoBalance)
	tl.wants("Баллы НЕ начислены.", "QR устарел")
}

func TestBannersStandAsLongAsTheTrouble(t *testing.T) {
	trouble := func(part notice.Part, code string) notice.State {
		return notice.State{Part: part, Level: notice.Trouble, Code: code}
	}
	tests := []struct {
		news any
		want string
	}{
		{loyalty.QueueChanged{Waiting: 3, Hold: loyalty.Hold{Code: skidkabot.CodeDebt}}, "Позвоните владельцу. Ждут отправки: 3."},
		{loyalty.QueueChanged{Waiting: 1, Hold: loyalty.Hold{Code: skidkabot.CodeUnknownShop}}, "Магазин не узнан (код 5)"},
		{loyalty.QueueChanged{Hold: loyalty.Hold{Clock: true}}, "Часы кассы отличаются"},
		{trouble(notice.Service, loyalty.ServiceCode(skidkabot.CodeDebt)), "Долг магазина (код 15)"},
		{trouble(notice.Clock, loyalty.ClockDiffers), "Часы кассы отличаются от часов сервиса больше чем на 5 минут: очередь стоит. Поправьте дату и время."},
		{trouble(notice.Clock, loyalty.ClockJumped), "Часы кассы переведены"},
		{trouble(notice.Journal, loyalty.JournalFailed), "Журнал не пишется"},
		{trouble(notice.Journal, "io"), "Журнал не пишется"},
		{trouble(notice.Journal, JournalFull), "На диске нет места: операции не отправляются. Позовите администратора: освободить место."},
		{trouble(notice.Journal, JournalReadOnly), "Журнал нельзя записать"},
		{trouble(notice.Journal, JournalDamaged), "Журнал повреждён"},
		{notice.State{Part: notice.Journal, Level: notice.Warning, Code: JournalReserve}, "пишем в запас"},
	}
	for _, test := range tests {
		tl := newTill(t)
		tl.Send(test.news)
		tl.wants(test.want)
		tl.Wait(time.Hour)
		tl.Press(esc, esc)
		tl.AtGuest("1250")
		tl.wants(test.want, "[ Списать ]") // the guest screen still fits under it
		switch news := test.news.(type) {
		case notice.State:
			tl.Send(notice.State{Part: news.Part, Level: notice.Good})
		default:
			tl.Send(loyalty.QueueChanged{})
		}
		tl.lacks(test.want)
	}
}

func TestTheWorstTroubleIsInTheBannerAndTheRestInTheStatusBar(t *testing.T) {
	tl := newTill(t)
	tl.Send(notice.State{Part: notice.Clock, Level: notice.Trouble, Code: loyalty.ClockDiffers})
	tl.Send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: JournalFull})
	tl.wants("На диске нет места", "Журнал: НЕТ МЕСТА", "Часы: НЕВЕРНЫ")
	tl.lacks("Часы кассы отличаются")
}

func TestAnUnwrittenResultHasItsOwnScreenAndNoBanner(t *testing.T) {
	tl := newTill(t)
	tl.Send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: loyalty.JournalUnwritten})
	tl.wants("Журнал: НЕ ЗАПИСАН результат")
	tl.lacks("Журнал не пишется")
}

func TestBalanceOnlyShowsBalancesAndNothingElse(t *testing.T) {
	tl := newTill(t, func(o *Options) { o.BalanceOnly = true })
	tl.wants("касса показывает только баланс. Позовите администратора: восстановить копию")
	tl.AtGuest("1250")
	tl.wants("Баланс  2 365 баллов", "Покупатель платит полностью.", "баллы нельзя ни начислить, ни списать", "Esc Назад")
	tl.Press(f2, f3, tab, enter)
	tl.lacks("?", "F2", "F3", "Начислить", "Списать", "1 250", "Сумма чека")
	tl.Press(esc)
	tl.wants("Отсканируйте QR покупателя")
	tl.Offline().Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Баланс недоступен", "Enter Спросить ещё раз")
	tl.lacks("Можно начислить")
	tl.Press(f2)
	tl.wants("Баланс недоступен")
}

func TestADebtOfPointsIsShownAsItIs(t *testing.T) {
	tl := newTill(t)
	tl.Desk.Balance = decimal.NewFromInt(-5)
	tl.AtGuest("")
	tl.wants("Баланс  −5 баллов")
}
