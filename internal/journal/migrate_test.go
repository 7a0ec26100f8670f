package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// nextStep is a migration that a later version may have.
const nextStep = `ALTER TABLE operations ADD COLUMN colour TEXT NOT NULL DEFAULT ''; CREATE INDEX operations_colour ON operations (colour)`

func TestNewerIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	later := append(migrations[:len(migrations):len(migrations)], nextStep)
	j, err := openWith(t.Context(), Options{Path: path, Now: clock}, later)
	must(t, err)
	mustClose(t, j)
	before := mustRead(t, path)
	for _, readOnly := range []bool{false, true} {
		err := mustNotOpen(t, Options{Path: path, ReadOnly: readOnly})
		wantCode(t, err, Newer)
		if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), path) {
			t.Errorf("got error %v", err)
		}
		if !bytes.Equal(mustRead(t, path), before) {
			t.Error("the file has changed")
		}
	}
}

// TestOlderIsBroughtUpToDate opens a journal with a program that knows one migration more.
func TestOlderIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	ids := mustMake(t, path, 2)
	later := append(migrations[:len(migrations):len(migrations)], nextStep)

	_, err := openWith(t.Context(), Options{Path: path, ReadOnly: true}, later)
	wantCode(t, err, Older)

	j, err := openWith(t.Context(), Options{Path: path, Register: 1, Now: clock}, later)
	must(t, err)
	defer mustClose(t, j)
	ids = append(ids, mustConfirm(t, j, 3))
	wantConfirmed(t, j, ids...)
	var colours int
	must(t, j.reader.QueryRow(`SELECT count(colour) FROM operations`).Scan(&colours))
	if colours != len(ids) {
		t.Errorf("%d rows have the new column, want %d", colours, len(ids))
	}
}

// TestFailedMigrationChangesNothing breaks off in the middle of a step.
func TestFailedMigrationChangesNothing(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	ids := mustMake(t, path, 1)
	broken := append(migrations[:len(migrations):len(migrations)], nextStep+`; nonsense`)
	_, err := openWith(t.Context(), Options{Path: path}, broken)
	wantCode(t, err, Other)
	j := mustOpen(t, path) // by the program that knows the older shape
	wantConfirmed(t, j, ids...)
	var columns int
	must(t, j.reader.QueryRow(`SELECT count(*) FROM pragma_table_info('operations') WHERE name = 'colour'`).Scan(&columns))
	if columns != 0 {
		t.Error("half of a migration is there")
	}

	fresh := newPath(t)
	_, err = openWith(t.Context(), Options{Path: fresh}, broken)
	wantCode(t, err, Other)
	if _, err := os.Stat(fresh); err == nil {
		t.Error("an unfinished journal has got its name")
	}
}

// TestLackingTable opens a journal that has lost a table without being damaged as a file.
func TestLackingTable(t *testing.T) {
	t.Parallel()
	for _, loss := range []string{`DROP TABLE events`, `DROP TABLE order_events`, `DROP TABLE letters`, `DELETE FROM meta`} {
		path := newPath(t)
		j := mustOpen(t, path)
		mustExec(t, j, loss)
		mustClose(t, j)
		wantCode(t, mustNotOpen(t, Options{Path: path}), Damaged)
	}
}

// TestRestoredCopy opens what VACUUM INTO made of a journal at work: a copy without a log of its own.
func TestRestoredCopy(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	id := mustConfirm(t, j, 1)
	restored := filepath.Join(t.TempDir(), "restored.db")
	_, err := j.reader.ExecContext(t.Context(), `VACUUM INTO ?`, restored)
	must(t, err)
	r := mustOpen(t, restored)
	wantConfirmed(t, r, id)
	var mode string
	must(t, r.reader.QueryRow(`PRAGMA journal_mode`).Scan(&mode))
	if mode != "wal" {
		t.Errorf("the copy works in mode %s", mode)
	}
	install, err := j.InstallID(t.Context())
	must(t, err)
	if got, err := r.InstallID(t.Context()); err != nil || got != install {
		t.Errorf("the copy's install id is %s, the original's %s (%v)", got, install, err)
	}
}

func TestMigrationsHaveNoGap(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"gap":       {"migrations/0001_a.sql": {}, "migrations/0003_b.sql": {}},
		"no number": {"migrations/first.sql": {}},
		"a folder":  {"migrations/0001_a.sql/b": {}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("accepted")
				}
			}()
			mustSteps(files)
		})
	}
	good := mustSteps(fstest.MapFS{"migrations/0002_b.sql": {Data: []byte("b")}, "migrations/0001_a.sql": {Data: []byte("a")}})
	if strings.Join(good, " ") != "a b" {
		t.Errorf("got %q", good)
	}
}

// TestStatesAreTheMachines shows that the database knows exactly the states of the operation machine, and that the
// indexes sort them as the machine does.
func TestStatesAreTheMachines(t *testing.T) {
	t.Parallel()
	schema := migrations[0]
	for _, s := range loyalty.States() {
		quoted := "'" + string(s) + "'"
		if !strings.Contains(schema, quoted) {
			t.Errorf("the schema lacks %s", quoted)
		}
		if open := strings.Contains(openStates, quoted); open == s.Final() {
			t.Errorf("%s: counted as open: %t, final: %t", s, open, s.Final())
		}
		if rare := strings.Contains(rareStates, quoted); rare != (s.Final() && s != loyalty.StateConfirmed) {
			t.Errorf("%s: counted as rare: %t", s, rare)
		}
		if unsettled := strings.Contains(`state IN ('sending', 'unknown')`, quoted); unsettled != s.Unsettled() {
			t.Errorf("%s: the index of I4 has it: %t", s, unsettled)
		}
	}
}

