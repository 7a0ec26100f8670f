package loyalty_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func rules(accrue, redeem, step, minMoney string) loyalty.Rules {
	return loyalty.Rules{
		AccruePercent: decimal.NewNullDecimal(dec(accrue)),
		RedeemPercent: decimal.NewNullDecimal(dec(redeem)),
		Step:          dec(step),
		MinMoney:      dec(minMoney),
		MaxSum:        dec("1000000"),
	}
}

func TestQuote(t *testing.T) {
	usual := rules("2", "10", "1", "0")
	tests := []struct {
		name          string
		rules         loyalty.Rules
		balance, sum  string
		wanted        string // empty: the limit
		accrue, limit string
		redeem, money string
		remainder     string
		newBalance    string
		lowered       bool
	}{
		{"the example of the vendor", usual, "2365", "1250", "", "25", "125", "125", "1125", "22", "2262", false},
		{"fewer points than may be", usual, "2365", "1250", "100", "25", "125", "100", "1150", "23", "2288", false},
		{"more points than may be", usual, "2365", "1250", "500", "25", "125", "125", "1125", "22", "2262", true},
		{"a fraction of a point is lowered", usual, "2365", "1250", "99.9", "25", "125", "99", "1151", "23", "2289", true},
		{"kopecks", usual, "2365", "1249.99", "", "24", "124", "124", "1125.99", "22", "2263", false},
		{"a poor guest", usual, "30.7", "1250", "", "25", "30", "30", "1220", "24", "24.7", false},
		{"a guest in debt", usual, "-5", "1250", "", "25", "0", "0", "1250", "25", "20", false},
		{"too small to earn", usual, "2365", "49.99", "", "0", "4", "4", "45.99", "0", "2361", false},
		{"nothing", usual, "2365", "0", "", "0", "0", "0", "0", "0", "2365", false},
		{"the whole sum in points", rules("2", "100", "1", "0"), "2365", "1250", "", "25", "1250", "1250", "0", "0", "1115", false},
		{"at least one unit in money", rules("2", "100", "1", "1"), "2365", "1250", "", "25", "1249", "1249", "1", "0", "1116", false},
		{"a minimum above the sum", rules("2", "100", "1", "2000"), "2365", "1250", "", "25", "0", "0", "1250", "25", "2390", false},
		{"steps of ten", rules("2.5", "33.3", "10", "0"), "2365", "1250", "", "30", "410", "410", "840", "20", "1975", false},
		{"a step that does not divide ten", rules("2", "10", "7", "0"), "2365", "1250", "", "21", "119", "119", "1131", "21", "2267", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var wanted decimal.NullDecimal
			if tt.wanted != "" {
				wanted = decimal.NewNullDecimal(dec(tt.wanted))
			}
			q := tt.rules.Quote(dec(tt.balance), dec(tt.sum), wanted)
			for _, field := range []struct {
				name, want string
				got        decimal.Decimal
			}{
				{"Sum", tt.sum, q.Sum}, {"Accrue", tt.accrue, q.Accrue}, {"Limit", tt.limit, q.Limit}, {"Redeem", tt.redeem, q.Redeem},
				{"Money", tt.money, q.Money}, {"Remainder", tt.remainder, q.Remainder}, {"NewBalance", tt.newBalance, q.NewBalance},
			} {
				if !field.got.Equal(dec(field.want)) {
					t.Errorf("%s = %s, want %s", field.name, field.got, field.want)
				}
			}
			if q.Lowered != tt.lowered {
				t.Errorf("Lowered = %v, want %v", q.Lowered, tt.lowered)
			}
		})
	}
}

// amounts draws sums of money with up to two decimals.
func amounts(max int64) *rapid.Generator[decimal.Decimal] {
	return rapid.Map(rapid.Int64Range(0, max*100), func(minor int64) decimal.Decimal { return decimal.New(minor, -2) })
}

func TestQuoteNeverGivesAwayMoreThanTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		percents := amounts(100)
		r := loyalty.Rules{
			AccruePercent: decimal.NewNullDecimal(percents.Draw(t, "accrue percent")),
			RedeemPercent: decimal.NewNullDecimal(percents.Draw(t, "redeem percent")),
			Step:          decimal.NewFromInt(rapid.Int64Range(1, 1000).Draw(t, "step")),
			MinMoney:      amounts(1000).Draw(t, "minimum money"),
		}
		balance := amounts(1_000_000).Draw(t, "balance").Sub(decimal.NewFromInt(1000))
		sum := amounts(1_000_000).Draw(t, "sum")
		wanted := decimal.NullDecimal{Decimal: amounts(1_000_000).Draw(t, "wanted"), Valid: rapid.Bool().Draw(t, "has wanted")}
		q := r.Quote(balance, sum, wanted)

		hundredfold := q.Redeem.Mul(decimal.NewFromInt(100))
		switch {
		case q.Redeem.IsNegative(), q.Accrue.IsNegative(), q.Remainder.IsNegative():
			t.Fatalf("negative points: %+v", q)
		case q.Redeem.IsPositive() && q.Redeem.GreaterThan(balance):
			t.Fatalf("redeems %s of a balance of %s", q.Redeem, balance)
		case hundredfold.GreaterThan(sum.Mul(r.RedeemPercent.Decimal)):
			t.Fatalf("redeems %s, above the percent", q.Redeem)
		case q.Redeem.IsPositive() && q.Money.LessThan(r.MinMoney):
			t.Fatalf("leaves %s in money, below the minimum %s", q.Money, r.MinMoney)
		case !q.Redeem.Mod(r.Step).IsZero(), !q.Remainder.Mod(r.Step).IsZero(), !q.Accrue.Mod(r.Step).IsZero():
			t.Fatalf("not a multiple of the step: %+v", q)
		case !q.Money.Add(q.Redeem).Equal(sum):
			t.Fatalf("%s in money and %s points do not make %s", q.Money, q.Redeem, sum)
		case q.Remainder.Mul(decimal.NewFromInt(100)).GreaterThan(q.Money.Mul(r.AccruePercent.Decimal)):
			t.Fatalf("accrues %s on %s, above the percent", q.Remainder, q.Money)
		case wanted.Valid && q.Lowered != q.Redeem.LessThan(wanted.Decimal):
			t.Fatalf("lowered %v, wanted %s, redeems %s", q.Lowered, wanted.Decimal, q.Redeem)
		}
	})
}

func TestTheShopsRulesComeBeforeTheServices(t *testing.T) {
	account := skidkabot.Account{AccruePercent: dec("2"), HasAccruePercent: true, RedeemPercent: dec("10"), HasRedeemPercent: true}
	silent := skidkabot.Account{}
	own := loyalty.RuleSettings{AccruePercent: decimal.NewNullDecimal(dec("5"))}

	if got := own.For(account); !got.AccruePercent.Decimal.Equal(dec("5")) || !got.RedeemPercent.Decimal.Equal(dec("10")) {
		t.Errorf("accrue %v, redeem %v", got.AccruePercent, got.RedeemPercent)
	}
	if got := own.For(silent); !got.AccruePercent.Valid || got.RedeemPercent.Valid {
		t.Errorf("with a silent service: accrue %v, redeem %v", got.AccruePercent, got.RedeemPercent)
	}
	absurd := skidkabot.Account{AccruePercent: dec("100000"), HasAccruePercent: true, RedeemPercent: dec("-1"), HasRedeemPercent: true}
	if got := (loyalty.RuleSettings{}).For(absurd); got.AccruePercent.Valid || got.RedeemPercent.Valid {
		t.Errorf("percents that cannot be: accrue %v, redeem %v", got.AccruePercent, got.RedeemPercent)
	}
	none := loyalty.RuleSettings{}.For(silent)
	if points := none.Accrual(dec("1000")); !points.IsZero() {
		t.Errorf("accrues %s by a percent that nobody knows", points)
	}
	if points := none.RedeemLimit(dec("1000"), dec("1000")); !points.IsZero() {
		t.Errorf("redeems %s by a percent that nobody knows", points)
	}
}
