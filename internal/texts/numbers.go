package texts

import (
	"strings"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/shopspring/decimal"
)

// noBreak groups digits and stands between a number and its unit, so that no line is broken there.
const noBreak = "\u00a0"

// Number writes a number by the rules of the language: digits grouped by three, a decimal comma (in English commas and
// a point). It has as many decimals as the number has.
func (t *Texts) Number(d decimal.Decimal) string { return t.group(d.String()) }

// Points writes points with their word in the right form: 1 балл, 2 балла, 5 баллов.
func (t *Texts) Points(d decimal.Decimal) string { return t.count("points", d) }

// PointsOf writes points as they stand after a noun: "начисление 2 баллов".
func (t *Texts) PointsOf(d decimal.Decimal) string { return t.count("points_of", d) }

// count picks the plural form by the number's value: of 3 and of -3 it is the same.
func (t *Texts) count(id string, d decimal.Decimal) string {
	return t.localize(&i18n.LocalizeConfig{
		MessageID:    id,
		PluralCount:  pluralCount(d.Abs()).String(),
		TemplateData: Args{"Count": t.Number(d)},
	})
}

// pluralCount gives a number with the same plural form that fits the 64 bits of go-i18n: no language here looks beyond
// the last two digits of a number of three digits or more.
func pluralCount(d decimal.Decimal) decimal.Decimal {
	thousand := decimal.NewFromInt(1000)
	if d.LessThan(thousand) {
		return d
	}
	return d.Mod(thousand).Add(thousand)
}

// Money writes a sum of money with two decimals and the sign of its currency, given as an ISO 4217 code; a currency
// without a sign of its own is written as its code, and an empty code leaves the sum alone.
func (t *Texts) Money(d decimal.Decimal, currency string) string {
	amount := t.group(d.StringFixed(2))
	if currency == "" {
		return amount
	}
	sign, ok := currencySigns[currency]
	if !ok {
		sign = currency
	}
	return amount + noBreak + sign
}

var currencySigns = map[string]string{
	"RUB": "₽",
	"UAH": "₴",
	"KZT": "₸",
	"USD": "$",
	"EUR": "€",
	"BYN": "Br",
}

// Clock writes a time of day, as the till's clock shows it.
func (t *Texts) Clock(at time.Time) string { return at.Local().Format("15:04") }

// Moment writes when something was: the time of day, and the date too when it was not on the day of now.
func (t *Texts) Moment(at, now time.Time) string {
	when, clock := t.When(at, now), t.Clock(at)
	if when == clock {
		return clock
	}
	return when + " " + clock
}

// When writes when something was in few cells: the time of day, or only the date when it was not on the day of now.
func (t *Texts) When(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	switch {
	case at.YearDay() == now.YearDay() && at.Year() == now.Year():
		return t.Clock(at)
	case t.lang == English:
		return at.Format("2 Jan")
	}
	return at.Format("02.01")
}

// Day writes a date.
func (t *Texts) Day(at time.Time) string {
	if t.lang == English {
		return at.Local().Format("2 Jan 2006")
	}
	return at.Local().Format("02.01.2006")
}

// Ago writes how long ago something was, in whole minutes, hours or days, rounded down.
func (t *Texts) Ago(past time.Duration) string {
	id, unit := "minutes_ago", time.Minute
	switch {
	case past < time.Minute:
		return t.localize(&i18n.LocalizeConfig{MessageID: "just_now"})
	case past >= 24*time.Hour:
		id, unit = "days_ago", 24*time.Hour
	case past >= time.Hour:
		id, unit = "hours_ago", time.Hour
	}
	return t.count(id, decimal.NewFromInt(int64(past/unit)))
}

// Grouped writes digits that are still being typed the way [Texts.Number] writes a number. The text is digits with at
// most one point; what stands behind the point is left as it is.
func (t *Texts) Grouped(digits string) string { return t.group(digits) }

// group puts the separators of the language into a plain number.
func (t *Texts) group(plain string) string {
	thousands, point := noBreak, ","
	if t.lang == English {
		thousands, point = ",", "."
	}
	sign := ""
	if strings.HasPrefix(plain, "-") {
		sign, plain = "−", plain[1:]
	}
	whole, fraction, hasFraction := strings.Cut(plain, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteByte(whole[i])
	}
	if hasFraction {
		b.WriteString(point)
		b.WriteString(fraction)
	}
	return b.String()
}
