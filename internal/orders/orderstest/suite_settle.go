package orderstest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

const system = "expirenza"

func money(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// newID is an id that is larger than those made before it.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// openShift opens the register's shift.
func openShift(t *testing.T, s Store) orders.Shift {
	t.Helper()
	shift, err := s.OpenShift(t.Context(), newID(), "Оля", noon)
	must(t, err)
	return shift
}

// newPayment pays for an order; what is not cash, points name an operation.
func newPayment(order uuid.UUID, shift orders.Shift, kind orders.PaymentKind, sum string) orders.Payment {
	p := orders.Payment{
		ID: newID(), Order: order, Shift: shift.ID, Kind: kind, Sum: money(sum), At: noon.Add(1234567), Cashier: "Оля", Register: Register,
	}
	if kind == orders.PaidPoints {
		p.Shift, p.Operation = uuid.Nil, newID()
	}
	return p
}

func newClaim(bill uuid.UUID, sum string) orders.Claim {
	return orders.Claim{
		ID: newID(), System: system, Bill: bill, Sum: money(sum), Tips: money("19.24"),
		Fiscal: []orders.FiscalLine{{Key: "ЕКВАЙЕР", Value: "Universal Bank"}, {Key: "", Value: ""}},
		First:  "2021-03-13 00:32:04.942046#UP57RxE", Last: "2021-03-13 00:33:04.942046#UP57RxF", Requests: 2,
		State: orders.ClaimOpen, Obstacle: orders.ObstacleShift, FirstAt: noon.Add(-time.Minute), LastAt: noon, Register: Register,
	}
}

func newLetter(bill uuid.UUID, body string) orders.Letter {
	return orders.Letter{
		ID: newID(), System: system, Topic: "payBill", Bill: bill, Request: "2021-03-13 00:32:04.942046#UP57RxE", Body: []byte(body),
		Accepts: true, CreatedAt: noon, NextAt: noon.Add(time.Second),
	}
}

// paidOrder closes an order of 1250.50 as paid by all sorts of money at once.
func paidOrder(o orders.Order, shift orders.Shift) orders.Settlement {
	closed(orders.ReasonPaid)(&o)
	o.ChangedAt = noon.Add(time.Minute)
	claim, letter := newClaim(o.ID, "1000.50"), newLetter(o.ID, "{\"state\":\"SUCCESS\"}\x00\xff")
	claim.State, claim.Obstacle, claim.DoneAt, claim.Cashier, claim.Note = orders.ClaimPaid, orders.ObstacleNone, noon, "Оля", "по просьбе"
	qr := newPayment(o.ID, shift, orders.PaidQR, "1000.50")
	qr.Tips, qr.Request, qr.Cashier = claim.Tips, claim.First, ""
	var accruals []loyalty.Operation
	if o.Guest != nil {
		accruals = append(accruals, newOperation(o.ID, o.Guest.Card.Client))
	}
	return orders.Settlement{
		Order:  &o,
		Events: []orders.Event{{At: noon, Kind: orders.EventClosed, Reason: orders.ReasonPaid, Actor: "Оля"}},
		Payments: []orders.Payment{
			newPayment(o.ID, shift, orders.PaidCash, "200"), newPayment(o.ID, shift, orders.PaidCard, "50"), qr,
		},
		Accruals: accruals, Claim: &claim, Letter: &letter, Receipt: true,
	}
}

// payByPoints has points of an operation pay a part of it in place of cash.
func payByPoints(x *orders.Settlement, operation uuid.UUID, points string) {
	p := newPayment(x.Order.ID, orders.Shift{}, orders.PaidPoints, points)
	p.Operation = operation
	x.Payments[0].Sum = x.Payments[0].Sum.Sub(p.Sum)
	x.Payments = append(x.Payments, p)
}

// redemption is one of points for an order; its state is set by [bring].
func redemption(order orders.Order, points string) loyalty.Operation {
	op := newOperation(order.ID, order.Guest.Card.Client)
	op.Kind, op.Points = loyalty.Redemption, money(points)
	return op
}

func settle(t *testing.T, s Store, settlement orders.Settlement) orders.Order {
	t.Helper()
	saved, err := s.Settle(t.Context(), settlement)
	must(t, err)
	return saved
}

// holds writes everything that a store holds of an order and its payments.
func holds(t *testing.T, s Store, order uuid.UUID) string {
	t.Helper()
	var b strings.Builder
	if o, err := s.Order(t.Context(), order); err == nil {
		b.WriteString(describe(o))
	}
	b.WriteString(history(t, s, order))
	payments, err := s.Payments(t.Context(), order)
	must(t, err)
	for _, p := range payments {
		fmt.Fprint(&b, "\n", p.ID, p.Order, p.Shift, " ", p.Kind, p.Sum, p.Tips, " ", p.At, fmt.Sprintf(" %q %q ", p.Cashier, p.Request), p.Operation, p.Register)
	}
	claims, err := s.Claims(t.Context(), orders.ClaimFilter{Bill: order})
	must(t, err)
	for _, c := range claims {
		b.WriteString("\n" + describeClaim(c))
	}
	letters, err := s.Letters(t.Context(), system, noon.Add(24*time.Hour), orders.ListLimit)
	must(t, err)
	for _, l := range letters {
		if l.Bill == order {
			b.WriteString("\n" + describeLetter(l))
		}
	}
	due, err := s.ReceiptsDue(t.Context())
	must(t, err)
	if slices.Contains(due, order) {
		b.WriteString("\na receipt of " + order.String())
	}
	ops, err := s.List(t.Context(), loyalty.Filter{Order: order})
	must(t, err)
	for _, op := range ops {
		fmt.Fprint(&b, "\n", op.ID, " ", op.State)
	}
	return b.String()
}

func describeClaim(c orders.Claim) string {
	return fmt.Sprint(c.ID, " ", c.System, c.Bill, " ", c.Sum, " ", c.Tips, fmt.Sprintf(" %q %q %q %q %q ", c.Fiscal, c.First, c.Last, c.Cashier, c.Note),
		c.Requests, c.State, c.Obstacle, " ", c.FirstAt, c.LastAt, c.DoneAt, c.Register, " v", c.Version)
}

func describeLetter(l orders.Letter) string {
	return fmt.Sprint(l.ID, " ", l.System, l.Topic, l.Bill, fmt.Sprintf(" %q %x ", l.Request, l.Body), l.Accepts, l.CreatedAt, l.NextAt,
		l.Attempts, l.DoneAt, l.Outcome)
}

func testSettles(t *testing.T, s Store) {
	shift := openShift(t, s)
	o := save(t, s, newOrder(tills), orders.Event{At: noon, Kind: orders.EventOpened})
	want := &MemoryStore{} // what the settlement is made of, as a store keeps it
	want.Register = Register
	openShift(t, want)
	want.till.shifts[0].ID = shift.ID
	save(t, want, func() orders.Order { first := o; first.Version = 0; return first }(), orders.Event{At: noon, Kind: orders.EventOpened})
	settlement, op := paidOrder(o, shift), redemption(o, "50")
	bring(t, s, op, loyalty.StateConfirmed, "")
	bring(t, want, op, loyalty.StateConfirmed, "")
	payByPoints(&settlement, op.ID, "50")
	saved, wanted := settle(t, s, settlement), settle(t, want, settlement)
	wantSame(t, "saved", describe(saved), describe(wanted))
	wantSame(t, "version", fmt.Sprint(saved.Version), "2")
	wantSame(t, "held", holds(t, s, o.ID), holds(t, want, o.ID))
	wantSame(t, "parts", fmt.Sprint(strings.Count(holds(t, s, o.ID), o.ID.String())), "10")
	settlement.Letter.Body[0], settlement.Claim.Fiscal[0].Key = 'x', "x"
	wantSame(t, "after the caller changed theirs", holds(t, s, o.ID), holds(t, want, o.ID))
}

// testSettlesClaim writes what leaves orders as they are: a claim on an order that nobody knows, a blocked one, and one
// that a person books for an order that the till does not have.
func testSettlesClaim(t *testing.T, s Store) {
	unknown, o := uuid.New(), save(t, s, newOrder(tills))
	claim, letter := newClaim(unknown, "100"), newLetter(unknown, "no")
	saved := settle(t, s, orders.Settlement{Claim: &claim, Letter: &letter})
	wantSame(t, "saved", describe(saved), describe(orders.Order{}))
	claim.Version = 1
	wantSame(t, "held", holds(t, s, unknown), "\n"+describeClaim(keptClaim(claim))+"\n"+describeLetter(keptLetter(letter)))

	blocked := newClaim(o.ID, "100")
	settle(t, s, orders.Settlement{Claim: &blocked, Events: []orders.Event{{Order: o.ID, At: noon, Kind: orders.EventBlocked, Version: 7}}})
	wantStored(t, s, o)
	wantSame(t, "events", history(t, s, o.ID), fmt.Sprintf("\n%s %s blocked client 0 by \"\", \"\" \"\" v1 at 1", o.ID, noon))

	shift := openShift(t, s)
	claim.State, claim.Cashier, claim.DoneAt = orders.ClaimBooked, "Оля", noon
	payment := newPayment(unknown, shift, orders.PaidQR, "100.00")
	settle(t, s, orders.Settlement{Claim: &claim, Payments: []orders.Payment{payment}})
	payments, err := s.Payments(t.Context(), unknown)
	must(t, err)
	booked, err := s.Claim(t.Context(), system, unknown, money("1e2"))
	must(t, err)
	wantSame(t, "booked", fmt.Sprint(len(payments), payments[0].ID, booked.State, booked.Version), fmt.Sprint(1, payment.ID, orders.ClaimBooked, 2))
}

func testSettleInvalid(t *testing.T, s Store) {
	shift := openShift(t, s)
	long := strings.Repeat("я", orders.MaxText+1)
	for name, spoil := range map[string]func(*orders.Settlement){
		"no such order": func(x *orders.Settlement) { x.Order.Source = "rumour" },
		"not open any more": func(x *orders.Settlement) {
			x.Order.State, x.Order.Reason, x.Receipt = orders.StateOpen, orders.ReasonNone, false
		},
		"nothing is paid": func(x *orders.Settlement) { x.Order, x.Receipt = nil, false },
		"a receipt too early": func(x *orders.Settlement) {
			x.Order.State, x.Order.Reason, x.Payments = orders.StateOpen, orders.ReasonNone, nil
		},
		"another order":        func(x *orders.Settlement) { x.Payments[0].Order = uuid.New() },
		"payment without id":   func(x *orders.Settlement) { x.Payments[0].ID = uuid.Nil },
		"no such kind":         func(x *orders.Settlement) { x.Payments[0].Kind = "promise" },
		"cash without shift":   func(x *orders.Settlement) { x.Payments[0].Shift = uuid.Nil },
		"cash of an operation": func(x *orders.Settlement) { x.Payments[0].Operation = newID() },
		"points in a shift":    func(x *orders.Settlement) { payByPoints(x, newID(), "50"); x.Payments[3].Shift = shift.ID },
		"points out of air":    func(x *orders.Settlement) { payByPoints(x, uuid.Nil, "50") },
		"nothing paid":         func(x *orders.Settlement) { x.Payments[0].Sum = decimal.Zero },
		"paid back":            func(x *orders.Settlement) { x.Payments[0].Sum = money("-200") },
		"absurd sum":           func(x *orders.Settlement) { x.Payments[0].Sum = decimal.New(1, 999_999_999) },
		"tips in cash":         func(x *orders.Settlement) { x.Payments[0].Tips = money("1") },
		"negative tips":        func(x *orders.Settlement) { x.Payments[2].Tips = money("-1") },
		"long cashier":         func(x *orders.Settlement) { x.Payments[0].Cashier = long },
		"long request":         func(x *orders.Settlement) { x.Payments[0].Request = long },
		"claim without id":     func(x *orders.Settlement) { x.Claim.ID = uuid.Nil },
		"claim on nothing":     func(x *orders.Settlement) { x.Claim.Bill = uuid.Nil },
		"claim of nobody":      func(x *orders.Settlement) { x.Claim.System = "" },
		"claim of nothing":     func(x *orders.Settlement) { x.Claim.Sum = decimal.Zero },
		"claim never made":     func(x *orders.Settlement) { x.Claim.Requests = 0 },
		"claim in no state":    func(x *orders.Settlement) { x.Claim.State = "" },
		"claim with tips off":  func(x *orders.Settlement) { x.Claim.Tips = money("-1") },
		"long note":            func(x *orders.Settlement) { x.Claim.Note = long },
		"long fiscal line":     func(x *orders.Settlement) { x.Claim.Fiscal[0].Value = long },
		"too many lines":       func(x *orders.Settlement) { x.Claim.Fiscal = make([]orders.FiscalLine, orders.MaxFiscal+1) },
		"letter without id":    func(x *orders.Settlement) { x.Letter.ID = uuid.Nil },
		"letter on nothing":    func(x *orders.Settlement) { x.Letter.Bill = uuid.Nil },
		"letter to nobody":     func(x *orders.Settlement) { x.Letter.System = "" },
		"empty letter":         func(x *orders.Settlement) { x.Letter.Body = nil },
		"endless letter":       func(x *orders.Settlement) { x.Letter.Body = make([]byte, orders.MaxLetter+1) },
		"letter sent already":  func(x *orders.Settlement) { x.Letter.DoneAt = noon },
		"event of no order":    func(x *orders.Settlement) { x.Order, x.Payments, x.Receipt = nil, nil, false },
	} {
		o := save(t, s, newOrder(tills))
		before := holds(t, s, o.ID)
		settlement := paidOrder(o, shift)
		spoil(&settlement)
		if _, err := s.Settle(t.Context(), settlement); err == nil {
			t.Errorf("%s was written", name)
		} else {
			wantError(t, err, orders.ErrInvalid)
		}
		wantSame(t, name, holds(t, s, o.ID), before)
	}
	o := save(t, s, newOrder(tills))
	for _, payments := range []int{0, 2} {
		settlement := paidOrder(o, shift)
		settlement.Payments = settlement.Payments[:payments]
		_, err := s.Settle(t.Context(), settlement)
		wantError(t, err, orders.ErrNotPaid)
	}
	wantStored(t, s, o)
}

// testSettleRefusals tries settlements that are whole but come too late, in the order in which they are refused.
func testSettleRefusals(t *testing.T, s Store) {
	old := openShift(t, s)
	_, err := s.CloseShift(t.Context(), "Оля", noon)
	must(t, err)
	o := save(t, s, newOrder(tills), orders.Event{At: noon, Kind: orders.EventOpened})
	claim := newClaim(o.ID, "1000.5")
	settle(t, s, orders.Settlement{Claim: &claim})
	before := holds(t, s, o.ID)
	refused := func(what string, want error, change func(*orders.Settlement)) {
		t.Helper()
		settlement := paidOrder(o, old)
		settlement.Claim.ID, settlement.Claim.Version = claim.ID, 1
		change(&settlement)
		_, err := s.Settle(t.Context(), settlement)
		if err == nil {
			t.Errorf("%s was written", what)
		}
		wantError(t, err, want)
		wantSame(t, what, holds(t, s, o.ID), before)
	}
	refused("an old order", orders.ErrConflict, func(x *orders.Settlement) { x.Order.Version = 0 })
	refused("an old claim", orders.ErrConflict, func(x *orders.Settlement) { x.Claim.Version = 0 })
	refused("another claim", orders.ErrConflict, func(x *orders.Settlement) { x.Claim.ID = newID() })
	refused("a closed shift", orders.ErrShiftClosed, func(*orders.Settlement) {})
	shift := openShift(t, s)
	refused("no such shift", orders.ErrShiftClosed, func(x *orders.Settlement) { x.Payments[1].Shift = newID() })
	inShift := func(x *orders.Settlement) {
		for i := range x.Payments {
			x.Payments[i].Shift = shift.ID
		}
	}
	refused("an accrual twice", loyalty.ErrExists, func(x *orders.Settlement) {
		inShift(x)
		x.Accruals = append(x.Accruals, x.Accruals[0])
	})
	refused("an event of nowhere", orders.ErrNotFound, func(x *orders.Settlement) {
		x.Order, x.Payments, x.Accruals, x.Receipt = nil, nil, nil, false
		x.Events[0].Order = uuid.New()
	})

	settlement := paidOrder(o, shift)
	settlement.Claim.ID, settlement.Claim.Version = claim.ID, 1
	paid := settle(t, s, settlement)
	before = holds(t, s, o.ID)
	o = paid
	refused("paid again", orders.ErrPaid, func(x *orders.Settlement) { inShift(x); x.Claim.Version = 2 })

	o = save(t, s, newOrder(tills))
	bring(t, s, newOperation(o.ID, o.Guest.Card.Client), loyalty.StateConfirmed, "")
	before = holds(t, s, o.ID)
	refused("a guest less", orders.ErrPointsMoved, func(x *orders.Settlement) {
		inShift(x)
		x.Claim, x.Order.Guest = nil, nil
	})
}

// testSettleHeld closes bills beside an operation of each kind in each state.
func testSettleHeld(t *testing.T, s Store) {
	shift := openShift(t, s)
	client := int64(1000)
	for _, state := range loyalty.States() {
		for _, kind := range []loyalty.Kind{loyalty.Accrual, loyalty.Redemption} {
			for _, link := range []loyalty.Link{loyalty.LinkNone, loyalty.LinkReversal, loyalty.LinkRepeat} {
				client += 2
				o := save(t, s, newOrder(tills, ofClient(client)))
				op := newOperation(o.ID, client)
				op.Kind, op.Link = kind, link
				if link != loyalty.LinkNone {
					of := newOperation(uuid.Nil, client+1)
					must(t, s.Plan(t.Context(), of))
					op.Parent = of.ID
				}
				bring(t, s, op, state, loyalty.ReasonDecidedYes)
				op.State, op.Reason = state, loyalty.ReasonDecidedYes
				stands := orders.HoldsBill(op) || kind == loyalty.Redemption && link != loyalty.LinkReversal && op.Happened()
				before := holds(t, s, o.ID)
				_, err := s.Settle(t.Context(), paidOrder(o, shift))
				what := fmt.Sprintf("%s %s %s", state, kind, link)
				switch {
				case !stands && err != nil:
					t.Errorf("%s: %v", what, err)
				case stands && err == nil:
					t.Errorf("%s: closed", what)
				case stands:
					wantError(t, err, orders.ErrConflict)
					wantSame(t, what, holds(t, s, o.ID), before)
				}
			}
		}
	}
}

// testSettlePoints closes a bill of which points have paid 60, 10 of them given back, by payments that count something else, and
// at last by those that count just that.
func testSettlePoints(t *testing.T, s Store) {
	shift := openShift(t, s)
	o, other := save(t, s, newOrder(tills)), save(t, s, newOrder(tills, ofClient(7)))
	first, second, strange, refused := redemption(o, "20"), redemption(o, "40"), redemption(other, "50"), redemption(o, "50")
	for _, op := range []loyalty.Operation{first, second, strange} {
		bring(t, s, op, loyalty.StateConfirmed, "")
	}
	bring(t, s, refused, loyalty.StateRefused, "")
	back := redemption(o, "10")
	back.Kind, back.Link, back.Parent = loyalty.Accrual, loyalty.LinkReversal, second.ID
	bring(t, s, back, loyalty.StateConfirmed, "")
	before := holds(t, s, o.ID)
	type counted map[uuid.UUID]string
	for name, points := range map[string]counted{
		"no points":                    {},
		"one of two":                   {first.ID: "20"},
		"the other":                    {second.ID: "30"},
		"what was given back":          {first.ID: "20", second.ID: "40"},
		"the same points of one alone": {first.ID: "50"},
		"less":                         {first.ID: "19", second.ID: "30"},
		"of another order":             {strange.ID: "50"},
		"of another order, too":        {first.ID: "20", second.ID: "30", strange.ID: "50"},
		"those that were refused":      {first.ID: "20", second.ID: "30", refused.ID: "50"},
		"of nothing":                   {first.ID: "20", second.ID: "30", newID(): "1"},
	} {
		settlement := paidOrder(o, shift)
		for operation, part := range points {
			payByPoints(&settlement, operation, part)
		}
		_, err := s.Settle(t.Context(), settlement)
		if err == nil {
			t.Fatalf("%s: it was closed", name)
		}
		wantError(t, err, orders.ErrConflict)
		wantSame(t, name, holds(t, s, o.ID), before)
	}
	settlement := paidOrder(o, shift)
	payByPoints(&settlement, first.ID, "20")
	payByPoints(&settlement, second.ID, "30")
	settle(t, s, settlement)
}

// testRedeemOnClosed plans points for orders that are over: to redeem some pays for nothing any more; all else may be.
func testRedeemOnClosed(t *testing.T, s Store) {
	shift := openShift(t, s)
	before := save(t, s, newOrder(tills))
	used := redemption(before, "50")
	bring(t, s, used, loyalty.StateConfirmed, "")
	settlement := paidOrder(before, shift)
	payByPoints(&settlement, used.ID, "50")
	settlement.Accruals = nil
	paid := settle(t, s, settlement)
	void := save(t, s, newOrder(tills, ofClient(7), closed(orders.ReasonVoid)))
	accrued := newOperation(uuid.Nil, 9)
	bring(t, s, accrued, loyalty.StateConfirmed, "")
	for _, o := range []orders.Order{paid, void} {
		held := holds(t, s, o.ID)
		again := redemption(o, "20")
		again.Link, again.Parent = loyalty.LinkRepeat, accrued.ID
		for _, op := range []loyalty.Operation{redemption(o, "20"), again} {
			wantError(t, s.Plan(t.Context(), newOperation(uuid.Nil, 8), op), loyalty.ErrOrderClosed)
			wantError(t, s.Amend(t.Context(), loyalty.Amendment{
				While: used.ID, Is: loyalty.StateConfirmed, Plan: []loyalty.Operation{op},
			}), loyalty.ErrOrderClosed)
		}
		wantSame(t, string(o.Reason), holds(t, s, o.ID), held)
		accrual := newOperation(o.ID, o.Guest.Card.Client) // a guest who was scanned too late
		must(t, s.Plan(t.Context(), accrual))
		back := redemption(o, "20")
		back.Link, back.Parent = loyalty.LinkReversal, accrual.ID
		must(t, s.Plan(t.Context(), back))
	}
	for _, o := range []orders.Order{
		{Guest: newGuest(1)}, {ID: uuid.New(), Guest: newGuest(2)}, save(t, s, newOrder(ofClient(3), closed(orders.ReasonPoints))),
	} {
		must(t, s.Plan(t.Context(), redemption(o, "20"))) // of no order, of an unknown one, of the POS's
	}
	back := redemption(paid, "50")
	back.Kind, back.Link, back.Parent = loyalty.Accrual, loyalty.LinkReversal, used.ID
	must(t, s.Plan(t.Context(), back)) // points are given back after all
}

func testSettleRace(t *testing.T, s Store) {
	const rivals = 8
	shift, o := openShift(t, s), save(t, s, newOrder(tills))
	results := make(chan error, rivals)
	for range rivals {
		go func() {
			_, err := s.Settle(t.Context(), paidOrder(kept(o), shift))
			results <- err
		}()
	}
	won := 0
	for range rivals {
		if err := <-results; err == nil {
			won++
		} else {
			wantError(t, err, orders.ErrConflict)
		}
	}
	payments, err := s.Payments(t.Context(), o.ID)
	must(t, err)
	ops, err := s.List(t.Context(), loyalty.Filter{Order: o.ID})
	must(t, err)
	wantSame(t, "winners, payments, accruals", fmt.Sprint(won, len(payments), len(ops)), "1 3 1")
}

func testReceipts(t *testing.T, s Store) {
	due := func() string {
		t.Helper()
		ids, err := s.ReceiptsDue(t.Context())
		must(t, err)
		return fmt.Sprint(ids)
	}
	shift := openShift(t, s)
	wantSame(t, "at first", due(), "[]")
	var ids []uuid.UUID
	for i := range 3 {
		settlement := paidOrder(save(t, s, newOrder(tills)), shift)
		settlement.Receipt = i < 2 // a shop without a printer owes none
		ids = append(ids, settle(t, s, settlement).ID)
	}
	wantSame(t, "after three closings", due(), fmt.Sprint(ids[:2]))
	must(t, s.ReceiptEnded(t.Context(), newID()))
	must(t, s.ReceiptEnded(t.Context(), ids[2]))
	must(t, s.ReceiptEnded(t.Context(), ids[0]))
	must(t, s.ReceiptEnded(t.Context(), ids[0]))
	wantSame(t, "when one has come out", due(), fmt.Sprint(ids[1:2]))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.ReceiptsDue(ctx)
	wantError(t, err, context.Canceled)
	wantError(t, s.ReceiptEnded(ctx, ids[1]), context.Canceled)
	wantSame(t, "when nobody waits", due(), fmt.Sprint(ids[1:2]))
}
