package tui

import (
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// orderEdit is the form of an order of this till, new or known. Enter goes from field to field and from line to line; on
// the name of the empty line at the end it goes to the buttons, so that a whole order is typed without another key.
type orderEdit struct {
	*env
	id    uuid.UUID    // made when the form opened: a second Enter meets the same order
	order orders.Order // as it was when it was read; Version 0: a new one
	table textField
	seats amountField
	lines []*editLine // the last one is the empty one
	at    int         // the line that has the focus; -1: table and seats; len(lines): the buttons
	cell  editCell    // which field of it; of the buttons: which

	dirty   bool // there are unsaved changes
	touched time.Time
	since   time.Time // when it went to be saved; set while it is
	over    bool      // the order has been closed meanwhile: there is nothing to change any more
	refusal wording
	first   int // the first line in sight
	room    int // lines that the last drawing had for them

	sum decimal.Decimal // what the lines come to
}

// editLine is a line of the order while it is edited.
type editLine struct {
	was     orders.Dish // as it was; its id is [uuid.Nil] in a new line
	name    textField
	count   amountField
	given   bool // the count stands there by itself: the first key replaces it
	sum     amountField
	kitchen bool
}

// editCell is a field of a line, of the head, or a button.
type editCell int

const (
	cellName  editCell = iota // the table, in the head
	cellCount                 // the seats, in the head
	cellSum
)

// countPlaces are the decimals of a count: a portion and a half, 0.350 kg.
const countPlaces = 3

// touchAct says that somebody edits; idleEditAct, that nobody has for a while; discardAskAct, that they want to leave.
type (
	touchAct      struct{}
	idleEditAct   struct{}
	discardAskAct struct{}
)

// editAct opens the form of an order that is known; saveAct saves what the form says, and goes on to paying.
type (
	editAct struct{ order orders.Order }
	saveAct struct {
		table  string
		seats  int
		dishes []orders.Dish
		pay    bool
	}
)

func newOrderEdit(e *env, order orders.Order) *orderEdit {
	f := &orderEdit{
		env: e, id: order.ID, order: order, at: -1, table: textField{max: textMax}, touched: e.now, room: 1,
	}
	if order.Version == 0 {
		f.id = uuid.Must(uuid.NewV7())
	}
	f.table.set(order.Table)
	if order.Seats > 0 {
		f.seats.set(decimal.NewFromInt(int64(order.Seats)))
	}
	for _, dish := range order.Dishes {
		line := newEditLine(dish)
		line.name.set(dish.Name)
		line.count.set(dish.Count)
		line.sum.set(dish.Sum)
		f.lines = append(f.lines, line)
	}
	f.addEmpty()
	if order.Version != 0 { // who opens a known order adds to it
		f.at = len(f.lines) - 1
	}
	f.recount()
	return f
}

func newEditLine(was orders.Dish) *editLine {
	return &editLine{
		was: was, name: textField{max: orders.MaxText}, count: amountField{places: countPlaces}, given: true,
		sum: amountField{places: sumPlaces}, kitchen: was.Kitchen,
	}
}

// addEmpty keeps an empty line at the end. It goes to the kitchen as the one before it does; the first one does.
func (f *orderEdit) addEmpty() {
	last := len(f.lines) - 1
	if last >= 0 && f.lines[last].isEmpty() || len(f.lines) >= orders.MaxDishes {
		return
	}
	line := newEditLine(orders.Dish{})
	line.count.set(decimal.NewFromInt(1))
	line.kitchen = last < 0 || f.lines[last].kitchen
	f.lines = append(f.lines, line)
}

func (l *editLine) isEmpty() bool { return l.name.empty() && l.sum.empty() && l.was.ID == uuid.Nil }

func (f *orderEdit) recount() {
	f.sum = decimal.Zero
	for _, line := range f.lines {
		f.sum = f.sum.Add(line.sum.number())
	}
}

// line is the one that has the focus; nil: the head or the buttons have it.
func (f *orderEdit) line() *editLine {
	if f.at < 0 || f.at >= len(f.lines) {
		return nil
	}
	return f.lines[f.at]
}

// focusedNumber is the number field that typing goes to, focusedText the field for words; nil: it is none.
func (f *orderEdit) focusedNumber() *amountField {
	line := f.line()
	switch {
	case f.at < 0 && f.cell == cellCount:
		return &f.seats
	case line != nil && f.cell == cellCount:
		return &line.count
	case line != nil && f.cell == cellSum:
		return &line.sum
	}
	return nil
}

func (f *orderEdit) focusedText() *textField {
	line := f.line()
	switch {
	case f.at < 0 && f.cell == cellName:
		return &f.table
	case line != nil && f.cell == cellName:
		return &line.name
	}
	return nil
}

func (f *orderEdit) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case wakeMsg:
		if f.dirty && !f.now.Before(f.touched.Add(orders.LeaseIdle)) {
			return idleEditAct{}
		}
	case orders.Changed:
		f.follow(msg.Order)
	case tea.KeyMsg:
		switch {
		case f.over:
			return f.pressOver(msg)
		case f.since.IsZero():
			f.refusal = nil
			return f.press(msg)
		}
	}
	return nil
}

