package journal

import (
	"context"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// paymentColumns are the payment's, in the order of [encoder.payment] and [scanPayment].
const paymentColumns = `id, order_id, shift, kind, sum, tips, at, cashier, request, operation, register`

const (
	insertPayment = `INSERT INTO payments (` + paymentColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	findPayments  = `SELECT ` + paymentColumns + ` FROM payments INDEXED BY payments_order WHERE order_id = ? ORDER BY seq LIMIT ?`
	insertReceipt = `INSERT INTO receipts (order_id) VALUES (?)`
	findReceipts  = `SELECT order_id FROM receipts ORDER BY rowid LIMIT ?`
	endReceipt    = `DELETE FROM receipts WHERE order_id = ?`
	nextNumber    = `INSERT INTO order_numbers (register, last) VALUES (?, 1)
		ON CONFLICT (register) DO UPDATE SET last = last + 1 RETURNING last`
)

// maxPayments bounds the payments that are read of one order. Nobody pays in more parts than guests and points.
const maxPayments = 10_000

// Payments implements [orders.TillStore]. It gives at most maxPayments.
func (j *Journal) Payments(ctx context.Context, order uuid.UUID) ([]orders.Payment, error) {
	q := &selection{args: []any{order[:], maxPayments}}
	q.text.WriteString(findPayments)
	return query(ctx, j, q, scanPayment)
}

// ReceiptsDue implements [orders.TillStore].
func (j *Journal) ReceiptsDue(ctx context.Context) ([]uuid.UUID, error) {
	q := &selection{args: []any{orders.ListLimit}}
	q.text.WriteString(findReceipts)
	return query(ctx, j, q, func(row scanner) (order uuid.UUID, err error) {
		err = row.Scan(&order)
		return order, err
	})
}

// ReceiptEnded implements [orders.TillStore]. It may use the reserve: what has come out is not to come out again.
func (j *Journal) ReceiptEnded(ctx context.Context, order uuid.UUID) error {
	return j.write(ctx, ends, func(ctx context.Context, t *transaction) error { return t.exec(ctx, endReceipt, order[:]) })
}

// NextNumber implements [orders.TillStore]. A number whose order is then not saved is left out.
func (j *Journal) NextNumber(ctx context.Context) (int64, error) {
	var number int64
	err := j.write(ctx, starts, func(ctx context.Context, t *transaction) error {
		return t.queryRow(ctx, nextNumber, []any{j.register}, &number)
	})
	if err != nil {
		return 0, err
	}
	return number, nil
}

// payment gives the columns of a payment.
func (e *encoder) payment(p orders.Payment) []any {
	return []any{
		p.ID[:], p.Order[:], idValue(p.Shift), string(p.Kind), e.decimal(p.Sum), e.decimal(p.Tips), micros(p.At), p.Cashier,
		p.Request, idValue(p.Operation), p.Register,
	}
}

func scanPayment(row scanner) (orders.Payment, error) {
	var p orders.Payment
	err := row.Scan(&p.ID, &p.Order, &p.Shift, &p.Kind, &p.Sum, &p.Tips, at{&p.At}, &p.Cashier, &p.Request, &p.Operation, &p.Register)
	return p, err
}
