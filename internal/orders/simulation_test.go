package orders_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
)

// The simulation lets guests pay the bills of a few orders from their phones while everything that can go wrong does:
// requests come twice, late and in any order, cashiers edit, take cash, close the shift and give money back, points move,
// another till is quicker, the store fails before and after its commits, and the program crashes at any step. The oracle is
// what the store holds. Each seed is a world of its own, with a clock of its own.
var (
	simSeeds = flag.Int("sim.seeds", 400, "how many worlds the simulation runs")
	simFirst = flag.Uint64("sim.first", 1, "the first seed; a failure prints its seed")
)

func TestSimulation(t *testing.T) {
	found := &tally{counts: map[string]int{}}
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
				simulate(t, seed, found)
			}
		})
	}
	t.Cleanup(func() {
		t.Logf("%d worlds: %v", *simSeeds, found.counts)
		for _, what := range []string{
			"crash", "quicker", "failed before", "failed after", "accepted", "repeat", "double", "in_use", "sum", "ticket", "shift", "printer", "never",
			"by hand", "given back", "cash", "accrual", "points", "copy",
		} {
			if !t.Failed() && *simSeeds >= 1000 && found.counts[what] == 0 {
				t.Errorf("the worlds were too kind to prove anything: never %q", what)
			}
		}
	})
}

// tally counts what the worlds had in them.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) add(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[what]++
}

const phone = "expirenza"

// world is a shop with a store that outlives its books.
type world struct {
	t     *testing.T
	seed  uint64
	dice  *rand.Rand
	found *tally
	store *orderstest.MemoryStore
	clock time.Time

	till    *simTill
	printer simPrinter
	lease   *orders.Lease // the one that an editor of the living book holds
	leased  uuid.UUID     // its order
	wire    []orders.External
	known   []uuid.UUID // orders of the till
	calm    bool        // no more faults: the world is being wound up
	nested  bool        // another till is at work
	last    *orders.Settlement
	steps   []string
}

// simTill is one run of the program: a book with its way to the store.
type simTill struct {
	*orderstest.MemoryStore
	w     *world
	book  *orders.Book
	dead  bool // it has crashed: nothing of it reaches the store any more
	other bool // it is the other till, which has no faults
}

// simPrinter is told by the world how it is.
type simPrinter struct {
	mu       sync.Mutex
	trouble  error
	receipts map[uuid.UUID]int // not copies
	copies   map[uuid.UUID]int
	waiting  []func(error) // of what was not printed yet; the end of the program forgets them
}

func (p *simPrinter) Ready(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.trouble
}

func (p *simPrinter) Ticket(context.Context, orders.Order, []orders.Dish) error {
	return p.Ready(context.Background())
}

func (p *simPrinter) Receipt(_ context.Context, r orders.Receipt) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.trouble != nil {
		return p.trouble
	}
	if r.Copy {
		p.copies[r.Order.ID]++
	} else {
		p.receipts[r.Order.ID]++
	}
	p.waiting = append(p.waiting, r.Ended)
	return nil
}

// takeWaiting gives those that wait for their receipts, and forgets them.
func (p *simPrinter) takeWaiting() []func(error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	waiting := p.waiting
	p.waiting = nil
	return waiting
}

func (w *world) now() time.Time { return w.clock }

func (w *world) start(other bool) *simTill {
	s := &simTill{MemoryStore: w.store, w: w, other: other}
	desk := &fakeDesk{now: w.now, balances: map[int64]int64{anna: 2365}, greeted: map[int64]int{}, name: "Анна", percent: 10}
	desk.Desk = loyalty.NewDesk(loyalty.Options{Store: w.store, Hub: &notice.Hub{}, Vendor: shop, Register: 3, Now: w.now})
	desk.send = func(uuid.UUID) error { return nil } // the world moves it on
	s.book = orders.NewBook(orders.Options{
		Desk: desk, Operations: s, Store: s, Printer: &w.printer, Hub: &notice.Hub{}, Register: 3, Now: w.now,
	})
	return s
}

var errCrashed = errors.New("the program is no more")

