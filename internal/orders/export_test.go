package orders

import "context"

// GuestLimit is how many guests the book remembers.
const GuestLimit = guestLimit

// Sweep does what [Book.Run] does each minute.
func (b *Book) Sweep(ctx context.Context) { b.sweep(ctx) }

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
	return len(b.arrivals.orders) + len(b.writes.orders)
}

// Noted counts the orders that Run is to look at.
func (b *Book) Noted() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.over)
}
