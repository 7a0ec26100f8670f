package skidkabot

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is what every formatter of a secret prints.
const redacted = "•••"

// A Secret is a control number that must not be seen: the secret of a
// customer's QR or the secret code of the shop. However it is printed, logged
// or marshalled it shows as "•••"; only [Secret.Reveal] gives the number.
//
// Package fmt calls no methods on unexported struct fields, so a struct that
// keeps a Secret in one must redact itself.
type Secret int64

// Reveal returns the number itself, for the wire and for the journal.
func (s Secret) Reveal() int64 { return int64(s) }

// String returns "•••".
func (s Secret) String() string { return redacted }

// GoString returns "•••".
func (s Secret) GoString() string { return redacted }

// Format writes "•••" for every verb: %d would print the number otherwise.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText returns "•••".
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON returns "•••" as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue makes log/slog write "•••".
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
