package main

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// shiftColumns are the heads of the list of cash shifts.
var shiftColumns = []texts.ID{
	texts.CLIColShift, texts.CLIColOpened, texts.CLIColClosed, texts.CLIColCash, texts.CLIColCard, texts.CLIColQR,
	texts.CLIColTips, texts.CLIColOrders, texts.CLIColBy,
}

// shift is a line of `journal shifts --json`.
type shift struct {
	Number   int64       `json:"number"`
	Register int         `json:"register"`
	OpenedAt time.Time   `json:"opened_at"`
	OpenedBy string      `json:"opened_by,omitempty"`
	ClosedAt *time.Time  `json:"closed_at,omitempty"` // left out while it is open
	ClosedBy string      `json:"closed_by,omitempty"`
	Cash     taken       `json:"cash"`
	Card     taken       `json:"card"`
	QR       taken       `json:"qr"`
	Tips     json.Number `json:"tips"` // by QR, on top of the sums
	Orders   int64       `json:"orders"`
}

// taken is what was paid in one way.
type taken struct {
	Count int64       `json:"count"`
	Sum   json.Number `json:"sum"`
}

func journalShiftsCommand(p *program, f *flags) *cobra.Command {
	var limit int
	var asJSON bool
	command := &cobra.Command{
		Use:     "shifts",
		Short:   string(texts.CLIHelpJournalShifts),
		Long:    string(texts.CLILongJournalShifts),
		Example: exampleJournalShifts,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			if limit < 1 || limit > orders.ListLimit {
				return misuse(texts.CLIBadLimit, texts.Args{"Max": orders.ListLimit})
			}
			return p.withJournal(command.Context(), f, func(j *journal.Journal) error {
				return p.listShifts(command.Context(), j, limit, asJSON)
			})
		},
	}
	command.Flags().IntVar(&limit, "limit", defaultListed, string(texts.CLIFlagLimit))
	jsonFlag(command, &asJSON)
	return command
}

// listShifts prints the cash shifts of this till, the newest first, each with
// what was taken in it: the Z reports, and the X report of an open one.
func (p *program) listShifts(ctx context.Context, j *journal.Journal, limit int, asJSON bool) error {
	shifts, err := j.Shifts(ctx, limit)
	if err != nil {
		return err
	}
	t := table{head: p.heads(shiftColumns), numeric: map[int]bool{0: true, 3: true, 4: true, 5: true, 6: true, 7: true}}
	for _, one := range shifts {
		totals, err := j.ShiftTotals(ctx, one.ID)
		if err != nil {
			return err
		}
		if asJSON {
			if err := p.printJSON(shiftOf(totals)); err != nil {
				return err
			}
			continue
		}
		t.add(p.shiftRow(totals)...)
	}
	switch {
	case asJSON:
		return nil
	case len(shifts) == 0:
		return p.tell(texts.CLINoShifts)
	}
	return p.print("%s", t.String())
}

func shiftOf(totals orders.ShiftTotals) shift {
	way := func(kind orders.PaymentKind) taken {
		return taken{totals.Payments[kind].Count, number(totals.Payments[kind].Sum)}
	}
	s := totals.Shift
	return shift{
		Number: s.Number, Register: s.Register, OpenedAt: s.OpenedAt.UTC(), OpenedBy: s.OpenedBy,
		ClosedAt: optionalTime(s.ClosedAt), ClosedBy: s.ClosedBy,
		Cash: way(orders.PaidCash), Card: way(orders.PaidCard), QR: way(orders.PaidQR), Tips: number(totals.Tips), Orders: totals.Orders,
	}
}

func (p *program) shiftRow(totals orders.ShiftTotals) []string {
	s, closed := totals.Shift, p.say(texts.CLIShiftOpen)
	if !s.ClosedAt.IsZero() {
		closed = s.ClosedAt.Local().Format(time.DateTime)
	}
	who := s.OpenedBy
	if s.ClosedBy != "" && s.ClosedBy != s.OpenedBy {
		who += ", " + s.ClosedBy
	}
	money := func(kind orders.PaymentKind) string { return p.words().Money(totals.Payments[kind].Sum, "") }
	return []string{
		strconv.FormatInt(s.Number, 10), s.OpenedAt.Local().Format(time.DateTime), closed,
		money(orders.PaidCash), money(orders.PaidCard), money(orders.PaidQR), p.words().Money(totals.Tips, ""),
		strconv.FormatInt(totals.Orders, 10), who,
	}
}
