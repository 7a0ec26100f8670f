package config

import (
	"math"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// A judge reads one key's value into the settings, or says what is wrong with
// it. A problem without a place is at the value's own.
type judge func(v *value, s *Settings) []Problem

func problem(code ProblemCode) []Problem { return []Problem{{Code: code}} }

func wrongType(want Want) []Problem { return []Problem{{Code: WrongType, Want: want}} }

func badValue(want Want) []Problem { return []Problem{{Code: BadValue, Want: want}} }

// integer reads a whole number from minimum to maximum.
func integer(minimum, maximum int64, put func(*Settings, int64)) judge {
	return integerIn(minimum, maximum, func(s *Settings, n int64) []Problem {
		put(s, n)
		return nil
	})
}

// integerIn reads a whole number from minimum to maximum that take accepts.
func integerIn(minimum, maximum int64, take func(*Settings, int64) []Problem) judge {
	outOfRange := []Problem{{
		Code: OutOfRange,
		Min:  strconv.FormatInt(minimum, 10),
		Max:  strconv.FormatInt(maximum, 10),
	}}
	return func(v *value, s *Settings) []Problem {
		base := 0 // TOML writes 0x10 and 1_000 as Go does
		switch v.kind {
		case integerValue:
		case plainText:
			base = 10 // in the environment 010 is ten, not eight
		default:
			return wrongType(WantInteger)
		}
		n, err := strconv.ParseInt(strings.TrimSpace(v.text), base, 64)
		if numErr, ok := err.(*strconv.NumError); ok && numErr.Err != strconv.ErrRange {
			return wrongType(WantInteger)
		}
		if err != nil || n < minimum || n > maximum {
			return outOfRange
		}
		return take(s, n)
	}
}

// number reads one of a few whole numbers.
func number(allowed []int, put func(*Settings, int)) judge {
	words := make([]string, len(allowed))
	for i, n := range allowed {
		words[i] = strconv.Itoa(n)
	}
	return integerIn(math.MinInt64, math.MaxInt64, func(s *Settings, n int64) []Problem {
		if !slices.Contains(allowed, int(n)) {
			return []Problem{{Code: NotAllowed, Allowed: words}}
		}
		put(s, int(n))
		return nil
	})
}

// text reads a string that check accepts; check may rewrite it.
func text(check func(string) (string, []Problem), put func(*Settings, string)) judge {
	return func(v *value, s *Settings) []Problem {
		if v.kind != stringValue && v.kind != plainText {
			return wrongType(WantText)
		}
		checked, problems := check(v.text)
		if problems == nil {
			put(s, checked)
		}
		return problems
	}
}

// choice reads one of a few words.
func choice[T ~string](allowed []T, put func(*Settings, T)) judge {
	words := make([]string, len(allowed))
	for i, a := range allowed {
		words[i] = string(a)
	}
	check := func(word string) (string, []Problem) {
		if !slices.Contains(words, word) {
			return "", []Problem{{Code: NotAllowed, Allowed: words}}
		}
		return word, nil
	}
	return text(check, func(s *Settings, word string) { put(s, T(word)) })
}

// durationOrZero is duration that takes zero as well, which turns off what it is of.
func durationOrZero(minimum, maximum time.Duration, put func(*Settings, time.Duration)) judge {
	bounded := duration(minimum, maximum, put)
	return func(v *value, s *Settings) []Problem {
		isText := v.kind == stringValue || v.kind == plainText
		if d, err := time.ParseDuration(v.text); isText && err == nil && d == 0 {
			put(s, 0)
			return nil
		}
		return bounded(v, s)
	}
}

// duration reads a time span from minimum to maximum.
func duration(minimum, maximum time.Duration, put func(*Settings, time.Duration)) judge {
	return func(v *value, s *Settings) []Problem {
		if v.kind != stringValue && v.kind != plainText {
			return wrongType(WantDuration)
		}
		d, err := time.ParseDuration(v.text)
		switch {
		case err != nil:
			return badValue(WantDuration)
		case d < minimum || d > maximum:
			return []Problem{{Code: OutOfRange, Min: minimum.String(), Max: maximum.String()}}
		}
		put(s, d)
		return nil
	}
}

// decimalRange is what a decimal setting may be. Both bounds belong to it.
type decimalRange struct {
	minimum, maximum decimal.Decimal
	whole            bool
}

var (
	percents = decimalRange{decimal.Zero, decimal.NewFromInt(100), false}
	steps    = decimalRange{decimal.NewFromInt(1), decimal.NewFromInt(1_000_000), true}
	sums     = decimalRange{decimal.Zero, maxAmount, false}
	// A largest sum of zero would refuse every receipt, so it begins at the
	// smallest amount that can be written.
	largestSums = decimalRange{decimal.New(1, -4), maxAmount, false}

	// maxAmount is far above any receipt and far below where arithmetic on
	// decimals costs anything.
	maxAmount = decimal.New(1, 12)
)

// decimalForm bounds a number before it is read: an exponent such as 1e999999999
// would cost all memory at the first comparison.
var decimalForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[+-]?[0-9]{1,15}(\.[0-9]{1,4})?$`)
})

func (r decimalRange) read(v *value) (decimal.Decimal, []Problem) {
	written := strings.TrimSpace(v.text)
	switch v.kind {
	case stringValue, plainText:
	case integerValue, floatValue:
		// A person who leaves the quotes out means the same number.
		written = strings.ReplaceAll(written, "_", "")
	default:
		return decimal.Zero, wrongType(WantDecimal)
	}
	if !decimalForm().MatchString(written) {
		return decimal.Zero, badValue(WantDecimal)
	}
	d := decimal.RequireFromString(written) // whatever has the form is a number
	switch {
	case d.LessThan(r.minimum) || d.GreaterThan(r.maximum):
		return decimal.Zero, []Problem{{Code: OutOfRange, Min: r.minimum.String(), Max: r.maximum.String()}}
	case r.whole && !d.IsInteger():
		return decimal.Zero, badValue(WantWhole)
	}
	return d, nil
}

// amount reads a decimal in r.
func amount(r decimalRange, put func(*Settings, decimal.Decimal)) judge {
	return func(v *value, s *Settings) []Problem {
		d, problems := r.read(v)
		if problems == nil {
			put(s, d)
		}
		return problems
	}
}

// optionalPercent reads a percent, or nothing from an empty text.
func optionalPercent(put func(*Settings, decimal.NullDecimal)) judge {
	return func(v *value, s *Settings) []Problem {
		if (v.kind == stringValue || v.kind == plainText) && strings.TrimSpace(v.text) == "" {
			put(s, decimal.NullDecimal{})
			return nil
		}
		d, problems := percents.read(v)
		if problems == nil {
			put(s, decimal.NewNullDecimal(d))
		}
		return problems
	}
}

// list reads at most maxItems texts, each accepted by read. An empty list is
// nil.
func list[T any](maxItems int, read func(string) (T, []Problem), put func(*Settings, []T)) judge {
	return func(v *value, s *Settings) []Problem {
		items, problems := listItems(v, maxItems, WantList)
		var read1 []T
		for _, item := range items {
			if item.kind != stringValue && item.kind != plainText {
				problems = append(problems, at(item, wrongType(WantText))...)
				continue
			}
			element, wrong := read(item.text)
			problems = append(problems, at(item, wrong)...)
			read1 = append(read1, element)
		}
		if len(problems) == 0 {
			put(s, read1)
		}
		return problems
	}
}

// listItems gives the elements of an array, or of a text separated by commas.
func listItems(v *value, maxItems int, want Want) ([]*value, []Problem) {
	var items []*value
	switch v.kind {
	case arrayValue:
		items = v.items
	case plainText:
		if strings.TrimSpace(v.text) == "" {
			return nil, nil
		}
		parts, err := splitList(v.text)
		if err != nil {
			return nil, badValue(want)
		}
		for _, part := range parts {
			items = append(items, &value{kind: plainText, text: part})
		}
	default:
		return nil, wrongType(want)
	}
	if len(items) > maxItems {
		return nil, []Problem{{Code: TooLong, Max: strconv.Itoa(maxItems)}}
	}
	return items, nil
}

// at puts problems at an element's own line.
func at(v *value, problems []Problem) []Problem {
	for i := range problems {
		if problems[i].place == 0 {
			problems[i].place = v.place
		}
	}
	return problems
}

// gifts reads [{ sku = "11015", from = "500" }], or 11015:500 outside the file.
func gifts(maxItems int, put func(*Settings, []Gift)) judge {
	return func(v *value, s *Settings) []Problem {
		items, problems := listItems(v, maxItems, WantGifts)
		var all []Gift
		for _, item := range items {
			gift, wrong := readGift(item)
			problems = append(problems, at(item, wrong)...)
			all = append(all, gift)
		}
		if len(problems) == 0 {
			put(s, all)
		}
		return problems
	}
}

func readGift(v *value) (Gift, []Problem) {
	sku, from := v.find("sku"), v.find("from")
	if v.kind == plainText {
		colon := strings.LastIndexByte(v.text, ':') // an SKU may have one
		if colon < 0 {
			return Gift{}, badValue(WantGifts)
		}
		sku, from = &value{text: v.text[:colon]}, &value{text: v.text[colon+1:]}
	} else if v.kind != tableValue || sku == nil || from == nil {
		return Gift{}, wrongType(WantGifts)
	}
	problems := unknownMembers(v)
	if sku.kind != stringValue && sku.kind != plainText {
		problems = append(problems, at(sku, wrongType(WantText))...)
	}
	name, wrong := label(1, maxSKURunes)(sku.text)
	problems = append(problems, at(sku, wrong)...)
	least, wrong := sums.read(from)
	return Gift{SKU: name, From: least}, append(problems, at(from, wrong)...)
}

// unknownMembers reports what a gift has no place for.
func unknownMembers(gift *value) []Problem {
	var problems []Problem
	for _, m := range gift.members {
		if m.key != "sku" && m.key != "from" {
			problems = append(problems, at(m.value, []Problem{{
				Code:    UnknownKey,
				Key:     joinKey([]string{"waiter.gifts", m.key}),
				Nearest: prefixed("waiter.gifts.", nearest(m.key, []string{"sku", "from"})),
			}})...)
		}
	}
	return problems
}

func prefixed(prefix, word string) string {
	if word == "" {
		return ""
	}
	return prefix + word
}

// The checks of texts follow. Each names a bound, because every text ends up on
// a screen, on paper or on the wire.
const (
	maxLabelRunes = 64
	maxSKURunes   = 64
	maxPathBytes  = 4096
	maxURLBytes   = 512
	maxHostBytes  = 253
)

// label accepts a line of text of minRunes to maxRunes.
func label(minRunes, maxRunes int) func(string) (string, []Problem) {
	return func(written string) (string, []Problem) {
		written = strings.TrimSpace(written)
		switch count := utf8.RuneCountInString(written); {
		case count > maxRunes:
			return "", []Problem{{Code: TooLong, Max: strconv.Itoa(maxRunes)}}
		case count < minRunes:
			return "", problem(Required)
		case !utf8.ValidString(written) || strings.ContainsFunc(written, isControl):
			return "", badValue(WantText)
		}
		return written, nil
	}
}

// isControl tells the runes that steer a terminal or turn the direction of
// text: they make a line look like what it is not.
func isControl(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}

func path(written string) (string, []Problem) {
	switch {
	case len(written) > maxPathBytes:
		return "", []Problem{{Code: TooLong, Max: strconv.Itoa(maxPathBytes)}}
	case !utf8.ValidString(written) || strings.ContainsFunc(written, isControl):
		return "", badValue(WantText)
	}
	return written, nil
}

var currencyForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Z]{3}$`)
})

