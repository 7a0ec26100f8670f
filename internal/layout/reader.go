package layout

import (
	"strings"
	"unicode"
)

// reader reads one text by one table. It follows every sequence of key presses that could have typed the text and that gives a payload,
// and so copes with dead keys that swallow a quote and with digits that look like punctuation.
type reader struct {
	table *table
	typed []rune

	// The presses so far.
	out    [maxPayloadBytes]byte
	outLen int
	used   uint8 // The keys among them, a bit for each of pairs.
	doubts int   // What is not as the table has it: a letter in the other case, what a dead key swallowed or made.
	blind  bool  // A number was skipped or cannot be told.

	skipsNumbers bool // In the second pass: numbers that cannot be read are skipped.
	branches     bool // Dead keys leave many ways to read the text, so that visits pay.
	visits       visits
	passes       uint16 // Tells the visits of this pass from older ones.
	stepsLeft    int

	// The outcome.
	found    bool // A payload was read: first.
	conflict bool // Another one was read as well.
	lost     bool // A payload was recognised, but its numbers cannot be read.
	guesses  int  // The fewest doubts that led there; before, the most that are of interest.
	first    [maxPayloadBytes]byte
	firstLen int
}

// maxSteps bounds the work of one pass. A payload takes some fifty steps, with dead keys a few hundred, and most wrong tables less than ten.
const maxSteps = 10_000

// script is the presses of a payload (PROTOCOLS.md, section 1, "QR payload"). Besides characters to press it has
//
//	_  spaces, if any came
//	?  a pair whose key was not yet used: go to one of pairs
//	#  a number
//	.  the end of a pair: go to another one or to the end
//	$  the end of the text
const script = `_{_?` + `,_?` + `}_$` +
	`"type"_:_"Skidkabot"_.` +
	`"vendor"_:_#_.` +
	`"client"_:_#_.` +
	`"secret"_:_#_.`

// place is where in the script the reader is.
type place uint8

var (
	anotherPair = place(strings.Index(script, `,_?`))
	theEnd      = place(strings.Index(script, `}_$`))
	pairs       = [...]place{
		place(strings.Index(script, `"type`)),
		place(strings.Index(script, `"vendor`)),
		place(strings.Index(script, `"client`)),
		place(strings.Index(script, `"secret`)),
	}
)

const (
	maxDigits     = 19 // Of a 64-bit number.
	maxBlindRunes = 2 * maxDigits
	maxAIMRunes   = 4 // "]Q1" under any layout.
)

// wake tells what a dead key that was just pressed may still do to the next press.
type wake uint8

const (
	wakeNone   wake = iota
	wakeSilent      // It typed nothing so far: it may act on the next press.
	wakeAccent      // It typed the rune before: the next press is whole.
)

// read leaves the outcome in found, conflict, lost and guesses. Where digits can be lost and no payload was read, the second pass looks for
// one without its numbers.
func (r *reader) read(t *table, typed []rune, mostGuesses int) {
	r.table, r.typed, r.guesses = t, typed, mostGuesses
	r.outLen, r.used, r.doubts, r.blind = 0, 0, 0, false
	r.found, r.conflict, r.lost = false, false, false
	r.skipsNumbers, r.branches = false, t.branches
	r.pass()
	if !r.found && (t.digits == digitsLost || t.image(':').dead()) {
		r.skipsNumbers, r.branches = true, true
		r.pass()
	}
	if r.stepsLeft < 0 {
		r.found, r.conflict, r.lost = false, false, false // Half an answer could be a wrong one.
	}
}

// pass follows the script from the start and, if that fails, from behind an AIM prefix.
func (r *reader) pass() {
	r.stepsLeft = maxSteps
	r.passes++
	r.follow(0, 0, wakeNone)
	if r.found || r.lost {
		return
	}
	if bracket := r.table.image(']'); !bracket.certain() || bracket.length(r.typed) > 0 {
		for start := 1; start <= maxAIMRunes; start++ {
			r.follow(0, start, wakeNone)
		}
	}
}

// payload is the first one that was read.
func (r *reader) payload() []byte { return r.first[:r.firstLen] }

// follow does the rest of the script from a place on, with typed[at:], and returns with the reader as it was, but for the outcome.
func (r *reader) follow(here place, at int, w wake) {
	length := r.outLen
	if w == wakeNone {
		here, at = r.run(here, at)
	}
	r.step(here, at, w)
	r.outLen = length
}

