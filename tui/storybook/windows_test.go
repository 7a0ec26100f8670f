package storybook

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// windows are the sizes in which every scene is looked at: the smallest, a laptop's, a whole screen.
var windows = [][2]int{{80, 24}, {100, 30}, {140, 45}}

// themes are the terminals in which every screen is looked at.
var themes = []look.Theme{
	{}, {ASCII: true}, {Colors: look.Colors16}, {Colors: look.Colors16, Light: true}, {Colors: look.ColorsTrue}, {Colors: look.ColorsTrue, Light: true},
}

// Each screen fits each window in each terminal, whether it opens in it or the window is drawn to that size.
func TestEachScreenInEachWindowAndTerminal(t *testing.T) {
	t.Parallel()
	for _, s := range Screens() {
		for _, theme := range themes {
			setting := inRussian(small())
			setting.Theme = theme
			t.Run(fmt.Sprintf("%s_%+v", s.Name, theme), func(t *testing.T) { fitsAll(t, open(t, s, setting), setting) })
		}
		for _, window := range windows[1:] {
			setting := inRussian(sized(window[0], window[1]))
			t.Run(fmt.Sprintf("%s_%dx%d", s.Name, setting.Width, setting.Height), func(t *testing.T) { fits(t, open(t, s, setting), setting) })
		}
	}
}

func TestEachSentenceInEachWindow(t *testing.T) {
	t.Parallel()
	for _, s := range Sentences() {
		t.Run(s.Name, func(t *testing.T) { fitsAll(t, open(t, s, inRussian(small())), small()) })
	}
}

// fitsAll draws the window of a scene to each size.
func fitsAll(t *testing.T, tl *stage.Till, setting Setting) {
	for _, window := range windows {
		setting.Width, setting.Height = window[0], window[1]
		tl.Send(tea.WindowSizeMsg{Width: setting.Width, Height: setting.Height})
		fits(t, tl, setting)
	}
}

// fits holds a screen to what every screen owes its reader.
func fits(t *testing.T, tl *stage.Till, setting Setting) {
	shown := tl.Model.View()
	check(t, shown, setting)
	colorsOf(t, shown, setting.Theme)
	lines := strings.Split(ansi.Strip(shown), "\n")
	if !strings.HasSuffix(lines[len(lines)-1], tl.Clock.Format(" 15:04 ")) {
		t.Errorf("the last line is no status bar: %q", lines[len(lines)-1])
	}
	hints := lines[len(lines)-2]
	if isQuitting := hints == ""; !isQuitting && !keyName.MatchString(hints) {
		t.Errorf("the line before it names no keys: %q", hints)
	}
	if strings.Contains(hints, " Tab ") {
		if !hasFocus(shown) {
			tl.Press(tab) // the first press shows it: until then a stray Enter presses nothing
		}
		if shown := tl.Model.View(); !hasFocus(shown) {
			t.Errorf("nothing shows where the focus is:\n%s", ansi.Strip(shown))
		}
	}
	if setting.Theme.ASCII {
		inASCII(t, shown)
	}
}

var keyName = regexp.MustCompile(` (F\d+|Enter|Esc) `)

// cursor is how the cursor of a field is drawn: a blank in reverse video.
var cursor = regexp.MustCompile(`\x1b\[7m \x1b\[0?m`)

// hasFocus reports whether a screen shows where the focus is by more than a colour: a cursor, or marks around what has it.
func hasFocus(shown string) bool {
	if cursor.MatchString(shown) {
		return true
	}
	for _, line := range strings.Split(ansi.Strip(shown), "\n") {
		before, after, found := strings.Cut(line, "> ")
		if found && (strings.Contains(after, " <") || strings.Trim(before, " │|") == "") {
			return true
		}
		if _, after, found = strings.Cut(line, "< "); found && strings.Contains(after, " >") {
			return true
		}
	}
	return false
}

// inASCII holds a screen to letters, to the signs of currencies and to what every terminal has.
func inASCII(t *testing.T, shown string) {
	for _, line := range strings.Split(ansi.Strip(shown), "\n") {
		for _, r := range line {
			if r > '~' && !unicode.IsLetter(r) && !unicode.Is(unicode.Sc, r) {
				t.Errorf("%q is no letter: %q", r, line)
			}
		}
	}
}

// colorsOf fails when a frame has other colours than its terminal.
func colorsOf(t *testing.T, shown string, theme look.Theme) {
	has := make(map[look.Colors]bool)
	for _, code := range colorCode.FindAllString(shown, -1) {
		rest := foreground.ReplaceAllStringFunc(code, func(found string) string {
			has[map[byte]look.Colors{'5': look.Colors256, '2': look.ColorsTrue}[found[3]]] = true
			return ""
		})
		if color16.MatchString(rest) {
			has[look.Colors16] = true
		}
	}
	delete(has, theme.Colors)
	if len(has) > 0 {
		t.Errorf("in %+v there are also colours of %v", theme, has)
	}
}

var (
	foreground = regexp.MustCompile(`[34]8;(5;\d+|2;\d+;\d+;\d+)`) // or background, beyond the sixteen
	color16    = regexp.MustCompile(`[\[;](3|4|9|10)[0-7][;m]`)
)

// What colours tell, something else tells too: two scenes that look the same without colours look the same with them, and
// so does a screen before and after the focus has moved.
func TestNothingIsToldByColourAlone(t *testing.T) {
	t.Parallel()
	plain, colored := inRussian(small()), inRussian(small())
	colored.Theme.Colors = look.ColorsTrue
	seen := make(map[string][2]string) // by the frame without colours: the name and the frame with them
	tell := func(name, without, with string) {
		if other, there := seen[without]; there && other[1] != with {
			t.Errorf("%s and %s differ by their colours alone:\n%s", name, other[0], ansi.Strip(with))
		}
		seen[without] = [2]string{name, with}
	}
	for _, s := range Scenes() {
		without, with := open(t, s, plain), open(t, s, colored)
		tell(s.Name, without.Model.View(), with.Model.View())
		without.Press(tab)
		with.Press(tab)
		tell(s.Name+" after Tab", without.Model.View(), with.Model.View())
	}
}
