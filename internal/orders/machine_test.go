package orders_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// TestTheBookAgainstAModel has waiters, the POS, cashiers and time do anything in any order, and compares every order
// with a model of what people expect.
func TestTheBookAgainstAModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{rebind: rapid.Bool().Draw(rt, "rebind"), tables: map[uuid.UUID]*table{}}
		m.h = newHall(t, func(o *orders.Options) { o.Rebind = m.rebind })
		for number := range 4 {
			id := uuid.UUID{byte(number + 1)}
			m.ids, m.tables[id] = append(m.ids, id), &table{id: id}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"check-in":  m.checkIn,
			"check-out": m.checkOut,
			"feed":      m.feed,
			"withdraw":  m.withdraw,
			"plan":      m.plan,
			"operation": m.operation,
			"time":      m.time,
			"restart":   func(*rapid.T) { m.h.book = orders.NewBook(m.h.book.Options) },
			"":          m.check,
		})
	})
}

// machine is a hall and what it should be.
type machine struct {
	h      *hall
	rebind bool
	ids    []uuid.UUID
	tables map[uuid.UUID]*table
	wiped  int64 // orders whose secrets the store wiped, which the book does not tell of
	client int64 // of the last operation; each has a card of its own, for nobody here cares
}

// table is the model of an order.
type table struct {
	id               uuid.UUID
	known, fed, live bool
	reason           orders.Reason
	guest            int64
	secret           bool
	paid             bool
	sum              string
	scanned, changed time.Time
	ops              []uuid.UUID
}

func (m *machine) pick(t *rapid.T) *table { return m.tables[rapid.SampledFrom(m.ids).Draw(t, "order")] }

// moving are the states of a table's operations that hold its guest.
func (m *machine) moving(at *table) (states []loyalty.State) {
	for _, id := range at.ops {
		op, err := m.h.store.Find(m.h.t.Context(), id)
		must(m.h.t, err)
		switch op.State {
		case loyalty.StateRefused, loyalty.StateNotApplied, loyalty.StateVoided, loyalty.StateExpired, loyalty.StateSettled:
		default:
			states = append(states, op.State)
		}
	}
	return states
}

// done reports whether points have moved at a table and nothing is open.
func (m *machine) done(at *table) bool {
	states := m.moving(at)
	return len(states) > 0 && !slices.ContainsFunc(states, func(s loyalty.State) bool {
		return s != loyalty.StateConfirmed && s != loyalty.StateApplied
	})
}

func (m *machine) old(at *table) bool { return m.h.now().Sub(at.scanned) >= 24*time.Hour }

func (at *table) end(reason orders.Reason, now time.Time) {
	at.live, at.reason, at.secret, at.changed = false, reason, false, now
}

func (m *machine) checkIn(t *rapid.T) {
	at, client := m.pick(t), rapid.SampledFrom([]int64{anna, boris}).Draw(t, "guest")
	down := rapid.IntRange(0, 4).Draw(t, "service") == 0
	var want error
	other := at.guest != 0 && at.guest != client
	switch {
	case !at.live && (at.reason == orders.ReasonPoints || at.reason == orders.ReasonFeed):
		want = orders.ErrClosed
	case at.live && other && len(m.moving(at)) > 0:
		want = orders.ErrPointsMoved
	case at.live && other && !m.rebind:
		want = orders.ErrOtherGuest
	case down:
		want = errDown
	case other && len(m.moving(at)) > 0:
		want = orders.ErrPointsMoved
	}
	m.h.desk.answer(nil)
	if down {
		m.h.desk.answer(errDown)
	}
	got := m.h.checkIn(at.id, client)
	m.h.desk.answer(nil)
	if !errors.Is(got, want) {
		t.Fatalf("check-in: got error %v, want %v", got, want)
	}
	if want != nil {
		return
	}
	now := m.h.now()
	if !at.live {
		at.live, at.reason, at.paid = true, orders.ReasonNone, false
	}
	at.known, at.guest, at.secret, at.scanned, at.changed = true, client, true, now, now
}

