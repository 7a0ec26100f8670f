package tui

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// amountField is a field for a number. It takes digits and, where it has decimals, one separator; everything else is
// refused with a word of why, so that what it shows is always a number. What was typed with a refused rune in it is another
// number than what is shown, so that after it nothing is taken until it has been erased. The cursor stays at the end.
type amountField struct {
	places  int    // decimals: 2 for a sum, 0 for points
	digits  string // digits with at most one point
	refusal texts.ID
	refused int // runes since the refusal, that one counted: Backspace takes them back first; a paste counts as one
}

// wholeDigits bounds the digits before the separator: more than any sum that a shop takes.
const wholeDigits = 12

// enter types runes into the field. What a paste holds is taken whole or not at all: a part of a number is another number.
func (f *amountField) enter(runes []rune, paste bool) {
	before := f.digits
	for _, r := range runes {
		if f.refusal == "" {
			f.refusal = f.enterRune(r)
		}
		switch {
		case f.refusal == "":
		case paste:
			f.digits = before
			f.refused++
			return
		default:
			f.refused++
		}
	}
}

func (f *amountField) enterRune(r rune) (refusal texts.ID) {
	whole, fraction, hasPoint := strings.Cut(f.digits, ".")
	switch {
	case r >= '0' && r <= '9':
		return f.enterDigit(r, whole, fraction, hasPoint)
	case r == ' ' || r == '\u00a0' || r == '\u202f':
		return "" // grouping of a pasted number; the field groups by itself
	case f.places == 0:
		return texts.AmountPointsDigitsOnly
	case r == '-' || r == '\u2212':
		return texts.AmountNegative
	case !loyalty.IsSeparator(r), hasPoint:
		return texts.AmountDigitsOnly
	case whole == "":
		f.digits = "0"
	}
	f.digits += "."
	return ""
}

func (f *amountField) enterDigit(r rune, whole, fraction string, hasPoint bool) (refusal texts.ID) {
	switch {
	case hasPoint && len(fraction) >= f.places:
		return texts.AmountTooFine
	case !hasPoint && len(whole) >= wholeDigits:
		return texts.AmountTooLong
	case f.digits == "0":
		f.digits = ""
	}
	f.digits += string(r)
	return ""
}

// erase takes the last rune away, refused or not.
func (f *amountField) erase() {
	if f.refused > 0 {
		if f.refused--; f.refused == 0 {
			f.refusal = ""
		}
		return
	}
	if f.digits != "" {
		f.digits = f.digits[:len(f.digits)-1]
	}
}

func (f *amountField) clear() { f.digits, f.refusal, f.refused = "", "", 0 }

// set shows a number as if it had been typed.
func (f *amountField) set(value decimal.Decimal) {
	f.clear()
	f.digits = value.String()
}

func (f *amountField) empty() bool { return f.digits == "" }

// value reads the number; the error is a [*loyalty.AmountError].
func (f *amountField) value(max decimal.Decimal) (decimal.Decimal, error) {
	return loyalty.ParseAmount(f.digits, f.places, max)
}

// number is what the field shows, as a number: it shows nothing else. An empty field is zero.
func (f *amountField) number() decimal.Decimal {
	value, err := decimal.NewFromString(strings.TrimSuffix(f.digits, "."))
	if err != nil {
		return decimal.Zero
	}
	return value
}

// view draws the field in so many cells, with the cursor when it has the focus.
func (f *amountField) view(e *env, cells int, focused bool) string {
	inner := cells - 3 // the brackets and the cursor
	shown := e.Truncate(e.Grouped(f.digits), inner)
	style, cursor := e.Input.Field, " "
	if focused {
		style, cursor = e.Input.FieldActive, e.Input.Cursor.Render(" ")
	}
	rest := strings.Repeat(" ", max(0, inner-len([]rune(shown))))
	return e.Shapes.Open + style.Render(shown) + cursor + rest + e.Shapes.Closing
}
