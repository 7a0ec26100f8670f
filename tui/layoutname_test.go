package tui

import (
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/tui/look"
)

// namedLayouts are the names that a repaired scan can bring, by the id of the layout: the first layout of a table names it.
func namedLayouts(t *testing.T) map[string]string {
	data, err := os.ReadFile("../internal/layout/layouts.txt")
	if err != nil {
		t.Fatal(err)
	}
	names, seen := map[string]string{}, map[string]bool{}
	for line := range strings.Lines(string(data)) {
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if fields[0] != "layout" {
			continue
		}
		for _, table := range fields[3:] {
			if !seen[table] {
				names[fields[1]] = fields[2]
			}
			seen[table] = true
		}
	}
	if len(names) < 300 {
		t.Fatalf("%d layouts were found", len(names))
	}
	return names
}

// cyrillicAndEuropean are the countries whose layouts a till may have, as xkeyboard-config writes them.
var cyrillicAndEuropean = strings.Fields(`
	ru ua by kz kg uz tj tm mn bg rs mk me am ge az
	de at ch fr be nl gb es pt it mt dk no se fi is fo ee lv lt pl cz sk hu ro md ba hr si al gr cy tr`)

func TestLayoutsHaveRussianNames(t *testing.T) {
	e := newTill(t).model.env
	kept := []string{"Old Hungarian", "Swedish Sign Language", "Elfdalian (Swedish, with combining ogonek)", "Esperanto (Portugal, Nativo)",
		"Ottoman (Q)", "Ottoman (F)", "Old Turkic", "Old Turkic (F)"} // nobody's till
	for id, english := range namedLayouts(t) {
		country, _, _ := strings.Cut(id, "(")
		if !slices.Contains(cyrillicAndEuropean, country) || slices.Contains(kept, english) {
			continue
		}
		name := e.layoutName(english)
		if strings.ContainsFunc(name, func(r rune) bool { return r < unicode.MaxASCII && unicode.IsLetter(r) }) {
			t.Errorf("%s is called %q", id, name)
		}
	}
}

func TestTheLayoutWarningFitsItsLine(t *testing.T) {
	tl := newTill(t)
	for id, english := range namedLayouts(t) {
		if tl.model.env.layoutName(english) == look.Clean(english) { // it keeps its name
			continue
		}
		tl.model.status.warnLayout(loyalty.Identified{Repaired: true, Layout: layout.Layout{ID: id, Name: english}, CapsLock: true})
		line := tl.model.status.view(minWidth)
		if !strings.Contains(line, "Alt+Shift") || !strings.Contains(line, "19:42") || look.Width(line) > minWidth {
			t.Errorf("%s: %q", id, line)
		}
	}
}

func TestALayoutOfNoTillOfOursKeepsItsName(t *testing.T) {
	e := newTill(t).model.env
	for english, want := range map[string]string{
		"Inuktitut": "Inuktitut", "English (Dvorak)": "English (Dvorak)", "\x1b[31mX": "[31mX",
		"English (UK)": "британская", "English (UK, Dvorak)": "британская", "French (BEPO)": "французская", "Russian": "русская",
	} {
		if got := e.layoutName(english); got != want {
			t.Errorf("%q is called %q, want %q", english, got, want)
		}
	}
}
