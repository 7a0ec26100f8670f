package expirenza

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
)

func TestAPaymentIsAnswered(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		paying := s.sim.Pay(expirenzasim.Payment{
			Bill: exampleBill, Sum: exampleSum, Tips: dec("19.24"),
			Fiscal: []expirenzasim.FiscalLine{{Key: "ЕКВАЙЕР", Value: "Universal Bank"}},
		})
		after(time.Second)
		if got := paying.Result(); !got.Closed || got.Asked != 1 {
			t.Errorf("result %+v", got)
		}
		paid := s.book.paid()
		if len(paid) != 1 || paid[0].Bill != exampleBill || !paid[0].Sum.Equal(exampleSum) || !paid[0].Tips.Equal(dec("19.24")) || len(paid[0].Fiscal) != 1 {
			t.Errorf("the book was asked %+v", paid)
		}
		if got := s.book.outcomes(); !slices.Equal(got, []orders.LetterOutcome{orders.LetterDelivered}) {
			t.Errorf("letters ended %q", got)
		}
	})
}

// Each obstacle makes Expirenza ask again until it is out of the way, but for the one that says never.
func TestABlockedBillClosesOnceItIsUnblocked(t *testing.T) {
	for obstacle, want := range map[orders.Obstacle]string{
		orders.ObstacleSum: "WRONG_REQUEST_SUM", orders.ObstacleShift: "CASHIERS_SHIFT_CLOSED", orders.ObstaclePrinter: "PRINTER_ERROR",
		orders.ObstacleTicket: "CLOSE_ORDER_BLOCKED", orders.ObstacleInUse: "BILL_IN_USE",
	} {
		inBubble(t, func(t *testing.T) {
			s := newShop(t)
			s.book.judge = says(obstacle)
			s.open()
			defer s.close()
			paying := s.payExample()
			after(50 * time.Second)
			if got := paying.Result(); got.Closed || got.Substate != want || got.Asked != 3 {
				t.Errorf("%s: %+v", obstacle, got)
			}
			s.book.setJudge(nil)
			after(20 * time.Second)
			if got := paying.Result(); !got.Closed || got.Asked != 4 {
				t.Errorf("%s, out of the way: %+v", obstacle, got)
			}
		})
	}
}

func TestWhatCanNeverBeClosedIsSaidOnce(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.book.judge = says(orders.ObstacleNever)
		s.open()
		defer s.close()
		paying := s.payExample()
		after(5 * time.Minute)
		if got := paying.Result(); got.Closed || got.Substate != "OTHER_ERROR" || got.Asked != 1 {
			t.Errorf("result %+v", got)
		}
	})
}

func TestWhatCannotBeDecidedIsInUseAndNotInTheOutbox(t *testing.T) {
	for name, judge := range map[string]func(orders.External) (orders.Verdict, error){
		"busy": func(orders.External) (orders.Verdict, error) {
			return orders.Verdict{}, errors.New("the journal is busy")
		},
		"panic": func(orders.External) (orders.Verdict, error) { panic("a mistake") },
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				s := newShop(t)
				s.book.judge = judge
				s.open()
				defer s.close()
				paying := s.payExample()
				after(time.Second)
				if got := paying.Result(); got.Substate != "BILL_IN_USE" {
					t.Errorf("result %+v", got)
				}
				if got := s.book.outcomes(); len(got) != 0 {
					t.Errorf("letters ended %q, want none to be written", got)
				}
				s.book.setJudge(nil)
				after(30 * time.Second)
				if !paying.Result().Closed {
					t.Error("the bill was not closed afterwards")
				}
			})
		})
	}
}

func TestASumThatCannotBeReadIsNotJudged(t *testing.T) {
	for _, sum := range []any{nil, "much", -1, 0, "1e999999999", []int{1}, strings.Repeat("9", 41), "0.0000000000001"} {
		inBubble(t, func(t *testing.T) {
			s := newShop(t)
			s.open()
			defer s.close()
			got := s.ask(opPayBill, map[string]any{"billId": exampleBill.String(), "sum": sum})
			if got.Substate != "WRONG_REQUEST_SUM" {
				t.Errorf("sum %v: %s", sum, got.Body)
			}
			if len(s.book.paid()) != 0 {
				t.Errorf("sum %v was judged", sum)
			}
			if got := s.alarms(); !slices.Equal(got, []AlarmKind{AlarmUnreadable}) {
				t.Errorf("alarms %q", got)
			}
		})
	}
}

