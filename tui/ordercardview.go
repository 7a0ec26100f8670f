package tui

import (
	"slices"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// orderEventWords say what has happened to an order of this till; what else there is happens to others only.
var orderEventWords = map[orders.EventKind]texts.ID{
	orders.EventOpened:  texts.EventOpened,
	orders.EventBound:   texts.EventBound,
	orders.EventUnbound: texts.EventUnbound,
	orders.EventChanged: texts.EventChanged,
	orders.EventTicket:  texts.EventTicket,
	orders.EventBlocked: texts.EventBlocked,

	orders.EventReturned: texts.EventReturned,
	orders.EventBooked:   texts.EventBooked,
}

// closedWords say why and when an order was closed.
var closedWords = map[orders.Reason]texts.ID{
	orders.ReasonPaid: texts.CardPaid,
	orders.ReasonVoid: texts.CardVoided,
}

var paymentWords = map[orders.PaymentKind]texts.ID{
	orders.PaidCash:   texts.PaidCash,
	orders.PaidCard:   texts.PaidCard,
	orders.PaidPoints: texts.PaidPoints,
	orders.PaidQR:     texts.PaidQR,
}

// The widths of the card's columns; the name takes the rest.
const (
	cardCountCells   = 9
	cardSumCells     = 13
	cardKitchenCells = 14
)

// claimLines is how many lines are for what a guest has paid by QR: what to do stands at the end.
const claimLines = 3

func (c *orderCard) view(width, height int) []string {
	inner := min(width-2, listCells)
	text := inner - 4
	lines := c.headLines(text)
	foot := c.footLines(text)
	c.room = max(1, height-len(lines)-len(foot)-2)
	c.first = max(0, min(c.first, c.rowCount()-c.room))
	lines = append(lines, c.rows(text, c.first, c.room)...)
	panel := c.Panel(c.shortOrder(c.order), append(lines, foot...), inner, c.Frame.Active)
	return look.Middle(panel, inner, width, len(panel))
}

// headLines say who sits there, and what has to be known before anything is done.
func (c *orderCard) headLines(width int) []string {
	o := c.order
	facts := c.Say(texts.CardOpened, texts.Args{"Time": c.Moment(o.OpenedAt, c.now)})
	if waiter := look.Clean(o.Waiter); waiter != "" {
		facts += ", " + waiter
	}
	if o.Seats > 0 {
		facts += ", " + c.Say(texts.CardSeats, texts.Args{"Count": o.Seats})
	}
	lines := []string{c.Truncate(facts, width)}
	switch {
	case o.Guest != nil:
		lines = append(lines, c.Truncate(c.Say(texts.OrdersBound, texts.Args{
			"Name": c.name(o.Guest.Name, o.Guest.Card.Client), "Points": c.Points(o.Guest.Balance), "Time": c.Moment(o.Guest.BalanceAt, c.now),
		}), width))
	case c.isOpen():
		lines = append(lines, c.Truncate(c.Say(texts.CardNoGuest), width))
	}
	if o.State == orders.StateClosed {
		lines = append(lines, c.Text.Good.Render(c.Say(closedWords[o.Reason], texts.Args{"Time": c.Moment(o.ChangedAt, c.now)})))
	}
	if open := c.claims.of(o.ID); len(open) > 0 { // the list of payments has the others
		claim := open[0]
		said := c.claims.said(claim) + " " + c.claims.atOrder(claim)
		for _, line := range c.wrap(said, width, claimLines) {
			lines = append(lines, c.Text.Bad.Render(line))
		}
	}
	return append(lines, c.headings(width))
}

// footLines are the money, and what can be done.
func (c *orderCard) footLines(width int) []string {
	var money []string
	switch {
	case c.failed:
		money = []string{c.Text.Bad.Render(c.Truncate(c.Say(texts.RecentFailed), width))}
	case !c.read:
		money = []string{c.Truncate(c.spin()+" "+c.Say(texts.OrdersReading), width)}
	default:
		money = c.moneyLines(width)
	}
	var buttons []screenButton
	for _, b := range c.buttons() {
		buttons = append(buttons, screenButton{label: c.Say(b.label)})
	}
	focus := min(c.pressed, len(buttons)-1)
	return slices.Concat([]string{""}, money, c.buttonRows(buttons, focus, width))
}

// moneyLines say what the order costs, what points have paid of it and what is left, in a second line where one has no room.
func (c *orderCard) moneyLines(width int) []string {
	facts := []string{c.Say(texts.CardSum, texts.Args{"Money": c.money(c.order.Sum.Decimal)})}
	if c.bill.Points.IsPositive() {
		facts = append(facts, c.Say(texts.CardPointsPaid, texts.Args{"Number": c.Number(c.bill.Points)}))
	}
	if c.isOpen() {
		due := c.Say(texts.CardDue, texts.Args{"Money": c.money(c.bill.Due)})
		if c.bill.Due.IsNegative() {
			due = c.Say(texts.CardOverpaid, texts.Args{"Points": c.Points(c.bill.Due.Neg())})
		}
		facts = append(facts, c.Text.Title.Render(due))
	}
	if c.bill.InFlight {
		facts = append(facts, c.Text.Warn.Render(c.Say(texts.CardInFlight)))
	}
	lines := []string{facts[0]}
	for _, fact := range facts[1:] {
		if last := len(lines) - 1; look.Width(lines[last])+look.Width(factGap)+look.Width(fact) <= width {
			lines[last] += factGap + fact
		} else {
			lines = append(lines, c.Truncate(fact, width))
		}
	}
	return lines
}

// factGap stands between what is said of an order's money.
const factGap = "   "

func (c *orderCard) nameCells(width int) int {
	cells := width - cardCountCells - cardSumCells - 2
	if c.printer {
		cells -= cardKitchenCells + 1
	}
	return cells
}

func (c *orderCard) headings(width int) string {
	line := c.Fit(c.Say(texts.LineName), c.nameCells(width)) + " " + c.Ends("", c.Say(texts.LineCount), cardCountCells) + " " +
		c.Ends("", c.Say(texts.LineSum), cardSumCells)
	if c.printer {
		line += " " + c.Say(texts.LineKitchen)
	}
	return c.Text.Dim.Render(line)
}

// rowCount is how many rows scroll: the lines, the payments and the history, with a title before each of these.
func (c *orderCard) rowCount() int {
	count := len(c.order.Dishes)
	for _, more := range []int{len(c.paid), len(c.events)} {
		if more > 0 {
			count += more + 2
		}
	}
	return count
}

// rows draws the rows in sight. An order may have hundreds of lines, so nothing else is drawn.
func (c *orderCard) rows(width, first, count int) []string {
	titles := []string{"", c.Say(texts.CardPayments), c.Say(texts.DetailsEvents)}
	blocks := []int{len(c.order.Dishes), len(c.paid), len(c.events)}
	var rows []string
	at := 0
	for block, size := range blocks {
		if size == 0 {
			continue
		}
		if block > 0 {
			for _, title := range []string{"", c.Text.Title.Render(titles[block])} {
				if at >= first && at < first+count {
					rows = append(rows, title)
				}
				at++
			}
		}
		for i := max(0, first-at); i < size && at+i < first+count; i++ {
			rows = append(rows, c.row(block, i, width))
		}
		at += size
	}
	return rows
}

func (c *orderCard) row(block, i, width int) string {
	switch block {
	case 0:
		return c.dishRow(c.order.Dishes[i], width)
	case 1:
		return c.paymentRow(c.paid[i], width)
	}
	return c.eventRow(c.events[i], width)
}

func (c *orderCard) dishRow(d orders.Dish, width int) string {
	line := c.Fit(look.Clean(d.Name), c.nameCells(width)) + " " + c.Ends("", c.Number(d.Count), cardCountCells) + " " +
		c.Ends("", c.Money(d.Sum, ""), cardSumCells)
	if !c.printer || !d.Kitchen {
		return line
	}
	if d.Printed {
		return line + " " + c.Text.Good.Render(c.Shapes.Good+" "+c.Say(texts.LinePrinted))
	}
	return line + " " + c.Text.Warn.Render(c.Shapes.Warn+" "+c.Say(texts.LineNotPrinted))
}

func (c *orderCard) paymentRow(p orders.Payment, width int) string {
	line := c.Moment(p.At, c.now) + "  " + c.Fit(c.Say(paymentWords[p.Kind]), cardKitchenCells) + " " + c.Ends("", c.Money(p.Sum, ""), cardSumCells)
	if p.Tips.IsPositive() {
		line += ", " + c.Say(texts.NoticeTips, texts.Args{"Money": c.money(p.Tips)})
	}
	if p.Cashier != "" {
		line += "  " + look.Clean(p.Cashier)
	}
	return c.Truncate(line, width)
}

func (c *orderCard) eventRow(event orders.Event, width int) string {
	who := look.Clean(event.Actor)
	if who == "" {
		who = c.Say(texts.DetailsProgram)
	}
	what := c.Say(orderEventWords[event.Kind])
	if event.Kind == orders.EventClosed {
		what = c.Say(eventClosedWords[event.Reason])
	}
	if note := look.Clean(event.Note); note != "" {
		what += ": " + note
	}
	return c.Truncate(c.Text.Dim.Render(c.Moment(event.At, c.now))+"  "+what+"  "+c.Text.Dim.Render(who), width)
}

var eventClosedWords = map[orders.Reason]texts.ID{
	orders.ReasonPaid: texts.EventPaid,
	orders.ReasonVoid: texts.EventVoid,
}
