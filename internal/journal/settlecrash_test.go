package journal

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// TestSettlementsAndPowerLost cuts the log at many places, as a loss of power may. What remains is each bill as it was opened,
// or all that its settlement wrote.
func TestSettlementsAndPowerLost(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	shift := mustShift(t, j)
	const bills = 3
	for i := range int64(bills) {
		mustSettle(t, j, closing(mustBill(t, j, i+1), shift.ID))
	}
	log, err := os.Stat(path + "-wal")
	must(t, err)
	before := 0
	for cut := int64(0); cut <= log.Size(); cut += int64(under(5003, 20011)) {
		there := countSettled(t, mustOpen(t, copyJournal(t, path, cut)))
		if there < before {
			t.Errorf("%d bytes of the log hold %d settlements, fewer bytes %d", cut, there, before)
		}
		before = there
	}
	if there := countSettled(t, mustOpen(t, copyJournal(t, path, log.Size()))); there != bills {
		t.Errorf("the whole log holds %d settlements, want %d", there, bills)
	}
}

// countSettled makes sure that every bill is open or settled as a whole, and counts those that are.
func countSettled(t *testing.T, j *Journal) (settled int) {
	t.Helper()
	must(t, j.Check(t.Context()))
	all, err := j.Orders(t.Context(), orders.Filter{})
	must(t, err)
	for _, o := range all {
		switch got := partsOf(t, j, o.ID); got {
		case opened:
		case settledWhole:
			settled++
		default:
			t.Errorf("half of the settlement of %s is there: %+v", o.ID, got)
		}
	}
	shifts, err := j.Shifts(t.Context(), 1)
	must(t, err)
	if len(shifts) == 0 {
		return settled
	}
	totals, err := j.ShiftTotals(t.Context(), shifts[0].ID)
	must(t, err)
	paid, want := totals.Payments[orders.PaidQR], billSum.Mul(decimal.NewFromInt(int64(settled)))
	if totals.Orders != int64(settled) || paid.Count != int64(settled) || !paid.Sum.Equal(want) {
		t.Errorf("the shift has %+v, want %d orders", totals, settled)
	}
	return settled
}

// TestKilledBetweenSettlements kills a process that settles bills and tells each when Settle has returned. All that it told is
// there, with the bytes of its letter; of the bill in its hands there is all or nothing; and the next start goes on.
func TestKilledBetweenSettlements(t *testing.T) {
	t.Parallel()
	if path := os.Getenv(tillOf); path != "" {
		settleUntilKilled(t, path)
	}
	path := newPath(t)
	j := mustOpen(t, path)
	mustShift(t, j)
	mustClose(t, j)
	var told []uuid.UUID
	for round := range under(6, 3) {
		killTill(t, path, 3+5*round, func(line string) bool {
			var text string
			if _, err := fmt.Sscanf(line, settledLine+" %36s", &text); err != nil {
				return false
			}
			id, err := uuid.Parse(text)
			if err == nil {
				told = append(told, id)
			}
			return err == nil
		})
		j := mustOpen(t, path)
		if there := countSettled(t, j); there < len(told) {
			t.Errorf("%d settlements are there, %d were told", there, len(told))
		}
		bodies := map[uuid.UUID][]byte{}
		for _, l := range mustLetters(t, j) {
			bodies[l.Bill] = l.Body
		}
		for _, bill := range told {
			if want := newLetter(bill).Body; !bytes.Equal(bodies[bill], want) {
				t.Errorf("the letter of %s has the bytes %q, want %q", bill, bodies[bill], want)
			}
		}
		mustClose(t, j)
	}
}

const settledLine = "settled"

// settleUntilKilled opens bills and closes them, and tells each on the standard output.
func settleUntilKilled(t *testing.T, path string) {
	j := mustOpen(t, path)
	shift, err := j.Shift(t.Context())
	must(t, err)
	for client := int64(1); ; client++ {
		bill := mustBill(t, j, client)
		mustSettle(t, j, closing(bill, shift.ID))
		fmt.Println(settledLine, bill.ID)
	}
}
