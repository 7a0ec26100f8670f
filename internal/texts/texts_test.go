package texts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// counted are the texts that the package itself says, with their plural forms.
var counted = []string{"points", "points_of", "minutes_ago", "hours_ago", "days_ago", "just_now"}

func number(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// catalog reads the keys of a language's file and what they say; of a plural one, the forms joined.
func catalog(t *testing.T, lang Lang) map[string]string {
	t.Helper()
	data, err := catalogs.ReadFile("catalog/" + string(lang) + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := toml.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	said := make(map[string]string)
	for key, value := range raw {
		switch value := value.(type) {
		case string:
			said[key] = value
		case map[string]any:
			for _, form := range value {
				said[key] += form.(string) + "\n"
			}
		}
	}
	return said
}

// declared reads the constants of ids.go.
func declared(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "ids.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]string)
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		id, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		ids[spec.Names[0].Name] = id
		return true
	})
	return ids
}

func TestEveryIDIsInTheRussianCatalogAndBack(t *testing.T) {
	russian := catalog(t, Russian)
	inCode := make(map[string]bool)
	for _, id := range counted {
		inCode[id] = true
	}
	for name, id := range declared(t) {
		inCode[id] = true
		if strings.TrimSpace(russian[id]) == "" {
			t.Errorf("%s = %q is not in the Russian catalog", name, id)
		}
	}
	for id := range russian {
		if !inCode[id] {
			t.Errorf("the Russian catalog has %q, which no constant names", id)
		}
	}
}

func TestEveryIDIsUsed(t *testing.T) {
	used := make(map[string]bool)
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root:
			return filepath.SkipDir
		case entry.IsDir(), !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := selector.X.(*ast.Ident); ok && x.Name == "texts" {
					used[selector.Sel.Name] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range declared(t) {
		if !used[name] {
			t.Errorf("nobody says texts.%s: take it out of ids.go and of the catalogs", name)
		}
	}
}

var argument = regexp.MustCompile(`{{\.(\w+)}}`)

func arguments(text string) string {
	names := make(map[string]bool)
	for _, match := range argument.FindAllStringSubmatch(text, -1) {
		names[match[1]] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(names)), " ")
}

func TestOtherCatalogsTranslateWhatTheRussianHas(t *testing.T) {
	russian := catalog(t, Russian)
	for _, lang := range Langs()[1:] {
		for id, text := range catalog(t, lang) {
			original, ok := russian[id]
			if !ok {
				t.Errorf("%s has %q, which the Russian catalog lacks", lang, id)
			}
			if got, want := arguments(text), arguments(original); got != want {
				t.Errorf("%s %q takes %q, the Russian one %q", lang, id, got, want)
			}
		}
	}
}

func TestSayInEachLanguage(t *testing.T) {
	tests := []struct {
		lang Lang
		id   ID
		want string
	}{
		{Russian, GuestSum, "Сумма чека"},
		{Ukrainian, GuestSum, "Сума чека"},
		{English, GuestSum, "Receipt"},
		{Ukrainian, GuestBalance, "Баланс"},
		{English, UnknownTitle, "Результат неизвестен. Не повторяйте. Проверяем…"}, // not translated yet
		{Lang("de"), GuestSum, "Сумма чека"},
		{Lang(""), GuestSum, "Сумма чека"},
	}
	for _, test := range tests {
		texts := New(test.lang)
		for range 2 { // the second time it is remembered
			if got := texts.Say(test.id); got != test.want {
				t.Errorf("New(%q).Say(%q) = %q, want %q", test.lang, test.id, got, test.want)
			}
		}
	}
}

func TestTheWordsOfTheDesignStandAsWritten(t *testing.T) {
	texts := New(Russian)
	for id, want := range map[ID]string{
		KeyAccrue: "Начислить", KeyRedeem: "Списать", GuestBalance: "Баланс", GuestSum: "Сумма чека",
		OfferedSend: "Отправить", OfferedCancel: "Отменить",
	} {
		if got := texts.Say(id); got != want {
			t.Errorf("%s says %q, want %q", id, got, want)
		}
	}
}

