package waiterapi

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// member is an open connection. It saves the server deadlines, which it sets for each request several times: most
// are replaced before anything waits under them.
type member struct {
	net.Conn
	crowd *crowd
	state atomic.Int32 // an http.ConnState
	turn  atomic.Int64 // grows with each change of state in the crowd: of two quiet ones, the lower has been quiet longer

	due time.Time // the write deadline; only the goroutine that serves the connection sets it

	mu      sync.Mutex
	reading bool      // a Read is under way
	wanted  time.Time // the read deadline that was asked for last
	inForce time.Time // the one that the connection has
}

func (m *member) quiet() bool {
	state := http.ConnState(m.state.Load())
	return state == http.StateNew || state == http.StateIdle
}

// Read sees that the wanted deadline is in force. The server asks for four in each request, most of which nothing is read under.
func (m *member) Read(into []byte) (int, error) {
	if err := m.begin(); err != nil {
		return 0, err
	}
	defer m.end()
	return m.Conn.Read(into)
}

func (m *member) begin() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reading = true
	return m.enforce()
}

func (m *member) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reading = false
}

// enforce puts the wanted deadline in force; m.mu is held.
func (m *member) enforce() error {
	if m.inForce.Equal(m.wanted) {
		return nil
	}
	m.inForce = m.wanted
	return m.Conn.SetReadDeadline(m.wanted)
}

// SetReadDeadline takes effect at once when something is being read, and otherwise with the next Read.
func (m *member) SetReadDeadline(due time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wanted = due
	if !m.reading {
		return nil
	}
	return m.enforce()
}

// dueSlack is how much sooner than asked a write deadline may come.
const dueSlack = time.Second

// SetWriteDeadline leaves a deadline that is hardly sooner than the wanted one: the server sets one for each request, and setting
// it costs more than looking.
func (m *member) SetWriteDeadline(due time.Time) error {
	if sooner := due.Sub(m.due); sooner >= 0 && sooner < dueSlack && !m.due.IsZero() {
		return nil
	}
	m.due = due
	return m.Conn.SetWriteDeadline(due)
}

// Close closes the connection and takes it out of the crowd.
func (m *member) Close() error {
	m.crowd.mu.Lock()
	delete(m.crowd.members, m)
	m.crowd.mu.Unlock()
	return m.Conn.Close()
}

// CloseWrite lets the server send the end of a reply before the connection goes, as it does on a bare TCP connection.
func (m *member) CloseWrite() error {
	if conn, ok := m.Conn.(interface{ CloseWrite() error }); ok {
		return conn.CloseWrite()
	}
	return nil
}
