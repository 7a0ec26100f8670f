package scanner_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/scanner"
)

const (
	payload  = `{"type":"Skidkabot","vendor":4,"client":83532824,"secret":31766}`
	cyrillic = `ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ`
	ean      = "4601234567893"
	ms       = time.Millisecond
)

var fields = []scanner.Field{scanner.FieldNone, scanner.FieldNumber, scanner.FieldText}

// inEachField runs a test in each kind of field.
func inEachField(t *testing.T, test func(t *testing.T, k *till)) {
	for _, field := range fields {
		t.Run(fmt.Sprintf("field %d", field), func(t *testing.T) { test(t, newTill(t, field)) })
	}
}

func TestScanEndsWithTerminatorOrSilence(t *testing.T) {
	enter := scanner.Input{Key: scanner.KeyEnter}
	tab := scanner.Input{Key: scanner.KeyTab}
	lf := scanner.Input{Key: scanner.KeyText, Runes: []rune("\n")}
	tests := map[string]struct {
		terminator []scanner.Input
		end        scanner.Ending
	}{
		"enter":     {[]scanner.Input{enter}, scanner.EndEnter},
		"tab":       {[]scanner.Input{tab}, scanner.EndTab},
		"lf":        {[]scanner.Input{lf}, scanner.EndEnter},
		"cr lf":     {[]scanner.Input{enter, lf}, scanner.EndEnter},
		"enter x 2": {[]scanner.Input{enter, enter}, scanner.EndEnter},
		"tab enter": {[]scanner.Input{tab, enter}, scanner.EndTab},
		"silence":   {nil, scanner.EndSilence},
	}
	for name, test := range tests {
		terminator := test.terminator
		t.Run(name, func(t *testing.T) {
			inEachField(t, func(t *testing.T, k *till) {
				k.scanRunes(payload, 2*ms)
				end := k.now
				for _, in := range terminator {
					k.wait(2 * ms)
					k.feed(in)
				}
				if len(terminator) > 0 {
					end = end.Add(2 * ms)
					k.check("", payload) // at once, without a timer
				}
				k.settle()
				k.check("", payload)
				k.checkPressed()
				want := scanner.Scan{Text: payload, At: end, Runes: 64, Took: 126 * ms, End: test.end}
				if len(k.scans) == 1 && k.scans[0] != want {
					t.Errorf("got scan %+v ending %v, want %+v ending %v", k.scans[0], k.scans[0].At, want, end)
				}
			})
		})
	}
}

func TestScanComesInOneMessage(t *testing.T) {
	for name, text := range map[string]string{
		"alone":           payload,
		"with terminator": payload + "\r\n",
		"stx, etx":        "\x02" + payload + "\x03\r",
		"gs inside":       "\x1d" + payload[:20] + "\x1d" + payload[20:] + "\t\r",
	} {
		t.Run(name, func(t *testing.T) {
			inEachField(t, func(t *testing.T, k *till) {
				k.text(text)
				k.settle()
				k.check("", payload)
				k.checkPressed()
			})
		})
	}
}

func TestThePastedSuffixIsTold(t *testing.T) {
	for text, want := range map[string]scanner.Ending{
		payload: scanner.EndSilence, payload + "\r": scanner.EndEnter, payload + "\x03\r\n": scanner.EndEnter, payload + "\t\r": scanner.EndTab,
		"\x02" + payload + "\x03": scanner.EndSilence,
	} {
		k := newTill(t, scanner.FieldNone)
		k.feed(scanner.Input{Key: scanner.KeyText, Runes: []rune(text), Paste: true})
		k.check("", payload)
		if k.scans[0].End != want {
			t.Errorf("%q ends with %v, want %v", text, k.scans[0].End, want)
		}
	}
}

func TestDigitsInFrontOfASlashBelongToTheCode(t *testing.T) {
	for _, messages := range [][]string{{"123/45678"}, {"A", "1/234567"}, {"12", "3/45678"}, {"12", "345678/9"}} {
		k := newTill(t, scanner.FieldNumber)
		for _, message := range messages {
			k.text(message)
		}
		k.enter()
		k.check("", strings.Join(messages, ""))
	}
}

