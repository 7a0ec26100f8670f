package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Every subset of the layers, with a different register in each: the strongest
// one wins.
func TestLaterLayersWin(t *testing.T) {
	for mask := range 8 {
		in := Input{File: writeFile(t, "language = \"uk\"\n"), GOOS: "linux"}
		want := int32(1)
		if mask&1 != 0 {
			in.File, want = writeFile(t, "language = \"uk\"\n[shop]\nregister = 2\n"), 2
		}
		if mask&2 != 0 {
			in.Environ, want = []string{"SKIDKASSA_SHOP_REGISTER=3"}, 3
		}
		if mask&4 != 0 {
			in.Flags, want = Overrides{{"shop.register", "4"}}, 4
		}
		loaded, err := Load(in)
		if err != nil {
			t.Fatalf("layers %03b: %v", mask, err)
		}
		if got := loaded.Settings.Shop.Register; got != want {
			t.Errorf("layers %03b: register %d, want %d", mask, got, want)
		}
		if loaded.Settings.Language != Ukrainian {
			t.Errorf("layers %03b: the file's language is lost", mask)
		}
	}
}

// Every key can be set from the environment and from the command line, to the
// same effect.
func TestEveryKeyOutsideTheFile(t *testing.T) {
	plain := map[string]string{
		"language": "en", "shop.vendor": "12", "shop.register": "010", "shop.name": "Чай, кофе", "shop.currency": "UAH",
		"shop.cashiers": "Анна, Олег", "till.lock": "5m", "till.bell": "all", "till.mouse": "off",
		"skidkabot.url": "http://localhost:1", "rules.accrue_percent": "2.5", "rules.redeem_percent": "",
		"rules.step": "10", "rules.min_money": "1.50", "rules.max_sum": "5000", "scanner.gap": "30ms",
		"waiter.listen": "", "waiter.mode": "message", "waiter.allow": "10.0.0.0/8, ::1", "waiter.hosts": "",
		"waiter.system": "S", "waiter.photos": "/p", "waiter.gifts": "1:5, 2:6.5", "waiter.waiters": "Аня, Пётр",
		"waiter.rebind": "replace", "waiter.unknown_sum": "zero", "waiter.deposit": "Депозит", "expirenza.url": "wss://e",
		"expirenza.resto_id": "R", "expirenza.system": "T", "hall.name": "Зал", "hall.tables": "1, 20 Терраса",
		"hall.staff": "Анна, Пётр", "printer.device": "file:///p", "printer.columns": "32", "printer.page": "cp866:7", "journal.path": "/j",
	}
	var environ []string
	var flags Overrides
	for _, f := range schema() {
		written, ok := plain[f.key]
		if !ok {
			t.Fatalf("this test has no value for %s", f.key)
		}
		environ = append(environ, Variable(f.key)+"="+written)
		if err := flags.Set(f.key + "=" + written); err != nil {
			t.Fatal(err)
		}
	}
	byEnvironment, err := Load(Input{GOOS: "linux", Environ: environ})
	if err != nil {
		t.Fatal(err)
	}
	byFlag, err := Load(Input{GOOS: "linux", Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	rendered := Render(byEnvironment.Settings)
	if got := Render(byFlag.Settings); got != rendered {
		t.Errorf("flags give\n%s\nenvironment gives\n%s", got, rendered)
	}
	for _, want := range []string{
		`language = "en"`, "vendor = 12", "register = 10", `name = "Чай, кофе"`, `accrue_percent = "2.5"`,
		`redeem_percent = ""`, `listen = ""`, `mode = "message"`, `allow = ["10.0.0.0/8", "::1/128"]`,
		`gifts = [{ sku = "1", from = "5" }, { sku = "2", from = "6.5" }]`, `gap = "30ms"`, `path = "/j"`,
		`tables = ["1", "20 Терраса"]`, `staff = ["Анна", "Пётр"]`, "columns = 32", `page = "cp866:7"`,
		`cashiers = ["Анна", "Олег"]`, `lock = "5m0s"`, `bell = "all"`, `mouse = "off"`,
	} {
		if !strings.Contains(rendered, "\n"+want+" ") && !strings.Contains(rendered, "\n"+want+"\n") {
			t.Errorf("%s is not in\n%s", want, rendered)
		}
	}
}

func TestMistakesOutsideTheFile(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		flags   Overrides
		want    []string
	}{
		{"misspelt variable", []string{"SKIDKASSA_SHOP_VENDR=4"}, nil,
			[]string{`SKIDKASSA_SHOP_VENDR: unknown setting (did you mean "SKIDKASSA_SHOP_VENDOR"?)`}},
		{"misspelt variable of the program", []string{"SKIDKASSA_CONFG=x"}, nil,
			[]string{`SKIDKASSA_CONFG: unknown setting (did you mean "SKIDKASSA_CONFIG"?)`}},
		{"nothing near", []string{"SKIDKASSA_ZZZZZZZZZZZZ=x"}, nil,
			[]string{`SKIDKASSA_ZZZZZZZZZZZZ: unknown setting`}},
		{"value", []string{"SKIDKASSA_SHOP_VENDOR=31337x"}, nil,
			[]string{`SKIDKASSA_SHOP_VENDOR: "shop.vendor" must be a whole number without quotes`}},
		{"empty value", []string{"SKIDKASSA_SHOP_VENDOR="}, nil,
			[]string{`SKIDKASSA_SHOP_VENDOR: "shop.vendor" must be a whole number without quotes`}},
		{"secret", []string{"SKIDKASSA_SKIDKABOT_VENDOR_SECRET=31337"}, nil,
			[]string{`SKIDKASSA_SKIDKABOT_VENDOR_SECRET: "SKIDKASSA_SKIDKABOT_VENDOR_SECRET": secrets are not kept here: skidkassa secret set skidkabot`}},
		{"other people's variables", []string{"SKIDKASSAX=1", "PATH=/bin", "=C:=C:\\", "junk"}, nil, nil},
		{"misspelt flag", nil, Overrides{{"shop.vendr", "31337"}},
			[]string{`--set "shop.vendr": unknown key (did you mean "shop.vendor"?)`}},
		{"misspelt table in a flag", nil, Overrides{{"shp.vendor", "31337"}},
			[]string{`--set "shp.vendor": unknown key (did you mean "shop.vendor"?)`}},
		{"flag without its table", nil, Overrides{{"vendor", "31337"}},
			[]string{`--set "vendor": unknown key (did you mean "shop.vendor"?)`}},
		{"secret in a flag", nil, Overrides{{"skidkabot.secret", "31337"}},
			[]string{`--set "skidkabot.secret": "skidkabot.secret": secrets are not kept here: skidkassa secret set skidkabot`}},
		{"value of a flag", nil, Overrides{{"rules.step", "31337.5"}},
			[]string{`--set "rules.step": "rules.step" must be a whole number such as "1"`}},
		{"gift of a flag", nil, Overrides{{"waiter.gifts", "31337"}},
			[]string{`--set "waiter.gifts": "waiter.gifts" must be a list of gifts, [{ sku = "11015", from = "500" }]`}},
		{"too many in a flag", nil, Overrides{{"waiter.hosts", strings.Repeat("a,", 100)}},
			[]string{`--set "waiter.hosts": "waiter.hosts" is too long, at most 64`}},
		{"environment before flags", []string{"SKIDKASSA_SHOP_CURRENCY=?", "SKIDKASSA_LANGUAGE=?"}, Overrides{{"language", "?"}},
			[]string{
				`SKIDKASSA_LANGUAGE: "language" must be one of: ru, uk, en`,
				`SKIDKASSA_SHOP_CURRENCY: "shop.currency" must be three capital letters such as "RUB" (ISO 4217)`,
				`--set "language": "language" must be one of: ru, uk, en`,
			}},
		{"together", nil, Overrides{{"expirenza.url", "wss://e"}},
			[]string{`--set "expirenza.resto_id": "expirenza.resto_id" must be filled in`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(Input{GOOS: "linux", Environ: test.environ, Flags: test.flags})
			if test.want == nil {
				if err != nil {
					t.Errorf("got %v, want none", err)
				}
				return
			}
			if err == nil {
				t.Fatal("it loads, want an error")
			}
			if got := strings.Split(err.Error(), "\n"); !slices.Equal(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", err, strings.Join(test.want, "\n"))
			}
			if all := fmt.Sprintf("%+v", problemsOf(t, err)); strings.Contains(all, "31337") {
				t.Errorf("the value is in the error: %s", all)
			}
		})
	}
}

func TestManyMistakesOutsideTheFileAreBounded(t *testing.T) {
	var environ []string
	var flags Overrides
	for i := range 100 {
		environ = append(environ, fmt.Sprintf("SKIDKASSA_X%d=1", i))
		flags = append(flags, Override{Key: fmt.Sprintf("x%d", i)})
	}
	_, err := Load(Input{GOOS: "linux", Environ: environ, Flags: flags})
	if got := len(problemsOf(t, err)); got != maxProblems {
		t.Errorf("%d problems, want %d", got, maxProblems)
	}
}

func TestOverridesAsFlag(t *testing.T) {
	var o Overrides
	for _, written := range []string{"shop.vendor=4", " shop.name = a=b"} {
		if err := o.Set(written); err != nil {
			t.Errorf("Set(%q): %v", written, err)
		}
	}
	if want := (Overrides{{"shop.vendor", "4"}, {"shop.name", " a=b"}}); !slices.Equal(o, want) {
		t.Errorf("got %v, want %v", o, want)
	}
	for _, written := range []string{"", "shop.vendor", "=4"} {
		if err := o.Set(written); err == nil {
			t.Errorf("Set(%q) is accepted", written)
		}
	}
	if got := o.String(); got != "shop.vendor,shop.name" {
		t.Errorf("String() = %q, want the keys alone", got)
	}
	if o.Type() != "table.key=value" {
		t.Errorf("Type() = %q", o.Type())
	}
}

func TestPlaces(t *testing.T) {
	tests := []struct {
		name, goos string
		environ    []string
		file, data string // "" for ErrNoHome
	}{
		{"Linux", "linux", []string{"HOME=/home/k"},
			"/home/k/.config/skidkassa/skidkassa.toml", "/home/k/.local/share/skidkassa"},
		{"Linux with XDG", "linux", []string{"HOME=/home/k", "XDG_CONFIG_HOME=/c/", "XDG_DATA_HOME=/d"},
			"/c/skidkassa/skidkassa.toml", "/d/skidkassa"},
		{"Linux with a relative XDG", "linux", []string{"HOME=/home/k", "XDG_CONFIG_HOME=c", "XDG_DATA_HOME=./d"},
			"/home/k/.config/skidkassa/skidkassa.toml", "/home/k/.local/share/skidkassa"},
		{"FreeBSD", "freebsd", []string{"HOME=/home/k"},
			"/home/k/.config/skidkassa/skidkassa.toml", "/home/k/.local/share/skidkassa"},
		{"a bare service", "linux", nil, "", ""},
		{"macOS", "darwin", []string{"HOME=/Users/k", "XDG_CONFIG_HOME=/c"},
			"/Users/k/Library/Application Support/skidkassa/skidkassa.toml", "/Users/k/Library/Application Support/skidkassa"},
		{"Windows", "windows", []string{`AppData=C:\Users\k\AppData\Roaming`, `LocalAppData=C:\Users\k\AppData\Local`},
			`C:\Users\k\AppData\Roaming\skidkassa\skidkassa.toml`, `C:\Users\k\AppData\Local\skidkassa`},
		{"Windows without a profile", "windows", []string{"HOME=/home/k"}, "", ""},
		{"data by environment", "linux", []string{"HOME=/home/k", "SKIDKASSA_DATA=/srv/till"},
			"/home/k/.config/skidkassa/skidkassa.toml", "/srv/till"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			file, fileErr := DefaultFile(test.goos, test.environ)
			data, dataErr := DataDir("", test.goos, test.environ)
			if file != test.file || (fileErr == nil) != (test.file != "") {
				t.Errorf("file %q, %v; want %q", file, fileErr, test.file)
			}
			if data != test.data || (dataErr == nil) != (test.data != "") {
				t.Errorf("data %q, %v; want %q", data, dataErr, test.data)
			}
			if got, err := DataDir("/flag", test.goos, test.environ); got != "/flag" || err != nil {
				t.Errorf("with --data: %q, %v; want /flag", got, err)
			}
		})
	}
}
