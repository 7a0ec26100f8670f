package journal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// madeWithBackup makes a journal, a backup of its first operation, and one operation more.
func madeWithBackup(t *testing.T) (path, backup string, ids []uuid.UUID) {
	t.Helper()
	path = newPath(t)
	j := mustOpen(t, path)
	ids = append(ids, mustConfirm(t, j, 1))
	backup = mustBackup(t, j, backupFolder(t))
	ids = append(ids, mustConfirm(t, j, 2))
	mustClose(t, j)
	return path, backup, ids
}

func TestRestoreBackup(t *testing.T) {
	t.Parallel()
	path, backup, ids := madeWithBackup(t)
	aside, err := RestoreBackup(t.Context(), backup, path, noon)
	must(t, err)
	if aside != path+".replaced-20250301T120000Z" {
		t.Errorf("set aside as %s", aside)
	}
	j := mustOpen(t, path)
	wantForeign(t, j, Restored)
	wantConfirmed(t, j, ids[0])
	ids = append(ids, mustConfirm(t, j, 3))
	must(t, j.Adopt(t.Context()))
	wantConfirmed(t, j, ids[0], ids[2])
	mustClose(t, j)

	// What was set aside can come back, too.
	_, err = RestoreBackup(t.Context(), aside, path, noon)
	must(t, err)
	j = mustOpen(t, path)
	wantForeign(t, j, Restored)
	wantConfirmed(t, j, ids[:2]...)
	for _, name := range mustNames(t, filepath.Dir(path)) {
		if strings.Contains(name, restoring) || strings.Contains(name, ".copy") {
			t.Errorf("%s is left", name)
		}
	}
}

// TestAdoptedJournalOwesNoReceipts: what a backup says is due has come out since, or its guest is long gone.
func TestAdoptedJournalOwesNoReceipts(t *testing.T) {
	path := newPath(t)
	j := mustOpen(t, path)
	mustSettle(t, j, closing(mustBill(t, j, 1), mustShift(t, j).ID))
	backup := mustBackup(t, j, backupFolder(t))
	mustClose(t, j)
	j = mustOpen(t, path)
	wantDue(t, j, 1)
	mustClose(t, j)
	_, err := RestoreBackup(t.Context(), backup, path, noon)
	must(t, err)
	j = mustOpen(t, path)
	must(t, j.Adopt(t.Context()))
	wantDue(t, j, 0)
}

func wantDue(t *testing.T, j *Journal, want int) {
	t.Helper()
	due, err := j.ReceiptsDue(t.Context())
	must(t, err)
	if len(due) != want {
		t.Errorf("%d receipts are due, want %d", len(due), want)
	}
}

// TestRestoreOfAJournalWithALog takes a journal that was set aside after a crash: its log belongs to it.
func TestRestoreOfAJournalWithALog(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	id := mustConfirm(t, j, 1)
	killed := copyJournal(t, path, -1)
	place := newPath(t)
	aside, err := RestoreBackup(t.Context(), killed, place, noon)
	must(t, err)
	if aside != "" {
		t.Errorf("set aside %s, where there was nothing", aside)
	}
	wantConfirmed(t, mustOpen(t, place), id)
}

// TestRestoreOfAnOlderShape restores what the first release wrote.
func TestRestoreOfAnOlderShape(t *testing.T) {
	t.Parallel()
	old, path := newPath(t), newPath(t)
	o := newOperation(1)
	mustMakeFirst(t, old, o)
	_, err := RestoreBackup(t.Context(), old, path, noon)
	must(t, err)
	j := mustOpen(t, path)
	wantForeign(t, j, Restored)
	if got, err := j.Find(t.Context(), o.ID); err != nil || got.State != loyalty.StatePlanned {
		t.Errorf("got %s, %v", got.State, err)
	}
}

// TestRestoreRefused shows that the journal stays what it is when a backup is of no use.
func TestRestoreRefused(t *testing.T) {
	t.Parallel()
	path, backup, ids := madeWithBackup(t)
	folder := t.TempDir()
	large := filepath.Join(folder, "damaged.db")
	j := mustOpen(t, newPath(t))
	fill(t, j, 2000)
	must(t, os.Rename(mustBackup(t, j, backupFolder(t)), large))
	damage(t, large)
	text, newer := filepath.Join(folder, "text.db"), filepath.Join(folder, "newer.db")
	writeFile(t, text, strings.Repeat("список покупок\n", 1000))
	must(t, os.WriteFile(newer, patched(mustRead(t, backup), 60, 0, 0, 0, 99), fileMode))
	for from, want := range map[string]Code{
		large:                            Damaged,
		text:                             Damaged,
		newer:                            Newer,
		filepath.Join(folder, "none.db"): Missing,
		folder:                           Unwritable,
	} {
		_, err := RestoreBackup(t.Context(), from, path, noon)
		wantCode(t, err, want)
	}
	running := mustOpen(t, path)
	_, err := RestoreBackup(t.Context(), backup, path, noon)
	wantCode(t, err, Locked)
	wantForeign(t, running, own)
	wantConfirmed(t, running, ids...)
	mustClose(t, running)
	for _, name := range mustNames(t, filepath.Dir(path)) {
		if strings.Contains(name, "replaced") || strings.Contains(name, ".copy") {
			t.Errorf("%s was made", name)
		}
	}
	file := filepath.Join(folder, "file")
	writeFile(t, file, "")
	_, err = RestoreBackup(t.Context(), backup, filepath.Join(file, "journal.db"), noon)
	wantCode(t, err, Unwritable)
	must(t, os.MkdirAll(filepath.Join(path+".copy", "full"), folderMode))
	_, err = RestoreBackup(t.Context(), backup, path, noon)
	wantCode(t, err, Unwritable)
}

// TestRestoreInterrupted breaks off between setting aside and the last rename: no empty journal takes the place, and both
// ways out are open.
func TestRestoreInterrupted(t *testing.T) {
	t.Parallel()
	for name, goOn := range map[string]func(t *testing.T, path, backup string) int{
		"again": func(t *testing.T, path, backup string) int {
			_, err := RestoreBackup(t.Context(), backup, path, noon)
			must(t, err)
			return 1
		},
		"a new journal": func(t *testing.T, path, _ string) int {
			aside, err := SetAside(path, noon)
			must(t, err)
			if bytes.Equal(mustRead(t, aside+restoring), nil) {
				t.Error("the copy was not kept")
			}
			return 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			path, backup, _ := madeWithBackup(t)
			must(t, os.Rename(path, path+".replaced"))
			must(t, os.WriteFile(path+restoring, mustRead(t, backup), fileMode))
			wantCode(t, mustNotOpen(t, Options{Path: path}), Damaged)
			want := goOn(t, path, backup)
			if got := len(idsOf(t, mustOpen(t, path), loyalty.Filter{})); got != want {
				t.Errorf("%d operations, want %d", got, want)
			}
		})
	}
}
