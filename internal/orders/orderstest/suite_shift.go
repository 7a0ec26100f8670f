package orderstest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

func testNumbers(t *testing.T, s Store) {
	const takers, each = 4, 5
	var mu sync.Mutex
	var group sync.WaitGroup
	given := map[int64]bool{}
	for range takers {
		group.Go(func() {
			last := int64(0)
			for range each {
				number, err := s.NextNumber(t.Context())
				mu.Lock()
				if err != nil || number <= last || given[number] {
					t.Errorf("got %d after %d, %v", number, last, err)
				}
				given[number] = true
				mu.Unlock()
				last = number
			}
		})
	}
	group.Wait()
	for number := int64(1); number <= takers*each; number++ {
		if !given[number] {
			t.Errorf("%d was left out", number)
		}
	}
}

func describeShift(s orders.Shift) string {
	return fmt.Sprint(s.ID, " ", s.Register, s.Number, " ", s.OpenedAt, " ", s.OpenedBy, " ", s.ClosedAt, " ", s.ClosedBy)
}

func testShifts(t *testing.T, s Store) {
	wantClosed := func() {
		t.Helper()
		_, err := s.Shift(t.Context())
		wantError(t, err, orders.ErrShiftClosed)
		_, err = s.CloseShift(t.Context(), "Оля", noon)
		wantError(t, err, orders.ErrShiftClosed)
	}
	wantClosed()
	var newest []orders.Shift
	for number := range int64(3) {
		at := noon.Add(time.Duration(number)*24*time.Hour + 1234567)
		want := orders.Shift{ID: newID(), Register: Register, Number: number + 1, OpenedAt: keptTime(at), OpenedBy: "Оля", ClosedAt: keptTime(time.Time{})}
		got, err := s.OpenShift(t.Context(), want.ID, "Оля", at)
		must(t, err)
		wantSame(t, "opened", describeShift(got), describeShift(want))
		open, err := s.Shift(t.Context())
		must(t, err)
		wantSame(t, "open", describeShift(open), describeShift(want))
		for _, id := range []uuid.UUID{newID(), want.ID} {
			_, err = s.OpenShift(t.Context(), id, "Петро", at)
			wantError(t, err, orders.ErrShiftOpen)
		}
		want.ClosedAt, want.ClosedBy = keptTime(at.Add(time.Hour)), "Петро"
		got, err = s.CloseShift(t.Context(), "Петро", at.Add(time.Hour))
		must(t, err)
		wantSame(t, "closed", describeShift(got), describeShift(want))
		wantClosed()
		newest = append([]orders.Shift{want}, newest...)
	}
	for limit, want := range map[int]int{-1: 0, 0: 0, 1: 1, 2: 2, 3: 3, orders.ListLimit + 1: 3} {
		shifts, err := s.Shifts(t.Context(), limit)
		must(t, err)
		wantSame(t, fmt.Sprint("limit ", limit), fmt.Sprint(len(shifts)), fmt.Sprint(want))
		for i, shift := range shifts {
			wantSame(t, "newest first", describeShift(shift), describeShift(newest[i]))
		}
	}
}

func testShiftTotals(t *testing.T, s Store) {
	_, err := s.ShiftTotals(t.Context(), newID())
	wantError(t, err, orders.ErrNotFound)
	first := openShift(t, s)
	empty, err := s.ShiftTotals(t.Context(), first.ID)
	must(t, err)
	wantSame(t, "empty", describeTotals(empty), describeShift(first)+" orders 0 tips 0")
	for client := range int64(3) {
		settle(t, s, paidOrder(save(t, s, newOrder(tills, ofClient(client+1))), first))
	}
	want := " orders 3 tips 57.72 card 3 of 150 cash 3 of 600 qr 3 of 3001.5"
	open, err := s.ShiftTotals(t.Context(), first.ID)
	must(t, err)
	wantSame(t, "X", describeTotals(open), describeShift(first)+want)
	first, err = s.CloseShift(t.Context(), "Петро", noon.Add(time.Hour))
	must(t, err)

	second := openShift(t, s)
	o := save(t, s, newOrder(tills, ofClient(9)))
	settlement := paidOrder(o, second)
	settlement.Payments = []orders.Payment{newPayment(o.ID, second, orders.PaidCash, "1250.5")}
	settle(t, s, settlement)
	points := save(t, s, newOrder(tills, ofClient(10), func(o *orders.Order) {
		o.Dishes, o.Sum = o.Dishes[:1], decimal.NewNullDecimal(o.Dishes[0].Sum)
	}))
	op := redemption(points, "1200")
	bring(t, s, op, loyalty.StateConfirmed, "")
	settlement = paidOrder(points, second)
	settlement.Payments = []orders.Payment{newPayment(points.ID, second, orders.PaidPoints, "1200")}
	settlement.Payments[0].Operation = op.ID
	settle(t, s, settlement) // in no shift
	for shift, want := range map[orders.Shift]string{first: want, second: " orders 1 tips 0 cash 1 of 1250.5"} {
		got, err := s.ShiftTotals(t.Context(), shift.ID)
		must(t, err)
		wantSame(t, "totals", describeTotals(got), describeShift(shift)+want)
	}
}

func describeTotals(totals orders.ShiftTotals) string {
	text := fmt.Sprint(describeShift(totals.Shift), " orders ", totals.Orders, " tips ", totals.Tips)
	kinds := 0
	for _, kind := range []orders.PaymentKind{orders.PaidCard, orders.PaidCash, orders.PaidPoints, orders.PaidQR} {
		if total, there := totals.Payments[kind]; there {
			text += fmt.Sprintf(" %s %d of %s", kind, total.Count, total.Sum)
			kinds++
		}
	}
	if kinds != len(totals.Payments) {
		text += fmt.Sprint(" and ", totals.Payments)
	}
	return text
}

func testPayments(t *testing.T, s Store) {
	shift := openShift(t, s)
	o, other := save(t, s, newOrder(tills)), save(t, s, newOrder(tills, ofClient(7)))
	settlement := paidOrder(o, shift)
	settle(t, s, settlement)
	for _, id := range []uuid.UUID{other.ID, uuid.New()} {
		payments, err := s.Payments(t.Context(), id)
		must(t, err)
		wantSame(t, "payments of another", fmt.Sprint(len(payments)), "0")
	}
	payments, err := s.Payments(t.Context(), o.ID)
	must(t, err)
	for i, p := range payments {
		wantSame(t, "payment", p.ID.String(), settlement.Payments[i].ID.String())
	}
}
