package main

import (
	"context"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/printer"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// Shift implements [orders.Printer]. The report goes through the queue, as
// receipts do: nobody waits for it, and a copy can be had from the shift screen.
func (p *paper) Shift(_ context.Context, totals orders.ShiftTotals, copyOf bool) error {
	return p.queue.Add(printer.Job{Doc: p.shiftReport(totals).Doc(p.paperWords()), Copy: copyOf, Done: func(err error) {
		if err != nil {
			p.log.Warn("the report of a shift was not printed", "shift", totals.Shift.ID, "err", err)
		}
	}})
}

// shiftReport is the X report of an open shift, the Z report of a closed one.
func (p *paper) shiftReport(totals orders.ShiftTotals) printer.ShiftReport {
	shift, title := totals.Shift, texts.PaperX
	if !shift.ClosedAt.IsZero() {
		title = texts.PaperZ
	}
	r := printer.ShiftReport{
		Head: p.head(title, ""), Number: shift.Number, Tips: totals.Tips, Orders: totals.Orders,
		Opened: shift.OpenedAt, OpenedBy: shift.OpenedBy, Closed: shift.ClosedAt, ClosedBy: shift.ClosedBy,
	}
	for _, kind := range []orders.PaymentKind{orders.PaidCash, orders.PaidCard, orders.PaidQR} {
		total := totals.Payments[kind]
		r.Takings = append(r.Takings, printer.Taking{Label: p.words.Say(paymentWords[kind]), Count: total.Count, Sum: total.Sum})
	}
	return r
}
