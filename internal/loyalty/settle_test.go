package loyalty_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// unknownAccrual leaves an accrual of 25 points unknown; applied says whether the service made it.
func unknownAccrual(t *testing.T, till *till, applied bool) loyalty.Operation {
	t.Helper()
	till.service.onMove = func(int, loyalty.Kind) (bool, error) { return applied, errReset }
	result, err := till.Accrue(t.Context(), till.accrual(t, "1250"))
	if err != nil {
		t.Fatal(err)
	}
	till.service.onMove = nil
	wantState(t, result.Operation, loyalty.StateUnknown)
	return result.Operation
}

func TestSettling(t *testing.T) {
	const never = time.Duration(0)
	tests := []struct {
		name    string
		applied bool             // the service made the movement before the reply was lost
		later   func(till *till) // in a goroutine of its own, beside settling
		state   loyalty.State    // what it becomes
		reason  loyalty.Reason   //
		earlier time.Duration    // not before this long after sending
		within  time.Duration    // but within this
	}{
		{
			name: "the movement is there: applied at once", applied: true,
			state: loyalty.StateApplied, reason: loyalty.ReasonMoved, earlier: never, within: 3 * time.Second,
		},
		{
			name:  "no movement: not applied, but only after the settle delay and two reads",
			state: loyalty.StateNotApplied, reason: loyalty.ReasonStill,
			earlier: loyalty.SendLimit + loyalty.SettleDelay + loyalty.SettleSpread,
			within:  loyalty.SendLimit + loyalty.SettleDelay + loyalty.SettleSpread + 30*time.Second,
		},
		{
			name:    "a commit that comes late",
			later:   func(till *till) { time.Sleep(2 * time.Minute); till.service.add(card.Client, 25) },
			state:   loyalty.StateApplied,
			reason:  loyalty.ReasonMoved,
			earlier: 2 * time.Minute, within: 3 * time.Minute,
		},
		{
			name: "a commit between the two reads",
			later: func(till *till) {
				time.Sleep(loyalty.SendLimit + loyalty.SettleDelay + 8*time.Second)
				till.service.add(card.Client, 25)
			},
			state: loyalty.StateApplied, reason: loyalty.ReasonMoved, earlier: never, within: 4 * time.Minute,
		},
		{
			name:  "another movement: a person decides",
			later: func(till *till) { time.Sleep(time.Minute); till.service.add(card.Client, 7) },
			state: loyalty.StateReview, reason: loyalty.ReasonAmbiguous, earlier: time.Minute, within: 2 * time.Minute,
		},
		{
			name: "the service is away for ten minutes", applied: true,
			later: func(till *till) {
				till.service.mu.Lock()
				back := time.Now().Add(10 * time.Minute)
				till.service.onBalance = func(int) error {
					if time.Now().Before(back) {
						return errNotSent
					}
					return nil
				}
				till.service.mu.Unlock()
			},
			state: loyalty.StateApplied, reason: loyalty.ReasonMoved, earlier: 10 * time.Minute, within: 11 * time.Minute,
		},
		{
			name: "the QR no longer reads the balance", applied: true,
			later: func(till *till) {
				till.service.mu.Lock()
				till.service.onBalance = func(int) error { return refusal(skidkabot.CodeExpiredQR, "") }
				till.service.mu.Unlock()
			},
			state: loyalty.StateReview, reason: loyalty.ReasonQRExpired, earlier: never, within: time.Minute,
		},
		{
			name: "the shop's account is in debt: wait, a person cannot know either", applied: true,
			later: func(till *till) {
				till.service.mu.Lock()
				back := time.Now().Add(time.Hour)
				till.service.onBalance = func(int) error {
					if time.Now().Before(back) {
						return refusal(skidkabot.CodeDebt, "")
					}
					return nil
				}
				till.service.mu.Unlock()
			},
			state: loyalty.StateApplied, reason: loyalty.ReasonMoved, earlier: time.Hour, within: 61 * time.Minute,
		},
		{
			name: "a day without an answer",
			later: func(till *till) {
				till.service.mu.Lock()
				till.service.onBalance = func(int) error { return errNotSent }
				till.service.mu.Unlock()
			},
			state: loyalty.StateReview, reason: loyalty.ReasonQRExpired,
			earlier: loyalty.QRLifetime, within: loyalty.QRLifetime + time.Minute,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				op := unknownAccrual(t, till, tt.applied)
				if tt.later != nil {
					go tt.later(till)
				}
				synctest.Wait()
				defer till.run()()
				time.Sleep(tt.within)
				synctest.Wait()

				settled := till.now(t, op)
				wantState(t, settled, tt.state)
				if settled.Reason != tt.reason {
					t.Errorf("reason %q, want %q", settled.Reason, tt.reason)
				}
				if settled.Reason != loyalty.ReasonQRExpired && (!settled.BalanceRead || !settled.Balance.Equal(till.service.balance(card.Client))) {
					t.Errorf("balance %s (read: %v), the service has %s", settled.Balance, settled.BalanceRead, till.service.balance(card.Client))
				}
				if took := settled.ChangedAt.Sub(op.SentAt); took < tt.earlier {
					t.Errorf("settled %v after sending, want at least %v", took, tt.earlier)
				}
				if got := till.service.count("accrual"); got != 1 {
					t.Errorf("I2: sent %d times", got)
				}
			})
		})
	}
}

