package config

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"
)

// On Linux the keyring is whatever owns org.freedesktop.secrets on the session
// bus. go-keyring speaks with it, but four things are asked beside it:
//
//   - whether there is a bus at all, because go-keyring would start one of its
//     own and leave it behind;
//   - whether the collection is locked, because go-keyring says so only in prose;
//   - whether a prompt was dismissed, because go-keyring drops that answer;
//   - whether anybody could have been asked, because on a machine without a
//     screen gnome-keyring dismisses its own prompts.

const (
	secretsName       = "org.freedesktop.secrets"
	secretsPath       = dbus.ObjectPath("/org/freedesktop/secrets")
	loginCollection   = secretsPath + "/collection/login"
	defaultCollection = secretsPath + "/aliases/default"
	collectionsOf     = "org.freedesktop.Secret.Service.Collections"
	lockedOf          = "org.freedesktop.Secret.Collection.Locked"
	promptCompleted   = "org.freedesktop.Secret.Prompt.Completed"
	gnomePrompter     = "org.gnome.keyring.SystemPrompter"
	gnomeKeyring      = "org.gnome.keyring"

	busName          = "org.freedesktop.DBus"
	nameHasOwner     = busName + ".NameHasOwner"
	startService     = busName + ".StartServiceByName"
	signalsHeld      = 16
	startServiceFlag = uint32(0) // reserved by the D-Bus specification
)

// withOS runs one call of go-keyring and tells what its error means.
func withOS(ctx context.Context, interactive bool, call func() (string, error)) (string, error) {
	bus, err := openBus(ctx)
	if err != nil {
		return "", err
	}
	defer func() { _ = bus.Close() }() // nothing was written that could be lost
	locked, err := isLocked(ctx, bus)
	if err != nil {
		return "", classify(err, kindOfBusError)
	}
	if locked && !interactive {
		return "", &KeyringError{Kind: ErrKeyringLocked}
	}
	prompts, err := watchPrompts()
	if err != nil {
		return "", &KeyringError{Kind: ErrKeyringAbsent, Cause: err}
	}
	secret, err := call()
	dismissed := prompts.stop()
	switch {
	case dismissed && !canAsk(ctx, bus):
		return "", &KeyringError{Kind: ErrKeyringLocked, Cause: err}
	case dismissed:
		return "", &KeyringError{Kind: ErrKeyringDenied, Cause: err}
	}
	return secret, classify(err, func(err error) error {
		if kind := kindOfBusError(err); kind != nil {
			return kind
		}
		if stillLocked, lockErr := isLocked(ctx, bus); lockErr == nil && stillLocked {
			return ErrKeyringLocked
		}
		return nil
	})
}

// openBus connects to the session bus that exists, and never starts one.
func openBus(ctx context.Context) (*dbus.Conn, error) {
	bus, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, &KeyringError{Kind: ErrKeyringAbsent, Cause: err}
	}
	// The handshake has no limit of its own; a bus that is silent in it is cut off.
	cutOff := time.AfterFunc(quietLimit, func() { _ = bus.Close() })
	if err = bus.Auth(nil); err == nil {
		err = bus.Hello()
	}
	if !cutOff.Stop() {
		return nil, &KeyringError{Kind: ErrKeyringTimeout, Cause: err}
	}
	if err != nil {
		_ = bus.Close() // the first error is the one that counts
		return nil, &KeyringError{Kind: ErrKeyringAbsent, Cause: err}
	}
	return bus, nil
}

// isLocked asks the collection that go-keyring uses: the one named login, else
// the default one. A keyring that was never set up has neither; to a person it is
// locked just as well. No person is asked for this, so it has the short limit.
func isLocked(ctx context.Context, bus *dbus.Conn) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, quietLimit)
	defer cancel()
	var paths []dbus.ObjectPath
	service := bus.Object(secretsName, secretsPath)
	if err := property(ctx, service, collectionsOf, &paths); err != nil {
		return false, err
	}
	collection := defaultCollection
	if slices.Contains(paths, loginCollection) {
		collection = loginCollection
	}
	var locked bool
	err := property(ctx, bus.Object(secretsName, collection), lockedOf, &locked)
	if isMissingObject(err) {
		return true, nil
	}
	return locked, err
}

