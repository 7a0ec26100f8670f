package wedge

import (
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
)

// The keys that a Windows console reports while a scanner switches Caps Lock leave no trace: no typing, and the scan is
// one.
func TestKeysThatTypeNothing(t *testing.T) {
	ears := New(scanner.Options{})
	now := time.Date(2025, 11, 21, 19, 42, 0, 0, time.UTC)
	bare := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{0}}
	for _, field := range []scanner.Field{scanner.FieldNone, scanner.FieldNumber, scanner.FieldText} {
		ears.SetField(field)
		events := ears.Hear(bare, now)
		if events = append(events, ears.Tick(now.Add(time.Second))...); len(events) > 0 {
			t.Errorf("a key alone gives %v", events)
		}
		now = now.Add(2 * time.Second)
	}
	const text = `{"type":"Skidkabot","vendor":4,"client":83532824,"secret":31766}`
	for _, r := range text {
		now = now.Add(time.Millisecond)
		for _, event := range append(ears.Hear(bare, now), ears.Hear(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}, now)...) {
			t.Errorf("in the scan comes %v", event)
		}
	}
	events := ears.Hear(tea.KeyMsg{Type: tea.KeyEnter}, now.Add(time.Millisecond))
	if len(events) != 1 {
		t.Fatalf("the scan gives %v", events)
	}
	if scan, ok := events[0].(scanner.Scan); !ok || scan.Text != text {
		t.Errorf("the scan is %v", events[0])
	}
}

// A hasty hand presses Esc twice, and both arrive as Alt with Esc.
func TestTwoEscapesReadAtOnce(t *testing.T) {
	events := New(scanner.Options{}).Hear(tea.KeyMsg{Type: tea.KeyEsc, Alt: true}, time.Date(2025, 11, 21, 19, 42, 0, 0, time.UTC))
	if len(events) != 2 {
		t.Fatalf("they give %v", events)
	}
	for _, event := range events {
		if typing, ok := event.(scanner.Typing); !ok || KeyOf(typing).String() != "esc" {
			t.Errorf("one is %v", event)
		}
	}
}
