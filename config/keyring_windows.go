package config

import (
	"context"
	"errors"

	"golang.org/x/sys/windows"
)

// withOS runs one call of go-keyring on the Windows Credential Manager, which is
// open as long as its user is logged in and never asks anybody.
func withOS(_ context.Context, _ bool, call func() (string, error)) (string, error) {
	secret, err := call()
	return secret, classify(err, kindOfWindowsError)
}

// kindOfWindowsError judges by Windows' error numbers.
func kindOfWindowsError(err error) error {
	var number windows.Errno
	if !errors.As(err, &number) {
		return nil
	}
	switch number {
	case windows.ERROR_NOT_FOUND:
		return ErrSecretNotFound
	case windows.ERROR_ACCESS_DENIED:
		return ErrKeyringDenied
	case windows.ERROR_NO_SUCH_LOGON_SESSION, windows.ERROR_SERVICE_NOT_ACTIVE, windows.RPC_S_SERVER_UNAVAILABLE:
		// A service account without a profile has no credential store.
		return ErrKeyringAbsent
	}
	return nil
}
