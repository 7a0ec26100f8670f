package waiterapi

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
)

// crowd bounds the open connections of a listener. When one too many comes, the connection that has been quiet longest makes room
// for it, so that a thousand idle ones starve neither the handhelds nor the till's files. When all are being answered, the new one goes.
type crowd struct {
	net.Listener
	max int

	mu      sync.Mutex
	next    atomic.Int64
	members map[*member]struct{}
}

func newCrowd(listener net.Listener, max int) *crowd {
	return &crowd{Listener: listener, max: max, members: make(map[*member]struct{})}
}

// Accept gives the next connection. It is the server's, which calls it from one goroutine.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		joined := c.join(conn)
		if joined != nil {
			return joined, nil
		}
		_ = conn.Close() // nobody has been told of it yet
	}
}

// join makes room for a connection and takes it in; nil: there is no room.
func (c *crowd) join(conn net.Conn) net.Conn {
	c.mu.Lock()
	var leaving *member
	if len(c.members) >= c.max {
		if leaving = c.quietest(); leaving == nil {
			c.mu.Unlock()
			return nil
		}
		delete(c.members, leaving)
	}
	m := &member{Conn: conn, crowd: c}
	m.state.Store(int32(http.StateNew))
	m.turn.Store(c.turn())
	c.members[m] = struct{}{}
	c.mu.Unlock()
	if leaving != nil {
		_ = leaving.Conn.Close() // the server closes it again when it notices
	}
	return m
}

// quietest gives the connection that has been quiet longest, new or between two requests; nil when all are being answered.
func (c *crowd) quietest() *member {
	var found *member
	for m := range c.members {
		if m.quiet() && (found == nil || m.turn.Load() < found.turn.Load()) {
			found = m
		}
	}
	return found
}

func (c *crowd) turn() int64 { return c.next.Add(1) }

// track is the server's ConnState hook. It runs twice for each request, so it takes no lock.
func (c *crowd) track(conn net.Conn, state http.ConnState) {
	if m, ok := conn.(*member); ok {
		m.turn.Store(c.turn())
		m.state.Store(int32(state))
	}
}

// stop closes the connections on which nothing was asked yet.
func (c *crowd) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for m := range c.members {
		if http.ConnState(m.state.Load()) == http.StateNew {
			_ = m.Conn.Close() // the server closes it again when it notices
		}
	}
}
