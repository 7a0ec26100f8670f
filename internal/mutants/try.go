package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// tryLimit bounds one run of tests: a mutant may well wait for ever.
const tryLimit = 3 * time.Minute

// Errors of a mutant that proves nothing.
var (
	errText    = errors.New("its text is not exactly once in the file")
	errCompile = errors.New("the mutant does not compile")
	errUnsound = errors.New("the tests fail without any mutant")
)

// moduleRoot finds the folder of go.mod, wherever the program was started.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", err
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// mutate gives the file's text without the guard.
func mutate(root string, g guard) ([]byte, error) {
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(g.file)))
	if err != nil {
		return nil, err
	}
	if n := bytes.Count(source, []byte(g.from)); n != 1 {
		return nil, fmt.Errorf("%w: %s has it %d times", errText, g.file, n)
	}
	return bytes.Replace(source, []byte(g.from), []byte(g.to), 1), nil
}

// try tests one mutant. Its error is nil when a test has caught it.
func try(ctx context.Context, root string, g guard) (verdict, error) {
	began := time.Now()
	mutant, err := mutate(root, g)
	if err != nil {
		return verdict{}, err
	}
	folder, err := os.MkdirTemp("", "mutant-")
	if err != nil {
		return verdict{}, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	overlay, err := writeOverlay(folder, filepath.Join(root, filepath.FromSlash(g.file)), mutant)
	if err != nil {
		return verdict{}, err
	}
	failed, err := test(ctx, root, g.tests, g.only, overlay)
	found := verdict{caughtBy: failed, took: time.Since(began)}
	if err == nil && len(failed) == 0 {
		err = errSurvived
	}
	return found, err
}

// writeOverlay writes the mutant and the file that tells the go command to compile it instead of the original.
func writeOverlay(folder, original string, mutant []byte) (string, error) {
	replaced := filepath.Join(folder, filepath.Base(original))
	if err := os.WriteFile(replaced, mutant, 0o600); err != nil {
		return "", err
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": {original: replaced}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(folder, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// skipped are tests that are not about one rule: the simulation would catch most mutants, and say little of the rule.
const skipped = "^(TestSimulation|Fuzz.*)$"

// test runs the tests of packages and gives the names of the top-level tests that failed.
func test(ctx context.Context, root string, packages []string, only, overlay string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	args := []string{"test", "-json", "-count=1", "-timeout", (tryLimit / 2).String(), "-skip", skipped}
	if only != "" {
		args = append(args, "-run", only)
	}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	command := exec.CommandContext(ctx, "go", append(args, packages...)...)
	command.Dir = root
	out, err := command.Output()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	failed, compiled := readEvents(out)
	switch {
	case !compiled:
		return nil, fmt.Errorf("%w:\n%s", errCompile, buildOutput(out))
	case err != nil && len(failed) == 0:
		return nil, fmt.Errorf("go test: %w\n%s", err, exit.Stderr)
	}
	return failed, nil
}

// event is one line of `go test -json`.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// readEvents gives the top-level tests that failed, and whether everything compiled. A test that began and never ended
// was running when the process broke down: it has failed, too.
func readEvents(out []byte) (failed []string, compiled bool) {
	compiled = true
	running := make(map[string]bool)
	for _, line := range bytes.Split(out, []byte("\n")) {
		var e event
		if json.Unmarshal(line, &e) != nil {
			continue
		}
		if e.Action == "build-fail" {
			compiled = false
		}
		if e.Test == "" || strings.Contains(e.Test, "/") {
			continue
		}
		switch e.Action {
		case "run":
			running[e.Test] = true
		case "pass":
			delete(running, e.Test)
		case "fail":
			failed = append(failed, e.Test)
		}
	}
	for name := range running {
		failed = append(failed, name)
	}
	slices.Sort(failed)
	return slices.Compact(failed), compiled
}

// buildOutput is what the compiler said.
func buildOutput(out []byte) string {
	var b strings.Builder
	for _, line := range bytes.Split(out, []byte("\n")) {
		var e event
		if json.Unmarshal(line, &e) == nil && e.Action == "build-output" {
			b.WriteString(e.Output)
		}
	}
	return strings.TrimSpace(b.String())
}

// checkWithout runs the tests of all chosen guards without a mutant: where one fails anyway, "caught" means nothing.
func checkWithout(ctx context.Context, root string, chosen []guard) error {
	var packages []string
	for _, g := range chosen {
		packages = append(packages, g.tests...)
	}
	slices.Sort(packages)
	failed, err := test(ctx, root, slices.Compact(packages), "", "")
	if err == nil && len(failed) > 0 {
		err = fmt.Errorf("%w: %s", errUnsound, strings.Join(failed, " "))
	}
	return err
}
