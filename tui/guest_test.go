package tui

import (
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestThePreviewFollowsTheSum(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.wants(
		"Начислим 25 баллов", "К оплате 1 250,00 ₽", "Баланс станет 2 390 баллов",
		"Можно списать до 125", "Списать баллов", "Останется к оплате 1 125,00 ₽", "На остаток начислим 22",
		"Баланс станет 2 262 балла", "Начисляем 2 % от оплаты деньгами, списать можно до 10 % чека",
	)
	tl.types(",5")
	tl.wants("1 250,5")
	tl.press(backspace, backspace, backspace)
	tl.wants("Начислим 2 балла", "Можно списать до 12")
}

func TestSumsAreTypedOnAnyLayout(t *testing.T) {
	for _, typed := range []string{"1250,50", "1250.50", "1250ю50", "1250б50", "1250Ю50", "01250,50"} {
		tl := newTill(t).atGuest(typed)
		if !strings.Contains(tl.shown(), "К оплате 1 250,50 ₽") {
			t.Errorf("typed %q:\n%s", typed, tl.shown())
		}
	}
}

func TestWhatCannotBeASumIsRefusedWithAWord(t *testing.T) {
	tests := []struct{ typed, want, shows string }{
		{"-5", "Сумма не бывает отрицательной", ""}, // until the digit is typed
		{"12x", "Здесь только цифры и запятая", "[12"},
		{"1,,", "Здесь только цифры и запятая", "[1,"},
		{"1,234", "Не больше двух знаков после запятой", "[1,23"},
		{"1234567890123", "Слишком длинное число", "[123 456 789 012"},
		{"2000000", "Слишком большая сумма: не больше 1 000 000,00 ₽", "[2 000 000"},
		{"0", "Сумма должна быть больше нуля", "[0"},
		{"0,00", "Сумма должна быть больше нуля", "[0,00"},
	}
	for _, test := range tests {
		t.Run(test.typed, func(t *testing.T) {
			tl := newTill(t).atGuest(strings.TrimSuffix(test.typed, "5"))
			tl.wants(test.want, test.shows)
			tl.press(f2)
			tl.lacks("Начислить 25", "Сумма чека:")
			if len(tl.desk.accruals) != 0 {
				t.Error("something was accrued")
			}
		})
	}
}

func TestAPastedSumIsTakenWholeOrNotAtAll(t *testing.T) {
	tl := newTill(t).atGuest("")
	paste := func(text string) {
		tl.wait(time.Second)
		tl.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
		tl.wait(time.Second)
	}
	paste("-500")
	tl.wants("Сумма не бывает отрицательной")
	tl.lacks("[500")
	tl.press(backspace)
	paste("50-0")
	tl.lacks("[50")
	tl.press(backspace)
	paste("1 250,50")
	tl.wants("[1 250,50", "Начислим 25 баллов")
}

func TestEnterInTheSumOnlyMovesTheFocus(t *testing.T) {
	tl := newTill(t).atGuest("")
	tl.press(enter)
	tl.wants("Введите сумму чека")
	tl.types("1250")
	tl.press(enter)
	tl.lacks("Начислить 25 баллов?")
	tl.wants("> Начислить <")
	tl.press(enter)
	tl.wants("Начислить 25 баллов?", "Сумма чека: 1 250,00 ₽", "Покупатель: Александр Татарченко")
}

func TestTabAndArrowsMoveTheFocusAround(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.press(tab)
	tl.wants("> Начислить <")
	tl.press(tab, tab)
	tl.wants("> Списать <")
	tl.press(tab) // around to the sum
	tl.types("0")
	tl.wants("12 500")
	tl.press(backTab)
	tl.wants("> Списать <")
	tl.press(tea.KeyMsg{Type: tea.KeyUp}, tea.KeyMsg{Type: tea.KeyLeft})
	tl.wants("> Начислить <")
	tl.press(tea.KeyMsg{Type: tea.KeyDown}, tea.KeyMsg{Type: tea.KeyRight})
	tl.wants("> Списать <")
	tl.types("777") // a button takes no digits
	tl.wants("[12 500")
}

func TestPointsAboveTheLimitAreLoweredAndThatEnterDoesNotSubmit(t *testing.T) {
	for name, submit := range map[string][]tea.KeyMsg{"Enter": {enter}, "F3": {f3}, "Tab": {tab}} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t).atGuest("1250")
			tl.press(tab, tab)
			tl.types("500")
			tl.wants("Больше предела: будет 125", "[500")
			tl.press(submit...)
			tl.wants("Больше нельзя: снижено до 125", "[125")
			tl.lacks("Списать 125 баллов?")
			tl.press(f3)
			tl.wants("Списать 125 баллов?")
		})
	}
}

