package orders_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// request is a guest's payment as the other system tells of it.
func request(bill uuid.UUID, id, sum string) orders.External {
	return orders.External{
		System: phone, Topic: "payBill", Request: id, Bill: bill, Sum: sumOf(sum), Tips: sumOf("19.24"),
		Fiscal: []orders.FiscalLine{{Key: "ЕКВАЙЕР", Value: "Universal Bank"}},
	}
}

func body(request string) func(orders.Verdict) []byte {
	return func(v orders.Verdict) []byte { return []byte(strings.TrimSpace(words(request, answer(v)))) }
}

// answer is a verdict in a few words.
func answer(v orders.Verdict) string {
	said := []string{"closed"}
	if v.Obstacle != orders.ObstacleNone {
		said[0] = string(v.Obstacle)
	}
	if v.Repeat {
		said = append(said, "again")
	}
	if v.Double {
		said = append(said, "double")
	}
	return strings.Join(said, " ")
}

// phone pays for an order and gives the answer.
func (h *hall) phone(bill uuid.UUID, id, sum string) string {
	h.t.Helper()
	v, err := h.book.PayExternal(h.t.Context(), request(bill, id, sum), body(id))
	must(h.t, err)
	return answer(v)
}

// asks pays and compares the answer.
func (h *hall) asks(bill uuid.UUID, id, sum, want string) {
	h.t.Helper()
	if got := h.phone(bill, id, sum); got != want {
		h.t.Errorf("%s of %s: got %q, want %q", id, sum, got, want)
	}
}

// outbox gives the letters that wait, in words.
func (h *hall) outbox() string {
	h.t.Helper()
	letters, err := h.store.MemoryStore.Letters(h.t.Context(), phone, h.now(), 100)
	must(h.t, err)
	var all []string
	for _, l := range letters {
		all = append(all, fmt.Sprint(l.Topic, " ", string(l.Body), " ", l.Accepts))
	}
	return strings.Join(all, "; ")
}

func (h *hall) deliver() {
	h.t.Helper()
	letters, err := h.store.MemoryStore.Letters(h.t.Context(), phone, h.now(), 100)
	must(h.t, err)
	for _, l := range letters {
		must(h.t, h.store.Posted(h.t.Context(), l.ID, orders.LetterDelivered, h.now(), time.Time{}))
	}
}

// paidWith gives the payments of an order in words.
func (h *hall) paidWith(order uuid.UUID) string {
	h.t.Helper()
	payments, err := h.store.MemoryStore.Payments(h.t.Context(), order)
	must(h.t, err)
	var all []string
	for _, p := range payments {
		all = append(all, strings.TrimSpace(fmt.Sprint(p.Kind, " ", p.Sum, " ", p.Cashier)))
	}
	return strings.Join(all, ", ")
}

func (h *hall) claim(bill uuid.UUID, sum string) orders.Claim {
	h.t.Helper()
	c, err := h.store.MemoryStore.Claim(h.t.Context(), phone, bill, sumOf(sum))
	must(h.t, err)
	return c
}

