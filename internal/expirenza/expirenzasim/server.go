package expirenzasim

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// The test restaurant, which an empty [Server] has.
const (
	TestRestoID = "R-1"
	TestSecret  = "sim-secret-key"
)

// A Server is Expirenza with one restaurant. The zero value is ready for use; the exported fields must not change once it
// serves. Methods may be called at any time by several goroutines.
type Server struct {
	RestoID string // empty: TestRestoID
	Secret  string // empty: TestSecret

	Repeat     time.Duration // between the messages of a payment that is not closed yet; 0: 20 s
	Ping       time.Duration // between pings; 0: 15 s
	Silence    time.Duration // longer without a pong, the till is dropped; 0: 90 s
	AttemptGap time.Duration // a till that connects sooner after its last attempt is refused; 0: 15 s
	Fresh      time.Duration // a callback that comes later after its message is late; 0: 80 s

	Now func() time.Time // for what is written down; nil: time.Now

	mu         sync.Mutex
	till       *websocket.Conn // nil: none is connected
	connected  chan struct{}   // closed while a till is connected
	attempts   []Attempt
	lastTry    time.Time // monotonic
	deaf       bool
	pings      int
	asked      map[string]time.Time // when each rID was sent, the last time
	askedOrder []string
	numbered   int
	callbacks  []Callback
	received   int
	waiting    map[string][]chan Callback
	orders     []Order
	violations []string
	fault      Fault

	network network
}

// Attempt is an attempt to connect.
type Attempt struct {
	At     time.Time
	Header http.Header
	Status int // that it was answered: 101 when it was taken
}

// A Message is one message to the till.
type Message struct {
	RID       string
	Operation string
	Fields    map[string]any // besides rID and operation
}

// Bounds of what is remembered, so that a simulator that runs for weeks does not grow.
const (
	maxCallbacks  = 10_000
	maxAsked      = 10_000
	maxAttempts   = 1000
	maxViolations = 1000
)

// ErrNoTill is returned when no till is connected.
var ErrNoTill = errors.New("expirenzasim: no till is connected")

// Ask sends an operation with a new rID and returns the rID. A fault may keep it from the till.
func (s *Server) Ask(operation string, fields map[string]any) (string, error) {
	rID := s.newRID()
	return rID, s.Send(Message{RID: rID, Operation: operation, Fields: fields})
}

// Send sends a message, changed by the fault of the moment.
func (s *Server) Send(m Message) error {
	s.mu.Lock()
	change := s.fault.Message
	s.mu.Unlock()
	messages := []Message{m}
	if change != nil {
		messages = change(m)
	}
	for _, m := range messages {
		if err := s.write(m); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) write(m Message) error {
	body := make(map[string]any, len(m.Fields)+2)
	for name, value := range m.Fields {
		body[name] = value
	}
	if m.RID != "" {
		body["rID"] = m.RID
	}
	body["operation"] = m.Operation
	frame, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("expirenzasim: %w", err)
	}
	s.mu.Lock()
	s.noteAsked(m.RID)
	s.mu.Unlock()
	return s.SendFrame(websocket.MessageText, frame)
}

// noteAsked remembers when a rID was sent; mu is held.
func (s *Server) noteAsked(rID string) {
	if rID == "" {
		return
	}
	if s.asked == nil {
		s.asked = make(map[string]time.Time)
	}
	if _, known := s.asked[rID]; !known {
		s.askedOrder = append(s.askedOrder, rID)
	}
	s.asked[rID] = time.Now()
	if len(s.askedOrder) > maxAsked {
		delete(s.asked, s.askedOrder[0])
		s.askedOrder = s.askedOrder[1:]
	}
}

// SendFrame sends any frame as it is: what is no message, too.
func (s *Server) SendFrame(kind websocket.MessageType, frame []byte) error {
	s.mu.Lock()
	till := s.till
	s.mu.Unlock()
	if till == nil {
		return ErrNoTill
	}
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	if err := till.Write(ctx, kind, frame); err != nil {
		return fmt.Errorf("expirenzasim: %w", err)
	}
	return nil
}

// newRID makes an id of the published shape.
func (s *Server) newRID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbered++
	return fmt.Sprintf("%s#SIM%06d", s.now().UTC().Format("2006-01-02 15:04:05.000000"), s.numbered)
}

// AwaitTill waits until a till is connected.
func (s *Server) AwaitTill(ctx context.Context) error {
	s.mu.Lock()
	if s.connected == nil {
		s.connected = make(chan struct{})
	}
	connected := s.connected
	s.mu.Unlock()
	select {
	case <-connected:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Await waits for the next callback that answers a rID, or gives the last one that has come already.
func (s *Server) Await(ctx context.Context, rID string) (Callback, error) {
	told := make(chan Callback, 1)
	s.listen(rID, told)
	defer s.unlisten(rID, told)
	for _, c := range slices.Backward(s.Callbacks()) {
		if c.RID == rID && c.Taken {
			return c, nil
		}
	}
	select {
	case c := <-told:
		return c, nil
	case <-ctx.Done():
		return Callback{}, ctx.Err()
	}
}

// listen has a channel told of the callbacks of a rID that the service takes.
func (s *Server) listen(rID string, told chan Callback) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting == nil {
		s.waiting = make(map[string][]chan Callback)
	}
	s.waiting[rID] = append(s.waiting[rID], told)
}

func (s *Server) unlisten(rID string, told chan Callback) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := slices.DeleteFunc(s.waiting[rID], func(other chan Callback) bool { return other == told })
	if len(left) == 0 {
		delete(s.waiting, rID)
		return
	}
	s.waiting[rID] = left
}

// Callbacks returns the callbacks that came and have been answered, in the order in which they came: the last 10,000.
func (s *Server) Callbacks() []Callback {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.SortedFunc(slices.Values(s.callbacks), func(a, b Callback) int { return cmp.Compare(a.No, b.No) })
}

// Attempts returns the attempts to connect, oldest first: the last 1,000.
func (s *Server) Attempts() []Attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.attempts)
}

// TextPings returns how many of the texts «Resto … ping» came.
func (s *Server) TextPings() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pings
}

// Orders returns the open orders as the last ORDERS_CACHE showed them.
func (s *Server) Orders() []Order {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.orders)
}

// Violations returns every rule that the till broke, in words.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.violations)
}

// violate writes a broken rule down; mu is held.
func (s *Server) violate(format string, args ...any) {
	if len(s.violations) < maxViolations {
		s.violations = append(s.violations, fmt.Sprintf(format, args...))
	}
}

func (s *Server) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

func (s *Server) restoID() string { return cmp.Or(s.RestoID, TestRestoID) }
func (s *Server) secret() string  { return cmp.Or(s.Secret, TestSecret) }

// remember adds to a list that holds the last few.
func remember[T any](list []T, item T, limit int) []T {
	if len(list) == limit {
		list = append(list[:0], list[1:]...)
	}
	return append(list, item)
}
