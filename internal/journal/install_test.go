package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func wantForeign(t *testing.T, j *Journal, want ForeignReason) {
	t.Helper()
	if foreign, why := j.Foreign(); why != want || foreign != (want != own) {
		t.Errorf("foreign: %t, %q, want %q", foreign, why, want)
	}
}

// TestForeign moves journals and install ids between machines.
func TestForeign(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(t *testing.T, path string)
		want   ForeignReason
	}{
		"nothing happened":    {func(*testing.T, string) {}, own},
		"only the journal":    {func(t *testing.T, path string) { must(t, os.Remove(installOf(path))) }, NoInstallFile},
		"to another machine":  {func(t *testing.T, path string) { writeFile(t, installOf(path), uuid.NewString()+"\r\n") }, OtherMachine},
		"the id is cut":       {func(t *testing.T, path string) { writeFile(t, installOf(path), "0193") }, NoInstallFile},
		"the id is very long": {func(t *testing.T, path string) { writeFile(t, installOf(path), strings.Repeat("0", 1<<20)) }, NoInstallFile},
		"a backup by hand":    {replaceByBackup, Restored},
		"the id has a newline": {func(t *testing.T, path string) {
			writeFile(t, installOf(path), string(mustRead(t, installOf(path)))+"\n")
		}, own},
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			ids := mustMake(t, path, 1)
			test.change(t, path)
			reader, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
			must(t, err)
			wantForeign(t, reader, test.want)
			if test.want != own {
				wantCode(t, reader.Adopt(t.Context()), ReadOnly)
				wantForeign(t, reader, test.want)
			}
			mustClose(t, reader)

			mustClose(t, mustOpen(t, path)) // opening alone settles nothing
			j := mustOpen(t, path)
			wantForeign(t, j, test.want)
			must(t, j.Adopt(t.Context()))
			wantForeign(t, j, own)
			must(t, j.Adopt(t.Context())) // again
			mustClose(t, j)
			j = mustOpen(t, path)
			wantForeign(t, j, own)
			wantConfirmed(t, j, ids...)
		})
	}
}

func installOf(path string) string { return filepath.Join(filepath.Dir(path), installFile) }

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), fileMode))
}

// replaceByBackup is what a person may do without the program: copy a backup over the journal.
func replaceByBackup(t *testing.T, path string) {
	j := mustOpen(t, path)
	backup, err := j.Backup(t.Context(), filepath.Join(t.TempDir(), "backups"), BackupKeep)
	must(t, err)
	mustClose(t, j)
	writeFile(t, path, string(mustRead(t, backup)))
}

// TestJournalsOfOneMachine shows that a new journal names the machine's id, wherever the journal lies, and that an id which
// was cut by a crash before there was a journal is made anew.
func TestJournalsOfOneMachine(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	var seen []uuid.UUID
	for range 2 {
		j, err := Open(t.Context(), Options{Path: newPath(t), DataDir: data, Now: clock})
		must(t, err)
		wantForeign(t, j, own)
		id, err := j.InstallID(t.Context())
		must(t, err)
		seen = append(seen, id)
		mustClose(t, j)
	}
	if seen[0] != seen[1] {
		t.Errorf("two journals of one machine have the ids %v", seen)
	}
	writeFile(t, filepath.Join(data, installFile), "")
	j, err := Open(t.Context(), Options{Path: newPath(t), DataDir: data, Now: clock})
	must(t, err)
	wantForeign(t, j, own)
	mustClose(t, j)
}

func TestInstallFileInTheWay(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	must(t, os.MkdirAll(installOf(path), folderMode))
	wantCode(t, mustNotOpen(t, Options{Path: path}), Unwritable)
	path = newPath(t)
	mustMake(t, path, 0)
	must(t, os.Remove(installOf(path)))
	j := mustOpen(t, path)
	must(t, os.MkdirAll(filepath.Join(installOf(path)+".new", "full"), folderMode))
	wantCode(t, j.Adopt(t.Context()), Unwritable)
	wantForeign(t, j, NoInstallFile)
}
