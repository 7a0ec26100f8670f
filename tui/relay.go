package tui

import "sync"

// relay takes news from publishers, who must not wait, and hands it to the program, which may be busy. It drops nothing
// and keeps the order; the queue is as long as the program is slow.
type relay struct {
	mu     sync.Mutex
	ready  *sync.Cond
	queue  []any
	closed bool
}

func newRelay() *relay {
	r := &relay{}
	r.ready = sync.NewCond(&r.mu)
	return r
}

// push never waits for the receiver.
func (r *relay) push(news any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue = append(r.queue, news)
	r.ready.Signal()
}

// run hands on what was pushed until close.
func (r *relay) run(send func(any)) {
	for {
		r.mu.Lock()
		for len(r.queue) == 0 && !r.closed {
			r.ready.Wait()
		}
		batch := r.queue
		r.queue = nil
		closed := r.closed
		r.mu.Unlock()
		if closed {
			return
		}
		for _, news := range batch {
			send(news)
		}
	}
}

func (r *relay) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.ready.Signal()
}
