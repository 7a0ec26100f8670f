// Package expirenza is door 3, the paying guest: the till's side of Expirenza, where guests pay the bill of their table from
// their phones (PROTOCOLS.md, section 3).
//
// The websocket asks, HTTPS answers. The door opens a websocket, and Expirenza sends messages down it: show a bill, pay a
// bill, name the tables. Each is answered with a signed POST, a callback. What the guest has paid is judged by the order book,
// which writes the answer's exact bytes into its outbox in the same transaction as the effect; the door delivers the outbox
// until Expirenza takes each letter, through lost connections and restarts. Everything else is answered while somebody
// still waits for it, or not at all.
//
// By the time a payment arrives the guest's money is taken. So the door never loses one, never decides one itself, and says
// BILL_IN_USE, which makes Expirenza ask again, wherever nothing could be decided.
package expirenza

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// Name is what the order book calls this system: of [orders.External], [orders.Claim] and [orders.Letter].
const Name = "expirenza"

// Book is what the door needs of the order book.
type Book interface {
	// PayExternal judges a payment and writes effect and answer in one transaction. render turns the verdict into the
	// answer's exact bytes; it is pure. An error means that nothing was written; the verdict says what to answer.
	PayExternal(ctx context.Context, payment orders.External, render func(orders.Verdict) []byte) (orders.Verdict, error)
	// Bills gives open bills: of one order, else of a table, and for an empty query all.
	Bills(ctx context.Context, query orders.BillQuery) ([]orders.Bill, error)
}

// Outbox is the durable queue of answers to payments; an [orders.TillStore] is one.
type Outbox interface {
	Letters(ctx context.Context, system string, now time.Time, limit int) ([]orders.Letter, error)
	NextLetter(ctx context.Context, system string) (time.Time, error)
	Posted(ctx context.Context, id uuid.UUID, outcome orders.LetterOutcome, at, next time.Time) error
}

// Table is a table as Expirenza shall know it.
type Table struct {
	Number int    // what the QR on the table says
	Name   string // what the shop calls it; [orders.Order.Table] has this or the number
	ID     string
	Hall   string // the ID of its [Hall]; may be empty
}

// Hall is a room with tables.
type Hall struct {
	ID   string
	Name string
}

// User is one of the staff, who may get tips.
type User struct {
	ID    string
	Name  string // [orders.Order.Waiter] has it
	Phone string // may be empty
	Roles []string
}

// Options are what the door is made of. Book, Outbox, Hub, Secret, GuestName, URL, RestoID and System are required.
type Options struct {
	Book   Book
	Outbox Outbox
	Hub    *notice.Hub

	// Secret gives the SECRET_KEY. It is asked before each attempt to connect, so a new key is taken without a restart.
	Secret func(ctx context.Context) (string, error)
	// GuestName says what Expirenza calls the guest of a seat, 1 and up, and for 0 what all at the table share.
	GuestName func(seat int) string

	URL     string // "wss://api.shaketopay.com.ua"; ws to a loopback address only. Callbacks go to the same host by https
	RestoID string
	System  string // name of the POS system, in the cookie
	Version string // of this program, "1.2.3"

	Tables []Table // empty: any number may be a table
	Halls  []Hall
	Users  []User

	Proxy   *url.URL         // http, https or socks5; nil: none, whatever the environment says. Loopback is never proxied
	RootCAs *x509.CertPool   // who may sign Expirenza's certificate; nil: the system's
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: nothing is logged

	dial func(ctx context.Context, network, address string) (net.Conn, error) // tests only; nil: a net.Dialer
}

// ErrRefused is what [Client.Run] ends with when Expirenza refuses the key or the restaurant (401 or 403 to a callback).
// Letters stay in the outbox; after the key has been corrected Run may be called again.
var ErrRefused = errors.New("expirenza: the key or the restaurant is refused")

// OptionError names the field of [Options] that [New] refuses, and why.
type OptionError struct {
	Field  string
	Reason string
}

func (e *OptionError) Error() string {
	return fmt.Sprintf("expirenza: options: %s %s", e.Field, e.Reason)
}

// Limits of the door.
const (
	freshLimit = 80 * time.Second // PROTOCOLS.md, section 3: longer, Expirenza does not wait for an answer
	stopGrace  = 5 * time.Second  // for what is under way when the door closes

	maxPayments = 64 // payments that are being judged
	maxReads    = 16 // other messages that are being answered
)

// Client is the door. Make one with [New]; it does nothing until [Client.Run].
type Client struct {
	Options

	place  place // where Expirenza is
	http   *http.Transport
	health health
	logs   sparse
	wake   chan struct{} // there may be letters to deliver

	paying, reading chan struct{} // a place for each message under way
	work            sync.WaitGroup

	// Of one Run at a time.
	refuse      context.CancelCauseFunc
	nextAttempt time.Time // monotonic: not earlier may a connection be tried. It outlives a Run

	mu       sync.Mutex
	secret   key
	settings Settings
}

// New makes a door and opens no connection. It returns an [*OptionError] when the options are not usable.
func New(options Options) (*Client, error) {
	where, err := checkOptions(options)
	if err != nil {
		return nil, err
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	if where.loopback {
		options.Proxy = nil
	}
	client := &Client{
		Options: options,
		place:   where,
		http:    newTransport(options),
		wake:    make(chan struct{}, 1),
		paying:  make(chan struct{}, maxPayments),
		reading: make(chan struct{}, maxReads),
	}
	client.health.publish = func(level notice.Level, code string) {
		client.Hub.Publish(notice.State{Part: notice.Expirenza, Level: level, Code: code, At: client.Now()})
	}
	return client, nil
}

// Run keeps the connection, answers what is asked and delivers the outbox, until ctx is done: then it returns nil. It
// returns [ErrRefused] when Expirenza refuses the key. What is under way has 5 s to end. One Run at a time.
func (c *Client) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	c.refuse = stop
	c.health.start()
	var running sync.WaitGroup
	running.Go(func() { c.keepConnected(ctx) })
	running.Go(func() { c.deliver(ctx) })
	running.Go(func() { c.cacheOrders(ctx) })
	running.Wait()
	c.work.Wait()
	c.http.CloseIdleConnections()
	if errors.Is(context.Cause(ctx), ErrRefused) {
		return ErrRefused
	}
	return nil
}

// Format writes the restaurant for every verb: fmt would otherwise print the key, because it calls no methods on
// unexported fields.
func (c *Client) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "expirenza.Client{%s}", c.RestoID)
}

// withGrace gives a context that outlives ctx by stopGrace: what moves money is finished rather than broken off.
func withGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(stopGrace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-working.Done():
		}
	})
	return working, func() {
		stop()
		cancel()
	}
}

// sleep waits, and reports false when ctx ended first.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