// pressOver is a key when the order has been closed meanwhile: what was typed cannot be saved any more.
func (f *orderEdit) pressOver(press tea.KeyMsg) any {
	switch press.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyEnter, tea.KeyCtrlJ:
		return claimOrderAct{f.order}
	}
	return nil
}

// follow takes over how the order stands now when what is edited is still the same: a guest was bound, a ticket printed.
func (f *orderEdit) follow(order orders.Order) {
	if order.ID != f.id || order.Version <= f.order.Version || f.order.Version == 0 {
		return
	}
	if order.State == orders.StateClosed {
		f.end(order)
		return
	}
	same := order.Table == f.order.Table && order.Seats == f.order.Seats &&
		slices.EqualFunc(order.Dishes, f.order.Dishes, func(a, b orders.Dish) bool {
			return a.ID == b.ID && a.Name == b.Name && a.SKU == b.SKU && a.Count.Equal(b.Count) && a.Sum.Equal(b.Sum) &&
				a.Seat == b.Seat && a.Kitchen == b.Kitchen
		})
	if !same {
		f.refusal = f.says(texts.WhyOrderChanged)
		return
	}
	f.order = order
}

// end says for good that the order is closed, and leaves only the way to its card.
func (f *orderEdit) end(order orders.Order) {
	id := texts.WhyVoided
	if order.Reason == orders.ReasonPaid {
		id = texts.WhyPaidMeanwhile
	}
	f.order, f.over, f.dirty, f.refusal = order, true, false, f.says(id)
	f.at, f.cell = len(f.lines), cellName
}

func (f *orderEdit) press(press tea.KeyMsg) any {
	switch press.Type {
	case tea.KeyEsc:
		if f.dirty {
			return discardAskAct{}
		}
		return backAct{}
	case tea.KeyUp:
		f.goLine(-1)
	case tea.KeyDown:
		f.goLine(1)
	case tea.KeyPgUp:
		f.goLine(-f.room)
	case tea.KeyPgDown:
		f.goLine(f.room)
	case tea.KeyTab:
		f.goCell(1)
	case tea.KeyShiftTab:
		f.goCell(-1)
	case tea.KeyLeft, tea.KeyRight:
		f.goButton(press.Type)
	case tea.KeyEnter, tea.KeyCtrlJ:
		return f.enter()
	case tea.KeyDelete:
		return f.remove()
	case tea.KeyF7:
		return f.toggleKitchen()
	default:
		return f.edit(press)
	}
	return nil
}

func (f *orderEdit) goLine(step int) {
	wasButtons := f.at == len(f.lines)
	f.at = max(-1, min(len(f.lines), f.at+step))
	if wasButtons != (f.at == len(f.lines)) {
		f.cell = cellName
	}
	f.cell = min(f.cell, f.lastCell())
}

