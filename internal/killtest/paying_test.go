//go:build unix

package killtest

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

var tips = decimal.NewFromInt(7)

// guestTrial is a shop with one guest, whose points are to be accrued, and who pays the bill from the phone.
type guestTrial struct {
	*trial
	phone *expirenzasim.Server
	bill  uuid.UUID
	sum   decimal.Decimal
}

// paymentStep is a named moment of a payment, and what the till has left behind that died there.
type paymentStep struct {
	point  string
	closed bool // the bill, by the guest's payment, with its answer in the outbox
	told   bool // the other system has had the answer
	noted  bool // and the till knows that
}

// paymentSteps are the named moments of a payment. Those of the accrual that follows it are met when the bill is closed, while
// the answer is on its way.
var paymentSteps = []paymentStep{
	{point: "settle.before"},
	{point: "settle.after", closed: true},
	{point: "posted.before", closed: true, told: true},
	{point: "posted.after", closed: true, told: true, noted: true},
	{point: "send.accrual.before", closed: true},
	{point: "send.accrual.after", closed: true},
}

// A guest pays, and the till dies. After the next start the bill is closed once, by that payment; the answer agrees with the
// book and, if it was in the outbox, goes out in the same bytes; and the guest has their points once.
func TestKilledWhileAGuestPays(t *testing.T) {
	t.Parallel()
	for i, c := range paymentSteps {
		t.Run(c.point, func(t *testing.T) {
			t.Parallel()
			s := newGuestTrial(t, 500+uint64(i), c)
			first := s.start(killable, c.point)
			s.seat(first)
			payment := s.phone.Pay(expirenzasim.Payment{Bill: s.bill, Sum: s.sum, Tips: tips, SameRequest: true})
			first.killed()
			left := s.left(c)

			s.waitOutPause()
			s.ahead(settleAhead, settleSpeed)
			second := s.start(killable, "")
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			if result, err := payment.Wait(ctx); err != nil || !result.Closed {
				t.Fatalf("the other system knows %+v, %v; the screen is\n%s", result, err, second.Screen())
			}
			s.awaitOutbox()
			second.settleOpen()
			second.quit()
			s.check(c, left)
		})
	}
}

// newGuestTrial sets up the shop. The other system asks again only where the till has nothing to answer from.
func newGuestTrial(t *testing.T, number uint64, c paymentStep) *guestTrial {
	t.Helper()
	s := &guestTrial{trial: newTrial(t, number)}
	s.setCalm(true)
	s.phone = &expirenzasim.Server{Repeat: time.Hour, AttemptGap: time.Millisecond}
	if !c.closed {
		s.phone.Repeat = time.Second
	}
	url, err := s.phone.Start()
	s.must(err)
	t.Cleanup(func() {
		s.must(s.phone.Close())
		for _, broken := range s.phone.Violations() {
			t.Errorf("a rule was broken: %s", broken)
		}
	})
	s.files.Setenv("SKIDKASSA_EXPIRENZA_URL", url)
	s.files.Setenv("SKIDKASSA_EXPIRENZA_RESTO_ID", expirenzasim.TestRestoID)
	s.must(s.files.SetCredential("expirenza", expirenzasim.TestSecret))
	return s
}

const (
	keyF4     terminal.Key = "\x1bOS"
	keyF8     terminal.Key = "\x1b[19~"
	keyInsert terminal.Key = "\x1b[2~"
)

// seat opens the shift and an order at a table, and binds a guest to it. The bill is found as a phone finds it.
func (s *guestTrial) seat(t *till) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	s.must(s.phone.AwaitTill(ctx))
	name, payload := s.newCustomer()
	s.sum = decimal.NewFromInt(s.nextPoints())
	served := t.press(keyF8) && t.see("Открыть смену") && t.sayYes() && t.see("X-отчёт") && t.home() &&
		t.press(keyF4) && t.see("Новый заказ") && t.press(keyInsert) && t.see("Итого") &&
		t.types("5") && t.press(terminal.Enter, terminal.Enter) && t.types("Borsch") && t.press(terminal.Enter, terminal.Enter) &&
		t.types(s.sum.String()) && t.press(terminal.Enter) && t.see("Итого "+s.sum.String()) && t.press(terminal.Enter) && t.sayYes() &&
		t.see("К оплате "+s.sum.String()) &&
		t.Scan(payload, terminal.AtOnce()) == nil && t.see(name) && t.see("Сумма чека") && t.home()
	if !served {
		s.Fatalf("the till was killed too soon; the screen is\n%s", t.Screen())
	}
	shown, err := s.phone.GetBill(ctx, "5", "")
	s.must(err)
	if len(shown.Orders) != 1 || !shown.Orders[0].TotalSum.Equal(s.sum) {
		s.Fatalf("the guest is shown %+v", shown)
	}
	s.bill = uuid.MustParse(shown.Orders[0].BillID)
	for deadline := time.Now().Add(patience); s.book().order.Guest == nil; time.Sleep(settlePause) {
		if time.Now().After(deadline) {
			s.Fatalf("the guest is not bound; the screen is\n%s", t.Screen())
		}
	}
}

