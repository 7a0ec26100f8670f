package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// SecretRule names the form that a secret must have.
type SecretRule string

// The forms of secrets.
const (
	RuleInteger SecretRule = "integer" // a whole number from 1 to 2^63-1
	RulePIN     SecretRule = "pin"     // 4 to 12 digits
	RuleToken   SecretRule = "token"   // 16 to 256 Latin letters, digits and signs, no spaces
	RuleKey     SecretRule = "key"     // 1 to 256 characters without control characters
	RuleHash    SecretRule = "hash"    // what is kept of a PIN: an argon2id hash
)

var ruleWords = map[SecretRule]string{
	RuleInteger: "a whole number above zero",
	RulePIN:     "4 to 12 digits",
	RuleToken:   "16 to 256 Latin letters, digits and signs, without spaces",
	RuleKey:     "1 to 256 characters, without control characters",
	RuleHash:    "an argon2id hash in PHC form; set the PIN anew",
}

// SecretRuleError is a secret that cannot be what its name says.
type SecretRuleError struct {
	Name SecretName
	Rule SecretRule
}

// Error says what the secret must be; it never holds the secret.
func (e *SecretRuleError) Error() string {
	return fmt.Sprintf("the secret %q must be %s", string(e.Name), ruleWords[e.Rule])
}

var errNotInteger = errors.New("the secret is not a whole number")

// maxSecretBytes bounds every secret, also one that was written by another
// program into the keyring or into a credentials file.
const maxSecretBytes = 4096

const (
	minPINDigits  = 4
	maxPINDigits  = 12
	minTokenBytes = 16
	maxKeyBytes   = 256
)

// rule is the form of a secret as a person types it.
func (n SecretName) rule() SecretRule {
	switch {
	case n.IsPIN():
		return RulePIN
	case n == SecretSkidkabot:
		return RuleInteger
	case n == SecretFeed:
		return RuleToken
	}
	return RuleKey
}

// checkTyped brings a typed secret into its form: what a copy from a web page or
// a text file drags along at the ends is dropped. The error is a
// [*SecretRuleError].
func checkTyped(name SecretName, typed string) (string, error) {
	typed = strings.TrimSpace(strings.TrimPrefix(typed, string(utf8BOM)))
	rule := name.rule()
	ok := false
	switch rule {
	case RuleInteger:
		// PROTOCOLS.md, section 1: the secret code is an integer constant.
		n, err := strconv.ParseInt(typed, 10, 64)
		ok = err == nil && n >= 1
		typed = strconv.FormatInt(n, 10)
	case RulePIN:
		ok = validPIN(typed)
	case RuleToken:
		ok = len(typed) >= minTokenBytes && len(typed) <= maxKeyBytes && !strings.ContainsFunc(typed, notVisibleASCII)
	case RuleKey:
		ok = len(typed) >= 1 && len(typed) <= maxKeyBytes && utf8.ValidString(typed) &&
			!strings.ContainsFunc(typed, isControl)
	}
	if !ok {
		return "", &SecretRuleError{name, rule}
	}
	return typed, nil
}

// CheckSecret tells whether what a person typed can be a secret. The error is a
// [*SecretRuleError].
func CheckSecret(name SecretName, typed string) error {
	_, err := checkTyped(name, typed)
	return err
}

func notVisibleASCII(r rune) bool { return r <= ' ' || r > '~' }

func validPIN(pin string) bool {
	if len(pin) < minPINDigits || len(pin) > maxPINDigits {
		return false
	}
	return !strings.ContainsFunc(pin, func(r rune) bool { return r < '0' || r > '9' })
}

// checkStored judges what a backend returned. A PIN is there as its hash.
func checkStored(name SecretName, stored string) (SecretValue, error) {
	if len(stored) > maxSecretBytes {
		return SecretValue{}, &SecretRuleError{name, name.rule()}
	}
	if !name.IsPIN() {
		typed, err := checkTyped(name, stored)
		return SecretValue{typed}, err
	}
	stored = strings.TrimSpace(stored)
	if _, err := parsePINHash(stored); err != nil {
		return SecretValue{}, &SecretRuleError{name, RuleHash}
	}
	return SecretValue{stored}, nil
}
