package main

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

var (
	testCard = skidkabot.Card{Vendor: 4, Client: customer, Secret: 31766}
	ten      = decimal.NewFromInt(10)
)

// fakeService answers every call; a call of a move waits for hold when it is set.
type fakeService struct{ hold chan struct{} }

func (s *fakeService) Balance(context.Context, skidkabot.Card) (skidkabot.Account, error) {
	return skidkabot.Account{
		FirstName: "Александр", Balance: decimal.NewFromInt(2365), ReadAt: time.Now(),
		HasAccruePercent: true, AccruePercent: decimal.NewFromInt(2),
	}, nil
}

func (s *fakeService) Accrue(context.Context, skidkabot.Card, decimal.Decimal) (skidkabot.Receipt, error) {
	if s.hold != nil {
		<-s.hold
	}
	return skidkabot.Receipt{Balance: decimal.NewFromInt(2375), BalanceRead: true}, nil
}

func (s *fakeService) Redeem(context.Context, skidkabot.Card, decimal.Decimal) (skidkabot.Receipt, error) {
	return skidkabot.Receipt{Balance: decimal.NewFromInt(2355), BalanceRead: true}, nil
}

// calls are the three calls of a service.
func calls(ctx context.Context, s loyalty.Service) map[string]func() error {
	return map[string]func() error{
		"balance": func() error { _, err := s.Balance(ctx, testCard); return err },
		"accrue":  func() error { _, err := s.Accrue(ctx, testCard, ten); return err },
		"redeem":  func() error { _, err := s.Redeem(ctx, testCard, ten); return err },
	}
}

func TestLateServicePassesCallsOn(t *testing.T) {
	late := &lateService{open: func(context.Context) (loyalty.Service, error) { return &fakeService{}, nil }}
	for name, call := range calls(t.Context(), late) {
		if err := call(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLateServiceWaitsForOneOpening(t *testing.T) {
	var openings atomic.Int32
	secret := make(chan struct{})
	late := &lateService{open: func(context.Context) (loyalty.Service, error) {
		openings.Add(1)
		<-secret
		return &fakeService{}, nil
	}}
	late.start()
	done := make(chan error)
	for _, call := range calls(t.Context(), late) {
		go func() { done <- call() }()
	}
	select {
	case err := <-done:
		t.Fatalf("a call did not wait: %v", err)
	default:
	}
	close(secret)
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := openings.Load(); got != 1 {
		t.Errorf("opened %d times, want once", got)
	}
}

// While the secret cannot be had, a call is proven unsent; as soon as it can
// be, the next call goes through.
func TestLateServiceRecovers(t *testing.T) {
	var told []error
	locked := true
	late := &lateService{
		open: func(context.Context) (loyalty.Service, error) {
			if locked {
				return nil, config.ErrKeyringLocked
			}
			return &fakeService{}, nil
		},
		failed: func(err error) { told = append(told, err) },
	}
	for name, call := range calls(t.Context(), late) {
		err := call()
		if got := skidkabot.OutcomeOf(err); got != skidkabot.NotSent {
			t.Errorf("%s: outcome %v, want not sent", name, got)
		}
		var notSent *skidkabot.NotSentError
		if !errors.As(err, &notSent) || notSent.Phase != skidkabot.PhaseSecret || !errors.Is(err, config.ErrKeyringLocked) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(told) != 3 {
		t.Errorf("told of %d failures, want each of the 3", len(told))
	}
	locked = false
	if _, err := late.Balance(t.Context(), testCard); err != nil {
		t.Errorf("after the unlock: %v", err)
	}
}

func TestLateServiceLetsACallerGo(t *testing.T) {
	secret := make(chan struct{})
	defer close(secret)
	late := &lateService{open: func(context.Context) (loyalty.Service, error) {
		<-secret
		return &fakeService{}, nil
	}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := late.Balance(ctx, testCard)
	if !errors.Is(err, context.Canceled) || skidkabot.OutcomeOf(err) != skidkabot.NotSent {
		t.Errorf("error %v, want a cancelled call, not sent", err)
	}
}

func (*fakeService) Reach(context.Context) error { return nil }
