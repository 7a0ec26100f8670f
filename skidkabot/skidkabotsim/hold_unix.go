//go:build unix

package skidkabotsim

import (
	"net/netip"
	"syscall"
)

// hold keeps a port of 127.0.0.1 from everybody else without listening on it: connections to it are refused, and no other
// program gets it meanwhile. It is best effort: without it, the port is merely free.
func hold(address string) (release func()) {
	local, err := netip.ParseAddrPort(address)
	if err != nil || !local.Addr().Is4() {
		return func() {}
	}
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		return func() {}
	}
	syscall.CloseOnExec(socket)
	at := &syscall.SockaddrInet4{Port: int(local.Port()), Addr: local.Addr().As4()}
	if err := syscall.Bind(socket, at); err != nil {
		// The connections that were just broken have the port for a while. Sharing it with them keeps it from callers, who
		// get a port by chance, though not from a listener that does.
		_ = syscall.SetsockoptInt(socket, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1)
		_ = syscall.Bind(socket, at)
	}
	return func() { _ = syscall.Close(socket) }
}
