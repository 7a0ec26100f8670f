package storybook

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// guestScenes: a guest is served, up to the question. It is long because it is a table: each scene is read alone.
func guestScenes() []Scene {
	return []Scene{
		{"guest_loading", "a guest whose balance is on its way", nil, func(tl *stage.Till) { tl.Held = true; tl.AtGuest("12") }},
		{"guest", "a guest, no sum yet", nil, func(tl *stage.Till) { tl.AtGuest("") }},
		{"guest_sum", "a guest and the sum of the receipt", nil, func(tl *stage.Till) { tl.AtGuest("1250") }},
		{"guest_wrong_sum", "a sum above what the shop allows", nil, func(tl *stage.Till) { tl.AtGuest("2000000") }},
		{"guest_lowered", "more points than may be redeemed, lowered to the limit", nil, func(tl *stage.Till) { tl.AtGuest("1250").Press(tab, tab); tl.Types("500"); tl.Press(enter) }},
		{"guest_no_points", "a guest without points asks to redeem", nil, func(tl *stage.Till) { tl.Desk.Balance = decimal.Zero; tl.AtGuest("1250").Press(f3) }},
		{"guest_offline", "a guest without a connection", nil, func(tl *stage.Till) {
			offline(tl).Scan(stage.CardOf(stage.SomeClient).Payload())
			tl.Press(f2)
			tl.Types("1250")
		}},
		{"guest_held", "accruals are held, a guest is served", nil, func(tl *stage.Till) {
			tl.Desk.GreetErr = &skidkabot.RefusedError{Code: skidkabot.CodeDebt}
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
			tl.Press(f2)
			tl.Types("1250")
		}},
		{"balance_only", "the journal cannot be used: balances only", props{func(o *set) { o.BalanceOnly = true }}, func(tl *stage.Till) { tl.AtGuest("1250").Press(f2) }},
		{"problem_balance", "the QR has expired", nil, func(tl *stage.Till) {
			tl.Desk.GreetErr = &skidkabot.RefusedError{Code: skidkabot.CodeExpiredQR}
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
		}},
		{"problem_offline", "no connection: accrue without a balance?", nil, func(tl *stage.Till) { offline(tl).Scan(stage.CardOf(stage.SomeClient).Payload()) }},
		{"ask_accrue", "accrue?", nil, func(tl *stage.Till) { tl.AtGuest("1250").Press(f2) }},
		{"ask_redeem", "redeem?", nil, func(tl *stage.Till) { tl.AtGuest("1250").Press(f3) }},
		{"ask_new_guest", "another guest is scanned while a sum is typed", nil, func(tl *stage.Till) { tl.AtGuest("1250").Scan(stage.CardOf(stage.OtherClient).Payload()) }},
		{"ask_repeat", "the same was accrued minutes ago: once more?", nil, playRepeat},
		{"sending", "an accrual is on its way", nil, func(tl *stage.Till) { tl.AtGuest("1250"); tl.Held = true; tl.Press(f2, enter) }},
		{"guest_unsettled", "an earlier operation of the guest is not settled", nil, func(tl *stage.Till) {
			tl.Desk.Unsettled = []loyalty.Operation{stage.Past(loyalty.Redemption, loyalty.StateUnknown, "125")}
			tl.AtGuest("1250")
		}},
		{"guest_new_qr", "a guest whose balance could not be read anew", nil, func(tl *stage.Till) {
			tl.Desk.Unsettled = []loyalty.Operation{stage.Past(loyalty.Redemption, loyalty.StateUnknown, "125")}
			tl.AtGuest("1250").Press(f4, f5)
			tl.Desk.GreetErr = &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}
			tl.Becomes(&tl.Desk.Unsettled[0], loyalty.StateApplied, loyalty.ReasonMoved)
		}},
		{"guest_refreshing", "the balance of a guest is read anew", nil, func(tl *stage.Till) {
			tl.Desk.Unsettled = []loyalty.Operation{stage.Past(loyalty.Redemption, loyalty.StateUnknown, "125")}
			tl.AtGuest("1250")
			tl.Held = true
			tl.Becomes(&tl.Desk.Unsettled[0], loyalty.StateApplied, loyalty.ReasonMoved)
		}},
		{"guest_no_percents", "the service names no percents", nil, func(tl *stage.Till) {
			tl.Desk.Rules.AccruePercent, tl.Desk.Rules.RedeemPercent = decimal.NullDecimal{}, decimal.NullDecimal{}
			tl.AtGuest("1250")
		}},
		{"guest_zero_percents", "a shop without points, either way", nil, func(tl *stage.Till) {
			tl.Desk.Rules.AccruePercent, tl.Desk.Rules.RedeemPercent = decimal.NewNullDecimal(decimal.Zero), decimal.NewNullDecimal(decimal.Zero)
			tl.AtGuest("1250")
		}},
		{"guest_small_sum", "a sum too small for a point", nil, func(tl *stage.Till) { tl.AtGuest("3").Press(f3) }},
		{"guest_no_remainder", "points that leave too little for an accrual", nil, func(tl *stage.Till) {
			tl.Desk.Rules.RedeemPercent = decimal.NewNullDecimal(stage.Number("100"))
			tl.AtGuest("1250").Press(tab)
		}},
		{"guest_points_empty", "the points were rubbed out", nil, func(tl *stage.Till) {
			tl.AtGuest("1250").Press(tab, tab, tea.KeyMsg{Type: tea.KeyCtrlU})
			tl.Press(f3)
		}},
		{"guest_points_above", "more points than the limit are typed", nil, func(tl *stage.Till) { tl.AtGuest("1250").Press(tab, tab); tl.Types("500") }},
		{"guest_points_wrong", "points with a comma", nil, func(tl *stage.Till) { tl.AtGuest("1250").Press(tab, tab); tl.Types("1,5") }},
		{"guest_nothing_typed", "F2 before the sum", nil, func(tl *stage.Till) { tl.AtGuest("").Press(f2) }},
		{"guest_offline_minutes", "no connection; the percent is minutes old", nil, offlineSince(5 * time.Minute)},
		{"guest_offline_days", "no connection; the percent is days old", nil, offlineSince(72 * time.Hour)},
		{"guest_offline_now", "no connection any more", nil, offlineSince(0)},
		{"guest_offline_own", "no connection; the percent is the shop's own", nil, offlineSince(-1)},
		{"guest_repeat", "a redemption that did not happen is tried again", props{historyOf(loyalty.StateNotApplied)}, func(tl *stage.Till) {
			tl.Press(f5, enter, tab, enter)
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
		}},
		{"ask_repeat_redeem", "the same was redeemed minutes ago: once more?", nil, func(tl *stage.Till) { playRepeatOf(tl, loyalty.Redemption, loyalty.StateConfirmed) }},
		{"ask_repeat_open", "the same is still open: once more?", nil, func(tl *stage.Till) { playRepeatOf(tl, loyalty.Accrual, loyalty.StateQueued) }},
		{"sending_redemption", "a redemption is on its way", nil, func(tl *stage.Till) {
			tl.AtGuest("1250")
			tl.Held = true
			tl.Press(f3, enter)
			if len(tl.Desk.Redemptions) > 0 {
				op := tl.Desk.Operation(loyalty.Redemption, tl.Desk.Redemptions[0].ID, stage.Number("125"), stage.Number("1250"), stage.Number("1125"))
				tl.Becomes(&op, loyalty.StateSending, "")
			}
			tl.Wait(4 * time.Second)
		}},
		{"ask_quit_flight", "quit while an accrual is on its way?", nil, func(tl *stage.Till) {
			tl.AtGuest("1250")
			tl.Held = true
			tl.Press(f2, enter, f10)
		}},
	}
}

