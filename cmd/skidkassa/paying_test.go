package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/printer/printertest"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui"
)

// payingShop is a till with a printer, whose guests pay by Expirenza's fake.
type payingShop struct {
	*till
	t     *testing.T
	sim   *expirenzasim.Server
	paper *printertest.Printer
}

// payingOptions are those of a till at a fake Expirenza, which asks again soon.
func payingOptions(t *testing.T) (tillOptions, *expirenzasim.Server) {
	t.Helper()
	sim := &expirenzasim.Server{Repeat: 300 * time.Millisecond, AttemptGap: time.Millisecond}
	url, err := sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
		for _, broken := range sim.Violations() {
			t.Errorf("a rule was broken: %s", broken)
		}
	})
	options := optionsFor(t, &fakeService{})
	options.settings.Expirenza.URL, options.settings.Expirenza.RestoID = url, expirenzasim.TestRestoID
	options.expirenzaKey = func(context.Context) (string, error) { return expirenzasim.TestSecret, nil }
	return options, sim
}

// openPayingShop opens a till and waits until Expirenza has it.
func openPayingShop(t *testing.T) *payingShop {
	t.Helper()
	options, sim := payingOptions(t)
	s := &payingShop{t: t, sim: sim, paper: printertest.Start(t)}
	options.settings.Printer.Device = s.paper.Device()
	s.till = mustOpen(t, options)
	s.begin(t.Context())
	s.beginDoors(t.Context())
	t.Cleanup(func() { mustClose(t, s.till) })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := sim.AwaitTill(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *payingShop) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

var bill = decimal.RequireFromString("129.20")

// seat opens an order over the bill, with a guest.
func (s *payingShop) seat(kitchen bool) orders.Order {
	s.t.Helper()
	order, err := s.book.OpenOrder(s.t.Context(), orders.NewOrder{
		ID: uuid.Must(uuid.NewV7()), Table: "5", Cashier: "Оля",
		Dishes: []orders.Dish{{Name: "Борщ", Count: decimal.NewFromInt(2), Sum: bill, Kitchen: kitchen}},
	})
	s.must(err)
	order, err = s.book.CheckIn(s.t.Context(), orders.CheckIn{Order: order.ID, Text: testCard.Payload()})
	s.must(err)
	return order
}

func (s *payingShop) pay(order uuid.UUID, sum decimal.Decimal) *expirenzasim.Paying {
	return s.sim.Pay(expirenzasim.Payment{
		Bill: order, Sum: sum, Tips: decimal.RequireFromString("19.24"),
		Fiscal: []expirenzasim.FiscalLine{{Key: "ЕКВАЙЕР", Value: "Universal Bank"}},
	})
}

// blocked waits until Expirenza has been told why the bill is not closed.
func (s *payingShop) blocked(paying *expirenzasim.Paying, substate string) {
	s.t.Helper()
	for end := time.Now().Add(patience); paying.Result().Substate != substate; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("Expirenza knows %+v, want %s", paying.Result(), substate)
		}
	}
}

// closed waits until Expirenza knows that the bill is closed.
func (s *payingShop) closed(paying *expirenzasim.Paying) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if result, err := paying.Wait(ctx); err != nil || !result.Closed {
		s.t.Fatalf("Expirenza knows %+v, %v; want the bill closed", result, err)
	}
}

// A guest pays: the bill is closed by that payment, the receipt is printed, and
// the bound guest gets their points, with a slip of its own.
func TestAGuestPaysFromTheirPhone(t *testing.T) {
	s := openPayingShop(t)
	_, err := s.book.OpenShift(t.Context(), "Оля")
	s.must(err)
	order := s.seat(false)
	s.closed(s.pay(order.ID, bill))

	payments, err := s.orders.Payments(t.Context(), order.ID)
	if err != nil || len(payments) != 1 || payments[0].Kind != orders.PaidQR || !payments[0].Sum.Equal(bill) {
		t.Errorf("the payments are %+v, %v", payments, err)
	}
	slips := s.paper.Wait(2)
	receipt, points := slips[0].Text(), slips[1].Text()
	if strings.Contains(receipt, "Начислено") {
		receipt, points = points, receipt
	}
	for _, want := range []string{
		"Чек", "Кофейня", "Стол 5", "2 x Борщ", "ИТОГО", "129,20", "Оплачено по QR", "Чаевые", "19,24", "ЕКВАЙЕР", "Universal Bank",
		"Не является фискальным документом", "✂",
	} {
		if !strings.Contains(receipt, want) {
			t.Errorf("no %q on the receipt:\n%s", want, receipt)
		}
	}
	for _, want := range []string{"Баллы", "Начислено", "Баланс", "Сумма чека", "129,20", "Не является фискальным документом"} {
		if !strings.Contains(points, want) {
			t.Errorf("no %q on the slip for points:\n%s", want, points)
		}
	}
	ops, err := s.store.List(t.Context(), loyalty.Filter{Order: order.ID})
	if err != nil || len(ops) != 1 || ops[0].State != loyalty.StateConfirmed || !ops[0].Money.Equal(bill) {
		t.Errorf("the operations are %+v, %v", ops, err)
	}
	// A copy says that it is one.
	s.must(s.book.PrintReceipt(t.Context(), order.ID))
	if got := s.paper.Wait(3)[2].Text(); !strings.Contains(got, "КОПИЯ") || !strings.Contains(got, "ЕКВАЙЕР") {
		t.Errorf("the copy is\n%s", got)
	}
}

