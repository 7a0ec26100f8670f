package orders

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func money(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// payable is an open order of 129.20 that nothing keeps from being closed.
func payable() situation {
	return situation{
		order: Order{
			ID: uuid.New(), Version: 3, Source: SourceTill, State: StateOpen, Sum: decimal.NewNullDecimal(money("129.2")),
			Dishes: []Dish{{ID: uuid.New(), Count: money("1"), Sum: money("129.2"), Kitchen: true, Printed: true}},
		},
		shift: uuid.New(), kitchen: true,
	}
}

// paid is the order closed by payments, beside a claim of 129.20 in some state.
func paid(state ClaimState, payments ...Payment) func(*situation) {
	return func(s *situation) {
		s.order.State, s.order.Reason, s.payments = StateClosed, ReasonPaid, payments
		claimed(state)(s)
	}
}

func claimed(state ClaimState) func(*situation) {
	return func(s *situation) {
		if state != "" {
			s.claim = Claim{ID: uuid.New(), Version: 1, State: state, Obstacle: ObstacleShift}
		}
	}
}

func payment(kind PaymentKind, sum string) Payment { return Payment{Kind: kind, Sum: money(sum)} }

// operated adds an operation of the order.
func operated(kind loyalty.Kind, state loyalty.State, points string) func(*situation) {
	return func(s *situation) {
		s.ops = append(s.ops, loyalty.Operation{ID: uuid.New(), Kind: kind, State: state, Points: money(points)})
	}
}

// takenBack adds a reversal of the operation that was added last.
func takenBack(state loyalty.State, points string) func(*situation) {
	return func(s *situation) {
		of := s.ops[len(s.ops)-1]
		kind := loyalty.Accrual
		if of.Kind == loyalty.Accrual {
			kind = loyalty.Redemption
		}
		s.ops = append(s.ops, loyalty.Operation{
			ID: uuid.New(), Kind: kind, State: state, Points: money(points), Parent: of.ID, Link: loyalty.LinkReversal,
		})
	}
}

func unprinted(s *situation)      { s.order.Dishes[0].Printed = false }
func withoutPrinter(s *situation) { s.kitchen = false }
func edited(s *situation)         { s.edited = true }
func shiftClosed(s *situation)    { s.shift = uuid.Nil }
func printerTrouble(s *situation) { s.trouble = true }
func unknownOrder(s *situation)   { s.order = Order{ID: s.order.ID} }
func voided(s *situation)         { s.order.State, s.order.Reason = StateClosed, ReasonVoid }
func from(source Source) func(*situation) {
	return func(s *situation) { s.order.Source = source }
}

// TestJudge has every row of what a payment from outside may meet.
func TestJudge(t *testing.T) {
	confirmed, applied, settled := loyalty.StateConfirmed, loyalty.StateApplied, loyalty.StateSettled
	redemption, accrual := loyalty.Redemption, loyalty.Accrual
	type changes = []func(*situation)
	for _, test := range []struct {
		name string
		with changes
		sum  string
		want string
	}{
		{"nothing in the way", nil, "129.2", "closes"},
		{"sums are compared as values", nil, "129.2000", "closes"},

		{"an order that nobody knows", changes{unknownOrder}, "129.2", "never"},
		{"an order of the POS", changes{from(SourceFeed)}, "129.2", "never"},
		{"an order known by its check-in", changes{from(SourceCheckIn)}, "129.2", "never"},
		{"an order taken back", changes{voided}, "129.2", "never"},
		{"asked again", changes{unknownOrder, claimed(ClaimOpen)}, "129.2", "never"},
		{"given back by hand", changes{unknownOrder, claimed(ClaimBack)}, "129.2", "sum"},
		{"given back, and the order taken back", changes{voided, claimed(ClaimBack)}, "129.2", "sum"},
		{"booked by hand for an order that nobody knows", changes{unknownOrder, claimed(ClaimBooked)}, "129.2", "repeat"},
		{"booked by hand for an order taken back", changes{voided, claimed(ClaimBooked)}, "129.2", "repeat"},

		{"closed by this money", changes{paid(ClaimPaid, payment(PaidQR, "129.2"))}, "129.20", "repeat"},
		{"closed by this money and points", changes{paid(ClaimPaid, payment(PaidPoints, "29.2"), payment(PaidQR, "100"))}, "100", "repeat"},
		{"booked by hand", changes{paid(ClaimBooked, payment(PaidCash, "29.2"), payment(PaidQR, "100"))}, "100.00", "repeat"},
		{"closed by it, whatever has come since", changes{
			paid(ClaimPaid, payment(PaidQR, "129.2")), edited, shiftClosed, printerTrouble, operated(redemption, loyalty.StateUnknown, "5"),
		}, "129.2", "repeat"},
		{"closed by cash", changes{paid("", payment(PaidCash, "129.2"))}, "129.2", "sum double"},
		{"closed by card while this money was blocked", changes{paid(ClaimOpen, payment(PaidCard, "129.2"))}, "129.2", "sum double"},
		{"closed by points", changes{paid("", payment(PaidPoints, "129.2"))}, "129.2", "sum double"},
		{"closed by money of another sum", changes{paid("", payment(PaidQR, "129.2"))}, "100", "sum double"},
		{"closed by another system's money of the same sum", changes{paid("", payment(PaidQR, "129.2"))}, "129.2", "sum double"},
		{"booked by hand, but not among the payments", changes{paid(ClaimBooked, payment(PaidCash, "129.2"))}, "129.2", "sum double"},
		{"said to be paid, but the order was with other money", changes{
			paid(ClaimPaid, payment(PaidCash, "100"), payment(PaidQR, "29.2")),
		}, "129.2", "sum double"},
		{"said to be paid, but by card", changes{paid(ClaimPaid, payment(PaidCard, "129.2"))}, "129.2", "sum double"},
		{"paid twice, and given back", changes{paid(ClaimBack, payment(PaidCash, "129.2"))}, "129.2", "sum"},

		{"being edited", changes{edited}, "129.2", "in_use"},
		{"points planned", changes{operated(redemption, loyalty.StatePlanned, "5")}, "129.2", "in_use"},
		{"points on the wire", changes{operated(redemption, loyalty.StateSending, "5")}, "129.2", "in_use"},
		{"points unknown", changes{operated(redemption, loyalty.StateUnknown, "5")}, "129.2", "in_use"},
		{"an accrual on the wire", changes{operated(accrual, loyalty.StateSending, "5")}, "129.2", "in_use"},
		{"an accrual unknown", changes{operated(accrual, loyalty.StateUnknown, "5")}, "129.2", "in_use"},
		{"an accrual offered", changes{operated(accrual, loyalty.StatePlanned, "5")}, "129.2", "closes"},
		{"an accrual queued", changes{operated(accrual, loyalty.StateQueued, "5")}, "129.2", "closes"},
		{"a person is to decide", changes{operated(redemption, loyalty.StateReview, "5")}, "129.2", "closes"},
		{"points refused", changes{operated(redemption, loyalty.StateRefused, "5")}, "129.2", "closes"},
		{"points not applied", changes{operated(redemption, loyalty.StateNotApplied, "5")}, "129.2", "closes"},
		{"points voided", changes{operated(redemption, loyalty.StateVoided, "5")}, "129.2", "closes"},
		{"points being given back", changes{operated(redemption, confirmed, "5"), takenBack(loyalty.StatePlanned, "5")}, "124.2", "in_use"},
		{"points to be given back", changes{operated(redemption, confirmed, "5"), takenBack(loyalty.StateQueued, "5")}, "124.2", "in_use"},
		{"an accrual to be taken back", changes{operated(accrual, confirmed, "5"), takenBack(loyalty.StatePlanned, "5")}, "129.2", "closes"},

		{"more than is due", nil, "129.21", "sum"},
		{"less than is due", nil, "129.19", "sum"},
		{"points paid a part", changes{operated(redemption, confirmed, "29")}, "100.2", "closes"},
		{"points paid a part, as it seems", changes{operated(redemption, applied, "29")}, "100.2", "closes"},
		{"points not counted", changes{operated(redemption, confirmed, "29")}, "129.2", "sum"},
		{"a person decided that points did not move", changes{operated(redemption, settled, "29")}, "129.2", "closes"},
		{"points twice", changes{operated(redemption, confirmed, "9"), operated(redemption, confirmed, "20")}, "100.2", "closes"},
		{"points given back", changes{operated(redemption, confirmed, "29"), takenBack(confirmed, "29")}, "129.2", "closes"},
		{"a part of them given back", changes{operated(redemption, confirmed, "29"), takenBack(applied, "9")}, "109.2", "closes"},
		{"giving back was refused", changes{operated(redemption, confirmed, "29"), takenBack(loyalty.StateRefused, "29")}, "100.2", "closes"},
		{"accruals pay nothing", changes{operated(accrual, confirmed, "29")}, "129.2", "closes"},
		{"an accrual taken back", changes{operated(accrual, confirmed, "29"), takenBack(confirmed, "29")}, "129.2", "closes"},
		{"points paid all", changes{operated(redemption, confirmed, "130")}, "129.2", "sum"},
		{"the guest has it back", changes{claimed(ClaimBack)}, "129.2", "sum"},

		{"a ticket is missing", changes{unprinted}, "129.2", "ticket"},
		{"a ticket is missing, but there is no printer", changes{unprinted, withoutPrinter}, "129.2", "closes"},
		{"the shift is closed", changes{shiftClosed}, "129.2", "shift"},
		{"the printer is in trouble", changes{printerTrouble}, "129.2", "printer"},
		{"a repeat after a refusal is judged anew", changes{claimed(ClaimOpen)}, "129.2", "closes"},
		{"and refused anew", changes{claimed(ClaimOpen), printerTrouble}, "129.2", "printer"},
	} {
		s := payable()
		for _, change := range test.with {
			change(&s)
		}
		slices.Reverse(s.ops) // as a store gives them
		if got := said(s.judge(money(test.sum))); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// said is a verdict in a few words.
func said(v Verdict) string {
	text := string(v.Obstacle)
	if v.Repeat {
		text += "repeat"
	}
	if v.Double {
		text += " double"
	}
	if v.closes() {
		text = "closes"
	}
	return text
}

// TestJudgeNamesTheFirstObstacle has every set of obstacles at once.
func TestJudgeNamesTheFirstObstacle(t *testing.T) {
	rules := []struct {
		with func(*situation)
		want string
	}{
		{edited, "in_use"},
		{operated(loyalty.Accrual, loyalty.StateUnknown, "5"), "in_use"},
		{operated(loyalty.Redemption, loyalty.StateConfirmed, "5"), "sum"},
		{unprinted, "ticket"},
		{shiftClosed, "shift"},
		{printerTrouble, "printer"},
	}
	for set := range 1 << len(rules) {
		s, want := payable(), "closes"
		for i := len(rules) - 1; i >= 0; i-- {
			if set&(1<<i) != 0 {
				rules[i].with(&s)
				want = rules[i].want
			}
		}
		if got := said(s.judge(money("129.2"))); got != want {
			t.Errorf("set %s: got %q, want %q", fmt.Sprintf("%06b", set), got, want)
		}
	}
}

func TestJudgeGivesTheOrder(t *testing.T) {
	s := payable()
	if v := s.judge(money("1")); v.Order.ID != s.order.ID {
		t.Errorf("got order %s", v.Order.ID)
	}
}

func TestAccrues(t *testing.T) {
	for name, test := range map[string]struct {
		with []func(*situation)
		want bool
	}{
		"nothing":                     {nil, false},
		"an accrual":                  {[]func(*situation){operated(loyalty.Accrual, loyalty.StateConfirmed, "5")}, true},
		"an accrual that may be":      {[]func(*situation){operated(loyalty.Accrual, loyalty.StateReview, "5")}, true},
		"an accrual that was not":     {[]func(*situation){operated(loyalty.Accrual, loyalty.StateRefused, "5")}, false},
		"a redemption":                {[]func(*situation){operated(loyalty.Redemption, loyalty.StateConfirmed, "5")}, false},
		"points given back":           {[]func(*situation){operated(loyalty.Redemption, loyalty.StateConfirmed, "5"), takenBack(loyalty.StateConfirmed, "5")}, false},
		"an accrual taken back":       {[]func(*situation){operated(loyalty.Accrual, loyalty.StateConfirmed, "5"), takenBack(loyalty.StateConfirmed, "5")}, false},
		"an accrual to be taken back": {[]func(*situation){operated(loyalty.Accrual, loyalty.StateConfirmed, "5"), takenBack(loyalty.StateUnknown, "5")}, true},
	} {
		s := payable()
		for _, change := range test.with {
			change(&s)
		}
		if got := accrues(s.ops); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
