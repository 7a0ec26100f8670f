package journal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/gofrs/flock"
)

// lookPatience is how long a till that opens waits for somebody who only looks whether it runs ([Holder]); the look
// itself takes microseconds.
const lookPatience = 200 * time.Millisecond

// Holder tells which till has the journal at path open, nil when none has. It opens no journal and changes nothing.
// Errors: an [*Error] when the lock cannot be looked at.
func Holder(path string) (*LockedError, error) {
	path, err := realPath(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path + ".lock"); errors.Is(err, fs.ErrNotExist) {
		return nil, nil // no till has ever opened it
	}
	lock := flock.New(path+".lock", flock.SetFlag(os.O_RDONLY))
	free, err := lock.TryRLock()
	if err != nil {
		return nil, fileError(path, err)
	}
	if !free {
		return lockHolder(path), nil
	}
	(&fileLock{lock}).release()
	return nil, nil
}

// waitFor takes a lock that somebody may be looking at, and reports whether it could.
func waitFor(lock *flock.Flock) (bool, error) {
	ctx, cancel := context.WithTimeout(context.Background(), lookPatience)
	defer cancel()
	taken, err := lock.TryLockContext(ctx, lookPatience/10)
	if errors.Is(err, context.DeadlineExceeded) {
		return false, nil
	}
	return taken, err
}

// TryWrite writes, flushes and removes a file of the size of a reserve in a folder: what the file system says of its free
// space is not all, as there are quotas, and disks that fail. Errors: an [*Error] with the code Full, ReadOnly, IO or
// Unwritable.
func TryWrite(folder string) error {
	file, err := os.CreateTemp(folder, ".try-")
	if err != nil {
		return fileError(folder, err)
	}
	err = writeNoise(file)
	if err := errors.Join(err, file.Close(), os.Remove(file.Name())); err != nil {
		return fileError(folder, err)
	}
	return nil
}

func writeNoise(file *os.File) error {
	if _, err := file.Write(noise()); err != nil {
		return err
	}
	return file.Sync()
}

// IsFull reports whether an error of the file system means that there is no room, for anybody or for this user.
func IsFull(err error) bool {
	return slices.ContainsFunc(diskFull, func(full error) bool { return errors.Is(err, full) })
}