// property reads one D-Bus property within ctx's limit; Object.GetProperty has
// none.
func property(ctx context.Context, object dbus.BusObject, name string, into any) error {
	i := strings.LastIndexByte(name, '.')
	var answer dbus.Variant
	err := object.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get", 0, name[:i], name[i+1:]).Store(&answer)
	if err != nil {
		return err
	}
	return answer.Store(into)
}

// promptWatch notes whether a prompt was dismissed while it watches.
type promptWatch struct {
	bus     *dbus.Conn
	signals chan *dbus.Signal
}

// watchPrompts listens on the connection that go-keyring shares, since a
// prompt's answer is sent to the one who asked.
func watchPrompts() (promptWatch, error) {
	bus, err := dbus.SessionBus()
	if err != nil {
		return promptWatch{}, err
	}
	w := promptWatch{bus, make(chan *dbus.Signal, signalsHeld)}
	bus.Signal(w.signals)
	return w, nil
}

func (w promptWatch) stop() (dismissed bool) {
	w.bus.RemoveSignal(w.signals)
	for {
		select {
		case signal, open := <-w.signals:
			if !open {
				return dismissed // the bus has gone
			}
			if signal.Name == promptCompleted && len(signal.Body) > 0 && signal.Body[0] == true {
				dismissed = true
			}
		default:
			return dismissed
		}
	}
}

// canAsk tells whether a dismissed prompt can have been dismissed by a person.
// gnome-keyring asks through a program of its own, which cannot start without a
// screen; the prompt is then dismissed by nobody. Other keyrings ask themselves.
func canAsk(ctx context.Context, bus *dbus.Conn) bool {
	var isGnome bool
	err := bus.BusObject().CallWithContext(ctx, nameHasOwner, 0, gnomeKeyring).Store(&isGnome)
	if err != nil || !isGnome {
		return err == nil
	}
	return bus.BusObject().CallWithContext(ctx, startService, 0, gnomePrompter, startServiceFlag).Err == nil
}

// kindOfBusError judges by the names of D-Bus errors.
func kindOfBusError(err error) error {
	var busErr dbus.Error
	switch {
	case errors.As(err, &busErr):
	case errors.Is(err, dbus.ErrClosed):
		return ErrKeyringAbsent
	case errors.Is(err, context.DeadlineExceeded):
		return ErrKeyringTimeout
	default:
		return nil
	}
	switch busErr.Name {
	case "org.freedesktop.DBus.Error.AccessDenied",
		"org.freedesktop.DBus.Error.AuthFailed",
		"org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
		"org.freedesktop.DBus.Error.SELinuxSecurityContextUnknown":
		return ErrKeyringDenied
	case "org.freedesktop.Secret.Error.IsLocked":
		return ErrKeyringLocked
	case "org.freedesktop.DBus.Error.NoReply",
		"org.freedesktop.DBus.Error.Timeout",
		"org.freedesktop.DBus.Error.TimedOut":
		return ErrKeyringTimeout
	case "org.freedesktop.DBus.Error.ServiceUnknown",
		"org.freedesktop.DBus.Error.NameHasNoOwner",
		"org.freedesktop.DBus.Error.NoServer",
		"org.freedesktop.DBus.Error.Disconnected":
		return ErrKeyringAbsent
	}
	if strings.HasPrefix(busErr.Name, "org.freedesktop.DBus.Error.Spawn.") {
		return ErrKeyringAbsent // the bus knows a keyring and could not start it
	}
	return nil
}

// isMissingObject tells that the service has no such collection.
func isMissingObject(err error) bool {
	var busErr dbus.Error
	if !errors.As(err, &busErr) {
		return false
	}
	switch busErr.Name {
	case "org.freedesktop.Secret.Error.NoSuchObject",
		"org.freedesktop.DBus.Error.UnknownObject",
		"org.freedesktop.DBus.Error.UnknownMethod",
		"org.freedesktop.DBus.Error.UnknownInterface":
		return true
	}
	return false
}
