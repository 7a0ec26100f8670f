package tui

import (
	"context"
	"io"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// benchTill is a model at a full guest screen of 80x24 cells, with a clock that the benchmark moves.
func benchTill() (m *Model, clock *time.Time) {
	now := stage.Opening()
	desk := stage.NewTill().Desk
	m = New(Options{
		Desk: desk, Hub: &notice.Hub{}, Texts: texts.New(texts.Russian),
		Recent:   func(context.Context, int) ([]loyalty.Operation, error) { return nil, nil },
		ShopName: "Кофейня", Currency: "RUB", Output: io.Discard, Now: func() time.Time { return now }, After: never,
		Scanner: scanner.Options{OpensPayload: layout.OpensPayload}, Theme: look.Theme{Colors: look.Colors256},
	})
	g := newGuest(m.env, arrival{card: stage.CardOf(stage.SomeClient), scannedAt: now})
	m.active = g
	guest, _ := desk.Greet(context.Background(), g.card, now)
	g.update(greetedMsg{guest})
	for _, r := range "1250" {
		now = now.Add(time.Second)
		m.Update(stage.Runes(string(r)))
	}
	m.View()
	return m, &now
}

// never brings nothing: the benchmarks send the messages themselves.
func never(time.Duration, tea.Msg) tea.Cmd { return nil }

// show does what the program does for each message.
func show(m *Model, msg tea.Msg) {
	m.Update(msg)
	m.View()
}

// benchScan scans the same card with the given message lengths; the QR is the guest's own, so nothing opens.
func benchScan(b *testing.B, perMessage int, pause time.Duration) {
	m, clock := benchTill()
	payload := []rune(stage.CardOf(stage.SomeClient).Payload())
	for b.Loop() {
		*clock = clock.Add(10 * time.Second)
		for rest := payload; len(rest) > 0; rest = rest[min(perMessage, len(rest)):] {
			*clock = clock.Add(pause)
			show(m, tea.KeyMsg{Type: tea.KeyRunes, Runes: rest[:min(perMessage, len(rest))]})
		}
		show(m, enter)
	}
}

// BenchmarkScanSlow is a scan at one rune per millisecond, 65 messages: the screen's part of at most 8 ms.
func BenchmarkScanSlow(b *testing.B) { benchScan(b, 1, time.Millisecond) }

// BenchmarkScanAtOnce is the same scan in one message.
func BenchmarkScanAtOnce(b *testing.B) { benchScan(b, 1000, time.Millisecond) }

// BenchmarkKey is one digit typed into the sum, with everything that follows from it drawn anew.
func BenchmarkKey(b *testing.B) {
	m, clock := benchTill()
	for b.Loop() {
		*clock = clock.Add(time.Second)
		show(m, stage.Runes("1"))
		*clock = clock.Add(time.Second)
		show(m, backspace)
	}
}

// BenchmarkFirstFrame is the idle screen from nothing, catalogs included.
func BenchmarkFirstFrame(b *testing.B) {
	for b.Loop() {
		m := New(Options{
			Desk: stage.NewTill().Desk, Hub: &notice.Hub{}, Texts: texts.New(texts.Russian), Output: io.Discard,
			Recent: func(context.Context, int) ([]loyalty.Operation, error) { return nil, nil },
		})
		m.View()
	}
}

// rushHour is the list of 2,000 open orders on a screen.
func rushHour(b *testing.B) *till {
	book := &stage.Orders{}
	for table := range 2000 {
		book.List = append(book.List, stage.WithGuest(stage.OrderOf(table+1, table), int64(table+1), "Александр Татарченко", "2365"))
	}
	tl := &till{Till: stage.NewTill()}
	tl.model, _ = benchTill()
	tl.model.options.Orders = book
	tl.model.options.Now, tl.Model = tl.Now, tl.model
	tl.Press(f4)
	list := newOrdersScreen(tl.model.env, tl.model.book, nil)
	open, _ := book.Open(context.Background())
	list.take(ordersMsg{orders: open})
	tl.model.active = list
	b.ResetTimer()
	return tl
}

// BenchmarkOrdersKey is a letter typed into the filter of 2,000 orders and taken back: the screen's part of at most 50 ms
// for a key.
func BenchmarkOrdersKey(b *testing.B) {
	tl := rushHour(b)
	for b.Loop() {
		for _, press := range []tea.KeyMsg{stage.Runes("1"), backspace, {Type: tea.KeyDown}} {
			tl.Clock = tl.Clock.Add(time.Second)
			show(tl.model, press)
			tl.Clock = tl.Clock.Add(time.Second)
			show(tl.model, wakeMsg{})
		}
	}
}

// weddingOf is a till at an order of 500 lines: its card, or its form when edits says so.
func weddingOf(b *testing.B, edits bool) *till {
	var order orders.Order
	order.ID, order.Source, order.State, order.Version = uuid.UUID{15: 1}, orders.SourceTill, orders.StateOpen, 1
	order.Sum = decimal.NewNullDecimal(stage.Number("5000"))
	for i := range 500 {
		d := stage.Dish("Салат «Столичный» с курицей", "1", "10")
		d.ID = uuid.UUID{14: byte(i >> 8), 15: byte(i)}
		order.Dishes = append(order.Dishes, d)
	}
	tl := &till{Till: stage.NewTill()}
	tl.model, _ = benchTill()
	tl.model.options.Now, tl.Model = tl.Now, tl.model
	card := newOrderCard(tl.model.env, tl.model.book, tl.model.claims, order)
	card.take(cardMsg{order: order.ID, bill: orders.Bill{Order: order, Due: order.Sum.Decimal}})
	tl.model.active = card
	if edits {
		tl.model.options.Till = orders.NewBook(orders.Options{Now: tl.model.options.Now})
		tl.model.active = newOrderEdit(tl.model.env, order)
	}
	b.ResetTimer()
	return tl
}

// BenchmarkOrderEditKey is a letter typed into the form of an order of 500 lines, and a line down: at most 50 ms for a key.
func BenchmarkOrderEditKey(b *testing.B) {
	tl := weddingOf(b, true)
	for b.Loop() {
		for _, press := range []tea.KeyMsg{stage.Runes("я"), backspace, {Type: tea.KeyUp}} {
			tl.Clock = tl.Clock.Add(time.Second)
			show(tl.model, press)
			tl.Clock = tl.Clock.Add(time.Second)
			show(tl.model, wakeMsg{})
		}
	}
}

// BenchmarkOrderCardKey is a page of the card of an order of 500 lines.
func BenchmarkOrderCardKey(b *testing.B) {
	tl := weddingOf(b, false)
	for b.Loop() {
		for _, press := range []tea.KeyMsg{{Type: tea.KeyPgDown}, {Type: tea.KeyEnd}, {Type: tea.KeyHome}} {
			tl.Clock = tl.Clock.Add(time.Second)
			show(tl.model, press)
		}
	}
}

// BenchmarkOrdersNews is one piece of news of an order among 2,000.
func BenchmarkOrdersNews(b *testing.B) {
	tl := rushHour(b)
	order := stage.WithGuest(stage.OrderOf(1000, 0), 7, "Анна Ли", "5")
	for b.Loop() {
		tl.Clock = tl.Clock.Add(time.Millisecond)
		order.Version++
		order.ChangedAt = tl.Clock
		show(tl.model, stage.Bound(order))
	}
}
