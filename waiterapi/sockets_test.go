package waiterapi_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// dial opens a bare connection to the door, on which a test speaks HTTP by hand.
func (d *door) dial() net.Conn {
	d.t.Helper()
	conn, err := net.Dial("tcp", d.address)
	must(d.t, err)
	d.t.Cleanup(func() { _ = conn.Close() })
	must(d.t, conn.SetDeadline(time.Now().Add(5*time.Minute)))
	return conn
}

// say sends text and reads the reply that comes.
func say(t *testing.T, conn net.Conn, text string) *http.Response {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadResponse(bufio.NewReader(conn), nil)
	must(t, err)
	_ = got.Body.Close()
	return got
}

func (d *door) fine() {
	d.t.Helper()
	if a := d.ask("GET", "/ping", ""); a.Status != 204 {
		d.t.Errorf("the door does not answer any more: %d", a.Status)
	}
}

func TestHalfSentHeadersAreCutOff(t *testing.T) {
	t.Parallel()
	d := open(t, options(new(book)))
	silent, half := d.dial(), d.dial()
	start := time.Now()
	_, err := io.WriteString(half, "GET /ping HTTP/1.1\r\nHost: loc")
	must(t, err)
	for name, conn := range map[string]net.Conn{"silent": silent, "half-sent": half} {
		_, _ = io.Copy(io.Discard, conn) // until it is closed, with or without a 408
		if took := time.Since(start); took < 2*time.Second || took > time.Minute {
			t.Errorf("%s: closed after %v, want 3 s", name, took)
		}
	}
	d.fine()
}

func TestABodyThatDripsIsA408(t *testing.T) {
	t.Parallel()
	d := open(t, options(new(book)))
	start := time.Now()
	got := say(t, d.dial(), "POST "+order("/checkin")+" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"Value\":")
	if took := time.Since(start); got.StatusCode != 408 || took < 9*time.Second || took > 2*time.Minute {
		t.Errorf("got %d after %v, want 408 after 10 s", got.StatusCode, took)
	}
	d.fine()
}

func TestHugeHeadersAndBodies(t *testing.T) {
	d := open(t, options(new(book)))
	header := func(bytes int) string {
		return "GET /ping HTTP/1.1\r\nHost: localhost\r\nX: " + strings.Repeat("x", bytes) + "\r\n\r\n"
	}
	if got := say(t, d.dial(), header(7<<10)); got.StatusCode != 204 {
		t.Errorf("7 KiB of header: %d", got.StatusCode)
	}
	if got := say(t, d.dial(), header(9<<10)); got.StatusCode != 431 {
		t.Errorf("9 KiB of header: %d", got.StatusCode)
	}
	const huge = 10 << 20
	body := strings.Repeat("x", huge)
	for _, head := range []string{
		fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", order("/checkin"), huge),
		fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n", order("/checkin"), huge),
		fmt.Sprintf("PUT %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", order(""), token, huge),
	} {
		conn := d.dial()
		go func() { _, _ = io.WriteString(conn, head+body) }() // the door closes before it has all of it
		got, err := http.ReadResponse(bufio.NewReader(conn), nil)
		must(t, err)
		_ = got.Body.Close()
		if got.StatusCode != 413 || !got.Close {
			t.Errorf("%.40q: got %d, closing: %v", head, got.StatusCode, got.Close)
		}
	}
	d.fine()
}

func TestPipelining(t *testing.T) {
	const count = 100
	d := open(t, options(seat(seated())))
	conn := d.dial()
	_, err := io.WriteString(conn, strings.Repeat("GET "+order("/loyalty")+" HTTP/1.1\r\nHost: localhost\r\n\r\n", count))
	must(t, err)
	in := bufio.NewReader(conn)
	for i := range count {
		got, err := http.ReadResponse(in, nil)
		must(t, err)
		body, err := io.ReadAll(got.Body)
		must(t, err)
		if got.StatusCode != 200 || !strings.HasPrefix(string(body), `{"ProductSKUs"`) {
			t.Fatalf("reply %d: %d %s", i, got.StatusCode, body)
		}
	}
}

