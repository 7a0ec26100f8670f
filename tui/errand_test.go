package tui

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestAccrue(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Held = true
	tl.Press(f2)
	tl.wants("Начислить 25 баллов?", "Покупатель: Александр Татарченко", "Сумма чека: 1 250,00 ₽")
	tl.Press(enter)
	tl.wants("Начисляем 25 баллов…", "проверяем баланс… 0 с", "Отправляем: 1")
	tl.Wait(4 * time.Second)
	tl.wants("проверяем баланс… 4 с")
	tl.lacks("Отправлено")
	op := tl.Desk.Operation(loyalty.Accrual, tl.Desk.Accruals[0].ID, stage.Number("25"), stage.Number("1250"), stage.Number("1250"))
	op.State, op.ChangedAt = loyalty.StateSending, stage.Opening()
	tl.Send(loyalty.OperationChanged{Operation: op})
	tl.wants("Отправлено 0 с назад")
	tl.Wait(3*time.Second + spinPause)
	tl.wants("Отправлено 3 с назад")
	tl.Deliver()
	tl.wants("Начислено 25", "К оплате 1 250,00 ₽", "Баланс 2 390 баллов", "Экран закроется сам через 15 с")
	tl.lacks("Отправляем:")
	if len(tl.Desk.Accruals) != 1 || !tl.Desk.Accruals[0].Sum.Equal(stage.Number("1250")) || tl.Desk.Accruals[0].Cashier != "Анна" {
		t.Errorf("the desk was told %d accruals", len(tl.Desk.Accruals))
	}
	tl.Wait(closesAfter)
	tl.wants("Отсканируйте QR покупателя", "+25", "выполнено")
}

func TestRedeemWithTheAccrualOnTheRemainder(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Press(f3)
	tl.wants("Списать 125 баллов?", "К оплате: 1 125,00 ₽", "На остаток начислим 22")
	tl.Press(enter)
	tl.wants("Списано 125", "К оплате 1 125,00 ₽", "На остаток начислено 22", "Баланс 2 262 балла")
	request := tl.Desk.Redemptions[0]
	if !request.Points.Equal(stage.Number("125")) || request.ID == request.RemainderID || request.ID.Version() != 7 {
		t.Errorf("the desk was told %s points with ids %s and %s", request.Points, request.ID, request.RemainderID)
	}
	tl.Wait(readTime)
	tl.Press(enter)
	tl.wants("Отсканируйте QR покупателя", "−125", "+22")
}

func TestEscAndTheNoButtonSendNothing(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Press(f2, esc)
	tl.wants("Александр Татарченко", "1 250")
	tl.Press(f3, tab, enter)
	tl.wants("Александр Татарченко", "1 250")
	if len(tl.Desk.Accruals)+len(tl.Desk.Redemptions) != 0 {
		t.Error("something was sent")
	}
}

func TestFiveEntersSubmitOnce(t *testing.T) {
	for name, pause := range map[string]time.Duration{"at once": 0, "held down": 33 * time.Millisecond, "by hand": stage.HandPause} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t).AtGuest("1250")
			for range 5 {
				tl.Wait(pause)
				tl.Send(enter)
			}
			if len(tl.Desk.Accruals) != 1 {
				t.Errorf("%d accruals were submitted, want 1", len(tl.Desk.Accruals))
			}
			tl.wants("Начислено 25") // and the result was not pressed away unread
		})
	}
}

func TestASecondSubmissionOfTheSameErrandIsNone(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Held = true
	tl.Press(f2)
	act := tl.model.question.onYes
	tl.Press(enter)
	tl.Do(tl.model.do(act))
	if len(tl.Desk.Accruals) != 1 {
		t.Errorf("%d accruals were submitted, want 1", len(tl.Desk.Accruals))
	}
}

