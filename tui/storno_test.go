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
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// atStorno brings the till to the form of a pair's reversal.
func atStorno(t *testing.T, change ...func(*Options)) (*till, loyalty.Operation) {
	journal, op := stage.PairWritten()
	tl := newTill(t, append(change, withJournal(journal))...)
	tl.Desk.OnReverse = tl.Reversed
	tl.Press(f5, down, enter, f7)
	tl.wants("Сторно: списание −125, Александр Татарченко", "Вернём покупателю 125 баллов", "Снимем с покупателя 22 балла",
		"Причина", "Сколько баллов вернуть [125")
	return tl, op
}

func TestAPairIsReversedTogether(t *testing.T) {
	tl, op := atStorno(t)
	tl.Press(tab, tab, enter)
	tl.wants("Напишите причину, до 200 знаков")
	tl.Types("Гость передумал")
	tl.Press(tab, tab, enter)
	tl.wants("Сторно: списание −125?", "Вернём покупателю 125 баллов", "Снимем с покупателя 22 балла", "Причина: Гость передумал")
	tl.Held = true
	tl.Press(enter)
	tl.wants("Сторно: возвращаем 125 баллов…")
	tl.Deliver()
	tl.wants("Возвращено 125", "Снято 22", "Баланс 2 365 баллов")
	tl.lacks("К оплате")
	r := tl.Desk.Reversals
	if len(r) != 1 || r[0].Of != op.ID || r[0].Reason != "Гость передумал" || r[0].ID == r[0].SecondID || r[0].Cashier != "Анна" {
		t.Errorf("the desk was told %+v", r)
	}
	tl.Wait(closesAfter)
	tl.wants("Отсканируйте QR", "сторно", "+125", "−22")
}

func TestPartOfARedemptionIsReversed(t *testing.T) {
	tl, _ := atStorno(t)
	tl.Types("ошибка")
	tl.Press(tab, backspace, backspace, backspace)
	tl.Types("126")
	tl.Press(tab, enter)
	tl.wants("Введите от 1 до 125")
	tl.Types("x")
	tl.wants("Баллы вводятся целым числом")
	tl.Press(tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.Types("25")
	tl.Press(enter, enter)
	tl.wants("Вернём покупателю 25 баллов")
	tl.lacks("Снимем")
	tl.Press(enter)
	tl.wants("Возвращено 25")
	if got := tl.Desk.Reversals[0].Points; !got.Equal(stage.Number("25")) {
		t.Errorf("%s points were reversed", got)
	}
}

func TestTheFormSaysWhatPartIsReversed(t *testing.T) {
	tl, _ := atStorno(t)
	tl.wants("Если вернуть только часть, начисление на остаток не изменится.")
	tl.Types("ошибка")
	tl.Press(tab, tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.Types("50")
	tl.wants("Вернём покупателю 50 баллов", "Начисление на остаток не изменится.", "Сколько баллов вернуть [50")
	tl.lacks("Вернём покупателю 125", "Снимем с покупателя", "Если вернуть")
	tl.Types("0")
	tl.wants("Вернём покупателю 125 баллов", "Снимем с покупателя 22 балла") // 500 is no part: all, until it is mended
}

func TestTheHalfThatIsLeftIsReversed(t *testing.T) {
	for _, opened := range []int{0, 1} {
		journal, op := stage.PairWritten()
		back := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateConfirmed, "125"), 3)
		back.Parent, back.Link = op.ID, loyalty.LinkReversal
		journal.Ops = append(journal.Ops, back)
		tl := newTill(t, withJournal(journal))
		tl.Desk.OnReverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
			second := tl.Desk.Operation(loyalty.Redemption, r.ID, stage.Number("22"), stage.Number("1250"), stage.Number("1125"))
			second.Parent, second.Link = r.Of, loyalty.LinkReversal
			return loyalty.Result{Operation: tl.Desk.Confirmed(second, stage.Number("2343"))}, nil
		}
		tl.Do(tl.model.do(detailsAct{journal.Ops[opened]}))
		tl.wants("Половина сторно уже есть, осталось: начисление +22", "[ Сторно ]")
		tl.Press(f7)
		tl.wants("Сторно: начисление +22", "Снимем с покупателя 22 балла")
		tl.lacks("Вернём", "Сколько баллов")
		tl.Types("ошибка")
		tl.Press(tab, enter, enter)
		tl.wants("Снято 22")
		if got := tl.Desk.Reversals; len(got) != 1 || got[0].Of != journal.Ops[0].ID {
			t.Errorf("the desk was told %+v", got)
		}
	}
}

