package journal

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// columns are the operation's, in the order of [operationValues] and [scanOperation].
const columns = `id, register, kind, state, vendor, client, secret, scanned_at, name, points, sum, money, percent,
	parent, link, baseline, baseline_at, planned_at, sent_at, deadline, changed_at, balance, code, text, reason, cashier,
	waits_for, note, order_id`

// operationValues are what an operation is in the database.
func operationValues(o loyalty.Operation) ([]any, error) {
	e := encoder{}
	values := []any{
		o.ID[:], o.Register, string(o.Kind), string(o.State), o.Vendor, o.Client, secretValue(o.Secret),
		micros(o.ScannedAt), o.Name, e.whole(o.Points), e.decimal(o.Sum), e.decimal(o.Money), e.decimal(o.Percent),
		idValue(o.Parent), string(o.Link), e.decimal(o.Baseline), optionalMicros(o.BaselineAt), micros(o.PlannedAt),
		optionalMicros(o.SentAt), optionalMicros(o.Deadline), micros(o.ChangedAt), e.optional(o.Balance, o.BalanceRead),
		int(o.Code), o.Text, string(o.Reason), o.Cashier, idValue(o.WaitsFor), o.Note,
		idValue(o.Order),
	}
	if e.err != nil {
		return nil, fmt.Errorf("journal: operation %s: %w", o.ID, e.err)
	}
	return values, nil
}

// movedValues are the columns that a move changes, in the order of [updateOperation].
func movedValues(o loyalty.Operation) ([]any, error) {
	e := encoder{}
	values := []any{
		string(o.State), micros(o.ChangedAt), string(o.Reason), e.decimal(o.Baseline), optionalMicros(o.BaselineAt),
		optionalMicros(o.SentAt), optionalMicros(o.Deadline), e.optional(o.Balance, o.BalanceRead), int(o.Code), o.Text,
		o.ID[:],
	}
	if e.err != nil {
		return nil, fmt.Errorf("journal: operation %s: %w", o.ID, e.err)
	}
	return values, nil
}

// scanner is a row, or the only row, of a query.
type scanner interface{ Scan(into ...any) error }

func scanOperation(row scanner) (loyalty.Operation, error) {
	var o loyalty.Operation
	var secret *int64
	var balance decimal.NullDecimal
	err := row.Scan(
		&o.ID, &o.Register, &o.Kind, &o.State, &o.Vendor, &o.Client, &secret, at{&o.ScannedAt}, &o.Name, &o.Points,
		&o.Sum, &o.Money, &o.Percent, &o.Parent, &o.Link, &o.Baseline, at{&o.BaselineAt}, at{&o.PlannedAt},
		at{&o.SentAt}, at{&o.Deadline}, at{&o.ChangedAt}, &balance, &o.Code, &o.Text, &o.Reason, &o.Cashier,
		&o.WaitsFor, &o.Note, &o.Order,
	)
	if secret != nil {
		o.Secret = skidkabot.Secret(*secret)
	}
	o.Balance, o.BalanceRead = balance.Decimal, balance.Valid
	return o, err
}

// secretValue is NULL for a secret that was wiped.
func secretValue(secret skidkabot.Secret) any {
	if secret == 0 {
		return nil
	}
	return secret.Reveal()
}

func idValue(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id[:]
}

// micros is the moment in microseconds since 1970, rounded down. The zero time has a number, too.
func micros(t time.Time) int64 { return t.UnixMicro() }

// microsUp rounds up: a moment of the journal is before t exactly when its number is below this one.
func microsUp(t time.Time) int64 {
	if t.Nanosecond()%int(time.Microsecond) != 0 {
		return t.UnixMicro() + 1
	}
	return t.UnixMicro()
}

func optionalMicros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return micros(t)
}

// at reads a moment into a time; NULL is the zero time.
type at struct{ time *time.Time }

// Scan implements sql.Scanner.
func (a at) Scan(value any) error {
	switch micros := value.(type) {
	case nil:
		*a.time = time.Time{}
	case int64:
		*a.time = time.UnixMicro(micros).UTC()
	default:
		return fmt.Errorf("journal: a moment is a %T", value)
	}
	return nil
}

// maxDigits bounds the decimals of a journal on both sides of the point: far more than money needs, and a number such
// as 1e1000000000 does not become a gigabyte of zeros.
const maxDigits = 40

// encoder turns decimals into what the database keeps, and remembers the first that it cannot keep.
type encoder struct{ err error }

// decimal gives the shortest text of the value, so that equal values have equal texts.
func (e *encoder) decimal(d decimal.Decimal) string {
	exponent := d.Exponent()
	if exponent > maxDigits || exponent < -maxDigits || d.NumDigits() > maxDigits {
		e.err = ErrRange
		return ""
	}
	text := d.StringFixed(max(0, -exponent)) // String depends on settings of the whole process
	if exponent < 0 {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

func (e *encoder) optional(d decimal.Decimal, valid bool) any {
	if !valid {
		return nil
	}
	return e.decimal(d)
}

func (e *encoder) whole(d decimal.Decimal) int64 {
	if exponent := d.Exponent(); exponent > maxDigits || exponent < -maxDigits || !d.IsInteger() || !d.BigInt().IsInt64() {
		e.err = ErrRange
		return 0
	}
	return d.IntPart()
}
