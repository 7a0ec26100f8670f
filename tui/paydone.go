package tui

import (
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// payDone says what was taken and what the guest gets back, until the cashier goes on or for a while.
type payDone struct {
	*env
	payment payment
	status  *statusBar // how the printer is that the receipt comes from
	shield  shield
	opened  time.Time
}

func newPayDone(e *env, pay payment, status *statusBar) *payDone {
	return &payDone{env: e, payment: pay, status: status, shield: raised(e.now), opened: e.now}
}

func (d *payDone) update(msg tea.Msg) any {
	switch msg := msg.(type) {
	case wakeMsg:
		if !d.now.Before(d.opened.Add(closesAfter)) {
			return backAct{}
		}
	case tea.KeyMsg:
		if d.shield.blocks(d.now) || d.unread(d.opened) {
			return nil
		}
		switch msg.Type {
		case tea.KeyEnter, tea.KeyCtrlJ, tea.KeyEsc:
			return backAct{}
		}
	}
	return nil
}

// bigChange is from how many lines on the change is in large digits too.
const bigChange = 24

func (d *payDone) view(width, height int) []string {
	inner := min(width-6, formCells)
	pay := d.payment
	title := d.Say(texts.DonePaid, texts.Args{"Money": d.money(pay.total())})
	if !pay.total().IsPositive() {
		title = d.Say(texts.DoneClosed)
	}
	lines := []string{"", d.Text.Good.Render(d.Shapes.Good + " " + title), "", d.Truncate(d.shortOrder(pay.order), inner-4)}
	if change := pay.change(); pay.given.IsPositive() {
		lines = append(lines, "", d.Text.Title.Render(d.Say(texts.PayChange, texts.Args{"Money": d.money(change)})))
		if width >= bigCells && height >= bigChange {
			for _, row := range append([]string{""}, d.Big(d.Money(change, ""), inner-4)...) {
				lines = append(lines, d.Text.Title.Render(row))
			}
			lines = append(lines, "")
		}
	}
	for _, part := range pay.parts {
		lines = append(lines, d.Say(paymentWords[part.Kind])+"  "+d.money(part.Sum))
	}
	if guest := pay.order.Guest; guest != nil {
		lines = append(lines, "", d.Say(texts.DoneAccrues, texts.Args{"Name": d.shortName(guest.Name, guest.Card.Client)}))
	}
	if d.printer && d.status.parts[notice.Printer].Level == notice.Trouble {
		lines = append(lines, "")
		for _, line := range d.wrap(d.Say(texts.DoneReceiptWaits), inner-4, nameLines) {
			lines = append(lines, d.Text.Warn.Render(line))
		}
	}
	left := max(0, int(d.opened.Add(closesAfter).Sub(d.now).Round(time.Second)/time.Second))
	lines = append(lines, "", d.Text.Dim.Render(d.Say(texts.ResultCloses, texts.Args{"Seconds": left})), "")
	return look.Middle(d.Panel("", lines, inner, d.Frame.Active), inner, width, height)
}

func (d *payDone) keys() []key.Binding {
	return []key.Binding{d.bind("Enter", texts.KeyNext, "enter", "esc")}
}

func (d *payDone) help() texts.ID { return texts.AboutPayDone }

func (d *payDone) field() scanner.Field { return scanner.FieldNone }

func (d *payDone) wakeAt() time.Time { return earlier(d.nextSecond(), d.opened.Add(closesAfter)) }
