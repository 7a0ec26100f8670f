package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestARefusedKeyBlocksTheSumUntilItIsErased(t *testing.T) {
	for typed, never := range map[string]string{"-5": "[5", "1,250.50": "[1,25.", "12x5": "[125", "12:50": "[1 250"} {
		tl := newTill(t).atGuest(typed)
		tl.lacks(never)
		tl.press(f2)
		tl.lacks("баллов?", "балла?")
		tl.press(f3)
		tl.lacks("баллов?", "балл?")
		tl.press(esc)
		tl.types("1250")
		tl.wants("[1 250", "Начислим 25 баллов")
	}
}

func TestBackspaceTakesTheRefusedKeysBackFirst(t *testing.T) {
	tl := newTill(t).atGuest("12x5")
	tl.press(backspace)
	tl.wants("Здесь только цифры и запятая", "[12 ")
	tl.press(backspace)
	tl.lacks("Здесь только цифры")
	tl.types("50")
	tl.wants("[1 250", "Начислим 25 баллов")
}

func TestPointsWithASeparatorAreNeverOtherPoints(t *testing.T) {
	for _, typed := range []string{"1,5", "-5", "500,5"} {
		tl := newTill(t).atGuest("1250")
		tl.press(tab, tab)
		tl.types(typed)
		tl.wants("Баллы вводятся целым числом")
		tl.press(f3, enter, f3)
		tl.wants("Баллы вводятся целым числом")
		tl.lacks("баллов?", "[15", "[5 ", "[125")
	}
}

func TestAfterARefusalAFieldTakesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		field := amountField{places: rapid.SampledFrom([]int{0, 2}).Draw(t, "places")}
		field.enter([]rune(rapid.StringMatching(`[0-9]{0,6}`).Draw(t, "before")), false)
		before := field.digits
		typed := rapid.StringMatching(`[-x:][0-9.,]{0,6}`).Draw(t, "typed")
		for _, r := range typed {
			field.enter([]rune{r}, false)
		}
		if field.digits != before || field.refusal == "" {
			t.Fatalf("%q became %q after %q", before, field.digits, typed)
		}
		for range typed {
			field.erase()
		}
		if field.digits != before || field.refusal != "" {
			t.Fatalf("%q became %q when %q was erased", before, field.digits, typed)
		}
	})
}

func TestTheFieldOfThePointsTakesNothingWhileItIsNotShown(t *testing.T) {
	tl := newTill(t)
	tl.desk.balance = decimal.Zero
	tl.atGuest("1250").press(tab, tab)
	tl.wants("> Списать <")
	tl.types("7")
	if g := tl.model.active.(*guest); g.edited {
		t.Error("a field that nobody sees was typed into")
	}
	tl.press(backTab)
	tl.wants("> Начислить <")
}

func TestTheFocusLeavesTheFieldOfThePointsWhenItGoes(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.press(tab, tab)
	tl.wait(time.Minute)
	tl.desk.balance = decimal.Zero
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Нет баллов для списания")
	tl.types("0")
	tl.wants("[12 500")
}

func TestASumAboveTheLimitIsNamedInThePanels(t *testing.T) {
	tl := newTill(t).atGuest("2000000")
	tl.lacks("Введите сумму чека")
	if n := strings.Count(tl.shown(), "Слишком большая сумма"); n != 3 {
		t.Errorf("it is said %d times, want beside the field and in both panels:\n%s", n, tl.shown())
	}
}

func TestAShopThatDoesNotDealInPointsSaysSo(t *testing.T) {
	tl := newTill(t)
	tl.desk.rules.AccruePercent = decimal.NewNullDecimal(decimal.Zero)
	tl.desk.rules.RedeemPercent = decimal.NewNullDecimal(decimal.Zero)
	tl.atGuest("1250")
	tl.wants("Магазин не начисляет баллы", "Магазин не принимает баллы к оплате")
}

// outdatedGuest brings the till to a guest whose operation was settled, but whose balance could not be read anew.
func outdatedGuest(t *testing.T) *till {
	tl := newTill(t)
	op := tl.desk.unknown(tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("5"), number("250"), number("250")))
	tl.desk.unsettled = []loyalty.Operation{op}
	tl.atGuest("1250")
	tl.desk.greetErr = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: errBroken}
	tl.becomes(&op, loyalty.StateNotApplied, loyalty.ReasonStill)
	tl.wants("Нет связи с сервисом. Проверьте интернет. Отсканируйте QR ещё раз.", "Баланс не обновился: отсканируйте QR")
	tl.lacks("ещё проверяется")
	tl.desk.greetErr, tl.desk.unsettled, tl.desk.balance = nil, nil, number("2370")
	tl.wait(5 * time.Second)
	return tl
}

