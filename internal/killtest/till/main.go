// Till is the shop's till without a screen, for the tests of internal/killtest to kill: it opens journal, service and desk
// as cmd/skidkassa does, recovers, and then serves customers as fast as it can or settles what an earlier run left.
//
// It reads its orders from the standard input as one JSON object and tells what it sees as JSON lines on the standard
// output. It ends when it has settled everything, when its input is closed, or when it is killed.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/killpoint"
	"github.com/skidkassa/skidkassa/internal/killtest/report"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func main() {
	input := bufio.NewReader(os.Stdin)
	if err := run(context.Background(), input, os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "till:", err)
		os.Exit(1)
	}
}

// till is one run.
type till struct {
	orders  report.Orders
	journal *journal.Journal
	desk    *loyalty.Desk
	store   loyalty.Store

	mu  sync.Mutex
	out *json.Encoder
}

func run(ctx context.Context, input *bufio.Reader, out io.Writer) (err error) {
	line, err := input.ReadBytes('\n')
	if err != nil {
		return err
	}
	t := &till{out: json.NewEncoder(out)}
	if err := json.Unmarshal(line, &t.orders); err != nil {
		return err
	}
	clock := t.orders.Clock
	if t.journal, err = journal.Open(ctx, journal.Options{Path: t.orders.Journal, Register: 1, Now: clock.Now}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.journal.Close()) }()
	client, err := skidkabot.New(skidkabot.Config{
		URL: t.orders.URL, Vendor: t.orders.Vendor, VendorSecret: skidkabot.Secret(t.orders.VendorSecret), Register: 1, Now: clock.Now,
	})
	if err != nil {
		return err
	}
	t.store = killpoint.Store(t.journal)
	t.desk = loyalty.NewDesk(loyalty.Options{
		Service: killpoint.Service(client), Store: t.store, Hub: new(notice.Hub), Vendor: t.orders.Vendor, Register: 1,
		Rules: wholeSums(), Now: clock.Now, Elapsed: clock.Elapsed,
	})
	recovery, err := t.recover(ctx)
	if err != nil {
		return err
	}
	return t.work(ctx, input, recovery)
}

// wholeSums are rules by which an operation's points tell which it is: all of a sum may be redeemed, and earns itself.
func wholeSums() loyalty.RuleSettings {
	all := decimal.NewNullDecimal(decimal.NewFromInt(100))
	return loyalty.RuleSettings{
		AccruePercent: all, RedeemPercent: all, Step: decimal.NewFromInt(1), MaxSum: decimal.NewFromInt(1_000_000_000),
	}
}

// recover judges what the last run left, and tells of it with what the journal held before.
func (t *till) recover(ctx context.Context) (loyalty.Recovery, error) {
	recent, err := t.all(ctx, loyalty.Filter{Since: t.orders.Since})
	if err != nil {
		return loyalty.Recovery{}, err
	}
	open, err := t.all(ctx, loyalty.Filter{States: openStates, Until: t.orders.Since})
	if err != nil {
		return loyalty.Recovery{}, err
	}
	if foreign, why := t.journal.Foreign(); foreign {
		return loyalty.Recovery{}, fmt.Errorf("the till takes its own journal for a foreign one: %s", why)
	}
	recovery, err := t.desk.Recover(ctx)
	if err != nil {
		return recovery, err
	}
	var listed []string
	for _, part := range [][]loyalty.Operation{
		recovery.Unknown, recovery.Voided, recovery.Resumed, recovery.Offered, recovery.Review, recovery.Queued,
	} {
		for _, op := range part {
			listed = append(listed, op.ID.String())
		}
	}
	return recovery, t.tell(report.Line{Recovered: &report.Recovered{Before: append(recent, open...), Listed: listed}})
}

// work serves or settles until that is done or the input ends.
func (t *till) work(ctx context.Context, input io.Reader, recovery loyalty.Recovery) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, input) // until the test closes it
		stop()
	}()
	var background sync.WaitGroup
	background.Go(func() { t.desk.Run(ctx, recovery) })
	err := t.tell(report.Line{Ready: true})
	if err == nil && t.orders.Settle {
		err = t.settle(ctx, recovery.Offered)
	} else if err == nil {
		err = t.serve(ctx)
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), loyalty.SendLimit)
	defer cancel()
	err = errors.Join(err, t.desk.Close(closing))
	stop()
	background.Wait()
	return err
}

// serve lets every customer be served by a cashier of their own.
func (t *till) serve(ctx context.Context) error {
	var cashiers sync.WaitGroup
	for i, card := range t.orders.Cards {
		cashiers.Go(func() {
			c := cashier{till: t, card: card.Card(t.orders.Vendor), serial: t.orders.Serial + int64(i)*report.SerialsPerCard}
			for ctx.Err() == nil {
				c.serveOnce(ctx)
			}
		})
	}
	cashiers.Wait()
	return nil
}

// openStates are those that are not final.
var openStates = []loyalty.State{
	loyalty.StatePlanned, loyalty.StateQueued, loyalty.StateSending, loyalty.StateUnknown, loyalty.StateReview,
}

// settlePause is between two looks at what is still open.
const settlePause = 50 * time.Millisecond

// settle waits until nothing is open, as the cashier would have it: what is offered is sent or cancelled by turns, and
// what needs a person is decided.
func (t *till) settle(ctx context.Context, offered []loyalty.Operation) error {
	for i, op := range offered {
		var err error
		if i%2 == 0 {
			_, err = t.desk.Send(ctx, op.ID)
		} else {
			_, err = t.desk.Cancel(ctx, op.ID, "Анна")
		}
		if err != nil && !errors.Is(err, loyalty.ErrConflict) {
			return err
		}
	}
	for ctx.Err() == nil {
		left, err := t.store.List(ctx, loyalty.Filter{States: openStates})
		if err != nil {
			return err
		}
		if len(left) == 0 {
			ops, err := t.all(ctx, loyalty.Filter{})
			return errors.Join(err, t.tell(report.Line{Settled: &report.Settled{Operations: ops}}))
		}
		for _, op := range left {
			if op.State != loyalty.StateReview {
				continue
			}
			if _, err := t.desk.Decide(ctx, op.ID, false, "Ольга", "нет в отчёте"); err != nil {
				return err
			}
		}
		time.Sleep(settlePause)
	}
	return ctx.Err()
}

// all reads everything that passes the filter.
func (t *till) all(ctx context.Context, filter loyalty.Filter) ([]report.Operation, error) {
	var ops []report.Operation
	for {
		page, err := t.store.List(ctx, filter)
		if err != nil {
			return nil, err
		}
		for _, op := range page {
			ops = append(ops, report.Of(op))
			filter.Before = op.ID
		}
		if len(page) < loyalty.ListLimit {
			return ops, nil
		}
	}
}

func (t *till) tell(line report.Line) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.out.Encode(line)
}
