package loyalty

import (
	"context"
	"time"

	"github.com/skidkassa/skidkassa/internal/notice"
)

// ClockTolerance is how far this machine's clock may be from the service's, or jump against the time that has really
// passed, before the queue is held: the 24 hours of a QR cannot be told any more.
const ClockTolerance = 5 * time.Minute

// clockPause is how often the wall clock is compared with the time that has passed.
const clockPause = 30 * time.Second

// The codes of the clock's [notice.State].
const (
	ClockDiffers = "differs" // from the service's clock
	ClockJumped  = "jumped"  // against the time that has passed
)

// checkServerDate compares this machine's clock with the Date of a reply; a zero date says nothing.
func (d *Desk) checkServerDate(date time.Time) {
	if date.IsZero() {
		return
	}
	if apart := d.Now().Sub(date).Abs(); apart > ClockTolerance {
		d.Log.Warn("the clock differs from the service's", "apart", apart)
		d.setClock(notice.State{Part: notice.Clock, Level: notice.Trouble, Code: ClockDiffers, At: d.Now()})
		return
	}
	wasSure := d.clockIsSure()
	now := d.readClock()
	d.mu.Lock()
	d.vouched = now
	d.mu.Unlock()
	d.setClock(notice.State{Part: notice.Clock, Level: notice.Good, At: d.Now()})
	if !wasSure {
		signalOnce(d.sure)
		d.drainSoon()
	}
}

// clockReading is what the wall clock showed, and how much time had really passed then.
type clockReading struct {
	wall    time.Time // without a monotonic reading; zero: never read
	elapsed time.Duration
}

func (d *Desk) readClock() clockReading { return clockReading{d.Now().Round(0), d.Elapsed()} } // Round strips the monotonic reading

// apart is how far the wall clock has moved against the time that has passed between two readings.
func (r clockReading) apart(next clockReading) time.Duration {
	return (next.wall.Sub(r.wall) - (next.elapsed - r.elapsed)).Abs()
}

// clockIsSure reports whether the clock may say that something is over for good: the service has vouched for it in this
// run, and nobody has set it since. A clock that is wrong at start knows nothing of that.
func (d *Desk) clockIsSure() bool {
	now := d.readClock()
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.vouched.wall.IsZero() && !d.hold.Clock && d.vouched.apart(now) <= ClockTolerance
}

func (d *Desk) lastVouched() clockReading {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.vouched
}

// isOver reports whether the operation's QR is no longer valid by this machine's clock. Then nothing is sent with it.
func (d *Desk) isOver(op Operation) bool { return !d.Now().Before(op.Expires()) }

// isSurelyOver reports the same by a clock that may be believed. Then it is expired.
func (d *Desk) isSurelyOver(op Operation) bool { return d.isOver(op) && d.clockIsSure() }

// setClock publishes how the clock is, and holds the queue while it cannot be trusted.
func (d *Desk) setClock(state notice.State) {
	d.Hub.Publish(state)
	d.setHold(func(h *Hold) { h.Clock = state.Level == notice.Trouble })
}

// watchClock compares the wall clock with the time that has really passed: who sets the clock by more than the
// tolerance holds the queue, until a reply of the service shows that the new time is right.
func (d *Desk) watchClock(ctx context.Context) {
	last := d.readClock()
	for sleep(ctx, clockPause) {
		next := d.readClock()
		if vouched := d.lastVouched(); vouched.elapsed > last.elapsed {
			last = vouched // what was set before that was set right
		}
		if jump := last.apart(next); jump > ClockTolerance {
			d.Log.Warn("the clock was set", "jump", jump)
			d.setClock(notice.State{Part: notice.Clock, Level: notice.Trouble, Code: ClockJumped, At: next.wall})
		}
		last = next
	}
}
