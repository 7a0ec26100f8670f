package simcmd

import (
	"fmt"
	"io"
	"strings"

	"rsc.io/qr"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// QRStyle says how a QR is drawn.
type QRStyle int

// The styles. A scanner needs dark modules on a light ground, so each style
// has to know what the terminal shows where nothing is drawn.
const (
	// QRColour draws half blocks in black and white of its own, so that the
	// terminal's colours do not matter.
	QRColour QRStyle = iota
	// QRPlain draws half blocks without colours, for light text on a dark
	// ground.
	QRPlain
	// QRASCII draws "##" without colours, for light text on a dark ground.
	QRASCII
)

// QROptions chooses the QR that [DrawQR] draws.
type QROptions struct {
	Card  skidkabot.Card
	Style QRStyle
	// Invert is for dark text on a light ground. QRColour does not need it.
	Invert bool
}

// DrawQR draws the customer's QR for a scanner to read from the screen. It
// talks to nobody. The payload is at most some 120 bytes, which is 53 columns.
func DrawQR(out io.Writer, options QROptions) error {
	code, err := qr.Encode(options.Card.Payload(), qr.M)
	if err != nil {
		return fmt.Errorf("simcmd: %w", err)
	}
	_, err = io.WriteString(out, drawing{code: code, style: options.Style, invert: options.Invert}.String())
	return err
}

// quietModules is the light margin that the QR standard (ISO/IEC 18004) asks
// for; many scanners find no code without it.
const quietModules = 4

type drawing struct {
	code   *qr.Code
	style  QRStyle
	invert bool
}

func (d drawing) String() string {
	var b strings.Builder
	rows := 2
	if d.style == QRASCII {
		rows = 1
	}
	for y := -quietModules; y < d.code.Size+quietModules; y += rows {
		if d.style == QRColour {
			b.WriteString(blackOnWhite)
		}
		for x := -quietModules; x < d.code.Size+quietModules; x++ {
			b.WriteString(d.cell(x, y))
		}
		if d.style == QRColour {
			b.WriteString(resetColours)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// The colours are numbers 16 and 231 of the 256, which no theme changes as it
// changes the first sixteen.
const (
	blackOnWhite = "\x1b[38;5;16;48;5;231m"
	resetColours = "\x1b[0m"
)

// cell gives what stands for the module at (x, y) and, in half blocks, the one
// below it. Ink is what the terminal draws in its text colour: the dark
// modules where we set the colours ourselves or text is dark, else the light
// ones.
func (d drawing) cell(x, y int) string {
	inkIsDark := d.style == QRColour || d.invert
	top := d.code.Black(x, y) == inkIsDark
	bottom := d.code.Black(x, y+1) == inkIsDark
	switch {
	case d.style == QRASCII && top:
		return "##"
	case d.style == QRASCII:
		return "  "
	case top && bottom:
		return "█"
	case top:
		return "▀"
	case bottom:
		return "▄"
	default:
		return " "
	}
}
