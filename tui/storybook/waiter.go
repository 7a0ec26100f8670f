package storybook

import (
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// waiterScenes: orders that waiters keep.
func waiterScenes() []Scene {
	return []Scene{
		{"orders", "the orders that waiters keep, with guests", props{withOrders(stage.Floor())}, func(tl *stage.Till) {
			tl.Send(loyalty.OperationChanged{Operation: stage.AccruedFor(stage.OrderOf(15, 0), loyalty.StateConfirmed)})
			tl.Press(f4, down, down)
		}},
		{"orders_filtered", "orders found by what is typed", props{withOrders(stage.Floor())}, func(tl *stage.Till) { tl.Press(f4); tl.Types("5") }},
		{"orders_empty", "no orders", props{withOrders(&stage.Orders{})}, func(tl *stage.Till) { tl.Press(f4) }},
		{"order_scan", "an order without a guest waits for a scan", props{withOrders(stage.Floor())}, func(tl *stage.Till) { tl.Press(f4, down, enter) }},
		{"order_scan_expired", "the guest's QR of an order has expired", props{withSeated(orders.Seated{Stale: loyalty.ErrQRExpired})}, func(tl *stage.Till) {
			tl.Press(f4, down, down, enter)
		}},
		{"order_done", "points of an order have moved already", props{withSeated(orders.Seated{Moved: []loyalty.Operation{
			stage.AccruedFor(stage.OrderOf(5, 0), loyalty.StateConfirmed),
		}})}, func(tl *stage.Till) { tl.Press(f4, down, down, enter) }},
		{"order_guest", "the guest of an order", props{withOrders(stage.Floor())}, func(tl *stage.Till) { tl.Press(f4, down, down, enter) }},
		{"order_guest_stale", "the guest of an order, with an old balance", props{withSeated(orders.Seated{
			Guest: stage.SeatedOf(stage.Floor().List[2]).Guest, Stale: &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout},
		})}, func(tl *stage.Till) { tl.Press(f4, down, down, enter) }},
		{"order_ask_redeem", "redeem for an order?", props{withOrders(stage.Floor())}, func(tl *stage.Till) { tl.Press(f4, down, down, enter, f3) }},
		{"order_notice", "waiters have checked guests in", props{withOrders(stage.Floor())}, func(tl *stage.Till) {
			tl.AtGuest("1250")
			tl.Send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: "127.0.0.1:9100"})
			tl.Hears(stage.Bound(stage.Floor().List[0]))
			tl.Hears(stage.Bound(stage.Floor().List[2]))
		}},
	}
}
