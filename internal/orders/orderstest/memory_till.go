package orderstest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// till is what a [MemoryStore] has beside orders and operations; its mu guards it.
type till struct {
	payments []orders.Payment
	shifts   []orders.Shift // the last may be open
	claims   []orders.Claim
	letters  []orders.Letter
	receipts []uuid.UUID // of orders, that are due
	number   int64
}

// Settle implements [orders.TillStore].
func (s *MemoryStore) Settle(ctx context.Context, settlement orders.Settlement) (orders.Order, error) {
	if err := s.begin(ctx, "Settle"); err != nil {
		return orders.Order{}, err
	}
	if err := settlement.Validate(); err != nil {
		return orders.Order{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.checkSettlement(ctx, settlement); err != nil {
		return orders.Order{}, err
	}
	if len(settlement.Accruals) > 0 { // the last that may refuse
		if err := s.MemoryStore.Plan(ctx, settlement.Accruals...); err != nil {
			return orders.Order{}, err
		}
	}
	return s.settle(settlement), nil
}

// checkSettlement gives the first refusal, in the order that the contract names.
func (s *MemoryStore) checkSettlement(ctx context.Context, settlement orders.Settlement) error {
	order := settlement.Order
	if order != nil {
		if err := s.checkVersion(*order); err != nil {
			return err
		}
	} else {
		for _, e := range settlement.Events {
			if _, there := s.orders[e.Order]; !there {
				return fmt.Errorf("orderstest: order %s: %w", e.Order, orders.ErrNotFound)
			}
		}
	}
	if c := settlement.Claim; c != nil {
		if stored, i := s.claim(c.System, c.Bill, c.Sum); stored.Version != c.Version || i >= 0 && stored.ID != c.ID {
			return fmt.Errorf("orderstest: the claim on %s: %w", c.Bill, orders.ErrConflict)
		}
	}
	if order != nil && s.orders[order.ID].State == orders.StateClosed {
		return fmt.Errorf("orderstest: order %s: %w", order.ID, orders.ErrPaid)
	}
	for _, p := range settlement.Payments {
		if shift, err := s.openShift(); p.Shift != uuid.Nil && (err != nil || shift.ID != p.Shift) {
			return fmt.Errorf("orderstest: payment %s: %w", p.ID, orders.ErrShiftClosed)
		}
	}
	if order == nil {
		return nil
	}
	if err := s.checkGuest(ctx, *order); err != nil {
		return err
	}
	if !settlement.Closes() {
		return nil
	}
	ops, err := s.List(ctx, loyalty.Filter{Order: order.ID})
	if err == nil && !settlement.Fits(ops) {
		err = fmt.Errorf("orderstest: order %s: its operations: %w", order.ID, orders.ErrConflict)
	}
	return err
}

// settle writes what may be written.
func (s *MemoryStore) settle(settlement orders.Settlement) (saved orders.Order) {
	if settlement.Order != nil {
		saved = s.put(*settlement.Order, settlement.Events)
	} else {
		for _, e := range settlement.Events {
			s.append(s.orders[e.Order], []orders.Event{e})
		}
	}
	for _, p := range settlement.Payments {
		p.At = keptTime(p.At)
		s.till.payments = append(s.till.payments, p)
	}
	if settlement.Claim != nil {
		s.putClaim(*settlement.Claim)
	}
	if settlement.Letter != nil {
		s.putLetter(*settlement.Letter)
	}
	if settlement.Receipt {
		s.till.receipts = append(s.till.receipts, saved.ID)
	}
	return saved
}

// ReceiptsDue implements [orders.TillStore].
func (s *MemoryStore) ReceiptsDue(ctx context.Context) ([]uuid.UUID, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.till.receipts[:min(len(s.till.receipts), orders.ListLimit)]), nil
}

// ReceiptEnded implements [orders.TillStore].
func (s *MemoryStore) ReceiptEnded(ctx context.Context, order uuid.UUID) error {
	if err := s.begin(ctx, "ReceiptEnded"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.till.receipts = slices.DeleteFunc(s.till.receipts, func(due uuid.UUID) bool { return due == order })
	return nil
}

// Payments implements [orders.TillStore].
func (s *MemoryStore) Payments(ctx context.Context, order uuid.UUID) ([]orders.Payment, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var payments []orders.Payment
	for _, p := range s.till.payments {
		if p.Order == order {
			payments = append(payments, p)
		}
	}
	return payments, nil
}

// NextNumber implements [orders.TillStore].
func (s *MemoryStore) NextNumber(ctx context.Context) (int64, error) {
	if err := s.begin(ctx, "NextNumber"); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.till.number++
	return s.till.number, nil
}

// OpenShift implements [orders.TillStore].
func (s *MemoryStore) OpenShift(ctx context.Context, id uuid.UUID, by string, at time.Time) (orders.Shift, error) {
	if err := s.begin(ctx, "OpenShift"); err != nil {
		return orders.Shift{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.openShift(); err == nil {
		return orders.Shift{}, fmt.Errorf("orderstest: %w", orders.ErrShiftOpen)
	}
	shift := orders.Shift{
		ID: id, Register: s.Register, Number: int64(len(s.till.shifts) + 1), OpenedAt: keptTime(at), OpenedBy: by, ClosedAt: keptTime(time.Time{}),
	}
	s.till.shifts = append(s.till.shifts, shift)
	return shift, nil
}

// CloseShift implements [orders.TillStore].
func (s *MemoryStore) CloseShift(ctx context.Context, by string, at time.Time) (orders.Shift, error) {
	if err := s.begin(ctx, "CloseShift"); err != nil {
		return orders.Shift{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	shift, err := s.openShift()
	if err != nil {
		return orders.Shift{}, err
	}
	shift.ClosedAt, shift.ClosedBy = keptTime(at), by
	s.till.shifts[len(s.till.shifts)-1] = shift
	return shift, nil
}

// openShift gives the open shift; mu is held.
func (s *MemoryStore) openShift() (orders.Shift, error) {
	if last := len(s.till.shifts) - 1; last >= 0 && s.till.shifts[last].ClosedAt.IsZero() {
		return s.till.shifts[last], nil
	}
	return orders.Shift{}, fmt.Errorf("orderstest: %w", orders.ErrShiftClosed)
}

// Shift implements [orders.TillStore].
func (s *MemoryStore) Shift(ctx context.Context) (orders.Shift, error) {
	if err := ctx.Err(); err != nil {
		return orders.Shift{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.openShift()
}

// Shifts implements [orders.TillStore].
func (s *MemoryStore) Shifts(ctx context.Context, limit int) ([]orders.Shift, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	shifts := slices.Clone(s.till.shifts)
	slices.Reverse(shifts)
	return shifts[:bounded(limit, len(shifts))], nil
}

// bounded is how many of what there is a page has.
func bounded(limit, there int) int { return max(0, min(limit, there, orders.ListLimit)) }

// ShiftTotals implements [orders.TillStore].
func (s *MemoryStore) ShiftTotals(ctx context.Context, id uuid.UUID) (orders.ShiftTotals, error) {
	if err := ctx.Err(); err != nil {
		return orders.ShiftTotals{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.till.shifts, func(shift orders.Shift) bool { return shift.ID == id })
	if i < 0 {
		return orders.ShiftTotals{}, fmt.Errorf("orderstest: shift %s: %w", id, orders.ErrNotFound)
	}
	totals := orders.ShiftTotals{Shift: s.till.shifts[i], Payments: map[orders.PaymentKind]orders.KindTotal{}}
	paid := map[uuid.UUID]bool{}
	for _, p := range s.till.payments {
		if p.Shift != id {
			continue
		}
		total := totals.Payments[p.Kind]
		totals.Payments[p.Kind] = orders.KindTotal{Count: total.Count + 1, Sum: total.Sum.Add(p.Sum)}
		totals.Tips = totals.Tips.Add(p.Tips)
		paid[p.Order] = true
	}
	totals.Orders = int64(len(paid))
	return totals, nil
}

// claim finds the claim of a bill and sum, and its place; -1: there is none. mu is held.
func (s *MemoryStore) claim(system string, bill uuid.UUID, sum decimal.Decimal) (orders.Claim, int) {
	for i, c := range s.till.claims {
		if c.System == system && c.Bill == bill && c.Sum.Equal(sum) {
			return keptClaim(c), i
		}
	}
	return orders.Claim{}, -1
}

func (s *MemoryStore) putClaim(c orders.Claim) {
	c = keptClaim(c)
	c.Version++
	if _, i := s.claim(c.System, c.Bill, c.Sum); i >= 0 {
		s.till.claims[i] = c
		return
	}
	s.till.claims = append(s.till.claims, c)
}

// keptClaim is a copy of a claim as a store gives it back, sharing nothing with it.
func keptClaim(c orders.Claim) orders.Claim {
	c.Fiscal = slices.Clone(c.Fiscal)
	c.FirstAt, c.LastAt, c.DoneAt = keptTime(c.FirstAt), keptTime(c.LastAt), keptTime(c.DoneAt)
	return c
}

// Claim implements [orders.TillStore].
func (s *MemoryStore) Claim(ctx context.Context, system string, bill uuid.UUID, sum decimal.Decimal) (orders.Claim, error) {
	if err := ctx.Err(); err != nil {
		return orders.Claim{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c, i := s.claim(system, bill, sum)
	if i < 0 {
		return orders.Claim{}, fmt.Errorf("orderstest: a claim on %s: %w", bill, orders.ErrNotFound)
	}
	return c, nil
}

// Claims implements [orders.TillStore].
func (s *MemoryStore) Claims(ctx context.Context, filter orders.ClaimFilter) ([]orders.Claim, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var claims []orders.Claim
	for _, c := range s.till.claims {
		if filter.Matches(c) {
			claims = append(claims, keptClaim(c))
		}
	}
	slices.SortFunc(claims, func(a, b orders.Claim) int {
		return cmp.Or(a.FirstAt.Compare(b.FirstAt), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return claims[:bounded(orders.ListLimit, len(claims))], nil
}

// DecideClaim implements [orders.TillStore].
func (s *MemoryStore) DecideClaim(ctx context.Context, id uuid.UUID, to orders.ClaimState, by, note string, at time.Time) (orders.Claim, error) {
	if err := s.begin(ctx, "DecideClaim"); err != nil {
		return orders.Claim{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.till.claims, func(c orders.Claim) bool { return c.ID == id })
	switch {
	case to.Decision() == "":
		return orders.Claim{}, fmt.Errorf("orderstest: a claim made %q: %w", to, orders.ErrInvalid)
	case i < 0:
		return orders.Claim{}, fmt.Errorf("orderstest: claim %s: %w", id, orders.ErrNotFound)
	case s.till.claims[i].State != orders.ClaimOpen && !s.till.claims[i].AskedAgain():
		return orders.Claim{}, fmt.Errorf("orderstest: claim %s: %w", id, orders.ErrConflict)
	}
	c := &s.till.claims[i]
	c.State, c.Cashier, c.Note, c.DoneAt = to, by, note, keptTime(at)
	c.Version++
	if order, there := s.orders[c.Bill]; there {
		s.append(order, []orders.Event{{At: at, Kind: to.Decision(), Actor: by, Note: note}})
	}
	return keptClaim(*c), nil
}
