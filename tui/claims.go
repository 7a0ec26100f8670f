package tui

import (
	"bytes"
	"context"
	"slices"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// claims is what the screen knows of money that guests have paid by QR and that has closed no bill yet. What stands in the
// way is said with what a person does about it.
type claims struct {
	*env
	open   []orders.Claim             // the oldest first
	bills  map[uuid.UUID]orders.Order // of these claims; Version 0: the till does not know the order
	mended map[uuid.UUID]bool         // claims of which the obstacle has gone since they were last asked for
	over   map[uuid.UUID]int64        // the versions of claims that are not open any more; at most overMax
	told   map[uuid.UUID]bool         // claims of which the cashier has been told that the guest paid twice
}

func newClaims(e *env) *claims {
	return &claims{
		env: e, bills: make(map[uuid.UUID]orders.Order), mended: make(map[uuid.UUID]bool), over: make(map[uuid.UUID]int64),
		told: make(map[uuid.UUID]bool),
	}
}

// overMax bounds the claims that are remembered as over; a till has fewer on a day.
const overMax = 2000

// claimsMsg is what the book has of open claims, with their orders.
type claimsMsg struct {
	open  []orders.Claim
	bills map[uuid.UUID]orders.Order
	err   error
}

// claimMsg is a claim that has changed, with its order.
type claimMsg struct {
	claim orders.Claim
	order orders.Order // Version 0: the till does not know it
	err   error
}

// claimsNamed is of how many claims the orders are read at start; the others are named when something happens to them.
const claimsNamed = 50

// readClaims reads what is open already when the screen opens.
func (m *Model) readClaims() tea.Cmd {
	if !m.hasTill() {
		return nil
	}
	till := m.options.Till
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		msg := claimsMsg{bills: make(map[uuid.UUID]orders.Order)}
		msg.open, msg.err = till.Blocked(ctx)
		for _, claim := range msg.open[:min(len(msg.open), claimsNamed)] {
			if order, err := till.Find(ctx, claim.Bill); err == nil {
				msg.bills[claim.Bill] = order
			}
		}
		return msg
	}
}

// nameClaim finds the order of a claim that has changed.
func (m *Model) nameClaim(claim orders.Claim) tea.Cmd {
	if !m.hasTill() {
		return nil
	}
	till := m.options.Till
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), journalLimit)
		defer cancel()
		order, err := till.Find(ctx, claim.Bill)
		return claimMsg{claim, order, err}
	}
}

// take shows what was open at start, unless there is newer news of it. That somebody paid twice stands in the banner then
// and is no news: a request that comes again must not look like fresh money.
func (c *claims) take(msg claimsMsg) {
	for bill, order := range msg.bills {
		c.follow(order)
		if _, known := c.bills[bill]; !known {
			c.bills[bill] = order
		}
	}
	for _, claim := range msg.open {
		c.put(claim)
		if c.isDouble(claim) {
			c.told[claim.ID] = true
		}
	}
}

// put writes down how a claim stands. News may overtake each other, so what is older than what is known is dropped. One
// that was over and is open again, or is asked for although it was given back, is shown as any other: the guest may have paid anew.
func (c *claims) put(claim orders.Claim) {
	if c.over[claim.ID] > claim.Version {
		return
	}
	if i := c.index(claim.ID); i >= 0 {
		if c.open[i].Version > claim.Version {
			return
		}
		c.open = slices.Delete(c.open, i, i+1)
	}
	delete(c.mended, claim.ID)
	delete(c.over, claim.ID)
	if claim.State != orders.ClaimOpen && !claim.AskedAgain() {
		if len(c.over) >= overMax {
			clear(c.over)
		}
		c.over[claim.ID] = claim.Version
		delete(c.told, claim.ID)
		if len(c.of(claim.Bill)) == 0 {
			delete(c.bills, claim.Bill)
		}
		return
	}
	at, _ := slices.BinarySearchFunc(c.open, claim, byFirst)
	c.open = slices.Insert(c.open, at, claim)
}

// byFirst puts the oldest claim first, as [orders.TillStore] does.
func byFirst(x, y orders.Claim) int {
	if c := x.FirstAt.Compare(y.FirstAt); c != 0 {
		return c
	}
	return bytes.Compare(x.ID[:], y.ID[:])
}

func (c *claims) index(id uuid.UUID) int {
	return slices.IndexFunc(c.open, func(claim orders.Claim) bool { return claim.ID == id })
}

