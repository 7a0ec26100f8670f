package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// guideRow is a key's line in the table of the administrator's guide: what it is, its values, its default.
type guideRow struct{ about, values, byDefault string }

var (
	guideTable = regexp.MustCompile("`\\[([a-z]+)\\]`")
	guideKey   = regexp.MustCompile("^`([a-z_.]+)`$")
	guideWord  = regexp.MustCompile("`([^`]+)`")
)

// guideRows reads the chapter of the settings. A key stands with its table, or alone below the only table that is named above.
func guideRows(t *testing.T) map[string]guideRow {
	t.Helper()
	guide, err := os.ReadFile(filepath.Join("..", "docs", "admin.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, ok := strings.Cut(string(guide), "\n## Every setting\n")
	if !ok {
		t.Fatal("the guide has no chapter of the settings")
	}
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	rows, table := make(map[string]guideRow), ""
	for line := range strings.Lines(chapter) {
		if named := guideTable.FindAllStringSubmatch(line, -1); len(named) > 0 && strings.HasPrefix(line, "`[") {
			table = named[0][1] + "."
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) != 6 {
			continue
		}
		found := guideKey.FindStringSubmatch(strings.TrimSpace(cells[1]))
		if found == nil {
			continue // the table's head
		}
		key := found[1]
		if !strings.Contains(key, ".") {
			key = table + key
		}
		if _, twice := rows[key]; twice {
			t.Errorf("the guide has %s twice", key)
		}
		rows[key] = guideRow{cells[2], cells[3], strings.Trim(strings.TrimSpace(cells[4]), "`")}
	}
	return rows
}

func TestTheGuideHasEachKeyAndNoOther(t *testing.T) {
	rows, defaults := guideRows(t), literals(Default())
	for _, f := range schema() {
		row, ok := rows[f.key]
		delete(rows, f.key)
		switch {
		case !ok:
			t.Errorf("the guide does not know %s", f.key)
		case strings.TrimSpace(row.about) == "":
			t.Errorf("the guide does not say what %s is", f.key)
		case row.byDefault != defaults[f.key]:
			t.Errorf("the guide says that %s is %s unless it is written, it is %s", f.key, row.byDefault, defaults[f.key])
		}
	}
	for key := range rows {
		t.Errorf("the guide speaks of %s, which is no setting", key)
	}
}

// The bounds and words of the guide are those by which values are judged, and its examples are taken.
func TestTheGuideHasEachBound(t *testing.T) {
	for key, row := range guideRows(t) {
		bounds := boundsOf(key)
		var words []string
		for _, word := range guideWord.FindAllStringSubmatch(row.values, -1) {
			words = append(words, word[1])
		}
		for _, bound := range bounds {
			if !slices.Contains(words, bound) {
				t.Errorf("the guide does not name %s of %s", bound, key)
			}
		}
		for _, word := range words {
			isForm := strings.HasSuffix(word, "…") || strings.HasSuffix(word, "://") || len(word) == 1 && strings.Contains(".-_", word)
			if isForm || slices.Contains(bounds, word) {
				continue
			}
			if problems := Judge(Override{Key: key, Value: word}); len(problems) > 0 {
				t.Errorf("the guide offers %s for %s: %v", word, key, problems)
			}
		}
	}
}

// boundsOf finds what the judge of a key says of values that are too much, too little or no word of it.
func boundsOf(key string) []string {
	var bounds []string
	for _, wrong := range []string{"-9", "99999999999999", "1ns", "99h", "?", strings.Repeat("1, ", 3000)} {
		for _, p := range Judge(Override{Key: key, Value: wrong}) {
			bounds = append(bounds, strings.TrimSuffix(p.Min, "0m0s"), strings.TrimSuffix(p.Max, "0m0s"))
			bounds = append(bounds, p.Allowed...)
		}
	}
	slices.Sort(bounds)
	return slices.DeleteFunc(slices.Compact(bounds), func(bound string) bool {
		return bound == "" || bound == "https" || bound == "wss" // said by the form of the address
	})
}