// Each reason not to close a bill arises from how the till is, and goes with it.
func TestABlockedBillIsClosedOnceItIsUnblocked(t *testing.T) {
	s := openPayingShop(t)
	order := s.seat(true)
	lease, err := s.book.Edit(order.ID, "Оля")
	s.must(err)
	paying := s.pay(order.ID, bill)
	s.blocked(paying, "BILL_IN_USE")

	change := orders.ChangeOrder{Order: order.ID, Version: order.Version, Table: "5", Cashier: "Оля", Dishes: order.Dishes}
	change.Dishes[0].Sum = bill.Add(bill)
	order, err = s.book.Change(t.Context(), change)
	s.must(err)
	lease.Release()
	s.blocked(paying, "WRONG_REQUEST_SUM")

	change.Version, change.Dishes[0].Sum = order.Version, bill
	_, err = s.book.Change(t.Context(), change)
	s.must(err)
	s.blocked(paying, "CLOSE_ORDER_BLOCKED")

	_, err = s.book.PrintTickets(t.Context(), order.ID, "Оля")
	s.must(err)
	if got := s.paper.Wait(1)[0].Text(); !strings.Contains(got, "Кухня") || !strings.Contains(got, "2 x Борщ") {
		t.Errorf("the ticket is\n%s", got)
	}
	s.blocked(paying, "CASHIERS_SHIFT_CLOSED")

	s.paper.Set(printertest.Trouble{NoPaper: true})
	_, err = s.book.OpenShift(t.Context(), "Оля")
	s.must(err)
	s.blocked(paying, "PRINTER_ERROR")
	if got := s.hub.State(notice.Printer); got.Level != notice.Trouble || got.Code != "no_paper" {
		t.Errorf("the printer is shown as %+v", got)
	}
	s.paper.Set(printertest.Trouble{})
	s.closed(paying)

	s.blocked(s.pay(uuid.New(), bill), "OTHER_ERROR")
}

// payWithoutPaper has an order paid in cash, with no paper for its receipt.
func (s *payingShop) payWithoutPaper() orders.Order {
	s.t.Helper()
	_, err := s.book.OpenShift(s.t.Context(), "Оля")
	s.must(err)
	order := s.seat(false)
	s.paper.Set(printertest.Trouble{NoPaper: true})
	order, err = s.book.Pay(s.t.Context(), orders.PayOrder{
		Order: order.ID, Version: order.Version, Cashier: "Оля", Parts: []orders.Part{{Kind: orders.PaidCash, Sum: bill}},
	})
	s.must(err)
	return order
}

// A receipt that does not come out is told on the screen. The bill stays closed,
// and the receipt is printed once there is paper.
func TestAReceiptThatIsLateIsTold(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	fake := printertest.Start(t)
	options.settings.Printer.Device = fake.Device()
	opened := mustOpen(t, options)
	opened.paper.patience = 10 * time.Millisecond
	told := make(chan string, 10)
	opened.hub.Subscribe(func(news any) {
		switch news := news.(type) {
		case orders.ReceiptMissed:
			told <- fmt.Sprint(news.Order.Number, " waits ", news.Waits, ", ", news.Err)
		case orders.ReceiptPrinted:
			told <- news.Order.Number + " printed"
		}
	})
	opened.begin(t.Context())
	defer mustClose(t, opened)
	s := &payingShop{till: opened, t: t, paper: fake}
	order := s.payWithoutPaper()
	if got := receive(t, told); got != "1 waits true, <nil>" {
		t.Errorf("told %q", got)
	}
	fake.Set(printertest.Trouble{})
	if got := receive(t, told); got != "1 printed" {
		t.Errorf("told %q", got)
	}
	if paid, err := s.book.Find(t.Context(), order.ID); err != nil || paid.Reason != orders.ReasonPaid {
		t.Errorf("the bill is %s, %v", paid.State, err)
	}
}

