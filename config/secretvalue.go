package config

import (
	"fmt"
	"log/slog"
	"strconv"
)

// redacted stands for what is not to be seen.
const redacted = "[redacted]"

// SecretValue is a secret on its way through the program. However it is printed,
// logged or marshalled, it shows "[redacted]"; only [SecretValue.Reveal] gives
// it away. The zero value is no secret.
type SecretValue struct{ revealed string }

// NewSecretValue wraps a secret.
func NewSecretValue(secret string) SecretValue { return SecretValue{secret} }

// Reveal returns the secret itself. Call it only where the secret leaves for the
// service or for the keyring.
func (v SecretValue) Reveal() string { return v.revealed }

// Int64 returns a secret that is a whole number, as the vendor_secret is. The
// error does not quote the secret.
func (v SecretValue) Int64() (int64, error) {
	n, err := strconv.ParseInt(v.revealed, 10, 64)
	if err != nil {
		return 0, errNotInteger
	}
	return n, nil
}

// IsZero tells that there is no secret.
func (v SecretValue) IsZero() bool { return v.revealed == "" }

// String shows nothing of the secret, not even its length.
func (v SecretValue) String() string { return redacted }

// Format keeps every verb, %#v included, from the secret.
func (v SecretValue) Format(f fmt.State, _ rune) { _, _ = fmt.Fprint(f, redacted) }

// LogValue keeps slog from the secret.
func (v SecretValue) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText keeps encoding/json, TOML and the like from the secret.
func (v SecretValue) MarshalText() ([]byte, error) { return []byte(redacted), nil }
