package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/uuid"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"skidkassa": main})
}

// TestScript runs testdata/script: the whole program as a process, with its
// command line, exit codes and streams. Besides testscript's own commands:
//
//	exits CODE skidkassa ARGS...   runs it and demands the exit code
//	till CODE ARGS...              the same in a terminal; F10 is pressed when
//	                               the screen stands. Gives till.out and till.err
//	service up|down|debt|broken    the simulator, at $URL; "up" makes $QR too
//	operations FILE                a journal with three operations, whose ids
//	                               are $ID1 (the oldest) to $ID3
//	shifts FILE                    the same journal with a shift that is closed and
//	                               one that is open, each with an order paid in it
//	hold FILE                      another till has this journal open
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup:               setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"till":       runTill,
			"service":    service,
			"operations": operations,
			"shifts":     fillShifts,
			"hold":       hold,
			"backup":     backUp,
		},
	})
}

const customer = 83532824

// setUp gives each script an environment in which no keyring can be reached
// and nothing of this machine's till is seen.
func setUp(env *testscript.Env) error {
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
	env.Setenv("XDG_DATA_HOME", filepath.Join(env.WorkDir, "data"))
	env.Setenv("DATA", filepath.Join(env.WorkDir, "data", "skidkassa"))
	env.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(env.WorkDir, "no-bus"))
	env.Setenv("TERM", "xterm-256color")
	env.Setenv("LANG", "C.UTF-8")
	env.Setenv("TZ", "UTC")
	env.Setenv("SKIDKASSA_WAITER_LISTEN", "") // scripts run side by side, and there is one port 9100
	if dir := os.Getenv("GOCOVERDIR"); dir != "" {
		env.Setenv("GOCOVERDIR", dir)
	}
	return nil
}

func check(ts *testscript.TestScript, err error) {
	if err != nil {
		ts.Fatalf("%v", err)
	}
}

func demandCode(ts *testscript.TestScript, err error, want string) {
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		check(ts, err)
	}
	if strconv.Itoa(got) != want {
		ts.Fatalf("exit code %d, want %s", got, want)
	}
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	demandCode(ts, err, args[0])
}

// runTill runs the program in a terminal of 80x24 that answers no questions.
func runTill(ts *testscript.TestScript, _ bool, args []string) {
	command := exec.Command("skidkassa", args[1:]...)
	command.Dir = ts.MkAbs(".")
	command.Env = environment(ts)
	stderr, err := os.Create(ts.MkAbs("till.err"))
	check(ts, err)
	defer func() { _ = stderr.Close() }()
	command.Stderr = stderr
	terminal, err := pty.StartWithSize(command, &pty.Winsize{Rows: 24, Cols: 80})
	check(ts, err)
	defer func() { _ = terminal.Close() }()
	screen := watch(terminal)
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	select {
	case err = <-done:
	case <-screen.shown("Отсканируйте"):
		_, writeErr := io.WriteString(terminal, "\x1b[21~") // F10
		check(ts, writeErr)
		select {
		case err = <-done:
		case <-time.After(patience):
			_ = command.Process.Kill()
			ts.Fatalf("F10 does not end it:\n%s", screen.text())
		}
	case <-time.After(patience):
		_ = command.Process.Kill()
		ts.Fatalf("no screen:\n%s", screen.text())
	}
	check(ts, os.WriteFile(ts.MkAbs("till.out"), []byte(screen.text()), 0o600))
	demandCode(ts, err, args[0])
}

// environment is what a script has set.
func environment(ts *testscript.TestScript) []string {
	var env []string
	for _, name := range []string{
		"PATH", "HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS", "TERM", "LANG", "TZ",
		"GOCOVERDIR", "CREDENTIALS_DIRECTORY", "TMPDIR",
	} {
		if value := ts.Getenv(name); value != "" {
			env = append(env, name+"="+value)
		}
	}
	return append(env, "SKIDKASSA_WAITER_LISTEN="+ts.Getenv("SKIDKASSA_WAITER_LISTEN"))
}

// screenText is what a program writes to its terminal, raw.
type screenText struct {
	mu      sync.Mutex
	written strings.Builder
	news    chan struct{} // something was written
}

func watch(terminal io.Reader) *screenText {
	s := &screenText{news: make(chan struct{}, 1)}
	go func() { _, _ = io.Copy(s, terminal) }()
	return s
}

// Write implements io.Writer.
func (s *screenText) Write(p []byte) (int, error) {
	s.mu.Lock()
	s.written.Write(p)
	s.mu.Unlock()
	select {
	case s.news <- struct{}{}:
	default:
	}
	return len(p), nil
}

func (s *screenText) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written.String()
}

// shown is closed when the text has been written.
func (s *screenText) shown(text string) <-chan struct{} {
	seen := make(chan struct{})
	go func() {
		for range s.news {
			if strings.Contains(s.text(), text) {
				close(seen)
				return
			}
		}
	}()
	return seen
}

