package config

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
)

// withOS runs one call of go-keyring, which on macOS runs /usr/bin/security.
func withOS(_ context.Context, _ bool, call func() (string, error)) (string, error) {
	secret, err := call()
	return secret, classify(err, kindOfSecurityError)
}

// The exit statuses of /usr/bin/security are the low byte of Security framework
// result codes (SecBase.h).
const (
	statusNoSuchKeychain        = 50  // errSecNoSuchKeychain, -25294
	statusAuthFailed            = 51  // errSecAuthFailed, -25293
	statusNotAvailable          = 53  // errSecNotAvailable, -25291
	statusInteractionNotAllowed = 36  // errSecInteractionNotAllowed, -25308
	statusItemNotFound          = 44  // errSecItemNotFound, -25300
	statusUserCanceled          = 128 // errSecUserCanceled, -128
)

// kindOfSecurityError judges by the exit status.
func kindOfSecurityError(err error) error {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return ErrKeyringAbsent
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return nil
	}
	switch exit.ExitCode() {
	case statusItemNotFound:
		return ErrSecretNotFound
	case statusInteractionNotAllowed:
		return ErrKeyringLocked
	case statusAuthFailed, statusUserCanceled:
		return ErrKeyringDenied
	case statusNoSuchKeychain, statusNotAvailable:
		return ErrKeyringAbsent
	}
	return nil
}
