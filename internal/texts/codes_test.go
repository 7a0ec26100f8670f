package texts

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

var update = flag.Bool("update", false, "write docs/errors.md anew")

// errorPrefixes begin the IDs of texts that tell of an error.
var errorPrefixes = []string{"why_", "problem_", "banner_", "missed_", "obstacle_", "review_detail", "review_qr", "notice_unknown", "notice_review",
	"notice_not_applied", "notice_expired", "notice_payment_"}

// noErrors are the texts of such names that need no code, with the reason.
var noErrors = map[ID]string{
	WhyCashier:           "the cashier's own doing",
	WhyMoved:             "the evidence of a good end",
	WhyStill:             "the evidence of an end, which has words of its own",
	WhyDecidedYes:        "a person's decision",
	WhyDecidedNo:         "a person's decision",
	WhyNotNeeded:         "nothing has gone wrong",
	WhyTryLater:          "it stands behind an error that has a code",
	ProblemScan:          "a title; the text below has the code",
	ProblemBalance:       "a title; the text below has the code",
	ProblemHead:          "it shows what came; the text above has the code",
	ProblemNoPointsMoved: "it stands below an error that has a code",
	BannerWaiting:        "it stands behind an error that has a code",
	BannerClaim:          "it says its obstacle, which has the code",
	BannerClaimsMore:     "it stands behind an error that has a code",
	BannerClaimsToo:      "it stands behind an error that has a code",
	ObstacleBack:         "a person has decided it; the news that the money is asked for again has a code",
	ObstacleGone:         "nothing is in the way any more",
}

func TestEveryErrorHasACode(t *testing.T) {
	for name, text := range declared(t) {
		id := ID(text)
		isError := slices.ContainsFunc(errorPrefixes, func(prefix string) bool { return strings.HasPrefix(text, prefix) })
		_, excused := noErrors[id]
		switch coded := CodeOf(id) != ""; {
		case isError && !coded && !excused:
			t.Errorf("%s tells of an error and has no code", name)
		case excused && coded:
			t.Errorf("%s is excused and has the code %s", name, CodeOf(id))
		case excused && !isError:
			t.Errorf("%s is excused for nothing", name)
		}
	}
}

var codeForm = regexp.MustCompile(`^[A-Z][1-9][0-9]?$`)

func TestEveryCodeHasItsTextAndItsAdvice(t *testing.T) {
	russian, about := catalog(t, Russian), readAdvice(t)
	coded := make(map[Code]bool)
	for id, code := range codes {
		coded[code] = true
		if !codeForm.MatchString(string(code)) {
			t.Errorf("%s has the code %q: want a letter and a number", id, code)
		}
		if strings.TrimSpace(russian[string(id)]) == "" {
			t.Errorf("%s: no text %q", code, id)
		}
		advice := about.codes[code]
		if advice.Points == "" || advice.Cashier == "" || advice.Admin == "" {
			t.Errorf("testdata/errors.toml does not say of %s what has happened and what each does", code)
		}
		if about.Parts[string(code[:1])] == "" {
			t.Errorf("%s: testdata/errors.toml has no name for the part %q", code, code[:1])
		}
	}
	for code := range about.codes {
		if !coded[code] {
			t.Errorf("testdata/errors.toml speaks of %s, which no text has", code)
		}
	}
}

// advice is what the page says of a code beside its texts.
type advice struct{ Points, Cashier, Admin string }

type adviceFile struct {
	Parts map[string]string
	codes map[Code]advice
}

func readAdvice(t *testing.T) adviceFile {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "errors.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var parts struct{ Parts map[string]string }
	var tables map[string]map[string]string
	if err := toml.Unmarshal(data, &parts); err != nil {
		t.Fatal(err)
	}
	if err := toml.Unmarshal(data, &tables); err != nil {
		t.Fatal(err)
	}
	file := adviceFile{Parts: parts.Parts, codes: make(map[Code]advice)}
	for name, table := range tables {
		if name != "parts" {
			file.codes[Code(name)] = advice{table["points"], table["cashier"], table["admin"]}
		}
	}
	return file
}

