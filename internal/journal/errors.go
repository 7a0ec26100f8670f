package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Code says what is wrong with the journal, so that a door can say what to do.
type Code string

// The codes.
const (
	Full       Code = "full"       // no room on the disk
	ReadOnly   Code = "read_only"  // the file or its disk cannot be written
	IO         Code = "io"         // the disk failed
	Damaged    Code = "damaged"    // the file is no journal any more; it is kept
	Busy       Code = "busy"       // another program holds the file for longer than busyTimeout
	Locked     Code = "locked"     // another till has the journal open
	Newer      Code = "newer"      // a newer program wrote it; it is kept
	Older      Code = "older"      // opened read-only before the till has brought it up to date
	Missing    Code = "missing"    // opened read-only and there is none
	Unwritable Code = "unwritable" // the folder or the file cannot be made or opened
	Other      Code = "other"      // anything else
)

// Error is a failure of the journal. Nothing was written, unless it wraps [ErrWriteUnsure].
type Error struct {
	Code Code
	Path string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("journal %s: %s: %v", e.Path, e.Code, e.Err) }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// DamagedError says that the file is no journal any more, or never was one. It has not been touched.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("journal %s: %s: %v", e.Path, Damaged, e.Err)
}

// Unwrap gives the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

// LockedError says that another till has the journal open.
type LockedError struct {
	Path  string
	PID   int       // of the other till; 0: not known
	Since time.Time // when it opened the journal; zero: not known
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("journal %s: %s by process %d since %s", e.Path, Locked, e.PID, e.Since.Format(time.RFC3339))
}

// Errors that an [*Error] wraps; compare with errors.Is.
var (
	// ErrNewer goes with the code [Newer].
	ErrNewer = errors.New("journal: written by a newer program")

	// ErrWriteUnsure goes with the code [IO]: the flush of a commit failed. This run goes on as if it had not been
	// written, but after a crash the next start may find it.
	ErrWriteUnsure = errors.New("journal: it is not known whether the write is on the disk")

	// ErrRange means that a decimal is too long for a journal, or that points are no whole number below 2^63. It is
	// returned without an [*Error]: the journal is well.
	ErrRange = errors.New("journal: the number is out of range")
)

// errNoFile is the cause of [Missing].
var errNoFile = fmt.Errorf("no such journal: %w", fs.ErrNotExist)

// CodeOf is the code of the first error of this package in err's chain, or "" when there is none.
func CodeOf(err error) Code {
	var plain *Error
	var damaged *DamagedError
	var locked *LockedError
	switch {
	case errors.As(err, &damaged):
		return Damaged
	case errors.As(err, &locked):
		return Locked
	case errors.As(err, &plain):
		return plain.Code
	}
	return ""
}

// resultCodes translates SQLite's primary result codes.
var resultCodes = map[int]Code{
	sqlite3.SQLITE_FULL:     Full,
	sqlite3.SQLITE_READONLY: ReadOnly,
	sqlite3.SQLITE_IOERR:    IO,
	sqlite3.SQLITE_CORRUPT:  Damaged,
	sqlite3.SQLITE_NOTADB:   Damaged,
	sqlite3.SQLITE_BUSY:     Busy,
	sqlite3.SQLITE_LOCKED:   Busy,
	sqlite3.SQLITE_CANTOPEN: Unwritable,
	sqlite3.SQLITE_PERM:     Unwritable,
}

// wrap gives an error of SQLite or of database/sql its code. Errors of this package and of a context pass as they are.
func wrap(path string, err error) error {
	if err == nil || CodeOf(err) != "" || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	code, ok := resultCodes[resultCode(err)&0xff]
	if resultCode(err) == sqlite3.SQLITE_IOERR_SHMSIZE {
		code = Full // the log's index, made when a journal is opened, found no room
	}
	switch {
	case !ok:
		code = Other
	case code == Damaged:
		return &DamagedError{Path: path, Err: err}
	}
	return &Error{Code: code, Path: path, Err: err}
}

func (j *Journal) wrap(err error) error { return wrap(j.path, err) }

// resultCode is the extended result code of an error of SQLite, or -1 of another error.
func resultCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return -1
}

// isDuplicate reports whether a write met a value that a unique index already has.
func isDuplicate(err error) bool {
	code := resultCode(err)
	return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

// noRow reports whether a query for one row found none.
func noRow(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// wrapWrite wraps an error from inside a transaction. The answers of the Store interface pass as they are.
func (j *Journal) wrapWrite(err error) error {
	if resultCode(err) < 0 {
		return err
	}
	return j.wrap(err)
}

// unsure marks the error of a commit whose flush failed: it may be on the disk all the same, for the next start to find.
// Every other error of a commit comes before that point.
func unsure(err error) error {
	if resultCode(err)&0xff == sqlite3.SQLITE_IOERR {
		return fmt.Errorf("%w: %w", ErrWriteUnsure, err)
	}
	return err
}
