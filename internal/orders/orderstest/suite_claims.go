package orderstest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// testClaimOfSum finds claims by what they are on, sums by value.
func testClaimOfSum(t *testing.T, s Store) {
	bill := uuid.New()
	claim, other := newClaim(bill, "129.2"), newClaim(bill, "129.21")
	foreign := newClaim(bill, "129.2")
	foreign.System = "other"
	for _, c := range []*orders.Claim{&claim, &other, &foreign} {
		settle(t, s, orders.Settlement{Claim: c})
		c.Version = 1
	}
	for _, sum := range []decimal.Decimal{money("129.20"), decimal.New(1292, -1), money("129.200000000000")} {
		got, err := s.Claim(t.Context(), system, bill, sum)
		must(t, err)
		wantSame(t, sum.String(), describeClaim(got), describeClaim(keptClaim(claim)))
		again := newClaim(bill, "1")
		again.Sum = sum
		_, err = s.Settle(t.Context(), orders.Settlement{Claim: &again})
		wantError(t, err, orders.ErrConflict)
	}
	for _, c := range []orders.Claim{other, foreign} {
		got, err := s.Claim(t.Context(), c.System, bill, c.Sum)
		must(t, err)
		wantSame(t, "claim", describeClaim(got), describeClaim(keptClaim(c)))
	}
	for _, nothing := range []orders.Claim{newClaim(uuid.New(), "129.2"), newClaim(bill, "129.22")} {
		_, err := s.Claim(t.Context(), system, nothing.Bill, nothing.Sum)
		wantError(t, err, orders.ErrNotFound)
	}
	got, err := s.Claim(t.Context(), system, bill, claim.Sum)
	must(t, err)
	got.Requests, got.Obstacle, got.LastAt, got.Fiscal = 3, orders.ObstacleSum, noon.Add(time.Hour), nil
	settle(t, s, orders.Settlement{Claim: &got})
	got.Version++
	after, err := s.Claim(t.Context(), system, bill, claim.Sum)
	must(t, err)
	wantSame(t, "changed", describeClaim(after), describeClaim(got))
}

// testClaims draws filters and compares each page with [orders.ClaimFilter.Matches].
func testClaims(t *testing.T, s Store) {
	states := []orders.ClaimState{orders.ClaimOpen, orders.ClaimPaid, orders.ClaimBooked, orders.ClaimBack}
	bills := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	var all []orders.Claim
	for i := range 24 {
		c := newClaim(bills[i%3], fmt.Sprint(i+1))
		c.State = states[i%4]
		c.FirstAt, c.LastAt = noon.Add(time.Duration(i*5%7)*time.Microsecond), noon.Add(time.Duration(i%6)*time.Microsecond)
		settle(t, s, orders.Settlement{Claim: &c})
		c.Version = 1
		all = append(all, keptClaim(c))
	}
	slices.SortFunc(all, func(a, b orders.Claim) int {
		return cmp.Or(a.FirstAt.Compare(b.FirstAt), bytes.Compare(a.ID[:], b.ID[:]))
	})
	rapid.Check(t, func(rt *rapid.T) {
		filter := orders.ClaimFilter{
			State: rapid.SampledFrom(append(states, "")).Draw(rt, "state"),
			Bill:  rapid.SampledFrom(append(bills, uuid.Nil, uuid.Nil, uuid.New())).Draw(rt, "bill"),
		}
		if rapid.Bool().Draw(rt, "by time") {
			filter.Since = noon.Add(time.Duration(rapid.IntRange(-1000, 7000).Draw(rt, "since")))
		}
		claims, err := s.Claims(t.Context(), filter)
		if err != nil {
			rt.Fatal(err)
		}
		var got, want strings.Builder
		for _, c := range claims {
			got.WriteString("\n" + describeClaim(c))
		}
		for _, c := range all {
			if filter.Matches(c) {
				want.WriteString("\n" + describeClaim(c))
			}
		}
		if got.String() != want.String() {
			rt.Fatalf("filter %+v:\n got %s\nwant %s", filter, &got, &want)
		}
	})
}

