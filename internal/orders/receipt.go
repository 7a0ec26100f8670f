package orders

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Printer prints what an order needs on paper.
type Printer interface {
	// Ready reports whether a receipt can be printed now: nil, or a [*PrinterTrouble].
	Ready(ctx context.Context) error

	// Ticket gives the kitchen its ticket of some lines. nil means that it is printed, or that the printer answers for it.
	Ticket(ctx context.Context, order Order, lines []Dish) error

	// Receipt prints the receipt of a paid order, with the lines that the other system wants to see on it. A copy says
	// that it is one. nil means that it is printed, or that the printer answers for it: then it publishes
	// [ReceiptMissed] when it does not come out.
	Receipt(ctx context.Context, order Order, payments []Payment, fiscal []FiscalLine, copyOf bool) error

	// Shift prints the report of a shift: X while it is open, Z when it is closed. A copy says that it is one. nil means that
	// it is printed, or that the printer answers for it.
	Shift(ctx context.Context, totals ShiftTotals, copyOf bool) error
}

// PrinterTrouble says why the printer cannot print.
type PrinterTrouble struct {
	NoPaper bool // otherwise it cannot be reached
}

func (t *PrinterTrouble) Error() string {
	if t.NoPaper {
		return "orders: the printer has no paper"
	}
	return "orders: the printer cannot be reached"
}

// ReceiptMissed is published when the receipt of a paid order has not come out. The order stays closed; [Book.PrintReceipt]
// prints a copy.
type ReceiptMissed struct {
	Order Order
	Waits bool  // the printer goes on trying, and [ReceiptPrinted] says when it has come out
	Err   error // why it will not come out; nil while it waits
}

// ReceiptPrinted is published when a receipt has come out that was missed.
type ReceiptPrinted struct{ Order Order }

// ErrNoPrinter refuses to print in a shop without a printer.
var ErrNoPrinter = errors.New("orders: there is no printer")

const (
	readyLimit = 3 * time.Second  // the printer is waited for before a bill is closed
	printLimit = 30 * time.Second // and afterwards
)

func (b *Book) printerReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	return b.Printer.Ready(ctx)
}

// printReceipt prints the receipt of an order that was just closed. When it cannot be printed, [Book.PrintReceipt] prints a
// copy later.
func (b *Book) printReceipt(order Order, payments []Payment, fiscal []FiscalLine) {
	if b.Printer == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), printLimit)
	defer cancel()
	if err := b.Printer.Receipt(ctx, order, payments, fiscal, false); err != nil {
		b.Log.Warn("a receipt was not printed", "order", order.ID, "err", err)
		b.Hub.Publish(ReceiptMissed{Order: order, Err: err})
	}
}

// PrintReceipt prints the receipt of a paid order again, as a copy.
//
// Errors: [ErrNoPrinter]; [ErrNotFound]; [ErrNotPaid] when the order is not paid; the printer's; the store's.
func (b *Book) PrintReceipt(ctx context.Context, order uuid.UUID) error {
	if b.Printer == nil {
		return ErrNoPrinter
	}
	o, err := b.Store.Order(ctx, order)
	if err != nil {
		return err
	}
	if o.Reason != ReasonPaid {
		return fmt.Errorf("orders: order %s: %w", order, ErrNotPaid)
	}
	payments, err := b.Store.Payments(ctx, order)
	if err != nil {
		return err
	}
	claims, err := b.Store.Claims(ctx, ClaimFilter{Bill: order})
	if err != nil {
		return err
	}
	var fiscal []FiscalLine
	booked := func(c Claim) bool { return c.State == ClaimPaid || c.State == ClaimBooked }
	if i := slices.IndexFunc(claims, booked); i >= 0 {
		fiscal = claims[i].Fiscal
	}
	return b.Printer.Receipt(ctx, o, payments, fiscal, true)
}
