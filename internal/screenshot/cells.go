// Package screenshot looks at a terminal's screen: its cells as an emulator has them, and a picture of them.
package screenshot

import (
	"strconv"
	"strings"

	"github.com/hinshun/vt10x"
)

// Cell is one character of the screen with its look.
type Cell struct {
	Rune       rune
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
	// palette is how many colours have numbers. The emulator keeps direct colours in the same space, so that the
	// darkest blues cannot be told from the palette.
	palette = 256
)

// RGB gives a direct colour; ok is false for one of the palette and for the defaults.
func (c Color) RGB() (rgb uint32, ok bool) { return uint32(c), c >= palette }

// Of is what a terminal of this many cells shows of a frame: lines of text with their escape sequences.
func Of(frame string, columns, rows int) [][]Cell {
	screen := vt10x.New(vt10x.WithSize(columns, rows))
	for i, line := range strings.Split(frame, "\n") {
		if i < rows {
			// Each line is put at its place: one that fills its row would leave the cursor where a line break skips a row.
			_, _ = screen.Write([]byte("\x1b[" + strconv.Itoa(i+1) + ";1H" + line)) // into memory
		}
	}
	return Cells(screen)
}

// The emulator's marks of a character; it does not export them.
const (
	markUnderline = 1 << 1
	markBold      = 1 << 2
	markItalic    = 1 << 4
)

// Cells is an emulator's screen with its colours, line by line.
func Cells(screen vt10x.View) [][]Cell {
	screen.Lock()
	defer screen.Unlock()
	columns, rows := screen.Size()
	lines := make([][]Cell, rows)
	for y := range lines {
		lines[y] = make([]Cell, columns)
		for x := range lines[y] {
			glyph := screen.Cell(x, y)
			lines[y][x] = Cell{
				Rune:       glyph.Char,
				Foreground: colorOf(glyph.FG, vt10x.DefaultFG),
				Background: colorOf(glyph.BG, vt10x.DefaultBG),
				Bold:       glyph.Mode&markBold != 0,
				Underline:  glyph.Mode&markUnderline != 0,
				Italic:     glyph.Mode&markItalic != 0,
			}
		}
	}
	return lines
}

// colorOf translates a colour; own is the default of this side. In reverse video the emulator swaps the two sides.
func colorOf(c, own vt10x.Color) Color {
	switch c {
	case own:
		return Default
	case vt10x.DefaultFG, vt10x.DefaultBG:
		return DefaultInverse
	}
	return Color(c)
}
