package orders_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

func cash(sum string) orders.Part { return orders.Part{Kind: orders.PaidCash, Sum: sumOf(sum)} }

func card(sum string) orders.Part { return orders.Part{Kind: orders.PaidCard, Sum: sumOf(sum)} }

func byPhone(sum string) orders.Part { return orders.Part{Kind: orders.PaidQR, Sum: sumOf(sum)} }

// pay has a cashier take parts for an order as it stands.
func (h *hall) pay(order uuid.UUID, changes func(*orders.PayOrder), parts ...orders.Part) (orders.Order, error) {
	h.t.Helper()
	in := orders.PayOrder{Order: order, Parts: parts, Cashier: "Оля"}
	if o, err := h.book.Find(h.t.Context(), order); err == nil {
		in.Version = o.Version
	}
	if changes != nil {
		changes(&in)
	}
	return h.book.Pay(h.t.Context(), in)
}

func confirmed(in *orders.PayOrder) { in.Confirmed = true }

func TestPay(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(cooked("Борщ", "1000"))
	_, err := h.book.PrintTickets(t.Context(), o.ID, "Оля")
	must(t, err)
	must(t, h.checkIn(o.ID, anna))
	h.redeem(o, "50", toConfirmed...)
	bill, err := h.book.Bill(t.Context(), o.ID)
	must(t, err)
	if !bill.Points.Equal(sumOf("50")) || !bill.Due.Equal(sumOf("950")) || bill.InFlight {
		t.Errorf("bill %+v", bill)
	}
	h.published()
	paid, err := h.pay(o.ID, nil, cash("500.00"), card("450"))
	must(t, err)
	if got := h.published(); got != "closed, planned, sending, confirmed" {
		t.Errorf("published %q", got)
	}
	if got := standing(paid); got != "till closed paid sum 1000 wiped 83532824" || paid.Version != h.found(o.ID).Version {
		t.Errorf("got %q, version %d", got, paid.Version)
	}
	if got := h.paidWith(o.ID); got != "points 50 Оля, cash 500 Оля, card 450 Оля" {
		t.Errorf("paid with %q", got)
	}
	if got := printer.paper(); got != "ticket Борщ; receipt 1 points 50 cash 500 card 450" {
		t.Errorf("printed %q", got)
	}
	ops, err := h.store.List(t.Context(), loyalty.Filter{Order: o.ID, Kind: loyalty.Accrual})
	must(t, err)
	if len(ops) != 1 || !ops[0].Money.Equal(sumOf("950")) || !ops[0].Sum.Equal(sumOf("1000")) || !ops[0].Points.Equal(sumOf("19")) || ops[0].Cashier != "Оля" {
		t.Errorf("accruals %+v", ops)
	}
	_, err = h.pay(o.ID, nil, cash("500"), card("450"))
	wantError(t, err, orders.ErrPaid) // a second Enter
}

// TestPointsPayAll needs no shift, no printer and no network.
func TestPointsPayAll(t *testing.T) {
	h := newHall(t)
	o := h.opened(line("Чай", "50"))
	h.redeem(o, "50", toConfirmed...)
	_, err := h.pay(o.ID, nil)
	must(t, err)
	if got := h.paidWith(o.ID); got != "points 50 Оля" {
		t.Errorf("paid with %q", got)
	}
	h.is(o.ID, "till closed paid sum 50")
}

