package orderstest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// testAnyHistory makes any sequence of writes, sensible or not, on the store and on a [MemoryStore]: both must give the
// same answers and hold the same orders and events at the end.
func testAnyHistory(t *testing.T, open func(t *testing.T) Store) {
	s := open(t) // one for all sequences: each has orders and cards of its own
	client := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		client += 3
		h := twins{t: t, store: s, model: &MemoryStore{}, client: client, ids: []uuid.UUID{uuid.New(), uuid.New()}}
		h.model.Register = Register
		for range rapid.IntRange(1, 20).Draw(rt, "writes") {
			rapid.SampledFrom([]func(*rapid.T){h.save, h.save, h.save, h.plan, h.move}).Draw(rt, "write")(rt)
		}
		h.compare(rt)
	})
}

// twins are a store under test and the model, with what has been written to them.
type twins struct {
	t      *testing.T
	store  Store
	model  *MemoryStore
	client int64 // of three customers the first
	ids    []uuid.UUID
	ops    []uuid.UUID
}

func (h *twins) save(t *rapid.T) {
	id := rapid.SampledFrom(h.ids).Draw(t, "order")
	version := rapid.SampledFrom([]int64{0, 0, 0, 0, 1, -1}).Draw(t, "off by")
	if stored, err := h.model.Order(h.t.Context(), id); err == nil {
		version += stored.Version
	}
	o := drawOrder(t, h.client)
	o.ID, o.Version = id, version
	var events []orders.Event
	for range rapid.IntRange(0, 2).Draw(t, "events") {
		events = append(events, orders.Event{
			At: o.ChangedAt, Kind: orders.EventBound, Client: h.client, Actor: o.Waiter, Reason: o.Reason,
		})
	}
	got, err := h.store.SaveOrder(h.t.Context(), o, events...)
	want, wantErr := h.model.SaveOrder(h.t.Context(), o, events...)
	if h.agree(t, err, wantErr); describe(got) != describe(want) {
		t.Fatalf("saved:\n got %s\nwant %s", describe(got), describe(want))
	}
}

// drawOrder draws an order whose guest is nobody or one of three.
func drawOrder(t *rapid.T, client int64) orders.Order {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("Яє'\"\\%\n🙂a")), -1, 20, -1)
	o := newOrder(func(o *orders.Order) {
		o.Source = rapid.SampledFrom([]orders.Source{orders.SourceCheckIn, orders.SourceFeed, "neither"}).Draw(t, "source")
		o.Number, o.Table, o.Waiter = text.Draw(t, "number"), text.Draw(t, "table"), text.Draw(t, "waiter")
		o.Sum.Valid = rapid.Bool().Draw(t, "sum known")
		o.Sum.Decimal = decimal.New(rapid.Int64Range(-1, 1e15).Draw(t, "sum"), rapid.Int32Range(-12, 2).Draw(t, "exponent"))
		if !o.Sum.Valid {
			o.Sum.Decimal = decimal.Decimal{}
		}
		o.Dishes = o.Dishes[:rapid.IntRange(0, 2).Draw(t, "dishes")]
		o.ChangedAt = noon.Add(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "at")))
		o.Guest = nil
	})
	if guest := rapid.Int64Range(-1, 2).Draw(t, "guest"); guest >= 0 {
		o.Guest = newGuest(client + guest)
		o.Guest.Name = text.Draw(t, "name")
	}
	if rapid.IntRange(0, 3).Draw(t, "closed") == 0 {
		closed(orders.ReasonPoints)(&o)
	}
	return o
}

func (h *twins) plan(t *rapid.T) {
	op := newOperation(rapid.SampledFrom(h.ids).Draw(t, "of order"), h.client)
	for _, s := range []loyalty.Store{h.store, h.model} {
		if err := s.Plan(h.t.Context(), op); err != nil {
			t.Fatal(err)
		}
	}
	h.ops = append(h.ops, op.ID)
}

// move takes an operation a step on, along the ways that need no service.
func (h *twins) move(t *rapid.T) {
	if len(h.ops) == 0 {
		return
	}
	op, err := h.model.Find(h.t.Context(), rapid.SampledFrom(h.ops).Draw(t, "operation"))
	if err != nil {
		t.Fatal(err)
	}
	m := loyalty.Move{ID: op.ID, From: op.State, At: noon}
	m.To = rapid.SampledFrom([]loyalty.State{
		loyalty.StateQueued, loyalty.StateVoided, loyalty.StateExpired, loyalty.StateReview, loyalty.StateSettled,
	}).Draw(t, "to")
	m.Reason = rapid.SampledFrom([]loyalty.Reason{loyalty.ReasonDecidedYes, loyalty.ReasonDecidedNo}).Draw(t, "reason")
	if !m.From.CanBecome(m.To) {
		return
	}
	for _, s := range []loyalty.Store{h.store, h.model} {
		if err := s.Move(h.t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
}

// answers are the errors that mean something to the caller.
var answers = []error{orders.ErrConflict, orders.ErrInvalid, orders.ErrPointsMoved, orders.ErrNotFound}

func (h *twins) agree(t *rapid.T, got, want error) {
	same := (got == nil) == (want == nil)
	for _, answer := range answers {
		same = same && errors.Is(got, answer) == errors.Is(want, answer)
	}
	if !same {
		t.Fatalf("got error %v, want %v", got, want)
	}
}

func (h *twins) compare(t *rapid.T) {
	for _, id := range h.ids {
		got, gotErr := h.store.Order(h.t.Context(), id)
		want, wantErr := h.model.Order(h.t.Context(), id)
		h.agree(t, gotErr, wantErr)
		held := fmt.Sprint(describe(got), history(h.t, h.store, id))
		if want := fmt.Sprint(describe(want), history(h.t, h.model, id)); held != want {
			t.Fatalf("\n got %s\nwant %s", held, want)
		}
	}
}
