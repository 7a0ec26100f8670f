// Package printertest is an ESC/POS printer as a fake: a TCP server that decodes what it is sent back into text, and can run out of
// paper, have its cover open, keep silent or break the connection. Only tests use it.
package printertest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// Slip is what comes out between two cuts.
type Slip struct {
	Lines []Line
	Cut   bool // false: the data ended, or the paper, before the knife
}

// Line is one row of a slip: text, or a QR.
type Line struct {
	Text   string
	Bold   bool
	Double bool   // twice as wide and high
	QR     string // the payload; then there is no text
}

// Text is the slip as it is read, row by row: QR codes as "[QR payload]", a cut as "✂".
func (s Slip) Text() string {
	var b strings.Builder
	for _, line := range s.Lines {
		if line.QR != "" {
			line.Text = "[QR " + line.QR + "]"
		}
		b.WriteString(line.Text + "\n")
	}
	if s.Cut {
		b.WriteString("✂\n")
	}
	return b.String()
}

// Decode reads a stream of ESC/POS. It knows the commands that the till uses and fails on any other, and on a stream that
// ends inside a command.
func Decode(data []byte) ([]Slip, error) {
	var slips []Slip
	p := paper{done: func(slip Slip) { slips = append(slips, slip) }}
	in := bufio.NewReader(bytes.NewReader(data))
	for {
		c, err := readCommand(in)
		if errors.Is(err, io.EOF) {
			p.end()
			return slips, nil
		}
		if err != nil {
			return slips, err
		}
		if err := p.execute(c); err != nil {
			return slips, err
		}
	}
}

// command is one command with its parameters, or one character.
type command struct {
	name string // "ESC @", "GS ( k", "LF"; empty: a character
	args []byte
}

// The control characters.
const (
	eot = 0x04
	lf  = 0x0A
	dle = 0x10
	esc = 0x1B
	fs  = 0x1C
	gs  = 0x1D
)

// commands are the known ones by their first two bytes, with the number of parameters of a fixed size.
var commands = map[[2]byte]struct {
	name string
	args int
}{
	{dle, eot}: {"DLE EOT", 1},
	{esc, '@'}: {"ESC @", 0},
	{esc, 't'}: {"ESC t", 1},
	{esc, 'E'}: {"ESC E", 1},
	{esc, 'a'}: {"ESC a", 1},
	{esc, 'd'}: {"ESC d", 1},
	{fs, '.'}:  {"FS .", 0},
	{gs, '!'}:  {"GS !", 1},
	{gs, 'V'}:  {"GS V", 2},
	{gs, 'r'}:  {"GS r", 1},
	{gs, '('}:  {"GS (", 3}, // the third letter, and the length of what follows
}

// readCommand reads one command. io.EOF: the stream ended between two; io.ErrUnexpectedEOF: inside one.
func readCommand(in *bufio.Reader) (command, error) {
	first, err := in.ReadByte()
	if err != nil {
		return command{}, err
	}
	switch {
	case first == lf:
		return command{name: "LF"}, nil
	case first >= ' ' && first != 0x7f:
		return command{args: []byte{first}}, nil
	}
	second, err := in.ReadByte()
	if err != nil {
		return command{}, cutShort(err)
	}
	known, ok := commands[[2]byte{first, second}]
	if !ok {
		return command{}, fmt.Errorf("printertest: no such command: %02x %02x", first, second)
	}
	c := command{name: known.name, args: make([]byte, known.args)}
	if _, err := io.ReadFull(in, c.args); err != nil {
		return command{}, cutShort(err)
	}
	if known.name != "GS (" {
		return c, nil
	}
	c.name += " " + string(c.args[0])
	c.args = make([]byte, int(c.args[1])+int(c.args[2])<<8)
	_, err = io.ReadFull(in, c.args)
	return c, cutShort(err)
}

func cutShort(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// tables are the character tables by the numbers that most printers know them by.
var tables = map[byte]*charmap.Charmap{
	0:  charmap.CodePage437,
	17: charmap.CodePage866,
	34: charmap.CodePage855,
	46: charmap.Windows1251,
}

// paper executes commands. Its zero value is a printer that was just switched on: in table 0, and in Chinese mode.
type paper struct {
	slip  Slip
	row   strings.Builder
	line  Line // the style of the row
	table *charmap.Charmap
	west  bool // out of Chinese mode
	qr    string
	done  func(Slip)
}

// execute carries out a command; DLE EOT and GS r do nothing to the paper.
func (p *paper) execute(c command) error {
	switch c.name {
	case "":
		return p.character(c.args[0])
	case "LF":
		p.endRow()
	case "ESC @":
		p.row.Reset()
		p.line, p.table, p.west, p.qr = Line{}, charmap.CodePage437, false, ""
	case "FS .":
		p.west = true
	case "ESC t":
		if p.table = tables[c.args[0]]; p.table == nil {
			return fmt.Errorf("printertest: no such table: %d", c.args[0])
		}
	case "ESC E":
		p.line.Bold = c.args[0]&1 != 0
	case "GS !":
		p.line.Double = c.args[0] == 0x11
	case "GS V":
		p.slip.Cut = true
		p.end()
	case "GS ( k":
		return p.symbol(c.args)
	}
	return nil
}

// character prints one byte by the table. In Chinese mode two bytes from the upper half would be one sign.
func (p *paper) character(b byte) error {
	if p.table == nil {
		p.table = charmap.CodePage437
	}
	if b >= 0x80 && !p.west {
		return errors.New("printertest: a letter in Chinese mode")
	}
	p.row.WriteRune(p.table.DecodeByte(b))
	return nil
}

// symbol is GS ( k for QR codes. The size must be one that printers know.
func (p *paper) symbol(args []byte) error {
	if len(args) < 3 || args[0] != '1' {
		return errors.New("printertest: not a QR")
	}
	switch function := args[1]; function {
	case 'A', 'E':
	case 'C':
		if args[2] < 1 || args[2] > 16 {
			return fmt.Errorf("printertest: a QR's module of %d dots", args[2])
		}
	case 'P':
		p.qr = string(args[3:])
	case 'Q':
		if p.row.Len() > 0 {
			return errors.New("printertest: a QR inside a row")
		}
		p.slip.Lines = append(p.slip.Lines, Line{QR: p.qr})
	default:
		return fmt.Errorf("printertest: no such function of GS ( k: %02x", function)
	}
	return nil
}

// endRow puts the row on paper. The line feed after a QR ends no row of its own.
func (p *paper) endRow() {
	lines := p.slip.Lines
	if p.row.Len() == 0 && len(lines) > 0 && lines[len(lines)-1].QR != "" {
		return
	}
	line := p.line
	line.Text = p.row.String()
	p.row.Reset()
	p.slip.Lines = append(p.slip.Lines, line)
}

// end gives the slip out, if there is anything on it.
func (p *paper) end() {
	if p.row.Len() > 0 {
		p.endRow()
	}
	if len(p.slip.Lines) > 0 {
		p.done(p.slip)
	}
	p.slip = Slip{}
}
