package setup

import (
	"errors"
	"strings"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"

	"github.com/skidkassa/skidkassa/internal/scanner"
	"github.com/skidkassa/skidkassa/internal/texts"
)

// kind is what may stand in a field.
type kind int

const (
	kindText    kind = iota // words of any script
	kindNumber              // digits
	kindDecimal             // digits and a separator
	kindLatin               // addresses and codes: Latin letters, digits and signs
	kindSecret              // words behind asterisks
	kindPIN                 // digits behind asterisks
	kindChoice
)

// spec says what a field asks for. The specs of all settings are in fields.go.
type spec struct {
	key      string // of the setting; the name of a secret; of an answer of the form's own, which nobody keeps
	secret   bool   // it is the name of a secret
	own      bool   // it is an answer of the form's own
	kind     kind
	label    texts.ID
	help     texts.ID // what it is for
	example  string   // of a value, the same in every language
	names    texts.ID // an example that is not
	required bool     // beyond what the setting itself demands
	choices  func(f *form) []choice
	check    func(f *form) *Fault // how it goes with the other fields; nil: it does with all
	// mean turns what was typed into the value that was meant; nil: the text without the spaces around it.
	mean func(typed string) string
	// show turns a value into what stands in the field; nil: the value.
	show func(value string) string
}

// choice is one of the answers that a field offers.
type choice struct{ value, label string }

// field is one line of a form.
type field struct {
	spec
	typed string // what stands in it
	input huh.Field
	fault error // what is wrong with it, since it was last left
}

// limits of what a field takes, in characters.
const (
	maxText   = 100_000 // a hall of a thousand tables
	maxNumber = 19
	maxSecret = 256
	maxPIN    = 12
)

func (s spec) limit() int {
	switch s.kind {
	case kindNumber, kindDecimal:
		return maxNumber
	case kindSecret:
		return maxSecret
	case kindPIN:
		return maxPIN
	}
	return maxText
}

// meant is the value that stands in the field.
func (f *field) meant() string {
	if f.mean != nil {
		return f.mean(f.typed)
	}
	return strings.TrimSpace(f.typed)
}

// build makes the field anew, in the words and the look of now. What stands in it stays.
func (f *field) build(of *form) {
	theme, keys := of.theme(), of.keyMap()
	if f.kind == kindChoice {
		f.input = f.buildChoice(of)
	} else {
		input := huh.NewInput().Prompt("").CharLimit(f.limit()).Value(&f.typed).Validate(f.validate(of))
		if f.kind == kindSecret || f.kind == kindPIN {
			input.EchoMode(huh.EchoModePassword)
		}
		f.input = input
	}
	f.input = f.input.WithTheme(theme).WithKeyMap(keys).WithWidth(of.valueCells())
}

func (f *field) buildChoice(of *form) huh.Field {
	choices := f.choices(of)
	options := make([]huh.Option[string], len(choices))
	known := false
	for i, c := range choices {
		options[i] = huh.NewOption(c.label, c.value)
		known = known || c.value == f.typed
	}
	if !known && len(choices) > 0 {
		f.typed = choices[0].value
	}
	return huh.NewSelect[string]().Options(options...).Value(&f.typed).Inline(true)
}

// validate puts what is wrong with the value into words.
func (f *field) validate(of *form) func(string) error {
	return func(string) error {
		if words := of.judge(f); words != "" {
			return errors.New(words)
		}
		return nil
	}
}

// press gives the field a key of a person, as the kind of the field understands it.
func (f *field) press(key tea.KeyMsg) {
	switch key.Type {
	case tea.KeyRunes, tea.KeySpace:
		key.Runes = f.understand(key.Runes)
		if len(key.Runes) == 0 {
			return
		}
		key.Type = tea.KeyRunes
	case tea.KeyCtrlH:
		key = tea.KeyMsg{Type: tea.KeyBackspace}
	case tea.KeyBackspace, tea.KeyDelete, tea.KeyLeft, tea.KeyRight, tea.KeyHome, tea.KeyEnd, tea.KeyCtrlU:
	default:
		return // whatever else a text field of the library does is not for a till
	}
	model, _ := f.input.Update(key) // the commands it gives are for a blinking cursor
	f.input = model.(huh.Field)
}

// understand makes of typed runes what was meant: no field but a name depends on the keyboard's layout.
func (f *field) understand(typed []rune) []rune {
	if f.kind == kindChoice {
		return nil
	}
	var meant []rune
	for _, r := range typed {
		switch {
		case f.kind == kindText, f.kind == kindSecret:
			if unicode.IsSpace(r) {
				r = ' '
			}
			if !unicode.IsGraphic(r) {
				continue
			}
		case unicode.Is(unicode.Nd, r):
			r = digit(r)
		case f.kind == kindLatin:
			r = latin(r)
		case f.kind == kindDecimal && (r == 'ю' || r == 'Ю' || r == 'б' || r == 'Б'):
			r = '.' // the keys of the point and the comma
		}
		meant = append(meant, r)
	}
	return meant
}

// digit is the ASCII digit of a decimal digit of any script: Unicode keeps the ten of a script together.
func digit(r rune) rune {
	for _, script := range unicode.Nd.R16 {
		if rune(script.Lo) <= r && r <= rune(script.Hi) {
			return '0' + (r-rune(script.Lo))%10
		}
	}
	for _, script := range unicode.Nd.R32 {
		if rune(script.Lo) <= r && r <= rune(script.Hi) {
			return '0' + (r-rune(script.Lo))%10
		}
	}
	return r
}

// cyrillicKeys are the keys of the Russian layout, and latinKeys what stands on them otherwise.
var (
	cyrillicKeys = []rune("йцукенгшщзхъфывапролджэячсмитьбюЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮіІїЇєЄ№")
	latinKeys    = []rune("qwertyuiop[]asdfghjkl;'zxcvbnm,.QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>sS]}'\"#")
)

// latin is the sign on the same key of the English layout.
func latin(r rune) rune {
	for i, key := range cyrillicKeys {
		if key == r {
			return latinKeys[i]
		}
	}
	return r
}

// scannerField is what the field is to the scanner's decoder.
func (f *field) scannerField() scanner.Field {
	switch f.kind {
	case kindChoice:
		return scanner.FieldNone
	case kindNumber, kindPIN, kindDecimal:
		return scanner.FieldNumber
	}
	return scanner.FieldText
}

// restore brings back what stood in the field.
func (f *field) restore(of *form, typed string) {
	f.typed = typed
	f.build(of)
}
