package look

import (
	"strings"

	"github.com/skidkassa/skidkassa/internal/texts"
)

// layoutNames are the layouts that a cashier may meet, by the language of their English name: it is all that a scan which
// could not be read tells of its layout. The others keep that name.
var layoutNames = map[string]texts.ID{
	"Russian":         texts.LayoutRussian,
	"Ukrainian":       texts.LayoutUkrainian,
	"Belarusian":      texts.LayoutBelarusian,
	"Bulgarian":       texts.LayoutBulgarian,
	"Serbian":         texts.LayoutSerbian,
	"Macedonian":      texts.LayoutMacedonian,
	"Montenegrin":     texts.LayoutMontenegrin,
	"Pannonian Rusyn": texts.LayoutRusyn,
	"Church Slavonic": texts.LayoutChurchSlavonic,
	"Kazakh":          texts.LayoutKazakh,
	"Kyrgyz":          texts.LayoutKyrgyz,
	"Uzbek":           texts.LayoutUzbek,
	"Tajik":           texts.LayoutTajik,
	"Turkmen":         texts.LayoutTurkmen,
	"Mongolian":       texts.LayoutMongolian,
	"Tatar":           texts.LayoutTatar,
	"Crimean Tatar":   texts.LayoutCrimeanTatar,
	"Bashkirian":      texts.LayoutBashkir,
	"Chuvash":         texts.LayoutChuvash,
	"Udmurt":          texts.LayoutUdmurt,
	"Kalmyk":          texts.LayoutKalmyk,
	"Ossetian":        texts.LayoutOssetian,
	"Armenian":        texts.LayoutArmenian,
	"Georgian":        texts.LayoutGeorgian,
	"Azerbaijani":     texts.LayoutAzerbaijani,
	"German":          texts.LayoutGerman,
	"French":          texts.LayoutFrench,
	"Spanish":         texts.LayoutSpanish,
	"Portuguese":      texts.LayoutPortuguese,
	"Italian":         texts.LayoutItalian,
	"Dutch":           texts.LayoutDutch,
	"Belgian":         texts.LayoutBelgian,
	"Danish":          texts.LayoutDanish,
	"Norwegian":       texts.LayoutNorwegian,
	"Swedish":         texts.LayoutSwedish,
	"Finnish":         texts.LayoutFinnish,
	"Northern Saami":  texts.LayoutSaami,
	"Icelandic":       texts.LayoutIcelandic,
	"Faroese":         texts.LayoutFaroese,
	"Estonian":        texts.LayoutEstonian,
	"Latvian":         texts.LayoutLatvian,
	"Lithuanian":      texts.LayoutLithuanian,
	"Polish":          texts.LayoutPolish,
	"Czech":           texts.LayoutCzech,
	"Slovak":          texts.LayoutSlovak,
	"Hungarian":       texts.LayoutHungarian,
	"Romanian":        texts.LayoutRomanian,
	"Moldavian":       texts.LayoutMoldavian,
	"Bosnian":         texts.LayoutBosnian,
	"Albanian":        texts.LayoutAlbanian,
	"Greek":           texts.LayoutGreek,
	"Maltese":         texts.LayoutMaltese,
	"Turkish":         texts.LayoutTurkish,
}

// LayoutName names a layout to a person, by the English name of it and without its variant: it is to be changed for
// another language, and the line that says so has room for a word.
func LayoutName(words *texts.Texts, english string) string {
	if strings.HasPrefix(english, "English (UK") {
		return words.Say(texts.LayoutBritish)
	}
	language, _, _ := strings.Cut(english, " (")
	if id, ok := layoutNames[language]; ok {
		return words.Say(id)
	}
	return Clean(english)
}
