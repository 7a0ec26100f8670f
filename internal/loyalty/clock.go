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
	d.setClock(notice.State{Part: notice.Clock, Level: notice.Good, At: d.Now()})
}

// setClock publishes how the clock is, and holds the queue while it cannot be trusted.
func (d *Desk) setClock(state notice.State) {
	d.Hub.Publish(state)
	d.setHold(func(h *Hold) { h.Clock = state.Level == notice.Trouble })
}

// watchClock compares the wall clock with the time that has really passed: who sets the clock by more than the
// tolerance holds the queue, until a reply of the service shows that the new time is right.
func (d *Desk) watchClock(ctx context.Context) {
	wall, elapsed := d.Now().Round(0), d.Elapsed() // Round strips the monotonic reading
	for sleep(ctx, clockPause) {
		nextWall, nextElapsed := d.Now().Round(0), d.Elapsed()
		if jump := (nextWall.Sub(wall) - (nextElapsed - elapsed)).Abs(); jump > ClockTolerance {
			d.Log.Warn("the clock was set", "jump", jump)
			d.setClock(notice.State{Part: notice.Clock, Level: notice.Trouble, Code: ClockJumped, At: nextWall})
		}
		wall, elapsed = nextWall, nextElapsed
	}
}
