package config

import (
	"bytes"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
)

// An outline says where in a settings file's text things stand, so that a value can be changed and everything around it is
// left as a person has written it. The tree of [parseDocument] says what the text means and not where each value ends.

// span is a part of the text, from the byte start up to the byte end.
type span struct{ start, end int }

// outline is the text with its sections in order. The text is valid TOML.
type outline struct {
	text     []byte
	sections []section
}

// section is what stands under one header. The first section is what stands before the first header.
type section struct {
	path    []string
	isItem  bool    // [[path]], an element of an array
	header  span    // empty for the first section
	entries []entry // those of the lines, in order
}

// entry is one `key = value`.
type entry struct {
	path     []string // of the key, below the section or below the inline table around it
	whole    span
	value    span
	comments []span  // inside the value
	isTable  bool    // { ... }
	inner    []entry // of an inline table
}

// outlineOf reads a text that parses.
func outlineOf(text []byte) outline {
	text = slices.Clip(text) // the parser finds positions by capacity
	o := outline{text: text, sections: []section{{}}}
	parser := unstable.Parser{KeepComments: true}
	parser.Reset(text)
	for parser.NextExpression() {
		node := parser.Expression()
		last := &o.sections[len(o.sections)-1]
		switch node.Kind {
		case unstable.Table, unstable.ArrayTable:
			o.sections = append(o.sections, o.section(node))
		case unstable.KeyValue:
			last.entries = append(last.entries, o.entry(node))
		}
	}
	return o
}

func (o *outline) section(node *unstable.Node) section {
	s := section{isItem: node.Kind == unstable.ArrayTable}
	last := 0
	for it := node.Key(); it.Next(); {
		s.path = append(s.path, string(it.Node().Data))
		last = rangeSpan(it.Node().Raw).end
	}
	// The header has no place of its own: it begins its line, and ends with the brackets after its last key.
	s.header.start = o.lineStart(last)
	s.header.start += len(o.indent(s.header.start))
	s.header.end = last + bytes.IndexByte(o.text[last:], ']') + 1
	if s.isItem {
		s.header.end++
	}
	return s
}

func (o *outline) entry(node *unstable.Node) entry {
	e := entry{whole: rangeSpan(node.Raw)}
	end := 0
	for it := node.Key(); it.Next(); {
		e.path = append(e.path, string(it.Node().Data))
		end = rangeSpan(it.Node().Raw).end
	}
	end += bytes.IndexByte(o.text[end:], '=') + 1
	e.value = span{end + len(o.indent(end)), e.whole.end}
	value := node.Value()
	e.comments = commentsIn(value, nil)
	if value.Kind == unstable.InlineTable {
		e.isTable = true
		for it := value.Children(); it.Next(); {
			if it.Node().Kind == unstable.KeyValue {
				e.inner = append(e.inner, o.entry(it.Node()))
			}
		}
	}
	return e
}

func rangeSpan(r unstable.Range) span { return span{int(r.Offset), int(r.Offset + r.Length)} }

// commentsIn gathers the comments inside a value. The parser hangs the later ones of several in a row below the first.
func commentsIn(node *unstable.Node, found []span) []span {
	if node.Kind == unstable.KeyValue {
		node = node.Value()
	}
	for it := node.Children(); it.Next(); {
		child := it.Node()
		if child.Kind == unstable.Comment {
			found = append(found, rangeSpan(child.Raw))
		}
		found = commentsIn(child, found)
	}
	return found
}

// lineStart is where the line begins that a byte stands in, lineEnd where it ends, before its line end.
func (o *outline) lineStart(at int) int { return bytes.LastIndexByte(o.text[:at], '\n') + 1 }

func (o *outline) lineEnd(at int) int {
	if i := bytes.IndexByte(o.text[at:], '\n'); i >= 0 {
		return at + len(bytes.TrimRight(o.text[at:at+i], "\r"))
	}
	return len(o.text)
}

// nextLine is where the line after the one that a byte stands in begins.
func (o *outline) nextLine(at int) int {
	if i := bytes.IndexByte(o.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(o.text)
}

// indent is the space that begins at a byte.
func (o *outline) indent(at int) []byte {
	line := o.text[at:]
	return line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
}

// newline is the text's way to end a line.
func (o *outline) newline() string {
	if i := bytes.IndexByte(o.text, '\n'); i > 0 && o.text[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}
