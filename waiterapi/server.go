// Package waiterapi is door 2, the waiter: the HTTP server that an iiko Waiter installation takes for its external loyalty
// (PROTOCOLS.md, section 2). WaiterServer is the active side: it checks guests in and out, and reads wallets, hints and
// payment limits. A POS may tell the till about its orders by our own extension, the order feed. openapi.yaml describes all of it.
//
// The protocol knows no authentication, so the door trusts little: it lets in only the addresses of its allow list, with a
// Host of its own and without an Origin, bounds everything that a caller could grow, and counts failed check-ins. It never
// redeems points. What callers get wrong is a problem document (RFC 9457) in English; what a waiter reads is a WaiterMessage.
//
// A reply of loyalty is kept encoded while the balance in it is fresh, and dropped at once when the order or the guest's
// points change. That is what makes reading it as cheap as a constant.
package waiterapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// Book is what the door needs of the order book; [*orders.Book] is one.
type Book interface {
	CheckIn(ctx context.Context, in orders.CheckIn) (orders.Order, error)
	CheckOut(ctx context.Context, order uuid.UUID, waiter string) error
	Guest(ctx context.Context, order uuid.UUID) (orders.Seated, error)
	Limit(ctx context.Context, order uuid.UUID, unknownSumIsZero bool) (decimal.Decimal, error)
	Feed(ctx context.Context, fed orders.Fed) (orders.Order, error)
	Withdraw(ctx context.Context, order uuid.UUID) error
}

// Waiters knows the waiters' PINs. The door calls Check from at most two goroutines at a time, because comparing a PIN with its
// hash is meant to be slow, and counts unknown PINs against the caller's address.
type Waiters interface {
	// Check names the waiter of a PIN; ok is false when nobody has it. An error means that it cannot be told now.
	Check(ctx context.Context, pin string) (name string, ok bool, err error)
}

// Mode says what a check-in does.
type Mode string

// The modes of the settings file.
const (
	ModeBind    Mode = "bind"    // the guest is bound to the order: 204
	ModeMessage Mode = "message" // nobody is bound, the waiter reads who it is: 200 with a WaiterMessage, always
)

// Gift is a dish that a guest with enough points may be given.
type Gift struct {
	SKU  string
	From decimal.Decimal // the least balance, in points
}

// Options are what the door is made of. Book, Desk, Hub, Texts, Vendor and System are required.
type Options struct {
	Book  Book
	Desk  orders.Desk // greets guests in [ModeMessage], where the book is not asked
	Hub   *notice.Hub
	Texts *texts.Texts

	Vendor int64  // the shop's code; wallets and payment types have ids of their own in each shop
	System string // the loyalty system's name, as wallets show it

	Address string         // to listen on, "127.0.0.1:9100"
	Mode    Mode           // empty: ModeBind
	Allow   []netip.Prefix // who may call; empty: this machine alone
	Hosts   []string       // names accepted in Host besides loopback's and the address that was called

	Waiters          Waiters // nil: no PINs are asked
	Gifts            []Gift
	Photos           string // folder with <client>.jpg, .jpeg or .png; empty: no photos
	FeedToken        string // bearer token of the order feed; empty: there is no feed
	UnknownSumIsZero bool   // payment limits of an order whose sum the till does not know are zeros

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: nothing is logged
}

// Server is the door. It is safe for concurrent use. Make one with [New].
type Server struct {
	Options

	guard    guard
	mux      *http.ServeMux
	replies  replyCache
	photos   photoShelf
	failures failureMeter
	slots    chan struct{} // check-ins that are being carried out
	pinSlots chan struct{} // PINs that are being checked
}

// Limits of the door (DESIGN.md, section 4).
const (
	readHeaderLimit = 3 * time.Second
	readLimit       = 10 * time.Second
	writeLimit      = 30 * time.Second
	idleLimit       = 60 * time.Second
	checkInLimit    = 4800 * time.Millisecond // a check-in is answered within 5 s; the book gives the service 4.5 s of them
	slotLimit       = 2 * time.Second         // longer, a check-in does not wait for its turn: the service needs the rest
	balanceLimit    = 2500 * time.Millisecond // longer, a reading does not wait for a fresh balance
	stopLimit       = 6 * time.Second         // to answer what was asked before the door closes; longer than a check-in takes

	headerMaxBytes   = 8 << 10
	bodyMaxBytes     = 16 << 10
	feedMaxBytes     = 512 << 10
	connectionsMax   = 256
	checkInsMax      = 32
	pinChecksMax     = 2
	photoMaxBytes    = 2 << 20
	photoMaxPixels   = 16_000_000
	photoMaxWidth    = 10_000 // pixels, and as many in height
	photoMaxSide     = 640
	photosKept       = 32
	repliesKept      = 1024
	repliesKeptBytes = 8 << 20
)

