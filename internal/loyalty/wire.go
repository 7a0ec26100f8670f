package loyalty

import "sync"

// wire is the right to have an accrual or redemption under way: one per till (I4). Who asks first gets it first, but
// operations that a cashier is waiting for come before those from the queue.
type wire struct {
	mu     sync.Mutex
	busy   bool
	live   []chan struct{}
	queued []chan struct{}
}

// take waits for the wire. It returns false, without the wire, when giveUp is closed first.
func (w *wire) take(queued bool, giveUp <-chan struct{}) bool {
	turn := w.line(queued)
	if turn == nil {
		return true
	}
	select {
	case <-turn:
		return true
	case <-giveUp:
	}
	if w.leave(queued, turn) {
		return false
	}
	w.give() // the turn had come at the same moment
	return false
}

// line takes a free wire, or stands in line for it: the channel is closed when the turn has come.
func (w *wire) line(queued bool) chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.busy {
		w.busy = true
		return nil
	}
	turn := make(chan struct{})
	if queued {
		w.queued = append(w.queued, turn)
	} else {
		w.live = append(w.live, turn)
	}
	return turn
}

// leave leaves the line; false when the turn has come already.
func (w *wire) leave(queued bool, turn chan struct{}) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	line := &w.live
	if queued {
		line = &w.queued
	}
	for i, waiting := range *line {
		if waiting == turn {
			*line = append((*line)[:i], (*line)[i+1:]...)
			return true
		}
	}
	return false
}

// give passes the wire on.
func (w *wire) give() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case len(w.live) > 0:
		close(w.live[0])
		w.live = w.live[1:]
	case len(w.queued) > 0:
		close(w.queued[0])
		w.queued = w.queued[1:]
	default:
		w.busy = false
	}
}
