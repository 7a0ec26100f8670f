package faults

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	setup "github.com/skidkassa/skidkassa/internal/e2e/shop"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// The faults of the disk are shown by the built program in a terminal: what a cashier reads of them comes from all of it.

// build builds the program once, in a folder that removeProgram removes.
var build = sync.OnceValues(func() (binary string, err error) {
	if programFolder, err = os.MkdirTemp("", "skidkassa-faults-"); err != nil {
		return "", err
	}
	return setup.Build(programFolder, setup.Program)
})

var programFolder string

func removeProgram() {
	if programFolder != "" {
		_ = os.RemoveAll(programFolder)
	}
}

// program is the running program with its service and its disk.
type program struct {
	*testing.T
	*terminal.Terminal
	sim  *skidkabotsim.Server
	shop *setup.Shop
	disk *disk
}

// newProgram sets up a shop whose till has been open before, and is not open now.
func newProgram(t *testing.T) *program {
	t.Helper()
	binary, err := build()
	p := &program{T: t, sim: new(skidkabotsim.Server)}
	p.must(err)
	p.sim.AddCustomer(skidkabotsim.Customer{
		Client: customer, FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(2365),
	})
	url, err := p.sim.Start()
	p.must(err)
	t.Cleanup(func() { _ = p.sim.Close() })
	p.shop, err = setup.New(t.TempDir(), binary, url)
	p.must(err)
	j, err := journal.Open(t.Context(), journal.Options{Path: p.shop.JournalFile(), DataDir: p.shop.DataDir(), Register: 1})
	p.must(err)
	p.must(j.Close())
	if output, err := p.shop.Command("secret", "check", "skidkabot").CombinedOutput(); err != nil {
		t.Fatalf("the secret is not there: %v\n%s", err, output)
	}
	folder, err := filepath.EvalSymlinks(p.shop.DataDir())
	p.must(err)
	p.disk = &disk{folder: folder}
	return p
}

func (p *program) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// start starts the program, which meets the disk's faults and obeys the modes of files.
func (p *program) start() {
	p.Helper()
	command, started, err := deprive(p.shop.Command(), p.disk)
	p.must(err)
	p.Terminal, err = terminal.Start(command, terminal.Options{Columns: columns, Rows: lines})
	p.must(err)
	p.Cleanup(func() { _ = p.Close() })
	p.must(started())
}

// open starts the program and waits until its journal has been checked and backed up, which is the last that it does by
// itself.
func (p *program) open() {
	p.Helper()
	p.start()
	p.words("Журнал: работает")
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		backups, err := filepath.Glob(filepath.Join(p.shop.DataDir(), "backups", "*.db"))
		p.must(err)
		if len(backups) > 0 {
			return
		}
		if time.Now().After(deadline) {
			p.Fatalf("no backup; the screen is\n%s", p.Screen())
		}
	}
}

// words waits until all texts are on the screen.
func (p *program) words(texts ...string) {
	p.Helper()
	_, err := p.Await(fmt.Sprintf("%q", texts), patience, func(screen string) bool {
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(screen, text) })
	})
	p.must(err)
}

// person presses a key after a look at the screen: longer than any guard against a hasty Enter.
func (p *program) person(key terminal.Key) {
	p.Helper()
	time.Sleep(400 * time.Millisecond)
	p.must(p.Press(key))
}

// scan scans the customer's QR.
func (p *program) scan() {
	p.Helper()
	p.words("Отсканируйте QR покупателя")
	p.must(p.Scan(p.sim.IssueQR(customer).Payload(), terminal.AtOnce()))
}

// greet scans and waits for the greeting, and enters the receipt's sum.
func (p *program) greet() {
	p.Helper()
	p.scan()
	p.words("Татарченко", "Сумма чека")
	p.must(p.TypeSeen("1250", 60*time.Millisecond))
}

// watch gives what the cashier sees in the end, as the watch of a screen does.
func (p *program) watch(state string, known func(seen) bool) seen {
	is := func(shown string) bool { return strings.Contains(shown, "\n") && known(seenOn(shown, state)) }
	if _, err := p.Await("known screen", lookAfter, is); err == nil {
		return seenOn(p.Screen(), state)
	}
	standing := seenOn(p.Screen(), state)
	if !*update {
		if _, err := p.Await("known screen", patience, is); err == nil {
			return seenOn(p.Screen(), state)
		}
	}
	return standing
}

