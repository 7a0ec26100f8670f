package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// reviewAct opens the form on which a person decides what the evidence leaves open.
type reviewAct struct {
	op      loyalty.Operation
	waiting []loyalty.Operation // what the decision sends or cancels
}

// verdict is what a person has decided about an operation.
type verdict struct {
	reviewAct
	applied  bool
	who, why string
}

// confirmVerdictAct asks whether the decision is meant: it cannot be taken back.
type confirmVerdictAct struct{ verdict }

// verdictAct writes it down.
type verdictAct struct{ verdict }

// decidedMsg is how that ended.
type decidedMsg struct {
	verdict
	form  screen // where it was decided
	after loyalty.Operation
	err   error
}

// newReview makes the form: what is known, and who decides what and why.
func newReview(e *env, act reviewAct, cashier string) *form {
	op := act.op
	f := &form{
		env: e, helpID: texts.AboutReview,
		title: func() string {
			return e.Say(texts.ReviewForm, texts.Args{"What": e.inWords(op), "Name": e.name(op.Name, op.Client)})
		},
		about: func(*form) []toldLine { return e.evidenceLines(op) },
		fields: []formField{
			{label: texts.ReviewWho, text: textField{max: textMax}},
			{label: texts.ReviewWhy, text: textField{max: loyalty.ReasonMax}},
		},
	}
	f.fields[0].text.set(cashier)
	if cashier != "" {
		f.focus = 1
	}
	for _, applied := range []bool{true, false} {
		f.buttons = append(f.buttons, formButton{verdictWords(applied), func(f *form) (any, wording, int) {
			return f.verdict(act, applied)
		}})
	}
	return f
}

func verdictWords(applied bool) texts.ID {
	if applied {
		return texts.ReviewYes
	}
	return texts.ReviewNo
}

// evidenceLines say what the balance was, what it should have become and what was read.
func (e *env) evidenceLines(op loyalty.Operation) []toldLine {
	var t told
	if why := e.whyOperation(op); why != "" {
		t.add(e.Text.Plain, why)
	}
	if op.BaselineAt.IsZero() {
		t.add(e.Text.Plain, e.Say(texts.ReviewNoBaseline))
		return t.lines
	}
	t.add(e.Text.Plain, e.Say(texts.ReviewBaseline, texts.Args{
		"Before": e.Number(op.Baseline), "Time": e.Moment(op.BaselineAt, e.now), "After": e.Number(op.Expected()),
	}))
	if op.BalanceRead {
		t.add(e.Text.Strong, e.Say(texts.ReviewRead, texts.Args{"Read": e.Number(op.Balance)}))
	} else {
		t.add(e.Text.Plain, e.Say(texts.ReviewUnread))
	}
	return t.lines
}

func (f *form) verdict(act reviewAct, applied bool) (any, wording, int) {
	decided := verdict{act, applied, f.fields[0].text.text(), f.fields[1].text.text()}
	switch {
	case decided.who == "":
		return nil, f.says(texts.NameMissing), 0
	case decided.why == "":
		return nil, f.says(texts.ReasonMissing), 1
	}
	return adminAct{confirmVerdictAct{decided}}, nil, 0
}

func (m *Model) askVerdict(act confirmVerdictAct) *question {
	e := m.env
	words := func() asked {
		return asked{
			title: e.Say(verdictWords(act.applied)) + ": " + e.inWords(act.op) + "?",
			lines: []string{
				e.guestLine(act.op.Name, act.op.Client),
				e.Say(texts.AskVerdictDetail),
				e.consequence(act.verdict),
			},
			yes: e.Say(texts.AskVerdictYes), no: e.Say(texts.KeyBack),
		}
	}
	return &question{env: e, words: words, chosenYes: true, onYes: verdictAct(act)}
}

// consequence says what a decision has the till do: what waits for the operation is sent when it has happened, as far as
// its QR is still valid, and cancelled when it has not.
func (e *env) consequence(decided verdict) string {
	var sent, voided []string
	for _, op := range decided.waiting {
		if decided.applied && e.now.Before(op.Expires()) {
			sent = append(sent, e.inWords(op))
		} else {
			voided = append(voided, e.inWords(op))
		}
	}
	switch {
	case len(sent) > 0:
		return e.Say(texts.AskVerdictSends, texts.Args{"What": strings.Join(sent, ", ")})
	case len(voided) > 0:
		return e.Say(texts.AskVerdictVoids, texts.Args{"What": strings.Join(voided, ", ")})
	}
	return e.Say(texts.AskVerdictNothing)
}

func (m *Model) decide(act verdictAct) tea.Cmd {
	desk, from := m.options.Desk, m.active
	cmd := m.begin(act.op.ID, func() tea.Msg {
		after, err := desk.Decide(context.Background(), act.op.ID, act.applied, act.who, act.why)
		return decidedMsg{act.verdict, from, after, err}
	})
	if cmd != nil {
		occupy(from, m.env.now)
	}
	return cmd
}

// decided tells how it ended and goes back to the operation, which shows it.
func (m *Model) decided(msg decidedMsg) tea.Cmd {
	delete(m.flights, msg.op.ID)
	if msg.err != nil {
		occupy(msg.form, time.Time{})
		m.tellFailure(m.env.whyFailed(msg.err), msg.op)
		return nil
	}
	m.book.put(msg.after)
	e := m.env
	m.notices.tellOf(msg.op.ID, func() string {
		return e.Say(texts.NoticeLine, texts.Args{
			"What": e.Say(verdictWords(msg.applied)) + ": " + e.inWords(msg.after) + ".", "Name": e.name(msg.after.Name, msg.after.Client),
		})
	})
	if m.active == msg.form {
		return m.goBack()
	}
	m.behind = slices.DeleteFunc(m.behind, func(s screen) bool { return s == msg.form }) // it has nothing more to ask
	return nil
}
