package storybook

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/tui/look"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// wide are the scenes that have a golden file of a whole screen too: one of each screen.
var wide = []string{
	"idle", "idle_recent", "guest", "guest_sum", "ask_redeem", "sending", "result_redemption", "result_unknown_pair", "problem_offline", "journal",
	"details", "review", "storno", "pin", "lock", "orders", "till_orders", "order_scan", "order_done", "order_edit", "card", "card_long", "pay",
	"pay_done", "claims", "claim", "shift_x", "shift_z", "help", "notice", "banner", "till_status", "balance_only",
}

func TestGoldenScreens(t *testing.T) {
	t.Parallel()
	for _, s := range Scenes() {
		goldenOf(t, s, small())
	}
	for _, name := range wide {
		goldenOf(t, scene(t, name), whole())
	}
}

// goldenOf compares a scene with its golden file.
func goldenOf(t *testing.T, s Scene, setting Setting) {
	name := fmt.Sprintf("%s_%dx%d", s.Name, setting.Width, setting.Height)
	t.Run(name, func(t *testing.T) { golden(t, name, ansi.Strip(frame(t, s, setting))) })
}

// ascii are the scenes that have a golden file in ASCII too.
var ascii = []string{"guest_sum", "idle_matters"}

// sizeOf is the end of a golden file's name, behind the scene's.
var sizeOf = regexp.MustCompile(`(_\d+x\d+)?(_ascii)?\.golden$`)

func TestEachGoldenFileIsOfAScene(t *testing.T) {
	files, err := filepath.Glob("testdata/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, ok := scenes()[sizeOf.ReplaceAllString(filepath.Base(file), "")]; ok {
			continue
		}
		if !*update {
			t.Errorf("%s is of no scene", file)
		} else if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
}

func TestGoldenScreensInASCII(t *testing.T) {
	for _, name := range ascii {
		golden(t, name+"_ascii", ansi.Strip(frame(t, scene(t, name), small().themed(look.Theme{ASCII: true}))))
	}
}

// golden compares a screen with its file. Spaces at the ends of lines do not show and do not count.
func golden(t *testing.T, name, shown string) {
	t.Helper()
	lines := strings.Split(shown, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	got := strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the screen is not as in %s (go test ./tui/storybook -update writes it anew):\n%s", path, got)
	}
}

func TestEachSceneHasANameOfItsOwn(t *testing.T) {
	seen := make(map[string]bool)
	for _, s := range Scenes() {
		if !regexp.MustCompile(`^[a-z]+(_[a-z0-9]+)*$`).MatchString(s.Name) || seen[s.Name] || s.Title == "" {
			t.Errorf("%q: %q", s.Name, s.Title)
		}
		seen[s.Name] = true
	}
}
