package look

import (
	"strconv"
	"strings"
)

// Marks are put into texts and lines on their way to the screen: where somebody may click, and what stands at the end of
// a message and is never cut off. They are escape sequences that no terminal knows, so that they take no cells and live
// through cutting and wrapping; [Styles.Finish] takes them out of the frame again, and nothing else may write them.
const (
	markStart = "\x1b[>"
	zoneMark  = 'z' // ESC [ > number z opens a zone, without a number it closes one
	tailMark  = 'y' // the same for a tail
)

const (
	zoneEnd   = markStart + string(zoneMark)
	tailBegin = markStart + "1" + string(tailMark)
	tailEnd   = markStart + string(tailMark)
)

// Zone marks what stands in a line as a place that may be clicked, by a number of the caller's.
func Zone(place int, shown string) string {
	return markStart + strconv.Itoa(place) + string(zoneMark) + shown + zoneEnd
}

// WithTail gives a text a tail: a word or two that stand dim at its end, whatever is added, and are kept when the text
// is cut.
func WithTail(text, tail string) string {
	if tail == "" {
		return text
	}
	return text + tailBegin + "\u00a0" + tail + tailEnd
}

// CutTail takes the tails out of a text, wherever they stand in it, and returns the last one. A text that was put
// together of others has one tail as they had several: the last said is the most exact.
func CutTail(text string) (bare, tail string) {
	for {
		before, rest, found := strings.Cut(text, tailBegin)
		if !found {
			return text, tail
		}
		inner, after, _ := strings.Cut(rest, tailEnd)
		text, tail = before+after, strings.TrimPrefix(inner, "\u00a0")
	}
}

// tailed brings a text into its form: without a tail, or with one, which stands at the end.
func tailed(text string) string {
	if !strings.Contains(text, tailBegin) {
		return text
	}
	bare, tail := CutTail(text)
	return WithTail(strings.TrimRight(bare, " "), tail)
}

// Spot is a zone of the finished frame: the cells of its row from Left up to, and without, Right.
type Spot struct {
	Row, Left, Right int
	Place            int
}

// Finish takes the marks out of a line of the frame: tails are drawn dim, and the zones are added to spots.
func (s *Styles) Finish(line string, row int, spots []Spot) (string, []Spot) {
	at := strings.Index(line, markStart)
	if at < 0 {
		return line, spots
	}
	var b strings.Builder
	b.Grow(len(line))
	cells, open := 0, -1
	for at >= 0 {
		b.WriteString(line[:at])
		cells += Width(line[:at])
		number, kind, rest := readMark(line[at+len(markStart):])
		switch {
		case kind == tailMark && number > 0:
			b.WriteString(plainAgain + s.Text.Dim.before)
		case kind == tailMark:
			b.WriteString(s.Text.Dim.after)
		case number >= 0:
			spots = append(spots, Spot{Row: row, Left: cells, Place: number})
			open = len(spots) - 1
		case open >= 0:
			spots[open].Right = cells
			open = -1
		}
		line = rest
		at = strings.Index(line, markStart)
	}
	if open >= 0 {
		spots[open].Right = cells + Width(line)
	}
	b.WriteString(line)
	return b.String(), spots
}

// plainAgain ends the style that a text was drawn in, before its tail.
const plainAgain = "\x1b[0m"

// readMark reads a mark behind its start; number is -1 when it has none.
func readMark(text string) (number int, kind byte, rest string) {
	end := strings.IndexAny(text, string(zoneMark)+string(tailMark))
	if end < 0 {
		return -1, 0, ""
	}
	number, err := strconv.Atoi(text[:end])
	if err != nil {
		number = -1
	}
	return number, text[end], text[end+1:]
}

// Bare is a line without its marks: as it stands where a tail is no more than words, and nothing is clicked.
func Bare(line string) string {
	for {
		at := strings.Index(line, markStart)
		if at < 0 {
			return line
		}
		_, _, rest := readMark(line[at+len(markStart):])
		line = line[:at] + rest
	}
}
