package loyalty

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// NewID makes the id of an operation. Doors call it when a form opens, not when it is submitted, so that a second
// Enter meets the same id (I5).
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// AccrualRequest is an accrual as the cashier confirmed it.
type AccrualRequest struct {
	ID              uuid.UUID // from NewID, when the form opened
	Guest           Guest
	Sum             decimal.Decimal // the receipt, paid in money
	Order           uuid.UUID       // the order that the receipt is of; uuid.Nil: none
	Cashier         string
	RepeatConfirmed bool      // the cashier has answered the question of a RepeatError
	Repeats         uuid.UUID // the operation that was not applied and is tried again (I2); uuid.Nil: none
}

// RedemptionRequest is a redemption as the cashier confirmed it, with the accrual on the money part (I9).
type RedemptionRequest struct {
	ID              uuid.UUID // from NewID, when the form opened
	RemainderID     uuid.UUID // likewise, for the accrual on the money part
	Guest           Guest
	Sum             decimal.Decimal // the receipt
	Points          decimal.Decimal // to redeem; not above the limit of the guest's rules
	Order           uuid.UUID       // as in AccrualRequest
	Cashier         string
	RepeatConfirmed bool
	Repeats         uuid.UUID // as in AccrualRequest
}

// Result is how an operation stands when the desk has done what can be done now.
type Result struct {
	Operation Operation
	Second    *Operation // what waits for Operation, when there is such: the accrual on the money part, the reversal of the other half
	Cause     error      // why it was not sent, refused or is unknown, as the service's or the journal's error; nil when confirmed
	Unwritten bool       // the state shown is true, but the journal could not be told: the cashier writes it down
	Postponed bool       // Second is to be sent, but the journal did not take that yet: it is queued as soon as it does
	Met       bool       // the id was already known: this is what had become of it, nothing new was sent
}

// RepeatError asks: the same card, kind and sum were handled within [RepeatWindow]. Nothing was planned or sent.
type RepeatError struct{ Earlier Operation }

func (e *RepeatError) Error() string {
	return fmt.Sprintf("loyalty: the same %s was made at %s (%s)", e.Earlier.Kind, e.Earlier.PlannedAt.Format(time.RFC3339), e.Earlier.ID)
}

// CardBusyError refuses: an operation of this card is still open, so nothing else is sent for it (I4).
type CardBusyError struct{ Open Operation }

func (e *CardBusyError) Error() string {
	return fmt.Sprintf("loyalty: operation %s of this card is %s", e.Open.ID, e.Open.State)
}

// Unwrap gives [ErrCardBusy].
func (e *CardBusyError) Unwrap() error { return ErrCardBusy }

// Errors in a request; nothing was planned or sent.
var (
	ErrNothingToAccrue = errors.New("loyalty: this sum earns no points")
	ErrNothingToRedeem = errors.New("loyalty: no points can be redeemed on this sum")
	ErrAboveLimit      = errors.New("loyalty: more points than may be redeemed on this sum")
	ErrBadSum          = errors.New("loyalty: the sum is not positive, or above the largest that the shop takes")
	ErrQRExpired       = errors.New("loyalty: the QR is older than 24 hours")
	ErrClockUnsure     = errors.New("loyalty: the QR seems to be older than 24 hours, but the clock may be wrong")
	ErrNotRepeatable   = errors.New("loyalty: only an operation of the same card and kind that was not applied can be repeated, and once")
)

// Accrue accrues points on a receipt that is paid in money: it plans the operation, sends it and writes down what
// became of it. It returns when that is known or stays unknown; the caller need not wait.
//
// An error means that nothing was sent: one of the request's errors, [*RepeatError], [*CardBusyError], [*JournalError]
// or [ErrClosing]. Everything after the planning is told by the Result.
func (d *Desk) Accrue(ctx context.Context, req AccrualRequest) (Result, error) {
	op, err := d.DraftAccrual(req, req.Sum)
	if err != nil {
		return Result{}, err
	}
	op.repeats(req.Repeats)
	return d.submit(ctx, req.Guest, d.repeatQuestion(req.RepeatConfirmed), op)
}

