package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// export is what `journal export` was asked for.
type export struct {
	listing
	format string
	out    string // the file; "": standard output
	force  bool   // replace a file that is there
}

// exportFormats are the values of --format.
var exportFormats = []string{"csv", "json"}

// errFileThere refuses to replace a file.
var errFileThere = errors.New("the file is there already")

// errIsFolder refuses to write to what is no file.
var errIsFolder = errors.New("it is a folder")

func journalExportCommand(p *program, f *flags) *cobra.Command {
	e := export{listing: listing{limit: loyalty.ListLimit}}
	command := &cobra.Command{
		Use:     "export",
		Short:   string(texts.CLIHelpJournalExport),
		Long:    string(texts.CLILongJournalExport),
		Example: exampleJournalExport,
		Args:    exactly(),
		RunE: func(command *cobra.Command, _ []string) error {
			filter, err := e.filter(time.Local)
			if err != nil {
				return err
			}
			if e.format != "csv" && e.format != "json" {
				return misuse(texts.CLIBadFormat)
			}
			return p.withJournal(command.Context(), f, func(j *journal.Journal) error {
				return p.exportTo(command.Context(), j, filter, e)
			})
		},
	}
	own := command.Flags()
	own.StringVar(&e.format, "format", "csv", string(texts.CLIFlagFormat))
	own.StringVar(&e.out, "out", "", string(texts.CLIFlagOut))
	own.BoolVar(&e.force, "force", false, string(texts.CLIFlagForce))
	e.register(command)
	completeWith(command, "format", exportFormats)
	return command
}

// exportTo writes to the standard output, or to a file that gets its name when
// it is complete.
func (p *program) exportTo(ctx context.Context, j *journal.Journal, filter loyalty.Filter, e export) error {
	progress := p.newProgress()
	defer progress.end()
	if e.out == "" {
		return writeExport(ctx, j, filter, e.format, p.stdout, progress)
	}
	return writeWhole(e.out, e.force, func(w io.Writer) error {
		return writeExport(ctx, j, filter, e.format, w, progress)
	})
}

// writeWhole writes a file for this user alone, and gives it its name when all
// of it is on the disk. It replaces a file only when it is told to.
func writeWhole(path string, replace bool, write func(io.Writer) error) (err error) {
	switch info, err := os.Lstat(path); {
	case err == nil && info.IsDir():
		return &fs.PathError{Op: "export", Path: path, Err: errIsFolder}
	case err == nil && !replace:
		return &fs.PathError{Op: "export", Path: path, Err: errFileThere}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".export-")
	if err != nil {
		var named *fs.PathError
		if errors.As(err, &named) {
			named.Path = path // who reads the error has typed this name
		}
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Close() // it may be closed already
			_ = os.Remove(file.Name())
		}
	}()
	if err := write(file); err != nil {
		return err
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return err
	}
	if replace {
		return os.Rename(file.Name(), path)
	}
	// A link, unlike a renaming, replaces no file that has come meanwhile.
	if err := os.Link(file.Name(), path); errors.Is(err, fs.ErrExist) {
		return &fs.PathError{Op: "export", Path: path, Err: errFileThere}
	} else if err != nil {
		return os.Rename(file.Name(), path) // a file system without links
	}
	return os.Remove(file.Name())
}

// writeExport writes every operation that passes the filter, the oldest first.
func writeExport(ctx context.Context, j *journal.Journal, filter loyalty.Filter, format string, out io.Writer, seen *progress) error {
	buffered := bufio.NewWriter(out)
	write, flush := jsonRows(buffered)
	if format == "csv" {
		var err error
		if write, flush, err = csvRows(buffered); err != nil {
			return err
		}
	}
	err := j.Each(ctx, filter, func(o loyalty.Operation) error {
		seen.count()
		return write(o)
	})
	if err != nil {
		return err
	}
	return errors.Join(flush(), buffered.Flush())
}

