package journal

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// idsOf gives what Each visits.
func idsOf(t *testing.T, j *Journal, filter loyalty.Filter) (ids []uuid.UUID) {
	t.Helper()
	must(t, j.Each(t.Context(), filter, func(o loyalty.Operation) error {
		ids = append(ids, o.ID)
		return nil
	}))
	return ids
}

// TestEachVisitsWhatTheListHas compares Each with the pages of List, read from their end.
func TestEachVisitsWhatTheListHas(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	fill(t, j, loyalty.ListLimit+100)
	for _, test := range append(everyday[:len(everyday):len(everyday)], everyday[0]) {
		filter := test.filter
		filter.Limit, filter.Before = 0, uuid.Nil
		var want []uuid.UUID
		for {
			page, err := j.List(t.Context(), filter)
			must(t, err)
			for _, o := range page {
				want = append(want, o.ID)
			}
			if len(page) < loyalty.ListLimit {
				break
			}
			filter.Before = page[len(page)-1].ID
		}
		slices.Reverse(want)
		if got := idsOf(t, j, test.filter); !slices.Equal(got, want) {
			t.Errorf("%s: %d operations, want %d in the order of their ids", test.name, len(got), len(want))
		}
	}
	if all := idsOf(t, j, loyalty.Filter{Limit: 1, Before: idAt(noon)}); len(all) != loyalty.ListLimit+100 {
		t.Errorf("%d operations, want all: Limit and Before take no part", len(all))
	}
}

// TestEachSeesOneMoment writes while operations are visited.
func TestEachSeesOneMoment(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	fill(t, j, 300)
	visited := 0
	must(t, j.Each(t.Context(), loyalty.Filter{}, func(o loyalty.Operation) error {
		if visited++; visited%100 == 1 {
			mustConfirm(t, j, int64(visited)) // the till goes on meanwhile
		}
		return nil
	}))
	if visited != 300 {
		t.Errorf("visited %d operations, want the 300 of the beginning", visited)
	}
	if now := len(idsOf(t, j, loyalty.Filter{})); now != 303 {
		t.Errorf("%d operations afterwards, want 303", now)
	}
}

func TestEachEnds(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	fill(t, j, 100)
	visited, enough := 0, errors.New("enough")
	err := j.Each(t.Context(), loyalty.Filter{}, func(loyalty.Operation) error {
		visited++
		return enough
	})
	if !errors.Is(err, enough) || CodeOf(err) != "" || visited != 1 {
		t.Errorf("got error %v after %d", err, visited)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = j.Each(ctx, loyalty.Filter{}, func(loyalty.Operation) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v of a reading that was given up", err)
	}
	never := func(loyalty.Operation) error { t.Error("visited"); return nil }
	if err := j.Each(t.Context(), loyalty.Filter{Sum: decimal.NewNullDecimal(decimal.New(1, maxDigits+1))}, never); !errors.Is(err, ErrRange) {
		t.Errorf("got error %v", err)
	}
	mustClose(t, j)
	wantCode(t, j.Each(t.Context(), loyalty.Filter{}, never), Other)
}

// TestEachIsConstantInMemory looks at what is in use while operations are visited. All of them would be megabytes.
func TestEachIsConstantInMemory(t *testing.T) {
	const operations = 5000
	j := mustOpen(t, newPath(t))
	fill(t, j, operations)
	peak, visited, begin := uint64(0), 0, heapInUse()
	must(t, j.Each(t.Context(), loyalty.Filter{}, func(loyalty.Operation) error {
		if visited++; visited%1000 == 0 {
			peak = max(peak, heapInUse())
		}
		return nil
	}))
	if grown := int64(peak) - int64(begin); visited != operations || grown > 512<<10 {
		t.Errorf("%d operations, %d bytes more in use", visited, grown)
	}
}

func heapInUse() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
