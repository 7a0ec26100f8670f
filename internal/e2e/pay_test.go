//go:build !windows

package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

// The paying guest's door of the running till: the cashier keeps orders on the screen, guests pay from their phones, and
// what stands in the way of a bill is seen and mended on the screen.

const (
	keyF8     = terminal.Key("\x1b[19~")
	keyInsert = terminal.Key("\x1b[2~")
	keyDelete = terminal.Key("\x1b[3~")
)

// paying is a shop with a printer, whose guests pay from their phones.
type paying struct {
	*scenario
	sim   *expirenzasim.Server
	paper *printertest.Printer
}

// newPaying sets up the shop. Expirenza asks again soon, and lets a till come back at once. In the end it must have
// nothing to complain of.
func newPaying(t *testing.T) *paying {
	t.Helper()
	s := &paying{scenario: newScenario(t)}
	s.sim = &expirenzasim.Server{Repeat: time.Second, AttemptGap: time.Millisecond}
	url, err := s.sim.Start()
	s.must(err)
	t.Cleanup(func() {
		s.must(s.sim.Close())
		for _, broken := range s.sim.Violations() {
			t.Errorf("a rule was broken: %s", broken)
		}
	})
	s.paper = printertest.Start(t)
	s.shop.Setenv("SKIDKASSA_EXPIRENZA_URL", url)
	s.shop.Setenv("SKIDKASSA_EXPIRENZA_RESTO_ID", expirenzasim.TestRestoID)
	s.shop.Setenv("SKIDKASSA_PRINTER_DEVICE", s.paper.Device())
	s.must(s.shop.SetCredential("expirenza", expirenzasim.TestSecret))
	return s
}

// openPaying sets up the shop and starts its till.
func openPaying(t *testing.T) *paying {
	t.Helper()
	s := newPaying(t)
	s.start(terminal.Options{Columns: 120, Rows: 40})
	s.connected()
	return s
}

func (s *paying) connected() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), terminal.Patience)
	defer cancel()
	s.must(s.sim.AwaitTill(ctx))
}

func (s *paying) openShift() {
	s.t.Helper()
	s.press(keyF8)
	s.see("Смена закрыта", "Открыть смену")
	s.person(terminal.Enter)
	s.see("X-отчёт")
	s.person(terminal.Esc)
	s.see(idleWords)
}

// newOrder opens an order of one dish for 129.20 at a table on the screen, and leaves its card open. Its bill is found
// as a guest finds it, by the QR on the table.
func (s *paying) newOrder(table string) uuid.UUID {
	s.t.Helper()
	s.press(keyF4)
	s.see("Новый заказ")
	s.person(keyInsert)
	s.see("Итого")
	s.typeText(table)
	s.press(terminal.Enter, terminal.Enter)
	s.typeText("Borsch")
	s.press(terminal.Enter, terminal.Enter)
	s.typeText("129,20")
	s.press(terminal.Enter)
	s.see("Итого 129,20")
	s.press(terminal.Enter)
	s.person(terminal.Enter)
	s.see("К оплате 129,20")
	return s.billAt(table)
}

// billAt asks for the bill of a table as the phone of a guest does.
func (s *paying) billAt(table string) uuid.UUID {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), terminal.Patience)
	defer cancel()
	shown, err := s.sim.GetBill(ctx, table, "")
	s.must(err)
	if len(shown.Orders) != 1 || !shown.Orders[0].TotalSum.Equal(billSum) {
		s.t.Fatalf("the guest at table %s is shown %+v", table, shown)
	}
	bill, err := uuid.Parse(shown.Orders[0].BillID)
	s.must(err)
	return bill
}

// printTicket prints the kitchen ticket from the order's card.
func (s *paying) printTicket() {
	s.t.Helper()
	s.person(keyF7)
	s.see("чек на кухне")
}

const keyF7 = terminal.F7

var billSum = decimal.RequireFromString("129.20")

// pay pays a bill from a phone, with tips.
func (s *paying) pay(bill uuid.UUID) *expirenzasim.Paying {
	return s.sim.Pay(expirenzasim.Payment{
		Bill: bill, Sum: billSum, Tips: decimal.RequireFromString("19.24"),
		Fiscal: []expirenzasim.FiscalLine{{Key: "ЕКВАЙЕР", Value: "Universal Bank"}},
	})
}

// told waits until Expirenza has been told why the bill is not closed, and the cashier too.
func (s *paying) told(payment *expirenzasim.Paying, substate string, words ...string) {
	s.t.Helper()
	s.eventually(substate, func() bool { return payment.Result().Substate == substate })
	s.see(words...)
}

