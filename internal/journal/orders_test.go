package journal

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestOrdersStore(t *testing.T) {
	t.Parallel()
	orderstest.RunStoreSuite(t, func(t *testing.T) orderstest.Store { return mustOpen(t, newPath(t)) })
}

// newOrder is an order known by the check-in of the given customer.
func newOrder(client int64) orders.Order {
	return orders.Order{
		ID: uuid.New(), Register: orderstest.Register, Source: orders.SourceCheckIn, State: orders.StateOpen, Waiter: "Олена",
		Guest: &orders.Binding{
			Card: skidkabot.Card{Vendor: 4, Client: client, Secret: 31766}, ScannedAt: noon, Name: "Александр Татарченко",
			Balance: decimal.NewFromInt(2365), BalanceAt: noon, BoundBy: "Олена",
		},
		OpenedAt: noon, ChangedAt: noon,
	}
}

// checkedIn are the two events of a check-in of a new order.
func checkedIn(client int64) []orders.Event {
	return []orders.Event{
		{At: noon, Kind: orders.EventOpened, Actor: "Олена"},
		{At: noon, Kind: orders.EventBound, Client: client, Actor: "Олена"},
	}
}

func mustSave(t testing.TB, j *Journal, o orders.Order, events ...orders.Event) orders.Order {
	t.Helper()
	saved, err := j.SaveOrder(t.Context(), o, events...)
	must(t, err)
	return saved
}

// wantWhole makes sure that an order is there as it was saved, with so many events of which the last names its version.
func wantWhole(t *testing.T, j *Journal, want orders.Order, events int) {
	t.Helper()
	got, err := j.Order(t.Context(), want.ID)
	must(t, err)
	history, err := j.OrderEvents(t.Context(), want.ID)
	must(t, err)
	if got.Version != want.Version || (got.Guest == nil) != (want.Guest == nil) || len(history) != events {
		t.Fatalf("order %s is at version %d with %d events, want version %d with %d", want.ID, got.Version, len(history), want.Version, events)
	}
	if last := history[events-1]; last.Version != want.Version {
		t.Errorf("order %s is at version %d, its history ends with %d", want.ID, want.Version, last.Version)
	}
}

// TestOrderOnAFullDisk shows that orders leave the reserve to the results of operations, and that a refused one has left nothing.
func TestOrderOnAFullDisk(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	there := mustSave(t, j, newOrder(1), checkedIn(1)...)
	fillDisk(t, j, 100)
	large := newOrder(2)
	for range orders.MaxDishes {
		large.Dishes = append(large.Dishes, orders.Dish{Name: "Борщ", Count: decimal.NewFromInt(1), Sum: decimal.NewFromInt(95)})
	}
	_, err := j.SaveOrder(t.Context(), large, checkedIn(2)...)
	wantCode(t, err, Full)
	if j.ReserveUsed() {
		t.Error("the reserve was used")
	}
	if _, err := j.Order(t.Context(), large.ID); !errors.Is(err, orders.ErrNotFound) {
		t.Errorf("the refused order: %v", err)
	}

	must(t, os.Remove(j.reserve.path)) // a result has taken it
	must(t, os.MkdirAll(filepath.Join(j.reserve.path, "full"), folderMode))
	j.reserve.used.Store(true)
	changed := there
	changed.Table = "8"
	_, err = j.SaveOrder(t.Context(), changed)
	wantCode(t, err, Unwritable)
	wantWhole(t, j, there, 2)

	must(t, os.RemoveAll(j.reserve.path))
	mustExec(t, j, `PRAGMA max_page_count = 1000000`)
	mustSave(t, j, changed)
	mustSave(t, j, large, checkedIn(2)...)
	if j.ReserveUsed() {
		t.Error("the reserve was not made again")
	}
}

func TestOrdersReadOnlyAndClosed(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	j := mustOpen(t, path)
	o := mustSave(t, j, newOrder(1), checkedIn(1)...)
	reader, err := Open(t.Context(), Options{Path: path, ReadOnly: true})
	must(t, err)
	wantWhole(t, reader, o, 2)
	_, err = reader.SaveOrder(t.Context(), newOrder(2))
	wantCode(t, err, ReadOnly)
	mustClose(t, reader)
	mustClose(t, j)
	_, err = j.SaveOrder(t.Context(), newOrder(2))
	wantCode(t, err, Other)
	_, err = j.Order(t.Context(), o.ID)
	wantCode(t, err, Other)
	_, err = j.Orders(t.Context(), orders.Filter{})
	wantCode(t, err, Other)
	_, err = j.OrderEvents(t.Context(), o.ID)
	wantCode(t, err, Other)
	wantWhole(t, mustOpen(t, path), o, 2)
}

