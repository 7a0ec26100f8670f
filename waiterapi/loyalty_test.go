package waiterapi_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/waiterapi"
)

func percent(text string) decimal.NullDecimal { return decimal.NewNullDecimal(number(text)) }

// suggestions are what a reply of loyalty suggests.
func suggestions(t *testing.T, body string) string {
	t.Helper()
	said := []string{}
	for _, line := range decoded(t, body).(map[string]any)["Suggestions"].([]any) {
		said = append(said, strings.ReplaceAll(line.(string), "\u00a0", " "))
	}
	return strings.Join(said, "; ")
}

func TestSuggestions(t *testing.T) {
	redeemed := loyalty.Operation{Kind: loyalty.Redemption, State: loyalty.StateConfirmed, Points: number("125")}
	accrued := loyalty.Operation{Kind: loyalty.Accrual, State: loyalty.StateApplied, Points: number("22")}
	takenBack := loyalty.Operation{Kind: loyalty.Redemption, Link: loyalty.LinkReversal, State: loyalty.StateConfirmed, Points: number("22")}
	givenBack := loyalty.Operation{Kind: loyalty.Accrual, Link: loyalty.LinkReversal, State: loyalty.StateConfirmed, Points: number("125")}
	tests := []struct {
		name  string
		sum   string // of the order; empty: not known
		limit string
		moved []loyalty.Operation
		stale error
		want  string
	}{
		{"sum known", "1250", "125", nil, nil, "Можно списать до 125 баллов; За этот заказ будет начислено 25"},
		{"sum not known", "", "142", nil, nil, "Баллами можно оплатить до 10 % заказа; За заказ начисляется 2 % баллами"},
		{"nothing to redeem", "1250", "0", nil, nil, "За этот заказ будет начислено 25"},
		{"too small a sum", "10", "0", nil, nil, ""},
		{"redeemed", "1250", "0", []loyalty.Operation{redeemed}, nil, "По этому заказу списано: 125 баллов; За этот заказ будет начислено 22"},
		{"both", "1250", "0", []loyalty.Operation{accrued, redeemed}, nil, "По этому заказу списано: 125 баллов; По этому заказу начислено: 22 балла"},
		{"reversed", "1250", "125", []loyalty.Operation{takenBack, givenBack, accrued, redeemed}, nil, "Можно списать до 125 баллов; За этот заказ будет начислено 25"},
		{"on the way", "1250", "0", []loyalty.Operation{{Kind: loyalty.Accrual, State: loyalty.StateSending, Points: number("25")}}, nil, "Баллы по этому заказу сейчас проводят"},
		{"old balance", "1250", "125", nil, &skidkabot.NotSentError{}, "Skidkabot не отвечает. Баланс известен 22 минуты назад; Можно списать до 125 баллов; За этот заказ будет начислено 25"},
		{"expired QR", "", "0", nil, loyalty.ErrQRExpired, "QR гостя больше не действует. Баланс известен 22 минуты назад; За заказ начисляется 2 % баллами"},
		{"refused QR", "", "0", nil, &skidkabot.RefusedError{Code: 9}, "QR гостя больше не действует. Баланс известен 22 минуты назад; За заказ начисляется 2 % баллами"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := seated()
			s.Guest.Rules = loyalty.Rules{AccruePercent: percent("2"), RedeemPercent: percent("10"), Step: number("1")}
			s.Moved, s.Stale = test.moved, test.stale
			if test.sum != "" {
				s.Order.Sum = percent(test.sum)
			}
			if test.stale != nil {
				s.Guest.ReadAt = noon.Add(-22 * time.Minute)
			}
			b := seat(s)
			b.limit = func(_ context.Context, _ uuid.UUID, unknownSumIsZero bool) (decimal.Decimal, error) {
				if unknownSumIsZero {
					t.Error("a hint does not follow the setting of the limits")
				}
				return number(test.limit), nil
			}
			a := open(t, options(b)).ask("GET", order("/loyalty"), "")
			if got := suggestions(t, a.Body); a.Status != 200 || got != test.want {
				t.Errorf("got %d %s\nwant %s", a.Status, got, test.want)
			}
		})
	}
}

