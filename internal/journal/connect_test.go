package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"modernc.org/sqlite"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// TestEveryConnectionIsDurable reads the settings back from each connection that the journal may use.
func TestEveryConnectionIsDurable(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	check := func(name string, conn *sql.Conn) {
		for setting, want := range map[string]string{
			"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1", "fullfsync": "1", "secure_delete": "1",
			"busy_timeout": "5000", "trusted_schema": "0",
		} {
			var got string
			must(t, conn.QueryRowContext(t.Context(), "PRAGMA "+setting).Scan(&got))
			if got != want {
				t.Errorf("%s: %s is %s, want %s", name, setting, got, want)
			}
		}
	}
	check("writer", j.writer)
	for i := range readers { // all at once, so that each is another one
		conn, err := j.reader.Conn(t.Context())
		must(t, err)
		defer conn.Close()
		check(fmt.Sprint("reader ", i), conn)
		if _, err := conn.ExecContext(t.Context(), `DELETE FROM meta`); err == nil {
			t.Errorf("reader %d writes", i)
		}
	}
	if got := j.reader.Stats().MaxOpenConnections; got != readers {
		t.Errorf("%d connections read, want %d", got, readers)
	}
}

// TestConnectionWithoutSettingsIsRefused opens connections whose name lacks what durability rests on.
func TestConnectionWithoutSettingsIsRefused(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	mustMake(t, path, 0)
	for query, want := range map[string]bool{
		"_pragma=synchronous(FULL)&_pragma=foreign_keys(1)":   true,
		"_pragma=synchronous(NORMAL)&_pragma=foreign_keys(1)": false,
		"_pragma=synchronous(FULL)":                           false,
		"_pragma=sychronous(OFF)&_pragma=foriegn_keys(1)":     false,
	} {
		inner, err := sqlite.NewConnector("file:" + path + "?" + query)
		must(t, err)
		conn, err := connector{inner}.Connect(t.Context())
		if (err == nil) != want {
			t.Errorf("%s: got error %v", query, err)
		}
		if err == nil {
			must(t, conn.Close())
		}
	}
}

func TestDataSource(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/data/касса?#%.db": "file:///data/%D0%BA%D0%B0%D1%81%D1%81%D0%B0%3F%23%25.db?",
		"C:/Users/a b.db":   "file:///C:/Users/a%20b.db?",
		"//server/share.db": "file:////server/share.db?",
	} {
		if got := dataSource(path, access{}); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %s, want it to begin with %s", path, got, want)
		}
	}
}

func TestConnectMakesNoFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.db")
	for _, a := range []access{{}, {readOnly: true}} {
		db, err := connect(path, a)
		must(t, err)
		wantCode(t, wrap(path, db.PingContext(t.Context())), Unwritable)
		must(t, db.Close())
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("made the file")
	}
}

// TestManyStatements asks in more ways than prepared statements are kept.
func TestManyStatements(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	id := mustConfirm(t, j, 1)
	for i := range 2 * maxStatements {
		states := make([]loyalty.State, i+2)
		for k := range states {
			states[k] = loyalty.StateConfirmed
		}
		page, err := j.List(t.Context(), loyalty.Filter{States: states})
		must(t, err)
		if len(page) != 1 || page[0].ID != id {
			t.Fatalf("%d states: found %d operations", len(states), len(page))
		}
	}
	if got := len(j.reading.byText); got != maxStatements {
		t.Errorf("%d statements are kept, want %d", got, maxStatements)
	}
}

// TestQueryInt gives the helper what pragmas do not.
func TestQueryInt(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	must(t, j.writer.Raw(func(conn any) error {
		driverConn, ok := conn.(driver.Conn)
		if !ok {
			t.Fatalf("the connection is a %T", conn)
		}
		for _, statement := range []string{"nonsense", "SELECT 1 WHERE 0", "SELECT 'text'"} {
			if _, err := queryInt(context.Background(), driverConn, statement); err == nil {
				t.Errorf("%s gave a number", statement)
			}
		}
		return nil
	}))
}
