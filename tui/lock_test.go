package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// noPIN is the PIN of somebody who has none.
type noPIN struct{ stage.PIN }

func (*noPIN) Needed(context.Context) (bool, error) { return false, nil }

// withCashiers are Анна with the PIN 1111, Олег with 2222, Ира without one, and an admin with 0742.
func withCashiers(o *Options) {
	pins := map[string]PIN{"Анна": &stage.PIN{Right: "1111"}, "Олег": &stage.PIN{Right: "2222"}, "Ира": &noPIN{}}
	o.Cashier, o.Cashiers = "", []string{"Анна", "Олег", "Ира"}
	o.CashierPIN = func(name string) PIN { return pins[name] }
	o.PIN = &stage.PIN{Right: "0742"}
}

// logIn has somebody of withCashiers log in, from the first name down.
func (tl *till) logIn(down int, pin string) *till {
	for range down {
		tl.Press(downKey)
	}
	tl.Types(pin)
	tl.Press(enter)
	tl.Wait(stage.QuietTime)
	return tl
}

var (
	downKey = tea.KeyMsg{Type: tea.KeyDown}
	f12     = tea.KeyMsg{Type: tea.KeyF12}
)

func TestTheTillAsksWhoIsThere(t *testing.T) {
	tl := newTill(t, withCashiers)
	tl.wants("Кто за кассой?", "> Анна <", "Олег", "Ира", "Администратор", "F1 Справка", "F10 Выход")
	tl.lacks("F12", "F5", "Отсканируйте QR покупателя")
	tl.Types("11")
	tl.wants("[**")
	tl.Types("11")
	tl.Press(enter)
	tl.wants("Отсканируйте QR покупателя", "Касса 1 • Анна", "F12 Блокировка")
}

func TestACashierWithoutAPINLogsInWithEnter(t *testing.T) {
	newTill(t, withCashiers).logIn(2, "").wants("Касса 1 • Ира")
}

func TestACashierWithAPINDoesNot(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(1, "")
	tl.wants("Кто за кассой?", "Введите PIN")
	tl.logIn(0, "1111").wants("Кто за кассой?", "Неверный PIN. Осталось попыток: 2") // another one's
	tl.logIn(0, "2222").wants("Касса 1 • Олег")
}

func TestTheAdminUnlocks(t *testing.T) {
	newTill(t, withCashiers).logIn(3, "0742").wants("Касса 1 • Администратор")
}

func TestWithoutAnAdminsPINNobodyIsTheAdmin(t *testing.T) {
	tl := newTill(t, withCashiers, func(o *Options) { o.PIN = &noPIN{} }).logIn(3, "")
	tl.wants("Кто за кассой?", "PIN администратора не задан", "[L4]")
}

func TestF12LocksNothingWhereNobodyIsNamed(t *testing.T) {
	tl := newTill(t)
	tl.lacks("F12")
	tl.Press(f12)
	tl.wants("Отсканируйте QR покупателя", "Кассиры не заданы", "[shop] cashiers", "[L5]")
}

func TestTheScreenStaysBehindTheLock(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(0, "1111").AtGuest("1250")
	before := tl.Shown()
	tl.Press(f12)
	tl.wants("Кто за кассой?", "> Анна <")
	tl.lacks("Александр", "2 365", "1 250", "Анна •", "• Анна")
	tl.logIn(1, "2222")
	after := tl.Shown()
	if got, want := strings.ReplaceAll(after, "Олег", "Анна"), before; got != want {
		t.Errorf("the screen is another one behind the lock:\n%s\nwant\n%s", got, want)
	}
}

func TestNothingOfACustomerIsReadableAtTheLock(t *testing.T) {
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 140, Height: 45}} {
		tl := newTill(t, withCashiers, withCounter(stage.Lunch)).logIn(0, "1111")
		tl.Send(size)
		tl.AtGuest("1250").Press(f2, enter)
		op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, uuid.UUID{6: 0x70, 8: 0x80}, stage.Number("130"), stage.Number("1300"), stage.Number("1170")))
		tl.Press(f12)
		tl.Becomes(&op, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout))
		tl.Counter.Wires(tl.Counter.Order("5").ID, "9", "r1")
		tl.Counter.After()
		for _, press := range []tea.KeyMsg{{}, f1} {
			tl.Press(press)
			tl.lacks("Александр", "Татарченко", "2 365", "2 390", "130", "Стол 5", "+25")
		}
	}
}

