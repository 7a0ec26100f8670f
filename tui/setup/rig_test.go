package setup

import (
	"context"
	"errors"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/layout"
	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
)

const payload = `{"type":"Skidkabot","vendor":4,"client":83532824,"secret":31766}`

// start is when every test begins.
var start = time.Date(2025, 11, 21, 19, 42, 0, 0, time.UTC)

// fakeBackend is a till in memory.
type fakeBackend struct {
	standing    Standing
	standingErr error
	secrets     map[string]SecretState
	faults      map[string]*Fault // by key, of any value; by "key=value", of this one
	shop        func(typed Secret) error
	printing    error
	saving      error
	saved       []Changes
	asked       []map[string]string
}

// newValues are the defaults, as far as the forms ask for them.
func newValues() map[string]string {
	return map[string]string{
		"language": "ru", "shop.vendor": "4", "shop.register": "1", "shop.name": "Кофейня", "shop.currency": "RUB", "shop.cashiers": "",
		"skidkabot.url": "https://skidkabot.ru", "rules.accrue_percent": "", "rules.redeem_percent": "", "rules.step": "1",
		"rules.min_money": "0", "rules.max_sum": "1000000", "scanner.gap": "50ms", "till.lock": "0s", "till.bell": "errors", "till.mouse": "on",
		"waiter.listen": localListen, "waiter.mode": "bind", "waiter.allow": "127.0.0.0/8, ::1/128", "waiter.hosts": "",
		"waiter.system": "Skidkabot", "waiter.photos": "", "waiter.gifts": "", "waiter.waiters": "", "waiter.rebind": "refuse",
		"waiter.unknown_sum": "balance", "waiter.deposit": "", "expirenza.url": "", "expirenza.resto_id": "", "expirenza.system": "SKIDKASSA",
		"hall.name": "", "hall.tables": "", "hall.staff": "", "printer.device": "", "printer.columns": "42", "printer.page": "cp866",
		"journal.path": "",
	}
}

func newBackend() *fakeBackend {
	return &fakeBackend{
		standing: Standing{Path: "/home/kassa/.config/skidkassa/skidkassa.toml", New: true, Values: newValues()},
		secrets:  map[string]SecretState{SecretShop: {}, SecretExpirenza: {}, SecretFeed: {}, SecretAdmin: {}},
		faults: map[string]*Fault{
			"shop.vendor=": {}, "shop.vendor=0": {Kind: FaultRange, Min: "1", Max: "9223372036854775807"}, "shop.register=": {},
		},
		shop: func(Secret) error { return nil },
	}
}

func (b *fakeBackend) Standing() (Standing, error) { return b.standing, b.standingErr }

func (b *fakeBackend) Judge(key, value string) *Fault {
	if fault := b.faults[key+"="+value]; fault != nil {
		return fault
	}
	return b.faults[key]
}

func (b *fakeBackend) JudgeSecret(secret Named) *Fault {
	isPIN := secret.Name == SecretAdmin || strings.Contains(secret.Name, "/")
	if isPIN && len(secret.Secret.Reveal()) < 4 {
		return &Fault{}
	}
	if secret.Name == SecretShop && strings.Trim(secret.Secret.Reveal(), "0123456789") != "" {
		return &Fault{}
	}
	return nil
}

func (b *fakeBackend) Payments(values map[string]string) []string {
	return []string{"Bonuses (" + values["waiter.system"] + ") - (0668e655-15a0-4b5e-ab3c-c7f7003cb8cc)."}
}

func (b *fakeBackend) LookSecrets(_ context.Context, names []string) map[string]SecretState {
	found := make(map[string]SecretState)
	for _, name := range names {
		found[name] = b.secrets[name]
	}
	return found
}

func (b *fakeBackend) CheckShop(ctx context.Context, values map[string]string, typed Secret) error {
	b.asked = append(b.asked, values)
	return errors.Join(ctx.Err(), b.shop(typed))
}

func (b *fakeBackend) PrintTest(ctx context.Context, values map[string]string) error {
	b.asked = append(b.asked, values)
	return errors.Join(ctx.Err(), b.printing)
}

