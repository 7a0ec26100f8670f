package orders

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// AccrualMissed is published when an order was closed whose guest gets no points for it, though they were bound: the
// percent is not known, or their QR is no longer valid. A fresh scan is what helps.
type AccrualMissed struct {
	Order Order
	Err   error // as of [loyalty.Desk.DraftAccrual] and [loyalty.Desk.GreetOffline]
}

// closing is a settlement that closes an order as paid.
type closing struct {
	Settlement
	guest  *Binding // who was bound, with their secret
	missed error    // why the guest gets no points; nil: they do, or there are none to get
}

// closing closes an order as paid by its points and the given money, whose parts name kind, sum and what is theirs alone.
func (b *Book) closing(ctx context.Context, o Order, ops []loyalty.Operation, money []Payment, cashier string, now time.Time) (closing, error) {
	done := closing{guest: o.Guest}
	var payments []Payment
	for _, op := range redeemed(ops) {
		payments = append(payments, Payment{Kind: PaidPoints, Sum: op.Points, Operation: op.ID})
	}
	payments = append(payments, money...)
	for i := range payments {
		p := &payments[i]
		p.ID, p.Order, p.At, p.Cashier, p.Register = uuid.Must(uuid.NewV7()), o.ID, now, cashier, b.Register
	}
	var err error
	if done.Accruals, done.missed, err = b.draftAccrual(ctx, o, ops, cashier); err != nil {
		return closing{}, err
	}
	done.Payments, done.Events = payments, []Event{o.close(ReasonPaid, cashier, now)}
	done.Order, done.Receipt = &o, b.Printer != nil
	return done, nil
}

// draftAccrual makes the accrual on the money part for the bound guest, unless the order has one that has happened or may
// still. Whatever the loyalty says, it is no reason not to take money: then missed says why there is none. Only a journal that
// cannot be read is an error, for then nothing else can be written either.
func (b *Book) draftAccrual(ctx context.Context, o Order, ops []loyalty.Operation, cashier string) (drafts []loyalty.Operation, missed, err error) {
	due := billOf(o, ops).Due
	if o.Guest == nil || !due.IsPositive() || accrues(ops) {
		return nil, nil, nil
	}
	if o.Guest.useless(b.Now()) {
		return nil, loyalty.ErrQRExpired, nil
	}
	guest, err := b.guestAtHand(ctx, *o.Guest)
	if err == nil {
		var draft loyalty.Operation
		draft, err = b.Desk.DraftAccrual(loyalty.AccrualRequest{
			ID: loyalty.NewID(), Guest: guest, Sum: o.Sum.Decimal, Order: o.ID, Cashier: cashier,
		}, due)
		drafts = []loyalty.Operation{draft}
	}
	var journal *loyalty.JournalError
	switch {
	case err == nil:
		return drafts, nil, nil
	case errors.Is(err, loyalty.ErrNothingToAccrue):
		return nil, nil, nil
	case errors.As(err, &journal), ctx.Err() != nil:
		return nil, nil, err
	}
	return nil, err, nil
}

// guestAtHand is a bound guest with the rules that are known of them, without asking the service: whoever pays does not
// wait for the network.
func (b *Book) guestAtHand(ctx context.Context, bound Binding) (loyalty.Guest, error) {
	b.mu.Lock()
	who := b.guests[bound.Card.Client]
	if who != nil && !who.guest.ReadAt.IsZero() {
		guest := who.guest
		b.mu.Unlock()
		guest.Card, guest.ScannedAt = bound.Card, bound.ScannedAt
		return guest, nil
	}
	b.mu.Unlock()
	guest, err := b.Desk.GreetOffline(ctx, bound.Card, bound.ScannedAt)
	if guest.Name == "" {
		guest.Name = bound.Name
	}
	return guest, err
}

// refusals are what a store answers when it has written nothing.
var refusals = []error{ErrConflict, ErrPaid, ErrShiftClosed, ErrPointsMoved, ErrInvalid, ErrNotPaid, ErrNotFound, loyalty.ErrExists}

// settle writes a settlement. After an error that leaves open whether it was written, the store is read to find out.
func (b *Book) settle(ctx context.Context, s Settlement) (Order, error) {
	saved, err := b.Store.Settle(ctx, s)
	if err == nil || slices.ContainsFunc(refusals, func(refusal error) bool { return errors.Is(err, refusal) }) {
		return saved, err
	}
	if written, readErr := b.written(context.WithoutCancel(ctx), s); readErr != nil || !written {
		return Order{}, err
	}
	if s.Order != nil {
		saved = *s.Order
		saved.Version++
	}
	return saved, nil
}

// written reports whether the store has what a settlement was to write; its parts are there together or not at all.
func (b *Book) written(ctx context.Context, s Settlement) (bool, error) {
	switch {
	case len(s.Payments) > 0:
		payments, err := b.Store.Payments(ctx, s.Payments[0].Order)
		return slices.ContainsFunc(payments, func(p Payment) bool { return p.ID == s.Payments[0].ID }), err
	case s.Order != nil:
		order, err := b.Store.Order(ctx, s.Order.ID)
		return order.Version == s.Order.Version+1 && order.Reason == s.Order.Reason, err
	}
	claim, err := b.Store.Claim(ctx, s.Claim.System, s.Claim.Bill, s.Claim.Sum)
	return claim.ID == s.Claim.ID && claim.Version == s.Claim.Version+1 && claim.Requests == s.Claim.Requests && claim.Last == s.Claim.Last, err
}

// tellClosed tells everybody that an order was closed.
func (b *Book) tellClosed(order Order, done closing) {
	b.saved(order, done.guest, done.Events)
	for _, op := range done.Accruals {
		b.Hub.Publish(loyalty.OperationChanged{Operation: op})
	}
	if done.missed != nil {
		b.Hub.Publish(AccrualMissed{Order: order, Err: done.missed})
	}
}

// follow does what comes after a closing and cannot undo it: the accrual is sent, the receipt printed.
func (b *Book) follow(order Order, done closing) {
	for _, op := range done.Accruals {
		b.later("sending an accrual", func() {
			if _, err := b.Desk.Send(context.Background(), op.ID); err != nil {
				b.Log.Warn("the accrual of a closed order was not sent", "order", order.ID, "operation", op.ID, "err", err)
			}
		})
	}
	var fiscal []FiscalLine
	if done.Claim != nil {
		fiscal = done.Claim.Fiscal
	}
	b.later("printing a receipt", func() { b.printReceipt(order, done.Payments, fiscal) })
}