func TestARepeatAsksAndKeepsItsID(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	earlier := tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("25"), stage.Number("1250"), stage.Number("1250"))
	earlier.State = loyalty.StateConfirmed
	accrue := tl.Desk.OnAccrue
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		if !r.RepeatConfirmed {
			return loyalty.Result{}, &loyalty.RepeatError{Earlier: earlier}
		}
		return accrue(r)
	}
	tl.Press(f2, enter)
	tl.wants("Уже начислено 25 в 19:42. Ещё раз?", "> Нет <")
	tl.Wait(readTime)
	tl.Press(enter) // the default is no
	tl.wants("Александр Татарченко", "1 250")

	tl.Press(f2, enter)
	tl.Wait(readTime)
	tl.Press(tab, enter)
	tl.wants("Начислено 25")
	calls := tl.Desk.Accruals
	if len(calls) != 3 || calls[1].ID != calls[2].ID || calls[0].ID == calls[1].ID {
		t.Error("the repeat is not the same operation that was asked about")
	}
}

func TestARepeatOfWhatIsStillOpenSaysHowItStands(t *testing.T) {
	for _, test := range []struct {
		state loyalty.State
		want  string
	}{
		{loyalty.StateReview, "Такое же списание было в 19:42: на разбор. Ещё раз?"},
		{loyalty.StateConfirmed, "Уже списано 125 в 19:42. Ещё раз?"},
	} {
		tl := newTill(t).AtGuest("1250")
		earlier := tl.Desk.Operation(loyalty.Redemption, loyalty.NewID(), stage.Number("125"), stage.Number("1250"), stage.Number("1125"))
		earlier.State = test.state
		tl.Desk.OnRedeem = func(loyalty.RedemptionRequest) (loyalty.Result, error) {
			return loyalty.Result{}, &loyalty.RepeatError{Earlier: earlier}
		}
		tl.Press(f3, enter)
		tl.wants(test.want)
	}
}

func TestWhatWasRefusedBeforeSendingSaysWhy(t *testing.T) {
	tests := []struct {
		err  error
		want string
	}{
		{loyalty.ErrNothingToAccrue, "баллы не начисляются"},
		{loyalty.ErrBadSum, "Сумма чека не подходит"},
		{loyalty.ErrQRExpired, "QR старше 24 часов"},
		{&loyalty.CardBusyError{}, "ещё проверяется"},
		{&loyalty.JournalError{Err: stage.ErrBroken}, "Журнал не пишется, поэтому ничего не отправлено"},
		{loyalty.ErrClosing, "Программа закрывается"},
		{loyalty.ErrAboveLimit, "больше, чем можно списать"},
		{loyalty.ErrNothingToRedeem, "списать нельзя"},
		{loyalty.ErrConflict, "Операция уже изменилась"},
		{stage.ErrBroken, "Внутренняя ошибка"},
	}
	for _, test := range tests {
		t.Run(test.err.Error(), func(t *testing.T) {
			tl := newTill(t).AtGuest("1250")
			tl.Desk.OnAccrue = func(loyalty.AccrualRequest) (loyalty.Result, error) { return loyalty.Result{}, test.err }
			tl.Press(f2, enter)
			tl.wants("Баллы НЕ начислены.", test.want, "К оплате вся сумма: 1 250,00 ₽")
			tl.Wait(time.Hour)
			tl.wants("Баллы НЕ начислены.") // a failure does not go by itself
			tl.Press(esc)
			tl.wants("Отсканируйте QR покупателя")
		})
	}
}

// The order was paid while its points were being confirmed: nothing is to be taken any more.
func TestPointsForAnOrderThatWasPaidMeanwhileTakeNoMoney(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Desk.OnRedeem = func(loyalty.RedemptionRequest) (loyalty.Result, error) {
		return loyalty.Result{}, fmt.Errorf("journal: %w", loyalty.ErrOrderClosed)
	}
	tl.Press(f3, enter)
	tl.wants("Баллы НЕ списаны.", "Заказ уже закрыт. Деньги по нему больше не берите.")
	tl.lacks("К оплате")
}

