package storybook

import (
	"strconv"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// stateScenes: every state that an operation can be left in, while the cashier waits for it.
func stateScenes() []Scene {
	return []Scene{
		{"result_unread", "redeemed, the balance could not be read", nil, redeems(func(op *loyalty.Operation) {
			op.State = loyalty.StateConfirmed
		})},
		{"result_late", "a lost reply that should have been settled by now", nil, func(tl *stage.Till) {
			playUnknownPair(tl)
			tl.Sleep(loyalty.SendLimit + loyalty.SettleDelay + loyalty.SettleSpread + time.Minute)
		}},
		{"result_unknown_accrual", "an accrual whose reply was lost", nil, accrues(func(op *loyalty.Operation) { op.Reason = loyalty.Reason(skidkabot.ReasonReset) })},
		{"result_review_accrual", "an accrual that a person has to decide", nil, accrues(func(op *loyalty.Operation) {
			op.State, op.Reason = loyalty.StateReview, loyalty.ReasonAmbiguous
		})},
		{"result_review_expired", "a redemption that cannot be looked up any more", nil, redeems(func(op *loyalty.Operation) {
			op.State, op.Reason = loyalty.StateReview, loyalty.ReasonQRExpired
		})},
		{"result_settled", "a person has decided while the result stood on the screen", nil, func(tl *stage.Till) {
			op := playUnknownPair(tl)
			settle(tl, op, loyalty.StateReview, loyalty.ReasonAmbiguous)
			settle(tl, op, loyalty.StateSettled, loyalty.ReasonDecidedYes)
		}},
		{"result_applied", "a lost reply: the points have moved", nil, func(tl *stage.Till) {
			settle(tl, playUnknownPair(tl), loyalty.StateApplied, loyalty.ReasonMoved)
		}},
		{"result_not_applied", "a lost reply: the points have not moved", nil, func(tl *stage.Till) {
			settle(tl, playUnknownPair(tl), loyalty.StateNotApplied, loyalty.ReasonStill)
		}},
		{"result_held", "an accrual waits for the shop's service", nil, queued(loyalty.ReasonHeld, skidkabot.CodeDebt)},
		{"result_busy", "an accrual waits for its card", nil, queued(loyalty.ReasonCardBusy, 0)},
		{"result_closing", "an accrual waits for the next start", nil, queued(loyalty.ReasonClosing, 0)},
	}
}

func seated(c *stage.Counter) { c.Seats("5") }

// redeems redeems for a guest; the operation ends as change says.
func redeems(change func(*loyalty.Operation)) func(*stage.Till) {
	return func(tl *stage.Till) {
		tl.Ends(change)
		tl.AtGuest("1250").Press(f3, enter)
	}
}

// accrues likewise.
func accrues(change func(*loyalty.Operation)) func(*stage.Till) {
	return func(tl *stage.Till) {
		tl.Desk.OnAccrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
			op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Accrual, r.ID, stage.Number("25"), r.Sum, r.Sum))
			change(&op)
			return loyalty.Result{Operation: op}, nil
		}
		tl.AtGuest("1250").Press(f2, enter)
	}
}

func queued(reason loyalty.Reason, code skidkabot.Code) func(*stage.Till) {
	return func(tl *stage.Till) {
		accrues(func(op *loyalty.Operation) { op.State, op.Reason, op.Code = loyalty.StateQueued, reason, code })(tl)
		tl.Send(loyalty.QueueChanged{Waiting: 1})
	}
}

// remainderSentences: a redemption has gone through, and the accrual on the rest stands in every state.
func remainderSentences() []Scene {
	var all []Scene
	for _, rest := range []struct {
		name, title string
		state       loyalty.State
		reason      loyalty.Reason
	}{
		{"sending", "is on its way", loyalty.StateSending, ""},
		{"offline", "waits for the connection", loyalty.StateQueued, loyalty.ReasonOffline},
		{"unknown", "has lost its reply", loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout)},
		{"review", "is a person's to decide", loyalty.StateReview, loyalty.ReasonAmbiguous},
		{"failed", "has failed", loyalty.StateNotApplied, loyalty.ReasonStill},
		{"applied", "was inferred", loyalty.StateApplied, loyalty.ReasonMoved},
	} {
		all = append(all, Scene{"remainder_" + rest.name, "redeemed; the accrual on the rest " + rest.title, nil, func(tl *stage.Till) {
			redeem := tl.Desk.OnRedeem
			tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
				result, err := redeem(r)
				result.Second.State, result.Second.Reason, result.Second.BalanceRead = rest.state, rest.reason, false
				return result, err
			}
			tl.AtGuest("1250").Press(f3, enter)
		}})
	}
	return append(all, Scene{"remainder_postponed", "redeemed; the accrual on the rest cannot be sent now", nil, func(tl *stage.Till) {
		redeem := tl.Desk.OnRedeem
		tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
			result, err := redeem(r)
			result.Second.State, result.Postponed = loyalty.StatePlanned, true
			return result, err
		}
		tl.AtGuest("1250").Press(f3, enter)
	}})
}

