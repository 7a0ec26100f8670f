//go:build killpoints && unix

// Package killpoint ends the till at the moment that KILLPOINT_AT names; off.go tells what for.
package killpoint

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// chosen is the moment, and left how many times it is still passed.
var (
	chosen string
	left   atomic.Int64
)

// The clock shows shown when the machine's shows anchor, and runs speed times as fast; speed is 0 when it was not set.
var (
	anchor, shown time.Time
	speed         time.Duration
)

func init() {
	point, times, given := strings.Cut(os.Getenv("KILLPOINT_AT"), ":")
	chosen = point
	left.Store(1)
	if given {
		n, err := strconv.ParseInt(times, 10, 64)
		if err != nil || n < 1 {
			panic("KILLPOINT_AT: want POINT or POINT:N")
		}
		left.Store(n)
	}
	if clock := os.Getenv("KILLPOINT_CLOCK"); clock != "" {
		var anchorNanos, shownNanos int64
		if _, err := fmt.Sscan(clock, &anchorNanos, &shownNanos, &speed); err != nil || speed < 1 {
			panic("KILLPOINT_CLOCK: want ANCHOR SHOWN SPEED")
		}
		anchor, shown = time.Unix(0, anchorNanos), time.Unix(0, shownNanos)
	}
}

// Now is the clock that the test has set.
func Now() time.Time {
	if speed == 0 {
		return time.Now()
	}
	return shown.Add(speed * time.Since(anchor))
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

func (s store) Amend(ctx context.Context, amendment loyalty.Amendment) error {
	reach("amend.before")
	err := s.Store.Amend(ctx, amendment)
	reach("amend.after")
	return err
}

func (s store) WipeSecrets(ctx context.Context, scannedBefore time.Time) (int, error) {
	reach("wipe.before")
	wiped, err := s.Store.WipeSecrets(ctx, scannedBefore)
	reach("wipe.after")
	return wiped, err
}

type till struct{ orders.TillStore }

// Orders watches the payments that a store of orders writes, and the answers to them.
func Orders(inner orders.TillStore) orders.TillStore { return till{inner} }

func (s till) Settle(ctx context.Context, settlement orders.Settlement) (orders.Order, error) {
	reach("settle.before")
	saved, err := s.TillStore.Settle(ctx, settlement)
	reach("settle.after")
	return saved, err
}

func (s till) Posted(ctx context.Context, id uuid.UUID, outcome orders.LetterOutcome, at, next time.Time) error {
	reach("posted.before")
	err := s.TillStore.Posted(ctx, id, outcome, at, next)
	reach("posted.after")
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
