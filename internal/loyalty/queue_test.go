package loyalty_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// outage makes the service unreachable until the returned function is called.
func (s *fakeService) outage(err error) (end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onBalance = func(int) error { return err }
	s.onMove = func(int, loyalty.Kind) (bool, error) { return false, err }
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.onBalance, s.onMove = nil, nil
	}
}

// setClock sets how far the service's clock is ahead.
func (s *fakeService) setClock(ahead time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serverClock = ahead
}

// queueAccrual accrues on a sum while the service is away.
func (till *till) queueAccrual(t *testing.T, guest loyalty.Guest, sum string) loyalty.Operation {
	t.Helper()
	guest.ReadAt = time.Time{} // an outage is not noticed on a balance that was just read
	result, err := till.Accrue(t.Context(), loyalty.AccrualRequest{ID: loyalty.NewID(), Guest: guest, Sum: dec(sum)})
	if err != nil {
		t.Fatal(err)
	}
	wantState(t, result.Operation, loyalty.StateQueued)
	return result.Operation
}

// I6: an accrual offline is queued and sent, first in first out per card, when the service answers again.
func TestAccrualsOfflineAreQueuedAndSentInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guest := till.greet(t)
		other := guest
		other.Card.Client = 5
		defer till.run()()
		end := till.service.outage(errNotSent)
		var ops []loyalty.Operation
		for _, sum := range []string{"500", "1000", "1500"} {
			ops = append(ops, till.queueAccrual(t, guest, sum))
			time.Sleep(time.Second)
		}
		ops = append(ops, till.queueAccrual(t, other, "2000"))
		if !till.Offline() {
			t.Error("the till does not count as offline")
		}
		if got := till.service.count("accrual"); got != 0 {
			t.Errorf("%d tried without a baseline", got)
		}
		time.Sleep(10 * time.Minute)
		end()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		for _, op := range ops {
			wantState(t, till.now(t, op), loyalty.StateConfirmed)
		}
		var sent []string
		for _, request := range till.service.reads("accrual") {
			if request.client == card.Client {
				sent = append(sent, request.points.String())
			}
		}
		if want := []string{"10", "20", "30"}; !slices.Equal(sent, want) {
			t.Errorf("sent %v, want %v", sent, want)
		}
		if till.Offline() {
			t.Error("the till still counts as offline")
		}
	})
}

// I6: redemption is never queued.
func TestARedemptionOfflineIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		req := till.redemption(t, "1250", "125")
		time.Sleep(time.Minute)
		till.service.outage(errNotSent)
		result, err := till.Redeem(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, result.Operation, loyalty.StateVoided)
		wantState(t, *result.Second, loyalty.StateVoided)
		if queued, _ := till.Queue(t.Context()); len(queued) != 0 {
			t.Errorf("%d operations in the queue", len(queued))
		}
	})
}

// I7: after one failed retry live calls answer within a second, and a background probe ends that.
func TestLiveCallsAnswerWithinASecondOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		defer till.run()()
		dial := func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: ctx.Err()}
			case <-time.After(5 * time.Second):
				return errNotSent
			}
		}
		till.service.dial = dial
		start := time.Now()
		if _, err := till.Greet(t.Context(), card, start); skidkabot.OutcomeOf(err) != skidkabot.NotSent {
			t.Fatalf("Greet: %v", err)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("noticing took %v, want two dials of 5 s", took)
		}
		for range 3 {
			start = time.Now()
			_, err := till.Greet(t.Context(), card, start)
			if !errors.Is(err, loyalty.ErrOffline) {
				t.Errorf("Greet: %v", err)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("offline, a greeting took %v", took)
			}
		}
		till.service.mu.Lock()
		till.service.dial = nil
		till.service.mu.Unlock()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if till.Offline() || till.hub.State(notice.Service).Level != notice.Good {
			t.Errorf("offline %v, the service's state is %v", till.Offline(), till.hub.State(notice.Service))
		}
		if till.service.count("accrual")+till.service.count("redemption") != 0 {
			t.Error("probing moved points")
		}
	})
}

