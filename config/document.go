package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// A document is a settings file as a tree of values that know their lines.
//
// The tree is built from go-toml's parser and not from its Unmarshal, because
// Unmarshal stops at the first mistake and keeps no positions, and an
// administrator wants all mistakes at once.

// value is what one layer wrote for one key. Values from the environment and
// from flags have the kind plainText: only the key's own rule knows what they
// should be.
type value struct {
	kind    valueKind
	text    string   // of scalars
	items   []*value // of arrays
	members []member // of tables, in the order of the file
	index   map[string]*value
	place   int // of the key, or of the element in an array; see Problem
	// header tells that a [table] header has named this table, so that a second
	// one is a mistake.
	header bool

	key    string // its own, and
	parent *value // the table around it, for messages
}

type valueKind int

const (
	plainText valueKind = iota
	stringValue
	integerValue
	floatValue
	otherScalar // booleans, dates: no setting is one
	arrayValue
	tableValue
)

// member is one key of a table with its value.
type member struct {
	key   string
	value *value
}

func (v *value) find(key string) *value { return v.index[key] }

// insert adds a member to a table. The index is there because a hostile file of
// 256 KiB can hold 60,000 keys.
func (v *value) insert(k docKey, kind valueKind) *value {
	inner := &value{kind: kind, place: k.place, key: k.name, parent: v}
	if v.index == nil {
		v.index = map[string]*value{}
	}
	v.index[k.name] = inner
	v.members = append(v.members, member{k.name, inner})
	return inner
}

// path is the key with the tables around it.
func (v *value) path() string {
	var parts []string
	for ; v != nil && v.key != ""; v = v.parent {
		parts = append(parts, v.key)
	}
	slices.Reverse(parts)
	return joinKey(parts)
}

// parseDocument reads a settings file's text, as [decodeUTF8] gives it. The tree
// holds all that stands before the first syntax error; the problems name that
// error and keys that are written twice.
func parseDocument(data []byte) (root *value, problems []Problem) {
	b := builder{root: &value{kind: tableValue}}
	b.table = b.root
	b.parser.Reset(data)
	for len(b.problems) < maxProblems && b.parser.NextExpression() {
		b.expression(b.parser.Expression())
	}
	if err := b.parser.Error(); err != nil {
		b.syntaxError(err)
	}
	return b.root, b.problems
}

var (
	utf8BOM    = []byte{0xEF, 0xBB, 0xBF}
	utf16BOMLE = []byte{0xFF, 0xFE}
	utf16BOMBE = []byte{0xFE, 0xFF}
)

// decodeUTF8 removes the byte order mark that Windows Notepad writes, and tells
// its other encodings apart, because "invalid character" would not lead anybody
// to the menu "Save as". The text's capacity is its length: the parser finds
// positions by capacity.
func decodeUTF8(written []byte) (text []byte, problems []Problem) {
	text = slices.Clip(bytes.TrimPrefix(written, utf8BOM))
	switch {
	case bytes.HasPrefix(written, utf16BOMLE), bytes.HasPrefix(written, utf16BOMBE),
		bytes.IndexByte(written[:min(len(written), 4)], 0) >= 0:
		return text, []Problem{{Code: BadEncoding, place: 1, Detail: "UTF-16"}}
	case utf8.Valid(text):
		return text, nil
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return text, []Problem{{Code: BadEncoding, place: at + 1, Detail: "not UTF-8"}}
		}
		at += size
	}
}

// builder turns the parser's expressions into the tree.
type builder struct {
	parser   unstable.Parser
	root     *value
	table    *value // the table of the last header
	problems []Problem
}

func (b *builder) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.Table:
		b.header(n)
	case unstable.ArrayTable:
		b.arrayHeader(n)
	case unstable.KeyValue:
		b.keyValue(b.table, n)
	}
}

// header opens [table].
func (b *builder) header(n *unstable.Node) {
	keys := docKeys(n.Key())
	table, ok := b.descend(b.root, keys)
	if ok && table.header {
		b.duplicate(table, keys[len(keys)-1])
	}
	table.header = true
	b.table = table
}

// arrayHeader opens a new element of [[array]].
func (b *builder) arrayHeader(n *unstable.Node) {
	keys := docKeys(n.Key())
	last := keys[len(keys)-1]
	parent, ok := b.descend(b.root, keys[:len(keys)-1])
	array := parent.find(last.name)
	if array == nil {
		array = parent.insert(last, arrayValue)
		array.header = true
	}
	b.table = &value{kind: tableValue, place: last.place, key: last.name, parent: parent}
	switch {
	case !ok:
	case array.kind != arrayValue || !array.header:
		b.duplicate(array, last)
	default:
		array.items = append(array.items, b.table)
	}
}

func (b *builder) keyValue(table *value, n *unstable.Node) {
	keys := docKeys(n.Key())
	last := keys[len(keys)-1]
	parent, ok := b.descend(table, keys[:len(keys)-1])
	if !ok {
		return
	}
	if written := parent.find(last.name); written != nil {
		b.duplicate(written, last)
		return
	}
	b.fill(parent.insert(last, otherScalar), n.Value())
}

