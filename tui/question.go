package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// question is the one confirm widget: a title, what it is about, and two answers, or three. Its acts are what the answers
// mean; it does not know them.
type question struct {
	*env
	words      func() asked // as they are said now
	onYes      any          // told when the cashier says yes
	onNo       any
	onAlso     any  // nil: there is no third answer
	chosenYes  bool // where the focus is, and so what Enter says
	chosenAlso bool
	shield     *shield
}

// asked is what a question says.
type asked struct {
	title   string
	lines   []string
	yes, no string
	also    string // the third answer
}

// answerAct is what the cashier answered: the question closes, and then is carried out.
type answerAct struct{ then any }

// byItself makes the question one that nobody called: its focus is on "no", and it takes no key before the keyboard is quiet.
func (q *question) byItself() *question {
	guard := raised(q.now)
	q.shield, q.chosenYes = &guard, false
	return q
}

func (q *question) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	if !ok || q.shield != nil && q.shield.blocks(q.now) {
		return nil
	}
	switch press.Type {
	case tea.KeyEsc:
		return answerAct{q.onNo}
	case tea.KeyEnter, tea.KeyCtrlJ:
		return answerAct{[]any{q.onYes, q.onAlso, q.onNo}[q.chosen()]}
	case tea.KeyTab, tea.KeyRight, tea.KeyDown:
		q.move(1)
	case tea.KeyShiftTab, tea.KeyLeft, tea.KeyUp:
		q.move(-1)
	}
	return nil
}

// answer is one of the answers, in the order in which they stand.
type answer int

const (
	answerYes answer = iota
	answerAlso
	answerNo
	answerCount
)

func (q *question) chosen() answer {
	switch {
	case q.chosenAlso:
		return answerAlso
	case q.chosenYes:
		return answerYes
	}
	return answerNo
}

// move carries the focus to the next answer that there is.
func (q *question) move(step answer) {
	to := (q.chosen() + step + answerCount) % answerCount
	if to == answerAlso && q.onAlso == nil {
		to += step
	}
	q.chosenYes, q.chosenAlso = to == answerYes, to == answerAlso
}

// click is a click on an answer. Within the quiet time of a question that opened by itself it was not meant for that.
func (q *question) click(_ place, number int) bool {
	if q.shield != nil && q.shield.blocks(q.now) {
		return false
	}
	q.chosenYes, q.chosenAlso = answer(number) == answerYes, answer(number) == answerAlso
	return true
}

func (q *question) view(width, height int) []string {
	const margin = 8
	inner, said := min(width-margin, 68), q.words()
	var lines []string
	lines = append(lines, "")
	for _, line := range look.Wrap(said.title, inner-4) {
		lines = append(lines, q.Text.Title.Render(line))
	}
	lines = append(lines, "")
	for _, text := range said.lines {
		for _, line := range q.wrap(text, inner-4, nameLines) {
			lines = append(lines, q.Text.Plain.Render(line))
		}
	}
	buttons := q.button(int(answerYes), said.yes, q.chosen() == answerYes) + buttonGap
	if q.onAlso != nil {
		buttons += q.button(int(answerAlso), said.also, q.chosenAlso) + buttonGap
	}
	buttons += q.button(int(answerNo), said.no, q.chosen() == answerNo)
	lines = append(lines, "", buttons, "")
	return look.Middle(q.Panel("", lines, inner, q.Frame.Active), inner, width, height)
}

func (q *question) keys() []key.Binding {
	return []key.Binding{
		q.bind("Enter", texts.KeyPress, "enter"),
		q.bind("Tab", texts.KeyMove, "tab"),
		q.bind("Esc", texts.KeyNo, "esc"),
	}
}

func (q *question) help() texts.ID { return texts.AboutQuestion }

func (q *question) field() scanner.Field { return scanner.FieldNone }

func (q *question) wakeAt() time.Time { return time.Time{} }

// buttonGap stands between two buttons side by side.
const buttonGap = "  "

// button draws the button of a number; the focus is told by more than colour.
func (e *env) button(number int, label string, focused bool) string {
	if focused {
		return look.Zone(placeButton.at(number), e.Input.ButtonActive.Render("> "+label+" <"))
	}
	return look.Zone(placeButton.at(number), e.Input.Button.Render("[ "+label+" ]"))
}
