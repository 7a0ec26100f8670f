package loyalty_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func reversal(of loyalty.Operation) loyalty.ReversalRequest {
	return loyalty.ReversalRequest{
		ID: loyalty.NewID(), SecondID: loyalty.NewID(), Of: of.ID, Reason: "ошиблась суммой", Cashier: "Анна",
	}
}

func (till *till) mustAccrue(t *testing.T, sum string) loyalty.Operation {
	t.Helper()
	result, err := till.Accrue(t.Context(), till.accrual(t, sum))
	if err != nil {
		t.Fatal(err)
	}
	return result.Operation
}

func (till *till) mustRedeem(t *testing.T, sum, points string) loyalty.Result {
	t.Helper()
	result, err := till.Redeem(t.Context(), till.redemption(t, sum, points))
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestReversalOfAnAccrual(t *testing.T) {
	till := newTill(t)
	op := till.mustAccrue(t, "1250")
	result, err := till.Reverse(t.Context(), reversal(op))
	if err != nil {
		t.Fatal(err)
	}
	back := till.now(t, result.Operation)
	wantState(t, back, loyalty.StateConfirmed)
	if back.Kind != loyalty.Redemption || back.Parent != op.ID || back.Link != loyalty.LinkReversal || back.Note != "ошиблась суммой" {
		t.Errorf("%s of %s, link %q, note %q", back.Kind, back.Points, back.Link, back.Note)
	}
	if got := till.service.balance(card.Client); !got.Equal(dec("2365")) {
		t.Errorf("balance %s", got)
	}
	if _, err := till.Reverse(t.Context(), reversal(op)); !errors.Is(err, loyalty.ErrReversed) {
		t.Errorf("reversing it again: %v", err)
	}
	if _, err := till.Reverse(t.Context(), reversal(back)); !errors.Is(err, loyalty.ErrNotReversible) {
		t.Errorf("reversing the reversal: %v", err)
	}
}

// I11: a pair is reversed together, the redemption first, whichever half was chosen.
func TestAPairIsReversedTogether(t *testing.T) {
	for _, half := range []string{"redemption", "accrual"} {
		t.Run(half, func(t *testing.T) {
			till := newTill(t)
			pair := till.mustRedeem(t, "1250", "125")
			of := pair.Operation
			if half == "accrual" {
				of = *pair.Second
			}
			result, err := till.Reverse(t.Context(), reversal(of))
			if err != nil {
				t.Fatal(err)
			}
			wantState(t, result.Operation, loyalty.StateConfirmed)
			wantState(t, *result.Second, loyalty.StateConfirmed)
			if result.Operation.Kind != loyalty.Accrual || !result.Operation.Points.Equal(dec("125")) ||
				result.Second.Kind != loyalty.Redemption || !result.Second.Points.Equal(dec("22")) {
				t.Errorf("first %s of %s, then %s of %s", result.Operation.Kind, result.Operation.Points, result.Second.Kind, result.Second.Points)
			}
			if got := till.service.balance(card.Client); !got.Equal(dec("2365")) {
				t.Errorf("balance %s", got)
			}
		})
	}
}

// I11 and I9: the second half of a pair's reversal waits for the first.
func TestTheSecondHalfWaitsForTheFirst(t *testing.T) {
	for _, tt := range []struct {
		name   string
		err    error
		first  loyalty.State
		second loyalty.State
		later  loyalty.State
	}{
		{"refused", refusal(skidkabot.CodeExpiredQR, ""), loyalty.StateRefused, loyalty.StateVoided, loyalty.StateVoided},
		{"unknown, and applied", errReset, loyalty.StateUnknown, loyalty.StatePlanned, loyalty.StateConfirmed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				defer till.run()()
				pair := till.mustRedeem(t, "1250", "125")
				till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
					if kind == loyalty.Accrual {
						return tt.first == loyalty.StateUnknown, tt.err
					}
					return true, nil
				}
				result, err := till.Reverse(t.Context(), reversal(pair.Operation))
				if err != nil {
					t.Fatal(err)
				}
				wantState(t, result.Operation, tt.first)
				wantState(t, *result.Second, tt.second)
				time.Sleep(time.Minute)
				synctest.Wait()
				wantState(t, till.now(t, *result.Second), tt.later)
			})
		})
	}
}