// The end of the program loses no receipt: the next start prints it, and says that it may be there twice.
func TestAReceiptOutlivesTheProgram(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	fake := printertest.Start(t)
	options.settings.Printer.Device = fake.Device()
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	s := &payingShop{till: opened, t: t, paper: fake}
	s.payWithoutPaper()
	mustClose(t, opened)
	fake.Set(printertest.Trouble{})
	if slips := fake.Slips(); len(slips) != 0 {
		t.Fatalf("printed without paper: %v", slips)
	}

	again := mustOpen(t, options)
	again.begin(t.Context())
	if got := fake.Wait(1)[0].Text(); !strings.Contains(got, "КОПИЯ") || !strings.Contains(got, "129,20") {
		t.Errorf("the receipt is\n%s", got)
	}
	mustClose(t, again)
	last := mustOpen(t, options)
	defer mustClose(t, last)
	last.begin(t.Context())
	if due, err := last.orders.ReceiptsDue(t.Context()); err != nil || len(due) != 0 {
		t.Errorf("still due: %v, %v", due, err)
	}
}

// What becomes of a receipt is told once: not that it is late when it is out.
func TestWhatIsToldOfAReceipt(t *testing.T) {
	for name, test := range map[string]struct {
		end  func(w *receiptWatch)
		want string
	}{
		"in time":       {func(w *receiptWatch) { w.ended(nil); w.isLate() }, ""},
		"late":          {func(w *receiptWatch) { w.isLate(); w.ended(nil) }, "missed true, printed"},
		"given up":      {func(w *receiptWatch) { w.ended(errors.New("broken")); w.isLate() }, "missed false"},
		"late, and not": {func(w *receiptWatch) { w.isLate(); w.ended(errors.New("broken")) }, "missed true, missed false"},
		"not taken":     {func(w *receiptWatch) { w.drop(); w.isLate() }, ""},
	} {
		p := &paper{hub: new(notice.Hub), patience: time.Hour}
		var told []string
		p.hub.Subscribe(func(news any) {
			if missed, ok := news.(orders.ReceiptMissed); ok {
				told = append(told, fmt.Sprint("missed ", missed.Waits))
			} else {
				told = append(told, "printed")
			}
		})
		test.end(p.watchReceipt(orders.Order{}))
		if got := strings.Join(told, ", "); got != test.want {
			t.Errorf("%s: told %q, want %q", name, got, test.want)
		}
	}
}

// A printer whose trouble is over is shown so, although nothing is printed.
func TestThePaperIsPutIn(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	fake := printertest.Start(t)
	options.settings.Printer.Device = fake.Device()
	fake.Set(printertest.Trouble{NoPaper: true})
	opened := mustOpen(t, options)
	opened.paper.pause = 10 * time.Millisecond
	shown := states(opened.hub, notice.Printer)
	opened.begin(t.Context())
	defer mustClose(t, opened)
	if got := receive(t, shown); got.Level != notice.Trouble || got.Code != "no_paper" {
		t.Errorf("without paper it is shown as %+v", got)
	}
	var trouble *orders.PrinterTrouble
	if err := opened.paper.Ready(t.Context()); !errors.As(err, &trouble) || !trouble.NoPaper {
		t.Errorf("without paper it is ready: %v", err)
	}
	fake.Set(printertest.Trouble{PaperLow: true})
	if got := receive(t, shown); got.Level != notice.Warning || got.Code != "paper_low" {
		t.Errorf("with a little paper it is shown as %+v", got)
	}
	if err := opened.paper.Ready(t.Context()); err != nil {
		t.Errorf("with a little paper it is not ready: %v", err)
	}
}

