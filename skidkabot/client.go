package skidkabot

import (
	"context"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// The service's paths (PROTOCOLS.md, section 1).
const (
	PathBalance = "/api_get_balance.php"
	PathAccrue  = "/api_plus_balance.php"
	PathRedeem  = "/api_minus_balance.php"
)

// MaxPoints is the most that one accrual or redemption can move. It is far
// beyond any purchase and far within 64 bits.
const MaxPoints = 1_000_000_000_000

// Limits bound one exchange with the service. A zero field takes its default.
type Limits struct {
	Dial       time.Duration // name lookup and TCP connect, 5 s
	TLS        time.Duration // TLS handshake, 5 s
	Header     time.Duration // from the request's last byte to the reply's header, 10 s
	Total      time.Duration // the whole exchange, 15 s
	ReplyBytes int64         // body of the reply, 64 KiB; its header has 64 KiB always
}

// Config is what a [Client] needs to know.
type Config struct {
	URL          string // base URL; https, or http to a loopback address
	Vendor       int64  // the shop's code, 1 or more
	VendorSecret Secret // the shop's secret code, 1 or more
	Register     int    // number of the till, sent as kassa, 0 or more

	Proxy   *url.URL         // http, https or socks5; nil: none, whatever the environment says. Loopback is never proxied
	RootCAs *x509.CertPool   // who may sign the service's certificate; nil: the system's
	Now     func() time.Time // nil: time.Now
	Limits  Limits

	dial func(ctx context.Context, network, address string) (net.Conn, error) // tests only; nil: a net.Dialer
}

// A Client speaks with the service for one shop and one till. It may be used
// by several goroutines at once.
type Client struct {
	base         *url.URL
	vendor       int64
	vendorSecret Secret
	register     int
	now          func() time.Time
	limits       Limits
	reading      *http.Transport // balances: connections are kept alive
	moving       *http.Transport // accruals and redemptions: a fresh connection each
}

// New makes a client and opens no connection. It returns a [*ConfigError] if
// the configuration is not usable.
func New(cfg Config) (*Client, error) {
	base, err := checkConfig(cfg)
	if err != nil {
		return nil, err
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Limits = cfg.Limits.withDefaults()
	if isLoopback(base.Hostname()) {
		cfg.Proxy = nil
	}
	return &Client{
		base:         base,
		vendor:       cfg.Vendor,
		vendorSecret: cfg.VendorSecret,
		register:     cfg.Register,
		now:          cfg.Now,
		limits:       cfg.Limits,
		reading:      newTransport(cfg, true),
		moving:       newTransport(cfg, false),
	}, nil
}

// Close closes idle connections. Calls that are under way go on.
func (c *Client) Close() { c.reading.CloseIdleConnections() }

// Format writes the shop and the till for every verb: fmt would otherwise print
// the secret, because it calls no methods on unexported fields.
func (c *Client) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "Client{vendor %d, register %d}", c.vendor, c.register)
}

// Balance asks for the customer's name, balance and percents.
//
// Errors: [*RefusedError], [*NotSentError], and [*UnknownError] for
// everything else, which means that the balance is unavailable.
func (c *Client) Balance(ctx context.Context, card Card) (Account, error) {
	if err := c.checkCard(card); err != nil {
		return Account{}, err
	}
	got, err := c.read(ctx, PathBalance, c.form(card))
	if err != nil {
		return Account{}, err
	}
	if !got.hasBalance {
		return Account{}, &UnknownError{Reason: ReasonBadReply, Status: http.StatusOK, Err: errNoBalance}
	}
	return Account{
		FirstName:        got.firstName,
		LastName:         got.lastName,
		Balance:          got.balance,
		AccruePercent:    got.accruePercent,
		RedeemPercent:    got.redeemPercent,
		HasAccruePercent: got.hasAccruePercent,
		HasRedeemPercent: got.hasRedeemPercent,
		ServerDate:       got.serverDate,
		ReadAt:           got.readAt,
	}, nil
}

// Accrue adds points, a whole number from 1 to [MaxPoints], to the customer's
// balance. It sends at most one request, ever; so must its caller, unless
// [OutcomeOf] the error is [NotSent].
//
// Errors: [*AmountError], [*RefusedError], [*NotSentError], [*UnknownError].
func (c *Client) Accrue(ctx context.Context, card Card, points decimal.Decimal) (Receipt, error) {
	return c.move(ctx, PathAccrue, card, points)
}

// Redeem takes points, a whole number from 1 to [MaxPoints], from the
// customer's balance. It sends at most one request, ever; so must its caller,
// unless [OutcomeOf] the error is [NotSent].
//
// Errors: [*AmountError], [*RefusedError], [*NotSentError], [*UnknownError].
func (c *Client) Redeem(ctx context.Context, card Card, points decimal.Decimal) (Receipt, error) {
	return c.move(ctx, PathRedeem, card, points)
}

