package storybook

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// F1 opens the help of every screen: it names each key of the hint line and is seen whole. Esc, F1 and Enter bring back
// exactly what stood there.
func TestF1ExplainsEveryScreen(t *testing.T) {
	t.Parallel()
	for _, s := range Screens() {
		if strings.HasSuffix(s.Name, "help") { // it is open already
			continue
		}
		for _, setting := range []Setting{small(), sized(140, 45)} {
			for _, lang := range texts.Langs() {
				setting.Language = lang
				t.Run(fmt.Sprintf("%s_%dx%d_%s", s.Name, setting.Width, setting.Height, lang), func(t *testing.T) { explains(t, s, setting) })
			}
		}
	}
}

func explains(t *testing.T, s Scene, setting Setting) {
	words := texts.New(setting.Language)
	tl := open(t, s, setting)
	tl.Send(tea.WindowSizeMsg{Width: setting.Width, Height: setting.Height}) // drawn as of now: a spinner has turned since
	before := tl.Model.View()
	tl.Send(f1) // no time passes: nothing but the key changes the screen
	shown := ansi.Strip(tl.Model.View())
	for _, want := range []string{words.Say(texts.HelpTitle), words.Say(texts.HelpKeys), words.Say(texts.HelpVersion, texts.Args{"Version": "1.0"})} {
		if !strings.Contains(shown, want) {
			t.Fatalf("F1 does not show %q:\n%s", want, shown)
		}
	}
	for _, hint := range hints(ansi.Strip(before)) {
		key, use, _ := strings.Cut(hint, " ")
		if !names(shown, key, use) {
			t.Errorf("the help does not name %q:\n%s", hint, shown)
		}
	}
	tl.Send(esc)
	if after := tl.Model.View(); after != before {
		t.Errorf("after Esc the screen is another one:\n%s\nwant\n%s", ansi.Strip(after), ansi.Strip(before))
	}
}

// hints are the keys of the hint line, each with its word.
func hints(shown string) []string {
	lines := strings.Split(shown, "\n")
	var found []string
	for _, hint := range strings.Split(strings.TrimSpace(lines[len(lines)-2]), "  ") {
		if hint != "" {
			found = append(found, hint)
		}
	}
	return found
}

// names reports whether a key stands in a frame with its word behind it.
func names(shown, key, use string) bool {
	for _, line := range strings.Split(shown, "\n") {
		for rest, found := line, true; found; {
			_, rest, found = strings.Cut(rest, " "+key+" ")
			if found && strings.HasPrefix(strings.TrimLeft(rest, " "), use) {
				return true
			}
		}
	}
	return false
}
