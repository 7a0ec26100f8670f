package skidkabot

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/shopspring/decimal"
)

const (
	maxNameRunes = 256
	maxTextRunes = 1024
	maxDigits    = 20 // of a balance or percent, and of its integer part
)

var (
	errNoCode   = errors.New("the reply has no code")
	errCode     = errors.New("the reply's code is not an integer")
	errNumber   = errors.New("a number of the reply is not one")
	errText     = errors.New("a text of the reply is not a string")
	byteOrder   = []byte("\ufeff")
	numberLimit = decimal.New(1, maxDigits)
)

// A reply is a reply of the service, parsed strictly. What did not come is
// empty and has its has field false.
type reply struct {
	code                Code
	text                string
	firstName, lastName string

	balance, accruePercent, redeemPercent          decimal.Decimal
	hasBalance, hasAccruePercent, hasRedeemPercent bool

	serverDate, readAt time.Time
}

// parseReply reads the body of a reply with status 200 (PROTOCOLS.md, section
// 1). Every documented field that is there must be of its type, whatever the
// code, because a reply that is wrong in one place is not evidence in another.
// Numbers may come as numeric strings. Fields that are not documented are
// passed over. One byte order mark is stripped.
func parseReply(body []byte) (reply, error) {
	fields, err := parseObject(bytes.TrimPrefix(body, byteOrder))
	if err != nil {
		return reply{}, err
	}
	var r reply
	if r.code, err = parseCode(fields["code"]); err != nil {
		return reply{}, err
	}
	for _, number := range []struct {
		key   string
		value *decimal.Decimal
		has   *bool
	}{
		{"balance", &r.balance, &r.hasBalance},
		{"p_plus", &r.accruePercent, &r.hasAccruePercent},
		{"p_minus", &r.redeemPercent, &r.hasRedeemPercent},
	} {
		raw, has := fields[number.key]
		if !has {
			continue
		}
		if *number.value, err = parseNumber(raw); err != nil {
			return reply{}, err
		}
		*number.has = true
	}
	for _, words := range []struct {
		key   string
		value *string
		max   int
	}{
		{"text", &r.text, maxTextRunes},
		{"first_name", &r.firstName, maxNameRunes},
		{"last_name", &r.lastName, maxNameRunes},
	} {
		if *words.value, err = parseText(fields[words.key], words.max); err != nil {
			return reply{}, err
		}
	}
	return r, nil
}

// codePattern leaves out "-0", "00" and everything with a fraction or an
// exponent: a success must be written as one. Like the other patterns it is
// compiled at its first use: a command that reads no reply need not wait for it.
var codePattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(0|-?[1-9][0-9]{0,8})$`)
})

func parseCode(raw json.RawMessage) (Code, error) {
	if raw == nil {
		return 0, errNoCode
	}
	text := unquote(raw)
	if !codePattern().MatchString(text) {
		return 0, errCode
	}
	code, err := strconv.Atoi(text)
	return Code(code), err
}

// numberPattern is JSON's grammar of numbers within maxDigits, and with an
// exponent of two digits at most, because arithmetic on 1e999999999 would not end.
var numberPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?$`)
})

func parseNumber(raw json.RawMessage) (decimal.Decimal, error) {
	text := unquote(raw)
	if !numberPattern().MatchString(text) {
		return decimal.Decimal{}, errNumber
	}
	number, err := decimal.NewFromString(text)
	switch {
	case err != nil,
		number.NumDigits() > maxDigits,
		number.Exponent() < -maxDigits,
		!number.Abs().LessThan(numberLimit):
		return decimal.Decimal{}, errNumber
	}
	return number, nil
}

// unquote returns the text of a JSON string and any other JSON as it is.
func unquote(raw json.RawMessage) string {
	var text string
	if raw[0] == '"' && json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(raw)
}

// parseText reads a name or a message. JSON null is the same as nothing: PHP
// writes it for an empty column, and many customers have no last name.
func parseText(raw json.RawMessage, maxRunes int) (string, error) {
	if raw == nil {
		return "", nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", errText
	}
	return truncate(Sanitize(text), maxRunes), nil
}

// guessPattern finds the code of a reply that is broken in one of the
// published ways (not JSON, PHP notation) or in a similar one.
var guessPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\{\s*["']?code["']?\s*(?::|=>)\s*["']?([0-9]{1,2})(?:[^0-9.eE]|$)`)
})

// guessCode returns the documented code that an unreadable reply seems to
// carry, or 0. It is a hint for people and never evidence.
func guessCode(body []byte) Code {
	found := guessPattern().FindSubmatch(body)
	if found == nil {
		return 0
	}
	number, err := strconv.Atoi(string(found[1]))
	if err != nil || !Code(number).Documented() {
		return 0
	}
	return Code(number)
}
