package tui

import (
	"errors"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui/look"
)

// problem is the screen of a scan that led to no guest: what came, and what to do.
type problem struct {
	*env
	title  texts.ID
	text   wording
	extra  wording       // what came, for a person to recognise; may be nil
	order  *orders.Order // that waits for the guest; nil: none
	retry  *retryAct     // nil: asking again would not help
	offer  texts.ID      // when points can be accrued all the same; empty: they cannot
	again  bool          // the focus is on asking again, not on the accrual that is offered
	shield shield
	opened time.Time
}

// retryAct asks for the balance of the same card again.
type retryAct struct{ arrival }

// scanProblem is the problem of a scan that is no card of ours.
func scanProblem(e *env, text, extra wording) *problem {
	e.hear(errorSound)
	return &problem{env: e, title: texts.ProblemScan, text: text, extra: extra, shield: raised(e.now), opened: e.now}
}

// balanceProblem is the problem of a card whose balance could not be read.
func balanceProblem(e *env, err error, came arrival) *problem {
	e.hear(errorSound)
	p := &problem{
		env: e, title: texts.ProblemBalance, text: e.whyNoBalance(err),
		extra: e.says(texts.ProblemNoPointsMoved), shield: raised(e.now), opened: e.now, order: came.order,
	}
	var refused *skidkabot.RefusedError
	if !errors.As(err, &refused) || refused.Code == skidkabot.CodeUnknownClient {
		p.retry = &retryAct{came} // a customer may register at the counter; the other refusals come again
	}
	if p.offer = offerOffline(err); p.offer != "" && !e.balanceOnly {
		p.retry = &retryAct{came}
	} else {
		p.offer = ""
	}
	return p
}

// scanWords say what was scanned instead of a card, and what to do.
func (e *env) scanWords(err error) (text, extra string) {
	var scan *loyalty.ScanError
	if !errors.As(err, &scan) {
		return e.Say(texts.WhyOther), ""
	}
	head := texts.Args{"Head": look.Clean(scan.Head)}
	switch scan.Problem {
	case loyalty.ScanForeignVendor:
		return e.Say(texts.ProblemForeign, texts.Args{"Vendor": scan.Vendor}), ""
	case loyalty.ScanDamaged:
		return e.Say(texts.ProblemDamaged), ""
	case loyalty.ScanLayout:
		text = e.Say(texts.ProblemLayout)
		if scan.Layout != "" {
			text = e.Say(texts.ProblemLayoutNamed, texts.Args{"Layout": e.layoutName(scan.Layout)})
		}
		return text, e.Say(texts.ProblemHead, head)
	case loyalty.ScanBarcode:
		return e.Say(texts.ProblemBarcode, head), ""
	case loyalty.ScanLink:
		return e.Say(texts.ProblemLink, head), ""
	}
	return e.Say(texts.ProblemOther, head), ""
}

// balanceWords say why there is no balance. A journal that cannot be read is no fault of the service.
func (e *env) balanceWords(err error) string {
	var journal *loyalty.JournalError
	if errors.As(err, &journal) {
		return e.Say(texts.ProblemJournal)
	}
	words := e.whyError(err)
	var unknown *skidkabot.UnknownError
	if errors.As(err, &unknown) {
		words += " " + e.Say(texts.WhyTryLater)
	}
	return words
}

// whyNoBalance is the wording of balanceWords.
func (e *env) whyNoBalance(err error) wording { return func() string { return e.balanceWords(err) } }

func (p *problem) update(msg tea.Msg) any {
	press, ok := msg.(tea.KeyMsg)
	if !ok || p.shield.blocks(p.now) {
		return nil
	}
	offered := p.offer != ""
	switch press.Type {
	case tea.KeyF2:
		if offered {
			return offlineAct(*p.retry)
		}
	case tea.KeyTab, tea.KeyShiftTab, tea.KeyLeft, tea.KeyRight, tea.KeyUp, tea.KeyDown:
		p.again = offered && !p.again
	case tea.KeyEsc, tea.KeyEnter, tea.KeyCtrlJ:
		if !p.unread(p.opened) {
			return p.leave(press.Type != tea.KeyEsc)
		}
	}
	return nil
}

func (p *problem) click(_ place, number int) bool {
	if p.shield.blocks(p.now) || p.unread(p.opened) {
		return false
	}
	p.again = number == 1
	return true
}

// noRedeemWords say why nothing can be redeemed without a balance.
func noRedeemWords(held bool) texts.ID {
	if held {
		return texts.HeldNoRedeem
	}
	return texts.OfflineNoRedeem
}

// leave closes the screen; Enter goes on to what has the focus, if there is anything.
func (p *problem) leave(isEnter bool) any {
	switch {
	case isEnter && p.offer != "" && !p.again:
		return offlineAct(*p.retry)
	case isEnter && p.retry != nil:
		return *p.retry
	}
	return leaveAct{}
}

func (p *problem) view(width, height int) []string {
	inner := min(width-8, 72)
	lines := []string{"", p.Text.Bad.Render(p.Shapes.Warn + " " + p.Say(p.title)), ""}
	for _, line := range look.Wrap(p.text(), inner-4) {
		lines = append(lines, p.Text.Strong.Render(line))
	}
	if p.order != nil {
		lines = append(lines, "", p.orderLine(*p.order))
	}
	if extra := p.extra.String(); extra != "" {
		lines = append(lines, "", p.Text.Dim.Render(p.Truncate(extra, inner-4)))
	}
	if p.offer != "" {
		lines = append(lines, "")
		for _, text := range []texts.ID{p.offer, noRedeemWords(p.retry.held)} {
			for _, line := range look.Wrap(p.Say(text), inner-4) {
				lines = append(lines, p.Text.Good.Render(line))
			}
		}
		buttons := p.button(0, "F2 "+p.Say(texts.KeyAccrue), !p.again) + buttonGap + p.button(1, p.Say(texts.KeyRetry), p.again)
		lines = append(lines, "", buttons)
	}
	return look.Middle(p.Panel("", append(lines, ""), inner, p.Frame.Active), inner, width, height)
}

func (p *problem) keys() []key.Binding {
	if p.offer != "" {
		return []key.Binding{
			p.bind("F2", texts.KeyAccrue, "f2"), p.bind("Enter", texts.KeyPress, "enter"),
			p.bind("Tab", texts.KeyMove, "tab"), p.bind("Esc", texts.KeyBack, "esc"),
		}
	}
	if p.retry != nil {
		return []key.Binding{p.bind("Enter", texts.KeyRetry, "enter"), p.bind("Esc", texts.KeyBack, "esc")}
	}
	return []key.Binding{p.bind("Enter", texts.KeyClose, "enter"), p.bind("Esc", texts.KeyBack, "esc")}
}

func (p *problem) help() texts.ID { return texts.AboutProblem }

func (p *problem) field() scanner.Field { return scanner.FieldNone }

func (p *problem) wakeAt() time.Time { return time.Time{} }
