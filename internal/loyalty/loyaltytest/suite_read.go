package loyaltytest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func testFindNothing(t *testing.T, s loyalty.Store) {
	must(t, s.Plan(t.Context(), newOperation()))
	_, err := s.Find(t.Context(), uuid.Must(uuid.NewV7()))
	wantError(t, err, loyalty.ErrNotFound)
	_, err = s.Find(t.Context(), uuid.Nil)
	wantError(t, err, loyalty.ErrNotFound)
}

// newest plans operations in a jumbled order and gives them back newest first, as a page shows them.
func newest(t *testing.T, s loyalty.Store, count int) []loyalty.Operation {
	t.Helper()
	ops := make([]loyalty.Operation, count)
	for i := range ops {
		ops[i] = newOperation(ofClient(int64(i + 1)))
	}
	slices.Reverse(ops)
	half := count / 2
	must(t, s.Plan(t.Context(), ops[half:]...))
	must(t, s.Plan(t.Context(), ops[:half]...))
	return ops
}

func testListOrder(t *testing.T, s loyalty.Store) {
	ops := newest(t, s, 12)
	for _, test := range []struct{ limit, want int }{{0, 12}, {1, 1}, {5, 5}, {12, 12}, {loyalty.ListLimit, 12}, {-1, 12}} {
		got, err := s.List(t.Context(), loyalty.Filter{Limit: test.limit})
		must(t, err)
		wantSame(t, fmt.Sprint("limit ", test.limit), describeAll(got), describeAll(ops[:test.want]))
	}
}

func testListPages(t *testing.T, s loyalty.Store) {
	ops := newest(t, s, 10)
	var got []loyalty.Operation
	filter := loyalty.Filter{Limit: 3}
	for len(got) <= len(ops) {
		page, err := s.List(t.Context(), filter)
		must(t, err)
		if len(page) == 0 {
			break
		}
		got = append(got, page...)
		filter.Before = page[len(page)-1].ID
	}
	wantSame(t, "all pages", describeAll(got), describeAll(ops))
}

func testListLargest(t *testing.T, s loyalty.Store) {
	ops := newest(t, s, loyalty.ListLimit+2)
	for _, limit := range []int{0, loyalty.ListLimit, loyalty.ListLimit + 1} {
		got, err := s.List(t.Context(), loyalty.Filter{Limit: limit})
		must(t, err)
		wantSame(t, "size", fmt.Sprint(len(got)), fmt.Sprint(loyalty.ListLimit))
		wantSame(t, "newest", describe(got[0]), describe(ops[0]))
		wantSame(t, "oldest", describe(got[len(got)-1]), describe(ops[loyalty.ListLimit-1]))
	}
}

func testListCopies(t *testing.T, s loyalty.Store) {
	ops := newest(t, s, 2)
	page, err := s.List(t.Context(), loyalty.Filter{})
	must(t, err)
	page[0].Name, page[1] = "changed by the caller", loyalty.Operation{}
	wantStored(t, s, ops[0])
	wantStored(t, s, ops[1])
}

// sums are few, so that filters meet operations; two are the same value.
var sums = []string{"0", "0.1", "0.10", "100", "100.00", "1250.5", "1e12"}

