package setup

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// form is some fields below each other, and a row of buttons. The help of the field in focus, or what is wrong with it,
// stands below them. Enter in a field moves on; only a button submits.
type form struct {
	*env
	title   texts.ID
	note    func() []string // told above the fields; nil: nothing
	fields  []*field
	buttons []button
	focus   int               // of the fields and then of the buttons
	top     int               // the first line that is shown
	speaks  bool              // a chosen language is spoken at once
	before  map[string]string // what stood in the fields when the form was opened
}

// button is one way to leave a form or a page. act is what pressing it means.
type button struct {
	label texts.ID
	act   any
	check bool // the fields must be right
}

// newForm makes a form of fields with the draft's values in them.
func newForm(e *env, title texts.ID, specs []spec, buttons ...button) *form {
	f := &form{env: e, title: title, buttons: buttons, before: make(map[string]string)}
	for _, s := range specs {
		f.fields = append(f.fields, &field{spec: s})
	}
	f.shown()
	for _, line := range f.fields {
		f.before[line.key] = line.typed
	}
	return f
}

// rebuild makes the fields anew, in the till's language of now.
func (f *form) rebuild() {
	for _, line := range f.fields {
		line.build(f)
	}
	if f.focused() != nil {
		f.focused().input.Focus()
	}
}

// shown takes what was decided on pages that were opened over this one.
func (f *form) shown() {
	for _, line := range f.fields {
		line.typed = f.draft.get(line.spec)
		if line.show != nil {
			line.typed = line.show(line.typed)
		}
	}
	f.rebuild()
}

// focused is the field that has the focus; nil: a button has it.
func (f *form) focused() *field {
	if f.focus < len(f.fields) {
		return f.fields[f.focus]
	}
	return nil
}

// get is what is meant in the field of a key.
func (f *form) get(key string) string {
	for _, line := range f.fields {
		if line.key == key {
			return line.meant()
		}
	}
	return f.draft.values[key]
}

// dirty reports whether something was changed since the form was opened.
func (f *form) dirty() bool {
	for _, line := range f.fields {
		if line.typed != f.before[line.key] {
			return true
		}
	}
	return false
}

// keep puts what stands in the fields into the draft.
func (f *form) keep() {
	for _, line := range f.fields {
		f.draft.set(line.spec, line.meant())
	}
}

func (f *form) press(key tea.KeyMsg) any {
	switch key.Type {
	case tea.KeyEsc:
		f.keep()
		return backAct{}
	case tea.KeyTab, tea.KeyDown:
		f.move(1)
	case tea.KeyShiftTab, tea.KeyUp:
		f.move(-1)
	case tea.KeyEnter, tea.KeyCtrlJ:
		return f.enter()
	case tea.KeyLeft, tea.KeyRight:
		if f.focused() == nil {
			f.turn(key.Type == tea.KeyRight)
			return nil
		}
		f.edit(key)
	default:
		f.edit(key)
	}
	return nil
}

func (f *form) edit(key tea.KeyMsg) {
	line := f.focused()
	if line == nil {
		return
	}
	line.press(key)
	line.fault = nil
	if f.speaks && line.key == fieldLanguage.key {
		f.SetLang(texts.Lang(line.typed))
		f.rebuild()
	}
}

// turn moves along the buttons.
func (f *form) turn(right bool) {
	if right {
		f.focus = min(f.focus+1, len(f.fields)+len(f.buttons)-1)
	} else {
		f.focus = max(f.focus-1, len(f.fields))
	}
}

// move carries the focus on. Up and down go past the buttons as one row.
func (f *form) move(step int) {
	f.leave()
	switch {
	case f.focused() == nil && step < 0:
		f.focus = max(0, len(f.fields)-1)
	case f.focused() == nil:
		f.focus = 0
	default:
		f.focus = (f.focus + step + len(f.fields) + 1) % (len(f.fields) + 1)
	}
	f.arrive()
}

func (f *form) leave() {
	line := f.focused()
	if line == nil {
		return
	}
	if line.kind != kindChoice && line.show != nil && f.judge(line) == "" {
		line.typed = line.show(line.meant()) // as it was understood
		line.build(f)
	}
	line.input.Blur()
	line.fault = line.input.Error()
	for _, other := range f.fields {
		if other != line && other.kind == kindChoice {
			other.build(f) // what it offers may follow this field
		}
	}
}

func (f *form) arrive() {
	if line := f.focused(); line != nil {
		line.input.Focus()
	}
}

// enter goes on to the next field, or presses the button.
func (f *form) enter() any {
	if f.focused() != nil {
		f.move(1)
		return nil
	}
	pressed := f.buttons[f.focus-len(f.fields)]
	if pressed.check && !f.right() {
		return nil
	}
	f.keep()
	return pressed.act
}

// right judges every field, and goes to the first one that is wrong.
func (f *form) right() bool {
	first := -1
	for i, line := range f.fields {
		line.input.Blur()
		if line.fault = line.input.Error(); line.fault != nil && first < 0 {
			first = i
		}
	}
	if first >= 0 {
		f.focus = first
		f.arrive()
	}
	return first < 0
}

