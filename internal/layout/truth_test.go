package layout

import (
	_ "embed"
	"errors"
	"flag"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// scansPerTable is how many random QRs each layout types in each Caps Lock state: go test -run AllLayouts -scans 10000.
var scansPerTable = flag.Int("scans", 30, "random QRs per layout and Caps Lock state")

// TestAllLayouts holds Repair to its word: a payload comes back whole, or is refused, and is never another one.
func TestAllLayouts(t *testing.T) {
	for _, tb := range allTables() {
		t.Run(tb.layout.ID+"/"+strconv.FormatBool(tb.capsLock), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(tb.rank), 1))
			for range *scansPerTable {
				text, want := randomPayload(r)
				term := terminals[r.IntN(len(terminals))]
				typed := tb.typeOn(term, text)
				if problem := check(tb, term, typed, text, want); problem != "" {
					t.Fatalf("%s\nterminal %s, digits %s\npayload %s\ntyped   %q", problem, term, tb.digits, text, typed)
				}
			}
		})
	}
}

// check tells what is wrong with what Repair makes of a scan.
func check(tb *table, term terminal, typed, text, want string) string {
	got, err := Repair(typed)
	if !showsPunctuation(tb) { // Then nobody can tell where a space was.
		got.Text, want = compact(got.Text), compact(want)
	}
	types := func(l Layout) bool { // The layout, or one that no one can tell from it, the AIM prefix aside.
		return l == tb.layout || slices.ContainsFunc(layoutTables(l), func(t *table) bool {
			return t.typeOn(term, text) == typed || strings.HasSuffix(typed, t.typeOn(term, strings.TrimPrefix(text, "]Q1")))
		})
	}
	var lost *DigitsLostError
	var ambiguous *AmbiguousError
	var unreadable *UnreadableError
	switch {
	case err == nil && got.Text == want:
		return ""
	case err == nil && isPlainImage(got, typed):
		return ""
	case err == nil:
		return "got another payload: " + got.Text
	case errors.As(err, &unreadable) && tb.shadow != nil:
		return ""
	case tb.digits == digitsKept:
		return "refused: " + err.Error()
	case errors.Is(err, ErrNotPayload) && isUntypeable(tb):
		return ""
	case errors.As(err, &ambiguous) && slices.ContainsFunc(ambiguous.Layouts, types):
		return ""
	case !errors.As(err, &lost):
		return "refused for a wrong reason: " + err.Error()
	case !types(lost.Layout):
		return "refused under a wrong name: " + err.Error()
	}
	return ""
}

// isPlainImage tells whether what arrived is exactly what the US layout gives for another payload. Under a layout that differs from it in
// nothing but a dead digit key, nobody could know.
func isPlainImage(got Reading, typed string) bool {
	image, err := Type(got.Text, "us", got.CapsLock)
	return err == nil && strings.HasSuffix(compact(typed), compact(image))
}

func showsPunctuation(tb *table) bool {
	for _, c := range []byte(`{}":,`) {
		if !tb.image(c).certain() {
			return false
		}
	}
	return true
}

func layoutTables(l Layout) []*table {
	pair := loadAtlas().layouts[l.ID]
	return pair[:]
}

func isUntypeable(tb *table) bool {
	return tb.layout.ID == "brai" || tb.layout.ID == "cz(typo)"
}