// TestBalanceOutOfRange shows that such a balance is refused and not cut.
func TestBalanceOutOfRange(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	o := newOrder(1)
	o.Guest.Balance = decimal.New(1, 1_000_000_000)
	if _, err := j.SaveOrder(t.Context(), o); !errors.Is(err, ErrRange) {
		t.Errorf("got error %v", err)
	}
	if _, err := j.Order(t.Context(), o.ID); !errors.Is(err, orders.ErrNotFound) {
		t.Errorf("found: %v", err)
	}
}

// TestEventThatCannotBe takes the order with it.
func TestEventThatCannotBe(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	o := newOrder(1)
	_, err := j.SaveOrder(t.Context(), o, orders.Event{At: noon, Kind: orders.EventOpened}, orders.Event{At: noon, Kind: "lost"})
	wantCode(t, err, Other)
	if _, err := j.Order(t.Context(), o.ID); !errors.Is(err, orders.ErrNotFound) {
		t.Errorf("found: %v", err)
	}
	if events, err := j.OrderEvents(t.Context(), o.ID); err != nil || len(events) != 0 {
		t.Errorf("%d events (%v)", len(events), err)
	}
}

// TestWordsOfOrders saves every reason and every kind of event that the book has.
func TestWordsOfOrders(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	for _, reason := range []orders.Reason{orders.ReasonPoints, orders.ReasonExpired, orders.ReasonFeed, orders.ReasonCheck} {
		o := newOrder(1)
		o.State, o.Reason = orders.StateClosed, reason
		o = mustSave(t, j, o)
		for i, kind := range []orders.EventKind{
			orders.EventOpened, orders.EventBound, orders.EventUnbound, orders.EventFed, orders.EventPaid, orders.EventClosed,
		} {
			o = mustSave(t, j, o, orders.Event{At: noon, Kind: kind, Reason: reason})
			wantWhole(t, j, o, i+1)
		}
	}
}

// TestWipingBindings clears the secrets of guests beside those of operations. Who has read a secret before does not write it
// back.
func TestWipingBindings(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	must(t, j.Plan(t.Context(), newOperation(1)))
	old, unbound, fresh := newOrder(1), newOrder(2), newOrder(3)
	unbound.Guest, fresh.Guest.ScannedAt = nil, noon.Add(time.Hour)
	old, unbound, fresh = mustSave(t, j, old, checkedIn(1)...), mustSave(t, j, unbound), mustSave(t, j, fresh)
	for _, want := range []int{2, 0} {
		if wiped, err := j.WipeSecrets(t.Context(), noon.Add(time.Microsecond)); err != nil || wiped != want {
			t.Errorf("wiped %d (%v), want %d", wiped, err, want)
		}
	}
	got, err := j.Order(t.Context(), old.ID)
	must(t, err)
	if got.Guest == nil || got.Guest.Card.Secret != 0 || got.Guest.Card.Client != 1 || got.Version != old.Version+1 {
		t.Errorf("wiped: %+v", got)
	}
	for _, want := range []orders.Order{unbound, fresh} {
		got, err := j.Order(t.Context(), want.ID)
		must(t, err)
		if got.Version != want.Version || want.Guest != nil && got.Guest.Card.Secret != want.Guest.Card.Secret {
			t.Errorf("not to be wiped: %+v, want %+v", got, want)
		}
	}
	if _, err := j.SaveOrder(t.Context(), old); !errors.Is(err, orders.ErrConflict) {
		t.Errorf("written back: %v", err)
	}
	mustSave(t, j, got)
}

