package journal

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// Find implements [loyalty.Store].
func (j *Journal) Find(ctx context.Context, id uuid.UUID) (loyalty.Operation, error) {
	statement, done, err := j.reading.get(ctx, findOperation)
	if err != nil {
		return loyalty.Operation{}, j.wrap(err)
	}
	defer done()
	o, err := scanOperation(statement.QueryRowContext(ctx, id[:]))
	switch {
	case noRow(err):
		return loyalty.Operation{}, fmt.Errorf("journal: operation %s: %w", id, loyalty.ErrNotFound)
	case err != nil:
		return loyalty.Operation{}, j.wrap(err)
	}
	return o, nil
}

// List implements [loyalty.Store]. How long it takes does not depend on the size of the journal when the filter names a
// customer, a parent, an order, open states, one rare final state or a time of at most [narrowRows] operations, or when the page
// fills from the newest operations.
func (j *Journal) List(ctx context.Context, filter loyalty.Filter) ([]loyalty.Operation, error) {
	q, err := j.listQuery(ctx, filter)
	if err != nil {
		return nil, j.wrap(err)
	}
	return query(ctx, j, q, scanOperation)
}

// maxEvents bounds the history that is read of one operation. Only one that is queued and tried again and again has more
// than a handful, and it expires within a day.
const maxEvents = 10_000

// Events implements [loyalty.Store]. It gives at most maxEvents.
func (j *Journal) Events(ctx context.Context, id uuid.UUID) ([]loyalty.Event, error) {
	q := &selection{args: []any{id[:], maxEvents}}
	q.text.WriteString(`SELECT operation, seq, at, from_state, to_state, reason, actor, note, register
		FROM events WHERE operation = ? ORDER BY seq LIMIT ?`)
	return query(ctx, j, q, scanEvent)
}

func scanEvent(row scanner) (loyalty.Event, error) {
	var e loyalty.Event
	err := row.Scan(&e.Operation, &e.Seq, at{&e.At}, &e.From, &e.To, &e.Reason, &e.Actor, &e.Note, &e.Register)
	return e, err
}

// selection is a query under construction. Its text holds no values, so that one prepared statement serves all values.
type selection struct {
	text  strings.Builder
	terms int
	args  []any
}

// where adds a condition; all of them must hold.
func (s *selection) where(condition string, args ...any) {
	if s.terms == 0 {
		s.text.WriteString(" WHERE ")
	} else {
		s.text.WriteString(" AND ")
	}
	s.terms++
	s.text.WriteString(condition)
	s.args = append(s.args, args...)
}

// listQuery is the query of [Journal.List].
func (j *Journal) listQuery(ctx context.Context, f loyalty.Filter) (*selection, error) {
	q, err := j.selectQuery(ctx, f)
	if err != nil {
		return nil, err
	}
	if f.Before != uuid.Nil {
		q.where("id < ?", f.Before[:])
	}
	limit := f.Limit
	if limit < 1 || limit > loyalty.ListLimit {
		limit = loyalty.ListLimit
	}
	q.text.WriteString(" ORDER BY id DESC LIMIT ?")
	q.args = append(q.args, limit)
	return q, nil
}

// selectQuery finds the operations that pass the filter, but for Before and Limit, along an index that has them in the
// order of their ids; only those of a narrow time are sorted.
func (j *Journal) selectQuery(ctx context.Context, f loyalty.Filter) (*selection, error) {
	way, err := j.wayTo(ctx, f)
	if err != nil {
		return nil, err
	}
	q := &selection{}
	q.text.WriteString("SELECT " + columns + " FROM operations INDEXED BY " + string(way))
	return q, q.matching(f, way)
}