func (m *machine) checkOut(t *rapid.T) {
	at := m.pick(t)
	var want error
	if at.guest != 0 && len(m.moving(at)) > 0 {
		want = orders.ErrPointsMoved
	}
	if got := m.h.checkOut(at.id); !errors.Is(got, want) {
		t.Fatalf("check-out: got error %v, want %v", got, want)
	}
	if want != nil || !at.live || at.guest == 0 {
		return
	}
	at.guest, at.secret, at.changed = 0, false, m.h.now()
	switch {
	case at.paid:
		at.end(orders.ReasonFeed, m.h.now())
	case !at.fed:
		at.end(orders.ReasonCheck, m.h.now())
	}
}

func (m *machine) feed(t *rapid.T) {
	at, sum, now := m.pick(t), rapid.SampledFrom([]string{"", "100", "200"}).Draw(t, "sum"), m.h.now()
	must(m.h.t, m.h.feed(at.id, sum))
	if at.live && at.fed && !at.paid && at.sum == sum && now.Sub(at.changed) < time.Hour {
		return
	}
	at.known, at.fed, at.live, at.reason, at.paid, at.sum, at.changed = true, true, true, orders.ReasonNone, false, sum, now
}

func (m *machine) withdraw(t *rapid.T) {
	at, now := m.pick(t), m.h.now()
	must(m.h.t, m.h.withdraw(at.id))
	switch {
	case !at.live:
	case at.guest == 0 || m.old(at) || m.done(at):
		at.end(orders.ReasonFeed, now)
	case !at.paid:
		at.paid, at.changed = true, now
	}
}

func (m *machine) plan(t *rapid.T) {
	at := m.pick(t)
	m.client++
	ways := [][]loyalty.State{nil, {loyalty.StateQueued}, {loyalty.StateVoided}, toConfirmed, toUnknown}
	way := rapid.SampledFrom(ways).Draw(t, "states")
	at.ops = append(at.ops, m.h.operate(at.id, m.client, loyalty.Accrual, way...))
}

// operation takes an operation a step on; what ends is seen to at once.
func (m *machine) operation(t *rapid.T) {
	at := m.pick(t)
	for _, id := range at.ops {
		op, err := m.h.store.Find(m.h.t.Context(), id)
		must(m.h.t, err)
		var next []loyalty.State
		for _, state := range loyalty.States() {
			if op.State.CanBecome(state) {
				next = append(next, state)
			}
		}
		if len(next) > 0 {
			m.h.step(id, rapid.SampledFrom(next).Draw(t, "next"))
			break
		}
	}
	m.sweep()
}

func (m *machine) time(t *rapid.T) {
	m.h.pass(rapid.SampledFrom([]time.Duration{
		time.Second, time.Hour - time.Microsecond, time.Hour, 23 * time.Hour, 24*time.Hour - time.Microsecond, 24 * time.Hour, 6 * 24 * time.Hour,
	}).Draw(t, "passes"))
	m.sweep()
}

func (m *machine) sweep() {
	m.h.book.Sweep(m.h.t.Context())
	now := m.h.now()
	for _, at := range m.tables {
		switch {
		case !at.live:
		case at.guest != 0 && (!at.fed || at.paid) && m.done(at):
			at.end(orders.ReasonPoints, now)
		case at.paid && m.old(at):
			at.end(orders.ReasonFeed, now)
		case !at.fed && m.old(at), at.fed && now.Sub(at.changed) >= 7*24*time.Hour:
			at.end(orders.ReasonExpired, now)
		}
	}
	edge := now.Add(-24 * time.Hour)
	for _, at := range m.tables {
		at.secret = at.secret && !at.scanned.Before(edge)
	}
	wiped, err := m.h.store.WipeSecrets(m.h.t.Context(), edge)
	must(m.h.t, err)
	m.wiped += int64(wiped)
}