// TestFirstShapeIsBroughtUpToDate opens a journal of the first release with operations in it: a pair in flight, a repeat, and
// a lone one.
func TestFirstShapeIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	redemption, accrual, repeat, lone := newOperation(1), newOperation(1), newOperation(1), newOperation(2)
	redemption.Kind = loyalty.Redemption
	accrual.Parent, accrual.Link = redemption.ID, loyalty.LinkRemainder
	repeat.Parent, repeat.Link = redemption.ID, loyalty.LinkRepeat
	all := []loyalty.Operation{redemption, accrual, repeat, lone}
	mustMakeFirst(t, path, all...)

	j := mustOpen(t, path)
	must(t, j.Check(t.Context()))
	accrual.WaitsFor = redemption.ID
	for _, want := range []loyalty.Operation{redemption, accrual, repeat, lone} {
		got, err := j.Find(t.Context(), want.ID)
		must(t, err)
		if got.WaitsFor != want.WaitsFor || got.Note != "" || got.Parent != want.Parent || !got.Points.Equal(want.Points) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		events, err := j.Events(t.Context(), want.ID)
		must(t, err)
		if len(events) != 1 || events[0].Note != "" || events[0].Actor != want.Cashier {
			t.Errorf("events %+v", events)
		}
	}
	waiting, err := j.List(t.Context(), loyalty.Filter{WaitsFor: redemption.ID})
	must(t, err)
	if len(waiting) != 1 || waiting[0].ID != accrual.ID {
		t.Errorf("%d operations wait for the redemption, want the accrual alone", len(waiting))
	}
	must(t, j.Move(t.Context(), toSending(lone.ID), toConfirmed(lone.ID)))
}

// TestEarlierShapesAreBroughtUpToDate opens journals of all earlier releases, with operations in them. They have lost nothing,
// were made for no order, and orders and their operations work.
func TestEarlierShapesAreBroughtUpToDate(t *testing.T) {
	t.Parallel()
	for shape := 1; shape < billsShape; shape++ {
		t.Run(fmt.Sprint("shape ", shape), func(t *testing.T) {
			path := newPath(t)
			redemption, accrual := newOperation(1), newOperation(1)
			redemption.Kind = loyalty.Redemption
			accrual.Parent, accrual.Link, accrual.WaitsFor = redemption.ID, loyalty.LinkRemainder, redemption.ID
			if shape > 1 {
				redemption.Note = "гость передумал"
			}
			mustMakeShape(t, path, shape, redemption, accrual)
			wantCode(t, mustNotOpen(t, Options{Path: path, ReadOnly: true}), Older)

			j := mustOpen(t, path)
			must(t, j.Check(t.Context()))
			for _, want := range []loyalty.Operation{redemption, accrual} {
				got, err := j.Find(t.Context(), want.ID)
				must(t, err)
				gotValues, err := operationValues(got)
				must(t, err)
				wantValues, err := operationValues(want)
				must(t, err)
				if !reflect.DeepEqual(gotValues, wantValues) {
					t.Errorf("got %v, want %v", gotValues, wantValues)
				}
				events, err := j.Events(t.Context(), want.ID)
				must(t, err)
				if len(events) != 1 || events[0].Actor != want.Cashier {
					t.Errorf("events %+v", events)
				}
			}
			if all, err := j.Orders(t.Context(), orders.Filter{}); err != nil || len(all) != 0 {
				t.Errorf("%d orders (%v)", len(all), err)
			}
			o := mustSave(t, j, newOrder(1))
			made := newOperation(2)
			made.Order = o.ID
			must(t, j.Plan(t.Context(), made))
			if of, err := j.List(t.Context(), loyalty.Filter{Order: o.ID}); err != nil || len(of) != 1 || of[0].ID != made.ID {
				t.Errorf("%d operations of the order, want one (%v)", len(of), err)
			}
			must(t, j.Move(t.Context(), toSending(redemption.ID), toConfirmed(redemption.ID)))
		})
	}
}

// mustMakeFirst makes a journal as the first release did, with planned operations.
func mustMakeFirst(t *testing.T, path string, ops ...loyalty.Operation) {
	t.Helper()
	mustMakeShape(t, path, 1, ops...)
}

// mustMakeShape makes a journal as an earlier release did, with planned operations. Columns that it did not have are left out.
func mustMakeShape(t *testing.T, path string, shape int, ops ...loyalty.Operation) {
	t.Helper()
	must(t, makeFolder(filepath.Dir(path)))
	must(t, create(t.Context(), path, birth{at: noon}, migrations[:shape]))
	db, err := connect(path, access{})
	must(t, err)
	var width int // columns were only ever added behind the others
	must(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM pragma_table_info('operations')`).Scan(&width))
	names := strings.Join(strings.Split(columns, ",")[:width], ",")
	for _, o := range ops {
		values, err := operationValues(o)
		must(t, err)
		marks := strings.TrimSuffix(strings.Repeat("?, ", width), ", ")
		_, err = db.ExecContext(t.Context(), `INSERT INTO operations (`+names+`) VALUES (`+marks+`)`, values[:width]...)
		must(t, err)
		_, err = db.ExecContext(t.Context(), `INSERT INTO events (operation, at, from_state, to_state, reason, actor, register)
			VALUES (?, ?, '', 'planned', '', ?, 1)`, o.ID[:], micros(o.PlannedAt), o.Cashier)
		must(t, err)
	}
	must(t, db.Close())
}
