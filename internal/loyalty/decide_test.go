package loyalty_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

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
	stop := till.run()
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
				defer till.run()()
				settled, err := till.Decide(t.Context(), result.Operation.ID, tt.applied, "Ольга", "видно в кабинете")
				if err != nil {
					t.Fatal(err)
				}
				wantState(t, settled, loyalty.StateSettled)
				if settled.Reason != tt.reason || settled.Happened() != tt.applied {
					t.Errorf("reason %q, happened %v", settled.Reason, settled.Happened())
				}
				synctest.Wait()
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
				till.Rules.AccruePercent = decimal.NewNullDecimal(dec("50")) // the guest was promised 2 %
				choice := inFull(result.Operation)
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
				stop := till.run()
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

// unknownRedemption leaves a redemption unknown, which has happened or not.
func unknownRedemption(t *testing.T, till *till, applied bool, sum, points string) loyalty.Result {
	t.Helper()
	till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
		if kind == loyalty.Redemption {
			return applied, errReset
		}
		return true, nil
	}
	result := till.mustRedeem(t, sum, points)
	wantState(t, result.Operation, loyalty.StateUnknown)
	return result
}

func inFull(op loyalty.Operation) loyalty.FullPayment {
	return loyalty.FullPayment{Redemption: op.ID, ReversalID: loyalty.NewID(), AccrualID: loyalty.NewID(), Cashier: "Анна"}
}

// The cashier learns how the redemption stands when it is settled before the choice is written down, and nothing changes.
func TestAFullPaymentThatComesTooLateChangesNothing(t *testing.T) {
	for _, applied := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			till := newTill(t)
			// The choice is written down when the redemption has been settled since the desk looked.
			store := &slowStore{Store: till.store, slow: 5 * time.Minute}
			till.Store = store
			result := unknownRedemption(t, till, applied, "1250", "125")
			defer till.run()()
			choice := inFull(result.Operation)
			want := loyalty.StateApplied
			if !applied {
				want = loyalty.StateNotApplied
			}
			for _, when := range []string{"settled meanwhile", "settled before"} {
				var settled *loyalty.SettledError
				if err := till.PayInFull(t.Context(), choice); !errors.As(err, &settled) || !errors.Is(err, loyalty.ErrConflict) {
					t.Fatalf("%s: %v", when, err)
				}
				wantState(t, settled.Operation, want)
			}
			all, _ := till.store.List(t.Context(), loyalty.Filter{})
			if len(all) != 2 {
				t.Errorf("%d operations in the journal, want the redemption and its accrual", len(all))
			}
			rest, balance := loyalty.StateConfirmed, "2262"
			if !applied {
				rest, balance = loyalty.StateVoided, "2365"
			}
			wantState(t, till.now(t, *result.Second), rest)
			if got := till.service.balance(card.Client); !got.Equal(dec(balance)) {
				t.Errorf("balance %s, want %s", got, balance)
			}
		})
	}
}

// slowStore takes its time to change plans, and may lose the power in the middle of it.
type slowStore struct {
	loyalty.Store
	slow time.Duration
}

func (s *slowStore) Amend(ctx context.Context, amendment loyalty.Amendment) error {
	time.Sleep(s.slow)
	return s.Store.Amend(ctx, amendment)
}

// I9: a full payment is one transaction: whichever write fails, all of it is planned or nothing.
func TestAFullPaymentIsAllOrNothing(t *testing.T) {
	for failing := range 3 {
		synctest.Test(t, func(t *testing.T) {
			till := newTill(t)
			result := unknownRedemption(t, till, true, "1250", "125")
			choice := inFull(result.Operation)
			writes := 0
			till.store.FailWrites = func(string) error {
				if writes++; writes > failing {
					return errors.New("the till is dead")
				}
				return nil
			}
			err := till.PayInFull(t.Context(), choice)
			till.store.FailWrites = nil
			again := openTill(t, till.service, till.store)
			if _, err := again.Recover(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer again.run()()
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			want := "2262" // −125 and +22, as the redemption was
			if err == nil {
				want = "2390" // −125, +125 and +25 on the whole sum
			}
			if got := till.service.balance(card.Client); !got.Equal(dec(want)) {
				t.Errorf("%d writes made, %v: balance %s, want %s", failing, err, got, want)
			}
		})
	}
}

// A full payment earns points on the whole sum also when the redemption left nothing to earn points on.
func TestAFullPaymentEarnsPointsWithoutARemainder(t *testing.T) {
	for _, tt := range []struct {
		name   string
		shop   string // the shop's own percent
		knows  bool   // the desk has heard the service's
		sum    string
		earned string // "": nothing
		want   error
	}{
		{"the service's percent", "", true, "125", "2", nil},
		{"the shop's own", "10", false, "125", "12", nil},
		{"none known", "", false, "125", "", loyalty.ErrPercentUnknown},
		{"too little to earn", "", true, "40", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				req := till.redemption(t, tt.sum, tt.sum)
				req.Guest.Rules.RedeemPercent.Decimal = dec("100")
				till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
					if kind == loyalty.Redemption {
						return true, errReset
					}
					return true, nil
				}
				result, err := till.Redeem(t.Context(), req)
				if err != nil || result.Second != nil {
					t.Fatalf("%v, remainder %v", err, result.Second)
				}
				if !tt.knows {
					till = openTill(t, till.service, till.store)
				}
				if tt.shop != "" {
					till.Rules.AccruePercent = decimal.NewNullDecimal(dec(tt.shop))
				}
				choice := inFull(result.Operation)
				if err := till.PayInFull(t.Context(), choice); !errors.Is(err, tt.want) {
					t.Errorf("PayInFull: %v, want %v", err, tt.want)
				}
				defer till.run()()
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				wantState(t, till.now(t, loyalty.Operation{ID: choice.ReversalID}), loyalty.StateConfirmed)
				whole, err := till.store.Find(t.Context(), choice.AccrualID)
				if tt.earned == "" {
					if !errors.Is(err, loyalty.ErrNotFound) {
						t.Errorf("an accrual of %s was planned, %v", whole.Points, err)
					}
					return
				}
				wantState(t, whole, loyalty.StateConfirmed)
				if !whole.Points.Equal(dec(tt.earned)) || !whole.Money.Equal(dec(tt.sum)) || whole.Parent != uuid.Nil || whole.WaitsFor != uuid.Nil {
					t.Errorf("accrued %s on %s, want %s", whole.Points, whole.Money, tt.earned)
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
		stop := again.run()
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
