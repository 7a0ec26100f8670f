package config

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// The states of a real keyring are in keyring_real_test.go; here is what needs
// none.

func TestNoBusIsAnAbsentKeyring(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "bus"))
	for name, k := range map[string]*Keyring{"quiet": NewKeyring(false), "asking": NewKeyring(true)} {
		if _, err := k.Get(background, "skidkabot"); !errors.Is(err, ErrKeyringAbsent) {
			t.Errorf("%s: Get: %v, want absent", name, err)
		}
		if err := k.Set(background, "skidkabot", "1"); !errors.Is(err, ErrKeyringAbsent) {
			t.Errorf("%s: Set: %v, want absent", name, err)
		}
		if err := k.Delete(background, "skidkabot"); !errors.Is(err, ErrKeyringAbsent) {
			t.Errorf("%s: Delete: %v, want absent", name, err)
		}
	}
}

func TestKeyringLimits(t *testing.T) {
	if got := NewKeyring(false).limit; got != 3*time.Second {
		t.Errorf("quiet limit %v, want 3 s (DESIGN.md, section 4)", got)
	}
	if got := NewKeyring(true).limit; got != 30*time.Second {
		t.Errorf("asking limit %v, want 30 s (DESIGN.md, section 4)", got)
	}
}

func TestKindsOfBusErrors(t *testing.T) {
	const busErrors = "org.freedesktop.DBus.Error."
	tests := []struct {
		err  error
		want error
	}{
		{dbus.Error{Name: busErrors + "AccessDenied"}, ErrKeyringDenied},
		{dbus.Error{Name: busErrors + "AuthFailed"}, ErrKeyringDenied},
		{dbus.Error{Name: "org.freedesktop.Secret.Error.IsLocked"}, ErrKeyringLocked},
		{dbus.Error{Name: busErrors + "NoReply"}, ErrKeyringTimeout},
		{dbus.Error{Name: busErrors + "TimedOut"}, ErrKeyringTimeout},
		{dbus.Error{Name: busErrors + "ServiceUnknown"}, ErrKeyringAbsent},
		{dbus.Error{Name: busErrors + "NameHasNoOwner"}, ErrKeyringAbsent},
		{dbus.Error{Name: busErrors + "Spawn.ChildExited"}, ErrKeyringAbsent},
		{dbus.ErrClosed, ErrKeyringAbsent},
		{context.DeadlineExceeded, ErrKeyringTimeout},
		{dbus.Error{Name: busErrors + "Failed"}, nil},
		{errors.New("failed to unlock correct collection"), nil}, // prose is never judged
	}
	for _, test := range tests {
		for _, err := range []error{test.err, fmt.Errorf("wrapped: %w", test.err)} {
			if got := kindOfBusError(err); got != test.want {
				t.Errorf("%v is %v, want %v", err, got, test.want)
			}
		}
	}
}

func TestMissingObjects(t *testing.T) {
	for name, want := range map[string]bool{
		"org.freedesktop.Secret.Error.NoSuchObject": true,
		"org.freedesktop.DBus.Error.UnknownMethod":  true, // what gnome-keyring answers
		"org.freedesktop.DBus.Error.UnknownObject":  true,
		"org.freedesktop.DBus.Error.AccessDenied":   false,
	} {
		if got := isMissingObject(dbus.Error{Name: name}); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if isMissingObject(nil) || isMissingObject(errors.New("x")) {
		t.Error("an error without a name is taken for a missing object")
	}
}
