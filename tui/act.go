package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// do carries out what a screen says that the cashier decided. Everything that opens, closes or moves points is here.
func (m *Model) do(act any) tea.Cmd {
	switch act := act.(type) {
	case nil:
	case leaveAct:
		return m.leave()
	case backAct:
		return m.goBack()
	case closeAct:
		m.overlay = nil
	case answerAct:
		m.question = nil
		if g, ok := m.active.(*guest); ok && g.late != nil && act.then == nil {
			return m.handle(g.late)
		}
		return m.do(act.then)
	case submitAct:
		return m.submit(act)
	case cancelNowAct:
		return m.cancelOffered(act.op)
	case notedAct:
		m.book.note(act.id)
	case greetAct:
		return m.openGuest(act.arrival)
	case retryAct:
		return m.openGuest(act.arrival)
	case offlineAct:
		return m.askOffline(act)
	case refreshAct:
		if g, ok := m.active.(*guest); ok {
			return m.ask(g.card, g.scannedAt)
		}
	case typeAct:
		m.overlay = nil
		return m.options.After(scannerPause, scannedMsg{[]rune(act.scan.Text())})
	case logInAct:
		return m.logIn()
	case quitAct:
		return m.stop(false)
	default:
		return m.doMore(act)
	}
	return nil
}

// doMore is do for what asks the cashier first, for the journal and for the list of orders.
func (m *Model) doMore(act any) tea.Cmd {
	switch act := act.(type) {
	case accrueAct:
		m.question = m.askAccrue(act)
	case redeemAct:
		m.question = m.askRedeem(act)
	case sendOfferedAct:
		m.question = m.askSendOffered(act.op)
	case cancelOfferedAct:
		m.question = m.askCancelOffered(act.op)
	case fullPayAct:
		m.question = m.askFullPay(act)
	case fullPayNowAct:
		return m.payInFull(act)
	case detailsAct:
		m.open(&details{env: m.env, op: act.op, room: 1})
		return m.loadDetails(act.op)
	case reloadAct:
		if d, ok := m.active.(*details); ok {
			return m.loadDetails(d.op)
		}
	case journalAskAct:
		return m.readJournal(act.query)
	case stornoAct:
		m.open(newStorno(m.env, act))
	case confirmStornoAct:
		m.question = m.askStorno(act)
	case repeatAct:
		m.open(&repeatScan{env: m.env, op: act.op})
	case reviewAct:
		m.open(newReview(m.env, act, m.cashier))
	case adminAct:
		return m.askAdmin(act)
	case pinTryAct:
		return m.tryPIN()
	case confirmVerdictAct:
		m.question = m.askVerdict(act)
	case verdictAct:
		return m.decide(act)
	case ordersAskAct:
		return m.readOrders(act.closed)
	case pickAct:
		return m.pick(act)
	case seatAct:
		return m.seat(act)
	default:
		return m.doTill(act)
	}
	return nil
}

// leave closes the screen: back to the idle one, or to the order of this till that points were moved for: it is to be paid.
func (m *Model) leave() tea.Cmd {
	if o, ok := m.active.(*outcome); ok && o.order != nil && o.order.Source == orders.SourceTill && m.hasTill() {
		return m.showCard(*o.order)
	}
	m.show(newIdle(m.env, m.book, m.tillClaims()))
	return nil
}

// show makes a screen the active one, and lets go of what belonged to the last.
func (m *Model) show(next screen) {
	if m.unwritten() {
		m.notices.drop(m.env.Say(texts.NoticeWriteFirst))
	}
	m.active, m.behind, m.question, m.overlay, m.help, m.undo = next, nil, nil, nil, nil, nil
	m.letGo()
}

// letGo ends the question for a guest, when one is under way.
func (m *Model) letGo() {
	if m.hangUp != nil {
		m.hangUp()
		m.hangUp = nil
	}
}

// open shows a screen over the active one, which [Model.goBack] shows again.
func (m *Model) open(next screen) {
	behind := append(m.behind, m.active)
	m.show(next)
	m.behind = behind
}

// goBack shows the screen that the active one was opened over, as things stand now.
func (m *Model) goBack() tea.Cmd {
	if len(m.behind) == 0 {
		m.show(newIdle(m.env, m.book, m.tillClaims()))
		return nil
	}
	last := len(m.behind) - 1
	back, behind := m.behind[last], m.behind[:last]
	m.show(back)
	m.behind = behind
	switch back := back.(type) {
	case *guest:
		if back.known == nil || back.outdated || !back.asked.IsZero() || len(back.known.Unsettled) > 0 {
			back.asked = m.env.now
			return m.askOf(back)
		}
	case *details:
		return m.loadDetails(back.op)
	case *journalScreen, *ordersScreen, *orderCard, *payScreen, *shiftScreen:
		return m.do(back.update(reloadMsg{}))
	}
	return nil
}

// openList is F4 and F5. A result that the journal does not have is written down first.
func (m *Model) openList(open func() tea.Cmd) tea.Cmd {
	if m.unwritten() {
		m.notices.alarm(m.env.says(texts.NoticeWriteFirst))
		return nil
	}
	return open()
}

// openOver shows a list over what the cashier will come back to; of a result or a problem nothing is left to do.
func (m *Model) openOver(list screen) {
	switch m.active.(type) {
	case *guest, *details, *form, *journalScreen, *ordersScreen, *orderScan, *orderDone,
		*orderCard, *orderEdit, *payScreen, *claimsScreen, *shiftScreen, *settingsScreen, *pastShift:
		m.open(list)
	default:
		m.show(list)
	}
}

// openOrders shows the open orders.
func (m *Model) openOrders() tea.Cmd {
	for i, s := range m.behind {
		if _, ok := s.(*ordersScreen); ok {
			m.behind = m.behind[:i+1]
			return m.goBack()
		}
	}
	list := newOrdersScreen(m.env, m.book, m.tillClaims())
	m.openOver(list)
	return m.do(list.ask())
}

// ordersRead gives the orders to their list, wherever it stands.
func (m *Model) ordersRead(msg ordersMsg) tea.Cmd {
	for _, s := range append([]screen{m.active}, m.behind...) {
		if list, ok := s.(*ordersScreen); ok {
			return m.do(list.update(msg))
		}
	}
	return nil
}

// pageRead gives a page to the journal's screen, wherever it stands.
func (m *Model) pageRead(msg journalPageMsg) tea.Cmd {
	for _, s := range append([]screen{m.active}, m.behind...) {
		if j, ok := s.(*journalScreen); ok {
			return m.do(j.update(msg))
		}
	}
	return nil
}

func (m *Model) detailsRead(msg detailsMsg) {
	for _, s := range append([]screen{m.active}, m.behind...) {
		if d, ok := s.(*details); ok {
			d.take(msg)
		}
	}
}
