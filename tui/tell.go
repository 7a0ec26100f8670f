package tui

import (
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
		t.title = e.failed(op.Kind)
		t.add(e.Text.Plain, e.whyError(err))
		e.tellWhose(&t, op)
		e.tellFull(&t, op)
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
		t.title = e.Say(texts.QueuedTitle, texts.Args{"PointsOf": e.PointsOf(op.Points)})
		e.tellWhose(&t, op)
		e.tellFull(&t, op)
	default:
		e.tellFailed(&t, result)
	}
	if result.Unwritten {
		e.tellUnwritten(&t, op)
	}
	return t
}

func (e *env) done(op loyalty.Operation) string {
	id := texts.DoneAccrual
	if op.Kind == loyalty.Redemption {
		id = texts.DoneRedemption
	}
	return e.Say(id, texts.Args{"Number": e.Number(op.Points)})
}

func (e *env) failed(kind loyalty.Kind) string {
	if kind == loyalty.Redemption {
		return e.Say(texts.FailedRedemption)
	}
	return e.Say(texts.FailedAccrual)
}

func (e *env) tellWhose(t *told, op loyalty.Operation) {
	t.gap()
	t.lines = append(t.lines, toldLine{text: e.name(op.Name), style: e.Text.Plain, most: nameLines})
}

// tellFull says that the guest pays the whole receipt.
func (e *env) tellFull(t *told, op loyalty.Operation) {
	if op.Sum.IsPositive() {
		t.add(e.Text.Strong, e.Say(texts.ResultToPayAll, texts.Args{"Money": e.money(op.Sum)}))
	}
}

func (e *env) tellDone(t *told, result loyalty.Result) {
	op := result.Operation
	t.title = e.done(op)
	if op.State == loyalty.StateApplied {
		t.add(e.Text.Dim, e.Say(texts.ResultInferred))
	}
	e.tellWhose(t, op)
	t.add(e.Text.Strong, e.Say(texts.ResultToPay, texts.Args{"Money": e.money(op.Money)}))
	if result.Remainder != nil {
		e.tellRemainder(t, result)
	}
	e.tellBalance(t, result)
}

// tellBalance says the newest balance: what the service has named, or what the settling has seen.
func (e *env) tellBalance(t *told, result loyalty.Result) {
	last := result.Operation
	if result.Remainder != nil && isDone(*result.Remainder) {
		last = *result.Remainder
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

// isDone reports whether the points of an operation have moved.
func isDone(op loyalty.Operation) bool {
	return op.State == loyalty.StateConfirmed || op.State == loyalty.StateApplied
}

// tellRemainder says how the accrual on the money part stands.
func (e *env) tellRemainder(t *told, result loyalty.Result) {
	op := *result.Remainder
	pointsOf := texts.Args{"PointsOf": e.PointsOf(op.Points)}
	switch op.State {
	case loyalty.StateConfirmed, loyalty.StateApplied:
		t.add(e.Text.Good, e.Say(texts.ResultRemainderDone, texts.Args{"Number": e.Number(op.Points)}))
		if op.State == loyalty.StateApplied {
			t.add(e.Text.Dim, e.Say(texts.ResultInferred))
		}
	case loyalty.StateUnknown:
		t.add(e.Text.Warn, e.Say(texts.ResultRemainderUnknown, pointsOf))
	case loyalty.StatePlanned, loyalty.StateSending, loyalty.StateQueued:
		e.tellWaiting(t, result)
	case loyalty.StateReview, loyalty.StateSettled:
		t.add(e.Text.Warn, e.Say(texts.ResultRemainderReview, pointsOf))
	default:
		t.add(e.Text.Bad, e.Say(texts.ResultRemainderFailed)+" "+e.whyOperation(op))
	}
}

// tellWaiting says what an accrual on the money part waits for: it follows only a redemption that is proven and written.
func (e *env) tellWaiting(t *told, result loyalty.Result) {
	points := result.Remainder.Points
	said := texts.Args{"PointsOf": e.PointsOf(points), "Number": e.Number(points)}
	switch {
	case result.Unwritten:
		t.add(e.Text.Warn, e.Say(texts.ResultRemainderPostponed))
	case isDone(result.Operation):
		t.add(e.Text.Dim, e.Say(texts.ResultRemainderSending, said))
	case result.Operation.State == loyalty.StateUnknown:
		t.add(e.Text.Dim, e.Say(texts.ResultRemainderWaits, said))
	default:
		t.add(e.Text.Warn, e.Say(texts.ResultRemainderHeld, said))
	}
}

func (e *env) tellFailed(t *told, result loyalty.Result) {
	op := result.Operation
	t.title, t.mark, t.style = e.failed(op.Kind), e.Shapes.Bad, e.Text.Bad
	why := e.whyOperation(op)
	switch {
	case op.State == loyalty.StateNotApplied:
		why = e.Say(texts.ResultInferred) + " " + e.Say(texts.ResultAgain)
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
	if op.Kind == loyalty.Accrual {
		t.add(e.Text.Strong, e.Say(texts.UnknownAccrualTake, texts.Args{"Money": e.money(op.Money)}))
		t.add(e.Text.Plain, e.Say(texts.UnknownAccrualPoints, texts.Args{"Number": e.Number(op.Points)}))
	} else {
		t.add(e.Text.Strong, e.Say(texts.UnknownRedemptionWait, texts.Args{"Points": e.Points(op.Points)}))
		e.tellBothSums(t, op)
	}
	if result.Remainder != nil {
		e.tellRemainder(t, result)
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
		t.add(e.Text.Strong, e.signed(op)+"  "+e.money(op.Sum))
		return
	}
	t.title = e.Say(texts.ReviewTitle)
	detail := texts.ReviewDetail
	if op.Reason == loyalty.ReasonQRExpired {
		detail = texts.ReviewQRExpired
	}
	t.add(e.Text.Plain, e.Say(detail))
	e.tellWhose(t, op)
	t.add(e.Text.Strong, e.signed(op)+"  "+e.money(op.Sum))
	if op.Kind == loyalty.Accrual {
		t.add(e.Text.Strong, e.Say(texts.UnknownAccrualTake, texts.Args{"Money": e.money(op.Money)}))
	} else {
		t.add(e.Text.Plain, e.Say(texts.ReviewTake))
		e.tellBothSums(t, op)
	}
	if result.Remainder != nil {
		e.tellRemainder(t, result)
	}
}

// tellUnwritten asks for paper: the result is true, but the journal does not have it.
func (e *env) tellUnwritten(t *told, op loyalty.Operation) {
	t.gap()
	t.add(e.Text.Bad, e.Say(texts.ResultUnwritten))
	t.add(e.Text.Strong, e.Say(texts.ResultWriteDown, texts.Args{
		"What": e.inShort(op), "Name": e.shortName(op.Name), "Client": op.Client,
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
	return e.signed(op) + " " + e.Say(stateWords[op.State])
}
