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
	words := func() asked {
		said := asked{
			title: e.Say(id, texts.Args{"Cash": e.money(cash), "Card": e.money(card), "QR": e.money(pay.of(orders.PaidQR))}),
			lines: []string{e.shortOrder(pay.order)}, yes: e.Say(texts.AskPayYes), no: e.Say(texts.KeyBack),
		}
		if pay.given.IsPositive() {
			change := texts.Args{"Given": e.money(pay.given), "Change": e.money(pay.change())}
			said.lines = append(said.lines, e.Say(texts.AskPayChange, change))
		}
		return said
	}
	return &question{env: e, words: words, chosenYes: true, onYes: payAct{pay}}
}

func (m *Model) pay(act payAct) tea.Cmd {
	pay, till, cashier := act.payment, m.options.Till, m.cashier
	p := m.payScreenOf(pay.order)
	if p != nil {
		pay.order = p.bill.Order // had its sum changed, the question would have been withdrawn
	}
	work := m.begin(pay.order.ID, func() tea.Msg {
		order, err := till.Pay(context.Background(), pay.booked(cashier))
		return paidMsg{pay, order, err}
	})
	if p != nil && work != nil {
		p.begin(texts.PayBooking)
	}
	return work
}

// paid shows how a payment ended, to whoever waits for it or in a message.
func (m *Model) paid(msg paidMsg) tea.Cmd {
	e, order := m.env, msg.payment.order
	delete(m.flights, order.ID)
	p, waits := m.active.(*payScreen)
	waits = waits && p.bill.Order.ID == order.ID
	if at := m.payScreenOf(order); at != nil {
		at.since = time.Time{}
	}
	var warning *orders.ClaimWarning
	switch {
	case msg.err == nil && waits:
		m.showOverList(newPayDone(e, msg.payment, m.status))
		m.behind = withoutCards(m.behind)
	case msg.err == nil:
		m.notices.keep(order.ID, func() string {
			return e.Say(texts.NoticePaid, texts.Args{"Order": e.shortOrder(order), "Money": e.money(msg.payment.total())})
		})
	case !waits:
		m.tellNotPaid(msg.payment, msg.err)
	case errors.As(msg.err, &warning):
		p.refuseTaken(msg.payment, msg.err)
		m.overlay, m.question = nil, e.askTakeAgain(p, msg.payment, warning.Claims)
	default:
		p.refuseTaken(msg.payment, msg.err)
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
	sum, q := decimal.Zero, &question{env: e}
	for _, claim := range open {
		sum = sum.Add(claim.Sum)
		if q.onAlso == nil && pay.claim != claim.ID && !claim.Sum.GreaterThan(p.bill.Due) {
			q.onAlso = payByClaimAct{claim}
		}
	}
	q.words = func() asked {
		said := asked{
			title: e.Say(texts.AskTakeAgain, texts.Args{"Money": e.money(sum)}),
			lines: []string{e.shortOrder(pay.order), e.Say(texts.AskTakeAgainDetail)},
			yes:   e.Say(texts.AskTakeAgainYes), no: e.Say(texts.AskTakeAgainNo), also: e.Say(texts.CardPayByQR),
		}
		if q.onAlso == nil {
			said.lines = append(said.lines, e.Say(texts.AskTakeAgainSum))
		}
		return said
	}
	pay.confirmed = true
	q.onYes = payAskAct{pay}
	if p.refused != nil { // the claim came between the question and its answer: the money is there already
		q.onYes = payAct{pay}
	}
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
		p.refusal = m.env.says(texts.PayTakeRest)
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
		said := m.env.saysOf(texts.NoticeDoNotTake, msg.bill.Order)
		if p.taken != nil && p.taken.total().IsPositive() {
			said = m.env.giveBack(msg.bill.Order, p.taken.total())
		}
		return m.jumpToCard(msg.bill.Order, said)
	}
	if p.follow(msg.bill) && atPay {
		m.question = nil
	}
	if p.again {
		return m.do(p.ask())
	}
	return nil
}
