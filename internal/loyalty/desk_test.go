package loyalty_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestAccrualIsPlannedSentAndConfirmed(t *testing.T) {
	till := newTill(t)
	result, err := till.Accrue(t.Context(), till.accrual(t, "1250"))
	if err != nil {
		t.Fatal(err)
	}
	op := result.Operation
	wantState(t, op, loyalty.StateConfirmed)
	if !op.Points.Equal(dec("25")) || !op.Balance.Equal(dec("2390")) || !op.BalanceRead {
		t.Errorf("accrued %s, balance %s (read: %v), want 25, 2390, true", op.Points, op.Balance, op.BalanceRead)
	}
	if got := till.service.balance(card.Client); !got.Equal(dec("2390")) {
		t.Errorf("the service has %s, want 2390", got)
	}
	want := []loyalty.State{loyalty.StatePlanned, loyalty.StateSending, loyalty.StateConfirmed}
	if got := till.history(t, op); !slices.Equal(got, want) {
		t.Errorf("history %v, want %v", got, want)
	}
	if stored := till.now(t, op); stored.Cashier != "Анна" || stored.Name != "Александр Татарченко" || !stored.Sum.Equal(dec("1250")) {
		t.Errorf("the journal has cashier %q, name %q, sum %s", stored.Cashier, stored.Name, stored.Sum)
	}
}

// I1: the row `sending` with a baseline at most 10 s old is in the journal before the service is called.
func TestNoByteLeavesWithoutASendingRowAndItsBaseline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		req := till.accrual(t, "1250")
		var seen loyalty.Operation
		till.service.onMove = func(int, loyalty.Kind) (bool, error) {
			seen = till.now(t, loyalty.Operation{ID: req.ID})
			return true, nil
		}
		if _, err := till.Accrue(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		wantState(t, seen, loyalty.StateSending)
		if !seen.Baseline.Equal(dec("2365")) || seen.SentAt.Sub(seen.BaselineAt) > loyalty.BaselineMaxAge || seen.BaselineAt.IsZero() {
			t.Errorf("baseline %s read %v before sending", seen.Baseline, seen.SentAt.Sub(seen.BaselineAt))
		}
		if seen.Deadline.Sub(seen.SentAt) != loyalty.SendLimit {
			t.Errorf("deadline %v after sending, want %v", seen.Deadline.Sub(seen.SentAt), loyalty.SendLimit)
		}
	})
}

// I1: a balance older than 10 s, or older than the card's last movement, is read again.
func TestBaselineIsFresh(t *testing.T) {
	tests := []struct {
		name   string
		before func(t *testing.T, till *till)
		reads  int // balance reads beside the greeting's
	}{
		{"just greeted", func(*testing.T, *till) {}, 0},
		{"ten seconds ago", func(*testing.T, *till) { time.Sleep(loyalty.BaselineMaxAge) }, 0},
		{"eleven seconds ago", func(*testing.T, *till) { time.Sleep(11 * time.Second) }, 1},
		{"another operation since", func(t *testing.T, till *till) {
			other := till.accrual(t, "500")
			time.Sleep(time.Second)
			if _, err := till.Accrue(t.Context(), other); err != nil {
				t.Fatal(err)
			}
		}, 2}, // its own greeting and ours again
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				req := till.accrual(t, "1250")
				greetings := till.service.count("balance")
				tt.before(t, till)
				result, err := till.Accrue(t.Context(), req)
				if err != nil {
					t.Fatal(err)
				}
				wantState(t, result.Operation, loyalty.StateConfirmed)
				if got := till.service.count("balance") - greetings; got != tt.reads {
					t.Errorf("%d balance reads, want %d", got, tt.reads)
				}
				if want := result.Operation.Expected(); !till.service.balance(card.Client).Equal(want) {
					t.Errorf("baseline and points make %s, the service has %s", want, till.service.balance(card.Client))
				}
			})
		})
	}
}

// I1: without a baseline nothing is sent, and the operation says why.
func TestWithoutABaselineNothingIsSent(t *testing.T) {
	tests := []struct {
		name string
		err  error
		code skidkabot.Code
	}{
		{"no network", errNotSent, 0},
		{"no usable reply", errReset, 0},
		{"the QR has expired", refusal(skidkabot.CodeExpiredQR, "QR-код устарел."), skidkabot.CodeExpiredQR},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				req := till.redemption(t, "1250", "100")
				time.Sleep(time.Minute)
				till.service.onBalance = func(int) error { return tt.err }
				result, err := till.Redeem(t.Context(), req)
				if err != nil {
					t.Fatal(err)
				}
				wantState(t, result.Operation, loyalty.StateVoided)
				wantState(t, *result.Second, loyalty.StateVoided)
				if result.Operation.Reason != loyalty.ReasonNoBalance || result.Operation.Code != tt.code || !errors.Is(result.Cause, tt.err) {
					t.Errorf("reason %q, code %v, cause %v", result.Operation.Reason, result.Operation.Code, result.Cause)
				}
				if n := till.service.count("redemption") + till.service.count("accrual"); n != 0 {
					t.Errorf("%d requests were sent", n)
				}
			})
		})
	}
}

func TestARedemptionAboveTheFreshBalanceIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		req := till.redemption(t, "10000", "1000")
		till.service.add(card.Client, -2000)
		time.Sleep(time.Minute)
		result, err := till.Redeem(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, result.Operation, loyalty.StateVoided)
		if result.Operation.Reason != loyalty.ReasonNotEnough || till.service.count("redemption") != 0 {
			t.Errorf("reason %q, %d sent", result.Operation.Reason, till.service.count("redemption"))
		}
	})
}

// I3 and the state table: what each answer of the service makes of an operation, and how often it was sent.
func TestOutcomes(t *testing.T) {
	tests := []struct {
		name    string
		applies bool
		err     error
		state   loyalty.State
		reason  loyalty.Reason
		code    skidkabot.Code
		text    string
		sent    int
	}{
		{"confirmed", true, nil, loyalty.StateConfirmed, "", 0, "", 1},
		{"refused", false, refusal(skidkabot.CodeNotEnoughPoints, "У клиента не хватает баллов для списания."),
			loyalty.StateRefused, "", skidkabot.CodeNotEnoughPoints, "У клиента не хватает баллов для списания.", 1},
		{"reply lost", true, errReset, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonReset), 0, "", 1},
		{"request lost", false, errReset, loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonReset), 0, "", 1},
		{"broken reply with a hint", false, &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Hint: skidkabot.CodeDebt},
			loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonBadReply), skidkabot.CodeDebt, "", 1},
		{"an error that nobody knows", true, errors.New("boom"), loyalty.StateUnknown, "", 0, "", 1},
		{"proven unsent twice", false, errNotSent, loyalty.StateQueued, loyalty.Reason(skidkabot.PhaseConnect), 0, "", 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			till := newTill(t)
			till.service.onMove = func(int, loyalty.Kind) (bool, error) { return tt.applies, tt.err }
			result, err := till.Accrue(t.Context(), till.accrual(t, "1250"))
			if err != nil {
				t.Fatal(err)
			}
			op := till.now(t, result.Operation)
			wantState(t, op, tt.state)
			wantState(t, result.Operation, tt.state)
			if op.Reason != tt.reason || op.Code != tt.code || op.Text != tt.text {
				t.Errorf("reason %q, code %d, text %q; want %q, %d, %q", op.Reason, int(op.Code), op.Text, tt.reason, int(tt.code), tt.text)
			}
			if !errors.Is(result.Cause, tt.err) {
				t.Errorf("cause %v, want %v", result.Cause, tt.err)
			}
			if got := till.service.count("accrual"); got != tt.sent {
				t.Errorf("sent %d times, want %d", got, tt.sent)
			}
		})
	}
}

// I7: what is proven unsent is tried once more, and that may succeed; an outcome that follows it is the second's.
func TestOneRetryOfWhatWasNotSent(t *testing.T) {
	for _, second := range []struct {
		name  string
		err   error
		state loyalty.State
	}{
		{"then it works", nil, loyalty.StateConfirmed},
		{"then the reply is lost", errReset, loyalty.StateUnknown},
	} {
		t.Run(second.name, func(t *testing.T) {
			till := newTill(t)
			till.service.onMove = func(call int, _ loyalty.Kind) (bool, error) {
				if call == 0 {
					return false, errNotSent
				}
				return true, second.err
			}
			result, err := till.Accrue(t.Context(), till.accrual(t, "1250"))
			if err != nil {
				t.Fatal(err)
			}
			wantState(t, result.Operation, second.state)
			if got := till.service.balance(card.Client); !got.Equal(dec("2390")) {
				t.Errorf("balance %s, want 2390", got)
			}
		})
	}
}

// I7 with I1: the second try has a fresh baseline too, or there is none.
func TestNoRetryOnAnOldBaseline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		till.service.onMove = func(int, loyalty.Kind) (bool, error) {
			time.Sleep(loyalty.BaselineMaxAge + time.Second)
			return false, errNotSent
		}
		result, err := till.Accrue(t.Context(), till.accrual(t, "1250"))
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, result.Operation, loyalty.StateQueued)
		if got := till.service.count("accrual"); got != 1 {
			t.Errorf("tried %d times, want 1", got)
		}
	})
}

