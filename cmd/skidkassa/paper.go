package main

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/printer"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui"
)

// paper is the till's printer: what the order book and the desk want on paper,
// in the words of the till's language.
//
// Receipts go through a queue, because nobody waits for them and a copy can be
// had later. A kitchen ticket does not: an order that says "printed" means that
// the kitchen has it, so whoever asked for it waits.
type paper struct {
	out   *printer.Printer
	queue *printer.Queue
	words *texts.Texts
	shop  config.Shop
	hub   *notice.Hub
	now   func() time.Time
	log   *slog.Logger
	pause time.Duration // between looks at a printer in trouble

	patience time.Duration // with a receipt

	trouble chan struct{} // the printer is in trouble: look until it is not

	mu    sync.Mutex
	tries map[string]bool // tickets of which a part may have come out
}

var _ orders.Printer = (*paper)(nil)

// troublePause is between looks at a printer in trouble: somebody stands before
// it with a roll of paper.
const troublePause = 2 * time.Second

// openPrinter finds the printer that the settings name. It speaks with nobody.
func openPrinter(settings config.Printer) (*printer.Printer, error) {
	page, err := printer.ParsePage(settings.Page)
	if err != nil {
		return nil, err
	}
	return printer.Open(settings.Device, printer.Options{Columns: settings.Columns, Page: page})
}

// makePaper prepares the printer, if the shop has one.
func (t *till) makePaper() error {
	settings := t.options.settings
	if settings.Printer.Device == "" || t.balanceOnly() {
		return nil
	}
	out, err := openPrinter(settings.Printer)
	if err != nil {
		return err
	}
	p := &paper{
		out: out, words: t.options.words, shop: settings.Shop, hub: t.hub, now: t.options.now, log: t.log,
		pause: troublePause, patience: receiptPatience, trouble: make(chan struct{}, 1), tries: make(map[string]bool),
	}
	p.queue = printer.NewQueue(out, printer.QueueOptions{
		Copy:    func() string { return p.words.Say(texts.PaperCopy) },
		Changed: func(state printer.QueueState) { p.tell(state.Status) },
	})
	t.paper = p
	return nil
}

// run prints until ctx is done.
func (p *paper) run(ctx context.Context) {
	var watch sync.WaitGroup
	watch.Go(func() { p.watchTrouble(ctx) })
	p.queue.Run(ctx)
	watch.Wait()
}

// drain waits until everything is printed, or something is not, or the limit
// has passed.
func (p *paper) drain(limit time.Duration) {
	const look = 20 * time.Millisecond
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(look) {
		if state := p.queue.State(); state.Waiting == 0 || state.Failed != nil {
			return
		}
	}
}

// printerState says how the printer is for the status bar. One that does not tell is
// not known to be well.
func printerState(status printer.Status) (notice.Level, string) {
	switch status.State {
	case printer.Ready:
		return notice.Good, ""
	case printer.PaperLow:
		return notice.Warning, tui.PrinterPaperLow
	case printer.NoPaper:
		return notice.Trouble, tui.PrinterNoPaper
	case printer.Offline:
		return notice.Trouble, tui.PrinterOffline + ":" + string(status.Cause)
	}
	return notice.Unknown, ""
}

// statusOfState is printerState read backwards.
func statusOfState(level notice.Level, code string) printer.Status {
	name, cause, _ := strings.Cut(code, ":")
	switch {
	case level == notice.Good:
		return printer.Status{State: printer.Ready}
	case name == tui.PrinterPaperLow:
		return printer.Status{State: printer.PaperLow}
	case name == tui.PrinterNoPaper:
		return printer.Status{State: printer.NoPaper}
	case name == tui.PrinterOffline:
		return printer.Status{State: printer.Offline, Cause: printer.Cause(cause)}
	}
	return printer.Status{State: printer.Unknown}
}

// tell publishes how the printer is.
func (p *paper) tell(status printer.Status) {
	level, code := printerState(status)
	state := notice.State{Part: notice.Printer, Level: level, Code: code, At: p.now()}
	p.hub.Publish(state)
	if state.Level == notice.Trouble {
		select {
		case p.trouble <- struct{}{}:
		default: // it is known
		}
	}
}

