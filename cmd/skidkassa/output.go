package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// print writes to stdout what has no language, or has been said.
func (p *program) print(format string, values ...any) error {
	_, err := fmt.Fprintf(p.stdout, format, values...)
	return err
}

// columns is how wide the terminal is that is printed to; 0: it is none.
func (p *program) columns() int {
	out, isFile := p.stdout.(*os.File)
	if !isFile {
		return 0
	}
	width, _, err := term.GetSize(int(out.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// printJSON writes one value on one line, so that a script can read many.
func (p *program) printJSON(value any) error {
	encoder := json.NewEncoder(p.stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func jsonFlag(command *cobra.Command, asJSON *bool) {
	command.Flags().BoolVar(asJSON, "json", false, string(texts.CLIFlagJSON))
}

// number is a decimal as a JSON number with all its digits.
func number(d decimal.Decimal) json.Number { return json.Number(d.String()) }

// optionalNumber is nil, and so left out, when the value is not there.
func optionalNumber(d decimal.Decimal, there bool) *json.Number {
	if !there {
		return nil
	}
	n := number(d)
	return &n
}

// optionalTime is nil, and so left out, for the zero time.
func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// number writes one that is made for JSON as people do.
func (s speaker) number(n json.Number) string { return s.Number(decimal.RequireFromString(n.String())) }

// heads says the heads of a table's columns.
func (p *program) heads(ids []texts.ID) []string {
	said := make([]string, len(ids))
	for i, id := range ids {
		said[i] = p.say(id)
	}
	return said
}

// padded fills a text with spaces up to so many characters.
func padded(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// table is text in columns. Cells of numeric columns stand to the right.
type table struct {
	head    []string
	numeric map[int]bool
	rows    [][]string
}

// add makes cells harmless: a journal may come from another machine, and what
// stands in it must not act on the terminal.
func (t *table) add(cells ...string) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = skidkabot.Sanitize(cell)
	}
	t.rows = append(t.rows, row)
}

// String pads by characters. So what can have wide ones, a customer's name,
// belongs into the last column, which needs no padding.
func (t *table) String() string {
	all := append([][]string{t.head}, t.rows...)
	widths := make([]int, len(t.head))
	for _, row := range all {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range all {
		var line strings.Builder
		for i, cell := range row {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.numeric[i] {
				line.WriteString(padding + cell + "  ")
			} else {
				line.WriteString(cell + padding + "  ")
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
