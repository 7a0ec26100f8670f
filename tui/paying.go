package tui

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// payAct books a payment; the cashier has confirmed it. payByClaimAct closes the order with the money that has come by QR.
type (
	payAct        struct{ payment payment }
	payByClaimAct struct{ claim orders.Claim }
)

// paidMsg is how a payment was booked.
type paidMsg struct {
	payment payment
	order   orders.Order
	err     error
}

// askPay asks whether the money was taken.
func (m *Model) askPay(pay payment) *question {
	e := m.env
	cash, card := pay.of(orders.PaidCash), pay.of(orders.PaidCard)
	id := texts.AskPayNothing
	switch {
	case cash.IsPositive() && card.IsPositive():
		id = texts.AskPayBoth
	case cash.IsPositive():
		id = texts.AskPayCash
	case card.IsPositive():
		id = texts.AskPayCard
	case len(pay.parts) > 0:
		id = texts.AskPayByQR
	}
	q := &question{
		env: e, title: e.Say(id, texts.Args{
			"Cash": e.money(cash), "Card": e.money(card), "QR": e.money(pay.of(orders.PaidQR)),
		}),
		lines: []string{e.shortOrder(pay.order)}, yes: e.Say(texts.AskPayYes), no: e.Say(texts.KeyBack), chosenYes: true,
		onYes: payAct{pay},
	}
	if pay.given.IsPositive() {
		q.lines = append(q.lines, e.Say(texts.AskPayChange, texts.Args{"Given": e.money(pay.given), "Change": e.money(pay.change())}))
	}
	return q
}

func (m *Model) pay(act payAct) tea.Cmd {
	pay, till, cashier := act.payment, m.options.Till, m.options.Cashier
	if p, ok := m.active.(*payScreen); ok {
		p.since, p.refusal = m.env.now, ""
	}
	return m.begin(pay.order.ID, func() tea.Msg {
		order, err := till.Pay(context.Background(), orders.PayOrder{
			Order: pay.order.ID, Version: pay.order.Version, Parts: pay.parts, Cashier: cashier, Confirmed: pay.confirmed, Claim: pay.claim,
		})
		return paidMsg{pay, order, err}
	})
}

// paid shows how a payment ended, to whoever waits for it or in a message.
func (m *Model) paid(msg paidMsg) tea.Cmd {
	order := msg.payment.order
	delete(m.flights, order.ID)
	p, waits := m.active.(*payScreen)
	waits = waits && p.bill.Order.ID == order.ID
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		if at, ok := s.(*payScreen); ok && at.bill.Order.ID == order.ID {
			at.since = time.Time{}
		}
	}
	var warning *orders.ClaimWarning
	switch {
	case msg.err == nil && waits:
		m.showOverList(newPayDone(m.env, msg.payment))
		m.behind = withoutCards(m.behind)
	case msg.err == nil:
		m.notices.keep(order.ID, m.env.Say(texts.NoticePaid, texts.Args{
			"Order": m.env.shortOrder(order), "Money": m.env.money(msg.payment.total()),
		}))
	case !waits:
		m.notices.alarm(m.env.Say(texts.NoticeNotPaid, texts.Args{"Order": m.env.shortOrder(order), "Why": m.env.whyPayment(msg.err)}))
	case errors.As(msg.err, &warning):
		m.overlay, m.question = nil, m.env.askTakeAgain(p, msg.payment, warning.Claims)
	default:
		p.refusal = m.env.whyPayment(msg.err)
		return m.do(p.ask())
	}
	return nil
}

func withoutCards(behind []screen) []screen {
	var rest []screen
	for _, s := range behind {
		if _, isCard := s.(*orderCard); !isCard {
			rest = append(rest, s)
		}
	}
	return rest
}

// whyPayment says why an order could not be paid, and what to do. What is in use though nobody edits it has points on the way.
func (e *env) whyPayment(err error) string {
	var editor *orders.InUseError
	if errors.Is(err, orders.ErrInUse) && !errors.As(err, &editor) {
		return e.Say(texts.WhyPointsOnTheWay)
	}
	return e.whyOrder(err)
}

// askTakeAgain asks whether money is to be taken for an order that a guest has paid by QR. It opens by itself, and the
// answer that takes nothing has the focus.
func (e *env) askTakeAgain(p *payScreen, pay payment, open []orders.Claim) *question {
	sum := decimal.Zero
	q := &question{
		env: e, lines: []string{e.shortOrder(pay.order), e.Say(texts.AskTakeAgainDetail)},
		yes: e.Say(texts.AskTakeAgainYes), no: e.Say(texts.AskTakeAgainNo),
	}
	for _, claim := range open {
		sum = sum.Add(claim.Sum)
		if q.also == "" && pay.claim != claim.ID && !claim.Sum.GreaterThan(p.bill.Due) {
			q.also, q.onAlso = e.Say(texts.CardPayByQR), payByClaimAct{claim}
		}
	}
	if q.also == "" {
		q.lines = append(q.lines, e.Say(texts.AskTakeAgainSum))
	}
	q.title = e.Say(texts.AskTakeAgain, texts.Args{"Money": e.money(sum)})
	pay.confirmed = true
	q.onYes = payAct{pay}
	return q.byItself()
}

// payByClaim closes the order with the money that has come by QR. What that leaves to be paid is taken first.
func (m *Model) payByClaim(act payByClaimAct) tea.Cmd {
	p, ok := m.active.(*payScreen)
	if !ok {
		return nil
	}
	p.claim, p.focus = &act.claim, payGiven
	p.given.clear()
	p.card.clear()
	if p.rest().IsPositive() {
		p.refusal = m.env.Say(texts.PayTakeRest)
		return nil
	}
	p.focus = payFields
	return m.pay(payAct{p.payment(decimal.Zero, decimal.Zero)})
}

// payRead brings the screen up to date with the bill. An order that has been closed meanwhile is not to be paid again: its
// card says by what it was.
func (m *Model) payRead(p *payScreen, msg cardMsg) tea.Cmd {
	p.asked = false
	if msg.err != nil {
		return nil // the payment itself says what is wrong
	}
	atPay := m.active == screen(p)
	if msg.bill.Order.State != orders.StateOpen && p.since.IsZero() {
		if !atPay {
			return nil
		}
		m.question, m.overlay = nil, nil
		m.notices.alarm(m.env.Say(texts.NoticeDoNotTake, texts.Args{"Order": m.env.shortOrder(msg.bill.Order)}))
		cmd := m.showCard(msg.bill.Order)
		if card, ok := m.active.(*orderCard); ok {
			guard := raised(m.env.now)
			card.shield = &guard
		}
		return cmd
	}
	if p.follow(msg.bill) && atPay {
		m.question = nil
	}
	if p.again {
		return m.do(p.ask())
	}
	return nil
}
