package loyalty_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
)

// slow makes every accrual and redemption take a time on the wire.
func (s *fakeService) slow(pause time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onMove = func(int, loyalty.Kind) (bool, error) {
		time.Sleep(pause)
		return true, nil
	}
}

// I5: who comes with an id that is being carried out waits for its end, and gets no half-way answer from the journal.
func TestASecondEnterWaitsForTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		till.service.slow(5 * time.Second)
		req := till.accrual(t, "1250")
		var first sync.WaitGroup
		first.Go(func() {
			if _, err := till.Accrue(t.Context(), req); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		second, err := till.Accrue(t.Context(), req)
		first.Wait()
		if err != nil || !second.Met {
			t.Errorf("the second Enter: met %v, %v", second.Met, err)
		}
		wantState(t, second.Operation, loyalty.StateConfirmed)
		if got := till.service.count("accrual"); got != 1 {
			t.Errorf("sent %d times", got)
		}
	})
}

// A store that keeps orders refuses points for one that is closed: that is an answer and no trouble of the journal, and nothing
// is sent.
func TestPointsForAClosedOrderAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		till.store.FailWrites = func(string) error { return loyalty.ErrOrderClosed }
		_, err := till.Redeem(t.Context(), till.redemption(t, "1250", "125"))
		var failed *loyalty.JournalError
		if !errors.Is(err, loyalty.ErrOrderClosed) || errors.As(err, &failed) {
			t.Errorf("got %v", err)
		}
		if till.hub.State(notice.Journal).Level == notice.Trouble || till.service.count("redemption") != 0 {
			t.Errorf("the journal is %v, %d redemptions were sent", till.hub.State(notice.Journal), till.service.count("redemption"))
		}
	})
}

// I8: the accrual on the money part is not sent on a redemption that the journal does not know to be confirmed, even when
// the journal works again by then.
func TestNothingFollowsAnUnwrittenResult(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		req := till.redemption(t, "1250", "125")
		writes := 0
		till.store.FailWrites = func(string) error {
			if writes++; writes > 2 && writes <= 6 { // all four tries to write the result
				return errors.New("disk full")
			}
			return nil
		}
		result, err := till.Redeem(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if !result.Unwritten {
			t.Error("the result does not say that it is not written")
		}
		wantState(t, *result.Second, loyalty.StatePlanned)
		if got := till.service.count("accrual"); got != 0 {
			t.Errorf("%d accruals sent", got)
		}
	})
}

// I4: a customer who stands at the till goes before one of the queue who has come to the wire first.
func TestALiveOperationOvertakesAWaitingQueuedOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guests := make([]loyalty.Guest, 3)
		for i := range guests {
			guests[i] = till.greet(t)
			guests[i].Card.Client = int64(i + 10)
		}
		end := till.service.outage(errNotSent)
		till.queueAccrual(t, guests[0], "500")
		end()
		till.greet(t) // the till is no longer offline
		till.service.slow(3 * time.Second)
		var live sync.WaitGroup
		accrue := func(guest loyalty.Guest) {
			live.Go(func() {
				if _, err := till.Accrue(t.Context(), loyalty.AccrualRequest{ID: loyalty.NewID(), Guest: guest, Sum: dec("1000")}); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		accrue(guests[1])
		defer till.run()()
		synctest.Wait() // the queued one waits for the wire
		accrue(guests[2])
		live.Wait()
		time.Sleep(time.Minute)
		var order []int64
		for _, request := range till.service.reads("accrual") {
			if request.client >= 10 {
				order = append(order, request.client)
			}
		}
		// The first entry is the try that found the service away.
		if got := order[len(order)-3:]; got[0] != 11 || got[1] != 12 || got[2] != 10 {
			t.Errorf("the order was %v, want 11, 12 and then the queued 10", got)
		}
	})
}

// I6: a redemption that could not be sent is cancelled, whatever kept it; only accruals wait.
func TestARedemptionThatWaitsForTheWireIsCancelledByClosing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		till.service.slow(10 * time.Second)
		first, second := till.accrual(t, "1250"), till.redemption(t, "500", "50")
		second.Guest.Card.Client = 5
		var callers sync.WaitGroup
		callers.Go(func() { _, _ = till.Accrue(t.Context(), first) })
		synctest.Wait()
		var result loyalty.Result
		callers.Go(func() { result, _ = till.Redeem(t.Context(), second) })
		synctest.Wait()
		if err := till.Close(t.Context()); err != nil {
			t.Errorf("Close: %v", err)
		}
		callers.Wait()
		wantState(t, result.Operation, loyalty.StateVoided)
		wantState(t, *result.Second, loyalty.StateVoided)
	})
}

// I6: first in, first out per card also when the first is held up by a balance that nobody could read.
func TestAQueuedAccrualKeepsTheLaterOnesOfItsCardWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guest := till.greet(t)
		end := till.service.outage(errNotSent)
		till.queueAccrual(t, guest, "500")
		till.queueAccrual(t, guest, "1000")
		end()
		till.greet(t) // the till is no longer offline
		failed := false
		till.service.onBalance = func(int) error {
			if failed {
				return nil
			}
			failed = true
			return errReset
		}
		defer till.run()()
		time.Sleep(5 * time.Minute)
		var order []string
		for _, request := range till.service.reads("accrual") {
			order = append(order, request.points.String())
		}
		if len(order) != 2 || order[0] != "10" || order[1] != "20" {
			t.Errorf("sent %v points, want 10 and then 20", order)
		}
	})
}

// I13: secrets that have outlived their QR are wiped soon after a start, and not before the service has vouched for the
// clock: a wrong one would wipe what is still needed.
func TestOldSecretsAreWipedWhenTheClockIsSure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		result, err := till.Accrue(t.Context(), till.accrual(t, "1250"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(loyalty.QRLifetime + time.Hour)
		again := openTill(t, till.service, till.store)
		if _, err := again.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer again.run()()
		time.Sleep(time.Hour + time.Minute) // between two rounds of the house-keeping
		if again.now(t, result.Operation).Secret == 0 {
			t.Error("wiped by a clock that nobody has vouched for")
		}
		again.greet(t)
		synctest.Wait()
		if again.now(t, result.Operation).Secret != 0 {
			t.Error("not wiped")
		}
	})
}