// Requests that no client of the protocol sends, on the wire.
func TestStrangeRequestLines(t *testing.T) {
	d := open(t, options(new(book)))
	for line, want := range map[string]int{
		"OPTIONS * HTTP/1.1":                            404,
		"CONNECT localhost:80 HTTP/1.1":                 404,
		"GET http://localhost/ping HTTP/1.1":            204,
		"GET http://evil.example/ HTTP/1.1":             403,
		"GET /%00 HTTP/1.1":                             404,
		"GET /orders/%2e%2e/ping HTTP/1.1":              404,
		"GARBAGE":                                       400,
		"GET /ping HTTP/3.0":                            505,
		"PRI * HTTP/2.0":                                404,
		"GET /%zz HTTP/1.1":                             400,
		"TRACE /ping HTTP/1.1":                          405,
		"\u0013\u0001\u0000":                            400,
		"GET /ping HTTP/1.1\r\nTransfer-Encoding: gzip": 501,
	} {
		got := say(t, d.dial(), line+"\r\nHost: localhost\r\n\r\n")
		if got.StatusCode != want {
			t.Errorf("%q: got %d, want %d", line, got.StatusCode, want)
		}
	}
	if got := say(t, d.dial(), "GET /ping HTTP/1.0\r\n\r\n"); got.StatusCode != 403 {
		t.Errorf("no Host: got %d, want 403", got.StatusCode)
	}
	d.fine()
}

// A thousand idle connections keep neither a handheld out nor the files of the till.
func TestManyIdleConnections(t *testing.T) {
	d := open(t, options(new(book)))
	gone := make(chan struct{}, 1000)
	for i := range 1000 {
		conn := d.dial()
		if i%2 == 0 {
			_, err := io.WriteString(conn, "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
			must(t, err)
		}
		go func() {
			_, _ = io.Copy(io.Discard, conn)
			gone <- struct{}{}
		}()
	}
	for range 1000 - 256 { // the oldest make room for the others
		<-gone
	}
	for range 3 {
		d.fine()
	}
}

func TestConnectionsThatAreBeingAnsweredStay(t *testing.T) {
	entered, leave := make(chan struct{}, 300), make(chan struct{})
	d := open(t, options(&book{checkIn: func(context.Context, orders.CheckIn) (orders.Order, error) {
		entered <- struct{}{}
		<-leave
		return orders.Order{}, nil
	}}))
	var busy sync.WaitGroup
	for range 20 {
		busy.Go(func() {
			if a := d.ask("POST", order("/checkin"), `{"Value":"v"}`); a.Status != 204 {
				t.Errorf("got %d %s", a.Status, a.Body)
			}
		})
	}
	for range 20 {
		<-entered
	}
	for range 500 {
		d.dial()
	}
	d.fine()
	close(leave)
	busy.Wait()
}

func TestAGracefulStopAnswersWhatWasAsked(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	d := open(t, options(&book{checkIn: func(context.Context, orders.CheckIn) (orders.Order, error) {
		close(entered)
		<-leave
		return orders.Order{}, nil
	}}))
	silent := d.dial()
	got := make(chan int, 1)
	go func() { got <- d.ask("POST", order("/checkin"), `{"Value":"v"}`).Status }()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- d.stop() }()
	_, _ = io.Copy(io.Discard, silent) // it is closed though nothing was asked on it
	if _, err := net.DialTimeout("tcp", d.address, time.Second); err == nil {
		t.Error("a new connection is still accepted")
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a request unanswered: %v", err)
	default:
	}
	close(leave)
	if status := <-got; status != 204 {
		t.Errorf("the check-in got %d", status)
	}
	must(t, <-stopped)
}

// Check-ins, readings and check-outs at a time from many handhelds, for the race detector.
func TestManyHandhelds(t *testing.T) {
	s := seated()
	b, _ := counted(&s)
	d := open(t, options(b))
	var handhelds sync.WaitGroup
	for range 16 {
		handhelds.Go(func() {
			for range 20 {
				d.ask("POST", order("/checkin"), `{"Value":"v"}`)
				d.hub.Publish(orders.Changed{Order: orders.Order{ID: orderID}})
				if a := d.ask("GET", order("/loyalty"), ""); a.Status != 200 {
					t.Errorf("loyalty: %d", a.Status)
				}
				d.ask("GET", order("/paymentLimits"), "")
				d.ask("DELETE", order("/checkin"), "")
			}
		})
	}
	handhelds.Wait()
}
