package loyalty_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func TestIdentify(t *testing.T) {
	typed := func(id string, capsLock bool) string {
		t.Helper()
		text, err := layout.Type(card.Payload(), id, capsLock)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	tests := []struct {
		name     string
		text     string
		layout   string
		capsLock bool
		repaired bool
	}{
		{"as it is", card.Payload(), "us", false, false},
		{"with an AIM prefix", "]Q1" + card.Payload(), "us", false, false},
		{"in ЙЦУКЕН, as the vendor shows it", `ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ83532824бЭыускуеЭЖ31766Ъ`, "ru", false, true},
		{"in ЙЦУКЕН with Caps Lock", typed("ru", true), "ru", true, true},
		{"with Caps Lock", typed("us", true), "us", true, true},
		{"in Ukrainian", typed("ua", false), "ua", false, true},
		{"in French, whose digits are shifted", typed("fr", false), "fr", false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newTill(t).Identify(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got.Card != card {
				t.Error("another card came out")
			}
			if got.Repaired != tt.repaired || got.CapsLock != tt.capsLock {
				t.Errorf("repaired %v, Caps Lock %v, want %v, %v", got.Repaired, got.CapsLock, tt.repaired, tt.capsLock)
			}
			if tt.repaired && got.Layout.ID != tt.layout {
				t.Errorf("layout %q, want %q", got.Layout.ID, tt.layout)
			}
		})
	}
}

func TestIdentifyRefuses(t *testing.T) {
	foreign := card
	foreign.Vendor = 77
	tests := []struct {
		name    string
		text    string
		problem loyalty.ScanProblem
	}{
		{"another shop's", foreign.Payload(), loyalty.ScanForeignVendor},
		{"an EAN-13", "4006381333931", loyalty.ScanBarcode},
		{"an EAN-8", "96385074", loyalty.ScanBarcode},
		{"a UPC-A", "036000291452", loyalty.ScanBarcode},
		{"an EAN-13 with its AIM prefix", "]E04006381333931", loyalty.ScanBarcode},
		{"an EAN-13 with a wrong check digit", "4006381333932", loyalty.ScanOther},
		{"a link", "HTTPS://example.org/menu", loyalty.ScanLink},
		{"another JSON", `{"type":"Other","id":5}`, loyalty.ScanOther},
		{"something", "ABC-123456", loyalty.ScanOther},
		{"nothing", "", loyalty.ScanOther},
		{"our QR cut off", `{"type":"Skidkabot","vendor":4,"cli`, loyalty.ScanDamaged},
		{"our QR with a huge number", `{"type":"Skidkabot","vendor":4,"client":99999999999999999999,"secret":1}`, loyalty.ScanDamaged},
		{"our QR in ЙЦУКЕН, cut off", `ХЭензуЭЖЭЫлшвлфищеЭбЭмутвщкЭЖ4бЭсдшутеЭЖ835`, loyalty.ScanLayout},
		{"a huge text", strings.Repeat("x", 100_000), loyalty.ScanOther},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := newTill(t).Identify(tt.text)
			var refused *loyalty.ScanError
			if !errors.As(err, &refused) || refused.Problem != tt.problem {
				t.Fatalf("error %v, want %s", err, tt.problem)
			}
			if tt.problem == loyalty.ScanForeignVendor && refused.Vendor != 77 {
				t.Errorf("vendor %d", refused.Vendor)
			}
		})
	}
}

func TestTheHeadOfAScanIsSafeToShow(t *testing.T) {
	_, err := newTill(t).Identify("\x1b]0;owned\x07\x02рус\u202eский\x1d текст, и очень длинный")
	var refused *loyalty.ScanError
	if !errors.As(err, &refused) {
		t.Fatal(err)
	}
	if utf8.RuneCountInString(refused.Head) > 13 || strings.ContainsFunc(refused.Head, unicode.IsControl) || strings.Contains(refused.Head, "\u202e") {
		t.Errorf("head %q", refused.Head)
	}
	if strings.Contains(refused.Error(), refused.Head) {
		t.Errorf("the error for the log tells the text: %v", refused)
	}
}
