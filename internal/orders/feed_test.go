package orders_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

func TestFeedOpensAndChanges(t *testing.T) {
	h := newHall(t)
	order := h.fed("100")
	h.is(order, "feed open sum 100")
	must(t, h.feed(order, "150.50"))
	h.is(order, "feed open sum 150.5")
	must(t, h.feed(order, ""))
	h.is(order, "feed open")
	h.wrote(order, "opened, fed, fed, fed")
}

func TestFeedKeepsTheGuest(t *testing.T) {
	h := newHall(t)
	order := h.seated(anna)
	must(t, h.feed(order, "100"))
	h.is(order, "feed open sum 100 guest 83532824")
	h.wrote(order, "opened by Петро, bound 83532824 by Петро, fed")
}

// A POS that repeats itself costs no write, but once an hour its order is known to be alive.
func TestFeedRepeated(t *testing.T) {
	h := newHall(t)
	order := uuid.New()
	fed := orders.Fed{
		Order: order, Number: "142", Sum: decimal.NewNullDecimal(decimal.RequireFromString("100.0")),
		Dishes: []orders.Dish{{SKU: "1", Name: "Чай", Count: decimal.NewFromInt(1), Sum: decimal.NewFromInt(100)}},
	}
	version := func(want int64) {
		t.Helper()
		o, err := h.book.Feed(t.Context(), fed)
		must(t, err)
		if o.Version != want {
			t.Errorf("got version %d, want %d", o.Version, want)
		}
	}
	version(1)
	fed.Sum.Decimal = decimal.RequireFromString("100")
	version(1)
	h.pass(time.Hour)
	version(2)
	version(2)
	h.wrote(order, "opened, fed")
	for _, change := range []func(*orders.Fed){
		func(f *orders.Fed) { f.Table = "8" },
		func(f *orders.Fed) { f.Waiter = "Оля" },
		func(f *orders.Fed) { f.Number = "143" },
		func(f *orders.Fed) { f.Sum = decimal.NullDecimal{} },
		func(f *orders.Fed) { f.Dishes[0].Printed = true },
		func(f *orders.Fed) { f.Dishes[0].Count = decimal.NewFromInt(2) },
		func(f *orders.Fed) { f.Dishes[0].Sum = decimal.NewFromInt(2) },
		func(f *orders.Fed) { f.Dishes[0].Name = "Кава" },
		func(f *orders.Fed) { f.Dishes[0].SKU = "2" },
		func(f *orders.Fed) { f.Dishes = nil },
	} {
		change(&fed)
		o, err := h.book.Feed(t.Context(), fed)
		must(t, err)
		version(o.Version) // and repeated it is none
		fed.Dishes = append([]orders.Dish(nil), fed.Dishes...)
	}
	version(12)
}

func TestFeedIsSafeForAScreen(t *testing.T) {
	h := newHall(t)
	o, err := h.book.Feed(t.Context(), orders.Fed{
		Order: uuid.New(), Number: "1\x1b[2J42", Table: " Терраса\n7 ", Waiter: "\xffПетро",
		Dishes: []orders.Dish{{SKU: "1\t1", Name: "Ча\x00й", Count: decimal.NewFromInt(1)}},
	})
	must(t, err)
	got := fmt.Sprintf("%q %q %q %q %q", o.Number, o.Table, o.Waiter, o.Dishes[0].SKU, o.Dishes[0].Name)
	if want := `"142" "Терраса 7" "` + "\ufffd" + `Петро" "1 1" "Чай"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFeedRefusesAsAWhole(t *testing.T) {
	h := newHall(t)
	order := h.fed("100")
	for _, fed := range []orders.Fed{
		{Order: uuid.Nil},
		{Order: order, Table: strings.Repeat("x", orders.MaxText+1)},
		{Order: order, Sum: decimal.NewNullDecimal(decimal.NewFromInt(-1))},
		{Order: order, Sum: decimal.NewNullDecimal(decimal.New(1, 999_999_999))},
		{Order: order, Dishes: make([]orders.Dish, orders.MaxDishes+1)},
		{Order: order, Table: "9", Dishes: []orders.Dish{{Name: "Чай"}}}, // none of it
	} {
		_, err := h.book.Feed(t.Context(), fed)
		wantError(t, err, orders.ErrInvalid)
	}
	h.is(order, "feed open sum 100")
	o, err := h.book.Find(t.Context(), order)
	must(t, err)
	if o.Table != "7" {
		t.Errorf("a part was taken: table %q", o.Table)
	}
}

// The POS knows best: what it tells of is open, whatever it was closed for.
func TestFeedOpensAgain(t *testing.T) {
	h := newHall(t)
	withdrawn, unbound, done, paid := h.fed("100"), h.seated(anna), h.seated(anna), h.fed("300")
	must(t, h.withdraw(withdrawn))
	must(t, h.checkOut(unbound))
	h.operate(done, anna, loyalty.Accrual, toConfirmed...)
	h.book.Sweep(t.Context())
	must(t, h.checkIn(paid, anna))
	must(t, h.withdraw(paid))
	for order, want := range map[uuid.UUID]string{
		withdrawn: "feed open sum 100",
		unbound:   "feed open sum 100",
		done:      "feed open sum 100 wiped 83532824", // its points stay with their guest
		paid:      "feed open sum 100 guest 83532824",
	} {
		must(t, h.feed(order, "100"))
		h.is(order, want)
	}
	h.wrote(withdrawn, "opened, fed, closed feed, opened") // it says what it said
	h.wrote(unbound, "opened by Петро, bound 83532824 by Петро, unbound 83532824 by Оля, closed check by Оля, opened, fed")
	h.wrote(paid, "opened, fed, bound 83532824 by Петро, paid, fed")
}

func TestWithdraw(t *testing.T) {
	h := newHall(t)
	must(t, h.withdraw(uuid.New())) // unknown
	order := h.fed("100")
	for range 2 { // idempotent
		must(t, h.withdraw(order))
	}
	h.is(order, "feed closed feed sum 100")
	h.wrote(order, "opened, fed, closed feed")
}

func TestWithdrawWaitsForThePointsOfItsGuest(t *testing.T) {
	for name, test := range map[string]struct {
		states []loyalty.State // nil: no operation
		wait   time.Duration   // after the check-in
		want   string
	}{
		"no operation":       {nil, 0, "feed open paid sum 100 guest 83532824"},
		"on the way":         {toUnknown, 0, "feed open paid sum 100 guest 83532824"},
		"did not happen":     {[]loyalty.State{loyalty.StateVoided}, 0, "feed open paid sum 100 guest 83532824"},
		"has happened":       {toConfirmed, 0, "feed closed feed sum 100 wiped 83532824"},
		"just before a day":  {nil, 24*time.Hour - 1, "feed open paid sum 100 guest 83532824"},
		"the QR is outlived": {nil, 24 * time.Hour, "feed closed feed sum 100 wiped 83532824"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHall(t)
			order := h.fed("100")
			must(t, h.checkIn(order, anna))
			if test.states != nil {
				h.operate(order, anna, loyalty.Accrual, test.states...)
			}
			h.pass(test.wait)
			for range 2 {
				must(t, h.withdraw(order))
				h.is(order, test.want)
			}
		})
	}
}
