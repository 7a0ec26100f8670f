package main

// guard is one place in the code that keeps a rule.
type guard struct {
	rule     string // of DESIGN.md, section 3, or "wire" and "journal" for what the rules stand on
	name     string
	file     string
	from, to string   // the guard's text, which occurs once in the file, and what stands there without it
	tests    []string // the packages whose tests have to notice
	only     string   // a pattern of tests, where a package has slow ones; "": all
}

const (
	loyaltyTests = "./internal/loyalty"
	clientTests  = "./skidkabot"
	journalTests = "./internal/journal"
)

// guards lists all guards, in the order of the rules.
func guards() []guard {
	var all []guard
	for _, part := range [][]guard{sendingGuards(), queueGuards(), startGuards(), personGuards(), wireGuards(), journalGuards()} {
		all = append(all, part...)
	}
	return all
}

// inLoyalty makes guards of one file of the use cases.
func inLoyalty(file string, list ...guard) []guard {
	for i := range list {
		list[i].file = "internal/loyalty/" + file
		list[i].tests = []string{loyaltyTests}
	}
	return list
}

func join(parts ...[]guard) []guard {
	var all []guard
	for _, part := range parts {
		all = append(all, part...)
	}
	return all
}

// sendingGuards keep what is sent, once, and what is called proven: I1 to I5, I8, I9.
func sendingGuards() []guard {
	return join(
		inLoyalty("submit.go",
			guard{rule: "I1", name: "a baseline has an age",
				from: "if r.at.IsZero() || d.Now().Sub(r.at) > BaselineMaxAge {",
				to:   "if r.at.IsZero() {"},
			guard{rule: "I1", name: "a balance from before a request is no baseline",
				from: "return !d.moved[client].After(r.at)",
				to:   "return true"},
			guard{rule: "I2", name: "only what was not applied is repeated",
				from: "case earlier.State != StateNotApplied, earlier.Kind",
				to:   "case earlier.Kind"},
			guard{rule: "I4", name: "a redemption does not join an open operation",
				from: "if err == nil && len(open) > 0 {\n\t\terr = &CardBusyError",
				to:   "if false {\n\t\terr = &CardBusyError"},
			guard{rule: "I5", name: "the same id flies once",
				from: "if f, ok := d.running[ops[0].ID]; ok {",
				to:   "if f, ok := d.running[ops[0].ID]; ok && false {"},
			guard{rule: "I5", name: "an id in the journal is met",
				from: "\tif err == nil {\n\t\treturn d.met(ctx, earlier)\n\t}\n",
				to:   "\t_ = earlier\n"},
			guard{rule: "I5", name: "the same again asks",
				from: "return d.askRepeat(ctx, ops[0])",
				to:   "return nil"},
			guard{rule: "I8", name: "what is not planned is not carried",
				from: "if err := d.journalError(d.Store.Plan(ctx, ops...)); err != nil {\n\t\treturn nil, err\n\t}",
				to:   "_ = d.journalError(d.Store.Plan(ctx, ops...))"},
			guard{rule: "I9", name: "the accrual is planned with its redemption",
				from: "\t\tops = append(ops, accrual)\n",
				to:   "\t\t_ = accrual\n"},
		),
		inLoyalty("carry.go",
			guard{rule: "I1", name: "no baseline, no sending",
				from: "return d.withoutBaseline(ctx, op, err)",
				to:   "_ = d.withoutBaseline"},
			guard{rule: "I1", name: "the balance covers the redemption",
				from: "if op.Kind == Redemption && baseline.balance.LessThan(op.Points) {",
				to:   "if false {"},
			guard{rule: "I2", name: "only the proven unsent is tried again",
				from: "if skidkabot.OutcomeOf(err) == skidkabot.NotSent && ctx.Err() == nil && d.fresh(",
				to:   "if err != nil && ctx.Err() == nil && d.fresh("},
			guard{rule: "I3", name: "what is not proven is unknown",
				from: "\tdefault:\n\t\tmove.To = StateUnknown\n",
				to:   "\tdefault:\n\t\tmove.To = StateRefused\n"},
			guard{rule: "I7", name: "the retry has a fresh baseline",
				from: " && ctx.Err() == nil && d.fresh(reading{op.Baseline, op.BaselineAt}, op.Client) {",
				to:   " && ctx.Err() == nil {"},
			guard{rule: "I8", name: "no sending without its row",
				from: "return dispatched{op: op, cause: err, triedAt: now}\n",
				to:   "sending = op\n"},
			guard{rule: "I8", name: "what was told as failed is not sent later",
				from: "d.keepUnsent(first, StateVoided)",
				to:   "d.keepUnsent(first, StateQueued)"},
			guard{rule: "I8", name: "a promised accrual is kept for the journal",
				from: "\t\td.keepUnsent(second, StateQueued)\n",
				to:   ""},
			guard{rule: "I8", name: "nothing follows what was not written",
				from: "case before.unwritten:",
				to:   "case false:"},
			guard{rule: "I8", name: "a result in hand is written again",
				from: "for _, pause := range stepHardPauses {",
				to:   "for _, pause := range stepHardPauses[:0] {"},
			guard{rule: "I4", name: "a free card wakes the queue",
				from: "} else if op.State.Unsettled() && !after.State.Unsettled() {",
				to:   "} else if false {"},
			guard{rule: "I9", name: "the accrual waits for its redemption",
				from: "case before.op.Happened():",
				to:   "case before.op.Happened() || before.op.State == StateUnknown:"},
			guard{rule: "I9", name: "the accrual falls with its redemption",
				from: "return d.void(ctx, next, ReasonParentFailed, nil)",
				to:   "return d.dispatch(ctx, next, reading{})"},
		),
		inLoyalty("unwritten.go",
			guard{rule: "I8", name: "a failed write that was made is taken back",
				from: "if !written && found.State != step.op.State ||",
				to:   "if !(written && false) && found.State != step.op.State ||"},
			guard{rule: "I8", name: "what was not sent is no result in hand",
				from: "if step.triedAt.IsZero() {\n\t\t\treturn true",
				to:   "if step.triedAt.IsZero() || true {\n\t\t\treturn true"},
		),
		inLoyalty("operation.go",
			guard{rule: "I1", name: "no sending row without a baseline",
				from: "if m.To == StateSending && (!m.Baseline.Valid",
				to:   "if false && (!m.Baseline.Valid"},
			guard{rule: "I2", name: "no arrow from unknown to sending",
				from: "StateUnknown:    {StateApplied,",
				to:   "StateUnknown:    {StateSending, StateApplied,"},
			guard{rule: "I3", name: "a final state is final",
				from: "StateRefused:    nil,",
				to:   "StateRefused:    {StateConfirmed},"},
		),
		inLoyalty("wire.go",
			guard{rule: "I4", name: "one on the wire",
				from: "\tif !w.busy {",
				to:   "\tif true {"},
			guard{rule: "I4", name: "live before queued",
				from: "\tcase len(w.live) > 0:",
				to:   "\tcase len(w.live) > 0 && len(w.queued) == 0:"},
			guard{rule: "I4", name: "the queue has the lower turn",
				from: "\tif queued {\n\t\tw.queued = append(w.queued, turn)\n\t} else {",
				to:   "\t{"},
		),
	)
}