func TestABareSuccessIsConfirmedWithTheBalanceUnread(t *testing.T) {
	till := newTill(t)
	till.service.bare = true
	result, err := till.Redeem(t.Context(), till.redemption(t, "1250", "125"))
	if err != nil {
		t.Fatal(err)
	}
	wantState(t, result.Operation, loyalty.StateConfirmed)
	wantState(t, *result.Second, loyalty.StateConfirmed)
	if result.Operation.BalanceRead {
		t.Error("a balance that the service did not say counts as read")
	}
	if got, want := result.Second.Baseline, dec("2240"); !got.Equal(want) {
		t.Errorf("the remainder's baseline is %s, want the one read anew, %s", got, want)
	}
}

// I5: a second Enter, a double click or a doubled scan meets the same id, at the same moment or later.
func TestOneIDIsSentOnce(t *testing.T) {
	till := newTill(t)
	req := till.accrual(t, "1250")
	var callers sync.WaitGroup
	results := make([]loyalty.Result, 5)
	for i := range results {
		callers.Go(func() {
			var err error
			if results[i], err = till.Accrue(t.Context(), req); err != nil {
				t.Errorf("Accrue: %v", err)
			}
		})
	}
	callers.Wait()
	later, err := till.Accrue(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if !later.Met {
		t.Error("the later call does not say that it met what was known")
	}
	for _, result := range append(results, later) {
		wantState(t, result.Operation, loyalty.StateConfirmed)
	}
	if got := till.service.count("accrual"); got != 1 {
		t.Errorf("sent %d times", got)
	}
}

func TestAMetRedemptionTellsItsRemainderToo(t *testing.T) {
	till := newTill(t)
	req := till.redemption(t, "1250", "125")
	for range 2 {
		result, err := till.Redeem(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		if result.Second == nil || result.Second.State != loyalty.StateConfirmed {
			t.Errorf("remainder %v", result.Second)
		}
	}
}

// I5: the same card, kind and sum within ten minutes asks first.
func TestTheSameAgainAsksFirst(t *testing.T) {
	tests := []struct {
		name string
		wait time.Duration
		sum  string
		fail error
		asks bool
	}{
		{"at once", 0, "1250", nil, true},
		{"nearly ten minutes later", loyalty.RepeatWindow - time.Second, "1250.00", nil, true},
		{"ten minutes later", loyalty.RepeatWindow + time.Second, "1250", nil, false},
		{"another sum", 0, "1251", nil, false},
		{"the first one was refused", 0, "1250", refusal(skidkabot.CodeExpiredQR, ""), false},
		{"the first one waits in the queue", 0, "1250", errNotSent, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				till.service.onMove = func(int, loyalty.Kind) (bool, error) { return tt.fail == nil, tt.fail }
				first, err := till.Accrue(t.Context(), till.accrual(t, "1250"))
				if err != nil {
					t.Fatal(err)
				}
				till.service.onMove = nil
				sent := till.service.count("accrual")
				time.Sleep(tt.wait)

				req := till.accrual(t, tt.sum)
				_, err = till.Accrue(t.Context(), req)
				var repeat *loyalty.RepeatError
				if asks := errors.As(err, &repeat); asks != tt.asks {
					t.Fatalf("error %v, want a question: %v", err, tt.asks)
				}
				if !tt.asks {
					return
				}
				till.service.onMove = nil
				if repeat.Earlier.ID != first.Operation.ID {
					t.Errorf("asks about %s, want %s", repeat.Earlier.ID, first.Operation.ID)
				}
				if till.service.count("accrual") != sent {
					t.Error("something was sent before the answer")
				}
				req.RepeatConfirmed = true
				result, err := till.Accrue(t.Context(), req)
				if err != nil {
					t.Fatal(err)
				}
				wantState(t, result.Operation, loyalty.StateConfirmed)
			})
		})
	}
}

// I4: while an operation of a card is open nothing else is sent for it; other cards go on.
func TestACardWithAnOpenOperationWaits(t *testing.T) {
	till := newTill(t)
	till.service.onMove = func(int, loyalty.Kind) (bool, error) { return true, errReset }
	open, err := till.Accrue(t.Context(), till.accrual(t, "1250"))
	if err != nil {
		t.Fatal(err)
	}
	till.service.onMove = nil

	req := till.redemption(t, "700", "70")
	if len(req.Guest.Unsettled) != 1 || req.Guest.Unsettled[0].ID != open.Operation.ID {
		t.Errorf("the guest's unsettled operations are %v", req.Guest.Unsettled)
	}
	_, err = till.Redeem(t.Context(), req)
	var busy *loyalty.CardBusyError
	if !errors.As(err, &busy) || busy.Open.ID != open.Operation.ID || !errors.Is(err, loyalty.ErrCardBusy) {
		t.Errorf("error %v, want that the card is busy", err)
	}

	other := req
	other.ID, other.RemainderID = loyalty.NewID(), loyalty.NewID()
	other.Guest.Card.Client = 5
	till.service.add(5, 1000)
	other.Guest.ReadAt = time.Time{}
	if result, err := till.Redeem(t.Context(), other); err != nil {
		t.Error(err)
	} else {
		wantState(t, result.Operation, loyalty.StateConfirmed)
	}
}

