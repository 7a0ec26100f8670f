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
	SourceFeed    Source = "feed"    // the POS tells the till about it
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
	ReasonPoints  Reason = "points"  // the points of its guest were moved, and nothing else was known of it
	ReasonExpired Reason = "expired" // nothing happened to it for longer than it is kept
	ReasonFeed    Reason = "feed"    // the POS took it back or closed it
	ReasonCheck   Reason = "check"   // the guest was unbound, and nothing else was known of it
)

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

	Guest *Binding // nil: nobody is bound

	OpenedAt  time.Time
	ChangedAt time.Time
	PaidAt    time.Time // when the POS said that the order is closed there, while its guest's points were still to be moved
	Version   int64     // grows with each change; 0: not saved yet
}

// Dish is a line of an order.
type Dish struct {
	SKU     string          `json:"sku"` // the article's code in the POS; may be empty
	Name    string          `json:"name"`
	Count   decimal.Decimal `json:"count"`   // positive
	Sum     decimal.Decimal `json:"sum"`     // of the whole line, not negative
	Printed bool            `json:"printed"` // the kitchen has its ticket
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
)

// Event is one line of an order's append-only history.
type Event struct {
	Order    uuid.UUID
	Seq      int64 // position in the journal, growing
	At       time.Time
	Kind     EventKind
	Client   int64  // the guest's number, of bound and unbound; 0: none
	Actor    string // the waiter's name; empty: the program or the POS
	Reason   Reason // of closed
	Version  int64  // of the order after it
	Register int
}

// Limits of what an order may hold. What a POS sends beyond them is refused as a whole.
const (
	MaxDishes = 1000
	MaxText   = 200 // characters of a number, a table, a name
	maxDigits = 24  // of a sum or a count; their powers of ten are within ±maxPower
	maxPower  = 12
)

// Validate reports the first field that cannot be: an order that fails it is never saved.
func (o Order) Validate() error {
	switch {
	case o.ID == uuid.Nil:
		return fmt.Errorf("orders: an order without an id: %w", ErrInvalid)
	case o.Source != SourceCheckIn && o.Source != SourceFeed:
		return fmt.Errorf("orders: order %s: no such source %q: %w", o.ID, o.Source, ErrInvalid)
	case o.State != StateOpen && o.State != StateClosed:
		return fmt.Errorf("orders: order %s: no such state %q: %w", o.ID, o.State, ErrInvalid)
	case (o.State == StateClosed) != (o.Reason != ReasonNone):
		return fmt.Errorf("orders: order %s: %s with reason %q: %w", o.ID, o.State, o.Reason, ErrInvalid)
	case !validText(o.Number) || !validText(o.Table) || !validText(o.Waiter):
		return fmt.Errorf("orders: order %s: its number, table or waiter: %w", o.ID, ErrInvalid)
	case o.Sum.Valid && !validAmount(o.Sum.Decimal):
		return fmt.Errorf("orders: order %s: its sum: %w", o.ID, ErrInvalid)
	case len(o.Dishes) > MaxDishes:
		return fmt.Errorf("orders: order %s: %d dishes: %w", o.ID, len(o.Dishes), ErrInvalid)
	case o.Guest != nil && !o.Guest.valid():
		return fmt.Errorf("orders: order %s: its guest: %w", o.ID, ErrInvalid)
	}
	for i, dish := range o.Dishes {
		if !dish.valid() {
			return fmt.Errorf("orders: order %s: dish %d: %w", o.ID, i+1, ErrInvalid)
		}
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
	ErrNotFound    = errors.New("orders: no such order")
	ErrConflict    = errors.New("orders: the order has been changed meanwhile")
	ErrPointsMoved = errors.New("orders: points of this order have moved, or may still move")
	ErrOtherGuest  = errors.New("orders: another guest is bound to the order")
	ErrNoGuest     = errors.New("orders: nobody is bound to the order")
	ErrClosed      = errors.New("orders: the order is closed")
	ErrInvalid     = errors.New("orders: not an order")
)