// queueGuards keep the till honest offline: I6 and I7.
func queueGuards() []guard {
	return join(
		inLoyalty("carry.go",
			guard{rule: "I6", name: "a redemption is never queued",
				from: "\tcase op.Kind == Accrual:\n\t\tmove.To = StateQueued\n\tdefault:",
				to:   "\tcase true:\n\t\tmove.To = StateQueued\n\tdefault:"},
			guard{rule: "I6", name: "nothing is sent with an old QR",
				from: "if !d.Now().Before(op.Expires()) {",
				to:   "if false {"},
			guard{rule: "I6", name: "what outlived its QR expires",
				from: "\t\tmove.To = StateExpired\n",
				to:   "\t\tmove.To = StateVoided\n"},
		),
		inLoyalty("queue.go",
			guard{rule: "I6", name: "codes 5 and 15 hold",
				from: "return code == skidkabot.CodeUnknownShop || code == skidkabot.CodeDebt",
				to:   "return false"},
			guard{rule: "I6", name: "broken forms of 15 hold, too",
				from: "return unknown.Hint, holds(unknown.Hint)",
				to:   "return unknown.Hint, false"},
			guard{rule: "I6", name: "first in, first out per card",
				from: "\t\tif state := d.sendQueued(ctx, op); !state.Final() {\n\t\t\tstuck[op.Client] = true\n\t\t}",
				to:   "\t\td.sendQueued(ctx, op)"},
			guard{rule: "I6", name: "the oldest goes first",
				from: "\tslices.Reverse(queued)\n",
				to:   "\t_ = slices.Reverse[[]Operation]\n"},
		),
		inLoyalty("link.go",
			guard{rule: "I7", name: "offline answers within a second",
				from: "\tif d.Offline() {\n\t\treturn d.balanceOffline(ctx, card)\n\t}\n",
				to:   ""},
			guard{rule: "I7", name: "one failed retry is offline",
				from: "d.offline = skidkabot.OutcomeOf(err) == skidkabot.NotSent",
				to:   "d.offline = false"},
			guard{rule: "I7", name: "the probe finds the service again",
				from: "\tif d.Service.Reach(short) != nil {",
				to:   "\tif d.Service.Reach(short) == nil {"},
		),
		inLoyalty("offline.go",
			guard{rule: "I6", name: "no percent, no promise",
				from: "return Guest{}, ErrPercentUnknown",
				to:   "break"},
		),
		inLoyalty("clock.go",
			guard{rule: "clock", name: "a wrong clock holds the queue",
				from: "h.Clock = state.Level == notice.Trouble",
				to:   "h.Clock = false"},
			guard{rule: "clock", name: "a set clock is noticed",
				from: "jump > ClockTolerance {",
				to:   "jump > 1000*ClockTolerance {"},
		),
	)
}

