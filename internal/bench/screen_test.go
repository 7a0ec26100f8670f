//go:build linux

package bench

import (
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

// typing is longer than the gap by which the till tells a person from a scanner.
const typing = 60 * time.Millisecond

// BenchmarkKeyToFrame is the time from a key to the bytes of the frame that shows it: on the till's full guest screen,
// where each digit counts everything anew, and in the bare program. The two take turns.
func BenchmarkKeyToFrame(b *testing.B) {
	const keys = 600
	r := newRig(b)
	till, bare := r.startTill(), r.startBare()
	r.greet(till)
	r.must(till.Type("125", typing))
	r.must(bare.Type("125", typing))
	var ours, floor samples
	for i := range keys {
		key := terminal.Key("5")
		if i%2 == 1 {
			key = terminal.Backspace
		}
		rest(typing / 2)
		ours = append(ours, r.changes(till, func() error { return till.Press(key) }))
		rest(typing / 2)
		floor = append(floor, r.changes(bare, func() error { return bare.Press(key) }))
	}
	only(b)
	ours.report(b, "till")
	floor.report(b, "floor")
	b.ReportMetric(milli(ours.percentile(99))/milli(floor.percentile(99)), "p99-ratio")
}

// BenchmarkScanToFrame is the time from the end of a scan, typed at 1 ms per character, to the first frame that shows
// it. The floor is one frame. The card follows one round trip to the service later; here that is on the same machine.
func BenchmarkScanToFrame(b *testing.B) {
	const scans = 200
	r := newRig(b)
	till := r.startTill()
	var frames, cards samples
	torn := 0
	for len(frames) < scans {
		i := r.guest()
		r.must(till.Type(r.qr(i), time.Millisecond))
		ended := time.Now()
		shown := r.changes(till, func() error { return till.Press(terminal.Enter) })
		card, ok := r.awaitCard(till, i)
		if !ok {
			torn++
			continue
		}
		frames, cards = append(frames, shown), append(cards, card.Sub(ended))
		rest(2 * typing)
	}
	only(b)
	frames.report(b, "till")
	cards.report(b, "card")
	b.ReportMetric(milli(frame), "floor-ms")
	b.ReportMetric(float64(torn), "torn-scans")
}

// cardLimit is how long a card is waited for. A machine that stalls in the middle of a scan for longer than a scanner
// is ever silent tears the scan in two, and no card comes of it.
const cardLimit = time.Second

// awaitCard waits for a guest's card; ok is false when the scan was torn.
func (r *rig) awaitCard(till *terminal.Terminal, i int) (at time.Time, ok bool) {
	r.b.Helper()
	at, err := till.Await("card", cardLimit, func(screen string) bool { return strings.Contains(screen, lastNameOf(i)) })
	var late *terminal.TimeoutError
	if errors.As(err, &late) {
		return at, false
	}
	r.must(err)
	return at, true
}

// BenchmarkScanCPU is the processor time of the till for one scan, from the first character until the guest's card has
// stood for two frames, when the characters come one by one with 1 ms between them. The floor is the same scan in one
// piece. The bare program is measured beside them: what it takes to show the same characters, without a service.
func BenchmarkScanCPU(b *testing.B) {
	const scans = 80
	r := newRig(b)
	till, bare := r.startTill(), r.startBare()
	r.greet(till)
	var slow, once, peer samples
	for range scans {
		slow = r.scanCost(slow, till, terminal.EachRune(time.Millisecond))
		once = r.scanCost(once, till, terminal.AtOnce())
		peer = append(peer, r.cost(bare, func() {
			r.must(bare.Scan(r.qr(0), terminal.EachRune(time.Millisecond)))
			r.must(bare.WaitFor(bareCleared))
		}))
	}
	only(b)
	b.ReportMetric(milli(slow.percentile(50)), "till-ms/scan")
	b.ReportMetric(milli(once.percentile(50)), "floor-ms/scan")
	b.ReportMetric(milli(peer.percentile(50)), "bare-ms/scan")
}

// scanCost adds the processor time of one scan, unless it was torn.
func (r *rig) scanCost(to samples, till *terminal.Terminal, manner terminal.Manner) samples {
	r.b.Helper()
	whole := false
	cost := r.cost(till, func() {
		i := r.guest()
		r.must(till.Scan(r.qr(i), manner))
		_, whole = r.awaitCard(till, i)
	})
	if !whole {
		return to
	}
	return append(to, cost)
}

// cost is the processor time of a program while something is done with it, and for two frames more.
func (r *rig) cost(term *terminal.Terminal, act func()) time.Duration {
	r.b.Helper()
	rest(2 * typing)
	before := processorTime(r.b, term.PID())
	act()
	time.Sleep(2 * frame)
	return processorTime(r.b, term.PID()) - before
}

// processorTime is how long a process has run on all processors together. The kernel counts it to the nanosecond, on a
// clock whose number is made of the process id (clock_getcpuclockid(3)).
func processorTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	const scheduled = 2 // the kernel's CPUCLOCK_SCHED
	var now unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduled), &now); err != nil {
		b.Fatal(err)
	}
	return time.Duration(now.Nano())
}
