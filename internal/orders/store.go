package orders

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Store keeps orders durably. The journal implements it; orderstest has one in memory and the suite that both pass.
//
// Every write is one transaction that is on the disk when the method returns nil. The errors named at the methods mean
// that nothing of it was written. Any other error leaves that open: the caller reads to find out.
type Store interface {
	// SaveOrder writes an order as it now is, with the events that led there, in one transaction. order.Version is the one
	// that the change was made from, 0 for a new order; the saved order is returned, its Version one higher. Events get the
	// order's id and new version; their Seq and Register are the store's to give.
	//
	// Returns, in this order: ErrInvalid from [Order.Validate]; ErrNotPaid when it would make the order a paid one, which
	// only [TillStore.Settle] does; ErrConflict when the stored order has another version (or, for version 0, exists); ErrPaid
	// or ErrClosed when that is over for good ([Reason.Refusal]); and ErrPointsMoved when the change takes a guest off the
	// order, or puts another in their place, while an operation of this order has moved points or may still move them
	// ([MovesPoints]).
	SaveOrder(ctx context.Context, order Order, events ...Event) (Order, error)

	// Order returns one order, open or closed, or ErrNotFound.
	Order(ctx context.Context, id uuid.UUID) (Order, error)

	// Orders returns the orders that pass the filter, the last changed first and of equals the larger id, at most
	// Filter.Limit of them.
	Orders(ctx context.Context, filter Filter) ([]Order, error)

	// OrderEvents returns the history of one order, oldest first; empty when there is no such order.
	OrderEvents(ctx context.Context, id uuid.UUID) ([]Event, error)
}

// ListLimit is the largest number of orders that [Store.Orders] gives, and the number when a filter names none.
const ListLimit = 5000

// Filter chooses orders. Zero fields do not restrict.
type Filter struct {
	State         State
	Source        Source
	Client        int64     // the bound guest's number
	Table         string    // exactly
	ChangedBefore time.Time // ChangedAt before
	Limit         int       // 1 to ListLimit; 0: ListLimit
}

// Matches reports whether the order passes the filter; Limit does not take part. It is the definition that every store follows.
func (f Filter) Matches(o Order) bool {
	switch {
	case f.State != "" && o.State != f.State,
		f.Source != "" && o.Source != f.Source,
		f.Table != "" && o.Table != f.Table,
		f.Client != 0 && (o.Guest == nil || o.Guest.Card.Client != f.Client),
		!f.ChangedBefore.IsZero() && !o.ChangedAt.Before(f.ChangedBefore):
		return false
	}
	return true
}
