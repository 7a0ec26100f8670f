package tui

import (
	"context"
	"errors"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// details is the screen of one operation: what it is, every event of it, and what can be done about it.
type details struct {
	*env
	op      loyalty.Operation
	family  []loyalty.Operation // its parent, its siblings and its children
	events  []loyalty.Event     // oldest first
	loaded  bool
	failed  bool       // the journal could not be read
	can     detailsCan // what the desk would do about it
	pressed int
	first   int // the first event in sight
	room    int // events that the last drawing had room for
}

// detailsAct opens the details of an operation.
type detailsAct struct{ op loyalty.Operation }

// detailsMsg is what the journal says of an operation, and what the desk would do about it.
type detailsMsg struct {
	op     loyalty.Operation
	family []loyalty.Operation
	events []loyalty.Event
	can    detailsCan
	err    error
}

// detailsCan is what the desk would do about an operation.
type detailsCan struct {
	repeat   bool
	halves   []loyalty.Operation // what a storno takes back: the redemption of a pair first; none: there can be no storno
	noStorno texts.ID            // why there can be none, if that is worth a word
}

// reloadAct has what the screen shows read from the journal anew.
type reloadAct struct{}

// repeatAct begins a new attempt at an operation that was not applied; it needs a fresh scan of that customer.
type repeatAct struct{ op loyalty.Operation }

// familyMax bounds what hangs together with one operation: a remainder, reversals, repeats and theirs.
const familyMax = 20

// readDetails reads an operation with its history. With no journal there is only what is known already.
func readDetails(journal Journal, desk Desk, op loyalty.Operation) detailsMsg {
	msg := detailsMsg{op: op}
	if journal == nil {
		return msg
	}
	ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
	defer cancel()
	if msg.op, msg.err = journal.Find(ctx, op.ID); msg.err != nil {
		msg.op = op
		return msg
	}
	parents := []uuid.UUID{op.ID}
	if op.Parent != uuid.Nil {
		parent, err := journal.Find(ctx, op.Parent)
		if msg.err = err; err != nil {
			return msg
		}
		msg.family = append(msg.family, parent)
		parents = append(parents, op.Parent)
	}
	for _, id := range parents {
		children, err := journal.List(ctx, loyalty.Filter{Parent: id, Limit: familyMax})
		if msg.err = err; err != nil {
			return msg
		}
		for _, child := range children {
			if child.ID != op.ID {
				msg.family = append(msg.family, child)
			}
		}
	}
	msg.can = askWhatCan(ctx, desk, op.ID)
	msg.events, msg.err = journal.Events(ctx, op.ID)
	return msg
}

// askWhatCan asks the desk what it would do. A desk that cannot tell does nothing.
func askWhatCan(ctx context.Context, desk Desk, id uuid.UUID) detailsCan {
	can := detailsCan{repeat: desk.Repeatable(ctx, id) == nil}
	halves, err := desk.Reversible(ctx, id)
	switch {
	case err == nil:
		can.halves = halves
	case errors.Is(err, loyalty.ErrReversed):
		can.noStorno = texts.StornoDone
	case errors.Is(err, loyalty.ErrQRExpired):
		can.noStorno = texts.StornoLate
	}
	return can
}

func (m *Model) loadDetails(op loyalty.Operation) tea.Cmd {
	journal, desk := m.options.Journal, m.options.Desk
	return func() tea.Msg { return readDetails(journal, desk, op) }
}

func (d *details) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case detailsMsg:
		d.take(msg)
	case loyalty.OperationChanged:
		if d.concerns(msg.Operation) {
			return reloadAct{}
		}
	case tea.KeyMsg:
		return d.press(msg)
	}
	return nil
}

func (d *details) take(msg detailsMsg) {
	if msg.op.ID != d.op.ID {
		return
	}
	d.loaded, d.failed = true, msg.err != nil
	if msg.err == nil {
		d.op, d.family, d.events, d.can = msg.op, msg.family, msg.events, msg.can
		d.first = max(0, len(d.events)-d.room)
	}
	d.pressed = min(d.pressed, max(0, len(d.buttons())-1))
}

// concerns reports whether news of an operation changes what is shown.
func (d *details) concerns(op loyalty.Operation) bool {
	return op.ID == d.op.ID || op.Parent == d.op.ID || d.op.Parent != uuid.Nil && (op.ID == d.op.Parent || op.Parent == d.op.Parent)
}

func (d *details) press(press tea.KeyMsg) any {
	buttons := d.buttons()
	switch press.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyF7:
		if d.offersStorno() {
			return newStornoAct(d.can.halves)
		}
	case tea.KeyTab, tea.KeyRight:
		d.pressed = min(d.pressed+1, len(buttons)-1)
	case tea.KeyShiftTab, tea.KeyLeft:
		d.pressed = max(d.pressed-1, 0)
	case tea.KeyDown:
		d.first = min(d.first+1, max(0, len(d.events)-d.room))
	case tea.KeyUp:
		d.first = max(d.first-1, 0)
	case tea.KeyEnter, tea.KeyCtrlJ:
		if d.pressed >= 0 && d.pressed < len(buttons) {
			return buttons[d.pressed].act
		}
	}
	return nil
}

