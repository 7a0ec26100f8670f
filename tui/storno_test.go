package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// pairWritten is a journal of a redemption with its accrual, both confirmed.
func pairWritten() (*fakeJournal, loyalty.Operation) {
	op := numbered(past(loyalty.Redemption, loyalty.StateConfirmed, "125"), 1)
	rest := numbered(past(loyalty.Accrual, loyalty.StateConfirmed, "22"), 2)
	rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
	return &fakeJournal{ops: []loyalty.Operation{rest, op}}, op
}

// reversed answers a reversal as the desk does.
func (tl *till) reversed(r loyalty.ReversalRequest) (loyalty.Result, error) {
	back := tl.desk.operation(loyalty.Accrual, r.ID, number("125"), number("1250"), number("1125"))
	if r.Points.IsPositive() {
		back.Points = r.Points
	}
	back.Parent, back.Link = r.Of, loyalty.LinkReversal
	result := loyalty.Result{Operation: tl.desk.confirmed(back, number("2387"))}
	if back.Points.Equal(number("125")) {
		second := tl.desk.operation(loyalty.Redemption, r.SecondID, number("22"), number("1250"), number("1125"))
		second.Parent, second.Link = r.Of, loyalty.LinkReversal
		second = tl.desk.confirmed(second, number("2365"))
		result.Second = &second
	}
	return result, nil
}

// atStorno brings the till to the form of a pair's reversal.
func atStorno(t *testing.T, change ...func(*Options)) (*till, loyalty.Operation) {
	journal, op := pairWritten()
	tl := newTill(t, append(change, withJournal(journal))...)
	tl.desk.reverse = tl.reversed
	tl.press(f5, down, enter, f7)
	tl.wants("Сторно: списание −125, Александр Татарченко", "Вернём покупателю 125 баллов", "Снимем с покупателя 22 балла",
		"Причина", "Сколько баллов вернуть [125")
	return tl, op
}

func TestAPairIsReversedTogether(t *testing.T) {
	tl, op := atStorno(t)
	tl.press(tab, tab, enter)
	tl.wants("Напишите причину, до 200 знаков")
	tl.types("Гость передумал")
	tl.press(tab, tab, enter)
	tl.wants("Сторно: списание −125?", "Вернём покупателю 125 баллов", "Снимем с покупателя 22 балла", "Причина: Гость передумал")
	tl.held = true
	tl.press(enter)
	tl.wants("Сторно: возвращаем 125 баллов…")
	tl.deliver()
	tl.wants("Возвращено 125", "Снято 22", "Баланс 2 365 баллов")
	tl.lacks("К оплате")
	r := tl.desk.reversals
	if len(r) != 1 || r[0].Of != op.ID || r[0].Reason != "Гость передумал" || r[0].ID == r[0].SecondID || r[0].Cashier != "Анна" {
		t.Errorf("the desk was told %+v", r)
	}
	tl.wait(closesAfter)
	tl.wants("Отсканируйте QR", "сторно", "+125", "−22")
}