func TestPayRefuses(t *testing.T) {
	h, printer := newTill(t)
	_, err := h.pay(uuid.New(), nil)
	wantError(t, err, orders.ErrNotFound)
	_, err = h.pay(h.fed("100"), nil, cash("100"))
	wantError(t, err, orders.ErrNotOurs)
	o := h.opened(cooked("Борщ", "100"))
	refused := func(want error, changes func(*orders.PayOrder), parts ...orders.Part) {
		t.Helper()
		_, err := h.pay(o.ID, changes, parts...)
		wantError(t, err, want)
		if got := standing(h.found(o.ID)); got != "till open sum 100" {
			t.Errorf("got %q", got)
		}
	}
	refused(orders.ErrConflict, func(in *orders.PayOrder) { in.Version-- }, cash("100"))
	refused(orders.ErrNotPaid, nil)
	refused(orders.ErrNotPaid, nil, cash("99.99"))
	refused(orders.ErrNotPaid, nil, cash("100"), card("0.01"))
	refused(orders.ErrInvalid, nil, cash("110"), cash("-10"))
	refused(orders.ErrInvalid, nil, cash("100"), card("0"))
	refused(orders.ErrInvalid, nil, orders.Part{Kind: orders.PaidPoints, Sum: sumOf("100")})
	refused(orders.ErrInvalid, nil, byPhone("100"))
	refused(orders.ErrInvalid, func(in *orders.PayOrder) { in.Claim = uuid.New() }, cash("100"))
	printer.set(&orders.PrinterTrouble{})
	refused(orders.ErrTicket, nil, cash("100"))
	_, err = h.book.MarkPrinted(t.Context(), o.ID, []uuid.UUID{o.Dishes[0].ID}, "Оля")
	must(t, err)
	refused(orders.ErrConflict, func(in *orders.PayOrder) { in.Claim = uuid.New() }, byPhone("100"))
	lease, err := h.book.Edit(o.ID, "Петро")
	must(t, err)
	refused(orders.ErrInUse, nil, cash("100"))
	_, err = h.pay(o.ID, nil, cash("100"))
	wantEditor(t, err, "Петро")
	lease.Release()
	op := h.redeem(o, "10", loyalty.StateSending)
	refused(orders.ErrInUse, nil, cash("100"))
	h.step(op, loyalty.StateRefused)
	_, _, err = h.book.CloseShift(t.Context(), "Оля")
	must(t, err)
	refused(orders.ErrShiftClosed, nil, cash("100"))
	_, err = h.book.OpenShift(t.Context(), "Оля")
	must(t, err)
	for _, method := range []string{"Order", "List", "Claims", "Shift"} {
		h.store.onRead = func(m string) error {
			if m == method {
				return errDown
			}
			return nil
		}
		version := h.version(o.ID)
		_, err := h.book.Pay(t.Context(), orders.PayOrder{Order: o.ID, Version: version, Parts: []orders.Part{cash("100")}})
		wantError(t, err, errDown)
	}
	h.store.onRead = nil
	own, err := h.book.Edit(o.ID, "Оля") // the cashier who pays may have it open
	must(t, err)
	_, err = h.pay(o.ID, nil, cash("100")) // and whoever pays in cash need not wait for paper
	must(t, err)
	own.Release()
	_, err = h.book.Void(t.Context(), o.ID, "Оля", "")
	wantError(t, err, orders.ErrPaid)
}

func (h *hall) version(order uuid.UUID) int64 {
	h.t.Helper()
	o, err := h.store.MemoryStore.Order(h.t.Context(), order)
	must(h.t, err)
	return o.Version
}

func TestPayWhenTheStoreFails(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	h.store.onSettle = func(orders.Settlement) error { return errDown }
	_, err := h.pay(o.ID, nil, cash("100"))
	wantError(t, err, errDown)
	h.is(o.ID, "till open sum 100")
	h.store.onSettle = func(orders.Settlement) error { return orders.ErrConflict }
	_, err = h.pay(o.ID, nil, cash("100"))
	wantError(t, err, orders.ErrConflict)
	h.store.onSettle, h.store.afterSettle = nil, func() error { return errDown }
	paid, err := h.pay(o.ID, nil, cash("100")) // it was written all the same
	must(t, err)
	if got := words(standing(paid), paid.Version == h.version(o.ID)); got != "till closed paid sum 100 true" {
		t.Errorf("got %q", got)
	}
	free := h.opened()
	_, err = h.pay(free.ID, nil)
	must(t, err)
	h.is(free.ID, "till closed paid sum 0")
}

