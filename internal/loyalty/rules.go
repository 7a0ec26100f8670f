package loyalty

import (
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// RuleSettings are the shop's own rules; a percent that is not set is the service's.
type RuleSettings struct {
	AccruePercent decimal.NullDecimal // 0 to 100
	RedeemPercent decimal.NullDecimal // 0 to 100
	Step          decimal.Decimal     // smallest unit of points, a whole number of at least 1
	MinMoney      decimal.Decimal     // the guest pays at least this much of a receipt in money
	MaxSum        decimal.Decimal     // the largest receipt that the till takes
}

// Rules are the rules of points in force for one guest. One point pays one unit of the currency (an assumption: the
// service does not say; DESIGN.md, "Rules of points").
type Rules struct {
	AccruePercent decimal.NullDecimal // of the money part; not valid: unknown, nothing can be accrued
	RedeemPercent decimal.NullDecimal // of the sum; not valid: unknown, nothing can be redeemed
	Step          decimal.Decimal
	MinMoney      decimal.Decimal
	MaxSum        decimal.Decimal
}

// For gives the rules for a guest whose account the service has just shown.
func (s RuleSettings) For(account skidkabot.Account) Rules {
	rules := Rules{
		AccruePercent: percent(account.AccruePercent, account.HasAccruePercent),
		RedeemPercent: percent(account.RedeemPercent, account.HasRedeemPercent),
		Step:          s.Step,
		MinMoney:      s.MinMoney,
		MaxSum:        s.MaxSum,
	}
	if s.AccruePercent.Valid {
		rules.AccruePercent = s.AccruePercent
	}
	if s.RedeemPercent.Valid {
		rules.RedeemPercent = s.RedeemPercent
	}
	if !rules.Step.IsPositive() {
		rules.Step = decimal.NewFromInt(1)
	}
	return rules
}

var hundred = decimal.NewFromInt(100)

// percent takes what the service said only when it can be a percent: a slip in the shop's account must not give away a
// hundred times the receipt.
func percent(value decimal.Decimal, named bool) decimal.NullDecimal {
	return decimal.NullDecimal{Decimal: value, Valid: named && !value.IsNegative() && !value.GreaterThan(hundred)}
}

// Accrual is how many points the money part of a receipt earns: ⌊money × percent / 100⌋ to the step; never negative.
func (r Rules) Accrual(money decimal.Decimal) decimal.Decimal {
	if !r.AccruePercent.Valid || !money.IsPositive() {
		return decimal.Zero
	}
	return r.floor(money.Mul(r.AccruePercent.Decimal).Shift(-2))
}

// RedeemLimit is the most points that may be redeemed on a receipt:
// min(balance, ⌊sum × percent / 100⌋, sum − minimum money part) to the step; never negative.
func (r Rules) RedeemLimit(balance, sum decimal.Decimal) decimal.Decimal {
	if !r.RedeemPercent.Valid || !sum.IsPositive() || !balance.IsPositive() {
		return decimal.Zero
	}
	limit := decimal.Min(balance, sum.Mul(r.RedeemPercent.Decimal).Shift(-2), sum.Sub(r.MinMoney))
	return r.floor(limit)
}

// floor lowers points to a multiple of the step, and what is below zero to zero.
func (r Rules) floor(points decimal.Decimal) decimal.Decimal {
	if !points.IsPositive() {
		return decimal.Zero
	}
	steps, _ := points.QuoRem(r.Step, 0) // exact, where Div would round at 16 digits
	return steps.Mul(r.Step)
}

// Quote is what a receipt means for a guest: everything that the guest screen previews.
type Quote struct {
	Sum        decimal.Decimal // the receipt
	Accrue     decimal.Decimal // points earned when all of it is paid in money
	Limit      decimal.Decimal // the most points that may be redeemed
	Redeem     decimal.Decimal // points that will be redeemed: the wanted ones, lowered to the limit and the step
	Lowered    bool            // Redeem is less than was wanted
	Money      decimal.Decimal // what remains to be paid in money
	Remainder  decimal.Decimal // points earned on Money
	NewBalance decimal.Decimal // the balance after Redeem and Remainder
}

// Quote counts what a receipt means for a guest with this balance. Without a wanted number of points the limit is redeemed.
func (r Rules) Quote(balance, sum decimal.Decimal, wanted decimal.NullDecimal) Quote {
	q := Quote{Sum: sum, Accrue: r.Accrual(sum), Limit: r.RedeemLimit(balance, sum)}
	q.Redeem = q.Limit
	if wanted.Valid {
		q.Redeem = decimal.Min(r.floor(wanted.Decimal), q.Limit)
		q.Lowered = q.Redeem.LessThan(wanted.Decimal)
	}
	q.Money = sum.Sub(q.Redeem)
	q.Remainder = r.Accrual(q.Money)
	q.NewBalance = balance.Sub(q.Redeem).Add(q.Remainder)
	return q
}
