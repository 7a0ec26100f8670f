package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/expirenza/expirenzasim"
	"github.com/skidkassa/skidkassa/internal/orders"
)

// benchTill opens a till at a fake Expirenza, over a journal on the disk.
func benchTill(b *testing.B) (*till, *expirenzasim.Server) {
	b.Helper()
	sim := new(expirenzasim.Server)
	url, err := sim.Start()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = sim.Close() })
	options := optionsFor(b, &fakeService{})
	options.settings.Expirenza.URL, options.settings.Expirenza.RestoID = url, expirenzasim.TestRestoID
	options.expirenzaKey = func(context.Context) (string, error) { return expirenzasim.TestSecret, nil }
	opened, err := openTill(b.Context(), options)
	if err != nil {
		b.Fatal(err)
	}
	opened.begin(b.Context())
	opened.beginDoors(b.Context())
	b.Cleanup(func() { _ = opened.close(flightLimit) })
	if err := sim.AwaitTill(b.Context()); err != nil {
		b.Fatal(err)
	}
	return opened, sim
}

// seatMany opens an order of so many lines.
func seatMany(b *testing.B, opened *till, table string, lines int) orders.Order {
	b.Helper()
	order := orders.NewOrder{ID: uuid.Must(uuid.NewV7()), Table: table, Cashier: "Оля"}
	for range lines {
		order.Dishes = append(order.Dishes, orders.Dish{Name: "Борщ украинский с пампушками", Count: decimal.NewFromInt(1), Sum: bill})
	}
	seated, err := opened.book.OpenOrder(b.Context(), order)
	if err != nil {
		b.Fatal(err)
	}
	return seated
}

// From the message to the answer as the service has it: the bill is judged and
// closed in one transaction, and its answer delivered out of the outbox. The
// floor is one write to the same disk, of which a payment needs one before its
// answer goes.
func BenchmarkPayBill(b *testing.B) {
	opened, sim := benchTill(b)
	if _, err := opened.book.OpenShift(b.Context(), "Оля"); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		order := seatMany(b, opened, "5", 5)
		b.StartTimer()
		rID, err := sim.Ask("payBill", map[string]any{"billId": order.ID.String(), "sum": order.Sum.Decimal.InexactFloat64()})
		if err != nil {
			b.Fatal(err)
		}
		answer, err := sim.Await(b.Context(), rID)
		if err != nil || answer.State != "SUCCESS" {
			b.Fatalf("%+v, %v", answer, err)
		}
		took = append(took, answer.After)
	}
	reportPercentiles(b, "", took)
	reportPercentiles(b, "floor-", syncs(b, opened.options.dataDir, len(took)))
}

// A guest's phone asks for one bill of 500 lines among 2,000 open orders.
func BenchmarkGetBill(b *testing.B) {
	opened, sim := benchTill(b)
	for i := range 2000 {
		seatMany(b, opened, strconv.Itoa(i+10), 3)
	}
	seatMany(b, opened, "5", 500)
	var took []time.Duration
	for b.Loop() {
		rID, err := sim.Ask("getBill", map[string]any{"tableNumber": "5"})
		if err != nil {
			b.Fatal(err)
		}
		answer, err := sim.Await(b.Context(), rID)
		if err != nil || answer.State != "SUCCESS" {
			b.Fatalf("%+v, %v", answer, err)
		}
		took = append(took, answer.After)
	}
	reportPercentiles(b, "", took)
}

// syncs measures writes of a journal's page to the disk.
func syncs(b *testing.B, folder string, count int) []time.Duration {
	b.Helper()
	file, err := os.Create(filepath.Join(folder, "floor"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	page := make([]byte, 4096)
	took := make([]time.Duration, count)
	for i := range took {
		began := time.Now()
		if _, err := file.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := file.Sync(); err != nil {
			b.Fatal(err)
		}
		took[i] = time.Since(began)
	}
	return took
}

func reportPercentiles(b *testing.B, name string, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	for _, percent := range []int{50, 99} {
		at := min(len(took)*percent/100, len(took)-1)
		b.ReportMetric(float64(took[at].Microseconds())/1000, name+"p"+strconv.Itoa(percent)+"-ms")
	}
}
