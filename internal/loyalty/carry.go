package loyalty

import (
	"context"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// carry carries planned operations out: the first, and when that has happened, the one that waits for it (I9).
func (d *Desk) carry(ctx context.Context, seen reading, ops []Operation) Result {
	first := d.dispatch(ctx, ops[0], seen)
	result := Result{Operation: first.op, Cause: first.cause, Unwritten: first.unwritten}
	if first.unsent() {
		d.keepUnsent(first, StateVoided) // its door says that it failed
	}
	if len(ops) == 1 {
		return result
	}
	second := d.follow(ctx, first, ops[1])
	result.Second = &second.op
	result.Unwritten = result.Unwritten || second.unwritten
	if second.unsent() {
		result.Postponed = true
		d.keepUnsent(second, unsentState(second.op))
	}
	return result
}

// follow does with an operation what the one that it waits for says: sends it, cancels it or lets it wait on.
func (d *Desk) follow(ctx context.Context, before dispatched, next Operation) dispatched {
	switch {
	case before.unwritten:
		return dispatched{op: next} // without a journal nothing is sent (I8); the next start sees to it
	case before.op.Happened():
		return d.dispatch(ctx, next, reading{before.op.Balance, before.balanceAt})
	case before.op.State.Final():
		return d.void(ctx, next, ReasonParentFailed, nil)
	default:
		return dispatched{op: next}
	}
}

// dispatched is an operation after the attempt to send it.
type dispatched struct {
	op        Operation
	cause     error     // why it is not confirmed
	balanceAt time.Time // when op.Balance was read; zero when it was not
	unwritten bool      // op's state is true but the journal does not know it
	triedAt   time.Time // when `sending` was not taken by the journal, so that nothing was sent; op is as it was before
}

// unsent reports whether the journal kept the operation from being sent (I8).
func (d dispatched) unsent() bool { return !d.triedAt.IsZero() }

// dispatch sends a planned or queued operation, at most once: it waits for the wire, makes sure of a baseline, commits
// `sending`, sends, and writes down the outcome.
func (d *Desk) dispatch(ctx context.Context, op Operation, seen reading) dispatched {
	if !d.wire.take(op.State == StateQueued, d.closing) {
		return d.postpone(ctx, op, ReasonClosing, ErrClosing)
	}
	defer d.wire.give()
	if d.isInHand(op.ID) {
		return dispatched{op: op, cause: ErrConflict} // what became of an earlier attempt must be written first
	}
	if d.isSurelyOver(op) {
		return d.outlived(ctx, op, Move{Reason: ReasonQRExpired}, ErrQRExpired)
	}
	baseline, err := d.baseline(ctx, op, seen)
	switch {
	case err != nil:
		return d.withoutBaseline(ctx, op, err)
	case d.isSurelyOver(op): // the reply has vouched for the clock
		return d.outlived(ctx, op, Move{Reason: ReasonQRExpired}, ErrQRExpired)
	case d.isOver(op):
		return dispatched{op: op, cause: ErrClockUnsure}
	}
	if op.Kind == Redemption && baseline.balance.LessThan(op.Points) {
		return d.void(ctx, op, ReasonNotEnough, nil)
	}
	now := d.Now()
	sending, err := d.step(ctx, op, Move{
		To: StateSending, SentAt: now, Deadline: now.Add(SendLimit),
		Baseline: decimal.NewNullDecimal(baseline.balance), BaselineAt: baseline.at,
	})
	switch {
	case errors.Is(err, ErrCardBusy):
		return d.postpone(ctx, op, ReasonCardBusy, ErrCardBusy)
	case errors.Is(err, ErrConflict):
		return d.overtaken(ctx, op)
	case err != nil:
		return dispatched{op: op, cause: err, triedAt: now}
	}
	receipt, err := d.send(ctx, sending)
	return d.record(ctx, sending, receipt, err)
}

// withoutBaseline decides what becomes of an operation whose balance could not be read (I1): an accrual waits for the
// network, unless the service says that this QR will never do.
func (d *Desk) withoutBaseline(ctx context.Context, op Operation, err error) dispatched {
	var refused *skidkabot.RefusedError
	if errors.As(err, &refused) && !holds(refused.Code) {
		return d.outlived(ctx, op, Move{Reason: ReasonNoBalance, Code: refused.Code, Text: refused.Text}, err)
	}
	if op.Kind == Redemption && !isTakeBack(op) {
		move := Move{To: StateVoided, Reason: ReasonNoBalance}
		_, move.Code, move.Text = explain(err)
		return d.finish(ctx, op, move, err)
	}
	reason := ReasonOffline
	if code, held := holdOf(err); held {
		reason = ReasonHeld
		return d.postponeMove(ctx, op, Move{Reason: reason, Code: code}, err)
	}
	return d.postpone(ctx, op, reason, err)
}

// outlived ends an operation whose QR is of no use any more: one from the queue has expired, another is voided.
func (d *Desk) outlived(ctx context.Context, op Operation, move Move, cause error) dispatched {
	move.To = StateVoided
	if op.State == StateQueued {
		move.To = StateExpired
	}
	return d.finish(ctx, op, move, cause)
}

// postpone keeps an accrual that cannot be sent now in the queue, and cancels a redemption, which is never queued (I6),
// but for the second half of a storno, which waits on.
func (d *Desk) postpone(ctx context.Context, op Operation, reason Reason, cause error) dispatched {
	return d.postponeMove(ctx, op, Move{Reason: reason}, cause)
}

func (d *Desk) postponeMove(ctx context.Context, op Operation, move Move, cause error) dispatched {
	switch {
	case op.State == StateQueued, isTakeBack(op):
		return dispatched{op: op, cause: cause}
	case op.Kind == Accrual:
		move.To = StateQueued
	default:
		move.To = StateVoided
	}
	return d.finish(ctx, op, move, cause)
}

// overtaken is the answer when somebody else moved the operation on while it waited for its turn: as it stands now.
func (d *Desk) overtaken(ctx context.Context, op Operation) dispatched {
	now, err := d.Store.Find(ctx, op.ID)
	if d.journalError(err) != nil {
		now = op
	}
	return dispatched{op: now, cause: ErrConflict}
}

// baseline gives the balance that the operation starts from: the one that was seen, if it is fresh, or a new one (I1).
func (d *Desk) baseline(ctx context.Context, op Operation, seen reading) (reading, error) {
	if d.fresh(seen, op.Client) {
		return seen, nil
	}
	account, err := d.balance(ctx, op.Card())
	if err != nil {
		return reading{}, err
	}
	return reading{account.Balance, account.ReadAt}, nil
}

// send calls the service. What is proven unsent is tried once more while the baseline is fresh (I7); nothing else ever is.
func (d *Desk) send(ctx context.Context, op Operation) (skidkabot.Receipt, error) {
	ctx, cancel := context.WithDeadline(ctx, time.Now().Add(op.Deadline.Sub(op.SentAt)))
	defer cancel()
	receipt, err := d.call(ctx, op)
	if skidkabot.OutcomeOf(err) == skidkabot.NotSent && ctx.Err() == nil && d.fresh(reading{op.Baseline, op.BaselineAt}, op.Client) {
		receipt, err = d.call(ctx, op)
	}
	d.mu.Lock()
	d.moved[op.Client] = d.Now()
	d.mu.Unlock()
	d.heard(err, receipt.ServerDate)
	return receipt, err
}

func (d *Desk) call(ctx context.Context, op Operation) (skidkabot.Receipt, error) {
	if op.Kind == Redemption {
		return d.Service.Redeem(ctx, op.Card(), op.Points)
	}
	return d.Service.Accrue(ctx, op.Card(), op.Points)
}

// record writes down what the service's answer proves.
func (d *Desk) record(ctx context.Context, op Operation, receipt skidkabot.Receipt, err error) dispatched {
	move := Move{}
	switch skidkabot.OutcomeOf(err) {
	case skidkabot.Confirmed:
		move.To = StateConfirmed
		move.Balance = decimal.NullDecimal{Decimal: receipt.Balance, Valid: receipt.BalanceRead}
	case skidkabot.Refused:
		move.To = StateRefused
	case skidkabot.NotSent:
		move.To = StateVoided
		if op.Kind == Accrual {
			move.To = StateQueued
		}
	default:
		move.To = StateUnknown
	}
	move.Reason, move.Code, move.Text = explain(err)
	done := dispatched{op: move.Apply(op), cause: err}
	after, writeErr := d.stepHard(ctx, op, move)
	if writeErr != nil {
		done.op.State, done.unwritten = move.To, true
		return done
	}
	done.op = after
	if receipt.BalanceRead && after.State == StateConfirmed {
		done.balanceAt = after.ChangedAt
	}
	if after.State == StateUnknown {
		d.settleSoon()
	}
	return done
}

// explain gives what the journal keeps of a service's error: a reason, and a refusal's code and text.
func explain(err error) (Reason, skidkabot.Code, string) {
	var refused *skidkabot.RefusedError
	var notSent *skidkabot.NotSentError
	var unknown *skidkabot.UnknownError
	switch {
	case errors.As(err, &refused):
		return ReasonNone, refused.Code, refused.Text
	case errors.As(err, &notSent):
		return Reason(notSent.Phase), 0, ""
	case errors.As(err, &unknown):
		return Reason(unknown.Reason), unknown.Hint, ""
	}
	return ReasonNone, 0, ""
}

// void cancels an operation of which no byte was sent.
func (d *Desk) void(ctx context.Context, op Operation, reason Reason, cause error) dispatched {
	return d.finish(ctx, op, Move{To: StateVoided, Reason: reason}, cause)
}

// finish makes the last move of an attempt that sent nothing.
func (d *Desk) finish(ctx context.Context, op Operation, move Move, cause error) dispatched {
	after, err := d.stepHard(ctx, op, move)
	if err != nil {
		after = move.Apply(op)
	}
	return dispatched{op: after, cause: cause, unwritten: err != nil}
}

// step makes one move of an operation in the journal and publishes it.
func (d *Desk) step(ctx context.Context, op Operation, move Move) (Operation, error) {
	move.ID, move.From = op.ID, op.State
	if move.At.IsZero() {
		move.At = d.Now()
	}
	if err := d.journalError(d.Store.Move(ctx, move)); err != nil {
		return op, err
	}
	d.journalWorks()
	after := move.Apply(op)
	d.Log.Info("operation", "id", after.ID, "kind", after.Kind, "from", op.State, "to", after.State, "reason", after.Reason)
	d.Hub.Publish(OperationChanged{after})
	if op.State == StateQueued || after.State == StateQueued {
		d.publishQueue(ctx)
	}
	if !after.State.Unsettled() {
		d.drainSoon() // the card may be free, and something may wait for this
	}
	return after, nil
}

// stepHardPauses are the waits before a result in hand is written again: long enough for a busy disk, short enough for
// a cashier who looks at the spinner.
var stepHardPauses = []time.Duration{50 * time.Millisecond, 200 * time.Millisecond, time.Second}

// stepHard is step for a result that must not get lost: it tries several times before it gives up.
func (d *Desk) stepHard(ctx context.Context, op Operation, move Move) (Operation, error) {
	move.At = d.Now() // when it happened, however late it is written
	after, err := d.step(ctx, op, move)
	for _, pause := range stepHardPauses {
		var failed *JournalError
		if !errors.As(err, &failed) {
			break
		}
		time.Sleep(pause)
		after, err = d.step(ctx, op, move)
		if errors.Is(err, ErrConflict) {
			after, err = d.written(ctx, op, move)
		}
	}
	if err != nil {
		d.Log.Error("a result could not be written", "id", op.ID, "to", move.To, "err", err)
		d.keepInHand(op, move)
		d.Hub.Publish(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: JournalUnwritten, At: d.Now()})
	}
	return after, err
}

// written finds out whether a write that failed was made all the same: then the next try meets the state it wanted.
func (d *Desk) written(ctx context.Context, op Operation, move Move) (Operation, error) {
	now, err := d.Store.Find(ctx, op.ID)
	switch {
	case err != nil:
		return op, d.journalError(err)
	case now.State != move.To:
		return op, ErrConflict
	}
	d.Hub.Publish(OperationChanged{now})
	return now, nil
}
