package orderstest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// post writes a letter beside a claim of its own.
func post(t *testing.T, s Store, l orders.Letter) {
	t.Helper()
	settle(t, s, orders.Settlement{Letter: &l})
}

// wantLetters compares the letters that may be sent at a moment, by their bodies.
func wantLetters(t *testing.T, s Store, now time.Time, limit int, want ...string) []orders.Letter {
	t.Helper()
	letters, err := s.Letters(t.Context(), system, now, limit)
	must(t, err)
	var got []string
	for _, l := range letters {
		got = append(got, string(l.Body))
	}
	wantSame(t, "letters", fmt.Sprint(got), fmt.Sprint(want))
	return letters
}

func wantNext(t *testing.T, s Store, want time.Time) {
	t.Helper()
	next, err := s.NextLetter(t.Context(), system)
	must(t, err)
	wantSame(t, "next", fmt.Sprint(next.IsZero(), next), fmt.Sprint(want.IsZero(), keptTime(want)))
}

func testLettersReplace(t *testing.T, s Store) {
	bill, other := uuid.New(), uuid.New()
	foreign := newLetter(bill, "of another system")
	foreign.System = "other"
	post(t, s, foreign)
	wantLetters(t, s, noon.Add(time.Hour), 10)
	wantNext(t, s, time.Time{})
	post(t, s, newLetter(bill, "no"))
	post(t, s, newLetter(other, "of another bill"))
	replaced := wantLetters(t, s, noon.Add(time.Hour), 10, "no", "of another bill")[0]
	post(t, s, newLetter(bill, "yes"))
	wantLetters(t, s, noon.Add(time.Hour), 10, "of another bill", "yes")
	for _, outcome := range []orders.LetterOutcome{orders.LetterWaiting, orders.LetterDelivered} { // it was on its way
		must(t, s.Posted(t.Context(), replaced.ID, outcome, noon, noon))
	}
	left := wantLetters(t, s, noon.Add(time.Hour), 10, "of another bill", "yes")
	for _, l := range left {
		must(t, s.Posted(t.Context(), l.ID, orders.LetterDelivered, noon, time.Time{}))
	}
	wantLetters(t, s, noon.Add(time.Hour), 10)
	post(t, s, newLetter(bill, "yes again"))
	wantLetters(t, s, noon.Add(time.Hour), 10, "yes again")
	elsewhere, err := s.Letters(t.Context(), "other", noon.Add(time.Hour), 10)
	must(t, err)
	wantSame(t, "of the other system", describeLetter(elsewhere[0]), describeLetter(keptLetter(foreign)))
}

func testLettersPosted(t *testing.T, s Store) {
	l := newLetter(uuid.New(), "yes\x00\xff")
	post(t, s, l)
	wantNext(t, s, l.NextAt)
	wantLetters(t, s, l.NextAt.Add(-time.Microsecond), 10)
	for attempt := range 3 {
		got := wantLetters(t, s, l.NextAt, 10, string(l.Body))[0]
		l.Attempts = attempt
		wantSame(t, "letter", describeLetter(got), describeLetter(keptLetter(l)))
		l.NextAt = l.NextAt.Add(time.Minute)
		must(t, s.Posted(t.Context(), l.ID, orders.LetterWaiting, noon, l.NextAt))
		wantLetters(t, s, l.NextAt.Add(-time.Microsecond), 10)
		wantNext(t, s, l.NextAt)
	}
	for _, outcome := range []orders.LetterOutcome{orders.LetterDelivered, orders.LetterStale, orders.LetterRefused} {
		wantLetters(t, s, l.NextAt, 10, string(l.Body))
		must(t, s.Posted(t.Context(), l.ID, outcome, noon, time.Time{}))
		wantLetters(t, s, l.NextAt, 10)
		wantNext(t, s, time.Time{})
		must(t, s.Posted(t.Context(), l.ID, orders.LetterWaiting, noon, noon)) // what has ended stays so
		wantLetters(t, s, l.NextAt, 10)
		l.ID = newID()
		l.Attempts = 0
		post(t, s, l)
	}
	wantError(t, s.Posted(t.Context(), newID(), orders.LetterDelivered, noon, noon), orders.ErrNotFound)
}

func testLettersOrder(t *testing.T, s Store) {
	var late, soon orders.Letter
	late = newLetter(uuid.New(), "0")
	late.NextAt = noon.Add(time.Hour)
	post(t, s, late)
	for i := 1; i < 6; i++ {
		soon = newLetter(uuid.New(), fmt.Sprint(i))
		soon.NextAt = noon.Add(-time.Duration(i) * time.Minute) // the newest first, were they sorted by it
		post(t, s, soon)
	}
	wantNext(t, s, soon.NextAt)
	wantLetters(t, s, noon, 10, "1", "2", "3", "4", "5")
	wantLetters(t, s, noon, 2, "1", "2")
	wantLetters(t, s, noon, 0)
	wantLetters(t, s, noon.Add(time.Hour), 3, "0", "1", "2")
}
