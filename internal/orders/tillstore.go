package orders

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// TillStore keeps what the till's own orders need beyond [Store]: payments, shifts, claims and the outbox. The promises of
// Store hold: one durable transaction for each write.
type TillStore interface {
	Store

	// Settle writes a settlement. Returns ErrConflict when the order has another version, ErrShiftClosed when a payment names
	// a shift that is not open, ErrPaid when the order is closed already, ErrConflict when the claim of this bill and sum is
	// another, and the errors of planning from [loyalty.Store.Plan].
	Settle(ctx context.Context, s Settlement) (Order, error)

	// NextNumber gives the number of the next order of this register: growing by one, never given twice.
	NextNumber(ctx context.Context) (int64, error)

	// OpenShift opens the register's next shift, or returns ErrShiftOpen. CloseShift closes the open one, or returns ErrShiftClosed.
	OpenShift(ctx context.Context, id uuid.UUID, by string, at time.Time) (Shift, error)
	CloseShift(ctx context.Context, by string, at time.Time) (Shift, error)

	// Shift returns the register's open shift, or ErrShiftClosed. Shifts returns the newest ones, at most limit.
	Shift(ctx context.Context) (Shift, error)
	Shifts(ctx context.Context, limit int) ([]Shift, error)
	ShiftTotals(ctx context.Context, shift uuid.UUID) (ShiftTotals, error)

	// Payments returns the payments of an order, oldest first.
	Payments(ctx context.Context, order uuid.UUID) ([]Payment, error)

	// Claim returns the claim of a bill and sum, or ErrNotFound; sums are compared as values. Claims returns those in the
	// given state, the oldest first, at most ListLimit; an empty state means all of a bill or of all bills.
	Claim(ctx context.Context, system string, bill uuid.UUID, sum decimal.Decimal) (Claim, error)
	Claims(ctx context.Context, filter ClaimFilter) ([]Claim, error)
	// DecideClaim ends an open claim by a person's decision, or returns ErrConflict when it is no longer open.
	DecideClaim(ctx context.Context, id uuid.UUID, to ClaimState, by, note string, at time.Time) (Claim, error)

	// Letters returns the outbox's letters that may be sent at this moment: of each bill only the oldest undelivered one.
	Letters(ctx context.Context, system string, now time.Time, limit int) ([]Letter, error)
	// NextLetter returns when the next letter may be sent; zero: there is none.
	NextLetter(ctx context.Context, system string) (time.Time, error)
	// Posted writes down an attempt: the outcome, or for LetterWaiting when the next one may be made.
	Posted(ctx context.Context, id uuid.UUID, outcome LetterOutcome, at, next time.Time) error
}

// ClaimFilter chooses claims. Zero fields do not restrict.
type ClaimFilter struct {
	State ClaimState
	Bill  uuid.UUID
	Since time.Time // LastAt at or after
}