func TestPayExternalClosesTheBill(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(line("Борщ", "129.20"))
	must(t, h.checkIn(o.ID, anna))
	h.published()
	h.asks(o.ID, "r1", "129.2", "closed")
	if got := h.published(); got != "closed, planned, claim paid, sending, confirmed" {
		t.Errorf("published %q", got)
	}
	h.is(o.ID, "till closed paid sum 129.2 wiped 83532824")
	h.wrote(o.ID, "opened by Оля, bound 83532824 by Петро, closed paid")
	if got := h.paidWith(o.ID); got != "qr 129.2" {
		t.Errorf("paid with %q", got)
	}
	if got := h.outbox(); got != "payBill r1 closed true" {
		t.Errorf("outbox %q", got)
	}
	if got := printer.paper(); got != "receipt 1 qr 129.2 ЕКВАЙЕР=Universal Bank" {
		t.Errorf("printed %q", got)
	}
	payments, _ := h.store.MemoryStore.Payments(t.Context(), o.ID)
	shift, err := h.book.Shift(t.Context())
	must(t, err)
	if p := payments[0]; p.Shift != shift.ID || !p.Tips.Equal(sumOf("19.24")) || p.Request != "r1" || p.Register != 3 || p.At != noon {
		t.Errorf("payment %+v", p)
	}
	ops, err := h.store.List(t.Context(), loyalty.Filter{Order: o.ID})
	must(t, err)
	if op := ops[0]; len(ops) != 1 || op.Kind != loyalty.Accrual || op.Client != anna || op.Secret == 0 || !op.Money.Equal(sumOf("129.2")) || !op.Points.Equal(sumOf("2")) {
		t.Errorf("operations %+v", ops)
	}
	if c := h.claim(o.ID, "129.20"); c.State != orders.ClaimPaid || c.Requests != 1 || c.DoneAt != noon || c.Version != 1 || c.Register != 3 {
		t.Errorf("claim %+v", c)
	}
}

// TestEachObstacle blocks a payment in each way, and closes the bill when the other system asks again after a person has
// cleared it away.
func TestEachObstacle(t *testing.T) {
	for name, test := range map[string]struct {
		block func(h *hall, printer *fakePrinter, o orders.Order) (clear func())
		want  string
	}{
		"edited": {func(h *hall, _ *fakePrinter, o orders.Order) func() {
			lease, err := h.book.Edit(o.ID, "Оля")
			must(h.t, err)
			return lease.Release
		}, "in_use"},
		"left in the middle of an edit": {func(h *hall, _ *fakePrinter, o orders.Order) func() {
			_, err := h.book.Edit(o.ID, "Оля")
			must(h.t, err)
			return func() { h.pass(orders.LeaseIdle) }
		}, "in_use"},
		"points unknown": {func(h *hall, _ *fakePrinter, o orders.Order) func() {
			op := h.redeem(o, "29", toUnknown...)
			return func() { h.step(op, loyalty.StateNotApplied) }
		}, "in_use"},
		"edited after it was paid": {func(h *hall, _ *fakePrinter, o orders.Order) func() {
			before := o.Dishes
			o, err := h.changed(o, append(o.Dishes, line("Чай", "30"))...)
			must(h.t, err)
			return func() { _, err := h.changed(o, before...); must(h.t, err) }
		}, "sum"},
		"points redeemed meanwhile": {func(h *hall, _ *fakePrinter, o orders.Order) func() {
			h.redeem(o, "29", toConfirmed...)
			return func() { _, err := h.changed(o, line("Борщ", "158.2")); must(h.t, err) }
		}, "sum"},
		"no ticket": {func(h *hall, _ *fakePrinter, o orders.Order) func() {
			o, err := h.changed(o, cooked("Борщ", "129.2"))
			must(h.t, err)
			return func() { _, err := h.book.PrintTickets(h.t.Context(), o.ID, "Оля"); must(h.t, err) }
		}, "ticket"},
		"the shift": {func(h *hall, _ *fakePrinter, _ orders.Order) func() {
			_, _, err := h.book.CloseShift(h.t.Context(), "Оля")
			must(h.t, err)
			return func() { _, err := h.book.OpenShift(h.t.Context(), "Оля"); must(h.t, err) }
		}, "shift"},
		"the printer": {func(_ *hall, printer *fakePrinter, _ orders.Order) func() {
			printer.set(&orders.PrinterTrouble{})
			return func() { printer.set(nil) }
		}, "printer"},
	} {
		t.Run(name, func(t *testing.T) {
			h, printer := newTill(t)
			o := h.opened(line("Борщ", "129.2"))
			clear := test.block(h, printer, o)
			h.published()
			h.asks(o.ID, "r1", "129.2", test.want)
			if got := h.published(); got != "blocked, claim open" {
				t.Errorf("published %q", got)
			}
			h.asks(o.ID, "r1", "129.2", test.want)
			if got := h.published(); got != "claim open" { // nothing new, but it was asked again
				t.Errorf("published %q", got)
			}
			if got := h.outbox(); got != words("payBill r1", test.want, "false") {
				t.Errorf("outbox %q", got)
			}
			if c := h.claim(o.ID, "129.2"); string(c.Obstacle) != test.want || c.Requests != 2 || c.State != orders.ClaimOpen {
				t.Errorf("claim %+v", c)
			}
			before := h.found(o.ID)
			if before.State != orders.StateOpen || h.paidWith(o.ID) != "" {
				t.Errorf("got %q, paid with %q", standing(before), h.paidWith(o.ID))
			}
			clear()
			h.asks(o.ID, "r2", "129.20", "closed")
			h.asks(o.ID, "r2", "129.2", "closed again")
			if got := h.outbox(); got != "payBill r2 closed again true" {
				t.Errorf("outbox %q", got)
			}
			c := h.claim(o.ID, "129.2")
			if c.State != orders.ClaimPaid || c.Obstacle != orders.ObstacleNone || c.First != "r1" || c.Last != "r2" || c.Requests != 4 {
				t.Errorf("claim %+v", c)
			}
		})
	}
}

