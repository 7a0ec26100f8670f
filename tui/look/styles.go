package look

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Styles are the styles of every screen, by meaning and not by colour. Make them with [NewStyles].
type Styles struct {
	Theme Theme

	Text struct {
		Plain, Strong, Dim Style
		Title              Style // what the screen is about
		Good, Warn, Bad    Style // outcome of something; the words beside say it too
	}
	Frame struct {
		Header, Status  Style // bars over the whole width
		Border, Active  Style // panels without and with the focus
		Notice, Alarm   Style // messages above the status bar
		KeyName, KeyUse Style // the hint line
	}
	Input struct {
		Field, FieldActive Style
		Cursor             Style
		Button             Style
		ButtonActive       Style
		ButtonOff          Style // cannot be pressed now
	}

	Shapes Shapes
}

// Shapes are the characters that are not letters.
type Shapes struct {
	Horizontal, Vertical                           string
	TopLeft, TopRight, BottomLeft, BottomRight     string
	Good, Warn, Bad, Bullet, Cursor, Open, Closing string
	Dots                                           string // what is cut off
	Block                                          string // a cell of a large digit
	Minus                                          string
	UpDown, LeftRight                              string // the arrow keys
	Spinner                                        []string
}

var lineShapes = Shapes{
	Horizontal: "─", Vertical: "│", TopLeft: "╭", TopRight: "╮", BottomLeft: "╰", BottomRight: "╯",
	Good: "✓", Warn: "!", Bad: "×", Bullet: "•", Cursor: "▏", Open: "[", Closing: "]", Dots: "…", Block: "█", Minus: "−", UpDown: "↑↓", LeftRight: "←→",
	Spinner: []string{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"},
}

var asciiShapes = Shapes{
	Horizontal: "-", Vertical: "|", TopLeft: "+", TopRight: "+", BottomLeft: "+", BottomRight: "+",
	Good: "+", Warn: "!", Bad: "x", Bullet: "*", Cursor: "_", Open: "[", Closing: "]", Dots: "...", Block: "#", Minus: "-", UpDown: "^v", LeftRight: "<>",
	Spinner: []string{"|", "/", "-", "\\"},
}

// palette is one colour in the three depths, for a dark and for a light background.
type palette struct{ dark, light lipgloss.CompleteColor }

var (
	accent = palette{
		dark:  lipgloss.CompleteColor{TrueColor: "#5fd7d7", ANSI256: "80", ANSI: "14"},
		light: lipgloss.CompleteColor{TrueColor: "#005f87", ANSI256: "24", ANSI: "4"},
	}
	green = palette{
		dark:  lipgloss.CompleteColor{TrueColor: "#87d75f", ANSI256: "113", ANSI: "10"},
		light: lipgloss.CompleteColor{TrueColor: "#00701a", ANSI256: "22", ANSI: "2"},
	}
	amber = palette{
		dark:  lipgloss.CompleteColor{TrueColor: "#ffd75f", ANSI256: "221", ANSI: "11"},
		light: lipgloss.CompleteColor{TrueColor: "#8a5a00", ANSI256: "94", ANSI: "5"},
	}
	red = palette{
		dark:  lipgloss.CompleteColor{TrueColor: "#ff8787", ANSI256: "210", ANSI: "9"},
		light: lipgloss.CompleteColor{TrueColor: "#af0000", ANSI256: "124", ANSI: "1"},
	}
	grey = palette{
		dark:  lipgloss.CompleteColor{TrueColor: "#a8a8a8", ANSI256: "248", ANSI: "7"},
		light: lipgloss.CompleteColor{TrueColor: "#585858", ANSI256: "240", ANSI: "8"},
	}
)

// NewStyles makes the styles of a theme for what is written to out.
func NewStyles(theme Theme, out io.Writer) *Styles {
	renderer := lipgloss.NewRenderer(out)
	renderer.SetColorProfile(profile(theme.Colors))
	renderer.SetHasDarkBackground(!theme.Light)

	plain := renderer.NewStyle()
	colored := func(p palette) lipgloss.Style {
		if theme.Colors == NoColors {
			return plain
		}
		if theme.Light {
			return plain.Foreground(p.light)
		}
		return plain.Foreground(p.dark)
	}

	s := &Styles{Theme: theme, Shapes: lineShapes}
	if theme.ASCII {
		s.Shapes = asciiShapes
	}
	s.Text.Plain = fixed(plain)
	s.Text.Strong = fixed(plain.Bold(true))
	s.Text.Dim = fixed(colored(grey))
	s.Text.Title = fixed(colored(accent).Bold(true))
	s.Text.Good = fixed(colored(green).Bold(true))
	s.Text.Warn = fixed(colored(amber).Bold(true))
	s.Text.Bad = fixed(colored(red).Bold(true))
	s.Frame.Header = fixed(plain.Reverse(true).Bold(true))
	s.Frame.Status = fixed(plain.Reverse(true))
	s.Frame.Border = fixed(colored(grey))
	s.Frame.Active = fixed(colored(accent).Bold(true))
	s.Frame.Notice = fixed(colored(accent))
	s.Frame.Alarm = fixed(colored(amber).Bold(true))
	s.Frame.KeyName = fixed(plain.Bold(true))
	s.Frame.KeyUse = fixed(colored(grey))
	s.Input.Field = fixed(plain.Underline(true))
	s.Input.FieldActive = fixed(plain.Bold(true).Underline(true))
	s.Input.Cursor = fixed(plain.Reverse(true))
	s.Input.Button = fixed(plain)
	s.Input.ButtonActive = fixed(colored(accent).Reverse(true).Bold(true))
	s.Input.ButtonOff = fixed(colored(grey))
	return s
}

// Style is a style of one line, worked out once: what it writes before and after a text. The general rendering of
// lipgloss, which thinks about margins and lines each time, took a third of every frame.
type Style struct{ before, after string }

// Render writes one line in the style.
func (s Style) Render(line string) string {
	if line == "" {
		return ""
	}
	return s.before + line + s.after
}

// fixed works a style out, by looking at what it does to a letter.
func fixed(style lipgloss.Style) Style {
	before, after, _ := strings.Cut(style.Render("x"), "x")
	return Style{before, after}
}

// profile tells lipgloss what to write. Without colours it is still ANSI, because the profile called Ascii would drop
// bold and reverse too; the styles themselves have no colour then.
func profile(colors Colors) termenv.Profile {
	switch colors {
	case ColorsTrue:
		return termenv.TrueColor
	case Colors256:
		return termenv.ANSI256
	}
	return termenv.ANSI
}
