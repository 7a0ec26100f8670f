package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// orderNewsPause is how long news of orders may wait to be drawn: in a rush they come by hundreds, and the cashier's keys
// go before them.
const orderNewsPause = 100 * time.Millisecond

// rushPause is how close together check-ins come that are told in one line.
const rushPause = 5 * time.Second

// checkIns counts what the one line about check-ins tells.
type checkIns struct {
	bound, unbound int
	last           time.Time
}

// checkInNews is what the line about check-ins is of, so that the next one replaces it.
var checkInNews = uuid.UUID{15: 1}

// orderChanged is news of an order: for the list, for whoever is at that order, and in one line for everybody else.
func (m *Model) orderChanged(msg orders.Changed) tea.Cmd {
	m.redrawAt = earlier(m.redrawAt, m.env.now.Add(orderNewsPause))
	m.tellCheckIn(msg)
	order := msg.Order
	m.claims.follow(order)
	if order.Source == orders.SourceTill && m.hasTill() {
		return both(m.readDue(order), m.tillOrderChanged(msg))
	}
	m.guestOrderChanged(order)
	switch active := m.active.(type) {
	case *ordersScreen:
		return m.do(active.update(msg))
	case *orderScan:
		return m.scanOrderChanged(active, order)
	}
	return nil
}

// guestOrderChanged brings the guest at the till up to date, if it is their order.
func (m *Model) guestOrderChanged(order orders.Order) {
	if g := m.guestAtTill(); g != nil && g.order != nil && g.order.ID == order.ID {
		m.followOrder(g, order)
	}
}

// scanOrderChanged brings up to date what waits for the guest of an order, if it is that one. A closed order waits no more.
func (m *Model) scanOrderChanged(scan *orderScan, order orders.Order) tea.Cmd {
	if scan.order.ID != order.ID {
		return nil
	}
	scan.follow(order)
	if order.State != orders.StateClosed {
		return nil
	}
	m.notices.alarm(m.env.says(texts.OrderClosed))
	return m.goBack()
}

// tillOrderChanged tells the screens that an order of this till is on, or behind. Those that show what its guest pays are
// told by [Model.dueRead].
func (m *Model) tillOrderChanged(msg orders.Changed) tea.Cmd {
	var cmd tea.Cmd
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		switch s := s.(type) {
		case *orderCard, *payScreen:
			cmd = both(cmd, m.do(s.update(msg)))
		case *orderEdit:
			cmd = both(cmd, m.editedChanged(s, msg))
		case *outcome:
			s.update(msg)
		case *ordersScreen:
			if s == m.active {
				cmd = both(cmd, m.do(s.update(msg)))
			}
		case *shiftScreen:
			if s == m.active && msg.Event.Kind == orders.EventClosed {
				cmd = both(cmd, m.do(s.update(msg)))
			}
		}
	}
	return cmd
}

// editedChanged tells the form of an order that it has changed. One in which nothing was typed gives way to the card of an
// order that has been closed; else the form says so, and what was typed stays in sight.
func (m *Model) editedChanged(f *orderEdit, msg orders.Changed) tea.Cmd {
	untouched := !f.dirty
	f.update(msg)
	if f.over && untouched && m.active == screen(f) {
		return m.jumpToCard(msg.Order, m.env.saysOf(texts.NoticeDoNotTake, msg.Order))
	}
	return nil
}

// followOrder brings the guest at the till up to date with their order.
func (m *Model) followOrder(g *guest, order orders.Order) {
	if order.Version <= g.order.Version {
		return
	}
	if g.bound && (order.Guest == nil || !g.isOf(order.Guest.Card)) {
		g.order, g.bound, g.given = nil, false, ""
		m.withdrawQuestion(order.ID)
		m.notices.alarm(m.env.saysOf(texts.OrderUnbound, order))
		return
	}
	given, sum := g.given, g.sum.digits
	g.take(order)
	if g.sum.digits != sum {
		m.withdrawQuestion(order.ID)
	}
	if g.given != given && g.given != "" {
		m.notices.tell(func() string {
			return m.env.Say(texts.OrderSumChanged, texts.Args{"Order": m.env.shortOrder(order), "Money": m.env.money(order.Sum.Decimal)})
		})
	}
}

// withdrawQuestion takes back the question about an operation for an order: what it asks is no longer so.
func (m *Model) withdrawQuestion(order uuid.UUID) {
	if m.question == nil {
		return
	}
	if act, ok := m.question.onYes.(submitAct); ok && act.errand.op.Order == order {
		m.question = nil
	}
}

// tellCheckIn tells of a guest whom a waiter has bound to an order or taken off it. Several within a short time are one
// line with their number, which stands under everything else that is to be read.
func (m *Model) tellCheckIn(msg orders.Changed) {
	e, order := m.env, msg.Order
	counts := &m.checkIns
	if e.now.Sub(counts.last) > rushPause {
		*counts = checkIns{}
	}
	var last wording
	switch event := msg.Event; {
	case event.Kind == orders.EventBound && order.Guest != nil:
		counts.bound++
		last = func() string {
			return e.Say(texts.NoticeBound, texts.Args{
				"Order": e.shortOrder(order), "Name": e.shortName(order.Guest.Name, order.Guest.Card.Client), "Points": e.Points(order.Guest.Balance),
			})
		}
	case event.Kind == orders.EventUnbound, event.Kind == orders.EventClosed && event.Reason == orders.ReasonCheck:
		counts.unbound++
		last = e.saysOf(texts.NoticeUnbound, order)
	default:
		return
	}
	counts.last = e.now
	rush := *counts
	m.notices.mention(checkInNews, func() string { return e.rushWords(rush) + last() })
}

// rushWords count check-ins that came close together; one alone is not counted.
func (e *env) rushWords(rush checkIns) string {
	if rush.bound+rush.unbound < 2 {
		return ""
	}
	said := ""
	if rush.bound > 0 {
		said += e.Say(texts.NoticeBoundMany, texts.Args{"Count": rush.bound}) + " "
	}
	if rush.unbound > 0 {
		said += e.Say(texts.NoticeUnboundMany, texts.Args{"Count": rush.unbound}) + " "
	}
	return said
}
