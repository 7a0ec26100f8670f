package look

import (
	"os"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// namedLayouts are the names that a repaired scan can bring, by the id of the layout: the first layout of a table names it.
func namedLayouts(t *testing.T) map[string]string {
	data, err := os.ReadFile("../../internal/layout/layouts.txt")
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

func TestNoLayoutIsNamedInVain(t *testing.T) {
	names := namedLayouts(t)
	for english := range layoutNames {
		found := false
		for _, name := range names {
			found = found || name == english || strings.HasPrefix(name, english+" (")
		}
		if !found {
			t.Errorf("no scan is repaired from %q", english)
		}
	}
}

func TestLayoutName(t *testing.T) {
	words := texts.New(texts.Russian)
	for english, want := range map[string]string{
		"Russian": "русская", "English (UK, Dvorak)": "британская", "French (BEPO)": "французская", "Inuktitut": "Inuktitut", "a\x1bb": "ab",
	} {
		if got := LayoutName(words, english); got != want {
			t.Errorf("%q is called %q, want %q", english, got, want)
		}
	}
}
