package tui

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// seatLimit is how long the cashier waits for the balance of a guest whom a waiter has bound; after it the last known one
// is shown.
const seatLimit = 5 * time.Second

// pickAct opens an order that was chosen; seatAct its guest, whatever was typed for another one.
type (
	pickAct struct {
		order orders.Order
		again bool // although its points have moved
	}
	seatAct pickAct
)

// seatedMsg is how the book knows the guest of an order.
type seatedMsg struct {
	number int // of the question
	seated orders.Seated
	err    error
}

// movedMsg is what has been done with the points of an order to which nobody is bound.
type movedMsg struct {
	number int // of the question
	order  orders.Order
	ops    []loyalty.Operation
	err    error
}

// closedShown is how many of the orders that were closed at this till are listed.
const closedShown = 200

func (m *Model) readOrders(closed bool) tea.Cmd {
	book, records := m.options.Orders, m.options.Records
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		msg := ordersMsg{closed: closed}
		if closed {
			filter := orders.Filter{State: orders.StateClosed, Source: orders.SourceTill, Limit: closedShown}
			msg.orders, msg.err = records.Orders(ctx, filter)
			return msg
		}
		msg.orders, msg.err = book.Open(ctx)
		return msg
	}
}

// pick opens a chosen order: the card of one of this till, else the guest whom a waiter bound, else the one at the till,
// else whose QR is scanned next.
func (m *Model) pick(act pickAct) tea.Cmd {
	if act.order.Source == orders.SourceTill && m.hasTill() && !act.again {
		return m.showCard(act.order)
	}
	return m.pickGuest(act)
}

func (m *Model) pickGuest(act pickAct) tea.Cmd {
	if act.order.Guest == nil {
		if act.again {
			return m.findGuest(act.order)
		}
		return m.readMoved(act.order)
	}
	if g := m.guestAtTill(); g != nil && g.entered() {
		m.question = m.askNewGuest(seatAct(act))
		return nil
	}
	return m.seat(seatAct(act))
}

// readMoved asks the journal what has been done with an order's points. Without one there is what the screen has seen.
func (m *Model) readMoved(order orders.Order) tea.Cmd {
	m.greetings++
	number, journal, seen := m.greetings, m.options.Journal, m.book.byOrder()[order.ID]
	return func() tea.Msg {
		msg := movedMsg{number: number, order: order, ops: seen}
		if journal == nil {
			return msg
		}
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		var all []loyalty.Operation
		all, msg.err = journal.List(ctx, loyalty.Filter{Order: order.ID, Limit: journalPage})
		msg.ops = nil
		for _, op := range all {
			if orders.MovesPoints(op) {
				msg.ops = append(msg.ops, op)
			}
		}
		return msg
	}
}

// movedRead goes on with the order, if the cashier still waits for that.
func (m *Model) movedRead(msg movedMsg) tea.Cmd {
	switch m.active.(type) {
	case *ordersScreen, *orderCard:
	default:
		return nil
	}
	switch {
	case msg.number != m.greetings:
	case msg.err != nil:
		m.notices.alarm(m.env.says(texts.ProblemJournal))
	case len(msg.ops) > 0:
		m.open(&orderDone{env: m.env, book: m.book, order: msg.order, read: msg.ops})
	default:
		return m.findGuest(msg.order)
	}
	return nil
}

// findGuest has an order without a guest taken by the one at the till, if there is one without an order; else it waits
// for a scan.
func (m *Model) findGuest(order orders.Order) tea.Cmd {
	for i, s := range m.behind {
		if g, ok := s.(*guest); ok && g.order == nil {
			g.take(order)
			m.behind = m.behind[:i+1]
			return m.goBack()
		}
	}
	m.open(&orderScan{env: m.env, order: order})
	return nil
}

// seat shows the guest of an order, as a scan would. Esc leads back to the list.
func (m *Model) seat(act seatAct) tea.Cmd {
	order := act.order
	g := newGuest(m.env, arrival{card: order.Guest.Card, scannedAt: order.Guest.ScannedAt, order: &order})
	g.bound, g.again = true, act.again
	m.showOverList(g)
	return m.askOf(g)
}

// showOverList shows a screen with nothing behind it but the list of orders and an order's card, if it was opened from there.
func (m *Model) showOverList(next screen) {
	var behind []screen
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		switch s.(type) {
		case *ordersScreen, *orderCard:
			behind = append(behind, s)
		}
	}
	m.show(next)
	m.behind = behind
}

// replace shows a screen in place of the active one.
func (m *Model) replace(next screen) {
	behind := m.behind
	m.show(next)
	m.behind = behind
}