// fault is what happens to a call of the store; after says that it was carried out all the same.
func (s *simTill) fault(write bool) (before, after error) {
	w := s.w
	switch {
	case s.dead:
		return errCrashed, nil
	case s.other || w.calm || w.nested:
		return nil, nil
	}
	n := w.dice.IntN(1000)
	switch {
	case n < 3:
		w.crash()
		return errCrashed, nil
	case n < 10:
		w.found.add("failed before")
		return errDown, nil
	case n < 16 && write:
		w.crash()
		return nil, errCrashed
	case n < 40 && write:
		w.found.add("failed after")
		return nil, errDown
	case n < 100 && write:
		w.letAnotherBeQuicker()
	}
	return nil, nil
}

func (w *world) crash() {
	w.found.add("crash")
	w.till.dead = true
}

// letAnotherBeQuicker has another till, or a cashier with another book, do something between a judgement and its write.
func (w *world) letAnotherBeQuicker() {
	w.found.add("quicker")
	mine := w.till
	w.nested, w.till = true, w.start(true)
	w.act([]action{(*world).deliver, (*world).deliver, (*world).change, (*world).cash, (*world).shift, (*world).redeem, (*world).redeemAtOnce, (*world).reverse, (*world).giveBack, (*world).mark})
	w.settleDown()
	w.nested, w.till = false, mine
}

func (s *simTill) SaveOrder(ctx context.Context, o orders.Order, events ...orders.Event) (orders.Order, error) {
	before, after := s.fault(true)
	if before != nil {
		return orders.Order{}, before
	}
	saved, err := s.MemoryStore.SaveOrder(ctx, o, events...)
	if err == nil && after != nil {
		return orders.Order{}, after
	}
	return saved, err
}

func (s *simTill) Settle(ctx context.Context, settlement orders.Settlement) (orders.Order, error) {
	before, after := s.fault(true)
	if before != nil {
		return orders.Order{}, before
	}
	var stored orders.Order
	if settlement.Order != nil {
		stored, _ = s.MemoryStore.Order(ctx, settlement.Order.ID)
	}
	saved, err := s.MemoryStore.Settle(ctx, settlement)
	if err == nil {
		if settlement.Order != nil && settlement.Order.Version != stored.Version {
			s.w.fail("closed as it was at version %d, and it was at %d", settlement.Order.Version, stored.Version)
		}
		s.w.committed(settlement)
		if after != nil {
			return orders.Order{}, after
		}
	}
	return saved, err
}

func (s *simTill) ReceiptEnded(ctx context.Context, order uuid.UUID) error {
	before, after := s.fault(true)
	if before != nil {
		return before
	}
	return errors.Join(s.MemoryStore.ReceiptEnded(ctx, order), after)
}

func (s *simTill) Order(ctx context.Context, id uuid.UUID) (orders.Order, error) {
	if before, _ := s.fault(false); before != nil {
		return orders.Order{}, before
	}
	return s.MemoryStore.Order(ctx, id)
}

func (s *simTill) Payments(ctx context.Context, id uuid.UUID) ([]orders.Payment, error) {
	if before, _ := s.fault(false); before != nil {
		return nil, before
	}
	return s.MemoryStore.Payments(ctx, id)
}

func (s *simTill) Claim(ctx context.Context, system string, bill uuid.UUID, sum decimal.Decimal) (orders.Claim, error) {
	if before, _ := s.fault(false); before != nil {
		return orders.Claim{}, before
	}
	return s.MemoryStore.Claim(ctx, system, bill, sum)
}

func (s *simTill) Shift(ctx context.Context) (orders.Shift, error) {
	if before, _ := s.fault(false); before != nil {
		return orders.Shift{}, before
	}
	return s.MemoryStore.Shift(ctx)
}

func (s *simTill) List(ctx context.Context, filter loyalty.Filter) ([]loyalty.Operation, error) {
	if before, _ := s.fault(false); before != nil {
		return nil, before
	}
	return s.MemoryStore.List(ctx, filter)
}

func (w *world) fail(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("seed %d (-run TestSimulation -sim.first %d -sim.seeds 1): %s\n%s", w.seed, w.seed, fmt.Sprintf(format, args...), strings.Join(w.steps, "\n"))
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.fail("%v", err)
	}
}

