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

// notices are the messages above the status bar. They never take the focus; the newest is shown first.
type notices struct {
	*env
	queue []noticeLine
	taken *noticeLine // the message that the keys since the last mark took away; nil: none
}

type noticeLine struct {
	text  string
	of    uuid.UUID // the operation, or the kind of news, that it is about; [uuid.Nil]: none
	style look.Style
	at    time.Time
	shown time.Time // since when it is the one on show
	stays bool      // until a key is pressed
}

// tell shows a message for a while.
func (n *notices) tell(text string) { n.tellOf(uuid.Nil, text) }

// tellOf is tell about an operation.
func (n *notices) tellOf(id uuid.UUID, text string) {
	n.add(noticeLine{text: text, of: id, style: n.Frame.Notice, at: n.now})
}

// alarm shows a message until somebody has seen it.
func (n *notices) alarm(text string) { n.alarmOf(uuid.Nil, text) }

// alarmOf is alarm about an operation.
func (n *notices) alarmOf(id uuid.UUID, text string) {
	n.add(noticeLine{text: text, of: id, style: n.Frame.Alarm, at: n.now, stays: true})
}

// keep shows good news about something until somebody has seen it.
func (n *notices) keep(of uuid.UUID, text string) {
	n.add(noticeLine{text: text, of: of, style: n.Frame.Notice, at: n.now, stays: true})
}

// mention shows a message of which nothing depends: for a while, and only while nothing else is to be read.
func (n *notices) mention(of uuid.UUID, text string) {
	line := noticeLine{text: text, of: of, style: n.Frame.Notice, at: n.now}
	n.forget(line)
	n.queue = slices.Insert(n.queue, 0, line)
}

// add drops a message that already stands there, so that a doubled scan says what it says once, and what was said
// earlier about the same operation: it is no longer true.
func (n *notices) add(line noticeLine) {
	n.forget(line)
	line.shown = n.now
	n.queue = append(n.queue, line)
	if len(n.queue) > noticesMax {
		n.queue = n.queue[1:]
	}
}

// forget takes away what a new message says again, or says anew.
func (n *notices) forget(line noticeLine) {
	n.queue = slices.DeleteFunc(n.queue, func(old noticeLine) bool {
		return old.text == line.text || line.of != uuid.Nil && old.of == line.of
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
	if last > 0 {
		n.queue[last-1].shown = n.now
	}
}

// mark begins anew to remember what keys take away; restore puts it back: they were a scanner's.
func (n *notices) mark() { n.taken = nil }

func (n *notices) restore() {
	if n.taken != nil {
		n.queue = append(n.queue, *n.taken)
		n.taken = nil
	}
}

// drop takes away a message that no longer applies.
func (n *notices) drop(text string) {
	n.queue = slices.DeleteFunc(n.queue, func(old noticeLine) bool { return old.text == text })
}

// expire drops messages whose time is over.
func (n *notices) expire() {
	n.queue = slices.DeleteFunc(n.queue, func(line noticeLine) bool {
		return !line.stays && n.now.Sub(line.at) >= noticeLife
	})
}

// wakeAt is when the next message goes by itself.
func (n *notices) wakeAt() time.Time {
	var next time.Time
	for _, line := range n.queue {
		if !line.stays {
			next = earlier(next, line.at.Add(noticeLife))
		}
	}
	return next
}

// noticeLines is how many lines a long message may take: what to do stands at its end.
const noticeLines = 2

// view is the newest message, with its time and how many more there are; at least one line, at most noticeLines.
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
	lines := n.wrap(line.text, room, noticeLines)
	for i, text := range lines {
		lead := n.Fit("", look.Width(clock)+1)
		if i == 0 {
			lead = " " + clock
		}
		lines[i] = line.style.Render(lead + text)
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