// services are the simulators by the script that uses them.
var services sync.Map

func service(ts *testscript.TestScript, _ bool, args []string) {
	started, _ := services.LoadOrStore(ts.Name(), new(skidkabotsim.Server))
	s := started.(*skidkabotsim.Server)
	switch args[0] {
	case "up":
		url, err := s.Start()
		check(ts, err)
		ts.Defer(func() {
			services.Delete(ts.Name())
			_ = s.Close()
		})
		s.AddCustomer(skidkabotsim.Customer{
			Client: customer, FirstName: "Александр", LastName: "Татарченко", Balance: decimal.NewFromInt(2365),
		})
		ts.Setenv("URL", url)
		ts.Setenv("QR", s.IssueQR(customer).Payload())
		ts.Setenv("EXPIRED", s.IssueQRAt(customer, time.Now().Add(-25*time.Hour)).Payload())
	case "down":
		check(ts, s.SetDown(true))
	case "debt":
		s.SetDebt(true)
	case "broken":
		s.FailNext(1, "", skidkabotsim.BrokenCode15())
	default:
		ts.Fatalf("service %s?", args[0])
	}
}

// operations fills a journal as a till does: an accrual that was confirmed, a
// redemption that was refused, and an accrual whose outcome is unknown.
func operations(ts *testscript.TestScript, _ bool, args []string) {
	at := time.Date(2025, 11, 21, 19, 42, 0, 0, time.UTC)
	j, err := journal.Open(context.Background(), journal.Options{
		Path: ts.MkAbs(args[0]), Register: 1, Now: func() time.Time { return at },
	})
	check(ts, err)
	for i, end := range []loyalty.Move{
		{To: loyalty.StateConfirmed, Balance: decimal.NewNullDecimal(decimal.NewFromInt(2390))},
		{To: loyalty.StateRefused, Code: skidkabot.CodeNotEnoughPoints, Text: skidkabotsim.Text(skidkabot.CodeNotEnoughPoints)},
		{To: loyalty.StateUnknown, Reason: "timeout"},
	} {
		check(ts, operate(j, i, at.Add(time.Duration(i)*24*time.Hour), end, func(id uuid.UUID) {
			ts.Setenv(fmt.Sprintf("ID%d", i+1), id.String())
		}))
	}
	check(ts, j.Close())
}

func operate(j *journal.Journal, i int, at time.Time, end loyalty.Move, tell func(uuid.UUID)) error {
	o := loyalty.Operation{
		ID:        loyalty.NewID(),
		Register:  1,
		Kind:      loyalty.Accrual,
		State:     loyalty.StatePlanned,
		Vendor:    4,
		Client:    int64(customer + i),
		Secret:    31766,
		ScannedAt: at,
		PlannedAt: at,
		ChangedAt: at,
		Name:      "Александр Татарченко",
		Points:    decimal.NewFromInt(25),
		Sum:       decimal.RequireFromString("1250.50"),
		Money:     decimal.RequireFromString("1250.50"),
		Percent:   decimal.NewFromInt(2),
		Cashier:   "Ольга",
	}
	if end.To == loyalty.StateRefused {
		o.Kind, o.Points, o.Money = loyalty.Redemption, decimal.NewFromInt(125), decimal.RequireFromString("1125.50")
	}
	tell(o.ID)
	ctx := context.Background()
	if err := j.Plan(ctx, o); err != nil {
		return err
	}
	send := loyalty.Move{
		ID: o.ID, From: loyalty.StatePlanned, To: loyalty.StateSending, At: at.Add(time.Second),
		Baseline: decimal.NewNullDecimal(decimal.NewFromInt(2365)), BaselineAt: at,
		SentAt: at.Add(time.Second), Deadline: at.Add(16 * time.Second),
	}
	if err := j.Move(ctx, send); err != nil {
		return err
	}
	end.ID, end.From, end.At = o.ID, loyalty.StateSending, at.Add(2*time.Second)
	return j.Move(ctx, end)
}

// backUp makes a backup of a journal in a folder.
func backUp(ts *testscript.TestScript, _ bool, args []string) {
	j, err := journal.Open(context.Background(), journal.Options{Path: ts.MkAbs(args[0]), Register: 1})
	check(ts, err)
	path, err := j.Backup(context.Background(), ts.MkAbs(args[1]), journal.BackupKeep)
	check(ts, err)
	ts.Setenv("BACKUP", path)
	check(ts, j.Close())
}

func hold(ts *testscript.TestScript, _ bool, args []string) {
	j, err := journal.Open(context.Background(), journal.Options{Path: ts.MkAbs(args[0]), Register: 1})
	check(ts, err)
	ts.Defer(func() { _ = j.Close() })
}
