package printer

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/internal/printer/printertest"
)

var update = flag.Bool("update", false, "write the golden slips anew")

// words are the words of the tests, with the no-break spaces and the signs of the till's own numbers.
var words = Words{
	Register: "Касса", Order: "Заказ", Table: "Стол", Waiter: "Официант", Cashier: "Кассир", Guest: "Гость",
	Total: "ИТОГО", Sum: "Сумма чека", Tips: "Чаевые", Balance: "Баланс", NotFiscal: "Не является фискальным документом",
	Shift: "Смена", Opened: "Открыта", Closed: "Закрыта", Orders: "Закрыто заказов",
	Money:  func(d decimal.Decimal) string { return grouped(d.StringFixed(2)) + "\u00a0₽" },
	Number: func(d decimal.Decimal) string { return grouped(d.String()) },
	Moment: func(at time.Time) string { return at.Format("02.01.2006 15:04") },
}

func grouped(number string) string {
	whole, part, fraction := strings.Cut(number, ".")
	if len(whole) > 3 {
		whole = whole[:len(whole)-3] + "\u00a0" + whole[len(whole)-3:]
	}
	if fraction {
		return whole + "," + part
	}
	return whole
}

func number(text string) decimal.Decimal          { return decimal.RequireFromString(text) }
func maybeNumber(text string) decimal.NullDecimal { return decimal.NewNullDecimal(number(text)) }

var head = Head{
	Shop: "Кофейня «У моста»", Register: 1, Cashier: "Оксана", Waiter: "Петро", Order: "235", Table: "5",
	At: time.Date(2026, 3, 14, 19, 42, 0, 0, time.UTC),
}

func withTitle(title string) Head { h := head; h.Title = title; return h }

var fullReceipt = Receipt{
	Head: withTitle("Счёт"),
	Items: []Item{
		{Name: "Капучино", Count: number("2"), Sum: number("360")},
		{Name: "Сироп кокосовый", Count: number("1"), Sum: number("40"), Modifier: true},
		{Name: "Шаурма царська з куркою та овочами, подвійна порція", Count: number("1.3"), Sum: number("1034.56")},
		{Name: "Вода", Count: number("1"), Sum: number("90")},
	},
	Total:    number("1524.56"),
	Payments: []Amount{{"Баллами", number("24.56")}, {"По QR", number("1500")}},
	Tips:     maybeNumber("150"),
	Guest:    "Ірина Ґалаґан",
	Points:   []Amount{{"Начислено", number("75")}, {"Баланс", number("1230")}},
	Fiscal:   []Field{{"ЕКВАЙЕР", "Universal Bank"}, {"КОД АВТОРИЗАЦІЇ", "000000123456789012345678"}},
	BeforeQR: "Оплатите с телефона", QR: "https://skidkabot.ru/b/5B100B39", AfterQR: "Спасибо!",
}

var fullPoints = PointsReceipt{
	Head: withTitle("Баллы"), Guest: "Ірина Ґалаґан", Operation: "Начислено", Points: number("75"),
	Sum: maybeNumber("1500"), Balance: maybeNumber("1230"), Note: "Ждёт сети, баллы придут позже",
}

var fullTicket = Ticket{
	Head: withTitle("Кухня"),
	Items: []Item{
		{Name: "Шаурма царська", Count: number("2"), Note: "без цибулі, дуже гостру, на одну тарілку"},
		{Name: "Сыр", Count: number("1"), Modifier: true},
		{Name: "Борщ", Count: number("1")},
	},
}

var fullTest = TestPage{Title: "Проверка", Device: "tcp://192.168.1.50:9100", Lines: []string{"Печать работает"}, QR: "skidkassa"}

var fullShift = ShiftReport{
	Head: withTitle("Z-отчёт"), Number: 12, Opened: head.At.Add(-12 * time.Hour), OpenedBy: "Оксана", Closed: head.At, ClosedBy: "Петро",
	Takings: []Taking{{"Наличные", 41, number("18950")}, {"Карта", 67, number("1052300.5")}, {"Оплачено по QR", 8, number("4600")}},
	Tips:    number("320"), Orders: 113,
}

// marked is a slip as it is read, with its bold rows after a bar and its double ones after two.
func marked(slips []printertest.Slip) string {
	var b strings.Builder
	for _, slip := range slips {
		for i, row := range strings.Split(strings.TrimSuffix(slip.Text(), "\n"), "\n") {
			mark := "  "
			if i < len(slip.Lines) && slip.Lines[i].Double {
				mark = "‖ "
			} else if i < len(slip.Lines) && slip.Lines[i].Bold {
				mark = "| "
			}
			b.WriteString(mark + row + "\n")
		}
	}
	return b.String()
}

