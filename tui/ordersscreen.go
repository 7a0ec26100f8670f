package tui

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// ordersScreen lists the open orders, the newest change first, or the last ones that were closed at this till. It follows
// the book while it is on show, and what is typed filters it. The chosen order stays chosen wherever the news move it: Enter
// opens what the cashier has looked at.
type ordersScreen struct {
	*env
	book   *book         // the till's operations: they mark the orders whose points it has moved
	claims *claims       // nil: orders are neither opened nor paid at this till
	closed bool          // the closed orders are listed
	button int           // that has the focus, counted from 1; 0: the list has it
	all    []*orderEntry // by byChange
	filter textField

	hits    []*orderEntry // what the filter leaves, counted from the above by list
	counted bool          // hits are up to date
	chosen  uuid.UUID     // the order that Enter opens; [uuid.Nil]: none
	at      int           // its place among hits, or where it was
	first   int           // the first of hits in sight
	room    int           // lines that the last drawing had for them

	shown  bool                       // the book has answered
	failed bool                       // it could not be read
	asked  bool                       // a question is on its way
	again  bool                       // the list was out of sight since it was asked
	news   map[uuid.UUID]orders.Order // came since it was asked, and may be newer than the answer
}

// orderEntry is an order of the list with what it is found by.
type orderEntry struct {
	order orders.Order
	words string // table, number and name, folded
}

// ordersAskAct has the orders read.
type ordersAskAct struct{ closed bool }

// ordersMsg is the answer of the book.
type ordersMsg struct {
	orders []orders.Order
	closed bool // which were asked for
	err    error
}

// newOrderAct opens the form of an order; claimsAct the list of payments that have closed no bill; turnListAct has the list
// show the closed orders, or the open ones again.
type (
	newOrderAct struct{}
	claimsAct   struct{}
	turnListAct struct{}
)

func newOrdersScreen(e *env, b *book, c *claims) *ordersScreen {
	return &ordersScreen{env: e, book: b, claims: c, filter: textField{max: textMax}, room: 1}
}

// buttons stand below the list of a till that has orders of its own.
func (o *ordersScreen) buttons() []screenButton {
	if o.claims == nil {
		return nil
	}
	turn := texts.OrdersShowClosed
	if o.closed {
		turn = texts.OrdersShowOpen
	}
	buttons := []screenButton{{o.Say(texts.OrdersNew), newOrderAct{}}, {o.Say(turn), turnListAct{}}}
	if open := len(o.claims.open); open > 0 {
		buttons = append(buttons, screenButton{o.Say(texts.OrdersClaims, texts.Args{"Count": open}), claimsAct{}})
	}
	return buttons
}

// turn lists the closed orders in place of the open ones, and back.
func (o *ordersScreen) turn() any {
	o.closed, o.button, o.all, o.hits, o.counted, o.shown = !o.closed, 0, nil, nil, false, false
	o.filter.set("")
	o.chooseFirst()
	return o.ask()
}

func newOrderEntry(o orders.Order) *orderEntry {
	o.Dishes = nil // nobody sees them here
	words := []string{o.Table, o.Number}
	if o.Guest != nil {
		words = append(words, o.Guest.Name)
	}
	return &orderEntry{order: o, words: folded(strings.Join(words, "\n"))}
}

// folded is a text as it is searched: without case, and with one letter for «е» and «ё», which people type as they please.
func folded(text string) string { return strings.ReplaceAll(strings.ToLower(text), "ё", "е") }

// byChange puts the newest change first, as [orders.Store] does.
func byChange(x, y *orderEntry) int {
	if c := y.order.ChangedAt.Compare(x.order.ChangedAt); c != 0 {
		return c
	}
	return bytes.Compare(y.order.ID[:], x.order.ID[:])
}

func (o *ordersScreen) ask() any {
	if o.asked {
		o.again = true
		return nil
	}
	o.asked, o.again, o.news = true, false, make(map[uuid.UUID]orders.Order)
	return ordersAskAct{o.closed}
}

func (o *ordersScreen) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case ordersMsg:
		if o.take(msg); o.again {
			return o.ask()
		}
	case orders.Changed:
		if o.asked {
			o.news[msg.Order.ID] = msg.Order
		}
		o.put(msg.Order)
	case reloadMsg:
		return o.ask()
	case tea.KeyMsg:
		return o.press(msg)
	}
	return nil
}

