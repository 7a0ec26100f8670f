package orders

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Source says how the till came to know an order.
type Source string

// The sources.
const (
	SourceCheckIn Source = "checkin" // a waiter checked a guest in; nothing else is known of the order
	SourceFeed    Source = "feed"    // the POS tells the till about it, and closes it
	SourceTill    Source = "till"    // opened at this till, and paid and closed here
)

// State says whether an order is still of use to anybody.
type State string

// The states.
const (
	StateOpen   State = "open"
	StateClosed State = "closed" // with its reason; only a check-in or the POS opens it again
)

// Reason says why an order is closed.
type Reason string

// The reasons.
const (
	ReasonNone    Reason = ""
	ReasonPaid    Reason = "paid"    // paid in full, of an order of the till
	ReasonVoid    Reason = "void"    // taken back before it was paid, of an order of the till
	ReasonPoints  Reason = "points"  // the points of its guest were moved, and nothing else was known of it
	ReasonExpired Reason = "expired" // nothing happened to it for longer than it is kept
	ReasonFeed    Reason = "feed"    // the POS took it back or closed it
	ReasonCheck   Reason = "check"   // the guest was unbound, and nothing else was known of it
)

// Refusal is what a change of an order is refused with that was closed for this reason: an order of the till that was paid
// ([ErrPaid]) or taken back ([ErrClosed]) stays as it is for good. nil: it may be opened again.
func (r Reason) Refusal() error {
	switch r {
	case ReasonPaid:
		return ErrPaid
	case ReasonVoid:
		return ErrClosed
	}
	return nil
}

// Order is one order of the shop as the till knows it.
type Order struct {
	ID       uuid.UUID // the POS's own
	Register int       // of the till that knows it
	Source   Source
	State    State
	Reason   Reason // why it is closed

	Number string              // as people call it; may be empty
	Table  string              // may be empty
	Waiter string              // may be empty
	Sum    decimal.NullDecimal // to pay, in the shop's currency, not negative; not valid: the till has not been told
	Dishes []Dish
	Seats  int // how many people sit there; 0: not said

	Guest *Binding // nil: nobody is bound

	OpenedAt  time.Time
	ChangedAt time.Time
	PaidAt    time.Time // when the POS said that the order is closed there, while its guest's points were still to be moved
	Version   int64     // grows with each change; 0: not saved yet
}

// Dish is a line of an order.
type Dish struct {
	ID      uuid.UUID       `json:"id"`  // of the line, of an order of the till; [uuid.Nil] of a fed one
	SKU     string          `json:"sku"` // the article's code in the POS; may be empty
	Name    string          `json:"name"`
	Count   decimal.Decimal `json:"count"`   // positive
	Sum     decimal.Decimal `json:"sum"`     // of the whole line, not negative
	Kitchen bool            `json:"kitchen"` // it needs a kitchen ticket before the order can be closed
	Printed bool            `json:"printed"` // the kitchen has its ticket
	Seat    int             `json:"seat"`    // whose it is, 1 to Seats; 0: everybody's
}

// Binding is a guest bound to an order by a check-in.
type Binding struct {
	Card      skidkabot.Card // its Secret is 0 once wiped: by the book when it closes the order, by [loyalty.Store] 24 h after the scan
	ScannedAt time.Time
	Name      string          // sanitised, one line; may be empty
	Balance   decimal.Decimal // as the service showed it at the check-in
	BalanceAt time.Time
	BoundBy   string // the waiter's name, when waiters have PINs; may be empty
}

// EventKind says what happened to an order.
type EventKind string

// What happens to orders.
const (
	EventOpened  EventKind = "opened"
	EventBound   EventKind = "bound"   // a guest was bound, perhaps in place of another
	EventUnbound EventKind = "unbound" // the guest was unbound
	EventFed     EventKind = "fed"     // the POS told what the order is now
	EventPaid    EventKind = "paid"    // the POS closed it; its guest's points are still to be moved
	EventClosed  EventKind = "closed"

	EventChanged EventKind = "changed" // its lines, table or seats were changed at the till
	EventTicket  EventKind = "ticket"  // a kitchen ticket was printed, or marked as printed
	EventBlocked EventKind = "blocked" // it was paid elsewhere and could not be closed yet

	EventReturned EventKind = "returned" // a person says that the guest has back what was paid elsewhere
	EventBooked   EventKind = "booked"   // a person booked by hand what was paid elsewhere, though it closes nothing
)

// Event is one line of an order's append-only history.
type Event struct {
	Order    uuid.UUID
	Seq      int64 // position in the journal, growing
	At       time.Time
	Kind     EventKind
	Client   int64  // the guest's number, of bound and unbound; 0: none
	Actor    string // the waiter's or cashier's name; empty: the program, the POS or the other system
	Reason   Reason // of closed
	Note     string // why, in their own words: of an order taken back
	Version  int64  // of the order after it
	Register int
}

// Limits of what an order may hold. What a POS sends beyond them is refused as a whole.
const (
	MaxDishes = 1000
	MaxText   = 200 // characters of a number, a table, a name
	MaxSeats  = 999
	maxDigits = 24 // of a sum or a count; their powers of ten are within ±maxPower
	maxPower  = 12
)

