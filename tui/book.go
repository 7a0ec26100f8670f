package tui

import (
	"bytes"
	"slices"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// bookSize is how many operations the screen remembers: more than any list shows.
const bookSize = 100

// book is what the screen knows of the till's operations: the last ones, and the matters that are open.
type book struct {
	ops     []loyalty.Operation // newest first
	voided  []uuid.UUID         // were voided at start, and nobody has noted it yet
	offered map[uuid.UUID]bool  // planned accruals that the cashier sends or cancels
	unread  bool                // the journal could not be read
}

func newBook(found loyalty.Recovery) *book {
	b := &book{offered: make(map[uuid.UUID]bool)}
	for _, op := range found.Voided {
		b.voided = append(b.voided, op.ID)
	}
	for _, ops := range [][]loyalty.Operation{found.Unknown, found.Voided, found.Resumed, found.Offered, found.Review, found.Queued} {
		for _, op := range ops {
			b.put(op)
		}
	}
	for _, op := range found.Offered {
		b.offered[op.ID] = true
	}
	return b
}

func (b *book) index(id uuid.UUID) int {
	return slices.IndexFunc(b.ops, func(op loyalty.Operation) bool { return op.ID == id })
}

// put writes down how an operation stands. News may overtake each other on their way to the screen, so what is older
// than the book's knowledge is dropped: then the answer is false.
func (b *book) put(op loyalty.Operation) bool {
	if i := b.index(op.ID); i >= 0 {
		known := b.ops[i]
		if known.State == op.State || known.State.Final() || op.ChangedAt.Before(known.ChangedAt) {
			return false
		}
		b.ops[i] = op
		if op.State != loyalty.StatePlanned {
			delete(b.offered, op.ID)
		}
		return true
	}
	at, _ := slices.BinarySearchFunc(b.ops, op, func(a, b loyalty.Operation) int { return bytes.Compare(b.ID[:], a.ID[:]) })
	b.ops = slices.Insert(b.ops, at, op)
	b.forget()
	return true
}

// forget drops the oldest operation beyond the book's size. What is open stays, however old and however much of it.
func (b *book) forget() {
	if len(b.ops) <= bookSize {
		return
	}
	for i := len(b.ops) - 1; i >= 0; i-- {
		if op := b.ops[i]; op.State.Final() && !slices.Contains(b.voided, op.ID) {
			b.ops = slices.Delete(b.ops, i, i+1)
			return
		}
	}
}

// matterKind says why an operation needs attention.
type matterKind int

const (
	matterUnknown matterKind = iota // its outcome is being settled
	matterOffered                   // it was never sent: send or cancel
	matterReview                    // a person decides
	matterVoided                    // it was voided at start
	matterQueued                    // an accrual that waits for the network
)

type matter struct {
	kind matterKind
	op   loyalty.Operation
}

// matters lists what needs attention, what a person can do something about first.
func (b *book) matters() []matter {
	var list []matter
	for _, op := range b.ops {
		switch {
		case op.State == loyalty.StateUnknown:
			list = append(list, matter{matterUnknown, op})
		case op.State == loyalty.StatePlanned && b.offered[op.ID]:
			list = append(list, matter{matterOffered, op})
		case op.State == loyalty.StateReview:
			list = append(list, matter{matterReview, op})
		case op.State == loyalty.StateQueued:
			list = append(list, matter{matterQueued, op})
		case slices.Contains(b.voided, op.ID):
			list = append(list, matter{matterVoided, op})
		}
	}
	slices.SortStableFunc(list, func(x, y matter) int { return mattersOrder[x.kind] - mattersOrder[y.kind] })
	return list
}

var mattersOrder = map[matterKind]int{matterOffered: 0, matterUnknown: 1, matterReview: 2, matterVoided: 3, matterQueued: 4}

// paidInFull reports whether the guest pays the whole receipt although this redemption may have happened: its reversal
// waits for it.
func (b *book) paidInFull(id uuid.UUID) bool {
	for _, op := range b.ops {
		if op.Link == loyalty.LinkReversal && op.Parent == id && op.WaitsFor == id {
			return true
		}
	}
	return false
}

// ordersOperations are operations by the order that they were made for, the newest first.
type ordersOperations map[uuid.UUID][]loyalty.Operation

// byOrder lists what moved points of orders or may still move them.
func (b *book) byOrder() ordersOperations {
	found := make(ordersOperations)
	for _, op := range b.ops {
		if op.Order != uuid.Nil && orders.MovesPoints(op) {
			found[op.Order] = append(found[op.Order], op)
		}
	}
	return found
}

// note takes an operation that was voided at start off the list of matters.
func (b *book) note(id uuid.UUID) {
	b.voided = slices.DeleteFunc(b.voided, func(v uuid.UUID) bool { return v == id })
}
