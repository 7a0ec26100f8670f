package journal

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// Totals implements [loyalty.Store]. How long it takes depends on how many operations the filter's time, customer, parent,
// order or states have, and not on the size of the journal.
func (j *Journal) Totals(ctx context.Context, filter loyalty.Filter) ([]loyalty.Total, error) {
	q, err := totalsQuery(filter)
	if err != nil {
		return nil, j.wrap(err)
	}
	return query(ctx, j, q, scanTotal)
}

// totalsQuery sums the halves of the points' 64 bits apart: SQLite has no larger numbers, and the sum may need one.
func totalsQuery(f loyalty.Filter) (*selection, error) {
	way := totalsWay(f)
	q := &selection{}
	q.text.WriteString(`SELECT kind, state, link, CASE state WHEN 'settled' THEN reason ELSE '' END AS decided,
		count(*), sum(points >> 32), sum(points & 0xFFFFFFFF) FROM operations `)
	if way == "" {
		q.text.WriteString("NOT INDEXED")
	} else {
		q.text.WriteString("INDEXED BY " + string(way))
	}
	if err := q.matching(f, way); err != nil {
		return nil, err
	}
	q.text.WriteString(" GROUP BY kind, state, link, decided")
	return q, nil
}

// totalsWay chooses the index. Other than a page, a total reads all that passes: a time always leads to it, however long
// it is, and without any restriction no index does ("").
func totalsWay(f loyalty.Filter) way {
	isCommon := func(s loyalty.State) bool { return !s.Final() || s == loyalty.StateConfirmed }
	way := directWay(f)
	switch {
	case way != "":
		return way
	case !f.Since.IsZero() || !f.Until.IsZero():
		return byTime
	case len(f.States) > 0 && !slices.ContainsFunc(f.States, isCommon):
		return byRare
	}
	return ""
}

func scanTotal(row scanner) (loyalty.Total, error) {
	var t loyalty.Total
	var high, low int64
	err := row.Scan(&t.Kind, &t.State, &t.Link, &t.Reason, &t.Count, &high, &low)
	t.Points = decimal.NewFromInt(high).Mul(decimal.NewFromInt(1 << 32)).Add(decimal.NewFromInt(low))
	return t, err
}
