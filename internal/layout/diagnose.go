package layout

import (
	"slices"
	"unicode"
)

// diagnose tells what a text is that no table reads: what is left of a payload, one under an unknown layout, or something else.
func diagnose(hits []hit, typed []rune) error {
	if t := closest(hits, typed); t != nil {
		return &UnreadableError{Layout: t.layout, CapsLock: t.capsLock}
	}
	if looksEnciphered(typed) {
		return &UnreadableError{}
	}
	return ErrNotPayload
}

// closest finds the table under which the words of a payload stand in a text, and of several one whose punctuation does, too. If these
// all find that the type is only the beginning of another one, there is none.
func closest(hits []hit, typed []rune) *table {
	var best *table
	most := -1
	for _, h := range hits {
		w := witness{typed: typed, at: h.at}
		for _, t := range h.group.tables {
			if !w.showsWords(t) {
				continue
			}
			count := t.punctuationIn(typed)
			if count > most {
				best, most = nil, count
			}
			if best == nil && count == most && t.endsType(typed[h.at:]) {
				best = t
			}
			if best != nil && most >= enoughPunctuation {
				return best
			}
		}
	}
	return best
}

// enoughPunctuation is how much of `{}":,` a scan that was cut off shows, so that the search can end.
const enoughPunctuation = 4

// witness remembers which tables show the words of a payload in a text that has a fragment at a place: most tables of a group share
// their letters.
type witness struct {
	typed   []rune
	at      int
	judged  [16]*table
	shows   [16]bool
	judgedN int
}

func (w *witness) showsWords(t *table) bool {
	for i, other := range w.judged[:w.judgedN] {
		if other.spellsLike(t) {
			return w.shows[i]
		}
	}
	shows := t.showsWords(w.typed, w.at)
	if w.judgedN < len(w.judged) {
		w.judged[w.judgedN], w.shows[w.judgedN] = t, shows
		w.judgedN++
	}
	return shows
}

// spellsLike tells whether two tables type the words of a payload alike, each letter with one rune.
func (t *table) spellsLike(other *table) bool {
	for _, c := range []byte("abcdeiklnoprtvyABCDEIKLNOPRTVY") {
		if m := t.image(c); m.rare != nil || m != other.image(c) {
			return false
		}
	}
	return true
}

// showsWords tells whether the type stands at a place, and words of a payload before it or around. They are looked for without their
// first letter, which a dead quote may have swallowed.
func (t *table) showsWords(typed []rune, at int) bool {
	if t.match("kabot", typed, at) < 0 {
		return false
	}
	return t.contains("ype", typed[max(0, at-maxKeyGapRunes):at]) ||
		t.contains("endor", typed) && t.contains("lient", typed) && t.contains("ecret", typed)
}

// endsType tells whether the type, which begins there with "kabot", goes no further. A dead quote would hide that.
func (t *table) endsType(typed []rune) bool {
	quote, rest := t.image('"'), typed[t.match("kabot", typed, 0):]
	if quote.dead() || len(rest) == 0 || quote.length(rest) > 0 {
		return true
	}
	return !unicode.IsLetter(rest[0]) && !unicode.IsDigit(rest[0])
}

// maxKeyGapRunes bounds where the key "type" is looked for before its value: `ype":"Skid`, spaces and accents.
const maxKeyGapRunes = 16

func (t *table) contains(word string, typed []rune) bool {
	for at := range typed {
		if t.match(word, typed, at) >= 0 {
			return true
		}
	}
	return false
}

// match gives the place behind a word that stands at a place in either case, or -1.
func (t *table) match(word string, typed []rune, at int) int {
	for i := range len(word) {
		length := t.image(word[i]).length(typed[at:])
		if length < 0 {
			length = t.image(otherCase(word[i])).length(typed[at:])
		}
		if length < 0 {
			return -1
		}
		at += length
	}
	return at
}

// punctuationIn counts which of a payload's punctuation a text shows in its place: layouts that share the letters differ in it.
func (t *table) punctuationIn(typed []rune) int {
	count := 0
	for _, c := range []byte(`{}":,`) {
		m := t.image(c)
		switch {
		case m.rare != nil:
		case c == '{' && typed[0] != m.only, c == '}' && typed[len(typed)-1] != m.only:
		case slices.Contains(typed, m.only):
			count++
		}
	}
	return count
}

// usualStart is how every payload that was seen begins.
const usualStart = `{"type":"Skidkabot","vendor":`

// looksEnciphered tells whether a text begins like a payload in which each character was replaced, always by the same one: the image
// under a layout that the data does not have.
func looksEnciphered(typed []rune) bool {
	if len(typed) < len(usualStart) {
		return false
	}
	for i := range len(usualStart) {
		for j := range i {
			if (usualStart[i] == usualStart[j]) != (typed[i] == typed[j]) {
				return false
			}
		}
	}
	return true
}