// TestWipedBindingsLeaveTheFiles looks for the bytes of the secrets of guests in the journal's files and in a backup.
func TestWipedBindingsLeaveTheFiles(t *testing.T) {
	t.Parallel()
	j, folder := mustOpen(t, newPath(t)), backupFolder(t)
	const guests = 200
	secret := func(i int) skidkabot.Secret { return skidkabot.Secret(0x5EC2_E700_0000_0000 + int64(i)*0x0101_0101) }
	for i := range guests {
		o := newOrder(int64(i + 1))
		o.Guest.Card.Secret = secret(i)
		o = mustSave(t, j, o, checkedIn(int64(i+1))...)
		o.Table = "За великим столом біля вікна"
		mustSave(t, j, o) // rows grow, pages split
	}
	traces := func(path string) (count int) {
		for _, side := range append([]string{""}, sideFiles...) {
			content, err := os.ReadFile(path + side)
			if side == "" {
				must(t, err)
			}
			for i := range guests {
				count += bytes.Count(content, binary.BigEndian.AppendUint64(nil, uint64(secret(i).Reveal())))
			}
		}
		return count
	}
	if got := traces(j.path); got < guests {
		t.Fatalf("%d traces before wiping: the test does not see them", got)
	}
	if got := traces(mustBackup(t, j, folder)); got != 0 {
		t.Errorf("%d traces in a backup", got)
	}
	wiped, err := j.WipeSecrets(t.Context(), noon.AddDate(0, 0, 1))
	must(t, err)
	if got := traces(j.path); wiped != guests || got != 0 {
		t.Errorf("wiped %d of %d secrets, %d traces are left", wiped, guests, got)
	}
}

// TestOrdersAreRestored brings a backup back: the orders are there, without secrets.
func TestOrdersAreRestored(t *testing.T) {
	t.Parallel()
	j, folder, path := mustOpen(t, newPath(t)), backupFolder(t), newPath(t)
	o := mustSave(t, j, newOrder(1), checkedIn(1)...)
	_, err := RestoreBackup(t.Context(), mustBackup(t, j, folder), path, noon)
	must(t, err)
	got, err := mustOpen(t, path).Order(t.Context(), o.ID)
	must(t, err)
	if got.Guest == nil || got.Guest.Card.Client != 1 || got.Guest.Card.Secret != 0 || got.Guest.Name != o.Guest.Name {
		t.Errorf("restored: %+v", got)
	}
}

// TestDatabaseHoldsTheRulesOfOrders goes around the Go code: the file itself refuses what must not be.
func TestDatabaseHoldsTheRulesOfOrders(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	o := mustSave(t, j, newOrder(1), checkedIn(1)...)
	made := newOperation(1)
	made.Order = o.ID
	must(t, j.Plan(t.Context(), made))
	for name, statement := range map[string]string{
		"an order goes":             `DELETE FROM orders`,
		"an order changes its id":   `UPDATE orders SET id = randomblob(16), version = version + 1`,
		"a change without version":  `UPDATE orders SET table_name = '8'`,
		"a version goes back":       `UPDATE orders SET version = version - 1`,
		"a version is left out":     `UPDATE orders SET version = version + 2`,
		"half a guest":              `UPDATE orders SET guest = NULL, version = version + 1`,
		"a secret of nobody":        `UPDATE orders SET ` + unbind + `, secret = 1, version = version + 1`,
		"closed without a reason":   `UPDATE orders SET state = 'closed', version = version + 1`,
		"open with a reason":        `UPDATE orders SET reason = 'feed', version = version + 1`,
		"no such state":             `UPDATE orders SET state = 'lost', reason = 'feed', version = version + 1`,
		"no such reason":            `UPDATE orders SET state = 'closed', reason = 'lost', version = version + 1`,
		"no such source":            `UPDATE orders SET source = 'rumour', version = version + 1`,
		"a moment as a real":        `UPDATE orders SET changed_at = 1.5, version = version + 1`,
		"the same id again":         copyOfOrder("id", "id"),
		"an id that is too long":    copyOfOrder("id", "randomblob(17)"),
		"an id that is none":        copyOfOrder("id", "NULL"),
		"version 0":                 copyOfOrder("version", "0"),
		"an event changes":          `UPDATE order_events SET actor = 'other'`,
		"an event goes":             `DELETE FROM order_events`,
		"an event of nothing":       `INSERT INTO order_events VALUES (NULL, randomblob(16), 0, 'fed', 0, '', '', '', 1, 1)`,
		"no such event":             `INSERT INTO order_events SELECT NULL, id, 0, 'lost', 0, '', '', '', 1, 1 FROM orders`,
		"an operation's order":      `UPDATE operations SET order_id = NULL`,
		"an order that is too long": copyOf(made, "order_id", "randomblob(17)"),
	} {
		if _, err := j.writer.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s: done", name)
		}
	}
	for _, statement := range []string{
		copyOfOrder(),
		copyOf(made, "order_id", "randomblob(16)"),
		`UPDATE orders SET ` + unbind + `, version = version + 1`,
		`INSERT INTO order_events SELECT NULL, id, 0, 'fed', 0, '', '', '', 1, 1 FROM orders`,
	} {
		if _, err := j.writer.ExecContext(t.Context(), statement); err != nil {
			t.Errorf("a statement of these tests is refused for itself: %v: %s", err, statement)
		}
	}
}