// I4, by the store: two operations of a card that were planned at the same time never are on the wire together.
func TestTheStoreHoldsOneOpenOperationPerCard(t *testing.T) {
	till := newTill(t)
	first, second := till.accrual(t, "1250"), till.accrual(t, "500")
	hold := make(chan struct{})
	sent := make(chan struct{})
	till.service.onMove = func(call int, _ loyalty.Kind) (bool, error) {
		if call == 0 {
			close(sent)
			<-hold
			return true, errReset // the first stays unknown
		}
		return true, nil
	}
	var callers sync.WaitGroup
	var results [2]loyalty.Result
	var errs [2]error
	callers.Go(func() { results[0], errs[0] = till.Accrue(t.Context(), first) })
	<-sent
	callers.Go(func() { results[1], errs[1] = till.Accrue(t.Context(), second) })
	close(hold)
	callers.Wait()
	if errs[0] != nil {
		t.Fatal(errs[0])
	}
	wantState(t, results[0].Operation, loyalty.StateUnknown)
	if errs[1] == nil {
		wantState(t, results[1].Operation, loyalty.StateQueued)
	} else if !errors.Is(errs[1], loyalty.ErrCardBusy) {
		t.Errorf("error %v, want that the card is busy", errs[1])
	}
	if got := till.service.count("accrual"); got != 1 {
		t.Errorf("%d sent, want 1", got)
	}
}

// I4: one accrual or redemption on the wire per till.
func TestOneOperationOnTheWirePerTill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		till.service.onMove = func(int, loyalty.Kind) (bool, error) {
			time.Sleep(time.Second)
			return true, nil
		}
		var callers sync.WaitGroup
		for client := range int64(5) {
			guest := till.greet(t)
			guest.Card.Client = client + 1
			guest.ReadAt = time.Time{}
			callers.Go(func() {
				req := loyalty.AccrualRequest{ID: loyalty.NewID(), Guest: guest, Sum: dec("1000")}
				result, err := till.Accrue(t.Context(), req)
				if err != nil {
					t.Error(err)
				}
				wantState(t, result.Operation, loyalty.StateConfirmed)
			})
		}
		callers.Wait()
		if till.service.maxWire != 1 {
			t.Errorf("%d on the wire at once", till.service.maxWire)
		}
	})
}

// I8: no journal, no sending; and a result in hand that cannot be written is told all the same.
func TestNoJournalNoSending(t *testing.T) {
	full := errors.New("disk full")
	tests := []struct {
		name      string
		fail      func(write int) bool // the number of the write, from 0: plan, sending, result
		state     loyalty.State
		sent      int
		unwritten bool
		err       bool
	}{
		{"the plan", func(n int) bool { return n == 0 }, "", 0, false, true},
		{"the step to sending", func(n int) bool { return n >= 1 }, loyalty.StatePlanned, 0, false, false},
		{"the result, for ever", func(n int) bool { return n >= 2 }, loyalty.StateConfirmed, 1, true, false},
		{"the result, once", func(n int) bool { return n == 2 }, loyalty.StateConfirmed, 1, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				req := till.accrual(t, "1250")
				writes := 0
				till.store.FailWrites = func(string) error {
					writes++
					if tt.fail(writes - 1) {
						return full
					}
					return nil
				}
				result, err := till.Accrue(t.Context(), req)
				var failed *loyalty.JournalError
				if tt.err != errors.As(err, &failed) {
					t.Fatalf("error %v, want a journal error: %v", err, tt.err)
				}
				if !tt.err {
					wantState(t, result.Operation, tt.state)
				}
				if result.Unwritten != tt.unwritten {
					t.Errorf("unwritten %v, want %v", result.Unwritten, tt.unwritten)
				}
				if got := till.service.count("accrual"); got != tt.sent {
					t.Errorf("sent %d times, want %d", got, tt.sent)
				}
				if (tt.unwritten || !tt.err && tt.sent == 0) && till.hub.State(notice.Journal).Level != notice.Trouble {
					t.Errorf("the journal's state is %v", till.hub.State(notice.Journal))
				}
			})
		})
	}
}

