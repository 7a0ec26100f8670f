package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// reconciled is a customer's balance as the service has it, beside what the
// journal expects.
type reconciled struct {
	Client     int64        `json:"client"`
	Name       string       `json:"name"`
	Expected   json.Number  `json:"expected"`
	Balance    *json.Number `json:"balance,omitempty"` // left out when it could not be read
	Difference *json.Number `json:"difference,omitempty"`
	Trouble    string       `json:"trouble,omitempty"` // why it could not be read
	Open       []uuid.UUID  `json:"open,omitempty"`    // operations that may still move it
}

// errDiffers says that the service and the journal do not agree.
var errDiffers = errors.New("the balances differ")

func journalReconcileCommand(p *program, f *flags) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "reconcile",
		Short: string(texts.CLIHelpJournalReconcile),
		Long:  string(texts.CLILongJournalReconcile),
		Args:  exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			return p.reconcile(command.Context(), f, asJSON)
		},
	}
	jsonFlag(command, &asJSON)
	return command
}

// reconcile reads each balance that can be read, and moves nothing.
func (p *program) reconcile(ctx context.Context, f *flags, asJSON bool) error {
	found, err := p.loadShop(f)
	if err != nil {
		return err
	}
	var expected []expectation
	err = p.withJournal(ctx, f, func(j *journal.Journal) error {
		// A QR lives 24 hours: what was scanned earlier cannot be asked about.
		expected, err = expect(ctx, j, loyalty.Filter{Since: p.now().Add(-2 * loyalty.QRLifetime)})
		return err
	})
	if err != nil {
		return err
	}
	client, err := p.newClient(ctx, found, p.keyring(false))
	if err != nil {
		return err
	}
	defer client.Close()
	lines := make([]reconciled, 0, len(expected))
	ill := false
	for _, e := range expected {
		line := e.compare(ctx, client)
		ill = ill || line.Trouble != "" || line.Difference != nil || len(line.Open) > 0
		lines = append(lines, line)
	}
	if err := p.printReconciled(lines, asJSON); err != nil {
		return err
	}
	if ill {
		return errDiffers
	}
	return nil
}

// expectation is what the journal knows of one customer's balance.
type expectation struct {
	card    skidkabot.Card // the newest that is not wiped
	name    string
	balance decimal.Decimal // the last one that the service named, with what moved after it
	known   bool
	open    []uuid.UUID
}

// expect goes through the operations in the order in which they were planned.
// The customers without a QR that still has its secret are left out.
func expect(ctx context.Context, j *journal.Journal, filter loyalty.Filter) ([]expectation, error) {
	byClient := make(map[int64]*expectation)
	err := j.Each(ctx, filter, func(o loyalty.Operation) error {
		e := byClient[o.Client]
		if e == nil {
			e = new(expectation)
			byClient[o.Client] = e
		}
		e.add(o)
		return nil
	})
	var all []expectation
	for _, e := range byClient {
		if e.card.Secret != 0 && e.known {
			all = append(all, *e)
		}
	}
	slices.SortFunc(all, func(a, b expectation) int { return int(a.card.Client - b.card.Client) })
	return all, err
}

func (e *expectation) add(o loyalty.Operation) {
	if o.Secret != 0 {
		e.card = o.Card()
	}
	if o.Name != "" {
		e.name = o.Name
	}
	if !o.State.Final() {
		e.open = append(e.open, o.ID)
	}
	if o.State == loyalty.StateConfirmed && o.BalanceRead {
		e.balance, e.known = o.Balance, true
		return
	}
	if !e.known && !o.BaselineAt.IsZero() {
		e.balance, e.known = o.Baseline, true
	}
	if o.Happened() {
		e.balance = e.balance.Add(o.Kind.Signed(o.Points))
	}
}

// compare asks the service for the balance.
func (e expectation) compare(ctx context.Context, client *skidkabot.Client) reconciled {
	line := reconciled{Client: e.card.Client, Name: e.name, Expected: number(e.balance), Open: e.open}
	account, err := client.Balance(ctx, e.card)
	if err != nil {
		line.Trouble = err.Error()
		return line
	}
	line.Balance = optionalNumber(account.Balance, true)
	difference := account.Balance.Sub(e.balance)
	line.Difference = optionalNumber(difference, !difference.IsZero())
	return line
}

// reconcileColumns are the heads of the comparison.
var reconcileColumns = []texts.ID{
	texts.CLIColCustomer, texts.CLIColExpected, texts.CLIColBalance, texts.CLIColDifference, texts.CLIColOpen, texts.CLIColName,
}

func (p *program) printReconciled(lines []reconciled, asJSON bool) error {
	if asJSON {
		for _, line := range lines {
			if err := p.printJSON(line); err != nil {
				return err
			}
		}
		return nil
	}
	if len(lines) == 0 {
		return p.tell(texts.CLINothingToReconcile)
	}
	t := table{head: p.heads(reconcileColumns), numeric: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	for _, line := range lines {
		balance, difference := p.say(texts.CLIUnknown), ""
		if line.Balance != nil {
			balance = p.words().number(*line.Balance)
		}
		if line.Difference != nil {
			difference = p.words().number(*line.Difference)
		}
		t.add(strconv.FormatInt(line.Client, 10), p.words().number(line.Expected), balance, difference,
			strconv.Itoa(len(line.Open)), joined(line.Name, line.Trouble))
	}
	return p.print("%s", t.String())
}
