package orderstest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Register is the till that the suite's orders belong to; the stores under test must be opened as this one's.
const Register = 1

// RunStoreSuite tests every promise of [orders.TillStore]. open gives a new empty store of the till [Register]; what it
// needs to be closed it leaves to t.Cleanup.
func RunStoreSuite(t *testing.T, open func(t *testing.T) Store) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s Store)
	}{
		{"SaveOrder/keeps every field", testKeepsFields},
		{"SaveOrder/keeps decimals", testKeepsDecimals},
		{"SaveOrder/keeps moments", testKeepsMoments},
		{"SaveOrder/changes every field", testChangesFields},
		{"SaveOrder/versions", testVersions},
		{"SaveOrder/what cannot be", testInvalid},
		{"SaveOrder/what is over stays", testOver},
		{"SaveOrder/only a settlement pays", testSavedAsPaid},
		{"SaveOrder/the guest stays once points move", testPointsMoved},
		{"SaveOrder/what says no more of the guest", testPointsOfOthers},
		{"SaveOrder/the first refusal", testRefusalsInOrder},
		{"SaveOrder/one of many wins", testSaveRace},
		{"SaveOrder/gives and takes copies", testCopies},
		{"Order/what is not there", testOrderNothing},
		{"Orders/last changed first, limited", testOrdersOrder},
		{"Orders/the largest page", testOrdersLargest},
		{"Orders/filters", testOrdersFilters},
		{"OrderEvents/history", testHistory},
		{"operations of an order", testOperationsOfOrder},
		{"Settle/writes everything", testSettles},
		{"Settle/without an order", testSettlesClaim},
		{"Settle/what cannot be", testSettleInvalid},
		{"Settle/refusals write nothing", testSettleRefusals},
		{"Settle/a bill that operations hold", testSettleHeld},
		{"Settle/points that pay", testSettlePoints},
		{"Plan/to redeem on a closed order", testRedeemOnClosed},
		{"receipts that are due", testReceipts},
		{"Settle/one of many wins", testSettleRace},
		{"Settle/a claim for each sum", testClaimOfSum},
		{"Claims/filters", testClaims},
		{"DecideClaim", testDecideClaim},
		{"NextNumber", testNumbers},
		{"shifts", testShifts},
		{"ShiftTotals", testShiftTotals},
		{"Payments", testPayments},
		{"letters/a newer one replaces", testLettersReplace},
		{"letters/until they are posted", testLettersPosted},
		{"letters/in order, limited", testLettersOrder},
		{"WipeSecrets/of guests", testWipeSecrets},
		{"a caller that has given up", testCancelled},
		{"reading beside writing", testConcurrent},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel() // each has a store of its own
			test.run(t, open(t))
		})
	}
	t.Run("any history", func(t *testing.T) {
		t.Parallel()
		testAnyHistory(t, open)
	})
}

// noon is when the suite's orders happen.
var noon = time.Date(2025, time.March, 1, 12, 0, 0, 0, time.UTC)

// newOrder is an open order with a guest and all else that one can have, changed by the given functions.
func newOrder(changes ...func(*orders.Order)) orders.Order {
	o := orders.Order{
		ID:       uuid.New(), // the POS's own: not always a UUIDv7
		Register: Register,
		Source:   orders.SourceFeed,
		State:    orders.StateOpen,
		Number:   "142",
		Table:    "Терраса 7",
		Waiter:   "Петро",
		Sum:      decimal.NewNullDecimal(decimal.RequireFromString("1250.50")),
		Dishes: []orders.Dish{
			{SKU: "11015", Name: "Шаурма царська", Count: decimal.RequireFromString("1.3"), Sum: decimal.NewFromInt(1200), Printed: true, Seat: 2},
			{ID: uuid.New(), Name: "Чай «Ромашка»", Count: decimal.NewFromInt(2), Sum: decimal.RequireFromString("50.5"), Kitchen: true},
		},
		Seats:     2,
		Guest:     newGuest(83532824),
		OpenedAt:  noon.Add(-time.Hour),
		ChangedAt: noon,
	}
	for _, change := range changes {
		change(&o)
	}
	return o
}

func newGuest(client int64) *orders.Binding {
	return &orders.Binding{
		Card:      skidkabot.Card{Vendor: 4, Client: client, Secret: 31766},
		ScannedAt: noon.Add(-2 * time.Minute),
		Name:      "Александр Татарченко",
		Balance:   decimal.NewFromInt(2365),
		BalanceAt: noon.Add(-2 * time.Minute).Add(time.Second),
		BoundBy:   "Оля",
	}
}

