package tui

import (
	"errors"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// guest is the screen of one customer. It opens with the scan, before the service has answered, so that a cashier who
// types the sum at once loses no digit of it: half a sum would be a wrong sum.
type guest struct {
	*env
	card      skidkabot.Card
	scannedAt time.Time
	asked     time.Time          // when the service was asked; set while it is being asked
	late      tea.Msg            // an answer that closes the screen, held back while a question lies over it; nil: none
	outdated  bool               // the balance could not be read anew: it is asked for again at the next occasion
	known     *loyalty.Guest     // nil until the service has answered
	repeats   *loyalty.Operation // what is tried again (I2); nil: nothing
	order     *orders.Order      // what the receipt is of; nil: no order
	bound     bool               // a waiter bound the guest to it: no scan was made here
	again     bool               // the guest is wanted although the order's points have moved
	held      bool               // known without a balance because the service does not work, and not for want of a network
	given     string             // the digits of the order's sum; empty: not known
	focus     guestFocus
	sum       amountField
	points    amountField
	edited    bool // the cashier has typed the points; else they follow the limit
	lowered   bool // the points were lowered to the limit, and the screen says so
	nudged    bool // an action was asked for that cannot be done: its reason stands out

	// Counted from the above by recount.
	quote  loyalty.Quote
	hasSum bool
	wrong  texts.ID // what is wrong with the sum; empty: nothing
}

type guestFocus int

const (
	focusSum guestFocus = iota
	focusAccrue
	focusPoints
	focusRedeem
	focusCount
)

// accrueAct and redeemAct ask to confirm an operation; the points of both are in the quote.
type (
	accrueAct struct {
		guest   loyalty.Guest
		quote   loyalty.Quote
		repeats uuid.UUID // what is tried again; uuid.Nil: nothing
		order   *orders.Order
	}
	redeemAct accrueAct
)

// orderID is the order that the operation is made for; [uuid.Nil]: none.
func (a accrueAct) orderID() uuid.UUID {
	if a.order == nil {
		return uuid.Nil
	}
	return a.order.ID
}

// refreshAct asks for the balance anew: an operation of this guest was settled.
type refreshAct struct{}

// greetedMsg is the service's answer about the guest on the screen.
type greetedMsg struct{ guest loyalty.Guest }

func newGuest(e *env, came arrival) *guest {
	g := &guest{env: e, card: came.card, scannedAt: came.scannedAt, asked: e.now, sum: came.sum, repeats: came.repeats, held: came.held}
	g.sum.places = sumPlaces
	if again := came.repeats; again != nil && g.sum.empty() {
		g.sum.set(again.Sum)
		if again.Kind == loyalty.Redemption {
			g.points.set(again.Points)
			g.edited = true
		}
	}
	if came.order != nil {
		g.take(*came.order)
	}
	return g
}

// isOf reports whether a card is this guest's; its QR may be another one.
func (g *guest) isOf(card skidkabot.Card) bool {
	return g.card.Client == card.Client && g.card.Vendor == card.Vendor
}

// take makes the receipt that of an order. A sum that was typed stays, whatever the order's is.
func (g *guest) take(order orders.Order) {
	isTyped := g.entered()
	order.Dishes = nil // nobody sees them here
	g.order, g.given = &order, ""
	if order.Sum.Valid && order.Sum.Decimal.IsPositive() {
		g.given = order.Sum.Decimal.String()
	}
	if !isTyped {
		g.sum.clear()
		g.sum.digits = g.given
	}
	g.recount()
}

// sumPlaces are the decimals of a sum of money.
const sumPlaces = 2

// repeated is the operation that a new one of this kind tries again.
func (g *guest) repeated(kind loyalty.Kind) uuid.UUID {
	if g.repeats == nil || g.repeats.Kind != kind {
		return uuid.Nil
	}
	return g.repeats.ID
}

func (g *guest) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case greetedMsg:
		g.known, g.asked, g.outdated = &msg.guest, time.Time{}, false
		g.recount()
	case loyalty.OperationChanged:
		return g.settled(msg.Operation)
	case tea.KeyMsg:
		g.lowered, g.nudged = false, false
		return g.press(msg)
	}
	return nil
}

