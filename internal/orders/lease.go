package orders

import (
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"
)

// LeaseIdle is how long an editor may leave an order untouched before it is free for others.
const LeaseIdle = 60 * time.Second

// Lease is somebody editing an order, whose changes are not saved yet. It lives in memory only: what is not saved ends with
// the program, and so does the lock.
type Lease struct {
	book    *Book
	order   uuid.UUID
	who     string
	touched time.Time
}

// InUseError is an [ErrInUse] of which it is known who edits the order.
type InUseError struct {
	Who string // the editor's name, safe for a screen; may be empty. Error keeps it out of logs
}

func (e *InUseError) Error() string { return ErrInUse.Error() }

// Unwrap gives [ErrInUse].
func (e *InUseError) Unwrap() error { return ErrInUse }

// Edit takes the lease of an order for its editor, or returns an [*InUseError] while another holds it. The same editor again
// gets a new lease in place of the old one. Only unsaved changes need one; the editor touches it with each of them.
func (b *Book) Edit(order uuid.UUID, who string) (*Lease, error) {
	who = shortened(text(who))
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.leased(order, who); err != nil {
		return nil, err
	}
	lease := &Lease{book: b, order: order, who: who, touched: b.Now()}
	b.leases[order] = lease
	return lease, nil
}

// Touch says that the editor is still there. It reports false when the lease has passed to somebody else, or was released.
func (l *Lease) Touch() bool {
	l.book.mu.Lock()
	defer l.book.mu.Unlock()
	if l.book.leases[l.order] != l {
		return false
	}
	l.touched = l.book.Now()
	return true
}

// Release ends the lease; a second time does nothing.
func (l *Lease) Release() {
	l.book.mu.Lock()
	defer l.book.mu.Unlock()
	if l.book.leases[l.order] == l {
		delete(l.book.leases, l.order)
	}
}

// idle reports whether the editor has been away for too long. A clock that was set back is no reason to wait for it.
func (l *Lease) idle(now time.Time) bool { return now.Sub(l.touched).Abs() >= LeaseIdle }

// leased gives an [*InUseError] while somebody other than the given one edits the order; b.mu is held.
func (b *Book) leased(order uuid.UUID, who string) error {
	lease := b.leases[order]
	if lease == nil || lease.who == who || lease.idle(b.Now()) {
		return nil
	}
	return fmt.Errorf("orders: order %s: %w", order, &InUseError{Who: lease.who})
}

// refuseWhileEdited gives an [*InUseError] while somebody other than the given one edits the order.
func (b *Book) refuseWhileEdited(order uuid.UUID, who string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.leased(order, shortened(text(who)))
}

// edited reports whether anybody edits the order.
func (b *Book) edited(order uuid.UUID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	lease := b.leases[order]
	return lease != nil && !lease.idle(b.Now())
}

// dropLeases forgets the editors who went away. One who comes back later finds that their lease is over.
func (b *Book) dropLeases() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.Now()
	maps.DeleteFunc(b.leases, func(_ uuid.UUID, lease *Lease) bool { return lease.idle(now) })
}
