package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// outcome is the screen of what became of an operation: what happened to the points, why, what the guest pays, and what
// to do next. While the result is unknown it follows the settling.
type outcome struct {
	*env
	result loyalty.Result
	order  *orders.Order // that it was for; nil: none
	closed bool          // that order has been closed meanwhile: nothing more is to be taken for it
	err    error         // nothing was sent; then result.Operation is what was asked for
	shield shield
	opened time.Time // since when it says what it says

	full   bool               // the guest pays the whole receipt, whatever becomes of the redemption
	whole  uuid.UUID          // with full: the accrual on the whole receipt
	earned *loyalty.Operation // that, once it is known
	waited bool               // the cashier has chosen «Ждём»
	chosen int                // the button that has the focus, where there are two
}

// closesAfter is how long a success is shown when nobody closes it.
const closesAfter = 15 * time.Second

func newOutcome(e *env, done errandDoneMsg) *outcome {
	o := &outcome{env: e, result: done.result, order: done.errand.order, err: done.err, shield: raised(e.now), opened: e.now}
	if done.err != nil {
		o.result.Operation = done.errand.op
	}
	if done.err != nil || !done.result.Operation.Happened() && done.result.Operation.State != loyalty.StateQueued || done.result.Unwritten {
		e.hear(errorSound)
	}
	return o
}

func (o *outcome) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case wakeMsg:
		if o.closesByItself() && !o.now.Before(o.opened.Add(closesAfter)) {
			return leaveAct{}
		}
	case loyalty.OperationChanged:
		o.follow(msg.Operation)
	case orders.Changed:
		if o.order != nil && o.order.ID == msg.Order.ID && msg.Order.State == orders.StateClosed && !o.closed {
			o.closed, o.opened = true, o.now
		}
	case tea.KeyMsg:
		if !o.shield.blocks(o.now) {
			return o.press(msg)
		}
	}
	return nil
}

func (o *outcome) press(press tea.KeyMsg) any {
	switch press.Type {
	case tea.KeyTab, tea.KeyShiftTab, tea.KeyLeft, tea.KeyRight, tea.KeyUp, tea.KeyDown:
		o.chosen = 1 - o.chosen
		return nil
	}
	if o.unread(o.opened) {
		return nil
	}
	switch press.Type {
	case tea.KeyEnter, tea.KeyCtrlJ:
		if o.offersFull() {
			return o.choose()
		}
		return leaveAct{}
	case tea.KeyEsc:
		if !o.result.Unwritten {
			return leaveAct{}
		}
	}
	return nil
}

func (o *outcome) click(_ place, number int) bool {
	if o.shield.blocks(o.now) || o.unread(o.opened) {
		return false
	}
	o.chosen = number
	return true
}

// offersFull reports whether the guest may pay the whole receipt instead of waiting: while nobody knows what became of a
// redemption.
func (o *outcome) offersFull() bool {
	op := o.result.Operation
	return o.err == nil && !o.full && op.State == loyalty.StateUnknown && op.Kind == loyalty.Redemption &&
		op.Link != loyalty.LinkReversal && !o.result.Unwritten
}

// choose is Enter where there are two buttons. «Ждём» stays on the screen; pressed again, it is the next guest's turn.
func (o *outcome) choose() any {
	switch {
	case o.chosen == 1:
		return fullPayAct{o.result.Operation}
	case !o.waited:
		o.waited = true
		return nil
	}
	return leaveAct{}
}

// payFull follows that the guest pays the whole receipt, on which points are accrued then.
func (o *outcome) payFull(whole uuid.UUID, known *book) {
	o.full, o.whole, o.opened = true, whole, o.now
	if at := known.index(whole); at >= 0 {
		earned := known.ops[at]
		o.earned = &earned
	}
}

// concerns reports whether the operation is the one shown, or the accrual that goes with it.
func (o *outcome) concerns(id uuid.UUID) bool {
	return o.err == nil &&
		(o.result.Operation.ID == id || o.result.Second != nil && o.result.Second.ID == id || o.full && o.whole == id)
}

// follow takes over how an operation stands now; the book has dropped what is older than its knowledge.
func (o *outcome) follow(op loyalty.Operation) {
	switch {
	case o.result.Operation.ID == op.ID:
		o.result.Operation = op
	case o.full && o.whole == op.ID:
		o.earned = &op
	default:
		o.result.Second = &op
	}
	o.opened = o.now
}

func (o *outcome) closesByItself() bool {
	settled := o.result.Operation.State == loyalty.StateConfirmed || o.result.Operation.State == loyalty.StateApplied
	whole := o.result.Second == nil || o.result.Second.State == loyalty.StateConfirmed ||
		o.result.Second.State == loyalty.StateApplied
	return o.err == nil && settled && whole && !o.result.Unwritten && !o.full
}

