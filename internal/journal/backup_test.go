package journal

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// at changes the journal's clock.
func (j *Journal) at(now time.Time) *Journal {
	j.now = func() time.Time { return now }
	return j
}

func mustBackup(t *testing.T, j *Journal, folder string) string {
	t.Helper()
	path, err := j.Backup(t.Context(), folder, BackupKeep)
	must(t, err)
	return path
}

func backupFolder(t *testing.T) string { return filepath.Join(t.TempDir(), "data", "backups") }

// day is the n-th of March 2025 at noon, local time.
func day(n int) time.Time { return time.Date(2025, time.March, n, 12, 0, 0, 0, time.Local) }

func TestBackup(t *testing.T) {
	t.Parallel()
	j, folder := mustOpen(t, newPath(t)), backupFolder(t)
	if last, err := LastBackup(folder); err != nil || !last.IsZero() {
		t.Errorf("a backup of %s before the first (%v)", last, err)
	}
	mustConfirm(t, j, 1)
	if path := mustBackup(t, j.at(day(1)), folder); path != filepath.Join(folder, "journal-2025-03-01.db") {
		t.Errorf("path %s", path)
	}
	mustConfirm(t, j, 2)
	mustBackup(t, j.at(day(2)), folder)
	mustConfirm(t, j, 3)
	mustBackup(t, j.at(day(2).Add(time.Hour)), folder) // replaces the one before

	if names := mustNames(t, folder); len(names) != 2 {
		t.Errorf("files %q, want two backups and nothing else", names)
	}
	last, err := LastBackup(folder)
	if want := day(2).Add(-12 * time.Hour); err != nil || !last.Equal(want) {
		t.Errorf("last backup %s, want %s (%v)", last, want, err)
	}
	infos, err := Backups(t.Context(), folder)
	must(t, err)
	if len(infos) != 2 || infos[0].Operations != 3 || infos[1].Operations != 1 || infos[0].Err != nil || infos[1].Err != nil {
		t.Fatalf("backups %+v", infos)
	}
	if !infos[0].At.Equal(day(2).Add(time.Hour)) || infos[1].Path != filepath.Join(folder, "journal-2025-03-01.db") {
		t.Errorf("backups %+v", infos)
	}
	wantConfirmed(t, j, mustOnly(t, j.path)...) // the journal itself has not changed
	wantForeign(t, j, own)
}

// TestBackupsAreKeptForTheirTime makes one a day and removes what is old, but never the last few and nothing of others.
func TestBackupsAreKeptForTheirTime(t *testing.T) {
	t.Parallel()
	j, folder := mustOpen(t, newPath(t)), backupFolder(t)
	others := []string{
		"journal-2020-01-01.db", "other-2020-01-01.db", "journal-2020-13-45.db", "journal-2020-01-02.db.bak", "notes.txt",
	}
	must(t, os.MkdirAll(folder, folderMode))
	for _, name := range others {
		writeFile(t, filepath.Join(folder, name), strings.Repeat("not one of ours ", 100))
	}
	must(t, os.Mkdir(filepath.Join(folder, "journal-2020-01-03.db"), folderMode))
	others = append(others, "journal-2020-01-03.db")

	want := slices.Clone(others)
	for n := 1; n <= 12; n++ {
		_, err := j.at(day(n)).Backup(t.Context(), folder, 7*24*time.Hour)
		must(t, err)
		if n >= 5 { // at noon of the 12th the 4th is over for more than seven days, the 5th is not
			want = append(want, "journal-2025-03-"+day(n).Format("02")+".db")
		}
	}
	slices.Sort(want)
	if got := mustNames(t, folder); !slices.Equal(got, want) {
		t.Errorf("files\n%q, want\n%q", got, want)
	}
	mustBackup(t, j.at(day(1).AddDate(5, 0, 0)), folder) // after years in a drawer, or with a wrong clock
	infos, err := Backups(t.Context(), folder)
	must(t, err)
	var whole []string
	for _, info := range infos {
		if info.Err == nil {
			whole = append(whole, filepath.Base(info.Path))
		}
	}
	if got := strings.Join(whole, " "); got != "journal-2030-03-01.db journal-2025-03-12.db journal-2025-03-11.db" {
		t.Errorf("left: %s", got)
	}
	mustBackup(t, j.at(day(20)), folder) // the clock is right again: what is of the future stays
	if last, err := LastBackup(folder); err != nil || last.Year() != 2030 {
		t.Errorf("last backup %s (%v)", last, err)
	}
}

// TestBackupOfWhatIsBeingWritten writes while backups are made: each holds whole transactions, and nobody waits long.
func TestBackupOfWhatIsBeingWritten(t *testing.T) {
	t.Parallel()
	j, folder := mustOpen(t, newPath(t)), backupFolder(t)
	operations := under(3000, 500)
	fill(t, j, operations)
	done := make(chan error)
	var path string
	go func() {
		var err error
		path, err = j.Backup(t.Context(), folder, BackupKeep)
		done <- err
	}()
	for client := int64(1); ; client++ {
		mustConfirm(t, j, client)
		select {
		case err := <-done:
			must(t, err)
			restored := mustOpen(t, path)
			all := idsOf(t, restored, loyalty.Filter{})
			if len(all) < operations {
				t.Errorf("%d operations", len(all))
			}
			if commits := checkPrefix(t, restored); commits == 0 {
				t.Error("no history")
			}
			return
		default:
		}
	}
}

