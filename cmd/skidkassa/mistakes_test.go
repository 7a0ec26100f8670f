package main

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// everyMistake is one problem of each kind, and one of each form of a value.
func everyMistake() []config.Problem {
	sample := func(code config.ProblemCode) config.Problem {
		return config.Problem{
			Code: code, Origin: config.FromFile, Key: "shop.vendr", Nearest: "shop.vendor", Min: "1", Max: "9", Allowed: []string{"https"},
			Secret: config.SecretAdmin, Detail: "UTF-16", Cause: fs.ErrPermission, Want: config.WantText,
		}
	}
	var all []config.Problem
	for _, code := range []config.ProblemCode{
		config.UnknownKey, config.UnknownTable, config.DuplicateKey, config.OutOfRange, config.NotAllowed, config.TooLong, config.NotSecure,
		config.Required, config.SecretHere, config.BadSyntax, config.BadEncoding, config.FileTooLarge, config.NotFound, config.Unreadable,
	} {
		all = append(all, sample(code))
	}
	for _, form := range []config.Want{
		config.WantTable, config.WantText, config.WantInteger, config.WantDecimal, config.WantWhole, config.WantDuration, config.WantList,
		config.WantGifts, config.WantCurrency, config.WantURL, config.WantListen, config.WantPrefix, config.WantHost, config.WantDevice,
		config.WantCharacters, config.WantHallTable, config.WantHeaderText,
	} {
		p := sample(config.BadValue)
		p.Want = form
		all = append(all, p)
	}
	first := sample(config.UnknownKey)
	first.Nearest = "language"
	fromVariable, fromFlag, far := sample(config.UnknownKey), sample(config.UnknownKey), sample(config.UnknownKey)
	fromVariable.Origin, fromFlag.Origin, far.Nearest = config.FromEnvironment, config.FromFlag, ""
	return append(all, first, fromVariable, fromFlag, far)
}

func TestEveryMistakeInTheSettingsHasItsWords(t *testing.T) {
	for _, lang := range texts.Langs() {
		s, said := speaker{texts.New(lang)}, make(map[string]config.Problem)
		for _, p := range everyMistake() {
			sentence := s.mistake(p)
			if sentence == "" || strings.Contains(sentence, "cli_") || strings.Contains(sentence, "<no value>") || strings.Contains(sentence, "<nil>") {
				t.Errorf("%s: %s of %s is said as %q", lang, p.Code, p.Want, sentence)
			}
			if other, twice := said[sentence]; twice {
				t.Errorf("%s: %s and %s are both said as %q", lang, p.Code, other.Code, sentence)
			}
			said[sentence] = p
		}
	}
}

// In English, what is wrong is said as the log says it, but for the words of examples and of the system.
func TestMistakesInEnglishAreThoseOfTheLog(t *testing.T) {
	for _, p := range everyMistake() {
		switch p.Code {
		case config.FileTooLarge, config.BadEncoding:
			continue // the log gives the limit, and the encoding that was found
		case config.BadValue:
			if p.Want == config.WantHallTable {
				continue // its example is in Russian there
			}
		}
		want := strings.TrimPrefix(p.Error(), p.Where()+": ")
		if got := english().mistake(p); got != want {
			t.Errorf("%s: %q, in the log %q", p.Code, got, want)
		}
	}
}

func TestTheLanguageOfALocale(t *testing.T) {
	for locale, want := range map[string]texts.Lang{
		"ru_RU.UTF-8": texts.Russian, "ru": texts.Russian, "RU": texts.Russian, "uk_UA@euro": texts.Ukrainian, "uk-UA": texts.Ukrainian,
		"en_GB.UTF-8": texts.English, "C": texts.English, "POSIX": texts.English, "de_DE": texts.English, "": texts.English,
		".": texts.English, "russian": texts.English,
	} {
		getenv := func(name string) string { return map[string]string{"LANG": locale}[name] }
		if got := localeLanguage(getenv); got != want {
			t.Errorf("LANG=%s speaks %s, want %s", locale, got, want)
		}
	}
}
