//go:build !windows

package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/e2e/shop"
	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// The guests of every scenario.
const (
	alexander int64 = 83532824   // has points
	maria     int64 = 7045112233 // has none; her number does not fit 32 bits
)

const (
	idleWords = "Отсканируйте QR покупателя"
	guestSum  = "Сумма чека"
)

// scenario is a shop with its till, its service and its cashier.
type scenario struct {
	*terminal.Terminal
	t       *testing.T
	shop    *shop.Shop
	service *skidkabotsim.Server
	url     string       // of the service
	ahead   atomic.Int64 // how far the service's clock is ahead of the till's, in nanoseconds

	open    []loyalty.State // states in which the scenario may leave operations beside the final ones
	lost    []string        // movements whose operations the scenario took out of the journal, such as "accrue 25"
	started []*terminal.Terminal
}

// newScenario sets up a shop. Nothing runs yet but the service. At the end everything is stopped, and the ledger and
// the journal are compared.
func newScenario(t *testing.T) *scenario {
	t.Helper()
	t.Parallel()
	s := &scenario{t: t}
	s.service = &skidkabotsim.Server{Now: func() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }}
	s.service.AddCustomer(skidkabotsim.Customer{
		Client: alexander, FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(2365),
	})
	s.service.AddCustomer(skidkabotsim.Customer{Client: maria, FirstName: "Мария", LastName: "Коваленко"})
	var err error
	s.url, err = s.service.Start()
	s.must(err)
	s.shop, err = shop.New(t.TempDir(), binary, s.url)
	s.must(err)
	t.Cleanup(func() {
		s.must(s.service.Close()) // ends what faults hold back, unsent
		for _, term := range s.started {
			s.must(term.Close())
		}
		s.compareLedgerWithJournal()
		s.findLeaks()
	})
	return s
}

// newTill sets up a shop and starts its till.
func newTill(t *testing.T) *scenario {
	t.Helper()
	s := newScenario(t)
	s.start(terminal.Options{})
	return s
}

// start starts the till and waits for its first screen. After the end of one till another can be started.
func (s *scenario) start(options terminal.Options, args ...string) {
	s.t.Helper()
	s.launch(options, args...)
	s.see(idleWords)
}

// launch starts the till and does not wait.
func (s *scenario) launch(options terminal.Options, args ...string) {
	s.t.Helper()
	term, err := terminal.Start(s.shop.Command(args...), options)
	s.must(err)
	s.Terminal = term
	s.started = append(s.started, term)
}

func (s *scenario) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// see waits until all texts are on the screen, where the end of a line counts as a blank.
func (s *scenario) see(texts ...string) {
	s.t.Helper()
	s.must(s.await(terminal.Patience, texts...))
}

func (s *scenario) await(limit time.Duration, texts ...string) error {
	_, err := s.Await(fmt.Sprintf("%q", texts), limit, func(screen string) bool {
		words := inOneLine(screen)
		for _, text := range texts {
			if !strings.Contains(words, text) {
				return false
			}
		}
		return true
	})
	return err
}

// inOneLine is the screen's words without frames and line ends.
func inOneLine(screen string) string {
	frames := func(r rune) bool { return unicode.IsSpace(r) || r >= '\u2500' && r <= '\u259f' }
	return strings.Join(strings.FieldsFunc(screen, frames), " ")
}

// gone waits until the text is not on the screen.
func (s *scenario) gone(text string) {
	s.t.Helper()
	s.must(s.WaitGone(text))
}

// notSeen checks that none of the texts is on the screen.
func (s *scenario) notSeen(texts ...string) {
	s.t.Helper()
	screen := s.Screen()
	for _, text := range texts {
		if strings.Contains(inOneLine(screen), text) {
			s.t.Fatalf("%q is on the screen\n%s", text, screen)
		}
	}
}

// quiet is longer than the keyboard must be still before a screen that came by itself takes a key, and longer than the
// scanner's Enter is ignored.
const quiet = 400 * time.Millisecond

// person presses keys after a look at the screen, as a person does.
func (s *scenario) person(keys ...terminal.Key) {
	s.t.Helper()
	time.Sleep(quiet)
	s.press(keys...)
}

// reading is longer than what has to be read must have been on the screen before it takes Enter or Esc.
const reading = 1300 * time.Millisecond

