package tui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

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
	of      loyalty.Operation
	stornoAct
}

// newStorno makes the form. The operations' ids are made here, when it opens.
func newStorno(e *env, act stornoAct) *form {
	f := &form{
		env: e, helpID: texts.AboutStorno,
		title: func() string {
			return e.Say(texts.StornoTitle, texts.Args{"What": e.inWords(act.first), "Name": e.name(act.first.Name, act.first.Client)})
		},
		about:  func(f *form) []toldLine { return e.stornoLines(act, f.stornoOf(act)) },
		fields: []formField{{label: texts.StornoReason, text: textField{max: loyalty.ReasonMax}}},
	}
	if act.first.Kind == loyalty.Redemption {
		points := &amountField{}
		points.set(act.first.Points)
		f.fields = append(f.fields, formField{label: texts.StornoPoints, points: points})
	}
	ids := loyalty.ReversalRequest{ID: loyalty.NewID(), SecondID: loyalty.NewID(), Of: act.first.ID}
	f.buttons = []formButton{{texts.KeyStorno, func(f *form) (any, wording, int) { return f.storno(act, ids) }}}
	return f
}

// stornoWords say what the reversal does: of a pair, both halves.
func (e *env) stornoWords(act stornoAct) []string {
	var lines []string
	for _, op := range []*loyalty.Operation{&act.first, act.second} {
		switch {
		case op == nil:
		case op.Kind == loyalty.Redemption:
			lines = append(lines, e.Say(texts.StornoGiveBack, texts.Args{"Points": e.Points(op.Points)}))
		default:
			lines = append(lines, e.Say(texts.StornoTakeBack, texts.Args{"Points": e.Points(op.Points)}))
		}
	}
	return lines
}

// stornoLines say what could be reversed and what is, in as many lines whatever is typed.
func (e *env) stornoLines(whole, chosen stornoAct) []toldLine {
	var t told
	for _, line := range e.stornoWords(chosen) {
		t.add(e.Text.Strong, line)
	}
	switch {
	case whole.second == nil:
	case chosen.second == nil:
		t.add(e.Text.Dim, e.Say(texts.StornoPartialOnly))
		t.gap()
	default:
		t.add(e.Text.Dim, e.Say(texts.StornoPartial))
	}
	return t.lines
}

// stornoOf is the reversal as the form stands: part of a redemption leaves the other half of its pair alone.
func (f *form) stornoOf(act stornoAct) stornoAct {
	if len(f.fields) < 2 {
		return act
	}
	points, err := f.fields[1].points.value(act.first.Points)
	if err != nil || points.Equal(act.first.Points) {
		return act
	}
	act.first.Points, act.second = points, nil
	return act
}

// storno reads the form.
func (f *form) storno(act stornoAct, request loyalty.ReversalRequest) (any, wording, int) {
	request.Reason = f.fields[0].text.text()
	if request.Reason == "" {
		return nil, f.says(texts.ReasonMissing), 0
	}
	if len(f.fields) > 1 {
		points, err := f.fields[1].points.value(act.first.Points)
		if err != nil {
			return nil, func() string { return f.Say(texts.StornoPointsWrong, texts.Args{"Max": f.Number(act.first.Points)}) }, 1
		}
		request.Points = points
	}
	return adminAct{confirmStornoAct{request, act.first, f.stornoOf(act)}}, nil, 0
}

func (m *Model) askStorno(act confirmStornoAct) *question {
	e := m.env
	words := func() asked {
		return asked{
			title: e.Say(texts.AskStorno, texts.Args{"What": e.inWords(act.of)}),
			lines: append(e.stornoWords(act.stornoAct),
				e.guestLine(act.of.Name, act.of.Client),
				e.Say(texts.AskReason, texts.Args{"Reason": act.request.Reason}),
			),
			yes: e.Say(texts.KeyStorno), no: e.Say(texts.No),
		}
	}
	return &question{env: e, words: words, chosenYes: true, onYes: submitAct{errand: stornoErrand(act.request, act.first)}}
}

func stornoErrand(request loyalty.ReversalRequest, of loyalty.Operation) errand {
	op := loyalty.Operation{
		ID: request.ID, Kind: loyalty.Redemption, State: loyalty.StatePlanned, Name: of.Name, Vendor: of.Vendor, Client: of.Client,
		Points: of.Points, Sum: of.Sum, Money: of.Money, Parent: of.ID, Link: loyalty.LinkReversal,
	}
	if of.Kind == loyalty.Redemption {
		op.Kind = loyalty.Accrual
	}
	return errand{op, nil, func(ctx context.Context, desk Desk, word consent) (loyalty.Result, error) {
		request := request
		request.Cashier = word.cashier
		return desk.Reverse(ctx, request)
	}}
}

// newStornoAct makes the act of a reversal of what the desk would take back: one operation, or a redemption and the accrual
// on its money part.
func newStornoAct(halves []loyalty.Operation) stornoAct {
	act := stornoAct{first: halves[0]}
	if len(halves) > 1 {
		act.second = &halves[1]
	}
	return act
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
	op     loyalty.Operation
	choice loyalty.FullPayment
	err    error
}

func (m *Model) askFullPay(act fullPayAct) *question {
	e := m.env
	words := func() asked {
		return asked{
			title: e.Say(texts.AskFullPay),
			lines: []string{
				e.guestLine(act.op.Name, act.op.Client),
				e.Say(texts.FullPayTake, texts.Args{"Money": e.money(act.op.Sum)}),
			},
			yes: e.Say(texts.FullPay), no: e.Say(texts.KeyBack),
		}
	}
	return &question{
		env: e, words: words, chosenYes: true,
		onYes: fullPayNowAct{act.op, loyalty.FullPayment{
			Redemption: act.op.ID, ReversalID: loyalty.NewID(), AccrualID: loyalty.NewID(),
		}},
	}
}

func (m *Model) payInFull(act fullPayNowAct) tea.Cmd {
	desk := m.options.Desk
	act.choice.Cashier = m.cashier
	return m.begin(act.choice.ReversalID, func() tea.Msg {
		return fullPaidMsg{act.op, act.choice, desk.PayInFull(context.Background(), act.choice)}
	})
}
