package main

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// total is a line of `journal totals --json`.
type total struct {
	Kind   loyalty.Kind   `json:"kind"`
	State  loyalty.State  `json:"state"`
	Link   loyalty.Link   `json:"link,omitempty"`
	Reason loyalty.Reason `json:"reason,omitempty"`
	Count  int64          `json:"count"`
	Points json.Number    `json:"points"`
}

// sums are what has moved: proven or decided, and inferred from balances.
type sums struct {
	Proven   json.Number `json:"proven"`
	Inferred json.Number `json:"inferred"`
}

// day is what `journal totals --json` gives.
type day struct {
	Accrued  sums    `json:"accrued"`
	Redeemed sums    `json:"redeemed"`
	Lines    []total `json:"lines"`
}

func journalTotalsCommand(p *program, f *flags) *cobra.Command {
	var l listing
	var asJSON bool
	command := &cobra.Command{
		Use:     "totals",
		Short:   helpJournalTotals,
		Long:    helpJournalTotalsLong,
		Example: exampleJournalTotals,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			l.limit = loyalty.ListLimit
			filter, err := l.filter(time.Local)
			if err != nil {
				return err
			}
			return p.withJournal(command.Context(), f, func(j *journal.Journal) error {
				return p.totals(command.Context(), j, filter, asJSON)
			})
		},
	}
	command.Flags().StringVar(&l.day, "day", "", flagDay)
	jsonFlag(command, &asJSON)
	return command
}

func (p *program) totals(ctx context.Context, j *journal.Journal, filter loyalty.Filter, asJSON bool) error {
	found, err := j.Totals(ctx, filter)
	if err != nil {
		return err
	}
	accrued, redeemed := sumsOf(found, loyalty.Accrual), sumsOf(found, loyalty.Redemption)
	if asJSON {
		d := day{Accrued: accrued, Redeemed: redeemed, Lines: []total{}}
		for _, t := range found {
			d.Lines = append(d.Lines, total{t.Kind, t.State, t.Link, t.Reason, t.Count, number(t.Points)})
		}
		return p.printJSON(d)
	}
	t := table{head: totalColumns, numeric: map[int]bool{1: true, 2: true}}
	for _, one := range found {
		t.add(joined(string(one.Kind), string(one.Link)), strconv.FormatInt(one.Count, 10), one.Points.String(),
			joined(string(one.State), string(one.Reason)))
	}
	return p.print("%s\n"+sayTotals, t.String(), accrued.Proven, accrued.Inferred, redeemed.Proven, redeemed.Inferred)
}

// sumsOf adds up what has moved (I12). What was inferred from balances stands
// apart from what the service has said or a person has decided.
func sumsOf(totals []loyalty.Total, kind loyalty.Kind) sums {
	var proven, inferred decimal.Decimal
	for _, t := range totals {
		happened := loyalty.Operation{State: t.State, Reason: t.Reason}.Happened()
		switch {
		case t.Kind != kind || !happened:
		case t.State == loyalty.StateApplied:
			inferred = inferred.Add(t.Points)
		default:
			proven = proven.Add(t.Points)
		}
	}
	return sums{Proven: number(proven), Inferred: number(inferred)}
}
