package tui

import (
	"context"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// orderCard is one order of this till: its lines and what the kitchen knows of them, what points have paid, what is still
// to be paid, and what has happened to it; and everything that can be done about it.
type orderCard struct {
	*env
	book   *book
	claims *claims
	order  orders.Order // as it is known now
	bill   orders.Bill  // as it was last read
	paid   []orders.Payment
	events []orders.Event // oldest first

	read   bool // bill, paid and events have been read
	failed bool
	asked  bool // a question is on its way
	again  bool // something has changed since it was asked
	pays   bool // the cashier has asked to pay, and goes on to it when the bill has been read

	pressed int
	first   int // the first row in sight
	room    int // rows that the last drawing had room for
	shield  *shield
	opened  time.Time // by itself; zero: the cashier has opened it
}

// cardAskAct has an order read for its card; cardMsg is what there is of it.
type (
	cardAskAct struct{ order uuid.UUID }
	cardMsg    struct {
		order  uuid.UUID
		bill   orders.Bill
		paid   []orders.Payment
		events []orders.Event
		err    error
	}
)

// pointsAct opens the guest of an order; what is to be paid of it stands in as its sum.
type pointsAct struct{ order orders.Order }

func newOrderCard(e *env, b *book, c *claims, order orders.Order) *orderCard {
	return &orderCard{env: e, book: b, claims: c, order: order, room: 1}
}

func (m *Model) readCard(order uuid.UUID) tea.Cmd {
	till, records := m.options.Till, m.options.Records
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		msg := cardMsg{order: order}
		if msg.bill, msg.err = till.Bill(ctx, order); msg.err != nil {
			return msg
		}
		if msg.paid, msg.err = records.Payments(ctx, order); msg.err != nil {
			return msg
		}
		msg.events, msg.err = records.OrderEvents(ctx, order)
		return msg
	}
}

// cardRead gives an order to its card and to where it is paid, wherever they stand.
func (m *Model) cardRead(msg cardMsg) tea.Cmd {
	var cmd tea.Cmd
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		switch s := s.(type) {
		case *orderCard:
			if s.order.ID == msg.order {
				cmd = both(cmd, m.cardAct(s, s.update(msg)))
			}
		case *payScreen:
			if s.bill.Order.ID == msg.order {
				cmd = both(cmd, m.payRead(s, msg))
			}
		}
	}
	return cmd
}

// cardAct carries out what a card decides by itself; to pay, only while it is what the cashier looks at.
func (m *Model) cardAct(card *orderCard, act any) tea.Cmd {
	if _, pays := act.(payOpenAct); pays && (m.active != screen(card) || m.question != nil) {
		return nil
	}
	return m.do(act)
}

func (c *orderCard) ask() any {
	if c.asked {
		c.again = true
		return nil
	}
	c.asked, c.again = true, false
	return cardAskAct{c.order.ID}
}

func (c *orderCard) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case cardMsg:
		return c.take(msg)
	case orders.Changed:
		if msg.Order.ID != c.order.ID {
			return nil
		}
		c.follow(msg.Order)
		return c.ask()
	case loyalty.OperationChanged:
		if msg.Operation.Order == c.order.ID {
			return c.ask()
		}
	case reloadMsg:
		return c.ask()
	case tea.KeyMsg:
		if c.shield == nil || !c.shield.blocks(c.now) {
			return c.press(msg)
		}
	}
	return nil
}

func (c *orderCard) readable() *time.Time { return &c.opened }

// take shows what was read, and goes on to paying when the cashier has asked for that.
func (c *orderCard) take(msg cardMsg) any {
	c.asked, c.failed = false, msg.err != nil
	if c.failed {
		return nil
	}
	c.read, c.bill, c.paid, c.events = true, msg.bill, msg.paid, msg.events
	c.follow(msg.bill.Order)
	if c.again {
		return c.ask()
	}
	if c.pays {
		c.pays = false
		if c.isPayable() {
			return payOpenAct{bill: c.bill}
		}
	}
	return nil
}

// follow takes over how the order stands now. When other things can be done about it than before, the keys that are on
// their way were meant for what stood there.
func (c *orderCard) follow(order orders.Order) {
	if order.Version < c.order.Version {
		return
	}
	if order.State != c.order.State {
		guard := raised(c.now)
		c.shield, c.pressed = &guard, 0
	}
	c.order = order
}

func (c *orderCard) isOpen() bool { return c.order.State == orders.StateOpen }

func (c *orderCard) isPayable() bool { return c.read && c.isOpen() && !c.bill.Due.IsNegative() }

// receipt is the order as a guest's receipt sees it; nil: no points can be moved for it any more.
func (c *orderCard) receipt() *orders.Order {
	if !c.isOpen() {
		return nil
	}
	order := c.order
	if c.read {
		order.Sum.Decimal = c.bill.Due
	}
	return &order
}

// cardButton is something to do about the order, by a button or by a key.
type cardButton struct {
	label texts.ID
	name  string // of the key, as a hint says it
	key   tea.KeyType
	act   any
}