// lastCell is the last field of the line that has the focus.
func (f *orderEdit) lastCell() editCell {
	switch {
	case f.at < 0:
		return cellCount
	case f.at == len(f.lines):
		return editCell(len(f.buttons()) - 1)
	}
	return cellSum
}

// goCell goes to the next field, over the ends of lines.
func (f *orderEdit) goCell(step editCell) {
	f.cell += step
	switch {
	case f.cell > f.lastCell():
		f.at, f.cell = f.at+1, cellName
		if f.at > len(f.lines) {
			f.at = -1
		}
	case f.cell < 0:
		if f.at--; f.at < -1 {
			f.at = len(f.lines)
		}
		f.cell = f.lastCell()
	}
}

func (f *orderEdit) goButton(press tea.KeyType) {
	if f.at < len(f.lines) {
		return
	}
	step := editCell(1)
	if press == tea.KeyLeft {
		step = -1
	}
	f.cell = max(0, min(f.lastCell(), f.cell+step))
}

// buttons save the order: alone, or to pay it next. The form is read when one is pressed.
func (f *orderEdit) buttons() []screenButton {
	if f.over {
		return []screenButton{{label: f.Say(texts.ClaimOpenOrder)}}
	}
	return []screenButton{{label: f.Say(texts.EditSave)}, {label: f.Say(texts.EditSavePay)}}
}

// enter goes on, or saves.
func (f *orderEdit) enter() any {
	line := f.line()
	switch {
	case f.at == len(f.lines):
		return f.save(f.cell == 1)
	case line == nil:
		f.goCell(1)
	case line.isEmpty() && (line.given || f.cell == cellName): // nothing has been said of it
		f.at, f.cell = len(f.lines), cellName
	case f.cell == cellSum && line.sum.empty():
		f.refusal = f.says(texts.EditNeedSum)
	default:
		f.goCell(1)
	}
	return nil
}

// edit types into the field that has the focus.
func (f *orderEdit) edit(press tea.KeyMsg) any {
	if text := f.focusedText(); text != nil {
		if !text.edit(press) {
			return nil
		}
		return f.changed()
	}
	field := f.focusedNumber()
	if field == nil {
		return nil
	}
	first := false
	if line := f.line(); line != nil && f.cell == cellCount {
		first, line.given = line.given, false
	}
	switch press.Type {
	case tea.KeyBackspace, tea.KeyCtrlH:
		field.erase()
	case tea.KeyCtrlU:
		field.clear()
	case tea.KeyRunes, tea.KeySpace:
		if first {
			field.clear()
		}
		field.enter(press.Runes, press.Paste)
	default:
		return nil
	}
	if field.refusal != "" {
		f.refusal = f.says(field.refusal)
	}
	return f.changed()
}

// changed takes note of an unsaved change.
func (f *orderEdit) changed() any {
	f.dirty, f.touched = true, f.now
	f.addEmpty()
	f.recount()
	return touchAct{}
}

// remove takes the line that has the focus off the order.
func (f *orderEdit) remove() any {
	line := f.line()
	if line == nil || line.isEmpty() {
		return nil
	}
	f.lines = slices.Delete(slices.Clone(f.lines), f.at, f.at+1)
	f.cell = cellName
	return f.changed()
}

// toggleKitchen says whether the kitchen needs a ticket of the line.
func (f *orderEdit) toggleKitchen() any {
	line := f.line()
	if line == nil || !f.printer {
		return nil
	}
	line.kitchen = !line.kitchen
	if last := f.lines[len(f.lines)-1]; last.isEmpty() {
		last.kitchen = line.kitchen // the next one begins as this one is
	}
	if line.isEmpty() {
		return nil // it only says how the next line begins
	}
	return f.changed()
}