func (c *Client) move(ctx context.Context, path string, card Card, points decimal.Decimal) (Receipt, error) {
	if err := c.checkCard(card); err != nil {
		return Receipt{}, err
	}
	whole, err := wholePoints(points)
	if err != nil {
		return Receipt{}, err
	}
	form := c.form(card)
	form.Set("kassa", strconv.Itoa(c.register))
	form.Set("summa", strconv.FormatInt(whole, 10))
	got, err := c.exchange(ctx, c.moving, newProgress(c.moving), path, form)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{
		FirstName:   got.firstName,
		LastName:    got.lastName,
		Balance:     got.balance,
		BalanceRead: got.hasBalance,
		ServerDate:  got.serverDate,
	}, nil
}

// form returns the parameters that every request has.
func (c *Client) form(card Card) url.Values {
	return url.Values{
		"fk_vendor":     {strconv.FormatInt(c.vendor, 10)},
		"vendor_secret": {strconv.FormatInt(c.vendorSecret.Reveal(), 10)},
		"fk_client":     {strconv.FormatInt(card.Client, 10)},
		"qr_secret":     {strconv.FormatInt(card.Secret.Reveal(), 10)},
	}
}

// checkCard refuses, before any network call, a card that cannot succeed.
func (c *Client) checkCard(card Card) error {
	switch {
	case !card.valid():
		return &NotSentError{Phase: PhaseRequest, Err: ErrInvalidCard}
	case card.Vendor != c.vendor:
		return &NotSentError{Phase: PhaseRequest, Err: ErrForeignVendor}
	default:
		return nil
	}
}

// wholePoints turns points into what goes on the wire. The exponent is looked
// at first: to compare 1e999999999 with anything would take gigabytes.
func wholePoints(points decimal.Decimal) (int64, error) {
	const maxScale = 100
	exponent := points.Exponent()
	if exponent < -maxScale || exponent > maxScale ||
		!points.IsPositive() || !points.IsInteger() || points.GreaterThan(decimal.NewFromInt(MaxPoints)) {
		return 0, &AmountError{Points: points}
	}
	return points.IntPart(), nil
}

func checkConfig(cfg Config) (*url.URL, error) {
	base, err := checkURL(cfg.URL)
	switch {
	case err != nil:
		return nil, err
	case cfg.Vendor < 1:
		return nil, &ConfigError{Field: "Vendor", Reason: "must be 1 or more"}
	case cfg.VendorSecret < 1:
		return nil, &ConfigError{Field: "VendorSecret", Reason: "must be 1 or more"}
	case cfg.Register < 0:
		return nil, &ConfigError{Field: "Register", Reason: "must be 0 or more"}
	case cfg.Proxy != nil && !proxySchemes[cfg.Proxy.Scheme]:
		return nil, &ConfigError{Field: "Proxy", Reason: "must be an http, https or socks5 URL"}
	case cfg.Limits.negative():
		return nil, &ConfigError{Field: "Limits", Reason: "must not be negative"}
	}
	return base, nil
}

var proxySchemes = map[string]bool{"http": true, "https": true, "socks5": true}

// checkURL parses the base URL. Reasons do not quote it: it may hold a password.
func checkURL(text string) (*url.URL, error) {
	refuse := func(reason string) (*url.URL, error) {
		return nil, &ConfigError{Field: "URL", Reason: reason}
	}
	base, err := url.Parse(text)
	switch {
	case err != nil:
		return refuse("is not a URL")
	case base.Hostname() == "":
		return refuse("names no host")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return refuse("must be a scheme, a host and perhaps a path, nothing more")
	case base.Scheme == "https", base.Scheme == "http" && isLoopback(base.Hostname()):
		base.Path = strings.TrimRight(base.Path, "/")
		return base, nil
	case base.Scheme == "http":
		return refuse("must be https: http is for loopback addresses only")
	default:
		return refuse("must begin with https://")
	}
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

func (l Limits) negative() bool {
	return l.Dial < 0 || l.TLS < 0 || l.Header < 0 || l.Total < 0 || l.ReplyBytes < 0
}

func (l Limits) withDefaults() Limits {
	setDefault(&l.Dial, 5*time.Second)
	setDefault(&l.TLS, 5*time.Second)
	setDefault(&l.Header, 10*time.Second)
	setDefault(&l.Total, 15*time.Second)
	setDefault(&l.ReplyBytes, 64<<10)
	return l
}

func setDefault[T time.Duration | int64](value *T, standard T) {
	if *value == 0 {
		*value = standard
	}
}
