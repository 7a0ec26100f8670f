package orders_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// run has the book run until the returned function is called.
func (h *hall) run() (stop func()) {
	ctx, cancel := context.WithCancel(h.t.Context())
	done := make(chan struct{})
	go func() {
		h.book.Run(ctx)
		close(done)
	}()
	synctest.Wait()
	return func() {
		cancel()
		<-done
	}
}

func TestRunClosesWhenPointsHaveMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		before := h.seated(anna) // its operation ended while nobody looked
		h.operate(before, anna, loyalty.Accrual, toConfirmed...)
		stop := h.run()
		defer stop()
		h.is(before, "checkin closed points wiped 83532824")
		h.wrote(before, "opened by Петро, bound 83532824 by Петро, closed points")

		order, start := h.seated(anna), time.Now()
		op := h.operate(order, anna, loyalty.Redemption, toUnknown...)
		other := h.operate(order, anna, loyalty.Accrual)
		h.operate(order, anna, loyalty.Accrual, loyalty.StateVoided)
		synctest.Wait()
		h.is(order, "checkin open guest 83532824")
		h.step(op, loyalty.StateApplied)
		synctest.Wait()
		h.is(order, "checkin open guest 83532824") // another is still on the way
		h.step(other, loyalty.StateSending, loyalty.StateConfirmed)
		synctest.Wait()
		h.is(order, "checkin closed points wiped 83532824")
		if time.Since(start) != 0 {
			t.Error("it was the minute's sweep that closed it")
		}
	})
}

func TestRunLeavesWhatIsNotOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		stop := h.run()
		defer stop()
		fed, refused, queued, paid := h.fed("100"), h.seated(anna), h.seated(boris), h.fed("200")
		must(t, h.checkIn(fed, anna))
		must(t, h.checkIn(paid, anna))
		must(t, h.withdraw(paid))
		h.operate(fed, anna, loyalty.Accrual, toConfirmed...)
		h.operate(refused, anna, loyalty.Accrual, loyalty.StateSending, loyalty.StateRefused)
		waiting := h.operate(queued, boris, loyalty.Accrual, loyalty.StateQueued)
		time.Sleep(2 * time.Minute)
		h.is(fed, "feed open sum 100 guest 83532824") // the POS says when
		h.is(refused, "checkin open guest 83532824")
		h.is(queued, "checkin open guest 5000000000")
		h.is(paid, "feed open paid sum 200 guest 83532824")
		h.operate(paid, anna, loyalty.Accrual, toConfirmed...)
		h.step(waiting, toConfirmed...)
		synctest.Wait()
		h.is(paid, "feed closed points paid sum 200 wiped 83532824")
		h.is(queued, "checkin closed points wiped 5000000000")
	})
}

// An operation that ends after its order was closed changes nothing of the order.
func TestRunClosesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		stop := h.run()
		defer stop()
		order := h.seated(anna)
		op := h.operate(order, anna, loyalty.Accrual, toUnknown...)
		time.Sleep(25 * time.Hour)
		h.step(op, loyalty.StateApplied)
		time.Sleep(2 * time.Minute)
		h.is(order, "checkin closed expired wiped 83532824")
		h.wrote(order, "opened by Петро, bound 83532824 by Петро, closed expired")
	})
}

func TestRunClosesWhatIsOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		alone, paid, fed, bare := h.seated(anna), h.fed("100"), h.fed("200"), h.fed("300")
		must(t, h.checkIn(paid, anna))
		must(t, h.checkIn(fed, anna))
		must(t, h.withdraw(paid))
		queued := h.seated(boris)
		h.operate(queued, boris, loyalty.Accrual, loyalty.StateQueued)
		stop := h.run()
		defer stop()
		time.Sleep(24*time.Hour - time.Minute)
		h.is(alone, "checkin open guest 83532824")
		h.is(queued, "checkin open guest 5000000000")
		h.is(paid, "feed open paid sum 100 guest 83532824")
		h.is(fed, "feed open sum 200 guest 83532824")
		time.Sleep(2 * time.Minute)
		h.is(alone, "checkin closed expired wiped 83532824")
		h.is(queued, "checkin closed expired wiped 5000000000")
		h.is(paid, "feed closed feed paid sum 100 wiped 83532824")
		h.is(fed, "feed open sum 200 guest 83532824")
		time.Sleep(5*24*time.Hour + 23*time.Hour)
		must(t, h.feed(bare, "300")) // said again: it lives
		h.is(fed, "feed open sum 200 guest 83532824")
		time.Sleep(2 * time.Hour)
		h.is(fed, "feed closed expired sum 200 wiped 83532824")
		h.is(bare, "feed open sum 300")
	})
}

