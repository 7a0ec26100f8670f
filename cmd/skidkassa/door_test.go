package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// doorOptions are those of a till whose door is on a free port. What comes out
// is told where, each time it opens.
func doorOptions(t *testing.T) (tillOptions, <-chan string) {
	t.Helper()
	options := optionsFor(t, &fakeService{})
	options.settings.Waiter.Listen = "127.0.0.1:0"
	opened := make(chan string, 10)
	options.doorOpened = func(_ context.Context, address string) error {
		opened <- address
		return nil
	}
	return options, opened
}

func mustClose(t *testing.T, opened *till) {
	t.Helper()
	if err := opened.close(flightLimit); err != nil {
		t.Error(err)
	}
}

// ask sends a request to a door and returns the status.
func ask(t *testing.T, method, address, path, token, body string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+address+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

func checkInBody() string { return fmt.Sprintf(`{"Value":%q}`, testCard.Payload()) }

// A guest whom a waiter checks in is in the book, and still there at the next
// start; an operation of the till ends the order.
func TestTillServesWaiters(t *testing.T) {
	options, doors := doorOptions(t)
	first := mustOpen(t, options)
	first.begin(t.Context())
	first.beginDoors(t.Context())
	order := uuid.New()
	if got := ask(t, http.MethodPost, receive(t, doors), "/orders/"+order.String()+"/checkin", "", checkInBody()); got != http.StatusNoContent {
		t.Fatalf("the check-in is answered with %d", got)
	}
	mustClose(t, first)

	second := mustOpen(t, options)
	second.begin(t.Context())
	defer mustClose(t, second)
	seated, err := second.book.Guest(t.Context(), order)
	if err != nil || seated.Guest.Card.Client != customer {
		t.Fatalf("after a restart the order has %+v, %v", seated.Guest, err)
	}
	changes := make(chan orders.Changed, 10)
	defer second.hub.Subscribe(func(news any) {
		if changed, ok := news.(orders.Changed); ok {
			changes <- changed
		}
	})()
	_, err = second.desk.Accrue(t.Context(), loyalty.AccrualRequest{
		ID: loyalty.NewID(), Guest: seated.Guest, Sum: ten.Mul(ten), Order: order,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := receive(t, changes).Order; got.State != orders.StateClosed || got.Reason != orders.ReasonPoints {
		t.Errorf("after its operation the order is %s, %s", got.State, got.Reason)
	}
}

// A busy port leaves a till without waiters, and names who has it; the door
// opens as soon as the port is free.
func TestBusyPort(t *testing.T) {
	options, doors := doorOptions(t)
	holder, err := net.Listen("tcp", options.settings.Waiter.Listen)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Close() }()
	options.settings.Waiter.Listen = holder.Addr().String()
	opened := mustOpen(t, options)
	opened.pause = 10 * time.Millisecond
	shown := states(opened.hub, notice.Waiter)
	opened.begin(t.Context())
	opened.beginDoors(t.Context())
	if got := receive(t, shown); got.Level != notice.Trouble || got.Code != "busy" {
		t.Errorf("shown as %+v", got)
	}
	if owner := portOwner(options.settings.Waiter.Listen); owner != "" { // elsewhere than on Linux nobody tells
		if got := receive(t, shown); got.Level != notice.Trouble || got.Code != "busy:"+owner {
			t.Errorf("shown as %+v, want the owner %q", got, owner)
		}
	}
	if err := holder.Close(); err != nil {
		t.Fatal(err)
	}
	got := receive(t, shown)
	for got.Level == notice.Trouble { // the owner may go between two looks
		got = receive(t, shown)
	}
	if got.Level != notice.Good || got.Code != receive(t, doors) {
		t.Errorf("with the port free, shown as %+v", got)
	}
	mustClose(t, opened)
	if got := receive(t, shown); got.Level != notice.Unknown {
		t.Errorf("closed, shown as %+v", got)
	}
}

// An address that is not this machine's is no busy port.
func TestForeignAddress(t *testing.T) {
	options, _ := doorOptions(t)
	options.settings.Waiter.Listen = "192.0.2.1:9100" // for documentation, RFC 5737
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	defer mustClose(t, opened)
	err := opened.serveWaiters(t.Context(), nil)
	sentence, code := explain(err)
	if code != exitFailed || !strings.Contains(sentence, "192.0.2.1:9100") || strings.Contains(sentence, "has the port") {
		t.Errorf("%v: %d, %q", err, code, sentence)
	}
}

// While the keyring is locked waiters are served without the feed; it comes
// when the keyring is unlocked.
func TestFeedTokenThatComesLater(t *testing.T) {
	const token = "0123456789abcdef"
	options, _ := doorOptions(t)
	var unlocked atomic.Bool
	options.feedToken = func(context.Context) (string, error) {
		if unlocked.Load() {
			return token, nil
		}
		return "", config.ErrKeyringLocked
	}
	opened := mustOpen(t, options)
	opened.pause = 10 * time.Millisecond
	shown := states(opened.hub, notice.Waiter)
	opened.begin(t.Context())
	opened.beginDoors(t.Context())
	defer mustClose(t, opened)
	path := "/orders/" + uuid.New().String()
	if got := ask(t, http.MethodPut, receive(t, shown).Code, path, token, `{"table":"5"}`); got != http.StatusNotFound {
		t.Errorf("without its token the feed answers %d", got)
	}
	unlocked.Store(true)
	receive(t, shown) // closed
	if got := ask(t, http.MethodPut, receive(t, shown).Code, path, token, `{"table":"5"}`); got != http.StatusNoContent {
		t.Errorf("with its token the feed answers %d", got)
	}
}

func TestFeedToken(t *testing.T) {
	r := newRun(t, "")
	open := func() (*config.Secrets, error) { return r.openSecrets(t.TempDir(), r.keyring) }
	if token, err := feedToken(t.Context(), open); token != "" || err != nil {
		t.Errorf("not set: %q, %v", token, err)
	}
	r.keyring.kept["feed"] = "0123456789abcdef"
	if token, err := feedToken(t.Context(), open); token != "0123456789abcdef" || err != nil {
		t.Errorf("set: %q, %v", token, err)
	}
	r.keyring.err = config.ErrKeyringLocked
	if token, err := feedToken(t.Context(), open); token != "" || !errors.Is(err, config.ErrKeyringLocked) {
		t.Errorf("locked: %q, %v", token, err)
	}
	broken := func() (*config.Secrets, error) { return nil, config.ErrKeyringFailed }
	if _, err := feedToken(t.Context(), broken); !errors.Is(err, config.ErrKeyringFailed) {
		t.Errorf("broken: %v", err)
	}
}

// What the settings say of waiters reaches the door.
func TestDoorOptions(t *testing.T) {
	options, _ := doorOptions(t)
	options.settings.Waiter.Gifts = []config.Gift{{SKU: "11015", From: ten}}
	options.settings.Waiter.UnknownSum = config.UnknownSumZero
	options.settings.Waiter.Rebind = config.RebindReplace
	options.settings.Waiter.Waiters = []string{"Аня"}
	options.secrets = func() (*config.Secrets, error) { return nil, config.ErrKeyringLocked }
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	defer mustClose(t, opened)
	got := opened.doorOptions("token")
	if len(got.Gifts) != 1 || got.Gifts[0].SKU != "11015" || !got.Gifts[0].From.Equal(ten) {
		t.Errorf("gifts %+v", got.Gifts)
	}
	if !got.UnknownSumIsZero || got.FeedToken != "token" || got.Waiters == nil || !opened.book.Rebind {
		t.Errorf("%+v, rebind %v", got, opened.book.Rebind)
	}
}

// A write that the disk refuses is remembered for the screen, a refusal by the
// rules of orders is not.
func TestWatchedOrders(t *testing.T) {
	watch := new(watchedStore)
	full := &journal.Error{Code: journal.Full}
	store := &failingOrders{err: full}
	watched := &watchedOrders{TillStore: store, watch: watch}
	for _, step := range []struct{ err, want error }{{full, full}, {orders.ErrPointsMoved, full}, {nil, nil}} {
		store.err = step.err
		if _, err := watched.SaveOrder(t.Context(), orders.Order{}); !errors.Is(err, step.err) {
			t.Errorf("%v, want %v", err, step.err)
		}
		if got, want := watch.trouble(false) != "", step.want != nil; got != want {
			t.Errorf("after %v there is trouble: %v, want %v", step.err, got, want)
		}
	}
}

type failingOrders struct {
	orders.TillStore
	err error
}

func (s *failingOrders) SaveOrder(_ context.Context, o orders.Order, _ ...orders.Event) (orders.Order, error) {
	return o, s.err
}
