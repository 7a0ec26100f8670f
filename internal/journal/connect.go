package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// busyTimeout is how long a statement waits for another program that holds the file, for instance a backup.
const busyTimeout = 5 * time.Second

// access says what a pool of connections is for.
type access struct{ readOnly bool }

// connect makes a pool of connections to the file, which must exist: one connection that writes, or a few that read.
// It does no I/O: the connections are opened when they are first needed.
func connect(path string, a access) (*sql.DB, error) {
	inner, err := sqlite.NewConnector(dataSource(path, a))
	if err != nil {
		return nil, wrap(path, err)
	}
	db := sql.OpenDB(connector{inner})
	connections := 1
	if a.readOnly {
		connections = readers
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// dataSource is the URI of the file with the settings of a connection. SQLite forgets them with each connection, so
// they are part of the name that every one is opened with.
func dataSource(path string, a access) string {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") { // a drive letter
		slashed = "/" + slashed
	}
	query := url.Values{
		"mode":       {"rw"}, // SQLite's own: never create
		"_defensive": {"1"},
		"_dqs":       {"0"},
		"_txlock":    {"immediate"}, // a write waits for its turn at the beginning, never in the middle
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
			"foreign_keys(1)",
			"synchronous(FULL)",
			"fullfsync(1)", // macOS: a flush reaches the disk's platters
			"trusted_schema(0)",
			"secure_delete(1)", // a wiped QR secret leaves the file, too
		},
	}
	if a.readOnly {
		query.Set("mode", "ro")
	}
	name := url.URL{Scheme: "file", Path: slashed, RawQuery: query.Encode()}
	return name.String()
}

// connector opens connections and refuses those whose settings are not in force: a misspelt pragma is silent in SQLite.
type connector struct{ driver.Connector }

// Connect implements [driver.Connector].
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := checkSettings(ctx, conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// settings are what durability and the references between tables rest on.
var settings = []struct {
	pragma string
	want   int64
}{
	{"PRAGMA synchronous", 2}, // FULL: the log is flushed at each commit
	{"PRAGMA foreign_keys", 1},
}

func checkSettings(ctx context.Context, conn driver.Conn) error {
	for _, s := range settings {
		value, err := queryInt(ctx, conn, s.pragma)
		if err != nil {
			return err
		}
		if value != s.want {
			return fmt.Errorf("%s is %d, not %d", s.pragma, value, s.want)
		}
	}
	return nil
}

// queryInt runs a statement that gives one number, below database/sql.
func queryInt(ctx context.Context, conn driver.Conn, statement string) (int64, error) {
	querier, ok := conn.(driver.QueryerContext)
	if !ok {
		return 0, errors.New("the connection takes no queries")
	}
	rows, err := querier.QueryContext(ctx, statement, nil)
	if err != nil {
		return 0, err
	}
	row := make([]driver.Value, 1)
	if err := rows.Next(row); err != nil {
		return 0, errors.Join(err, rows.Close())
	}
	number, ok := row[0].(int64)
	if !ok {
		return 0, errors.Join(fmt.Errorf("%s gave a %T", statement, row[0]), rows.Close())
	}
	return number, rows.Close()
}

// maxStatements bounds the prepared statements that are kept: about twice as many as the till's own queries make.
const maxStatements = 64

// statements keeps the prepared statements of a pool or of one connection by their text.
type statements struct {
	on interface {
		PrepareContext(ctx context.Context, text string) (*sql.Stmt, error)
	}

	mu     sync.Mutex
	byText map[string]*sql.Stmt
}

// get gives the prepared statement and a function to call when it is no longer used.
func (s *statements) get(ctx context.Context, text string) (statement *sql.Stmt, done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if statement, ok := s.byText[text]; ok {
		return statement, func() {}, nil
	}
	if statement, err = s.on.PrepareContext(ctx, text); err != nil {
		return nil, nil, err
	}
	if len(s.byText) == maxStatements {
		return statement, func() { _ = statement.Close() }, nil // only memory: there is nothing to tell
	}
	if s.byText == nil {
		s.byText = make(map[string]*sql.Stmt)
	}
	s.byText[text] = statement
	return statement, func() {}, nil
}

// close closes the statements. The connection that they are on cannot be closed before.
func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for text, statement := range s.byText {
		err = errors.Join(err, statement.Close())
		delete(s.byText, text)
	}
	return err
}
