package storybook

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// F1 opens the help of every screen: it names each key of the hint line and is seen whole. Esc, F1 and Enter bring back
// exactly what stood there.
func TestF1ExplainsEveryScreen(t *testing.T) {
	t.Parallel()
	for _, s := range Screens() {
		if isHelp(s) {
			continue
		}
		for _, lang := range texts.Langs() {
			t.Run(fmt.Sprintf("%s_%s", s.Name, lang), func(t *testing.T) {
				for _, w := range show(t, s, small().speaking(lang)).each() {
					explains(t, w)
				}
			})
		}
	}
}

func explains(t *testing.T, w *seen) {
	words, shown := w.setting.Texts, ansi.Strip(w.help)
	for _, want := range []string{words.Say(texts.HelpTitle), words.Say(texts.HelpKeys), words.Say(texts.HelpVersion, texts.Args{"Version": "1.0"})} {
		if !strings.Contains(shown, want) {
			t.Fatalf("F1 does not show %q:\n%s", want, shown)
		}
	}
	for _, hint := range hints(ansi.Strip(w.frame)) {
		key, use, _ := strings.Cut(hint, " ")
		if !names(shown, key, use) {
			t.Errorf("the help does not name %q:\n%s", hint, shown)
		}
	}
	if w.closed != w.frame {
		t.Errorf("after Esc the screen is another one:\n%s\nwant\n%s", ansi.Strip(w.closed), ansi.Strip(w.frame))
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
