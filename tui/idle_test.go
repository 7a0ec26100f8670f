package tui

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestTheLastOperationsAreShownNewestFirst(t *testing.T) {
	var page []loyalty.Operation
	for i := range 50 {
		page = append([]loyalty.Operation{stage.Past(loyalty.Accrual, loyalty.StateConfirmed, fmt.Sprint(i+1))}, page...)
	}
	page[1].State = loyalty.StateApplied
	tl := newTill(t, func(o *Options) {
		o.Recent = func(context.Context, int) ([]loyalty.Operation, error) { return page, nil }
	})
	shown := tl.Shown()
	first, second := strings.Index(shown, "+50"), strings.Index(shown, "+49")
	if first < 0 || second < first {
		t.Errorf("the newest is not first:\n%s", shown)
	}
	tl.wants("18:42", "начисление", "выполнено", "* по балансу покупателя")
}

func TestAJournalThatCannotBeReadIsTold(t *testing.T) {
	tl := newTill(t, func(o *Options) {
		o.Recent = func(context.Context, int) ([]loyalty.Operation, error) { return nil, stage.ErrBroken }
	})
	tl.wants("Журнал не читается. Позовите администратора.")
}

func TestOpenMattersOfTheLastRunComeFirst(t *testing.T) {
	found := loyalty.Recovery{
		Unknown: []loyalty.Operation{stage.Past(loyalty.Redemption, loyalty.StateUnknown, "11")},
		Voided: []loyalty.Operation{
			stage.Past(loyalty.Redemption, loyalty.StateVoided, "12"), stage.Past(loyalty.Accrual, loyalty.StateVoided, "13"),
		},
		Offered: []loyalty.Operation{stage.Past(loyalty.Accrual, loyalty.StatePlanned, "14")},
		Review:  []loyalty.Operation{stage.Past(loyalty.Redemption, loyalty.StateReview, "15")},
	}
	tl := newTill(t, withRecovery(found))
	tl.Send(tea.WindowSizeMsg{Width: 140, Height: 45})
	tl.wants("Требуют внимания",
		"+14 Александр Татарченко: не отправлено", "[ Открыть ]",
		"−11 Александр Татарченко: проверяем результат, 02:15",
		"−15 Александр Татарченко: нужно решение",
		"−12 Александр Татарченко: баллы НЕ списаны", "+13 Александр Татарченко: баллы НЕ начислены", "[ Понятно ]")
	tl.Wait(time.Hour)
	tl.wants("ждём ответа сервиса")
	tl.Press(enter) // presses nothing: no button has the focus
	tl.wants("[ Открыть ]")
	tl.Press(tab, tab, tab, tab, enter)
	tl.lacks("баллы НЕ начислены")
	tl.wants("баллы НЕ списаны")
}

func TestAnOfferedAccrualIsSent(t *testing.T) {
	op := stage.Past(loyalty.Accrual, loyalty.StatePlanned, "14")
	tl := newTill(t, withRecovery(loyalty.Recovery{Offered: []loyalty.Operation{op}}))
	var sent []uuid.UUID
	tl.Desk.OnSend = func(id uuid.UUID) (loyalty.Result, error) {
		sent = append(sent, id)
		return loyalty.Result{Operation: tl.Desk.Confirmed(op, stage.Number("100"))}, nil
	}
	tl.Press(tab)
	tl.wants("> Открыть <", "Tab Перейти")
	tl.Press(enter, tab)
	tl.wants("> Отправить <", "[ Отменить ]")
	tl.Press(enter)
	tl.wants("Отправить начисление 14 баллов?")
	tl.Press(enter)
	tl.wants("Начислено 14", "Баланс 100 баллов")
	tl.Wait(readTime)
	tl.Press(enter)
	tl.lacks("Требуют внимания")
	if len(sent) != 1 || sent[0] != op.ID {
		t.Errorf("sent %v", sent)
	}
}

