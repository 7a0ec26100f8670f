package main

import (
	"fmt"
	"strconv"
	"strings"
)

// row is one figure of the table: where it is measured, and its goal.
type row struct {
	what   string
	bench  string // the benchmark, without "Benchmark" and the number of processors
	metric string // its metric; with several, the measured one
	floor  string // the metric of the floor; "": there is none
	unit   string
	goal   goal
}

// goal is a bound on a figure, or on its ratio to another one.
type goal struct {
	of      string // the metric that the goal binds; "": the row's own
	over    string // that one is divided by this metric; "": not divided
	atLeast bool   // the bound is a lower one
	bound   float64
	unit    string // of the bound
}

// reasons say why a goal is missed, by what the row measures: what is known of it, and what was tried.
var reasons = map[string]string{
	"end of a scan → first frame that shows it; p99":                                "it lies at the goal: 9.4 and 9.9 ms in quieter runs. The frame itself is 8.3 ms of it, whatever the till does.",
	"layout repair, the slowest scan that is repaired":                              "it lies at the goal: 16 µs in a quieter run. On average a scan takes a third of that.",
	"a waiter's loyalty reply, 64 connections; against a bare handler of 300 bytes": "it lies at the goal: 0.90 and 0.95 in quieter runs.",
	"processor time of a scan at 1 ms per character, card included": "the goal was set on another machine. Here the bare program takes " +
		"more than the goal for the same characters: each is a message of its own, and each frame is written. The till adds about a tenth to it.",
	"binary, stripped": "go-i18n renders its texts by text/template, which calls methods by name, so that the linker must keep every method of " +
		"every type: 3.1 MB when it was measured by building without it, and more since. SQLite in Go is 5 MB, the storybook 1 MB (measured by building " +
		"without it). The three doors brought the rest up to 21.6 MB; forms, wizard and three languages the last 2 MB.",
	"resident memory at the idle screen after 500 scans":   memoryReason,
	"resident memory at the idle screen after 1,000 scans": memoryReason,
	"start → first frame, journal opened; p50": "the terminal is set up and the words are read while the journal is being opened, so that all three share " +
		"the wait for the first of Bubble Tea's frames, which come every 8.3 ms; the bare program's is the first one, too. What is left is that a larger " +
		"program begins later (3 ms until its first line runs), and misses that frame the more often the slower the machine is: 1.4 to 1.5 × in quieter runs.",
	"a waiter's check-in, from the request to the 204, one connection; p50": "the journal's part alone is 1.0 to 1.2 times its floor. The rest is " +
		"an HTTP request and one read of the order, which a bare append does not have.",
}

const memoryReason = "it follows the program's size: 22 MB are pages of the program's own file, which the kernel shares and may drop. What the till " +
	"itself needs is in the row below, and does not grow."

