package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// ProblemCode names one kind of mistake in the settings. The codes are stable:
// a door looks its sentence up by them.
type ProblemCode string

// What can be wrong with the settings. Each comment names the fields of
// [Problem] that say more.
const (
	UnknownKey   ProblemCode = "unknown_key"   // Nearest, if one is near
	UnknownTable ProblemCode = "unknown_table" // Nearest, if one is near
	DuplicateKey ProblemCode = "duplicate_key"
	WrongType    ProblemCode = "wrong_type"   // Want
	BadValue     ProblemCode = "bad_value"    // Want
	OutOfRange   ProblemCode = "out_of_range" // Min, Max
	NotAllowed   ProblemCode = "not_allowed"  // Allowed
	TooLong      ProblemCode = "too_long"     // Max: characters, or items of a list
	NotSecure    ProblemCode = "not_secure"   // Allowed: the scheme that is demanded
	Required     ProblemCode = "required"     // the key must have a value
	SecretHere   ProblemCode = "secret_here"  // Secret: where it belongs instead
	BadSyntax    ProblemCode = "bad_syntax"   // Detail
	BadEncoding  ProblemCode = "bad_encoding" // Detail: the encoding found
	FileTooLarge ProblemCode = "file_too_large"
	NotFound     ProblemCode = "not_found"   // Cause
	NotRegular   ProblemCode = "not_regular" // a folder, a pipe or a device
	Unreadable   ProblemCode = "unreadable"  // Cause
)

// Want is the form that a value should have had.
type Want string

// The forms of values.
const (
	WantTable      Want = "table"
	WantText       Want = "text"
	WantInteger    Want = "integer"
	WantDecimal    Want = "decimal"
	WantWhole      Want = "whole" // a decimal without a fraction
	WantDuration   Want = "duration"
	WantList       Want = "list"
	WantGifts      Want = "gifts"
	WantCurrency   Want = "currency"
	WantURL        Want = "url"
	WantListen     Want = "listen"
	WantPrefix     Want = "prefix"
	WantHost       Want = "host"
	WantDevice     Want = "device"
	WantCharacters Want = "characters"
	WantHallTable  Want = "hall_table"
	WantHeaderText Want = "header_text"
)

// wantWords are the English words of the forms, for logs and scripts.
var wantWords = map[Want]string{
	WantTable:      "a table, [name]",
	WantText:       `a text in quotes, without control characters`,
	WantInteger:    "a whole number without quotes",
	WantDecimal:    `a number such as "2.5", with at most 4 decimals`,
	WantWhole:      `a whole number such as "1"`,
	WantDuration:   `a duration such as "50ms"`,
	WantList:       `a list of texts, ["a", "b"]`,
	WantGifts:      `a list of gifts, [{ sku = "11015", from = "500" }]`,
	WantCurrency:   `three capital letters such as "RUB" (ISO 4217)`,
	WantURL:        `an address such as "https://example.org", with nothing after the host`,
	WantListen:     `host:port such as "127.0.0.1:9100"`,
	WantPrefix:     `an address or a network such as "192.168.1.0/24"`,
	WantHost:       "a host name or an address, without a port",
	WantDevice:     `"tcp://host:9100" or "file:///dev/usb/lp0"`,
	WantCharacters: `cp866, cp1251, cp855 or pc437, or such with the printer's own number: "cp866:7"`,
	WantHallTable:  `a list of tables, each with its number first: ["1", "2", "20 Терраса"]`,
	WantHeaderText: "Latin letters, digits, dots, hyphens and underscores",
}

// Origin is the layer that a value came from.
type Origin string

// The layers, in the order in which they override each other.
const (
	FromFile        Origin = "file"
	FromEnvironment Origin = "environment"
	FromFlag        Origin = "flag"
)

// Problem is one mistake in the settings. It never holds a value that could be
// a secret: SourceLine is shown only as far as its key is a known one.
type Problem struct {
	Code     ProblemCode
	Origin   Origin
	File     string // path of the settings file; empty for the other origins
	Line     int    // from 1; 0 where the mistake is not at a line
	Column   int    // in characters, from 1; 0 where the mistake is not at a line
	Variable string // name of the environment variable, for FromEnvironment

	Key     string   // "shop.vendor"; for an unknown one as it was written
	Nearest string   // the known key, table or variable that was probably meant
	Want    Want     // the form that the value should have
	Allowed []string // the only values there are
	Min     string   // smallest value
	Max     string   // largest value
	Secret  SecretName

	Detail     string // English, from the TOML parser; holds no value
	SourceLine string // the line as written, for display; may be empty
	Cause      error  // the operating system's error, for the log

	// place is the byte in the file, from 1, until [loader.add] makes a line and a
	// column of it. To find the column of every value of a long line would take
	// the square of its length.
	place int
}

// Error says where and what, in one line:
//
//	skidkassa.toml:12: unknown key "vendr" (did you mean "vendor"?)
func (p Problem) Error() string {
	return p.Where() + ": " + p.sentence()
}