func TestTypingOfALayoutWithADigitOnTheBraceKey(t *testing.T) {
	k := newTill(t, scanner.FieldNumber)
	k.decoder = scanner.New(scanner.Options{OpensPayload: func(r rune) bool { return r == '1' || r == '{' }})
	k.decoder.SetField(scanner.FieldNumber)
	k.text("1")
	k.check("1")
	k.text(payload)
	k.enter()
	k.check("1", payload)
}

func TestTypedTerminatorsActAsKeys(t *testing.T) {
	k := newTill(t, scanner.FieldText)
	k.feed(scanner.Input{Key: scanner.KeyText, Runes: []rune("\t"), Raw: "tab"})
	k.text("a\tb\n")
	k.check("ab")
	k.checkPressed(scanner.KeyTab, scanner.KeyTab, scanner.KeyEnter)
	if k.typed[0].Raw != "tab" || k.typed[1].Raw != nil {
		t.Errorf("Raw is %v and %v, want that of the whole message and nil", k.typed[0].Raw, k.typed[1].Raw)
	}
}

func TestScansInOneMessageAreDividedAtTheTerminator(t *testing.T) {
	k := newTill(t, scanner.FieldNone)
	k.text(payload + "\r" + ean + "\r\n")
	k.check("", payload, ean)
}

func TestPrefixesAreTolerated(t *testing.T) {
	for name, test := range map[string]struct{ typed, want string }{
		"AIM QR":             {"]Q1" + payload, "]Q1" + payload},
		"AIM QR in Cyrillic": {"ъЙ1" + cyrillic, "ъЙ1" + cyrillic},
		"AIM EAN":            {"]E0" + ean, "]E0" + ean},
		"stx and AIM":        {"\x02]Q1" + payload, "]Q1" + payload},
		"stx and an EAN":     {"\x02" + ean, ean},
		"gs":                 {"\x1d" + payload, payload},
	} {
		t.Run(name, func(t *testing.T) {
			inEachField(t, func(t *testing.T, k *till) {
				k.scanRunes(test.typed, 40*ms)
				k.enter()
				k.settle()
				k.check("", test.want)
				k.checkPressed()
				if len(k.typed) > 0 {
					t.Errorf("typed %v, want nothing", k.typed)
				}
			})
		})
	}
}

func TestControlCharactersAroundTheTerminatorDoNotAct(t *testing.T) {
	k := newTill(t, scanner.FieldNumber)
	k.scanRunes(payload, ms)
	k.text("\x03") // ETX is Ctrl-C
	k.enter()
	k.text("\x03")
	k.settle()
	k.check("", payload)

	k.text("\x03")
	k.settle()
	k.check("\x03", payload)
}

func TestDigitsShowAtOnceInANumberField(t *testing.T) {
	k := newTill(t, scanner.FieldNumber)
	for i, r := range []rune("1 500,5") {
		k.text(string(r))
		if got := len(k.typed); got != i+1 {
			t.Fatalf("after rune %d: %d runes shown, want %d", i+1, got, i+1)
		}
		k.wait(80 * ms)
	}
	k.enter()
	k.check("1 500,5")
	k.checkPressed(scanner.KeyEnter)
}

func TestEANInANumberFieldIsRetracted(t *testing.T) {
	k := newTill(t, scanner.FieldNumber)
	k.scanRunes("1500", 90*ms)
	k.wait(time.Second)
	k.scanRunes(ean[:5], 5*ms)
	k.check("1500" + ean[:5])
	k.wait(5 * ms)
	k.text(ean[5:6])
	k.check("1500")
	k.wait(5 * ms)
	k.scanRunes(ean[6:], 5*ms)
	k.enter()
	k.check("1500", ean)
	k.checkPressed()
	if k.retracts != 1 {
		t.Errorf("%d retracts, want 1", k.retracts)
	}
}

func TestEANRightAfterTypingTakesAFewDigitsAtMost(t *testing.T) {
	k := newTill(t, scanner.FieldNumber)
	k.scanRunes("1234567890", 80*ms)
	k.wait(110 * ms)
	k.scanRunes(ean, ms)
	k.enter()
	if len(k.scans) != 1 || !strings.HasSuffix(k.scans[0].Text, ean) {
		t.Fatalf("scans %v, want one that ends with the EAN", k.scans)
	}
	if got := string(k.content); !strings.HasPrefix(got, "1234567") {
		t.Errorf("field holds %q, want at least 7 digits of what was typed", got)
	}
}

