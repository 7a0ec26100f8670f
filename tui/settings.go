package tui

import (
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/setup"
	"github.com/skidkassa/skidkassa/tui/wedge"
)

// settingsScreen is F9, behind the admin's PIN: the forms of [setup.Settings].
type settingsScreen struct {
	*env
	forms *setup.Settings
}

// settingsAct opens the settings.
type settingsAct struct{}

func (s *settingsScreen) update(msg tea.Msg) any {
	if press, ok := msg.(tea.KeyMsg); ok {
		return s.forms.Press(press)
	}
	return nil
}

func (s *settingsScreen) view(width, height int) []string { return s.forms.View(width, height) }

func (s *settingsScreen) keys() []key.Binding { return s.forms.Keys() }

func (s *settingsScreen) help() texts.ID { return texts.SetupAbout }

func (s *settingsScreen) field() scanner.Field { return s.forms.Field() }

func (s *settingsScreen) wakeAt() time.Time { return s.forms.WakeAt() }

func (s *settingsScreen) mark() func() { return s.forms.Mark() }

func (s *settingsScreen) click(_ place, number int) bool { return s.forms.Click(number) }

func (s *settingsScreen) wheels() bool { return true }

// hasSettings reports whether F9 opens the settings.
func (m *Model) hasSettings() bool {
	switch m.top().(type) {
	case *pinScreen, *settingsScreen:
		return false
	}
	return m.options.Setup != nil && m.settings() == nil && !m.isCovered()
}

// settings is the settings screen that is shown or lies behind what is; nil: there is none.
func (m *Model) settings() *settingsScreen {
	for _, s := range slices.Concat(m.behind, []screen{m.active}) {
		if s, ok := s.(*settingsScreen); ok {
			return s
		}
	}
	return nil
}

// unsavedSettings reports whether there are changes of settings that would be lost.
func (m *Model) unsavedSettings() bool {
	s := m.settings()
	return s != nil && s.forms.Dirty()
}

// openSettings shows the settings.
func (m *Model) openSettings() tea.Cmd {
	s := &settingsScreen{env: m.env, forms: setup.NewSettings(m.options.Setup, m.env.Styles, m.env.Texts, func() time.Time { return m.env.now })}
	m.openOver(s)
	var cmd tea.Cmd
	for _, job := range s.forms.Opened() {
		cmd = both(cmd, m.do(job))
	}
	return cmd
}

// doSettings carries out what the settings screen says.
func (m *Model) doSettings(act any) tea.Cmd {
	switch act := act.(type) {
	case settingsAct:
		return m.openSettings()
	case setup.Job:
		return func() tea.Msg { return act.Run() }
	case setup.Saved:
		m.settle(act)
	case setup.Closed:
		return m.goBack()
	}
	return nil
}

// settle has count at once what counts at once.
func (m *Model) settle(saved setup.Saved) {
	if saved.Language != "" {
		m.speak(SetLanguage(saved.Language))
	}
	if saved.Gap > 0 {
		m.options.Scanner.Gap = saved.Gap
		m.ears = wedge.New(m.options.Scanner)
	}
}

// settingsDone brings the end of a job to the settings, wherever they are; it is of no use when they were left.
func (m *Model) settingsDone(done setup.Done) tea.Cmd {
	if s := m.settings(); s != nil {
		return m.do(s.forms.Hear(done))
	}
	return nil
}

// leaveSettings closes the settings without a question, because who unlocks the till need not be the admin; that changes were
// not written is said. What lies under the settings and over them stays.
func (m *Model) leaveSettings() tea.Cmd {
	s := m.settings()
	if s == nil {
		return nil
	}
	if s.forms.Dirty() {
		m.notices.tell(m.env.says(texts.NoticeSettingsLeft))
	}
	if m.active == screen(s) {
		return m.goBack()
	}
	m.behind = slices.DeleteFunc(m.behind, func(under screen) bool { return under == screen(s) })
	return nil
}

// tune has the decoder be patient while a scanner is tried: one that is too slow for the till is to be told so.
func (m *Model) tune() {
	s, atSettings := m.top().(*settingsScreen)
	trying := atSettings && s.forms.Tries()
	if trying == m.trying {
		return
	}
	m.trying = trying
	options := m.options.Scanner
	if trying {
		options = setup.PatientOptions(options)
	}
	m.ears = wedge.New(options)
}