func TestASecondHalfThatFailedSaysWhatToDo(t *testing.T) {
	tl, _ := atStorno(t)
	tl.Desk.OnReverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
		result, err := tl.Reversed(r)
		result.Second.State, result.Second.Code = loyalty.StateRefused, skidkabot.CodeNotEnoughPoints
		return result, err
	}
	tl.Types("ошибка")
	tl.Press(tab, tab, enter, enter)
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
		tl.Desk.OnReverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
			result, err := tl.Reversed(r)
			result.Operation.State, result.Operation.Reason = loyalty.StateQueued, reason
			result.Second.State, result.Second.WaitsFor = loyalty.StatePlanned, result.Operation.ID
			return result, err
		}
		tl.Types("ошибка")
		tl.Press(tab, tab, enter, enter)
		tl.wants(want, "сторно +125", "Сторно в очереди", "сторно −22: ждёт очереди")
		tl.lacks("ачислим", "Начисление")
	}
}

func TestAStornoOfTheQueueIsCanceledAsOne(t *testing.T) {
	storno := func(state loyalty.State) (*stage.Journal, loyalty.Operation) {
		return stage.OperationWithHistory(state, func(op *loyalty.Operation) {
			op.Kind, op.Link, op.Parent = loyalty.Accrual, loyalty.LinkReversal, loyalty.NewID()
		})
	}
	journal, op := storno(loyalty.StateQueued)
	journal.Ops = append(journal.Ops, loyalty.Operation{ID: op.Parent, State: loyalty.StateConfirmed, Kind: loyalty.Redemption, Points: op.Points})
	tl := newTill(t, withJournal(journal))
	tl.Desk.OnCancel = func(uuid.UUID) (loyalty.Operation, error) {
		voided := op
		voided.State, voided.Reason = loyalty.StateVoided, loyalty.ReasonCashier
		return voided, nil
	}
	tl.Do(tl.model.do(detailsAct{op}))
	tl.Press(tab, enter)
	tl.wants("Отменить сторно 125 баллов?")
	tl.Press(enter)
	tl.wants("Сторно 125 баллов отменено. Баллы НЕ возвращены. Александр")

	_, op = storno(loyalty.StatePlanned)
	tl = newTill(t, withRecovery(loyalty.Recovery{Offered: []loyalty.Operation{op}}))
	tl.Press(tab, enter, tab, enter)
	tl.wants("Отправить сторно 125 баллов?")

	_, op = storno(loyalty.StateQueued)
	tl = newTill(t)
	tl.Becomes(&op, loyalty.StateExpired, loyalty.ReasonQRExpired)
	tl.wants("Сторно 125 баллов просрочено: за 24 часа его не удалось отправить. Баллы НЕ возвращены.")
}

func TestAStornoThatTheRestartEndedSaysWhatItIs(t *testing.T) {
	for kind, want := range map[loyalty.Kind]string{
		loyalty.Accrual: "баллы НЕ вернули (перезапуск)", loyalty.Redemption: "баллы НЕ сняты (перезапуск)",
	} {
		op := stage.Past(kind, loyalty.StateVoided, "125")
		op.Link, op.Parent = loyalty.LinkReversal, loyalty.NewID()
		tl := newTill(t, withRecovery(loyalty.Recovery{Voided: []loyalty.Operation{op}}))
		tl.wants(want)
		tl.lacks("списаны", "начислены")
	}
}

