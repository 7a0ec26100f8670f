// The command bare is the least that a Bubble Tea program can be: a full screen of constant text and one line that
// shows what was typed. It is the floor for the time from a key to its frame and from the start to the first frame.
package main

import (
	"fmt"
	"os"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// framesPerSecond is the till's own.
const framesPerSecond = 120

func main() {
	if _, err := tea.NewProgram(newModel(), tea.WithAltScreen(), tea.WithFPS(framesPerSecond)).Run(); err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

// model is the text that was typed, below 22 lines that never change.
type model struct {
	constant string
	typed    string
}

func newModel() model {
	return model{constant: strings.Repeat(strings.Repeat("bare ", 16)+"\n", 22)}
}

func (m model) Init() tea.Cmd { return nil }

func (m model) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	key, ok := message.(tea.KeyMsg)
	if !ok {
		return m, nil
	}
	switch key.Type {
	case tea.KeyRunes:
		m.typed += string(key.Runes)
	case tea.KeyBackspace:
		m.typed = strings.TrimSuffix(m.typed, m.typed[max(len(m.typed)-1, 0):])
	case tea.KeyEnter:
		m.typed = ""
	case tea.KeyF10, tea.KeyCtrlC:
		return m, tea.Quit
	}
	return m, nil
}

func (m model) View() string { return m.constant + "ready: " + m.typed + "|" }
