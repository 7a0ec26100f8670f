package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

const (
	insertOperation = `INSERT INTO operations (` + columns + `)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateOperation = `UPDATE operations SET state = ?, changed_at = ?, reason = ?, baseline = ?, baseline_at = ?,
		sent_at = ?, deadline = ?, balance = ?, code = ?, text = ? WHERE id = ?`
	insertEvent = `INSERT INTO events (operation, at, from_state, to_state, reason, actor, register, note)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	findOperation = `SELECT ` + columns + ` FROM operations WHERE id = ?`
	wipeSecrets   = `UPDATE operations SET secret = NULL WHERE secret IS NOT NULL AND scanned_at < ?`

	// A writer that has read the secret before meets another version, and so does not write it back.
	wipeBindings = `UPDATE orders SET secret = NULL, version = version + 1 WHERE secret IS NOT NULL AND scanned_at < ?`
)

// Plan implements [loyalty.Store].
func (j *Journal) Plan(ctx context.Context, ops ...loyalty.Operation) error {
	rows, err := newRows(ops)
	if err != nil {
		return err
	}
	return j.write(ctx, starts, func(ctx context.Context, t *transaction) error { return t.plan(ctx, ops, rows) })
}

// newRows gives the rows of operations that can be planned.
func newRows(ops []loyalty.Operation) ([][]any, error) {
	rows, err := operationRows(ops) // first: comparing numbers out of range may take minutes
	if err == nil {
		err = mayBePlanned(ops)
	}
	return rows, err
}