// watchTrouble looks at a printer in trouble until it can print again. The
// queue looks too, but seldom, and only its own findings are news to it.
func (p *paper) watchTrouble(ctx context.Context) {
	for {
		select {
		case <-p.trouble:
		case <-ctx.Done():
			return
		}
		if !waited(ctx, p.pause) {
			return
		}
		if status := p.out.Status(ctx); ctx.Err() == nil {
			p.tell(status)
		}
	}
}

// Ready implements [orders.Printer]. A printer that does not tell is taken at
// its word until a slip has not come out.
func (p *paper) Ready(ctx context.Context) error {
	status := p.out.Status(ctx)
	p.tell(status)
	stuck := status.State == printer.Unknown && p.queue.State().Failed != nil
	if status.CanPrint() && !stuck {
		return nil
	}
	return &orders.PrinterTrouble{NoPaper: status.State == printer.NoPaper}
}

// ticketLimit bounds one kitchen ticket.
const ticketLimit = 30 * time.Second

// Ticket implements [orders.Printer].
func (p *paper) Ticket(ctx context.Context, order orders.Order, lines []orders.Dish) error {
	ctx, cancel := context.WithTimeout(ctx, ticketLimit)
	defer cancel()
	doc := p.ticket(order, lines).Doc(p.paperWords())
	key := ticketKey(order, lines)
	if p.tried(key) {
		doc = doc.Marked(p.words.Say(texts.PaperCopy))
	}
	err := p.out.Print(ctx, doc)
	p.noteTry(key, err)
	var failed *printer.PrintError
	if errors.As(err, &failed) {
		p.tell(failed.Status)
		return errors.Join(&orders.PrinterTrouble{NoPaper: failed.Status.State == printer.NoPaper}, err)
	}
	return err
}

// maxTries bounds how many tickets are remembered as perhaps printed.
const maxTries = 100

// ticketKey tells tickets apart by what the kitchen would read.
func ticketKey(order orders.Order, lines []orders.Dish) string {
	var b strings.Builder
	b.WriteString(order.ID.String())
	for _, line := range lines {
		b.WriteString("\n" + line.ID.String() + " " + line.Count.String() + " " + line.Name)
	}
	return b.String()
}

func (p *paper) tried(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tries[key]
}

// noteTry remembers a ticket of which something may have come out, so that the
// kitchen does not cook twice.
func (p *paper) noteTry(key string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var failed *printer.PrintError
	switch {
	case err == nil:
		delete(p.tries, key)
	case errors.As(err, &failed) && failed.Sent:
		if len(p.tries) >= maxTries {
			clear(p.tries)
		}
		p.tries[key] = true
	}
}

// Receipt implements [orders.Printer].
func (p *paper) Receipt(_ context.Context, r orders.Receipt) error {
	doc, watch := p.receipt(r.Order, r.Payments, r.Fiscal).Doc(p.paperWords()), p.watchReceipt(r.Order)
	err := p.add(doc, r.Copy, func(err error) {
		if errors.Is(err, printer.ErrStopped) {
			watch.drop() // the next start prints it
			return
		}
		watch.ended(err)
		r.Ended(err)
	})
	if err != nil {
		watch.drop() // whoever asked is told
	}
	return err
}

// add has a slip printed; ended is told what became of it, unless add fails.
func (p *paper) add(doc printer.Doc, copyOf bool, ended func(error)) error {
	return p.queue.Add(printer.Job{Doc: doc, Copy: copyOf, Done: func(err error) {
		if err != nil {
			p.log.Warn("a slip was not printed", "err", err)
		}
		ended(err)
	}})
}

// slipLimit is how long after it was confirmed at the till an operation still
// has a slip: after that its guest has left.
const slipLimit = 5 * time.Minute

// heard prints a slip for every operation that has moved its guest's points.
func (p *paper) heard(news any) {
	changed, ok := news.(loyalty.OperationChanged)
	if !ok {
		return
	}
	op := changed.Operation
	moved := op.State == loyalty.StateConfirmed || op.State == loyalty.StateApplied
	if !moved || op.ChangedAt.Sub(op.PlannedAt) > slipLimit {
		return
	}
	if err := p.add(p.points(op).Doc(p.paperWords()), false, func(error) {}); err != nil {
		p.log.Warn("a slip was not printed", "operation", op.ID, "err", err)
	}
}