// sumSentences: what cannot be the sum of a receipt.
func sumSentences() []Scene {
	var all []Scene
	for _, sum := range []struct{ name, title, typed string }{
		{"letter", "a sum with a letter", "12x5"}, {"minus", "a sum below nothing", "-5"}, {"fine", "a sum with three decimals", "12,505"},
		{"long", "a sum of too many digits", "1234567890123"}, {"zero", "a sum of nothing", "0"}, {"point", "a comma alone", ","},
	} {
		all = append(all, Scene{"guest_sum_" + sum.name, sum.title, nil, func(tl *stage.Till) { tl.AtGuest(sum.typed) }})
	}
	return all
}

// offlineSince is a guest without a connection, when the percent was last read so long ago; below zero: it is the shop's own.
func offlineSince(ago time.Duration) func(*stage.Till) {
	return func(tl *stage.Till) {
		greet := tl.Desk.OnGreetOffline
		tl.Desk.OnGreetOffline = func(card skidkabot.Card) (loyalty.Guest, error) {
			guest, err := greet(card)
			if guest.PercentAt = tl.Clock.Add(-ago); ago < 0 {
				guest.PercentAt = time.Time{}
			}
			return guest, err
		}
		offline(tl).Scan(stage.CardOf(stage.SomeClient).Payload())
		tl.Press(f2)
		tl.Types("1250")
	}
}
