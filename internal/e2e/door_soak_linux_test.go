package e2e_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/e2e/shop"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

var (
	soakVisits = flag.Int("soak.visits", 1000, "guests whom waiters check in, read and check out while a cashier works")
	soakRace   = flag.Bool("soak.race", false, "soak a till that is built with the race detector (needs gcc)")
)

// The bounds are generous: other tests run beside this one on a busy machine. What was measured is logged.
const (
	soakConnections  = 64
	soakFrameLimit   = 2 * time.Second // of 99 in 100 keys
	soakGrowthMaxKiB = 32 << 10        // of resident memory, after a fifth of the visits
	crowdedMaxShare  = 0.05            // of requests that the till asks to repeat, when the machine stalls with 32 check-ins under way
)

// A shop's rush: handhelds on 64 connections and a cashier who works all the while.
func TestSoak(t *testing.T) {
	s := newDoor(t)
	races := ""
	if *soakRace {
		races = s.detectRaces()
	}
	const firstGuest = 9000
	for i := range soakConnections {
		s.service.AddCustomer(skidkabotsim.Customer{
			Client: firstGuest + int64(i), FirstName: "Гость", LastName: fmt.Sprintf("№%d", i), Balance: decimal.NewFromInt(100),
		})
	}
	s.start(terminal.Options{})
	w := s.door()

	var visits, warmUp, before, crowded atomic.Int64
	failed := make(chan error, soakConnections)
	var handhelds sync.WaitGroup
	began := time.Now()
	for i := range soakConnections {
		handhelds.Go(func() {
			for visits.Add(1) <= int64(*soakVisits) {
				if err := s.receiveGuest(w, firstGuest+int64(i), &crowded); err != nil {
					failed <- err
					return
				}
				if warmUp.Add(1) == int64(*soakVisits/5) {
					before.Store(int64(residentKiB(s.PID())))
				}
			}
		})
	}
	over := make(chan struct{})
	go func() {
		handhelds.Wait()
		close(over)
	}()
	frames, slowest := s.work(over)
	took := time.Since(began)
	after := residentKiB(s.PID())
	close(failed)
	for err := range failed {
		t.Error(err)
	}
	slices.Sort(frames)
	p99 := frames[len(frames)*99/100]
	t.Logf("%d visits in %s on %d connections, %d requests repeated; %d keys: p50 %s, p99 %s; slowest accrual %s; resident %d KiB, then %d KiB",
		*soakVisits, took.Round(time.Millisecond), soakConnections, crowded.Load(),
		len(frames), frames[len(frames)/2], p99, slowest.Round(time.Millisecond), before.Load(), after)
	if share := float64(crowded.Load()) / float64(*soakVisits*len(visit)); share > crowdedMaxShare && !*soakRace {
		t.Errorf("%d requests had to be repeated", crowded.Load())
	}
	if p99 > soakFrameLimit && !*soakRace {
		t.Errorf("a key is seen after %s, want at most %s", p99, soakFrameLimit)
	}
	if grown := int64(after) - before.Load(); grown > soakGrowthMaxKiB && !*soakRace {
		t.Errorf("the till grew by %d KiB", grown)
	}
	s.quit()
	if found, _ := filepath.Glob(races + "*"); races != "" && len(found) > 0 {
		report, _ := os.ReadFile(found[0])
		t.Errorf("a data race:\n%s", report)
	}
}

// visit is what is done with a guest who is checked in, looked at and checked out.
var visit = [...]struct {
	method, path string
	status       int
}{
	{"POST", "/checkin", 204},
	{"GET", "/loyalty", 200},
	{"GET", "/paymentLimits", 200},
	{"GET", "/loyalty", 200},
	{"DELETE", "/checkin", 204},
	{"GET", "/loyalty", 204},
}

// receiveGuest goes through a visit. A waiter who reads that the till is crowded repeats, as the message asks.
func (s *scenario) receiveGuest(w *waiters, client int64, crowded *atomic.Int64) error {
	const repeats, pause = 10, time.Second
	bill := order(uuid.New())
	for _, step := range visit {
		body := ""
		if step.method == "POST" {
			body = checkIn(s.service.IssueQR(client))
		}
		status, text, err := w.call(step.method, bill+step.path, body)
		for i := 0; i < repeats && err == nil && strings.Contains(text, "Касса занята"); i++ {
			crowded.Add(1)
			time.Sleep(pause)
			status, text, err = w.call(step.method, bill+step.path, body)
		}
		if err != nil {
			return fmt.Errorf("%s %s: %w", step.method, step.path, err)
		}
		if status != step.status {
			return fmt.Errorf("%s %s is answered with %d, want %d: %s", step.method, step.path, status, step.status, text)
		}
	}
	return nil
}

const (
	accrualsMax   = 100 // of one soak; the journal is compared with the ledger by its newest page
	keysPerGuest  = 30
	firstAtTheBar = 8000 // the number of the cashier's first guest
)

// accrualLimit is how long an accrual may take: it waits for its turn at the journal behind the handhelds, and under the
// race detector everything is ten times slower.
const accrualLimit = time.Minute

// work serves guests at the till until the handhelds are done. It measures how long each key takes to be seen, and an accrual
// to be done. It does not look at the news of check-ins, which change the screen too.
func (s *scenario) work(over <-chan struct{}) (frames []time.Duration, slowest time.Duration) {
	s.t.Helper()
	for i := 0; ; i++ {
		client := firstAtTheBar + int64(i%accrualsMax)
		s.service.AddCustomer(skidkabotsim.Customer{Client: client, FirstName: "Вера", LastName: fmt.Sprintf("№%d", i)})
		s.scan(s.service.IssueQR(client).Payload(), terminal.AtOnce())
		s.see(guestSum, fmt.Sprintf("Вера №%d", i))
		s.enterSum("1250", "Начислим 25 баллов")
		for range keysPerGuest / 2 {
			frames = append(frames, s.keyToFrame("5", "Начислим 250 баллов"), s.keyToFrame(terminal.Backspace, "Начислим 25 баллов"))
		}
		if i < accrualsMax {
			s.press(terminal.F2)
			s.see("Начислить 25 баллов?")
			s.person(terminal.Enter)
			confirmed := time.Now()
			s.must(s.await(accrualLimit, "Начислено 25")) // the next scan takes its place
			slowest = max(slowest, time.Since(confirmed))
		} else {
			s.press(terminal.Esc)
			s.see(idleWords)
		}
		select {
		case <-over:
			return frames, slowest
		default:
		}
	}
}

// detectRaces has the till built with the race detector, and gives the path that the names of its reports begin with.
func (s *scenario) detectRaces() string {
	s.t.Helper()
	s.shop.Binary = filepath.Join(s.shop.Folder, "skidkassa-race")
	build := exec.Command("go", "build", "-race", "-o", s.shop.Binary, shop.Program)
	if output, err := build.CombinedOutput(); err != nil {
		s.t.Fatalf("%v\n%s", err, output)
	}
	reports := filepath.Join(s.shop.Folder, "race")
	s.shop.Setenv("GORACE", "log_path="+reports)
	return reports
}

// residentKiB is how much memory of a process is resident (proc_pid_status(5)).
func residentKiB(pid int) (kib int) {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may have ended, which the test finds by itself
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &kib); err == nil {
			return kib
		}
	}
	return 0
}
