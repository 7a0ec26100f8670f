package tui

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/look"
)

const (
	vendor      = 4
	otherClient = 9
	someClient  = 83532824
)

var opening = time.Date(2026, 3, 4, 19, 42, 0, 0, time.Local)

func number(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func cardOf(client int64) skidkabot.Card {
	return skidkabot.Card{Vendor: vendor, Client: client, Secret: 31766}
}

// fakeDesk does what a test tells it. Its calls come from the till's commands, which [till] runs one after the other.
type fakeDesk struct {
	till      *till
	name      string
	balance   decimal.Decimal
	rules     loyalty.Rules
	unsettled []loyalty.Operation
	greetErr  error
	identify  func(text string) (loyalty.Identified, error)

	accrue func(loyalty.AccrualRequest) (loyalty.Result, error)
	redeem func(loyalty.RedemptionRequest) (loyalty.Result, error)
	send   func(uuid.UUID) (loyalty.Result, error)
	cancel func(uuid.UUID) (loyalty.Operation, error)

	greetOffline func(skidkabot.Card) (loyalty.Guest, error)
	payInFull    func(loyalty.FullPayment) error
	reverse      func(loyalty.ReversalRequest) (loyalty.Result, error)
	needsAdmin   func(uuid.UUID) (bool, error)
	decide       func(id uuid.UUID, applied bool, who, why string) (loyalty.Operation, error)

	greeted     []skidkabot.Card
	asking      context.Context // of the last question for a balance
	accruals    []loyalty.AccrualRequest
	redemptions []loyalty.RedemptionRequest
	reversals   []loyalty.ReversalRequest
	full        []loyalty.FullPayment
	inFlight    int
}

func newFakeDesk() *fakeDesk {
	d := &fakeDesk{name: "Александр Татарченко", balance: number("2365")}
	d.rules = loyalty.Rules{
		AccruePercent: decimal.NewNullDecimal(number("2")), RedeemPercent: decimal.NewNullDecimal(number("10")),
		Step: number("1"), MaxSum: number("1000000"),
	}
	d.identify = func(text string) (loyalty.Identified, error) { return loyalty.Identify(text, vendor) }
	d.accrue = func(r loyalty.AccrualRequest) (loyalty.Result, error) {
		op := d.operation(loyalty.Accrual, r.ID, r.Guest.Rules.Accrual(r.Sum), r.Sum, r.Sum)
		return loyalty.Result{Operation: d.confirmed(op, d.balance.Add(op.Points))}, nil
	}
	d.greetOffline = func(card skidkabot.Card) (loyalty.Guest, error) {
		return loyalty.Guest{
			Card: card, ScannedAt: d.till.clock, Name: d.name, Rules: d.rules, Unsettled: d.unsettled,
			Offline: true, PercentAt: d.till.clock.Add(-3 * time.Hour),
		}, nil
	}
	d.payInFull = func(loyalty.FullPayment) error { return nil }
	d.needsAdmin = func(uuid.UUID) (bool, error) { return false, nil }
	d.redeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
		money := r.Sum.Sub(r.Points)
		op := d.confirmed(d.operation(loyalty.Redemption, r.ID, r.Points, r.Sum, money), d.balance.Sub(r.Points))
		rest := d.operation(loyalty.Accrual, r.RemainderID, r.Guest.Rules.Accrual(money), r.Sum, money)
		rest.Parent, rest.Link = op.ID, loyalty.LinkRemainder
		rest = d.confirmed(rest, op.Balance.Add(rest.Points))
		return loyalty.Result{Operation: op, Second: &rest}, nil
	}
	return d
}

func (d *fakeDesk) operation(kind loyalty.Kind, id uuid.UUID, points, sum, money decimal.Decimal) loyalty.Operation {
	return loyalty.Operation{
		ID: id, Register: 1, Kind: kind, State: loyalty.StatePlanned, Vendor: vendor, Client: someClient,
		Name: d.name, Points: points, Sum: sum, Money: money, ScannedAt: d.till.clock, PlannedAt: d.till.clock, ChangedAt: d.till.clock,
	}
}

func (d *fakeDesk) confirmed(op loyalty.Operation, balance decimal.Decimal) loyalty.Operation {
	op.State, op.Balance, op.BalanceRead = loyalty.StateConfirmed, balance, true
	return op
}

// unknown is how an operation stands whose reply was lost just now.
func (d *fakeDesk) unknown(op loyalty.Operation) loyalty.Operation {
	op.State, op.Reason = loyalty.StateUnknown, loyalty.Reason(skidkabot.ReasonTimeout)
	op.Baseline, op.BaselineAt = d.balance, d.till.clock
	op.SentAt, op.Deadline = d.till.clock, d.till.clock.Add(loyalty.SendLimit)
	return op
}