func (b *fakeBackend) Save(ctx context.Context, changes Changes) error {
	if err := errors.Join(ctx.Err(), b.saving); err != nil {
		return err
	}
	b.saved = append(b.saved, changes)
	for key, value := range changes.Values {
		b.standing.Values[key] = value
	}
	return nil
}

// rig is a wizard with a person and a scanner before it, and a clock that only they move.
type rig struct {
	t       *testing.T
	wizard  *Wizard
	backend *fakeBackend
	now     time.Time
	timers  []timer
	held    []tea.Cmd // that are not done before [rig.finish]
	hold    bool      // what takes time is under way
	quit    bool
}

type timer struct {
	at  time.Time
	msg tea.Msg
}

func newRig(t *testing.T, backend *fakeBackend, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, backend: backend, now: start}
	options := Options{
		Backend: backend, Texts: texts.New(texts.Russian), Theme: look.Theme{Colors: look.NoColors}, Output: io.Discard,
		Scanner: scanner.Options{OpensPayload: layout.OpensPayload},
		Now:     func() time.Time { return r.now },
		After: func(pause time.Duration, msg tea.Msg) tea.Cmd {
			r.timers = append(r.timers, timer{r.now.Add(pause), msg})
			return nil
		},
	}
	for _, set := range change {
		set(&options)
	}
	standing, err := backend.Standing()
	if err != nil {
		t.Fatal(err)
	}
	standing.Values = maps.Clone(standing.Values)
	r.wizard = New(options, standing)
	r.run(r.wizard.Init())
	return r
}

// run does what a command says, at once.
func (r *rig) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if r.hold {
		r.held = append(r.held, cmd)
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, inner := range msg {
			r.run(inner)
		}
	case tea.QuitMsg:
		r.quit = true
	default:
		r.send(msg)
	}
}

// finish does what was held back.
func (r *rig) finish() {
	held := r.held
	r.held, r.hold = nil, false
	for _, cmd := range held {
		r.run(cmd)
	}
}

func (r *rig) send(msg tea.Msg) {
	_, cmd := r.wizard.Update(msg)
	r.run(cmd)
}

// wait lets time pass.
func (r *rig) wait(pause time.Duration) {
	end := r.now.Add(pause)
	for {
		next := -1
		for i, timer := range r.timers {
			if !timer.at.After(end) && (next < 0 || timer.at.Before(r.timers[next].at)) {
				next = i
			}
		}
		if next < 0 {
			break
		}
		due := r.timers[next]
		r.timers = append(r.timers[:next:next], r.timers[next+1:]...)
		if due.at.After(r.now) {
			r.now = due.at
		}
		r.send(due.msg)
	}
	r.now = end
}

// press presses keys as a person does.
func (r *rig) press(keys ...tea.KeyType) {
	r.t.Helper()
	for _, key := range keys {
		r.wait(150 * time.Millisecond)
		r.send(tea.KeyMsg{Type: key})
		r.wait(150 * time.Millisecond)
	}
}

// write types text as a person does.
func (r *rig) write(text string) {
	for _, typed := range text {
		r.wait(150 * time.Millisecond)
		r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{typed}})
	}
	r.wait(150 * time.Millisecond)
}

// scan types text as a scanner does.
func (r *rig) scan(text string, gap time.Duration, end ...tea.KeyType) {
	for _, typed := range text {
		r.wait(gap)
		r.send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{typed}})
	}
	for _, key := range end {
		r.wait(gap)
		r.send(tea.KeyMsg{Type: key})
	}
	r.wait(time.Second)
}

// words are what the screen says, in one line.
func (r *rig) words() string { return inOneLine(r.wizard.View()) }

func inOneLine(view string) string {
	return strings.Join(strings.FieldsFunc(ansi.Strip(view), func(c rune) bool { return c <= ' ' || c == '\u00a0' || c >= '\u2500' && c <= '\u257f' }), " ")
}

func (r *rig) see(texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.words(), text) {
			r.t.Fatalf("no %q on\n%s", text, r.wizard.View())
		}
	}
}

func (r *rig) notSee(text string) {
	r.t.Helper()
	if strings.Contains(r.words(), text) {
		r.t.Fatalf("%q stands on\n%s", text, r.wizard.View())
	}
}
