package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// do carries out what a screen says that the cashier decided. Everything that opens, closes or moves points is here.
func (m *Model) do(act any) tea.Cmd {
	switch act := act.(type) {
	case leaveAct:
		m.show(newIdle(m.env, m.book))
	case closeAct:
		m.overlay = nil
	case answerAct:
		m.question = nil
		if g, ok := m.active.(*guest); ok && g.failed != nil && act.then == nil {
			m.noBalance(g, g.failed)
		}
		return m.do(act.then)
	case accrueAct:
		m.question = m.askAccrue(act)
	case redeemAct:
		m.question = m.askRedeem(act)
	case submitAct:
		return m.submit(act)
	case sendOfferedAct:
		m.question = m.askOffered(act.op, texts.OfferedSendAsk, texts.OfferedSend, submitAct{errand: offeredErrand(act.op)})
	case cancelOfferedAct:
		m.question = m.askOffered(act.op, texts.OfferedCancelAsk, texts.OfferedCancel, cancelNowAct(act))
	case cancelNowAct:
		return m.cancelOffered(act.op)
	case notedAct:
		m.book.note(act.id)
	case greetAct:
		return m.openGuest(act.card, act.scannedAt)
	case retryAct:
		return m.openGuest(act.card, act.scannedAt)
	case refreshAct:
		if g, ok := m.active.(*guest); ok {
			return m.ask(g.card, g.scannedAt)
		}
	case typeAct:
		m.overlay = nil
		return m.after(scannerPause, scannedMsg{[]rune(act.scan.Text())})
	case quitAct:
		return m.stop(false)
	}
	return nil
}

// show makes a screen the active one, and lets go of what belonged to the last.
func (m *Model) show(next screen) {
	if m.unwritten() {
		m.notices.drop(m.env.Say(texts.NoticeWriteFirst))
	}
	m.active, m.question, m.overlay, m.undo = next, nil, nil, nil
	if m.hangUp != nil {
		m.hangUp()
		m.hangUp = nil
	}
}
