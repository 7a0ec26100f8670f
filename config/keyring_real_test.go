//go:build keyring && linux

package config

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// These tests need a session bus in a certain state and so are built only with
// the tag keyring; testdata/keyring.sh makes each state and runs them.

func TestKeyring(t *testing.T) {
	states := map[string]func(*testing.T){
		"unlocked":  testUnlocked,
		"locked":    testLocked,
		"untouched": testLocked, // no collection was ever made
		"absent":    testAbsent,
		"denied":    testDenied,
		"mute":      testMute,
	}
	test, ok := states[os.Getenv("SKIDKASSA_KEYRING_TEST")]
	if !ok {
		t.Fatal("SKIDKASSA_KEYRING_TEST does not name a state: run testdata/keyring.sh")
	}
	test(t)
}

func testUnlocked(t *testing.T) {
	for _, interactive := range []bool{false, true} {
		k := NewKeyring(interactive)
		for _, name := range []string{"skidkabot", "cashier/Аня"} {
			if _, err := k.Get(background, name); !errors.Is(err, ErrSecretNotFound) {
				t.Errorf("%s before: %v, want not found", name, err)
			}
			for _, secret := range []string{"1", "31337 ключ"} { // the second replaces the first
				if err := k.Set(background, name, secret); err != nil {
					t.Fatalf("Set %s: %v", name, err)
				}
				if got, err := k.Get(background, name); got != secret || err != nil {
					t.Errorf("Get %s: %q, %v; want %q", name, got, err, secret)
				}
			}
			if err := k.Delete(background, name); err != nil {
				t.Errorf("Delete %s: %v", name, err)
			}
			if _, err := k.Get(background, name); !errors.Is(err, ErrSecretNotFound) {
				t.Errorf("%s afterwards: %v, want not found", name, err)
			}
			if err := k.Delete(background, name); !errors.Is(err, ErrSecretNotFound) {
				t.Errorf("second Delete %s: %v, want not found", name, err)
			}
		}
	}
	s, err := OpenSecrets(SecretOptions{Keyring: NewKeyring(false), DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Set(background, SecretAdmin, "0742"); err != nil {
		t.Fatal(err)
	}
	if ok, err := s.VerifyPIN(background, SecretAdmin, "0742"); !ok || err != nil {
		t.Errorf("the PIN: %v, %v; want true", ok, err)
	}
}

// eachCall makes every call and wants the same error of each.
func eachCall(t *testing.T, k *Keyring, want error) {
	t.Helper()
	_, getErr := k.Get(background, "skidkabot")
	calls := map[string]error{
		"Get":    getErr,
		"Set":    k.Set(background, "skidkabot", "1"),
		"Delete": k.Delete(background, "skidkabot"),
	}
	for name, err := range calls {
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

func testLocked(t *testing.T) {
	eachCall(t, NewKeyring(false), ErrKeyringLocked)
	// gnome-keyring now wants to ask; there is no screen to ask on.
	eachCall(t, NewKeyring(true), ErrKeyringLocked)
}

func testAbsent(t *testing.T) {
	eachCall(t, NewKeyring(false), ErrKeyringAbsent)
	eachCall(t, NewKeyring(true), ErrKeyringAbsent)
}

func testDenied(t *testing.T) {
	service := serve(t)

	service.behave(fakeService{locked: true, answer: dismiss})
	eachCall(t, NewKeyring(true), ErrKeyringDenied)
	service.behave(fakeService{locked: true, answer: dismiss})
	eachCall(t, NewKeyring(false), ErrKeyringLocked)
	if got := service.prompts.Load(); got != 0 {
		t.Errorf("a till without a person asked %d times, want never", got)
	}

	service.behave(fakeService{refusal: dbus.NewError("org.freedesktop.DBus.Error.AccessDenied", nil)})
	eachCall(t, NewKeyring(false), ErrKeyringDenied)

	// go-keyring itself takes this for a success.
	service.behave(fakeService{answer: dismiss})
	if err := NewKeyring(true).Set(background, "skidkabot", "1"); !errors.Is(err, ErrKeyringDenied) {
		t.Errorf("Set with its question dismissed: %v, want denied", err)
	}

	service.behave(fakeService{refusal: dbus.NewError("org.freedesktop.DBus.Error.Failed", nil)})
	eachCall(t, NewKeyring(false), ErrKeyringFailed)

	// go-keyring panics on this answer.
	service.behave(fakeService{locked: true, answer: nonsense})
	if _, err := NewKeyring(true).Get(background, "skidkabot"); !errors.Is(err, ErrKeyringFailed) {
		t.Errorf("an answer of another form: %v, want a failure", err)
	}
}

func testMute(t *testing.T) {
	service := serve(t)

	service.behave(fakeService{silent: true})
	for _, interactive := range []bool{false, true} { // it is not a person who is silent
		within(t, 3*time.Second, func() {
			if _, err := NewKeyring(interactive).Get(background, "skidkabot"); !errors.Is(err, ErrKeyringTimeout) {
				t.Errorf("a keyring that does not answer: %v, want a timeout", err)
			}
		})
	}

	service.behave(fakeService{locked: true, answer: never})
	k := NewKeyring(true)
	k.limit = time.Second
	within(t, k.limit, func() {
		if _, err := k.Get(background, "skidkabot"); !errors.Is(err, ErrKeyringTimeout) {
			t.Errorf("a question that nobody answers: %v, want a timeout", err)
		}
	})
	k.limit = time.Hour
	within(t, 0, func() { eachCall(t, k, ErrKeyringTimeout) })
	if got := service.prompts.Load(); got != 1 {
		t.Errorf("%d questions stand open, want 1", got)
	}

	ctx, cancel := context.WithCancel(background)
	cancel()
	if _, err := NewKeyring(true).Get(ctx, "skidkabot"); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled caller: %v, want its error", err)
	}
}

// within wants act to take as long as it should, and up to half a minute more on
// a busy machine.
func within(t *testing.T, want time.Duration, act func()) {
	t.Helper()
	start := time.Now()
	act()
	if took := time.Since(start); took < want || took > want+30*time.Second {
		t.Errorf("took %v, want %v", took, want)
	}
}

// The rest is a Secret Service with bad manners.

const (
	fakePrompt  = dbus.ObjectPath("/org/freedesktop/secrets/prompt/p1")
	fakeSession = dbus.ObjectPath("/org/freedesktop/secrets/session/s1")
	noPrompt    = dbus.ObjectPath("/")
)

// What the service does with a question.
const (
	dismiss  = "dismiss"
	never    = "never"
	nonsense = "nonsense"
)

type fakeService struct {
	locked  bool
	silent  bool        // it answers nothing
	refusal *dbus.Error // of Unlock
	answer  string
}

type fakeBus struct {
	conn    *dbus.Conn
	prompts atomic.Int32
	release chan struct{} // closed at the end: what was held back may go

	mu sync.Mutex
	is fakeService
}

// serve puts the service on the bus.
func serve(t *testing.T) *fakeBus {
	t.Helper()
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	b := &fakeBus{conn: conn, release: make(chan struct{})}
	t.Cleanup(func() {
		close(b.release)
		_ = conn.Close()
	})
	for path, tables := range map[dbus.ObjectPath]map[string]map[string]any{
		secretsPath: {
			"org.freedesktop.DBus.Properties": {"Get": b.get},
			"org.freedesktop.Secret.Service":  {"Unlock": b.unlock, "OpenSession": b.openSession},
		},
		loginCollection: {
			"org.freedesktop.DBus.Properties":   {"Get": b.get},
			"org.freedesktop.Secret.Collection": {"SearchItems": b.searchItems, "CreateItem": b.createItem},
		},
		fakePrompt:  {"org.freedesktop.Secret.Prompt": {"Prompt": b.prompt}},
		fakeSession: {"org.freedesktop.Secret.Session": {"Close": func() *dbus.Error { return nil }}},
	} {
		for name, table := range tables {
			if err := conn.ExportMethodTable(table, path, name); err != nil {
				t.Fatal(err)
			}
		}
	}
	if reply, err := conn.RequestName(secretsName, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("the name is taken: %v, %v", reply, err)
	}
	return b
}

func (b *fakeBus) behave(is fakeService) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.is = is
	b.prompts.Store(0)
}

func (b *fakeBus) now() fakeService {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.is
}

func (b *fakeBus) get(_, property string) (dbus.Variant, *dbus.Error) {
	if b.now().silent {
		<-b.release
	}
	if property == "Collections" {
		return dbus.MakeVariant([]dbus.ObjectPath{loginCollection}), nil
	}
	return dbus.MakeVariant(b.now().locked), nil
}

func (b *fakeBus) unlock(paths []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	switch is := b.now(); {
	case is.refusal != nil:
		return nil, noPrompt, is.refusal
	case is.locked:
		return nil, fakePrompt, nil
	}
	return paths, noPrompt, nil
}

func (b *fakeBus) openSession(string, dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	return dbus.MakeVariant(""), fakeSession, nil
}

func (b *fakeBus) searchItems(map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	return nil, nil
}

// fakeSecret is the wire form of a secret, (oayays).
type fakeSecret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

func (b *fakeBus) createItem(map[string]dbus.Variant, fakeSecret, bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	return noPrompt, fakePrompt, nil
}

func (b *fakeBus) prompt(string) *dbus.Error {
	b.prompts.Add(1)
	var body []any
	switch b.now().answer {
	case dismiss:
		body = []any{true, dbus.MakeVariant([]dbus.ObjectPath{})}
	case nonsense:
		body = []any{"yes", dbus.MakeVariant("")}
	default:
		return nil
	}
	if err := b.conn.Emit(fakePrompt, promptCompleted, body...); err != nil {
		return dbus.MakeFailedError(err)
	}
	return nil
}
