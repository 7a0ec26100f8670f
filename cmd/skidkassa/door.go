package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/killpoint"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/waiterapi"
)

// doorPause is between two tries to open the waiter's door while another
// program has its port, and to read the feed's token while the keyring refuses.
const doorPause = 30 * time.Second

// makeBook makes the order book, which needs a journal.
func (t *till) makeBook() {
	if t.balanceOnly() {
		return
	}
	settings := t.options.settings
	t.orders = &watchedOrders{TillStore: killpoint.Orders(t.journal), watch: t.store}
	options := orders.Options{
		Desk:       t.desk,
		Operations: t.store,
		Store:      t.orders,
		Hub:        t.hub,
		Register:   int(settings.Shop.Register),
		Rules:      ruleSettings(settings.Rules),
		Rebind:     settings.Waiter.Rebind == config.RebindReplace,
		Now:        t.options.now,
		Log:        t.log,
	}
	if t.paper != nil { // a nil one in the interface would be a printer
		options.Printer = t.paper
	}
	t.book = orders.NewBook(options)
}

// hasDoor reports whether waiters are to be served.
func (t *till) hasDoor() bool { return t.book != nil && t.options.settings.Waiter.Listen != "" }

// logPaymentTypes writes what the administrator enters in the POS, a line of
// the published list per line of the log (PROTOCOLS.md, section 2).
func (t *till) logPaymentTypes() {
	waiter := t.options.settings.Waiter
	types := waiterapi.PaymentTypes(waiter.System, t.options.settings.Shop.Vendor, waiter.Deposit)
	for line := range strings.SplitSeq(waiterapi.PaymentTypesText(waiter.System, types), "\n") {
		t.log.Info(line)
	}
}

// beginDoors keeps the doors beside the screen open in the background until the
// till is closed.
func (t *till) beginDoors(ctx context.Context) {
	if t.hasDoor() {
		t.keep(ctx, t.keepDoor)
	}
	if t.hasPaying() {
		t.keep(ctx, t.keepPaying)
	}
}

// keep keeps a door in the background until the till is closed. The first frame
// goes before it.
func (t *till) keep(ctx context.Context, door func(context.Context)) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	t.closeDoors = append(t.closeDoors, stop)
	t.doorkeeper.Go(func() {
		if waited(ctx, frameDelay) {
			door(ctx)
		}
	})
}

// keepDoor serves waiters until ctx is done. Without a port the till works on.
func (t *till) keepDoor(ctx context.Context) {
	for {
		err := t.serveWaiters(ctx, t.options.doorOpened)
		if err == nil {
			return
		}
		t.log.Warn("waiters are not served", "err", err)
		if !t.awaitPort(ctx) {
			return
		}
	}
}

// awaitPort waits until the door's port is free; false: ctx was done first. It
// asks without the door, which would take the owner's name off the screen.
func (t *till) awaitPort(ctx context.Context) bool {
	for waited(ctx, t.pause) {
		var config net.ListenConfig
		listener, err := config.Listen(ctx, "tcp", t.options.settings.Waiter.Listen)
		if err == nil {
			_ = listener.Close() // the door opens it again
			return true
		}
		t.nameOwner()
	}
	return false
}

// waited waits, and reports whether ctx is still not done.
func waited(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// serveWaiters opens the door, tells opened where, and serves until ctx is
// done; then it returns nil. The error is a [*portError] when the port could
// not be had.
func (t *till) serveWaiters(ctx context.Context, opened func(ctx context.Context, address string) error) error {
	for ctx.Err() == nil {
		token, tokenErr := t.options.feedToken(ctx)
		if tokenErr != nil {
			t.log.Error("the order feed is off", "err", tokenErr)
		}
		server, err := waiterapi.New(t.doorOptions(token))
		if err != nil {
			return err
		}
		listener, err := server.Listen(ctx)
		if err != nil {
			owner, busy := t.nameOwner()
			return &portError{address: t.options.settings.Waiter.Listen, busy: busy, owner: owner, err: err}
		}
		t.log.Info("waiters are served", "address", listener.Addr().String())
		if err := t.serveAt(ctx, server, listener, opened, tokenErr != nil); err != nil {
			return err
		}
		opened = nil
	}
	return nil
}

// serveAt serves until ctx is done, or until a token that could not be read can
// be: the door is then opened anew, with the order feed.
func (t *till) serveAt(ctx context.Context, server *waiterapi.Server, listener net.Listener,
	opened func(context.Context, string) error, lacksToken bool,
) error {
	ctx, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer stop()
	if opened != nil {
		beside.Go(func() {
			if err := opened(ctx, listener.Addr().String()); err != nil && ctx.Err() == nil {
				t.log.Warn("whoever waited for the waiter's door failed", "err", err)
			}
		})
	}
	if lacksToken {
		beside.Go(func() {
			if t.awaitToken(ctx) {
				stop()
			}
		})
	}
	return server.Serve(ctx, listener)
}

// awaitToken waits until it can be told whether the feed has a token; false:
// ctx was done first.
func (t *till) awaitToken(ctx context.Context) bool {
	for waited(ctx, t.pause) {
		if _, err := t.options.feedToken(ctx); err == nil {
			return true
		}
	}
	return false
}

// feedToken reads the token of the order feed; empty: none is set.
func feedToken(ctx context.Context, open func() (*config.Secrets, error)) (string, error) {
	secrets, err := open()
	if err != nil {
		return "", err
	}
	token, err := secrets.Get(ctx, config.SecretFeed)
	if errors.Is(err, config.ErrSecretNotFound) {
		return "", nil
	}
	return token.Reveal(), err
}

func (t *till) doorOptions(token string) waiterapi.Options {
	settings := t.options.settings.Waiter
	options := waiterapi.Options{
		Book:             t.book,
		Desk:             t.desk,
		Hub:              t.hub,
		Texts:            t.options.words,
		Vendor:           t.options.settings.Shop.Vendor,
		System:           settings.System,
		Address:          settings.Listen,
		Mode:             waiterapi.Mode(settings.Mode),
		Allow:            settings.Allow,
		Hosts:            settings.Hosts,
		Photos:           settings.Photos,
		FeedToken:        token,
		UnknownSumIsZero: settings.UnknownSum == config.UnknownSumZero,
		Now:              t.options.now,
		Log:              t.log,
	}
	if len(settings.Waiters) > 0 && t.options.secrets != nil {
		options.Waiters = newWaiterPINs(settings.Waiters, t.options.secrets, t.options.now)
	}
	for _, gift := range settings.Gifts {
		options.Gifts = append(options.Gifts, waiterapi.Gift{SKU: gift.SKU, From: gift.From})
	}
	return options
}

// portError says that the waiter's door could not be opened.
type portError struct {
	address string
	busy    bool   // another program has the port
	owner   string // which; empty: unknown
	err     error
}

func (e *portError) Error() string { return e.err.Error() }
func (e *portError) Unwrap() error { return e.err }

// nameOwner adds to a busy port on the screen which program has it; an empty
// owner cannot be told.
func (t *till) nameOwner() (owner string, busy bool) {
	code, _, _ := strings.Cut(t.hub.State(notice.Waiter).Code, ":")
	if code != waiterapi.CodeBusy {
		return "", false
	}
	if owner = portOwner(t.options.settings.Waiter.Listen); owner != "" {
		code += ":" + owner
	}
	t.hub.Publish(notice.State{Part: notice.Waiter, Level: notice.Trouble, Code: code, At: t.options.now()})
	return owner, true
}
