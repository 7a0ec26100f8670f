package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// fillDay is how many operations a day of a filled journal has.
const fillDay = 500

// fillOperations and fillEvents write the ended operations ?1 to ?2 of ?5, ?3 microseconds apart and the last before ?4.
// They go around the store, which would take minutes for a million.
const (
	fillRows = `WITH RECURSIVE numbers (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < ?2),
		rows AS (SELECT i, ?4 - (?5 - i) * ?3 AS at,
			CASE i % 20 WHEN 7 THEN 'voided' WHEN 13 THEN 'refused' ELSE 'confirmed' END AS state,
			CASE WHEN i % max(1, ?5 / 100) = 0 THEN 1 ELSE 2 + i % 100000 END AS client FROM numbers),
		named AS (SELECT *, unhex(printf('%012x70008%015x', at / 1000, i)) AS id FROM rows) `
	fillOperations = fillRows + `INSERT INTO operations (` + columns + `) SELECT id, 1, 'accrual', state, 4, client, NULL, at,
		'Александр Татарченко', 25, '1250.5', '1250.5', '2', NULL, '', '2365', at, at, at, at, at, '2390', 0, '', '', 'Оля', NULL, '', NULL
		FROM named`
	fillEvents = fillRows + `INSERT INTO events (operation, at, from_state, to_state, reason, actor, register)
		SELECT id, at, step.was, step.became, '', '', 1 FROM named
		CROSS JOIN (SELECT '' AS was, 'planned' AS became UNION ALL SELECT 'planned', 'sending') AS step
		UNION ALL SELECT id, at, 'sending', state, '', '', 1 FROM named`
)

// fill writes the given number of operations into a new journal, 500 a day up to noon, as a shop would have them: nine in
// ten confirmed, the others refused or voided, none open, and a hundred of them, spread over the whole time, of one
// customer (client 1).
func fill(t testing.TB, j *Journal, operations int) {
	t.Helper()
	const batch = 50_000
	apart := (24 * time.Hour / fillDay).Microseconds()
	for from := 0; from < operations; from += batch {
		for _, statement := range []string{fillOperations, fillEvents} {
			to := min(from+batch, operations)
			_, err := j.writer.ExecContext(t.Context(), statement, from, to, apart, micros(noon), operations)
			must(t, err)
		}
	}
}

// idAt is a UUIDv7 of the given moment.
func idAt(at time.Time) uuid.UUID {
	id := uuid.Must(uuid.NewV7())
	millis := at.UnixMilli()
	for i := range 6 {
		id[i] = byte(millis >> (8 * (5 - i)))
	}
	return id
}

// everyday are the questions whose time must not depend on the size of the journal.
var everyday = []struct {
	name   string
	filter loyalty.Filter
	index  string // by which the operations are found
}{
	{"newest page", loyalty.Filter{Limit: 50}, "sqlite_autoindex_operations_1"},
	{"next page", loyalty.Filter{Limit: 50, Before: idAt(noon.Add(-12 * time.Hour))}, "sqlite_autoindex_operations_1"},
	{"newest confirmed", loyalty.Filter{States: []loyalty.State{loyalty.StateConfirmed}, Limit: 50}, "sqlite_autoindex_operations_1"},
	{"customer", loyalty.Filter{Client: 1, Limit: 50}, "operations_client"},
	{"repeat question", loyalty.Filter{Vendor: 4, Client: 1, Kind: loyalty.Accrual, Since: noon.Add(-10 * time.Minute)}, "operations_client"},
	{"customer's unsettled", loyalty.Filter{States: []loyalty.State{loyalty.StateSending, loyalty.StateUnknown}, Client: 1}, "operations_open"},
	{"children", loyalty.Filter{Parent: idAt(noon)}, "operations_parent"},
	{"waiting", loyalty.Filter{WaitsFor: idAt(noon)}, "operations_waits"},
	{"order's", loyalty.Filter{Order: idAt(noon), Client: 1}, "operations_order"},
	{"day", loyalty.Filter{Since: noon.Add(-24 * time.Hour), Until: noon}, "operations_planned"},
	{"old day", loyalty.Filter{Since: noon.Add(-48 * time.Hour), Until: noon.Add(-24 * time.Hour)}, "operations_planned"},
	{"today's confirmed", loyalty.Filter{States: []loyalty.State{loyalty.StateConfirmed}, Since: noon.Add(-24 * time.Hour)}, "operations_planned"},
	{"open", loyalty.Filter{States: []loyalty.State{
		loyalty.StatePlanned, loyalty.StateQueued, loyalty.StateSending, loyalty.StateUnknown, loyalty.StateReview,
	}}, "operations_open"},
	{"unknown", loyalty.Filter{States: []loyalty.State{loyalty.StateUnknown}}, "operations_open"},
	{"refused", loyalty.Filter{States: []loyalty.State{loyalty.StateRefused}, Limit: 50}, "operations_rare"},
}

// sums are the totals whose time must not depend on the size of the journal.
var sums = []struct {
	name   string
	filter loyalty.Filter
	index  string
}{
	{"day's totals", loyalty.Filter{Since: noon.Add(-24 * time.Hour), Until: noon}, "operations_planned"},
	{"day's totals of a kind", loyalty.Filter{Kind: loyalty.Accrual, Since: noon.Add(-24 * time.Hour)}, "operations_planned"},
	{"customer's totals", loyalty.Filter{Client: 1}, "operations_client"},
	{"totals of what is open", loyalty.Filter{States: []loyalty.State{loyalty.StateUnknown, loyalty.StateReview}}, "operations_open"},
	{"totals of an operation's children", loyalty.Filter{Parent: idAt(noon)}, "operations_parent"},
	{"totals of an order", loyalty.Filter{Order: idAt(noon)}, "operations_order"},
}

