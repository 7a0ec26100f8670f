//go:build killpoints && unix

// Package killpoint ends the till at the moment that SKIDKASSA_KILL_AT names; off.go tells what for.
package killpoint

import (
	"context"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// chosen is the moment, and how many times it is still passed.
var (
	chosen string
	left   atomic.Int64
)

func init() {
	point, times, given := strings.Cut(os.Getenv("SKIDKASSA_KILL_AT"), ":")
	chosen = point
	left.Store(1)
	if given {
		n, err := strconv.ParseInt(times, 10, 64)
		if err != nil || n < 1 {
			panic("SKIDKASSA_KILL_AT: want POINT or POINT:N")
		}
		left.Store(n)
	}
}

// reach ends the process if this is the moment. A signal, and not an exit: nothing is closed, flushed or told.
func reach(point string) {
	if point != chosen || left.Add(-1) != 0 {
		return
	}
	_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way; not one step more
}

type store struct{ loyalty.Store }

// Store watches the writes of a store.
func Store(inner loyalty.Store) loyalty.Store { return store{inner} }

func (s store) Plan(ctx context.Context, ops ...loyalty.Operation) error {
	reach("plan.before")
	err := s.Store.Plan(ctx, ops...)
	reach("plan.after")
	return err
}

func (s store) Move(ctx context.Context, moves ...loyalty.Move) error {
	for _, m := range moves {
		reach("move." + string(m.To) + ".before")
	}
	err := s.Store.Move(ctx, moves...)
	for _, m := range moves {
		reach("move." + string(m.To) + ".after")
	}
	return err
}

type service struct{ loyalty.Service }

// Service watches what is sent to a service.
func Service(inner loyalty.Service) loyalty.Service { return service{inner} }

func (s service) Accrue(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	reach("send.accrual.before")
	receipt, err := s.Service.Accrue(ctx, card, points)
	reach("send.accrual.after")
	return receipt, err
}

func (s service) Redeem(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	reach("send.redemption.before")
	receipt, err := s.Service.Redeem(ctx, card, points)
	reach("send.redemption.after")
	return receipt, err
}
