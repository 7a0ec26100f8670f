package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// stornoAct opens the form of a reversal. The redemption of a pair comes first, as it is reversed.
type stornoAct struct {
	first  loyalty.Operation
	second *loyalty.Operation // the accrual on the money part, which is reversed with it; nil: none
}

// confirmStornoAct asks whether the reversal is meant, once it is known who may ask for it.
type confirmStornoAct struct {
	request loyalty.ReversalRequest
	stornoAct
}

// newStorno makes the form. The operations' ids are made here, when it opens.
func newStorno(e *env, act stornoAct, cashier string) *form {
	f := &form{
		env:    e,
		title:  e.Say(texts.StornoTitle, texts.Args{"What": e.inWords(act.first), "Name": e.name(act.first.Name)}),
		lines:  e.stornoLines(act),
		fields: []formField{{label: texts.StornoReason, text: textField{max: loyalty.ReasonMax}}},
	}
	if act.first.Kind == loyalty.Redemption {
		points := &amountField{}
		points.set(act.first.Points)
		f.fields = append(f.fields, formField{label: texts.StornoPoints, points: points})
	}
	ids := loyalty.ReversalRequest{ID: loyalty.NewID(), SecondID: loyalty.NewID(), Of: act.first.ID, Cashier: cashier}
	f.buttons = []formButton{{e.Say(texts.KeyStorno), func(f *form) (any, string, int) { return f.storno(act, ids) }}}
	return f
}

// stornoLines say what the reversal does: of a pair, both halves.
func (e *env) stornoLines(act stornoAct) []toldLine {
	var t told
	for _, op := range []*loyalty.Operation{&act.first, act.second} {
		switch {
		case op == nil:
		case op.Kind == loyalty.Redemption:
			t.add(e.Text.Strong, e.Say(texts.StornoGiveBack, texts.Args{"Points": e.Points(op.Points)}))
		default:
			t.add(e.Text.Strong, e.Say(texts.StornoTakeBack, texts.Args{"Points": e.Points(op.Points)}))
		}
	}
	if act.second != nil {
		t.add(e.Text.Dim, e.Say(texts.StornoPartial))
	}
	return t.lines
}

// storno reads the form.
func (f *form) storno(act stornoAct, request loyalty.ReversalRequest) (any, string, int) {
	request.Reason = f.fields[0].text.text()
	if request.Reason == "" {
		return nil, f.Say(texts.ReasonMissing), 0
	}
	if len(f.fields) > 1 {
		points, err := f.fields[1].points.value(act.first.Points)
		if err != nil {
			return nil, f.Say(texts.StornoPointsWrong, texts.Args{"Max": f.Number(act.first.Points)}), 1
		}
		request.Points = points
		if !points.Equal(act.first.Points) {
			act.second = nil // the other half of a pair stays
		}
	}
	return adminAct{confirmStornoAct{request, act}}, "", 0
}

func (m *Model) askStorno(act confirmStornoAct) *question {
	e := m.env
	what := act.first
	if act.request.Points.IsPositive() {
		what.Points = act.request.Points
	}
	var lines []string
	for _, line := range e.stornoLines(stornoAct{what, act.second})[:1] {
		lines = append(lines, line.text)
	}
	if act.second != nil {
		lines = append(lines, e.Say(texts.StornoTakeBack, texts.Args{"Points": e.Points(act.second.Points)}))
	}
	lines = append(lines,
		e.Say(texts.AskGuest, texts.Args{"Name": e.name(what.Name)}),
		e.Say(texts.AskReason, texts.Args{"Reason": act.request.Reason}),
	)
	return &question{
		env: e, title: e.Say(texts.AskStorno, texts.Args{"What": e.inWords(act.first)}), lines: lines,
		yes: e.Say(texts.KeyStorno), no: e.Say(texts.No), chosenYes: true,
		onYes: submitAct{errand: stornoErrand(act.request, what)},
	}
}

func stornoErrand(request loyalty.ReversalRequest, of loyalty.Operation) errand {
	op := loyalty.Operation{
		ID: request.ID, Kind: loyalty.Redemption, State: loyalty.StatePlanned, Name: of.Name, Vendor: of.Vendor, Client: of.Client,
		Points: of.Points, Sum: of.Sum, Money: of.Money, Parent: of.ID, Link: loyalty.LinkReversal,
	}
	if of.Kind == loyalty.Redemption {
		op.Kind = loyalty.Accrual
	}
	return errand{op, func(ctx context.Context, desk Desk, _ bool) (loyalty.Result, error) {
		return desk.Reverse(ctx, request)
	}}
}

// reversible finds what a storno of an operation would reverse, and says why there can be none; the desk has the last
// word. The family is what hangs together with the operation.
func (e *env) reversible(op loyalty.Operation, family []loyalty.Operation) (stornoAct, texts.ID) {
	act := stornoAct{first: op}
	for i, other := range family {
		switch {
		case op.Link == loyalty.LinkRemainder && other.ID == op.Parent:
			act = stornoAct{first: other, second: &op}
		case other.Link == loyalty.LinkRemainder && other.Parent == op.ID && other.Happened():
			act.second = &family[i]
		case other.Link == loyalty.LinkReversal && other.Parent != uuid.Nil && (other.Happened() || !other.State.Final()):
			return act, texts.StornoDone
		}
	}
	switch {
	case op.Link == loyalty.LinkReversal, !op.Happened():
		return act, texts.StornoNot
	case !e.now.Before(op.Expires()):
		return act, texts.StornoLate
	}
	return act, ""
}

// fullPayAct lets the guest pay the whole receipt while a redemption's outcome is unknown; the cashier is asked first.
type fullPayAct struct{ op loyalty.Operation }

// fullPayNowAct is the cashier's yes. Its ids were made when the question opened.
type fullPayNowAct struct {
	op     loyalty.Operation
	choice loyalty.FullPayment
}

// fullPaidMsg is how the choice was taken down.
type fullPaidMsg struct {
	op       loyalty.Operation
	reversal uuid.UUID
	err      error
}

func (m *Model) askFullPay(act fullPayAct) *question {
	e := m.env
	return &question{
		env:   e,
		title: e.Say(texts.AskFullPay),
		lines: []string{
			e.Say(texts.AskGuest, texts.Args{"Name": e.name(act.op.Name)}),
			e.Say(texts.FullPayTake, texts.Args{"Money": e.money(act.op.Sum)}),
		},
		yes: e.Say(texts.FullPay), no: e.Say(texts.KeyBack), chosenYes: true,
		onYes: fullPayNowAct{act.op, loyalty.FullPayment{
			Redemption: act.op.ID, ReversalID: loyalty.NewID(), AccrualID: loyalty.NewID(), Cashier: m.options.Cashier,
		}},
	}
}

func (m *Model) payInFull(act fullPayNowAct) tea.Cmd {
	desk := m.options.Desk
	return m.begin(act.choice.ReversalID, func() tea.Msg {
		return fullPaidMsg{act.op, act.choice.ReversalID, desk.PayInFull(context.Background(), act.choice)}
	})
}