func TestPartOfARedemptionIsReversed(t *testing.T) {
	tl, _ := atStorno(t)
	tl.types("ошибка")
	tl.press(tab, backspace, backspace, backspace)
	tl.types("126")
	tl.press(tab, enter)
	tl.wants("Введите от 1 до 125")
	tl.types("x")
	tl.wants("Баллы вводятся целым числом")
	tl.press(tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.types("25")
	tl.press(enter, enter)
	tl.wants("Вернём покупателю 25 баллов")
	tl.lacks("Снимем")
	tl.press(enter)
	tl.wants("Возвращено 25")
	if got := tl.desk.reversals[0].Points; !got.Equal(number("25")) {
		t.Errorf("%s points were reversed", got)
	}
}

func TestTheFormSaysWhatPartIsReversed(t *testing.T) {
	tl, _ := atStorno(t)
	tl.wants("Если вернуть только часть, начисление на остаток не изменится.")
	tl.types("ошибка")
	tl.press(tab, tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.types("50")
	tl.wants("Вернём покупателю 50 баллов", "Начисление на остаток не изменится.", "Сколько баллов вернуть [50")
	tl.lacks("Вернём покупателю 125", "Снимем с покупателя", "Если вернуть")
	tl.types("0")
	tl.wants("Вернём покупателю 125 баллов", "Снимем с покупателя 22 балла") // 500 is no part: all, until it is mended
}

func TestTheHalfThatIsLeftIsReversed(t *testing.T) {
	for _, opened := range []int{0, 1} {
		journal, op := pairWritten()
		back := numbered(past(loyalty.Accrual, loyalty.StateConfirmed, "125"), 3)
		back.Parent, back.Link = op.ID, loyalty.LinkReversal
		journal.ops = append(journal.ops, back)
		tl := newTill(t, withJournal(journal))
		tl.desk.reverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
			second := tl.desk.operation(loyalty.Redemption, r.ID, number("22"), number("1250"), number("1125"))
			second.Parent, second.Link = r.Of, loyalty.LinkReversal
			return loyalty.Result{Operation: tl.desk.confirmed(second, number("2343"))}, nil
		}
		tl.run(tl.model.do(detailsAct{journal.ops[opened]}))
		tl.wants("Половина сторно уже есть, осталось: начисление +22", "[ Сторно ]")
		tl.press(f7)
		tl.wants("Сторно: начисление +22", "Снимем с покупателя 22 балла")
		tl.lacks("Вернём", "Сколько баллов")
		tl.types("ошибка")
		tl.press(tab, enter, enter)
		tl.wants("Снято 22")
		if got := tl.desk.reversals; len(got) != 1 || got[0].Of != journal.ops[0].ID {
			t.Errorf("the desk was told %+v", got)
		}
	}
}

func TestASecondHalfThatFailedSaysWhatToDo(t *testing.T) {
	tl, _ := atStorno(t)
	tl.desk.reverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
		result, err := tl.reversed(r)
		result.Second.State, result.Second.Code = loyalty.StateRefused, skidkabot.CodeNotEnoughPoints
		return result, err
	}
	tl.types("ошибка")
	tl.press(tab, tab, enter, enter)
	tl.wants("Возвращено 125", "сторно −22: Сторно НЕ прошло. У покупателя уже нет этих баллов.", "откройте операцию в журнале (F5) и нажмите «Сторно»")
	tl.lacks("Отсканируйте QR")
}

func TestAQueuedStornoIsNoAccrual(t *testing.T) {
	for reason, want := range map[loyalty.Reason]string{
		loyalty.ReasonOffline:  "Вернём баллы, когда появится связь",
		loyalty.ReasonCardBusy: "Вернём баллы, когда проверится прошлая операция",
		loyalty.ReasonHeld:     "Вернём баллы, когда сервис заработает",
		loyalty.ReasonClosing:  "Вернём баллы при следующем запуске кассы",
	} {
		tl, _ := atStorno(t)
		tl.desk.reverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
			result, err := tl.reversed(r)
			result.Operation.State, result.Operation.Reason = loyalty.StateQueued, reason
			result.Second.State, result.Second.WaitsFor = loyalty.StatePlanned, result.Operation.ID
			return result, err
		}
		tl.types("ошибка")
		tl.press(tab, tab, enter, enter)
		tl.wants(want, "сторно +125", "Сторно в очереди", "сторно −22: ждёт очереди")
		tl.lacks("ачислим", "Начисление")
	}
}

