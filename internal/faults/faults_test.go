package faults

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/tui"
)

var update = flag.Bool("update", false, "write docs/faults.md anew")

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "6"); err != nil { // they wait for time limits, not for processors
		panic(err)
	}
	// No question for a name leaves this machine.
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}}
	os.Exit(m.Run())
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

// actions are the three things that a cashier does, in the order of the matrix.
var actions = []struct {
	name, words string
	do          func(v *screen, r row) seen
}{
	{"greet", "сканирование", (*screen).greetUnder},
	{"accrue", "начисление", func(v *screen, r row) seen {
		return v.moveUnder(r, tea.KeyMsg{Type: tea.KeyF2}, skidkabot.PathAccrue, r.accrual)
	}},
	{"redeem", "списание", func(v *screen, r row) seen {
		return v.moveUnder(r, tea.KeyMsg{Type: tea.KeyF3}, skidkabot.PathRedeem, r.redemption)
	}},
}

// greetUnder scans under the fault.
func (v *screen) greetUnder(r row) seen {
	r.cause(v.shop, skidkabot.PathBalance)
	got := v.scan()
	if greets := got.err == nil; greets != r.greets {
		v.Errorf("the balance is read: %v (%v), want %v", greets, got.err, r.greets)
	}
	state := "баланс недоступен"
	if got.err == nil {
		state = "баланс прочитан"
	}
	return seen{state, v.said(), v.status()}
}

// moveUnder greets on a good day, and accrues or redeems under the fault. What the journal says and what the service has
// in its ledger must be what the row says.
func (v *screen) moveUnder(r row, key tea.KeyMsg, path string, want loyalty.State) seen {
	if got := v.scan(); got.err != nil {
		v.Fatal(got.err)
	}
	v.typeSum()
	v.press(key)
	if v.only {
		v.press(enter)
		if len(v.sim.Ledger()) > 0 || v.desk.InFlight() > 0 {
			v.Error("points were moved without a journal")
		}
		return seen{"не предлагается", v.said(), v.status()}
	}
	r.cause(v.shop, path)
	v.mu.Lock()
	v.ahead += 400 * time.Millisecond
	v.mu.Unlock()
	v.send(enter)
	got := v.answered()
	if got.result.Operation.State != want {
		v.Errorf("the operation is %q (%v, %v), want %q", got.result.Operation.State, got.result.Cause, got.err, want)
	}
	if booked := len(v.sim.Ledger()) > 0; booked != r.booked {
		v.Errorf("the service has moved the points: %v, want %v", booked, r.booked)
	}
	state := string(want)
	if want == nothing {
		state = "не записано, не отправлено"
	}
	if got.result.Unwritten {
		state += ", не записано"
	}
	return seen{state, v.said(), v.status()}
}

func TestFaults(t *testing.T) {
	all := rows()
	matrix := make([][]seen, len(all))
	var mu sync.Mutex
	t.Run("rows", func(t *testing.T) {
		for i, r := range all {
			matrix[i] = make([]seen, len(actions))
			for k, action := range actions {
				t.Run(r.name+"/"+action.name, func(t *testing.T) {
					t.Parallel()
					s := newShop(t)
					if s.only = r.name == damagedAtStart; s.only { // as cmd/skidkassa says it
						s.hub.Publish(notice.State{Part: notice.Journal, Level: notice.Trouble, Code: tui.JournalDamaged})
					}
					got := action.do(open(s), r)
					mu.Lock()
					defer mu.Unlock()
					matrix[i][k] = got
				})
			}
		}
	})
	if !t.Failed() && whole(matrix) {
		compare(t, document(all, matrix))
	}
}

// whole reports whether every test has run, and not only those that -run names.
func whole(matrix [][]seen) bool {
	for _, row := range matrix {
		if slices.Contains(row, seen{}) {
			return false
		}
	}
	return true
}

// document is docs/faults.md.
func document(all []row, matrix [][]seen) string {
	var b strings.Builder
	b.WriteString(head)
	for i, r := range all {
		fmt.Fprintf(&b, "\n## %s\n\n`TestFaults/rows/%s`\n\n| действие | операция | кассир читает | строка состояния |\n|---|---|---|---|\n", capital(r.words), r.name)
		for k, action := range actions {
			s := matrix[i][k]
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", action.words, s.state, cell(s.said), cell(s.status))
		}
	}
	return b.String()
}

const head = `# Что видит кассир, когда что-то ломается

Таблица написана тестом (` + "`go test ./internal/faults -update`" + `): каждая строка — проверка на настоящих соединениях, а слова сняты с
настоящего экрана. Покупатель в примерах — Александр Татарченко с 2 365 баллами, чек — 1 250 ₽. Знак « / » разделяет абзацы экрана.
`

func capital(words string) string {
	runes := []rune(words)
	return strings.ToUpper(string(runes[:1])) + string(runes[1:])
}

// cell keeps a text from breaking its table.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }

// compare holds docs/faults.md to what was seen.
func compare(t *testing.T, got string) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", "faults.md")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	wantLines := strings.Split(string(want), "\n")
	for i, line := range strings.Split(got, "\n") {
		if i >= len(wantLines) || line != wantLines[i] {
			t.Fatalf("docs/faults.md is not what the cashier sees (go test ./internal/faults -update writes it anew); line %d is now\n%s", i+1, line)
		}
	}
	t.Fatal("docs/faults.md has lines that nobody sees any more")
}
