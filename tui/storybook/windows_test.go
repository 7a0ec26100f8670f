package storybook

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/tui/look"
)

// themes are the terminals in which every screen is looked at.
var themes = []look.Theme{
	{}, {ASCII: true}, {Colors: look.Colors16}, {Colors: look.Colors16, Light: true}, {Colors: look.ColorsTrue}, {Colors: look.ColorsTrue, Light: true},
}

// Each screen fits each window in each terminal, whether it opens in it or the window is drawn to that size.
func TestEachScreenInEachWindowAndTerminal(t *testing.T) {
	t.Parallel()
	for _, s := range Screens() {
		t.Run(s.Name, func(t *testing.T) {
			fitsAll(t, show(t, s, whole()))
			for _, theme := range themes {
				p := show(t, s, small().themed(theme))
				fitsAll(t, p)
				if plain := show(t, s, small()); !theme.ASCII && ansi.Strip(p.opened) != ansi.Strip(plain.opened) {
					t.Errorf("in %+v it says something else:\n%s\nwithout colours:\n%s", theme, ansi.Strip(p.opened), ansi.Strip(plain.opened))
				}
			}
		})
	}
}

func TestEachSentenceInEachWindow(t *testing.T) {
	t.Parallel()
	for _, s := range Sentences() {
		t.Run(s.Name, func(t *testing.T) { fitsAll(t, show(t, s, small())) })
	}
}

func fitsAll(t *testing.T, p *played) {
	for _, w := range p.each() {
		if fits(t, p, w); t.Failed() {
			t.Logf("at %dx%d in %+v:\n%s", w.setting.Width, w.setting.Height, w.setting.Theme, ansi.Strip(w.frame))
			return
		}
	}
}

// fits holds a screen to what every screen owes its reader.
func fits(t *testing.T, p *played, w *seen) {
	check(t, w.frame, w.setting)
	colorsOf(t, w.frame, w.setting.Theme)
	lines := lines(w.frame)
	if !head.MatchString(lines[0]) {
		t.Errorf("the first line does not say where and who: %q", lines[0])
	}
	if !strings.HasSuffix(lines[len(lines)-1], p.clock) {
		t.Errorf("the last line is no status bar: %q", lines[len(lines)-1])
	}
	hints := lines[len(lines)-2]
	if isQuitting := hints == ""; !isQuitting && !keyName.MatchString(hints) {
		t.Errorf("the line before it names no keys: %q", hints)
	}
	if before, _, hasTab := strings.Cut(hints, " Tab "); hasTab && !strings.Contains(before, " Enter ") && strings.Contains(hints, " Enter ") {
		t.Errorf("the keys stand in another order than elsewhere: %q", hints)
	}
	if strings.Contains(hints, " Tab ") && !hasFocus(w.frame) && !hasFocus(w.tabbed) { // until the first Tab a stray Enter presses nothing
		t.Errorf("nothing shows where the focus is:\n%s", ansi.Strip(w.tabbed))
	}
	if w.setting.Theme.ASCII {
		inASCII(t, w.frame)
	} else {
		boxed(t, lines)
	}
}

// boxed holds boxes to be whole, what stands in them and beside them to keep off their borders, and buttons to their gap.
func boxed(t *testing.T, lines []string) {
	all := strings.Join(lines, "\n")
	for _, corner := range []string{"╮", "╰", "╯"} {
		if strings.Count(all, corner) != strings.Count(all, "╭") {
			t.Errorf("a box is not whole: %d of ╭ and %d of %s", strings.Count(all, "╭"), strings.Count(all, corner), corner)
		}
	}
	for _, line := range lines {
		if misplaced.MatchString(line) {
			t.Errorf("two buttons stand closer or farther apart than elsewhere: %q", line)
		}
		before := ' '
		for _, r := range line {
			if r != ' ' && before == '│' || r == '│' && before != ' ' {
				t.Errorf("text touches a border: %q", line)
				break
			}
			before = r
		}
	}
}

// misplaced is a button beside the one in focus, with another gap between them than two cells.
var misplaced = regexp.MustCompile(`\S <( | {3,})\[ |\S \]( | {3,})> \S.* <`)

var head = regexp.MustCompile(`^ Кофейня +Касса 1( [•*] \pL+)? $`)

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
	_, codes := styles(shown)
	for code := range codes {
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
	color16    = regexp.MustCompile(`(^|;)(3|4|9|10)[0-7](;|$)`)
)

// What colours tell, something else tells too: two scenes that look the same without colours look the same with them, and
// so does a screen before and after the focus has moved.
func TestNothingIsToldByColourAlone(t *testing.T) {
	t.Parallel()
	colored := small().themed(look.Theme{Colors: look.ColorsTrue})
	seen := make(map[string][2]string) // by the frame without colours: the name and the frame with them
	tell := func(name, without, with string) {
		if other, there := seen[without]; there && other[1] != with {
			t.Errorf("%s and %s differ by their colours alone:\n%s", name, other[0], ansi.Strip(with))
		}
		seen[without] = [2]string{name, with}
	}
	for _, s := range Scenes() {
		without, with := show(t, s, small()), show(t, s, colored)
		tell(s.Name, without.opened, with.opened)
		for i, w := range without.each() {
			tell(fmt.Sprintf("%s at %d", s.Name, w.setting.Width), w.frame, with.each()[i].frame)
			tell(fmt.Sprintf("%s at %d after Tab", s.Name, w.setting.Width), w.tabbed, with.each()[i].tabbed)
		}
	}
}
