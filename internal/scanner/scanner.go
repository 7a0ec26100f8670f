// Package scanner tells a keyboard-wedge barcode scanner from a person at the
// keyboard.
//
// Both arrive as key presses. A [Decoder] takes every key with the time at
// which it came and gives back what the program may act on: a [Scan] where a
// machine typed, [Typing] where a person did, and [Retract] where the first
// runes of a scan had already been shown as typing. The package is pure: it
// starts nothing and reads no clock. The door feeds keys, and calls
// [Decoder.Tick] when [Decoder.Deadline] has passed; where it comes too late to
// that, because it was busy itself, it calls [Decoder.Resume] first:
//
//	for _, event := range decoder.Feed(input) {
//		switch event := event.(type) {
//		case scanner.Typing:
//			if event.First {
//				snapshot = field.Value() // Retract comes back to this
//			}
//			field.Update(event.Raw)
//		case scanner.Retract:
//			field.SetValue(snapshot)
//		case scanner.Scan:
//			identify(event.Text)
//		}
//	}
package scanner

import (
	"cmp"
	"time"
)

// The defaults that [New] puts in place of zero values.
const (
	DefaultGap        = 50 * time.Millisecond
	DefaultSilence    = 120 * time.Millisecond
	DefaultEnterGuard = 300 * time.Millisecond
	DefaultRepeat     = 3 * time.Second
	DefaultMinRunes   = 6
)

// MaxRunes bounds one scan. A longer burst is reported as a [Scan] with
// Truncated set, and the rest of it is swallowed.
const MaxRunes = 1024

// Options adjusts a [Decoder]; a value that is not positive means its default.
type Options struct {
	// Gap is the largest average time between two runes of a scan, and how
	// long a rune that could begin one is kept from a text field.
	Gap time.Duration
	// Silence ends a scan that no terminator ends.
	Silence time.Duration
	// EnterGuard is how long after a scan's end Enter and Tab are the
	// scanner's and not the cashier's.
	EnterGuard time.Duration
	// Repeat is how long after a scan the same text is the same scan.
	Repeat time.Duration
	// MinRunes is the least length of a scan, control characters not counted.
	MinRunes int
	// OpensPayload says whether some keyboard layout has the rune on the `{`
	// key, that is, whether a Skidkabot QR may begin with it. Nil: only `{`.
	OpensPayload func(rune) bool
}

// withDefaults replaces values that are not positive and a nil function.
func (o Options) withDefaults() Options {
	o.Gap = cmp.Or(max(o.Gap, 0), DefaultGap)
	o.Silence = max(o.Gap, cmp.Or(max(o.Silence, 0), DefaultSilence))
	o.EnterGuard = cmp.Or(max(o.EnterGuard, 0), DefaultEnterGuard)
	o.Repeat = cmp.Or(max(o.Repeat, 0), DefaultRepeat)
	o.MinRunes = cmp.Or(max(o.MinRunes, 0), DefaultMinRunes)
	if o.OpensPayload == nil {
		o.OpensPayload = func(r rune) bool { return r == '{' }
	}
	return o
}

// Field is what has the focus, that is, what typing would change.
type Field int

// The kinds of fields.
const (
	FieldNone   Field = iota // no input has the focus
	FieldNumber              // digits and separators show at once
	FieldText                // runes wait one gap before they show
)

// Key is the kind of an [Input].
type Key int

// The kinds of keys.
const (
	// KeyText is one or more runes. A Ctrl-letter is text too, with its
	// control character as the rune: scanners send STX, ETX (which is also
	// Ctrl-C) and GS, and only their company tells whose they are. So is a
	// rune with Alt: Windows reports AltGr, which makes `{` in many layouts, so.
	KeyText  Key = iota
	KeyEnter     // CR or LF
	KeyTab
	KeyOther // F-keys, arrows, Esc, Backspace, ...
)

// Input is one key message of the door.
type Input struct {
	Key   Key
	Runes []rune // of KeyText; kept by the decoder until it is handed back
	Paste bool   // a bracketed paste; line ends stand among the runes
	Raw   any    // the door's own message, handed back in Typing
	At    time.Time
}

// Event is a [Scan], a [Typing] or a [Retract].
type Event interface{ event() }

// Scan is what a scanner typed, whatever it says: whether it is a QR of ours
// is for the caller to find out.
type Scan struct {
	// Text holds no control characters. An AIM prefix such as `]Q1` is left
	// in place, since a foreign layout changes it along with the rest.
	Text string
	// At is when it ended: the time of its terminator or of its last rune.
	At time.Time
	// Runes counts what came, control characters not counted; it exceeds the
	// length of Text when Truncated.
	Runes int
	// Took is the time from its first rune to its last one.
	Took time.Duration
	// End is what ended it; silence also where it was reported before its end,
	// as a truncated one is.
	End Ending
	// Repeated: the scan before had the same text and ended less than
	// Options.Repeat before this one began.
	Repeated bool
	// Truncated: it was longer than MaxRunes, and Text holds its beginning.
	Truncated bool
}

// Ending is what ends a scan: the suffix that the scanner is set to.
type Ending int

// The endings.
const (
	EndSilence Ending = iota // none
	EndEnter
	EndTab
)

// Typing is an input that a person made, to be treated as if there were no
// scanner.
type Typing struct {
	// Input is as it was fed. Only when a message held the end of typing and
	// the beginning of a scan is it divided: then Raw is nil and Runes holds
	// what was typed.
	Input
	// First: this input may be the first of a scan that is not recognised
	// yet. Keep the field's content as it is now, before this input.
	First bool
}

// Retract takes back all Typing from the latest one with First set: these were
// the first runes of a scan. The field that got them becomes as it was.
type Retract struct{}

func (Scan) event()    {}
func (Typing) event()  {}
func (Retract) event() {}