func TestAScanAtTheLockIsSwallowed(t *testing.T) {
	tl := newTill(t, withCashiers)
	tl.Types("11")
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Кто за кассой?", "[**")
	tl.Scan("4006381333931")
	tl.wants("[** ")
	tl.lacks("Этот код не подходит", "штрихкод")
	if len(tl.Desk.Greeted) > 0 {
		t.Error("the service was asked for a customer at the lock")
	}
	tl.Types("11")
	tl.Press(enter)
	tl.wants("Отсканируйте QR покупателя", "• Анна")
}

func TestThreeWrongPINsMakeAPauseThatIsTheirOwn(t *testing.T) {
	tl := newTill(t, withCashiers)
	for range 3 {
		tl.logIn(0, "9999")
	}
	tl.wants("Три раза неверно. Подождите 30 с")
	tl.logIn(0, "1111")
	tl.wants("Кто за кассой?", "Три раза неверно.")
	tl.lacks("[*")
	tl.logIn(1, "2222").wants("• Олег") // another's are not
	tl.Press(f12)
	tl.Press(tea.KeyMsg{Type: tea.KeyUp})
	tl.Types("1111")
	tl.Press(enter)
	tl.wants("Три раза неверно.")
	tl.Wait(PINPause)
	tl.lacks("Три раза неверно.")
	tl.Types("1111")
	tl.Press(enter)
	tl.wants("• Анна")
}

func TestTheCountOfWrongPINsOutlivesTheProgram(t *testing.T) {
	counts := &pinMemory{counts: make(map[string]PINCount)}
	keep := func(o *Options) { o.PINCounts = counts }
	newTill(t, withCashiers, keep).logIn(0, "9999")
	tl := newTill(t, withCashiers, keep).logIn(0, "9999")
	tl.wants("Осталось попыток: 1")
	tl = newTill(t, withCashiers, keep).logIn(0, "9999")
	tl.wants("Три раза неверно. Подождите 30 с")
	newTill(t, withCashiers, keep).logIn(0, "1111").wants("Кто за кассой?", "Три раза неверно.")
}

// brokenCounts cannot be kept; what is counted is asked for in the meantime.
type brokenCounts struct{ read, kept error }

func (b *brokenCounts) Count(context.Context, string) (PINCount, error) { return PINCount{}, b.read }

func (b *brokenCounts) Keep(context.Context, string, PINCount) error { return b.kept }

func TestWhatCannotBeCountedOpensNothing(t *testing.T) {
	for _, counts := range []*brokenCounts{{read: stage.ErrBroken}, {kept: stage.ErrBroken}} {
		tl := newTill(t, withCashiers, func(o *Options) { o.PINCounts = counts }).logIn(0, "1111")
		tl.wants("Кто за кассой?", "Попытку не записать на диск", "[L3]")
		counts.read, counts.kept = nil, nil
		tl.logIn(0, "1111").wants("• Анна")
	}
}

func TestAKeyringThatCannotAnswerIsNoTrap(t *testing.T) {
	broken := &stage.PIN{Right: "1111", NeededErr: stage.ErrBroken}
	tl := newTill(t, withCashiers, func(o *Options) { o.CashierPIN = func(string) PIN { return broken } }).logIn(0, "1111")
	tl.wants("Кто за кассой?", "хранилище секретов закрыто", "[L2]", "F10 Выход")
	broken.NeededErr, broken.CheckErr = nil, stage.ErrBroken
	tl.logIn(0, "1111").wants("Кто за кассой?", "[L2]")
	broken.CheckErr = nil
	for range 2 { // what could not be checked was no wrong try
		tl.logIn(0, "9999")
	}
	tl.wants("Осталось попыток: 1")
	tl.logIn(0, "1111").wants("• Анна")
}

func TestTheLockAsksBeforeTheProgramEnds(t *testing.T) {
	tl := newTill(t, withCashiers)
	tl.Press(f10)
	tl.wants("Выйти из программы?", "снова спросит, кто за ней")
	tl.Press(esc)
	tl.wants("Кто за кассой?")
	tl.Press(f10, left, enter)
	if !tl.Quit {
		t.Error("the program has not ended")
	}
}

func TestAResultToWriteDownIsWrittenDownFirst(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(0, "1111")
	redeem := tl.Desk.OnRedeem
	tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
		result, err := redeem(r)
		result.Unwritten = true
		return result, err
	}
	tl.AtGuest("1250").Press(f3, enter, f12, f10)
	tl.wants("Кто за кассой?", "Сначала войдите")
	tl.logIn(0, "1111").wants("Запишите")
}

func TestATillThatNobodyTouchesLocksByItself(t *testing.T) {
	tl := newTill(t, withCashiers, func(o *Options) { o.LockAfter = time.Minute }).logIn(0, "1111")
	tl.Wait(59 * time.Second)
	tl.lacks("Кто за кассой?")
	tl.Press(tab) // somebody is there
	tl.Wait(50 * time.Second)
	tl.Scan("4006381333931") // and so is who scans
	tl.Wait(59 * time.Second)
	tl.lacks("Кто за кассой?")
	tl.Wait(2 * time.Second)
	tl.wants("Кто за кассой?")
	tl.logIn(0, "1111")
	tl.Press(f1)
	tl.Wait(time.Minute)
	tl.wants("Кто за кассой?") // over the help too
}

