// Mutants shows that the tests stand on guard: it takes one guard at a time out of the code and runs the tests that
// should notice. A mutant that no test catches is a rule that nobody would miss.
//
//	go run ./internal/mutants                 # all of them
//	go run ./internal/mutants -only I4        # those of one rule
//
// The tree is never touched: each mutant is compiled through the go command's -overlay. The exit code is 1 when one
// survives, when its tests do not compile, or when the tests fail without it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync"
	"time"
)

func main() {
	only := flag.String("only", "", "only guards of this `RULE` or whose file or name contains it")
	workers := flag.Int("workers", runtime.NumCPU(), "how many mutants are tested at the same time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	root, err := moduleRoot()
	if err == nil {
		err = run(ctx, os.Stdout, root, choose(guards(), *only), max(1, *workers))
	}
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// Errors of a run.
var (
	errNothing  = errors.New("there is no such guard")
	errSurvived = errors.New("survived")
)

// run tests the chosen mutants of the module at root and says of each which tests caught it.
func run(ctx context.Context, out io.Writer, root string, chosen []guard, workers int) error {
	if len(chosen) == 0 {
		return errNothing
	}
	if err := checkWithout(ctx, root, chosen); err != nil {
		return err
	}
	var (
		mu       sync.Mutex
		failures []error
		crew     sync.WaitGroup
		queue    = make(chan guard)
	)
	for range workers {
		crew.Go(func() {
			for g := range queue {
				found, err := try(ctx, root, g)
				mu.Lock()
				_, _ = fmt.Fprintln(out, sentence(g, found, err))
				if err != nil {
					failures = append(failures, fmt.Errorf("%s %s: %w", g.rule, g.name, err))
				}
				mu.Unlock()
			}
		})
	}
	for _, g := range chosen {
		queue <- g
	}
	close(queue)
	crew.Wait()
	_, _ = fmt.Fprintf(out, "%d guards, %d not caught\n", len(chosen), len(failures))
	return errors.Join(failures...)
}

// choose gives the guards of a rule, or those whose file or name contains the words; all for "".
func choose(all []guard, only string) []guard {
	var chosen []guard
	for _, g := range all {
		if only == "" || g.rule == only || strings.Contains(g.file, only) || strings.Contains(g.name, only) {
			chosen = append(chosen, g)
		}
	}
	return chosen
}

func sentence(g guard, found verdict, err error) string {
	head := fmt.Sprintf("%-9s %-46s %5.1fs  ", g.rule, g.name, found.took.Seconds())
	switch {
	case errors.Is(err, errSurvived):
		return head + "SURVIVED " + strings.Join(g.tests, " ")
	case err != nil:
		return head + "FAILED " + err.Error()
	}
	const shown = 3
	names := found.caughtBy
	if len(names) > shown {
		return head + strings.Join(names[:shown], " ") + fmt.Sprintf(" and %d more", len(names)-shown)
	}
	return head + strings.Join(names, " ")
}

// verdict is what the tests said of a mutant.
type verdict struct {
	caughtBy []string // the tests that failed
	took     time.Duration
}
