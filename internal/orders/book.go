// Package orders is the order book: which orders the shop has open, who the guests are that waiters bound to them, and what
// has become of both. The waiter's door and the screen read and change it; the journal keeps it.
//
// A waiter binds a guest by a check-in ([Book.CheckIn]), the POS may tell sums and dishes ([Book.Feed]), and the cashier
// opens an order as a guest at the till ([Book.Guest]). Points are never moved here: that is the desk's, which links its
// operations to the order by [loyalty.Operation.Order].
//
// A café without a POS keeps its orders at the till ([Book.OpenOrder]): they are paid there ([Book.Pay]) or by the guest's
// phone ([Book.PayExternal]), in a cash shift ([Book.OpenShift]), each exactly once.
package orders

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"golang.org/x/sync/singleflight"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Desk is what the book needs of the desk; [*loyalty.Desk] is one.
type Desk interface {
	Identify(text string) (loyalty.Identified, error)
	Greet(ctx context.Context, card skidkabot.Card, scannedAt time.Time) (loyalty.Guest, error)
	GreetOffline(ctx context.Context, card skidkabot.Card, scannedAt time.Time) (loyalty.Guest, error)
	DraftAccrual(req loyalty.AccrualRequest, money decimal.Decimal) (loyalty.Operation, error)
	Send(ctx context.Context, id uuid.UUID) (loyalty.Result, error)
}

// Operations is how the book finds the operations of an order; a [loyalty.Store] is one.
type Operations interface {
	List(ctx context.Context, filter loyalty.Filter) ([]loyalty.Operation, error)
}

// How long things are kept.
const (
	GuestMaxAge   = 10 * time.Second        // an older balance is read again
	CheckInLimit  = 4500 * time.Millisecond // a check-in is answered within 5 s whatever the service does (DESIGN.md, section 4)
	CheckInMaxAge = 24 * time.Hour          // an order known only by its check-in leaves after it, as its QR does
	FeedMaxAge    = 7 * 24 * time.Hour      // an order of which the POS has said nothing for so long leaves
)

// Options are what a book is made of. Desk, Operations, Store and Hub are required.
type Options struct {
	Desk       Desk
	Operations Operations
	Store      TillStore
	Printer    Printer // nil: the shop has none, and nothing needs one
	Hub        *notice.Hub
	Register   int
	Rules      loyalty.RuleSettings // the shop's own: those in force for a guest of whom the service has not yet said more
	Rebind     bool                 // a check-in of another guest replaces the bound one; otherwise it is refused
	Now        func() time.Time     // nil: time.Now
	Log        *slog.Logger         // nil: nothing is logged
}

// Book is the order book. It is safe for concurrent use. Make one with [NewBook].
//
// Several processes may have a book over one store: a change that another has overtaken is made again from what it left.
type Book struct {
	Options

	arrivals turns // check-ins and check-outs: one at a time for each order
	writes   turns // read, change, save: one at a time for each order
	tickets  turns // kitchen tickets: one at a time for each order
	reads    singleflight.Group
	behind   sync.WaitGroup // what goes on after the answer: accruals, receipts

	mu      sync.Mutex
	guests  map[int64]*acquaintance // guests of open orders, by their number; at most guestLimit
	over    map[uuid.UUID]bool      // orders of which an operation has ended since Run last looked
	overFor chan struct{}           // tells Run that there are some
	heardOf int                     // steps of operations, of any guest, since the book was made
	leases  map[uuid.UUID]*Lease    // orders that are being edited
	shown   map[uuid.UUID]time.Time // bills that a guest has on their phone; at most shownLimit
}

// NewBook makes a book. It starts nothing: call [Book.Run].
func NewBook(options Options) *Book {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	return &Book{
		Options: options,
		guests:  make(map[int64]*acquaintance),
		over:    make(map[uuid.UUID]bool),
		overFor: make(chan struct{}, 1),
		leases:  make(map[uuid.UUID]*Lease),
		shown:   make(map[uuid.UUID]time.Time),
	}
}

// Close waits for what goes on behind answers that have been given, accruals and receipts, or until ctx is done; then
// its error is ctx's. Call it when nobody pays any more, and before the desk is closed.
func (b *Book) Close(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		b.behind.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// later does what nobody waits for. It runs on a goroutine that no door stands behind, so a panic must not leave it.
func (b *Book) later(what string, do func()) {
	b.behind.Go(func() { b.guarded(what, do) })
}

// guarded keeps a panic in what follows an answer from taking the answer back.
func (b *Book) guarded(what string, do func()) {
	defer func() {
		if cause := recover(); cause != nil {
			b.Log.Error(what+" panicked", "stack", string(debug.Stack()))
		}
	}()
	do()
}

// Open gives the open orders, the last changed first, at most [ListLimit].
func (b *Book) Open(ctx context.Context) ([]Order, error) {
	return b.Store.Orders(ctx, Filter{State: StateOpen})
}

// Find gives one order, open or closed, or [ErrNotFound].
func (b *Book) Find(ctx context.Context, id uuid.UUID) (Order, error) {
	return b.Store.Order(ctx, id)
}

// Changed is published on the hub after every change of an order, with what happened last. Its Event has no Seq, and no
// Kind when only a binding was refreshed.
type Changed struct {
	Order Order
	Event Event
}

// Seated is an order with its guest as the service last showed them.
type Seated struct {
	Order Order
	Guest loyalty.Guest       // its Balance was read at its ReadAt
	Stale error               // why the balance is older than [GuestMaxAge]: the service's error; nil: it is fresh
	Moved []loyalty.Operation // the operations of this order that moved points, are on the way, or wait; the newest first
}

// CheckIn is what a waiter's handheld sends.
type CheckIn struct {
	Order  uuid.UUID
	Text   string // what was scanned or typed
	Waiter string // who; may be empty
}

// Fed is what the POS says of an order.
type Fed struct {
	Order  uuid.UUID
	Number string
	Table  string
	Waiter string
	Sum    decimal.NullDecimal
	Dishes []Dish
}
