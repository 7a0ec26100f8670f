package config

import (
	"math"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

// field is one known key and its rule. Adding a setting means a line here, a
// field in [Settings], a value in [Default] and a line in [Render].
type field struct {
	key  string // "table.key", or a key before the first table
	read judge
}

const (
	maxPrefixes = 64
	maxHosts    = 64
	maxWaiters  = 64
	maxCashiers = 64
	maxGifts    = 100
	maxTables   = 1000
	maxStaff    = 200
)

// The idle times after which a till may lock itself: a shorter one would lock it under a cashier who counts change.
const (
	minLock = 10 * time.Second
	maxLock = 12 * time.Hour
)

// schema is every key there is, in the order of the settings file. It is made
// at its first use: a command without settings need not wait for it.
var schema = sync.OnceValue(func() []field {
	return []field{
		{"language", choice([]Language{Russian, Ukrainian, English},
			func(s *Settings, l Language) { s.Language = l })},

		{"shop.vendor", integer(1, math.MaxInt64,
			func(s *Settings, n int64) { s.Shop.Vendor = n })},
		{"shop.register", integer(0, math.MaxInt32,
			func(s *Settings, n int64) { s.Shop.Register = int32(n) })},
		{"shop.name", text(label(0, maxLabelRunes),
			func(s *Settings, t string) { s.Shop.Name = t })},
		{"shop.currency", text(currency,
			func(s *Settings, t string) { s.Shop.Currency = t })},
		{"shop.cashiers", list(maxCashiers, cashierName,
			func(s *Settings, n []string) { s.Shop.Cashiers = n })},

		{"skidkabot.url", text(secureURL("https", "http", false),
			func(s *Settings, t string) { s.Skidkabot.URL = t })},

		{"rules.accrue_percent", optionalPercent(
			func(s *Settings, p decimal.NullDecimal) { s.Rules.AccruePercent = p })},
		{"rules.redeem_percent", optionalPercent(
			func(s *Settings, p decimal.NullDecimal) { s.Rules.RedeemPercent = p })},
		{"rules.step", amount(steps,
			func(s *Settings, d decimal.Decimal) { s.Rules.Step = d })},
		{"rules.min_money", amount(sums,
			func(s *Settings, d decimal.Decimal) { s.Rules.MinMoney = d })},
		{"rules.max_sum", amount(largestSums,
			func(s *Settings, d decimal.Decimal) { s.Rules.MaxSum = d })},

		{"scanner.gap", duration(10*time.Millisecond, 200*time.Millisecond,
			func(s *Settings, d time.Duration) { s.Scanner.Gap = d })},

		{"till.lock", durationOrZero(minLock, maxLock,
			func(s *Settings, d time.Duration) { s.Till.Lock = d })},
		{"till.bell", choice([]Bell{BellErrors, BellAll, BellOff},
			func(s *Settings, b Bell) { s.Till.Bell = b })},
		{"till.mouse", choice([]Switch{On, Off},
			func(s *Settings, m Switch) { s.Till.Mouse = m })},

		{"waiter.listen", text(listenAddress,
			func(s *Settings, t string) { s.Waiter.Listen = t })},
		{"waiter.mode", choice([]WaiterMode{WaiterBind, WaiterMessage},
			func(s *Settings, m WaiterMode) { s.Waiter.Mode = m })},
		{"waiter.allow", list(maxPrefixes, allowedPrefix,
			func(s *Settings, p []netip.Prefix) { s.Waiter.Allow = p })},
		{"waiter.hosts", list(maxHosts, allowedHost,
			func(s *Settings, h []string) { s.Waiter.Hosts = h })},
		{"waiter.system", text(label(1, maxLabelRunes),
			func(s *Settings, t string) { s.Waiter.System = t })},
		{"waiter.photos", text(path,
			func(s *Settings, t string) { s.Waiter.Photos = t })},
		{"waiter.gifts", gifts(maxGifts,
			func(s *Settings, g []Gift) { s.Waiter.Gifts = g })},

		{"waiter.waiters", list(maxWaiters, waiterName,
			func(s *Settings, n []string) { s.Waiter.Waiters = n })},
		{"waiter.rebind", choice([]Rebind{RebindRefuse, RebindReplace},
			func(s *Settings, r Rebind) { s.Waiter.Rebind = r })},
		{"waiter.unknown_sum", choice([]UnknownSum{UnknownSumBalance, UnknownSumZero},
			func(s *Settings, u UnknownSum) { s.Waiter.UnknownSum = u })},
		{"waiter.deposit", text(label(0, maxLabelRunes),
			func(s *Settings, t string) { s.Waiter.Deposit = t })},

		{"expirenza.url", text(secureURL("wss", "ws", true),
			func(s *Settings, t string) { s.Expirenza.URL = t })},
		{"expirenza.resto_id", text(headerText(0),
			func(s *Settings, t string) { s.Expirenza.RestoID = t })},
		{"expirenza.system", text(headerText(1),
			func(s *Settings, t string) { s.Expirenza.System = t })},

		{"hall.name", text(label(0, maxLabelRunes),
			func(s *Settings, t string) { s.Hall.Name = t })},
		{"hall.tables", list(maxTables, table,
			func(s *Settings, t []Table) { s.Hall.Tables = t })},
		{"hall.staff", list(maxStaff, label(1, maxLabelRunes),
			func(s *Settings, n []string) { s.Hall.Staff = n })},

		{"printer.device", text(device,
			func(s *Settings, t string) { s.Printer.Device = t })},
		{"printer.columns", number([]int{32, 42, 48},
			func(s *Settings, n int) { s.Printer.Columns = n })},
		{"printer.page", text(characterTable,
			func(s *Settings, t string) { s.Printer.Page = t })},

		{"journal.path", text(path,
			func(s *Settings, t string) { s.Journal.Path = t })},
	}
})

// The indexes below are derived from the schema once.
var (
	fields = sync.OnceValue(indexFields)
	tables = sync.OnceValue(tableNames)
)

func indexFields() map[string]field {
	index := make(map[string]field, len(schema()))
	for _, f := range schema() {
		index[f.key] = f
	}
	return index
}

func tableNames() []string {
	var list []string
	for _, f := range schema() {
		table, _ := splitKey(f.key)
		if table != "" && (len(list) == 0 || list[len(list)-1] != table) {
			list = append(list, table)
		}
	}
	return list
}

// knownName tells a key that exists, with its table or, as it stands below a
// table's header, without it; what it holds is therefore no secret.
func knownName(name string) bool {
	for _, f := range schema() {
		if _, leaf := splitKey(f.key); name == leaf || name == f.key {
			return true
		}
	}
	return false
}

// nearestKey finds the key that was probably meant: first in the same table,
// then in the others, first by a slip of the fingers, then under another table's
// name.
func nearestKey(table, leaf string) string {
	var here, everywhere []string
	for _, f := range schema() {
		t, name := splitKey(f.key)
		everywhere = append(everywhere, name)
		if t == table {
			here = append(here, name)
		}
	}
	if name := nearest(leaf, here); name != "" {
		return strings.TrimPrefix(table+"."+name, ".")
	}
	if name := nearest(leaf, everywhere); name != "" {
		for _, f := range schema() {
			if _, l := splitKey(f.key); l == name {
				return f.key
			}
		}
	}
	return ""
}
