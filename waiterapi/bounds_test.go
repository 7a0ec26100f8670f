package waiterapi

import (
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
)

var start = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func TestFailuresAreForgivenEvenly(t *testing.T) {
	var m failureMeter
	one, other := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")
	for range failuresMax {
		if wait := m.wait(one, start); wait != 0 {
			t.Fatalf("must wait %v before the limit", wait)
		}
		m.count(one, weightFailed, start)
	}
	for after, want := range map[time.Duration]time.Duration{
		0: 3 * time.Second, time.Second: 2 * time.Second, 3*time.Second - 1: 1, 3 * time.Second: 0, time.Hour: 0,
	} {
		if got := m.wait(one, start.Add(after)); got != want {
			t.Errorf("after %v: must wait %v, want %v", after, got, want)
		}
	}
	if wait := m.wait(other, start); wait != 0 {
		t.Errorf("another address must wait %v", wait)
	}
	m.count(other, 0, start)
	if len(m.until) != 1 {
		t.Errorf("what does not count is remembered: %v", m.until)
	}
}

func TestTheAddressesThatAreRememberedAreBounded(t *testing.T) {
	var m failureMeter
	address := netip.MustParseAddr("10.0.0.1")
	for range 3 * failureAddresses {
		m.count(address, weightUnknownPin, start)
		address = address.Next()
	}
	if got := len(m.until); got > failureAddresses || got == 0 {
		t.Errorf("%d addresses are remembered", got)
	}
	stays := address
	for i := range failureAddresses {
		m.count(address, weightUnknownPin, start.Add(time.Duration(i/(failureAddresses/2))*time.Minute))
		address = address.Next()
	}
	m.forget(start.Add(time.Minute))
	if _, ok := m.until[stays]; ok || len(m.until) == 0 {
		t.Errorf("of old and new ones, %d are remembered", len(m.until))
	}
}

func TestWhatRepliesTakeIsBounded(t *testing.T) {
	var c replyCache
	c.clear()
	now := c.news.Load()
	large := make([]byte, repliesKeptBytes/4)
	first := uuid.New()
	c.keep(first, newReply(typeJSON, large, 1, start.Add(time.Second)), now, start)
	for range 3 {
		c.keep(uuid.New(), newReply(typeJSON, large, 1, start.Add(time.Minute)), now, start)
	}
	if len(c.replies) != 4 || c.bytes != repliesKeptBytes {
		t.Fatalf("%d replies of %d bytes are kept", len(c.replies), c.bytes)
	}
	c.keep(uuid.New(), newReply(typeJSON, large, 1, start.Add(time.Minute)), now, start.Add(time.Second))
	if _, ok := c.replies[first]; ok || len(c.replies) != 4 {
		t.Errorf("the stale one is kept: %v, of %d", ok, len(c.replies))
	}
	c.keep(uuid.New(), newReply(typeJSON, large, 1, start.Add(time.Minute)), now, start.Add(time.Second))
	if len(c.replies) != 1 || c.bytes != len(large) {
		t.Errorf("with no stale ones, %d replies of %d bytes are kept", len(c.replies), c.bytes)
	}
	c.keep(first, newReply(typeJSON, large, 1, start), now, start)
	if _, ok := c.replies[first]; ok {
		t.Error("a reply that is not fresh is kept")
	}
}

// pipe is a listener whose connections are made by a test.
type pipe struct {
	net.Listener
	conns chan net.Conn
}

func (p pipe) Accept() (net.Conn, error) {
	if conn, ok := <-p.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func TestTheCrowdSendsAwayWhoIsQuietLongest(t *testing.T) {
	p := pipe{conns: make(chan net.Conn, 10)}
	crowd := newCrowd(p, 2)
	come := func() (ours, theirs net.Conn) {
		near, far := net.Pipe()
		p.conns <- near
		conn, err := crowd.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return conn, far
	}
	first, firstFar := come()
	second, secondFar := come()
	crowd.track(first, http.StateActive)
	crowd.track(first, http.StateIdle) // after the second came: now the second is quiet longer
	third, _ := come()
	if !closed(secondFar) || closed(firstFar) {
		t.Error("not the one that was quiet longest had to go")
	}
	_ = second.Close() // the server's own close, later

	crowd.track(first, http.StateActive)
	crowd.track(third, http.StateActive)
	near, far := net.Pipe()
	p.conns <- near
	close(p.conns)
	if _, err := crowd.Accept(); err == nil || !closed(far) {
		t.Errorf("with everybody busy, one more was taken in: %v", err)
	}
	_ = first.Close()
	if len(crowd.members) != 1 {
		t.Errorf("%d are in the crowd, want the third alone", len(crowd.members))
	}
}

// closed reports whether the other end of a pipe was closed.
func closed(conn net.Conn) bool {
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	_, err := conn.Read(make([]byte, 1))
	timeout, ok := err.(net.Error)
	return !ok || !timeout.Timeout()
}

// deadlines counts the write deadlines that reach a connection.
type deadlines struct {
	net.Conn
	set []time.Time
}

func (d *deadlines) SetWriteDeadline(due time.Time) error {
	d.set = append(d.set, due)
	return nil
}

func TestAWriteDeadlineIsAtMostASecondSooner(t *testing.T) {
	conn := new(deadlines)
	m := &member{Conn: conn}
	steps := []time.Time{start, start.Add(dueSlack - 1), start.Add(dueSlack), start, {}, start, {}}
	want := []time.Time{start, start.Add(dueSlack), start, {}, start, {}}
	for _, due := range steps {
		if err := m.SetWriteDeadline(due); err != nil {
			t.Fatal(err)
		}
	}
	if len(conn.set) != len(want) {
		t.Fatalf("set %v, want %v", conn.set, want)
	}
	for i := range want {
		if !conn.set[i].Equal(want[i]) {
			t.Errorf("step %d set %v, want %v", i, conn.set[i], want[i])
		}
	}
}

func TestAReadDeadlineHoldsWheneverItIsSet(t *testing.T) {
	near, far := net.Pipe()
	m := &member{Conn: near}
	expired := func() bool {
		_, err := m.Read(make([]byte, 1))
		timeout, ok := err.(net.Error)
		return ok && timeout.Timeout()
	}
	set := func(due time.Time) {
		t.Helper()
		if err := m.SetReadDeadline(due); err != nil {
			t.Fatal(err)
		}
	}
	set(time.Unix(1, 0))
	if !expired() {
		t.Error("a deadline from before the Read does not end it")
	}
	set(time.Time{})
	ended := make(chan bool)
	go func() { ended <- expired() }()
	for !m.isReading() {
		runtime.Gosched()
	}
	set(time.Unix(1, 0))
	if !<-ended {
		t.Error("a deadline that is set during a Read does not end it")
	}
	set(time.Now().Add(time.Hour))
	go func() { _, _ = far.Write([]byte("x")) }()
	if _, err := m.Read(make([]byte, 1)); err != nil {
		t.Errorf("the old deadline is still in force: %v", err)
	}
}

func (m *member) isReading() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reading
}
