package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/config"
)

// exitCode is what a script learns of a command (DESIGN.md, section 4).
type exitCode int

const (
	exitDone    exitCode = 0
	exitFailed  exitCode = 1
	exitUsage   exitCode = 2
	exitRefused exitCode = 3 // by the service
	exitUnknown exitCode = 4 // an operation was left whose outcome is unknown
)

// program is one run of skidkassa and all that it takes from its process.
type program struct {
	stdin   *os.File
	stdout  io.Writer
	stderr  io.Writer
	environ []string
	goos    string
	now     func() time.Time
	keyring func(interactive bool) config.Backend
}

// run carries out a command line and says on stderr what went wrong.
func (p *program) run(ctx context.Context, args []string) exitCode {
	root := newRoot(p)
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	sentence, code := explain(err)
	if sentence != "" {
		_, _ = fmt.Fprintln(p.stderr, "skidkassa: "+sentence)
	}
	return code
}

// terminals returns the files of the terminal that the program was started in,
// or an error if it was not started in one.
func (p *program) terminals() (in, out *os.File, err error) {
	out, ok := p.stdout.(*os.File)
	if !ok || !term.IsTerminal(int(out.Fd())) || !term.IsTerminal(int(p.stdin.Fd())) {
		return nil, nil, errNoTerminal
	}
	return p.stdin, out, nil
}