// run takes the presses that came as the table has them, one rune each: nearly all, so they do without the care that step takes.
func (r *reader) run(here place, at int) (place, int) {
	space := r.table.runes[column[' ']]
	for at < len(r.typed) && r.outLen < len(r.out) {
		c := script[here]
		switch i := column[c]; {
		case c == '_' && space >= 0 && r.typed[at] != space:
			here++
		case i >= 0 && r.typed[at] == r.table.runes[i]:
			r.emit(c)
			here, at = here+1, at+1
		default:
			return here, at
		}
	}
	return here, at
}

// step does one thing in all ways that it can have been, and follows each of them.
func (r *reader) step(here place, at int, w wake) {
	r.stepsLeft--
	if r.stepsLeft < 0 || r.conflict || r.doubts > r.guesses || at > len(r.typed) {
		return
	}
	if r.branches && r.wasHere(here, at, w) {
		return
	}
	c, next := script[here], here+1
	switch c {
	case '_':
		r.spaces(next, at, w)
	case '?':
		r.pair(at, w)
	case '#':
		r.number(next, at, w)
	case '.':
		if r.used == 1<<len(pairs)-1 {
			r.follow(theEnd, at, w)
		} else {
			r.follow(anotherPair, at, w)
		}
	case '$':
		if at == len(r.typed) {
			r.finish()
		}
	default:
		r.press(c, next, at, w)
	}
}

// visit is a place where the reader was: what tells it from others in the upper 32 bits, the pass and the doubts in 16 bits each.
type visit uint64

// visits forgets one when another wants its slot; then some work is done twice, no more.
type visits [512]visit

// wasHere remembers the visit, and tells whether there was one like it with as few doubts: all that follows would be the same again.
// That keeps the work in proportion to the text where dead keys leave many ways to read it.
func (r *reader) wasHere(here place, at int, w wake) bool {
	key := visit(here)<<24 | visit(at)<<8 | visit(w)<<4 | visit(r.used)
	slot := &r.visits[key*0x9E3779B97F4A7C15>>55]
	pass := key<<32 | visit(r.passes)<<16
	if *slot >= pass && *slot <= pass|visit(r.doubts) {
		return true
	}
	*slot = pass | visit(r.doubts)
	return false
}

// spaces takes all that came; a dead key before them has done its work with the first.
func (r *reader) spaces(next place, at int, w wake) {
	n := r.outLen
	space := r.table.image(' ')
	for r.outLen < len(r.out) {
		length := space.length(r.typed[at:])
		if length <= 0 {
			break
		}
		r.emit(' ')
		at, w = at+length, wakeNone
	}
	r.follow(next, at, w)
	r.outLen = n
}

// pair goes on with each key that may come next.
func (r *reader) pair(at int, w wake) {
	for i, first := range pairs {
		if bit := uint8(1) << i; r.used&bit == 0 && r.isNear(first, at) {
			r.used |= bit
			r.follow(first, at, w)
			r.used &^= bit
		}
	}
}

// maxQuoteRunes is among how many runes the second letter of a key is looked for: a quote and two letters under any layout.
const maxQuoteRunes = 8

// isNear tells whether a key may come now because its second letter comes soon, in either case. It saves following the other keys.
func (r *reader) isNear(first place, at int) bool {
	second := script[first+2]
	lower, upper := r.table.image(second), r.table.image(otherCase(second))
	if lower.rare != nil || upper.rare != nil || r.table.image(script[first+1]).dead() {
		return true
	}
	for _, came := range r.typed[at:min(at+maxQuoteRunes, len(r.typed))] {
		if came == lower.only || came == upper.only {
			return true
		}
	}
	return false
}

// press is the press of a known key. Which key it was is known even if nothing of it arrived, so a quote that is lost comes back.
func (r *reader) press(c byte, next place, at int, w wake) {
	if r.outLen == len(r.out) {
		return
	}
	r.emit(c)
	if m := r.table.image(c); m.dead() {
		r.pressDead(c, m, next, at, w)
	} else {
		r.pressLive(c, m, next, at, w)
	}
	r.outLen--
}

// pressDead is the press of a key that types nothing or an accent; after another dead key, also a character for both. A closing brace has to
// show if under a better known layout a payload without one would be a damaged payload.
func (r *reader) pressDead(c byte, m image, next place, at int, w wake) {
	if at < len(r.typed) && m.isAccent(r.typed[at]) {
		r.follow(next, at+1, wakeAccent)
	}
	if c == '}' && r.table.shadow != nil {
		return
	}
	r.follow(next, at, wakeSilent)
	if w == wakeSilent || m.rare.accents == "" {
		r.wild(next, at, wakeAccent)
	}
}

