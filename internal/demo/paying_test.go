package demo

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
)

// A guest pays an order of the till before the shift is open, and the bill is
// closed once it is.
func TestAGuestPays(t *testing.T) {
	shop := open(t)
	settings, hub, store := shop.Settings(), new(notice.Hub), memory()
	book := orders.NewBook(orders.Options{
		Desk:       struct{ orders.Desk }{}, // nobody has a card here
		Operations: store, Store: store, Hub: hub, Register: 1,
	})
	changes := make(chan any, 100)
	hub.Subscribe(func(news any) { changes <- news })
	client, err := expirenza.New(expirenza.Options{
		Book: book, Outbox: store, Hub: hub,
		Secret:    func(context.Context) (string, error) { return shop.ExpirenzaKey(), nil },
		GuestName: func(int) string { return "" },
		URL:       settings.Expirenza.URL, RestoID: settings.Expirenza.RestoID, System: settings.Expirenza.System,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ran, seated := make(chan error, 1), make(chan error, 1)
	go func() { ran <- client.Run(ctx) }()
	defer func() {
		cancel()
		if err := <-ran; err != nil {
			t.Error(err)
		}
	}()
	await(t, changes, func(news any) bool {
		state, ok := news.(notice.State)
		return ok && state.Part == notice.Expirenza && state.Level == notice.Good
	})
	go func() { seated <- shop.seat(ctx, book, time.Millisecond) }()
	blocked := await(t, changes, func(news any) bool { _, ok := news.(orders.ClaimChanged); return ok }).(orders.ClaimChanged)
	if blocked.Claim.Obstacle != orders.ObstacleShift || !blocked.Claim.Tips.IsPositive() {
		t.Errorf("without a shift the claim is %+v", blocked.Claim)
	}
	if _, err := book.OpenShift(ctx, "Оля"); err != nil {
		t.Fatal(err)
	}
	if err := <-seated; err != nil { // Expirenza knows
		t.Fatal(err)
	}
	paid, err := book.Find(ctx, blocked.Claim.Bill)
	if err != nil || paid.Reason != orders.ReasonPaid || paid.Table != "7" {
		t.Errorf("the order is %+v, %v", paid, err)
	}
	left, err := book.Open(ctx)
	if err != nil || len(left) != len(tillOrders())-1 {
		t.Errorf("%d orders are open, %v", len(left), err)
	}
}

// await waits for the news that is wanted.
func await(t *testing.T, news <-chan any, wanted func(any) bool) any {
	t.Helper()
	for deadline := time.After(2 * time.Minute); ; {
		select {
		case got := <-news:
			if wanted(got) {
				return got
			}
		case <-deadline:
			t.Fatal("nothing came")
		}
	}
}

func TestTheEndOfTheDemoEndsTheGuest(t *testing.T) {
	shop := open(t)
	store := memory()
	book := orders.NewBook(orders.Options{Desk: struct{ orders.Desk }{}, Operations: store, Store: store, Hub: new(notice.Hub), Register: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := shop.Seat(ctx, book); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if err := shop.Seat(ctx, book); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after the end it ends with %v", err)
	}
}

func memory() *orderstest.MemoryStore {
	store := new(orderstest.MemoryStore)
	store.Register = 1
	return store
}
