package orders

import (
	"context"

	"github.com/google/uuid"
)

// GuestLimit is how many guests the book remembers.
const GuestLimit = guestLimit

// Sweep does what [Book.Run] does each minute.
func (b *Book) Sweep(ctx context.Context) { b.sweep(ctx) }

// ResumeReceipts does what [Book.Run] does first.
func (b *Book) ResumeReceipts(ctx context.Context) { b.resumeReceipts(ctx) }

// Remembered counts the guests that the book remembers.
func (b *Book) Remembered() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.guests)
}

// Turns counts the orders at which somebody has the turn or waits for it.
func (b *Book) Turns() int {
	b.arrivals.mu.Lock()
	defer b.arrivals.mu.Unlock()
	b.writes.mu.Lock()
	defer b.writes.mu.Unlock()
	b.tickets.mu.Lock()
	defer b.tickets.mu.Unlock()
	return len(b.arrivals.orders) + len(b.writes.orders) + len(b.tickets.orders)
}

// Noted counts the orders that Run is to look at.
func (b *Book) Noted() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.over)
}

// Leases counts the orders that are remembered as edited, and Shown the bills that are remembered as shown.
func (b *Book) Leases() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.leases)
}

func (b *Book) Shown() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.shown)
}

// ShownLimit is how many bills the book remembers as shown.
const ShownLimit = shownLimit

// NoteShown has a guest look at the bill of an order, whether there is one or not.
func (b *Book) NoteShown(order uuid.UUID) { b.noteShown([]Bill{{Order: Order{ID: order}}}) }
