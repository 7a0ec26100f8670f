// Package loyaltytest has what tests of operations need: [MemoryStore], a [loyalty.Store] that forgets everything
// when the test ends, and [RunStoreSuite], the promises of the Store interface as tests. The journal passes the same
// suite, so what a test proves on a MemoryStore holds on the journal too.
package loyaltytest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// MemoryStore is a [loyalty.Store] in memory. The zero value is empty and ready; it must not be copied.
// It keeps what the journal keeps: times in UTC to the microsecond, decimals by value.
type MemoryStore struct {
	// Register is the number of the till that the events name; 0: the register of the operation itself.
	Register int

	// FailWrites is called before each write with the name of the method ("Plan", "Move", "Amend" or
	// "WipeSecrets").
	// When it returns an error, nothing is written and the method returns that error. Set it before the store is
	// shared; a test that switches failures on and off keeps the switch inside the function.
	FailWrites func(method string) error

	mu         sync.Mutex
	operations map[uuid.UUID]loyalty.Operation
	events     []loyalty.Event
}

var _ loyalty.Store = (*MemoryStore)(nil)

// ErrInjected is a failure for [MemoryStore.FailWrites] that no store returns by itself.
var ErrInjected = errors.New("loyaltytest: injected failure")

// Plan implements [loyalty.Store].
func (s *MemoryStore) Plan(ctx context.Context, ops ...loyalty.Operation) error {
	return s.write(ctx, "Plan", func(t *transaction) error { return t.planAll(ops) })
}

// Move implements [loyalty.Store].
func (s *MemoryStore) Move(ctx context.Context, moves ...loyalty.Move) error {
	return s.write(ctx, "Move", func(t *transaction) error { return t.moveAll(moves) })
}

// Amend implements [loyalty.Store].
func (s *MemoryStore) Amend(ctx context.Context, amendment loyalty.Amendment) error {
	return s.write(ctx, "Amend", func(t *transaction) error {
		if err := errors.Join(validateNew(amendment.Plan), validate(amendment.Moves)); err != nil {
			return err
		}
		o, ok := t.find(amendment.While)
		switch {
		case !ok:
			return fmt.Errorf("loyaltytest: operation %s: %w", amendment.While, loyalty.ErrNotFound)
		case o.State != amendment.Is:
			return fmt.Errorf("loyaltytest: operation %s is %s, not %s: %w", o.ID, o.State, amendment.Is, loyalty.ErrConflict)
		}
		if err := t.planAll(amendment.Plan); err != nil {
			return err
		}
		return t.moveAll(amendment.Moves)
	})
}

