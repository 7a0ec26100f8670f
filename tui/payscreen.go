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
)

// payScreen takes the money for an order: in cash, by card, or a part by each. What was given in cash is typed only to show
// the change. Nothing is taken before a question is answered.
type payScreen struct {
	*env
	bill    orders.Bill
	claim   *orders.Claim // money from outside that pays a part of it, or all; nil: none
	given   amountField   // in cash
	card    amountField   // the part that is paid by card
	focus   int           // of the fields and then the buttons
	refusal wording
	refused error     // what the book has refused the payment with, as long as that may be so; nil: nothing
	taken   *payment  // that was refused after its money had been taken; nil: none
	since   time.Time // since when the payment is checked or booked; set while it is
	doing   texts.ID  // which of these
	asked   bool      // the bill is being read anew
	again   bool
	shield  *shield
}

// The fields of the screen, before its buttons.
const (
	payGiven = iota
	payCard
	payFields
)

// payOpenAct opens the screen; payAskAct asks whether the money was taken.
type (
	payOpenAct struct {
		bill  orders.Bill
		claim *orders.Claim
	}
	payAskAct struct{ payment payment }
)

// payment is what the cashier says was taken for an order.
type payment struct {
	order     orders.Order
	parts     []orders.Part
	claim     uuid.UUID       // whose money one part is; [uuid.Nil]: none
	given     decimal.Decimal // in cash; zero: not typed
	confirmed bool            // the cashier takes money although some has come by QR
}

// total is what was taken, without what came from outside.
func (p payment) total() decimal.Decimal {
	total := decimal.Zero
	for _, part := range p.parts {
		if part.Kind != orders.PaidQR {
			total = total.Add(part.Sum)
		}
	}
	return total
}

func (p payment) of(kind orders.PaymentKind) decimal.Decimal {
	for _, part := range p.parts {
		if part.Kind == kind {
			return part.Sum
		}
	}
	return decimal.Zero
}

// change is what the guest gets back of the cash that they gave.
func (p payment) change() decimal.Decimal {
	if p.given.IsZero() {
		return decimal.Zero
	}
	return p.given.Sub(p.of(orders.PaidCash))
}

func newPayScreen(e *env, bill orders.Bill, claim *orders.Claim) *payScreen {
	p := &payScreen{env: e, bill: bill, claim: claim, given: amountField{places: sumPlaces}, card: amountField{places: sumPlaces}}
	if !p.rest().IsPositive() {
		p.focus = payFields
	}
	return p
}

// rest is what is to be taken: what is due without what has come from outside.
func (p *payScreen) rest() decimal.Decimal {
	if p.claim == nil {
		return p.bill.Due
	}
	return p.bill.Due.Sub(p.claim.Sum)
}

// receipt is the order as a guest's receipt sees it.
func (p *payScreen) receipt() *orders.Order {
	order := p.bill.Order
	order.Sum.Decimal = p.bill.Due
	return &order
}

func (p *payScreen) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case orders.Changed:
		if msg.Order.ID == p.bill.Order.ID {
			return p.ask()
		}
	case loyalty.OperationChanged:
		if msg.Operation.Order == p.bill.Order.ID {
			return p.ask()
		}
	case orders.ShiftChanged:
		p.mend(errors.Is(p.refused, orders.ErrShiftClosed) && msg.Shift.ClosedAt.IsZero())
	case reloadMsg:
		return p.ask()
	case tea.KeyMsg:
		if p.shield != nil && p.shield.blocks(p.now) {
			return nil
		}
		return p.press(msg)
	}
	return nil
}

func (p *payScreen) ask() any {
	if p.asked {
		p.again = true
		return nil
	}
	p.asked, p.again = true, false
	return cardAskAct{p.bill.Order.ID}
}

// follow shows the bill as it is now, and reports whether something else is to be taken than before. The keys that are on
// their way then were meant for the sum that stood there.
func (p *payScreen) follow(bill orders.Bill) (changed bool) {
	changed = !bill.Due.Equal(p.bill.Due)
	p.mend(errors.Is(p.refused, orders.ErrTicket) && len(waitingLines(bill.Order)) == 0 ||
		errors.Is(p.refused, orders.ErrInUse) && p.bill.InFlight && !bill.InFlight)
	p.bill = bill
	if p.claim != nil && p.rest().IsNegative() {
		p.claim = nil // it no longer fits
	}
	if changed {
		guard := raised(p.now)
		p.shield, p.focus = &guard, payGiven
		p.given.clear()
		p.card.clear()
		if !p.rest().IsPositive() {
			p.focus = payFields
		}
		p.refusal = p.says(texts.WhyDueChanged)
	}
	return changed
}

// buttons are the ways to pay what is to be taken.
func (p *payScreen) buttons() []screenButton {
	rest, card := p.rest(), p.card.number()
	money := func(d decimal.Decimal) texts.Args { return texts.Args{"Money": p.Money(d, "")} }
	cash := screenButton{p.Say(texts.PayCash, money(rest)), p.payment(rest, decimal.Zero)}
	byCard := screenButton{p.Say(texts.PayCard, money(rest)), p.payment(decimal.Zero, rest)}
	switch {
	case rest.IsZero() && p.claim != nil:
		return []screenButton{{p.Say(texts.CardPayByQR), p.payment(rest, card)}}
	case rest.IsZero():
		return []screenButton{{p.Say(texts.PayNothing), p.payment(rest, card)}}
	case card.IsZero():
		return []screenButton{cash, byCard}
	case !card.LessThan(rest): // more is refused
		return []screenButton{byCard}
	}
	left := rest.Sub(card)
	both := p.Say(texts.PayBoth, texts.Args{"Card": p.Money(card, ""), "Cash": p.Money(left, "")})
	return []screenButton{{both, p.payment(left, card)}}
}