func TestAPaymentThatCannotBeAnsweredIsTold(t *testing.T) {
	for _, rid := range []string{"", `,"rID":""`, `,"rID":[1]`, `,"rID":"` + strings.Repeat("я", maxRequest+1) + `"`} {
		inBubble(t, func(t *testing.T) {
			s := newShop(t)
			s.open()
			defer s.close()
			for _, operation := range []string{opPayBill, opGetBill} { // of which only one is about money
				frame := `{"operation":"` + operation + `","billId":"` + exampleBill.String() + `","sum":129.2` + rid + `}`
				if err := s.sim.SendFrame(websocket.MessageText, []byte(frame)); err != nil {
					t.Fatal(err)
				}
			}
			after(time.Second)
			if got := s.alarms(); !slices.Equal(got, []AlarmKind{AlarmUnreadable}) {
				t.Errorf("%.20s: alarms %q", rid, got)
			}
			if len(s.book.paid()) != 0 || len(s.of(opPayBill)) != 0 {
				t.Errorf("%.20s: it was judged or answered", rid)
			}
		})
	}
}

func TestTipsAndFiscalLinesNeverStopAPayment(t *testing.T) {
	lines := make([]map[string]any, 60)
	for i := range lines {
		lines[i] = map[string]any{"key": "k", "value": i}
	}
	for _, c := range []struct {
		tips, fiscal any
		tipsWant     string
		lines        int
	}{
		{nil, nil, "0", 0},
		{"many", "lines", "0", 0},
		{-5, []any{1, 2}, "0", 0},
		{"2.50", lines, "2.5", orders.MaxFiscal},
		{1, []any{map[string]any{"key": strings.Repeat("k", 300)}, map[string]any{"value": true, "key": "k"}}, "1", 1},
	} {
		inBubble(t, func(t *testing.T) {
			s := newShop(t)
			s.open()
			defer s.close()
			s.ask(opPayBill, map[string]any{"billId": exampleBill.String(), "sum": "129.2", "tips": c.tips, "fiscalData": c.fiscal})
			paid := s.book.paid()
			if len(paid) != 1 {
				t.Fatalf("tips %v: %d payments", c.tips, len(paid))
			}
			if !paid[0].Tips.Equal(dec(c.tipsWant)) || len(paid[0].Fiscal) != c.lines {
				t.Errorf("tips %v: %s and %d lines, want %s and %d", c.tips, paid[0].Tips, len(paid[0].Fiscal), c.tipsWant, c.lines)
			}
		})
	}
}

// A bill of another system is a bill that this till can never close; the same one has the same id each time.
func TestAForeignBillIsStillOneBill(t *testing.T) {
	bill := func(frame string) uuid.UUID { return parsed(t, frame).bill() }
	a := bill(`{"operation":"payBill","billId":"A-17"}`)
	if a == uuid.Nil || a != bill(`{"operation":"payBill","billId":"A-17","sum":1}`) {
		t.Error("one foreign bill has two ids")
	}
	for _, other := range []string{`"A-18"`, `17`, `null`, `["A-17"]`, `"00000000-0000-0000-0000-000000000000"`} {
		if got := bill(`{"operation":"payBill","billId":` + other + `}`); got == a || got == uuid.Nil {
			t.Errorf("billId %s has the id %s", other, got)
		}
	}
	for _, same := range []string{`"5b100b39-ce42-4f3d-8770-807a28ca0500"`, `"5B100B39-CE42-4F3D-8770-807A28CA0500"`, `"{5B100B39-CE42-4F3D-8770-807A28CA0500}"`} {
		if got := bill(`{"operation":"payBill","billId":` + same + `}`); got != exampleBill {
			t.Errorf("billId %s has the id %s", same, got)
		}
	}
}

func TestALetterIsTriedAgainUntilItIsTaken(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		s.sim.Repeat = time.Hour
		s.sim.SetFault(expirenzasim.Refuse(opPayBill, http.StatusInternalServerError, 5))
		paying := s.payExample()
		after(40 * time.Second)
		if !paying.Result().Closed {
			t.Error("the bill is not closed")
		}
		callbacks := s.of(opPayBill)
		if len(callbacks) != 6 {
			t.Fatalf("%d callbacks, want 5 that failed and one that was taken", len(callbacks))
		}
		for i := 1; i < len(callbacks); i++ {
			if !bytes.Equal(callbacks[i].Body, callbacks[0].Body) {
				t.Errorf("attempt %d had other bytes", i)
			}
			pause, want := callbacks[i].At.Sub(callbacks[i-1].At), time.Second<<(i-1)
			if pause < want || pause > want+want/4+time.Second {
				t.Errorf("attempt %d came %s after the last, want about %s", i, pause, want)
			}
		}
		if got := s.states(); !slices.Equal(got, []string{"", StateCallbacks, ""}) {
			t.Errorf("states %q", got)
		}
		s.close()
	})
}

