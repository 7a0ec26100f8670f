//go:build unix

package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/uuid"
)

// TestModes shows that nobody else reads the journal, whatever the umask and whatever the modes were before.
func TestModes(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o077} {
		folder := filepath.Join(t.TempDir(), "deep", "data")
		path := filepath.Join(folder, "journal.db")
		func() {
			defer syscall.Umask(syscall.Umask(umask))
			j := mustOpen(t, path)
			mustConfirm(t, j, 1)
			wantModes(t, folder)
			for _, side := range []string{"", "-wal", "-shm"} {
				must(t, os.Chmod(path+side, 0o666))
			}
			mustClose(t, j)
			must(t, os.WriteFile(path+"-wal", nil, 0o600))
			must(t, os.Chmod(path+"-wal", 0o644))
			must(t, os.Chmod(path, 0o644))
			j = mustOpen(t, path)
			mustConfirm(t, j, 2)
			wantModes(t, folder)
			mustClose(t, j)
		}()
	}
}

func wantModes(t *testing.T, folder string) {
	t.Helper()
	wantMode(t, folder, fs.ModeDir|0o700)
	names := mustNames(t, folder)
	if len(names) != 6 {
		t.Errorf("files %q, want the journal, its log, the log's index, the lock, the reserve and the install id", names)
	}
	for _, name := range names {
		wantMode(t, filepath.Join(folder, name), 0o600)
	}
}

func wantMode(t *testing.T, path string, want fs.FileMode) {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	if info.Mode() != want {
		t.Errorf("%s has mode %s, want %s", path, info.Mode(), want)
	}
}

// TestForeignFolderKeepsItsMode opens a journal in a folder that is not the journal's own.
func TestForeignFolderKeepsItsMode(t *testing.T) {
	folder := t.TempDir()
	must(t, os.Chmod(folder, 0o755))
	mustMake(t, filepath.Join(folder, "journal.db"), 1)
	wantMode(t, folder, fs.ModeDir|0o755)
}

// TestLinkedJournal opens a journal by two names: it is one journal, with one lock.
func TestLinkedJournal(t *testing.T) {
	path := newPath(t)
	link := filepath.Join(t.TempDir(), "link.db")
	mustMake(t, path, 0)
	must(t, os.Symlink(path, link))
	j := mustOpen(t, link)
	if j.Path() != path {
		t.Errorf("path %s, want %s", j.Path(), path)
	}
	wantCode(t, mustNotOpen(t, Options{Path: path}), Locked)
}

// TestFailedFlush makes the disk refuse the bytes of a commit, by a limit on the size of files. That commit may or may
// not be found at the next start, so its error says that nobody knows; the journal goes on when the disk works again.
func TestFailedFlush(t *testing.T) {
	if !ownProcess(t) {
		return
	}
	j := mustOpen(t, newPath(t))
	ids := []uuid.UUID{mustConfirm(t, j, 1)}
	log, err := os.Stat(j.path + "-wal")
	must(t, err)

	withLimit(t, log.Size(), func() { err = j.Plan(t.Context(), newOperation(2)) })

	wantCode(t, err, IO)
	if !errors.Is(err, ErrWriteUnsure) || !strings.Contains(err.Error(), j.path) {
		t.Errorf("got error %v", err)
	}
	wantConfirmed(t, j, ids...)
	ids = append(ids, mustConfirm(t, j, 3))
	wantConfirmed(t, j, ids...)
	must(t, j.Check(t.Context()))
}

// TestBackupOnAFailingDisk makes the disk refuse the copy at several places: no part of it stays, neither of a backup nor of
// a journal being restored.
func TestBackupOnAFailingDisk(t *testing.T) {
	if !ownProcess(t) {
		return
	}
	j, folder := mustOpen(t, newPath(t)), backupFolder(t)
	fill(t, j, 500)
	backup := mustBackup(t, j, folder)
	place := newPath(t)
	for _, limit := range []int64{1, pageSize, 20 * pageSize, 40 * pageSize} {
		var backupErr, restoreErr error
		withLimit(t, limit, func() {
			_, backupErr = j.at(day(2)).Backup(t.Context(), folder, BackupKeep)
		})
		withLimit(t, max(limit, pageSize), func() { // the lock's note fits
			_, restoreErr = RestoreBackup(t.Context(), backup, place, noon)
		})
		for _, err := range []error{backupErr, restoreErr} {
			if code := CodeOf(err); code != IO && code != Full {
				t.Errorf("limit %d: got error %v", limit, err)
			}
		}
		if names := mustNames(t, folder); len(names) != 1 {
			t.Errorf("limit %d: files %q", limit, names)
		}
		if names := mustNames(t, filepath.Dir(place)); len(names) != 1 {
			t.Errorf("limit %d: files %q, want the lock alone", limit, names)
		}
	}
}
