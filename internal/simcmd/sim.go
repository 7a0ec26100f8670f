// Package simcmd is what the commands `sim` and `qr` do: it runs the Skidkabot
// service and Expirenza as fakes and draws customers' QRs, so that a till, its
// settings and a real scanner can be tried without the real services. It is, with
// the demo, the only production code that may use the fakes.
package simcmd

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// What the command `qr` draws when nothing else is asked: the shop that the
// simulator is, its first customer and the first QR that it gives out, which is
// the published example (PROTOCOLS.md, section 1).
const (
	TestVendor                     = skidkabotsim.TestVendor
	FirstCustomer int64            = 83532824
	FirstSecret   skidkabot.Secret = 31766
)

// customers are those of a fresh simulator. The second one's number does not
// fit 32 bits, as a customer's number need not.
func customers() []skidkabotsim.Customer {
	return []skidkabotsim.Customer{
		{Client: FirstCustomer, FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(2365)},
		{Client: 7045112233, FirstName: "Мария", LastName: "Коваленко"},
	}
}

// SkidkabotOptions are what the simulator of the Skidkabot service runs with.
type SkidkabotOptions struct {
	Listen string           // host:port; port 0: a free one
	Fault  string           // name of the fault that every accrual and redemption meets; "": none
	Out    io.Writer        // gets the address, the QRs and one line for each request
	Words  *texts.Texts     // required
	Now    func() time.Time // nil: time.Now
}

// UnknownFaultError names a fault that the simulator does not have.
type UnknownFaultError struct{ Name string }

func (e *UnknownFaultError) Error() string { return fmt.Sprintf("simcmd: no fault %q", e.Name) }

// FaultNames lists the faults that [SkidkabotOptions] may name.
func FaultNames() []string {
	var names []string
	for _, fault := range skidkabotsim.Faults() {
		names = append(names, fault.Name)
	}
	return names
}

// RunSkidkabot runs the simulator until ctx is done. An address that cannot be
// listened on is an error before anything is printed.
func RunSkidkabot(ctx context.Context, options SkidkabotOptions) error {
	service := &skidkabotsim.Server{Now: options.Now}
	log := &requestLog{words: options.Words, out: options.Out}
	fault, err := chosenFault(options.Fault)
	if err != nil {
		return err
	}
	service.SetHook(func(request skidkabotsim.Request) *skidkabotsim.Fault {
		log.write(request)
		if request.Path == skidkabot.PathBalance {
			return nil
		}
		return fault
	})
	cards := register(service)
	url, err := service.Listen(options.Listen)
	if err != nil {
		return err
	}
	log.greet(url, cards)
	<-ctx.Done()
	return service.Close()
}

// register makes the customers known before the service listens, and gives
// each a QR.
func register(service *skidkabotsim.Server) []skidkabot.Card {
	var cards []skidkabot.Card
	for _, customer := range customers() {
		service.AddCustomer(customer)
		cards = append(cards, service.IssueQR(customer.Client))
	}
	return cards
}

// chosenFault gives the fault of a name, nil for none.
func chosenFault(name string) (*skidkabotsim.Fault, error) {
	if name == "" {
		return nil, nil
	}
	fault, ok := skidkabotsim.Named(name)
	if !ok {
		return nil, &UnknownFaultError{Name: name}
	}
	return &fault, nil
}

// requestLog writes whole lines from the goroutines that serve requests. What
// it cannot write, it drops: the simulator goes on.
type requestLog struct {
	words *texts.Texts
	mu    sync.Mutex
	out   io.Writer
}

// greet prints how to use the simulator. It holds the lock throughout, so that
// an early request does not come between.
func (l *requestLog) greet(url string, cards []skidkabot.Card) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintln(l.out, l.words.Say(texts.CLISimGreeting, texts.Args{
		"URL": url, "Shop": skidkabotsim.TestVendor, "Secret": skidkabotsim.TestVendorSecret.Reveal(),
	}))
	for i, customer := range customers() {
		said := l.words.Say(texts.CLISimCustomer, texts.Args{
			"Name": customer.FirstName + " " + customer.LastName, "Balance": l.words.Number(customer.Balance),
		})
		_, _ = fmt.Fprintf(l.out, "\n  %s\n  %s\n  skidkassa qr --client %d --secret %d\n",
			said, cards[i].Payload(), cards[i].Client, cards[i].Secret.Reveal())
	}
	_, _ = fmt.Fprintln(l.out, "\n"+l.words.Say(texts.CLISimRequests))
}

func (l *requestLog) write(request skidkabotsim.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.out, "%s #%d %s client=%s kassa=%s summa=%s\n", request.At.Format(time.TimeOnly), request.No, request.Path,
		field(request, "fk_client"), field(request, "kassa"), field(request, "summa"))
}

// maxFieldBytes bounds what of a request's field is printed: more than any
// 64-bit number takes.
const maxFieldBytes = 24

// field gives a request's field for a line of the log, "-" when it is absent.
// Quoting keeps what a stranger sends from reaching the terminal raw.
func field(request skidkabotsim.Request, name string) string {
	value := request.Form.Get(name)
	if value == "" {
		return "-"
	}
	quoted := fmt.Sprintf("%q", value[:min(len(value), maxFieldBytes)])
	return quoted[1 : len(quoted)-1]
}