// check compares everything that can be seen of the orders.
func (m *machine) check(t *rapid.T) {
	versions := int64(0)
	for _, at := range m.tables {
		o, err := m.h.book.Find(m.h.t.Context(), at.id)
		if !at.known {
			if !errors.Is(err, orders.ErrNotFound) {
				t.Fatalf("an order out of nothing: %v, %v", o, err)
			}
			continue
		}
		must(m.h.t, err)
		versions += o.Version
		if got, want := standing(o), at.standing(); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
		if !o.ChangedAt.Equal(at.changed) {
			t.Fatalf("%s: changed at %v, want %v", standing(o), o.ChangedAt, at.changed)
		}
		if err := replay(m.h, o); err != nil {
			t.Fatal(err)
		}
		m.checkGuest(t, at)
	}
	if told := len(m.h.told()); int64(told)+m.wiped != versions {
		t.Fatalf("%d changes, told %d times", versions, told)
	}
}

func (m *machine) checkGuest(t *rapid.T, at *table) {
	var want error
	switch {
	case !at.live:
		want = orders.ErrClosed
	case at.guest == 0:
		want = orders.ErrNoGuest
	}
	seated, err := m.h.book.Guest(m.h.t.Context(), at.id)
	if !errors.Is(err, want) {
		t.Fatalf("guest of %q: got error %v, want %v", at.standing(), err, want)
	}
	limit, err := m.h.book.Limit(m.h.t.Context(), at.id, false)
	must(m.h.t, err)
	if want != nil || !at.secret || m.old(at) {
		if !limit.IsZero() {
			t.Fatalf("%q: limit %s", at.standing(), limit)
		}
		return
	}
	if seated.Stale != nil || seated.Guest.Card.Client != at.guest || len(seated.Moved) != len(m.moving(at)) {
		t.Fatalf("%q: seated %+v", at.standing(), seated)
	}
	limits := map[string]int64{"": 2365, "100": 10, "200": 20}
	if at.guest == boris {
		limits[""] = 50
	}
	if limit.IntPart() != limits[at.sum] {
		t.Fatalf("%q: limit %s", at.standing(), limit)
	}
}

// standing is the model in the words of the order's.
func (at *table) standing() string {
	s := "checkin "
	if at.fed {
		s = "feed "
	}
	if at.live {
		s += "open"
	} else {
		s += "closed " + string(at.reason)
	}
	if at.paid {
		s += " paid"
	}
	if at.sum != "" {
		s += " sum " + at.sum
	}
	switch {
	case at.guest == 0:
	case at.secret:
		s += fmt.Sprint(" guest ", at.guest)
	default:
		s += fmt.Sprint(" wiped ", at.guest)
	}
	return s
}

// replay reports a history that does not lead to the order as it stands.
func replay(h *hall, o orders.Order) error {
	events, err := h.store.OrderEvents(h.t.Context(), o.ID)
	if err != nil {
		return err
	}
	state, reason, guest, version := orders.State(""), orders.ReasonNone, int64(0), int64(0)
	for _, e := range events {
		if e.Version < version {
			return fmt.Errorf("event of version %d after %d", e.Version, version)
		}
		version = e.Version
		switch e.Kind {
		case orders.EventOpened:
			state, reason = orders.StateOpen, orders.ReasonNone
		case orders.EventClosed:
			state, reason = orders.StateClosed, e.Reason
		case orders.EventBound:
			guest = e.Client
		case orders.EventUnbound:
			if guest != e.Client {
				return fmt.Errorf("unbound %d, bound was %d", e.Client, guest)
			}
			guest = 0
		}
	}
	bound := int64(0)
	if o.Guest != nil {
		bound = o.Guest.Card.Client
	}
	if state != o.State || reason != o.Reason || guest != bound || version > o.Version {
		return fmt.Errorf("the history leads to %s %s with guest %d at version %d, not to %s", state, reason, guest, version, standing(o))
	}
	return nil
}
