package orders

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

const (
	guestLimit = 5000             // guests whose balance is remembered
	readLimit  = 15 * time.Second // of one balance read, whoever waits for it
)

// Guest gives an order with its guest, whose balance is read again when it is older than [GuestMaxAge] or points of
// theirs have moved since. Whoever asks for the same guest meanwhile shares that reading, and a caller that gives up does
// not end it. When the service does not answer, or not before ctx's deadline, the last known balance is given, with
// [Seated.Stale] set. Nothing is written.
//
// Errors: [ErrNotFound], [ErrClosed], [ErrNoGuest]; the store's; [context.Canceled].
func (b *Book) Guest(ctx context.Context, order uuid.UUID) (Seated, error) {
	o, err := b.Store.Order(ctx, order)
	switch {
	case err != nil:
		return Seated{}, err
	case o.State == StateClosed:
		return Seated{}, fmt.Errorf("orders: order %s: %w", order, ErrClosed)
	case o.Guest == nil:
		return Seated{}, fmt.Errorf("orders: order %s: %w", order, ErrNoGuest)
	}
	moving, err := b.operations(ctx, order)
	if err != nil {
		return Seated{}, err
	}
	seated := Seated{Order: o, Moved: moving}
	seated.Guest, seated.Stale = b.look(ctx, *o.Guest)
	if errors.Is(seated.Stale, context.Canceled) && ctx.Err() != nil {
		return Seated{}, ctx.Err()
	}
	if seated.Stale != nil {
		seated.Guest = b.lastKnown(*o.Guest)
	}
	seated.Guest.Card, seated.Guest.ScannedAt = o.Guest.Card, o.Guest.ScannedAt
	return seated, nil
}

// Limit is the most points that may be redeemed on an order now: what the handheld is told as its payment limit
// (DESIGN.md, "Rules of points"). It is never negative, and zero when nobody is bound, the order is closed or not known,
// the guest's QR is no longer valid, or points have been redeemed on this order or may yet be. Without a known sum it is
// the balance, or zero when unknownSumIsZero.
//
// The error is the store's, or [context.Canceled].
func (b *Book) Limit(ctx context.Context, order uuid.UUID, unknownSumIsZero bool) (decimal.Decimal, error) {
	seated, err := b.Guest(ctx, order)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrNoGuest), errors.Is(err, ErrClosed):
		return decimal.Zero, nil
	case err != nil:
		return decimal.Zero, err
	case seated.Order.Guest.useless(b.Now()) || slices.ContainsFunc(seated.Moved, pays):
		return decimal.Zero, nil
	}
	balance, rules, sum := seated.Guest.Balance, seated.Guest.Rules, seated.Order.Sum
	switch {
	case sum.Valid:
		return rules.RedeemLimit(balance, sum.Decimal), nil
	case unknownSumIsZero, !rules.RedeemPercent.Valid, !rules.RedeemPercent.Decimal.IsPositive():
		return decimal.Zero, nil
	}
	return decimal.Max(balance, decimal.Zero), nil
}

// pays reports whether an operation redeems points on a receipt; the reversal of an accrual does not.
func pays(op loyalty.Operation) bool {
	return op.Kind == loyalty.Redemption && op.Link != loyalty.LinkReversal
}

// useless reports whether the service is not to be asked with this binding any more.
func (b Binding) useless(now time.Time) bool { return b.expired(now) || b.Card.Secret == 0 }

// acquaintance is what the book remembers of a guest.
type acquaintance struct {
	guest     loyalty.Guest // as the service last showed them; without a ReadAt: not yet
	card      skidkabot.Card
	scannedAt time.Time // of card, the newest that was seen
	movedAt   int       // which of the steps that the book heard of was theirs last
	seenAt    int       // how many it had heard of when the service was asked for guest
}

// fresh reports whether the guest is still as remembered, as far as anybody can know.
func (a acquaintance) fresh(now time.Time) bool {
	age := now.Sub(a.guest.ReadAt)
	return a.seenAt >= a.movedAt && age >= 0 && age <= GuestMaxAge
}