// closed waits until Expirenza knows that the bill is closed.
func (s *paying) closed(payment *expirenzasim.Paying) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), terminal.Patience)
	defer cancel()
	if result, err := payment.Wait(ctx); err != nil || !result.Closed {
		s.t.Fatalf("Expirenza knows %+v, %v; want the bill closed\n%s", result, err, s.Screen())
	}
}

// accepted gives the bodies of the answers that say that the bill is closed, as they came.
func (s *paying) accepted(bill uuid.UUID) [][]byte {
	var found [][]byte
	for _, c := range s.sim.Callbacks() {
		if c.Operation == "payBill" && c.State == "SUCCESS" && bytes.Contains(c.Body, []byte(bill.String())) {
			found = append(found, c.Body)
		}
	}
	return found
}

// slip finds the slip that holds all the words, and waits for it.
func (s *paying) slip(words ...string) string {
	s.t.Helper()
	found := ""
	s.eventually(fmt.Sprintf("slip with %q", words), func() bool {
		for _, slip := range s.paper.Slips() {
			text := slip.Text()
			if !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) }) {
				found = text
				return true
			}
		}
		return false
	})
	return found
}

// The main path: a shift, an order, a guest at it; the guest pays from the phone, the bill is closed by that payment, the
// receipt is printed, the points are accrued, and Expirenza is told with a signature that it accepts.
func TestAGuestPaysFromTheirPhone(t *testing.T) {
	s := openPaying(t)
	s.see("Expirenza", "Принтер")
	s.openShift()
	bill := s.newOrder("5")
	s.scan(s.service.IssueQR(alexander).Payload(), terminal.AtOnce())
	s.see(guestSum, "Александр Татарченко")
	s.person(terminal.Esc) // back to the order, which has its guest now
	s.gone(guestSum)
	s.printTicket()
	s.slip("Кухня", "Стол 5", "Borsch")

	s.closed(s.pay(bill))
	s.see("оплачено по QR 129,20", "чаевые 19,24", "Александр")
	s.slip("Чек", "Стол 5", "Borsch", "129,20", "Чаевые", "19,24", "ЕКВАЙЕР", "Universal Bank", "Не является фискальным документом")
	s.eventually("accrual", func() bool { return len(s.service.Ledger()) == 1 })
	s.wantLedger("accrue 2")
	s.slip("Баллы", "Начислено", "Александр Татарченко", "2 367")
	s.eventually("confirmation", func() bool { return slices.Equal(s.states(), []string{"accrual 2 confirmed"}) })
	if got := len(s.accepted(bill)); got != 1 {
		t.Errorf("%d answers say that the bill is closed", got)
	}
	s.quit()
}

// Each reason not to close a bill arises from how the till is, is told to Expirenza and to the cashier, and is mended on the
// screen; the bill closes when Expirenza asks again.
func TestABlockedBillIsMendedOnTheScreen(t *testing.T) {
	s := openPaying(t)
	bill := s.newOrder("5")

	s.person(keyInsert)
	s.see("Сохранить и оплатить")
	s.typeText("Tea")
	payment := s.pay(bill)
	s.told(payment, "BILL_IN_USE", "по QR оплачено 129,20", "заказ занят")

	s.press(terminal.Enter, terminal.Enter)
	s.typeText("10")
	s.press(terminal.Enter, terminal.Enter)
	s.person(terminal.Enter) // saved
	s.told(payment, "WRONG_REQUEST_SUM", "сумма не сходится", "Верните в заказе сумму 129,20")

	s.person(keyInsert)
	s.see("Сохранить и оплатить")
	s.person(terminal.Up, keyDelete)
	s.see("Итого 129,20")
	s.press(terminal.Enter)
	s.person(terminal.Enter)
	s.told(payment, "CLOSE_ORDER_BLOCKED", "нет кухонного чека")

	s.printTicket()
	s.told(payment, "CASHIERS_SHIFT_CLOSED", "смена закрыта", "Откройте смену: F8")

	s.paper.Set(printertest.Trouble{NoPaper: true})
	s.person(keyF8)
	s.see("Открыть смену")
	s.person(terminal.Enter)
	s.told(payment, "PRINTER_ERROR", "принтер не печатает", "НЕТ БУМАГИ")

	s.paper.Set(printertest.Trouble{})
	s.closed(payment)
	s.see("оплачено по QR 129,20")
	s.gone("счёт НЕ закрыт")
	s.slip("Чек", "Borsch", "129,20")
}

