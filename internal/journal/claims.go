package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// claimColumns are the claim's, in the order of [encoder.claim] and [scanClaim]. The first claimFacts of them never change.
const (
	claimColumns = `id, system, bill, sum, first, first_at, register,
		tips, fiscal, last, requests, state, obstacle, last_at, done_at, cashier, note, version`
	claimFacts = 7
)

const (
	insertClaim = `INSERT INTO claims (` + claimColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	updateClaim = `UPDATE claims SET tips = ?, fiscal = ?, last = ?, requests = ?, state = ?, obstacle = ?, last_at = ?,
		done_at = ?, cashier = ?, note = ?, version = ? WHERE id = ?`
	findClaim   = `SELECT ` + claimColumns + ` FROM claims INDEXED BY claims_bill WHERE system = ? AND bill = ? AND sum = ?`
	findClaimed = `SELECT id, version FROM claims INDEXED BY claims_bill WHERE system = ? AND bill = ? AND sum = ?`
	decideClaim = `UPDATE claims SET state = ?, done_at = ?, cashier = ?, note = ?, version = version + 1 WHERE id = ?
		AND (state = 'open' OR state = 'back' AND last_at > done_at) RETURNING ` + claimColumns
	claimExists = `SELECT EXISTS (SELECT 1 FROM claims WHERE id = ?)`
)

// Claim implements [orders.TillStore]. [ErrRange] refuses sums that no claim can have.
func (j *Journal) Claim(ctx context.Context, system string, bill uuid.UUID, sum decimal.Decimal) (orders.Claim, error) {
	e := encoder{}
	text := e.decimal(sum)
	if e.err != nil {
		return orders.Claim{}, fmt.Errorf("journal: claim on bill %s: %w", bill, e.err)
	}
	q := &selection{args: []any{system, bill[:], text}}
	q.text.WriteString(findClaim)
	found, err := query(ctx, j, q, scanClaim)
	switch {
	case err != nil:
		return orders.Claim{}, err
	case len(found) == 0:
		return orders.Claim{}, fmt.Errorf("journal: claim on bill %s: %w", bill, orders.ErrNotFound)
	}
	return found[0], nil
}

// Claims implements [orders.TillStore].
func (j *Journal) Claims(ctx context.Context, filter orders.ClaimFilter) ([]orders.Claim, error) {
	return query(ctx, j, claimsQuery(filter), scanClaim)
}

// claimsQuery finds claims along the index that leads to the fewest. Only a bill's, and those since a time, are sorted.
func claimsQuery(f orders.ClaimFilter) *selection {
	q := &selection{}
	q.text.WriteString(`SELECT ` + claimColumns + ` FROM claims`)
	switch {
	case f.Bill != uuid.Nil:
		q.text.WriteString(" INDEXED BY claims_bill")
		q.where("bill = ?", f.Bill[:])
	case f.State == orders.ClaimOpen:
		q.text.WriteString(" INDEXED BY claims_open")
		q.where("state = 'open'") // word for word the index's condition
	case !f.Since.IsZero():
		q.text.WriteString(" INDEXED BY claims_last")
	}
	if f.State != "" {
		q.where("state = ?", string(f.State))
	}
	if !f.Since.IsZero() {
		q.where("last_at >= ?", microsUp(f.Since))
	}
	q.text.WriteString(" ORDER BY first_at, id LIMIT ?")
	q.args = append(q.args, orders.ListLimit)
	return q
}

