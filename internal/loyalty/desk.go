// Package loyalty is what the till exists for: it knows who was scanned, what may be accrued or redeemed, and it
// carries each operation through the operation machine of DESIGN.md, section 3.
//
// The service has no idempotency key and no history. So the desk sends each operation at most once, writes to the
// journal before the first byte leaves, and calls a thing done only when it is proven:
//
//   - [Desk.Identify] turns what was scanned into a customer's card, through layout repair and the vendor check;
//   - [Desk.Greet] asks the service who that is and what the balance is;
//   - [Rules.Quote] previews what a receipt means for the guest;
//   - [Desk.Accrue] and [Desk.Redeem] carry out what the cashier confirmed: journal, send, journal;
//   - [Desk.Recover] judges at start what an earlier run left behind, and [Desk.Run] settles what is unknown.
//
// The desk works in the background of its callers: an operation that has begun is finished even when nobody waits for
// it any more, and [Desk.Close] returns only when nothing is in flight.
package loyalty

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Limits of the operation machine (DESIGN.md, section 3).
const (
	BaselineMaxAge = 10 * time.Second // I1: how old the balance may be when `sending` is committed
	RepeatWindow   = 10 * time.Minute // I5: the same card, kind and sum within it asks first
	QRLifetime     = 24 * time.Hour   // a QR lives this long (PROTOCOLS.md, section 1)
	SendLimit      = 15 * time.Second // longer, no request of an operation is waited for
)

// Service is the Skidkabot service as the desk needs it; [*skidkabot.Client] is one. The outcome of every error is
// judged by [skidkabot.OutcomeOf].
type Service interface {
	Balance(ctx context.Context, card skidkabot.Card) (skidkabot.Account, error)
	Accrue(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error)
	Redeem(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error)

	// Reach finds out whether the service can be reached, without asking it for anything.
	Reach(ctx context.Context) error
}

// Options are what a desk is made of. Service, Store, Vendor and Hub are required.
type Options struct {
	Service  Service
	Store    Store
	Hub      *notice.Hub
	Vendor   int64 // the shop's code: other shops' cards are refused before any network call
	Register int
	Rules    RuleSettings
	Now      func() time.Time     // nil: time.Now
	Elapsed  func() time.Duration // time that has really passed, whoever sets the clock; nil: the monotonic clock
	Log      *slog.Logger         // nil: nothing is logged
}

// OperationChanged is published on the hub after every step of an operation.
type OperationChanged struct{ Operation Operation }

// Desk greets guests and carries out operations. It is safe for concurrent use. Make one with [NewDesk].
type Desk struct {
	Options

	wire    wire           // the right to have an accrual or redemption under way (I4)
	closing chan struct{}  // closed when no new operation is taken
	flights sync.WaitGroup // operations that are being carried out

	planning sync.Mutex // held while a plan is asked about and written

	mu      sync.Mutex
	closed  bool
	running map[uuid.UUID]*flight    // what is being carried out, by each operation's id
	moved   map[int64]time.Time      // when a request of a client's card last ended: older balances are no baselines
	cards   map[int64]skidkabot.Card // the newest QR of each client seen by this run; it lends settling its secret (I13)
	watched map[uuid.UUID]bool       // unknown operations that are being settled

	unwritten map[uuid.UUID]unwrittenStep // results in hand that the journal has not taken yet
	unwrote   chan struct{}               // tells Run that there is one more
	wake      chan struct{}               // tells Run that there is something new to settle
	drains    chan struct{}               // tells Run that something that waits may go on now
	lost      chan struct{}               // tells Run that the till is offline
	offline   bool                        // the service could not be reached when it was last tried (I7)
	hold      Hold                        // why nothing of the queue is sent
	percent   knownPercent                // the accrual percent that the service last named
	vouched   clockReading                // when the service's Date last agreed with the clock
	sure      chan struct{}               // tells Run that it has, for the first time since it was in doubt
}