// askOf asks how a guest is: the book, while one whom a waiter bound is not known yet, else the service.
func (m *Model) askOf(g *guest) tea.Cmd {
	if !g.bound || g.known != nil {
		return m.ask(g.card, g.scannedAt)
	}
	ctx, cancel := context.WithTimeout(context.Background(), seatLimit)
	m.hangUp = cancel
	m.greetings++
	number, book, order, till := m.greetings, m.options.Orders, g.order.ID, m.options.Till
	return func() tea.Msg {
		seated, err := book.Guest(ctx, order)
		if err == nil && till != nil {
			seated.Order, err = withDue(ctx, till, seated.Order)
		}
		return seatedMsg{number, seated, err}
	}
}

// withDue gives an order as its guest's receipt sees it: of an order of this till that is what is still to be paid.
func withDue(ctx context.Context, till Till, order orders.Order) (orders.Order, error) {
	if order.Source != orders.SourceTill {
		return order, nil
	}
	bill, err := till.Bill(ctx, order.ID)
	if err != nil {
		return order, err
	}
	bill.Order.Sum.Decimal = bill.Due
	return bill.Order, nil
}

// seatedDone is the book's answer; one that nobody waits for any more is dropped.
func (m *Model) seatedDone(msg seatedMsg) tea.Cmd {
	g, atGuest := m.active.(*guest)
	if !atGuest || !g.bound || msg.number != m.greetings {
		return nil
	}
	m.letGo()
	seated := msg.seated
	done := len(seated.Moved) > 0 && !g.again
	expired := msg.err == nil && isQRUseless(seated.Stale)
	if m.question != nil && (msg.err != nil || done || expired) {
		g.late = msg // the cashier answers first: the question may be about the next customer
		return nil
	}
	switch {
	case msg.err != nil:
		return m.unseated(g, msg.err)
	case done:
		m.replace(&orderDone{env: m.env, book: m.book, order: seated.Order, read: seated.Moved})
		return nil
	case expired:
		m.replace(&orderScan{env: m.env, order: seated.Order, expired: true})
		return nil
	}
	g.card, g.scannedAt = seated.Guest.Card, seated.Guest.ScannedAt
	m.env.remember(g.card.Client, seated.Guest.Name)
	g.take(seated.Order)
	cmd := m.do(g.update(greetedMsg{seated.Guest}))
	if seated.Stale != nil { // the last known balance is shown; the desk reads it anew before it sends
		g.outdated = true
		m.notices.alarm(m.env.whyNoBalance(seated.Stale))
	}
	return cmd
}

// unseated goes back to the list, because the order has no guest to show any more or cannot be read; one that only lost
// its guest waits for the next.
func (m *Model) unseated(g *guest, err error) tea.Cmd {
	if errors.Is(err, orders.ErrNoGuest) {
		order := *g.order
		order.Guest = nil
		m.replace(&orderScan{env: m.env, order: order})
		return nil
	}
	id := texts.ProblemJournal
	if errors.Is(err, orders.ErrClosed) || errors.Is(err, orders.ErrNotFound) {
		id = texts.OrderClosed
	}
	m.notices.alarm(m.env.says(id))
	return m.goBack()
}

// isQRUseless reports whether the reason for an old balance is the bound QR itself, so that only a new one helps.
func isQRUseless(stale error) bool {
	var refused *skidkabot.RefusedError
	if errors.As(stale, &refused) {
		switch refused.Code {
		case skidkabot.CodeUnknownQR, skidkabot.CodeWrongQR, skidkabot.CodeExpiredQR:
			return true
		}
	}
	return errors.Is(stale, loyalty.ErrQRExpired)
}

// waitingOrder is the order that takes the guest whose QR is scanned now; nil: none.
func (m *Model) waitingOrder(card skidkabot.Card) *orders.Order {
	var order *orders.Order
	switch active := m.active.(type) {
	case *orderScan:
		order = &active.order
	case *problem:
		order = active.order
	case *orderCard:
		order = active.receipt()
	case *payScreen:
		order = active.receipt()
	case *guest:
		if active.order != nil && active.isOf(card) {
			return active.order // a newer QR of the same guest
		}
	}
	if order == nil || order.Guest == nil || order.Guest.Card.Client == card.Client {
		return order
	}
	guest := *order.Guest
	m.notices.alarm(func() string {
		return m.env.Say(texts.OrderOther, texts.Args{"Name": m.env.shortName(guest.Name, guest.Card.Client)})
	})
	return nil
}
