package main

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

func TestModelShowsWhatWasTyped(t *testing.T) {
	var m tea.Model = newModel()
	if m.Init() != nil {
		t.Error("Init does something")
	}
	typed := []tea.Msg{
		tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("12")},
		tea.KeyMsg{Type: tea.KeyBackspace},
		tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("5")},
		tea.WindowSizeMsg{Width: 80, Height: 24},
	}
	for _, message := range typed {
		m, _ = m.Update(message)
	}
	view := m.View()
	if lines := strings.Split(view, "\n"); len(lines) != 23 || lines[22] != "ready: 15|" {
		t.Errorf("the view is\n%s", view)
	}
	m = newModel()
	m, _ = m.Update(tea.KeyMsg{Type: tea.KeyBackspace})
	if !strings.HasSuffix(m.View(), "ready: |") {
		t.Errorf("Backspace in an empty line gave\n%s", m.View())
	}
	m, _ = m.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("7")})
	m, _ = m.Update(tea.KeyMsg{Type: tea.KeyEnter})
	if !strings.HasSuffix(m.View(), "ready: |") {
		t.Errorf("Enter left\n%s", m.View())
	}
	if _, quit := m.Update(tea.KeyMsg{Type: tea.KeyF10}); quit == nil {
		t.Error("F10 does not quit")
	}
}
