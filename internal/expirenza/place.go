package expirenza

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// socketPath is where Expirenza takes websockets (PROTOCOLS.md, section 3).
const socketPath = "/restaurantEntryPoint"

// Limits of the wire.
const (
	dialLimit      = 5 * time.Second  // name lookup and TCP connect
	tlsLimit       = 5 * time.Second  // TLS handshake
	headerLimit    = 10 * time.Second // from the request's last byte to the reply's header
	exchangeLimit  = 15 * time.Second // a whole callback, or a whole opening of the websocket
	idleLimit      = 60 * time.Second // how long a connection is kept for the next callback
	replyMaxBytes  = 64 << 10         // of a callback's reply; its header has as many
	userAgent      = "skidkassa-expirenza/1"
	maxRestoID     = 200 // bytes
	maxIdleCallers = 8
)

// place is where Expirenza is.
type place struct {
	socket   string // the websocket's URL
	callback string // the URL before a callback's operation
	loopback bool
}

// checkOptions refuses options that cannot work, with reasons that quote nothing: a URL may hold a password.
func checkOptions(o Options) (place, error) {
	switch {
	case o.Book == nil:
		return place{}, &OptionError{"Book", "is missing"}
	case o.Outbox == nil:
		return place{}, &OptionError{"Outbox", "is missing"}
	case o.Hub == nil:
		return place{}, &OptionError{"Hub", "is missing"}
	case o.GuestName == nil:
		return place{}, &OptionError{"GuestName", "is missing"}
	}
	return checkWire(o)
}

// checkWire refuses the options of the connection that cannot work.
func checkWire(o Options) (place, error) {
	switch {
	case o.Secret == nil:
		return place{}, &OptionError{"Secret", "is missing"}
	case !headerText(o.RestoID) || strings.ContainsAny(o.RestoID, ": "):
		return place{}, &OptionError{"RestoID", "must be 1 to 200 visible characters without a colon"}
	case !headerText(o.System) || strings.ContainsAny(o.System, `;," \`):
		return place{}, &OptionError{"System", "must be what a cookie can hold"}
	case o.Proxy != nil && o.Proxy.Scheme != "http" && o.Proxy.Scheme != "https" && o.Proxy.Scheme != "socks5":
		return place{}, &OptionError{"Proxy", "must be an http, https or socks5 URL"}
	}
	return checkURL(o.URL)
}

// headerText reports whether a text goes into a header as it is.
func headerText(s string) bool {
	foreign := func(r rune) bool { return r < ' ' || r > '~' }
	return s != "" && len(s) <= maxRestoID && !strings.ContainsFunc(s, foreign)
}

// checkURL finds the websocket and the callbacks behind a base URL, with or without the websocket's own path.
func checkURL(text string) (place, error) {
	base, err := url.Parse(text)
	switch {
	case err != nil:
		return place{}, &OptionError{"URL", "is not a URL"}
	case base.Hostname() == "":
		return place{}, &OptionError{"URL", "names no host"}
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return place{}, &OptionError{"URL", "must be a scheme, a host and perhaps a path, nothing more"}
	case base.Scheme != "wss" && base.Scheme != "ws":
		return place{}, &OptionError{"URL", "must begin with wss://"}
	}
	found := place{loopback: isLoopback(base.Hostname())}
	if base.Scheme == "ws" && !found.loopback {
		return place{}, &OptionError{"URL", "must be wss: ws is for loopback addresses only"}
	}
	base.Path = strings.TrimSuffix(strings.TrimRight(base.Path, "/"), socketPath)
	found.socket = base.JoinPath(socketPath).String()
	base.Scheme = map[string]string{"wss": "https", "ws": "http"}[base.Scheme]
	found.callback = base.JoinPath("/callback/").String()
	return found, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// newTransport makes the door's own transport, which shares nothing with http.DefaultTransport: neither connections nor the
// proxy of the environment. HTTP/1.1 only: a websocket begins as nothing else here.
func newTransport(o Options) *http.Transport {
	dial := o.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, dialLimit)
			defer cancel()
			return dial(ctx, network, address)
		},
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.RootCAs},
		TLSHandshakeTimeout:    tlsLimit,
		ResponseHeaderTimeout:  headerLimit,
		MaxResponseHeaderBytes: replyMaxBytes,
		DisableCompression:     true,
		IdleConnTimeout:        idleLimit,
		MaxIdleConnsPerHost:    maxIdleCallers,
		Protocols:              new(http.Protocols),
	}
	transport.Protocols.SetHTTP1(true)
	if o.Proxy != nil {
		transport.Proxy = http.ProxyURL(o.Proxy)
	}
	return transport
}