// I8 with I9: when the redemption's result could not be written, its accrual is not sent.
func TestARemainderWaitsForTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		req := till.redemption(t, "1250", "125")
		writes := 0
		till.store.FailWrites = func(string) error {
			if writes++; writes > 2 {
				return errors.New("disk full")
			}
			return nil
		}
		result, err := till.Redeem(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, result.Operation, loyalty.StateConfirmed)
		wantState(t, *result.Second, loyalty.StatePlanned)
		if got := till.service.count("accrual"); got != 0 {
			t.Errorf("%d accruals sent", got)
		}
	})
}

// I8: what the journal kept from being sent ends as its door told it, whether the failed write was made or not. A lone
// operation failed; an accrual on the money part was promised, and goes exactly once when the journal works again.
func TestWhatTheJournalKeptFromBeingSent(t *testing.T) {
	tests := []struct {
		name   string
		redeem bool
		fails  int  // which write fails, counted from 0
		made   bool // it was made all the same
		want   loyalty.State
		sent   int // accruals
	}{
		{"a lone one", false, 1, false, loyalty.StateVoided, 0},
		{"a lone one, written all the same", false, 1, true, loyalty.StateVoided, 0},
		{"of a pair, the second", true, 3, false, loyalty.StateConfirmed, 1},
		{"of a pair, the second, written all the same", true, 3, true, loyalty.StateConfirmed, 1},
		{"of a pair, the first", true, 1, false, loyalty.StateVoided, 0},
		{"of a pair, the first, written all the same", true, 1, true, loyalty.StateVoided, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				accrual, redemption := till.accrual(t, "1250"), till.redemption(t, "1250", "125")
				till.Store = &stutteringStore{Store: till.store, fails: tt.fails, made: tt.made}
				stop := till.run()
				defer stop()
				ids := []uuid.UUID{accrual.ID}
				var result loyalty.Result
				var err error
				if tt.redeem {
					ids = []uuid.UUID{redemption.ID, redemption.RemainderID}
					result, err = till.Redeem(t.Context(), redemption)
				} else {
					result, err = till.Accrue(t.Context(), accrual)
				}
				if err != nil {
					t.Fatal(err)
				}
				if second := tt.redeem && tt.fails == 3; result.Unwritten || result.Postponed != second {
					t.Errorf("unwritten %v, postponed %v", result.Unwritten, result.Postponed)
				}
				time.Sleep(time.Minute)
				last, err := till.store.Find(t.Context(), ids[len(ids)-1])
				if err != nil {
					t.Fatal(err)
				}
				wantState(t, last, tt.want)
				if got := till.service.count("accrual"); got != tt.sent {
					t.Errorf("%d accruals sent, want %d", got, tt.sent)
				}
				if state := till.hub.State(notice.Journal); state.Level != notice.Good {
					t.Errorf("the journal's state is %v", state)
				}
			})
		})
	}
}

// I8: an operation whose failed attempt is still to be taken back is not sent meanwhile, or the taking back would meet the
// new attempt: within one tick of the clock they look the same.
func TestNothingIsSentBeforeAFailedAttemptIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		op := till.mustAccrue(t, "1250")
		op.ID, op.State = loyalty.NewID(), loyalty.StatePlanned
		if err := till.store.Plan(t.Context(), op); err != nil {
			t.Fatal(err)
		}
		till.Store = &stutteringStore{Store: till.store, fails: 0}
		till.service.slow(5 * time.Second)
		if result, err := till.Send(t.Context(), op.ID); err != nil || result.Operation.State != loyalty.StatePlanned {
			t.Fatalf("the first try: %s, %v", result.Operation.State, err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_, _ = till.Send(t.Context(), op.ID)
		}()
		synctest.Wait()
		defer till.run()()
		<-done
		time.Sleep(time.Minute)
		wantState(t, till.now(t, op), loyalty.StateVoided)
		if got := till.service.count("accrual"); got != 1 {
			t.Errorf("%d sent, want the one before", got)
		}
	})
}

// I8: while the journal stays away, nobody is asked to write down what was not sent.
func TestWhatWasNotSentIsNoResultInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		req := till.accrual(t, "1250")
		writes := 0
		till.store.FailWrites = func(method string) error {
			if method == "WipeSecrets" { // comes by itself, at some moment
				return nil
			}
			if writes++; writes > 1 && writes < 5 {
				return errors.New("disk full")
			}
			return nil
		}
		defer till.run()()
		if _, err := till.Accrue(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		till.mu.Lock()
		defer till.mu.Unlock()
		failed := false
		for _, state := range till.states {
			failed = failed || state.Code == loyalty.JournalFailed
			if state.Code == loyalty.JournalUnwritten {
				t.Errorf("the journal's state was %v", state)
			}
		}
		if last := till.hub.State(notice.Journal); !failed || last.Level != notice.Good {
			t.Errorf("trouble was told: %v, and the last state is %v", failed, last)
		}
	})
}

