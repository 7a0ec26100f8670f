package orderstest

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

func bare(o *orders.Order) {
	*o = orders.Order{ID: o.ID, Source: orders.SourceCheckIn, State: orders.StateOpen}
}

func unbound(o *orders.Order) { o.Guest = nil }

// tills makes an order one that was opened at the till.
func tills(o *orders.Order) {
	o.Source = orders.SourceTill
	o.Dishes[0].ID = uuid.New()
}

func ofClient(client int64) func(*orders.Order) {
	return func(o *orders.Order) { o.Guest = newGuest(client) }
}

func closed(reason orders.Reason) func(*orders.Order) {
	return func(o *orders.Order) { o.State, o.Reason = orders.StateClosed, reason }
}

func testKeepsFields(t *testing.T, s Store) {
	wiped := newGuest(math.MaxInt64)
	wiped.Card.Secret = 0
	for _, o := range []orders.Order{
		newOrder(),
		newOrder(bare),
		newOrder(unbound, closed(orders.ReasonFeed)),
		newOrder(tills),
		newOrder(tills, closed(orders.ReasonVoid)),
		newOrder(func(o *orders.Order) { o.Source, o.Guest, o.PaidAt = orders.SourceCheckIn, wiped, noon }),
		newOrder(func(o *orders.Order) { o.Dishes = make([]orders.Dish, 0) }),
		newOrder(func(o *orders.Order) {
			o.Table = "'\"\\%_\n\x00🙂" + strings.Repeat("я", orders.MaxText-8)
			for len(o.Dishes) < orders.MaxDishes {
				o.Dishes = append(o.Dishes, orders.Dish{Name: o.Table, Count: decimal.NewFromInt(1)})
			}
		}),
	} {
		saved := save(t, s, o)
		o.Version = 1
		wantSame(t, "saved", describe(saved), describe(kept(o)))
		wantStored(t, s, o)
	}
}

func testKeepsDecimals(t *testing.T, s Store) {
	for _, value := range []string{"0", "0.1", "0.10", "1250.5", "1e12", "0.000000000001", "999999999999999999999999"} {
		o := newOrder(func(o *orders.Order) {
			o.Sum = decimal.NewNullDecimal(decimal.RequireFromString(value))
			o.Dishes[0].Sum = o.Sum.Decimal
			o.Guest.Balance = o.Sum.Decimal.Neg() // the service may show a debt
		})
		want := save(t, s, o)
		wantStored(t, s, want)
		got, err := s.Order(t.Context(), o.ID)
		must(t, err)
		if !got.Sum.Valid || !got.Sum.Decimal.Equal(o.Sum.Decimal) || !got.Guest.Balance.Equal(o.Guest.Balance) ||
			!got.Dishes[0].Sum.Equal(o.Dishes[0].Sum) {
			t.Errorf("%s came back as %s, %s, %s", value, got.Sum.Decimal, got.Guest.Balance, got.Dishes[0].Sum)
		}
	}
}

