package waiterapi_test

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

const benchConnections = 64

// BenchmarkLoyalty reads a guest's loyalty on 64 keep-alive connections, in turns with a bare handler that writes 300 constant bytes.
// The goal is a ratio of 0.90 or more (PERFORMANCE.md); the median of the rounds is what counts on a noisy machine.
func BenchmarkLoyalty(b *testing.B) {
	o := options(seat(seated()))
	o.Log = slog.New(slog.DiscardHandler)
	o.Now = func() time.Time { return noon } // the reply stays fresh
	ours := load(b, open(b, o).address, "/orders/"+orderID.String()+"/loyalty")
	floor := load(b, bareHandler(b), "/")

	const batch = benchConnections * 40
	var ratios, rates []float64
	for b.Loop() {
		// Each round goes there and back, so that a machine that grows busier favours neither.
		bare, own := floor(batch), ours(batch)
		own += ours(batch)
		bare += floor(batch)
		ratios = append(ratios, bare.Seconds()/own.Seconds())
		rates = append(rates, 2*batch/own.Seconds())
	}
	b.ReportMetric(median(ratios), "of-bare-handler")
	b.ReportMetric(median(rates), "replies/s")
}

// BenchmarkLoyaltyUncached is what a reply costs that is not kept: the book asked, the JSON made.
func BenchmarkLoyaltyUncached(b *testing.B) {
	s := seated()
	s.Guest.ReadAt = noon.Add(-time.Hour)
	o := options(seat(s))
	o.Log = slog.New(slog.DiscardHandler)
	o.Now = func() time.Time { return noon }
	ask := load(b, open(b, o).address, "/orders/"+orderID.String()+"/loyalty")
	const batch = 5000
	for b.Loop() {
		b.ReportMetric(batch/ask(batch).Seconds(), "replies/s")
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// bareHandler is the floor: net/http and 300 constant bytes.
func bareHandler(b *testing.B) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	body := bytes.Repeat([]byte("x"), 300)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })}
	go func() { _ = server.Serve(listener) }()
	b.Cleanup(func() { _ = server.Close() })
	return listener.Addr().String()
}

// load opens the connections once, and gives a function that sends so many requests over them and says how long that took. It speaks
// HTTP by hand, because net/http's client costs more than what is measured.
func load(b *testing.B, address, path string) func(requests int) time.Duration {
	b.Helper()
	callers := make([]*caller, benchConnections)
	for i := range callers {
		conn, err := net.Dial("tcp", address)
		must(b, err)
		b.Cleanup(func() { _ = conn.Close() })
		callers[i] = &caller{conn: conn, in: bufio.NewReader(conn), request: []byte("GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\n\r\n")}
	}
	return func(requests int) time.Duration {
		start := time.Now()
		var all sync.WaitGroup
		for _, c := range callers {
			all.Go(func() {
				for range requests / benchConnections {
					if err := c.ask(); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		return time.Since(start)
	}
}

// caller is one keep-alive connection.
type caller struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
}

// ask sends a request and reads the reply to its end.
func (c *caller) ask() error {
	if _, err := c.conn.Write(c.request); err != nil {
		return err
	}
	length := 0
	for first := true; ; first = false {
		line, err := c.in.ReadSlice('\n')
		switch {
		case err != nil:
			return err
		case first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")):
			return fmt.Errorf("got %q", line)
		case len(line) == 2:
			_, err := c.in.Discard(length)
			return err
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
}