func (d *fakeDesk) Identify(text string) (loyalty.Identified, error) { return d.identify(text) }

func (d *fakeDesk) Greet(ctx context.Context, card skidkabot.Card, at time.Time) (loyalty.Guest, error) {
	d.greeted, d.asking = append(d.greeted, card), ctx
	if d.greetErr != nil {
		return loyalty.Guest{}, d.greetErr
	}
	return loyalty.Guest{
		Card: card, ScannedAt: at, Name: d.name, Balance: d.balance, ReadAt: d.till.clock, Rules: d.rules, Unsettled: d.unsettled,
	}, nil
}

func (d *fakeDesk) Accrue(_ context.Context, r loyalty.AccrualRequest) (loyalty.Result, error) {
	d.accruals = append(d.accruals, r)
	return d.accrue(r)
}

func (d *fakeDesk) Redeem(_ context.Context, r loyalty.RedemptionRequest) (loyalty.Result, error) {
	d.redemptions = append(d.redemptions, r)
	return d.redeem(r)
}

func (d *fakeDesk) Send(_ context.Context, id uuid.UUID) (loyalty.Result, error) { return d.send(id) }

func (d *fakeDesk) Cancel(_ context.Context, id uuid.UUID, _ string) (loyalty.Operation, error) {
	return d.cancel(id)
}

func (d *fakeDesk) DraftAccrual(r loyalty.AccrualRequest, money decimal.Decimal) (loyalty.Operation, error) {
	op := d.operation(loyalty.Accrual, r.ID, r.Guest.Rules.Accrual(money), r.Sum, money)
	op.Order = r.Order
	return op, nil
}

func (d *fakeDesk) InFlight() int { return d.inFlight }

func (d *fakeDesk) GreetOffline(_ context.Context, card skidkabot.Card, _ time.Time) (loyalty.Guest, error) {
	return d.greetOffline(card)
}

func (d *fakeDesk) PayInFull(_ context.Context, choice loyalty.FullPayment) error {
	d.full = append(d.full, choice)
	return d.payInFull(choice)
}

func (d *fakeDesk) Reverse(_ context.Context, r loyalty.ReversalRequest) (loyalty.Result, error) {
	d.reversals = append(d.reversals, r)
	return d.reverse(r)
}

func (d *fakeDesk) NeedsAdmin(_ context.Context, of uuid.UUID, _ string, _ time.Duration) (bool, error) {
	return d.needsAdmin(of)
}

// Reversible answers from the till's journal, by the contract of [loyalty.Desk.Reversible].
func (d *fakeDesk) Reversible(_ context.Context, id uuid.UUID) ([]loyalty.Operation, error) {
	ops := d.till.model.options.Journal.(*fakeJournal).ops
	of := slices.IndexFunc(ops, func(op loyalty.Operation) bool { return op.ID == id })
	switch {
	case of < 0:
		return nil, loyalty.ErrNotFound
	case !ops[of].Happened() || ops[of].Link == loyalty.LinkReversal:
		return nil, loyalty.ErrNotReversible
	case !d.till.clock.Before(ops[of].Expires()):
		return nil, loyalty.ErrQRExpired
	}
	var left []loyalty.Operation
	for _, half := range slices.Backward(ops) {
		isOf := half.ID == id || half.Link == loyalty.LinkRemainder && half.Parent == id ||
			ops[of].Link == loyalty.LinkRemainder && half.ID == ops[of].Parent
		switch {
		case isOf && !half.State.Final():
			return nil, loyalty.ErrNotReversible
		case isOf && half.Happened() && !d.has(ops, loyalty.LinkReversal, half.ID):
			left = append(left, half)
		}
	}
	if len(left) == 0 {
		return nil, loyalty.ErrReversed
	}
	return left, nil
}

// Repeatable likewise.
func (d *fakeDesk) Repeatable(_ context.Context, id uuid.UUID) error {
	ops := d.till.model.options.Journal.(*fakeJournal).ops
	for _, op := range ops {
		if op.ID == id && op.State == loyalty.StateNotApplied && op.Link != loyalty.LinkReversal && !d.has(ops, loyalty.LinkRepeat, id) {
			return nil
		}
	}
	return loyalty.ErrNotRepeatable
}

