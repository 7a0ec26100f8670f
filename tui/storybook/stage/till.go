package stage

import (
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// Till is a till's screen with a clock and a message loop that a scene or a test drives. Make one with [NewTill], build the
// model over its Desk, Now and After, and give it to Start.
type Till struct {
	Model   tea.Model
	Desk    *Desk
	Journal *Journal // what the desk reads about reversals; nil: there is none
	Counter *Counter // the till's own orders; nil: it has none
	Clock   time.Time

	Held    bool      // the answers of the desk wait until Deliver
	Arrived []tea.Msg // those that wait
	Later   []Delayed // what the clock will bring
	Quit    bool      // the model wanted to end
}

// Delayed is a message that comes at its time.
type Delayed struct {
	At  time.Time
	Msg tea.Msg
}

// NewTill makes a till that has a desk and a clock, and no model yet.
func NewTill() *Till {
	tl := &Till{Desk: NewDesk(), Clock: Opening()}
	tl.Desk.Till, tl.Desk.OnReverse = tl, tl.Reversed
	return tl
}

// Now is the till's clock.
func (tl *Till) Now() time.Time { return tl.Clock }

// After brings a message when the till's clock has come so far.
func (tl *Till) After(pause time.Duration, msg tea.Msg) tea.Cmd {
	tl.Later = append(tl.Later, Delayed{tl.Clock.Add(pause), msg})
	return nil
}

// Start gives the till its model, and does what a program does at first.
func (tl *Till) Start(model tea.Model) {
	tl.Model = model
	tl.Do(model.Init())
}

// Do executes a command as the program would.
func (tl *Till) Do(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	answer := cmd()
	if tl.Counter != nil {
		tl.Counter.Tell()
	}
	switch msg := answer.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			tl.Do(c)
		}
	case tea.QuitMsg:
		tl.Quit = true
	default:
		tl.Arrived = append(tl.Arrived, msg)
		if !tl.Held {
			tl.Deliver()
		}
	}
}

// Deliver lets the desk's answers arrive.
func (tl *Till) Deliver() {
	msgs := tl.Arrived
	tl.Arrived = nil
	for _, msg := range msgs {
		tl.Send(msg)
	}
}

// Send gives the model a message. Before a key it looks at the screen, as whoever presses it does: what there is to scroll is
// known when it has been drawn. The program draws after each message; here that would be most of what tests do.
func (tl *Till) Send(msg tea.Msg) {
	if _, isKey := msg.(tea.KeyMsg); isKey {
		tl.Model.View()
	}
	_, cmd := tl.Model.Update(msg)
	tl.Do(cmd)
}

// Wait lets time pass, and what it brings happen.
func (tl *Till) Wait(d time.Duration) {
	end := tl.Clock.Add(d)
	for {
		next := -1
		for i, due := range tl.Later {
			if !due.At.After(end) && (next < 0 || due.At.Before(tl.Later[next].At)) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		due := tl.Later[next]
		tl.Later = slices.Delete(tl.Later, next, next+1)
		if due.At.After(tl.Clock) {
			tl.Clock = due.At
		}
		tl.Send(due.Msg)
	}
	tl.Clock = end
}

// Sleep is a machine that sleeps: the clock has moved on, and what was due comes at once.
func (tl *Till) Sleep(d time.Duration) {
	tl.Clock = tl.Clock.Add(d)
	tl.Wait(0)
}

const (
	// HandPause is the time between two keys of a person.
	HandPause = 180 * time.Millisecond
	// NewsPause is after how long the screen has drawn news of orders.
	NewsPause = 100 * time.Millisecond
	// QuietTime is after how long a screen that opened by itself takes keys, ReadTime after how long a result takes Enter.
	QuietTime = 300 * time.Millisecond
	ReadTime  = 1200 * time.Millisecond
)

var (
	enter = tea.KeyMsg{Type: tea.KeyEnter}
	f4    = tea.KeyMsg{Type: tea.KeyF4}
)

// Types presses keys as a person does, one after the other.
func (tl *Till) Types(text string) {
	for _, r := range text {
		tl.Press(Runes(string(r)))
	}
}

// Press presses keys, with a person's pauses.
func (tl *Till) Press(presses ...tea.KeyMsg) {
	for _, press := range presses {
		tl.Wait(HandPause / 2)
		tl.Send(press)
		tl.Wait(HandPause / 2)
	}
}

// Scan types a text as a scanner does, with its Enter, and lets the guard after it pass.
func (tl *Till) Scan(text string) {
	tl.Wait(HandPause)
	tl.Burst(text)
	tl.Wait(400 * time.Millisecond)
}

// Burst is a scan alone, at one rune per millisecond.
func (tl *Till) Burst(text string) {
	for _, r := range text {
		tl.Wait(time.Millisecond)
		tl.Send(Runes(string(r)))
	}
	tl.Wait(time.Millisecond)
	tl.Send(enter)
}

// Runes is the message of a text that came at once.
func Runes(text string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)} }

