package layout

import "strings"

// table is what one layout in one Caps Lock state types for each character of the alphabet.
type table struct {
	layout   Layout // The first one that has this table.
	capsLock bool
	rank     int // Position in the data: of the tables that read a text alike, the one of lowest rank names it.
	digits   fate
	runes    [len(alphabet)]rune // What each key press types, in the order of the alphabet; below 0: see rare.
	rare     []*rareText         // The presses that do not type exactly one character; the one at -1-rune.
	traits
}

// fate is what a layout does to the digits, as layouts.txt tells it.
type fate string

const (
	digitsKept  fate = "kept"  // They stay ASCII.
	digitsMoved fate = "moved" // They become other characters, which are known.
	digitsRisky fate = "risky" // They stay ASCII, but the colon's key is dead and may swallow the first one of a number.
	digitsLost  fate = "lost"  // A digit's key is dead or types nothing.
)

// alphabet is the order of a table: the characters whose key presses are known.
const alphabet = ` ",0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ]abcdefghijklmnopqrstuvwxyz{}`

// column gives the place of each ASCII character in the alphabet, or -1.
var column = func() (column [128]int8) {
	for c := range column {
		column[c] = int8(strings.IndexByte(alphabet, byte(c)))
	}
	return column
}()

// image is what one key press types.
type image struct {
	only rune      // The one character; meaningless if rare is set.
	rare *rareText // Nil if the press types exactly one character.
}

// rareText is what a press types that does not type exactly one character.
type rareText struct {
	texts   [][]rune // By the terminal; an empty one for a key that types nothing. None for a dead key.
	dead    bool     // A dead key or a latching modifier: it may type an accent, and it changes or swallows what comes next.
	accents string   // What can stand for the dead key by itself.
}

// image returns what the press for c types; c must be of the alphabet.
func (t *table) image(c byte) image {
	r := t.runes[column[c]]
	if r < 0 {
		return image{rare: t.rare[-1-r]}
	}
	return image{only: r}
}

// plain tells whether this is the US layout itself without Caps Lock, the first table of the data.
func (t *table) plain() bool { return t.rank == 0 }

// dead tells whether the press acts on the next one.
func (m image) dead() bool { return m.rare != nil && m.rare.dead }

// certain tells whether the press always types text of its own.
func (m image) certain() bool { return m.rare == nil || !m.rare.dead && len(m.rare.texts[0]) > 0 }

// isAccent tells whether r can stand for the dead key by itself.
func (m image) isAccent(r rune) bool { return m.dead() && strings.ContainsRune(m.rare.accents, r) }

// length tells how many runes at the start of typed are what the press types, or -1. No text of a press is the beginning of another
// one of it, so there is at most one.
func (m image) length(typed []rune) int {
	if m.rare == nil {
		if len(typed) > 0 && typed[0] == m.only {
			return 1
		}
		return -1
	}
	for _, text := range m.rare.texts {
		if len(typed) >= len(text) && string(typed[:len(text)]) == string(text) {
			return len(text)
		}
	}
	return -1
}

// texts lists what the press can type; nothing for a dead key.
func (m image) texts() [][]rune {
	if m.rare == nil {
		return [][]rune{{m.only}}
	}
	return m.rare.texts
}

// firstDigit is where the digits begin in the alphabet.
const firstDigit = 3

// digitAt is [image.length] for a digit.
func (t *table) digitAt(digit int, typed []rune) int {
	r := t.runes[firstDigit+digit]
	if r < 0 {
		return image{rare: t.rare[-1-r]}.length(typed)
	}
	if len(typed) > 0 && typed[0] == r {
		return 1
	}
	return -1
}
