// Package screenshot reads a frame of a terminal's screen into cells, and draws cells as a picture.
package screenshot

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Cell is one character of the screen with its look.
type Cell struct {
	Rune       rune // a blank stands behind a rune that takes two cells
	Foreground Color
	Background Color
	Bold       bool
	Underline  bool
	Italic     bool
}

// Color is the number of a colour in the palette of 256, [Default], or a direct colour from 256 on.
type Color int

const (
	// Default is the terminal's own colour of text or of background.
	Default Color = -1
	// DefaultInverse is the other one of the two: the background's for text, and the text's for background.
	DefaultInverse Color = -2
	// palette is how many colours have numbers. Direct colours share the space, so that the darkest blues cannot be told
	// from the palette.
	palette = 256
)

// RGB gives a direct colour; ok is false for one of the palette and for the defaults.
func (c Color) RGB() (rgb uint32, ok bool) { return uint32(c), c >= palette }

// Of is what a terminal of this many cells shows of a frame: lines of text with the codes of their looks. What stands beyond
// the window is cut off, and other control sequences show nothing.
func Of(frame string, columns, rows int) [][]Cell {
	lines := strings.Split(frame, "\n")
	screen := make([][]Cell, rows)
	var now pen
	now.reset()
	for y := range screen {
		screen[y] = make([]Cell, columns)
		for x := range screen[y] {
			screen[y][x] = Cell{Rune: ' ', Foreground: Default, Background: Default}
		}
		if y < len(lines) {
			now.write(screen[y], lines[y])
		}
	}
	return screen
}

// pen is the look in which text is written.
type pen struct {
	foreground, background Color
	bold, italic           bool
	underline, reverse     bool
}

func (p *pen) reset() { *p = pen{foreground: Default, background: Default} }

// write puts a line of a frame into the cells of a row.
func (p *pen) write(row []Cell, line string) {
	for x, state := 0, byte(0); len(line) > 0; {
		seq, width, n, next := ansi.DecodeSequence(line, state, nil)
		line, state = line[n:], next
		switch {
		case width > 0 && x+width <= len(row):
			row[x] = p.cell([]rune(seq)[0])
			for behind := 1; behind < width; behind++ {
				row[x+behind] = p.cell(' ')
			}
			x += width
		case strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m"):
			p.change(strings.Split(seq[2:len(seq)-1], ";"))
		}
	}
}

// bright is how far the bright colours stand behind the first eight. Terminals write bold text in them.
const bright = 8

func (p *pen) cell(r rune) Cell {
	cell := Cell{
		Rune: r, Foreground: p.foreground, Background: p.background, Bold: p.bold, Underline: p.underline, Italic: p.italic,
	}
	if p.bold && 0 <= cell.Foreground && cell.Foreground < bright {
		cell.Foreground += bright
	}
	if p.reverse {
		cell.Foreground, cell.Background = swapped(p.background), swapped(p.foreground)
	}
	return cell
}

// swapped is a colour on the other side.
func swapped(c Color) Color {
	if c == Default {
		return DefaultInverse
	}
	return c
}

// change carries out the codes of one look.
func (p *pen) change(codes []string) {
	for len(codes) > 0 {
		code, _ := strconv.Atoi(codes[0]) // an empty one is 0
		codes = codes[1:]
		switch {
		case code == 0:
			p.reset()
		case code == 1:
			p.bold = true
		case code == 3:
			p.italic = true
		case code == 4:
			p.underline = true
		case code == 7:
			p.reverse = true
		case code == 38:
			p.foreground, codes = extended(codes)
		case code == 48:
			p.background, codes = extended(codes)
		case 30 <= code && code <= 37:
			p.foreground = Color(code - 30)
		case 40 <= code && code <= 47:
			p.background = Color(code - 40)
		case 90 <= code && code <= 97:
			p.foreground = Color(code - 90 + bright)
		case 100 <= code && code <= 107:
			p.background = Color(code - 100 + bright)
		}
	}
}

// extended reads a colour beyond the sixteen: "5;n" of the palette or "2;r;g;b", and gives what stands behind it.
func extended(codes []string) (Color, []string) {
	number := func(i int) int { n, _ := strconv.Atoi(codes[i]); return n & 0xff }
	switch {
	case len(codes) >= 2 && codes[0] == "5":
		return Color(number(1)), codes[2:]
	case len(codes) >= 4 && codes[0] == "2":
		return Color(number(1)<<16 | number(2)<<8 | number(3)), codes[4:]
	}
	return Default, nil
}
