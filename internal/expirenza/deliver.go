package expirenza

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// Rules of the outbox.
const (
	letterLimit = 24 * time.Hour // longer, an answer is not offered to Expirenza

	letterBatch   = 64
	maxCarriers   = 4               // letters on their way, each of another bill
	lookPause     = time.Second     // between looks at the outbox that nothing called for
	lookPauseMost = time.Minute     // and at the latest, should the clock have been set
	heldPause     = 2 * time.Second // before a journal that failed is tried again, at first
)

// wakeDelivery says that there may be a new letter.
func (c *Client) wakeDelivery() {
	select {
	case c.wake <- struct{}{}:
	default: // it has been said and not been heard yet
	}
}

// carriers are the letters on their way. A bill has one at a time: a newer answer must not overtake an older one.
type carriers struct {
	places chan struct{}
	work   sync.WaitGroup

	mu    sync.Mutex
	bills map[uuid.UUID]bool
}

// take keeps a bill's other letters back; false when one is on its way.
func (c *carriers) take(bill uuid.UUID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bills[bill] {
		return false
	}
	c.bills[bill] = true
	return true
}

func (c *carriers) give(bill uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.bills, bill)
}

// deliver carries the letters of the outbox to Expirenza until ctx is done.
func (c *Client) deliver(ctx context.Context) {
	out := &carriers{places: make(chan struct{}, maxCarriers), bills: make(map[uuid.UUID]bool)}
	defer out.work.Wait()
	for failures := 0; ctx.Err() == nil; {
		pause, err := c.deliverDue(ctx, out)
		if err != nil && ctx.Err() == nil {
			c.warn("the outbox could not be read", "err", err)
			pause = min(backoff(failures), lookPauseMost)
			failures++
		} else {
			failures = 0
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-c.wake:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// deliverDue sends what may be sent now on its way, and says when to look again if nothing calls before.
func (c *Client) deliverDue(ctx context.Context, out *carriers) (time.Duration, error) {
	letters, err := c.due(ctx)
	if err != nil {
		return 0, err
	}
	for _, letter := range letters {
		if !out.take(letter.Bill) {
			continue
		}
		select {
		case out.places <- struct{}{}:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
		out.work.Go(func() {
			c.carry(ctx, letter)
			out.give(letter.Bill)
			<-out.places
			c.wakeDelivery()
		})
	}
	next, err := c.Outbox.NextLetter(ctx, Name)
	if err != nil || next.IsZero() {
		return lookPauseMost, err
	}
	return min(max(next.Sub(c.Now()), lookPause), lookPauseMost), nil
}

// due gives letters that may be sent now. None is ever to wait longer than lastPause: where all of them seem to, the clock was
// set back, and nobody waits for it to come there again.
func (c *Client) due(ctx context.Context) ([]orders.Letter, error) {
	now := c.Now()
	next, err := c.Outbox.NextLetter(ctx, Name)
	if err != nil || next.IsZero() {
		return nil, err
	}
	if next.Sub(now) > lastPause {
		c.warn("the clock was set back", "by", next.Sub(now))
		now = now.AddDate(1, 0, 0)
	}
	return c.Outbox.Letters(ctx, Name, now, letterBatch)
}

// carry brings one letter to its end or one attempt further, and writes that down.
func (c *Client) carry(ctx context.Context, letter orders.Letter) {
	working, cancel := withGrace(ctx) // a letter that was taken must be noted as taken
	defer cancel()
	if age := c.Now().Sub(letter.CreatedAt); age > letterLimit || !letter.Accepts && age.Abs() > freshLimit {
		c.giveUp(working, letter)
		return
	}
	switch c.post(working, letter.Topic, letter.Body).fate {
	case fateTaken:
		c.note(working, letter, orders.LetterDelivered, time.Time{})
	case fateRejected:
		c.note(working, letter, orders.LetterRefused, time.Time{})
		c.alarm(alarmOf(AlarmRejected, letter))
	case fateDenied:
		// Everything is stopped; the letter waits as it is.
	case fateFailed:
		if ctx.Err() == nil {
			c.note(working, letter, orders.LetterWaiting, c.Now().Add(backoff(letter.Attempts)))
		}
	}
}

// giveUp lets a letter go that nobody waits for any more. A FAIL is no loss: Expirenza asks again.
func (c *Client) giveUp(ctx context.Context, letter orders.Letter) {
	c.health.setFailing(letter.Topic, false)
	if letter.Accepts {
		c.alarm(alarmOf(AlarmUndelivered, letter))
	}
	c.note(ctx, letter, orders.LetterStale, time.Time{})
}

// note writes a letter's fate down, and does not let go of the letter before the journal has it: it would be sent again at
// once, over and over.
func (c *Client) note(ctx context.Context, letter orders.Letter, outcome orders.LetterOutcome, next time.Time) {
	for failures := 0; ; failures++ {
		err := c.Outbox.Posted(ctx, letter.ID, outcome, c.Now(), next)
		if err == nil {
			return
		}
		c.warn("a letter's fate could not be written down", "bill", letter.Bill, "err", err)
		if !sleep(ctx, heldPause+backoff(failures)) {
			return
		}
	}
}
