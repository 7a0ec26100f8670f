package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
)

// countingKeyring counts how often it is asked.
type countingKeyring struct {
	*fakeKeyring
	asked int
}

func (k *countingKeyring) Get(ctx context.Context, name string) (string, error) {
	k.asked++
	return k.fakeKeyring.Get(ctx, name)
}

// pinsOf makes the PINs of Аня (1111), Пётр (2222) and Олег, who has none.
func pinsOf(t *testing.T) (*waiterPINs, *countingKeyring, *time.Time) {
	t.Helper()
	keyring := &countingKeyring{fakeKeyring: &fakeKeyring{kept: make(map[string]string)}}
	for name, pin := range map[string]string{"waiter/Аня": "1111", "waiter/Пётр": "2222"} {
		keyring.kept[name] = mustHash(t, pin)
	}
	dir, now := t.TempDir(), time.Now()
	open := func() (*config.Secrets, error) {
		return config.OpenSecrets(config.SecretOptions{Keyring: keyring, DataDir: dir})
	}
	pins := newWaiterPINs([]string{"Олег", "Аня", "Пётр"}, open, func() time.Time { return now })
	return pins, keyring, &now
}

func mustHash(t *testing.T, pin string) string {
	t.Helper()
	hash, err := config.HashPIN(pin)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func demandWaiter(t *testing.T, pins *waiterPINs, pin, want string) {
	t.Helper()
	name, ok, err := pins.Check(t.Context(), pin)
	if err != nil || name != want || ok != (want != "") {
		t.Errorf("%s is the PIN of %q, %v, %v; want %q", pin, name, ok, err, want)
	}
}

func TestWaitersAreKnownByTheirPINs(t *testing.T) {
	pins, _, _ := pinsOf(t)
	demandWaiter(t, pins, "1111", "Аня")
	demandWaiter(t, pins, "2222", "Пётр")
	demandWaiter(t, pins, "3333", "")
	demandWaiter(t, pins, "", "")
}

// What was right is not hashed again for a while, and then it is.
func TestAKnownPINIsCheap(t *testing.T) {
	pins, keyring, now := pinsOf(t)
	demandWaiter(t, pins, "1111", "Аня")
	asked := keyring.asked
	*now = now.Add(pinKept)
	demandWaiter(t, pins, "1111", "Аня")
	if keyring.asked != asked {
		t.Error("a known PIN was looked up again")
	}
	*now = now.Add(time.Second)
	demandWaiter(t, pins, "1111", "Аня")
	if keyring.asked == asked {
		t.Error("a PIN that was right long ago is still taken")
	}
	demandWaiter(t, pins, "3333", "")
	asked = keyring.asked
	demandWaiter(t, pins, "3333", "")
	if keyring.asked == asked {
		t.Error("a wrong PIN is remembered")
	}
}

// A changed PIN takes the place of the old one as soon as it is used.
func TestAChangedPIN(t *testing.T) {
	pins, keyring, _ := pinsOf(t)
	demandWaiter(t, pins, "1111", "Аня")
	keyring.kept["waiter/Аня"] = mustHash(t, "4444")
	demandWaiter(t, pins, "4444", "Аня")
	demandWaiter(t, pins, "1111", "")
	if len(pins.known) != 1 {
		t.Errorf("%d PINs are remembered", len(pins.known))
	}
}

// A keyring that does not answer is no wrong PIN. A PIN that is kept badly shuts
// out its waiter, not the others.
func TestPINsThatCannotBeChecked(t *testing.T) {
	pins, keyring, _ := pinsOf(t)
	keyring.kept["waiter/Аня"] = "no hash"
	demandWaiter(t, pins, "2222", "Пётр")
	var rule *config.SecretRuleError
	if _, ok, err := pins.Check(t.Context(), "1111"); ok || !errors.As(err, &rule) {
		t.Errorf("%v, %v", ok, err)
	}
	keyring.err = config.ErrKeyringLocked
	if _, ok, err := pins.Check(t.Context(), "3333"); ok || !errors.Is(err, config.ErrKeyringLocked) {
		t.Errorf("%v, %v", ok, err)
	}
	demandWaiter(t, pins, "2222", "Пётр") // remembered
	keyring.err = nil
	given, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok, err := pins.Check(given, "3333"); ok || !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that has gone: %v, %v", ok, err)
	}
	pins.open = func() (*config.Secrets, error) { return nil, config.ErrKeyringFailed }
	if _, ok, err := pins.Check(t.Context(), "3333"); ok || !errors.Is(err, config.ErrKeyringFailed) {
		t.Errorf("%v, %v", ok, err)
	}
}
