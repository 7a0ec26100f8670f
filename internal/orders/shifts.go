package orders

import (
	"context"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// ShiftChanged is published on the hub when a shift was opened or closed.
type ShiftChanged struct{ Shift Shift }

// ShiftLeft is what is still open while a shift ends. Nothing of it keeps the shift from being closed.
type ShiftLeft struct {
	Operations []loyalty.Operation // whose outcome is still open, the newest first
	Claims     []Claim             // money from outside that has closed nothing yet, the oldest first
}

// OpenShift opens the register's next cash shift. Errors: [ErrShiftOpen]; the store's.
func (b *Book) OpenShift(ctx context.Context, by string) (Shift, error) {
	shift, err := b.Store.OpenShift(ctx, uuid.Must(uuid.NewV7()), shortened(text(by)), b.Now())
	if err != nil {
		return Shift{}, err
	}
	b.Hub.Publish(ShiftChanged{Shift: shift})
	return shift, nil
}

// CloseShift closes the open cash shift and gives its Z report, with what is left open; the report is printed behind it. When
// the shift could be closed but the report not read, the error is the store's, [Book.Shift] says that it is closed, and
// [Book.PrintShift] prints the report later.
//
// Errors: [ErrShiftClosed]; the store's.
func (b *Book) CloseShift(ctx context.Context, by string) (ShiftTotals, ShiftLeft, error) {
	left, err := b.left(ctx)
	if err != nil {
		return ShiftTotals{}, ShiftLeft{}, err
	}
	shift, err := b.Store.CloseShift(ctx, shortened(text(by)), b.Now())
	if err != nil {
		return ShiftTotals{}, ShiftLeft{}, err
	}
	b.Hub.Publish(ShiftChanged{Shift: shift})
	totals, err := b.Store.ShiftTotals(ctx, shift.ID)
	if err == nil {
		b.later("printing a Z report", func() { b.printZ(totals) })
	}
	return totals, left, err
}

// Shift gives the open cash shift, or [ErrShiftClosed].
func (b *Book) Shift(ctx context.Context) (Shift, error) { return b.Store.Shift(ctx) }

// ShiftReport gives the X report of the open cash shift, with what would be left open if it were closed now.
//
// Errors: [ErrShiftClosed]; the store's.
func (b *Book) ShiftReport(ctx context.Context) (ShiftTotals, ShiftLeft, error) {
	shift, err := b.Store.Shift(ctx)
	if err != nil {
		return ShiftTotals{}, ShiftLeft{}, err
	}
	left, err := b.left(ctx)
	if err != nil {
		return ShiftTotals{}, ShiftLeft{}, err
	}
	totals, err := b.Store.ShiftTotals(ctx, shift.ID)
	return totals, left, err
}

func (b *Book) left(ctx context.Context) (left ShiftLeft, err error) {
	left.Operations, err = b.Operations.List(ctx, loyalty.Filter{States: []loyalty.State{
		loyalty.StatePlanned, loyalty.StateQueued, loyalty.StateSending, loyalty.StateUnknown, loyalty.StateReview,
	}})
	if err != nil {
		return left, err
	}
	left.Claims, err = b.Blocked(ctx)
	return left, err
}
