package orders

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// saveAttempts is how often a change is made anew after another process was quicker. More means that something else is wrong.
const saveAttempts = 5

// errNothingToDo is what an edit returns that leaves the order as it is.
var errNothingToDo = errors.New("orders: nothing to do")

// edit changes an order in place and says what happened to it. An order that the store does not have comes with Version 0
// and no State. An edit may be made more than once, from what another process left.
type edit func(o *Order, now time.Time) ([]Event, error)

// change reads an order, edits and saves it, and publishes what came of it. seen is the order as just read, to spare the
// first reading; nil: it is read. After an error that the store does not name, the change may have been made.
func (b *Book) change(ctx context.Context, id uuid.UUID, seen *Order, with edit) (Order, error) {
	give, err := b.writes.take(ctx, id)
	if err != nil {
		return Order{}, err
	}
	defer give()
	for range saveAttempts {
		if seen == nil {
			read, err := b.find(ctx, id)
			if err != nil {
				return Order{}, err
			}
			seen = &read
		}
		order := *seen
		seen = nil
		guest := order.Guest
		events, err := with(&order, b.Now())
		if errors.Is(err, errNothingToDo) {
			return order, nil
		}
		if err != nil {
			return Order{}, err
		}
		saved, err := b.Store.SaveOrder(ctx, order, events...)
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return Order{}, err
		}
		b.saved(saved, guest, events)
		return saved, nil
	}
	return Order{}, ErrConflict
}

// find reads an order; one that is not there is an empty one of this till.
func (b *Book) find(ctx context.Context, id uuid.UUID) (Order, error) {
	order, err := b.Store.Order(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Order{ID: id, Register: b.Register}, nil
	}
	return order, err
}

// saved forgets a guest who has left and tells everybody.
func (b *Book) saved(order Order, before *Binding, events []Event) {
	if before != nil && (order.State == StateClosed || order.Guest == nil || order.Guest.Card.Client != before.Card.Client) {
		b.forget(before.Card.Client)
	}
	var last Event
	if len(events) > 0 {
		last = events[len(events)-1]
		last.Order, last.Version, last.Register = order.ID, order.Version, b.Register
	}
	b.Hub.Publish(Changed{Order: order, Event: last})
}

// open makes an order a live one that was not, and says so.
func (o *Order) open(source Source, actor string, now time.Time) Event {
	if o.Version == 0 {
		o.Source, o.OpenedAt = source, now
	}
	o.State, o.Reason = StateOpen, ReasonNone
	return Event{At: now, Kind: EventOpened, Actor: actor}
}

// close ends an order. Its guest's secret is of no use to it any more.
func (o *Order) close(reason Reason, actor string, now time.Time) Event {
	o.State, o.Reason, o.ChangedAt = StateClosed, reason, now
	if o.Guest != nil {
		guest := *o.Guest
		guest.Card.Secret = 0
		o.Guest = &guest
	}
	return Event{At: now, Kind: EventClosed, Reason: reason, Actor: actor}
}

// operations gives what has moved or may still move points of an order, the newest first.
func (b *Book) operations(ctx context.Context, order uuid.UUID) ([]loyalty.Operation, error) {
	all, err := b.Operations.List(ctx, loyalty.Filter{Order: order})
	if err != nil {
		return nil, err
	}
	moving := all[:0:0]
	for _, op := range all {
		if MovesPoints(op) {
			moving = append(moving, op)
		}
	}
	return moving, nil
}

// turns lets one at a time at each order, in no particular order. The zero value is ready.
type turns struct {
	mu     sync.Mutex
	orders map[uuid.UUID]*turn
}

type turn struct {
	token chan struct{} // full while somebody has the turn
	users int           // that have it or wait for it
}

// take waits for the turn at an order, until ctx is done. The returned function gives it back.
func (t *turns) take(ctx context.Context, id uuid.UUID) (give func(), err error) {
	t.mu.Lock()
	if t.orders == nil {
		t.orders = make(map[uuid.UUID]*turn)
	}
	its, ok := t.orders[id]
	if !ok {
		its = &turn{token: make(chan struct{}, 1)}
		t.orders[id] = its
	}
	its.users++
	t.mu.Unlock()

	select {
	case its.token <- struct{}{}:
		return func() { <-its.token; t.leave(id, its) }, nil
	case <-ctx.Done():
		t.leave(id, its)
		return nil, ctx.Err()
	}
}

// leave drops the turn of an order that nobody wants any more.
func (t *turns) leave(id uuid.UUID, its *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if its.users--; its.users == 0 {
		delete(t.orders, id)
	}
}
