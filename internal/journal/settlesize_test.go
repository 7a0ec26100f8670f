package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// marksOf is how many values a statement takes.
func marksOf(statement string) int {
	for count := 9; count > 0; count-- {
		if strings.Contains(statement, fmt.Sprint("?", count)) {
			return count
		}
	}
	return strings.Count(statement, "?")
}

// TestBillIndexes shows that no question about bills reads the whole of a table.
func TestBillIndexes(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	for statement, want := range map[string]string{
		findPayments:  "payments_order",
		shiftPayments: "payments_shift",
		isShiftOpen:   "shifts_open",
		findShift:     "shifts_open",
		closeShift:    "shifts_open",
		newShifts:     "shifts_number",
		findClaim:     "claims_bill",
		findClaimed:   "claims_bill",
		decideClaim:   "sqlite_autoindex_claims_1",
		findLetters:   "letters_waiting",
		firstLetter:   "letters_waiting",
		replaceLetter: "letters_waiting",
		endLetter:     "sqlite_autoindex_letters_1",
	} {
		q := &selection{args: make([]any, marksOf(statement))}
		q.text.WriteString(statement)
		plan := strings.Join(explain(t, j, q), "\n")
		if !strings.Contains(plan, "INDEX "+want) || strings.Contains(plan, "SCAN") && !strings.Contains(plan, "SCAN CONSTANT") {
			t.Errorf("%s: %q, want %s", statement, plan, want)
		}
	}
	for filter, want := range map[orders.ClaimFilter]string{
		{Bill: newID()}:                          "claims_bill",
		{Bill: newID(), State: orders.ClaimOpen}: "claims_bill",
		{State: orders.ClaimOpen}:                "claims_open",
		{State: orders.ClaimOpen, Since: noon}:   "claims_open",
		{State: orders.ClaimBack, Since: noon}:   "claims_last",
		{Since: noon}:                            "claims_last",
	} {
		plan := strings.Join(explain(t, j, claimsQuery(filter)), "\n")
		if !strings.Contains(plan, "INDEX "+want) || strings.Contains(plan, "TEMP B-TREE") == (want == "claims_open") {
			t.Errorf("%+v: %q, want %s", filter, plan, want)
		}
	}
}

// BenchmarkSettle closes bills as paid from a guest's phone, each with its order, event, payment, planned accrual, claim and
// letter, beside raw appends of as many bytes with a flush. In "ratio" they take turns, so that both see the same disk; the
// ratio is that of their medians. "settle" makes settlements alone, so that a tracer can count their flushes: strace -f -c
// -e trace=fsync,fdatasync shows at least one for each, and one for the bill that is opened before it.
func BenchmarkSettle(b *testing.B) {
	folder := benchFolder(b)
	j := mustOpen(b, filepath.Join(folder, "journal.db"))
	shift := mustShift(b, j)
	const sample = 60
	var bills []orders.Order
	for i := range int64(sample) {
		bills = append(bills, mustBill(b, j, i+1))
	}
	must(b, j.checkpoint(b.Context()))
	for _, bill := range bills {
		mustSettle(b, j, closing(bill, shift.ID))
	}
	log, err := os.Stat(j.path + "-wal")
	must(b, err)
	size := int(log.Size()) / sample
	f := newFloor(b, folder, size)
	client := int64(sample)
	settle := func() time.Duration {
		client++
		s := closing(mustBill(b, j, client), shift.ID)
		return measure(func() { mustSettle(b, j, s) })
	}
	b.Run("ratio", func(b *testing.B) {
		var settled, raw []time.Duration
		for b.Loop() {
			settled = append(settled, settle())
			raw = append(raw, measure(func() { f.next(b) }))
		}
		report(b, "settle", settled) // sorts
		report(b, "floor", raw)
		b.ReportMetric(float64(settled[len(settled)/2])/float64(raw[len(raw)/2]), "ratio")
		b.ReportMetric(float64(size), "bytes/commit")
	})
	b.Run("settle", func(b *testing.B) {
		for b.Loop() {
			settle()
		}
	})
}

// BenchmarkBills is what Expirenza asks for: the open bills of a table among 2,000 open orders, and all that are open.
func BenchmarkBills(b *testing.B) {
	j := mustOpen(b, filepath.Join(benchFolder(b), "journal.db"))
	fillOrders(b, j, 1000, benchOpenOrders)
	for name, filter := range map[string]orders.Filter{
		"table": {State: orders.StateOpen, Source: orders.SourceTill, Table: "7"},
		"all":   {State: orders.StateOpen, Source: orders.SourceTill},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				found, err := j.Orders(b.Context(), filter)
				must(b, err)
				if len(found) == 0 {
					b.Fatal("nothing found")
				}
			}
		})
	}
}
