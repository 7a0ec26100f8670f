package faults

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui"
)

// screen is the till's screen on a shop, with its message loop in the test's hands.
type screen struct {
	*shop
	model    tea.Model
	messages chan tea.Msg
	answers  chan answer

	mu    sync.Mutex
	ahead time.Duration // the screen's clock against the true one: a keyboard that has been quiet
	given []answer      // by the desk, and perhaps not yet on their way to the screen
}

// answer is what the desk gave to one of the three things that a cashier does.
type answer struct {
	result loyalty.Result
	err    error
}

// watched is the shop's desk, which also tells the test what it answers.
type watched struct {
	*loyalty.Desk
	screen *screen
}

func (w watched) gives(a answer) {
	w.screen.mu.Lock()
	defer w.screen.mu.Unlock()
	w.screen.given = append(w.screen.given, a)
}

func (w watched) Greet(ctx context.Context, card skidkabot.Card, scannedAt time.Time) (loyalty.Guest, error) {
	guest, err := w.Desk.Greet(ctx, card, scannedAt)
	w.gives(answer{err: err})
	return guest, err
}

func (w watched) Accrue(ctx context.Context, req loyalty.AccrualRequest) (loyalty.Result, error) {
	result, err := w.Desk.Accrue(ctx, req)
	w.gives(answer{result, err})
	return result, err
}

func (w watched) Redeem(ctx context.Context, req loyalty.RedemptionRequest) (loyalty.Result, error) {
	result, err := w.Desk.Redeem(ctx, req)
	w.gives(answer{result, err})
	return result, err
}

// columns and lines are a window that has no room for more than the screen itself.
const (
	columns = 100
	lines   = 40
)

func open(s *shop) *screen {
	v := &screen{shop: s, messages: make(chan tea.Msg, 256), answers: make(chan answer, 8)}
	v.model = tui.New(tui.Options{
		Desk: watched{s.desk, v}, Hub: s.hub, Texts: texts.New(texts.Russian),
		Recent: func(ctx context.Context, n int) ([]loyalty.Operation, error) {
			return s.store.List(ctx, loyalty.Filter{Limit: n})
		},
		Register: 1, Cashier: "Анна", Currency: "RUB",
		Scanner: scanner.Options{Gap: 50 * time.Millisecond, OpensPayload: layout.OpensPayload},
		Output:  new(bytes.Buffer), Now: v.now,
	})
	s.Cleanup(s.hub.Subscribe(func(news any) { v.messages <- news }))
	v.send(tea.WindowSizeMsg{Width: columns, Height: lines})
	v.carry(v.model.Init())
	return v
}

func (v *screen) now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return time.Now().Add(v.ahead)
}

// send gives the model a message and carries out what it asks for.
func (v *screen) send(message tea.Msg) {
	if batch, ok := message.(tea.BatchMsg); ok {
		for _, command := range batch {
			v.carry(command)
		}
		return
	}
	var command tea.Cmd
	v.model, command = v.model.Update(message)
	v.carry(command)
}

func (v *screen) carry(command tea.Cmd) {
	if command == nil {
		return
	}
	go func() {
		if message := command(); message != nil {
			v.messages <- message
		}
		// The test hears of an answer after the screen has been sent it.
		v.mu.Lock()
		given := v.given
		v.given = nil
		v.mu.Unlock()
		for _, a := range given {
			v.answers <- a
		}
	}()
}

// patience is how long a test waits for what must come: much longer than it takes on a busy machine.
const patience = 90 * time.Second

// lookAfter is when a person takes what the screen says for its last word. Only what is new to docs/faults.md is told by it.
const lookAfter = 2 * time.Second

// pump passes messages on until enough is true, and reports whether it became so in time.
func (v *screen) pump(limit time.Duration, enough func() bool) bool {
	late := time.After(limit)
	for !enough() {
		select {
		case message := <-v.messages:
			v.send(message)
		case <-late:
			return false
		}
	}
	return true
}

