package expirenza

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/notice"
)

func TestWhereExpirenzaIs(t *testing.T) {
	for text, want := range map[string]place{
		"wss://api.shaketopay.com.ua": {
			"wss://api.shaketopay.com.ua/restaurantEntryPoint", "https://api.shaketopay.com.ua/callback/", false},
		"wss://api.shaketopay.com.ua/restaurantEntryPoint": {
			"wss://api.shaketopay.com.ua/restaurantEntryPoint", "https://api.shaketopay.com.ua/callback/", false},
		"wss://gate.example:8443/pos/": {
			"wss://gate.example:8443/pos/restaurantEntryPoint", "https://gate.example:8443/pos/callback/", false},
		"ws://127.0.0.1:80": {"ws://127.0.0.1:80/restaurantEntryPoint", "http://127.0.0.1:80/callback/", true},
		"ws://[::1]:80":     {"ws://[::1]:80/restaurantEntryPoint", "http://[::1]:80/callback/", true},
		"ws://LocalHost":    {"ws://LocalHost/restaurantEntryPoint", "http://LocalHost/callback/", true},
	} {
		if got, err := checkURL(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
}

func TestOptionsThatCannotWork(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options)
		field  string
	}{
		"no book":        {func(o *Options) { o.Book = nil }, "Book"},
		"no outbox":      {func(o *Options) { o.Outbox = nil }, "Outbox"},
		"no hub":         {func(o *Options) { o.Hub = nil }, "Hub"},
		"no secret":      {func(o *Options) { o.Secret = nil }, "Secret"},
		"no guest name":  {func(o *Options) { o.GuestName = nil }, "GuestName"},
		"no restaurant":  {func(o *Options) { o.RestoID = "" }, "RestoID"},
		"colon":          {func(o *Options) { o.RestoID = "R:1" }, "RestoID"},
		"long":           {func(o *Options) { o.RestoID = strings.Repeat("R", 201) }, "RestoID"},
		"no system":      {func(o *Options) { o.System = "" }, "System"},
		"two cookies":    {func(o *Options) { o.System = "A; b=c" }, "System"},
		"two headers":    {func(o *Options) { o.System = "A\r\nB: c" }, "System"},
		"foreign proxy":  {func(o *Options) { o.Proxy = &url.URL{Scheme: "ftp", Host: "p"} }, "Proxy"},
		"no URL":         {func(o *Options) { o.URL = "" }, "URL"},
		"https":          {func(o *Options) { o.URL = "https://x" }, "URL"},
		"plain":          {func(o *Options) { o.URL = "ws://api.shaketopay.com.ua" }, "URL"},
		"password":       {func(o *Options) { o.URL = "wss://user:hush@x" }, "URL"},
		"query":          {func(o *Options) { o.URL = "wss://x?hush=1" }, "URL"},
		"broken":         {func(o *Options) { o.URL = "wss://x:hush\x00" }, "URL"},
		"like localhost": {func(o *Options) { o.URL = "ws://localhost.example" }, "URL"},
	} {
		options := testOptions()
		c.change(&options)
		_, err := New(options)
		var wrong *OptionError
		if !errors.As(err, &wrong) || wrong.Field != c.field || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v, want the field %s", name, err, c.field)
		}
	}
}

func TestAProxyIsUsedButNotForLoopback(t *testing.T) {
	proxy, err := url.Parse("http://proxy.example:3128")
	if err != nil {
		t.Fatal(err)
	}
	for base, want := range map[string]*url.URL{"wss://api.shaketopay.com.ua": proxy, "ws://127.0.0.1:1": nil} {
		options := testOptions()
		options.URL, options.Proxy = base, proxy
		client, err := New(options)
		if err != nil {
			t.Fatal(err)
		}
		var got *url.URL
		if client.http.Proxy != nil {
			if got, err = client.http.Proxy(new(http.Request)); err != nil {
				t.Fatal(err)
			}
		}
		if got != want {
			t.Errorf("%s goes through %v, want %v", base, got, want)
		}
	}
}

