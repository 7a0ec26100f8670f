package waiterapi_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/waiterapi"
)

var (
	noon    = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	orderID = uuid.MustParse("0668e655-15a0-4b5e-ab3c-c7f7003cb8cc")
	card    = skidkabot.Card{Vendor: 4, Client: 83532824, Secret: 31766}
)

const token = "feed-token-of-the-tests"

// book is an order book that a test scripts. What a test does not script answers as an empty book.
type book struct {
	checkIn  func(ctx context.Context, in orders.CheckIn) (orders.Order, error)
	checkOut func(ctx context.Context, order uuid.UUID, waiter string) error
	guest    func(ctx context.Context, order uuid.UUID) (orders.Seated, error)
	limit    func(ctx context.Context, order uuid.UUID, unknownSumIsZero bool) (decimal.Decimal, error)
	feed     func(ctx context.Context, fed orders.Fed) (orders.Order, error)
	withdraw func(ctx context.Context, order uuid.UUID) error
}

func (b *book) CheckIn(ctx context.Context, in orders.CheckIn) (orders.Order, error) {
	if b.checkIn == nil {
		return orders.Order{ID: in.Order}, nil
	}
	return b.checkIn(ctx, in)
}

func (b *book) CheckOut(ctx context.Context, order uuid.UUID, waiter string) error {
	if b.checkOut == nil {
		return nil
	}
	return b.checkOut(ctx, order, waiter)
}

func (b *book) Guest(ctx context.Context, order uuid.UUID) (orders.Seated, error) {
	if b.guest == nil {
		return orders.Seated{}, orders.ErrNotFound
	}
	return b.guest(ctx, order)
}

func (b *book) Limit(ctx context.Context, order uuid.UUID, unknownSumIsZero bool) (decimal.Decimal, error) {
	if b.limit == nil {
		return decimal.Zero, nil
	}
	return b.limit(ctx, order, unknownSumIsZero)
}

func (b *book) Feed(ctx context.Context, fed orders.Fed) (orders.Order, error) {
	if b.feed == nil {
		return orders.Order{ID: fed.Order}, nil
	}
	return b.feed(ctx, fed)
}

func (b *book) Withdraw(ctx context.Context, order uuid.UUID) error {
	if b.withdraw == nil {
		return nil
	}
	return b.withdraw(ctx, order)
}

// desk greets as the test says, and identifies as the real one.
type desk struct {
	*loyalty.Desk // of what a till's own orders need, which no handheld asks for
	greet         func(ctx context.Context, card skidkabot.Card) (loyalty.Guest, error)
}

func (d desk) Identify(text string) (loyalty.Identified, error) {
	return loyalty.Identify(text, card.Vendor)
}

func (d desk) Greet(ctx context.Context, card skidkabot.Card, _ time.Time) (loyalty.Guest, error) {
	return d.greet(ctx, card)
}

// clock stands still until a test moves it.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// door is a running server and a client of it.
type door struct {
	t       testing.TB
	server  *waiterapi.Server
	address string
	hub     *notice.Hub
	clock   *clock
	log     *logBook
	client  *http.Client
	stop    func() error // ends Serve and gives what it returned
}

// logBook collects the log, which a test reads while the server writes it.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logBook) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// options are those of a door on a free port of loopback, over the given book.
func options(b waiterapi.Book) waiterapi.Options {
	return waiterapi.Options{
		Book: b, Desk: desk{}, Hub: new(notice.Hub), Texts: texts.New(texts.Russian),
		Vendor: card.Vendor, System: "Skidkabot", Address: "127.0.0.1:0", FeedToken: token,
	}
}

// open starts a door; the test's end stops it.
func open(t testing.TB, o waiterapi.Options) *door {
	t.Helper()
	d := &door{t: t, hub: o.Hub, clock: &clock{now: noon}, log: new(logBook)}
	if o.Now == nil {
		o.Now = d.clock.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(d.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	server, err := waiterapi.New(o)
	must(t, err)
	listener, err := server.Listen(t.Context())
	must(t, err)
	d.server, d.address = server, listener.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, listener) }()
	d.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	transport := &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 100}
	d.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := d.stop(); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer is a reply that was read to its end.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

// ask sends a request with a JSON body, unless that is empty, and holds the reply to the document.
func (d *door) ask(method, path, body string, change ...func(*http.Request)) answer {
	d.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(context.Background(), method, "http://"+d.address+path, reader)
	must(d.t, err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	for _, change := range change {
		change(r)
	}
	got, err := d.client.Do(r)
	must(d.t, err)
	defer func() { _ = got.Body.Close() }()
	text, err := io.ReadAll(got.Body)
	must(d.t, err)
	a := answer{Status: got.StatusCode, Header: got.Header, Body: string(text)}
	holdToDocument(d.t, r, a)
	return a
}

// asFeeder adds the feed's token.
func asFeeder(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }

// order is a path below the test's order.
func order(rest string) string { return "/orders/" + orderID.String() + rest }

// document is openapi.yaml, read once.
var document = sync.OnceValues(func() (*openapi3.T, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	return doc, doc.Validate(context.Background())
})

// holdToDocument fails the test when a reply is none that openapi.yaml has for the request.
func holdToDocument(t testing.TB, r *http.Request, a answer) {
	t.Helper()
	doc, err := document()
	must(t, err)
	route := documented(doc, r)
	if route == nil {
		if a.Status < 400 || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/problem+json") {
			t.Errorf("%s %s is not in the document, and got %d %q", r.Method, r.URL.Path, a.Status, a.Body)
			return
		}
		must(t, doc.Components.Schemas["Problem"].Value.VisitJSON(decoded(t, a.Body)))
		return
	}
	if a.Status == http.StatusNoContent && (a.Body != "" || a.Header.Get("Content-Type") != "") {
		t.Errorf("%s %s: 204 with a body or its type: %v", r.Method, r.URL.Path, a.Header)
	}
	if r.Method == http.MethodHead {
		return // a reply to HEAD has no body to hold to anything
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: route},
		Status:                 a.Status, Header: a.Header, Body: io.NopCloser(strings.NewReader(a.Body)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateResponse(context.Background(), input); err != nil {
		t.Errorf("%s %s: %d %q is not as the document says: %v", r.Method, r.URL.Path, a.Status, a.Body, err)
	}
}

// documented finds the operation of a request; nil when the document has none. A wrong method of a known path is held to any operation of it.
func documented(doc *openapi3.T, r *http.Request) *routers.Route {
	got := strings.Split(strings.ToLower(strings.TrimSuffix(r.URL.Path, "/")), "/")
	for path, item := range doc.Paths.Map() {
		want := strings.Split(strings.ToLower(path), "/")
		matches := len(got) == len(want)
		for i := 0; matches && i < len(got); i++ {
			matches = want[i] == got[i] || want[i] == "{id}" && got[i] != ""
		}
		if !matches {
			continue
		}
		operations := item.Operations()
		operation := operations[r.Method]
		for _, other := range operations {
			if operation == nil {
				operation = other
			}
		}
		return &routers.Route{Spec: doc, Path: path, PathItem: item, Method: r.Method, Operation: operation}
	}
	return nil
}
