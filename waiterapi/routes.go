package waiterapi

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// routes are the paths of the door with their methods; openapi.yaml lists the same.
func (s *Server) routes() map[string]methods {
	routes := map[string]methods{
		"/ping":                      {http.MethodGet: ping},
		"/openapi.yaml":              {http.MethodGet: openAPI},
		"/orders/{id}/checkin":       {http.MethodPost: s.checkIn, http.MethodDelete: s.checkOut},
		loyaltyRoute:                 {http.MethodGet: s.loyalty},
		"/orders/{id}/paymentlimits": {http.MethodGet: s.paymentLimits},
	}
	if s.FeedToken != "" {
		routes["/orders/{id}"] = methods{http.MethodPut: s.withToken(s.feed), http.MethodDelete: s.withToken(s.withdraw)}
	}
	return routes
}

const loyaltyRoute = "/orders/{id}/loyalty"

// answerKept answers the commonest request of all, a loyalty reply that is kept, before anybody looks for its route. Written in
// another way, the request goes the long way to the same reply.
func (s *Server) answerKept(w http.ResponseWriter, r *http.Request) bool {
	id, ok := strings.CutPrefix(r.URL.Path, "/orders/")
	if !ok || r.Method != http.MethodGet {
		return false
	}
	if id, ok = strings.CutSuffix(id, "/loyalty"); !ok || len(id) != uuidLength {
		return false
	}
	order, err := uuid.Parse(id)
	if err != nil {
		return false
	}
	kept, ok := s.replies.find(order, s.Now())
	if ok {
		r.Pattern = loyaltyRoute
		kept.write(w)
	}
	return ok
}

func newMux(routes map[string]methods) *http.ServeMux {
	mux := http.NewServeMux()
	for path, methods := range routes {
		mux.Handle(path, methods)
	}
	mux.HandleFunc("/", notFound)
	return mux
}

// methods answers one path.
type methods map[string]http.HandlerFunc

// ServeHTTP calls the method's handler. HEAD is GET whose body net/http keeps back.
func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if handle, ok := m[method]; ok {
		handle(w, r)
		return
	}
	w.Header().Set("Allow", m.allow())
	problem(w, http.StatusMethodNotAllowed, "this path does not have this method")
}

func (m methods) allow() string {
	allowed := slices.Sorted(maps.Keys(m))
	if m[http.MethodGet] != nil {
		allowed = append(allowed, http.MethodHead)
	}
	return strings.Join(allowed, ", ")
}

func ping(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func notFound(w http.ResponseWriter, _ *http.Request) {
	problem(w, http.StatusNotFound, "there is nothing at this path")
}

// ServeHTTP lets a request in, finds its route, and sees to it that a panic stays inside it.
func (s *Server) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	visitor := s.guard.visitor(r)
	w := &visitor.writer
	*w = recorder{ResponseWriter: out}
	if s.Log.Enabled(r.Context(), slog.LevelDebug) {
		w.start = time.Now()
	}
	defer s.finish(w, r)
	if why := s.guard.refusal(visitor, r); why != "" {
		problem(w, http.StatusForbidden, why)
		return
	}
	if s.answerKept(w, r) {
		return
	}
	if !tidyPath(r) {
		notFound(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// tidyPath makes a path as the routes have it: lower case and without a trailing slash, because ASP.NET clients send both. It
// reports false for paths that the mux would answer with a redirect, which no client of this protocol expects.
func tidyPath(r *http.Request) bool {
	path := strings.ToLower(strings.TrimSuffix(r.URL.Path, "/"))
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.Contains(path, "/.") {
		return false
	}
	r.URL.Path, r.URL.RawPath = path, "" // the request is the server's own and has no other reader
	return true
}

// uuidLength is that of the usual form; others of the same id are refused.
const uuidLength = 36

// orderID reads the order's id of the path, in any case; when it is none, the request is answered and ok is false.
func orderID(w http.ResponseWriter, r *http.Request) (id uuid.UUID, ok bool) {
	text := r.PathValue("id")
	id, err := uuid.Parse(text)
	if err != nil || len(text) != uuidLength || id == uuid.Nil {
		problem(w, http.StatusBadRequest, "the order's id is not a UUID")
		return uuid.Nil, false
	}
	return id, true
}

// recorder remembers the status of a reply; 0: none has been sent.
type recorder struct {
	http.ResponseWriter
	status int
	start  time.Time // when the request came; zero: there is no access log
}

// WriteHeader implements [http.ResponseWriter].
func (w *recorder) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// finish turns a panic into a 500 and writes the access log. The log has the route and never the path or the body, which may
// hold what was scanned; of a panic it has the type and the stack, because its value may be anything.
func (s *Server) finish(w *recorder, r *http.Request) {
	if cause := recover(); cause != nil {
		s.Log.Error("the waiter's door panicked", "route", r.Pattern, "type", fmt.Sprintf("%T", cause), "stack", string(debug.Stack()))
		if w.status != 0 {
			panic(http.ErrAbortHandler) // half a reply is out: closing the connection is all that tells the client
		}
		problem(w, http.StatusInternalServerError, "an internal error; the till works on")
	}
	if w.start.IsZero() {
		return
	}
	s.Log.Debug("waiter's door", "route", r.Pattern, "method", r.Method, "status", w.status, "took", time.Since(w.start), "from", r.RemoteAddr)
}