// take shows what the book has answered, and what it has said since.
func (o *ordersScreen) take(msg ordersMsg) {
	o.asked, o.failed = false, msg.err != nil
	o.again = o.again || msg.closed != o.closed
	if o.failed || msg.closed != o.closed {
		return
	}
	o.shown, o.counted, o.all = true, false, o.all[:0]
	for _, order := range msg.orders {
		o.all = append(o.all, newOrderEntry(order))
	}
	slices.SortFunc(o.all, byChange)
	for _, order := range o.news {
		o.put(order)
	}
	o.news = nil
}

// put brings an order of the list up to date. What is older than what stands there comes too late, and is dropped.
func (o *ordersScreen) put(order orders.Order) {
	if i := indexOf(o.all, order.ID); i >= 0 {
		if o.all[i].order.Version > order.Version {
			return
		}
		o.all = slices.Delete(o.all, i, i+1)
	}
	o.counted = false
	if (order.State == orders.StateOpen) == o.closed || o.closed && order.Source != orders.SourceTill {
		return
	}
	entry := newOrderEntry(order)
	at, _ := slices.BinarySearchFunc(o.all, entry, byChange)
	o.all = slices.Insert(o.all, at, entry)
}

func indexOf(entries []*orderEntry, id uuid.UUID) int {
	return slices.IndexFunc(entries, func(e *orderEntry) bool { return e.order.ID == id })
}

// list is what the filter leaves. The table or the order that is called just as was typed comes first: «5» finds table 5
// before table 15.
func (o *ordersScreen) list() []*orderEntry {
	if o.counted {
		return o.hits
	}
	wasEmpty := len(o.hits) == 0
	typed := folded(o.filter.text())
	words := strings.Fields(typed)
	var exact, others []*orderEntry
	for _, entry := range o.all {
		switch {
		case typed != "" && (folded(entry.order.Table) == typed || folded(entry.order.Number) == typed):
			exact = append(exact, entry)
		case entry.hasAll(words):
			others = append(others, entry)
		}
	}
	o.hits, o.counted = append(exact, others...), true
	if wasEmpty {
		o.chooseFirst()
	}
	o.settle()
	return o.hits
}

func (e *orderEntry) hasAll(words []string) bool {
	for _, word := range words {
		if !strings.Contains(e.words, word) {
			return false
		}
	}
	return true
}

func (o *ordersScreen) chooseFirst() {
	o.chosen, o.at, o.first = uuid.Nil, 0, 0
	if len(o.hits) > 0 {
		o.chosen = o.hits[0].order.ID
	}
}

// settle finds the chosen order again, and keeps it on its line when the list has been scrolled. One that has gone leaves
// nothing chosen: an Enter that was meant for it must not open its neighbour.
func (o *ordersScreen) settle() {
	at := indexOf(o.hits, o.chosen)
	if at < 0 {
		o.chosen = uuid.Nil
		o.at = min(o.at, max(0, len(o.hits)-1))
		return
	}
	if o.first > 0 {
		o.first += at - o.at
	}
	o.at = at
}

// selected is the chosen order; nil: none.
func (o *ordersScreen) selected() *orderEntry {
	if hits := o.list(); o.chosen != uuid.Nil && len(hits) > 0 {
		return hits[o.at]
	}
	return nil
}

func (o *ordersScreen) press(press tea.KeyMsg) any {
	buttons := o.buttons()
	o.button = min(o.button, len(buttons))
	switch press.Type {
	case tea.KeyEsc:
		if o.filter.empty() {
			return backAct{}
		}
		o.filter.set("")
		o.refilter()
	case tea.KeyInsert:
		if len(buttons) > 0 {
			return newOrderAct{}
		}
	case tea.KeyTab, tea.KeyRight:
		o.button = (o.button + 1) % (len(buttons) + 1)
	case tea.KeyShiftTab, tea.KeyLeft:
		o.button = (o.button + len(buttons)) % (len(buttons) + 1)
	case tea.KeyUp, tea.KeyDown, tea.KeyPgUp, tea.KeyPgDown, tea.KeyHome, tea.KeyEnd:
		o.walk(press.Type)
	case tea.KeyEnter, tea.KeyCtrlJ:
		return o.enter(buttons)
	default:
		if o.filter.edit(press) {
			o.refilter()
		}
	}
	return nil
}

