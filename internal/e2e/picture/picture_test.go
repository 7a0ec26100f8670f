//go:build !windows

package main

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/internal/e2e/terminal"
)

// screenOf makes a screen of plain text.
func screenOf(lines ...string) [][]terminal.Cell {
	var screen [][]terminal.Cell
	for _, line := range lines {
		var row []terminal.Cell
		for _, r := range line {
			row = append(row, terminal.Cell{Rune: r, Foreground: terminal.Default, Background: terminal.Default})
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
	picture := svg(screenOf("  сумма 1   <b>&", strings.Repeat(" ", 15)), "A & B")
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
	row[5].Foreground, row[5].Background = terminal.DefaultInverse, terminal.DefaultInverse
	picture := svg(screen, "")
	wellFormed(t, picture)
	wantParts(t, picture, ">a</tspan>",
		` font-weight="bold">b<`, ` font-style="italic">c<`, ` text-decoration="underline">d<`, ` fill="#e06c75">e<`,
		` fill="#1e222a">f<`, `<rect x="54" y="12" width="8.4" height="18" fill="#d8dee9"/>`, ">g</tspan>")
}

func TestColours(t *testing.T) {
	for number, want := range map[terminal.Color]string{
		terminal.Default: "own", terminal.DefaultInverse: "inverse", 9: "#ff7b85", 16: "#000000", 21: "#0000ff",
		208: "#ff8700", 231: "#ffffff", 232: "#080808", 255: "#eeeeee", 0xfa8007: "#fa8007",
	} {
		if got := colorOf(number, "own", "inverse"); got != want {
			t.Errorf("colour %d is %s, want %s", number, got, want)
		}
	}
}

func TestFramesAreDrawnAsLongLines(t *testing.T) {
	picture := svg(screenOf("╭──╮", "│x │", "├──┤", "└─┬┘"), "")
	wellFormed(t, picture)
	// The left side runs from the round corner to the square one, and the bar across is one line.
	wantParts(t, picture, "M16.2 30V75", "M16.2 57H41.4", "M16.2 30Q16.2 21 20.4 21", ">x</tspan>")
	if strings.ContainsAny(picture, "╭│├└┬") {
		t.Errorf("a frame was written as text:\n%s", picture)
	}
}

func TestThePicturesAreOfTheRealScreen(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "screens")
	if err := run(folder); err != nil {
		t.Fatal(err)
	}
	for name, words := range map[string][]string{
		"idle.svg":   {"Отсканируйте QR покупателя", "Последние операции", "Мария Коваленко"},
		"guest.svg":  {"Александр Татарченко", "Начислим 25", "Сумма чека"},
		"result.svg": {"Списано", "К оплате"},
	} {
		picture, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, string(picture))
		wantParts(t, strings.ReplaceAll(string(picture), "\u00a0", " "), words...)
		if len(picture) > 20_000 {
			t.Errorf("%s has %d bytes", name, len(picture))
		}
	}
}

func TestASimulatorThatSaysNothingIsAnError(t *testing.T) {
	quiet := filepath.Join(t.TempDir(), "quiet")
	if err := os.WriteFile(quiet, []byte("#!/bin/sh\necho nothing\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := startSimulator(quiet); !errors.Is(err, errNoSimulator) {
		t.Errorf("the error is %v", err)
	}
	if _, err := startSimulator(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a program that is not there was started")
	}
}

func TestAFolderThatCannotBeMadeIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c := camera{folder: filepath.Join(file, "screens"), term: &terminal.Terminal{}}
	c.do(func() error { return os.MkdirAll(c.folder, 0o755) })
	if c.err == nil {
		t.Fatal("it was made")
	}
	before := c.err
	c.draw("x.svg", "") // after the first error nothing is done any more
	if !errors.Is(c.err, before) {
		t.Errorf("the error became %v", c.err)
	}
}
