package storybook

import (
	"context"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// orderScenes: the till's own orders.
func orderScenes() []Scene {
	return []Scene{
		{"till_orders", "the till's own orders", props{withCounter(stage.BusyShift)}, func(tl *stage.Till) { tl.Press(f4) }},
		{"till_orders_empty", "the till has no orders yet", props{withCounter()}, func(tl *stage.Till) { tl.Press(f4, tab) }},
		{"order_new", "a new order is typed", props{withPrinter()}, func(tl *stage.Till) {
			tl.Press(f4, insertKey)
			tl.Types("5")
			tl.Press(enter, enter)
			tl.Types("Борщ")
			tl.Press(enter, enter)
			tl.Types("360")
			tl.Press(enter)
			tl.Types("Ко")
		}},
		{"order_edit", "an order is changed", props{withPrinter(stage.Dinner)}, func(tl *stage.Till) { tl.AtCard().Press(insertKey, up, f7, tab) }},
		{"order_edit_paid", "the order was paid by phone while it was changed", props{withCounter(stage.Lunch)}, func(tl *stage.Till) {
			tl.AtCard().Press(insertKey)
			tl.Types("Ч")
			tl.Wait(2 * orders.LeaseIdle)
			tl.Counter.Wires(tl.Counter.Order("5").ID, "460", "r1")
			tl.Counter.After()
		}},
		{"order_in_use", "another cashier is changing the order", props{withCounter(stage.Lunch)}, editedBy("Олег")},
		{"order_in_use_nameless", "somebody without a name is changing the order", props{withCounter(stage.Lunch)}, editedBy("")},
		{"order_discard", "leave without saving?", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { tl.AtCard().Press(insertKey); tl.Types("Ч"); tl.Press(esc) }},
		{"card", "an order", props{withPrinter(stage.Dinner, func(c *stage.Counter) { c.Seats("5"); c.Redeemed("5", "60") })}, func(tl *stage.Till) { tl.AtCard() }},
		{"card_long", "an order of more lines than the screen has", props{withCounter(stage.Banquet)}, func(tl *stage.Till) { tl.AtCard().Press(pageDown) }},
		{"card_blocked", "an order that a guest has paid by phone, and which cannot be closed", props{withPrinter(stage.Dinner, func(c *stage.Counter) { c.Wires(c.Order("5").ID, "460", "r1") })}, func(tl *stage.Till) { tl.AtCard() }},
		{"card_paid", "a paid order", props{withPrinter(stage.Lunch, func(c *stage.Counter) { c.Wires(c.Order("5").ID, "460", "r1") })}, func(tl *stage.Till) {
			tl.Press(f4, tab, tab, enter, enter)
		}},
		{"card_booked", "an order that was voided, and whose payment by phone was booked by hand", props{withCounter(stage.Lunch, func(c *stage.Counter) {
			c.Voids("5")
			wired("460")(c)
		})}, func(tl *stage.Till) {
			decide(tl, enter, enter, enter)
			tl.Press(f4, tab, tab, enter, enter)
		}},
		{"order_void", "an order is voided", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { tl.AtCard().Press(deleteKey); tl.Types("ушли") }},
		{"ask_ticket", "the printer is silent: was the ticket printed?", props{withPrinter(stage.Dinner, func(c *stage.Counter) { c.Paper.Trouble = &orders.PrinterTrouble{} })}, func(tl *stage.Till) {
			tl.AtCard().Press(f7)
		}},
		{"ask_redeem_shown", "the bill was shown to the guest's phone: redeem?", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })}, func(tl *stage.Till) {
			tl.AtCard()
			_, err := tl.Counter.Bills(context.Background(), orders.BillQuery{Table: "5"})
			tl.Counter.Must(err)
			tl.Press(f2, f3)
		}},
		{"order_over", "the order was closed at another place while points were being redeemed on it", props{withCounter(stage.Lunch, func(c *stage.Counter) { c.Seats("5") })}, func(tl *stage.Till) {
			tl.Desk.OnRedeem = func(loyalty.RedemptionRequest) (loyalty.Result, error) {
				return loyalty.Result{}, loyalty.ErrOrderClosed
			}
			tl.AtCard().Press(f2, f3, enter)
		}},
		{"till_help", "the keys of an order", props{withPrinter(stage.Dinner), withReady}, func(tl *stage.Till) { tl.AtCard().Press(f1) }},
	}
}

// editedBy opens the form of an order that somebody else begins to change first.
func editedBy(who string) func(*stage.Till) {
	return func(tl *stage.Till) {
		tl.AtCard().Press(insertKey)
		_, err := tl.Counter.Edit(tl.Counter.Order("5").ID, who)
		tl.Counter.Must(err)
		tl.Types("Ч")
	}
}
