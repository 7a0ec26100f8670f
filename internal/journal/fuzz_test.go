package journal

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// FuzzDamagedFile overwrites a part of a journal's file. Whatever that part was, every method either works or returns an
// error with a code; none hangs or panics.
func FuzzDamagedFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "journal.db")
	j, err := Open(f.Context(), Options{Path: path, Now: clock})
	must(f, err)
	fill(f, j, 100)
	fillOrders(f, j, 90, 10)
	bill := closing(mustBill(f, j, 1), mustShift(f, j).ID)
	mustSettle(f, j, bill)
	mustClose(f, j)
	whole, err := os.ReadFile(path)
	must(f, err)
	f.Add(uint32(0), []byte("SQLite format 3\x00"))
	f.Add(uint32(18), []byte{1, 1})
	f.Add(uint32(28), []byte{0, 0, 0, 1})
	f.Add(uint32(60), []byte{0, 0, 0, 9})
	f.Add(uint32(100), []byte{13})
	f.Add(uint32(3*pageSize), []byte{5, 0, 0, 0xFF, 0xFF})
	f.Add(uint32(7*pageSize+8), []byte("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"))
	f.Fuzz(func(t *testing.T, at uint32, bytes []byte) {
		content := append([]byte(nil), whole...)
		copy(content[int(at)%len(content):], bytes)
		damaged := filepath.Join(t.TempDir(), "journal.db")
		must(t, os.WriteFile(damaged, content, fileMode))
		j, err := Open(t.Context(), Options{Path: damaged, Now: clock})
		if err != nil {
			wantSomeCode(t, err)
			return
		}
		defer j.Close()
		page, err := j.List(t.Context(), loyalty.Filter{})
		wantSomeCode(t, err)
		for _, o := range page {
			_, err := j.Events(t.Context(), o.ID)
			wantSomeCode(t, err)
		}
		all, err := j.Orders(t.Context(), orders.Filter{})
		wantSomeCode(t, err)
		for _, o := range all {
			_, err := j.OrderEvents(t.Context(), o.ID)
			wantSomeCode(t, err)
		}
		_, err = j.SaveOrder(t.Context(), newOrder(1))
		wantSomeCode(t, err)
		for _, err := range useBills(t, j, bill) {
			wantSomeCode(t, err)
		}
		wantSomeCode(t, j.Plan(t.Context(), newOperation(1)))
		wantSomeCode(t, j.Check(t.Context()))
	})
}

// useBills reads and writes what belongs to bills, and gives the errors that are no answers of the store.
func useBills(t *testing.T, j *Journal, bill orders.Settlement) (failed []error) {
	keep := func(err error) {
		for _, answer := range []error{
			orders.ErrNotFound, orders.ErrConflict, orders.ErrShiftOpen, orders.ErrShiftClosed, orders.ErrPaid,
		} {
			if errors.Is(err, answer) {
				return
			}
		}
		failed = append(failed, err)
	}
	_, err := j.Payments(t.Context(), bill.Order.ID)
	keep(err)
	_, err = j.ShiftTotals(t.Context(), bill.Payments[0].Shift)
	keep(err)
	_, err = j.Claims(t.Context(), orders.ClaimFilter{Bill: bill.Claim.Bill})
	keep(err)
	_, err = j.Letters(t.Context(), system, noon, 10)
	keep(err)
	_, err = j.DecideClaim(t.Context(), bill.Claim.ID, orders.ClaimBack, "", "", noon)
	keep(err)
	keep(j.Posted(t.Context(), bill.Letter.ID, orders.LetterDelivered, noon, noon))
	_, err = j.NextNumber(t.Context())
	keep(err)
	_, err = j.CloseShift(t.Context(), "", noon)
	keep(err)
	shift, err := j.OpenShift(t.Context(), newID(), "", noon)
	keep(err)
	if err != nil {
		return failed
	}
	if o, err := j.SaveOrder(t.Context(), newBill(2)); err == nil {
		_, err = j.Settle(t.Context(), closing(o, shift.ID))
		keep(err)
	}
	return failed
}

func wantSomeCode(t *testing.T, err error) {
	t.Helper()
	if err != nil && CodeOf(err) == "" {
		t.Errorf("error without a code: %v", err)
	}
}

