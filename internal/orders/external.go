package orders

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// ClaimChanged is published on the hub after every change of a claim.
type ClaimChanged struct{ Claim Claim }

// DoublePaid is published when money from outside came for an order that other money had closed: the guest has paid twice.
type DoublePaid struct {
	Order Order
	Claim Claim
}

// PaidAgain is published when a new request came for money that has closed its order, although the other system has
// accepted the answer to an earlier one: the guest may have paid the same sum twice.
type PaidAgain struct {
	Order Order
	Claim Claim
}

// PaidAfterBack is published when the other system asks for the first time after a person said that the guest has the money
// back ([Claim.AskedAgain]). Nothing closes the order by itself then.
type PaidAfterBack struct {
	Order Order
	Claim Claim
}

// errJudgePanicked stands for a verdict that was not found because the program has a fault.
var errJudgePanicked = errors.New("orders: judging a payment panicked")

// PayExternal books a payment that a guest has made elsewhere, exactly once for each bill and sum: it closes the order, or
// says why it cannot now. The verdict, what it changes, and the answer's bytes, which render makes of the verdict, are
// written in one transaction; the answer is then a [Letter] of the outbox. render must only render: it may be called more
// than once, and what it returns last counts; no bytes make no letter.
//
// With an error nothing was written, and the verdict is what to answer all the same: [ObstacleSum] with [ErrInvalid] for a
// payment that cannot be (no bill, no request, no positive sum), else [ObstacleInUse]: the store failed, or the program has
// a fault, and the other system asks again.
func (b *Book) PayExternal(ctx context.Context, e External, render func(Verdict) []byte) (verdict Verdict, err error) {
	e, err = e.cleaned()
	if err != nil {
		return Verdict{Obstacle: ObstacleSum}, err
	}
	inUse := Verdict{Obstacle: ObstacleInUse}
	give, err := b.writes.take(ctx, e.Bill)
	if err != nil {
		return inUse, err
	}
	defer give()
	defer func() {
		if cause := recover(); cause != nil {
			b.Log.Error("judging a payment panicked", "stack", string(debug.Stack()))
			verdict, err = inUse, errJudgePanicked
		}
	}()
	verdict, err = b.payExternal(ctx, e, render)
	if err != nil {
		return inUse, err
	}
	return verdict, nil
}

// payExternal judges and settles, again when the book has been changed meanwhile.
func (b *Book) payExternal(ctx context.Context, e External, render func(Verdict) []byte) (Verdict, error) {
	asked, trouble := b.Printer == nil, false
	for range saveAttempts {
		s, err := b.situation(ctx, e)
		if err != nil {
			return Verdict{}, err
		}
		s.trouble = trouble
		if s.judge(e.Sum).closes() && !asked {
			// It takes a moment, so it is asked last, and the book is read again after it.
			asked, trouble = true, b.printerReady(ctx) != nil
			if s, err = b.situation(ctx, e); err != nil {
				return Verdict{}, err
			}
			s.trouble = trouble
		}
		verdict := s.judge(e.Sum)
		done, err := b.externalClosing(ctx, s, e, &verdict)
		if err != nil {
			return Verdict{}, err
		}
		done.Letter = b.letter(e, verdict, render(verdict))
		again, err := b.acceptedBefore(ctx, s, e)
		if err != nil {
			return Verdict{}, err
		}
		saved, err := b.settle(ctx, done.Settlement)
		switch {
		case errors.Is(err, ErrConflict), errors.Is(err, ErrPaid), errors.Is(err, ErrShiftClosed), errors.Is(err, ErrPointsMoved):
			continue
		case err != nil:
			return Verdict{}, err
		}
		if verdict.closes() {
			verdict.Order = saved
		}
		b.guarded("telling of a payment", func() { b.tellExternal(done, s, verdict, again) })
		if verdict.closes() {
			b.follow(saved, done)
		}
		return verdict, nil
	}
	return Verdict{}, fmt.Errorf("orders: order %s: %w", e.Bill, ErrConflict)
}

// cleaned is what the other system said, safe for a screen and short enough for any store. Of what is only to be shown too
// much is cut off: the money has been taken.
func (e External) cleaned() (External, error) {
	e.System, e.Request, e.Topic = shortened(text(e.System)), shortened(text(e.Request)), shortened(text(e.Topic))
	if e.Bill == uuid.Nil || e.System == "" || e.Request == "" || !validAmount(e.Sum) || !e.Sum.IsPositive() {
		return e, fmt.Errorf("orders: a payment from outside for order %s: %w", e.Bill, ErrInvalid)
	}
	if !validAmount(e.Tips) {
		e.Tips = decimal.Zero
	}
	fiscal := make([]FiscalLine, 0, min(len(e.Fiscal), MaxFiscal))
	for _, line := range e.Fiscal[:min(len(e.Fiscal), MaxFiscal)] {
		fiscal = append(fiscal, FiscalLine{Key: shortened(text(line.Key)), Value: shortened(text(line.Value))})
	}
	e.Fiscal = fiscal
	return e, nil
}

