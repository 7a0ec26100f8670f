package main

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

const sample = `goos: linux
pkg: github.com/skidkassa/skidkassa/internal/bench
BenchmarkKeyToFrame-2   	       1	         9.800 floor-p99-ms	         1.051 p99-ratio	        10.30 till-p99-ms	 5 till-p50-ms	 4 floor-p50-ms
BenchmarkVersion/piped-2         	       1	         2.000 floor-p50-ms	         7.000 till-p50-ms
BenchmarkSize   	       1	        15.25 MB
BenchmarkCommit/ratio-2 	    3000	     250000 ns/op	 220 commit-p50-µs	 900 commit-p99-µs	 200 floor-p50-µs	 300 floor-p99-µs	 0.84 ratio
PASS
ok  	github.com/skidkassa/skidkassa/internal/bench	30.1s
`

func TestResultsAreReadFromWhatGoTestPrints(t *testing.T) {
	measured := make(results)
	measured.parse(sample)
	for _, want := range []struct {
		bench, metric string
		value         float64
	}{
		{"KeyToFrame", "till-p99-ms", 10.3},
		{"Version/piped", "floor-p50-ms", 2},
		{"Size", "MB", 15.25},
		{"Commit/ratio", "commit-p50-µs", 220},
	} {
		if got := measured[want.bench][want.metric]; got != want.value {
			t.Errorf("%s %s is %v, want %v", want.bench, want.metric, got, want.value)
		}
	}
	if len(measured) != 4 {
		t.Errorf("%d benchmarks were read: %v", len(measured), measured)
	}
}

func TestOfSeveralRunsTheFastestCounts(t *testing.T) {
	measured := make(results)
	measured.parse("BenchmarkRepair/worst-2 10 22739 ns/op\nBenchmarkRepair/worst-2 10 12271 ns/op\nBenchmarkRepair/worst-2 10 15428 ns/op\n")
	if got := measured["Repair/worst"]["ns/op"]; got != 12271 {
		t.Errorf("the figure is %v", got)
	}
}

func TestTheTableHasAVerdictForEachGoal(t *testing.T) {
	measured := make(results)
	measured.parse(sample)
	table, short := render(measured)
	for _, line := range []string{
		"| key → frame on the full guest screen, 120 FPS; p50 | 5 ms | 4 ms | 1.25 |  |  |",
		"| key → frame on the full guest screen, 120 FPS; p99 | 10.3 ms | 9.8 ms | 1.05 | ≤ 1.15 × | reached |",
		"| `skidkassa version`; p50 | 7 ms | 2 ms | 3.50 | ≤ 3 × | **missed** |",
		"| `skidkassa version` on a mute terminal; p50 |  |  |  | ≤ 3 × | **not measured** |",
		"| binary, stripped | 15.2 MB |  |  | ≤ 16 MB | reached |",
		"| journal commit, rate; against an append with a flush | 220 µs | 200 µs | 0.84 | ≥ 0.85 × | **missed** |",
		"| journal commit; p99 | 900 µs | 300 µs | 3.00 | ≤ 2.5 × | **missed** |",
	} {
		if !strings.Contains(table, line+"\n") {
			t.Errorf("no line %q in\n%s", line, table)
		}
	}
	if strings.Contains(table, "What is missed") {
		t.Errorf("a reason without a miss:\n%s", table)
	}
	measured["Size"]["MB"] = 21.5
	if late, _ := render(measured); !strings.Contains(late, "\nWhat is missed, and why:\n\n- **binary, stripped**: go-i18n") {
		t.Errorf("no reason in\n%s", late)
	}
	for what := range reasons {
		if !slices.ContainsFunc(rows, func(r row) bool { return r.what == what }) {
			t.Errorf("no row is %q", what)
		}
	}
	if !slices.Contains(short, "`skidkassa version`; p50: missed") || !slices.Contains(short, "`skidkassa version` on a mute terminal; p50: not measured") {
		t.Errorf("what fell short: %q", short)
	}
	if slices.ContainsFunc(short, func(what string) bool { return strings.HasPrefix(what, "binary") }) {
		t.Errorf("a goal that was reached fell short: %q", short)
	}
}

func TestNumbersHaveThreeDigits(t *testing.T) {
	for value, want := range map[float64]string{20_000: "20000", 123.4: "123", 15.26: "15.3", 16: "16", 1.15: "1.15", 3: "3", 0.5: "0.5"} {
		if got := number(value); got != want {
			t.Errorf("%v is written %s, want %s", value, got, want)
		}
	}
}

func TestThePageSaysHowItIsMade(t *testing.T) {
	text := page("| table |\n", "0.25", time.Date(2025, 11, 21, 12, 0, 0, 0, time.UTC))
	for _, want := range []string{"# Performance", "| table |", "Measured on 2025-11-21", "load average before: 0.25", "go run ./internal/bench/report"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// quick is a suite that takes no time.
var quick = suite{folder: "github.com/skidkassa/skidkassa/internal/layout", benches: "Repair/EAN", time: "1x", variables: []string{"X=1"}}

func TestASuiteRunsItsBenchmarks(t *testing.T) {
	output, err := quick.run(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	measured := make(results)
	measured.parse(output)
	if measured["Repair/EAN"]["ns/op"] <= 0 {
		t.Errorf("nothing was measured:\n%s", output)
	}
}

func TestAnUnfinishedTableIsAnError(t *testing.T) {
	var out, progress strings.Builder
	if code := run([]suite{quick}, &out, &progress); code != 1 {
		t.Errorf("exit code %d, want 1: most was not measured", code)
	}
	if !strings.Contains(out.String(), "| binary, stripped |") || !strings.Contains(progress.String(), "report: binary, stripped: not measured") {
		t.Errorf("the page is\n%s\nand the progress\n%s", out.String(), progress.String())
	}
}

func TestASuiteThatFailsWritesNoTable(t *testing.T) {
	var out, progress strings.Builder
	none := suite{folder: "./no/such/folder", benches: ".", time: "1x"}
	if code := run([]suite{none}, &out, &progress); code != 1 || out.Len() > 0 {
		t.Errorf("exit code %d and the page\n%s", code, out.String())
	}
}