// I6: what was queued is expired 24 h after the scan at the latest, and that is told.
func TestAQueuedAccrualExpires(t *testing.T) {
	tests := []struct {
		name string
		err  error
		wait time.Duration
	}{
		{"after a day", errNotSent, loyalty.QRLifetime + time.Minute},
		{"when the service no longer knows the QR", refusal(skidkabot.CodeExpiredQR, "QR-код устарел."), time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				guest := till.greet(t)
				defer till.run()()
				end := till.service.outage(errNotSent)
				op := till.queueAccrual(t, guest, "1250")
				if !errors.Is(tt.err, errNotSent) {
					end()
					till.service.outage(tt.err)
				}
				time.Sleep(tt.wait)
				synctest.Wait()
				expired := till.now(t, op)
				wantState(t, expired, loyalty.StateExpired)
				if last := till.changes[len(till.changes)-1]; last.ID != op.ID || last.State != loyalty.StateExpired {
					t.Error("the expiry was not published")
				}
				if got := till.service.count("accrual"); got != 0 {
					t.Errorf("%d sent", got)
				}
			})
		})
	}
}

// I6: codes 5 and 15, in whatever form, hold the whole queue.
func TestCodes5And15HoldTheQueue(t *testing.T) {
	for _, tt := range []struct {
		name string
		err  error
		code skidkabot.Code
	}{
		{"code 15", refusal(skidkabot.CodeDebt, ""), skidkabot.CodeDebt},
		{"code 5", refusal(skidkabot.CodeUnknownShop, ""), skidkabot.CodeUnknownShop},
		{"code 15 in its broken form", &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Hint: skidkabot.CodeDebt}, skidkabot.CodeDebt},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				guest := till.greet(t)
				other := guest
				other.Card.Client = 5
				defer till.run()()
				end := till.service.outage(tt.err)
				first, second := till.queueAccrual(t, guest, "1250"), till.queueAccrual(t, other, "500")
				reads := till.service.count("balance")
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				if got := till.service.count("balance") - reads; got < 5 || got > 12 {
					t.Errorf("the service was asked %d times in ten minutes", got)
				}
				if last := till.queue(); last.Waiting != 2 || last.Hold.Code != tt.code {
					t.Errorf("the queue shows %+v", last)
				}
				end()
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				wantState(t, till.now(t, first), loyalty.StateConfirmed)
				wantState(t, till.now(t, second), loyalty.StateConfirmed)
				if last := till.queue(); last.Waiting != 0 || last.Hold.Held() {
					t.Errorf("the queue shows %+v", last)
				}
			})
		})
	}
}

// I4: an accrual for a card with an open operation waits in the queue until that is settled.
func TestAnAccrualWaitsForTheCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		open := unknownAccrual(t, till, true)
		defer till.run()()
		result, err := till.Accrue(t.Context(), till.accrual(t, "500"))
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, result.Operation, loyalty.StateQueued)
		if result.Operation.Reason != loyalty.ReasonCardBusy {
			t.Errorf("reason %q", result.Operation.Reason)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		wantState(t, till.now(t, open), loyalty.StateApplied)
		wantState(t, till.now(t, result.Operation), loyalty.StateConfirmed)
	})
}

// I4: what waits for a card goes as soon as the card is free, and not at the queue's next round.
func TestAQueuedAccrualGoesWhenTheCardIsFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guest := till.greet(t)
		end := till.service.outage(errNotSent)
		queued := till.queueAccrual(t, guest, "500")
		end()
		live := till.accrual(t, "1000")
		till.service.onMove = func(int, loyalty.Kind) (bool, error) {
			time.Sleep(5 * time.Second)
			return true, nil
		}
		var wire sync.WaitGroup
		wire.Go(func() {
			if _, err := till.Accrue(t.Context(), live); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Second)
		defer till.run()()
		wire.Wait()
		time.Sleep(6 * time.Second)
		synctest.Wait()
		wantState(t, till.now(t, queued), loyalty.StateConfirmed)
	})
}

// I4: operations that a cashier waits for go before those from the queue.
func TestLiveOperationsGoBeforeQueuedOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guests := make([]loyalty.Guest, 4)
		for i := range guests {
			guests[i] = till.greet(t)
			guests[i].Card.Client = int64(i + 10)
		}
		end := till.service.outage(errNotSent)
		for _, guest := range guests[:3] {
			till.queueAccrual(t, guest, "500")
		}
		end()
		till.service.onMove = func(int, loyalty.Kind) (bool, error) {
			time.Sleep(3 * time.Second)
			return true, nil
		}
		defer till.run()()
		time.Sleep(5 * time.Second) // the first of the queue is on the wire
		var live sync.WaitGroup
		live.Go(func() {
			guest := guests[3]
			guest.ReadAt = time.Time{}
			if _, err := till.Accrue(t.Context(), loyalty.AccrualRequest{ID: loyalty.NewID(), Guest: guest, Sum: dec("1000")}); err != nil {
				t.Error(err)
			}
		})
		live.Wait()
		time.Sleep(time.Minute)
		synctest.Wait()
		var order []int64
		for _, request := range till.service.reads("accrual") {
			order = append(order, request.client)
		}
		if at := slices.Index(order, 13); at < 0 || at > 1 {
			t.Errorf("the order was %v, the live one (13) waited for more than what was on the wire", order)
		}
	})
}

func TestAQueuedAccrualCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guest := till.greet(t)
		end := till.service.outage(errNotSent)
		op := till.queueAccrual(t, guest, "1250")
		cancelled, err := till.Cancel(t.Context(), op.ID, "Анна")
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, cancelled, loyalty.StateVoided)
		end()
		stop := till.run()
		time.Sleep(time.Minute)
		stop()
		if got := till.service.count("accrual"); got != 0 {
			t.Errorf("%d sent", got)
		}
	})
}

// I10 and I6: what was queued is queued after a restart too, and is sent then.
func TestTheQueueOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guest := till.greet(t)
		end := till.service.outage(errNotSent)
		op := till.queueAccrual(t, guest, "1250")
		end()
		again := openTill(t, till.service, till.store)
		recovery, err := again.Recover(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(recovery.Queued) != 1 || again.queue().Waiting != 1 {
			t.Errorf("recovered %d, the queue shows %+v", len(recovery.Queued), again.queue())
		}
		defer again.run()()
		time.Sleep(time.Second)
		synctest.Wait()
		wantState(t, again.now(t, op), loyalty.StateConfirmed)
	})
}

// An accrual offline: the name from the journal, the percent last known with its age; none known: refused.
func TestGreetOffline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		if _, err := till.GreetOffline(t.Context(), card, time.Now()); !errors.Is(err, loyalty.ErrPercentUnknown) {
			t.Errorf("without any percent: %v", err)
		}
		heardAt := time.Now()
		if _, err := till.Accrue(t.Context(), till.accrual(t, "1250")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		check := func(desk *loyalty.Desk) {
			t.Helper()
			guest, err := desk.GreetOffline(t.Context(), card, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if !guest.Offline || guest.Name != "Александр Татарченко" || !guest.Rules.AccruePercent.Decimal.Equal(dec("2")) || guest.PercentAt.Sub(heardAt).Abs() > time.Second {
				t.Errorf("guest %q, percent %v of %v", guest.Name, guest.Rules.AccruePercent, guest.PercentAt)
			}
			if limit := guest.Rules.RedeemLimit(dec("1000"), dec("1000")); !limit.IsZero() {
				t.Errorf("offline, %s points can be redeemed", limit)
			}
		}
		check(till.Desk)
		check(openTill(t, till.service, till.store).Desk) // after a restart: from the journal

		own := loyalty.NewDesk(loyalty.Options{
			Service: till.service, Store: till.store, Hub: till.hub, Vendor: shop,
			Rules: loyalty.RuleSettings{AccruePercent: decimal.NewNullDecimal(dec("5"))},
		})
		guest, err := own.GreetOffline(t.Context(), card, time.Now())
		if err != nil || !guest.Rules.AccruePercent.Decimal.Equal(dec("5")) || !guest.PercentAt.IsZero() {
			t.Errorf("with the shop's own percent: %v, %v, %v", guest.Rules.AccruePercent, guest.PercentAt, err)
		}
	})
}

// The clock: more than five minutes from the service's holds the queue, until they agree again.
func TestAWrongClockHoldsTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guest := till.greet(t)
		end := till.service.outage(errNotSent)
		op := till.queueAccrual(t, guest, "1250")
		end()
		till.service.serverClock = -6 * time.Minute
		till.greet(t)
		stop := till.run()
		defer func() { stop() }()
		time.Sleep(time.Minute)
		synctest.Wait()
		wantState(t, till.now(t, op), loyalty.StateQueued)
		if state := till.hub.State(notice.Clock); state.Level != notice.Trouble || state.Code != loyalty.ClockDiffers || !till.queue().Hold.Clock {
			t.Errorf("the clock's state is %v, the queue shows %+v", state, till.queue())
		}
		till.service.setClock(4 * time.Minute)
		till.greet(t)
		time.Sleep(time.Second)
		synctest.Wait()
		wantState(t, till.now(t, op), loyalty.StateConfirmed)
	})
}

func TestASetClockHoldsTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		var set time.Duration
		var mu sync.Mutex
		desk := loyalty.NewDesk(loyalty.Options{
			Service: till.service, Store: till.store, Hub: till.hub, Vendor: shop,
			Now: func() time.Time {
				mu.Lock()
				defer mu.Unlock()
				return time.Now().Add(set)
			},
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { desk.Run(ctx) })
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if state := till.hub.State(notice.Clock); state.Level == notice.Trouble {
			t.Errorf("a clock that nobody set: %v", state)
		}
		mu.Lock()
		set = -time.Hour
		mu.Unlock()
		time.Sleep(time.Minute)
		synctest.Wait()
		if state := till.hub.State(notice.Clock); state.Level != notice.Trouble || state.Code != loyalty.ClockJumped {
			t.Errorf("the clock's state is %v", state)
		}
		cancel()
		running.Wait()
	})
}

// A clock that is wrong at start must not end for good what was queued (I6): the service vouches for the clock first.
func TestAWrongClockAtStartExpiresNothing(t *testing.T) {
	for _, tt := range []struct {
		name  string
		then  func(till *till) // with the service back
		want  loyalty.State
		wiped bool
	}{
		{
			name: "nothing is heard", then: func(till *till) { till.service.outage(errNotSent) },
			want: loyalty.StateQueued,
		},
		{
			name: "the service's clock shows another day", then: func(till *till) {},
			want: loyalty.StateQueued,
		},
		{
			name: "the service says that the QR is over", then: func(till *till) { till.service.outage(refusal(skidkabot.CodeExpiredQR, "")) },
			want: loyalty.StateExpired,
		},
		{
			name: "the service's clock agrees", then: func(till *till) { till.service.setClock(48 * time.Hour) },
			want: loyalty.StateExpired, wiped: true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				guest := till.greet(t)
				till.service.outage(errNotSent)
				op := till.queueAccrual(t, guest, "1250")
				again := openTill(t, till.service, till.store)
				again.Now = func() time.Time { return time.Now().Add(48 * time.Hour) }
				if _, err := again.Recover(t.Context()); err != nil {
					t.Fatal(err)
				}
				defer again.run()()
				time.Sleep(time.Hour)
				synctest.Wait()
				wantState(t, again.now(t, op), loyalty.StateQueued)
				till.service.back()
				tt.then(till)
				time.Sleep(time.Hour)
				synctest.Wait()
				after := again.now(t, op)
				wantState(t, after, tt.want)
				if (after.Secret == 0) != tt.wiped {
					t.Errorf("the secret is wiped: %v, want %v", after.Secret == 0, tt.wiped)
				}
				if got := again.service.count("accrual"); got != 0 {
					t.Errorf("%d sent with a QR that seems to be over", got)
				}
			})
		})
	}
}

// When the clock is set right again, what was queued goes.
func TestAQueuedAccrualOutlivesAWrongClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		var ahead atomic.Int64
		till.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		guest := till.greet(t)
		defer till.run()()
		till.service.outage(errNotSent)
		op := till.queueAccrual(t, guest, "1250")
		another := till.queueAccrual(t, guest, "700")
		ahead.Store(int64(48 * time.Hour))
		if _, err := till.Cancel(t.Context(), another.ID, "Анна"); err != nil { // before the watch of the clock sees it
			t.Fatal(err)
		}
		synctest.Wait()
		wantState(t, till.now(t, op), loyalty.StateQueued)
		time.Sleep(time.Hour) // under a hold
		synctest.Wait()
		wantState(t, till.now(t, op), loyalty.StateQueued)
		if till.now(t, op).Secret == 0 {
			t.Error("its secret is wiped")
		}
		till.service.back()
		time.Sleep(time.Minute + 7*time.Second)
		ahead.Store(0)
		till.greet(t)
		synctest.Wait()
		wantState(t, till.now(t, op), loyalty.StateConfirmed)
		time.Sleep(time.Minute)
		if till.queue().Hold.Clock {
			t.Error("the clock holds the queue because it was set right, though the service has vouched for it since")
		}
	})
}

// While the service's clock shows another time, nothing ends by this machine's, which was right before.
func TestNothingExpiresUnderAClockHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guest := till.greet(t)
		till.service.outage(errNotSent)
		op := till.queueAccrual(t, guest, "1250")
		till.service.back()
		till.service.setClock(-time.Hour)
		till.greet(t)
		defer till.run()()
		time.Sleep(loyalty.QRLifetime)
		synctest.Wait()
		wantState(t, till.now(t, op), loyalty.StateQueued)
		if till.now(t, op).Secret == 0 {
			t.Error("its secret is wiped")
		}
	})
}
