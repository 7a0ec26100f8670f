package scanner_test

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"pgregory.net/rapid"
)

// toCyrillic types a text as a scanner set to English does under ЙЦУКЕН.
var toCyrillic = strings.NewReplacer(
	"{", "Х", "}", "Ъ", `"`, "Э", ":", "Ж", ",", "б", "]", "ъ", "Q", "Й",
	"t", "е", "y", "н", "p", "з", "e", "у", "S", "Ы", "k", "л", "i", "ш", "d", "в", "a", "ф", "b", "и", "o", "щ",
	"v", "м", "n", "т", "r", "к", "c", "с", "l", "д", "s", "ы",
)

func drawPayload(t *rapid.T) string {
	text := fmt.Sprintf(`{"type":"Skidkabot","vendor":%d,"client":%d,"secret":%d}`,
		rapid.Uint32().Draw(t, "vendor"), rapid.Uint64().Draw(t, "client"), rapid.Uint16().Draw(t, "secret"))
	if rapid.Bool().Draw(t, "AIM") {
		text = "]Q1" + text
	}
	if rapid.Bool().Draw(t, "cyrillic") {
		text = toCyrillic.Replace(text)
	}
	return text
}

// drawBarcode draws what else lies on a counter: EANs, coupons, addresses.
func drawBarcode(t *rapid.T) string {
	code := rapid.OneOf(
		rapid.StringMatching(`[0-9]{8}|[0-9]{12,13}`),
		rapid.StringMatching(`\]E0[0-9]{13}`),
		// A letter, a hiccup, and a letter that some layout has on the brace
		// key are a letter that was typed and a payload: no Q in second place.
		rapid.StringMatching(`[A-Z][A-PR-Z][0-9]{6,12}`),
		rapid.StringMatching(`https?://[a-z]{4,12}\.ru/[a-z0-9]{0,30}`),
	)
	return code.Filter(func(s string) bool { return changes(s) >= 3 }).Draw(t, "barcode")
}

func changes(s string) int {
	runes := []rune(s)
	n := 0
	for i := 1; i < len(runes); i++ {
		if runes[i] != runes[i-1] {
			n++
		}
	}
	return n
}

// feedScan types a text as some scanner does: split into messages anywhere, at
// its own pace with jitter and perhaps one hiccup, with what it puts around.
func feedScan(t *rapid.T, k *till, text string) {
	isPayload := strings.Contains(text, "Skidkabot") || strings.Contains(text, "Ылшвлфище")
	if isPayload && rapid.IntRange(0, 9).Draw(t, "pasted") == 0 {
		k.feed(scanner.Input{Key: scanner.KeyText, Runes: []rune(text + "\r"), Paste: true})
		return
	}
	pace := rapid.IntRange(0, 40).Draw(t, "paceMillis")
	hiccup := -1
	if changes(text) >= 8 {
		hiccup = rapid.IntRange(-1, len([]rune(text))).Draw(t, "hiccup")
	}
	prefix := rapid.SampledFrom([]string{"", "\x02", "\x1d"}).Draw(t, "prefix")
	runes := []rune(prefix + text)
	for n := 0; n < len(runes); {
		size := rapid.OneOf(rapid.Just(1), rapid.IntRange(1, len(runes)-n)).Draw(t, "size")
		size = min(size, len(runes)-n)
		k.text(string(runes[n : n+size]))
		gap := pace + rapid.IntRange(-pace, 50-pace).Draw(t, "jitter")/4
		if n <= hiccup && hiccup < n+size {
			gap = 110
		}
		k.wait(time.Duration(gap) * ms)
		n += size
	}
	switch rapid.SampledFrom([]string{"enter", "tab", "crlf", "double", "etx", "silence"}).Draw(t, "terminator") {
	case "enter":
		k.enter()
	case "tab":
		k.feed(scanner.Input{Key: scanner.KeyTab})
	case "crlf":
		k.text("\r\n")
	case "double":
		k.enter()
		k.wait(time.Duration(pace) * ms)
		k.enter()
	case "etx":
		k.text("\x03")
		k.enter()
	case "silence":
		k.wait(120 * ms)
	}
}