// head is what every slip begins with.
func (p *paper) head(title texts.ID, cashier string) printer.Head {
	return printer.Head{
		Shop: p.shop.Name, Title: p.words.Say(title), Register: int(p.shop.Register), Cashier: cashier, At: p.now(),
	}
}

func (p *paper) ticket(order orders.Order, lines []orders.Dish) printer.Ticket {
	head := p.head(texts.PaperKitchen, "")
	head.Order, head.Table, head.Waiter = order.Number, order.Table, order.Waiter
	return printer.Ticket{Head: head, Items: items(lines)}
}

func items(lines []orders.Dish) []printer.Item {
	found := make([]printer.Item, len(lines))
	for i, line := range lines {
		found[i] = printer.Item{Name: line.Name, Count: line.Count, Sum: line.Sum}
	}
	return found
}

// paymentWords name the ways of payment.
var paymentWords = map[orders.PaymentKind]texts.ID{
	orders.PaidCash:   texts.PaperCash,
	orders.PaidCard:   texts.PaperCard,
	orders.PaidQR:     texts.PaperQR,
	orders.PaidPoints: texts.PaperByPoints,
}

func (p *paper) receipt(order orders.Order, payments []orders.Payment, fiscal []orders.FiscalLine) printer.Receipt {
	head := p.head(texts.PaperReceipt, "")
	head.Order, head.Table, head.Waiter = order.Number, order.Table, order.Waiter
	r := printer.Receipt{Items: items(order.Dishes), Total: order.Sum.Decimal}
	tips := decimal.Zero
	for _, payment := range payments {
		r.Payments = append(r.Payments, printer.Amount{Label: p.words.Say(paymentWords[payment.Kind]), Value: payment.Sum})
		tips = tips.Add(payment.Tips)
		head.At, head.Cashier = payment.At, payment.Cashier // all are of one moment and one person
	}
	if tips.IsPositive() {
		r.Tips = decimal.NewNullDecimal(tips)
	}
	if order.Guest != nil {
		r.Guest = order.Guest.Name
	}
	for _, line := range fiscal {
		r.Fiscal = append(r.Fiscal, printer.Field{Key: line.Key, Value: line.Value})
	}
	r.Head = head
	return r
}

// points is the slip of an operation that has happened.
func (p *paper) points(op loyalty.Operation) printer.PointsReceipt {
	done := map[loyalty.Kind]texts.ID{loyalty.Accrual: texts.PaperAccrued, loyalty.Redemption: texts.PaperRedeemed}
	if op.Link == loyalty.LinkReversal {
		done = map[loyalty.Kind]texts.ID{loyalty.Accrual: texts.PaperGivenBack, loyalty.Redemption: texts.PaperTakenBack}
	}
	return printer.PointsReceipt{
		Head:      p.head(texts.PaperPoints, op.Cashier),
		Guest:     op.Name,
		Operation: p.words.Say(done[op.Kind]),
		Points:    op.Points,
		Sum:       decimal.NullDecimal{Decimal: op.Sum, Valid: op.Sum.IsPositive()},
		Balance:   decimal.NullDecimal{Decimal: op.Balance, Valid: op.BalanceRead},
	}
}

// paperWords are the words on slips. Sums have no sign of their currency: few
// printers know it.
func (p *paper) paperWords() printer.Words {
	say := p.words.Say
	return printer.Words{
		Register: say(texts.PaperRegister), Order: say(texts.PaperOrder), Table: say(texts.PaperTable),
		Waiter: say(texts.PaperWaiter), Cashier: say(texts.PaperCashier), Guest: say(texts.PaperGuest),
		Total: say(texts.PaperTotal), Sum: say(texts.PaperSum), Tips: say(texts.PaperTips),
		Balance: say(texts.PaperBalance), NotFiscal: say(texts.PaperNotFiscal),
		Shift: say(texts.PaperShift), Opened: say(texts.PaperOpened), Closed: say(texts.PaperClosed), Orders: say(texts.PaperOrders),

		Money:  func(d decimal.Decimal) string { return p.words.Money(d, "") },
		Number: p.words.Number,
		Moment: func(at time.Time) string { return p.words.Day(at) + " " + p.words.Clock(at) },
	}
}