// lookAgain is when a person sees that nothing has come of a key, and presses it again: a result that becomes another one
// under their hands has to be read anew.
const lookAgain = 5 * time.Second

// read reads what came by itself, a result or a problem, and presses a key until it has led to the words.
func (s *scenario) read(key terminal.Key, words ...string) {
	s.t.Helper()
	s.insist(fmt.Sprintf("%q", words), func() {
		time.Sleep(reading)
		s.press(key)
	}, func(limit time.Duration) error { return s.await(limit, words...) })
}

// insist does something again and again until it has had its effect, as a person does who looks at the screen in between.
func (s *scenario) insist(effect string, do func(), await func(limit time.Duration) error) {
	s.t.Helper()
	for deadline := time.Now().Add(terminal.Patience); ; {
		do()
		err := await(lookAgain)
		if err == nil {
			return
		}
		if time.Now().After(deadline) || errors.Is(err, terminal.ErrEnded) {
			s.t.Fatalf("nothing leads to %s: %v", effect, err)
		}
	}
}

// quit ends the till by F10, with nothing entered. Over a result that nobody can have read yet F10 is not taken.
func (s *scenario) quit() {
	s.t.Helper()
	s.insist("the end", func() {
		_ = s.Press(terminal.F10) // it may end just now
	}, func(limit time.Duration) error {
		_, err := s.Exit(limit)
		return err
	})
	s.ended(0)
}

// press presses keys at once.
func (s *scenario) press(keys ...terminal.Key) {
	s.t.Helper()
	s.must(s.Press(keys...))
}

// keyPause is between two keys of a person who is used to the number pad.
const keyPause = 60 * time.Millisecond

func (s *scenario) typeText(text string) {
	s.t.Helper()
	s.must(s.TypeSeen(text, keyPause))
}

// keyToFrame presses a key and gives the time until the screen shows what it does.
func (s *scenario) keyToFrame(key terminal.Key, words string) time.Duration {
	s.t.Helper()
	time.Sleep(keyPause)
	pressed := time.Now()
	s.press(key)
	shown, err := s.Await(words, terminal.Patience, func(screen string) bool { return strings.Contains(screen, words) })
	s.must(err)
	return shown.Sub(pressed)
}

// scannerPause is between two characters of a usual scanner.
const scannerPause = time.Millisecond

func (s *scenario) scan(text string, manner terminal.Manner) {
	s.t.Helper()
	s.must(s.Scan(text, manner))
}

// silence is shorter than what the till takes for the end of a scan.
const silence = 80 * time.Millisecond

// scanWhole brings the till to where a scan is to come, and scans what text gives until the words are on the screen. A scan
// in which this machine was too busy to be a scanner was none. One that a till that did not get to run has torn in two is
// made again, as a cashier does, at most five times. Either way everything begins anew.
func (s *scenario) scanWhole(manner terminal.Manner, begin func(), text func() string, words ...string) {
	s.t.Helper()
	const attempts, stalls, limit = 6, 10, 10 * time.Second
	stalled := 0
	for attempt := 1; ; {
		begin()
		longest, err := s.ScanTimed(text(), manner)
		s.must(err)
		if longest > silence && stalled < stalls {
			stalled++
			s.goIdle()
			continue
		}
		if err = s.await(limit, words...); err == nil {
			return
		}
		if attempt++; attempt > attempts {
			s.t.Fatalf("%v\n(%d more scans were torn by this machine)", err, stalled)
		}
		s.goIdle()
	}
}

func (s *scenario) isIdle() bool { return strings.Contains(inOneLine(s.Screen()), idleWords) }

// goIdle leaves whatever is on the screen, question by question.
func (s *scenario) goIdle() {
	s.t.Helper()
	const screens = 5
	for range screens {
		if s.isIdle() {
			return
		}
		time.Sleep(reading)
		s.press(terminal.Esc)
		time.Sleep(quiet) // for the screen that the key leads to
	}
	s.read(terminal.Esc, idleWords)
}

// payload gives fresh QRs of a guest.
func (s *scenario) payload(client int64) func() string {
	return func() string { return s.service.IssueQR(client).Payload() }
}