func TestAStornoOfTheQueueIsCanceledAsOne(t *testing.T) {
	storno := func(state loyalty.State) (*fakeJournal, loyalty.Operation) {
		return operationWithHistory(state, func(op *loyalty.Operation) {
			op.Kind, op.Link, op.Parent = loyalty.Accrual, loyalty.LinkReversal, loyalty.NewID()
		})
	}
	journal, op := storno(loyalty.StateQueued)
	journal.ops = append(journal.ops, loyalty.Operation{ID: op.Parent, State: loyalty.StateConfirmed, Kind: loyalty.Redemption, Points: op.Points})
	tl := newTill(t, withJournal(journal))
	tl.desk.cancel = func(uuid.UUID) (loyalty.Operation, error) {
		voided := op
		voided.State, voided.Reason = loyalty.StateVoided, loyalty.ReasonCashier
		return voided, nil
	}
	tl.run(tl.model.do(detailsAct{op}))
	tl.press(tab, enter)
	tl.wants("Отменить сторно 125 баллов?")
	tl.press(enter)
	tl.wants("Сторно 125 баллов отменено. Баллы НЕ возвращены. Александр")

	_, op = storno(loyalty.StatePlanned)
	tl = newTill(t, withRecovery(loyalty.Recovery{Offered: []loyalty.Operation{op}}))
	tl.press(tab, enter, tab, enter)
	tl.wants("Отправить сторно 125 баллов?")

	_, op = storno(loyalty.StateQueued)
	tl = newTill(t)
	tl.becomes(&op, loyalty.StateExpired, loyalty.ReasonQRExpired)
	tl.wants("Сторно 125 баллов просрочено: за 24 часа его не удалось отправить. Баллы НЕ возвращены.")
}

func TestAStornoThatTheRestartEndedSaysWhatItIs(t *testing.T) {
	for kind, want := range map[loyalty.Kind]string{
		loyalty.Accrual: "баллы НЕ вернули (перезапуск)", loyalty.Redemption: "баллы НЕ сняты (перезапуск)",
	} {
		op := past(kind, loyalty.StateVoided, "125")
		op.Link, op.Parent = loyalty.LinkReversal, loyalty.NewID()
		tl := newTill(t, withRecovery(loyalty.Recovery{Voided: []loyalty.Operation{op}}))
		tl.wants(want)
		tl.lacks("списаны", "начислены")
	}
}

func TestAStornoThatFailedWithItsParentSaysWhy(t *testing.T) {
	e := newTill(t).model.env
	half := past(loyalty.Redemption, loyalty.StateVoided, "22")
	half.Link, half.Reason, half.Parent, half.WaitsFor = loyalty.LinkReversal, loyalty.ReasonParentFailed, loyalty.NewID(), loyalty.NewID()
	back := half
	back.WaitsFor = back.Parent
	for want, op := range map[string]loyalty.Operation{
		"Первая половина сторно не прошла, поэтому вторая не отправлена.": half,
		"Списание не прошло, возвращать нечего.":                          back,
	} {
		if got := e.whyOperation(op); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

func TestEitherHalfStandsForThePair(t *testing.T) {
	journal, op := pairWritten()
	tl := newTill(t, withJournal(journal))
	tl.desk.reverse = tl.reversed
	tl.press(f5, enter, f7)
	tl.wants("Сторно: списание −125", "Снимем с покупателя 22 балла")
	tl.types("ошибка")
	tl.press(tab, tab, enter, enter)
	if got := tl.desk.reversals; len(got) != 1 || got[0].Of != op.ID {
		t.Errorf("the desk was told %+v", got)
	}
}

func TestAnAccrualHasNoPartialReversal(t *testing.T) {
	op := numbered(past(loyalty.Accrual, loyalty.StateSettled, "25"), 1)
	op.Reason = loyalty.ReasonDecidedYes
	tl := newTill(t, withJournal(&fakeJournal{ops: []loyalty.Operation{op}}))
	tl.press(f5, enter, tab, enter)
	tl.wants("Снимем с покупателя 25 баллов")
	tl.lacks("Сколько баллов вернуть")
	tl.desk.reverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) { return loyalty.Result{}, loyalty.ErrReversed }
	tl.types("ошибка")
	tl.press(tab, enter, enter)
	tl.wants("Сторно НЕ прошло.", "Сторно этой операции уже есть.")
	tl.lacks("К оплате")
}

func TestWhatCannotBeReversedHasNoStorno(t *testing.T) {
	reversal := func(state loyalty.State) func(*fakeJournal) {
		return func(j *fakeJournal) {
			for i, half := range j.ops[:2] {
				back := numbered(past(loyalty.Accrual, state, half.Points.String()), 3+i)
				back.Parent, back.Link = half.ID, loyalty.LinkReversal
				j.ops = append(j.ops, back)
			}
		}
	}
	tests := []struct {
		name   string
		change func(*fakeJournal)
		want   string
		can    bool
	}{
		{"reversed", reversal(loyalty.StateConfirmed), "Сторно этой операции уже есть.", false},
		{"being reversed", reversal(loyalty.StateUnknown), "Сторно этой операции уже есть.", false},
		{"a reversal that failed", reversal(loyalty.StateRefused), "[ Сторно ]", true},
		{"an old QR", func(j *fakeJournal) { j.ops[1].ScannedAt = opening.Add(-25 * time.Hour) }, "QR покупателя старше 24 часов", false},
		{"refused", func(j *fakeJournal) { j.ops[1].State = loyalty.StateRefused }, "отказ", false},
		{"decided no", func(j *fakeJournal) { j.ops[1].State, j.ops[1].Reason = loyalty.StateSettled, loyalty.ReasonDecidedNo }, "разобрано", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			journal, op := pairWritten()
			test.change(journal)
			tl := newTill(t, withJournal(journal))
			tl.run(tl.model.do(detailsAct{op}))
			tl.wants(test.want)
			tl.press(f7)
			if opened := strings.Contains(tl.shown(), "Причина"); opened != test.can {
				t.Errorf("the form is open: %v", opened)
			}
		})
	}
}