// settled asks for the balance anew when the operation that held up this guest has come to its end.
func (g *guest) settled(op loyalty.Operation) any {
	if g.known == nil || op.State.Unsettled() || !g.asked.IsZero() {
		return nil
	}
	if g.outdated {
		g.asked = g.now
		return refreshAct{}
	}
	for _, open := range g.known.Unsettled {
		if open.ID == op.ID {
			g.asked = g.now
			return refreshAct{}
		}
	}
	return nil
}

// freshTime is how long a scan of the guest on the screen asks the service nothing: the balance was read just now.
const freshTime = 10 * time.Second

// rescanned asks for the balance anew when the guest's QR is scanned again and the balance may have changed since.
func (g *guest) rescanned(at time.Time) any {
	if g.known == nil || !g.asked.IsZero() {
		return nil
	}
	isDue := g.known.Offline || g.outdated || len(g.known.Unsettled) > 0 // the network may be back, the operation settled
	if !isDue && g.now.Sub(g.known.ReadAt) <= freshTime {
		return nil
	}
	g.scannedAt, g.asked = at, g.now
	return refreshAct{}
}

func (g *guest) press(press tea.KeyMsg) any {
	if g.balanceOnly && press.Type != tea.KeyEsc {
		return nil // there is no sum to type and nothing to press
	}
	switch press.Type {
	case tea.KeyEsc:
		if g.clears() {
			g.clear()
			return nil
		}
		return backAct{}
	case tea.KeyF2:
		return g.accrue()
	case tea.KeyF3:
		return g.redeem()
	case tea.KeyTab, tea.KeyDown, tea.KeyRight:
		g.move(1)
	case tea.KeyShiftTab, tea.KeyUp, tea.KeyLeft:
		g.move(-1)
	case tea.KeyEnter, tea.KeyCtrlJ:
		return g.enter()
	default:
		g.edit(press)
	}
	return nil
}

// enter is Enter where the focus is. In a field it moves on: only a button submits.
func (g *guest) enter() any {
	switch g.focus {
	case focusAccrue:
		return g.accrue()
	case focusRedeem:
		return g.redeem()
	case focusSum:
		if !g.hasSum && g.known != nil {
			g.nudged = true
			return nil
		}
	}
	g.move(1)
	return nil
}

// move carries the focus on. Points above the limit are lowered when the field is left, and then the focus stays to show it.
func (g *guest) move(step guestFocus) {
	if g.focus == focusPoints && g.lower() {
		return
	}
	g.focus = (g.focus + step + focusCount) % focusCount
	if g.focus == focusPoints && !g.showsPoints() {
		g.focus += step // a field that nobody sees takes no keys; a button is on either side of it
	}
}

// click goes to a field, or presses a button; points above the limit are lowered first, as when their field is left.
func (g *guest) click(kind place, number int) bool {
	focus := guestFocus(number)
	g.lowered, g.nudged = false, false
	switch {
	case g.balanceOnly, focus != focusPoints && g.focus == focusPoints && g.lower(), focus == focusPoints && !g.showsPoints():
		return false
	}
	g.focus = focus
	return kind == placeButton
}

// showsPoints reports whether the field of the points is on the screen.
func (g *guest) showsPoints() bool {
	if !g.hasSum {
		return false
	}
	switch g.cannotRedeem() {
	case "", texts.GuestEnterPoints, g.points.refusal:
		return true
	}
	return false
}

