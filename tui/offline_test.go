package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// offline cuts the till off: no balance can be read.
func (tl *till) offline() *till {
	tl.desk.greetErr = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: errBroken}
	return tl
}

func TestOfflineAnAccrualIsOfferedAndQueued(t *testing.T) {
	tl := newTill(t).offline()
	tl.desk.accrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		op := tl.desk.operation(loyalty.Accrual, r.ID, number("25"), r.Sum, r.Sum)
		op.State, op.Reason = loyalty.StateQueued, loyalty.ReasonOffline
		return loyalty.Result{Operation: op}, nil
	}
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Баланс недоступен", "Нет связи с сервисом", "Можно начислить: баллы придут, когда связь появится.", "> F2 Начислить <")
	tl.press(f2)
	tl.wants("Нет связи: баланс неизвестен", "Начисляем 2 % от оплаты деньгами, узнали 3 часа назад")
	tl.lacks("Баланс  ", "Баланс станет")
	tl.types("1250")
	tl.wants("Начислим 25 баллов", "когда появится связь", "Списать без связи нельзя", "[ Списать ]")
	tl.press(f3)
	tl.wants("Списать без связи нельзя", "1 250")
	tl.lacks("?")
	tl.press(f2, enter)
	tl.wants("Начислим, когда появится связь", "Повторять не нужно", "К оплате вся сумма: 1 250,00 ₽")
	if got := tl.desk.accruals; len(got) != 1 || !got[0].Guest.Offline {
		t.Errorf("the accruals are %d", len(got))
	}
	tl.send(loyalty.QueueChanged{Waiting: 3})
	tl.wants("В очереди: 3")
}

func TestASumThatWasTypedSurvivesTheLossOfTheNetwork(t *testing.T) {
	tl := newTill(t).offline()
	tl.held = true
	tl.atGuest("1250")
	tl.held = false
	tl.deliver()
	tl.wait(readTime)
	tl.press(enter) // Enter is F2 here
	tl.wants("[1 250", "Начислим 25 баллов")
}

func TestThePercentOfTheShopHasNoAge(t *testing.T) {
	tl := newTill(t).offline()
	greet := tl.desk.greetOffline
	tl.desk.greetOffline = func(card skidkabot.Card) (loyalty.Guest, error) {
		guest, err := greet(card)
		guest.PercentAt, guest.Name = time.Time{}, ""
		return guest, err
	}
	tl.scan(cardOf(someClient).Payload())
	tl.press(f2)
	tl.wants("Начисляем 2 % от оплаты деньгами, процент магазина", "Покупатель 83532824")
}

func TestAServiceThatDoesNotWorkIsNoLostNetwork(t *testing.T) {
	tl := newTill(t)
	tl.desk.greetErr = &skidkabot.RefusedError{Code: skidkabot.CodeDebt}
	tl.scan(cardOf(someClient).Payload())
	tl.wants("баллы придут, когда сервис заработает", "Списать нельзя: баланс неизвестен. Покупатель платит полностью.")
	tl.press(f2)
	tl.types("1250")
	tl.wants("Сервис не работает: баланс неизвестен", "когда сервис заработает", "Списать нельзя: баланс неизвестен.")
	tl.lacks("связ")
	tl.wait(time.Minute)
	tl.offline().scan(cardOf(someClient).Payload()) // and then the network goes too
	tl.wants("Нет связи: баланс неизвестен", "когда появится связь", "Списать без связи нельзя", "[1 250")
}

func TestTheNameOfAGuestWhoWasGreetedIsKnownOffline(t *testing.T) {
	tl := newTill(t).atGuest("")
	tl.press(esc)
	tl.desk.greetOffline = func(card skidkabot.Card) (loyalty.Guest, error) { // the journal does not know who has no operations
		return loyalty.Guest{Card: card, ScannedAt: tl.clock, Rules: tl.desk.rules, Offline: true}, nil
	}
	tl.wait(time.Minute)
	tl.offline().scan(cardOf(someClient).Payload())
	tl.press(f2)
	tl.types("1250")
	tl.press(f2)
	tl.wants("Покупатель: Александр Татарченко")
	tl.press(enter)
	if got := tl.desk.accruals; len(got) != 1 || got[0].Guest.Name != "Александр Татарченко" {
		t.Errorf("the journal is told %+v", got)
	}

	tl.scan(cardOf(otherClient).Payload())
	tl.press(f2)
	tl.types("300")
	tl.press(f2)
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
	tl := newTill(t).offline()
	tl.desk.greetOffline = func(skidkabot.Card) (loyalty.Guest, error) { return loyalty.Guest{}, loyalty.ErrPercentUnknown }
	tl.scan(cardOf(someClient).Payload())
	tl.press(f2)
	tl.wants("Баланс недоступен", "процент начисления ещё не известен", "Enter Спросить ещё раз")
	tl.lacks("F2")
	if n := strings.Count(flat(tl.shown()), "ещё раз через минуту"); n != 1 {
		t.Errorf("to try again is said %d times:\n%s", n, tl.shown())
	}
}

func TestAnOfflineGuestThatNobodyWaitsForIsDropped(t *testing.T) {
	tl := newTill(t).offline()
	tl.scan(cardOf(someClient).Payload())
	tl.held = true
	tl.press(f2)
	tl.wait(readTime)
	tl.press(esc)
	tl.deliver()
	tl.wants("Отсканируйте QR покупателя")
}

