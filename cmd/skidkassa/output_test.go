package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

func TestTable(t *testing.T) {
	table := table{head: []string{"A", "POINTS", "NAME"}, numeric: map[int]bool{1: true}}
	table.add("long", "5", "Ольга")
	table.add("я", "12345678", "")
	want := `A       POINTS  NAME
long         5  Ольга
я     12345678
`
	if got := table.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// What stands in a journal that somebody else wrote must not act on the terminal.
func TestEscapeSequencesDoNotReachTheTerminal(t *testing.T) {
	evil := "Иван\x1b[2J\x1b]0;x\x07\u202e"
	table := table{head: []string{"NAME"}}
	table.add(evil)
	details := english().detailsOf(loyalty.Operation{ID: loyalty.NewID(), Name: evil, Cashier: evil, Code: 9, Text: evil, Reason: loyalty.Reason(evil)})
	for _, printed := range []string{table.String(), details} {
		if strings.ContainsAny(printed, "\x1b\x07\u202e") {
			t.Errorf("printed %q", printed)
		}
		if !strings.Contains(printed, "Иван") {
			t.Errorf("the name is lost: %q", printed)
		}
	}
}

func TestEntry(t *testing.T) {
	at := time.Date(2025, 11, 21, 22, 42, 0, 0, time.FixedZone("MSK", 3*60*60))
	parent := uuid.MustParse("019a9f6e-7e0a-7000-8000-000000000000")
	encoded, err := json.Marshal(entryOf(loyalty.Operation{
		ID:          parent,
		Kind:        loyalty.Accrual,
		State:       loyalty.StateConfirmed,
		Client:      9007199254740993, // one that a float does not hold
		Secret:      31766,
		Points:      decimal.RequireFromString("12345678901234567890"),
		Sum:         decimal.RequireFromString("0.10"),
		Parent:      parent,
		Link:        loyalty.LinkRemainder,
		PlannedAt:   at,
		Baseline:    decimal.NewFromInt(-5),
		BaselineAt:  at,
		BalanceRead: true,
		Code:        skidkabot.CodeExpiredQR,
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"client":9007199254740993`, `"points":12345678901234567890`, `"sum":0.1`, `"planned_at":"2025-11-21T19:42:00Z"`,
		`"parent":"019a9f6e-7e0a-7000-8000-000000000000"`, `"link":"remainder"`, `"baseline":-5`, `"balance":0`, `"code":9`,
	} {
		if !strings.Contains(string(encoded), want) {
			t.Errorf("no %s in %s", want, encoded)
		}
	}
	for _, not := range []string{"31766", "secret", "sent_at", "deadline", "events"} {
		if strings.Contains(string(encoded), not) {
			t.Errorf("%s in %s", not, encoded)
		}
	}
}

func TestDetails(t *testing.T) {
	parent := uuid.MustParse("019a9f6e-7e0a-7000-8000-000000000000")
	got := english().detailsOf(loyalty.Operation{
		ID: parent, Kind: loyalty.Accrual, State: loyalty.StateVoided, Reason: loyalty.ReasonParentFailed, Client: 17,
		Points: decimal.NewFromInt(22), Sum: decimal.NewFromInt(1250), Money: decimal.NewFromInt(1125),
		Percent: decimal.NewFromInt(2), Parent: parent, Link: loyalty.LinkRemainder, Register: 1,
	})
	want := `id        019a9f6e-7e0a-7000-8000-000000000000
kind      accrual
state     voided (parent_failed)
customer  17
points    22
sum       1,250.00, in money 1,125.00, percent 2
parent    019a9f6e-7e0a-7000-8000-000000000000 (remainder)
register  1
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