func TestPayloadIsHeldFromItsFirstRune(t *testing.T) {
	for _, text := range []string{payload, cyrillic, strings.ToUpper(payload)} {
		inEachField(t, func(t *testing.T, k *till) {
			k.scanRunes(text, 30*ms)
			k.enter()
			k.check("", text)
			if len(k.typed) != 0 || k.retracts != 0 {
				t.Errorf("%d typed and %d retracted, want none", len(k.typed), k.retracts)
			}
		})
	}
}

func TestPayloadRightAfterADigitLeavesTheDigit(t *testing.T) {
	for _, gap := range []time.Duration{0, 30 * ms, 90 * ms} {
		inEachField(t, func(t *testing.T, k *till) {
			k.scanRunes("150", 70*ms)
			k.wait(gap)
			k.scanRunes(payload, 10*ms)
			k.enter()
			k.settle()
			k.check("150", payload)
			k.checkPressed()
		})
	}
}

func TestTypingAndScanInOneMessageAreDivided(t *testing.T) {
	inEachField(t, func(t *testing.T, k *till) {
		k.scanRunes("150", 70*ms)
		k.wait(70 * ms)
		k.text("0" + payload)
		k.enter()
		k.check("1500", payload)
	})
	inEachField(t, func(t *testing.T, k *till) {
		k.text("1")
		k.wait(70 * ms)
		k.text("5" + payload)
		k.enter()
		k.check("15", payload)

		k.wait(time.Second)
		k.text("7" + cyrillic)
		k.enter()
		k.check("157", payload, cyrillic)
		if last := k.typed[len(k.typed)-1]; last.Raw != nil || string(last.Runes) != "7" {
			t.Errorf("divided typing holds %q and Raw %v", string(last.Runes), last.Raw)
		}
	})
}

func TestTypedMessageIsNotDividedWithoutNeed(t *testing.T) {
	k := newTill(t, scanner.FieldText)
	k.feed(scanner.Input{Key: scanner.KeyText, Runes: []rune("15г"), Raw: "raw"})
	k.settle()
	k.check("15г")
	if len(k.typed) != 1 || k.typed[0].Raw != "raw" {
		t.Errorf("typed %v, want one message with its Raw", k.typed)
	}
}

func TestPayloadAmongLettersLeavesTheLetters(t *testing.T) {
	for _, typed := range []string{"И", "Ив", "Ива", "Иван"} {
		k := newTill(t, scanner.FieldText)
		k.scanRunes(typed, 60*ms)
		k.wait(60 * ms)
		k.scanRunes(cyrillic, 5*ms)
		k.enter()
		k.check(typed, cyrillic)
	}
}

func TestOpeningLetterInATextFieldIsReleasedAfterOneGap(t *testing.T) {
	k := newTill(t, scanner.FieldText)
	k.text("Х")
	if at, ok := k.decoder.Deadline(); !ok || !at.Equal(start.Add(50*ms)) {
		t.Fatalf("Deadline is %v, %v; want 50 ms after the rune", at, ok)
	}
	k.check("")
	k.wait(49 * ms)
	k.check("")
	k.wait(ms)
	k.check("Х")
	k.wait(30 * ms)
	k.scanRunes("аритон", 83*ms)
	k.settle()
	k.check("Харитон")
	if k.retracts != 0 {
		t.Errorf("%d retracts, want none", k.retracts)
	}
}

func TestOneHiccupDoesNotTearAScan(t *testing.T) {
	for _, text := range []string{payload, cyrillic, "]Q1" + payload, "\x02" + payload, ean, "12345670"} {
		runes := []rune(text)
		for at := range len(runes) - 1 {
			inEachField(t, func(t *testing.T, k *till) {
				k.scanRunes(string(runes[:at+1]), 40*ms)
				k.wait(110 * ms)
				k.scanRunes(string(runes[at+1:]), 40*ms)
				k.enter()
				k.settle()
				k.check("", strings.Trim(text, "\x02"))
				k.checkPressed()
				if t.Failed() {
					t.Fatalf("hiccup after rune %d of %q", at+1, text)
				}
			})
		}
	}
}

