package loyalty_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// reviewRedemption leaves a redemption with its accrual for a person to decide.
func reviewRedemption(t *testing.T, till *till) loyalty.Result {
	t.Helper()
	till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
		if kind == loyalty.Redemption {
			till.service.add(card.Client, 7) // a foreign hand
			return true, errReset
		}
		return true, nil
	}
	result := till.mustRedeem(t, "1250", "125")
	stop := till.run(loyalty.Recovery{})
	time.Sleep(10 * time.Second)
	synctest.Wait()
	stop()
	wantState(t, till.now(t, result.Operation), loyalty.StateReview)
	return result
}

func TestAPersonDecides(t *testing.T) {
	for _, tt := range []struct {
		name    string
		applied bool
		reason  loyalty.Reason
		second  loyalty.State
	}{
		{"it has happened", true, loyalty.ReasonDecidedYes, loyalty.StateConfirmed},
		{"it has not", false, loyalty.ReasonDecidedNo, loyalty.StateVoided},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				result := reviewRedemption(t, till)
				settled, err := till.Decide(t.Context(), result.Operation.ID, tt.applied, "Ольга", "видно в кабинете")
				if err != nil {
					t.Fatal(err)
				}
				wantState(t, settled, loyalty.StateSettled)
				if settled.Reason != tt.reason || settled.Happened() != tt.applied {
					t.Errorf("reason %q, happened %v", settled.Reason, settled.Happened())
				}
				wantState(t, till.now(t, *result.Second), tt.second)
				events, _ := till.store.Events(t.Context(), settled.ID)
				if last := events[len(events)-1]; last.Actor != "Ольга" || last.Note != "видно в кабинете" {
					t.Errorf("the record says %q by %q", last.Note, last.Actor)
				}
				if _, err := till.Decide(t.Context(), settled.ID, true, "Ольга", "ещё раз"); !errors.Is(err, loyalty.ErrConflict) {
					t.Errorf("deciding again: %v", err)
				}
			})
		})
	}
}

func TestADecisionNeedsANameAndAReason(t *testing.T) {
	till := newTill(t)
	for _, tt := range []struct{ who, why string }{{"", "видно"}, {"Ольга", ""}, {" ", " "}} {
		if _, err := till.Decide(t.Context(), loyalty.NewID(), true, tt.who, tt.why); !errors.Is(err, loyalty.ErrReasonRequired) {
			t.Errorf("%q, %q: %v", tt.who, tt.why, err)
		}
	}
	if _, err := till.Decide(t.Context(), loyalty.NewID(), true, "Ольга", "видно"); !errors.Is(err, loyalty.ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
}

// «Гость платит полностью»: the points come back only if the redemption proves applied, and the whole sum earns points.
func TestTheGuestPaysInFull(t *testing.T) {
	for _, tt := range []struct {
		name    string
		applied bool
		back    loyalty.State
		balance string
	}{
		{"the redemption had happened", true, loyalty.StateConfirmed, "2390"},
		{"it had not", false, loyalty.StateVoided, "2390"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
					if kind == loyalty.Redemption {
						return tt.applied, errReset
					}
					return true, nil
				}
				result := till.mustRedeem(t, "1250", "125")
				choice := loyalty.FullPayment{
					Redemption: result.Operation.ID, ReversalID: loyalty.NewID(), AccrualID: loyalty.NewID(), Cashier: "Анна",
				}
				if err := till.PayInFull(t.Context(), choice); err != nil {
					t.Fatal(err)
				}
				if err := till.PayInFull(t.Context(), choice); !errors.Is(err, loyalty.ErrReversed) {
					t.Errorf("choosing it again: %v", err)
				}
				wantState(t, till.now(t, *result.Second), loyalty.StateVoided)
				if sent := till.service.count("accrual"); sent != 0 {
					t.Errorf("%d accruals sent while the redemption is unknown", sent)
				}
				stop := till.run(loyalty.Recovery{})
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				stop()
				back, whole := till.now(t, loyalty.Operation{ID: choice.ReversalID}), till.now(t, loyalty.Operation{ID: choice.AccrualID})
				wantState(t, back, tt.back)
				wantState(t, whole, loyalty.StateConfirmed)
				if !whole.Points.Equal(dec("25")) || !whole.Money.Equal(dec("1250")) {
					t.Errorf("accrued %s on %s", whole.Points, whole.Money)
				}
				if got := till.service.balance(card.Client); !got.Equal(dec(tt.balance)) {
					t.Errorf("balance %s, want %s", got, tt.balance)
				}
			})
		})
	}
}

func TestPayingInFullIsForAnUnknownRedemption(t *testing.T) {
	till := newTill(t)
	accrual := unknownAccrual(t, till, true)
	for _, tt := range []struct {
		name string
		of   uuid.UUID
		want error
	}{{"an accrual", accrual.ID, loyalty.ErrConflict}, {"nothing", loyalty.NewID(), loyalty.ErrNotFound}} {
		choice := loyalty.FullPayment{Redemption: tt.of, ReversalID: loyalty.NewID(), AccrualID: loyalty.NewID()}
		if err := till.PayInFull(t.Context(), choice); !errors.Is(err, tt.want) {
			t.Errorf("of %s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// I10: a restored journal, or another machine's: nothing is sent, a person decides everything that is open.
func TestAForeignJournalSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		guest := till.greet(t)
		unknown := unknownAccrual(t, till, true)
		till.service.outage(errNotSent)
		queued := till.queueAccrual(t, guest, "700")
		till.service.onBalance, till.service.onMove = nil, nil

		again := openTill(t, till.service, till.store)
		sent := till.service.count("accrual")
		recovery, err := again.RecoverForeign(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(recovery.Review) != 2 {
			t.Errorf("%d for a person, want 2", len(recovery.Review))
		}
		stop := again.run(recovery)
		time.Sleep(time.Hour)
		stop()
		for _, op := range []loyalty.Operation{unknown, queued} {
			after := again.now(t, op)
			wantState(t, after, loyalty.StateReview)
			if after.Reason != loyalty.ReasonForeign {
				t.Errorf("reason %q", after.Reason)
			}
		}
		if got := till.service.count("accrual") - sent; got != 0 {
			t.Errorf("%d sent", got)
		}
	})
}
