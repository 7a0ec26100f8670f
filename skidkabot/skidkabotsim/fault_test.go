package skidkabotsim_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// accrue posts an accrual of 10 over the network and returns what came back.
func accrue(t *testing.T, base string, values url.Values) (status int, header http.Header, body []byte, err error) {
	t.Helper()
	client := http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.PostForm(base+skidkabot.PathAccrue, values)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, response.Header, body, err
}

func start(t *testing.T) (*skidkabotsim.Server, string, skidkabot.Card) {
	t.Helper()
	service, _ := newService()
	base, err := service.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = service.Close() })
	return service, base, service.IssueQR(client1)
}

const whole = `{ "code": 0, "first_name": "Александр", "last_name": "Татарченко", "balance": 2375 }`

// TestFaults is what each fault sends and whether the points have moved.
func TestFaults(t *testing.T) {
	for _, test := range []struct {
		name      string
		fault     skidkabotsim.Fault
		committed bool
		status    int
		body      string
		err       error
	}{
		{"none", skidkabotsim.Fault{}, true, 200, whole, nil},
		{"reset before", skidkabotsim.CutBefore(skidkabotsim.CutReset), false, 0, "", syscall.ECONNRESET},
		{"reset after", skidkabotsim.CutAfter(skidkabotsim.CutReset), true, 0, "", syscall.ECONNRESET},
		{"close before", skidkabotsim.CutBefore(skidkabotsim.CutClose), false, 0, "", io.EOF},
		{"close after", skidkabotsim.CutAfter(skidkabotsim.CutClose), true, 0, "", io.EOF},
		{"delay before", skidkabotsim.DelayBefore(time.Millisecond), true, 200, whole, nil},
		{"delay after", skidkabotsim.DelayAfter(time.Millisecond), true, 200, whole, nil},
		{"status before", skidkabotsim.StatusBefore(503), false, 503, "<html><body><h1>Service Unavailable</h1></body></html>", nil},
		{"status after", skidkabotsim.StatusAfter(500), true, 500, "<html><body><h1>Internal Server Error</h1></body></html>", nil},
		{"raw before", skidkabotsim.RawBefore("x"), false, 200, "x", nil},
		{"raw after", skidkabotsim.RawAfter("x"), true, 200, "x", nil},
		{"empty", skidkabotsim.RawAfter(""), true, 200, "", nil},
		{"refusal", skidkabotsim.Refuse(9), false, 200, `{ "code": 9, "text": "QR-код устарел. Перевыпустите QR-код." }`, nil},
		{"redirect", skidkabotsim.Redirect("/x"), false, 307, "", nil},
		{"truncated", skidkabotsim.Truncate(9), true, 200, `{ "code":`, io.ErrUnexpectedEOF},
		{"truncated beyond the end", skidkabotsim.Truncate(999), true, 200, whole, nil},
		{"drip", skidkabotsim.Drip(time.Microsecond), true, 200, whole, nil},
		{"BOM", skidkabotsim.BOM(), true, 200, "\ufeff" + whole, nil},
		{"numbers as strings", skidkabotsim.NumbersAsStrings(), true, 200, `{ "code": "0", "first_name": "Александр", "last_name": "Татарченко", "balance": "2375" }`, nil},
		{"duplicate keys", skidkabotsim.DuplicateKeys(), true, 200, whole[:len(whole)-2] + ", " + whole[2:], nil},
		{"code only", skidkabotsim.CodeOnly(), true, 200, `{ "code": 0 }`, nil},
		{"garbage", skidkabotsim.TrailingGarbage(), true, 200, whole + "<!-- 0.02 s -->", nil},
		{"bad UTF-8", skidkabotsim.BadUTF8(), true, 200, strings.Replace(whole, "Александр", "\xff", 1), nil},
		{"huge", skidkabotsim.HugeBody(3), true, 200, whole[:len(whole)-2] + `, "padding": "xxx" }`, nil},
		{"broken 4", skidkabotsim.BrokenCode4(), false, 200,
			`{"code": 4, "text"" "Не хватает обязательного параметра: Временный ключ QR-кода (qr_secret)"}`, nil},
		{"broken 15", skidkabotsim.BrokenCode15(), false, 200,
			`{"code"=>15,"text"=>"Извините, на вашем счете отрицательный баланс и СкидкаБот не работает. Пополните ваш баланс на сайте http://skidkabot.ru))"`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			service, base, card := start(t)
			service.FailNext(1, "", test.fault)
			status, _, body, err := accrue(t, base, form(card))
			if !errors.Is(err, test.err) || (err == nil) != (test.err == nil) {
				t.Fatalf("got error %v, want %v", err, test.err)
			}
			if status != test.status || string(body) != test.body {
				t.Errorf("got  %d %q\nwant %d %q", status, body, test.status, test.body)
			}
			if got := len(service.Ledger()) == 1; got != test.committed {
				t.Errorf("got committed %v, want %v", got, test.committed)
			}
			if status, _, body, err := accrue(t, base, form(card)); err != nil || status != 200 || !json.Valid(body) {
				t.Errorf("the next request is not free of the fault: %d %s %v", status, body, err)
			}
		})
	}
}

