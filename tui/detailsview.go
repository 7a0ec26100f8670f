package tui

import (
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

func (d *details) view(width, height int) []string {
	inner := min(width-2, listCells)
	text := inner - 4
	lines := d.factLines(text)
	buttons := d.buttonLines(text)
	title := d.Text.Title.Render(d.Say(texts.DetailsEvents))
	d.room = max(1, height-len(lines)-len(buttons)-4) // the box, the title and a gap
	lines = append(lines, "", title)
	lines = append(lines, d.eventLines(text)...)
	lines = append(lines, buttons...)
	return look.Middle(d.Panel(d.inWords(d.op), lines, inner, d.Frame.Active), inner, width, height)
}

// factLines say what the operation is and how it stands.
func (d *details) factLines(width int) []string {
	op := d.op
	mark, style := d.moodOf(op)
	state := style.Render(mark + " " + d.stateWord(op))
	if left, ok := d.countdown(op); ok && op.State == loyalty.StateUnknown {
		state += "  " + d.Say(texts.UnknownLeft, texts.Args{"Time": left})
	}
	lines := []string{
		d.Ends(d.Text.Strong.Render(d.name(op.Name, op.Client)), d.Say(texts.DetailsClient, texts.Args{"Client": op.Client}), width),
		d.Truncate(state, width),
	}
	if why := d.whyOperation(op); why != "" {
		lines = append(lines, look.Wrap(why, width)...)
	}
	if op.Sum.IsPositive() {
		lines = append(lines, d.Truncate(d.Say(texts.DetailsMoney, texts.Args{
			"Sum": d.money(op.Sum), "Money": d.money(op.Money), "Percent": d.Number(op.Percent),
		}), width))
	}
	for _, line := range d.payLines() {
		for _, text := range look.Wrap(line.text, width) {
			lines = append(lines, line.style.Render(text))
		}
	}
	lines = append(lines, d.Truncate(d.balances(), width))
	if op.Note != "" {
		lines = append(lines, d.Truncate(d.Say(texts.AskReason, texts.Args{"Reason": look.Clean(op.Note)}), width))
	}
	for _, other := range d.family[:min(len(d.family), familyShown)] {
		link := texts.DetailsLinked
		if waits(op) && other.ID == op.WaitsFor && !other.Happened() {
			link = texts.DetailsWaits
		}
		lines = append(lines, d.Truncate(d.Text.Dim.Render(d.Say(link))+" "+d.inList(other), width))
	}
	return lines
}

// payLines say what the guest pays while nobody knows what became of a redemption.
func (d *details) payLines() []toldLine {
	var t told
	op := d.op
	full := isPaidInFull(op, d.family)
	switch open := d.loaded && isPayment(op); {
	case open && op.State == loyalty.StateUnknown && full:
		t.add(d.Text.Strong, d.Say(texts.FullPayTake, texts.Args{"Money": d.money(op.Sum)}))
	case open && op.State == loyalty.StateUnknown:
		d.tellBothSums(&t, op)
	case open && op.State == loyalty.StateReview && full:
		t.add(d.Text.Strong, d.Say(texts.FullPayTitle, texts.Args{"Money": d.money(op.Sum)}))
		t.add(d.Text.Plain, d.Say(texts.FullPayReview))
	case open && op.State == loyalty.StateReview:
		d.tellReviewTake(&t, op)
	}
	return t.lines
}

// familyShown is how many of the operations that hang together with one stand under it.
const familyShown = 3

func (d *details) balances() string {
	op := d.op
	said := d.Say(texts.DetailsUnsent)
	if !op.BaselineAt.IsZero() {
		said = d.Say(texts.DetailsBefore, texts.Args{"Before": d.Number(op.Baseline)})
	}
	if op.BalanceRead {
		said += ", " + d.Say(texts.DetailsAfter, texts.Args{"After": d.Number(op.Balance)})
	}
	return said
}

// inList is another operation in a few words.
func (d *details) inList(op loyalty.Operation) string {
	mark, style := d.moodOf(op)
	return d.Moment(op.PlannedAt, d.now) + " " + d.inWords(op) + " " + style.Render(mark+" "+d.stateWord(op))
}

// eventLines are the events in sight, each with its moment, the state, who and why.
func (d *details) eventLines(width int) []string {
	switch {
	case d.failed:
		return []string{d.Text.Bad.Render(d.Truncate(d.Say(texts.RecentFailed), width))}
	case !d.loaded:
		return []string{d.spin() + " " + d.Say(texts.JournalReading)}
	}
	first := min(d.first, max(0, len(d.events)-d.room))
	var lines []string
	for _, event := range d.events[first:min(len(d.events), first+d.room)] {
		lines = append(lines, d.eventLine(event, width))
	}
	return lines
}

func (d *details) eventLine(event loyalty.Event, width int) string {
	_, style := d.mood(event.To)
	state := d.stateWord(loyalty.Operation{State: event.To, Reason: event.Reason})
	who := look.Clean(event.Actor)
	if who == "" {
		who = d.Say(texts.DetailsProgram)
	}
	note := look.Clean(event.Note)
	if note == "" && event.Reason != loyalty.ReasonNone && event.Reason != loyalty.ReasonCashier {
		note = d.whyStep(d.op, event.Reason)
	}
	at := d.Moment(event.At, d.now) + ":" + pad(event.At.Local().Second())
	line := d.Text.Dim.Render(d.Fit(at, secondCells)) + " " + style.Render(d.Fit(state, d.stateCells())) + " " + who
	if note != "" {
		line += ": " + note
	}
	return d.Truncate(line, width)
}

// secondCells holds a moment with its seconds.
const secondCells = 14

func (d *details) buttonLines(width int) []string {
	line := ""
	for i, b := range d.buttons() {
		line += d.button(i, d.Say(b.label), i == d.pressed) + buttonGap
	}
	lines := []string{"", d.Truncate(line, width)}
	switch {
	case d.isHalf():
		lines[0] = d.Text.Warn.Render(d.Truncate(d.Say(texts.StornoHalf, texts.Args{"What": d.inWords(d.can.halves[0])}), width))
	case d.can.noStorno != "":
		lines[0] = d.Text.Dim.Render(d.Truncate(d.Say(d.can.noStorno), width))
	}
	return lines
}

func (r *repeatScan) view(width, height int) []string {
	inner := min(width-8, 72)
	lines := []string{"", r.Text.Title.Render(r.Truncate(r.Say(texts.RepeatTitle, texts.Args{"What": r.inWords(r.op)}), inner-4)), ""}
	for _, text := range []string{
		r.Say(texts.RepeatScan, texts.Args{"Name": r.name(r.op.Name, r.op.Client)}),
		r.Say(texts.RepeatWhy),
	} {
		lines = append(lines, look.Wrap(text, inner-4)...)
	}
	return look.Middle(r.Panel("", append(lines, ""), inner, r.Frame.Active), inner, width, height)
}