// committed checks each settlement at the moment at which it was written.
func (w *world) committed(s orders.Settlement) {
	w.last = &s
	ctx := w.t.Context()
	if s.Letter != nil {
		claim, err := w.store.Claim(ctx, s.Letter.System, s.Letter.Bill, s.Claim.Sum)
		w.must(err)
		if paid := claim.State == orders.ClaimPaid || claim.State == orders.ClaimBooked; paid != s.Letter.Accepts {
			w.fail("the answer says closed: %v, the claim is %s", s.Letter.Accepts, claim.State)
		}
	}
	if s.Claim != nil && s.Claim.State == orders.ClaimPaid && s.Claim.Obstacle != orders.ObstacleNone {
		w.fail("paid, but for %q", s.Claim.Obstacle)
	}
	for _, p := range s.Payments {
		if shift, err := w.store.Shift(ctx); p.Kind != orders.PaidPoints && (err != nil || shift.ID != p.Shift) {
			w.fail("%s was paid while its shift was not open", p.Kind)
		}
	}
	if !s.Closes() {
		return
	}
	if slices.ContainsFunc(s.Order.Dishes, func(d orders.Dish) bool { return d.Kitchen && !d.Printed }) {
		w.fail("closed without a kitchen ticket")
	}
	if s.Claim != nil && s.Claim.State == orders.ClaimPaid && w.lease != nil && w.leased == s.Order.ID && !w.till.other {
		w.fail("closed by a phone while a cashier edits it")
	}
	ops, err := w.store.List(ctx, loyalty.Filter{Order: s.Order.ID})
	w.must(err)
	points := decimal.Zero
	for _, op := range ops {
		switch {
		case orders.HoldsBill(op):
			w.fail("closed while operation %s is %s", op.Kind, op.State)
		case op.Kind == loyalty.Redemption && op.Happened():
			points = points.Add(op.Points)
		case op.Link == loyalty.LinkReversal && op.Happened():
			points = points.Sub(op.Points)
		}
	}
	for _, p := range s.Payments {
		if p.Kind == orders.PaidPoints {
			points = points.Sub(p.Sum)
		}
	}
	if !points.IsZero() {
		w.fail("points that were not counted, or twice: %s", points)
	}
}

// check looks at everything that the store holds.
func (w *world) check() {
	ctx := w.t.Context()
	for _, id := range w.known {
		o, err := w.store.Order(ctx, id)
		w.must(err)
		payments, err := w.store.Payments(ctx, id)
		w.must(err)
		events, err := w.store.OrderEvents(ctx, id)
		w.must(err)
		closed, total := 0, decimal.Zero
		for _, e := range events {
			if e.Kind == orders.EventClosed {
				closed++
			}
		}
		for _, p := range payments {
			total = total.Add(p.Sum)
		}
		switch {
		case closed > 1 || (closed == 1) != (o.State == orders.StateClosed):
			w.fail("order %s is %s and was closed %d times", o.Number, o.State, closed)
		case o.Reason == orders.ReasonPaid && !total.Equal(o.Sum.Decimal):
			w.fail("order %s of %s was paid with %s", o.Number, o.Sum.Decimal, total)
		case o.State == orders.StateOpen && len(payments) > 0:
			w.fail("order %s is open and was paid", o.Number)
		}
		w.checkClaims(o, payments)
		w.checkAccruals(o)
	}
}

// checkClaims makes sure that money from outside was booked once for each claim that says so, and for no other.
func (w *world) checkClaims(o orders.Order, payments []orders.Payment) {
	claims, err := w.store.Claims(w.t.Context(), orders.ClaimFilter{Bill: o.ID})
	w.must(err)
	booked := 0
	for _, c := range claims {
		mine := 0
		for _, p := range payments {
			if p.Kind == orders.PaidQR && p.Sum.Equal(c.Sum) && p.Request == c.First {
				mine++
			}
		}
		booked += mine
		if paid := c.State == orders.ClaimPaid || c.State == orders.ClaimBooked; paid != (mine == 1) || mine > 1 {
			w.fail("order %s: a claim of %s is %s and was booked %d times", o.Number, c.Sum, c.State, mine)
		}
	}
	for _, p := range payments {
		if p.Kind == orders.PaidQR {
			booked--
		}
	}
	if booked != 0 {
		w.fail("order %s: payments from outside that nobody claimed", o.Number)
	}
}

func (w *world) checkAccruals(o orders.Order) {
	ops, err := w.store.List(w.t.Context(), loyalty.Filter{Order: o.ID, Kind: loyalty.Accrual})
	w.must(err)
	standing := 0
	for _, op := range ops {
		if orders.MovesPoints(op) && op.Link != loyalty.LinkReversal {
			standing++
		}
	}
	if standing > 1 {
		w.fail("order %s: %d accruals", o.Number, standing)
	}
}