func currency(written string) (string, []Problem) {
	if !currencyForm().MatchString(written) {
		return "", badValue(WantCurrency)
	}
	return written, nil
}

// headerText accepts what can stand in an HTTP header's value or in Basic
// authorization as it is, with no quoting.
func headerText(minBytes int) func(string) (string, []Problem) {
	form := regexp.MustCompile(`^[A-Za-z0-9._-]{0,64}$`)
	return func(written string) (string, []Problem) {
		switch {
		case len(written) < minBytes:
			return "", problem(Required)
		case !form.MatchString(written):
			return "", badValue(WantHeaderText)
		}
		return written, nil
	}
}

// secureURL accepts scheme://host[:port]; plain, its unencrypted counterpart,
// only to loopback, because the secrets travel inside.
func secureURL(scheme, plain string, optional bool) func(string) (string, []Problem) {
	return func(written string) (string, []Problem) {
		if written == "" {
			if optional {
				return "", nil
			}
			return "", problem(Required)
		}
		if len(written) > maxURLBytes {
			return "", []Problem{{Code: TooLong, Max: strconv.Itoa(maxURLBytes)}}
		}
		u, err := url.Parse(written)
		if err != nil || u.Opaque != "" || !validHost(u.Hostname()) || !validPort(u.Port(), 1, true) {
			return "", badValue(WantURL)
		}
		if u.Scheme != scheme && (u.Scheme != plain || !isLoopback(u.Hostname())) {
			return "", []Problem{{Code: NotSecure, Allowed: []string{scheme}}}
		}
		bare := u.Scheme + "://" + u.Host
		if u.User != nil || strings.TrimSuffix(written, "/") != bare {
			return "", badValue(WantURL)
		}
		return bare, nil
	}
}

