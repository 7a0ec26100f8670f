package expirenzasim

import (
	"net/http"
	"sync"
	"time"
)

// A Fault is what goes wrong on the way. Its functions are called for each message and each callback; a nil one changes
// nothing. The zero value is nothing.
type Fault struct {
	// Message gives what goes down the websocket instead of a message: nothing, it twice, another one.
	Message func(Message) []Message
	// Callback gives the answer to a callback that is in order; nil: 200.
	Callback func(Callback) *Answer
}

// An Answer is how a callback is answered.
type Answer struct {
	Status int // 0: 200
	Body   string
	Taken  bool            // the service took the callback all the same: its answer is what got lost
	Delay  time.Duration   // before the answer
	Hold   <-chan struct{} // the answer waits until the channel is closed
	Cut    bool            // the connection ends without an answer
}

// SetFault makes everything from now on go wrong in this way; the zero Fault ends it.
func (s *Server) SetFault(fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = fault
}

// Duplicate sends every message twice.
func Duplicate() Fault {
	return Fault{Message: func(m Message) []Message { return []Message{m, m} }}
}

// Lose sends no message at all.
func Lose() Fault {
	return Fault{Message: func(Message) []Message { return nil }}
}

// Reorder holds every other message back until the next one has gone.
func Reorder() Fault {
	var mu sync.Mutex
	var held []Message
	return Fault{Message: func(m Message) []Message {
		mu.Lock()
		defer mu.Unlock()
		if held == nil {
			held = []Message{m}
			return nil
		}
		both := append([]Message{m}, held...)
		held = nil
		return both
	}}
}

// Refuse answers the callbacks of an operation, or of all for "", with a status, and does not take them. A negative count
// refuses all of them, another the first few.
func Refuse(operation string, status, count int) Fault {
	return spoil(operation, count, Answer{Status: status, Body: problem(http.StatusText(status))})
}

// LoseAnswer takes the callbacks of an operation, or of all for "", and cuts the connection before the answer: the till
// cannot know.
func LoseAnswer(operation string, count int) Fault {
	return spoil(operation, count, Answer{Taken: true, Cut: true})
}

// Cut ends the connection of the callbacks of an operation, or of all for "", and does not take them.
func Cut(operation string, count int) Fault { return spoil(operation, count, Answer{Cut: true}) }

// Slow takes the callbacks of an operation, or of all for "", and answers after a delay.
func Slow(operation string, delay time.Duration) Fault {
	return spoil(operation, -1, Answer{Taken: true, Delay: delay})
}

func spoil(operation string, count int, answer Answer) Fault {
	var mu sync.Mutex
	return Fault{Callback: func(c Callback) *Answer {
		mu.Lock()
		defer mu.Unlock()
		if operation != "" && c.Operation != operation || count == 0 {
			return nil
		}
		count--
		return &answer
	}}
}
