package main

import (
	"context"
	"errors"

	"github.com/skidkassa/skidkassa/config"
)

// adminPIN is the admin's PIN as the screen asks for it.
type adminPIN struct {
	open func() (*config.Secrets, error)
}

// Needed reports whether a PIN is set.
func (a *adminPIN) Needed(ctx context.Context) (bool, error) {
	secrets, err := a.open()
	if err != nil {
		return false, err
	}
	_, err = secrets.Get(ctx, config.SecretAdmin)
	if errors.Is(err, config.ErrSecretNotFound) {
		return false, nil
	}
	return err == nil, err
}

// Check reports whether the PIN is the one that is set.
func (a *adminPIN) Check(ctx context.Context, pin string) (bool, error) {
	secrets, err := a.open()
	if err != nil {
		return false, err
	}
	return secrets.VerifyPIN(ctx, config.SecretAdmin, pin)
}

// errWrongPIN refuses what only the admin may do.
var errWrongPIN = errors.New("the PIN is wrong")

// askAdmin asks for the admin's PIN on the terminal, if one is set. It guards
// what takes a journal out of use.
func (p *program) askAdmin(ctx context.Context, dataDir string) error {
	pin := &adminPIN{open: func() (*config.Secrets, error) { return p.openSecrets(dataDir, p.keyring(true)) }}
	needed, err := pin.Needed(ctx)
	if err != nil {
		return &secretError{name: config.SecretAdmin, err: err}
	}
	if !needed {
		return nil
	}
	typed, err := config.ReadSecret(p.stdin, p.stderr, askAdminPIN)
	if err != nil {
		return err
	}
	right, err := pin.Check(ctx, typed)
	if err != nil {
		return &secretError{name: config.SecretAdmin, err: err}
	}
	if !right {
		return errWrongPIN
	}
	return nil
}