func TestATillLocksByItselfOnlyWhereThatIsSet(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(0, "1111")
	tl.Wait(24 * time.Hour)
	tl.lacks("Кто за кассой?")
	tl = newTill(t, func(o *Options) { o.LockAfter = time.Minute })
	tl.Wait(time.Hour)
	tl.lacks("Кто за кассой?")
}

func TestAResultWaitsBehindTheLockUntilItIsRead(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(0, "1111").AtGuest("1250")
	tl.Held = true
	tl.Press(f2, enter, f12)
	tl.Deliver()
	tl.Held = false
	woken := tl.model.alarms
	tl.Wait(time.Minute) // it would have closed by itself four times
	tl.lacks("Начислено")
	if woken = tl.model.alarms - woken; woken > 10 {
		t.Errorf("a till that waits at its lock was woken %d times in a minute", woken)
	}
	tl.logIn(0, "1111")
	tl.wants("Начислено 25", "закроется сам через 15 с")
}

func TestMessagesWaitBehindTheLock(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(0, "1111").AtGuest("1250")
	tl.Held = true
	tl.Press(f2, enter, esc, f12)
	tl.Deliver()
	tl.Held = false
	tl.wants("Ждут сообщения: 1")
	woken := tl.model.alarms
	tl.Wait(time.Minute)
	if woken = tl.model.alarms - woken; woken > 10 {
		t.Errorf("a till that waits at its lock was woken %d times in a minute", woken)
	}
	tl.logIn(0, "1111").wants("Начислено 25.")
	tl.Wait(noticeLife)
	tl.lacks("Начислено 25.")
}

// Whose money waits is not for passers-by; that somebody has to come, is.
func TestPaymentsWaitBehindTheLock(t *testing.T) {
	tl := newTill(t, withCounter(stage.WiredLunch), withCashiers).logIn(0, "1111")
	tl.wants("счёт НЕ закрыт")
	tl.Press(f12)
	tl.lacks("счёт НЕ закрыт", "460")
	tl.wants("Ждут сообщения: 1")
}

func TestTheLockInASmallWindow(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(0, "1111").AtGuest("1250")
	tl.Send(tea.WindowSizeMsg{Width: 40, Height: 8})
	tl.wants("Сканер работает")
	tl.Press(f12)
	tl.wants("Касса закрыта на замок")
	tl.lacks("Сканер работает")
	tl.Press(f12, enter)
	tl.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
	tl.wants("PIN")
	tl.lacks("Александр Татарченко")
}

func TestTheKeysOfThePINPressNothingBehindTheLock(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(0, "1111").AtGuest("1250").till(f2)
	tl.wants("Начислить 25 баллов?")
	tl.Press(f12)
	tl.Types("1111")
	tl.Send(enter)
	tl.Send(enter) // the hasty second one
	tl.wants("Начислить 25 баллов?")
	if len(tl.Desk.Accruals) > 0 {
		t.Error("a second Enter at the lock has moved points")
	}
	tl.Wait(stage.QuietTime)
	tl.Press(enter)
	if len(tl.Desk.Accruals) != 1 {
		t.Error("the question takes no Enter any more")
	}
}

func TestNoDigitIsLostAfterTheLock(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(0, "1111").AtGuest("").till(f12)
	tl.Types("1111")
	tl.Send(enter)
	for _, r := range "1250" { // a hasty hand: half of them would be another sum
		tl.Wait(60 * time.Millisecond)
		tl.Send(stage.Runes(string(r)))
	}
	tl.wants("Начислим 25 баллов")
}

// till presses keys and goes on.
func (tl *till) till(presses ...tea.KeyMsg) *till {
	tl.Press(presses...)
	return tl
}

func TestWhoConfirmsIsWhoIsWrittenDown(t *testing.T) {
	tl := newTill(t, withCashiers).logIn(0, "1111").AtGuest("1250").till(f3, f12).logIn(1, "2222")
	tl.Wait(stage.QuietTime)
	tl.Press(enter)
	if got := tl.Desk.Redemptions[0].Cashier; got != "Олег" {
		t.Errorf("the redemption is written down for %q", got)
	}
}

