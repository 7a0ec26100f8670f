package setup

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// try is a page that does something which takes time: before, while and after it says how that stands, and offers what
// can be done then. Esc does not wait any longer.
type try struct {
	*env
	title texts.ID
	limit time.Duration
	// work is taken when it begins, with what was decided by then, and done beside the screen.
	work func() func(ctx context.Context) error
	// about is told before it is done, and doing while it is.
	about func() []told
	doing texts.ID
	// result says what came of it, and what can be done now.
	result func(err error) []told
	offers func(state tryState, err error) []button
	atOnce bool // it is done as soon as the page is shown
	waits  bool // what has come of it is waited for even when it is stopped: it leaves something behind
	onGood any  // the act when it went well; nil: the result is shown
	onBad  func(err error)

	state  tryState
	err    error
	since  time.Time
	focus  int
	cancel context.CancelFunc
	number int // of the attempt: an answer to an earlier one is dropped
}

type tryState int

const (
	tryIdle tryState = iota
	tryRunning
	tryDone
)

// againAct does it once more.
type againAct struct{}

// answerMsg is what came of an attempt.
type answerMsg struct {
	number int
	err    error
}

// told is a line of a result with its weight.
type told struct {
	text  string
	grade grade
}

type grade int

const (
	plain grade = iota
	good
	warn
	bad
	dim
)

func (t *try) opened() any {
	if t.atOnce && t.state == tryIdle {
		return t.begin()
	}
	return nil
}

// begin gives the work to whoever shows the page.
func (t *try) begin() any {
	t.stop()
	ctx, cancel := context.WithTimeout(context.Background(), t.limit)
	t.state, t.since, t.cancel, t.focus = tryRunning, t.now(), cancel, 0
	t.number++
	number, work := t.number, t.work()
	return Job{page: t, work: func() any {
		defer cancel()
		return answerMsg{number, work(ctx)}
	}}
}

func (t *try) hear(result any) any {
	answer, ok := result.(answerMsg)
	if !ok || answer.number != t.number || t.state != tryRunning {
		return nil
	}
	t.state, t.err = tryDone, answer.err
	switch {
	case t.err == nil:
		return t.onGood
	case t.onBad != nil:
		t.onBad(t.err)
	}
	return nil
}

// stop does not wait any longer. What is under way may still come to its end.
func (t *try) stop() {
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
}

func (t *try) press(key tea.KeyMsg) any {
	if t.state == tryRunning {
		if key.Type == tea.KeyEsc {
			t.stop()
			if !t.waits {
				t.state, t.err = tryDone, context.Canceled
			}
		}
		return nil
	}
	buttons := t.offers(t.state, t.err)
	switch key.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyTab, tea.KeyRight, tea.KeyDown:
		t.focus = (t.focus + 1) % len(buttons)
	case tea.KeyShiftTab, tea.KeyLeft, tea.KeyUp:
		t.focus = (t.focus + len(buttons) - 1) % len(buttons)
	case tea.KeyEnter, tea.KeyCtrlJ:
		act := buttons[min(t.focus, len(buttons)-1)].act
		if _, again := act.(againAct); again {
			return t.begin()
		}
		return act
	}
	return nil
}

func (t *try) view(width, height int) []string {
	inner := min(width-4, formCells)
	var lines []string
	switch t.state {
	case tryIdle:
		lines = t.tell(t.about(), inner-4)
	case tryRunning:
		seconds := int(t.now().Sub(t.since) / time.Second)
		lines = []string{t.spin() + " " + t.Say(t.doing) + " " + t.Say(texts.SetupSeconds, texts.Args{"Seconds": seconds})}
	case tryDone:
		lines = t.tell(t.result(t.err), inner-4)
	}
	lines = append(lines, "")
	if t.state != tryRunning {
		lines = append(lines, t.row(t.offers(t.state, t.err), t.focus, inner-4)...)
	}
	return look.Middle(t.Panel(t.Say(t.title), append(lines, ""), inner, t.Frame.Active), inner, width, height)
}

// tell wraps lines, each in the style of its weight and with a mark that says the same without colour.
func (e *env) tell(lines []told, cells int) []string {
	var shown []string
	for _, line := range lines {
		style, mark := e.Text.Plain, ""
		switch line.grade {
		case good:
			style, mark = e.Text.Good, e.Shapes.Good+" "
		case warn:
			style, mark = e.Text.Warn, e.Shapes.Warn+" "
		case bad:
			style, mark = e.Text.Bad, e.Shapes.Bad+" "
		case dim:
			style = e.Text.Dim
		}
		for _, part := range look.Wrap(mark+line.text, cells) {
			shown = append(shown, style.Render(part))
		}
	}
	return shown
}

// onward are the way on, other buttons and the way back. In the settings the way on is the way back, and stands there once.
func onward(next button, others ...button) []button {
	buttons := append([]button{next}, others...)
	if next.label == texts.KeyBack {
		return buttons
	}
	return append(buttons, button{label: texts.KeyBack, act: backAct{}})
}

// row draws buttons, on as many lines as they need.
func (e *env) row(buttons []button, focus, cells int) []string {
	lines := []string{""}
	for i, b := range buttons {
		shown := e.button(i, e.Say(b.label), i == focus)
		last := len(lines) - 1
		switch {
		case lines[last] == "":
			lines[last] = shown
		case look.Width(lines[last])+2+look.Width(shown) <= cells:
			lines[last] += "  " + shown
		default:
			lines = append(lines, shown)
		}
	}
	return lines
}

// spinPause is how long a picture of the spinner stands.
const spinPause = 125 * time.Millisecond

func (e *env) spin() string {
	frames := e.Shapes.Spinner
	return frames[int(e.now().UnixMilli()/spinPause.Milliseconds())%len(frames)]
}

func (t *try) wakeAt() time.Time {
	if t.state == tryRunning {
		return t.now().Add(spinPause)
	}
	return time.Time{}
}

func (t *try) click(number int) bool {
	if t.state == tryRunning || number >= len(t.offers(t.state, t.err)) {
		return false
	}
	t.focus = number
	return true
}

func (t *try) hints() []hint {
	if t.state == tryRunning {
		return []hint{{"Esc", texts.SetupKeyStop}}
	}
	return []hint{{"Enter", texts.KeyPress}, {"Tab", texts.KeyMove}, {"Esc", texts.KeyBack}}
}

func (t *try) field() scanner.Field { return scanner.FieldNone }

func (t *try) mark() func() { return func() {} }

func (t *try) shown() {}
