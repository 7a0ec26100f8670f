package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// fillOrder and fillOrderEvents write ?1 orders in state ?2 with reason ?3, each changed ?4 microseconds before the next and
// the last at ?5, a hundred of them with one guest (client 1). They go around the store, which would take minutes for a million.
const (
	fillOrder = `WITH RECURSIVE numbers (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < ?1),
		rows AS (SELECT i, ?5 - (?1 - i) * ?4 AS at, 2 + i % 100000 AS client FROM numbers)
		INSERT INTO orders (` + orderColumns + `) SELECT randomblob(16), 1, CASE ?2 WHEN 'open' THEN 'till' ELSE 'checkin' END, ?2, ?3, '',
		CASE ?2 WHEN 'open' THEN i % 100 ELSE '' END, 'Олена', NULL, '[]', 0, 4,
		CASE WHEN i % max(1, ?1 / 100) = 0 THEN 1 ELSE client END, NULL, at, 'Александр Татарченко', '2365', at, 'Олена', at, at, NULL, 1
		FROM rows`
	fillOrderEvents = `INSERT INTO order_events (order_id, at, kind, client, actor, reason, note, version, register)
		SELECT id, changed_at, kind, client, '', '', '', 1, 1 FROM orders
		CROSS JOIN (SELECT 'opened' AS kind UNION ALL SELECT 'bound' UNION ALL SELECT 'closed')
		WHERE kind <> 'closed' OR state = 'closed'`
)

// fillOrders writes closed and open orders into a journal without orders. The open ones are the older, so that nobody finds them
// among the last.
func fillOrders(t testing.TB, j *Journal, closed, open int) {
	t.Helper()
	mustExec(t, j, `PRAGMA cache_size = -200000`) // ids are random: without room each order would read pages
	apart := time.Second.Microseconds()
	begin := micros(noon) - int64(closed)*apart
	for _, part := range []struct {
		count         int
		state, reason string
		last          int64
	}{{open, "open", "", begin}, {closed, "closed", "points", micros(noon)}} {
		_, err := j.writer.ExecContext(t.Context(), fillOrder, part.count, part.state, part.reason, apart, part.last)
		must(t, err)
	}
	mustExec(t, j, fillOrderEvents)
	mustExec(t, j, `PRAGMA cache_size = -2000`) // SQLite's own default
}

// ordersAsked are the questions whose time must not depend on how many orders have been closed.
var ordersAsked = []struct {
	name   string
	filter orders.Filter
	ways   []way // the indexes, in the order of the plan
}{
	{"panel", orders.Filter{State: orders.StateOpen}, []way{"orders_open"}},
	{"what is over", orders.Filter{State: orders.StateOpen, ChangedBefore: noon.Add(-10 * time.Minute)}, []way{"orders_open"}},
	{"last closed", orders.Filter{State: orders.StateClosed, Limit: 50}, []way{"orders_closed"}},
	{"closed before", orders.Filter{State: orders.StateClosed, ChangedBefore: noon.Add(-10 * time.Minute), Limit: 50}, []way{"orders_closed"}},
	{"last changed", orders.Filter{Limit: 50}, []way{"orders_open", "orders_closed"}},
	{"changed before", orders.Filter{ChangedBefore: noon.Add(-10 * time.Minute), Limit: 50}, []way{"orders_open", "orders_closed"}},
	{"bills of a table", orders.Filter{State: orders.StateOpen, Source: orders.SourceTill, Table: "7"}, []way{"orders_table"}},
	{"guest's", orders.Filter{Client: 1, Limit: 50}, []way{"orders_client"}},
	{"guest's open", orders.Filter{Client: 1, State: orders.StateOpen, ChangedBefore: noon}, []way{"orders_client"}},
}

// TestOrderIndexes shows that no question about orders reads more than it gives, or sorts.
func TestOrderIndexes(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	fillOrders(t, j, 500, 20)
	for _, test := range ordersAsked {
		plan := strings.Join(explain(t, j, ordersQuery(test.filter)), "\n")
		from := 0
		for _, way := range test.ways {
			at := strings.Index(plan[from:], "INDEX "+string(way))
			if at < 0 {
				t.Errorf("%s: %q, want the index %s", test.name, plan, way)
				break
			}
			from += at
		}
		if strings.Contains(plan, "TEMP B-TREE") || strings.Count(plan, "INDEX") != len(test.ways) {
			t.Errorf("%s: %q, want nothing sorted and no other index", test.name, plan)
		}
	}
	if got, err := j.Orders(t.Context(), orders.Filter{State: "lost"}); err != nil || len(got) != 0 {
		t.Errorf("%d orders of no state (%v)", len(got), err)
	}
	for statement, want := range map[string]string{
		pointsMoved:    "USING INDEX operations_order",
		findOperations: "USING INDEX operations_order",
		wipeBindings:   "USING INDEX orders_secret",
		findOrder:      "USING INDEX sqlite_autoindex_orders_1",
		findBound:      "USING INDEX sqlite_autoindex_orders_1",
	} {
		q := &selection{args: []any{nil}}
		q.text.WriteString(statement)
		if plan := strings.Join(explain(t, j, q), "\n"); !strings.Contains(plan, want) {
			t.Errorf("%s: %q, want %s", statement, plan, want)
		}
	}
}