func TestAnOfferedAccrualIsCanceled(t *testing.T) {
	op := stage.Past(loyalty.Accrual, loyalty.StatePlanned, "14")
	tl := newTill(t, withRecovery(loyalty.Recovery{Offered: []loyalty.Operation{op}}))
	answer := stage.ErrBroken
	tl.Desk.OnCancel = func(id uuid.UUID) (loyalty.Operation, error) {
		voided := op
		voided.State, voided.Reason = loyalty.StateVoided, loyalty.ReasonCashier
		return voided, answer
	}
	tl.Press(tab, enter, tab, tab, enter)
	tl.wants("Отменить начисление 14 баллов?")
	tl.Press(enter)
	tl.wants("Внутренняя ошибка", "> Отменить <")
	answer = nil
	tl.Press(enter, enter)
	tl.wants("Начисление 14 баллов отменено. Баллы НЕ начислены.")
	tl.Press(esc)
	tl.wants("отменено")
	tl.lacks("Требуют внимания")
}

func TestAnOfferedAccrualThatCannotBeSentStaysOffered(t *testing.T) {
	op := stage.Past(loyalty.Accrual, loyalty.StatePlanned, "14")
	tl := newTill(t, withRecovery(loyalty.Recovery{Offered: []loyalty.Operation{op}}))
	tl.Desk.OnSend = func(uuid.UUID) (loyalty.Result, error) {
		return loyalty.Result{}, &loyalty.JournalError{Err: stage.ErrBroken}
	}
	tl.Press(tab, enter, tab, enter, enter)
	tl.wants("Баллы НЕ начислены.", "Журнал не пишется")
	tl.Wait(readTime)
	tl.Press(enter)
	tl.wants("+14 Александр Татарченко: не отправлено")
}

func TestManyMattersAreScrolled(t *testing.T) {
	var found loyalty.Recovery
	for i := range 20 {
		found.Offered = append(found.Offered, stage.Past(loyalty.Accrual, loyalty.StatePlanned, fmt.Sprint(100+i)))
	}
	tl := newTill(t, withRecovery(found))
	tl.wants("+119", "и ещё")
	for range 40 {
		tl.Press(tab)
	}
	tl.wants("+100 Александр", "> Открыть <")
	for range 50 {
		tl.Press(backTab)
	}
	tl.wants("+119")
	tl.Press(tab, esc)
	tl.lacks("> Открыть <")
}

func TestTheBookKeepsWhatIsOpenAndForgetsWhatIsOld(t *testing.T) {
	open := stage.Past(loyalty.Redemption, loyalty.StateUnknown, "5")
	b := newBook(loyalty.Recovery{Unknown: []loyalty.Operation{open}})
	for range 3 * bookSize {
		b.put(stage.Past(loyalty.Accrual, loyalty.StateConfirmed, "1"))
	}
	if len(b.ops) > bookSize+1 {
		t.Errorf("the book holds %d operations", len(b.ops))
	}
	if b.index(open.ID) < 0 {
		t.Error("the book has forgotten an operation that is open")
	}
	if len(b.matters()) != 1 {
		t.Errorf("%d matters are open, want 1", len(b.matters()))
	}
}

func TestTheStatusBarTellsHowThePartsAre(t *testing.T) {
	tests := []struct {
		state notice.State
		want  []string
	}{
		{notice.State{Part: notice.Service, Level: notice.Good}, []string{"✓ Сервис: работает"}},
		{notice.State{Part: notice.Service, Level: notice.Warning}, []string{"× Сервис: есть замечание"}},
		{notice.State{Part: notice.Service, Level: notice.Trouble, Code: "connect"}, []string{"× Сервис: нет связи"}},
		{notice.State{Part: notice.Service, Level: notice.Trouble, Code: "timeout"}, []string{"× Сервис: не отвечает"}},
		{notice.State{Part: notice.Service, Level: notice.Trouble, Code: "secret"}, []string{"× Сервис: нет секрета магазина"}},
		{notice.State{Part: notice.Service, Level: notice.Trouble, Code: "new"}, []string{"× Сервис: не работает"}},
		{notice.State{Part: notice.Service, Level: notice.Trouble, Code: loyalty.ServiceCode(skidkabot.CodeDebt)},
			[]string{"× Сервис: долг магазина (код 15)", "Позвоните владельцу"}},
		{notice.State{Part: notice.Service, Level: notice.Trouble, Code: loyalty.ServiceCode(skidkabot.CodeUnknownShop)},
			[]string{"× Сервис: магазин не узнан (код 5)", "Позвоните владельцу"}},
		{notice.State{Part: notice.Journal, Level: notice.Trouble, Code: "failed"},
			[]string{"× Журнал: НЕ ПИШЕТСЯ", "Журнал не пишется: операции не отправляются"}},
		{notice.State{Part: notice.Journal, Level: notice.Trouble, Code: "unwritten"}, []string{"× Журнал: НЕ ЗАПИСАН результат"}},
	}
	for _, test := range tests {
		tl := newTill(t)
		tl.Send(test.state)
		tl.wants(test.want...)
	}
}