// situation reads all that decides about a payment.
func (b *Book) situation(ctx context.Context, e External) (s situation, err error) {
	s.kitchen, s.edited = b.Printer != nil, b.edited(e.Bill)
	if s.order, err = b.find(ctx, e.Bill); err != nil {
		return s, err
	}
	if s.ops, err = b.Operations.List(ctx, loyalty.Filter{Order: e.Bill}); err != nil {
		return s, err
	}
	if s.order.State == StateClosed {
		if s.payments, err = b.Store.Payments(ctx, e.Bill); err != nil {
			return s, err
		}
	}
	if s.claim, err = b.Store.Claim(ctx, e.System, e.Bill, e.Sum); err != nil && !errors.Is(err, ErrNotFound) {
		return s, err
	}
	shift, err := b.Store.Shift(ctx)
	if errors.Is(err, ErrShiftClosed) {
		err = nil
	}
	s.shift = shift.ID
	return s, err
}

// externalClosing is what the verdict changes. A closed order stands in the verdict as it is to be.
func (b *Book) externalClosing(ctx context.Context, s situation, e External, verdict *Verdict) (closing, error) {
	now := b.Now()
	claim := s.claim.heard(e, *verdict, b.Register, now)
	if !verdict.closes() {
		done := closing{Settlement: Settlement{Claim: &claim}}
		asked := claim.State == ClaimOpen && claim.Obstacle != s.claim.Obstacle || claim.AskedAgain() && !s.claim.AskedAgain()
		if s.order.State == StateOpen && asked {
			done.Events = []Event{{Order: e.Bill, At: now, Kind: EventBlocked, Version: s.order.Version, Register: b.Register}}
		}
		return done, nil
	}
	done, err := b.closing(ctx, s.order, s.ops, []Payment{{
		Kind: PaidQR, Sum: e.Sum, Tips: e.Tips, Shift: s.shift, Request: claim.First,
	}}, "", now)
	if err != nil {
		return closing{}, err
	}
	done.Claim, verdict.Order = &claim, *done.Order
	return done, nil
}

// heard is a claim after one more request for it.
func (c Claim) heard(e External, verdict Verdict, register int, now time.Time) Claim {
	if c.Version == 0 {
		c = Claim{
			ID: uuid.Must(uuid.NewV7()), System: e.System, Bill: e.Bill, Sum: e.Sum, First: e.Request, FirstAt: now,
			State: ClaimOpen, Register: register,
		}
	}
	c.Last, c.LastAt = e.Request, now
	c.Requests++
	if c.State == ClaimPaid || c.State == ClaimBooked {
		return c // the payment has what was said of it then
	}
	c.Tips, c.Fiscal, c.Obstacle = e.Tips, e.Fiscal, verdict.Obstacle
	if verdict.closes() {
		c.State, c.DoneAt = ClaimPaid, now
	}
	return c
}

func (b *Book) letter(e External, verdict Verdict, body []byte) *Letter {
	if len(body) == 0 {
		return nil
	}
	now := b.Now()
	return &Letter{
		ID: uuid.Must(uuid.NewV7()), System: e.System, Topic: e.Topic, Bill: e.Bill, Request: e.Request, Body: body,
		Accepts: verdict.Obstacle == ObstacleNone, CreatedAt: now, NextAt: now,
	}
}

// farFuture is after the moment of any letter's next attempt.
const farFuture = 365 * 24 * time.Hour

// acceptedBefore reports whether this is a new request for money that has done its work, and the other system has taken the
// answer to an earlier one: until it has, it is expected to ask again.
func (b *Book) acceptedBefore(ctx context.Context, s situation, e External) (bool, error) {
	// Who is told "never" does not ask again: for money that was booked after that, the next request is another payment.
	answered := s.claim.State == ClaimPaid ||
		s.claim.State == ClaimBooked && (s.claim.LastAt.After(s.claim.DoneAt) || s.claim.Obstacle == ObstacleNever)
	if !answered || e.Request == s.claim.First || e.Request == s.claim.Last {
		return false, nil
	}
	letters, err := b.Store.Letters(ctx, e.System, b.Now().Add(farFuture), ListLimit)
	if err != nil {
		return false, err
	}
	for _, letter := range letters {
		if letter.Bill == e.Bill {
			return false, nil
		}
	}
	return true, nil
}

// tellExternal tells everybody what a payment from outside has done.
func (b *Book) tellExternal(done closing, s situation, verdict Verdict, acceptedBefore bool) {
	claim := *done.Claim
	claim.Version++
	if verdict.closes() {
		b.tellClosed(verdict.Order, done)
	} else if len(done.Events) > 0 {
		b.Hub.Publish(Changed{Order: s.order, Event: done.Events[0]})
	}
	b.Hub.Publish(ClaimChanged{Claim: claim})
	switch {
	case verdict.Double:
		b.Hub.Publish(DoublePaid{Order: verdict.Order, Claim: claim})
	case claim.AskedAgain() && !s.claim.AskedAgain():
		b.Hub.Publish(PaidAfterBack{Order: verdict.Order, Claim: claim})
	case verdict.Repeat && acceptedBefore:
		b.Hub.Publish(PaidAgain{Order: verdict.Order, Claim: claim})
	}
}
