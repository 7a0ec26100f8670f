package layout

import (
	_ "embed"
	"errors"
	"strings"
	"testing"
	"unicode"
)

//go:embed testdata/scans.txt
var scansText string

// scannedPayload is what the scans of the ground truth are images of.
const scannedPayload = `{"type":"Skidkabot","vendor":40,"client":9876543210,"secret":31766}`

// TestScans repairs what libxkbcommon itself, with its Compose, made of a payload under every layout.
func TestScans(t *testing.T) {
	for line := range strings.Lines(scansText) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		id, capsLock, typed := fields[0], fields[1] == "true", fields[2]
		tb := loadAtlas().layouts[id][0]
		if capsLock {
			tb = loadAtlas().layouts[id][1]
		}
		if problem := check(tb, swallows, typed, scannedPayload, scannedPayload); problem != "" {
			t.Errorf("%s, Caps Lock %t: %s\ntyped %q", id, capsLock, problem, typed)
		}
	}
}

// TestTypeAgreesWithScans holds the tables against the same truth, where Compose has no part.
func TestTypeAgreesWithScans(t *testing.T) {
	for line := range strings.Lines(scansText) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		id, capsLock, want := fields[0], fields[1] == "true", fields[2]
		if loadAtlas().layouts[id][0].branches {
			continue
		}
		if got, err := Type(scannedPayload, id, capsLock); err != nil || got != want {
			t.Errorf("%s, Caps Lock %t: got %q, %v\nwant %q", id, capsLock, got, err, want)
		}
	}
}

func TestData(t *testing.T) {
	if !strings.Contains(layoutsText, "\nalphabet\t"+alphabet+"\n") {
		t.Error("the data has another alphabet")
	}
	if got := loadAtlas().layouts; len(got) < 700 {
		t.Errorf("%d layouts", len(got))
	}
	for _, tb := range allTables() {
		for i := range len(alphabet) {
			if r := tb.runes[i]; r == 0 || r < 0 && int(-r) > len(tb.rare) {
				t.Errorf("%s: no image of %q", tb.layout.ID, alphabet[i])
			}
		}
		if got, want := fateOf(tb), tb.digits; got != want {
			t.Errorf("%s: digits are %s, the data says %s", tb.layout.ID, got, want)
		}
	}
	if got := alphabet[firstDigit : firstDigit+10]; got != "0123456789" {
		t.Errorf("digits: %s", got)
	}
}

func fateOf(tb *table) fate {
	got := digitsKept
	for c := byte('0'); c <= '9'; c++ {
		m := tb.image(c)
		if !m.certain() {
			return digitsLost
		}
		if m.rare != nil || m.only != rune(c) {
			got = digitsMoved
		}
	}
	if tb.image(':').dead() {
		return digitsRisky
	}
	return got
}

// Under these nothing can be recognised: the letters of the payload type nothing.
func TestUntypeableLayouts(t *testing.T) {
	want := map[string]bool{
		"brai": true, "brai(left_hand)": true, "brai(left_hand_invert)": true, "brai(right_hand)": true, "brai(right_hand_invert)": true,
		"cz(typo)": true,
	}
	for id, pair := range loadAtlas().layouts {
		for _, tb := range pair {
			known := false
			for _, anchor := range anchors {
				known = known || tb.spellings(anchor) != nil
			}
			if known == want[id] {
				t.Errorf("%s: typeable is %t", id, known)
			}
		}
	}
}

func TestType(t *testing.T) {
	tests := []struct {
		text, layout string
		capsLock     bool
		want         string
		err          error
	}{
		{"Skidkabot", "ru", false, "Ылшвлфище", nil},
		{"Skidkabot", "ru", true, "ыЛШВЛФИЩЕ", nil},
		{`{"b"}`, "ara", false, `<"لا">`, nil},
		{`{"t`, "us(intl)", false, "{", nil}, // The dead quote swallows the letter.
		{"a", "xx", false, "", ErrUnknownLayout},
		{"a", "", false, "", ErrUnknownLayout},
		{"a\n", "us", false, "", ErrUnknownKey},
		{"ж", "us", false, "", ErrUnknownKey},
	}
	for _, tt := range tests {
		got, err := Type(tt.text, tt.layout, tt.capsLock)
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("Type(%q, %s, %t): got %q, %v, want %q, %v", tt.text, tt.layout, tt.capsLock, got, err, tt.want, tt.err)
		}
	}
}

func TestOpensPayload(t *testing.T) {
	for _, r := range "{[ХхÜü¨^<»" {
		if !OpensPayload(r) {
			t.Errorf("%q does not open", r)
		}
	}
	for _, r := range "0123456789.,٫٣۵ abe\r\t" {
		if OpensPayload(r) {
			t.Errorf("%q opens", r)
		}
	}
	for _, tb := range allTables() {
		first := []rune(tb.typeOn(accents, `{ `))
		if len(first) == 0 || first[0] == ' ' || unicode.IsDigit(first[0]) || strings.ContainsRune(".,", first[0]) {
			continue
		}
		if !OpensPayload(first[0]) {
			t.Errorf("%s, Caps Lock %t: %q does not open", tb.layout.ID, tb.capsLock, first[0])
		}
	}
}

func TestBrokenDataIsAPanic(t *testing.T) {
	for name, data := range map[string]string{
		"no number":    "table\tkept\tx\nlayout\tid\tname\tone\t0\n",
		"bad escape":   "table\tkept\tx\t =\\q\n",
		"no such line": "layout\tid\tname\t7\t0\n",
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			parseAtlas(data)
		})
	}
}
