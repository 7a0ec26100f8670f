package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/expirenza"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/killpoint"
	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/setup"
)

const (
	// flightLimit bounds how long the end of the program waits for operations
	// that are being sent: longer than one request may take.
	flightLimit = loyalty.SendLimit + 5*time.Second
	// frameDelay lets the first frame come before what it does not need.
	frameDelay = 200 * time.Millisecond
	// paperLimit bounds how long the end of the program waits for slips.
	paperLimit = 5 * time.Second
)

// tillOptions are what a till is opened with.
type tillOptions struct {
	settings   config.Settings
	dataDir    string
	journal    string // the journal's file
	newJournal bool   // keep an unusable journal aside and begin a new one
	logLevel   slog.Level
	now        func() time.Time
	words      *texts.Texts // for waiters; the screen has the same
	// service makes the client of the service; it may take seconds.
	service func(context.Context) (loyalty.Service, error)
	// feedToken gives the token of the order feed, "" when none is set. It may
	// take seconds.
	feedToken func(context.Context) (string, error)
	// expirenzaKey gives the key of the paying guest's door. It may take seconds.
	expirenzaKey func(context.Context) (string, error)
	secrets      func() (*config.Secrets, error) // nil: no PINs are kept
	setup        setup.Backend                   // of the settings screen; nil: there is none
	// doorOpened is told that waiters are served, and where; nil: nobody asks.
	doorOpened func(ctx context.Context, address string) error
	// begun is given the order book when the till has begun, and a context that
	// is done when it ends; nil: nobody wants it.
	begun func(ctx context.Context, book *orders.Book) error
}

// till is everything behind the screen. It is opened in this order and closed
// in the reverse one:
//
//	data folder (0700) → log → journal, whose lock keeps a second till out
//	→ service, whose secret comes later → desk → what the last run left behind
//	→ printer → order book → the waiter's and the paying guest's door
//
// A damaged journal leaves a till that shows balances and nothing else.
type till struct {
	options  tillOptions
	hub      *notice.Hub
	log      *slog.Logger
	journal  *journal.Journal // nil: damaged
	store    *watchedStore    // the journal, or what refuses in its place
	damage   error            // why there is no journal
	aside    string           // where an unusable journal lies now; "" when there was none
	service  *lateService
	desk     *loyalty.Desk
	recovery loyalty.Recovery
	paper    *paper            // nil: no printer
	orders   *watchedOrders    // the journal's orders
	book     *orders.Book      // nil: no journal
	paying   *expirenza.Client // nil: its door is off
	key      *payingKey
	pause    time.Duration

	background sync.WaitGroup
	stop       context.CancelFunc // ends the background work
	doorkeeper sync.WaitGroup
	closeDoors []context.CancelFunc // of the doors that are kept
	closers    []io.Closer          // in the order of opening
}

// openTill opens a till. When it fails, nothing stays open.
func openTill(ctx context.Context, options tillOptions) (*till, error) {
	t := &till{options: options, hub: new(notice.Hub), pause: doorPause}
	if err := t.open(ctx); err != nil {
		return nil, errors.Join(err, t.closeFiles())
	}
	return t, nil
}

func (t *till) open(ctx context.Context) error {
	if err := makeDataDir(t.options.dataDir); err != nil {
		return err
	}
	log, logFile, err := config.NewLogger(filepath.Join(t.options.dataDir, logName), t.options.logLevel)
	if err != nil {
		return &dataDirError{dir: t.options.dataDir, err: err} // nothing can be written there
	}
	t.log = log
	t.closers = append(t.closers, logFile)
	if err := t.openJournal(ctx); err != nil {
		return err
	}
	t.service = &lateService{open: t.options.service, failed: t.noService}
	t.desk = loyalty.NewDesk(loyalty.Options{
		Service:  killpoint.Service(t.service),
		Store:    t.store,
		Hub:      t.hub,
		Vendor:   t.options.settings.Shop.Vendor,
		Register: int(t.options.settings.Shop.Register),
		Rules:    ruleSettings(t.options.settings.Rules),
		Now:      t.options.now,
		Log:      t.log,
	})
	if err := t.recover(ctx); err != nil {
		return err
	}
	if err := t.makePaper(); err != nil {
		return err
	}
	t.makeBook()
	if err := t.makePaying(); err != nil {
		return err
	}
	t.log.Info("the till is open", "version", thisBuild().Version, "vendor", t.options.settings.Shop.Vendor,
		"register", t.options.settings.Shop.Register, "journal", t.options.journal)
	return nil
}

// balanceOnly reports whether the till can only show balances.
func (t *till) balanceOnly() bool { return t.journal == nil }

// recover judges what the last run left behind. A journal that was restored or
// comes from another machine becomes this till's own only when every open
// operation of it is a person's to decide.
func (t *till) recover(ctx context.Context) (err error) {
	if t.balanceOnly() {
		return nil
	}
	foreign, why := t.journal.Foreign()
	if !foreign {
		t.recovery, err = t.desk.Recover(ctx)
		return err
	}
	t.log.Warn("the journal is foreign", "why", why)
	if t.recovery, err = t.desk.RecoverForeign(ctx); err != nil {
		return err
	}
	return t.journal.Adopt(ctx)
}

