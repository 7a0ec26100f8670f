package scanner

import (
	"strings"
	"time"
	"unicode"
)

// minChanges is how many times a scan goes from one rune to another at least.
const minChanges = 3

// aimRunes is the length of an AIM symbology prefix such as `]Q1`.
const aimRunes = 3

// handRunes is how many digits before an opening rune are taken as typed by
// hand: three without a slow gap are more than a hand can do, so that they are
// the head of some other code.
const handRunes = 2

// A burst is a row of runes that may come from a scanner. Time decides:
//
//   - Six runes without a slow gap, that is, one longer than Gap, are a scan:
//     nobody types that fast.
//   - A slow gap up to Silence does not tear a burst: a busy machine and a
//     wireless scanner make such gaps, and the torn-off end of a scan would
//     land in the sum. Each one asks for two more runes of proof.
//   - Once it is certain, only Silence or a terminator ends it.
//
// A key held down repeats faster than Gap, and number pads have a key that
// types 000, so a scan also needs a few changes from one rune to another.
//
// The price: a digit typed less than Silence before some other barcode, an EAN
// say, is taken for its first one and goes with it. A payload is told apart by
// its first rune.
type burst struct {
	options *Options

	held     []Input // not handed out yet
	released bool    // some of it was handed out as typing
	certain  bool
	reported bool // as a truncated scan

	text    []rune // at most MaxRunes, without control characters
	runes   int    // how many came, control characters not counted
	presses int    // and with them
	changes int    // runes that differ from the one before
	latest  rune
	number  bool // nothing but digits and separators
	opened  bool // begins like a payload

	first, last time.Time
	slow        int // gaps longer than Gap
}

// open reports whether anything has come since the last reset.
func (b *burst) open() bool { return b.presses > 0 }

func (b *burst) reset() { *b = burst{options: b.options} }

// add counts the runes of one message.
func (b *burst) add(in Input) {
	if !b.open() {
		b.first, b.last, b.number = in.At, in.At, true
	}
	at := later(in.At, b.last)
	if at.Sub(b.last) > b.options.Gap {
		b.slow++
	}
	b.last = at
	for _, r := range in.Runes {
		b.presses++
		b.number = b.number && isNumber(r)
		if isPrintable(r) {
			b.addRune(r)
		}
	}
}

// shift takes a pause out of the burst that was the door's and not the hand's.
func (b *burst) shift(pause time.Duration) {
	b.first, b.last = b.first.Add(pause), b.last.Add(pause)
}

func (b *burst) addRune(r rune) {
	if b.runes <= aimRunes && b.opens(r) {
		b.opened = true
	}
	if b.runes > 0 && r != b.latest {
		b.changes++
	}
	b.latest = r
	b.runes++
	if len(b.text) < MaxRunes {
		b.text = append(b.text, r)
	}
}

// opens reports whether a payload may begin with the rune. A layout with a
// digit there does not count: digits are what people type.
func (b *burst) opens(r rune) bool { return !isNumber(r) && b.options.OpensPayload(r) }

// begins reports whether a scan of its own may begin with the rune after some
// typing: nobody types control characters into a number.
func (b *burst) begins(r rune) bool { return b.opens(r) || !isPrintable(r) }

// admits reports whether a rune at this time may still belong to the burst: on
// average the gaps keep to Gap, with one long gap to spend.
func (b *burst) admits(at time.Time) bool {
	spare := b.options.Silence - b.options.Gap
	return at.Sub(b.first) <= time.Duration(b.presses)*b.options.Gap+spare
}

// isTyped reports whether the burst is typing by hand if a payload begins at
// this time: one that begins between two keys of the cashier is a scan of its
// own.
func (b *burst) isTyped(at time.Time) bool {
	slow := b.slow
	if at.Sub(b.last) > b.options.Gap {
		slow++
	}
	switch {
	case b.opened, b.runes == 0:
		return false
	case b.number:
		return slow > 0 || b.runes <= handRunes
	}
	return slow == b.presses // as many as gaps, the one before the payload included
}

// isScan reports whether no hand can have typed this. A typist who rolls over
// two keys at a time has a fast average too, but makes every second gap a slow
// one. The repeats of a held key prove nothing, so only changes count.
func (b *burst) isScan() bool {
	if b.slow == 0 {
		return b.runes >= b.options.MinRunes && b.changes >= minChanges
	}
	average := b.last.Sub(b.first) / time.Duration(b.presses-1)
	return average <= b.options.Gap && b.changes >= b.options.MinRunes-1+2*b.slow
}

// isHeldKey reports whether this looks like one key held down, which must show
// while it repeats.
func (b *burst) isHeldKey() bool { return b.runes >= 3 && b.changes < b.runes/3 }

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func isPrintable(r rune) bool { return !unicode.IsControl(r) }

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// isNumber reports whether the rune may stand in an amount as people write it.
func isNumber(r rune) bool { return isDigit(r) || strings.ContainsRune("., \u00a0\u202f", r) }