// pressLive is the press of a key that types text, in this case or the other. A dead key that typed nothing before it may have swallowed it
// or made another character of it.
func (r *reader) pressLive(c byte, m image, next place, at int, w wake) {
	length := m.length(r.typed[at:])
	switch {
	case length > 0:
		r.follow(next, at+length, wakeNone)
	case length == 0:
		r.follow(next, at, w) // A key that types nothing does not end the dead key's work either.
	case isLetter(c):
		if length := r.table.image(otherCase(c)).length(r.typed[at:]); length > 0 {
			r.doubts++
			r.follow(next, at+length, wakeNone)
			r.doubts--
		}
	}
	if w != wakeSilent || r.doubts == r.guesses {
		return
	}
	r.doubts++
	r.follow(next, at, wakeNone)
	r.doubts--
	r.wild(next, at, wakeNone)
}

// wild takes whatever a dead key made; that is beyond ASCII. Near numbers it cannot be what a digit looks like, or the number would be in
// doubt; before the first pair there is none.
func (r *reader) wild(next place, at int, w wake) {
	if r.doubts == r.guesses || at == len(r.typed) || r.typed[at] <= unicode.MaxASCII || r.used != 0 && r.isDigit(at) {
		return
	}
	r.doubts++
	r.follow(next, at+1, w)
	r.doubts--
}

func isLetter(c byte) bool    { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }
func otherCase(c byte) byte   { return c ^ ('a' - 'A') }
func (r *reader) emit(c byte) { r.out[r.outLen] = c; r.outLen++ }

// number reads a number if every digit of it is sure to have arrived: its first one is not if the colon's key is dead, unless the
// accent stands there. Else, in the second pass, it skips what there is.
func (r *reader) number(next place, at int, w wake) {
	sure := w == wakeNone || w == wakeAccent && r.table.image(':').isAccent(r.typed[at-1])
	switch {
	case sure && r.table.digits != digitsLost:
		r.digits(next, at, 0)
	case r.skipsNumbers:
		r.blindNumber(next, at)
	}
}

// digits reads on after some digits. A digit may look like the character that ends the number, so every length is tried. Where two
// digits look alike, the number cannot be read.
func (r *reader) digits(next place, at, count int) {
	if count > 0 {
		r.follow(next, at, wakeNone)
	}
	if count == maxDigits || r.outLen == len(r.out) || at == len(r.typed) || !r.table.digitRunes.has(r.typed[at]) {
		return
	}
	for digit := range 10 {
		length := r.table.digitAt(digit, r.typed[at:])
		if length <= 0 {
			continue
		}
		blind := r.blind
		r.blind = blind || r.table.twins>>digit&1 == 1
		r.emit('0' + byte(digit))
		r.digits(next, at+length, count+1)
		r.outLen--
		if r.blind = blind; r.table.twins>>digit&1 == 1 {
			return // The other one leads to the same.
		}
	}
}

// isDigit tells whether a digit may stand at this place.
func (r *reader) isDigit(at int) bool {
	if !r.table.digitRunes.has(r.typed[at]) {
		return false
	}
	for digit := range 10 {
		if r.table.digitAt(digit, r.typed[at:]) > 0 {
			return true
		}
	}
	return false
}

// blindNumber skips what is left of a number: digits, and what dead keys among them made. Its last one may have been dead, too.
func (r *reader) blindNumber(next place, at int) {
	blind, doubts := r.blind, r.doubts
	r.blind = true
	for end := at; end <= at+maxBlindRunes; end++ {
		r.follow(next, end, wakeSilent)
		if end == len(r.typed) {
			break
		}
		if !r.isDigit(end) {
			if r.table.possible.has(r.typed[end]) {
				break
			}
			r.doubts++
		}
	}
	r.blind, r.doubts = blind, doubts
}

// finish takes what was pressed as an outcome.
func (r *reader) finish() {
	switch {
	case !r.found && !r.lost:
		r.guesses = r.doubts
		r.lost = r.blind
		r.found = !r.blind
		r.firstLen = copy(r.first[:], r.out[:r.outLen])
	case !r.blind && !samePayload(r.payload(), r.out[:r.outLen]):
		r.conflict = true
	default:
		r.guesses = min(r.guesses, r.doubts)
	}
}

// samePayload compares two payloads but for spaces: where keys type nothing, spaces can be taken for those before or behind.
func samePayload[A, B string | []byte](a A, b B) bool {
	i, j := 0, 0
	for {
		for i < len(a) && a[i] == ' ' {
			i++
		}
		for j < len(b) && b[j] == ' ' {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i] != b[j] {
			return false
		}
		i, j = i+1, j+1
	}
}