func TestTheNetworkMayBreakUnderACallback(t *testing.T) {
	for name, fault := range map[string]expirenzasim.Fault{
		"before it is taken":    expirenzasim.Cut(opPayBill, 2),
		"before it is answered": expirenzasim.LoseAnswer(opPayBill, 2),
		"without an end":        expirenzasim.Slow(opPayBill, 14*time.Second),
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T) {
				s := newShop(t)
				s.open()
				defer s.close()
				s.sim.SetFault(fault)
				paying := s.payExample()
				after(2 * time.Minute)
				s.sim.SetFault(expirenzasim.Fault{})
				after(6 * time.Minute)
				if !paying.Result().Closed {
					t.Error("the bill is not closed")
				}
				if got := s.book.outcomes(); got[len(got)-1] != orders.LetterDelivered {
					t.Errorf("letters ended %q", got)
				}
			})
		})
	}
}

// kill -9 between the effect and the callback: the next run sends the same bytes.
func TestALetterOutlivesTheTill(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		s.sim.SetFault(expirenzasim.Refuse(opPayBill, http.StatusServiceUnavailable, -1))
		s.sim.Repeat = 24 * time.Hour
		paying := s.payExample()
		after(3 * time.Second)
		written := s.of(opPayBill)[0].Body

		s.sim.SetFault(expirenzasim.Fault{})
		s.restart()
		after(time.Second)
		last := s.of(opPayBill)[len(s.of(opPayBill))-1]
		if !last.Taken || !bytes.Equal(last.Body, written) {
			t.Errorf("the new run sent %s, want %s", last.Body, written)
		}
		if len(s.book.paid()) != 1 || !paying.Result().Closed {
			t.Errorf("judged %d times, result %+v", len(s.book.paid()), paying.Result())
		}
		s.close()
	})
}

func TestAPaymentIsNotBrokenOffAtTheEnd(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		slow := &slowBook{takes: stopGrace - time.Second}
		s := newShop(t, func(o *Options) { slow.Book, o.Book = o.Book, slow })
		s.open()
		paying := s.payExample()
		after(time.Millisecond)
		s.stop()
		if got := len(s.book.paid()); got != 1 {
			t.Errorf("%d payments were judged", got)
		}
		paying.Stop()
		s.closeSim()
	})
}

func TestAPaymentThatHangsDoesNotHoldUpTheEnd(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		slow := &slowBook{takes: time.Hour}
		s := newShop(t, func(o *Options) { slow.Book, o.Book = o.Book, slow })
		s.open()
		paying := s.payExample()
		after(time.Millisecond)
		began := time.Now()
		s.stop()
		if took := time.Since(began); took > stopGrace {
			t.Errorf("the end took %s", took)
		}
		paying.Stop()
		s.closeSim()
	})
}

// slowBook takes its time to judge.
type slowBook struct {
	Book
	takes time.Duration
}

func (b *slowBook) PayExternal(ctx context.Context, payment orders.External, render func(orders.Verdict) []byte) (orders.Verdict, error) {
	if !sleep(ctx, b.takes) {
		return orders.Verdict{Obstacle: orders.ObstacleInUse}, ctx.Err()
	}
	return b.Book.PayExternal(ctx, payment, render)
}

func TestALetterThatIsTakenAtTheEndIsNoted(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		s.sim.SetFault(expirenzasim.Slow(opPayBill, stopGrace-time.Second))
		s.payExample()
		after(time.Millisecond)
		s.stop()
		if got := s.book.outcomes(); !slices.Equal(got, []orders.LetterOutcome{orders.LetterDelivered}) {
			t.Errorf("letters ended %q", got)
		}
		s.closeSim()
	})
}

func TestARejectedLetterStops(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		s.sim.Repeat = 24 * time.Hour
		s.sim.SetFault(expirenzasim.Refuse(opPayBill, http.StatusBadRequest, -1))
		s.payExample()
		after(10 * time.Minute)
		if got := len(s.of(opPayBill)); got != 1 {
			t.Errorf("%d callbacks, want a rejected one not to be sent again", got)
		}
		if got := s.alarms(); !slices.Equal(got, []AlarmKind{AlarmRejected}) {
			t.Errorf("alarms %q", got)
		}
		if got := s.book.outcomes(); !slices.Equal(got, []orders.LetterOutcome{orders.LetterRefused}) {
			t.Errorf("letters ended %q", got)
		}
		if !strings.Contains(s.log.String(), "errCode SIM") {
			t.Error("the log does not have the error code")
		}
	})
}