// payment puts the parts together.
func (p *payScreen) payment(cash, card decimal.Decimal) payment {
	pay := payment{order: p.bill.Order}
	add := func(kind orders.PaymentKind, sum decimal.Decimal) {
		if sum.IsPositive() {
			pay.parts = append(pay.parts, orders.Part{Kind: kind, Sum: sum})
		}
	}
	if p.claim != nil {
		pay.claim = p.claim.ID
		add(orders.PaidQR, p.claim.Sum)
	}
	add(orders.PaidCard, card)
	add(orders.PaidCash, cash)
	if cash.IsPositive() {
		pay.given = p.given.number()
	}
	return pay
}

func (p *payScreen) press(press tea.KeyMsg) any {
	if press.Type == tea.KeyEsc {
		return backAct{}
	}
	if !p.since.IsZero() {
		return nil
	}
	p.refusal, p.refused = nil, nil
	count := payFields + len(p.buttons())
	switch press.Type {
	case tea.KeyTab, tea.KeyDown, tea.KeyRight:
		p.focus = (p.focus + 1) % count
	case tea.KeyShiftTab, tea.KeyUp, tea.KeyLeft:
		p.focus = (p.focus + count - 1) % count
	case tea.KeyF7:
		if p.printer && len(waitingLines(p.bill.Order)) > 0 {
			return ticketAct{p.bill.Order}
		}
	case tea.KeyEnter, tea.KeyCtrlJ:
		return p.enter()
	default:
		p.edit(press)
	}
	return nil
}

// enter goes from a field to the buttons, and from a button to the question.
func (p *payScreen) enter() any {
	if p.focus < payFields {
		p.focus = payFields
		return nil
	}
	buttons := p.buttons()
	pay := buttons[min(p.focus-payFields, len(buttons)-1)].act.(payment)
	switch {
	case p.given.refusal != "":
		p.refusal, p.focus = p.says(p.given.refusal), payGiven
	case p.card.refusal != "":
		p.refusal, p.focus = p.says(p.card.refusal), payCard
	case p.card.number().GreaterThan(p.rest()):
		p.refusal, p.focus = p.saysSum(texts.PayCardTooMuch, p.rest()), payCard
	case pay.change().IsNegative():
		p.refusal, p.focus = p.saysSum(texts.PayTooLittle, pay.change().Neg()), payGiven
	default:
		return payAskAct{pay}
	}
	return nil
}

// saysSum is the wording of a text about a sum of money.
func (e *env) saysSum(id texts.ID, sum decimal.Decimal) wording {
	return func() string { return e.Say(id, texts.Args{"Money": e.money(sum)}) }
}

func (p *payScreen) focused() *amountField {
	switch p.focus {
	case payGiven:
		return &p.given
	case payCard:
		return &p.card
	}
	return nil
}

func (p *payScreen) edit(press tea.KeyMsg) {
	field := p.focused()
	if field == nil {
		return
	}
	switch press.Type {
	case tea.KeyBackspace, tea.KeyDelete, tea.KeyCtrlH:
		field.erase()
	case tea.KeyCtrlU:
		field.clear()
	case tea.KeyRunes, tea.KeySpace:
		field.enter(press.Runes, press.Paste)
	}
	if field.refusal != "" {
		p.refusal = p.says(field.refusal)
	}
}

// click goes to a field, or presses a button.
func (p *payScreen) click(kind place, number int) bool {
	switch {
	case p.shield != nil && p.shield.blocks(p.now), !p.since.IsZero():
	case kind == placeField:
		p.focus, p.refusal = number, nil
	case number < len(p.buttons()):
		p.focus = payFields + number
		return true
	}
	return false
}

// mark remembers the fields for a scan that may have begun to type into them.
func (p *payScreen) mark() func() {
	given, card, focus, refusal := p.given, p.card, p.focus, p.refusal
	return func() { p.given, p.card, p.focus, p.refusal = given, card, focus, refusal }
}

func (p *payScreen) keys() []key.Binding {
	keys := []key.Binding{p.bind("Enter", texts.KeyPress, "enter"), p.bind("Tab", texts.KeyMove, "tab")}
	if p.printer && len(waitingLines(p.bill.Order)) > 0 {
		keys = append(keys, p.bind("F7", texts.CardKitchen, "f7"))
	}
	return append(keys, p.bind("Esc", texts.KeyBack, "esc"))
}

// moneySpares are left out of the hint line where money is taken and counted: Enter and Tab stay.
var moneySpares = []texts.ID{
	texts.KeySettings, texts.KeyReadyScans, texts.KeyLock, texts.KeyJournal, texts.KeyOrders, texts.KeyShift, texts.ShiftPast, texts.KeyBack,
	texts.KeyHelp,
}

func (p *payScreen) spares() []texts.ID { return moneySpares }

func (p *payScreen) help() texts.ID { return texts.AboutPay }

func (p *payScreen) field() scanner.Field {
	if p.focused() != nil {
		return scanner.FieldNumber
	}
	return scanner.FieldNone
}

func (p *payScreen) wakeAt() time.Time {
	if !p.since.IsZero() {
		return p.now.Add(spinPause)
	}
	return time.Time{}
}
