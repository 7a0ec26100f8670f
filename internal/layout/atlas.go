package layout

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

//go:embed layouts.txt
var layoutsText string

// atlas holds all tables and the ways to find those that a text can come from.
type atlas struct {
	layouts map[string][2]*table // By ID: Caps Lock off, on.
	groups  index                // By what the tables type for the anchors.
	folded  index                // By what they type for them in upper case: for scanners that are set to it.
	braces  []rune               // What the key of the opening brace can type, sorted.
}

// anchors are letters from the middle of the payload's words, where no dead quote reaches them. A table is found by what it types for the
// first of them that it can type at all; all but the first are for odd layouts.
var anchors = [...]string{"kab", "ndo", "cre", "ype"}

// fragment is three runes that an anchor begins with under some table.
type fragment uint64

func fragmentOf(runes []rune) fragment {
	return fragment(runes[0])<<42 | fragment(runes[1])<<21 | fragment(runes[2])
}

// index finds tables by fragments.
type index map[fragment]*group

// group is the tables that type a fragment. Punctuation and digits tell them apart.
type group struct {
	tables  []*table          // In the order of rank, as the others.
	byFirst map[rune][]*table // By the rune that a text begins with.
	anyhow  []*table          // Those under which a text can begin with anything.
}

// hit is a fragment that was found in a text.
type hit struct {
	group *group
	at    int
}

// maxHits bounds how many groups a text is looked up in: a payload has one, and rarely digits that look like another.
const maxHits = 4

// find appends the groups whose fragments a text shows.
func (x index) find(typed []rune, hits []hit) []hit {
	most := len(hits) + maxHits
	for at := 0; at+3 <= len(typed) && len(hits) < most; at++ {
		g := x[fragmentOf(typed[at:])]
		if g != nil && !slices.ContainsFunc(hits, func(h hit) bool { return h.group == g }) {
			hits = append(hits, hit{g, at})
		}
	}
	return hits
}

// loadAtlas reads the data at the first scan, so that the start of the program does not pay for it.
var loadAtlas = sync.OnceValue(func() *atlas { return parseAtlas(layoutsText) })

// parseAtlas reads the data, whose head explains the format. It is a part of the program: if it does not parse, that is a panic.
func parseAtlas(data string) *atlas {
	a := &atlas{layouts: map[string][2]*table{}, groups: index{}, folded: index{}}
	accents := map[string]string{}
	var tables []*table
	for line := range strings.Lines(data) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch fields[0] {
		case "dead":
			accents[fields[1]] = fields[2]
		case "table":
			tables = append(tables, parseTable(fields[1:], accents))
		case "layout":
			a.layouts[fields[1]] = [2]*table{
				named(tables[mustInt(fields[3])], fields, false),
				named(tables[mustInt(fields[4])], fields, true),
			}
		}
	}
	for rank, t := range tables {
		t.rank = rank
		if i := slices.IndexFunc(tables[:rank], func(s *table) bool { return s.isShadowOf(t) }); i >= 0 {
			t.shadow = tables[i]
		}
		a.enter(t)
	}
	slices.Sort(a.braces)
	a.braces = slices.Compact(a.braces)
	return a
}

func mustInt(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		panic(fmt.Sprintf("layouts.txt: %v", err))
	}
	return n
}

// named gives a table the name of the first layout that has it.
func named(t *table, fields []string, capsLock bool) *table {
	if t.layout.ID == "" {
		t.layout = Layout{ID: fields[1], Name: fields[2]}
		t.capsLock = capsLock
	}
	return t
}

// parseTable reads the fields of a table: what becomes of the digits, the images, and the rare ones.
func parseTable(fields []string, accents map[string]string) *table {
	t := &table{digits: fate(fields[0])}
	next := 0
	for _, r := range fields[1] {
		t.runes[next] = r
		next++
	}
	for _, field := range fields[2:] {
		t.rare = append(t.rare, parseRare(field[1:], accents))
		t.runes[column[field[0]]] = rune(-len(t.rare))
	}
	t.traits = t.findTraits()
	return t
}

// parseRare reads one image that is not one character: "~NAME", "~", "=TEXT", "=TEXT|TEXT" or "=".
func parseRare(s string, accents map[string]string) *rareText {
	if name, dead := strings.CutPrefix(s, "~"); dead {
		return &rareText{dead: true, accents: accents[name]}
	}
	rare := &rareText{}
	for text := range strings.SplitSeq(s[1:], "|") {
		unquoted, err := strconv.Unquote(`"` + text + `"`)
		if err != nil {
			panic(fmt.Sprintf("layouts.txt: %q: %v", text, err))
		}
		rare.texts = append(rare.texts, []rune(unquoted))
	}
	return rare
}

// enter makes a table known. One that can type no anchor is in no index: nothing typed under it could be recognised.
func (a *atlas) enter(t *table) {
	for _, anchor := range anchors {
		if spellings := t.spellings(anchor); spellings != nil {
			a.groups.enter(spellings, t)
			a.folded.enter(t.spellings(strings.ToUpper(anchor)), t)
			break
		}
	}
	brace := t.image('{')
	for _, text := range brace.texts() {
		a.addBraces(text[:min(1, len(text))])
	}
	if brace.rare != nil {
		a.addBraces([]rune(brace.rare.accents))
	}
}

// addBraces leaves out what a number field must take as typing.
func (a *atlas) addBraces(runes []rune) {
	for _, r := range runes {
		if !unicode.IsDigit(r) && !strings.ContainsRune(".,٫", r) {
			a.braces = append(a.braces, r)
		}
	}
}

// spellings lists what a word can look like; nil if one of its letters may type nothing.
func (t *table) spellings(word string) [][]rune {
	all := [][]rune{nil}
	for i := range len(word) {
		m := t.image(word[i])
		switch {
		case !m.certain():
			return nil
		case m.rare == nil:
			for j := range all {
				all[j] = append(all[j], m.only)
			}
		default:
			var longer [][]rune
			for _, head := range all {
				for _, text := range m.rare.texts {
					longer = append(longer, slices.Concat(head, text))
				}
			}
			all = longer
		}
	}
	return all
}

func (x index) enter(spellings [][]rune, t *table) {
	for _, text := range spellings {
		f := fragmentOf(text)
		if x[f] == nil {
			x[f] = &group{byFirst: map[rune][]*table{}}
		}
		x[f].add(t)
	}
}

// add sorts a table in by what a text can begin with under it: an opening brace, or the bracket of an AIM prefix.
func (g *group) add(t *table) {
	g.tables = append(g.tables, t)
	brace, bracket := t.image('{'), t.image(']')
	if !brace.certain() || !bracket.certain() {
		g.anyhow = append(g.anyhow, t)
		return
	}
	var firsts []rune
	for _, text := range slices.Concat(brace.texts(), bracket.texts()) {
		if first := text[0]; !slices.Contains(firsts, first) {
			firsts = append(firsts, first)
			g.byFirst[first] = append(g.byFirst[first], t)
		}
	}
}
