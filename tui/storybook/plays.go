package storybook

import (
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// What several scenes begin with.

// playUnknownPair redeems, and the reply is lost; an accrual waits behind it. The operation stays empty when the guest had
// nothing to redeem.
func playUnknownPair(tl *stage.Till) *loyalty.Operation {
	var op loyalty.Operation
	tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
		op = tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, r.ID, r.Points, r.Sum, r.Sum.Sub(r.Points)))
		rest := tl.Desk.Operation(loyalty.Accrual, r.RemainderID, stage.Number("22"), r.Sum, op.Money)
		rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
		return loyalty.Result{Operation: op, Second: &rest}, nil
	}
	tl.AtGuest("1250").Press(f3, enter)
	return &op
}

// offline cuts the till off, and it has noticed.
func offline(tl *stage.Till) *stage.Till {
	tl.Send(notice.State{Part: notice.Service, Level: notice.Trouble, Code: string(skidkabot.PhaseConnect), At: tl.Clock})
	return tl.Offline()
}

// settle has news come of what became of an operation, if there is one.
func settle(tl *stage.Till, op *loyalty.Operation, state loyalty.State, reason loyalty.Reason) {
	if op.ID != uuid.Nil {
		tl.Becomes(op, state, reason)
	}
}

// unwritten has the journal fail while a redemption is on its way.
func unwritten(tl *stage.Till) {
	redeem := tl.Desk.OnRedeem
	tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
		result, err := redeem(r)
		result.Unwritten = true
		return result, err
	}
}

// playRepeat accrues what was accrued minutes ago.
func playRepeat(tl *stage.Till) { playRepeatOf(tl, loyalty.Accrual, loyalty.StateConfirmed) }

// playRepeatOf asks for what was done minutes ago, and stands in this state.
func playRepeatOf(tl *stage.Till, kind loyalty.Kind, state loyalty.State) {
	tl.AtGuest("1250")
	earlier := tl.Desk.Operation(kind, loyalty.NewID(), stage.Number("25"), stage.Number("1250"), stage.Number("1250"))
	earlier.State = state
	again := &loyalty.RepeatError{Earlier: earlier}
	tl.Desk.OnAccrue = func(loyalty.AccrualRequest) (loyalty.Result, error) { return loyalty.Result{}, again }
	tl.Desk.OnRedeem = func(loyalty.RedemptionRequest) (loyalty.Result, error) { return loyalty.Result{}, again }
	if kind == loyalty.Redemption {
		tl.Press(f3, enter)
	} else {
		tl.Press(f2, enter)
	}
}

// asksAgain has the other system ask once more for the lunch at table 5.
func asksAgain(tl *stage.Till) {
	tl.Wait(time.Second)
	tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r2")
	tl.Counter.After()
}