func TestAReversalWhoseOutcomeIsUnknownTakesNoMoney(t *testing.T) {
	tl, _ := atStorno(t)
	var op, second loyalty.Operation
	tl.desk.reverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
		result, err := tl.reversed(r)
		op = tl.desk.unknown(result.Operation)
		result.Operation = op
		second = *result.Second
		second.State = loyalty.StatePlanned
		result.Second = &second
		return result, err
	}
	tl.types("ошибка")
	tl.press(tab, tab, enter, enter)
	tl.wants("Результат неизвестен", "Сторно либо прошло, либо нет", "сторно −22: не отправлено")
	tl.lacks("возьмите", "Гость платит полностью")
	tl.wait(readTime)
	tl.press(enter)
	tl.becomes(&op, loyalty.StateApplied, loyalty.ReasonMoved)
	tl.wants("Проверено: сторно прошло, возвращено 125.")
	op.ID = loyalty.NewID()
	tl.becomes(&op, loyalty.StateNotApplied, loyalty.ReasonStill)
	tl.wants("Проверено: сторно 125 баллов НЕ прошло.")
}

func TestAStornoOfOthersNeedsThePIN(t *testing.T) {
	pin := &fakePIN{pin: "0742"}
	tl, _ := atStorno(t, withPIN(pin))
	tl.desk.needsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
	tl.types("ошибка")
	tl.press(tab, tab, enter)
	tl.wants("PIN администратора")
	tl.types("0742")
	tl.wants("[****")
	tl.lacks("0742")
	tl.press(enter)
	tl.wants("Сторно: списание −125?")
	tl.press(enter)
	tl.wants("Возвращено 125")
}

func TestTheOwnLastOperationNeedsNoPIN(t *testing.T) {
	tl, _ := atStorno(t, withPIN(&fakePIN{pin: "0742"}))
	tl.types("ошибка")
	tl.press(tab, tab, enter)
	tl.wants("Сторно: списание −125?")
}

// atPIN brings the till to the PIN's screen.
func atPIN(t *testing.T, pin *fakePIN) *till {
	tl, _ := atStorno(t, withPIN(pin))
	tl.desk.needsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
	tl.types("ошибка")
	tl.press(tab, tab, enter)
	tl.wants("PIN администратора")
	return tl
}

func TestThreeWrongPINsWait(t *testing.T) {
	tl := atPIN(t, &fakePIN{pin: "0742"})
	tl.press(enter) // nothing typed is no try
	tl.types("1")
	tl.press(backspace)
	tl.types("я")
	tl.wants("PIN вводится цифрами")
	for _, left := range []string{"2", "1"} {
		tl.types("1111")
		tl.press(enter)
		tl.wants("Неверный PIN. Осталось попыток: " + left)
		tl.press(esc) // leaving the screen makes no try undone
		tl.press(enter)
	}
	tl.types("1111")
	tl.press(enter)
	tl.wants("Три раза неверно. Подождите 30 с")
	tl.press(esc, enter)
	tl.types("0742")
	tl.press(enter)
	tl.wants("Три раза неверно")
	tl.wait(pinWait)
	tl.lacks("Подождите")
	tl.types("0742")
	tl.press(enter)
	tl.wants("Сторно: списание −125?")
}

