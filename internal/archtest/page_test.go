package archtest

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ARCHITECTURE.md is a newcomer's map of the house. The tests of this file hold the map to the house.

var quoted = regexp.MustCompile("`([^`]+)`")

// tableBelow gives the rows of the first table below a heading of ARCHITECTURE.md, as cells.
func tableBelow(t *testing.T, heading string) [][]string {
	t.Helper()
	page, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, ok := strings.Cut(string(page), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("ARCHITECTURE.md has no chapter %q", heading)
	}
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	var rows [][]string
	for line := range strings.Lines(chapter) {
		if strings.HasPrefix(line, "| `") {
			rows = append(rows, strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|"))
		}
	}
	return rows
}

func words(cell string) []string {
	var found []string
	for _, word := range quoted.FindAllStringSubmatch(cell, -1) {
		found = append(found, word[1])
	}
	return found
}

// arrows are what the table of rooms lets each room import; "*" is everything.
func arrows(t *testing.T) map[string][]string {
	t.Helper()
	rows := tableBelow(t, "Rooms")
	may := make(map[string][]string)
	for _, row := range rows {
		for _, room := range words(row[0]) {
			if _, twice := may[room]; twice {
				t.Errorf("ARCHITECTURE.md has %s twice", room)
			}
			may[room] = nil
		}
	}
	for _, row := range rows {
		last := row[len(row)-1]
		for i, room := range words(row[0]) {
			cell := last
			if cells := strings.Split(last, ";"); len(cells) > 1 { // several rooms of a row, each with its own
				cell = cells[i]
			}
			if strings.Contains(cell, "everything") {
				may[room] = []string{"*"}
				continue
			}
			for _, short := range words(cell) {
				may[room] = append(may[room], roomCalled(t, may, short))
			}
		}
	}
	return may
}

// roomCalled finds the room that the table calls by its last name.
func roomCalled(t *testing.T, rooms map[string][]string, short string) string {
	t.Helper()
	for room := range rooms {
		if room == short || room == "internal/"+short || strings.HasSuffix(room, "/"+short) {
			return room
		}
	}
	t.Errorf("ARCHITECTURE.md speaks of a room %s, which the table does not have", short)
	return short
}

// rowOf is the row that a package stands in: its own or that of the room around it.
func rowOf(may map[string][]string, room string) (string, bool) {
	for outer := room; outer != "."; outer = path.Dir(outer) {
		if _, ok := may[outer]; ok {
			return outer, true
		}
	}
	return "", false
}

func TestTheTableOfRoomsIsTheHouse(t *testing.T) {
	may := arrows(t)
	lived := make(map[string]bool)
	for _, goos := range []string{"linux", "windows"} {
		for _, p := range list(t, goos) {
			row, ok := rowOf(may, p.room())
			if !ok {
				t.Errorf("ARCHITECTURE.md does not know the room %s", p.room())
				continue
			}
			lived[row] = true
			for _, imported := range rooms(p.Imports) {
				if !within(imported, row) && !allowed(p.room(), imported, may[row]) {
					t.Errorf("%s imports %s, which ARCHITECTURE.md does not say of %s", p.room(), imported, row)
				}
			}
		}
	}
	for room := range may {
		if !lived[room] {
			t.Errorf("ARCHITECTURE.md has a room %s, where nothing is", room)
		}
	}
}

// A file that the page names is there.
func TestThePageNamesFilesThatThereAre(t *testing.T) {
	page, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range words(string(page)) {
		if !regexp.MustCompile(`^[a-z0-9_]+(/[a-z0-9_.]+)+\.(go|md|yaml|toml)$`).MatchString(word) {
			continue
		}
		if _, err := os.Stat(filepath.Join("../..", filepath.FromSlash(word))); err != nil {
			t.Errorf("ARCHITECTURE.md names %s: %v", word, err)
		}
	}
}

// No reason outlives its dependency.
func TestEachReasonHasItsDependency(t *testing.T) {
	out, err := exec.Command("go", "mod", "edit", "-json", "../../go.mod").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct{ Require []struct{ Path string } }
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	for _, row := range tableBelow(t, "Dependencies") {
		for _, module := range words(row[0]) {
			if !slices.ContainsFunc(mod.Require, func(r struct{ Path string }) bool { return r.Path == module }) {
				t.Errorf("ARCHITECTURE.md says why %s is needed, and go.mod does not have it", module)
			}
		}
		if len(strings.TrimSpace(row[1])) < 10 {
			t.Errorf("ARCHITECTURE.md gives no reason for %s", row[0])
		}
	}
}

// maxLines is how long a function may be without a word about it: what a person sees at once.
const maxLines = 70

// saysWhy begins the sentence of a longer one's comment.
const saysWhy = "It is long because "

func TestALongFunctionSaysWhy(t *testing.T) {
	files := token.NewFileSet()
	seen := 0
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, filepath.Join("../..", name), nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, declared := range file.Decls {
			function, ok := declared.(*ast.FuncDecl)
			if !ok {
				continue
			}
			seen++
			lines := files.Position(function.End()).Line - files.Position(function.Pos()).Line + 1
			isExcused := strings.Contains(strings.ReplaceAll(function.Doc.Text(), "\n", " "), saysWhy)
			switch {
			case lines > maxLines && !isExcused:
				t.Errorf("%s: %s has %d lines; divide it, or say in its comment: %s…", name, function.Name.Name, lines, saysWhy)
			case lines <= maxLines && isExcused:
				t.Errorf("%s: %s is not long any more, and still says why", name, function.Name.Name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 1000 {
		t.Errorf("only %d functions were seen", seen)
	}
}
