// Package wedge puts a keyboard-wedge scanner's decoder in front of a Bubble Tea screen: every key passes it before any
// hotkey or field sees it. The till's screen and the setup wizard hear through the same [Ears].
package wedge

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
)

// Ears are a decoder that is fed with the keys of a terminal. Make them with [New].
type Ears struct {
	*scanner.Decoder
	excused bool // the decoder was told of a pause of the program's own, and no key has come since
}

// New makes ears with no field in focus.
func New(options scanner.Options) *Ears { return &Ears{Decoder: scanner.New(options)} }

// Hear takes a key that came now.
func (e *Ears) Hear(press tea.KeyMsg, now time.Time) []scanner.Event {
	switch {
	case isBare(press):
		return nil
	case press.Alt && press.Type == tea.KeyEsc: // two that were read at once: terminals send Esc before the key for Alt
		press.Alt = false
		return append(e.Hear(press, now), e.Hear(press, now)...)
	}
	e.excuse(now)
	e.excused = false
	in := InputOf(press)
	in.At = now
	return e.Feed(in)
}

// isBare tells keys that type nothing by themselves: Caps Lock, Ctrl, a dead key. A Windows console reports each of them as
// the character 0, again and again while it is held; elsewhere a terminal reports none.
func isBare(press tea.KeyMsg) bool {
	return press.Type == tea.KeyRunes && len(press.Runes) == 1 && press.Runes[0] == 0
}

// Tick has the decoder judge the silence. A program that comes late to that lets the keys come first that wait behind it;
// what has waited has come by the next time, so that one excuse is enough.
func (e *Ears) Tick(now time.Time) []scanner.Event {
	if !e.excused && e.excuse(now) {
		e.excused = true
		return nil
	}
	return e.Decoder.Tick(now)
}

// busyPause is how much too late the decoder's deadline is seen when the pause was the program's own.
const busyPause = 50 * time.Millisecond

// excuse tells the decoder of a pause of the program's own, in which keys may have waited, and reports whether there was
// one. Taken for the scanner's silence it would tear a scan in two, and the rest of it would land in a field.
func (e *Ears) excuse(now time.Time) bool {
	deadline, ok := e.Deadline()
	if !ok || now.Sub(deadline) < busyPause {
		return false
	}
	e.Resume(now)
	return true
}

// InputOf tells the decoder what a key is. A Ctrl-letter is text with its control character: scanners send STX, GS and
// the like, and only their company tells whose they are.
func InputOf(press tea.KeyMsg) scanner.Input {
	in := scanner.Input{Key: scanner.KeyOther, Raw: press}
	switch {
	case press.Alt:
	case press.Type == tea.KeyRunes, press.Type == tea.KeySpace:
		in.Key, in.Runes, in.Paste = scanner.KeyText, press.Runes, press.Paste
	case press.Type == tea.KeyEnter, press.Type == tea.KeyCtrlJ:
		in.Key = scanner.KeyEnter
	case press.Type == tea.KeyTab:
		in.Key = scanner.KeyTab
	case press.Type == tea.KeyEsc, press.Type == tea.KeyCtrlH:
	case press.Type >= 0 && press.Type < ' ':
		in.Key, in.Runes = scanner.KeyText, []rune{rune(press.Type)}
	}
	return in
}

// KeyOf is the key that a person pressed. A message that the decoder divided has no original any more.
func KeyOf(typed scanner.Typing) tea.KeyMsg {
	if press, ok := typed.Raw.(tea.KeyMsg); ok {
		return press
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: typed.Runes}
}
