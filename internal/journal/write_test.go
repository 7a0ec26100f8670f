package journal

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// TestDiskFull lets the file grow no further. What fails was not written, what was written stays, and when there is room
// again the journal goes on.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	ids := []uuid.UUID{mustConfirm(t, j, 1)}
	mustExec(t, j, `PRAGMA max_page_count = 1`) // as many as it has
	var failed []loyalty.Operation
	for range 100 {
		failed = append(failed, newOperation(2))
	}
	wantCode(t, j.Plan(t.Context(), failed...), Full)
	wantConfirmed(t, j, ids...)
	mustExec(t, j, `PRAGMA max_page_count = 1000000`)
	ids = append(ids, mustConfirm(t, j, 2))
	wantConfirmed(t, j, ids...)
	must(t, j.Check(t.Context()))
}

func TestReadOnlyDisk(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	id := mustConfirm(t, j, 1)
	mustExec(t, j, `PRAGMA query_only = 1`) // SQLite answers as it does for a disk that became read-only
	wantCode(t, j.Plan(t.Context(), newOperation(2)), ReadOnly)
	mustExec(t, j, `PRAGMA query_only = 0`)
	wantConfirmed(t, j, id, mustConfirm(t, j, 2))
}

// TestBusy has another program hold the file for longer than the journal waits.
func TestBusy(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	mustExec(t, j, `PRAGMA busy_timeout = 1`)
	other, err := connect(j.path, access{})
	must(t, err)
	tx, err := other.BeginTx(t.Context(), nil)
	must(t, err)
	wantCode(t, j.Plan(t.Context(), newOperation(1)), Busy)
	must(t, tx.Rollback())
	must(t, other.Close())
	wantConfirmed(t, j, mustConfirm(t, j, 1))
}

// TestBegunWriteIsFinished gives up in the middle of a write: it is written all the same, and says so.
func TestBegunWriteIsFinished(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	ctx, cancel := context.WithCancel(t.Context())
	o := newOperation(1)
	values, err := operationValues(o)
	must(t, err)
	must(t, j.write(ctx, starts, func(ctx context.Context, tr *transaction) error {
		cancel()
		return tr.exec(ctx, insertOperation, values...)
	}))
	_, err = j.Find(t.Context(), o.ID)
	must(t, err)
}

// TestNumbersOutOfRange shows that such numbers are refused and not cut.
func TestNumbersOutOfRange(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	there := newOperation(1)
	must(t, j.Plan(t.Context(), there))
	huge, long := decimal.New(1, 1_000_000_000), decimal.New(1, -maxDigits-1)
	many := decimal.RequireFromString(strings.Repeat("9", maxDigits+1))
	for _, change := range []func(*loyalty.Operation){
		func(o *loyalty.Operation) { o.Points = decimal.RequireFromString("9223372036854775808") },
		func(o *loyalty.Operation) { o.Points = huge },
		func(o *loyalty.Operation) { o.Sum = huge },
		func(o *loyalty.Operation) { o.Percent = long },
		func(o *loyalty.Operation) { o.Baseline = many },
	} {
		o := newOperation(2)
		change(&o)
		if err := j.Plan(t.Context(), o); !errors.Is(err, ErrRange) {
			t.Errorf("planned: got error %v", err)
		}
		_, err := j.Find(t.Context(), o.ID)
		if !errors.Is(err, loyalty.ErrNotFound) {
			t.Errorf("found: %v", err)
		}
	}
	sending := toSending(there.ID)
	sending.Baseline.Decimal = huge
	if err := j.Move(t.Context(), sending); !errors.Is(err, ErrRange) {
		t.Errorf("moved: got error %v", err)
	}
	if _, err := j.List(t.Context(), loyalty.Filter{Sum: decimal.NewNullDecimal(many)}); !errors.Is(err, ErrRange) {
		t.Errorf("listed: got error %v", err)
	}
	largest := newOperation(3)
	largest.Sum = decimal.RequireFromString(strings.Repeat("9", maxDigits))
	must(t, j.Plan(t.Context(), largest))
	if got, err := j.Find(t.Context(), largest.ID); err != nil || !got.Sum.Equal(largest.Sum) {
		t.Errorf("kept %s (%v)", got.Sum, err)
	}
}

// TestWipedSecretsLeaveTheFiles looks for the bytes of secrets in the file and in its log.
func TestWipedSecretsLeaveTheFiles(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	const operations = 300
	secret := func(i int) skidkabot.Secret { return skidkabot.Secret(0x5EC2_E700_0000_0000 + int64(i)*0x0101_0101) }
	for i := range operations {
		o := newOperation(int64(i + 1))
		o.Secret = secret(i)
		must(t, j.Plan(t.Context(), o))
		must(t, j.Move(t.Context(), toSending(o.ID), toConfirmed(o.ID))) // rows grow, pages split
	}
	traces := func() (count int) {
		for _, side := range append([]string{""}, sideFiles...) {
			content, err := os.ReadFile(j.path + side)
			must(t, err)
			for i := range operations {
				count += bytes.Count(content, binary.BigEndian.AppendUint64(nil, uint64(secret(i).Reveal())))
			}
		}
		return count
	}
	if got := traces(); got < operations {
		t.Fatalf("%d traces before wiping: the test does not see them", got)
	}
	wiped, err := j.WipeSecrets(t.Context(), noon.AddDate(0, 0, 1))
	must(t, err)
	if got := traces(); wiped != operations || got != 0 {
		t.Errorf("wiped %d of %d secrets, %d traces are left", wiped, operations, got)
	}
}