func TestRunTriesAgain(t *testing.T) {
	for _, method := range []string{"Order", "Orders", "List", "Save"} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			h := newHall(t, func(o *orders.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) }).inRealTime()
			order := h.seated(anna)
			h.operate(order, anna, loyalty.Accrual, toConfirmed...)
			down := true
			h.store.hooks.Lock()
			h.store.onRead = func(read string) error {
				if down && read == method {
					return loyaltytest.ErrInjected
				}
				return nil
			}
			h.store.onSave = func(context.Context, orders.Order) error {
				if down && method == "Save" {
					return loyaltytest.ErrInjected
				}
				return nil
			}
			h.store.hooks.Unlock()
			stop := h.run()
			if !strings.Contains(log.String(), "injected") {
				t.Errorf("%s: the log says %q", method, log.String())
			}
			h.store.hooks.Lock()
			down = false
			h.store.hooks.Unlock()
			time.Sleep(time.Minute)
			synctest.Wait()
			h.is(order, "checkin closed points wiped 83532824")
			log.Reset()
			stop()
			if log.Len() != 0 {
				t.Errorf("stopping is no failure: %s", log.String())
			}
		})
	}
}

// The hub's publisher never waits for the book, and a flood of news is kept within bounds.
func TestRunDoesNotHoldThePublisher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHall(t).inRealTime()
		stop := h.run()
		defer stop()
		order := h.seated(anna)
		slow := h.seated(boris)
		h.store.hooks.Lock()
		h.store.onSave = func(context.Context, orders.Order) error { time.Sleep(time.Hour); return nil }
		h.store.hooks.Unlock()
		start := time.Now()
		h.operate(slow, boris, loyalty.Accrual, toConfirmed...) // Run is busy with it for an hour
		synctest.Wait()
		for range 2 * orders.ListLimit {
			h.hub.Publish(loyalty.OperationChanged{Operation: loyalty.Operation{Order: uuid.New(), State: loyalty.StateConfirmed}})
		}
		h.operate(order, anna, loyalty.Accrual, toConfirmed...)
		if time.Since(start) != 0 {
			t.Error("the publisher waited")
		}
		if got := h.book.Noted(); got != orders.ListLimit {
			t.Errorf("%d orders are noted", got)
		}
		h.store.hooks.Lock()
		h.store.onSave = nil
		h.store.hooks.Unlock()
		time.Sleep(time.Hour + time.Minute)
		synctest.Wait()
		h.is(slow, "checkin closed points wiped 5000000000")
		h.is(order, "checkin closed points wiped 83532824") // not noted, but found by the sweep
	})
}

// More orders than a page holds are swept too, and the oldest are the ones that matter.
func TestSweepTurnsPages(t *testing.T) {
	h := newHall(t)
	oldest := h.seated(anna)
	h.pass(time.Second)
	for range orders.ListLimit {
		must(t, saveBare(t, h))
	}
	h.pass(orders.CheckInMaxAge)
	h.book.Sweep(t.Context())
	h.is(oldest, "checkin closed expired wiped 83532824")
}

func saveBare(t *testing.T, h *hall) error {
	_, err := h.store.MemoryStore.SaveOrder(t.Context(), orders.Order{
		ID: uuid.New(), Source: orders.SourceFeed, State: orders.StateOpen, OpenedAt: h.now(), ChangedAt: h.now(),
	})
	return err
}
