package tui

import (
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/notice"
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
	buttons := s.buttons()
	rows := s.buttonRows(buttons, min(s.pressed, len(buttons)-1), text)
	var lines []string
	switch s.state {
	case shiftUnread:
		lines = []string{s.spin() + " " + s.Say(texts.ShiftReading)}
	case shiftFailed:
		lines = []string{s.Text.Bad.Render(s.Truncate(s.Say(texts.RecentFailed), text))}
	case shiftClosed:
		lines = append([]string{s.Text.Title.Render(s.Say(texts.ShiftIsClosed)), ""}, look.Wrap(s.Say(texts.ShiftWhat), text)...)
	default:
		id := texts.ShiftX
		if s.state == shiftZ {
			id = texts.ShiftZ
		}
		title, lines = s.shiftReport(s.totals, id, text)
		if s.state == shiftZ && s.printer {
			lines = append(lines, s.paperLine(text))
		}
		const around = 4 // the box, a gap and the title of what is left
		lines = append(append(lines, ""), s.leftLines(text, max(1, height-len(lines)-1-len(rows)-around))...)
	}
	lines = append(append(lines, ""), rows...)
	return look.Middle(s.Panel(title, lines, inner, s.Frame.Active), inner, width, height)
}

// paperLine says what becomes of the report on paper.
func (s *shiftScreen) paperLine(width int) string {
	if s.status.parts[notice.Printer].Level == notice.Trouble {
		return s.Text.Warn.Render(s.Truncate(s.Say(texts.ShiftPaperWaits), width))
	}
	return s.Text.Dim.Render(s.Say(texts.ShiftPrinting))
}

// shiftReport are the totals of a shift under their title, which is the X or the Z report's.
func (e *env) shiftReport(totals orders.ShiftTotals, id texts.ID, width int) (title string, lines []string) {
	shift := totals.Shift
	title = e.Say(id, texts.Args{"Number": shift.Number})
	when := e.Say(texts.ShiftOpened, texts.Args{"Time": e.Moment(shift.OpenedAt, e.now)}) + by(shift.OpenedBy)
	if !shift.ClosedAt.IsZero() {
		when += "; " + e.Say(texts.ShiftClosed, texts.Args{"Time": e.Moment(shift.ClosedAt, e.now)}) + by(shift.ClosedBy)
	}
	lines = []string{e.Truncate(when, width), ""}
	row := func(label texts.ID, count int64, sum decimal.Decimal) string {
		return e.Fit(e.Say(label), shiftLabelCells) + e.Ends("", e.Number(decimal.NewFromInt(count)), 8) + e.Ends("", e.money(sum), 20)
	}
	all := int64(0)
	for _, kind := range []orders.PaymentKind{orders.PaidCash, orders.PaidCard, orders.PaidQR} {
		total := totals.Payments[kind]
		all += total.Count
		lines = append(lines, row(paymentWords[kind], total.Count, total.Sum))
	}
	return title, append(lines,
		e.Text.Strong.Render(row(texts.ShiftAll, all, takenIn(totals))),
		e.Fit(e.Say(texts.ShiftTips), shiftLabelCells)+e.Ends("", e.money(totals.Tips), 28),
		e.Fit(e.Say(texts.ShiftOrders), shiftLabelCells)+e.Ends("", e.Number(decimal.NewFromInt(totals.Orders)), 8),
	)
}

// by names who did something, behind when; nothing when nobody is known.
func by(name string) string {
	if name = look.Clean(name); name == "" {
		return ""
	}
	return ", " + name
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
	title := s.Say(texts.ShiftLeft)
	if doubles, blocked := s.claims.divided(s.left.Claims); len(doubles)+len(blocked) > 0 {
		title += ". " + s.Say(texts.ShiftLeftByQR, texts.Args{"Money": s.sumWithTips(sumOf(append(doubles, blocked...)))})
	}
	return append([]string{s.Text.Warn.Render(s.Truncate(title, width))}, lines...)
}
