package journal

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// oldSecret is easy to find in a file.
const oldSecret skidkabot.Secret = 0x5EC2_E701_0203_0405

// oldOrders are orders as the release before this shape could know them.
func oldOrders() []orders.Order {
	bound, fed, over := newOrder(1), newOrder(2), newOrder(3)
	bound.Guest.Card.Secret = oldSecret
	fed.Guest, fed.Source, fed.Number, fed.Table = nil, orders.SourceFeed, "142", "Терраса 7"
	fed.Sum = decimal.NewNullDecimal(decimal.RequireFromString("1250.5"))
	fed.Dishes = []orders.Dish{{SKU: "11015", Name: "Шаурма", Count: decimal.RequireFromString("1.3"), Sum: fed.Sum.Decimal, Printed: true}}
	over.State, over.Reason, over.PaidAt, over.Guest.Card.Secret = orders.StateClosed, orders.ReasonPoints, noon, 0
	all := []orders.Order{bound, fed, over}
	for i := range all {
		all[i].Version = int64(i + 1)
	}
	return all
}

// mustMakeOrders makes a journal of shape 3 with orders, each with as many events as its version says and an operation made
// for it. The events have gaps between their numbers.
func mustMakeOrders(t *testing.T, path string, all []orders.Order) (ops []loyalty.Operation) {
	t.Helper()
	for i, o := range all {
		op := newOperation(int64(i + 1))
		op.Order = o.ID
		ops = append(ops, op)
	}
	mustMakeShape(t, path, ordersShape, ops...)
	db, err := connect(path, access{})
	must(t, err)
	names := strings.Split(orderColumns, ",")
	seats := slices.IndexFunc(names, func(name string) bool { return strings.TrimSpace(name) == "seats" })
	names = slices.Delete(names, seats, seats+1)
	for i, o := range all {
		values, err := orderValues(o)
		must(t, err)
		values = slices.Delete(values, seats, seats+1)
		marks := strings.TrimSuffix(strings.Repeat("?, ", len(values)), ", ")
		_, err = db.ExecContext(t.Context(), `INSERT INTO orders (`+strings.Join(names, ",")+`) VALUES (`+marks+`)`, values...)
		must(t, err)
		for version := range o.Version {
			_, err = db.ExecContext(t.Context(), `INSERT INTO order_events (seq, order_id, at, kind, client, actor, reason, version, register)
				VALUES (?, ?, ?, 'fed', 7, 'Олена', 'feed', ?, 2)`, 100*(i+1)+7*int(version), o.ID[:], micros(noon), version+1)
			must(t, err)
		}
	}
	must(t, db.Close())
	return ops
}

// wantOldOrders makes sure that a journal holds what mustMakeOrders wrote.
func wantOldOrders(t *testing.T, j *Journal, all []orders.Order, ops []loyalty.Operation) {
	t.Helper()
	must(t, j.Check(t.Context()))
	for i, want := range all {
		got, err := j.Order(t.Context(), want.ID)
		must(t, err)
		gotValues, err := orderValues(got)
		must(t, err)
		wantValues, err := orderValues(want)
		must(t, err)
		if !reflect.DeepEqual(gotValues, wantValues) {
			t.Errorf("got %v, want %v", gotValues, wantValues)
		}
		events, err := j.OrderEvents(t.Context(), want.ID)
		must(t, err)
		var wanted []orders.Event
		for version := range want.Version {
			wanted = append(wanted, orders.Event{
				Order: want.ID, Seq: int64(100*(i+1)) + 7*version, At: noon, Kind: orders.EventFed, Client: 7, Actor: "Олена",
				Reason: orders.ReasonFeed, Version: version + 1, Register: 2,
			})
		}
		if !slices.Equal(events, wanted) {
			t.Errorf("got %+v, want %+v", events, wanted)
		}
		if of, err := j.List(t.Context(), loyalty.Filter{Order: want.ID}); err != nil || len(of) != 1 || of[0].ID != ops[i].ID {
			t.Errorf("operations of order %s: %+v (%v)", want.ID, of, err)
		}
	}
}

// schemaOf gives the indexes and triggers of the order book, as they are written.
func schemaOf(t *testing.T, db session, path string) map[string]string {
	t.Helper()
	var text string
	must(t, db.QueryRowContext(t.Context(), `SELECT group_concat(type || ' ' || name || '=' || coalesce(sql, ''), '|') FROM sqlite_schema
		WHERE type <> 'table' AND tbl_name IN ('orders', 'order_events')`).Scan(&text))
	all := map[string]string{}
	for _, one := range strings.Split(text, "|") {
		name, sql, _ := strings.Cut(one, "=")
		all[name] = sql
	}
	if len(all) == 0 {
		t.Fatal(path, " has no order book")
	}
	return all
}

