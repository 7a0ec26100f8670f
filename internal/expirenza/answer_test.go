package expirenza

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
)

func unmarshal(body []byte, into any) error { return json.Unmarshal(body, into) }

// brokenOutbox fails while it is broken.
type brokenOutbox struct {
	Outbox
	broken atomic.Bool
}

func (o *brokenOutbox) Letters(ctx context.Context, system string, now time.Time, limit int) ([]orders.Letter, error) {
	if o.broken.Load() {
		return nil, errors.New("the journal is busy")
	}
	return o.Outbox.Letters(ctx, system, now, limit)
}

func TestEveryReadIsAnswered(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.book.bills = []orders.Bill{{Order: exampleOrder(), Due: exampleSum}}
		s.open()
		defer s.close()
		for operation := range reads {
			if got := s.ask(operation, nil); got.Status != http.StatusOK || got.Operation != operation {
				t.Errorf("%s: %d on %s", operation, got.Status, got.Operation)
			}
		}
		shown, err := s.sim.GetBill(t.Context(), "", exampleBill.String())
		if err != nil || shown.State != stateSuccess || len(shown.Orders) != 1 || !shown.Orders[0].TotalSum.Equal(exampleSum) {
			t.Errorf("getBill: %+v, %v", shown, err)
		}
	})
}

func TestATableIsFoundByNumberAndByName(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t, func(o *Options) { o.Tables = []Table{{Number: 3, Name: "Терраса"}, {Number: 4, Name: "4"}} })
		byName, byNumber := exampleOrder(), exampleOrder()
		byName.Table = "Терраса"
		byNumber.ID, byNumber.Table = uuid.New(), "3"
		s.book.bills = []orders.Bill{{Order: byName, Due: exampleSum}, {Order: byNumber, Due: exampleSum}}
		s.open()
		defer s.close()
		for table, want := range map[string]struct {
			substate string
			orders   int
		}{"3": {"", 2}, " 3 ": {"", 2}, "4": {noOrder, 0}, "5": {noTable, 0}, "Терраса": {noTable, 0}} {
			shown, err := s.sim.GetBill(t.Context(), table, "")
			if err != nil || shown.Substate != want.substate || len(shown.Orders) != want.orders {
				t.Errorf("table %q: %+v, %v", table, shown, err)
			}
		}
	})
}

func TestWithoutAListAnyTableMayBeThere(t *testing.T) {
	client := exampleClient(t)
	client.Tables = nil
	if got := client.tableNames("99"); !slices.Equal(got, []string{"99"}) {
		t.Errorf("table names %q", got)
	}
	if got := client.tableNumber("у окна"); got != "у окна" {
		t.Errorf("table number %q", got)
	}
}

func TestABookThatCannotBeReadIsNoOrder(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.book.billsErr = errors.New("the journal is busy")
		s.open()
		defer s.close()
		shown, err := s.sim.GetBill(t.Context(), "1", "")
		if err != nil || shown.State != stateFail || shown.Substate != noOrder {
			t.Errorf("%+v, %v", shown, err)
		}
	})
}

func TestARequestWithoutTableOrBillShowsNobodysBill(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.book.bills = []orders.Bill{{Order: exampleOrder(), Due: exampleSum}}
		s.open()
		defer s.close()
		for _, fields := range []map[string]any{nil, {"tableNumber": ""}, {"tableNumber": " "}, {"tableNumber": nil, "billId": nil}, {"tableNumber": []int{}}} {
			if got := s.ask(opGetBill, fields); got.Substate != noOrder {
				t.Errorf("%v: %s", fields, got.Body)
			}
		}
	})
}

func TestAReadIsTriedAgainOnlyWhileItIsFresh(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		s.sim.SetFault(expirenzasim.Refuse(opTables, http.StatusBadGateway, 3))
		if got := s.ask(opTables, nil); !got.Taken || got.After > 12*time.Second {
			t.Errorf("taken after %s", got.After)
		}
		s.sim.SetFault(expirenzasim.Refuse(opHalls, http.StatusBadGateway, -1))
		if _, err := s.sim.Ask(opHalls, nil); err != nil {
			t.Fatal(err)
		}
		after(10 * time.Minute)
		callbacks := s.of(opHalls)
		if last := callbacks[len(callbacks)-1]; last.Late || len(callbacks) < 5 {
			t.Errorf("%d attempts, the last after %s", len(callbacks), last.After)
		}
		if !strings.Contains(s.log.String(), "too late") {
			t.Error("the log does not say that an answer was too late")
		}
	})
}

func TestARejectedReadIsNotSentAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		s.sim.SetFault(expirenzasim.Refuse(opUsers, http.StatusBadRequest, -1))
		if _, err := s.sim.Ask(opUsers, nil); err != nil {
			t.Fatal(err)
		}
		after(5 * time.Minute)
		if got := len(s.of(opUsers)); got != 1 {
			t.Errorf("%d attempts", got)
		}
		if got := s.alarms(); !slices.Equal(got, []AlarmKind{AlarmRejected}) {
			t.Errorf("alarms %q", got)
		}
	})
}

func TestTooManyMessagesAreDropped(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		hold := make(chan struct{})
		s.sim.SetFault(expirenzasim.Fault{Callback: func(c expirenzasim.Callback) *expirenzasim.Answer {
			if c.Operation == opCheckWork {
				return &expirenzasim.Answer{Taken: true, Hold: hold}
			}
			return nil
		}})
		for range maxReads + 10 {
			if _, err := s.sim.Ask(opCheckWork, nil); err != nil {
				t.Fatal(err)
			}
		}
		after(time.Second)
		close(hold)
		after(time.Second)
		if got := len(s.of(opCheckWork)); got != maxReads {
			t.Errorf("%d messages were answered, want %d", got, maxReads)
		}
		if paying := s.payExample(); true {
			after(time.Second)
			if !paying.Result().Closed {
				t.Error("reads took the place of a payment")
			}
		}
		s.close()
	})
}

