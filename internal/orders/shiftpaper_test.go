package orders_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

func (p *fakePrinter) Shift(_ context.Context, totals orders.ShiftTotals, copyOf bool) error {
	what := "X"
	if !totals.Shift.ClosedAt.IsZero() {
		what = "Z"
	}
	what += fmt.Sprint(" ", totals.Shift.Number)
	for _, kind := range []orders.PaymentKind{orders.PaidCash, orders.PaidCard, orders.PaidQR} {
		if total := totals.Payments[kind]; total.Count > 0 {
			what += fmt.Sprint(" ", kind, " ", total.Sum)
		}
	}
	if copyOf {
		what += " copy"
	}
	return p.print(what)
}

func (p *simPrinter) Shift(context.Context, orders.ShiftTotals, bool) error {
	return p.Ready(context.Background())
}

// TestTheReportsOfShiftsArePrinted prints the Z report once, by the closing; what is asked for later is a copy.
func TestTheReportsOfShiftsArePrinted(t *testing.T) {
	h, printer := newTill(t)
	first, err := h.book.Shift(t.Context())
	must(t, err)
	_, err = h.pay(h.opened(line("Чай", "30")).ID, nil, cash("10"), card("20"))
	must(t, err)
	must(t, h.book.Close(t.Context())) // the receipt is out
	printer.printed = nil
	must(t, h.book.PrintShift(t.Context(), first.ID))
	_, _, err = h.book.CloseShift(t.Context(), "Оля")
	must(t, err)
	must(t, h.book.Close(t.Context()))
	must(t, h.book.PrintShift(t.Context(), first.ID))
	if got := printer.paper(); got != "X 1 cash 10 card 20; Z 1 cash 10 card 20; Z 1 cash 10 card 20 copy" {
		t.Errorf("printed %s", got)
	}
	wantError(t, h.book.PrintShift(t.Context(), uuid.New()), orders.ErrNotFound)
}

// TestAShiftIsClosedWithoutPaper closes it all the same, and prints the report when it is asked for again.
func TestAShiftIsClosedWithoutPaper(t *testing.T) {
	h, printer := newTill(t)
	shift, err := h.book.Shift(t.Context())
	must(t, err)
	printer.set(&orders.PrinterTrouble{NoPaper: true})
	totals, _, err := h.book.CloseShift(t.Context(), "Оля")
	must(t, err)
	must(t, h.book.Close(t.Context()))
	if totals.Shift.ClosedAt.IsZero() || printer.paper() != "" {
		t.Errorf("closed %v, printed %q", totals.Shift.ClosedAt, printer.paper())
	}
	var trouble *orders.PrinterTrouble
	if err := h.book.PrintShift(t.Context(), shift.ID); !errors.As(err, &trouble) || !trouble.NoPaper {
		t.Errorf("got %v", err)
	}
	printer.set(nil)
	must(t, h.book.PrintShift(t.Context(), shift.ID))
	if got := printer.paper(); got != "Z 1 copy" {
		t.Errorf("printed %s", got)
	}

	bare := newHall(t)
	shift, err = bare.book.OpenShift(t.Context(), "Оля")
	must(t, err)
	wantError(t, bare.book.PrintShift(t.Context(), shift.ID), orders.ErrNoPrinter)
	_, _, err = bare.book.CloseShift(t.Context(), "Оля")
	must(t, err)
	must(t, bare.book.Close(t.Context()))
}
