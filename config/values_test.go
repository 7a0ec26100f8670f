package config

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// Each row writes one value for one key, as it would stand in the file.
func TestValues(t *testing.T) {
	long := strings.Repeat("я", 65)
	tests := []struct {
		key, written string
		want         ProblemCode // "" for a good one
	}{
		{"language", `"uk"`, ""},
		{"language", `"RU"`, NotAllowed},
		{"language", `true`, WrongType},

		{"shop.vendor", `9223372036854775807`, ""},
		{"shop.vendor", `9223372036854775808`, OutOfRange},
		{"shop.vendor", `-4`, OutOfRange},
		{"shop.vendor", `4.0`, WrongType},
		{"shop.vendor", `1979-05-27`, WrongType},
		{"shop.register", `0`, ""},
		{"shop.name", `""`, ""},
		{"shop.name", `"` + long[:128] + `"`, ""},
		{"shop.name", `"` + long + `"`, TooLong},
		{"shop.name", `"a\u001bb"`, BadValue},
		{"shop.name", `"a\nb"`, BadValue},
		{"shop.name", `"a\u202Eb"`, BadValue},
		{"shop.currency", `"UAH"`, ""},
		{"shop.currency", `"uah"`, BadValue},
		{"shop.currency", `"₽"`, BadValue},

		{"skidkabot.url", `"https://skidkabot.ru/"`, ""},
		{"skidkabot.url", `"https://skidkabot.ru:8443"`, ""},
		{"skidkabot.url", `"http://127.0.0.1:8080"`, ""},
		{"skidkabot.url", `"http://127.9.9.9"`, ""},
		{"skidkabot.url", `"http://[::1]:8080"`, ""},
		{"skidkabot.url", `"http://LocalHost:8080"`, ""},
		{"skidkabot.url", `"http://127.0.0.1.example.org"`, NotSecure},
		{"skidkabot.url", `"http://192.168.0.1"`, NotSecure},
		{"skidkabot.url", `"ftp://localhost"`, NotSecure},
		{"skidkabot.url", `""`, Required},
		{"skidkabot.url", `"skidkabot.ru"`, BadValue},
		{"skidkabot.url", `"https://"`, BadValue},
		{"skidkabot.url", `"https://skidkabot.ru/api_get_balance.php"`, BadValue},
		{"skidkabot.url", `"https://skidkabot.ru?x=1"`, BadValue},
		{"skidkabot.url", `"https://skidkabot.ru#x"`, BadValue},
		{"skidkabot.url", `"https://user:pass@skidkabot.ru"`, BadValue},
		{"skidkabot.url", `"https://skidkabot.ru:0"`, BadValue},
		{"skidkabot.url", `"https://skidkabot.ru:65536"`, BadValue},
		{"skidkabot.url", `"https://ски дка.ru"`, BadValue},
		{"skidkabot.url", `"https:skidkabot.ru"`, BadValue},
		{"skidkabot.url", `"https://` + strings.Repeat("a", 600) + `"`, TooLong},

		{"rules.accrue_percent", `""`, ""},
		{"rules.accrue_percent", `"0"`, ""},
		{"rules.accrue_percent", `"100"`, ""},
		{"rules.accrue_percent", `2.5`, ""},
		{"rules.accrue_percent", `"2.5"`, ""},
		{"rules.accrue_percent", `"100.0001"`, OutOfRange},
		{"rules.accrue_percent", `"-1"`, OutOfRange},
		{"rules.accrue_percent", `"2,5"`, BadValue},
		{"rules.accrue_percent", `"2.55555"`, BadValue},
		{"rules.accrue_percent", `"1e999999999"`, BadValue},
		{"rules.accrue_percent", `1e999999999`, BadValue},
		{"rules.accrue_percent", `nan`, BadValue},
		{"rules.accrue_percent", `inf`, BadValue},
		{"rules.accrue_percent", `"5 %"`, BadValue},
		{"rules.accrue_percent", `[5]`, WrongType},
		{"rules.redeem_percent", `10`, ""},
		{"rules.redeem_percent", `101`, OutOfRange},
		{"rules.step", `"1"`, ""},
		{"rules.step", `1_000`, ""},
		{"rules.step", `"1.5"`, BadValue},
		{"rules.step", `"0"`, OutOfRange},
		{"rules.step", `"1000001"`, OutOfRange},
		{"rules.min_money", `"0"`, ""},
		{"rules.min_money", `"-0.01"`, OutOfRange},
		{"rules.max_sum", `"1000000000000"`, ""},
		{"rules.max_sum", `"1000000000000.01"`, OutOfRange},
		{"rules.max_sum", `"9999999999999999"`, BadValue},

		{"scanner.gap", `"10ms"`, ""},
		{"scanner.gap", `"0.2s"`, ""},
		{"scanner.gap", `"9ms"`, OutOfRange},
		{"scanner.gap", `"201ms"`, OutOfRange},
		{"scanner.gap", `"50"`, BadValue},
		{"scanner.gap", `50`, WrongType},

		{"shop.cashiers", `["Анна", "Олег"]`, ""},
		{"shop.cashiers", `[]`, ""},
		{"shop.cashiers", `[""]`, BadValue},
		{"shop.cashiers", `["Анна/Олег"]`, BadValue},
		{"till.lock", `"0s"`, ""},
		{"till.lock", `"0"`, ""},
		{"till.lock", `0`, WrongType},
		{"till.lock", `"10s"`, ""},
		{"till.lock", `"12h"`, ""},
		{"till.lock", `"9s"`, OutOfRange},
		{"till.lock", `"12h1s"`, OutOfRange},
		{"till.lock", `"-1m"`, OutOfRange},
		{"till.bell", `"all"`, ""},
		{"till.bell", `"loud"`, NotAllowed},
		{"till.mouse", `"off"`, ""},
		{"till.mouse", `false`, WrongType},

		{"waiter.listen", `""`, ""},
		{"waiter.listen", `"0.0.0.0:9100"`, ""},
		{"waiter.listen", `"[::]:9100"`, ""},
		{"waiter.listen", `"localhost:0"`, ""},
		{"waiter.listen", `":9100"`, BadValue},
		{"waiter.listen", `"127.0.0.1"`, BadValue},
		{"waiter.listen", `"127.0.0.1:http"`, BadValue},
		{"waiter.listen", `"127.0.0.1:99999"`, BadValue},
		{"waiter.listen", `"[fe80::1%eth0]:9100"`, BadValue},
		{"waiter.mode", `"message"`, ""},
		{"waiter.mode", `"both"`, NotAllowed},
		{"waiter.allow", `[]`, ""},
		{"waiter.allow", `["192.168.1.7", "fd00::/8"]`, ""},
		{"waiter.allow", `"127.0.0.0/8"`, WrongType},
		{"waiter.allow", `[127]`, WrongType},
		{"waiter.allow", `["192.168.1.0/33"]`, BadValue},
		{"waiter.allow", `["shop.local"]`, BadValue},
		{"waiter.allow", `["fe80::1%eth0"]`, BadValue},
		{"waiter.allow", `["::ffff:10.0.0.0/104"]`, BadValue},
		{"waiter.allow", `[` + strings.Repeat(`"10.0.0.0/8",`, 65) + `]`, TooLong},
		{"waiter.hosts", `["till.shop.local", "till_1", "10.0.0.7"]`, ""},
		{"waiter.hosts", `["till:9100"]`, BadValue},
		{"waiter.hosts", `[""]`, BadValue},
		{"waiter.hosts", `["` + strings.Repeat("a", 254) + `"]`, BadValue},
		{"waiter.system", `"Скидкабот"`, ""},
		{"waiter.system", `" "`, Required},
		{"waiter.photos", `"C:\\photos"`, ""},
		{"waiter.photos", `"a\u0000b"`, BadValue},
		{"waiter.photos", `"` + strings.Repeat("a", 4097) + `"`, TooLong},
		{"waiter.gifts", `[]`, ""},
		{"waiter.gifts", `[{ sku = "1", from = "0" }]`, ""},
		{"waiter.gifts", `[{ sku = "1", from = "-1" }]`, OutOfRange},
		{"waiter.gifts", `[{ sku = "", from = "1" }]`, Required},
		{"waiter.gifts", `[{ sku = 1, from = "1" }]`, WrongType},
		{"waiter.gifts", `["1:5"]`, WrongType},
		{"waiter.gifts", `"1:5"`, WrongType},
		{"waiter.gifts", `[` + strings.Repeat(`{ sku = "1", from = "0" },`, 101) + `]`, TooLong},

		{"expirenza.url", `""`, ""},
		{"expirenza.url", `"ws://127.0.0.1:8080"`, ""},
		{"expirenza.url", `"ws://api.shaketopay.com.ua"`, NotSecure},
		{"expirenza.url", `"https://api.shaketopay.com.ua"`, NotSecure},
		{"expirenza.resto_id", `"R-1"`, ""},
		{"expirenza.resto_id", `"R:1"`, BadValue},
		{"expirenza.system", `"SKIDKASSA"`, ""},
		{"expirenza.system", `""`, Required},
		{"expirenza.system", `"A; B"`, BadValue},
		{"expirenza.system", `"A\r\nB"`, BadValue},

		{"hall.name", `""`, ""},
		{"hall.name", `"Основной зал"`, ""},
		{"hall.name", `"a\nb"`, BadValue},
		{"hall.tables", `[]`, ""},
		{"hall.tables", `["1", " 20 Терраса ", "999999"]`, ""},
		{"hall.tables", `["Терраса"]`, BadValue},
		{"hall.tables", `["0"]`, BadValue},
		{"hall.tables", `["01"]`, BadValue},
		{"hall.tables", `["1000000"]`, BadValue},
		{"hall.tables", `["1 a\u0007"]`, BadValue},
		{"hall.tables", `[1]`, WrongType},
		{"hall.staff", `["Анна", "Пётр"]`, ""},
		{"hall.staff", `[" "]`, Required},
		{"printer.columns", `48`, ""},
		{"printer.columns", `40`, NotAllowed},
		{"printer.columns", `"42"`, WrongType},
		{"printer.page", `"CP1251"`, ""},
		{"printer.page", `"cp866:255"`, ""},
		{"printer.page", `"cp866:256"`, BadValue},
		{"printer.page", `"utf8"`, BadValue},
		{"printer.device", `""`, ""},
		{"printer.device", `"tcp://10.0.0.5:9100"`, ""},
		{"printer.device", `"file:///dev/usb/lp0"`, ""},
		{"printer.device", `"tcp://10.0.0.5"`, BadValue},
		{"printer.device", `"tcp://10.0.0.5:9100/x"`, BadValue},
		{"printer.device", `"tcp://:9100"`, BadValue},
		{"printer.device", `"file://host/dev/lp0"`, BadValue},
		{"printer.device", `"file:///"`, BadValue},
		{"printer.device", `"/dev/usb/lp0"`, BadValue},
		{"printer.device", `"%zz"`, BadValue},
		{"printer.device", `"a\u0007"`, BadValue},

		{"journal.path", `"/var/lib/skidkassa/journal.db"`, ""},
		{"journal.path", `"a\nb"`, BadValue},
	}
	for _, test := range tests {
		t.Run(test.key+"="+printable(test.written, 60), func(t *testing.T) {
			_, err := loadText(t, test.key+" = "+test.written+"\n")
			if test.want == "" {
				// A door with an address also wants its number, which is not this row's subject.
				if err != nil && problemsOf(t, err)[0].Key != "expirenza.resto_id" {
					t.Errorf("got %v, want it to load", err)
				}
				return
			}
			if err == nil {
				t.Fatalf("it loads, want %s", test.want)
			}
			problems := problemsOf(t, err)
			if len(problems) != 1 || problems[0].Code != test.want {
				t.Errorf("got %+v, want one %s", problems, test.want)
			}
			if p := problems[0]; p.Key != test.key || p.Line != 1 {
				t.Errorf("at line %d, key %q; want line 1, key %q", p.Line, p.Key, test.key)
			}
		})
	}
}

