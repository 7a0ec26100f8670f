// The command report runs the benchmarks of the till and writes docs/performance.md, the table of what was measured
// beside its floor and its goal. It takes some minutes, and the machine should have nothing else to do. The exit code is
// 1 when a goal is missed.
//
//	go run ./internal/bench/report > docs/performance.md
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// suite is one run of `go test -bench`.
type suite struct {
	folder    string
	benches   string
	time      string // -benchtime
	runs      int    // of which the fastest counts; 0: one
	variables []string
}

// suites are what the table is made of. They run one after the other: each wants the machine for itself.
var suites = []suite{
	{folder: "./internal/bench", benches: ".", time: "1x"},
	{folder: "./internal/layout", benches: "Repair", time: "100ms", runs: 10},
	{folder: "./internal/journal", benches: "Commit/ratio", time: "3000x"},
	{folder: "./waiterapi", benches: "Loyalty$", time: "100x"},
	{folder: "./internal/journal", benches: "Settle/ratio", time: "1000x"},
	{folder: "./cmd/skidkassa", benches: "PayBill|GetBill", time: "1000x"},
	{folder: "./tui", benches: "OrdersKey|OrderEditKey|OrderCardKey", time: "100ms", runs: 5},
	{folder: "./internal/journal", benches: "Size", time: "100x", variables: []string{"SKIDKASSA_BENCH_OPERATIONS=1000000"}},
}

func main() { os.Exit(run(suites, os.Stdout, os.Stderr)) }

// run runs the suites, writes the page, and returns the exit code.
func run(suites []suite, out, progress io.Writer) int {
	measured, busy := make(results), load()
	for _, s := range suites {
		output, err := s.run(progress)
		if err != nil {
			_, _ = fmt.Fprintln(progress, "report:", s.folder, err)
			return 1
		}
		measured.parse(output)
	}
	table, short := render(measured)
	if _, err := io.WriteString(out, page(table, busy, time.Now())); err != nil {
		_, _ = fmt.Fprintln(progress, "report:", err)
		return 1
	}
	for _, what := range short {
		_, _ = fmt.Fprintln(progress, "report:", what)
	}
	if len(short) > 0 {
		return 1
	}
	return 0
}

// command is the suite's command line.
func (s suite) command() []string {
	return []string{"go", "test", "-run", "^$", "-bench", s.benches, "-benchtime", s.time, "-count", strconv.Itoa(max(1, s.runs)),
		"-timeout", "30m", s.folder}
}

// run runs the suite and returns what it printed, which progress sees too.
func (s suite) run(progress io.Writer) (string, error) {
	var output bytes.Buffer
	words := s.command()
	command := exec.Command(words[0], words[1:]...)
	command.Env = append(os.Environ(), s.variables...)
	both := io.MultiWriter(&output, progress)
	command.Stdout, command.Stderr = both, both
	err := command.Run()
	return output.String(), err
}

const introduction = `# Performance

Each figure stands beside its floor, measured in the same run on the same machine: the least that a program of its kind
can be, a frame, or a raw append with a flush. Machines are noisy, so that only the ratios can be compared between runs.

- The bare program (internal/bench/floor/bare) is Bubble Tea with a constant screen and one line of typed text. Like any
  such program it asks the terminal for its colours at the start, which the emulator answers at once; the till asks nothing.
- Times are taken at the pseudo-terminal: from the moment before the key is written to the moment at which the bytes of
  the changed frame have been read.
- Processor time is the kernel's count for the process, from the first character of a scan to the guest's card with the
  balance from the service; the floor is the same scan in one piece.
- What takes microseconds is run several times, and the fastest run counts: the rest is the machine.

`

// page is the document around the table. It names no machine, but says how busy it was before: other work on it is in
// the figures too.
func page(table, busy string, day time.Time) string {
	var b strings.Builder
	b.WriteString(introduction)
	b.WriteString(table)
	fmt.Fprintf(&b, "\nMeasured on %s on a machine with %d processors (%s/%s, %s), load average before: %s, by\n\n"+
		"    go run ./internal/bench/report > docs/performance.md\n",
		day.Format(time.DateOnly), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), busy)
	return b.String()
}

// load is the machine's load average of the last minute, where the kernel says it.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	minute, _, _ := strings.Cut(string(text), " ")
	return minute
}
