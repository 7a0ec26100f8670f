package tui

import (
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// askAccrue asks to confirm an accrual. The operation's id is made here, when the question opens.
func (m *Model) askAccrue(act accrueAct) *question {
	e := m.env
	lines := append(e.whoLines(act), e.Say(texts.AskSum, texts.Args{"Money": e.money(act.quote.Sum)}))
	byItself := act.order != nil && act.order.Source == orders.SourceTill && act.order.Guest != nil
	if byItself {
		lines = append(lines, e.Say(texts.AskAccrueByItself))
	}
	return &question{
		env:   e,
		title: e.Say(texts.AskAccrue, texts.Args{"Points": e.Points(act.quote.Accrue)}),
		lines: lines,
		yes:   e.Say(texts.AskAccrueYes), no: e.Say(texts.No), chosenYes: !byItself,
		onYes: submitAct{errand: accrualErrand(act, m.options.Cashier)},
	}
}

// whoLines say whose points it is about, and of which order.
func (e *env) whoLines(act accrueAct) []string {
	lines := []string{e.guestLine(act.guest.Name, act.guest.Card.Client)}
	if act.order != nil {
		lines = append(lines, e.shortOrder(*act.order))
	}
	return lines
}

// askRedeem asks to confirm a redemption, and the accrual on the money part with it.
func (m *Model) askRedeem(act redeemAct) *question {
	e := m.env
	lines := append(e.whoLines(accrueAct(act)),
		e.Say(texts.AskSum, texts.Args{"Money": e.money(act.quote.Sum)}),
		e.Say(texts.AskToPay, texts.Args{"Money": e.money(act.quote.Money)}),
	)
	if act.quote.Remainder.IsPositive() {
		lines = append(lines, e.Say(texts.AskRemainder, texts.Args{"Number": e.Number(act.quote.Remainder)}))
	}
	isShown := act.order != nil && m.hasTill() && m.options.Till.ShownLately(act.order.ID)
	if isShown {
		lines = append(lines, e.Say(texts.AskRedeemShown))
	}
	return &question{
		env:   e,
		title: e.Say(texts.AskRedeem, texts.Args{"Points": e.Points(act.quote.Redeem)}),
		lines: lines,
		yes:   e.Say(texts.AskRedeemYes), no: e.Say(texts.No), chosenYes: !isShown,
		onYes: submitAct{errand: redemptionErrand(act, m.options.Cashier)},
	}
}

// askRepeat asks whether the same operation is meant once more. It opens by itself.
func (m *Model) askRepeat(again errand, earlier loyalty.Operation) *question {
	e := m.env
	said := texts.Args{"Number": e.Number(earlier.Points), "Time": e.Moment(earlier.PlannedAt, e.now)}
	id := texts.AskRepeatAccrue
	switch {
	case earlier.State != loyalty.StateConfirmed && earlier.State != loyalty.StateApplied:
		id = texts.AskRepeatOpen
		said["Kind"], said["State"] = e.kind(earlier), e.stateWord(earlier)
	case earlier.Kind == loyalty.Redemption:
		id = texts.AskRepeatRedeem
	}
	q := &question{
		env:   e,
		title: e.Say(id, said),
		lines: []string{
			e.guestLine(earlier.Name, earlier.Client),
			e.Say(texts.AskRepeatDetail, texts.Args{"Money": e.money(earlier.Sum)}),
		},
		yes: e.Say(texts.AskRepeatYes), no: e.Say(texts.No),
		onYes: submitAct{errand: again, repeatConfirmed: true},
	}
	return q.byItself()
}

// askNewGuest asks whether the next customer replaces one for whom a sum was typed. It opens by itself.
func (m *Model) askNewGuest(then any) *question {
	e := m.env
	q := &question{
		env:   e,
		title: e.Say(texts.AskNewGuest),
		lines: []string{e.Say(texts.AskNewGuestDetail)},
		yes:   e.Say(texts.AskNewGuestYes), no: e.Say(texts.AskNewGuestNo),
		onYes: then,
	}
	return q.byItself()
}

// askLeaveOrder asks whether the next customer comes before an order that is not saved. It opens by itself.
func (m *Model) askLeaveOrder(then any) *question {
	e := m.env
	q := &question{
		env: e, title: e.Say(texts.AskNewGuest), lines: []string{e.Say(texts.AskDiscardDetail)},
		yes: e.Say(texts.AskNewGuestYes), no: e.Say(texts.AskNewGuestNo), onYes: then,
	}
	return q.byItself()
}

// askSendOffered asks whether an accrual, or the storno of a redemption, that was never sent is to be sent now.
func (m *Model) askSendOffered(op loyalty.Operation) *question {
	title := byKind(op, texts.OfferedSendAsk, texts.OfferedSendAsk, texts.OfferedSendStornoAsk, texts.OfferedSendStornoAsk)
	return m.askOffered(op, title, texts.OfferedSend, submitAct{errand: offeredErrand(op)})
}

// askCancelOffered asks whether it is to be cancelled.
func (m *Model) askCancelOffered(op loyalty.Operation) *question {
	title := byKind(op, texts.OfferedCancelAsk, texts.OfferedCancelAsk, texts.OfferedCancelStornoAsk, texts.OfferedCancelStornoAsk)
	return m.askOffered(op, title, texts.OfferedCancel, cancelNowAct{op})
}

func (m *Model) askOffered(op loyalty.Operation, title, yes texts.ID, then any) *question {
	e := m.env
	return &question{
		env:   e,
		title: e.Say(title, texts.Args{"PointsOf": e.PointsOf(op.Points)}),
		lines: []string{
			e.guestLine(op.Name, op.Client),
			e.Say(texts.AskSum, texts.Args{"Money": e.money(op.Sum)}),
		},
		yes: e.Say(yes), no: e.Say(texts.KeyBack), chosenYes: true,
		onYes: then,
	}
}

// quitQuestion asks whether to leave, and says what that would cost.
func (m *Model) quitQuestion(detail texts.ID, chosenYes bool) *question {
	e := m.env
	return &question{
		env:   e,
		title: e.Say(texts.AskQuit),
		lines: []string{e.Say(detail)},
		yes:   e.Say(texts.AskQuitYes), no: e.Say(texts.AskQuitNo), chosenYes: chosenYes,
		onYes: quitAct{},
	}
}