const unbind = `client = NULL, vendor = NULL, secret = NULL, scanned_at = NULL, guest = NULL, balance = NULL, balance_at = NULL,
	bound_by = NULL`

// copyOfOrder is a statement that writes the orders again under new ids, with some columns changed to SQL expressions.
func copyOfOrder(changes ...string) string {
	values := map[string]string{"id": "randomblob(16)"}
	for i := 0; i < len(changes); i += 2 {
		values[changes[i]] = changes[i+1]
	}
	var list []string
	for _, name := range strings.Fields(strings.ReplaceAll(orderColumns, ",", " ")) {
		list = append(list, cmp.Or(values[name], name))
	}
	return `INSERT INTO orders (` + orderColumns + `) SELECT ` + strings.Join(list, ", ") + ` FROM orders`
}

// TestDamagedDishes puts another text in the place of dishes: that is an error with a code, and no order without dishes.
func TestDamagedDishes(t *testing.T) {
	t.Parallel()
	for _, dishes := range []string{
		``, `[`, `{}`, `[{"name":"Борщ","sum":"1"}]`, `[{"name":"Борщ","count":"1"}]`, `[{"name":"Борщ","count":"one","sum":"1"}]`,
	} {
		j := mustOpen(t, newPath(t))
		o := mustSave(t, j, newOrder(1))
		_, err := j.writer.ExecContext(t.Context(), `UPDATE orders SET dishes = ?, version = version + 1`, dishes)
		must(t, err)
		_, err = j.Order(t.Context(), o.ID)
		wantCode(t, err, Other)
		_, err = j.Orders(t.Context(), orders.Filter{})
		wantCode(t, err, Other)
	}
	if err := (dishesText{}).Scan(int64(1)); err == nil {
		t.Error("a number was read as dishes")
	}
}

// TestDecimalsOfDishesDependOnNoSetting changes how the whole process prints decimals.
func TestDecimalsOfDishesDependOnNoSetting(t *testing.T) {
	t.Parallel()
	quoted, trim := decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros
	defer func() { decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros = quoted, trim }()
	decimal.MarshalJSONWithoutQuotes, decimal.TrimTrailingZeros = true, false
	e := encoder{}
	got := e.dishes([]orders.Dish{{Name: "Чай", Count: decimal.RequireFromString("2.0"), Sum: decimal.RequireFromString("50.50")}})
	if want := `[{"name":"Чай","count":"2","sum":"50.5"}]`; got != want || e.err != nil {
		t.Errorf("got %s (%v), want %s", got, e.err, want)
	}
	if got := e.dishes(nil); got != noDishes {
		t.Errorf("no dishes are %s", got)
	}
	e.dishes([]orders.Dish{{Count: decimal.New(1, math.MaxInt32)}})
	if !errors.Is(e.err, ErrRange) {
		t.Errorf("got error %v", e.err)
	}
}

// TestGuestStaysWhilePointsMove asks the database what [orders.MovesPoints] answers, for an order of several operations.
func TestGuestStaysWhilePointsMove(t *testing.T) {
	t.Parallel()
	j := mustOpen(t, newPath(t))
	o := mustSave(t, j, newOrder(1), checkedIn(1)...)
	gone := o
	gone.Guest = nil
	first, second := newOperation(1), newOperation(1)
	first.Order, second.Order = o.ID, o.ID
	must(t, j.Plan(t.Context(), first, second))
	void := func(id uuid.UUID) loyalty.Move {
		return loyalty.Move{ID: id, From: loyalty.StatePlanned, To: loyalty.StateVoided, At: noon}
	}
	for _, id := range []uuid.UUID{first.ID, second.ID} {
		if _, err := j.SaveOrder(t.Context(), gone); !errors.Is(err, orders.ErrPointsMoved) || CodeOf(err) != "" {
			t.Errorf("got error %v", err)
		}
		must(t, j.Move(t.Context(), void(id)))
	}
	wantWhole(t, j, mustSave(t, j, gone, orders.Event{At: noon, Kind: orders.EventUnbound}), 3)
}
