package terminal

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

var start = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

const ms = time.Millisecond

func TestFilterHoldsBackWhatIsUnfinished(t *testing.T) {
	tests := []struct {
		name     string
		in, want string // what of it passes at once
		more     bool
	}{
		{"whole runes", "aХ€😀", "aХ€😀", false},
		{"first of two bytes", "a\xd0", "a", false},
		{"two of three bytes", "a\xe2\x82", "a", false},
		{"three of four bytes", "a\xf0\x9f\x98", "a", false},
		{"Alt and the first of two bytes", "a\x1b\xd0", "a", false},
		{"a byte that begins no rune", "a\xff", "a\xff", false},
		{"the rest of a rune alone", "\x82\x82\x82\x82", "\x82\x82\x82\x82", false},
		{"an impossible rune", "\xe2a", "\xe2a", false},
		{"Esc", "\x1b", "\x1b", false},
		{"Esc after text", "a\x1b", "a\x1b", false},
		{"Esc at the end of a full read", "a\x1b", "a", true},
		{"Esc twice", "\x1b\x1b", "", true},
		{"arrow", "\x1b[A", "\x1b[A", true},
		{"arrow without its end", "a\x1b[", "a", true},
		{"arrow without its end, nothing follows", "a\x1b[", "a\x1b[", false},
		{"Alt and an arrow without its end", "\x1b\x1b[", "", true},
		{"parameters", "\x1b[1;5", "", true},
		{"F1", "\x1bOP", "\x1bOP", true},
		{"F1 without its end", "\x1bO", "", true},
		{"F1 of the Linux console", "\x1b[[A", "\x1b[[A", true},
		{"F1 of the Linux console without its end", "\x1b[[", "", true},
		{"Alt and a letter", "\x1ba", "\x1ba", true},
		{"Alt and a letter's first byte", "\x1b\xd0", "", true},
		{"SGR mouse", "\x1b[<0;10;20M", "\x1b[<0;10;20M", true},
		{"SGR mouse without its end", "a\x1b[<0;10;2", "a", true},
		{"X10 mouse far right", "\x1b[M \xd0\xd0", "\x1b[M \xd0\xd0", false},
		{"X10 mouse without its end", "a\x1b[M \xd0", "a", true},
		{"X10 mouse without its end, nothing follows", "a\x1b[M \xd0", "a\x1b[M \xd0", false},
		{"rune after X10 mouse", "\x1b[M \xd0\xd0\xd0", "\x1b[M \xd0\xd0", false},
		{"an endless sequence", "\x1b[" + strings.Repeat("1", 40), "\x1b[" + strings.Repeat("1", 40), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var f filter
			got := string(f.push([]byte(test.in), start, test.more))
			if got != test.want {
				t.Errorf("passed %q, want %q", got, test.want)
			}
			if all := got + string(f.flush()); all != test.in {
				t.Errorf("with the rest %q, want %q", all, test.in)
			}
		})
	}
}

func TestHeldBytesPassWithTheirRest(t *testing.T) {
	var f filter
	for _, step := range []struct{ in, want string }{
		{"\xd0", ""}, {"\xa5\xd0", "Х"}, {"\xad", "Э"},
		{"\xf0", ""}, {"\x9f", ""}, {"\x98", ""}, {"\x80", "😀"},
		{"\xd0", ""}, {"a", "\xd0a"}, // the rest never came
		{"", ""},
	} {
		if got := string(f.push([]byte(step.in), start, false)); got != step.want {
			t.Errorf("after %q passed %q, want %q", step.in, got, step.want)
		}
	}
}

// A step is one read: after a time, some bytes, and what passes.
type step struct {
	after    time.Duration
	in, want string
}

