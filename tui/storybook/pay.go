package storybook

import (
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// payScenes: paying a bill, at the till and by phone, and the shift. It is long because it is a table: each scene is read
// alone.
func payScenes() []Scene {
	return []Scene{
		{"pay", "paying: cash, with change", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Redeemed("5", "60") })}, func(tl *stage.Till) { tl.AtPay(); tl.Types("500"); tl.Press(enter) }},
		{"pay_both", "paying: cash and card", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { tl.AtPay().Press(tab); tl.Types("200"); tl.Press(enter) }},
		{"pay_refused", "the kitchen ticket is missing", props{withPrinter(stage.Dinner)}, func(tl *stage.Till) { tl.AtPay().Press(enter, enter) }},
		{"pay_not_closed", "the shift was closed while the money was taken", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, enter)
			tl.Counter.ClosesShift()
			tl.Press(enter)
		}},
		{"ask_pay", "was the cash taken?", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { tl.AtPay(); tl.Types("500"); tl.Press(enter, enter) }},
		{"ask_take_again", "the guest may have paid by phone: take money again?", props{withCounter(stage.WiredLunch, (*stage.Counter).OpensShift)}, func(tl *stage.Till) { tl.AtCard().Press(tab, enter, enter, enter) }},
		{"pay_done_paper", "paid, and the printer has no paper", props{withPrinter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, enter, enter)
			tl.Send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: tui.PrinterNoPaper})
		}},
		{"pay_done", "paid, with the points", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })}, func(tl *stage.Till) {
			tl.AtPay()
			tl.Types("500")
			tl.Press(enter, enter, enter)
		}},
		{"paid_by_qr", "a guest has paid by phone", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })}, func(tl *stage.Till) {
			tl.AtGuest("1250")
			tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
			tl.Counter.After()
		}},
		{"blocked", "a payment by phone that waits for a person", props{withCounter(stage.WiredLunch)}, func(tl *stage.Till) { tl.Press(tab) }},
		{"paid_twice", "an order was paid twice", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, enter, enter)
			tl.Wait(stage.ReadTime)
			tl.Press(enter)
			tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
			tl.Counter.After()
		}},
		{"paid_meanwhile", "the guest pays by phone while points are to be redeemed", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })}, func(tl *stage.Till) {
			tl.AtCard().Press(f2, f3)
			tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
			tl.Counter.After()
		}},
		{"result_paid_meanwhile", "the guest pays by phone while the result of a redemption is read", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })}, func(tl *stage.Till) {
			tl.AtCard().Press(f2, f3, enter)
			tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
			tl.Counter.After()
		}},
		{"twice_and_blocked", "one guest paid twice, another's bill is blocked", props{withCounter(stage.TwiceAndOnce)}, func(tl *stage.Till) { tl.Press(tab) }},
		{"claim_twice", "the payment of a guest who paid twice", props{withCounter(stage.TwiceAndOnce)}, func(tl *stage.Till) { tl.Press(tab, enter) }},
		{"card_twice", "the order of a guest who paid twice", props{withCounter(stage.TwiceAndOnce)}, func(tl *stage.Till) { tl.Press(f4, tab, tab, enter, enter) }},
		{"claim_asked_again", "a payment that was given back is asked for again", props{withCounter(stage.AskedAgain)}, func(tl *stage.Till) { asksAgain(tl); tl.Press(tab, enter) }},
		{"card_asked_again", "an order whose payment was given back and is asked for again", props{withCounter(stage.AskedAgain)}, func(tl *stage.Till) { asksAgain(tl); tl.AtCard() }},
		{"claim_asked_again_paid", "a payment that was given back is asked for again, and other money has closed the bill", props{withCounter(stage.AskedAgain, func(c *stage.Counter) { c.Takes("5") })}, func(tl *stage.Till) {
			asksAgain(tl)
			tl.Press(tab, enter)
		}},
		{"claims", "payments by phone that wait", props{withCounter(stage.WiredLunch, func(c *stage.Counter) { c.Wires(stage.StrangeBill, "129.20", "r2") })}, func(tl *stage.Till) {
			tl.Press(f4, backTab, enter, down)
		}},
		{"claim", "a payment without an order", props{withCounter(func(c *stage.Counter) { c.Wires(stage.StrangeBill, "129.20", "r2") })}, func(tl *stage.Till) { tl.Press(tab, enter) }},
		{"ask_claim", "dismiss the payment?", props{withCounter(func(c *stage.Counter) { c.Wires(stage.StrangeBill, "129.20", "r2") })}, func(tl *stage.Till) {
			tl.Press(tab, enter)
			tl.Types("старый счёт")
			tl.Press(enter, enter)
		}},
		{"shift_closed", "the shift is closed", props{withCounter()}, func(tl *stage.Till) { tl.Press(f8) }},
		{"shift_x", "the shift's report", props{withCounter(stage.BusyShift)}, func(tl *stage.Till) { tl.Press(f8) }},
		{"ask_close_shift", "close the shift while guests' money waits?", props{withCounter(stage.BusyShift)}, func(tl *stage.Till) {
			tl.Press(f8)
			tl.Wait(stage.QuietTime)
			tl.Press(tab, enter)
		}},
		{"shift_past", "the report of an earlier shift", props{withPrinter(stage.OldShifts)}, func(tl *stage.Till) {
			tl.Press(f8)
			tl.Wait(stage.QuietTime)
			tl.Press(tab, enter, left)
		}},
		{"shift_past_newest", "the report of the last shift that was closed", props{withPrinter(stage.OldShifts)}, func(tl *stage.Till) {
			tl.Press(f8)
			tl.Wait(stage.QuietTime)
			tl.Press(pageUp, tab)
		}},
		{"shift_past_none", "no shift has been closed yet", props{withCounter()}, func(tl *stage.Till) {
			tl.Press(f8)
			tl.Wait(stage.QuietTime)
			tl.Press(pageUp)
		}},
		{"shift_z", "the shift has been closed", props{withPrinter(stage.BusyShift)}, func(tl *stage.Till) {
			tl.Press(f8)
			tl.Wait(stage.QuietTime)
			tl.Press(tab, enter, left, enter)
		}},
	}
}
