//go:build unix

package killtest

import (
	"net/url"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// movement is what an operation, a request and an entry of the ledger have in common. Each operation of a shop has
// points of its own, but for a reversal, which has those of what it reverses.
type movement struct {
	client int64
	kind   loyalty.Kind
	points string
}

func movementOf(op loyalty.Operation) movement {
	return movement{op.Client, op.Kind, op.Points.String()}
}

// evidence is everything that is known of a shop at one moment, from both ends.
type evidence struct {
	journal  []loyalty.Operation
	ledger   []skidkabotsim.Entry
	requests []skidkabotsim.Request
}

// verdict is what is wrong with a shop.
type verdict struct{ lost, doubled []movement }

// judge holds the journal to the ledger and to what was requested. While a till is dead or at work, a request of an
// operation that is not settled yet may still arrive or not.
func (e evidence) judge() verdict {
	moved, sent := e.moved(), e.sent()
	sure, perhaps, known := make(map[movement]int), make(map[movement]int), make(map[movement]int)
	for _, op := range e.journal {
		m := movementOf(op)
		known[m]++
		switch op.State {
		case loyalty.StateConfirmed, loyalty.StateApplied:
			sure[m]++
		case loyalty.StateSending, loyalty.StateUnknown, loyalty.StateReview, loyalty.StateSettled:
			perhaps[m]++
		}
	}
	var v verdict
	for m, n := range sure {
		if moved[m] < n {
			v.lost = append(v.lost, m) // the journal calls it done, and the service does not know it
		}
	}
	for m, n := range moved {
		switch {
		case known[m] == 0:
			v.lost = append(v.lost, m) // points were moved by an operation that is in no journal
		case n > sure[m]+perhaps[m]:
			v.doubled = append(v.doubled, m)
		}
	}
	for m, n := range sent {
		if n > known[m] {
			v.doubled = append(v.doubled, m) // an operation was sent twice, whatever came of it
		}
	}
	return v
}

func (e evidence) moved() map[movement]int {
	moved := make(map[movement]int)
	for _, entry := range e.ledger {
		kind := loyalty.Accrual
		if entry.Kind == skidkabotsim.Redeem {
			kind = loyalty.Redemption
		}
		moved[movement{entry.Client, kind, entry.Points.String()}]++
	}
	return moved
}

func (e evidence) sent() map[movement]int {
	sent := make(map[movement]int)
	for _, request := range e.requests {
		m := movement{points: request.Form.Get("summa")}
		m.client, _ = strconv.ParseInt(request.Form.Get("fk_client"), 10, 64) // a client that is no number is nobody's
		switch request.Path {
		case skidkabot.PathAccrue:
			m.kind = loyalty.Accrual
		case skidkabot.PathRedeem:
			m.kind = loyalty.Redemption
		default:
			continue
		}
		sent[m]++
	}
	return sent
}

// The judge must not be blind: each kind of wrong is found in evidence that is made for it.
func TestTheJudgeFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		states        []loyalty.State // of the operations in the journal
		moved, sent   int
		lost, doubled int
	}{
		{"nothing", nil, 0, 0, 0, 0},
		{"confirmed and moved", []loyalty.State{loyalty.StateConfirmed}, 1, 1, 0, 0},
		{"confirmed and not moved", []loyalty.State{loyalty.StateConfirmed}, 0, 1, 1, 0},
		{"applied and not moved", []loyalty.State{loyalty.StateApplied}, 0, 1, 1, 0},
		{"moved and in no journal", nil, 1, 0, 1, 0},
		{"sent and in no journal", nil, 0, 1, 0, 1},
		{"refused and moved", []loyalty.State{loyalty.StateRefused}, 1, 1, 0, 1},
		{"not applied and moved", []loyalty.State{loyalty.StateNotApplied}, 1, 1, 0, 1},
		{"queued and moved", []loyalty.State{loyalty.StateQueued}, 1, 1, 0, 1},
		{"unknown and moved", []loyalty.State{loyalty.StateUnknown}, 1, 1, 0, 0},
		{"unknown and not moved", []loyalty.State{loyalty.StateUnknown}, 0, 1, 0, 0},
		{"moved twice", []loyalty.State{loyalty.StateConfirmed}, 2, 1, 0, 1},
		{"sent twice and moved once", []loyalty.State{loyalty.StateConfirmed}, 1, 2, 0, 1},
		{"two that are alike", []loyalty.State{loyalty.StateConfirmed, loyalty.StateUnknown}, 2, 2, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var e evidence
			for _, state := range c.states {
				e.journal = append(e.journal, loyalty.Operation{Client: 1, Kind: loyalty.Accrual, State: state, Points: decimal.NewFromInt(125)})
			}
			for range c.moved {
				e.ledger = append(e.ledger, skidkabotsim.Entry{Client: 1, Kind: skidkabotsim.Accrue, Points: decimal.NewFromInt(125)})
			}
			for range c.sent {
				e.requests = append(e.requests, skidkabotsim.Request{
					Path: skidkabot.PathAccrue, Form: url.Values{"fk_client": {"1"}, "summa": {"125"}},
				})
			}
			if got := e.judge(); len(got.lost) != c.lost || len(got.doubled) != c.doubled {
				t.Errorf("got %+v, want %d lost and %d doubled", got, c.lost, c.doubled)
			}
		})
	}
}
