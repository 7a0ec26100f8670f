// Package journal keeps the till's operations, orders, payments and letters in an SQLite file. It is the [loyalty.Store] and the
// [orders.TillStore] of the real till.
//
// What a write promises: when it returns nil, the change is on the disk (WAL, synchronous=FULL, at least one flush per
// commit); when it returns an error, nothing of it was written, unless the error wraps [ErrWriteUnsure].
//
// One till owns the file: [Open] takes a lock beside it, and a second till gets a [*LockedError]. Opening with
// [Options.ReadOnly] needs no lock, changes nothing and works while the till runs.
//
// A journal is never overwritten. One that cannot be read is refused with a [*DamagedError] and stays where it is until
// [SetAside] renames it; one that a newer program wrote is refused with [ErrNewer] and left as it is.
package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// readers is how many connections read at the same time, beside the one that writes.
const readers = 4

// Options say which journal is opened, and how. Path is required.
type Options struct {
	Path     string           // the file; it and its folder are made when they are not there
	Register int              // the till's number in the shop; the events that this till writes name it
	ReadOnly bool             // no lock, no creation, no migration: for reading beside a running till
	DataDir  string           // where this machine keeps its install id ([Journal.Foreign]); "": the folder of Path
	Now      func() time.Time // nil: time.Now
}

// Journal is an open journal. It is safe for concurrent use. Make one with [Open].
type Journal struct {
	path     string
	dataDir  string
	register int
	known    steps
	now      func() time.Time
	lock     *fileLock // nil when opened read-only

	identity sync.Mutex
	foreign  ForeignReason

	pool    *sql.DB    // of the one connection that writes; nil when opened read-only
	turn    sync.Mutex // held by the write under way
	writer  *sql.Conn
	writing statements
	reserve reserve
	copying sync.Mutex // held by the backup under way

	reader  *sql.DB
	reading statements

	close    sync.Once
	closeErr error
}

var (
	_ loyalty.Store    = (*Journal)(nil)
	_ orders.TillStore = (*Journal)(nil)
)

// Open opens the journal, and makes a new one when there is none. It reads only the journal's head: call
// [Journal.Check] later for the rest.
//
// Errors: a [*LockedError] when another till has it open, a [*DamagedError] when the file is no journal any more, and an
// [*Error] with the code Newer, Older, Missing, Unwritable, Full, ReadOnly, IO or Busy.
func Open(ctx context.Context, options Options) (*Journal, error) {
	return openWith(ctx, options, migrations)
}

// openWith opens the journal as a program does that knows the given migrations.
func openWith(ctx context.Context, options Options, known steps) (*Journal, error) {
	if options.Now == nil {
		options.Now = time.Now
	}
	path, err := realPath(options.Path)
	if err != nil {
		return nil, err
	}
	j := &Journal{path: path, register: options.Register, known: known, now: options.Now}
	j.reserve.path = path + ".reserve"
	if j.dataDir = options.DataDir; j.dataDir == "" {
		j.dataDir = filepath.Dir(path)
	}
	if options.ReadOnly {
		err = j.openReadOnly(ctx)
	} else {
		err = j.open(ctx)
	}
	if err != nil {
		_ = j.closeAll() // what went wrong first says more
		return nil, err
	}
	return j, nil
}

// open takes the lock and brings the file into the newest shape.
func (j *Journal) open(ctx context.Context) error {
	for _, folder := range []string{filepath.Dir(j.path), j.dataDir} {
		if err := makeFolder(folder); err != nil {
			return err
		}
	}
	var err error
	if j.lock, err = takeLock(j.path, j.now()); err != nil {
		return err
	}
	if err := j.ensureFile(ctx); err != nil {
		return err
	}
	if j.pool, err = connect(j.path, access{}); err != nil {
		return err
	}
	if j.writer, err = j.pool.Conn(ctx); err != nil {
		return j.wrap(err)
	}
	if j.reader, err = connect(j.path, access{readOnly: true}); err != nil {
		return err
	}
	j.writing.on, j.reading.on = j.writer, j.reader
	if _, err := j.checkIdentity(ctx, j.writer); err != nil {
		return err
	}
	if err := useWAL(ctx, j.writer, j.path); err != nil {
		return err
	}
	if err := migrate(ctx, j.writer, j.path, j.known); err != nil {
		return err
	}
	if err := j.checkHead(ctx, j.writer, len(j.known)); err != nil {
		return err
	}
	if err := j.judgeOrigin(ctx, j.writer); err != nil {
		return err
	}
	return j.reserve.prepare()
}