// stutteringStore fails one write, which may have been made all the same.
type stutteringStore struct {
	loyalty.Store
	fails, writes int
	made          bool
}

func (s *stutteringStore) Plan(ctx context.Context, ops ...loyalty.Operation) error {
	s.writes++
	return s.Store.Plan(ctx, ops...)
}

func (s *stutteringStore) Move(ctx context.Context, moves ...loyalty.Move) error {
	s.writes++
	if s.writes-1 != s.fails {
		return s.Store.Move(ctx, moves...)
	}
	if s.made {
		if err := s.Store.Move(ctx, moves...); err != nil {
			return err
		}
	}
	return errors.New("disk full")
}

// I9: the accrual on the money part goes only after the redemption is proven, and is voided when it did not happen.
func TestRedemptionWithItsAccrual(t *testing.T) {
	tests := []struct {
		name      string
		err       error
		redeemed  loyalty.State
		remainder loyalty.State
		accruals  int
	}{
		{"confirmed", nil, loyalty.StateConfirmed, loyalty.StateConfirmed, 1},
		{"refused", refusal(skidkabot.CodeNotEnoughPoints, ""), loyalty.StateRefused, loyalty.StateVoided, 0},
		{"not sent", errNotSent, loyalty.StateVoided, loyalty.StateVoided, 0},
		{"unknown", errReset, loyalty.StateUnknown, loyalty.StatePlanned, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			till := newTill(t)
			till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
				if kind == loyalty.Redemption {
					return tt.err == nil, tt.err
				}
				return true, nil
			}
			result, err := till.Redeem(t.Context(), till.redemption(t, "1250", "125"))
			if err != nil {
				t.Fatal(err)
			}
			wantState(t, result.Operation, tt.redeemed)
			wantState(t, *result.Second, tt.remainder)
			if got := till.service.count("accrual"); got != tt.accruals {
				t.Errorf("%d accruals sent, want %d", got, tt.accruals)
			}
			rest := till.now(t, *result.Second)
			if !rest.Money.Equal(dec("1125")) || !rest.Points.Equal(dec("22")) || rest.Parent != result.Operation.ID || rest.Link != loyalty.LinkRemainder {
				t.Errorf("remainder on %s of %s points, link %q", rest.Money, rest.Points, rest.Link)
			}
		})
	}
}

func TestARedemptionThatLeavesNothingToAccrueHasNoRemainder(t *testing.T) {
	till := newTill(t)
	result, err := till.Redeem(t.Context(), till.redemption(t, "20", "2")) // 2 % of 18 is below one point
	if err != nil {
		t.Fatal(err)
	}
	wantState(t, result.Operation, loyalty.StateConfirmed)
	if result.Second != nil {
		t.Errorf("remainder %v", result.Second)
	}
}

func TestRequestsThatCannotBe(t *testing.T) {
	till := newTill(t)
	guest := till.greet(t)
	stale := guest
	stale.ScannedAt = time.Now().Add(-loyalty.QRLifetime)
	poor := guest
	poor.Balance = decimal.Zero
	tests := []struct {
		name   string
		guest  loyalty.Guest
		sum    string
		redeem string // empty: an accrual
		want   error
	}{
		{"no sum", guest, "0", "", loyalty.ErrBadSum},
		{"a negative sum", guest, "-5", "", loyalty.ErrBadSum},
		{"an absurd sum", guest, "1000000.01", "", loyalty.ErrBadSum},
		{"a sum that earns nothing", guest, "49.99", "", loyalty.ErrNothingToAccrue},
		{"an old QR", stale, "1250", "", loyalty.ErrQRExpired},
		{"above the percent", guest, "1250", "126", loyalty.ErrAboveLimit},
		{"a fraction of a point", guest, "1250", "12.5", loyalty.ErrAboveLimit},
		{"no points wanted", guest, "1250", "0", loyalty.ErrNothingToRedeem},
		{"fewer than none", guest, "1250", "-3", loyalty.ErrNothingToRedeem},
		{"nothing to redeem", poor, "1250", "1", loyalty.ErrNothingToRedeem},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var err error
			if tt.redeem == "" {
				_, err = till.Accrue(t.Context(), loyalty.AccrualRequest{ID: loyalty.NewID(), Guest: tt.guest, Sum: dec(tt.sum)})
			} else {
				_, err = till.Redeem(t.Context(), loyalty.RedemptionRequest{
					ID: loyalty.NewID(), RemainderID: loyalty.NewID(), Guest: tt.guest, Sum: dec(tt.sum), Points: dec(tt.redeem),
				})
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("error %v, want %v", err, tt.want)
			}
		})
	}
	if ops, _ := till.store.List(t.Context(), loyalty.Filter{}); len(ops) != 0 {
		t.Errorf("%d operations were planned", len(ops))
	}
}

