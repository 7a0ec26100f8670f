package tui

import (
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

func (p *payScreen) view(width, height int) []string {
	inner := min(width-4, formCells)
	text := inner - 4
	lines := []string{
		"", p.Text.Title.Render(p.Say(texts.PayDue, texts.Args{"Money": p.money(p.rest())})), p.Truncate(p.shortOrder(p.bill.Order), text),
		p.partsLine(text), "",
	}
	if p.rest().IsPositive() {
		change := ""
		if given, cash := p.given.number(), p.rest().Sub(p.card.number()); given.IsPositive() && !given.LessThan(cash) {
			change = "  " + p.Text.Strong.Render(p.Say(texts.PayChange, texts.Args{"Money": p.money(given.Sub(cash))}))
		}
		lines = append(lines,
			p.Fit(p.label(texts.PayGiven, p.focus == payGiven), payLabelCells)+p.given.view(p.env, editSumCells, p.focus == payGiven)+change,
			p.Fit(p.label(texts.PayByCard, p.focus == payCard), payLabelCells)+p.card.view(p.env, editSumCells, p.focus == payCard), "")
	}
	state := look.Wrap(p.refusal, text)
	for i := range state {
		state[i] = p.Text.Warn.Render(state[i])
	}
	if !p.since.IsZero() {
		state = []string{p.spin() + " " + p.Say(texts.PayBooking)}
	}
	buttons := p.buttons()
	lines = append(append(lines, state...), p.buttonRows(buttons, min(p.focus-payFields, len(buttons)-1), text)...)
	return look.Middle(p.Panel(p.Say(texts.PayTitle), append(lines, ""), inner, p.Frame.Active), inner, width, height)
}

// payLabelCells holds the names of the fields.
const payLabelCells = 26

// partsLine says what has been paid of the order already.
func (p *payScreen) partsLine(width int) string {
	line := p.Say(texts.CardSum, texts.Args{"Money": p.money(p.bill.Order.Sum.Decimal)})
	if p.bill.Points.IsPositive() {
		line += "   " + p.Say(texts.CardPointsPaid, texts.Args{"Number": p.Number(p.bill.Points)})
	}
	if p.claim != nil {
		line += "   " + p.Say(texts.PayQRPart, texts.Args{"Money": p.money(p.claim.Sum)})
	}
	return p.Truncate(line, width)
}
