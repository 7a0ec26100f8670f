package stage

import (
	"context"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// Printer keeps what it prints.
type Printer struct {
	Trouble  error
	Tickets  int
	Receipts int
	Reports  int
	Copies   int // of receipts and of reports
}

// Ready as [orders.Printer.Ready].
func (p *Printer) Ready(context.Context) error { return p.Trouble }

// Ticket as [orders.Printer.Ticket].
func (p *Printer) Ticket(context.Context, orders.Order, []orders.Dish) error {
	if p.Trouble == nil {
		p.Tickets++
	}
	return p.Trouble
}

// Receipt as [orders.Printer.Receipt].
func (p *Printer) Receipt(_ context.Context, _ orders.Order, _ []orders.Payment, _ []orders.FiscalLine, copyOf bool) error {
	if p.Receipts++; copyOf {
		p.Copies++
	}
	return p.Trouble
}

// Shift as [orders.Printer.Shift].
func (p *Printer) Shift(_ context.Context, _ orders.ShiftTotals, copyOf bool) error {
	if p.Reports++; copyOf {
		p.Copies++
	}
	return p.Trouble
}