func (o *outcome) view(width, height int) []string {
	inner := min(width-6, 76)
	told := o.tell(o.result, o.err)
	if o.full {
		told = o.tellFullPaid(o.result, o.earned)
	}
	foot := o.footLines()
	lines := o.toldLines(told, inner-4, 0)
	for large := 2; large > 0 && width >= bigCells; large-- {
		if with := o.toldLines(told, inner-4, large); len(with)+len(foot)+2 <= height {
			lines = with
			break
		}
	}
	return look.Middle(o.Panel("", append(lines, foot...), inner, o.Frame.Active), inner, width, height)
}

// toldLines are the outcome in words, with at most so many of its numbers in large digits too, the most important first.
func (o *outcome) toldLines(told told, width, large int) []string {
	lines := []string{""}
	for _, line := range look.Wrap(told.title, width-2) {
		lines = append(lines, told.style.Render(line))
	}
	lines[1] = told.style.Render(told.mark+" ") + lines[1]
	enlarge := func(number string, style look.Style) {
		rows := o.Big(number, width)
		if number == "" || large == 0 || len(rows) == 0 {
			return
		}
		large--
		lines = append(lines, "")
		for _, row := range rows {
			lines = append(lines, style.Render(row))
		}
		lines = append(lines, "")
	}
	enlarge(told.big, told.style)
	for _, part := range told.lines {
		if part.text == "" {
			if lines[len(lines)-1] != "" { // a large number has its gap already
				lines = append(lines, "")
			}
			continue
		}
		if part.due && o.closed {
			part.text, part.style, part.big = o.Say(texts.ResultOrderClosed), o.Text.Warn, ""
		}
		for _, line := range o.wrap(part.text, width, part.most) {
			lines = append(lines, part.style.Render(line))
		}
		enlarge(part.big, part.style)
	}
	if last := len(lines) - 1; lines[last] == "" {
		lines = lines[:last]
	}
	return lines
}

// footLines are what can be done, and when the screen closes.
func (o *outcome) footLines() []string {
	var lines []string
	if o.offersFull() {
		wait := o.Say(texts.FullWait)
		if o.waited {
			wait = o.Say(texts.KeyNextGuest)
		}
		lines = append(lines, "", o.button(0, wait, o.chosen == 0)+buttonGap+o.button(1, o.Say(texts.FullPay), o.chosen == 1))
	}
	if o.closesByItself() {
		left := max(0, int(o.opened.Add(closesAfter).Sub(o.now).Round(time.Second)/time.Second))
		lines = append(lines, "", o.Text.Dim.Render(o.Say(texts.ResultCloses, texts.Args{"Seconds": left})))
	}
	return append(lines, "")
}

func (o *outcome) keys() []key.Binding {
	if o.result.Unwritten {
		return []key.Binding{o.bind("Enter", texts.KeyWritten, "enter")}
	}
	if o.offersFull() {
		return []key.Binding{
			o.bind("Enter", texts.KeyPress, "enter"), o.bind("Tab", texts.KeyMove, "tab"), o.bind("Esc", texts.KeyNextGuest, "esc"),
		}
	}
	return []key.Binding{o.bind("Enter", texts.KeyNextGuest, "enter", "esc")}
}

func (o *outcome) help() texts.ID {
	if o.result.Unwritten {
		return texts.AboutUnwritten
	}
	return texts.AboutResult
}

func (o *outcome) field() scanner.Field { return scanner.FieldNone }

func (o *outcome) wakeAt() time.Time {
	switch {
	case o.closesByItself():
		return earlier(o.nextSecond(), o.opened.Add(closesAfter))
	case o.err == nil && o.result.Operation.State == loyalty.StateUnknown:
		return o.nextSecond()
	}
	return time.Time{}
}

// told is an outcome in words.
type told struct {
	mark  string
	style look.Style
	title string
	big   string // what of it is to be read from a metre away, for [look.Styles.Big]; empty: nothing
	lines []toldLine
}

type toldLine struct {
	text  string
	style look.Style
	most  int  // how many lines it may take; 0: as many as it needs
	due   bool // it says what is to be taken for the order
	big   string
}

func (t *told) add(style look.Style, text string) {
	t.lines = append(t.lines, toldLine{text: text, style: style})
}

// addDue says what is to be taken for the order; big is the sum alone.
func (t *told) addDue(style look.Style, text, big string) {
	t.lines = append(t.lines, toldLine{text: text, style: style, due: true, big: big})
}

func (t *told) gap() { t.lines = append(t.lines, toldLine{}) }
