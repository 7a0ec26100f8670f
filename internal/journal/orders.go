package journal

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

const (
	insertOrder = `INSERT INTO orders (` + orderColumns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateOrder = `UPDATE orders SET register = ?, source = ?, state = ?, reason = ?, number = ?, table_name = ?, waiter = ?,
		sum = ?, dishes = ?, seats = ?, vendor = ?, client = ?, secret = ?, scanned_at = ?, guest = ?, balance = ?, balance_at = ?,
		bound_by = ?, opened_at = ?, changed_at = ?, paid_at = ?, version = ? WHERE id = ?`
	insertOrderEvent = `INSERT INTO order_events (order_id, at, kind, client, actor, reason, note, version, register)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`
	findBound = `SELECT version, state, reason, vendor, client FROM orders WHERE id = ?`

	findOperations = `SELECT ` + columns + ` FROM operations INDEXED BY ` + string(byOrder) + ` WHERE order_id = ? ORDER BY id DESC`

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
	if order.Reason == orders.ReasonPaid {
		return orders.Order{}, fmt.Errorf("journal: order %s: %w", order.ID, orders.ErrNotPaid)
	}
	saved := keptOrder(order)
	saved.Version++
	values, err := orderValues(saved)
	if err == nil {
		err = j.write(ctx, starts, func(ctx context.Context, t *transaction) error {
			if err := t.saveOrder(ctx, order, values); err != nil {
				return fmt.Errorf("journal: order %s: %w", order.ID, err)
			}
			for _, e := range eventsOf(saved.ID, saved.Version, events) {
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

// eventsOf are the events as those of an order's version.
func eventsOf(order uuid.UUID, version int64, events []orders.Event) []orders.Event {
	events = slices.Clone(events)
	for i := range events {
		events[i].Order, events[i].Version = order, version
	}
	return events
}

// saveOrder writes the order that was changed from the version that it names.
func (t *transaction) saveOrder(ctx context.Context, o orders.Order, values []any) error {
	if o.Version == 0 {
		return t.writeOrder(ctx, o, values)
	}
	there, err := t.findBound(ctx, o.ID)
	if err == nil {
		err = there.check(o)
	}
	if err == nil {
		err = there.reason.Refusal()
	}
	if err == nil {
		err = t.checkGuest(ctx, o, there)
	}
	if err != nil {
		return err
	}
	return t.writeOrder(ctx, o, values)
}

// writeOrder writes an order that may be written.
func (t *transaction) writeOrder(ctx context.Context, o orders.Order, values []any) error {
	if o.Version > 0 {
		return t.exec(ctx, updateOrder, append(values[1:len(values):len(values)], values[0])...)
	}
	err := t.exec(ctx, insertOrder, values...)
	if isDuplicate(err) {
		err = orders.ErrConflict
	}
	return err
}

// bound is what a change of an order is checked against: the stored version, state and reason, and whose card is bound.
type bound struct {
	version        int64 // 0: no such order
	state          orders.State
	reason         orders.Reason
	vendor, client sql.NullInt64 // NULL: nobody is bound
}

// check refuses a change that was made from another version.
func (b bound) check(o orders.Order) error {
	if b.version != o.Version {
		return fmt.Errorf("%w: version %d, not %d", orders.ErrConflict, b.version, o.Version)
	}
	return nil
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
	err := t.queryRow(ctx, findBound, []any{id[:]}, &b.version, &b.state, &b.reason, &b.vendor, &b.client)
	if noRow(err) {
		return bound{}, nil
	}
	return b, err
}

// checkGuest refuses to take the guest off an order whose points have moved or may still move.
func (t *transaction) checkGuest(ctx context.Context, o orders.Order, there bound) error {
	if !there.loses(o.Guest) {
		return nil
	}
	var moved bool
	if err := t.queryRow(ctx, pointsMoved, []any{o.ID[:]}, &moved); err != nil {
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
		e.Note, e.Version, t.journal.register)
}
