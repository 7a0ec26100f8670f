//go:build linux

package bench

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

const (
	megabyte = 1e6
	kibibyte = 1 << 10
)

// BenchmarkStart is the time from the start of the process to the first frame, with a journal to open; the floor is the
// bare program. The two take turns.
func BenchmarkStart(b *testing.B) {
	const starts = 60
	r := newRig(b)
	r.firstFrame(r.shop.Command(), idleWords) // makes the journal
	r.firstFrame(r.bareCommand(), bareWords)
	var ours, floor samples
	for range starts {
		ours = append(ours, r.firstFrame(r.shop.Command(), idleWords))
		floor = append(floor, r.firstFrame(r.bareCommand(), bareWords))
	}
	only(b)
	ours.report(b, "till")
	floor.report(b, "floor")
	b.ReportMetric(milli(ours.percentile(50))/milli(floor.percentile(50)), "ratio")
}

// firstFrame starts a program, waits for its first frame and quits it.
func (r *rig) firstFrame(process *exec.Cmd, words string) time.Duration {
	r.b.Helper()
	term, err := terminal.Start(process, terminal.Options{})
	r.must(err)
	at, err := term.Await(words, terminal.Patience, func(screen string) bool { return strings.Contains(screen, words) })
	r.must(err)
	r.must(term.Press(terminal.F10))
	_, err = term.Exit(terminal.Patience)
	r.must(err)
	r.must(term.Close())
	return at.Sub(term.Started())
}

// BenchmarkVersion is the whole run of `skidkassa version`; the floor is a program that knows only the package flag.
// Both run without a terminal, and in one that answers no questions.
func BenchmarkVersion(b *testing.B) {
	const runs = 150
	r := newRig(b)
	for _, place := range []struct {
		name string
		run  func(*exec.Cmd) error
	}{
		{"piped", (*exec.Cmd).Run},
		{"mute", runMute},
	} {
		b.Run(place.name, func(b *testing.B) {
			var ours, floor samples
			for range runs {
				for _, one := range []struct {
					command *exec.Cmd
					into    *samples
				}{{r.shop.Command("version"), &ours}, {exec.Command(r.flagOnly), &floor}} {
					began := time.Now()
					if err := place.run(one.command); err != nil {
						b.Fatal(err)
					}
					*one.into = append(*one.into, time.Since(began))
				}
			}
			only(b)
			ours.report(b, "till")
			floor.report(b, "floor")
			b.ReportMetric(milli(ours.percentile(50))/milli(floor.percentile(50)), "ratio")
		})
	}
}

func runMute(process *exec.Cmd) error {
	term, err := terminal.Start(process, terminal.Options{Mute: true})
	if err != nil {
		return err
	}
	if _, err := term.Exit(terminal.Patience); err != nil {
		return err
	}
	return term.Close()
}

// BenchmarkSize is the size of the stripped binary.
func BenchmarkSize(b *testing.B) {
	info, err := os.Stat(build(b).till)
	if err != nil {
		b.Fatal(err)
	}
	only(b)
	b.ReportMetric(float64(info.Size())/megabyte, "MB")
}

// BenchmarkMemory is the resident memory at the idle screen after 500 and after 1,000 scans.
func BenchmarkMemory(b *testing.B) {
	const scans = 1000
	r := newRig(b)
	till := r.startTill()
	only(b)
	for n := 1; n <= scans; n++ {
		r.greet(till)
		if n%(scans/2) == 0 {
			r.must(till.Press(terminal.Esc))
			r.must(till.WaitFor(idleWords))
			b.ReportMetric(memory(b, till.PID(), "VmRSS")/megabyte, fmt.Sprintf("MB-after-%d", n))
			b.ReportMetric(memory(b, till.PID(), "RssAnon")/megabyte, fmt.Sprintf("own-MB-after-%d", n))
		}
	}
}

// memory is what the kernel counts of a process's memory in RAM under a name, in bytes: "VmRSS" is all of it, "RssAnon" what
// is no part of a file.
func memory(b *testing.B, pid int, name string) float64 {
	b.Helper()
	status, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = status.Close() }()
	for lines := bufio.NewScanner(status); lines.Scan(); {
		var kibibytes float64
		if _, err := fmt.Sscanf(lines.Text(), name+": %f kB", &kibibytes); err == nil {
			return kibibytes * kibibyte
		}
	}
	b.Fatal("the kernel does not say the resident memory")
	return 0
}