// enter is Enter where the focus is.
func (o *ordersScreen) enter(buttons []screenButton) any {
	switch {
	case o.button > 0:
		return buttons[o.button-1].act
	case o.failed:
		return o.ask()
	}
	if entry := o.selected(); entry != nil {
		return pickAct{order: entry.order}
	}
	return nil
}

// click presses a button, chooses an order, and opens the one that is chosen already.
func (o *ordersScreen) click(kind place, number int) bool {
	hits := o.list()
	switch {
	case kind == placeButton && number < len(o.buttons()):
		o.button = number + 1
		return true
	case kind == placeLine && number < len(hits):
		again := o.button == 0 && o.chosen == hits[number].order.ID
		o.button, o.at, o.chosen = 0, number, hits[number].order.ID
		return again
	}
	return false
}

func (o *ordersScreen) wheels() bool { return true }

// refilter follows what was typed: Enter opens the first that it finds.
func (o *ordersScreen) refilter() {
	o.counted, o.button = false, 0
	o.list()
	o.chooseFirst()
}

func (o *ordersScreen) walk(press tea.KeyType) {
	last := len(o.list()) - 1
	o.button = 0
	if last < 0 {
		return
	}
	if o.chosen != uuid.Nil { // else the first arrow only chooses
		step := map[tea.KeyType]int{
			tea.KeyUp: -1, tea.KeyDown: 1, tea.KeyPgUp: -o.room, tea.KeyPgDown: o.room, tea.KeyHome: -last, tea.KeyEnd: last,
		}[press]
		o.at = max(0, min(last, o.at+step))
	}
	o.chosen = o.hits[o.at].order.ID
}

// mark remembers the filter for a scan that may have begun to type into it.
func (o *ordersScreen) mark() func() {
	filter, chosen, at, first, button := o.filter, o.chosen, o.at, o.first, o.button
	return func() {
		o.filter, o.chosen, o.at, o.first, o.button = filter, chosen, at, first, button
		o.counted = false
	}
}

func (o *ordersScreen) keys() []key.Binding {
	esc := texts.KeyBack
	if !o.filter.empty() {
		esc = texts.KeyShowAll
	}
	enter := texts.KeyOpen
	if o.failed {
		enter = texts.KeyRetry
	}
	if o.button > 0 {
		enter = texts.KeyPress
	}
	keys := []key.Binding{o.bind(o.Shapes.UpDown, texts.KeyChoose, "up", "down"), o.bind("Enter", enter, "enter")}
	if o.claims != nil {
		keys = append(keys, o.bind("Ins", texts.OrdersNew, "insert"), o.bind("Tab", texts.KeyMove, "tab"))
	}
	return append(keys, o.bind("Esc", esc, "esc"))
}

func (o *ordersScreen) help() texts.ID {
	if o.claims != nil {
		return texts.AboutOrdersTill
	}
	return texts.AboutOrders
}

func (o *ordersScreen) field() scanner.Field { return scanner.FieldText }

func (o *ordersScreen) wakeAt() time.Time {
	if o.asked {
		return o.now.Add(spinPause)
	}
	return time.Time{}
}

// orderName is what people call an order: by its table, else its number, else its waiter, else since when it is there.
func (e *env) orderName(o orders.Order) string {
	table, number, waiter := look.Clean(o.Table), look.Clean(o.Number), look.Clean(o.Waiter)
	switch {
	case table != "" && number != "":
		return e.table(table) + ", " + e.Say(texts.OrderNumberToo, texts.Args{"Number": number})
	case table != "":
		return e.table(table)
	case number != "":
		return e.Say(texts.OrderNumber, texts.Args{"Number": number})
	case waiter != "":
		return e.Say(texts.OrderWaiter, texts.Args{"Waiter": waiter})
	}
	return e.Say(texts.OrderSince, texts.Args{"Time": e.Moment(o.OpenedAt, e.now)})
}

// table names a table that the POS calls by a number, or as the POS does: «Терраса 3».
func (e *env) table(table string) string {
	if table[0] < '0' || table[0] > '9' {
		return table
	}
	return e.Say(texts.OrderTable, texts.Args{"Table": table})
}

// orderNameCells is how much of an order's name stands in a sentence whose end matters more.
const orderNameCells = 32

func (e *env) shortOrder(o orders.Order) string { return e.Truncate(e.orderName(o), orderNameCells) }