func testDecideClaim(t *testing.T, s Store) {
	at := noon.Add(time.Hour + 1234*time.Nanosecond)
	for _, to := range []orders.ClaimState{orders.ClaimBooked, orders.ClaimBack} {
		c := newClaim(uuid.New(), "100")
		settle(t, s, orders.Settlement{Claim: &c})
		for _, never := range []orders.ClaimState{orders.ClaimOpen, orders.ClaimPaid, ""} {
			_, err := s.DecideClaim(t.Context(), c.ID, never, "Оля", "ошибка", at)
			wantError(t, err, orders.ErrInvalid)
		}
		got, err := s.DecideClaim(t.Context(), c.ID, to, "Оля", "вернули наличными", at)
		must(t, err)
		c.State, c.Cashier, c.Note, c.DoneAt, c.Version = to, "Оля", "вернули наличными", at, 2
		wantSame(t, "decided", describeClaim(got), describeClaim(keptClaim(c)))
		stored, err := s.Claim(t.Context(), system, c.Bill, c.Sum)
		must(t, err)
		wantSame(t, "stored", describeClaim(stored), describeClaim(got))
		_, err = s.DecideClaim(t.Context(), c.ID, orders.ClaimBooked, "Петро", "", at)
		wantError(t, err, orders.ErrConflict)
		c.Version = 1 // judged before it was decided
		_, err = s.Settle(t.Context(), orders.Settlement{Claim: &c})
		wantError(t, err, orders.ErrConflict)
	}
	testDecidedAnew(t, s, at)
	_, err := s.DecideClaim(t.Context(), newID(), orders.ClaimBack, "Оля", "", at)
	wantError(t, err, orders.ErrNotFound)
	for to, kind := range map[orders.ClaimState]orders.EventKind{orders.ClaimBooked: orders.EventBooked, orders.ClaimBack: orders.EventReturned} {
		o := save(t, s, newOrder(tills, closed(orders.ReasonVoid)))
		c := newClaim(o.ID, "100")
		settle(t, s, orders.Settlement{Claim: &c})
		_, err := s.DecideClaim(t.Context(), c.ID, to, "Оля", "вернули", noon)
		must(t, err)
		wantSame(t, "history", history(t, s, o.ID), fmt.Sprintf("\n%s %s %s client 0 by \"Оля\", \"\" \"вернули\" v1 at 1", o.ID, noon, kind))
		wantStored(t, s, o)
	}
}

// testDecidedAnew decides of money that is asked for although it was said to be given back.
func testDecidedAnew(t *testing.T, s Store, at time.Time) {
	c := newClaim(uuid.New(), "100")
	settle(t, s, orders.Settlement{Claim: &c})
	c, err := s.DecideClaim(t.Context(), c.ID, orders.ClaimBack, "Оля", "", at)
	must(t, err)
	for _, to := range []orders.ClaimState{orders.ClaimBack, orders.ClaimBooked} {
		for _, asked := range []struct {
			at   time.Time
			want error
		}{{at.Add(-time.Microsecond), orders.ErrConflict}, {at, orders.ErrConflict}, {at.Add(time.Microsecond), nil}} {
			c.LastAt = asked.at
			settle(t, s, orders.Settlement{Claim: &c})
			c.Version++
			_, err := s.DecideClaim(t.Context(), c.ID, to, "Петро", "ещё раз", at.Add(time.Microsecond))
			if !errors.Is(err, asked.want) {
				t.Errorf("asked for %s after it was given back: %v", asked.at.Sub(at), err)
			}
		}
		at = at.Add(time.Microsecond)
		c, err = s.Claim(t.Context(), system, c.Bill, c.Sum)
		must(t, err)
		wantSame(t, "decided", fmt.Sprint(c.State, c.Cashier, c.Note), fmt.Sprint(to, "Петро", "ещё раз"))
	}
}
