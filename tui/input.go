package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/tui/wedge"
)

// feed gives a key to the scanner's decoder, before anything else sees it.
func (m *Model) feed(press tea.KeyMsg) tea.Cmd { return m.events(m.ears.Hear(press, m.env.now)) }

// tick has the decoder judge the silence.
func (m *Model) tick() tea.Cmd { return m.events(m.ears.Tick(m.env.now)) }

// events does what the decoder has made of the keys.
func (m *Model) events(events []scanner.Event) tea.Cmd {
	var cmd tea.Cmd
	for _, event := range events {
		m.stale = true
		switch event := event.(type) {
		case scanner.Typing:
			if event.First {
				m.undo = m.mark()
				m.notices.mark()
			}
			cmd = both(cmd, m.press(wedge.KeyOf(event)))
		case scanner.Retract:
			m.notices.restore()
			if m.undo != nil {
				m.undo()
				m.undo = nil
			}
		case scanner.Scan:
			cmd = both(cmd, m.scanned(event))
		}
		m.ears.SetField(m.top().field())
	}
	return cmd
}

// mark remembers the screen's fields; nil when it has none.
func (m *Model) mark() func() {
	if u, ok := m.top().(undoer); ok {
		return u.mark()
	}
	return nil
}

// press is a key of a person: the program's own keys first, then the screen's.
func (m *Model) press(press tea.KeyMsg) tea.Cmd {
	quits := press.Type == tea.KeyF10 || press.Type == tea.KeyCtrlC
	m.touched = m.env.now
	switch {
	case press.Alt: // Alt with a key is no key of ours
		return nil
	case m.isTooSmall() && press.Type == tea.KeyF12 && m.lock == nil:
		return m.askLock() // whoever walks away does not look
	case m.isTooSmall() && !quits:
		return nil // nobody sees what it would do
	case press.Type == tea.KeyF1 && m.help == nil:
		m.openHelp()
		return nil
	case m.help != nil && !quits && press.Type != tea.KeyF12:
		m.pressHelp(press)
		return nil
	case m.leaving != nil, isEnter(press) && m.unlocked.blocks(m.env.now):
		return nil
	}
	m.closeHelp()
	if m.lock != nil {
		return m.pressLocked(press, quits)
	}
	return m.pressOpen(press, quits)
}

// isEnter reports whether a key is Enter: the second one of a hasty hand was meant for the PIN with which the till was just
// unlocked. A digit was not, and taking it away would leave half a sum.
func isEnter(press tea.KeyMsg) bool { return press.Type == tea.KeyEnter || press.Type == tea.KeyCtrlJ }

// pressLocked is a key at the lock, under which nothing takes one.
func (m *Model) pressLocked(press tea.KeyMsg, quits bool) tea.Cmd {
	if quits {
		m.askQuitLocked()
		return nil
	}
	return m.do(m.lock.update(press))
}

// pressOpen is a key at a till that is open.
func (m *Model) pressOpen(press tea.KeyMsg, quits bool) tea.Cmd {
	news := m.notices.about()
	m.notices.key()
	switch {
	case quits:
		return m.askQuit()
	case press.Type == tea.KeyF12:
		return m.askLock()
	case press.Type == tea.KeyF4 && m.hasOrders():
		return m.openList(m.openOrders)
	case press.Type == tea.KeyF8 && m.hasShift():
		return m.openList(m.openShiftScreen)
	case press.Type == tea.KeyF9 && m.hasSettings():
		return m.openList(func() tea.Cmd { return m.do(adminAct{settingsAct{}}) })
	case press.Type == tea.KeyF5 && m.hasJournal():
		return m.openList(func() tea.Cmd { return m.openNews(news) })
	case press.Type == tea.KeyF6 && m.hasReadyScans():
		m.overlay = &readyScans{env: m.env, scans: m.options.Ready}
		return nil
	}
	return m.do(m.top().update(press))
}

// typeScan types the next rune of a ready scan, the way a scanner's would come.
func (m *Model) typeScan(msg scannedMsg) tea.Cmd {
	if len(msg.rest) == 0 {
		return m.feed(tea.KeyMsg{Type: tea.KeyEnter})
	}
	cmd := m.feed(tea.KeyMsg{Type: tea.KeyRunes, Runes: msg.rest[:1]})
	return both(cmd, m.options.After(scannerPause, scannedMsg{msg.rest[1:]}))
}
