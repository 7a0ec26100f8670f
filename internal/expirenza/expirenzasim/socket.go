package expirenzasim

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

const (
	socketPath = "/restaurantEntryPoint"

	writeLimit   = 5 * time.Second
	frameMaxSize = 64 << 10
)

// ServeHTTP is Expirenza.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == socketPath {
		s.serveSocket(w, r)
		return
	}
	s.serveCallback(w, r)
}

// admit judges an attempt to connect and writes it down.
func (s *Server) admit(r *http.Request) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	status := http.StatusSwitchingProtocols
	now := time.Now()
	gap := cmp.Or(s.AttemptGap, 15*time.Second)
	if passed := now.Sub(s.lastTry); !s.lastTry.IsZero() && passed < gap {
		s.violate("an attempt to connect %s after the last one", passed)
		status = http.StatusTooManyRequests
	}
	s.lastTry = now
	restoID, secret, ok := r.BasicAuth()
	if !ok || restoID != s.restoID() || secret != s.secret() {
		status = http.StatusUnauthorized
	}
	if cookie, err := r.Cookie("system"); err != nil || cookie.Value == "" {
		s.violate("an attempt to connect without the cookie")
		status = http.StatusBadRequest
	}
	s.attempts = remember(s.attempts, Attempt{At: s.now(), Header: r.Header.Clone(), Status: status}, maxAttempts)
	return status
}

func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	if status := s.admit(r); status != http.StatusSwitchingProtocols {
		http.Error(w, http.StatusText(status), status)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	silence := time.AfterFunc(cmp.Or(s.Silence, 90*time.Second), cancel)
	defer silence.Stop()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		OnPingReceived: func(context.Context, []byte) bool { return !s.isDeaf() },
		OnPongReceived: func(context.Context, []byte) { silence.Reset(cmp.Or(s.Silence, 90*time.Second)) },
	})
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(frameMaxSize)
	defer s.attach(conn)()
	defer s.network.onClose(cancel)()
	go s.ping(ctx, conn)
	s.listenTo(ctx, conn)
}

// attach makes a connection the till's; an older one is dropped. The function that it returns lets go of it.
func (s *Server) attach(conn *websocket.Conn) (detach func()) {
	s.mu.Lock()
	old := s.till
	s.till = conn
	if s.connected == nil {
		s.connected = make(chan struct{})
	}
	if old == nil {
		close(s.connected)
	}
	s.mu.Unlock()
	if old != nil {
		_ = old.CloseNow()
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.till == conn {
			s.till, s.connected = nil, make(chan struct{})
		}
	}
}

// listenTo reads what the till says, until the connection ends.
func (s *Server) listenTo(ctx context.Context, conn *websocket.Conn) {
	for {
		kind, text, err := conn.Read(ctx)
		if err != nil {
			return
		}
		s.mu.Lock()
		if kind == websocket.MessageText && string(text) == "Resto "+s.restoID()+" ping" {
			s.pings++
		} else {
			s.violate("the till said %.60q down the websocket", text)
		}
		s.mu.Unlock()
	}
}

// ping asks for a sign of life; it is the silence timer that misses it.
func (s *Server) ping(ctx context.Context, conn *websocket.Conn) {
	pause := cmp.Or(s.Ping, 15*time.Second)
	for wait(ctx, pause) {
		if s.isDeaf() {
			continue
		}
		asking, cancel := context.WithTimeout(ctx, pause)
		_ = conn.Ping(asking)
		cancel()
	}
}

func (s *Server) isDeaf() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deaf
}

// SetDeaf makes the connection half-open, as after a router forgot it: it stands, but nothing is answered and no ping is
// sent.
func (s *Server) SetDeaf(deaf bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deaf = deaf
}

// Drop breaks the till's connection without a word.
func (s *Server) Drop() error {
	till, err := s.current()
	if err != nil {
		return err
	}
	return till.CloseNow()
}

// CloseTill ends the till's connection with a close code.
func (s *Server) CloseTill(code websocket.StatusCode, reason string) error {
	till, err := s.current()
	if err != nil {
		return err
	}
	return till.Close(code, reason)
}

func (s *Server) current() (*websocket.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.till == nil {
		return nil, ErrNoTill
	}
	return s.till, nil
}

// wait reports false when ctx ended first.
func wait(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
