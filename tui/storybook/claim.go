package storybook

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// claimScenes: what stands in the way of a payment by phone, and what becomes of a payment at the till.
func claimScenes() []Scene {
	return []Scene{
		{"claims_none", "no payment by phone waits", props{withCounter(stage.WiredLunch)}, func(tl *stage.Till) {
			tl.Press(f4, backTab, enter)
			tl.Counter.OpensShift()
			tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
			tl.Counter.After()
		}},
		{"claims_unread", "the payments by phone cannot be read", props{withCounter(stage.Lunch, fails("Blocked", stage.ErrBroken))}, func(*stage.Till) {}},
		{"claim_booked", "a payment without an order was booked", props{withCounter(strange, (*stage.Counter).OpensShift)}, func(tl *stage.Till) { decide(tl, enter, enter, enter) }},
		{"claim_back", "a payment without an order is sent back", props{withCounter(strange)}, func(tl *stage.Till) { decide(tl, enter, right, enter, enter) }},
		{"ask_claim_back", "send the payment back?", props{withCounter(strange)}, func(tl *stage.Till) { decide(tl, enter, right, enter) }},
		{"claim_no_reason", "a decision without a reason", props{withCounter(strange)}, func(tl *stage.Till) { tl.Press(tab, enter, tab, enter) }},
		{"claim_failed", "somebody else has decided already", props{withCounter(strange, (*stage.Counter).OpensShift)}, func(tl *stage.Till) {
			tl.Press(tab, enter)
			tl.Types("старый счёт")
			tl.Press(enter, enter)
			_, err := tl.Counter.BookClaim(context.Background(), claimOf(tl.Counter).ID, "Олег", "учтено")
			tl.Counter.Must(err)
			tl.Press(enter)
		}},
		{"notice_do_not_take", "the order was paid by phone while it was being paid at the till", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay()
			tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
			tl.Counter.After()
		}},
		{"notice_give_back", "the money was taken for an order that a phone has paid", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, enter)
			tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
			tl.Press(enter)
			tl.Counter.After()
		}},
		{"notice_paid", "a payment was booked when the cashier had gone on", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, enter)
			goOn(tl, enter)
		}},
		{"notice_not_paid", "a payment was refused when the cashier had gone on", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, right, enter)
			tl.Counter.ClosesShift()
			goOn(tl, enter)
		}},
		{"notice_not_paid_points", "a payment was refused, because points of the order are on their way", props{withCounter(stage.Lunch, fails("Pay", orders.ErrInUse))}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, enter)
			goOn(tl, enter)
		}},
		{"notice_not_paid_claim", "a payment was refused, because a phone had paid meanwhile", props{withCounter(stage.Lunch, fails("Pay", &orders.ClaimWarning{}))}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, enter)
			goOn(tl, enter)
		}},
	}
}

// obstacleSentences: everything that may keep a payment by phone from closing its bill.
func obstacleSentences() []Scene {
	var all []Scene
	for _, o := range obstacles {
		all = append(all, Scene{"blocked_" + o.name, "a payment by phone cannot close its bill: " + o.title, props{o.with}, func(tl *stage.Till) {
			if o.first != nil {
				o.first(tl)
			}
			tl.Press(f4, backTab, enter)
		}})
	}
	return all
}

// strange is a payment for a bill that the till does not have.
func strange(c *stage.Counter) { c.Wires(stage.StrangeBill, "129.20", "r2") }

// claimOf is the payment that waits.
func claimOf(c *stage.Counter) orders.Claim {
	open, err := c.Book.Blocked(context.Background())
	c.Must(err)
	return open[0]
}

// decide types why a payment without an order is decided as the keys say.
func decide(tl *stage.Till, keys ...tea.KeyMsg) {
	tl.Press(tab, enter)
	tl.Types("старый счёт")
	tl.Press(keys...)
}

// goOn has the answer to a key come when the cashier is at the shift already.
func goOn(tl *stage.Till, key tea.KeyMsg) {
	tl.Held = true
	tl.Press(key, f8)
	tl.Held = false
	tl.Deliver()
}

// fails has a method of the counter fail.
func fails(method string, err error) func(*stage.Counter) {
	return func(c *stage.Counter) { c.Fails[method] = err }
}

// wired has a guest's phone pay the order of table 5.
func wired(sum string) func(*stage.Counter) {
	return func(c *stage.Counter) { c.Wires(c.Order("5").ID, sum, "r1") }
}

var obstacles = []struct {
	name, title string
	with        func(*set)
	first       func(*stage.Till)
}{
	{"shift", "the shift is closed", withCounter(stage.WiredLunch), nil},
	{"shift_gone", "the shift was closed, and is open now", withCounter(stage.WiredLunch), func(tl *stage.Till) { tl.Counter.OpensShift() }},
	{"sum", "the sum is another one", withCounter(stage.Lunch, wired("400")), nil},
	{"ticket", "the kitchen has had no ticket", withPrinter(stage.Dinner, wired("460")), nil},
	{"printer", "the printer has no paper for the receipt", withPrinter(stage.Lunch, func(c *stage.Counter) {
		c.Paper.Trouble = &orders.PrinterTrouble{NoPaper: true}
		c.Wires(c.Order("5").ID, "460", "r1")
	}), nil},
	{"in_use", "the order is being changed", withCounter(stage.Lunch), func(tl *stage.Till) {
		_, err := tl.Counter.Edit(tl.Counter.Order("5").ID, "Олег")
		tl.Counter.Must(err)
		tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
		tl.Counter.After()
	}},
}

