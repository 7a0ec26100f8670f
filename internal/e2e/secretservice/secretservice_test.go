//go:build linux

package secretservice_test

import (
	"errors"
	"os"
	"testing"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/e2e/secretservice"
)

// The program's own keyring, on the fake's bus: what it keeps it finds again, and it tells locked from not set and from
// absent.
func TestTheProgramsKeyring(t *testing.T) {
	folder, err := os.MkdirTemp("", "bus") // the test's own folder may have too long a name for a socket
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // it is empty
	fake, err := secretservice.Start(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", fake.Address())
	keyring := config.NewKeyring(false)
	names := map[string]string{"skidkabot": "12345", "cashier/Анна": "$argon2id$"}
	for name, secret := range names {
		if _, err := keyring.Get(t.Context(), name); !errors.Is(err, config.ErrSecretNotFound) {
			t.Errorf("%s before it is kept: %v", name, err)
		}
		if err := keyring.Set(t.Context(), name, secret); err != nil {
			t.Fatal(err)
		}
		if got, err := keyring.Get(t.Context(), name); got != secret || err != nil {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	if got := fake.Secrets(); len(got) != len(names) || got["cashier/Анна"] != "$argon2id$" {
		t.Errorf("kept %v", got)
	}
	fake.SetLocked(true)
	if _, err := keyring.Get(t.Context(), "skidkabot"); !errors.Is(err, config.ErrKeyringLocked) {
		t.Errorf("locked: %v", err)
	}
	fake.SetLocked(false)
	if err := keyring.Delete(t.Context(), "skidkabot"); err != nil {
		t.Error(err)
	}
	if _, err := keyring.Get(t.Context(), "skidkabot"); !errors.Is(err, config.ErrSecretNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if err := fake.Close(); err != nil {
		t.Error(err)
	}
	if _, err := keyring.Get(t.Context(), "skidkabot"); !errors.Is(err, config.ErrKeyringAbsent) {
		t.Errorf("closed: %v", err)
	}
}
