package journal

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// Each calls visit with every operation that passes the filter, the oldest (smallest id) first, in constant memory however
// many there are. Filter.Limit and Filter.Before do not take part. It ends with visit's first error, which it returns as
// it is.
//
// All of it is what the journal held at one moment. The till goes on writing meanwhile, but its log is not emptied before
// Each returns: visit must not wait for a person.
func (j *Journal) Each(ctx context.Context, filter loyalty.Filter, visit func(loyalty.Operation) error) error {
	filter.Before, filter.Limit = uuid.Nil, 0
	q, err := j.selectQuery(ctx, filter)
	if err != nil {
		return j.wrap(err)
	}
	q.text.WriteString(" ORDER BY id")
	var stopped error
	err = eachRow(ctx, j, q, func(row scanner) error {
		o, err := scanOperation(row)
		if err == nil {
			stopped = visit(o)
			err = stopped
		}
		return err
	})
	if stopped != nil {
		return stopped
	}
	return j.wrap(err)
}

// eachRow runs a selection and ends with the first error.
func eachRow(ctx context.Context, j *Journal, q *selection, visit func(scanner) error) error {
	statement, done, err := j.reading.get(ctx, q.text.String())
	if err != nil {
		return err
	}
	defer done()
	rows, err := statement.QueryContext(ctx, q.args...)
	if err != nil {
		return err
	}
	for rows.Next() {
		err := ctx.Err() // database/sql notices it later
		if err == nil {
			err = visit(rows)
		}
		if err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// query reads all rows of a selection.
func query[T any](ctx context.Context, j *Journal, q *selection, scan func(scanner) (T, error)) ([]T, error) {
	var all []T
	err := eachRow(ctx, j, q, func(row scanner) error {
		one, err := scan(row)
		all = append(all, one)
		return err
	})
	if err != nil {
		return nil, j.wrap(err)
	}
	return all, nil
}