// TestABlockedPaymentLeavesTheEditorTheirVersion lets a cashier save what they were typing when the payment came.
func TestABlockedPaymentLeavesTheEditorTheirVersion(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	lease, err := h.book.Edit(o.ID, "Оля")
	must(t, err)
	h.asks(o.ID, "r1", "100", "in_use")
	_, err = h.changed(o, append(o.Dishes, line("Чай", "30"))...)
	must(t, err)
	lease.Release()
	h.asks(o.ID, "r1", "100", "sum")
	h.wrote(o.ID, "opened by Оля, blocked, changed by Оля, blocked")
}

func TestPayExternalNever(t *testing.T) {
	h, _ := newTill(t)
	unknown := uuid.New()
	void := h.opened(line("Борщ", "100"))
	_, err := h.book.Void(t.Context(), void.ID, "Оля", "")
	must(t, err)
	for _, bill := range []uuid.UUID{unknown, h.fed("100"), h.seated(anna), void.ID} {
		h.published()
		h.asks(bill, "r1", "100", "never")
		c := h.claim(bill, "100")
		if _, err := h.book.BookClaim(t.Context(), uuid.New(), "Оля", ""); !errors.Is(err, orders.ErrNotFound) {
			t.Errorf("got error %v", err)
		}
		_, _, err := h.book.CloseShift(t.Context(), "Оля")
		must(t, err)
		_, err = h.book.BookClaim(t.Context(), c.ID, "Оля", "")
		wantError(t, err, orders.ErrShiftClosed)
		_, err = h.book.OpenShift(t.Context(), "Оля")
		must(t, err)
		h.published()
		booked, err := h.book.BookClaim(t.Context(), c.ID, "Оля", "позвонили в поддержку")
		must(t, err)
		if stored := h.claim(bill, "100"); booked.State != orders.ClaimBooked || stored.Note != "позвонили в поддержку" || stored.Version != booked.Version {
			t.Errorf("booked %+v, stored %+v", booked, stored)
		}
		if got := h.published(); got != "claim booked" {
			t.Errorf("published %q", got)
		}
		totals, _, err := h.book.ShiftReport(t.Context())
		must(t, err)
		if got := totals.Payments[orders.PaidQR]; got.Count != 1 || !got.Sum.Equal(sumOf("100")) || !totals.Tips.Equal(sumOf("19.24")) {
			t.Errorf("the shift has %+v", totals)
		}
		h.asks(bill, "r2", "100", "closed again")
		_, err = h.book.BookClaim(t.Context(), c.ID, "Оля", "")
		wantError(t, err, orders.ErrNotFound)
	}
}