// matching adds the filter's conditions, but for Before and Limit: [loyalty.Filter.Matches] in SQL.
func (s *selection) matching(f loyalty.Filter, way way) error {
	whereStates(s, f.States, way)
	whereTime(s, f)
	if f.Parent != uuid.Nil {
		s.where("parent = ?", f.Parent[:])
	}
	if f.WaitsFor != uuid.Nil {
		s.where("waits_for = ?", f.WaitsFor[:])
	}
	if f.Order != uuid.Nil {
		s.where("order_id = ?", f.Order[:])
	}
	if f.Client != 0 {
		s.where("client = ?", f.Client)
	}
	if f.Vendor != 0 {
		s.where("vendor = ?", f.Vendor)
	}
	if f.Kind != "" {
		s.where("kind = ?", string(f.Kind))
	}
	if f.Link != loyalty.LinkNone {
		s.where("link = ?", string(f.Link))
	}
	if f.Sum.Valid {
		e := encoder{}
		s.where("sum = ?", e.decimal(f.Sum.Decimal))
		return e.err
	}
	return nil
}

// way is the index by which a page is found. It is named in the query, so that SQLite, which has no statistics of a
// journal, need not guess; a way that cannot lead there is an error and not a slow page.
type way string

const (
	byID     way = "sqlite_autoindex_operations_1" // the primary key: newest first until the page is full
	byParent way = "operations_parent"
	byWaits  way = "operations_waits"
	byOrder  way = "operations_order"
	byClient way = "operations_client"
	byOpen   way = "operations_open"
	byRare   way = "operations_rare"
	byTime   way = "operations_planned" // read the time, then sort
)

// openStates and rareStates are the conditions of the partial indexes, word for word: only then SQLite knows that they hold.
const (
	openStates = `(state = 'planned' OR state = 'queued' OR state = 'sending' OR state = 'unknown' OR state = 'review')`
	rareStates = `(state = 'refused' OR state = 'applied' OR state = 'not_applied' OR state = 'settled' OR
		state = 'voided' OR state = 'expired')`
)

// narrowRows is how many operations a time may hold to be read whole and sorted; a busy till makes fewer in a day.
const narrowRows = 4096

// directWay is the index that leads to few rows whatever else the filter says, or "".
func directWay(f loyalty.Filter) way {
	switch {
	case f.Parent != uuid.Nil:
		return byParent
	case f.WaitsFor != uuid.Nil:
		return byWaits
	case f.Order != uuid.Nil:
		return byOrder
	case len(f.States) > 0 && !slices.ContainsFunc(f.States, loyalty.State.Final):
		return byOpen
	case f.Client != 0:
		return byClient
	}
	return ""
}

// wayTo chooses the index that leads to the fewest rows.
func (j *Journal) wayTo(ctx context.Context, f loyalty.Filter) (way, error) {
	if way := directWay(f); way != "" {
		return way, nil
	}
	if !f.Since.IsZero() || !f.Until.IsZero() {
		if narrow, err := j.isNarrow(ctx, f); err != nil || narrow {
			return byTime, err
		}
	}
	if len(f.States) == 1 && f.States[0] != loyalty.StateConfirmed {
		return byRare, nil
	}
	return byID, nil
}

// isNarrow reports whether the filter's time holds at most narrowRows operations. It counts no further than that.
func (j *Journal) isNarrow(ctx context.Context, f loyalty.Filter) (bool, error) {
	q := &selection{}
	q.text.WriteString("SELECT count(*) FROM (SELECT 1 FROM operations INDEXED BY " + string(byTime))
	whereTime(q, f)
	q.text.WriteString(" LIMIT ?)")
	q.args = append(q.args, narrowRows+1)
	counts, err := query(ctx, j, q, func(row scanner) (count int, err error) {
		err = row.Scan(&count)
		return count, err
	})
	return err == nil && counts[0] <= narrowRows, err
}

func whereStates(q *selection, states []loyalty.State, way way) {
	switch way {
	case byOpen:
		q.where(openStates)
	case byRare:
		q.where(rareStates)
	}
	if len(states) == 0 {
		return
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(states)), ", ")
	args := make([]any, len(states))
	for i, s := range states {
		args[i] = string(s)
	}
	q.where("state IN ("+marks+")", args...)
}

func whereTime(q *selection, f loyalty.Filter) {
	if !f.Since.IsZero() {
		q.where("planned_at >= ?", microsUp(f.Since))
	}
	if !f.Until.IsZero() {
		q.where("planned_at < ?", microsUp(f.Until))
	}
}