// headerSlopBytes is what net/http reads beyond Server.MaxHeaderBytes.
const headerSlopBytes = 4 << 10

// New makes the door. It opens nothing and starts nothing: call [Server.Listen] and [Server.Serve].
func New(options Options) (*Server, error) {
	if options.Mode == "" {
		options.Mode = ModeBind
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case options.Book == nil || options.Desk == nil || options.Hub == nil || options.Texts == nil:
		return nil, errors.New("waiterapi: Book, Desk, Hub and Texts are required")
	case options.Mode != ModeBind && options.Mode != ModeMessage:
		return nil, fmt.Errorf("waiterapi: no such mode %q", options.Mode)
	case options.Vendor < 1 || options.System == "":
		return nil, errors.New("waiterapi: Vendor and System are required")
	}
	s := &Server{
		Options:  options,
		guard:    newGuard(options.Allow, options.Hosts),
		photos:   photoShelf{folder: options.Photos, log: options.Log},
		slots:    make(chan struct{}, checkInsMax),
		pinSlots: make(chan struct{}, pinChecksMax),
	}
	s.mux = newMux(s.routes())
	return s, nil
}

// The codes of the door's [notice.State] when it is in trouble; when it is good, the code is its address.
const (
	CodeBusy   = "busy"   // another program has the port
	CodeFailed = "failed" // the address cannot be listened on, or listening ended by itself
)

// Listen opens the port. It returns before anything is served, so that a busy port is known at once; the hub is told.
func (s *Server) Listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.Address)
	if err != nil {
		code := CodeFailed
		if isAddressBusy(err) {
			code = CodeBusy
		}
		s.show(notice.Trouble, code)
		return nil, fmt.Errorf("waiterapi: %w", err)
	}
	return listener, nil
}

// Serve answers until ctx is done, and closes the listener. Then it answers what has been asked, for a few seconds, and
// returns nil. Another error means that listening ended by itself. It is not called twice at the same time.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	s.replies.clear() // what an earlier Serve kept has heard no news since
	defer s.Hub.Subscribe(s.replies.hear)()
	crowd := newCrowd(listener, connectionsMax)
	server := &http.Server{
		Handler:                      s,
		ReadHeaderTimeout:            readHeaderLimit,
		ReadTimeout:                  readLimit,
		WriteTimeout:                 writeLimit,
		IdleTimeout:                  idleLimit,
		MaxHeaderBytes:               headerMaxBytes - headerSlopBytes,
		ConnState:                    crowd.track,
		ConnContext:                  s.guard.welcome,
		DisableGeneralOptionsHandler: true, // "OPTIONS *" gets the same refusal as any other unknown path
		ErrorLog:                     slog.NewLogLogger(s.Log.Handler(), slog.LevelDebug),
	}
	s.show(notice.Good, listener.Addr().String())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(crowd) }()
	select {
	case err := <-ended:
		_ = server.Close() // the error that counts is the one that ended it
		s.show(notice.Trouble, CodeFailed)
		return fmt.Errorf("waiterapi: %w", err)
	case <-ctx.Done():
	}
	s.stop(ctx, server, crowd)
	<-ended
	s.show(notice.Unknown, "")
	return nil
}

// stop answers what has been asked and closes. Connections on which nothing was asked yet are closed first: Shutdown would
// wait seconds for them.
func (s *Server) stop(ctx context.Context, server *http.Server, crowd *crowd) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	crowd.stop()
	if err := server.Shutdown(limited); err != nil {
		s.Log.Warn("the waiter's door closed with requests unanswered", "err", err)
		_ = server.Close() // it only says again what Shutdown said
	}
}

// show publishes how the door is.
func (s *Server) show(level notice.Level, code string) {
	s.Hub.Publish(notice.State{Part: notice.Waiter, Level: level, Code: code, At: s.Now()})
}
