package skidkabot

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"
)

// The rules of the wire, and why:
//
//   - The transport's RoundTrip is called directly, so there is nothing that
//     could follow a redirect or carry a cookie.
//   - Go's Transport sends a request again only if its connection had been
//     used before. An accrual or redemption goes over a fresh connection and
//     has no GetBody, so it leaves once. It never has an Idempotency-Key
//     header, which would permit the replay of a POST.
//   - A transport calls GotConn before it writes and after the TLS handshake.
//     As long as it has not been called, no byte of the request has left.

const (
	maxHeaderBytes = 64 << 10
	idleTimeout    = 30 * time.Second
	userAgent      = "skidkassa-skidkabot/1"
)

var (
	errNoBalance = errors.New("the reply has no balance")
	errNotHTTP   = errors.New("not a whole HTTP/1.1 reply")
	errEncoded   = errors.New("the reply is compressed, which was not asked for")
)

// newTransport makes the client's own transport, which shares nothing with
// http.DefaultTransport: neither connections nor the proxy of the environment.
func newTransport(cfg Config, keepAlive bool) *http.Transport {
	dial := cfg.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			ctx, cancel := context.WithTimeout(ctx, cfg.Limits.Dial)
			defer cancel()
			return dial(ctx, network, address)
		},
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: cfg.RootCAs},
		TLSHandshakeTimeout:    cfg.Limits.TLS,
		ResponseHeaderTimeout:  cfg.Limits.Header,
		MaxResponseHeaderBytes: maxHeaderBytes,
		DisableKeepAlives:      !keepAlive,
		DisableCompression:     true,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConns:           2,
		Protocols:              new(http.Protocols),
	}
	transport.Protocols.SetHTTP1(true)
	if cfg.Proxy != nil {
		transport.Proxy = http.ProxyURL(cfg.Proxy)
	}
	return transport
}

// read sends a request that moves nothing, over a kept connection where there
// is one. If the service had closed that one meanwhile, the request is sent
// again over a fresh connection: so an outage shows as what it is, not sent.
func (c *Client) read(ctx context.Context, path string, form url.Values) (reply, error) {
	first := newProgress(c.reading)
	got, err := c.exchange(ctx, c.reading, first, path, form)
	if !first.isStale(err) {
		return got, err
	}
	c.reading.CloseIdleConnections()
	return c.exchange(ctx, c.reading, newProgress(c.reading), path, form)
}

// exchange sends one request and returns the reply of a success. Its errors
// are [*RefusedError], [*NotSentError] and [*UnknownError].
func (c *Client) exchange(ctx context.Context, transport *http.Transport, watch *progress, path string, form url.Values) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.limits.Total)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return reply{}, &NotSentError{Phase: PhaseRequest, Err: err}
	}
	request, err := c.newRequest(httptrace.WithClientTrace(ctx, watch.trace()), path, form)
	if err != nil {
		return reply{}, &NotSentError{Phase: PhaseRequest, Err: err}
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return reply{}, watch.failure(contextOr(ctx, err))
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusSwitchingProtocols {
		// The body is the bare connection now, and no time limit guards its reading.
		return reply{}, &UnknownError{Reason: ReasonStatus, Status: response.StatusCode}
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, c.limits.ReplyBytes+1))
	got, verdict := c.judge(response, body, contextOr(ctx, err))
	if verdict != nil {
		return reply{}, verdict
	}
	got.readAt = c.now()
	return got, nil
}

