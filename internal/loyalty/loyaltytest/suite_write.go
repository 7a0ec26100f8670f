package loyaltytest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func testPlanKeepsFields(t *testing.T, s loyalty.Store) {
	parent, first := newOperation(), newOperation()
	full := newOperation(func(o *loyalty.Operation) {
		o.Register, o.Kind, o.Vendor, o.Client, o.Secret = 7, loyalty.Redemption, math.MaxInt64, math.MinInt64, math.MaxInt64
		o.Name = "Ї'\"; DROP TABLE operations; --\n\u202eעברית 🙂"
		o.Parent, o.Link = parent.ID, loyalty.LinkReversal
		o.Baseline, o.BaselineAt, o.SentAt, o.Deadline = decimal.NewFromInt(-3), noon, noon, noon.Add(time.Minute)
		o.Balance, o.BalanceRead = decimal.NewFromInt(-10), true
		o.Code, o.Text = skidkabot.CodeNotEnoughPoints, "У клиента не хватает баллов для списания."
		o.Reason, o.Cashier = loyalty.ReasonCashier, "Оля 'О%_?'"
		o.WaitsFor, o.Note = first.ID, "гость'; передумал\n"
		o.Order = uuid.New() // the POS's own, and of no order that this store knows
	})
	bare := newOperation(func(o *loyalty.Operation) {
		*o = loyalty.Operation{ID: o.ID, Kind: o.Kind, State: o.State, Points: o.Points}
	})
	must(t, s.Plan(t.Context(), parent, first, full, bare))
	wantStored(t, s, parent)
	wantStored(t, s, full)
	wantStored(t, s, bare)
}

func testPlanKeepsDecimals(t *testing.T, s loyalty.Store) {
	for _, text := range []string{
		"0", "0.0", "0.1", "0.10", "10", "100.00", "0.000000001", "1e12", "999999999999.99", "123456789012345678901.987654321",
	} {
		value := decimal.RequireFromString(text)
		o := newOperation(func(o *loyalty.Operation) { o.Sum, o.Money, o.Percent = value, value, value })
		must(t, s.Plan(t.Context(), o))
		wantStored(t, s, o)
		// Equal values are found however they are written.
		rewritten := decimal.RequireFromString(value.String() + map[bool]string{true: ".000", false: "0"}[value.IsInteger()])
		found, err := s.List(t.Context(), loyalty.Filter{Sum: decimal.NewNullDecimal(rewritten), Limit: 1})
		must(t, err)
		wantSame(t, "found by "+rewritten.StringFixed(9), describeAll(found), describeAll([]loyalty.Operation{kept(o)}))
	}
	for _, text := range []string{"25.0", "1e12", "9223372036854775807"} {
		o := newOperation(func(o *loyalty.Operation) { o.Points = decimal.RequireFromString(text) })
		must(t, s.Plan(t.Context(), o))
		wantStored(t, s, o)
	}
}

func testPlanKeepsMoments(t *testing.T, s loyalty.Store) {
	kyiv := time.FixedZone("Kyiv", 2*60*60)
	for _, moment := range []time.Time{
		{},
		time.Unix(0, 0),
		time.Date(1969, time.July, 20, 20, 17, 40, 999_999_000, time.UTC),
		time.Date(2025, time.March, 1, 23, 59, 59, 123_456_789, kyiv),
		time.Date(9999, time.December, 31, 23, 59, 59, 0, time.UTC),
	} {
		o := newOperation(func(o *loyalty.Operation) {
			o.ScannedAt, o.PlannedAt, o.ChangedAt = moment, moment, moment
			o.BaselineAt, o.SentAt, o.Deadline = moment, moment, moment
		})
		must(t, s.Plan(t.Context(), o))
		wantStored(t, s, o)
		got, err := s.Find(t.Context(), o.ID)
		must(t, err)
		wantSame(t, "moment", got.SentAt.String(), moment.UTC().Truncate(time.Microsecond).String())
		wantSame(t, "is zero", fmt.Sprint(got.SentAt.IsZero()), fmt.Sprint(moment.IsZero()))
	}
}

