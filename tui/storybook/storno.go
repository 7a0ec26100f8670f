package storybook

import (
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// stornoScenes: what may become of a reversal, of a decision and of an operation that was never sent, and the journal when
// there is little or much in it. It is long because it is a table: each scene is read alone.
func stornoScenes() []Scene {
	return []Scene{
		{"journal_empty", "nothing in the journal", props{withJournal(&stage.Journal{})}, func(tl *stage.Till) { tl.Press(f5) }},
		{"journal_reading", "the journal is being read", props{withJournal(stage.Written())}, func(tl *stage.Till) { tl.Held = true; tl.Press(f5) }},
		{"journal_failed", "the journal cannot be read", props{withJournal(&stage.Journal{Err: stage.ErrBroken})}, func(tl *stage.Till) { tl.Press(f5) }},
		{"journal_filtered", "the accruals that are not over", props{withJournal(stage.Written())}, func(tl *stage.Till) { tl.Press(f5, tab, right, tab, right) }},
		{"journal_name", "the journal of a name: it has no totals", props{withJournal(stage.Written())}, func(tl *stage.Till) {
			tl.Press(f5, tab, tab, tab)
			tl.Types("Втор")
		}},
		{"journal_pages", "a journal of more than a page", props{withLongJournal(300)}, func(tl *stage.Till) { tl.Press(f5) }},
		{"journal_cut", "a name in a journal that is too long to be searched whole", props{withLongJournal(6000)}, func(tl *stage.Till) {
			tl.Press(f5, tab, tab, tab)
			tl.Types("Ни")
		}},
		{"journal_totals", "a journal with a reversal", props{withReversed}, func(tl *stage.Till) { tl.Press(f5) }},
		{"storno_no_reason", "a reversal without a reason", props{withPair}, func(tl *stage.Till) { tl.Press(f5, enter, f7, tab, tab, enter) }},
		{"storno_too_much", "more points than were moved", props{withPair}, func(tl *stage.Till) {
			tl.Press(f5, enter, f7)
			tl.Types("Гость передумал")
			tl.Press(tab, tea.KeyMsg{Type: tea.KeyCtrlU})
			tl.Types("500")
			tl.Press(tab, enter)
		}},
		{"storno_done", "it has been reversed already", props{withReversed}, func(tl *stage.Till) { tl.Press(f5, down, enter) }},
		{"storno_late", "the QR is too old for a reversal", props{withPair}, func(tl *stage.Till) { tl.Sleep(30 * time.Hour); tl.Press(f5, right, enter) }},
		{"storno_again", "half of a reversal was refused: once more", props{withPair}, func(tl *stage.Till) {
			tl.Desk.OnReverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
				result, err := tl.Reversed(r)
				result.Second.State, result.Second.Code = loyalty.StateRefused, skidkabot.CodeNotEnoughPoints
				return result, err
			}
			reverse(tl)
		}},
		{"storno_unknown", "a reversal has lost its reply", props{withPair}, func(tl *stage.Till) {
			tl.Desk.OnReverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
				result, err := tl.Reversed(r)
				result.Operation = tl.Desk.Unknown(result.Operation)
				result.Second.State, result.Second.WaitsFor = loyalty.StatePlanned, result.Operation.ID
				return result, err
			}
			reverse(tl)
		}},
		{"storno_sending", "points are on their way back", props{withPair}, sendStorno(tab, tab, enter)},
		{"storno_sending_accrual", "an accrual is being reversed", props{withJournal(&stage.Journal{Ops: []loyalty.Operation{
			stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateConfirmed, "25"), 1),
		}})}, sendStorno(tab, enter)},
		{"ask_verdict_yes", "a decision that sends an accrual", props{withWaiting}, func(tl *stage.Till) { verdict(tl, tab, enter) }},
		{"ask_verdict_no", "a decision that cancels an accrual", props{withWaiting}, func(tl *stage.Till) { verdict(tl, tab, tab, enter) }},
		{"details_waiting", "an accrual that waits for a redemption", props{withWaiting}, func(tl *stage.Till) { tl.Press(f5, enter) }},
		{"details_not_needed", "a reversal that was not needed", props{withUnneeded(true)}, func(tl *stage.Till) { tl.Press(f5, enter) }},
		{"details_half", "half of a reversal, whose other half did not happen", props{withUnneeded(false)}, func(tl *stage.Till) { tl.Press(f5, enter) }},
		{"repeat_other", "another guest is scanned for a repetition", props{historyOf(loyalty.StateNotApplied)}, func(tl *stage.Till) {
			tl.Press(f5, enter, tab, enter)
			tl.Scan(stage.CardOf(stage.OtherClient).Payload())
		}},
		{"review_no_baseline", "a decision about which nothing is known", props{historyWith(loyalty.StateReview, func(op *loyalty.Operation) {
			op.Reason, op.BaselineAt = loyalty.ReasonForeign, time.Time{}
		})}, func(tl *stage.Till) { tl.Press(f5, enter, tab, enter) }},
		{"review_unread", "a decision without a reading, and without a name", props{withoutCashier, historyWith(loyalty.StateReview, func(op *loyalty.Operation) {
			op.Reason = loyalty.ReasonAmbiguous
		})}, func(tl *stage.Till) { tl.Press(f5, enter, tab, enter, tab, tab, enter) }},
		{"pin_digits", "a PIN has digits only", props{withPair, withPIN(&stage.PIN{Right: "0742"})}, func(tl *stage.Till) { atPIN(tl); tl.Types("07x") }},
		{"pin_wait", "after three wrong PINs", props{withPair, withPIN(&stage.PIN{Right: "0742"})}, func(tl *stage.Till) {
			atPIN(tl)
			for range 3 {
				tl.Types("111")
				tl.Press(enter)
			}
		}},
		{"pin_trouble", "the PIN cannot be checked", props{withPair, withPIN(&stage.PIN{Right: "0742", CheckErr: stage.ErrBroken})}, func(tl *stage.Till) {
			atPIN(tl)
			tl.Types("0742")
			tl.Press(enter)
		}},
	}
}

