package tui

import (
	"bytes"
	"slices"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// orderDone shows what has been done with the points of an order, so that nobody does it twice unknowingly. Below it
// stands the way on: a storno may have been made, or the guest wants more.
type orderDone struct {
	*env
	book   *book
	order  orders.Order
	read   []loyalty.Operation // as the journal had them
	chosen int                 // the last one is the way on
	room   int                 // lines that the last drawing had for operations
}

// operations are those of the order as they stand now, the newest first.
func (d *orderDone) operations() []loyalty.Operation {
	ops := d.book.byOrder()[d.order.ID]
	for _, op := range d.read {
		if d.book.index(op.ID) < 0 {
			ops = append(ops, op)
		}
	}
	slices.SortFunc(ops, func(x, y loyalty.Operation) int { return bytes.Compare(y.ID[:], x.ID[:]) })
	return ops
}

func (d *orderDone) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	if !ok {
		return nil
	}
	ops := d.operations()
	switch press.Type {
	case tea.KeyEsc:
		return backAct{}
	case tea.KeyDown, tea.KeyTab, tea.KeyRight:
		d.chosen = min(d.chosen+1, len(ops))
	case tea.KeyUp, tea.KeyShiftTab, tea.KeyLeft:
		d.chosen = max(min(d.chosen, len(ops))-1, 0)
	case tea.KeyEnter, tea.KeyCtrlJ:
		if d.chosen < len(ops) {
			return detailsAct{ops[d.chosen]}
		}
		return pickAct{order: d.order, again: true}
	}
	return nil
}

// click chooses a line, and opens the one that is chosen already.
func (d *orderDone) click(kind place, number int) bool {
	last := len(d.operations())
	if kind == placeButton {
		d.chosen = last
		return true
	}
	again := d.chosen == number
	d.chosen = min(number, last)
	return again
}

func (d *orderDone) wheels() bool { return true }

func (d *orderDone) view(width, height int) []string {
	inner := min(width-2, 90)
	ops := d.operations()
	title := d.Say(texts.OrderDone)
	if len(ops) == 0 {
		title = d.Say(texts.OrderUndone)
	}
	lines := []string{d.Text.Warn.Render(d.Truncate(title, inner-4)), d.orderLine(d.order), ""}
	d.room = max(1, height-len(lines)-4) // the box, a gap and the way on
	first := max(0, min(d.chosen, len(ops)-1)-d.room+1)
	for i := first; i < min(len(ops), first+d.room); i++ {
		mark := "  "
		if i == d.chosen {
			mark = d.Text.Title.Render("> ")
		}
		lines = append(lines, look.Zone(placeLine.at(i), mark+d.operationLines(ops[i], inner-6)[0]))
	}
	lines = append(lines, "", d.button(0, d.Say(texts.OrderAgain), d.chosen >= len(ops)))
	return look.Middle(d.Panel("", lines, inner, d.Frame.Active), inner, width, height)
}

func (d *orderDone) keys() []key.Binding {
	return []key.Binding{
		d.bind(d.Shapes.UpDown, texts.KeyChoose, "up", "down"), d.bind("Enter", texts.KeyOpen, "enter"), d.bind("Esc", texts.KeyBack, "esc"),
	}
}

func (d *orderDone) help() texts.ID { return texts.AboutOrderDone }

func (d *orderDone) field() scanner.Field { return scanner.FieldNone }

func (d *orderDone) wakeAt() time.Time { return time.Time{} }
