package loyalty

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// Kind says which way the points go.
type Kind string

// The two things that the service can do with points. A reversal is the opposite kind, linked by [LinkReversal].
const (
	Accrual    Kind = "accrual"
	Redemption Kind = "redemption"
)

// Signed is the movement of the customer's balance that an operation of this kind and size makes.
func (k Kind) Signed(points decimal.Decimal) decimal.Decimal {
	if k == Redemption {
		return points.Neg()
	}
	return points
}

// State is where an operation stands. DESIGN.md, section 3 defines each.
type State string

// The states in the order of an operation's life.
const (
	StatePlanned    State = "planned"     // confirmed by the cashier, in the journal, no byte sent
	StateQueued     State = "queued"      // an accrual that waits for the network
	StateSending    State = "sending"     // committed before the first byte, with its baseline
	StateConfirmed  State = "confirmed"   // the service proved it
	StateRefused    State = "refused"     // the service refused it, with a documented code
	StateUnknown    State = "unknown"     // a byte may have left and no proof came back
	StateApplied    State = "applied"     // was unknown; the balance moved by exactly this amount
	StateNotApplied State = "not_applied" // was unknown; the balance did not move
	StateReview     State = "review"      // the evidence is ambiguous: a person decides
	StateSettled    State = "settled"     // a person decided
	StateVoided     State = "voided"      // cancelled, proven unsent
	StateExpired    State = "expired"     // queued until the QR was no longer valid
)

// States lists every state, in the order of an operation's life.
func States() []State {
	return []State{
		StatePlanned, StateQueued, StateSending, StateConfirmed, StateRefused, StateUnknown,
		StateApplied, StateNotApplied, StateReview, StateSettled, StateVoided, StateExpired,
	}
}

// transitions is the operation machine: what each state may become.
//
// Two arrows leave `sending` for a state that promises "no byte was sent": they are taken only on a
// [skidkabot.NotSentError], which proves it (I7).
var transitions = map[State][]State{
	StatePlanned:    {StateSending, StateQueued, StateVoided, StateReview},
	StateQueued:     {StateSending, StateVoided, StateExpired, StateReview},
	StateSending:    {StateConfirmed, StateRefused, StateUnknown, StateQueued, StateVoided, StateReview},
	StateUnknown:    {StateApplied, StateNotApplied, StateReview},
	StateReview:     {StateSettled},
	StateConfirmed:  nil,
	StateRefused:    nil,
	StateApplied:    nil,
	StateNotApplied: nil,
	StateSettled:    nil,
	StateVoided:     nil,
	StateExpired:    nil,
}

// CanBecome reports whether the operation machine has an arrow from s to next.
func (s State) CanBecome(next State) bool {
	for _, to := range transitions[s] {
		if to == next {
			return true
		}
	}
	return false
}

// Valid reports whether s is a state of the machine.
func (s State) Valid() bool {
	_, ok := transitions[s]
	return ok
}

// Final reports whether an operation in this state never changes again.
func (s State) Final() bool { return s.Valid() && len(transitions[s]) == 0 }

// Unsettled reports whether a request of this operation may be on the wire or may already have moved points (I4).
func (s State) Unsettled() bool { return s == StateSending || s == StateUnknown }

// Link says why an operation names a parent.
type Link string

// The reasons.
const (
	LinkNone      Link = ""
	LinkRemainder Link = "remainder" // the accrual on the money part of a redemption's receipt (I9)
	LinkRepeat    Link = "repeat"    // a new attempt at a parent that was not applied (I2)
	LinkReversal  Link = "reversal"  // the storno of its parent (I11)
)

// Reason is the machine-readable cause of a state: what a door turns into a sentence for the cashier.
type Reason string

