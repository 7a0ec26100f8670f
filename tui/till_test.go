package tui

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders/orderstest"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// till is a till of the stage that a test drives and reads.
type till struct {
	*testing.T
	*stage.Till
	model *Model
}

func newTill(t *testing.T, change ...func(*Options)) *till {
	tl := &till{T: t, Till: stage.NewTill()}
	options := Options{
		Desk: tl.Desk, Hub: &notice.Hub{}, Texts: texts.New(texts.Russian),
		Recent:   func(context.Context, int) ([]loyalty.Operation, error) { return nil, nil },
		ShopName: "Кофейня", Register: stage.Register, Cashier: "Анна", Currency: "RUB", Version: "1.0",
		Scanner: scanner.Options{OpensPayload: layout.OpensPayload},
		Output:  io.Discard, Now: tl.Now, After: tl.After,
	}
	for _, c := range change {
		c(&options)
	}
	tl.Journal, _ = options.Journal.(*stage.Journal)
	if tl.Counter != nil {
		tl.Counter.Listen(options.Hub)
	}
	tl.model = New(options)
	tl.Start(tl.model)
	return tl
}

// The moves of the stage that a test may go on from.

func (tl *till) AtGuest(sum string) *till {
	tl.Till.AtGuest(sum)
	return tl
}

func (tl *till) AtCard() *till {
	tl.Till.AtCard()
	return tl
}

func (tl *till) AtPay() *till {
	tl.Till.AtPay()
	return tl
}

func (tl *till) Offline() *till {
	tl.Till.Offline()
	return tl
}

// flat is what the screen says without its frame, as one line: a sentence may be wrapped.
func flat(shown string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(shown, "│", " ")), " ")
}

func (tl *till) wants(words ...string) {
	tl.Helper()
	shown := tl.Shown()
	for _, w := range words {
		if !strings.Contains(shown, w) && !strings.Contains(flat(shown), w) {
			tl.Fatalf("the screen does not say %q:\n%s", w, shown)
		}
	}
}

func (tl *till) lacks(words ...string) {
	tl.Helper()
	shown := tl.Shown()
	for _, w := range words {
		if strings.Contains(shown, w) {
			tl.Fatalf("the screen says %q:\n%s", w, shown)
		}
	}
}

func withRecovery(r loyalty.Recovery) func(*Options) {
	return func(o *Options) { o.Recovery = r }
}

func withTheme(theme look.Theme) func(*Options) { return func(o *Options) { o.Theme = theme } }

func withJournal(j *stage.Journal) func(*Options) { return func(o *Options) { o.Journal = j } }

func withPIN(p *stage.PIN) func(*Options) { return func(o *Options) { o.PIN = p } }

// withOrders gives the till a waiters' door and its orders.
func withOrders(b *stage.Orders) func(*Options) {
	return func(o *Options) { o.Orders, o.WaiterAddress = b, "127.0.0.1:9100" }
}

// withCounter gives the till orders of its own. Prepare fills the book before the screen opens.
func withCounter(prepare ...func(*stage.Counter)) func(*Options) { return counterWith(nil, prepare...) }

// withPrinter is withCounter in a shop with a printer.
func withPrinter(prepare ...func(*stage.Counter)) func(*Options) {
	return func(o *Options) { counterWith(&stage.Printer{}, prepare...)(o); o.Printer = true }
}

func counterWith(paper *stage.Printer, prepare ...func(*stage.Counter)) func(*Options) {
	return func(o *Options) {
		c := stage.NewCounter(o.Desk.(*stage.Desk).Till, &orderstest.MemoryStore{}, o.Hub, paper)
		o.Till, o.Orders, o.Records, o.Journal = c, c, c.Store, c.Store
		for _, p := range prepare {
			p(c)
		}
	}
}

func withReady(o *Options) {
	for _, id := range []texts.ID{
		texts.ReadyPoints, texts.ReadyNoPoints, texts.ReadyLayout, texts.ReadyCapsLock, texts.ReadyExpired,
		texts.ReadyForeign, texts.ReadyBarcode, texts.ReadyServiceDown, texts.ReadyReplyLost,
	} {
		o.Ready = append(o.Ready, ReadyScan{Label: id, Text: func() string { return "" }})
	}
}

// said makes words into notices, which are said in the language of the till.
func said(words ...string) []func() string {
	var notices []func() string
	for _, w := range words {
		notices = append(notices, func() string { return w })
	}
	return notices
}

// The stage cannot ask the screens how long they wait: it knows nothing of them.
func TestTheStageKnowsTheScreensTimes(t *testing.T) {
	for what, times := range map[string][2]time.Duration{
		"news of orders": {stage.NewsPause, orderNewsPause},
		"the quiet":      {stage.QuietTime, quietTime},
		"reading":        {stage.ReadTime, readTime},
	} {
		if times[0] != times[1] {
			t.Errorf("%s: %s on the stage, %s on the screen", what, times[0], times[1])
		}
	}
}