// newOperation is a planned accrual for an order.
func newOperation(order uuid.UUID, client int64) loyalty.Operation {
	return loyalty.Operation{
		ID: uuid.Must(uuid.NewV7()), Register: Register, Kind: loyalty.Accrual, State: loyalty.StatePlanned,
		Vendor: 4, Client: client, Secret: 31766, ScannedAt: noon.Add(-time.Minute),
		Points: decimal.NewFromInt(25), Sum: decimal.NewFromInt(1250), Money: decimal.NewFromInt(1250),
		PlannedAt: noon, ChangedAt: noon, Order: order,
	}
}

// step moves an operation to a state that the machine has an arrow to.
func step(t *testing.T, s loyalty.Store, id uuid.UUID, from, to loyalty.State, reason loyalty.Reason) {
	t.Helper()
	move := loyalty.Move{ID: id, From: from, To: to, At: noon.Add(time.Second), Reason: reason}
	if to == loyalty.StateSending {
		move.Baseline = decimal.NewNullDecimal(decimal.NewFromInt(2365))
		move.BaselineAt, move.SentAt, move.Deadline = noon, noon.Add(time.Second), noon.Add(16*time.Second)
	}
	must(t, s.Move(t.Context(), move))
}

// bring plans an operation and moves it to a state by the shortest way; reason is the last step's.
func bring(t *testing.T, s loyalty.Store, op loyalty.Operation, state loyalty.State, reason loyalty.Reason) {
	t.Helper()
	must(t, s.Plan(t.Context(), op))
	way := shortest(loyalty.StatePlanned, state)
	for i := 1; i < len(way); i++ {
		step(t, s, op.ID, way[i-1], way[i], reason)
	}
}

// shortest is the way through the operation machine from a state to another, both included.
func shortest(from, to loyalty.State) []loyalty.State {
	ways := [][]loyalty.State{{from}}
	for len(ways) > 0 {
		way := ways[0]
		last := way[len(way)-1]
		if last == to {
			return way
		}
		ways = ways[1:]
		for _, next := range loyalty.States() {
			if last.CanBecome(next) {
				ways = append(ways, append(way[:len(way):len(way)], next))
			}
		}
	}
	return nil
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// save writes an order and gives it as saved.
func save(t *testing.T, s orders.Store, o orders.Order, events ...orders.Event) orders.Order {
	t.Helper()
	saved, err := s.SaveOrder(t.Context(), o, events...)
	must(t, err)
	return saved
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("got error %v, want %v", got, want)
	}
}

func wantSame(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

// wantStored compares what the store holds with the order, version included.
func wantStored(t *testing.T, s orders.Store, want orders.Order) {
	t.Helper()
	got, err := s.Order(t.Context(), want.ID)
	must(t, err)
	wantSame(t, "order", describe(got), describe(kept(want)))
}

// wantNothing makes sure that the store knows nothing of an order.
func wantNothing(t *testing.T, s orders.Store, id uuid.UUID) {
	t.Helper()
	_, err := s.Order(t.Context(), id)
	wantError(t, err, orders.ErrNotFound)
	wantSame(t, "events", history(t, s, id), "")
}

// describe writes all fields of an order, decimals by value and times with their zone.
func describe(o orders.Order) string {
	var b strings.Builder
	fmt.Fprint(&b, o.ID, " ", o.Register, o.Source, o.State, o.Reason, " v", o.Version,
		fmt.Sprintf(" %q %q %q sum ", o.Number, o.Table, o.Waiter), o.Sum.Valid, o.Sum.Decimal,
		" seats ", o.Seats, " opened ", o.OpenedAt, " changed ", o.ChangedAt, " paid ", o.PaidAt)
	for _, d := range o.Dishes {
		fmt.Fprintf(&b, "\n  dish %s %q %q %s %s %t %t of %d", d.ID, d.SKU, d.Name, d.Count, d.Sum, d.Kitchen, d.Printed, d.Seat)
	}
	if g := o.Guest; g != nil {
		fmt.Fprintf(&b, "\n  guest %d %d %d %s %q %s %s %q",
			g.Card.Vendor, g.Card.Client, g.Card.Secret.Reveal(), g.ScannedAt, g.Name, g.Balance, g.BalanceAt, g.BoundBy)
	}
	return b.String()
}

func describeAll(page []orders.Order) string {
	var lines strings.Builder
	for _, o := range page {
		lines.WriteString("\n" + describe(o))
	}
	return lines.String()
}

// history writes the events of an order, without their position.
func history(t *testing.T, s orders.Store, id uuid.UUID) string {
	t.Helper()
	events, err := s.OrderEvents(t.Context(), id)
	must(t, err)
	var lines strings.Builder
	for _, e := range events {
		fmt.Fprintf(&lines, "\n%s %s %s client %d by %q, %q %q v%d at %d",
			e.Order, e.At, e.Kind, e.Client, e.Actor, e.Reason, e.Note, e.Version, e.Register)
	}
	return lines.String()
}