func TestThePINScreenSwallowsScans(t *testing.T) {
	tl := atPIN(t, &fakePIN{pin: "0742"})
	tl.types("07")
	tl.scan(cardOf(otherClient).Payload())
	tl.scan("4006381333931")
	tl.wait(time.Second)
	tl.press(f5)
	tl.wants("PIN администратора", "[** ")
	tl.types("42")
	tl.press(enter)
	tl.wants("Сторно: списание −125?")
	if len(tl.desk.greeted) != 0 {
		t.Error("a scan was taken")
	}
}

func TestAKeyringThatFailsOpensNothing(t *testing.T) {
	tl := atPIN(t, &fakePIN{pin: "0742", check: errBroken})
	tl.types("0742")
	tl.press(enter)
	tl.wants("PIN не проверить", "PIN администратора", "[  ")

	tl, _ = atStorno(t, withPIN(&fakePIN{pin: "0742", err: errBroken}))
	tl.desk.needsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
	tl.types("ошибка")
	tl.press(tab, tab, enter)
	tl.wants("PIN не проверить", "Причина")
	tl.lacks("?")

	tl, _ = atStorno(t, withPIN(&fakePIN{pin: "0742"}))
	tl.desk.needsAdmin = func(uuid.UUID) (bool, error) { return true, &loyalty.JournalError{Err: errBroken} }
	tl.types("ошибка")
	tl.press(tab, tab, enter)
	tl.wants("Журнал не пишется")
	tl.lacks("?")
	if len(tl.desk.reversals) != 0 {
		t.Error("a reversal was sent")
	}
}

func TestAPINThatIsRightTooLateOpensNothing(t *testing.T) {
	tl := atPIN(t, &fakePIN{pin: "0742"})
	tl.held = true
	tl.types("0742")
	tl.press(enter)
	tl.wants("Проверяем…")
	tl.types("1")
	tl.press(esc)
	tl.deliver()
	tl.lacks("?", "PIN")
	if len(tl.desk.reversals) != 0 {
		t.Error("a reversal was sent")
	}
}

func TestAWrongPINCountsAlthoughItsScreenWasLeft(t *testing.T) {
	tl := atPIN(t, &fakePIN{pin: "0742"})
	for range pinTries {
		tl.held = true
		tl.types("1111")
		tl.press(enter, esc)
		tl.held = false
		tl.deliver()
		tl.press(enter)
		tl.wants("PIN администратора")
	}
	tl.wants("Подождите")
}

func TestAnAnswerAboutThePINAfterTheFormWasLeftOpensNothing(t *testing.T) {
	tl, _ := atStorno(t, withPIN(&fakePIN{pin: "0742"}))
	tl.types("ошибка")
	tl.held = true
	tl.press(tab, tab, enter, esc)
	tl.deliver()
	tl.lacks("PIN", "?")
}

// atReview brings the till to the form of a decision.
func atReview(t *testing.T, change ...func(*Options)) (*till, loyalty.Operation) {
	journal, op := operationWithHistory(loyalty.StateReview, func(op *loyalty.Operation) {
		op.Reason, op.Balance, op.BalanceRead = loyalty.ReasonAmbiguous, number("2300"), true
	})
	tl := newTill(t, append(change, withJournal(journal), withRecovery(loyalty.Recovery{Review: journal.ops}))...)
	tl.wants("−125 Александр Татарченко: нужно решение")
	tl.desk.decide = func(id uuid.UUID, applied bool, who, why string) (loyalty.Operation, error) {
		journal.ops[0].State, journal.ops[0].Reason, journal.ops[0].ChangedAt = loyalty.StateSettled, loyalty.ReasonDecidedNo, tl.clock
		if applied {
			journal.ops[0].Reason = loyalty.ReasonDecidedYes
		}
		journal.ops[0].Note = who + ": " + why
		return journal.ops[0], nil
	}
	tl.press(tab, enter, tab, enter)
	tl.wants("Нужно решение: списание −125", "Баланс изменился не так, как ожидалось.",
		"Баланс до операции 2 365 (18:42), если она прошла, станет 2 240.", "Прочитали: 2 300.", "Кто решает", "[Анна")
	return tl, op
}