// FuzzOrder saves an order of any texts, numbers and moments, changes it to another and back: what is taken comes back as it
// was, and as SaveOrder gave it; what is refused leaves nothing.
func FuzzOrder(f *testing.F) {
	f.Add("142", "Терраса 7", "Шаурма <царська> & \"соус\"", "1250.50", "1.300", int64(83532824), int64(31766), int64(1740830400123456), uint8(0xFF))
	f.Add("", "", "", "0", "1", int64(1), int64(0), int64(-1), uint8(0))
	f.Add("\x00", "\u2028\ufeff", "\x7f'\"\\", "1e12", "0.000000000001", int64(-1), int64(-1), int64(math.MaxInt64), uint8(5))
	f.Add("\xd1", "я", "\ufffd", "-1", "1e999999999", int64(math.MaxInt64), int64(math.MaxInt64), int64(math.MinInt64), uint8(7))
	j, err := Open(f.Context(), Options{Path: filepath.Join(f.TempDir(), "journal.db"), Register: orderstest.Register, Now: clock})
	must(f, err)
	f.Cleanup(func() { mustClose(f, j) })
	f.Fuzz(func(t *testing.T, number, table, name, sum, count string, client, secret, at int64, with uint8) {
		o := newOrder(client)
		o.Number, o.Table, o.Guest.Name, o.Guest.BoundBy = number, table, name, table
		o.Guest.Card.Secret = skidkabot.Secret(secret)
		o.ChangedAt, o.Guest.ScannedAt = time.UnixMicro(at), time.Unix(0, at)
		amount, err := decimal.NewFromString(sum)
		if err != nil {
			return
		}
		portion, err := decimal.NewFromString(count)
		if err != nil {
			return
		}
		o.Guest.Balance = amount.Neg()
		if with&1 != 0 {
			o.Sum, o.PaidAt = decimal.NewNullDecimal(amount), time.UnixMicro(at)
		}
		for i := range with >> 4 {
			o.Dishes = append(o.Dishes, orders.Dish{SKU: number, Name: name, Count: portion, Sum: amount, Printed: i%2 == 0})
		}
		if with&2 != 0 {
			o.Guest = nil
		}
		if with&4 != 0 {
			o.Source, o.State, o.Reason = orders.SourceFeed, orders.StateClosed, orders.ReasonFeed
		}
		saved, err := j.SaveOrder(t.Context(), o)
		if err != nil {
			if !errors.Is(err, orders.ErrInvalid) && !errors.Is(err, ErrRange) {
				t.Fatalf("got error %v", err)
			}
			if _, err := j.Order(t.Context(), o.ID); !errors.Is(err, orders.ErrNotFound) {
				t.Fatalf("refused, and found: %v", err)
			}
			return
		}
		wantOrder(t, j, saved, o)
		bare := orders.Order{ID: o.ID, Source: orders.SourceCheckIn, State: orders.StateOpen, Version: 1}
		changed := mustSave(t, j, bare)
		wantOrder(t, j, changed, bare)
		o.Version = 2
		wantOrder(t, j, mustSave(t, j, o), o)
	})
}

// wantOrder makes sure that the stored order and the one that SaveOrder gave are the one that was given to it.
func wantOrder(t *testing.T, j *Journal, saved, given orders.Order) {
	t.Helper()
	stored, err := j.Order(t.Context(), given.ID)
	must(t, err)
	given.Version++
	want := plain(given)
	for _, got := range []orders.Order{saved, stored} {
		if got := plain(got); got != want {
			t.Fatalf("\n got %s\nwant %s", got, want)
		}
	}
}

// plain writes all of an order: moments as their microseconds, decimals in one form.
func plain(o orders.Order) string {
	amount := func(d decimal.Decimal) string { return d.Rat().RatString() }
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s %s %s %q %q %q %t %s %d %d %d %d", o.ID, o.Register, o.Source, o.State, o.Reason, o.Number,
		o.Table, o.Waiter, o.Sum.Valid, amount(o.Sum.Decimal), micros(o.OpenedAt), micros(o.ChangedAt), micros(o.PaidAt), o.Version)
	for _, d := range o.Dishes {
		fmt.Fprintf(&b, "\n%q %q %s %s %t", d.SKU, d.Name, amount(d.Count), amount(d.Sum), d.Printed)
	}
	if g := o.Guest; g != nil {
		fmt.Fprintf(&b, "\n%d %d %d %d %q %s %d %q", g.Card.Vendor, g.Card.Client, g.Card.Secret.Reveal(), micros(g.ScannedAt),
			g.Name, amount(g.Balance), micros(g.BalanceAt), g.BoundBy)
	}
	return b.String()
}
