package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/google/uuid"
)

// The journal holds names and, for a day, QR secrets: nobody else on the machine reads it. On Windows modes have no
// effect; there the user's own folder protects it.
const (
	fileMode   fs.FileMode = 0o600
	folderMode fs.FileMode = 0o700
)

// pageSize is the unit in which the file grows.
const pageSize = 4096 // bytes

// sideFiles are what SQLite keeps beside the file: the write-ahead log and its index.
var sideFiles = []string{"-wal", "-shm"}

var (
	errNoMain  = errors.New("the file is gone but its log is there")
	errNotFile = errors.New("not a regular file")
	errHalf    = errors.New("a backup was being restored and is not in its place yet: restore it again")
	errCut     = errors.New("the file is cut short")
)

// fileError gives an error of the file system its code.
func fileError(path string, err error) error {
	code := Unwritable
	switch {
	case IsFull(err):
		code = Full
	case errors.Is(err, syscall.EROFS):
		code = ReadOnly
	case errors.Is(err, syscall.EIO):
		code = IO
	}
	return &Error{Code: code, Path: path, Err: err}
}

// realPath is the absolute path of the journal, through links: the log and the lock are beside the file itself.
func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fileError(path, err)
	}
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		return real, nil
	}
	return absolute, nil // not there yet, or the next step says why not
}

// makeFolder makes the journal's folder for this user alone. A folder that is already there keeps its mode: it may be
// somebody else's or hold other things, and the files protect themselves.
func makeFolder(folder string) error {
	if _, err := os.Stat(folder); err == nil {
		return nil
	}
	if err := os.MkdirAll(folder, folderMode); err != nil {
		return fileError(folder, err)
	}
	return nil
}

// inspect reports whether there is a journal, judged by the directory alone.
//
// The file is not opened: closing it would drop the locks that SQLite holds on it elsewhere in this process.
// A log without its journal is the remains of one: SQLite would replay that log into a new file. A file that ends within
// a page has lost its end, which SQLite would take for zeros; that whole pages are missing it finds by itself.
func inspect(path string) (exists bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if hasLog(path) {
			return false, &DamagedError{Path: path, Err: errNoMain}
		}
		if _, err := os.Stat(path + restoring); err == nil {
			return false, &DamagedError{Path: path, Err: errHalf}
		}
		return false, nil
	case err != nil:
		return false, fileError(path, err)
	case !info.Mode().IsRegular():
		return false, &Error{Code: Unwritable, Path: path, Err: errNotFile}
	case info.Size()%pageSize != 0 && !hasLog(path):
		return false, &DamagedError{Path: path, Err: errCut}
	}
	return true, nil
}

// hasLog reports whether the log beside the journal holds anything: then it may complete the file.
func hasLog(path string) bool {
	log, err := os.Stat(path + "-wal")
	return err == nil && log.Size() > 0
}

// tightenModes takes the journal from everybody but this user.
func tightenModes(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	for _, side := range append([]string{""}, sideFiles...) {
		info, err := os.Stat(path + side)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil && info.Mode().Perm()&^fileMode != 0 {
			err = os.Chmod(path+side, fileMode)
		}
		if err != nil {
			return fileError(path, err)
		}
	}
	return nil
}

// birth is what a new journal says of its beginning.
type birth struct {
	install uuid.UUID // of the machine
	at      time.Time
}

// create makes a new journal. It gets its name when it is complete and on the disk, so that a crash at any point leaves
// either none or a whole one.
func create(ctx context.Context, path string, birth birth, known steps) error {
	fresh := path + ".new"
	for _, side := range append([]string{""}, sideFiles...) { // left by a crash in the middle of this function
		if err := os.Remove(fresh + side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileError(path, err)
		}
	}
	if err := touch(fresh); err != nil {
		return fileError(path, err)
	}
	if err := furnish(ctx, fresh, birth, known); err != nil {
		return err
	}
	if err := flush(fresh); err != nil {
		return fileError(path, err)
	}
	return rename(fresh, path)
}

// touch makes an empty file for this user alone. SQLite gives its side files the same mode.
func touch(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
	if err != nil {
		return err
	}
	return file.Close()
}

// furnish turns an empty file into a journal without operations.
func furnish(ctx context.Context, path string, birth birth, known steps) error {
	db, err := connect(path, access{})
	if err != nil {
		return err
	}
	err = furnishWith(ctx, db, path, birth, known)
	if closeErr := db.Close(); err == nil { // the last connection folds the log into the file
		err = wrap(path, closeErr)
	}
	return err
}

func furnishWith(ctx context.Context, db session, path string, birth birth, known steps) error {
	head := fmt.Sprintf(`PRAGMA page_size = %d; PRAGMA application_id = %d`, pageSize, applicationID)
	if _, err := db.ExecContext(ctx, head); err != nil {
		return wrap(path, err)
	}
	if err := useWAL(ctx, db, path); err != nil {
		return err
	}
	if err := migrate(ctx, db, path, known); err != nil {
		return err
	}
	_, err := db.ExecContext(ctx, `INSERT INTO meta (key, value) VALUES ('install_id', ?), ('created_at', ?)`,
		birth.install.String(), birth.at.UTC().Format(time.RFC3339))
	return wrap(path, err)
}

func flush(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, fileMode)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// flushFolder makes a new name durable. Windows has no such call: there a rename is in the file system's own log.
func flushFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	file, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// SetAside renames a damaged journal, with its side files, to <path>.damaged-<UTC stamp>, so that a new one can be begun
// and the old one be examined, and gives the new name. It never replaces a file.
//
// Errors: a [*LockedError] when a till has the journal open, or an [*Error].
func SetAside(path string, now time.Time) (string, error) {
	path, err := realPath(path)
	if err != nil {
		return "", err
	}
	lock, err := takeLock(path, now)
	if err != nil {
		return "", err
	}
	defer lock.release()
	return setAside(path, ".damaged-", now, restoring)
}

// setAside renames the file, its side files and others of the given endings, under the journal's lock. The file goes first: if a crash keeps its log
// from following, the log alone is refused as damage.
func setAside(path, label string, now time.Time, others ...string) (string, error) {
	aside, err := freeName(path + label + now.UTC().Format("20060102T150405Z"))
	if err != nil {
		return "", fileError(path, err)
	}
	moved := 0
	for _, side := range slices.Concat([]string{""}, sideFiles, others) {
		err := os.Rename(path+side, aside+side)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fileError(path, err)
		}
		if err == nil {
			moved++
		}
	}
	if moved == 0 {
		return "", &Error{Code: Missing, Path: path, Err: errNoFile}
	}
	if err := flushFolder(filepath.Dir(path)); err != nil {
		return "", fileError(path, err)
	}
	return aside, nil
}

// maxAside bounds the journals that are set aside within one second.
const maxAside = 100

// freeName gives the name, or the name with a number, such that no file has it.
func freeName(name string) (string, error) {
	for n := range maxAside {
		candidate := name
		if n > 0 {
			candidate = fmt.Sprintf("%s-%d", name, n)
		}
		_, err := os.Lstat(candidate)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return candidate, nil
		case err != nil:
			return "", err
		}
	}
	return "", fs.ErrExist
}
