package orders

import (
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
)

// PaymentKind says with what an order was paid.
type PaymentKind string

// The kinds.
const (
	PaidCash   PaymentKind = "cash"
	PaidCard   PaymentKind = "card"
	PaidPoints PaymentKind = "points" // redeemed by an operation of the desk; needs no open shift
	PaidQR     PaymentKind = "qr"     // the guest paid from their phone, by another system
)

// Payment is one part of what an order was paid with. The payments of a closed order add up to its sum.
type Payment struct {
	ID        uuid.UUID // UUIDv7
	Order     uuid.UUID
	Shift     uuid.UUID // [uuid.Nil] for points
	Kind      PaymentKind
	Sum       decimal.Decimal // positive, in the shop's currency
	Tips      decimal.Decimal // of a payment by QR; on top of Sum, never part of the order's sum
	At        time.Time
	Cashier   string    // who took or booked it; empty: nobody, it came from the other system
	Request   string    // of a payment by QR: the other system's id of the first request that it closed
	Operation uuid.UUID // of points: the redemption
	Register  int
}

// External is a payment that a guest has already made elsewhere, and that this till is asked to book.
type External struct {
	System  string    // whose request it is ("expirenza")
	Request string    // that system's id of the request
	Topic   string    // where it wants the answer: of [Letter]
	Bill    uuid.UUID // the order
	Sum     decimal.Decimal
	Tips    decimal.Decimal
	Fiscal  []FiscalLine
}

// FiscalLine is a line that the other system wants to see on the receipt.
type FiscalLine struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Obstacle is why an order that was paid elsewhere cannot be closed.
type Obstacle string

// The obstacles. All but ObstacleNever pass; the other system asks again and again.
const (
	ObstacleNone    Obstacle = ""
	ObstacleSum     Obstacle = "sum"     // the sum differs from what is to be paid, or other money has closed the order
	ObstacleShift   Obstacle = "shift"   // the cash shift is closed
	ObstaclePrinter Obstacle = "printer" // the printer cannot print the receipt
	ObstacleTicket  Obstacle = "ticket"  // a kitchen ticket is not printed
	ObstacleInUse   Obstacle = "in_use"  // somebody edits the order, or its points are on the way, or the till cannot tell now
	ObstacleNever   Obstacle = "never"   // this till can never close it: a person books the payment by hand
)

// Verdict is the book's answer to an [External] payment.
type Verdict struct {
	Obstacle Obstacle // ObstacleNone: the order is closed by this payment
	Order    Order    // as it is now, or is to be when this payment closes it; its Version is 0 when the till does not know it
	Repeat   bool     // it had been closed by this payment before
	Double   bool     // other money has closed it: the guest has paid twice
}

// Claim is money that another system has taken for one of our bills, until the bill is closed by it. There is one for
// each bill and sum.
type Claim struct {
	ID       uuid.UUID // UUIDv7
	System   string
	Bill     uuid.UUID
	Sum      decimal.Decimal
	Tips     decimal.Decimal
	Fiscal   []FiscalLine
	First    string // the first request
	Last     string // the newest request
	Requests int    // how many requests there were
	State    ClaimState
	Obstacle Obstacle // why it is not closed
	FirstAt  time.Time
	LastAt   time.Time
	DoneAt   time.Time // when State left ClaimOpen
	Cashier  string    // who booked or dismissed it
	Note     string    // why, in their own words
	Register int
	Version  int64 // grows with each change; 0: not saved yet
}

// ClaimState says what has become of the money.
type ClaimState string

// The states of a claim.
const (
	ClaimOpen   ClaimState = "open"   // the money is there, the bill is not closed by it
	ClaimPaid   ClaimState = "paid"   // it closed the bill
	ClaimBooked ClaimState = "booked" // a person booked it by hand
	ClaimBack   ClaimState = "back"   // a person says that the guest got the money back, or that it was a mistake
)

// AskedAgain reports whether the other system has asked for the money after a person said that the guest has it back. Either it
// does not know of that, or the guest has paid once more: only a person can tell, and may decide anew.
func (c Claim) AskedAgain() bool { return c.State == ClaimBack && c.LastAt.After(c.DoneAt) }

// Decision is the kind of event that a person's decision about a claim is; empty for a state that no person decides on.
func (s ClaimState) Decision() EventKind {
	switch s {
	case ClaimBooked:
		return EventBooked
	case ClaimBack:
		return EventReturned
	}
	return ""
}

// unsettled reports whether a person is to look at the money.
func (c Claim) unsettled() bool { return c.State == ClaimOpen || c.AskedAgain() }

// Letter is an answer that must reach the other system: a row of the outbox.
type Letter struct {
	ID        uuid.UUID // UUIDv7: letters of one bill are delivered in this order
	System    string
	Topic     string    // the callback ("payBill")
	Bill      uuid.UUID // letters of one bill go one after the other, and a newer one replaces undelivered older ones
	Request   string
	Body      []byte // the exact bytes
	Accepts   bool   // it says that the bill is closed; one that does not is dropped when it is no longer fresh
	CreatedAt time.Time
	NextAt    time.Time // not sent before
	Attempts  int
	DoneAt    time.Time // delivered, replaced or given up; zero: still to be delivered
	Outcome   LetterOutcome
}

// LetterOutcome says how a letter's way ended.
type LetterOutcome string

// The outcomes.
const (
	LetterWaiting   LetterOutcome = ""
	LetterDelivered LetterOutcome = "delivered"
	LetterReplaced  LetterOutcome = "replaced" // by a newer verdict on the same bill
	LetterStale     LetterOutcome = "stale"    // nobody waits for it any more
	LetterRefused   LetterOutcome = "refused"  // the other system does not take it: a person must look
)