// mark remembers the field in focus for a scan that may have begun to type into it.
func (f *form) mark() func() {
	line := f.focused()
	if line == nil {
		return func() {}
	}
	typed, fault := line.typed, line.fault
	return func() {
		line.restore(f, typed)
		line.fault = fault
		if f.focused() == line {
			line.input.Focus()
		}
	}
}

func (f *form) field() scanner.Field {
	if line := f.focused(); line != nil {
		return line.scannerField()
	}
	return scanner.FieldNone
}

// The sizes of a form, in cells.
const (
	formCells  = 76
	labelCells = 30
	footLines  = 4 // an empty one, and the help or what is wrong
)

func (f *form) valueCells() int { return formCells - 4 - labelCells - 4 }

func (f *form) view(width, height int) []string {
	lines := f.head()
	body, at := f.lines()
	foot := f.foot()
	room := max(1, height-len(lines)-len(foot)-2) // the panel's edges
	if at < f.top {
		f.top = at
	}
	if at >= f.top+room {
		f.top = at - room + 1
	}
	f.top = max(0, min(f.top, len(body)-room))
	end := min(len(body), f.top+room)
	lines = append(lines, body[f.top:end]...)
	if f.top > 0 || end < len(body) {
		foot[0] = f.Text.Dim.Render(f.beyond(f.top, len(body)-end))
	}
	return look.Middle(f.Panel(f.Say(f.title), append(lines, foot...), formCells, f.Frame.Active), formCells, width, height)
}

// beyond says how many lines there are above and below those that are shown.
func (f *form) beyond(above, below int) string {
	arrows, said := []rune(f.Shapes.UpDown), ""
	if above > 0 {
		said = string(arrows[0]) + " " + strconv.Itoa(above) + "  "
	}
	if below > 0 {
		said += string(arrows[1]) + " " + strconv.Itoa(below)
	}
	return said
}

// head is what is told above the fields.
func (f *form) head() []string {
	if f.note == nil {
		return nil
	}
	var lines []string
	for _, text := range f.note() {
		for _, line := range look.Wrap(text, formCells-4) {
			lines = append(lines, f.Text.Plain.Render(line))
		}
	}
	return append(lines, "")
}

// lines are the fields and the buttons; at is the line of the focus.
func (f *form) lines() (lines []string, at int) {
	for i, line := range f.fields {
		if i == f.focus {
			at = len(lines)
		}
		lines = append(lines, look.Zone(Zone+i, f.line(line, i == f.focus)))
	}
	if len(f.fields) > 0 {
		lines = append(lines, "")
	}
	row := ""
	for i, b := range f.buttons {
		row += f.button(i+len(f.fields), f.Say(b.label), i+len(f.fields) == f.focus) + "  "
	}
	if f.focused() == nil {
		at = len(lines)
	}
	return append(lines, row), at
}

func (f *form) line(line *field, focused bool) string {
	label := f.Fit(f.Say(line.label), labelCells-3)
	mark := "  "
	switch {
	case focused:
		mark, label = f.Shapes.Bullet+" ", f.Text.Strong.Render(label)
	case line.fault != nil:
		mark = f.Text.Bad.Render(f.Shapes.Bad) + " "
	}
	shown := strings.TrimRight(strings.Split(line.input.View(), "\n")[0], " ")
	return mark + label + " " + f.Shapes.Open + f.Fit(shown, f.valueCells()) + f.Shapes.Closing
}

// foot is what is wrong with the form or the field in focus, or else its help.
func (f *form) foot() []string {
	var said []string
	line := f.focused()
	style := f.Text.Dim
	switch {
	case line == nil:
	case line.fault != nil:
		style, said = f.Text.Warn, look.Wrap(f.judge(line), formCells-4)
	default:
		said = look.Wrap(f.helpOf(line), formCells-4)
	}
	foot := []string{""}
	for i := range footLines - 1 {
		text := ""
		if i < len(said) {
			text = style.Render(said[i])
		}
		foot = append(foot, text)
	}
	return foot
}

func (f *form) click(number int) bool {
	if number >= len(f.fields)+len(f.buttons) {
		return false
	}
	f.leave()
	f.focus = number
	f.arrive()
	return f.focused() == nil
}

func (f *form) hints() []hint {
	if f.focused() != nil && f.focused().kind == kindChoice {
		return []hint{
			{f.Shapes.LeftRight, texts.KeyChoose}, {"Enter", texts.SetupKeyNext}, {"Tab", texts.KeyMove}, {"Esc", texts.KeyBack},
		}
	}
	if f.focused() == nil {
		return []hint{{f.Shapes.LeftRight, texts.KeyMove}, {"Enter", texts.KeyPress}, {"Esc", texts.KeyBack}}
	}
	return []hint{{"Enter", texts.SetupKeyNext}, {"Tab", texts.KeyMove}, {"Esc", texts.KeyBack}}
}
