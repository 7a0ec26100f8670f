package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
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

	flags     *flags       // of the command line, once there is one
	spoken    *texts.Texts // the words of this run, once one was said; see [program.words]
	forScript bool         // --json was given
}

// run carries out a command line and says on stderr what went wrong.
func (p *program) run(ctx context.Context, args []string) exitCode {
	p.spoken, p.forScript = nil, false
	root := newRoot(p)
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	if len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		p.dress(root, args) // the shell shows what each command is about
	}
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	sentence, code := p.words().explain(err)
	if sentence != "" {
		p.complain(sentence)
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