// TestPointsThatComeWhileMoneyIsTaken are no reason to take the same twice: the cashier is told that less is due.
func TestPointsThatComeWhileMoneyIsTaken(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	h.store.onSettle = func(orders.Settlement) error {
		h.store.hooks.Lock()
		h.store.onSettle = nil
		h.store.hooks.Unlock()
		h.redeem(o, "10", toConfirmed...)
		return nil
	}
	_, err := h.pay(o.ID, nil, cash("100"))
	wantError(t, err, orders.ErrNotPaid)
	_, err = h.pay(o.ID, nil, cash("90"))
	must(t, err)
	if got := h.paidWith(o.ID); got != "points 10 Оля, cash 90 Оля" {
		t.Errorf("paid with %q", got)
	}
}

// TestPayWarns asks before money is taken for what a guest has paid from their phone.
func TestPayWarns(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(line("Борщ", "100"))
	printer.set(&orders.PrinterTrouble{})
	h.asks(o.ID, "r1", "100", "printer")
	h.asks(o.ID, "r2", "40", "sum")
	warned := func(want int, changes func(*orders.PayOrder), parts ...orders.Part) {
		t.Helper()
		_, err := h.pay(o.ID, changes, parts...)
		var warning *orders.ClaimWarning
		if !errors.As(err, &warning) || len(warning.Claims) != want {
			t.Errorf("got error %v", err)
		}
	}
	warned(2, nil, cash("100"))
	part := h.claim(o.ID, "40").ID
	with := func(in *orders.PayOrder) { in.Claim = part }
	warned(1, with, byPhone("40"), cash("60"))
	_, err := h.pay(o.ID, func(in *orders.PayOrder) { in.Claim, in.Confirmed = part, true }, byPhone("41"), cash("59"))
	wantError(t, err, orders.ErrInvalid)
	h.published()
	_, err = h.pay(o.ID, func(in *orders.PayOrder) { in.Claim, in.Confirmed = part, true }, byPhone("40"), cash("60"))
	must(t, err)
	if got := h.published(); got != "closed, claim booked, ReceiptMissed" {
		t.Errorf("published %q", got)
	}
	if got := h.paidWith(o.ID); got != "qr 40 Оля, cash 60 Оля" {
		t.Errorf("paid with %q", got)
	}
	if c := h.claim(o.ID, "40"); c.State != orders.ClaimBooked || c.Cashier != "Оля" || c.Obstacle != orders.ObstacleNone || c.DoneAt != noon {
		t.Errorf("claim %+v", c)
	}
	h.asks(o.ID, "r3", "40", "closed again")
	h.asks(o.ID, "r1", "100", "sum double")
	payments, _ := h.store.MemoryStore.Payments(t.Context(), o.ID)
	if !payments[0].Tips.Equal(sumOf("19.24")) || payments[0].Request != "r2" {
		t.Errorf("payment %+v", payments[0])
	}
	_, err = h.pay(h.opened(line("Чай", "1")).ID, confirmed, cash("1"))
	must(t, err)
}

// TestWhatTheGuestGets closes orders of guests of whom more or less is known.
func TestWhatTheGuestGets(t *testing.T) {
	for name, test := range map[string]struct {
		before func(h *hall, o orders.Order)
		sum    string
		want   string
	}{
		"points":             {func(*hall, orders.Order) {}, "1000", "closed, planned, sending, confirmed"},
		"too little":         {func(*hall, orders.Order) {}, "49", "closed"},
		"already accrued":    {func(h *hall, o orders.Order) { h.operate(o.ID, boris, loyalty.Accrual, loyalty.StateQueued) }, "1000", "closed"},
		"the accrual failed": {func(h *hall, o orders.Order) { h.operate(o.ID, boris, loyalty.Accrual, loyalty.StateVoided) }, "1000", "closed, planned, sending, confirmed"},
		"points paid all":    {func(h *hall, o orders.Order) { h.redeem(o, "1000", toConfirmed...) }, "1000", "closed"},
		"the QR is too old":  {func(h *hall, _ orders.Order) { h.pass(24 * time.Hour) }, "1000", "closed, AccrualMissed"},
		"nobody's percent":   {restarted, "1000", "closed, AccrualMissed"},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := newTill(t)
			o := h.opened(line("Борщ", test.sum))
			must(t, h.checkIn(o.ID, anna))
			test.before(h, o)
			bill, err := h.book.Bill(t.Context(), o.ID)
			must(t, err)
			h.published()
			var parts []orders.Part
			if bill.Due.IsPositive() {
				parts = append(parts, orders.Part{Kind: orders.PaidCash, Sum: bill.Due})
			}
			_, err = h.pay(o.ID, nil, parts...)
			must(t, err)
			if got := h.published(); got != test.want {
				t.Errorf("published %q, want %q", got, test.want)
			}
		})
	}
}

