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
	"fmt"
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
	Pay(ctx context.Context, payment orders.PayOrder) (orders.Order, error)
	ShownLately(order uuid.UUID) bool

	Blocked(ctx context.Context) ([]orders.Claim, error)
	BookClaim(ctx context.Context, claim uuid.UUID, cashier, note string) (orders.Claim, error)
	DismissClaim(ctx context.Context, claim uuid.UUID, cashier, note string) (orders.Claim, error)

	OpenShift(ctx context.Context, by string) (orders.Shift, error)
	CloseShift(ctx context.Context, by string) (orders.ShiftTotals, orders.ShiftLeft, error)
	ShiftReport(ctx context.Context) (orders.ShiftTotals, orders.ShiftLeft, error)
}

var _ Till = (*orders.Book)(nil)

// Records is what the screens read of the till's own orders beyond how they stand: read methods of [orders.TillStore],
// whose contracts hold.
type Records interface {
	Orders(ctx context.Context, filter orders.Filter) ([]orders.Order, error)
	OrderEvents(ctx context.Context, order uuid.UUID) ([]orders.Event, error)
	Payments(ctx context.Context, order uuid.UUID) ([]orders.Payment, error)
}

var _ Records = orders.TillStore(nil)

// PIN is the admin's PIN, which guards reversals and decisions.
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
	OwnReversal time.Duration // how long a cashier may take back their own last operation without the PIN; zero: [loyalty.OwnReversalWindow]
	BalanceOnly bool          // the journal cannot be used: balances are shown, everything else is off

	ShopName string
	Register int
	Cashier  string
	Currency string // ISO 4217
	Version  string

	WaiterAddress string // host:port where waiters connect, for the words about a busy port; empty: their door is off

	Translate func(news any) any // makes news of a door that the screen does not know into what it does; nil: there is none

	Scanner  scanner.Options
	Recovery loyalty.Recovery // what an earlier run left behind
	Notices  []string         // to be told at start, in words; each stays until a key is pressed
	Ready    []ReadyScan      // empty: no F6

	Theme   look.Theme
	Input   io.Reader           // nil: standard input
	Output  io.Writer           // nil: standard output
	Now     func() time.Time    // nil: time.Now
	Program []tea.ProgramOption // added last; for tests
}

// framesPerSecond is the most that a terminal is drawn; a scan is seen within one frame.
const framesPerSecond = 120

// Run shows the till until the cashier quits or ctx is done, which asks nothing but still waits for what is in flight.
// The caller closes the desk afterwards. The error is the terminal's, or a panic of the screen; the terminal is
// restored in any case.
func Run(ctx context.Context, options Options) error {
	settings := []tea.ProgramOption{tea.WithAltScreen(), tea.WithFPS(framesPerSecond), tea.WithoutSignalHandler()}
	if options.Input != nil {
		settings = append(settings, tea.WithInput(options.Input))
	}
	if options.Output != nil {
		settings = append(settings, tea.WithOutput(options.Output))
	}
	program := tea.NewProgram(New(options), append(settings, options.Program...)...)

	news := newRelay()
	defer news.close()
	defer options.Hub.Subscribe(translated(options.Translate, news.push))()
	defer context.AfterFunc(ctx, func() { news.push(stopMsg{}) })()
	go news.run(func(message any) { program.Send(message) })

	if _, err := program.Run(); err != nil {
		return fmt.Errorf("tui: %w", err)
	}
	return nil
}

// translated puts a translation before what takes the news.
func translated(translate func(any) any, take func(any)) func(any) {
	if translate == nil {
		return take
	}
	return func(news any) { take(translate(news)) }
}
