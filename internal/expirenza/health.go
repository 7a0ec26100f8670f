package expirenza

import (
	"sync"
	"time"

	"github.com/skidkassa/skidkassa/internal/notice"
)

// The codes of the door's [notice.State].
const (
	StateConnect   = "connect"   // there is no connection: guests cannot pay
	StateSecret    = "secret"    // the key could not be had
	StateRefused   = "refused"   // Expirenza refuses the key or the restaurant
	StateCallbacks = "callbacks" // there is a connection, but answers do not get through
)

// health is how the door is, put together from its two ways.
type health struct {
	publish func(notice.Level, string)

	mu      sync.Mutex
	link    string          // why there is no connection; empty: there is one
	known   bool            // whether link has been found out
	refused bool            // everything is stopped
	failing map[string]bool // operations whose last callback did not get through
}

// start forgets what was found before: a new run finds out anew.
func (h *health) start() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.link, h.known, h.refused, h.failing = StateConnect, false, false, make(map[string]bool)
}

func (h *health) setLink(code string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.link, h.known = code, true
	h.tell()
}

func (h *health) setRefused() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refused = true
	h.tell()
}

// setFailing says whether an operation's callbacks get through. They are told apart, because one that succeeds each five
// seconds would hide another that never does.
func (h *health) setFailing(operation string, failing bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if failing {
		h.failing[operation] = true
	} else {
		delete(h.failing, operation)
	}
	h.tell()
}

func (h *health) connected() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.known && h.link == "" && !h.refused
}

// tell publishes the worst of what is known; mu is held, so that states come in their order.
func (h *health) tell() {
	switch {
	case h.refused:
		h.publish(notice.Trouble, StateRefused)
	case !h.known: // the first attempt is still on its way
	case h.link != "":
		h.publish(notice.Trouble, h.link)
	case len(h.failing) > 0:
		h.publish(notice.Warning, StateCallbacks)
	default:
		h.publish(notice.Good, "")
	}
}

// logPause is how often one kind of trouble that a stranger can cause is logged.
const logPause = time.Minute

// sparse lets one line of each kind through in a logPause, and counts what it holds back. Kinds are constants, so it does
// not grow. The zero value is ready.
type sparse struct {
	mu    sync.Mutex
	kinds map[string]*sparseKind
}

type sparseKind struct {
	next time.Time
	held int
}

// allow reports whether a line may be written now, and how many were held back since the last.
func (s *sparse) allow(kind string) (held int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kinds == nil {
		s.kinds = make(map[string]*sparseKind)
	}
	k := s.kinds[kind]
	if k == nil {
		k = new(sparseKind)
		s.kinds[kind] = k
	}
	now := time.Now()
	if now.Before(k.next) {
		k.held++
		return 0, false
	}
	held, k.held = k.held, 0
	k.next = now.Add(logPause)
	return held, true
}

// warn logs what a stranger can cause: at most a line of each kind in a minute.
func (c *Client) warn(kind string, args ...any) {
	if held, ok := c.logs.allow(kind); ok {
		c.Log.Warn("expirenza: "+kind, append(args, "held", held)...)
	}
}