// TestBackupFails shows that a backup that cannot be made leaves the earlier one and nothing half.
func TestBackupFails(t *testing.T) {
	t.Parallel()
	j, folder := mustOpen(t, newPath(t)), backupFolder(t)
	mustConfirm(t, j, 1)
	path := mustBackup(t, j, folder)
	before := mustRead(t, path)
	unchanged := func() {
		t.Helper()
		if names := mustNames(t, folder); len(names) != 1 || !bytes.Equal(mustRead(t, path), before) {
			t.Errorf("files %q", names)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := j.Backup(ctx, folder, BackupKeep); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	unchanged()

	reader, err := Open(t.Context(), Options{Path: j.path, ReadOnly: true, Now: clock})
	must(t, err)
	defer mustClose(t, reader)
	_, err = reader.Backup(t.Context(), folder, BackupKeep)
	wantCode(t, err, ReadOnly)
	unchanged()

	must(t, os.WriteFile(path+".new", []byte("left by a crash"), fileMode))
	must(t, os.WriteFile(path+".new-journal", []byte("left by a crash"), fileMode))
	mustBackup(t, j, folder)
	before = mustRead(t, path)
	unchanged()

	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, "")
	for _, folder := range []string{file, filepath.Join(file, "backups")} {
		_, err := j.Backup(t.Context(), folder, BackupKeep)
		wantCode(t, err, Unwritable)
	}
	must(t, os.MkdirAll(filepath.Join(folder, "journal-2025-03-02.db", "full"), folderMode))
	_, err = j.at(day(2)).Backup(t.Context(), folder, BackupKeep)
	wantCode(t, err, Unwritable)
	if names := mustNames(t, folder); len(names) != 2 {
		t.Errorf("files %q", names)
	}
}

// TestBackupOfADamagedJournal keeps the damage out of the backups.
func TestBackupOfADamagedJournal(t *testing.T) {
	t.Parallel()
	path, folder := newPath(t), backupFolder(t)
	j := mustOpen(t, path)
	fill(t, j, 2000)
	mustClose(t, j)
	damage(t, path)
	j = mustOpen(t, path)
	_, err := j.Backup(t.Context(), folder, BackupKeep)
	wantCode(t, err, Damaged)
	var damaged *DamagedError
	if errors.As(err, &damaged) && damaged.Path != path {
		t.Errorf("damaged is said to be %s", damaged.Path)
	}
	if names := mustNames(t, folder); len(names) != 0 {
		t.Errorf("files %q", names)
	}
}

// damage overwrites pages that opening does not read.
func damage(t *testing.T, path string) {
	t.Helper()
	content := mustRead(t, path)
	middle := len(content) / 2 / pageSize * pageSize
	copy(content[middle:middle+2*pageSize], bytes.Repeat([]byte{0xA5}, 2*pageSize))
	must(t, os.WriteFile(path, content, fileMode))
}

// TestBackupsSayWhatIsWrong lists backups that cannot be restored, each with its reason.
func TestBackupsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	j, folder := mustOpen(t, newPath(t)), backupFolder(t)
	fill(t, j, 2000)
	for n := 1; n <= 4; n++ {
		mustBackup(t, j.at(day(n)), folder)
	}
	name := func(n int) string { return filepath.Join(folder, "journal-"+day(n).Format(backupDay)+".db") }
	damage(t, name(1))
	writeFile(t, name(2), "")
	must(t, os.WriteFile(name(3), patched(mustRead(t, name(3)), 60, 0, 0, 0, 99), fileMode)) // its version
	infos, err := Backups(t.Context(), folder)
	must(t, err)
	for i, want := range []Code{"", Newer, Damaged, Damaged} {
		if CodeOf(infos[i].Err) != want || !infos[i].At.Local().Truncate(time.Hour).Equal(infos[i].At.Local()) ||
			infos[i].At.Local().Day() != 4-i {
			t.Errorf("backup %d: %+v, want the code %q", i, infos[i], want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	infos, err = Backups(ctx, folder)
	if err != nil || !errors.Is(infos[0].Err, context.Canceled) {
		t.Errorf("given up: %+v, %v", infos, err)
	}
	if infos, err = Backups(t.Context(), filepath.Join(folder, "none")); err != nil || len(infos) != 0 {
		t.Errorf("no folder: %v, %v", infos, err)
	}
	_, err = Backups(t.Context(), j.path)
	wantCode(t, err, Unwritable)
	_, err = LastBackup(j.path)
	wantCode(t, err, Unwritable)
}

// TestBackupHasNoSecrets looks for the bytes of secrets in a backup: it outlives them.
func TestBackupHasNoSecrets(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	const secret = 0x5EC2_E7E5_0123_4567
	o := newOperation(1)
	for client := range int64(200) {
		o = newOperation(client + 1)
		o.Secret = secret
		must(t, j.Plan(t.Context(), o))
	}
	trace := binary.BigEndian.AppendUint64(nil, secret)
	path := mustBackup(t, j, backupFolder(t))
	if bytes.Contains(mustRead(t, path), trace) || !bytes.Contains(mustRead(t, j.path+"-wal"), trace) {
		t.Error("secrets in the backup, or none in the journal")
	}
	restored, err := mustOpen(t, path).Find(t.Context(), o.ID)
	must(t, err)
	here, err := j.Find(t.Context(), o.ID)
	must(t, err)
	if restored.Secret != 0 || here.Secret.Reveal() != secret {
		t.Error("the secret is in the restored operation, or gone from the journal")
	}
}
