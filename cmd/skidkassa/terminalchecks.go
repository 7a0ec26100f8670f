package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/terminal"
)

// Gaps of a scanner that are unlikely to be right: a hand can be as fast as the
// first, and a wireless scanner as slow as the second.
const (
	longGap  = 90 * time.Millisecond
	shortGap = 20 * time.Millisecond
)

// scanner looks at what tells a scan from typing.
func (d *doctor) scanner(context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	gap := d.place.loaded.Settings.Scanner.Gap
	said := texts.Args{"Gap": gap}
	switch {
	case gap > longGap:
		return warning(d.say(texts.CLIFoundLongGap, said), d.say(texts.CLICureGap))
	case gap < shortGap:
		return warning(d.say(texts.CLIFoundShortGap, said), d.say(texts.CLICureGap))
	}
	return fine(d.say(texts.CLIFoundGap, said))
}

// The smallest window that the till's screens fit in.
const (
	minColumns = 80
	minLines   = 24
)

// askLimit bounds how long a terminal is waited for that does not answer.
const askLimit = time.Second

// terminal looks at the terminal that the doctor runs in. It asks it whether it
// takes text for UTF-8; the till itself asks nothing.
func (d *doctor) terminal(context.Context) finding {
	in, out, err := d.p.terminals()
	if err != nil {
		return skipped(d.say(texts.CLIFoundNoTerminal))
	}
	columns, lines, err := term.GetSize(int(out.Fd()))
	if err != nil {
		return failed(err.Error(), d.say(texts.CLICureTerminal))
	}
	windows := d.p.goos == "windows"
	theme := look.ThemeFromEnv(d.p.getenv, windows)
	said := []string{
		d.say(texts.CLIFoundTerminal, texts.Args{
			"Term": d.p.words().orUnknown(d.p.getenv("TERM")), "Columns": columns, "Lines": lines, "Locale": d.p.words().orUnknown(d.locale()),
		}),
		d.say(colorWords[theme.Colors]),
	}
	if theme.ASCII {
		said = append(said, d.say(texts.CLIFoundASCII))
	}
	answer, mute := d.ask(in, out)
	if mute {
		said = append(said, d.say(texts.CLIFoundMute))
	}
	detail := strings.Join(said, "; ")
	switch {
	case d.p.getenv("TERM") == "dumb":
		return failed(detail, d.say(texts.CLICureTerminal))
	case columns < minColumns || lines < minLines:
		return failed(detail, d.say(texts.CLICureSmall, texts.Args{"Columns": minColumns, "Lines": minLines}))
	case !mute && !answer.UTF8:
		return failed(d.say(texts.CLIFoundBytes)+"; "+detail, d.say(texts.CLICureBytes))
	case !windows && !isUTF8(d.locale()):
		return warning(detail, d.say(texts.CLICureLocale))
	}
	return fine(detail)
}

// ask asks the terminal, unless its answer would stand between what a script
// reads. On Windows the console is asked by calls and takes UTF-16: nothing
// there is to be found out.
func (d *doctor) ask(in, out *os.File) (answer terminal.Answer, mute bool) {
	if d.p.forScript || d.p.goos == "windows" || d.p.getenv("TERM") == "dumb" {
		return terminal.Answer{UTF8: true}, false
	}
	answer, err := d.askScreen(in, out, askLimit)
	if err != nil && !errors.Is(err, terminal.ErrMute) {
		return terminal.Answer{UTF8: true}, false // its size could be read: it will do
	}
	return answer, err != nil
}

// colorWords say how many colours the till uses here.
var colorWords = map[look.Colors]texts.ID{
	look.NoColors:   texts.CLIFoundNoColors,
	look.Colors16:   texts.CLIFoundColors16,
	look.Colors256:  texts.CLIFoundColors256,
	look.ColorsTrue: texts.CLIFoundColorsTrue,
}

// locale is the one that decides how text is encoded, "" when none is set.
func (d *doctor) locale() string {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := d.p.getenv(name); locale != "" {
			return locale
		}
	}
	return ""
}

func isUTF8(locale string) bool {
	upper := strings.ToUpper(locale)
	return strings.Contains(upper, "UTF-8") || strings.Contains(upper, "UTF8")
}
