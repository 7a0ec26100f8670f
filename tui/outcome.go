package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// outcome is the screen of what became of an operation: what happened to the points, why, what the guest pays, and what
// to do next. While the result is unknown it follows the settling.
type outcome struct {
	*env
	result loyalty.Result
	err    error // nothing was sent; then result.Operation is what was asked for
	shield shield
	opened time.Time
}

// closesAfter is how long a success is shown when nobody closes it.
const closesAfter = 15 * time.Second

func newOutcome(e *env, done errandDoneMsg) *outcome {
	o := &outcome{env: e, result: done.result, err: done.err, shield: raised(e.now), opened: e.now}
	if done.err != nil {
		o.result.Operation = done.errand.op
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
	case tea.KeyMsg:
		if o.shield.blocks(o.now) {
			return nil
		}
		switch msg.Type {
		case tea.KeyEnter, tea.KeyCtrlJ:
			return leaveAct{}
		case tea.KeyEsc:
			if !o.result.Unwritten {
				return leaveAct{}
			}
		}
	}
	return nil
}

// concerns reports whether the operation is the one shown, or its accrual on the remainder.
func (o *outcome) concerns(id uuid.UUID) bool {
	return o.err == nil && (o.result.Operation.ID == id || o.result.Remainder != nil && o.result.Remainder.ID == id)
}

// follow takes over how an operation stands now; the book has dropped what is older than its knowledge.
func (o *outcome) follow(op loyalty.Operation) {
	shown := &o.result.Operation
	if shown.ID != op.ID {
		shown = o.result.Remainder
	}
	*shown, o.opened = op, o.now
}

func (o *outcome) closesByItself() bool {
	settled := o.result.Operation.State == loyalty.StateConfirmed || o.result.Operation.State == loyalty.StateApplied
	whole := o.result.Remainder == nil || o.result.Remainder.State == loyalty.StateConfirmed ||
		o.result.Remainder.State == loyalty.StateApplied
	return o.err == nil && settled && whole && !o.result.Unwritten
}

func (o *outcome) view(width, height int) []string {
	inner := min(width-6, 76)
	told := o.tell(o.result, o.err)
	lines := []string{""}
	for _, line := range look.Wrap(told.title, inner-6) {
		lines = append(lines, told.style.Render(line))
	}
	lines[1] = told.style.Render(told.mark+" ") + lines[1]
	for _, part := range told.lines {
		if part.text == "" {
			lines = append(lines, "")
			continue
		}
		for _, line := range o.wrap(part.text, inner-4, part.most) {
			lines = append(lines, part.style.Render(line))
		}
	}
	if o.closesByItself() {
		left := max(0, int(o.opened.Add(closesAfter).Sub(o.now).Round(time.Second)/time.Second))
		lines = append(lines, "", o.Text.Dim.Render(o.Say(texts.ResultCloses, texts.Args{"Seconds": left})))
	}
	return look.Middle(o.Panel("", append(lines, ""), inner, o.Frame.Active), inner, width, height)
}

func (o *outcome) keys() []key.Binding {
	if o.result.Unwritten {
		return []key.Binding{o.bind("Enter", texts.KeyWritten, "enter")}
	}
	return []key.Binding{o.bind("Enter", texts.KeyNextGuest, "enter", "esc")}
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
	lines []toldLine
}

type toldLine struct {
	text  string
	style look.Style
	most  int // how many lines it may take; 0: as many as it needs
}

func (t *told) add(style look.Style, text string) {
	t.lines = append(t.lines, toldLine{text: text, style: style})
}

func (t *told) gap() { t.lines = append(t.lines, toldLine{}) }