func TestADeniedKeyStopsTheDoor(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		inBubble(t, func(t *testing.T) {
			s := newShop(t)
			s.open()
			s.sim.Repeat = 24 * time.Hour
			s.sim.SetFault(expirenzasim.Refuse(opPayBill, status, -1))
			paying := s.payExample()
			after(10 * time.Second)
			if err := <-s.ended; !errors.Is(err, ErrRefused) {
				t.Errorf("%d: Run: %v, want ErrRefused", status, err)
			}
			if got := len(s.of(opPayBill)); got != 1 {
				t.Errorf("%d: %d callbacks after the refusal", status, got)
			}
			if state := s.hub.State(notice.Expirenza); state.Level != notice.Trouble || state.Code != StateRefused {
				t.Errorf("%d: state %v", status, state)
			}
			if got := s.alarms(); !slices.Equal(got, []AlarmKind{AlarmRefused}) {
				t.Errorf("%d: alarms %q", status, got)
			}
			s.sim.SetFault(expirenzasim.Fault{})
			s.open()
			after(30 * time.Second)
			if !paying.Result().Closed {
				t.Errorf("%d: the letter was not sent when the key was corrected", status)
			}
			s.close()
		})
	}
}

func TestAFailIsNotSentWhenNobodyWaitsAnyMore(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.book.judge = says(orders.ObstacleShift)
		s.open()
		defer s.close()
		s.sim.Repeat = 24 * time.Hour
		s.sim.SetFault(expirenzasim.Refuse(opPayBill, http.StatusBadGateway, -1))
		s.payExample()
		after(5 * time.Minute)
		callbacks := s.of(opPayBill)
		if took := callbacks[len(callbacks)-1].After; took > freshLimit {
			t.Errorf("a FAIL was sent %s after its message", took)
		}
		if got := s.book.outcomes(); got[len(got)-1] != orders.LetterStale {
			t.Errorf("letters ended %q", got)
		}
		if got := s.alarms(); len(got) != 0 {
			t.Errorf("alarms %q, want none: Expirenza asks again", got)
		}
	})
}

// What waits for its moment by a clock that is then set back does not wait for that moment to come again. A FAIL of which nobody
// can tell how old it is is not sent.
func TestTheClockIsSetBack(t *testing.T) {
	for obstacle, want := range map[orders.Obstacle]orders.LetterOutcome{
		orders.ObstacleNone: orders.LetterDelivered, orders.ObstacleShift: orders.LetterStale,
	} {
		inBubble(t, func(t *testing.T) {
			var back atomic.Bool
			s := newShop(t, func(o *Options) {
				o.Now = func() time.Time {
					if back.Load() {
						return time.Now().Add(-3 * time.Hour)
					}
					return time.Now()
				}
			})
			s.book.judge = says(obstacle)
			s.sim.Repeat = 24 * time.Hour
			s.open()
			defer s.close()
			s.sim.SetFault(expirenzasim.Refuse(opPayBill, http.StatusBadGateway, 3))
			s.payExample()
			after(2 * time.Second)
			back.Store(true)
			after(3 * time.Minute)
			got := s.book.outcomes()
			if got[len(got)-1] != want {
				t.Errorf("%q: the letter's outcomes are %q", obstacle, got)
			}
		})
	}
}

func TestASuccessIsOfferedForADay(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		s.sim.Repeat = 100 * time.Hour
		s.sim.SetFault(expirenzasim.Refuse("", http.StatusBadGateway, -1))
		s.payExample()
		after(23*time.Hour + 50*time.Minute)
		if got := len(s.alarms()); got != 0 {
			t.Errorf("%d alarms within the day", got)
		}
		callbacks := s.of(opPayBill)
		for i := 10; i < len(callbacks); i++ {
			if pause := callbacks[i].At.Sub(callbacks[i-1].At); pause > lastPause+2*time.Second || pause < lastPause*3/4 {
				t.Errorf("attempt %d came %s after the last", i, pause)
			}
		}
		after(20 * time.Minute)
		if got := s.alarms(); !slices.Equal(got, []AlarmKind{AlarmUndelivered}) {
			t.Errorf("alarms %q", got)
		}
		if got := s.book.outcomes(); got[len(got)-1] != orders.LetterStale {
			t.Errorf("the letter ended %q", got[len(got)-1])
		}
	})
}

