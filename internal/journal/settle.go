package journal

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// Settle implements [orders.TillStore]. On a full disk it is refused: whoever has taken the money asks again. [ErrRange]
// refuses numbers that are too long, in the same way as operations'.
func (j *Journal) Settle(ctx context.Context, s orders.Settlement) (orders.Order, error) {
	if err := s.Validate(); err != nil {
		return orders.Order{}, err
	}
	rows, err := settlementRows(s)
	if err != nil {
		return orders.Order{}, err
	}
	err = j.write(ctx, starts, func(ctx context.Context, t *transaction) error { return t.settle(ctx, s, rows) })
	if err != nil {
		return orders.Order{}, err
	}
	return rows.saved, nil
}

// settled is a settlement as the database keeps it, made before the transaction begins.
type settled struct {
	saved    orders.Order // as it is afterwards; zero when the settlement has none
	order    []any
	payments [][]any
	accruals [][]any
	claim    []any
	letter   []any
}

func settlementRows(s orders.Settlement) (rows settled, err error) {
	e := encoder{}
	if s.Order != nil {
		rows.saved = keptOrder(*s.Order)
		rows.saved.Version++
		if rows.order, err = orderValues(rows.saved); err != nil {
			return rows, err
		}
	}
	for _, p := range s.Payments {
		rows.payments = append(rows.payments, e.payment(p))
	}
	if s.Claim != nil {
		rows.claim = e.claim(*s.Claim)
	}
	if s.Letter != nil {
		rows.letter = letterValues(*s.Letter)
	}
	if rows.accruals, err = operationRows(s.Accruals); err == nil {
		err = e.err
	}
	return rows, err
}

// settle writes the parts of a settlement when nothing stands against it.
func (t *transaction) settle(ctx context.Context, s orders.Settlement, rows settled) error {
	events, err := t.checkSettlement(ctx, s, rows)
	if err != nil {
		return fmt.Errorf("journal: settlement: %w", err)
	}
	if err := mayBePlanned(s.Accruals); err != nil {
		return err
	}
	if s.Order != nil {
		if err := t.writeOrder(ctx, *s.Order, rows.order); err != nil {
			return fmt.Errorf("journal: order %s: %w", s.Order.ID, err)
		}
	}
	for _, e := range events {
		if err := t.appendOrderEvent(ctx, e); err != nil {
			return err
		}
	}
	for i, p := range s.Payments {
		if err := t.exec(ctx, insertPayment, rows.payments[i]...); err != nil {
			return fmt.Errorf("journal: payment %s: %w", p.ID, err)
		}
	}
	if s.Claim != nil {
		if err := t.saveClaim(ctx, *s.Claim, rows.claim); err != nil {
			return fmt.Errorf("journal: claim %s: %w", s.Claim.ID, err)
		}
	}
	if s.Letter != nil {
		if err := t.post(ctx, *s.Letter, rows.letter); err != nil {
			return fmt.Errorf("journal: letter %s: %w", s.Letter.ID, err)
		}
	}
	if s.Receipt {
		if err := t.exec(ctx, insertReceipt, s.Order.ID[:]); err != nil {
			return fmt.Errorf("journal: the receipt of order %s: %w", s.Order.ID, err)
		}
	}
	return t.plan(ctx, s.Accruals, rows.accruals)
}

// checkSettlement gives the first refusal, in the order that [orders.TillStore] promises, or the events as they are to be
// written.
func (t *transaction) checkSettlement(ctx context.Context, s orders.Settlement, rows settled) ([]orders.Event, error) {
	var there bound // nothing when the settlement has no order
	if s.Order != nil {
		var err error
		if there, err = t.findBound(ctx, s.Order.ID); err != nil {
			return nil, err
		}
		if err := there.check(*s.Order); err != nil {
			return nil, err
		}
	}
	events, err := t.settledEvents(ctx, s)
	if err != nil {
		return nil, err
	}
	if s.Claim != nil {
		if err := t.checkClaim(ctx, *s.Claim, rows.claim); err != nil {
			return nil, err
		}
	}
	if there.state == orders.StateClosed {
		return nil, orders.ErrPaid
	}
	if err := t.checkShifts(ctx, s.Payments); err != nil {
		return nil, err
	}
	if s.Order != nil {
		if err := t.checkGuest(ctx, *s.Order, there); err != nil {
			return nil, err
		}
	}
	if !s.Closes() {
		return events, nil
	}
	ops, err := t.operationsOf(ctx, s.Order.ID)
	if err == nil && !s.Fits(ops) {
		err = fmt.Errorf("the operations of order %s: %w", s.Order.ID, orders.ErrConflict)
	}
	return events, err
}

// operationsOf gives all operations of an order, the newest first.
func (t *transaction) operationsOf(ctx context.Context, order uuid.UUID) ([]loyalty.Operation, error) {
	statement, done, err := t.journal.writing.get(ctx, findOperations)
	if err != nil {
		return nil, err
	}
	defer done()
	rows, err := statement.QueryContext(ctx, order[:])
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // read to its end, it is closed; else there is an error already
	var ops []loyalty.Operation
	for rows.Next() {
		op, err := scanOperation(rows)
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	return ops, rows.Err()
}

// settledEvents are the events with the orders that they are of and the versions of those.
func (t *transaction) settledEvents(ctx context.Context, s orders.Settlement) ([]orders.Event, error) {
	if s.Order != nil {
		return eventsOf(s.Order.ID, s.Order.Version+1, s.Events), nil
	}
	events := slices.Clone(s.Events)
	for i, e := range events {
		there, err := t.findBound(ctx, e.Order)
		switch {
		case err != nil:
			return nil, err
		case there.version == 0:
			return nil, fmt.Errorf("order %s: %w", e.Order, orders.ErrNotFound)
		}
		events[i].Version = there.version
	}
	return events, nil
}

// checkShifts refuses payments in a shift that is not this till's open one.
func (t *transaction) checkShifts(ctx context.Context, payments []orders.Payment) error {
	for _, p := range payments {
		if p.Shift == uuid.Nil {
			continue
		}
		var open bool
		if err := t.queryRow(ctx, isShiftOpen, []any{t.journal.register, p.Shift[:]}, &open); err != nil {
			return err
		}
		if !open {
			return fmt.Errorf("payment %s: %w", p.ID, orders.ErrShiftClosed)
		}
	}
	return nil
}
