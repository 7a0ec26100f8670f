package storybook

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/pelletier/go-toml/v2"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// elsewhere are the texts that no screen of the till says, by how their names begin, and who says them.
var elsewhere = map[string]string{
	"layout_":           "one of seventy names; a test of tui has them all",
	"paper_":            "the printer",
	"waiter_":           "the waiters' door",
	"phone_":            "the paying guest's door",
	"setup_":            "the forms of the settings",
	"amount_not_number": "nobody: no field holds such a sum",
	"opening_till":      "the screen before the till is open",
	"window_too_small":  "a window below what scenes are shown in",
}

// Every word that the till may say is said in a scene: whoever adds a problem, a state or a notice adds its scene.
func TestEachWordIsInAScene(t *testing.T) {
	t.Parallel()
	said := everythingSaid(t)
	for id, text := range catalog(t) {
		isElsewhere := false
		for start := range elsewhere {
			isElsewhere = isElsewhere || strings.HasPrefix(id, start)
		}
		if !isElsewhere && !slices.ContainsFunc(forms(text), func(form []string) bool {
			return slices.ContainsFunc(said, func(frame string) bool { return says(frame, form) })
		}) {
			t.Errorf("no scene says %s: %v", id, text)
		}
	}
}

// everythingSaid is every scene in a small and in a wide window, and its help, each as running text.
func everythingSaid(t *testing.T) []string {
	seen := make(map[string]bool)
	for _, s := range Scenes() {
		p := show(t, s, small())
		for _, w := range []string{p.opened, p.inWhole().frame, p.inSmall().help, p.inWhole().help} {
			seen[running(w)] = true
		}
	}
	var said []string
	for frame := range seen {
		said = append(said, frame)
	}
	return said
}

// running is the text of a screen without its frames, each column of it by itself: words are wrapped within a column.
func running(frame string) string {
	shown := strings.ReplaceAll(ansi.Strip(frame), "\u00a0", " ")
	var columns []string
	for _, line := range strings.Split(shown, "\n") {
		for i, part := range strings.Split(line, "│") {
			if i == len(columns) {
				columns = append(columns, "")
			}
			columns[i] += " " + part
		}
	}
	all := strings.Join(columns, " ") + " " + strings.ReplaceAll(shown, "│", " ")
	return strings.Join(strings.Fields(all), " ")
}

// catalog is what stands in the Russian catalog: a text, or its plural forms by their names.
func catalog(t *testing.T) map[string]any {
	data, err := os.ReadFile("../../internal/texts/catalog/" + string(texts.Russian) + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	var catalog map[string]any
	if err := toml.Unmarshal(data, &catalog); err != nil {
		t.Fatal(err)
	}
	if len(catalog) < 500 {
		t.Fatalf("the catalog has %d texts", len(catalog))
	}
	return catalog
}

var argument = regexp.MustCompile(`\{\{[^}]*\}\}`)

// forms are the ways in which a text may be said, each as the pieces between its arguments.
func forms(text any) [][]string {
	if plural, ok := text.(map[string]any); ok {
		var all [][]string
		for _, form := range plural {
			all = append(all, forms(form)...)
		}
		return all
	}
	plain := strings.Join(strings.Fields(strings.ReplaceAll(text.(string), "\u00a0", " ")), " ")
	return [][]string{argument.Split(plain, -1)}
}

// argumentBytes is the longest that an argument is.
const argumentBytes = 300

// says reports whether the pieces stand in a frame in their order, with no more than an argument between them.
func says(frame string, pieces []string) bool {
	for start := 0; ; {
		at := strings.Index(frame[start:], pieces[0])
		if at < 0 {
			return false
		}
		end := start + at + len(pieces[0])
		if follows(frame[end:], pieces[1:]) {
			return true
		}
		if start = start + at + 1; pieces[0] == "" && len(pieces) > 1 {
			return strings.Contains(frame, strings.TrimSpace(pieces[1]))
		}
	}
}

func follows(rest string, pieces []string) bool {
	for _, piece := range pieces {
		at := strings.Index(rest[:min(len(rest), argumentBytes+len(piece))], piece)
		if at < 0 {
			return false
		}
		rest = rest[at+len(piece):]
	}
	return true
}
