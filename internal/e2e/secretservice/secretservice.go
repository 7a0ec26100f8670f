//go:build linux

// Package secretservice is a keyring as a fake: a D-Bus of its own on a Unix socket, on which the Secret Service of
// freedesktop.org answers what the program asks of it. So the built program goes its real way, through the bus and the
// library to the keyring, on a machine that has neither.
//
// It speaks with sessions of the kind "plain", has one collection, which is open unless it was locked, and keeps
// everything in memory. The real keyring's own states are tried by config/testdata/keyring.sh.
package secretservice

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"path/filepath"
	"strings"
	"sync"

	"github.com/godbus/dbus/v5"
)

// Keyring is the fake. Make one with [Start].
type Keyring struct {
	listener net.Listener
	serving  sync.WaitGroup

	mu      sync.Mutex
	secrets map[string]string // by the user name under which the program keeps them
	locked  bool
	conns   map[net.Conn]bool
	closed  bool
}

// socketName is the bus's, in its folder.
const socketName = "bus"

// Start begins to serve on a socket in a folder. The path of a socket is bounded by the system, to some hundred bytes.
func Start(folder string) (*Keyring, error) {
	listener, err := net.Listen("unix", filepath.Join(folder, socketName))
	if err != nil {
		return nil, fmt.Errorf("secretservice: %w", err)
	}
	k := &Keyring{listener: listener, secrets: make(map[string]string), conns: make(map[net.Conn]bool)}
	k.serving.Go(k.accept)
	return k, nil
}

// Address is the bus's, for DBUS_SESSION_BUS_ADDRESS.
func (k *Keyring) Address() string { return "unix:path=" + k.listener.Addr().String() }

// Secrets are those that are kept, by their names.
func (k *Keyring) Secrets() map[string]string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return maps.Clone(k.secrets)
}

// SetLocked locks the collection or unlocks it. Nobody can be asked for its password.
func (k *Keyring) SetLocked(locked bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.locked = locked
}

// Close ends all connections.
func (k *Keyring) Close() error {
	err := k.listener.Close()
	k.mu.Lock()
	k.closed = true
	for conn := range k.conns {
		_ = conn.Close() // its reader ends by that
	}
	k.mu.Unlock()
	k.serving.Wait()
	return err
}

func (k *Keyring) accept() {
	for {
		conn, err := k.listener.Accept()
		if err != nil {
			return // closed
		}
		k.mu.Lock()
		if k.closed {
			k.mu.Unlock()
			_ = conn.Close() // it has come too late
			return
		}
		k.conns[conn] = true
		number := len(k.conns)
		k.mu.Unlock()
		k.serving.Go(func() {
			defer func() { _ = conn.Close() }() // whoever was there has gone
			k.serve(conn, number)
		})
	}
}

// serve answers one connection until it ends.
func (k *Keyring) serve(conn io.ReadWriter, number int) {
	in := bufio.NewReader(conn)
	if err := authenticate(in, conn); err != nil {
		return
	}
	for {
		call, err := dbus.DecodeMessage(in)
		if err != nil {
			return
		}
		if call.Type != dbus.TypeMethodCall {
			continue
		}
		answer := k.answer(call, number)
		if call.Flags&dbus.FlagNoReplyExpected != 0 {
			continue
		}
		if err := answer.EncodeTo(conn, binary.LittleEndian); err != nil {
			return
		}
	}
}

var errNoHandshake = errors.New("secretservice: no handshake")

// authenticate takes the handshake of the D-Bus specification, whoever it is: the socket is in a folder of the test's.
func authenticate(in *bufio.Reader, out io.Writer) error {
	if zero, err := in.ReadByte(); err != nil || zero != 0 {
		return errNoHandshake
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return err
		}
		said := ""
		switch words := strings.Fields(line); {
		case len(words) == 1 && words[0] == "AUTH":
			said = "REJECTED EXTERNAL"
		case len(words) > 1 && words[0] == "AUTH":
			said = "DATA"
			if len(words) > 2 {
				said = "OK 00000000000000000000000000000000"
			}
		case len(words) > 0 && words[0] == "DATA":
			said = "OK 00000000000000000000000000000000"
		case len(words) > 0 && words[0] == "BEGIN":
			return nil
		default:
			said = "ERROR"
		}
		if _, err := io.WriteString(out, said+"\r\n"); err != nil {
			return err
		}
	}
}