// TestTotalsIndexes shows that totals read what they sum, and no more.
func TestTotalsIndexes(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	fill(t, j, 100)
	rare := sums[0]
	rare.filter = loyalty.Filter{States: []loyalty.State{loyalty.StateRefused, loyalty.StateVoided}}
	rare.index = "operations_rare"
	for _, test := range append(sums[:len(sums):len(sums)], rare) {
		q, err := totalsQuery(test.filter)
		must(t, err)
		if steps := explain(t, j, q); !strings.Contains(steps[0], "INDEX "+test.index) {
			t.Errorf("%s: %q, want the index %s", test.name, steps, test.index)
		}
	}
	q, err := totalsQuery(loyalty.Filter{})
	must(t, err)
	if steps := explain(t, j, q); strings.Contains(steps[0], "INDEX") {
		t.Errorf("totals of all: %q, want no index", steps)
	}
	if _, err := j.Totals(t.Context(), loyalty.Filter{Sum: decimal.NewNullDecimal(decimal.New(1, maxDigits+1))}); !errors.Is(err, ErrRange) {
		t.Errorf("got error %v", err)
	}
}

// TestEverydayIndexes shows that no everyday question reads the whole journal or sorts more than it must.
func TestEverydayIndexes(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	fill(t, j, 2*narrowRows)
	for _, test := range everyday {
		t.Run(test.name, func(t *testing.T) {
			q, err := j.listQuery(t.Context(), test.filter)
			must(t, err)
			steps := explain(t, j, q)
			if !strings.Contains(steps[0], "INDEX "+test.index) {
				t.Errorf("found by %q, want the index %s", steps, test.index)
			}
			if sorts := len(steps) > 1; sorts != (test.index == "operations_planned") {
				t.Errorf("sorts: %t: %q", sorts, steps)
			}
		})
	}
}

// TestWideTimeIndex shows that a long time is read from the newest page by page, not sorted as a whole for each page.
func TestWideTimeIndex(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	fill(t, j, narrowRows+1)
	for filter, want := range map[*loyalty.Filter]string{
		{Until: noon}: "sqlite_autoindex_operations_1",
		{Until: noon, States: []loyalty.State{loyalty.StateVoided}}:                      "operations_rare",
		{Until: noon, States: []loyalty.State{loyalty.StateVoided, loyalty.StateReview}}: "sqlite_autoindex_operations_1",
	} {
		q, err := j.listQuery(t.Context(), *filter)
		must(t, err)
		if steps := explain(t, j, q); len(steps) != 1 || !strings.Contains(steps[0], "INDEX "+want) {
			t.Errorf("%+v: %q, want the index %s alone", filter, steps, want)
		}
	}
}

// explain gives the steps of SQLite's plan for the query.
func explain(t *testing.T, j *Journal, q *selection) []string {
	t.Helper()
	rows, err := j.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+q.text.String(), q.args...)
	must(t, err)
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		must(t, rows.Scan(&id, &parent, &unused, &step))
		steps = append(steps, step)
	}
	if rows.Err() != nil || len(steps) == 0 {
		t.Fatal("no plan: ", rows.Err())
	}
	return steps
}

// benchOperations is the size of the large journal: SKIDKASSA_BENCH_OPERATIONS, or 100,000.
func benchOperations(b *testing.B) int {
	b.Helper()
	text := os.Getenv("SKIDKASSA_BENCH_OPERATIONS")
	if text == "" {
		return 100_000
	}
	count, err := strconv.Atoi(text)
	must(b, err)
	return count
}

// BenchmarkSize puts each everyday question, and opening, to a large journal and to one of 1,000 operations in turn.
// The ratio is that of their times; the goal is 1.5 (docs/performance.md).
func BenchmarkSize(b *testing.B) {
	folder := benchFolder(b)
	small, large := filepath.Join(folder, "small.db"), filepath.Join(folder, "large.db")
	for path, operations := range map[string]int{small: 1000, large: benchOperations(b)} {
		j := mustOpen(b, path)
		fill(b, j, operations)
		mustClose(b, j)
	}
	b.Run("open", func(b *testing.B) {
		compare(b, func(b *testing.B, path string) { mustClose(b, mustOpen(b, path)) }, small, large)
	})
	journals := [2]*Journal{mustOpen(b, small), mustOpen(b, large)}
	for _, question := range everyday {
		b.Run(question.name, func(b *testing.B) {
			compare(b, func(b *testing.B, j *Journal) {
				_, err := j.List(b.Context(), question.filter)
				must(b, err)
			}, journals[0], journals[1])
		})
	}
	for _, question := range sums {
		b.Run(question.name, func(b *testing.B) {
			compare(b, func(b *testing.B, j *Journal) {
				_, err := j.Totals(b.Context(), question.filter)
				must(b, err)
			}, journals[0], journals[1])
		})
	}
}

// compare runs the function on the small and the large one in turn and reports their medians.
func compare[T any](b *testing.B, run func(*testing.B, T), small, large T) {
	var times [2][]time.Duration
	for b.Loop() {
		for i, one := range []T{small, large} {
			times[i] = append(times[i], measure(func() { run(b, one) }))
		}
	}
	report(b, "small", times[0])
	report(b, "large", times[1])
	middle := len(times[0]) / 2
	b.ReportMetric(float64(times[1][middle])/float64(times[0][middle]), "ratio")
}
