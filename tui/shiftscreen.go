package tui

import (
	"context"
	"errors"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// shiftScreen shows the cash shift: what has been taken so far while it is open (the X report), what was taken in all when
// it has just been closed (the Z report), and what is not finished.
type shiftScreen struct {
	*env
	claims  *claims
	status  *statusBar // how the printer is that the Z report comes from
	totals  orders.ShiftTotals
	left    orders.ShiftLeft
	state   shiftState
	asked   bool // a question is on its way
	again   bool
	pressed int
	shield  *shield
	opened  time.Time // since when the Z report is on the screen
}

type shiftState int

const (
	shiftUnread shiftState = iota
	shiftFailed
	shiftClosed
	shiftOpen
	shiftZ // it has just been closed here
)

// shiftAskAct has the report read; shiftOpenAct opens the shift, shiftCloseAct closes it once the question is answered.
type (
	shiftAskAct      struct{}
	shiftOpenAct     struct{}
	shiftCloseAskAct struct {
		totals orders.ShiftTotals
		left   orders.ShiftLeft
	}
	shiftCloseAct struct{}
)

// shiftMsg is how the shift stands.
type shiftMsg struct {
	totals orders.ShiftTotals
	left   orders.ShiftLeft
	z      bool // it was closed just now
	unread bool // it was, and its report could not be read
	err    error
}

// flightOfShift tells the opening and the closing of the shift from other work.
var flightOfShift = uuid.UUID{15: 2}

func (m *Model) openShiftScreen() tea.Cmd {
	for i, s := range m.behind {
		if _, ok := s.(*shiftScreen); ok {
			m.behind = m.behind[:i+1]
			return m.goBack()
		}
	}
	s := &shiftScreen{env: m.env, claims: m.claims, status: m.status}
	m.openOver(s)
	return m.do(s.ask())
}

func (m *Model) readShift() tea.Cmd {
	till := m.options.Till
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		totals, left, err := till.ShiftReport(ctx)
		return shiftMsg{totals: totals, left: left, err: err}
	}
}

func (m *Model) openShift() tea.Cmd {
	till, cashier := m.options.Till, m.cashier
	return m.begin(flightOfShift, func() tea.Msg {
		ctx := context.Background()
		_, err := till.OpenShift(ctx, cashier)
		if err != nil && !errors.Is(err, orders.ErrShiftOpen) {
			return shiftMsg{err: err}
		}
		totals, left, err := till.ShiftReport(ctx)
		return shiftMsg{totals: totals, left: left, err: err}
	})
}

func (m *Model) askCloseShift(act shiftCloseAskAct) *question {
	e := m.env
	words := func() asked {
		lines := []string{e.Say(texts.AskCloseShiftDetail, texts.Args{"Money": e.money(takenIn(act.totals))})}
		return asked{
			title: e.Say(texts.AskCloseShift, texts.Args{"Number": act.totals.Shift.Number}), lines: append(lines, m.leftOpen(act.left)...),
			yes: e.Say(texts.ShiftClose), no: e.Say(texts.KeyBack),
		}
	}
	return &question{env: e, words: words, onYes: shiftCloseAct{}}
}

// leftOpen says what is not finished while a shift is about to be closed, and what becomes of it: points go on without a
// shift, but a guest's money waits for the next one, and counts in it.
func (m *Model) leftOpen(left orders.ShiftLeft) []string {
	e := m.env
	var lines []string
	doubles, blocked := m.claims.divided(left.Claims)
	if len(blocked) > 0 {
		lines = append(lines, "",
			e.Say(texts.AskCloseShiftClaims, texts.Args{"Count": len(blocked), "Money": e.sumWithTips(sumOf(blocked))}),
			e.Say(texts.AskCloseShiftNext))
	}
	if len(doubles) > 0 {
		lines = append(lines, "", e.Say(texts.AskCloseShiftDoubles, texts.Args{"Count": len(doubles), "Money": e.sumWithTips(sumOf(doubles))}))
	}
	if open := len(left.Operations); open > 0 {
		lines = append(lines, "", e.Say(texts.AskCloseShiftLeft, texts.Args{"Count": open}))
	}
	return lines
}

func (m *Model) closeShift() tea.Cmd {
	till, cashier := m.options.Till, m.cashier
	return m.begin(flightOfShift, func() tea.Msg {
		ctx := context.Background()
		totals, left, err := till.CloseShift(ctx, cashier)
		if err != nil {
			if _, _, now := till.ShiftReport(ctx); errors.Is(now, orders.ErrShiftClosed) {
				return shiftMsg{err: now, unread: !errors.Is(err, orders.ErrShiftClosed)}
			}
		}
		return shiftMsg{totals: totals, left: left, z: err == nil, err: err}
	})
}

// shiftRead gives the report to its screen, wherever it stands. What nobody looks at is told when it was refused.
func (m *Model) shiftRead(msg shiftMsg) tea.Cmd {
	delete(m.flights, flightOfShift)
	var cmd tea.Cmd
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		if s, ok := s.(*shiftScreen); ok {
			if s.take(msg); s.again {
				cmd = m.do(s.ask())
			}
		}
	}
	if msg.unread {
		m.notices.alarm(func() string {
			return m.env.Say(texts.NoticeShiftUnread, texts.Args{"Past": m.env.Say(texts.ShiftPast)})
		})
	}
	if msg.err != nil && !errors.Is(msg.err, orders.ErrShiftClosed) {
		m.notices.alarm(func() string { return m.env.Say(texts.NoticeShiftFailed, texts.Args{"Why": m.env.whyOrder(msg.err)}) })
	}
	return cmd
}