// Shown is the screen's text, with plain spaces.
func (tl *Till) Shown() string {
	return strings.ReplaceAll(ansi.Strip(tl.Model.View()), "\u00a0", " ")
}

// AtGuest brings the till to the guest screen of someClient, with a sum typed.
func (tl *Till) AtGuest(sum string) *Till {
	tl.Scan(CardOf(SomeClient).Payload())
	tl.Types(sum)
	return tl
}

// AtCard brings the till to the card of the order that was changed last.
func (tl *Till) AtCard() *Till {
	tl.Press(f4, enter)
	return tl
}

// AtPay brings the till to where that order is paid.
func (tl *Till) AtPay() *Till {
	tl.AtCard().Press(enter)
	return tl
}

// Offline cuts the till off: no balance can be read.
func (tl *Till) Offline() *Till {
	tl.Desk.GreetErr = &skidkabot.NotSentError{Phase: skidkabot.PhaseConnect, Err: ErrBroken}
	return tl
}

// Ends has the desk answer a redemption with an operation in this state.
func (tl *Till) Ends(change func(op *loyalty.Operation)) {
	tl.Desk.OnRedeem = func(r loyalty.RedemptionRequest) (loyalty.Result, error) {
		op := tl.Desk.Operation(loyalty.Redemption, r.ID, r.Points, r.Sum, r.Sum.Sub(r.Points))
		op = tl.Desk.Unknown(op)
		change(&op)
		return loyalty.Result{Operation: op}, nil
	}
}

// Becomes has the news come that an operation has changed.
func (tl *Till) Becomes(op *loyalty.Operation, state loyalty.State, reason loyalty.Reason) {
	op.State, op.Reason, op.ChangedAt = state, reason, tl.Clock
	tl.Send(loyalty.OperationChanged{Operation: *op})
}

// Reversed answers a reversal as the desk does.
func (tl *Till) Reversed(r loyalty.ReversalRequest) (loyalty.Result, error) {
	back := tl.Desk.Operation(loyalty.Accrual, r.ID, Number("125"), Number("1250"), Number("1125"))
	if r.Points.IsPositive() {
		back.Points = r.Points
	}
	back.Parent, back.Link = r.Of, loyalty.LinkReversal
	result := loyalty.Result{Operation: tl.Desk.Confirmed(back, Number("2387"))}
	if back.Points.Equal(Number("125")) {
		second := tl.Desk.Operation(loyalty.Redemption, r.SecondID, Number("22"), Number("1250"), Number("1125"))
		second.Parent, second.Link = r.Of, loyalty.LinkReversal
		second = tl.Desk.Confirmed(second, Number("2365"))
		result.Second = &second
	}
	return result, nil
}

// Hears has the news of an order come and be drawn.
func (tl *Till) Hears(msg orders.Changed) {
	tl.Send(msg)
	tl.Wait(NewsPause)
}
