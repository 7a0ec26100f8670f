package skidkabot_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// short is a limit that a test waits for in full.
const short = 60 * time.Millisecond

// rawService answers every connection with serve and counts connections and
// requests. It is for what no HTTP server would do.
type rawService struct {
	url      string
	requests atomic.Int64
}

// newRawService starts one. serve gets the connection after the request was read
// in full, or at once if readFirst is false.
func newRawService(t *testing.T, readFirst bool, serve func(net.Conn)) *rawService {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	service := &rawService{url: "http://" + listener.Addr().String()}
	var group sync.WaitGroup
	t.Cleanup(func() { _ = listener.Close(); group.Wait() })
	group.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			group.Go(func() {
				defer func() { _ = conn.Close() }()
				if !readFirst {
					service.requests.Add(1)
					serve(conn)
					return
				}
				// As many requests as the connection brings, so that a replay on it is seen.
				reader := bufio.NewReader(conn)
				for {
					request, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, request.Body)
					service.requests.Add(1)
					serve(conn)
				}
			})
		}
	})
	return service
}

// write returns a serve function that writes a text and closes.
func write(text string) func(net.Conn) {
	return func(conn net.Conn) {
		_, _ = io.WriteString(conn, text)
		_ = conn.Close()
	}
}

const okHeader = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

func TestOddServers(t *testing.T) {
	const body = `{"code":0,"first_name":"Александр","balance":125}`
	for _, test := range []struct {
		name      string
		readFirst bool
		serve     func(net.Conn)
		outcome   skidkabot.Outcome
		reason    skidkabot.UnknownReason
		status    int
		hint      skidkabot.Code
	}{
		{name: "accepts and closes", serve: func(net.Conn) {}, reason: skidkabot.ReasonReset},
		{name: "reads and closes", readFirst: true, serve: func(conn net.Conn) { _ = conn.Close() }, reason: skidkabot.ReasonReset},
		{name: "half a status line", readFirst: true, serve: write("HTTP/1.1 20"), reason: skidkabot.ReasonReset},
		{name: "half a header", readFirst: true, serve: write(okHeader + "X-Half: "), reason: skidkabot.ReasonReset},
		{name: "body without header", readFirst: true, serve: write(body), reason: skidkabot.ReasonReset},
		{name: "name in a header line", readFirst: true, serve: write("HTTP/1.1 200 OK\r\nАлександр\r\n\r\n"), reason: skidkabot.ReasonReset},
		{name: "HTTP/2", readFirst: true, serve: write("HTTP/2.0 200 OK\r\n\r\n" + body), reason: skidkabot.ReasonBadReply, status: 200},
		{name: "two lengths", readFirst: true, serve: write(okHeader + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + body), reason: skidkabot.ReasonReset},
		{name: "shorter than it says", readFirst: true, serve: write(okHeader + "Content-Length: 900\r\n\r\n" + body), reason: skidkabot.ReasonReset, status: 200},
		{name: "shorter, refusal", readFirst: true, serve: write(okHeader + "Content-Length: 900\r\n\r\n" + `{"code":5,"te`), reason: skidkabot.ReasonReset, status: 200, hint: skidkabot.CodeUnknownShop},
		{name: "broken chunks", readFirst: true, serve: write(okHeader + "Transfer-Encoding: chunked\r\n\r\nАлександр\r\n"), reason: skidkabot.ReasonReset, status: 200},
		{name: "cut without a length", readFirst: true, serve: write(okHeader + "\r\n" + body[:20]), reason: skidkabot.ReasonBadReply, status: 200},
		{name: "no length", readFirst: true, serve: write(okHeader + "\r\n" + body), outcome: skidkabot.Confirmed},
		{name: "HTTP/1.0", readFirst: true, serve: write("HTTP/1.0 200 OK\r\n\r\n" + body), outcome: skidkabot.Confirmed},
		{name: "100 Continue first", readFirst: true, serve: write("HTTP/1.1 100 Continue\r\n\r\n" + okHeader + "\r\n" + body), outcome: skidkabot.Confirmed},
		{name: "flood of 103", readFirst: true, serve: flood("HTTP/1.1 103 Early Hints\r\n\r\n"), reason: skidkabot.ReasonReset},
		{name: "flood of header", readFirst: true, serve: func(conn net.Conn) {
			_, _ = io.WriteString(conn, okHeader)
			flood("X-Pad: " + strings.Repeat("x", 1000) + "\r\n")(conn)
		}, reason: skidkabot.ReasonReset},
		{name: "flood of body", readFirst: true, serve: func(conn net.Conn) {
			_, _ = io.WriteString(conn, okHeader+"\r\n")
			flood(strings.Repeat(" ", 1000))(conn)
		}, reason: skidkabot.ReasonTooLarge, status: 200},
		{name: "101", readFirst: true, serve: func(conn net.Conn) {
			_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
			_, _ = io.Copy(io.Discard, conn) // holds the connection open until the client lets go
		}, reason: skidkabot.ReasonStatus, status: 101},
		{name: "identity encoding", readFirst: true, serve: write(okHeader + "Content-Encoding: Identity\r\n\r\n" + body), outcome: skidkabot.Confirmed},
		{name: "plain under a false encoding", readFirst: true, serve: write(okHeader + "Content-Encoding: br\r\n\r\n" + body), reason: skidkabot.ReasonBadReply, status: 200},
	} {
		for _, call := range calls {
			t.Run(test.name+"/"+call.name, func(t *testing.T) {
				t.Parallel()
				service := newRawService(t, test.readFirst, test.serve)
				till := till{client: newClient(t, service.url), card: publishedCard}
				err := call.do(t.Context(), till)
				if got := skidkabot.OutcomeOf(err); got != test.outcome {
					t.Fatalf("got outcome %v (%v), want %v", got, err, test.outcome)
				}
				if test.outcome == skidkabot.Unknown {
					checkUnknown(t, err, skidkabot.UnknownError{Reason: test.reason, Status: test.status, Hint: test.hint})
				}
				for cause := err; cause != nil; cause = errors.Unwrap(cause) {
					if strings.Contains(cause.Error(), "Александр") {
						t.Errorf("the error shows a name: %v", cause)
					}
				}
				if got := service.requests.Load(); got != 1 {
					t.Errorf("got %d requests, want 1", got)
				}
			})
		}
	}
}