func testPlanAtomic(t *testing.T, s loyalty.Store) {
	there := newOperation()
	must(t, s.Plan(t.Context(), there))
	changed := there
	changed.Name = "somebody else"
	first := newOperation()
	for name, test := range map[string]struct {
		second loyalty.Operation
		want   error
	}{
		"already there":  {changed, loyalty.ErrExists},
		"twice":          {first, loyalty.ErrExists},
		"not planned":    {newOperation(func(o *loyalty.Operation) { o.State = loyalty.StateSending }), loyalty.ErrNoSuchMove},
		"cannot be":      {newOperation(func(o *loyalty.Operation) { o.Points = decimal.Zero }), nil},
		"not a UUIDv7":   {newOperation(func(o *loyalty.Operation) { o.ID = uuid.New() }), nil},
		"no such parent": {orphan(), loyalty.ErrNotFound},
		"waits for none": {newOperation(waitingFor(uuid.Must(uuid.NewV7()))), loyalty.ErrNotFound},
	} {
		err := s.Plan(t.Context(), first, test.second)
		wantSame(t, name+": refused", fmt.Sprint(err != nil), "true")
		if test.want != nil {
			wantError(t, err, test.want)
		}
		wantNothing(t, s, first)
	}
	wantStored(t, s, there)
}

func orphan() loyalty.Operation {
	return newOperation(func(o *loyalty.Operation) { o.Parent, o.Link = uuid.Must(uuid.NewV7()), loyalty.LinkRepeat })
}

func testPlanParent(t *testing.T, s loyalty.Store) {
	parent := newOperation()
	child := newOperation(func(o *loyalty.Operation) { o.Parent, o.Link = parent.ID, loyalty.LinkRemainder })
	later := newOperation(func(o *loyalty.Operation) { o.Parent, o.Link = parent.ID, loyalty.LinkReversal })
	must(t, s.Plan(t.Context(), child, parent)) // the order within one call does not matter
	must(t, s.Plan(t.Context(), later))
	wantStored(t, s, child)
	wantStored(t, s, later)
}

func waitingFor(id uuid.UUID) func(*loyalty.Operation) {
	return func(o *loyalty.Operation) { o.WaitsFor = id }
}

func testPlanWaitsFor(t *testing.T, s loyalty.Store) {
	first := newOperation()
	second, third := newOperation(waitingFor(first.ID)), newOperation(waitingFor(first.ID))
	must(t, s.Plan(t.Context(), second, first)) // the order within one call does not matter
	must(t, s.Plan(t.Context(), third))
	waiting, err := s.List(t.Context(), loyalty.Filter{WaitsFor: first.ID})
	must(t, err)
	wantSame(t, "waiting", describeAll(waiting), describeAll([]loyalty.Operation{third, second}))
}

func reversalOf(id uuid.UUID) func(*loyalty.Operation) {
	return func(o *loyalty.Operation) { o.Parent, o.Link, o.Note = id, loyalty.LinkReversal, "ошибка" }
}

// testPlanReversal tries a second reversal beside a first one in each state: only a first one that can never happen, or
// did not, makes room (I11).
func testPlanReversal(t *testing.T, s loyalty.Store) {
	client := int64(0)
	try := func(name string, end func(reversal loyalty.Operation), want error) {
		client++
		of := newOperation(ofClient(client))
		first, second := newOperation(ofClient(client), reversalOf(of.ID)), newOperation(ofClient(client), reversalOf(of.ID))
		must(t, s.Plan(t.Context(), of))
		end(first)
		err := s.Plan(t.Context(), second)
		if want != nil {
			wantError(t, err, want)
			wantNothing(t, s, second)
		} else if err != nil {
			t.Errorf("%s: got error %v", name, err)
		}
		wantError(t, s.Plan(t.Context(), first), loyalty.ErrExists) // the same id is the same reversal
	}
	for _, state := range loyalty.States() {
		want := loyalty.ErrReversed
		switch state {
		case loyalty.StateRefused, loyalty.StateNotApplied, loyalty.StateVoided, loyalty.StateExpired, loyalty.StateSettled:
			want = nil
		}
		try(string(state), func(first loyalty.Operation) { bring(t, s, first, state) }, want)
	}
	for decision, want := range map[loyalty.Reason]error{
		loyalty.ReasonDecidedYes: loyalty.ErrReversed,
		loyalty.ReasonDecidedNo:  nil,
	} {
		try(string(decision), func(first loyalty.Operation) {
			bring(t, s, first, loyalty.StateReview)
			settled := newMove(first.ID, loyalty.StateReview, loyalty.StateSettled)
			settled.Reason = decision
			must(t, s.Move(t.Context(), settled))
		}, want)
	}
	of := newOperation()
	two := []loyalty.Operation{newOperation(reversalOf(of.ID)), newOperation(reversalOf(of.ID))}
	wantError(t, s.Plan(t.Context(), of, two[0], two[1]), loyalty.ErrReversed)
	wantNothing(t, s, of, two[0], two[1])
	repeat := newOperation(func(o *loyalty.Operation) { o.Parent, o.Link = of.ID, loyalty.LinkRepeat })
	must(t, s.Plan(t.Context(), of, two[0], repeat)) // other children do not matter
}

