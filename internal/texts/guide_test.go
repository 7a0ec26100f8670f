package texts

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The cashier's guide quotes the screen in «» and nothing else in them.
var (
	quotes       = regexp.MustCompile(`«([^«»]*)»`)
	placeholders = regexp.MustCompile(`\{\{[^}]*\}\}`)
	sentenceEnds = regexp.MustCompile(`[.?!…:]+(?:\s+|$)`)
	letters      = regexp.MustCompile(`\p{Cyrillic}`)
	codesInGuide = regexp.MustCompile(`\b[A-Z][1-9][0-9]?\b`)
)

func cashiersGuide(t *testing.T) string {
	t.Helper()
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "cashier.ru.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(guide)
}

// A cashier looks on the screen for the words of the guide, letter by letter.
func TestTheCashiersGuideSpeaksTheScreensWords(t *testing.T) {
	said := spoken(t)
	found := quotes.FindAllStringSubmatch(cashiersGuide(t), -1)
	if len(found) < 50 {
		t.Fatalf("the guide quotes the screen %d times only: is it read right?", len(found))
	}
	for _, quote := range found {
		if !slices.ContainsFunc(said, func(s utterance) bool { return s.is(quote[1]) }) {
			t.Errorf("no screen says «%s»", quote[1])
		}
	}
}

func TestAnUtteranceIsKnownByItsParts(t *testing.T) {
	said := append(utterances("{{.Order}}: счёт {{.Sum}} НЕ закрыт. Откройте смену: F8."), utterances("{{.What}} {{.Name}}")...)
	for quote, want := range map[string]bool{
		"Откройте смену": true, "счёт … НЕ закрыт": true, "счёт 500 НЕ закрыт. Откройте смену: F8.": true, "Откройте см…": false, "Откройте…": true,
		"счёт НЕ закрыт": false, "откройте смену": false, "смену": false, "любые слова": false, "": false, "…": false,
	} {
		if got := slices.ContainsFunc(said, func(s utterance) bool { return s.is(quote) }); got != want {
			t.Errorf("«%s» is said: %v, want %v", quote, got, want)
		}
	}
}

// Whatever code a cashier reads, the guide says what to do.
func TestTheCashiersGuideKnowsEachCode(t *testing.T) {
	_, problems, ok := strings.Cut(cashiersGuide(t), "## Что делать, если")
	if !ok {
		t.Fatal("the guide has no chapter of what to do")
	}
	var rows []string
	for line := range strings.Lines(problems) {
		if cells := strings.Split(line, "|"); len(cells) == 5 {
			rows = append(rows, codesInGuide.FindAllString(cells[2], -1)...)
		}
	}
	known := make(map[string]bool)
	for _, code := range codes {
		known[string(code)] = true
	}
	for code := range known {
		if !slices.Contains(rows, code) {
			t.Errorf("the guide does not say what to do about %s", code)
		}
	}
	for _, row := range rows {
		if !known[row] {
			t.Errorf("the guide speaks of %s, which no text has", row)
		}
	}
}

// utterance is a run of whole sentences of one text, whose numbers and names may be any.
type utterance struct {
	begin string         // up to the first number or name
	form  *regexp.Regexp // nil: there are none, the beginning is all
}

// spoken is what the screens and papers can say in Russian.
func spoken(t *testing.T) []utterance {
	t.Helper()
	var said []utterance
	for id, text := range entries(t, Russian) {
		if strings.HasPrefix(id, "cli_") {
			continue
		}
		for _, form := range text {
			said = append(said, utterances(form)...)
		}
	}
	return said
}

func utterances(text string) []utterance {
	text = strings.ReplaceAll(text, "\u00a0", " ")
	starts, ends := []int{0}, []int{}
	for _, end := range sentenceEnds.FindAllStringIndex(text, -1) {
		ends = append(ends, end[0])
		starts = append(starts, end[1])
	}
	ends = append(ends, len(text))
	var said []utterance
	for i, start := range starts {
		for _, end := range ends[i:] {
			if start < end {
				said = append(said, newUtterance(text[start:end]))
			}
		}
	}
	return said
}

func newUtterance(run string) utterance {
	if !placeholders.MatchString(run) {
		return utterance{begin: run}
	}
	parts := placeholders.Split(run, -1)
	begin := parts[0]
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	if len(letters.FindAllString(run, -1)) < 6 {
		return utterance{} // "{{.Name}}, {{.Points}}" could be anything
	}
	return utterance{begin: begin, form: regexp.MustCompile("^" + strings.Join(parts, ".+") + "$")}
}

// is tells whether a quote is the utterance, or its beginning when the quote leaves the rest out with an ellipsis.
func (u utterance) is(quote string) bool {
	quote = strings.ReplaceAll(quote, "\n", " ")
	bare := strings.TrimRight(quote, ".?!…: ")
	switch {
	case bare == "":
		return false
	case u.form != nil && (u.form.MatchString(bare) || u.form.MatchString(strings.TrimSpace(quote))):
		return true
	case strings.HasSuffix(quote, "…"):
		rest, begins := strings.CutPrefix(u.begin, bare)
		return begins && (rest == "" || strings.ContainsAny(rest[:1], " ,.:;!?("))
	}
	return u.form == nil && u.begin == bare
}
