package journal

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"

	sqlite3 "modernc.org/sqlite/lib"
)

// applicationID stands in the head of the file and says whose it is ("SkKa").
const applicationID = 0x536B4B61

//go:embed migrations/*.sql
var embedded embed.FS

// migrations are the steps from an empty file to the newest shape, NNNN_name.sql, without a gap from 0001.
// A step that has been released is never changed: journals in the field have it behind them.
var migrations = mustSteps(embedded)

// steps are the migrations in their order; the shape of a journal is how many of them it has behind it.
type steps []string

func mustSteps(files fs.FS) steps {
	names, err := fs.Glob(files, "migrations/*.sql") // sorted
	if err != nil {
		panic(err)
	}
	var all steps
	for i, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		var number int
		if _, err := fmt.Sscanf(path.Base(name), "%04d_", &number); err != nil || number != i+1 {
			panic(fmt.Sprintf("journal: migration %s is not number %d", name, i+1))
		}
		all = append(all, string(text))
	}
	return all
}

// The first shapes that have orders, and payments with what belongs to them.
const (
	ordersShape = 3
	billsShape  = 4
)

// session is a pool of connections or one of them.
type session interface {
	ExecContext(ctx context.Context, statement string, args ...any) (sql.Result, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	BeginTx(ctx context.Context, options *sql.TxOptions) (*sql.Tx, error)
}

// migrate brings the journal into the newest shape, each step in one transaction.
func migrate(ctx context.Context, db session, path string, known steps) error {
	shape, err := pragma(ctx, db, "user_version")
	if err != nil {
		return wrap(path, err)
	}
	for ; shape < len(known); shape++ {
		if err := step(ctx, db, known[shape], shape+1); err != nil {
			return wrap(path, fmt.Errorf("migration %d: %w", shape+1, err))
		}
	}
	return nil
}

func step(ctx context.Context, db session, script string, shape int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf("%s;\nPRAGMA user_version = %d", script, shape))
	if err != nil {
		_ = tx.Rollback() // what went wrong first says more
		return err
	}
	return tx.Commit()
}

var (
	errForeign = errors.New("not a journal of this program")
	errShape   = errors.New("the journal lacks what its version promises")
	errOld     = errors.New("the till has not brought the journal up to date yet")
	errNoWAL   = errors.New("the write-ahead log cannot be used")
)

// checkIdentity refuses what is no journal, or a newer program's, before anything is written to it, and gives its shape.
func (j *Journal) checkIdentity(ctx context.Context, db session) (shape int, err error) {
	owner, err := pragma(ctx, db, "application_id")
	if err != nil {
		return 0, j.wrap(err)
	}
	shape, err = pragma(ctx, db, "user_version")
	switch {
	case err != nil:
		return 0, j.wrap(err)
	case owner != applicationID || shape < 1:
		return 0, &DamagedError{Path: j.path, Err: errForeign}
	case shape > len(j.known):
		return 0, &Error{Code: Newer, Path: j.path, Err: fmt.Errorf("%w: version %d, known is %d", ErrNewer, shape, len(j.known))}
	}
	return shape, nil
}

// useWAL makes sure of the write-ahead log. The mode is part of the file, but a copy that VACUUM INTO made lacks it.
func useWAL(ctx context.Context, db session, path string) error {
	var mode string
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&mode); err != nil {
		return wrap(path, err)
	}
	if mode != "wal" {
		return &Error{Code: Other, Path: path, Err: fmt.Errorf("%w: mode %s", errNoWAL, mode)}
	}
	return nil
}

// heads read a little from each table. Each is there from a shape on.
var heads = []struct {
	since int
	query string
}{
	{1, `SELECT value FROM meta WHERE key = 'install_id'`},
	{1, `SELECT max(id) FROM operations`},
	{1, `SELECT max(seq) FROM events`},
	{ordersShape, `SELECT max(id) FROM orders`},
	{ordersShape, `SELECT max(seq) FROM order_events`},
	{billsShape, `SELECT max(last) FROM order_numbers`},
	{billsShape, `SELECT max(id) FROM shifts`},
	{billsShape, `SELECT max(id) FROM payments`},
	{billsShape, `SELECT max(id) FROM claims`},
	{billsShape, `SELECT max(id) FROM letters`},
	{billsShape, `SELECT max(order_id) FROM receipts`},
}

// checkHead reads a little from each table of a journal of this shape, so that gross damage is found at once.
func (j *Journal) checkHead(ctx context.Context, db session, shape int) error {
	var found sql.NullString
	for _, head := range heads {
		if head.since > shape {
			continue
		}
		err := db.QueryRowContext(ctx, head.query).Scan(&found)
		if noRow(err) || resultCode(err) == sqlite3.SQLITE_ERROR { // a row or a table is not there
			return &DamagedError{Path: j.path, Err: fmt.Errorf("%w: %w", errShape, err)}
		}
		if err != nil {
			return j.wrap(err)
		}
	}
	return nil
}

func pragma(ctx context.Context, db session, name string) (value int, err error) {
	err = db.QueryRowContext(ctx, "PRAGMA "+name).Scan(&value)
	return value, err
}
