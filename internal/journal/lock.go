package journal

import (
	"fmt"
	"os"
	"time"

	"github.com/gofrs/flock"
)

// fileLock keeps a second till from the journal. The operating system gives it back when the process ends, however it
// ends; the file <journal>.lock stays.
type fileLock struct{ held *flock.Flock }

// lockNote is what the holder writes into the lock file, to be named to the second till.
// On Windows the first byte of a locked file cannot be read by others, so the note begins behind it.
const (
	lockNote       = "process %d since %s\n"
	lockNoteOffset = 1
	lockNoteMax    = 100 // bytes
)

// takeLock takes the lock, or returns a [*LockedError] when another till has it.
func takeLock(path string, now time.Time) (*fileLock, error) {
	lock := &fileLock{held: flock.New(path+".lock", flock.SetPermissions(fileMode))}
	taken, err := waitFor(lock.held)
	if err != nil {
		return nil, fileError(path, err)
	}
	if !taken {
		return nil, lockHolder(path)
	}
	if err := lock.sign(now); err != nil {
		lock.release()
		return nil, fileError(path, err)
	}
	return lock, nil
}

// sign says in the lock file who has it. Of a longer note before only what is behind the first line remains, which nobody
// reads.
func (l *fileLock) sign(now time.Time) error {
	file, err := os.OpenFile(l.held.Path(), os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	note := fmt.Sprintf(lockNote, os.Getpid(), now.UTC().Format(time.RFC3339))
	if _, err := file.WriteAt([]byte(note), lockNoteOffset); err != nil {
		_ = file.Close() // the first error says more
		return err
	}
	return file.Close()
}

// lockHolder reads who has the lock. What cannot be read stays unknown: the lock itself is certain.
func lockHolder(path string) *LockedError {
	holder := &LockedError{Path: path}
	file, err := os.Open(path + ".lock")
	if err != nil {
		return holder
	}
	defer file.Close()
	note := make([]byte, lockNoteMax)
	n, _ := file.ReadAt(note, lockNoteOffset)
	var since string
	if _, err := fmt.Sscanf(string(note[:n]), lockNote, &holder.PID, &since); err != nil {
		return &LockedError{Path: path}
	}
	holder.Since, _ = time.Parse(time.RFC3339, since)
	return holder
}

// release gives the lock back. It cannot fail in a way that matters: the end of the process releases it in any case.
func (l *fileLock) release() { _ = l.held.Unlock() }