func TestAPanicOverAReadIsNotTheEnd(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t, func(o *Options) { o.GuestName = func(int) string { panic("a mistake") } })
		s.book.bills = []orders.Bill{{Order: exampleOrder(), Due: exampleSum}}
		s.open()
		defer s.close()
		if _, err := s.sim.Ask(opGetBill, map[string]any{"tableNumber": "у окна"}); err != nil {
			t.Fatal(err)
		}
		after(10 * time.Second) // the cache meets it too
		if got := s.ask(opCheckWork, nil); got.Status != http.StatusOK {
			t.Errorf("the next message was answered with %d", got.Status)
		}
		for _, operation := range []string{opGetBill, topicWebhook} {
			if !strings.Contains(s.log.String(), `"expirenza: a panic" operation=`+operation) {
				t.Errorf("the log does not say so of %s", operation)
			}
		}
	})
}

func TestTheCacheIsSentEachFiveSeconds(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.book.bills = []orders.Bill{{Order: exampleOrder(), Due: exampleSum}}
		s.open()
		defer s.close()
		after(60*time.Second + time.Millisecond)
		hooks := s.of(topicWebhook)
		if len(hooks) != 12 {
			t.Errorf("%d webhooks in a minute", len(hooks))
		}
		if got := s.sim.Orders(); len(got) != 1 || !got[0].TotalSum.Equal(exampleSum) {
			t.Errorf("the cache has %v", got)
		}
		if got := s.book.queries[0]; got != (orders.BillQuery{}) {
			t.Errorf("the book was asked for %v, want all without showing them to anybody", got)
		}
	})
}

func TestTheCacheIsSentOnlyWhileConnectedAndAsItIsTaken(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		s.sim.SetFault(expirenzasim.Refuse(topicWebhook, http.StatusBadRequest, -1))
		after(10 * time.Minute)
		if got := len(s.of(topicWebhook)); got > 15 {
			t.Errorf("%d webhooks in ten minutes though they are rejected", got)
		}
		s.sim.SetFault(expirenzasim.Fault{})
		after(6 * time.Minute)
		s.wire.Close()
		if err := s.sim.Drop(); err != nil {
			t.Fatal(err)
		}
		before := len(s.of(topicWebhook))
		after(5 * time.Minute)
		if got := len(s.of(topicWebhook)); got > before {
			t.Errorf("%d webhooks without a connection", got-before)
		}
		s.close()
	})
}

func TestWhatIsTooMuchForTheCacheIsNotSent(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		order := exampleOrder()
		order.Dishes = slices.Repeat(order.Dishes, 300)
		s.book.bills = slices.Repeat([]orders.Bill{{Order: order, Due: exampleSum}}, 50)
		s.open()
		defer s.close()
		after(time.Minute)
		if got := len(s.of(topicWebhook)); got != 0 {
			t.Errorf("%d webhooks", got)
		}
		if !strings.Contains(s.log.String(), "too many open lines") {
			t.Error("the log does not say why")
		}
	})
}

func TestACacheThatCannotBeReadIsNotSent(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.book.billsErr = errors.New("the journal is busy")
		s.open()
		defer s.close()
		after(time.Minute)
		if got := len(s.of(topicWebhook)); got != 0 {
			t.Errorf("%d webhooks", got)
		}
	})
}

func TestSettingsAreKeptAndTold(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		for _, fields := range []map[string]any{
			{"printPrecheckQr": true, "precheckQrUrl": "https://pay.example/1", "messageBeforeQr": "до", "paymentAllowed": true},
			{"messageAfterQr": "после", "bonusUsage": "yes", "printDeliveryPrecheckQr": true, "precheckQrUrl": strings.Repeat("x", 201)},
		} {
			if _, err := s.sim.Ask(opSettings, fields); err != nil {
				t.Fatal(err)
			}
			after(time.Second)
		}
		want := Settings{PrintPrecheckQR: true, PrecheckQRURL: "https://pay.example/1", MessageBeforeQR: "до", MessageAfterQR: "после",
			PrintDeliveryPrecheckQR: true, PaymentAllowed: true}
		s.mu.Lock()
		defer s.mu.Unlock()
		i := slices.IndexFunc(s.news, func(news any) bool { return news == any(want) })
		if i < 0 {
			t.Errorf("the news are %v", s.news)
		}
	})
}

func TestTheStateIsTheWorstOfWhatIsKnown(t *testing.T) {
	type said struct {
		level notice.Level
		code  string
	}
	var got said
	h := health{publish: func(level notice.Level, code string) { got = said{level, code} }}
	h.start()
	for i, step := range []struct {
		do   func()
		want said
	}{
		{func() { h.setFailing(opPayBill, true) }, said{}}, // nothing is known of the connection yet
		{func() { h.setLink(StateConnect) }, said{notice.Trouble, StateConnect}},
		{func() { h.setLink("") }, said{notice.Warning, StateCallbacks}},
		{func() { h.setFailing(topicWebhook, false) }, said{notice.Warning, StateCallbacks}},
		{func() { h.setFailing(opPayBill, false) }, said{notice.Good, ""}},
		{func() { h.setRefused() }, said{notice.Trouble, StateRefused}},
		{func() { h.setLink("") }, said{notice.Trouble, StateRefused}},
	} {
		step.do()
		if got != step.want {
			t.Errorf("step %d: %v, want %v", i, got, step.want)
		}
	}
	if h.connected() {
		t.Error("a stopped door is connected")
	}
}