func TestAStornoThatFailedWithItsParentSaysWhy(t *testing.T) {
	e := newTill(t).model.env
	half := stage.Past(loyalty.Redemption, loyalty.StateVoided, "22")
	half.Link, half.Reason, half.Parent, half.WaitsFor = loyalty.LinkReversal, loyalty.ReasonParentFailed, loyalty.NewID(), loyalty.NewID()
	back := half
	back.WaitsFor = back.Parent
	for want, op := range map[string]loyalty.Operation{
		"Первая половина сторно не прошла, поэтому вторая не отправлена.": half,
		"Списание не прошло, возвращать нечего.":                          back,
	} {
		if got, _ := look.CutTail(e.whyOperation(op)); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

func TestEitherHalfStandsForThePair(t *testing.T) {
	journal, op := stage.PairWritten()
	tl := newTill(t, withJournal(journal))
	tl.Desk.OnReverse = tl.Reversed
	tl.Press(f5, enter, f7)
	tl.wants("Сторно: списание −125", "Снимем с покупателя 22 балла")
	tl.Types("ошибка")
	tl.Press(tab, tab, enter, enter)
	if got := tl.Desk.Reversals; len(got) != 1 || got[0].Of != op.ID {
		t.Errorf("the desk was told %+v", got)
	}
}

func TestAnAccrualHasNoPartialReversal(t *testing.T) {
	op := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateSettled, "25"), 1)
	op.Reason = loyalty.ReasonDecidedYes
	tl := newTill(t, withJournal(&stage.Journal{Ops: []loyalty.Operation{op}}))
	tl.Press(f5, enter, tab, enter)
	tl.wants("Снимем с покупателя 25 баллов")
	tl.lacks("Сколько баллов вернуть")
	tl.Desk.OnReverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) { return loyalty.Result{}, loyalty.ErrReversed }
	tl.Types("ошибка")
	tl.Press(tab, enter, enter)
	tl.wants("Сторно НЕ прошло.", "Сторно этой операции уже есть.")
	tl.lacks("К оплате")
}

func TestWhatCannotBeReversedHasNoStorno(t *testing.T) {
	reversal := func(state loyalty.State) func(*stage.Journal) {
		return func(j *stage.Journal) {
			for i, half := range j.Ops[:2] {
				back := stage.Numbered(stage.Past(loyalty.Accrual, state, half.Points.String()), 3+i)
				back.Parent, back.Link = half.ID, loyalty.LinkReversal
				j.Ops = append(j.Ops, back)
			}
		}
	}
	tests := []struct {
		name   string
		change func(*stage.Journal)
		want   string
		can    bool
	}{
		{"reversed", reversal(loyalty.StateConfirmed), "Сторно этой операции уже есть.", false},
		{"being reversed", reversal(loyalty.StateUnknown), "Сторно этой операции уже есть.", false},
		{"a reversal that failed", reversal(loyalty.StateRefused), "[ Сторно ]", true},
		{"an old QR", func(j *stage.Journal) { j.Ops[1].ScannedAt = stage.Opening().Add(-25 * time.Hour) }, "QR покупателя старше 24 часов", false},
		{"refused", func(j *stage.Journal) { j.Ops[1].State = loyalty.StateRefused }, "отказ", false},
		{"decided no", func(j *stage.Journal) {
			j.Ops[1].State, j.Ops[1].Reason = loyalty.StateSettled, loyalty.ReasonDecidedNo
		}, "разобрано", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			journal, op := stage.PairWritten()
			test.change(journal)
			tl := newTill(t, withJournal(journal))
			tl.Do(tl.model.do(detailsAct{op}))
			tl.wants(test.want)
			tl.Press(f7)
			if opened := strings.Contains(tl.Shown(), "Причина"); opened != test.can {
				t.Errorf("the form is open: %v", opened)
			}
		})
	}
}