func TestSayWithArguments(t *testing.T) {
	texts := New(Russian)
	got := texts.Say(GuestWillAccrue, Args{"Points": texts.Points(number("25"))})
	if want := "Начислим 25\u00a0баллов"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	fallback := New(English).Say(GuestCanRedeem, Args{"Number": "125"})
	if want := "Можно списать до 125"; fallback != want {
		t.Errorf("a text that English lacks: got %q, want %q", fallback, want)
	}
}

func TestWhatNoCatalogHasIsSaidAsItsID(t *testing.T) {
	if got := New(Russian).Say(ID("no_such_text")); got != "no_such_text" {
		t.Errorf("got %q", got)
	}
}

func TestEveryTextCanBeSaidWithItsArguments(t *testing.T) {
	texts := New(Russian)
	for id, text := range catalog(t, Russian) {
		args := Args{}
		for _, match := range argument.FindAllStringSubmatch(text, -1) {
			args[match[1]] = "<" + match[1] + ">"
		}
		said := texts.localize(&i18n.LocalizeConfig{MessageID: id, TemplateData: args, PluralCount: 1})
		if said == id || strings.Contains(said, "{{") || strings.Contains(said, "<no value>") {
			t.Errorf("%s: said as %q", id, said)
		}
	}
}

func TestPoints(t *testing.T) {
	tests := []struct {
		lang     Lang
		points   string
		want, of string
	}{
		{Russian, "0", "0 баллов", "0 баллов"},
		{Russian, "1", "1 балл", "1 балла"},
		{Russian, "2", "2 балла", "2 баллов"},
		{Russian, "5", "5 баллов", "5 баллов"},
		{Russian, "11", "11 баллов", "11 баллов"},
		{Russian, "21", "21 балл", "21 балла"},
		{Russian, "112", "112 баллов", "112 баллов"},
		{Russian, "2365", "2 365 баллов", "2 365 баллов"},
		{Russian, "1234567", "1 234 567 баллов", "1 234 567 баллов"},
		{Russian, "12345678901234567891", "12 345 678 901 234 567 891 балл", "12 345 678 901 234 567 891 балла"},
		{Russian, "1001", "1 001 балл", "1 001 балла"},
		{Russian, "2.5", "2,5 балла", "2,5 балла"},
		{Russian, "-3", "−3 балла", "−3 баллов"},
		{Ukrainian, "1", "1 бал", "1 балла"},
		{Ukrainian, "3", "3 бали", "3 баллов"},
		{Ukrainian, "5", "5 балів", "5 баллов"},
		{English, "1", "1 point", "1 балла"},
		{English, "1500", "1,500 points", "1,500 баллов"},
	}
	for _, test := range tests {
		texts := New(test.lang)
		if got, want := texts.Points(number(test.points)), spaced(test.want); got != want {
			t.Errorf("%s: Points(%s) = %q, want %q", test.lang, test.points, got, want)
		}
		if got, want := texts.PointsOf(number(test.points)), spaced(test.of); got != want {
			t.Errorf("%s: PointsOf(%s) = %q, want %q", test.lang, test.points, got, want)
		}
	}
}

// spaced writes the spaces of a number as the no-break ones that it must have.
func spaced(text string) string { return strings.ReplaceAll(text, " ", "\u00a0") }

func TestMoney(t *testing.T) {
	tests := []struct {
		lang          Lang
		sum, currency string
		want          string
	}{
		{Russian, "1125", "RUB", "1 125,00 ₽"},
		{Russian, "1250.5", "RUB", "1 250,50 ₽"},
		{Russian, "0.1", "BYN", "0,10 Br"},
		{Russian, "999999999.99", "", "999 999 999,99"},
		{Russian, "12", "XTS", "12,00 XTS"},
		{Ukrainian, "1125", "UAH", "1 125,00 ₴"},
		{English, "1125.25", "EUR", "1,125.25 €"},
	}
	for _, test := range tests {
		if got, want := New(test.lang).Money(number(test.sum), test.currency), spaced(test.want); got != want {
			t.Errorf("%s: Money(%s, %q) = %q, want %q", test.lang, test.sum, test.currency, got, want)
		}
	}
}