// asOf is what is known of a claim now, for words that are to stay true to it when more becomes known.
func (c *claims) asOf(claim orders.Claim) *claims {
	now := newClaims(c.env)
	if order, known := c.bills[claim.Bill]; known {
		now.bills[claim.Bill] = order
	}
	now.mended[claim.ID] = c.mended[claim.ID]
	return now
}

// of lists the open claims on an order.
func (c *claims) of(bill uuid.UUID) []orders.Claim {
	var its []orders.Claim
	for _, claim := range c.open {
		if claim.Bill == bill {
			its = append(its, claim)
		}
	}
	return its
}

// follow takes over how an order stands now. Whatever was changed about it, its claims are worth another request.
func (c *claims) follow(order orders.Order) {
	known, there := c.bills[order.ID]
	if !there || order.Version <= known.Version {
		return
	}
	order.Dishes = nil // nobody sees them here
	c.bills[order.ID] = order
	c.mend(func(claim orders.Claim) bool {
		return claim.Bill == order.ID && claim.Obstacle != orders.ObstacleShift && claim.Obstacle != orders.ObstaclePrinter
	})
}

// mend says that what stood in the way of these claims has gone: they close their bills when they are asked for again.
func (c *claims) mend(gone func(orders.Claim) bool) {
	for _, claim := range c.open {
		if !claim.AskedAgain() && gone(claim) {
			c.mended[claim.ID] = true
		}
	}
}

func (c *claims) shiftOpened() {
	c.mend(func(claim orders.Claim) bool { return claim.Obstacle == orders.ObstacleShift })
}

func (c *claims) printerChanged(state notice.State) {
	if state.Level < notice.Trouble {
		c.mend(func(claim orders.Claim) bool { return claim.Obstacle == orders.ObstaclePrinter })
	}
}

// isDouble reports whether other money has closed the order of a claim: the guest has paid twice, and has it not back.
func (c *claims) isDouble(claim orders.Claim) bool { return c.isPaid(claim) && !claim.AskedAgain() }

// isPaid reports whether other money has closed the order of a claim.
func (c *claims) isPaid(claim orders.Claim) bool {
	return c.bills[claim.Bill].Reason == orders.ReasonPaid
}

// isPayable reports whether the order of a claim can be closed with its money.
func (c *claims) isPayable(claim orders.Claim) bool {
	order := c.bills[claim.Bill]
	return order.Source == orders.SourceTill && order.State == orders.StateOpen
}

// said says what has come and what it has not done.
func (c *claims) said(claim orders.Claim) string {
	id := texts.CardClaim
	if c.isPaid(claim) {
		id = texts.CardClaimDouble
	}
	return c.Say(id, texts.Args{"Money": c.money(claim.Sum), "Why": c.why(claim)})
}

// name is the order of a claim as people know it.
func (c *claims) name(claim orders.Claim) string {
	order := c.bills[claim.Bill]
	if order.Version == 0 {
		return c.Say(texts.ClaimUnknownBill, texts.Args{"Bill": claim.Bill.String()[:billShown]})
	}
	return c.shortOrder(order)
}

// billShown is how much of an unknown bill's id is shown: enough to find it in the other system.
const billShown = 8

// obstacleWords say in a few words why a bill is not closed; remedyWords, what a person does about it.
var (
	obstacleWords = map[orders.Obstacle]texts.ID{
		orders.ObstacleSum:     texts.ObstacleSum,
		orders.ObstacleShift:   texts.ObstacleShift,
		orders.ObstaclePrinter: texts.ObstaclePrinter,
		orders.ObstacleTicket:  texts.ObstacleTicket,
		orders.ObstacleInUse:   texts.ObstacleInUse,
		orders.ObstacleNever:   texts.ObstacleNever,
	}
	remedyWords = map[orders.Obstacle]texts.ID{
		orders.ObstacleSum:     texts.RemedySum,
		orders.ObstacleShift:   texts.RemedyShift,
		orders.ObstaclePrinter: texts.RemedyPrinter,
		orders.ObstacleTicket:  texts.RemedyTicket,
		orders.ObstacleInUse:   texts.RemedyInUse,
		orders.ObstacleNever:   texts.RemedyNever,
	}
)

func (c *claims) why(claim orders.Claim) string {
	switch {
	case claim.AskedAgain():
		return c.Say(texts.ObstacleBack)
	case c.isDouble(claim):
		return c.Say(texts.ObstacleDouble)
	case c.mended[claim.ID]:
		return c.Say(texts.ObstacleGone)
	}
	return c.Say(obstacleWords[claim.Obstacle])
}