func TestAPersonDecides(t *testing.T) {
	for _, applied := range []bool{true, false} {
		tl, op := atReview(t, withPIN(&fakePIN{pin: "0742"}))
		button, said, why := []tea.KeyMsg{tab, enter}, "Баллы прошли", loyalty.ReasonDecidedYes
		if !applied {
			button, said, why = []tea.KeyMsg{tab, right, enter}, "Баллы не прошли", loyalty.ReasonDecidedNo
		}
		tl.press(button...)
		tl.wants("Напишите причину")
		tl.types("гость показал бот")
		tl.press(button...)
		tl.wants("PIN администратора")
		tl.types("0742")
		tl.press(enter)
		tl.wants(said+": списание −125?", "изменить его нельзя")
		tl.press(enter)
		tl.wants("разобрано", "Причина: Анна: гость показал бот", said+": списание −125.")
		tl.lacks("[ Решить ]")
		if got := tl.model.book.ops[tl.model.book.index(op.ID)]; got.Reason != why {
			t.Errorf("it was decided %q", got.Reason)
		}
		tl.press(esc)
		tl.lacks("Требуют внимания")
	}
}

func TestADecisionNeedsAName(t *testing.T) {
	tl, _ := atReview(t)
	tl.press(backTab, tea.KeyMsg{Type: tea.KeyCtrlU}, tab)
	tl.types("так")
	tl.press(tab, enter)
	tl.wants("Напишите, кто решает")
	tl.types("Вера")
	tl.desk.decide = func(uuid.UUID, bool, string, string) (loyalty.Operation, error) {
		return loyalty.Operation{}, loyalty.ErrConflict
	}
	tl.press(tab, tab, enter, enter)
	tl.wants("Операция уже изменилась", "Кто решает")
}

func TestEvidenceThatIsMissingIsSaid(t *testing.T) {
	e := newTill(t).model.env
	op := past(loyalty.Redemption, loyalty.StateReview, "125")
	if lines := e.evidenceLines(op); !strings.Contains(lines[len(lines)-1].text, "Баланс до операции неизвестен") {
		t.Errorf("%v", lines)
	}
	op.BaselineAt = opening
	if lines := e.evidenceLines(op); !strings.Contains(lines[len(lines)-1].text, "в журнале нет") {
		t.Errorf("%v", lines)
	}
}

func TestAScanInAFormLeavesItsFieldsAlone(t *testing.T) {
	tl, _ := atStorno(t)
	tl.types("ошибка")
	tl.press(tab)
	tl.wait(time.Second)
	tl.burst("4006381333931")
	tl.wait(time.Second)
	tl.wants("[125 ", "[ошибка", "Это штрихкод товара")
}

func TestTheGuestPaysInFullWhileARedemptionIsUnknown(t *testing.T) {
	tests := []struct {
		state  loyalty.State
		screen string
		told   string
	}{
		{loyalty.StateApplied, "Списание прошло: возвращаем 125 баллов.", "списание прошло, гость заплатил полностью, возвращаем 125 баллов"},
		{loyalty.StateNotApplied, "Списание не прошло: возвращать нечего.", "списание не прошло, гость заплатил полностью, всё верно"},
		{loyalty.StateReview, "Позовите администратора", "неясно, списано ли 125. Гость платит полностью: 1 250,00 ₽"},
	}
	for _, test := range tests {
		for _, stays := range []bool{true, false} {
			tl, op, _ := unknownPair(t)
			tl.wants("> Ждём <", "[ Гость платит полностью ]")
			tl.wait(readTime)
			tl.press(tab, enter)
			tl.wants("Гость платит полностью?", "Возьмите 1 250,00 ₽. Если списание прошло, баллы вернутся сами.")
			tl.press(enter)
			tl.wants("Гость платит полностью: 1 250,00 ₽", "Возьмите 1 250,00 ₽. Если списание прошло, баллы вернутся сами.", "Ответ будет не позже")
			tl.lacks("1 125")
			if got := tl.desk.full; len(got) != 1 || got[0].Redemption != op.ID || got[0].ReversalID == got[0].AccrualID {
				t.Fatalf("the desk was told %+v", got)
			}
			back := tl.desk.operation(loyalty.Accrual, tl.desk.full[0].ReversalID, number("125"), number("1250"), number("1125"))
			back.Parent, back.Link, back.WaitsFor = op.ID, loyalty.LinkReversal, op.ID
			tl.send(loyalty.OperationChanged{Operation: back})
			if !stays {
				tl.wait(readTime)
				tl.press(enter)
				tl.wants("Отсканируйте QR покупателя")
			}
			tl.becomes(&op, test.state, "")
			if stays {
				tl.wants(test.screen)
			} else {
				tl.wants(test.told)
			}
			tl.lacks("1 125,00", "К оплате")
		}
	}
}