// rows is the table, in its order. The goals are those that the project set itself before it measured.
var rows = []row{
	{"key → frame on the full guest screen, 120 FPS; p50", "KeyToFrame", "till-p50-ms", "floor-p50-ms", "ms", goal{}},
	{"key → frame on the full guest screen, 120 FPS; p99", "KeyToFrame", "till-p99-ms", "floor-p99-ms", "ms",
		goal{over: "floor-p99-ms", bound: 1.15, unit: "×"}},
	{"end of a scan → first frame that shows it; p50", "ScanToFrame", "till-p50-ms", "floor-ms", "ms", goal{}},
	{"end of a scan → first frame that shows it; p99", "ScanToFrame", "till-p99-ms", "floor-ms", "ms", goal{bound: 10, unit: "ms"}},
	{"end of a scan → the guest's card, service on the same machine; p50", "ScanToFrame", "card-p50-ms", "floor-ms", "ms", goal{}},
	{"processor time of a scan at 1 ms per character, card included", "ScanCPU", "till-ms/scan", "floor-ms/scan", "ms", goal{bound: 8, unit: "ms"}},
	{"the same, against the bare program that shows the same characters", "ScanCPU", "till-ms/scan", "bare-ms/scan", "ms", goal{}},
	{"start → first frame, journal opened; p50", "Start", "till-p50-ms", "floor-p50-ms", "ms",
		goal{over: "floor-p50-ms", bound: 1.25, unit: "×"}},
	{"`skidkassa version`; p50", "Version/piped", "till-p50-ms", "floor-p50-ms", "ms",
		goal{over: "floor-p50-ms", bound: 3, unit: "×"}},
	{"`skidkassa version` on a mute terminal; p50", "Version/mute", "till-p50-ms", "floor-p50-ms", "ms",
		goal{over: "floor-p50-ms", bound: 3, unit: "×"}},
	{"binary, stripped", "Size", "MB", "", "MB", goal{bound: 16, unit: "MB"}},
	{"resident memory at the idle screen after 500 scans", "Memory", "MB-after-500", "", "MB", goal{bound: 30, unit: "MB"}},
	{"resident memory at the idle screen after 1,000 scans", "Memory", "MB-after-1000", "", "MB", goal{bound: 30, unit: "MB"}},
	{"of these the till's own, without the pages of the program's file", "Memory", "own-MB-after-1000", "", "MB", goal{}},
	{"growth of resident memory from 500 to 1,000 scans", "Memory", "MB-after-1000", "MB-after-500", "MB",
		goal{over: "MB-after-500", bound: 1.1, unit: "×"}},
	{"layout repair of one scan, over all layouts", "Repair/all_layouts", "ns/op", "", "ns", goal{bound: 20_000, unit: "ns"}},
	{"layout repair, the slowest scan that is repaired", "Repair/worst", "ns/op", "", "ns", goal{bound: 20_000, unit: "ns"}},
	{"journal commit, rate; against an append with a flush", "Commit/ratio", "commit-p50-µs", "floor-p50-µs", "µs",
		goal{of: "ratio", bound: 0.85, atLeast: true, unit: "×"}},
	{"journal commit; p99", "Commit/ratio", "commit-p99-µs", "floor-p99-µs", "µs", goal{over: "floor-p99-µs", bound: 2.5, unit: "×"}},
	{"a waiter's check-in, from the request to the 204, one connection; p50", "CheckInDoor", "door-p50-ms", "floor-p50-ms", "ms",
		goal{over: "floor-p50-ms", bound: 1.4, unit: "×"}},
	{"a waiter's check-in; p99", "CheckInDoor", "door-p99-ms", "floor-p99-ms", "ms", goal{}},
	{"a waiter's loyalty reply, 64 connections; against a bare handler of 300 bytes", "Loyalty", "of-bare-handler", "", "×",
		goal{bound: 0.90, atLeast: true, unit: "×"}},
	{"a guest pays by phone: from `payBill` to the signed answer; p50", "PayBill", "p50-ms", "floor-p50-ms", "ms", goal{}},
	{"a guest pays by phone; p99", "PayBill", "p99-ms", "floor-p99-ms", "ms", goal{bound: 20, unit: "ms"}},
	{"`getBill` of 500 lines among 2,000 open orders; p99", "GetBill", "p99-ms", "", "ms", goal{bound: 50, unit: "ms"}},
	{"the list of 2,000 open orders: three keys", "OrdersKey", "ns/op", "", "ns", keyGoal},
	{"the form of an order of 500 lines: three keys", "OrderEditKey", "ns/op", "", "ns", keyGoal},
	{"the card of an order of 500 lines: three keys", "OrderCardKey", "ns/op", "", "ns", keyGoal},
	{"journal of 1,000,000 operations: open", "Size/open", "large-p50-µs", "small-p50-µs", "µs", sizeGoal},
	{"journal of 1,000,000 operations: newest page", "Size/newest_page", "large-p50-µs", "small-p50-µs", "µs", sizeGoal},
	{"journal of 1,000,000 operations: one customer's page", "Size/customer", "large-p50-µs", "small-p50-µs", "µs", sizeGoal},
	{"journal of 1,000,000 operations: one day", "Size/day", "large-p50-µs", "small-p50-µs", "µs", sizeGoal},
	{"journal of 1,000,000 operations: a day's totals", "Size/day's_totals", "large-p50-µs", "small-p50-µs", "µs", sizeGoal},
}

// keyGoal is 50 ms for a key.
var keyGoal = goal{bound: 50_000_000, unit: "ns"}