// flood writes the text until the client lets go.
func flood(text string) func(net.Conn) {
	return func(conn net.Conn) {
		for {
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
		}
	}
}

// TestReplyLimitIsExact sends replies of just the limit and of one byte more.
func TestReplyLimitIsExact(t *testing.T) {
	const limit = 64 << 10
	for size, want := range map[int]skidkabot.Outcome{limit: skidkabot.Confirmed, limit + 1: skidkabot.Unknown} {
		till := newTill(t)
		body := `{"code":0}`
		till.service.FailNext(1, "", skidkabotsim.RawAfter(body+strings.Repeat(" ", size-len(body))))
		_, err := till.client.Accrue(t.Context(), till.card, points(1))
		if got := skidkabot.OutcomeOf(err); got != want {
			t.Errorf("%d bytes: got %v (%v), want %v", size, got, err, want)
		}
	}
}

func TestTimeouts(t *testing.T) {
	for _, call := range calls {
		t.Run("header/"+call.name, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			till := newTill(t, limits(skidkabot.Limits{Header: short}))
			till.service.FailNext(1, "", skidkabotsim.HoldBefore(release))
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			checkUnknown(t, call.do(ctx, till), skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout})
			if ctx.Err() != nil {
				t.Error("it was the test's limit that ended the call")
			}
			close(release)
		})
		t.Run("total, in the header/"+call.name, func(t *testing.T) {
			t.Parallel()
			release := make(chan struct{})
			till := newTill(t, limits(skidkabot.Limits{Total: time.Second}))
			till.service.FailNext(1, "", skidkabotsim.HoldAfter(release))
			checkUnknown(t, call.do(t.Context(), till), skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout})
			close(release)
		})
		t.Run("total, in the body/"+call.name, func(t *testing.T) {
			t.Parallel()
			till := newTill(t, limits(skidkabot.Limits{Total: time.Second}))
			till.service.FailNext(1, "", skidkabotsim.Drip(short))
			checkUnknown(t, call.do(t.Context(), till), skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout, Status: 200})
			if got := till.service.Count(""); got != 1 {
				t.Errorf("got %d requests, want 1", got)
			}
		})
		t.Run("drip in time/"+call.name, func(t *testing.T) {
			t.Parallel()
			till := newTill(t)
			till.service.FailNext(1, "", skidkabotsim.Drip(time.Microsecond))
			if err := call.do(t.Context(), till); err != nil {
				t.Error(err)
			}
		})
		t.Run("TLS/"+call.name, func(t *testing.T) {
			t.Parallel()
			service := newRawService(t, false, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
			client := newClient(t, strings.Replace(service.url, "http", "https", 1), limits(skidkabot.Limits{TLS: short}))
			checkNotSent(t, call.do(t.Context(), till{client: client, card: publishedCard}), skidkabot.PhaseTLS)
		})
		for name, limit := range map[string]skidkabot.Limits{"dial": {Dial: short}, "total, while dialling": {Total: short}} {
			t.Run(name+"/"+call.name, func(t *testing.T) {
				t.Parallel()
				client := newClient(t, "https://skidkabot.ru", limits(limit), dial(func(ctx context.Context, _, _ string) (net.Conn, error) {
					<-ctx.Done()
					return nil, ctx.Err()
				}))
				ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
				defer cancel()
				checkNotSent(t, call.do(ctx, till{client: client, card: publishedCard}), skidkabot.PhaseConnect)
				if ctx.Err() != nil {
					t.Error("it was the test's limit that ended the call")
				}
			})
		}
	}
}

