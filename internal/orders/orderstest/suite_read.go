package orderstest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

func testOrderNothing(t *testing.T, s Store) {
	save(t, s, newOrder())
	wantNothing(t, s, uuid.New())
	wantNothing(t, s, uuid.Nil)
}

// populate saves orders of every sort and gives them as a page shows them.
func populate(t *testing.T, s Store, count int) []orders.Order {
	t.Helper()
	reasons := []orders.Reason{orders.ReasonNone, orders.ReasonPoints, orders.ReasonExpired, orders.ReasonNone, orders.ReasonCheck}
	all := make([]orders.Order, 0, count)
	for i := range count {
		o := newOrder(bare, func(o *orders.Order) {
			o.ChangedAt = noon.Add(time.Duration(i*7%31) * time.Microsecond) // neither in order nor all different
			if i%4 == 1 {
				o.Source, o.Sum = orders.SourceTill, decimal.NewNullDecimal(decimal.Zero)
			}
			o.Table = []string{"", "Терраса 1", "Терраса 12"}[i%3]
			if i%3 > 0 {
				o.Guest = newGuest(int64(i%5 + 1))
			}
			if reason := reasons[i%len(reasons)]; reason != orders.ReasonNone && o.Source == orders.SourceTill {
				closed(orders.ReasonVoid)(o)
			} else if reason != orders.ReasonNone {
				closed(reason)(o)
			}
		})
		all = append(all, save(t, s, o))
	}
	slices.SortFunc(all, func(a, b orders.Order) int {
		return cmp.Or(b.ChangedAt.Compare(a.ChangedAt), bytes.Compare(b.ID[:], a.ID[:]))
	})
	return all
}

func testOrdersOrder(t *testing.T, s Store) {
	all := populate(t, s, 40)
	for _, test := range []struct{ limit, want int }{{0, 40}, {1, 1}, {7, 7}, {40, 40}, {orders.ListLimit, 40}, {-1, 40}} {
		got, err := s.Orders(t.Context(), orders.Filter{Limit: test.limit})
		must(t, err)
		wantSame(t, fmt.Sprint("limit ", test.limit), describeAll(got), describeAll(all[:test.want]))
	}
	last := all[len(all)-1]
	last.ChangedAt = noon.Add(time.Hour)
	last = save(t, s, last)
	got, err := s.Orders(t.Context(), orders.Filter{Limit: 1})
	must(t, err)
	wantSame(t, "after a change", describeAll(got), describeAll([]orders.Order{last}))
}

func testOrdersLargest(t *testing.T, s Store) {
	all := populate(t, s, orders.ListLimit+2)
	for _, limit := range []int{0, orders.ListLimit, orders.ListLimit + 1} {
		got, err := s.Orders(t.Context(), orders.Filter{Limit: limit})
		must(t, err)
		wantSame(t, "size", fmt.Sprint(len(got)), fmt.Sprint(orders.ListLimit))
		wantSame(t, "first", describe(got[0]), describe(all[0]))
		wantSame(t, "last", describe(got[len(got)-1]), describe(all[orders.ListLimit-1]))
	}
}

// testOrdersFilters draws filters and compares each page with [orders.Filter.Matches].
func testOrdersFilters(t *testing.T, s Store) {
	all := populate(t, s, 90)
	rapid.Check(t, func(rt *rapid.T) {
		filter := orders.Filter{
			State:  rapid.SampledFrom([]orders.State{"", orders.StateOpen, orders.StateClosed}).Draw(rt, "state"),
			Source: rapid.SampledFrom([]orders.Source{"", orders.SourceCheckIn, orders.SourceTill}).Draw(rt, "source"),
			Client: rapid.Int64Range(0, 6).Draw(rt, "client"),
			Table:  rapid.SampledFrom([]string{"", "", "Терраса 1", "терраса 1"}).Draw(rt, "table"),
			Limit:  rapid.IntRange(0, 60).Draw(rt, "limit"),
		}
		if rapid.Bool().Draw(rt, "by time") { // finer than the microseconds that a store keeps
			filter.ChangedBefore = noon.Add(time.Duration(rapid.IntRange(-2_000, 34_000).Draw(rt, "before")) * time.Nanosecond)
		}
		got, err := s.Orders(t.Context(), filter)
		if err != nil {
			rt.Fatal(err)
		}
		var want []orders.Order
		for _, o := range all {
			if filter.Matches(o) && (filter.Limit == 0 || len(want) < filter.Limit) {
				want = append(want, o)
			}
		}
		if got, want := describeAll(got), describeAll(want); got != want {
			rt.Fatalf("filter %+v:\n got %s\nwant %s", filter, got, want)
		}
	})
}