// openJournal opens the journal. One that is damaged or a newer program's is
// never touched, unless a person asked for a new one: then it is kept aside.
// Without that, a damaged one is left alone and the till shows balances only.
func (t *till) openJournal(ctx context.Context) error {
	options := journal.Options{
		Path:     t.options.journal,
		Register: int(t.options.settings.Shop.Register),
		DataDir:  t.options.dataDir,
		Now:      t.options.now,
	}
	j, err := journal.Open(ctx, options)
	if t.options.newJournal && isUnusable(err) {
		t.log.Error("the journal is set aside and a new one begun", "err", err)
		if t.aside, err = journal.SetAside(t.options.journal, t.options.now()); err != nil {
			return err
		}
		j, err = journal.Open(ctx, options)
	}
	if journal.CodeOf(err) == journal.Damaged {
		t.log.Error("the journal is damaged: balances only", "err", err)
		t.damage, t.store = err, &watchedStore{Store: noJournal{err}}
		t.hub.Publish(notice.State{
			Part: notice.Journal, Level: notice.Trouble, Code: tui.JournalDamaged, At: t.options.now(),
		})
		return nil
	}
	if err != nil {
		t.log.Error("the journal cannot be opened", "err", err)
		return err
	}
	t.journal = j
	t.store = &watchedStore{Store: killpoint.Store(j)}
	t.closers = append(t.closers, j)
	return nil
}

// isUnusable reports whether a journal can never be opened by this program.
func isUnusable(err error) bool {
	code := journal.CodeOf(err)
	return code == journal.Damaged || code == journal.Newer
}

// makeDataDir makes the data folder for this user alone.
func makeDataDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &dataDirError{dir: dir, err: err}
	}
	return nil
}

// noService says on the screen that the shop's secret cannot be had, or that the
// disk is full where it is only that.
func (t *till) noService(err error) {
	t.log.Error("the service cannot be used", "err", err)
	phase := phaseOf(err)
	if phase == skidkabot.PhaseDisk {
		t.store.code.Store(journal.Full) // [till.watchDisk] tells it, until a write succeeds
	}
	t.hub.Publish(notice.State{Part: notice.Service, Level: notice.Trouble, Code: string(phase), At: t.options.now()})
}

// begin starts the work in the background: it settles what is unknown, resumes
// what was planned, and does what the first frame does not wait for.
func (t *till) begin(ctx context.Context) {
	ctx, t.stop = context.WithCancel(context.WithoutCancel(ctx))
	t.background.Go(func() { t.desk.Run(ctx) })
	t.background.Go(func() { t.watchDisk(ctx) })
	t.background.Go(func() { t.keepStates(ctx) })
	if t.book != nil {
		t.background.Go(func() { t.book.Run(ctx) })
	}
	if t.paper != nil {
		unsubscribe := t.hub.Subscribe(t.paper.heard)
		t.background.Go(func() {
			defer unsubscribe()
			t.paper.run(ctx)
		})
	}
	if t.book != nil && t.options.begun != nil {
		t.background.Go(func() {
			if err := t.options.begun(ctx, t.book); err != nil && ctx.Err() == nil {
				t.log.Warn("whoever waited for the order book failed", "err", err)
			}
		})
	}
	if t.hasDoor() {
		t.logPaymentTypes()
	}
	t.background.Go(func() {
		select {
		case <-time.After(frameDelay):
			t.afterFirstFrame(ctx)
		case <-ctx.Done():
		}
	})
}

// afterFirstFrame fetches the secret and the layouts' tables before a first
// scan asks for them, and reads the journal as a whole.
func (t *till) afterFirstFrame(ctx context.Context) {
	t.service.start()
	layout.OpensPayload(0)
	if t.balanceOnly() {
		return
	}
	t.checkJournal(ctx)
	t.keepBackups(ctx)
}

func (t *till) checkJournal(ctx context.Context) {
	err := t.journal.Check(ctx)
	state := notice.State{Part: notice.Journal, Level: notice.Good, At: t.options.now()}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		t.log.Error("the journal's check failed", "err", err)
		state.Level, state.Code = notice.Trouble, string(journal.CodeOf(err))
	}
	t.hub.Publish(state)
}

// close closes the doors, ends what [till.begin] began and closes everything.
// It waits as long as limit for operations that are being sent, those of orders
// that were just paid among them; [loyalty.ErrInFlight] says that one was left,
// which the next start finds as unknown.
func (t *till) close(limit time.Duration) error {
	for _, closeDoor := range t.closeDoors {
		closeDoor()
	}
	t.doorkeeper.Wait() // each door has its own limit for what was asked
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	if t.book != nil {
		if err := t.book.Close(ctx); err != nil {
			t.log.Warn("closed before everything that follows a payment was done", "err", err)
		}
	}
	err := t.desk.Close(ctx)
	if err != nil {
		t.log.Error("closed with an operation in flight", "err", err)
	}
	if t.paper != nil {
		t.paper.drain(paperLimit)
	}
	t.stop()
	t.background.Wait()
	t.log.Info("the till is closed")
	return errors.Join(err, t.closeFiles())
}

// closeFiles closes in the reverse order of opening.
func (t *till) closeFiles() error {
	var err error
	for i := len(t.closers) - 1; i >= 0; i-- {
		err = errors.Join(err, t.closers[i].Close())
	}
	t.closers = nil
	return err
}
