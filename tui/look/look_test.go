package look

import (
	"io"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestThemeFromEnv(t *testing.T) {
	type env map[string]string
	tests := []struct {
		name    string
		env     env
		windows bool
		want    Theme
	}{
		{"nothing known", env{}, false, Theme{Colors: Colors16}},
		{"xterm", env{"TERM": "xterm-256color", "LANG": "ru_RU.UTF-8"}, false, Theme{Colors: Colors256}},
		{"24 bits", env{"TERM": "xterm-256color", "COLORTERM": "truecolor"}, false, Theme{Colors: ColorsTrue}},
		{"24bit", env{"COLORTERM": "24bit"}, false, Theme{Colors: ColorsTrue}},
		{"NO_COLOR wins", env{"NO_COLOR": "1", "COLORTERM": "truecolor"}, false, Theme{Colors: NoColors}},
		{"an empty NO_COLOR is none", env{"NO_COLOR": "", "TERM": "xterm"}, false, Theme{Colors: Colors16}},
		{"dumb", env{"TERM": "dumb"}, false, Theme{Colors: NoColors}},
		{"the Linux console", env{"TERM": "linux"}, false, Theme{Colors: Colors16, ASCII: true}},
		{"LANG=C", env{"TERM": "xterm", "LANG": "C"}, false, Theme{Colors: Colors16, ASCII: true}},
		{"LC_ALL goes before LANG", env{"LC_ALL": "C.UTF-8", "LANG": "C"}, false, Theme{Colors: Colors16}},
		{"POSIX", env{"LC_CTYPE": "POSIX"}, false, Theme{Colors: Colors16, ASCII: true}},
		{"Windows", env{}, true, Theme{Colors: ColorsTrue}},
		{"Windows without colours", env{"NO_COLOR": "1"}, true, Theme{Colors: NoColors}},
		{"light", env{"COLORFGBG": "0;15"}, false, Theme{Colors: Colors16, Light: true}},
		{"light, three parts", env{"COLORFGBG": "0;default;7"}, false, Theme{Colors: Colors16, Light: true}},
		{"dark", env{"COLORFGBG": "15;0"}, false, Theme{Colors: Colors16}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ThemeFromEnv(func(name string) string { return test.env[name] }, test.windows)
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestAStyleWritesWhatLipglossWrites(t *testing.T) {
	renderer := lipgloss.NewRenderer(io.Discard)
	renderer.SetColorProfile(profile(ColorsTrue))
	renderer.SetHasDarkBackground(true)
	styles := NewStyles(Theme{Colors: ColorsTrue}, io.Discard)
	for name, pair := range map[string]struct {
		got  Style
		want lipgloss.Style
	}{
		"bad":    {styles.Text.Bad, renderer.NewStyle().Foreground(red.dark).Bold(true)},
		"header": {styles.Frame.Header, renderer.NewStyle().Reverse(true).Bold(true)},
		"plain":  {styles.Text.Plain, renderer.NewStyle()},
	} {
		if got, want := pair.got.Render("Списать"), pair.want.Render("Списать"); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := styles.Text.Bad.Render(""); got != "" {
		t.Errorf("nothing is written as %q", got)
	}
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"Анна":              "Анна",
		"1\u00a0250":        "1\u00a0250",
		"a\x1b[31mb":        "a[31mb",
		"two\nlines\tand":   "two lines and",
		"a\u202eb\u200bc":   "abc",
		"👨\u200d👩\ufe0f":    "👨👩",
		"e\u0301":           "e\u0301",
		"\u009b2J":          "2J",
		"bad\xffbyte\x00":   "bad\ufffdbyte",
		"line\u2028another": "lineanother",
	} {
		if got := Clean(text); got != want {
			t.Errorf("Clean(%q) = %q, want %q", text, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("Анна")
	f.Add("a\x1b]0;title\a\r\n\u202e\u200d\xff")
	f.Fuzz(func(t *testing.T, text string) {
		cleaned := Clean(text)
		for _, r := range cleaned {
			if !unicode.IsGraphic(r) {
				t.Fatalf("Clean(%q) = %q lets %U through", text, cleaned, r)
			}
		}
		if twice := Clean(cleaned); twice != cleaned {
			t.Fatalf("Clean(%q) = %q, cleaned again %q", text, cleaned, twice)
		}
	})
}

// line draws what may stand in a line: words of any script, and the codes of styles.
var line = rapid.Custom(func(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
		"Анна", " ", "1\u00a0250,00", "₽", "─╮", "…", "張", "e\u0301", "👩", "\x1b[1;38;5;80m", "\x1b[0m", "ﷺ", "й\u0306", "\u0483",
		"x", "ü", "\u00ad", "Ѐ", "—", "’", "\u1100\u1161", "█",
	}), 0, 20).Draw(t, "parts"), "")
})

func TestWidthAgreesWithTheTerminals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := line.Draw(t, "text")
		if got, want := Width(text), ansi.StringWidth(text); got != want {
			t.Fatalf("Width(%q) = %d, want %d", text, got, want)
		}
	})
}

func TestShapesKeepTheirWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewStyles(Theme{ASCII: rapid.Bool().Draw(t, "ascii")}, io.Discard)
		cells := rapid.IntRange(0, 60).Draw(t, "cells")
		one, two := line.Draw(t, "one"), line.Draw(t, "two")
		if got := Width(s.Truncate(one, cells)); got > cells {
			t.Fatalf("Truncate(%q, %d) takes %d cells", one, cells, got)
		}
		if got := Width(s.Fit(one, cells)); got != cells {
			t.Fatalf("Fit(%q, %d) takes %d cells", one, cells, got)
		}
		if got := Width(s.Ends(one, two, cells)); got != cells {
			t.Fatalf("Ends(%q, %q, %d) takes %d cells", one, two, cells, got)
		}
		if got := Width(s.Center(one, cells)); got > cells {
			t.Fatalf("Center(%q, %d) takes %d cells", one, cells, got)
		}
		for _, l := range s.Panel(one, []string{two, one}, cells, s.Frame.Border) {
			if got := Width(l); got != cells {
				t.Fatalf("a line of a panel of %d cells takes %d: %q", cells, got, l)
			}
		}
		for _, l := range s.Beside([]string{one}, cells, []string{"|", "|"}, 2) {
			if got := Width(l); got != cells+3 {
				t.Fatalf("the second block is not in its column: %q", l)
			}
		}
	})
}

func TestMiddle(t *testing.T) {
	got := Middle([]string{"ab", "cd"}, 2, 6, 4)
	if want := []string{"", "  ab", "  cd"}; strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Middle([]string{"1", "2", "3"}, 1, 1, 2); strings.Join(got, "|") != "1|2" {
		t.Errorf("what is too high is cut to %q", got)
	}
	if got := Middle([]string{"1"}, 1, 1, -1); len(got) != 0 {
		t.Errorf("no place shows %q", got)
	}
}

func TestWrap(t *testing.T) {
	if got := Wrap("одно два три", 8); strings.Join(got, "|") != "одно два|три" {
		t.Errorf("got %q", got)
	}
	if got := Wrap("x", 0); got != nil {
		t.Errorf("no place shows %q", got)
	}
}