// DecideClaim implements [orders.TillStore].
func (j *Journal) DecideClaim(
	ctx context.Context, id uuid.UUID, to orders.ClaimState, by, note string, at time.Time,
) (orders.Claim, error) {
	if to.Decision() == "" {
		return orders.Claim{}, fmt.Errorf("journal: claim %s to %q: %w", id, to, orders.ErrInvalid)
	}
	var decided orders.Claim
	err := j.write(ctx, starts, func(ctx context.Context, t *transaction) error {
		var err error
		if decided, err = t.decide(ctx, id, string(to), micros(at), by, note, id[:]); err != nil {
			return fmt.Errorf("journal: claim %s to %s: %w", id, to, err)
		}
		there, err := t.findBound(ctx, decided.Bill)
		if err != nil || there.version == 0 {
			return err
		}
		return t.appendOrderEvent(ctx, orders.Event{
			Order: decided.Bill, At: at, Kind: to.Decision(), Actor: by, Note: note, Version: there.version,
		})
	})
	if err != nil {
		return orders.Claim{}, err
	}
	return decided, nil
}

// decide ends a claim that is to be decided and gives it as it is then.
func (t *transaction) decide(ctx context.Context, id uuid.UUID, args ...any) (orders.Claim, error) {
	statement, done, err := t.journal.writing.get(ctx, decideClaim)
	if err != nil {
		return orders.Claim{}, err
	}
	defer done()
	c, err := scanClaim(statement.QueryRowContext(ctx, args...))
	if noRow(err) {
		err = t.whyNot(ctx, claimExists, id, orders.ErrConflict)
	}
	return c, err
}

// whyNot tells why nothing was changed: there is no such row, or the given reason.
func (t *transaction) whyNot(ctx context.Context, exists string, id uuid.UUID, reason error) error {
	var there bool
	if err := t.queryRow(ctx, exists, []any{id[:]}, &there); err != nil {
		return err
	}
	if !there {
		return orders.ErrNotFound
	}
	return reason
}

// checkClaim refuses a claim that was not judged by what is stored of this system, bill and sum.
func (t *transaction) checkClaim(ctx context.Context, c orders.Claim, values []any) error {
	there, version := c.ID, int64(0)
	err := t.queryRow(ctx, findClaimed, values[1:4], &there, &version)
	switch {
	case err != nil && !noRow(err):
		return err
	case there != c.ID || version != c.Version:
		return orders.ErrConflict
	}
	return nil
}

// saveClaim writes a new claim, or what has become of one.
func (t *transaction) saveClaim(ctx context.Context, c orders.Claim, values []any) error {
	if c.Version > 0 {
		return t.exec(ctx, updateClaim, append(values[claimFacts:len(values):len(values)], values[0])...)
	}
	err := t.exec(ctx, insertClaim, values...)
	if isDuplicate(err) { // the id, of another bill or sum
		err = orders.ErrConflict
	}
	return err
}

// claim gives the columns of a claim when this version of it has been changed.
func (e *encoder) claim(c orders.Claim) []any {
	return []any{
		c.ID[:], c.System, c.Bill[:], e.decimal(c.Sum), c.First, micros(c.FirstAt), c.Register,
		e.decimal(c.Tips), fiscalText(c.Fiscal), c.Last, c.Requests, string(c.State), string(c.Obstacle), micros(c.LastAt),
		optionalMicros(c.DoneAt), c.Cashier, c.Note, c.Version + 1,
	}
}

func scanClaim(row scanner) (orders.Claim, error) {
	var c orders.Claim
	var fiscal string
	err := row.Scan(&c.ID, &c.System, &c.Bill, &c.Sum, &c.First, at{&c.FirstAt}, &c.Register,
		&c.Tips, &fiscal, &c.Last, &c.Requests, &c.State, &c.Obstacle, at{&c.LastAt}, at{&c.DoneAt}, &c.Cashier, &c.Note,
		&c.Version)
	if err == nil && fiscal != noLines {
		if err = json.Unmarshal([]byte(fiscal), &c.Fiscal); err != nil {
			err = fmt.Errorf("journal: fiscal lines: %w", err)
		}
	}
	return c, err
}

// noLines is the text of no fiscal lines.
const noLines = ""

func fiscalText(lines []orders.FiscalLine) string {
	if len(lines) == 0 {
		return noLines
	}
	text, _ := json.Marshal(lines) // texts alone: never fails
	return string(text)
}
