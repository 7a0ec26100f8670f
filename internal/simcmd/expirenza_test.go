package simcmd

import (
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// terminal is somebody before the simulator of Expirenza, with a till that is
// connected to it.
type terminal struct {
	t    *testing.T
	in   *io.PipeWriter
	out  *tail
	book *orders.Book
	done chan error
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	from, to := io.Pipe()
	s := &terminal{t: t, in: to, out: newTail(), done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		s.done <- RunExpirenza(ctx, ExpirenzaOptions{Words: texts.New(texts.English), Listen: "127.0.0.1:0", In: from, Out: s.out})
	}()
	greeting := s.out.until(t, "quit\n\n")
	store := new(orderstest.MemoryStore)
	store.Register = 1
	hub := new(notice.Hub)
	connected := make(chan struct{}, 10)
	hub.Subscribe(func(news any) {
		if state, ok := news.(notice.State); ok && state.Level == notice.Good {
			connected <- struct{}{}
		}
	})
	s.book = orders.NewBook(orders.Options{
		Desk: struct{ orders.Desk }{}, Operations: store, Store: store, Hub: hub, Register: 1,
	})
	client, err := expirenza.New(expirenza.Options{
		Book: s.book, Outbox: store, Hub: hub,
		Secret:    func(context.Context) (string, error) { return match(t, greeting, `its key is (\S+)\.`), nil },
		GuestName: func(int) string { return "Гость\x1b[2J" },
		URL:       match(t, greeting, `listens on (ws://\S+) `),
		RestoID:   match(t, greeting, `restaurant is (\S+),`),
		System:    "SKIDKASSA",
	})
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- client.Run(ctx) }()
	select {
	case <-connected:
	case <-time.After(2 * time.Minute):
		t.Fatal("the till does not connect")
	}
	t.Cleanup(func() {
		_ = from.Close()
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	})
	return s
}

// says types a command and gives what comes until the words.
func (s *terminal) says(command, words string) string {
	s.t.Helper()
	if _, err := io.WriteString(s.in, command+"\n"); err != nil {
		s.t.Fatal(err)
	}
	return s.out.until(s.t, words)
}

func TestBillsArePaidByHand(t *testing.T) {
	s := newTerminal(t)
	if _, err := s.book.OpenShift(t.Context(), "Оля"); err != nil {
		t.Fatal(err)
	}
	var bills []orders.Order
	for _, table := range []string{"5", "5", "6"} {
		order, err := s.book.OpenOrder(t.Context(), orders.NewOrder{
			ID: uuid.Must(uuid.NewV7()), Table: table, Cashier: "Оля",
			Dishes: []orders.Dish{{Name: "Борщ", Count: decimal.NewFromInt(2), Sum: decimal.RequireFromString("129.20")}},
		})
		if err != nil {
			t.Fatal(err)
		}
		bills = append(bills, order)
	}
	s.says("1", "press Enter")
	s.says("", "No open bills")
	s.says("table 9", "ORDER_NOT_FOUND")
	listed := s.says("table 5", "2. order 1")
	if !strings.Contains(listed, "1. order 2, to pay 129.20, waiter Оля") || strings.Contains(listed, "\x1b") {
		t.Errorf("it lists %q", listed)
	}
	for _, wrong := range []string{"pay", "1 x", "1 -5", "1 1e9", "1 sum", "1 sum x", "1 5 5", "quit now"} {
		s.says(wrong, "Commands:")
	}
	s.says("0", "press Enter")
	s.says("1 sum 99,50", "99.50 is paid, tips 0.00")
	s.out.until(t, "FAIL WRONG_REQUEST_SUM: the bill is not closed")
	s.says("2 20", "129.20 is paid, tips 20.00")
	s.out.until(t, "SUCCESS: the bill is closed")
	if paid, err := s.book.Find(t.Context(), bills[0].ID); err != nil || paid.Reason != orders.ReasonPaid {
		t.Errorf("the paid bill is %+v, %v", paid, err)
	}
	s.says("quit", "")
	if err := <-s.done; err != nil {
		t.Errorf("it ends with %v", err)
	}
}

// What the till told unasked is listed too, and a bill that was voided meanwhile
// is never closed.
func TestABillThatIsGone(t *testing.T) {
	s := newTerminal(t)
	order, err := s.book.OpenOrder(t.Context(), orders.NewOrder{
		ID: uuid.Must(uuid.NewV7()), Dishes: []orders.Dish{{Name: "Чай", Count: decimal.NewFromInt(1), Sum: decimal.NewFromInt(5)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(100 * time.Millisecond) {
		if !strings.Contains(s.says("", "\n"), "No open bills") {
			break // the till tells each five seconds
		}
		if time.Now().After(end) {
			t.Fatal("the till told of no bill")
		}
	}
	if _, err := s.book.Void(t.Context(), order.ID, "Оля", "ушли"); err != nil {
		t.Fatal(err)
	}
	s.says("1", "5.00 is paid")
	s.out.until(t, "OTHER_ERROR: the till can never close this bill")
	_ = s.in.Close() // the simulator goes on without commands
	select {
	case err := <-s.done:
		t.Errorf("it ends with its input, %v", err)
	case <-time.After(50 * time.Millisecond):
	}
}

func TestRunExpirenzaOnABusyPort(t *testing.T) {
	holder, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close() }()
	out := newTail()
	err = RunExpirenza(t.Context(), ExpirenzaOptions{Words: texts.New(texts.English), Listen: holder.Addr().String(), In: strings.NewReader(""), Out: out})
	if err == nil || len(out.pieces) != 0 {
		t.Errorf("it runs, %v, and says %d things", err, len(out.pieces))
	}
}

func TestBrokenRulesAreTold(t *testing.T) {
	out := newTail()
	p := &phone{words: texts.New(texts.English), service: new(expirenzasim.Server), out: out, now: time.Now}
	url, err := p.service.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.service.Close() }()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "GET /callback/payBill HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil {
		t.Fatal(err)
	}
	p.tellBroken()
	p.tellBroken() // once is enough
	if said := out.until(t, "broke a rule"); len(out.pieces) != 0 {
		t.Errorf("it says %q and %d things more", said, len(out.pieces))
	}
}
