package tui

import (
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// takenIn is the money of a shift, of all kinds, without the tips.
func takenIn(totals orders.ShiftTotals) decimal.Decimal {
	sum := decimal.Zero
	for _, kind := range totals.Payments {
		sum = sum.Add(kind.Sum)
	}
	return sum
}

// shiftCells is the widest that the report is drawn, shiftLabelCells its names.
const (
	shiftCells      = 76
	shiftLabelCells = 22
)

func (s *shiftScreen) view(width, height int) []string {
	inner := min(width-4, shiftCells)
	text := inner - 4
	title := s.Say(texts.ShiftTitle)
	var lines []string
	switch s.state {
	case shiftUnread:
		lines = []string{s.spin() + " " + s.Say(texts.ShiftReading)}
	case shiftFailed:
		lines = []string{s.Text.Bad.Render(s.Truncate(s.Say(texts.RecentFailed), text))}
	case shiftClosed:
		lines = append([]string{s.Text.Title.Render(s.Say(texts.ShiftIsClosed)), ""}, look.Wrap(s.Say(texts.ShiftWhat), text)...)
	default:
		title, lines = s.report(text)
		room := max(1, height-len(lines)-5) // the box, a gap, the buttons and the title of what is left
		lines = append(lines, s.leftLines(text, room)...)
	}
	buttons := s.buttons()
	lines = append(append(lines, ""), s.buttonRows(buttons, min(s.pressed, len(buttons)-1), text)...)
	return look.Middle(s.Panel(title, lines, inner, s.Frame.Active), inner, width, height)
}

// report are the totals of the shift.
func (s *shiftScreen) report(width int) (title string, lines []string) {
	shift := s.totals.Shift
	id := texts.ShiftX
	if s.state == shiftZ {
		id = texts.ShiftZ
	}
	title = s.Say(id, texts.Args{"Number": shift.Number})
	opened := s.Say(texts.ShiftOpened, texts.Args{"Time": s.Moment(shift.OpenedAt, s.now)})
	if by := look.Clean(shift.OpenedBy); by != "" {
		opened += ", " + by
	}
	if !shift.ClosedAt.IsZero() {
		opened += "; " + s.Say(texts.ShiftClosed, texts.Args{"Time": s.Moment(shift.ClosedAt, s.now)})
	}
	lines = []string{s.Truncate(opened, width), ""}
	row := func(label texts.ID, count int64, sum decimal.Decimal) string {
		return s.Fit(s.Say(label), shiftLabelCells) + s.Ends("", s.Number(decimal.NewFromInt(count)), 8) + s.Ends("", s.money(sum), 20)
	}
	all := int64(0)
	for _, kind := range []orders.PaymentKind{orders.PaidCash, orders.PaidCard, orders.PaidQR} {
		total := s.totals.Payments[kind]
		all += total.Count
		lines = append(lines, row(paymentWords[kind], total.Count, total.Sum))
	}
	return title, append(lines,
		s.Text.Strong.Render(row(texts.ShiftAll, all, takenIn(s.totals))),
		s.Fit(s.Say(texts.ShiftTips), shiftLabelCells)+s.Ends("", s.money(s.totals.Tips), 28),
		s.Fit(s.Say(texts.ShiftOrders), shiftLabelCells)+s.Ends("", s.Number(decimal.NewFromInt(s.totals.Orders)), 8),
		"",
	)
}

// leftLines list what is not finished, in at most so many lines below their title. Money comes first.
func (s *shiftScreen) leftLines(width, room int) []string {
	var lines []string
	for _, claim := range s.left.Claims {
		lines = append(lines, s.Truncate(s.Text.Bad.Render(s.Shapes.Warn)+" "+s.claims.inWords(claim), width))
	}
	for _, op := range s.left.Operations {
		lines = append(lines, s.Truncate(s.Text.Warn.Render(s.Shapes.Warn)+" "+s.Moment(op.PlannedAt, s.now)+" "+s.inWords(op)+", "+
			s.Say(stateWords[op.State])+"  "+s.name(op.Name, op.Client), width))
	}
	if len(lines) == 0 {
		return []string{s.Text.Good.Render(s.Say(texts.ShiftNothingLeft))}
	}
	if len(lines) > room {
		more := s.Say(texts.MatterMore, texts.Args{"Count": len(lines) - room + 1})
		lines = append(lines[:room-1], s.Text.Dim.Render(more))
	}
	return append([]string{s.Text.Warn.Render(s.Say(texts.ShiftLeft))}, lines...)
}
