package waiterapi

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// guard keeps out who has no business at the door. The protocol has no authentication, so what is left is where a call comes from.
//
// A foreign Host or any Origin is a web page in somebody's browser, which stands inside the shop's network but is not of it.
type guard struct {
	allow []netip.Prefix
	hosts map[string]bool // in lower case, without ports
}

// loopback are the addresses of this machine.
var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

func newGuard(allow []netip.Prefix, hosts []string) guard {
	if len(allow) == 0 {
		allow = loopback
	}
	g := guard{allow: allow, hosts: map[string]bool{"localhost": true}}
	for _, host := range hosts {
		g.hosts[hostName(host)] = true
	}
	return g
}

// visitor is what the guard knows of a connection, so that it is not found out for each request again. Requests of a connection
// come one after the other, so nothing of it needs a lock.
type visitor struct {
	allowed bool     // its address is in the allow list
	host    string   // the last Host that was let in
	writer  recorder // of the request that is being answered
}

type visitorKey struct{}

// meet looks at a connection from an address.
func (g *guard) meet(from string) *visitor {
	return &visitor{allowed: contains(g.allow, addressOf(from))}
}

// welcome puts the visitor of a connection into the context of its requests.
func (g *guard) welcome(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, visitorKey{}, g.meet(conn.RemoteAddr().String()))
}

// visitor gives who sent a request.
func (g *guard) visitor(r *http.Request) *visitor {
	if known, ok := r.Context().Value(visitorKey{}).(*visitor); ok {
		return known
	}
	return g.meet(r.RemoteAddr) // the request did not come through Serve
}

// refusal says why a visitor's request is not let in; empty: it is.
func (g *guard) refusal(visitor *visitor, r *http.Request) string {
	switch {
	case !visitor.allowed:
		return "this address is not in the allow list"
	case r.Host == "" || r.Host != visitor.host && !g.knows(hostName(r.Host), r):
		return "this Host is not served here"
	case r.Header["Origin"] != nil:
		return "web pages may not call this server"
	}
	visitor.host = r.Host
	return ""
}

// knows reports whether a Host is one of ours: loopback, a name of the settings, or the address that was called.
func (g *guard) knows(host string, r *http.Request) bool {
	if g.hosts[host] {
		return true
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	called, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return contains(loopback, address.Unmap()) || called != nil && addressOf(called.String()) == address.Unmap()
}

// hostName is a Host without its port, in lower case.
func hostName(host string) string {
	name := (&url.URL{Host: host}).Hostname()
	return strings.ToLower(strings.TrimSuffix(name, "."))
}

// remoteAddress is where a request comes from; invalid when that cannot be told, and then in no allow list.
func remoteAddress(r *http.Request) netip.Addr { return addressOf(r.RemoteAddr) }

// addressOf is the address of "address:port", an IPv4 one as such and without the zone of an IPv6 one.
func addressOf(text string) netip.Addr {
	parsed, err := netip.ParseAddrPort(text)
	if err != nil {
		return netip.Addr{}
	}
	return parsed.Addr().Unmap().WithZone("")
}

func contains(prefixes []netip.Prefix, address netip.Addr) bool {
	for _, prefix := range prefixes {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}