func TestARequestWithoutAProperIDIsRefused(t *testing.T) {
	till := newTill(t)
	req := till.accrual(t, "1250")
	req.ID = [16]byte{1}
	if _, err := till.Accrue(t.Context(), req); err == nil || till.service.count("accrual") != 0 {
		t.Errorf("error %v, %d sent", err, till.service.count("accrual"))
	}
}

// Quitting waits for what is on the wire; what waits for its turn gives up unsent; nothing new is taken.
func TestCloseWaitsForWhatIsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		till.service.onMove = func(int, loyalty.Kind) (bool, error) {
			time.Sleep(10 * time.Second)
			return true, nil
		}
		first, second := till.accrual(t, "1250"), till.accrual(t, "500")
		second.Guest.Card.Client = 5
		var callers sync.WaitGroup
		var results [2]loyalty.Result
		callers.Go(func() { results[0], _ = till.Accrue(t.Context(), first) })
		synctest.Wait()
		callers.Go(func() { results[1], _ = till.Accrue(t.Context(), second) })
		synctest.Wait()
		if got := till.InFlight(); got != 2 {
			t.Errorf("%d in flight, want 2", got)
		}

		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := till.Close(hurried); !errors.Is(err, loyalty.ErrInFlight) {
			t.Errorf("a hurried Close says %v", err)
		}
		if err := till.Close(t.Context()); err != nil {
			t.Errorf("Close: %v", err)
		}
		callers.Wait()
		wantState(t, results[0].Operation, loyalty.StateConfirmed)
		wantState(t, results[1].Operation, loyalty.StateQueued)
		if results[1].Operation.Reason != loyalty.ReasonClosing {
			t.Errorf("reason %q", results[1].Operation.Reason)
		}
		if _, err := till.Accrue(t.Context(), till.accrual(t, "700")); !errors.Is(err, loyalty.ErrClosing) {
			t.Errorf("a new operation gets %v", err)
		}
		if got := till.service.count("accrual"); got != 1 {
			t.Errorf("%d sent, want 1", got)
		}
	})
}

// An operation that has begun is finished even when the door that asked has gone.
func TestACallerThatGoesAwayCancelsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(t)
		till.service.onMove = func(int, loyalty.Kind) (bool, error) {
			time.Sleep(5 * time.Second)
			return true, nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		req := till.accrual(t, "1250")
		go func() {
			time.Sleep(time.Second)
			cancel()
		}()
		result, err := till.Accrue(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		wantState(t, result.Operation, loyalty.StateConfirmed)
	})
}

func TestEachStepIsPublished(t *testing.T) {
	till := newTill(t)
	if _, err := till.Redeem(t.Context(), till.redemption(t, "1250", "125")); err != nil {
		t.Fatal(err)
	}
	type step struct {
		kind  loyalty.Kind
		state loyalty.State
	}
	var got []step
	for _, op := range till.changes {
		got = append(got, step{op.Kind, op.State})
	}
	want := []step{
		{loyalty.Redemption, loyalty.StatePlanned}, {loyalty.Accrual, loyalty.StatePlanned},
		{loyalty.Redemption, loyalty.StateSending}, {loyalty.Redemption, loyalty.StateConfirmed},
		{loyalty.Accrual, loyalty.StateSending}, {loyalty.Accrual, loyalty.StateConfirmed},
	}
	if !slices.Equal(got, want) {
		t.Errorf("published %v, want %v", got, want)
	}
}