// types types as a person does; faster, it would be a scanner.
func (t *till) types(text string) bool { return t.TypeSeen(text, 100*time.Millisecond) == nil }

// book is what the journal holds of the bill, be the till alive or dead.
type book struct {
	order    orders.Order
	closings int // events
	payments []orders.Payment
	claims   []orders.Claim
	letters  []orders.Letter // that wait
	accruals []loyalty.Operation
}

func (s *guestTrial) book() (b book) {
	s.Helper()
	ctx := context.Background()
	j, err := journal.Open(ctx, journal.Options{Path: s.files.JournalFile(), ReadOnly: true, Register: 1})
	s.must(err)
	defer func() { s.must(j.Close()) }()
	b.order, err = j.Order(ctx, s.bill)
	s.must(err)
	events, err := j.OrderEvents(ctx, s.bill)
	s.must(err)
	for _, e := range events {
		if e.Kind == orders.EventClosed {
			b.closings++
		}
	}
	b.payments, err = j.Payments(ctx, s.bill)
	s.must(err)
	b.claims, err = j.Claims(ctx, orders.ClaimFilter{Bill: s.bill})
	s.must(err)
	b.letters, err = j.Letters(ctx, expirenza.Name, time.Now().AddDate(1, 0, 0), orders.ListLimit)
	s.must(err)
	b.accruals, err = j.List(ctx, loyalty.Filter{Order: s.bill, Kind: loyalty.Accrual})
	s.must(err)
	return b
}

// isClosed reports whether the bill is closed once, by the guest's payment alone, with everything that belongs to it.
func (s *guestTrial) isClosed(b book) bool {
	return b.order.Reason == orders.ReasonPaid && b.closings == 1 && len(b.accruals) == 1 &&
		len(b.payments) == 1 && b.payments[0].Kind == orders.PaidQR && b.payments[0].Sum.Equal(s.sum) &&
		b.payments[0].Tips.Equal(tips) && len(b.claims) == 1 && b.claims[0].State == orders.ClaimPaid && b.claims[0].Obstacle == orders.ObstacleNone &&
		b.claims[0].First == b.payments[0].Request
}

// left looks at what the dead till has left, and gives the answer's bytes, if it has any.
func (s *guestTrial) left(c paymentStep) []byte {
	s.Helper()
	b, told := s.book(), s.answers()
	untouched := b.order.State == orders.StateOpen && b.closings+len(b.payments)+len(b.claims)+len(b.letters)+len(b.accruals) == 0
	if c.closed != s.isClosed(b) || c.closed == untouched {
		s.Errorf("after the kill the bill is closed: %t, want %t: %+v", s.isClosed(b), c.closed, b)
	}
	if onItsWay := strings.HasPrefix(c.point, "send."); !onItsWay && (c.told != (len(told) > 0) || c.closed && c.noted != (len(b.letters) == 0)) {
		s.Errorf("after the kill %d answers have come and %d wait", len(told), len(b.letters))
	}
	switch {
	case len(b.letters) > 0:
		return b.letters[0].Body
	case len(told) > 0:
		return told[0]
	}
	return nil
}

// answers gives the bodies of the answers that say that the bill is closed, as they came.
func (s *guestTrial) answers() [][]byte {
	var found [][]byte
	for _, c := range s.phone.Callbacks() {
		if c.Operation == "payBill" && c.State == "SUCCESS" {
			found = append(found, c.Body)
		}
	}
	return found
}

// waitOutPause makes the last attempt to connect long ago: a till that is started again keeps the other system's pause.
func (s *guestTrial) waitOutPause() {
	s.Helper()
	long := time.Now().Add(-time.Minute)
	s.must(os.Chtimes(filepath.Join(s.files.DataDir(), "expirenza.attempt"), long, long))
}

// awaitOutbox waits until the till knows that every answer has been delivered.
func (s *guestTrial) awaitOutbox() {
	s.Helper()
	for deadline := time.Now().Add(patience); len(s.book().letters) > 0; time.Sleep(settlePause) {
		if time.Now().After(deadline) {
			s.Fatal("the answer waits")
		}
	}
}

// check holds book, answers and ledger to each other when everything is over.
func (s *guestTrial) check(c paymentStep, left []byte) {
	s.Helper()
	s.inspect() // the accrual, against the ledger
	b, told := s.book(), s.answers()
	if !s.isClosed(b) {
		s.Errorf("in the end the bill is not closed once, by the guest's payment: %+v", b)
	}
	want := 1 // answers; one that was delivered before the till died and not noted is delivered again
	if c.told && !c.noted {
		want = 2
	}
	if onItsWay := strings.HasPrefix(c.point, "send."); len(told) != want && !(onItsWay && len(told) == 2) {
		s.Errorf("%d answers say that the bill is closed, want %d", len(told), want)
	}
	for _, body := range told {
		if left != nil && !bytes.Equal(body, left) {
			s.Errorf("the till left\n%s\nand answered\n%s", left, body)
		}
	}
}
