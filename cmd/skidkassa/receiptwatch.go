package main

import (
	"sync"
	"time"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// receiptPatience is how long a receipt may be on its way before the cashier is
// told: a long one takes a few seconds, and the guest waits for it.
const receiptPatience = 10 * time.Second

// receiptWatch tells the screen of one receipt that does not come out. The bill
// stays closed and the queue goes on trying, whatever is told.
type receiptWatch struct {
	hub   *notice.Hub
	order orders.Order
	late  *time.Timer

	mu   sync.Mutex
	told bool // that it is late
	over bool // nothing is to be told any more
}

func (p *paper) watchReceipt(order orders.Order) *receiptWatch {
	w := &receiptWatch{hub: p.hub, order: order}
	w.late = time.AfterFunc(p.patience, w.isLate)
	return w
}

func (w *receiptWatch) isLate() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.over {
		w.told = true
		w.hub.Publish(orders.ReceiptMissed{Order: w.order, Waits: true})
	}
}

// ended is told what became of the receipt.
func (w *receiptWatch) ended(err error) {
	switch told := w.drop(); {
	case err != nil:
		w.hub.Publish(orders.ReceiptMissed{Order: w.order, Err: err})
	case told:
		w.hub.Publish(orders.ReceiptPrinted{Order: w.order})
	}
}

// drop ends the watch, and reports whether it has told that the receipt is late.
func (w *receiptWatch) drop() (told bool) {
	w.late.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	return w.told
}