func TestEveryRefusalHasItsSentence(t *testing.T) {
	said := make(map[string]skidkabot.Code)
	for code := skidkabot.Code(1); code <= 15; code++ {
		if !code.Documented() {
			continue
		}
		tl := newTill(t).AtGuest("1250")
		tl.Ends(func(op *loyalty.Operation) {
			op.State, op.Reason, op.Code = loyalty.StateRefused, loyalty.ReasonNone, code
		})
		tl.Press(f3, enter)
		tl.wants("Баллы НЕ списаны.", "К оплате вся сумма: 1 250,00 ₽")
		words := tl.model.env.whyCode(code)
		if other, twice := said[words]; twice {
			t.Errorf("codes %d and %d say the same", code, other)
		}
		said[words] = code
	}
	got, code := look.CutTail(newTill(t).model.env.whyCode(77))
	if got != "Сервис ответил кодом 77. Позовите администратора." || code != "[S20]" {
		t.Errorf("an unknown code says %q with the code %q", got, code)
	}
}

func TestEveryReasonHasItsSentence(t *testing.T) {
	e := newTill(t).model.env
	other := e.whyReason("no such reason")
	reasons := []loyalty.Reason{
		loyalty.ReasonRestart, loyalty.ReasonCashier, loyalty.ReasonParentFailed, loyalty.ReasonNoBalance,
		loyalty.ReasonNotEnough, loyalty.ReasonCardBusy, loyalty.ReasonQRExpired, loyalty.ReasonClosing,
	}
	for _, phase := range []skidkabot.Phase{
		skidkabot.PhaseRequest, skidkabot.PhaseLookup, skidkabot.PhaseConnect, skidkabot.PhaseProxy, skidkabot.PhaseTLS, skidkabot.PhaseSecret,
		skidkabot.PhaseDisk,
	} {
		reasons = append(reasons, loyalty.Reason(phase))
	}
	for _, reason := range []skidkabot.UnknownReason{
		skidkabot.ReasonTimeout, skidkabot.ReasonCanceled, skidkabot.ReasonReset, skidkabot.ReasonStatus,
		skidkabot.ReasonRedirect, skidkabot.ReasonTooLarge, skidkabot.ReasonBadReply, skidkabot.ReasonUndocumentedCode,
	} {
		reasons = append(reasons, loyalty.Reason(reason))
	}
	for _, reason := range reasons {
		if e.whyReason(reason) == other {
			t.Errorf("the reason %q has no sentence", reason)
		}
	}
	for _, state := range loyalty.States() {
		if e.Say(stateWords[state]) == "" {
			t.Errorf("the state %q has no word", state)
		}
	}
}

func TestVoidedOperationsSayThatNothingHappened(t *testing.T) {
	tests := []struct {
		name   string
		change func(*loyalty.Operation)
		want   string
	}{
		{"not sent", func(op *loyalty.Operation) { op.Reason = "connect" }, "Нет связи с сервисом"},
		{"not enough", func(op *loyalty.Operation) { op.Reason = loyalty.ReasonNotEnough }, "баллов не хватает"},
		{"no balance", func(op *loyalty.Operation) { op.Reason = loyalty.ReasonNoBalance }, "ничего не отправлено"},
		{"no balance, refused", func(op *loyalty.Operation) {
			op.Reason, op.Code = loyalty.ReasonNoBalance, skidkabot.CodeExpiredQR
		}, "ничего не отправлено. QR устарел"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t).AtGuest("1250")
			tl.Ends(func(op *loyalty.Operation) {
				op.State = loyalty.StateVoided
				test.change(op)
			})
			tl.Press(f3, enter)
			tl.wants("Баллы НЕ списаны.", test.want, "К оплате вся сумма: 1 250,00 ₽")
		})
	}
}

func TestTheCauseOfAMissingBalanceIsTold(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		op := tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum)
		op.State, op.Reason = loyalty.StateVoided, loyalty.ReasonNoBalance
		return loyalty.Result{Operation: op, Cause: &skidkabot.NotSentError{Phase: skidkabot.PhaseLookup, Err: stage.ErrBroken}}, nil
	}
	tl.Press(f2, enter)
	tl.wants("Баллы НЕ начислены.", "ничего не отправлено", "не найден в сети")
}

