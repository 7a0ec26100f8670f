package main

const (
	ordersTests    = "./internal/orders"
	expirenzaTests = "./internal/expirenza"
)

// inOrders makes guards of one file of the order book.
func inOrders(file string, list ...guard) []guard {
	for i := range list {
		list[i].rule = "pay"
		list[i].file = "internal/orders/" + file
		list[i].tests = []string{ordersTests}
	}
	return list
}

// payingGuards keep what is said of money that a guest has paid: each bill is closed at most once, by money that fits it,
// and the answer agrees with the book.
func payingGuards() []guard {
	return join(judgeGuards(), bookGuards(), outboxGuards())
}

// judgeGuards are the reasons not to close a bill.
func judgeGuards() []guard {
	return inOrders("judge.go",
		guard{name: "a bill that is not ours is never closed",
			from: "case s.order.Version == 0, s.order.Source != SourceTill, s.order.Reason == ReasonVoid:",
			to:   "case s.order.Version == 0, s.order.Reason == ReasonVoid:"},
		guard{name: "a bill that was taken back is never closed",
			from: "case s.order.Version == 0, s.order.Source != SourceTill, s.order.Reason == ReasonVoid:",
			to:   "case s.order.Version == 0, s.order.Source != SourceTill:"},
		guard{name: "money that was not booked is no repeat",
			from: "if s.claim.State != ClaimPaid && s.claim.State != ClaimBooked {",
			to:   "if false {"},
		guard{name: "money that is no payment is no repeat",
			from: "return slices.ContainsFunc(s.payments, func(p Payment) bool { return p.Kind == PaidQR && p.Sum.Equal(sum) })",
			to:   "return true"},
		guard{name: "money that went back is not paid twice",
			from: "verdict.Obstacle, verdict.Double = ObstacleSum, s.claim.State != ClaimBack",
			to:   "verdict.Obstacle, verdict.Double = ObstacleSum, true"},
		guard{name: "an editor holds the bill",
			from: "case s.edited || bill.InFlight:",
			to:   "case bill.InFlight:"},
		guard{name: "points on the way hold the bill",
			from: "case s.edited || bill.InFlight:",
			to:   "case s.edited:"},
		guard{name: "money that went back closes nothing",
			from: "case s.claim.State == ClaimBack:",
			to:   "case false:"},
		guard{name: "another sum closes nothing",
			from: "case !bill.Due.Equal(sum):",
			to:   "case bill.Due.LessThan(sum):"},
		guard{name: "the kitchen has its ticket first",
			from: "case s.kitchen && slices.ContainsFunc(s.order.Dishes, Dish.waits):",
			to:   "case false:"},
		guard{name: "money wants an open shift",
			from: "case s.shift == uuid.Nil:",
			to:   "case false:"},
		guard{name: "a receipt wants a printer",
			from: "case s.trouble:",
			to:   "case false:"},
	)
}

// bookGuards keep the effect to one, and what follows it.
func bookGuards() []guard {
	return join(
		inOrders("external.go",
			guard{name: "a panic decides nothing",
				from: "verdict, err = inUse, errJudgePanicked",
				to:   "_ = errJudgePanicked"},
			guard{name: "a claim that is booked stays as it is",
				from: "if c.State == ClaimPaid || c.State == ClaimBooked {",
				to:   "if false {"},
			guard{name: "money that went back and comes again is told",
				from: "case claim.AskedAgain() && !s.claim.AskedAgain():",
				to:   "case false:"},
			guard{name: "a conflict is judged again",
				from: "case errors.Is(err, ErrConflict), errors.Is(err, ErrPaid), errors.Is(err, ErrShiftClosed), errors.Is(err, ErrPointsMoved):\n\t\t\tcontinue\n",
				to:   ""},
			guard{name: "a new request after an accepted answer is told",
				from: "case verdict.Repeat && acceptedBefore:",
				to:   "case false:"},
		),
		inOrders("receipt.go",
			guard{name: "what a start prints says that it is a copy",
				from: "receipt.Copy, receipt.Ended = true, func(error) { b.receiptEnded(order) }",
				to:   "receipt.Ended = func(error) { b.receiptEnded(order) }"},
			guard{name: "a receipt of yesterday is not printed",
				from: "case b.Now().Sub(receipt.Order.ChangedAt) > ReceiptMaxAge:",
				to:   "case false:"},
			guard{name: "a copy that failed ends nothing",
				from: "if err == nil { // else the first one may still come out",
				to:   "{"},
		),
		inOrders("closing.go",
			guard{name: "a receipt is due with its closing",
				from: "done.Order, done.Receipt = &o, b.Printer != nil",
				to:   "done.Order = &o"},
		),
		inOrders("pay.go",
			guard{name: "what the cashier saw is what is paid",
				from: "case o.Version != in.Version:",
				to:   "case false:"},
			guard{name: "the parts add up",
				from: "case !in.total().Equal(bill.Due):",
				to:   "case in.total().LessThan(bill.Due):"},
			guard{name: "money that came by phone warns",
				from: "if others := len(open); !in.Confirmed && (mine < 0 && others > 0 || others > 1) {",
				to:   "if others := len(open); false && others > 1 {"},
			guard{name: "a claim is booked with its own sum",
				from: "if !money[i].Sum.Equal(claim.Sum) {",
				to:   "if false {"},
		),
		inOrders("closing.go",
			guard{name: "one accrual for an order",
				from: "if o.Guest == nil || !due.IsPositive() || accrues(ops) {",
				to:   "if o.Guest == nil || !due.IsPositive() {"},
			guard{name: "the loyalty never keeps money from being taken",
				from: "\t}\n\treturn nil, err, nil\n",
				to:   "\t}\n\treturn nil, nil, err\n"},
		),
		inOrders("bill.go",
			guard{name: "points that were given back pay nothing",
				from: "op.Points = op.Points.Sub(back.Points)",
				to:   "_ = back"},
		),
	)
}