func mustPage(t interface{ Fatal(...any) }, name string) Page {
	page, err := ParsePage(name)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestGoldenSlips(t *testing.T) {
	docs := map[string]Doc{
		"receipt": fullReceipt.Doc(words), "points": fullPoints.Doc(words), "ticket": fullTicket.Doc(words), "test": fullTest.Doc(), "shift": fullShift.Doc(words),
		"plain": Receipt{Items: []Item{{Name: "Tea", Count: number("1"), Sum: number("2")}}, Total: number("2")}.Doc(Words{Total: "Total"}),
	}
	for name, doc := range docs {
		for _, columns := range []int{32, 42, 48} {
			t.Run(fmt.Sprintf("%s-%d", name, columns), func(t *testing.T) {
				data, err := layout{columns: columns}.encode(doc)
				if err != nil {
					t.Fatal(err)
				}
				slips, err := printertest.Decode(data)
				if err != nil {
					t.Fatal(err)
				}
				wantWithin(t, slips, columns)
				got := marked(slips)
				golden := filepath.Join("testdata", fmt.Sprintf("%s-%d.golden", name, columns))
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(golden)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

func wantWithin(t interface{ Errorf(string, ...any) }, slips []printertest.Slip, columns int) {
	for _, slip := range slips {
		for _, line := range slip.Lines {
			width := columns
			if line.Double {
				width /= 2
			}
			if got := utf8.RuneCountInString(line.Text); got > width {
				t.Errorf("a row of %d characters in %d columns: %q", got, width, line.Text)
			}
		}
	}
}

func TestBytesOfAShortSlip(t *testing.T) {
	var doc Doc
	doc.Text("Чек", Bold)
	doc.QR("A")
	doc.Cut()
	got, err := layout{columns: 32}.encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := []byte("\x1b@" + "\x1c." + "\x1bt\x11" +
		"\x1bE\x01" + "\x97\xa5\xaa\n" +
		"\x1ba\x01" + "\x1d(k\x04\x001A2\x00" + "\x1d(k\x03\x001C\x06" + "\x1d(k\x03\x001E1" + "\x1d(k\x04\x001P0A" + "\x1d(k\x03\x001Q0" + "\n\x1ba\x00" +
		"\x1bd\x03" + "\x1dVB\x00")
	if !bytes.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	own, err := layout{columns: 48, page: mustPage(t, "CP866:7")}.encode(Doc{})
	if err != nil {
		t.Fatal(err)
	}
	if want := "\x1b@\x1c.\x1bt\x07"; string(own) != want {
		t.Errorf("a table by the printer's own number: got %q, want %q", own, want)
	}
}

func TestFold(t *testing.T) {
	for _, test := range []struct{ page, text, want string }{
		{"cp866", "Чек № 5", "Чек № 5"},
		{"cp866", "Їжа, є ґанок і Іра", "Їжа, є ганок i Iра"},
		{"cp1251", "Їжа, є ґанок і «Іра» — €", "Їжа, є ґанок і «Іра» — €"},
		{"cp855", "Їжа, є ґанок і «Іра»", "Їжа, є ганок і «Іра»"},
		{"pc437", "Щука, ёж, Їжак", "Schuka, ezh, Izhak"},
		{"cp866", "1\u00a0234,50\u00a0₽", "1\u00a0234,50\u00a0р."},
		{"pc437", "5 ₽, 5 ₴, № 1", "5 RUB, 5 UAH, No 1"},
		{"cp866", "и\u0306о\u0301ё е\u0308", "йоё ё"},
		{"cp866", "Café Ångström ﬁn ½", "Cafe Angstrom fin ?"},
		{"cp866", "қазақ әже", "казак аже"},
		{"cp866", "два\tслова\rв\u2028ряд", "два слова в ряд"},
		{"cp866", "a\u200bb\x1b@\x10\x04\x01\u0085c\x7f\u0090", "ab@ c"},
		{"cp866", "кофе ☕ 咖啡 \xff", "кофе ? ?? ?"},
		{"cp866", "…×—“”", "...x-\"\""},
	} {
		page := mustPage(t, test.page)
		if got := page.fold(test.text); got != test.want {
			t.Errorf("%s: %q: got %q, want %q", test.page, test.text, got, test.want)
		}
	}
}

func TestEveryLetterHasAPlaceOnEveryPage(t *testing.T) {
	const letters = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяЄІЇҐєіїґЎўӘәҒғҚқҢңӨөҰұҮүҺһҖҗ«»—№₽₴₸€…×"
	for _, facts := range pages {
		page := mustPage(t, facts.name)
		for _, r := range letters {
			if got := page.fold(string(r)); strings.Contains(got, "?") || got == "" || len(page.encode(nil, got)) != utf8.RuneCountInString(got) {
				t.Errorf("%s: %q becomes %q", facts.name, r, got)
			}
		}
	}
}

func TestParsePage(t *testing.T) {
	for text, want := range map[string]byte{"cp866": 17, "CP1251": 46, "cp855": 34, "pc437": 0, "cp1251:6": 6, "cp866:255": 255} {
		page, err := ParsePage(text)
		if err != nil || page.selector() != want {
			t.Errorf("%q: got %d, %v, want %d", text, page.selector(), err, want)
		}
	}
	for _, text := range []string{"", "cp1252", "cp866:", "cp866:256", "cp866:-1", "utf8"} {
		if _, err := ParsePage(text); !errors.Is(err, ErrPage) {
			t.Errorf("%q: got %v, want ErrPage", text, err)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two three", 7, []string{"one two", "three"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"a bcdefgh", 4, []string{"a", "bcde", "fgh"}},
		{"  + a syrup", 7, []string{"  + a", "  syrup"}},
		{"          deep", 5, []string{"  dee", "  p"}},
		{"up\n\ndown", 9, []string{"up", "", "down"}},
		{"2\u00a0×\u00a0tea", 5, []string{"2\u00a0×\u00a0t", "ea"}},
		{"чай 1\u00a0234", 6, []string{"чай", "1\u00a0234"}},
		{"x", 1, []string{"x"}},
	} {
		if got := wrap(test.text, test.width); strings.Join(got, "|") != strings.Join(test.want, "|") {
			t.Errorf("%q in %d: got %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestPair(t *testing.T) {
	for _, test := range []struct {
		left, right string
		want        []string
	}{
		{"tea", "10.00", []string{"tea    10.00"}},
		{"tea with milk", "10.0", []string{"tea", "with", "milk    10.0"}},
		{"tea", "", []string{"tea"}},
		{"", "10.0", []string{"        10.0"}},
		{"id", "1234567", []string{"id   1234567"}},
		{"number", "12345678", []string{"number", "    12345678"}},
		{"", "1234567890123", []string{"123456789012", "           3"}},
		{"a", "b\nc", []string{"a", "           b", "           c"}},
	} {
		got := pair(test.left, test.right, 12)
		if strings.Join(got, "|") != strings.Join(test.want, "|") {
			t.Errorf("%q, %q: got %q, want %q", test.left, test.right, got, test.want)
		}
	}
}

func TestDocumentsBeyondTheirLimits(t *testing.T) {
	long := Doc{lines: make([]line, MaxLines+1)}
	var text, total, control, deleted, empty, big, broken Doc
	text.Pair(strings.Repeat("я", MaxText), "я", Plain)
	for range MaxTotal/MaxText + 1 {
		total.Text(strings.Repeat("я", MaxText), Plain)
	}
	control.QR("a\x10\x04\x01")
	deleted.QR("a\x7f")
	empty.QR("")
	big.QR(strings.Repeat("a", MaxQRBytes+1))
	broken.QR("\xff")
	for name, doc := range map[string]Doc{"lines": long, "text": text, "total": total, "control": control, "deleted": deleted, "empty": empty, "big": big, "broken": broken} {
		if _, err := (layout{columns: 48}).encode(doc); !errors.Is(err, ErrDocument) {
			t.Errorf("%s: got %v, want ErrDocument", name, err)
		}
	}
	var full Doc
	for range MaxLines - 1 {
		full.Text(strings.Repeat("я ", MaxTotal/MaxLines/2), Double)
	}
	full.QR(strings.Repeat("я", MaxQRBytes/2))
	if _, err := (layout{columns: 32}).encode(full); err != nil {
		t.Errorf("a document at its limits: %v", err)
	}
}

func TestQRFitsThePaper(t *testing.T) {
	for _, columns := range []int{32, 42, 48} {
		for size := 1; size <= MaxQRBytes; size++ {
			dots := int(layout{columns: columns}.moduleDots(size))
			version := 1
			for qrCapacity[version-1] < size {
				version++
			}
			width := (17 + 4*version + 8) * dots
			if width > columns*dotsPerColumn || dots < leastModuleDots || dots > greatestModuleDots {
				t.Fatalf("%d bytes in %d columns: %d dots wide, modules of %d", size, columns, width, dots)
			}
			if next := width / dots * (dots + 1); dots < greatestModuleDots && next <= columns*dotsPerColumn {
				t.Fatalf("%d bytes in %d columns: modules of %d dots, %d would fit", size, columns, dots, dots+1)
			}
		}
	}
}

func TestNoSlipWritesItsContentsIntoALog(t *testing.T) {
	doc := fullReceipt.Doc(words)
	for _, value := range []any{doc, fullReceipt, fullPoints, fullTicket, fullShift, &fullReceipt, Job{Doc: doc}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			text := fmt.Sprintf(verb, value)
			for _, secret := range []string{"Ірина", "5B100B39", "Шаурма", "Петро", "Оксана"} {
				if strings.Contains(text, secret) {
					t.Errorf("%T with %s: %s", value, verb, text)
				}
			}
		}
	}
	for _, value := range []slog.LogValuer{doc, fullReceipt, fullPoints, fullTicket, fullShift} {
		if text := value.LogValue().String(); text == "" || strings.Contains(text, "Ірина") {
			t.Errorf("%T logs %q", value, text)
		}
	}
}

func TestNothingIsLostByTheLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var doc Doc
		var want strings.Builder
		for range rapid.IntRange(1, 5).Draw(t, "lines") {
			left := rapid.StringMatching(`[ -~А-яёЁ\n]{0,120}`).Draw(t, "left")
			right := rapid.StringMatching(`[ -~А-яёЁ]{0,60}`).Draw(t, "right")
			style := Style(rapid.IntRange(0, 2).Draw(t, "style"))
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				doc.Text(left, style)
				right = ""
			case 1:
				doc.Centre(left, style)
				right = ""
			default:
				doc.Pair(left, right, style)
			}
			want.WriteString(left + right)
		}
		columns := rapid.SampledFrom([]int{32, 42, 48}).Draw(t, "columns")
		data, err := layout{columns: columns}.encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		slips, err := printertest.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		wantWithin(t, slips, columns)
		var got strings.Builder
		for _, slip := range slips {
			for _, line := range slip.Lines {
				got.WriteString(line.Text)
			}
		}
		if got, want := unspaced(got.String()), unspaced(want.String()); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

func unspaced(text string) string { return strings.Join(strings.Fields(text), "") }

func TestWordsAndLabelsMayBeMissing(t *testing.T) {
	doc := fullPoints.Doc(Words{Total: "Total"})
	data, err := layout{columns: 42}.encode(doc.Marked(""))
	if err != nil {
		t.Fatal(err)
	}
	slips, err := printertest.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2026-03-14 19:42", "1500.00", "1230", "\n235 "} {
		if text := slips[0].Text(); !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if len(slips[0].Lines) != len(doc.lines)-1 {
		t.Errorf("%d rows of %d lines: something was marked", len(slips[0].Lines), len(doc.lines))
	}
}

// FuzzEncode shows that no text breaks out of its columns, makes a command, or is beyond the printer.
func FuzzEncode(f *testing.F) {
	f.Add("Капучино\u00a0×", "1\u00a0234,50 ₽", "https://skidkabot.ru", uint8(0), uint8(0), uint8(0))
	f.Add("\x1b@\x1dV0\x10\x04\x01", "\n\n", "\x10\x04", uint8(1), uint8(2), uint8(1))
	f.Add("\xff\xfe咖啡 e\u0301\u200d", strings.Repeat("x", 60), "", uint8(2), uint8(1), uint8(2))
	f.Add("   \u00a0  ﷺ", "ﷺ", "я", uint8(0), uint8(2), uint8(3))
	f.Fuzz(func(t *testing.T, left, right, code string, width, style, page uint8) {
		columns := []int{32, 42, 48}[width%3]
		var doc Doc
		doc.Text(left, Style(style%3))
		doc.Centre(right, Style(style%3))
		doc.Pair(left, right, Style(style%3))
		doc.Rule()
		qr := printableQR(code)
		if qr {
			doc.QR(code)
		}
		doc.Cut()
		data, err := layout{columns: columns, page: mustPage(t, pages[page%4].name)}.encode(doc.Marked(right))
		if err != nil {
			if !errors.Is(err, ErrDocument) {
				t.Fatal(err)
			}
			return
		}
		slips, err := printertest.Decode(data)
		if err != nil {
			t.Fatalf("%v in %q", err, data)
		}
		if len(slips) != 1 || !slips[0].Cut {
			t.Fatalf("%d slips, want one that is cut", len(slips))
		}
		wantWithin(t, slips, columns)
		codes := 0
		for _, line := range slips[0].Lines {
			if line.QR != "" {
				codes++
				if line.QR != code {
					t.Errorf("the QR says %q, want %q", line.QR, code)
				}
			}
		}
		if (codes == 1) != qr {
			t.Errorf("%d QR codes", codes)
		}
	})
}

// BenchmarkEncode lays out and writes the receipt of an order of 500 lines.
func BenchmarkEncode(b *testing.B) {
	receipt := fullReceipt
	receipt.Items = nil
	for range 500 {
		receipt.Items = append(receipt.Items, fullReceipt.Items[2])
	}
	for b.Loop() {
		if _, err := (layout{columns: 48}).encode(receipt.Doc(words)); err != nil {
			b.Fatal(err)
		}
	}
}
