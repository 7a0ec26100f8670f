package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/setup"
)

// paperLimit is how long the printer is waited for while the cashier may go on.
const paperLimit = 40 * time.Second

// screenButton is a button below what a screen shows.
type screenButton struct {
	label string
	act   any
}

// buttonRows draws buttons side by side, in as many lines as they need; the one of this index has the focus.
func (e *env) buttonRows(buttons []screenButton, focus, width int) []string {
	lines := []string{""}
	for i, b := range buttons {
		last, shown := len(lines)-1, e.button(i, b.label, i == focus)
		switch {
		case lines[last] == "":
			lines[last] = shown
		case look.Width(lines[last])+look.Width(buttonGap)+look.Width(shown) <= width:
			lines[last] += buttonGap + shown
		default:
			lines = append(lines, shown)
		}
	}
	return lines
}

// hasTill reports whether orders are opened and paid at this till. They are kept in the journal: without one there are none.
func (m *Model) hasTill() bool {
	return m.options.Till != nil && m.options.Orders != nil && m.options.Records != nil && !m.options.BalanceOnly
}

// tillClaims are the claims for screens that show them where orders are paid; nil elsewhere.
func (m *Model) tillClaims() *claims {
	if !m.hasTill() {
		return nil
	}
	return m.claims
}

// doTill is do for the till's own orders, their payment and the shift.
func (m *Model) doTill(act any) tea.Cmd {
	switch act := act.(type) {
	case newOrderAct:
		m.open(newOrderEdit(m.env, orders.Order{}))
	case turnListAct:
		if list, ok := m.active.(*ordersScreen); ok {
			return m.do(list.turn())
		}
	case cardAskAct:
		return m.readCard(act.order)
	case editAct:
		m.open(newOrderEdit(m.env, act.order))
	case touchAct:
		m.touch()
	case idleEditAct:
		m.releaseLease()
	case discardAskAct:
		m.question = m.askDiscard()
	case saveAct:
		return m.saveOrder(act)
	case pointsAct:
		return m.pickGuest(pickAct{order: act.order})
	case ticketAct, knownTicketAct, receiptAct, voidAct:
		return m.deed(act)
	case voidAskAct:
		m.open(newVoid(m.env, act.order))
	case settingsAct, setup.Job, setup.Saved, setup.Closed:
		return m.doSettings(act)
	default:
		return m.doMoney(act)
	}
	return nil
}

// doMoney is do for payments and the shift.
func (m *Model) doMoney(act any) tea.Cmd {
	switch act := act.(type) {
	case payOpenAct:
		m.open(newPayScreen(m.env, act.bill, act.claim))
	case payAskAct:
		return m.checkPay(act.payment)
	case payAct:
		return m.pay(act)
	case payByClaimAct:
		return m.payByClaim(act)
	case claimsAct:
		m.open(newClaimsScreen(m.env, m.claims))
	case claimAct:
		m.open(m.newClaimForm(act.claim))
	case decideClaimAskAct:
		m.question = m.askDecideClaim(act)
	case decideClaimAct:
		return m.decideClaim(act)
	case claimOrderAct:
		return m.showCard(act.order)
	case shiftAskAct:
		return m.readShift()
	case shiftOpenAct:
		return m.openShift()
	case shiftCloseAskAct:
		m.question = m.askCloseShift(act)
	case shiftCloseAct:
		return m.closeShift()
	case pastShiftAct:
		return m.openPastShifts()
	case pastAskAct:
		return m.readPastShift(act.back)
	case shiftPrintAct:
		return m.printShift(act.shift)
	}
	return nil
}

// handleTill gives the answers about the till's own orders, payments and the shift to whom they concern.
func (m *Model) handleTill(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case cardMsg:
		return m.cardRead(msg)
	case savedMsg:
		return m.orderSaved(msg)
	case deedMsg:
		return m.deedDone(msg)
	case dueMsg:
		return m.dueRead(msg)
	case boundMsg:
		m.guestBound(msg)
	case payCheckedMsg:
		return m.payChecked(msg)
	case paidMsg:
		return m.paid(msg)
	case claimDecidedMsg:
		return m.claimDecided(msg)
	case shiftMsg:
		return m.shiftRead(msg)
	case pastShiftMsg:
		m.pastShiftRead(msg)
	case shiftPrintedMsg:
		m.shiftPrinted(msg)
	case orders.ShiftChanged:
		return m.shiftChanged(msg)
	case setup.Done:
		return m.settingsDone(msg)
	default:
		return m.claimNews(msg)
	}
	return nil
}

// jumpToCard shows the card of an order that was closed while somebody was about to do something for it, and says so: it
// opens by itself, so the keys that are on their way were meant for what stood there.
func (m *Model) jumpToCard(order orders.Order, said wording) tea.Cmd {
	cmd := m.showCard(order)
	m.notices.charge(said)
	if card, ok := m.active.(*orderCard); ok {
		guard := raised(m.env.now)
		card.shield, card.opened = &guard, m.env.now
	}
	return cmd
}

// showCard shows the card of an order, in place of one of it that is behind.
func (m *Model) showCard(order orders.Order) tea.Cmd {
	for i, s := range m.behind {
		if card, ok := s.(*orderCard); ok && card.order.ID == order.ID {
			m.behind = m.behind[:i+1]
			return m.goBack()
		}
	}
	card := newOrderCard(m.env, m.book, m.claims, order)
	switch m.active.(type) {
	case *ordersScreen, *claimsScreen:
		m.open(card)
	default:
		m.showOverList(card)
	}
	return m.do(card.ask())
}