// recorded gives the journal's newest operation of a kind, as its state.
func (p *program) recorded(kind loyalty.Kind) loyalty.State {
	p.Helper()
	j, err := journal.Open(p.Context(), journal.Options{Path: p.shop.JournalFile(), ReadOnly: true})
	p.must(err)
	defer func() { _ = j.Close() }()
	ops, err := j.List(context.Background(), loyalty.Filter{Kind: kind, Limit: 1})
	p.must(err)
	if len(ops) == 0 {
		return nothing
	}
	return ops[0].State
}

// diskRow is a fault of the disk under a running till.
type diskRow struct {
	name, words string
	strike      func(d *disk)
	late        bool // it strikes when the request has come to the service, not before
	// recorded is what the journal has of an accrual or redemption in the end, and told how the matrix calls that.
	recorded loyalty.State
	told     string
}

func diskRows() []diskRow {
	failing := func(err syscall.Errno) func(*disk) { return func(d *disk) { d.fail(err) } }
	return []diskRow{
		{"disk_full", "диск полон", (*disk).fill, false, nothing, notWritten},
		{"disk_full_result", "диск заполнился, пока ждали ответа", (*disk).fill, true, confirmed, string(confirmed)},
		{"disk_read_only", "диск стал доступен только для чтения", failing(syscall.EROFS), false, nothing, notWritten},
		{"disk_failing", "диск отказывает", failing(syscall.EIO), false, nothing, notWritten},
		{"disk_failing_result", "диск отказал, пока ждали ответа", failing(syscall.EIO), true, loyalty.StateSending, "confirmed, не записано"},
	}
}

// programEntries are the faults that the built program shows.
func programEntries() []entry {
	var all []entry
	for _, r := range diskRows() {
		all = append(all, r.entry())
	}
	return append(all, readOnlyAtStart(), damaged(), damagedAtStart())
}

// moves are the keys of the two ways to move points.
var moves = []struct {
	name, words, path, preview, question, done, failed string
	kind                                               loyalty.Kind
	key                                                terminal.Key
}{
	{"accrue", "начисление", skidkabot.PathAccrue, "Начислим 25", "Начислить 25 баллов?", "Начислено 25", "Баллы НЕ начислены.", loyalty.Accrual, terminal.F2},
	{"redeem", "списание", skidkabot.PathRedeem, "списать до 125", "Списать 125 баллов?", "Списано 125", "Баллы НЕ списаны.", loyalty.Redemption, terminal.F3},
}

func (r diskRow) entry() entry {
	e := entry{name: r.name, words: r.words}
	e.acts = append(e.acts, act{"greet", "сканирование", func(t *testing.T, known func(seen) bool) seen {
		p := newProgram(t)
		p.open()
		r.strike(p.disk)
		p.scan()
		p.words("Татарченко", "Сумма чека")
		return p.watch(balanceRead, known)
	}})
	for _, move := range moves {
		e.acts = append(e.acts, act{move.name, move.words, func(t *testing.T, known func(seen) bool) seen {
			p := newProgram(t)
			p.open()
			p.greet()
			p.words(move.preview)
			p.must(p.Press(move.key))
			p.words(move.question)
			if r.late {
				p.sim.SetHook(func(request skidkabotsim.Request) *skidkabotsim.Fault {
					if request.Path == move.path {
						r.strike(p.disk)
					}
					return nil
				})
			} else {
				r.strike(p.disk)
			}
			p.person(terminal.Enter)
			if r.late {
				p.words(move.done)
			} else {
				p.words(move.failed)
			}
			got := p.watch(r.told, known)
			if state := p.recorded(move.kind); state != r.recorded {
				t.Errorf("the journal has %q, want %q", state, r.recorded)
			}
			if booked := len(p.sim.Ledger()) > 0; booked != r.late {
				t.Errorf("the service has moved the points: %v, want %v", booked, r.late)
			}
			return got
		}})
	}
	return e
}

