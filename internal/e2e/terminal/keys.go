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
	F5        Key = "\x1b[15~"
	F6        Key = "\x1b[17~"
	F7        Key = "\x1b[18~"
	F9        Key = "\x1b[20~"
	F10       Key = "\x1b[21~"
	F12       Key = "\x1b[24~"
	CtrlC     Key = "\x03"
	CtrlU     Key = "\x15"
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

// Type types text rune by rune, with a pause after each, whatever becomes of it.
func (t *Terminal) Type(text string, pause time.Duration) error {
	for _, r := range text {
		if err := t.Press(Key(r)); err != nil {
			return err
		}
		time.Sleep(pause)
	}
	return nil
}

// echoLimit is how long a typed rune is waited for: not every rune shows.
const echoLimit = time.Second

// TypeSeen types text rune by rune as a person does, who sees each rune before the pause that comes before the next one. A
// program that did not get to run for a while would read keys that do not wait for it all at once, as only a scanner types.
func (t *Terminal) TypeSeen(text string, pause time.Duration) error {
	for _, r := range text {
		before := t.shown()
		if err := t.Press(Key(r)); err != nil {
			return err
		}
		for limit := time.Now().Add(echoLimit); t.shown() == before && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
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
	_, err := t.ScanTimed(text, manner)
	return err
}

// ScanTimed is [Terminal.Scan], and gives the longest pause between two pieces: a busy machine may have made it longer than
// any scanner's.
func (t *Terminal) ScanTimed(text string, manner Manner) (longest time.Duration, err error) {
	var last time.Time
	for _, piece := range manner.pieces(text + string(Enter)) {
		if _, err := t.Write([]byte(piece)); err != nil {
			return longest, err
		}
		if now := time.Now(); last.IsZero() {
			last = now
		} else {
			longest, last = max(longest, now.Sub(last)), now
		}
		if manner.pause > 0 {
			time.Sleep(manner.pause)
		}
	}
	return longest, nil
}