// WipeSecrets implements [loyalty.Store].
func (s *MemoryStore) WipeSecrets(ctx context.Context, scannedBefore time.Time) (int, error) {
	wiped := 0
	err := s.write(ctx, "WipeSecrets", func(t *transaction) error {
		for id, o := range s.operations {
			if o.Secret != 0 && o.ScannedAt.Before(scannedBefore) {
				o.Secret = 0
				t.changed[id] = o
				wiped++
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return wiped, nil
}

// Find implements [loyalty.Store].
func (s *MemoryStore) Find(ctx context.Context, id uuid.UUID) (loyalty.Operation, error) {
	if err := ctx.Err(); err != nil {
		return loyalty.Operation{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.operations[id]
	if !ok {
		return loyalty.Operation{}, fmt.Errorf("loyaltytest: operation %s: %w", id, loyalty.ErrNotFound)
	}
	return o, nil
}

// List implements [loyalty.Store].
func (s *MemoryStore) List(ctx context.Context, filter loyalty.Filter) ([]loyalty.Operation, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var page []loyalty.Operation
	for _, o := range s.operations {
		if filter.Matches(o) {
			page = append(page, o)
		}
	}
	slices.SortFunc(page, func(a, b loyalty.Operation) int { return bytes.Compare(b.ID[:], a.ID[:]) })
	limit := filter.Limit
	if limit < 1 || limit > loyalty.ListLimit {
		limit = loyalty.ListLimit
	}
	return page[:min(limit, len(page))], nil
}

// Events implements [loyalty.Store].
func (s *MemoryStore) Events(ctx context.Context, id uuid.UUID) ([]loyalty.Event, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var events []loyalty.Event
	for _, e := range s.events {
		if e.Operation == id {
			events = append(events, e)
		}
	}
	return events, nil
}

// Totals implements [loyalty.Store].
func (s *MemoryStore) Totals(ctx context.Context, filter loyalty.Filter) ([]loyalty.Total, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	filter.Before, filter.Limit = uuid.Nil, 0
	s.mu.Lock()
	defer s.mu.Unlock()
	sums := map[loyalty.Total]loyalty.Total{}
	for _, o := range s.operations {
		if !filter.Matches(o) {
			continue
		}
		sort := loyalty.Total{Kind: o.Kind, State: o.State, Link: o.Link}
		if o.State == loyalty.StateSettled {
			sort.Reason = o.Reason
		}
		sum, ok := sums[sort]
		if !ok {
			sum = sort
		}
		sum.Count++
		sum.Points = sum.Points.Add(o.Points)
		sums[sort] = sum
	}
	return slices.Collect(maps.Values(sums)), nil
}

// write runs one transaction: what it changed becomes visible only when it returned nil.
func (s *MemoryStore) write(ctx context.Context, method string, run func(*transaction) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.FailWrites != nil {
		if err := s.FailWrites(method); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &transaction{store: s, changed: map[uuid.UUID]loyalty.Operation{}}
	if err := run(t); err != nil {
		return err
	}
	if s.operations == nil {
		s.operations = map[uuid.UUID]loyalty.Operation{}
	}
	for id, o := range t.changed {
		s.operations[id] = o
	}
	s.events = append(s.events, t.events...)
	return nil
}

// transaction is what one write has changed so far.
type transaction struct {
	store   *MemoryStore
	changed map[uuid.UUID]loyalty.Operation
	events  []loyalty.Event
}

func (t *transaction) find(id uuid.UUID) (loyalty.Operation, bool) {
	if o, ok := t.changed[id]; ok {
		return o, true
	}
	o, ok := t.store.operations[id]
	return o, ok
}

func (t *transaction) planAll(ops []loyalty.Operation) error {
	if err := validateNew(ops); err != nil {
		return err
	}
	for _, o := range ops {
		if err := t.plan(o); err != nil {
			return err
		}
	}
	return t.checkReferences(ops)
}

// validateNew refuses operations that can never be planned.
func validateNew(ops []loyalty.Operation) error {
	for _, o := range ops {
		if err := o.Validate(); err != nil {
			return err
		}
		if o.State != loyalty.StatePlanned {
			return fmt.Errorf("loyaltytest: operation %s: %w: new as %s", o.ID, loyalty.ErrNoSuchMove, o.State)
		}
	}
	return nil
}

func validate(moves []loyalty.Move) error {
	for _, m := range moves {
		if err := m.Validate(); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) moveAll(moves []loyalty.Move) error {
	if err := validate(moves); err != nil {
		return err
	}
	for _, m := range moves {
		if err := t.move(m); err != nil {
			return err
		}
	}
	return nil
}

func (t *transaction) plan(o loyalty.Operation) error {
	if _, ok := t.find(o.ID); ok {
		return fmt.Errorf("loyaltytest: operation %s: %w", o.ID, loyalty.ErrExists)
	}
	if o.Link == loyalty.LinkReversal && t.isReversed(o.Parent) {
		return fmt.Errorf("loyaltytest: operation %s: %w", o.ID, loyalty.ErrReversed)
	}
	t.changed[o.ID] = kept(o)
	t.append(loyalty.Event{At: o.PlannedAt, To: o.State, Reason: o.Reason, Actor: o.Cashier, Note: o.Note}, o)
	return nil
}

// isReversed reports whether the operation has a reversal that has happened or may still happen (I11).
func (t *transaction) isReversed(id uuid.UUID) bool {
	stands := func(o loyalty.Operation) bool {
		return o.Link == loyalty.LinkReversal && o.Parent == id && (o.Happened() || !o.State.Final())
	}
	for _, o := range t.changed {
		if stands(o) {
			return true
		}
	}
	for other := range t.store.operations {
		if o, _ := t.find(other); stands(o) {
			return true
		}
	}
	return false
}

// checkReferences refuses operations that name another which is neither in the store nor among them.
func (t *transaction) checkReferences(ops []loyalty.Operation) error {
	for _, o := range ops {
		for _, other := range []uuid.UUID{o.Parent, o.WaitsFor} {
			if _, ok := t.find(other); other != uuid.Nil && !ok {
				return fmt.Errorf("loyaltytest: operation %s names %s: %w", o.ID, other, loyalty.ErrNotFound)
			}
		}
	}
	return nil
}

func (t *transaction) move(m loyalty.Move) error {
	o, ok := t.find(m.ID)
	switch {
	case !ok:
		return fmt.Errorf("loyaltytest: operation %s: %w", m.ID, loyalty.ErrNotFound)
	case o.State != m.From:
		return fmt.Errorf("loyaltytest: operation %s is %s, not %s: %w", m.ID, o.State, m.From, loyalty.ErrConflict)
	case m.To == loyalty.StateSending && t.cardBusy(o):
		return fmt.Errorf("loyaltytest: operation %s: %w", m.ID, loyalty.ErrCardBusy)
	}
	t.changed[m.ID] = kept(m.Apply(o))
	t.append(loyalty.Event{At: m.At, From: m.From, To: m.To, Reason: m.Reason, Actor: m.Actor, Note: m.Note}, o)
	return nil
}

// cardBusy reports whether another operation of the same card is not settled (I4). Only an operation that was in the
// store before this transaction can be: a new one is planned.
func (t *transaction) cardBusy(o loyalty.Operation) bool {
	for id := range t.store.operations {
		other, _ := t.find(id)
		if other.State.Unsettled() && id != o.ID && other.Vendor == o.Vendor && other.Client == o.Client {
			return true
		}
	}
	return false
}

func (t *transaction) append(e loyalty.Event, o loyalty.Operation) {
	e.Operation, e.At = o.ID, keptTime(e.At)
	e.Seq = int64(len(t.store.events) + len(t.events) + 1)
	e.Register = t.store.Register
	if e.Register == 0 {
		e.Register = o.Register
	}
	t.events = append(t.events, e)
}

// kept is the operation as a store gives it back.
func kept(o loyalty.Operation) loyalty.Operation {
	for _, at := range []*time.Time{&o.ScannedAt, &o.BaselineAt, &o.PlannedAt, &o.SentAt, &o.Deadline, &o.ChangedAt} {
		*at = keptTime(*at)
	}
	if !o.BalanceRead {
		o.Balance = decimal.Decimal{}
	}
	return o
}

func keptTime(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }
