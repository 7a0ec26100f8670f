package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// loadText loads a settings file with this text and nothing else.
func loadText(t *testing.T, content string) (Loaded, error) {
	t.Helper()
	return Load(Input{File: writeFile(t, content), GOOS: "linux"})
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "skidkassa.toml")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func problemsOf(t *testing.T, err error) []Problem {
	t.Helper()
	var settingsErr *SettingsError
	if !errors.As(err, &settingsErr) {
		t.Fatalf("error is %T (%v), want *SettingsError", err, err)
	}
	return settingsErr.Problems
}

func TestExampleIsDefault(t *testing.T) {
	loaded, err := loadText(t, Example())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Render(loaded.Settings), Render(Default()); got != want {
		t.Errorf("the example loads as\n%s\nwant\n%s", got, want)
	}
	if err := toml.Unmarshal([]byte(Example()), &map[string]any{}); err != nil {
		t.Errorf("the example is not TOML: %v", err)
	}
	for _, f := range schema() {
		if _, leaf := splitKey(f.key); !strings.Contains(Example(), "\n"+leaf+" = ") {
			t.Errorf("the example does not show %s", f.key)
		}
	}
}

// The defaults are those of DESIGN.md, section 4, copied here literally, but for the gift: a till of which nobody has said
// that it gives a dish away gives none.
func TestDefaultsAreTheDesigns(t *testing.T) {
	const design = `
language = "ru"
[shop]
vendor = 4
register = 1
name = "Кофейня"
currency = "RUB"
[skidkabot]
url = "https://skidkabot.ru"
[rules]
accrue_percent = ""
redeem_percent = ""
step = "1"
min_money = "0"
max_sum = "1000000"
[scanner]
gap = "50ms"
[waiter]
listen = "127.0.0.1:9100"
mode = "bind"
allow = ["127.0.0.0/8", "::1/128"]
hosts = []
system = "Skidkabot"
photos = ""
gifts = []
[expirenza]
url = ""
resto_id = ""
system = "SKIDKASSA"
[printer]
device = ""
[journal]
path = ""
`
	loaded, err := loadText(t, design)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Render(loaded.Settings), Render(Default()); got != want {
		t.Errorf("DESIGN.md loads as\n%s\nwant\n%s", got, want)
	}
}

// Each row is a whole file and the exact message for each mistake in it.
func TestMistakesInTheFile(t *testing.T) {
	tests := []struct {
		name, file string
		want       []string
	}{
		{"misspelt key", "[shop]\nvendr = 4\n",
			[]string{`skidkassa.toml:2: unknown key "vendr" (did you mean "vendor"?)`}},
		{"swapped letters", "[shop]\nregsiter = 4\n",
			[]string{`skidkassa.toml:2: unknown key "regsiter" (did you mean "register"?)`}},
		{"key of another table", "[skidkabot]\nvendor = 4\n",
			[]string{`skidkassa.toml:2: unknown key "vendor" (did you mean "[shop] vendor"?)`}},
		{"key before the first table", "vendor = 4\n",
			[]string{`skidkassa.toml:1: unknown key "vendor" (did you mean "[shop] vendor"?)`}},
		{"top key inside a table", "[shop]\nlanguage = \"ru\"\n",
			[]string{`skidkassa.toml:2: unknown key "language" (did you mean "language" before the first table?)`}},
		{"nothing near", "[shop]\nzzzzzzzz = 4\n",
			[]string{`skidkassa.toml:2: unknown key "zzzzzzzz"`}},
		{"misspelt table", "\n[shopp]\nvendor = 4\n",
			[]string{`skidkassa.toml:2: unknown table "[shopp]" (did you mean "[shop]"?)`}},
		{"capital letter", "[shop]\nVendor = 4\n",
			[]string{`skidkassa.toml:2: unknown key "Vendor" (did you mean "vendor"?)`}},
		{"table that is a value", "shop = 4\n",
			[]string{`skidkassa.toml:1: "shop" must be a table, [name]`}},
		{"value that is a table", "[shop]\nvendor = { a = 1 }\n",
			[]string{`skidkassa.toml:2: "shop.vendor" must be a whole number without quotes`}},
		{"number in quotes", "[shop]\nvendor = \"4\"\n",
			[]string{`skidkassa.toml:2: "shop.vendor" must be a whole number without quotes`}},
		{"number where a text belongs", "[shop]\nname = 4\n",
			[]string{`skidkassa.toml:2: "shop.name" must be a text in quotes, without control characters`}},
		{"vendor zero", "[shop]\nvendor = 0\n",
			[]string{`skidkassa.toml:2: "shop.vendor" must be from 1 to 9223372036854775807`}},
		{"vendor above 64 bits", "[shop]\nvendor = 99999999999999999999\n",
			[]string{`skidkassa.toml:2: "shop.vendor" must be from 1 to 9223372036854775807`}},
		{"register negative", "[shop]\nregister = -1\n",
			[]string{`skidkassa.toml:2: "shop.register" must be from 0 to 2147483647`}},
		{"register above 32 bits", "[shop]\nregister = 2147483648\n",
			[]string{`skidkassa.toml:2: "shop.register" must be from 0 to 2147483647`}},
		{"written twice", "[shop]\nvendor = 4\nvendor = 5\n",
			[]string{`skidkassa.toml:3: "shop.vendor" is written twice`}},
		{"table twice", "[shop]\nvendor = 4\n[shop]\nregister = 1\n",
			[]string{`skidkassa.toml:3: "shop" is written twice`}},
		{"table over a value", "language = \"ru\"\n[language.x]\n",
			[]string{`skidkassa.toml:2: "language" is written twice`}},
		{"array of tables over a table", "[waiter]\nlisten = \"\"\n[[waiter.listen]]\n",
			[]string{`skidkassa.toml:3: "waiter.listen" is written twice`}},
		{"no closing quote", "[shop]\nname = \"x\nvendor = 0\n",
			[]string{`skidkassa.toml:2: not understood: basic strings cannot have new lines`}},
		{"what stands before a syntax error is judged too", "[shop]\nvendor = 0\nname = x\n",
			[]string{
				`skidkassa.toml:2: "shop.vendor" must be from 1 to 9223372036854775807`,
				`skidkassa.toml:3: not understood: unexpected character U+0078 'x' at start of value`,
			}},
		{"many at once, by line", "language = \"de\"\n[rules]\nstep = \"0.5\"\nmax_sum = \"0\"\naccrue_percent = 101\n",
			[]string{
				`skidkassa.toml:1: "language" must be one of: ru, uk, en`,
				`skidkassa.toml:3: "rules.step" must be from 1 to 1000000`,
				`skidkassa.toml:4: "rules.max_sum" must be from 0.0001 to 1000000000000`,
				`skidkassa.toml:5: "rules.accrue_percent" must be from 0 to 100`,
			}},
		{"secret in the file", "[skidkabot]\nvendor_secret = 31337\n",
			[]string{`skidkassa.toml:2: "skidkabot.vendor_secret": secrets are not kept here: skidkassa secret set skidkabot`}},
		{"misspelt secret", "[shop]\nvendor_secert = 31337\n",
			[]string{`skidkassa.toml:2: "shop.vendor_secert": secrets are not kept here: skidkassa secret set skidkabot`}},
		{"secret of Expirenza", "[expirenza]\nSECRET_KEY = \"31337\"\n",
			[]string{`skidkassa.toml:2: "expirenza.SECRET_KEY": secrets are not kept here: skidkassa secret set expirenza`}},
		{"PIN in the file", "[waiter]\npin = \"31337\"\n",
			[]string{`skidkassa.toml:2: "waiter.pin": secrets are not kept here: skidkassa secret set admin`}},
		{"token in the file", "feed_token = \"31337\"\n",
			[]string{`skidkassa.toml:1: "feed_token": secrets are not kept here: skidkassa secret set feed`}},
		{"table of secrets", "[secrets]\nskidkabot = 31337\n",
			[]string{`skidkassa.toml:1: "secrets": secrets are not kept here: skidkassa secret set skidkabot`}},
		{"secret in an unknown table", "service = { url = \"x\", vendor_secret = 31337 }\n",
			[]string{`skidkassa.toml:1: "service": secrets are not kept here: skidkassa secret set skidkabot`}},
		{"http beyond this machine", "[skidkabot]\nurl = \"http://skidkabot.ru\"\n",
			[]string{`skidkassa.toml:2: "skidkabot.url" must begin with https:// (plain text only to this machine itself)`}},
		{"the same table twice", "[hall]\ntables = [\"1\", \"2\", \"1 Терраса\"]\n",
			[]string{`skidkassa.toml:2: "hall.tables 1" is written twice`}},
		{"the same person twice", "[hall]\nstaff = [\"Анна\", \" Анна\"]\n",
			[]string{`skidkassa.toml:2: "hall.staff Анна" is written twice`}},
		{"the same cashier twice", "[shop]\ncashiers = [\"Алёна  Ли\", \"алена ли\"]\n",
			[]string{`skidkassa.toml:2: "shop.cashiers алена ли" is written twice`}},
		{"paper of no width", "[printer]\ncolumns = 40\n",
			[]string{`skidkassa.toml:2: "printer.columns" must be one of: 32, 42, 48`}},
		{"expirenza without its number", "[expirenza]\nurl = \"wss://api.shaketopay.com.ua\"\n",
			[]string{`skidkassa.toml:2: "expirenza.resto_id" must be filled in`}},
		{"gift with a misspelt key", "[waiter]\ngifts = [\n  { sku = \"1\", form = \"5\", from = \"5\" },\n]\n",
			[]string{`skidkassa.toml:3: unknown key "form" (did you mean "from"?)`}},
		{"gift with an unknown key", "[waiter]\ngifts = [{ sku = \"1\", colour = \"5\", from = \"5\" }]\n",
			[]string{`skidkassa.toml:2: unknown key "colour"`}},
		{"dotted key over a value", "language = \"ru\"\nlanguage.x = 1\n",
			[]string{`skidkassa.toml:2: "language" is written twice`}},
		{"array of tables below a value", "language = \"ru\"\n[[language.x]]\ny = 1\n",
			[]string{`skidkassa.toml:2: "language" is written twice`}},
		{"array of tables over a list", "[waiter]\ngifts = []\n[[waiter.gifts]]\nsku = \"1\"\n",
			[]string{`skidkassa.toml:3: "waiter.gifts" is written twice`}},
		{"nothing after the sign", "[shop]\nvendor =",
			[]string{`skidkassa.toml:2: not understood: expected value, not end of input`}},
		{"gift without a balance", "[waiter]\ngifts = [{ sku = \"1\" }]\n",
			[]string{`skidkassa.toml:2: "waiter.gifts" must be a list of gifts, [{ sku = "11015", from = "500" }]`}},
		{"network in its own line", "[waiter]\nallow = [\n  \"127.0.0.0/8\",\n  \"10.0.0.0/33\",\n]\n",
			[]string{`skidkassa.toml:4: "waiter.allow" must be an address or a network such as "192.168.1.0/24"`}},
		{"terminal sequence in a key", "[shop]\n\"\\u001b[2J\" = 4\n",
			[]string{"skidkassa.toml:2: unknown key \"\uFFFD[2J\""}},
		{"UTF-16 from Notepad", "\xFF\xFE[\x00s\x00h\x00o\x00p\x00]\x00",
			[]string{`skidkassa.toml:1: the file is UTF-16: save it as UTF-8`}},
		{"UTF-16, big end first", "\xFE\xFF\x00[",
			[]string{`skidkassa.toml:1: the file is UTF-16: save it as UTF-8`}},
		{"UTF-16 without a mark", "[\x00s\x00h\x00o\x00p\x00]\x00",
			[]string{`skidkassa.toml:1: the file is UTF-16: save it as UTF-8`}},
		{"Windows-1251", "[shop]\nname = \"\xCA\xEE\xF4\xE5\"\n",
			[]string{`skidkassa.toml:2: the file is not UTF-8: save it as UTF-8`}},
		{"too large", strings.Repeat("#\n", maxFileBytes/2+1),
			[]string{`skidkassa.toml: the file is larger than 256 KiB`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			loaded, err := loadText(t, test.file)
			if err == nil {
				t.Fatalf("loads as %+v, want an error", loaded.Settings)
			}
			if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", err, strings.Join(test.want, "\n"))
			}
			for _, p := range problemsOf(t, err) {
				if strings.Contains(p.SourceLine, "31337") {
					t.Errorf("the shown line gives the secret away: %q", p.SourceLine)
				}
			}
		})
	}
}

func TestPositionCountsCharacters(t *testing.T) {
	_, err := loadText(t, "[waiter]\nallow = [\"127.0.0.0/8\"] # сюда\nhosts = [\"кафе\", \"a b\"]\n")
	problems := problemsOf(t, err)
	if len(problems) != 2 {
		t.Fatalf("got %v, want two problems", err)
	}
	p := problems[1]
	if p.Line != 3 || p.Column != 18 {
		t.Errorf("the second host is at %d:%d, want 3:18", p.Line, p.Column)
	}
	if want := `hosts = ["кафе", "a b"]`; p.SourceLine != want {
		t.Errorf("source line %q, want %q", p.SourceLine, want)
	}
}

func TestShownLines(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"known key", `  vendor = "x"  `, `vendor = "x"`},
		{"known key with its table", `shop.vendor = 0`, `shop.vendor = 0`},
		{"unknown key", `vendr = 31337`, `vendr = …`},
		{"known leaf of an unknown table", `secret.name = "31337"`, `secret.name = …`},
		{"address with a password", `url = "https://u:31337@host"`, `url = …`},
		{"inline table", `shop = { vendor_secret = 31337 }`, `shop = …`},
		{"known key with an inline table", `gifts = [{ secret = 31337 }]`, `gifts = …`},
		{"header", `[shop]`, `[shop]`},
		{"loose text", `31337`, ``},
		{"control characters", "name = \"\x1b[2J\u202e\"", "name = \"\uFFFD[2J\uFFFD\""},
		{"long", `name = "` + strings.Repeat("я", 200), `name = "` + strings.Repeat("я", 112) + "…"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := displayLine(test.line); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestNotepadsFile(t *testing.T) {
	windows := "\xEF\xBB\xBF" + strings.ReplaceAll("[shop]\nvendor = 7\nname = \"Чай\"\n", "\n", "\r\n")
	loaded, err := loadText(t, windows)
	if err != nil {
		t.Fatal(err)
	}
	if loaded.Settings.Shop.Vendor != 7 || loaded.Settings.Shop.Name != "Чай" {
		t.Errorf("got %+v", loaded.Settings.Shop)
	}
	_, err = loadText(t, "\xEF\xBB\xBF[shop]\r\nvendor = 0\r\n")
	if p := problemsOf(t, err)[0]; p.Line != 2 || p.Column != 1 || p.SourceLine != "vendor = 0" {
		t.Errorf("got %d:%d %q, want 2:1 without the line's end", p.Line, p.Column, p.SourceLine)
	}
}

// All spellings that TOML has for one thing mean the same.
func TestSpellings(t *testing.T) {
	for _, file := range []string{
		"[shop]\nvendor = 16\nregister = 2\n[[waiter.gifts]]\nsku = \"9\"\nfrom = 7\n",
		"shop.vendor = 0x10\nshop.register = 2\nwaiter.gifts = [{ sku = '9', from = '7' }]\n",
		"shop = { vendor = 1_6, register = 2 }\nwaiter = { gifts = [{ from = 7.0, sku = \"\"\"9\"\"\" }] }\n",
		"[waiter]\n[[waiter.gifts]]\nsku = \"9\"\nfrom = \"7.00\"\n[shop]\n\"vendor\" = 16\n'register' = 2\n",
	} {
		loaded, err := loadText(t, file)
		if err != nil {
			t.Errorf("%s\n%v", file, err)
			continue
		}
		s := loaded.Settings
		if s.Shop.Vendor != 16 || s.Shop.Register != 2 || len(s.Waiter.Gifts) != 1 ||
			s.Waiter.Gifts[0].SKU != "9" || s.Waiter.Gifts[0].From.String() != "7" {
			t.Errorf("%s\nloads as %+v %+v", file, s.Shop, s.Waiter.Gifts)
		}
	}
}

// What TOML forbids and the tree would let pass is found by go-toml itself.
func TestInvalidTOMLIsRefused(t *testing.T) {
	_, err := loadText(t, "shop.vendor = 4\n[shop]\nregister = 1\n")
	problems := problemsOf(t, err)
	if len(problems) != 1 || problems[0].Code != BadSyntax || problems[0].Line != 2 {
		t.Errorf("got %v, want one syntax error in line 2", err)
	}
}

func TestMissingFile(t *testing.T) {
	home := t.TempDir()
	environ := []string{"HOME=" + home}

	loaded, err := Load(Input{GOOS: "linux", Environ: environ})
	if err != nil {
		t.Fatalf("no usual file: %v", err)
	}
	if !loaded.FileMissing || Render(loaded.Settings) != Render(Default()) {
		t.Errorf("got missing %v, want the defaults and true", loaded.FileMissing)
	}
	if want := filepath.Join(home, ".config/skidkassa/skidkassa.toml"); runtime.GOOS != "windows" && loaded.File != want {
		t.Errorf("file %q, want %q", loaded.File, want)
	}

	loaded, err = Load(Input{GOOS: "linux"})
	if err != nil || !loaded.FileMissing || loaded.File != "" {
		t.Errorf("without a home: %+v, %v, want the defaults", loaded, err)
	}

	named := filepath.Join(home, "absent.toml")
	for name, in := range map[string]Input{
		"by flag":        {GOOS: "linux", File: named, Environ: environ},
		"by environment": {GOOS: "linux", Environ: append(environ, "SKIDKASSA_CONFIG="+named)},
	} {
		loaded, err = Load(in)
		problems := problemsOf(t, err)
		if problems[0].Code != NotFound || problems[0].File != named || !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want not found", name, err)
		}
		if want := "absent.toml: there is no such file"; err.Error() != want {
			t.Errorf("%s: %q, want %q", name, err, want)
		}
		if loaded.File != named || loaded.FileMissing {
			t.Errorf("%s: %+v, want the name of the file", name, loaded)
		}
	}
}

func TestUnreadableFile(t *testing.T) {
	_, err := Load(Input{File: t.TempDir(), GOOS: "linux"})
	problems := problemsOf(t, err)
	if problems[0].Code != NotRegular || !strings.HasSuffix(err.Error(), ": it is a folder or a device, not a file") {
		t.Errorf("a folder: %v, want not regular", err)
	}
}

func TestManyMistakesAreBounded(t *testing.T) {
	_, err := loadText(t, strings.Repeat("[x]\n", 10_000))
	if got := len(problemsOf(t, err)); got != maxProblems {
		t.Errorf("%d problems, want %d", got, maxProblems)
	}
	var keys strings.Builder
	for i := range 20_000 {
		keys.WriteString("k" + strings.Repeat("y", i%7) + string(rune('a'+i%26)) + " = 1\n")
	}
	_, err = loadText(t, keys.String())
	if got := len(problemsOf(t, err)); got != maxProblems {
		t.Errorf("%d problems, want %d", got, maxProblems)
	}
}

// The largest file of the worst kind takes less than half a second; the limit
// leaves room for the race detector on a busy machine. A square of the file's
// length would take minutes.
func TestHostileFiles(t *testing.T) {
	fill := func(head string, repeated func(int) string, tail string) string {
		var b strings.Builder
		b.WriteString(head)
		for i := 0; b.Len() < maxFileBytes-len(tail)-40; i++ {
			b.WriteString(repeated(i))
		}
		return b.String() + tail
	}
	same := func(s string) func(int) string { return func(int) string { return s } }
	for name, file := range map[string]string{
		"keys":               fill("", func(i int) string { return fmt.Sprintf("k%d=1\n", i) }, ""),
		"keys in one table":  fill("[x]\n", func(i int) string { return fmt.Sprintf("k%d=1\n", i) }, ""),
		"tables":             fill("", func(i int) string { return fmt.Sprintf("[t%d]\n", i) }, ""),
		"one table again":    fill("", same("[shop]\n"), ""),
		"arrays of tables":   fill("", same("[[waiter.gifts]]\n"), ""),
		"a deep key":         fill("a", same(".a"), "=1\n"),
		"keys below a deep":  fill("["+strings.Repeat("a.", 50_000)+"a]\n", func(i int) string { return fmt.Sprintf("k%d=1\n", i) }, ""),
		"nested arrays":      fill("waiter.allow=", same("["), ""),
		"nested tables":      fill("a=", same("{a="), ""),
		"items of one line":  fill("waiter.allow=[", same("1,"), "]\n"),
		"texts of one line":  fill("waiter.hosts=[", same("'!',"), "]\n"),
		"gifts of one line":  fill("waiter.gifts=[", same("{},"), "]\n"),
		"keys of one gift":   fill("waiter.gifts=[{", func(i int) string { return fmt.Sprintf("k%d=1,", i) }, "}]\n"),
		"one key's copies":   fill("", same("shop.vendor=1\n"), ""),
		"one line of quotes": fill("", same(`"`), ""),
		"comments":           fill("", same("#\n"), ""),
	} {
		start := time.Now()
		_, err := loadText(t, file)
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
		if name == "comments" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if problems := problemsOf(t, err); len(problems) > maxProblems {
			t.Errorf("%s: %d problems, want at most %d", name, len(problems), maxProblems)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"vendor", "register", "name", "currency"}
	tests := []struct{ typed, want string }{
		{"vendor", "vendor"},
		{"vendr", "vendor"},
		{"evndor", "vendor"},
		{"vend", "vendor"},
		{"ven", ""},
		{"nmae", "name"},
		{"nm", ""},
		{"curency", "currency"},
		{"", ""},
		{strings.Repeat("я", 1000), ""},
	}
	for _, test := range tests {
		if got := nearest(test.typed, words); got != test.want {
			t.Errorf("nearest(%q) = %q, want %q", test.typed, got, test.want)
		}
	}
}

func TestEditDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0},
		{"abc", "acb", 1}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"kitten", "sitting", 3},
		{"касса", "кассы", 1},
	}
	for _, test := range tests {
		if got := editDistance(test.a, test.b); got != test.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
