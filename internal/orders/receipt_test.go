package orders_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// due says how many receipts are due.
func (h *hall) due(want int) {
	h.t.Helper()
	due, err := h.store.ReceiptsDue(h.t.Context())
	must(h.t, err)
	if len(due) != want {
		h.t.Errorf("%d receipts are due, want %d", len(due), want)
	}
}

// restarted is the book of the program's next run, with another printer.
func (h *hall) restarted(printer orders.Printer) {
	options := h.book.Options
	options.Printer = printer
	h.book = orders.NewBook(options)
	h.book.ResumeReceipts(h.t.Context())
}

// waitingReceipt is a till whose printer holds the receipt of a paid order.
func waitingReceipt(t *testing.T) (*hall, *fakePrinter) {
	h, printer := newTill(t)
	printer.holds = true
	o := h.opened(line("Борщ", "100"))
	h.asks(o.ID, "r1", "100", "closed")
	h.published()
	h.due(1)
	return h, printer
}

func TestAReceiptIsDueUntilItHasComeOut(t *testing.T) {
	for name, became := range map[string]error{"printed": nil, "given up": errDown} {
		t.Run(name, func(t *testing.T) {
			h, printer := waitingReceipt(t)
			printer.waiting[0](became)
			h.due(0)
		})
	}
}

func TestACopyIsAsGoodAsAReceipt(t *testing.T) {
	h, printer := waitingReceipt(t)
	due, err := h.store.ReceiptsDue(t.Context())
	must(t, err)
	must(t, h.book.PrintReceipt(t.Context(), due[0]))
	printer.waiting[1](errDown)
	h.due(1) // the first one may still come out
	must(t, h.book.PrintReceipt(t.Context(), due[0]))
	printer.waiting[2](nil)
	h.due(0)
}

func TestTheNextRunPrintsWhatIsDue(t *testing.T) {
	h, _ := waitingReceipt(t)
	next := &fakePrinter{}
	h.restarted(next)
	if got := next.paper(); got != "receipt 1 qr 100 ЕКВАЙЕР=Universal Bank copy" {
		t.Errorf("printed %q", got)
	}
	h.due(0)
	h.restarted(next)
	if got := next.paper(); got != "receipt 1 qr 100 ЕКВАЙЕР=Universal Bank copy" {
		t.Errorf("after one more start: printed %q", got)
	}
}

func TestAReceiptOfYesterdayIsNotDue(t *testing.T) {
	h, _ := waitingReceipt(t)
	h.pass(orders.ReceiptMaxAge + time.Second)
	next := &fakePrinter{}
	h.restarted(next)
	h.due(0)
	if got := next.paper(); got != "" {
		t.Errorf("printed %q", got)
	}
}

// Nothing that is in the way at a start loses a receipt: a shop whose printer was taken away, a journal that cannot be read
// or written, a printer that takes nothing.
func TestAReceiptStaysDue(t *testing.T) {
	h, _ := waitingReceipt(t)
	h.restarted(nil)
	h.due(1)
	for _, method := range []string{"Order", "Payments", "Claims"} {
		h.store.onRead = func(m string) error {
			if m == method {
				return errDown
			}
			return nil
		}
		h.restarted(&fakePrinter{})
		h.store.onRead = nil
		h.due(1)
	}
	h.published()
	h.restarted(&fakePrinter{fails: errDown})
	h.due(1)
	if got := h.published(); got != "ReceiptMissed" {
		t.Errorf("published %q", got)
	}
	h.store.FailWrites = func(string) error { return errors.New("the disk is full") }
	next := &fakePrinter{}
	h.restarted(next)
	h.store.FailWrites = nil
	h.due(1)
	if next.paper() == "" {
		t.Error("a receipt was not printed because the journal is full")
	}
}

func TestAShopWithoutAPrinterOwesNoReceipts(t *testing.T) {
	h := newHall(t)
	_, err := h.book.OpenShift(t.Context(), "Оля")
	must(t, err)
	o := h.opened(line("Борщ", "100"))
	_, err = h.pay(o.ID, nil, cash("100"))
	must(t, err)
	h.due(0)
}
