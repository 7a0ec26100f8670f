// Package archtest holds the house together: it fails on an import that the rooms of ARCHITECTURE.md forbid,
// and says why.
package archtest

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"
)

const module = "github.com/skidkassa/skidkassa"

// pkg is what `go list` says of a package.
type pkg struct {
	ImportPath   string
	Imports      []string // of its production files
	TestImports  []string
	XTestImports []string
}

// room is the package's path inside the module: "internal/loyalty".
func (p pkg) room() string { return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/") }

// list gives every package of the module as it is built for an operating system.
func list(t *testing.T, goos string) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

// rooms gives the rooms of this module that stand in imports.
func rooms(imports []string) []string {
	var found []string
	for _, imported := range imports {
		if room, ok := strings.CutPrefix(imported, module+"/"); ok {
			found = append(found, room)
		}
	}
	return found
}

// within reports whether a room is the given one or stands inside it.
func within(room, outer string) bool { return room == outer || strings.HasPrefix(room, outer+"/") }

// mayImport says for each room which others its production code may import; texts and notice are for all.
// A room that is not listed here does not exist: a new one is entered with its arrows.
var mayImport = map[string]struct {
	rooms  []string
	reason string
}{
	"cmd":                 {[]string{"*"}, "cmd ties everything together"},
	"internal/demo":       {[]string{"*"}, "the demo is a till and a simulator in one process"},
	"internal/simcmd":     {[]string{"skidkabot", "internal/expirenza/expirenzasim"}, "the simulators as commands"},
	"tui/storybook":       {[]string{"tui", "internal/layout", "internal/loyalty", "internal/orders", "internal/scanner", "internal/screenshot", "skidkabot"}, "scenes of the screen play over fakes and a store that the caller brings"},
	"tui":                 {[]string{"tui", "internal/loyalty", "internal/orders", "internal/scanner", "skidkabot"}, "door 1 knows use cases, not other doors and not how things are stored"},
	"tui/setup":           {[]string{"internal/layout", "internal/scanner", "skidkabot", "tui/look", "tui/wedge"}, "the wizard asks its Backend: it knows neither where settings are kept nor the doors"},
	"tui/wedge":           {[]string{"internal/scanner"}, "it hands keys to the decoder and nothing else"},
	"waiterapi":           {[]string{"internal/orders", "internal/loyalty", "skidkabot"}, "door 2 knows use cases and the words of their errors, not other doors and not how things are stored"},
	"internal/expirenza":  {[]string{"internal/expirenza", "internal/orders"}, "door 3 knows use cases, not other doors and not how things are stored"},
	"internal/loyalty":    {[]string{"internal/layout", "internal/loyalty", "skidkabot"}, "operations know the service's protocol, and neither orders nor doors nor the disk"},
	"internal/orders":     {[]string{"internal/loyalty", "internal/orders", "skidkabot"}, "the order book knows guests and operations, and neither doors nor the disk"},
	"internal/journal":    {[]string{"internal/loyalty", "internal/orders", "skidkabot"}, "the journal implements the stores that the use cases declare"},
	"internal/printer":    {[]string{"internal/printer"}, "receipts know paper and nothing of the till; their words come from the caller"},
	"internal/scanner":    {nil, "the decoder is pure: runes and times in, scans out"},
	"internal/screenshot": {nil, "it looks at cells and draws them"},
	"internal/layout":     {nil, "layout repair is pure data and functions"},
	"internal/texts":      {nil, "a leaf"},
	"internal/notice":     {nil, "a leaf"},
	"internal/noquery":    {nil, "it must be initialised before anything else; see its package comment"},
	"internal/archtest":   {nil, "it only looks"},
	"internal/bench":      {[]string{"*"}, "it measures the whole program beside its floors"},
	"internal/killpoint":  {[]string{"internal/loyalty", "internal/orders", "skidkabot"}, "named moments of a till at which tests kill it; nothing in ordinary builds"},
	"internal/killtest":   {[]string{"*"}, "it kills the whole till"},
	"internal/faults":     {[]string{"*"}, "it drives the whole till against every fault"},
	"internal/mutants":    {nil, "it only edits copies of files"},
	"internal/dist":       {nil, "it only builds and packs"},
	"internal/e2e":        {[]string{"*"}, "it tests the whole program from outside"},
	"config":              {nil, "settings and secrets know no sibling"},
	"skidkabot":           {[]string{"skidkabot"}, "the protocol is usable by other programs"},
}

var leaves = []string{"internal/texts", "internal/notice"}

// ruleOf finds the entry of the room that a package stands in.
func ruleOf(room string) (allowed []string, reason string, ok bool) {
	for outer := room; outer != "."; outer = path.Dir(outer) {
		if rule, found := mayImport[outer]; found {
			return rule.rooms, rule.reason, true
		}
	}
	return nil, "", false
}

func allowed(from, to string, list []string) bool {
	for _, leaf := range leaves {
		if to == leaf && !within(from, leaf) && from != "internal/noquery" {
			return true
		}
	}
	for _, outer := range list {
		if outer == "*" || within(to, outer) {
			return true
		}
	}
	return false
}

func TestImportsRunOneWay(t *testing.T) {
	for _, goos := range []string{"linux", "windows"} {
		for _, p := range list(t, goos) {
			list, reason, known := ruleOf(p.room())
			if !known {
				t.Errorf("%s: a room that nobody knows; enter it in ARCHITECTURE.md and in mayImport with its arrows", p.room())
				continue
			}
			for _, imported := range rooms(p.Imports) {
				if !allowed(p.room(), imported, list) {
					t.Errorf("%s (%s) imports %s: %s", p.room(), goos, imported, reason)
				}
			}
		}
	}
}

func TestOnlyDemoAndSimcmdUseTheSimulators(t *testing.T) {
	for _, p := range list(t, "linux") {
		if within(p.room(), "internal/demo") || within(p.room(), "internal/simcmd") {
			continue
		}
		for _, imported := range rooms(p.Imports) {
			if strings.HasSuffix(imported, "sim") {
				t.Errorf("%s imports %s: a fake in production code would move no points", p.room(), imported)
			}
			if strings.HasSuffix(imported, "test") && !strings.HasSuffix(p.room(), "test") {
				t.Errorf("%s imports %s: that is for tests", p.room(), imported)
			}
		}
	}
}

func TestOnlyCmdAndDemoOpenTheScreen(t *testing.T) {
	for _, p := range list(t, "linux") {
		for _, imported := range rooms(p.Imports) {
			if imported == "tui" && !within(p.room(), "cmd") && !within(p.room(), "internal/demo") && !within(p.room(), "tui/storybook") {
				t.Errorf("%s imports tui: use cases tell the screen by notices, they do not know it", p.room())
			}
		}
	}
}

func TestOnlyCmdOpensTheStorybook(t *testing.T) {
	for _, p := range list(t, "linux") {
		for _, imported := range rooms(p.Imports) {
			if within(imported, "tui/storybook") && !within(p.room(), "cmd") && !within(p.room(), "tui/storybook") {
				t.Errorf("%s imports %s: canned guests and fakes are for looking at, no till works with them", p.room(), imported)
			}
		}
		if p.room() != "tui/storybook/stage" {
			continue
		}
		for _, imported := range rooms(p.Imports) {
			if imported == "tui" {
				t.Errorf("%s imports tui: then the tests inside tui cannot play on it", p.room())
			}
		}
	}
}

// pure are the rooms that must not touch the world directly, and what they must not import.
func TestThePureRoomsStayPure(t *testing.T) {
	pure := []string{"internal/scanner", "internal/layout", "internal/loyalty", "internal/orders"}
	forbidden := []string{"github.com/charmbracelet/", "net/http", "database/sql", "modernc.org/sqlite", "os/exec"}
	for _, p := range list(t, "linux") {
		for _, room := range pure {
			if p.room() != room {
				continue
			}
			for _, imported := range p.Imports {
				for _, bad := range forbidden {
					if strings.HasPrefix(imported, bad) {
						t.Errorf("%s imports %s: rules and decoding must be testable without a screen, a network or a disk", room, imported)
					}
				}
			}
		}
	}
}

func TestNoqueryNeedsOnlyOS(t *testing.T) {
	for _, p := range list(t, "linux") {
		if p.room() != "internal/noquery" {
			continue
		}
		for _, imported := range p.Imports {
			if imported != "os" {
				t.Errorf("noquery imports %s: then it may be initialised after Bubble Tea, and the terminal is asked", imported)
			}
		}
	}
}

func TestSQLStaysInTheJournal(t *testing.T) {
	for _, p := range list(t, "linux") {
		for _, imported := range p.Imports {
			if (imported == "database/sql" || imported == "modernc.org/sqlite") && !within(p.room(), "internal/journal") {
				t.Errorf("%s imports %s: a chain of tills will share a PostgreSQL behind the same interfaces", p.room(), imported)
			}
		}
	}
}

// Each direct dependency wants a reason in ARCHITECTURE.md.
func TestEachDependencyHasItsReason(t *testing.T) {
	architecture, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "mod", "edit", "-json", "../../go.mod").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	direct := 0
	for _, r := range mod.Require {
		if r.Indirect {
			continue
		}
		direct++
		if !strings.Contains(string(architecture), "`"+r.Path+"`") {
			t.Errorf("ARCHITECTURE.md does not say why %s is needed", r.Path)
		}
	}
	if direct == 0 {
		t.Error("go.mod names no direct dependency: run go mod tidy")
	}
}

// The tree has at its top only what the users asked for.
func TestTheTopOfTheTree(t *testing.T) {
	entries, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]bool{"cmd": true, "tui": true, "skidkabot": true, "waiterapi": true, "config": true, "internal": true, "docs": true, "dist": true}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !folders[e.Name()] {
			t.Errorf("a folder %s at the top: the rooms are in ARCHITECTURE.md", e.Name())
		}
	}
}