func TestBookClaimIsForOrdersThatAreNotTheTills(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	h.asks(o.ID, "r1", "99", "sum")
	_, err := h.book.BookClaim(t.Context(), h.claim(o.ID, "99").ID, "Оля", "")
	wantError(t, err, orders.ErrInvalid)
	h.asks(o.ID, "r2", "100", "closed")
	_, err = h.book.BookClaim(t.Context(), h.claim(o.ID, "99").ID, "Оля", "")
	wantError(t, err, orders.ErrPaid)
}

func TestTheGuestPaidTwice(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	h.asks(o.ID, "r1", "100", "closed")
	h.asks(o.ID, "r2", "90", "sum double")
	if got := h.published(); !strings.HasSuffix(got, "claim open, DoublePaid") {
		t.Errorf("published %q", got)
	}
	left, err := h.book.Blocked(t.Context())
	must(t, err)
	if len(left) != 1 || !left[0].Sum.Equal(sumOf("90")) {
		t.Fatalf("left %+v", left)
	}
	_, err = h.book.DismissClaim(t.Context(), left[0].ID, "Оля", "вернули")
	must(t, err)
	_, err = h.book.DismissClaim(t.Context(), left[0].ID, "Оля", "вернули")
	wantError(t, err, orders.ErrConflict)
	h.pass(time.Second)
	h.asks(o.ID, "r2", "90", "sum")
	if got := h.published(); got != "claim back, claim back, PaidAfterBack" {
		t.Errorf("published %q", got)
	}
	h.asks(o.ID, "r3", "100", "closed again")
}

// TestARepeatTellsNothingNew asks again, with other tips and other lines, for money that is booked: only that it was asked for
// again is written down.
func TestARepeatTellsNothingNew(t *testing.T) {
	h, printer := newTill(t)
	decided := map[orders.ClaimState]orders.Order{}
	o := h.opened(line("Борщ", "100"))
	h.asks(o.ID, "r1", "100", "closed")
	decided[orders.ClaimPaid] = o
	printer.set(&orders.PrinterTrouble{})
	o = h.opened(line("Борщ", "100"))
	h.asks(o.ID, "r1", "100", "printer")
	_, err := h.pay(o.ID, func(in *orders.PayOrder) { in.Claim = h.claim(o.ID, "100").ID }, byPhone("100"))
	must(t, err)
	decided[orders.ClaimBooked] = o
	for state, o := range decided {
		want := h.claim(o.ID, "100")
		h.pass(time.Minute)
		again := request(o.ID, "r2", "100")
		again.Tips, again.Fiscal = sumOf("1"), nil
		_, err := h.book.PayExternal(t.Context(), again, body("r2"))
		must(t, err)
		want.Last, want.LastAt, want.Requests, want.Version = "r2", h.now(), want.Requests+1, want.Version+1
		if got := h.claim(o.ID, "100"); got.State != state || words(got) != words(want) {
			t.Errorf("%s:\n got %+v\nwant %+v", state, got, want)
		}
	}
}

