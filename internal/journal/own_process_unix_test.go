//go:build unix

package journal

import (
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// ownProcessOf names, in the environment of a process that ownProcess has started, the test that it is for.
const ownProcessOf = "SKIDKASSA_JOURNAL_OWN_PROCESS"

// ownProcess runs the calling test again in a process of its own and reports whether this is it. A limit on the size of
// files holds for the whole process, so a test that sets one would starve the test binary's own logs and profiles too.
func ownProcess(t *testing.T) bool {
	t.Helper()
	if os.Getenv(ownProcessOf) == t.Name() {
		signal.Ignore(syscall.SIGXFSZ) // so that a write beyond the limit fails instead of the process
		return true
	}
	process := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.count=1", "-test.run=^"+regexp.QuoteMeta(t.Name())+"$")
	process.Env = append(os.Environ(), ownProcessOf+"="+t.Name())
	output, err := process.CombinedOutput() // through a pipe, which has no limit
	if err != nil || !strings.Contains(string(output), "--- PASS: "+t.Name()+" ") {
		t.Errorf("in its own process: %v\n%s", err, output)
	}
	return false
}

// withLimit runs the function while no file of this process may grow beyond the limit.
func withLimit(t *testing.T, limitBytes int64, run func()) {
	t.Helper()
	if os.Getenv(ownProcessOf) != t.Name() {
		t.Fatal("a limit outside of ownProcess")
	}
	var old syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old))
	limit := old
	limit.Cur = uint64(limitBytes)
	must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit))
	defer func() { must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old)) }()
	run()
}