func testPlanNothing(t *testing.T, s loyalty.Store) {
	must(t, s.Plan(t.Context()))
	must(t, s.Move(t.Context()))
	all, err := s.List(t.Context(), loyalty.Filter{})
	must(t, err)
	wantSame(t, "operations", describeAll(all), "")
}

func testMoveLife(t *testing.T, s loyalty.Store) {
	o := newOperation()
	must(t, s.Plan(t.Context(), o))
	sending := newMove(o.ID, loyalty.StatePlanned, loyalty.StateSending)
	unknown := newMove(o.ID, loyalty.StateSending, loyalty.StateUnknown)
	unknown.Reason, unknown.Code, unknown.Text = "timeout", skidkabot.CodeDebt, "Извините, на вашем счете…"
	applied := newMove(o.ID, loyalty.StateUnknown, loyalty.StateApplied)
	applied.Reason, applied.Actor = loyalty.ReasonMoved, "admin"
	applied.Balance = decimal.NewNullDecimal(decimal.RequireFromString("-2390.50"))
	for _, m := range []loyalty.Move{sending, unknown, applied} {
		must(t, s.Move(t.Context(), m))
		o = kept(m.Apply(o))
		wantStored(t, s, o)
	}
}

func testMoveEveryState(t *testing.T, s loyalty.Store) {
	for i, state := range loyalty.States() {
		o := newOperation(ofClient(int64(i + 1)))
		bring(t, s, o, state)
		got, err := s.Find(t.Context(), o.ID)
		must(t, err)
		wantSame(t, "state", string(got.State), string(state))
	}
}

func testMoveRefusals(t *testing.T, s loyalty.Store) {
	o := newOperation()
	bring(t, s, o, loyalty.StateQueued)
	before, err := s.Find(t.Context(), o.ID)
	must(t, err)
	events := history(t, s, o.ID)
	bare := newMove(o.ID, loyalty.StateQueued, loyalty.StateSending)
	bare.Baseline.Valid = false
	for _, test := range []struct {
		move loyalty.Move
		want error
	}{
		{newMove(uuid.Must(uuid.NewV7()), loyalty.StateQueued, loyalty.StateVoided), loyalty.ErrNotFound},
		{newMove(o.ID, loyalty.StatePlanned, loyalty.StateVoided), loyalty.ErrConflict},
		{newMove(o.ID, loyalty.StatePlanned, loyalty.StateQueued), loyalty.ErrConflict}, // it is there already
		{newMove(o.ID, loyalty.StateQueued, loyalty.StateConfirmed), loyalty.ErrNoSuchMove},
		{newMove(o.ID, loyalty.StateQueued, "nowhere"), loyalty.ErrNoSuchMove},
		{bare, loyalty.ErrNoBaseline},
	} {
		wantError(t, s.Move(t.Context(), test.move), test.want)
		wantStored(t, s, before)
		wantSame(t, "events", history(t, s, o.ID), events)
	}
}