func TestAFullPaymentThatNeedsAPersonPromisesNoMessage(t *testing.T) {
	tl, op, _ := unknownPair(t)
	tl.wait(readTime)
	tl.press(tab, enter, enter)
	tl.wants("ответ придёт сообщением")
	tl.becomes(&op, loyalty.StateReview, loyalty.ReasonAmbiguous)
	tl.wants("Гость платит полностью: 1 250,00 ₽", "Позовите администратора",
		"Если администратор решит, что списание прошло, баллы вернутся сами. Больше ничего не берите.")
	tl.lacks("придёт сообщением")
}

func TestTheAccrualOnAFullPaymentIsFollowed(t *testing.T) {
	for _, early := range []bool{true, false} {
		tl, op, _ := unknownPair(t)
		var whole loyalty.Operation
		tl.desk.payInFull = func(choice loyalty.FullPayment) error {
			whole = tl.desk.operation(loyalty.Accrual, choice.AccrualID, number("25"), number("1250"), number("1250"))
			whole.State, whole.Reason = loyalty.StateQueued, loyalty.ReasonCardBusy
			if early { // the hub is quicker than the desk's answer
				tl.send(loyalty.OperationChanged{Operation: whole})
			}
			return nil
		}
		tl.wait(readTime)
		tl.press(tab, enter, enter)
		if !early {
			tl.lacks("начисление +25: в очереди")
			tl.send(loyalty.OperationChanged{Operation: whole})
		}
		tl.wants("Гость платит полностью: 1 250,00 ₽", "начисление +25: в очереди")
		tl.becomes(&op, loyalty.StateNotApplied, loyalty.ReasonStill)
		tl.wait(time.Second)
		tl.becomes(&whole, loyalty.StateConfirmed, "")
		tl.wants("Списание не прошло: возвращать нечего.", "Начислено 25")
	}
}

func TestAFullPaymentThatComesTooLateSaysWhatToTake(t *testing.T) {
	for state, want := range map[loyalty.State]string{
		loyalty.StateApplied:    "Проверено: списано 125, к оплате 1 125,00 ₽.",
		loyalty.StateNotApplied: "Проверено: 125 НЕ списано, к оплате 1 250,00 ₽.",
		loyalty.StateReview:     "неясно, списано ли 125. Возьмите всю сумму: 1 250,00 ₽.",
		loyalty.StateSettled:    "Операция уже изменилась.",
	} {
		journal, op := operationWithHistory(loyalty.StateUnknown)
		tl := newTill(t, withJournal(journal))
		settled := op
		settled.State, settled.ChangedAt = state, tl.clock
		tl.desk.payInFull = func(loyalty.FullPayment) error { return &loyalty.SettledError{Operation: settled} }
		tl.press(f5, enter, tab, enter, enter)
		tl.wants(want)
		tl.lacks("Если списание прошло")
	}
}

func TestAReversalThatIsNotNeededIsNoNews(t *testing.T) {
	tl := newTill(t)
	back := tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("125"), number("1250"), number("1125"))
	back.Parent, back.Link = loyalty.NewID(), loyalty.LinkReversal
	tl.becomes(&back, loyalty.StateVoided, loyalty.ReasonParentFailed)
	tl.lacks("НЕ прошло")
}

