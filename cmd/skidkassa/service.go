package main

import (
	"context"
	"sync"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// lateService is the Skidkabot service of a till whose secret is still being
// fetched: a keyring may take seconds, and the screen does not wait for it.
//
// Calls wait until the secret is there. While it cannot be had they fail as not
// sent, which is proven, since without the secret there is no client. Each call
// after a failure asks the keyring again, so that a till recovers as soon as
// somebody unlocks it.
type lateService struct {
	open   func(context.Context) (loyalty.Service, error)
	failed func(error) // told of every failure to open, from any goroutine

	mu   sync.Mutex
	last *opening
}

// opening is one try to get the secret.
type opening struct {
	done    chan struct{} // closed when the fields below are set
	service loyalty.Service
	err     error
}

// start begins to open the service without waiting for it.
func (s *lateService) start() { s.current() }

// current returns the try that is under way or was successful, or begins a new
// one after a failure.
func (s *lateService) current() *opening {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last != nil && !s.last.hasFailed() {
		return s.last
	}
	o := &opening{done: make(chan struct{})}
	s.last = o
	go func() {
		defer close(o.done)
		// Not the caller's context: the next caller waits for the same try.
		// The keyring has time limits of its own.
		if o.service, o.err = s.open(context.Background()); o.err != nil {
			s.failed(o.err)
		}
	}()
	return o
}

func (o *opening) hasFailed() bool {
	select {
	case <-o.done:
		return o.err != nil
	default:
		return false
	}
}

// get waits for the service.
func (s *lateService) get(ctx context.Context) (loyalty.Service, error) {
	o := s.current()
	select {
	case <-o.done:
		if o.err != nil {
			return nil, &skidkabot.NotSentError{Phase: phaseOf(o.err), Err: o.err}
		}
		return o.service, nil
	case <-ctx.Done():
		return nil, &skidkabot.NotSentError{Phase: skidkabot.PhaseSecret, Err: ctx.Err()}
	}
}

// phaseOf says whose fault it is that the service cannot be used: a full disk
// keeps the till from noting where its secret is, and is not the secret's.
func phaseOf(err error) skidkabot.Phase {
	if journal.IsFull(err) {
		return skidkabot.PhaseDisk
	}
	return skidkabot.PhaseSecret
}

// Balance implements [loyalty.Service].
func (s *lateService) Balance(ctx context.Context, card skidkabot.Card) (skidkabot.Account, error) {
	service, err := s.get(ctx)
	if err != nil {
		return skidkabot.Account{}, err
	}
	return service.Balance(ctx, card)
}

// Accrue implements [loyalty.Service].
func (s *lateService) Accrue(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	service, err := s.get(ctx)
	if err != nil {
		return skidkabot.Receipt{}, err
	}
	return service.Accrue(ctx, card, points)
}

// Redeem implements [loyalty.Service].
func (s *lateService) Redeem(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	service, err := s.get(ctx)
	if err != nil {
		return skidkabot.Receipt{}, err
	}
	return service.Redeem(ctx, card, points)
}

// Reach implements [loyalty.Service].
func (s *lateService) Reach(ctx context.Context) error {
	service, err := s.get(ctx)
	if err != nil {
		return err
	}
	return service.Reach(ctx)
}