func TestAnUnknownAccrualSaysWhatToTakeNow(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		return loyalty.Result{Operation: tl.Desk.Unknown(tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum))}, nil
	}
	tl.Press(f2, enter)
	tl.wants("Результат неизвестен. Не повторяйте. Проверяем…", "Ответ будет не позже чем через 02:",
		"Сейчас возьмите всю сумму: 1 250,00 ₽", "не ответил вовремя")
	tl.Wait(loyalty.SendLimit + loyalty.SettleDelay + loyalty.SettleSpread + time.Second)
	tl.wants("Ждём ответа сервиса")
}

// unknownPair brings the till to the screen of a redemption whose reply was lost, with an accrual waiting behind it.
func unknownPair(t *testing.T) (tl *till, op, rest loyalty.Operation) {
	tl = newTill(t).AtGuest("1250")
	tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
		op = tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, r.ID, r.Points, r.Sum, r.Sum.Sub(r.Points)))
		rest = tl.Desk.Operation(loyalty.Accrual, r.RemainderID, stage.Number("22"), r.Sum, op.Money)
		rest.Parent, rest.Link = op.ID, loyalty.LinkRemainder
		return loyalty.Result{Operation: op, Second: &rest}, nil
	}
	tl.Press(f3, enter)
	return tl, op, rest
}

func TestAnUnknownRedemptionExplainsBothSums(t *testing.T) {
	tl, op, rest := unknownPair(t)
	tl.wants("Результат неизвестен. Не повторяйте. Проверяем…", "Ждём проверку: 125 баллов",
		"Если баллы списаны, возьмите 1 125,00 ₽", "Если не списаны, возьмите 1 250,00 ₽", "ждёт проверки списания")
	tl.Wait(time.Minute)
	tl.Becomes(&op, loyalty.StateApplied, loyalty.ReasonMoved)
	tl.wants("Списано 125", "Проверено по балансу", "К оплате 1 125,00 ₽", "Баланс 2 240 баллов")
	tl.Becomes(&rest, loyalty.StateSending, "")
	rest.Balance, rest.BalanceRead = stage.Number("2262"), true
	tl.Becomes(&rest, loyalty.StateConfirmed, "")
	tl.wants("На остаток начислено 22", "Баланс 2 262 балла", "Экран закроется сам через 15 с")
	tl.Becomes(&op, loyalty.StateUnknown, "") // late news of an earlier state
	tl.wants("Списано 125")
}

func TestAnUnknownRedemptionThatWasNotApplied(t *testing.T) {
	tl, op, rest := unknownPair(t)
	tl.Wait(3 * time.Minute)
	tl.Becomes(&op, loyalty.StateNotApplied, loyalty.ReasonStill)
	tl.wants("Баллы НЕ списаны.", "Проверено по балансу", "отсканируйте QR ещё раз", "К оплате вся сумма: 1 250,00 ₽")
	tl.Becomes(&rest, loyalty.StateVoided, loyalty.ReasonParentFailed)
	tl.wants("Баллы НЕ списаны.")
}

func TestAnUnknownOperationThatNeedsAPerson(t *testing.T) {
	tl, op, _ := unknownPair(t)
	tl.Becomes(&op, loyalty.StateReview, loyalty.ReasonAmbiguous)
	tl.wants("Неясно, прошла ли операция", "Позовите администратора", "−125")
	tl.Becomes(&op, loyalty.StateSettled, "")
	tl.wants("разобрал администратор")
}

