package printer

import (
	"fmt"
	"io"
	"log/slog"
	"slices"
	"unicode/utf8"
)

// The limits of a document. One beyond them is refused as a whole with [ErrDocument].
const (
	MaxLines   = 4000
	MaxText    = 1000    // characters of one line's text
	MaxTotal   = 300_000 // characters of all of them
	MaxQRBytes = 500
)

// Doc is what is to be printed, whatever the printer: a list of lines. It holds what is nobody's but the guest's, so it
// never prints itself into a log. The zero value is an empty document.
type Doc struct{ lines []line }

// line is one entry of a document; it may become several rows on paper.
type line struct {
	kind        lineKind
	left, right string
	style       Style
}

type lineKind int

const (
	lineText lineKind = iota
	lineCentre
	linePair
	lineRule
	lineQR
	lineCut
)

// Style is how a line is printed.
type Style int

// The styles.
const (
	Plain  Style = iota
	Bold         // emphasised
	Double       // emphasised, and twice as wide and high: half as many characters fit
)

// Text adds a text, wrapped at words. Spaces before it indent all of its rows; a line feed begins a new row.
func (d *Doc) Text(text string, style Style) {
	d.lines = append(d.lines, line{kind: lineText, left: text, style: style})
}

// Centre adds a text with each of its rows in the middle.
func (d *Doc) Centre(text string, style Style) {
	d.lines = append(d.lines, line{kind: lineCentre, left: text, style: style})
}

// Pair adds a text on the left, wrapped, and beside the end of it one on the right.
func (d *Doc) Pair(left, right string, style Style) {
	d.lines = append(d.lines, line{kind: linePair, left: left, right: right, style: style})
}

// Rule adds a line across the paper.
func (d *Doc) Rule() { d.lines = append(d.lines, line{kind: lineRule}) }

// QR adds a QR code in the middle. It holds at most [MaxQRBytes] of UTF-8 text without control characters.
func (d *Doc) QR(payload string) { d.lines = append(d.lines, line{kind: lineQR, left: payload}) }

// Cut feeds the paper out and cuts it.
func (d *Doc) Cut() { d.lines = append(d.lines, line{kind: lineCut}) }

// Marked is the same document with a label at its head: the mark of a copy. A label of nothing marks nothing.
func (d Doc) Marked(label string) Doc {
	if label == "" {
		return d
	}
	mark := line{kind: lineCentre, left: label, style: Double}
	return Doc{lines: slices.Concat([]line{mark}, d.lines)}
}

// validate reports what no printer could print.
func (d Doc) validate() error {
	if len(d.lines) > MaxLines {
		return fmt.Errorf("%d lines: %w", len(d.lines), ErrDocument)
	}
	total := 0
	for i, line := range d.lines {
		size := utf8.RuneCountInString(line.left) + utf8.RuneCountInString(line.right)
		total += size
		switch {
		case size > MaxText:
			return fmt.Errorf("line %d has %d characters: %w", i, size, ErrDocument)
		case line.kind == lineQR && !printableQR(line.left):
			return fmt.Errorf("line %d is not a QR's text: %w", i, ErrDocument)
		}
	}
	if total > MaxTotal {
		return fmt.Errorf("%d characters: %w", total, ErrDocument)
	}
	return nil
}

// printableQR reports whether a text may stand in a QR. A control character in it would be a command to some printers: DLE EOT
// is obeyed wherever it stands.
func printableQR(payload string) bool {
	if payload == "" || len(payload) > MaxQRBytes || !utf8.ValidString(payload) {
		return false
	}
	for _, r := range payload {
		if r < ' ' || r == 0x7f {
			return false
		}
	}
	return true
}

// String says how long the document is, and nothing of what is in it.
func (d Doc) String() string { return fmt.Sprintf("document of %d lines", len(d.lines)) }

// Format keeps every verb of fmt to [Doc.String].
func (d Doc) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, d.String()) }

// LogValue makes log/slog write [Doc.String].
func (d Doc) LogValue() slog.Value { return slog.StringValue(d.String()) }