// restarted makes a book that has not met the guest yet.
func restarted(h *hall, _ orders.Order) { h.book = orders.NewBook(h.book.Options) }

// TestAfterARestartTheLastPercentIsGood gives points by the percent that the service last named, without asking it.
func TestAfterARestartTheLastPercentIsGood(t *testing.T) {
	h, _ := newTill(t)
	now := h.now()
	must(t, h.store.Plan(t.Context(), loyalty.Operation{
		ID: uuid.Must(uuid.NewV7()), Register: 3, Kind: loyalty.Accrual, State: loyalty.StatePlanned, Vendor: shop, Client: boris,
		ScannedAt: now, Points: sumOf("1"), Percent: sumOf("3"), PlannedAt: now, ChangedAt: now,
	}))
	o := h.opened(line("Борщ", "1000"))
	must(t, h.checkIn(o.ID, anna))
	restarted(h, o)
	h.desk.answer(errDown)
	h.asks(o.ID, "r1", "1000", "closed")
	must(t, h.book.Close(t.Context()))
	ops, err := h.store.List(t.Context(), loyalty.Filter{Order: o.ID})
	must(t, err)
	if len(ops) != 1 || !ops[0].Points.Equal(sumOf("30")) || ops[0].Name != "Анна" {
		t.Errorf("operations %+v", ops)
	}
}

// TestAJournalThatCannotBeReadTakesNoMoney says so instead of closing a bill without its guest's points.
func TestAJournalThatCannotBeReadTakesNoMoney(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "1000"))
	must(t, h.checkIn(o.ID, anna))
	restarted(h, o)
	reads := 0
	h.store.onRead = func(method string) error {
		if method == "List" {
			if reads++; reads > 1 { // the first is of the order's own operations
				return errDown
			}
		}
		return nil
	}
	_, err := h.pay(o.ID, nil, cash("1000"))
	var journal *loyalty.JournalError
	if !errors.As(err, &journal) {
		t.Errorf("got error %v", err)
	}
	h.store.onRead = nil
	h.is(o.ID, "till open sum 1000 guest 83532824")
}

// TestTheAccrualIsSentLater answers before the service has.
func TestTheAccrualIsSentLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := newTill(t)
		o := h.opened(line("Борщ", "1000"))
		must(t, h.checkIn(o.ID, anna))
		slow := make(chan struct{})
		h.desk.send = func(uuid.UUID) error { <-slow; return loyalty.ErrClosing }
		_, err := h.pay(o.ID, nil, cash("1000"))
		must(t, err)
		short, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		wantError(t, h.book.Close(short), context.DeadlineExceeded)
		close(slow)
		must(t, h.book.Close(t.Context()))
	})
}