// stornoSentences: why a reversal was refused, and what it waits for.
func stornoSentences() []Scene {
	var all []Scene
	for _, failure := range stornoFailures {
		all = append(all, Scene{"storno_" + failure.name, "nothing was reversed: " + failure.title, props{withPair}, func(tl *stage.Till) {
			tl.Desk.OnReverse = func(loyalty.ReversalRequest) (loyalty.Result, error) { return loyalty.Result{}, failure.err }
			reverse(tl)
		}})
	}
	for _, storno := range []struct {
		name   string
		reason loyalty.Reason
	}{{"busy", loyalty.ReasonCardBusy}, {"held", loyalty.ReasonHeld}, {"closing", loyalty.ReasonClosing}} {
		all = append(all, Scene{"result_storno_" + storno.name, "a reversal waits: " + string(storno.reason), props{withPair}, func(tl *stage.Till) {
			tl.Desk.OnReverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
				result, err := tl.Reversed(r)
				result.Operation.State, result.Operation.Reason, result.Operation.Code = loyalty.StateQueued, storno.reason, skidkabot.CodeDebt
				result.Second.State, result.Second.WaitsFor = loyalty.StatePlanned, result.Operation.ID
				return result, err
			}
			reverse(tl)
		}})
	}
	return all
}

var stornoFailures = []fault{
	{"not_reversible", "it cannot be reversed", loyalty.ErrNotReversible},
	{"partial_accrual", "an accrual is reversed whole", loyalty.ErrPartialAccrual},
	{"reversal_too_much", "more than is left", loyalty.ErrReversalTooMuch},
	{"card_busy", "another operation of the card is open", loyalty.ErrCardBusy},
}

// reverse takes the written pair back.
func reverse(tl *stage.Till) {
	tl.Press(f5, enter, f7)
	tl.Types("Гость передумал")
	tl.Press(tab, tab, enter, enter)
}

// sendStorno reverses the newest operation: these keys lead behind the reason to the question. The answer does not come.
func sendStorno(keys ...tea.KeyMsg) func(*stage.Till) {
	return func(tl *stage.Till) {
		tl.Press(f5, enter, f7)
		tl.Types("Гость передумал")
		tl.Press(keys...)
		tl.Held = true
		tl.Press(enter)
	}
}

// detailSentences: one operation in every state, and why it is so.
func detailSentences() []Scene {
	var all []Scene
	for _, d := range detailStates {
		all = append(all, Scene{"details_" + d.name, d.title, props{historyWith(d.state, func(op *loyalty.Operation) {
			op.Reason, op.Code = d.reason, d.code
		})}, func(tl *stage.Till) { tl.Press(f5, enter) }})
	}
	return all
}

