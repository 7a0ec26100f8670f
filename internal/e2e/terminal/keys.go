//go:build !windows

package terminal

import (
	"fmt"
	"time"
)

// Key is what a terminal sends for a key (xterm, in its usual mode).
type Key string

// The keys that have no character.
const (
	Enter     Key = "\r"
	Esc       Key = "\x1b"
	Tab       Key = "\t"
	Backspace Key = "\x7f"
	Up        Key = "\x1b[A"
	Down      Key = "\x1b[B"
	Right     Key = "\x1b[C"
	Left      Key = "\x1b[D"
	F1        Key = "\x1bOP"
	F2        Key = "\x1bOQ"
	F3        Key = "\x1bOR"
	F6        Key = "\x1b[17~"
	F10       Key = "\x1b[21~"
	CtrlC     Key = "\x03"
)

// The brackets of a bracketed paste.
const (
	PasteBegins = "\x1b[200~"
	PasteEnds   = "\x1b[201~"
)

// Write sends bytes as they are, all at once.
func (t *Terminal) Write(bytes []byte) (int, error) {
	n, err := t.pty.Write(bytes)
	if err != nil {
		err = fmt.Errorf("terminal: %w", err)
	}
	return n, err
}

// Press presses keys one after the other, without a pause.
func (t *Terminal) Press(keys ...Key) error {
	for _, key := range keys {
		if _, err := t.Write([]byte(key)); err != nil {
			return err
		}
	}
	return nil
}

// Type types text rune by rune as a person does, with a pause after each.
func (t *Terminal) Type(text string, pause time.Duration) error {
	for _, r := range text {
		if err := t.Press(Key(r)); err != nil {
			return err
		}
		time.Sleep(pause)
	}
	return nil
}

// Manner is how a scanner hands over what it has read: the pieces that are written one by one, and the pause after each.
type Manner struct {
	pieces func(text string) []string
	pause  time.Duration
}

// AtOnce hands everything over in one write.
func AtOnce() Manner {
	return Manner{pieces: func(text string) []string { return []string{text} }}
}

// EachRune writes rune by rune, as a scanner in keyboard mode does.
func EachRune(pause time.Duration) Manner {
	return Manner{pause: pause, pieces: func(text string) []string {
		var pieces []string
		for _, r := range text {
			pieces = append(pieces, string(r))
		}
		return pieces
	}}
}

// EachByte writes byte by byte, which tears the characters of other scripts apart.
func EachByte(pause time.Duration) Manner {
	return Manner{pause: pause, pieces: func(text string) []string {
		var pieces []string
		for i := range len(text) {
			pieces = append(pieces, text[i:i+1])
		}
		return pieces
	}}
}

// Pasted brackets everything as a paste.
func Pasted() Manner {
	return Manner{pieces: func(text string) []string { return []string{PasteBegins + text + PasteEnds} }}
}

// Scan types text as a scanner does, with its Enter at the end.
func (t *Terminal) Scan(text string, manner Manner) error {
	for _, piece := range manner.pieces(text + string(Enter)) {
		if _, err := t.Write([]byte(piece)); err != nil {
			return err
		}
		if manner.pause > 0 {
			time.Sleep(manner.pause)
		}
	}
	return nil
}
