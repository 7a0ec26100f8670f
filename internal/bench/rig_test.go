//go:build linux

package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/e2e/shop"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// programs are the binaries under measurement.
type programs struct {
	till, bare, flagOnly string
	err                  error
}

var (
	building sync.Once
	built    programs
	folder   string // of the binaries; "" until something was built
)

func TestMain(m *testing.M) {
	code := m.Run()
	if folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

// build builds the programs, once, as they are shipped.
func build(b *testing.B) programs {
	b.Helper()
	building.Do(func() {
		if folder, built.err = os.MkdirTemp("", "skidkassa-bench-"); built.err != nil {
			return
		}
		for binary, program := range map[*string]string{
			&built.till:     shop.Program,
			&built.bare:     shop.Module + "/internal/bench/floor/bare",
			&built.flagOnly: shop.Module + "/internal/bench/floor/flagonly",
		} {
			if built.err == nil {
				*binary, built.err = shop.Build(folder, program, "-trimpath", "-ldflags", "-s -w")
			}
		}
	})
	if built.err != nil {
		b.Fatal(built.err)
	}
	return built
}

// rig is a till that is set up, with its service and enough guests that no QR comes twice within a few seconds.
type rig struct {
	programs
	b       *testing.B
	shop    *shop.Shop
	service *skidkabotsim.Server
	next    int // the guest whose turn it is
}

const guests = 100

func newRig(b *testing.B) *rig {
	b.Helper()
	r := &rig{programs: build(b), b: b, service: new(skidkabotsim.Server)}
	for i := range guests {
		r.service.AddCustomer(skidkabotsim.Customer{
			Client: clientOf(i), FirstName: "Покупатель", LastName: lastNameOf(i), Balance: decimal.NewFromInt(2365),
		})
	}
	url, err := r.service.Start()
	r.must(err)
	b.Cleanup(func() { r.must(r.service.Close()) })
	r.shop, err = shop.New(b.TempDir(), r.till, url)
	r.must(err)
	return r
}

func clientOf(i int) int64          { return int64(83532824 + i) }
func lastNameOf(i int) string       { return fmt.Sprintf("Номер-%02d", i) }
func (r *rig) guest() (i int)       { r.next = (r.next + 1) % guests; return r.next }
func (r *rig) qr(i int) string      { return r.service.IssueQR(clientOf(i)).Payload() }
func milli(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (r *rig) must(err error) {
	r.b.Helper()
	if err != nil {
		r.b.Fatal(err)
	}
}

// start starts a program in a terminal of its own, which is closed at the end of the benchmark.
func (r *rig) start(process *exec.Cmd) *terminal.Terminal {
	r.b.Helper()
	term, err := terminal.Start(process, terminal.Options{})
	r.must(err)
	r.b.Cleanup(func() { r.must(term.Close()) })
	return term
}

const (
	idleWords = "Отсканируйте QR"
	bareWords = "ready:"
	guestSum  = "Сумма чека"
	// bareCleared is on the bare program's screen after Enter.
	bareCleared = "ready: |"
)

func (r *rig) startTill() *terminal.Terminal {
	r.b.Helper()
	term := r.start(r.shop.Command())
	r.must(term.WaitFor(idleWords))
	return term
}

func (r *rig) startBare() *terminal.Terminal {
	r.b.Helper()
	term := r.start(r.bareCommand())
	r.must(term.WaitFor(bareWords))
	return term
}

// bareCommand runs the bare program in the till's environment.
func (r *rig) bareCommand() *exec.Cmd {
	command := exec.Command(r.bare)
	command.Env = r.shop.Environment
	return command
}

// greet scans the next guest, in one piece, and waits for the name.
func (r *rig) greet(term *terminal.Terminal) {
	r.b.Helper()
	i := r.guest()
	r.must(term.Scan(r.qr(i), terminal.AtOnce()))
	r.must(term.WaitFor(guestSum, lastNameOf(i)))
}

// rest waits so long that what was done before has ended, and a random bit longer: what is measured next meets the
// program's own clock at any moment.
func rest(least time.Duration) {
	time.Sleep(least + rand.N(2*frame))
}

// frame is the time of one frame at 120 a second.
const frame = time.Second / 120

// changes waits for the next change of the screen after act and returns how long after it began the change came.
func (r *rig) changes(term *terminal.Terminal, act func() error) time.Duration {
	r.b.Helper()
	before := term.Screen()
	began := time.Now()
	r.must(act())
	at, err := term.Await("change", terminal.Patience, func(screen string) bool { return screen != before })
	r.must(err)
	return at.Sub(began)
}

// samples are durations of one kind.
type samples []time.Duration

// percentile is the smallest sample that so many percent of all do not exceed.
func (s samples) percentile(percent float64) time.Duration {
	sorted := slices.Sorted(slices.Values(s))
	rank := int(math.Ceil(float64(len(sorted)) * percent / 100))
	return sorted[max(rank, 1)-1]
}

// report gives the median and the 99th percentile under a name.
func (s samples) report(b *testing.B, name string) {
	b.ReportMetric(milli(s.percentile(50)), name+"-p50-ms")
	b.ReportMetric(milli(s.percentile(99)), name+"-p99-ms")
}

// only leaves the time per iteration out of the result: the benchmark counts its own samples.
func only(b *testing.B) { b.ReportMetric(0, "ns/op") }

func TestPercentiles(t *testing.T) {
	var hundred samples
	for i := range 100 {
		hundred = append(hundred, time.Duration(100-i))
	}
	for percent, want := range map[float64]time.Duration{0: 1, 50: 50, 99: 99, 99.5: 100, 100: 100} {
		if got := hundred.percentile(percent); got != want {
			t.Errorf("percentile %v is %d, want %d", percent, got, want)
		}
	}
	if got := (samples{7}).percentile(99); got != 7 {
		t.Errorf("of one sample it is %d", got)
	}
}

func TestGuestsHaveNamesOfTheirOwn(t *testing.T) {
	seen := make(map[string]bool)
	for i := range guests {
		if name := lastNameOf(i); seen[name] || strings.TrimSpace(name) == "" {
			t.Errorf("guest %d is called %q", i, name)
		} else {
			seen[name] = true
		}
	}
}
