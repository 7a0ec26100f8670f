// Package tui is door 1, the cashier: one screen at the till on which a scan becomes a guest, a sum becomes points, and
// nobody is left to guess what happened to them.
//
// The rules of this terminal interface:
//
//   - Every key goes through the scanner's decoder first. What a scanner typed reaches no field, no hotkey and no
//     button; its Enter presses nothing.
//   - No hotkey is a bare letter or digit: a torn scan must find nothing to press.
//   - What opens by itself ignores keys until the keyboard has been quiet, so that nobody answers a question unread.
//   - A PIN is shown as asterisks and kept nowhere; its screen swallows scans. What cannot be checked opens nothing.
//   - Under the lock nothing of a customer can be read and nothing can be pressed; what is under way goes on.
//   - Whoever confirms is whoever is written down, also when another cashier was asked.
//   - Each screen explains its keys under F1, and each error ends with its code.
//   - The mouse does what keys do: it is never needed, and what keeps keys off keeps clicks off.
//   - Of the journal one page is held, however long it is.
//   - Money is taken only by the answer to a question, and never twice unasked: while a guest may have paid by phone, the
//     answer that takes nothing has the focus.
//   - An order is held only while there are unsaved changes of it on a screen, and for no longer than somebody types.
//   - Points move only from one place, the confirmation of a question, and under an id that was made when the question
//     opened: pressing twice meets the same operation.
//   - Nothing blocks the keyboard. Work runs in the desk; its results come as messages, to the screen that waits for them or
//     to the line of notices.
//   - Screens do not know each other. A screen says what the cashier decided, as a value declared beside it; the root
//     model alone opens screens and speaks to the desk.
//   - Rendering costs nothing when nothing has changed: a scan is sixty-five messages.
package tui

import (
	"context"
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/setup"
)

// Desk is what the screens need of [*loyalty.Desk]; the contracts are its.
type Desk interface {
	Identify(text string) (loyalty.Identified, error)
	Greet(ctx context.Context, card skidkabot.Card, scannedAt time.Time) (loyalty.Guest, error)
	Accrue(ctx context.Context, req loyalty.AccrualRequest) (loyalty.Result, error)
	Redeem(ctx context.Context, req loyalty.RedemptionRequest) (loyalty.Result, error)
	Send(ctx context.Context, id uuid.UUID) (loyalty.Result, error)
	Cancel(ctx context.Context, id uuid.UUID, cashier string) (loyalty.Operation, error)
	InFlight() int

	GreetOffline(ctx context.Context, card skidkabot.Card, scannedAt time.Time) (loyalty.Guest, error)
	PayInFull(ctx context.Context, choice loyalty.FullPayment) error
	Reverse(ctx context.Context, req loyalty.ReversalRequest) (loyalty.Result, error)
	Reversible(ctx context.Context, id uuid.UUID) ([]loyalty.Operation, error)
	Repeatable(ctx context.Context, id uuid.UUID) error
	NeedsAdmin(ctx context.Context, of uuid.UUID, cashier string, window time.Duration) (bool, error)
	Decide(ctx context.Context, id uuid.UUID, applied bool, who, why string) (loyalty.Operation, error)
}

var _ Desk = (*loyalty.Desk)(nil)

// Journal is what the screens read of the journal: the read methods of [loyalty.Store], whose contracts hold.
type Journal interface {
	Find(ctx context.Context, id uuid.UUID) (loyalty.Operation, error)
	List(ctx context.Context, filter loyalty.Filter) ([]loyalty.Operation, error)
	Events(ctx context.Context, id uuid.UUID) ([]loyalty.Event, error)
	Totals(ctx context.Context, filter loyalty.Filter) ([]loyalty.Total, error)
}

var _ Journal = loyalty.Store(nil)

// Orders is what the screens read of the order book; the contracts are [*orders.Book]'s. What changes in it comes as
// [orders.Changed] over the hub.
type Orders interface {
	Open(ctx context.Context) ([]orders.Order, error)
	Guest(ctx context.Context, order uuid.UUID) (orders.Seated, error)
}

var _ Orders = (*orders.Book)(nil)