// readOnlyAtStart is a data folder in which nothing may be written: the till says so and ends.
func readOnlyAtStart() entry {
	return entry{"read_only_at_start", "журнал только для чтения с самого начала", []act{{"start", "запуск", func(t *testing.T, _ func(seen) bool) seen {
		p := newProgram(t)
		for _, name := range append(p.files(), p.shop.DataDir()) {
			info, err := os.Stat(name)
			p.must(err)
			p.must(os.Chmod(name, info.Mode().Perm()&^0o222))
			t.Cleanup(func() { p.must(os.Chmod(name, info.Mode().Perm())) })
		}
		p.start()
		code, err := p.Exit(patience)
		p.must(err)
		text := strings.ReplaceAll(unwrapped(p.Screen()), p.shop.DataDir(), "…")
		return seen{fmt.Sprintf("касса не открывается (код %d)", code), text, "(касса закрыта)"}
	}}}}
}

// unwrapped is what a program has written to a terminal, in one line: a full row goes on in the next.
func unwrapped(screen string) string {
	var all strings.Builder
	for row := range strings.Lines(screen) {
		row = strings.TrimSuffix(row, "\n")
		all.WriteString(row)
		if utf8.RuneCountInString(row) < columns {
			all.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(all.String()), " ")
}

// files are the journal's files.
func (p *program) files() []string {
	p.Helper()
	names, err := filepath.Glob(filepath.Join(p.shop.DataDir(), "*"))
	p.must(err)
	return names
}

// damage overwrites the journal under the running till as a failing disk or another program does: the file, its log and the
// log's index, so that nothing of it is left but what the till holds in memory.
func (p *program) damage() {
	p.Helper()
	for _, side := range []string{"", "-wal", "-shm"} {
		file, err := os.OpenFile(p.shop.JournalFile()+side, os.O_WRONLY, 0)
		p.must(err)
		info, err := file.Stat()
		p.must(err)
		_, err = file.WriteAt(bytes.Repeat([]byte{0xA5}, int(info.Size())), 0)
		p.must(err)
		p.must(file.Close())
	}
}

// damaged is a journal that is destroyed while the till runs.
func damaged() entry {
	e := entry{name: "journal_damaged", words: "журнал испорчен во время работы"}
	e.acts = append(e.acts, act{"greet", "сканирование", func(t *testing.T, known func(seen) bool) seen {
		p := newProgram(t)
		p.open()
		p.damage()
		p.scan()
		p.words("Баланс недоступен")
		return p.watch("баланс недоступен", known)
	}})
	for _, move := range moves {
		e.acts = append(e.acts, act{move.name, move.words, func(t *testing.T, known func(seen) bool) seen {
			p := newProgram(t)
			p.open()
			p.greet()
			p.words(move.preview)
			p.must(p.Press(move.key))
			p.words(move.question)
			p.damage()
			p.person(terminal.Enter)
			p.words(move.failed)
			if sent := p.sim.Count(move.path); sent > 0 {
				t.Errorf("points were moved without a journal, %d times", sent)
			}
			return p.watch(notWritten, known)
		}})
	}
	return e
}

// damagedAtStart is a journal that is none any more: balances are shown, and no points can be moved.
func damagedAtStart() entry {
	e := entry{name: "journal_damaged_at_start", words: "журнал испорчен с самого начала"}
	begin := func(t *testing.T) *program {
		p := newProgram(t)
		p.must(os.WriteFile(p.shop.JournalFile(), bytes.Repeat([]byte{0xA5}, 1<<16), fs.FileMode(0o600)))
		p.start()
		return p
	}
	e.acts = append(e.acts, act{"greet", "сканирование", func(t *testing.T, known func(seen) bool) seen {
		p := begin(t)
		p.scan()
		p.words("Татарченко", "Сервис: работает")
		return p.watch(balanceRead, known)
	}})
	for _, move := range moves {
		e.acts = append(e.acts, act{move.name, move.words, func(t *testing.T, known func(seen) bool) seen {
			p := begin(t)
			p.scan()
			p.words("Татарченко", "Сервис: работает")
			p.must(p.TypeSeen("1250", 60*time.Millisecond))
			p.person(move.key)
			p.person(terminal.Enter)
			got := p.watch("не предлагается", known)
			if sent := p.sim.Count(move.path); sent > 0 {
				t.Errorf("points were moved without a journal, %d times", sent)
			}
			return got
		}})
	}
	return e
}
