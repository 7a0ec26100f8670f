package storybook

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui"
)

// given are the words that stand in scenes as data: names of people, of the shop and of dishes, what a cashier has typed,
// what a scanner typed under another layout.
var given = strings.Fields(`Кофейня Анна Олег не наш Анна-Мария Константинопольская Александр Татарченко Фёдор Ёлкин Ирина Шевчук Мария Коваленко Олег Мороз Ли Пётр Никто
	Второй Покупатель Борщ Кофе Обед Блюдо Чай ЕКВАЙЕР гость показал бот Гость гости передумал старый счёт ушли перепутали чек
	Х еныуЖ Ылш`)

// foreign finds words that are not of a language, beside what is given, cut short or not.
func foreign(shown string, lang texts.Lang) string {
	isForeign := func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }
	if lang == texts.Ukrainian {
		isForeign = func(r rune) bool { return strings.ContainsRune("ыэёъЫЭЁЪ", r) }
	}
	words := strings.FieldsFunc(shown, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
	return strings.Join(slices.DeleteFunc(words, func(word string) bool {
		return !strings.ContainsFunc(word, isForeign) ||
			slices.ContainsFunc(given, func(name string) bool { return strings.HasPrefix(name, word) })
	}), " ")
}

// cutLines are the lines in which something is cut short, without what moves.
func cutLines(shown string) []string {
	var lines []string
	for _, line := range strings.Split(shown, "\n") {
		if strings.Contains(line, "…") {
			lines = append(lines, line)
		}
	}
	return lines
}

// Each screen speaks its language alone, keeps to its window, and shows whole what the Russian one shows whole.
func TestEachScreenInEachLanguage(t *testing.T) {
	t.Parallel()
	for _, s := range Scenes() {
		russian := show(t, s, small())
		for _, lang := range texts.Langs()[1:] {
			t.Run(fmt.Sprintf("%s_%s", s.Name, lang), func(t *testing.T) {
				p := show(t, s, small().speaking(lang))
				speaks(t, ansi.Strip(p.opened), ansi.Strip(russian.opened), lang)
				for _, w := range p.each() {
					check(t, w.frame, w.setting)
					boxed(t, lines(w.frame))
				}
			})
		}
	}
}

// speaks compares a screen with what it is in Russian.
func speaks(t *testing.T, shown, russian string, lang texts.Lang) {
	if words := foreign(shown, lang); words != "" {
		t.Errorf("it says %q:\n%s", words, shown)
	}
	if got, want := strings.Count(shown, "…"), strings.Count(russian, "…"); got > want {
		t.Errorf("%d cuts, in Russian %d:\n%s", got, want, strings.Join(cutLines(shown), "\n"))
	}
	if got, want := strings.Count(shown, "╯"), strings.Count(russian, "╯"); got != want {
		t.Errorf("%d boxes are seen whole, in Russian %d:\n%s", got, want, shown)
	}
}

// A till that changes its language shows the same as one that has always spoken it: nothing of the old one stays anywhere.
func TestTheLanguageChangesAtOnce(t *testing.T) {
	t.Parallel()
	own := texts.New(texts.Russian) // it goes from language to language
	for _, s := range Screens() {
		own.SetLang(texts.Russian)
		setting := small()
		setting.Texts = own
		tl := open(t, s, setting)
		for _, change := range []struct {
			lang   texts.Lang
			window [2]int
		}{{texts.Ukrainian, windows[0]}, {texts.English, windows[2]}} {
			tl.Send(tui.SetLanguage(change.lang))
			tl.Send(tea.WindowSizeMsg{Width: change.window[0], Height: change.window[1]})
			got, want := tl.Model.View(), show(t, s, small().speaking(change.lang)).at[change.window].frame
			if got != want {
				t.Errorf("%s at %v, changed to %s:\n%s\nalways in it:\n%s", s.Name, change.window, change.lang, ansi.Strip(got), ansi.Strip(want))
			}
		}
	}
}
