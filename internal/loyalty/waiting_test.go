package loyalty_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// away makes accruals and redemptions need a new balance, and the service unreachable until the returned function is called.
func (till *till) away() (back func()) {
	time.Sleep(loyalty.BaselineMaxAge + time.Second) // an outage is not noticed on a balance that was just read
	return till.service.outage(errNotSent)
}

// reverseOffline takes a pair back while the service is away: the give-back is queued, the take-back waits for it.
func reverseOffline(t *testing.T, till *till) (pair, storno loyalty.Result) {
	t.Helper()
	pair = till.mustRedeem(t, "1250", "125")
	till.away()
	storno, err := till.Reverse(t.Context(), reversal(pair.Operation))
	if err != nil {
		t.Fatal(err)
	}
	wantState(t, storno.Operation, loyalty.StateQueued)
	wantState(t, *storno.Second, loyalty.StatePlanned)
	return pair, storno
}

func (s *fakeService) back() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onBalance, s.onMove = nil, nil
}

// I9 and I11: whatever becomes of a give-back in the queue, the other half of the storno follows it.
func TestTheSecondHalfOfAStornoFollowsAQueuedFirst(t *testing.T) {
	for _, tt := range []struct {
		name    string
		then    func(t *testing.T, till *till, first loyalty.Operation)
		first   loyalty.State
		second  loyalty.State
		balance string
	}{
		{
			name:  "sent",
			then:  func(_ *testing.T, till *till, _ loyalty.Operation) { till.service.back() },
			first: loyalty.StateConfirmed, second: loyalty.StateConfirmed, balance: "2365",
		},
		{
			name: "voided by the cashier",
			then: func(t *testing.T, till *till, first loyalty.Operation) {
				if _, err := till.Cancel(t.Context(), first.ID, "Анна"); err != nil {
					t.Error(err)
				}
			},
			first: loyalty.StateVoided, second: loyalty.StateVoided, balance: "2262",
		},
		{
			name:  "expired",
			then:  func(*testing.T, *till, loyalty.Operation) { time.Sleep(loyalty.QRLifetime) },
			first: loyalty.StateExpired, second: loyalty.StateVoided, balance: "2262",
		},
		{
			name: "refused",
			then: func(_ *testing.T, till *till, _ loyalty.Operation) {
				till.service.mu.Lock()
				defer till.service.mu.Unlock()
				till.service.onBalance = nil
				till.service.onMove = func(int, loyalty.Kind) (bool, error) {
					return false, refusal(skidkabot.CodeWrongQR, "")
				}
			},
			first: loyalty.StateRefused, second: loyalty.StateVoided, balance: "2262",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				defer till.run()()
				_, storno := reverseOffline(t, till)
				time.Sleep(time.Minute)
				wantState(t, till.now(t, *storno.Second), loyalty.StatePlanned)
				tt.then(t, till, storno.Operation)
				time.Sleep(10 * time.Second)
				synctest.Wait()
				wantState(t, till.now(t, storno.Operation), tt.first)
				wantState(t, till.now(t, *storno.Second), tt.second)
				if got := till.service.balance(card.Client); !got.Equal(dec(tt.balance)) {
					t.Errorf("balance %s, want %s", got, tt.balance)
				}
			})
		})
	}
}

// I9: a crash between the halves of a storno resumes, wherever it comes.
func TestTheSecondHalfOfAStornoOutlivesARestart(t *testing.T) {
	for _, tt := range []struct {
		name   string
		before func(t *testing.T, till *till) // what happens before the crash
		after  func(t *testing.T, till *till, storno loyalty.Result)
		first  loyalty.State
		second loyalty.State
	}{
		{
			name:   "while the give-back is queued",
			before: func(*testing.T, *till) {},
			after:  func(_ *testing.T, till *till, _ loyalty.Result) { till.service.back() },
			first:  loyalty.StateConfirmed, second: loyalty.StateConfirmed,
		},
		{
			name: "while the give-back is on the wire",
			before: func(_ *testing.T, till *till) {
				till.service.mu.Lock()
				till.service.onBalance = nil
				till.service.onMove = func(int, loyalty.Kind) (bool, error) {
					till.store.FailWrites = func(string) error { return errors.New("the till is dead") }
					return true, nil
				}
				till.service.mu.Unlock()
				stop := till.run()
				time.Sleep(20 * time.Second)
				stop()
			},
			after: func(_ *testing.T, till *till, _ loyalty.Result) { till.service.back() },
			first: loyalty.StateApplied, second: loyalty.StateConfirmed,
		},
		{
			name: "after the give-back was confirmed, and the service is away",
			before: func(_ *testing.T, till *till) {
				till.service.back()
				till.service.mu.Lock()
				till.service.onMove = func(int, loyalty.Kind) (bool, error) {
					till.service.outage(errNotSent)
					return true, nil
				}
				till.service.mu.Unlock()
				stop := till.run()
				time.Sleep(20 * time.Second)
				stop()
			},
			after: func(t *testing.T, till *till, storno loyalty.Result) {
				time.Sleep(10 * time.Minute)
				wantState(t, till.now(t, *storno.Second), loyalty.StatePlanned) // it is not given up
				till.service.back()
			},
			first: loyalty.StateConfirmed, second: loyalty.StateConfirmed,
		},
		{
			name:   "while the give-back is queued, and it is voided then",
			before: func(*testing.T, *till) {},
			after: func(t *testing.T, till *till, storno loyalty.Result) {
				if _, err := till.Cancel(t.Context(), storno.Operation.ID, "Анна"); err != nil {
					t.Error(err)
				}
			},
			first: loyalty.StateVoided, second: loyalty.StateVoided,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				_, storno := reverseOffline(t, till)
				tt.before(t, till)
				till.store.FailWrites = nil
				again := openTill(t, till.service, till.store)
				if _, err := again.Recover(t.Context()); err != nil {
					t.Fatal(err)
				}
				wantState(t, again.now(t, *storno.Second), loyalty.StatePlanned)
				defer again.run()()
				tt.after(t, again, storno)
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				wantState(t, again.now(t, storno.Operation), tt.first)
				wantState(t, again.now(t, *storno.Second), tt.second)
			})
		})
	}
}