// A bill that the till does not know is never closed; the cashier books the money by hand, and Expirenza is told so if it
// asks after all.
func TestAnUnknownBillIsBookedByHand(t *testing.T) {
	s := openPaying(t)
	s.openShift()
	bill := uuid.New()
	s.told(s.pay(bill), "OTHER_ERROR", "нет такого счёта", "Проведите вручную")
	s.press(keyF4)
	s.see("Оплаты по QR: 1")
	s.focus("Оплаты по QR: 1")
	s.person(terminal.Enter)
	s.see("Оплаты по QR, которые не закрыли счёт")
	s.person(terminal.Enter)
	s.see("по QR пришло 129,20", "Закрыть вручную", "Universal Bank")
	s.typeText("dropped by mistake")
	s.press(terminal.Enter)
	s.focus("Закрыть вручную")
	s.person(terminal.Enter)
	s.see("Провести оплату по QR 148,44")
	s.person(terminal.Enter)
	s.see("проведена вручную")
	s.closed(s.pay(bill))

	s.press(keyF8)
	s.see("QR 1 129,20", "Чаевые по QR 19,24", "открытых операций и оплат нет")
}

// focus walks to a button.
func (s *paying) focus(button string) {
	s.t.Helper()
	const steps = 8
	time.Sleep(quiet)
	for range steps {
		if strings.Contains(inOneLine(s.Screen()), "> "+button+" <") {
			return
		}
		s.press(terminal.Tab)
		time.Sleep(keyPause)
	}
	s.see("> " + button + " <")
}

// However often Expirenza asks, a bill is closed once, by one payment. Who pays another sum for it has paid twice, and the
// cashier is told until they have read it.
func TestABillIsPaidOnce(t *testing.T) {
	s := openPaying(t)
	s.openShift()
	bill := s.newOrder("5")
	s.printTicket()
	s.sim.SetFault(expirenzasim.Duplicate())
	s.closed(s.pay(bill))
	s.sim.SetFault(expirenzasim.Fault{})
	s.see("оплачено по QR 129,20")
	s.eventually("answers", func() bool { return len(s.accepted(bill)) == 2 })

	// With another rID. A till that has not noted yet that its answer was taken takes it for a repeat, and is asked once more.
	s.eventually("warning", func() bool {
		s.closed(s.pay(bill))
		return strings.Contains(inOneLine(s.Screen()), "прислала оплату 148,44")
	})
	other := s.sim.Pay(expirenzasim.Payment{Bill: bill, Sum: decimal.NewFromInt(130)})
	s.told(other, "WRONG_REQUEST_SUM", "ГОСТЬ ЗАПЛАТИЛ ДВАЖДЫ")
	other.Stop()

	s.press(keyF8)
	s.see("QR 1 129,20", "Закрыто заказов 1")
	if got := len(s.paper.Slips()); got != 2 { // the ticket and the receipt
		t.Errorf("%d slips were printed", got)
	}
}

// The power goes after the bill was closed and before Expirenza knows: the next start says so, in the same bytes.
func TestPowerCutBetweenTheEffectAndItsAnswer(t *testing.T) {
	s := newPaying(t)
	s.sim.Repeat = time.Hour // the letter goes, and no second question
	s.start(terminal.Options{Columns: 120, Rows: 40})
	s.connected()
	s.openShift()
	bill := s.newOrder("5")
	s.printTicket()

	came, held := make(chan expirenzasim.Callback, 1), make(chan struct{})
	s.sim.SetFault(expirenzasim.Fault{Callback: func(c expirenzasim.Callback) *expirenzasim.Answer {
		if c.Operation != "payBill" {
			return nil
		}
		came <- c
		return &expirenzasim.Answer{Hold: held, Cut: true}
	}})
	payment := s.pay(bill)
	var before expirenzasim.Callback
	select {
	case before = <-came:
	case <-time.After(terminal.Patience):
		t.Fatal("no answer came")
	}
	s.powerCut()
	s.sim.SetFault(expirenzasim.Fault{})
	close(held)
	if payment.Result().Closed {
		t.Fatal("Expirenza knows already")
	}

	s.waitOutPause()
	s.start(terminal.Options{Columns: 120, Rows: 40})
	s.closed(payment)
	answers := s.accepted(bill)
	if len(answers) != 2 || !bytes.Equal(answers[0], before.Body) || !bytes.Equal(answers[1], before.Body) {
		t.Errorf("before the power cut\n%s\nand in all\n%s", before.Body, bytes.Join(answers, []byte("\n")))
	}
	s.press(keyF8)
	s.see("QR 1 129,20", "Закрыто заказов 1")
}

// waitOutPause makes the last attempt to connect long ago: a till that is started again keeps Expirenza's pause.
func (s *paying) waitOutPause() {
	s.t.Helper()
	long := time.Now().Add(-time.Minute)
	s.must(os.Chtimes(filepath.Join(s.shop.DataDir(), "expirenza.attempt"), long, long))
}