// action is one thing that somebody does. Refusals are answers, and so are failures of the store.
type action func(*world) (string, error)

func (w *world) act(choice []action) {
	what, err := choice[w.dice.IntN(len(choice))](w)
	mark := ""
	if w.nested {
		mark = "  quicker: "
	}
	w.steps = append(w.steps, fmt.Sprint(mark, what, " ", err))
}

// settleDown waits for what goes on behind answers, so that a seed always means the same.
func (w *world) settleDown() { w.must(w.till.book.Close(w.t.Context())) }

func simulate(t *testing.T, seed uint64, found *tally) {
	w := &world{t: t, seed: seed, dice: rand.New(rand.NewPCG(seed, 5)), found: found, store: &orderstest.MemoryStore{}, clock: noon}
	w.store.Register = 3
	w.printer.receipts, w.printer.copies = map[uuid.UUID]int{}, map[uuid.UUID]int{}
	w.till = w.start(false)
	_, err := w.store.OpenShift(t.Context(), uuid.Must(uuid.NewV7()), "Оля", noon)
	w.must(err)
	for range 2 {
		w.act([]action{(*world).open})
	}
	for range 20 + w.dice.IntN(30) {
		w.act([]action{
			(*world).open, (*world).phonePays, (*world).phonePays, (*world).phonePays, (*world).deliver, (*world).deliver, (*world).deliver, (*world).deliver,
			(*world).deliver, (*world).change, (*world).change, (*world).cash, (*world).takeBack, (*world).shift, (*world).repair, (*world).mark, (*world).mark,
			(*world).edit, (*world).redeem, (*world).redeemAtOnce, (*world).reverse, (*world).reverse, (*world).operate, (*world).operate, (*world).operate, (*world).giveBack, (*world).byHand, (*world).post,
			(*world).pass, (*world).restart, (*world).checkIn, (*world).checkIn, (*world).receiptsOut,
		})
		w.settleDown()
		if w.till.dead {
			_, _ = w.restart()
		}
		w.check()
	}
	w.windUp()
}

func (w *world) pick() (orders.Order, bool) {
	if len(w.known) == 0 {
		return orders.Order{}, false
	}
	o, err := w.store.Order(w.t.Context(), w.known[w.dice.IntN(len(w.known))])
	w.must(err)
	return o, true
}

func (w *world) lines() []orders.Dish {
	lines := make([]orders.Dish, 1+w.dice.IntN(2))
	for i := range lines {
		lines[i] = orders.Dish{
			Name: "Чай", Count: decimal.NewFromInt(1), Sum: decimal.NewFromInt(int64(50 * (1 + w.dice.IntN(3)))), Kitchen: w.dice.IntN(3) == 0,
		}
	}
	return lines
}

func (w *world) open() (string, error) {
	if len(w.known) >= 3 {
		return "enough orders", nil
	}
	id := uuid.Must(uuid.NewV7())
	_, err := w.till.book.OpenOrder(w.t.Context(), orders.NewOrder{ID: id, Table: "7", Dishes: w.lines(), Cashier: "Оля"})
	if _, there := w.store.Order(w.t.Context(), id); there == nil {
		w.known = append(w.known, id)
	}
	return "open", err
}

// phonePays has a guest look at the bill and pay it, whole or in part, once or twice.
func (w *world) phonePays() (string, error) {
	bill := uuid.New()
	due := decimal.NewFromInt(100)
	if o, ok := w.pick(); ok && w.dice.IntN(12) > 0 {
		bill = o.ID
		bills, err := w.till.book.Bills(w.t.Context(), orders.BillQuery{Bill: bill})
		if err != nil || len(bills) == 0 {
			return "no bill", err
		}
		due = bills[0].Due
	}
	if w.dice.IntN(6) == 0 {
		due = due.Sub(decimal.NewFromInt(10))
	}
	for range 1 + w.dice.IntN(2) {
		w.wire = append(w.wire, w.request(bill, due))
	}
	return fmt.Sprint("a phone pays ", due), nil
}

func (w *world) request(bill uuid.UUID, sum decimal.Decimal) orders.External {
	return orders.External{
		System: phone, Topic: "payBill", Request: fmt.Sprint("r", w.dice.IntN(1_000_000)), Bill: bill, Sum: sum, Tips: decimal.NewFromInt(3),
	}
}