// paymentSentences: the book does not take a payment, for every reason that it may have.
func paymentSentences() []Scene {
	var all []Scene
	for _, refusal := range []fault{
		{"open", "a shift is open already", orders.ErrShiftOpen},
		{"in_use", "the order is being changed", orders.ErrInUse},
		{"due_changed", "another sum is due", orders.ErrNotPaid},
		{"changed", "the order has changed", orders.ErrConflict},
		{"points_moved", "points have moved", orders.ErrPointsMoved},
		{"other_guest", "another guest sits there", orders.ErrOtherGuest},
		{"not_ours", "it is no order of this till", orders.ErrNotOurs},
		{"no_order", "there is no such order", orders.ErrNotFound},
		{"invalid", "the payment cannot be", orders.ErrInvalid},
		{"no_printer", "there is no printer", orders.ErrNoPrinter},
		{"no_paper", "the printer has no paper", &orders.PrinterTrouble{NoPaper: true}},
		{"paid", "the order is paid", orders.ErrPaid},
	} {
		all = append(all, Scene{"pay_" + refusal.name, "not paid: " + refusal.title, props{withCounter(stage.Lunch, fails("CheckPay", refusal.err))}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, enter)
		}})
	}
	return all
}

// moneyScenes: sums that do not fit, payments of every kind, and money that has come by phone.
func moneyScenes() []Scene {
	return []Scene{
		{"pay_too_little", "less cash than is due", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay()
			tl.Types("400")
			tl.Press(enter, enter)
		}},
		{"pay_card_too_much", "more by card than is due", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(tab)
			tl.Types("461")
			tl.Press(enter, enter)
		}},
		{"pay_nothing", "points have paid everything", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Redeemed("5", "460") })}, func(tl *stage.Till) { tl.AtPay() }},
		{"ask_pay_nothing", "close an order that points have paid?", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Redeemed("5", "460") })}, func(tl *stage.Till) { tl.AtPay().Press(enter) }},
		{"done_closed", "an order that points have paid is closed", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Redeemed("5", "460") })}, func(tl *stage.Till) { tl.AtPay().Press(enter, enter) }},
		{"ask_pay_card", "did the card go through?", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { tl.AtPay().Press(enter, right, enter) }},
		{"ask_pay_both", "was both taken?", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(tab)
			tl.Types("200")
			tl.Press(enter, enter)
		}},
		{"pay_checking", "whether it can be paid is being asked", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { tl.AtPay(); tl.Held = true; tl.Press(enter, enter) }},
		{"pay_booking", "the payment is being booked", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, enter)
			tl.Held = true
			tl.Press(enter)
		}},
		{"pay_card_not_closed", "the shift was closed while the card was read", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtPay().Press(enter, right, enter)
			tl.Counter.ClosesShift()
			tl.Press(enter)
		}},
		{"pay_points_on_the_way", "a redemption of the order is not settled", props{withCounter(stage.Lunch, func(c *stage.Counter) {
			c.Redeems("5", "60", loyalty.StateSending, loyalty.StateUnknown)
		})}, func(tl *stage.Till) { tl.AtPay().Press(enter, enter) }},
		{"pay_rest", "a phone has paid a part: the rest is taken", props{withCounter(stage.Lunch, wired("400"))}, func(tl *stage.Till) {
			tl.AtCard().Press(tab, enter, enter, enter)
			tl.Wait(stage.QuietTime)
			tl.Press(left, enter)
		}},
		{"ask_take_again_sum", "a phone has paid more than is due: take money again?", props{withCounter(stage.Lunch, wired("500"))}, func(tl *stage.Till) { tl.AtPay().Press(enter, enter) }},
		{"ask_pay_by_qr", "close the order with what a phone has paid?", props{withCounter(stage.WiredLunch, (*stage.Counter).OpensShift)}, func(tl *stage.Till) {
			tl.AtCard().Press(enter)
			tl.Wait(time.Second)
			tl.Press(enter)
		}},
		{"pay_busy", "the kitchen ticket of the order is still being printed", props{withPrinter(stage.Dinner)}, func(tl *stage.Till) {
			tl.AtCard()
			tl.Held = true
			tl.Press(f7, enter, enter, enter)
		}},
		{"banner_claims", "several payments by phone wait", props{withCounter(stage.WiredLunch, strange)}, func(tl *stage.Till) {
			tl.Send(notice.State{Part: notice.Expirenza, Level: notice.Good})
		}},
		{"notice_paid_again", "a guest has paid the same bill by phone twice", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
			tl.Send(orders.PaidAgain{Order: tl.Counter.Order("5"), Claim: orders.Claim{ID: uuid.UUID{15: 9}, Bill: tl.Counter.Order("5").ID, Sum: stage.Number("460"), Tips: stage.Number("20"), State: orders.ClaimPaid}})
		}},
		{"notice_printer", "the receipt could not be printed", props{withPrinter(stage.Lunch)}, func(tl *stage.Till) {
			tl.Send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: tui.PrinterOffline})
		}},
	}
}
