package orders_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// TestCheckPaySaysWhatPayWould asks before the money is taken: the answer is the one that paying would give, and nothing is
// written by the question.
func TestCheckPaySaysWhatPayWould(t *testing.T) {
	h, printer := newTill(t)
	o := h.opened(cooked("Борщ", "100"))
	payment := func() orders.PayOrder {
		return orders.PayOrder{Order: o.ID, Version: h.version(o.ID), Parts: []orders.Part{cash("100")}, Cashier: " Оля"}
	}
	refused := func(want error) {
		t.Helper()
		version := h.version(o.ID)
		wantError(t, h.book.CheckPay(t.Context(), payment()), want)
		if h.version(o.ID) != version {
			t.Error("the question has changed the order")
		}
		_, err := h.book.Pay(t.Context(), payment())
		wantError(t, err, want)
	}
	refused(orders.ErrTicket)
	_, err := h.book.MarkPrinted(t.Context(), o.ID, []uuid.UUID{o.Dishes[0].ID}, "Оля")
	must(t, err)
	lease, err := h.book.Edit(o.ID, "Петро")
	must(t, err)
	refused(orders.ErrInUse)
	lease.Release()
	mine, err := h.book.Edit(o.ID, "Оля") // is no obstacle to herself
	must(t, err)
	op := h.redeem(o, "10", loyalty.StateSending)
	refused(orders.ErrInUse)
	h.step(op, loyalty.StateRefused)
	_, _, err = h.book.CloseShift(t.Context(), "Оля")
	must(t, err)
	refused(orders.ErrShiftClosed)
	h.asks(o.ID, "r1", "100", "in_use")
	mine.Release()
	_, err = h.book.OpenShift(t.Context(), "Оля")
	must(t, err)
	var warning *orders.ClaimWarning
	if err := h.book.CheckPay(t.Context(), payment()); !errors.As(err, &warning) || len(warning.Claims) != 1 {
		t.Errorf("got %v", err)
	}
	sure := payment()
	sure.Confirmed = true
	must(t, h.book.CheckPay(t.Context(), sure))
	must(t, h.book.Close(t.Context())) // the Z report is out
	if paid, err := h.store.Payments(t.Context(), o.ID); err != nil || len(paid) > 0 || printer.paper() != "Z 1" {
		t.Errorf("the question has paid: %v, %v, %s", paid, err, printer.paper())
	}
	_, err = h.book.Pay(t.Context(), sure)
	must(t, err)
	wantError(t, h.book.CheckPay(t.Context(), sure), orders.ErrPaid)
	wantError(t, h.book.CheckPay(t.Context(), orders.PayOrder{Order: uuid.New()}), orders.ErrNotFound)
}