func operationRows(ops []loyalty.Operation) ([][]any, error) {
	rows := make([][]any, len(ops))
	for i, o := range ops {
		var err error
		if rows[i], err = operationValues(o); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// mayBePlanned refuses what no new operation can be.
func mayBePlanned(ops []loyalty.Operation) error {
	for _, o := range ops {
		if err := o.Validate(); err != nil {
			return err
		}
		if o.State != loyalty.StatePlanned {
			return fmt.Errorf("journal: operation %s: %w: new as %s", o.ID, loyalty.ErrNoSuchMove, o.State)
		}
	}
	return nil
}

// Move implements [loyalty.Store].
func (j *Journal) Move(ctx context.Context, moves ...loyalty.Move) error {
	if err := validate(moves); err != nil {
		return err
	}
	return j.write(ctx, purposeOf(moves), func(ctx context.Context, t *transaction) error { return t.moveAll(ctx, moves) })
}

func validate(moves []loyalty.Move) error {
	for _, m := range moves {
		if err := m.Validate(); err != nil {
			return err
		}
	}
	return nil
}

// Amend implements [loyalty.Store].
func (j *Journal) Amend(ctx context.Context, amendment loyalty.Amendment) error {
	rows, err := newRows(amendment.Plan)
	if err != nil {
		return err
	}
	if err := validate(amendment.Moves); err != nil {
		return err
	}
	return j.write(ctx, starts, func(ctx context.Context, t *transaction) error {
		o, err := t.find(ctx, amendment.While)
		if err == nil && o.State != amendment.Is {
			err = fmt.Errorf("%w: %s, not %s", loyalty.ErrConflict, o.State, amendment.Is)
		}
		if err != nil {
			return fmt.Errorf("journal: operation %s: %w", amendment.While, err)
		}
		if err := t.plan(ctx, amendment.Plan, rows); err != nil {
			return err
		}
		return t.moveAll(ctx, amendment.Moves)
	})
}

// WipeSecrets implements [loyalty.Store]. The secrets leave the log, too, unless a reader holds it at this moment; then
// they leave it when it is next begun anew, at the latest when the journal is closed.
func (j *Journal) WipeSecrets(ctx context.Context, scannedBefore time.Time) (int, error) {
	var wiped int64
	err := j.write(ctx, keeps, func(ctx context.Context, t *transaction) error {
		for _, wipe := range []string{wipeSecrets, wipeBindings} {
			result, err := t.execResult(ctx, wipe, microsUp(scannedBefore))
			if err != nil {
				return err
			}
			rows, err := result.RowsAffected()
			if err != nil {
				return err
			}
			wiped += rows
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if wiped > 0 {
		_ = j.checkpoint(context.WithoutCancel(ctx)) // the wiping itself is done and durable
	}
	return int(wiped), nil
}

// errReader is the cause of the [ReadOnly] error of a write to a journal that was opened for reading.
var errReader = errors.New("opened for reading")

// purpose says whether a write may use the reserve.
type purpose int

const (
	starts purpose = iota // begins something: refused on a full disk
	ends                  // tells what has become of something: written as long as there is any room
	keeps                 // housekeeping: takes the disk as it is
)

// purposeOf is `starts` for moves of which one is into `sending`: what follows it may need the reserve.
func purposeOf(moves []loyalty.Move) purpose {
	for _, m := range moves {
		if m.To == loyalty.StateSending {
			return starts
		}
	}
	return ends
}

// write runs one transaction and makes it durable.
//
// Once begun it is not cancelled: it is over within milliseconds, and a caller that has given up must not leave the
// question open whether it was written.
func (j *Journal) write(ctx context.Context, why purpose, run func(context.Context, *transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if j.writer == nil {
		return &Error{Code: ReadOnly, Path: j.path, Err: errReader}
	}
	j.turn.Lock()
	defer j.turn.Unlock()
	ctx = context.WithoutCancel(ctx)
	if why != ends {
		// Housekeeping comes by itself: so the reserve is made again soon after there is room.
		if err := j.reserve.restore(); err != nil && why == starts {
			return err
		}
	}
	err := j.writeOnce(ctx, run)
	if why == ends && CodeOf(err) == Full && j.reserve.release() {
		err = j.writeOnce(ctx, run)
	}
	return err
}

func (j *Journal) writeOnce(ctx context.Context, run func(context.Context, *transaction) error) error {
	t := &transaction{journal: j}
	if err := t.exec(ctx, `BEGIN IMMEDIATE`); err != nil {
		return j.wrap(err)
	}
	err := run(ctx, t)
	if err == nil {
		if err = t.exec(ctx, `COMMIT`); err == nil {
			return nil
		}
		err = unsure(err)
	}
	_ = t.exec(ctx, `ROLLBACK`) // fails when SQLite has rolled back by itself, which a full disk makes it do
	return j.wrapWrite(err)
}

// transaction is the write under way. Its statements are prepared on the connection that it runs on.
type transaction struct{ journal *Journal }

func (t *transaction) execResult(ctx context.Context, text string, args ...any) (sql.Result, error) {
	statement, done, err := t.journal.writing.get(ctx, text)
	if err != nil {
		return nil, err
	}
	defer done()
	return statement.ExecContext(ctx, args...)
}

func (t *transaction) exec(ctx context.Context, text string, args ...any) error {
	_, err := t.execResult(ctx, text, args...)
	return err
}

// queryRow reads the one row that a statement gives.
func (t *transaction) queryRow(ctx context.Context, text string, args []any, into ...any) error {
	statement, done, err := t.journal.writing.get(ctx, text)
	if err != nil {
		return err
	}
	defer done()
	return statement.QueryRowContext(ctx, args...).Scan(into...)
}

func (t *transaction) find(ctx context.Context, id uuid.UUID) (loyalty.Operation, error) {
	statement, done, err := t.journal.writing.get(ctx, findOperation)
	if err != nil {
		return loyalty.Operation{}, err
	}
	defer done()
	o, err := scanOperation(statement.QueryRowContext(ctx, id[:]))
	if noRow(err) {
		err = loyalty.ErrNotFound
	}
	return o, err
}

// plan writes new operations.
func (t *transaction) plan(ctx context.Context, ops []loyalty.Operation, rows [][]any) error {
	for i, o := range ops {
		if err := t.checkOrder(ctx, o); err != nil {
			return fmt.Errorf("journal: operation %s: %w", o.ID, err)
		}
		if err := t.exec(ctx, insertOperation, rows[i]...); err != nil {
			return fmt.Errorf("journal: operation %s: %w", o.ID, t.whyNotPlanned(ctx, o, err))
		}
		planned := loyalty.Event{
			Operation: o.ID, At: o.PlannedAt, To: o.State, Reason: o.Reason, Actor: o.Cashier, Note: o.Note,
		}
		if err := t.append(ctx, planned); err != nil {
			return err
		}
	}
	return t.checkReferences(ctx, ops)
}

// checkOrder refuses to redeem points on an order of the till that is over.
func (t *transaction) checkOrder(ctx context.Context, o loyalty.Operation) error {
	if !orders.RedeemsOn(o) {
		return nil
	}
	there, err := t.findBound(ctx, o.Order)
	if err == nil && there.reason.Refusal() != nil {
		err = loyalty.ErrOrderClosed
	}
	return err
}

func (t *transaction) moveAll(ctx context.Context, moves []loyalty.Move) error {
	for _, m := range moves {
		if err := t.move(ctx, m); err != nil {
			return fmt.Errorf("journal: operation %s to %s: %w", m.ID, m.To, err)
		}
	}
	return nil
}

func (t *transaction) move(ctx context.Context, m loyalty.Move) error {
	o, err := t.find(ctx, m.ID)
	if err != nil {
		return err
	}
	if o.State != m.From {
		return fmt.Errorf("%w: %s, not %s", loyalty.ErrConflict, o.State, m.From)
	}
	values, err := movedValues(m.Apply(o))
	if err != nil {
		return err
	}
	if err := t.exec(ctx, updateOperation, values...); err != nil {
		if isDuplicate(err) { // the index operations_unsettled: I4
			err = loyalty.ErrCardBusy
		}
		return err
	}
	return t.append(ctx, loyalty.Event{Operation: m.ID, At: m.At, From: m.From, To: m.To, Reason: m.Reason, Actor: m.Actor, Note: m.Note})
}

// append writes one line of history, in the name of this till.
func (t *transaction) append(ctx context.Context, e loyalty.Event) error {
	return t.exec(ctx, insertEvent, e.Operation[:], micros(e.At), string(e.From), string(e.To), string(e.Reason), e.Actor,
		t.journal.register, e.Note)
}

// whyNotPlanned tells what an insert met that a unique index already has: the id, or another reversal of the same operation
// (the index operations_reversed: I11).
func (t *transaction) whyNotPlanned(ctx context.Context, o loyalty.Operation, err error) error {
	if !isDuplicate(err) {
		return err
	}
	switch _, found := t.find(ctx, o.ID); {
	case found == nil:
		return loyalty.ErrExists
	case errors.Is(found, loyalty.ErrNotFound):
		return loyalty.ErrReversed
	default:
		return found
	}
}

// checkReferences refuses operations that name another which is neither in the journal nor among them. The database
// would refuse them at the commit, without a name.
func (t *transaction) checkReferences(ctx context.Context, ops []loyalty.Operation) error {
	for _, o := range ops {
		for _, other := range []uuid.UUID{o.Parent, o.WaitsFor} {
			if other == uuid.Nil {
				continue
			}
			if _, err := t.find(ctx, other); err != nil {
				return fmt.Errorf("journal: operation %s names %s: %w", o.ID, other, err)
			}
		}
	}
	return nil
}
