package journal

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/loyalty/loyaltytest"
)

// newOperation is a planned accrual of the given customer.
func newOperation(client int64) loyalty.Operation {
	return loyalty.Operation{
		ID: uuid.Must(uuid.NewV7()), Register: loyaltytest.Register, Kind: loyalty.Accrual, State: loyalty.StatePlanned,
		Vendor: 4, Client: client, Secret: 31766, ScannedAt: noon, Name: "Александр Татарченко",
		Points: decimal.NewFromInt(25), Sum: decimal.RequireFromString("1250.50"), Money: decimal.RequireFromString("1250.50"),
		Percent: decimal.NewFromInt(2), PlannedAt: noon, ChangedAt: noon, Cashier: "Оля",
	}
}

// toSending and toConfirmed are the two steps of a life without trouble.
func toSending(id uuid.UUID) loyalty.Move {
	return loyalty.Move{
		ID: id, From: loyalty.StatePlanned, To: loyalty.StateSending, At: noon, Baseline: decimal.NewNullDecimal(decimal.NewFromInt(2365)),
		BaselineAt: noon, SentAt: noon, Deadline: noon.Add(time.Minute),
	}
}

func toConfirmed(id uuid.UUID) loyalty.Move {
	return loyalty.Move{
		ID: id, From: loyalty.StateSending, To: loyalty.StateConfirmed, At: noon, Balance: decimal.NewNullDecimal(decimal.NewFromInt(2390)),
	}
}

// commits makes the three commits of a life in turn: planned, sending, confirmed.
type commits struct {
	journal *Journal
	n       int
	id      uuid.UUID
}

func (c *commits) next(b *testing.B) {
	b.Helper()
	var err error
	switch c.n % 3 {
	case 0:
		o := newOperation(int64(c.n))
		c.id = o.ID
		err = c.journal.Plan(b.Context(), o)
	case 1:
		err = c.journal.Move(b.Context(), toSending(c.id))
	case 2:
		err = c.journal.Move(b.Context(), toConfirmed(c.id))
	}
	if err != nil {
		b.Fatal(err)
	}
	c.n++
}

// floor appends as many bytes as a commit does and flushes them, on the same disk.
type floor struct {
	file  *os.File
	bytes []byte
}

func newFloor(b *testing.B, folder string, size int) *floor {
	b.Helper()
	file, err := os.Create(filepath.Join(folder, "floor"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = file.Close() })
	return &floor{file: file, bytes: bytes.Repeat([]byte{'x'}, size)}
}

func (f *floor) next(b *testing.B) {
	b.Helper()
	if _, err := f.file.Write(f.bytes); err != nil {
		b.Fatal(err)
	}
	if err := f.file.Sync(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCommit puts single commits beside raw appends with a flush, taking turns so that both see the same disk.
// The ratio is that of their rates; the goal is 0.85 (docs/performance.md).
func BenchmarkCommit(b *testing.B) {
	folder := benchFolder(b)
	j := mustOpen(b, filepath.Join(folder, "journal.db"))
	c := &commits{journal: j}
	size := logBytes(b, c)
	f := newFloor(b, folder, size)
	var commit, raw []time.Duration
	for b.Loop() {
		start := time.Now()
		c.next(b)
		middle := time.Now()
		f.next(b)
		commit, raw = append(commit, middle.Sub(start)), append(raw, time.Since(middle))
	}
	b.ReportMetric(rate(raw, commit), "ratio")
	b.ReportMetric(float64(size), "bytes/commit")
	report(b, "commit", commit)
	report(b, "floor", raw)
}

// logBytes is how much a commit adds to the log on average.
func logBytes(b *testing.B, c *commits) int {
	b.Helper()
	const sample = 60
	if err := c.journal.checkpoint(b.Context()); err != nil {
		b.Fatal(err)
	}
	for range sample {
		c.next(b)
	}
	info, err := os.Stat(c.journal.path + "-wal")
	if err != nil {
		b.Fatal(err)
	}
	return int(info.Size()) / sample
}

// benchFolder is on a real disk: SKIDKASSA_BENCH_DIR, or the folder for temporary files.
func benchFolder(b *testing.B) string {
	b.Helper()
	folder, err := os.MkdirTemp(os.Getenv("SKIDKASSA_BENCH_DIR"), "journal-bench-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// rate is how many times as long the first took in all.
func rate(first, second []time.Duration) float64 { return float64(sum(first)) / float64(sum(second)) }

func sum(all []time.Duration) (total time.Duration) {
	for _, d := range all {
		total += d
	}
	return total
}

func report(b *testing.B, name string, all []time.Duration) {
	slices.Sort(all)
	for _, percent := range []int{50, 99} {
		micros := float64(all[(len(all)-1)*percent/100].Nanoseconds()) / 1000
		b.ReportMetric(micros, fmt.Sprintf("%s-p%d-µs", name, percent))
	}
}

// BenchmarkOpen is what a start waits for: a journal of some thousand operations, opened and closed.
func BenchmarkOpen(b *testing.B) {
	for _, readOnly := range []bool{false, true} {
		b.Run(fmt.Sprintf("readOnly=%t", readOnly), func(b *testing.B) {
			path := filepath.Join(benchFolder(b), "journal.db")
			j := mustOpen(b, path)
			fill(b, j, 1000)
			mustClose(b, j)
			var opening []time.Duration
			for b.Loop() {
				start := time.Now()
				j, err := Open(b.Context(), Options{Path: path, Now: clock, ReadOnly: readOnly})
				if err != nil {
					b.Fatal(err)
				}
				opening = append(opening, time.Since(start))
				mustClose(b, j)
			}
			report(b, "open", opening)
		})
	}
}