func TestGroupedWhileTyping(t *testing.T) {
	for typed, want := range map[string]string{
		"": "", "1": "1", "12.": "12,", "1250": "1 250", "1250.5": "1 250,5", "1000000.05": "1 000 000,05",
	} {
		if got := New(Russian).Grouped(typed); got != spaced(want) {
			t.Errorf("Grouped(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := decimal.New(rapid.Int64().Draw(t, "value"), rapid.Int32Range(-4, 0).Draw(t, "exponent"))
		for _, lang := range Langs() {
			said := New(lang).Number(d)
			plain := strings.NewReplacer("\u00a0", "", "−", "-").Replace(said)
			if lang == English {
				plain = strings.ReplaceAll(plain, ",", "")
			} else {
				plain = strings.ReplaceAll(plain, ",", ".")
			}
			if !number(plain).Equal(d) {
				t.Fatalf("%s: %s is said as %q", lang, d, said)
			}
			if strings.ContainsAny(said, " \n") {
				t.Fatalf("%s: %q can be broken across lines", lang, said)
			}
		}
	})
}

func TestMoment(t *testing.T) {
	at := time.Date(2026, 3, 4, 19, 42, 59, 0, time.Local)
	tests := []struct {
		lang Lang
		now  time.Time
		want string
	}{
		{Russian, at.Add(time.Hour), "19:42"},
		{Russian, at.AddDate(0, 0, 1), "04.03 19:42"},
		{Russian, at.AddDate(1, 0, 0), "04.03 19:42"},
		{English, at.AddDate(0, 0, 1), "4 Mar 19:42"},
	}
	for _, test := range tests {
		if got := New(test.lang).Moment(at, test.now); got != test.want {
			t.Errorf("%s: Moment(%v, %v) = %q, want %q", test.lang, at, test.now, got, test.want)
		}
	}
	for lang, want := range map[Lang]string{Russian: "04.03", English: "4 Mar"} {
		if got := New(lang).When(at, at.AddDate(0, 0, 1)); got != want {
			t.Errorf("%s: When says %q of another day, want %q", lang, got, want)
		}
		if got := New(lang).When(at, at.Add(time.Hour)); got != "19:42" {
			t.Errorf("%s: When says %q of the same day", lang, got)
		}
	}
	if got := New(Russian).Clock(at); got != "19:42" {
		t.Errorf("Clock = %q", got)
	}
	if got := New(English).Lang(); got != English {
		t.Errorf("Lang = %q", got)
	}
}

func TestAgoAndDay(t *testing.T) {
	texts := New(Russian)
	for past, want := range map[time.Duration]string{
		-time.Hour: "только что", 59 * time.Second: "только что", time.Minute: "1 минуту назад", 22 * time.Minute: "22 минуты назад",
		3*time.Hour + 59*time.Minute: "3 часа назад", 11 * time.Hour: "11 часов назад", 24 * time.Hour: "1 день назад",
		5 * 24 * time.Hour: "5 дней назад",
	} {
		if got := texts.Ago(past); strings.ReplaceAll(got, "\u00a0", " ") != want {
			t.Errorf("Ago(%v) = %q, want %q", past, got, want)
		}
	}
	at := time.Date(2026, 3, 4, 19, 42, 59, 0, time.Local)
	if ru, en := texts.Day(at), New(English).Day(at); ru != "04.03.2026" || en != "4 Mar 2026" {
		t.Errorf("Day says %q and %q", ru, en)
	}
}

func TestTextsAreSafeForConcurrentUse(t *testing.T) {
	texts := New(Ukrainian)
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			for id := range catalog(t, Russian) {
				texts.Say(ID(id))
				texts.Points(number("25"))
			}
		})
	}
	readers.Wait()
}

// BenchmarkFirstWord is what the first frame pays for the catalogs.
func BenchmarkFirstWord(b *testing.B) {
	for b.Loop() {
		New(Russian).Say(AppName)
	}
}

// BenchmarkNew must cost nothing: commands that say nothing make texts too.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		New(Russian)
	}
}

func BenchmarkPoints(b *testing.B) {
	texts, points := New(Russian), number("2365")
	for b.Loop() {
		texts.Points(points)
	}
}