// deliver has one of the requests come, in any order; most come again.
func (w *world) deliver() (string, error) {
	if len(w.wire) == 0 {
		return "silence", nil
	}
	i := w.dice.IntN(len(w.wire))
	e := w.wire[i]
	w.wire = slices.Delete(w.wire, i, i+1)
	switch n := w.dice.IntN(10); {
	case n < 4:
		w.wire = append(w.wire, e)
	case n < 7:
		w.wire = append(w.wire, w.request(e.Bill, decimal.RequireFromString(e.Sum.String()+".00")))
	}
	if _, ours := w.store.Order(w.t.Context(), e.Bill); ours != nil && w.dice.IntN(3) > 0 { // it is not asked again
		w.wire = slices.DeleteFunc(w.wire, func(other orders.External) bool { return other.Bill == e.Bill })
	}
	verdict, err := w.pay(e)
	return fmt.Sprint("a request for ", e.Sum, ": ", verdict.Obstacle, verdict.Repeat, verdict.Double), err
}

// pay brings a request to the book and compares the answer with what the store holds.
func (w *world) pay(e orders.External) (orders.Verdict, error) {
	w.last = nil
	var rendered orders.Verdict
	verdict, err := w.till.book.PayExternal(w.t.Context(), e, func(v orders.Verdict) []byte {
		rendered = v
		return fmt.Appendf(nil, "%s %s", e.Request, v.Obstacle)
	})
	if err != nil {
		if !e.Sum.IsPositive() {
			return verdict, err
		}
		if verdict.Obstacle != orders.ObstacleInUse {
			w.fail("with %v the answer is %q", err, verdict.Obstacle)
		}
		return verdict, err
	}
	claim, err := w.store.Claim(w.t.Context(), e.System, e.Bill, e.Sum)
	w.must(err)
	paid := claim.State == orders.ClaimPaid || claim.State == orders.ClaimBooked
	switch {
	case paid != (verdict.Obstacle == orders.ObstacleNone):
		w.fail("the answer is %q, the claim %s", verdict.Obstacle, claim.State)
	case claim.Last != e.Request:
		w.fail("the claim has not heard of %s", e.Request)
	case rendered.Obstacle != verdict.Obstacle || rendered.Repeat != verdict.Repeat || rendered.Double != verdict.Double || rendered.Order.State != verdict.Order.State:
		w.fail("rendered %+v, answered %+v", rendered, verdict)
	case w.last == nil || w.last.Letter == nil || string(w.last.Letter.Body) != fmt.Sprintf("%s %s", e.Request, verdict.Obstacle):
		w.fail("the answer is not in the outbox")
	}
	w.count(verdict)
	return verdict, nil
}

func (w *world) count(verdict orders.Verdict) {
	switch {
	case verdict.Double:
		w.found.add("double")
	case verdict.Repeat:
		w.found.add("repeat")
	case verdict.Obstacle == orders.ObstacleNone:
		w.found.add("accepted")
		if w.last != nil && len(w.last.Accruals) > 0 {
			w.found.add("accrual")
		}
		if w.last != nil && len(w.last.Payments) > 1 {
			w.found.add("points")
		}
	default:
		w.found.add(string(verdict.Obstacle))
	}
}

func (w *world) change() (string, error) {
	o, ok := w.pick()
	if !ok {
		return "nothing to change", nil
	}
	lines := append(w.lines(), o.Dishes...)
	_, err := w.till.book.Change(w.t.Context(), orders.ChangeOrder{
		Order: o.ID, Version: o.Version - int64(w.dice.IntN(8)/7), Dishes: lines[:1+w.dice.IntN(len(lines))], Cashier: "Оля",
	})
	return "change", err
}

// cash has a cashier take what is due, or something else, or book what a phone paid.
func (w *world) cash() (string, error) {
	o, ok := w.pick()
	if !ok {
		return "nothing to pay", nil
	}
	bill, err := w.till.book.Bill(w.t.Context(), o.ID)
	if err != nil {
		return "cash", err
	}
	in := orders.PayOrder{Order: o.ID, Version: o.Version, Cashier: "Оля", Confirmed: w.dice.IntN(2) == 0}
	rest := bill.Due.Sub(decimal.NewFromInt(int64(w.dice.IntN(8) / 7)))
	claims, err := w.store.Claims(w.t.Context(), orders.ClaimFilter{State: orders.ClaimOpen, Bill: o.ID})
	w.must(err)
	if len(claims) > 0 && w.dice.IntN(2) == 0 {
		in.Claim, rest = claims[0].ID, rest.Sub(claims[0].Sum)
		in.Parts = append(in.Parts, orders.Part{Kind: orders.PaidQR, Sum: claims[0].Sum})
	}
	if rest.IsPositive() {
		in.Parts = append(in.Parts, orders.Part{Kind: orders.PaidCash, Sum: rest})
	}
	if _, err = w.till.book.Pay(w.t.Context(), in); err == nil {
		w.found.add("cash")
		if in.Claim != uuid.Nil {
			w.found.add("by hand")
		}
	}
	return fmt.Sprint("pay ", in.Parts), err
}

