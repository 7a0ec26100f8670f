package tui

import (
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// orderColumns are the widths of the list's columns; the guest takes the rest and stands last, because terminals do not
// agree on how wide some names are.
type orderColumns struct{ table, number, since, sum, balance, waiter int }

var (
	narrowOrders = orderColumns{table: 8, number: 6, since: 6, sum: 9, balance: 7, waiter: 9}
	wideOrders   = orderColumns{table: 14, number: 12, sum: 13, balance: 10, waiter: 16} // and since as long as a moment is
)

// wideOrdersFrom is from which width on the columns are the wide ones.
const wideOrdersFrom = 100

// orderMarks is the cells before the columns: the chosen order's mark, and that of points that have moved.
const orderMarks = 4

// orderSearchCells is the field of the filter.
const orderSearchCells = 24

func (o *ordersScreen) view(width, height int) []string {
	inner := min(width-2, listCells)
	list := o.list()
	find := o.Text.Strong.Render(o.Say(texts.OrdersFind)) + " " + o.filter.view(o.env, orderSearchCells, true) + " " +
		o.Text.Dim.Render(o.Say(texts.OrdersFindHint))
	count := ""
	if o.shown {
		id := texts.OrdersCount
		if o.closed {
			id = texts.OrdersClosedCount
		}
		count = o.Say(id, texts.Args{"Count": o.Number(decimal.NewFromInt(int64(len(list))))})
	}
	if o.asked && o.shown {
		count = o.spin() + " " + count
	}
	lines := []string{o.Ends(find, count, inner), ""}
	buttons := o.buttonsView(inner)
	if len(list) == 0 || o.failed {
		lines = append(append(lines, o.nothingLines(inner)...), buttons...)
		return look.Middle(lines, inner, width, len(lines))
	}
	columns := narrowOrders
	if inner >= wideOrdersFrom {
		columns = wideOrders
		columns.since = o.MomentCells()
	}
	lines[1] = o.Text.Dim.Render(o.headings(columns))
	chosen := o.chosenLines(inner)
	o.room = max(1, height-len(lines)-len(chosen)-len(buttons)-1)
	o.first = max(min(o.first, o.at, len(list)-o.room), o.at-o.room+1, 0)
	points := o.book.byOrder()
	for i, entry := range list[o.first:min(len(list), o.first+o.room)] {
		lines = append(lines, look.Zone(placeLine.at(o.first+i), o.line(entry.order, columns, points, inner)))
	}
	lines = append(append(append(lines, ""), chosen...), buttons...)
	return look.Middle(lines, inner, width, len(lines))
}

// buttonsView are the buttons of a till that has orders of its own.
func (o *ordersScreen) buttonsView(width int) []string {
	buttons := o.buttons()
	if len(buttons) == 0 {
		return nil
	}
	return append([]string{""}, o.buttonRows(buttons, o.button-1, width)...)
}

// nothingLines say why there is nothing to choose from, and how guests come here.
func (o *ordersScreen) nothingLines(width int) []string {
	switch {
	case o.failed:
		return []string{o.Text.Bad.Render(o.Truncate(o.Say(texts.RecentFailed), width))}
	case !o.shown:
		return []string{o.spin() + " " + o.Say(texts.OrdersReading)}
	case !o.filter.empty():
		return []string{o.Text.Dim.Render(o.Truncate(o.Say(texts.OrdersNotFound), width))}
	}
	if o.closed {
		return []string{o.Text.Dim.Render(o.Say(texts.OrdersNoneClosed))}
	}
	lines := []string{o.Text.Title.Render(o.Say(texts.OrdersEmpty)), ""}
	ids := []texts.ID{texts.OrdersWhat, texts.OrdersHow}
	if o.claims != nil {
		ids = append(ids, texts.OrdersHowNew)
	}
	for _, id := range ids {
		lines = append(lines, look.Wrap(o.Say(id), width)...)
	}
	return lines
}

func (o *ordersScreen) headings(c orderColumns) string {
	return o.Fit("", orderMarks) + o.columns(c,
		o.Say(texts.OrdersTable), o.Say(texts.OrdersNumber), o.Say(texts.OrdersSince),
		o.Say(texts.OrdersSum), o.Say(texts.OrdersBalance), o.Say(texts.OrdersWaiter)) + o.Say(texts.OrdersGuest)
}

func (o *ordersScreen) columns(c orderColumns, table, number, since, sum, balance, waiter string) string {
	return o.Fit(table, c.table) + " " + o.Fit(number, c.number) + " " + o.Fit(since, c.since) + " " +
		o.Ends("", sum, c.sum) + " " + o.Ends("", balance, c.balance) + " " + o.Fit(waiter, c.waiter) + " "
}

// line is an order in the list. The chosen one is told by more than colour.
func (o *ordersScreen) line(order orders.Order, c orderColumns, points ordersOperations, width int) string {
	mark := "  "
	if order.ID == o.chosen {
		mark = o.Text.Title.Render("> ")
	}
	since := o.Moment(order.OpenedAt, o.now)
	if c == narrowOrders {
		since = o.When(order.OpenedAt, o.now)
	}
	sum, balance, guest := "", "", o.Text.Dim.Render(o.Say(texts.OrdersNoGuest))
	if order.Sum.Valid {
		sum = o.Money(order.Sum.Decimal, "")
	}
	if bound := order.Guest; bound != nil {
		balance, guest = o.Number(bound.Balance), o.name(bound.Name, bound.Card.Client)
	}
	line := mark + o.orderMark(order, points[order.ID]) + " " + o.columns(c,
		o.Text.Strong.Render(o.Truncate(look.Clean(order.Table), c.table)), look.Clean(order.Number), since,
		sum, balance, look.Clean(order.Waiter)) + guest
	return o.Truncate(line, width)
}

// orderMark warns of an order that a guest has paid for and that is still open.
func (o *ordersScreen) orderMark(order orders.Order, ops []loyalty.Operation) string {
	if o.claims != nil && len(o.claims.of(order.ID)) > 0 {
		return o.Text.Bad.Render(o.Shapes.Warn)
	}
	return o.pointsMark(ops)
}

// pointsMark tells in one cell whether the till has moved points of an order: yes, not settled yet, no.
func (o *ordersScreen) pointsMark(ops []loyalty.Operation) string {
	switch {
	case len(ops) == 0:
		return " "
	case isAnyOpen(ops):
		return o.Text.Warn.Render(o.Shapes.Warn)
	}
	return o.Text.Good.Render(o.Shapes.Good)
}

func isAnyOpen(ops []loyalty.Operation) bool {
	for _, op := range ops {
		if !op.State.Final() {
			return true
		}
	}
	return false
}

// chosenLines say of the chosen order what the columns have no room for.
func (o *ordersScreen) chosenLines(width int) []string {
	entry := o.selected()
	if entry == nil {
		return []string{"", ""}
	}
	order := entry.order
	guest := o.Say(texts.OrdersScanLater)
	if bound := order.Guest; bound != nil {
		guest = o.Say(texts.OrdersBound, texts.Args{
			"Name": o.name(bound.Name, bound.Card.Client), "Points": o.Points(bound.Balance), "Time": o.Moment(bound.BalanceAt, o.now),
		})
	}
	switch ops := o.book.byOrder()[order.ID]; {
	case o.claims != nil && len(o.claims.of(order.ID)) > 0:
		guest = o.Text.Bad.Render(o.claims.said(o.claims.of(order.ID)[0]))
	case order.State == orders.StateClosed:
		guest = o.Say(closedWords[order.Reason], texts.Args{"Time": o.Moment(order.ChangedAt, o.now)})
	case len(ops) > 0:
		guest = o.inWords(ops[0]) + ", " + o.Say(stateWords[ops[0].State]) + ". " + guest
	case !order.PaidAt.IsZero():
		guest = o.Say(texts.OrdersPaid, texts.Args{"Time": o.Moment(order.PaidAt, o.now)}) + " " + guest
	}
	return []string{o.Truncate(o.orderLine(order), width), o.Truncate(guest, width)}
}

// orderLine is an order with everything that people know it by.
func (e *env) orderLine(o orders.Order) string {
	line := e.Text.Title.Render(e.orderName(o))
	if waiter := look.Clean(o.Waiter); waiter != "" && (o.Table != "" || o.Number != "") {
		line += ", " + e.Say(texts.OrderWaiterToo, texts.Args{"Waiter": waiter})
	}
	if o.Sum.Valid {
		line += ", " + e.Say(texts.OrderSum, texts.Args{"Money": e.money(o.Sum.Decimal)})
	}
	return line
}
