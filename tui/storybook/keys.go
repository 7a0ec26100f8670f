package storybook

import tea "github.com/charmbracelet/bubbletea"

var (
	enter     = tea.KeyMsg{Type: tea.KeyEnter}
	esc       = tea.KeyMsg{Type: tea.KeyEsc}
	tab       = tea.KeyMsg{Type: tea.KeyTab}
	backTab   = tea.KeyMsg{Type: tea.KeyShiftTab}
	backspace = tea.KeyMsg{Type: tea.KeyBackspace}
	insertKey = tea.KeyMsg{Type: tea.KeyInsert}
	deleteKey = tea.KeyMsg{Type: tea.KeyDelete}
	left      = tea.KeyMsg{Type: tea.KeyLeft}
	right     = tea.KeyMsg{Type: tea.KeyRight}
	up        = tea.KeyMsg{Type: tea.KeyUp}
	down      = tea.KeyMsg{Type: tea.KeyDown}
	pageUp    = tea.KeyMsg{Type: tea.KeyPgUp}
	pageDown  = tea.KeyMsg{Type: tea.KeyPgDown}
	endKey    = tea.KeyMsg{Type: tea.KeyEnd}

	f1  = tea.KeyMsg{Type: tea.KeyF1}
	f2  = tea.KeyMsg{Type: tea.KeyF2}
	f3  = tea.KeyMsg{Type: tea.KeyF3}
	f4  = tea.KeyMsg{Type: tea.KeyF4}
	f5  = tea.KeyMsg{Type: tea.KeyF5}
	f6  = tea.KeyMsg{Type: tea.KeyF6}
	f7  = tea.KeyMsg{Type: tea.KeyF7}
	f8  = tea.KeyMsg{Type: tea.KeyF8}
	f9  = tea.KeyMsg{Type: tea.KeyF9}
	f10 = tea.KeyMsg{Type: tea.KeyF10}
	f12 = tea.KeyMsg{Type: tea.KeyF12}
)