func (w *world) takeBack() (string, error) {
	o, ok := w.pick()
	if !ok || w.dice.IntN(4) > 0 {
		return "nothing to take back", nil
	}
	_, err := w.till.book.Void(w.t.Context(), o.ID, "Оля", "ушли")
	return "void", err
}

func (w *world) shift() (string, error) {
	if _, _, err := w.till.book.CloseShift(w.t.Context(), "Оля"); err == nil {
		return "the shift is closed", nil
	}
	_, err := w.till.book.OpenShift(w.t.Context(), "Оля")
	return "the shift is opened", err
}

// repair breaks the printer, or mends it.
func (w *world) repair() (string, error) {
	w.printer.mu.Lock()
	defer w.printer.mu.Unlock()
	if w.printer.trouble = nil; w.dice.IntN(3) == 0 {
		w.printer.trouble = &orders.PrinterTrouble{NoPaper: true}
	}
	return "the printer", w.printer.trouble
}

func (w *world) mark() (string, error) {
	o, ok := w.pick()
	if !ok {
		return "nothing to print", nil
	}
	_, err := w.till.book.PrintTickets(w.t.Context(), o.ID, "Оля")
	return "print", err
}

// edit has a cashier begin or end an edit.
func (w *world) edit() (string, error) {
	if w.lease != nil {
		w.lease.Release()
		w.lease = nil
		return "the editor is gone", nil
	}
	o, ok := w.pick()
	if !ok {
		return "no editor", nil
	}
	lease, err := w.till.book.Edit(o.ID, "Петро")
	w.lease, w.leased = lease, o.ID
	return "an editor", err
}

// redeem plans points on an order, and mostly the accrual on the rest with them.
func (w *world) redeem() (string, error) {
	o, ok := w.pick()
	if !ok || o.State != orders.StateOpen {
		return "nothing to redeem on", nil
	}
	op := loyalty.Operation{
		ID: uuid.Must(uuid.NewV7()), Register: 3, Kind: loyalty.Redemption, State: loyalty.StatePlanned, Vendor: shop, Client: w.dice.Int64(),
		ScannedAt: w.clock, Points: decimal.NewFromInt(10), Sum: o.Sum.Decimal, PlannedAt: w.clock, ChangedAt: w.clock, Order: o.ID,
	}
	ops := []loyalty.Operation{op}
	earlier, err := w.store.List(w.t.Context(), loyalty.Filter{Order: o.ID})
	w.must(err)
	if len(earlier) == 0 && w.dice.IntN(3) > 0 {
		rest := op
		rest.ID, rest.Kind, rest.Points, rest.WaitsFor = uuid.Must(uuid.NewV7()), loyalty.Accrual, decimal.NewFromInt(2), op.ID
		ops = append(ops, rest)
	}
	return "redeem", w.store.Plan(w.t.Context(), ops...)
}

// redeemAtOnce redeems points while nobody looks: before it and after it none are on the way. On an order that is over it
// must not.
func (w *world) redeemAtOnce() (string, error) {
	o, ok := w.pick()
	if !ok {
		return "nothing to redeem on", nil
	}
	op := loyalty.Operation{
		ID: uuid.Must(uuid.NewV7()), Register: 3, Kind: loyalty.Redemption, State: loyalty.StatePlanned, Vendor: shop, Client: w.dice.Int64(),
		ScannedAt: w.clock, Points: decimal.NewFromInt(10), Sum: o.Sum.Decimal, PlannedAt: w.clock, ChangedAt: w.clock, Order: o.ID,
	}
	err := w.store.Plan(w.t.Context(), op)
	if refused := errors.Is(err, loyalty.ErrOrderClosed); refused != (o.State == orders.StateClosed) {
		w.fail("points for an order that is %s: %v", o.State, err)
	}
	for _, to := range toConfirmed {
		if err == nil {
			err = w.store.Move(w.t.Context(), loyalty.Move{
				ID: op.ID, From: op.State, To: to, At: w.clock,
				Baseline: decimal.NewNullDecimal(decimal.Zero), BaselineAt: w.clock, SentAt: w.clock, Deadline: w.clock,
			})
			op.State = to
		}
	}
	return "redeem at once", err
}

