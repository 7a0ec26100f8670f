package tui

import (
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// PaymentAlarm is published when the answer to a payment by QR needs a person. The door that the payments come through
// says it in words of its own, which [Options.Translate] makes into this.
type PaymentAlarm struct {
	Kind    PaymentAlarmKind
	Bill    uuid.UUID // [uuid.Nil]: it is about no bill
	Accepts bool      // the answer says that the bill is closed
	At      time.Time
}

// PaymentAlarmKind says what is wrong.
type PaymentAlarmKind string

// The kinds.
const (
	PaymentRejected    PaymentAlarmKind = "rejected"    // the other system does not take the answer
	PaymentUndelivered PaymentAlarmKind = "undelivered" // the answer could not be delivered, and is given up
	PaymentUnreadable  PaymentAlarmKind = "unreadable"  // a guest paid, and the request cannot be read or answered
)

var paymentAlarmWords = map[PaymentAlarmKind]texts.ID{
	PaymentRejected:    texts.NoticePaymentRejected,
	PaymentUndelivered: texts.NoticePaymentUndelivered,
	PaymentUnreadable:  texts.NoticePaymentUnreadable,
}

// claimNews is news of payments from outside and of what follows from payments. None of it takes the focus.
func (m *Model) claimNews(news any) tea.Cmd {
	switch news := news.(type) {
	case claimsMsg:
		m.claims.take(news)
		if news.err != nil {
			m.notices.alarm(m.env.says(texts.ProblemClaims))
		}
	case orders.ClaimChanged:
		m.claims.put(news.Claim)
		if _, known := m.claims.bills[news.Claim.Bill]; !known || news.Claim.State == orders.ClaimPaid {
			return m.nameClaim(news.Claim)
		}
	case claimMsg:
		m.claimNamed(news)
	case orders.DoublePaid:
		m.claims.bills[news.Order.ID] = news.Order
		m.claims.put(news.Claim)
		if !m.claims.told[news.Claim.ID] {
			m.claims.told[news.Claim.ID] = true
			m.notices.chargeOf(news.Claim.ID, m.env.paidWords(texts.NoticeDouble, news.Order, news.Claim))
		}
	case orders.PaidAfterBack:
		m.claims.bills[news.Order.ID] = news.Order
		m.claims.put(news.Claim)
		m.notices.alarmOf(news.Claim.ID, m.env.paidWords(texts.NoticePaidAfterBack, news.Order, news.Claim))
	case orders.PaidAgain:
		m.claims.put(news.Claim)
		m.notices.chargeOf(news.Claim.ID, m.env.paidWords(texts.NoticePaidAgain, news.Order, news.Claim))
	case orders.AccrualMissed:
		m.notices.alarm(func() string {
			return m.env.Say(texts.NoticeAccrualMissed, texts.Args{
				"Order": m.env.shortOrder(news.Order), "Why": m.env.missedWords(news.Err),
			})
		})
	case orders.ReceiptMissed:
		m.notices.alarmOf(news.Order.ID, m.env.receiptWords(news))
	case orders.ReceiptPrinted:
		m.notices.tellOf(news.Order.ID, m.env.saysOf(texts.NoticeReceiptPrinted, news.Order))
	case PaymentAlarm:
		if id, ok := paymentAlarmWords[news.Kind]; ok {
			known := m.claims.asOf(orders.Claim{Bill: news.Bill})
			m.notices.alarm(func() string {
				return m.env.Say(id, texts.Args{"Bill": known.billName(news.Bill), "Closed": m.env.closedWords(news.Accepts)})
			})
		}
	}
	return nil
}

// paidWords are the words of a text about all that a guest has paid.
func (e *env) paidWords(id texts.ID, order orders.Order, claim orders.Claim) wording {
	return func() string {
		return e.Say(id, texts.Args{"Order": e.shortOrder(order), "Money": e.withTips(claim)})
	}
}

// receiptWords say of a receipt that has not come out whether it still will, and where its copy is to be had.
func (e *env) receiptWords(news orders.ReceiptMissed) wording {
	id := texts.NoticeReceiptMissed
	if news.Waits {
		id = texts.NoticeReceiptWaits
	}
	return func() string {
		return e.Say(id, texts.Args{
			"Order": e.shortOrder(news.Order), "Closed": e.Say(texts.OrdersShowClosed), "Copy": e.Say(texts.CardCopy),
		})
	}
}

// missedWords say why a guest gets no points for an order that was paid.
func (e *env) missedWords(err error) string {
	switch {
	case errors.Is(err, loyalty.ErrQRExpired):
		return e.Say(texts.MissedExpired)
	case errors.Is(err, loyalty.ErrPercentUnknown):
		return e.Say(texts.MissedPercent)
	}
	return e.whyError(err)
}

func (e *env) closedWords(accepts bool) string {
	if accepts {
		return e.Say(texts.PaymentClosed)
	}
	return e.Say(texts.PaymentNotClosed)
}

// billName is a bill of which the screen may know nothing but the id.
func (c *claims) billName(bill uuid.UUID) string {
	if bill == uuid.Nil {
		return c.Say(texts.ClaimNoBill)
	}
	return c.name(orders.Claim{Bill: bill})
}

// claimNamed tells of a payment that has just closed its bill, and puts a name to one that has not.
func (m *Model) claimNamed(msg claimMsg) {
	if msg.claim.State == orders.ClaimOpen || msg.claim.AskedAgain() {
		if msg.err == nil && m.claims.index(msg.claim.ID) >= 0 {
			m.claims.bills[msg.order.ID] = msg.order
		}
		return
	}
	isNew := msg.claim.State == orders.ClaimPaid && msg.claim.LastAt.Equal(msg.claim.DoneAt)
	if !isNew || msg.err != nil {
		return // a request that came again
	}
	ops := m.book.byOrder()[msg.order.ID]
	m.notices.keep(msg.claim.ID, func() string { return m.env.paidByQR(msg.order, msg.claim, ops) })
}

// paidByQR says of a payment: which table, how much, how much of it for the waiter, and what becomes of the guest's points.
func (e *env) paidByQR(order orders.Order, claim orders.Claim, ops []loyalty.Operation) string {
	said := e.Say(texts.NoticePaidQR, texts.Args{"Order": e.shortOrder(order), "Money": e.money(claim.Sum)})
	if claim.Tips.IsPositive() {
		said += ", " + e.Say(texts.NoticeTips, texts.Args{"Money": e.money(claim.Tips)})
	}
	said += "."
	if order.Guest == nil {
		return said
	}
	points := ""
	for _, op := range ops {
		switch {
		case op.Link == loyalty.LinkReversal || op.State == loyalty.StateReview:
		case op.Kind == loyalty.Redemption:
			points += ", " + e.Say(texts.NoticeRedeemed, texts.Args{"Number": e.Number(op.Points)})
		default:
			points += ", " + e.Say(texts.NoticeWillAccrue, texts.Args{"Number": e.Number(op.Points)})
		}
	}
	return said + " " + e.shortName(order.Guest.Name, order.Guest.Card.Client) + points + "."
}