func TestTheCashierGoesOnAndTheAnswerComesAsAMessage(t *testing.T) {
	tests := []struct {
		state  loyalty.State
		reason loyalty.Reason
		want   string
	}{
		{loyalty.StateApplied, loyalty.ReasonMoved, "Проверено: списано 125, к оплате 1 125,00 ₽. Александр"},
		{loyalty.StateNotApplied, loyalty.ReasonStill, "Проверено: 125 НЕ списано, к оплате 1 250,00 ₽. Александр"},
		{loyalty.StateReview, loyalty.ReasonAmbiguous, "Александр Татарченко: неясно, списано ли 125. Возьмите всю сумму: 1 250,00 ₽. Позовите администратора: F5"},
	}
	for _, test := range tests {
		t.Run(string(test.state), func(t *testing.T) {
			tl, op, _ := unknownPair(t)
			tl.Wait(readTime)
			tl.Press(esc)
			tl.wants("Отсканируйте QR покупателя", "Требуют внимания", "−125", "проверяем результат, 02:")
			tl.Desk.Name = "Второй Покупатель"
			tl.Scan(stage.CardOf(stage.OtherClient).Payload())
			tl.Types("300")
			tl.Becomes(&op, test.state, test.reason)
			tl.wants(test.want, "Второй Покупатель", "[300")
			tl.Wait(time.Hour)
			tl.wants(test.want)
			tl.Types("5")
			tl.lacks(test.want)
			tl.wants("3 005")
		})
	}
}

func TestTheNextGuestMayBeScannedWhileSending(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Held = true
	tl.Press(f2, enter)
	result := tl.Arrived
	tl.Arrived = nil
	tl.Held = false
	tl.Desk.Name = "Второй Покупатель"
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.Types("300")
	tl.wants("Второй Покупатель", "Отправляем: 1")
	tl.Send(result[0])
	tl.wants("Второй Покупатель", "[300", "Начислено 25. Александр Татарченко")
	tl.Wait(noticeLife)
	tl.lacks("Начислено 25.")
}

func TestWhatEndsInTheBackgroundIsTold(t *testing.T) {
	tests := []struct {
		name   string
		result func(op loyalty.Operation) (loyalty.Result, error)
		want   string
	}{
		{"refused", func(op loyalty.Operation) (loyalty.Result, error) {
			op.State, op.Code = loyalty.StateRefused, skidkabot.CodeExpiredQR
			return loyalty.Result{Operation: op}, nil
		}, "Баллы НЕ начислены. QR устарел"},
		{"not planned", func(loyalty.Operation) (loyalty.Result, error) {
			return loyalty.Result{}, &loyalty.RepeatError{Earlier: loyalty.Operation{PlannedAt: stage.Opening()}}
		}, "Такая же операция уже была в 19:42"},
		{"unknown", func(op loyalty.Operation) (loyalty.Result, error) {
			op.State = loyalty.StateUnknown
			return loyalty.Result{Operation: op}, nil
		}, "Александр Татарченко: неизвестно, начислено ли 25. Не повторяйте, касса проверяет сама."},
		{"unwritten", func(op loyalty.Operation) (loyalty.Result, error) {
			op.State = loyalty.StateConfirmed
			return loyalty.Result{Operation: op, Unwritten: true}, nil
		}, "Журнал не записал! Запишите: Начислено 25, Александр"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t).AtGuest("1250")
			tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
				return test.result(tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum))
			}
			tl.Held = true
			tl.Press(f2, enter, esc)
			tl.wants("Отсканируйте QR покупателя")
			tl.Deliver()
			tl.wants("Отсканируйте QR покупателя", test.want)
			tl.Wait(time.Minute)
			tl.wants(test.want) // it stays until somebody has seen it
		})
	}
}

func TestARemainderThatFailedIsTold(t *testing.T) {
	tests := []struct {
		state loyalty.State
		want  string
	}{
		{loyalty.StateRefused, "На остаток баллы НЕ начислены."},
		{loyalty.StateUnknown, "Начисление 22 баллов на остаток: результат неизвестен"},
		{loyalty.StateReview, "Начисление 22 баллов на остаток: неясно"},
	}
	for _, test := range tests {
		tl := newTill(t).AtGuest("1250")
		redeem := tl.Desk.OnRedeem
		tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
			result, err := redeem(r)
			result.Second.State, result.Second.BalanceRead = test.state, false
			return result, err
		}
		tl.Press(f3, enter)
		tl.wants("Списано 125", test.want, "Баланс 2 240 баллов")
		tl.Wait(time.Minute)
		tl.wants("Списано 125") // not all is well: it stays
	}
}