func TestNobodyAtAnOrderLooksTheSameWhateverTheReason(t *testing.T) {
	for _, err := range []error{orders.ErrNotFound, orders.ErrNoGuest, orders.ErrClosed} {
		b := &book{
			guest: func(context.Context, uuid.UUID) (orders.Seated, error) { return orders.Seated{}, err },
			limit: func(context.Context, uuid.UUID, bool) (decimal.Decimal, error) { return decimal.Zero, err },
		}
		d := open(t, options(b))
		if a := d.ask("GET", order("/loyalty"), ""); a.Status != 204 {
			t.Errorf("%v: loyalty gives %d %s", err, a.Status, a.Body)
		}
		if a := d.ask("GET", order("/paymentLimits"), ""); a.Status != 200 || a.Body != `{"BonusSum":0,"DepositSum":0}` {
			t.Errorf("%v: the limits are %d %s", err, a.Status, a.Body)
		}
	}
}

func TestWhenNothingIsKnownTheWaiterIsTold(t *testing.T) {
	trouble := errors.New("the journal cannot be read")
	for name, b := range map[string]*book{
		"no guest": {guest: func(context.Context, uuid.UUID) (orders.Seated, error) { return orders.Seated{}, trouble }},
		"no limit": {
			guest: seat(seated()).guest,
			limit: func(context.Context, uuid.UUID, bool) (decimal.Decimal, error) { return decimal.Zero, trouble },
		},
	} {
		a := open(t, options(b)).ask("GET", order("/loyalty"), "")
		if want := `{"ProductSKUs":[],"UserWallets":[],"Suggestions":[],"WaiterMessage":"` + wordsTrouble + `"}`; a.Status != 200 || a.Body != want {
			t.Errorf("%s: got %d %s", name, a.Status, a.Body)
		}
	}
}

func TestPaymentLimits(t *testing.T) {
	for _, zero := range []bool{false, true} {
		b := &book{limit: func(_ context.Context, id uuid.UUID, unknownSumIsZero bool) (decimal.Decimal, error) {
			if id != orderID || unknownSumIsZero != zero {
				t.Errorf("the book was asked for %s, %v", id, unknownSumIsZero)
			}
			return number("125"), nil
		}}
		o := options(b)
		o.UnknownSumIsZero = zero
		if a := open(t, o).ask("GET", order("/paymentLimits"), ""); a.Body != `{"BonusSum":125,"DepositSum":0}` {
			t.Errorf("got %d %s", a.Status, a.Body)
		}
	}
	broken := &book{limit: func(context.Context, uuid.UUID, bool) (decimal.Decimal, error) {
		return decimal.Zero, errors.New("disk")
	}}
	if a := open(t, options(broken)).ask("GET", order("/paymentLimits"), ""); a.Status != 503 {
		t.Errorf("a broken journal gives %d %s", a.Status, a.Body)
	}
}

// A service that hangs delays a reading by seconds at most.
func TestReadingsDoNotWaitLong(t *testing.T) {
	var deadlines atomic.Int32
	look := func(ctx context.Context) {
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= 2500*time.Millisecond {
			deadlines.Add(1)
		}
	}
	d := open(t, options(&book{
		guest: func(ctx context.Context, _ uuid.UUID) (orders.Seated, error) {
			look(ctx)
			return seated(), nil
		},
		limit: func(ctx context.Context, _ uuid.UUID, _ bool) (decimal.Decimal, error) {
			look(ctx)
			return decimal.Zero, nil
		},
	}))
	d.ask("GET", order("/loyalty"), "")
	d.ask("GET", order("/paymentLimits"), "")
	if got := deadlines.Load(); got != 3 {
		t.Errorf("%d of 3 questions had a limit", got)
	}
}

// counted is a book that counts how often its guest is asked for.
func counted(s *orders.Seated) (*book, *atomic.Int32) {
	var asked atomic.Int32
	return &book{guest: func(_ context.Context, id uuid.UUID) (orders.Seated, error) {
		asked.Add(1)
		told := *s
		told.Order.ID = id
		return told, nil
	}}, &asked
}

