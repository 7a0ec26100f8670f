package skidkabotsim

import (
	"cmp"
	"crypto/tls"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// maxFormBytes is the longest form that a server reads.
const maxFormBytes = 64 << 10

// ServeHTTP is the service with its faults.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
	_ = r.ParseForm() // what cannot be read is missing, and the service says so
	request, fault := s.arrive(r)
	if !s.take(fault.Before, w) {
		return
	}
	reply := s.reply(request)
	if !s.take(fault.After, w) {
		return
	}
	if fault.Reply != nil {
		fault.Reply(reply)
	}
	s.send(reply, w)
}

// reply lets the service do its work, if it has the path at all.
func (s *Server) reply(request Request) *Reply {
	switch request.Path {
	case skidkabot.PathBalance, skidkabot.PathAccrue, skidkabot.PathRedeem:
		return s.serve(request)
	default:
		return page(http.StatusNotFound)
	}
}

// arrive writes the request down and chooses its fault.
func (s *Server) arrive(r *http.Request) (Request, Fault) {
	at := s.now()
	s.mu.Lock()
	s.received++
	request := Request{
		No:         s.received,
		At:         at,
		RemoteAddr: r.RemoteAddr,
		Method:     r.Method,
		Path:       r.URL.Path,
		Proto:      r.Proto,
		Header:     r.Header,
		Form:       r.PostForm,
	}
	if s.counts == nil {
		s.counts = make(map[string]int)
	}
	s.counts[request.Path]++
	if len(s.requests) == maxRequests {
		s.requests = append(s.requests[:0], s.requests[1:]...)
	}
	s.requests = append(s.requests, request)
	fault := s.planned(request.Path)
	hook := s.hook
	s.mu.Unlock()
	// The hook is called unlocked, so that it may ask the server things.
	if fault == nil && hook != nil {
		fault = hook(request)
	}
	if fault == nil {
		return request, Fault{}
	}
	return request, *fault
}

// take lives through a step and reports whether the request goes on.
func (s *Server) take(step Step, w http.ResponseWriter) bool {
	if !s.wait(step) {
		cut(w, CutReset)
		return false
	}
	switch {
	case step.Cut != NoCut:
		cut(w, step.Cut)
		return false
	case step.Answer != nil:
		s.send(step.Answer, w)
		return false
	default:
		return true
	}
}

// wait reports false when the server was closed meanwhile.
func (s *Server) wait(step Step) bool {
	closed := s.network.closing()
	if step.Delay > 0 {
		timer := time.NewTimer(step.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-closed:
			return false
		}
	}
	if step.Hold != nil {
		select {
		case <-step.Hold:
		case <-closed:
			return false
		}
	}
	return true
}

// send writes a reply. The Date header follows the server's clock.
func (s *Server) send(reply *Reply, w http.ResponseWriter) {
	body := reply.bytes()
	header := w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Date", s.now().UTC().Format(http.TimeFormat))
	maps.Copy(header, reply.Header)
	w.WriteHeader(cmp.Or(reply.Status, http.StatusOK))
	if reply.Keep > 0 && reply.Keep < len(body) {
		_, _ = w.Write(body[:reply.Keep])
		flush(w)
		panic(http.ErrAbortHandler)
	}
	if reply.Drip == 0 {
		_, _ = w.Write(body)
		return
	}
	for i := range body {
		if _, err := w.Write(body[i : i+1]); err != nil {
			return
		}
		flush(w)
		if !s.wait(Step{Delay: reply.Drip}) {
			panic(http.ErrAbortHandler)
		}
	}
}

func flush(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }

// cut ends the connection under a request. Where the connection cannot be had,
// with a handler that is called without a network, it aborts the handler.
func cut(w http.ResponseWriter, how Cut) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if how == CutReset {
		raw := conn
		if secure, ok := conn.(*tls.Conn); ok {
			raw = secure.NetConn()
		}
		if tcp, ok := raw.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
			_ = tcp.Close()
			return
		}
	}
	_ = conn.Close()
}

// newHTTPServer serves HTTP/1.1 and says nothing on standard error: in a demo
// that is the till's own screen.
func newHTTPServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}
