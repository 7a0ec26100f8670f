package tui

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Limits of entering a PIN. After so many wrong ones none is taken for a pause.
const (
	PINPause     = 30 * time.Second
	pinTries     = 3
	pinMaxDigits = 12
)

// PINCount is how often one person's PIN was wrong in a row.
type PINCount struct {
	Wrong int       // since the last pause
	Until time.Time // no PIN is taken before; zero or past: one is
}

// PINCounts keeps the counts of wrong PINs for longer than a screen stands, and than the program runs: neither leaving nor
// a restart gives more tries. Each PIN has its own, so that nobody clears another's by knowing theirs. Of is "admin" or
// "cashier/" with the name. What a PINCounts cannot tell or keep is an error; then no PIN is checked.
type PINCounts interface {
	Count(ctx context.Context, of string) (PINCount, error)
	Keep(ctx context.Context, of string, count PINCount) error
}

// AdminCount and CashierCount begin the names of the counts.
const (
	AdminCount   = "admin"
	CashierCount = "cashier/"
)

// Pause is how long no PIN is taken yet.
func (c PINCount) Pause(now time.Time) time.Duration { return max(0, c.Until.Sub(now)) }

// left is how many tries there are before the pause.
func (c PINCount) left() int { return max(0, pinTries-c.Wrong) }

// tried is the count with one more wrong try.
func (c PINCount) tried(now time.Time) PINCount {
	if c.Wrong+1 >= pinTries {
		return PINCount{Until: now.Add(PINPause)}
	}
	return PINCount{Wrong: c.Wrong + 1}
}

// PINAnswer is what came of trying a PIN.
type PINAnswer struct {
	Right bool
	Unset bool     // no PIN is set
	Count PINCount // of the wrong ones, as it stands now
	Err   error    // it could not be tried; nothing is opened. [ErrUncounted], or the PIN's own
}

// ErrUncounted means that a try could not be counted, so that it was not made.
var ErrUncounted = errors.New("the wrong PINs cannot be counted")

// PINGuard tries PINs and counts the wrong ones.
type PINGuard struct {
	Counts PINCounts
	Now    func() time.Time
}

// Try has a PIN checked. The try is counted as a wrong one before that: who ends the program meanwhile has had it. An
// empty one is not tried, and only tells whether there is one to be asked for.
func (g PINGuard) Try(ctx context.Context, of string, pin PIN, typed string) PINAnswer {
	needed, err := pin.Needed(ctx)
	switch {
	case err != nil:
		return PINAnswer{Err: err}
	case !needed:
		return PINAnswer{Unset: true}
	}
	before, err := g.count(ctx, of)
	switch {
	case err != nil:
		return PINAnswer{Err: err}
	case typed == "", before.Pause(g.Now()) > 0:
		return PINAnswer{Count: before}
	}
	after := before.tried(g.Now())
	if err := g.Counts.Keep(ctx, of, after); err != nil {
		return PINAnswer{Err: fmt.Errorf("%w: %w", ErrUncounted, err)}
	}
	right, err := pin.Check(ctx, typed)
	switch {
	case err != nil: // nothing was learned by it; if this count cannot be kept, the stricter one stays
		_ = g.Counts.Keep(ctx, of, before)
		return PINAnswer{Err: err, Count: before}
	case right:
		_ = g.Counts.Keep(ctx, of, PINCount{})
		return PINAnswer{Right: true}
	}
	return PINAnswer{Count: after}
}

// count reads a count. A pause that a clock put far into the future is cut to its length.
func (g PINGuard) count(ctx context.Context, of string) (PINCount, error) {
	count, err := g.Counts.Count(ctx, of)
	if err != nil {
		return PINCount{}, fmt.Errorf("%w: %w", ErrUncounted, err)
	}
	if count.Pause(g.Now()) <= PINPause {
		return count, nil
	}
	count.Until = g.Now().Add(PINPause)
	if err := g.Counts.Keep(ctx, of, count); err != nil {
		return PINCount{}, fmt.Errorf("%w: %w", ErrUncounted, err)
	}
	return count, nil
}

// pinMemory keeps the counts while the program runs.
type pinMemory struct {
	mu     sync.Mutex
	counts map[string]PINCount
}

func (p *pinMemory) Count(_ context.Context, of string) (PINCount, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts[of], nil
}

func (p *pinMemory) Keep(_ context.Context, of string, count PINCount) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts[of] = count
	return nil
}