func TestAReplyIsKeptWhileTheBalanceIsFresh(t *testing.T) {
	s := seated()
	b, asked := counted(&s)
	d := open(t, options(b))
	read := func(path string, want int32) answer {
		t.Helper()
		a := d.ask("GET", path, "")
		if a.Status != 200 || asked.Load() != want {
			t.Fatalf("%d %s, and the book was asked %d times, want %d", a.Status, a.Body, asked.Load(), want)
		}
		return a
	}
	first := read(order("/loyalty"), 1)
	d.clock.Advance(10*time.Second - time.Nanosecond)
	if again := read(order("/loyalty"), 1); again.Body != first.Body || again.Header.Get("Content-Type") != first.Header.Get("Content-Type") {
		t.Errorf("the kept reply is another: %v", again)
	}
	if other := read(strings.ToUpper(order("/loyalty"))+"/", 1); other.Body != first.Body {
		t.Errorf("by another way of writing it: %v", other)
	}
	d.clock.Advance(time.Nanosecond)
	read(order("/loyalty"), 2)
	s.Guest.ReadAt = d.clock.Now().Add(-9 * time.Second) // the book's own reading was not quite fresh
	read(order("/loyalty"), 3)
	d.clock.Advance(time.Second)
	read(order("/loyalty"), 4)
}

func TestAnOldBalanceIsKeptShortly(t *testing.T) {
	s := seated()
	s.Guest.ReadAt, s.Stale = noon.Add(-time.Hour), &skidkabot.NotSentError{}
	b, asked := counted(&s)
	d := open(t, options(b))
	for _, step := range []struct {
		after time.Duration
		want  int32
	}{{0, 1}, {2*time.Second - 1, 1}, {1, 2}} {
		d.clock.Advance(step.after)
		if d.ask("GET", order("/loyalty"), ""); asked.Load() != step.want {
			t.Errorf("the book was asked %d times, want %d", asked.Load(), step.want)
		}
	}
}

func TestAReplyIsDroppedAtOnceByNews(t *testing.T) {
	other := uuid.New()
	tests := []struct {
		name string
		news any
		want int32 // how often the book is asked for the order in the end
	}{
		{"the order changed", orders.Changed{Order: orders.Order{ID: orderID}}, 2},
		{"another order changed", orders.Changed{Order: orders.Order{ID: other}}, 1},
		{"an operation of the order", loyalty.OperationChanged{Operation: loyalty.Operation{Order: orderID, Client: 1}}, 2},
		{"an operation of the guest", loyalty.OperationChanged{Operation: loyalty.Operation{Client: card.Client}}, 2},
		{"an operation of others", loyalty.OperationChanged{Operation: loyalty.Operation{Order: other, Client: 1}}, 1},
		{"news of something else", notice.State{Part: notice.Service, Level: notice.Trouble}, 1},
	}
	for _, test := range tests {
		s := seated()
		b, asked := counted(&s)
		d := open(t, options(b))
		d.ask("GET", order("/loyalty"), "")
		d.hub.Publish(test.news)
		if d.ask("GET", order("/loyalty"), ""); asked.Load() != test.want {
			t.Errorf("%s: the book was asked %d times, want %d", test.name, asked.Load(), test.want)
		}
	}
}

// News that come while a reply is made may be in it or not: it is told, but not kept.
func TestAReplyThatNewsOvertookIsNotKept(t *testing.T) {
	var asked atomic.Int32
	o := options(nil)
	o.Book = &book{guest: func(context.Context, uuid.UUID) (orders.Seated, error) {
		if asked.Add(1) == 1 {
			o.Hub.Publish(orders.Changed{Order: orders.Order{ID: orderID}})
		}
		return seated(), nil
	}}
	d := open(t, o)
	for range 3 {
		d.ask("GET", order("/loyalty"), "")
	}
	if got := asked.Load(); got != 2 {
		t.Errorf("the book was asked %d times, want 2", got)
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	s := seated()
	b, _ := counted(&s)
	d := open(t, options(b))
	for range 1100 {
		if a := d.ask("GET", "/orders/"+uuid.NewString()+"/loyalty", ""); a.Status != 200 {
			t.Fatalf("got %d %s", a.Status, a.Body)
		}
	}
	if got, _ := waiterapi.Kept(d.server); got > 1024 || got < 1 {
		t.Errorf("%d replies are kept", got)
	}
}
