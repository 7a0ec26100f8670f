package tui

import (
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// askAccrue asks to confirm an accrual. The operation's id is made here, when the question opens.
func (m *Model) askAccrue(act accrueAct) *question {
	e := m.env
	byItself := act.order != nil && act.order.Source == orders.SourceTill && act.order.Guest != nil
	words := func() asked {
		lines := append(e.whoLines(act), e.Say(texts.AskSum, texts.Args{"Money": e.money(act.quote.Sum)}))
		if byItself {
			lines = append(lines, e.Say(texts.AskAccrueByItself))
		}
		return asked{
			title: e.Say(texts.AskAccrue, texts.Args{"Points": e.Points(act.quote.Accrue)}), lines: lines,
			yes: e.Say(texts.AskAccrueYes), no: e.Say(texts.No),
		}
	}
	return &question{
		env: e, words: words, chosenYes: !byItself,
		onYes: submitAct{errand: accrualErrand(act)},
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
	isShown := act.order != nil && m.hasTill() && m.options.Till.ShownLately(act.order.ID)
	words := func() asked {
		lines := append(e.whoLines(accrueAct(act)),
			e.Say(texts.AskSum, texts.Args{"Money": e.money(act.quote.Sum)}),
			e.Say(texts.AskToPay, texts.Args{"Money": e.money(act.quote.Money)}),
		)
		if act.quote.Remainder.IsPositive() {
			lines = append(lines, e.Say(texts.AskRemainder, texts.Args{"Number": e.Number(act.quote.Remainder)}))
		}
		if isShown {
			lines = append(lines, e.Say(texts.AskRedeemShown))
		}
		return asked{
			title: e.Say(texts.AskRedeem, texts.Args{"Points": e.Points(act.quote.Redeem)}), lines: lines,
			yes: e.Say(texts.AskRedeemYes), no: e.Say(texts.No),
		}
	}
	return &question{
		env: e, words: words, chosenYes: !isShown,
		onYes: submitAct{errand: redemptionErrand(act)},
	}
}

// askRepeat asks whether the same operation is meant once more. It opens by itself.
func (m *Model) askRepeat(again errand, earlier loyalty.Operation) *question {
	e := m.env
	id := texts.AskRepeatAccrue
	switch {
	case earlier.State != loyalty.StateConfirmed && earlier.State != loyalty.StateApplied:
		id = texts.AskRepeatOpen
	case earlier.Kind == loyalty.Redemption:
		id = texts.AskRepeatRedeem
	}
	words := func() asked {
		return asked{
			title: e.Say(id, texts.Args{
				"Number": e.Number(earlier.Points), "Time": e.Moment(earlier.PlannedAt, e.now),
				"Kind": e.kind(earlier), "State": e.stateWord(earlier),
			}),
			lines: []string{
				e.guestLine(earlier.Name, earlier.Client),
				e.Say(texts.AskRepeatDetail, texts.Args{"Money": e.money(earlier.Sum)}),
			},
			yes: e.Say(texts.AskRepeatYes), no: e.Say(texts.No),
		}
	}
	return (&question{env: e, words: words, onYes: submitAct{errand: again, repeatConfirmed: true}}).byItself()
}

// askNewGuest asks whether the next customer replaces one for whom a sum was typed. It opens by itself.
func (m *Model) askNewGuest(then any) *question {
	return m.askToLeave(texts.AskNewGuestDetail, then)
}

// askLeaveOrder asks whether the next customer comes before an order that is not saved. It opens by itself.
func (m *Model) askLeaveOrder(then any) *question {
	return m.askToLeave(texts.AskDiscardDetail, then)
}

func (m *Model) askToLeave(cost texts.ID, then any) *question {
	e := m.env
	words := func() asked {
		return asked{
			title: e.Say(texts.AskNewGuest), lines: []string{e.Say(cost)},
			yes: e.Say(texts.AskNewGuestYes), no: e.Say(texts.AskNewGuestNo),
		}
	}
	return (&question{env: e, words: words, onYes: then}).byItself()
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
	words := func() asked {
		return asked{
			title: e.Say(title, texts.Args{"PointsOf": e.PointsOf(op.Points)}),
			lines: []string{
				e.guestLine(op.Name, op.Client),
				e.Say(texts.AskSum, texts.Args{"Money": e.money(op.Sum)}),
			},
			yes: e.Say(yes), no: e.Say(texts.KeyBack),
		}
	}
	return &question{env: e, words: words, chosenYes: true, onYes: then}
}

// quitQuestion asks whether to leave, and says what that would cost.
func (m *Model) quitQuestion(detail texts.ID, chosenYes bool) *question {
	e := m.env
	words := func() asked {
		return asked{
			title: e.Say(texts.AskQuit), lines: []string{e.Say(detail)}, yes: e.Say(texts.AskQuitYes), no: e.Say(texts.AskQuitNo),
		}
	}
	return &question{env: e, words: words, chosenYes: chosenYes, onYes: quitAct{}}
}