func TestEnterGuard(t *testing.T) {
	t.Run("early", func(t *testing.T) {
		inEachField(t, func(t *testing.T, k *till) {
			k.text(payload)
			k.enter()
			for range 5 {
				k.wait(59 * ms)
				k.enter()
			}
			k.checkPressed()
			k.wait(5 * ms)
			k.enter()
			k.checkPressed(scanner.KeyEnter)
		})
	})
	t.Run("after silence it counts from the last rune", func(t *testing.T) {
		inEachField(t, func(t *testing.T, k *till) {
			k.text(payload)
			k.wait(299 * ms)
			k.enter()
			k.checkPressed()
			k.wait(ms)
			k.enter()
			k.checkPressed(scanner.KeyEnter)
		})
	})
	t.Run("a digit lifts it", func(t *testing.T) {
		inEachField(t, func(t *testing.T, k *till) {
			k.text(payload)
			k.enter()
			k.wait(100 * ms)
			k.text("5")
			k.wait(100 * ms)
			k.enter()
			k.check("5", payload)
			k.checkPressed(scanner.KeyEnter)
		})
	})
	t.Run("a letter does not", func(t *testing.T) {
		inEachField(t, func(t *testing.T, k *till) {
			k.text(payload)
			k.enter()
			k.wait(100 * ms)
			k.text("a")
			k.wait(100 * ms)
			k.enter()
			k.check("a", payload)
			k.checkPressed()
		})
	})
	t.Run("nor does the end of a torn scan", func(t *testing.T) {
		inEachField(t, func(t *testing.T, k *till) {
			k.scanRunes(payload[:40], ms)
			k.wait(150 * ms)
			k.scanRunes("66}", ms)
			k.enter()
			k.checkPressed()
		})
	})
	t.Run("other keys pass", func(t *testing.T) {
		k := newTill(t, scanner.FieldNone)
		k.text(payload)
		k.enter()
		k.feed(scanner.Input{Key: scanner.KeyOther})
		k.checkPressed(scanner.KeyOther)
	})
}

func TestOtherKeys(t *testing.T) {
	k := newTill(t, scanner.FieldText)
	k.text("{")
	k.text("a")
	k.feed(scanner.Input{Key: scanner.KeyOther, Raw: "F2"})
	k.check("{a")
	k.checkPressed(scanner.KeyOther)
	if last := k.typed[2]; last.Raw != "F2" {
		t.Errorf("the third thing typed is %v, want the key", last)
	}

	k.wait(time.Second)
	k.scanRunes(payload[:10], ms)
	k.feed(scanner.Input{Key: scanner.KeyOther})
	k.scanRunes(payload[10:], ms)
	k.enter()
	k.check("{a", payload)
	k.checkPressed(scanner.KeyOther)
}

func TestEnterAfterShortTypingActsInOrder(t *testing.T) {
	k := newTill(t, scanner.FieldText)
	k.scanRunes("ab", 30*ms)
	k.enter()
	k.check("ab")
	k.checkPressed(scanner.KeyEnter)
}

func TestHeldKeyAndDoubleZeroAreTyping(t *testing.T) {
	inEachField(t, func(t *testing.T, k *till) {
		k.text("1")
		k.wait(250 * ms)
		for range 40 {
			k.text("0")
			k.wait(33 * ms)
		}
		k.settle()
		k.check("1" + strings.Repeat("0", 40))

		k.text("5")
		k.wait(40 * ms)
		k.scanRunes("000", 2*ms)
		k.wait(90 * ms)
		k.scanRunes("000", 2*ms)
		k.settle()
		k.check("1" + strings.Repeat("0", 40) + "5000000")
		if k.retracts != 0 {
			t.Errorf("%d retracts, want none", k.retracts)
		}
	})
}

// Each row is what came and the gap before each rune, in milliseconds.
func TestFastTyping(t *testing.T) {
	tests := map[string]struct {
		text string
		gaps []int
	}{
		"two keys and 00 twice":          {"150000", []int{0, 40, 40, 2, 40, 2}},
		"bursts of five":                 {"1234512345", []int{0, 30, 30, 30, 30, 150, 30, 30, 30, 30}},
		"rolls of four, slow on average": {"123412341234", []int{0, 48, 48, 48, 118, 48, 48, 48, 118, 48, 48, 48}},
		"rolls of two":                   {"12121212121212", []int{0, 20, 60, 20, 60, 20, 60, 20, 60, 20, 60, 20, 60, 20}},
		"two rolls of three":             {"123456", []int{0, 30, 30, 60, 30, 30}},
		"held key and a roll":            {"000000012", []int{0, 33, 33, 33, 33, 33, 33, 40, 40}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inEachField(t, func(t *testing.T, k *till) {
				for i, r := range test.text {
					k.wait(time.Duration(test.gaps[i]) * ms)
					k.text(string(r))
				}
				k.settle()
				k.check(test.text)
			})
		})
	}
}