func dial(f func(ctx context.Context, network, address string) (net.Conn, error)) func(*skidkabot.Config) {
	return func(cfg *skidkabot.Config) { cfg.SetDial(f) }
}

// TestCommitAfterTheTillGaveUp is the worst case: unknown, and then it happens.
func TestCommitAfterTheTillGaveUp(t *testing.T) {
	release := make(chan struct{})
	till := newTill(t, limits(skidkabot.Limits{Header: short}))
	till.service.FailNext(1, "", skidkabotsim.HoldBefore(release))
	err := accrueCall.do(t.Context(), till)
	if got := skidkabot.OutcomeOf(err); got != skidkabot.Unknown || len(till.service.Ledger()) != 0 {
		t.Fatalf("got %v with %d ledger entries, want unknown with none", got, len(till.service.Ledger()))
	}
	close(release)
	for deadline := time.Now().Add(2 * time.Minute); len(till.service.Ledger()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the service never committed")
		}
	}
}

func TestCancel(t *testing.T) {
	errOwn := errors.New("the cashier pressed Esc")
	for _, call := range calls {
		t.Run("before/"+call.name, func(t *testing.T) {
			till := newTill(t)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			err := call.do(ctx, till)
			checkNotSent(t, err, skidkabot.PhaseRequest)
			if !errors.Is(err, context.Canceled) || till.service.Count("") != 0 {
				t.Errorf("got %v after %d requests", err, till.service.Count(""))
			}
		})
		t.Run("while dialling/"+call.name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			client := newClient(t, "https://skidkabot.ru", dial(func(ctx context.Context, _, _ string) (net.Conn, error) {
				cancel(errOwn)
				<-ctx.Done()
				return nil, ctx.Err()
			}))
			err := call.do(ctx, till{client: client, card: publishedCard})
			checkNotSent(t, err, skidkabot.PhaseConnect)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want it to be context.Canceled", err)
			}
		})
		t.Run("after sending/"+call.name, func(t *testing.T) {
			release := make(chan struct{})
			defer close(release)
			till := newTill(t)
			ctx, cancel := context.WithCancelCause(t.Context())
			till.service.SetHook(func(skidkabotsim.Request) *skidkabotsim.Fault {
				cancel(errOwn)
				fault := skidkabotsim.HoldBefore(release)
				return &fault
			})
			err := call.do(ctx, till)
			checkUnknown(t, err, skidkabot.UnknownError{Reason: skidkabot.ReasonCanceled})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want it to be context.Canceled", err)
			}
		})
	}
}

func TestNoConnection(t *testing.T) {
	refusedURL := closedPort(t)
	for name, test := range map[string]struct {
		client *skidkabot.Client
		want   skidkabot.Phase
	}{
		"refused": {newClient(t, refusedURL), skidkabot.PhaseConnect},
		"no such name": {newClient(t, "https://nonexistent.invalid", dial(func(_ context.Context, network, _ string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: "nonexistent.invalid", IsNotFound: true}}
		})), skidkabot.PhaseLookup},
		"no route": {newClient(t, "https://skidkabot.ru", dial(func(_ context.Context, network, _ string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: network, Err: errors.New("network is unreachable")}
		})), skidkabot.PhaseConnect},
	} {
		for _, call := range calls {
			t.Run(name+"/"+call.name, func(t *testing.T) {
				checkNotSent(t, call.do(t.Context(), till{client: test.client, card: publishedCard}), test.want)
			})
		}
	}
}

// closedPort returns the URL of a port where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return "http://" + listener.Addr().String()
}

