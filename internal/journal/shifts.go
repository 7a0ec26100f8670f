package journal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// shiftColumns are the shift's, in the order of [scanShift].
const shiftColumns = `id, register, number, opened_at, opened_by, closed_at, closed_by`

const (
	openShift   = ` FROM shifts INDEXED BY shifts_open WHERE register = ? AND closed_at IS NULL`
	findShift   = `SELECT ` + shiftColumns + openShift
	isShiftOpen = `SELECT EXISTS (SELECT 1` + openShift + ` AND id = ?)`
	insertShift = `INSERT INTO shifts (` + shiftColumns + `)
		SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3, ?4, NULL, '' FROM shifts WHERE register = ?2
		RETURNING ` + shiftColumns
	closeShift = `UPDATE shifts SET closed_at = ?, closed_by = ? WHERE register = ? AND closed_at IS NULL RETURNING ` + shiftColumns
	newShifts  = `SELECT ` + shiftColumns + ` FROM shifts INDEXED BY shifts_number WHERE register = ? ORDER BY number DESC LIMIT ?`

	// shiftPayments gives a shift and its payments as they are at one moment, those of an order one after the other.
	shiftPayments = `SELECT s.id, s.register, s.number, s.opened_at, s.opened_by, s.closed_at, s.closed_by,
		p.order_id, p.kind, p.sum, p.tips FROM shifts s LEFT JOIN payments p ON p.shift = s.id WHERE s.id = ? ORDER BY p.order_id`
)

// OpenShift implements [orders.TillStore].
func (j *Journal) OpenShift(ctx context.Context, id uuid.UUID, by string, at time.Time) (orders.Shift, error) {
	return j.writeShift(ctx, func(ctx context.Context, t *transaction) (orders.Shift, error) {
		_, err := t.shift(ctx, findShift, j.register)
		switch {
		case err == nil:
			return orders.Shift{}, orders.ErrShiftOpen
		case !noRow(err):
			return orders.Shift{}, err
		}
		return t.shift(ctx, insertShift, id[:], j.register, micros(at), by)
	})
}

// CloseShift implements [orders.TillStore].
func (j *Journal) CloseShift(ctx context.Context, by string, at time.Time) (orders.Shift, error) {
	return j.writeShift(ctx, func(ctx context.Context, t *transaction) (orders.Shift, error) {
		s, err := t.shift(ctx, closeShift, micros(at), by, j.register)
		if noRow(err) {
			err = orders.ErrShiftClosed
		}
		return s, err
	})
}

// writeShift runs a transaction that gives a shift as it is afterwards.
func (j *Journal) writeShift(
	ctx context.Context, run func(context.Context, *transaction) (orders.Shift, error),
) (orders.Shift, error) {
	var written orders.Shift
	err := j.write(ctx, starts, func(ctx context.Context, t *transaction) error {
		s, err := run(ctx, t)
		if err != nil {
			return fmt.Errorf("journal: the shift of till %d: %w", j.register, err)
		}
		written = s
		return nil
	})
	if err != nil {
		return orders.Shift{}, err
	}
	return written, nil
}

func (t *transaction) shift(ctx context.Context, text string, args ...any) (orders.Shift, error) {
	statement, done, err := t.journal.writing.get(ctx, text)
	if err != nil {
		return orders.Shift{}, err
	}
	defer done()
	return scanShift(statement.QueryRowContext(ctx, args...))
}

// Shift implements [orders.TillStore].
func (j *Journal) Shift(ctx context.Context) (orders.Shift, error) {
	found, err := j.shifts(ctx, findShift, j.register)
	if err == nil && len(found) == 0 {
		return orders.Shift{}, fmt.Errorf("journal: till %d: %w", j.register, orders.ErrShiftClosed)
	}
	if err != nil {
		return orders.Shift{}, err
	}
	return found[0], nil
}

// Shifts implements [orders.TillStore].
func (j *Journal) Shifts(ctx context.Context, limit int) ([]orders.Shift, error) {
	return j.shifts(ctx, newShifts, j.register, bounded(limit))
}

func (j *Journal) shifts(ctx context.Context, text string, args ...any) ([]orders.Shift, error) {
	q := &selection{args: args}
	q.text.WriteString(text)
	return query(ctx, j, q, scanShift)
}

// ShiftTotals implements [orders.TillStore]. How long it takes depends on how many payments the shift has. Sums are summed here:
// SQLite has no decimals.
func (j *Journal) ShiftTotals(ctx context.Context, shift uuid.UUID) (orders.ShiftTotals, error) {
	q := &selection{args: []any{shift[:]}}
	q.text.WriteString(shiftPayments)
	totals := orders.ShiftTotals{Payments: map[orders.PaymentKind]orders.KindTotal{}}
	var last uuid.UUID
	err := eachRow(ctx, j, q, func(row scanner) error {
		order, err := addPayment(&totals, row)
		if order != last {
			totals.Orders++
		}
		last = order
		return err
	})
	switch {
	case err != nil:
		return orders.ShiftTotals{}, j.wrap(err)
	case totals.Shift.ID == uuid.Nil:
		return orders.ShiftTotals{}, fmt.Errorf("journal: shift %s: %w", shift, orders.ErrNotFound)
	}
	return totals, nil
}

// addPayment adds a row of shiftPayments to the totals, and gives the order that the payment is of; [uuid.Nil]: a shift
// without payments.
func addPayment(totals *orders.ShiftTotals, row scanner) (order uuid.UUID, err error) {
	var kind sql.NullString
	var sum, tips decimal.NullDecimal
	totals.Shift, err = scanShiftAnd(row, &order, &kind, &sum, &tips)
	if err != nil || !kind.Valid {
		return order, err
	}
	one := totals.Payments[orders.PaymentKind(kind.String)]
	one.Count++
	one.Sum = one.Sum.Add(sum.Decimal)
	totals.Payments[orders.PaymentKind(kind.String)] = one
	totals.Tips = totals.Tips.Add(tips.Decimal)
	return order, nil
}

func scanShift(row scanner) (orders.Shift, error) { return scanShiftAnd(row) }

// scanShiftAnd reads a shift and what else the row has.
func scanShiftAnd(row scanner, more ...any) (orders.Shift, error) {
	var s orders.Shift
	into := []any{&s.ID, &s.Register, &s.Number, at{&s.OpenedAt}, &s.OpenedBy, at{&s.ClosedAt}, &s.ClosedBy}
	err := row.Scan(append(into, more...)...)
	return s, err
}

// bounded is the limit of a page of what belongs to orders.
func bounded(limit int) int { return max(0, min(limit, orders.ListLimit)) }