// newRequest makes a request. Only that for a balance keeps GetBody, which lets
// Go send it again where a kept connection died before the first byte.
func (c *Client) newRequest(ctx context.Context, path string, form url.Values) (*http.Request, error) {
	address := *c.base
	address.Path += path
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if path != PathBalance {
		request.GetBody = nil
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Accept-Encoding", "identity")
	request.Header.Set("User-Agent", userAgent)
	return request, nil
}

// judge turns an HTTP response into a reply or the error that it means.
// readErr is what ended the reading of the body early.
func (c *Client) judge(response *http.Response, body []byte, readErr error) (reply, error) {
	unknown := func(reason UnknownReason, err error) (reply, error) {
		return reply{}, &UnknownError{Reason: reason, Status: response.StatusCode, Hint: guessCode(body), Err: err}
	}
	status := response.StatusCode
	switch {
	case 300 <= status && status < 400:
		return unknown(ReasonRedirect, nil)
	case status != http.StatusOK:
		return unknown(ReasonStatus, nil)
	case response.ProtoMajor != 1:
		return unknown(ReasonBadReply, errNotHTTP)
	case readErr != nil:
		return unknown(reasonOf(readErr), safeCause(readErr))
	case int64(len(body)) > c.limits.ReplyBytes:
		return unknown(ReasonTooLarge, nil)
	case isEncoded(response.Header):
		return unknown(ReasonBadReply, errEncoded)
	}
	got, err := parseReply(body)
	switch {
	case err != nil:
		return unknown(ReasonBadReply, err)
	case got.code.Documented():
		return reply{}, &RefusedError{Code: got.code, Text: got.text}
	case got.code != CodeSuccess:
		return unknown(ReasonUndocumentedCode, nil)
	}
	got.serverDate = dateOf(response.Header)
	return got, nil
}

func isEncoded(header http.Header) bool {
	for _, encoding := range header.Values("Content-Encoding") {
		if encoding != "" && !strings.EqualFold(encoding, "identity") {
			return true
		}
	}
	return false
}

func dateOf(header http.Header) time.Time {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return date
}

// progress watches how far one request has come. The hooks are called from
// several goroutines, some of them after RoundTrip has returned.
type progress struct {
	proxied bool

	mu    sync.Mutex
	phase Phase // PhaseConnect when no hook was called
	got   bool  // a connection was got: bytes may have left
	kept  bool  // the first connection that was got had been used before
}

// isStale reports whether the exchange failed because the service had closed a
// connection that was kept.
func (p *progress) isStale(err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	var unknown *UnknownError
	return p.kept && errors.As(err, &unknown) && unknown.Reason == ReasonReset
}

func newProgress(transport *http.Transport) *progress {
	return &progress{proxied: transport.Proxy != nil}
}

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		DNSStart:     func(httptrace.DNSStartInfo) { p.reach(PhaseLookup) },
		ConnectStart: func(string, string) { p.reach(PhaseConnect) },
		ConnectDone: func(_, _ string, err error) {
			if err == nil && p.proxied {
				p.reach(PhaseProxy)
			}
		},
		TLSHandshakeStart: func() { p.reach(PhaseTLS) },
		TLSHandshakeDone: func(_ tls.ConnectionState, err error) {
			if err == nil && p.proxied {
				p.reach(PhaseProxy) // this was the proxy's own TLS: the way through comes next
			}
		},
		GotConn: func(info httptrace.GotConnInfo) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.kept = p.kept || !p.got && info.Reused
			p.got = true
		},
	}
}

func (p *progress) reach(phase Phase) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phase = phase
}

// failure judges an error of RoundTrip.
func (p *progress) failure(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.got {
		return &UnknownError{Reason: reasonOf(err), Err: safeCause(err)}
	}
	var lookup *net.DNSError
	switch {
	case errors.As(err, &lookup):
		p.phase = PhaseLookup
	case p.phase == "":
		p.phase = PhaseConnect
	}
	// Nothing was said to the service yet, so its words hold no secret or name.
	return &NotSentError{Phase: p.phase, Err: err}
}

// contextOr returns err, or the context's own error when it is the context
// that ended the exchange: a caller's cancel cause could be any error.
func contextOr(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func reasonOf(err error) UnknownReason {
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return ReasonCanceled
	case errors.As(err, &timeout) && timeout.Timeout():
		return ReasonTimeout
	default:
		return ReasonReset
	}
}

// safeCause returns the part of an error whose words are known to be harmless.
// Other errors of net/http quote what the server sent, which may be a reply
// with a customer's name in it, so they are replaced.
func safeCause(err error) error {
	for _, plain := range []error{context.Canceled, context.DeadlineExceeded, io.ErrUnexpectedEOF, io.EOF} {
		if errors.Is(err, plain) {
			return plain
		}
	}
	var (
		network *net.OpError
		timeout net.Error
	)
	switch {
	case errors.As(err, &network):
		return network
	case errors.As(err, &timeout) && timeout.Timeout():
		return timeout
	default:
		return errNotHTTP
	}
}
