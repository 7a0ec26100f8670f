package printer

import (
	"strings"
	"unicode/utf8"
)

// layout is the paper: how wide it is and which characters it takes.
type layout struct {
	columns int
	page    Page
}

// row is one row on paper: text that is folded and fits, or a QR, or a cut.
type row struct {
	kind  lineKind // lineText, lineQR or lineCut
	text  string
	style Style
}

// rows lays a document out.
func (l layout) rows(doc Doc) []row {
	rows := make([]row, 0, 2*len(doc.lines))
	for _, line := range doc.lines {
		width := l.width(line.style)
		var texts []string
		switch line.kind {
		case lineText:
			texts = wrap(l.page.fold(line.left), width)
		case lineCentre:
			texts = centre(l.page.fold(line.left), width)
		case linePair:
			texts = pair(l.page.fold(line.left), l.page.fold(line.right), width)
		case lineRule:
			texts = []string{strings.Repeat("-", width)}
		case lineQR, lineCut:
			rows = append(rows, row{kind: line.kind, text: line.left})
		}
		for _, text := range texts {
			rows = append(rows, row{kind: lineText, text: strings.TrimRight(text, " "), style: line.style})
		}
	}
	return rows
}

// width is how many characters of a style fit in a row.
func (l layout) width(style Style) int {
	if style == Double {
		return l.columns / 2
	}
	return l.columns
}

// centre wraps a text and puts each row in the middle.
func centre(text string, width int) []string {
	rows := wrap(text, width)
	for i, row := range rows {
		row = strings.Trim(row, " ")
		rows[i] = strings.Repeat(" ", (width-size(row))/2) + row
	}
	return rows
}

// pair puts a text beside the last row of another. One that would leave less than half of the width gets rows of its own.
func pair(left, right string, width int) []string {
	if right == "" {
		return wrap(left, width)
	}
	if size(right)+1 > width/2 || strings.ContainsRune(right, '\n') {
		return pairBroad(left, right, width)
	}
	rows := wrap(left, width-size(right)-1)
	last := len(rows) - 1
	rows[last] += strings.Repeat(" ", width-size(rows[last])-size(right)) + right
	return rows
}

// pairBroad is pair for a right side that is broad: beside the left one if both fit in a row, else below it.
func pairBroad(left, right string, width int) []string {
	both := left + right
	if size(both)+1 <= width && !strings.ContainsRune(both, '\n') {
		return []string{left + strings.Repeat(" ", width-size(both)) + right}
	}
	var rows []string
	if left != "" {
		rows = wrap(left, width)
	}
	for _, row := range wrap(right, width) {
		rows = append(rows, strings.Repeat(" ", width-size(row))+row)
	}
	return rows
}

// wrap breaks a text into rows of at most width characters: at line feeds, at spaces, and inside a word that is longer
// than a row. Spaces at the head of a line indent all of its rows, by less than half of the width. There is always a row.
func wrap(text string, width int) []string {
	var rows []string
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.TrimLeft(line, " ")
		indent := min(len(line)-len(words), (width-1)/2)
		for _, row := range fill(words, width-indent) {
			rows = append(rows, strings.Repeat(" ", indent)+row)
		}
	}
	return rows
}

// fill breaks one line into rows.
func fill(line string, width int) []string {
	var rows []string
	row := ""
	for word := range strings.FieldsFuncSeq(line, func(r rune) bool { return r == ' ' }) {
		if row != "" && size(row)+1+size(word) <= width {
			row += " " + word
			continue
		}
		if row != "" {
			rows = append(rows, row)
		}
		for size(word) > width {
			head := string([]rune(word)[:width])
			rows = append(rows, head)
			word = word[len(head):]
		}
		row = word
	}
	return append(rows, row)
}

// size is how many columns a folded text takes.
func size(text string) int { return utf8.RuneCountInString(text) }
