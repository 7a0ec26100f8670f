package tui

import (
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/tui/look"
)

// textField is a field for a line of words: a reason, a name. The cursor stays at the end.
type textField struct {
	runes []rune
	max   int // runes
}

// textMax bounds a name or what is searched for, in runes.
const textMax = 60

func (f *textField) text() string { return strings.TrimSpace(string(f.runes)) }

func (f *textField) empty() bool { return f.text() == "" }

func (f *textField) set(text string) {
	f.runes = nil
	f.enter([]rune(text))
}

// enter takes what can stand in a line, up to the field's size.
func (f *textField) enter(runes []rune) {
	for _, r := range runes {
		if unicode.IsSpace(r) {
			r = ' '
		}
		if unicode.IsGraphic(r) && len(f.runes) < f.max {
			f.runes = append(f.runes[:len(f.runes):len(f.runes)], r)
		}
	}
}

// edit does what a key says, and reports whether the key was for the field.
func (f *textField) edit(press tea.KeyMsg) bool {
	switch press.Type {
	case tea.KeyBackspace, tea.KeyDelete, tea.KeyCtrlH:
		f.runes = f.runes[:max(0, len(f.runes)-1)]
	case tea.KeyCtrlU:
		f.runes = nil
	case tea.KeyRunes, tea.KeySpace:
		f.enter(press.Runes)
	default:
		return false
	}
	return true
}

// view draws the field in so many cells, its end in sight.
func (f *textField) view(e *env, cells int, focused bool) string {
	inner := cells - 3 // the brackets and the cursor
	shown := look.Clean(string(f.runes))
	for look.Width(shown) > inner {
		shown = strings.TrimLeftFunc(shown[1:], func(r rune) bool { return r == unicode.ReplacementChar })
	}
	style, cursor := e.Input.Field, " "
	if focused {
		style, cursor = e.Input.FieldActive, e.Input.Cursor.Render(" ")
	}
	rest := strings.Repeat(" ", max(0, inner-look.Width(shown)))
	return e.Shapes.Open + style.Render(shown) + cursor + rest + e.Shapes.Closing
}
