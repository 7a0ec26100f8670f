package loyalty

import (
	"context"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// Times of settling (DESIGN.md, section 3).
const (
	SettleDelay  = 120 * time.Second // after the deadline, before "no movement" means anything
	SettleSpread = 15 * time.Second  // at least so far apart are the two equal reads that prove it
)

// settlePauses are the waits between reads of the balance: short while the cashier is waiting, longer when the service
// does not answer.
var settlePauses = []time.Duration{2 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second}

// SettledBy is when the desk will know at the latest what became of an unknown operation, provided that the service
// answers: the moment that the countdown on the screen runs towards.
func (o Operation) SettledBy() time.Time { return o.Deadline.Add(SettleDelay + SettleSpread) }

// evidence is what the balance reads so far say of an unknown operation.
type evidence struct {
	still time.Time // the first read after the settle delay that showed no movement; zero: none yet
}

// verdict is what to do with an unknown operation after a read.
type verdict struct {
	to      State // empty: nothing is proven yet, read again after pause
	reason  Reason
	pause   time.Duration
	balance decimal.NullDecimal // what was read, for the person who decides
}

// judge weighs one balance read. Exactly the expected movement is `applied` at once. No movement is `not_applied` only
// when two equal reads, both after the settle delay and far enough apart, show it: until then a late commit may come.
// Any other movement is ambiguous: a person decides.
func (e *evidence) judge(op Operation, balance decimal.Decimal, now time.Time) verdict {
	switch {
	case balance.Equal(op.Expected()):
		return verdict{to: StateApplied, reason: ReasonMoved}
	case !balance.Equal(op.Baseline):
		return verdict{to: StateReview, reason: ReasonAmbiguous}
	}
	settled := op.Deadline.Add(SettleDelay)
	if now.Before(settled) {
		return verdict{pause: settled.Sub(now)}
	}
	if e.still.IsZero() {
		e.still = now
	}
	if rest := e.still.Add(SettleSpread).Sub(now); rest > 0 {
		return verdict{pause: rest}
	}
	return verdict{to: StateNotApplied, reason: ReasonStill}
}

// judgeError weighs a failed read: when the QR no longer reads the balance, a person decides (I13); else it is read
// again later.
func judgeError(err error) verdict {
	var refused *skidkabot.RefusedError
	if errors.As(err, &refused) {
		switch refused.Code {
		case skidkabot.CodeUnknownQR, skidkabot.CodeWrongQR, skidkabot.CodeExpiredQR:
			return verdict{to: StateReview, reason: ReasonQRExpired}
		}
	}
	return verdict{}
}

// watch settles one unknown operation: it reads the balance until that proves something, or ctx is done.
func (d *Desk) watch(ctx context.Context, op Operation) {
	var seen evidence
	pause := settlePauses[0]
	for try := 1; sleep(ctx, pause); try++ {
		judged := d.readAndJudge(ctx, op, &seen)
		if judged.to != "" && ctx.Err() == nil && d.settle(ctx, op, judged) {
			return
		}
		pause = settlePauses[min(try, len(settlePauses)-1)]
		if judged.pause > 0 {
			pause = min(pause, judged.pause)
		}
	}
}

func (d *Desk) readAndJudge(ctx context.Context, op Operation, seen *evidence) verdict {
	if d.isSurelyOver(op) {
		return verdict{to: StateReview, reason: ReasonQRExpired}
	}
	account, err := d.balance(ctx, d.cardOf(op))
	if err != nil {
		return judgeError(err)
	}
	judged := seen.judge(op, account.Balance, d.Now())
	judged.balance = decimal.NewNullDecimal(account.Balance)
	return judged
}

// settle writes the verdict down; what waits for the operation goes on. It returns false when the journal did not take
// it, so that the operation is judged again later.
func (d *Desk) settle(ctx context.Context, op Operation, judged verdict) bool {
	_, err := d.step(ctx, op, Move{To: judged.to, Reason: judged.reason, Balance: judged.balance})
	return err == nil || errors.Is(err, ErrConflict) // somebody else has settled it
}

// settleSoon tells [Desk.Run] that an operation has become unknown.
func (d *Desk) settleSoon() { signalOnce(d.wake) }

// sleep waits for the pause; false when ctx is done first.
func sleep(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