// shiftChanged is news of the shift, whoever opened or closed it.
func (m *Model) shiftChanged(news orders.ShiftChanged) tea.Cmd {
	id := texts.NoticeShiftClosed
	if news.Shift.ClosedAt.IsZero() {
		m.claims.shiftOpened()
		id = texts.NoticeShiftOpened
	}
	m.notices.tell(func() string { return m.env.Say(id, texts.Args{"Number": news.Shift.Number}) })
	var cmd tea.Cmd
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		switch s := s.(type) {
		case *payScreen:
			cmd = both(cmd, m.do(s.update(news)))
		case *shiftScreen:
			if s == m.active && !m.flights[flightOfShift] {
				cmd = both(cmd, m.do(s.update(reloadMsg{})))
			}
		}
	}
	return cmd
}

func (s *shiftScreen) ask() any {
	if s.asked {
		s.again = true
		return nil
	}
	s.asked, s.again = true, false
	return shiftAskAct{}
}

// take shows how the shift stands. The Z report stays until the cashier has read it.
func (s *shiftScreen) take(msg shiftMsg) {
	s.asked = false
	before := s.state
	switch {
	case msg.z:
		s.state, s.opened = shiftZ, s.now
	case s.state == shiftZ:
		return
	case errors.Is(msg.err, orders.ErrShiftClosed):
		s.state = shiftClosed
	case msg.err != nil:
		s.state = shiftFailed
		return
	default:
		s.state = shiftOpen
	}
	s.totals, s.left = msg.totals, msg.left
	if s.state != before {
		guard := raised(s.now)
		s.shield, s.pressed = &guard, 0
	}
}

// buttons are what can be done now. An open shift is not closed by a stray Enter.
func (s *shiftScreen) buttons() []screenButton {
	back := screenButton{s.Say(texts.KeyBack), backAct{}}
	past := screenButton{s.Say(texts.ShiftPast), pastShiftAct{}}
	report := screenButton{s.Say(texts.ShiftPrint), shiftPrintAct{s.totals.Shift}}
	switch s.state {
	case shiftClosed:
		return []screenButton{{s.Say(texts.ShiftOpen), shiftOpenAct{}}, past, back}
	case shiftOpen:
		buttons := []screenButton{back, {s.Say(texts.ShiftClose), shiftCloseAskAct{s.totals, s.left}}}
		if open := len(s.left.Claims); open > 0 {
			buttons = append(buttons, screenButton{s.Say(texts.OrdersClaims, texts.Args{"Count": open}), claimsAct{}})
		}
		if s.printer {
			buttons = append(buttons, report)
		}
		return append(buttons, past)
	case shiftZ:
		if s.printer {
			return []screenButton{back, report, past}
		}
		return []screenButton{back, past}
	}
	return []screenButton{back}
}

func (s *shiftScreen) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case reloadMsg, orders.Changed, orders.ClaimChanged:
		if s.state != shiftZ {
			return s.ask()
		}
	case tea.KeyMsg:
		if s.shield == nil || !s.shield.blocks(s.now) {
			return s.press(msg)
		}
	}
	return nil
}

func (s *shiftScreen) press(press tea.KeyMsg) any {
	buttons := s.buttons()
	s.pressed = min(s.pressed, len(buttons)-1)
	if s.state == shiftZ && s.unread(s.opened) {
		return nil
	}
	switch press.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyPgUp:
		if s.state != shiftUnread {
			return pastShiftAct{}
		}
	case tea.KeyTab, tea.KeyRight, tea.KeyDown:
		s.pressed = (s.pressed + 1) % len(buttons)
	case tea.KeyShiftTab, tea.KeyLeft, tea.KeyUp:
		s.pressed = (s.pressed + len(buttons) - 1) % len(buttons)
	case tea.KeyEnter, tea.KeyCtrlJ:
		if s.state == shiftFailed {
			return s.ask()
		}
		return buttons[s.pressed].act
	}
	return nil
}

func (s *shiftScreen) click(_ place, number int) bool {
	if s.shield != nil && s.shield.blocks(s.now) || s.state == shiftZ && s.unread(s.opened) || number >= len(s.buttons()) {
		return false
	}
	s.pressed = number
	return true
}

func (s *shiftScreen) keys() []key.Binding {
	enter := texts.KeyPress
	if s.state == shiftFailed {
		enter = texts.KeyRetry
	}
	keys := []key.Binding{s.bind("Enter", enter, "enter"), s.bind("Tab", texts.KeyMove, "tab")}
	if s.state != shiftUnread {
		keys = append(keys, s.bind("PgUp", texts.ShiftPast, "pgup"))
	}
	return append(keys, s.bind("Esc", texts.KeyBack, "esc"))
}

func (s *shiftScreen) spares() []texts.ID { return moneySpares }

func (s *shiftScreen) help() texts.ID { return texts.AboutShift }

func (s *shiftScreen) field() scanner.Field { return scanner.FieldNone }

func (s *shiftScreen) wakeAt() time.Time {
	if s.state == shiftUnread {
		return s.now.Add(spinPause)
	}
	return time.Time{}
}
