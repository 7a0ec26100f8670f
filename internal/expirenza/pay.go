package expirenza

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// substates say why a bill is not closed, in Expirenza's words; what they make it do is in PROTOCOLS.md, section 3.
var substates = map[orders.Obstacle]struct{ code, why string }{
	orders.ObstacleSum:     {"WRONG_REQUEST_SUM", "the sum is not what is to be paid"},
	orders.ObstacleShift:   {"CASHIERS_SHIFT_CLOSED", "the cash shift is closed"},
	orders.ObstaclePrinter: {"PRINTER_ERROR", "the receipt printer is not ready"},
	orders.ObstacleTicket:  {"CLOSE_ORDER_BLOCKED", "a kitchen ticket is not printed"},
	orders.ObstacleInUse:   {"BILL_IN_USE", "the order is in use"},
	orders.ObstacleNever:   {"OTHER_ERROR", "this till cannot close the order"},
}

// payBill has the order book judge a payment. The answer is in the outbox when the book has written it; what could not be
// decided is answered from here, so that Expirenza asks again.
func (c *Client) payBill(ctx context.Context, r received) {
	working, cancel := withGrace(ctx) // a payment is not broken off because the door closes
	defer cancel()
	verdict := orders.Verdict{Obstacle: orders.ObstacleSum}
	payment, err := paymentOf(r.message)
	if err == nil {
		verdict, err = c.judge(working, payment, func(v orders.Verdict) []byte { return c.verdictBody(r.message, v) })
	}
	if err == nil {
		c.wakeDelivery()
		return
	}
	c.Log.Error("expirenza: a payment could not be judged", "bill", payment.Bill, "err", err)
	if errors.Is(err, orders.ErrInvalid) {
		c.alarm(Alarm{Kind: AlarmUnreadable, Operation: opPayBill, Bill: payment.Bill, Request: r.request})
	}
	if verdict.Obstacle == orders.ObstacleNone { // what was not written closes nothing
		verdict.Obstacle = orders.ObstacleInUse
	}
	c.answer(ctx, r, c.verdictBody(r.message, verdict))
}

// judge asks the book. A panic there decides nothing.
func (c *Client) judge(ctx context.Context, payment orders.External, render func(orders.Verdict) []byte) (verdict orders.Verdict, err error) {
	defer func() {
		if trouble := recover(); trouble != nil {
			c.Log.Error("expirenza: a panic in the order book", "trouble", trouble, "stack", string(debug.Stack()))
			verdict, err = orders.Verdict{Obstacle: orders.ObstacleInUse}, errBookPanicked
		}
	}()
	return c.Book.PayExternal(ctx, payment, render)
}

var errBookPanicked = errors.New("expirenza: the order book panicked")

// paymentOf reads a payBill. Its error is an [orders.ErrInvalid]: without a sum there is nothing to be judged.
func paymentOf(m message) (orders.External, error) {
	payment := orders.External{
		System:  Name,
		Request: m.request,
		Topic:   opPayBill,
		Bill:    m.bill(),
		Fiscal:  m.fiscal(),
	}
	var err error
	if payment.Sum, err = m.amount("sum"); err != nil {
		return payment, fmt.Errorf("%w: %w", err, orders.ErrInvalid)
	}
	// Tips that cannot be read are none: the bill is paid all the same.
	payment.Tips, _ = m.amount("tips")
	return payment, nil
}

// fiscal reads the lines for the receipt. They are only printed, so what is too much or no text is left out.
func (m message) fiscal() []orders.FiscalLine {
	raw, there := m.value("fiscalData")
	if !there {
		return nil
	}
	var lines []map[string]json.RawMessage
	if err := json.Unmarshal(raw, &lines); err != nil {
		return nil
	}
	var found []orders.FiscalLine
	for _, fields := range lines {
		line := message{fields: fields}
		key, keyed := line.text("key")
		value, valued := line.text("value")
		if (keyed || valued) && len(found) < orders.MaxFiscal {
			found = append(found, orders.FiscalLine{Key: key, Value: value})
		}
	}
	return found
}

// verdictBody is the answer's exact bytes. It is pure: the book calls it inside its transaction. An order so large that the
// outbox would not take its answer is answered without its lines.
func (c *Client) verdictBody(m message, v orders.Verdict) []byte {
	reply := payReply{
		BillID: m.echo("billId"), Guests: c.guests(v.Order), OrderNumber: number(v.Order.Number), RID: m.rid, State: stateSuccess,
		Waiter: optional(v.Order.Waiter), WaiterID: c.waiterID(v.Order.Waiter),
	}
	if v.Obstacle != orders.ObstacleNone {
		said, known := substates[v.Obstacle]
		if !known {
			said = substates[orders.ObstacleInUse]
		}
		reply.State, reply.Substate, reply.StackTrace = stateFail, &said.code, &said.why
	}
	body := encode(reply)
	if len(body) > orders.MaxLetter {
		reply.Guests = []guestDTO{}
		body = encode(reply)
	}
	return body
}