// DraftAccrual is the accrual on the money part of a receipt, for a caller that plans it together with something else and
// then has it sent by [Desk.Send]. Nothing is written. The request's Repeats and RepeatConfirmed do not take part: whether
// the same has been done before is for the caller to know.
//
// Errors: [ErrBadSum], also of a money part above the receipt; [ErrQRExpired]; [ErrNothingToAccrue].
func (d *Desk) DraftAccrual(req AccrualRequest, money decimal.Decimal) (Operation, error) {
	if err := d.checkSum(req.Guest, req.Sum); err != nil {
		return Operation{}, err
	}
	if money.GreaterThan(req.Sum) {
		return Operation{}, ErrBadSum
	}
	points := req.Guest.Rules.Accrual(money)
	if !points.IsPositive() {
		return Operation{}, ErrNothingToAccrue
	}
	op := d.operation(Accrual, req.ID, req.Guest, req.Cashier)
	op.Points, op.Sum, op.Money, op.Order = points, req.Sum, money, req.Order
	op.Percent = req.Guest.Rules.AccruePercent.Decimal
	return op, op.Validate()
}

// Redeem redeems points on a receipt and accrues points on the part that is paid in money: both are planned in one
// transaction, and the accrual is sent only after the redemption is proven (I9). Errors are those of [Desk.Accrue], and
// [ErrOrderClosed] when the order has been paid or taken back meanwhile.
func (d *Desk) Redeem(ctx context.Context, req RedemptionRequest) (Result, error) {
	if err := d.checkSum(req.Guest, req.Sum); err != nil {
		return Result{}, err
	}
	rules := req.Guest.Rules
	limit := rules.RedeemLimit(req.Guest.Balance, req.Sum)
	switch {
	case !limit.IsPositive(), !req.Points.IsPositive():
		return Result{}, ErrNothingToRedeem
	case req.Points.GreaterThan(limit), !rules.floor(req.Points).Equal(req.Points):
		return Result{}, ErrAboveLimit
	}
	op := d.operation(Redemption, req.ID, req.Guest, req.Cashier)
	op.Points, op.Sum, op.Money, op.Order = req.Points, req.Sum, req.Sum.Sub(req.Points), req.Order
	op.Percent = rules.RedeemPercent.Decimal
	op.repeats(req.Repeats)
	ops := []Operation{op}
	accrual, err := d.DraftAccrual(AccrualRequest{
		ID: req.RemainderID, Guest: req.Guest, Sum: req.Sum, Order: req.Order, Cashier: req.Cashier,
	}, op.Money)
	switch {
	case err == nil:
		accrual.Parent, accrual.Link, accrual.WaitsFor = op.ID, LinkRemainder, op.ID
		ops = append(ops, accrual)
	case !errors.Is(err, ErrNothingToAccrue):
		return Result{}, err
	}
	return d.submit(ctx, req.Guest, d.repeatQuestion(req.RepeatConfirmed), ops...)
}

// repeats names the parent of a repeated operation (I2).
func (o *Operation) repeats(parent uuid.UUID) {
	if parent != uuid.Nil {
		o.Parent, o.Link = parent, LinkRepeat
	}
}

// Repeatable reports whether a person may repeat the operation now (I2): it was not applied, is no reversal, which is
// made anew instead, and has not been repeated. A repeat that was not applied is itself the one to be repeated.
//
// Returns [ErrNotRepeatable], [ErrNotFound] or a [*JournalError] when it may not.
func (d *Desk) Repeatable(ctx context.Context, id uuid.UUID) error {
	_, err := d.repeatable(ctx, id)
	return err
}