// The reasons that the desk itself gives. An unknown or unsent operation carries the reason or phase that the
// skidkabot package reports (for instance "timeout", "reset", "connect").
const (
	ReasonNone         Reason = ""
	ReasonRestart      Reason = "restart"       // the program ended before the operation was over
	ReasonCashier      Reason = "cashier"       // the cashier cancelled it
	ReasonParentFailed Reason = "parent_failed" // the redemption that it belongs to did not happen (I9)
	ReasonNoBalance    Reason = "no_balance"    // no balance could be read just before sending (I1)
	ReasonNotEnough    Reason = "not_enough"    // the balance read just before sending is below the points
	ReasonCardBusy     Reason = "card_busy"     // another operation of the card is not settled (I4)
	ReasonQRExpired    Reason = "qr_expired"    // the QR is older than 24 hours or the service no longer takes it
	ReasonClosing      Reason = "closing"       // the till was being closed while the operation waited for its turn
	ReasonMoved        Reason = "moved"         // settling: the balance moved by exactly this amount
	ReasonStill        Reason = "still"         // settling: the balance did not move
	ReasonAmbiguous    Reason = "ambiguous"     // settling: the balance moved by something else
	ReasonDecidedYes   Reason = "decided_yes"   // settled: a person decided that the points have moved
	ReasonDecidedNo    Reason = "decided_no"    // settled: a person decided that they have not
	ReasonForeign      Reason = "foreign"       // the journal was restored, or comes from another machine (I10)
	ReasonOffline      Reason = "offline"       // the service cannot be reached
	ReasonJournal      Reason = "journal"       // the journal could not be written, so nothing was sent (I8)
	ReasonHeld         Reason = "held"          // the service does not work for this shop (codes 5 and 15)
)

// Operation is one accrual, redemption or reversal of points, as the journal holds it.
type Operation struct {
	ID       uuid.UUID // UUIDv7, made when the form opened (I5)
	Register int       // the till's number in the shop ("kassa")
	Kind     Kind
	State    State

	Vendor    int64            // shop code of the QR
	Client    int64            // customer number of the QR
	Secret    skidkabot.Secret // control number of the QR; 0 once wiped, 24 h after the scan (I13)
	ScannedAt time.Time
	Name      string // the customer's name as the service gave it, sanitised

	Points  decimal.Decimal // points to accrue or redeem, positive
	Sum     decimal.Decimal // the receipt's sum, in the shop's currency
	Money   decimal.Decimal // the part of Sum that is paid in money
	Percent decimal.Decimal // the percent by which Points or their limit was counted, 0 to 100

	Parent   uuid.UUID // [uuid.Nil]: none
	Link     Link
	Order    uuid.UUID // the order that it was made for, by the order book's id; [uuid.Nil]: none
	WaitsFor uuid.UUID // not sent before this operation has happened, and voided when it has not; [uuid.Nil]: waits for none

	Baseline   decimal.Decimal // the balance read before the first byte; meaningful when BaselineAt is set
	BaselineAt time.Time
	PlannedAt  time.Time
	SentAt     time.Time // when `sending` was committed
	Deadline   time.Time // after it no request of this operation is waited for any more
	ChangedAt  time.Time // when State was last changed

	Balance     decimal.Decimal // the balance afterwards, from the service
	BalanceRead bool            // false: the service did not say the balance
	Code        skidkabot.Code  // the refusal's code, or for `unknown` the code that the server probably meant; 0: none
	Text        string          // the refusal's text as the service wrote it
	Reason      Reason
	Cashier     string
	Note        string // why a person asked for it, in their own words: of a reversal
}

// Card is the customer's QR of the operation; its Secret is 0 when it has been wiped.
func (o Operation) Card() skidkabot.Card {
	return skidkabot.Card{Vendor: o.Vendor, Client: o.Client, Secret: o.Secret}
}

// Expected is the balance that the service shows when the operation was applied and nothing else moved.
func (o Operation) Expected() decimal.Decimal { return o.Baseline.Add(o.Kind.Signed(o.Points)) }

// Happened reports whether the operation moved the points, as far as that is known: proven, inferred or decided by a person.
func (o Operation) Happened() bool {
	switch o.State {
	case StateConfirmed, StateApplied:
		return true
	case StateSettled:
		return o.Reason == ReasonDecidedYes
	}
	return false
}

// mayCount reports whether the operation has happened or may still happen.
func (o Operation) mayCount() bool { return o.Happened() || !o.State.Final() }

// Expires is when the operation's QR is no longer valid (PROTOCOLS.md, section 1).
func (o Operation) Expires() time.Time { return o.ScannedAt.Add(QRLifetime) }

