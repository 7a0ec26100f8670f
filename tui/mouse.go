package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/charmbracelet/bubbles/key"
)

// The mouse does what keys do, and nothing that they do not: a click is the focus put on a place and, on a button, Enter.
// So whatever keeps keys off keeps clicks off too. Each component marks its places while it draws itself ([look.Zone]), and
// the finished frame says where they have come to stand.

// place is somewhere on the screen that can be clicked: its kind and its number among those of that kind.
type place int

// The kinds of places, as the place of their number 0.
const (
	placeButton place = (iota + 1) * placesOfAKind
	placeLine         // of a list
	placeField
	placeFilter
	placeKey // of the hint line
)

const placesOfAKind = 1_000_000

// at is the place of a number.
func (p place) at(number int) int { return int(p) + number }

// of divides a place into its kind and its number.
func (p place) of() (kind place, number int) {
	number = int(p) % placesOfAKind
	return p - place(number), number
}

// clicker is a screen with places to click.
type clicker interface {
	// click puts the focus on a place, and reports whether that is pressed by it. A place that is no longer there, and a
	// screen that takes no keys now, report false and change nothing.
	click(kind place, number int) (pressed bool)
}

// wheeler is a screen that the wheel scrolls, as the arrow keys do.
type wheeler interface{ wheels() bool }

// enableMouse has the terminal tell of clicks and the wheel. Of a mouse that only moves it tells nothing.
func (m *Model) enableMouse() tea.Cmd {
	if !m.options.Mouse {
		return nil
	}
	return tea.EnableMouseCellMotion
}

// mouse is a message of the mouse. The wheel moves through a list; a click with the left button does what the place says.
func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	if msg.Action != tea.MouseActionPress || m.isTooSmall() || m.unlocked.blocks(m.env.now) {
		return nil
	}
	switch msg.Button {
	case tea.MouseButtonWheelUp:
		return m.wheel(tea.KeyUp)
	case tea.MouseButtonWheelDown:
		return m.wheel(tea.KeyDown)
	case tea.MouseButtonLeft:
		return m.clickAt(msg.X, msg.Y)
	}
	return nil
}

func (m *Model) wheel(arrow tea.KeyType) tea.Cmd {
	if w, ok := m.top().(wheeler); !ok || !w.wheels() {
		return nil
	}
	return m.feed(tea.KeyMsg{Type: arrow})
}

func (m *Model) clickAt(x, y int) tea.Cmd {
	for _, spot := range m.spots {
		if spot.Row != y || x < spot.Left || x >= spot.Right {
			continue
		}
		kind, number := place(spot.Place).of()
		if kind == placeKey {
			return m.clickKey(number)
		}
		c, ok := m.top().(clicker)
		if !ok {
			return nil
		}
		m.stale, m.touched = true, m.env.now
		if c.click(kind, number) {
			return m.feed(tea.KeyMsg{Type: tea.KeyEnter})
		}
		return nil
	}
	return nil
}

// clickKey presses a key of the hint line.
func (m *Model) clickKey(number int) tea.Cmd {
	if number >= len(m.hinted) {
		return nil
	}
	if kind, ok := keyTypes[lastOf(m.hinted[number])]; ok {
		return m.feed(tea.KeyMsg{Type: kind})
	}
	return nil
}

// lastOf is the key that a click on a binding presses: of a pair of arrows the one that leads on.
func lastOf(binding key.Binding) string {
	keys := binding.Keys()
	if len(keys) == 0 {
		return ""
	}
	if binding.Help().Key == "Enter" {
		return keys[0] // "enter" or "esc": both mean the same
	}
	return keys[len(keys)-1]
}

// keyTypes are the keys of bindings.
var keyTypes = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "insert": tea.KeyInsert, "delete": tea.KeyDelete,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"f1": tea.KeyF1, "f2": tea.KeyF2, "f3": tea.KeyF3, "f4": tea.KeyF4, "f5": tea.KeyF5, "f6": tea.KeyF6, "f7": tea.KeyF7,
	"f8": tea.KeyF8, "f9": tea.KeyF9, "f10": tea.KeyF10, "f12": tea.KeyF12,
}
