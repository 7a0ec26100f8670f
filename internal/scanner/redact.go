package scanner

import (
	"fmt"
	"log/slog"
)

// What is scanned and typed holds QR secrets and PINs, so none of these types
// shows its text when printed or logged.

// String tells the length of the scan, not its text.
func (s Scan) String() string {
	return fmt.Sprintf("Scan(%d runes in %v)", s.Runes, s.Took)
}

// GoString is String, for %#v.
func (s Scan) GoString() string { return s.String() }

// LogValue is String, for slog.
func (s Scan) LogValue() slog.Value { return slog.StringValue(s.String()) }

// String tells the number of runes, not the runes.
func (in Input) String() string {
	return fmt.Sprintf("Input(key %d, %d runes)", in.Key, len(in.Runes))
}

// GoString is String, for %#v.
func (in Input) GoString() string { return in.String() }

// LogValue is String, for slog.
func (in Input) LogValue() slog.Value { return slog.StringValue(in.String()) }

// String tells nothing about what the decoder holds.
func (d *Decoder) String() string { return "scanner.Decoder" }

// GoString is String, for %#v.
func (d *Decoder) GoString() string { return d.String() }
