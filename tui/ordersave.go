package tui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// touch holds the order whose form is on the screen for as long as there are unsaved changes.
func (m *Model) touch() {
	f, ok := m.active.(*orderEdit)
	if !ok || f.order.Version == 0 || m.lease != nil && m.lease.Touch() {
		return
	}
	lease, err := m.options.Till.Edit(f.order.ID, m.cashier)
	if err != nil {
		f.refusal = func() string { return m.env.whyOrder(err) }
		return
	}
	m.lease, m.leased = lease, f
}

// releaseLease lets others have the order.
func (m *Model) releaseLease() {
	if m.lease == nil {
		return
	}
	m.lease.Release()
	order := m.leased.order.ID
	m.lease, m.leased = nil, nil
	m.claims.mend(func(claim orders.Claim) bool { return claim.Bill == order && claim.Obstacle == orders.ObstacleInUse })
}

// dropLease lets go of an order whose form has left the screen, however it left.
func (m *Model) dropLease() {
	if m.lease == nil || m.active == screen(m.leased) {
		return
	}
	for _, s := range m.behind {
		if s == screen(m.leased) {
			return
		}
	}
	m.releaseLease()
}

// unsaved is the form with unsaved changes that is on the screen or behind it; nil: there is none.
func (m *Model) unsaved() *orderEdit {
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		if f, ok := s.(*orderEdit); ok && f.dirty {
			return f
		}
	}
	return nil
}

func (m *Model) askDiscard() *question {
	e := m.env
	words := func() asked {
		return asked{
			title: e.Say(texts.AskDiscard), lines: []string{e.Say(texts.AskDiscardDetail)},
			yes: e.Say(texts.AskDiscardYes), no: e.Say(texts.AskDiscardNo),
		}
	}
	return &question{env: e, words: words, onYes: backAct{}}
}

// savedMsg is how an order was saved.
type savedMsg struct {
	form  *orderEdit
	order orders.Order
	pay   bool
	err   error
}

func (m *Model) saveOrder(act saveAct) tea.Cmd {
	f, ok := m.active.(*orderEdit)
	if !ok {
		return nil
	}
	till, cashier, id, version := m.options.Till, m.cashier, f.id, f.order.Version
	f.since = m.env.now
	return m.begin(id, func() tea.Msg {
		ctx, msg := context.Background(), savedMsg{form: f, pay: act.pay}
		if version == 0 {
			msg.order, msg.err = till.OpenOrder(ctx, orders.NewOrder{
				ID: id, Table: act.table, Seats: act.seats, Dishes: act.dishes, Cashier: cashier,
			})
			return msg
		}
		msg.order, msg.err = till.Change(ctx, orders.ChangeOrder{
			Order: id, Version: version, Table: act.table, Seats: act.seats, Dishes: act.dishes, Cashier: cashier,
		})
		return msg
	})
}

// orderSaved shows the card of a saved order, to go on from there. Somebody who has gone on already is told.
func (m *Model) orderSaved(msg savedMsg) tea.Cmd {
	f := msg.form
	delete(m.flights, f.id)
	f.since = time.Time{}
	if msg.err != nil {
		f.refusal = func() string { return m.env.whyOrder(msg.err) }
		if m.active != screen(f) {
			m.notices.alarm(f.refusal)
		}
		return nil
	}
	f.dirty = false
	if m.active != screen(f) {
		m.notices.tell(m.env.saysOf(texts.NoticeSaved, msg.order))
		return nil
	}
	cmd := m.showCard(msg.order)
	if card, ok := m.active.(*orderCard); ok {
		card.pays = msg.pay
	}
	return cmd
}