// reverse plans to give a part of the points back.
func (w *world) reverse() (string, error) {
	done, err := w.store.List(w.t.Context(), loyalty.Filter{Kind: loyalty.Redemption})
	w.must(err)
	done = slices.DeleteFunc(done, func(op loyalty.Operation) bool {
		o, err := w.store.Order(w.t.Context(), op.Order)
		return !op.Happened() || err != nil || o.State != orders.StateOpen
	})
	if len(done) == 0 {
		return "nothing to reverse", nil
	}
	of := done[w.dice.IntN(len(done))]
	back := of
	back.ID, back.Kind, back.State, back.Parent, back.Link = uuid.Must(uuid.NewV7()), loyalty.Accrual, loyalty.StatePlanned, of.ID, loyalty.LinkReversal
	back.Points = decimal.NewFromInt(int64(1 + w.dice.IntN(10)))
	return "reverse", w.store.Plan(w.t.Context(), back)
}

// operate takes an operation a step on.
func (w *world) operate() (string, error) {
	open, err := w.store.List(w.t.Context(), loyalty.Filter{})
	w.must(err)
	open = slices.DeleteFunc(open, func(op loyalty.Operation) bool { return op.State.Final() })
	if len(open) == 0 {
		return "no operation", nil
	}
	op := open[w.dice.IntN(len(open))]
	var next []loyalty.State
	for _, state := range loyalty.States() {
		if op.State.CanBecome(state) && (state != loyalty.StateQueued || op.Kind == loyalty.Accrual) {
			next = append(next, state)
		}
	}
	to := next[w.dice.IntN(len(next))]
	usual := map[loyalty.State]loyalty.State{loyalty.StatePlanned: loyalty.StateSending, loyalty.StateSending: loyalty.StateConfirmed}
	if state, ok := usual[op.State]; ok && w.dice.IntN(3) > 0 {
		to = state
	}
	move := loyalty.Move{
		ID: op.ID, From: op.State, To: to, At: w.clock, Reason: loyalty.ReasonDecidedNo,
		Baseline: decimal.NewNullDecimal(decimal.Zero), BaselineAt: w.clock, SentAt: w.clock, Deadline: w.clock,
	}
	return fmt.Sprint(op.Kind, " becomes ", move.To), w.store.Move(w.t.Context(), move)
}

func (w *world) giveBack() (string, error) {
	claims, err := w.store.Claims(w.t.Context(), orders.ClaimFilter{State: orders.ClaimOpen})
	w.must(err)
	if len(claims) == 0 || w.dice.IntN(6) > 0 {
		return "nothing to give back", nil
	}
	_, err = w.till.book.DismissClaim(w.t.Context(), claims[w.dice.IntN(len(claims))].ID, "Оля", "наличными")
	if err == nil {
		w.found.add("given back")
	}
	return "give back", err
}

func (w *world) byHand() (string, error) {
	claims, err := w.till.book.Blocked(w.t.Context())
	w.must(err)
	if len(claims) == 0 {
		return "nothing to book", nil
	}
	_, err = w.till.book.BookClaim(w.t.Context(), claims[w.dice.IntN(len(claims))].ID, "Оля", "")
	return "book by hand", err
}

// post carries a letter, which may be lost.
func (w *world) post() (string, error) {
	letters, err := w.store.Letters(w.t.Context(), phone, w.clock, 1)
	w.must(err)
	if len(letters) == 0 {
		return "no letter", nil
	}
	if w.dice.IntN(3) == 0 {
		return "a letter is lost", w.store.Posted(w.t.Context(), letters[0].ID, orders.LetterWaiting, w.clock, w.clock.Add(time.Second))
	}
	return "a letter is delivered", w.store.Posted(w.t.Context(), letters[0].ID, orders.LetterDelivered, w.clock, time.Time{})
}

func (w *world) pass() (string, error) {
	w.clock = w.clock.Add(time.Duration(1+w.dice.IntN(90)) * time.Second)
	if w.lease != nil && !w.lease.Touch() {
		w.fail("the lease is gone")
	}
	return "time passes", nil
}