// benchOpenOrders is how many orders the panel shows at most in a large shop.
const benchOpenOrders = 2000

// BenchmarkOrders puts each question about orders, opening and a check-in to a journal with many closed orders
// (SKIDKASSA_BENCH_OPERATIONS of them, or 100,000) and to one with 1,000, in turn; both have 2,000 open ones. The ratio is that of
// their times; the goal is 1.5 (docs/performance.md).
func BenchmarkOrders(b *testing.B) {
	folder := benchFolder(b)
	small, large := filepath.Join(folder, "small.db"), filepath.Join(folder, "large.db")
	for path, closed := range map[string]int{small: 1000, large: benchOperations(b)} {
		j := mustOpen(b, path)
		fillOrders(b, j, closed, benchOpenOrders)
		mustClose(b, j)
	}
	b.Run("open", func(b *testing.B) {
		compare(b, func(b *testing.B, path string) { mustClose(b, mustOpen(b, path)) }, small, large)
	})
	journals := [2]*Journal{mustOpen(b, small), mustOpen(b, large)}
	for _, question := range ordersAsked {
		b.Run(question.name, func(b *testing.B) {
			compare(b, func(b *testing.B, j *Journal) {
				got, err := j.Orders(b.Context(), question.filter)
				must(b, err)
				if len(got) == 0 {
					b.Fatal("nothing found")
				}
			}, journals[0], journals[1])
		})
	}
	b.Run("check-in", func(b *testing.B) {
		compare(b, func(b *testing.B, j *Journal) { mustSave(b, j, newOrder(7), checkedIn(7)...) }, journals[0], journals[1])
	})
}

// BenchmarkCheckIn puts single check-ins, each a new order with a guest and two events, beside raw appends with a flush. In
// "ratio" they take turns, so that both see the same disk; the ratio is that of their medians and the goal is 1.4
// (docs/performance.md). "check-in" makes check-ins alone, so that a tracer can count their flushes: strace -f -c -e
// trace=fsync,fdatasync shows at least one for each.
func BenchmarkCheckIn(b *testing.B) {
	folder := benchFolder(b)
	j := mustOpen(b, filepath.Join(folder, "journal.db"))
	client := int64(0)
	checkIn := func(b *testing.B) {
		b.Helper()
		client++
		mustSave(b, j, newOrder(client), checkedIn(client)...)
	}
	const sample = 60
	must(b, j.checkpoint(b.Context()))
	for range sample {
		checkIn(b)
	}
	log, err := os.Stat(j.path + "-wal")
	must(b, err)
	size := int(log.Size()) / sample
	f := newFloor(b, folder, size)
	b.Run("ratio", func(b *testing.B) {
		var saves, raw []time.Duration
		for b.Loop() {
			saves = append(saves, measure(func() { checkIn(b) }))
			raw = append(raw, measure(func() { f.next(b) }))
		}
		report(b, "check-in", saves) // sorts
		report(b, "floor", raw)
		b.ReportMetric(float64(saves[len(saves)/2])/float64(raw[len(raw)/2]), "ratio")
		b.ReportMetric(float64(size), "bytes/commit")
	})
	b.Run("check-in", func(b *testing.B) {
		for b.Loop() {
			checkIn(b)
		}
	})
}

// BenchmarkPanel is the panel's question when every order has dishes.
func BenchmarkPanel(b *testing.B) {
	j := mustOpen(b, filepath.Join(benchFolder(b), "journal.db"))
	for i := range 200 {
		o := newOrder(int64(i + 1))
		for dish := range 20 {
			o.Dishes = append(o.Dishes, orders.Dish{
				SKU: fmt.Sprint(11000 + dish), Name: "Шаурма царська", Count: decimal.NewFromInt(1), Sum: decimal.NewFromInt(190),
			})
		}
		mustSave(b, j, o)
	}
	for b.Loop() {
		all, err := j.Orders(b.Context(), orders.Filter{State: orders.StateOpen})
		must(b, err)
		if len(all) != 200 || len(all[0].Dishes) != 20 {
			b.Fatal("another panel")
		}
	}
}