// startGuards keep what an earlier run left behind, and how the unknown is settled: I10 and I13.
func startGuards() []guard {
	return join(
		inLoyalty("recover.go",
			guard{rule: "I10", name: "sending becomes unknown",
				from: "case op.State == StateSending:",
				to:   "case false:"},
			guard{rule: "I10", name: "planned redemptions are voided",
				from: "case op.Kind == Redemption:",
				to:   "case false:"},
			guard{rule: "I10", name: "a lone accrual is offered, not sent",
				from: "\tif op.WaitsFor == uuid.Nil {\n\t\trecovery.Offered = append(recovery.Offered, op)",
				to:   "\tif op.WaitsFor == uuid.Nil {\n\t\trecovery.Resumed = append(recovery.Resumed, op)"},
			guard{rule: "I10", name: "all of a foreign journal is reviewed",
				from: "if op.State != StateReview {\n\t\t\tif op, err = d.step(",
				to:   "if op.State == StateUnknown {\n\t\t\tif op, err = d.step("},
			guard{rule: "I9", name: "a crash between the two resumes",
				from: "recovery.Resumed = append(recovery.Resumed, op)\n\t\treturn nil\n\tcase parent",
				to:   "return nil\n\tcase parent"},
			guard{rule: "I13", name: "secrets are wiped at start",
				from: "\t_, err = d.Store.WipeSecrets(ctx, d.Now().Add(-QRLifetime))\n\treturn recovery",
				to:   "\treturn recovery"},
		),
		inLoyalty("settle.go",
			guard{rule: "settle", name: "no movement means nothing early",
				from: "if now.Before(settled) {",
				to:   "if false {"},
			guard{rule: "settle", name: "two reads apart",
				from: "if rest := e.still.Add(SettleSpread).Sub(now); rest > 0 {",
				to:   "if rest := time.Duration(0); rest > 0 {"},
			guard{rule: "settle", name: "another movement is a person's",
				from: "return verdict{to: StateReview, reason: ReasonAmbiguous}",
				to:   "return verdict{to: StateNotApplied, reason: ReasonStill}"},
			guard{rule: "I9", name: "settling lets the accrual follow",
				from: "\td.resume(ctx, after)\n\treturn true",
				to:   "\t_ = after\n\treturn true"},
			guard{rule: "I13", name: "a QR that no longer reads is reviewed",
				from: "return verdict{to: StateReview, reason: ReasonQRExpired}\n\t\t}",
				to:   "return verdict{}\n\t\t}"},
			guard{rule: "I13", name: "24 hours are the end",
				from: "if d.Now().Sub(op.ScannedAt) >= QRLifetime {",
				to:   "if false {"},
		),
		inLoyalty("desk.go",
			guard{rule: "I13", name: "a fresh scan lends its secret",
				from: "\td.cards[card.Client] = card\n",
				to:   ""},
		),
	)
}