// TestTheErrorsPage holds docs/errors.md to the table, the catalogs and the advice.
func TestTheErrorsPage(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "errors.md")
	want := errorsPage(t)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/errors.md is not current: go test ./internal/texts -run TestTheErrorsPage -update")
	}
}

// partsOrder is the order of the page: that of the doc of [Code].
const partsOrder = "SNQRUJTLZXPWG"

func errorsPage(t *testing.T) string {
	about := readAdvice(t)
	catalogs := make(map[Lang]map[string]string)
	for _, lang := range Langs() {
		catalogs[lang] = catalog(t, lang)
	}
	texts := make(map[Code][]ID)
	for id, code := range codes {
		texts[code] = append(texts[code], id)
	}
	var b strings.Builder
	b.WriteString(errorsHead)
	of := func(part rune) []Code {
		return slices.DeleteFunc(slices.SortedFunc(maps.Keys(texts), byNumber), func(code Code) bool { return rune(code[0]) != part })
	}
	for _, part := range partsOrder {
		fmt.Fprintf(&b, "- %s:", about.Parts[string(part)])
		for _, code := range of(part) {
			fmt.Fprintf(&b, " [%s](#%s)", code, strings.ToLower(string(code)))
		}
		b.WriteByte('\n')
	}
	for _, part := range partsOrder {
		fmt.Fprintf(&b, "\n## %c. %s\n", part, about.Parts[string(part)])
		for _, code := range of(part) {
			fmt.Fprintf(&b, "\n### %s\n\n", code)
			ids := texts[code]
			slices.SortFunc(ids, byWeight)
			for _, lang := range Langs() {
				if said := shown(catalogs[lang][string(ids[0])]); said != "" {
					fmt.Fprintf(&b, "- %s: %s\n", lang, said)
				}
			}
			for _, id := range ids[1:] {
				if weight(id) == commandLineWeight {
					continue // it says the same in other words
				}
				fmt.Fprintf(&b, "- ещё так: %s\n", shown(catalogs[Russian][string(id)]))
			}
			advice := about.codes[code]
			fmt.Fprintf(&b, "\n**Баллы и деньги.** %s\n\n**Кассир.** %s\n\n**Администратор.** %s\n", advice.Points, advice.Cashier, advice.Admin)
		}
	}
	return b.String()
}

const errorsHead = `# Коды ошибок

Код стоит в конце сообщения в квадратных скобках: «Нет связи с сервисом. Проверьте интернет. [N2]». Его удобно назвать по
телефону. Буква говорит, о какой части кассы речь, число не меняется от версии к версии.

Страница сделана из таблицы кодов и текстов программы (` + "`go test ./internal/texts -run TestTheErrorsPage -update`" + `). Где в сообщении
стоит сумма, имя или время, здесь «…».

`

func byNumber(a, b Code) int {
	x, _ := strconv.Atoi(string(a[1:]))
	y, _ := strconv.Atoi(string(b[1:]))
	return cmp.Or(x-y, strings.Compare(string(a), string(b)))
}

// byWeight puts what is said on the screen before what is a word in the status bar, and that before the command line's.
func byWeight(a, b ID) int { return cmp.Or(weight(a)-weight(b), strings.Compare(string(a), string(b))) }

const commandLineWeight = 3

func weight(id ID) int {
	switch {
	case strings.HasPrefix(string(id), "cli_"):
		return commandLineWeight
	case strings.HasPrefix(string(id), "status_"):
		return 2
	case strings.HasPrefix(string(id), "why_"), strings.HasPrefix(string(id), "problem_"):
		return 0
	}
	return 1
}

var placeholder = regexp.MustCompile(`{{[^}]*}}`)

// shown is the first line of a text, with dots where its arguments go.
func shown(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(strings.ReplaceAll(placeholder.ReplaceAllString(text, "…"), "\u00a0", " "))
}
