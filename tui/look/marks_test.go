package look

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

// finished is a line as it reaches the terminal.
func finished(t *testing.T, s *Styles, line string) (string, []Spot) {
	t.Helper()
	out, spots := s.Finish(line, 7, nil)
	if strings.Contains(out, markStart) {
		t.Fatalf("a mark reaches the terminal: %q", out)
	}
	return out, spots
}

func TestATailStandsAtTheEndHoweverATextWasPutTogether(t *testing.T) {
	for text, want := range map[string]string{
		WithTail("Нет связи.", "[N2]"):                                                   "Нет связи. [N2]",
		WithTail("Нет связи.", "[N2]") + " Попробуйте ещё раз.":                          "Нет связи. Попробуйте ещё раз. [N2]",
		WithTail("Ничего не отправлено.", "[R4]") + " " + WithTail("Нет связи.", "[N2]"): "Ничего не отправлено. Нет связи. [N2]",
		WithTail("Нет связи.", ""):                                                       "Нет связи.",
		"Нет связи.":                                                                     "Нет связи.",
	} {
		got := strings.Join(Wrap(text, 100), "|")
		if got = strings.ReplaceAll(Bare(got), "\u00a0", " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestATailIsDimAndEndsTheStyleBeforeIt(t *testing.T) {
	s := NewStyles(Theme{Colors: Colors16}, io.Discard)
	line := s.Text.Bad.Render(Wrap(WithTail("Нет связи.", "[N2]"), 40)[0])
	got, _ := finished(t, s, line)
	want := s.Text.Bad.before + "Нет связи." + "\x1b[0m" + s.Text.Dim.before + "\u00a0[N2]" + s.Text.Dim.after + s.Text.Bad.after
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestATailIsNeverCutOffWhileThereIsRoomForMore(t *testing.T) {
	s := NewStyles(Theme{}, io.Discard)
	text := WithTail("Сервис ответил ошибкой.", "[N9]")
	for cells, want := range map[int]string{
		40: "Сервис ответил ошибкой. [N9]", 20: "Сервис ответил… [N9]", 8: "Се… [N9]", 7: "С… [N9]", 6: "Серви…",
	} {
		if got := strings.ReplaceAll(Bare(s.Truncate(text, cells)), "\u00a0", " "); got != want {
			t.Errorf("cut to %d cells: %q, want %q", cells, got, want)
		}
	}
	for _, line := range Wrap(text, 15) {
		if bare := Bare(line); bare == "[N9]" || strings.HasPrefix(bare, "\u00a0") {
			t.Errorf("a tail stands alone in a line: %q", line)
		}
	}
}

func TestZonesAreFoundWhereTheyStand(t *testing.T) {
	s := NewStyles(Theme{}, io.Discard)
	buttons := Zone(1, s.Input.Button.Render("[ Да ]")) + "  " + Zone(20, s.Input.ButtonActive.Render("> Нет <"))
	box := s.Panel("", []string{buttons}, 30, s.Frame.Border)
	line, spots := finished(t, s, spaces(10)+box[1])
	if want := []Spot{{7, 12, 18, 1}, {7, 20, 27, 20}}; !slices.Equal(spots, want) {
		t.Errorf("got %v, want %v", spots, want)
	}
	if got := ansi.Strip(line); got != "          │ [ Да ]  > Нет <            │" {
		t.Errorf("got %q", got)
	}
	_, cut := finished(t, s, s.Truncate(buttons, 12))
	if want := []Spot{{7, 0, 6, 1}, {7, 8, 12, 20}}; !slices.Equal(cut, want) {
		t.Errorf("of a line that was cut: got %v, want %v", cut, want)
	}
	if line, spots := s.Finish("нет меток", 0, nil); line != "нет меток" || spots != nil {
		t.Errorf("a line without marks became %q, %v", line, spots)
	}
}

func TestAMarkWithoutItsEndIsTakenOut(t *testing.T) {
	s := NewStyles(Theme{}, io.Discard)
	line, spots := finished(t, s, "ab"+markStart+"3zcd")
	if line != "abcd" || !slices.Equal(spots, []Spot{{7, 2, 4, 3}}) {
		t.Errorf("got %q, %v", line, spots)
	}
	if line, spots := finished(t, s, "ab"+zoneEnd+"cd"); line != "abcd" || len(spots) != 0 {
		t.Errorf("got %q, %v", line, spots)
	}
	if line, spots := finished(t, s, "ab"+markStart+"12"); line != "ab" || len(spots) != 0 {
		t.Errorf("half a mark: got %q, %v", line, spots)
	}
}

func TestMarksTakeNoCells(t *testing.T) {
	s := NewStyles(Theme{}, io.Discard)
	rapid.Check(t, func(t *rapid.T) {
		one, two := line.Draw(t, "one"), line.Draw(t, "two")
		marked := one + Zone(rapid.IntRange(0, 99999).Draw(t, "place"), WithTail(two, "[S5]"))
		if got, want := Width(marked), ansi.StringWidth(one+two)+5; got < want-2 || got > want+2 { // graphemes may join at the seams
			t.Fatalf("%q takes %d cells, want about %d", marked, got, want)
		}
		cells := rapid.IntRange(0, 60).Draw(t, "cells")
		if got := Width(s.Fit(marked, cells)); got != cells {
			t.Fatalf("Fit(%q, %d) takes %d cells", marked, cells, got)
		}
		shown, _ := s.Finish(s.Fit(marked, cells), 0, nil)
		if strings.Contains(shown, markStart) || ansi.StringWidth(shown) != cells {
			t.Fatalf("%q is finished as %q", marked, shown)
		}
	})
}

func TestBigDigits(t *testing.T) {
	s := NewStyles(Theme{}, io.Discard)
	got := s.Big("2\u00a0365", 60)
	want := []string{
		"██████    ██████ ██████ ██████",
		"    ██        ██ ██     ██    ",
		"██████     █████ ██████ ██████",
		"██            ██ ██  ██     ██",
		"██████    ██████ ██████ ██████",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if ascii := NewStyles(Theme{ASCII: true}, io.Discard).Big("-1", 60); len(ascii) != BigRows || !strings.Contains(ascii[2], "######") {
		t.Errorf("in ASCII: %q", ascii)
	}
	for _, number := range []string{"", "12 ₽", "x"} {
		if rows := s.Big(number, 60); rows != nil {
			t.Errorf("%q is drawn as %q", number, rows)
		}
	}
	if rows := s.Big("12345", 33); rows != nil {
		t.Errorf("a number that does not fit is drawn: %q", rows)
	}
}

func TestBigDigitsAreTellableByTheirShape(t *testing.T) {
	seen := make(map[[BigRows]string]rune)
	for r, glyph := range bigGlyphs {
		if other, ok := seen[glyph]; ok {
			t.Errorf("%q looks like %q", r, other)
		}
		seen[glyph] = r
		for _, row := range glyph {
			if len(row) != len(glyph[0]) {
				t.Errorf("%q has rows of different widths", r)
			}
		}
	}
}