// TestOrderBookIsMadeAnew opens a journal of the release with the order book. Nothing of it is lost, each index and each trigger
// is there again, the history refers to the orders, and the book goes on.
func TestOrderBookIsMadeAnew(t *testing.T) {
	t.Parallel()
	path, all := newPath(t), oldOrders()
	ops := mustMakeOrders(t, path, all)
	db, err := connect(path, access{})
	must(t, err)
	before := schemaOf(t, db, path)
	must(t, db.Close())

	j := mustOpen(t, path)
	wantOldOrders(t, j, all, ops)
	after := schemaOf(t, j.writer, path)
	maps.DeleteFunc(before, func(name, sql string) bool { return after[name] == sql })
	if len(before) != 0 {
		t.Errorf("these are gone, or others: %v", before)
	}
	var parent string
	var broken int
	must(t, j.writer.QueryRowContext(t.Context(), `SELECT "table" FROM pragma_foreign_key_list('order_events')`).Scan(&parent))
	must(t, j.writer.QueryRowContext(t.Context(), `SELECT count(*) FROM pragma_foreign_key_check`).Scan(&broken))
	if parent != "orders" || broken != 0 {
		t.Errorf("the history refers to %s; %d rows refer to nothing", parent, broken)
	}

	_, err = j.writer.ExecContext(t.Context(), `DELETE FROM orders`)
	if err == nil {
		t.Error("orders can be deleted")
	}
	changed := all[1]
	changed.Seats = 3
	mustSave(t, j, changed, orders.Event{At: noon, Kind: orders.EventTicket, Note: "повтор"})
	events, err := j.OrderEvents(t.Context(), changed.ID)
	must(t, err)
	if last := events[len(events)-1]; last.Seq <= 300 || last.Note != "повтор" {
		t.Errorf("the next event is %+v", last)
	}
	mustSettle(t, j, closing(mustBill(t, j, 9), mustShift(t, j).ID))
}

// TestFailedShapeLeavesTheOrderBook breaks off at the end of the step, when the old tables are gone already.
func TestFailedShapeLeavesTheOrderBook(t *testing.T) {
	t.Parallel()
	path, all := newPath(t), oldOrders()
	ops := mustMakeOrders(t, path, all)
	broken := slices.Clone(migrations)
	broken[billsShape-1] += `; nonsense`
	_, err := openWith(t.Context(), Options{Path: path}, broken)
	wantCode(t, err, Other)
	db, err := connect(path, access{})
	must(t, err)
	var kept int
	must(t, db.QueryRowContext(t.Context(), `SELECT count(*) FROM orders`).Scan(&kept))
	shape, err := pragma(t.Context(), db, "user_version")
	must(t, err)
	must(t, db.Close())
	if shape != ordersShape || kept != len(all) {
		t.Errorf("shape %d with %d orders, want %d with %d", shape, kept, ordersShape, len(all))
	}
	wantOldOrders(t, mustOpen(t, path), all, ops)
}

// TestOldOrderBookLeavesNoSecrets shows that the tables that are gone have left nothing in the file: a secret that is wiped is
// nowhere.
func TestOldOrderBookLeavesNoSecrets(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	all := oldOrders()
	for range 200 { // pages of their own
		one := newOrder(4)
		one.Version, one.Guest.Card.Secret = 1, oldSecret
		all = append(all, one)
	}
	mustMakeOrders(t, path, all)
	traces := func() (count int) {
		for _, side := range append([]string{""}, sideFiles...) {
			content, err := os.ReadFile(path + side)
			if side == "" {
				must(t, err)
			}
			count += bytes.Count(content, binary.BigEndian.AppendUint64(nil, uint64(oldSecret.Reveal())))
		}
		return count
	}
	if got := traces(); got < 200 {
		t.Fatal(fmt.Sprint(got, " traces before: the test does not see them"))
	}
	j := mustOpen(t, path)
	_, err := j.WipeSecrets(t.Context(), noon.AddDate(0, 0, 1))
	must(t, err)
	if got := traces(); got != 0 {
		t.Errorf("%d traces are left", got)
	}
}
