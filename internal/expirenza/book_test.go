package expirenza

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
)

// house is a shop with the real order book.
type house struct {
	*shop
	book  *orders.Book
	store *orderstest.MemoryStore
}

func newHouse(t *testing.T) *house {
	h := &house{store: new(orderstest.MemoryStore)}
	h.store.Register = 1
	h.shop = newShop(t, func(o *Options) {
		h.book = orders.NewBook(orders.Options{
			Desk: struct{ orders.Desk }{}, // nobody has a card here
			Hub:  o.Hub, Operations: h.store, Store: h.store, Register: 1,
		})
		o.Book, o.Outbox = h.book, h.store
	})
	return h
}

// seat opens an order of one line.
func (h *house) seat(table, sum string) orders.Order {
	h.t.Helper()
	order, err := h.book.OpenOrder(h.t.Context(), orders.NewOrder{
		ID: uuid.Must(uuid.NewV7()), Table: table, Cashier: "Оля",
		Dishes: []orders.Dish{{Name: "Борщ", Count: decimal.NewFromInt(1), Sum: dec(sum)}},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return order
}

func (h *house) openShift() {
	h.t.Helper()
	if _, err := h.book.OpenShift(h.t.Context(), "Оля"); err != nil {
		h.t.Fatal(err)
	}
}

// wantPaid wants an order to be closed by exactly one payment by QR, of its sum.
func (h *house) wantPaid(order uuid.UUID) {
	h.t.Helper()
	now, err := h.book.Find(h.t.Context(), order)
	if err != nil || now.Reason != orders.ReasonPaid {
		h.t.Errorf("the order is %s, %s: %v", now.State, now.Reason, err)
	}
	payments, err := h.store.Payments(h.t.Context(), order)
	if err != nil || len(payments) != 1 || payments[0].Kind != orders.PaidQR || !payments[0].Sum.Equal(now.Sum.Decimal) {
		h.t.Errorf("its payments are %v, %v", payments, err)
	}
}

func TestWithTheRealBook(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		h := newHouse(t)
		order := h.seat("5", "129.20")
		h.open()
		defer h.close()

		shown, err := h.sim.GetBill(t.Context(), "5", "")
		if err != nil || len(shown.Orders) != 1 || shown.Orders[0].BillID != order.ID.String() || !shown.Orders[0].TotalSum.Equal(exampleSum) {
			t.Fatalf("the guest sees %+v, %v", shown, err)
		}
		paying := h.sim.Pay(expirenzasim.Payment{Bill: order.ID, Sum: exampleSum})
		after(time.Second)
		if got := paying.Result(); got.Substate != "CASHIERS_SHIFT_CLOSED" {
			t.Errorf("with a closed shift: %+v", got)
		}
		h.openShift()
		after(20 * time.Second)
		if !paying.Result().Closed {
			t.Errorf("with an open shift: %+v", paying.Result())
		}
		h.wantPaid(order.ID)

		again := h.sim.Pay(expirenzasim.Payment{Bill: order.ID, Sum: exampleSum})
		after(time.Second) // an answer on the same bill would take the place of this one
		other := h.sim.Pay(expirenzasim.Payment{Bill: order.ID, Sum: dec("130")})
		foreign := h.sim.Pay(expirenzasim.Payment{Bill: uuid.New(), Sum: dec("130")})
		after(time.Second)
		if !again.Result().Closed || other.Result().Substate != "WRONG_REQUEST_SUM" || foreign.Result().Substate != "OTHER_ERROR" {
			t.Errorf("again %+v, another sum %+v, a foreign bill %+v", again.Result(), other.Result(), foreign.Result())
		}
		h.wantPaid(order.ID)
		other.Stop()

		// A rID that is nothing to the book is still one to Expirenza.
		err = h.sim.Send(expirenzasim.Message{RID: " ", Operation: opPayBill, Fields: map[string]any{"billId": order.ID, "sum": 1}})
		if err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		if got := h.alarms(); len(got) != 1 || got[0] != AlarmUnreadable {
			t.Errorf("alarms %q", got)
		}
	})
}

// faultsOfADay are what a day may bring to the way between the till and Expirenza.
func faultsOfADay() []expirenzasim.Fault {
	return []expirenzasim.Fault{
		{}, {}, expirenzasim.Duplicate(), expirenzasim.Lose(), expirenzasim.Reorder(),
		expirenzasim.Refuse("", http.StatusBadGateway, 3), expirenzasim.Cut(opPayBill, 2), expirenzasim.LoseAnswer(opPayBill, 2),
		expirenzasim.Slow("", 3*time.Second), expirenzasim.Slow(opPayBill, 20*time.Second),
	}
}

var days = flag.Int("days", 8, "how many seeds TestDaysOfPayments lives through")

// Days of payments with everything going wrong, the till being started anew among it: in the end each bill is closed by its
// one payment, and Expirenza knows. A failing seed is run again by its name.
func TestDaysOfPayments(t *testing.T) {
	for seed := range *days {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inBubble(t, func(t *testing.T) { dayOfPayments(t, rand.New(rand.NewPCG(uint64(seed), 0))) })
		})
	}
}

func dayOfPayments(t *testing.T, random *rand.Rand) {
	h := newHouse(t)
	h.openShift()
	h.open()
	type bill struct {
		order  uuid.UUID
		paying *expirenzasim.Paying
	}
	var bills []bill
	shiftOpen := true
	for range 40 {
		switch random.IntN(8) {
		case 0, 1:
			order := h.seat("5", "129.20")
			payment := expirenzasim.Payment{Bill: order.ID, Sum: exampleSum, SameRequest: random.IntN(2) == 0}
			bills = append(bills, bill{order.ID, h.sim.Pay(payment)})
		case 2:
			faults := faultsOfADay()
			h.sim.SetFault(faults[random.IntN(len(faults))])
		case 3:
			_ = h.sim.Drop() // none may be connected
		case 4:
			h.restart()
		case 5:
			if shiftOpen {
				if _, _, err := h.book.CloseShift(context.Background(), "Оля"); err != nil {
					t.Fatal(err)
				}
			} else {
				h.openShift()
			}
			shiftOpen = !shiftOpen
		case 6:
			h.sim.SetDeaf(random.IntN(2) == 0)
		}
		after(time.Duration(random.IntN(30_000)) * time.Millisecond)
	}
	h.sim.SetFault(expirenzasim.Fault{})
	h.sim.SetDeaf(false)
	if !shiftOpen {
		h.openShift()
	}
	after(20 * time.Minute)
	for _, b := range bills {
		h.wantPaid(b.order)
		if !b.paying.Result().Closed {
			t.Errorf("Expirenza does not know: %+v", b.paying.Result())
		}
	}
	if next, err := h.store.NextLetter(t.Context(), Name); err != nil || !next.IsZero() {
		t.Errorf("a letter still waits for %s, %v", next, err)
	}
	h.close()
}

// restart ends the door as it is and runs another over the same outbox, no sooner than Expirenza wants to hear of it.
func (s *shop) restart() {
	s.t.Helper()
	s.stop()
	client, err := New(s.client.Options)
	if err != nil {
		s.t.Fatal(err)
	}
	s.client = client
	after(attemptPause)
	s.open()
}
