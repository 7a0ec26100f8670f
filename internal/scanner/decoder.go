package scanner

import (
	"slices"
	"time"
)

// payloadRunes is fewer than the runes of the shortest Skidkabot QR (52;
// PROTOCOLS.md, section 1), less those that dead keys may swallow.
const payloadRunes = 40

// Decoder turns keys into events. Make one with [New] and use it from one
// goroutine. It keeps the text of the last scan, so that printed, it says
// nothing.
type Decoder struct {
	options Options
	field   Field
	burst   burst

	scanned  bool // there was a scan; what follows is of the last one
	lastText string
	lastEnd  time.Time
	digit    bool // a digit was typed since
	digitAt  time.Time
}

// New returns a decoder with no field in focus.
func New(options Options) *Decoder {
	d := &Decoder{options: options.withDefaults()}
	d.burst.options = &d.options
	return d
}

// SetField tells the decoder where the focus is now. What was held back
// before goes to the new field with the next event.
func (d *Decoder) SetField(f Field) { d.field = f }

// Deadline is when [Decoder.Tick] is next wanted; ok is false when it is not.
// It moves with each input.
func (d *Decoder) Deadline() (at time.Time, ok bool) {
	switch {
	case d.burst.certain:
		return d.burst.last.Add(d.options.Silence), true
	case len(d.burst.held) > 0:
		return d.burst.last.Add(d.options.Gap), true
	}
	return time.Time{}, false
}

// Tick reports what the passing of time alone has decided. It may be called at
// any time and more often than Deadline asks for.
func (d *Decoder) Tick(at time.Time) []Event {
	if !d.burst.open() {
		return nil
	}
	quiet := at.Sub(d.burst.last)
	switch {
	case quiet >= d.options.Silence && d.burst.certain:
		return d.finish(d.burst.last, EndSilence)
	case quiet >= d.options.Silence:
		return d.abandon()
	case quiet >= d.options.Gap:
		return d.release()
	}
	return nil
}

// Resume tells that the door itself was busy until now, so that nobody knows
// when the input that waited for it was typed: what comes next counts as
// simultaneous with what came last, and silence begins anew.
func (d *Decoder) Resume(at time.Time) {
	if pause := at.Sub(d.burst.last); d.burst.open() && pause > 0 {
		d.burst.shift(pause)
	}
}

// Feed takes the next input. Times should not run backwards; where they do,
// the input counts as simultaneous with the one before.
func (d *Decoder) Feed(in Input) []Event {
	events := d.Tick(in.At)
	switch {
	case in.Key != KeyText:
		return append(events, d.feed(in)...)
	case in.Paste:
		return append(events, d.paste(in)...)
	}
	for len(in.Runes) > 0 {
		var part Input
		part, in = divide(in)
		events = append(events, d.feed(part)...)
	}
	return events
}

// divide takes the text before the first terminator off a message, or the
// terminator itself where the message begins with one.
func divide(in Input) (part, rest Input) {
	n := slices.IndexFunc(in.Runes, isTerminator)
	switch {
	case n < 0:
		return in, Input{}
	case n == 0 && in.Runes[0] == '\t':
		n, in.Key = 1, KeyTab
	case n == 0:
		n, in.Key = 1, KeyEnter
	}
	if len(in.Runes) == 1 {
		return in, Input{}
	}
	part = Input{Key: in.Key, Runes: in.Runes[:n], At: in.At}
	return part, Input{Key: KeyText, Runes: in.Runes[n:], At: in.At}
}

func isTerminator(r rune) bool { return r == '\r' || r == '\n' || r == '\t' }

func (d *Decoder) feed(in Input) []Event {
	switch {
	case in.Key == KeyText:
		return d.text(in)
	case in.Key == KeyEnter, in.Key == KeyTab:
		return d.terminator(in)
	case d.burst.certain:
		return nil // nobody presses F2 in the middle of a scan
	}
	return append(d.abandon(), Typing{Input: in})
}

// terminator takes Enter or Tab: the scanner's, or the cashier's.
func (d *Decoder) terminator(in Input) []Event {
	if d.burst.certain {
		return d.finish(later(in.At, d.burst.last), endingOf(in.Key))
	}
	events := d.abandon()
	if d.isGuarded(in.At) {
		return events
	}
	return append(events, Typing{Input: in})
}

// isGuarded reports whether Enter is the scanner's: it follows a scan at once.
// A digit typed in between makes it the cashier's, except a digit just before
// it, which is the tail of a scan that a stalled machine tore in two.
func (d *Decoder) isGuarded(at time.Time) bool {
	if !d.scanned || at.Sub(d.lastEnd) >= d.options.EnterGuard {
		return false
	}
	return !d.digit || at.Sub(d.digitAt) <= d.options.Gap
}

