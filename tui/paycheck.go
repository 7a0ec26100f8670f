package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// Whether an order can be closed is asked before the cashier is asked whether they have the money: what is refused
// afterwards, because something has changed in between, leaves them with money for an order that is open.

// payCheckedMsg is what stands in the way of a payment; nil: nothing, the cashier may take the money.
type payCheckedMsg struct {
	payment payment
	err     error
}

// errOrderBusy refuses to pay an order of which something else is under way at this till, such as its kitchen ticket.
var errOrderBusy = errors.New("tui: something is done about the order")

// booked is the payment as the book is told of it.
func (p payment) booked(cashier string) orders.PayOrder {
	return orders.PayOrder{
		Order: p.order.ID, Version: p.order.Version, Parts: p.parts, Cashier: cashier, Confirmed: p.confirmed, Claim: p.claim,
	}
}

// all is what the parts come to, with what came from outside.
func (p payment) all() decimal.Decimal { return p.total().Add(p.of(orders.PaidQR)) }

// checkPay has the book say whether the order can be closed, before anybody takes money for it.
func (m *Model) checkPay(pay payment) tea.Cmd {
	p, ok := m.active.(*payScreen)
	if !ok {
		return nil
	}
	if m.flights[pay.order.ID] {
		p.refuse(errOrderBusy)
		return nil
	}
	p.begin(texts.PayChecking)
	till, in := m.options.Till, pay.booked(m.cashier)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		return payCheckedMsg{pay, till.CheckPay(ctx, in)}
	}
}

// payChecked asks whether the money was taken, or says why it is not to be.
func (m *Model) payChecked(msg payCheckedMsg) tea.Cmd {
	p := m.payScreenOf(msg.payment.order)
	if p == nil {
		return nil
	}
	p.since = time.Time{}
	if m.top() != screen(p) || msg.err == nil && !msg.payment.all().Equal(p.bill.Due) {
		return nil // they are at something else, or the sum has changed, and the screen says so
	}
	var warning *orders.ClaimWarning
	switch {
	case msg.err == nil:
		m.question = m.askPay(msg.payment)
	case errors.As(msg.err, &warning):
		m.question = m.env.askTakeAgain(p, msg.payment, warning.Claims)
	default:
		p.refuse(msg.err)
		return m.do(p.ask())
	}
	return nil
}

// payScreenOf is where an order is paid, in front or behind; nil: nowhere.
func (m *Model) payScreenOf(order orders.Order) *payScreen {
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		if p, ok := s.(*payScreen); ok && p.bill.Order.ID == order.ID {
			return p
		}
	}
	return nil
}

// begin shows that something is done about the payment.
func (p *payScreen) begin(doing texts.ID) {
	p.since, p.doing, p.refusal, p.refused = p.now, doing, nil, nil
}

// refuse says why the order cannot be closed.
func (p *payScreen) refuse(err error) {
	p.refused = err
	p.refusal = func() string {
		why := ""
		if p.refused != nil {
			why = p.whyPayment(p.refused)
		}
		if p.taken == nil {
			return why
		}
		return p.Say(texts.PayNotClosed, texts.Args{"Why": p.whyAndMoney(why, *p.taken)})
	}
}

// refuseTaken is refuse for a payment of which the cashier has the money. That is to be read: the second Enter of a hasty
// hand does not take it away, and what is refused next says it again.
func (p *payScreen) refuseTaken(pay payment, err error) {
	guard := raised(p.now)
	p.shield, p.taken = &guard, &pay
	p.refuse(err)
}

// mend takes back why the order could not be closed, when that is so no longer. What to do with the money still holds.
func (p *payScreen) mend(gone bool) {
	if gone {
		p.refused = nil
	}
}

// whyAndMoney says, behind why an order could not be closed, what to do with the money that the cashier has taken for it.
func (e *env) whyAndMoney(why string, pay payment) string {
	said := why
	if cash := pay.of(orders.PaidCash); cash.IsPositive() {
		said += " " + e.Say(texts.PayHoldCash, texts.Args{"Money": e.money(cash)})
	}
	if card := pay.of(orders.PaidCard); card.IsPositive() {
		said += " " + e.Say(texts.PayHoldCard, texts.Args{"Money": e.money(card)})
	}
	return strings.TrimSpace(said)
}

// tellNotPaid tells a cashier who has gone on that a payment was refused, and what to do with its money.
func (m *Model) tellNotPaid(pay payment, err error) {
	e := m.env
	said := func() string {
		return e.Say(texts.NoticeNotPaid, texts.Args{"Order": e.shortOrder(pay.order), "Why": e.whyAndMoney(e.whyPayment(err), pay)})
	}
	if (errors.Is(err, orders.ErrPaid) || errors.Is(err, orders.ErrClosed)) && pay.total().IsPositive() {
		said = e.giveBack(pay.order, pay.total())
	}
	m.notices.charge(said)
}

// giveBack says what to do with money that was taken for an order that is closed.
func (e *env) giveBack(order orders.Order, taken decimal.Decimal) wording {
	return func() string {
		return e.Say(texts.NoticeGiveBack, texts.Args{
			"Order": e.shortOrder(order), "Payments": e.Say(texts.CardPayments), "Money": e.money(taken),
		})
	}
}
