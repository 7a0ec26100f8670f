package orders_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestCheckInBindsAProvenGuest(t *testing.T) {
	h := newHall(t)
	order := h.seated(anna)
	h.is(order, "checkin open guest 83532824")
	h.wrote(order, "opened by Петро, bound 83532824 by Петро")
	o, err := h.book.Find(t.Context(), order)
	must(t, err)
	got := words(o.Register, o.Waiter, o.Guest.Name, o.Guest.Balance, o.Guest.BoundBy, o.Guest.ScannedAt.Equal(noon),
		o.Guest.BalanceAt.Equal(noon), o.OpenedAt.Equal(noon), o.ChangedAt.Equal(noon), o.Guest.Card.Secret.Reveal())
	if want := "3 Петро Анна 2365 Петро true true true true 31766"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	open, err := h.book.Open(t.Context())
	must(t, err)
	if len(open) != 1 || open[0].ID != order {
		t.Errorf("open orders: %v", open)
	}
}

func TestCheckInTellsTheScreen(t *testing.T) {
	h := newHall(t)
	order := h.seated(anna)
	must(t, h.checkIn(order, anna))
	told := h.told()
	if len(told) != 2 {
		t.Fatalf("got %d news, want 2", len(told))
	}
	e := told[0].Event
	if e.Kind != orders.EventBound || e.Order != order || e.Client != anna || e.Version != 1 || e.Register != 3 || told[0].Order.Guest == nil {
		t.Errorf("got %+v", told[0])
	}
	if told[1].Event.Kind != "" || told[1].Order.Version != 2 {
		t.Errorf("a refreshed binding was told as %+v", told[1].Event)
	}
}

// What the waiter typed is a scan like the till's, repaired from another layout too.
func TestCheckInReadsAForeignLayout(t *testing.T) {
	h := newHall(t)
	order := uuid.New()
	_, err := h.book.CheckIn(t.Context(), orders.CheckIn{Order: order, Text: `ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ`})
	must(t, err)
	h.is(order, "checkin open guest 83532824")
}

func TestCheckInRefusesBeforeItAsks(t *testing.T) {
	h := newHall(t)
	order := uuid.New()
	for text, want := range map[string]loyalty.ScanProblem{
		skidkabot.Card{Vendor: 5, Client: anna, Secret: 1}.Payload(): loyalty.ScanForeignVendor,
		"149725735":     loyalty.ScanOther,
		"4006381333931": loyalty.ScanBarcode,
		"":              loyalty.ScanOther,
	} {
		_, err := h.book.CheckIn(t.Context(), orders.CheckIn{Order: order, Text: text})
		var scan *loyalty.ScanError
		if !errors.As(err, &scan) || scan.Problem != want {
			t.Errorf("%q: got error %v, want %s", text, err, want)
		}
	}
	_, err := h.book.CheckIn(t.Context(), orders.CheckIn{Text: qr(anna)})
	wantError(t, err, orders.ErrInvalid)
	if h.desk.asked(anna) != 0 || len(h.told()) != 0 {
		t.Error("a text that is no guest reached the service or the screen")
	}
	_, err = h.book.Find(t.Context(), order)
	wantError(t, err, orders.ErrNotFound)
}

func TestCheckInBindsNobodyWhomTheServiceDoesNotProve(t *testing.T) {
	h := newHall(t)
	for _, want := range []error{
		&skidkabot.RefusedError{Code: 9}, errDown, &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply},
	} {
		order := uuid.New()
		h.desk.answer(want)
		wantError(t, h.checkIn(order, anna), want)
		_, err := h.book.Find(t.Context(), order)
		wantError(t, err, orders.ErrNotFound)
	}
	if h.book.Remembered() != 0 {
		t.Error("the book remembers somebody who was never seen")
	}
}