// TestWipingWaitsForNoReader wipes while a long reading keeps the log from being emptied.
func TestWipingWaitsForNoReader(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	must(t, j.Plan(t.Context(), newOperation(1)))
	reading, err := j.reader.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	must(t, err)
	var count int
	must(t, reading.QueryRowContext(t.Context(), `SELECT count(*) FROM operations`).Scan(&count))
	start := time.Now()
	wiped, err := j.WipeSecrets(t.Context(), noon.AddDate(0, 0, 1))
	must(t, err)
	if waited := time.Since(start); wiped != 1 || waited > busyTimeout/2 {
		t.Errorf("wiped %d after %s", wiped, waited)
	}
	must(t, reading.Rollback())
	value, err := pragma(t.Context(), j.writer, "busy_timeout")
	must(t, err)
	if int64(value) != busyTimeout.Milliseconds() {
		t.Errorf("busy_timeout is %d afterwards", value)
	}
}

// TestDatabaseHoldsTheRules goes around the Go code: the file itself refuses what must not be.
func TestDatabaseHoldsTheRules(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	first, second, free := newOperation(1), newOperation(1), newOperation(2)
	storno := newOperation(3)
	storno.Parent, storno.Link = free.ID, loyalty.LinkReversal
	must(t, j.Plan(t.Context(), first, second, free, storno))
	must(t, j.Move(t.Context(), toSending(first.ID)))
	id := func(o loyalty.Operation) string { return "x'" + strings.ReplaceAll(o.ID.String(), "-", "") + "'" }
	sent := ` baseline_at = 1, sent_at = 1, deadline = 1 WHERE id = ` + id(second)
	for name, statement := range map[string]string{
		"I1: no baseline":        `UPDATE operations SET state = 'sending', sent_at = 1, deadline = 1 WHERE id = ` + id(free),
		"I1: no sending moment":  `UPDATE operations SET state = 'sending', baseline_at = 1, deadline = 1 WHERE id = ` + id(free),
		"I1: no deadline":        `UPDATE operations SET state = 'sending', baseline_at = 1, sent_at = 1 WHERE id = ` + id(free),
		"I4: two sending":        `UPDATE operations SET state = 'sending',` + sent,
		"I4: one unknown":        `UPDATE operations SET state = 'unknown',` + sent,
		"no such state":          `UPDATE operations SET state = 'lost'`,
		"planned points change":  `UPDATE operations SET points = 26`,
		"planned card changes":   `UPDATE operations SET client = 2`,
		"an operation goes":      `DELETE FROM operations`,
		"an event changes":       `UPDATE events SET reason = 'other'`,
		"an event goes":          `DELETE FROM events`,
		"an event of nothing":    `INSERT INTO events VALUES (NULL, x'00', 0, '', 'planned', '', '', 1)`,
		"a balance as a real":    `UPDATE operations SET changed_at = 1.5`,
		"no points":              copyOf(first, "points", "0"),
		"no such kind":           copyOf(first, "kind", "'gift'"),
		"I11: two reversals":     copyOf(storno, "note", "'again'"),
		"a note changes":         `UPDATE operations SET note = 'other'`,
		"it waits for another":   `UPDATE operations SET waits_for = ` + id(second),
		"it waits for itself":    copyOf(first, "id", "zeroblob(16)", "waits_for", "zeroblob(16)"),
		"its own parent":         copyOf(first, "id", "zeroblob(16)", "parent", "zeroblob(16)", "link", "'repeat'"),
		"a parent without link":  copyOf(first, "parent", id(first)),
		"a link without parent":  copyOf(first, "link", "'reversal'"),
		"an id that is too long": copyOf(first, "id", "randomblob(17)"),
	} {
		if _, err := j.writer.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s: done", name)
		}
	}
	if _, err := j.writer.ExecContext(t.Context(), copyOf(second, "points", "1")); err != nil {
		t.Errorf("the statement of these tests is refused for itself: %v", err)
	}
}

// copyOf is a statement that plans the operation again under a new id, with some columns changed to SQL expressions.
func copyOf(o loyalty.Operation, changes ...string) string {
	values := map[string]string{"id": "randomblob(16)", "state": "'planned'"}
	for i := 0; i < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	var list []string
	for _, name := range strings.Fields(strings.ReplaceAll(columns, ",", " ")) {
		list = append(list, cmp.Or(values[name], name))
	}
	return `INSERT INTO operations (` + columns + `) SELECT ` + strings.Join(list, ", ") +
		` FROM operations WHERE hex(id) = '` + strings.ToUpper(strings.ReplaceAll(o.ID.String(), "-", "")) + `'`
}
