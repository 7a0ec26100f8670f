package texts

import (
	"maps"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/shopspring/decimal"
)

// noBreak groups digits and stands between a number and its unit, so that no line is broken there.
const noBreak = "\u00a0"

// rules are how a language writes numbers, money and dates: CLDR 46, common/main of en, ru and uk, numbers (symbols and the
// standard currency format) and dates (of en those of en_001, which more shops know). golang.org/x/text/message has the same
// rules but takes no decimals, and currency there puts every sign first; a test compares the two where they can be.
type rules struct {
	thousands, point string
	signFirst        bool   // the sign of a currency stands before the sum
	day, date        string // of [time.Time.Format]: without the year, and with it
}

var (
	cyrillicRules = rules{thousands: noBreak, point: ",", day: "02.01", date: "02.01.2006"}
	englishRules  = rules{thousands: ",", point: ".", signFirst: true, day: "2 Jan", date: "2 Jan 2006"}
)

func (t *Texts) rules() *rules {
	if t.Lang() == English {
		return &englishRules
	}
	return &cyrillicRules
}

// Number writes a number by the rules of the language: digits grouped by three, a decimal comma (in English commas and
// a point). It has as many decimals as the number has.
func (t *Texts) Number(d decimal.Decimal) string { return t.rules().group(d.String()) }

// Percent writes a percentage, given in per cent.
func (t *Texts) Percent(d decimal.Decimal) string {
	if t.Lang() == Russian {
		return t.Number(d) + noBreak + "%"
	}
	return t.Number(d) + "%"
}

// Points writes points with their word in the right form: 1 балл, 2 балла, 5 баллов.
func (t *Texts) Points(d decimal.Decimal) string { return t.count("points", d) }

// PointsOf writes points as they stand after a noun: "начисление 2 баллов".
func (t *Texts) PointsOf(d decimal.Decimal) string { return t.count("points_of", d) }

// Count gives a text with plural forms in the form of a number, which stands in it as Count. At most one Args may follow.
func (t *Texts) Count(id ID, n int64, args ...Args) string {
	return t.count(string(id), decimal.NewFromInt(n), args...)
}

// count picks the plural form by the number's value: of 3 and of -3 it is the same.
func (t *Texts) count(id string, d decimal.Decimal, args ...Args) string {
	data := Args{"Count": t.Number(d)}
	for _, more := range args {
		maps.Copy(data, more)
	}
	return t.tongue.Load().localize(&i18n.LocalizeConfig{
		MessageID:    id,
		PluralCount:  pluralCount(d.Abs()).String(),
		TemplateData: data,
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
	rules := t.rules()
	amount := rules.group(d.StringFixed(2))
	if currency == "" {
		return amount
	}
	sign, ok := currencySigns[currency]
	if !ok {
		sign = currency
	}
	if !rules.signFirst {
		return amount + noBreak + sign
	}
	if last, _ := utf8.DecodeLastRuneInString(sign); unicode.IsLetter(last) {
		sign += noBreak
	}
	if rest, isNegative := strings.CutPrefix(amount, minus); isNegative {
		return minus + sign + rest
	}
	return sign + amount
}

// currencySigns are the narrow signs of CLDR: a shop has one currency, so that none is taken for another.
var currencySigns = map[string]string{
	"AMD": "֏",
	"AZN": "₼",
	"BYN": "Br",
	"EUR": "€",
	"GBP": "£",
	"GEL": "₾",
	"KZT": "₸",
	"PLN": "zł",
	"RUB": "₽",
	"TRY": "₺",
	"UAH": "₴",
	"USD": "$",
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

// MomentCells is the most that [Texts.Moment] takes, in characters.
func (t *Texts) MomentCells() int { return t.WhenCells() + len(" 15:04") }

// When writes when something was in few cells: the time of day, or only the date when it was not on the day of now.
func (t *Texts) When(at, now time.Time) string {
	at, now = at.Local(), now.Local()
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return t.Clock(at)
	}
	return at.Format(t.rules().day)
}

// WhenCells is the most that [Texts.When] takes, in characters.
func (t *Texts) WhenCells() int {
	lateInMonth := time.Date(2006, time.January, 31, 0, 0, 0, 0, time.UTC)
	return len(lateInMonth.Format(t.rules().day))
}

// Day writes a date.
func (t *Texts) Day(at time.Time) string { return at.Local().Format(t.rules().date) }

// Ago writes how long ago something was, in whole minutes, hours or days, rounded down.
func (t *Texts) Ago(past time.Duration) string {
	id, unit := "minutes_ago", time.Minute
	switch {
	case past < time.Minute:
		return t.tongue.Load().localize(&i18n.LocalizeConfig{MessageID: "just_now"})
	case past >= 24*time.Hour:
		id, unit = "days_ago", 24*time.Hour
	case past >= time.Hour:
		id, unit = "hours_ago", time.Hour
	}
	return t.count(id, decimal.NewFromInt(int64(past/unit)))
}

// Grouped writes digits that are still being typed the way [Texts.Number] writes a number. The text is digits with at
// most one point; what stands behind the point is left as it is.
func (t *Texts) Grouped(digits string) string { return t.rules().group(digits) }

// minus is the sign of a negative number: no hyphen, so that no line is broken behind it.
const minus = "−"

// group puts the separators of the language into a plain number.
func (r *rules) group(plain string) string {
	whole, fraction, hasFraction := strings.Cut(plain, ".")
	var b strings.Builder
	if digits, isNegative := strings.CutPrefix(whole, "-"); isNegative {
		b.WriteString(minus)
		whole = digits
	}
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(r.thousands)
		}
		b.WriteByte(whole[i])
	}
	if hasFraction {
		b.WriteString(r.point)
		b.WriteString(fraction)
	}
	return b.String()
}
