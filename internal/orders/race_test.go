package orders_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// TestManyAtOnce has many waiters, POS threads and readers work on few orders through two books over one store, as two
// processes would, while both run. Every history must lead to its order, and no answer may be one that is not named.
func TestManyAtOnce(t *testing.T) {
	h := newHall(t, rebind)
	books := []*orders.Book{h.book, orders.NewBook(h.book.Options)}
	ids := []uuid.UUID{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
	ctx, cancel := context.WithCancel(t.Context())
	var running, workers sync.WaitGroup
	for _, book := range books {
		running.Go(func() { book.Run(ctx) })
	}
	for worker := range 24 {
		workers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 1))
			for range 60 {
				work(h, books[worker%2], ids[random.IntN(len(ids))], random)
			}
		})
	}
	workers.Wait()
	cancel()
	running.Wait()
	for _, id := range ids {
		o, err := h.book.Find(t.Context(), id)
		if errors.Is(err, orders.ErrNotFound) {
			continue
		}
		must(t, err)
		if err := replay(h, o); err != nil {
			t.Error(err)
		}
	}
	last := map[uuid.UUID]int64{}
	for _, news := range h.told() {
		last[news.Order.ID] = max(last[news.Order.ID], news.Order.Version)
	}
	for id, version := range last {
		if o, _ := h.book.Find(t.Context(), id); o.Version != version {
			t.Errorf("order at version %d, told of %d", o.Version, version)
		}
	}
	for _, book := range books {
		if book.Turns() != 0 {
			t.Errorf("%d turns are left", book.Turns())
		}
	}
}

// work does one thing that somebody may do at any time.
func work(h *hall, book *orders.Book, id uuid.UUID, random *rand.Rand) {
	ctx := h.t.Context()
	var err error
	switch random.IntN(9) {
	case 0, 1, 2:
		client := []int64{anna, boris}[random.IntN(2)]
		_, err = book.CheckIn(ctx, orders.CheckIn{Order: id, Text: qr(client)})
	case 3:
		err = book.CheckOut(ctx, id, "")
	case 4:
		_, err = book.Feed(ctx, orders.Fed{Order: id, Table: uuid.NewString()})
	case 5:
		err = book.Withdraw(ctx, id)
	case 6:
		_, err = book.Guest(ctx, id)
	case 7:
		_, err = book.Limit(ctx, id, false)
	case 8:
		h.operate(id, random.Int64(), loyalty.Accrual, loyalty.StateVoided)
	}
	for _, named := range []error{
		nil, orders.ErrClosed, orders.ErrOtherGuest, orders.ErrPointsMoved, orders.ErrConflict, orders.ErrNoGuest, orders.ErrNotFound,
	} {
		if errors.Is(err, named) {
			return
		}
	}
	h.t.Errorf("got error %v", err)
}

// TestOneOfManyGuests has many waiters scan different guests for one order at once: one of them sits, the others hear so.
func TestOneOfManyGuests(t *testing.T) {
	h := newHall(t)
	order := uuid.New()
	results := make(chan error, 32)
	for client := range int64(cap(results)) {
		go func() { results <- h.checkIn(order, client+1) }()
	}
	bound := 0
	for range cap(results) {
		err := <-results
		if err == nil {
			bound++
			continue
		}
		wantError(t, err, orders.ErrOtherGuest)
	}
	if bound != 1 {
		t.Errorf("%d guests were bound", bound)
	}
}
