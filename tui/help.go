package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// help lies over a screen and says what its keys do.
type help struct {
	*env
	version string
	of      []key.Binding
	orders  bool // waiters' orders are to be had
	till    bool // orders are opened and paid here
}

// closeAct closes what lies over a screen.
type closeAct struct{}

func (h *help) update(msg tea.Msg) any {
	if press, ok := msg.(tea.KeyMsg); ok {
		switch press.Type {
		case tea.KeyEsc, tea.KeyEnter, tea.KeyCtrlJ, tea.KeyF1:
			return closeAct{}
		}
	}
	return nil
}

func (h *help) view(width, height int) []string {
	inner := min(width-6, 76)
	lines := append([]string{h.Text.Strong.Render(h.Say(texts.HelpKeys))}, h.keyLines(inner-4)...)
	ids := []texts.ID{texts.HelpScan, texts.HelpSum, texts.HelpOnce, texts.HelpOffline}
	if h.orders {
		ids = append(ids, texts.HelpOrders)
	}
	if h.till {
		ids = append(ids, texts.HelpTill)
	}
	for _, id := range ids {
		for _, line := range look.Wrap(h.Say(id), inner-4) {
			lines = append(lines, h.Text.Plain.Render(line))
		}
	}
	lines = append(lines, h.Text.Dim.Render(h.Say(texts.HelpVersion, texts.Args{"Version": h.version})))
	return look.Middle(h.Panel(h.Say(texts.HelpTitle), lines, inner, h.Frame.Active), inner, width, height)
}

// singleKeys is up to how many keys stand one below the other; more stand in two columns, so that the help is seen whole.
const singleKeys = 7

func (h *help) keyLines(width int) []string {
	var lines []string
	for _, k := range h.of {
		lines = append(lines, "  "+h.Frame.KeyName.Render(h.Fit(k.Help().Key, 8))+k.Help().Desc)
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

func (h *help) field() scanner.Field { return scanner.FieldNone }

func (h *help) wakeAt() time.Time { return time.Time{} }
