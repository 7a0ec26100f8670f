package main

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// fillShifts writes two days of a till into a journal: a shift in which an order
// was paid in cash and by card, and one that is open, with an order paid by QR.
func fillShifts(ts *testscript.TestScript, _ bool, args []string) {
	ctx, morning := context.Background(), time.Date(2025, 11, 21, 9, 0, 0, 0, time.UTC)
	j, err := journal.Open(ctx, journal.Options{Path: ts.MkAbs(args[0]), Register: 1, Now: func() time.Time { return morning }})
	check(ts, err)
	shift, err := j.OpenShift(ctx, uuid.Must(uuid.NewV7()), "Оля", morning)
	check(ts, err)
	check(ts, paidOrder(j, shift, morning, orders.Payment{Kind: orders.PaidCash, Sum: decimal.RequireFromString("100.5")},
		orders.Payment{Kind: orders.PaidCard, Sum: decimal.RequireFromString("29.5")}))
	_, err = j.CloseShift(ctx, "Петро", morning.Add(12*time.Hour))
	check(ts, err)
	morning = morning.Add(24 * time.Hour)
	shift, err = j.OpenShift(ctx, uuid.Must(uuid.NewV7()), "Петро", morning)
	check(ts, err)
	check(ts, paidOrder(j, shift, morning, orders.Payment{
		Kind: orders.PaidQR, Sum: decimal.NewFromInt(90), Tips: decimal.NewFromInt(15), Request: "r1",
	}))
	check(ts, j.Close())
}

// paidOrder writes an order that these payments have closed in a shift.
func paidOrder(j *journal.Journal, shift orders.Shift, at time.Time, payments ...orders.Payment) error {
	order := orders.Order{
		ID: uuid.Must(uuid.NewV7()), Register: shift.Register, Number: "1", Table: "5", OpenedAt: at, ChangedAt: at,
		State: orders.StateOpen, Source: orders.SourceTill,
	}
	for i := range payments {
		p := &payments[i]
		p.ID, p.Order, p.Shift, p.At, p.Register = uuid.Must(uuid.NewV7()), order.ID, shift.ID, at, shift.Register
		order.Sum.Decimal = order.Sum.Decimal.Add(p.Sum)
	}
	order.Sum.Valid = true
	order.Dishes = []orders.Dish{{ID: uuid.Must(uuid.NewV7()), Name: "Обед", Count: decimal.NewFromInt(1), Sum: order.Sum.Decimal}}
	saved, err := j.SaveOrder(context.Background(), order, orders.Event{Kind: orders.EventOpened, At: at})
	if err != nil {
		return err
	}
	saved.State, saved.Reason = orders.StateClosed, orders.ReasonPaid
	_, err = j.Settle(context.Background(), orders.Settlement{
		Order: &saved, Events: []orders.Event{{Kind: orders.EventClosed, Reason: orders.ReasonPaid, At: at}}, Payments: payments,
	})
	return err
}
