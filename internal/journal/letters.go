package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// letterColumns are the letter's, in the order of [scanLetter]; [letterValues] has the register behind them.
const letterColumns = `id, system, topic, bill, request, body, accepts, created_at, next_at, attempts, done_at, outcome`

// keptBytes is the body of a letter that is over. A bill that stays blocked is answered again and again for hours, and each
// answer has the whole bill: bytes are kept only as evidence, of what was accepted and of what was not understood. ?1 is the
// outcome.
const keptBytes = `CASE WHEN ?1 = 'refused' OR ?1 = 'delivered' AND accepts THEN body END`

const (
	insertLetter  = `INSERT INTO letters (` + letterColumns + `, register) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	replaceLetter = `UPDATE letters SET outcome = ?1, done_at = ?2, body = ` + keptBytes + `
		WHERE system = ?3 AND bill = ?4 AND outcome = ''`
	endLetter    = `UPDATE letters SET outcome = ?1, done_at = ?2, attempts = attempts + 1, body = ` + keptBytes + ` WHERE id = ?3 AND outcome = ''`
	letterExists = `SELECT EXISTS (SELECT 1 FROM letters WHERE id = ?)`
	delayLetter  = `UPDATE letters SET next_at = ?, attempts = attempts + 1 WHERE id = ? AND outcome = ''`
	findLetters  = `SELECT ` + letterColumns + ` FROM letters INDEXED BY letters_waiting
		WHERE outcome = '' AND system = ? AND next_at <= ? ORDER BY id LIMIT ?`
	firstLetter = `SELECT min(next_at) FROM letters INDEXED BY letters_waiting WHERE outcome = '' AND system = ?`
)

// Letters implements [orders.TillStore]. The index letters_waiting holds at most one letter of each bill.
func (j *Journal) Letters(ctx context.Context, system string, now time.Time, limit int) ([]orders.Letter, error) {
	q := &selection{args: []any{system, micros(now), bounded(limit)}}
	q.text.WriteString(findLetters)
	return query(ctx, j, q, scanLetter)
}

// NextLetter implements [orders.TillStore].
func (j *Journal) NextLetter(ctx context.Context, system string) (time.Time, error) {
	q := &selection{args: []any{system}}
	q.text.WriteString(firstLetter)
	moments, err := query(ctx, j, q, func(row scanner) (moment time.Time, err error) {
		err = row.Scan(at{&moment})
		return moment, err
	})
	if err != nil {
		return time.Time{}, err
	}
	return moments[0], nil
}

// Posted implements [orders.TillStore]. It may use the reserve: what was delivered is not to be delivered again.
func (j *Journal) Posted(ctx context.Context, id uuid.UUID, outcome orders.LetterOutcome, at, next time.Time) error {
	update, args := endLetter, []any{string(outcome), micros(at), id[:]}
	if outcome == orders.LetterWaiting {
		update, args = delayLetter, []any{micros(next), id[:]}
	}
	return j.write(ctx, ends, func(ctx context.Context, t *transaction) error {
		result, err := t.execResult(ctx, update, args...)
		if err != nil {
			return fmt.Errorf("journal: letter %s: %w", id, err)
		}
		if changed, err := result.RowsAffected(); err != nil || changed > 0 {
			return err
		}
		if err := t.whyNot(ctx, letterExists, id, nil); err != nil { // else it is over
			return fmt.Errorf("journal: letter %s: %w", id, err)
		}
		return nil
	})
}

// post puts a letter into the outbox, in the place of the bill's undelivered one.
func (t *transaction) post(ctx context.Context, l orders.Letter, values []any) error {
	err := t.exec(ctx, replaceLetter, string(orders.LetterReplaced), micros(l.CreatedAt), l.System, l.Bill[:])
	if err != nil {
		return err
	}
	return t.exec(ctx, insertLetter, append(values, t.journal.register)...)
}

func letterValues(l orders.Letter) []any {
	return []any{
		l.ID[:], l.System, l.Topic, l.Bill[:], l.Request, l.Body, l.Accepts, micros(l.CreatedAt), micros(l.NextAt), l.Attempts,
		optionalMicros(l.DoneAt), string(l.Outcome),
	}
}

func scanLetter(row scanner) (orders.Letter, error) {
	var l orders.Letter
	err := row.Scan(&l.ID, &l.System, &l.Topic, &l.Bill, &l.Request, &l.Body, &l.Accepts, at{&l.CreatedAt}, at{&l.NextAt}, &l.Attempts,
		at{&l.DoneAt}, &l.Outcome)
	return l, err
}
