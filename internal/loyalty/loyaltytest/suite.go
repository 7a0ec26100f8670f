package loyaltytest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// Register is the till that the suite's operations belong to; the stores under test must be opened as this one's.
const Register = 1

// RunStoreSuite tests every promise of [loyalty.Store]. open gives a new empty store of the till [Register]; what it
// needs to be closed it leaves to t.Cleanup.
func RunStoreSuite(t *testing.T, open func(t *testing.T) loyalty.Store) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s loyalty.Store)
	}{
		{"Plan/keeps every field", testPlanKeepsFields},
		{"Plan/keeps decimals", testPlanKeepsDecimals},
		{"Plan/keeps moments", testPlanKeepsMoments},
		{"Plan/is all or nothing", testPlanAtomic},
		{"Plan/needs the parent", testPlanParent},
		{"Plan/needs what it waits for", testPlanWaitsFor},
		{"Plan/one reversal of an operation", testPlanReversal},
		{"Plan/of nothing", testPlanNothing},
		{"Move/through a life", testMoveLife},
		{"Move/to every state", testMoveEveryState},
		{"Move/refusals", testMoveRefusals},
		{"Move/is all or nothing", testMoveAtomic},
		{"Move/twice in one call", testMoveTwice},
		{"Move/one unsettled operation per card", testMoveCardBusy},
		{"Move/one of many wins", testMoveRace},
		{"Amend/plans and moves", testAmend},
		{"Amend/only in a state", testAmendOnlyWhile},
		{"Amend/is all or nothing", testAmendAtomic},
		{"Amend/one of many wins", testAmendRace},
		{"Find/what is not there", testFindNothing},
		{"List/newest first, limited", testListOrder},
		{"List/pages", testListPages},
		{"List/the largest page", testListLargest},
		{"List/filters", testListFilters},
		{"List/gives copies", testListCopies},
		{"Events/history", testEvents},
		{"Totals/of filters", testTotalsFilters},
		{"Totals/beyond 64 bits", testTotalsHuge},
		{"WipeSecrets", testWipeSecrets},
		{"a caller that has given up", testCancelled},
		{"reading beside writing", testConcurrent},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel() // each has a store of its own
			test.run(t, open(t))
		})
	}
	t.Run("any history", func(t *testing.T) {
		t.Parallel()
		testAnyHistory(t, open)
	})
}

// noon is when the suite's operations happen.
var noon = time.Date(2025, time.March, 1, 12, 0, 0, 0, time.UTC)

// newOperation is a planned accrual of 25 points, changed by the given functions.
func newOperation(changes ...func(*loyalty.Operation)) loyalty.Operation {
	o := loyalty.Operation{
		ID:        uuid.Must(uuid.NewV7()),
		Register:  Register,
		Kind:      loyalty.Accrual,
		State:     loyalty.StatePlanned,
		Vendor:    4,
		Client:    83532824,
		Secret:    31766,
		ScannedAt: noon.Add(-time.Minute),
		Name:      "Александр Татарченко",
		Points:    decimal.NewFromInt(25),
		Sum:       decimal.RequireFromString("1250.50"),
		Money:     decimal.RequireFromString("1250.50"),
		Percent:   decimal.NewFromInt(2),
		PlannedAt: noon,
		ChangedAt: noon,
		Cashier:   "Оля",
	}
	for _, change := range changes {
		change(&o)
	}
	return o
}

// ofClient gives each of several operations a card of its own.
func ofClient(client int64) func(*loyalty.Operation) {
	return func(o *loyalty.Operation) { o.Client = client }
}