// greet scans a guest's fresh QR and waits for the name. The scan comes in one piece: what a scan looks like that comes
// in many is a scenario of its own, and a busy machine must not tear this one.
func (s *scenario) greet(client int64) skidkabot.Card {
	s.t.Helper()
	card := s.service.IssueQR(client)
	s.scan(card.Payload(), terminal.AtOnce())
	s.see(guestSum, names[client])
	return card
}

var names = map[int64]string{alexander: "Александр Татарченко", maria: "Мария Коваленко"}

// enterSum types the receipt's sum and waits until the screen has counted with it.
func (s *scenario) enterSum(text, preview string) {
	s.t.Helper()
	s.typeText(text)
	s.see(preview)
}

// accrue greets Alexander and confirms the accrual of 25 points on 1250.50.
func (s *scenario) accrue() {
	s.t.Helper()
	s.greet(alexander)
	s.enterSum("1250,50", "Начислим 25 баллов")
	s.press(terminal.F2)
	s.see("Начислить 25 баллов?")
	s.person(terminal.Enter)
}

// redeem greets Alexander and confirms the redemption of 125 points on 1250.50, with 22 points on the remainder.
func (s *scenario) redeem() {
	s.t.Helper()
	s.greet(alexander)
	s.enterSum("1250,50", "Можно списать до 125")
	s.press(terminal.F3)
	s.see("Списать 125 баллов?")
	s.person(terminal.Enter)
}

// ended waits for the end of the till and checks its exit code.
func (s *scenario) ended(want int) {
	s.t.Helper()
	code, err := s.Exit(terminal.Patience)
	s.must(err)
	if code != want {
		s.t.Errorf("exit code %d, want %d; the screen is\n%s", code, want, s.Screen())
	}
}

// sent checks how many requests for a path the service has got.
func (s *scenario) sent(path string, want int) {
	s.t.Helper()
	if got := s.service.Count(path); got != want {
		s.t.Errorf("%d requests for %s were sent, want %d", got, path, want)
	}
}

// posted waits until the service has got so many requests for a path.
func (s *scenario) posted(path string, want int) {
	s.t.Helper()
	s.eventually("requests for "+path, func() bool { return s.service.Count(path) >= want })
}

// eventually waits for something that is not on the screen.
func (s *scenario) eventually(what string, reached func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(terminal.Patience); !reached(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("no %s within %s; the screen is\n%s", what, terminal.Patience, s.Screen())
		}
	}
}

// entry is what is read of an operation in `journal list --json`.
type entry struct {
	ID      string
	Kind    loyalty.Kind
	State   loyalty.State
	Client  int64
	Points  decimal.Decimal
	Sum     decimal.Decimal
	Link    loyalty.Link
	Parent  uuid.UUID
	Reason  loyalty.Reason
	Note    string
	Cashier string
	Events  []event // only of what `journal show` lists
}

// event is a line of an operation's history.
type event struct {
	Seq    int64
	At     time.Time
	From   loyalty.State
	To     loyalty.State
	Reason loyalty.Reason
	Actor  string
	Note   string
}

// command runs a command of the program beside the till, checks its exit code, and gives what it printed.
func (s *scenario) command(want int, args ...string) (output []byte) {
	s.t.Helper()
	command := s.shop.Command(args...)
	var complaints bytes.Buffer
	command.Stderr = &complaints
	output, err := command.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	if got := command.ProcessState.ExitCode(); got != want {
		s.t.Fatalf("%q: exit code %d, want %d\n%s%s", args, got, want, output, complaints.String())
	}
	return output
}

// objects reads what a command printed with --json, an object a line.
func objects[T any](s *scenario, output []byte) []T {
	s.t.Helper()
	var all []T
	for decoder := json.NewDecoder(bytes.NewReader(output)); decoder.More(); {
		var one T
		s.must(decoder.Decode(&one))
		all = append(all, one)
	}
	return all
}

// journal lists the till's operations, newest first, the way an administrator does.
func (s *scenario) journal() []entry {
	s.t.Helper()
	return objects[entry](s, s.command(0, "journal", "list", "--json", "--limit", "200"))
}

// history is an operation with its events.
func (s *scenario) history(id string) entry {
	s.t.Helper()
	return objects[entry](s, s.command(0, "journal", "show", "--json", id))[0]
}

// states are the operations' states, newest first, such as "accrual 25 confirmed".
func (s *scenario) states() []string {
	s.t.Helper()
	var states []string
	for _, e := range s.journal() {
		states = append(states, string(e.Kind)+" "+e.Points.String()+" "+string(e.State))
	}
	return states
}