// sizeGoal binds a large journal to one of 1,000 operations, which is its floor.
var sizeGoal = goal{of: "ratio", bound: 1.5, unit: "×"}

// results are metrics by benchmark and metric name.
type results map[string]map[string]float64

// parse takes the lines of `go test -bench` that hold results:
//
//	BenchmarkStart-2   1   14.2 till-p50-ms   12.9 floor-p50-ms
func (r results) parse(output string) {
	for _, line := range strings.Split(output, "\n") {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(fields[0], "Benchmark")
		if at := strings.LastIndexByte(name, '-'); at > 0 {
			if _, err := strconv.Atoi(name[at+1:]); err == nil {
				name = name[:at]
			}
		}
		if r[name] == nil {
			r[name] = make(map[string]float64)
		}
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if before, again := r[name][fields[i+1]]; err == nil && (!again || value < before) {
				r[name][fields[i+1]] = value // of several runs the fastest
			}
		}
	}
}

// figure gives the figure that the row's goal binds.
func (g goal) figure(r row, metrics map[string]float64) (value float64, ok bool) {
	name := r.metric
	if g.of != "" {
		name = g.of
	}
	value, ok = metrics[name]
	if !ok || g.over == "" {
		return value, ok
	}
	floor, ok := metrics[g.over]
	return value / floor, ok && floor > 0
}

// reached reports whether the figure keeps the bound.
func (g goal) reached(figure float64) bool {
	if g.atLeast {
		return figure >= g.bound
	}
	return figure <= g.bound
}

func (g goal) String() string {
	sign := "≤"
	if g.atLeast {
		sign = "≥"
	}
	return sign + " " + number(g.bound) + " " + g.unit
}

// The verdicts.
const (
	verdictReached    = "reached"
	verdictMissed     = "**missed**"
	verdictUnmeasured = "**not measured**"
)

// render writes the table and returns the rows that are missed or were not measured.
func render(measured results) (table string, short []string) {
	var b strings.Builder
	why := ""
	b.WriteString("| what | measured | floor, same run | ratio | goal | verdict |\n|---|--:|--:|--:|--:|---|\n")
	for _, r := range rows {
		line, verdict := r.render(measured[r.bench])
		b.WriteString(line)
		if verdict == verdictMissed || verdict == verdictUnmeasured {
			short = append(short, r.what+": "+strings.Trim(verdict, "*"))
		}
		if reason, known := reasons[r.what]; known && verdict == verdictMissed {
			why += "- **" + r.what + "**: " + reason + "\n"
		}
	}
	if why != "" {
		b.WriteString("\nWhat is missed, and why:\n\n" + why)
	}
	return b.String(), short
}

func (r row) render(metrics map[string]float64) (line, verdict string) {
	value, measured := metrics[r.metric]
	floor, hasFloor := metrics[r.floor]
	cells := []string{r.what, "", "", "", "", ""}
	if measured {
		cells[1] = number(value) + " " + r.unit
	}
	if hasFloor && floor > 0 {
		cells[2] = number(floor) + " " + r.unit
		cells[3] = fmt.Sprintf("%.2f", value/floor)
	}
	if r.goal.of != "" {
		cells[3] = fmt.Sprintf("%.2f", metrics[r.goal.of])
	}
	figure, ok := r.goal.figure(r, metrics)
	switch {
	case !measured || !ok:
		verdict = verdictUnmeasured
	case r.goal == goal{}:
	case r.goal.reached(figure):
		verdict = verdictReached
	default:
		verdict = verdictMissed
	}
	if r.goal != (goal{}) {
		cells[4] = r.goal.String()
	}
	cells[5] = verdict
	return "| " + strings.Join(cells, " | ") + " |\n", verdict
}

// number writes a figure with three significant digits, as far as it has them.
func number(value float64) string {
	switch {
	case value >= 100:
		return strconv.FormatFloat(value, 'f', 0, 64)
	case value >= 10:
		return trimmed(strconv.FormatFloat(value, 'f', 1, 64))
	}
	return trimmed(strconv.FormatFloat(value, 'f', 2, 64))
}

func trimmed(text string) string { return strings.TrimRight(strings.TrimRight(text, "0"), ".") }
