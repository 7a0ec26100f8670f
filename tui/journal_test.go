package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestTheJournalShowsTheDayWithItsTotals(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written()))
	tl.wants("F5 Журнал")
	tl.Press(f5)
	tl.wants("День < сегодня >", "Состояние все", "Вид все", "> 18:42", "+125", "сторно", "выполнено*",
		"Итого: начислено 209 (2), возвращено 125 (1)", "из них по балансу покупателя: начислено 106 (1)",
		"в очереди 1", "выполнено 2", "неизвестно 1", "Страница 1")
	tl.lacks("+100", "не отправлено 1")
	tl.Press(left)
	tl.wants("День < 03.03.2026 >", "+100", "баллы не двигались")
	tl.Press(right, right)
	tl.wants("День < все дни >", "+100", "+125", "Итоги считаются за один день или по номеру покупателя")
	tl.Press(right)
	tl.wants("День < все дни >")
	tl.Press(left)
	tl.wants("День < сегодня >")
	tl.Press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestTheJournalIsFilteredByStateAndKind(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written()))
	tl.Press(f5, tab)
	tl.wants("Состояние < все >")
	tl.Press(right)
	tl.wants("Состояние < не закрытые >", "+101", "+105", "+108")
	tl.lacks("+103", "+125")
	for range 4 {
		tl.Press(right)
	}
	tl.wants("Состояние < выполнено >", "+103", "+125")
	tl.lacks("+104")
	tl.Press(tab, left)
	tl.wants("Вид < сторно >", "+125")
	tl.lacks("+103")
	tl.Press(left)
	tl.wants("Вид < списание >", "Таких операций нет", "баллы не двигались")
}

func TestTheJournalIsSearchedByCustomer(t *testing.T) {
	journal := stage.Written()
	tl := newTill(t, withJournal(journal))
	tl.Press(f5, backTab)
	tl.Types("вто")
	tl.wants("[вто", "+125", "Второй Покупатель")
	tl.lacks("+103")
	tl.Press(backspace, backspace, backspace)
	tl.Types("83532823")
	tl.wants("+103", "+101")
	tl.lacks("+104", "+125")
	counts := journal.Counts
	tl.Press(enter)
	tl.wants("> 18:42")
	if journal.Counts != counts {
		t.Error("going to the list has read the journal")
	}
}

func TestTheGuestOnTheScreenIsLookedUp(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written())).AtGuest("1250")
	tl.Press(f5)
	tl.wants("День < все дни >", "[83532824", "Александр Татарченко", "+100", "+102")
	tl.lacks("+101")
	tl.Press(esc)
	tl.wants("Сумма чека", "1 250", "Начислим 25 баллов")
	tl.Press(f5)
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Новый покупатель?") // the sum that was typed is not lost unasked
}

func TestAGuestWhoseBalanceWasNotReadYetIsAskedForAgain(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written()))
	tl.Held = true
	tl.AtGuest("12").Press(f5)
	tl.Deliver()
	tl.Held = false
	tl.Press(esc)
	tl.wants("Баланс  2 365 баллов", "[12")
}

func TestTheJournalIsReadInPages(t *testing.T) {
	journal := &stage.Journal{}
	for n := 3000; n > 0; n-- {
		op := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateConfirmed, fmt.Sprint(10000+n)), n)
		journal.Ops = append(journal.Ops, op)
	}
	tl := newTill(t, withJournal(journal))
	tl.Press(f5)
	tl.wants("+13 000", "Страница 1. Дальше — более ранние")
	for range 20 {
		tl.Press(pageDown)
	}
	tl.lacks("+13 000", "Страница 1.")
	j := tl.model.active.(*journalScreen)
	if len(j.page.ops) > journalPage || slices.Max(journal.Limits) > journalPage+1 {
		t.Errorf("%d operations are held, %d were asked for at once", len(j.page.ops), slices.Max(journal.Limits))
	}
	for range 40 {
		tl.Press(pageUp)
	}
	tl.wants("+13 000", "Страница 1")
	for range journalPage {
		tl.Press(down)
	}
	tl.wants("+12 900", "Страница 2")
	tl.Press(up)
	tl.wants("+12 901", "Страница 1")
	tl.Press(pageDown, home)
	tl.wants("> 18:42       +13 000")
}

