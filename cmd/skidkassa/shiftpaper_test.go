package main

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/orders"
	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

// The Z report comes out by itself when the shift is closed, and again as a copy
// for whoever asks; without paper it waits.
func TestTheReportOfAShiftIsPrinted(t *testing.T) {
	options := optionsFor(t, &fakeService{})
	fake := printertest.Start(t)
	options.settings.Printer.Device = fake.Device()
	opened := mustOpen(t, options)
	opened.begin(t.Context())
	defer mustClose(t, opened)
	s := &payingShop{till: opened, t: t, paper: fake}
	shift, err := s.book.OpenShift(t.Context(), "Оля")
	s.must(err)
	order, err := s.book.OpenOrder(t.Context(), orders.NewOrder{ID: uuid.New(), Table: "5", Dishes: []orders.Dish{
		{ID: uuid.New(), Name: "Борщ", Count: decimal.NewFromInt(2), Sum: bill},
	}})
	s.must(err)
	_, err = s.book.Pay(t.Context(), orders.PayOrder{
		Order: order.ID, Version: order.Version, Cashier: "Оля", Parts: []orders.Part{{Kind: orders.PaidCash, Sum: bill}},
	})
	s.must(err)
	fake.Wait(1) // the receipt
	s.must(s.book.PrintShift(t.Context(), shift.ID))
	x := fake.Wait(2)[1].Text()
	fake.Set(printertest.Trouble{NoPaper: true})
	_, _, err = s.book.CloseShift(t.Context(), "Петро")
	s.must(err)
	fake.Set(printertest.Trouble{})
	z := fake.Wait(3)[2].Text()
	s.must(s.book.PrintShift(t.Context(), shift.ID))
	again := fake.Wait(4)[3].Text()
	for _, report := range []struct {
		text      string
		has, none []string
	}{
		{x, []string{"X-отчёт", "Открыта", "Оля"}, []string{"Закрыта", "КОПИЯ"}},
		{z, []string{"Z-отчёт", "Закрыта", "Петро"}, []string{"КОПИЯ"}},
		{again, []string{"КОПИЯ", "Z-отчёт", "Закрыта", "Петро"}, nil},
	} {
		for _, want := range append(report.has,
			"Кофейня", "Смена", "Наличные (1)", "129,20", "Карта (0)", "Оплачено по QR (0)", "ИТОГО", "Чаевые", "Закрыто заказов",
			"Не является фискальным документом", "✂") {
			if !strings.Contains(report.text, want) {
				t.Errorf("no %q on the report:\n%s", want, report.text)
			}
		}
		for _, unwanted := range report.none {
			if strings.Contains(report.text, unwanted) {
				t.Errorf("%q stands on the report:\n%s", unwanted, report.text)
			}
		}
	}
}