// What became unknown while the desk runs is settled too, not only what it found at start.
func TestSettlingBeginsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		defer till.run()()
		synctest.Wait()
		op := unknownAccrual(t, till, true)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		wantState(t, till.now(t, op), loyalty.StateApplied)
	})
}

func TestSettledByIsWhenTheCountdownEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		defer till.run()()
		op := unknownAccrual(t, till, false)
		time.Sleep(time.Until(op.SettledBy()) + 30*time.Second)
		synctest.Wait()
		wantState(t, till.now(t, op), loyalty.StateNotApplied)
	})
}

// I9: the accrual on the money part follows the settled redemption.
func TestTheRemainderFollowsASettledRedemption(t *testing.T) {
	tests := []struct {
		name      string
		applied   bool
		redeemed  loyalty.State
		remainder loyalty.State
		balance   string
	}{
		{"applied", true, loyalty.StateApplied, loyalty.StateConfirmed, "2262"},
		{"not applied", false, loyalty.StateNotApplied, loyalty.StateVoided, "2365"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				defer till.run()()
				till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
					if kind == loyalty.Redemption {
						return tt.applied, errReset
					}
					return true, nil
				}
				result, err := till.Redeem(t.Context(), till.redemption(t, "1250", "125"))
				if err != nil {
					t.Fatal(err)
				}
				wantState(t, *result.Second, loyalty.StatePlanned)
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				wantState(t, till.now(t, result.Operation), tt.redeemed)
				wantState(t, till.now(t, *result.Second), tt.remainder)
				if got := till.service.balance(card.Client); !got.Equal(dec(tt.balance)) {
					t.Errorf("balance %s, want %s", got, tt.balance)
				}
			})
		})
	}
}

// I13: a fresh scan of the customer lends settling its new secret.
func TestAFreshScanLendsItsSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		op := unknownAccrual(t, till, true)
		fresh := card
		fresh.Secret = 4242
		if _, err := till.Greet(t.Context(), fresh, time.Now()); err != nil {
			t.Fatal(err)
		}
		stop := till.run()
		time.Sleep(5 * time.Second)
		stop()
		wantState(t, till.now(t, op), loyalty.StateApplied)
		reads := till.service.reads("balance")
		if last := reads[len(reads)-1]; last.secret != fresh.Secret.Reveal() {
			t.Error("settling read the balance with the old QR")
		}
	})
}

// A verdict that the journal does not take is not lost: the operation is judged again.
func TestAVerdictIsWrittenWhenTheJournalWorksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		op := unknownAccrual(t, till, true)
		back := time.Now().Add(time.Minute)
		till.store.FailWrites = func(string) error {
			if time.Now().Before(back) {
				return errors.New("disk full")
			}
			return nil
		}
		defer till.run()()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		wantState(t, till.now(t, op), loyalty.StateApplied)
	})
}