// A newer answer waits until the older one has come back, and is the last that Expirenza hears.
func TestAnswersOfABillKeepTheirOrder(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.book.judge = says(orders.ObstacleShift)
		s.open()
		defer s.close()
		var came []string
		hold := make(chan struct{})
		s.sim.SetFault(expirenzasim.Fault{Callback: func(c expirenzasim.Callback) *expirenzasim.Answer {
			if c.Operation != opPayBill {
				return nil
			}
			came = append(came, c.State)
			return &expirenzasim.Answer{Taken: true, Hold: hold}
		}})
		s.sim.Repeat = 3 * time.Second
		paying := s.payExample()
		after(time.Second)
		s.book.setJudge(nil)
		after(5 * time.Second)
		if !slices.Equal(came, []string{stateFail}) || len(s.book.paid()) < 2 {
			t.Errorf("%q came while the first answer was on its way, of %d", came, len(s.book.paid()))
		}
		close(hold)
		after(time.Second)
		if !slices.Equal(came, []string{stateFail, stateSuccess}) || !paying.Result().Closed {
			t.Errorf("%q came, %+v", came, paying.Result())
		}
	})
}

// A bill whose answer hangs does not hold up another.
func TestBillsDoNotWaitForEachOther(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		s.open()
		defer s.close()
		hold := make(chan struct{})
		s.sim.SetFault(expirenzasim.Fault{Callback: func(c expirenzasim.Callback) *expirenzasim.Answer {
			if billOfBody(c.Body) == exampleBill.String() {
				return &expirenzasim.Answer{Taken: true, Hold: hold}
			}
			return nil
		}})
		s.payExample()
		after(time.Second)
		other := s.payOther()
		after(time.Second)
		if !other.Result().Closed {
			t.Error("the other bill waits")
		}
		close(hold)
	})
}

func (s *shop) payOther() *expirenzasim.Paying {
	return s.sim.Pay(expirenzasim.Payment{Bill: uuid.MustParse("0196a1c0-0000-7000-8000-00000000beef"), Sum: dec("1")})
}

func billOfBody(body []byte) string {
	m := message{}
	if err := unmarshal(body, &m.fields); err != nil {
		return ""
	}
	text, _ := m.text("billId")
	return text
}

// Whatever happens to the messages on their way, each payment is answered in the end, and by the book alone.
func TestMessagesMayBeDoubledLostOrOutOfOrder(t *testing.T) {
	for name, fault := range map[string]expirenzasim.Fault{
		"doubled": expirenzasim.Duplicate(), "lost": expirenzasim.Lose(), "out of order": expirenzasim.Reorder(),
	} {
		for _, same := range []bool{true, false} {
			inBubble(t, func(t *testing.T) {
				s := newShop(t)
				s.book.judge = says(orders.ObstacleInUse)
				s.open()
				defer s.close()
				s.sim.SetFault(fault)
				paying := s.sim.Pay(expirenzasim.Payment{Bill: exampleBill, Sum: exampleSum, SameRequest: same})
				after(time.Minute)
				s.book.setJudge(nil)
				after(time.Minute)
				s.sim.SetFault(expirenzasim.Fault{})
				after(time.Minute)
				if !paying.Result().Closed {
					t.Errorf("%s: the bill is not closed", name)
				}
			})
		}
	}
}

func TestALetterIsNotSentAgainBecauseTheJournalFails(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		s := newShop(t)
		var failing atomic.Bool
		failing.Store(true)
		s.book.store.FailWrites = func(method string) error {
			if failing.Load() && method == "Posted" {
				return errors.New("disk full")
			}
			return nil
		}
		s.open()
		defer s.close()
		s.payExample()
		after(10 * time.Minute)
		if got := len(s.of(opPayBill)); got != 1 {
			t.Errorf("%d callbacks while the journal fails, want one", got)
		}
		failing.Store(false)
		after(6 * time.Minute)
		if got := s.book.outcomes(); !slices.Equal(got, []orders.LetterOutcome{orders.LetterDelivered}) {
			t.Errorf("letters ended %q", got)
		}
	})
}

func TestAnOutboxThatCannotBeReadIsReadAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		outbox := new(brokenOutbox)
		outbox.broken.Store(true)
		s := newShop(t, func(o *Options) {
			outbox.Outbox = o.Outbox
			o.Outbox = outbox
		})
		s.open()
		defer s.close()
		s.sim.Repeat = time.Hour
		paying := s.payExample()
		after(10 * time.Second)
		if paying.Result().Closed {
			t.Fatal("the letter was delivered without an outbox")
		}
		outbox.broken.Store(false)
		after(time.Minute)
		if !paying.Result().Closed {
			t.Error("the letter was not delivered afterwards")
		}
	})
}