func testMoveAtomic(t *testing.T, s loyalty.Store) {
	redemption, accrual := newOperation(), newOperation()
	must(t, s.Plan(t.Context(), redemption, accrual))
	err := s.Move(t.Context(),
		newMove(redemption.ID, loyalty.StatePlanned, loyalty.StateSending),
		newMove(accrual.ID, loyalty.StatePlanned, loyalty.StateSending)) // the same card
	wantError(t, err, loyalty.ErrCardBusy)
	wantStored(t, s, redemption)
	wantStored(t, s, accrual)
	err = s.Move(t.Context(),
		newMove(redemption.ID, loyalty.StatePlanned, loyalty.StateVoided),
		newMove(accrual.ID, loyalty.StateQueued, loyalty.StateVoided))
	wantError(t, err, loyalty.ErrConflict)
	wantStored(t, s, redemption)
	events, err := s.Events(t.Context(), redemption.ID)
	must(t, err)
	wantSame(t, "events", fmt.Sprint(len(events)), "1")

	// All of them are checked before the first is made.
	err = s.Move(t.Context(),
		newMove(redemption.ID, loyalty.StatePlanned, loyalty.StateVoided),
		newMove(accrual.ID, loyalty.StatePlanned, loyalty.StateConfirmed))
	wantError(t, err, loyalty.ErrNoSuchMove)
	wantStored(t, s, redemption)

	must(t, s.Move(t.Context(),
		newMove(redemption.ID, loyalty.StatePlanned, loyalty.StateVoided),
		newMove(accrual.ID, loyalty.StatePlanned, loyalty.StateVoided)))
	for _, id := range []uuid.UUID{redemption.ID, accrual.ID} {
		got, err := s.Find(t.Context(), id)
		must(t, err)
		wantSame(t, "state", string(got.State), string(loyalty.StateVoided))
	}
}

func testMoveTwice(t *testing.T, s loyalty.Store) {
	o := newOperation()
	must(t, s.Plan(t.Context(), o))
	first := newMove(o.ID, loyalty.StatePlanned, loyalty.StateSending)
	second := newMove(o.ID, loyalty.StateSending, loyalty.StateConfirmed)
	must(t, s.Move(t.Context(), first, second))
	wantStored(t, s, second.Apply(first.Apply(o)))
	events, err := s.Events(t.Context(), o.ID)
	must(t, err)
	wantSame(t, "events", fmt.Sprint(len(events)), "3")
}

func testMoveCardBusy(t *testing.T, s loyalty.Store) {
	first, second := newOperation(), newOperation()
	elsewhere := newOperation(func(o *loyalty.Operation) { o.Vendor++ })
	another := newOperation(func(o *loyalty.Operation) { o.Client++ })
	must(t, s.Plan(t.Context(), first, second, elsewhere, another))
	send := func(o loyalty.Operation) error {
		return s.Move(t.Context(), newMove(o.ID, loyalty.StatePlanned, loyalty.StateSending))
	}
	must(t, send(first))
	wantError(t, send(second), loyalty.ErrCardBusy)
	must(t, send(elsewhere))
	must(t, send(another))
	must(t, s.Move(t.Context(), newMove(first.ID, loyalty.StateSending, loyalty.StateUnknown)))
	wantError(t, send(second), loyalty.ErrCardBusy)
	wantStored(t, s, second)
	// A review blocks nothing, and the card is free within the call that frees it.
	must(t, s.Move(t.Context(),
		newMove(first.ID, loyalty.StateUnknown, loyalty.StateReview),
		newMove(second.ID, loyalty.StatePlanned, loyalty.StateSending)))
}

func testMoveRace(t *testing.T, s loyalty.Store) {
	const rivals = 8
	o := newOperation()
	must(t, s.Plan(t.Context(), o))
	results := make(chan error, rivals)
	for range rivals {
		go func() { results <- s.Move(t.Context(), newMove(o.ID, loyalty.StatePlanned, loyalty.StateSending)) }()
	}
	won := 0
	for range rivals {
		err := <-results
		if err == nil {
			won++
			continue
		}
		wantError(t, err, loyalty.ErrConflict)
	}
	wantSame(t, "winners", fmt.Sprint(won), "1")
}

func testEvents(t *testing.T, s loyalty.Store) {
	o, other := newOperation(), newOperation(ofClient(1))
	o.Reason, o.Note = "why", "просили"
	must(t, s.Plan(t.Context(), o))
	sending := newMove(o.ID, loyalty.StatePlanned, loyalty.StateSending)
	must(t, s.Move(t.Context(), sending))
	must(t, s.Plan(t.Context(), other))
	unknown := newMove(o.ID, loyalty.StateSending, loyalty.StateUnknown)
	unknown.At = noon.Add(time.Hour + 1234*time.Nanosecond).In(time.FixedZone("", 3600))
	unknown.Reason, unknown.Actor, unknown.Note = "reset", "Администратор", "сам видел"
	must(t, s.Move(t.Context(), unknown))

	event := func(moment, change string) string {
		return fmt.Sprintf("\n%s %s %s at %d", o.ID, moment, change, Register)
	}
	wantSame(t, "events", history(t, s, o.ID),
		event("2025-03-01 12:00:00 +0000 UTC", `"" to "planned", "why" by "Оля": "просили"`)+
			event("2025-03-01 12:00:01 +0000 UTC", `"planned" to "sending", "" by "": ""`)+
			event("2025-03-01 13:00:00.000001 +0000 UTC", `"sending" to "unknown", "reset" by "Администратор": "сам видел"`))

	events, err := s.Events(t.Context(), o.ID)
	must(t, err)
	others, err := s.Events(t.Context(), other.ID)
	must(t, err)
	positions := []int64{events[0].Seq, events[1].Seq, others[0].Seq, events[2].Seq}
	wantSame(t, "positions grow", fmt.Sprint(slices.IsSorted(positions), len(slices.Compact(positions))), "true 4")
	wantSame(t, "events of what is not there", history(t, s, uuid.Must(uuid.NewV7())), "")
}

