package simcmd

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// ExpirenzaOptions are what the simulator of Expirenza runs with.
type ExpirenzaOptions struct {
	Listen string           // host:port; port 0: a free one
	In     io.Reader        // the commands, a line each; at its end the simulator goes on without them
	Out    io.Writer        // gets the address, bills, and what the till answers
	Words  *texts.Texts     // required
	Now    func() time.Time // nil: time.Now
}

// RunExpirenza runs the simulator until ctx is done or the command to end comes. An address that cannot be listened on is
// an error before anything is printed.
func RunExpirenza(ctx context.Context, options ExpirenzaOptions) error {
	s := &phone{service: &expirenzasim.Server{Now: options.Now}, words: options.Words, out: options.Out, now: options.Now}
	if s.now == nil {
		s.now = time.Now
	}
	s.service.SetFault(expirenzasim.Fault{Callback: s.answered})
	url, err := s.service.Listen(options.Listen)
	if err != nil {
		return err
	}
	s.tell(texts.CLISimPayGreeting, texts.Args{"URL": url, "Restaurant": expirenzasim.TestRestoID, "Key": expirenzasim.TestSecret})
	s.tell(texts.CLISimPayCommands)
	s.print("\n")
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go s.read(ctx, options.In, stop) // it may wait for a line that never comes
	<-ctx.Done()
	return s.service.Close()
}

// phone is a guest's phone, and whoever sits before the simulator.
type phone struct {
	service *expirenzasim.Server
	words   *texts.Texts
	now     func() time.Time

	mu     sync.Mutex // of the output too: lines stay whole
	out    io.Writer
	bills  []expirenzasim.Order // as they were listed last
	broken int                  // how many broken rules have been told
}

// tell writes a line.
func (p *phone) tell(id texts.ID, args ...texts.Args) { p.print(p.words.Say(id, args...) + "\n") }

// print writes what has been said: what it cannot write, it drops.
func (p *phone) print(said string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = io.WriteString(p.out, said)
}

// lineMaxBytes bounds a command.
const lineMaxBytes = 256

// read carries out commands until there are no more of them.
func (p *phone) read(ctx context.Context, in io.Reader, stop func()) {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, lineMaxBytes), lineMaxBytes)
	for ctx.Err() == nil && lines.Scan() {
		err := p.obey(ctx, strings.Fields(lines.Text()))
		switch {
		case errors.Is(err, errQuit):
			stop()
			return
		case errors.Is(err, errCommand):
			p.tell(texts.CLILongNoCommand)
			p.tell(texts.CLISimPayCommands)
		case errors.Is(err, errNoBill):
			p.tell(texts.CLISimPayNoSuchBill)
		case err != nil:
			p.print(err.Error() + "\n")
		}
		p.tellBroken()
	}
}

// Why a command is not carried out.
var (
	errQuit    = errors.New("quit")
	errCommand = errors.New("no command")
	errNoBill  = errors.New("no such bill")
)

// obey carries out one command: nothing lists the open bills, "table N" those of a table, "N [TIPS]" pays the bill of that
// number, "N sum S [TIPS]" another sum for it.
func (p *phone) obey(ctx context.Context, words []string) error {
	switch {
	case len(words) == 0:
		p.list(p.service.Orders())
		return nil
	case words[0] == "quit" && len(words) == 1:
		return errQuit
	case words[0] == "table" && len(words) >= 2:
		return p.showTable(ctx, strings.Join(words[1:], " "))
	}
	number, err := strconv.Atoi(words[0])
	if err != nil {
		return errCommand
	}
	return p.pay(number, words[1:])
}

const (
	askLimit     = 10 * time.Second // for the till's answer to one question
	connectLimit = 2 * time.Second  // for a till that is just connecting
)

// awaitTill gives a till that is just connecting a moment. Only that the program is to end is an error.
func (p *phone) awaitTill(ctx context.Context) error {
	waiting, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	if p.service.AwaitTill(waiting) != nil {
		return ctx.Err() // without a till, whatever is asked says so
	}
	return nil
}