// jsonRows writes an object a line, as `journal list --json` does.
func jsonRows(out io.Writer) (write func(loyalty.Operation) error, flush func() error) {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return func(o loyalty.Operation) error { return encoder.Encode(entryOf(o)) }, func() error { return nil }
}

// byteOrderMark tells a spreadsheet on Windows that the text is UTF-8.
const byteOrderMark = "\ufeff"

// exportColumns are the head of the table.
var exportColumns = []string{
	"id", "register", "kind", "state", "reason", "vendor", "client", "name", "points", "sum", "money", "percent",
	"planned_at", "sent_at", "changed_at", "baseline", "balance", "code", "text", "link", "parent", "cashier", "note", "order",
}

func csvRows(out io.Writer) (write func(loyalty.Operation) error, flush func() error, err error) {
	if _, err := io.WriteString(out, byteOrderMark); err != nil {
		return nil, nil, err
	}
	table := csv.NewWriter(out)
	table.UseCRLF = true // RFC 4180
	if err := table.Write(exportColumns); err != nil {
		return nil, nil, err
	}
	flush = func() error {
		table.Flush()
		return table.Error()
	}
	return func(o loyalty.Operation) error { return table.Write(exportCells(o)) }, flush, nil
}

func exportCells(o loyalty.Operation) []string {
	cells := []string{
		o.ID.String(), strconv.Itoa(o.Register), string(o.Kind), string(o.State), string(o.Reason),
		strconv.FormatInt(o.Vendor, 10), strconv.FormatInt(o.Client, 10), harmless(o.Name),
		o.Points.String(), o.Sum.String(), o.Money.String(), o.Percent.String(),
		moment(o.PlannedAt), moment(o.SentAt), moment(o.ChangedAt),
		"", "", "", harmless(o.Text), string(o.Link), "", harmless(o.Cashier), harmless(o.Note), "",
	}
	const baseline, balance, code, parent, order = 15, 16, 17, 20, 23
	if !o.BaselineAt.IsZero() {
		cells[baseline] = o.Baseline.String()
	}
	if o.Order != uuid.Nil {
		cells[order] = o.Order.String()
	}
	if o.BalanceRead {
		cells[balance] = o.Balance.String()
	}
	if o.Code != 0 {
		cells[code] = strconv.Itoa(int(o.Code))
	}
	if o.Parent != uuid.Nil {
		cells[parent] = o.Parent.String()
	}
	return cells
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// harmless keeps a spreadsheet from taking a text for a formula: somebody may
// call themselves "=HYPERLINK(…)" in the messenger.
func harmless(text string) string {
	marked := text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0]))
	text = skidkabot.Sanitize(text)
	if marked || text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		return "'" + text
	}
	return text
}

// progress tells a person who waits how far something is.
type progress struct {
	out   io.Writer // nil: nobody looks
	words func() speaker
	now   func() time.Time
	since time.Time
	next  time.Time
	done  int
	told  bool
}

// progressPause is before the first word and between two.
const progressPause = time.Second

func (p *program) newProgress() *progress {
	g := &progress{words: p.words, now: p.now, since: p.now()}
	g.next = g.since.Add(progressPause)
	if file, ok := p.stderr.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		g.out = p.stderr
	}
	return g
}

// countEvery is how many operations go by between two looks at the clock.
const countEvery = 256

func (g *progress) count() {
	g.done++
	if g.out == nil || g.done%countEvery != 0 || g.now().Before(g.next) {
		return
	}
	g.told, g.next = true, g.now().Add(progressPause)
	_, _ = fmt.Fprint(g.out, "\r"+g.words().Count(texts.CLIExported, int64(g.done)))
}

// end clears the line.
func (g *progress) end() {
	if g.told {
		_, _ = fmt.Fprintln(g.out, "\r"+g.words().Count(texts.CLIExported, int64(g.done)))
	}
}