func TestPaste(t *testing.T) {
	long := strings.Repeat("x", PasteLimitBytes)
	tests := map[string][]step{
		"whole": {
			{0, "a\x1b[200~1500\r\x1b[201~b", "a\x1b[200~1500\r\x1b[201~b"},
			{2 * time.Second, "\x03", "\x03"},
		},
		"in pieces": {
			{0, "\x1b[200~15", "\x1b[200~15"},
			{time.Second, "00\x1b[20", "00\x1b[20"},
			{time.Second, "1~\x03", "1~\x03"},
			{2 * time.Second, "c", "c"},
		},
		"two": {
			{0, "\x1b[200~15\x1b[201~\x1b[200~16\x1b[201~", "\x1b[200~15\x1b[201~\x1b[200~16\x1b[201~"},
			{2 * time.Second, "c", "c"},
		},
		"a long one and another": {
			{0, pasteStart + long[96:] + pasteEnd, pasteStart + long[96:] + pasteEnd},
			{0, pasteStart + long[96:] + pasteEnd, pasteStart + long[96:] + pasteEnd},
		},
		"escape before its end": {
			{0, "\x1b[200~15\x1b\x1b[201~", "\x1b[200~15\x1b\x1b[201~"},
			{1001 * ms, "\x03", "\x03"},
		},
		"with its end in two parts": {
			{0, "\x1b[200~\x1b[20x1~", "\x1b[200~\x1b[20x1~"},
			{1001 * ms, "\x03", "\x1b[201~\x03"},
		},
		"without its end": {
			{0, "\x1b[200~15", "\x1b[200~15"},
			{1001 * ms, "\x03", "\x1b[201~\x03"},
			{2 * time.Second, "\x03", "\x03"},
		},
		"with a part of its end": {
			{0, "\x1b[200~15\x1b[20", "\x1b[200~15\x1b[20"},
			{1001 * ms, "\x03", "1~\x03"},
		},
		"with something like its end": {
			{0, "\x1b[200~\x1b\x1b[20\x1b[202~\x1b[201~", "\x1b[200~\x1b\x1b[20\x1b[202~\x1b[201~"},
			{1001 * ms, "\x03", "\x03"},
		},
		"one that looks like a rune without its end": {
			{0, "\x1b[200~\xd0", "\x1b[200~\xd0"},
			{0, "\xa5\x1b[201~", "\xa5\x1b[201~"},
		},
		"as long as may be": {
			{0, "\x1b[200~" + long + "\x1b[201~\x03", "\x1b[200~" + long + "\x1b[201~\x03"},
		},
		"too long": {
			{0, "\x1b[200~" + long + "xyz", "\x1b[200~" + long + "\x1b[201~"},
			{0, "xyz\x1b[201~\x03", "\x03"},
			{2 * time.Second, "c", "c"},
		},
		"too long, without its end": {
			{0, "\x1b[200~" + long + "xyz", "\x1b[200~" + long + "\x1b[201~"},
			{500 * ms, "xyz", ""},
			{1001 * ms, "\x03", "\x03"},
		},
		"cut within its end": {
			{0, "\x1b[200~" + long[3:] + "\x1b[201~\x03", "\x1b[200~" + long[3:] + "\x1b[201~\x03"},
		},
	}
	for name, steps := range tests {
		t.Run(name, func(t *testing.T) {
			var f filter
			at := start
			for i, step := range steps {
				at = at.Add(step.after)
				if got := string(f.push([]byte(step.in), at, false)); got != step.want {
					t.Errorf("read %d passed %q, want %q", i+1, got, step.want)
				}
			}
			if got := f.flush(); len(got) > 0 {
				t.Errorf("the end of the stream passed %q more", got)
			}
		})
	}
}

func TestPasteIsEndedAtTheEndOfTheStream(t *testing.T) {
	var f filter
	f.push([]byte("\x1b[200~15"), start, false)
	if got := string(f.flush()); got != pasteEnd {
		t.Errorf("flushed %q, want the end of the paste", got)
	}
}

// piece draws a thing that a terminal sends whole.
func piece() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringN(1, 8, -1).Filter(func(s string) bool { return !strings.ContainsAny(s, "\x1b") }),
		rapid.SampledFrom([]string{
			"\x1b[A", "\x1bOP", "\x1b[1;5C", "\x1b[15~", "\x1b[<0;100;20M", "\x1b[[A", "\x1bх", "\r", "\x03", "Ж", "😀",
		}),
		rapid.Custom(func(t *rapid.T) string {
			text := rapid.StringN(0, 40, -1).Draw(t, "pasted")
			return pasteStart + strings.ReplaceAll(text, "\x1b", "") + pasteEnd
		}),
	)
}

// However a stream is split into reads, the same bytes come out, and no rune
// and no sequence is split by a read that could have been longer.
func TestAnySplitGivesTheSameStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := strings.Join(rapid.SliceOfN(piece(), 1, 20).Draw(t, "pieces"), "")
		var f filter
		var got []byte
		for rest := []byte(want); len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "read")
			more := n < len(rest)
			out := f.push(rest[:n], start, more)
			rest = rest[n:]
			got = append(got, out...)
			if f.paste == noPaste && !endsWhole(got, want[len(got):]) {
				t.Fatalf("a read ended with %q, before %q", got, want[len(got):])
			}
		}
		got = append(got, f.flush()...)
		if string(got) != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

// endsWhole reports whether no rune or sequence continues from one part of a
// stream into the other.
func endsWhole(before []byte, after string) bool {
	if len(after) > 0 && !utf8.RuneStart(after[0]) {
		return false
	}
	i := bytes.LastIndexByte(before, esc)
	return i < 0 || after == "" || isWholeSequence(before[i+1:])
}

// FuzzReader pushes arbitrary bytes in arbitrary reads: without a paste they
// come out as they went in; with one, what comes out begins the same, and no
// more than a bounded number of bytes is ever held back.
func FuzzReader(f *testing.F) {
	f.Add([]byte("aХ€😀\x1b[A\x1bOP"), uint8(1))
	f.Add([]byte("\x1b[200~1500\r\x1b[201~\x03"), uint8(3))
	f.Add([]byte("\x1b[200~1500\x03\x1b[20"), uint8(7))
	f.Add([]byte("\xd0\xff\xe2\x82\x1b\xd0\x1b[M\xd0\xd0\xd0"), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		var filter filter
		var got []byte
		at := start
		for rest := data; len(rest) > 0; {
			n := min(len(rest), int(size)+1)
			got = append(got, filter.push(rest[:n], at, n%2 == 0)...)
			rest = rest[n:]
			at = at.Add(100 * ms)
			if held := len(filter.tail); held > sequenceLimitBytes {
				t.Fatalf("%d bytes are held back", held)
			}
		}
		got = append(got, filter.flush()...)
		want := data
		if i := bytes.Index(data, []byte(pasteStart)); i >= 0 {
			want, got = data[:i], got[:min(i, len(got))]
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
		at = at.Add(2 * PasteSilence)
		if got := filter.push([]byte("\x03"), at, false); !bytes.HasSuffix(got, []byte("\x03")) {
			t.Fatalf("Ctrl-C after a silence gave %q", got)
		}
	})
}
