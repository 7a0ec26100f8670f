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
)

// numbered gives an operation an id that grows with n.
func numbered(op loyalty.Operation, n int) loyalty.Operation {
	op.ID = uuid.UUID{4: byte(n >> 8), 5: byte(n), 6: 0x70, 8: 0x80}
	return op
}

// written is a journal of one operation of each state, the oldest a day before, and a pair with a reversal.
func written() *fakeJournal {
	j := &fakeJournal{}
	for i, state := range loyalty.States() {
		op := numbered(past(loyalty.Accrual, state, fmt.Sprint(100+i)), i+1)
		if i == 0 {
			op.PlannedAt = opening.AddDate(0, 0, -1)
		}
		op.Client = int64(someClient - i%2)
		j.ops = append([]loyalty.Operation{op}, j.ops...)
	}
	back := numbered(past(loyalty.Accrual, loyalty.StateConfirmed, "125"), 50)
	back.Link, back.Parent, back.Name = loyalty.LinkReversal, j.ops[0].ID, "Второй Покупатель"
	j.ops = append([]loyalty.Operation{back}, j.ops...)
	return j
}

func TestTheJournalShowsTheDayWithItsTotals(t *testing.T) {
	tl := newTill(t, withJournal(written()))
	tl.wants("F5 Журнал")
	tl.press(f5)
	tl.wants("День < сегодня >", "Состояние все", "Вид все", "> 18:42", "+125", "сторно", "выполнено*",
		"Итого: начислено 209 (2), возвращено 125 (1)", "из них по балансу покупателя: начислено 106 (1)",
		"в очереди 1", "выполнено 2", "неизвестно 1", "Страница 1")
	tl.lacks("+100", "не отправлено 1")
	tl.press(left)
	tl.wants("День < 03.03.2026 >", "+100", "баллы не двигались")
	tl.press(right, right)
	tl.wants("День < все дни >", "+100", "+125", "Итоги считаются за один день или по номеру покупателя")
	tl.press(right)
	tl.wants("День < все дни >")
	tl.press(left)
	tl.wants("День < сегодня >")
	tl.press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestTheJournalIsFilteredByStateAndKind(t *testing.T) {
	tl := newTill(t, withJournal(written()))
	tl.press(f5, tab)
	tl.wants("Состояние < все >")
	tl.press(right)
	tl.wants("Состояние < не закрытые >", "+101", "+105", "+108")
	tl.lacks("+103", "+125")
	for range 4 {
		tl.press(right)
	}
	tl.wants("Состояние < выполнено >", "+103", "+125")
	tl.lacks("+104")
	tl.press(tab, left)
	tl.wants("Вид < сторно >", "+125")
	tl.lacks("+103")
	tl.press(left)
	tl.wants("Вид < списание >", "Таких операций нет", "баллы не двигались")
}

func TestTheJournalIsSearchedByCustomer(t *testing.T) {
	journal := written()
	tl := newTill(t, withJournal(journal))
	tl.press(f5, backTab)
	tl.types("вто")
	tl.wants("[вто", "+125", "Второй Покупатель")
	tl.lacks("+103")
	tl.press(backspace, backspace, backspace)
	tl.types("83532823")
	tl.wants("+103", "+101")
	tl.lacks("+104", "+125")
	counts := journal.counts
	tl.press(enter)
	tl.wants("> 18:42")
	if journal.counts != counts {
		t.Error("going to the list has read the journal")
	}
}

func TestTheGuestOnTheScreenIsLookedUp(t *testing.T) {
	tl := newTill(t, withJournal(written())).atGuest("1250")
	tl.press(f5)
	tl.wants("День < все дни >", "[83532824", "Александр Татарченко", "+100", "+102")
	tl.lacks("+101")
	tl.press(esc)
	tl.wants("Сумма чека", "1 250", "Начислим 25 баллов")
	tl.press(f5)
	tl.scan(cardOf(otherClient).Payload())
	tl.wants("Новый покупатель?") // the sum that was typed is not lost unasked
}

func TestAGuestWhoseBalanceWasNotReadYetIsAskedForAgain(t *testing.T) {
	tl := newTill(t, withJournal(written()))
	tl.held = true
	tl.atGuest("12").press(f5)
	tl.deliver()
	tl.held = false
	tl.press(esc)
	tl.wants("Баланс  2 365 баллов", "[12")
}

func TestTheJournalIsReadInPages(t *testing.T) {
	journal := &fakeJournal{}
	for n := 3000; n > 0; n-- {
		op := numbered(past(loyalty.Accrual, loyalty.StateConfirmed, fmt.Sprint(10000+n)), n)
		journal.ops = append(journal.ops, op)
	}
	tl := newTill(t, withJournal(journal))
	tl.press(f5)
	tl.wants("+13 000", "Страница 1. Дальше — более ранние")
	for range 20 {
		tl.press(pageDown)
	}
	tl.lacks("+13 000", "Страница 1.")
	j := tl.model.active.(*journalScreen)
	if len(j.page.ops) > journalPage || slices.Max(journal.limits) > journalPage+1 {
		t.Errorf("%d operations are held, %d were asked for at once", len(j.page.ops), slices.Max(journal.limits))
	}
	for range 40 {
		tl.press(pageUp)
	}
	tl.wants("+13 000", "Страница 1")
	for range journalPage {
		tl.press(down)
	}
	tl.wants("+12 900", "Страница 2")
	tl.press(up)
	tl.wants("+12 901", "Страница 1")
	tl.press(pageDown, home)
	tl.wants("> 18:42       +13 000")
}

func TestASearchByNameGoesOnlySoFar(t *testing.T) {
	journal := &fakeJournal{}
	for n := nameScanMax + 100; n > 0; n-- {
		op := numbered(past(loyalty.Accrual, loyalty.StateConfirmed, "5"), n)
		journal.ops = append(journal.ops, op)
	}
	tl := newTill(t, withJournal(journal))
	tl.press(f5, backTab)
	tl.types("нет")
	tl.wants("Таких операций нет", "Имя искали в последних 5 000 операциях")
	tl.press(backspace, backspace, backspace)
	tl.types("алекс")
	tl.wants("Дальше — более ранние")
	if most := slices.Max(journal.limits); most > loyalty.ListLimit {
		t.Errorf("a page of %d was asked for", most)
	}
}

func TestTheJournalFollowsTheNews(t *testing.T) {
	journal := written()
	tl := newTill(t, withJournal(journal))
	tl.press(f5)
	op := numbered(past(loyalty.Redemption, loyalty.StateSending, "77"), 60)
	journal.ops = append([]loyalty.Operation{op}, journal.ops...)
	tl.send(loyalty.OperationChanged{Operation: op})
	tl.wants("−77", "отправляем")
	tl.held = true
	before := len(journal.limits)
	for range 10 {
		op.ChangedAt = op.ChangedAt.Add(time.Second)
		op.State = map[loyalty.State]loyalty.State{loyalty.StateSending: loyalty.StateUnknown, loyalty.StateUnknown: loyalty.StateSending}[op.State]
		tl.send(loyalty.OperationChanged{Operation: op})
	}
	if asked := len(journal.limits) - before; asked > 1 {
		t.Errorf("%d pages were asked for at once", asked)
	}
	journal.ops[0].State = loyalty.StateApplied
	tl.deliver()
	tl.deliver()
	tl.wants("−77", "выполнено*")
}

func TestAJournalThatFailsIsTold(t *testing.T) {
	journal := written()
	tl := newTill(t, withJournal(journal))
	journal.err = errBroken
	tl.press(f5)
	tl.wants("Журнал не читается. Позовите администратора.")
	journal.err = nil
	tl.press(left, right)
	tl.wants("+125")
	journal.err = errBroken
	tl.press(enter)
	tl.wants("Журнал не читается")
	tl.lacks("[ Сторно ]")
}

func TestAKeyThatDoesNothingIsNotNamed(t *testing.T) {
	tl := newTill(t, withJournal(written()), withReady).atGuest("1250")
	tl.wants("F5") // there is no room for F6
	tl.press(f2)   // a question
	tl.wants("F1", "F6")
	tl.lacks("F5")
	tl.press(f6)
	tl.lacks("F1 ", "F5", "F6")
	tl.press(f1, f5, f6)
	tl.wants("Готовые сканы")
	tl.press(esc, esc, f5)
	tl.lacks("F5")
	tl.press(f5)
	tl.wants("Страница 1")
}

func TestTheJournalIsOpenedWhereItDoesNoHarm(t *testing.T) {
	tl := newTill(t, withJournal(written()), func(o *Options) { o.BalanceOnly = true })
	tl.press(f5)
	tl.lacks("F5", "Страница")

	tl = newTill(t)
	tl.press(f5)
	tl.lacks("F5", "Страница")

	tl = newTill(t, withJournal(written())).atGuest("1250")
	tl.press(f2, f5)
	tl.wants("Начислить 25 баллов?")

	accrue := tl.desk.accrue
	tl.desk.accrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		result, err := accrue(r)
		result.Unwritten = true
		return result, err
	}
	tl.press(enter, f5)
	tl.wants("Запишите:", "Сначала запишите результат")
	tl.wait(readTime)
	tl.press(enter, f5, f5)
	tl.wants("Страница 1")
}

