package skidkabotsim

import (
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// The test shop of the service, which an empty [Server] is (PROTOCOLS.md, section 1).
const (
	TestVendor       int64            = 4
	TestVendorSecret skidkabot.Secret = 31337
)

// QRLife is how long a QR is valid.
const QRLife = 24 * time.Hour

// A Server is the service. The zero value is ready for use; the exported
// fields must not change once it serves. Methods may be called at any time by
// several goroutines.
type Server struct {
	Vendor       int64            // the shop's code; 0: TestVendor
	VendorSecret skidkabot.Secret // the shop's secret code; 0: TestVendorSecret
	Now          func() time.Time // nil: time.Now

	mu        sync.Mutex
	customers map[int64]*customer
	issued    int64 // QRs issued so far
	percents  *percents
	debt      bool
	ledger    []Entry
	received  int
	counts    map[string]int
	requests  []Request
	plans     []plan
	hook      func(Request) *Fault

	network network
}

// A Customer is a registered customer of the service.
type Customer struct {
	Client              int64
	FirstName, LastName string
	Balance             decimal.Decimal
}

type customer struct {
	Customer
	qrs map[skidkabot.Secret]time.Time // secret to time of issue
}

type percents struct{ accrue, redeem decimal.Decimal }

// A Kind says which way points moved.
type Kind string

const (
	Accrue Kind = "accrue"
	Redeem Kind = "redeem"
)

// An Entry is one movement of points that the service committed.
type Entry struct {
	Seq          int // from 1
	At           time.Time
	Kind         Kind
	Client       int64
	Points       decimal.Decimal // more than zero for either kind
	Register     int             // kassa
	BalanceAfter decimal.Decimal
	RequestNo    int // the Request that did it
}

// maxRequests is how many requests a server remembers, so that a simulator
// that runs for weeks does not grow. The ledger has no such bound: an oracle
// that forgets is none.
const maxRequests = 10_000

// A Request is one HTTP request as it arrived.
type Request struct {
	No         int // from 1
	At         time.Time
	RemoteAddr string // one connection has one; a fresh connection has another
	Method     string
	Path       string
	Proto      string
	Header     http.Header
	Form       url.Values // of the body; empty if the body is not a form
}

// AddCustomer registers a customer, or changes the name and balance of one.
// QRs issued before stay valid.
func (s *Server) AddCustomer(c Customer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.customers == nil {
		s.customers = make(map[int64]*customer)
	}
	known, ok := s.customers[c.Client]
	if !ok {
		known = &customer{qrs: make(map[skidkabot.Secret]time.Time)}
		s.customers[c.Client] = known
	}
	known.Customer = c
}

// IssueQR makes a fresh QR for the customer. Each has another secret, and each
// is valid for [QRLife]. The QR of a customer who was not added is well formed
// and the service refuses it.
func (s *Server) IssueQR(client int64) skidkabot.Card {
	return s.IssueQRAt(client, s.now())
}

// IssueQRAt is [Server.IssueQR] at another time: one more than [QRLife] ago
// gives an expired QR.
func (s *Server) IssueQRAt(client int64, issued time.Time) skidkabot.Card {
	s.mu.Lock()
	defer s.mu.Unlock()
	secret := secretNumber(s.issued)
	s.issued++
	if c, ok := s.customers[client]; ok {
		c.qrs[secret] = issued
	}
	vendor, _ := s.shop()
	return skidkabot.Card{Vendor: vendor, Client: client, Secret: secret}
}

// secretNumber walks through the five-digit numbers without repeating one for
// 90,000 QRs (the step and the count have no common divisor), and starts with
// the published example. It is no random number, so that tests repeat.
func secretNumber(n int64) skidkabot.Secret {
	const lowest, count, first, step = 10_000, 90_000, 31_766, 7_919
	return skidkabot.Secret(lowest + (first-lowest+n*step)%count)
}

// SetPercents sets p_plus and p_minus of the shop. They are 2 and 10 before.
func (s *Server) SetPercents(accrue, redeem decimal.Decimal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.percents = &percents{accrue: accrue, redeem: redeem}
}

// SetDebt puts the shop's account in debt (every request gets code 15) or out of it.
func (s *Server) SetDebt(debt bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.debt = debt
}

// SetBalance moves a known customer's balance by a foreign hand: no ledger
// entry tells of it.
func (s *Server) SetBalance(client int64, balance decimal.Decimal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.customers[client]; ok {
		c.Balance = balance
	}
}

// Balance returns the customer's true balance, zero for an unknown one.
func (s *Server) Balance(client int64) decimal.Decimal {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.customers[client]; ok {
		return c.Balance
	}
	return decimal.Zero
}

// Ledger returns every movement that was committed, oldest first.
func (s *Server) Ledger() []Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ledger)
}

// Requests returns the requests that arrived, oldest first: the last 10,000.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Count returns how many requests arrived for a path, or for "" altogether.
func (s *Server) Count(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if path == "" {
		return s.received
	}
	return s.counts[path]
}

func (s *Server) now() time.Time {
	if s.Now == nil {
		return time.Now()
	}
	return s.Now()
}

// shop returns the shop's code and secret code.
func (s *Server) shop() (int64, skidkabot.Secret) {
	vendor, secret := s.Vendor, s.VendorSecret
	if vendor == 0 {
		vendor = TestVendor
	}
	if secret == 0 {
		secret = TestVendorSecret
	}
	return vendor, secret
}
