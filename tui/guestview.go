package tui

import (
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// guestCells is the widest that the guest screen is drawn.
const guestCells = 100

func (g *guest) view(width, height int) []string {
	inner := min(width-2, guestCells)
	half := (inner - 2) / 2
	head := []string{g.orderView(inner), g.headView(inner)}
	lines := []string{g.belowHead(inner), ""}
	if g.balanceOnly {
		lines = append(lines, g.Panel("", g.balanceOnlyView(inner-4), inner, g.Frame.Active)...)
	} else {
		lines = append(lines, g.sumView(inner)...)
		lines = append(lines, "")
		accrue := g.Panel("F2 "+g.Say(texts.KeyAccrue), g.accrueView(half-4), half, g.border(focusAccrue, focusAccrue))
		redeem := g.Panel("F3 "+g.Say(texts.KeyRedeem), g.redeemView(half-4), half, g.border(focusPoints, focusRedeem))
		lines = append(lines, g.Beside(accrue, half, redeem, inner-2*half)...)
	}
	head = append(head, g.bigBalance(inner, height-len(head)-len(lines))...)
	return look.Middle(append(head, lines...), inner, width, height)
}

// bigCells is from how many cells on a screen has large digits.
const bigCells = 90

// bigBalance is the balance for whoever stands a metre away, where so many lines are free. The line above says what it is.
func (g *guest) bigBalance(width, room int) []string {
	if width < bigCells || room < look.BigRows+1 || g.known == nil || g.known.Offline {
		return nil
	}
	style := g.Text.Title
	if g.outdated {
		style = g.Text.Warn
	}
	rows := g.Big(g.Number(g.known.Balance), width)
	if len(rows) == 0 {
		return nil
	}
	lines := []string{""}
	for _, row := range rows {
		lines = append(lines, g.Ends("", style.Render(row), width))
	}
	return lines
}

// balanceOnlyView says in the place of what can be done that nothing can, and what the guest pays.
func (g *guest) balanceOnlyView(width int) []string {
	lines := []string{"", g.Text.Strong.Render(g.Say(texts.GuestPaysAll)), ""}
	for _, line := range look.Wrap(g.Say(texts.GuestBalanceOnly), width) {
		lines = append(lines, g.Text.Warn.Render(line))
	}
	return append(lines, "")
}

func (g *guest) border(any ...guestFocus) look.Style {
	for _, focus := range any {
		if g.focus == focus {
			return g.Frame.Active
		}
	}
	return g.Frame.Border
}

// orderView says which order the receipt is of.
func (g *guest) orderView(width int) string {
	if g.order == nil {
		return ""
	}
	return g.Truncate(g.orderLine(*g.order), width)
}

// headView says who it is and how many points there are.
func (g *guest) headView(width int) string {
	if g.known == nil {
		since := g.Say(texts.GuestAskingSince, texts.Args{"Seconds": g.seconds(g.asked)})
		return g.Truncate(g.spin()+" "+g.Text.Strong.Render(since), width)
	}
	if g.known.Offline {
		return g.Ends(g.Text.Strong.Render(g.name(g.known.Name, g.card.Client)), g.Text.Warn.Render(g.Say(g.noBalanceWords())), width)
	}
	balance := g.Say(texts.GuestBalance) + "  " + g.Text.Title.Render(g.Points(g.known.Balance))
	return g.Ends(g.Text.Strong.Render(g.name(g.known.Name, g.card.Client)), balance, width)
}

// noBalanceWords say why the balance of a guest is not known.
func (g *guest) noBalanceWords() texts.ID {
	if g.held {
		return texts.HeldBalance
	}
	return texts.OfflineBalance
}

func (g *guest) belowHead(width int) string {
	switch {
	case g.known == nil:
		return ""
	case !g.asked.IsZero():
		return g.Truncate(g.spin()+" "+g.Say(texts.GuestRefreshing), width)
	case g.outdated && g.bound:
		return g.Text.Warn.Render(g.Truncate(g.Say(texts.OrderStale, texts.Args{"Time": g.Moment(g.known.ReadAt, g.now)}), width))
	case g.outdated:
		return g.Text.Warn.Render(g.Truncate(g.Say(texts.GuestScanAgain), width))
	case len(g.known.Unsettled) > 0:
		return g.Text.Warn.Render(g.Truncate(g.Say(texts.GuestUnsettled), width))
	case g.repeats != nil:
		return g.Text.Warn.Render(g.Truncate(g.Say(texts.RepeatOf, texts.Args{
			"What": g.inWords(*g.repeats), "Time": g.Moment(g.repeats.PlannedAt, g.now),
		}), width))
	case g.known.Offline:
		return g.Text.Dim.Render(g.Truncate(g.percentWords(), width))
	}
	return g.Text.Dim.Render(g.Truncate(g.rulesWords(), width))
}

// rulesWords say by which percents the guest earns and pays; the panels say it when one of them is unknown.
func (g *guest) rulesWords() string {
	rules := g.known.Rules
	if !rules.AccruePercent.Valid || !rules.RedeemPercent.Valid {
		return ""
	}
	return g.Say(texts.GuestRules, texts.Args{
		"Accrue": g.Number(rules.AccruePercent.Decimal), "Redeem": g.Number(rules.RedeemPercent.Decimal),
	})
}

// sumFieldCells holds the largest sum with its grouping.
const sumFieldCells = 24

func (g *guest) sumView(width int) []string {
	label := g.Say(texts.GuestSum)
	if g.focus == focusSum {
		label = g.Text.Strong.Render(label)
	}
	field := label + "  " + look.Zone(placeField.at(int(focusSum)), g.sum.view(g.env, sumFieldCells, g.focus == focusSum))
	message := ""
	switch {
	case g.sum.refusal != "":
		message = g.Text.Warn.Render(g.Say(g.sum.refusal))
	case g.wrong != "":
		message = g.Text.Warn.Render(g.reasonWords(g.wrong))
	case g.sum.empty() && g.nudged:
		message = g.Text.Warn.Render(g.Say(texts.AmountEmpty))
	case g.given != "" && g.hasSum && !g.quote.Sum.Equal(g.order.Sum.Decimal):
		message = g.Text.Warn.Render(g.Say(texts.OrderSumDiffers, texts.Args{"Money": g.money(g.order.Sum.Decimal)}))
	case g.sum.empty():
		message = g.Text.Dim.Render(g.Say(texts.GuestTypeSum))
	}
	indent := look.Width(g.Say(texts.GuestSum)) + 3
	return []string{g.Truncate(field, width), g.Truncate(g.Fit("", indent)+message, width)}
}

// reasonWords says a reason; only one of them has an argument.
func (g *guest) reasonWords(reason texts.ID) string {
	if reason == texts.AmountTooLarge {
		return g.Say(reason, texts.Args{"Max": g.money(g.largestSum())})
	}
	return g.Say(reason)
}

// accrueView is what accruing would do; it has as many lines as redeemView.
func (g *guest) accrueView(width int) []string {
	reason := g.cannotAccrue()
	lines := make([]string, 0, 8)
	if reason == "" {
		later, after := g.laterWords(), ""
		if later == "" {
			after = g.Say(texts.GuestBalanceAfter, texts.Args{"Points": g.Points(g.known.Balance.Add(g.quote.Accrue))})
		}
		lines = append(lines,
			g.Text.Strong.Render(g.Say(texts.GuestWillAccrue, texts.Args{"Points": g.Points(g.quote.Accrue)})),
			g.Text.Warn.Render(later),
			"",
			g.Say(texts.GuestAllToPay, texts.Args{"Money": g.money(g.quote.Sum)}),
			"",
			after,
		)
	} else {
		lines = append(lines, g.reasonView(reason, width, 6)...)
	}
	return append(lines, "", g.actionView(texts.KeyAccrue, focusAccrue, reason))
}

// laterWords say what an accrual would have to wait for; empty when it would be sent at once.
func (g *guest) laterWords() string {
	switch {
	case g.known.Offline && g.held:
		return g.Say(texts.HeldLater)
	case g.known.Offline:
		return g.Say(texts.OfflineLater)
	case len(g.known.Unsettled) > 0:
		return g.Say(texts.GuestAccrueAfter)
	}
	return ""
}

// percentWords say by which percent points are promised without the service, and how old that knowledge is.
func (g *guest) percentWords() string {
	said := texts.Args{"Accrue": g.Number(g.known.Rules.AccruePercent.Decimal)}
	if g.known.PercentAt.IsZero() {
		return g.Say(texts.OfflinePercentOwn, said)
	}
	said["Ago"] = g.Ago(g.now.Sub(g.known.PercentAt))
	return g.Say(texts.OfflinePercent, said)
}

// pointsFieldCells holds any balance that a person has.
const pointsFieldCells = 12

func (g *guest) redeemView(width int) []string {
	reason := g.cannotRedeem()
	lines := make([]string, 0, 8)
	switch {
	case g.showsPoints():
		message := g.pointsMessage(reason)
		lines = append(lines,
			g.Text.Strong.Render(g.Say(texts.GuestCanRedeem, texts.Args{"Number": g.Number(g.quote.Limit)})),
			g.pointsView(),
			message,
			g.Say(texts.GuestLeftToPay, texts.Args{"Money": g.money(g.quote.Money)}),
			g.remainderView(),
			g.Say(texts.GuestBalanceAfter, texts.Args{"Points": g.Points(g.quote.NewBalance)}),
		)
	default:
		lines = append(lines, g.reasonView(reason, width, 6)...)
	}
	return append(lines, "", g.actionView(texts.KeyRedeem, focusRedeem, reason))
}

func (g *guest) pointsView() string {
	label := g.Say(texts.GuestRedeemPoints)
	if g.focus == focusPoints {
		label = g.Text.Strong.Render(label)
	}
	shown := g.points
	if !g.edited {
		shown.set(g.quote.Limit)
	}
	return label + " " + look.Zone(placeField.at(int(focusPoints)), shown.view(g.env, pointsFieldCells, g.focus == focusPoints))
}

// pointsMessage says what happens to typed points that are above the limit, and what was refused.
func (g *guest) pointsMessage(reason texts.ID) string {
	number := texts.Args{"Number": g.Number(g.quote.Redeem)}
	switch {
	case g.lowered:
		return g.Text.Warn.Render(g.Say(texts.GuestLowered, number))
	case g.points.refusal != "":
		return g.Text.Warn.Render(g.Say(g.points.refusal))
	case reason != "":
		return g.Text.Warn.Render(g.Say(reason))
	case g.edited && g.quote.Lowered:
		return g.Text.Warn.Render(g.Say(texts.GuestWillLower, number))
	}
	return ""
}

func (g *guest) remainderView() string {
	if !g.quote.Remainder.IsPositive() {
		return g.Text.Dim.Render(g.Say(texts.GuestNoRemainder))
	}
	return g.Say(texts.GuestRemainder, texts.Args{"Number": g.Number(g.quote.Remainder)})
}

// reasonView says why an action cannot be done, in a fixed number of lines so that nothing jumps.
func (g *guest) reasonView(reason texts.ID, width, height int) []string {
	style := g.Text.Dim
	if g.nudged || reason == texts.GuestUnsettled || reason == texts.GuestScanAgain {
		style = g.Text.Warn
	}
	lines := make([]string, height)
	for i, line := range look.Wrap(g.reasonWords(reason), width) {
		if i < height {
			lines[i] = style.Render(line)
		}
	}
	return lines
}

func (g *guest) actionView(label texts.ID, focus guestFocus, reason texts.ID) string {
	if reason != "" && g.focus != focus {
		return look.Zone(placeButton.at(int(focus)), g.Input.ButtonOff.Render("[ "+g.Say(label)+" ]"))
	}
	return g.button(int(focus), g.Say(label), g.focus == focus)
}