func TestASearchByNameGoesOnlySoFar(t *testing.T) {
	journal := &stage.Journal{}
	for n := nameScanMax + 100; n > 0; n-- {
		op := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateConfirmed, "5"), n)
		journal.Ops = append(journal.Ops, op)
	}
	tl := newTill(t, withJournal(journal))
	tl.Press(f5, backTab)
	tl.Types("нет")
	tl.wants("Таких операций нет", "Имя искали в последних 5 000 операциях")
	tl.Press(backspace, backspace, backspace)
	tl.Types("алекс")
	tl.wants("Дальше — более ранние")
	if most := slices.Max(journal.Limits); most > loyalty.ListLimit {
		t.Errorf("a page of %d was asked for", most)
	}
}

func TestTheJournalFollowsTheNews(t *testing.T) {
	journal := stage.Written()
	tl := newTill(t, withJournal(journal))
	tl.Press(f5)
	op := stage.Numbered(stage.Past(loyalty.Redemption, loyalty.StateSending, "77"), 60)
	journal.Ops = append([]loyalty.Operation{op}, journal.Ops...)
	tl.Send(loyalty.OperationChanged{Operation: op})
	tl.wants("−77", "отправляем")
	tl.Held = true
	before := len(journal.Limits)
	for range 10 {
		op.ChangedAt = op.ChangedAt.Add(time.Second)
		op.State = map[loyalty.State]loyalty.State{loyalty.StateSending: loyalty.StateUnknown, loyalty.StateUnknown: loyalty.StateSending}[op.State]
		tl.Send(loyalty.OperationChanged{Operation: op})
	}
	if asked := len(journal.Limits) - before; asked > 1 {
		t.Errorf("%d pages were asked for at once", asked)
	}
	journal.Ops[0].State = loyalty.StateApplied
	tl.Deliver()
	tl.Deliver()
	tl.wants("−77", "выполнено*")
}

func TestAJournalThatFailsIsTold(t *testing.T) {
	journal := stage.Written()
	tl := newTill(t, withJournal(journal))
	journal.Err = stage.ErrBroken
	tl.Press(f5)
	tl.wants("Журнал не читается. Позовите администратора.")
	journal.Err = nil
	tl.Press(left, right)
	tl.wants("+125")
	journal.Err = stage.ErrBroken
	tl.Press(enter)
	tl.wants("Журнал не читается")
	tl.lacks("[ Сторно ]")
}

func TestAKeyThatDoesNothingIsNotNamed(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written()), withReady).AtGuest("1250")
	tl.wants("F5") // there is no room for F6
	tl.Press(f2)   // a question
	tl.wants("F1", "F6")
	tl.lacks("F5")
	tl.Press(f6)
	tl.wants("F1")
	tl.lacks("F5", "F6")
	tl.Press(f1)
	tl.wants("Клавиши на этом экране")
	tl.Press(f1, f5, f6)
	tl.wants("Готовые сканы")
	tl.Press(esc, esc, f5)
	tl.lacks("F5")
	tl.Press(f5)
	tl.wants("Страница 1")
}

func TestTheJournalIsOpenedWhereItDoesNoHarm(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written()), func(o *Options) { o.BalanceOnly = true })
	tl.Press(f5)
	tl.lacks("F5", "Страница")

	tl = newTill(t)
	tl.Press(f5)
	tl.lacks("F5", "Страница")

	tl = newTill(t, withJournal(stage.Written())).AtGuest("1250")
	tl.Press(f2, f5)
	tl.wants("Начислить 25 баллов?")

	accrue := tl.Desk.OnAccrue
	tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		result, err := accrue(r)
		result.Unwritten = true
		return result, err
	}
	tl.Press(enter, f5)
	tl.wants("Запишите:", "Сначала запишите результат")
	tl.Wait(readTime)
	tl.Press(enter, f5, f5)
	tl.wants("Страница 1")
}

