package loyalty

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Recovery is what an earlier run left behind, as [Desk.Recover] judged it.
type Recovery struct {
	Unknown []Operation // were being sent, or are not settled yet: Run settles them
	Voided  []Operation // redemptions that were confirmed by the cashier but never sent, and what hung on them
	Resumed []Operation // wait for an operation that did happen: Run sends them (I9)
	Offered []Operation // accruals that were never sent: the cashier sends or cancels each ([Desk.Send], [Desk.Cancel])
	Review  []Operation // a person has to decide
	Queued  []Operation // accruals that wait for the network
}

// Empty reports whether nothing was left behind.
func (r Recovery) Empty() bool {
	return len(r.Unknown)+len(r.Voided)+len(r.Resumed)+len(r.Offered)+len(r.Review)+len(r.Queued) == 0
}

// Recover judges what an earlier run left behind (I10). It sends nothing; call it once, before [Desk.Run] and before
// the first operation. Its error is a [*JournalError]; then nothing may be sent.
func (d *Desk) Recover(ctx context.Context) (Recovery, error) {
	var recovery Recovery
	open, err := d.Store.List(ctx, Filter{States: []State{StatePlanned, StateQueued, StateSending, StateUnknown, StateReview}})
	if err != nil {
		return recovery, d.journalError(err)
	}
	// What waits for another comes last: it depends on what becomes of that.
	var waiting []Operation
	for _, op := range open {
		switch {
		case op.State == StateReview:
			recovery.Review = append(recovery.Review, op)
		case op.State == StateQueued:
			recovery.Queued = append(recovery.Queued, op)
		case op.State == StateUnknown:
			recovery.Unknown = append(recovery.Unknown, op)
		case op.State == StateSending:
			op, err = d.step(ctx, op, Move{To: StateUnknown, Reason: ReasonRestart})
			recovery.Unknown = append(recovery.Unknown, op)
		case op.WaitsFor != uuid.Nil:
			waiting = append(waiting, op)
		case op.Kind == Redemption:
			op, err = d.step(ctx, op, Move{To: StateVoided, Reason: ReasonRestart})
			recovery.Voided = append(recovery.Voided, op)
		default:
			recovery.Offered = append(recovery.Offered, op)
		}
		if err != nil {
			return recovery, err
		}
	}
	for _, op := range waiting {
		if err := d.recoverWaiting(ctx, op, &recovery); err != nil {
			return recovery, err
		}
	}
	d.publishQueue(ctx)
	return recovery, nil
}

// RecoverForeign is [Desk.Recover] for a journal that was restored from a backup or comes from another machine (I10):
// what it calls unsent may have been sent since, so nothing of it is sent and every open operation is a person's to decide.
func (d *Desk) RecoverForeign(ctx context.Context) (Recovery, error) {
	var recovery Recovery
	open, err := d.Store.List(ctx, Filter{States: []State{StatePlanned, StateQueued, StateSending, StateUnknown, StateReview}})
	if err != nil {
		return recovery, d.journalError(err)
	}
	for _, op := range open {
		if op.State != StateReview {
			if op, err = d.step(ctx, op, Move{To: StateReview, Reason: ReasonForeign}); err != nil {
				return recovery, err
			}
		}
		recovery.Review = append(recovery.Review, op)
	}
	return recovery, nil
}

// recoverWaiting judges a planned operation that waits for another: the accrual on the money part of a redemption (I9),
// the second half of a storno, or what a full payment gives back.
func (d *Desk) recoverWaiting(ctx context.Context, op Operation, recovery *Recovery) error {
	before, err := d.Store.Find(ctx, op.WaitsFor)
	switch {
	case err != nil:
		return d.journalError(err)
	case before.Happened():
		recovery.Resumed = append(recovery.Resumed, op)
	case before.State.Final():
		op, err := d.step(ctx, op, Move{To: StateVoided, Reason: ReasonParentFailed})
		recovery.Voided = append(recovery.Voided, op)
		return err
	}
	return nil // it waits on
}

// houseKeeping is how often QR secrets that have outlived their QR are wiped (I13), and how often a journal that could
// not be read is asked again for what is unknown.
const houseKeeping = 10 * time.Minute

