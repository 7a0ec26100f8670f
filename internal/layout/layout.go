// Package layout repairs a Skidkabot QR that a keyboard-wedge scanner typed under a foreign keyboard layout.
//
// A scanner presses the keys that give the payload on a US keyboard:
//
//	{"type":"Skidkabot","vendor":4,"client":83532824,"secret":31766}
//
// Under another layout, or with Caps Lock on, other characters arrive; under the Russian one ("ЙЦУКЕН")
//
//	ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ
//
// [Repair] finds the layout and the Caps Lock state, and gives back what the scanner meant. It can, because all but the digits of a
// payload is known: the four keys, the type and the punctuation tell which of the layouts of xkeyboard-config it was, and that
// layout's table tells the digits. Where a digit may have been lost it refuses: a wrong customer is worse than a second scan.
//
// The tables are generated from xkeyboard-config: see the head of layouts.txt.
package layout

//go:generate go run -tags xkbgen ./gen

import (
	"errors"
	"fmt"
	"strings"
)

// Layout names a keyboard layout. Several layouts may type a payload alike; then the best known one stands for all.
type Layout struct {
	ID   string // As xkeyboard-config writes it: "ru", "fr(bepo)".
	Name string // In English: "Russian", "French (BEPO)". Empty for a layout that is not known.
}

// Reading is a payload that was recognised, and how it had been typed.
type Reading struct {
	// Text is the payload in US characters, without AIM prefix, at most 512 bytes. Keys and type have their canonical spelling; the
	// order of the keys and the spaces are as they came.
	Text     string
	Layout   Layout
	CapsLock bool // On, or the scanner is set to upper case.
	Plain    bool // Typed under a US layout without Caps Lock: there was nothing to repair.
}

// ErrNotPayload says that a text does not resemble a Skidkabot payload under any layout: another barcode, or typing.
var ErrNotPayload = errors.New("layout: not a Skidkabot payload")

// DigitsLostError says that a payload was recognised, but that a digit is or could be missing from what arrived, because the layout
// has a dead key or none in its place.
type DigitsLostError struct {
	Layout   Layout
	CapsLock bool
}

func (e *DigitsLostError) Error() string {
	return fmt.Sprintf("layout: digits of the payload are lost under %s", e.Layout.ID)
}

// AmbiguousError says that layouts which cannot be told apart read the text as different payloads.
type AmbiguousError struct {
	Layouts []Layout // Of at least two different readings, the first one's first.
}

func (e *AmbiguousError) Error() string {
	ids := make([]string, len(e.Layouts))
	for i, l := range e.Layouts {
		ids[i] = l.ID
	}
	return "layout: the payload reads differently under " + strings.Join(ids, ", ")
}

// UnreadableError says that a text is for sure what is left of a payload, but not a whole one: cut off, garbled, with more in it than the
// four keys, or typed under a layout that is not known. Under the layout "us" a new scan may help; else switching the layout to it does.
type UnreadableError struct {
	Layout   Layout // Zero if the layout is not known.
	CapsLock bool
}

func (e *UnreadableError) Error() string {
	if e.Layout == (Layout{}) {
		return "layout: a payload typed under an unknown layout"
	}
	return fmt.Sprintf("layout: a damaged payload, typed under %s", e.Layout.ID)
}

const (
	// maxPayloadBytes bounds what a scanner meant: about five times the longest payload without spaces.
	maxPayloadBytes = 512
	// maxTextBytes bounds what arrived: a key may give four bytes of UTF-8.
	maxTextBytes = 4 * maxPayloadBytes
)

// Repair finds the layout and Caps Lock state under which text is an image of a Skidkabot payload (PROTOCOLS.md, section 1, "QR
// payload") and returns what the scanner meant. The payload holds exactly the four known keys in any order, with numbers of 1 to 19
// digits; an AIM prefix ("]Q1") and control characters around it are tolerated.
//
// Errors: [ErrNotPayload], also for texts of more than 2048 bytes; [*DigitsLostError]; [*AmbiguousError]; [*UnreadableError].
func Repair(text string) (Reading, error) { return loadAtlas().repair(text) }

func (a *atlas) repair(text string) (Reading, error) {
	if len(text) > maxTextBytes {
		return Reading{}, ErrNotPayload
	}
	var runes [256]rune // Spares the heap for scans of usual length.
	typed := runes[:0]
	for _, r := range strings.TrimFunc(text, isPadding) {
		typed = append(typed, r)
	}
	var buffer [2 * maxHits]hit
	hits := a.groups.find(typed, buffer[:0])
	var t trial
	t.run(hits, typed)
	if t.best == nil && t.lost == nil {
		exact := len(hits)
		hits = a.folded.find(typed, hits)
		t.run(hits[exact:], typed)
	}
	switch {
	case t.isLost():
		return Reading{}, &DigitsLostError{Layout: t.lost.layout, CapsLock: t.lost.capsLock}
	case t.rivals != nil:
		return Reading{}, t.ambiguity()
	case t.best != nil:
		return Reading{Text: t.text, Layout: t.best.layout, CapsLock: t.best.capsLock, Plain: t.best.plain()}, nil
	}
	return Reading{}, diagnose(hits, typed)
}

// isPadding tells what a scanner may put around a payload: spaces, terminators, separators of the GS1 kind.
func isPadding(r rune) bool { return r <= ' ' || r == 0x7F }
