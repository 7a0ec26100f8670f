package tui

import (
	"fmt"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// barParts are the parts of a till with everything, with a code of a trouble that takes many words.
var barParts = []struct {
	part notice.Part
	code string
	good string
}{
	{notice.Service, string("reset"), ""}, {notice.Journal, JournalReadOnly, ""}, {notice.Waiter, "busy:nginx", "127.0.0.1:9100"},
	{notice.Expirenza, expirenzaCallbacks, ""}, {notice.Printer, PrinterOffline + ":cover", ""},
}

// Whatever is wrong, at the least the mark and three letters of every part stay in the narrowest window, in any language, and
// what is wrong stands before what is well.
func TestTheStatusBarKeepsAMarkOfEveryPart(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		tl := newTill(t, withPrinter())
		lang := rapid.SampledFrom(texts.Langs()).Draw(rt, "language")
		tl.Send(SetLanguage(lang))
		var levels []notice.Level
		for _, p := range barParts {
			level := rapid.SampledFrom([]notice.Level{notice.Good, notice.Warning, notice.Trouble}).Draw(rt, fmt.Sprint(p.part))
			code := p.code
			if level == notice.Good {
				code = p.good
			}
			levels = append(levels, level)
			tl.Send(notice.State{Part: p.part, Level: level, Code: code, At: stage.Opening()})
		}
		if rapid.Bool().Draw(rt, "the clock") {
			tl.Send(notice.State{Part: notice.Clock, Level: notice.Trouble, Code: loyalty.ClockDiffers})
		}
		tl.Send(loyalty.QueueChanged{Waiting: rapid.IntRange(0, 9999).Draw(rt, "waiting")})
		if rapid.Bool().Draw(rt, "a layout") {
			found := loyalty.Identified{CapsLock: rapid.Bool().Draw(rt, "Caps Lock")}
			found.Layout.ID = rapid.SampledFrom([]string{"us", "ru", "xx"}).Draw(rt, "which")
			found.Layout.Name = map[string]string{"ru": "Russian", "xx": strings.Repeat("Long ", 20)}[found.Layout.ID]
			tl.model.status.warnLayout(found)
		}
		bar := barOf(tl)
		if look.Width(bar) > minWidth {
			rt.Fatalf("it takes %d cells: %q", look.Width(bar), bar)
		}
		words := tl.model.env
		lastTrouble, firstGood := -1, len(bar)
		for i, p := range barParts {
			mark := words.Shapes.Good
			if levels[i] != notice.Good {
				mark = words.Shapes.Bad
			}
			at := -1
			for _, id := range partNames[p.part] {
				if found := strings.Index(bar, mark+" "+words.Say(id)); found >= 0 {
					at = found
				}
			}
			if at < 0 {
				rt.Fatalf("%s, %s: nothing of it is in %q", p.part, mark, bar)
			}
			if levels[i] == notice.Good {
				firstGood = min(firstGood, at)
			} else {
				lastTrouble = max(lastTrouble, at)
			}
		}
		if lastTrouble > firstGood {
			rt.Fatalf("what is well stands before what is wrong: %q", bar)
		}
	})
}

// barOf is the status bar as it is drawn now.
func barOf(tl *till) string {
	lines := strings.Split(tl.Shown(), "\n")
	return lines[len(lines)-1]
}

func TestWhatTheStatusBarSaysLessOfFirst(t *testing.T) {
	send := func(tl *till, part notice.Part, level notice.Level, code string) {
		tl.Send(notice.State{Part: part, Level: level, Code: code, At: stage.Opening()})
	}
	tl := newTill(t, withPrinter())
	bar := func(want string) {
		t.Helper()
		if got := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(barOf(tl)), "19:42")); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
	bar("• Сервис: ещё не проверен  • Журнал: ещё не проверен")
	send(tl, notice.Printer, notice.Good, "") // one that nobody has heard of yet leaves room for it
	bar("• Сервис: ещё не проверен  • Журнал: ещё не проверен  ✓ Принтер: готов")
	send(tl, notice.Journal, notice.Good, "")
	send(tl, notice.Waiter, notice.Good, "127.0.0.1:9100")
	bar("• Сервис: ещё не проверен  ✓ Журнал  ✓ Официанты: :9100  ✓ Принтер")
	send(tl, notice.Expirenza, notice.Good, "")
	bar("• Сервис  ✓ Журнал  ✓ Официанты: :9100  ✓ Expirenza  ✓ Принтер")
	send(tl, notice.Printer, notice.Trouble, PrinterNoPaper)
	bar("× Принтер: НЕТ БУМАГИ  • Сервис  ✓ Журнал  ✓ Официанты  ✓ Expirenza")
	send(tl, notice.Expirenza, notice.Trouble, expirenzaConnect)
	bar("× Expirenza: нет связи  × Принтер: НЕТ БУМАГИ  • Срв  ✓ Жрн  ✓ Офц")
	tl.Send(tea.WindowSizeMsg{Width: 140, Height: 45})
	bar("× Expirenza: нет связи с 19:42 [X16]  × Принтер: НЕТ БУМАГИ [P1]  • Сервис: ещё не проверен  ✓ Журнал  ✓ Официанты: :9100")
}