func TestTheClockGoesOn(t *testing.T) {
	tl := newTill(t)
	tl.wants(" 19:42 ")
	tl.Wait(time.Minute)
	tl.wants(" 19:43 ")
}

func TestTheClockIsSetBack(t *testing.T) {
	tl := newTill(t)
	tl.Clock = tl.Clock.Add(-2 * time.Hour)
	tl.Types("x")
	tl.Wait(2 * time.Minute)
	tl.wants(" 17:44 ")
}

func TestNoticesAtStartStayUntilAKey(t *testing.T) {
	tl := newTill(t, func(o *Options) { o.Notices = said("Журнал отложен\x1b[31m", "Второе") })
	tl.wants("Второе", "ещё 1")
	tl.Wait(time.Hour)
	tl.Press(esc)
	tl.wants("Журнал отложен[31m")
	tl.Press(esc) // too early: it has only just come to the front
	tl.wants("Журнал отложен[31m")
	tl.Wait(noticeSeen)
	tl.Press(esc)
	tl.lacks("Журнал отложен")
}

func TestNoticesAreBounded(t *testing.T) {
	tl := newTill(t)
	for i := range 5 * noticesMax {
		tl.model.notices.alarm(func() string { return fmt.Sprint("сообщение ", i) })
		tl.model.notices.alarm(said("то же самое")[0])
	}
	if got := len(tl.model.notices.queue); got > noticesMax {
		t.Errorf("%d notices wait", got)
	}
}

func TestHelpShowsTheKeysOfTheScreen(t *testing.T) {
	tl := newTill(t)
	tl.Press(f1)
	tl.wants("Справка", "F10", "Выход", "Skidkassa 1.0")
	tl.lacks("F2")
	tl.Press(f1)
	tl.lacks("Клавиши на этом экране")
	tl.AtGuest("12")
	tl.Press(f1)
	tl.wants("F2", "Начислить", "F3", "Списать", "Стереть сумму")
	tl.Types("99")
	tl.Press(esc)
	tl.wants("[12 ") // nothing was typed behind the help
	tl.Press(f1)
	tl.Wait(3 * time.Second)
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Новый покупатель?")
}

func TestReadyScansAreTypedAsAScannerWould(t *testing.T) {
	ready := []ReadyScan{
		{Label: texts.ReadyBarcode, Text: func() string { return "4006381333931" }},
		{Label: texts.ReadyPoints, Text: func() string { return stage.CardOf(stage.SomeClient).Payload() }},
	}
	tl := newTill(t, func(o *Options) { o.Ready = ready })
	tl.wants("F6 Готовые сканы")
	tl.Press(f6)
	tl.wants("> Штрихкод товара <", "Покупатель с баллами")
	tl.Press(backTab, tab, esc)
	tl.lacks("Штрихкод товара")
	tl.Press(f6, tab)
	tl.wants("> Покупатель с баллами <")
	tl.Press(enter)
	tl.Wait(time.Second)
	tl.wants("Александр Татарченко", "Баланс")
}

func TestWithoutReadyScansThereIsNoF6(t *testing.T) {
	tl := newTill(t)
	tl.lacks("F6")
	tl.Press(f6)
	tl.wants("Отсканируйте QR покупателя")
}

func TestASmallWindowSaysSoAndLosesNothing(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Send(tea.WindowSizeMsg{Width: 60, Height: 20})
	tl.wants("Увеличьте окно до 80×24", "сейчас 60×20")
	tl.lacks("Баланс")
	tl.Types("0") // nobody sees what it would do
	tl.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
	tl.wants("[1 250 ")
	tl.Send(tea.WindowSizeMsg{Width: 1, Height: 1})
	tl.Send(tea.WindowSizeMsg{})
	if got := tl.model.View(); got != "" {
		t.Errorf("a window without cells shows %q", got)
	}
}