func TestShift(t *testing.T) {
	h := newHall(t)
	_, err := h.book.Shift(t.Context())
	wantError(t, err, orders.ErrShiftClosed)
	_, _, err = h.book.ShiftReport(t.Context())
	wantError(t, err, orders.ErrShiftClosed)
	_, _, err = h.book.CloseShift(t.Context(), "Оля")
	wantError(t, err, orders.ErrShiftClosed)
	shift, err := h.book.OpenShift(t.Context(), " Оля\n")
	must(t, err)
	if shift.OpenedBy != "Оля" || shift.Number != 1 || shift.OpenedAt != noon {
		t.Errorf("got %+v", shift)
	}
	_, err = h.book.OpenShift(t.Context(), "Петро")
	wantError(t, err, orders.ErrShiftOpen)
	_, err = h.pay(h.opened(line("Чай", "30")).ID, nil, cash("10"), card("20"))
	must(t, err)
	h.asks(h.opened(line("Борщ", "100")).ID, "r1", "100", "closed")
	h.asks(h.opened(line("Борщ", "100")).ID, "r2", "99", "sum")
	h.operate(uuid.Nil, boris, loyalty.Accrual, loyalty.StateQueued)
	h.operate(uuid.Nil, anna, loyalty.Accrual, toConfirmed...)
	h.published()
	for range 2 {
		totals, left, err := h.book.ShiftReport(t.Context())
		must(t, err)
		checkShift(t, totals, left)
		if !totals.Shift.ClosedAt.IsZero() {
			t.Error("the X report closed the shift")
		}
	}
	h.pass(time.Hour)
	totals, left, err := h.book.CloseShift(t.Context(), "Петро")
	must(t, err)
	checkShift(t, totals, left)
	if totals.Shift.ClosedBy != "Петро" || totals.Shift.ClosedAt != noon.Add(time.Hour) {
		t.Errorf("got %+v", totals.Shift)
	}
	if got := h.published(); got != "ShiftChanged" {
		t.Errorf("published %q", got)
	}
	_, err = h.book.OpenShift(t.Context(), "Оля")
	must(t, err)
	for _, method := range []string{"List", "Claims", "Shift", "ShiftTotals"} {
		h.store.onRead = func(m string) error {
			if m == method {
				return errDown
			}
			return nil
		}
		_, _, err = h.book.ShiftReport(t.Context())
		wantError(t, err, errDown)
	}
	_, _, err = h.book.CloseShift(t.Context(), "Оля") // ShiftTotals still fails
	wantError(t, err, errDown)
	_, err = h.book.Shift(t.Context())
	wantError(t, err, orders.ErrShiftClosed)
}

func checkShift(t *testing.T, totals orders.ShiftTotals, left orders.ShiftLeft) {
	t.Helper()
	got := words(
		totals.Orders, totals.Tips, totals.Payments[orders.PaidCash].Sum, totals.Payments[orders.PaidCard].Sum, totals.Payments[orders.PaidQR].Sum,
		len(left.Operations), len(left.Claims))
	if got != "2 19.24 10 20 100 1 1" {
		t.Errorf("the shift has %q", got)
	}
}

func TestBills(t *testing.T) {
	h, _ := newTill(t)
	first, second := h.opened(line("Борщ", "100")), h.opened(line("Чай", "30"))
	must(t, h.checkIn(first.ID, anna))
	h.redeem(first, "40", toConfirmed...)
	h.redeem(second, "5", loyalty.StateSending)
	elsewhere, err := h.book.OpenOrder(t.Context(), orders.NewOrder{ID: uuid.New(), Table: "17"})
	must(t, err)
	void := h.opened()
	_, err = h.book.Void(t.Context(), void.ID, "Оля", "")
	must(t, err)
	fed := h.fed("100")
	asked := func(query orders.BillQuery) string {
		t.Helper()
		bills, err := h.book.Bills(t.Context(), query)
		must(t, err)
		all := map[string]string{}
		for _, bill := range bills {
			all[bill.Order.Number] = words(bill.Due, bill.Points, bill.InFlight)
		}
		return strings.TrimPrefix(words(all), "map")
	}
	if got := asked(orders.BillQuery{}); got != "[1:60 40 false 2:30 0 false 3:0 0 false]" {
		t.Errorf("all: %s", got) // the second has nobody bound: its operation is looked at when it is asked for
	}
	if h.book.ShownLately(first.ID) || h.book.Shown() != 0 {
		t.Error("the list of all bills is not shown to a guest")
	}
	for query, want := range map[orders.BillQuery]string{
		{Table: "7"}:                     "[1:60 40 false 2:30 0 true]",
		{Table: "17"}:                    "[3:0 0 false]",
		{Table: "1"}:                     "[]",
		{Bill: second.ID}:                "[2:30 0 true]",
		{Bill: first.ID, Table: "moved"}: "[1:60 40 false]",
		{Bill: void.ID}:                  "[]",
		{Bill: fed}:                      "[]",
		{Bill: uuid.New()}:               "[]",
	} {
		if got := asked(query); got != want {
			t.Errorf("%+v: got %s, want %s", query, got, want)
		}
	}
	h.pass(10*time.Minute - time.Second)
	if !h.book.ShownLately(first.ID) || !h.book.ShownLately(elsewhere.ID) || h.book.ShownLately(void.ID) {
		t.Error("what a guest looks at is not remembered")
	}
	h.pass(time.Second)
	if h.book.ShownLately(first.ID) {
		t.Error("remembered for too long")
	}
	h.book.Sweep(t.Context())
	if h.book.Shown() != 0 {
		t.Errorf("%d bills are remembered", h.book.Shown())
	}
	_, err = h.book.Bill(t.Context(), fed)
	wantError(t, err, orders.ErrNotOurs)
	_, err = h.book.Bill(t.Context(), uuid.New())
	wantError(t, err, orders.ErrNotFound)
	for _, method := range []string{"Order", "Orders", "List"} {
		h.store.onRead = func(m string) error {
			if m == method {
				return errDown
			}
			return nil
		}
		_, byBill := h.book.Bills(t.Context(), orders.BillQuery{Bill: first.ID})
		_, byTable := h.book.Bills(t.Context(), orders.BillQuery{Table: "7"})
		if !errors.Is(errors.Join(byBill, byTable), errDown) {
			t.Errorf("%s: got %v, %v", method, byBill, byTable)
		}
	}
}