// Till is what the screens do with orders that are opened and paid at this till, with payments that come from outside and
// with the shift; the contracts are [*orders.Book]'s.
type Till interface {
	OpenOrder(ctx context.Context, order orders.NewOrder) (orders.Order, error)
	Change(ctx context.Context, change orders.ChangeOrder) (orders.Order, error)
	Edit(order uuid.UUID, who string) (*orders.Lease, error)
	Void(ctx context.Context, order uuid.UUID, cashier, why string) (orders.Order, error)
	PrintTickets(ctx context.Context, order uuid.UUID, cashier string) (orders.Order, error)
	MarkPrinted(ctx context.Context, order uuid.UUID, lines []uuid.UUID, cashier string) (orders.Order, error)
	PrintReceipt(ctx context.Context, order uuid.UUID) error
	CheckIn(ctx context.Context, guest orders.CheckIn) (orders.Order, error)

	Find(ctx context.Context, order uuid.UUID) (orders.Order, error)
	Bill(ctx context.Context, order uuid.UUID) (orders.Bill, error)
	CheckPay(ctx context.Context, payment orders.PayOrder) error
	Pay(ctx context.Context, payment orders.PayOrder) (orders.Order, error)
	ShownLately(order uuid.UUID) bool

	Blocked(ctx context.Context) ([]orders.Claim, error)
	BookClaim(ctx context.Context, claim uuid.UUID, cashier, note string) (orders.Claim, error)
	DismissClaim(ctx context.Context, claim uuid.UUID, cashier, note string) (orders.Claim, error)

	OpenShift(ctx context.Context, by string) (orders.Shift, error)
	CloseShift(ctx context.Context, by string) (orders.ShiftTotals, orders.ShiftLeft, error)
	ShiftReport(ctx context.Context) (orders.ShiftTotals, orders.ShiftLeft, error)
	PrintShift(ctx context.Context, shift uuid.UUID) error
}

var _ Till = (*orders.Book)(nil)

// Records is what the screens read of the till's own orders beyond how they stand: read methods of [orders.TillStore],
// whose contracts hold.
type Records interface {
	Orders(ctx context.Context, filter orders.Filter) ([]orders.Order, error)
	OrderEvents(ctx context.Context, order uuid.UUID) ([]orders.Event, error)
	Payments(ctx context.Context, order uuid.UUID) ([]orders.Payment, error)
	Shifts(ctx context.Context, limit int) ([]orders.Shift, error)
	ShiftTotals(ctx context.Context, shift uuid.UUID) (orders.ShiftTotals, error)
}

var _ Records = orders.TillStore(nil)

// PIN is somebody's PIN: the admin's, which guards reversals and decisions, or a cashier's.
type PIN interface {
	// Needed reports whether a PIN is set. An error means that this cannot be told now; then nothing is opened.
	Needed(ctx context.Context) (bool, error)
	// Check reports whether the PIN is right. An error means that this cannot be told now; then nothing is opened.
	Check(ctx context.Context, pin string) (bool, error)
}

// ReadyScan is a scan that the demo offers under F6.
type ReadyScan struct {
	Label texts.ID
	Text  func() string // asked when it is chosen; what the scanner types before its Enter
}

// Options are what the till's screen is made of. Desk, Hub, Texts and Recent are required.
type Options struct {
	Desk   Desk
	Hub    *notice.Hub
	Texts  *texts.Texts
	Recent func(ctx context.Context, n int) ([]loyalty.Operation, error) // the journal's newest page, newest first

	Journal     Journal       // nil: no F5, and the details of an operation have no history
	Orders      Orders        // nil: no F4
	Till        Till          // nil: orders are neither opened nor paid here, and there is no F8; it needs Orders and Records
	Records     Records       // of the till's own orders
	Printer     bool          // the shop has a printer: there are kitchen tickets and receipts
	PIN         PIN           // nil: there is no admin's PIN, and none is asked
	Setup       setup.Backend // nil: no F9
	OwnReversal time.Duration // how long a cashier may take back their own last operation without the PIN; zero: [loyalty.OwnReversalWindow]
	BalanceOnly bool          // the journal cannot be used: balances are shown, everything else is off

	Cashiers   []string              // who may be at the till; empty: nobody is asked, and nothing is locked
	CashierPIN func(name string) PIN // of one of them; nil: a name is enough
	PINCounts  PINCounts             // of wrong PINs; nil: they are forgotten when the program ends
	LockAfter  time.Duration         // how long nobody touches the till before it locks by itself; zero: it does not

	Bell  Bell
	Mouse bool // clicks and the wheel do something; the terminal's own selection of text then wants Shift

	ShopName string
	Register int
	Cashier  string // who is at the till when nobody is asked
	Currency string // ISO 4217
	Version  string

	WaiterAddress string // host:port where waiters connect, for the words about a busy port; empty: their door is off

	Translate func(news any) any // makes news of a door that the screen does not know into what it does; nil: there is none

	Scanner  scanner.Options
	Recovery loyalty.Recovery // what an earlier run left behind
	Notices  []func() string  // to be told at start, in the words of the till's language; each stays until a key is pressed
	Ready    []ReadyScan      // empty: no F6

	Theme  look.Theme
	Output io.Writer                                      // the terminal, for what colours it has and for its bell; nil: [Terminal.Output]
	Now    func() time.Time                               // nil: time.Now
	After  func(pause time.Duration, msg tea.Msg) tea.Cmd // brings a message later; nil: by the clock of the machine
}
