package terminal

import (
	"bytes"
	"time"
	"unicode/utf8"
)

const (
	esc        = 0x1b
	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
	mouseStart = "\x1b[M" // X10, which ends after mouseBytes
	mouseBytes = 6

	// sequenceLimitBytes is more than the longest sequence of a key or mouse.
	sequenceLimitBytes = 32
)

// A pasteState is where in a bracketed paste the stream is.
type pasteState int

const (
	noPaste  pasteState = iota
	inPaste             // bytes pass: bubbletea collects them
	cutPaste            // it was ended for its length, the rest is dropped
)

// A filter makes a stream of bytes safe, without reading anything itself. It
// passes every byte in order, save that the end of a paste may be added and
// the rest of an overlong one is dropped.
type filter struct {
	tail    []byte // the beginning of a rune or of a key sequence
	paste   pasteState
	pasted  int // bytes of the paste that passed
	matched int // bytes of pasteEnd seen
	last    time.Time
}

// push takes what was read and returns what may be delivered now. With more
// set, further bytes can be read at once, so that an unfinished key sequence
// is worth holding back; without, an escape is the Esc key and passes.
func (f *filter) push(data []byte, at time.Time, more bool) []byte {
	var out []byte
	if f.paste != noPaste && at.Sub(f.last) > PasteSilence {
		out = f.endPaste(out)
	}
	f.last = at
	rest := append(f.tail, data...)
	f.tail = nil
	for len(rest) > 0 {
		if f.paste != noPaste {
			out, rest = f.pushPaste(out, rest)
			continue
		}
		n := bytes.Index(rest, []byte(pasteStart))
		if n < 0 {
			n = len(rest) - unfinished(rest, more)
			f.tail = bytes.Clone(rest[n:])
			return append(out, rest[:n]...)
		}
		n += len(pasteStart)
		out, rest = append(out, rest[:n]...), rest[n:]
		f.paste, f.pasted, f.matched = inPaste, 0, 0
	}
	return out
}

// pushPaste passes bytes of a paste up to its end, and returns what follows
// the end. At the limit it ends the paste, and drops bytes from there on.
func (f *filter) pushPaste(out, data []byte) (passed, rest []byte) {
	for i, b := range data {
		if f.paste == inPaste {
			out = append(out, b)
			f.pasted++
		}
		f.match(b)
		if f.matched == len(pasteEnd) {
			f.paste = noPaste
			return out, data[i+1:]
		}
		if f.paste == inPaste && f.pasted == PasteLimitBytes {
			out = f.endPaste(out)
			f.paste = cutPaste
		}
	}
	return out, nil
}

// match follows pasteEnd, in which the escape occurs only in front.
func (f *filter) match(b byte) {
	switch b {
	case pasteEnd[f.matched]:
		f.matched++
	case esc:
		f.matched = 1
	default:
		f.matched = 0
	}
}

// endPaste ends a paste whose own end did not come, or only a part of it.
func (f *filter) endPaste(out []byte) []byte {
	if f.paste == inPaste {
		out = append(out, pasteEnd[f.matched:]...)
	}
	f.paste = noPaste
	return out
}

// flush returns what is held back, for the end of the stream.
func (f *filter) flush() []byte {
	out := f.endPaste(f.tail)
	f.tail = nil
	return out
}

// unfinished counts the bytes at the end of b that wait for their rest.
func unfinished(b []byte, more bool) int {
	if start := bytes.LastIndex(b, []byte(mouseStart)); start >= 0 && len(b)-start <= mouseBytes {
		// The coordinates are bytes of any value, not the beginning of a rune.
		if more && len(b)-start < mouseBytes {
			return len(b) - start
		}
		return 0
	}
	if n := unfinishedSequence(b); n > 0 && more {
		return n
	}
	n := unfinishedRune(b)
	if before := len(b) - n - 1; n > 0 && before >= 0 && b[before] == esc {
		n++ // Alt with the rune
	}
	return n
}

// unfinishedRune counts the bytes, 3 at most, of a rune without its end. Bytes
// that no rune begins with are not waited for.
func unfinishedRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if last := b[len(b)-n:]; utf8.RuneStart(last[0]) {
			if utf8.FullRune(last) {
				return 0
			}
			return n
		}
	}
	return 0
}

// unfinishedSequence counts the bytes of a key sequence without its end.
func unfinishedSequence(b []byte) int {
	start := bytes.LastIndexByte(b, esc)
	if start < 0 || isWholeSequence(b[start+1:]) {
		return 0
	}
	if start > 0 && b[start-1] == esc {
		start-- // Alt with the sequence
	}
	if len(b)-start > sequenceLimitBytes {
		return 0
	}
	return len(b) - start
}

// isWholeSequence reports whether the bytes after an escape hold a sequence,
// whatever follows it. Alt with a rune is left to unfinished.
func isWholeSequence(b []byte) bool {
	switch {
	case len(b) == 0:
		return false
	case b[0] == 'O':
		return len(b) > 1
	case b[0] != '[':
		return true
	}
	b = bytes.TrimLeftFunc(b[1:], func(r rune) bool { return ' ' <= r && r <= '?' })
	if len(b) > 0 && b[0] == '[' {
		return len(b) > 1 // the function keys of the Linux console
	}
	return len(b) > 0
}