// fill copies a parsed value.
func (b *builder) fill(v *value, n *unstable.Node) {
	switch n.Kind {
	case unstable.String:
		v.kind, v.text = stringValue, string(n.Data)
	case unstable.Integer:
		v.kind, v.text = integerValue, string(n.Data)
	case unstable.Float:
		v.kind, v.text = floatValue, string(n.Data)
	case unstable.Array:
		v.kind = arrayValue
		for it := n.Children(); it.Next(); {
			item := &value{kind: otherScalar, place: v.place, key: v.key, parent: v.parent}
			if raw := it.Node().Raw; raw.Length > 0 {
				item.place = int(raw.Offset) + 1
			}
			v.items = append(v.items, item)
			b.fill(item, it.Node())
		}
	case unstable.InlineTable:
		v.kind, v.header = tableValue, true
		for it := n.Children(); it.Next(); {
			b.keyValue(v, it.Node())
		}
	}
}

// descend walks from table along keys and makes the tables that are missing. It
// reports a key on the way that is no table, and answers false with a table
// outside the tree, so that what follows is read but not kept.
func (b *builder) descend(table *value, keys []docKey) (*value, bool) {
	for _, k := range keys {
		next := table.find(k.name)
		switch {
		case next == nil:
			next = table.insert(k, tableValue)
		case next.kind == arrayValue && next.header && len(next.items) > 0:
			next = next.items[len(next.items)-1]
		case next.kind != tableValue:
			b.duplicate(next, k)
			return &value{kind: tableValue}, false
		}
		table = next
	}
	return table, true
}

// docKey is one part of a dotted key with its place.
type docKey struct {
	name  string
	place int
}

func docKeys(it unstable.Iterator) []docKey {
	var keys []docKey
	for it.Next() {
		keys = append(keys, docKey{string(it.Node().Data), int(it.Node().Raw.Offset) + 1})
	}
	return keys
}

// duplicate reports that again stands for what is already written.
func (b *builder) duplicate(written *value, again docKey) {
	b.problems = append(b.problems, Problem{Code: DuplicateKey, place: again.place, Key: written.path()})
}

func (b *builder) syntaxError(err error) {
	p := Problem{Code: BadSyntax, Detail: err.Error(), place: 1}
	var parserErr *unstable.ParserError
	if errors.As(err, &parserErr) {
		p.place = int(b.parser.Range(parserErr.Highlight).Offset) + 1
	}
	b.problems = append(b.problems, p)
}

// crossCheck asks go-toml's own Unmarshal for what the tree does not judge, so
// that a file which loads is valid TOML. Its message may quote a value and is
// therefore not shown.
func crossCheck(data []byte) []Problem {
	var anything map[string]any
	err := toml.Unmarshal(data, &anything)
	if err == nil {
		return nil
	}
	p := Problem{Code: BadSyntax, Detail: "this is not valid TOML", Line: 1, Column: 1}
	var decodeErr *toml.DecodeError
	if errors.As(err, &decodeErr) {
		p.Line, _ = decodeErr.Position() // its column counts bytes
	}
	return []Problem{p}
}

// maxKeyRunes bounds a key in a message.
const maxKeyRunes = 60

// joinKey writes a key's path for a message: bounded, and without anything that
// a terminal would obey.
func joinKey(path []string) string {
	return printable(strings.Join(path, "."), maxKeyRunes)
}

// source finds lines in a file's text.
type source struct {
	data   []byte
	starts []int // offset of each line
}

func newSource(data []byte) source {
	starts := []int{0}
	for i, c := range data {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return source{data, starts}
}

// position gives line and column, from 1, of a byte. The column counts
// characters, as editors do.
func (s source) position(offset int) (line, column int) {
	line = sort.SearchInts(s.starts, offset+1)
	return line, utf8.RuneCount(s.data[s.starts[line-1]:offset]) + 1
}

func (s source) line(number int) string {
	start, end := s.starts[number-1], len(s.data)
	if number < len(s.starts) {
		end = s.starts[number]
	}
	return strings.TrimRight(string(s.data[start:end]), "\r\n")
}

// maxLineRunes bounds a shown line.
const maxLineRunes = 120

// displayLine is the part of a line that may be shown. A value is shown only
// beside a known key, because what stands beside a misspelt one may be a secret;
// so may what stands in an inline table or before an @ in an address.
func displayLine(line string) string {
	key, rest, isKeyValue := strings.Cut(line, "=")
	name := strings.TrimSpace(key)
	if !isKeyValue {
		if strings.HasPrefix(name, "[") && strings.HasSuffix(name, "]") {
			return printable(name, maxKeyRunes)
		}
		return ""
	}
	if knownName(name) && !strings.ContainsAny(rest, "@{") {
		return printable(strings.TrimSpace(line), maxLineRunes)
	}
	return fmt.Sprintf("%s = …", printable(name, maxKeyRunes))
}

// printable bounds a text and replaces what a terminal would obey.
func printable(text string, maxRunes int) string {
	var b strings.Builder
	count := 0
	for _, r := range text {
		if count == maxRunes {
			b.WriteRune('…')
			break
		}
		if isControl(r) {
			r = utf8.RuneError
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}
