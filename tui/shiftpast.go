package tui

import (
	"context"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// pastShift shows the Z reports of shifts that are closed, one at a time and the newest first: none is lost by leaving the
// screen that it was first seen on, and each can be printed again.
type pastShift struct {
	*env
	totals  orders.ShiftTotals
	back    int  // how many newer closed ones there are
	older   bool // there are older ones
	known   bool // totals is one
	none    bool // no shift has been closed yet
	failed  bool
	asked   bool
	pressed int
}

// pastShiftAct opens the reports of closed shifts; pastAskAct has one read; shiftPrintAct has the report of a shift printed.
type (
	pastShiftAct  struct{}
	pastAskAct    struct{ back int }
	shiftPrintAct struct{ shift orders.Shift }
)

// pastShiftMsg is one closed shift: none when there is none that far back.
type pastShiftMsg struct {
	back   int
	totals orders.ShiftTotals
	found  bool
	older  bool
	err    error
}

// shiftPrintedMsg is how the printing of a shift's report went.
type shiftPrintedMsg struct {
	shift orders.Shift
	err   error
}

func (m *Model) openPastShifts() tea.Cmd {
	s := &pastShift{env: m.env}
	m.open(s)
	return m.do(s.ask(0))
}

// readPastShift reads the closed shift that has so many newer ones.
func (m *Model) readPastShift(back int) tea.Cmd {
	records := m.options.Records
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		msg := pastShiftMsg{back: back}
		shifts, err := records.Shifts(ctx, back+3) // with the open one, and one that is older
		if msg.err = err; err != nil {
			return msg
		}
		if len(shifts) > 0 && shifts[0].ClosedAt.IsZero() {
			shifts = shifts[1:]
		}
		msg.found, msg.older = len(shifts) > back, len(shifts) > back+1
		if msg.found {
			msg.totals, msg.err = records.ShiftTotals(ctx, shifts[back].ID)
		}
		return msg
	}
}

// pastShiftRead gives a report to its screen, wherever it stands.
func (m *Model) pastShiftRead(msg pastShiftMsg) {
	for _, s := range append(m.behind[:len(m.behind):len(m.behind)], m.active) {
		if s, ok := s.(*pastShift); ok {
			s.take(msg)
		}
	}
}

// printShift has the report of a shift printed.
func (m *Model) printShift(shift orders.Shift) tea.Cmd {
	till := m.options.Till
	return m.begin(shift.ID, func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), paperLimit)
		defer cancel()
		return shiftPrintedMsg{shift, till.PrintShift(ctx, shift.ID)}
	})
}

func (m *Model) shiftPrinted(msg shiftPrintedMsg) {
	delete(m.flights, msg.shift.ID)
	e := m.env
	if msg.err != nil {
		m.notices.alarm(func() string { return e.Say(texts.NoticeShiftFailed, texts.Args{"Why": e.whyOrder(msg.err)}) })
		return
	}
	m.notices.tell(func() string { return e.Say(texts.NoticeShiftPrints, texts.Args{"Number": msg.shift.Number}) })
}

func (s *pastShift) ask(back int) any {
	if s.asked {
		return nil
	}
	s.asked = true
	return pastAskAct{back}
}

func (s *pastShift) take(msg pastShiftMsg) {
	s.asked, s.failed = false, msg.err != nil
	switch {
	case s.failed:
	case msg.found:
		s.totals, s.back, s.older, s.known = msg.totals, msg.back, msg.older, true
	case msg.back == 0:
		s.none = true
	}
}

func (s *pastShift) buttons() []screenButton {
	back := screenButton{s.Say(texts.KeyBack), backAct{}}
	switch {
	case s.failed:
		return []screenButton{{label: s.Say(texts.KeyRetry)}, back}
	case s.known && s.printer:
		return []screenButton{back, {s.Say(texts.ShiftPrint), shiftPrintAct{s.totals.Shift}}}
	}
	return []screenButton{back}
}

func (s *pastShift) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case reloadMsg:
		return s.ask(s.back)
	case tea.KeyMsg:
		return s.press(msg)
	}
	return nil
}

func (s *pastShift) press(press tea.KeyMsg) any {
	buttons := s.buttons()
	s.pressed = min(s.pressed, len(buttons)-1)
	switch press.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyLeft, tea.KeyPgUp, tea.KeyUp:
		if s.older {
			return s.ask(s.back + 1)
		}
	case tea.KeyRight, tea.KeyPgDown, tea.KeyDown:
		if s.back > 0 {
			return s.ask(s.back - 1)
		}
	case tea.KeyTab:
		s.pressed = (s.pressed + 1) % len(buttons)
	case tea.KeyShiftTab:
		s.pressed = (s.pressed + len(buttons) - 1) % len(buttons)
	case tea.KeyEnter, tea.KeyCtrlJ:
		if s.failed && s.pressed == 0 {
			return s.ask(s.back)
		}
		return buttons[s.pressed].act
	}
	return nil
}

func (s *pastShift) click(_ place, number int) bool {
	if number >= len(s.buttons()) {
		return false
	}
	s.pressed = number
	return true
}

func (s *pastShift) wheels() bool { return true }

func (s *pastShift) view(width, height int) []string {
	inner := min(width-4, shiftCells)
	text := inner - 4
	title := s.Say(texts.ShiftPast)
	var lines []string
	switch {
	case s.failed:
		lines = []string{s.Text.Bad.Render(s.Truncate(s.Say(texts.RecentFailed), text))}
	case s.known:
		title, lines = s.shiftReport(s.totals, texts.ShiftZ, text)
		if s.older || s.back > 0 {
			lines = append(lines, s.Ends(s.neighbour(s.older, texts.ShiftOlder), s.neighbour(s.back > 0, texts.ShiftNewer), text))
		}
	case s.none:
		lines = []string{s.Say(texts.ShiftNone)}
	default:
		lines = []string{s.spin() + " " + s.Say(texts.ShiftReading)}
	}
	buttons := s.buttons()
	lines = append(append(lines, ""), s.buttonRows(buttons, min(s.pressed, len(buttons)-1), text)...)
	return look.Middle(s.Panel(title, lines, inner, s.Frame.Active), inner, width, height)
}

// neighbour says that there is a shift on one side.
func (s *pastShift) neighbour(there bool, id texts.ID) string {
	if !there {
		return ""
	}
	return s.Text.Dim.Render(s.Say(id))
}

func (s *pastShift) keys() []key.Binding {
	keys := []key.Binding{s.bind("Enter", texts.KeyPress, "enter")}
	if len(s.buttons()) > 1 {
		keys = append(keys, s.bind("Tab", texts.KeyMove, "tab"))
	}
	if s.older {
		keys = append(keys, s.bind("PgUp", texts.KeyOlderShift, "pgup"))
	}
	if s.back > 0 {
		keys = append(keys, s.bind("PgDn", texts.KeyNewerShift, "pgdown"))
	}
	return append(keys, s.bind("Esc", texts.KeyBack, "esc"))
}

func (s *pastShift) spares() []texts.ID { return moneySpares }

func (s *pastShift) help() texts.ID { return texts.AboutShiftPast }

func (s *pastShift) field() scanner.Field { return scanner.FieldNone }

func (s *pastShift) wakeAt() time.Time {
	if s.asked && !s.known {
		return s.now.Add(spinPause)
	}
	return time.Time{}
}