// outboxGuards keep the answer: written with the effect, in order, signed, and no longer than it is of use.
func outboxGuards() []guard {
	return []guard{
		{rule: "pay", name: "payments add up to the bill", file: "internal/orders/settlement.go", tests: []string{"./internal/orders/orderstest"},
			from: "if !paid.Equal(s.Order.Sum.Decimal) {",
			to:   "if false {"},
		{rule: "pay", name: "points that move stand against closing", file: "internal/journal/settle.go", tests: []string{journalTests},
			from: "if err == nil && !s.Fits(ops) {",
			to:   "if err == nil && !s.Fits(ops) && false {"},
		{rule: "pay", name: "points that have moved are counted", file: "internal/orders/settlement.go",
			tests: []string{ordersTests, "./internal/orders/orderstest"},
			from:  "return len(counted) == len(parts) && !slices.ContainsFunc(ops, HoldsBill)",
			to:    "return !slices.ContainsFunc(ops, HoldsBill)"},
		{rule: "pay", name: "nothing is redeemed on a closed order", file: "internal/journal/write.go", tests: []string{journalTests},
			from: "if err == nil && there.reason.Refusal() != nil {",
			to:   "if err == nil && there.reason.Refusal() != nil && false {"},
		{rule: "pay", name: "a closed order is not settled again", file: "internal/journal/settle.go", tests: []string{journalTests},
			from: "if there.state == orders.StateClosed {",
			to:   "if false {"},
		{rule: "pay", name: "an order that is over stays, in memory", file: "internal/orders/orderstest/memory.go",
			tests: []string{"./internal/orders/orderstest"},
			from:  "if refusal := s.orders[order.ID].Reason.Refusal(); refusal != nil {",
			to:    "if refusal := s.orders[order.ID].Reason.Refusal(); false {"},
		{rule: "pay", name: "an order that is over stays, in the journal", file: "internal/journal/orders.go", tests: []string{journalTests},
			from: "err = there.reason.Refusal()",
			to:   "err = nil"},
		{rule: "pay", name: "an order that is over stays, in the database", file: "internal/journal/migrations/0004_bills.sql",
			tests: []string{journalTests},
			from:  "    WHEN OLD.reason = 'paid' OR OLD.reason = 'void'\n",
			to:    "    WHEN OLD.reason = 'paid'\n"},
		{rule: "pay", name: "only a settlement pays", file: "internal/journal/orders.go", tests: []string{journalTests},
			from: "if order.Reason == orders.ReasonPaid {",
			to:   "if false {"},
		{rule: "pay", name: "a payment is of the open shift", file: "internal/journal/settle.go", tests: []string{journalTests},
			from: "\t\tif !open {",
			to:   "\t\tif false {"},
		{rule: "pay", name: "what was not written closes nothing", file: "internal/expirenza/pay.go", tests: []string{expirenzaTests},
			from: "if verdict.Obstacle == orders.ObstacleNone { // what was not written closes nothing",
			to:   "if false {"},
		{rule: "pay", name: "one letter of a bill at a time", file: "internal/expirenza/deliver.go", tests: []string{expirenzaTests},
			from: "\tif c.bills[bill] {\n\t\treturn false\n\t}\n",
			to:   ""},
		{rule: "pay", name: "a stale FAIL is dropped", file: "internal/expirenza/deliver.go", tests: []string{expirenzaTests},
			from: "age > letterLimit || !letter.Accepts && age.Abs() > freshLimit {",
			to:   "age > letterLimit {"},
		{rule: "pay", name: "a SUCCESS is not stale", file: "internal/expirenza/deliver.go", tests: []string{expirenzaTests},
			from: "age > letterLimit || !letter.Accepts && age.Abs() > freshLimit {",
			to:   "age > letterLimit || age > freshLimit {"},
	}
}