// wantReversible compares what a storno would take back with the operations that are wanted, or its refusal.
func (till *till) wantReversible(t *testing.T, of loyalty.Operation, refused error, want ...loyalty.Operation) {
	t.Helper()
	halves, err := till.Reversible(t.Context(), of.ID)
	same := len(halves) == len(want)
	for i := range min(len(halves), len(want)) {
		same = same && halves[i].ID == want[i].ID
	}
	if !errors.Is(err, refused) || !same {
		t.Errorf("the storno of the %s would take back %v (%v), want %v (%v)", of.Kind, halves, err, want, refused)
	}
}

// I11: a storno of which one half did not happen can be finished: the half that is left is reversed alone, whichever half
// of the pair is chosen.
func TestAHalfDoneStornoCanBeFinished(t *testing.T) {
	for _, chosen := range []string{"redemption", "accrual"} {
		t.Run(chosen, func(t *testing.T) {
			till := newTill(t)
			pair := till.mustRedeem(t, "1250", "125")
			redemption, accrual := pair.Operation, *pair.Second
			of := redemption
			if chosen == "accrual" {
				of = accrual
			}
			till.wantReversible(t, of, nil, redemption, accrual)
			till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
				if kind == loyalty.Redemption {
					return false, refusal(skidkabot.CodeNotEnoughPoints, "")
				}
				return true, nil
			}
			first, err := till.Reverse(t.Context(), reversal(of))
			if err != nil {
				t.Fatal(err)
			}
			wantState(t, *first.Second, loyalty.StateRefused)
			till.wantReversible(t, of, nil, accrual)

			till.service.onMove = nil
			second, err := till.Reverse(t.Context(), reversal(of))
			if err != nil {
				t.Fatal(err)
			}
			wantState(t, second.Operation, loyalty.StateConfirmed)
			if second.Second != nil || second.Operation.Parent != accrual.ID || second.Operation.Kind != loyalty.Redemption {
				t.Errorf("the rest is a %s of %s, and %v", second.Operation.Kind, second.Operation.Parent, second.Second)
			}
			if got := till.service.balance(card.Client); !got.Equal(dec("2365")) {
				t.Errorf("balance %s", got)
			}
			till.wantReversible(t, of, loyalty.ErrReversed)
			if _, err := till.Reverse(t.Context(), reversal(of)); !errors.Is(err, loyalty.ErrReversed) {
				t.Errorf("once more: %v", err)
			}
		})
	}
}

// I5: a second Enter on a storno meets the first, also when that has reversed everything.
func TestASecondEnterOnAStornoMeetsTheFirst(t *testing.T) {
	till := newTill(t)
	req := reversal(till.mustRedeem(t, "1250", "125").Operation)
	for _, met := range []bool{false, true} {
		result, err := till.Reverse(t.Context(), req)
		if err != nil || result.Met != met || result.Operation.ID != req.ID || result.Second == nil {
			t.Errorf("met %v, %v, want %v", result.Met, err, met)
		}
	}
	if got := till.service.count("redemption"); got != 2 { // the redemption and the take-back
		t.Errorf("%d redemptions sent", got)
	}
}

// I11: nothing of a pair is reversed while its other half may still move points.
func TestAPairIsNotReversedWhileAHalfIsOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
			if kind == loyalty.Accrual {
				return true, errReset
			}
			return true, nil
		}
		pair := till.mustRedeem(t, "1250", "125")
		wantState(t, *pair.Second, loyalty.StateUnknown)
		till.wantReversible(t, pair.Operation, loyalty.ErrNotReversible)
		till.wantReversible(t, *pair.Second, loyalty.ErrNotReversible)
	})
}

// I11: at most one reversal, however many people ask for it at once.
func TestOneReversalOfManyAtOnce(t *testing.T) {
	till := newTill(t)
	op := till.mustAccrue(t, "1250")
	var people sync.WaitGroup
	for range 8 {
		people.Go(func() {
			if _, err := till.Reverse(t.Context(), reversal(op)); err != nil && !errors.Is(err, loyalty.ErrReversed) {
				t.Error(err)
			}
		})
	}
	people.Wait()
	if got := till.service.count("redemption"); got != 1 {
		t.Errorf("%d reversals sent", got)
	}
}