func TestCheckInAgainIsIdempotent(t *testing.T) {
	h := newHall(t)
	order := h.seated(anna)
	h.pass(time.Hour)
	h.desk.set(anna, 3000)
	again := skidkabot.Card{Vendor: shop, Client: anna, Secret: 555}.Payload()
	o, err := h.book.CheckIn(t.Context(), orders.CheckIn{Order: order, Text: again, Waiter: "Оля"})
	must(t, err)
	h.wrote(order, "opened by Петро, bound 83532824 by Петро")
	got := words(o.Guest.Card.Secret.Reveal(), o.Guest.Balance, o.Guest.BoundBy, o.Waiter, o.Guest.ScannedAt.Equal(noon.Add(time.Hour)), o.OpenedAt.Equal(noon))
	if want := "555 3000 Петро Петро true true"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCheckInOfAnotherGuest(t *testing.T) {
	for _, test := range []struct {
		rebind bool
		states []loyalty.State // of an operation of the first guest's; nil: there is none
		want   error
	}{
		{false, nil, orders.ErrOtherGuest},
		{true, nil, nil},
		{false, []loyalty.State{loyalty.StateVoided}, orders.ErrOtherGuest},
		{true, []loyalty.State{loyalty.StateVoided}, nil},
		{true, []loyalty.State{loyalty.StateSending, loyalty.StateRefused}, nil},
		{true, []loyalty.State{loyalty.StateReview, loyalty.StateSettled}, nil}, // decided: not moved
		{false, toConfirmed, orders.ErrPointsMoved},
		{true, toConfirmed, orders.ErrPointsMoved},
		{true, toUnknown, orders.ErrPointsMoved},
		{true, []loyalty.State{loyalty.StateQueued}, orders.ErrPointsMoved},
		{true, []loyalty.State{}, orders.ErrPointsMoved}, // planned
	} {
		h := newHall(t, func(o *orders.Options) { o.Rebind = test.rebind })
		order := h.seated(anna)
		if test.states != nil {
			h.operate(order, anna, loyalty.Accrual, test.states...)
		}
		wantError(t, h.checkIn(order, boris), test.want)
		if test.want != nil {
			h.is(order, "checkin open guest 83532824")
			if h.desk.asked(boris) != 0 {
				t.Errorf("%+v: the service was asked in vain", test)
			}
			continue
		}
		h.is(order, "checkin open guest 5000000000")
		h.wrote(order, "opened by Петро, bound 83532824 by Петро, bound 5000000000 by Петро")
	}
}

// An operation that is planned while the service is asked holds the guest all the same.
func TestCheckInLosesToAnOperation(t *testing.T) {
	h := newHall(t, rebind)
	order := h.seated(anna)
	h.desk.on(func(context.Context, skidkabot.Card) error {
		h.operate(order, anna, loyalty.Accrual)
		return nil
	})
	wantError(t, h.checkIn(order, boris), orders.ErrPointsMoved)
	h.is(order, "checkin open guest 83532824")
}

// What others do with the order while the service is asked counts, in this process or another.
func TestCheckInMeetsWhatHappenedMeanwhile(t *testing.T) {
	h := newHall(t)
	withdrawn, taken := h.fed("100"), h.fed("200")
	h.desk.on(func(_ context.Context, c skidkabot.Card) error {
		if c.Client == anna {
			return h.withdraw(withdrawn)
		}
		return nil
	})
	wantError(t, h.checkIn(withdrawn, anna), orders.ErrClosed)
	h.is(withdrawn, "feed closed feed sum 100")

	elsewhere := orders.NewBook(h.book.Options)
	h.desk.on(func(_ context.Context, c skidkabot.Card) error {
		if c.Client == anna {
			_, err := elsewhere.CheckIn(t.Context(), orders.CheckIn{Order: taken, Text: qr(boris)})
			return err
		}
		return nil
	})
	wantError(t, h.checkIn(taken, anna), orders.ErrOtherGuest)
	h.is(taken, "feed open sum 200 guest 5000000000")
}

func TestCheckInOfAClosedOrder(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(h *hall) uuid.UUID
		want error
	}{
		"points": {func(h *hall) uuid.UUID {
			o := h.seated(anna)
			h.operate(o, anna, loyalty.Accrual, toConfirmed...)
			return o
		}, orders.ErrClosed},
		"feed":         {func(h *hall) uuid.UUID { o := h.fed("100"); must(t, h.withdraw(o)); return o }, orders.ErrClosed},
		"check":        {func(h *hall) uuid.UUID { o := h.seated(anna); must(t, h.checkOut(o)); return o }, nil},
		"expired":      {func(h *hall) uuid.UUID { o := h.seated(anna); h.pass(orders.CheckInMaxAge); return o }, nil},
		"expired, fed": {func(h *hall) uuid.UUID { o := h.fed("100"); h.pass(orders.FeedMaxAge); return o }, nil},
		"expired, held": {func(h *hall) uuid.UUID {
			o := h.seated(anna)
			h.operate(o, anna, loyalty.Accrual, toUnknown...)
			h.pass(orders.CheckInMaxAge)
			return o
		}, orders.ErrPointsMoved},
	} {
		h := newHall(t)
		order := test.end(h)
		h.book.Sweep(t.Context())
		o, err := h.book.Find(t.Context(), order)
		must(t, err)
		if o.State != orders.StateClosed || string(o.Reason) != strings.Split(name, ",")[0] {
			t.Errorf("%s: the order is %s", name, standing(o))
		}
		wantError(t, h.checkIn(order, boris), test.want)
		after, err := h.book.Find(t.Context(), order)
		must(t, err)
		if test.want != nil {
			if standing(after) != standing(o) {
				t.Errorf("%s: got %s, was %s", name, standing(after), standing(o))
			}
		} else if after.State != orders.StateOpen || after.Guest.Card.Client != boris || !after.OpenedAt.Equal(noon) {
			t.Errorf("%s: got %s", name, standing(after))
		}
	}
}

func TestCheckInHasALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		h.desk.on(func(ctx context.Context, _ skidkabot.Card) error { <-ctx.Done(); return ctx.Err() })
		order, start := uuid.New(), time.Now()
		results := make(chan error)
		for range 2 { // the second waits for its turn, and no longer
			go func() { results <- h.checkIn(order, anna) }()
		}
		for range 2 {
			var unknown *skidkabot.UnknownError
			if err := <-results; !errors.As(err, &unknown) || unknown.Reason != skidkabot.ReasonTimeout {
				t.Errorf("got error %v, want a timeout", err)
			}
			if took := time.Since(start); took != orders.CheckInLimit {
				t.Errorf("answered after %v", took)
			}
		}
		_, err := h.book.Find(t.Context(), order)
		wantError(t, err, orders.ErrNotFound)
	})
}

// The wait for a check-in whose disk is slow is limited, too.
func TestCheckInDoesNotWaitForASlowDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		order := uuid.New()
		h.store.onSave = func(context.Context, orders.Order) error { time.Sleep(20 * time.Second); return nil }
		first := make(chan error)
		go func() { first <- h.checkIn(order, anna) }()
		synctest.Wait()
		start := time.Now()
		var unknown *skidkabot.UnknownError
		if err := h.checkIn(order, anna); !errors.As(err, &unknown) || time.Since(start) != orders.CheckInLimit {
			t.Errorf("got error %v after %v", err, time.Since(start))
		}
		must(t, <-first)
	})
}

// Writers in one process queue for an order, and so never overtake each other until a change is given up.
func TestWritersOfOneOrderTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		order := uuid.New()
		h.store.onSave = func(context.Context, orders.Order) error { time.Sleep(time.Second); return nil }
		results := make(chan error, 20)
		for i := range cap(results) {
			go func() { results <- h.feed(order, fmt.Sprint(i+1)) }()
		}
		for range cap(results) {
			must(t, <-results)
		}
		for i, news := range h.told() {
			if news.Order.Version != int64(i+1) {
				t.Fatalf("news %d is of version %d", i+1, news.Order.Version)
			}
		}
	})
}

func TestCheckInEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		h.desk.on(func(ctx context.Context, _ skidkabot.Card) error { <-ctx.Done(); return ctx.Err() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := h.book.CheckIn(ctx, orders.CheckIn{Order: uuid.New(), Text: qr(anna)})
		wantError(t, err, context.DeadlineExceeded)
		if h.book.Turns() != 0 {
			t.Error("its turn was not given back")
		}
	})
}

// Check-ins of one order wait for each other; those of others, and the POS, do not wait for a slow service.
func TestCheckInsOfOneOrderTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		h.desk.on(func(context.Context, skidkabot.Card) error { time.Sleep(time.Second); return nil })
		start, one, other := time.Now(), uuid.New(), uuid.New()
		took := make(chan string, 3)
		go func() { must(t, h.checkIn(one, anna)); took <- fmt.Sprint("one ", time.Since(start)) }()
		go func() { must(t, h.checkIn(one, anna)); took <- fmt.Sprint("one ", time.Since(start)) }()
		go func() { must(t, h.checkIn(other, anna)); took <- fmt.Sprint("other ", time.Since(start)) }()
		synctest.Wait()
		must(t, h.feed(one, "100"))
		if took := time.Since(start); took != 0 {
			t.Errorf("the POS waited for %v", took)
		}
		got := []string{<-took, <-took, <-took}
		if got[2] != "one 2s" || got[0] == got[1] || !strings.HasSuffix(got[0]+got[1], "1s") {
			t.Errorf("got %v", got)
		}
		h.is(one, "feed open sum 100 guest 83532824")
		h.wrote(one, "opened, fed, bound 83532824 by Петро")
	})
}

func TestCheckInSurvivesAnotherProcess(t *testing.T) {
	for rivals, want := range map[int]error{4: nil, 5: orders.ErrConflict} {
		h := newHall(t)
		order := uuid.New()
		left := rivals
		h.store.onSave = func(ctx context.Context, o orders.Order) error {
			if left == 0 {
				return nil
			}
			left--
			stored, err := h.store.MemoryStore.Order(ctx, order)
			if err != nil {
				stored = orders.Order{ID: order, Source: orders.SourceFeed, State: orders.StateOpen}
			}
			stored.Table = fmt.Sprint(left)
			_, err = h.store.MemoryStore.SaveOrder(ctx, stored)
			return err
		}
		wantError(t, h.checkIn(order, anna), want)
		if want == nil {
			h.is(order, "feed open guest 83532824")
			o, err := h.book.Find(t.Context(), order)
			must(t, err)
			if o.Table != "0" {
				t.Errorf("the other process's change is lost: table %q", o.Table)
			}
		}
		if h.desk.asked(anna) != 1 {
			t.Errorf("the service was asked %d times", h.desk.asked(anna))
		}
	}
}

func TestCheckInWithALongName(t *testing.T) {
	h := newHall(t)
	h.desk.name = strings.Repeat("я", orders.MaxText+1)
	order := h.seated(anna)
	o, err := h.book.Find(t.Context(), order)
	must(t, err)
	if o.Guest.Name != strings.Repeat("я", orders.MaxText) {
		t.Errorf("got %d bytes of a name", len(o.Guest.Name))
	}
}

func TestCheckOut(t *testing.T) {
	h := newHall(t)
	must(t, h.checkOut(uuid.New())) // unknown
	alone := h.seated(anna)
	fed := h.fed("100")
	must(t, h.checkOut(fed)) // nobody
	h.wrote(fed, "opened, fed")
	must(t, h.checkIn(fed, anna))
	paid := h.fed("200")
	must(t, h.checkIn(paid, anna))
	must(t, h.withdraw(paid))
	for range 2 { // idempotent
		must(t, h.checkOut(alone))
		must(t, h.checkOut(fed))
		must(t, h.checkOut(paid))
	}
	h.is(alone, "checkin closed check")
	h.wrote(alone, "opened by Петро, bound 83532824 by Петро, unbound 83532824 by Оля, closed check by Оля")
	h.is(fed, "feed open sum 100")
	h.wrote(fed, "opened, fed, bound 83532824 by Петро, unbound 83532824 by Оля")
	h.is(paid, "feed closed feed paid sum 200")
}

