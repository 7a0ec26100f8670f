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

	// Settle writes a settlement and gives its order as saved, its Version one higher, or a zero one when it has none.
	// The claim's Version is one higher too. Events get the version of their order, their Seq and Register.
	//
	// Returns, in this order: ErrInvalid or ErrNotPaid from [Settlement.Validate]; ErrConflict when the order or the claim of
	// this system, bill and sum has another version, and ErrNotFound when an event without an Order names one that is not there;
	// ErrPaid when the order is closed already; ErrShiftClosed when a payment names a shift that is not this register's open one;
	// ErrPointsMoved as SaveOrder; ErrConflict when the settlement closes an order as paid and does not fit its operations
	// ([Settlement.Fits]); the errors of planning the accruals, from [loyalty.Store.Plan].
	//
	// From then on its Plan and Amend refuse to redeem points on the order ([loyalty.ErrOrderClosed]).
	Settle(ctx context.Context, s Settlement) (Order, error)

	// NextNumber gives the number of the next order of this register: from 1, growing by one, never given twice.
	NextNumber(ctx context.Context) (int64, error)

	// OpenShift opens the register's next shift, or returns ErrShiftOpen. CloseShift closes the open one, or returns ErrShiftClosed.
	OpenShift(ctx context.Context, id uuid.UUID, by string, at time.Time) (Shift, error)
	CloseShift(ctx context.Context, by string, at time.Time) (Shift, error)

	// Shift returns the register's open shift, or ErrShiftClosed. Shifts returns its newest ones, the newest first, at most
	// limit, and no more than ListLimit. ShiftTotals adds up the payments of a shift, or returns ErrNotFound.
	Shift(ctx context.Context) (Shift, error)
	Shifts(ctx context.Context, limit int) ([]Shift, error)
	ShiftTotals(ctx context.Context, shift uuid.UUID) (ShiftTotals, error)

	// Payments returns the payments of an order in the order in which they were written.
	Payments(ctx context.Context, order uuid.UUID) ([]Payment, error)

	// ReceiptsDue returns the orders whose receipts are due, the first closed one first, at most ListLimit. ReceiptEnded says
	// that one is not due any more; it does nothing when it was not.
	ReceiptsDue(ctx context.Context) ([]uuid.UUID, error)
	ReceiptEnded(ctx context.Context, order uuid.UUID) error

	// Claim returns the claim of a bill and sum, or ErrNotFound; sums are compared as values. Claims returns those that pass
	// the filter, the oldest first (by FirstAt, of equals the smaller id), at most ListLimit.
	Claim(ctx context.Context, system string, bill uuid.UUID, sum decimal.Decimal) (Claim, error)
	Claims(ctx context.Context, filter ClaimFilter) ([]Claim, error)
	// DecideClaim ends a claim by a person's decision, ClaimBooked or ClaimBack: an open one, or one that is asked for although
	// it was said to be given back ([Claim.AskedAgain]). An order that is there gets an event of it at the version that it has,
	// EventBooked or EventReturned, by the person and with their note. Returns ErrNotFound, ErrConflict when it is decided
	// already, and ErrInvalid for another state.
	DecideClaim(ctx context.Context, id uuid.UUID, to ClaimState, by, note string, at time.Time) (Claim, error)

	// Letters returns the outbox's letters that may be sent at this moment, whose NextAt has come: of each bill only the
	// oldest undelivered one. The smallest id comes first; at most limit, and no more than ListLimit.
	Letters(ctx context.Context, system string, now time.Time, limit int) ([]Letter, error)
	// NextLetter returns when the next letter may be sent; zero: there is none.
	NextLetter(ctx context.Context, system string) (time.Time, error)
	// Posted writes down an attempt: the outcome, or for LetterWaiting when the next one may be made. A letter that has come
	// to its end meanwhile stays as it is. Returns ErrNotFound.
	Posted(ctx context.Context, id uuid.UUID, outcome LetterOutcome, at, next time.Time) error
}

// ClaimFilter chooses claims. Zero fields do not restrict.
type ClaimFilter struct {
	State ClaimState
	Bill  uuid.UUID
	Since time.Time // LastAt at or after
}

// Matches reports whether the claim passes the filter. It is the definition that every store follows.
func (f ClaimFilter) Matches(c Claim) bool {
	return (f.State == "" || c.State == f.State) && (f.Bill == uuid.Nil || c.Bill == f.Bill) && !c.LastAt.Before(f.Since)
}
