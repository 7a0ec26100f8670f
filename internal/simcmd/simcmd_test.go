package simcmd

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// run starts the simulator, waits for its greeting and returns it with the
// lines that follow.
func run(t *testing.T, options SkidkabotOptions) (greeting string, lines *tail) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out := newTail()
	options.Out = out
	done := make(chan error, 1)
	go func() { done <- RunSkidkabot(ctx, options) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("RunSkidkabot: %v", err)
		}
	})
	return out.until(t, "Requests:\n"), out
}

// tail is a writer whose reader waits for a text.
type tail struct{ pieces chan string }

func newTail() *tail { return &tail{pieces: make(chan string, 1000)} }

func (w *tail) Write(p []byte) (int, error) {
	w.pieces <- string(p)
	return len(p), nil
}

func (w *tail) until(t *testing.T, text string) string {
	t.Helper()
	var all strings.Builder
	deadline := time.After(2 * time.Minute)
	for !strings.Contains(all.String(), text) {
		select {
		case piece := <-w.pieces:
			all.WriteString(piece)
		case <-deadline:
			t.Fatalf("no %q in %q", text, all.String())
		}
	}
	return all.String()
}

func match(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in:\n%s", pattern, text)
	}
	return found[1]
}

func newClient(t *testing.T, url string) *skidkabot.Client {
	t.Helper()
	client, err := skidkabot.New(skidkabot.Config{
		URL: url, Vendor: skidkabotsim.TestVendor, VendorSecret: skidkabotsim.TestVendorSecret, Register: 7,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func TestRunSkidkabotServesThePrintedQR(t *testing.T) {
	greeting, log := run(t, SkidkabotOptions{Words: texts.New(texts.English), Listen: "127.0.0.1:0"})
	client := newClient(t, match(t, greeting, `listens on (\S+)`))
	card, err := skidkabot.ParseQR(match(t, greeting, `(\{.*\})`))
	if err != nil {
		t.Fatal(err)
	}
	if card.Client != FirstCustomer || card.Secret != FirstSecret {
		t.Errorf("the first QR is of client %d, want the published example", card.Client)
	}

	account, err := client.Balance(t.Context(), card)
	if err != nil || !account.Balance.Equal(decimal.NewFromInt(2365)) {
		t.Errorf("Balance: %v, %v", account, err)
	}
	if _, err := client.Accrue(t.Context(), card, decimal.NewFromInt(25)); err != nil {
		t.Error(err)
	}
	lines := log.until(t, "summa=25\n")
	if want := "#2 /api_plus_balance.php client=83532824 kassa=7 summa=25"; !strings.Contains(lines, want) {
		t.Errorf("no %q in:\n%s", want, lines)
	}
	for _, secret := range []string{"31337", "31766"} {
		if strings.Contains(lines, secret) {
			t.Errorf("the log of requests shows the secret %s:\n%s", secret, lines)
		}
	}
}

func TestRunSkidkabotFault(t *testing.T) {
	greeting, _ := run(t, SkidkabotOptions{Words: texts.New(texts.English), Listen: "127.0.0.1:0", Fault: skidkabotsim.ReplyLost})
	client := newClient(t, match(t, greeting, `listens on (\S+)`))
	card := skidkabot.Card{Vendor: skidkabotsim.TestVendor, Client: FirstCustomer, Secret: FirstSecret}
	_, err := client.Accrue(t.Context(), card, decimal.NewFromInt(25))
	if got := skidkabot.OutcomeOf(err); got != skidkabot.Unknown {
		t.Errorf("outcome %v (%v), want unknown", got, err)
	}
	account, err := client.Balance(t.Context(), card)
	if err != nil || !account.Balance.Equal(decimal.NewFromInt(2390)) {
		t.Errorf("Balance: %v, %v; want 2390, since only the reply is lost", account, err)
	}
}

func TestRunSkidkabotErrors(t *testing.T) {
	var out bytes.Buffer
	var unknown *UnknownFaultError
	err := RunSkidkabot(t.Context(), SkidkabotOptions{Words: texts.New(texts.English), Listen: "127.0.0.1:0", Fault: "no-such", Out: &out})
	if !errors.As(err, &unknown) || unknown.Name != "no-such" || !strings.Contains(err.Error(), "no-such") {
		t.Errorf("fault: %v", err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	if err := RunSkidkabot(t.Context(), SkidkabotOptions{Words: texts.New(texts.English), Listen: taken.Addr().String(), Out: &out}); err == nil {
		t.Error("no error for a busy port")
	}
	if out.Len() != 0 {
		t.Errorf("printed before the error: %q", out.String())
	}
}

func TestFaultNamesAreKnown(t *testing.T) {
	if len(FaultNames()) == 0 {
		t.Fatal("no faults")
	}
	for _, name := range FaultNames() {
		if _, err := chosenFault(name); err != nil {
			t.Error(err)
		}
	}
}

// What a stranger posts must not reach the terminal as an escape sequence, nor
// flood it.
func TestRequestLogIsTame(t *testing.T) {
	greeting, log := run(t, SkidkabotOptions{Words: texts.New(texts.English), Listen: "127.0.0.1:0"})
	address := match(t, greeting, `listens on (\S+)`)
	form := url.Values{"fk_client": {"\x1b[2J\r\n"}, "summa": {strings.Repeat("9", 10_000)}}
	response, err := http.PostForm(address+skidkabot.PathAccrue, form)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	line := log.until(t, "\n")
	if strings.ContainsRune(line, '\x1b') || len(line) > 200 {
		t.Errorf("line %q", line)
	}
	if want := `client=\x1b[2J\r\n kassa=- summa=999`; !strings.Contains(line, want) {
		t.Errorf("line %q, want %q in it", line, want)
	}
}
