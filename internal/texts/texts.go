// Package texts holds every word that a person reads, in each language. It is a leaf: doors ask it for words, and it
// knows nothing of them.
//
// Russian is complete. What a catalog of another language lacks is shown in Russian, so a missing translation is never
// an empty line. Catalogs are read at the first word, not by [New]: a command that says nothing pays nothing.
package texts

import (
	"embed"
	"sync"

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

// Langs lists the languages, the complete one first.
func Langs() []Lang { return []Lang{Russian, Ukrainian, English} }

//go:embed catalog/*.toml
var catalogs embed.FS

// Texts says things in one language. It is safe for concurrent use. Make one with [New].
type Texts struct {
	lang      Lang
	localizer func() *i18n.Localizer
	plain     sync.Map // ID to string: the texts without arguments that were said once
}

// localizers are the catalogs, each read once in the life of the program.
var localizers = map[Lang]func() *i18n.Localizer{
	Russian:   sync.OnceValue(func() *i18n.Localizer { return load(Russian) }),
	Ukrainian: sync.OnceValue(func() *i18n.Localizer { return load(Ukrainian) }),
	English:   sync.OnceValue(func() *i18n.Localizer { return load(English) }),
}

// New makes the texts of a language; one that is not in [Langs] means Russian.
func New(lang Lang) *Texts {
	switch lang {
	case Ukrainian, English:
	default:
		lang = Russian
	}
	return &Texts{lang: lang, localizer: localizers[lang]}
}

// Lang is the language of the texts.
func (t *Texts) Lang() Lang { return t.lang }

// load reads the catalogs that the language needs: its own and the Russian one behind it.
func load(lang Lang) *i18n.Localizer {
	bundle := i18n.NewBundle(language.Russian)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	for _, l := range []Lang{Russian, lang} {
		if _, err := bundle.LoadMessageFileFS(catalogs, "catalog/"+string(l)+".toml"); err != nil {
			panic("texts: the catalog is broken: " + err.Error()) // it is built in, and a test reads it
		}
		if l == lang {
			break
		}
	}
	return i18n.NewLocalizer(bundle, string(lang))
}

// Args are the values that a text takes, by the names that stand in it.
type Args map[string]any

// Say gives a text. At most one Args may follow; a text without any is remembered, so that a screen may ask for it on
// every frame. A text that no catalog has is said as its ID: wrong on the screen, but never a crash at a till.
func (t *Texts) Say(id ID, args ...Args) string {
	if len(args) > 0 {
		return t.localize(&i18n.LocalizeConfig{MessageID: string(id), TemplateData: args[0]})
	}
	if said, ok := t.plain.Load(id); ok {
		return said.(string)
	}
	said := t.localize(&i18n.LocalizeConfig{MessageID: string(id)})
	t.plain.Store(id, said)
	return said
}

// localize ignores the error when there is a text: go-i18n returns both when it fell back to Russian.
func (t *Texts) localize(config *i18n.LocalizeConfig) string {
	said, err := t.localizer().Localize(config)
	if said == "" && err != nil {
		return config.MessageID
	}
	return said
}
