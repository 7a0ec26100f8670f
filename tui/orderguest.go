package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// dueMsg is an order of this till as its guest's receipt sees it now.
type dueMsg struct {
	order orders.Order
	err   error
}

// readDue finds out what is still to be paid for an order that has changed under its guest; nothing when no guest of it is
// on a screen.
func (m *Model) readDue(order orders.Order) tea.Cmd {
	scan, waits := m.active.(*orderScan)
	g := m.guestAtTill()
	if (!waits || scan.order.ID != order.ID) && (g == nil || g.order == nil || g.order.ID != order.ID) {
		return nil
	}
	till := m.options.Till
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		due, err := withDue(ctx, till, order)
		return dueMsg{due, err}
	}
}

// dueRead shows what is to be paid now. For an order that has been closed no points are moved any more: what its guest was
// asked is no longer so, and the card says by what it was paid.
func (m *Model) dueRead(msg dueMsg) tea.Cmd {
	if msg.err != nil {
		return nil
	}
	order := msg.order
	if scan, waits := m.active.(*orderScan); waits {
		return m.scanOrderChanged(scan, order)
	}
	g := m.guestAtTill()
	if g == nil || g.order == nil || g.order.ID != order.ID {
		return nil
	}
	if order.State == orders.StateOpen {
		m.followOrder(g, order)
		return nil
	}
	doNotTake := m.env.saysOf(texts.NoticeDoNotTake, order)
	if m.active == screen(g) {
		return m.jumpToCard(order, doNotTake)
	}
	m.notices.charge(doNotTake)
	typed := g.entered()
	g.order, g.bound, g.given = nil, false, ""
	if !typed {
		g.clear()
	}
	return nil
}

// boundMsg is how a guest was bound whose QR was scanned for an order of this till.
type boundMsg struct {
	order orders.Order
	err   error
}

// bindGuest binds the guest of an order of this till, so that the points for it come by themselves when it is paid.
func (m *Model) bindGuest(order orders.Order, scanned string) tea.Cmd {
	till, cashier := m.options.Till, m.cashier
	return func() tea.Msg {
		_, err := till.CheckIn(context.Background(), orders.CheckIn{Order: order.ID, Text: scanned, Waiter: cashier})
		return boundMsg{order, err}
	}
}

func (m *Model) guestBound(msg boundMsg) {
	if msg.err != nil {
		m.notices.alarm(m.env.saysOf(texts.NoticeNotBound, msg.order))
	}
}