// TestMoneyGivenBackClosesNothing keeps the other system, which does not know, from closing a bill with it. But it may be new
// money, so a person is told, asked before other money is taken, and can book it after all.
func TestMoneyGivenBackClosesNothing(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(line("Борщ", "100"))
	printer.set(&orders.PrinterTrouble{})
	h.asks(o.ID, "r1", "100", "printer")
	claim := h.claim(o.ID, "100").ID
	dismiss := func() {
		t.Helper()
		_, err := h.book.DismissClaim(t.Context(), claim, "Оля", "вернули наличными")
		must(t, err)
		h.blocked()
		h.pass(time.Second)
		h.published()
	}
	dismiss()
	printer.set(nil)
	_, err := h.pay(o.ID, func(in *orders.PayOrder) { in.Claim = claim }, byPhone("100"))
	wantError(t, err, orders.ErrConflict) // nobody has asked for it again
	for range 2 {
		h.asks(o.ID, "r2", "100", "sum")
		h.pass(time.Second)
	}
	if got := h.published(); got != "blocked, claim back, PaidAfterBack, claim back" {
		t.Errorf("published %q", got)
	}
	h.is(o.ID, "till open sum 100")
	h.blocked("back 100")
	dismiss() // yes, it is the same money
	h.asks(o.ID, "r3", "100", "sum")
	h.blocked("back 100")
	_, err = h.pay(o.ID, nil, cash("100"))
	var warning *orders.ClaimWarning
	if !errors.As(err, &warning) || len(warning.Claims) != 1 || warning.Claims[0].ID != claim {
		t.Errorf("got error %v", err)
	}
	h.pass(25 * time.Hour)
	h.blocked()
	again := request(o.ID, "r4", "100")
	again.Tips = sumOf("7")
	_, err = h.book.PayExternal(t.Context(), again, body("r4"))
	must(t, err)
	h.blocked("back 100")
	_, err = h.pay(o.ID, func(in *orders.PayOrder) { in.Claim = claim }, byPhone("100"))
	must(t, err)
	h.blocked()
	h.asks(o.ID, "r5", "100", "closed again")
	payments, _ := h.store.MemoryStore.Payments(t.Context(), o.ID)
	h.wrote(o.ID, "opened by Оля, blocked, returned by Оля, blocked, returned by Оля, blocked, closed paid by Оля")
	if len(payments) != 1 || !payments[0].Tips.Equal(sumOf("7")) || payments[0].Request != "r1" {
		t.Errorf("paid with %+v", payments)
	}
}

// blocked compares the claims that a person is to look at.
func (h *hall) blocked(want ...string) {
	h.t.Helper()
	claims, err := h.book.Blocked(h.t.Context())
	must(h.t, err)
	var got []string
	for _, c := range claims {
		got = append(got, words(c.State, c.Sum))
	}
	if !slices.Equal(got, want) {
		h.t.Errorf("blocked are %q, want %q", got, want)
	}
}

// TestMoneyGivenBackOfAnOrderTakenBack is never answered with what would have the other system settle with it, and can still be
// booked by hand.
func TestMoneyGivenBackOfAnOrderTakenBack(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(line("Борщ", "100"))
	printer.set(&orders.PrinterTrouble{})
	h.asks(o.ID, "r1", "100", "printer")
	claim := h.claim(o.ID, "100").ID
	_, err := h.book.DismissClaim(t.Context(), claim, "Оля", "вернули")
	must(t, err)
	_, err = h.book.Void(t.Context(), o.ID, "Оля", "гости ушли")
	must(t, err)
	_, err = h.book.BookClaim(t.Context(), claim, "Оля", "")
	wantError(t, err, orders.ErrNotFound)
	h.pass(time.Second)
	h.published()
	h.asks(o.ID, "r2", "100", "sum")
	if got := h.published(); got != "claim back, PaidAfterBack" {
		t.Errorf("published %q", got)
	}
	unknown := uuid.New()
	h.asks(unknown, "r1", "50", "never")
	h.blocked("back 100", "open 50")
	_, err = h.book.BookClaim(t.Context(), claim, "Оля", "заплатил ещё раз")
	must(t, err)
	h.blocked("open 50")
	h.wrote(o.ID, "opened by Оля, blocked, returned by Оля, closed void by Оля, booked by Оля")
	h.published()
	h.asks(o.ID, "r3", "100", "closed again") // as it goes on asking
	if got := h.published(); got != "claim booked" {
		t.Errorf("published %q", got)
	}
}

