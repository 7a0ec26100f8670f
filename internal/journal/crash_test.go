package journal

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// TestKilledAtAnyMoment copies the files of a journal at work, as a kill leaves them, and opens the copies: what had been
// written is there.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	var ids []uuid.UUID
	for i := range int64(under(10, 4)) {
		ids = append(ids, mustConfirm(t, j, i+1))
		copied := copyJournal(t, path, -1)
		killed := mustOpen(t, copied)
		wantConfirmed(t, killed, ids...)
		must(t, killed.Check(t.Context()))
	}
}

// TestPowerLostInTheMiddleOfTheLog cuts the log at many places, as a loss of power may. What remains is what had been
// written up to some commit: no operation without its history, none in a state that its history does not show.
func TestPowerLostInTheMiddleOfTheLog(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	for i := range int64(5) {
		mustConfirm(t, j, i+1)
	}
	log, err := os.Stat(path + "-wal")
	must(t, err)
	before := 0
	for cut := int64(0); cut <= log.Size(); cut += int64(under(9001, 30011)) {
		commits := checkPrefix(t, mustOpen(t, copyJournal(t, path, cut)))
		if commits < before {
			t.Errorf("%d bytes of the log hold %d commits, fewer bytes %d", cut, commits, before)
		}
		before = commits
	}
	if commits := checkPrefix(t, mustOpen(t, copyJournal(t, path, log.Size()))); commits != 15 {
		t.Errorf("the whole log holds %d commits, want 15", commits)
	}
}

// checkPrefix makes sure that every state is the one that the history ends with, and counts the commits.
func checkPrefix(t *testing.T, j *Journal) (commits int) {
	t.Helper()
	defer mustClose(t, j)
	must(t, j.Check(t.Context()))
	all, err := j.List(t.Context(), loyalty.Filter{})
	must(t, err)
	for _, o := range all {
		events, err := j.Events(t.Context(), o.ID)
		must(t, err)
		if len(events) == 0 || events[len(events)-1].To != o.State {
			t.Errorf("operation %s is %s after %v", o.ID, o.State, events)
		}
		commits += len(events)
	}
	return commits
}

// copyJournal copies the file and the first bytes of its log, all of them when the number is negative.
func copyJournal(t *testing.T, path string, logBytes int64) string {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "copy.db")
	must(t, os.WriteFile(copied, mustRead(t, path), fileMode))
	log := mustRead(t, path+"-wal")
	if logBytes >= 0 {
		log = log[:logBytes]
	}
	must(t, os.WriteFile(copied+"-wal", log, fileMode))
	return copied
}
