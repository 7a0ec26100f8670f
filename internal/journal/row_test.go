package journal

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// drawDecimal draws a decimal within the journal's range, in any of its forms.
func drawDecimal(t *rapid.T, name string) decimal.Decimal {
	coefficient := big.NewInt(rapid.Int64().Draw(t, name))
	zeros := rapid.Int64Range(0, 5).Draw(t, name+"'s zeros")
	coefficient.Mul(coefficient, new(big.Int).Exp(big.NewInt(10), big.NewInt(zeros), nil))
	return decimal.NewFromBigInt(coefficient, rapid.Int32Range(-10, 5).Draw(t, name+"'s exponent"))
}

// TestDecimalTexts shows that a decimal comes back as it was and that equal values, and only they, have equal texts.
func TestDecimalTexts(t *testing.T) {
	t.Parallel()
	text := func(t *rapid.T, d decimal.Decimal) string {
		e := encoder{}
		text := e.decimal(d)
		if e.err != nil {
			t.Fatalf("%s: %v", d, e.err)
		}
		return text
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawDecimal(t, "a"), drawDecimal(t, "b")
		if rapid.Bool().Draw(t, "same value") {
			b = a.Add(decimal.New(0, b.Exponent())) // the same value in another form
		}
		back, err := decimal.NewFromString(text(t, a))
		if err != nil || !back.Equal(a) {
			t.Fatalf("%s became %q", a, text(t, a))
		}
		if same := text(t, a) == text(t, b); same != a.Equal(b) {
			t.Fatalf("%s and %s became %q and %q", a, b, text(t, a), text(t, b))
		}
	})
}

// TestDecimalTextsDependOnNoSetting changes how the whole process prints decimals.
func TestDecimalTextsDependOnNoSetting(t *testing.T) {
	t.Parallel()
	trim, scientific := decimal.TrimTrailingZeros, decimal.UseScientificNotation
	defer func() { decimal.TrimTrailingZeros, decimal.UseScientificNotation = trim, scientific }()
	decimal.TrimTrailingZeros, decimal.UseScientificNotation = false, true
	for value, want := range map[string]string{"1.50": "1.5", "1e3": "1000", "-0.00": "0", "-2.0": "-2", "100": "100"} {
		e := encoder{}
		if got := e.decimal(decimal.RequireFromString(value)); got != want || e.err != nil {
			t.Errorf("%s became %q (%v), want %q", value, got, e.err, want)
		}
	}
}
