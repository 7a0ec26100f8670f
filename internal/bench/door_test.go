//go:build linux

package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/waiterapi"
)

// BenchmarkCheckInDoor puts whole check-ins on one connection, from the request to the 204, beside raw appends with a flush
// of as many bytes as a check-in leaves in the journal's log. They take turns, so that both see the same disk. The service
// answers at once: its delay is not the till's.
func BenchmarkCheckInDoor(b *testing.B) {
	dir := b.TempDir()
	path := filepath.Join(dir, "journal.db")
	d := openDoor(b, path)
	const warm = 60
	for range warm {
		d.checkIn(b)
	}
	log, err := os.Stat(path + "-wal")
	if err != nil {
		b.Fatal(err)
	}
	raw, err := os.Create(filepath.Join(dir, "floor"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	block := bytes.Repeat([]byte{'x'}, int(log.Size())/warm)

	const rounds = 1000
	for b.Loop() {
		var door, floor []float64
		for range rounds {
			door = append(door, millis(func() { d.checkIn(b) }))
			floor = append(floor, millis(func() {
				if _, err := raw.Write(block); err != nil {
					b.Fatal(err)
				}
				if err := raw.Sync(); err != nil {
					b.Fatal(err)
				}
			}))
		}
		slices.Sort(door)
		slices.Sort(floor)
		b.ReportMetric(door[rounds/2], "door-p50-ms")
		b.ReportMetric(door[rounds*99/100], "door-p99-ms")
		b.ReportMetric(floor[rounds/2], "floor-p50-ms")
		b.ReportMetric(floor[rounds*99/100], "floor-p99-ms")
		b.ReportMetric(float64(len(block)), "bytes/check-in")
	}
}

func millis(run func()) float64 {
	start := time.Now()
	run()
	return float64(time.Since(start)) / float64(time.Millisecond)
}

// door is the waiter's door of a till with a real journal, and one handheld's connection to it.
type door struct {
	conn net.Conn
	in   *bufio.Reader
	host string
}

// atOnce is the desk of a service that answers without delay. Of its methods only those are called that a check-in needs.
type atOnce struct{ orders.Desk }

func (atOnce) Identify(text string) (loyalty.Identified, error) { return loyalty.Identify(text, 4) }

func (atOnce) Greet(_ context.Context, card skidkabot.Card, scannedAt time.Time) (loyalty.Guest, error) {
	return loyalty.Guest{
		Card: card, ScannedAt: scannedAt, Name: "Александр Татарченко", Balance: decimal.NewFromInt(2365), ReadAt: time.Now(),
	}, nil
}

func openDoor(b *testing.B, path string) *door {
	b.Helper()
	j, err := journal.Open(b.Context(), journal.Options{Path: path, Register: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = j.Close() })
	hub := &notice.Hub{}
	book := orders.NewBook(orders.Options{Desk: atOnce{}, Operations: j, Store: j, Hub: hub, Register: 1})
	server, err := waiterapi.New(waiterapi.Options{
		Book: book, Desk: atOnce{}, Hub: hub, Texts: texts.New("ru"), Vendor: 4, System: "Skidkabot", Address: "127.0.0.1:0",
	})
	if err != nil {
		b.Fatal(err)
	}
	listener, err := server.Listen(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(ctx, listener)
	}()
	b.Cleanup(func() { stop(); <-done })
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return &door{conn: conn, in: bufio.NewReader(conn), host: listener.Addr().String()}
}

// checkIn binds the guest to a new order.
func (d *door) checkIn(b *testing.B) {
	b.Helper()
	body := `{"Value":"{\"type\":\"Skidkabot\",\"vendor\":4,\"client\":83532824,\"secret\":31766}","WaiterPin":""}`
	if _, err := fmt.Fprintf(d.conn, "POST /orders/%s/checkin HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		uuid.New(), d.host, len(body), body); err != nil {
		b.Fatal(err)
	}
	reply, err := http.ReadResponse(d.in, nil)
	if err != nil {
		b.Fatal(err)
	}
	said, err := io.ReadAll(reply.Body)
	if err != nil || reply.StatusCode != http.StatusNoContent {
		b.Fatalf("%s %s %v", reply.Status, said, err)
	}
}
