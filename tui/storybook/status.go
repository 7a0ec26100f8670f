package storybook

import (
	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// statusSentences: how each part of the till may be, in the status bar and, where nothing works without a person, in the banner.
func statusSentences() []Scene {
	var all []Scene
	for _, s := range partStates {
		all = append(all, Scene{s.name, s.title, props{withCounter(stage.Lunch), withWaiters}, func(tl *stage.Till) {
			for _, part := range []notice.Part{notice.Service, notice.Journal, notice.Waiter, notice.Expirenza, notice.Printer} {
				tl.Send(notice.State{Part: part, Level: notice.Good})
			}
			tl.Send(notice.State{Part: s.part, Level: s.level, Code: s.code, At: tl.Clock})
		}})
	}
	return all
}

// statusScenes: how the parts of the till are together.
func statusScenes() []Scene {
	return []Scene{
		{"status_good", "everything works", props{withPrinter(stage.Lunch)}, func(tl *stage.Till) {
			for _, part := range []notice.Part{notice.Service, notice.Journal, notice.Expirenza, notice.Printer} {
				tl.Send(notice.State{Part: part, Level: notice.Good})
			}
			tl.Send(notice.State{Part: notice.Waiter, Level: notice.Good, Code: "127.0.0.1:9100"})
		}},
		{"status_caps_lock", "a scan under Caps Lock", nil, func(tl *stage.Till) { tl.Scan(typedUnder("us", true)) }},
		{"status_layout_caps_lock", "a scan under a foreign layout and Caps Lock", nil, func(tl *stage.Till) { tl.Scan(typedUnder("ru", true)) }},
		{"status_full_caps_lock", "a scan under Caps Lock, and a status bar without room", props{withPrinter(stage.Lunch)}, crowded("us", true)},
		{"status_full_layout", "a scan under a foreign layout, and a status bar without room", props{withPrinter(stage.Lunch)}, crowded("ru", false)},
		{"status_full_both", "a scan under a foreign layout and Caps Lock, and a status bar without room", props{withPrinter(stage.Lunch)}, crowded("ru", true)},
		{"banner_queue_clock", "the clock holds the queue", nil, func(tl *stage.Till) {
			tl.Send(loyalty.QueueChanged{Waiting: 2, Hold: loyalty.Hold{Clock: true}})
		}},
		{"banner_queue_shop", "the service does not know the shop, accruals wait", nil, func(tl *stage.Till) {
			tl.Send(loyalty.QueueChanged{Waiting: 5, Hold: loyalty.Hold{Code: skidkabot.CodeUnknownShop}})
		}},
	}
}

// crowded has a scan come under a layout when the status bar is full of other troubles.
func crowded(id string, capsLock bool) func(*stage.Till) {
	return func(tl *stage.Till) {
		tl.Send(notice.State{Part: notice.Waiter, Level: notice.Trouble, Code: "busy:nginx"})
		tl.Send(notice.State{Part: notice.Expirenza, Level: notice.Trouble, Code: "connect", At: tl.Clock})
		tl.Send(notice.State{Part: notice.Printer, Level: notice.Trouble, Code: tui.PrinterOffline + ":cover"})
		tl.Send(notice.State{Part: notice.Clock, Level: notice.Trouble, Code: loyalty.ClockDiffers})
		tl.Scan(typedUnder(id, capsLock))
	}
}

func withWaiters(s *set) { s.WaiterAddress = "127.0.0.1:9100" }

// typedUnder is what a scanner types of a QR under a keyboard layout.
func typedUnder(id string, capsLock bool) string {
	text, err := layout.Type(stage.CardOf(stage.SomeClient).Payload(), id, capsLock)
	if err != nil {
		panic(err)
	}
	return text
}

var partStates = []struct {
	name, title string
	part        notice.Part
	level       notice.Level
	code        string
}{
	{"status_offline", "the service cannot be reached", notice.Service, notice.Trouble, string(skidkabot.PhaseConnect)},
	{"status_silent", "the service does not answer in time", notice.Service, notice.Trouble, string(skidkabot.ReasonTimeout)},
	{"status_bad_reply", "the service answers nonsense", notice.Service, notice.Trouble, string(skidkabot.ReasonBadReply)},
	{"status_no_secret", "the shop's secret cannot be had", notice.Service, notice.Trouble, string(skidkabot.PhaseSecret)},
	{"status_no_words", "a trouble that has no words", notice.Service, notice.Warning, "something"},
	{"banner_shop", "the service does not know the shop", notice.Service, notice.Trouble, loyalty.ServiceCode(skidkabot.CodeUnknownShop)},
	{"banner_debt", "the service is switched off for debt", notice.Service, notice.Trouble, loyalty.ServiceCode(skidkabot.CodeDebt)},
	{"banner_journal", "the journal cannot be written", notice.Journal, notice.Trouble, loyalty.JournalFailed},
	{"banner_full", "the disk is full", notice.Journal, notice.Trouble, tui.JournalFull},
	{"banner_read_only", "the journal is read-only", notice.Journal, notice.Trouble, tui.JournalReadOnly},
	{"banner_damaged", "the journal is damaged", notice.Journal, notice.Trouble, tui.JournalDamaged},
	{"banner_reserve", "there is room left only for results in hand", notice.Journal, notice.Warning, tui.JournalReserve},
	{"status_unwritten", "a result is not in the journal yet", notice.Journal, notice.Trouble, loyalty.JournalUnwritten},
	{"banner_clock", "the clock is wrong", notice.Clock, notice.Trouble, loyalty.ClockDiffers},
	{"banner_clock_jumped", "the clock has jumped", notice.Clock, notice.Trouble, loyalty.ClockJumped},
	{"banner_port", "the waiters' port is busy, nobody knows by what", notice.Waiter, notice.Trouble, "busy"},
	{"status_waiter_closed", "the waiters' door is closed", notice.Waiter, notice.Trouble, "closed"},
	{"status_expirenza_lost", "payments by phone: no connection", notice.Expirenza, notice.Trouble, "connect"},
	{"status_expirenza_secret", "payments by phone: the key cannot be had", notice.Expirenza, notice.Trouble, "secret"},
	{"banner_expirenza", "payments by phone: the other system refuses the till", notice.Expirenza, notice.Trouble, "refused"},
	{"status_expirenza_callbacks", "payments by phone: answers do not get through", notice.Expirenza, notice.Warning, "callbacks"},
	{"status_printer_low", "the paper will be out soon", notice.Printer, notice.Warning, tui.PrinterPaperLow},
	{"status_printer_offline", "the printer does not answer", notice.Printer, notice.Trouble, tui.PrinterOffline},
	{"status_printer_cover", "the printer's cover is open", notice.Printer, notice.Trouble, tui.PrinterOffline + ":cover"},
}