// NewDesk makes a desk. It sends nothing and starts nothing: call [Desk.Recover] once, then [Desk.Run].
func NewDesk(options Options) *Desk {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Elapsed == nil {
		start := time.Now()
		options.Elapsed = func() time.Duration { return time.Since(start) }
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	return &Desk{
		Options: options,
		closing: make(chan struct{}),
		running: make(map[uuid.UUID]*flight),
		moved:   make(map[int64]time.Time),
		cards:   make(map[int64]skidkabot.Card),
		watched: make(map[uuid.UUID]bool),

		unwritten: make(map[uuid.UUID]unwrittenStep),
		unwrote:   make(chan struct{}, 1),
		wake:      make(chan struct{}, 1),
		drains:    make(chan struct{}, 1),
		lost:      make(chan struct{}, 1),
		sure:      make(chan struct{}, 1),
	}
}

// Guest is a customer at the till, as the service has just shown them.
type Guest struct {
	Card      skidkabot.Card
	ScannedAt time.Time
	Name      string // may be empty; sanitised, one line
	Balance   decimal.Decimal
	ReadAt    time.Time // when Balance was read
	Rules     Rules
	Unsettled []Operation // this card's operations whose outcome is still open: redemptions wait for them, accruals are queued

	Offline   bool      // greeted by [Desk.GreetOffline]: the balance is not known
	PercentAt time.Time // offline: when the accrual percent was last named by the service; zero: it is the shop's own
}

// Greet asks the service for the guest's name and balance. It moves no points.
//
// The error is the service's: a [*skidkabot.RefusedError] (for instance an expired QR), a [*skidkabot.NotSentError] or a
// [*skidkabot.UnknownError], which here mean that the balance is unavailable; or a [*JournalError].
func (d *Desk) Greet(ctx context.Context, card skidkabot.Card, scannedAt time.Time) (Guest, error) {
	account, err := d.balance(ctx, card)
	if err != nil {
		return Guest{}, err
	}
	d.mu.Lock()
	d.cards[card.Client] = card
	d.mu.Unlock()
	unsettled, err := d.unsettled(ctx, card)
	if err != nil {
		return Guest{}, err
	}
	return Guest{
		Card:      card,
		ScannedAt: scannedAt,
		Name:      fullName(account.FirstName, account.LastName),
		Balance:   account.Balance,
		ReadAt:    account.ReadAt,
		Rules:     d.Rules.For(account),
		Unsettled: unsettled,
	}, nil
}

func (d *Desk) unsettled(ctx context.Context, card skidkabot.Card) ([]Operation, error) {
	ops, err := d.Store.List(ctx, Filter{
		States: []State{StateSending, StateUnknown}, Vendor: card.Vendor, Client: card.Client, Limit: 10,
	})
	return ops, d.journalError(err)
}

// JournalError says that the journal could not be read or written. Before sending it means that nothing was sent (I8).
type JournalError struct{ Err error }

func (e *JournalError) Error() string { return "loyalty: the journal failed: " + e.Err.Error() }

// Unwrap gives the store's error.
func (e *JournalError) Unwrap() error { return e.Err }

// journalError wraps what a store returned, and publishes the journal's state. Errors that are answers pass as they are.
func (d *Desk) journalError(err error) error {
	switch {
	case err == nil:
		if d.Hub.State(notice.Journal).Level == notice.Unknown {
			d.Hub.Publish(notice.State{Part: notice.Journal, Level: notice.Good, At: d.Now()})
		}
		return nil
	case errors.Is(err, ErrNotFound), errors.Is(err, ErrExists), errors.Is(err, ErrConflict),
		errors.Is(err, ErrCardBusy), errors.Is(err, ErrReversed), errors.Is(err, ErrOrderClosed),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	d.Log.Error("the journal failed", "err", err)
	code := JournalFailed
	if d.hasUnwritten() {
		code = JournalUnwritten // the worse news stays
	}
	d.Hub.Publish(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: code, At: d.Now()})
	return &JournalError{Err: err}
}

// The codes of the journal's [notice.State] that the desk publishes.
const (
	JournalFailed    = "failed"    // the last read or write did not succeed
	JournalUnwritten = "unwritten" // a result in hand could not be written
)

// journalWorks is called after a write that succeeded. It ends the trouble that the desk itself had with the journal, and
// no other: what a check has found stays, and so does a result that is still unwritten.
func (d *Desk) journalWorks() {
	state := d.Hub.State(notice.Journal)
	if state.Code == JournalFailed || state.Code == JournalUnwritten && !d.hasUnwritten() {
		d.Hub.Publish(notice.State{Part: notice.Journal, Level: notice.Good, At: d.Now()})
	}
}

// ServiceCode is how a refusal that concerns the whole shop stands in the Code of the service's [notice.State].
func ServiceCode(code skidkabot.Code) string { return "code" + strconv.Itoa(int(code)) }

// fullName joins what the service knows of a name; either part may be empty.
func fullName(first, last string) string { return strings.TrimSpace(first + " " + last) }

// Close takes no new operations, lets those that wait for their turn give up unsent, and returns when nothing is in
// flight any more or ctx is done; then its error names that operations were left to the next start, which finds them
// as unknown.
func (d *Desk) Close(ctx context.Context) error {
	d.mu.Lock()
	if !d.closed {
		d.closed = true
		close(d.closing)
	}
	d.mu.Unlock()

	done := make(chan struct{})
	go func() {
		d.flights.Wait()
		close(done)
	}()
	select {
	case <-done:
		d.writeAgain(ctx) // the last try for a result in hand
		return nil
	case <-ctx.Done():
		return ErrInFlight
	}
}

// InFlight says how many operations are being carried out now.
func (d *Desk) InFlight() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.running)
}

// Errors of the desk; compare with errors.Is.
var (
	ErrInFlight = errors.New("loyalty: an operation is still in flight")
	ErrClosing  = errors.New("loyalty: the till is being closed, no new operation is taken")
)
