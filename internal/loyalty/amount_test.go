package loyalty_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

func TestParseAmount(t *testing.T) {
	million := decimal.NewFromInt(1_000_000)
	tests := []struct {
		text    string
		places  int
		want    string
		problem loyalty.AmountProblem
	}{
		{"1250", 2, "1250", 0},
		{"1250,5", 2, "1250.5", 0},
		{"1250.50", 2, "1250.5", 0},
		{"0,01", 2, "0.01", 0},
		{",5", 2, "0.5", 0},
		{"5,", 2, "5", 0},
		{"1 250", 2, "1250", 0},
		{"1\u00a0250,00", 2, "1250", 0},
		{" 7 ", 2, "7", 0},
		{"12ю50", 2, "12.5", 0},
		{"12Б50", 2, "12.5", 0},
		{"000012", 2, "12", 0},
		{"1000000", 2, "1000000", 0},
		{"125", 0, "125", 0},
		{"125,00", 0, "125", 0},
		{"", 2, "", loyalty.AmountEmpty},
		{"  ", 2, "", loyalty.AmountEmpty},
		{",", 2, "", loyalty.AmountNotNumber},
		{"-", 2, "", loyalty.AmountNotNumber},
		{"1,2,3", 2, "", loyalty.AmountNotNumber},
		{"1250 руб", 2, "", loyalty.AmountNotNumber},
		{"1e5", 2, "", loyalty.AmountNotNumber},
		{"٣", 2, "", loyalty.AmountNotNumber},
		{"5-5", 2, "", loyalty.AmountNotNumber},
		{strings.Repeat("9", 65), 2, "", loyalty.AmountNotNumber},
		{"0", 2, "", loyalty.AmountNotPositive},
		{"0,00", 2, "", loyalty.AmountNotPositive},
		{"-5", 2, "", loyalty.AmountNotPositive},
		{"\u22125", 2, "", loyalty.AmountNotPositive},
		{"1,005", 2, "", loyalty.AmountTooFine},
		{"12,5", 0, "", loyalty.AmountTooFine},
		{"1000000,01", 2, "", loyalty.AmountTooLarge},
		{strings.Repeat("9", 40), 2, "", loyalty.AmountTooLarge},
	}
	for _, tt := range tests {
		got, err := loyalty.ParseAmount(tt.text, tt.places, million)
		var refused *loyalty.AmountError
		switch {
		case tt.problem == 0 && err != nil:
			t.Errorf("%q: %v", tt.text, err)
		case tt.problem == 0 && !got.Equal(dec(tt.want)):
			t.Errorf("%q = %s, want %s", tt.text, got, tt.want)
		case tt.problem != 0 && (!errors.As(err, &refused) || refused.Problem != tt.problem):
			t.Errorf("%q: error %v, want problem %d", tt.text, err, tt.problem)
		case tt.problem != 0 && refused.Error() == "":
			t.Errorf("%q: the error says nothing", tt.text)
		}
	}
}

func FuzzAmount(f *testing.F) {
	for _, seed := range []string{"1250", "1 250,50", "-5", "0,001", "1e9", "ю", ",", "999999999999999999999"} {
		f.Add(seed, 2)
	}
	max := decimal.NewFromInt(1_000_000)
	f.Fuzz(func(t *testing.T, text string, places int) {
		if places < 0 || places > 4 {
			return
		}
		value, err := loyalty.ParseAmount(text, places, max)
		if err != nil {
			var refused *loyalty.AmountError
			if !errors.As(err, &refused) {
				t.Fatalf("%q: %T", text, err)
			}
			return
		}
		if !value.IsPositive() || value.GreaterThan(max) || !value.Equal(value.Truncate(int32(places))) {
			t.Fatalf("%q = %s", text, value)
		}
		again, err := loyalty.ParseAmount(strings.Replace(value.String(), ".", ",", 1), places, max)
		if err != nil || !again.Equal(value) {
			t.Fatalf("%q = %s, but read again %s, %v", text, value, again, err)
		}
	})
}
