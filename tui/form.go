package tui

import (
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// form is a screen that asks for a few words before something serious: what it is about, fields, and buttons. Enter in
// a field moves on; only a button submits.
type form struct {
	*env
	of      uuid.UUID // the order or the payment that it decides about; [uuid.Nil]: it is about an operation
	title   wording
	about   func(f *form) []toldLine // what it is about, as its fields stand
	fields  []formField
	buttons []formButton
	focus   int // of the fields and then the buttons
	refusal wording
	busy    time.Time // since when what was submitted is under way, and nothing can be submitted; zero: nothing is
	helpID  texts.ID
}

// formField is a field with its label: words, or points.
type formField struct {
	label  texts.ID
	text   textField
	points *amountField // nil: the field is for words
}

// formButton is one way to submit. press gives the act, or why it cannot be done yet and the field to mend.
type formButton struct {
	label texts.ID
	press func(f *form) (act any, refusal wording, field int)
}

// backAct closes a screen that was opened over another: back to that one.
type backAct struct{}

func (f *form) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	switch {
	case press.Type == tea.KeyEsc:
		return backAct{}
	case !f.busy.IsZero():
		return nil
	}
	f.refusal = nil
	switch press.Type {
	case tea.KeyTab, tea.KeyDown:
		f.move(1)
	case tea.KeyShiftTab, tea.KeyUp:
		f.move(-1)
	case tea.KeyLeft:
		if f.focus > len(f.fields) {
			f.focus--
		}
	case tea.KeyRight:
		if f.focus >= len(f.fields) && f.focus < len(f.fields)+len(f.buttons)-1 {
			f.focus++
		}
	case tea.KeyEnter, tea.KeyCtrlJ:
		return f.enter()
	default:
		f.edit(press)
	}
	return nil
}

func (f *form) move(step int) {
	count := len(f.fields) + len(f.buttons)
	f.focus = (f.focus + step + count) % count
}

func (f *form) enter() any {
	if f.focus < len(f.fields) {
		f.move(1)
		return nil
	}
	act, refusal, field := f.buttons[f.focus-len(f.fields)].press(f)
	if refusal != nil {
		f.refusal, f.focus = refusal, field
		return nil
	}
	return act
}

func (f *form) edit(press tea.KeyMsg) {
	if f.focus >= len(f.fields) {
		return
	}
	field := &f.fields[f.focus]
	if field.points == nil {
		field.text.edit(press)
		return
	}
	switch press.Type {
	case tea.KeyBackspace, tea.KeyDelete, tea.KeyCtrlH:
		field.points.erase()
	case tea.KeyCtrlU:
		field.points.clear()
	case tea.KeyRunes, tea.KeySpace:
		field.points.enter(press.Runes, press.Paste)
	}
	if field.points.refusal != "" {
		f.refusal = f.says(field.points.refusal)
	}
}

func (f *form) click(kind place, number int) bool {
	switch {
	case !f.busy.IsZero():
	case kind == placeField && number < len(f.fields):
		f.focus, f.refusal = number, nil
	case kind == placeButton && number < len(f.buttons):
		f.focus = len(f.fields) + number
		return true
	}
	return false
}

// mark remembers the fields for a scan that may have begun to type into them.
func (f *form) mark() func() {
	focus, refusal, fields := f.focus, f.refusal, slices.Clone(f.fields)
	for i, field := range fields {
		if field.points != nil {
			copied := *field.points
			fields[i].points = &copied
		}
	}
	return func() { f.focus, f.refusal, f.fields = focus, refusal, fields }
}

// formCells is the widest that a form is drawn.
const formCells = 76

func (f *form) view(width, height int) []string {
	inner := min(width-4, formCells)
	var lines []string
	for _, line := range look.Wrap(f.title(), inner-4) {
		lines = append(lines, f.Text.Title.Render(line))
	}
	for _, part := range f.about(f) {
		for _, line := range look.Wrap(part.text, inner-4) {
			lines = append(lines, part.style.Render(line))
		}
	}
	lines = append(lines, "")
	for i, field := range f.fields {
		label := f.Say(field.label)
		if i == f.focus {
			label = f.Text.Strong.Render(label)
		}
		if field.points != nil {
			lines = append(lines, label+" "+look.Zone(placeField.at(i), field.points.view(f.env, pointsFieldCells, i == f.focus)))
			continue
		}
		lines = append(lines, label, look.Zone(placeField.at(i), field.text.view(f.env, inner-4, i == f.focus)))
	}
	refusal := look.Wrap(f.refusal.String(), inner-4)
	lines = append(lines, f.Text.Warn.Render(refusal[0]))
	buttons := ""
	for i, b := range f.buttons {
		buttons += f.button(i, f.Say(b.label), i+len(f.fields) == f.focus) + buttonGap
	}
	if !f.busy.IsZero() {
		buttons = f.spin() + " " + f.Say(texts.FormBusy)
	}
	return look.Middle(f.Panel("", append(lines, buttons), inner, f.Frame.Active), inner, width, height)
}

func (f *form) keys() []key.Binding {
	if !f.busy.IsZero() {
		return []key.Binding{f.bind("Esc", texts.KeyBack, "esc")}
	}
	return []key.Binding{
		f.bind("Enter", texts.KeyPress, "enter"), f.bind("Tab", texts.KeyMove, "tab"), f.bind("Esc", texts.KeyBack, "esc"),
	}
}

func (f *form) help() texts.ID { return f.helpID }

func (f *form) field() scanner.Field {
	switch {
	case !f.busy.IsZero():
		return scanner.FieldNone
	case f.focus >= len(f.fields):
		return scanner.FieldNone
	case f.fields[f.focus].points != nil:
		return scanner.FieldNumber
	}
	return scanner.FieldText
}

func (f *form) wakeAt() time.Time {
	if f.busy.IsZero() {
		return time.Time{}
	}
	return f.now.Add(spinPause)
}

// occupy notes on a form, if the screen is one, since when what it has submitted is under way; zero: it is over.
func occupy(s screen, since time.Time) {
	if f, ok := s.(*form); ok {
		f.busy = since
	}
}
