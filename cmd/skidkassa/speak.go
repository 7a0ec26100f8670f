package main

import (
	"fmt"
	"strings"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// speaker puts what the command line tells a person into words. What scripts
// read has no language: --json, the states and names that flags take, the line
// of `serve`, the answer of `version`.
type speaker struct{ *texts.Texts }

// Say says a text. One that tells of an error ends with its code, by which it is
// found in docs/errors.md.
func (s speaker) Say(id texts.ID, args ...texts.Args) string {
	return s.coded(id, s.Texts.Say(id, args...))
}

// Count is Say of a text that counts something.
func (s speaker) Count(id texts.ID, n int64, args ...texts.Args) string {
	return s.coded(id, s.Texts.Count(id, n, args...))
}

func (s speaker) coded(id texts.ID, said string) string {
	if mark := texts.CodeOf(id).Mark(); mark != "" {
		return said + " " + mark
	}
	return said
}

// english speaks for the log and for scripts.
func english() speaker { return speaker{texts.New(texts.English)} }

// words speaks the language of this run, which is found when the first word is
// said: a command that says nothing reads neither settings nor a catalog.
func (p *program) words() speaker {
	if p.spoken == nil {
		p.spoken = texts.New(p.language())
	}
	return speaker{p.spoken}
}

// say gives a text in the language of this run.
func (p *program) say(id texts.ID, args ...texts.Args) string { return p.words().Say(id, args...) }

// tell writes a line to stdout.
func (p *program) tell(id texts.ID, args ...texts.Args) error {
	_, err := fmt.Fprintln(p.stdout, p.say(id, args...))
	return err
}

// complain writes a line to stderr, with who says it.
func (p *program) complain(sentence string) {
	_, _ = fmt.Fprintln(p.stderr, "skidkassa: "+sentence)
}

// language is the till's, when its settings say one and can be read, else that
// of the environment. --json is for scripts, and so is what stands beside it.
func (p *program) language() texts.Lang {
	if p.forScript {
		return texts.English
	}
	input := config.Input{Environ: p.environ, GOOS: p.goos}
	if p.flags != nil {
		input.File, input.Flags = p.flags.configFile, p.flags.set
	}
	if loaded, err := config.Load(input); err == nil && loaded.LanguageSet {
		return texts.Lang(loaded.Settings.Language)
	}
	return localeLanguage(p.getenv)
}

// localeLanguage is what POSIX says of the language of messages: the first of
// these variables that is set decides. A language that this program does not
// speak is answered in English.
func localeLanguage(getenv func(string) string) texts.Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		locale := getenv(name)
		if locale == "" {
			continue
		}
		language := locale
		if end := strings.IndexAny(locale, "_-.@"); end >= 0 {
			language = locale[:end] // ru_RU.UTF-8
		}
		for _, known := range texts.Langs() {
			if strings.EqualFold(language, string(known)) {
				return known
			}
		}
		return texts.English
	}
	return texts.English
}
