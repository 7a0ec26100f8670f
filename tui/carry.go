package tui

import (
	"context"
	"errors"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// cancelNowAct cancels an accrual that was never sent; the cashier has confirmed it.
type cancelNowAct struct{ op loyalty.Operation }

// canceledMsg is how a cancelling ended.
type canceledMsg struct {
	op  loyalty.Operation
	err error
}

// submit hands an errand to the desk and shows that it is under way. The context is nobody's to cancel: what has begun is
// finished, and quitting waits for it.
func (m *Model) submit(act submitAct) tea.Cmd {
	id := act.errand.op.ID
	if m.flights[id] {
		return nil
	}
	m.flights[id] = true
	m.show(&sending{env: m.env, errand: act.errand, since: m.env.now, back: m.active})
	desk, word := m.options.Desk, consent{m.cashier, act.repeatConfirmed}
	return func() tea.Msg {
		result, err := act.errand.carry(context.Background(), desk, word)
		return errandDoneMsg{act.errand, result, err}
	}
}

// begin has the desk do something that must not be done twice at once, and that quitting waits for; it is told by its id.
func (m *Model) begin(id uuid.UUID, work tea.Cmd) tea.Cmd {
	if m.flights[id] {
		return nil
	}
	m.flights[id] = true
	return work
}

// errandDone shows a result to the cashier who waits for it, and tells it in a message to one who has gone on.
func (m *Model) errandDone(msg errandDoneMsg) tea.Cmd {
	delete(m.flights, msg.errand.op.ID)
	if msg.err == nil {
		m.book.put(msg.result.Operation)
		if msg.result.Second != nil {
			m.book.put(*msg.result.Second)
		}
	}
	s, atSending := m.active.(*sending)
	waited := atSending && s.errand.op.ID == msg.errand.op.ID
	var repeat *loyalty.RepeatError
	switch {
	case m.leaving != nil:
		m.resultAtLast(msg)
	case waited && errors.As(msg.err, &repeat):
		m.show(s.back)
		m.question = m.askRepeat(msg.errand, repeat.Earlier)
	case waited:
		m.show(newOutcome(m.env, msg))
	default:
		m.tellErrand(msg)
	}
	return nil
}

// resultAtLast shows the result of an operation for which the program has waited to end. One that has to be written on
// paper stops the cashier's leaving.
func (m *Model) resultAtLast(msg errandDoneMsg) {
	if msg.result.Unwritten && !m.leaving.forced {
		m.leaving = nil
		m.show(newOutcome(m.env, msg))
		return
	}
	m.leaving.until = m.env.now.Add(resultShown)
	m.tellErrand(msg)
}

// tellErrand tells a result to somebody who is at something else by now.
func (m *Model) tellErrand(msg errandDoneMsg) {
	e, op := m.env, msg.result.Operation
	switch {
	case msg.err != nil:
		m.tellFailed(msg.errand.op, e.whyFailed(msg.err))
	case msg.result.Unwritten:
		m.notices.chargeOf(op.ID, func() string {
			return e.Say(texts.NoticeUnwritten, texts.Args{
				"What": e.inShort(op), "Name": e.shortName(op.Name, op.Client), "Client": op.Client, "Time": e.Clock(op.PlannedAt),
			})
		})
	default:
		m.announce(op)
		if rest := msg.result.Second; rest != nil && rest.State.Valid() && rest.State != loyalty.StatePlanned {
			m.announce(*rest)
		}
	}
}

// whyFailed is the wording of whyError.
func (e *env) whyFailed(err error) wording { return func() string { return e.whyError(err) } }

func (m *Model) tellFailure(text wording, op loyalty.Operation) {
	m.notices.alarmOf(op.ID, func() string { return m.env.lineOf(strings.TrimSpace(text()), op) })
}

// lineOf is what is to be said of an operation, with whose it is.
func (e *env) lineOf(what string, op loyalty.Operation) string {
	return e.Say(texts.NoticeLine, texts.Args{"What": what, "Name": e.shortName(op.Name, op.Client)})
}

// tellFailed tells that an operation has moved no points. A redemption that failed changes what the guest pays.
func (m *Model) tellFailed(op loyalty.Operation, why wording) {
	e := m.env
	if !isPayment(op) {
		m.tellFailure(func() string { return e.failed(op) + " " + why() }, op)
		return
	}
	m.notices.chargeOf(op.ID, func() string {
		return strings.TrimSpace(e.Say(texts.NoticeFailedRedemption, texts.Args{
			"Name": e.shortName(op.Name, op.Client), "Sum": e.money(op.Sum), "Why": why(),
		}))
	})
}

// isPayment reports whether an operation decides what money the guest gives: a redemption does, its reversal does not.
func isPayment(op loyalty.Operation) bool {
	return op.Kind == loyalty.Redemption && op.Link != loyalty.LinkReversal
}

// operationChanged is news of an operation, whoever carries it out: it goes to the book, to the screen that shows it,
// and if there is none, into a message.
func (m *Model) operationChanged(op loyalty.Operation) tea.Cmd {
	if !m.book.put(op) {
		return nil
	}
	news := loyalty.OperationChanged{Operation: op}
	var cmd tea.Cmd
	switch active := m.active.(type) {
	case *outcome:
		if active.concerns(op.ID) {
			return m.do(active.update(news))
		}
	case *sending, *guest, *journalScreen, *details, *orderCard, *payScreen:
		cmd = m.do(active.update(news))
	}
	if !m.flights[op.ID] && !m.flights[op.Parent] {
		m.announce(op)
	}
	return cmd
}

// announce tells in a message how an operation stands, if that is news for a person.
func (m *Model) announce(op loyalty.Operation) {
	if m.announceFull(op) {
		return
	}
	e, alarm := m.env, m.notices.alarmOf
	if isPayment(op) {
		alarm = m.notices.chargeOf
	}
	why := func() string { return e.whyOperation(op) }
	switch op.State {
	case loyalty.StateConfirmed:
		m.notices.tellOf(op.ID, func() string { return e.lineOf(e.done(op)+".", op) })
	case loyalty.StateApplied:
		alarm(op.ID, e.news(op, byKind(op, texts.NoticeAppliedAccrual, texts.NoticeAppliedRedemption,
			texts.NoticeAppliedGiveBack, texts.NoticeAppliedTakeBack)))
	case loyalty.StateNotApplied:
		op.Money = op.Sum // all of it is to be paid in money
		alarm(op.ID, e.news(op, byKind(op, texts.NoticeNotAppliedAccrual, texts.NoticeNotAppliedRedemption,
			texts.NoticeNotAppliedStorno, texts.NoticeNotAppliedStorno)))
	case loyalty.StateReview:
		alarm(op.ID, e.news(op, byKind(op, texts.NoticeReviewAccrual, texts.NoticeReviewRedemption,
			texts.NoticeReviewStorno, texts.NoticeReviewStorno)))
	case loyalty.StateUnknown:
		alarm(op.ID, e.news(op, byKind(op, texts.NoticeUnknownAccrual, texts.NoticeUnknownRedemption,
			texts.NoticeUnknownStorno, texts.NoticeUnknownStorno)))
	case loyalty.StateExpired:
		if op.Code != 0 {
			m.tellFailed(op, why)
			return
		}
		m.notices.alarmOf(op.ID, e.news(op, byKind(op, texts.NoticeExpired, texts.NoticeExpired,
			texts.NoticeExpiredStorno, texts.NoticeExpiredStorno)))
	case loyalty.StateRefused, loyalty.StateVoided:
		unneeded := op.Link == loyalty.LinkReversal && op.Reason == loyalty.ReasonParentFailed
		if op.Reason != loyalty.ReasonCashier && !unneeded {
			m.tellFailed(op, why)
		}
	}
}

// news is the wording of a text about an operation: its points, its money and whose it is.
func (e *env) news(op loyalty.Operation, id texts.ID) wording {
	return func() string {
		return e.Say(id, texts.Args{
			"Number": e.Number(op.Points), "Points": e.Points(op.Points), "PointsOf": e.PointsOf(op.Points),
			"Name": e.shortName(op.Name, op.Client), "Money": e.money(op.Money), "Sum": e.money(op.Sum),
		})
	}
}

// announceFull tells what became of a redemption whose guest has paid the whole receipt meanwhile: no money is to be
// taken any more, whatever has happened. It reports whether that was so.
func (m *Model) announceFull(op loyalty.Operation) bool {
	id, ends := map[loyalty.State]texts.ID{
		loyalty.StateApplied:    texts.NoticeFullApplied,
		loyalty.StateNotApplied: texts.NoticeFullNotApplied,
		loyalty.StateReview:     texts.NoticeFullReview,
	}[op.State]
	if !ends || !m.book.paidInFull(op.ID) {
		return false
	}
	m.notices.chargeOf(op.ID, m.env.news(op, id))
	return true
}

// byKind chooses the words for an operation: the points of a reversal are given back or taken back.
func byKind(op loyalty.Operation, accrual, redemption, giveBack, takeBack texts.ID) texts.ID {
	switch reversal := op.Link == loyalty.LinkReversal; {
	case reversal && op.Kind == loyalty.Accrual:
		return giveBack
	case reversal:
		return takeBack
	case op.Kind == loyalty.Redemption:
		return redemption
	}
	return accrual
}

// cancelOffered has the desk cancel an accrual that was never sent.
func (m *Model) cancelOffered(op loyalty.Operation) tea.Cmd {
	desk, cashier := m.options.Desk, m.cashier
	return m.begin(op.ID, func() tea.Msg {
		canceled, err := desk.Cancel(context.Background(), op.ID, cashier)
		if err != nil {
			return canceledMsg{op, err}
		}
		return canceledMsg{canceled, nil}
	})
}

func (m *Model) cancelDone(msg canceledMsg) tea.Cmd {
	delete(m.flights, msg.op.ID)
	if msg.err != nil {
		m.tellFailure(m.env.whyFailed(msg.err), msg.op)
		return nil
	}
	m.book.put(msg.op)
	canceled := texts.OfferedCanceled
	if msg.op.Link == loyalty.LinkReversal {
		canceled = texts.OfferedCanceledStorno
	}
	m.notices.tellOf(msg.op.ID, m.env.news(msg.op, canceled))
	if d, ok := m.active.(*details); ok && d.op.ID == msg.op.ID {
		return m.loadDetails(msg.op)
	}
	return nil
}

// fullPaid shows what to take now that the guest pays the whole receipt.
func (m *Model) fullPaid(msg fullPaidMsg) {
	delete(m.flights, msg.choice.ReversalID)
	o, ok := m.active.(*outcome)
	atOutcome := ok && o.concerns(msg.op.ID)
	var settled *loyalty.SettledError
	switch {
	case msg.err == nil, errors.Is(msg.err, loyalty.ErrReversed), errors.Is(msg.err, loyalty.ErrPercentUnknown):
		if errors.Is(msg.err, loyalty.ErrPercentUnknown) {
			m.notices.alarm(m.env.says(texts.FullPayNoAccrual))
		}
		if atOutcome {
			o.payFull(msg.choice.AccrualID, m.book)
			return
		}
		m.notices.chargeOf(msg.op.ID, m.env.saysSum(texts.FullPayTake, msg.op.Sum))
	case errors.As(msg.err, &settled):
		m.fullPaidLate(o, atOutcome, settled.Operation)
	default:
		m.tellFailure(m.env.whyFailed(msg.err), msg.op)
	}
}

// fullPaidLate says what the guest pays when the redemption was settled before the choice: nothing has come of that.
func (m *Model) fullPaidLate(o *outcome, atOutcome bool, op loyalty.Operation) {
	isNews := m.book.put(op)
	switch {
	case atOutcome:
		if isNews {
			o.follow(op)
		}
		m.notices.alarm(m.env.says(texts.FullPayLate)) // the screen shows what has become of it
	case op.State == loyalty.StateSettled:
		m.tellFailure(m.env.whyFailed(loyalty.ErrConflict), op)
	default:
		m.announce(op)
	}
}

// stateChanged is news of a part of the till. What needs a person at once stands in the banner.
func (m *Model) stateChanged(state notice.State) {
	m.status.parts[state.Part] = state
	if state.Part == notice.Printer {
		m.claims.printerChanged(state)
	}
}

// busy reports whether an operation is under way, by the screen's count and by the desk's.
func (m *Model) busy() bool { return len(m.flights) > 0 || m.options.Desk.InFlight() > 0 }

// askQuit ends the program at once when nothing is lost by it and nothing has to be waited for; else it asks.
func (m *Model) askQuit() tea.Cmd {
	g, atGuest := m.active.(*guest)
	o, atResult := m.active.(*outcome)
	switch {
	case atResult && !o.closesByItself() && !m.unwritten() && m.env.unread(o.opened): // as for Enter and Esc: nobody has read it
	case m.unwritten():
		m.notices.alarm(m.env.says(texts.NoticeWriteFirst))
	case m.unsaved() != nil:
		m.overlay, m.question = nil, m.quitQuestion(texts.AskDiscardDetail, false)
	case m.unsavedSettings():
		m.overlay, m.question = nil, m.quitQuestion(texts.SetupLost, false)
	case atGuest && g.entered():
		m.overlay, m.question = nil, m.quitQuestion(texts.AskQuitDetail, false)
	case m.busy():
		m.overlay, m.question = nil, m.quitQuestion(texts.AskQuitFlight, true)
	default:
		return m.stop(false)
	}
	return nil
}

// stop ends the program as soon as nothing is in flight any more.
func (m *Model) stop(forced bool) tea.Cmd {
	if !m.busy() {
		return tea.Quit
	}
	m.show(newIdle(m.env, m.book, m.tillClaims()))
	m.leaving = &quitting{env: m.env, since: m.env.now, forced: forced}
	return nil
}
