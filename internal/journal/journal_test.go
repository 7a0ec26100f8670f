package journal

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
)

// noon is the clock of the tests.
var noon = time.Date(2025, time.March, 1, 12, 0, 0, 0, time.UTC)

func clock() time.Time { return noon }

// under is how much of something a test does: all of it, or little under the race detector. That looks for two hands on the same
// memory, which shows at the first few rounds as well as at the last; that each round ends well is what the plain run proves.
func under(plain, race int) int {
	if raced {
		return race
	}
	return plain
}

// newPath is where a test keeps its journal.
func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "data", "journal.db") }

// mustOpen opens the journal of the suite's till and closes it at the end of the test.
func mustOpen(t testing.TB, path string) *Journal {
	t.Helper()
	if raced {
		seed(t, path)
	}
	j, err := Open(t.Context(), Options{Path: path, Register: loyaltytest.Register, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mustClose(t, j) })
	return j
}

// emptyJournal is a journal as it is made, with the install id of its machine, made once.
var emptyJournal = sync.OnceValues(func() (files [2][]byte, err error) {
	folder, err := os.MkdirTemp("", "journal-")
	if err != nil {
		return files, err
	}
	defer func() { _ = os.RemoveAll(folder) }() // nobody misses it
	path := filepath.Join(folder, "journal.db")
	j, err := Open(context.Background(), Options{Path: path, Register: loyaltytest.Register, Now: clock})
	if err != nil {
		return files, err
	}
	if err := j.Close(); err != nil {
		return files, err
	}
	for i, name := range []string{path, filepath.Join(folder, installFile)} {
		if files[i], err = os.ReadFile(name); err != nil {
			return files, err
		}
	}
	return files, nil
})

// seed puts an empty journal where there is nothing yet. Hundreds of tests begin with one, and making it takes most of their
// time under the race detector; the plain run makes each.
func seed(t testing.TB, path string) {
	t.Helper()
	folder := filepath.Dir(path)
	if entries, _ := os.ReadDir(folder); len(entries) > 0 || !filepath.IsAbs(path) {
		return // something is there, or a test that looks at the path itself
	}
	files, err := emptyJournal()
	must(t, err)
	must(t, os.MkdirAll(folder, folderMode))
	must(t, os.WriteFile(path, files[0], fileMode))
	must(t, os.WriteFile(filepath.Join(folder, installFile), files[1], fileMode))
}

func mustClose(t testing.TB, j *Journal) {
	t.Helper()
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

// mustNotOpen tries to open the journal and gives the error.
func mustNotOpen(t *testing.T, options Options) error {
	t.Helper()
	j, err := Open(t.Context(), options)
	if err == nil {
		mustClose(t, j)
		t.Fatal("the journal was opened")
	}
	return err
}

func wantCode(t *testing.T, err error, want Code) {
	t.Helper()
	if got := CodeOf(err); got != want {
		t.Errorf("got code %q of error %v, want %q", got, err, want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// mustExec runs a statement on the connection that writes.
func mustExec(t testing.TB, j *Journal, statement string) {
	t.Helper()
	_, err := j.writer.ExecContext(t.Context(), statement)
	must(t, err)
}

// mustMake makes a journal with the given number of confirmed operations, closes it and gives their ids.
func mustMake(t *testing.T, path string, operations int) (ids []uuid.UUID) {
	t.Helper()
	j := mustOpen(t, path)
	for i := range operations {
		ids = append(ids, mustConfirm(t, j, int64(i+1)))
	}
	mustClose(t, j)
	return ids
}

// mustConfirm carries an operation of the client through its three commits.
func mustConfirm(t testing.TB, j *Journal, client int64) uuid.UUID {
	t.Helper()
	o := newOperation(client)
	must(t, j.Plan(t.Context(), o))
	must(t, j.Move(t.Context(), toSending(o.ID)))
	must(t, j.Move(t.Context(), toConfirmed(o.ID)))
	return o.ID
}

// wantConfirmed makes sure that the journal holds these operations and no others, each with its whole history.
func wantConfirmed(t *testing.T, j *Journal, ids ...uuid.UUID) {
	t.Helper()
	all, err := j.List(t.Context(), loyalty.Filter{})
	must(t, err)
	if len(all) != len(ids) {
		t.Errorf("got %d operations, want %d", len(all), len(ids))
	}
	for _, id := range ids {
		o, err := j.Find(t.Context(), id)
		must(t, err)
		events, err := j.Events(t.Context(), id)
		must(t, err)
		if o.State != loyalty.StateConfirmed || len(events) != 3 {
			t.Errorf("operation %s is %s with %d events, want it confirmed with 3", id, o.State, len(events))
		}
	}
}

func TestStore(t *testing.T) {
	t.Parallel()
	loyaltytest.RunStoreSuite(t, func(t *testing.T) loyalty.Store { return mustOpen(t, newPath(t)) })
}
