package orderstest

import (
	"errors"
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
		h.shift = bothOpen(t, s, h.model)
		for range rapid.IntRange(1, 20).Draw(rt, "writes") {
			rapid.SampledFrom([]func(*rapid.T){h.save, h.save, h.save, h.plan, h.move, h.settle, h.settle, h.decide}).Draw(rt, "write")(rt)
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
	shift  orders.Shift
}

// bothOpen has a shift open that both stores call the same.
func bothOpen(t *testing.T, s Store, model *MemoryStore) orders.Shift {
	shift, err := s.Shift(t.Context())
	if err != nil {
		shift = openShift(t, s)
	}
	_, err = model.OpenShift(t.Context(), shift.ID, shift.OpenedBy, noon)
	must(t, err)
	return shift
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
		o.Source = rapid.SampledFrom([]orders.Source{orders.SourceCheckIn, orders.SourceFeed, orders.SourceTill, "neither"}).Draw(t, "source")
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
	if rapid.IntRange(0, 5).Draw(t, "the till's") == 0 {
		o = newOrder(tills, ofClient(client))
	}
	if rapid.IntRange(0, 3).Draw(t, "closed") == 0 {
		closed(rapid.SampledFrom([]orders.Reason{orders.ReasonPoints, orders.ReasonVoid, orders.ReasonPaid}).Draw(t, "for"))(&o)
	}
	return o
}

func (h *twins) plan(t *rapid.T) {
	op := newOperation(rapid.SampledFrom(h.ids).Draw(t, "of order"), h.client)
	op.Kind = rapid.SampledFrom([]loyalty.Kind{loyalty.Accrual, loyalty.Redemption}).Draw(t, "kind")
	err := h.store.Plan(h.t.Context(), op)
	if h.agree(t, err, h.model.Plan(h.t.Context(), op)); err == nil {
		h.ops = append(h.ops, op.ID)
	}
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

// settle makes a settlement of one of the orders, which may be of the wrong version, closed, or not the till's.
func (h *twins) settle(t *rapid.T) {
	id := rapid.SampledFrom(h.ids).Draw(t, "order")
	o, err := h.model.Order(h.t.Context(), id)
	if err != nil {
		o = newOrder(tills, ofClient(h.client))
		o.ID = id
	}
	settlement := paidOrder(o, h.shift)
	if rapid.Bool().Draw(t, "counts points") {
		h.countPoints(&settlement)
	}
	if rapid.IntRange(0, 4).Draw(t, "stays open") == 0 {
		settlement.Order.State, settlement.Order.Reason, settlement.Payments = orders.StateOpen, orders.ReasonNone, nil
		settlement.Receipt = rapid.Bool().Draw(t, "a receipt of what is open")
	}
	settlement.Order.Version += rapid.SampledFrom([]int64{0, 0, 0, 1}).Draw(t, "off by")
	settlement.Claim.Sum = rapid.SampledFrom([]decimal.Decimal{money("1000.5"), money("1000.50"), money("7")}).Draw(t, "claimed")
	if there, err := h.model.Claim(h.t.Context(), system, id, settlement.Claim.Sum); err == nil {
		settlement.Claim.ID = there.ID
		settlement.Claim.Version = there.Version - rapid.SampledFrom([]int64{0, 0, 0, 1}).Draw(t, "claim off by")
	}
	settlement.Claim.State = rapid.SampledFrom([]orders.ClaimState{orders.ClaimOpen, orders.ClaimPaid}).Draw(t, "claim")
	if rapid.Bool().Draw(t, "only a claim") {
		settlement.Order, settlement.Payments, settlement.Receipt = nil, nil, false
		settlement.Events[0].Order = id
	}
	if settlement.Order == nil || rapid.Bool().Draw(t, "no accrual") {
		settlement.Accruals = nil
	}
	got, err := h.store.Settle(h.t.Context(), settlement)
	want, wantErr := h.model.Settle(h.t.Context(), settlement)
	if h.agree(t, err, wantErr); describe(got) != describe(want) {
		t.Fatalf("settled:\n got %s\nwant %s", describe(got), describe(want))
	}
	if err == nil && len(settlement.Accruals) > 0 {
		h.ops = append(h.ops, settlement.Accruals[0].ID)
	}
}

// countPoints has the points that were redeemed pay for their order.
func (h *twins) countPoints(settlement *orders.Settlement) {
	ops, err := h.model.List(h.t.Context(), loyalty.Filter{Order: settlement.Order.ID, Kind: loyalty.Redemption})
	must(h.t, err)
	for _, op := range ops[:min(len(ops), 7)] { // of 200, 25 for each
		if op.Happened() {
			payByPoints(settlement, op.ID, op.Points.String())
		}
	}
}

func (h *twins) decide(t *rapid.T) {
	claims, err := h.model.Claims(h.t.Context(), orders.ClaimFilter{})
	if err != nil || len(claims) == 0 {
		return
	}
	id := rapid.SampledFrom(claims).Draw(t, "claim").ID
	to := rapid.SampledFrom([]orders.ClaimState{orders.ClaimBooked, orders.ClaimBack, orders.ClaimPaid}).Draw(t, "decided")
	_, err = h.store.DecideClaim(h.t.Context(), id, to, "Оля", "так", noon)
	_, wantErr := h.model.DecideClaim(h.t.Context(), id, to, "Оля", "так", noon)
	h.agree(t, err, wantErr)
}

// answers are the errors that mean something to the caller.
var answers = []error{
	orders.ErrConflict, orders.ErrInvalid, orders.ErrPointsMoved, orders.ErrNotFound, orders.ErrPaid, orders.ErrClosed, orders.ErrShiftClosed, orders.ErrNotPaid,
	loyalty.ErrExists, loyalty.ErrOrderClosed,
}

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
		_, gotErr := h.store.Order(h.t.Context(), id)
		_, wantErr := h.model.Order(h.t.Context(), id)
		h.agree(t, gotErr, wantErr)
		if held, want := holds(h.t, h.store, id), holds(h.t, h.model, id); held != want {
			t.Fatalf("\n got %s\nwant %s", held, want)
		}
	}
}