func TestAReversalWhoseOutcomeIsUnknownTakesNoMoney(t *testing.T) {
	tl, _ := atStorno(t)
	var op, second loyalty.Operation
	tl.Desk.OnReverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
		result, err := tl.Reversed(r)
		op = tl.Desk.Unknown(result.Operation)
		result.Operation = op
		second = *result.Second
		second.State = loyalty.StatePlanned
		result.Second = &second
		return result, err
	}
	tl.Types("ошибка")
	tl.Press(tab, tab, enter, enter)
	tl.wants("Результат неизвестен", "Сторно либо прошло, либо нет", "сторно −22: не отправлено")
	tl.lacks("возьмите", "Гость платит полностью")
	tl.Wait(readTime)
	tl.Press(enter)
	tl.Becomes(&op, loyalty.StateApplied, loyalty.ReasonMoved)
	tl.wants("Проверено: сторно прошло, возвращено 125.")
	op.ID = loyalty.NewID()
	tl.Becomes(&op, loyalty.StateNotApplied, loyalty.ReasonStill)
	tl.wants("Проверено: сторно 125 баллов НЕ прошло.")
}

func TestAStornoOfOthersNeedsThePIN(t *testing.T) {
	pin := &stage.PIN{Right: "0742"}
	tl, _ := atStorno(t, withPIN(pin))
	tl.Desk.OnNeedsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
	tl.Types("ошибка")
	tl.Press(tab, tab, enter)
	tl.wants("PIN администратора")
	tl.Types("0742")
	tl.wants("[****")
	tl.lacks("0742")
	tl.Press(enter)
	tl.wants("Сторно: списание −125?")
	tl.Press(enter)
	tl.wants("Возвращено 125")
}

func TestTheOwnLastOperationNeedsNoPIN(t *testing.T) {
	tl, _ := atStorno(t, withPIN(&stage.PIN{Right: "0742"}))
	tl.Types("ошибка")
	tl.Press(tab, tab, enter)
	tl.wants("Сторно: списание −125?")
}

// atPIN brings the till to the PIN's screen.
func atPIN(t *testing.T, pin *stage.PIN) *till {
	tl, _ := atStorno(t, withPIN(pin))
	tl.Desk.OnNeedsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
	tl.Types("ошибка")
	tl.Press(tab, tab, enter)
	tl.wants("PIN администратора")
	return tl
}

func TestThreeWrongPINsWait(t *testing.T) {
	tl := atPIN(t, &stage.PIN{Right: "0742"})
	tl.Press(enter) // nothing typed is no try
	tl.Types("1")
	tl.Press(backspace)
	tl.Types("я")
	tl.wants("PIN вводится цифрами")
	for _, left := range []string{"2", "1"} {
		tl.Types("1111")
		tl.Press(enter)
		tl.wants("Неверный PIN. Осталось попыток: " + left)
		tl.Press(esc) // leaving the screen makes no try undone
		tl.Press(enter)
	}
	tl.Types("1111")
	tl.Press(enter)
	tl.wants("Три раза неверно. Подождите 30 с")
	tl.Press(esc, enter)
	tl.Types("0742")
	tl.Press(enter)
	tl.wants("Три раза неверно")
	tl.Wait(PINPause)
	tl.lacks("Подождите")
	tl.Types("0742")
	tl.Press(enter)
	tl.wants("Сторно: списание −125?")
}

func TestThePINScreenSwallowsScans(t *testing.T) {
	tl := atPIN(t, &stage.PIN{Right: "0742"})
	tl.Types("07")
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.Scan("4006381333931")
	tl.Wait(time.Second)
	tl.Press(f5)
	tl.wants("PIN администратора", "[** ")
	tl.Types("42")
	tl.Press(enter)
	tl.wants("Сторно: списание −125?")
	if len(tl.Desk.Greeted) != 0 {
		t.Error("a scan was taken")
	}
}

func TestAKeyringThatFailsOpensNothing(t *testing.T) {
	tl := atPIN(t, &stage.PIN{Right: "0742", CheckErr: stage.ErrBroken})
	tl.Types("0742")
	tl.Press(enter)
	tl.wants("PIN не проверить", "PIN администратора", "[  ")

	tl, _ = atStorno(t, withPIN(&stage.PIN{Right: "0742", NeededErr: stage.ErrBroken}))
	tl.Desk.OnNeedsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
	tl.Types("ошибка")
	tl.Press(tab, tab, enter)
	tl.wants("PIN не проверить", "Причина")
	tl.lacks("?")

	tl, _ = atStorno(t, withPIN(&stage.PIN{Right: "0742"}))
	tl.Desk.OnNeedsAdmin = func(uuid.UUID) (bool, error) { return true, &loyalty.JournalError{Err: stage.ErrBroken} }
	tl.Types("ошибка")
	tl.Press(tab, tab, enter)
	tl.wants("Журнал не пишется")
	tl.lacks("?")
	if len(tl.Desk.Reversals) != 0 {
		t.Error("a reversal was sent")
	}
}

