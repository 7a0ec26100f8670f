package config

import (
	"net/netip"
	"time"

	"github.com/shopspring/decimal"
)

// Settings is one till's settings, complete and validated: a value that came
// from [Load] or [Default] needs no further checks. The fields mirror the tables
// of the settings file (docs/admin.md, "Every setting").
type Settings struct {
	Language  Language
	Shop      Shop
	Skidkabot Skidkabot
	Rules     Rules
	Scanner   Scanner
	Till      Till
	Waiter    Waiter
	Expirenza Expirenza
	Hall      Hall
	Printer   Printer
	Journal   Journal
}

// Language is the language of the screens.
type Language string

// The languages that the screens speak.
const (
	Russian   Language = "ru"
	Ukrainian Language = "uk"
	English   Language = "en"
)

// Shop says whose till this is.
type Shop struct {
	Vendor   int64  // the shop's code at the service (fk_vendor), 1 to 2^63-1
	Register int32  // this till's number (kassa), 0 to 2^31-1
	Name     string // as on receipts, at most 64 characters, may be empty
	Currency string // ISO 4217, three capital letters

	Cashiers []string // who works at the till, each once; their PINs are the secrets cashier/NAME; empty: nobody is asked who they are
}

// Skidkabot says where the loyalty service is.
type Skidkabot struct {
	URL string // no path, query or trailing slash; https, or http to loopback
}

// Rules are the shop's own rules of points. An invalid (not set) percent means
// "what the service says".
type Rules struct {
	AccruePercent decimal.NullDecimal // 0 to 100, at most 4 decimals
	RedeemPercent decimal.NullDecimal // 0 to 100, at most 4 decimals
	Step          decimal.Decimal     // smallest unit of points, a whole number, 1 to 1e6
	MinMoney      decimal.Decimal     // smallest part of a sum to be paid in money, 0 to 1e12
	MaxSum        decimal.Decimal     // largest sum of one receipt, above 0, to 1e12
}

// Scanner tells a scanner from a person.
type Scanner struct {
	Gap time.Duration // largest average time between the runes of a scan, 10 to 200 ms
}

// Till is how the till behaves towards the cashier.
type Till struct {
	Lock  time.Duration // how long nobody touches the till before it locks by itself, 10 s to 12 h; 0: it does not
	Bell  Bell          // when the terminal's bell is rung
	Mouse Switch        // whether clicks and the wheel do something
}

// Bell is when the terminal's bell is rung.
type Bell string

// The times.
const (
	BellErrors Bell = "errors" // when something has gone wrong
	BellAll    Bell = "all"    // and at every scan
	BellOff    Bell = "off"
)

// Switch is on or off.
type Switch string

// The positions of a switch.
const (
	On  Switch = "on"
	Off Switch = "off"
)

// Waiter is door 2, the HTTP server for waiters' handhelds.
type Waiter struct {
	Listen string         // host:port; empty: the door is closed
	Mode   WaiterMode     // what a check-in answers
	Allow  []netip.Prefix // who may call, masked
	Hosts  []string       // further names accepted in Host, lower case
	System string         // name of the system in the payment types
	Photos string         // folder with <client>.jpg or .png; empty: none
	Gifts  []Gift         // gift dishes, by the balance that opens them

	Waiters    []string   // names of those whose PIN is known (the secrets waiter/NAME); empty: every PIN is taken
	Rebind     Rebind     // what a check-in of another guest does to the one who is bound
	UnknownSum UnknownSum // what may be paid in points while an order's sum is not known
	Deposit    string     // the deposit's name in the payment types; empty: there is none
}

// WaiterMode is what a check-in answers (PROTOCOLS.md, section 2).
type WaiterMode string

// The modes of the waiter's door.
const (
	WaiterBind    WaiterMode = "bind"    // 204, the guest is bound to the order
	WaiterMessage WaiterMode = "message" // 200 with a WaiterMessage, always
)

// Rebind is what a check-in of another guest does to the one who is bound to the order.
type Rebind string

// The ways.
const (
	RebindRefuse  Rebind = "refuse"  // the waiter is told that another guest is bound
	RebindReplace Rebind = "replace" // the new guest takes the place of the bound one
)

// UnknownSum is what the payment limits say while an order's sum is not known (DESIGN.md, "Rules of points").
type UnknownSum string

// The answers.
const (
	UnknownSumBalance UnknownSum = "balance" // the guest's balance
	UnknownSumZero    UnknownSum = "zero"    // nothing
)

// Gift is a dish that a guest may have for nothing from a balance on.
type Gift struct {
	SKU  string
	From decimal.Decimal // points, 0 to 1e12
}

// Expirenza is door 3, the connection for guests who pay from their phones.
type Expirenza struct {
	URL     string // wss, or ws to loopback; empty: the door is closed
	RestoID string // required with a URL
	System  string // name of the POS system in the cookie (PROTOCOLS.md, section 3)
}

// Hall is the room that guests sit in, as whoever asks for it through door 3 shall know it.
type Hall struct {
	Name   string   // may be empty
	Tables []Table  // with different numbers; empty: any number may be a table
	Staff  []string // names of those who serve there, each once
}

// Table is a table of the hall.
type Table struct {
	Number int    // what the QR on the table says, 1 to 999999
	Name   string // what the shop calls it beside the number; may be empty
}

// Printer is the printer of receipts and kitchen tickets.
type Printer struct {
	Device  string // tcp://host:port or file:///path; empty: none
	Columns int    // characters in a line: 32, 42 or 48
	Page    string // its character table, with the number by which it knows that one when it is not the usual: "cp866", "cp866:7"
}

// Journal is where operations are written down.
type Journal struct {
	Path string // the database file; empty: in the data folder
}

// Default returns the settings of a till with no settings file. They are the
// ones that [Example] shows.
func Default() Settings {
	return Settings{
		Language: Russian,
		Shop: Shop{
			Vendor:   4,
			Register: 1,
			Name:     "Кофейня",
			Currency: "RUB",
		},
		Skidkabot: Skidkabot{URL: "https://skidkabot.ru"},
		Rules: Rules{
			Step:   decimal.NewFromInt(1),
			MaxSum: decimal.NewFromInt(1_000_000),
		},
		Scanner: Scanner{Gap: 50 * time.Millisecond},
		Till:    Till{Bell: BellErrors, Mouse: On},
		Waiter: Waiter{
			Listen: "127.0.0.1:9100",
			Mode:   WaiterBind,
			Allow: []netip.Prefix{
				netip.MustParsePrefix("127.0.0.0/8"),
				netip.MustParsePrefix("::1/128"),
			},
			System:     "Skidkabot",
			Rebind:     RebindRefuse,
			UnknownSum: UnknownSumBalance,
		},
		Expirenza: Expirenza{System: "SKIDKASSA"},
		Printer:   Printer{Columns: 42, Page: "cp866"},
	}
}
