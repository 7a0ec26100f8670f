package storybook

import (
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// resultScenes: what became of an operation.
func resultScenes() []Scene {
	return []Scene{
		{"result_accrual", "accrued", nil, func(tl *stage.Till) { tl.AtGuest("1250").Press(f2, enter) }},
		{"result_redemption", "redeemed, with the accrual on the rest", nil, func(tl *stage.Till) { tl.AtGuest("1250").Press(f3, enter) }},
		{"result_refused", "the service refused", nil, func(tl *stage.Till) {
			tl.Ends(func(op *loyalty.Operation) { op.State, op.Code = loyalty.StateRefused, skidkabot.CodeExpiredQR })
			tl.AtGuest("1250").Press(f3, enter)
		}},
		{"result_unknown", "a redemption whose reply was lost", nil, func(tl *stage.Till) {
			tl.Ends(func(*loyalty.Operation) {})
			tl.AtGuest("1250").Press(f3, enter)
		}},
		{"result_unwritten", "redeemed, but the journal could not be written", nil, func(tl *stage.Till) {
			unwritten(tl)
			tl.AtGuest("1250").Press(f3, enter)
		}},
		{"result_queued", "an accrual waits for the connection", nil, func(tl *stage.Till) {
			tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
				op := tl.Desk.Operation(loyalty.Accrual, uuid.UUID{6: 0x70, 8: 0x80}, stage.Number("25"), r.Sum, r.Sum)
				op.State, op.Reason = loyalty.StateQueued, loyalty.ReasonOffline
				return loyalty.Result{Operation: op}, nil
			}
			tl.AtGuest("1250").Press(f2, enter)
			tl.Send(loyalty.QueueChanged{Waiting: 1})
		}},
		{"result_unknown_pair", "a lost reply, with an accrual behind it", nil, func(tl *stage.Till) { playUnknownPair(tl); tl.Wait(stage.ReadTime); tl.Press(enter, tab) }},
		{"ask_full_pay", "the guest pays in full after all?", nil, func(tl *stage.Till) { playUnknownPair(tl); tl.Wait(stage.ReadTime); tl.Press(tab, enter) }},
		{"result_full_pay", "the guest pays in full while the redemption is looked for", nil, func(tl *stage.Till) { playUnknownPair(tl); tl.Wait(stage.ReadTime); tl.Press(tab, enter, enter) }},
		{"result_review", "a person has to decide what became of it", nil, func(tl *stage.Till) { settle(tl, playUnknownPair(tl), loyalty.StateReview, loyalty.ReasonAmbiguous) }},
		{"result_full_pay_review", "the guest has paid in full; a person has to decide", nil, func(tl *stage.Till) {
			op := playUnknownPair(tl)
			tl.Wait(stage.ReadTime)
			tl.Press(tab, enter, enter)
			settle(tl, op, loyalty.StateReview, loyalty.ReasonAmbiguous)
		}},
	}
}