// Run does the desk's background work until ctx is done: it settles what is unknown, carries on with what waits for
// another operation, sends what is queued, looks for the service while the till is offline, watches the clock and wipes
// old secrets. It returns when all of that has stopped.
func (d *Desk) Run(ctx context.Context) {
	var watchers sync.WaitGroup
	defer watchers.Wait()
	watchers.Go(func() { d.keepWriting(ctx) })
	watchers.Go(func() { d.keepDraining(ctx) })
	watchers.Go(func() { d.probe(ctx) })
	watchers.Go(func() { d.watchClock(ctx) })
	tick := time.NewTicker(houseKeeping)
	defer tick.Stop()
	for {
		d.watchUnknown(ctx, &watchers)
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		case <-d.sure:
			d.wipeSecrets(ctx)
		case <-tick.C:
			d.wipeSecrets(ctx)
		}
	}
}

// wipeSecrets wipes the QR secrets that have outlived their QR, unless the clock may be wrong: what is wiped is lost.
func (d *Desk) wipeSecrets(ctx context.Context) {
	if !d.clockIsSure() {
		return
	}
	_, err := d.Store.WipeSecrets(ctx, d.Now().Add(-QRLifetime))
	_ = d.journalError(err) // published and logged there; it is tried again at the next tick
}

// watchUnknown starts a watcher for every unknown operation that has none.
func (d *Desk) watchUnknown(ctx context.Context, watchers *sync.WaitGroup) {
	unknown, err := d.Store.List(ctx, Filter{States: []State{StateUnknown}})
	if d.journalError(err) != nil {
		return
	}
	for _, op := range unknown {
		if !d.claim(op.ID) {
			continue
		}
		watchers.Go(func() {
			defer d.release(op.ID)
			d.watch(ctx, op)
		})
	}
}

// claim makes the caller the one that settles an operation; false when somebody does already.
func (d *Desk) claim(id uuid.UUID) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.watched[id] {
		return false
	}
	d.watched[id] = true
	return true
}

func (d *Desk) release(id uuid.UUID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.watched, id)
}

// Send carries out a lone planned accrual that was offered after a restart («Отправить»). The answer is as in
// [Desk.Accrue]; [ErrConflict] when the operation is no longer planned.
func (d *Desk) Send(ctx context.Context, id uuid.UUID) (Result, error) {
	op, err := d.offered(ctx, id)
	if err != nil {
		return Result{}, err
	}
	f, first, err := d.board([]Operation{op})
	if err != nil {
		return Result{}, err
	}
	if !first {
		<-f.done
		return f.result, nil
	}
	go func() {
		defer d.land(f, []Operation{op})
		f.result = d.carry(context.WithoutCancel(ctx), reading{}, []Operation{op})
	}()
	<-f.done
	return f.result, nil
}

// Cancel voids an accrual that was never sent: one that was offered after a restart («Отменить»), or one of the queue.
// [ErrConflict] when it is being sent, or is no longer unsent.
func (d *Desk) Cancel(ctx context.Context, id uuid.UUID, cashier string) (Operation, error) {
	op, err := d.Store.Find(ctx, id)
	if err != nil {
		return Operation{}, d.journalError(err)
	}
	if op.State != StateQueued && !isOffered(op) {
		return Operation{}, ErrConflict
	}
	f, first, err := d.board([]Operation{op})
	if err != nil {
		return Operation{}, err
	}
	if !first {
		return Operation{}, ErrConflict // it is being sent
	}
	defer d.land(f, []Operation{op})
	return d.step(ctx, op, Move{To: StateVoided, Reason: ReasonCashier, Actor: cashier})
}

func (d *Desk) offered(ctx context.Context, id uuid.UUID) (Operation, error) {
	op, err := d.Store.Find(ctx, id)
	if err != nil {
		return Operation{}, d.journalError(err)
	}
	if !isOffered(op) {
		return Operation{}, ErrConflict
	}
	return op, nil
}

// isOffered reports whether the operation is a lone planned accrual, which only a cashier sends or cancels (I10).
func isOffered(op Operation) bool {
	return op.State == StatePlanned && op.Kind == Accrual && op.WaitsFor == uuid.Nil
}
