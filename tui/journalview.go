package tui

import (
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

func (j *journalScreen) view(width, height int) []string {
	inner := min(width-2, listCells)
	lines := []string{j.filterLine(inner), j.customerLine(inner)}
	for _, line := range j.totalLines(inner) {
		lines = append(lines, j.Truncate(line, inner))
	}
	lines = append(lines, "")
	j.room = max(1, height-len(lines)-1)
	lines = append(lines, j.listLines(inner)...)
	return look.Middle(append(lines, j.pageLine(inner)), inner, width, len(lines)+1)
}

func (j *journalScreen) filterLine(width int) string {
	day := j.Say(texts.FilterAllDays)
	switch {
	case j.query.day.Equal(midnight(j.now)):
		day = j.Say(texts.FilterToday)
	case !j.query.day.IsZero():
		day = j.Day(j.query.day)
	}
	return j.Truncate(j.filter(journalList, texts.FilterDay, day)+"  "+
		j.filter(journalState, texts.FilterState, j.Say(stateChoices[j.query.state].label))+"  "+
		j.filter(journalKind, texts.FilterKind, j.Say(kindChoices[j.query.kind].label)), width)
}

func (j *journalScreen) filter(of journalFocus, label texts.ID, value string) string {
	shown := j.Say(label) + " " + j.Text.Strong.Render(value)
	if of == j.focus {
		shown = j.Text.Strong.Render(j.Say(label)) + " " + j.Input.ButtonActive.Render("< "+value+" >")
	}
	return look.Zone(placeFilter.at(int(of)), shown)
}

// customerCells is the field for a customer's number or a part of a name.
const customerCells = 30

func (j *journalScreen) customerLine(width int) string {
	label := j.Say(texts.FilterCustomer)
	if j.focus == journalCustomer {
		label = j.Text.Strong.Render(label)
	}
	hint := j.Text.Dim.Render(j.Say(texts.FilterCustomerHint))
	if j.name != "" {
		hint = j.Text.Strong.Render(look.Clean(j.name))
	}
	field := look.Zone(placeFilter.at(int(journalCustomer)), j.customer.view(j.env, customerCells, j.focus == journalCustomer))
	return j.Truncate(label+" "+field+" "+hint, width)
}

// listLines are the operations in sight; the chosen one is told by more than colour.
func (j *journalScreen) listLines(width int) []string {
	switch {
	case j.page.err != nil:
		return []string{j.Text.Bad.Render(j.Truncate(j.Say(texts.RecentFailed), width))}
	case !j.shown:
		return []string{j.spin() + " " + j.Say(texts.JournalReading)}
	case len(j.page.ops) == 0:
		return []string{j.Text.Dim.Render(j.Say(texts.JournalEmpty))}
	}
	j.first = max(min(j.first, j.chosen), j.chosen-j.room+1, 0)
	var lines []string
	for i := j.first; i < min(len(j.page.ops), j.first+j.room); i++ {
		mark := "  "
		if i == j.chosen && j.focus == journalList {
			mark = j.Text.Title.Render("> ")
		}
		lines = append(lines, look.Zone(placeLine.at(i), mark+j.operationLines(j.page.ops[i], width-2)[0]))
	}
	return lines
}

// pageLine says which page it is and what stands behind it.
func (j *journalScreen) pageLine(width int) string {
	said := j.Say(texts.JournalPage, texts.Args{"Page": len(j.starts) + 1})
	switch {
	case j.page.cut:
		said += ". " + j.Say(texts.JournalCut, texts.Args{"Count": j.Number(decimal.NewFromInt(nameScanMax))})
	case j.page.more:
		said += ". " + j.Say(texts.JournalMore)
	}
	if j.asked && j.shown {
		said = j.spin() + " " + said
	}
	return j.Text.Dim.Render(j.Truncate(said, width))
}

// totalLines say what the filter adds up to: the points that moved, what of that was inferred, and how many operations
// stand in each state.
func (j *journalScreen) totalLines(width int) []string {
	switch {
	case j.query.name != "":
		return []string{j.Text.Dim.Render(j.Say(texts.TotalsNoName))}
	case !j.query.hasTotals(), !j.shown, j.page.err != nil:
		return []string{j.Text.Dim.Render(j.Say(texts.TotalsNone))}
	}
	moved, inferred := loyalty.SumMoved(j.page.totals)
	lines := []string{j.Text.Strong.Render(j.Say(texts.TotalsMoved) + ": " + j.sumsLine(moved))}
	if inferred.Count() > 0 {
		lines = append(lines, j.Text.Warn.Render(j.Say(texts.TotalsInferred)+": "+j.sumsLine(inferred)))
	}
	if states := j.statesLine(); states != "" {
		wrapped := look.Wrap(states, width)
		for _, line := range wrapped[:min(len(wrapped), stateLines)] {
			lines = append(lines, j.Text.Dim.Render(line))
		}
	}
	return lines
}

// stateLines is how many lines the counts of the states may take: all twelve fit.
const stateLines = 3

func (j *journalScreen) statesLine() string {
	var parts []string
	for _, state := range loyalty.States() {
		counts := make(map[string]int64) // by their words: what a person settled has two
		for _, total := range j.page.totals {
			if total.State == state {
				counts[j.totalWord(total)] += total.Count
			}
		}
		for _, word := range slices.Sorted(maps.Keys(counts)) {
			parts = append(parts, word+" "+j.Number(decimal.NewFromInt(counts[word])))
		}
	}
	return strings.Join(parts, ", ")
}

// totalWord says where operations of one sort stand. Remainders and reversals that were not sent wait for another operation,
// but for the reversal that a restart left alone, which stands among the open matters.
func (j *journalScreen) totalWord(total loyalty.Total) string {
	op := loyalty.Operation{State: total.State, Reason: total.Reason}
	switch {
	case total.Link == loyalty.LinkReversal && total.Kind == loyalty.Redemption:
		op.WaitsFor = awaited
	case total.Link == loyalty.LinkReversal, total.Link == loyalty.LinkRemainder:
		op.WaitsFor, op.Parent = awaited, awaited
	}
	return j.stateWord(op)
}

// awaited stands for what an operation waits for, whatever that is.
var awaited = uuid.UUID{15: 1}

func (j *journalScreen) sumsLine(moved loyalty.Moved) string {
	line := ""
	for _, part := range []struct {
		id  texts.ID
		sum loyalty.Sum
	}{
		{texts.TotalsAccrued, moved.Accrued}, {texts.TotalsRedeemed, moved.Redeemed},
		{texts.TotalsGivenBack, moved.GivenBack}, {texts.TotalsTakenBack, moved.TakenBack},
	} {
		if part.sum.Count == 0 {
			continue
		}
		if line != "" {
			line += ", "
		}
		line += j.Say(part.id, texts.Args{
			"Number": j.Number(part.sum.Points), "Count": j.Number(decimal.NewFromInt(part.sum.Count)),
		})
	}
	if line == "" {
		return j.Say(texts.TotalsZero)
	}
	return line
}