// A ticket of which a part may have come out says so when it is printed again:
// the kitchen must not cook twice.
func TestATicketThatBrokeOffIsPrintedAsACopy(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	fake := printertest.Start(t)
	options.settings.Printer.Device = fake.Device()
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	defer mustClose(t, opened)
	order := orders.Order{ID: uuid.New(), Number: "7", Table: "5"}
	lines := []orders.Dish{{ID: uuid.New(), Name: "Борщ", Count: decimal.NewFromInt(1)}}
	other := []orders.Dish{{ID: uuid.New(), Name: "Чай", Count: decimal.NewFromInt(3)}}

	fake.Set(printertest.Trouble{PaperFor: 2})
	var trouble *orders.PrinterTrouble
	if err := opened.paper.Ticket(t.Context(), order, lines); !errors.As(err, &trouble) || !trouble.NoPaper {
		t.Errorf("the ticket: %v", err)
	}
	torn := len(fake.Slips())
	fake.Set(printertest.Trouble{})
	for i, ticket := range []struct {
		lines []orders.Dish
		copy  bool
	}{{other, false}, {lines, true}, {lines, false}} {
		if err := opened.paper.Ticket(t.Context(), order, ticket.lines); err != nil {
			t.Fatal(err)
		}
		slips := fake.Wait(torn + i + 1)
		if got := slips[len(slips)-1].Text(); strings.Contains(got, "КОПИЯ") != ticket.copy {
			t.Errorf("ticket %d, a copy: %v\n%s", i, ticket.copy, got)
		}
	}
}

// What was to be printed when the program ends is printed first.
func TestTheEndWaitsForPaper(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	fake := printertest.Start(t)
	options.settings.Printer.Device = fake.Device()
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	fake.Set(printertest.Trouble{Delay: 50 * time.Millisecond})
	if _, err := accrueOnce(t, opened); err != nil {
		t.Fatal(err)
	}
	mustClose(t, opened)
	if got := len(fake.Slips()); got != 1 {
		t.Errorf("%d slips came out, want 1", got)
	}
}

// An operation that is proven long after its guest has left has no slip.
func TestLateOperationsHaveNoSlip(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	fake := printertest.Start(t)
	options.settings.Printer.Device = fake.Device()
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	now := time.Now()
	op := loyalty.Operation{Kind: loyalty.Redemption, Link: loyalty.LinkReversal, Points: ten, Name: "Анна", ChangedAt: now}
	for _, state := range []loyalty.State{loyalty.StatePlanned, loyalty.StateRefused, loyalty.StateConfirmed} {
		op.State, op.PlannedAt = state, now.Add(-time.Hour)
		opened.hub.Publish(loyalty.OperationChanged{Operation: op})
	}
	op.PlannedAt = now
	opened.hub.Publish(loyalty.OperationChanged{Operation: op})
	slip := fake.Wait(1)[0].Text()
	mustClose(t, opened)
	if got := len(fake.Slips()); got != 1 || !strings.Contains(slip, "Снято (сторно)") || strings.Contains(slip, "Баланс") {
		t.Errorf("%d slips, the first\n%s", got, slip)
	}
}

// A key that Expirenza refuses stops the door until there is another one.
func TestARefusedKey(t *testing.T) {
	options, sim := payingOptions(t)
	opened := mustOpen(t, options)
	opened.pause = 10 * time.Millisecond
	shown := states(opened.hub, notice.Expirenza)
	opened.begin(t.Context())
	opened.beginDoors(t.Context())
	defer mustClose(t, opened)
	if got := receive(t, shown); got.Level != notice.Good {
		t.Errorf("shown as %+v", got)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := sim.AwaitTill(ctx); err != nil { // Expirenza counts a till as connected a little later than the till itself
		t.Fatal(err)
	}
	sim.SetFault(expirenzasim.Refuse("", 401, 1))
	if _, err := sim.Ask("checkWork", nil); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, shown); got.Level != notice.Trouble || got.Code != expirenza.StateRefused {
		t.Errorf("with a refused key shown as %+v", got)
	}
	if got := len(sim.Attempts()); got != 1 {
		t.Errorf("%d attempts with a refused key", got)
	}
}

