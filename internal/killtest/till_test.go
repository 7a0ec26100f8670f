//go:build unix

package killtest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/skidkassa/skidkassa/internal/killtest/report"
	"github.com/skidkassa/skidkassa/internal/loyalty"
)

// patience bounds every wait for a till: on a busy machine a start may take seconds.
const patience = 60 * time.Second

// process is a running till.
type process struct {
	shop    *shop
	command *exec.Cmd
	input   io.Closer
	stderr  bytes.Buffer
	settled *report.Settled
	lines   chan report.Line
}

// start starts a till, which ends itself at a point when one is named, and waits until it serves, settles or is dead.
func (s *shop) start(orders report.Orders, killAt string) *process {
	s.Helper()
	began := s.now()
	p := &process{shop: s, command: exec.Command(tillBinary), lines: make(chan report.Line, 1024)}
	p.command.Env = append(os.Environ(), "SKIDKASSA_KILL_AT="+killAt)
	p.command.Stderr = &p.stderr
	input, err := p.command.StdinPipe()
	if err != nil {
		s.Fatal(err)
	}
	output, err := p.command.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		s.Fatal(err)
	}
	p.input = input
	go p.read(output)
	if err := json.NewEncoder(input).Encode(orders); err != nil {
		s.Fatalf("the till takes no orders: %v\n%s", err, p.stderr.String())
	}
	p.until(func(line report.Line) bool {
		if line.Recovered != nil {
			s.judgeStart(*line.Recovered)
			s.since = began
		}
		return line.Ready
	})
	return p
}

// read passes the till's lines on until it has ended.
func (p *process) read(output io.Reader) {
	defer close(p.lines)
	lines := bufio.NewReader(output)
	for {
		text, err := lines.ReadBytes('\n')
		if err != nil {
			return // a last half line was told to nobody
		}
		var line report.Line
		if json.Unmarshal(text, &line) == nil {
			p.lines <- line
		}
	}
}

// until takes the till's lines until one is what was waited for, or there are no more.
func (p *process) until(enough func(report.Line) bool) {
	p.shop.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		select {
		case line, more := <-p.lines:
			if !more {
				return
			}
			if line.Told != nil {
				p.shop.told[line.Told.ID] = *line.Told
			}
			if line.Settled != nil {
				p.settled = line.Settled
			}
			if enough(line) {
				return
			}
		case <-limit.C:
			_ = p.command.Process.Kill()
			p.shop.Fatalf("the till neither works nor ends:\n%s", p.stderr.String())
		}
	}
}

// killAfter lets the till work for a while and kills it.
func (p *process) killAfter(pause time.Duration) {
	p.shop.Helper()
	late := time.AfterFunc(pause, func() { _ = p.command.Process.Kill() })
	defer late.Stop()
	p.waitKilled()
}

// waitKilled waits for the till to be killed. Any other end of it is a failure.
func (p *process) waitKilled() {
	p.shop.Helper()
	p.until(func(report.Line) bool { return false })
	err := p.command.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		p.shop.Fatalf("the till was not killed: %v\n%s", err, p.stderr.String())
	}
	_ = p.input.Close()
	p.shop.kills++
}

// waitSettled waits for the till to settle everything and to end.
func (p *process) waitSettled() []report.Operation {
	p.shop.Helper()
	p.until(func(report.Line) bool { return false })
	if err := p.command.Wait(); err != nil || p.settled == nil {
		p.shop.Fatalf("the till did not settle everything: %v\n%s", err, p.stderr.String())
	}
	return p.settled.Operations
}

// judgeStart looks at what a start found: everything that was open is listed, and nothing that a cashier has read on
// the screen has gone.
func (s *shop) judgeStart(found report.Recovered) {
	s.Helper()
	listed := make(map[string]bool)
	for _, id := range found.Listed {
		listed[id] = true
	}
	before := make(map[string]report.Operation)
	for _, op := range found.Before {
		before[op.ID] = op
	}
	for _, op := range found.Before {
		waits := op.State == loyalty.StatePlanned && op.WaitsFor != "" && listed[op.WaitsFor] // shown with the one that it waits for
		if !op.State.Final() && !listed[op.ID] && !waits {
			s.Errorf("after kill %d: %s %s of %s is open, and the start does not list it", s.kills, op.State, op.Kind, op.Points)
		}
	}
	for id, told := range s.told {
		op, known := before[id]
		switch {
		case !known:
			s.Errorf("after kill %d: a cashier has read %s (%s of %s), the journal has lost it", s.kills, told.State, told.Kind, told.Points)
		case told.State.Final() && op.State != told.State:
			s.Errorf("after kill %d: a cashier has read %s, the journal says %s", s.kills, told.State, op.State)
		}
	}
	clear(s.told)
	s.judge(found.Before, false)
}

// judge compares the operations with the ledger. Only in the end, when all are given, is every entry known.
func (s *shop) judge(ops []report.Operation, all bool) {
	s.Helper()
	booked := make(map[movement]int)
	for _, entry := range s.sim.Ledger() {
		booked[movement{entry.Client, kindOf[entry.Kind], entry.Points.String()}]++
	}
	sure, perhaps := make(map[movement]int), make(map[movement]int)
	for _, op := range ops {
		moved := movement{op.Client, op.Kind, op.Points}
		sure[moved] += 0
		switch op.State {
		case loyalty.StateConfirmed, loyalty.StateApplied:
			sure[moved]++
		case loyalty.StateSending, loyalty.StateUnknown, loyalty.StateReview, loyalty.StateSettled:
			perhaps[moved]++
		}
	}
	for moved, n := range sure {
		switch {
		case booked[moved] < n:
			s.Errorf("after kill %d: LOST: %v: the journal is sure of %d, the service has %d", s.kills, moved, n, booked[moved])
		case booked[moved] > n+perhaps[moved]:
			s.Errorf("after kill %d: DOUBLED: %v: the service has %d, the journal %d and perhaps %d", s.kills, moved, booked[moved], n, perhaps[moved])
		}
	}
	if !all {
		return
	}
	for moved, n := range booked {
		if _, known := sure[moved]; !known {
			s.Errorf("LOST: %v: %d times in the ledger and in no journal", moved, n)
		}
	}
}