func TestGzip(t *testing.T) {
	service, base, card := start(t)
	service.FailNext(1, "", skidkabotsim.Gzip())
	_, header, body, err := accrue(t, base, form(card))
	if err != nil || header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("got %v, %v", header, err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(unpacked); err != nil || string(got) != whole {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestBadUTF8OfARefusalIsHarmless(t *testing.T) {
	service, _ := newService()
	service.FailNext(1, "", skidkabotsim.BadUTF8())
	if got := decode(t, ask(service, skidkabot.PathBalance, nil)); got.Code != skidkabot.CodeNoVendor {
		t.Errorf("got %d", got.Code)
	}
}

// awaitEntries waits until the ledger has so many entries.
func awaitEntries(t *testing.T, service *skidkabotsim.Server, want int) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); len(service.Ledger()) < want; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("got %d ledger entries, want %d", len(service.Ledger()), want)
		}
	}
}

func TestHold(t *testing.T) {
	for name, test := range map[string]struct {
		fault     func(<-chan struct{}) skidkabotsim.Fault
		committed int
	}{"before": {skidkabotsim.HoldBefore, 0}, "after": {skidkabotsim.HoldAfter, 1}} {
		t.Run(name, func(t *testing.T) {
			service, _ := newService()
			card := service.IssueQR(client1)
			release, done := make(chan struct{}), make(chan struct{})
			replied := make(chan struct{})
			service.SetHook(func(skidkabotsim.Request) *skidkabotsim.Fault {
				fault := test.fault(release)
				fault.Reply = func(*skidkabotsim.Reply) { close(replied) }
				return &fault
			})
			go func() { defer close(done); ask(service, skidkabot.PathAccrue, form(card)) }()
			awaitEntries(t, service, test.committed)
			select {
			case <-replied:
				t.Fatal("it did not wait")
			case <-time.After(20 * time.Millisecond):
			}
			if got := len(service.Ledger()); got != test.committed {
				t.Errorf("while held: got %d entries, want %d", got, test.committed)
			}
			close(release)
			<-done
			if got := len(service.Ledger()); got != 1 {
				t.Errorf("afterwards: got %d entries, want 1", got)
			}
		})
	}
}