func TestTheServicesStateIsPublished(t *testing.T) {
	till := newTill(t)
	answers := []error{
		nil, errNotSent, errNotSent, // tried once more
		nil, errReset,
		refusal(skidkabot.CodeExpiredQR, ""), refusal(skidkabot.CodeDebt, ""), refusal(skidkabot.CodeUnknownShop, ""),
	}
	till.service.onBalance = func(call int) error { return answers[call] }
	for range len(answers) - 1 {
		_, _ = till.Greet(t.Context(), card, time.Now())
	}
	type state struct {
		level notice.Level
		code  string
	}
	var got []state
	for _, s := range till.states {
		if s.Part == notice.Service {
			got = append(got, state{s.Level, s.Code})
		}
	}
	want := []state{
		{notice.Good, ""}, {notice.Trouble, "connect"}, {notice.Good, ""}, {notice.Trouble, string(skidkabot.ReasonReset)},
		{notice.Good, ""}, {notice.Trouble, "code15"}, {notice.Trouble, "code5"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("published %v, want %v", got, want)
	}
}

// What a check of the journal has found is not hidden by the next write that succeeds.
func TestTheDeskEndsOnlyItsOwnTroubleWithTheJournal(t *testing.T) {
	till := newTill(t)
	for _, tt := range []struct {
		code string
		want notice.Level
	}{{loyalty.JournalFailed, notice.Good}, {loyalty.JournalUnwritten, notice.Good}, {"damaged", notice.Trouble}} {
		till.hub.Publish(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: tt.code})
		req := till.accrual(t, "1250") // reads the journal
		if level := till.hub.State(notice.Journal).Level; level != notice.Trouble {
			t.Errorf("after %q, a mere read makes the level %v", tt.code, level)
		}
		req.RepeatConfirmed = true
		if _, err := till.Accrue(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		if got := till.hub.State(notice.Journal).Level; got != tt.want {
			t.Errorf("after %q and a write that succeeds: level %v, want %v", tt.code, got, tt.want)
		}
	}
}

// I8: a result in hand is written when the journal works again, and what hangs on it goes on.
func TestAResultInHandIsWrittenWhenTheJournalWorksAgain(t *testing.T) {
	for _, tt := range []struct {
		name  string
		err   error
		after loyalty.State
		rest  loyalty.State
	}{
		{"confirmed", nil, loyalty.StateConfirmed, loyalty.StateConfirmed},
		{"refused", refusal(skidkabot.CodeNotEnoughPoints, ""), loyalty.StateRefused, loyalty.StateVoided},
		{"unknown", errReset, loyalty.StateNotApplied, loyalty.StateVoided},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				till := newTill(t)
				defer till.run()()
				var mu sync.Mutex
				full := false
				till.store.FailWrites = func(string) error {
					mu.Lock()
					defer mu.Unlock()
					if full {
						return errors.New("disk full")
					}
					return nil
				}
				fill := func(now bool) {
					mu.Lock()
					defer mu.Unlock()
					full = now
				}
				till.service.onMove = func(_ int, kind loyalty.Kind) (bool, error) {
					if kind == loyalty.Redemption {
						fill(true)
						return tt.err == nil, tt.err
					}
					return true, nil
				}
				result, err := till.Redeem(t.Context(), till.redemption(t, "1250", "125"))
				if err != nil {
					t.Fatal(err)
				}
				if !result.Unwritten {
					t.Error("the result does not say that it is unwritten")
				}
				time.Sleep(time.Minute)
				wantState(t, till.now(t, result.Operation), loyalty.StateSending)
				if state := till.hub.State(notice.Journal); state.Code != loyalty.JournalUnwritten {
					t.Errorf("the journal's state is %v", state)
				}
				fill(false)
				time.Sleep(5 * time.Minute)
				synctest.Wait()
				wantState(t, till.now(t, result.Operation), tt.after)
				wantState(t, till.now(t, *result.Second), tt.rest)
				if state := till.hub.State(notice.Journal); state.Level != notice.Good {
					t.Errorf("the journal's state is %v", state)
				}
				if got := till.service.count("redemption"); got != 1 {
					t.Errorf("sent %d times", got)
				}
			})
		})
	}
}

func TestAJournalThatCannotBeReadRefuses(t *testing.T) {
	till := newTill(t)
	req := till.accrual(t, "1250")
	broken := loyalty.NewDesk(loyalty.Options{Service: till.service, Store: brokenStore{till.store}, Hub: till.hub, Vendor: shop})
	var failed *loyalty.JournalError
	if _, err := broken.Accrue(t.Context(), req); !errors.As(err, &failed) {
		t.Errorf("Accrue: %v", err)
	}
	if _, err := broken.Greet(t.Context(), card, time.Now()); !errors.As(err, &failed) {
		t.Errorf("Greet: %v", err)
	}
	if _, err := broken.Recover(t.Context()); !errors.As(err, &failed) {
		t.Errorf("Recover: %v", err)
	}
	if got := till.service.count("accrual"); got != 0 {
		t.Errorf("%d sent", got)
	}
}

// brokenStore is a store whose every read fails.
type brokenStore struct{ *loyaltytest.MemoryStore }

var errBroken = errors.New("the disk is gone")

func (brokenStore) Find(context.Context, uuid.UUID) (loyalty.Operation, error) {
	return loyalty.Operation{}, errBroken
}
func (brokenStore) List(context.Context, loyalty.Filter) ([]loyalty.Operation, error) {
	return nil, errBroken
}