func TestAnUnreadBalanceIsNotInvented(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		op := tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum)
		op.State = loyalty.StateConfirmed
		return loyalty.Result{Operation: op}, nil
	}
	tl.Press(f2, enter)
	tl.wants("Начислено 25", "Новый баланс сервис не назвал")
	tl.lacks("Баланс 0")
}

func TestAResultThatTheJournalLacksStaysUntilEnter(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	accrue := tl.Desk.OnAccrue
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		result, err := accrue(r)
		result.Unwritten = true
		return result, err
	}
	tl.Press(f2, enter)
	told := "Запишите: Начислено 25, Александр Татарченко, клиент 83532824"
	tl.wants("Журнал не записал результат", told, "Enter Записал")
	tl.Wait(time.Hour)
	tl.Press(esc)
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.Press(f10)
	tl.wants(told, "Сначала запишите")
	if tl.Quit {
		t.Error("the till was left")
	}
	tl.Press(enter)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAJournalThatFailsBeforeSendingMovesNothing(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Ends(func(op *loyalty.Operation) { op.State, op.Reason = loyalty.StatePlanned, loyalty.ReasonNone })
	tl.Press(f3, enter)
	tl.wants("Баллы НЕ списаны.", "Журнал не пишется", "К оплате вся сумма: 1 250,00 ₽")
}

func TestAQueuedAccrualSaysThatItWaits(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		op := tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum)
		op.State = loyalty.StateQueued
		return loyalty.Result{Operation: op}, nil
	}
	tl.Press(f2, enter)
	tl.wants("Начислим, когда появится связь", "касса отправит его сама", "К оплате вся сумма: 1 250,00 ₽")
}

func TestOperationsOfOthersAreTold(t *testing.T) {
	tl := newTill(t)
	op := tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("22"), stage.Number("1250"), stage.Number("1125"))
	tl.Becomes(&op, loyalty.StateSending, "")
	tl.wants("+22", "отправляем")
	op.ChangedAt = tl.Clock.Add(-time.Hour)
	tl.Send(loyalty.OperationChanged{Operation: op}) // nothing new
	op.State = loyalty.StateConfirmed
	tl.Send(loyalty.OperationChanged{Operation: op}) // older than what is known
	tl.wants("отправляем")
	tl.Becomes(&op, loyalty.StateConfirmed, "")
	tl.wants("выполнено", "Начислено 22. Александр")
	tl.Becomes(&op, loyalty.StateUnknown, "") // nothing comes after a final state
	tl.lacks("Требуют внимания")
	canceled := op
	canceled.ID = uuid.Must(uuid.NewV7())
	tl.Becomes(&canceled, loyalty.StateVoided, loyalty.ReasonCashier)
	tl.lacks("НЕ начислены")
	failed := op
	failed.ID = uuid.Must(uuid.NewV7())
	failed.Points = decimal.NewFromInt(7)
	tl.Becomes(&failed, loyalty.StateVoided, loyalty.ReasonParentFailed)
	tl.wants("Баллы НЕ начислены. Списание не прошло")
}

func TestAResultIsToldOnce(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Held = true
	tl.Press(f3, enter, esc)
	result := tl.Arrived[0].(errandDoneMsg).result
	tl.Send(loyalty.OperationChanged{Operation: result.Operation}) // the hub is quicker than the desk's answer
	tl.Send(loyalty.OperationChanged{Operation: *result.Second})
	tl.lacks("Списано 125", "Начислено 22")
	tl.Deliver()
	tl.wants("Начислено 22. Александр", "ещё 1")
	tl.Send(loyalty.OperationChanged{Operation: result.Operation}) // or slower
	tl.wants("Начислено 22. Александр", "ещё 1")
	tl.Wait(noticeLife)
	tl.lacks("Начислено 22.")
}