func TestTheJournalIsOpenedOnce(t *testing.T) {
	journal, op := stage.OperationWithHistory(loyalty.StateReview)
	tl := newTill(t, withJournal(journal), withRecovery(loyalty.Recovery{Review: []loyalty.Operation{op}}))
	tl.Press(tab, enter)
	tl.wants("История")
	tl.Press(f5)
	tl.wants("Страница 1")
	for range 10 {
		tl.Press(enter)
		tl.wants("История")
		tl.Press(f5)
		tl.wants("Страница 1")
	}
	if depth := len(tl.model.behind); depth > 2 {
		t.Errorf("%d screens are behind the journal", depth)
	}
	tl.Press(enter, tab, enter)
	tl.wants("Нужно решение")
	tl.Press(f5)
	tl.wants("Страница 1")
	tl.Press(esc)
	tl.wants("История")
	tl.Press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestDetailsShowEveryEvent(t *testing.T) {
	journal, _ := stage.OperationWithHistory(loyalty.StateReview)
	tl := newTill(t, withJournal(journal))
	tl.Press(f5, enter)
	tl.wants("списание −125", "Александр Татарченко", "клиент 83532824", "на разбор",
		"Чек 1 250,00 ₽, деньгами 1 125,00 ₽", "Баланс до 2 365",
		"18:42:00", "не отправлено", "Анна: перепутали чек", "18:42:01", "18:42:16", "касса: Сервис не ответил вовремя.",
		"18:45:00", "> Назад <", "[ Решить ]")
	tl.lacks("Сторно")
	tl.Press(enter)
	tl.wants("Страница 1")
}

func TestManyEventsAreScrolled(t *testing.T) {
	journal, op := stage.OperationWithHistory(loyalty.StateReview)
	for n := range 30 {
		journal.History = append(journal.History, loyalty.Event{Operation: op.ID, At: stage.Opening(), To: loyalty.StateReview, Note: fmt.Sprintf("шаг %d.", n)})
	}
	tl := newTill(t, withJournal(journal))
	tl.Press(f5, enter)
	tl.wants("↑↓ История")
	for range 50 {
		tl.Press(up)
	}
	tl.wants("перепутали чек")
	for range 50 {
		tl.Press(down)
	}
	tl.wants("шаг 29.")
	tl.lacks("перепутали чек")
}

func TestWhatAPersonDecidedIsSeenInTheList(t *testing.T) {
	for reason, want := range map[loyalty.Reason]string{
		loyalty.ReasonDecidedYes: "✓ разобрано: да", loyalty.ReasonDecidedNo: "× разобрано: нет",
	} {
		journal, _ := stage.OperationWithHistory(loyalty.StateSettled, func(op *loyalty.Operation) { op.Reason = reason })
		tl := newTill(t, withJournal(journal))
		tl.Press(f5)
		tl.wants(want)
		tl.Press(enter)
		tl.wants(want)
	}
}

func TestWhatPersonsDecidedIsCountedApart(t *testing.T) {
	journal := &stage.Journal{}
	for n, reason := range []loyalty.Reason{loyalty.ReasonDecidedYes, loyalty.ReasonDecidedNo, loyalty.ReasonDecidedYes} {
		op := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateSettled, "10"), n+1)
		op.Reason = reason
		journal.Ops = append(journal.Ops, op)
	}
	tl := newTill(t, withJournal(journal))
	tl.Press(f5)
	tl.wants("Итого: начислено 20 (2)", "разобрано: да 2, разобрано: нет 1")
}

