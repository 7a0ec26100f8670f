//go:build !unix

package skidkabotsim

// hold would keep a port from everybody else without listening on it; here the port is merely free.
func hold(string) (release func()) { return func() {} }