// showTable asks for the bills of a table, as the QR on it does.
func (p *phone) showTable(ctx context.Context, table string) error {
	ctx, cancel := context.WithTimeout(ctx, askLimit)
	defer cancel()
	err := p.awaitTill(ctx)
	if err != nil {
		return err
	}
	shown, err := p.service.GetBill(ctx, table, "")
	if err != nil {
		return err
	}
	if shown.State != "SUCCESS" {
		p.tell(texts.CLISimPayNoBills, texts.Args{"Why": printable(shown.Substate)})
		return nil
	}
	p.list(shown.Orders)
	return nil
}

// list prints bills with the numbers to pay them by.
func (p *phone) list(bills []expirenzasim.Order) {
	p.mu.Lock()
	p.bills = bills
	p.mu.Unlock()
	var b strings.Builder
	if len(bills) == 0 {
		b.WriteString(p.words.Say(texts.CLISimPayNothing) + "\n")
	}
	for i, bill := range bills {
		number := "-"
		if bill.OrderNumber != nil {
			number = strconv.FormatInt(*bill.OrderNumber, 10)
		}
		b.WriteString(p.words.Say(texts.CLISimPayBill, texts.Args{
			"Number": i + 1, "Order": number, "Sum": bill.TotalSum.StringFixed(2), "Waiter": printable(bill.Waiter),
		}) + "\n")
		for _, guest := range bill.Guests {
			for _, dish := range guest.Dishes {
				_, _ = fmt.Fprintf(&b, "     %s: %s x %s %s\n", printable(guest.Name), dish.Count, printable(dish.Name), dish.Sum.StringFixed(2))
			}
		}
	}
	p.print(b.String())
}

// pay pays the listed bill of a number: its sum or another one, and tips.
func (p *phone) pay(number int, words []string) error {
	p.mu.Lock()
	bills := p.bills
	p.mu.Unlock()
	if number < 1 || number > len(bills) {
		return errNoBill
	}
	bill := bills[number-1]
	id, err := uuid.Parse(bill.BillID)
	if err != nil {
		return errNoBill
	}
	payment := expirenzasim.Payment{
		Bill: id, Sum: bill.TotalSum, Fiscal: []expirenzasim.FiscalLine{{Key: "ЕКВАЙЕР", Value: "Universal Bank"}},
	}
	if len(words) >= 2 && words[0] == "sum" {
		if payment.Sum, err = amount(words[1]); err != nil {
			return err
		}
		words = words[2:]
	}
	if len(words) == 1 {
		if payment.Tips, err = amount(words[0]); err != nil {
			return err
		}
		words = nil
	}
	if len(words) > 0 {
		return errCommand
	}
	p.tell(texts.CLISimPayAsked, texts.Args{"Number": number, "Sum": payment.Sum.StringFixed(2), "Tips": payment.Tips.StringFixed(2)})
	p.service.Pay(payment) // after the words: the answer is quick
	return nil
}

// amount reads a sum as a person types it. Its form is bounded: 1e999999999 would take gigabytes to print.
func amount(word string) (decimal.Decimal, error) {
	sum, err := decimal.NewFromString(strings.Replace(word, ",", ".", 1))
	if err != nil || len(word) > 12 || sum.IsNegative() || strings.ContainsAny(word, "eE") {
		return decimal.Zero, errCommand
	}
	return sum, nil
}

// answered prints what the till answers to a payment. The service takes every answer.
func (p *phone) answered(c expirenzasim.Callback) *expirenzasim.Answer {
	if c.Operation != "payBill" {
		return nil
	}
	what := texts.CLISimPayClosed
	switch {
	case c.State == "SUCCESS":
	case c.Substate == "OTHER_ERROR":
		what = texts.CLISimPayNever
	default:
		what = texts.CLISimPayBlocked
	}
	p.print(p.now().Format(time.TimeOnly) + " " + printable(strings.TrimSpace(c.State+" "+c.Substate)) + ": " + p.words.Say(what) + "\n")
	return nil
}

// tellBroken prints the rules that the till has broken since the last time.
func (p *phone) tellBroken() {
	broken := p.service.Violations()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, rule := range broken[min(p.broken, len(broken)):] {
		_, _ = fmt.Fprintln(p.out, p.words.Say(texts.CLISimPayBroken, texts.Args{"Rule": printable(rule)}))
	}
	p.broken = len(broken)
}

// printable keeps what a till says from reaching the terminal raw.
func printable(text string) string { return skidkabot.Sanitize(text) }
