package storybook

import (
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// noticeSentences: what the cashier is told of other guests' operations.
func noticeSentences() []Scene {
	var all []Scene
	for _, news := range operationNews {
		all = append(all, Scene{"notice_" + news.name, news.title, nil, func(tl *stage.Till) {
			tl.AtGuest("1250")
			tell(tl, news.op)
		}})
	}
	return append(all, fullPaymentNews()...)
}

// tell has news come of an operation of another guest. Only its kind, its link and how it stands are taken.
func tell(tl *stage.Till, news loyalty.Operation) {
	op := tl.Desk.Operation(news.Kind, uuid.UUID{6: 0x70, 8: 0x80}, stage.Number("130"), stage.Number("1300"), stage.Number("1170"))
	op.Name, op.Client = "Фёдор Ёлкин", stage.OtherClient
	op.Link, op.Code = news.Link, news.Code
	tl.Becomes(&op, news.State, news.Reason)
}

var (
	accrual    = loyalty.Operation{Kind: loyalty.Accrual}
	redemption = loyalty.Operation{Kind: loyalty.Redemption}
	giveBack   = loyalty.Operation{Kind: loyalty.Accrual, Link: loyalty.LinkReversal}
	takeBack   = loyalty.Operation{Kind: loyalty.Redemption, Link: loyalty.LinkReversal}
)

// in is an operation in a state.
func in(op loyalty.Operation, state loyalty.State, reason loyalty.Reason) loyalty.Operation {
	op.State, op.Reason = state, reason
	return op
}

// coded is in with a code of the service.
func coded(op loyalty.Operation, state loyalty.State, code skidkabot.Code) loyalty.Operation {
	op.State, op.Code = state, code
	return op
}

var operationNews = []struct {
	name, title string
	op          loyalty.Operation
}{
	{"accrued", "another guest's accrual has gone through", in(accrual, loyalty.StateConfirmed, "")},
	{"applied_accrual", "an accrual proved to have happened", in(accrual, loyalty.StateApplied, loyalty.ReasonMoved)},
	{"applied_redemption", "a redemption proved to have happened", in(redemption, loyalty.StateApplied, loyalty.ReasonMoved)},
	{"applied_give_back", "points proved to have come back", in(giveBack, loyalty.StateApplied, loyalty.ReasonMoved)},
	{"applied_take_back", "points proved to have been taken back", in(takeBack, loyalty.StateApplied, loyalty.ReasonMoved)},
	{"not_applied_accrual", "an accrual proved not to have happened", in(accrual, loyalty.StateNotApplied, loyalty.ReasonStill)},
	{"not_applied_redemption", "a redemption proved not to have happened", in(redemption, loyalty.StateNotApplied, loyalty.ReasonStill)},
	{"not_applied_storno", "a reversal proved not to have happened", in(giveBack, loyalty.StateNotApplied, loyalty.ReasonStill)},
	{"review_accrual", "a person has to decide about an accrual", in(accrual, loyalty.StateReview, loyalty.ReasonAmbiguous)},
	{"review_redemption", "a person has to decide about a redemption", in(redemption, loyalty.StateReview, loyalty.ReasonAmbiguous)},
	{"review_storno", "a person has to decide about a reversal", in(takeBack, loyalty.StateReview, loyalty.ReasonAmbiguous)},
	{"unknown_accrual", "an accrual has lost its reply", in(accrual, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout))},
	{"unknown_redemption", "a redemption has lost its reply", in(redemption, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout))},
	{"unknown_storno", "a reversal has lost its reply", in(giveBack, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout))},
	{"expired", "an accrual waited until its QR had expired", in(accrual, loyalty.StateExpired, loyalty.ReasonQRExpired)},
	{"expired_storno", "a reversal waited until its QR had expired", in(giveBack, loyalty.StateExpired, loyalty.ReasonQRExpired)},
	{"refused_redemption", "a redemption was refused", coded(redemption, loyalty.StateRefused, skidkabot.CodeNotEnoughPoints)},
	{"refused_accrual", "an accrual was refused", coded(accrual, loyalty.StateRefused, skidkabot.CodeUnknownClient)},
	{"refused_storno", "a reversal was refused: the points are spent", coded(takeBack, loyalty.StateRefused, skidkabot.CodeNotEnoughPoints)},
	{"restart", "a redemption was cancelled by a restart", in(redemption, loyalty.StateVoided, loyalty.ReasonRestart)},
	{"parent_failed", "an accrual on the rest is not needed: its redemption did not happen", in(accrual, loyalty.StateVoided, loyalty.ReasonParentFailed)},
}

// fullPaymentNews: what became of a redemption after its guest had paid in full and gone.
func fullPaymentNews() []Scene {
	var all []Scene
	for _, end := range []struct {
		name, title string
		state       loyalty.State
	}{
		{"applied", "its points come back", loyalty.StateApplied},
		{"not_applied", "nothing had moved", loyalty.StateNotApplied},
		{"review", "a person has to decide", loyalty.StateReview},
	} {
		all = append(all, Scene{"notice_full_" + end.name, "a guest has paid in full and gone: " + end.title, nil, func(tl *stage.Till) {
			tl.Desk.OnPayInFull = func(choice loyalty.FullPayment) error {
				back := tl.Desk.Operation(loyalty.Accrual, choice.ReversalID, stage.Number("125"), stage.Number("1250"), stage.Number("1125"))
				back.Link, back.Parent, back.WaitsFor = loyalty.LinkReversal, choice.Redemption, choice.Redemption
				tl.Send(loyalty.OperationChanged{Operation: back})
				return nil
			}
			op := playUnknownPair(tl)
			tl.Wait(stage.ReadTime)
			tl.Press(tab, enter, enter)
			tl.Wait(stage.ReadTime)
			tl.Press(enter)
			settle(tl, op, end.state, "")
		}})
	}
	return all
}