// What a person writes is brought into one form.
func TestValuesAreNormalised(t *testing.T) {
	loaded, err := loadText(t, `
[shop]
name = "  Чай  "
[skidkabot]
url = "https://skidkabot.ru/"
[rules]
accrue_percent = "2.50"
[waiter]
allow = ["10.1.2.3/8", "192.168.1.7"]
hosts = ["TILL.Local"]
`)
	if err != nil {
		t.Fatal(err)
	}
	s := loaded.Settings
	if s.Shop.Name != "Чай" {
		t.Errorf("name %q", s.Shop.Name)
	}
	if s.Skidkabot.URL != "https://skidkabot.ru" {
		t.Errorf("url %q", s.Skidkabot.URL)
	}
	if !s.Rules.AccruePercent.Valid || !s.Rules.AccruePercent.Decimal.Equal(decimal.RequireFromString("2.5")) {
		t.Errorf("percent %v", s.Rules.AccruePercent)
	}
	if s.Rules.RedeemPercent.Valid {
		t.Errorf("a percent that nobody wrote is %v, want none", s.Rules.RedeemPercent)
	}
	if got := s.Waiter.Allow[0].String() + " " + s.Waiter.Allow[1].String(); got != "10.0.0.0/8 192.168.1.7/32" {
		t.Errorf("allow %s", got)
	}
	if s.Waiter.Hosts[0] != "till.local" {
		t.Errorf("hosts %v", s.Waiter.Hosts)
	}
}