// has reports whether an operation has a child that moved points or may still move them.
func (d *fakeDesk) has(ops []loyalty.Operation, link loyalty.Link, of uuid.UUID) bool {
	return slices.ContainsFunc(ops, func(op loyalty.Operation) bool {
		return op.Link == link && op.Parent == of && (op.Happened() || !op.State.Final())
	})
}

func (d *fakeDesk) Decide(_ context.Context, id uuid.UUID, applied bool, who, why string) (loyalty.Operation, error) {
	return d.decide(id, applied, who, why)
}

// fakeJournal answers from memory, by the definition of [loyalty.Filter].
type fakeJournal struct {
	ops    []loyalty.Operation // newest first
	events []loyalty.Event
	err    error
	limits []int // of the pages that were asked for
	counts int   // how often totals were counted
}

func (j *fakeJournal) Find(_ context.Context, id uuid.UUID) (loyalty.Operation, error) {
	for _, op := range j.ops {
		if op.ID == id {
			return op, j.err
		}
	}
	return loyalty.Operation{}, cmp.Or(j.err, loyalty.ErrNotFound)
}

func (j *fakeJournal) List(_ context.Context, f loyalty.Filter) ([]loyalty.Operation, error) {
	j.limits = append(j.limits, f.Limit)
	var page []loyalty.Operation
	for _, op := range j.ops {
		if f.Matches(op) && len(page) < f.Limit {
			page = append(page, op)
		}
	}
	return page, j.err
}

func (j *fakeJournal) Events(_ context.Context, id uuid.UUID) ([]loyalty.Event, error) {
	var events []loyalty.Event
	for _, event := range j.events {
		if event.Operation == id {
			events = append(events, event)
		}
	}
	return events, j.err
}

func (j *fakeJournal) Totals(_ context.Context, f loyalty.Filter) ([]loyalty.Total, error) {
	j.counts++
	var totals []loyalty.Total
	for _, op := range j.ops {
		if f.Matches(op) {
			totals = append(totals, loyalty.Total{Kind: op.Kind, State: op.State, Link: op.Link, Reason: op.Reason, Count: 1, Points: op.Points})
		}
	}
	return totals, j.err
}

func withJournal(j *fakeJournal) func(*Options) { return func(o *Options) { o.Journal = j } }

// fakePIN is an admin's PIN.
type fakePIN struct {
	pin   string
	err   error // of asking whether it is needed
	check error // of checking it
}

func (p *fakePIN) Needed(context.Context) (bool, error) { return true, p.err }

func (p *fakePIN) Check(_ context.Context, pin string) (bool, error) { return pin == p.pin, p.check }

func withPIN(p *fakePIN) func(*Options) { return func(o *Options) { o.PIN = p } }

// till is the model with a clock and a message loop that a test drives.
type till struct {
	*testing.T
	model   *Model
	desk    *fakeDesk
	clock   time.Time
	later   []delayed // what the clock will bring
	arrived []tea.Msg // answers of the desk that are held back until deliver
	held    bool      // hold answers back
	quit    bool
	counter *counter // the till's own orders; nil: it has none
}

type delayed struct {
	at  time.Time
	msg tea.Msg
}

func newTill(t *testing.T, change ...func(*Options)) *till {
	tl := &till{T: t, clock: opening, desk: newFakeDesk()}
	tl.desk.till = tl
	options := Options{
		Desk: tl.desk, Hub: &notice.Hub{}, Texts: texts.New(texts.Russian),
		Recent:   func(context.Context, int) ([]loyalty.Operation, error) { return nil, nil },
		ShopName: "Кофейня", Register: 1, Cashier: "Анна", Currency: "RUB", Version: "1.0",
		Scanner: scanner.Options{OpensPayload: layout.OpensPayload},
		Output:  io.Discard, Now: func() time.Time { return tl.clock },
	}
	for _, c := range change {
		c(&options)
	}
	tl.counter, _ = options.Till.(*counter)
	tl.model = New(options)
	tl.counter.listen(tl, options.Hub)
	tl.model.after = func(pause time.Duration, msg tea.Msg) tea.Cmd {
		tl.later = append(tl.later, delayed{tl.clock.Add(pause), msg})
		return nil
	}
	tl.run(tl.model.Init())
	return tl
}

// run executes a command as the program would.
func (tl *till) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	answer := cmd()
	tl.counter.tell()
	switch msg := answer.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			tl.run(c)
		}
	case tea.QuitMsg:
		tl.quit = true
	default:
		tl.arrived = append(tl.arrived, msg)
		if !tl.held {
			tl.deliver()
		}
	}
}

// deliver lets the desk's answers arrive.
func (tl *till) deliver() {
	msgs := tl.arrived
	tl.arrived = nil
	for _, msg := range msgs {
		tl.send(msg)
	}
}

// send gives the model a message and looks at it, as the program does.
func (tl *till) send(msg tea.Msg) {
	_, cmd := tl.model.Update(msg)
	tl.run(cmd)
	tl.model.View()
}

// wait lets time pass, and what it brings happen.
func (tl *till) wait(d time.Duration) {
	end := tl.clock.Add(d)
	for {
		next := -1
		for i, due := range tl.later {
			if !due.at.After(end) && (next < 0 || due.at.Before(tl.later[next].at)) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		due := tl.later[next]
		tl.later = slices.Delete(tl.later, next, next+1)
		if due.at.After(tl.clock) {
			tl.clock = due.at
		}
		tl.send(due.msg)
	}
	tl.clock = end
}

// handPause is the time between two keys of a person.
const handPause = 180 * time.Millisecond

// types presses keys as a person does, one after the other.
func (tl *till) types(text string) {
	for _, r := range text {
		tl.press(runes(string(r)))
	}
}

func (tl *till) press(presses ...tea.KeyMsg) {
	for _, press := range presses {
		tl.wait(handPause / 2)
		tl.send(press)
		tl.wait(handPause / 2)
	}
}

// scan types a text as a scanner does, with its Enter, and lets the guard after it pass.
func (tl *till) scan(text string) {
	tl.wait(handPause)
	tl.burst(text)
	tl.wait(400 * time.Millisecond)
}

// burst is a scan alone, at one rune per millisecond.
func (tl *till) burst(text string) {
	for _, r := range text {
		tl.wait(time.Millisecond)
		tl.send(runes(string(r)))
	}
	tl.wait(time.Millisecond)
	tl.send(enter)
}

func runes(text string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)} }

var (
	enter     = tea.KeyMsg{Type: tea.KeyEnter}
	esc       = tea.KeyMsg{Type: tea.KeyEsc}
	tab       = tea.KeyMsg{Type: tea.KeyTab}
	backTab   = tea.KeyMsg{Type: tea.KeyShiftTab}
	backspace = tea.KeyMsg{Type: tea.KeyBackspace}
	f1        = tea.KeyMsg{Type: tea.KeyF1}
	f2        = tea.KeyMsg{Type: tea.KeyF2}
	f3        = tea.KeyMsg{Type: tea.KeyF3}
	f5        = tea.KeyMsg{Type: tea.KeyF5}
	f7        = tea.KeyMsg{Type: tea.KeyF7}
	left      = tea.KeyMsg{Type: tea.KeyLeft}
	right     = tea.KeyMsg{Type: tea.KeyRight}
	down      = tea.KeyMsg{Type: tea.KeyDown}
	up        = tea.KeyMsg{Type: tea.KeyUp}
	pageDown  = tea.KeyMsg{Type: tea.KeyPgDown}
	pageUp    = tea.KeyMsg{Type: tea.KeyPgUp}
	home      = tea.KeyMsg{Type: tea.KeyHome}
	f6        = tea.KeyMsg{Type: tea.KeyF6}
	f10       = tea.KeyMsg{Type: tea.KeyF10}
	ctrlC     = tea.KeyMsg{Type: tea.KeyCtrlC}
)

// shown is the screen's text, with plain spaces.
func (tl *till) shown() string {
	return strings.ReplaceAll(ansi.Strip(tl.model.View()), "\u00a0", " ")
}

// flat is what the screen says without its frame, as one line: a sentence may be wrapped.
func flat(shown string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(shown, "│", " ")), " ")
}

func (tl *till) wants(words ...string) {
	tl.Helper()
	shown := tl.shown()
	for _, w := range words {
		if !strings.Contains(shown, w) && !strings.Contains(flat(shown), w) {
			tl.Fatalf("the screen does not say %q:\n%s", w, shown)
		}
	}
}

func (tl *till) lacks(words ...string) {
	tl.Helper()
	shown := tl.shown()
	for _, w := range words {
		if strings.Contains(shown, w) {
			tl.Fatalf("the screen says %q:\n%s", w, shown)
		}
	}
}

// atGuest brings the till to the guest screen of someClient, with a sum typed.
func (tl *till) atGuest(sum string) *till {
	tl.scan(cardOf(someClient).Payload())
	tl.types(sum)
	return tl
}

func withRecovery(r loyalty.Recovery) func(*Options) {
	return func(o *Options) { o.Recovery = r }
}

func withTheme(theme look.Theme) func(*Options) { return func(o *Options) { o.Theme = theme } }

var errBroken = errors.New("broken")
