package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// ticketAct gives the kitchen its ticket; knownTicketAct says that the kitchen knows without one; receiptAct prints a copy of
// the receipt; voidAskAct opens the form of taking an order back, and voidAct does it.
type (
	ticketAct      struct{ order orders.Order }
	knownTicketAct struct{ order orders.Order }
	receiptAct     struct{ order orders.Order }
	voidAskAct     struct{ order orders.Order }
	voidAct        struct {
		order orders.Order
		why   string
	}
)

// deedMsg is how something ended that was done about an order.
type deedMsg struct {
	act   any
	order orders.Order
	done  texts.ID // what to say of it
	err   error
}

// deed does something about an order that ends by itself.
func (m *Model) deed(act any) tea.Cmd {
	till, cashier := m.options.Till, m.options.Cashier
	msg := deedMsg{act: act}
	var do func(ctx context.Context) error
	switch act := act.(type) {
	case ticketAct:
		msg.order, msg.done = act.order, texts.NoticeTicket
		do = func(ctx context.Context) error {
			_, err := till.PrintTickets(ctx, act.order.ID, cashier)
			return err
		}
	case knownTicketAct:
		msg.order, msg.done = act.order, texts.NoticeTicketKnown
		do = func(ctx context.Context) error {
			_, err := till.MarkPrinted(ctx, act.order.ID, waitingLines(act.order), cashier)
			return err
		}
	case receiptAct:
		msg.order, msg.done = act.order, texts.NoticeCopy
		do = func(ctx context.Context) error { return till.PrintReceipt(ctx, act.order.ID) }
	case voidAct:
		msg.order, msg.done = act.order, texts.NoticeVoided
		do = func(ctx context.Context) error {
			_, err := till.Void(ctx, act.order.ID, cashier, act.why)
			return err
		}
	}
	return m.begin(msg.order.ID, func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), paperLimit)
		defer cancel()
		msg.err = do(ctx)
		return msg
	})
}

// deedDone tells how it ended. A ticket that could not be printed may be carried to the kitchen by word of mouth.
func (m *Model) deedDone(msg deedMsg) tea.Cmd {
	delete(m.flights, msg.order.ID)
	e := m.env
	said := texts.Args{"Order": e.shortOrder(msg.order)}
	if msg.err != nil {
		said["Why"] = e.whyOrder(msg.err)
		_, isTicket := msg.act.(ticketAct)
		if isTicket && m.isAtOrder(msg.order) && m.question == nil && m.overlay == nil {
			m.question = e.askKnownTicket(msg.order, said)
			return nil
		}
		m.notices.alarm(e.Say(texts.NoticeDeedFailed, said))
		return nil
	}
	m.notices.tell(e.Say(msg.done, said))
	if f, atForm := m.active.(*form); atForm && f.of == msg.order.ID {
		return m.goBack()
	}
	return nil
}

// isAtOrder reports whether the cashier is at the card of an order or where it is paid.
func (m *Model) isAtOrder(order orders.Order) bool {
	switch active := m.active.(type) {
	case *orderCard:
		return active.order.ID == order.ID
	case *payScreen:
		return active.bill.Order.ID == order.ID
	}
	return false
}

func (e *env) askKnownTicket(order orders.Order, said texts.Args) *question {
	q := &question{
		env: e, title: e.Say(texts.AskTicketKnown), lines: []string{e.Say(texts.NoticeDeedFailed, said), e.Say(texts.AskTicketKnownDetail)},
		yes: e.Say(texts.AskTicketKnownYes), no: e.Say(texts.No), onYes: knownTicketAct{order},
	}
	return q.byItself()
}

// newVoid makes the form of taking an order back.
func newVoid(e *env, order orders.Order) *form {
	f := &form{
		env: e, of: order.ID, title: e.Say(texts.VoidTitle, texts.Args{"Order": e.shortOrder(order)}),
		about:  always([]toldLine{{text: e.Say(texts.VoidDetail), style: e.Text.Plain}}),
		fields: []formField{{label: texts.StornoReason, text: textField{max: orders.MaxText}}},
	}
	f.buttons = []formButton{{e.Say(texts.VoidYes), func(f *form) (any, string, int) {
		why := f.fields[0].text.text()
		if why == "" {
			return nil, f.Say(texts.ReasonMissing), 0
		}
		return voidAct{order, why}, "", 0
	}}}
	return f
}

// waitingLines are the lines of an order of which the kitchen has no ticket.
func waitingLines(order orders.Order) []uuid.UUID {
	var lines []uuid.UUID
	for _, dish := range order.Dishes {
		if dish.Kitchen && !dish.Printed {
			lines = append(lines, dish.ID)
		}
	}
	return lines
}