func (d *Desk) repeatable(ctx context.Context, id uuid.UUID) (Operation, error) {
	op, err := d.Store.Find(ctx, id)
	if err != nil {
		return Operation{}, d.journalError(err)
	}
	if op.State != StateNotApplied || op.Link == LinkReversal {
		return Operation{}, ErrNotRepeatable
	}
	repeats, err := d.Store.List(ctx, Filter{Parent: id, Link: LinkRepeat})
	if err != nil {
		return Operation{}, d.journalError(err)
	}
	for _, repeat := range repeats {
		if repeat.mayCount() || repeat.State == StateNotApplied {
			return Operation{}, ErrNotRepeatable
		}
	}
	return op, nil
}

// checkRepeat refuses to repeat what cannot be repeated, or as something else.
func (d *Desk) checkRepeat(ctx context.Context, op Operation) error {
	if op.Link != LinkRepeat {
		return nil
	}
	earlier, err := d.repeatable(ctx, op.Parent)
	if err == nil && (earlier.Kind != op.Kind || earlier.Vendor != op.Vendor || earlier.Client != op.Client) {
		err = ErrNotRepeatable
	}
	return err
}

func (d *Desk) checkSum(guest Guest, sum decimal.Decimal) error {
	switch {
	case !sum.IsPositive(), guest.Rules.MaxSum.IsPositive() && sum.GreaterThan(guest.Rules.MaxSum):
		return ErrBadSum
	case !d.Now().Before(guest.ScannedAt.Add(QRLifetime)):
		return ErrQRExpired
	}
	return nil
}

// operation fills in what every operation of a guest has.
func (d *Desk) operation(kind Kind, id uuid.UUID, guest Guest, cashier string) Operation {
	now := d.Now()
	return Operation{
		ID:        id,
		Register:  d.Register,
		Kind:      kind,
		State:     StatePlanned,
		Vendor:    guest.Card.Vendor,
		Client:    guest.Card.Client,
		Secret:    guest.Card.Secret,
		ScannedAt: guest.ScannedAt,
		Name:      guest.Name,
		PlannedAt: now,
		ChangedAt: now,
		Cashier:   cashier,
	}
}

// flight is an operation, with what follows from it, while it is being carried out.
type flight struct {
	done   chan struct{} // closed when result and err are final
	result Result
	err    error // nothing was planned or sent
}

// question is what is asked of the journal before operations are planned; an error of it is the answer.
type question func(ctx context.Context, ops []Operation) error

// submit plans the operations and carries them out, once per id: who comes second waits for the first.
func (d *Desk) submit(ctx context.Context, guest Guest, ask question, ops ...Operation) (Result, error) {
	f, first, err := d.board(ops)
	if err != nil {
		return Result{}, err
	}
	if !first {
		<-f.done
		met := f.result
		met.Met = true
		return met, f.err
	}
	met, err := d.plan(ctx, ask, ops)
	if met != nil || err != nil {
		if met != nil {
			f.result = *met
		}
		f.err = err
		d.land(f, ops)
		return f.result, f.err
	}
	go func() {
		defer d.land(f, ops)
		// What was planned is carried out even when the door that asked has gone.
		f.result = d.carry(context.WithoutCancel(ctx), reading{guest.Balance, guest.ReadAt}, ops)
	}()
	<-f.done
	return f.result, nil
}

// board registers a flight under the ids of its operations, or finds the one that already has the first id.
func (d *Desk) board(ops []Operation) (f *flight, first bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f, ok := d.running[ops[0].ID]; ok {
		return f, false, nil
	}
	if d.closed {
		return nil, false, ErrClosing
	}
	f = &flight{done: make(chan struct{})}
	for _, op := range ops {
		d.running[op.ID] = f
	}
	d.flights.Add(1)
	return f, true, nil
}

func (d *Desk) land(f *flight, ops []Operation) {
	d.mu.Lock()
	for _, op := range ops {
		delete(d.running, op.ID)
	}
	d.mu.Unlock()
	close(f.done)
	d.flights.Done()
}

