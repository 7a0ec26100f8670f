package tui

import (
	"strings"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// amountField is a field for a number. It takes digits and, where it has decimals, one separator; everything else is
// refused with a word of why, so that what it shows is always a number. The cursor stays at the end.
type amountField struct {
	places  int    // decimals: 2 for a sum, 0 for points
	digits  string // digits with at most one point
	refusal texts.ID
}

// wholeDigits bounds the digits before the separator: more than any sum that a shop takes.
const wholeDigits = 12

// enter types runes into the field. What a paste holds is taken whole or not at all: a part of a number is another number.
func (f *amountField) enter(runes []rune, paste bool) {
	f.refusal = ""
	before := f.digits
	for _, r := range runes {
		refusal := f.enterRune(r)
		if refusal == "" {
			continue
		}
		f.refusal = refusal
		if paste {
			f.digits = before
			return
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
	case r == '-' || r == '\u2212':
		return texts.AmountNegative
	case f.places == 0:
		return texts.AmountPointsDigitsOnly
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

// erase takes the last rune away.
func (f *amountField) erase() {
	f.refusal = ""
	if f.digits != "" {
		f.digits = f.digits[:len(f.digits)-1]
	}
}

func (f *amountField) clear() { f.digits, f.refusal = "", "" }

// set shows a number as if it had been typed.
func (f *amountField) set(value decimal.Decimal) { f.digits, f.refusal = value.String(), "" }

func (f *amountField) empty() bool { return f.digits == "" }

// value reads the number; the error is a [*loyalty.AmountError].
func (f *amountField) value(max decimal.Decimal) (decimal.Decimal, error) {
	return loyalty.ParseAmount(f.digits, f.places, max)
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
