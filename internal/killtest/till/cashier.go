package main

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/killtest/report"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// cashier serves one customer over and over. Every operation has points of its own, so that the service's ledger tells
// which operation moved them.
type cashier struct {
	till   *till
	card   skidkabot.Card
	serial int64
	turn   int
	last   uuid.UUID // the last operation that may be reversed
}

// idlePause is between two tries while the customer's card is busy: an unknown operation of it takes minutes to settle.
const idlePause = 2 * time.Millisecond

// serveOnce greets the customer, and accrues, redeems or takes the last operation back. What a result says is told
// before the next step: the test holds the journal to it.
func (c *cashier) serveOnce(ctx context.Context) {
	guest, err := c.till.desk.Greet(ctx, c.card, c.till.orders.Clock.Now())
	if err != nil {
		return
	}
	result, err := c.move(ctx, guest)
	if err != nil {
		time.Sleep(idlePause)
		return
	}
	c.last = result.Operation.ID
	for _, op := range []*loyalty.Operation{&result.Operation, result.Second} {
		if op != nil && !result.Unwritten {
			_ = c.till.tell(report.Line{Told: new(report.Of(*op))}) // the test has gone: so will this process
		}
	}
}

func (c *cashier) move(ctx context.Context, guest loyalty.Guest) (loyalty.Result, error) {
	c.turn++
	switch c.turn % 4 {
	case 0:
		return c.till.desk.Reverse(ctx, loyalty.ReversalRequest{
			ID: loyalty.NewID(), SecondID: loyalty.NewID(), Of: c.last, Reason: "ошибка", Cashier: "Анна",
		})
	case 1, 2:
		points := c.next()
		return c.till.desk.Redeem(ctx, loyalty.RedemptionRequest{
			ID: loyalty.NewID(), RemainderID: loyalty.NewID(), Guest: guest, Points: points, Sum: points.Add(c.next()),
			Cashier: "Анна", RepeatConfirmed: true,
		})
	default:
		return c.till.desk.Accrue(ctx, loyalty.AccrualRequest{
			ID: loyalty.NewID(), Guest: guest, Sum: c.next(), Cashier: "Анна", RepeatConfirmed: true,
		})
	}
}

// next gives points that no other operation has.
func (c *cashier) next() decimal.Decimal {
	c.serial++
	return decimal.NewFromInt(c.serial)
}