func TestHeldKeyShowsWhileItRepeats(t *testing.T) {
	k := newTill(t, scanner.FieldText)
	k.scanRunes("Хххххххх", 33*ms) // Shift was let go
	if got := len(k.content); got < 6 {
		t.Errorf("%d runes shown while the key is down, want at least 6", got)
	}
}

func TestRepeatedScans(t *testing.T) {
	k := newTill(t, scanner.FieldNone)
	scan := func(text string) {
		k.scanRunes(text, 20*ms)
		k.enter()
	}
	scan(payload)
	for range 3 { // each one prolongs
		k.wait(2900 * ms)
		scan(payload)
	}
	k.wait(3 * time.Second)
	scan(payload)
	scan(ean)
	scan(payload)
	var got []bool
	for _, s := range k.scans {
		got = append(got, s.Repeated)
	}
	if want := "[false true true true false false false]"; fmt.Sprint(got) != want {
		t.Errorf("repeated: %v, want %v", got, want)
	}
}

func TestPaste(t *testing.T) {
	tests := []struct {
		name   string
		pasted string
		scan   string          // empty: typing
		fields []scanner.Field // nil: all
	}{
		{"payload", payload + "\r", payload, nil},
		{"payload in Cyrillic", "]Q1" + cyrillic, "]Q1" + cyrillic, nil},
		{"sum", "1500", "", nil},
		{"short text", "abc", "", nil},
		{"long sum", "1 500 000,00\r", "", []scanner.Field{scanner.FieldNumber, scanner.FieldText}},
		{"EAN where nothing takes a number", ean, ean, []scanner.Field{scanner.FieldNone}},
		{"EAN", ean, "", []scanner.Field{scanner.FieldNumber, scanner.FieldText}},
		{"URL", "https://example.org/a\r\n", "https://example.org/a", []scanner.Field{scanner.FieldNone, scanner.FieldNumber}},
		{"URL in a text field", "https://example.org/a", "", []scanner.Field{scanner.FieldText}},
		{"long text", strings.Repeat("Слово о хлебе ", 4), "", []scanner.Field{scanner.FieldText}},
		{"name", "Харитонов", "", []scanner.Field{scanner.FieldText}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inEachField(t, func(t *testing.T, k *till) {
				if test.fields != nil && !strings.Contains(fmt.Sprint(test.fields), t.Name()[len(t.Name())-1:]) {
					return
				}
				k.feed(scanner.Input{Key: scanner.KeyText, Runes: []rune(test.pasted), Paste: true, Raw: "raw"})
				if test.scan != "" {
					k.check("", test.scan)
					k.enter()
					k.checkPressed()
					return
				}
				k.check(test.pasted)
				if k.typed[0].Raw != "raw" {
					t.Error("the door's message was not handed back")
				}
			})
		})
	}
}

func TestPasteEndsWhatCameBefore(t *testing.T) {
	k := newTill(t, scanner.FieldText)
	k.text("{")
	k.feed(scanner.Input{Key: scanner.KeyText, Runes: []rune("15"), Paste: true})
	k.check("{15")
	k.wait(time.Second)
	k.scanRunes(ean, ms)
	k.feed(scanner.Input{Key: scanner.KeyText, Runes: []rune(payload), Paste: true})
	k.check("{15", ean, payload)
}