// ways leads from planned to each state.
var ways = map[loyalty.State][]loyalty.State{
	loyalty.StatePlanned:    {},
	loyalty.StateQueued:     {loyalty.StateQueued},
	loyalty.StateSending:    {loyalty.StateSending},
	loyalty.StateConfirmed:  {loyalty.StateSending, loyalty.StateConfirmed},
	loyalty.StateRefused:    {loyalty.StateSending, loyalty.StateRefused},
	loyalty.StateUnknown:    {loyalty.StateSending, loyalty.StateUnknown},
	loyalty.StateApplied:    {loyalty.StateSending, loyalty.StateUnknown, loyalty.StateApplied},
	loyalty.StateNotApplied: {loyalty.StateSending, loyalty.StateUnknown, loyalty.StateNotApplied},
	loyalty.StateReview:     {loyalty.StateReview},
	loyalty.StateSettled:    {loyalty.StateReview, loyalty.StateSettled},
	loyalty.StateVoided:     {loyalty.StateVoided},
	loyalty.StateExpired:    {loyalty.StateQueued, loyalty.StateExpired},
}

// newMove is the step of an operation from a state to the next, with what it needs.
func newMove(id uuid.UUID, from, to loyalty.State) loyalty.Move {
	m := loyalty.Move{ID: id, From: from, To: to, At: noon.Add(time.Second)}
	if to == loyalty.StateSending {
		m.Baseline = decimal.NewNullDecimal(decimal.NewFromInt(2365))
		m.BaselineAt, m.SentAt, m.Deadline = noon, noon.Add(time.Second), noon.Add(16*time.Second)
	}
	return m
}

// bring plans an operation and moves it to a state.
func bring(t *testing.T, s loyalty.Store, o loyalty.Operation, state loyalty.State) {
	t.Helper()
	must(t, s.Plan(t.Context(), o))
	from := loyalty.StatePlanned
	for _, to := range ways[state] {
		must(t, s.Move(t.Context(), newMove(o.ID, from, to)))
		from = to
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

func wantSame(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// wantStored compares what the store holds with the operation.
func wantStored(t *testing.T, s loyalty.Store, want loyalty.Operation) {
	t.Helper()
	got, err := s.Find(t.Context(), want.ID)
	must(t, err)
	wantSame(t, "operation", describe(got), describe(kept(want)))
}

// wantNothing makes sure that the store holds none of the operations and no event of them.
func wantNothing(t *testing.T, s loyalty.Store, ops ...loyalty.Operation) {
	t.Helper()
	for _, o := range ops {
		_, err := s.Find(t.Context(), o.ID)
		wantError(t, err, loyalty.ErrNotFound)
		wantSame(t, "events", history(t, s, o.ID), "")
	}
}

// describe writes all fields of an operation, decimals by value and times with their zone.
func describe(o loyalty.Operation) string {
	return fmt.Sprint(
		o.ID, o.Register, o.Kind, o.State, o.Vendor, o.Client, o.Secret.Reveal(), o.ScannedAt, fmt.Sprintf("%q", o.Name),
		" points ", o.Points, o.Sum, o.Money, o.Percent, o.Parent, o.Link,
		" baseline ", o.Baseline, o.BaselineAt, o.PlannedAt, o.SentAt, o.Deadline, o.ChangedAt,
		" balance ", o.Balance, o.BalanceRead, int(o.Code), fmt.Sprintf("%q", o.Text), o.Reason, fmt.Sprintf("%q", o.Cashier),
		" waits for ", o.WaitsFor, fmt.Sprintf("%q", o.Note), " order ", o.Order,
	)
}

func describeAll(ops []loyalty.Operation) string {
	var lines strings.Builder
	for _, o := range ops {
		lines.WriteString("\n" + describe(o))
	}
	return lines.String()
}

// history writes the events of an operation, without their position.
func history(t *testing.T, s loyalty.Store, id uuid.UUID) string {
	t.Helper()
	events, err := s.Events(t.Context(), id)
	must(t, err)
	var lines strings.Builder
	for _, e := range events {
		fmt.Fprintf(&lines, "\n%s %s %q to %q, %q by %q: %q at %d",
			e.Operation, e.At, e.From, e.To, e.Reason, e.Actor, e.Note, e.Register)
	}
	return lines.String()
}
