package storybook

import (
	"context"

	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// lockScenes: who is at the till.
func lockScenes() []Scene {
	return []Scene{
		{"lock", "a till that has just been started", props{withCashiers}, func(tl *stage.Till) {}},
		{"lock_pin", "a PIN is typed", props{withCashiers}, func(tl *stage.Till) { tl.Press(down); tl.Types("222") }},
		{"lock_wrong", "a PIN was wrong", props{withCashiers}, func(tl *stage.Till) { tl.Types("1234"); tl.Press(enter) }},
		{"lock_pause", "three PINs were wrong", props{withCashiers}, func(tl *stage.Till) {
			for range 3 {
				tl.Types("1234")
				tl.Press(enter)
			}
		}},
		{"lock_checking", "the PIN is checked", props{withCashiers}, func(tl *stage.Till) {
			tl.Held = true
			tl.Types("1111")
			tl.Press(enter)
		}},
		{"lock_keyring", "the keyring cannot answer", props{withCashiers, withLockedKeyring}, func(tl *stage.Till) {
			tl.Types("1111")
			tl.Press(enter)
		}},
		{"lock_news", "a guest stands behind the lock, and a result has come", props{withCashiers}, func(tl *stage.Till) {
			logIn(tl)
			tl.AtGuest("1250")
			tl.Held = true
			tl.Press(f2, enter)
			tl.Scan(stage.CardOf(stage.OtherClient).Payload())
			tl.Press(f12)
			tl.Deliver()
		}},
		{"lock_quit", "quit at the lock?", props{withCashiers}, func(tl *stage.Till) { tl.Press(f10) }},
		{"lock_help", "the keys of the lock", props{withCashiers}, func(tl *stage.Till) { tl.Press(f1) }},
		{"lock_balance_only", "the lock of a till without a journal", props{withCashiers, func(s *set) { s.BalanceOnly = true }}, func(tl *stage.Till) {}},
		{"idle_cashiers", "a cashier has logged in", props{withCashiers, withReady, withPrinter(stage.Lunch)}, func(tl *stage.Till) { logIn(tl) }},
		{"lock_empty", "a name that has a PIN, without it", props{withCashiers}, func(tl *stage.Till) { tl.Press(enter) }},
		{"lock_no_admin", "no administrator's PIN is set", props{withCashiers, withPIN(&stage.PIN{Unset: true})}, func(tl *stage.Till) { tl.Press(up, enter) }},
		{"lock_uncounted", "wrong PINs cannot be counted", props{withCashiers, withoutCounts}, func(tl *stage.Till) {
			tl.Types("1111")
			tl.Press(enter)
		}},
		{"lock_write_first", "quit at the lock, behind which a result has to be written down", props{withCashiers}, func(tl *stage.Till) {
			logIn(tl)
			unwritten(tl)
			tl.AtGuest("1250").Press(f3, enter, f12, f10)
		}},
		{"lock_nobody", "F12 where no cashiers are set up", nil, func(tl *stage.Till) { tl.Press(f12) }},
	}
}

// withCashiers are three who may be at the till, and an administrator.
func withCashiers(s *set) {
	pins := map[string]*stage.PIN{"Анна": {Right: "1111"}, "Олег": {Right: "2222"}, "Ирина Константинопольская": {Right: "3333"}}
	s.Cashier, s.Cashiers = "", []string{"Анна", "Олег", "Ирина Константинопольская"}
	s.CashierPIN = func(name string) tui.PIN { return pins[name] }
	s.PIN = &stage.PIN{Right: "0742"}
}

// withLockedKeyring has no PIN to be asked for.
func withLockedKeyring(s *set) {
	s.CashierPIN = func(string) tui.PIN { return &stage.PIN{NeededErr: context.DeadlineExceeded} }
}

// noCounts cannot tell how often a PIN was wrong.
type noCounts struct{}

func (noCounts) Count(context.Context, string) (tui.PINCount, error) {
	return tui.PINCount{}, stage.ErrBroken
}

func (noCounts) Keep(context.Context, string, tui.PINCount) error { return stage.ErrBroken }

func withoutCounts(s *set) { s.PINCounts = noCounts{} }

// logIn has Анна log in, and go on when the keys of her PIN have come.
func logIn(tl *stage.Till) {
	tl.Types("1111")
	tl.Press(enter)
	tl.Wait(stage.QuietTime)
}