// TestPaidAgain warns when a request is new although the answer to an earlier one was taken.
func TestPaidAgain(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(line("Борщ", "100"))
	h.asks(o.ID, "r1", "100", "closed")
	h.published()
	h.asks(o.ID, "r2", "100", "closed again") // it has not heard of the first yet
	h.deliver()
	h.asks(o.ID, "r2", "100", "closed again")
	h.asks(o.ID, "r1", "100", "closed again")
	if got := h.published(); got != "claim paid, claim paid, claim paid" {
		t.Errorf("published %q", got)
	}
	h.deliver()
	h.asks(o.ID, "r3", "100", "closed again")
	if got := h.published(); got != "claim paid, PaidAgain" {
		t.Errorf("published %q", got)
	}

	o = h.opened(line("Борщ", "100"))
	printer.set(&orders.PrinterTrouble{})
	h.asks(o.ID, "r1", "100", "printer")
	h.deliver()
	h.pass(time.Second)
	_, err := h.book.Pay(t.Context(), orders.PayOrder{
		Order: o.ID, Version: o.Version, Cashier: "Оля", Parts: []orders.Part{{Kind: orders.PaidQR, Sum: sumOf("100")}}, Claim: h.claim(o.ID, "100").ID,
	})
	must(t, err)
	h.pass(time.Second)
	h.published()
	h.asks(o.ID, "r2", "100", "closed again") // the first that it hears of it
	h.deliver()
	if got := h.published(); got != "claim booked" {
		t.Errorf("published %q", got)
	}
	h.asks(o.ID, "r3", "100", "closed again")
	if got := h.published(); got != "claim booked, PaidAgain" {
		t.Errorf("published %q", got)
	}

	// Whoever was told "never" does not ask again: the next request is for other money.
	unknown := uuid.New()
	h.asks(unknown, "r1", "100", "never")
	h.deliver()
	_, err = h.book.BookClaim(t.Context(), h.claim(unknown, "100").ID, "Оля", "")
	must(t, err)
	h.published()
	h.asks(unknown, "r1", "100", "closed again") // but for a request that came twice
	h.deliver()
	if got := h.published(); got != "claim booked" {
		t.Errorf("published %q", got)
	}
	h.asks(unknown, "r2", "100", "closed again")
	if got := h.published(); got != "claim booked, PaidAgain" {
		t.Errorf("published %q", got)
	}
}

