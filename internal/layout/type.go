package layout

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Errors of [Type].
var (
	ErrUnknownLayout = errors.New("layout: unknown layout")
	ErrUnknownKey    = errors.New("layout: no key press is known for the character")
)

// Type returns what arrives when a US scanner types text under a layout: the reverse of [Repair], for demonstrations and tests. Text
// may hold letters, digits, spaces and the punctuation of a payload. Terminals differ in what they do with dead keys; here both the dead
// key and the one after it type nothing, as with X11 where Compose has no rule for the two.
//
// Errors: [ErrUnknownLayout], [ErrUnknownKey].
func Type(text, layoutID string, capsLock bool) (string, error) {
	tables, known := loadAtlas().layouts[layoutID]
	if !known {
		return "", fmt.Errorf("%w: %q", ErrUnknownLayout, layoutID)
	}
	t := tables[0]
	if capsLock {
		t = tables[1]
	}
	var typed strings.Builder
	dead := false
	for _, c := range []byte(text) {
		if strings.IndexByte(alphabet, c) < 0 {
			return "", fmt.Errorf("%w: %q", ErrUnknownKey, c)
		}
		m := t.image(c)
		switch {
		case dead:
			dead = false
		case m.dead():
			dead = true
		case m.rare != nil:
			typed.WriteString(string(m.rare.texts[0]))
		default:
			typed.WriteRune(m.only)
		}
	}
	return typed.String(), nil
}

// OpensPayload tells whether some layout, Caps Lock on or off, has r on the key of the opening brace, with which a scan begins. Digits and
// decimal separators do not count: where numbers are typed they are typing.
func OpensPayload(r rune) bool {
	_, found := slices.BinarySearch(loadAtlas().braces, r)
	return found
}