func testWipeSecrets(t *testing.T, s loyalty.Store) {
	scanned := func(at time.Time, secret skidkabot.Secret) loyalty.Operation {
		return newOperation(func(o *loyalty.Operation) { o.ScannedAt, o.Secret = at, secret })
	}
	old, edge := scanned(noon.Add(-time.Microsecond), -5), scanned(noon, 6)
	wiped, never := scanned(noon.Add(-time.Hour), 0), scanned(time.Time{}, 7)
	must(t, s.Plan(t.Context(), old, edge, wiped, never))
	for _, test := range []struct {
		before time.Time
		want   int
	}{
		{noon.Add(-24 * time.Hour), 1},  // the one that was never scanned
		{noon.Add(-time.Nanosecond), 1}, // microseconds: 11:59:59.999999 is before 11:59:59.999999999
		{noon, 0},
		{noon.Add(time.Nanosecond), 1},
		{noon.Add(time.Hour), 0},
	} {
		got, err := s.WipeSecrets(t.Context(), test.before)
		must(t, err)
		wantSame(t, fmt.Sprint("wiped before ", test.before), fmt.Sprint(got), fmt.Sprint(test.want))
	}
	for _, o := range []loyalty.Operation{old, edge, wiped, never} {
		o.Secret = 0
		wantStored(t, s, o)
	}
}

func testCancelled(t *testing.T, s loyalty.Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	there, o := newOperation(), newOperation()
	must(t, s.Plan(t.Context(), there))
	wantError(t, s.Plan(ctx, o), context.Canceled)
	wantError(t, s.Move(ctx, newMove(there.ID, loyalty.StatePlanned, loyalty.StateVoided)), context.Canceled)
	wantError(t, s.Amend(ctx, loyalty.Amendment{While: there.ID, Is: loyalty.StatePlanned, Plan: []loyalty.Operation{o}}), context.Canceled)
	_, err := s.WipeSecrets(ctx, noon)
	wantError(t, err, context.Canceled)
	_, err = s.Find(ctx, there.ID)
	wantError(t, err, context.Canceled)
	_, err = s.List(ctx, loyalty.Filter{})
	wantError(t, err, context.Canceled)
	_, err = s.Events(ctx, there.ID)
	wantError(t, err, context.Canceled)
	_, err = s.Totals(ctx, loyalty.Filter{})
	wantError(t, err, context.Canceled)
	wantNothing(t, s, o)
	wantStored(t, s, there)
}

// testConcurrent has readers look while operations are planned and moved in pairs: they never see half of a pair.
func testConcurrent(t *testing.T, s loyalty.Store) {
	const pairs = 20
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				page, err := s.List(t.Context(), loyalty.Filter{})
				if err := errors.Join(err, halves(page)); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := range int64(pairs) {
		a, b := newOperation(ofClient(i+1)), newOperation(ofClient(i+1))
		must(t, s.Plan(t.Context(), a, b))
		must(t, s.Move(t.Context(),
			newMove(a.ID, loyalty.StatePlanned, loyalty.StateVoided),
			newMove(b.ID, loyalty.StatePlanned, loyalty.StateVoided)))
	}
	close(done)
	readers.Wait()
}

// halves reports a client whose two operations are not both there in one state.
func halves(page []loyalty.Operation) error {
	states := map[int64][]loyalty.State{}
	for _, o := range page {
		states[o.Client] = append(states[o.Client], o.State)
	}
	for client, pair := range states {
		if len(pair) != 2 || pair[0] != pair[1] {
			return fmt.Errorf("client %d: half of a transaction: %v", client, pair)
		}
	}
	return nil
}
