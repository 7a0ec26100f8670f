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
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestARefusedKeyBlocksTheSumUntilItIsErased(t *testing.T) {
	for typed, never := range map[string]string{"-5": "[5", "1,250.50": "[1,25.", "12x5": "[125", "12:50": "[1 250"} {
		tl := newTill(t).AtGuest(typed)
		tl.lacks(never)
		tl.Press(f2)
		tl.lacks("баллов?", "балла?")
		tl.Press(f3)
		tl.lacks("баллов?", "балл?")
		tl.Press(esc)
		tl.Types("1250")
		tl.wants("[1 250", "Начислим 25 баллов")
	}
}

func TestBackspaceTakesTheRefusedKeysBackFirst(t *testing.T) {
	tl := newTill(t).AtGuest("12x5")
	tl.Press(backspace)
	tl.wants("Здесь только цифры и запятая", "[12 ")
	tl.Press(backspace)
	tl.lacks("Здесь только цифры")
	tl.Types("50")
	tl.wants("[1 250", "Начислим 25 баллов")
}

func TestPointsWithASeparatorAreNeverOtherPoints(t *testing.T) {
	for _, typed := range []string{"1,5", "-5", "500,5"} {
		tl := newTill(t).AtGuest("1250")
		tl.Press(tab, tab)
		tl.Types(typed)
		tl.wants("Баллы вводятся целым числом")
		tl.Press(f3, enter, f3)
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
	tl.Desk.Balance = decimal.Zero
	tl.AtGuest("1250").Press(tab, tab)
	tl.wants("> Списать <")
	tl.Types("7")
	if g := tl.model.active.(*guest); g.edited {
		t.Error("a field that nobody sees was typed into")
	}
	tl.Press(backTab)
	tl.wants("> Начислить <")
}

func TestTheFocusLeavesTheFieldOfThePointsWhenItGoes(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Press(tab, tab)
	tl.Wait(time.Minute)
	tl.Desk.Balance = decimal.Zero
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Нет баллов для списания")
	tl.Types("0")
	tl.wants("[12 500")
}

func TestASumAboveTheLimitIsNamedInThePanels(t *testing.T) {
	tl := newTill(t).AtGuest("2000000")
	tl.lacks("Введите сумму чека")
	if n := strings.Count(tl.Shown(), "Слишком большая сумма"); n != 3 {
		t.Errorf("it is said %d times, want beside the field and in both panels:\n%s", n, tl.Shown())
	}
}

func TestAShopThatDoesNotDealInPointsSaysSo(t *testing.T) {
	tl := newTill(t)
	tl.Desk.Rules.AccruePercent = decimal.NewNullDecimal(decimal.Zero)
	tl.Desk.Rules.RedeemPercent = decimal.NewNullDecimal(decimal.Zero)
	tl.AtGuest("1250")
	tl.wants("Магазин не начисляет баллы", "Магазин не принимает баллы к оплате")
}

// outdatedGuest brings the till to a guest whose operation was settled, but whose balance could not be read anew.
func outdatedGuest(t *testing.T) *till {
	tl := newTill(t)
	op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("5"), stage.Number("250"), stage.Number("250")))
	tl.Desk.Unsettled = []loyalty.Operation{op}
	tl.AtGuest("1250")
	tl.Desk.GreetErr = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: stage.ErrBroken}
	tl.Becomes(&op, loyalty.StateNotApplied, loyalty.ReasonStill)
	tl.wants("Нет связи с сервисом. Проверьте интернет. Отсканируйте QR ещё", "раз. [N2]", "Баланс не обновился: отсканируйте QR")
	tl.lacks("ещё проверяется")
	tl.Desk.GreetErr, tl.Desk.Unsettled, tl.Desk.Balance = nil, nil, stage.Number("2370")
	tl.Wait(5 * time.Second)
	return tl
}

func TestAFailedRefreshIsTriedAgain(t *testing.T) {
	t.Run("by a scan", func(t *testing.T) {
		tl := outdatedGuest(t)
		tl.Scan(stage.CardOf(stage.SomeClient).Payload())
		tl.wants("Баланс  2 370 баллов", "Начислим 25 баллов", "[1 250")
	})
	t.Run("by news", func(t *testing.T) {
		tl := outdatedGuest(t)
		op := tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("7"), stage.Number("350"), stage.Number("350"))
		tl.Becomes(&op, loyalty.StateConfirmed, "")
		tl.wants("Баланс  2 370 баллов", "Начислим 25 баллов")
	})
}

func TestAScanOfTheGuestOnTheScreenReadsAnOldBalanceAnew(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Wait(freshTime)
	tl.Desk.Balance = stage.Number("2370")
	tl.Scan(stage.CardOf(stage.SomeClient).Payload())
	tl.wants("Баланс  2 370 баллов", "[1 250")
	if len(tl.Desk.Greeted) != 2 {
		t.Errorf("the service was asked %d times, want 2", len(tl.Desk.Greeted))
	}
}

func TestInAWindowThatIsTooSmallOnlyQuittingActs(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Send(tea.WindowSizeMsg{Width: 60, Height: 10})
	tl.Press(f2, enter, esc)
	tl.Types("9")
	if len(tl.Desk.Accruals) != 0 {
		t.Error("something was sent that nobody saw")
	}
	tl.Desk.Name = "Второй Покупатель"
	tl.Scan(stage.CardOf(stage.OtherClient).Payload())
	tl.Wait(time.Second)
	tl.Press(tab, enter)
	tl.Send(tea.WindowSizeMsg{Width: 80, Height: 24})
	tl.wants("Новый покупатель?") // the scan has worked, and nobody has answered unseen
	tl.Wait(time.Second)
	tl.Press(esc)
	tl.wants("[1 250 ")
}

// stall has the till be busy: time passes, and nothing is delivered.
func (tl *till) stall(d time.Duration) { tl.Clock = tl.Clock.Add(d) }

func TestAPauseOfTheTillItselfTearsNoScan(t *testing.T) {
	payload := stage.CardOf(stage.OtherClient).Payload()
	for _, cut := range []int{1, 3, 30, len(payload) - 6} {
		for _, wakes := range []int{0, 1, 2} {
			tl := newTill(t).AtGuest("12")
			tl.Wait(time.Second)
			for _, r := range payload[:cut] {
				tl.Send(stage.Runes(string(r)))
			}
			tl.stall(300 * time.Millisecond)
			for range wakes { // the timer's message gets in before the keys that wait
				tl.Send(wakeMsg{})
			}
			for _, r := range payload[cut:] {
				tl.Send(stage.Runes(string(r)))
			}
			tl.Send(enter)
			tl.wants("Новый покупатель?")
			tl.Wait(time.Second)
			tl.Press(esc)
			tl.wants("[12 ")
			tl.lacks("прочитан с ошибкой")
		}
	}
}

func TestAScanWithoutATerminatorEndsOnABusyTillToo(t *testing.T) {
	tl := newTill(t)
	for _, r := range stage.CardOf(stage.SomeClient).Payload() {
		tl.Send(stage.Runes(string(r)))
	}
	for range 2 {
		tl.stall(time.Second)
		tl.Send(wakeMsg{})
	}
	tl.wants("Александр Татарченко")
}

func TestALayoutAndCapsLockAreBothNamed(t *testing.T) {
	text, err := layout.Type(stage.CardOf(stage.SomeClient).Payload(), "ru", true)
	if err != nil {
		t.Fatal(err)
	}
	tl := newTill(t)
	tl.Scan(text)
	tl.wants("Раскладка: русская и Caps Lock, Alt+Shift  • Срв  • Жрн")
}