func TestAPINThatIsRightTooLateOpensNothing(t *testing.T) {
	tl := atPIN(t, &stage.PIN{Right: "0742"})
	tl.Held = true
	tl.Types("0742")
	tl.Press(enter)
	tl.wants("Проверяем…")
	tl.Types("1")
	tl.Press(esc)
	tl.Deliver()
	tl.lacks("?", "PIN")
	if len(tl.Desk.Reversals) != 0 {
		t.Error("a reversal was sent")
	}
}

func TestAWrongPINCountsAlthoughItsScreenWasLeft(t *testing.T) {
	tl := atPIN(t, &stage.PIN{Right: "0742"})
	for range pinTries {
		tl.Held = true
		tl.Types("1111")
		tl.Press(enter, esc)
		tl.Held = false
		tl.Deliver()
		tl.Press(enter)
		tl.wants("PIN администратора")
	}
	tl.wants("Подождите")
}

func TestAnAnswerAboutThePINAfterTheFormWasLeftOpensNothing(t *testing.T) {
	tl, _ := atStorno(t, withPIN(&stage.PIN{Right: "0742"}))
	tl.Types("ошибка")
	tl.Held = true
	tl.Press(tab, tab, enter, esc)
	tl.Deliver()
	tl.lacks("PIN", "?")
}

// atReview brings the till to the form of a decision.
func atReview(t *testing.T, change ...func(*Options)) (*till, loyalty.Operation) {
	journal, op := stage.OperationWithHistory(loyalty.StateReview, func(op *loyalty.Operation) {
		op.Reason, op.Balance, op.BalanceRead = loyalty.ReasonAmbiguous, stage.Number("2300"), true
	})
	tl := newTill(t, append(change, withJournal(journal), withRecovery(loyalty.Recovery{Review: journal.Ops}))...)
	tl.wants("−125 Александр Татарченко: нужно решение")
	tl.Desk.OnDecide = func(id uuid.UUID, applied bool, who, why string) (loyalty.Operation, error) {
		journal.Ops[0].State, journal.Ops[0].Reason, journal.Ops[0].ChangedAt = loyalty.StateSettled, loyalty.ReasonDecidedNo, tl.Clock
		if applied {
			journal.Ops[0].Reason = loyalty.ReasonDecidedYes
		}
		journal.Ops[0].Note = who + ": " + why
		return journal.Ops[0], nil
	}
	tl.Press(tab, enter, tab, enter)
	tl.wants("Нужно решение: списание −125", "Баланс изменился не так, как ожидалось.",
		"Баланс до операции 2 365 (18:42), если она прошла, станет 2 240.", "Прочитали: 2 300.", "Кто решает", "[Анна")
	return tl, op
}

func TestAPersonDecides(t *testing.T) {
	for _, applied := range []bool{true, false} {
		tl, op := atReview(t, withPIN(&stage.PIN{Right: "0742"}))
		button, said, why := []tea.KeyMsg{tab, enter}, "Баллы прошли", loyalty.ReasonDecidedYes
		if !applied {
			button, said, why = []tea.KeyMsg{tab, right, enter}, "Баллы не прошли", loyalty.ReasonDecidedNo
		}
		tl.Press(button...)
		tl.wants("Напишите причину")
		tl.Types("гость показал бот")
		tl.Press(button...)
		tl.wants("PIN администратора")
		tl.Types("0742")
		tl.Press(enter)
		tl.wants(said+": списание −125?", "изменить его нельзя")
		tl.Press(enter)
		tl.wants("разобрано", "Причина: Анна: гость показал бот", said+": списание −125.")
		tl.lacks("[ Решить ]")
		if got := tl.model.book.ops[tl.model.book.index(op.ID)]; got.Reason != why {
			t.Errorf("it was decided %q", got.Reason)
		}
		tl.Press(esc)
		tl.lacks("Требуют внимания")
	}
}

