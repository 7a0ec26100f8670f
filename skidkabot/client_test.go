package skidkabot_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

const client1 = 83532824

// till is a service with one customer, who has 100 points, and a client for it.
type till struct {
	url     string
	service *skidkabotsim.Server
	client  *skidkabot.Client
	card    skidkabot.Card
}

// clockTime is what both clocks say, so that no test depends on the day.
var clockTime = time.Date(2024, 5, 17, 19, 42, 3, 0, time.UTC)

func newTill(t *testing.T, change ...func(*skidkabot.Config)) till {
	t.Helper()
	service := &skidkabotsim.Server{Now: func() time.Time { return clockTime }}
	url, err := service.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Close() })
	service.AddCustomer(skidkabotsim.Customer{
		Client: client1, FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(100),
	})
	return till{url: url, service: service, client: newClient(t, url, change...), card: service.IssueQR(client1)}
}

func newClient(t *testing.T, url string, change ...func(*skidkabot.Config)) *skidkabot.Client {
	t.Helper()
	cfg := skidkabot.Config{
		URL:          url,
		Vendor:       skidkabotsim.TestVendor,
		VendorSecret: skidkabotsim.TestVendorSecret,
		Register:     3,
		Now:          func() time.Time { return clockTime },
	}
	for _, f := range change {
		f(&cfg)
	}
	client, err := skidkabot.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func limits(l skidkabot.Limits) func(*skidkabot.Config) {
	return func(cfg *skidkabot.Config) { cfg.Limits = l }
}

var points = decimal.NewFromInt

func TestBalance(t *testing.T) {
	till := newTill(t)
	got, err := till.client.Balance(t.Context(), till.card)
	if err != nil {
		t.Fatal(err)
	}
	if got.FirstName != "Александр" || got.LastName != "Татарченко" {
		t.Errorf("got %q %q", got.FirstName, got.LastName)
	}
	if !got.Balance.Equal(points(100)) {
		t.Errorf("got balance %s, want 100", got.Balance)
	}
	if !got.HasAccruePercent || !got.AccruePercent.Equal(points(2)) || !got.HasRedeemPercent || !got.RedeemPercent.Equal(points(10)) {
		t.Errorf("got percents %s %v and %s %v, want 2 and 10", got.AccruePercent, got.HasAccruePercent, got.RedeemPercent, got.HasRedeemPercent)
	}
	if !got.ServerDate.Equal(clockTime) || !got.ReadAt.Equal(clockTime) {
		t.Errorf("got date %v, read at %v, want both %v", got.ServerDate, got.ReadAt, clockTime)
	}
}

func TestAccrueAndRedeem(t *testing.T) {
	till := newTill(t)
	accrued, err := till.client.Accrue(t.Context(), till.card, points(25))
	if err != nil || !accrued.BalanceRead || !accrued.Balance.Equal(points(125)) || accrued.FirstName != "Александр" ||
		accrued.LastName != "Татарченко" || !accrued.ServerDate.Equal(clockTime) {
		t.Errorf("got %v of %q, %v", accrued, accrued.FirstName, err)
	}
	redeemed, err := till.client.Redeem(t.Context(), till.card, points(120))
	if err != nil || !redeemed.BalanceRead || !redeemed.Balance.Equal(points(5)) {
		t.Errorf("got %v, %v", redeemed, err)
	}
	want := []skidkabotsim.Entry{
		{Seq: 1, At: clockTime, Kind: skidkabotsim.Accrue, Client: client1, Points: points(25), Register: 3, BalanceAfter: points(125), RequestNo: 1},
		{Seq: 2, At: clockTime, Kind: skidkabotsim.Redeem, Client: client1, Points: points(120), Register: 3, BalanceAfter: points(5), RequestNo: 2},
	}
	got := till.service.Ledger()
	if len(got) != len(want) {
		t.Fatalf("got %d ledger entries, want %d", len(got), len(want))
	}
	for i := range want {
		if got, want := fmt.Sprintf("%+v", got[i]), fmt.Sprintf("%+v", want[i]); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestRequestOnTheWire compares what arrives with PROTOCOLS.md, section 1.
func TestRequestOnTheWire(t *testing.T) {
	till := newTill(t)
	if _, err := till.client.Balance(t.Context(), till.card); err != nil {
		t.Fatal(err)
	}
	if _, err := till.client.Accrue(t.Context(), till.card, decimal.RequireFromString("25.00")); err != nil {
		t.Fatal(err)
	}
	if _, err := till.client.Redeem(t.Context(), till.card, decimal.RequireFromString("1e1")); err != nil {
		t.Fatal(err)
	}
	requests := till.service.Requests()
	for i, want := range []struct{ path, form string }{
		{"/api_get_balance.php", "fk_client=83532824&fk_vendor=4&qr_secret=31766&vendor_secret=31337"},
		{"/api_plus_balance.php", "fk_client=83532824&fk_vendor=4&kassa=3&qr_secret=31766&summa=25&vendor_secret=31337"},
		{"/api_minus_balance.php", "fk_client=83532824&fk_vendor=4&kassa=3&qr_secret=31766&summa=10&vendor_secret=31337"},
	} {
		got := requests[i]
		if got.Method != http.MethodPost || got.Path != want.path || got.Form.Encode() != want.form || got.Proto != "HTTP/1.1" {
			t.Errorf("got %s %s %s %s, want %v", got.Method, got.Path, got.Form.Encode(), got.Proto, want)
		}
		if encoding := got.Header.Get("Accept-Encoding"); encoding != "identity" {
			t.Errorf("%s: got Accept-Encoding %q, want identity", want.path, encoding)
		}
		for _, forbidden := range []string{"Idempotency-Key", "X-Idempotency-Key", "Cookie", "Referer", "Expect"} {
			if value, has := got.Header[forbidden]; has {
				t.Errorf("%s: got header %s: %s", want.path, forbidden, value)
			}
		}
		if agent := got.Header.Get("User-Agent"); !strings.HasPrefix(agent, "skidkassa") {
			t.Errorf("%s: got User-Agent %q", want.path, agent)
		}
	}
}

// TestPointsWithAHugeExponent would not end if such a number were expanded.
func TestPointsWithAHugeExponent(t *testing.T) {
	till := newTill(t)
	for _, huge := range []decimal.Decimal{decimal.New(1, math.MaxInt32), decimal.New(1, math.MinInt32), decimal.New(0, math.MaxInt32)} {
		_, err := till.client.Redeem(t.Context(), till.card, huge)
		var amount *skidkabot.AmountError
		if !errors.As(err, &amount) || err.Error() == "" {
			t.Errorf("got %v, want an AmountError", err)
		}
	}
}

// call is one of the three methods, as a test sees it.
type call struct {
	name string
	path string
	do   func(context.Context, till) error
}

var (
	balanceCall = call{"balance", skidkabot.PathBalance, func(ctx context.Context, t till) error {
		_, err := t.client.Balance(ctx, t.card)
		return err
	}}
	accrueCall = call{"accrue", skidkabot.PathAccrue, func(ctx context.Context, t till) error {
		_, err := t.client.Accrue(ctx, t.card, points(25))
		return err
	}}
	redeemCall = call{"redeem", skidkabot.PathRedeem, func(ctx context.Context, t till) error {
		_, err := t.client.Redeem(ctx, t.card, points(25))
		return err
	}}
	calls = []call{balanceCall, accrueCall, redeemCall}
)

// TestFaults is the outcome of every fault of the service: for each of the three
// calls, one request, the same outcome, and the ledger as the fault leaves it.
func TestFaults(t *testing.T) {
	const name = "Александр"
	for _, test := range []struct {
		name      string
		fault     skidkabotsim.Fault
		committed bool
		outcome   skidkabot.Outcome
		reason    skidkabot.UnknownReason
		status    int
		hint      skidkabot.Code
		balance   skidkabot.UnknownReason // of Balance, where it differs
	}{
		{name: "reset before the commit", fault: skidkabotsim.CutBefore(skidkabotsim.CutReset), reason: skidkabot.ReasonReset},
		{name: "reset after the commit", fault: skidkabotsim.CutAfter(skidkabotsim.CutReset), committed: true, reason: skidkabot.ReasonReset},
		{name: "close before the commit", fault: skidkabotsim.CutBefore(skidkabotsim.CutClose), reason: skidkabot.ReasonReset},
		{name: "close after the commit", fault: skidkabotsim.CutAfter(skidkabotsim.CutClose), committed: true, reason: skidkabot.ReasonReset},
		{name: "500 before the commit", fault: skidkabotsim.StatusBefore(500), reason: skidkabot.ReasonStatus, status: 500},
		{name: "500 after the commit", fault: skidkabotsim.StatusAfter(500), committed: true, reason: skidkabot.ReasonStatus, status: 500},
		{name: "502 HTML", fault: skidkabotsim.StatusAfter(502), committed: true, reason: skidkabot.ReasonStatus, status: 502},
		{name: "404", fault: skidkabotsim.StatusBefore(404), reason: skidkabot.ReasonStatus, status: 404},
		{name: "201", fault: skidkabotsim.Fault{Reply: func(r *skidkabotsim.Reply) { r.Status = 201 }}, committed: true, reason: skidkabot.ReasonStatus, status: 201},
		{name: "204", fault: skidkabotsim.StatusAfter(204), committed: true, reason: skidkabot.ReasonStatus, status: 204},
		{name: "200 HTML", fault: skidkabotsim.RawAfter("<html>ok</html>"), committed: true, reason: skidkabot.ReasonBadReply, status: 200},
		{name: "307 redirect", fault: skidkabotsim.Redirect("/elsewhere"), reason: skidkabot.ReasonRedirect, status: 307},
		{name: "redirect to itself", fault: skidkabotsim.Redirect(""), reason: skidkabot.ReasonRedirect, status: 307},
		{name: "truncated", fault: skidkabotsim.Truncate(15), committed: true, reason: skidkabot.ReasonReset, status: 200},
		{name: "gzip", fault: skidkabotsim.Gzip(), committed: true, reason: skidkabot.ReasonBadReply, status: 200},
		{name: "BOM", fault: skidkabotsim.BOM(), committed: true, outcome: skidkabot.Confirmed},
		{name: "numbers as strings", fault: skidkabotsim.NumbersAsStrings(), committed: true, outcome: skidkabot.Confirmed},
		{name: "code alone", fault: skidkabotsim.CodeOnly(), committed: true, outcome: skidkabot.Confirmed, balance: skidkabot.ReasonBadReply, status: 200},
		{name: "duplicate keys", fault: skidkabotsim.DuplicateKeys(), committed: true, reason: skidkabot.ReasonBadReply, status: 200},
		{name: "huge", fault: skidkabotsim.HugeBody(1 << 20), committed: true, reason: skidkabot.ReasonTooLarge, status: 200},
		{name: "large, within the limit", fault: skidkabotsim.HugeBody(60 << 10), committed: true, outcome: skidkabot.Confirmed},
		{name: "empty", fault: skidkabotsim.RawAfter(""), committed: true, reason: skidkabot.ReasonBadReply, status: 200},
		{name: "null", fault: skidkabotsim.RawAfter("null"), committed: true, reason: skidkabot.ReasonBadReply, status: 200},
		{name: "empty object", fault: skidkabotsim.RawAfter("{}"), committed: true, reason: skidkabot.ReasonBadReply, status: 200},
		{name: "garbage after", fault: skidkabotsim.TrailingGarbage(), committed: true, reason: skidkabot.ReasonBadReply, status: 200},
		{name: "bad UTF-8", fault: skidkabotsim.BadUTF8(), committed: true, reason: skidkabot.ReasonBadReply, status: 200},
		{name: "broken code 4", fault: skidkabotsim.BrokenCode4(), reason: skidkabot.ReasonBadReply, status: 200, hint: skidkabot.CodeNoQRSecret},
		{name: "broken code 15", fault: skidkabotsim.BrokenCode15(), reason: skidkabot.ReasonBadReply, status: 200, hint: skidkabot.CodeDebt},
		{name: "code 15 under 500", fault: rawStatus(500, `{"code":15}`), reason: skidkabot.ReasonStatus, status: 500, hint: skidkabot.CodeDebt},
		{name: "success under 500", fault: rawStatus(500, `{"code":0}`), reason: skidkabot.ReasonStatus, status: 500},
		{name: "undocumented code 10", fault: skidkabotsim.RawBefore(`{"code":10}`), reason: skidkabot.ReasonUndocumentedCode, status: 200},
		{name: "undocumented code 14", fault: skidkabotsim.RawBefore(`{"code":14}`), reason: skidkabot.ReasonUndocumentedCode, status: 200},
		{name: "negative code", fault: skidkabotsim.RawBefore(`{"code":-1}`), reason: skidkabot.ReasonUndocumentedCode, status: 200},
		{name: "none", committed: true, outcome: skidkabot.Confirmed},
	} {
		for _, call := range calls {
			t.Run(test.name+"/"+call.name, func(t *testing.T) {
				till := newTill(t)
				till.service.FailNext(1, "", test.fault)
				err := call.do(t.Context(), till)
				outcome, reason := test.outcome, test.reason
				if call.name == "balance" && test.balance != "" {
					outcome, reason = skidkabot.Unknown, test.balance
				}
				if got := skidkabot.OutcomeOf(err); got != outcome {
					t.Fatalf("got outcome %v (%v), want %v", got, err, outcome)
				}
				if outcome == skidkabot.Unknown {
					want := skidkabot.UnknownError{Reason: reason, Status: test.status, Hint: test.hint}
					checkUnknown(t, err, want)
				}
				if err != nil && (strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "31337") || strings.Contains(err.Error(), "31766")) {
					t.Errorf("the error shows a name or a secret: %v", err)
				}
				if got := till.service.Count(""); got != 1 {
					t.Errorf("got %d requests, want 1", got)
				}
				wantEntries := 0
				if test.committed && call.name != "balance" {
					wantEntries = 1
				}
				if got := len(till.service.Ledger()); got != wantEntries {
					t.Errorf("got %d ledger entries, want %d", got, wantEntries)
				}
			})
		}
	}
}

func rawStatus(status int, body string) skidkabotsim.Fault {
	return skidkabotsim.Fault{Before: skidkabotsim.Step{Answer: &skidkabotsim.Reply{Status: status, Body: []byte(body)}}}
}

func checkUnknown(t *testing.T, err error, want skidkabot.UnknownError) {
	t.Helper()
	var got *skidkabot.UnknownError
	if !errors.As(err, &got) {
		t.Fatalf("got %v, want an UnknownError", err)
	}
	if got.Reason != want.Reason || got.Status != want.Status || got.Hint != want.Hint {
		t.Errorf("got reason %q, status %d, hint %d; want %q, %d, %d", got.Reason, got.Status, got.Hint, want.Reason, want.Status, want.Hint)
	}
}

func TestBareSuccessLeavesTheBalanceUnread(t *testing.T) {
	till := newTill(t)
	till.service.FailNext(1, "", skidkabotsim.CodeOnly())
	got, err := till.client.Accrue(t.Context(), till.card, points(1))
	if err != nil || got.BalanceRead || !got.Balance.IsZero() {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestPercentsMayBeMissing(t *testing.T) {
	till := newTill(t)
	till.service.FailNext(1, "", skidkabotsim.RawAfter(`{"code":0,"balance":"7.50"}`))
	got, err := till.client.Balance(t.Context(), till.card)
	if err != nil || got.HasAccruePercent || got.HasRedeemPercent || got.Balance.String() != "7.5" {
		t.Errorf("got %v with percents %v %v, %v", got, got.HasAccruePercent, got.HasRedeemPercent, err)
	}
}

func TestNoDateHeader(t *testing.T) {
	till := newTill(t)
	till.service.FailNext(1, "", skidkabotsim.Fault{Reply: func(r *skidkabotsim.Reply) { r.Header = http.Header{"Date": nil} }})
	got, err := till.client.Balance(t.Context(), till.card)
	if err != nil || !got.ServerDate.IsZero() {
		t.Errorf("got date %v, %v", got.ServerDate, err)
	}
}

// TestRefusals provokes each documented refusal, by each call, and gets its code
// and the service's words.
func TestRefusals(t *testing.T) {
	for code := skidkabot.Code(1); code <= 15; code++ {
		if !code.Documented() {
			continue
		}
		for _, call := range calls {
			t.Run(code.String()+"/"+call.name, func(t *testing.T) {
				till := newTill(t)
				till.service.FailNext(1, "", skidkabotsim.Refuse(code))
				checkRefused(t, call.do(t.Context(), till), code)
				if got := len(till.service.Ledger()); got != 0 {
					t.Errorf("got %d ledger entries, want 0", got)
				}
			})
		}
	}
}

func TestRefusalsOfTheRealChecks(t *testing.T) {
	wrongSecret := func(url string) *skidkabot.Client {
		return newClient(t, url, func(cfg *skidkabot.Config) { cfg.VendorSecret = 5 })
	}
	for name, test := range map[string]struct {
		prepare func(*till)
		want    skidkabot.Code
	}{
		"debt":       {func(t *till) { t.service.SetDebt(true) }, skidkabot.CodeDebt},
		"other QR":   {func(t *till) { t.card.Secret++ }, skidkabot.CodeWrongQR},
		"unknown":    {func(t *till) { t.card.Client++ }, skidkabot.CodeUnknownClient},
		"expired":    {func(t *till) { t.card = t.service.IssueQRAt(client1, clockTime.Add(-24*time.Hour)) }, skidkabot.CodeExpiredQR},
		"too few":    {func(t *till) { t.service.SetBalance(client1, points(24)) }, skidkabot.CodeNotEnoughPoints},
		"other shop": {func(t *till) { t.client = wrongSecret(t.url) }, skidkabot.CodeUnknownShop},
		"escaped JSON": {func(t *till) {
			t.service.FailNext(1, "", skidkabotsim.RawBefore(`{"code":"9","text":"QR-\u043a\u043e\u0434 \u0443\u0441\u0442\u0430\u0440\u0435\u043b. \u041f\u0435\u0440\u0435\u0432\u044b\u043f\u0443\u0441\u0442\u0438\u0442\u0435 QR-\u043a\u043e\u0434."}`))
		}, skidkabot.CodeExpiredQR},
	} {
		t.Run(name, func(t *testing.T) {
			till := newTill(t)
			test.prepare(&till)
			checkRefused(t, redeemCall.do(t.Context(), till), test.want)
		})
	}
}

func checkRefused(t *testing.T, err error, want skidkabot.Code) {
	t.Helper()
	var refused *skidkabot.RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want a RefusedError", err)
	}
	if refused.Code != want || refused.Text != skidkabotsim.Text(want) || refused.Text == "" {
		t.Errorf("got code %v, text %q, want %v", refused.Code, refused.Text, want)
	}
}

func TestForeignAndInvalidCardsAreNotSent(t *testing.T) {
	for name, test := range map[string]struct {
		card skidkabot.Card
		want error
	}{
		"foreign":         {skidkabot.Card{Vendor: 5, Client: 1, Secret: 1}, skidkabot.ErrForeignVendor},
		"empty":           {skidkabot.Card{}, skidkabot.ErrInvalidCard},
		"no client":       {skidkabot.Card{Vendor: 4, Secret: 1}, skidkabot.ErrInvalidCard},
		"negative secret": {skidkabot.Card{Vendor: 4, Client: 1, Secret: -1}, skidkabot.ErrInvalidCard},
	} {
		for _, call := range calls {
			t.Run(name+"/"+call.name, func(t *testing.T) {
				till := newTill(t)
				till.card = test.card
				err := call.do(t.Context(), till)
				checkNotSent(t, err, skidkabot.PhaseRequest)
				if !errors.Is(err, test.want) {
					t.Errorf("got %v, want %v", err, test.want)
				}
				if got := till.service.Count(""); got != 0 {
					t.Errorf("got %d requests, want 0", got)
				}
			})
		}
	}
}

func checkNotSent(t *testing.T, err error, want skidkabot.Phase) {
	t.Helper()
	var notSent *skidkabot.NotSentError
	if !errors.As(err, &notSent) || skidkabot.OutcomeOf(err) != skidkabot.NotSent {
		t.Fatalf("got %v, want a NotSentError", err)
	}
	if notSent.Phase != want {
		t.Errorf("got phase %q (%v), want %q", notSent.Phase, err, want)
	}
}

func TestPoints(t *testing.T) {
	for text, wire := range map[string]string{
		"1": "1", "25": "25", "25.00": "25", "1e3": "1000", "1000000000000": "1000000000000", "1e12": "1000000000000",
		"0": "", "-1": "", "0.5": "", "25.01": "", "1000000000001": "", "1e13": "",
		"1e100": "", "99999999999999999999999999": "",
	} {
		t.Run(text, func(t *testing.T) {
			till := newTill(t)
			_, err := till.client.Accrue(t.Context(), till.card, decimal.RequireFromString(text))
			if wire == "" {
				var amount *skidkabot.AmountError
				if !errors.As(err, &amount) || skidkabot.OutcomeOf(err) != skidkabot.NotSent || till.service.Count("") != 0 {
					t.Errorf("got %v after %d requests, want an AmountError after none", err, till.service.Count(""))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := till.service.Requests()[0].Form.Get("summa"); got != wire {
				t.Errorf("got summa %s, want %s", got, wire)
			}
		})
	}
}

func TestConnections(t *testing.T) {
	till := newTill(t)
	for _, call := range []call{balanceCall, balanceCall, accrueCall, accrueCall, redeemCall, balanceCall} {
		if err := call.do(t.Context(), till); err != nil {
			t.Fatal(err)
		}
	}
	var reading, moving []string
	for _, request := range till.service.Requests() {
		if request.Path == skidkabot.PathBalance {
			reading = append(reading, request.RemoteAddr)
		} else {
			moving = append(moving, request.RemoteAddr)
		}
	}
	if reading[0] != reading[1] || reading[1] != reading[2] {
		t.Errorf("balances came over %v, want one connection", reading)
	}
	seen := map[string]bool{reading[0]: true}
	for _, address := range moving {
		if seen[address] {
			t.Errorf("%s was used twice, want a fresh connection for each of %v", address, moving)
		}
		seen[address] = true
	}
}

func TestBalanceAfterTheServiceWasDown(t *testing.T) {
	till := newTill(t)
	if err := balanceCall.do(t.Context(), till); err != nil {
		t.Fatal(err)
	}
	if err := till.service.SetDown(true); err != nil {
		t.Fatal(err)
	}
	for _, call := range calls { // the balance first: it meets the kept connection that has died
		err := call.do(t.Context(), till)
		checkNotSent(t, err, skidkabot.PhaseConnect)
	}
	if err := till.service.SetDown(false); err != nil {
		t.Fatal(err)
	}
	for _, call := range calls {
		if err := call.do(t.Context(), till); err != nil {
			t.Errorf("%s: %v", call.name, err)
		}
	}
}

func TestConcurrentCalls(t *testing.T) {
	till := newTill(t)
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			for _, call := range calls[:2] {
				if err := call.do(t.Context(), till); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	if got, want := till.service.Balance(client1), points(100+20*25); !got.Equal(want) {
		t.Errorf("got balance %s, want %s", got, want)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*skidkabot.Config)
		field  string
	}{
		"http":              {func(c *skidkabot.Config) { c.URL = "http://skidkabot.ru" }, "URL"},
		"http, private":     {func(c *skidkabot.Config) { c.URL = "http://192.168.0.5" }, "URL"},
		"http, like lo":     {func(c *skidkabot.Config) { c.URL = "http://127.0.0.1.example.com" }, "URL"},
		"http, localhost.x": {func(c *skidkabot.Config) { c.URL = "http://localhost.example.com" }, "URL"},
		"http, any":         {func(c *skidkabot.Config) { c.URL = "http://0.0.0.0" }, "URL"},
		"empty":             {func(c *skidkabot.Config) { c.URL = "" }, "URL"},
		"no scheme":         {func(c *skidkabot.Config) { c.URL = "skidkabot.ru" }, "URL"},
		"other scheme":      {func(c *skidkabot.Config) { c.URL = "ftp://skidkabot.ru" }, "URL"},
		"no host":           {func(c *skidkabot.Config) { c.URL = "https://" }, "URL"},
		"port alone":        {func(c *skidkabot.Config) { c.URL = "https://:443" }, "URL"},
		"password":          {func(c *skidkabot.Config) { c.URL = "https://me:31337@skidkabot.ru" }, "URL"},
		"query":             {func(c *skidkabot.Config) { c.URL = "https://skidkabot.ru/?a=31337" }, "URL"},
		"fragment":          {func(c *skidkabot.Config) { c.URL = "https://skidkabot.ru/#31337" }, "URL"},
		"not a URL":         {func(c *skidkabot.Config) { c.URL = "https://skidkabot.ru:31337x" }, "URL"},
		"no vendor":         {func(c *skidkabot.Config) { c.Vendor = 0 }, "Vendor"},
		"no secret":         {func(c *skidkabot.Config) { c.VendorSecret = 0 }, "VendorSecret"},
		"negative register": {func(c *skidkabot.Config) { c.Register = -1 }, "Register"},
		"proxy scheme":      {func(c *skidkabot.Config) { c.Proxy = mustParse(t, "ftp://proxy") }, "Proxy"},
		"negative limit":    {func(c *skidkabot.Config) { c.Limits.Total = -1 }, "Limits"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := skidkabot.Config{URL: "https://skidkabot.ru", Vendor: 4, VendorSecret: 31337}
			test.change(&cfg)
			_, err := skidkabot.New(cfg)
			var got *skidkabot.ConfigError
			if !errors.As(err, &got) || got.Field != test.field {
				t.Fatalf("got %v, want a ConfigError of %s", err, test.field)
			}
			if strings.Contains(err.Error(), "31337") {
				t.Errorf("the error shows what it refuses: %v", err)
			}
		})
	}
}

func TestNewAccepts(t *testing.T) {
	for _, text := range []string{"https://skidkabot.ru", "https://skidkabot.ru/", "https://skidkabot.ru:8443/base/", "HTTPS://SKIDKABOT.RU",
		"http://127.0.0.1:80", "http://127.9.9.9", "http://[::1]:80", "http://[::ffff:127.0.0.1]", "http://localhost:80", "http://LOCALHOST"} {
		if _, err := skidkabot.New(skidkabot.Config{URL: text, Vendor: 4, VendorSecret: 31337}); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestBasePath shows that a path of the base URL is kept, once.
func TestBasePath(t *testing.T) {
	till := newTill(t)
	for _, suffix := range []string{"/base", "/base/"} {
		till.client = newClient(t, till.url+suffix)
		if err := balanceCall.do(t.Context(), till); skidkabot.OutcomeOf(err) != skidkabot.Unknown {
			t.Fatalf("got %v, want the simulator's 404", err)
		}
	}
	if got := till.service.Count("/base" + skidkabot.PathBalance); got != 2 {
		t.Errorf("got %d requests under /base, want 2", got)
	}
}
