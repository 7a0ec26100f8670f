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
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

func TestThePreviewFollowsTheSum(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.wants(
		"Начислим 25 баллов", "К оплате 1 250,00 ₽", "Баланс станет 2 390 баллов",
		"Можно списать до 125", "Списать баллов", "Останется к оплате 1 125,00 ₽", "На остаток начислим 22",
		"Баланс станет 2 262 балла", "Начисляем 2 % от оплаты деньгами, списать можно до 10 % чека",
	)
	tl.Types(",5")
	tl.wants("1 250,5")
	tl.Press(backspace, backspace, backspace)
	tl.wants("Начислим 2 балла", "Можно списать до 12")
}

func TestSumsAreTypedOnAnyLayout(t *testing.T) {
	for _, typed := range []string{"1250,50", "1250.50", "1250ю50", "1250б50", "1250Ю50", "01250,50"} {
		tl := newTill(t).AtGuest(typed)
		if !strings.Contains(tl.Shown(), "К оплате 1 250,50 ₽") {
			t.Errorf("typed %q:\n%s", typed, tl.Shown())
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
			tl := newTill(t).AtGuest(strings.TrimSuffix(test.typed, "5"))
			tl.wants(test.want, test.shows)
			tl.Press(f2)
			tl.lacks("Начислить 25", "Сумма чека:")
			if len(tl.Desk.Accruals) != 0 {
				t.Error("something was accrued")
			}
		})
	}
}

func TestAPastedSumIsTakenWholeOrNotAtAll(t *testing.T) {
	tl := newTill(t).AtGuest("")
	paste := func(text string) {
		tl.Wait(time.Second)
		tl.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text), Paste: true})
		tl.Wait(time.Second)
	}
	paste("-500")
	tl.wants("Сумма не бывает отрицательной")
	tl.lacks("[500")
	tl.Press(backspace)
	paste("50-0")
	tl.lacks("[50")
	tl.Press(backspace)
	paste("1 250,50")
	tl.wants("[1 250,50", "Начислим 25 баллов")
}

func TestEnterInTheSumOnlyMovesTheFocus(t *testing.T) {
	tl := newTill(t).AtGuest("")
	tl.Press(enter)
	tl.wants("Введите сумму чека")
	tl.Types("1250")
	tl.Press(enter)
	tl.lacks("Начислить 25 баллов?")
	tl.wants("> Начислить <")
	tl.Press(enter)
	tl.wants("Начислить 25 баллов?", "Сумма чека: 1 250,00 ₽", "Покупатель: Александр Татарченко")
}

func TestTabAndArrowsMoveTheFocusAround(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Press(tab)
	tl.wants("> Начислить <")
	tl.Press(tab, tab)
	tl.wants("> Списать <")
	tl.Press(tab) // around to the sum
	tl.Types("0")
	tl.wants("12 500")
	tl.Press(backTab)
	tl.wants("> Списать <")
	tl.Press(tea.KeyMsg{Type: tea.KeyUp}, tea.KeyMsg{Type: tea.KeyLeft})
	tl.wants("> Начислить <")
	tl.Press(tea.KeyMsg{Type: tea.KeyDown}, tea.KeyMsg{Type: tea.KeyRight})
	tl.wants("> Списать <")
	tl.Types("777") // a button takes no digits
	tl.wants("[12 500")
}

func TestPointsAboveTheLimitAreLoweredAndThatEnterDoesNotSubmit(t *testing.T) {
	for name, submit := range map[string][]tea.KeyMsg{"Enter": {enter}, "F3": {f3}, "Tab": {tab}} {
		t.Run(name, func(t *testing.T) {
			tl := newTill(t).AtGuest("1250")
			tl.Press(tab, tab)
			tl.Types("500")
			tl.wants("Больше предела: будет 125", "[500")
			tl.Press(submit...)
			tl.wants("Больше нельзя: снижено до 125", "[125")
			tl.lacks("Списать 125 баллов?")
			tl.Press(f3)
			tl.wants("Списать 125 баллов?")
		})
	}
}

func TestTypedPointsReplaceTheLimit(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Press(tab, tab)
	tl.Types("50")
	tl.wants("[50", "Останется к оплате 1 200,00 ₽", "На остаток начислим 24")
	tl.Press(tea.KeyMsg{Type: tea.KeyCtrlU})
	tl.wants("Введите, сколько баллов списать")
	tl.Press(f3)
	tl.lacks("Списать 0", "?")
	tl.Types("x")
	tl.wants("Баллы вводятся целым числом")
	tl.Press(backspace)
	tl.Types("7")
	tl.Press(enter, enter)
	tl.wants("Списать 7 баллов?")
}