func TestPartialReversal(t *testing.T) {
	till := newTill(t)
	pair := till.mustRedeem(t, "1250", "125")
	for _, tt := range []struct {
		points string
		of     loyalty.Operation
		want   error
	}{
		{"126", pair.Operation, loyalty.ErrReversalTooMuch},
		{"1.5", pair.Operation, loyalty.ErrReversalTooMuch},
		{"50", pair.Operation, nil},
		{"50", pair.Operation, loyalty.ErrReversed},
	} {
		req := reversal(tt.of)
		req.Points = dec(tt.points)
		result, err := till.Reverse(t.Context(), req)
		if !errors.Is(err, tt.want) {
			t.Errorf("%s points: %v, want %v", tt.points, err, tt.want)
		}
		if tt.want == nil && (result.Second != nil || !till.service.balance(card.Client).Equal(dec("2312"))) {
			t.Errorf("balance %s, other half %v", till.service.balance(card.Client), result.Second)
		}
	}
	alone := till.mustAccrue(t, "700")
	req := reversal(alone)
	req.Points = dec("1")
	if _, err := till.Reverse(t.Context(), req); !errors.Is(err, loyalty.ErrPartialAccrual) {
		t.Errorf("a part of an accrual: %v", err)
	}
}

func TestWhatCannotBeReversed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		till.service.onMove = func(int, loyalty.Kind) (bool, error) { return false, refusal(skidkabot.CodeExpiredQR, "") }
		refused := till.mustAccrue(t, "1250")
		till.service.onMove = nil
		good := till.mustAccrue(t, "600")
		unknown := unknownAccrual(t, till, false)

		if _, err := till.Reverse(t.Context(), reversal(refused)); !errors.Is(err, loyalty.ErrNotReversible) {
			t.Errorf("a refused one: %v", err)
		}
		if _, err := till.Reverse(t.Context(), reversal(unknown)); !errors.Is(err, loyalty.ErrNotReversible) {
			t.Errorf("an unknown one: %v", err)
		}
		if _, err := till.Reverse(t.Context(), reversal(loyalty.Operation{ID: loyalty.NewID()})); !errors.Is(err, loyalty.ErrNotFound) {
			t.Errorf("one that is not there: %v", err)
		}
		for _, reason := range []string{"", "  ", strings.Repeat("о", loyalty.ReasonMax+1)} {
			req := reversal(good)
			req.Reason = reason
			if _, err := till.Reverse(t.Context(), req); !errors.Is(err, loyalty.ErrReasonRequired) {
				t.Errorf("a reason of %d characters: %v", len([]rune(reason)), err)
			}
		}
		time.Sleep(loyalty.QRLifetime)
		if _, err := till.Reverse(t.Context(), reversal(good)); !errors.Is(err, loyalty.ErrQRExpired) {
			t.Errorf("a day later: %v", err)
		}
		if got := till.service.count("redemption"); got != 0 {
			t.Errorf("%d reversals sent", got)
		}
	})
}

// I11: the cashier's own last operation within the window needs no PIN, everything else does.
func TestWhoMayReverse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		first := till.mustAccrue(t, "500")
		time.Sleep(time.Second)
		last := till.mustRedeem(t, "1250", "125")
		for _, tt := range []struct {
			name    string
			of      loyalty.Operation
			cashier string
			wait    time.Duration
			want    bool
		}{
			{"the last", last.Operation, "Анна", 0, false},
			{"the last one's accrual", *last.Second, "Анна", 0, false},
			{"an earlier one", first, "Анна", 0, true},
			{"another cashier's", last.Operation, "Борис", 0, true},
			{"too late", last.Operation, "Анна", loyalty.OwnReversalWindow + time.Second, true},
		} {
			time.Sleep(tt.wait)
			got, err := till.NeedsAdmin(t.Context(), tt.of.ID, tt.cashier, loyalty.OwnReversalWindow)
			if err != nil || got != tt.want {
				t.Errorf("%s: needs the admin: %v (%v), want %v", tt.name, got, err, tt.want)
			}
		}
		if got, err := till.NeedsAdmin(t.Context(), loyalty.NewID(), "Анна", time.Hour); !got || !errors.Is(err, loyalty.ErrNotFound) {
			t.Errorf("of nothing: %v, %v", got, err)
		}
	})
}

