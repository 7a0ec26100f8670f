package tui

import (
	"errors"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// tell puts what became of an operation into words: first what happened to the points, then why and what to do, then
// the money.
func (e *env) tell(result loyalty.Result, err error) told {
	op := result.Operation
	var t told
	t.mark, t.style = e.mood(op.State)
	if err != nil {
		t.mark, t.style = e.Shapes.Bad, e.Text.Bad
		t.title = e.failed(op)
		t.add(e.Text.Plain, e.whyError(err))
		e.tellWhose(&t, op)
		if !errors.Is(err, loyalty.ErrOrderClosed) { // whose money is there already
			e.tellFull(&t, op)
		}
		return t
	}
	switch op.State {
	case loyalty.StateConfirmed, loyalty.StateApplied:
		e.tellDone(&t, result)
	case loyalty.StateUnknown:
		e.tellUnknown(&t, result)
	case loyalty.StateReview, loyalty.StateSettled:
		e.tellReview(&t, result)
	case loyalty.StateQueued:
		e.tellQueued(&t, op)
		e.tellWhose(&t, op)
		e.tellFull(&t, op)
		if result.Second != nil {
			e.tellSecond(&t, result)
		}
	default:
		e.tellFailed(&t, result)
	}
	if result.Unwritten {
		e.tellUnwritten(&t, op)
	}
	return t
}

func (e *env) done(op loyalty.Operation) string {
	id := byKind(op, texts.DoneAccrual, texts.DoneRedemption, texts.DoneGiveBack, texts.DoneTakeBack)
	return e.Say(id, texts.Args{"Number": e.Number(op.Points)})
}

func (e *env) failed(op loyalty.Operation) string {
	return e.Say(byKind(op, texts.FailedAccrual, texts.FailedRedemption, texts.FailedStorno, texts.FailedStorno))
}

// tellQueued says what a queued accrual, or the storno of a redemption, waits for: the network, the card, or the shop's
// service.
func (e *env) tellQueued(t *told, op loyalty.Operation) {
	accrual, storno := texts.QueuedTitle, texts.QueuedStorno
	switch op.Reason {
	case loyalty.ReasonCardBusy:
		accrual, storno = texts.QueuedBusy, texts.QueuedStornoBusy
	case loyalty.ReasonHeld:
		accrual, storno = texts.QueuedHeld, texts.QueuedStornoHeld
		t.add(e.Text.Plain, e.whyCode(op.Code))
	case loyalty.ReasonClosing:
		accrual, storno = texts.QueuedClosing, texts.QueuedStornoClosing
	}
	t.title = e.Say(byKind(op, accrual, accrual, storno, storno))
	t.add(e.Text.Strong, e.inWords(op))
	t.add(e.Text.Plain, e.Say(byKind(op, texts.QueuedDetail, texts.QueuedDetail, texts.QueuedStornoDetail, texts.QueuedStornoDetail)))
}

// tellFullPaid says what to take when the guest pays the whole receipt, and how the redemption stands, whose points come
// back if it happened. Earned is the accrual on the whole receipt; nil: not known.
func (e *env) tellFullPaid(result loyalty.Result, earned *loyalty.Operation) told {
	op := result.Operation
	t := told{title: e.Say(texts.FullPayTitle, texts.Args{"Money": e.money(op.Sum)})}
	t.mark, t.style = e.Shapes.Warn, e.Text.Warn
	switch op.State {
	case loyalty.StateUnknown:
		t.add(e.Text.Strong, e.Say(texts.FullPayTake, texts.Args{"Money": e.money(op.Sum)}))
		left := e.Say(texts.UnknownLate)
		if rest, ok := e.countdown(op); ok {
			left = e.Say(texts.UnknownLeft, texts.Args{"Time": rest})
		}
		t.add(e.Text.Plain, left)
	case loyalty.StateReview:
		t.add(e.Text.Plain, e.whyReview(op))
		t.add(e.Text.Strong, e.Say(texts.FullPayReview))
	default:
		id := texts.FullPayNothing
		if op.Happened() {
			id = texts.FullPayBack
		}
		t.add(e.Text.Plain, e.Say(id, texts.Args{"Points": e.Points(op.Points)}))
	}
	e.tellWhose(&t, op)
	if earned != nil {
		e.tellOther(&t, *earned)
	}
	if op.State == loyalty.StateUnknown {
		t.gap()
		t.add(e.Text.Dim, e.Say(texts.UnknownGoOn))
	}
	return t
}

func (e *env) tellWhose(t *told, op loyalty.Operation) {
	t.gap()
	t.lines = append(t.lines, toldLine{text: e.name(op.Name, op.Client), style: e.Text.Plain, most: nameLines})
}

// tellFull says that the guest pays the whole receipt.
func (e *env) tellFull(t *told, op loyalty.Operation) {
	if op.Sum.IsPositive() && op.Link != loyalty.LinkReversal {
		t.addDue(e.Text.Strong, e.Say(texts.ResultToPayAll, texts.Args{"Money": e.money(op.Sum)}), e.bigDue(op, op.Sum))
	}
}

// bigDue is what is to be taken, in digits alone, where the operation has changed it or should have; empty: it has not.
func (e *env) bigDue(op loyalty.Operation, sum decimal.Decimal) string {
	if !isPayment(op) {
		return ""
	}
	return e.Money(sum, "")
}

func (e *env) tellDone(t *told, result loyalty.Result) {
	op := result.Operation
	t.title, t.big = e.done(op), e.signed(op)
	if op.State == loyalty.StateApplied {
		t.add(e.Text.Dim, e.Say(texts.ResultInferred))
	}
	e.tellWhose(t, op)
	if op.Link != loyalty.LinkReversal {
		t.addDue(e.Text.Strong, e.Say(texts.ResultToPay, texts.Args{"Money": e.money(op.Money)}), e.bigDue(op, op.Money))
	}
	if result.Second != nil {
		e.tellSecond(t, result)
	}
	e.tellBalance(t, result)
}

// tellBalance says the newest balance: what the service has named, or what the settling has seen.
func (e *env) tellBalance(t *told, result loyalty.Result) {
	last := result.Operation
	if result.Second != nil && result.Second.Happened() {
		last = *result.Second
	}
	switch {
	case last.BalanceRead:
		t.add(e.Text.Strong, e.Say(texts.ResultBalance, texts.Args{"Points": e.Points(last.Balance)}))
	case last.State == loyalty.StateApplied:
		t.add(e.Text.Strong, e.Say(texts.ResultBalance, texts.Args{"Points": e.Points(last.Expected())}))
	default:
		t.add(e.Text.Dim, e.Say(texts.ResultBalanceUnread))
	}
}

// tellSecond says how what waits for the operation stands: the accrual on the money part, or the other half of a storno.
func (e *env) tellSecond(t *told, result loyalty.Result) {
	op := *result.Second
	if op.Link != loyalty.LinkReversal {
		e.tellRemainder(t, result)
		return
	}
	e.tellOther(t, op)
	if op.State.Final() && !op.Happened() && op.Reason != loyalty.ReasonParentFailed {
		t.add(e.Text.Plain, e.Say(texts.StornoAgain))
	}
}

// tellOther says how an operation stands that goes with the one on the screen.
func (e *env) tellOther(t *told, op loyalty.Operation) {
	switch {
	case op.Happened():
		t.add(e.Text.Good, e.done(op))
	case op.State.Final():
		t.add(e.Text.Bad, e.inWords(op)+": "+e.failed(op)+" "+e.whyOperation(op))
	case waits(op):
		t.add(e.Text.Dim, e.inWords(op)+": "+e.stateWord(op))
	default:
		t.add(e.Text.Warn, e.inWords(op)+": "+e.stateWord(op))
	}
}

// tellRemainder says how the accrual on the money part stands.
func (e *env) tellRemainder(t *told, result loyalty.Result) {
	op := *result.Second
	pointsOf := texts.Args{"PointsOf": e.PointsOf(op.Points)}
	switch op.State {
	case loyalty.StateUnknown:
		t.add(e.Text.Warn, e.Say(texts.ResultRemainderUnknown, pointsOf))
	case loyalty.StatePlanned, loyalty.StateSending, loyalty.StateQueued:
		e.tellWaiting(t, result)
	case loyalty.StateReview:
		t.add(e.Text.Warn, e.Say(texts.ResultRemainderReview, pointsOf))
	default:
		if !op.Happened() {
			t.add(e.Text.Bad, e.Say(texts.ResultRemainderFailed)+" "+e.whyOperation(op))
			return
		}
		t.add(e.Text.Good, e.Say(texts.ResultRemainderDone, texts.Args{"Number": e.Number(op.Points)}))
		if op.State == loyalty.StateApplied {
			t.add(e.Text.Dim, e.Say(texts.ResultInferred))
		}
	}
}

// tellWaiting says what an accrual on the money part waits for: it follows only a redemption that is proven and written.
func (e *env) tellWaiting(t *told, result loyalty.Result) {
	points := result.Second.Points
	said := texts.Args{"PointsOf": e.PointsOf(points), "Number": e.Number(points)}
	switch {
	case result.Unwritten, result.Postponed:
		t.add(e.Text.Warn, e.Say(texts.ResultRemainderPostponed))
	case result.Operation.Happened():
		t.add(e.Text.Dim, e.Say(texts.ResultRemainderSending, said))
	case result.Operation.State == loyalty.StateUnknown:
		t.add(e.Text.Dim, e.Say(texts.ResultRemainderWaits, said))
	default:
		t.add(e.Text.Warn, e.Say(texts.ResultRemainderHeld, said))
	}
}

func (e *env) tellFailed(t *told, result loyalty.Result) {
	op := result.Operation
	t.title, t.mark, t.style = e.failed(op), e.Shapes.Bad, e.Text.Bad
	why := e.whyOperation(op)
	switch {
	case op.State == loyalty.StateNotApplied:
		why = e.Say(texts.ResultInferred) + " " + e.Say(texts.ResultAgain)
	case op.State == loyalty.StatePlanned && errors.Is(result.Cause, loyalty.ErrClockUnsure):
		why = e.whyError(result.Cause)
	case op.State == loyalty.StatePlanned:
		why = e.Say(texts.WhyJournal) // it never came to `sending`
	case op.Reason == loyalty.ReasonNoBalance && op.Code == 0 && result.Cause != nil:
		why += " " + e.whyError(result.Cause)
	}
	t.add(e.Text.Plain, why)
	e.tellWhose(t, op)
	e.tellFull(t, op)
}

// tellUnknown says what to take now, while nobody knows: an accrual changes nothing about the money, a redemption does.
func (e *env) tellUnknown(t *told, result loyalty.Result) {
	op := result.Operation
	t.title = e.Say(texts.UnknownTitle)
	left := e.Say(texts.UnknownLate)
	if rest, ok := e.countdown(op); ok {
		left = e.Say(texts.UnknownLeft, texts.Args{"Time": rest})
	}
	if why := e.whyOperation(op); why != "" {
		t.add(e.Text.Plain, why)
	}
	t.add(e.Text.Plain, left)
	e.tellWhose(t, op)
	if op.Link == loyalty.LinkReversal {
		t.add(e.Text.Plain, e.Say(texts.UnknownStorno))
	} else if op.Kind == loyalty.Accrual {
		t.add(e.Text.Strong, e.Say(texts.UnknownAccrualTake, texts.Args{"Money": e.money(op.Money)}))
		t.add(e.Text.Plain, e.Say(texts.UnknownAccrualPoints, texts.Args{"Number": e.Number(op.Points)}))
	} else {
		t.add(e.Text.Strong, e.Say(texts.UnknownRedemptionWait, texts.Args{"Points": e.Points(op.Points)}))
		e.tellBothSums(t, op)
	}
	if result.Second != nil {
		e.tellSecond(t, result)
	}
	t.gap()
	t.add(e.Text.Dim, e.Say(texts.UnknownGoOn))
}

// tellBothSums says what the guest pays in either case, while nobody knows whether the points were redeemed.
func (e *env) tellBothSums(t *told, op loyalty.Operation) {
	t.add(e.Text.Strong, e.Say(texts.UnknownRedemptionApplied, texts.Args{"Money": e.money(op.Money)}))
	t.add(e.Text.Strong, e.Say(texts.UnknownRedemptionNot, texts.Args{"Money": e.money(op.Sum)}))
}

// tellReview says why a person has to decide, and what to take meanwhile.
func (e *env) tellReview(t *told, result loyalty.Result) {
	op := result.Operation
	if op.State == loyalty.StateSettled {
		t.title = e.Say(texts.SettledTitle)
		e.tellWhose(t, op)
		t.add(e.Text.Strong, e.signed(op)+"  "+e.money(op.Sum)+"  "+e.stateWord(op))
		return
	}
	t.title = e.Say(texts.ReviewTitle)
	t.add(e.Text.Plain, e.whyReview(op))
	e.tellWhose(t, op)
	t.add(e.Text.Strong, e.signed(op)+"  "+e.money(op.Sum))
	switch {
	case op.Link == loyalty.LinkReversal: // the money was settled with what it takes back
	case op.Kind == loyalty.Accrual:
		t.add(e.Text.Strong, e.Say(texts.UnknownAccrualTake, texts.Args{"Money": e.money(op.Money)}))
	default:
		e.tellReviewTake(t, op)
	}
	if result.Second != nil {
		e.tellSecond(t, result)
	}
}

// tellReviewTake says what to take for a redemption that a person decides about: the whole sum is safe, because points
// can be returned later, and money cannot be asked for any more.
func (e *env) tellReviewTake(t *told, op loyalty.Operation) {
	t.add(e.Text.Strong, e.Say(texts.ReviewTake, texts.Args{"Money": e.money(op.Sum)}))
	t.add(e.Text.Plain, e.Say(texts.ReviewThen))
}

// whyReview says why nobody but a person can tell what became of an operation.
func (e *env) whyReview(op loyalty.Operation) string {
	if op.Reason == loyalty.ReasonQRExpired {
		return e.Say(texts.ReviewQRExpired)
	}
	return e.Say(texts.ReviewDetail)
}

// tellUnwritten asks for paper: the result is true, but the journal does not have it.
func (e *env) tellUnwritten(t *told, op loyalty.Operation) {
	t.gap()
	t.add(e.Text.Bad, e.Say(texts.ResultUnwritten))
	t.add(e.Text.Strong, e.Say(texts.ResultWriteDown, texts.Args{
		"What": e.inShort(op), "Name": e.shortName(op.Name, op.Client), "Client": op.Client,
		"Money": e.money(op.Sum), "Time": e.Clock(op.PlannedAt),
	}))
	t.add(e.Text.Plain, e.Say(texts.ResultWriteThen))
}

// inShort is the operation in two or three words: what to write on paper.
func (e *env) inShort(op loyalty.Operation) string {
	switch op.State {
	case loyalty.StateConfirmed, loyalty.StateApplied:
		return e.done(op)
	}
	return e.signed(op) + " " + e.stateWord(op)
}
