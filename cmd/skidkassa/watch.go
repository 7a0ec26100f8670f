package main

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/tui"
)

// noJournal stands in the place of a journal that is damaged: it holds nothing
// and takes nothing, so that balances can be shown and no points can be moved.
type noJournal struct{ err error }

func (n noJournal) Plan(context.Context, ...loyalty.Operation) error { return n.err }
func (n noJournal) Move(context.Context, ...loyalty.Move) error      { return n.err }
func (n noJournal) Amend(context.Context, loyalty.Amendment) error   { return n.err }

func (n noJournal) Find(context.Context, uuid.UUID) (loyalty.Operation, error) {
	return loyalty.Operation{}, loyalty.ErrNotFound
}

func (n noJournal) List(context.Context, loyalty.Filter) ([]loyalty.Operation, error) {
	return nil, nil
}
func (n noJournal) Events(context.Context, uuid.UUID) ([]loyalty.Event, error)      { return nil, nil }
func (n noJournal) Totals(context.Context, loyalty.Filter) ([]loyalty.Total, error) { return nil, nil }

// WipeSecrets has nothing to wipe.
func (n noJournal) WipeSecrets(context.Context, time.Time) (int, error) { return 0, nil }

// watchedStore remembers why the last write failed, so that the screen can say
// what is wrong with the disk and not only that something is.
type watchedStore struct {
	loyalty.Store

	code atomic.Value // of the last write; a journal.Code, "" when it succeeded
}

// Plan implements [loyalty.Store].
func (s *watchedStore) Plan(ctx context.Context, ops ...loyalty.Operation) error {
	err := s.Store.Plan(ctx, ops...)
	s.code.Store(journal.CodeOf(err))
	return err
}

// Move implements [loyalty.Store].
func (s *watchedStore) Move(ctx context.Context, moves ...loyalty.Move) error {
	err := s.Store.Move(ctx, moves...)
	s.code.Store(journal.CodeOf(err))
	return err
}

// Amend implements [loyalty.Store].
func (s *watchedStore) Amend(ctx context.Context, amendment loyalty.Amendment) error {
	err := s.Store.Amend(ctx, amendment)
	s.code.Store(journal.CodeOf(err))
	return err
}

// watchedOrders remembers the same of the order book's writes, and of those of
// the paying guest's door.
type watchedOrders struct {
	orders.TillStore

	watch *watchedStore
}

// note remembers how a write ended. A refusal by the rules of orders tells
// nothing of the disk.
func (s *watchedOrders) note(err error) {
	if code := journal.CodeOf(err); err == nil || code != "" {
		s.watch.code.Store(code)
	}
}

// SaveOrder implements [orders.Store].
func (s *watchedOrders) SaveOrder(ctx context.Context, order orders.Order, events ...orders.Event) (orders.Order, error) {
	saved, err := s.TillStore.SaveOrder(ctx, order, events...)
	s.note(err)
	return saved, err
}

// Settle implements [orders.TillStore].
func (s *watchedOrders) Settle(ctx context.Context, settlement orders.Settlement) (orders.Order, error) {
	saved, err := s.TillStore.Settle(ctx, settlement)
	s.note(err)
	return saved, err
}

// NextNumber implements [orders.TillStore].
func (s *watchedOrders) NextNumber(ctx context.Context) (int64, error) {
	number, err := s.TillStore.NextNumber(ctx)
	s.note(err)
	return number, err
}

// OpenShift implements [orders.TillStore].
func (s *watchedOrders) OpenShift(ctx context.Context, id uuid.UUID, by string, at time.Time) (orders.Shift, error) {
	shift, err := s.TillStore.OpenShift(ctx, id, by, at)
	s.note(err)
	return shift, err
}

// CloseShift implements [orders.TillStore].
func (s *watchedOrders) CloseShift(ctx context.Context, by string, at time.Time) (orders.Shift, error) {
	shift, err := s.TillStore.CloseShift(ctx, by, at)
	s.note(err)
	return shift, err
}

// DecideClaim implements [orders.TillStore].
func (s *watchedOrders) DecideClaim(ctx context.Context, id uuid.UUID, to orders.ClaimState, by, note string, at time.Time,
) (orders.Claim, error) {
	claim, err := s.TillStore.DecideClaim(ctx, id, to, by, note, at)
	s.note(err)
	return claim, err
}

// Posted implements [orders.TillStore].
func (s *watchedOrders) Posted(ctx context.Context, id uuid.UUID, outcome orders.LetterOutcome, at, next time.Time) error {
	err := s.TillStore.Posted(ctx, id, outcome, at, next)
	s.note(err)
	return err
}

// trouble is what the disk suffers from, as a code of the journal's
// [notice.State]; "" when it is well or the desk has said all that is known.
func (s *watchedStore) trouble(reserveUsed bool) string {
	code, _ := s.code.Load().(journal.Code)
	switch code {
	case journal.Full:
		return tui.JournalFull
	case journal.ReadOnly:
		return tui.JournalReadOnly
	case journal.Damaged:
		return tui.JournalDamaged
	}
	if reserveUsed {
		return tui.JournalReserve
	}
	return ""
}

// diskPause is between two looks at how the disk is.
const diskPause = time.Second

// watchDisk keeps the journal's state on the screen until ctx is done.
func (t *till) watchDisk(ctx context.Context) {
	if t.balanceOnly() {
		return // its state is known and stays
	}
	tick := time.NewTicker(diskPause)
	defer tick.Stop()
	shown := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			shown = t.publishDisk(shown)
		}
	}
}

// publishDisk publishes the disk's state when it has changed from what was
// shown, and gives what is shown now. The end of a trouble is published only
// where nobody has published another one meanwhile.
func (t *till) publishDisk(shown string) string {
	now := t.store.trouble(t.journal.ReserveUsed())
	current := t.hub.State(notice.Journal).Code
	state := notice.State{Part: notice.Journal, Level: notice.Trouble, Code: now, At: t.options.now()}
	switch {
	case now == tui.JournalReserve:
		state.Level = notice.Warning
	case now == "" && (shown == "" || current != shown):
		return ""
	case now == "":
		state.Level = notice.Good
	}
	if current != loyalty.JournalUnwritten { // it is worse, and the desk ends it
		t.hub.Publish(state)
	}
	return now
}

// backupsName is the folder of the backups in the data folder.
const backupsName = "backups"

// backupPause is how often it is looked whether the day's backup is there.
const backupPause = 15 * time.Minute

// keepBackups makes a backup each day until ctx is done. A failure is for the
// log and the doctor: the cashier can do nothing about it, and the till works.
func (t *till) keepBackups(ctx context.Context) {
	folder := filepath.Join(t.options.dataDir, backupsName)
	for {
		if err := t.backUp(ctx, folder); err != nil && ctx.Err() == nil {
			t.log.Error("the backup failed", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(backupPause):
		}
	}
}

// backUp makes the day's backup, unless it is there.
func (t *till) backUp(ctx context.Context, folder string) error {
	last, err := journal.LastBackup(folder)
	if err != nil {
		return err
	}
	if last.Format(time.DateOnly) == t.options.now().Local().Format(time.DateOnly) {
		return nil
	}
	path, err := t.journal.Backup(ctx, folder, journal.BackupKeep)
	if err == nil {
		t.log.Info("the journal is backed up", "path", path)
	}
	return err
}
