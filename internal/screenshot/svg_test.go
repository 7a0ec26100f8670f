package screenshot

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// screenOf makes a screen of plain text.
func screenOf(lines ...string) [][]Cell {
	var screen [][]Cell
	for _, line := range lines {
		var row []Cell
		for _, r := range line {
			row = append(row, Cell{Rune: r, Foreground: Default, Background: Default})
		}
		screen = append(screen, row)
	}
	return screen
}

// wellFormed fails when the picture is no XML.
func wellFormed(t *testing.T, picture string) {
	t.Helper()
	for decoder := xml.NewDecoder(strings.NewReader(picture)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, picture)
		}
	}
}

func wantParts(t *testing.T, picture string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(picture, part) {
			t.Errorf("no %s in\n%s", part, picture)
		}
	}
}

func TestTextStandsOnItsGrid(t *testing.T) {
	picture := SVG(screenOf("  сумма 1   <b>&", strings.Repeat(" ", 15)), Options{Title: "A & B"})
	wellFormed(t, picture)
	wantParts(t, picture,
		`<title>A &amp; B</title>`,
		`<text y="25.5"><tspan x="28.8" textLength="58.8">сумма 1</tspan><tspan x="112.8" textLength="33.6">&lt;b&gt;&amp;</tspan></text>`)
	if strings.Count(picture, "<text ") != 1 {
		t.Errorf("an empty line was written:\n%s", picture)
	}
}

func TestEachLookIsARunOfItsOwn(t *testing.T) {
	screen := screenOf("abcdefg")
	row := screen[0]
	row[1].Bold, row[2].Italic, row[3].Underline = true, true, true
	row[4].Foreground = 1
	row[5].Foreground, row[5].Background = DefaultInverse, DefaultInverse
	picture := SVG(screen, Options{})
	wellFormed(t, picture)
	wantParts(t, picture, ">a</tspan>",
		` font-weight="bold">b<`, ` font-style="italic">c<`, ` text-decoration="underline">d<`, ` fill="#e06c75">e<`,
		` fill="#1e222a">f<`, `<rect x="54" y="12" width="8.4" height="18" fill="#d8dee9"/>`, ">g</tspan>")
}

func TestColours(t *testing.T) {
	for number, want := range map[Color]string{
		Default: "own", DefaultInverse: "inverse", 9: "#ff7b85", 16: "#000000", 21: "#0000ff",
		208: "#ff8700", 231: "#ffffff", 232: "#080808", 255: "#eeeeee", 0xfa8007: "#fa8007",
	} {
		if got := dark.name(number, "own", "inverse"); got != want {
			t.Errorf("colour %d is %s, want %s", number, got, want)
		}
	}
}

func TestFramesAreDrawnAsLongLines(t *testing.T) {
	picture := SVG(screenOf("╭──╮", "│x │", "├──┤", "└─┬┘"), Options{})
	wellFormed(t, picture)
	// The left side runs from the round corner to the square one, and the bar across is one line.
	wantParts(t, picture, "M16.2 30V75", "M16.2 57H41.4", "M16.2 30Q16.2 21 20.4 21", ">x</tspan>")
	if strings.ContainsAny(picture, "╭│├└┬") {
		t.Errorf("a frame was written as text:\n%s", picture)
	}
}

func TestOnALightGroundTheColoursAreOthers(t *testing.T) {
	screen := screenOf("ab")
	screen[0][1].Foreground = 1
	picture := SVG(screen, Options{Light: true})
	wellFormed(t, picture)
	wantParts(t, picture, `rx="8" fill="#fafafa"`, ` fill="#24292f" xml:space`, ">a</tspan>", ` fill="#b3261e">b<`)
}

func TestTheCellsOfAFrame(t *testing.T) {
	cells := Of("\x1b[31mr\x1b[0m\x1b[1;94mb\x1b[0mвся\n\x1b[7mv\x1b[0m\x1b[38;2;250;128;7md\x1b[0m\x1b[48;5;200mp\x1b[4;3mi\x1b[0m!\nbelow", 5, 2)
	if len(cells) != 2 || len(cells[0]) != 5 || len(cells[1]) != 5 {
		t.Fatalf("the cells are %+v", cells)
	}
	plain := Cell{Foreground: Default, Background: Default}
	with := func(r rune, change func(*Cell)) Cell {
		cell := plain
		cell.Rune = r
		change(&cell)
		return cell
	}
	none := func(*Cell) {}
	want := [][]Cell{
		{
			with('r', func(c *Cell) { c.Foreground = 1 }),
			with('b', func(c *Cell) { c.Foreground, c.Bold = 12, true }),
			with('в', none), with('с', none), with('я', none),
		}, {
			with('v', func(c *Cell) { c.Foreground, c.Background = DefaultInverse, DefaultInverse }),
			with('d', func(c *Cell) { c.Foreground = 250<<16 | 128<<8 | 7 }),
			with('p', func(c *Cell) { c.Background = 200 }),
			with('i', func(c *Cell) { c.Background, c.Underline, c.Italic = 200, true, true }),
			with('!', none),
		},
	}
	for y, row := range want {
		for x, cell := range row {
			if got := cells[y][x]; got != cell {
				t.Errorf("cell %d, %d is %+v, want %+v", x, y, got, cell)
			}
		}
	}
	if rgb, ok := cells[1][1].Foreground.RGB(); !ok || rgb != 0xfa8007 {
		t.Errorf("the direct colour is %#x, %v", rgb, ok)
	}
	if _, ok := Color(200).RGB(); ok {
		t.Error("a colour of the palette passes for a direct one")
	}
}
