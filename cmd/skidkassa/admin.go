package main

import (
	"context"
	"errors"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui"
)

// personPIN is the PIN of the admin or of a cashier, as the screen asks for it.
type personPIN struct {
	open func() (*config.Secrets, error)
	name config.SecretName
}

// adminPIN is the admin's PIN.
func adminPIN(open func() (*config.Secrets, error)) tui.PIN {
	return &personPIN{open: open, name: config.SecretAdmin}
}

// cashierPIN is the PIN of a cashier, whose name the settings have judged.
func cashierPIN(open func() (*config.Secrets, error), cashier string) tui.PIN {
	name, err := config.CashierSecret(cashier)
	if err != nil {
		open = func() (*config.Secrets, error) { return nil, err }
	}
	return &personPIN{open: open, name: name}
}

// Needed reports whether a PIN is set.
func (p *personPIN) Needed(ctx context.Context) (bool, error) {
	secrets, err := p.open()
	if err != nil {
		return false, err
	}
	_, err = secrets.Get(ctx, p.name)
	if errors.Is(err, config.ErrSecretNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Check reports whether the PIN is the one that is set.
func (p *personPIN) Check(ctx context.Context, pin string) (bool, error) {
	secrets, err := p.open()
	if err != nil {
		return false, err
	}
	return secrets.VerifyPIN(ctx, p.name, pin)
}

// errWrongPIN refuses what only the admin may do.
var errWrongPIN = errors.New("the PIN is wrong")

// pinPauseError says that no PIN is taken for a while.
type pinPauseError struct{ left time.Duration }

func (e *pinPauseError) Error() string { return "no PIN is taken for " + e.left.String() }

// askAdmin asks for the admin's PIN on the terminal, if one is set. It guards
// what takes a journal out of use. Wrong PINs are counted together with those of
// the screen.
func (p *program) askAdmin(ctx context.Context, dataDir string) error {
	pin := adminPIN(func() (*config.Secrets, error) { return p.openSecrets(dataDir, p.keyring(true)) })
	guard := tui.PINGuard{Counts: newPINCounts(dataDir, p.now), Now: p.now}
	answer := guard.Try(ctx, tui.AdminCount, pin, "")
	switch {
	case answer.Unset:
		return nil
	case answer.Err != nil:
		return pinTrouble(answer.Err)
	case answer.Count.Pause(p.now()) > 0:
		return &pinPauseError{answer.Count.Pause(p.now())}
	}
	typed, err := config.ReadSecret(p.stdin, p.stderr, p.say(texts.CLIAskAdminPIN)+": ")
	if err != nil {
		return err
	}
	answer = guard.Try(ctx, tui.AdminCount, pin, typed)
	switch {
	case answer.Err != nil:
		return pinTrouble(answer.Err)
	case !answer.Right && !answer.Unset:
		return errWrongPIN
	}
	return nil
}

// pinTrouble names whose PIN could not be had; a count that cannot be kept is
// no fault of the keyring.
func pinTrouble(err error) error {
	if errors.Is(err, tui.ErrUncounted) {
		return err
	}
	return &secretError{name: config.SecretAdmin, err: err}
}
