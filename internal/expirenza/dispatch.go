package expirenza

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/skidkassa/skidkassa/internal/notice"
)

// notBuilt are operations that Expirenza knows and this till does not: they are named in versionInfo, logged and not answered.
var notBuilt = []string{
	"categoriesInfo", "checkProductsRestrictions", "createOrderOnTable", "menuInfo", "splitOrder", "stopList",
}

// reads are the operations that change nothing, with what makes their answers.
var reads = map[string]func(*Client, context.Context, message) any{
	opGetBill:   (*Client).getBill,
	opTables:    (*Client).tables,
	opHalls:     (*Client).halls,
	opUsers:     (*Client).users,
	opCheckWork: (*Client).checkWork,
	opVersion:   (*Client).version,
}

// receive takes a frame from the reader and returns at once. What is beyond the bounds is dropped: Expirenza asks again.
func (c *Client) receive(ctx context.Context, frame []byte) {
	m, err := parseMessage(frame)
	if err != nil {
		c.warn("a frame was ignored", "err", err, "bytes", len(frame))
		c.unanswerable(m)
		return
	}
	answer, isRead := reads[m.operation]
	switch {
	case m.operation == opSettings:
		c.takeSettings(m)
	case m.operation != opPayBill && !isRead:
		c.ignore(m.operation)
	case m.request == "":
		c.warn("a message without a rID was ignored", "operation", m.operation)
		c.unanswerable(m)
	case isRead:
		c.carryOut(ctx, c.reading, m, func(ctx context.Context, r received) {
			c.answer(ctx, r, encode(answer(c, ctx, r.message)))
		})
	default:
		c.carryOut(ctx, c.paying, m, c.payBill)
	}
}

// unanswerable tells a person of a payment that cannot be answered, because nobody knows by which rID: a guest's money stands
// behind it.
func (c *Client) unanswerable(m message) {
	if m.operation == opPayBill {
		c.alarm(Alarm{Kind: AlarmUnreadable, Operation: opPayBill, Bill: m.bill()})
	}
}

func (c *Client) ignore(operation string) {
	for _, known := range notBuilt {
		if operation == known {
			c.warn("an operation that is not implemented was asked for", "operation", operation)
			return
		}
	}
	c.warn("an unknown operation was ignored", "operation", operation)
}

// carryOut carries one message out beside the reader, in one of a bounded number of places, as long as its answer is fresh.
func (c *Client) carryOut(ctx context.Context, places chan struct{}, m message, do func(context.Context, received)) {
	select {
	case places <- struct{}{}:
	default:
		c.warn("too many messages at a time: one was dropped", "operation", m.operation)
		return
	}
	r := received{message: m, until: time.Now().Add(freshLimit)}
	c.work.Go(func() {
		defer func() { <-places }()
		defer c.survive(m.operation)
		ctx, cancel := context.WithDeadline(ctx, r.until)
		defer cancel()
		do(ctx, r)
	})
}

// survive, deferred, keeps a mistake in one answer from being the end of the till.
func (c *Client) survive(operation string) {
	if trouble := recover(); trouble != nil {
		c.Log.Error("expirenza: a panic", "operation", operation, "trouble", trouble, "stack", string(debug.Stack()))
	}
}

// answer sends a reply that nobody keeps: it is tried again only while somebody waits for it.
func (c *Client) answer(ctx context.Context, r received, body []byte) {
	for attempt := 0; ; attempt++ {
		reply := c.post(ctx, r.operation, body)
		switch {
		case reply.fate == fateTaken || reply.fate == fateDenied:
			return
		case reply.fate == fateRejected:
			c.alarm(Alarm{Kind: AlarmRejected, Operation: r.operation, Request: r.request})
			return
		case !sleep(ctx, backoff(attempt)):
			c.health.setFailing(r.operation, false) // given up
			c.warn("an answer came too late to be sent", "operation", r.operation)
			return
		}
	}
}

func (c *Client) tables(_ context.Context, m message) any {
	reply := tablesReply{RID: m.rid, Tables: []tableDTO{}}
	for _, t := range c.Tables {
		reply.Tables = append(reply.Tables, tableDTO{Number: t.Number, Name: t.Name, ID: t.ID, HallPlanID: optional(t.Hall)})
	}
	return reply
}

func (c *Client) halls(_ context.Context, m message) any {
	reply := hallsReply{RID: m.rid, HallPlans: []hallDTO{}}
	for _, h := range c.Halls {
		reply.HallPlans = append(reply.HallPlans, hallDTO(h))
	}
	return reply
}

// users names the staff. Roles are published both as a text and as a list: a list is what can hold both.
func (c *Client) users(_ context.Context, m message) any {
	reply := usersReply{RID: m.rid, Users: []userDTO{}}
	for _, u := range c.Users {
		roles := append([]string{}, u.Roles...)
		reply.Users = append(reply.Users, userDTO{ID: u.ID, Name: u.Name, CellPhone: optional(u.Phone), Roles: roles})
	}
	return reply
}

// checkWork says whether the till can take payments: without its journal it cannot.
func (c *Client) checkWork(_ context.Context, m message) any {
	ready := c.Hub.State(notice.Journal).Level != notice.Trouble
	return checkReply{RID: m.rid, DateTime: stamp(c.Now()), ReadyToWork: ready}
}

func (c *Client) version(_ context.Context, m message) any {
	return versionReply{
		RID:               m.rid,
		EventTime:         stampUTC(c.Now()),
		PluginVersion:     versionNumber(c.Version),
		RestaurantVersion: c.Version,
		AdditionalInfo:    additionalInfo{NotImplemented: notBuilt},
		UpdateInfo:        []struct{}{},
		ImplementedFeatures: []featureDTO{
			{Feature: "BILL_V_2", Available: true, Implemented: true}, // lines with positionId and linkedTo
			{Feature: "STOP_LIST"},
			{Feature: webhookOrders, Available: true, Implemented: true},
			{Feature: "ORDER_ON_TABLE"},
		},
	}
}