func TestWhatIsOfferedDependsOnWhy(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want string // empty: nothing is offered
	}{
		{"no network", &skidkabot.NotSentError{Phase: skidkabot.PhaseLookup, Err: errBroken}, "когда связь появится"},
		{"no secret", &skidkabot.NotSentError{Phase: skidkabot.PhaseSecret, Err: errBroken}, "когда сервис заработает"},
		{"timeout", &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}, "когда сервис заработает"},
		{"debt", &skidkabot.RefusedError{Code: skidkabot.CodeDebt}, "когда сервис заработает"},
		{"unknown shop", &skidkabot.RefusedError{Code: skidkabot.CodeUnknownShop}, "когда сервис заработает"},
		{"expired QR", &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}, ""},
		{"the journal", &loyalty.JournalError{Err: errBroken}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t)
			tl.desk.greetErr = test.err
			tl.scan(cardOf(someClient).Payload())
			if test.want == "" {
				tl.lacks("Можно начислить", "F2")
				return
			}
			tl.wants(test.want)
		})
	}
}

func TestAnOfflineGuestIsAskedForAgainByAScan(t *testing.T) {
	tl := newTill(t).offline()
	tl.scan(cardOf(someClient).Payload())
	tl.press(f2)
	tl.types("1250")
	tl.wait(time.Minute)
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Нет связи: баланс неизвестен", "Нет связи с сервисом", "1 250")
	tl.desk.greetErr = nil
	tl.wait(time.Minute)
	tl.scan(cardOf(someClient).Payload())
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
		tl := newTill(t).atGuest("1250")
		tl.desk.accrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
			op := tl.desk.operation(loyalty.Accrual, r.ID, number("25"), r.Sum, r.Sum)
			op.State, op.Reason = loyalty.StateQueued, reason
			if reason == loyalty.ReasonHeld {
				op.Code = skidkabot.CodeDebt
			}
			return loyalty.Result{Operation: op}, nil
		}
		tl.press(f2, enter)
		tl.wants(want)
		if reason == loyalty.ReasonHeld {
			tl.wants("долг (код 15)")
		}
	}
}

func TestAnAccrualOfABusyCardGoesToTheQueue(t *testing.T) {
	tl := newTill(t)
	tl.desk.unsettled = []loyalty.Operation{{ID: loyalty.NewID(), State: loyalty.StateUnknown, Kind: loyalty.Accrual}}
	tl.atGuest("1250")
	tl.wants("после проверки прошлой операции")
	tl.lacks("Баланс станет")
	tl.press(f2)
	tl.wants("Начислить 25 баллов?")
}

func TestExpiryIsTold(t *testing.T) {
	tl := newTill(t)
	op := tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("25"), number("1250"), number("1250"))
	tl.becomes(&op, loyalty.StateQueued, loyalty.ReasonOffline)
	tl.wait(time.Second)
	tl.becomes(&op, loyalty.StateExpired, loyalty.ReasonQRExpired)
	want := "Начисление 25 баллов просрочено: за 24 часа его не удалось отправить. Баллы НЕ начислены. Александр"
	tl.wants(want)
	tl.wait(24 * time.Hour)
	tl.wants(want)

	other := tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("7"), number("350"), number("350"))
	other.Code = skidkabot.CodeExpiredQR
	tl.becomes(&other, loyalty.StateExpired, loyalty.ReasonNoBalance)
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
		tl.send(test.news)
		tl.wants(test.want)
		tl.wait(time.Hour)
		tl.press(esc, esc)
		tl.atGuest("1250")
		tl.wants(test.want, "[ Списать ]") // the guest screen still fits under it
		switch news := test.news.(type) {
		case notice.State:
			tl.send(notice.State{Part: news.Part, Level: notice.Good})
		default:
			tl.send(loyalty.QueueChanged{})
		}
		tl.lacks(test.want)
	}
}

func TestTheWorstTroubleIsInTheBannerAndTheRestInTheStatusBar(t *testing.T) {
	tl := newTill(t)
	tl.send(notice.State{Part: notice.Clock, Level: notice.Trouble, Code: loyalty.ClockDiffers})
	tl.send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: JournalFull})
	tl.wants("На диске нет места", "Журнал: НЕТ МЕСТА", "Часы: НЕВЕРНЫ")
	tl.lacks("Часы кассы отличаются")
}

func TestAnUnwrittenResultHasItsOwnScreenAndNoBanner(t *testing.T) {
	tl := newTill(t)
	tl.send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: loyalty.JournalUnwritten})
	tl.wants("Журнал: НЕ ЗАПИСАН результат")
	tl.lacks("Журнал не пишется")
}

func TestBalanceOnlyShowsBalancesAndNothingElse(t *testing.T) {
	tl := newTill(t, func(o *Options) { o.BalanceOnly = true })
	tl.wants("касса показывает только баланс. Позовите администратора: восстановить копию")
	tl.atGuest("1250")
	tl.wants("Баланс  2 365 баллов", "Покупатель платит полностью.", "баллы нельзя ни начислить, ни списать", "Esc Назад")
	tl.press(f2, f3, tab, enter)
	tl.lacks("?", "F2", "F3", "Начислить", "Списать", "1 250", "Сумма чека")
	tl.press(esc)
	tl.wants("Отсканируйте QR покупателя")
	tl.offline().scan(cardOf(otherClient).Payload())
	tl.wants("Баланс недоступен", "Enter Спросить ещё раз")
	tl.lacks("Можно начислить")
	tl.press(f2)
	tl.wants("Баланс недоступен")
}

func TestADebtOfPointsIsShownAsItIs(t *testing.T) {
	tl := newTill(t)
	tl.desk.balance = decimal.NewFromInt(-5)
	tl.atGuest("")
	tl.wants("Баланс  −5 баллов")
}
