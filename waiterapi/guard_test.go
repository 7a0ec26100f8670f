package waiterapi_test

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/waiterapi"
)

func TestPathsAreTakenAsASPNETClientsWriteThem(t *testing.T) {
	id := orderID.String()
	tests := []struct {
		method, path string
		status       int
	}{
		{"GET", "/ping", 204},
		{"GET", "/ping/", 204},
		{"GET", "/PING", 204},
		{"GET", "/ping?x=1", 204},
		{"HEAD", "/ping", 204},
		{"GET", "/Orders/" + strings.ToUpper(id) + "/PaymentLimits", 200},
		{"HEAD", "/orders/" + id + "/paymentLimits", 200},
		{"GET", "/orders/" + id + "/paymentlimits/", 200},
		{"GET", "/orders/" + id + "/Loyalty/", 204},
		{"GET", "/orders/%7B" + id + "%7D/loyalty", 400},
		{"GET", "/orders/" + strings.ReplaceAll(id, "-", "") + "/loyalty", 400},
		{"GET", "/orders/" + uuid.Nil.String() + "/loyalty", 400},
		{"GET", "/orders/235/loyalty", 400},
		{"GET", "/orders/" + id[:35] + "x/loyalty", 400},
		{"POST", "/orders/235/checkin", 400},
		{"DELETE", "/orders/235/checkin", 400},
		{"GET", "/orders/235/paymentLimits", 400},
		{"GET", "/", 404},
		{"GET", "/orders", 404},
		{"GET", "/orders//loyalty", 404},
		{"GET", "/orders/" + id + "//loyalty", 404},
		{"GET", "/orders/" + id + "%2F%2Floyalty", 404},
		{"GET", "/orders/../ping", 404},
		{"GET", "/./ping", 404},
		{"GET", "/orders/" + id + "/unknown", 404},
		{"GET", "/orders/" + id + "/loyalty/x", 404},
		{"POST", "/ping", 405},
		{"PUT", "/orders/" + id + "/checkin", 405},
		{"GET", "/orders/" + id + "/checkin", 405},
		{"POST", "/orders/" + id + "/loyalty", 405},
		{"OPTIONS", "/orders/" + id + "/loyalty", 405},
		{"PATCH", "/orders/" + id, 405},
		{"GET", "/orders/" + id, 405},
	}
	d := open(t, options(new(book)))
	for _, test := range tests {
		a := d.ask(test.method, test.path, "")
		if a.Status != test.status {
			t.Errorf("%s %s: got %d %s, want %d", test.method, test.path, a.Status, a.Body, test.status)
		}
		if test.method == "HEAD" && a.Body != "" {
			t.Errorf("%s %s has a body", test.method, test.path)
		}
	}
	for path, want := range map[string]string{"/ping": "GET, HEAD", order("/checkin"): "DELETE, POST", order(""): "DELETE, PUT"} {
		if got := d.ask("OPTIONS", path, "").Header.Get("Allow"); got != want {
			t.Errorf("%s allows %q, want %q", path, got, want)
		}
	}
}

func TestWhoIsLetIn(t *testing.T) {
	set := func(name, value string) func(*http.Request) {
		return func(r *http.Request) {
			if name == "Host" {
				r.Host = value
				return
			}
			r.Header.Set(name, value)
		}
	}
	prefixes := func(texts ...string) (list []netip.Prefix) {
		for _, text := range texts {
			list = append(list, netip.MustParsePrefix(text))
		}
		return list
	}
	tests := []struct {
		name   string
		allow  []netip.Prefix
		change func(*http.Request)
		status int
	}{
		{"this machine, by default", nil, set("X", ""), 204},
		{"listed", prefixes("10.0.0.0/8", "127.0.0.1/32"), set("X", ""), 204},
		{"not listed", prefixes("10.0.0.0/8", "::1/128"), set("X", ""), 403},
		{"localhost", nil, set("Host", "localhost:1"), 204},
		{"without a port", nil, set("Host", "LocalHost."), 204},
		{"loopback", nil, set("Host", "127.9.9.9"), 204},
		{"loopback, IPv6", nil, set("Host", "[::1]:9100"), 204},
		{"a name of the settings", nil, set("Host", "till.shop.local:9100"), 204},
		{"in another case", nil, set("Host", "TILL.shop.local"), 204},
		{"a foreign name", nil, set("Host", "evil.example"), 403},
		{"a name with ours in it", nil, set("Host", "localhost.evil.example"), 403},
		{"a foreign address", nil, set("Host", "192.0.2.1:9100"), 403},
		{"Origin", nil, set("Origin", "http://localhost"), 403},
		{"empty Origin", nil, set("Origin", ""), 403},
		{"null Origin", nil, set("Origin", "null"), 403},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := options(new(book))
			o.Allow, o.Hosts = test.allow, []string{"Till.shop.local"}
			a := open(t, o).ask("GET", "/ping", "", test.change)
			if a.Status != test.status {
				t.Errorf("got %d %s, want %d", a.Status, a.Body, test.status)
			}
			for name := range a.Header {
				if strings.HasPrefix(name, "Access-Control") {
					t.Errorf("the reply has %s", name)
				}
			}
		})
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	for name, spoil := range map[string]func(*waiterapi.Options){
		"no book":   func(o *waiterapi.Options) { o.Book = nil },
		"no desk":   func(o *waiterapi.Options) { o.Desk = nil },
		"no hub":    func(o *waiterapi.Options) { o.Hub = nil },
		"no texts":  func(o *waiterapi.Options) { o.Texts = nil },
		"no vendor": func(o *waiterapi.Options) { o.Vendor = 0 },
		"no system": func(o *waiterapi.Options) { o.System = "" },
		"mode":      func(o *waiterapi.Options) { o.Mode = "both" },
	} {
		o := options(new(book))
		spoil(&o)
		if _, err := waiterapi.New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := waiterapi.New(options(new(book))); err != nil { // without a clock and a log
		t.Error(err)
	}
}

func TestTheHubSeesTheDoor(t *testing.T) {
	d := open(t, options(new(book)))
	d.ask("GET", "/ping", "")
	state := d.hub.State(notice.Waiter)
	if state.Level != notice.Good || state.Code != d.address || !state.At.Equal(noon) {
		t.Errorf("open: %+v, want the address %s", state, d.address)
	}

	busy := options(new(book))
	busy.Address = d.address
	for address, want := range map[string]string{d.address: waiterapi.CodeBusy, "127.0.0.1:70000": waiterapi.CodeFailed} {
		busy.Address, busy.Hub = address, new(notice.Hub)
		server, err := waiterapi.New(busy)
		must(t, err)
		if _, err := server.Listen(t.Context()); err == nil {
			t.Fatalf("listening on %s worked", address)
		}
		if state := busy.Hub.State(notice.Waiter); state.Level != notice.Trouble || state.Code != want {
			t.Errorf("%s: %+v, want the code %s", address, state, want)
		}
	}

	must(t, d.stop())
	if state := d.hub.State(notice.Waiter); state.Level != notice.Unknown || state.Code != "" {
		t.Errorf("closed: %+v", state)
	}
}

func TestServeSaysWhenListeningEndsByItself(t *testing.T) {
	o := options(new(book))
	server, err := waiterapi.New(o)
	must(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, listener.Close())
	if err := server.Serve(context.Background(), listener); err == nil {
		t.Error("no error")
	}
	if state := o.Hub.State(notice.Waiter); state.Level != notice.Trouble || state.Code != waiterapi.CodeFailed {
		t.Errorf("the hub saw %+v", state)
	}
}
