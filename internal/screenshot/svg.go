package screenshot

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The grid, in pixels. The width of a cell is that of the usual monospace fonts at this size; every run of text has its
// own x and length, so that a font that differs does not shift what follows.
const (
	cellWidth  = 8.4
	cellHeight = 18.0
	fontSize   = 14
	baseline   = 13.5 // of the text, from the top of its cell
	margin     = 12.0
)

// Options are what a picture is beyond its cells.
type Options struct {
	Title string // for who cannot see it
	Light bool   // the terminal's own colours are dark letters on a light ground
}

// paper is the terminal's own colours, and the first sixteen of its palette, readable on its ground.
type paper struct {
	text, ground string
	basic        [16]string
}

var (
	dark = paper{"#d8dee9", "#1e222a", [16]string{
		"#3b4252", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
		"#7f8896", "#ff7b85", "#b5e08f", "#ffd68a", "#82c4ff", "#e09cf5", "#7fdde8", "#ffffff",
	}}
	light = paper{"#24292f", "#fafafa", [16]string{
		"#24292f", "#b3261e", "#2e7d32", "#8a6100", "#0b57d0", "#8e24aa", "#00707a", "#6e7781",
		"#57606a", "#d13438", "#1a7f37", "#9a6700", "#218bff", "#a475f9", "#1b7c83", "#ffffff",
	}}
)

// ink is how a run of text looks.
type ink struct {
	color                   string
	bold, italic, underline bool
}

// SVG draws a screen as a picture: backgrounds, then lines of frames, then text. The screen has at least one line.
func SVG(screen [][]Cell, options Options) string {
	p := &dark
	if options.Light {
		p = &light
	}
	columns := len(screen[0])
	width, height := float64(columns)*cellWidth+2*margin, float64(len(screen))*cellHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" width="%[1]s" height="%[2]s" role="img">`+"\n",
		px(width), px(height))
	fmt.Fprintf(&b, "<title>%s</title>\n", html.EscapeString(options.Title))
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", p.ground)
	for y, row := range screen {
		p.drawBackgrounds(&b, row, y)
	}
	p.drawFrames(&b, screen)
	fmt.Fprintf(&b, `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="%d" fill="%s" xml:space="preserve">`+"\n",
		fontSize, p.text)
	for y, row := range screen {
		p.drawText(&b, row, y)
	}
	b.WriteString("</g>\n</svg>\n")
	return b.String()
}

// px writes a length to the tenth of a pixel.
func px(length float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(length, 'f', 1, 64), ".0")
}

func left(column int) float64 { return margin + float64(column)*cellWidth }
func top(row int) float64     { return margin + float64(row)*cellHeight }

// name gives a colour its name in the picture; own and inverse are the two defaults of this side.
func (p *paper) name(c Color, own, inverse string) string {
	switch {
	case c == Default:
		return own
	case c == DefaultInverse:
		return inverse
	case c < 16:
		return p.basic[c]
	case c >= 232 && c < 256:
		grey := 8 + 10*(int(c)-232)
		return fmt.Sprintf("#%02x%02x%02x", grey, grey, grey)
	case c < 232:
		n := int(c) - 16
		return fmt.Sprintf("#%02x%02x%02x", cube(n/36), cube(n/6%6), cube(n%6))
	}
	rgb, _ := c.RGB()
	return fmt.Sprintf("#%06x", rgb)
}

// cube is a step of the palette's colour cube.
func cube(step int) int {
	if step == 0 {
		return 0
	}
	return 55 + 40*step
}

func (p *paper) inkOf(cell Cell) ink {
	return ink{
		color:     p.name(cell.Foreground, p.text, p.ground),
		bold:      cell.Bold,
		italic:    cell.Italic,
		underline: cell.Underline,
	}
}

func (p *paper) drawBackgrounds(b *strings.Builder, row []Cell, y int) {
	for x := 0; x < len(row); {
		end := x + 1
		for end < len(row) && row[end].Background == row[x].Background {
			end++
		}
		if row[x].Background != Default {
			fmt.Fprintf(b, `<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>`+"\n", px(left(x)), px(top(y)),
				px(float64(end-x)*cellWidth), px(cellHeight), p.name(row[x].Background, p.ground, p.text))
		}
		x = end
	}
}

// drawText writes a line as runs of one look. A run ends at two blanks, so that blanks cost nothing.
func (p *paper) drawText(b *strings.Builder, row []Cell, y int) {
	blank := func(x int) bool {
		return x >= len(row) || isBlank(row[x].Rune) || isDrawn(row[x].Rune)
	}
	var runs strings.Builder
	for x := 0; x < len(row); {
		if blank(x) {
			x++
			continue
		}
		look, end := p.inkOf(row[x]), x+1
		for end < len(row) && !(blank(end) && blank(end+1)) && !isDrawn(row[end].Rune) && p.inkOf(row[end]) == look {
			end++
		}
		for isBlank(row[end-1].Rune) {
			end--
		}
		p.drawRun(&runs, row[x:end], x, look)
		x = end
	}
	if runs.Len() > 0 {
		fmt.Fprintf(b, `<text y="%s">%s</text>`+"\n", px(top(y)+baseline), runs.String())
	}
}

