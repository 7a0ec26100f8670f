package storybook

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// matterScenes: the till at rest, with what it has done and what an earlier run left behind.
func matterScenes() []Scene {
	return []Scene{
		{"idle_start", "a till that has just been started", props{func(s *set) { s.silent = true }}, func(tl *stage.Till) {}},
		{"idle_recent", "waiting for a scan, after a busy hour", props{withRecent(stage.BusyHour())}, func(tl *stage.Till) {}},
		{"idle_states", "the last operations, one in each state", props{withRecent(stage.Written().Ops)}, func(tl *stage.Till) {}},
		{"idle_unread", "the last operations cannot be read", props{func(s *set) {
			s.Recent = func(context.Context, int) ([]loyalty.Operation, error) { return nil, stage.ErrBroken }
		}}, func(tl *stage.Till) {}},
		{"idle_voided", "what a restart has cancelled", props{withRecoveryOf(voided())}, func(tl *stage.Till) {}},
		{"idle_many", "more open matters than fit", props{withRecoveryOf(many())}, func(tl *stage.Till) { tl.Press(tab, tab) }},
		{"idle_late", "a result that should be known by now", props{withRecovery}, func(tl *stage.Till) { tl.Sleep(10 * time.Minute) }},
		{"idle_queued", "what has waited for days", props{withRecoveryOf(stale())}, func(tl *stage.Till) {}},
		{"ask_send_offered", "send an accrual that was never sent?", props{withRecovery, offered(accrual)}, func(tl *stage.Till) { tl.Press(tab, enter, tab, enter) }},
		{"ask_cancel_offered", "cancel it?", props{withRecovery, offered(accrual)}, func(tl *stage.Till) { tl.Press(tab, enter, tab, tab, enter) }},
		{"offered_canceled", "it is cancelled", props{withRecovery, offered(accrual)}, cancelOffered},
		{"ask_send_storno", "send a reversal that was never sent?", props{withRecovery, offered(giveBack)}, func(tl *stage.Till) { tl.Press(tab, enter, tab, enter) }},
		{"ask_cancel_storno", "cancel it?", props{withRecovery, offered(giveBack)}, func(tl *stage.Till) { tl.Press(tab, enter, tab, tab, enter) }},
		{"storno_canceled", "it is cancelled", props{withRecovery, offered(giveBack)}, cancelOffered},
		{"sending_give_back", "points that were left behind are on their way back", props{offered(giveBack)}, func(tl *stage.Till) {
			tl.Press(tab, enter, tab, enter)
			tl.Held = true
			tl.Press(enter)
		}},
	}
}

// withRecent is the journal's newest page.
func withRecent(ops []loyalty.Operation) func(*set) {
	return func(s *set) { s.Recent = func(context.Context, int) ([]loyalty.Operation, error) { return ops, nil } }
}

func withRecoveryOf(left loyalty.Recovery) func(*set) { return func(s *set) { s.Recovery = left } }

// leftBehind is one of the operations that an earlier run left behind.
func leftBehind(n int, op loyalty.Operation, state loyalty.State) loyalty.Operation {
	behind := stage.Numbered(stage.Past(op.Kind, state, fmt.Sprint(10+n)), n)
	behind.Link = op.Link
	return behind
}

// offered has an operation of this kind left behind that was never sent, and the journal know it.
func offered(op loyalty.Operation) func(*set) {
	return func(s *set) {
		behind := leftBehind(1, op, loyalty.StatePlanned)
		s.Recovery = loyalty.Recovery{Offered: []loyalty.Operation{behind}}
		s.Journal = &stage.Journal{Ops: []loyalty.Operation{behind}}
	}
}

// cancelOffered cancels it.
func cancelOffered(tl *stage.Till) {
	tl.Desk.OnCancel = func(uuid.UUID) (loyalty.Operation, error) {
		op := &tl.Journal.Ops[0]
		op.State, op.Reason = loyalty.StateVoided, loyalty.ReasonCashier
		return *op, nil
	}
	tl.Press(tab, enter, tab, tab, enter, enter)
}

// voided is what a restart has cancelled, of each sort.
func voided() loyalty.Recovery {
	var ops []loyalty.Operation
	for i, op := range []loyalty.Operation{accrual, redemption, giveBack, takeBack} {
		ops = append(ops, leftBehind(i+1, op, loyalty.StateVoided))
	}
	return loyalty.Recovery{Voided: ops}
}

// many is more than a small screen has room for.
func many() loyalty.Recovery {
	var ops []loyalty.Operation
	for n := range 30 {
		ops = append(ops, leftBehind(n+1, redemption, loyalty.StateReview))
	}
	return loyalty.Recovery{Review: ops}
}

// stale is an accrual that waits in the queue.
func stale() loyalty.Recovery {
	return loyalty.Recovery{Queued: []loyalty.Operation{leftBehind(1, accrual, loyalty.StateQueued)}}
}
