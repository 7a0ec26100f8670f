package loyalty_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// The simulation lets two to four tills serve the same few customers while everything that can go wrong does: requests
// and replies get lost, commits come late, replies are garbage, disks fail in the middle of a commit, tills crash at
// any step. The oracle is the service's own ledger. Each seed is a world of its own, with a clock of its own.
var (
	simSeeds = flag.Int("sim.seeds", 400, "how many worlds the simulation runs")
	simFirst = flag.Uint64("sim.first", 1, "the first seed; a failure prints its seed")
)

func TestSimulation(t *testing.T) {
	var found tally
	var next sync.Mutex
	seed, last := *simFirst, *simFirst+uint64(*simSeeds)
	take := func() (uint64, bool) {
		next.Lock()
		defer next.Unlock()
		seed++
		return seed - 1, seed <= last
	}
	for worker := range runtime.GOMAXPROCS(0) {
		t.Run(fmt.Sprintf("worker %d", worker), func(t *testing.T) {
			t.Parallel()
			for seed, ok := take(); ok && !t.Failed(); seed, ok = take() {
				synctest.Test(t, func(t *testing.T) { simulate(t, seed, &found) })
			}
		})
	}
	t.Cleanup(func() {
		t.Logf("%d worlds: %s", *simSeeds, &found)
		if !t.Failed() && *simSeeds >= 1000 && found.lacks() {
			t.Errorf("the worlds were too kind to prove anything: %s", &found)
		}
	})
}

// tally counts what the worlds had in them.
type tally struct {
	mu                                                    sync.Mutex
	operations, confirmed, refused, voided, unknown       int
	applied, notApplied, review, crashes, wrongInferences int
	queued, settled, reversed                             int

	pairs, halfPairs       int // stornos of a pair; of which only one half happened, as the service or a person had it
	tooLate, fullPayments  int // full payments that met a settled redemption; those that were planned
	cancelled, repetitions int // voided by the cashier; repeats
}

// lacks reports whether something that must be proven was never met.
func (c *tally) lacks() bool {
	return slices.Contains([]int{
		c.unknown, c.queued, c.reversed, c.crashes, c.applied, c.notApplied,
		c.pairs, c.halfPairs, c.tooLate, c.fullPayments, c.cancelled, c.repetitions,
	}, 0)
}

func (c *tally) add(counter *int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*counter++
}

func (c *tally) String() string {
	return fmt.Sprintf("%d operations: %d confirmed, %d refused, %d voided, %d applied, %d not applied, %d for a person, %d decided "+
		"(%d were unknown, %d queued); %d taken back; %d pairs, %d of them by half; %d full payments, %d more came too late; "+
		"%d cancelled; %d repeated; %d crashes; %d wrong inferences, all where another hand moved the balance or a commit came after the settle delay",
		c.operations, c.confirmed, c.refused, c.voided, c.applied, c.notApplied, c.review, c.settled, c.unknown, c.queued, c.reversed,
		c.pairs, c.halfPairs, c.fullPayments, c.tooLate, c.cancelled, c.repetitions, c.crashes, c.wrongInferences)
}

// simService is the service and the network before it. What happens to a request is drawn from the seed and the
// request's own operation, so that the order in which tills run does not matter.
type simService struct {
	t    *testing.T
	seed uint64

	mu       sync.Mutex
	balances map[int64]decimal.Decimal
	movers   map[int64]map[int]bool // which tills moved, or tried to move, a client's balance
	ledger   map[uuid.UUID]int      // how often each operation was booked
	booked   map[int64]decimal.Decimal
	late     map[uuid.UUID]bool // booked after the settle delay
	sent     map[uuid.UUID]int  // requests that may have reached the service
	outages  [][2]time.Time     // the network is away
	commits  sync.WaitGroup     // late ones
	calm     bool               // no more faults: the world is being wound up
}

// away reports whether the network is away now. The caller holds mu.
func (s *simService) away() bool {
	now := time.Now()
	for _, outage := range s.outages {
		if now.After(outage[0]) && now.Before(outage[1]) {
			return !s.calm
		}
	}
	return false
}