// Any code, typed by any scanner into any field, is exactly one scan and
// leaves no trace, and the one that follows it is another.
func TestScanLeavesNoTrace(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := newTill(rt, rapid.SampledFrom(fields).Draw(rt, "field"))
		k.late = rapid.Bool().Draw(rt, "late timer")
		typed := rapid.StringMatching(`[0-9.,]{0,6}|[а-яА-Яa-z]{0,6}`).Draw(rt, "typed")
		for _, r := range typed {
			k.text(string(r))
			k.wait(125 * ms)
		}
		codes := rapid.SliceOfN(rapid.OneOf(rapid.Custom(drawPayload), rapid.Custom(drawBarcode)), 1, 3).Draw(rt, "codes")
		for _, code := range codes {
			feedScan(rt, k, code)
		}
		k.settle()
		k.check(typed, codes...)
		k.checkPressed()
	})
}

// A payload that a hands-free scanner reads while the cashier types digits
// leaves these in place, however little time is between.
func TestPayloadAfterTypedDigitsLeavesThem(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := newTill(rt, rapid.SampledFrom(fields).Draw(rt, "field"))
		k.late = rapid.Bool().Draw(rt, "late timer")
		typed := rapid.StringMatching(`[0-9]{1,4}[.,]?[0-9]{0,2}`).Draw(rt, "typed")
		gaps := drawHumanGaps(rt, len(typed))
		for i, r := range typed {
			k.text(string(r))
			if i < len(typed)-1 {
				k.wait(gaps[i])
			}
		}
		k.wait(time.Duration(rapid.IntRange(0, 110).Draw(rt, "gapMillis")) * ms)
		// The image of an AIM prefix may begin with any letter, which does not
		// set it apart from what was typed.
		code := rapid.Custom(drawPayload).Filter(func(s string) bool { return !strings.HasPrefix(s, "ъ") }).Draw(rt, "code")
		feedScan(rt, k, code)
		k.settle()
		k.check(typed, code)
		k.checkPressed()
	})
}

// drawHumanGaps draws what comes after each of n keys: 60 ms and more, save
// that two keys may be rolled over, but not three.
func drawHumanGaps(t *rapid.T, n int) []time.Duration {
	gaps := make([]time.Duration, n)
	rolled := true
	for i := range gaps {
		rolled = !rolled && rapid.Bool().Draw(t, "rolled")
		if rolled {
			gaps[i] = time.Duration(rapid.IntRange(10, 59).Draw(t, "rollMillis")) * ms
		} else {
			gaps[i] = time.Duration(rapid.IntRange(60, 400).Draw(t, "gapMillis")) * ms
		}
	}
	return gaps
}

// drawStroke draws the messages that one key press makes. A key held down
// makes many, the 00 key two or three.
func drawStroke(t *rapid.T, number int) []scanner.Input {
	in := scanner.Input{Key: scanner.KeyText}
	r := rapid.SampledFrom([]rune("0123456789.,Хх{[аяqz ")).Draw(t, "rune")
	kind := rapid.SampledFrom([]string{"key", "key", "key", "key", "00", "IME", "held", "enter", "tab", "other", "paste"}).Draw(t, "kind")
	times := 1
	switch kind {
	case "key":
		in.Runes = []rune{r}
	case "00":
		in.Runes = []rune{'0'}
		times = rapid.IntRange(2, 3).Draw(t, "zeros")
	case "IME":
		in.Runes = []rune("你好")
	case "held":
		in.Runes = []rune{r}
		times = rapid.IntRange(2, 30).Draw(t, "repeats")
	case "enter":
		in.Key = scanner.KeyEnter
	case "tab":
		in.Key = scanner.KeyTab
	case "other":
		in.Key = scanner.KeyOther
	case "paste":
		in.Paste = true
		in.Runes = []rune(rapid.StringMatching(`[0-9]{1,4}|[a-z]{1,5}`).Draw(t, "pasted"))
	}
	var stroke []scanner.Input
	for i := range times {
		in.Raw = [2]int{number, i}
		stroke = append(stroke, in)
	}
	return stroke
}