// ensureFile makes the journal when there is none. The machine's install id is there before the first journal that names
// it, so that a crash between them leaves no journal that looks foreign.
func (j *Journal) ensureFile(ctx context.Context) error {
	exists, err := inspect(j.path)
	switch {
	case err != nil:
		return err
	case exists:
		return tightenModes(j.path)
	}
	id, err := ensureInstall(j.dataDir)
	if err != nil {
		return err
	}
	return create(ctx, j.path, birth{install: id, at: j.now()}, j.known)
}

func (j *Journal) openReadOnly(ctx context.Context) error {
	exists, err := inspect(j.path)
	if err != nil {
		return err
	}
	if !exists {
		return &Error{Code: Missing, Path: j.path, Err: errNoFile}
	}
	if j.reader, err = connect(j.path, access{readOnly: true}); err != nil {
		return err
	}
	j.reading.on = j.reader
	shape, err := j.checkIdentity(ctx, j.reader)
	switch {
	case err != nil:
		return err
	case shape < len(j.known): // only the till brings it up to date
		return &Error{Code: Older, Path: j.path, Err: errOld}
	}
	if err := j.checkHead(ctx, j.reader, shape); err != nil {
		return err
	}
	return j.judgeOrigin(ctx, j.reader)
}

// Path is the absolute path of the file.
func (j *Journal) Path() string { return j.path }

// errCheck is the cause of the [*DamagedError] of [Journal.Check].
var errCheck = errors.New("the check found damage")

// Check reads the whole file and returns a [*DamagedError] when it is damaged. It may take seconds, beside which the
// journal works; end it by its context.
func (j *Journal) Check(ctx context.Context) error {
	var finding string
	if err := j.reader.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&finding); err != nil {
		return j.wrap(err)
	}
	if finding != "ok" {
		return &DamagedError{Path: j.path, Err: fmt.Errorf("%w: %s", errCheck, finding)}
	}
	return nil
}

// Close folds the log into the file and gives the lock back. Nothing is lost without it: a journal that was not closed
// opens as it was at its last commit. It is safe to call again.
func (j *Journal) Close() error {
	j.close.Do(func() {
		if j.writer != nil {
			j.closeErr = j.checkpoint(context.Background())
		}
		j.closeErr = errors.Join(j.closeErr, j.closeAll())
	})
	return j.closeErr
}

func (j *Journal) closeAll() error {
	j.turn.Lock() // lets the write under way finish
	defer j.turn.Unlock()
	err := j.wrap(errors.Join(j.reading.close(), j.writing.close()))
	if j.writer != nil {
		err = errors.Join(err, j.wrap(j.writer.Close()))
	}
	for _, db := range []*sql.DB{j.reader, j.pool} {
		if db != nil {
			err = errors.Join(err, j.wrap(db.Close()))
		}
	}
	if j.lock != nil {
		j.lock.release()
	}
	return err
}

// checkpoint folds the log into the file and empties it, unless a reader still needs it: then it does what it can and
// waits for nobody.
func (j *Journal) checkpoint(ctx context.Context) error {
	j.turn.Lock()
	defer j.turn.Unlock()
	for _, statement := range []string{
		`PRAGMA busy_timeout = 0`,
		`PRAGMA wal_checkpoint(TRUNCATE)`,
		fmt.Sprintf(`PRAGMA busy_timeout = %d`, busyTimeout.Milliseconds()),
	} {
		if _, err := j.writer.ExecContext(ctx, statement); err != nil {
			return j.wrap(err)
		}
	}
	return nil
}
