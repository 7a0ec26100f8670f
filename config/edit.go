package config

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// edited is the text of a settings file with other values for some keys. The text is valid and has no byte order mark;
// literals are by key and written as [Render] writes them. Whatever else stands in the text stays: comments, order, spaces.
func edited(text []byte, literals map[string]string) []byte {
	for _, f := range schema() { // the file's usual order, so that new keys come in it
		if literal, ok := literals[f.key]; ok {
			text = withKey(text, f.key, literal)
		}
	}
	return text
}

// withKey gives one key its value.
func withKey(text []byte, key, literal string) []byte {
	table, leaf := splitKey(key)
	path := strings.Split(key, ".")
	o := outlineOf(text)
	if without, found := o.withoutItems(path); found {
		o = outlineOf(without)
	}
	if at, line, ok := o.find(path); ok {
		return o.replaced(at, line, literal)
	}
	if table == "" {
		return o.withRootLine(leaf + " = " + literal)
	}
	return o.withNewKey(table, leaf, literal)
}

// find looks for a key wherever it may be written. line is the entry of the line that it stands in: an inline table's, or
// its own.
func (o *outline) find(path []string) (found, line entry, ok bool) {
	for _, s := range o.sections {
		if s.isItem || !isPrefix(s.path, path) {
			continue
		}
		for _, e := range s.entries {
			if found, ok := e.find(path[len(s.path):]); ok {
				return found, e, true
			}
		}
	}
	return entry{}, entry{}, false
}

func (e entry) find(path []string) (entry, bool) {
	switch {
	case slices.Equal(e.path, path):
		return e, true
	case e.isTable && isPrefix(e.path, path):
		for _, inner := range e.inner {
			if found, ok := inner.find(path[len(e.path):]); ok {
				return found, true
			}
		}
	}
	return entry{}, false
}

func isPrefix(prefix, path []string) bool {
	return len(prefix) < len(path) && slices.Equal(prefix, path[:len(prefix)])
}

// replaced puts a literal in the place of a value. Comments that stood inside the old value go above its line, and what
// stands behind the value stays in its column where there is room.
func (o *outline) replaced(old, line entry, literal string) []byte {
	start := o.lineStart(line.whole.start)
	var b bytes.Buffer
	b.Write(o.text[:start])
	for _, comment := range old.comments {
		b.Write(o.indent(start))
		b.Write(o.text[comment.start:comment.end])
		b.WriteString(o.newline())
	}
	b.Write(o.text[start:old.value.start])
	b.WriteString(literal)
	b.Write(o.aligned(old.value, literal))
	return b.Bytes()
}

// aligned is the rest of the text behind a value that is replaced: the spaces before a comment grow and shrink.
func (o *outline) aligned(old span, literal string) []byte {
	rest := o.text[old.end:]
	gap := len(rest) - len(bytes.TrimLeft(rest, " "))
	was := o.text[old.start:old.end]
	if gap < 2 || gap == len(rest) || rest[gap] != '#' || bytes.ContainsRune(was, '\n') {
		return rest
	}
	wider := utf8.RuneCountInString(literal) - utf8.RuneCount(was)
	return append(bytes.Repeat([]byte(" "), max(1, gap-wider)), rest[gap:]...)
}

// withoutItems takes the elements of an array of tables out, [[waiter.gifts]]: the array is to be written as one value.
// Their comments stay where they are.
func (o *outline) withoutItems(path []string) (text []byte, found bool) {
	var b bytes.Buffer
	kept := 0
	cut := func(gone span) {
		start, end := o.lineStart(gone.start), o.nextLine(gone.end)
		if len(bytes.TrimSpace(o.text[gone.end:end])) > 0 { // a comment
			start, end = gone.start, gone.end+len(o.indent(gone.end))
		}
		b.Write(o.text[kept:start])
		kept = end
	}
	for _, s := range o.sections {
		if !s.isItem || !slices.Equal(s.path, path) {
			continue
		}
		found = true
		cut(s.header)
		for _, e := range s.entries {
			cut(e.whole)
		}
	}
	b.Write(o.text[kept:])
	return b.Bytes(), found
}

// withRootLine adds a line before the first table.
func (o *outline) withRootLine(line string) []byte {
	if entries := o.sections[0].entries; len(entries) > 0 {
		return o.withLineAfter(entries[len(entries)-1].whole, line)
	}
	return slices.Concat([]byte(line+o.newline()), o.text)
}

// withNewKey adds a key to a table: below its header, beside its other keys, or under a header of its own.
func (o *outline) withNewKey(table, leaf, literal string) []byte {
	for _, s := range o.sections {
		if s.isItem || !slices.Equal(s.path, []string{table}) {
			continue
		}
		after := s.header
		if len(s.entries) > 0 {
			after = s.entries[len(s.entries)-1].whole
		}
		return o.withLineAfter(after, leaf+" = "+literal)
	}
	beside := entry{}
	for _, e := range o.sections[0].entries {
		switch {
		case e.isTable && slices.Equal(e.path, []string{table}):
			return o.withInnerKey(e, leaf+" = "+literal)
		case e.path[0] == table:
			beside = e
		}
	}
	if beside.path != nil {
		return o.withLineAfter(beside.whole, table+"."+leaf+" = "+literal)
	}
	var b bytes.Buffer
	b.Write(o.text)
	newline := o.newline()
	if len(o.text) > 0 && o.text[len(o.text)-1] != '\n' {
		b.WriteString(newline)
	}
	b.WriteString(newline + "[" + table + "]" + newline + leaf + " = " + literal + newline)
	return b.Bytes()
}

// withLineAfter adds a line after the one in which something ends, indented like the one in which it begins.
func (o *outline) withLineAfter(above span, line string) []byte {
	indented := string(o.indent(o.lineStart(above.start))) + line
	end := o.lineEnd(above.end)
	return slices.Concat(o.text[:end], []byte(o.newline()+indented), o.text[end:])
}

// withInnerKey adds a key to an inline table, behind the others.
func (o *outline) withInnerKey(table entry, pair string) []byte {
	at, pair := table.value.start+1, " "+pair+" "
	if n := len(table.inner); n > 0 {
		at, pair = table.inner[n-1].whole.end, ","+strings.TrimRight(pair, " ")
	}
	return slices.Concat(o.text[:at], []byte(pair), o.text[at:])
}
