package orders

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// sweepPause is how often the book looks for orders whose time has passed.
const sweepPause = time.Minute

// Run prints the receipts that are due from before, and closes the orders that are over, until ctx is done: at once when the
// last operation of a guest's order has ended, and by the minute those that were kept long enough. What cannot be written is
// logged and tried again a minute later.
func (b *Book) Run(ctx context.Context) {
	defer b.Hub.Subscribe(b.heard)()
	b.resumeReceipts(ctx)
	b.sweep(ctx)
	ticker := time.NewTicker(sweepPause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			b.sweep(ctx)
		case <-b.overFor:
			for _, order := range b.takeOver() {
				b.tidy(ctx, order)
			}
		}
	}
}

// heard takes news of operations on the publisher's goroutine, so it only notes them: the guest's balance is no longer
// what it was, and an order may be over. Several endings of one order are one note, and there are no more notes than
// a page of orders: beyond it the minute's sweep finds the rest.
func (b *Book) heard(news any) {
	changed, ok := news.(loyalty.OperationChanged)
	if !ok {
		return
	}
	op := changed.Operation
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heardOf++
	if who := b.guests[op.Client]; who != nil {
		who.movedAt = b.heardOf
	}
	if op.Order == uuid.Nil || !op.State.Final() || len(b.over) >= ListLimit {
		return
	}
	b.over[op.Order] = true
	select {
	case b.overFor <- struct{}{}:
	default: // Run has been told and has not looked yet
	}
}

func (b *Book) takeOver() []uuid.UUID {
	b.mu.Lock()
	defer b.mu.Unlock()
	noted := slices.Collect(maps.Keys(b.over))
	clear(b.over)
	return noted
}

// sweep tidies every open order, page by page.
func (b *Book) sweep(ctx context.Context) {
	filter := Filter{State: StateOpen}
	var open []Order
	for {
		page, err := b.Store.Orders(ctx, filter)
		if err != nil {
			b.failed(ctx, err)
			return
		}
		for _, o := range page {
			if b.untidy(o, b.Now()) {
				b.tidy(ctx, o.ID)
			}
		}
		open = append(open, page...)
		if len(page) < ListLimit {
			break
		}
		filter.ChangedBefore = page[len(page)-1].ChangedAt
	}
	b.forgetAllBut(open)
	b.dropLeases()
	b.dropShown()
}

// untidy reports whether an order is worth a closer look; most are not, each minute.
func (b *Book) untidy(o Order, now time.Time) bool {
	return o.Guest != nil && o.onlyForPoints() || o.outlived(now) != ReasonNone
}

// tidy closes an order that is over.
func (b *Book) tidy(ctx context.Context, order uuid.UUID) {
	_, err := b.change(ctx, order, nil, func(o *Order, now time.Time) ([]Event, error) {
		if o.State != StateOpen {
			return nil, errNothingToDo
		}
		moving, err := b.operations(ctx, order)
		if err != nil {
			return nil, err
		}
		reason := o.overFor(moving, now)
		if reason == ReasonNone {
			return nil, errNothingToDo
		}
		return []Event{o.close(reason, "", now)}, nil
	})
	b.failed(ctx, err)
}

func (b *Book) failed(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrConflict) {
		b.Log.Error("the order book could not be tidied", "err", err)
	}
}

// overFor says why an order should be closed now, from what moves or has moved its points; [ReasonNone]: it should not.
func (o *Order) overFor(moving []loyalty.Operation, now time.Time) Reason {
	if o.onlyForPoints() && settled(moving) {
		return ReasonPoints
	}
	return o.outlived(now)
}

// onlyForPoints reports whether the order is kept for nothing but its guest's points.
func (o *Order) onlyForPoints() bool { return o.Source == SourceCheckIn || !o.PaidAt.IsZero() }

// outlived says which time of the order has passed.
func (o *Order) outlived(now time.Time) Reason {
	switch {
	case !o.PaidAt.IsZero() && (o.Guest == nil || o.Guest.expired(now)):
		return ReasonFeed
	case o.Source == SourceCheckIn && (o.Guest == nil || now.Sub(o.Guest.ScannedAt) >= CheckInMaxAge):
		return ReasonExpired
	case o.Source == SourceFeed && now.Sub(o.ChangedAt) >= FeedMaxAge:
		return ReasonExpired
	}
	return ReasonNone
}
