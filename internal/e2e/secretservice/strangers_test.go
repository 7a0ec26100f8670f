//go:build linux

package secretservice_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/skidkassa/skidkassa/internal/e2e/secretservice"
)

func startFake(t *testing.T) *secretservice.Keyring {
	t.Helper()
	folder, err := os.MkdirTemp("", "bus") // the test's own folder may have too long a name for a socket
	if err != nil {
		t.Fatal(err)
	}
	fake, err := secretservice.Start(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(fake.Close(), os.RemoveAll(folder)); err != nil {
			t.Error(err)
		}
	})
	return fake
}

// What the fake does not know it refuses by the names that a real bus has, so that nothing waits for an answer.
func TestWhatTheFakeDoesNotKnow(t *testing.T) {
	fake := startFake(t)
	bus, err := dbus.Connect(fake.Address(), dbus.WithAuth(dbus.AuthExternal("0")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bus.Close() }()
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	collection := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets/collection/login")
	nameless := []any{map[string]dbus.Variant{}, []any{dbus.ObjectPath("/"), []byte{}, []byte("1"), "text/plain"}, true}
	for name, test := range map[string]struct {
		call *dbus.Call
		want string
	}{
		"a method":           {service.Call("org.example.Dance", 0), "org.freedesktop.DBus.Error.UnknownMethod"},
		"a property":         {service.Call("org.freedesktop.DBus.Properties.Get", 0, "org.example", "Colour"), "org.freedesktop.DBus.Error.UnknownProperty"},
		"an item of no name": {collection.Call("org.freedesktop.Secret.Collection.CreateItem", 0, nameless...), "org.freedesktop.Secret.Error.IsLocked"},
	} {
		var refused dbus.Error
		if !errors.As(test.call.Err, &refused) || refused.Name != test.want {
			t.Errorf("%s: %v, want %s", name, test.call.Err, test.want)
		}
	}
	fake.SetLocked(true)
	var unlocked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	if err := service.Call("org.freedesktop.Secret.Service.Unlock", 0, []dbus.ObjectPath{collection.Path()}).Store(&unlocked, &prompt); err != nil || len(unlocked) > 0 {
		t.Errorf("what is locked was unlocked by asking: %v, %v", unlocked, err)
	}
}

func TestTheHandshake(t *testing.T) {
	fake := startFake(t)
	conn := dial(t, fake)
	in := bufio.NewReader(conn)
	for said, want := range map[string]string{"AUTH": "REJECTED EXTERNAL", "AUTH EXTERNAL": "DATA", "AUTH EXTERNAL 30": "OK ", "DATA": "OK ", "DANCE": "ERROR"} {
		if _, err := io.WriteString(conn, said+"\r\n"); err != nil {
			t.Fatal(err)
		}
		if got, err := in.ReadString('\n'); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%q is answered by %q, %v; want %q", said, got, err, want)
		}
	}
}

// Whoever speaks something else is left alone: the connection ends.
func TestWhoDoesNotSpeakDBus(t *testing.T) {
	fake := startFake(t)
	for _, said := range []string{"GET / HTTP/1.1\r\n", "\x00AUTH EXTERNAL 30\r\nBEGIN\r\nno message at all"} {
		conn, err := net.Dial("unix", strings.TrimPrefix(fake.Address(), "unix:path="))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(conn.SetDeadline(time.Now().Add(10*time.Second)), write(conn, said)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after %q the connection stays", said)
		}
		_ = conn.Close()
	}
}

func TestAFolderThatIsNotThere(t *testing.T) {
	if _, err := secretservice.Start(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// dial connects and says the first zero.
func dial(t *testing.T, fake *secretservice.Keyring) net.Conn {
	t.Helper()
	conn, err := net.Dial("unix", strings.TrimPrefix(fake.Address(), "unix:path="))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := errors.Join(conn.SetDeadline(time.Now().Add(10*time.Second)), write(conn, "\x00")); err != nil {
		t.Fatal(err)
	}
	return conn
}

func write(to io.Writer, said string) error {
	_, err := io.WriteString(to, said)
	return err
}
