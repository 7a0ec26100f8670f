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
	"testing/fstest"
	"time"
	"unicode"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"github.com/shopspring/decimal"
	"golang.org/x/text/currency"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	xnumber "golang.org/x/text/number"
	"pgregory.net/rapid"
)

// counted are the texts that the package itself says, with their plural forms.
var counted = []string{"points", "points_of", "minutes_ago", "hours_ago", "days_ago", "just_now"}

// isPlural are those of them that count.
var isPlural = map[string]bool{
	"points": true, "points_of": true, "minutes_ago": true, "hours_ago": true, "days_ago": true,
	"cli_ill": true, "cli_found_open_operations": true, "cli_found_old_backup": true, "cli_found_backup": true,
	"cli_found_waiters": true, "cli_exported": true, "cli_pin_pause": true,
}

func number(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// entry is a text of a catalog: its forms by name; of a text without plural forms the one is "other".
type entry map[string]string

func (e entry) String() string { return strings.Join(slices.Sorted(maps.Values(e)), "\n") }

// kinds are the catalogs of a language, by how their names begin.
var kinds = []string{"", commandLine, setup}

// catalog reads what a language says, the forms of a counted text joined.
func catalog(t *testing.T, lang Lang) map[string]string {
	t.Helper()
	said := make(map[string]string)
	for id, text := range entries(t, lang) {
		said[id] = text.String()
	}
	return said
}

// entries reads all that a language has.
func entries(t *testing.T, lang Lang) map[string]entry {
	t.Helper()
	said := make(map[string]entry)
	for _, kind := range kinds {
		for key, text := range catalogFile(t, kind, lang) {
			said[key] = text
		}
	}
	return said
}

func catalogFile(t *testing.T, kind string, lang Lang) map[string]entry {
	t.Helper()
	data, err := catalogs.ReadFile("catalog/" + kind + string(lang) + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := toml.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	said := make(map[string]entry)
	for key, value := range raw {
		switch value := value.(type) {
		case string:
			said[key] = entry{"other": value}
		case map[string]any:
			said[key] = entry{}
			for form, text := range value {
				said[key][form] = text.(string)
			}
		default:
			t.Fatalf("%s: %s is neither a text nor its forms", lang, key)
		}
	}
	return said
}

// declared reads the constants of the IDs.
func declared(t *testing.T) map[string]string {
	t.Helper()
	ids := make(map[string]string)
	for _, name := range []string{"ids.go", "ids_cli.go", "ids_setup.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
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
	}
	return ids
}

func TestEachCatalogHasTheDeclaredIDs(t *testing.T) {
	want := make(map[string]bool)
	for _, id := range counted {
		want[id] = true
	}
	for _, id := range declared(t) {
		want[id] = true
	}
	for _, lang := range Langs() {
		has := entries(t, lang)
		for id := range want {
			if strings.TrimSpace(has[id].String()) == "" {
				t.Errorf("%s: %q is missing", lang, id)
			}
		}
		for id := range has {
			if !want[id] {
				t.Errorf("%s: %q is a text that no constant names", lang, id)
			}
		}
	}
}

// The words of the command line and of setting up are in catalogs of their own: a till in use reads none of them.
func TestEachTextIsInItsCatalog(t *testing.T) {
	for _, lang := range Langs() {
		for _, kind := range kinds {
			for id := range catalogFile(t, kind, lang) {
				if strings.HasPrefix(id, "cli_") != (kind == commandLine) || strings.HasPrefix(id, "setup_") != (kind == setup) {
					t.Errorf("%s: %q is in the wrong catalog", lang, id)
				}
			}
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
		case entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root, entry.IsDir() && entry.Name() == "storybook":
			return filepath.SkipDir // scenes say nothing of their own
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
			t.Errorf("nobody says texts.%s: take it out of the IDs and of the catalogs", name)
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

// A text that takes another argument in one language than in another says "<no value>" in one of them, in each form.
func TestTheCatalogsTakeTheSameArguments(t *testing.T) {
	first := entries(t, Langs()[0])
	for _, lang := range Langs() {
		for id, text := range entries(t, lang) {
			for form, said := range text {
				if got, want := arguments(said), arguments(first[id].String()); got != want {
					t.Errorf("%s: %q (%s) takes %q, want %q", lang, id, form, got, want)
				}
			}
		}
	}
}

// forms are the plural forms of a language by CLDR, as golang.org/x/text has them: another source than go-i18n's own.
func forms(t *testing.T, lang Lang) []string {
	t.Helper()
	names := map[plural.Form]string{
		plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
	}
	found := make(map[string]bool)
	tag := language.MustParse(string(lang))
	for whole := range 1000 {
		for _, decimals := range []struct{ visible, digits int }{{0, 0}, {1, 5}, {2, 25}} {
			form := plural.Cardinal.MatchPlural(tag, whole, decimals.visible, decimals.visible, decimals.digits, decimals.digits)
			found[names[form]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func TestPluralFormsAreThoseOfTheLanguage(t *testing.T) {
	for _, lang := range Langs() {
		want := forms(t, lang)
		for id, text := range entries(t, lang) {
			got := slices.Sorted(maps.Keys(text))
			if isPlain := slices.Equal(got, []string{"other"}); isPlain == isPlural[id] || !isPlain && !slices.Equal(got, want) {
				t.Errorf("%s: %q has the forms %q, want %q if it is counted, else none", lang, id, got, want)
			}
		}
	}
}

// A text that goes on with "…" in one language does so in each: the screens' tests count the marks of what was cut.
func TestTheCatalogsHaveTheSameEllipses(t *testing.T) {
	first := entries(t, Langs()[0])
	for _, lang := range Langs() {
		for id, text := range entries(t, lang) {
			if got, want := strings.Count(text["other"], "…"), strings.Count(first[id]["other"], "…"); got != want {
				t.Errorf("%s: %q has %d of them, want %d", lang, id, got, want)
			}
		}
	}
}

// Each catalog is of its own language, letter by letter.
func TestTheCatalogsHaveNoForeignLetters(t *testing.T) {
	for id, text := range entries(t, Ukrainian) {
		if strings.ContainsAny(text.String(), "ыэёъЫЭЁЪ") {
			t.Errorf("uk: %q is Russian: %q", id, text)
		}
	}
	for id, text := range entries(t, Russian) {
		if strings.ContainsAny(text.String(), "іїєґІЇЄҐ") {
			t.Errorf("ru: %q is Ukrainian: %q", id, text)
		}
	}
	for id, text := range entries(t, English) {
		if strings.ContainsFunc(text.String(), func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
			t.Errorf("en: %q is not English: %q", id, text)
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
		{English, GuestSum, "Receipt sum"},
		{Ukrainian, GuestBalance, "Баланс"},
		{English, UnknownTitle, "Result unknown. Do not repeat. Checking…"},
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

func TestSetLangIsFollowedByWhoeverHoldsTheTexts(t *testing.T) {
	door := New(Russian)
	screen := door
	for _, test := range []struct {
		lang Lang
		sum  string
		want string
	}{
		{Ukrainian, "2.50", "Сума чека, 2 бали, 2,50"},
		{English, "2.50", "Receipt sum, 2 points, 2.50"},
		{English, "2.50", "Receipt sum, 2 points, 2.50"},
		{Lang("de"), "2.50", "Сумма чека, 2 балла, 2,50"},
	} {
		screen.SetLang(test.lang)
		got := door.Say(GuestSum) + ", " + door.Points(number("2")) + ", " + door.Money(number(test.sum), "")
		if got = strings.ReplaceAll(got, "\u00a0", " "); got != test.want {
			t.Errorf("after SetLang(%q): %q, want %q", test.lang, got, test.want)
		}
	}
	if door.Lang() != Russian {
		t.Errorf("the language is %q", door.Lang())
	}
}

// What a catalog lacks is said in Russian, and nothing more than that catalog is read before.
func TestWhatALanguageLacksIsSaidInRussian(t *testing.T) {
	files := fstest.MapFS{
		"catalog/ru.toml": {Data: []byte("no = \"Нет\"\nask_sum = \"Сумма чека: {{.Money}}\"\n[points]\none = \"балл\"\nother = \"балла\"")},
		"catalog/en.toml": {Data: []byte("no = \"No\"\n[points]\nother = \"points\"")},
	}
	in := newTongue(files, English)
	say := func(config *i18n.LocalizeConfig) string { return in.localize(config) }
	if got := say(&i18n.LocalizeConfig{MessageID: "no"}); got != "No" {
		t.Errorf("what it has is said as %q", got)
	}
	if got := say(&i18n.LocalizeConfig{MessageID: "points", PluralCount: 1}); got != "points" {
		t.Errorf("a form that it lacks is said as %q", got)
	}
	if got := say(&i18n.LocalizeConfig{MessageID: "ask_sum", TemplateData: Args{"Money": "5"}}); got != "Сумма чека: 5" {
		t.Errorf("what it lacks is said as %q", got)
	}
	if got := say(&i18n.LocalizeConfig{MessageID: "nobody"}); got != "nobody" {
		t.Errorf("what nobody has is said as %q", got)
	}
	delete(files, "catalog/ru.toml")
	in = newTongue(files, English)
	if got := say(&i18n.LocalizeConfig{MessageID: "no"}); got != "No" {
		t.Errorf("without a Russian catalog: %q", got)
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
}

func TestWhatNoCatalogHasIsSaidAsItsID(t *testing.T) {
	if got := New(Russian).Say(ID("no_such_text")); got != "no_such_text" {
		t.Errorf("got %q", got)
	}
}

func TestEveryTextCanBeSaidWithItsArguments(t *testing.T) {
	for _, lang := range Langs() {
		in := newTongue(catalogs, lang)
		for id, text := range entries(t, lang) {
			args := Args{}
			for _, match := range argument.FindAllStringSubmatch(text.String(), -1) {
				args[match[1]] = "<" + match[1] + ">"
			}
			for _, count := range []string{"0", "1", "2", "5", "1.5"} {
				config := i18n.LocalizeConfig{MessageID: id, TemplateData: args}
				if len(text) > 1 {
					config.PluralCount = count
				}
				said := in.localize(&config)
				if said == id || strings.Contains(said, "{{") || strings.Contains(said, "<no value>") {
					t.Errorf("%s: %s is said as %q", lang, id, said)
				}
			}
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
		{Ukrainian, "1", "1 бал", "1 бала"},
		{Ukrainian, "3", "3 бали", "3 балів"},
		{Ukrainian, "5", "5 балів", "5 балів"},
		{Ukrainian, "2.5", "2,5 бала", "2,5 бала"},
		{English, "1", "1 point", "1 point"},
		{English, "1500", "1,500 points", "1,500 points"},
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

func TestCount(t *testing.T) {
	tests := []struct {
		lang Lang
		n    int64
		want string
	}{
		{Russian, 1, "не прошла 1 проверка; смотрите выше"},
		{Russian, 3, "не прошли 3 проверки; смотрите выше"},
		{Ukrainian, 11, "не пройшли 11 перевірок; дивіться вище"},
		{English, 1, "1 check failed; see above"},
		{English, 1200, "1,200 checks failed; see above"},
	}
	for _, test := range tests {
		if got := New(test.lang).Count(CLIIll, test.n); got != test.want {
			t.Errorf("%s: %d is said as %q, want %q", test.lang, test.n, got, test.want)
		}
	}
	want := "j.db: 2 operations are open"
	if got := New(English).Count(CLIFoundOpenOperations, 2, Args{"Journal": "j.db"}); got != want {
		t.Errorf("with an argument: %q, want %q", got, want)
	}
}

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
		{Ukrainian, "-1125", "UAH", "−1 125,00 ₴"},
		{English, "1125.25", "EUR", "€1,125.25"},
		{English, "1250", "RUB", "₽1,250.00"},
		{English, "-1250", "UAH", "−₴1,250.00"},
		{English, "12", "XTS", "XTS 12.00"},
		{English, "-12", "BYN", "−Br 12.00"},
		{English, "1125.25", "", "1,125.25"},
	}
	for _, test := range tests {
		if got, want := New(test.lang).Money(number(test.sum), test.currency), spaced(test.want); got != want {
			t.Errorf("%s: Money(%s, %q) = %q, want %q", test.lang, test.sum, test.currency, got, want)
		}
	}
}

// The rules are those of CLDR, as golang.org/x/text has them, with a minus sign of our own.
func TestNumbersAreThoseOfCLDR(t *testing.T) {
	for _, lang := range Langs() {
		texts, cldr := New(lang), message.NewPrinter(language.MustParse(string(lang)))
		for _, n := range []int64{0, 7, 999, 1000, 12345, 999999, 1234567, -42, -1234567890} {
			want := strings.ReplaceAll(cldr.Sprint(xnumber.Decimal(n)), "-", minus)
			if got := texts.Number(decimal.NewFromInt(n)); got != want {
				t.Errorf("%s: %d is written as %q, want %q", lang, n, got, want)
			}
		}
		want := cldr.Sprint(xnumber.Decimal(1234.5))
		if got := texts.Number(number("1234.5")); got != want {
			t.Errorf("%s: a decimal is written as %q, want %q", lang, got, want)
		}
		for code, sign := range currencySigns {
			if strings.Contains("BYN AMD AZN GEL", code) {
				continue // newer than the CLDR of golang.org/x/text
			}
			if got := cldr.Sprint(currency.NarrowSymbol(currency.MustParseISO(code))); got != sign {
				t.Errorf("%s: the sign of %s is %q, want %q", lang, code, sign, got)
			}
		}
		percent := cldr.Sprint(xnumber.Percent(0.02))
		rules := strings.ReplaceAll(texts.Say(GuestRules, Args{"Accrue": "2", "Redeem": "10"}), "10", "2")
		if strings.Count(rules, percent) != 2 {
			t.Errorf("%s: %q does not write a percent as %q", lang, rules, percent)
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

func TestMomentsKeepToTheirCells(t *testing.T) {
	for _, lang := range Langs() {
		texts := New(lang)
		for day := range 366 {
			at := time.Date(2024, 1, 1+day, 23, 59, 0, 0, time.Local)
			when, moment := texts.When(at, at.AddDate(1, 0, 0)), texts.Moment(at, at.AddDate(1, 0, 0))
			if len([]rune(when)) > texts.WhenCells() || len([]rune(moment)) > texts.MomentCells() {
				t.Fatalf("%s: %q and %q take more than %d and %d", lang, when, moment, texts.WhenCells(), texts.MomentCells())
			}
		}
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
			for id := range entries(t, Russian) {
				texts.Say(ID(id))
				texts.Points(number("25"))
			}
		})
	}
	for i := range 30 {
		texts.SetLang(Langs()[i%len(Langs())])
	}
	readers.Wait()
}

// BenchmarkFirstWord is what the first frame pays for the catalogs.
func BenchmarkFirstWord(b *testing.B) {
	for b.Loop() {
		newTongue(catalogs, Russian).localize(&i18n.LocalizeConfig{MessageID: string(AppName)})
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
