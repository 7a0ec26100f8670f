package loyaltytest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// amended is a change of plans while an operation is unknown: something new that waits for it, something new that goes to
// the queue, and the end of what was planned before.
type amended struct {
	unknown, rest, back, whole loyalty.Operation
}

func newAmended(t *testing.T, s loyalty.Store) amended {
	t.Helper()
	a := amended{unknown: newOperation()}
	a.rest, a.back, a.whole = newOperation(waitingFor(a.unknown.ID)), newOperation(reversalOf(a.unknown.ID)), newOperation()
	a.back.WaitsFor = a.unknown.ID
	bring(t, s, a.unknown, loyalty.StateUnknown)
	must(t, s.Plan(t.Context(), a.rest))
	return a
}

func (a amended) change() loyalty.Amendment {
	return loyalty.Amendment{
		While: a.unknown.ID, Is: loyalty.StateUnknown,
		Plan: []loyalty.Operation{a.back, a.whole},
		Moves: []loyalty.Move{
			newMove(a.rest.ID, loyalty.StatePlanned, loyalty.StateVoided),
			newMove(a.whole.ID, loyalty.StatePlanned, loyalty.StateQueued), // planned in the same call
		},
	}
}

func (a amended) wantUnchanged(t *testing.T, s loyalty.Store) {
	t.Helper()
	wantNothing(t, s, a.back, a.whole)
	wantStored(t, s, a.rest)
}

func testAmend(t *testing.T, s loyalty.Store) {
	a := newAmended(t, s)
	change := a.change()
	must(t, s.Amend(t.Context(), change))
	wantStored(t, s, a.back)
	wantStored(t, s, change.Moves[0].Apply(a.rest))
	wantStored(t, s, change.Moves[1].Apply(a.whole))
	for id, want := range map[uuid.UUID]int{a.back.ID: 1, a.rest.ID: 2, a.whole.ID: 2} {
		events, err := s.Events(t.Context(), id)
		must(t, err)
		wantSame(t, "events", fmt.Sprint(len(events)), fmt.Sprint(want))
	}
	wantError(t, s.Amend(t.Context(), change), loyalty.ErrExists)
}

func testAmendOnlyWhile(t *testing.T, s loyalty.Store) {
	for i, state := range loyalty.States() {
		if state == loyalty.StateUnknown {
			continue
		}
		a := amended{unknown: newOperation(ofClient(int64(i + 1)))}
		bring(t, s, a.unknown, state)
		a.back = newOperation(ofClient(int64(i+1)), reversalOf(a.unknown.ID))
		change := loyalty.Amendment{While: a.unknown.ID, Is: loyalty.StateUnknown, Plan: []loyalty.Operation{a.back}}
		wantError(t, s.Amend(t.Context(), change), loyalty.ErrConflict)
		wantNothing(t, s, a.back)
		change.Is = state
		must(t, s.Amend(t.Context(), change))
		wantStored(t, s, a.back)
	}
	wantError(t, s.Amend(t.Context(), loyalty.Amendment{While: uuid.Must(uuid.NewV7()), Is: loyalty.StateUnknown}), loyalty.ErrNotFound)
}

func testAmendAtomic(t *testing.T, s loyalty.Store) {
	a := newAmended(t, s)
	for name, test := range map[string]struct {
		spoil func(*loyalty.Amendment)
		want  error
	}{
		"already there": {func(c *loyalty.Amendment) { c.Plan = append(c.Plan, a.rest) }, loyalty.ErrExists},
		"reversed twice": {
			func(c *loyalty.Amendment) { c.Plan = append(c.Plan, newOperation(reversalOf(a.unknown.ID))) },
			loyalty.ErrReversed,
		},
		"no such parent": {func(c *loyalty.Amendment) { c.Plan = append(c.Plan, orphan()) }, loyalty.ErrNotFound},
		"not planned":    {func(c *loyalty.Amendment) { c.Plan[1].State = loyalty.StateSending }, loyalty.ErrNoSuchMove},
		"cannot be":      {func(c *loyalty.Amendment) { c.Plan[1].Points = c.Plan[1].Points.Neg() }, nil},
		"from elsewhere": {
			func(c *loyalty.Amendment) {
				c.Moves[0] = newMove(a.rest.ID, loyalty.StateQueued, loyalty.StateVoided)
			},
			loyalty.ErrConflict,
		},
		"of nothing": {
			func(c *loyalty.Amendment) { c.Moves[0].ID = uuid.Must(uuid.NewV7()) },
			loyalty.ErrNotFound,
		},
		"no such step": {func(c *loyalty.Amendment) { c.Moves[1].To = loyalty.StateConfirmed }, loyalty.ErrNoSuchMove},
		"no baseline":  {func(c *loyalty.Amendment) { c.Moves[1].To = loyalty.StateSending }, loyalty.ErrNoBaseline},
		"a busy card": {
			func(c *loyalty.Amendment) {
				c.Moves[1] = newMove(a.whole.ID, loyalty.StatePlanned, loyalty.StateSending)
			},
			loyalty.ErrCardBusy,
		},
	} {
		change := a.change()
		test.spoil(&change)
		err := s.Amend(t.Context(), change)
		wantSame(t, name+": refused", fmt.Sprint(err != nil), "true")
		if test.want != nil && !errors.Is(err, test.want) {
			t.Errorf("%s: got error %v, want %v", name, err, test.want)
		}
		a.wantUnchanged(t, s)
	}
}

// testAmendRace lets a change of plans and the end of what it hangs on meet: the change is made before, or not at all.
func testAmendRace(t *testing.T, s loyalty.Store) {
	for client := range int64(20) {
		a := amended{unknown: newOperation(ofClient(client + 1))}
		a.back = newOperation(ofClient(client+1), reversalOf(a.unknown.ID))
		bring(t, s, a.unknown, loyalty.StateUnknown)
		settled := make(chan error)
		go func() {
			settled <- s.Move(t.Context(), newMove(a.unknown.ID, loyalty.StateUnknown, loyalty.StateApplied))
		}()
		err := s.Amend(t.Context(), loyalty.Amendment{While: a.unknown.ID, Is: loyalty.StateUnknown, Plan: []loyalty.Operation{a.back}})
		must(t, <-settled)
		if err != nil {
			wantError(t, err, loyalty.ErrConflict)
			wantNothing(t, s, a.back)
			continue
		}
		wantStored(t, s, a.back)
		planned, err := s.Events(t.Context(), a.back.ID)
		must(t, err)
		events, err := s.Events(t.Context(), a.unknown.ID)
		must(t, err)
		if last := events[len(events)-1]; planned[0].Seq > last.Seq {
			t.Errorf("changed after the operation was %s", last.To)
		}
	}
}
