package loyalty

import "github.com/shopspring/decimal"

// Sum is how many operations moved points, and how many points.
type Sum struct {
	Count  int64
	Points decimal.Decimal
}

// Moved is what has moved each way; what reversals moved stands apart from purchases.
type Moved struct {
	Accrued   Sum
	Redeemed  Sum
	GivenBack Sum // by reversals of redemptions
	TakenBack Sum // by reversals of accruals
}

// Count is how many operations that were, in all.
func (m Moved) Count() int64 {
	return m.Accrued.Count + m.Redeemed.Count + m.GivenBack.Count + m.TakenBack.Count
}

func (m *Moved) add(t Total) {
	sum := &m.Accrued
	switch {
	case t.Kind == Accrual && t.Link == LinkReversal:
		sum = &m.GivenBack
	case t.Kind == Redemption && t.Link == LinkReversal:
		sum = &m.TakenBack
	case t.Kind == Redemption:
		sum = &m.Redeemed
	}
	sum.Count, sum.Points = sum.Count+t.Count, sum.Points.Add(t.Points)
}

// SumMoved adds up what has happened (I12): proven, inferred from balances and decided by a person; and once more what was
// inferred, which is shown apart.
func SumMoved(totals []Total) (moved, inferred Moved) {
	for _, t := range totals {
		if !(Operation{State: t.State, Reason: t.Reason}).Happened() {
			continue
		}
		moved.add(t)
		if t.State == StateApplied {
			inferred.add(t)
		}
	}
	return moved, inferred
}