var detailStates = []struct {
	name, title string
	state       loyalty.State
	reason      loyalty.Reason
	code        skidkabot.Code
}{
	{"applied", "a redemption that was inferred", loyalty.StateApplied, loyalty.ReasonMoved, 0},
	{"not_applied", "one that did not happen", loyalty.StateNotApplied, loyalty.ReasonStill, 0},
	{"refused", "one that was refused", loyalty.StateRefused, "", skidkabot.CodeWrongQR},
	{"no_balance", "one that was not sent, because the service refused to say the balance", loyalty.StateVoided, loyalty.ReasonNoBalance, skidkabot.CodeUnknownQR},
	{"canceled", "one that the cashier has cancelled", loyalty.StateVoided, loyalty.ReasonCashier, 0},
	{"restart", "one that a restart has cancelled", loyalty.StateVoided, loyalty.ReasonRestart, 0},
	{"expired", "one that waited too long", loyalty.StateExpired, loyalty.ReasonQRExpired, 0},
	{"decided_yes", "one of which a person says that it happened", loyalty.StateSettled, loyalty.ReasonDecidedYes, 0},
	{"decided_no", "one of which a person says that it did not", loyalty.StateSettled, loyalty.ReasonDecidedNo, 0},
	{"foreign", "one from another machine's journal", loyalty.StateReview, loyalty.ReasonForeign, 0},
	{"queued", "one that waits", loyalty.StateQueued, loyalty.ReasonOffline, 0},
	{"closing", "one that waits since the till was closed", loyalty.StateQueued, loyalty.ReasonClosing, 0},
	{"sending", "one that is on its way", loyalty.StateSending, "", 0},
}

func withoutCashier(s *set) { s.Cashier = "" }

// withReversed is withPair with a reversal of both halves.
func withReversed(s *set) {
	journal, op := stage.PairWritten()
	rest := journal.Ops[0]
	back := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateConfirmed, "125"), 3)
	back.Parent, back.Link = op.ID, loyalty.LinkReversal
	taken := stage.Numbered(stage.Past(loyalty.Redemption, loyalty.StateConfirmed, "22"), 4)
	taken.Parent, taken.Link = rest.ID, loyalty.LinkReversal
	journal.Ops = append(journal.Ops, back, taken)
	s.Journal = journal
}

// withWaiting is a journal of a redemption that a person has to decide about, and the accrual that waits for it.
func withWaiting(s *set) {
	journal, op := stage.PairWritten()
	journal.Ops[0].State = loyalty.StatePlanned
	journal.Ops[1].State, journal.Ops[1].Reason = loyalty.StateReview, loyalty.ReasonAmbiguous
	journal.Ops[1].Baseline, journal.Ops[1].BaselineAt = stage.Number("2365"), op.PlannedAt
	s.Journal = journal
}

// verdict decides about it.
func verdict(tl *stage.Till, keys ...tea.KeyMsg) {
	tl.Press(f5, down, enter, tab, enter)
	tl.Types("гость показал бот")
	tl.Press(keys...)
}

// withUnneeded is a journal of a reversal that was cancelled: after a full payment, or because its other half failed.
func withUnneeded(full bool) func(*set) {
	return func(s *set) {
		journal, op := stage.PairWritten()
		back := stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateVoided, "125"), 3)
		back.Parent, back.Link, back.Reason = op.ID, loyalty.LinkReversal, loyalty.ReasonParentFailed
		if full {
			back.WaitsFor = op.ID
		}
		s.Journal = &stage.Journal{Ops: append([]loyalty.Operation{back}, journal.Ops...)}
	}
}

// withLongJournal is a journal of so many accruals.
func withLongJournal(length int) func(*set) {
	return func(s *set) {
		journal := &stage.Journal{}
		for i := range length {
			journal.Ops = append(journal.Ops, stage.Numbered(stage.Past(loyalty.Accrual, loyalty.StateConfirmed, fmt.Sprint(i%90+10)), length-i))
		}
		s.Journal = journal
	}
}

// atPIN comes to where the admin's PIN is asked.
func atPIN(tl *stage.Till) {
	tl.Desk.OnNeedsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
	tl.Press(f5, enter, f7)
	tl.Types("Гость передумал")
	tl.Press(tab, tab, enter)
}