// noticeScenes: scans at the wrong moment, results on the way out, what a door has to say, and what was found at start.
func noticeScenes() []Scene {
	rescan := func(tl *stage.Till) { tl.Scan(stage.CardOf(stage.SomeClient).Payload()) }
	return []Scene{
		{"notice_same_qr", "the same QR twice within seconds", nil, func(tl *stage.Till) {
			tl.Burst(stage.CardOf(stage.SomeClient).Payload())
			tl.Press(esc)
			tl.Burst(stage.CardOf(stage.SomeClient).Payload())
		}},
		{"notice_same_guest", "the guest at the till is scanned again", nil, func(tl *stage.Till) {
			tl.AtGuest("1250").Wait(4 * time.Second)
			rescan(tl)
		}},
		{"notice_unwritten", "a result that the journal does not have comes to a cashier who has gone on", nil, func(tl *stage.Till) {
			unwritten(tl)
			tl.AtGuest("1250")
			tl.Held = true
			tl.Press(f3, enter)
			tl.Scan(stage.CardOf(stage.OtherClient).Payload())
			tl.Held = false
			tl.Deliver()
		}},
		{"notice_write_first", "a scan while a result has to be written down", nil, func(tl *stage.Till) {
			unwritten(tl)
			tl.AtGuest("1250").Press(f3, enter)
			tl.Wait(stage.ReadTime)
			tl.Scan(stage.CardOf(stage.OtherClient).Payload())
		}},
		{"notice_wait_quitting", "a scan while the program ends", nil, func(tl *stage.Till) {
			tl.AtGuest("1250")
			tl.Held = true
			tl.Press(f2, enter, f10, enter)
			rescan(tl)
		}},
		{"notice_start", "what was found at start", props{func(s *set) {
			s.Notices = []func() string{func() string { return s.Texts.Say(texts.NoticeJournalAside, texts.Args{"Path": "journal.db.damaged"}) }}
		}}, func(*stage.Till) {}},
		{"notice_receipt_waits", "the receipt of a paid order has not come out yet", props{withPrinter(stage.Lunch)}, receipt(func(o orders.Order) []any {
			return []any{orders.ReceiptMissed{Order: o, Waits: true}}
		})},
		{"notice_receipt_missed", "the receipt of a paid order has not come out, and will not", props{withPrinter(stage.Lunch)}, receipt(func(o orders.Order) []any {
			return []any{orders.ReceiptMissed{Order: o, Err: &orders.PrinterTrouble{}}}
		})},
		{"notice_receipt_printed", "a receipt has come out that was late", props{withPrinter(stage.Lunch)}, receipt(func(o orders.Order) []any {
			return []any{orders.ReceiptMissed{Order: o, Waits: true}, orders.ReceiptPrinted{Order: o}}
		})},
		{"notice_missed_expired", "a guest gets no points for a paid order: the QR has expired", props{withCounter(stage.Lunch)}, missed(loyalty.ErrQRExpired)},
		{"notice_missed_percent", "a guest gets no points for a paid order: no percent is known", props{withCounter(stage.Lunch)}, missed(loyalty.ErrPercentUnknown)},
		{"notice_repeat", "the same was redeemed minutes ago, and the cashier has gone on", nil, func(tl *stage.Till) {
			tl.AtGuest("1250")
			earlier := tl.Desk.Operation(loyalty.Redemption, loyalty.NewID(), stage.Number("125"), stage.Number("1250"), stage.Number("1125"))
			tl.Desk.OnRedeem = func(loyalty.RedemptionRequest) (loyalty.Result, error) {
				return loyalty.Result{}, &loyalty.RepeatError{Earlier: earlier}
			}
			tl.Held = true
			tl.Press(f3, enter)
			tl.Scan(stage.CardOf(stage.OtherClient).Payload())
			tl.Held = false
			tl.Deliver()
		}},
		{"notice_payment_rejected", "the other system does not take an answer", props{withCounter(stage.WiredLunch)}, func(tl *stage.Till) {
			tl.Send(tui.PaymentAlarm{Kind: tui.PaymentRejected, Bill: tl.Counter.Order("5").ID, Accepts: true})
		}},
		{"notice_payment_undelivered", "an answer could not be delivered for a day", props{withCounter(stage.WiredLunch)}, func(tl *stage.Till) {
			tl.Send(tui.PaymentAlarm{Kind: tui.PaymentUndelivered, Bill: tl.Counter.Order("5").ID})
		}},
		{"notice_payment_unreadable", "a guest has paid a sum that cannot be read", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.Send(tui.PaymentAlarm{Kind: tui.PaymentUnreadable})
		}},
	}
}

// receipt has an order paid in cash, and the cashier go on before they hear of its receipt.
func receipt(news func(orders.Order) []any) func(*stage.Till) {
	return func(tl *stage.Till) {
		tl.AtPay().Press(enter, enter, enter)
		tl.Wait(stage.ReadTime)
		tl.Press(esc)
		for _, told := range news(tl.Counter.Order("5")) {
			tl.Send(told)
		}
	}
}

// missed has an order paid whose guest gets no points.
func missed(err error) func(*stage.Till) {
	return func(tl *stage.Till) { tl.Send(orders.AccrualMissed{Order: tl.Counter.Order("5"), Err: err}) }
}