func (c *claims) remedy(claim orders.Claim) string {
	switch {
	case claim.AskedAgain() && c.isPaid(claim):
		return c.Say(texts.RemedyBackPaid, texts.Args{"Money": c.withTips(claim)})
	case claim.AskedAgain():
		return c.Say(texts.RemedyBack)
	case c.isDouble(claim):
		return c.Say(texts.RemedyDouble, texts.Args{"Money": c.withTips(claim)})
	case c.mended[claim.ID]:
		return c.Say(texts.RemedyWait)
	case claim.Obstacle == orders.ObstacleSum:
		return c.Say(texts.RemedySum, texts.Args{"Money": c.money(claim.Sum)})
	}
	return c.Say(remedyWords[claim.Obstacle])
}

// how is the remedy for somebody who is at the payment already.
func (c *claims) how(claim orders.Claim) string {
	switch {
	case c.isDouble(claim):
		return c.Say(texts.ClaimHowDouble, texts.Args{"Money": c.withTips(claim)})
	case claim.Obstacle == orders.ObstacleNever && !claim.AskedAgain():
		return c.Say(texts.ClaimHowNever)
	}
	return c.remedy(claim)
}

// atOrder is the remedy for somebody who is at the order.
func (c *claims) atOrder(claim orders.Claim) string {
	if claim.Obstacle == orders.ObstacleTicket && claim.State == orders.ClaimOpen && !c.mended[claim.ID] && !c.isDouble(claim) {
		return c.Say(texts.RemedyTicketHere)
	}
	return c.remedy(claim)
}

// withTips is all that the guest has paid: the sum and, on top of it, what the waiter was to get. All of it goes back.
func (e *env) withTips(claim orders.Claim) string { return e.sumWithTips(claim.Sum, claim.Tips) }

func (e *env) sumWithTips(sum, tips decimal.Decimal) string {
	if !tips.IsPositive() {
		return e.money(sum)
	}
	return e.Say(texts.MoneyWithTips, texts.Args{"Money": e.money(sum.Add(tips)), "Tips": e.Money(tips, "")})
}

// sumOf adds up what guests have paid, and the tips on top of it.
func sumOf(claims []orders.Claim) (sum, tips decimal.Decimal) {
	for _, claim := range claims {
		sum, tips = sum.Add(claim.Sum), tips.Add(claim.Tips)
	}
	return sum, tips
}

// divided parts claims of guests who have paid twice from those of bills that wait for their money. What was given back, and
// is asked for again, is neither as far as anybody knows.
func (c *claims) divided(claims []orders.Claim) (doubles, blocked []orders.Claim) {
	for _, claim := range claims {
		switch {
		case claim.AskedAgain():
		case c.isDouble(claim):
			doubles = append(doubles, claim)
		default:
			blocked = append(blocked, claim)
		}
	}
	return doubles, blocked
}

// banner says of the oldest claim what is to be done, and how many more there are; empty: there is none. Who paid twice
// comes first: that guest is about to leave. The others are counted apart: something else is to be done about them. At is
// the order that the cashier is at. Of what was given back and is asked for again, only the lists and the card tell.
func (c *claims) banner(at uuid.UUID) string {
	doubles, blocked := c.divided(c.open)
	switch {
	case len(doubles)+len(blocked) == 0:
		return ""
	case len(doubles) == 0:
		return c.bannerOf(texts.BannerClaim, blocked[0], at) + c.count(texts.BannerClaimsMore, len(blocked)-1)
	}
	return c.bannerOf(texts.BannerDouble, doubles[0], at) + c.count(texts.BannerClaimsMore, len(doubles)-1) +
		c.count(texts.BannerClaimsToo, len(blocked))
}

func (c *claims) bannerOf(id texts.ID, claim orders.Claim, at uuid.UUID) string {
	remedy := c.remedy(claim)
	if claim.Bill == at {
		remedy = c.atOrder(claim)
	}
	return c.Say(id, texts.Args{"Order": c.name(claim), "Money": c.money(claim.Sum), "Why": c.why(claim), "Remedy": remedy})
}

// count is a sentence about how many there are, to be put behind others; nothing of none.
func (c *claims) count(id texts.ID, count int) string {
	if count <= 0 {
		return ""
	}
	return " " + c.Say(id, texts.Args{"Count": count})
}