// TestCommitWithoutTheClient lets the client go away before the commit.
func TestCommitWithoutTheClient(t *testing.T) {
	service, base, card := start(t)
	release, committed := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	service.SetHook(func(skidkabotsim.Request) *skidkabotsim.Fault {
		cancel()
		fault := skidkabotsim.HoldBefore(release)
		fault.Reply = func(*skidkabotsim.Reply) { close(committed) }
		return &fault
	})
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+skidkabot.PathAccrue, strings.NewReader(form(card).Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if response, err := http.DefaultClient.Do(request); err == nil {
		_ = response.Body.Close()
		t.Fatal("got a reply while the request was held")
	}
	close(release)
	<-committed
	if got := len(service.Ledger()); got != 1 {
		t.Errorf("got %d entries, want 1", got)
	}
}

func TestCutWithoutANetworkAborts(t *testing.T) {
	service, _ := newService()
	service.FailNext(1, "", skidkabotsim.CutAfter(skidkabotsim.CutReset))
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("got panic %v, want %v", got, http.ErrAbortHandler)
		}
	}()
	ask(service, skidkabot.PathAccrue, form(service.IssueQR(client1)))
}

func TestFailNext(t *testing.T) {
	service, _ := newService()
	teapot := func() int { return ask(service, skidkabot.PathAccrue, nil).Code }
	service.FailNext(0, "", skidkabotsim.StatusBefore(400))
	service.FailNext(2, skidkabot.PathAccrue, skidkabotsim.StatusBefore(418))
	service.FailNext(1, "", skidkabotsim.StatusBefore(503))
	service.SetHook(func(r skidkabotsim.Request) *skidkabotsim.Fault {
		if service.Count("") != r.No || r.Path != skidkabot.PathAccrue {
			return nil
		}
		fault := skidkabotsim.StatusBefore(504)
		return &fault
	})
	if got := ask(service, skidkabot.PathBalance, nil).Code; got != 503 {
		t.Errorf("another path: got %d, want the fault for any path, 503", got)
	}
	for i, want := range []int{418, 418, 504, 504} {
		if got := teapot(); got != want {
			t.Errorf("call %d: got %d, want %d", i+1, got, want)
		}
	}
	if got := ask(service, skidkabot.PathBalance, nil).Code; got != 200 {
		t.Errorf("the hook's nil: got %d, want 200", got)
	}
	service.FailNext(9, "", skidkabotsim.StatusBefore(418))
	service.ClearFaults()
	if got := teapot(); got != 200 {
		t.Errorf("after ClearFaults: got %d, want 200", got)
	}
}

func TestNamedFaults(t *testing.T) {
	seen := make(map[string]bool)
	for _, ready := range skidkabotsim.Faults() {
		if ready.Name == "" || seen[ready.Name] {
			t.Errorf("name %q is empty or occurs twice", ready.Name)
		}
		seen[ready.Name] = true
		if _, ok := skidkabotsim.Named(ready.Name); !ok {
			t.Errorf("%s cannot be found", ready.Name)
		}
	}
	if _, ok := skidkabotsim.Named("no such fault"); ok {
		t.Error("found a fault that is not there")
	}
	lost, _ := skidkabotsim.Named(skidkabotsim.ReplyLost)
	service, base, card := start(t)
	service.FailNext(1, "", lost)
	if _, _, _, err := accrue(t, base, form(card)); err == nil || len(service.Ledger()) != 1 {
		t.Errorf("the reply was to get lost after the commit: got error %v and %d entries", err, len(service.Ledger()))
	}
}

