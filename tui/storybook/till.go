package storybook

import (
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// tillScenes: the till at rest and what lies over any screen: help, notices, banners, leaving.
func tillScenes() []Scene {
	return []Scene{
		{"idle", "waiting for a scan", nil, func(tl *stage.Till) {}},
		{"idle_matters", "what an earlier run left behind", props{withRecovery}, func(tl *stage.Till) { tl.Press(tab) }},
		{"ready_scans", "the demo's ready scans", props{withReady}, func(tl *stage.Till) { tl.Press(f6) }},
		{"help", "the keys of the guest screen", nil, func(tl *stage.Till) { tl.AtGuest("1250").Press(f1) }},
		{"ask_quit", "quit while a sum is typed?", nil, func(tl *stage.Till) { tl.AtGuest("1250").Press(f10) }},
		{"quitting", "ending, while an accrual is on its way", nil, func(tl *stage.Till) { tl.AtGuest("1250"); tl.Held = true; tl.Press(f2, enter, f10, enter) }},
		{"problem_scan", "a barcode that is no QR of the shop", nil, func(tl *stage.Till) { tl.Scan("4006381333931") }},
		{"layout_warning", "a scan under a foreign keyboard layout", nil, func(tl *stage.Till) {
			text, err := layout.Type(stage.CardOf(stage.SomeClient).Payload(), "ru", false)
			if err != nil {
				panic(err)
			}
			tl.Scan(text)
		}},
		{"notice", "a wrong barcode while a guest is served", nil, func(tl *stage.Till) { tl.AtGuest("1250").Scan("4006381333931") }},
		{"notice_unknown", "a lost redemption is told while another guest is served", nil, func(tl *stage.Till) {
			tl.AtGuest("1250")
			op := tl.Desk.Unknown(tl.Desk.Operation(loyalty.Redemption, uuid.UUID{6: 0x70, 8: 0x80}, stage.Number("130"), stage.Number("1300"), stage.Number("1170")))
			op.Name = "Анна-Мария Константинопольская"
			tl.Becomes(&op, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout))
			tl.Scan("4006381333931")
		}},
		{"banner", "the queue is held, and the clock is wrong", nil, func(tl *stage.Till) {
			tl.AtGuest("1250")
			tl.Send(loyalty.QueueChanged{Waiting: 3, Hold: loyalty.Hold{Code: skidkabot.CodeDebt}})
			tl.Send(notice.State{Part: notice.Clock, Level: notice.Trouble, Code: loyalty.ClockDiffers})
		}},
		{"banner_waiter", "the waiters' port is busy", props{withOrders(stage.Floor())}, func(tl *stage.Till) {
			tl.Send(notice.State{Part: notice.Waiter, Level: notice.Trouble, Code: "busy:nginx"})
		}},
		{"till_status", "the status bar of a till with everything", props{withPrinter(stage.Dinner)}, func(tl *stage.Till) {
			for _, part := range []notice.Part{notice.Service, notice.Journal, notice.Waiter, notice.Expirenza} {
				tl.Send(notice.State{Part: part, Level: notice.Good})
			}
			tl.Send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: tui.PrinterNoPaper})
		}},
		{"till_troubles", "the status bar of a till with everything, and two troubles", props{withPrinter(stage.Dinner)}, func(tl *stage.Till) {
			tl.Send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: "127.0.0.1:9100"})
			tl.Send(notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "connect", At: stage.Opening()})
			tl.Send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: tui.PrinterNoPaper})
			tl.Send(loyalty.QueueChanged{Waiting: 3})
		}},
		{"order_help", "the keys of a till with waiters", props{withOrders(stage.Floor()), withJournal(&stage.Journal{}), withReady}, func(tl *stage.Till) { tl.AtGuest("").Press(f1) }},
	}
}
