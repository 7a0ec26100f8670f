package tui

import (
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// The widths of the form's columns; the name takes the rest.
const (
	editCountCells   = 11
	editSumCells     = 16
	editKitchenCells = 9
	editTableCells   = 20
	editSeatsCells   = 8
)

func (f *orderEdit) view(width, height int) []string {
	inner := min(width-2, listCells)
	text := inner - 4
	title := f.Say(texts.EditNew)
	if f.order.Version != 0 {
		title = f.shortOrder(f.order)
	}
	head := f.label(texts.OrdersTable, f.at < 0 && f.cell == cellName) + " " + look.Zone(f.cellPlace(-1, cellName), f.table.view(f.env, editTableCells, f.at < 0 && f.cell == cellName)) +
		"   " + f.label(texts.EditGuests, f.at < 0 && f.cell == cellCount) + " " + look.Zone(f.cellPlace(-1, cellCount), f.seats.view(f.env, editSeatsCells, f.at < 0 && f.cell == cellCount))
	lines := []string{head, "", f.headings(text)}
	const below = 4 // the sum, the refusal, the buttons and the box's lower edge
	f.room = max(1, height-len(lines)-below-1)
	shown := min(f.at, len(f.lines)-1)
	f.first = max(0, min(f.first, shown, len(f.lines)-f.room), shown-f.room+1)
	for i := f.first; i < min(len(f.lines), f.first+f.room); i++ {
		lines = append(lines, f.lineView(i, text))
	}
	focus := -1
	if f.at == len(f.lines) {
		focus = int(f.cell)
	}
	state := f.Text.Warn.Render(f.Truncate(f.refusal.String(), text))
	if !f.since.IsZero() {
		state = f.spin() + " " + f.Say(texts.EditSaving)
	}
	sum := f.Say(texts.EditSum, texts.Args{"Money": f.money(f.sum)})
	lines = append(lines, f.Ends(f.Text.Dim.Render(f.Say(texts.EditHint)), f.Text.Strong.Render(sum), text), state)
	panel := f.Panel(title, append(lines, f.buttonRows(f.buttons(), focus, text)...), inner, f.Frame.Active)
	return look.Middle(panel, inner, width, len(panel))
}

// label is the name of a field; that of the focused one stands out.
func (e *env) label(id texts.ID, focused bool) string {
	if focused {
		return e.Text.Strong.Render(e.Say(id))
	}
	return e.Say(id)
}

func (f *orderEdit) nameCells(width int) int {
	cells := width - 2 - editCountCells - editSumCells - 2
	if f.printer {
		cells -= editKitchenCells + 1
	}
	return cells
}

func (f *orderEdit) headings(width int) string {
	line := f.Fit("", 2) + f.Fit(f.Say(texts.LineName), f.nameCells(width)) + " " + f.Fit(f.Say(texts.LineCount), editCountCells) + " " +
		f.Fit(f.Say(texts.LineSum), editSumCells)
	if f.printer {
		line += " " + f.Fit(f.Say(texts.LineKitchen), editKitchenCells)
	}
	return f.Text.Dim.Render(line)
}

func (f *orderEdit) lineView(i, width int) string {
	line, focused := f.lines[i], i == f.at
	mark := "  "
	if focused {
		mark = f.Text.Title.Render("> ")
	}
	cell := func(c editCell) bool { return focused && f.cell == c }
	shown := mark + look.Zone(f.cellPlace(i, cellName), line.name.view(f.env, f.nameCells(width), cell(cellName))) + " " +
		look.Zone(f.cellPlace(i, cellCount), line.count.view(f.env, editCountCells, cell(cellCount))) + " " +
		look.Zone(f.cellPlace(i, cellSum), line.sum.view(f.env, editSumCells, cell(cellSum)))
	if f.printer && line.kitchen {
		shown += " " + f.Say(texts.LineToKitchen)
	}
	return f.Truncate(shown, width)
}