func (g *guest) edit(press tea.KeyMsg) {
	field := g.focused()
	if field == nil {
		return
	}
	first := g.focus == focusPoints && !g.edited // the limit stands there: the first key replaces it
	switch press.Type {
	case tea.KeyBackspace, tea.KeyDelete, tea.KeyCtrlH:
		if first {
			field.set(g.quote.Limit)
		}
		field.erase()
	case tea.KeyCtrlU:
		field.clear()
	case tea.KeyRunes, tea.KeySpace:
		if first {
			field.clear()
		}
		field.enter(press.Runes, press.Paste)
	default:
		return
	}
	g.edited = g.edited || g.focus == focusPoints
	g.recount()
}

// focused is the field that typing goes to; nil when a button has the focus.
func (g *guest) focused() *amountField {
	switch g.focus {
	case focusSum:
		return &g.sum
	case focusPoints:
		return &g.points
	}
	return nil
}

// entered reports whether leaving the screen would lose something that was typed. The sum of an order was not.
func (g *guest) entered() bool { return g.edited || !g.sum.empty() && g.sum.digits != g.given }

// clears reports whether Esc clears the fields; else it leaves the screen.
func (g *guest) clears() bool { return g.entered() || g.sum.refusal != "" }

func (g *guest) clear() {
	g.sum.clear()
	g.sum.digits = g.given
	g.points.clear()
	g.edited, g.focus = false, focusSum
	g.recount()
}

// recount works out what the sum means by the guest's rules.
func (g *guest) recount() {
	g.quote, g.hasSum, g.wrong = loyalty.Quote{}, false, g.sum.refusal
	defer g.keepFocusInSight()
	if g.known == nil || g.sum.empty() || g.wrong != "" {
		return
	}
	sum, err := g.sum.value(g.largestSum())
	if err != nil {
		g.wrong = amountWords(err)
		return
	}
	g.hasSum = true
	wanted := decimal.NullDecimal{}
	if g.edited {
		points, err := g.points.value(pointsMax)
		wanted = decimal.NullDecimal{Decimal: points, Valid: true} // nothing that is no number is 0
		if err != nil {
			wanted.Decimal = decimal.Zero
		}
	}
	g.quote = g.known.Rules.Quote(g.known.Balance, sum, wanted)
}

// keepFocusInSight takes the focus out of the field of the points when that has gone from the screen.
func (g *guest) keepFocusInSight() {
	if g.focus == focusPoints && !g.showsPoints() {
		g.focus = focusSum
	}
}

// pointsMax bounds typed points; the limit of the rules is far below.
var pointsMax = decimal.New(1, wholeDigits)

// largestSum is the largest receipt that is taken. Rules without a limit still have the field's.
func (g *guest) largestSum() decimal.Decimal {
	if g.known.Rules.MaxSum.IsPositive() {
		return g.known.Rules.MaxSum
	}
	return pointsMax
}

// amountWords tells what is wrong with a typed sum.
func amountWords(err error) texts.ID {
	var amount *loyalty.AmountError
	if !errors.As(err, &amount) {
		return texts.AmountNotNumber
	}
	switch amount.Problem {
	case loyalty.AmountEmpty:
		return texts.AmountEmpty
	case loyalty.AmountNotPositive:
		return texts.AmountNotPositive
	case loyalty.AmountTooFine:
		return texts.AmountTooFine
	case loyalty.AmountTooLarge:
		return texts.AmountTooLarge
	}
	return texts.AmountNotNumber
}

// lower brings typed points down to what may be redeemed, and reports whether it had to.
func (g *guest) lower() bool {
	if !g.hasSum || !g.edited || !g.quote.Lowered || g.points.refusal != "" {
		return false
	}
	g.points.set(g.quote.Redeem)
	g.recount()
	g.lowered = true
	return true
}

// accrue asks to confirm the accrual, or shows why there is none.
func (g *guest) accrue() any {
	if g.cannotAccrue() != "" {
		g.nudge(focusAccrue)
		return nil
	}
	return accrueAct{*g.known, g.quote, g.repeated(loyalty.Accrual), g.order}
}

