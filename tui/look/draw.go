package look

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Clean makes a text from outside fit for one line of a screen, whatever its sender thought of: control and invisible
// format characters are dropped, joiners among them, because terminals do not agree on the width of what they join.
func Clean(text string) string {
	if !strings.ContainsFunc(text, unfit) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unfit(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
}

// unfit reports whether a rune moves the cursor, is invisible, or changes the width of its neighbours.
func unfit(r rune) bool {
	isVariationSelector := 0xfe00 <= r && r <= 0xfe0f
	return isVariationSelector || !unicode.IsGraphic(r)
}

// Width is how many cells a text takes; escape sequences take none.
func Width(text string) int {
	if cells, ok := plainWidth(text); ok {
		return cells
	}
	return ansi.StringWidth(text)
}

// plainWidth counts a text of runes that take one cell each, whatever their neighbours are, between the codes of our
// own styles and marks. Nearly all that a till shows is such; for the rest it gives up.
func plainWidth(text string) (cells int, ok bool) {
	inCode := false
	for _, r := range text {
		switch {
		case inCode:
			inCode = r != 'm' && r != zoneMark && r != tailMark
		case r == '\x1b':
			inCode = true
		case ' ' <= r && r <= '~', 0xa0 <= r && r <= 0x17f && r != 0xad, 0x400 <= r && r <= 0x482, 0x48a <= r && r <= 0x4ff,
			0x2010 <= r && r <= 0x2027, 0x2500 <= r && r <= 0x259f:
			cells++
		default:
			return 0, false
		}
	}
	return cells, !inCode
}

// Truncate cuts a text to at most so many cells, and marks that it was cut. Its tail is kept as long as there is room
// for more than that.
func (s *Styles) Truncate(text string, cells int) string {
	switch {
	case cells <= 0:
		return ""
	case Width(text) <= cells:
		return text
	}
	bare, tail := CutTail(text)
	if room := cells - Width(tail) - 1; tail != "" && room > Width(s.Shapes.Dots) {
		return WithTail(ansi.Truncate(bare, room, s.Shapes.Dots), tail)
	}
	return ansi.Truncate(bare, cells, s.Shapes.Dots)
}

// Fit makes a text exactly so many cells wide: cut, or filled with spaces on the right.
func (s *Styles) Fit(text string, cells int) string {
	text = s.Truncate(text, cells)
	return text + spaces(cells-Width(text))
}

// Center puts a text into the middle of so many cells.
func (s *Styles) Center(text string, cells int) string {
	text = s.Truncate(text, cells)
	return spaces((cells-Width(text))/2) + text
}

// Ends puts one text to the left and one to the right end of so many cells; the left one gives way.
func (s *Styles) Ends(left, right string, cells int) string {
	right = s.Truncate(right, cells)
	room := cells - Width(right)
	if right != "" {
		room-- // a space between them
	}
	left = s.Truncate(left, room)
	return left + spaces(cells-Width(left)-Width(right)) + right
}

// Wrap breaks a plain text into lines of at most so many cells, at spaces.
func Wrap(text string, cells int) []string {
	if cells < 1 {
		return nil
	}
	return strings.Split(ansi.Wrap(tailed(text), cells, ""), "\n")
}

// Panel draws a box of so many cells around lines. The title stands in its upper edge; both may be empty.
// The lines are cut and filled to width-4 cells.
func (s *Styles) Panel(title string, lines []string, width int, border Style) []string {
	shapes, inner := s.Shapes, width-4
	if inner < 1 {
		return nil
	}
	top := strings.Repeat(shapes.Horizontal, inner+2)
	if title != "" {
		title = " " + s.Truncate(title, inner-2) + " "
		top = shapes.Horizontal + title + strings.Repeat(shapes.Horizontal, max(0, inner+1-Width(title)))
	}
	side := border.Render(shapes.Vertical)
	box := make([]string, 0, len(lines)+2)
	box = append(box, border.Render(shapes.TopLeft+top+shapes.TopRight))
	for _, line := range lines {
		box = append(box, side+" "+s.Fit(line, inner)+" "+side)
	}
	return append(box, border.Render(shapes.BottomLeft+strings.Repeat(shapes.Horizontal, inner+2)+shapes.BottomRight))
}

// Beside puts two blocks of lines next to each other; left is filled to its width, and gap cells stand between.
func (s *Styles) Beside(left []string, leftWidth int, right []string, gap int) []string {
	joined := make([]string, max(len(left), len(right)))
	for i := range joined {
		var l, r string
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		joined[i] = s.Fit(l, leftWidth) + spaces(gap) + r
	}
	return joined
}

// Middle puts a block of lines of the given width into the middle of a place. What is higher than the place loses its
// last lines.
func Middle(lines []string, blockWidth, width, height int) []string {
	height = max(0, height)
	lines = lines[:min(len(lines), height)]
	left := spaces((width - blockWidth) / 2)
	placed := make([]string, 0, height)
	for range (height - len(lines)) / 2 {
		placed = append(placed, "")
	}
	for _, line := range lines {
		placed = append(placed, left+line)
	}
	return placed
}

func spaces(n int) string { return strings.Repeat(" ", max(0, n)) }
