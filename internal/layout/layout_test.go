package layout

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

const sample = `{"type":"Skidkabot","vendor":4,"client":83532824,"secret":31766}`

func ExampleRepair() {
	reading, err := Repair(`ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ`)
	fmt.Println(reading.Text, reading.Layout.Name, err)
	// Output: {"type":"Skidkabot","vendor":4,"client":83532824,"secret":31766} Russian <nil>
}

func TestRepair(t *testing.T) {
	us, ru := Layout{"us", "English (US)"}, Layout{"ru", "Russian"}
	french, german := Layout{"fr", "French"}, Layout{"de", "German"}
	greek, intl := Layout{"gr", "Greek"}, Layout{"us(intl)", "English (US, intl., with dead keys)"}
	tests := []struct {
		name string
		text string
		want Reading
	}{
		{"plain", sample, Reading{sample, us, false, true}},
		{"Caps Lock", `{"TYPE":"sKIDKABOT","VENDOR":4,"CLIENT":83532824,"SECRET":31766}`, Reading{sample, us, true, false}},
		{"upper case", strings.ToUpper(sample), Reading{sample, Layout{"us(mac)", "English (Macintosh)"}, true, false}}, // Its Caps Lock types that.
		{"upper case, ЙЦУКЕН", strings.ToUpper(mustType(sample, "ru", false)), Reading{sample, Layout{"ru(sun_type6)", "Russian (Sun Type 6/7)"}, true, false}},
		{"lower case", strings.ToLower(sample), Reading{sample, us, false, true}},
		{"AIM prefix", "]Q1" + sample, Reading{sample, us, false, true}},
		{"control characters around", "\x02\x1d" + sample + "\r\n", Reading{sample, us, false, true}},
		{"ЙЦУКЕН (PROTOCOLS.md)", `ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ`, Reading{sample, ru, false, false}},
		{"ЙЦУКЕН, Caps Lock", `хэЕНЗУэжэыЛШВЛФИЩЕэБэМУТВЩКэж4БэСДШУТЕэж83532824БэЫУСКУЕэж31766ъ`, Reading{sample, ru, true, false}},
		{"ЙЦУКЕН, AIM prefix", `ъЙ1ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ`, Reading{sample, ru, false, false}},
		{"German", `ÜÄtzpeÄÖÄSkidkabotÄ,ÄvendorÄÖ4,ÄclientÄÖ83532824,ÄsecretÄÖ31766*`, Reading{sample, german, false, false}},
		{"French, accent before the key", `¨%type%M%Skidkqbot%;%vendor%M';%client%M_"("é_é';%secret%M"&è--£`, Reading{sample, french, false, false}},
		{"French, dead keys swallowed", `type%M%Skidkqbot%;%vendor%M';%client%M_"("é_é';%secret%M"&è--£`, Reading{sample, french, false, false}},
		{"US international, X11", `{ẗypekidkabotendor4,lient83532824,ecret31766}`, Reading{sample, intl, false, false}},
		{"US international, GTK", `{¨type¨:¨Skidkabot¨,¨vendor¨:4,¨client¨:83532824,¨secret¨:31766}`, Reading{sample, intl, false, false}},
		{"Greek, accents seen", `{"τυπε"¨"Σκιδκαβοτ","ωενδορ"¨4,"ψλιεντ"¨83532824,"σεψρετ"¨31766}`, Reading{sample, greek, false, false}},
		{"other order, spaces", `{ "secret": 1, "client": 9223372036854775807, "vendor": 4, "type": "Skidkabot" }`,
			Reading{`{ "secret": 1, "client": 9223372036854775807, "vendor": 4, "type": "Skidkabot" }`, us, false, true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Repair(tt.text)
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
}

// The layouts that a cashier here may have are told by their own names, not by those of twins.
func TestRepairNamesWellKnownLayouts(t *testing.T) {
	for _, id := range []string{"us", "ru", "ua", "by", "kz", "de", "fr", "es", "ru(typewriter)", "ara", "il", "cz", "ge", "am"} {
		for _, capsLock := range []bool{false, true} {
			typed, err := Type(sample, id, capsLock)
			if err != nil {
				t.Fatal(err)
			}
			caseless := id == "ara" || id == "ge" // Caps Lock changes nothing there.
			got, err := Repair(typed)
			if err != nil || got.Layout.ID != id || got.CapsLock != (capsLock && !caseless) || got.Text != sample {
				t.Errorf("%s, Caps Lock %t: got %+v, %v", id, capsLock, got, err)
			}
		}
	}
}

func TestNotPayload(t *testing.T) {
	texts := map[string]string{
		"nothing":             "",
		"spaces":              "   ",
		"EAN-13":              "4006381333931",
		"EAN-13, AIM prefix":  "]E04006381333931",
		"URL":                 "https://skidkabot.ru/client?secret=31766",
		"URL of a bot":        "https://t.me/Skidkabotmymagbot",
		"URL, ЙЦУКЕН":         "реезыЖ..ылшвлфищеюкг",
		"name":                "Хабибуллина",
		"sum":                 "1500,50",
		"JSON":                `{"a":1,"b":"kabot"}`,
		"JSON, other type":    `{"type":"Skidkapass","vendor":4,"client":83532824,"secret":31766}`,
		"JSON, longer type":   `{"type":"Skidkabot2","vendor":4,"client":83532824,"secret":31766}`,
		"the same, ЙЦУКЕН":    `ХЭензуЭЖЭЫлшвлфище2ЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ`,
		"only the type":       "Skidkabot",
		"broken UTF-8":        "\xff\xfe{\"ty\x80",
		"nearly enciphered":   "абвгдеваваабежзеийклвмвнодпла0",
		"longer than 2048 B":  strings.Repeat(" ", maxTextBytes) + sample,
		"fragments all over":  strings.Repeat("kabлфиKABндщ", 150),
		"almost, other words": `{"typo":"Skidkabot","vandor":4}`,
	}
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			if got, err := Repair(text); !errors.Is(err, ErrNotPayload) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	us, ru := Layout{"us", "English (US)"}, Layout{"ru", "Russian"}
	tests := []struct {
		name string
		text string
		want UnreadableError
	}{
		{"cut off", `{"type":"Skidkabot","vendor":4,"clie`, UnreadableError{us, false}},
		{"cut off, ЙЦУКЕН", `ХЭензуЭЖЭЫлшвлфищеЭбЭмутв`, UnreadableError{ru, false}},
		{"cut off, ЙЦУКЕН, Caps Lock", `хэЕНЗУэжэыЛШВЛФИЩЕэБэМУТВ`, UnreadableError{ru, true}},
		{"head lost, ЙЦУКЕН", `ензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ`, UnreadableError{ru, false}},
		{"head lost up to the type", `kidkabot","vendor":4,"client":83532824,"secret":31766}`, UnreadableError{us, false}},
		{"US international, cut off", `{ẗypekidkabotendor4,lient8353`, UnreadableError{Layout{"us(intl)", "English (US, intl., with dead keys)"}, false}},
		{"a brace lost", sample[:len(sample)-1], UnreadableError{us, false}},
		{"a number lost", `{"type":"Skidkabot","vendor":,"client":83532824,"secret":31766}`, UnreadableError{us, false}},
		{"a key twice", `{"type":"Skidkabot","vendor":4,"vendor":4,"secret":31766}`, UnreadableError{us, false}},
		{"20 digits", `{"type":"Skidkabot","vendor":4,"client":12345678901234567890,"secret":31766}`, UnreadableError{us, false}},
		{"two scans in one", sample + sample, UnreadableError{us, false}},
		{"longer than 512 B", strings.ReplaceAll(sample, ",", ","+strings.Repeat(" ", 200)), UnreadableError{us, false}},
		{"German, cut off", `ÜÄtzpeÄÖÄSkidkabotÄ,ÄvendorÄÖ4,Äcl`, UnreadableError{Layout{"de", "German"}, false}},
		{"a letter for another", encipher(sample), UnreadableError{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Repair(tt.text)
			var unreadable *UnreadableError
			if !errors.As(err, &unreadable) || *unreadable != tt.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
}

// encipher gives the image under a layout that no one has.
func encipher(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return '一' + r
	}, text)
}

func TestDigitsLost(t *testing.T) {
	tests := []struct {
		name, layout string
		text         string
	}{
		{"a dead colon swallows digits", "gr", `{"τυπε""Σκιδκαβοτ","ωενδορ","ψλιεντ"3532824,"σεψρετ"1766}`},
		{"a dead colon leaves digits", "gr", `{"τυπε""Σκιδκαβοτ","ωενδορ"4,"ψλιεντ"83532824,"σεψρετ"31766}`},
		{"a dead colon makes other digits", "gr", `{"τυπε""Σκιδκαβοτ","ωενδορ"⁴,"ψλιεντ"⁸3532824,"σεψρετ"³1766}`},
		{"two digits look alike", "fr(geo)", mustType(sample, "fr(geo)", false)},
		{"no digits at all", "cz(ucw)", mustType(sample, "cz(ucw)", false)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Repair(tt.text)
			var lost *DigitsLostError
			if !errors.As(err, &lost) || lost.Layout.ID != tt.layout {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func mustType(text, layoutID string, capsLock bool) string {
	typed, err := Type(text, layoutID, capsLock)
	if err != nil {
		panic(err)
	}
	return typed
}

// The Russian typewriter layouts of today and of old have "№" on 1 and on 2.
func TestAmbiguous(t *testing.T) {
	text := mustType(`{"type":"Skidkabot","vendor":5,"client":1155,"secret":171}`, "ru(typewriter)", false)
	got, err := Repair(text)
	var ambiguous *AmbiguousError
	if !errors.As(err, &ambiguous) {
		t.Fatalf("got %+v, %v", got, err)
	}
	for _, id := range []string{"ru(typewriter)", "ru(typewriter-legacy)"} {
		if !slices.ContainsFunc(ambiguous.Layouts, func(l Layout) bool { return l.ID == id }) {
			t.Errorf("%s is not among %v", id, ambiguous.Layouts)
		}
	}

	clear := mustType(`{"type":"Skidkabot","vendor":5,"client":1255,"secret":171}`, "ru(typewriter)", false)
	if got, err := Repair(clear); err != nil {
		t.Errorf("a digit that only one of them has: got %+v, %v", got, err)
	}
}

// Errors go to logs, where no customer's secret may be.
func TestErrorsDoNotQuoteTheText(t *testing.T) {
	errs := []error{
		&DigitsLostError{Layout{"gr", "Greek"}, true},
		&AmbiguousError{[]Layout{{"ru", "Russian"}, {"ua", "Ukrainian"}}},
		&UnreadableError{Layout{"ru", "Russian"}, false},
		&UnreadableError{},
	}
	want := []string{
		"layout: digits of the payload are lost under gr",
		"layout: the payload reads differently under ru, ua",
		"layout: a damaged payload, typed under ru",
		"layout: a payload typed under an unknown layout",
	}
	for i, err := range errs {
		if got := err.Error(); got != want[i] {
			t.Errorf("got %q, want %q", got, want[i])
		}
	}
}

// A scan that lost its end is never taken for a whole one, unless that is what a better known layout types, whose closing brace is dead.
func TestCutOffScanIsRefused(t *testing.T) {
	tables := slices.DeleteFunc(allTables(), func(tb *table) bool { return tb.branches || !tb.image('}').certain() })
	rapid.Check(t, func(t *rapid.T) {
		tb := tables[rapid.IntRange(0, len(tables)-1).Draw(t, "table")]
		text, want := randomPayload(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)))
		typed := []rune(tb.typeOn(swallows, text))
		cut := string(typed[:rapid.IntRange(0, len(typed)-1).Draw(t, "cut")])
		got, err := Repair(cut)
		if err != nil || samePayload(got.Text, want) { // Behind the type, which may stand last, nothing is missed.
			return
		}
		named := loadAtlas().layouts[got.Layout.ID][0]
		if got.CapsLock {
			named = loadAtlas().layouts[got.Layout.ID][1]
		}
		if named.rank < tb.rank && !named.image('}').certain() {
			for _, term := range terminals {
				if strings.HasSuffix(cut, named.typeOn(term, got.Text)) {
					return
				}
			}
		}
		t.Fatalf("%s, %q: got %+v", tb.layout.ID, cut, got)
	})
}

// Whatever comes, Repair gives a payload that it then takes for plain text, or one of its errors.
func FuzzRepair(f *testing.F) {
	f.Add(sample)
	f.Add("]Q1" + strings.ToUpper(sample))
	for _, id := range []string{"ru", "fr", "gr", "us(intl)", "ca", "ca(multi-2gr)", "ara", "cz(ucw)", "apl", "vn(fr)", "ie(ogam_is434)", "fr(geo)"} {
		f.Add(mustType(sample, id, false))
		f.Add(mustType(`{ "secret" : 1, "vendor" : 2, "type" : "Skidkabot" }`, id, true))
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Repair(text)
		if err != nil {
			var lost *DigitsLostError
			var ambiguous *AmbiguousError
			var unreadable *UnreadableError
			if !errors.Is(err, ErrNotPayload) && !errors.As(err, &lost) && !errors.As(err, &ambiguous) && !errors.As(err, &unreadable) {
				t.Fatalf("an error of no known kind: %v", err)
			}
			if got != (Reading{}) {
				t.Fatalf("a reading beside an error: %+v", got)
			}
			return
		}
		if len(got.Text) > maxPayloadBytes {
			t.Fatalf("%d bytes", len(got.Text))
		}
		again, err := Repair(got.Text)
		if err != nil || !again.Plain || again.Text != got.Text {
			t.Fatalf("%q is not plain: %+v, %v", got.Text, again, err)
		}
	})
}