// I10: a give-back that was planned and never tried is offered like any lone accrual; the other half follows the cashier's
// answer.
func TestTheSecondHalfOfAStornoFollowsAnOfferedFirst(t *testing.T) {
	for _, send := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			till := newTill(t)
			pair := till.mustRedeem(t, "1250", "125")
			first, second := pair.Operation, *pair.Second
			first.ID, first.Kind, first.Parent, first.Link = loyalty.NewID(), loyalty.Accrual, pair.Operation.ID, loyalty.LinkReversal
			second.ID, second.Kind, second.Parent, second.Link = loyalty.NewID(), loyalty.Redemption, pair.Second.ID, loyalty.LinkReversal
			first.State, second.State, second.WaitsFor = loyalty.StatePlanned, loyalty.StatePlanned, first.ID
			if err := till.store.Plan(t.Context(), first, second); err != nil {
				t.Fatal(err)
			}
			again := openTill(t, till.service, till.store)
			recovery, err := again.Recover(t.Context())
			if err != nil || len(recovery.Offered) != 1 || recovery.Offered[0].ID != first.ID || len(recovery.Voided) != 0 {
				t.Errorf("recovered %+v, %v", recovery, err)
			}
			defer again.run()()
			want, balance := loyalty.StateConfirmed, "2365"
			if send {
				_, err = again.Send(t.Context(), first.ID)
			} else {
				want, balance = loyalty.StateVoided, "2262"
				_, err = again.Cancel(t.Context(), first.ID, "Анна")
			}
			if err != nil {
				t.Error(err)
			}
			synctest.Wait()
			wantState(t, again.now(t, second), want)
			if got := again.service.balance(card.Client); !got.Equal(dec(balance)) {
				t.Errorf("balance %s, want %s", got, balance)
			}
		})
	}
}

// I9: the second half of a storno that waits for the wire is not lost when the till is closed.
func TestClosingLeavesTheSecondHalfOfAStornoToTheNextStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		pair := till.mustRedeem(t, "1250", "125")
		till.service.onMove = func(int, loyalty.Kind) (bool, error) {
			time.Sleep(5 * time.Second)
			return true, nil
		}
		var storno loyalty.Result
		done := make(chan struct{})
		go func() {
			defer close(done)
			storno, _ = till.Reverse(t.Context(), reversal(pair.Operation))
		}()
		time.Sleep(time.Second)
		other := till.accrual(t, "500")
		other.Guest.Card.Client = 5
		go func() { _, _ = till.Accrue(t.Context(), other) }() // is in line before the second half
		time.Sleep(6 * time.Second)
		if err := till.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-done
		wantState(t, storno.Operation, loyalty.StateConfirmed)
		again := openTill(t, till.service, till.store)
		if _, err := again.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer again.run()()
		time.Sleep(time.Minute)
		synctest.Wait()
		wantState(t, again.now(t, *storno.Second), loyalty.StateConfirmed)
	})
}

// I8: the second half of a storno that the journal kept from being sent goes when the journal works again, and is never
// queued: it is a redemption.
func TestTheSecondHalfOfAStornoWaitsForTheJournal(t *testing.T) {
	for _, made := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			till := newTill(t)
			pair := till.mustRedeem(t, "1250", "125")
			till.Store = &stutteringStore{Store: till.store, fails: 3, made: made}
			defer till.run()()
			storno, err := till.Reverse(t.Context(), reversal(pair.Operation))
			if err != nil || !storno.Postponed {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			wantState(t, till.now(t, storno.Operation), loyalty.StateConfirmed)
			second := till.now(t, *storno.Second)
			want := loyalty.StateConfirmed
			if made {
				want = loyalty.StateVoided // it said `sending`, and must not be sent again
			}
			wantState(t, second, want)
			for _, state := range till.history(t, second) {
				if state == loyalty.StateQueued {
					t.Error("it was queued")
				}
			}
		})
	}
}

// I10: a lone planned accrual that has outlived its QR is voided when the clock is sure; until then it is offered.
func TestAnOfferedAccrualThatHasOutlivedItsQR(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		op := till.mustAccrue(t, "1250")
		op.ID, op.State = loyalty.NewID(), loyalty.StatePlanned
		if err := till.store.Plan(t.Context(), op); err != nil {
			t.Fatal(err)
		}
		time.Sleep(loyalty.QRLifetime)
		again := openTill(t, till.service, till.store)
		recovery, err := again.Recover(t.Context())
		if err != nil || len(recovery.Offered) != 1 {
			t.Errorf("recovered %+v, %v", recovery, err)
		}
		sent := op
		sent.ID = loyalty.NewID()
		if err := till.store.Plan(t.Context(), sent); err != nil {
			t.Fatal(err)
		}
		defer again.run()()
		time.Sleep(time.Hour)
		synctest.Wait()
		wantState(t, again.now(t, op), loyalty.StatePlanned)
		// Who sends one learns of the end at once, when the reply vouches for the clock.
		result, err := again.Send(t.Context(), sent.ID)
		if err != nil || !errors.Is(result.Cause, loyalty.ErrQRExpired) {
			t.Errorf("sent: %v, %v", result.Cause, err)
		}
		wantState(t, result.Operation, loyalty.StateVoided)
		synctest.Wait()
		wantState(t, again.now(t, op), loyalty.StateVoided)
	})
}