func testKeepsMoments(t *testing.T, s Store) {
	for _, moment := range []time.Time{
		{},
		time.Unix(0, 0),
		noon.Add(1234567 * time.Nanosecond),
		noon.In(time.FixedZone("", -11*3600)),
		time.Date(1969, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
		time.Date(2262, 1, 1, 0, 0, 0, 1000, time.UTC),
	} {
		o := newOrder(func(o *orders.Order) {
			o.OpenedAt, o.ChangedAt, o.PaidAt = moment, moment, moment
			o.Guest.ScannedAt, o.Guest.BalanceAt = moment, moment
		})
		o = save(t, s, o)
		wantStored(t, s, o)
		wantSame(t, "moment", o.PaidAt.String(), keptTime(moment).String())
		wantSame(t, "is zero", fmt.Sprint(o.PaidAt.IsZero()), fmt.Sprint(moment.IsZero()))
	}
}

func testChangesFields(t *testing.T, s Store) {
	o := save(t, s, newOrder(bare))
	full := newOrder(func(full *orders.Order) { full.ID, full.Version = o.ID, o.Version })
	o = save(t, s, full)
	wantStored(t, s, o)
	fewer := newOrder(func(fewer *orders.Order) {
		fewer.ID, fewer.Version, fewer.Dishes, fewer.Guest = o.ID, o.Version, o.Dishes[1:], newGuest(2)
		fewer.Sum = decimal.NullDecimal{}
	}, closed(orders.ReasonExpired))
	o = save(t, s, fewer)
	wantStored(t, s, o)
	empty := o
	bare(&empty)
	empty.Version = o.Version
	o = save(t, s, empty)
	wantStored(t, s, o)
	wantSame(t, "version", fmt.Sprint(o.Version), "4")
}

func testVersions(t *testing.T, s Store) {
	o := newOrder()
	ahead := o
	ahead.Version = 1
	_, err := s.SaveOrder(t.Context(), ahead) // changed from a version that never was
	wantError(t, err, orders.ErrConflict)
	wantNothing(t, s, o.ID)

	first := save(t, s, o, orders.Event{At: noon, Kind: orders.EventOpened})
	second := first
	second.Table = "8"
	second = save(t, s, second) // a change of which nothing is told
	wantSame(t, "versions", fmt.Sprint(first.Version, second.Version), "1 2")
	wantStored(t, s, second)
	events := history(t, s, o.ID)
	for _, version := range []int64{-1, 0, 1, 3} {
		stale := second
		stale.Version, stale.Table = version, "9"
		_, err := s.SaveOrder(t.Context(), stale, orders.Event{At: noon, Kind: orders.EventFed})
		wantError(t, err, orders.ErrConflict)
	}
	wantStored(t, s, second)
	wantSame(t, "events", history(t, s, o.ID), events)
}

func testInvalid(t *testing.T, s Store) {
	long := strings.Repeat("я", orders.MaxText+1)
	huge := decimal.New(1, 999_999_999) // must not be expanded
	for name, change := range map[string]func(*orders.Order){
		"no id":               func(o *orders.Order) { o.ID = uuid.Nil },
		"no source":           func(o *orders.Order) { o.Source = "rumour" },
		"no state":            func(o *orders.Order) { o.State = "" },
		"open, with reason":   func(o *orders.Order) { o.Reason = orders.ReasonFeed },
		"closed, for none":    closed(orders.ReasonNone),
		"long number":         func(o *orders.Order) { o.Number = long },
		"long table":          func(o *orders.Order) { o.Table = long },
		"long waiter":         func(o *orders.Order) { o.Waiter = long },
		"half a character":    func(o *orders.Order) { o.Table = "Тер\xd1" },
		"negative sum":        func(o *orders.Order) { o.Sum.Decimal = decimal.NewFromInt(-1) },
		"huge sum":            func(o *orders.Order) { o.Sum.Decimal = huge },
		"too fine a sum":      func(o *orders.Order) { o.Sum.Decimal = decimal.New(1, -13) },
		"too many digits":     func(o *orders.Order) { o.Sum.Decimal = decimal.RequireFromString("1" + strings.Repeat("0", 24)) },
		"too many dishes":     func(o *orders.Order) { o.Dishes = make([]orders.Dish, orders.MaxDishes+1) },
		"no count":            func(o *orders.Order) { o.Dishes[1].Count = decimal.Zero },
		"negative count":      func(o *orders.Order) { o.Dishes[1].Count = decimal.NewFromInt(-1) },
		"huge count":          func(o *orders.Order) { o.Dishes[1].Count = huge },
		"negative dish":       func(o *orders.Order) { o.Dishes[1].Sum = decimal.NewFromInt(-1) },
		"long dish":           func(o *orders.Order) { o.Dishes[1].Name = long },
		"long article":        func(o *orders.Order) { o.Dishes[1].SKU = long },
		"nobody as guest":     func(o *orders.Order) { o.Guest = &orders.Binding{} },
		"guest of no shop":    func(o *orders.Order) { o.Guest.Card.Vendor = 0 },
		"negative secret":     func(o *orders.Order) { o.Guest.Card.Secret = -1 },
		"long name of guest":  func(o *orders.Order) { o.Guest.Name = long },
		"nobody sits there":   func(o *orders.Order) { o.Seats = -1 },
		"too many seats":      func(o *orders.Order) { o.Seats = orders.MaxSeats + 1 },
		"dish of nobody":      func(o *orders.Order) { o.Dishes[1].Seat = 3 },
		"dish below seats":    func(o *orders.Order) { o.Dishes[1].Seat = -1 },
		"paid, but the POS's": closed(orders.ReasonPaid),
		"void, but the POS's": closed(orders.ReasonVoid),
		"fed, but the till's": func(o *orders.Order) { tills(o); closed(orders.ReasonFeed)(o) },
		"line without id":     func(o *orders.Order) { tills(o); o.Dishes[1].ID = uuid.Nil },
		"lines of one id":     func(o *orders.Order) { tills(o); o.Dishes[1].ID = o.Dishes[0].ID },
		"lines do not add up": func(o *orders.Order) { tills(o); o.Dishes[1].Sum = decimal.Zero },
		"no sum of lines":     func(o *orders.Order) { tills(o); o.Sum.Valid = false },
		"long who":            func(o *orders.Order) { o.Guest.BoundBy = long },
	} {
		o := newOrder(change)
		_, err := s.SaveOrder(t.Context(), o, orders.Event{At: noon, Kind: orders.EventOpened})
		if err == nil {
			t.Errorf("%s was saved", name)
		}
		wantError(t, err, orders.ErrInvalid)
		wantNothing(t, s, o.ID)
	}
	o := save(t, s, newOrder())
	broken := o
	broken.Source = ""
	_, err := s.SaveOrder(t.Context(), broken)
	wantError(t, err, orders.ErrInvalid)
	wantStored(t, s, o)
}

// testOver tries to open again, to change and to save anew what was paid or taken back. Its guest's secret is still wiped.
func testOver(t *testing.T, s Store) {
	shift := openShift(t, s)
	paid := settle(t, s, paidOrder(save(t, s, newOrder(tills)), shift))
	void := save(t, s, newOrder(tills, closed(orders.ReasonVoid)), orders.Event{At: noon, Kind: orders.EventClosed})
	for _, test := range []struct {
		order orders.Order
		want  error
	}{{paid, orders.ErrPaid}, {void, orders.ErrClosed}} {
		before := holds(t, s, test.order.ID)
		for name, change := range map[string]func(*orders.Order){
			"opened again":  func(o *orders.Order) { o.State, o.Reason = orders.StateOpen, orders.ReasonNone },
			"another table": func(o *orders.Order) { closed(orders.ReasonVoid)(o); o.Table = "8" },
			"taken back":    closed(orders.ReasonVoid),
			"the POS's": func(o *orders.Order) {
				o.Source, o.State, o.Reason = orders.SourceFeed, orders.StateOpen, orders.ReasonNone
			},
			"without a guest": func(o *orders.Order) { unbound(o); closed(orders.ReasonVoid)(o) },
		} {
			changed := kept(test.order)
			change(&changed)
			_, err := s.SaveOrder(t.Context(), changed, orders.Event{At: noon, Kind: orders.EventOpened})
			if err == nil {
				t.Errorf("%s, %s: it was saved", test.order.Reason, name)
			}
			wantError(t, err, test.want)
			changed.Version--
			_, err = s.SaveOrder(t.Context(), changed) // what was read before must be read again, and then it says more
			wantError(t, err, orders.ErrConflict)
			wantSame(t, name, holds(t, s, test.order.ID), before)
		}
	}
	_, err := s.WipeSecrets(t.Context(), noon.Add(time.Hour))
	must(t, err)
	for _, o := range []orders.Order{paid, void} {
		if got, err := s.Order(t.Context(), o.ID); err != nil || got.Guest.Card.Secret != 0 {
			t.Errorf("%s: the guest's secret is still there (%v)", o.Reason, err)
		}
	}
}

// testSavedAsPaid tries to say of an order that it is paid without a payment.
func testSavedAsPaid(t *testing.T, s Store) {
	o := newOrder(tills)
	paid := kept(o)
	closed(orders.ReasonPaid)(&paid)
	_, err := s.SaveOrder(t.Context(), paid)
	wantError(t, err, orders.ErrNotPaid)
	wantNothing(t, s, o.ID)
	o = save(t, s, o)
	paid.Version = o.Version
	_, err = s.SaveOrder(t.Context(), paid, orders.Event{At: noon, Kind: orders.EventClosed, Reason: orders.ReasonPaid})
	wantError(t, err, orders.ErrNotPaid)
	wantStored(t, s, o)
	wantSame(t, "events", history(t, s, o.ID), "")
}

// holding says of each state of an operation whether the guest of its order must stay.
var holding = map[loyalty.State]bool{
	loyalty.StatePlanned: true, loyalty.StateQueued: true, loyalty.StateSending: true, loyalty.StateConfirmed: true,
	loyalty.StateUnknown: true, loyalty.StateApplied: true, loyalty.StateReview: true,
	loyalty.StateRefused: false, loyalty.StateNotApplied: false, loyalty.StateVoided: false, loyalty.StateExpired: false,
}

// testPointsMoved tries to take a guest away beside an operation in each state.
func testPointsMoved(t *testing.T, s Store) {
	client := int64(100)
	try := func(name string, state loyalty.State, reason loyalty.Reason, holds bool) {
		client++
		o := save(t, s, newOrder(ofClient(client)), orders.Event{At: noon, Kind: orders.EventBound})
		events := history(t, s, o.ID)
		bring(t, s, newOperation(o.ID, client), state, reason)
		for who, change := range map[string]func(*orders.Order){
			"nobody": unbound,
			"other":  func(o *orders.Order) { o.Guest = newGuest(o.Guest.Card.Client + 1000) },
			"shop":   func(o *orders.Order) { o.Guest = newGuest(o.Guest.Card.Client); o.Guest.Card.Vendor++ },
		} {
			changed := kept(o)
			change(&changed)
			_, err := s.SaveOrder(t.Context(), changed, orders.Event{At: noon, Kind: orders.EventUnbound})
			if !holds {
				must(t, err)
				break // the guest is gone
			}
			if err == nil {
				t.Errorf("%s, to %s: the guest is gone", name, who)
			}
			wantError(t, err, orders.ErrPointsMoved)
			wantStored(t, s, o)
			wantSame(t, "events", history(t, s, o.ID), events)
		}
	}
	for _, state := range loyalty.States() {
		if state == loyalty.StateSettled {
			try("decided yes", state, loyalty.ReasonDecidedYes, true)
			try("decided no", state, loyalty.ReasonDecidedNo, false)
			continue
		}
		holds, known := holding[state]
		if !known {
			t.Errorf("the suite does not know the state %s", state)
		}
		try(string(state), state, loyalty.ReasonNone, holds)
	}
}

// testPointsOfOthers makes the changes that an operation does not stand in the way of.
func testPointsOfOthers(t *testing.T, s Store) {
	o := save(t, s, newOrder())
	bring(t, s, newOperation(o.ID, o.Guest.Card.Client), loyalty.StateConfirmed, "")
	o.Guest = newGuest(o.Guest.Card.Client)
	o.Guest.Card.Secret, o.Guest.Balance = 0, decimal.NewFromInt(2390)
	o = save(t, s, o) // the same guest with another scan
	o.State, o.Reason = orders.StateClosed, orders.ReasonPoints
	save(t, s, o)

	other := save(t, s, newOrder()) // the same guest's order, of which no operation is
	bring(t, s, newOperation(uuid.Nil, other.Guest.Card.Client), loyalty.StateConfirmed, "")
	bring(t, s, newOperation(uuid.New(), other.Guest.Card.Client), loyalty.StateUnknown, "")
	other.Guest = nil
	wantStored(t, s, save(t, s, other))

	empty := save(t, s, newOrder(unbound)) // a first guest beside an operation
	bring(t, s, newOperation(empty.ID, 7), loyalty.StateConfirmed, "")
	empty.Guest = newGuest(8)
	wantStored(t, s, save(t, s, empty))
}

// testRefusalsInOrder tells what a caller hears that is wrong in more than one way: first what it must mend itself, then
// what it must read again.
func testRefusalsInOrder(t *testing.T, s Store) {
	o := save(t, s, newOrder())
	bring(t, s, newOperation(o.ID, o.Guest.Card.Client), loyalty.StateUnknown, "")
	stale := newOrder(unbound, func(stale *orders.Order) { stale.ID = o.ID })
	_, err := s.SaveOrder(t.Context(), stale)
	wantError(t, err, orders.ErrConflict)
	stale.Source = ""
	_, err = s.SaveOrder(t.Context(), stale)
	wantError(t, err, orders.ErrInvalid)
}

// testWipeSecrets wipes operations and bindings together. What a caller read before brings no secret back.
func testWipeSecrets(t *testing.T, s Store) {
	scanned := func(at time.Time) func(*orders.Order) { return func(o *orders.Order) { o.Guest.ScannedAt = at } }
	old := save(t, s, newOrder(scanned(noon.Add(-time.Microsecond))), orders.Event{At: noon, Kind: orders.EventBound})
	over := save(t, s, newOrder(scanned(noon.Add(-time.Hour)), closed(orders.ReasonExpired)))
	edge, nobody := save(t, s, newOrder(scanned(noon))), save(t, s, newOrder(unbound))
	must(t, s.Plan(t.Context(), newOperation(old.ID, 1))) // scanned a minute before noon
	events := history(t, s, old.ID)
	for _, want := range []int{3, 0} {
		wiped, err := s.WipeSecrets(t.Context(), noon)
		must(t, err)
		wantSame(t, "wiped", fmt.Sprint(wiped), fmt.Sprint(want))
	}
	_, err := s.SaveOrder(t.Context(), old)
	wantError(t, err, orders.ErrConflict)
	for _, o := range []orders.Order{old, over} {
		o = kept(o)
		o.Version++
		o.Guest.Card.Secret = 0
		wantStored(t, s, o)
	}
	wantStored(t, s, edge)
	wantStored(t, s, nobody)
	wantSame(t, "events", history(t, s, old.ID), events)
}

func testSaveRace(t *testing.T, s Store) {
	const rivals = 8
	o := save(t, s, newOrder())
	for _, from := range []orders.Order{newOrder(), o} { // a new order, and a change
		results := make(chan error, rivals)
		for i := range rivals {
			go func() {
				mine := kept(from)
				mine.Table = fmt.Sprint(i)
				_, err := s.SaveOrder(t.Context(), mine, orders.Event{At: noon, Kind: orders.EventFed, Actor: mine.Table})
				results <- err
			}()
		}
		won := 0
		for range rivals {
			err := <-results
			if err == nil {
				won++
				continue
			}
			wantError(t, err, orders.ErrConflict)
		}
		wantSame(t, "winners", fmt.Sprint(won), "1")
		got, err := s.Order(t.Context(), from.ID)
		must(t, err)
		events, err := s.OrderEvents(t.Context(), from.ID)
		must(t, err)
		wantSame(t, "events", fmt.Sprint(len(events), events[0].Actor), fmt.Sprint(1, got.Table))
	}
}

func testCopies(t *testing.T, s Store) {
	given := newOrder()
	want := save(t, s, given)
	before := describe(want)
	spoil := func(o orders.Order) { o.Dishes[0].Name, o.Guest.Name, o.Guest.Card.Client = "nothing", "nobody", 1 }
	spoil(given)
	spoil(want)
	read, err := s.Order(t.Context(), want.ID)
	must(t, err)
	wantSame(t, "after the caller changed theirs", describe(read), before)
	spoil(read)
	page, err := s.Orders(t.Context(), orders.Filter{})
	must(t, err)
	wantSame(t, "after the reader changed theirs", describe(page[0]), before)
	spoil(page[0])
	read, err = s.Order(t.Context(), want.ID)
	must(t, err)
	wantSame(t, "after the reader changed a page", describe(read), before)
}
