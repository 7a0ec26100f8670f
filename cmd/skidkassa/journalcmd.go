package main

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
)

func journalCommand(p *program, f *flags) *cobra.Command {
	command := group(&cobra.Command{Use: "journal", Short: string(texts.CLIHelpJournal), Long: string(texts.CLILongJournal)})
	command.AddCommand(
		journalListCommand(p, f),
		journalShowCommand(p, f),
		journalTotalsCommand(p, f),
		journalShiftsCommand(p, f),
		journalExportCommand(p, f),
		journalReconcileCommand(p, f),
		journalBackupsCommand(p, f),
		journalRestoreCommand(p, f),
	)
	return command
}

// operationColumns are the heads of the list of operations.
var operationColumns = []texts.ID{
	texts.CLIColTime, texts.CLIColKind, texts.CLIColState, texts.CLIColPoints, texts.CLIColSum, texts.CLIColCustomer,
	texts.CLIColID, texts.CLIColName,
}

// listing is what `journal list` was asked for, as it was typed.
type listing struct {
	day    string
	states []string
	client int64
	limit  int
	json   bool
}

// defaultListed is a screenful.
const defaultListed = 20

func journalListCommand(p *program, f *flags) *cobra.Command {
	var l listing
	command := &cobra.Command{
		Use:     "list",
		Short:   string(texts.CLIHelpJournalList),
		Example: exampleJournalList,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			filter, err := l.filter(time.Local)
			if err != nil {
				return err
			}
			return p.withJournal(command.Context(), f, func(j *journal.Journal) error {
				return p.listJournal(command.Context(), j, filter, l.json)
			})
		},
	}
	command.Flags().IntVar(&l.limit, "limit", defaultListed, string(texts.CLIFlagLimit))
	jsonFlag(command, &l.json)
	l.register(command)
	return command
}

// register gives a command the flags that choose operations.
func (l *listing) register(command *cobra.Command) {
	own := command.Flags()
	own.StringVar(&l.day, "day", "", string(texts.CLIFlagDay))
	own.StringSliceVar(&l.states, "state", nil, string(texts.CLIFlagState))
	own.Int64Var(&l.client, "client", 0, string(texts.CLIFlagClient))
	completeWith(command, "state", stateNames())
}

func stateNames() []string {
	var names []string
	for _, state := range loyalty.States() {
		names = append(names, string(state))
	}
	return names
}

// filter checks what was asked for. A day runs from midnight to midnight in
// the given zone.
func (l listing) filter(zone *time.Location) (loyalty.Filter, error) {
	filter := loyalty.Filter{Client: l.client, Limit: l.limit}
	if l.limit < 1 || l.limit > loyalty.ListLimit {
		return filter, misuse(texts.CLIBadLimit, texts.Args{"Max": loyalty.ListLimit})
	}
	if l.client < 0 {
		return filter, misuse(texts.CLIBadClient)
	}
	for _, name := range l.states {
		state := loyalty.State(name)
		if !state.Valid() {
			return filter, misuse(texts.CLIBadState, texts.Args{"Names": strings.Join(stateNames(), ", ")})
		}
		filter.States = append(filter.States, state)
	}
	if l.day == "" {
		return filter, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, l.day, zone)
	if err != nil {
		return filter, misuse(texts.CLIBadDay)
	}
	filter.Since, filter.Until = day, day.AddDate(0, 0, 1)
	return filter, nil
}

// withJournal opens the journal to read it, which works while the till runs.
func (p *program) withJournal(ctx context.Context, f *flags, use func(*journal.Journal) error) (err error) {
	found, err := p.load(f)
	if err != nil {
		return err
	}
	j, err := journal.Open(ctx, journal.Options{
		Path: found.journal, Register: int(found.loaded.Settings.Shop.Register), ReadOnly: true, Now: p.now,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	return use(j)
}

func (p *program) listJournal(ctx context.Context, j *journal.Journal, filter loyalty.Filter, asJSON bool) error {
	operations, err := j.List(ctx, filter)
	if err != nil {
		return err
	}
	if asJSON {
		for _, operation := range operations {
			if err := p.printJSON(entryOf(operation)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(operations) == 0 {
		return p.tell(texts.CLINoOperations)
	}
	t := table{head: p.heads(operationColumns), numeric: map[int]bool{3: true, 4: true}}
	for _, o := range operations {
		t.add(o.PlannedAt.Local().Format(time.DateTime), string(o.Kind), string(o.State),
			p.words().Number(o.Points), p.words().Money(o.Sum, ""), strconv.FormatInt(o.Client, 10), o.ID.String(), o.Name)
	}
	return p.print("%s", t.String())
}

func journalShowCommand(p *program, f *flags) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "show ID",
		Short: string(texts.CLIHelpJournalShow),
		Args:  exactly("ID"),
		RunE: func(command *cobra.Command, args []string) error {
			id, err := uuid.Parse(args[0])
			if err != nil {
				return misuse(texts.CLIBadID)
			}
			return p.withJournal(command.Context(), f, func(j *journal.Journal) error {
				return p.showOperation(command.Context(), j, id, asJSON)
			})
		},
	}
	jsonFlag(command, &asJSON)
	return command
}

func (p *program) showOperation(ctx context.Context, j *journal.Journal, id uuid.UUID, asJSON bool) error {
	operation, err := j.Find(ctx, id)
	if err != nil {
		return err
	}
	events, err := j.Events(ctx, id)
	if err != nil {
		return err
	}
	e := entryOf(operation)
	for _, event := range events {
		e.Events = append(e.Events, stepOf(event))
	}
	if asJSON {
		return p.printJSON(e)
	}
	return p.print("%s\n%s", p.words().detailsOf(operation), p.historyOf(events))
}