// isLoopback tells a host that is this machine itself.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

var hostForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$`)
})

func validHost(host string) bool {
	if len(host) == 0 || len(host) > maxHostBytes {
		return false
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Zone() == ""
	}
	return hostForm().MatchString(host)
}

// validPort accepts a decimal port from lowest on.
func validPort(port string, lowest uint64, optional bool) bool {
	if port == "" {
		return optional
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n >= lowest && n <= math.MaxUint16
}

// listenAddress accepts host:port, or nothing. Port 0 asks the system for a free
// one. The host must be written: a door that is open to all interfaces is a
// decision (0.0.0.0 or ::), not an omission.
func listenAddress(written string) (string, []Problem) {
	if written == "" {
		return "", nil
	}
	host, port, err := net.SplitHostPort(written)
	if err != nil || !validHost(host) || !validPort(port, 0, false) {
		return "", badValue(WantListen)
	}
	return written, nil
}

// waiterName accepts a name that can be the secret waiter/NAME, cashierName one that can be cashier/NAME.
func waiterName(written string) (string, []Problem)  { return personName(waiterPrefix, written) }
func cashierName(written string) (string, []Problem) { return personName(cashierPrefix, written) }

func personName(prefix, written string) (string, []Problem) {
	name, err := personSecret(prefix, written)
	if err != nil {
		return "", badValue(WantText)
	}
	return strings.TrimPrefix(string(name), prefix), nil
}

// allowedPrefix accepts a network, or a single address.
func allowedPrefix(written string) (netip.Prefix, []Problem) {
	prefix, err := netip.ParsePrefix(written)
	if err != nil {
		addr, addrErr := netip.ParseAddr(written)
		if addrErr != nil || addr.Zone() != "" {
			return netip.Prefix{}, badValue(WantPrefix)
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	if prefix.Addr().Is4In6() {
		// Callers' addresses are unmapped before they are compared, so this
		// network would silently allow nobody.
		return netip.Prefix{}, badValue(WantPrefix)
	}
	return prefix.Masked(), nil
}

func allowedHost(written string) (string, []Problem) {
	if !validHost(written) {
		return "", badValue(WantHost)
	}
	return strings.ToLower(written), nil
}

// tableForm is a table's number, and perhaps its name.
var tableForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^([1-9][0-9]{0,5})(?: (.*))?$`)
})

