package faults

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
)

var update = flag.Bool("update", false, "write docs/faults.md anew")

func TestMain(m *testing.M) {
	become()
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil { // they wait for time limits, not for processors
		panic(err)
	}
	// No question for a name leaves this machine.
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}}
	code := m.Run()
	removeProgram()
	os.Exit(code)
}

// ahead is a service whose clock is ahead of this machine's.
type ahead struct {
	loyalty.Service
	by time.Duration
}

func (a ahead) Balance(ctx context.Context, card skidkabot.Card) (skidkabot.Account, error) {
	account, err := a.Service.Balance(ctx, card)
	account.ServerDate = account.ServerDate.Add(a.by)
	return account, err
}

func (a ahead) Accrue(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	receipt, err := a.Service.Accrue(ctx, card, points)
	receipt.ServerDate = receipt.ServerDate.Add(a.by)
	return receipt, err
}

func (a ahead) Redeem(ctx context.Context, card skidkabot.Card, points decimal.Decimal) (skidkabot.Receipt, error) {
	receipt, err := a.Service.Redeem(ctx, card, points)
	receipt.ServerDate = receipt.ServerDate.Add(a.by)
	return receipt, err
}

// seen is what the cashier saw of one action.
type seen struct{ state, said, status string }

// line is a line of docs/faults.md.
func (s seen) line(action string) string {
	return fmt.Sprintf("| %s | %s | %s | %s |", action, s.state, cell(s.said), cell(s.status))
}

// entry is one fault in docs/faults.md.
type entry struct {
	name  string // of the test
	words string
	acts  []act
}

// act is one thing that a cashier does under a fault.
type act struct {
	name, words string
	do          func(t *testing.T, known func(seen) bool) seen
}

// actions are the three things that a cashier does, in the order of the matrix.
var actions = []struct {
	name, words string
	do          func(v *screen, r row) (state string)
}{
	{"greet", "сканирование", (*screen).greetUnder},
	{"accrue", "начисление", func(v *screen, r row) string {
		return v.moveUnder(r, tea.KeyMsg{Type: tea.KeyF2}, "Начислить 25 баллов?", skidkabot.PathAccrue, r.accrual)
	}},
	{"redeem", "списание", func(v *screen, r row) string {
		return v.moveUnder(r, tea.KeyMsg{Type: tea.KeyF3}, "Списать 125 баллов?", skidkabot.PathRedeem, r.redemption)
	}},
}

// entry is the row with its three actions.
func (r row) entry() entry {
	e := entry{name: r.name, words: r.words}
	for _, action := range actions {
		e.acts = append(e.acts, act{action.name, action.words, func(t *testing.T, known func(seen) bool) seen {
			v := open(newShop(t))
			return v.watch(action.do(v, r), known)
		}})
	}
	return e
}

// greetUnder scans under the fault.
func (v *screen) greetUnder(r row) (state string) {
	r.cause(v.shop, skidkabot.PathBalance)
	got := v.scan()
	if greets := got.err == nil; greets != r.greets {
		v.Errorf("the balance is read: %v (%v), want %v", greets, got.err, r.greets)
	}
	if got.err == nil {
		return balanceRead
	}
	return "баланс недоступен"
}

const balanceRead = "баланс прочитан"

// moveUnder greets on a good day, and accrues or redeems under the fault. What the journal says and what the service has
// in its ledger must be what the row says.
func (v *screen) moveUnder(r row, key tea.KeyMsg, question, path string, want loyalty.State) (state string) {
	if got := v.scan(); got.err != nil {
		v.Fatal(got.err)
	}
	v.until("Татарченко", "Сумма чека")
	v.typeSum()
	v.press(key)
	v.until(question)
	r.cause(v.shop, path)
	v.press(enter)
	got := v.answered()
	if got.result.Operation.State != want {
		v.Errorf("the operation is %q (%v, %v), want %q", got.result.Operation.State, got.result.Cause, got.err, want)
	}
	if booked := len(v.sim.Ledger()) > 0; booked != r.booked {
		v.Errorf("the service has moved the points: %v, want %v", booked, r.booked)
	}
	if want == nothing {
		return notWritten
	}
	return string(want)
}