// personGuards keep what people decide: I11 and I12, and decisions.
func personGuards() []guard {
	return join(
		inLoyalty("reverse.go",
			guard{rule: "I11", name: "only what happened is reversed",
				from: "case !of.Happened() || of.Link == LinkReversal:",
				to:   "case of.Link == LinkReversal:"},
			guard{rule: "I11", name: "no reversal of a reversal",
				from: "case !of.Happened() || of.Link == LinkReversal:",
				to:   "case !of.Happened():"},
			guard{rule: "I11", name: "only while the QR is valid",
				from: "case !d.Now().Before(of.Expires()) || reversal.Secret == 0:",
				to:   "case false:"},
			guard{rule: "I11", name: "a pair: the redemption first",
				from: "\t\tback.WaitsFor = req.ID\n",
				to:   ""},
			guard{rule: "I11", name: "a pair is reversed together",
				from: "\tcase other.Happened():\n\t\treturn op, &other, nil",
				to:   "\tcase other.Happened():\n\t\treturn op, nil, nil"},
			guard{rule: "I11", name: "others need the admin: whose",
				from: "return !isLast || !own || ",
				to:   "_ = own\n\treturn !isLast || "},
			guard{rule: "I11", name: "others need the admin: the last",
				from: "return !isLast || !own || ",
				to:   "return !own || "},
			guard{rule: "I11", name: "others need the admin: the window",
				from: "!own || d.Now().Sub(op.PlannedAt) > window, nil",
				to:   "!own, nil"},
			guard{rule: "I11", name: "a reason is required",
				from: "trimmed == \"\" || len([]rune(trimmed)) > ReasonMax",
				to:   "len([]rune(trimmed)) > ReasonMax"},
		),
		inLoyalty("operation.go",
			guard{rule: "I12", name: "settled counts as it was decided",
				from: "return o.Reason == ReasonDecidedYes",
				to:   "return true"},
			guard{rule: "I12", name: "only what happened counts",
				from: "case StateConfirmed, StateApplied:\n\t\treturn true",
				to:   "case StateConfirmed, StateApplied, StateUnknown:\n\t\treturn true"},
		),
		inLoyalty("decide.go",
			guard{rule: "review", name: "only a review is decided",
				from: "if op.State != StateReview {",
				to:   "if false {"},
			guard{rule: "review", name: "a decision has a name",
				from: "if strings.TrimSpace(who) == \"\" {",
				to:   "if strings.TrimSpace(who) == \"?\" {"},
			guard{rule: "I9", name: "a full payment ends the old accrual",
				from: "{ID: rest.ID, To: StateVoided, Reason: ReasonCashier, Actor: choice.Cashier},",
				to:   ""},
			guard{rule: "I11", name: "a full payment is planned once",
				from: "\tif len(earlier) > 0 {\n\t\treturn ErrReversed\n\t}",
				to:   "\t_ = earlier"},
		),
	)
}
