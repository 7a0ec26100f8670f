package demo

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/waiterapi"
)

// serve opens a waiters' door for the demo's shop and gives its address.
func serve(t *testing.T, shop *Shop) (*orders.Book, string) {
	t.Helper()
	settings, hub, store := shop.Settings(), new(notice.Hub), new(orderstest.MemoryStore)
	desk := loyalty.NewDesk(loyalty.Options{
		Service: service(t, shop), Store: store, Hub: hub, Vendor: settings.Shop.Vendor, Register: 1, Now: time.Now,
	})
	book := orders.NewBook(orders.Options{Desk: desk, Operations: store, Store: store, Hub: hub, Register: 1})
	door, err := waiterapi.New(waiterapi.Options{
		Book: book, Desk: desk, Hub: hub, Texts: texts.New(texts.Russian), Vendor: settings.Shop.Vendor,
		System: settings.Waiter.System, Address: settings.Waiter.Listen, Allow: settings.Waiter.Allow, FeedToken: shop.FeedToken(),
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := door.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- door.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return book, listener.Addr().String()
}

// The panel of orders has something to show: orders with and without a guest, a
// sum and a table.
func TestFill(t *testing.T) {
	shop := open(t)
	book, address := serve(t, shop)
	if err := shop.Fill(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	open, err := book.Open(t.Context())
	if err != nil || len(open) != 3 {
		t.Fatalf("%d orders, %v", len(open), err)
	}
	for i, want := range []struct {
		table  string
		client int64 // 0: nobody is bound
	}{{"5", withPoints}, {"", withoutPoints}, {"12", 0}} {
		got := open[i]
		client := int64(0)
		if got.Guest != nil {
			client = got.Guest.Card.Client
		}
		if got.Table != want.table || client != want.client || got.Sum.Valid != (want.table != "") {
			t.Errorf("order %d: %+v, want %+v", i, got, want)
		}
	}
}

func TestFillEndsWithTheFirstRefusal(t *testing.T) {
	shop := open(t)
	for refused := range 4 { // every request has its turn
		asked := 0
		door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if asked++; asked > refused {
				w.WriteHeader(http.StatusOK) // a message for the waiter
				return
			}
			w.WriteHeader(http.StatusNoContent)
		}))
		err := shop.Fill(t.Context(), door.Listener.Addr().String())
		door.Close()
		if err == nil || asked != refused+1 {
			t.Errorf("request %d is refused: %d requests, %v", refused+1, asked, err)
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	if err := shop.Fill(t.Context(), listener.Addr().String()); err == nil {
		t.Error("nobody was there, and that was no error")
	}
	if err := shop.Fill(t.Context(), "%"); err == nil {
		t.Error("an address that is none was no error")
	}
}

func TestEachDemoHasItsOwnToken(t *testing.T) {
	if first, second := open(t).FeedToken(), open(t).FeedToken(); first == second || len(first) < 16 {
		t.Errorf("%q and %q", first, second)
	}
}
