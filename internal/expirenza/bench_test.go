package expirenza

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/skidkassa/skidkassa/internal/orders"
)

// largeOrder is an order of so many lines.
func largeOrder(lines int) orders.Order {
	order := exampleOrder()
	order.ID = uuid.New()
	order.Dishes = slices.Repeat(order.Dishes, lines/len(order.Dishes)+1)[:lines]
	return order
}

// A guest's phone waits for the bill: 500 lines, found among 2,000 open orders, within 50 ms.
func BenchmarkGetBill(b *testing.B) {
	for _, lines := range []int{10, 500} {
		b.Run(fmt.Sprintf("%d-lines", lines), func(b *testing.B) {
			book := new(fakeBook)
			for range 2000 {
				book.bills = append(book.bills, orders.Bill{Order: largeOrder(3), Due: exampleSum})
			}
			wanted := largeOrder(lines)
			book.bills = append(book.bills, orders.Bill{Order: wanted, Due: exampleSum})
			options := testOptions()
			options.Book = book
			client, err := New(options)
			if err != nil {
				b.Fatal(err)
			}
			frame := []byte(`{"rID":"1","operation":"getBill","billId":"` + wanted.ID.String() + `"}`)
			for b.Loop() {
				m, err := parseMessage(frame)
				if err != nil {
					b.Fatal(err)
				}
				book.queries = nil
				encode(client.getBill(context.Background(), m))
			}
		})
	}
}

// The cache is made each five seconds, beside everything else that the till does.
func BenchmarkOrdersCache(b *testing.B) {
	options := testOptions()
	client, err := New(options)
	if err != nil {
		b.Fatal(err)
	}
	var bills []orders.Bill
	for range 2000 {
		bills = append(bills, orders.Bill{Order: largeOrder(10), Due: exampleSum})
	}
	for b.Loop() {
		client.cacheBody(bills)
	}
}