// Validate reports the first field that cannot be: an operation that fails it is never planned.
func (o Operation) Validate() error {
	switch {
	case o.ID.Version() != 7:
		return fmt.Errorf("loyalty: operation id %s is not a UUIDv7", o.ID)
	case o.Kind != Accrual && o.Kind != Redemption:
		return fmt.Errorf("loyalty: operation %s: no such kind %q", o.ID, o.Kind)
	case !o.State.Valid():
		return fmt.Errorf("loyalty: operation %s: no such state %q", o.ID, o.State)
	case !o.Points.IsPositive() || !o.Points.IsInteger():
		return fmt.Errorf("loyalty: operation %s: points %s are not a positive whole number", o.ID, o.Points)
	case o.Sum.IsNegative() || o.Money.IsNegative() || o.Money.GreaterThan(o.Sum):
		return fmt.Errorf("loyalty: operation %s: sum %s, money part %s", o.ID, o.Sum, o.Money)
	case (o.Parent == uuid.Nil) != (o.Link == LinkNone):
		return fmt.Errorf("loyalty: operation %s: parent %s with link %q", o.ID, o.Parent, o.Link)
	case o.Parent == o.ID || o.WaitsFor == o.ID:
		return fmt.Errorf("loyalty: operation %s hangs on itself", o.ID)
	}
	return nil
}

// Move is one step of an operation from a state to the next. Zero fields of it leave the operation's as they were.
type Move struct {
	ID       uuid.UUID
	From, To State
	At       time.Time
	Reason   Reason
	Actor    string // who decided; empty: the program
	Note     string // why, in their own words

	Baseline   decimal.NullDecimal // with BaselineAt, when To is `sending`
	BaselineAt time.Time
	SentAt     time.Time
	Deadline   time.Time
	Balance    decimal.NullDecimal // the balance afterwards
	Code       skidkabot.Code
	Text       string
}

// Validate reports a step that the machine does not have, or a `sending` without what I1 demands.
func (m Move) Validate() error {
	if !m.From.CanBecome(m.To) {
		return fmt.Errorf("loyalty: operation %s: %w: %s to %s", m.ID, ErrNoSuchMove, m.From, m.To)
	}
	if m.To == StateSending && (!m.Baseline.Valid || m.BaselineAt.IsZero() || m.SentAt.IsZero() || m.Deadline.IsZero()) {
		return fmt.Errorf("loyalty: operation %s: %w", m.ID, ErrNoBaseline)
	}
	return nil
}

// Apply gives the operation as it stands after the move. Stores use it, so that all of them change the same fields.
func (m Move) Apply(o Operation) Operation {
	o.State, o.ChangedAt, o.Reason = m.To, m.At, m.Reason
	if m.Baseline.Valid {
		o.Baseline, o.BaselineAt = m.Baseline.Decimal, m.BaselineAt
	}
	if !m.SentAt.IsZero() {
		o.SentAt, o.Deadline = m.SentAt, m.Deadline
	}
	if m.Balance.Valid {
		o.Balance, o.BalanceRead = m.Balance.Decimal, true
	}
	if m.Code != 0 {
		o.Code = m.Code
	}
	if m.Text != "" {
		o.Text = m.Text
	}
	return o
}

// Event is one line of an operation's append-only history.
type Event struct {
	Operation uuid.UUID
	Seq       int64 // position in the journal, growing
	At        time.Time
	From      State // empty for the first event
	To        State
	Reason    Reason
	Actor     string // who decided; empty: the program
	Note      string // why, in their own words
	Register  int
}

// Errors that stores and the machine return; compare with errors.Is.
var (
	ErrNotFound   = errors.New("loyalty: no such operation")
	ErrExists     = errors.New("loyalty: the operation is already in the journal")
	ErrConflict   = errors.New("loyalty: the operation is no longer in the expected state")
	ErrCardBusy   = errors.New("loyalty: another operation of this card is not settled")
	ErrNoSuchMove = errors.New("loyalty: no such step in the operation machine")
	ErrNoBaseline = errors.New("loyalty: nothing is sent without a baseline balance")

	// ErrOrderClosed refuses to redeem points on an order that was paid or taken back: they would pay for nothing.
	ErrOrderClosed = errors.New("loyalty: the order of the operation is closed")
)