// buttons are what can be done now. The first one has the focus: paying an open order asks before it takes anything, and
// where the guest has paid by QR it takes nothing more than that.
func (c *orderCard) buttons() []cardButton {
	back := cardButton{label: texts.KeyBack, act: backAct{}}
	switch {
	case c.failed:
		return []cardButton{{label: texts.KeyRetry}, back}
	case c.isOpen() && c.read:
		return c.openButtons()
	case c.order.Reason == orders.ReasonPaid && c.printer:
		return []cardButton{back, {label: texts.CardCopy, act: receiptAct{c.order}}}
	}
	return []cardButton{back}
}

func (c *orderCard) openButtons() []cardButton {
	var buttons []cardButton
	buttons = append(buttons, c.payButtons()...)
	buttons = append(buttons, cardButton{texts.CardEdit, "Ins", tea.KeyInsert, editAct{c.order}})
	if receipt := c.receipt(); receipt.Sum.Decimal.IsPositive() {
		buttons = append(buttons, cardButton{texts.CardPoints, "F2", tea.KeyF2, pointsAct{*receipt}})
	}
	if c.printer && len(waitingLines(c.order)) > 0 {
		buttons = append(buttons, cardButton{texts.CardKitchen, "F7", tea.KeyF7, ticketAct{c.order}})
	}
	return append(buttons, cardButton{texts.CardVoid, "Del", tea.KeyDelete, voidAskAct{c.order}})
}

// payButtons are the ways to close the order: with what the guest has paid by QR, if that fits, before anything else is
// taken. What they may have back comes last.
func (c *orderCard) payButtons() []cardButton {
	if !c.isPayable() {
		return nil
	}
	buttons := []cardButton{{label: texts.CardPay, act: payOpenAct{bill: c.bill}}}
	its := c.claims.of(c.order.ID)
	fits := slices.IndexFunc(its, func(claim orders.Claim) bool { return !claim.Sum.GreaterThan(c.bill.Due) })
	if fits < 0 {
		return buttons
	}
	byQR := cardButton{label: texts.CardPayByQR, act: payOpenAct{bill: c.bill, claim: &its[fits]}}
	if its[fits].AskedAgain() {
		return append(buttons, byQR)
	}
	return append([]cardButton{byQR}, buttons...)
}

func (c *orderCard) press(press tea.KeyMsg) any {
	buttons := c.buttons()
	c.pressed = min(c.pressed, len(buttons)-1)
	switch press.Type {
	case tea.KeyEsc, tea.KeyEnter, tea.KeyCtrlJ:
		if c.unread(c.opened) {
			return nil
		}
	}
	switch press.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyTab, tea.KeyRight:
		c.pressed = (c.pressed + 1) % len(buttons)
	case tea.KeyShiftTab, tea.KeyLeft:
		c.pressed = (c.pressed + len(buttons) - 1) % len(buttons)
	case tea.KeyUp, tea.KeyDown, tea.KeyPgUp, tea.KeyPgDown, tea.KeyHome, tea.KeyEnd:
		c.scroll(press.Type)
	case tea.KeyEnter, tea.KeyCtrlJ:
		switch {
		case c.failed && c.pressed == 0:
			return c.ask()
		case !c.read && !c.failed:
			return nil // what the cashier wants is not on the screen yet
		}
		return buttons[c.pressed].act
	default:
		if i := slices.IndexFunc(buttons, func(b cardButton) bool { return b.name != "" && b.key == press.Type }); i >= 0 {
			return buttons[i].act
		}
	}
	return nil
}

func (c *orderCard) click(_ place, number int) bool {
	if c.shield != nil && c.shield.blocks(c.now) || number >= len(c.buttons()) {
		return false
	}
	c.pressed = number
	return true
}

func (c *orderCard) wheels() bool { return true }

func (c *orderCard) scroll(press tea.KeyType) {
	rows := c.rowCount()
	step := map[tea.KeyType]int{
		tea.KeyUp: -1, tea.KeyDown: 1, tea.KeyPgUp: -c.room, tea.KeyPgDown: c.room, tea.KeyHome: -rows, tea.KeyEnd: rows,
	}[press]
	c.first = max(0, min(c.first+step, rows-c.room))
}

func (c *orderCard) keys() []key.Binding {
	keys := []key.Binding{c.bind("Enter", texts.KeyPress, "enter"), c.bind("Tab", texts.KeyMove, "tab")}
	for _, b := range c.buttons() {
		if b.name != "" {
			keys = append(keys, c.bind(b.name, b.label, b.key.String()))
		}
	}
	if c.rowCount() > c.room {
		keys = append(keys, c.bind(c.Shapes.UpDown, texts.KeyLines, "up", "down"))
	}
	return append(keys, c.bind("Esc", texts.KeyBack, "esc"))
}

// cardSpares are left out of the hint line when there is no room. Whoever does not know the keys of the buttons needs Enter
// and Tab, so those stay.
var cardSpares = []texts.ID{
	texts.KeySettings, texts.KeyReadyScans, texts.KeyLines, texts.KeyLock, texts.KeyShift, texts.KeyJournal, texts.CardVoid, texts.KeyOrders,
	texts.CardEdit, texts.CardPoints, texts.CardKitchen, texts.KeyBack, texts.KeyHelp,
}

func (c *orderCard) spares() []texts.ID { return cardSpares }

func (c *orderCard) help() texts.ID { return texts.AboutCard }

func (c *orderCard) field() scanner.Field { return scanner.FieldNone }

func (c *orderCard) wakeAt() time.Time {
	if c.asked {
		return c.now.Add(spinPause)
	}
	return time.Time{}
}