const notWritten = "не записано, не отправлено"

// matrix is everything that is tried, in the order of docs/faults.md.
func matrix() (all []entry) {
	for _, r := range rows() {
		all = append(all, r.entry())
	}
	return append(all, programEntries()...)
}

func TestFaults(t *testing.T) {
	all, known := matrix(), readDocument(t)
	found := make(map[string]seen)
	var mu sync.Mutex
	t.Run("rows", func(t *testing.T) {
		for _, e := range all {
			for _, a := range e.acts {
				name := e.name + "/" + a.name
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					got := a.do(t, func(s seen) bool { return !*update && known.has(e.name, s.line(a.words)) })
					if !*update && !known.has(e.name, got.line(a.words)) {
						t.Errorf("docs/faults.md does not have what the cashier sees (go test ./internal/faults -update writes it):\n%s", got.line(a.words))
					}
					mu.Lock()
					defer mu.Unlock()
					found[name] = got
				})
			}
		}
	})
	if !t.Failed() && runtime.GOOS == documentedOn {
		compare(t, all, found)
	}
}

// documentedOn has all entries; elsewhere only what is there is compared.
const documentedOn = "linux"

// written is docs/faults.md as it is, line by line, under the names of the tests.
type written map[string][]string

func readDocument(t *testing.T) written {
	t.Helper()
	text, err := os.ReadFile(documentPath)
	if err != nil && !*update {
		t.Fatal(err)
	}
	w := make(written)
	name := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if row, ok := strings.CutPrefix(line, "`TestFaults/rows/"); ok {
			name = strings.TrimSuffix(row, "`")
		}
		w[name] = append(w[name], line)
	}
	return w
}

func (w written) has(name, line string) bool { return slices.Contains(w[name], line) }

// document is docs/faults.md; ok is false when not every test has run, but only those that -run names.
func document(all []entry, found map[string]seen) (text string, ok bool) {
	var b strings.Builder
	b.WriteString(head)
	for _, e := range all {
		fmt.Fprintf(&b, "\n## %s\n\n`TestFaults/rows/%s`\n\n| действие | операция | кассир читает | строка состояния |\n|---|---|---|---|\n", capital(e.words), e.name)
		for _, a := range e.acts {
			s, ran := found[e.name+"/"+a.name]
			if !ran {
				return "", false
			}
			b.WriteString(s.line(a.words) + "\n")
		}
	}
	return b.String(), true
}

const head = `# Что видит кассир, когда что-то ломается

Таблица написана тестом (` + "`go test ./internal/faults -update`" + `): каждая строка — проверка на настоящих соединениях, а слова сняты с
настоящего экрана; отказы диска показаны на собранной программе, у которой отказывают системные вызовы. Покупатель в
примерах — Александр Татарченко с 2 365 баллами, чек — 1 250 ₽. Знак « / » разделяет абзацы экрана.
`

func capital(words string) string {
	runes := []rune(words)
	return strings.ToUpper(string(runes[:1])) + string(runes[1:])
}

// cell keeps a text from breaking its table.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

var documentPath = filepath.Join("..", "..", "docs", "faults.md")

// compare holds docs/faults.md as a whole to what was seen: its order, and that it has nothing more.
func compare(t *testing.T, all []entry, found map[string]seen) {
	t.Helper()
	got, ok := document(all, found)
	if !ok {
		return
	}
	if *update {
		if err := os.WriteFile(documentPath, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(documentPath)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	wantLines := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(wantLines) || line != wantLines[i] {
			t.Fatalf("docs/faults.md is stale (go test ./internal/faults -update writes it); line %d is to be\n%s", i+1, line)
		}
	}
	t.Fatal("docs/faults.md has lines that nobody sees any more")
}
