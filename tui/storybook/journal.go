package storybook

import (
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// journalScenes: the journal, its operations, reversals and decisions.
func journalScenes() []Scene {
	return []Scene{
		{"journal", "the journal", props{withJournal(stage.Written())}, func(tl *stage.Till) { tl.Press(f5, down) }},
		{"journal_guest", "the journal of one guest", props{withJournal(stage.Written())}, func(tl *stage.Till) { tl.AtGuest("1250").Press(f5, tab) }},
		{"details", "one operation", props{historyOf(loyalty.StateConfirmed)}, func(tl *stage.Till) { tl.Press(f5, enter) }},
		{"details_unknown", "one whose outcome is unknown", props{historyOf(loyalty.StateUnknown)}, func(tl *stage.Till) { tl.Press(f5, enter) }},
		{"details_review", "one that a person has to decide", props{historyOf(loyalty.StateReview)}, func(tl *stage.Till) { tl.Press(f5, enter, tab) }},
		{"review", "the decision", props{historyOf(loyalty.StateReview)}, func(tl *stage.Till) { tl.Press(f5, enter, tab, enter) }},
		{"ask_verdict", "the decision, to be confirmed", props{historyOf(loyalty.StateReview)}, func(tl *stage.Till) {
			tl.Press(f5, enter, tab, enter)
			tl.Types("гость показал бот")
			tl.Press(tab, enter)
		}},
		{"deciding", "the decision is being written", props{historyOf(loyalty.StateReview)}, func(tl *stage.Till) {
			tl.Press(f5, enter, tab, enter)
			tl.Types("гость показал бот")
			tl.Held = true
			tl.Press(tab, enter)
		}},
		{"repeat_scan", "repeating an accrual that did not happen: the QR is needed", props{historyOf(loyalty.StateNotApplied)}, func(tl *stage.Till) { tl.Press(f5, enter, tab, enter) }},
		{"storno", "a reversal", props{withPair}, func(tl *stage.Till) { tl.Press(f5, enter, f7); tl.Types("Гость передумал") }},
		{"storno_partial", "a part is reversed", props{withPair}, func(tl *stage.Till) {
			tl.Press(f5, enter, f7)
			tl.Types("Гость передумал")
			tl.Press(tab, tea.KeyMsg{Type: tea.KeyCtrlU})
			tl.Types("50")
		}},
		{"ask_storno", "reverse?", props{withPair}, func(tl *stage.Till) {
			tl.Press(f5, enter, f7)
			tl.Types("Гость передумал")
			tl.Press(tab, tab, enter)
		}},
		{"pin", "the admin's PIN, after a wrong one", props{withPair, withPIN(&stage.PIN{Right: "0742"})}, func(tl *stage.Till) {
			tl.Desk.OnNeedsAdmin = func(uuid.UUID) (bool, error) { return true, nil }
			tl.Press(f5, enter, f7)
			tl.Types("Гость передумал")
			tl.Press(tab, tab, enter)
			tl.Types("111")
			tl.Press(enter)
			tl.Types("07")
		}},
		{"result_storno", "reversed", props{withPair}, func(tl *stage.Till) {
			tl.Press(f5, enter, f7)
			tl.Types("Гость передумал")
			tl.Press(tab, tab, enter, enter)
		}},
		{"result_storno_queued", "a reversal waits for the connection", props{withPair}, func(tl *stage.Till) {
			tl.Desk.OnReverse = func(r loyalty.ReversalRequest) (loyalty.Result, error) {
				result, err := tl.Reversed(r)
				result.Operation.State, result.Operation.Reason = loyalty.StateQueued, loyalty.ReasonOffline
				result.Second.State, result.Second.WaitsFor = loyalty.StatePlanned, result.Operation.ID
				return result, err
			}
			tl.Press(f5, enter, f7)
			tl.Types("Гость передумал")
			tl.Press(tab, tab, enter, enter)
		}},
		{"storno_half", "half of a reversal went through", props{withHalf}, func(tl *stage.Till) { tl.Press(f5, enter) }},
	}
}
