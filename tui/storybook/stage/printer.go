package stage

import (
	"context"
	"sync"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// Printer keeps what it prints. Its counts are read when the book is at rest.
type Printer struct {
	mu       sync.Mutex // slips of several orders may be on their way at once
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
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Trouble == nil {
		p.Tickets++
	}
	return p.Trouble
}

// Receipt as [orders.Printer.Receipt].
func (p *Printer) Receipt(_ context.Context, receipt orders.Receipt) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Receipts++; receipt.Copy {
		p.Copies++
	}
	return p.Trouble
}

// Shift as [orders.Printer.Shift].
func (p *Printer) Shift(_ context.Context, _ orders.ShiftTotals, copyOf bool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.Reports++; copyOf {
		p.Copies++
	}
	return p.Trouble
}