// fate is what happens to one request.
type fate struct {
	books   bool
	lateBy  time.Duration // booked this long after the request
	latency time.Duration
	err     error
}

var errGarbage = &skidkabot.UnknownError{Reason: skidkabot.ReasonBadReply, Status: 200}
var errTimeout = &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}

// draw gives the random numbers of one decision.
func draw(seed uint64, id uuid.UUID, salt uint64) *rand.Rand {
	mixed := salt
	for _, b := range id {
		mixed = mixed*1099511628211 + uint64(b)
	}
	return rand.New(rand.NewPCG(seed, mixed))
}

func (s *simService) fateOf(op loyalty.Operation, attempt int) fate {
	r := draw(s.seed, simKey(op), uint64(attempt))
	f := fate{books: true, latency: time.Duration(r.IntN(3000)) * time.Millisecond}
	switch {
	case s.calm:
		return f
	case s.away():
		return fate{err: errNotSent}
	}
	switch n := r.IntN(100); {
	case n < 50:
	case n < 58:
		f.books, f.err = false, errNotSent
	case n < 66:
		f.books, f.err = false, errReset // the request is lost
	case n < 76:
		f.err = errReset // the reply is lost
	case n < 82:
		f.err, f.latency = errTimeout, loyalty.SendLimit
		f.lateBy = time.Duration(r.Int64N(int64(loyalty.SendLimit + loyalty.SettleDelay))) // a commit that comes late
	case n < 84:
		f.err, f.latency = errTimeout, loyalty.SendLimit
		f.lateBy = loyalty.SendLimit + loyalty.SettleDelay + loyalty.SettleSpread + 30*time.Second +
			time.Duration(r.Int64N(int64(10*time.Minute))) // later than anybody can wait
	case n < 90:
		f.books, f.err = false, refusal(skidkabot.CodeNotEnoughPoints, "")
	case n < 95:
		f.books, f.err = r.IntN(2) == 0, errGarbage
	default:
		f.books, f.err = r.IntN(2) == 0, &skidkabot.UnknownError{Reason: skidkabot.ReasonStatus, Status: 500}
	}
	return f
}

// simKey names an operation across runs of one seed, where its id does not: ids are random.
func simKey(op loyalty.Operation) uuid.UUID {
	return uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "%s %s %d %s", op.Kind, op.Points, op.Client, op.Link))
}

func (s *simService) book(op loyalty.Operation, late bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ledger[op.ID]++
	s.late[op.ID] = late
	s.balances[op.Client] = s.balances[op.Client].Add(op.Kind.Signed(op.Points))
	s.booked[op.Client] = s.booked[op.Client].Add(op.Kind.Signed(op.Points))
}

// simTill is one till: a journal that outlives crashes, and the run of the program that has it open.
type simTill struct {
	number  int
	service *simService
	store   *loyaltytest.MemoryStore
	found   *tally

	mu      sync.Mutex
	power   bool // off: nothing that this run does has an effect any more
	fuse    int  // interactions until the next crash; negative: none planned
	desk    *loyalty.Desk
	stop    func()
	actions sync.WaitGroup
}

var errPowerOff = errors.New("the till has crashed")

// spark counts an interaction with the world and may crash the till before it.
func (t *simTill) spark() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fuse == 0 {
		t.power = false
	}
	t.fuse--
	if !t.power {
		return errPowerOff
	}
	return nil
}

// run is one start of the program on the till. It holds the till's power switch: a run that has crashed stays dead.
type run struct {
	till *simTill
	dead *atomic.Bool
}

// Balance implements loyalty.Service.
func (r run) Balance(ctx context.Context, card skidkabot.Card) (skidkabot.Account, error) {
	if err := r.alive(); err != nil {
		return skidkabot.Account{}, err
	}
	s := r.till.service
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.away():
		return skidkabot.Account{}, errNotSent
	case !s.calm && draw(s.seed, uuid.Nil, uint64(time.Now().UnixNano())).IntN(20) == 0:
		return skidkabot.Account{}, errReset
	}
	return skidkabot.Account{
		Balance:       s.balances[card.Client],
		AccruePercent: decimal.NewFromInt(2), HasAccruePercent: true,
		RedeemPercent: decimal.NewFromInt(50), HasRedeemPercent: true,
		ReadAt: time.Now(),
	}, nil
}

