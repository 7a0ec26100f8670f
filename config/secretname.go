package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// SecretName names a secret of the till: one of the constants below, or
// cashier/NAME or waiter/NAME.
type SecretName string

// The secrets with fixed names (DESIGN.md, section 4).
const (
	SecretSkidkabot SecretName = "skidkabot" // vendor_secret, a whole number
	SecretExpirenza SecretName = "expirenza" // SECRET_KEY
	SecretFeed      SecretName = "feed"      // bearer token of the order feed
	SecretAdmin     SecretName = "admin"     // PIN for settings, reversal and review
)

const (
	cashierPrefix = "cashier/"
	waiterPrefix  = "waiter/"

	maxPersonRunes = 40
)

// SecretNameError is a name that no secret has.
type SecretNameError struct {
	Nearest string // the name that was probably meant, or ""
}

// Error does not repeat what was typed: it may be the secret itself.
func (e *SecretNameError) Error() string {
	if e.Nearest != "" {
		return fmt.Sprintf("no secret has this name (did you mean %q?)", e.Nearest)
	}
	return "no secret has this name: want skidkabot, expirenza, feed, admin, cashier/NAME or waiter/NAME"
}

// CashierSecret is the name of a cashier's PIN. A person's name has 1 to 40
// letters, digits, spaces, dots, hyphens, apostrophes or underscores; the error
// is a [*SecretNameError].
func CashierSecret(person string) (SecretName, error) { return personSecret(cashierPrefix, person) }

// WaiterSecret is the name of a waiter's PIN, with the same rules as
// [CashierSecret].
func WaiterSecret(person string) (SecretName, error) { return personSecret(waiterPrefix, person) }

// ParseSecretName reads a name that a person typed. The error is a
// [*SecretNameError].
func ParseSecretName(typed string) (SecretName, error) {
	typed = strings.TrimSpace(typed)
	for _, prefix := range []string{cashierPrefix, waiterPrefix} {
		if person, ok := strings.CutPrefix(typed, prefix); ok {
			return personSecret(prefix, person)
		}
	}
	fixed := []string{string(SecretSkidkabot), string(SecretExpirenza), string(SecretFeed), string(SecretAdmin)}
	for _, name := range fixed {
		if typed == name {
			return SecretName(name), nil
		}
	}
	group, person, grouped := strings.Cut(typed, "/")
	if grouped {
		near := nearest(group, []string{"cashier", "waiter"})
		if near != "" && validPerson(person) {
			return "", &SecretNameError{Nearest: near + "/" + person}
		}
		return "", &SecretNameError{}
	}
	return "", &SecretNameError{Nearest: nearest(typed, fixed)}
}

func personSecret(prefix, person string) (SecretName, error) {
	// One and the same name can be typed as different code points (й), and the
	// keyring would keep two.
	person = norm.NFC.String(strings.TrimSpace(person))
	if !validPerson(person) {
		return "", &SecretNameError{}
	}
	return SecretName(prefix + person), nil
}

func validPerson(person string) bool {
	if person == "" || utf8.RuneCountInString(person) > maxPersonRunes {
		return false
	}
	for _, r := range person {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" .-'_", r) {
			return false
		}
	}
	return true
}

// IsPIN tells the secrets that a person types at the till and that are kept only
// as a hash.
func (n SecretName) IsPIN() bool {
	return n == SecretAdmin || strings.HasPrefix(string(n), cashierPrefix) || strings.HasPrefix(string(n), waiterPrefix)
}

// CredentialName is the name of the file in $CREDENTIALS_DIRECTORY that holds
// this secret. systemd allows neither "/" nor anything but ASCII there: the
// slash becomes a dot, and every byte other than a Latin letter, a digit and a
// hyphen becomes "_" and two hexadecimal digits. So cashier/Ann is cashier.Ann,
// and cashier/Аня is cashier._D0_90_D0_BD_D1_8F.
func (n SecretName) CredentialName() string {
	group, person, grouped := strings.Cut(string(n), "/")
	if !grouped {
		return group
	}
	var b strings.Builder
	b.WriteString(group + ".")
	for i := range len(person) {
		c := person[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "_%02X", c)
	}
	return b.String()
}

// secretWords are the words of a key that only a secret's would have.
var secretWords = []string{
	"secret", "secrets", "token", "tokens", "password", "passwd", "pin", "pins",
	"credential", "credentials", "apikey", "secretkey",
}

// secretLike tells a settings key under which somebody has probably written a
// secret, and where that secret belongs. Longer words may have one slip in them:
// secert_key = 31337 is a secret as well.
func secretLike(table, leaf string) (SecretName, bool) {
	parts := strings.FieldsFunc(strings.ToLower(table+"."+leaf), func(r rune) bool {
		return !unicode.IsLetter(r)
	})
	found := ""
	for _, part := range parts {
		for _, word := range secretWords {
			if part == word || len(word) > 4 && editDistance(part, word) <= 1 {
				found = word
			}
		}
	}
	switch {
	case found == "":
		return "", false
	case strings.HasPrefix(found, "pin"), strings.HasPrefix(found, "passw"):
		return SecretAdmin, true
	case strings.HasPrefix(found, "token"):
		return SecretFeed, true
	case strings.Contains(table, "expirenza"):
		return SecretExpirenza, true
	}
	return SecretSkidkabot, true
}
