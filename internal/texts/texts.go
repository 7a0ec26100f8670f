// Package texts holds every word that a person reads, in each language. It is a leaf: doors ask it for words, and it
// knows nothing of them.
//
// Each language is complete; a test holds them to each other and to the code. Only the catalog of the language in use is
// read, and at its first word: a command that says nothing pays nothing. Should a text be missing all the same, the
// Russian catalog is read behind it, so that a missing translation is never an empty line.
//
// The words of the screen, of handhelds and of paper are in one catalog; those of the command line, whose IDs begin with
// "cli_", and those of setting up, "setup_", are in others, which a till in use does not read.
package texts

import (
	"embed"
	"io/fs"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

// Lang is a language of the settings file.
type Lang string

// The languages.
const (
	Russian   Lang = "ru"
	Ukrainian Lang = "uk"
	English   Lang = "en"
)

// Langs lists the languages. The first one stands in for what another one lacks.
func Langs() []Lang { return []Lang{Russian, Ukrainian, English} }

// known is the language itself, or Russian for one that is not in [Langs].
func known(lang Lang) Lang {
	switch lang {
	case Ukrainian, English:
		return lang
	}
	return Russian
}

//go:embed catalog/*.toml
var catalogs embed.FS

// Texts says things in the till's language, which can be changed while it runs: whoever holds the same Texts follows. It
// is safe for concurrent use. Make one with [New].
type Texts struct {
	tongue atomic.Pointer[tongue]
}

// New makes the texts of a language; one that is not in [Langs] means Russian. It reads nothing yet.
func New(lang Lang) *Texts {
	t := &Texts{}
	t.tongue.Store(tongues[known(lang)])
	return t
}

// tongues are shared by all texts: what one of them has read, none reads again.
var tongues = map[Lang]*tongue{
	Russian:   newTongue(catalogs, Russian),
	Ukrainian: newTongue(catalogs, Ukrainian),
	English:   newTongue(catalogs, English),
}

// Warm reads the catalog of the screen, some milliseconds of work, so that the first word does not wait for it.
func (t *Texts) Warm() { t.tongue.Load().screen() }

// Lang is the language of the texts.
func (t *Texts) Lang() Lang { return t.tongue.Load().lang }

// SetLang changes the language for everybody who holds these texts; one that is not in [Langs] means Russian. What is
// being said meanwhile is said in one language or the other, each text for itself.
func (t *Texts) SetLang(lang Lang) {
	t.tongue.Store(tongues[known(lang)])
}

// Args are the values that a text takes, by the names that stand in it.
type Args map[string]any

// Say gives a text. At most one Args may follow; a text without any is remembered, so that a screen may ask for it on
// every frame. A text that no catalog has is said as its ID: wrong on the screen, but never a crash at a till.
func (t *Texts) Say(id ID, args ...Args) string {
	in := t.tongue.Load()
	if len(args) > 0 {
		return in.localize(&i18n.LocalizeConfig{MessageID: string(id), TemplateData: args[0]})
	}
	if said, ok := in.plain.Load(id); ok {
		return said.(string)
	}
	said := in.localize(&i18n.LocalizeConfig{MessageID: string(id)})
	in.plain.Store(id, said)
	return said
}

// tongue is one language with its catalogs, each read when it is first needed.
type tongue struct {
	lang        Lang
	screen      func() *i18n.Localizer
	commandLine func() *i18n.Localizer
	setup       func() *i18n.Localizer
	fallback    func() *tongue // nil: there is none behind it
	plain       sync.Map       // ID to string: the texts without arguments that were said once
}

func newTongue(files fs.FS, lang Lang) *tongue {
	in := &tongue{
		lang:        lang,
		screen:      sync.OnceValue(func() *i18n.Localizer { return load(files, "", lang) }),
		commandLine: sync.OnceValue(func() *i18n.Localizer { return load(files, commandLine, lang) }),
		setup:       sync.OnceValue(func() *i18n.Localizer { return load(files, setup, lang) }),
	}
	if first := Langs()[0]; lang != first {
		in.fallback = sync.OnceValue(func() *tongue { return newTongue(files, first) })
	}
	return in
}

// What the names of the command line's catalogs begin with, and those of setting up; the IDs in them begin likewise, with
// "_" for the dot.
const (
	commandLine = "cli."
	setup       = "setup."
)

// load reads one catalog.
func load(files fs.FS, kind string, lang Lang) *i18n.Localizer {
	bundle := i18n.NewBundle(language.Make(string(lang)))
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	if _, err := bundle.LoadMessageFileFS(files, "catalog/"+kind+string(lang)+".toml"); err != nil {
		panic("texts: the catalog is broken: " + err.Error()) // it is built in, and a test reads it
	}
	return i18n.NewLocalizer(bundle, string(lang))
}

// localize ignores an error that came with a text: go-i18n gives both when a plural form is missing.
func (in *tongue) localize(config *i18n.LocalizeConfig) string {
	catalog := in.screen
	switch {
	case strings.HasPrefix(config.MessageID, "cli_"):
		catalog = in.commandLine
	case strings.HasPrefix(config.MessageID, "setup_"):
		catalog = in.setup
	}
	said, err := catalog().Localize(config)
	switch {
	case said != "" || err == nil:
		return said
	case in.fallback != nil:
		return in.fallback().localize(config)
	}
	return config.MessageID
}