// until passes messages on until all texts are on the screen.
func (v *screen) until(texts ...string) {
	v.Helper()
	all := func() bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(v.shown(), text) })
	}
	if !v.pump(patience, all) {
		v.Fatalf("no %q; the screen is\n%s", texts, v.shown())
	}
}

// answered passes messages on until the desk has answered.
func (v *screen) answered() (got answer) {
	v.Helper()
	limit := time.After(patience)
	for {
		select {
		case message := <-v.messages:
			v.send(message)
		case got := <-v.answers:
			return got
		case <-limit:
			v.Fatalf("no answer; the screen is\n%s", v.shown())
		}
	}
}

// watch gives what the cashier sees in the end: what is known to be seen, as soon as it is, or what stands there after a
// while when that never comes.
func (v *screen) watch(state string, known func(seen) bool) seen {
	look := func() seen { return seenOn(v.shown(), state) }
	is := func() bool { return known(look()) }
	if v.pump(lookAfter, is) {
		return look()
	}
	standing := look()
	if !*update && v.pump(patience, is) {
		return look()
	}
	return standing
}

// press presses a key after the keyboard has been quiet for longer than any guard against a hasty Enter.
func (v *screen) press(key tea.KeyMsg) {
	v.mu.Lock()
	v.ahead += 400 * time.Millisecond
	v.mu.Unlock()
	v.send(key)
}

var enter = tea.KeyMsg{Type: tea.KeyEnter}

// scan scans the customer's QR and waits for the greeting.
func (v *screen) scan() answer {
	v.Helper()
	v.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(v.card.Payload())})
	v.send(enter)
	return v.answered()
}

// typeSum types the receipt's sum.
func (v *screen) typeSum() {
	v.Helper()
	for _, r := range "1250" {
		v.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	}
	v.until("Начислим 25 баллов")
}

func (v *screen) shown() string { return strings.ReplaceAll(ansi.Strip(v.model.View()), "\u00a0", " ") }

// countdown and closing are what stands differently on each run.
var (
	countdown = regexp.MustCompile(`\d\d:\d\d`)
	closing   = regexp.MustCompile(`через \d+ с$`)
)

// seenOn is what the cashier sees on a screen.
func seenOn(shown, state string) seen {
	rows := strings.Split(strings.TrimRight(shown, "\n"), "\n")
	return seen{state, said(rows), status(rows[len(rows)-1])}
}

// said is what the screen says in its panel, one paragraph after the other; without a panel, what the whole screen says.
func said(rows []string) string {
	var body, banner []string
	framed, guest := false, false
	for i, row := range rows[1 : len(rows)-1] {
		text := strings.TrimSpace(row)
		if len(banner) == i && text != "" { // it stands right below the header
			banner = append(banner, text)
			continue
		}
		guest = guest || strings.Contains(row, "F3 Списать ─")
		if inside, ok := strings.CutPrefix(text, "│"); ok {
			framed = true
			line := strings.TrimSpace(strings.TrimSuffix(inside, "│"))
			if isLarge := line != "" && strings.Trim(line, "█ ") == ""; !isLarge { // large digits say again what words say
				body = append(body, line)
			}
		}
	}
	if !framed || guest {
		body = []string{guestShown}
	}
	said := countdown.ReplaceAllString(paragraphs(append(append(banner, ""), body...)), "мм:сс")
	return closing.ReplaceAllString(said, "через N с")
}

// guestShown stands for a guest screen, on which nothing went wrong.
const guestShown = "(экран гостя)"

// paragraphs joins the lines of each paragraph; a slash parts the paragraphs.
func paragraphs(lines []string) string {
	var all []string
	var one []string
	for _, line := range append(lines, "") {
		if line != "" {
			one = append(one, line)
			continue
		}
		if len(one) > 0 {
			all = append(all, strings.Join(one, " "))
		}
		one = nil
	}
	return strings.Join(all, " / ")
}

// status is the status bar without the time of day.
func status(row string) string {
	return strings.Join(strings.Fields(countdown.ReplaceAllString(row, "")), " ")
}