func TestCheckOutAfterPointsMoved(t *testing.T) {
	h := newHall(t)
	order := h.fed("100")
	must(t, h.checkIn(order, anna))
	op := h.operate(order, anna, loyalty.Accrual, loyalty.StateSending)
	wantError(t, h.checkOut(order), orders.ErrPointsMoved) // they may move
	h.step(op, loyalty.StateConfirmed)
	wantError(t, h.checkOut(order), orders.ErrPointsMoved)
	must(t, h.withdraw(order))
	h.is(order, "feed closed feed sum 100 wiped 83532824")
	wantError(t, h.checkOut(order), orders.ErrPointsMoved) // closed, too

	expired := h.seated(anna)
	h.pass(orders.CheckInMaxAge)
	h.book.Sweep(t.Context())
	must(t, h.checkOut(expired))
	h.is(expired, "checkin closed expired wiped 83532824")
}

func TestABrokenStoreIsNeverASuccess(t *testing.T) {
	for _, method := range []string{"Order", "List", "Save", "Orders"} {
		h := newHall(t, rebind)
		order := h.seated(anna)
		h.operate(order, anna, loyalty.Accrual, loyalty.StateVoided)
		before := len(h.told())
		h.store.onRead = func(read string) error {
			if read == method {
				return loyaltytest.ErrInjected
			}
			return nil
		}
		h.store.onSave = func(context.Context, orders.Order) error {
			if method == "Save" {
				return loyaltytest.ErrInjected
			}
			return nil
		}
		if method == "Orders" {
			_, err := h.book.Open(t.Context())
			wantError(t, err, loyaltytest.ErrInjected)
			continue
		}
		wantError(t, h.checkIn(order, boris), loyaltytest.ErrInjected)
		wantError(t, h.withdraw(order), loyaltytest.ErrInjected)
		if method != "List" {
			wantError(t, h.checkOut(order), loyaltytest.ErrInjected)
			wantError(t, h.feed(order, "1"), loyaltytest.ErrInjected)
		}
		if method != "Save" {
			_, err := h.book.Guest(t.Context(), order)
			wantError(t, err, loyaltytest.ErrInjected)
			_, err = h.book.Limit(t.Context(), order, false)
			wantError(t, err, loyaltytest.ErrInjected)
		}
		if len(h.told()) != before {
			t.Errorf("%s: a change was told that was not saved", method)
		}
	}
	h := newHall(t)
	order := h.seated(anna)
	h.operate(order, anna, loyalty.Accrual, toConfirmed...)
	h.book.Sweep(t.Context())
	h.store.onRead = func(read string) error {
		if read == "List" {
			return loyaltytest.ErrInjected
		}
		return nil
	}
	wantError(t, h.checkOut(order), loyaltytest.ErrInjected)
}

func TestNobodyWaitsForATurnForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		order := h.seated(anna)
		h.desk.on(func(ctx context.Context, _ skidkabot.Card) error { <-ctx.Done(); return ctx.Err() })
		go func() { _ = h.checkIn(order, anna) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, h.book.CheckOut(ctx, order, ""), context.DeadlineExceeded)
		h.store.onSave = func(context.Context, orders.Order) error { time.Sleep(time.Minute); return nil }
		go func() { _ = h.feed(order, "1") }()
		synctest.Wait()
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wantError(t, h.book.Withdraw(ctx, order), context.DeadlineExceeded)
		time.Sleep(2 * time.Minute)
		if h.book.Turns() != 0 {
			t.Errorf("%d turns are left", h.book.Turns())
		}
	})
}