func TestBackspaceEditsTheLimit(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.Press(tab, tab, backspace)
	tl.wants("[12 ", "Останется к оплате 1 238,00 ₽")
}

func TestEscClearsFirstAndThenLeaves(t *testing.T) {
	tl := newTill(t).AtGuest("1250")
	tl.wants("Esc Стереть сумму")
	tl.Press(esc)
	tl.wants("Александр Татарченко", "Введите сумму чека", "Esc Назад")
	tl.Press(esc)
	tl.wants("Отсканируйте QR покупателя")
}

func TestAnActionThatCannotBeDoneSaysWhy(t *testing.T) {
	unsettled := loyalty.Operation{ID: loyalty.NewID(), State: loyalty.StateUnknown, Kind: loyalty.Accrual, Points: stage.Number("5")}
	tests := []struct {
		name   string
		change func(*stage.Desk)
		sum    string
		press  tea.KeyMsg
		want   string
	}{
		{"no sum to accrue", func(*stage.Desk) {}, "", f2, "Введите сумму чека"},
		{"no sum to redeem", func(*stage.Desk) {}, "", f3, "Введите сумму чека"},
		{"no points", func(d *stage.Desk) { d.Balance = decimal.Zero }, "1250", f3, "Нет баллов для списания"},
		{"debt of points", func(d *stage.Desk) { d.Balance = stage.Number("-3") }, "1250", f3, "Нет баллов для списания"},
		{"no accrue percent", func(d *stage.Desk) { d.Rules.AccruePercent.Valid = false }, "1250", f2, "Процент начисления неизвестен"},
		{"no redeem percent", func(d *stage.Desk) { d.Rules.RedeemPercent.Valid = false }, "1250", f3, "Процент списания неизвестен"},
		{"too small to accrue", func(*stage.Desk) {}, "10", f2, "С такой суммы баллы не начисляются"},
		{"too small to redeem", func(*stage.Desk) {}, "5", f3, "С такой суммы списать нельзя"},
		{"unsettled", func(d *stage.Desk) { d.Unsettled = []loyalty.Operation{unsettled} }, "1250", f3, "ещё проверяется"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tl := newTill(t)
			test.change(tl.Desk)
			tl.AtGuest(test.sum).Press(test.press)
			tl.wants("Александр Татарченко", test.want)
			tl.lacks("баллов?")
		})
	}
}

func TestNothingCanBeDoneBeforeTheBalanceIsKnown(t *testing.T) {
	tl := newTill(t)
	tl.Held = true
	tl.AtGuest("1250").Press(f2, f3)
	tl.wants("Ждём баланс")
	tl.lacks("?")
}

func TestTheBalanceIsReadAnewWhenTheOldOperationIsSettled(t *testing.T) {
	tl := newTill(t)
	op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("5"), stage.Number("250"), stage.Number("250")))
	tl.Desk.Unsettled = []loyalty.Operation{op}
	tl.AtGuest("1250")
	tl.Desk.Unsettled, tl.Desk.Balance = nil, stage.Number("2370")
	op.State, op.ChangedAt = loyalty.StateApplied, tl.Clock
	tl.Held = true
	tl.Send(loyalty.OperationChanged{Operation: op})
	tl.wants("Обновляем баланс")
	tl.Deliver()
	tl.wants("Баланс  2 370 баллов", "1 250", "Начислим 25 баллов")
	tl.Press(f2)
	tl.wants("Начислить 25 баллов?")
}

func TestAFailedRefreshKeepsTheGuest(t *testing.T) {
	tl := newTill(t)
	op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Accrual, loyalty.NewID(), stage.Number("5"), stage.Number("250"), stage.Number("250")))
	tl.Desk.Unsettled = []loyalty.Operation{op}
	tl.AtGuest("1250")
	tl.Desk.GreetErr = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: stage.ErrBroken}
	op.State, op.ChangedAt = loyalty.StateNotApplied, tl.Clock
	tl.Send(loyalty.OperationChanged{Operation: op})
	tl.wants("Александр Татарченко", "1 250", "Нет связи с сервисом")
}

func TestAGuestWithoutAName(t *testing.T) {
	tl := newTill(t)
	tl.Desk.Name = ""
	tl.AtGuest("")
	tl.wants("Покупатель 83532824")
}

func TestRulesWithoutALargestSumStillHaveALimit(t *testing.T) {
	tl := newTill(t)
	tl.Desk.Rules.MaxSum = decimal.Zero
	tl.AtGuest("999999999")
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
	if got := amountWords(stage.ErrBroken); got != texts.AmountNotNumber {
		t.Errorf("another error says %q", got)
	}
}
