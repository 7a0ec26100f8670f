//go:build !windows

package terminal

import (
	"github.com/hinshun/vt10x"

	"github.com/skidkassa/skidkassa/internal/screenshot"
)

// The emulator's marks of a character; it does not export them.
const (
	markUnderline = 1 << 1
	markBold      = 1 << 2
	markItalic    = 1 << 4
)

// Cells is the screen with its colours, line by line.
func (t *Terminal) Cells() [][]screenshot.Cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Cells(t.screen)
}

// Cells is an emulator's screen with its colours, line by line.
func Cells(screen vt10x.View) [][]screenshot.Cell {
	screen.Lock()
	defer screen.Unlock()
	columns, rows := screen.Size()
	lines := make([][]screenshot.Cell, rows)
	for y := range lines {
		lines[y] = make([]screenshot.Cell, columns)
		for x := range lines[y] {
			glyph := screen.Cell(x, y)
			lines[y][x] = screenshot.Cell{
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
func colorOf(c, own vt10x.Color) screenshot.Color {
	switch c {
	case own:
		return screenshot.Default
	case vt10x.DefaultFG, vt10x.DefaultBG:
		return screenshot.DefaultInverse
	}
	return screenshot.Color(c)
}

// Cursor is where the cursor stands, from 0, and whether it is shown.
func (t *Terminal) Cursor() (column, row int, visible bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	cursor := t.screen.Cursor()
	return cursor.X, cursor.Y, t.screen.CursorVisible()
}