// wantJournal checks what is in the journal, newest first.
func (s *scenario) wantJournal(want ...string) {
	s.t.Helper()
	if got := s.states(); !slices.Equal(got, want) {
		s.t.Errorf("the journal has %q, want %q", got, want)
	}
}

// ledger is what the service has really moved, such as "redeem 125", oldest first.
func (s *scenario) ledger() []string {
	var moved []string
	for _, e := range s.service.Ledger() {
		moved = append(moved, inWords(e))
	}
	return moved
}

func inWords(e skidkabotsim.Entry) string { return string(e.Kind) + " " + e.Points.String() }

func (s *scenario) wantLedger(want ...string) {
	s.t.Helper()
	if got := s.ledger(); !slices.Equal(got, want) {
		s.t.Errorf("the ledger has %q, want %q", got, want)
	}
}

// kinds translates the journal's word into the ledger's.
var kinds = map[loyalty.Kind]skidkabotsim.Kind{
	loyalty.Accrual: skidkabotsim.Accrue, loyalty.Redemption: skidkabotsim.Redeem,
}

// compareLedgerWithJournal holds each to the other: every operation that the till calls done is in the service's ledger
// exactly once, what it calls not done is not there, and no movement is without its operation. An operation whose
// outcome the scenario leaves open may be in the ledger or not.
func (s *scenario) compareLedgerWithJournal() {
	s.t.Helper()
	if _, err := os.Stat(s.shop.JournalFile()); errors.Is(err, fs.ErrNotExist) {
		s.wantLedger()
		return
	}
	moved := s.service.Ledger()
	var open []entry
	for _, e := range s.journal() {
		switch e.State {
		case loyalty.StateConfirmed, loyalty.StateApplied, loyalty.StateSettled: // the persons of these tests know the truth
			isDone := e.State != loyalty.StateSettled || e.Reason == loyalty.ReasonDecidedYes
			if isDone && !take(&moved, e) {
				s.t.Errorf("operation %s (%s %s) is %s, but not in the ledger", e.ID, e.Kind, e.Points, e.State)
			}
		case loyalty.StateRefused, loyalty.StateVoided, loyalty.StateNotApplied, loyalty.StateExpired:
		default:
			if !slices.Contains(s.open, e.State) {
				s.t.Errorf("operation %s (%s %s) is left %s", e.ID, e.Kind, e.Points, e.State)
			}
			open = append(open, e)
		}
	}
	for _, e := range open {
		take(&moved, e)
	}
	for _, left := range moved {
		if slices.Contains(s.lost, inWords(left)) {
			continue
		}
		s.t.Errorf("the ledger has %s %s of client %d, and the journal has no operation that did it",
			left.Kind, left.Points, left.Client)
	}
}

// take takes the movement of an operation out of the ledger, if it is there.
func take(moved *[]skidkabotsim.Entry, e entry) bool {
	i := slices.IndexFunc(*moved, func(m skidkabotsim.Entry) bool {
		return m.Client == e.Client && m.Kind == kinds[e.Kind] && m.Points.Equal(e.Points)
	})
	if i < 0 {
		return false
	}
	*moved = slices.Delete(*moved, i, i+1)
	return true
}

// secrets are what no log may hold: the vendor's secret, the head of a QR's text, a QR's secret as a field, names, the PIN
// as a value.
var secrets = regexp.MustCompile(`\b31337\b|Skidkabot\\?"|secret\\?":|Татарченко|Коваленко|[":= ]` + adminPIN + `["\s,}]`)

// findLeaks looks for secrets in the log and in what the till wrote to the terminal.
func (s *scenario) findLeaks() {
	s.t.Helper()
	logs, err := filepath.Glob(filepath.Join(s.shop.DataDir(), "*.log"))
	s.must(err)
	for _, log := range logs {
		text, err := os.ReadFile(log)
		s.must(err)
		if found := secrets.Find(text); found != nil {
			s.t.Errorf("the log holds %q:\n%s", found, text)
		}
	}
	for _, term := range s.started {
		for _, secret := range []string{"31337", adminPIN} {
			if bytes.Contains(term.Raw(), []byte(secret)) {
				s.t.Errorf("%q was written to the terminal", secret)
			}
		}
	}
}