func TestDown(t *testing.T) {
	service, base, card := start(t)
	for range 2 { // down twice is down
		if err := service.SetDown(true); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, _, err := accrue(t, base, form(card)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("down: got %v, want a refused connection", err)
	}
	for range 2 {
		if err := service.SetDown(false); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, body, err := accrue(t, base, form(card)); err != nil || string(body) != whole {
		t.Errorf("up again: got %s, %v", body, err)
	}
}

// While down the port is kept. Where that cannot be done, coming up again says that it is taken.
func TestThePortWhileDown(t *testing.T) {
	service, base, _ := start(t)
	if err := service.SetDown(true); err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", strings.TrimPrefix(base, "http://"))
	if err == nil {
		defer func() { _ = taken.Close() }()
		if runtime.GOOS == "linux" {
			t.Error("somebody else got the port")
		}
	}
	if up := service.SetDown(false); (up == nil) != (err != nil) {
		t.Errorf("taken: %v, coming up: %v", err == nil, up)
	}
}

func TestListenErrors(t *testing.T) {
	service, base, _ := start(t)
	if _, err := service.Start(); err == nil {
		t.Error("listens twice")
	}
	if _, _, err := service.StartTLS(); err == nil {
		t.Error("listens twice, with TLS")
	}
	var other skidkabotsim.Server
	if _, err := other.Listen(strings.TrimPrefix(base, "http://")); err == nil {
		t.Error("got no error for a port that is taken")
	}
	if err := other.SetDown(true); err == nil {
		t.Error("a server that does not listen can be taken down")
	}
	if err := other.Close(); err != nil {
		t.Errorf("closing what never listened: %v", err)
	}
}

func TestCloseKeepsTheLedgerAndAllowsANewStart(t *testing.T) {
	service, base, card := start(t)
	if _, _, _, err := accrue(t, base, form(card)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := service.Close(); err != nil {
			t.Fatal(err)
		}
	}
	again, err := service.Start()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := accrue(t, again, form(card)); err != nil || len(service.Ledger()) != 2 {
		t.Errorf("got %v and %d entries, want 2", err, len(service.Ledger()))
	}
}

// TestCloseEndsWaits closes the server under requests that would last for ever.
func TestCloseEndsWaits(t *testing.T) {
	for name, test := range map[string]struct {
		fault     skidkabotsim.Fault
		committed int
	}{
		"delay before": {skidkabotsim.DelayBefore(time.Hour), 0},
		"hold before":  {skidkabotsim.HoldBefore(make(chan struct{})), 0},
		"hold after":   {skidkabotsim.HoldAfter(make(chan struct{})), 1},
		"drip":         {skidkabotsim.Drip(time.Hour), 1},
	} {
		t.Run(name, func(t *testing.T) {
			service, base, card := start(t)
			arrived := make(chan struct{})
			service.SetHook(func(skidkabotsim.Request) *skidkabotsim.Fault { close(arrived); return &test.fault })
			failed := make(chan error)
			go func() { _, _, _, err := accrue(t, base, form(card)); failed <- err }()
			<-arrived
			awaitEntries(t, service, test.committed)
			if err := service.Close(); err != nil {
				t.Fatal(err)
			}
			if err := <-failed; err == nil {
				t.Error("got a whole reply from a closed server")
			}
			if got := len(service.Ledger()); got != test.committed {
				t.Errorf("got %d entries, want %d", got, test.committed)
			}
		})
	}
}

func TestStartTLS(t *testing.T) {
	service, _ := newService()
	base, roots, err := service.StartTLS()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = service.Close() }()
	client, err := skidkabot.New(skidkabot.Config{
		URL: base, Vendor: skidkabotsim.TestVendor, VendorSecret: skidkabotsim.TestVendorSecret, RootCAs: roots,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	card := service.IssueQR(client1)
	service.FailNext(1, "", skidkabotsim.CutAfter(skidkabotsim.CutReset))
	if _, err := client.Accrue(t.Context(), card, points(1)); skidkabot.OutcomeOf(err) != skidkabot.Unknown {
		t.Errorf("reset under TLS: got %v", err)
	}
	service.FailNext(1, "", skidkabotsim.CutAfter(skidkabotsim.CutClose))
	if _, err := client.Accrue(t.Context(), card, points(1)); skidkabot.OutcomeOf(err) != skidkabot.Unknown {
		t.Errorf("close under TLS: got %v", err)
	}
	if got, err := client.Balance(t.Context(), card); err != nil || !got.Balance.Equal(points(2367)) {
		t.Errorf("got %v, %v", got, err)
	}
}
