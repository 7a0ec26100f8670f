package skidkabot

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestSanitize(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"plain":               {"Александр", "Александр"},
		"spaces":              {"  Анна \t\r\n Мария ", "Анна Мария"},
		"no-break space":      {"Анна\u00a0Мария", "Анна Мария"},
		"colour":              {"\x1b[31mАнна\x1b[0m", "Анна"},
		"8-bit colour":        {"\u009b31mАнна", "Анна"},
		"clear screen":        {"\x1b[2J\x1b[HАнна", "Анна"},
		"private mode":        {"\x1b[?1049hАнна", "Анна"},
		"title by BEL":        {"\x1b]0;pwned\x07Анна", "Анна"},
		"title by ST":         {"\x1b]0;pwned\x1b\\Анна", "Анна"},
		"8-bit title":         {"\u009d0;pwned\u009cАнна", "Анна"},
		"link":                {"\x1b]8;;http://x\x1b\\Анна\x1b]8;;\x1b\\", "Анна"},
		"device control":      {"\x1bPq#0\x1b\\Анна", "Анна"},
		"reset":               {"\x1bcАнна", "Анна"},
		"charset":             {"\x1b(0Анна", "Анна"},
		"endless title":       {"Анна\x1b]0;pwned", "Анна"},
		"lone escape":         {"Анна\x1b", "Анна"},
		"bell and backspace":  {"А\x07н\x08на", "Анна"},
		"NUL and DEL":         {"А\x00нн\x7fа", "Анна"},
		"bidi override":       {"\u202eаннА\u202c", "аннА"},
		"bidi isolate":        {"\u2067Анна\u2069\u200f", "Анна"},
		"zero width space":    {"Ан\u200bна\ufeff", "Анна"},
		"line separator":      {"Анна\u2028Мария", "Анна Мария"},
		"soft hyphen":         {"Ан\u00adна", "Анна"},
		"private use":         {"Анна\ue000", "Анна"},
		"bad UTF-8":           {"Ан\xffна", "Ан\ufffdна"},
		"family emoji":        {"👨‍👩‍👧 Анна", "👨‍👩‍👧 Анна"},
		"Persian with joiner": {"می\u200cخواهم", "می\u200cخواهم"},
		"combining":           {"Й\u0306", "Й\u0306"},
		"empty":               {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Sanitize(test.in); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// unsafeRune reports what must never reach a terminal.
func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == '\u2028' || r == '\u2029'
}

func TestSanitizedIsSafeAndStable(t *testing.T) {
	pieces := rapid.OneOf(
		rapid.SampledFrom([]string{"\x1b", "\x1b[", "\x1b]", "\x1b\\", "\u009b", "\u009c", "\u009d", "\x07", "\u202e", "31m", "Анна", " ", "\xff", "\xc2"}),
		rapid.String(),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), "")
		got := Sanitize(in)
		if i := strings.IndexFunc(got, unsafeRune); i >= 0 || !utf8.ValidString(got) {
			t.Fatalf("%q became %q, unsafe at %d", in, got, i)
		}
		if again := Sanitize(got); again != got {
			t.Fatalf("%q became %q and then %q", in, got, again)
		}
	})
}

func TestTruncateCountsRunes(t *testing.T) {
	for _, test := range []struct {
		in   string
		max  int
		want string
	}{{"Анна", 4, "Анна"}, {"Анна", 3, "Анн"}, {"Ан на", 3, "Ан"}, {"", 3, ""}, {"А", 0, ""}} {
		if got := truncate(test.in, test.max); got != test.want {
			t.Errorf("%q to %d: got %q, want %q", test.in, test.max, got, test.want)
		}
	}
}
