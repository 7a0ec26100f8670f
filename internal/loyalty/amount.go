package loyalty

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// AmountProblem says what is wrong with a typed amount.
type AmountProblem int

// The problems, each with its own sentence on the screen.
const (
	AmountEmpty       AmountProblem = iota + 1 // nothing was typed
	AmountNotNumber                            // a character that no number has, or two separators
	AmountNotPositive                          // zero or negative
	AmountTooFine                              // more decimals than the unit has
	AmountTooLarge                             // more than the largest that is taken
)

// AmountError is the refusal of a typed amount; nothing was counted or sent.
type AmountError struct {
	Problem AmountProblem
	Max     decimal.Decimal // the largest that is taken, with AmountTooLarge
}

func (e *AmountError) Error() string {
	switch e.Problem {
	case AmountEmpty:
		return "loyalty: no amount"
	case AmountNotPositive:
		return "loyalty: the amount is not positive"
	case AmountTooFine:
		return "loyalty: the amount has too many decimals"
	case AmountTooLarge:
		return fmt.Sprintf("loyalty: the amount is above %s", e.Max)
	default:
		return "loyalty: the amount is not a number"
	}
}

// amountMaxBytes bounds what is looked at: more digits than any sum, and grouping between them.
const amountMaxBytes = 64

// separators are the characters that the decimal key gives: comma and point, and on a Cyrillic layout the letters of
// the same two keys, because the cashier types a sum without looking at the layout.
const separators = ".,юЮбБ"

// IsSeparator reports whether a typed rune stands for the decimal separator.
func IsSeparator(r rune) bool { return strings.ContainsRune(separators, r) }

// ParseAmount reads what a person typed as a sum (places 2) or as points (places 0): digits with at most one decimal
// separator, grouped by spaces or not. The result is positive and at most max; otherwise the error is an [*AmountError].
func ParseAmount(text string, places int, max decimal.Decimal) (decimal.Decimal, error) {
	whole, fraction, problem := splitAmount(text)
	if problem != 0 {
		return decimal.Decimal{}, &AmountError{Problem: problem}
	}
	if len(strings.TrimRight(fraction, "0")) > places {
		return decimal.Decimal{}, &AmountError{Problem: AmountTooFine}
	}
	value, err := decimal.NewFromString(whole + "." + fraction + "0")
	if err != nil {
		return decimal.Decimal{}, &AmountError{Problem: AmountNotNumber}
	}
	switch {
	case !value.IsPositive():
		return decimal.Decimal{}, &AmountError{Problem: AmountNotPositive}
	case value.GreaterThan(max):
		return decimal.Decimal{}, &AmountError{Problem: AmountTooLarge, Max: max}
	}
	return value, nil
}

// splitAmount gives the digits before and after the separator; whole is never empty when there is no problem.
func splitAmount(text string) (whole, fraction string, problem AmountProblem) {
	if len(text) > amountMaxBytes {
		return "", "", AmountNotNumber
	}
	var digits [2]strings.Builder
	part := 0
	negative := false
	for i, r := range strings.TrimSpace(text) {
		switch {
		case r >= '0' && r <= '9':
			digits[part].WriteRune(r)
		case IsSeparator(r) && part == 0:
			part = 1
		case r == ' ' || r == '\u00a0' || r == '\u202f':
		case (r == '-' || r == '\u2212') && i == 0:
			negative = true
		default:
			return "", "", AmountNotNumber
		}
	}
	whole, fraction = digits[0].String(), digits[1].String()
	switch {
	case whole == "" && fraction == "" && (part > 0 || negative):
		return "", "", AmountNotNumber
	case whole == "" && fraction == "":
		return "", "", AmountEmpty
	case negative:
		return "", "", AmountNotPositive
	case whole == "":
		whole = "0"
	}
	return whole, fraction, 0
}
