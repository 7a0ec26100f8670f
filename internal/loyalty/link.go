package loyalty

import (
	"context"
	"errors"
	"time"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Times of being offline (I7).
const (
	offlineLimit = 900 * time.Millisecond // a live call answers within a second when the till is offline
	probePause   = 3 * time.Second        // between the background's attempts to reach the service
	probeLimit   = 5 * time.Second        // of one attempt
)

// ErrOffline is the cause of a [*skidkabot.NotSentError] while the till counts as offline.
var ErrOffline = errors.New("loyalty: the service cannot be reached")

// balance reads a balance. What is proven unsent is tried once more; then the till counts as offline, and while it
// does, a read is given less than a second (I7).
func (d *Desk) balance(ctx context.Context, card skidkabot.Card) (skidkabot.Account, error) {
	if d.Offline() {
		return d.balanceOffline(ctx, card)
	}
	account, err := d.Service.Balance(ctx, card)
	if skidkabot.OutcomeOf(err) == skidkabot.NotSent && ctx.Err() == nil {
		account, err = d.Service.Balance(ctx, card)
	}
	if ctx.Err() == nil {
		d.heard(err, account.ServerDate)
		d.remember(account)
	}
	return account, err
}

func (d *Desk) balanceOffline(ctx context.Context, card skidkabot.Card) (skidkabot.Account, error) {
	short, cancel := context.WithTimeout(ctx, offlineLimit)
	defer cancel()
	account, err := d.Service.Balance(short, card)
	switch {
	case ctx.Err() != nil:
		return account, err
	case err != nil && (short.Err() != nil || skidkabot.OutcomeOf(err) == skidkabot.NotSent):
		return account, &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: ErrOffline}
	}
	d.heard(err, account.ServerDate)
	d.remember(account)
	return account, err
}

// Offline reports whether the service could not be reached when it was last tried.
func (d *Desk) Offline() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.offline
}

// heard draws the conclusions from the outcome of a call: whether the till is offline, whether the queue is held, how
// the service is, and whether the clocks agree. What is proven unsent has been tried twice by now.
func (d *Desk) heard(err error, serverDate time.Time) {
	d.mu.Lock()
	was := d.offline
	d.offline = skidkabot.OutcomeOf(err) == skidkabot.NotSent
	back := was && !d.offline
	d.mu.Unlock()

	code, held := holdOf(err)
	d.setHold(func(h *Hold) {
		h.Code = 0
		if held {
			h.Code, h.until = code, d.Now().Add(holdPause)
		}
	})
	d.checkServerDate(serverDate)
	d.publishService(err)
	switch {
	case back:
		d.drainSoon()
	case !was && skidkabot.OutcomeOf(err) == skidkabot.NotSent:
		signalOnce(d.lost)
	}
}

// publishService publishes what the outcome of a call says of the service: any strictly parsed reply means that it
// works, but codes 5 and 15 mean that it does not work for this shop.
func (d *Desk) publishService(err error) {
	state := notice.State{Part: notice.Service, Level: notice.Good, At: d.Now()}
	var refused *skidkabot.RefusedError
	var notSent *skidkabot.NotSentError
	var unknown *skidkabot.UnknownError
	switch {
	case errors.As(err, &refused):
		if holds(refused.Code) {
			state.Level, state.Code = notice.Trouble, ServiceCode(refused.Code)
		}
	case errors.As(err, &notSent):
		state.Level, state.Code = notice.Trouble, string(notSent.Phase)
	case errors.As(err, &unknown):
		state.Level, state.Code = notice.Trouble, string(unknown.Reason)
	}
	d.Hub.Publish(state)
}

// probe waits until the till is offline, and then tries to reach the service, without moving points, until it can.
func (d *Desk) probe(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.lost:
		}
		for d.Offline() && sleep(ctx, probePause) {
			d.tryToReach(ctx)
		}
	}
}

func (d *Desk) tryToReach(ctx context.Context) {
	short, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	if d.Service.Reach(short) != nil {
		return
	}
	d.mu.Lock()
	d.offline = false
	d.mu.Unlock()
	d.publishService(nil)
	d.drainSoon()
}
