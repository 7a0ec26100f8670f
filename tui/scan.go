package tui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// greetAct opens the guest screen of a card that was scanned.
type greetAct struct{ arrival }

// greetingMsg is the service's answer to the question for a balance.
type greetingMsg struct {
	number int // of the question
	guest  loyalty.Guest
	err    error
}

// scanned is a scan, wherever the cashier is.
func (m *Model) scanned(scan scanner.Scan) tea.Cmd {
	if _, atPIN := m.active.(*pinScreen); atPIN || m.lock != nil {
		return nil // a QR is no PIN, and nobody reads the screen behind it
	}
	m.touched, m.overlay, m.help = m.env.now, nil, nil
	if s, ok := m.top().(*settingsScreen); ok && s.forms.Scan(scan) {
		return nil // it was to try the scanner
	}
	_, atGuest := m.active.(*guest)
	switch {
	case m.leaving != nil:
		m.notices.tell(m.env.says(texts.NoticeWaitQuitting))
		return nil
	case scan.Repeated && atGuest:
		return nil
	case scan.Repeated:
		m.notices.tell(m.env.says(texts.NoticeSameQR))
		return nil
	case m.unwritten():
		m.notices.alarm(m.env.says(texts.NoticeWriteFirst))
		return nil
	case scan.Truncated:
		m.scanFailed(m.env.says(texts.ProblemTooLong), nil)
		return nil
	}
	found, err := m.options.Desk.Identify(scan.Text)
	if err != nil {
		m.scanFailed(
			func() string { text, _ := m.env.scanWords(err); return text },
			func() string { _, extra := m.env.scanWords(err); return extra })
		return nil
	}
	m.env.hear(scanSound)
	if found.Repaired {
		m.status.warnLayout(found)
	}
	return m.welcome(arrival{card: found.Card, scannedAt: scan.At}, scan.Text)
}

// scanFailed says what was scanned instead of a card: on a screen of its own where nobody is in the middle of something,
// else as a message.
func (m *Model) scanFailed(text, extra wording) {
	switch m.top().(type) {
	case *idle, *problem:
		m.show(scanProblem(m.env, text, extra))
	default:
		m.notices.alarm(text)
	}
}

// welcome opens the guest screen, unless that would lose what was typed for somebody else: then it asks.
func (m *Model) welcome(came arrival, scanned string) tea.Cmd {
	if wait, ok := m.active.(*repeatScan); ok {
		if came.card.Client == wait.op.Client && came.card.Vendor == wait.op.Vendor {
			came.repeats = &wait.op
			return m.openGuest(came)
		}
		m.notices.alarm(m.env.says(texts.RepeatOther))
	}
	g := m.guestAtTill()
	switch {
	case g != nil && g.card == came.card && m.active == screen(g):
		if again := g.rescanned(came.scannedAt); again != nil {
			return m.do(again)
		}
		m.notices.tell(m.env.says(texts.NoticeSameGuest))
		return nil
	}
	came.order = m.waitingOrder(came.card)
	switch {
	case m.unsaved() != nil:
		m.question = m.askLeaveOrder(greetAct{came})
		return nil
	case m.unsavedSettings():
		m.question = m.askToLeave(texts.SetupLost, greetAct{came})
		return nil
	case came.order != nil && m.active == screen(g): // the same guest with a new QR
		came.sum = g.sum
	case g != nil && g.entered():
		m.question = m.askNewGuest(greetAct{came})
		return nil
	}
	if came.order != nil && came.order.Source == orders.SourceTill && m.hasTill() {
		return both(m.bindGuest(*came.order, scanned), m.openGuest(came))
	}
	return m.openGuest(came)
}

// guestAtTill is the guest on the screen or behind it; nil: nobody.
func (m *Model) guestAtTill() *guest {
	for _, s := range append([]screen{m.active}, m.behind...) {
		if g, ok := s.(*guest); ok {
			return g
		}
	}
	return nil
}

// arrival is a customer who has come to the till.
type arrival struct {
	card      skidkabot.Card
	scannedAt time.Time
	sum       amountField        // what was typed already
	repeats   *loyalty.Operation // what is tried again; nil: nothing
	order     *orders.Order      // what the receipt is of; nil: no order
	held      bool               // the balance cannot be read although the service answers
}

func (m *Model) openGuest(came arrival) tea.Cmd {
	next := newGuest(m.env, came)
	if came.order != nil {
		m.showOverList(next)
	} else {
		m.show(next)
	}
	return m.ask(came.card, came.scannedAt)
}

// ask asks the service who that is and what the balance is. It moves no points, so it may be left alone at any time.
func (m *Model) ask(card skidkabot.Card, scannedAt time.Time) tea.Cmd {
	ctx, cancel := context.WithCancel(context.Background())
	m.hangUp = cancel
	m.greetings++
	number, desk := m.greetings, m.options.Desk
	return func() tea.Msg {
		guest, err := desk.Greet(ctx, card, scannedAt)
		return greetingMsg{number, guest, err}
	}
}

// greetingDone is the answer; one that nobody waits for any more is dropped.
func (m *Model) greetingDone(msg greetingMsg) tea.Cmd {
	m.env.remember(msg.guest.Card.Client, msg.guest.Name)
	g, atGuest := m.active.(*guest)
	if !atGuest || msg.number != m.greetings {
		return nil
	}
	m.letGo()
	switch {
	case msg.err == nil:
		return m.do(g.update(greetedMsg{msg.guest}))
	case g.known != nil && g.known.Offline: // still no network: nothing is worse than it was
		g.asked, g.held = time.Time{}, isHeld(msg.err)
		m.notices.alarm(m.env.whyNoBalance(msg.err))
	case g.known != nil: // the balance was to be read anew: the old one stays, and the desk reads it before it sends
		g.asked, g.outdated = time.Time{}, true
		m.notices.alarm(func() string { return m.env.balanceWords(msg.err) + " " + m.env.Say(texts.ResultScanAgain) })
	case m.question != nil:
		g.late = msg // the cashier answers first: the question may be about the next customer
	default:
		m.noBalance(g, msg.err)
	}
	return nil
}

func (m *Model) noBalance(g *guest, err error) {
	m.show(balanceProblem(m.env, err, arrival{g.card, g.scannedAt, g.sum, g.repeats, g.order, isHeld(err)}))
}

// unwritten reports whether the screen asks to write down a result that the journal does not have.
func (m *Model) unwritten() bool {
	o, ok := m.active.(*outcome)
	return ok && o.result.Unwritten
}
