package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// readyScans lies over a screen and offers the demo's scans.
type readyScans struct {
	*env
	scans  []ReadyScan
	chosen int
}

// typeAct has a scan typed as a scanner would; closeAct closes the list.
type (
	typeAct  struct{ scan ReadyScan }
	closeAct struct{}
)

func (r *readyScans) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	switch press.Type {
	case tea.KeyEsc, tea.KeyF6:
		return closeAct{}
	case tea.KeyDown, tea.KeyTab, tea.KeyRight:
		r.chosen = (r.chosen + 1) % len(r.scans)
	case tea.KeyUp, tea.KeyShiftTab, tea.KeyLeft:
		r.chosen = (r.chosen + len(r.scans) - 1) % len(r.scans)
	case tea.KeyEnter, tea.KeyCtrlJ:
		return typeAct{r.scans[r.chosen]}
	}
	return nil
}

// click chooses a scan, and takes the one that is chosen already.
func (r *readyScans) click(_ place, number int) bool {
	again := r.chosen == number
	r.chosen = min(number, len(r.scans)-1)
	return again
}

func (r *readyScans) wheels() bool { return true }

func (r *readyScans) view(width, height int) []string {
	inner := min(width-8, 64)
	lines := []string{r.Text.Dim.Render(r.Say(texts.ReadyHint)), ""}
	for i, scan := range r.scans {
		label := r.Say(scan.Label)
		line := "  " + label
		if i == r.chosen {
			line = r.Input.ButtonActive.Render("> " + label + " <")
		}
		lines = append(lines, look.Zone(placeLine.at(i), line))
	}
	return look.Middle(r.Panel(r.Say(texts.ReadyTitle), lines, inner, r.Frame.Active), inner, width, height)
}

func (r *readyScans) keys() []key.Binding {
	return []key.Binding{
		r.bind("Enter", texts.KeyChoose, "enter"),
		r.bind("Tab", texts.KeyMove, "tab"),
		r.bind("Esc", texts.KeyClose, "esc"),
	}
}

func (r *readyScans) help() texts.ID { return texts.AboutReady }

func (r *readyScans) field() scanner.Field { return scanner.FieldNone }

func (r *readyScans) wakeAt() time.Time { return time.Time{} }

// scannerPause is the time between two runes of a scan that is typed by the program.
const scannerPause = 5 * time.Millisecond

// scannedMsg carries the rest of a scan that the program types.
type scannedMsg struct{ rest []rune }