// I2: a person repeats what was not applied; the new operation names its parent.
func TestRepeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		defer till.run()()
		lost := unknownAccrual(t, till, false)
		req := till.accrual(t, "1250")
		req.Repeats = lost.ID
		if _, err := till.Accrue(t.Context(), req); !errors.Is(err, loyalty.ErrNotRepeatable) {
			t.Errorf("repeating an unknown one: %v", err)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		wantState(t, till.now(t, lost), loyalty.StateNotApplied)
		req = till.accrual(t, "1250")
		req.Repeats = lost.ID
		result, err := till.Accrue(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, result.Operation, loyalty.StateConfirmed)
		if result.Operation.Parent != lost.ID || result.Operation.Link != loyalty.LinkRepeat {
			t.Errorf("parent %s, link %q", result.Operation.Parent, result.Operation.Link)
		}
		if err := till.Repeatable(t.Context(), lost.ID); !errors.Is(err, loyalty.ErrNotRepeatable) {
			t.Errorf("what was repeated can be repeated: %v", err)
		}
		if again, err := till.Accrue(t.Context(), req); err != nil || !again.Met {
			t.Errorf("a second Enter: met %v, %v", again.Met, err)
		}
		req.ID, req.RepeatConfirmed = loyalty.NewID(), true
		if _, err := till.Accrue(t.Context(), req); !errors.Is(err, loyalty.ErrNotRepeatable) {
			t.Errorf("repeating it again: %v", err)
		}
		redeem := till.redemption(t, "700", "70")
		redeem.Repeats = lost.ID
		if _, err := till.Redeem(t.Context(), redeem); !errors.Is(err, loyalty.ErrNotRepeatable) {
			t.Errorf("repeating an accrual as a redemption: %v", err)
		}
	})
}

// I2: an operation may be repeated as long as nothing has come, or may come, of an earlier repeat. A repeat that was not
// applied is the one that is repeated then: so there is never more than one that may move points.
func TestRepeatable(t *testing.T) {
	for _, tt := range []struct {
		name        string
		err         error // of the repeat
		happens     bool
		first, next error // whether the first attempt and its repeat can be repeated
	}{
		{"it was confirmed", nil, true, loyalty.ErrNotRepeatable, loyalty.ErrNotRepeatable},
		{"it is unknown, and was applied", errReset, true, loyalty.ErrNotRepeatable, loyalty.ErrNotRepeatable},
		{"it was not applied either", errReset, false, loyalty.ErrNotRepeatable, nil},
		{"it was refused", refusal(skidkabot.CodeNotEnoughPoints, ""), false, nil, loyalty.ErrNotRepeatable},
		{"it was not sent", errNotSent, false, loyalty.ErrNotRepeatable, loyalty.ErrNotRepeatable}, // it is queued
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				defer till.run()()
				lost := unknownAccrual(t, till, false)
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				if err := till.Repeatable(t.Context(), lost.ID); err != nil {
					t.Errorf("before the repeat: %v", err)
				}
				till.service.onMove = func(int, loyalty.Kind) (bool, error) { return tt.happens, tt.err }
				req := till.accrual(t, "1250")
				req.Repeats = lost.ID
				repeat, err := till.Accrue(t.Context(), req)
				if err != nil {
					t.Fatal(err)
				}
				if repeat.Operation.State == loyalty.StateUnknown {
					if err := till.Repeatable(t.Context(), lost.ID); !errors.Is(err, loyalty.ErrNotRepeatable) {
						t.Errorf("while the repeat is unknown: %v", err)
					}
					time.Sleep(5 * time.Minute)
					synctest.Wait()
				}
				if err := till.Repeatable(t.Context(), lost.ID); !errors.Is(err, tt.first) {
					t.Errorf("the first attempt: %v, want %v", err, tt.first)
				}
				if err := till.Repeatable(t.Context(), repeat.Operation.ID); !errors.Is(err, tt.next) {
					t.Errorf("the repeat: %v, want %v", err, tt.next)
				}
			})
		})
	}
	if err := newTill(t).Repeatable(t.Context(), loyalty.NewID()); !errors.Is(err, loyalty.ErrNotFound) {
		t.Errorf("of nothing: %v", err)
	}
}

// I2: a storno that was not applied is made anew and never repeated: repeated, it would no longer be known as a storno.
func TestAReversalIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		defer till.run()()
		op := till.mustAccrue(t, "1250")
		till.service.onMove = func(int, loyalty.Kind) (bool, error) { return false, errReset }
		storno, err := till.Reverse(t.Context(), reversal(op))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		wantState(t, till.now(t, storno.Operation), loyalty.StateNotApplied)
		if err := till.Repeatable(t.Context(), storno.Operation.ID); !errors.Is(err, loyalty.ErrNotRepeatable) {
			t.Errorf("the storno: %v", err)
		}
		till.wantReversible(t, op, nil, op)
	})
}
