package orders

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// BookClaim books by hand the money of a claim whose order this till can never close («закрыть вручную»): the payment counts
// in the open shift. The claim of an order that is open at the till is booked by [Book.Pay].
//
// Errors: [ErrNotFound] when no such claim is to be decided ([Book.Blocked]); [ErrInvalid] when its order is open at the till, and [ErrPaid] when
// other money has closed it; [ErrShiftClosed]; [ErrConflict]; the store's.
func (b *Book) BookClaim(ctx context.Context, claim uuid.UUID, cashier, note string) (Claim, error) {
	c, err := b.unsettledClaim(ctx, claim)
	if err != nil {
		return Claim{}, err
	}
	give, err := b.writes.take(ctx, c.Bill)
	if err != nil {
		return Claim{}, err
	}
	defer give()
	o, err := b.find(ctx, c.Bill)
	switch {
	case err != nil:
		return Claim{}, err
	case o.Source == SourceTill && o.Reason == ReasonPaid:
		return Claim{}, fmt.Errorf("orders: order %s: %w", c.Bill, ErrPaid)
	case o.Source == SourceTill && o.State == StateOpen:
		return Claim{}, fmt.Errorf("orders: order %s is to be paid: %w", c.Bill, ErrInvalid)
	}
	shift, err := b.Store.Shift(ctx)
	if err != nil {
		return Claim{}, err
	}
	now := b.Now()
	c.State, c.Cashier, c.Note, c.DoneAt = ClaimBooked, shortened(text(cashier)), shortened(text(note)), now
	var events []Event
	if o.Version != 0 {
		events = []Event{{Order: o.ID, At: now, Kind: EventBooked, Actor: c.Cashier, Note: c.Note}}
	}
	_, err = b.settle(ctx, Settlement{Claim: &c, Events: events, Payments: []Payment{{
		ID: uuid.Must(uuid.NewV7()), Order: c.Bill, Shift: shift.ID, Kind: PaidQR, Sum: c.Sum, Tips: c.Tips, At: now,
		Cashier: c.Cashier, Request: c.First, Register: b.Register,
	}}})
	if err != nil {
		return Claim{}, err
	}
	c.Version++
	b.guarded("telling of a claim", func() { b.Hub.Publish(ClaimChanged{Claim: c}) })
	return c, nil
}

// DismissClaim ends a claim without booking it: the guest has got the money back, or it was a mistake. The other system may
// go on asking; it is told that the sum is wrong, the order stays as it is, and [PaidAfterBack] tells a person.
//
// Errors: [ErrNotFound]; [ErrConflict] when it has been decided already; the store's.
func (b *Book) DismissClaim(ctx context.Context, claim uuid.UUID, cashier, note string) (Claim, error) {
	c, err := b.Store.DecideClaim(ctx, claim, ClaimBack, shortened(text(cashier)), shortened(text(note)), b.Now())
	if err != nil {
		return Claim{}, err
	}
	b.guarded("telling of a claim", func() { b.Hub.Publish(ClaimChanged{Claim: c}) })
	return c, nil
}

// unsettledClaim finds a claim that a person is to look at.
func (b *Book) unsettledClaim(ctx context.Context, id uuid.UUID) (Claim, error) {
	unsettled, err := b.Blocked(ctx)
	if err != nil {
		return Claim{}, err
	}
	if i := slices.IndexFunc(unsettled, func(c Claim) bool { return c.ID == id }); i >= 0 {
		return unsettled[i], nil
	}
	return Claim{}, fmt.Errorf("orders: claim %s: %w", id, ErrNotFound)
}

// askedFor is how long somebody is to look at money that was said to be given back, after it was last asked for.
const askedFor = 24 * time.Hour

// Blocked gives the claims that a person is to look at, the oldest first: the open ones, money that other systems took and
// that has closed nothing yet; and what was said to be given back and has been asked for since, within 24 h
// ([Claim.AskedAgain]).
func (b *Book) Blocked(ctx context.Context) ([]Claim, error) {
	unsettled, err := b.Store.Claims(ctx, ClaimFilter{State: ClaimOpen})
	if err != nil {
		return nil, err
	}
	back, err := b.Store.Claims(ctx, ClaimFilter{State: ClaimBack, Since: b.Now().Add(-askedFor)})
	if err != nil {
		return nil, err
	}
	unsettled = append(unsettled, slices.DeleteFunc(back, func(c Claim) bool { return !c.AskedAgain() })...)
	slices.SortStableFunc(unsettled, func(x, y Claim) int { return x.FirstAt.Compare(y.FirstAt) })
	return unsettled, nil
}
