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
	must(b, err)
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
	must(b, err)
	b.Cleanup(func() { _ = file.Close() })
	return &floor{file: file, bytes: bytes.Repeat([]byte{'x'}, size)}
}

func (f *floor) next(b *testing.B) {
	b.Helper()
	_, err := f.file.Write(f.bytes)
	must(b, err)
	must(b, f.file.Sync())
}

// BenchmarkCommit puts single commits beside raw appends with a flush. In "ratio" they take turns, so that both see the
// same disk; the ratio is that of their rates and the goal is 0.85 (docs/performance.md). "commit" makes commits alone, so
// that a tracer can count their flushes: strace -f -c -e trace=fsync,fdatasync shows at least one for each.
func BenchmarkCommit(b *testing.B) {
	folder := benchFolder(b)
	c := &commits{journal: mustOpen(b, filepath.Join(folder, "journal.db"))}
	size := logBytes(b, c)
	f := newFloor(b, folder, size)
	b.Run("ratio", func(b *testing.B) {
		var commit, raw []time.Duration
		for b.Loop() {
			commit = append(commit, measure(func() { c.next(b) }))
			raw = append(raw, measure(func() { f.next(b) }))
		}
		b.ReportMetric(float64(sum(raw))/float64(sum(commit)), "ratio")
		b.ReportMetric(float64(size), "bytes/commit")
		report(b, "commit", commit)
		report(b, "floor", raw)
	})
	b.Run("commit", func(b *testing.B) {
		for b.Loop() {
			c.next(b)
		}
	})
	b.Run("floor", func(b *testing.B) {
		for b.Loop() {
			f.next(b)
		}
	})
}

func measure(run func()) time.Duration {
	start := time.Now()
	run()
	return time.Since(start)
}

// logBytes is how much a commit adds to the log on average.
func logBytes(b *testing.B, c *commits) int {
	b.Helper()
	const sample = 60
	must(b, c.journal.checkpoint(b.Context()))
	for range sample {
		c.next(b)
	}
	info, err := os.Stat(c.journal.path + "-wal")
	must(b, err)
	return int(info.Size()) / sample
}

// benchFolder is on a real disk: SKIDKASSA_BENCH_DIR, or the folder for temporary files.
func benchFolder(b *testing.B) string {
	b.Helper()
	folder, err := os.MkdirTemp(os.Getenv("SKIDKASSA_BENCH_DIR"), "journal-bench-")
	must(b, err)
	b.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

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

// BenchmarkBackup commits while a backup of a large journal is made, and before: what the till notices of it. "list" is how long
// the verdict on one such backup takes.
func BenchmarkBackup(b *testing.B) {
	folder := benchFolder(b)
	j := mustOpen(b, filepath.Join(folder, "journal.db"))
	fill(b, j, benchOperations(b))
	c := &commits{journal: j, n: 1_000_002} // customers of their own
	var quiet, beside, backups, lists []time.Duration
	for b.Loop() {
		for range 300 {
			quiet = append(quiet, measure(func() { c.next(b) }))
		}
		done := make(chan time.Duration)
		go func() {
			done <- measure(func() {
				if _, err := j.Backup(b.Context(), filepath.Join(folder, "backups"), BackupKeep); err != nil {
					b.Error(err)
				}
			})
		}()
		for running := true; running; {
			select {
			case took := <-done:
				backups, running = append(backups, took), false
			default:
				beside = append(beside, measure(func() { c.next(b) }))
			}
		}
		lists = append(lists, measure(func() {
			if _, err := Backups(b.Context(), filepath.Join(folder, "backups")); err != nil {
				b.Error(err)
			}
		}))
	}
	report(b, "quiet", quiet)
	report(b, "beside", beside)
	b.ReportMetric(slices.Max(beside).Seconds()*1000, "beside-max-ms")
	b.ReportMetric(slices.Max(backups).Seconds()*1000, "backup-ms")
	b.ReportMetric(slices.Max(lists).Seconds()*1000, "list-ms")
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
				var j *Journal
				opening = append(opening, measure(func() {
					var err error
					j, err = Open(b.Context(), Options{Path: path, Now: clock, ReadOnly: readOnly})
					must(b, err)
				}))
				mustClose(b, j)
			}
			report(b, "open", opening)
		})
	}
}