// look gives a guest as the service shows them, not older than [GuestMaxAge].
func (b *Book) look(ctx context.Context, bound Binding) (loyalty.Guest, error) {
	now := b.Now()
	if bound.useless(now) {
		return loyalty.Guest{}, loyalty.ErrQRExpired
	}
	who := b.meet(bound)
	if who.fresh(now) {
		return who.guest, nil
	}
	// Who asks after points have moved does not share a reading that began before.
	key := strconv.FormatInt(bound.Card.Client, 10) + "/" + strconv.Itoa(who.movedAt)
	reading := b.reads.DoChan(key, func() (any, error) { return b.read(context.WithoutCancel(ctx), bound) })
	select {
	case result := <-reading:
		guest, _ := result.Val.(loyalty.Guest)
		return guest, result.Err
	case <-ctx.Done():
		return loyalty.Guest{}, &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout, Err: ctx.Err()}
	}
}

// read asks the service for a bound guest, unless that was done between the caller's look and its turn.
//
// It runs on a goroutine that no door stands behind, so a panic must not leave it.
func (b *Book) read(ctx context.Context, bound Binding) (guest loyalty.Guest, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			b.Log.Error("reading a guest panicked", "stack", string(debug.Stack()))
			guest, err = loyalty.Guest{}, errPanicked
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	asOf, who := b.steps(), b.meet(bound)
	if who.fresh(b.Now()) {
		return who.guest, nil
	}
	guest, err = b.Desk.Greet(ctx, who.card, who.scannedAt)
	if err == nil {
		b.remember(guest, asOf)
	}
	return guest, err
}

// errPanicked stands for a balance that was not read because the program has a fault.
var errPanicked = errors.New("orders: reading a guest panicked")

// lastKnown is a bound guest of whom the service says nothing now.
func (b *Book) lastKnown(bound Binding) loyalty.Guest {
	b.mu.Lock()
	defer b.mu.Unlock()
	if who := b.guests[bound.Card.Client]; who != nil && !who.guest.ReadAt.Before(bound.BalanceAt) {
		return who.guest
	}
	return loyalty.Guest{
		Name:    bound.Name,
		Balance: bound.Balance,
		ReadAt:  bound.BalanceAt,
		Rules:   b.Rules.For(skidkabot.Account{}),
	}
}

// meet gives what is remembered of a bound guest, and begins to remember one who is new.
func (b *Book) meet(bound Binding) acquaintance {
	b.mu.Lock()
	defer b.mu.Unlock()
	who := b.acquaint(bound.Card.Client)
	if who.scannedAt.IsZero() || bound.ScannedAt.After(who.scannedAt) {
		who.card, who.scannedAt = bound.Card, bound.ScannedAt
	}
	return *who
}

// acquaint is the memory of a guest; one that is full forgets somebody, who is read again when asked for. b.mu is held.
func (b *Book) acquaint(client int64) *acquaintance {
	if who, ok := b.guests[client]; ok {
		return who
	}
	for other := range b.guests {
		if len(b.guests) < guestLimit {
			break
		}
		delete(b.guests, other)
	}
	who := &acquaintance{}
	b.guests[client] = who
	return who
}

// steps counts what the book has heard of operations: what is read after it knows of them.
func (b *Book) steps() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.heardOf
}

// remember keeps a guest as the service has just shown them; asOf is what [Book.steps] gave before
// the service was asked.
func (b *Book) remember(guest loyalty.Guest, asOf int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	who := b.acquaint(guest.Card.Client)
	if asOf >= who.seenAt && !guest.ReadAt.Before(who.guest.ReadAt) { // readings may overtake each other
		who.guest, who.seenAt = guest, asOf
	}
	if !guest.ScannedAt.Before(who.scannedAt) {
		who.card, who.scannedAt = guest.Card, guest.ScannedAt
	}
}

// forget drops a guest who left an order. Sitting at another too, they are read again.
func (b *Book) forget(client int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.guests, client)
}

// forgetAllBut keeps only the guests of these orders.
func (b *Book) forgetAllBut(open []Order) {
	sitting := make(map[int64]bool, len(open))
	for _, o := range open {
		if o.Guest != nil {
			sitting[o.Guest.Card.Client] = true
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for client := range b.guests {
		if !sitting[client] {
			delete(b.guests, client)
		}
	}
}