func TestTypedPointsReplaceTheLimit(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.press(tab, tab)
	tl.types("50")
	tl.wants("[50", "Останется к оплате 1 200,00 ₽", "На остаток начислим 24")
	tl.press(tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.wants("Введите, сколько баллов списать")
	tl.press(f3)
	tl.lacks("Списать 0", "?")
	tl.types("x")
	tl.wants("Баллы вводятся целым числом")
	tl.press(backspace)
	tl.types("7")
	tl.press(enter, enter)
	tl.wants("Списать 7 баллов?")
}

func TestBackspaceEditsTheLimit(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.press(tab, tab, backspace)
	tl.wants("[12 ", "Останется к оплате 1 238,00 ₽")
}

func TestEscClearsFirstAndThenLeaves(t *testing.T) {
	tl := newTill(t).atGuest("1250")
	tl.wants("Esc Стереть сумму")
	tl.press(esc)
	tl.wants("Александр Татарченко", "Введите сумму чека", "Esc Назад")
	tl.press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAnActionThatCannotBeDoneSaysWhy(t *testing.T) {
	unsettled := loyalty.Operation{ID: loyalty.NewID(), State: loyalty.StateUnknown, Kind: loyalty.Accrual, Points: number("5")}
	tests := []struct {
		name   string
		change func(*fakeDesk)
		sum    string
		press  tea.KeyMsg
		want   string
	}{
		{"no sum to accrue", func(*fakeDesk) {}, "", f2, "Введите сумму чека"},
		{"no sum to redeem", func(*fakeDesk) {}, "", f3, "Введите сумму чека"},
		{"no points", func(d *fakeDesk) { d.balance = decimal.Zero }, "1250", f3, "Нет баллов для списания"},
		{"debt of points", func(d *fakeDesk) { d.balance = number("-3") }, "1250", f3, "Нет баллов для списания"},
		{"no accrue percent", func(d *fakeDesk) { d.rules.AccruePercent.Valid = false }, "1250", f2, "Процент начисления неизвестен"},
		{"no redeem percent", func(d *fakeDesk) { d.rules.RedeemPercent.Valid = false }, "1250", f3, "Процент списания неизвестен"},
		{"too small to accrue", func(*fakeDesk) {}, "10", f2, "С такой суммы баллы не начисляются"},
		{"too small to redeem", func(*fakeDesk) {}, "5", f3, "С такой суммы списать нельзя"},
		{"unsettled", func(d *fakeDesk) { d.unsettled = []loyalty.Operation{unsettled} }, "1250", f3, "ещё проверяется"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t)
			test.change(tl.desk)
			tl.atGuest(test.sum).press(test.press)
			tl.wants("Александр Татарченко", test.want)
			tl.lacks("баллов?")
		})
	}
}

func TestNothingCanBeDoneBeforeTheBalanceIsKnown(t *testing.T) {
	tl := newTill(t)
	tl.held = true
	tl.atGuest("1250").press(f2, f3)
	tl.wants("Ждём баланс")
	tl.lacks("?")
}

func TestTheBalanceIsReadAnewWhenTheOldOperationIsSettled(t *testing.T) {
	tl := newTill(t)
	op := tl.desk.unknown(tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("5"), number("250"), number("250")))
	tl.desk.unsettled = []loyalty.Operation{op}
	tl.atGuest("1250")
	tl.desk.unsettled, tl.desk.balance = nil, number("2370")
	op.State, op.ChangedAt = loyalty.StateApplied, tl.clock
	tl.held = true
	tl.send(loyalty.OperationChanged{Operation: op})
	tl.wants("Обновляем баланс")
	tl.deliver()
	tl.wants("Баланс  2 370 баллов", "1 250", "Начислим 25 баллов")
	tl.press(f2)
	tl.wants("Начислить 25 баллов?")
}

func TestAFailedRefreshKeepsTheGuest(t *testing.T) {
	tl := newTill(t)
	op := tl.desk.unknown(tl.desk.operation(loyalty.Accrual, loyalty.NewID(), number("5"), number("250"), number("250")))
	tl.desk.unsettled = []loyalty.Operation{op}
	tl.atGuest("1250")
	tl.desk.greetErr = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: errBroken}
	op.State, op.ChangedAt = loyalty.StateNotApplied, tl.clock
	tl.send(loyalty.OperationChanged{Operation: op})
	tl.wants("Александр Татарченко", "1 250", "Нет связи с сервисом")
}

func TestAGuestWithoutAName(t *testing.T) {
	tl := newTill(t)
	tl.desk.name = ""
	tl.atGuest("")
	tl.wants("Покупатель 83532824")
}

func TestRulesWithoutALargestSumStillHaveALimit(t *testing.T) {
	tl := newTill(t)
	tl.desk.rules.MaxSum = decimal.Zero
	tl.atGuest("999999999")
	tl.wants("К оплате 999 999 999,00")
}

// The field shows what was typed, less what it refused, and never anything that is no number.
func TestAmountFieldIsAlwaysANumber(t *testing.T) {
	typed := rapid.SliceOf(rapid.SampledFrom([]rune("0123456789.,юЮбБ-x  \u00a0\b")))
	rapid.Check(t, func(t *rapid.T) {
		field := amountField{places: rapid.SampledFrom([]int{0, 2}).Draw(t, "places")}
		for _, r := range typed.Draw(t, "typed") {
			if r == '\b' {
				field.erase()
				continue
			}
			field.enter([]rune{r}, rapid.Bool().Draw(t, "paste"))
		}
		if field.empty() {
			return
		}
		if _, err := decimal.NewFromString(strings.TrimSuffix(field.digits, ".")); err != nil {
			t.Fatalf("the field holds %q", field.digits)
		}
		whole, fraction, _ := strings.Cut(field.digits, ".")
		if len(whole) > wholeDigits || len(fraction) > field.places {
			t.Fatalf("the field holds %q with %d decimals", field.digits, field.places)
		}
		value, err := field.value(pointsMax)
		if err != nil && !strings.ContainsAny(field.digits, "123456789") {
			return // zero is a number, but no amount
		}
		if err != nil || !value.IsPositive() {
			t.Fatalf("%q is read as %s, %v", field.digits, value, err)
		}
	})
}

func TestEveryAmountProblemHasItsWords(t *testing.T) {
	seen := make(map[texts.ID]bool)
	for p := loyalty.AmountEmpty; p <= loyalty.AmountTooLarge; p++ {
		seen[amountWords(&loyalty.AmountError{Problem: p})] = true
	}
	if len(seen) != 5 {
		t.Errorf("5 problems have %d sentences", len(seen))
	}
	if got := amountWords(errBroken); got != texts.AmountNotNumber {
		t.Errorf("another error says %q", got)
	}
}
