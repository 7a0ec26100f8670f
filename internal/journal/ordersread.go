package journal

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

const findOrder = `SELECT ` + orderColumns + ` FROM orders WHERE id = ?`

// Order implements [orders.Store].
func (j *Journal) Order(ctx context.Context, id uuid.UUID) (orders.Order, error) {
	statement, done, err := j.reading.get(ctx, findOrder)
	if err != nil {
		return orders.Order{}, j.wrap(err)
	}
	defer done()
	o, err := scanOrder(statement.QueryRowContext(ctx, id[:]))
	switch {
	case noRow(err):
		return orders.Order{}, fmt.Errorf("journal: order %s: %w", id, orders.ErrNotFound)
	case err != nil:
		return orders.Order{}, j.wrap(err)
	}
	return o, nil
}

// Orders implements [orders.Store]. How long it takes depends on how many orders it gives, and not on the size of the
// journal; but of a source, or of a table when the orders need not be open, it reads all that are of the given state.
func (j *Journal) Orders(ctx context.Context, filter orders.Filter) ([]orders.Order, error) {
	q := ordersQuery(filter)
	if q == nil {
		return nil, nil
	}
	return query(ctx, j, q, scanOrder)
}

// OrderEvents implements [orders.Store]. It gives at most maxEvents.
func (j *Journal) OrderEvents(ctx context.Context, id uuid.UUID) ([]orders.Event, error) {
	q := &selection{args: []any{id[:], maxEvents}}
	q.text.WriteString(`SELECT order_id, seq, at, kind, client, actor, reason, note, version, register
		FROM order_events WHERE order_id = ? ORDER BY seq LIMIT ?`)
	return query(ctx, j, q, scanOrderEvent)
}

func scanOrderEvent(row scanner) (orders.Event, error) {
	var e orders.Event
	err := row.Scan(&e.Order, &e.Seq, at{&e.At}, &e.Kind, &e.Client, &e.Actor, &e.Reason, &e.Note, &e.Version, &e.Register)
	return e, err
}

// orderWays are the indexes that have the orders of a state in the order of their changes, with the condition of each word
// for word.
var orderWays = []struct {
	state     orders.State
	way       way
	condition string
}{
	{orders.StateOpen, "orders_open", `state = 'open'`},
	{orders.StateClosed, "orders_closed", `state = 'closed'`},
}

const (
	byOrderClient way = "orders_client"
	byOrderTable  way = "orders_table" // of open orders
)

// ordersQuery is the query of [Journal.Orders], or nil when no order passes the filter. Every index that it uses has the orders
// in the order of the page, so that nothing is sorted.
func ordersQuery(f orders.Filter) *selection {
	q := &selection{}
	switch {
	case f.Client != 0:
		q.selectOrders(byOrderClient, f)
		q.where("client = ?", f.Client)
		if f.State != "" {
			q.where("state = ?", string(f.State))
		}
	case f.Table != "" && f.State == orders.StateOpen:
		q.selectOrders(byOrderTable, f)
		q.where("state = 'open' AND table_name <> ''") // word for word the index's condition
	default:
		for _, w := range orderWays {
			if f.State == "" || f.State == w.state {
				q.selectOrders(w.way, f)
				q.where(w.condition)
			}
		}
	}
	if q.text.Len() == 0 {
		return nil
	}
	limit := f.Limit
	if limit < 1 || limit > orders.ListLimit {
		limit = orders.ListLimit
	}
	q.text.WriteString(" ORDER BY changed_at DESC, id DESC LIMIT ?")
	q.args = append(q.args, limit)
	return q
}

// selectOrders begins the selection along an index, or goes on with it along one more.
func (s *selection) selectOrders(way way, f orders.Filter) {
	if s.text.Len() > 0 {
		s.text.WriteString(" UNION ALL ")
	}
	s.text.WriteString("SELECT " + orderColumns + " FROM orders INDEXED BY " + string(way))
	s.terms = 0
	if f.Table != "" {
		s.where("table_name = ?", f.Table)
	}
	if f.Source != "" {
		s.where("source = ?", string(f.Source))
	}
	if !f.ChangedBefore.IsZero() {
		s.where("changed_at < ?", microsUp(f.ChangedBefore))
	}
}