// save reads the form. What is missing gets the focus.
func (f *orderEdit) save(pay bool) any {
	act := saveAct{table: f.table.text(), seats: int(f.seats.number().IntPart()), pay: pay}
	if act.seats > orders.MaxSeats {
		return f.refuse(-1, cellCount, texts.EditSeats)
	}
	for i, line := range f.lines {
		if line.isEmpty() {
			continue
		}
		count, sum := line.count.number(), line.sum.number()
		switch {
		case line.name.empty():
			return f.refuse(i, cellName, texts.EditNeedName)
		case !count.IsPositive() || line.count.refusal != "":
			return f.refuse(i, cellCount, texts.EditNeedCount)
		case line.sum.empty() || line.sum.refusal != "":
			return f.refuse(i, cellSum, texts.EditNeedSum)
		}
		dish := line.was
		dish.Name, dish.Count, dish.Sum, dish.Kitchen = line.name.text(), count, sum, line.kitchen && f.printer
		if dish.Seat > act.seats {
			dish.Seat = 0
		}
		act.dishes = append(act.dishes, dish)
	}
	if act.table == "" && len(act.dishes) == 0 {
		return f.refuse(-1, cellName, texts.EditEmpty)
	}
	return act
}

func (f *orderEdit) refuse(line int, cell editCell, id texts.ID) any {
	f.at, f.cell, f.refusal = line, cell, f.says(id)
	return nil
}

// cellPlace is the place of a field: those of the head stand before those of the lines.
func (f *orderEdit) cellPlace(line int, cell editCell) int {
	return placeField.at((line+1)*int(cellSum+1) + int(cell))
}

// click goes to a field, or presses a button.
func (f *orderEdit) click(kind place, number int) bool {
	line, cell := number/int(cellSum+1)-1, editCell(number%int(cellSum+1))
	switch {
	case !f.since.IsZero():
	case kind == placeButton && number < len(f.buttons()):
		f.at, f.cell, f.refusal = len(f.lines), editCell(number), nil
		return true
	case kind == placeField && line < len(f.lines):
		f.at, f.cell, f.refusal = line, cell, nil
	}
	return false
}

func (f *orderEdit) wheels() bool { return f.since.IsZero() }

// mark remembers the fields for a scan that may have begun to type into them.
func (f *orderEdit) mark() func() {
	before := *f
	before.lines = make([]*editLine, len(f.lines))
	for i, line := range f.lines {
		copied := *line
		before.lines[i] = &copied
	}
	return func() {
		since := f.since
		*f = before
		f.since = since
	}
}

func (f *orderEdit) keys() []key.Binding {
	if f.over {
		return []key.Binding{f.bind("Enter", texts.KeyPress, "enter"), f.bind("Esc", texts.KeyBack, "esc")}
	}
	keys := []key.Binding{f.bind("Enter", texts.KeyNext, "enter")}
	if f.at == len(f.lines) {
		keys = []key.Binding{f.bind("Enter", texts.KeyPress, "enter")}
	}
	keys = append(keys, f.bind("Tab", texts.KeyMove, "tab"), f.bind(f.Shapes.UpDown, texts.KeyLines, "up", "down"))
	if line := f.line(); line != nil {
		if f.printer {
			keys = append(keys, f.bind("F7", texts.KeyKitchen, "f7"))
		}
		if !line.isEmpty() {
			keys = append(keys, f.bind("Del", texts.KeyRemoveLine, "delete"))
		}
	}
	return append(keys, f.bind("Esc", texts.KeyBack, "esc"))
}

func (f *orderEdit) help() texts.ID { return texts.AboutEdit }

func (f *orderEdit) field() scanner.Field {
	switch {
	case f.focusedNumber() != nil:
		return scanner.FieldNumber
	case f.focusedText() != nil:
		return scanner.FieldText
	}
	return scanner.FieldNone
}

func (f *orderEdit) wakeAt() time.Time {
	switch {
	case !f.since.IsZero():
		return f.now.Add(spinPause)
	case f.dirty && f.now.Before(f.touched.Add(orders.LeaseIdle)):
		return f.touched.Add(orders.LeaseIdle)
	}
	return time.Time{}
}