// Reach implements loyalty.Service.
func (r run) Reach(context.Context) error {
	s := r.till.service
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.dead.Load() || s.away() {
		return errNotSent
	}
	return nil
}

// Accrue implements loyalty.Service.
func (r run) Accrue(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	return r.move(loyalty.Accrual, card, points)
}

// Redeem implements loyalty.Service.
func (r run) Redeem(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	return r.move(loyalty.Redemption, card, points)
}

func (r run) move(kind loyalty.Kind, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	if err := r.alive(); err != nil {
		return skidkabot.Receipt{}, errReset
	}
	s := r.till.service
	op := r.sending(kind, card, points)
	s.mu.Lock()
	attempt := s.sent[op.ID]
	f := s.fateOf(op, attempt)
	if f.err == error(errNotSent) && attempt > 0 {
		f.err = errReset // a second proof would be a second try; one is enough for the count below
	}
	if f.err != error(errNotSent) {
		s.sent[op.ID]++
	}
	s.mu.Unlock()
	switch {
	case f.books && f.lateBy > 0:
		s.commits.Go(func() {
			time.Sleep(f.lateBy)
			s.book(op, f.lateBy > loyalty.SendLimit+loyalty.SettleDelay)
		})
	case f.books:
		s.book(op, false)
	}
	time.Sleep(f.latency)
	if f.err != nil {
		return skidkabot.Receipt{}, f.err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return skidkabot.Receipt{Balance: s.balances[card.Client], BalanceRead: true}, nil
}

// sending finds the operation that a request belongs to. I1: it is in the journal, `sending`, with a fresh baseline.
func (r run) sending(kind loyalty.Kind, card skidkabot.Card, points decimal.Decimal) loyalty.Operation {
	s := r.till.service
	ops, err := r.till.store.List(context.Background(), loyalty.Filter{
		States: []loyalty.State{loyalty.StateSending}, Client: card.Client, Kind: kind,
	})
	if err != nil || len(ops) != 1 || !ops[0].Points.Equal(points) {
		s.t.Errorf("seed %d: I1: till %d sends %s of %s for client %d, the journal has %d such operations", s.seed, r.till.number, kind, points, card.Client, len(ops))
		return loyalty.Operation{ID: loyalty.NewID(), Kind: kind, Client: card.Client, Points: points}
	}
	if age := ops[0].SentAt.Sub(ops[0].BaselineAt); age > loyalty.BaselineMaxAge {
		s.t.Errorf("seed %d: I1: baseline is %v old", s.seed, age)
	}
	s.mu.Lock()
	s.movers[card.Client][r.till.number] = true
	s.mu.Unlock()
	return ops[0]
}

func (r run) alive() error {
	if r.dead.Load() {
		return errPowerOff
	}
	err := r.till.spark()
	if err != nil {
		r.dead.Store(true)
	}
	return err
}

// runStore is the till's journal as one run sees it: writes may fail before or after they are made.
type runStore struct {
	loyalty.Store
	run run
}

func (s runStore) write(do func() error) error {
	if err := s.run.alive(); err != nil {
		return err
	}
	service := s.run.till.service
	service.mu.Lock()
	n := 100
	if !service.calm {
		n = draw(service.seed, uuid.Nil, uint64(time.Now().UnixNano())+7).IntN(100)
	}
	service.mu.Unlock()
	if n < 2 {
		return errors.New("the disk failed before the commit")
	}
	if err := do(); err != nil {
		return err
	}
	if n < 4 {
		return errors.New("the disk failed after the commit")
	}
	return s.run.alive() // a crash right after the commit
}

func (s runStore) Plan(ctx context.Context, ops ...loyalty.Operation) error {
	return s.write(func() error { return s.Store.Plan(ctx, ops...) })
}

func (s runStore) Move(ctx context.Context, moves ...loyalty.Move) error {
	return s.write(func() error { return s.Store.Move(ctx, moves...) })
}

func (s runStore) Amend(ctx context.Context, amendment loyalty.Amendment) error {
	return s.write(func() error { return s.Store.Amend(ctx, amendment) })
}

// start runs the program on the till, which finds what earlier runs left behind.
func (t *simTill) start() {
	dead := &atomic.Bool{}
	r := run{t, dead}
	t.mu.Lock()
	t.power = true
	t.mu.Unlock()
	t.desk = loyalty.NewDesk(loyalty.Options{
		Service: r, Store: runStore{t.store, r}, Hub: &notice.Hub{}, Vendor: shop, Register: t.number,
		Rules: loyalty.RuleSettings{Step: decimal.NewFromInt(1), MaxSum: decimal.NewFromInt(100_000_000)},
	})
	desk := t.desk
	recovery, err := desk.Recover(context.Background())
	if err != nil {
		dead.Store(true) // no journal, no till: the cashier starts it again
		t.stop = func() {}
		t.power = false
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		desk.Run(ctx)
	}()
	for _, op := range recovery.Offered {
		t.actions.Go(func() {
			if draw(t.service.seed, simKey(op), 99).IntN(4) == 0 {
				_, _ = desk.Cancel(context.Background(), op.ID, "cashier")
			} else {
				_, _ = desk.Send(context.Background(), op.ID)
			}
		})
	}
	t.stop = func() {
		cancel()
		<-done
		_ = desk.Close(context.Background())
	}
}

// restart starts the program again if it has crashed; crash kills it first.
func (t *simTill) restart(crash bool) {
	t.mu.Lock()
	if crash {
		t.power, t.fuse = false, -1
	}
	off := !t.power
	t.mu.Unlock()
	if !off {
		return
	}
	t.actions.Wait()
	t.stop()
	t.mu.Lock()
	t.fuse = -1
	t.mu.Unlock()
	t.found.mu.Lock()
	t.found.crashes++
	t.found.mu.Unlock()
	t.start()
}

// serve has the cashier do one thing: serve a customer, take an operation back, decide one that is for a person, cancel
// or repeat one.
func (t *simTill) serve(r *rand.Rand, step int) {
	desk, ctx := t.desk, context.Background()
	if desk == nil {
		return
	}
	switch n := r.IntN(12); {
	case n <= 1:
		t.reverse(r, desk)
		return
	case n == 2:
		t.decide(desk)
		return
	case n == 3:
		t.cancel(desk)
		return
	case n == 4:
		t.repeat(r, desk)
		return
	}
	client := r.Int64N(3) + 1
	redeem := r.IntN(2) == 0
	sum := decimal.NewFromInt(int64(step*1000+t.number)*50 + 50) // points that no other operation has
	guest, err := desk.Greet(ctx, skidkabot.Card{Vendor: shop, Client: client, Secret: 1}, time.Now())
	if err != nil {
		if guest, err = desk.GreetOffline(ctx, skidkabot.Card{Vendor: shop, Client: client, Secret: 1}, time.Now()); err != nil {
			return
		}
		redeem = false
	}
	if redeem {
		points := sum.DivRound(decimal.NewFromInt(50), 0)
		result, err := desk.Redeem(ctx, loyalty.RedemptionRequest{
			ID: loyalty.NewID(), RemainderID: loyalty.NewID(), Guest: guest, Sum: sum.Mul(decimal.NewFromInt(3)), Points: points, RepeatConfirmed: true,
		})
		if err == nil && result.Operation.State == loyalty.StateUnknown && r.IntN(2) == 0 {
			t.payInFull(r, desk, result.Operation)
		}
		return
	}
	req := loyalty.AccrualRequest{ID: loyalty.NewID(), Guest: guest, Sum: sum, RepeatConfirmed: true}
	for range 1 + r.IntN(3) { // a cashier who presses Enter again
		t.actions.Go(func() { _, _ = desk.Accrue(ctx, req) })
	}
}

// payInFull chooses a full payment while the redemption may be settled at any moment, and may crash in the middle of it.
func (t *simTill) payInFull(r *rand.Rand, desk *loyalty.Desk, redemption loyalty.Operation) {
	time.Sleep(time.Duration(r.IntN(4000)) * time.Millisecond) // the first verdict may come after two seconds
	if r.IntN(4) == 0 {
		t.mu.Lock()
		t.fuse = r.IntN(5)
		t.mu.Unlock()
	}
	for range 2 { // a second Enter
		choice := loyalty.FullPayment{Redemption: redemption.ID, ReversalID: loyalty.NewID(), AccrualID: loyalty.NewID()}
		t.actions.Go(func() {
			var settled *loyalty.SettledError
			switch err := desk.PayInFull(context.Background(), choice); {
			case err == nil:
				t.found.add(&t.found.fullPayments)
			case errors.As(err, &settled):
				t.found.add(&t.found.tooLate)
			}
		})
	}
}

// cancel voids what waits in the queue.
func (t *simTill) cancel(desk *loyalty.Desk) {
	queued, _ := desk.Queue(context.Background())
	for _, op := range queued {
		if _, err := desk.Cancel(context.Background(), op.ID, "cashier"); err == nil {
			t.found.add(&t.found.cancelled)
		}
	}
}

// repeat repeats what was not applied, with two forms at once.
func (t *simTill) repeat(r *rand.Rand, desk *loyalty.Desk) {
	ctx := context.Background()
	lost, err := t.store.List(ctx, loyalty.Filter{States: []loyalty.State{loyalty.StateNotApplied}, Kind: loyalty.Accrual})
	if err != nil || len(lost) == 0 {
		return
	}
	of := lost[r.IntN(len(lost))]
	guest, err := desk.Greet(ctx, of.Card(), time.Now())
	if err != nil {
		return
	}
	for range 2 {
		req := loyalty.AccrualRequest{ID: loyalty.NewID(), Guest: guest, Sum: of.Money, RepeatConfirmed: true, Repeats: of.ID}
		t.actions.Go(func() {
			if _, err := desk.Accrue(ctx, req); err == nil {
				t.found.add(&t.found.repetitions)
			}
		})
	}
}

// reverse takes one of the last operations back, now and then while the service is away.
func (t *simTill) reverse(r *rand.Rand, desk *loyalty.Desk) {
	filter := loyalty.Filter{Limit: 10}
	if r.IntN(2) == 0 {
		filter.Link, filter.States = loyalty.LinkRemainder, []loyalty.State{loyalty.StateConfirmed, loyalty.StateApplied}
	}
	ops, err := t.store.List(context.Background(), filter)
	if err != nil || len(ops) == 0 {
		return
	}
	if r.IntN(3) == 0 {
		t.service.mu.Lock()
		t.service.outages = append(t.service.outages, [2]time.Time{time.Now(), time.Now().Add(time.Duration(r.IntN(300)) * time.Second)})
		t.service.mu.Unlock()
		time.Sleep(time.Millisecond)
	}
	of := ops[r.IntN(len(ops))]
	for range 2 { // two people at once
		t.actions.Go(func() {
			_, _ = desk.Reverse(context.Background(), loyalty.ReversalRequest{
				ID: loyalty.NewID(), SecondID: loyalty.NewID(), Of: of.ID, Reason: "simulated",
			})
		})
	}
}

// decide settles what is for a person as the ledger says, which a person would read in the service's own pages.
func (t *simTill) decide(desk *loyalty.Desk) {
	ops, err := t.store.List(context.Background(), loyalty.Filter{States: []loyalty.State{loyalty.StateReview}})
	if err != nil {
		return
	}
	for _, op := range ops {
		t.service.mu.Lock()
		booked := t.service.ledger[op.ID] > 0
		t.service.mu.Unlock()
		_, _ = desk.Decide(context.Background(), op.ID, booked, "owner", "seen in the service's pages")
	}
}

func simulate(t *testing.T, seed uint64, found *tally) {
	r := rand.New(rand.NewPCG(seed, 0))
	service := &simService{
		t: t, seed: seed,
		balances: map[int64]decimal.Decimal{}, movers: map[int64]map[int]bool{}, ledger: map[uuid.UUID]int{},
		booked: map[int64]decimal.Decimal{}, late: map[uuid.UUID]bool{}, sent: map[uuid.UUID]int{},
	}
	for client := range int64(3) {
		service.balances[client+1] = decimal.NewFromInt(1_000_000_000)
		service.movers[client+1] = map[int]bool{}
	}
	tills := make([]*simTill, 2+r.IntN(3))
	for range r.IntN(3) {
		from := time.Now().Add(time.Duration(r.IntN(600)) * time.Second)
		service.outages = append(service.outages, [2]time.Time{from, from.Add(time.Duration(r.IntN(300)) * time.Second)})
	}
	for i := range tills {
		tills[i] = &simTill{number: i + 1, service: service, store: &loyaltytest.MemoryStore{}, found: found, fuse: -1}
		tills[i].start()
	}
	for step := range 12 {
		till := tills[r.IntN(len(tills))]
		till.restart(r.IntN(10) == 0)
		if r.IntN(4) == 0 {
			till.mu.Lock()
			till.fuse = r.IntN(12)
			till.mu.Unlock()
		}
		rr := draw(seed, uuid.Nil, uint64(step)+1000)
		till.actions.Go(func() { till.serve(rr, step) })
		time.Sleep(time.Duration(r.IntN(90)) * time.Second)
	}
	windUp(service, tills)
	for _, till := range tills {
		judgeTill(t, till)
	}
	judgeService(t, service, tills)
}

// windUp ends all faults, lets every till come up again and gives it the time to settle what is unknown.
func windUp(service *simService, tills []*simTill) {
	service.mu.Lock()
	service.calm = true
	service.mu.Unlock()
	for range 2 { // a run that was offered accruals may have crashed on them
		for _, till := range tills {
			till.mu.Lock()
			till.fuse = -1
			till.mu.Unlock()
			till.restart(true)
		}
		time.Sleep(15 * time.Minute)
	}
	for _, till := range tills {
		till.actions.Wait()
		till.stop()
	}
	service.commits.Wait()
}

// judgeTill compares a till's journal with the ledger.
func judgeTill(t *testing.T, till *simTill) {
	s := till.service
	ops, err := till.store.List(context.Background(), loyalty.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, op := range ops {
		booked := s.ledger[op.ID] > 0
		alone := len(s.movers[op.Client]) == 1 && !s.hasLate(op.Client, ops)
		broken := func(rule string) {
			t.Errorf("seed %d: %s: till %d, %s of %s for client %d is %s (%s), booked: %v", s.seed, rule, till.number, op.Kind, op.Points, op.Client, op.State, op.Reason, booked)
		}
		switch op.State {
		case loyalty.StateConfirmed:
			if !booked {
				broken("confirmed is in the ledger")
			}
		case loyalty.StateRefused, loyalty.StateVoided:
			if booked {
				broken("refused and proven unsent are not in the ledger")
			}
		case loyalty.StateApplied, loyalty.StateNotApplied:
			if booked == (op.State == loyalty.StateApplied) {
				break
			}
			if alone {
				broken("an inference is right where one till alone moved the balance")
			}
			till.found.mu.Lock()
			till.found.wrongInferences++
			till.found.mu.Unlock()
		case loyalty.StateReview, loyalty.StateSettled:
		case loyalty.StatePlanned:
			if before, err := till.store.Find(context.Background(), op.WaitsFor); err != nil || before.State != loyalty.StateReview {
				broken("nothing is left planned but what waits for a person")
			}
		default:
			broken("everything is settled in the end")
		}
		till.found.count(op, till.store)
		judgeReversals(t, till, op)
		judgePair(t, till, op)
	}
	judgeReceipts(t, till, ops)
}

// hasLate reports whether a commit that came after the settle delay moved a client's balance: it may be taken for the
// effect of another operation, of the repeat above all.
func (s *simService) hasLate(client int64, ops []loyalty.Operation) bool {
	return slices.ContainsFunc(ops, func(op loyalty.Operation) bool { return op.Client == client && s.late[op.ID] })
}

// judgePair looks whether both halves of a storno happened or none. The service, the balance and people may have it
// otherwise, and so may a network or a disk that failed in the middle of the second half: all of them are told. The till
// must not forget a half.
func judgePair(t *testing.T, till *simTill, second loyalty.Operation) {
	if second.Link != loyalty.LinkReversal || second.WaitsFor == uuid.Nil {
		return
	}
	first, err := till.store.Find(context.Background(), second.WaitsFor)
	if err != nil || first.Link != loyalty.LinkReversal {
		return // the give-back of a full payment
	}
	till.found.add(&till.found.pairs)
	if first.Happened() == second.Happened() || first.State == loyalty.StateReview {
		return
	}
	told := false
	switch second.State {
	case loyalty.StateRefused, loyalty.StateNotApplied, loyalty.StateReview, loyalty.StateSettled:
		told = first.Happened()
	case loyalty.StateVoided:
		reasons := []loyalty.Reason{loyalty.ReasonNotEnough, loyalty.ReasonJournal, loyalty.Reason(skidkabot.PhaseConnect)}
		told = first.Happened() && slices.Contains(reasons, second.Reason)
	}
	if !told {
		t.Errorf("seed %d: I11: till %d, client %d: of a storno the %s of %s is %s (%s), and the %s of %s is %s (%s)", till.service.seed,
			till.number, first.Client, first.Kind, first.Points, first.State, first.Reason, second.Kind, second.Points, second.State, second.Reason)
	}
	till.found.add(&till.found.halfPairs)
	if told && second.State.Final() && !second.Happened() {
		judgeRest(t, till, first.Parent, second.Parent)
	}
}

// judgeRest looks whether the half of a pair that a storno has left can be reversed alone, unless it has been since.
func judgeRest(t *testing.T, till *simTill, reversed, left uuid.UUID) {
	ctx := context.Background()
	halves, err := till.desk.Reversible(ctx, reversed)
	reversals, listErr := till.store.List(ctx, loyalty.Filter{Parent: left, Link: loyalty.LinkReversal})
	standing := slices.ContainsFunc(reversals, func(op loyalty.Operation) bool { return op.Happened() || !op.State.Final() })
	switch {
	case listErr != nil:
		t.Fatal(listErr)
	case standing && !errors.Is(err, loyalty.ErrReversed), !standing && (len(halves) != 1 || halves[0].ID != left):
		t.Errorf("seed %d: till %d: of a half-done storno %v can be reversed (%v), reversed since: %v", till.service.seed, till.number, halves, err, standing)
	}
}

// judgeReceipts looks whether a receipt has earned points twice, and whether full payments were planned as a whole. A
// receipt is known by its sum.
func judgeReceipts(t *testing.T, till *simTill, ops []loyalty.Operation) {
	s := till.service
	earned, wrong := map[string]int{}, map[string]bool{}
	for _, op := range ops {
		receipt := op.Sum.String()
		if op.Kind == loyalty.Accrual && op.Link != loyalty.LinkReversal {
			earned[receipt] += s.ledger[op.ID]
			wrong[receipt] = wrong[receipt] || s.ledger[op.ID] > 0 && !op.Happened() || s.late[op.ID]
		}
	}
	for receipt, times := range earned {
		if times > 1 && !wrong[receipt] { // a person may repeat what was wrongly inferred
			t.Errorf("seed %d: till %d: the receipt of %s has earned points %d times", s.seed, till.number, receipt, times)
		}
	}
	for _, op := range ops {
		if op.Kind == loyalty.Redemption && op.Link == loyalty.LinkNone {
			judgeFullPayment(t, till, op, ops)
		}
	}
}

// judgeFullPayment looks whether a redemption has all parts of a full payment or none: what gives the points back, the
// accrual on the whole sum, and the end of the one on the money part.
func judgeFullPayment(t *testing.T, till *simTill, redemption loyalty.Operation, ops []loyalty.Operation) {
	back, whole, ended := 0, 0, 0
	for _, op := range ops {
		switch {
		case op.Parent == redemption.ID && op.WaitsFor == redemption.ID && op.Link == loyalty.LinkReversal:
			back++
		case op.Parent == redemption.ID && op.Link == loyalty.LinkRemainder && op.State == loyalty.StateVoided && op.Reason == loyalty.ReasonCashier:
			events, _ := till.store.Events(context.Background(), op.ID)
			if len(events) == 2 { // else it was cancelled in the queue
				ended++
			}
		case op.Kind == loyalty.Accrual && op.Link == loyalty.LinkNone && op.Sum.Equal(redemption.Sum):
			whole++
		}
	}
	if back > 1 || whole != back || ended != back {
		t.Errorf("seed %d: till %d: the full payment of %s has %d give-backs, %d whole accruals, %d ended remainders",
			till.service.seed, till.number, redemption.Sum, back, whole, ended)
	}
}

// judgeReversals looks whether an operation was taken back more than once (I11).
func judgeReversals(t *testing.T, till *simTill, op loyalty.Operation) {
	reversals, err := till.store.List(context.Background(), loyalty.Filter{Parent: op.ID, Link: loyalty.LinkReversal})
	if err != nil {
		t.Fatal(err)
	}
	booked := 0
	for _, reversal := range reversals {
		booked += till.service.ledger[reversal.ID]
	}
	wrong := till.service.late // an inference that a late commit made wrong may be acted on by a person
	if booked > 1 && len(wrong) == 0 && len(till.service.movers[op.Client]) == 1 {
		t.Errorf("seed %d: I11: till %d: %s of %s for client %d was reversed %d times", till.service.seed, till.number, op.Kind, op.Points, op.Client, booked)
	}
	if booked > 0 && till.service.ledger[op.ID] == 0 && op.State == loyalty.StateConfirmed {
		t.Errorf("seed %d: I11: reversed what never happened", till.service.seed)
	}
	till.found.mu.Lock()
	till.found.reversed += booked
	till.found.mu.Unlock()
}

func (c *tally) count(op loyalty.Operation, store loyalty.Store) {
	events, _ := store.Events(context.Background(), op.ID)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.operations++
	for _, event := range events {
		switch event.To {
		case loyalty.StateUnknown:
			c.unknown++
		case loyalty.StateQueued:
			c.queued++
		}
	}
	switch op.State {
	case loyalty.StateConfirmed:
		c.confirmed++
	case loyalty.StateRefused:
		c.refused++
	case loyalty.StateVoided:
		c.voided++
	case loyalty.StateApplied:
		c.applied++
	case loyalty.StateNotApplied:
		c.notApplied++
	case loyalty.StateReview:
		c.review++
	case loyalty.StateSettled:
		c.settled++
	}
}

// judgeService looks at the ledger as a whole.
func judgeService(t *testing.T, s *simService, tills []*simTill) {
	known := map[uuid.UUID]bool{}
	for _, till := range tills {
		ops, _ := till.store.List(context.Background(), loyalty.Filter{})
		for _, op := range ops {
			known[op.ID] = true
		}
	}
	for id, times := range s.ledger {
		if times != 1 {
			t.Errorf("seed %d: %s was booked %d times", s.seed, id, times)
		}
		if !known[id] {
			t.Errorf("seed %d: %s is in the ledger and in no journal", s.seed, id)
		}
	}
	for id, times := range s.sent {
		if times > 1 {
			t.Errorf("seed %d: %s was sent %d times", s.seed, id, times)
		}
	}
	for client, booked := range s.booked {
		if got := s.balances[client].Sub(decimal.NewFromInt(1_000_000_000)); !got.Equal(booked) {
			t.Errorf("seed %d: client %d: balance moved by %s, the ledger says %s", s.seed, client, got, booked)
		}
	}
}
