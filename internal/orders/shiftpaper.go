package orders

import (
	"context"

	"github.com/google/uuid"
)

// PrintShift prints the report of a shift: the X report of the open one, a copy of the Z report of a closed one. The Z report
// itself is printed by [Book.CloseShift].
//
// Errors: [ErrNoPrinter]; [ErrNotFound]; the printer's; the store's.
func (b *Book) PrintShift(ctx context.Context, shift uuid.UUID) error {
	if b.Printer == nil {
		return ErrNoPrinter
	}
	totals, err := b.Store.ShiftTotals(ctx, shift)
	if err != nil {
		return err
	}
	return b.Printer.Shift(ctx, totals, !totals.Shift.ClosedAt.IsZero())
}

// printZ prints the Z report of a shift that was just closed. When it cannot be printed, [Book.PrintShift] prints a copy later.
func (b *Book) printZ(totals ShiftTotals) {
	if b.Printer == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), printLimit)
	defer cancel()
	if err := b.Printer.Shift(ctx, totals, false); err != nil {
		b.Log.Warn("a Z report was not printed", "shift", totals.Shift.ID, "err", err)
	}
}