// newTLSTill is newTill with https. The client trusts whom trust says.
func newTLSTill(t *testing.T, change func(cfg *skidkabot.Config, address string, roots *x509.CertPool)) till {
	t.Helper()
	service := &skidkabotsim.Server{}
	url, roots, err := service.StartTLS()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Close() })
	service.AddCustomer(skidkabotsim.Customer{Client: client1, Balance: points(100)})
	client := newClient(t, url, func(cfg *skidkabot.Config) { change(cfg, strings.TrimPrefix(url, "https://"), roots) })
	return till{url: url, service: service, client: client, card: service.IssueQR(client1)}
}

func TestTLS(t *testing.T) {
	trust := func(cfg *skidkabot.Config, _ string, roots *x509.CertPool) { cfg.RootCAs = roots }
	plain := newTill(t)
	for _, call := range calls {
		t.Run("trusted/"+call.name, func(t *testing.T) {
			till := newTLSTill(t, trust)
			if err := call.do(t.Context(), till); err != nil {
				t.Error(err)
			}
			if proto := till.service.Requests()[0].Proto; proto != "HTTP/1.1" {
				t.Errorf("got %s, want HTTP/1.1", proto)
			}
		})
		t.Run("unknown authority/"+call.name, func(t *testing.T) {
			till := newTLSTill(t, func(*skidkabot.Config, string, *x509.CertPool) {})
			err := call.do(t.Context(), till)
			checkNotSent(t, err, skidkabot.PhaseTLS)
			var unknown x509.UnknownAuthorityError
			if !errors.As(err, &unknown) || till.service.Count("") != 0 {
				t.Errorf("got %v after %d requests", err, till.service.Count(""))
			}
		})
		t.Run("other name/"+call.name, func(t *testing.T) {
			till := newTLSTill(t, func(cfg *skidkabot.Config, address string, roots *x509.CertPool) {
				cfg.RootCAs = roots
				cfg.URL = "https://example.invalid"
				cfg.SetDial(toAddress(address))
			})
			checkNotSent(t, call.do(t.Context(), till), skidkabot.PhaseTLS)
		})
		t.Run("reset after the commit/"+call.name, func(t *testing.T) {
			till := newTLSTill(t, trust)
			till.service.FailNext(1, "", skidkabotsim.CutAfter(skidkabotsim.CutReset))
			checkUnknown(t, call.do(t.Context(), till), skidkabot.UnknownError{Reason: skidkabot.ReasonReset})
		})
		t.Run("no TLS there/"+call.name, func(t *testing.T) {
			client := newClient(t, strings.Replace(plain.url, "http", "https", 1))
			err := call.do(t.Context(), till{client: client, card: plain.card})
			checkNotSent(t, err, skidkabot.PhaseTLS)
			var noTLS tls.RecordHeaderError
			if !errors.As(err, &noTLS) {
				t.Errorf("got %v, want a tls.RecordHeaderError", err)
			}
		})
	}
	if got := plain.service.Count(""); got != 0 {
		t.Errorf("got %d requests without TLS, want 0", got)
	}
}

// toAddress dials one address whatever was asked for.
func toAddress(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}

// tlsServer is the service behind any kind of TLS, for a client that trusts it.
func tlsServer(t *testing.T, change func(*httptest.Server), handler http.Handler) (url string, trust func(*skidkabot.Config)) {
	t.Helper()
	server := httptest.NewUnstartedServer(handler)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	change(server)
	server.StartTLS()
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return server.URL, func(cfg *skidkabot.Config) { cfg.RootCAs = roots }
}

func TestOldTLSIsRefused(t *testing.T) {
	var service skidkabotsim.Server
	url, trust := tlsServer(t, func(s *httptest.Server) {
		s.TLS = &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	}, &service)
	client := newClient(t, url, trust)
	checkNotSent(t, accrueCall.do(t.Context(), till{client: client, card: publishedCard}), skidkabot.PhaseTLS)
	if got := service.Count(""); got != 0 {
		t.Errorf("got %d requests, want 0", got)
	}
}

func TestHTTP2IsNotSpoken(t *testing.T) {
	var service skidkabotsim.Server
	service.AddCustomer(skidkabotsim.Customer{Client: client1})
	url, trust := tlsServer(t, func(s *httptest.Server) { s.EnableHTTP2 = true }, &service)
	till := till{client: newClient(t, url, trust), card: service.IssueQR(client1)}
	for i, call := range calls[:2] {
		if err := call.do(t.Context(), till); err != nil {
			t.Fatal(err)
		}
		if got := service.Requests()[i].Proto; got != "HTTP/1.1" {
			t.Errorf("%s: got %s, want HTTP/1.1", call.name, got)
		}
	}
}

