package tui

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

// stateWords say in a list where an operation stands.
var stateWords = map[loyalty.State]texts.ID{
	loyalty.StatePlanned:    texts.StatePlanned,
	loyalty.StateQueued:     texts.StateQueued,
	loyalty.StateSending:    texts.StateSending,
	loyalty.StateConfirmed:  texts.StateConfirmed,
	loyalty.StateRefused:    texts.StateRefused,
	loyalty.StateUnknown:    texts.StateUnknown,
	loyalty.StateApplied:    texts.StateApplied,
	loyalty.StateNotApplied: texts.StateNotApplied,
	loyalty.StateReview:     texts.StateReview,
	loyalty.StateSettled:    texts.StateSettled,
	loyalty.StateVoided:     texts.StateVoided,
	loyalty.StateExpired:    texts.StateExpired,
}

// stateWord says in a list where an operation stands. What waits for another operation is nobody's to send, and what a
// person decided has gone one way or the other.
func (e *env) stateWord(op loyalty.Operation) string {
	switch {
	case waits(op) && op.WaitsFor == op.Parent:
		return e.Say(texts.StateWaitsCheck)
	case waits(op):
		return e.Say(texts.StateWaitsTurn)
	case op.State == loyalty.StateSettled && op.Happened():
		return e.Say(texts.StateSettledYes)
	case op.State == loyalty.StateSettled:
		return e.Say(texts.StateSettledNo)
	}
	return e.Say(stateWords[op.State])
}

// waits reports whether an operation goes by itself when another one has happened.
func waits(op loyalty.Operation) bool {
	return op.State == loyalty.StatePlanned && op.WaitsFor != uuid.Nil
}

var kindWords = map[loyalty.Kind]texts.ID{
	loyalty.Accrual:    texts.KindAccrual,
	loyalty.Redemption: texts.KindRedemption,
}

// kind names what an operation is. A reversal has a name of its own; its sign says which way it goes.
func (e *env) kind(op loyalty.Operation) string {
	if op.Link == loyalty.LinkReversal {
		return e.Say(texts.KindReversal)
	}
	return e.Say(kindWords[op.Kind])
}

// inWords is an operation in two words: «списание −125».
func (e *env) inWords(op loyalty.Operation) string { return e.kind(op) + " " + e.signed(op) }

// mood is the mark and the style that a state has beside its word.
func (e *env) mood(state loyalty.State) (mark string, style look.Style) {
	switch state {
	case loyalty.StateConfirmed, loyalty.StateApplied, loyalty.StateSettled:
		return e.Shapes.Good, e.Text.Good
	case loyalty.StateUnknown, loyalty.StateReview, loyalty.StatePlanned, loyalty.StateQueued:
		return e.Shapes.Warn, e.Text.Warn
	case loyalty.StateSending:
		return e.Shapes.Bullet, e.Text.Plain
	}
	return e.Shapes.Bad, e.Text.Bad
}

// moodOf is the mood of an operation: of one that a person settled it is what they decided, and one that waits for another
// asks nothing of anybody.
func (e *env) moodOf(op loyalty.Operation) (mark string, style look.Style) {
	switch {
	case op.State == loyalty.StateSettled && !op.Happened():
		return e.mood(loyalty.StateNotApplied)
	case waits(op):
		return e.mood(loyalty.StateSending)
	}
	return e.mood(op.State)
}

// signed writes the points of an operation with the sign of their movement.
func (e *env) signed(op loyalty.Operation) string {
	if op.Kind == loyalty.Redemption {
		return e.Shapes.Minus + e.Number(op.Points)
	}
	return "+" + e.Number(op.Points)
}

// pointsCells is the column of points in the list of operations. The moment, the kind and the state take what their words
// take in the till's language; the name takes the rest and stands last, because terminals do not agree on how wide some
// names are.
const pointsCells = 10

func (e *env) kindCells() int {
	return e.widest(texts.KindAccrual, texts.KindRedemption, texts.KindReversal)
}

// stateCells is a state with its mark.
func (e *env) stateCells() int {
	words := []texts.ID{texts.StateWaitsCheck, texts.StateWaitsTurn, texts.StateSettledYes, texts.StateSettledNo}
	return len("! ") + e.widest(slices.AppendSeq(words, maps.Values(stateWords))...)
}

// widest is how many cells the longest of some texts takes.
func (e *env) widest(ids ...texts.ID) int {
	cells := 0
	for _, id := range ids {
		cells = max(cells, look.Width(e.Say(id)))
	}
	return cells
}

// From wideList cells on an operation has the sum of its receipt too, in so many of them.
const (
	wideList = 96
	sumCells = 15
)

// narrowList is below which width an operation takes two lines, so that the name is not lost.
const narrowList = 64

// operationLines are an operation in the list: when, how many points, what, for what sum, how it stands, whose.
func (e *env) operationLines(op loyalty.Operation, width int) []string {
	mark, style := e.moodOf(op)
	at := e.Text.Dim.Render(e.Fit(e.Moment(op.PlannedAt, e.now), e.MomentCells())) + " "
	points := e.Text.Strong.Render(e.Fit(e.signed(op), pointsCells)) + " "
	state := mark + " " + e.stateWord(op)
	if width < narrowList {
		return []string{
			e.Truncate(at+points+style.Render(state), width),
			e.Truncate(e.Fit("", e.MomentCells())+" "+e.name(op.Name, op.Client), width),
		}
	}
	kind := e.Fit(e.kind(op), e.kindCells()) + " "
	if width >= wideList {
		sum := ""
		if op.Sum.IsPositive() {
			sum = e.money(op.Sum)
		}
		kind += e.Ends("", sum, sumCells) + "  "
	}
	return []string{e.Truncate(at+points+kind+style.Render(e.Fit(state, e.stateCells()))+" "+e.name(op.Name, op.Client), width)}
}

// recent draws the last operations into a place, as many as fit whole.
func (e *env) recent(b *book, width, height int) []string {
	lines := []string{e.Text.Title.Render(e.Truncate(e.Say(texts.RecentTitle), width))}
	switch {
	case b.unread:
		return append(lines, e.Text.Bad.Render(e.Truncate(e.Say(texts.RecentFailed), width)))
	case len(b.ops) == 0:
		return append(lines, e.Text.Dim.Render(e.Truncate(e.Say(texts.RecentEmpty), width)))
	}
	room, inferred := height-1, false // the last line is for the note
	for _, op := range b.ops {
		entry := e.operationLines(op, width)
		if len(lines)+len(entry) > room {
			break
		}
		lines = append(lines, entry...)
		inferred = inferred || op.State == loyalty.StateApplied || op.State == loyalty.StateNotApplied
	}
	if inferred {
		lines = append(lines, e.Text.Dim.Render(e.Truncate(e.Say(texts.InferredNote), width)))
	}
	return lines
}