func TestADecisionNeedsAName(t *testing.T) {
	tl, _ := atReview(t)
	tl.Press(backTab, tea.KeyMsg{Type: tea.KeyCtrlU}, tab)
	tl.Types("так")
	tl.Press(tab, enter)
	tl.wants("Напишите, кто решает")
	tl.Types("Вера")
	tl.Desk.OnDecide = func(uuid.UUID, bool, string, string) (loyalty.Operation, error) {
		return loyalty.Operation{}, loyalty.ErrConflict
	}
	tl.Press(tab, tab, enter, enter)
	tl.wants("Операция уже изменилась", "Кто решает")
}

func TestEvidenceThatIsMissingIsSaid(t *testing.T) {
	e := newTill(t).model.env
	op := stage.Past(loyalty.Redemption, loyalty.StateReview, "125")
	if lines := e.evidenceLines(op); !strings.Contains(lines[len(lines)-1].text, "Баланс до операции неизвестен") {
		t.Errorf("%v", lines)
	}
	op.BaselineAt = stage.Opening()
	if lines := e.evidenceLines(op); !strings.Contains(lines[len(lines)-1].text, "в журнале нет") {
		t.Errorf("%v", lines)
	}
}

func TestAScanInAFormLeavesItsFieldsAlone(t *testing.T) {
	tl, _ := atStorno(t)
	tl.Types("ошибка")
	tl.Press(tab)
	tl.Wait(time.Second)
	tl.Burst("4006381333931")
	tl.Wait(time.Second)
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
			tl.Wait(readTime)
			tl.Press(tab, enter)
			tl.wants("Гость платит полностью?", "Возьмите 1 250,00 ₽. Если списание прошло, баллы вернутся сами.")
			tl.Press(enter)
			tl.wants("Гость платит полностью: 1 250,00 ₽", "Возьмите 1 250,00 ₽. Если списание прошло, баллы вернутся сами.", "Ответ будет не позже")
			tl.lacks("1 125")
			if got := tl.Desk.Full; len(got) != 1 || got[0].Redemption != op.ID || got[0].ReversalID == got[0].AccrualID {
				t.Fatalf("the desk was told %+v", got)
			}
			back := tl.Desk.Operation(loyalty.Accrual, tl.Desk.Full[0].ReversalID, stage.Number("125"), stage.Number("1250"), stage.Number("1125"))
			back.Parent, back.Link, back.WaitsFor = op.ID, loyalty.LinkReversal, op.ID
			tl.Send(loyalty.OperationChanged{Operation: back})
			if !stays {
				tl.Wait(readTime)
				tl.Press(enter)
				tl.wants("Отсканируйте QR покупателя")
			}
			tl.Becomes(&op, test.state, "")
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
	tl.Wait(readTime)
	tl.Press(tab, enter, enter)
	tl.wants("ответ придёт сообщением")
	tl.Becomes(&op, loyalty.StateReview, loyalty.ReasonAmbiguous)
	tl.wants("Гость платит полностью: 1 250,00 ₽", "Позовите администратора",
		"Если администратор решит, что списание прошло, баллы вернутся сами. Больше ничего не берите.")
	tl.lacks("придёт сообщением")
}

func TestTheAccrualOnAFullPaymentIsFollowed(t *testing.T) {
	for _, early := range []bool{true, false} {
		tl, op, _ := unknownPair(t)
		var whole loyalty.Operation
		tl.Desk.OnPayInFull = func(choice loyalty.FullPayment) error {
			whole = tl.Desk.Operation(loyalty.Accrual, choice.AccrualID, stage.Number("25"), stage.Number("1250"), stage.Number("1250"))
			whole.State, whole.Reason = loyalty.StateQueued, loyalty.ReasonCardBusy
			if early { // the hub is quicker than the desk's answer
				tl.Send(loyalty.OperationChanged{Operation: whole})
			}
			return nil
		}
		tl.Wait(readTime)
		tl.Press(tab, enter, enter)
		if !early {
			tl.lacks("начисление +25: в очереди")
			tl.Send(loyalty.OperationChanged{Operation: whole})
		}
		tl.wants("Гость платит полностью: 1 250,00 ₽", "начисление +25: в очереди")
		tl.Becomes(&op, loyalty.StateNotApplied, loyalty.ReasonStill)
		tl.Wait(time.Second)
		tl.Becomes(&whole, loyalty.StateConfirmed, "")
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
		journal, op := stage.OperationWithHistory(loyalty.StateUnknown)
		tl := newTill(t, withJournal(journal))
		settled := op
		settled.State, settled.ChangedAt = state, tl.Clock
		tl.Desk.OnPayInFull = func(loyalty.FullPayment) error { return &loyalty.SettledError{Operation: settled} }
		tl.Press(f5, enter, tab, enter, enter)
		tl.wants(want)
		tl.lacks("Если списание прошло")
	}
}