func (d *details) click(_ place, number int) bool {
	if number >= len(d.buttons()) {
		return false
	}
	d.pressed = number
	return true
}

func (d *details) wheels() bool { return true }

// buttons are what can be done about the operation now, and the way back, which is where the focus begins: a stray
// Enter must do nothing serious.
func (d *details) buttons() []matterButton {
	buttons := []matterButton{{texts.KeyBack, backAct{}}}
	if !d.loaded || d.balanceOnly {
		return buttons
	}
	op := d.op
	switch {
	case op.State == loyalty.StatePlanned && op.Kind == loyalty.Accrual && op.WaitsFor == uuid.Nil:
		buttons = append(buttons, matterButton{texts.OfferedSend, sendOfferedAct{op}}, matterButton{texts.OfferedCancel, cancelOfferedAct{op}})
	case op.State == loyalty.StateQueued:
		buttons = append(buttons, matterButton{texts.OfferedCancel, cancelOfferedAct{op}})
	case op.State == loyalty.StateReview:
		buttons = append(buttons, matterButton{texts.KeyDecide, reviewAct{op, waitingFor(op, d.family)}})
	case d.can.repeat:
		buttons = append(buttons, matterButton{texts.KeyRepeat, repeatAct{op}})
	case isPayment(op) && op.State == loyalty.StateUnknown && !isPaidInFull(op, d.family):
		buttons = append(buttons, matterButton{texts.FullPay, fullPayAct{op}})
	}
	if d.offersStorno() {
		buttons = append(buttons, matterButton{texts.KeyStorno, newStornoAct(d.can.halves)})
	}
	return buttons
}

// offersStorno reports whether the operation, or what is left of its pair, can be taken back.
func (d *details) offersStorno() bool { return d.loaded && !d.balanceOnly && len(d.can.halves) > 0 }

// isHalf reports whether one half of the operation's pair is reversed already, so that a storno takes back the other.
func (d *details) isHalf() bool {
	pair := 1
	for _, other := range d.family {
		isFirst := d.op.Link == loyalty.LinkRemainder && other.ID == d.op.Parent
		isSecond := other.Link == loyalty.LinkRemainder && other.Parent == d.op.ID
		if (isFirst || isSecond) && other.Happened() {
			pair++
		}
	}
	return d.offersStorno() && len(d.can.halves) < pair
}

// waitingFor lists what waits for an operation.
func waitingFor(op loyalty.Operation, family []loyalty.Operation) []loyalty.Operation {
	var found []loyalty.Operation
	for _, other := range family {
		if waits(other) && other.WaitsFor == op.ID {
			found = append(found, other)
		}
	}
	return found
}

// isPaidInFull reports whether the cashier chose «Гость платит полностью» for a redemption: its reversal waits for it.
func isPaidInFull(op loyalty.Operation, family []loyalty.Operation) bool {
	for _, other := range family {
		if other.Link == loyalty.LinkReversal && other.Parent == op.ID && other.WaitsFor == op.ID {
			return true
		}
	}
	return false
}

func (d *details) keys() []key.Binding {
	keys := []key.Binding{d.bind("Enter", texts.KeyPress, "enter"), d.bind("Tab", texts.KeyMove, "tab")}
	if d.offersStorno() {
		keys = append(keys, d.bind("F7", texts.KeyStorno, "f7"))
	}
	if len(d.events) > d.room {
		keys = append(keys, d.bind(d.Shapes.UpDown, texts.KeyEvents, "up", "down"))
	}
	return append(keys, d.bind("Esc", texts.KeyBack, "esc"))
}

func (d *details) help() texts.ID { return texts.AboutDetails }

func (d *details) field() scanner.Field { return scanner.FieldNone }

func (d *details) wakeAt() time.Time {
	if !d.loaded {
		return d.now.Add(spinPause)
	}
	if d.op.State == loyalty.StateUnknown {
		return d.nextSecond()
	}
	return time.Time{}
}

// repeatScan waits for a fresh scan of the customer whose operation is tried again: an old QR may not be valid any more,
// and the guest must stand there.
type repeatScan struct {
	*env
	op loyalty.Operation
}

func (r *repeatScan) update(msg tea.Msg) any {
	if press, ok := msg.(tea.KeyMsg); ok && press.Type == tea.KeyEsc {
		return backAct{}
	}
	return nil
}

func (r *repeatScan) keys() []key.Binding { return []key.Binding{r.bind("Esc", texts.KeyBack, "esc")} }

func (r *repeatScan) help() texts.ID { return texts.AboutRepeat }

func (r *repeatScan) field() scanner.Field { return scanner.FieldNone }

func (r *repeatScan) wakeAt() time.Time { return time.Time{} }