// I10: what each operation that an earlier run left behind becomes at start.
func TestRecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &loyaltytest.MemoryStore{}
		before := openTill(t, newFakeService(), store)
		guest := before.greet(t)
		plan := func(client int64, kind loyalty.Kind, parent *loyalty.Operation, steps ...loyalty.Move) loyalty.Operation {
			t.Helper()
			op := loyalty.Operation{
				ID: loyalty.NewID(), Register: 1, Kind: kind, State: loyalty.StatePlanned, Vendor: shop, Client: client,
				Secret: card.Secret, ScannedAt: guest.ScannedAt, Points: dec("10"), Sum: dec("500"), Money: dec("500"),
				PlannedAt: time.Now(), ChangedAt: time.Now(),
			}
			if parent != nil {
				op.Parent, op.Link, op.WaitsFor = parent.ID, loyalty.LinkRemainder, parent.ID
			}
			if err := store.Plan(t.Context(), op); err != nil {
				t.Fatal(err)
			}
			for _, step := range steps {
				step.ID, step.From, step.At = op.ID, op.State, time.Now()
				if step.To == loyalty.StateSending {
					step.Baseline.Valid, step.Baseline.Decimal = true, dec("2365")
					step.BaselineAt, step.SentAt, step.Deadline = time.Now(), time.Now(), time.Now().Add(loyalty.SendLimit)
				}
				if err := store.Move(t.Context(), step); err != nil {
					t.Fatal(err)
				}
				op = step.Apply(op)
			}
			return op
		}
		sending, confirmed := loyalty.Move{To: loyalty.StateSending}, loyalty.Move{To: loyalty.StateConfirmed}
		unknown, refused := loyalty.Move{To: loyalty.StateUnknown}, loyalty.Move{To: loyalty.StateRefused}

		wasSending := plan(1, loyalty.Accrual, nil, sending)
		wasUnknown := plan(2, loyalty.Redemption, nil, sending, unknown)
		waits := plan(2, loyalty.Accrual, &wasUnknown)
		wasReview := plan(3, loyalty.Accrual, nil, sending, unknown, loyalty.Move{To: loyalty.StateReview})
		plannedRedemption := plan(4, loyalty.Redemption, nil)
		itsAccrual := plan(4, loyalty.Accrual, &plannedRedemption)
		done := plan(card.Client, loyalty.Redemption, nil, sending, confirmed)
		resumed := plan(card.Client, loyalty.Accrual, &done)
		failed := plan(6, loyalty.Redemption, nil, sending, refused)
		afterFailed := plan(6, loyalty.Accrual, &failed)
		lone := plan(7, loyalty.Accrual, nil)

		after := openTill(t, before.service, store)
		recovery, err := after.Recover(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []struct {
			op     loyalty.Operation
			state  loyalty.State
			reason loyalty.Reason
			list   []loyalty.Operation
		}{
			{wasSending, loyalty.StateUnknown, loyalty.ReasonRestart, recovery.Unknown},
			{wasUnknown, loyalty.StateUnknown, "", recovery.Unknown},
			{wasReview, loyalty.StateReview, "", recovery.Review},
			{plannedRedemption, loyalty.StateVoided, loyalty.ReasonRestart, recovery.Voided},
			{itsAccrual, loyalty.StateVoided, loyalty.ReasonParentFailed, recovery.Voided},
			{resumed, loyalty.StatePlanned, "", recovery.Resumed},
			{afterFailed, loyalty.StateVoided, loyalty.ReasonParentFailed, recovery.Voided},
			{lone, loyalty.StatePlanned, "", recovery.Offered},
		} {
			got := after.now(t, want.op)
			if got.State != want.state || got.Reason != want.reason {
				t.Errorf("client %d: %s (%q), want %s (%q)", got.Client, got.State, got.Reason, want.state, want.reason)
			}
			found := false
			for _, op := range want.list {
				found = found || op.ID == want.op.ID && op.State == want.state
			}
			if !found {
				t.Errorf("client %d: the %s is not in its list", got.Client, got.Kind)
			}
		}
		wantState(t, after.now(t, waits), loyalty.StatePlanned)
		if recovery.Empty() {
			t.Error("the recovery counts as empty")
		}
		if n := len(after.service.requests); n != 1 { // the greeting above
			t.Errorf("Recover called the service: %d requests", n)
		}

		stop := after.run()
		time.Sleep(time.Second)
		stop()
		wantState(t, after.now(t, resumed), loyalty.StateConfirmed)
		if got := after.service.count("accrual"); got != 1 {
			t.Errorf("%d accruals sent, want the resumed one", got)
		}
	})
}

