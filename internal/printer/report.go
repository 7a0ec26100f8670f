package printer

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/shopspring/decimal"
)

// ShiftReport is the slip of a cash shift: what was taken in it so far, or in all.
type ShiftReport struct {
	Head
	Number             int64
	Opened, Closed     time.Time // Closed is zero while the shift is open
	OpenedBy, ClosedBy string
	Takings            []Taking
	Tips               decimal.Decimal // never a part of the takings
	Orders             int64           // that were closed
}

// Taking is what was taken in one way of payment.
type Taking struct {
	Label string
	Count int64
	Sum   decimal.Decimal
}

// Doc writes the report.
func (r ShiftReport) Doc(w Words) Doc {
	var d Doc
	d.head(r.Head, w, Plain)
	d.Pair(w.Shift, w.number(decimal.NewFromInt(r.Number)), Bold)
	d.moment(w.Opened, r.Opened, r.OpenedBy, w)
	d.moment(w.Closed, r.Closed, r.ClosedBy, w)
	d.Rule()
	total := decimal.Zero
	for _, taking := range r.Takings {
		d.Pair(taking.Label+" ("+w.number(decimal.NewFromInt(taking.Count))+")", w.money(taking.Sum), Plain)
		total = total.Add(taking.Sum)
	}
	d.Pair(w.Total, w.money(total), Double)
	d.field(w.Tips, w.money(r.Tips))
	d.field(w.Orders, w.number(decimal.NewFromInt(r.Orders)))
	d.end(w)
	return d
}

// moment adds when something was done, and by whom.
func (d *Doc) moment(name string, at time.Time, by string, w Words) {
	if at.IsZero() {
		return
	}
	d.Pair(name, w.moment(at), Plain)
	if by != "" {
		d.Pair("", by, Plain)
	}
}

// Slips hold names: no verb of fmt and no log writes them.

func (r ShiftReport) String() string             { return fmt.Sprintf("report of shift %d", r.Number) }
func (r ShiftReport) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }
func (r ShiftReport) LogValue() slog.Value       { return slog.StringValue(r.String()) }