// Real sockets, TLS and clocks, once: the rest of the tests has a network in memory.
func TestOverTheNetwork(t *testing.T) {
	var sim expirenzasim.Server
	address, roots, err := sim.StartTLS()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	book := new(fakeBook)
	options := testOptions()
	options.Book, options.Outbox, options.URL, options.RootCAs = book, book, address, roots
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx) }()
	if err := sim.AwaitTill(ctx); err != nil {
		t.Fatal(err)
	}
	result, err := sim.Pay(expirenzasim.Payment{Bill: exampleBill, Sum: exampleSum}).Wait(ctx)
	if err != nil || !result.Closed {
		t.Errorf("%+v, %v", result, err)
	}
	if shown, err := sim.GetBill(ctx, "1", ""); err != nil || shown.Substate != noOrder {
		t.Errorf("%+v, %v", shown, err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	for _, broken := range sim.Violations() {
		t.Errorf("a rule was broken: %s", broken)
	}
}

// A certificate that nobody signed for is no Expirenza: nothing is said to it.
func TestAForeignCertificateIsNotTrusted(t *testing.T) {
	var sim expirenzasim.Server
	address, _, err := sim.StartTLS()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sim.Close() }()
	options := testOptions()
	options.URL = address
	troubled := make(chan notice.State, 10)
	options.Hub.Subscribe(func(news any) {
		if state, ok := news.(notice.State); ok {
			troubled <- state
		}
	})
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- client.Run(ctx) }()
	if state := <-troubled; state.Code != StateConnect {
		t.Errorf("state %v", state)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("Run: %v", err)
	}
	if got := len(sim.Attempts()); got != 0 {
		t.Errorf("%d attempts got through", got)
	}
}

func TestErrorsOfReplies(t *testing.T) {
	for body, want := range map[string]string{
		"":       "status 400",
		"<html>": "status 400",
		`{}`:     "status 400",
		`{"errCode":"E1","errText":"Петро","fieldErrors":[{"field":"sum","message":"m"},{"field":"tips"}]}`: "status 400, errCode E1, fields sum tips",
		`{"errCode":17}`: "status 400, errCode 17",
		`{"errCode":"` + strings.Repeat("x", 100) + `"}`:                   "status 400, errCode " + strings.Repeat("x", maxErrorWord),
		`{"fieldErrors":[` + strings.Repeat(`{"field":"f"},`, 20) + `{}]}`: "status 400, fields" + strings.Repeat(" f", maxErrorFields),
	} {
		if got := readReplyError(http.StatusBadRequest, []byte(body)).Error(); got != want {
			t.Errorf("%.60s: %q, want %q", body, got, want)
		}
	}
}

func TestBackoffGrowsToItsLimit(t *testing.T) {
	for attempt := range 40 {
		want := min(firstPause<<min(attempt, 20), lastPause)
		for range 20 {
			if got := backoff(attempt); got < want || got > min(want+want/4, lastPause) {
				t.Errorf("attempt %d: %s, want %s or a little more", attempt, got, want)
			}
		}
	}
	if got := backoff(-1); got < firstPause {
		t.Errorf("backoff(-1) = %s", got)
	}
}

func TestCallbacksDoNotFollowRedirects(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		wire, asked := newWire(), 0
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked++
			http.Redirect(w, r, "/callback/elsewhere", http.StatusTemporaryRedirect)
		})}
		go func() { _ = server.Serve(wire) }()
		options := testOptions()
		options.dial = wire.dial
		client, err := New(options)
		if err != nil {
			t.Fatal(err)
		}
		client.health.start()
		if got := client.post(t.Context(), opTables, []byte("{}")); got.fate != fateFailed || asked != 1 {
			t.Errorf("fate %v after %d requests", got.fate, asked)
		}
		client.http.CloseIdleConnections()
		_ = server.Close()
	})
}