func TestAReversalThatIsNotNeededIsNoNews(t *testing.T) {
	tl := newTill(t)
	back := tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("125"), stage.Number("1250"), stage.Number("1125"))
	back.Parent, back.Link = loyalty.NewID(), loyalty.LinkReversal
	tl.Becomes(&back, loyalty.StateVoided, loyalty.ReasonParentFailed)
	tl.lacks("НЕ прошло")
}

func TestWaitingIsAChoiceToo(t *testing.T) {
	tl, op, _ := unknownPair(t)
	tl.Wait(readTime)
	tl.Press(enter)
	tl.wants("> Следующий покупатель <", "Если баллы списаны, возьмите 1 125,00 ₽")
	tl.Press(enter)
	tl.wants("Отсканируйте QR покупателя", "проверяем результат")
	if len(tl.Desk.Full) != 0 {
		t.Error("the guest pays in full")
	}
	// The choice is still there among the open matters.
	tl.Press(tab, enter, tab, enter)
	tl.wants("Гость платит полностью?")
	tl.Becomes(&op, loyalty.StateApplied, loyalty.ReasonMoved)
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
		{&loyalty.JournalError{Err: stage.ErrBroken}, "Журнал не пишется"},
	} {
		tl, _, _ := unknownPair(t)
		tl.Desk.OnPayInFull = func(loyalty.FullPayment) error { return test.err }
		tl.Wait(readTime)
		tl.Press(tab, enter, enter)
		tl.wants(test.want)
	}
}

func TestAFullPaymentFromTheDetails(t *testing.T) {
	journal, _ := stage.OperationWithHistory(loyalty.StateUnknown)
	tl := newTill(t, withJournal(journal))
	tl.Press(f5, enter, tab, enter)
	tl.wants("Гость платит полностью?")
	tl.Held = true
	tl.Press(enter)
	tl.Do(tl.model.do(fullPayNowAct{journal.Ops[0], loyalty.FullPayment{ReversalID: tl.Desk.Full[0].ReversalID}}))
	tl.Deliver()
	tl.wants("Возьмите 1 250,00 ₽. Если списание прошло")
	if len(tl.Desk.Full) != 1 {
		t.Errorf("%d were submitted, want 1", len(tl.Desk.Full))
	}
}

func TestEveryNewErrorHasItsSentence(t *testing.T) {
	e := newTill(t).model.env
	other := e.whyError(stage.ErrBroken)
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
	journal, _ := stage.PairWritten()
	tl := newTill(t, withJournal(journal))
	tl.Press(f5, f1)
	tl.wants("Клавиши на этом экране", "Tab", "Фильтры")
	tl.lacks("PgDn   Дальше") // there is one page
	tl.Press(esc, enter, f1)
	tl.wants("F7", "Сторно", "F5", "Журнал")
}

func TestQuittingWaitsForADecision(t *testing.T) {
	tl, _ := atReview(t)
	tl.Types("так")
	tl.Press(tab, enter)
	tl.Held = true
	tl.Press(enter, f10)
	tl.wants("Выйти из программы?")
	tl.Deliver()
	tl.Send(notice.State{Part: notice.Service, Level: notice.Trouble, Code: string(skidkabot.PhaseConnect)})
	if tl.Quit {
		t.Error("the till was left")
	}
}