// text takes runes, none of which is a terminator.
func (d *Decoder) text(in Input) []Event {
	if d.burst.certain {
		d.burst.add(in)
		return d.truncate()
	}
	if d.isGuarded(in.At) && !slices.ContainsFunc(in.Runes, isPrintable) {
		return nil // what some scanners send after the terminator
	}
	if head := d.numberHead(in); head > 0 {
		typed := Input{Key: KeyText, Runes: in.Runes[:head], At: in.At}
		rest := Input{Key: KeyText, Runes: in.Runes[head:], At: in.At}
		return append(d.text(typed), d.text(rest)...)
	}
	var events []Event
	begins := d.burst.begins(in.Runes[0]) && d.burst.isTyped(in.At)
	if d.burst.open() && (begins || !d.burst.admits(in.At)) {
		events = d.abandon()
	}
	return append(events, d.extend(in)...)
}

// numberHead counts the digits at the start of a message before a rune with
// which a scan may begin: a busy machine may hand out the last keys of the
// cashier and the first ones of a scan in one message.
func (d *Decoder) numberHead(in Input) int {
	head := slices.IndexFunc(in.Runes, func(r rune) bool { return !isNumber(r) })
	if head > 0 && d.burst.begins(in.Runes[head]) {
		return head
	}
	return 0
}

// extend adds a message to the burst and says what has become of it.
func (d *Decoder) extend(in Input) []Event {
	d.burst.add(in)
	d.burst.held = append(d.burst.held, in)
	switch {
	case d.burst.isScan():
		return d.recognise()
	case d.field == FieldNumber && d.burst.number, d.burst.isHeldKey():
		return d.release()
	}
	return nil
}

// recognise makes the burst a certain one: nothing of it is typing.
func (d *Decoder) recognise() []Event {
	d.burst.certain = true
	d.burst.held = nil
	var events []Event
	if d.burst.released {
		events = append(events, Retract{})
	}
	return append(events, d.truncate()...)
}

// release hands out what was held back. The burst may yet prove to be a scan.
func (d *Decoder) release() []Event {
	var events []Event
	for _, in := range d.burst.held {
		events = append(events, Typing{Input: in, First: !d.burst.released})
		d.burst.released = true
		if slices.ContainsFunc(in.Runes, isDigit) {
			d.digit, d.digitAt = true, in.At
		}
	}
	d.burst.held = nil
	return events
}

// abandon hands out what was held back and forgets the burst.
func (d *Decoder) abandon() []Event {
	events := d.release()
	d.burst.reset()
	return events
}

// truncate reports a scan that has grown too long, once.
func (d *Decoder) truncate() []Event {
	if d.burst.reported || d.burst.runes <= MaxRunes {
		return nil
	}
	d.burst.reported = true
	return []Event{d.scan(d.burst.last)}
}

// endingOf is the ending that a terminator makes.
func endingOf(key Key) Ending {
	if key == KeyTab {
		return EndTab
	}
	return EndEnter
}

// finish ends a certain burst.
func (d *Decoder) finish(end time.Time, ending Ending) []Event {
	var events []Event
	if !d.burst.reported {
		scan := d.scan(end)
		scan.End = ending
		events = []Event{scan}
	}
	d.lastEnd = end
	d.burst.reset()
	return events
}

// scan reports the burst and remembers it as the last scan.
func (d *Decoder) scan(end time.Time) Scan {
	b := &d.burst
	scan := Scan{
		Text:      string(b.text),
		At:        end,
		Runes:     b.runes,
		Took:      b.last.Sub(b.first),
		Truncated: b.runes > MaxRunes,
	}
	scan.Repeated = d.scanned && scan.Text == d.lastText && b.first.Sub(d.lastEnd) < d.options.Repeat
	d.scanned, d.lastText, d.lastEnd, d.digit = true, scan.Text, end, false
	return scan
}

// paste takes a bracketed paste, which is whole in itself.
func (d *Decoder) paste(in Input) []Event {
	var events []Event
	if d.burst.certain {
		events = d.finish(d.burst.last, EndSilence)
	} else {
		events = d.abandon()
	}
	d.burst.add(in)
	if d.isPastedScan(in) {
		events = append(events, d.recognise()...)
		return append(events, d.finish(in.At, pastedEnding(in.Runes))...)
	}
	d.burst.held = append(d.burst.held, in)
	return append(events, d.abandon()...)
}

// pastedEnding is what ends a paste: the first terminator after its text.
func pastedEnding(runes []rune) Ending {
	text := len(runes)
	for text > 0 && !isPrintable(runes[text-1]) {
		text--
	}
	for _, r := range runes[text:] {
		switch {
		case r == '\t':
			return EndTab
		case isTerminator(r):
			return EndEnter
		}
	}
	return EndSilence
}

// isPastedScan reports whether the paste that fills the burst is a scanner's.
// Into a number field people paste numbers, and into a text field anything but
// a payload.
func (d *Decoder) isPastedScan(in Input) bool {
	b := &d.burst
	switch d.field {
	case FieldText:
		return b.opened && b.runes >= payloadRunes
	case FieldNumber:
		foreign := func(r rune) bool { return !isNumber(r) && isPrintable(r) }
		return b.runes >= d.options.MinRunes && slices.ContainsFunc(in.Runes, foreign)
	}
	return b.runes >= d.options.MinRunes
}
