// Package notice carries what doors and use cases tell the screen: the state of each part of the till, and news.
//
// Publishers do not know who listens and never wait for a listener's work; the screen's one relay turns what comes into
// messages of its own loop. The package is a leaf: it imports nothing of the house, so that everybody may import it.
package notice

import (
	"sync"
	"time"
)

// Part is a part of the till that has a state in the status bar.
type Part string

// The parts.
const (
	Service Part = "service" // the Skidkabot service, as the last calls found it
	Journal Part = "journal" // the journal on this machine's disk
	Clock   Part = "clock"   // this machine's clock, against the service's
	Waiter  Part = "waiter"  // the waiter's door; the Code of a good one is its address

	Expirenza Part = "expirenza" // the paying guest's door, its connection and its callbacks
	Printer   Part = "printer"   // the printer of receipts and kitchen tickets
)

// Level says how a part is, from good to bad.
type Level int

// The levels.
const (
	Unknown Level = iota // nothing is known yet
	Good
	Warning // it works, but a person should look
	Trouble // it does not work
)

// State is how a part of the till is since a moment. Code names the cause for the door to put into words
// (for instance "connect", "full"); empty when there is nothing to say.
type State struct {
	Part  Part
	Level Level
	Code  string
	At    time.Time
}

// Hub passes what is published to every subscriber, in the order of publication. The zero value is ready.
type Hub struct {
	mu          sync.Mutex
	subscribers map[int]func(any)
	next        int
	states      map[Part]State
}

// Publish hands news to every subscriber. A [State] equal to the part's last one in level and code is no news and is dropped.
//
// The news is a value of a type that its publisher declares. Subscribers run one after the other on the publisher's
// goroutine, so they must only hand it on.
func (h *Hub) Publish(news any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if state, ok := news.(State); ok {
		last, known := h.states[state.Part]
		if known && last.Level == state.Level && last.Code == state.Code {
			return
		}
		if h.states == nil {
			h.states = make(map[Part]State)
		}
		h.states[state.Part] = state
	}
	for _, tell := range h.subscribers {
		tell(news)
	}
}

// Subscribe has tell called with all later news until the returned function is called. The states that parts have
// already shown are told first, so a late subscriber sees the same picture.
func (h *Hub) Subscribe(tell func(news any)) (cancel func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, state := range h.states {
		tell(state)
	}
	if h.subscribers == nil {
		h.subscribers = make(map[int]func(any))
	}
	id := h.next
	h.next++
	h.subscribers[id] = tell
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subscribers, id)
	}
}

// State returns what a part last showed; the zero State when it has shown nothing.
func (h *Hub) State(part Part) State {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.states[part]
}