// Validate reports the first field that cannot be: an order that fails it is never saved.
func (o Order) Validate() error {
	switch {
	case o.ID == uuid.Nil:
		return fmt.Errorf("orders: an order without an id: %w", ErrInvalid)
	case o.Source != SourceCheckIn && o.Source != SourceFeed && o.Source != SourceTill:
		return fmt.Errorf("orders: order %s: no such source %q: %w", o.ID, o.Source, ErrInvalid)
	case o.State != StateOpen && o.State != StateClosed:
		return fmt.Errorf("orders: order %s: no such state %q: %w", o.ID, o.State, ErrInvalid)
	case (o.State == StateClosed) != (o.Reason != ReasonNone):
		return fmt.Errorf("orders: order %s: %s with reason %q: %w", o.ID, o.State, o.Reason, ErrInvalid)
	case (o.Reason == ReasonPaid || o.Reason == ReasonVoid) != (o.Source == SourceTill && o.State == StateClosed):
		return fmt.Errorf("orders: order %s of %s: closed for %q: %w", o.ID, o.Source, o.Reason, ErrInvalid)
	case !validText(o.Number) || !validText(o.Table) || !validText(o.Waiter):
		return fmt.Errorf("orders: order %s: its number, table or waiter: %w", o.ID, ErrInvalid)
	case o.Sum.Valid && !validAmount(o.Sum.Decimal):
		return fmt.Errorf("orders: order %s: its sum: %w", o.ID, ErrInvalid)
	case len(o.Dishes) > MaxDishes:
		return fmt.Errorf("orders: order %s: %d dishes: %w", o.ID, len(o.Dishes), ErrInvalid)
	case o.Seats < 0 || o.Seats > MaxSeats:
		return fmt.Errorf("orders: order %s: %d seats: %w", o.ID, o.Seats, ErrInvalid)
	case o.Guest != nil && !o.Guest.valid():
		return fmt.Errorf("orders: order %s: its guest: %w", o.ID, ErrInvalid)
	}
	for i, dish := range o.Dishes {
		if !dish.valid() || dish.Seat < 0 || dish.Seat > o.Seats {
			return fmt.Errorf("orders: order %s: dish %d: %w", o.ID, i+1, ErrInvalid)
		}
	}
	if o.Source == SourceTill {
		return o.validateLines()
	}
	return nil
}

// validateLines checks what the till promises of its own orders: each line can be told from the others, and the lines
// add up to the sum.
func (o Order) validateLines() error {
	lines, sum := make(map[uuid.UUID]bool, len(o.Dishes)), decimal.Zero
	for i, dish := range o.Dishes {
		if dish.ID == uuid.Nil || lines[dish.ID] {
			return fmt.Errorf("orders: order %s: the id of line %d: %w", o.ID, i+1, ErrInvalid)
		}
		lines[dish.ID] = true
		sum = sum.Add(dish.Sum)
	}
	if !o.Sum.Valid || !o.Sum.Decimal.Equal(sum) {
		return fmt.Errorf("orders: order %s: its lines do not add up to its sum: %w", o.ID, ErrInvalid)
	}
	return nil
}

func (d Dish) valid() bool {
	return validText(d.SKU) && validText(d.Name) && validAmount(d.Count) && d.Count.IsPositive() && validAmount(d.Sum)
}

func (b Binding) valid() bool {
	return b.Card.Vendor >= 1 && b.Card.Client >= 1 && b.Card.Secret >= 0 && validText(b.Name) && validText(b.BoundBy)
}

// validText keeps what a POS calls things short enough for a screen and whole enough for any store.
func validText(s string) bool { return utf8.ValidString(s) && utf8.RuneCountInString(s) <= MaxText }

// validAmount refuses what is below zero, and what no bill has: 1e999999999 is short to write and takes gigabytes to print.
func validAmount(d decimal.Decimal) bool {
	return !d.IsNegative() && d.Exponent() >= -maxPower && d.Exponent() <= maxPower && d.NumDigits() <= maxDigits
}

// MovesPoints reports whether an operation has moved points or may still move them. While an order has such an operation,
// its guest stays: the points are theirs.
func MovesPoints(op loyalty.Operation) bool { return op.Happened() || !op.State.Final() }

// Errors of the book and of stores; compare with errors.Is.
var (
	ErrNotFound    = errors.New("orders: not there")
	ErrConflict    = errors.New("orders: the order has been changed meanwhile")
	ErrPointsMoved = errors.New("orders: points of this order have moved, or may still move")
	ErrOtherGuest  = errors.New("orders: another guest is bound to the order")
	ErrNoGuest     = errors.New("orders: nobody is bound to the order")
	ErrClosed      = errors.New("orders: the order is closed")
	ErrInvalid     = errors.New("orders: not an order")

	ErrPaid        = errors.New("orders: the order has been paid")
	ErrNotPaid     = errors.New("orders: the payments do not add up to what is to be paid")
	ErrShiftOpen   = errors.New("orders: a cash shift is open already")
	ErrShiftClosed = errors.New("orders: the cash shift is closed")
	ErrInUse       = errors.New("orders: the order is in use")
	ErrTicket      = errors.New("orders: a kitchen ticket is not printed")
	ErrNotOurs     = errors.New("orders: the order is not this till's to change or to close")
)
