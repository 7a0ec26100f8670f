//go:build !windows

package e2e_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// The waiters' door of the running till: what a waiter does reaches the cashier's screen, and the other way.

const (
	keyF4     = terminal.Key("\x1bOS")
	feedToken = "token-of-the-order-feed"
)

// newDoor sets up a shop whose till serves waiters on a free port. Nothing runs yet but the service.
func newDoor(t *testing.T) *scenario {
	t.Helper()
	s := newScenario(t)
	s.shop.Setenv("SKIDKASSA_WAITER_LISTEN", "127.0.0.1:0")
	s.must(os.WriteFile(filepath.Join(s.shop.Folder, "credentials", "feed"), []byte(feedToken), 0o600))
	return s
}

// waiters are the handhelds of a shop: they call the door of a till over kept connections.
type waiters struct {
	url    string
	client *http.Client
}

func waitersAt(url string, connections int) *waiters {
	return &waiters{url: url, client: &http.Client{
		Timeout:   terminal.Patience,
		Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections},
	}}
}

// call sends a request and gives the status with the body.
func (w *waiters) call(method, path, body string) (int, string, error) {
	request, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+feedToken)
	response, err := w.client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return response.StatusCode, string(text), err
}

func order(id uuid.UUID) string { return "/orders/" + id.String() }

func checkIn(card skidkabot.Card) string { return fmt.Sprintf(`{"Value":%q}`, card.Payload()) }

// wants calls and checks the status; the body must hold the words.
func (s *scenario) wants(w *waiters, status int, method, path, body string, words ...string) {
	s.t.Helper()
	got, text, err := w.call(method, path, body)
	s.must(err)
	text = strings.ReplaceAll(text, "\u00a0", " ") // numbers and their units stay together
	for _, word := range words {
		if !strings.Contains(text, word) {
			s.t.Errorf("%s %s: no %q in %s", method, path, word, text)
		}
	}
	if got != status {
		s.t.Fatalf("%s %s is answered with %d, want %d: %s", method, path, got, status, text)
	}
}

func (s *scenario) logFile() string { return filepath.Join(s.shop.DataDir(), "skidkassa.log") }

// door waits until the till that was started last serves waiters, and gives them its address, which is in the log.
func (s *scenario) door() *waiters {
	s.t.Helper()
	address := ""
	s.eventually("address of the door in the log", func() bool {
		log, err := os.ReadFile(s.logFile())
		s.must(err)
		_, last, _ := strings.Cut(string(log[max(0, bytes.LastIndex(log, []byte(`"the till is open"`))):]), `"waiters are served"`)
		_, after, found := strings.Cut(last, `"address":"`)
		address, _, _ = strings.Cut(after, `"`)
		return found && strings.Contains(after, "\n")
	})
	return waitersAt("http://"+address, 64)
}

func TestAWaiterChecksInAndTheCashierAccrues(t *testing.T) {
	s := newDoor(t)
	s.start(terminal.Options{})
	w := s.door()
	s.see("Официанты: ", w.url[strings.LastIndex(w.url, ":"):])
	bill := order(uuid.New())
	s.wants(w, 204, "PUT", bill, `{"number":"101","table":"5","waiter":"Анна","sum":1250.50}`)
	s.wants(w, 204, "POST", bill+"/checkin", checkIn(s.service.IssueQR(alexander)))
	s.see("Стол 5", "Александр Татарченко, 2 365 баллов")
	s.wants(w, 200, "GET", bill+"/loyalty", "", `"Balance":2365`, "Можно списать до 125 баллов", "будет начислено 25")
	s.wants(w, 200, "GET", bill+"/paymentLimits", "", `{"BonusSum":125,"DepositSum":0}`)

	s.press(keyF4)
	s.see("Заказов: 1", "1 250,50")
	s.person(terminal.Enter)
	s.see(guestSum, "Начислим 25 баллов", "Стол 5") // no second scan, and the sum is there
	s.press(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.person(terminal.Enter)
	s.see("Начислено 25")
	s.wantLedger("accrue 25")
	s.wantJournal("accrual 25 confirmed")
	s.wants(w, 200, "DELETE", bill+"/checkin", "", "WaiterMessage") // their points have moved
	s.wants(w, 200, "GET", bill+"/loyalty", "", `"Balance":2390`)
	s.person(terminal.Enter)
	s.quit()
}

// ownName is how the kernel calls this program: 15 bytes at most.
func ownName() string {
	name := filepath.Base(os.Args[0])
	return name[:min(len(name), 15)]
}

func TestABusyPortDoesNotStopTheCashier(t *testing.T) {
	s := newDoor(t)
	holder, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	defer func() { _ = holder.Close() }()
	s.shop.Setenv("SKIDKASSA_WAITER_LISTEN", holder.Addr().String())
	s.start(terminal.Options{})
	_, port, err := net.SplitHostPort(holder.Addr().String())
	s.must(err)
	s.see("Порт "+port+" занят программой "+ownName(), "официанты не подключатся")
	s.accrue()
	s.see("Начислено 25")
	s.wantLedger("accrue 25")
}

// server is a till without a screen.
type server struct {
	*waiters
	process *exec.Cmd
}

// serve starts a till without a screen and waits until it says that it is ready.
func (s *scenario) serve() *server {
	s.t.Helper()
	process := s.shop.Command("serve", "--json")
	process.Stderr = os.Stderr
	stdout, err := process.StdoutPipe()
	s.must(err)
	s.must(process.Start())
	s.t.Cleanup(func() {
		_ = process.Process.Kill() // it may have ended
		_ = process.Wait()
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	s.must(err)
	var ready struct {
		Ready bool
		URL   string
	}
	s.must(json.Unmarshal([]byte(line), &ready))
	return &server{waiters: waitersAt(ready.URL, 64), process: process}
}

func TestServeStopsCleanly(t *testing.T) {
	s := newDoor(t)
	first := s.serve()
	kept := order(uuid.New())
	s.wants(first.waiters, 204, "POST", kept+"/checkin", checkIn(s.service.IssueQR(alexander)))

	// What was asked before the stop is answered, however slow the service is.
	held := make(chan struct{})
	s.service.FailNext(1, skidkabot.PathBalance, skidkabotsim.HoldBefore(held))
	before := s.service.Count(skidkabot.PathBalance)
	slow, answer := order(uuid.New()), make(chan int, 1)
	go func() {
		status, _, _ := first.call("POST", slow+"/checkin", checkIn(s.service.IssueQR(maria)))
		answer <- status
	}()
	for deadline := time.Now().Add(terminal.Patience); s.service.Count(skidkabot.PathBalance) == before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the service was not asked")
		}
	}
	s.must(first.process.Process.Signal(syscall.SIGTERM))
	time.Sleep(50 * time.Millisecond) // the stop comes first, as long as it must not
	close(held)
	if err := first.process.Wait(); err != nil {
		t.Errorf("it ends with %v", err)
	}
	if log, err := os.ReadFile(s.logFile()); err != nil || bytes.Contains(log, []byte("unanswered")) {
		t.Errorf("it did not wait, or waited in vain: %v\n%s", err, log)
	}
	if status := <-answer; status != http.StatusNoContent {
		t.Errorf("the check-in under way is answered with %d", status)
	}

	second := s.serve()
	for _, bill := range []string{kept, slow} {
		s.wants(second.waiters, 200, "GET", bill+"/loyalty", "", "UserWallets")
	}
}
