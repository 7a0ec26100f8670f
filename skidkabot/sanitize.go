package skidkabot

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
)

// The joiners that emoji and some scripts cannot do without.
const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// escapePattern matches terminal sequences of ECMA-48 in their 7-bit and 8-bit
// forms, with what they carry: CSI, then the string-like ones (OSC, DCS, SOS,
// PM, APC), then the short ones. A sequence without an end goes up to the end.
var escapePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]?` +
			`|(?:\x1b[\]PX^_]|[\x{90}\x{98}\x{9d}-\x{9f}])[^\x07\x1b\x{9c}]*(?:\x07|\x1b\\|\x{9c})?` +
			`|\x1b[ -/]*[0-~]?`)
})

// Sanitize makes a text of the service safe to show on a terminal, in one
// line. It drops escape sequences, control characters and invisible format
// characters (those that turn the direction of writing among them), and
// makes every run of white space one space. Bad UTF-8 becomes U+FFFD.
func Sanitize(s string) string {
	s = escapePattern().ReplaceAllString(strings.ToValidUTF8(s, "\ufffd"), "")
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsGraphic(r), r == zeroWidthJoiner, r == zeroWidthNonJoiner:
			return r
		default:
			return -1
		}
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// truncate cuts s to at most maxRunes runes.
func truncate(s string, maxRunes int) string {
	count := 0
	for i := range s {
		if count == maxRunes {
			return strings.TrimRight(s[:i], " ")
		}
		count++
	}
	return s
}