// Typing by hand comes out as it went in, in order, and is never a scan.
func TestTypingIsNeverAScan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := newTill(rt, rapid.SampledFrom(fields).Draw(rt, "field"))
		k.late = rapid.Bool().Draw(rt, "late timer")
		n := rapid.IntRange(1, 60).Draw(rt, "strokes")
		gaps := drawHumanGaps(rt, n)
		var want []any
		for i := range n {
			stroke := drawStroke(rt, i)
			between, after := 2*ms, gaps[i]
			if len(stroke[0].Runes) > 1 {
				k.wait(150 * ms) // several keys made this one
			}
			if len(stroke) > 1 {
				after = max(after, 83*ms) // such keys are not rolled over
			}
			if len(stroke) > 3 {
				between = 33 * ms
			}
			for j, in := range stroke {
				if j > 0 {
					k.wait(between)
				}
				k.feed(in)
				want = append(want, in.Raw)
				if len(stroke) > 3 && j == 0 {
					k.wait(250 * ms) // before the key begins to repeat
				}
			}
			k.wait(after)
		}
		k.settle()
		var got []any
		for _, typing := range k.typed {
			got = append(got, typing.Raw)
		}
		if !slices.Equal(got, want) {
			rt.Errorf("typed %v, want %v", got, want)
		}
		if len(k.scans) > 0 || k.retracts > 0 {
			rt.Errorf("scans %v and %d retracts, want none", k.scans, k.retracts)
		}
	})
}

// A typist at twelve keys a second, with uneven fingers, is not a scanner.
func TestFastTypistIsNeverAScan(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		k := newTill(rt, rapid.SampledFrom(fields).Draw(rt, "field"))
		text := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789Харитонов{")), 1, 100, -1).Draw(rt, "text")
		begun := k.now
		for i, r := range []rune(text) {
			at := time.Duration(i)*time.Second/12 + time.Duration(rapid.IntRange(0, 60).Draw(rt, "unevenMillis"))*ms
			k.wait(max(0, begun.Add(at).Sub(k.now)))
			k.text(string(r))
		}
		k.settle()
		k.check(text)
		if k.retracts > 0 {
			rt.Errorf("%d retracts, want none", k.retracts)
		}
	})
}

// FuzzDecoder feeds arbitrary inputs: what is not part of a scan comes out
// once and in order, and the timer always comes to rest.
func FuzzDecoder(f *testing.F) {
	seed := func(gap uint16, text string) (out []byte) {
		for _, r := range text {
			out = binary.LittleEndian.AppendUint16(out, gap)
			out = binary.LittleEndian.AppendUint16(out, uint16(r))
		}
		return out
	}
	f.Add(uint8(0), seed(1, payload+"\r"))
	f.Add(uint8(1), seed(30, "15"+cyrillic+"\t"))
	f.Add(uint8(2), seed(83, "Харитон 1500\r"))
	f.Add(uint8(1), slices.Concat(seed(90, "150"), seed(20, payload), seed(200, "5\r")))
	f.Fuzz(func(t *testing.T, field uint8, data []byte) {
		k := newTill(t, fields[int(field)%len(fields)])
		fed := 0
		data = data[:min(len(data), 1<<14)]
		for ; len(data) >= 4; data = data[4:] {
			k.wait(time.Duration(binary.LittleEndian.Uint16(data)%512) * ms)
			in := scanner.Input{Key: scanner.KeyText, Runes: []rune{rune(binary.LittleEndian.Uint16(data[2:]))}, Raw: fed}
			switch data[1] >> 4 {
			case 14:
				in.Key, in.Runes = scanner.KeyOther, nil
			case 15:
				in.Paste, in.Runes = true, []rune("https://example.org")
			}
			k.feed(in)
			fed++
		}
		k.settle()
		checkAccount(t, k, fed)
	})
}

// checkAccount checks that each input was typed at most once and in order, and
// that the field holds what was typed and not taken back.
func checkAccount(t *testing.T, k *till, fed int) {
	last := -1
	for _, typing := range k.typed {
		number := typing.Raw.(int)
		if number <= last || number >= fed {
			t.Fatalf("input %d of %d was typed after input %d", number, fed, last)
		}
		last = number
	}
	if k.retracts > len(k.scans) {
		t.Fatalf("%d retracts for %d scans", k.retracts, len(k.scans))
	}
	if len(k.scans) == 0 && len(k.typed) != fed {
		t.Fatalf("%d inputs, %d typed, no scan: something was lost", fed, len(k.typed))
	}
}