func TestLongBurstIsCut(t *testing.T) {
	endless := strings.Repeat("0123456789", 500)
	for name, feed := range map[string]func(k *till){
		"by rune":   func(k *till) { k.scanRunes(endless, ms) },
		"at once":   func(k *till) { k.text(endless) },
		"in pieces": func(k *till) { k.text(endless[:700]); k.text(endless[700:]) },
		"paste": func(k *till) {
			k.feed(scanner.Input{Key: scanner.KeyText, Runes: []rune(endless), Paste: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := newTill(t, scanner.FieldNone)
			feed(k)
			k.check("", endless[:scanner.MaxRunes])
			if got := k.scans[0]; !got.Truncated || got.Runes <= scanner.MaxRunes {
				t.Errorf("got %+v with Truncated %v, want a truncated scan", got, got.Truncated)
			}
			k.enter()
			k.wait(250 * ms)
			k.enter()
			k.checkPressed()
			k.settle()
			k.check("", endless[:scanner.MaxRunes])
		})
	}
}

func TestLongestScanIsWhole(t *testing.T) {
	longest := strings.Repeat("01234567", scanner.MaxRunes/8)
	k := newTill(t, scanner.FieldNone)
	k.text(longest)
	k.enter()
	k.check("", longest)
	if k.scans[0].Truncated {
		t.Error("a scan of MaxRunes is reported as truncated")
	}
}

func TestClockThatRunsBackwards(t *testing.T) {
	k := newTill(t, scanner.FieldNumber)
	for i, r := range payload {
		k.now = start.Add(-time.Duration(i) * time.Second)
		k.text(string(r))
	}
	k.enter()
	k.check("", payload)
	if got := k.scans[0]; got.Took != 0 || !got.At.Equal(start) {
		t.Errorf("took %v and ended at %v, want 0 and the time of the first rune", got.Took, got.At)
	}
}

func TestOptions(t *testing.T) {
	d := scanner.New(scanner.Options{Gap: 10 * ms, Silence: 20 * ms, EnterGuard: 40 * ms, Repeat: time.Second, MinRunes: 9})
	k := newTill(t, scanner.FieldText)
	k.decoder = d
	d.SetField(scanner.FieldText)
	k.scanRunes("01234567", 10*ms) // too short
	k.settle()
	k.check("01234567")
	k.scanRunes("012345678", 11*ms) // too slow
	k.settle()
	k.check("01234567012345678")
	k.scanRunes("{12345678", 10*ms)
	k.wait(20 * ms)
	k.check("01234567012345678", "{12345678")
	k.wait(20 * ms)
	k.enter()
	k.checkPressed(scanner.KeyEnter)
	k.wait(time.Second)
	k.scanRunes("{12345678", 10*ms)
	k.enter()
	if k.scans[1].Repeated {
		t.Error("a scan after Repeat is reported as repeated")
	}
}

func TestNothingIsPrinted(t *testing.T) {
	k := newTill(t, scanner.FieldText)
	k.text("{s3cret")
	k.enter()
	k.text("s3cr")
	in := scanner.Input{Key: scanner.KeyText, Runes: []rune("s3cret")}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	for _, value := range []any{k.scans[0], in, scanner.Typing{Input: in}, k.decoder, k.scans, k.decoder} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, "s3cr") || strings.Contains(got, "115") {
				t.Errorf("%s of a %T shows its text: %s", verb, value, got)
			}
		}
	}
	logger.Info("test", "scan", k.scans[0], "typing", scanner.Typing{Input: in}, "input", in, "decoder", k.decoder)
	if got := log.String(); strings.Contains(got, "s3cr") || !strings.Contains(got, "7 runes") {
		t.Errorf("logged: %s", got)
	}
}

func BenchmarkScan(b *testing.B) {
	runes := []rune(payload)
	b.ReportAllocs()
	d := scanner.New(scanner.Options{OpensPayload: opensPayload})
	d.SetField(scanner.FieldNumber)
	at := start
	for b.Loop() {
		for i := range runes {
			at = at.Add(ms)
			d.Feed(scanner.Input{Key: scanner.KeyText, Runes: runes[i : i+1], At: at})
		}
		if events := d.Feed(scanner.Input{Key: scanner.KeyEnter, At: at}); len(events) != 1 {
			b.Fatalf("%d events, want one scan", len(events))
		}
	}
}

func TestAPauseOfTheDoorIsNoSilence(t *testing.T) {
	for _, cut := range []int{1, 4, 20, 60} {
		inEachField(t, func(t *testing.T, k *till) {
			k.scanRunes(payload[:cut], ms)
			k.now = k.now.Add(time.Second) // the door is busy: no Tick comes
			k.decoder.Resume(k.now)
			k.scanRunes(payload[cut:], 0)
			k.wait(119 * ms)
			k.check("")
			k.wait(ms)
			k.check("", payload)
		})
	}
}

func TestResumeWithoutABurstMeansNothing(t *testing.T) {
	k := newTill(t, scanner.FieldNumber)
	k.decoder.Resume(k.now.Add(time.Hour))
	k.text("5")
	k.wait(time.Second)
	k.check("5")
}
