package loyaltytest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// testAnyHistory makes any sequence of writes, sensible or not, on the store and on a [MemoryStore]: both must give the
// same answers and hold the same operations and events at the end.
func testAnyHistory(t *testing.T, open func(t *testing.T) loyalty.Store) {
	s := open(t) // one for all sequences: each has operations and cards of its own
	card := int64(0)
	rapid.Check(t, func(rt *rapid.T) {
		card += 2
		h := twins{t: t, store: s, model: &MemoryStore{Register: Register}, card: card}
		h.plan(rt)
		for range rapid.IntRange(1, 12).Draw(rt, "writes") {
			rapid.SampledFrom([]func(*rapid.T){h.plan, h.move, h.move, h.amend}).Draw(rt, "write")(rt)
		}
		h.compare(rt)
	})
}

// twins are a store under test and the model, with what has been planned in them.
type twins struct {
	t     *testing.T
	store loyalty.Store
	model *MemoryStore
	card  int64
	ids   []uuid.UUID
}

func (h *twins) plan(t *rapid.T) {
	ops := h.drawPlan(t)
	h.learn(ops, h.agree(t, h.store.Plan(h.t.Context(), ops...), h.model.Plan(h.t.Context(), ops...)))
}

func (h *twins) move(t *rapid.T) {
	moves := h.drawMoves(t)
	_ = h.agree(t, h.store.Move(h.t.Context(), moves...), h.model.Move(h.t.Context(), moves...))
}

func (h *twins) amend(t *rapid.T) {
	while, err := h.model.Find(h.t.Context(), h.any(t))
	if err != nil {
		t.Fatal(err)
	}
	change := loyalty.Amendment{While: while.ID, Is: while.State, Plan: h.drawPlan(t), Moves: h.drawMoves(t)}
	if rapid.IntRange(0, 3).Draw(t, "elsewhere") == 0 {
		change.Is = rapid.SampledFrom(loyalty.States()).Draw(t, "is")
	}
	if rapid.Bool().Draw(t, "move the new") {
		change.Moves = append(change.Moves, newMove(change.Plan[0].ID, loyalty.StatePlanned, loyalty.StateQueued))
	}
	h.learn(change.Plan, h.agree(t, h.store.Amend(h.t.Context(), change), h.model.Amend(h.t.Context(), change)))
}

// learn remembers what has been planned, when it has.
func (h *twins) learn(ops []loyalty.Operation, err error) {
	for _, o := range ops {
		if err == nil {
			h.ids = append(h.ids, o.ID)
		}
	}
}

func (h *twins) drawPlan(t *rapid.T) []loyalty.Operation {
	var ops []loyalty.Operation
	for range rapid.IntRange(1, 3).Draw(t, "operations") {
		o := newOperation(ofClient(h.card + int64(rapid.IntRange(0, 1).Draw(t, "card"))))
		o.Points = decimal.NewFromInt(rapid.Int64Range(1, 1e12).Draw(t, "points"))
		o.Sum = decimal.New(rapid.Int64Range(0, 1e15).Draw(t, "sum"), rapid.Int32Range(-6, 2).Draw(t, "exponent"))
		o.Money = o.Sum
		o.Name = rapid.StringOfN(rapid.RuneFrom([]rune("Яє'\"\\%\n🙂a")), -1, 20, -1).Draw(t, "name")
		o.Order = rapid.SampledFrom([]uuid.UUID{uuid.Nil, {15: 1}, {15: 2}}).Draw(t, "order")
		if len(h.ids) > 0 {
			switch rapid.IntRange(0, 4).Draw(t, "relation") {
			case 0:
				o.ID = h.any(t)
			case 1:
				o.Parent, o.Link = h.any(t), loyalty.LinkReversal
			case 2:
				o.WaitsFor = h.any(t)
			}
		}
		ops = append(ops, o)
	}
	return ops
}

func (h *twins) drawMoves(t *rapid.T) []loyalty.Move {
	var moves []loyalty.Move
	for range rapid.IntRange(1, 3).Draw(t, "moves") {
		o, err := h.model.Find(h.t.Context(), h.any(t))
		if err != nil {
			t.Fatal(err)
		}
		m := newMove(o.ID, o.State, rapid.SampledFrom(loyalty.States()).Filter(func(to loyalty.State) bool {
			return o.State.Final() || o.State.CanBecome(to)
		}).Draw(t, "to"))
		m.At = noon.Add(time.Duration(rapid.Int64Range(0, 1e12).Draw(t, "at")))
		m.Code = skidkabot.Code(rapid.IntRange(0, 15).Draw(t, "code"))
		m.Note = rapid.SampledFrom([]string{"", "так решили"}).Draw(t, "note")
		m.Reason = rapid.SampledFrom([]loyalty.Reason{"", loyalty.ReasonDecidedYes, loyalty.ReasonDecidedNo}).Draw(t, "reason")
		m.Text = rapid.SampledFrom([]string{"", "Нет"}).Draw(t, "text")
		m.Balance.Valid = rapid.Bool().Draw(t, "balance read")
		m.Balance.Decimal = decimal.New(rapid.Int64().Draw(t, "balance"), rapid.Int32Range(-6, 6).Draw(t, "exponent"))
		moves = append(moves, m)
	}
	return moves
}

func (h *twins) any(t *rapid.T) uuid.UUID { return rapid.SampledFrom(h.ids).Draw(t, "id") }

// answers are the errors that mean something to the caller.
var answers = []error{
	loyalty.ErrNotFound, loyalty.ErrExists, loyalty.ErrConflict, loyalty.ErrCardBusy, loyalty.ErrNoSuchMove,
	loyalty.ErrNoBaseline, loyalty.ErrReversed,
}

// agree makes sure that both answers mean the same, and returns the model's.
func (h *twins) agree(t *rapid.T, got, want error) error {
	same := (got == nil) == (want == nil)
	for _, answer := range answers {
		same = same && errors.Is(got, answer) == errors.Is(want, answer)
	}
	if !same {
		t.Fatalf("got error %v, want %v", got, want)
	}
	return want
}

func (h *twins) compare(t *rapid.T) {
	for _, id := range h.ids {
		got, gotErr := h.store.Find(h.t.Context(), id)
		want, wantErr := h.model.Find(h.t.Context(), id)
		if err := errors.Join(gotErr, wantErr); err != nil {
			t.Fatal(err)
		}
		held := fmt.Sprint(describe(got), history(h.t, h.store, id))
		if want := fmt.Sprint(describe(want), history(h.t, h.model, id)); held != want {
			t.Fatalf("\n got %s\nwant %s", held, want)
		}
	}
}