func TestTheJournalIsOpenedOnce(t *testing.T) {
	journal, op := operationWithHistory(loyalty.StateReview)
	tl := newTill(t, withJournal(journal), withRecovery(loyalty.Recovery{Review: []loyalty.Operation{op}}))
	tl.press(tab, enter)
	tl.wants("История")
	tl.press(f5)
	tl.wants("Страница 1")
	for range 10 {
		tl.press(enter)
		tl.wants("История")
		tl.press(f5)
		tl.wants("Страница 1")
	}
	if depth := len(tl.model.behind); depth > 2 {
		t.Errorf("%d screens are behind the journal", depth)
	}
	tl.press(enter, tab, enter)
	tl.wants("Нужно решение")
	tl.press(f5)
	tl.wants("Страница 1")
	tl.press(esc)
	tl.wants("История")
	tl.press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

// operationWithHistory is a journal of one operation that became unknown and then review.
func operationWithHistory(state loyalty.State, change ...func(*loyalty.Operation)) (*fakeJournal, loyalty.Operation) {
	op := numbered(past(loyalty.Redemption, state, "125"), 1)
	op.Baseline, op.BaselineAt, op.Money = number("2365"), op.PlannedAt, number("1125")
	op.Deadline = opening.Add(time.Minute)
	for _, c := range change {
		c(&op)
	}
	event := func(at time.Duration, to loyalty.State, reason loyalty.Reason, actor, note string) loyalty.Event {
		return loyalty.Event{Operation: op.ID, At: op.PlannedAt.Add(at), To: to, Reason: reason, Actor: actor, Note: note}
	}
	return &fakeJournal{ops: []loyalty.Operation{op}, events: []loyalty.Event{
		event(0, loyalty.StatePlanned, "", "Анна", "перепутали чек"),
		event(time.Second, loyalty.StateSending, "", "", ""),
		event(16*time.Second, loyalty.StateUnknown, "timeout", "", ""),
		event(3*time.Minute, state, loyalty.ReasonAmbiguous, "", ""),
	}}, op
}

func TestDetailsShowEveryEvent(t *testing.T) {
	journal, _ := operationWithHistory(loyalty.StateReview)
	tl := newTill(t, withJournal(journal))
	tl.press(f5, enter)
	tl.wants("списание −125", "Александр Татарченко", "клиент 83532824", "на разбор",
		"Чек 1 250,00 ₽, деньгами 1 125,00 ₽", "Баланс до 2 365",
		"18:42:00", "не отправлено", "Анна: перепутали чек", "18:42:01", "18:42:16", "касса: Сервис не ответил вовремя.",
		"18:45:00", "> Назад <", "[ Решить ]")
	tl.lacks("Сторно")
	tl.press(enter)
	tl.wants("Страница 1")
}

func TestManyEventsAreScrolled(t *testing.T) {
	journal, op := operationWithHistory(loyalty.StateReview)
	for n := range 30 {
		journal.events = append(journal.events, loyalty.Event{Operation: op.ID, At: opening, To: loyalty.StateReview, Note: fmt.Sprintf("шаг %d.", n)})
	}
	tl := newTill(t, withJournal(journal))
	tl.press(f5, enter)
	tl.wants("↑↓ История")
	for range 50 {
		tl.press(up)
	}
	tl.wants("перепутали чек")
	for range 50 {
		tl.press(down)
	}
	tl.wants("шаг 29.")
	tl.lacks("перепутали чек")
}

func TestWhatAPersonDecidedIsSeenInTheList(t *testing.T) {
	for reason, want := range map[loyalty.Reason]string{
		loyalty.ReasonDecidedYes: "✓ разобрано: да", loyalty.ReasonDecidedNo: "× разобрано: нет",
	} {
		journal, _ := operationWithHistory(loyalty.StateSettled, func(op *loyalty.Operation) { op.Reason = reason })
		tl := newTill(t, withJournal(journal))
		tl.press(f5)
		tl.wants(want)
		tl.press(enter)
		tl.wants(want)
	}
}

func TestWhatPersonsDecidedIsCountedApart(t *testing.T) {
	journal := &fakeJournal{}
	for n, reason := range []loyalty.Reason{loyalty.ReasonDecidedYes, loyalty.ReasonDecidedNo, loyalty.ReasonDecidedYes} {
		op := numbered(past(loyalty.Accrual, loyalty.StateSettled, "10"), n+1)
		op.Reason = reason
		journal.ops = append(journal.ops, op)
	}
	tl := newTill(t, withJournal(journal))
	tl.press(f5)
	tl.wants("Итого: начислено 20 (2)", "разобрано: да 2, разобрано: нет 1")
}

func TestWhatWaitsForAnotherAsksNothingOfTheCashier(t *testing.T) {
	journal, op := operationWithHistory(loyalty.StateReview)
	rest := numbered(past(loyalty.Accrual, loyalty.StatePlanned, "22"), 2)
	rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
	half := numbered(past(loyalty.Redemption, loyalty.StatePlanned, "7"), 3)
	half.Parent, half.Link, half.WaitsFor = loyalty.NewID(), loyalty.LinkReversal, loyalty.NewID()
	lone := numbered(past(loyalty.Accrual, loyalty.StatePlanned, "9"), 4)
	journal.ops = []loyalty.Operation{lone, half, rest, op}
	tl := newTill(t, withJournal(journal))
	tl.press(f5)
	tl.wants("• ждёт проверки", "• ждёт очереди", "! не отправлено", "ждёт очереди 1, ждёт проверки 1, не отправлено 1, на разбор 1")
	tl.press(down, down, enter)
	tl.wants("начисление +22", "• ждёт проверки", "Ждёт: 18:42 списание −125 ! на разбор")
	tl.lacks("[ Отправить ]", "[ Отменить ]")
}

func TestWhatWasRepeatedIsNotOfferedAgain(t *testing.T) {
	for state, offered := range map[loyalty.State]bool{
		loyalty.StateConfirmed: false, loyalty.StateUnknown: false, loyalty.StateRefused: true,
	} {
		journal, op := operationWithHistory(loyalty.StateNotApplied)
		again := numbered(past(loyalty.Redemption, state, "125"), 2)
		again.Parent, again.Link = op.ID, loyalty.LinkRepeat
		journal.ops = append([]loyalty.Operation{again}, journal.ops...)
		tl := newTill(t, withJournal(journal))
		tl.run(tl.model.do(detailsAct{op}))
		tl.wants("не выполнено*")
		if got := strings.Contains(tl.shown(), "[ Повторить ]"); got != offered {
			t.Errorf("after a repeat that is %s it is offered: %v", state, got)
		}
	}
}

func TestTheFiltersAreOnTheHintLine(t *testing.T) {
	tl := newTill(t, withJournal(written()), withOrders(floor()), withReady)
	tl.press(f5)
	for range journalFocusCount {
		tl.wants("Tab Фильтры", "F10 Выход")
		tl.lacks("PgDn")
		tl.press(tab)
	}
}

func TestTotalsOfANameSayWhyThereAreNone(t *testing.T) {
	tl := newTill(t, withJournal(written()))
	tl.press(f5, backTab)
	tl.types("вто")
	tl.wants("День сегодня", "По имени итоги не считаются: введите номер покупателя или сотрите имя")
	tl.lacks("Итоги считаются за один день")
}

func TestDetailsFollowTheNewsAndThePair(t *testing.T) {
	journal, op := operationWithHistory(loyalty.StateUnknown)
	rest := numbered(past(loyalty.Accrual, loyalty.StatePlanned, "22"), 2)
	rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
	journal.ops = append([]loyalty.Operation{rest}, journal.ops...)
	tl := newTill(t, withJournal(journal))
	tl.press(f5, down, enter)
	tl.wants("неизвестно", "Ответ будет не позже чем через 03:15", "Связана: 18:42 начисление +22 • ждёт проверки",
		"Если баллы списаны, возьмите 1 125,00 ₽", "Если не списаны, возьмите 1 250,00 ₽", "[ Гость платит полностью ]")
	journal.ops[1].State, journal.ops[0].State = loyalty.StateApplied, loyalty.StateConfirmed
	op = journal.ops[1]
	op.ChangedAt = tl.clock
	tl.send(loyalty.OperationChanged{Operation: op})
	tl.wants("выполнено*", "начисление +22 ✓ выполнено", "[ Сторно ]", "F7 Сторно")
	tl.press(esc, up, enter)
	tl.wants("начисление +22", "Связана: 18:42 списание −125")
}

func TestWhatWaitsInTheQueueIsCanceled(t *testing.T) {
	journal, op := operationWithHistory(loyalty.StateQueued, func(op *loyalty.Operation) {
		op.Kind, op.Reason, op.BaselineAt = loyalty.Accrual, loyalty.ReasonOffline, time.Time{}
	})
	tl := newTill(t, withJournal(journal), withRecovery(loyalty.Recovery{Queued: []loyalty.Operation{op}}))
	tl.wants("+125 Александр Татарченко: ждёт отправки", "В очереди: 1")
	tl.desk.cancel = func(id uuid.UUID) (loyalty.Operation, error) {
		journal.ops[0].State, journal.ops[0].Reason = loyalty.StateVoided, loyalty.ReasonCashier
		return journal.ops[0], nil
	}
	tl.press(tab, enter)
	tl.wants("Нет связи с сервисом: ждёт в очереди.", "Не отправлялась", "[ Отменить ]")
	tl.press(tab, enter)
	tl.wants("Отменить начисление 125 баллов?")
	tl.press(enter)
	tl.wants("отменено", "Баллы НЕ начислены.")
	tl.lacks("[ Отменить ]")
	tl.send(loyalty.QueueChanged{})
	tl.press(esc)
	tl.lacks("ждёт отправки", "В очереди")
}

func TestARepeatNeedsAFreshScanOfThatCustomer(t *testing.T) {
	journal, op := operationWithHistory(loyalty.StateNotApplied)
	tl := newTill(t, withJournal(journal))
	tl.press(f5, enter, tab, enter)
	tl.wants("Повтор: списание −125", "Отсканируйте свежий QR покупателя: Александр Татарченко.", "только после нового скана")
	tl.press(esc)
	tl.wants("> Повторить <", "История")
	tl.press(tab, enter)
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Повтор: списание −125 от 18:42", "1 250", "[125 ")
	tl.press(f3, enter)
	tl.wants("Списано 125")
	if got := tl.desk.redemptions; len(got) != 1 || got[0].Repeats != op.ID || got[0].ID == op.ID {
		t.Errorf("the redemptions are %v", got)
	}
}

func TestARepeatIsOnlyOfItsOwnKindAndCustomer(t *testing.T) {
	journal, _ := operationWithHistory(loyalty.StateNotApplied)
	tl := newTill(t, withJournal(journal))
	tl.press(f5, enter, tab, enter)
	tl.scan(cardOf(someClient).Payload())
	tl.press(f2, enter)
	tl.wants("Начислено 25")
	if tl.desk.accruals[0].Repeats != uuid.Nil {
		t.Error("an accrual repeats a redemption")
	}

	tl = newTill(t, withJournal(journal))
	tl.press(f5, enter, tab, enter)
	tl.scan(cardOf(otherClient).Payload())
	tl.wants("Это другой покупатель: повтор отменён", "Введите сумму чека")
	tl.types("1250")
	tl.press(f3, enter)
	if tl.desk.redemptions[0].Repeats != uuid.Nil {
		t.Error("another customer's redemption is a repeat")
	}
}

// No key that a scanner types opens, filters or submits anything in the journal.
func TestAScanLeavesNoTraceInTheJournal(t *testing.T) {
	tl := newTill(t, withJournal(written()))
	tl.press(f5, backTab)
	tl.types("ал")
	tl.wait(time.Second)
	tl.burst("4006381333931")
	tl.wait(time.Second)
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
