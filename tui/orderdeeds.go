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
	till, cashier := m.options.Till, m.cashier
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
	if msg.err != nil {
		failed := func() string {
			return e.Say(texts.NoticeDeedFailed, texts.Args{"Order": e.shortOrder(msg.order), "Why": e.whyOrder(msg.err)})
		}
		_, isTicket := msg.act.(ticketAct)
		if isTicket && m.isAtOrder(msg.order) && m.question == nil && m.overlay == nil {
			m.question = e.askKnownTicket(msg.order, failed)
			return nil
		}
		m.notices.alarm(failed)
		return nil
	}
	m.notices.tell(e.saysOf(msg.done, msg.order))
	if f, atForm := m.active.(*form); atForm && f.of == msg.order.ID {
		return m.goBack()
	}
	return nil
}

// isAtOrder reports whether the cashier is at the card of an order or where it is paid.
func (m *Model) isAtOrder(order orders.Order) bool { return m.orderAtHand() == order.ID }

// orderAtHand is the order that the cashier is at; [uuid.Nil]: none.
func (m *Model) orderAtHand() uuid.UUID {
	switch active := m.active.(type) {
	case *orderCard:
		return active.order.ID
	case *payScreen:
		return active.bill.Order.ID
	}
	return uuid.Nil
}

// saysOf is the wording of a text about an order.
func (e *env) saysOf(id texts.ID, order orders.Order) wording {
	return func() string { return e.Say(id, texts.Args{"Order": e.shortOrder(order)}) }
}

func (e *env) askKnownTicket(order orders.Order, failed wording) *question {
	words := func() asked {
		return asked{
			title: e.Say(texts.AskTicketKnown), lines: []string{failed(), e.Say(texts.AskTicketKnownDetail)},
			yes: e.Say(texts.AskTicketKnownYes), no: e.Say(texts.No),
		}
	}
	return (&question{env: e, words: words, onYes: knownTicketAct{order}}).byItself()
}

// newVoid makes the form of taking an order back.
func newVoid(e *env, order orders.Order) *form {
	f := &form{
		env: e, helpID: texts.AboutVoid, of: order.ID, title: e.saysOf(texts.VoidTitle, order),
		about:  func(*form) []toldLine { return []toldLine{{text: e.Say(texts.VoidDetail), style: e.Text.Plain}} },
		fields: []formField{{label: texts.StornoReason, text: textField{max: orders.MaxText}}},
	}
	f.buttons = []formButton{{texts.VoidYes, func(f *form) (any, wording, int) {
		why := f.fields[0].text.text()
		if why == "" {
			return nil, f.says(texts.ReasonMissing), 0
		}
		return voidAct{order, why}, nil, 0
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