func (w *world) restart() (string, error) {
	w.settleDown()
	w.printer.takeWaiting()
	w.till, w.lease = w.start(false), nil
	w.till.book.ResumeReceipts(w.t.Context())
	return "restart", nil
}

// receiptsOut has the printer say of each receipt that it has come out.
func (w *world) receiptsOut() (string, error) {
	waiting := w.printer.takeWaiting()
	for _, ended := range waiting {
		ended(nil)
	}
	return "receipts come out", nil
}

func (w *world) checkIn() (string, error) {
	o, ok := w.pick()
	if !ok || o.State != orders.StateOpen {
		return "nobody comes", nil
	}
	_, err := w.till.book.CheckIn(w.t.Context(), orders.CheckIn{Order: o.ID, Text: qr(anna), Waiter: "Петро"})
	return "check-in", err
}

// windUp ends all faults and obstacles: then every bill is closed by the money that was paid for it, or by cash, and
// every request has its answer.
func (w *world) windUp() {
	ctx := w.t.Context()
	w.calm, w.lease, w.printer.trouble = true, nil, nil
	_, _ = w.restart()
	_, _ = w.till.book.OpenShift(ctx, "Оля")
	for _, id := range w.known {
		if _, err := w.till.book.PrintTickets(ctx, id, "Оля"); err != nil && !errors.Is(err, orders.ErrPaid) && !errors.Is(err, orders.ErrClosed) {
			w.fail("%v", err)
		}
	}
	for what := ""; what != "no operation"; {
		what, _ = w.operate()
	}
	claims, err := w.store.Claims(ctx, orders.ClaimFilter{})
	w.must(err)
	for _, c := range claims {
		bill, err := w.till.book.Bill(ctx, c.Bill)
		ours := err == nil && bill.Order.State == orders.StateOpen
		verdict, err := w.pay(w.request(c.Bill, c.Sum))
		w.must(err)
		if ours && c.State == orders.ClaimOpen && bill.Due.Equal(c.Sum) && verdict.Obstacle != orders.ObstacleNone {
			w.fail("nothing is in the way of %s, and yet %q", c.Sum, verdict.Obstacle)
		}
		again, err := w.pay(w.request(c.Bill, c.Sum))
		w.must(err)
		if again.Obstacle != verdict.Obstacle || verdict.Obstacle == orders.ObstacleNone && !again.Repeat {
			w.fail("answered %q, then %q", verdict.Obstacle, again.Obstacle)
		}
	}
	for _, id := range w.known {
		w.payRest(id)
	}
	w.check()
	w.checkReceipts()
}

// checkReceipts makes sure that each paid order has had its receipt: once, and again only as a copy.
func (w *world) checkReceipts() {
	_, _ = w.receiptsOut()
	_, _ = w.restart() // what nobody has tried to print since the printer was mended is due now
	_, _ = w.receiptsOut()
	for _, id := range w.known {
		o, err := w.store.Order(w.t.Context(), id)
		w.must(err)
		first, copies := w.printer.receipts[id], w.printer.copies[id]
		if first > 1 || o.Reason == orders.ReasonPaid && first+copies == 0 || o.Reason != orders.ReasonPaid && first+copies > 0 {
			w.fail("order %s: %d receipts and %d copies", o.Number, first, copies)
		}
		if copies > 0 {
			w.found.add("copy")
		}
	}
	due, err := w.store.ReceiptsDue(w.t.Context())
	w.must(err)
	if len(due) > 0 {
		w.fail("%d receipts are still due", len(due))
	}
}

// payRest closes with cash what nothing else has closed.
func (w *world) payRest(id uuid.UUID) {
	bill, err := w.till.book.Bill(w.t.Context(), id)
	w.must(err)
	if bill.Order.State == orders.StateClosed || bill.Due.IsNegative() {
		return
	}
	in := orders.PayOrder{Order: id, Version: bill.Order.Version, Cashier: "Оля", Confirmed: true}
	if bill.Due.IsPositive() {
		in.Parts = []orders.Part{{Kind: orders.PaidCard, Sum: bill.Due}}
	}
	_, err = w.till.book.Pay(w.t.Context(), in)
	w.must(err)
	w.settleDown()
	if w.printer.receipts[id] != 1 {
		w.fail("%d receipts", w.printer.receipts[id])
	}
}
