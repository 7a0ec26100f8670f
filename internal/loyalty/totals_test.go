package loyalty_test

import (
	"fmt"
	"testing"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// I12: totals are what was confirmed, applied and settled as applied; what was inferred is shown apart.
func TestSumMoved(t *testing.T) {
	moved, inferred := loyalty.SumMoved([]loyalty.Total{
		{Kind: loyalty.Accrual, State: loyalty.StateConfirmed, Count: 1, Points: dec("10")},
		{Kind: loyalty.Accrual, State: loyalty.StateApplied, Link: loyalty.LinkRemainder, Count: 1, Points: dec("5")},
		{Kind: loyalty.Accrual, State: loyalty.StateSettled, Reason: loyalty.ReasonDecidedYes, Count: 1, Points: dec("1")},
		{Kind: loyalty.Accrual, State: loyalty.StateSettled, Reason: loyalty.ReasonDecidedNo, Count: 1, Points: dec("100")},
		{Kind: loyalty.Accrual, State: loyalty.StateConfirmed, Link: loyalty.LinkReversal, Count: 1, Points: dec("7")},
		{Kind: loyalty.Redemption, State: loyalty.StateApplied, Count: 1, Points: dec("30")},
		{Kind: loyalty.Redemption, State: loyalty.StateConfirmed, Link: loyalty.LinkRepeat, Count: 1, Points: dec("3")},
		{Kind: loyalty.Redemption, State: loyalty.StateApplied, Link: loyalty.LinkReversal, Count: 1, Points: dec("2")},
		{Kind: loyalty.Redemption, State: loyalty.StateUnknown, Count: 1, Points: dec("1000")},
		{Kind: loyalty.Accrual, State: loyalty.StateQueued, Count: 1, Points: dec("1000")},
	})
	if got, want := fmt.Sprint(moved), "{{3 16} {2 33} {1 7} {1 2}}"; got != want {
		t.Errorf("moved %s, want %s", got, want)
	}
	if moved.Count() != 7 {
		t.Errorf("%d operations have moved points, want 7", moved.Count())
	}
	if got, want := fmt.Sprint(inferred), "{{1 5} {1 30} {0 0} {1 2}}"; got != want {
		t.Errorf("inferred %s, want %s", got, want)
	}
}
