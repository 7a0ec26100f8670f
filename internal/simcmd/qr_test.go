package simcmd

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"rsc.io/qr"

	"github.com/skidkassa/skidkassa/skidkabot"
)

var sample = skidkabot.Card{Vendor: 4, Client: FirstCustomer, Secret: FirstSecret}

// read gives the modules that a scanner would see in a drawing: true is dark.
func read(t *testing.T, text string, style QRStyle, invert bool) [][]bool {
	t.Helper()
	if style == QRColour {
		for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
			if !strings.HasPrefix(line, blackOnWhite) || !strings.HasSuffix(line, resetColours) {
				t.Fatalf("a line without its colours: %q", line)
			}
		}
		text = strings.NewReplacer(blackOnWhite, "", resetColours, "").Replace(text)
	}
	inkIsDark := style == QRColour || invert
	ink := map[rune][2]bool{'█': {true, true}, '▀': {true, false}, '▄': {false, true}, ' ': {false, false}, '#': {true, true}}
	var rows [][]bool
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		var top, bottom []bool
		for i, r := range []rune(line) {
			if style == QRASCII && i%2 == 1 {
				continue
			}
			halves, known := ink[r]
			if !known {
				t.Fatalf("unexpected %q", r)
			}
			top, bottom = append(top, halves[0] == inkIsDark), append(bottom, halves[1] == inkIsDark)
		}
		rows = append(rows, top)
		if style != QRASCII {
			rows = append(rows, bottom)
		}
	}
	return rows
}

func TestDrawQRShowsEveryModule(t *testing.T) {
	code, err := qr.Encode(sample.Payload(), qr.M)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		style  QRStyle
		invert bool
	}{
		"colour":         {QRColour, false},
		"colour, invert": {QRColour, true},
		"plain":          {QRPlain, false},
		"plain, invert":  {QRPlain, true},
		"ascii":          {QRASCII, false},
		"ascii, invert":  {QRASCII, true},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := DrawQR(&out, QROptions{Card: sample, Style: test.style, Invert: test.invert}); err != nil {
				t.Fatal(err)
			}
			rows := read(t, out.String(), test.style, test.invert)
			side := code.Size + 2*quietModules
			if len(rows) < side || len(rows) > side+1 {
				t.Fatalf("%d rows, want %d", len(rows), side)
			}
			for y, row := range rows {
				if len(row) != side {
					t.Fatalf("row %d has %d modules, want %d", y, len(row), side)
				}
				for x, dark := range row {
					if want := code.Black(x-quietModules, y-quietModules); dark != want {
						t.Fatalf("module %d,%d is dark: %t, want %t", x, y, dark, want)
					}
				}
			}
		})
	}
}

func TestDrawQRFitsAScreen(t *testing.T) {
	largest := skidkabot.Card{Vendor: 1<<63 - 1, Client: 1<<63 - 1, Secret: 1<<63 - 1}
	var out strings.Builder
	if err := DrawQR(&out, QROptions{Card: largest, Style: QRPlain}); err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if width := utf8.RuneCountInString(line); width > 80 {
			t.Fatalf("%d columns", width)
		}
	}
}

type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestDrawQRReportsAFailedWrite(t *testing.T) {
	if err := DrawQR(brokenWriter{}, QROptions{Card: sample}); !errors.Is(err, errBroken) {
		t.Errorf("error %v", err)
	}
}