// I13: a wrong clock gives nothing that is unknown to a person: the balance is still asked for.
func TestAWrongClockGivesUpNothingUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		op := unknownAccrual(t, till, true)
		again := openTill(t, till.service, till.store)
		again.Now = func() time.Time { return time.Now().Add(48 * time.Hour) }
		if _, err := again.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer again.run()()
		time.Sleep(time.Minute)
		synctest.Wait()
		wantState(t, again.now(t, op), loyalty.StateApplied)
	})
}

func TestNothingToRecover(t *testing.T) {
	till := newTill(t)
	recovery, err := till.Recover(t.Context())
	if err != nil || !recovery.Empty() {
		t.Errorf("recovery %v, error %v", recovery, err)
	}
}

// I10: a lone planned accrual is offered: the cashier sends or cancels it, once.
func TestAnOfferedAccrual(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guest := till.greet(t)
		offer := func() loyalty.Operation {
			op := loyalty.Operation{
				ID: loyalty.NewID(), Kind: loyalty.Accrual, State: loyalty.StatePlanned, Vendor: shop, Client: card.Client,
				Secret: card.Secret, ScannedAt: guest.ScannedAt, Points: dec("10"), Sum: dec("500"), Money: dec("500"),
			}
			if err := till.store.Plan(t.Context(), op); err != nil {
				t.Fatal(err)
			}
			return op
		}
		sent, cancelled, old := offer(), offer(), offer()

		result, err := till.Send(t.Context(), sent.ID)
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, result.Operation, loyalty.StateConfirmed)
		if _, err := till.Send(t.Context(), sent.ID); !errors.Is(err, loyalty.ErrConflict) {
			t.Errorf("sending it again: %v", err)
		}
		op, err := till.Cancel(t.Context(), cancelled.ID, "Анна")
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, op, loyalty.StateVoided)
		events, _ := till.store.Events(t.Context(), op.ID)
		if last := events[len(events)-1]; last.Actor != "Анна" || last.Reason != loyalty.ReasonCashier {
			t.Errorf("the history says %q by %q", last.Reason, last.Actor)
		}
		if _, err := till.Send(t.Context(), cancelled.ID); !errors.Is(err, loyalty.ErrConflict) {
			t.Errorf("sending a cancelled one: %v", err)
		}
		if _, err := till.Cancel(t.Context(), loyalty.NewID(), "Анна"); !errors.Is(err, loyalty.ErrNotFound) {
			t.Errorf("cancelling an unknown id: %v", err)
		}

		time.Sleep(loyalty.QRLifetime)
		result, err = till.Send(t.Context(), old.ID)
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, result.Operation, loyalty.StateVoided)
		if result.Operation.Reason != loyalty.ReasonQRExpired || till.service.count("accrual") != 1 {
			t.Errorf("reason %q, %d sent", result.Operation.Reason, till.service.count("accrual"))
		}
	})
}

// I13: secrets are wiped 24 h after the scan.
func TestOldSecretsAreWiped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		result, err := till.Accrue(t.Context(), till.accrual(t, "1250"))
		if err != nil {
			t.Fatal(err)
		}
		stop := till.run()
		time.Sleep(loyalty.QRLifetime - time.Hour)
		if till.now(t, result.Operation).Secret != card.Secret {
			t.Error("wiped too early")
		}
		time.Sleep(time.Hour + 20*time.Minute)
		stop()
		if till.now(t, result.Operation).Secret != 0 {
			t.Error("not wiped")
		}
	})
}
