// Package look is how the till looks: the theme that a terminal allows, the styles by meaning, and the few shapes that
// screens are drawn with. It knows nothing of guests and points.
//
// Nothing here asks the terminal anything: a mute one would hold up the start for seconds.
package look

import "strings"

// Colors is how many colours the terminal shows.
type Colors int

// The depths. With NoColors emphasis is made by bold, underline and reverse alone.
const (
	NoColors   Colors = iota // NO_COLOR, or a terminal without any
	Colors16                 // the terminal's own palette
	Colors256                // the fixed palette of xterm
	ColorsTrue               // 24 bits
)

// Theme is what the terminal can show.
type Theme struct {
	Colors Colors
	Light  bool // dark letters on a light background
	ASCII  bool // no line-drawing characters
}

// ThemeFromEnv reads the theme from the environment, given as a function like [os.Getenv].
func ThemeFromEnv(getenv func(string) string, windows bool) Theme {
	theme := Theme{Colors: colorsFromEnv(getenv, windows), Light: lightFromEnv(getenv("COLORFGBG"))}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := getenv(name); locale != "" {
			theme.ASCII = locale == "C" || locale == "POSIX"
			break
		}
	}
	if getenv("TERM") == "linux" {
		theme.ASCII = true // the console's font lacks the round corners and the spinner's dots
	}
	return theme
}

func colorsFromEnv(getenv func(string) string, windows bool) Colors {
	term, depth := getenv("TERM"), getenv("COLORTERM")
	switch {
	case getenv("NO_COLOR") != "", term == "dumb":
		return NoColors
	case depth == "truecolor", depth == "24bit":
		return ColorsTrue
	case windows && term == "":
		return ColorsTrue // the Windows consoles that run this program do
	case strings.Contains(term, "256color"):
		return Colors256
	}
	return Colors16
}

// lightFromEnv reads the variable in which some terminals tell "foreground;background" as palette numbers.
func lightFromEnv(colorfgbg string) bool {
	background := colorfgbg[strings.LastIndexByte(colorfgbg, ';')+1:]
	return background == "7" || background == "15"
}