// testListFilters draws filters and compares each page with [loyalty.Filter.Matches].
func testListFilters(t *testing.T, s loyalty.Store) {
	all := populate(t, s)
	rapid.Check(t, func(rt *rapid.T) {
		filter := drawFilter(rt, all)
		got, err := s.List(t.Context(), filter)
		if err != nil {
			rt.Fatal(err)
		}
		var want []loyalty.Operation
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

// populate plans operations of every state, kind and link over two vendors, and gives them newest first.
func populate(t *testing.T, s loyalty.Store) []loyalty.Operation {
	t.Helper()
	var all []loyalty.Operation
	links := []loyalty.Link{loyalty.LinkNone, loyalty.LinkRemainder, loyalty.LinkRepeat, loyalty.LinkReversal}
	for i := range 8 * len(loyalty.States()) {
		state := loyalty.States()[i%len(loyalty.States())]
		o := newOperation(func(o *loyalty.Operation) {
			o.Vendor, o.Client = int64(4+i%3%2), int64(i%17+1)
			if state == loyalty.StateSending || state == loyalty.StateUnknown {
				o.Client = int64(1000 + i) // I4: their cards are their own
			}
			o.Kind = []loyalty.Kind{loyalty.Accrual, loyalty.Redemption}[i/2%2]
			o.Sum = decimal.RequireFromString(sums[i%len(sums)])
			o.Money = decimal.Zero
			o.PlannedAt = noon.Add(time.Duration(i*7%31) * time.Microsecond) // not in the order of the ids
			if link := links[i%len(links)]; link != loyalty.LinkNone && i > 0 {
				o.Parent, o.Link = all[i/3].ID, link
			}
			if i%5 == 4 {
				o.WaitsFor = all[i/6].ID
			}
			if i%4 == 3 {
				o.Order = uuid.UUID{0: byte(i % 5), 15: 1} // several of each
			}
		})
		o.Points = decimal.NewFromInt(int64(i + 1))
		if state == loyalty.StateSettled { // decided one way or the other
			bring(t, s, o, loyalty.StateReview)
			settled := newMove(o.ID, loyalty.StateReview, state)
			settled.Reason = []loyalty.Reason{loyalty.ReasonDecidedYes, loyalty.ReasonDecidedNo}[i/len(loyalty.States())%2]
			must(t, s.Move(t.Context(), settled))
		} else {
			bring(t, s, o, state)
		}
		stored, err := s.Find(t.Context(), o.ID)
		must(t, err)
		all = append(all, stored)
	}
	slices.Reverse(all)
	return all
}

func drawFilter(t *rapid.T, all []loyalty.Operation) loyalty.Filter {
	some := rapid.SampledFrom(all)
	maybe := func(name string) bool { return rapid.IntRange(0, 2).Draw(t, "with "+name) == 0 }
	var f loyalty.Filter
	if maybe("states") {
		f.States = rapid.SliceOfN(rapid.SampledFrom(loyalty.States()), 1, 5).Draw(t, "states")
	}
	if maybe("kind") {
		f.Kind = some.Draw(t, "of kind").Kind
	}
	if maybe("link") {
		f.Link = some.Draw(t, "of link").Link
	}
	if maybe("vendor") {
		f.Vendor = rapid.SampledFrom([]int64{4, 5, 6}).Draw(t, "vendor")
	}
	if maybe("client") {
		f.Client = some.Draw(t, "of client").Client
	}
	if maybe("parent") {
		f.Parent = some.Draw(t, "of parent").Parent
	}
	if maybe("what it waits for") {
		f.WaitsFor = some.Draw(t, "that waits for").WaitsFor
	}
	if maybe("order") {
		f.Order = some.Draw(t, "of order").Order
	}
	if maybe("sum") {
		f.Sum = decimal.NewNullDecimal(decimal.RequireFromString(rapid.SampledFrom(sums).Draw(t, "sum")))
	}
	if maybe("since") {
		f.Since = drawMoment(t, "since")
	}
	if maybe("until") {
		f.Until = drawMoment(t, "until")
	}
	if maybe("before") {
		f.Before = some.Draw(t, "before").ID
	}
	f.Limit = rapid.IntRange(0, 20).Draw(t, "limit")
	return f
}

// drawMoment draws a moment around the population's, finer than the microseconds that a store keeps.
func drawMoment(t *rapid.T, name string) time.Time {
	return noon.Add(time.Duration(rapid.IntRange(-2_000, 34_000).Draw(t, name)) * time.Nanosecond)
}

// testTotalsFilters draws filters and compares the totals with a count of what passes.
func testTotalsFilters(t *testing.T, s loyalty.Store) {
	all := populate(t, s)
	rapid.Check(t, func(rt *rapid.T) {
		filter := drawFilter(rt, all)
		got, err := s.Totals(t.Context(), filter)
		if err != nil {
			rt.Fatal(err)
		}
		page := filter
		page.Before, page.Limit = uuid.Nil, 0
		want := map[string]int64{}
		for _, o := range all {
			if page.Matches(o) {
				want[fmt.Sprint(o.Kind, o.State, o.Link, decision(o), " count")]++
				want[fmt.Sprint(o.Kind, o.State, o.Link, decision(o), " points")] += o.Points.IntPart()
			}
		}
		counted := map[string]int64{}
		for _, total := range got {
			counted[fmt.Sprint(total.Kind, total.State, total.Link, total.Reason, " count")] += total.Count
			counted[fmt.Sprint(total.Kind, total.State, total.Link, total.Reason, " points")] += total.Points.IntPart()
		}
		if !maps.Equal(counted, want) || 2*len(got) != len(want) {
			rt.Fatalf("filter %+v:\n got %v\nwant %v", filter, got, want)
		}
	})
}

// decision is the reason by which totals tell settled operations apart.
func decision(o loyalty.Operation) loyalty.Reason {
	if o.State == loyalty.StateSettled {
		return o.Reason
	}
	return loyalty.ReasonNone
}

// testTotalsHuge sums more points than 64 bits hold.
func testTotalsHuge(t *testing.T, s loyalty.Store) {
	totals, err := s.Totals(t.Context(), loyalty.Filter{})
	must(t, err)
	wantSame(t, "totals of nothing", fmt.Sprint(len(totals)), "0")
	points := decimal.NewFromInt(math.MaxInt64 - 1)
	for client := range int64(4) {
		must(t, s.Plan(t.Context(), newOperation(ofClient(client+1), func(o *loyalty.Operation) { o.Points = points })))
	}
	totals, err = s.Totals(t.Context(), loyalty.Filter{Kind: loyalty.Accrual})
	must(t, err)
	wantSame(t, "kinds of total", fmt.Sprint(len(totals)), "1")
	wantSame(t, "points", totals[0].Points.String(), points.Mul(decimal.NewFromInt(4)).String())
}