func TestAnotherKey(t *testing.T) {
	keys := []string{"refused", "", "refused", "another"}
	opened := &till{pause: time.Millisecond}
	opened.options.expirenzaKey = func(context.Context) (string, error) {
		if len(keys) == 0 {
			t.Error("it asks on after another key")
			return "", nil
		}
		key := keys[0]
		keys = keys[1:]
		if key == "" {
			return "", config.ErrKeyringLocked
		}
		return key, nil
	}
	if !opened.awaitOtherKey(t.Context(), "refused") || len(keys) != 0 {
		t.Errorf("another key is not waited for: %q are left", keys)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if opened.awaitOtherKey(ended, "refused") {
		t.Error("it does not end")
	}
}

// A till that is started again at once keeps Expirenza's pause all the same.
func TestTheNextRunKeepsThePause(t *testing.T) {
	key := payingKey{
		fetch: func(context.Context) (string, error) { return "k", nil },
		stamp: filepath.Join(t.TempDir(), attemptName),
	}
	now := time.Now()
	if got := key.rest(now); got != 0 {
		t.Errorf("before the first attempt it waits %s", got)
	}
	if got, err := key.get(t.Context()); got != "k" || err != nil || key.lastGiven() != "k" {
		t.Fatal(got, err)
	}
	for _, test := range []struct{ ago, want time.Duration }{
		{0, attemptPause}, {10 * time.Second, attemptPause - 10*time.Second}, {time.Hour, 0}, {-time.Hour, attemptPause},
	} {
		if err := os.Chtimes(key.stamp, time.Time{}, now.Add(-test.ago)); err != nil {
			t.Fatal(err)
		}
		if got := key.rest(now); (got - test.want).Abs() > time.Second {
			t.Errorf("%s after an attempt it waits %s, want %s", test.ago, got, test.want)
		}
	}
	key.fetch = func(context.Context) (string, error) { return "", config.ErrKeyringLocked }
	if _, err := key.get(t.Context()); !errors.Is(err, config.ErrKeyringLocked) || key.lastGiven() != "k" {
		t.Errorf("%v", err)
	}
}

func TestExpirenzaKey(t *testing.T) {
	r := newRun(t, "")
	open := func() (*config.Secrets, error) { return r.openSecrets(t.TempDir(), r.keyring) }
	if _, err := expirenzaKey(t.Context(), open); !errors.Is(err, config.ErrSecretNotFound) {
		t.Errorf("not set: %v", err)
	}
	r.keyring.kept["expirenza"] = "0123456789abcdef"
	if key, err := expirenzaKey(t.Context(), open); key != "0123456789abcdef" || err != nil {
		t.Errorf("set: %q, %v", key, err)
	}
	broken := func() (*config.Secrets, error) { return nil, config.ErrKeyringFailed }
	if _, err := expirenzaKey(t.Context(), broken); !errors.Is(err, config.ErrKeyringFailed) {
		t.Errorf("broken: %v", err)
	}
}

// What the settings say of the hall reaches Expirenza, under ids that do not
// change.
func TestTheHall(t *testing.T) {
	settings := config.Default()
	if tablesOf(settings) != nil || staffOf(settings) != nil {
		t.Error("a hall that nobody described has tables or staff")
	}
	settings.Hall = config.Hall{Tables: []config.Table{{Number: 1}, {Number: 20, Name: "Терраса"}}, Staff: []string{"Анна"}}
	hall := hallsOf(settings)[0]
	if hall.Name != "Кофейня" {
		t.Errorf("the hall is %q", hall.Name)
	}
	tables := tablesOf(settings)
	if len(tables) != 2 || tables[0].Name != "1" || tables[1].Name != "Терраса" || tables[1].Number != 20 ||
		tables[0].Hall != hall.ID || tables[0].ID == tables[1].ID {
		t.Errorf("the tables are %+v", tables)
	}
	settings.Hall.Tables[1].Name, settings.Hall.Name = "Веранда", "Зал"
	if tablesOf(settings)[1].ID != tables[1].ID || hallsOf(settings)[0].ID != hall.ID {
		t.Error("another name gives another id")
	}
	if staff := staffOf(settings); len(staff) != 1 || staff[0].Name != "Анна" || staff[0].ID == "" {
		t.Errorf("the staff is %+v", staff)
	}
	settings.Shop.Vendor++
	if tablesOf(settings)[0].ID == tables[0].ID {
		t.Error("two shops have one table")
	}
	names := guestNames(texts.New(texts.Russian))
	if names(0) != "Общее" || names(2) != "Гость 2" {
		t.Errorf("guests are called %q, %q", names(0), names(2))
	}
}

// The screen is told in its own words, but for what the door's state says.
func TestTranslate(t *testing.T) {
	bill := uuid.New()
	if got, ok := translate(expirenza.Alarm{Kind: expirenza.AlarmRejected, Bill: bill, Accepts: true}).(tui.PaymentAlarm); !ok ||
		got.Kind != tui.PaymentRejected || got.Bill != bill || !got.Accepts {
		t.Errorf("an alarm becomes %+v", got)
	}
	for _, news := range []any{expirenza.Alarm{Kind: expirenza.AlarmRefused}, notice.State{Part: notice.Printer}} {
		if got := translate(news); got != news {
			t.Errorf("%+v becomes %+v", news, got)
		}
	}
}
