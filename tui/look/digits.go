package look

import "strings"

// BigRows is how many lines a number in large digits takes.
const BigRows = 5

// bigGlyphs are the large characters, a stroke two cells wide and one high, which is about a square. They tell each other
// apart by their shape alone. Every row of a glyph has as many cells as its others.
var bigGlyphs = map[rune][BigRows]string{
	'0':      {"######", "##  ##", "##  ##", "##  ##", "######"},
	'1':      {" ###  ", "  ##  ", "  ##  ", "  ##  ", "######"},
	'2':      {"######", "    ##", "######", "##    ", "######"},
	'3':      {"######", "    ##", " #####", "    ##", "######"},
	'4':      {"##  ##", "##  ##", "######", "    ##", "    ##"},
	'5':      {"######", "##    ", "######", "    ##", "######"},
	'6':      {"######", "##    ", "######", "##  ##", "######"},
	'7':      {"######", "    ##", "   ## ", "  ##  ", "  ##  "},
	'8':      {"######", "##  ##", "######", "##  ##", "######"},
	'9':      {"######", "##  ##", "######", "    ##", "######"},
	'+':      {"      ", "  ##  ", "######", "  ##  ", "      "},
	'−':      {"      ", "      ", "######", "      ", "      "},
	',':      {"   ", "   ", "   ", " ##", "## "},
	'.':      {"  ", "  ", "  ", "  ", "##"},
	'\u00a0': {"  ", "  ", "  ", "  ", "  "},
}

// Big draws a number in large digits, which can be read from a metre away: one string for each of [BigRows] lines, all
// of the same width. It has no rows when the number has a character without a large form, or is wider than so many cells.
func (s *Styles) Big(number string, cells int) []string {
	var rows [BigRows]strings.Builder
	for i, r := range number {
		if r == '-' {
			r = '−'
		}
		glyph, ok := bigGlyphs[r]
		if !ok {
			return nil
		}
		for row := range rows {
			if i > 0 {
				rows[row].WriteByte(' ')
			}
			rows[row].WriteString(glyph[row])
		}
	}
	if width := rows[0].Len(); width == 0 || width > cells {
		return nil
	}
	lines := make([]string, BigRows)
	for row := range rows {
		lines[row] = strings.ReplaceAll(rows[row].String(), "#", s.Shapes.Block)
	}
	return lines
}
