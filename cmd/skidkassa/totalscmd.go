package main

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// totalColumns are the heads of a day's lines.
var totalColumns = []texts.ID{texts.CLIColKind, texts.CLIColCount, texts.CLIColPoints, texts.CLIColState}

// total is a line of `journal totals --json`.
type total struct {
	Kind   loyalty.Kind   `json:"kind"`
	State  loyalty.State  `json:"state"`
	Link   loyalty.Link   `json:"link,omitempty"`
	Reason loyalty.Reason `json:"reason,omitempty"`
	Count  int64          `json:"count"`
	Points json.Number    `json:"points"`
}

// sums are the points that have moved: all of them, and of those what was
// inferred from balances.
type sums struct {
	Points   json.Number `json:"points"`
	Inferred json.Number `json:"inferred"`
}

// day is what `journal totals --json` gives.
type day struct {
	Accrued   sums    `json:"accrued"`
	Redeemed  sums    `json:"redeemed"`
	GivenBack sums    `json:"given_back"` // by reversals of redemptions
	TakenBack sums    `json:"taken_back"` // by reversals of accruals
	Lines     []total `json:"lines"`
}

func journalTotalsCommand(p *program, f *flags) *cobra.Command {
	var l listing
	var asJSON bool
	command := &cobra.Command{
		Use:     "totals",
		Short:   string(texts.CLIHelpJournalTotals),
		Long:    string(texts.CLILongJournalTotals),
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
	command.Flags().StringVar(&l.day, "day", "", string(texts.CLIFlagDay))
	jsonFlag(command, &asJSON)
	return command
}

func (p *program) totals(ctx context.Context, j *journal.Journal, filter loyalty.Filter, asJSON bool) error {
	found, err := j.Totals(ctx, filter)
	if err != nil {
		return err
	}
	moved, inferred := loyalty.SumMoved(found)
	both := func(moved, inferred loyalty.Sum) sums { return sums{number(moved.Points), number(inferred.Points)} }
	d := day{
		Accrued: both(moved.Accrued, inferred.Accrued), Redeemed: both(moved.Redeemed, inferred.Redeemed),
		GivenBack: both(moved.GivenBack, inferred.GivenBack), TakenBack: both(moved.TakenBack, inferred.TakenBack),
		Lines: []total{},
	}
	if asJSON {
		for _, t := range found {
			d.Lines = append(d.Lines, total{t.Kind, t.State, t.Link, t.Reason, t.Count, number(t.Points)})
		}
		return p.printJSON(d)
	}
	t := table{head: p.heads(totalColumns), numeric: map[int]bool{1: true, 2: true}}
	for _, one := range found {
		t.add(joined(string(one.Kind), string(one.Link)), strconv.FormatInt(one.Count, 10), p.words().Number(one.Points),
			joined(string(one.State), string(one.Reason)))
	}
	sum := details{}
	for _, line := range []struct {
		label texts.ID
		sums
	}{
		{texts.CLITotalAccrued, d.Accrued}, {texts.CLITotalRedeemed, d.Redeemed},
		{texts.CLITotalGivenBack, d.GivenBack}, {texts.CLITotalTakenBack, d.TakenBack},
	} {
		sum.add(p.say(line.label), p.say(texts.CLITotal, texts.Args{
			"Points": p.words().number(line.Points), "Inferred": p.words().number(line.Inferred),
		}))
	}
	return p.print("%s\n%s", t.String(), sum)
}
