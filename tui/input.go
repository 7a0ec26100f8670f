package tui

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
)

// feed gives a key to the scanner's decoder, before anything else sees it.
func (m *Model) feed(press tea.KeyMsg) tea.Cmd {
	m.excuse()
	m.excused = false
	in := inputOf(press)
	in.At = m.env.now
	return m.events(m.decoder.Feed(in))
}

// busyPause is how much too late the decoder's deadline is seen when the pause was the till's own.
const busyPause = 50 * time.Millisecond

// excuse tells the decoder of a pause of the till's own, in which keys may have waited, and reports whether there was one.
// Taken for the scanner's silence it would tear a scan in two, and the rest of it would land in the sum.
func (m *Model) excuse() bool {
	deadline, ok := m.decoder.Deadline()
	if !ok || m.env.now.Sub(deadline) < busyPause {
		return false
	}
	m.decoder.Resume(m.env.now)
	return true
}

// tick has the decoder judge the silence. A till that comes late to that lets the keys come first that wait behind it;
// what has waited has come by the next time, so that one excuse is enough.
func (m *Model) tick() tea.Cmd {
	if !m.excused && m.excuse() {
		m.excused = true
		return nil
	}
	return m.events(m.decoder.Tick(m.env.now))
}

// inputOf tells the decoder what a key is. A Ctrl-letter is text with its control character: scanners send STX, GS and
// the like, and only their company tells whose they are.
func inputOf(press tea.KeyMsg) scanner.Input {
	in := scanner.Input{Key: scanner.KeyOther, Raw: press}
	switch {
	case press.Alt:
	case press.Type == tea.KeyRunes, press.Type == tea.KeySpace:
		in.Key, in.Runes, in.Paste = scanner.KeyText, press.Runes, press.Paste
	case press.Type == tea.KeyEnter, press.Type == tea.KeyCtrlJ:
		in.Key = scanner.KeyEnter
	case press.Type == tea.KeyTab:
		in.Key = scanner.KeyTab
	case press.Type == tea.KeyEsc, press.Type == tea.KeyCtrlH:
	case press.Type >= 0 && press.Type < ' ':
		in.Key, in.Runes = scanner.KeyText, []rune{rune(press.Type)}
	}
	return in
}

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
			cmd = both(cmd, m.press(keyOf(event)))
		case scanner.Retract:
			m.notices.restore()
			if m.undo != nil {
				m.undo()
				m.undo = nil
			}
		case scanner.Scan:
			cmd = both(cmd, m.scanned(event))
		}
		m.decoder.SetField(m.top().field())
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

// keyOf is the key that a person pressed. A message that the decoder divided has no original any more.
func keyOf(typed scanner.Typing) tea.KeyMsg {
	if press, ok := typed.Raw.(tea.KeyMsg); ok {
		return press
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: typed.Runes}
}

// press is a key of a person: the program's own keys first, then the screen's.
func (m *Model) press(press tea.KeyMsg) tea.Cmd {
	quits := press.Type == tea.KeyF10 || press.Type == tea.KeyCtrlC
	if m.isTooSmall() && !quits {
		return nil // nobody sees what it would do
	}
	news := m.notices.about()
	m.notices.key()
	switch {
	case m.leaving != nil, press.Alt: // Alt with a key is no key of ours
		return nil
	case quits:
		return m.askQuit()
	case press.Type == tea.KeyF1 && m.overlay == nil:
		m.overlay = &help{
			env: m.env, version: m.options.Version, of: append(m.top().keys(), m.globalKeys()...), orders: m.options.Orders != nil,
			till: m.hasTill(),
		}
		return nil
	case press.Type == tea.KeyF4 && m.hasOrders():
		return m.openList(m.openOrders)
	case press.Type == tea.KeyF8 && m.hasShift():
		return m.openList(m.openShiftScreen)
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
	return both(cmd, m.after(scannerPause, scannedMsg{msg.rest[1:]}))
}