func TestTheCashierIsWrittenDownEverywhere(t *testing.T) {
	tl := newTill(t, withCashiers, withCounter(stage.Lunch)).logIn(1, "2222")
	tl.AtPay()
	tl.Press(enter, enter, enter)
	tl.Wait(stage.ReadTime)
	order := tl.Counter.Order("5")
	events, err := tl.Counter.Store.OrderEvents(context.Background(), order.ID)
	if err != nil {
		t.Fatal(err)
	}
	if last := events[len(events)-1]; last.Kind != orders.EventClosed || last.Actor != "Олег" {
		t.Errorf("the order's last event is %v by %q", last.Kind, last.Actor)
	}
	paid, err := tl.Counter.Store.Payments(context.Background(), order.ID)
	if err != nil || len(paid) != 1 || paid[0].Cashier != "Олег" {
		t.Errorf("the payments are %+v (%v)", paid, err)
	}
}

func TestAFormAsksTheNewCashierWhoDecides(t *testing.T) {
	journal, _ := stage.OperationWithHistory(loyalty.StateReview, func(*loyalty.Operation) {})
	tl := newTill(t, withCashiers, withJournal(journal)).logIn(0, "1111").till(f5, enter, tab, enter)
	tl.wants("[Анна ")
	tl.Press(f12)
	tl.logIn(1, "2222").wants("[Олег ")
}

func TestThePINOfTheAdminIsLeftWhenTheTillLocks(t *testing.T) {
	journal, _ := stage.PairWritten()
	tl := newTill(t, withCashiers, withJournal(journal)).logIn(0, "1111")
	tl.Desk.OnNeedsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
	tl.Press(f5, enter, f7)
	tl.Types("ошибка")
	tl.Press(tab, tab, enter)
	tl.wants("PIN администратора")
	tl.Types("07")
	tl.Press(f12)
	tl.logIn(0, "1111").lacks("PIN администратора", "**", "Читаем")
	tl.wants("Сторно:")
}

func TestTheBannerAtTheLockNamesNoTable(t *testing.T) {
	tl := newTill(t, withCashiers, withCounter(stage.WiredLunch))
	tl.lacks("Стол 5", "оплачено")
	tl.Send(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: JournalFull})
	tl.wants("На диске нет места", "[J4]")
}

func TestALockOfManyScrolls(t *testing.T) {
	var names []string
	for _, r := range "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ" {
		names = append(names, strings.Repeat(string(r), 40))
	}
	tl := newTill(t, withCashiers, func(o *Options) { o.Cashiers, o.CashierPIN = names, nil })
	tl.Press(tea.KeyMsg{Type: tea.KeyEnd})
	tl.wants("> Администратор <", "PIN [")
	tl.Press(tea.KeyMsg{Type: tea.KeyHome}, pageDown, pageDown)
	tl.wants("> ")
	tl.Press(enter)
	if who := tl.model.cashier; !slices.Contains(names, who) || who == names[0] {
		t.Errorf("%q has logged in", who)
	}
}

func TestAPauseOfAClockThatWasSetBackIsCut(t *testing.T) {
	now := stage.Opening()
	counts := &pinMemory{counts: map[string]PINCount{AdminCount: {Until: now.Add(24 * time.Hour)}}}
	guard := PINGuard{counts, func() time.Time { return now }}
	pin := &stage.PIN{Right: "0742"}
	if got := guard.Try(t.Context(), AdminCount, pin, "0742"); got.Right || got.Count.Pause(now) != PINPause {
		t.Errorf("got %+v, want a pause of %v", got, PINPause)
	}
	now = now.Add(PINPause)
	if got := guard.Try(t.Context(), AdminCount, pin, "0742"); !got.Right || got.Err != nil {
		t.Errorf("after the pause: %+v", got)
	}
}

func TestATryIsCountedBeforeItIsMade(t *testing.T) {
	counts := &pinMemory{counts: make(map[string]PINCount)}
	guard := PINGuard{counts, stage.Opening}
	ended := &endedPIN{counts: counts}
	guard.Try(t.Context(), AdminCount, ended, "9999")
	if ended.seen.Wrong != 1 {
		t.Errorf("while the PIN is checked %d wrong ones are counted, want 1: whoever kills the program has had the try", ended.seen.Wrong)
	}
	if got := guard.Try(t.Context(), AdminCount, ended, "9999"); got.Count.left() != 1 {
		t.Errorf("after two: %+v", got)
	}
}

// endedPIN is always wrong, and looks what is counted while it is checked.
type endedPIN struct {
	counts *pinMemory
	seen   PINCount
}

func (e *endedPIN) Needed(context.Context) (bool, error) { return true, nil }

func (e *endedPIN) Check(ctx context.Context, _ string) (bool, error) {
	seen, err := e.counts.Count(ctx, AdminCount)
	if e.seen.Wrong == 0 {
		e.seen = seen
	}
	return false, errors.Join(err)
}
