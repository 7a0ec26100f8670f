package stage

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// Journal answers from memory, by the definition of [loyalty.Filter].
type Journal struct {
	Ops     []loyalty.Operation // newest first
	History []loyalty.Event
	Err     error
	Limits  []int // of the pages that were asked for
	Counts  int   // how often totals were counted
}

// Find as [loyalty.Store.Find].
func (j *Journal) Find(_ context.Context, id uuid.UUID) (loyalty.Operation, error) {
	for _, op := range j.Ops {
		if op.ID == id {
			return op, j.Err
		}
	}
	return loyalty.Operation{}, cmp.Or(j.Err, loyalty.ErrNotFound)
}

// List as [loyalty.Store.List].
func (j *Journal) List(_ context.Context, f loyalty.Filter) ([]loyalty.Operation, error) {
	j.Limits = append(j.Limits, f.Limit)
	var page []loyalty.Operation
	for _, op := range j.Ops {
		if f.Matches(op) && len(page) < f.Limit {
			page = append(page, op)
		}
	}
	return page, j.Err
}

// Events as [loyalty.Store.Events].
func (j *Journal) Events(_ context.Context, id uuid.UUID) ([]loyalty.Event, error) {
	var events []loyalty.Event
	for _, event := range j.History {
		if event.Operation == id {
			events = append(events, event)
		}
	}
	return events, j.Err
}

// Totals as [loyalty.Store.Totals].
func (j *Journal) Totals(_ context.Context, f loyalty.Filter) ([]loyalty.Total, error) {
	j.Counts++
	var totals []loyalty.Total
	for _, op := range j.Ops {
		if f.Matches(op) {
			totals = append(totals, loyalty.Total{Kind: op.Kind, State: op.State, Link: op.Link, Reason: op.Reason, Count: 1, Points: op.Points})
		}
	}
	return totals, j.Err
}

// Numbered gives an operation an id that grows with n.
func Numbered(op loyalty.Operation, n int) loyalty.Operation {
	op.ID = uuid.UUID{4: byte(n >> 8), 5: byte(n), 6: 0x70, 8: 0x80}
	return op
}

// Written is a journal of one operation of each state, the oldest a day before, and a pair with a reversal.
func Written() *Journal {
	j := &Journal{}
	for i, state := range loyalty.States() {
		op := Numbered(Past(loyalty.Accrual, state, fmt.Sprint(100+i)), i+1)
		if i == 0 {
			op.PlannedAt = Opening().AddDate(0, 0, -1)
		}
		op.Client = int64(SomeClient - i%2)
		j.Ops = append([]loyalty.Operation{op}, j.Ops...)
	}
	back := Numbered(Past(loyalty.Accrual, loyalty.StateConfirmed, "125"), 50)
	back.Link, back.Parent, back.Name = loyalty.LinkReversal, j.Ops[0].ID, "Второй Покупатель"
	j.Ops = append([]loyalty.Operation{back}, j.Ops...)
	return j
}

// OperationWithHistory is a journal of one operation that became unknown and then review.
func OperationWithHistory(state loyalty.State, change ...func(*loyalty.Operation)) (*Journal, loyalty.Operation) {
	op := Numbered(Past(loyalty.Redemption, state, "125"), 1)
	op.Baseline, op.BaselineAt, op.Money = Number("2365"), op.PlannedAt, Number("1125")
	op.Deadline = Opening().Add(time.Minute)
	for _, c := range change {
		c(&op)
	}
	event := func(at time.Duration, to loyalty.State, reason loyalty.Reason, actor, note string) loyalty.Event {
		return loyalty.Event{Operation: op.ID, At: op.PlannedAt.Add(at), To: to, Reason: reason, Actor: actor, Note: note}
	}
	return &Journal{Ops: []loyalty.Operation{op}, History: []loyalty.Event{
		event(0, loyalty.StatePlanned, "", "Анна", "перепутали чек"),
		event(time.Second, loyalty.StateSending, "", "", ""),
		event(16*time.Second, loyalty.StateUnknown, "timeout", "", ""),
		event(3*time.Minute, state, loyalty.ReasonAmbiguous, "", ""),
	}}, op
}

// PairWritten is a journal of a redemption with its accrual, both confirmed.
func PairWritten() (*Journal, loyalty.Operation) {
	op := Numbered(Past(loyalty.Redemption, loyalty.StateConfirmed, "125"), 1)
	rest := Numbered(Past(loyalty.Accrual, loyalty.StateConfirmed, "22"), 2)
	rest.Parent, rest.Link, rest.WaitsFor = op.ID, loyalty.LinkRemainder, op.ID
	return &Journal{Ops: []loyalty.Operation{rest, op}}, op
}

// Past makes an operation of an earlier run.
func Past(kind loyalty.Kind, state loyalty.State, points string) loyalty.Operation {
	at := Opening().Add(-time.Hour)
	return loyalty.Operation{
		ID: loyalty.NewID(), Kind: kind, State: state, Name: "Александр Татарченко", Vendor: Vendor, Client: SomeClient,
		Points: Number(points), Sum: Number("1250"), Money: Number("1250"), Percent: Number("2"), PlannedAt: at, ChangedAt: at, ScannedAt: at,
		Deadline: Opening(),
	}
}

// LeftBehind is one of each matter.
func LeftBehind() loyalty.Recovery {
	var order byte
	ordered := func(op loyalty.Operation) []loyalty.Operation {
		order++
		op.ID = uuid.UUID{6: 0x70, 8: 0x80, 15: order}
		return []loyalty.Operation{op}
	}
	return loyalty.Recovery{
		Unknown: ordered(Past(loyalty.Redemption, loyalty.StateUnknown, "11")),
		Voided:  ordered(Past(loyalty.Redemption, loyalty.StateVoided, "12")),
		Offered: ordered(Past(loyalty.Accrual, loyalty.StatePlanned, "14")),
		Review:  ordered(Past(loyalty.Redemption, loyalty.StateReview, "15")),
	}
}

// BusyHour is what a till has done in an hour when all went well, the newest first.
func BusyHour() []loyalty.Operation {
	var ops []loyalty.Operation
	for i, guest := range []struct {
		kind         loyalty.Kind
		name         string
		points, sum  string
		minutesSince int
	}{
		{loyalty.Accrual, "Мария Коваленко", "48", "2400", 3},
		{loyalty.Accrual, "Александр Татарченко", "15", "774", 9},
		{loyalty.Redemption, "Александр Татарченко", "86", "860", 9},
		{loyalty.Accrual, "Фёдор Ёлкин", "9", "470", 17},
		{loyalty.Accrual, "Анна Ли", "31", "1560", 26},
		{loyalty.Redemption, "Ирина Шевчук", "200", "2000", 41},
		{loyalty.Accrual, "Олег Мороз", "7", "390", 55},
	} {
		op := Numbered(Past(guest.kind, loyalty.StateConfirmed, guest.points), 90-i)
		op.Name, op.Client, op.Sum, op.Money = guest.name, SomeClient+int64(i), Number(guest.sum), Number(guest.sum)
		op.PlannedAt = Opening().Add(-time.Duration(guest.minutesSince) * time.Minute)
		op.ChangedAt, op.ScannedAt = op.PlannedAt, op.PlannedAt
		ops = append(ops, op)
	}
	return ops
}
