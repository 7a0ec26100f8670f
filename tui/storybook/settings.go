package storybook

import (
	"context"
	"errors"

	"github.com/skidkassa/skidkassa/tui/setup"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// settingsScenes: F9, the settings of a till in use.
func settingsScenes() []Scene {
	open := func(sections int, keys func(tl *stage.Till)) func(tl *stage.Till) {
		return func(tl *stage.Till) {
			tl.Press(f9)
			for range sections {
				tl.Press(down)
			}
			tl.Press(enter)
			keys(tl)
		}
	}
	ordinary := props{withSettings(&office{})}
	return []Scene{
		{"idle_settings", "a till whose settings can be changed", ordinary, func(tl *stage.Till) {}},
		{"settings", "the sections", ordinary, func(tl *stage.Till) { tl.Press(f9) }},
		{"settings_pin", "the admin's PIN before them", props{withSettings(&office{}), withPIN(&stage.PIN{Right: "0742"})}, func(tl *stage.Till) { tl.Press(f9) }},
		{"settings_reading", "they are being read", ordinary, func(tl *stage.Till) {
			tl.Held = true
			tl.Press(f9)
			tl.Deliver()
		}},
		{"settings_unreadable", "they cannot be read", props{withSettings(&office{unreadable: true})}, func(tl *stage.Till) { tl.Press(f9) }},
		{"settings_shop", "the shop", ordinary, open(atShop, func(*stage.Till) {})},
		{"settings_mistake", "a value that cannot be", ordinary, open(atShop, func(tl *stage.Till) { tl.Press(down); tl.Types("0"); tl.Press(tab, backTab) })},
		{"settings_asking", "the service is asked", ordinary, open(atShop, func(tl *stage.Till) {
			tl.Held = true
			tl.Press(up, right, enter)
		})},
		{"settings_known", "the service knows the shop", ordinary, open(atShop, func(tl *stage.Till) { tl.Press(up, right, enter) })},
		{"settings_rules", "the rules of points", ordinary, open(atRules, func(*stage.Till) {})},
		{"settings_scanner", "the scanner is to be tried", ordinary, open(atScanner, func(tl *stage.Till) { tl.Press(up, right, enter) })},
		{"settings_scanned", "the scanner was tried", ordinary, open(atScanner, func(tl *stage.Till) {
			tl.Press(up, right, enter)
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
		})},
		{"settings_waiter", "the waiters' door", ordinary, open(atWaiter, func(*stage.Till) {})},
		{"settings_expirenza", "the paying guest's door", ordinary, open(atExpirenza, func(*stage.Till) {})},
		{"settings_printer", "the printer", ordinary, open(atPrinter, func(*stage.Till) {})},
		{"settings_not_printed", "the test page is not printed", ordinary, open(atPrinter, func(tl *stage.Till) { tl.Press(up, right, enter) })},
		{"settings_secrets", "the secrets", ordinary, open(atSecrets, func(tl *stage.Till) { tl.Types("31337") })},
		{"settings_people", "the cashiers", ordinary, open(atPeople, func(*stage.Till) {})},
		{"settings_unsaved", "changes are about to be dropped", ordinary, open(atRules, func(tl *stage.Till) { tl.Types("5"); tl.Press(esc) })},
		{"settings_saving", "they are being written", ordinary, open(atRules, func(tl *stage.Till) {
			tl.Types("5")
			tl.Held = true
			tl.Press(up, enter)
		})},
		{"settings_saved", "they are written", ordinary, open(atRules, func(tl *stage.Till) { tl.Types("5"); tl.Press(up, enter) })},
		{"settings_not_saved", "they cannot be written", props{withSettings(&office{full: true})}, open(atRules, func(tl *stage.Till) { tl.Types("5"); tl.Press(up, enter) })},
		{"settings_ask_new_guest", "a customer comes before changes are written", ordinary, open(atRules, func(tl *stage.Till) {
			tl.Types("5")
			tl.Scan(stage.CardOf(stage.SomeClient).Payload())
		})},
		{"settings_locked", "the till was locked before changes were written", props{withSettings(&office{}), withCashiers}, func(tl *stage.Till) {
			logIn(tl)
			tl.Press(f9)
			tl.Types("0742")
			tl.Press(enter)
			for range atRules {
				tl.Press(down)
			}
			tl.Press(enter)
			tl.Types("5")
			tl.Press(f12)
			logIn(tl)
		}},
		{"settings_ask_quit", "quit before changes are written?", ordinary, open(atRules, func(tl *stage.Till) { tl.Types("5"); tl.Press(f10) })},
	}
}

// The sections by their places.
const (
	atShop = iota
	atRules
	atScanner
	atWaiter
	atExpirenza
	atPrinter
	_ // language and screen
	atSecrets
	atPeople
)

// office is a settings file and a keyring in memory.
type office struct{ unreadable, full bool }

func withSettings(o *office) func(*set) { return func(s *set) { s.Setup = o } }

func (o *office) Standing() (setup.Standing, error) {
	if o.unreadable {
		return setup.Standing{}, stage.ErrBroken
	}
	return setup.Standing{Path: "/home/kassa/.config/skidkassa/skidkassa.toml", Values: map[string]string{
		"language": "en", "shop.vendor": "4", "shop.register": "1", "shop.name": "Кофейня", "shop.currency": "RUB", "skidkabot.url": "https://skidkabot.ru",
		"shop.cashiers": "Анна, Олег", "rules.step": "1", "rules.min_money": "0", "rules.max_sum": "1000000", "scanner.gap": "50ms",
		"till.lock": "5m0s", "till.bell": "errors", "till.mouse": "on", "waiter.listen": "127.0.0.1:9100", "waiter.mode": "bind",
		"waiter.allow": "127.0.0.0/8, ::1/128", "waiter.system": "Skidkabot", "waiter.rebind": "refuse", "waiter.unknown_sum": "balance",
		"expirenza.system": "SKIDKASSA", "printer.columns": "42", "printer.page": "cp866",
	}}, nil
}

func (o *office) Judge(key, value string) *setup.Fault {
	if key == "shop.vendor" && value == "40" {
		return &setup.Fault{Kind: setup.FaultRange, Min: "1", Max: "9223372036854775807"}
	}
	return nil
}

func (o *office) JudgeSecret(setup.Named) *setup.Fault { return nil }

func (o *office) Payments(map[string]string) []string {
	return []string{"Bonuses (Skidkabot) - (0668e655-15a0-4b5e-ab3c-c7f7003cb8cc)."}
}

func (o *office) LookSecrets(context.Context, []string) map[string]setup.SecretState {
	return map[string]setup.SecretState{
		setup.SecretShop: {Place: setup.PlaceKeyring}, setup.SecretExpirenza: {}, setup.SecretFeed: {}, setup.SecretAdmin: {Place: setup.PlaceKeyring},
	}
}

func (o *office) CheckShop(ctx context.Context, _ map[string]string, _ setup.Secret) error {
	return ctx.Err()
}

func (o *office) PrintTest(context.Context, map[string]string) error {
	return &setup.PrintError{Kind: setup.PrintDevice, Err: stage.ErrBroken}
}

func (o *office) Save(context.Context, setup.Changes) error {
	if o.full {
		return &setup.SaveError{Path: "/home/kassa/.config/skidkassa/skidkassa.toml", Err: errors.ErrUnsupported}
	}
	return nil
}
