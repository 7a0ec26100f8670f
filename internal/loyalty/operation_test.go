package loyalty_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// The machine of DESIGN.md, section 3, written down a second time.
func TestTheOperationMachine(t *testing.T) {
	final := []loyalty.State{
		loyalty.StateConfirmed, loyalty.StateRefused, loyalty.StateApplied, loyalty.StateNotApplied,
		loyalty.StateSettled, loyalty.StateVoided, loyalty.StateExpired,
	}
	for _, s := range loyalty.States() {
		if got, want := s.Final(), slices.Contains(final, s); got != want {
			t.Errorf("%s: Final() = %v, want %v", s, got, want)
		}
		for _, next := range loyalty.States() {
			if s.Final() && s.CanBecome(next) {
				t.Errorf("%s is final, but can become %s", s, next)
			}
			if next == loyalty.StateSending && s.CanBecome(next) && s != loyalty.StatePlanned && s != loyalty.StateQueued {
				t.Errorf("I2: %s can be sent", s)
			}
			if next == loyalty.StateConfirmed && s.CanBecome(next) && s != loyalty.StateSending {
				t.Errorf("I3: %s can be confirmed without being sent", s)
			}
			if s == loyalty.StateUnknown && slices.Contains([]loyalty.State{loyalty.StateVoided, loyalty.StateQueued, loyalty.StatePlanned}, next) && s.CanBecome(next) {
				t.Errorf("an unknown operation can be %s", next)
			}
		}
	}
	if loyalty.State("").Valid() || loyalty.State("done").Final() {
		t.Error("a state that does not exist counts")
	}
}

func TestOperationValidate(t *testing.T) {
	good := loyalty.Operation{
		ID: loyalty.NewID(), Kind: loyalty.Accrual, State: loyalty.StatePlanned,
		Points: dec("25"), Sum: dec("1250"), Money: dec("1250"),
	}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*loyalty.Operation){
		"no id":               func(o *loyalty.Operation) { o.ID = uuid.Nil },
		"a random id":         func(o *loyalty.Operation) { o.ID = uuid.New() },
		"no kind":             func(o *loyalty.Operation) { o.Kind = "gift" },
		"no state":            func(o *loyalty.Operation) { o.State = "" },
		"no points":           func(o *loyalty.Operation) { o.Points = decimal.Zero },
		"negative points":     func(o *loyalty.Operation) { o.Points = dec("-1") },
		"half a point":        func(o *loyalty.Operation) { o.Points = dec("0.5") },
		"a negative sum":      func(o *loyalty.Operation) { o.Sum = dec("-1") },
		"more money than sum": func(o *loyalty.Operation) { o.Money = dec("1251") },
		"a parent, no link":   func(o *loyalty.Operation) { o.Parent = loyalty.NewID() },
		"a link, no parent":   func(o *loyalty.Operation) { o.Link = loyalty.LinkRepeat },
		"its own parent":      func(o *loyalty.Operation) { o.Parent, o.Link = o.ID, loyalty.LinkReversal },
	} {
		bad := good
		spoil(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMoveValidateAndApply(t *testing.T) {
	now := time.Now()
	move := loyalty.Move{
		From: loyalty.StatePlanned, To: loyalty.StateSending, At: now, Baseline: decimal.NewNullDecimal(dec("100")),
		BaselineAt: now, SentAt: now, Deadline: now.Add(loyalty.SendLimit),
	}
	if err := move.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*loyalty.Move){
		"no baseline":         func(m *loyalty.Move) { m.Baseline.Valid = false },
		"no time of baseline": func(m *loyalty.Move) { m.BaselineAt = time.Time{} },
		"no time of sending":  func(m *loyalty.Move) { m.SentAt = time.Time{} },
		"no deadline":         func(m *loyalty.Move) { m.Deadline = time.Time{} },
	} {
		bad := move
		spoil(&bad)
		if err := bad.Validate(); !errors.Is(err, loyalty.ErrNoBaseline) {
			t.Errorf("%s: %v", name, err)
		}
	}
	back := move
	back.From, back.To = loyalty.StateConfirmed, loyalty.StatePlanned
	if err := back.Validate(); !errors.Is(err, loyalty.ErrNoSuchMove) {
		t.Errorf("confirmed to planned: %v", err)
	}

	op := loyalty.Operation{Kind: loyalty.Redemption, State: loyalty.StatePlanned, Points: dec("30")}
	op = move.Apply(op)
	if op.State != loyalty.StateSending || !op.Expected().Equal(dec("70")) || !op.Deadline.Equal(move.Deadline) {
		t.Errorf("after the move: %s, expected balance %s", op.State, op.Expected())
	}
	refusal := loyalty.Move{From: loyalty.StateSending, To: loyalty.StateRefused, At: now, Code: skidkabot.CodeExpiredQR, Text: "устарел"}
	op = refusal.Apply(op)
	if op.Code != skidkabot.CodeExpiredQR || op.Text != "устарел" || !op.Baseline.Equal(dec("100")) || op.BalanceRead {
		t.Errorf("after the refusal: %+v", op)
	}
}