func TestAFailedRefreshIsTriedAgain(t *testing.T) {
	t.Run("by a scan", func(t *testing.T) {
		tl := outdatedGuest(t)
		tl.scan(cardOf(someClient).Payload())
		tl.wants("Баланс  2 370 баллов", "Начислим 25 баллов", "[1 250")
	})
	t.Run("by news", func(t *testing.T) {
		tl := outdatedGuest(t)
		op := tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("7"), number("350"), number("350"))
		tl.becomes(&op, loyalty.StateConfirmed, "")
		tl.wants("Баланс  2 370 баллов", "Начислим 25 баллов")
	})
}

func TestAScanOfTheGuestOnTheScreenReadsAnOldBalanceAnew(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.wait(freshTime)
	tl.desk.balance = number("2370")
	tl.scan(cardOf(someClient).Payload())
	tl.wants("Баланс  2 370 баллов", "[1 250")
	if len(tl.desk.greeted) != 2 {
		t.Errorf("the service was asked %d times, want 2", len(tl.desk.greeted))
	}
}

func TestInAWindowThatIsTooSmallOnlyQuittingActs(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.send(tea.WindowSizeMsg{Width: 60, Height: 10})
	tl.press(f2, enter, esc)
	tl.types("9")
	if len(tl.desk.accruals) != 0 {
		t.Error("something was sent that nobody saw")
	}
	tl.desk.name = "Второй Покупатель"
	tl.scan(cardOf(otherClient).Payload())
	tl.wait(time.Second)
	tl.press(tab, enter)
	tl.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	tl.wants("Новый покупатель?") // the scan has worked, and nobody has answered unseen
	tl.wait(time.Second)
	tl.press(esc)
	tl.wants("[1 250 ")
}

// stall has the till be busy: time passes, and nothing is delivered.
func (tl *till) stall(d time.Duration) { tl.clock = tl.clock.Add(d) }

func TestAPauseOfTheTillItselfTearsNoScan(t *testing.T) {
	payload := cardOf(otherClient).Payload()
	for _, cut := range []int{1, 3, 30, len(payload) - 6} {
		for _, wakes := range []int{0, 1, 2} {
			tl := newTill(t).atGuest("12")
			tl.wait(time.Second)
			for _, r := range payload[:cut] {
				tl.send(runes(string(r)))
			}
			tl.stall(300 * time.Millisecond)
			for range wakes { // the timer's message gets in before the keys that wait
				tl.send(wakeMsg{})
			}
			for _, r := range payload[cut:] {
				tl.send(runes(string(r)))
			}
			tl.send(enter)
			tl.wants("Новый покупатель?")
			tl.wait(time.Second)
			tl.press(esc)
			tl.wants("[12 ")
			tl.lacks("прочитан с ошибкой")
		}
	}
}

func TestAScanWithoutATerminatorEndsOnABusyTillToo(t *testing.T) {
	tl := newTill(t)
	for _, r := range cardOf(someClient).Payload() {
		tl.send(runes(string(r)))
	}
	for range 2 {
		tl.stall(time.Second)
		tl.send(wakeMsg{})
	}
	tl.wants("Александр Татарченко")
}

func TestF10IsOnTheHintLineOfTheDemo(t *testing.T) {
	for _, s := range scenes() {
		if s.name == "quitting" {
			continue
		}
		shown := s.open(t, goldenSizes[0], withReady).shown()
		lines := strings.Split(shown, "\n")
		if hints := lines[len(lines)-2]; !strings.Contains(hints, "F10 Выход") || strings.Contains(hints, "…") {
			t.Errorf("%s: the hint line is %q", s.name, hints)
		}
	}
}

func TestALayoutAndCapsLockAreBothNamed(t *testing.T) {
	text, err := layout.Type(cardOf(someClient).Payload(), "ru", true)
	if err != nil {
		t.Fatal(err)
	}
	tl := newTill(t)
	tl.scan(text)
	tl.wants("Раскладка: русская и Caps Lock — нужна английская: Alt+Shift")
}