func isBlank(r rune) bool { return r == ' ' || r == '\u00a0' || r == 0 }

func (p *paper) drawRun(b *strings.Builder, cells []Cell, x int, look ink) {
	var text strings.Builder
	for _, cell := range cells {
		text.WriteRune(cell.Rune)
	}
	fmt.Fprintf(b, `<tspan x="%s"`, px(left(x)))
	if len(cells) > 1 {
		fmt.Fprintf(b, ` textLength="%s"`, px(float64(len(cells))*cellWidth))
	}
	if look.color != p.text {
		fmt.Fprintf(b, ` fill="%s"`, look.color)
	}
	if look.bold {
		b.WriteString(` font-weight="bold"`)
	}
	if look.italic {
		b.WriteString(` font-style="italic"`)
	}
	if look.underline {
		b.WriteString(` text-decoration="underline"`)
	}
	fmt.Fprintf(b, ">%s</tspan>", html.EscapeString(text.String()))
}

// arms are the sides of its cell that a character of a frame reaches.
type arms struct{ up, right, down, left, round bool }

// frames are the characters that are drawn as lines, because fonts leave gaps between them.
var frames = map[rune]arms{
	'─': {right: true, left: true}, '━': {right: true, left: true},
	'│': {up: true, down: true}, '┃': {up: true, down: true},
	'┌': {right: true, down: true}, '┐': {left: true, down: true},
	'└': {up: true, right: true}, '┘': {up: true, left: true},
	'╭': {right: true, down: true, round: true}, '╮': {left: true, down: true, round: true},
	'╰': {up: true, right: true, round: true}, '╯': {up: true, left: true, round: true},
	'├': {up: true, right: true, down: true}, '┤': {up: true, down: true, left: true},
	'┬': {right: true, down: true, left: true}, '┴': {up: true, right: true, left: true},
	'┼': {up: true, right: true, down: true, left: true},
}

func isDrawn(r rune) bool {
	_, ok := frames[r]
	return ok
}

// stroke is a straight line: along is where it runs (y, or x when it is upright), from and to are its ends.
type stroke struct {
	color           string
	upright         bool
	along, from, to float64
}

// group is what strokes must have in common to be joined.
func (s stroke) group() string { return s.color + strconv.FormatBool(s.upright) }

// drawFrames draws the lines of all frames, each as long as it can be, and the round corners.
func (p *paper) drawFrames(b *strings.Builder, screen [][]Cell) {
	paths := make(map[string]*strings.Builder)
	path := func(color string) *strings.Builder {
		if paths[color] == nil {
			paths[color] = new(strings.Builder)
		}
		return paths[color]
	}
	var strokes []stroke
	for y, row := range screen {
		for x, cell := range row {
			a, ok := frames[cell.Rune]
			if !ok {
				continue
			}
			color := p.inkOf(cell).color
			if a.round {
				path(color).WriteString(corner(a, x, y))
				continue
			}
			strokes = append(strokes, straight(a, x, y, color)...)
		}
	}
	for _, s := range joined(strokes) {
		if s.upright {
			fmt.Fprintf(path(s.color), "M%s %sV%s", px(s.along), px(s.from), px(s.to))
		} else {
			fmt.Fprintf(path(s.color), "M%s %sH%s", px(s.from), px(s.along), px(s.to))
		}
	}
	for _, color := range slices.Sorted(maps.Keys(paths)) {
		fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s"/>`+"\n", paths[color], color)
	}
}

// straight gives the arms of a cell as strokes.
func straight(a arms, x, y int, color string) []stroke {
	middle, centre := left(x)+cellWidth/2, top(y)+cellHeight/2
	var strokes []stroke
	if a.left || a.right {
		s := stroke{color: color, along: centre, from: middle, to: middle}
		if a.left {
			s.from = left(x)
		}
		if a.right {
			s.to = left(x + 1)
		}
		strokes = append(strokes, s)
	}
	if a.up || a.down {
		s := stroke{color: color, upright: true, along: middle, from: centre, to: centre}
		if a.up {
			s.from = top(y)
		}
		if a.down {
			s.to = top(y + 1)
		}
		strokes = append(strokes, s)
	}
	return strokes
}

// corner is the path of a round corner.
func corner(a arms, x, y int) string {
	middle, centre := left(x)+cellWidth/2, top(y)+cellHeight/2
	endY, endX := top(y), left(x)
	if a.down {
		endY = top(y + 1)
	}
	if a.right {
		endX = left(x + 1)
	}
	return fmt.Sprintf("M%s %sQ%[1]s %[3]s %[4]s %[3]s", px(middle), px(endY), px(centre), px(endX))
}

// joined puts strokes that touch end to end into one.
func joined(strokes []stroke) []stroke {
	slices.SortStableFunc(strokes, func(a, b stroke) int {
		return cmp.Or(cmp.Compare(a.group(), b.group()), cmp.Compare(a.along, b.along), cmp.Compare(a.from, b.from))
	})
	var long []stroke
	for _, s := range strokes {
		if n := len(long) - 1; n >= 0 && long[n].group() == s.group() && long[n].along == s.along && px(long[n].to) == px(s.from) {
			long[n].to = s.to
			continue
		}
		long = append(long, s)
	}
	return long
}