func TestPayExternalRefuses(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	for name, change := range map[string]func(*orders.External){
		"no bill":      func(e *orders.External) { e.Bill = uuid.Nil },
		"no system":    func(e *orders.External) { e.System = "" },
		"no request":   func(e *orders.External) { e.Request = " " },
		"no money":     func(e *orders.External) { e.Sum = decimal.Zero },
		"less than no": func(e *orders.External) { e.Sum = sumOf("-100") },
		"absurd":       func(e *orders.External) { e.Sum = decimal.New(1, 999_999_999) },
	} {
		e := request(o.ID, "r1", "100")
		change(&e)
		v, err := h.book.PayExternal(t.Context(), e, body("r1"))
		if !errors.Is(err, orders.ErrInvalid) || v.Obstacle != orders.ObstacleSum {
			t.Errorf("%s: got %q, %v", name, v.Obstacle, err)
		}
	}
	if left, err := h.book.Blocked(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

// TestWhatIsOnlyShownIsCut takes money whatever comes beside it.
func TestWhatIsOnlyShownIsCut(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	e := request(o.ID, strings.Repeat("r", 1000), "100")
	e.Tips = sumOf("-5")
	e.Fiscal = make([]orders.FiscalLine, 1000)
	e.Fiscal[0] = orders.FiscalLine{Key: "\x1b[31mБанк\n", Value: strings.Repeat("я", 1000)}
	v, err := h.book.PayExternal(t.Context(), e, func(orders.Verdict) []byte { return nil })
	must(t, err)
	c := h.claim(o.ID, "100")
	if answer(v) != "closed" || !c.Tips.IsZero() || len(c.Fiscal) != orders.MaxFiscal || c.Fiscal[0].Key != "Банк" || len([]rune(c.Fiscal[0].Value)) != orders.MaxText {
		t.Errorf("got %q, %+v", answer(v), c)
	}
	if h.outbox() != "" {
		t.Errorf("a letter without a word: %q", h.outbox())
	}
}

// TestPayExternalWhenTheStoreFails answers "in use" while the store fails, and what is true when it fails after its commit.
func TestPayExternalWhenTheStoreFails(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(line("Борщ", "100"))
	fails := func(what string) {
		t.Helper()
		v, err := h.book.PayExternal(t.Context(), request(o.ID, "r1", "100"), body("r1"))
		if !errors.Is(err, errDown) || v.Obstacle != orders.ObstacleInUse || h.outbox() != "" {
			t.Errorf("%s: got %q, %v; outbox %q", what, v.Obstacle, err, h.outbox())
		}
	}
	for _, method := range []string{"Order", "List", "Claim", "Shift"} {
		h.store.onRead = func(m string) error {
			if m == method {
				return errDown
			}
			return nil
		}
		fails(method)
	}
	h.store.onRead = nil
	h.store.onSettle = func(orders.Settlement) error { return errDown }
	fails("before the commit")
	h.store.onSettle = nil
	h.store.afterSettle = func() error { return errDown }
	printer.set(&orders.PrinterTrouble{})
	h.asks(o.ID, "r1", "100", "printer") // the claim is in the store
	printer.set(nil)
	h.asks(o.ID, "r2", "100", "closed")
	h.published()
	if got := printer.paper(); got != "receipt 1 qr 100 ЕКВАЙЕР=Universal Bank" {
		t.Errorf("printed %q", got)
	}
	h.asks(o.ID, "r3", "100", "closed again")
	h.store.afterSettle = nil
	for _, method := range []string{"Payments", "Letters"} {
		h.deliver()
		h.store.onRead = func(m string) error {
			if m == method {
				return errDown
			}
			return nil
		}
		v, err := h.book.PayExternal(t.Context(), request(o.ID, "r4", "100"), body("r4"))
		if !errors.Is(err, errDown) || v.Obstacle != orders.ObstacleInUse {
			t.Errorf("%s: got %q, %v", method, v.Obstacle, err)
		}
	}
}

// TestSomebodyIsQuicker changes the book between the judgement and its write.
func TestSomebodyIsQuicker(t *testing.T) {
	for name, test := range map[string]struct {
		quicker func(h *hall, o orders.Order)
		want    string
	}{
		"with cash": {func(h *hall, o orders.Order) {
			other := orders.NewBook(h.book.Options)
			_, err := other.Pay(h.t.Context(), orders.PayOrder{
				Order: o.ID, Version: o.Version, Confirmed: true, Parts: []orders.Part{{Kind: orders.PaidCash, Sum: sumOf("100")}},
			})
			must(h.t, err)
		}, "sum double"},
		"with the same request": {func(h *hall, o orders.Order) {
			_, err := orders.NewBook(h.book.Options).PayExternal(h.t.Context(), request(o.ID, "r1", "100"), body("r1"))
			must(h.t, err)
		}, "closed again"},
		"with another line": {func(h *hall, o orders.Order) {
			_, err := h.store.MemoryStore.SaveOrder(h.t.Context(), func() orders.Order {
				o.Dishes = append(o.Dishes, orders.Dish{ID: uuid.New(), Count: sumOf("1"), Sum: sumOf("5")})
				o.Sum.Decimal = sumOf("105")
				return o
			}())
			must(h.t, err)
		}, "sum"},
		"with points":                {func(h *hall, o orders.Order) { h.redeem(o, "10") }, "in_use"},
		"with points that have come": {func(h *hall, o orders.Order) { h.redeem(o, "10", toConfirmed...) }, "sum"},
		"with the shift": {func(h *hall, _ orders.Order) {
			_, err := h.store.CloseShift(h.t.Context(), "Оля", noon)
			must(h.t, err)
		}, "shift"},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := newTill(t)
			o := h.opened(line("Борщ", "100"))
			var once sync.Once
			h.store.onSettle = func(s orders.Settlement) error {
				once.Do(func() {
					h.store.hooks.Lock()
					h.store.onSettle = nil
					h.store.hooks.Unlock()
					test.quicker(h, o)
				})
				return nil
			}
			h.asks(o.ID, "r1", "100", test.want)
			if got := h.outbox(); got != words("payBill r1", test.want, strings.HasPrefix(test.want, "closed")) {
				t.Errorf("outbox %q", got)
			}
		})
	}
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	h.store.onSettle = func(orders.Settlement) error { return orders.ErrConflict }
	v, err := h.book.PayExternal(t.Context(), request(o.ID, "r1", "100"), body("r1"))
	if !errors.Is(err, orders.ErrConflict) || v.Obstacle != orders.ObstacleInUse {
		t.Errorf("always too late: got %q, %v", v.Obstacle, err)
	}
}

