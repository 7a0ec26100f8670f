package journal

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"
)

// restoring is the ending of a copy that becomes the journal. While such a file is there and the journal is not, a
// restoring was interrupted, and no empty journal may take the place ([inspect]).
const restoring = ".restoring"

// RestoreBackup puts a copy of the backup in the journal's place, verified, and sets aside what was there under the name that
// it gives ("": there was nothing). The journal is [Journal.Foreign] until it is adopted. backup may also be a journal that
// was set aside.
//
// Errors: a [*LockedError] when a till has the journal open, a [*DamagedError] when the backup is damaged, an [*Error] with
// Newer, Missing, Full and others. After an error the journal is where it was. Only a crash or a failing disk at the very
// end leaves none in its place, and then [Open] refuses with Damaged until the backup is restored again or [SetAside] clears
// the place.
func RestoreBackup(ctx context.Context, backup, journal string, now time.Time) (aside string, err error) {
	if journal, err = realPath(journal); err != nil {
		return "", err
	}
	if err := makeFolder(filepath.Dir(journal)); err != nil {
		return "", err
	}
	lock, err := takeLock(journal, now)
	if err != nil {
		return "", err
	}
	defer lock.release()
	source, err := openCopy(ctx, backup)
	if err != nil {
		return "", err
	}
	err = copyInto(ctx, source, journal+".copy", journal+restoring, now)
	if closeErr := source.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", err
	}
	aside, err = setAside(journal, ".replaced-", now)
	if err != nil && CodeOf(err) != Missing {
		return "", err
	}
	return aside, rename(journal+restoring, journal)
}

// openCopy opens a journal of this or an earlier shape for reading, without its till's lock.
func openCopy(ctx context.Context, path string) (*Journal, error) {
	exists, err := inspect(path)
	if err != nil {
		return nil, err
	}
	j := &Journal{path: path, known: migrations}
	if !exists {
		return nil, &Error{Code: Missing, Path: path, Err: errNoFile}
	}
	if j.reader, err = connect(path, access{readOnly: true}); err != nil {
		return nil, err
	}
	j.reading.on = j.reader
	shape, err := j.checkIdentity(ctx, j.reader)
	if err == nil {
		err = j.checkHead(ctx, j.reader, shape)
	}
	if err != nil {
		_ = j.Close() // what went wrong first says more
		return nil, err
	}
	return j, nil
}

// examine reads a copy as a whole.
func examine(ctx context.Context, path string) BackupInfo {
	info := BackupInfo{Path: path}
	j, err := openCopy(ctx, path)
	if err != nil {
		info.Err = err
		return info
	}
	defer j.Close()
	if info.Err = j.Check(ctx); info.Err != nil {
		return info
	}
	var made string
	err = j.reader.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM operations),
		coalesce((SELECT value FROM meta WHERE key = 'backup_at'), '')`).Scan(&info.Operations, &made)
	info.Err = j.wrap(err)
	info.At, _ = time.Parse(time.RFC3339, made) // a journal that was set aside has no such moment
	return info
}

// copyInto copies the journal to a file that gets its name when it is complete and verified.
func copyInto(ctx context.Context, j *Journal, fresh, path string, now time.Time) error {
	if err := copyFrom(ctx, j, fresh, now); err != nil {
		return err
	}
	if err := rename(fresh, path); err != nil {
		_ = removeCopy(fresh) // what went wrong first says more
		return err
	}
	return nil
}

// copyFrom writes a verified copy of the journal, without secrets, that says of itself that it is a copy. On an error no
// file remains.
func copyFrom(ctx context.Context, j *Journal, fresh string, now time.Time) (err error) {
	defer func() {
		if err != nil {
			_ = removeCopy(fresh) // what went wrong first says more
		}
	}()
	if err := removeCopy(fresh); err != nil { // left by a crash
		return err
	}
	if err := touch(fresh); err != nil {
		return fileError(fresh, err)
	}
	if _, err := j.reader.ExecContext(ctx, `VACUUM INTO ?`, fresh); err != nil {
		if wrapped := j.wrap(err); CodeOf(wrapped) == Damaged {
			return wrapped // what is read is damaged, not what is written
		}
		return wrap(fresh, err)
	}
	if err := markCopy(ctx, fresh, now); err != nil {
		return err
	}
	if err := flush(fresh); err != nil {
		return fileError(fresh, err)
	}
	return examine(ctx, fresh).Err
}

// markCopy writes into a copy when it was made, and wipes all QR secrets from it: it may outlive them by weeks, and nothing
// is sent from a copy before a person has decided.
func markCopy(ctx context.Context, path string, now time.Time) error {
	db, err := connect(path, access{})
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `INSERT INTO meta (key, value) VALUES ('backup_at', ?)
		ON CONFLICT (key) DO UPDATE SET value = excluded.value`, now.UTC().Format(time.RFC3339))
	if err == nil {
		err = wipeCopy(ctx, db)
	}
	return wrap(path, errors.Join(err, db.Close()))
}

// wipeCopy wipes all QR secrets from a copy, whatever its shape.
func wipeCopy(ctx context.Context, db session) error {
	shape, err := pragma(ctx, db, "user_version")
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, wipeSecrets, int64(math.MaxInt64))
	if err == nil && shape >= ordersShape {
		_, err = db.ExecContext(ctx, wipeBindings, int64(math.MaxInt64))
	}
	return err
}

func removeCopy(path string) error {
	for _, side := range append([]string{"", "-journal"}, sideFiles...) {
		if err := os.Remove(path + side); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fileError(path+side, err)
		}
	}
	return nil
}

// rename gives a complete file its name, durably.
func rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return fileError(to, err)
	}
	if err := flushFolder(filepath.Dir(to)); err != nil {
		return fileError(to, err)
	}
	return nil
}