func testHistory(t *testing.T, s Store) {
	o, other := newOrder(), newOrder()
	o = save(t, s, o,
		orders.Event{At: noon, Kind: orders.EventOpened, Actor: "Петро", Order: other.ID, Seq: 77, Version: 9, Register: 5},
		orders.Event{At: noon, Kind: orders.EventBound, Client: 83532824, Actor: "Петро"})
	other = save(t, s, other, orders.Event{At: noon, Kind: orders.EventOpened})
	o = save(t, s, o)
	at := noon.Add(time.Hour + 1234*time.Nanosecond).In(time.FixedZone("", 3600))
	o.State, o.Reason = orders.StateClosed, orders.ReasonExpired
	o = save(t, s, o, orders.Event{At: at, Kind: orders.EventClosed, Reason: orders.ReasonExpired, Note: "хватит"})

	event := func(moment, what string) string {
		return fmt.Sprintf("\n%s 2025-03-01 %s +0000 UTC %s at %d", o.ID, moment, what, Register)
	}
	wantSame(t, "events", history(t, s, o.ID),
		event("12:00:00", `opened client 0 by "Петро", "" "" v1`)+
			event("12:00:00", `bound client 83532824 by "Петро", "" "" v1`)+
			event("13:00:00.000001", `closed client 0 by "", "expired" "хватит" v3`))

	events, err := s.OrderEvents(t.Context(), o.ID)
	must(t, err)
	others, err := s.OrderEvents(t.Context(), other.ID)
	must(t, err)
	positions := []int64{events[0].Seq, events[1].Seq, others[0].Seq, events[2].Seq}
	wantSame(t, "positions grow", fmt.Sprint(slices.IsSorted(positions), len(slices.Compact(positions))), "true 4")
}

// testOperationsOfOrder finds operations by their order, which the rules of guests rest on.
func testOperationsOfOrder(t *testing.T, s Store) {
	o := save(t, s, newOrder())
	first, second := newOperation(o.ID, 1), newOperation(o.ID, 2)
	must(t, s.Plan(t.Context(), newOperation(uuid.Nil, 3), first, newOperation(uuid.New(), 4)))
	bring(t, s, second, loyalty.StateConfirmed, "")
	ops, err := s.List(t.Context(), loyalty.Filter{Order: o.ID})
	must(t, err)
	wantSame(t, "operations", fmt.Sprint(len(ops), ops[0].ID, ops[1].ID), fmt.Sprint(2, second.ID, first.ID))
	for _, op := range ops {
		wantSame(t, "order", op.Order.String(), o.ID.String())
	}
	wantStored(t, s, o) // what operations do changes no order
}

func testCancelled(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	there, o := save(t, s, newOrder()), newOrder()
	_, err := s.SaveOrder(ctx, o)
	wantError(t, err, context.Canceled)
	_, err = s.Order(ctx, there.ID)
	wantError(t, err, context.Canceled)
	_, err = s.Orders(ctx, orders.Filter{})
	wantError(t, err, context.Canceled)
	_, err = s.OrderEvents(ctx, there.ID)
	wantError(t, err, context.Canceled)
	_, err = s.Settle(ctx, orders.Settlement{})
	wantError(t, err, context.Canceled)
	_, err = s.NextNumber(ctx)
	wantError(t, err, context.Canceled)
	_, err = s.OpenShift(ctx, newID(), "", noon)
	wantError(t, err, context.Canceled)
	_, err = s.CloseShift(ctx, "", noon)
	wantError(t, err, context.Canceled)
	_, err = s.Shift(ctx)
	wantError(t, err, context.Canceled)
	_, err = s.Shifts(ctx, 1)
	wantError(t, err, context.Canceled)
	_, err = s.ShiftTotals(ctx, newID())
	wantError(t, err, context.Canceled)
	_, err = s.Payments(ctx, there.ID)
	wantError(t, err, context.Canceled)
	_, err = s.Claim(ctx, system, there.ID, money("1"))
	wantError(t, err, context.Canceled)
	_, err = s.Claims(ctx, orders.ClaimFilter{})
	wantError(t, err, context.Canceled)
	_, err = s.DecideClaim(ctx, newID(), orders.ClaimBack, "", "", noon)
	wantError(t, err, context.Canceled)
	_, err = s.Letters(ctx, system, noon, 1)
	wantError(t, err, context.Canceled)
	_, err = s.NextLetter(ctx, system)
	wantError(t, err, context.Canceled)
	wantError(t, s.Posted(ctx, newID(), orders.LetterDelivered, noon, noon), context.Canceled)
	wantNothing(t, s, o.ID)
	wantStored(t, s, there)
}

// testConcurrent has readers look while an order changes: they never see half of a change.
func testConcurrent(t *testing.T, s Store) {
	const changes = 40
	o := save(t, s, newOrder(func(o *orders.Order) { o.Table = "1" }), orders.Event{Kind: orders.EventOpened})
	id := o.ID
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				if err := half(t.Context(), s, id); err != nil {
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
	for range changes {
		o.Table = fmt.Sprint(o.Version + 1)
		o.Dishes = o.Dishes[:1+o.Version%2]
		o.Dishes[0].Name = o.Table
		o = save(t, s, o, orders.Event{At: noon, Kind: orders.EventFed})
		o.Dishes = append(o.Dishes[:1], newOrder().Dishes[1])
	}
	close(done)
	readers.Wait()
}

// half reports an order of which only a part has been changed, or whose change has no event.
func half(ctx context.Context, s orders.Store, id uuid.UUID) error {
	got, err := s.Order(ctx, id)
	events, eventsErr := s.OrderEvents(ctx, id)
	if err := errors.Join(err, eventsErr); err != nil {
		return err
	}
	version := fmt.Sprint(got.Version)
	if got.Table != version || got.Version > 1 && (got.Dishes[0].Name != version || len(got.Dishes) != int(1+(got.Version-1)%2)) {
		return fmt.Errorf("half of a change: %s", describe(got))
	}
	if int64(len(events)) < got.Version {
		return fmt.Errorf("version %d with %d events", got.Version, len(events))
	}
	return nil
}
