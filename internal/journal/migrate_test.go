package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// nextStep is a migration that a later version may have.
const nextStep = `ALTER TABLE operations ADD COLUMN note TEXT NOT NULL DEFAULT ''; CREATE INDEX operations_note ON operations (note)`

func TestNewerIsRefusedAndLeftAlone(t *testing.T) {
	path := newPath(t)
	later := append(migrations[:len(migrations):len(migrations)], nextStep)
	j, err := openWith(t.Context(), Options{Path: path, Now: clock}, later)
	must(t, err)
	mustClose(t, j)
	before := mustRead(t, path)
	for _, readOnly := range []bool{false, true} {
		err := mustNotOpen(t, Options{Path: path, ReadOnly: readOnly})
		wantCode(t, err, Newer)
		if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), path) {
			t.Errorf("got error %v", err)
		}
		if !bytes.Equal(mustRead(t, path), before) {
			t.Error("the file has changed")
		}
	}
}

// TestOlderIsBroughtUpToDate opens a journal with a program that knows one migration more.
func TestOlderIsBroughtUpToDate(t *testing.T) {
	path := newPath(t)
	ids := mustMake(t, path, 2)
	later := append(migrations[:len(migrations):len(migrations)], nextStep)

	_, err := openWith(t.Context(), Options{Path: path, ReadOnly: true}, later)
	wantCode(t, err, Older)

	j, err := openWith(t.Context(), Options{Path: path, Register: 1, Now: clock}, later)
	must(t, err)
	defer mustClose(t, j)
	ids = append(ids, mustConfirm(t, j, 3))
	wantConfirmed(t, j, ids...)
	var notes int
	must(t, j.reader.QueryRow(`SELECT count(note) FROM operations`).Scan(&notes))
	if notes != len(ids) {
		t.Errorf("%d rows have the new column, want %d", notes, len(ids))
	}
}

// TestFailedMigrationChangesNothing breaks off in the middle of a step.
func TestFailedMigrationChangesNothing(t *testing.T) {
	path := newPath(t)
	ids := mustMake(t, path, 1)
	broken := append(migrations[:len(migrations):len(migrations)], nextStep+`; nonsense`)
	_, err := openWith(t.Context(), Options{Path: path}, broken)
	wantCode(t, err, Other)
	j := mustOpen(t, path) // by the program that knows the older shape
	wantConfirmed(t, j, ids...)
	var columns int
	must(t, j.reader.QueryRow(`SELECT count(*) FROM pragma_table_info('operations') WHERE name = 'note'`).Scan(&columns))
	if columns != 0 {
		t.Error("half of a migration is there")
	}

	fresh := newPath(t)
	_, err = openWith(t.Context(), Options{Path: fresh}, broken)
	wantCode(t, err, Other)
	if _, err := os.Stat(fresh); err == nil {
		t.Error("an unfinished journal has got its name")
	}
}

// TestLackingTable opens a journal that has lost a table without being damaged as a file.
func TestLackingTable(t *testing.T) {
	for _, loss := range []string{`DROP TABLE events`, `DELETE FROM meta`} {
		path := newPath(t)
		j := mustOpen(t, path)
		mustExec(t, j, loss)
		mustClose(t, j)
		wantCode(t, mustNotOpen(t, Options{Path: path}), Damaged)
	}
}

// TestRestoredCopy opens what VACUUM INTO made of a journal at work: a copy without a log of its own.
func TestRestoredCopy(t *testing.T) {
	j := mustOpen(t, newPath(t))
	id := mustConfirm(t, j, 1)
	restored := filepath.Join(t.TempDir(), "restored.db")
	_, err := j.reader.ExecContext(t.Context(), `VACUUM INTO ?`, restored)
	must(t, err)
	r := mustOpen(t, restored)
	wantConfirmed(t, r, id)
	var mode string
	must(t, r.reader.QueryRow(`PRAGMA journal_mode`).Scan(&mode))
	if mode != "wal" {
		t.Errorf("the copy works in mode %s", mode)
	}
	install, err := j.InstallID(t.Context())
	must(t, err)
	if got, err := r.InstallID(t.Context()); err != nil || got != install {
		t.Errorf("the copy's install id is %s, the original's %s (%v)", got, install, err)
	}
}

func TestMigrationsHaveNoGap(t *testing.T) {
	for name, files := range map[string]fstest.MapFS{
		"gap":       {"migrations/0001_a.sql": {}, "migrations/0003_b.sql": {}},
		"no number": {"migrations/first.sql": {}},
		"a folder":  {"migrations/0001_a.sql/b": {}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			mustSteps(files)
		})
	}
	good := mustSteps(fstest.MapFS{"migrations/0002_b.sql": {Data: []byte("b")}, "migrations/0001_a.sql": {Data: []byte("a")}})
	if strings.Join(good, " ") != "a b" {
		t.Errorf("got %q", good)
	}
}

// TestStatesAreTheMachines shows that the database knows exactly the states of the operation machine, and that the
// indexes sort them as the machine does.
func TestStatesAreTheMachines(t *testing.T) {
	schema := migrations[0]
	for _, s := range loyalty.States() {
		quoted := "'" + string(s) + "'"
		if !strings.Contains(schema, quoted) {
			t.Errorf("the schema lacks %s", quoted)
		}
		if open := strings.Contains(openStates, quoted); open == s.Final() {
			t.Errorf("%s: counted as open: %t, final: %t", s, open, s.Final())
		}
		if rare := strings.Contains(rareStates, quoted); rare != (s.Final() && s != loyalty.StateConfirmed) {
			t.Errorf("%s: counted as rare: %t", s, rare)
		}
		if unsettled := strings.Contains(`state IN ('sending', 'unknown')`, quoted); unsettled != s.Unsettled() {
			t.Errorf("%s: the index of I4 has it: %t", s, unsettled)
		}
	}
}
