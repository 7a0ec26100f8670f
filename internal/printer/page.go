package printer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// ErrPage says that a character table is not known.
var ErrPage = errors.New("printer: not a character table")

// Page is a printer's table of 256 characters. The zero value is CP866.
type Page struct {
	facts  *pageFacts
	number byte // by which the printer knows it, when facts is not nil
}

// pageFacts is one table, and the number by which most printers know it (Epson's ESC/POS reference, ESC t).
type pageFacts struct {
	name   string
	number byte
	table  *charmap.Charmap
}

var pages = [...]pageFacts{
	{"cp866", 17, charmap.CodePage866},
	{"cp1251", 46, charmap.Windows1251},
	{"cp855", 34, charmap.CodePage855},
	{"pc437", 0, charmap.CodePage437},
}

// ParsePage reads a table's name: cp866, cp1251, cp855, or pc437, which has no Cyrillic: then it is written in Latin letters. A
// printer that knows the table by a number of its own (its self-test lists them) is told so: "cp866:7". Fails with [ErrPage].
func ParsePage(text string) (Page, error) {
	name, number, numbered := strings.Cut(text, ":")
	for i := range pages {
		if !strings.EqualFold(pages[i].name, name) {
			continue
		}
		page := Page{facts: &pages[i], number: pages[i].number}
		if numbered {
			n, err := strconv.ParseUint(number, 10, 8)
			if err != nil {
				return Page{}, fmt.Errorf("%q: a number from 0 to 255: %w", text, ErrPage)
			}
			page.number = byte(n)
		}
		return page, nil
	}
	return Page{}, fmt.Errorf("%q: cp866, cp1251, cp855 or pc437: %w", text, ErrPage)
}

func (p Page) table() *charmap.Charmap {
	if p.facts == nil {
		return pages[0].table
	}
	return p.facts.table
}

// selector is the number for ESC t.
func (p Page) selector() byte {
	if p.facts == nil {
		return pages[0].number
	}
	return p.number
}

// fold rewrites a text so that each of its runes is one byte of the page, or a line feed. What the page lacks is written by what
// looks or sounds like it, or as a question mark. A no-break space stays one, for the wrapping.
func (p Page) fold(text string) string {
	var b strings.Builder
	for _, r := range norm.NFC.String(text) {
		switch {
		case r == '\n', r == noBreak:
			b.WriteRune(r)
		case r > ' ' && r < 0x7f:
			b.WriteByte(byte(r))
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		default:
			b.WriteString(p.foldRune(r))
		}
	}
	return b.String()
}

const noBreak = '\u00a0'

// foldRune is fold for one rune that is not a space. Control characters are dropped: they would be commands.
func (p Page) foldRune(r rune) string {
	if r >= 0x80 && r < 0xA0 || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Mn, unicode.Me) {
		return ""
	}
	if _, ok := p.table().EncodeRune(r); ok {
		return string(r)
	}
	for _, other := range substitutes[r] {
		if p.has(other) {
			return other
		}
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(string(r)))
	if bare != "" && p.has(bare) {
		return bare
	}
	return "?"
}

// has reports whether the page has every rune of a text.
func (p Page) has(text string) bool {
	for _, r := range text {
		if _, ok := p.table().EncodeRune(r); !ok {
			return false
		}
	}
	return true
}

// encode turns folded text into the page's bytes.
func (p Page) encode(dst []byte, folded string) []byte {
	for _, r := range folded {
		b, ok := p.table().EncodeRune(r)
		if r == noBreak {
			b, ok = ' ', true // many pages have none
		}
		if !ok || b < ' ' || b == 0x7f {
			b = '?'
		}
		dst = append(dst, b)
	}
	return dst
}
