package layout

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// terminal is one way in which dead keys come out. Real ones do one of these for each pair of keys.
type terminal string

const (
	swallows terminal = "swallows" // X11 without a Compose rule: the dead key and the next one are gone.
	accents  terminal = "accents"  // Windows, GTK: the accent, then the next key.
	ignores  terminal = "ignores"  // The next key alone.
	composes terminal = "composes" // A character of its own for the two, the accent for the dead key and a space.
)

var terminals = []terminal{swallows, accents, ignores, composes}

// composed is no image of any key.
const composed = "ẗ"

// typeOn types a payload on one kind of terminal.
func (t *table) typeOn(term terminal, text string) string {
	var typed strings.Builder
	var pending *rareText
	for i := range len(text) {
		m := t.image(text[i])
		own := m.dead()
		plain := ""
		if !own {
			plain = string(m.texts()[i%len(m.texts())])
		}
		if pending == nil {
			typed.WriteString(plain)
			if own {
				pending = m.rare
			}
			continue
		}
		switch term {
		case accents:
			if accent := []rune(pending.accents); len(accent) > 0 {
				typed.WriteRune(accent[i%len(accent)])
			}
			typed.WriteString(plain)
		case ignores:
			typed.WriteString(plain)
		case composes:
			if text[i] == ' ' && pending.accents != "" {
				typed.WriteString(string([]rune(pending.accents)[:1]))
			} else {
				typed.WriteString(composed)
			}
		}
		pending = nil
		if own && term != swallows && term != composes {
			pending = m.rare
		}
	}
	return typed.String()
}

// randomPayload makes a QR text: the four keys in any order, numbers of 1 to 19 digits, and sometimes spaces or an AIM prefix. The second
// result is what Repair must make of it.
func randomPayload(r *rand.Rand) (typed, want string) {
	pairs := []string{
		`"type" : "Skidkabot" `,
		`"vendor" : ` + randomDigits(r) + " ",
		`"client" : ` + randomDigits(r) + " ",
		`"secret" : ` + randomDigits(r) + " ",
	}
	if r.IntN(2) == 0 {
		r.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	}
	spaces := ""
	if r.IntN(4) == 0 {
		spaces = strings.Repeat(" ", r.IntN(3))
	}
	want = strings.TrimSpace(strings.ReplaceAll("{ "+strings.Join(pairs, ", ")+"}", " ", spaces))
	if r.IntN(8) == 0 {
		return "]Q1" + want, want
	}
	return want, want
}

func randomDigits(r *rand.Rand) string {
	n := 1 + r.IntN(maxDigits)
	var b strings.Builder
	for range n {
		fmt.Fprint(&b, r.IntN(10))
	}
	return b.String()
}

// allTables lists every table once, in the order of rank.
func allTables() []*table {
	var tables []*table
	for _, pair := range loadAtlas().layouts {
		tables = append(tables, pair[0], pair[1])
	}
	slices.SortFunc(tables, func(a, b *table) int { return a.rank - b.rank })
	return slices.Compact(tables)
}

func compact(payload string) string { return strings.ReplaceAll(payload, " ", "") }
