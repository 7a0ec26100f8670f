package storybook

import (
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// shiftScenes: the rest of what a cashier does with the till's own orders and with the shift. It is long because it is a
// table: each scene is read alone.
func shiftScenes() []Scene {
	return []Scene{
		{"shift_opened", "the shift has been opened", props{withCounter()}, func(tl *stage.Till) { tl.Press(f8); tl.Wait(stage.QuietTime); tl.Press(enter) }},
		{"shift_reading", "the shift's report is being read", props{withCounter(stage.BusyShift)}, func(tl *stage.Till) { tl.Held = true; tl.Press(f8) }},
		{"shift_failed", "the shift's report cannot be read", props{withCounter(stage.BusyShift, fails("ShiftReport", &loyalty.JournalError{Err: stage.ErrBroken}))}, func(tl *stage.Till) { tl.Press(f8) }},
		{"ask_close_shift_twice", "close the shift while money has to go back?", props{withCounter(stage.TwiceAndOnce)}, func(tl *stage.Till) {
			tl.Press(f8)
			tl.Wait(stage.QuietTime)
			tl.Press(tab, enter)
		}},
		{"shift_prints", "a copy of an earlier shift's report", props{withPrinter(stage.OldShifts)}, func(tl *stage.Till) {
			tl.Press(f8)
			tl.Wait(stage.QuietTime)
			tl.Press(pageUp, tab, enter)
		}},
		{"shift_unread", "the shift was closed, but its report cannot be read", props{withCounter(stage.BusyShift, fails("CloseShift", stage.ErrBroken))}, func(tl *stage.Till) {
			tl.Press(f8)
			tl.Wait(stage.QuietTime)
			tl.Press(tab, enter, left, enter)
		}},
		{"shift_paper_waits", "the shift has been closed, and the printer has no paper", props{withPrinter(stage.Lunch)}, func(tl *stage.Till) {
			tl.Send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: tui.PrinterNoPaper})
			tl.Press(f8)
			tl.Wait(stage.QuietTime)
			tl.Press(tab, enter, left, enter)
		}},
		{"orders_reading", "the orders are being read", props{withOrders(stage.Floor())}, func(tl *stage.Till) { tl.Held = true; tl.Press(f4) }},
		{"orders_failed", "the orders cannot be read", props{withOrders(&stage.Orders{Err: stage.ErrBroken})}, func(tl *stage.Till) { tl.Press(f4) }},
		{"orders_not_found", "no order is found", props{withOrders(stage.Floor())}, func(tl *stage.Till) { tl.Press(f4); tl.Types("99") }},
		{"orders_no_guest", "an order without a guest is chosen", props{withOrders(stage.Floor())}, func(tl *stage.Till) { tl.Press(f4, down) }},
		{"orders_closed", "no order has been closed yet", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { tl.Press(f4, tab, tab, enter) }},
		{"orders_paid", "an order that the other till has paid", props{withOrders(paidFloor())}, func(tl *stage.Till) { tl.Press(f4) }},
		{"order_since", "an order without a table or a number", props{withOrders(stage.Floor())}, func(tl *stage.Till) { tl.Press(f4, endKey, enter) }},
		{"order_sum_differs", "another sum than the order's is typed", props{withOrders(stage.Floor())}, func(tl *stage.Till) {
			tl.Press(f4, down, down, enter, backspace)
			tl.Types("9")
		}},
		{"order_sum_changed", "the order's sum has changed", props{withOrders(stage.Floor())}, func(tl *stage.Till) {
			tl.Press(f4, down, down, enter)
			order := stage.Floor().List[2]
			order.Version, order.Sum.Decimal = 2, stage.Number("1300")
			tl.Hears(orders.Changed{Order: order, Event: orders.Event{Kind: orders.EventFed}})
		}},
		{"order_unbound", "the waiter has taken the guest off the order", props{withOrders(stage.Floor())}, func(tl *stage.Till) {
			tl.Press(f4, down, down, enter)
			freed := stage.OrderOf(5, 0)
			freed.Version = 2
			tl.Hears(orders.Changed{Order: freed, Event: orders.Event{Kind: orders.EventUnbound}})
		}},
		{"order_gone", "the order of the guest was closed", props{withOrders(goneFloor())}, func(tl *stage.Till) { tl.Press(f4, down, down, enter) }},
		{"order_scan_bound", "a waiter has bound a guest while the till waited for a scan", props{withOrders(stage.Floor())}, func(tl *stage.Till) {
			tl.Press(f4, down, enter)
			order := stage.WithGuest(stage.OrderOf(7, 0), 7, "Анна Ли", "840")
			order.Version = 2
			tl.Hears(stage.Bound(order))
		}},
		{"order_other", "another guest's QR is scanned for an order", props{withSeated(orders.Seated{Stale: loyalty.ErrQRExpired})}, func(tl *stage.Till) {
			tl.Press(f4, down, down, enter)
			tl.Scan(stage.CardOf(stage.OtherClient).Payload())
		}},
		{"order_not_bound", "the guest could not be bound to the till's order", props{withCounter(stage.Lunch, fails("CheckIn", stage.ErrBroken))}, func(tl *stage.Till) {
			tl.AtCard().Scan(stage.CardOf(stage.SomeClient).Payload())
		}},
		{"order_notice_unbound", "waiters have taken guests off their orders", props{withOrders(stage.Floor())}, func(tl *stage.Till) {
			for _, order := range stage.Floor().List[:2] {
				tl.Hears(orders.Changed{Order: order, Event: orders.Event{Kind: orders.EventUnbound}})
			}
		}},
		{"order_undone", "points of an order were moved, and did not move after all", props{withSeated(orders.Seated{Moved: []loyalty.Operation{lost()}})}, func(tl *stage.Till) {
			tl.Press(f4, down, down, enter)
			op := lost()
			tl.Becomes(&op, loyalty.StateNotApplied, loyalty.ReasonStill)
		}},
		{"order_edit_voided", "the order was voided while it was changed", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtCard().Press(insertKey)
			tl.Types("Ч")
			tl.Wait(2 * orders.LeaseIdle)
			tl.Counter.Voids("5")
			tl.Counter.After()
		}},
		{"ask_accrue_by_itself", "accrue for an order whose points come by themselves?", props{withCounter(stage.Lunch, seated)}, func(tl *stage.Till) { tl.AtCard().Press(f2, f2) }},
		{"order_empty", "an order of nothing cannot be saved", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { tl.Press(f4, insertKey, enter, enter, enter, enter) }},
		{"order_no_name", "a line without a name", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.Press(f4, insertKey, enter, enter, tab, tab)
			tl.Types("10")
			tl.Press(down, down, enter)
		}},
		{"order_no_count", "a line of nothing", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.Press(f4, insertKey, enter, enter)
			tl.Types("Кофе")
			tl.Press(enter)
			tl.Types("0")
			tl.Press(enter)
			tl.Types("100")
			tl.Press(enter, enter, enter)
		}},
		{"order_no_sum", "a line without a sum", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.Press(f4, insertKey, enter, enter)
			tl.Types("Кофе")
			tl.Press(enter, enter, enter)
		}},
		{"order_seats", "more guests than any table has", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.Press(f4, insertKey)
			tl.Types("5")
			tl.Press(enter)
			tl.Types("99999")
			tl.Press(enter, enter, enter)
		}},
		{"order_saving", "an order is being saved", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { newOrder(tl); tl.Held = true; tl.Press(enter) }},
		{"order_saved", "an order was saved when the cashier had gone on", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			newOrder(tl)
			tl.Held = true
			tl.Press(enter, f8)
			tl.Held = false
			tl.Deliver()
		}},
		{"card_history", "an order that was changed and unbound", props{withCounter(stage.Lunch, seated, func(c *stage.Counter) { c.Unseats("5"); c.Changes("5") })}, func(tl *stage.Till) { tl.AtCard().Press(endKey) }},
		{"card_in_flight", "a redemption of the order is not settled", props{withCounter(stage.Lunch, func(c *stage.Counter) {
			c.Redeems("5", "60", loyalty.StateSending, loyalty.StateUnknown)
		})}, func(tl *stage.Till) { tl.AtCard() }},
		{"card_overpaid", "more points were redeemed than the order costs now", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Redeemed("5", "500") })}, func(tl *stage.Till) { tl.AtCard() }},
		{"card_voided", "an order that was voided", props{withCounter(stage.Lunch, (func(c *stage.Counter) { c.Voids("5") }))}, func(tl *stage.Till) { tl.Press(f4, tab, tab, enter, enter) }},
		{"notice_voided", "the order is voided", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtCard().Press(deleteKey)
			tl.Types("ушли")
			tl.Press(enter, enter)
		}},
		{"notice_ticket", "the kitchen has its ticket", props{withPrinter(stage.Dinner)}, func(tl *stage.Till) { tl.AtCard().Press(f7) }},
		{"notice_ticket_known", "the kitchen knows without a ticket", props{withPrinter(stage.Dinner, func(c *stage.Counter) { c.Paper.Trouble = &orders.PrinterTrouble{} })}, func(tl *stage.Till) {
			tl.AtCard().Press(f7)
			tl.Wait(stage.QuietTime)
			tl.Press(left, enter)
		}},
		{"notice_copy", "a copy of the receipt is printed", props{withPrinter(stage.Lunch, wired("460"))}, func(tl *stage.Till) { tl.Press(f4, tab, tab, enter, enter, tab, enter) }},
	}
}

// lost is an accrual for an order, whose reply was lost.
func lost() loyalty.Operation {
	return stage.Numbered(stage.AccruedFor(stage.OrderOf(5, 0), loyalty.StateUnknown), 1)
}

// newOrder types an order, up to its button.
func newOrder(tl *stage.Till) {
	tl.Press(f4, insertKey)
	tl.Types("8")
	tl.Press(enter, enter)
	tl.Types("Кофе")
	tl.Press(enter, enter)
	tl.Types("100")
	tl.Press(enter, enter)
}

// paidFloor has an order that was paid elsewhere and still stands open.
func paidFloor() *stage.Orders {
	floor := stage.Floor()
	floor.List[0].PaidAt = stage.Opening()
	return floor
}

// goneFloor has its guest's order closed in the moment when it is opened.
func goneFloor() *stage.Orders {
	floor := stage.Floor()
	floor.Seated = func(orders.Order) (orders.Seated, error) { return orders.Seated{}, orders.ErrClosed }
	return floor
}
