package tui

import (
	"context"
	"errors"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// orderErrors say why the book has refused something, and what to do.
var orderErrors = []struct {
	err error
	id  texts.ID
}{
	{orders.ErrShiftClosed, texts.WhyShiftClosed},
	{orders.ErrShiftOpen, texts.WhyShiftOpen},
	{orders.ErrTicket, texts.WhyTicket},
	{orders.ErrInUse, texts.WhyInUse},
	{orders.ErrPaid, texts.WhyPaid},
	{orders.ErrClosed, texts.OrderClosed},
	{orders.ErrNotPaid, texts.WhyDueChanged},
	{orders.ErrConflict, texts.WhyOrderChanged},
	{orders.ErrPointsMoved, texts.WhyPointsMoved},
	{orders.ErrOtherGuest, texts.WhyOtherGuest},
	{orders.ErrNotOurs, texts.WhyNotOurs},
	{orders.ErrNotFound, texts.WhyNoOrder},
	{orders.ErrInvalid, texts.WhyInvalidOrder},
	{orders.ErrNoPrinter, texts.WhyNoPrinter},
	{errOrderBusy, texts.WhyOrderBusy},
}

// whyOrder puts an error of the book into a sentence.
func (e *env) whyOrder(err error) string {
	var printer *orders.PrinterTrouble
	var claim *orders.ClaimWarning
	var editor *orders.InUseError
	switch {
	case errors.As(err, &editor) && editor.Who != "":
		return e.Say(texts.WhyInUseBy, texts.Args{"Name": editor.Who})
	case errors.As(err, &printer) && printer.NoPaper:
		return e.Say(texts.WhyNoPaper)
	case errors.As(err, &printer):
		return e.Say(texts.WhyPrinterOff)
	case errors.As(err, &claim):
		return e.Say(texts.WhyClaim)
	case errors.Is(err, context.DeadlineExceeded):
		return e.Say(texts.WhyPrinterOff)
	}
	for _, known := range orderErrors {
		if errors.Is(err, known.err) {
			return e.Say(known.id)
		}
	}
	return e.whyError(err)
}