func TestWhatWaitsForAnotherAsksNothingOfTheCashier(t *testing.T) {
	journal, op := stage.OperationWithHistory(loyalty.StateReview)
	rest := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StatePlanned, "22"), 2)
	rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
	half := stage.Numbered(stage.Past(loyalty.Redemption, loyalty.StatePlanned, "7"), 3)
	half.Parent, half.Link, half.WaitsFor = loyalty.NewID(), loyalty.LinkReversal, loyalty.NewID()
	lone := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StatePlanned, "9"), 4)
	journal.Ops = []loyalty.Operation{lone, half, rest, op}
	tl := newTill(t, withJournal(journal))
	tl.Press(f5)
	tl.wants("• ждёт проверки", "• ждёт очереди", "! не отправлено", "ждёт очереди 1, ждёт проверки 1, не отправлено 1, на разбор 1")
	tl.Press(down, down, enter)
	tl.wants("начисление +22", "• ждёт проверки", "Ждёт: 18:42 списание −125 ! на разбор")
	tl.lacks("[ Отправить ]", "[ Отменить ]")
}

func TestWhatWasRepeatedIsNotOfferedAgain(t *testing.T) {
	for state, offered := range map[loyalty.State]bool{
		loyalty.StateConfirmed: false, loyalty.StateUnknown: false, loyalty.StateRefused: true,
	} {
		journal, op := stage.OperationWithHistory(loyalty.StateNotApplied)
		again := stage.Numbered(stage.Past(loyalty.Redemption, state, "125"), 2)
		again.Parent, again.Link = op.ID, loyalty.LinkRepeat
		journal.Ops = append([]loyalty.Operation{again}, journal.Ops...)
		tl := newTill(t, withJournal(journal))
		tl.Do(tl.model.do(detailsAct{op}))
		tl.wants("не выполнено*")
		if got := strings.Contains(tl.Shown(), "[ Повторить ]"); got != offered {
			t.Errorf("after a repeat that is %s it is offered: %v", state, got)
		}
	}
}

func TestTheFiltersAreOnTheHintLine(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written()), withOrders(stage.Floor()), withReady)
	tl.Press(f5)
	for range journalFocusCount {
		tl.wants("Tab Фильтры", "F10 Выход")
		tl.lacks("PgDn")
		tl.Press(tab)
	}
}

func TestTotalsOfANameSayWhyThereAreNone(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written()))
	tl.Press(f5, backTab)
	tl.Types("вто")
	tl.wants("День сегодня", "По имени итоги не считаются: введите номер покупателя или сотрите имя")
	tl.lacks("Итоги считаются за один день")
}

func TestDetailsFollowTheNewsAndThePair(t *testing.T) {
	journal, op := stage.OperationWithHistory(loyalty.StateUnknown)
	rest := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StatePlanned, "22"), 2)
	rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
	journal.Ops = append([]loyalty.Operation{rest}, journal.Ops...)
	tl := newTill(t, withJournal(journal))
	tl.Press(f5, down, enter)
	tl.wants("неизвестно", "Ответ будет не позже чем через 03:15", "Связана: 18:42 начисление +22 • ждёт проверки",
		"Если баллы списаны, возьмите 1 125,00 ₽", "Если не списаны, возьмите 1 250,00 ₽", "[ Гость платит полностью ]")
	journal.Ops[1].State, journal.Ops[0].State = loyalty.StateApplied, loyalty.StateConfirmed
	op = journal.Ops[1]
	op.ChangedAt = tl.Clock
	tl.Send(loyalty.OperationChanged{Operation: op})
	tl.wants("выполнено*", "начисление +22 ✓ выполнено", "[ Сторно ]", "F7 Сторно")
	tl.Press(esc, up, enter)
	tl.wants("начисление +22", "Связана: 18:42 списание −125")
}

