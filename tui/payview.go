package tui

import (
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

func (p *payScreen) view(width, height int) []string {
	inner := min(width-4, formCells)
	text := inner - 4
	lines := []string{"", p.Text.Title.Render(p.Say(texts.PayDue, texts.Args{"Money": p.money(p.rest())}))}
	lines = append(lines, p.large(p.rest(), text, width >= bigCells && height >= bigDue)...)
	lines = append(lines, p.Truncate(p.shortOrder(p.bill.Order), text), p.partsLine(text), "")
	if p.rest().IsPositive() {
		change, large := "", []string(nil)
		if given, cash := p.given.number(), p.rest().Sub(p.card.number()); given.IsPositive() && !given.LessThan(cash) {
			change = "  " + p.Text.Strong.Render(p.Say(texts.PayChange, texts.Args{"Money": p.money(given.Sub(cash))}))
			large = p.large(given.Sub(cash), text, width >= bigCells && height >= bigDueAndChange)
		}
		lines = append(lines,
			p.Fit(p.label(texts.PayGiven, p.focus == payGiven), payLabelCells)+p.fieldView(payGiven, &p.given)+change)
		lines = append(append(lines, large...),
			p.Fit(p.label(texts.PayByCard, p.focus == payCard), payLabelCells)+p.fieldView(payCard, &p.card), "")
	}
	state := look.Wrap(p.refusal.String(), text)
	for i := range state {
		state[i] = p.Text.Warn.Render(state[i])
	}
	if !p.since.IsZero() {
		state = []string{p.spin() + " " + p.Say(p.doing)}
	}
	buttons := p.buttons()
	lines = append(append(lines, state...), p.buttonRows(buttons, min(p.focus-payFields, len(buttons)-1), text)...)
	return look.Middle(p.Panel(p.Say(texts.PayTitle), append(lines, ""), inner, p.Frame.Active), inner, width, height)
}

// From how many lines on the sum that is due is in large digits too, and from how many the change is besides.
const (
	bigDue          = 24
	bigDueAndChange = 32
)

// large is a sum in large digits between two gaps, where there is room for it.
func (p *payScreen) large(sum decimal.Decimal, width int, roomy bool) []string {
	if !roomy {
		return nil
	}
	rows := p.Big(p.Money(sum, ""), width)
	if rows == nil {
		return nil
	}
	for i := range rows {
		rows[i] = p.Text.Title.Render(rows[i])
	}
	return append(append([]string{""}, rows...), "")
}

func (p *payScreen) fieldView(number int, field *amountField) string {
	return look.Zone(placeField.at(number), field.view(p.env, editSumCells, p.focus == number))
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
