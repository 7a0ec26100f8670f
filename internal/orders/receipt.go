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

	// Receipt prints the receipt of a paid order. nil means that the printer answers for it: it tells Ended, and publishes
	// [ReceiptMissed] when it does not come out.
	Receipt(ctx context.Context, receipt Receipt) error

	// Shift prints the report of a shift: X while it is open, Z when it is closed. A copy says that it is one. nil means that
	// it is printed, or that the printer answers for it.
	Shift(ctx context.Context, totals ShiftTotals, copyOf bool) error
}

// Receipt is what a printer needs to know of a paid order.
type Receipt struct {
	Order    Order
	Payments []Payment
	Fiscal   []FiscalLine // what the other system wants to see on it
	Copy     bool         // it says that it is one
	// Ended is told once what became of it: nil when it has come out, else why it never will. It is not told when Receipt
	// fails, nor when the program ends before: then the receipt is still due.
	Ended func(err error)
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

// ReceiptMaxAge is how long a receipt that has not come out is due: the next day nobody comes for it.
const ReceiptMaxAge = 24 * time.Hour

const (
	readyLimit = 3 * time.Second  // the printer is waited for before a bill is closed
	printLimit = 30 * time.Second // and afterwards
	noteLimit  = 5 * time.Second  // for the journal, when a receipt has come out
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
	b.giveReceipt(Receipt{
		Order: order, Payments: payments, Fiscal: fiscal,
		Ended: func(error) { b.receiptEnded(order.ID) }, // whatever became of it, a person has been told
	})
}

func (b *Book) giveReceipt(receipt Receipt) {
	ctx, cancel := context.WithTimeout(context.Background(), printLimit)
	defer cancel()
	if err := b.Printer.Receipt(ctx, receipt); err != nil {
		b.Log.Warn("a receipt was not printed", "order", receipt.Order.ID, "err", err)
		b.Hub.Publish(ReceiptMissed{Order: receipt.Order, Err: err})
	}
}

// receiptEnded notes that a receipt is not due any more. Should that not be written, the next start prints a copy too many.
func (b *Book) receiptEnded(order uuid.UUID) {
	ctx, cancel := context.WithTimeout(context.Background(), noteLimit)
	defer cancel()
	if err := b.Store.ReceiptEnded(ctx, order); err != nil {
		b.Log.Warn("it was not noted that a receipt has come out", "order", order, "err", err)
	}
}

// resumeReceipts prints what the program that ran before has left, as copies: it may have come out just before the end. What
// is older than [ReceiptMaxAge] is not printed any more.
func (b *Book) resumeReceipts(ctx context.Context) {
	if b.Printer == nil {
		return
	}
	due, err := b.Store.ReceiptsDue(ctx)
	if err != nil {
		b.failed(ctx, err)
		return
	}
	for _, order := range due {
		receipt, err := b.receipt(ctx, order)
		switch {
		case err != nil:
			b.failed(ctx, err)
		case b.Now().Sub(receipt.Order.ChangedAt) > ReceiptMaxAge:
			b.Log.Warn("a receipt was not printed in time and is not due any more", "order", order)
			b.receiptEnded(order)
		default:
			receipt.Copy, receipt.Ended = true, func(error) { b.receiptEnded(order) }
			b.guarded("printing a receipt", func() { b.giveReceipt(receipt) })
		}
	}
}

// PrintReceipt prints the receipt of a paid order again, as a copy.
//
// Errors: [ErrNoPrinter]; [ErrNotFound]; [ErrNotPaid] when the order is not paid; the printer's; the store's.
func (b *Book) PrintReceipt(ctx context.Context, order uuid.UUID) error {
	if b.Printer == nil {
		return ErrNoPrinter
	}
	receipt, err := b.receipt(ctx, order)
	if err != nil {
		return err
	}
	receipt.Copy = true
	receipt.Ended = func(err error) {
		if err == nil { // else the first one may still come out
			b.receiptEnded(order)
		}
	}
	return b.Printer.Receipt(ctx, receipt)
}

// receipt is the receipt of a paid order, as the journal knows it.
func (b *Book) receipt(ctx context.Context, order uuid.UUID) (r Receipt, err error) {
	if r.Order, err = b.Store.Order(ctx, order); err != nil {
		return r, err
	}
	if r.Order.Reason != ReasonPaid {
		return r, fmt.Errorf("orders: order %s: %w", order, ErrNotPaid)
	}
	if r.Payments, err = b.Store.Payments(ctx, order); err != nil {
		return r, err
	}
	claims, err := b.Store.Claims(ctx, ClaimFilter{Bill: order})
	if err != nil {
		return r, err
	}
	booked := func(c Claim) bool { return c.State == ClaimPaid || c.State == ClaimBooked }
	if i := slices.IndexFunc(claims, booked); i >= 0 {
		r.Fiscal = claims[i].Fiscal
	}
	return r, nil
}
