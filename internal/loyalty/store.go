package loyalty

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Store keeps operations durably. The journal implements it; loyaltytest has one in memory and the suite that both pass.
//
// Every write is one transaction that is on the disk when the method returns nil. The errors named at the methods mean
// that nothing of it was written. Any other error leaves that open, as a disk does that fails in the middle of a commit:
// the caller reads to find out.
type Store interface {
	// Plan writes new operations, all in [StatePlanned], with their first events, in one transaction.
	// Returns ErrExists if one of the ids is already there, ErrReversed if one of them is a reversal of an operation that
	// has another reversal which has happened or may still happen (I11), and ErrNotFound if a Parent or WaitsFor is
	// neither in the store nor among them; then none is written. A store that keeps orders too returns ErrOrderClosed for a
	// redemption, other than the reversal of an accrual, of an order that was paid or taken back at the till.
	Plan(ctx context.Context, ops ...Operation) error

	// Move makes the given steps in one transaction and appends their events. Each is validated ([Move.Validate])
	// and needs the operation to be in Move.From.
	// Returns ErrNotFound, ErrConflict when an operation is in another state, ErrCardBusy when a step into `sending`
	// meets another operation of the same vendor and client in `sending` or `unknown` (I4), ErrNoSuchMove and
	// ErrNoBaseline from the validation.
	Move(ctx context.Context, moves ...Move) error

	// Amend plans and moves in one transaction, while an operation is where the caller has seen it. Moves may name
	// operations that are planned in it.
	// Returns ErrConflict when the operation While is not in the state Is, ErrNotFound when there is none such, and else
	// the errors of Plan and Move.
	Amend(ctx context.Context, amendment Amendment) error

	// Find returns one operation, or ErrNotFound.
	Find(ctx context.Context, id uuid.UUID) (Operation, error)

	// List returns the operations that pass the filter, the newest (largest id) first, at most Filter.Limit of them.
	List(ctx context.Context, filter Filter) ([]Operation, error)

	// Events returns the history of one operation, oldest first; empty when there is no such operation.
	Events(ctx context.Context, id uuid.UUID) ([]Event, error)

	// Totals counts the operations that pass the filter and sums their points, one Total for each kind, state, link and
	// reason of a settled one. Filter.Limit and Filter.Before do not take part.
	Totals(ctx context.Context, filter Filter) ([]Total, error)

	// WipeSecrets clears the QR secret of everything scanned before the given moment, and says of how many: of operations
	// and, in a store that keeps orders too, of the guests bound to those.
	WipeSecrets(ctx context.Context, scannedBefore time.Time) (int, error)
}

// Amendment is a change of plans that is made only while an operation is in a state: what hangs on its outcome.
type Amendment struct {
	While uuid.UUID
	Is    State
	Plan  []Operation
	Moves []Move
}

// ListLimit is the largest page that [Store.List] gives, and the size when a filter names none.
const ListLimit = 1000

// Filter chooses operations. Zero fields do not restrict.
type Filter struct {
	States   []State
	Kind     Kind
	Link     Link
	Vendor   int64
	Client   int64
	Parent   uuid.UUID
	WaitsFor uuid.UUID
	Order    uuid.UUID
	Sum      decimal.NullDecimal // the receipt's sum, compared as a value
	Since    time.Time           // PlannedAt at or after
	Until    time.Time           // PlannedAt before
	Before   uuid.UUID           // only ids below: the next page after the last id of this one
	Limit    int                 // 1 to ListLimit; 0: ListLimit
}

// Matches reports whether the operation passes the filter; Limit does not take part.
// It is the definition that every store follows.
func (f Filter) Matches(o Operation) bool {
	switch {
	case len(f.States) > 0 && !containsState(f.States, o.State),
		f.Kind != "" && o.Kind != f.Kind,
		f.Link != LinkNone && o.Link != f.Link,
		f.Vendor != 0 && o.Vendor != f.Vendor,
		f.Client != 0 && o.Client != f.Client,
		f.Parent != uuid.Nil && o.Parent != f.Parent,
		f.WaitsFor != uuid.Nil && o.WaitsFor != f.WaitsFor,
		f.Order != uuid.Nil && o.Order != f.Order,
		f.Sum.Valid && !o.Sum.Equal(f.Sum.Decimal),
		!f.Since.IsZero() && o.PlannedAt.Before(f.Since),
		!f.Until.IsZero() && !o.PlannedAt.Before(f.Until),
		f.Before != uuid.Nil && o.ID.String() >= f.Before.String():
		return false
	}
	return true
}

// Total is how many operations of one sort there are, and how many points they have.
type Total struct {
	Kind   Kind
	State  State
	Link   Link
	Reason Reason // of settled ones, which tells what was decided; empty for the others
	Count  int64
	Points decimal.Decimal
}

func containsState(states []State, s State) bool {
	for _, state := range states {
		if state == s {
			return true
		}
	}
	return false
}
