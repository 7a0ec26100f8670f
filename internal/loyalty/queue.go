package loyalty

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// Times of the queue (I6).
const (
	holdPause  = time.Minute      // how long a held queue waits before it asks the service again
	drainPause = 30 * time.Second // the queue is looked at at least so often
)

// QueueChanged is published on the hub when the queue of accruals or what holds it has changed.
type QueueChanged struct {
	Waiting int       // accruals that wait
	Expires time.Time // when the first of them can no longer be sent; zero without any
	Hold    Hold
}

// Hold is why nothing of the queue is sent although the service may be reached; the zero Hold is none.
type Hold struct {
	Code  skidkabot.Code // 5 or 15: the service does not work for this shop
	Clock bool           // this machine's clock cannot be trusted

	until time.Time // with Code: when the service is asked again
}

// Held reports whether anything holds the queue.
func (h Hold) Held() bool { return h.Code != 0 || h.Clock }

// holds reports whether a refusal concerns the whole shop and not one customer.
func holds(code skidkabot.Code) bool {
	return code == skidkabot.CodeUnknownShop || code == skidkabot.CodeDebt
}

// holdOf finds code 5 or 15 in a service's answer, in whatever form it came: the published replies of 15 are broken,
// so a hint is enough to hold the queue, though never enough to call an operation refused.
func holdOf(err error) (skidkabot.Code, bool) {
	var refused *skidkabot.RefusedError
	var unknown *skidkabot.UnknownError
	switch {
	case errors.As(err, &refused):
		return refused.Code, holds(refused.Code)
	case errors.As(err, &unknown):
		return unknown.Hint, holds(unknown.Hint)
	}
	return 0, false
}

// setHold changes what holds the queue, and publishes it when it has changed for a person.
func (d *Desk) setHold(change func(*Hold)) {
	d.mu.Lock()
	before := d.hold
	change(&d.hold)
	after := d.hold
	d.mu.Unlock()
	if before.Code != after.Code || before.Clock != after.Clock {
		d.publishQueue(context.Background())
		d.drainSoon()
	}
}

// waits reports whether the queue has to wait now.
func (d *Desk) waits() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed || d.offline || d.hold.Clock || d.hold.Code != 0 && d.Now().Before(d.hold.until)
}

// Queue lists the accruals that wait, the oldest first.
func (d *Desk) Queue(ctx context.Context) ([]Operation, error) {
	queued, err := d.Store.List(ctx, Filter{States: []State{StateQueued}})
	slices.Reverse(queued)
	return queued, d.journalError(err)
}

func (d *Desk) publishQueue(ctx context.Context) {
	queued, err := d.Queue(ctx)
	if err != nil {
		return // published as the journal's state
	}
	d.mu.Lock()
	changed := QueueChanged{Waiting: len(queued), Hold: d.hold}
	d.mu.Unlock()
	for _, op := range queued {
		if changed.Expires.IsZero() || op.Expires().Before(changed.Expires) {
			changed.Expires = op.Expires()
		}
	}
	d.Hub.Publish(changed)
}

// drainSoon tells [Desk.Run] that something in the queue may go now.
func (d *Desk) drainSoon() { signalOnce(d.drains) }

// keepDraining carries on with what waits whenever something may have changed, until ctx is done.
func (d *Desk) keepDraining(ctx context.Context) {
	tick := time.NewTicker(drainPause)
	defer tick.Stop()
	for {
		d.carryOn(ctx)
		d.drain(ctx)
		select {
		case <-ctx.Done():
			return
		case <-d.drains:
		case <-tick.C:
		}
	}
}

// drain sends what is queued, first in, first out per card; what has outlived its QR expires. An accrual that cannot go
// keeps the later ones of its card waiting, and nobody else's.
func (d *Desk) drain(ctx context.Context) {
	queued, err := d.Queue(ctx)
	if err != nil {
		return
	}
	stuck := map[int64]bool{}
	for _, op := range queued {
		if ctx.Err() != nil {
			return
		}
		if !d.isSurelyOver(op) && (stuck[op.Client] || d.waits() || d.isOpen(ctx, op.Card())) {
			stuck[op.Client] = true
			continue
		}
		if state := d.sendQueued(ctx, op); !state.Final() {
			stuck[op.Client] = true
		}
	}
}

// isOpen reports whether another operation of the card is not settled yet.
func (d *Desk) isOpen(ctx context.Context, card skidkabot.Card) bool {
	open, err := d.unsettled(ctx, card)
	return err != nil || len(open) > 0
}

func (d *Desk) sendQueued(ctx context.Context, op Operation) State {
	ops := []Operation{op}
	f, first, err := d.board(ops)
	if err != nil || !first {
		return op.State
	}
	defer d.land(f, ops)
	done := d.dispatch(context.WithoutCancel(ctx), op, reading{})
	f.result = Result{Operation: done.op, Cause: done.cause, Unwritten: done.unwritten}
	if done.unsent() {
		d.keepUnsent(done, StateQueued)
	}
	return done.op.State
}