// failureSentences: what was asked for was refused, by the service or by the till itself.
func failureSentences() []Scene {
	var all []Scene
	for _, code := range []skidkabot.Code{skidkabot.CodeNoRedeemSum, skidkabot.CodeNotEnoughPoints} {
		all = append(all, Scene{"refused_" + strconv.Itoa(int(code)), "a redemption was refused: code " + strconv.Itoa(int(code)), nil, redeems(func(op *loyalty.Operation) {
			op.State, op.Code, op.Reason = loyalty.StateRefused, code, ""
		})})
	}
	all = append(all, Scene{"refused_accrual", "an accrual was refused", nil, accrues(func(op *loyalty.Operation) {
		op.State, op.Code, op.Reason = loyalty.StateRefused, skidkabot.CodeNoAccrueSum, ""
	})})
	for _, reason := range []loyalty.Reason{loyalty.ReasonNoBalance, loyalty.ReasonNotEnough, loyalty.ReasonJournal, loyalty.ReasonOffline, loyalty.ReasonHeld} {
		all = append(all, Scene{"not_sent_" + string(reason), "a redemption was not sent: " + string(reason), nil, redeems(func(op *loyalty.Operation) {
			op.State, op.Reason = loyalty.StateVoided, reason
		})})
	}
	for _, failure := range failures {
		all = append(all, Scene{"failed_" + failure.name, "nothing was sent: " + failure.title, nil, func(tl *stage.Till) {
			tl.Desk.OnRedeem = func(loyalty.RedemptionRequest) (loyalty.Result, error) { return loyalty.Result{}, failure.err }
			tl.AtGuest("1250").Press(f3, enter)
		}})
	}
	return all
}

// failures are why the desk refuses a redemption before it plans anything.
var failures = []fault{
	{"nothing_to_accrue", "there is nothing to accrue", loyalty.ErrNothingToAccrue},
	{"nothing_to_redeem", "there is nothing to redeem", loyalty.ErrNothingToRedeem},
	{"above_limit", "more than may be redeemed", loyalty.ErrAboveLimit},
	{"bad_sum", "the sum cannot be", loyalty.ErrBadSum},
	{"qr_expired", "the QR has expired", loyalty.ErrQRExpired},
	{"clock_unsure", "the clock has jumped", loyalty.ErrClockUnsure},
	{"card_busy", "another operation of the card is open", loyalty.ErrCardBusy},
	{"closing", "the till is being closed", loyalty.ErrClosing},
	{"conflict", "somebody else was faster", loyalty.ErrConflict},
	{"not_found", "the journal does not know it", loyalty.ErrNotFound},
	{"not_repeatable", "it cannot be repeated", loyalty.ErrNotRepeatable},
	{"journal", "the journal cannot be written", &loyalty.JournalError{Err: stage.ErrBroken}},
}

// fullPaymentScenes: the guest pays in full, and then it turns out what became of the redemption.
func fullPaymentScenes() []Scene {
	paid := func(then func(tl *stage.Till, op *loyalty.Operation)) func(*stage.Till) {
		return func(tl *stage.Till) {
			op := playUnknownPair(tl)
			tl.Wait(stage.ReadTime)
			tl.Press(tab, enter, enter)
			then(tl, op)
		}
	}
	late := func(err error) func(*stage.Till) {
		return func(tl *stage.Till) {
			tl.Desk.OnPayInFull = func(loyalty.FullPayment) error { return err }
			paid(func(*stage.Till, *loyalty.Operation) {})(tl)
		}
	}
	return []Scene{
		{"full_pay_back", "the guest has paid in full; the points had moved and come back", nil, paid(func(tl *stage.Till, op *loyalty.Operation) {
			settle(tl, op, loyalty.StateApplied, loyalty.ReasonMoved)
		})},
		{"full_pay_nothing", "the guest has paid in full; the points had not moved", nil, paid(func(tl *stage.Till, op *loyalty.Operation) {
			settle(tl, op, loyalty.StateNotApplied, loyalty.ReasonStill)
		})},
		{"full_pay_late", "the guest pays in full, but the result has just come", nil, func(tl *stage.Till) {
			tl.Desk.OnPayInFull = func(choice loyalty.FullPayment) error {
				settled := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, choice.Redemption, stage.Number("125"), stage.Number("1250"), stage.Number("1125")))
				settled.State, settled.Reason = loyalty.StateApplied, loyalty.ReasonMoved
				return &loyalty.SettledError{Operation: settled}
			}
			paid(func(*stage.Till, *loyalty.Operation) {})(tl)
		}},
		{"full_pay_no_accrual", "the guest pays in full; nobody knows by what percent points come", nil, late(loyalty.ErrPercentUnknown)},
	}
}