// TestHeaderLimit sends headers of a little less and a little more than 64 KiB.
func TestHeaderLimit(t *testing.T) {
	for size, want := range map[int]skidkabot.Outcome{60 << 10: skidkabot.Confirmed, 70 << 10: skidkabot.Unknown} {
		till := newTill(t)
		till.service.FailNext(1, "", skidkabotsim.Fault{Reply: func(r *skidkabotsim.Reply) {
			r.Header = http.Header{"X-Pad": {strings.Repeat("x", size)}}
		}})
		if got := skidkabot.OutcomeOf(accrueCall.do(t.Context(), till)); got != want {
			t.Errorf("%d bytes: got %v, want %v", size, got, want)
		}
	}
}

// proxyServer is a CONNECT proxy that leads every way to one address, or, with
// no address, gives none.
func proxyServer(t *testing.T, address string) (*url.URL, *atomic.Int64) {
	t.Helper()
	asked := new(atomic.Int64)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if address == "" || r.Method != http.MethodConnect || r.Host != "skidkabot.ru:443" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		there, err := net.Dial("tcp", address)
		if err != nil {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		here, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(there, here); _ = there.Close() }()
		_, _ = io.Copy(here, there)
		_ = here.Close()
	})}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return &url.URL{Scheme: "http", Host: listener.Addr().String()}, asked
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestProxy(t *testing.T) {
	for _, call := range calls {
		t.Run("leads there/"+call.name, func(t *testing.T) {
			var asked *atomic.Int64
			till := newTLSTill(t, func(cfg *skidkabot.Config, address string, roots *x509.CertPool) {
				cfg.RootCAs, cfg.URL = roots, "https://skidkabot.ru"
				cfg.Proxy, asked = proxyServer(t, address)
			})
			if err := call.do(t.Context(), till); err != nil || asked.Load() != 1 {
				t.Errorf("got %v, the proxy was asked %d times", err, asked.Load())
			}
		})
		t.Run("refuses/"+call.name, func(t *testing.T) {
			client := newClient(t, "https://skidkabot.ru", func(cfg *skidkabot.Config) { cfg.Proxy, _ = proxyServer(t, "") })
			checkNotSent(t, call.do(t.Context(), till{client: client, card: publishedCard}), skidkabot.PhaseProxy)
		})
		t.Run("refuses, under TLS/"+call.name, func(t *testing.T) {
			proxy, trust := tlsServer(t, func(*httptest.Server) {}, http.NotFoundHandler())
			client := newClient(t, "https://skidkabot.ru", trust, func(cfg *skidkabot.Config) { cfg.Proxy = mustParse(t, proxy) })
			checkNotSent(t, call.do(t.Context(), till{client: client, card: publishedCard}), skidkabot.PhaseProxy)
		})
		t.Run("is down/"+call.name, func(t *testing.T) {
			client := newClient(t, "https://skidkabot.ru", func(cfg *skidkabot.Config) { cfg.Proxy = mustParse(t, closedPort(t)) })
			checkNotSent(t, call.do(t.Context(), till{client: client, card: publishedCard}), skidkabot.PhaseConnect)
		})
		t.Run("wrong certificate behind/"+call.name, func(t *testing.T) {
			till := newTLSTill(t, func(cfg *skidkabot.Config, address string, _ *x509.CertPool) {
				cfg.URL = "https://skidkabot.ru"
				cfg.Proxy, _ = proxyServer(t, address)
			})
			checkNotSent(t, call.do(t.Context(), till), skidkabot.PhaseTLS)
		})
		t.Run("not for loopback/"+call.name, func(t *testing.T) {
			proxy, asked := proxyServer(t, "")
			till := newTill(t, func(cfg *skidkabot.Config) { cfg.Proxy = proxy })
			if err := call.do(t.Context(), till); err != nil || asked.Load() != 0 {
				t.Errorf("got %v, the proxy was asked %d times", err, asked.Load())
			}
		})
	}
}

// TestEnvironmentProxyIsIgnored looks at what would be dialled.
func TestEnvironmentProxyIsIgnored(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
	t.Setenv("https_proxy", "http://proxy.invalid:3128")
	var dialled []string
	client := newClient(t, "https://skidkabot.ru", dial(func(_ context.Context, _, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return nil, errors.New("enough")
	}))
	_ = accrueCall.do(t.Context(), till{client: client, card: publishedCard})
	if got := strings.Join(dialled, " "); got != "skidkabot.ru:443" {
		t.Errorf("dialled %s, want skidkabot.ru:443 once", got)
	}
}
