package tui

import (
	"io"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Bell is when the terminal's bell is rung.
type Bell int

// The times. Who looks at the guest and not at the screen hears an error; a scan is heard where the scanner itself is mute.
const (
	BellErrors Bell = iota // when something has gone wrong
	BellAll                // and at every scan that was read
	BellOff
)

// sound is what there is to hear.
type sound int

const (
	silence    sound = iota
	scanSound        // once, short
	errorSound       // twice: it is told from a scan
)

const (
	bell = "\a"
	// bellGap is between the two of an error.
	bellGap = 250 * time.Millisecond
	// bellPause is how long the bell is silent after it was rung: a rush of errors is one noise.
	bellPause = time.Second
)

// bellMsg is the second of an error.
type bellMsg struct{}

// hear asks for a sound; an error is not lost in a scan.
func (e *env) hear(s sound) { e.sound = max(e.sound, s) }

// ring makes the sound that was asked for since the last message, if it is wanted.
func (m *Model) ring() tea.Cmd {
	asked := m.env.sound
	m.env.sound = silence
	isWanted := asked == errorSound && m.options.Bell != BellOff || asked == scanSound && m.options.Bell == BellAll
	if !isWanted || m.env.now.Sub(m.rungAt) < bellPause {
		return nil
	}
	m.rungAt = m.env.now
	if asked == scanSound {
		return m.ringOnce()
	}
	return both(m.ringOnce(), m.options.After(bellGap, bellMsg{}))
}

// ringOnce writes the bell past the renderer. It draws nothing and moves no cursor, and a frame is one write, which the
// terminal's file keeps whole: so it comes between two frames and disturbs neither.
func (m *Model) ringOnce() tea.Cmd {
	out := m.options.Output
	return func() tea.Msg {
		_, _ = io.WriteString(out, bell) // a terminal that has gone ends the program by itself
		return nil
	}
}