// The objects of the fake.
const (
	collection = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	session    = dbus.ObjectPath("/org/freedesktop/secrets/session/1")
	noPrompt   = dbus.ObjectPath("/")
	itemPrefix = string(collection) + "/"
)

// itemOf is the path of a secret's item. Paths hold nothing but Latin letters, digits and low lines; names do.
func itemOf(name string) dbus.ObjectPath {
	return dbus.ObjectPath(itemPrefix + hex.EncodeToString([]byte(name)))
}

func nameOf(item dbus.ObjectPath) string {
	name, err := hex.DecodeString(strings.TrimPrefix(string(item), itemPrefix))
	if err != nil {
		return "" // no item of ours: nothing has this name
	}
	return string(name)
}

// secret is the structure (oayays) of the Secret Service's specification.
type secret struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// answer does what a method is asked for.
func (k *Keyring) answer(call *dbus.Message, number int) *dbus.Message {
	k.mu.Lock()
	defer k.mu.Unlock()
	member, _ := call.Headers[dbus.FieldMember].Value().(string)
	path, _ := call.Headers[dbus.FieldPath].Value().(dbus.ObjectPath)
	switch member {
	case "Hello":
		return reply(call, fmt.Sprintf(":1.%d", number))
	case "AddMatch", "RemoveMatch", "Close":
		return reply(call)
	case "NameHasOwner": // gnome-keyring's own name has none: nobody asks people here
		return reply(call, false)
	case "Get":
		return k.property(call)
	case "OpenSession":
		return reply(call, dbus.MakeVariant(""), session)
	case "Unlock":
		return k.unlock(call)
	case "SearchItems":
		return reply(call, k.search(call))
	case "CreateItem":
		return k.create(call)
	case "GetSecret":
		value := k.secrets[nameOf(path)]
		return reply(call, secret{session, []byte{}, []byte(value), "text/plain; charset=utf8"})
	case "Delete":
		delete(k.secrets, nameOf(path))
		return reply(call, noPrompt)
	}
	return failure(call, "org.freedesktop.DBus.Error.UnknownMethod")
}

// property answers what is asked of the service and the collection.
func (k *Keyring) property(call *dbus.Message) *dbus.Message {
	name, _ := call.Body[1].(string)
	switch name {
	case "Collections":
		return reply(call, dbus.MakeVariant([]dbus.ObjectPath{collection}))
	case "Locked":
		return reply(call, dbus.MakeVariant(k.locked))
	}
	return failure(call, "org.freedesktop.DBus.Error.UnknownProperty")
}

func (k *Keyring) unlock(call *dbus.Message) *dbus.Message {
	asked, _ := call.Body[0].([]dbus.ObjectPath)
	if k.locked {
		asked = []dbus.ObjectPath{}
	}
	return reply(call, asked, noPrompt)
}

// search finds an item by its user name, which is all that the program tells its items apart by.
func (k *Keyring) search(call *dbus.Message) []dbus.ObjectPath {
	wanted, _ := call.Body[0].(map[string]string)
	found := []dbus.ObjectPath{}
	if _, ok := k.secrets[wanted["username"]]; ok {
		found = append(found, itemOf(wanted["username"]))
	}
	return found
}

func (k *Keyring) create(call *dbus.Message) *dbus.Message {
	properties, _ := call.Body[0].(map[string]dbus.Variant)
	attributes, _ := properties["org.freedesktop.Secret.Item.Attributes"].Value().(map[string]string)
	parts, _ := call.Body[1].([]any)
	if k.locked || attributes["username"] == "" || len(parts) != 4 {
		return failure(call, "org.freedesktop.Secret.Error.IsLocked")
	}
	value, _ := parts[2].([]byte)
	k.secrets[attributes["username"]] = string(value)
	return reply(call, itemOf(attributes["username"]), noPrompt)
}

// reply answers a call with values.
func reply(call *dbus.Message, values ...any) *dbus.Message {
	answer := &dbus.Message{
		Type: dbus.TypeMethodReply, Headers: map[dbus.HeaderField]dbus.Variant{dbus.FieldReplySerial: dbus.MakeVariant(call.Serial())}, Body: values,
	}
	if len(values) > 0 {
		answer.Headers[dbus.FieldSignature] = dbus.MakeVariant(dbus.SignatureOf(values...))
	}
	return answer
}

// failure answers a call with an error.
func failure(call *dbus.Message, name string) *dbus.Message {
	answer := reply(call)
	answer.Type = dbus.TypeError
	answer.Headers[dbus.FieldErrorName] = dbus.MakeVariant(name)
	return answer
}
