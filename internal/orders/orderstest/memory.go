// Package orderstest has what tests of the order book need: [MemoryStore], a store that forgets everything when the test
// ends, and [RunStoreSuite], the promises of [orders.TillStore] as tests. The journal passes the same suite, so what a test
// proves on a MemoryStore holds on the journal too.
package orderstest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// Store is what a till keeps orders and operations in. They are one store, because a guest whose points move is not to be
// taken off their order.
type Store interface {
	orders.TillStore
	loyalty.Store
}

// MemoryStore is a [Store] in memory. The zero value is empty and ready; it must not be copied.
// It keeps what the journal keeps: times in UTC to the microsecond, decimals by value.
//
// Register and FailWrites are those of its operations; FailWrites is called with "SaveOrder", "Settle", "NextNumber",
// "OpenShift", "CloseShift", "DecideClaim", "Posted" and "ReceiptEnded" too.
type MemoryStore struct {
	loyaltytest.MemoryStore

	mu     sync.Mutex // held by what writes orders or plans: no operation comes in between a check and its write
	orders map[uuid.UUID]orders.Order
	events []orders.Event
	till   till
}

var _ Store = (*MemoryStore)(nil)

// Plan implements [loyalty.Store].
func (s *MemoryStore) Plan(ctx context.Context, ops ...loyalty.Operation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.checkOrders(ops); err != nil {
		return err
	}
	return s.MemoryStore.Plan(ctx, ops...)
}

// Amend implements [loyalty.Store].
func (s *MemoryStore) Amend(ctx context.Context, amendment loyalty.Amendment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.checkOrders(amendment.Plan); err != nil {
		return err
	}
	return s.MemoryStore.Amend(ctx, amendment)
}

// checkOrders refuses to redeem points on an order of the till that is over.
func (s *MemoryStore) checkOrders(ops []loyalty.Operation) error {
	for _, op := range ops {
		if orders.RedeemsOn(op) && s.orders[op.Order].Reason.Refusal() != nil {
			return fmt.Errorf("orderstest: operation %s: %w", op.ID, loyalty.ErrOrderClosed)
		}
	}
	return nil
}

// WipeSecrets implements [loyalty.Store]. A wiped order has a new version, so that no change made from before brings the
// secret back.
func (s *MemoryStore) WipeSecrets(ctx context.Context, scannedBefore time.Time) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wiped, err := s.MemoryStore.WipeSecrets(ctx, scannedBefore)
	if err != nil {
		return 0, err
	}
	for id, o := range s.orders {
		if o.Guest != nil && o.Guest.Card.Secret != 0 && o.Guest.ScannedAt.Before(scannedBefore) {
			o = kept(o)
			o.Guest.Card.Secret = 0
			o.Version++
			s.orders[id] = o
			wiped++
		}
	}
	return wiped, nil
}

