package layout

import "slices"

// traits is what a table is asked for often and tells quickly; it follows from the images.
type traits struct {
	required   runeSet // What every payload shows under this table.
	possible   runeSet // All that a payload can show, but for what dead keys make.
	digitRunes runeSet // What digits show.
	twins      uint16  // The digits that look like another one, a bit for each.
	branches   bool    // There are dead keys.
	shadow     *table  // The better known table that types a payload alike and loses nothing; nil for most.
}

// payloadCharacters are those that a payload and an AIM prefix can hold, in either case.
const payloadCharacters = "]Qq{}\":, 0123456789abcdeiklnoprstvyABCDEIKLNOPRSTVY"

func (t *table) findTraits() traits {
	return traits{
		required:   t.findRequired(),
		possible:   t.runesOf(payloadCharacters),
		digitRunes: t.runesOf("0123456789"),
		twins:      t.findTwins(),
		branches:   slices.ContainsFunc(t.rare, func(r *rareText) bool { return r.dead }),
	}
}

// findRequired collects the punctuation that shows whatever dead keys do: the opening brace and, before letters that do, a quote never
// follow a dead key; a comma or a brace after a number does only if digits are lost.
func (t *table) findRequired() (required runeSet) {
	characters := `{"`
	if t.digits != digitsLost {
		characters += `,`
		if !t.image('"').dead() {
			characters += `:}`
		}
	}
	for _, c := range []byte(characters) {
		if m := t.image(c); m.rare == nil {
			required.add(m.only)
		}
	}
	return required
}

func (t *table) runesOf(characters string) (set runeSet) {
	for _, c := range []byte(characters) {
		m := t.image(c)
		if m.rare == nil {
			set.add(m.only)
			continue
		}
		for _, text := range m.rare.texts {
			for _, r := range text {
				set.add(r)
			}
		}
	}
	return set
}

func (t *table) findTwins() (twins uint16) {
	digits := t.runes[firstDigit : firstDigit+10]
	for a, r := range digits {
		for b, s := range digits {
			if a != b && r == s { // Rare ones are never equal.
				twins |= 1 << a
			}
		}
	}
	return twins
}

// isShadowOf tells whether t is a better known table under which a payload looks the same as under other, but for digits that other loses
// or a closing brace that it may swallow. A text that t can have typed is then taken for its own: for a damaged payload, where other would
// see a whole one.
func (t *table) isShadowOf(other *table) bool {
	brace := other.image('}')
	if t.digits != digitsKept || brace.certain() && other.digits != digitsLost || brace.certain() && brace != t.image('}') {
		return false
	}
	for _, c := range []byte(`{":,Sabcdeiklnoprstvy`) {
		if m := t.image(c); m.rare != nil || m != other.image(c) {
			return false
		}
	}
	return true
}

// canType tells whether it is worth while to read a text, which shows the runes present, by this table.
func (t *table) canType(typed []rune, present *runeSet) bool {
	if !present.holds(&t.required) {
		return false
	}
	if t.digits == digitsLost && t.shadow != nil && t.shadow.possible.holds(present) {
		return false
	}
	brace := t.image('}')
	return t.branches || t.possible.holds(present) && (brace.rare != nil || typed[len(typed)-1] == brace.only)
}

// runeSet tells quickly that a rune is missing: a bit stands for each 256th rune.
type runeSet [4]uint64

func (s *runeSet) add(r rune)      { s[r>>6&3] |= 1 << (r & 63) }
func (s *runeSet) has(r rune) bool { return s[r>>6&3]>>(r&63)&1 == 1 }

func (s *runeSet) holds(other *runeSet) bool {
	for i, bits := range other {
		if bits&^s[i] != 0 {
			return false
		}
	}
	return true
}
