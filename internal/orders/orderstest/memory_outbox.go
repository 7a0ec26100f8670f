package orderstest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// putLetter writes a letter, which replaces those of its bill that are not delivered yet.
func (s *MemoryStore) putLetter(l orders.Letter) {
	l = keptLetter(l)
	for i := range s.till.letters {
		other := &s.till.letters[i]
		if other.DoneAt.IsZero() && other.System == l.System && other.Bill == l.Bill {
			other.DoneAt, other.Outcome = l.CreatedAt, orders.LetterReplaced
		}
	}
	s.till.letters = append(s.till.letters, l)
	slices.SortFunc(s.till.letters, func(a, b orders.Letter) int { return bytes.Compare(a.ID[:], b.ID[:]) })
}

func keptLetter(l orders.Letter) orders.Letter {
	l.Body = slices.Clone(l.Body)
	l.CreatedAt, l.NextAt, l.DoneAt = keptTime(l.CreatedAt), keptTime(l.NextAt), keptTime(l.DoneAt)
	return l
}

// waiting gives the letters of a system that go next, one for each bill; mu is held.
func (s *MemoryStore) waiting(system string) []orders.Letter {
	var next []orders.Letter
	bills := map[uuid.UUID]bool{}
	for _, l := range s.till.letters {
		if l.System == system && l.DoneAt.IsZero() && !bills[l.Bill] {
			bills[l.Bill] = true
			next = append(next, keptLetter(l))
		}
	}
	return next
}

// Letters implements [orders.TillStore].
func (s *MemoryStore) Letters(ctx context.Context, system string, now time.Time, limit int) ([]orders.Letter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	letters := slices.DeleteFunc(s.waiting(system), func(l orders.Letter) bool { return l.NextAt.After(now) })
	return letters[:bounded(limit, len(letters))], nil
}

// NextLetter implements [orders.TillStore].
func (s *MemoryStore) NextLetter(ctx context.Context, system string) (time.Time, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var next time.Time
	for _, l := range s.waiting(system) {
		if next.IsZero() || l.NextAt.Before(next) {
			next = l.NextAt
		}
	}
	return next, nil
}

// Posted implements [orders.TillStore].
func (s *MemoryStore) Posted(ctx context.Context, id uuid.UUID, outcome orders.LetterOutcome, at, next time.Time) error {
	if err := s.begin(ctx, "Posted"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.till.letters, func(l orders.Letter) bool { return l.ID == id })
	if i < 0 {
		return fmt.Errorf("orderstest: letter %s: %w", id, orders.ErrNotFound)
	}
	l := &s.till.letters[i]
	if !l.DoneAt.IsZero() {
		return nil
	}
	l.Attempts++
	if outcome == orders.LetterWaiting {
		l.NextAt = keptTime(next)
		return nil
	}
	l.DoneAt, l.Outcome = keptTime(at), outcome
	return nil
}
