package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Any valid file with any change loads as exactly the changed settings, and whatever a person has noted in it is there.
func TestAnyChangeOfAnyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "skidkassa.toml")
	rapid.Check(t, func(t *rapid.T) {
		a := author{T: t, newline: rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "newline")}
		before := a.write(drawSettings(t))
		if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := OpenFile(path)
		if err != nil {
			t.Fatalf("%v\nin\n%s", err, before)
		}
		changes := drawChanges(t)
		want, err := f.Change(changes)
		if err != nil {
			t.Fatalf("%v: %v", changes, err)
		}
		if err := f.Write(changes); err != nil {
			t.Fatalf("%v: %v\nin\n%s", changes, err, before)
		}
		after, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(Input{File: path, GOOS: "linux"})
		if err != nil || Render(loaded.Settings) != Render(want) {
			t.Fatalf("%v\n%s\nwith %v became\n%s\nwant\n%s", err, before, changes, after, Render(want))
		}
		for _, change := range changes {
			if got := Values(loaded.Settings)[change.Key]; got != change.Value {
				t.Fatalf("%s is %q, want %q", change.Key, got, change.Value)
			}
		}
		a.findNotes(string(after))
	})
}

// drawChanges takes some values of other settings.
func drawChanges(t *rapid.T) Overrides {
	values := Values(drawSettings(t))
	var changes Overrides
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if rapid.IntRange(0, 3).Draw(t, "change "+key) == 0 {
			changes = append(changes, Override{key, values[key]})
		}
	}
	return changes
}

// author writes settings the way people do: some of them, in any order and form, with notes.
type author struct {
	*rapid.T
	strings.Builder
	newline string
	notes   []string // as they stand in the file; those that are a line of their own begin with "#!"
}

func (a *author) chance(of int) bool { return rapid.IntRange(0, of-1).Draw(a.T, "chance") == 0 }

// note makes a comment that is there once.
func (a *author) note(mark string) string {
	note := fmt.Sprintf("%s note %d: ] } \" = [shop]", mark, len(a.notes))
	a.notes = append(a.notes, note)
	return note
}

func (a *author) line(text string) {
	for a.chance(5) {
		a.WriteString(a.space() + a.note("#!") + a.newline)
	}
	a.WriteString(a.space() + text)
	if a.chance(4) {
		a.WriteString(a.space() + a.note("# "))
	}
	a.WriteString(a.newline)
	if a.chance(4) {
		a.WriteString(a.newline)
	}
}

func (a *author) space() string {
	return rapid.SampledFrom([]string{"", " ", "   ", "\t"}).Draw(a.T, "space")
}

func (a *author) findNotes(text string) {
	lines := map[string]bool{}
	for line := range strings.Lines(strings.TrimPrefix(text, string(utf8BOM))) {
		lines[strings.TrimSpace(line)] = true
	}
	for _, note := range a.notes {
		if strings.Count(text, note) != 1 || strings.HasPrefix(note, "#!") && !lines[note] {
			a.Fatalf("%q is gone from its line:\n%s", note, text)
		}
	}
}

// write gives a whole file.
func (a *author) write(s Settings) string {
	written := literals(s)
	byTable := map[string][]string{}
	for _, f := range schema() {
		if a.chance(4) {
			continue
		}
		table, leaf := splitKey(f.key)
		byTable[table] = append(byTable[table], leaf)
	}
	headed := rapid.Permutation(slices.Sorted(maps.Keys(byTable))).Draw(a.T, "tables")
	if a.chance(5) {
		a.WriteString("\xEF\xBB\xBF")
	}
	var below []string
	for _, table := range headed {
		keys := rapid.Permutation(byTable[table]).Draw(a.T, "keys")
		if table == "" {
			a.keys("", "", keys, written)
			continue
		}
		switch rapid.IntRange(0, 4).Draw(a.T, "form") {
		case 0: // dotted
			a.keys(table+".", table+".", keys, written)
		case 1:
			a.inline(table, keys, written)
		default:
			below = append(below, table)
		}
	}
	for _, table := range below {
		a.line("[" + a.space() + a.quoted(table) + a.space() + "]")
		a.below(table, rapid.Permutation(byTable[table]).Draw(a.T, "keys"), written)
	}
	text := a.String()
	if a.chance(3) {
		text = strings.TrimRight(text, "\r\n")
	}
	return text
}

// quoted writes a key's part bare or in quotes.
func (a *author) quoted(part string) string {
	quote := rapid.SampledFrom([]string{"", `"`, "'"}).Draw(a.T, "quote")
	return quote + part + quote
}

func (a *author) keys(prefix, table string, keys []string, written map[string]string) {
	for _, key := range keys {
		a.line(prefix + a.quoted(key) + a.space() + "=" + a.space() + a.value(written[table+key]))
	}
}

// below writes what stands below a header. Gifts may be an array of tables, which ends the table.
func (a *author) below(table string, keys []string, written map[string]string) {
	gifts := table == "waiter" && slices.Contains(keys, "gifts") && written["waiter.gifts"] != "[]" && a.chance(2)
	if gifts {
		keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return key == "gifts" })
	}
	a.keys("", table+".", keys, written)
	if !gifts {
		return
	}
	root, _ := parseDocument([]byte("gifts = " + written["waiter.gifts"]))
	for _, gift := range root.find("gifts").items {
		a.line("[[" + a.quoted("waiter") + "." + a.quoted("gifts") + "]]")
		a.line("sku = " + quote(gift.find("sku").text))
		a.line("from = " + gift.find("from").text)
	}
}

// inline writes a table between braces; in the newest TOML these may stand on several lines.
func (a *author) inline(table string, keys []string, written map[string]string) {
	var pairs []string
	for _, key := range keys {
		pairs = append(pairs, a.quoted(key)+" = "+written[table+"."+key])
	}
	a.line(a.quoted(table) + " = {" + a.space() + strings.Join(pairs, a.space()+","+a.space()) + a.space() + "}")
}

// value writes a literal as it is, or a list over several lines with notes.
func (a *author) value(literal string) string {
	inner, isList := strings.CutPrefix(literal, "[")
	inner, isList2 := strings.CutSuffix(inner, "]")
	if !isList || !isList2 || !a.chance(2) {
		return literal
	}
	open := "[" + a.space()
	if a.chance(2) {
		open += a.note("# ")
	}
	open += a.newline
	for a.chance(3) {
		open += "\t" + a.note("#!") + a.newline
	}
	closing := a.newline
	if inner != "" && a.chance(2) {
		closing = "," + a.space() + a.note("# ") + a.newline
	}
	return open + "\t" + inner + closing + "]"
}