// SaveOrder implements [orders.Store].
func (s *MemoryStore) SaveOrder(ctx context.Context, order orders.Order, events ...orders.Event) (orders.Order, error) {
	if err := s.begin(ctx, "SaveOrder"); err != nil {
		return orders.Order{}, err
	}
	if err := order.Validate(); err != nil {
		return orders.Order{}, err
	}
	if order.Reason == orders.ReasonPaid {
		return orders.Order{}, fmt.Errorf("orderstest: order %s: %w", order.ID, orders.ErrNotPaid)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.checkVersion(order); err != nil {
		return orders.Order{}, err
	}
	if refusal := s.orders[order.ID].Reason.Refusal(); refusal != nil {
		return orders.Order{}, fmt.Errorf("orderstest: order %s: %w", order.ID, refusal)
	}
	if err := s.checkGuest(ctx, order); err != nil {
		return orders.Order{}, err
	}
	return s.put(order, events), nil
}

// begin fails a write of a caller that has given up, and one that is to fail.
func (s *MemoryStore) begin(ctx context.Context, method string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.FailWrites != nil {
		return s.FailWrites(method)
	}
	return nil
}

func (s *MemoryStore) checkVersion(order orders.Order) error {
	if stored := s.orders[order.ID]; stored.Version != order.Version {
		return fmt.Errorf("orderstest: order %s is at version %d: %w", order.ID, stored.Version, orders.ErrConflict)
	}
	return nil
}

// checkGuest refuses to take the guest off an order whose points have moved or may.
func (s *MemoryStore) checkGuest(ctx context.Context, order orders.Order) error {
	stored, there := s.orders[order.ID]
	if !there || !losesGuest(stored, order) {
		return nil
	}
	ops, err := s.List(ctx, loyalty.Filter{Order: order.ID})
	if err == nil && slices.ContainsFunc(ops, orders.MovesPoints) {
		err = fmt.Errorf("orderstest: order %s: %w", order.ID, orders.ErrPointsMoved)
	}
	return err
}

// put writes an order that may be written.
func (s *MemoryStore) put(order orders.Order, events []orders.Event) orders.Order {
	order = kept(order)
	order.Version++
	s.append(order, events)
	if s.orders == nil {
		s.orders = map[uuid.UUID]orders.Order{}
	}
	s.orders[order.ID] = order
	return kept(order)
}

// losesGuest reports whether a change takes the guest off an order or puts another in their place.
func losesGuest(before, after orders.Order) bool {
	switch {
	case before.Guest == nil:
		return false
	case after.Guest == nil:
		return true
	}
	return before.Guest.Card.Vendor != after.Guest.Card.Vendor || before.Guest.Card.Client != after.Guest.Card.Client
}

func (s *MemoryStore) append(order orders.Order, events []orders.Event) {
	for _, e := range events {
		e.Order, e.Version, e.At = order.ID, order.Version, keptTime(e.At)
		e.Seq = int64(len(s.events) + 1)
		e.Register = s.Register
		if e.Register == 0 {
			e.Register = order.Register
		}
		s.events = append(s.events, e)
	}
}

// Order implements [orders.Store].
func (s *MemoryStore) Order(ctx context.Context, id uuid.UUID) (orders.Order, error) {
	if err := ctx.Err(); err != nil {
		return orders.Order{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.orders[id]
	if !ok {
		return orders.Order{}, fmt.Errorf("orderstest: order %s: %w", id, orders.ErrNotFound)
	}
	return kept(o), nil
}

// Orders implements [orders.Store].
func (s *MemoryStore) Orders(ctx context.Context, filter orders.Filter) ([]orders.Order, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var page []orders.Order
	for _, o := range s.orders {
		if filter.Matches(o) {
			page = append(page, kept(o))
		}
	}
	slices.SortFunc(page, func(a, b orders.Order) int {
		return cmp.Or(b.ChangedAt.Compare(a.ChangedAt), bytes.Compare(b.ID[:], a.ID[:]))
	})
	limit := filter.Limit
	if limit < 1 || limit > orders.ListLimit {
		limit = orders.ListLimit
	}
	return page[:min(limit, len(page))], nil
}

// OrderEvents implements [orders.Store].
func (s *MemoryStore) OrderEvents(ctx context.Context, id uuid.UUID) ([]orders.Event, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var events []orders.Event
	for _, e := range s.events {
		if e.Order == id {
			events = append(events, e)
		}
	}
	return events, nil
}

// kept is a copy of an order as a store gives it back, sharing nothing with it.
func kept(o orders.Order) orders.Order {
	o.Dishes = slices.Clone(o.Dishes)
	if o.Guest != nil {
		guest := *o.Guest
		guest.ScannedAt, guest.BalanceAt = keptTime(guest.ScannedAt), keptTime(guest.BalanceAt)
		o.Guest = &guest
	}
	for _, at := range []*time.Time{&o.OpenedAt, &o.ChangedAt, &o.PaidAt} {
		*at = keptTime(*at)
	}
	return o
}

func keptTime(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }
