package wedge

import (
	"slices"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
)

func TestWhatTheDecoderIsTold(t *testing.T) {
	letter := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("я")}
	for name, test := range map[string]struct {
		press tea.KeyMsg
		key   scanner.Key
		runes string
	}{
		"a letter":           {letter, scanner.KeyText, "я"},
		"a space":            {tea.KeyMsg{Type: tea.KeySpace, Runes: []rune(" ")}, scanner.KeyText, " "},
		"a paste":            {tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("abc"), Paste: true}, scanner.KeyText, "abc"},
		"Enter":              {tea.KeyMsg{Type: tea.KeyEnter}, scanner.KeyEnter, ""},
		"a line feed":        {tea.KeyMsg{Type: tea.KeyCtrlJ}, scanner.KeyEnter, ""},
		"Tab":                {tea.KeyMsg{Type: tea.KeyTab}, scanner.KeyTab, ""},
		"a scanner's STX":    {tea.KeyMsg{Type: tea.KeyCtrlB}, scanner.KeyText, "\x02"},
		"Esc":                {tea.KeyMsg{Type: tea.KeyEsc}, scanner.KeyOther, ""},
		"Backspace's Ctrl-H": {tea.KeyMsg{Type: tea.KeyCtrlH}, scanner.KeyOther, ""},
		"an arrow":           {tea.KeyMsg{Type: tea.KeyUp}, scanner.KeyOther, ""},
		"Alt with a letter":  {tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("a"), Alt: true}, scanner.KeyOther, ""},
	} {
		got := InputOf(test.press)
		if got.Key != test.key || string(got.Runes) != test.runes || got.Paste != test.press.Paste {
			t.Errorf("%s: got key %v, runes %q, paste %v", name, got.Key, string(got.Runes), got.Paste)
		}
	}
	if got := KeyOf(scanner.Typing{Input: InputOf(letter)}); got.String() != letter.String() {
		t.Errorf("the key that was pressed: %q", got)
	}
	if got := KeyOf(scanner.Typing{Input: scanner.Input{Key: scanner.KeyText, Runes: []rune("12")}}); got.String() != "12" {
		t.Errorf("a key without its original: %q", got)
	}
}

// A program that was busy finds a scan's rest waiting for it: the pause was its own, and the scan is one.
func TestAPauseOfTheProgramsOwnTearsNoScan(t *testing.T) {
	const text = `{"type":"Skidkabot","vendor":4,"client":83532824,"secret":31766}`
	ears := New(scanner.Options{})
	now := time.Date(2025, 11, 21, 19, 42, 0, 0, time.UTC)
	var events []scanner.Event
	for i, r := range text {
		if i == len(text)/2 {
			now = now.Add(3 * time.Second)
			if late := ears.Tick(now); len(late) > 0 {
				t.Fatalf("the first look after the pause judges: %v", late)
			}
		}
		now = now.Add(time.Millisecond)
		events = append(events, ears.Hear(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}, now)...)
	}
	events = append(events, ears.Hear(tea.KeyMsg{Type: tea.KeyEnter}, now.Add(time.Millisecond))...)
	isScan := func(e scanner.Event) bool { scan, ok := e.(scanner.Scan); return ok && scan.Text == text }
	if !slices.ContainsFunc(events, isScan) {
		t.Errorf("the scan did not come whole: %v", events)
	}
}

// One excuse is enough: silence after it is a person's or the scan's end.
func TestSilenceIsJudgedAtTheSecondLook(t *testing.T) {
	ears := New(scanner.Options{})
	ears.SetField(scanner.FieldText)
	now := time.Date(2025, 11, 21, 19, 42, 0, 0, time.UTC)
	_ = ears.Hear(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("{")}, now)
	deadline, ok := ears.Deadline()
	if !ok {
		t.Fatal("the decoder waits for nothing")
	}
	late := deadline.Add(time.Second)
	if events := ears.Tick(late); len(events) > 0 {
		t.Errorf("at the first look: %v", events)
	}
	for range 2 {
		late = late.Add(time.Second)
		ears.Tick(late)
	}
	if _, ok := ears.Deadline(); ok {
		t.Error("the silence is never judged")
	}
}