// TestPointsMoveWhileThePrinterIsAsked reads the book again after the printer, which takes its time.
func TestPointsMoveWhileThePrinterIsAsked(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(line("Борщ", "100"))
	printer.onReady = func() { h.redeem(o, "10", toConfirmed...) }
	h.asks(o.ID, "r1", "100", "sum")
}

func TestAPanicIsInUse(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	v, err := h.book.PayExternal(t.Context(), request(o.ID, "r1", "100"), func(orders.Verdict) []byte { panic("a fault") })
	if err == nil || v.Obstacle != orders.ObstacleInUse || h.outbox() != "" {
		t.Errorf("got %q, %v", v.Obstacle, err)
	}
	h.hub.Subscribe(func(news any) {
		if _, ok := news.(orders.ClaimChanged); ok {
			panic("a fault of the screen")
		}
	})
	h.asks(o.ID, "r1", "100", "closed") // it is booked: what a listener does cannot take that back
	if h.book.Turns() != 0 {
		t.Error("a panic kept the bill")
	}
}

// TestAFaultBehindTheAnswerTakesNothingBack has the printer and the desk fail when the money is booked.
func TestAFaultBehindTheAnswerTakesNothingBack(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(line("Борщ", "100"))
	must(t, h.checkIn(o.ID, anna))
	h.desk.send = func(uuid.UUID) error { panic("a fault of the desk") }
	printer.onReady = func() { printer.onReady = nil; printer.fails = errDown } // ready, and then out of paper
	h.asks(o.ID, "r1", "100", "closed")
	if got := h.published(); !strings.HasSuffix(got, "claim paid, ReceiptMissed") {
		t.Errorf("published %q", got)
	}
	h.is(o.ID, "till closed paid sum 100 wiped 83532824")
	printer.set(nil)
	must(t, h.book.PrintReceipt(t.Context(), o.ID))
	if got := printer.paper(); got != "receipt 1 qr 100 ЕКВАЙЕР=Universal Bank copy" {
		t.Errorf("printed %q", got)
	}
}

// TestOneOfManyCloses has many requests, cashiers and books at once.
func TestOneOfManyCloses(t *testing.T) {
	h, _ := newTill(t)
	o := h.opened(line("Борщ", "100"))
	books := []*orders.Book{h.book, orders.NewBook(h.book.Options)}
	var group sync.WaitGroup
	var mu sync.Mutex
	closed := map[string]int{}
	count := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		closed[what]++
	}
	for i := range 8 {
		book := books[i%2]
		group.Go(func() {
			v, err := book.PayExternal(t.Context(), request(o.ID, fmt.Sprint("r", i), "100"), body("r"))
			if err == nil {
				count(answer(v))
			}
		})
		group.Go(func() {
			_, err := book.Pay(t.Context(), orders.PayOrder{
				Order: o.ID, Version: o.Version, Confirmed: true, Parts: []orders.Part{{Kind: orders.PaidCard, Sum: sumOf("100")}},
			})
			if err == nil {
				count("card")
			}
		})
	}
	group.Wait()
	if closed["closed"]+closed["card"] != 1 || closed["closed again"] > 0 && closed["card"] > 0 || closed["sum double"] > 0 && closed["card"] == 0 {
		t.Errorf("got %v", closed)
	}
	if got := h.paidWith(o.ID); got != "qr 100" && got != "card 100" {
		t.Errorf("paid with %q", got)
	}
	for _, book := range books {
		must(t, book.Close(t.Context()))
	}
}