func TestWaitingIsAChoiceToo(t *testing.T) {
	tl, op, _ := unknownPair(t)
	tl.wait(readTime)
	tl.press(enter)
	tl.wants("> Следующий покупатель <", "Если баллы списаны, возьмите 1 125,00 ₽")
	tl.press(enter)
	tl.wants("Отсканируйте QR покупателя", "проверяем результат")
	if len(tl.desk.full) != 0 {
		t.Error("the guest pays in full")
	}
	// The choice is still there among the open matters.
	tl.press(tab, enter, tab, enter)
	tl.wants("Гость платит полностью?")
	tl.becomes(&op, loyalty.StateApplied, loyalty.ReasonMoved)
}

func TestAFullPaymentThatComesTooLate(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{&loyalty.SettledError{Operation: loyalty.Operation{State: loyalty.StateApplied}}, "Результат уже известен"},
		{loyalty.ErrPercentUnknown, "Полная оплата записана, но баллы за неё не начислятся"},
		{loyalty.ErrPercentUnknown, "Гость платит полностью: 1 250,00"},
		{loyalty.ErrReversed, "Гость платит полностью: 1 250,00"},
		{&loyalty.JournalError{Err: errBroken}, "Журнал не пишется"},
	} {
		tl, _, _ := unknownPair(t)
		tl.desk.payInFull = func(loyalty.FullPayment) error { return test.err }
		tl.wait(readTime)
		tl.press(tab, enter, enter)
		tl.wants(test.want)
	}
}

func TestAFullPaymentFromTheDetails(t *testing.T) {
	journal, _ := operationWithHistory(loyalty.StateUnknown)
	tl := newTill(t, withJournal(journal))
	tl.press(f5, enter, tab, enter)
	tl.wants("Гость платит полностью?")
	tl.held = true
	tl.press(enter)
	tl.run(tl.model.do(fullPayNowAct{journal.ops[0], loyalty.FullPayment{ReversalID: tl.desk.full[0].ReversalID}}))
	tl.deliver()
	tl.wants("Возьмите 1 250,00 ₽. Если списание прошло")
	if len(tl.desk.full) != 1 {
		t.Errorf("%d were submitted, want 1", len(tl.desk.full))
	}
}

func TestEveryNewErrorHasItsSentence(t *testing.T) {
	e := newTill(t).model.env
	other := e.whyError(errBroken)
	for _, err := range []error{
		loyalty.ErrNotReversible, loyalty.ErrReversed, loyalty.ErrPartialAccrual, loyalty.ErrReasonRequired,
		loyalty.ErrReversalTooMuch, loyalty.ErrNotRepeatable, loyalty.ErrPercentUnknown, loyalty.ErrNotFound, loyalty.ErrClockUnsure,
	} {
		if e.whyError(err) == other {
			t.Errorf("%v has no sentence", err)
		}
	}
	for _, reason := range []loyalty.Reason{
		loyalty.ReasonMoved, loyalty.ReasonStill, loyalty.ReasonAmbiguous, loyalty.ReasonDecidedYes, loyalty.ReasonDecidedNo,
		loyalty.ReasonForeign, loyalty.ReasonOffline, loyalty.ReasonHeld,
	} {
		if e.whyReason(reason) == other {
			t.Errorf("the reason %q has no sentence", reason)
		}
	}
}

func TestHelpNamesTheKeysOfTheJournal(t *testing.T) {
	journal, _ := pairWritten()
	tl := newTill(t, withJournal(journal))
	tl.press(f5, f1)
	tl.wants("Клавиши на этом экране", "Tab", "Фильтры")
	tl.lacks("PgDn") // there is one page
	tl.press(esc, enter, f1)
	tl.wants("F7", "Сторно", "F5", "Журнал")
}

func TestQuittingWaitsForADecision(t *testing.T) {
	tl, _ := atReview(t)
	tl.types("так")
	tl.press(tab, enter)
	tl.held = true
	tl.press(enter, f10)
	tl.wants("Выйти из программы?")
	tl.deliver()
	tl.send(notice.State{Part: notice.Service, Level: notice.Trouble, Code: string(skidkabot.PhaseConnect)})
	if tl.quit {
		t.Error("the till was left")
	}
}
