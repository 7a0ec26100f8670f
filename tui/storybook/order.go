package storybook

import (
	"context"

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
		{"order_discard", "leave without saving?", props{withCounter(stage.Lunch)}, func(tl *stage.Till) { tl.AtCard().Press(insertKey); tl.Types("Ч"); tl.Press(esc) }},
		{"card", "an order", props{withPrinter(stage.Dinner, func(c *stage.Counter) { c.Seats("5"); c.Redeemed("5", "60") })}, func(tl *stage.Till) { tl.AtCard() }},
		{"card_long", "an order of more lines than the screen has", props{withCounter(stage.Banquet)}, func(tl *stage.Till) { tl.AtCard().Press(pageDown) }},
		{"card_blocked", "an order that a guest has paid by phone, and which cannot be closed", props{withPrinter(stage.Dinner, func(c *stage.Counter) { c.Wires(c.Order("5").ID, "460", "r1") })}, func(tl *stage.Till) { tl.AtCard() }},
		{"card_paid", "a paid order", props{withPrinter(stage.Lunch, func(c *stage.Counter) { c.Wires(c.Order("5").ID, "460", "r1") })}, func(tl *stage.Till) {
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
		{"till_help", "the keys of an order", props{withPrinter(stage.Dinner), withReady}, func(tl *stage.Till) { tl.AtCard().Press(f1) }},
	}
}
