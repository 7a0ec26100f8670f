package orders

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

const (
	shownFor   = 10 * time.Minute // a guest who looks at the bill on their phone pays it about now
	shownLimit = 5000             // bills that are remembered as shown
)

// Bill is what an order of the till comes to.
type Bill struct {
	Order    Order
	Points   decimal.Decimal // that have paid a part of it, each one unit of the currency
	Due      decimal.Decimal // the rest; below zero when lines went after points had paid: some are to be given back first
	InFlight bool            // what is due may change: points of it are on the way ([HoldsBill])
}

// BillQuery asks for bills: of an order, else of a table, else all.
type BillQuery struct {
	Table string // exactly as the order has it
	Bill  uuid.UUID
}

// billOf counts what is due on an order, by its operations.
func billOf(o Order, ops []loyalty.Operation) Bill {
	bill := Bill{Order: o, Points: decimal.Zero, InFlight: slices.ContainsFunc(ops, HoldsBill)}
	for _, part := range redeemed(ops) {
		bill.Points = bill.Points.Add(part.Points)
	}
	bill.Due = o.Sum.Decimal.Sub(bill.Points)
	return bill
}

// redeemed gives the redemptions that pay for an order, the oldest first, each with the points that were not given back.
func redeemed(ops []loyalty.Operation) []loyalty.Operation {
	var parts []loyalty.Operation
	for _, op := range slices.Backward(ops) { // a store gives the newest first
		if !pays(op) || !op.Happened() {
			continue
		}
		for _, back := range ops {
			if back.Parent == op.ID && back.Link == loyalty.LinkReversal && back.Happened() {
				op.Points = op.Points.Sub(back.Points)
			}
		}
		if op.Points.IsPositive() {
			parts = append(parts, op)
		}
	}
	return parts
}

// accrues reports whether an order has an accrual that has happened or may still, and was not taken back.
func accrues(ops []loyalty.Operation) bool {
	return slices.ContainsFunc(ops, func(op loyalty.Operation) bool {
		if op.Kind != loyalty.Accrual || op.Link == loyalty.LinkReversal || !MovesPoints(op) {
			return false
		}
		return !slices.ContainsFunc(ops, func(back loyalty.Operation) bool {
			return back.Parent == op.ID && back.Link == loyalty.LinkReversal && back.Happened()
		})
	})
}

// Bill gives the bill of an order of the till, open or closed.
//
// Errors: [ErrNotFound]; [ErrNotOurs]; the store's.
func (b *Book) Bill(ctx context.Context, order uuid.UUID) (Bill, error) {
	o, err := b.Store.Order(ctx, order)
	if err != nil {
		return Bill{}, err
	}
	if o.Source != SourceTill {
		return Bill{}, fmt.Errorf("orders: order %s: %w", order, ErrNotOurs)
	}
	return b.billOf(ctx, o)
}

func (b *Book) billOf(ctx context.Context, o Order) (Bill, error) {
	ops, err := b.Operations.List(ctx, loyalty.Filter{Order: o.ID})
	if err != nil {
		return Bill{}, err
	}
	return billOf(o, ops), nil
}

// Bills gives the bills of open orders of the till, the last changed first, at most [ListLimit]; none when there is no such
// order. Those that were asked for by their table or id are shown to a guest, and [Book.ShownLately] remembers them.
//
// The error is the store's.
func (b *Book) Bills(ctx context.Context, query BillQuery) ([]Bill, error) {
	found, err := b.ordersOf(ctx, query)
	if err != nil {
		return nil, err
	}
	asked := query != BillQuery{}
	bills := make([]Bill, 0, len(found))
	for _, o := range found {
		// Nobody's points move for an order without a guest, and a guest whose points have moved stays: of all open
		// orders only the few with guests need a look at their operations.
		if !asked && o.Guest == nil {
			bills = append(bills, billOf(o, nil))
			continue
		}
		bill, err := b.billOf(ctx, o)
		if err != nil {
			return nil, err
		}
		bills = append(bills, bill)
	}
	if asked {
		b.noteShown(bills)
	}
	return bills, nil
}

func (b *Book) ordersOf(ctx context.Context, query BillQuery) ([]Order, error) {
	if query.Bill == uuid.Nil {
		return b.Store.Orders(ctx, Filter{State: StateOpen, Source: SourceTill, Table: query.Table})
	}
	o, err := b.Store.Order(ctx, query.Bill)
	switch {
	case errors.Is(err, ErrNotFound), err == nil && (o.State != StateOpen || o.Source != SourceTill):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return []Order{o}, nil
}

// ShownLately reports whether a guest has lately been shown the bill of an order on their phone, and may be paying it:
// points that are redeemed now would change its sum.
func (b *Book) ShownLately(order uuid.UUID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	at, ok := b.shown[order]
	return ok && b.Now().Sub(at).Abs() < shownFor
}

func (b *Book) noteShown(bills []Bill) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, bill := range bills {
		for other := range b.shown {
			if len(b.shown) < shownLimit {
				break
			}
			delete(b.shown, other)
		}
		b.shown[bill.Order.ID] = b.Now()
	}
}

// dropShown forgets the bills that nobody is looking at any more.
func (b *Book) dropShown() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.Now()
	maps.DeleteFunc(b.shown, func(_ uuid.UUID, at time.Time) bool { return now.Sub(at).Abs() >= shownFor })
}
