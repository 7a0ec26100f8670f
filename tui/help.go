package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// help lies over whatever screen there is and says what its keys do: each by its word in the hint line, and all of them in
// sentences about that screen. It changes nothing of what lies below.
type help struct {
	*env
	version string
	of      []key.Binding
	about   texts.ID
	also    []texts.ID // what holds on every screen, as far as there is room
	opened  time.Time
}

// openHelp lays the help over the screen that takes the keys now.
func (m *Model) openHelp() {
	top := m.top()
	h := &help{
		env: m.env, version: m.options.Version, of: append(top.keys(), m.globalKeys()...), about: top.help(), opened: m.env.now,
	}
	switch top.(type) {
	case *lockScreen, *pinScreen: // no scanner works here, and there is nothing to sell
		m.help = h
		return
	}
	if m.options.Orders != nil {
		h.also = append(h.also, texts.HelpOrders)
	}
	if m.hasTill() {
		h.also = append(h.also, texts.HelpTill)
	}
	h.also = append(h.also, texts.HelpOnce, texts.HelpScan, texts.HelpSum, texts.HelpOffline)
	m.help = h
}

// closeHelp shows the screen below again, which could not be read meanwhile.
func (m *Model) closeHelp() {
	if m.help == nil {
		return
	}
	pause := m.env.now.Sub(m.help.opened)
	m.help = nil
	if s, ok := m.top().(reader); ok {
		since := s.readable()
		*since = since.Add(pause)
	}
}

// pressHelp is a key while the help is open.
func (m *Model) pressHelp(press tea.KeyMsg) {
	switch press.Type {
	case tea.KeyEsc, tea.KeyEnter, tea.KeyCtrlJ, tea.KeyF1:
		m.closeHelp()
	}
}

func (h *help) update(tea.Msg) any { return nil }

func (h *help) view(width, height int) []string {
	inner := min(width-6, 76)
	text := inner - 4
	lines := append([]string{h.Text.Strong.Render(h.Say(texts.HelpKeys))}, h.keyLines(text)...)
	lines = append(lines, "")
	for _, line := range look.Wrap(h.Say(h.about), text) {
		lines = append(lines, h.Text.Plain.Render(line))
	}
	version := h.Text.Dim.Render(h.Say(texts.HelpVersion, texts.Args{"Version": h.version}))
	room := height - len(lines) - 4 // the box, a gap and the version
	for i, id := range h.also {
		more := look.Wrap(h.Say(id), text)
		if room -= len(more); room < 0 {
			break
		}
		if i == 0 {
			lines = append(lines, "")
		}
		for _, line := range more {
			lines = append(lines, h.Text.Dim.Render(line))
		}
	}
	return look.Middle(h.Panel(h.Say(texts.HelpTitle), append(lines, version), inner, h.Frame.Active), inner, width, height)
}

// singleKeys is up to how many keys stand one below the other; more stand in two columns, so that the help is seen whole.
const singleKeys = 5

func (h *help) keyLines(width int) []string {
	var lines []string
	for _, k := range h.of {
		lines = append(lines, "  "+h.Frame.KeyName.Render(h.Fit(k.Help().Key, 7))+k.Help().Desc)
	}
	if len(lines) <= singleKeys {
		return lines
	}
	left := (len(lines) + 1) / 2
	return h.Beside(lines[:left], width/2, lines[left:], 0)
}

func (h *help) keys() []key.Binding {
	return []key.Binding{h.bind("Esc", texts.KeyClose, "esc")}
}

func (h *help) help() texts.ID { return texts.HelpKeys }

func (h *help) field() scanner.Field { return scanner.FieldNone }

func (h *help) wakeAt() time.Time { return time.Time{} }
