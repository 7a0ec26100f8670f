package tui

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// noticeLife is how long a message stays that asks nothing of anybody.
const noticeLife = 8 * time.Second

// noticeSeen is how long a message has stood before a key can take it away: a key pressed earlier was not an answer to it.
const noticeSeen = 2 * time.Second

// noticesMax bounds the messages that wait; the oldest one gives way.
const noticesMax = 20

// notices are the messages above the status bar. They never take the focus; the gravest is shown first, and of equal ones
// the newest.
type notices struct {
	*env
	queue []noticeLine // the one on show stands last
	count int          // messages so far
	front int          // the number of the one on show; 0: none
	taken *noticeLine  // the message that the keys since the last mark took away; nil: none
}

type noticeLine struct {
	text   wording
	of     uuid.UUID // the operation, or the kind of news, that it is about; [uuid.Nil]: none
	weight weight
	number int
	at     time.Time
	since  time.Time // from when on it could be read: its time runs from then
	shown  time.Time // since when it is the one on show
	stays  bool      // until a key is pressed
	good   bool      // nothing has gone wrong, although it stays
}

// weight is how much depends on that somebody reads a message. None covers one that weighs more.
type weight int

const (
	weightMention weight = iota // nothing: it goes by itself, and stands under everything else
	weightNews                  // what has happened
	weightMoney                 // what the guest pays
)

// tell shows a message for a while.
func (n *notices) tell(text wording) { n.tellOf(uuid.Nil, text) }

// tellOf is tell about an operation.
func (n *notices) tellOf(id uuid.UUID, text wording) {
	n.add(noticeLine{text: text, of: id, weight: weightNews})
}

// alarm shows a message until somebody has seen it.
func (n *notices) alarm(text wording) { n.alarmOf(uuid.Nil, text) }

// alarmOf is alarm about an operation.
func (n *notices) alarmOf(id uuid.UUID, text wording) {
	n.add(noticeLine{text: text, of: id, weight: weightNews, stays: true})
}

// charge is alarm that says what money to take or not to take: no other news covers it.
func (n *notices) charge(text wording) { n.chargeOf(uuid.Nil, text) }

// chargeOf is charge about an operation.
func (n *notices) chargeOf(id uuid.UUID, text wording) {
	n.add(noticeLine{text: text, of: id, weight: weightMoney, stays: true})
}

// keep shows good news about something until somebody has seen it.
func (n *notices) keep(of uuid.UUID, text wording) {
	n.add(noticeLine{text: text, of: of, weight: weightNews, stays: true, good: true})
}

// mention shows a message of which nothing depends: for a while, and only while nothing else is to be read.
func (n *notices) mention(of uuid.UUID, text wording) {
	n.add(noticeLine{text: text, of: of, weight: weightMention})
}

// add drops a message that already stands there, so that a doubled scan says what it says once, and what was said
// earlier about the same operation: it is no longer true.
func (n *notices) add(line noticeLine) {
	if line.stays && !line.good {
		n.hear(errorSound)
	}
	n.forget(line)
	n.count++
	line.number, line.at, line.since = n.count, n.now, n.now
	n.insert(line)
	if len(n.queue) > noticesMax {
		n.queue = n.queue[1:]
	}
	n.turn()
}

// insert puts a message in front of those that weigh no more.
func (n *notices) insert(line noticeLine) {
	at := len(n.queue)
	for at > 0 && n.queue[at-1].weight > line.weight {
		at--
	}
	n.queue = slices.Insert(n.queue, at, line)
}

// turn notes since when the message on show is the one on show.
func (n *notices) turn() {
	last := len(n.queue) - 1
	switch {
	case last < 0:
		n.front = 0
	case n.front != n.queue[last].number:
		n.front, n.queue[last].shown = n.queue[last].number, n.now
	}
}

// about is the operation that the message on show is about; [uuid.Nil]: none.
func (n *notices) about() uuid.UUID {
	if len(n.queue) == 0 {
		return uuid.Nil
	}
	return n.queue[len(n.queue)-1].of
}

// forget takes away what a new message says again, or says anew.
func (n *notices) forget(line noticeLine) {
	said := line.text()
	n.queue = slices.DeleteFunc(n.queue, func(old noticeLine) bool {
		return old.text() == said || line.of != uuid.Nil && old.of == line.of
	})
}

// key takes away the message on show, if there was time to read it.
func (n *notices) key() {
	last := len(n.queue) - 1
	if last < 0 || !n.queue[last].stays || n.now.Sub(n.queue[last].shown) < noticeSeen {
		return
	}
	taken := n.queue[last]
	n.taken = &taken
	n.queue = n.queue[:last]
	n.turn()
}

// mark begins anew to remember what keys take away; restore puts it back: they were a scanner's.
func (n *notices) mark() { n.taken = nil }

func (n *notices) restore() {
	if n.taken != nil {
		n.insert(*n.taken)
		n.taken = nil
		n.turn()
	}
}

// drop takes away a message that no longer applies.
func (n *notices) drop(text string) {
	n.queue = slices.DeleteFunc(n.queue, func(old noticeLine) bool { return old.text() == text })
	n.turn()
}

// expire drops messages whose time is over.
func (n *notices) expire() {
	n.queue = slices.DeleteFunc(n.queue, func(line noticeLine) bool {
		return !line.stays && n.now.Sub(line.since) >= noticeLife
	})
	n.turn()
}

// showAnew gives what has waited unseen its time from now on.
func (n *notices) showAnew() {
	for i := range n.queue {
		n.queue[i].since = n.now
	}
	n.front = 0
	n.turn()
}

// wakeAt is when the next message goes by itself.
func (n *notices) wakeAt() time.Time {
	var next time.Time
	for _, line := range n.queue {
		if !line.stays {
			next = earlier(next, line.since.Add(noticeLife))
		}
	}
	return next
}

// noticeLines is how many lines a long message may take: what to do stands at its end.
const noticeLines = 2

// most is how many lines this one may take: one that says what money to take is not cut before it has said it.
func (l noticeLine) most() int {
	if l.weight == weightMoney {
		return noticeLines + 1
	}
	return noticeLines
}

// view is the message on show, with its time and how many more there are; at least one line.
func (n *notices) view(width int) []string {
	if len(n.queue) == 0 {
		return []string{""}
	}
	line := n.queue[len(n.queue)-1]
	more := ""
	if len(n.queue) > 1 {
		more = n.Say(texts.NoticeMore, texts.Args{"Count": len(n.queue) - 1})
	}
	clock := n.Clock(line.at) + " "
	room := width - look.Width(clock) - look.Width(more) - 3
	if more != "" {
		room-- // what is behind it is to be told from the message
	}
	lines, style := n.wrap(line.text(), room, line.most()), n.Frame.Notice
	if line.stays && !line.good {
		style = n.Frame.Alarm
	}
	for i, text := range lines {
		lead := n.Fit("", look.Width(clock)+1)
		if i == 0 {
			lead = " " + clock
		}
		lines[i] = style.Render(lead + text)
	}
	lines[0] = n.Ends(lines[0], n.Text.Dim.Render(more), width-1)
	return lines
}

// earlier is the earlier of two moments; a zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
