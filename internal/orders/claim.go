package orders

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
)

// BookClaim books by hand the money of a claim whose order this till can never close («закрыть вручную»): the payment counts
// in the open shift. The claim of an order that is open at the till is booked by [Book.Pay].
//
// Errors: [ErrNotFound] when there is no such open claim; [ErrInvalid] when its order is open at the till, and [ErrPaid] when
// other money has closed it; [ErrShiftClosed]; [ErrConflict]; the store's.
func (b *Book) BookClaim(ctx context.Context, claim uuid.UUID, cashier, note string) (Claim, error) {
	c, err := b.openClaim(ctx, claim)
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
	_, err = b.settle(ctx, Settlement{Claim: &c, Payments: []Payment{{
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

// DismissClaim ends an open claim without booking it: the guest has got the money back, or it was a mistake. The other
// system may go on asking; it is told that the sum is wrong, and the order stays as it is.
//
// Errors: [ErrNotFound]; [ErrConflict] when it is no longer open; the store's.
func (b *Book) DismissClaim(ctx context.Context, claim uuid.UUID, cashier, note string) (Claim, error) {
	c, err := b.Store.DecideClaim(ctx, claim, ClaimBack, shortened(text(cashier)), shortened(text(note)), b.Now())
	if err != nil {
		return Claim{}, err
	}
	b.guarded("telling of a claim", func() { b.Hub.Publish(ClaimChanged{Claim: c}) })
	return c, nil
}

// openClaim finds an open claim by its id.
func (b *Book) openClaim(ctx context.Context, id uuid.UUID) (Claim, error) {
	open, err := b.Store.Claims(ctx, ClaimFilter{State: ClaimOpen})
	if err != nil {
		return Claim{}, err
	}
	if i := slices.IndexFunc(open, func(c Claim) bool { return c.ID == id }); i >= 0 {
		return open[i], nil
	}
	return Claim{}, fmt.Errorf("orders: claim %s: %w", id, ErrNotFound)
}

// Blocked gives the open claims: the money that other systems took and that has closed nothing yet, the oldest first.
func (b *Book) Blocked(ctx context.Context) ([]Claim, error) {
	return b.Store.Claims(ctx, ClaimFilter{State: ClaimOpen})
}
