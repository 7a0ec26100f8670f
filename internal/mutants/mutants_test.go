package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A guard that has moved is no guard: its text must stand once in its file.
func TestEveryGuardIsWhereItIsSaidToBe(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range guards() {
		if _, err := mutate(root, g); err != nil {
			t.Errorf("%s %s: %v", g.rule, g.name, err)
		}
		if g.from == g.to || len(g.tests) == 0 {
			t.Errorf("%s %s changes nothing, or names no tests", g.rule, g.name)
		}
	}
}

func TestEveryRuleHasAGuard(t *testing.T) {
	have := make(map[string]int)
	names := make(map[string]bool)
	for _, g := range guards() {
		have[g.rule]++
		if names[g.rule+g.name] {
			t.Errorf("two guards are called %s %s", g.rule, g.name)
		}
		names[g.rule+g.name] = true
	}
	for n := 1; n <= 13; n++ {
		if rule := fmt.Sprintf("I%d", n); have[rule] == 0 {
			t.Errorf("%s has no guard", rule)
		}
	}
}

func TestChoose(t *testing.T) {
	all := []guard{{rule: "I1", name: "one", file: "a.go"}, {rule: "I10", name: "two", file: "b.go"}}
	for only, want := range map[string]int{"": 2, "I1": 1, "a.go": 1, "two": 1, "three": 0} {
		if got := len(choose(all, only)); got != want {
			t.Errorf("choose(%q) gives %d, want %d", only, got, want)
		}
	}
}

// module writes a module of its own with one guarded function.
func module(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module guarded\n\ngo 1.26\n",
		"a.go":   "package guarded\n\nfunc Half(n int) int {\n\tif n < 0 {\n\t\treturn 0\n\t}\n\treturn n / 2\n}\n",
		"a_test.go": "package guarded\n\nimport \"testing\"\n\nfunc TestHalf(t *testing.T) {\n\tif Half(-2) != 0 {\n\t\tt.Error()\n\t}\n}\n\n" +
			"func TestOther(t *testing.T) {}\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestMutantsAreCaughtOrNot(t *testing.T) {
	root := module(t)
	for _, tt := range []struct {
		name  string
		guard guard
		says  string
		err   error
	}{
		{"caught", guard{from: "n < 0", to: "false"}, "TestHalf", nil},
		{"caught by breaking down", guard{from: "return 0", to: "panic(n)"}, "TestHalf", nil},
		{"caught by a chosen test", guard{from: "n < 0", to: "false", only: "TestHalf"}, "TestHalf", nil},
		{"survives", guard{from: "n / 2", to: "n / 3"}, "SURVIVED", errSurvived},
		{"survives tests of something else", guard{from: "n < 0", to: "false", only: "TestOther"}, "SURVIVED", errSurvived},
		{"does not compile", guard{from: "n / 2", to: "nothing"}, "FAILED", errCompile},
		{"is not there", guard{from: "n / 4", to: "n"}, "FAILED", errText},
		{"is there twice", guard{from: "return", to: "panic"}, "FAILED", errText},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := tt.guard
			g.rule, g.name, g.file, g.tests = "I1", tt.name, "a.go", []string{"."}
			var out bytes.Buffer
			if err := run(t.Context(), &out, root, []guard{g}, 2); !errors.Is(err, tt.err) || (err == nil) != (tt.err == nil) {
				t.Errorf("run says %v, want %v", err, tt.err)
			}
			if !strings.Contains(out.String(), tt.says) {
				t.Errorf("it says %q, want %q", out.String(), tt.says)
			}
		})
	}
}

func TestTestsThatFailAnywayProveNothing(t *testing.T) {
	root := module(t)
	failing := "package guarded\n\nimport \"testing\"\n\nfunc TestBad(t *testing.T) { t.Error() }\n"
	if err := os.WriteFile(filepath.Join(root, "bad_test.go"), []byte(failing), 0o600); err != nil {
		t.Fatal(err)
	}
	g := guard{file: "a.go", from: "n < 0", to: "false", tests: []string{"."}}
	if err := run(t.Context(), &bytes.Buffer{}, root, []guard{g}, 1); !errors.Is(err, errUnsound) {
		t.Errorf("run says %v", err)
	}
}

func TestNothingChosenIsAnError(t *testing.T) {
	if err := run(t.Context(), &bytes.Buffer{}, t.TempDir(), nil, 1); !errors.Is(err, errNothing) {
		t.Errorf("run says %v", err)
	}
}

func TestALongListOfTestsIsCut(t *testing.T) {
	found := verdict{caughtBy: []string{"TestA", "TestB", "TestC", "TestD", "TestE"}}
	if got := sentence(guard{rule: "I1"}, found, nil); !strings.HasSuffix(got, "TestA TestB TestC and 2 more") {
		t.Errorf("it says %q", got)
	}
}
