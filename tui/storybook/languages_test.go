package storybook

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/charmbracelet/x/ansi"

	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/tui"
	"github.com/skidkassa/skidkassa/tui/look"
	"github.com/skidkassa/skidkassa/tui/storybook/stage"
)

// given are the words that stand in scenes as data: names of people, of the shop and of dishes, what a cashier has typed,
// what a scanner typed under another layout.
var given = strings.Fields(`Кофейня Анна Олег не наш Анна-Мария Константинопольская Александр Татарченко Фёдор Ёлкин Ирина Шевчук Мария Коваленко Олег Мороз Ли Пётр Никто
	Второй Покупатель Борщ Кофе Обед Блюдо Чай ЕКВАЙЕР гость показал бот Гость гости передумал старый счёт ушли перепутали чек
	Х еныуЖ Ылш`)

// inLanguage is a scene played in a language.
func inLanguage(t *testing.T, s Scene, lang texts.Lang, setting Setting) string {
	t.Helper()
	setting.Language = lang
	return ansi.Strip(frame(t, s, setting))
}

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
		russian := inLanguage(t, s, texts.Russian, small())
		for _, lang := range texts.Langs()[1:] {
			t.Run(fmt.Sprintf("%s_%s", s.Name, lang), func(t *testing.T) {
				shown := inLanguage(t, s, lang, small())
				if words := foreign(shown, lang); words != "" {
					t.Errorf("it says %q:\n%s", words, shown)
				}
				for _, line := range strings.Split(shown, "\n") {
					if width := look.Width(line); width > small().Width {
						t.Errorf("a line takes %d cells: %q", width, line)
					}
				}
				if got, want := strings.Count(shown, "…"), strings.Count(russian, "…"); got > want {
					t.Errorf("%d cuts, in Russian %d:\n%s", got, want, strings.Join(cutLines(shown), "\n"))
				}
				if got, want := strings.Count(shown, "╯"), strings.Count(russian, "╯"); got != want {
					t.Errorf("%d boxes are seen whole, in Russian %d:\n%s", got, want, shown)
				}
			})
		}
	}
}

// A till that changes its language shows the same as one that has always spoken it: nothing of the old one stays anywhere.
func TestTheLanguageChangesAtOnce(t *testing.T) {
	t.Parallel()
	for _, s := range Screens() {
		for lang, setting := range map[texts.Lang]Setting{texts.Ukrainian: small(), texts.English: sized(140, 45)} {
			setting.Language = texts.Russian
			changed := open(t, s, setting)
			setting.Language = lang
			always := open(t, s, setting)
			for _, tl := range []*stage.Till{changed, always} {
				tl.Send(tui.SetLanguage(lang)) // to both: each message moves the spinners on
			}
			got, want := ansi.Strip(changed.Model.View()), ansi.Strip(always.Model.View())
			if got != want {
				t.Errorf("%s at %dx%d, changed to %s:\n%s\nalways in it:\n%s", s.Name, setting.Width, setting.Height, lang, got, want)
			}
		}
	}
}