// TestABillBelowItsPoints is one that nobody can close until points are given back.
func TestABillBelowItsPoints(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	h.store.onSave = func(context.Context, orders.Order) error { // points begin to move while the line goes
		h.store.onSave = nil
		h.redeem(o, "60", toConfirmed...)
		return nil
	}
	_, err := h.changed(o, line("Чай", "50"))
	must(t, err)
	bill, err := h.book.Bill(t.Context(), o.ID)
	must(t, err)
	if !bill.Due.Equal(sumOf("-10")) {
		t.Errorf("due %s", bill.Due)
	}
	_, err = h.pay(o.ID, nil)
	wantError(t, err, orders.ErrNotPaid)
	h.asks(o.ID, "r1", "50", "sum")
}

func TestShownIsBounded(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened()
	for range orders.ShownLimit + 2 {
		h.book.NoteShown(uuid.New())
	}
	h.book.NoteShown(o.ID)
	if h.book.Shown() != orders.ShownLimit || !h.book.ShownLately(o.ID) {
		t.Errorf("%d bills are remembered", h.book.Shown())
	}
}

func TestPrintReceipt(t *testing.T) {
	h, printer := newTill(t)
	wantError(t, h.book.PrintReceipt(t.Context(), uuid.New()), orders.ErrNotFound)
	o := h.opened(line("Борщ", "100"))
	wantError(t, h.book.PrintReceipt(t.Context(), o.ID), orders.ErrNotPaid)
	printer.set(errDown)
	_, err := h.pay(o.ID, nil, cash("100"))
	must(t, err)
	h.published()
	wantError(t, h.book.PrintReceipt(t.Context(), o.ID), errDown)
	printer.set(nil)
	must(t, h.book.PrintReceipt(t.Context(), o.ID))
	if got := printer.paper(); got != "receipt 1 cash 100 copy" {
		t.Errorf("printed %q", got)
	}
	for _, method := range []string{"Payments", "Claims"} {
		h.store.onRead = func(m string) error {
			if m == method {
				return errDown
			}
			return nil
		}
		wantError(t, h.book.PrintReceipt(t.Context(), o.ID), errDown)
	}
}

func TestTheWordsOfErrors(t *testing.T) {
	for err, want := range map[error]string{
		&orders.PrinterTrouble{NoPaper: true}:                 "orders: the printer has no paper",
		&orders.PrinterTrouble{}:                              "orders: the printer cannot be reached",
		&orders.ClaimWarning{Claims: make([]orders.Claim, 2)}: "orders: 2 payments from outside are not booked",
	} {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
}