// redeem asks to confirm the redemption, or shows why there is none. What lowers the points does not submit.
func (g *guest) redeem() any {
	if g.cannotRedeem() != "" {
		g.nudge(focusRedeem)
		return nil
	}
	if g.lower() {
		g.focus = focusPoints
		return nil
	}
	return redeemAct{*g.known, g.quote, g.repeated(loyalty.Redemption), g.order}
}

// nudge makes the reason stand out and puts the focus where something can be done about it.
func (g *guest) nudge(action guestFocus) {
	g.nudged = true
	switch {
	case !g.hasSum:
		g.focus = focusSum
	case action == focusRedeem && g.showsPoints():
		g.focus = focusPoints
	}
}

// whyUnsettled says what to do about an open operation: wait, or have its end seen by a new scan.
func (g *guest) whyUnsettled() texts.ID {
	if g.outdated {
		return texts.GuestScanAgain
	}
	return texts.GuestUnsettled
}

// cannotAccrue says why nothing can be accrued now; empty when it can.
func (g *guest) cannotAccrue() texts.ID {
	switch {
	case g.known == nil:
		return texts.GuestWaitBalance
	case !g.known.Rules.AccruePercent.Valid:
		return texts.GuestNoAccruePercent
	case g.known.Rules.AccruePercent.Decimal.IsZero():
		return texts.GuestAccruesNothing
	case g.wrong != "":
		return g.wrong
	case !g.hasSum:
		return texts.GuestTypeSum
	case !g.quote.Accrue.IsPositive():
		return texts.GuestSumTooSmallAccrue
	}
	return ""
}

// cannotRedeem says why nothing can be redeemed now; empty when it can.
func (g *guest) cannotRedeem() texts.ID {
	switch {
	case g.known == nil:
		return texts.GuestWaitBalance
	case g.known.Offline:
		return noRedeemWords(g.held)
	case len(g.known.Unsettled) > 0:
		return g.whyUnsettled()
	case !g.known.Balance.IsPositive():
		return texts.GuestNoPoints
	case !g.known.Rules.RedeemPercent.Valid:
		return texts.GuestNoRedeemPercent
	case g.known.Rules.RedeemPercent.Decimal.IsZero():
		return texts.GuestRedeemsNothing
	case g.wrong != "":
		return g.wrong
	case !g.hasSum:
		return texts.GuestTypeSum
	case !g.quote.Limit.IsPositive():
		return texts.GuestSumTooSmallRedeem
	case g.points.refusal != "":
		return g.points.refusal
	case !g.quote.Redeem.IsPositive():
		return texts.GuestEnterPoints
	}
	return ""
}

// mark remembers the fields for a scan that may have begun to type into them.
func (g *guest) mark() func() {
	before := *g
	return func() {
		g.focus, g.sum, g.points, g.edited = before.focus, before.sum, before.points, before.edited
		g.lowered, g.nudged = before.lowered, before.nudged
		g.recount()
	}
}

func (g *guest) keys() []key.Binding {
	if g.balanceOnly {
		return []key.Binding{g.bind("Esc", texts.KeyBack, "esc")}
	}
	esc := texts.KeyBack
	switch {
	case g.clears() && g.given != "":
		esc = texts.KeyOrderSum
	case g.clears():
		esc = texts.KeyClear
	}
	return []key.Binding{
		g.bind("F2", texts.KeyAccrue, "f2"),
		g.bind("F3", texts.KeyRedeem, "f3"),
		g.bind("Enter", texts.KeyPress, "enter"),
		g.bind("Tab", texts.KeyMove, "tab"),
		g.bind("Esc", esc, "esc"),
	}
}

func (g *guest) help() texts.ID {
	if g.balanceOnly {
		return texts.AboutGuestBalance
	}
	return texts.AboutGuest
}

func (g *guest) field() scanner.Field {
	if g.focused() != nil && !g.balanceOnly {
		return scanner.FieldNumber
	}
	return scanner.FieldNone
}

func (g *guest) wakeAt() time.Time {
	if g.asked.IsZero() {
		return time.Time{}
	}
	return g.now.Add(spinPause)
}
