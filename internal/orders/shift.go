package orders

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// Shift is a cash shift: the time between opening the drawer and counting it.
type Shift struct {
	ID       uuid.UUID // UUIDv7
	Register int
	Number   int64 // of this register, growing by one
	OpenedAt time.Time
	OpenedBy string
	ClosedAt time.Time // zero: it is open
	ClosedBy string
}

// ShiftTotals is what was paid in a shift: the X report while it is open, the Z report when it is closed.
type ShiftTotals struct {
	Shift    Shift
	Payments map[PaymentKind]KindTotal // without points, which belong to no shift
	Tips     decimal.Decimal           // of the payments by QR, on top of their sums
	Orders   int64                     // how many orders were closed with them
}

// KindTotal is how many payments of a kind there were, and their sum.
type KindTotal struct {
	Count int64
	Sum   decimal.Decimal
}