// plan asks the questions that come before a plan and writes it. It returns a result when the id is already in the
// journal: then that is the answer. One plan is made at a time, so that two forms do not both get the answer that the
// other has not been planned yet.
func (d *Desk) plan(ctx context.Context, ask question, ops []Operation) (*Result, error) {
	d.planning.Lock()
	defer d.planning.Unlock()
	op := ops[0]
	earlier, err := d.Store.Find(ctx, op.ID)
	if err == nil {
		return d.met(ctx, earlier)
	}
	if !errors.Is(err, ErrNotFound) {
		return nil, d.journalError(err)
	}
	if err := ask(ctx, ops); err != nil {
		return nil, err
	}
	for _, op := range ops {
		if err := op.Validate(); err != nil {
			return nil, err
		}
	}
	if err := d.journalError(d.Store.Plan(ctx, ops...)); err != nil {
		return nil, err
	}
	d.journalWorks()
	for _, op := range ops {
		d.Hub.Publish(OperationChanged{op})
	}
	return nil, nil
}

// met answers a request whose id is already in the journal with what became of it.
func (d *Desk) met(ctx context.Context, op Operation) (*Result, error) {
	result := &Result{Operation: op, Met: true}
	children, err := d.Store.List(ctx, Filter{WaitsFor: op.ID, Limit: 1})
	if err != nil {
		return nil, d.journalError(err)
	}
	if len(children) > 0 {
		result.Second = &children[0]
	}
	return result, nil
}

// repeatStates are those in which an operation moved points, or may have, or still will.
var repeatStates = []State{
	StatePlanned, StateQueued, StateSending, StateConfirmed, StateUnknown, StateApplied, StateReview, StateSettled,
}

// repeatQuestion asks whether what is repeated may be, whether the card is free and whether the same has been done lately (I5), unless the cashier has
// answered that already.
func (d *Desk) repeatQuestion(confirmed bool) question {
	return func(ctx context.Context, ops []Operation) error {
		if err := d.checkRepeat(ctx, ops[0]); err != nil {
			return err
		}
		if err := d.askBusy(ctx, ops[0]); err != nil || confirmed {
			return err
		}
		return d.askRepeat(ctx, ops[0])
	}
}

// askBusy refuses a redemption while another operation of the card is open (I4); an accrual waits in the queue.
func (d *Desk) askBusy(ctx context.Context, op Operation) error {
	if op.Kind == Accrual {
		return nil
	}
	open, err := d.unsettled(ctx, op.Card())
	if err == nil && len(open) > 0 {
		err = &CardBusyError{Open: open[0]}
	}
	return err
}

func (d *Desk) askRepeat(ctx context.Context, op Operation) error {
	earlier, err := d.Store.List(ctx, Filter{
		States: repeatStates,
		Kind:   op.Kind,
		Vendor: op.Vendor,
		Client: op.Client,
		Sum:    decimal.NewNullDecimal(op.Sum),
		Since:  op.PlannedAt.Add(-RepeatWindow),
		Limit:  20,
	})
	if err != nil {
		return d.journalError(err)
	}
	for _, same := range earlier {
		if same.Link != LinkReversal { // points given back are no purchase
			return &RepeatError{Earlier: same}
		}
	}
	return nil
}

// reading is a strictly parsed balance and when it was read.
type reading struct {
	balance decimal.Decimal
	at      time.Time
}

// fresh reports whether the reading may be the baseline of an operation of this client that is sent now (I1).
func (d *Desk) fresh(r reading, client int64) bool {
	if r.at.IsZero() || d.Now().Sub(r.at) > BaselineMaxAge {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return !d.moved[client].After(r.at)
}

// Card gives the newest QR of the operation's customer that this run has seen, or the operation's own.
func (d *Desk) cardOf(op Operation) skidkabot.Card {
	d.mu.Lock()
	defer d.mu.Unlock()
	if card, ok := d.cards[op.Client]; ok && card.Vendor == op.Vendor {
		return card
	}
	return op.Card()
}