// Where names the place of the mistake: file:line, the environment variable, or
// the flag.
func (p Problem) Where() string {
	switch p.Origin {
	case FromEnvironment:
		return p.Variable
	case FromFlag:
		return fmt.Sprintf("--set %q", p.Key)
	}
	name := filepath.Base(p.File)
	if p.Line == 0 {
		return name
	}
	return fmt.Sprintf("%s:%d", name, p.Line)
}

// Unwrap returns the operating system's error, if there was one.
func (p Problem) Unwrap() error { return p.Cause }

func (p Problem) sentence() string {
	switch p.Code {
	case UnknownKey, UnknownTable:
		return p.unknown()
	case DuplicateKey:
		return fmt.Sprintf("%q is written twice", p.Key)
	case WrongType, BadValue:
		return fmt.Sprintf("%q must be %s", p.Key, wantWords[p.Want])
	case OutOfRange:
		return fmt.Sprintf("%q must be from %s to %s", p.Key, p.Min, p.Max)
	case NotAllowed:
		return fmt.Sprintf("%q must be one of: %s", p.Key, strings.Join(p.Allowed, ", "))
	case TooLong:
		return fmt.Sprintf("%q is too long, at most %s", p.Key, p.Max)
	case NotSecure:
		return fmt.Sprintf("%q must begin with %s:// (plain text only to this machine itself)",
			p.Key, strings.Join(p.Allowed, ", "))
	case Required:
		return fmt.Sprintf("%q must be filled in", p.Key)
	case SecretHere:
		return fmt.Sprintf("%q: secrets are not kept here: skidkassa secret set %s", p.Key, p.Secret)
	}
	return p.fileSentence()
}

// fileSentence tells the mistakes that concern the file as a whole.
func (p Problem) fileSentence() string {
	switch p.Code {
	case BadSyntax:
		return "not understood: " + p.Detail
	case BadEncoding:
		return fmt.Sprintf("the file is %s: save it as UTF-8", p.Detail)
	case FileTooLarge:
		return fmt.Sprintf("the file is larger than %d KiB", maxFileBytes/1024)
	case NotFound:
		return "there is no such file"
	case NotRegular:
		return "it is a folder or a device, not a file"
	}
	return fmt.Sprintf("cannot be read: %v", p.Cause)
}

func (p Problem) unknown() string {
	what := fmt.Sprintf("unknown key %q", p.Leaf())
	switch {
	case p.Code == UnknownTable:
		what = fmt.Sprintf("unknown table %q", "["+p.Key+"]")
	case p.Origin == FromEnvironment:
		what = "unknown setting"
	case p.Origin == FromFlag:
		what = "unknown key"
	}
	nearest, beforeTables := p.Near()
	switch {
	case nearest == "":
		return what
	case beforeTables:
		return fmt.Sprintf("%s (did you mean %q before the first table?)", what, nearest)
	}
	return fmt.Sprintf("%s (did you mean %q?)", what, nearest)
}

// Leaf is the key without its table.
func (p Problem) Leaf() string {
	_, leaf := splitKey(p.Key)
	return leaf
}

// Near is what was probably meant, written as it would be at the place of the
// mistake, and whether it belongs before the first table of the file; "" when
// nothing is near.
func (p Problem) Near() (nearest string, beforeTables bool) {
	table, _ := splitKey(p.Key)
	nearTable, nearLeaf := splitKey(p.Nearest)
	switch {
	case p.Nearest == "":
		return "", false
	case p.Code == UnknownTable:
		return "[" + p.Nearest + "]", false
	case p.Origin != FromFile:
		return p.Nearest, false
	case nearTable == table:
		return nearLeaf, false
	case nearTable == "":
		return p.Nearest, true
	}
	return "[" + nearTable + "] " + nearLeaf, false
}

// splitKey divides "shop.vendor" into "shop" and "vendor".
func splitKey(key string) (table, leaf string) {
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		return key[:i], key[i+1:]
	}
	return "", key
}

// SettingsError holds every mistake that was found in the settings, at most
// 50: those of the file by line, then those of the environment by name, then
// those of the command line in order.
type SettingsError struct {
	Problems []Problem
}

// Error gives one line for each problem.
func (e *SettingsError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is find the operating system's errors, such as
// fs.ErrNotExist.
func (e *SettingsError) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i, p := range e.Problems {
		errs[i] = p
	}
	return errs
}

// sortProblems orders what the three layers found. It is stable, so problems at
// one place keep the order in which they were found.
func sortProblems(problems []Problem) {
	rank := map[Origin]int{FromFile: 0, FromEnvironment: 1, FromFlag: 2}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		if a.Origin != b.Origin {
			return rank[a.Origin] - rank[b.Origin]
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Column != b.Column {
			return a.Column - b.Column
		}
		return strings.Compare(a.Variable, b.Variable)
	})
}