func TestWhatWaitsInTheQueueIsCanceled(t *testing.T) {
	journal, op := stage.OperationWithHistory(loyalty.StateQueued, func(op *loyalty.Operation) {
		op.Kind, op.Reason, op.BaselineAt = loyalty.Accrual, loyalty.ReasonOffline, time.Time{}
	})
	tl := newTill(t, withJournal(journal), withRecovery(loyalty.Recovery{Queued: []loyalty.Operation{op}}))
	tl.wants("+125 Александр Татарченко: ждёт отправки", "В очереди: 1")
	tl.Desk.OnCancel = func(id uuid.UUID) (loyalty.Operation, error) {
		journal.Ops[0].State, journal.Ops[0].Reason = loyalty.StateVoided, loyalty.ReasonCashier
		return journal.Ops[0], nil
	}
	tl.Press(tab, enter)
	tl.wants("Нет связи с сервисом: ждёт в очереди.", "Не отправлялась", "[ Отменить ]")
	tl.Press(tab, enter)
	tl.wants("Отменить начисление 125 баллов?")
	tl.Press(enter)
	tl.wants("отменено", "Баллы НЕ начислены.")
	tl.lacks("[ Отменить ]")
	tl.Send(loyalty.QueueChanged{})
	tl.Press(esc)
	tl.lacks("ждёт отправки", "В очереди")
}

func TestARepeatNeedsAFreshScanOfThatCustomer(t *testing.T) {
	journal, op := stage.OperationWithHistory(loyalty.StateNotApplied)
	tl := newTill(t, withJournal(journal))
	tl.Press(f5, enter, tab, enter)
	tl.wants("Повтор: списание −125", "Отсканируйте свежий QR покупателя: Александр Татарченко.", "только после нового скана")
	tl.Press(esc)
	tl.wants("> Повторить <", "История")
	tl.Press(tab, enter)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Повтор: списание −125 от 18:42", "1 250", "[125 ")
	tl.Press(f3, enter)
	tl.wants("Списано 125")
	if got := tl.Desk.Redemptions; len(got) != 1 || got[0].Repeats != op.ID || got[0].ID == op.ID {
		t.Errorf("the redemptions are %v", got)
	}
}

func TestARepeatIsOnlyOfItsOwnKindAndCustomer(t *testing.T) {
	journal, _ := stage.OperationWithHistory(loyalty.StateNotApplied)
	tl := newTill(t, withJournal(journal))
	tl.Press(f5, enter, tab, enter)
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.Press(f2, enter)
	tl.wants("Начислено 25")
	if tl.Desk.Accruals[0].Repeats != uuid.Nil {
		t.Error("an accrual repeats a redemption")
	}

	tl = newTill(t, withJournal(journal))
	tl.Press(f5, enter, tab, enter)
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.wants("Это другой покупатель: повтор отменён", "Введите сумму чека")
	tl.Types("1250")
	tl.Press(f3, enter)
	if tl.Desk.Redemptions[0].Repeats != uuid.Nil {
		t.Error("another customer's redemption is a repeat")
	}
}

// No key that a scanner types opens, filters or submits anything in the journal.
func TestAScanLeavesNoTraceInTheJournal(t *testing.T) {
	tl := newTill(t, withJournal(stage.Written()))
	tl.Press(f5, backTab)
	tl.Types("ал")
	tl.Wait(time.Second)
	tl.Burst("4006381333931")
	tl.Wait(time.Second)
	if j := tl.model.active.(*journalScreen); j.customer.text() != "ал" || j.query.name != "ал" {
		t.Errorf("the field holds %q, the query %q", j.customer.text(), j.query.name)
	}
	tl.wants("Это штрихкод товара")
}

func TestTextFieldTakesALine(t *testing.T) {
	e := newTill(t).model.env
	f := textField{max: 5}
	f.edit(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("а\x1b\u202e\nб")})
	f.edit(tea.KeyMsg{Type: tea.KeySpace, Runes: []rune(" ")})
	if got := f.text(); got != "а б" {
		t.Errorf("the field holds %q", got)
	}
	f.edit(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("вгдежз")})
	if len(f.runes) != 5 {
		t.Errorf("the field holds %d runes", len(f.runes))
	}
	if shown := f.view(e, 6, true); strings.Contains(shown, "а") || !strings.Contains(shown, "в") {
		t.Errorf("the end is not in sight: %q", shown)
	}
	f.edit(tea.KeyMsg{Type: tea.KeyCtrlU})
	if !f.empty() || f.edit(enter) {
		t.Errorf("the field holds %q", f.text())
	}
}