// table accepts "12", or "12 Терраса".
func table(written string) (Table, []Problem) {
	found := tableForm().FindStringSubmatch(strings.TrimSpace(written))
	if found == nil {
		return Table{}, badValue(WantHallTable)
	}
	number, err := strconv.Atoi(found[1])
	if err != nil {
		return Table{}, badValue(WantHallTable)
	}
	name, problems := label(0, maxLabelRunes)(found[2])
	return Table{Number: number, Name: name}, problems
}

// characterTableForm is what the printer's room reads; which numbers a printer
// knows is not the settings' to judge.
var characterTableForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(cp866|cp1251|cp855|pc437)(:(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))?$`)
})

// characterTable accepts a printer's table of characters.
func characterTable(written string) (string, []Problem) {
	written = strings.ToLower(written)
	if !characterTableForm().MatchString(written) {
		return "", badValue(WantCharacters)
	}
	return written, nil
}

// device accepts a printer's address.
func device(written string) (string, []Problem) {
	if written == "" {
		return "", nil
	}
	if _, problems := path(written); problems != nil {
		return "", problems
	}
	u, err := url.Parse(written)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "" {
		return "", badValue(WantDevice)
	}
	network := u.Scheme == "tcp" && validHost(u.Hostname()) && validPort(u.Port(), 1, false) && u.Path == ""
	file := u.Scheme == "file" && u.Host == "" && len(u.Path) > 1
	if !network && !file {
		return "", badValue(WantDevice)
	}
	return written, nil
}
