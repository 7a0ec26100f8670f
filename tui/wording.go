package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// wording is said in words only when it is drawn: what stands on the screen for a while follows the till's language. What
// it is about is settled when it is made. nil says nothing.
type wording func() string

func (w wording) String() string {
	if w == nil {
		return ""
	}
	return w()
}

// says is the wording of a text without arguments.
func (e *env) says(id texts.ID) wording { return func() string { return e.Say(id) } }

// SetLanguage is the message that changes the language of everything that holds the till's texts: this screen, the
// waiters' handhelds, what is printed.
type SetLanguage texts.Lang

// speak changes the language. Whatever was drawn in another one is drawn anew.
func (m *Model) speak(lang SetLanguage) tea.Cmd {
	m.env.SetLang(texts.Lang(lang))
	m.stale = true
	if s := m.settings(); s != nil {
		s.forms.Spoken()
	}
	if m.help != nil { // it has the words of the keys as they were when it opened
		opened := m.help.opened
		m.help = nil
		m.openHelp()
		m.help.opened = opened
	}
	return nil
}
