package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// BackupKeep is how long backups are kept.
const BackupKeep = 30 * 24 * time.Hour

// backupsLeft is how many of the newest backups are kept whatever their age: after months in a drawer, or when the clock
// is wrong, not all of them go at once.
const backupsLeft = 3

// Backup copies the journal to <folder>/<name>-<day>.db, where <name> is the journal's without its ending, verifies the copy
// and removes those of this name that are older than keep. It replaces the day's earlier one, if there is one, and
// gives the copy's path. The till goes on writing meanwhile.
//
// A backup says of itself that it is one: wherever it becomes a journal again, [Journal.Foreign] knows. It has no QR
// secrets, because those are gone from the journal after a day.
//
// The copy gets its name when it is complete, verified and on the disk: an error leaves what was there, and nothing half.
// Errors: an [*Error] (Full when there is no room) or a [*DamagedError] of the copy or of the journal itself; ReadOnly for
// a journal that was opened for reading.
func (j *Journal) Backup(ctx context.Context, folder string, keep time.Duration) (string, error) {
	if j.writer == nil {
		return "", &Error{Code: ReadOnly, Path: j.path, Err: errReader}
	}
	j.copying.Lock()
	defer j.copying.Unlock()
	if err := makeOwnFolder(folder); err != nil {
		return "", err
	}
	now := j.now()
	name := backupName(j.path)
	path := filepath.Join(folder, name+now.Local().Format(backupDay)+backupEnding)
	if err := copyInto(ctx, j, path+".new", path, now); err != nil {
		return "", err
	}
	return path, prune(folder, name, now.Add(-keep))
}

// LastBackup is the day of the newest backup in the folder, at its beginning in local time; zero when there is none.
func LastBackup(folder string) (time.Time, error) {
	found, err := findBackups(folder)
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	return found[0].day, nil
}

// BackupInfo is a backup and whether it can be restored.
type BackupInfo struct {
	Path       string
	At         time.Time // when it was made; of one that cannot be read, the day in its name
	Operations int64     // how many it holds
	Err        error     // nil: it was read as a whole and is in order; else a *DamagedError or an *Error
}

// Backups reads every backup in the folder, the newest first. It takes as long as reading the files takes; end it by its
// context. What could not be read any more then has the context's error.
func Backups(ctx context.Context, folder string) ([]BackupInfo, error) {
	found, err := findBackups(folder)
	if err != nil {
		return nil, err
	}
	infos := make([]BackupInfo, len(found))
	for i, one := range found {
		infos[i] = examine(ctx, one.path)
		if infos[i].At.IsZero() {
			infos[i].At = one.day
		}
	}
	return infos, nil
}

// Names of backups: the journal's without its ending, the day, the ending.
const (
	backupDay    = "2006-01-02"
	backupEnding = ".db"
)

var backupPattern = regexp.MustCompile(`^(.*-)(\d{4}-\d\d-\d\d)\.db$`)

func backupName(journal string) string {
	name := filepath.Base(journal)
	return strings.TrimSuffix(name, filepath.Ext(name)) + "-"
}

// backupFile is what a backup's name says.
type backupFile struct {
	path string
	name string // of its journal, with the dash
	day  time.Time
}

// maxBackups bounds how many backups of a folder are looked at.
const maxBackups = 1000

// findBackups gives the files that are named as backups, the newest first. A folder that is not there has none.
func findBackups(folder string) ([]backupFile, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fileError(folder, err)
	}
	var found []backupFile
	for _, entry := range entries {
		parts := backupPattern.FindStringSubmatch(entry.Name())
		if parts == nil || !entry.Type().IsRegular() {
			continue
		}
		day, err := time.ParseInLocation(backupDay, parts[2], time.Local)
		if err != nil {
			continue
		}
		found = append(found, backupFile{filepath.Join(folder, entry.Name()), parts[1], day})
	}
	slices.SortFunc(found, func(a, b backupFile) int {
		if order := b.day.Compare(a.day); order != 0 {
			return order
		}
		return strings.Compare(a.path, b.path)
	})
	return found[:min(len(found), maxBackups)], nil
}

// prune removes the journal's backups of days that were over at the given moment, but for the newest. A file that is named
// as one but is no journal is not ours to remove.
func prune(folder, name string, before time.Time) error {
	found, err := findBackups(folder)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(f backupFile) bool { return f.name != name })
	for _, old := range found[min(len(found), backupsLeft):] {
		if !old.day.AddDate(0, 0, 1).After(before) && isOurs(old.path) {
			if err := os.Remove(old.path); err != nil {
				return fileError(old.path, err)
			}
		}
	}
	return nil
}

// isOurs looks for the application id in the head of the file. The file is not open elsewhere in this process.
func isOurs(path string) bool {
	const idOffset = 68 // of SQLite's file format
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	head := make([]byte, idOffset+4)
	_, err = io.ReadFull(file, head)
	return err == nil && binary.BigEndian.Uint32(head[idOffset:]) == applicationID
}

// makeOwnFolder makes a folder that is only for this user, even if it was there before: backups are its only content.
func makeOwnFolder(folder string) error {
	if err := makeFolder(folder); err != nil {
		return err
	}
	info, err := os.Stat(folder)
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&^folderMode != 0 {
		err = os.Chmod(folder, folderMode)
	}
	if err != nil {
		return fileError(folder, err)
	}
	return nil
}
