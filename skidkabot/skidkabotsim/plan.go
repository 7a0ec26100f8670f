package skidkabotsim

import "time"

// plan is a fault for the next requests.
type plan struct {
	left  int
	path  string // "": any
	fault Fault
}

// FailNext gives the fault to the next n requests for a path, or for "" to any.
// Plans are used up in the order of their making.
func (s *Server) FailNext(n int, path string, fault Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n > 0 {
		s.plans = append(s.plans, plan{left: n, path: path, fault: fault})
	}
}

// SetHook asks hook for the fault of every request that has none planned. A nil
// fault is none, and a nil hook asks nobody.
func (s *Server) SetHook(hook func(Request) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook = hook
}

// ClearFaults drops what is planned and the hook.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans, s.hook = nil, nil
}

// planned takes the next planned fault for a path, nil if there is none.
func (s *Server) planned(path string) *Fault {
	for i := range s.plans {
		p := &s.plans[i]
		if p.path != "" && p.path != path {
			continue
		}
		fault := p.fault
		p.left--
		if p.left == 0 {
			s.plans = append(s.plans[:i], s.plans[i+1:]...)
		}
		return &fault
	}
	return nil
}

// Names of the ready faults, for a command line and for a demo.
const (
	RequestLost   = "request-lost"
	ReplyLost     = "reply-lost"
	CommitLate    = "commit-late"
	ReplyLate     = "reply-late"
	ServerError   = "error-500"
	BadGateway    = "bad-gateway"
	HTMLPage      = "html"
	RedirectAway  = "redirect"
	TruncatedBody = "truncated"
	SlowBody      = "drip"
	HugeReply     = "huge"
	GzipReply     = "gzip"
	BOMReply      = "bom"
	StringNumbers = "string-numbers"
	TwiceKeys     = "duplicate-keys"
	BareCode      = "code-only"
	EmptyReply    = "empty"
	NullReply     = "null"
	GarbageAfter  = "garbage-after"
	BadName       = "bad-utf8"
	Broken4       = "broken-code-4"
	Broken15      = "broken-code-15"
)

// A NamedFault is a ready fault.
type NamedFault struct {
	Name  string
	Fault Fault
}

// tooLong is longer than any till should wait.
const tooLong = 20 * time.Second

// Faults returns the ready faults. Each lets the service commit, before or after
// what goes wrong, except RequestLost, RedirectAway, Broken4 and Broken15, which
// commit nothing.
func Faults() []NamedFault {
	return []NamedFault{
		{RequestLost, CutBefore(CutReset)},
		{ReplyLost, CutAfter(CutReset)},
		{CommitLate, DelayBefore(tooLong)},
		{ReplyLate, DelayAfter(tooLong)},
		{ServerError, StatusAfter(500)},
		{BadGateway, StatusAfter(502)},
		{HTMLPage, RawAfter("<html><body>Database error</body></html>")},
		{RedirectAway, Redirect("/elsewhere")},
		{TruncatedBody, Truncate(20)},
		{SlowBody, Drip(time.Second)},
		{HugeReply, HugeBody(1 << 20)},
		{GzipReply, Gzip()},
		{BOMReply, BOM()},
		{StringNumbers, NumbersAsStrings()},
		{TwiceKeys, DuplicateKeys()},
		{BareCode, CodeOnly()},
		{EmptyReply, RawAfter("")},
		{NullReply, RawAfter("null")},
		{GarbageAfter, TrailingGarbage()},
		{BadName, BadUTF8()},
		{Broken4, BrokenCode4()},
		{Broken15, BrokenCode15()},
	}
}

// Named returns the ready fault of a name.
func Named(name string) (Fault, bool) {
	for _, ready := range Faults() {
		if ready.Name == name {
			return ready.Fault, true
		}
	}
	return Fault{}, false
}
