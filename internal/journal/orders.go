package journal

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

const (
	insertOrder = `INSERT INTO orders (` + orderColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateOrder = `UPDATE orders SET register = ?, source = ?, state = ?, reason = ?, number = ?, table_name = ?, waiter = ?,
		sum = ?, dishes = ?, vendor = ?, client = ?, secret = ?, scanned_at = ?, guest = ?, balance = ?, balance_at = ?,
		bound_by = ?, opened_at = ?, changed_at = ?, paid_at = ?, version = ? WHERE id = ?`
	insertOrderEvent = `INSERT INTO order_events (order_id, at, kind, client, actor, reason, version, register)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	findBound = `SELECT version, vendor, client FROM orders WHERE id = ?`

	// pointsMoved is the rule of [orders.Store.SaveOrder] about operations that hold a guest on their order.
	pointsMoved = `SELECT EXISTS (SELECT 1 FROM operations INDEXED BY ` + string(byOrder) + ` WHERE order_id = ?
		AND state <> 'refused' AND state <> 'not_applied' AND state <> 'voided' AND state <> 'expired'
		AND (state <> 'settled' OR reason = 'decided_yes'))`
)

// SaveOrder implements [orders.Store]. On a full disk it is refused: what has become of operations goes first. [ErrRange]
// refuses decimals that are too long, in the same way as operations'.
func (j *Journal) SaveOrder(ctx context.Context, order orders.Order, events ...orders.Event) (orders.Order, error) {
	if err := order.Validate(); err != nil {
		return orders.Order{}, err
	}
	saved := keptOrder(order)
	saved.Version++
	values, err := orderValues(saved)
	if err == nil {
		err = j.write(ctx, starts, func(ctx context.Context, t *transaction) error {
			if err := t.saveOrder(ctx, order, values); err != nil {
				return fmt.Errorf("journal: order %s: %w", order.ID, err)
			}
			for _, e := range events {
				e.Order, e.Version = saved.ID, saved.Version
				if err := t.appendOrderEvent(ctx, e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return orders.Order{}, err
	}
	return saved, nil
}

// saveOrder writes the order that was changed from the version that it names.
func (t *transaction) saveOrder(ctx context.Context, o orders.Order, values []any) error {
	if o.Version == 0 {
		err := t.exec(ctx, insertOrder, values...)
		if isDuplicate(err) {
			err = orders.ErrConflict
		}
		return err
	}
	there, err := t.findBound(ctx, o.ID)
	switch {
	case err != nil:
		return err
	case there.version != o.Version:
		return fmt.Errorf("%w: version %d, not %d", orders.ErrConflict, there.version, o.Version)
	case there.loses(o.Guest):
		if err := t.checkPoints(ctx, o.ID); err != nil {
			return err
		}
	}
	return t.exec(ctx, updateOrder, append(values[1:len(values):len(values)], values[0])...)
}

// bound is what a change of an order is checked against: the stored version, and whose card is bound.
type bound struct {
	version        int64         // 0: no such order
	vendor, client sql.NullInt64 // NULL: nobody is bound
}

// loses reports whether the bound guest is not the given one.
func (b bound) loses(guest *orders.Binding) bool {
	if !b.client.Valid {
		return false
	}
	return guest == nil || guest.Card.Client != b.client.Int64 || guest.Card.Vendor != b.vendor.Int64
}

func (t *transaction) findBound(ctx context.Context, id uuid.UUID) (bound, error) {
	var b bound
	statement, done, err := t.journal.writing.get(ctx, findBound)
	if err != nil {
		return b, err
	}
	defer done()
	err = statement.QueryRowContext(ctx, id[:]).Scan(&b.version, &b.vendor, &b.client)
	if noRow(err) {
		return bound{}, nil
	}
	return b, err
}

// checkPoints refuses to take the guest off an order whose points have moved or may still move.
func (t *transaction) checkPoints(ctx context.Context, order uuid.UUID) error {
	statement, done, err := t.journal.writing.get(ctx, pointsMoved)
	if err != nil {
		return err
	}
	defer done()
	var moved bool
	if err := statement.QueryRowContext(ctx, order[:]).Scan(&moved); err != nil {
		return err
	}
	if moved {
		return orders.ErrPointsMoved
	}
	return nil
}

// appendOrderEvent writes one line of history, in the name of this till.
func (t *transaction) appendOrderEvent(ctx context.Context, e orders.Event) error {
	return t.exec(ctx, insertOrderEvent, e.Order[:], micros(e.At), string(e.Kind), e.Client, e.Actor, string(e.Reason),
		e.Version, t.journal.register)
}
