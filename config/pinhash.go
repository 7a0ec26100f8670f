package config

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a PIN's hash is OWASP's minimum for argon2id: 19 MiB and two
// passes, some 30 ms on a till's processor. More would not help: 10,000 PINs of
// four digits are tried in minutes at any cost that a cashier would wait for, so
// the keyring is the wall and the hash is only there so that nobody reads a PIN
// by accident. And it would hurt: the till is to stay within 30 MiB of memory.
const (
	pinMemoryKiB = 19 * 1024
	pinPasses    = 2
	pinThreads   = 1
	pinSaltBytes = 16
	pinHashBytes = 32
)

// What is accepted of a stored hash, so that an edited one cannot make the till
// take all memory or wait for minutes.
const (
	maxPINMemoryKiB = 256 * 1024
	maxPINPasses    = 16
	maxPINThreads   = 8
	minPINHashBytes = 16
	maxPINHashBytes = 64
	minPINSaltBytes = 8
)

// ErrPINForm means that a typed PIN is not 4 to 12 digits.
var ErrPINForm = errors.New("a PIN has 4 to 12 digits")

// ErrPINHash means that what is stored is not an argon2id hash in PHC form, or
// one with absurd costs.
var ErrPINHash = errors.New("the stored PIN is not a usable argon2id hash")

// HashPIN returns what is stored of a PIN, in PHC form
// ($argon2id$v=19$m=…,t=…,p=…$salt$hash). The error is [ErrPINForm].
func HashPIN(pin string) (string, error) {
	if !validPIN(pin) {
		return "", ErrPINForm
	}
	h := pinHash{memoryKiB: pinMemoryKiB, passes: pinPasses, threads: pinThreads, salt: make([]byte, pinSaltBytes)}
	_, _ = rand.Read(h.salt) // never fails, by its documentation
	h.hash = h.of(pin, pinHashBytes)
	return h.String(), nil
}

// VerifyPIN tells whether pin is the one whose hash is stored, in a time that
// says nothing about either. A pin that cannot be one is simply wrong. The error
// is [ErrPINHash].
func VerifyPIN(stored, pin string) (bool, error) {
	h, err := parsePINHash(stored)
	if err != nil {
		return false, err
	}
	got := h.of(pin[:min(len(pin), maxPINDigits+1)], uint32(len(h.hash)))
	return subtle.ConstantTimeCompare(got, h.hash) == 1, nil
}

// pinHash is a PHC string in parts.
type pinHash struct {
	memoryKiB uint32
	passes    uint32
	threads   uint8
	salt      []byte
	hash      []byte
}

func (h pinHash) of(pin string, size uint32) []byte {
	return argon2.IDKey([]byte(pin), h.salt, h.passes, h.memoryKiB, h.threads, size)
}

var phcEncoding = base64.RawStdEncoding.Strict()

// String is the PHC form.
func (h pinHash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.memoryKiB, h.passes, h.threads, phcEncoding.EncodeToString(h.salt), phcEncoding.EncodeToString(h.hash))
}

// parsePINHash reads the PHC form, and only that: what it accepts, String writes
// again.
func parsePINHash(stored string) (pinHash, error) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return pinHash{}, ErrPINHash
	}
	var h pinHash
	var version int
	_, versionErr := fmt.Sscanf(parts[2], "v=%d", &version)
	_, costErr := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memoryKiB, &h.passes, &h.threads)
	var saltErr, hashErr error
	h.salt, saltErr = phcEncoding.DecodeString(parts[4])
	h.hash, hashErr = phcEncoding.DecodeString(parts[5])
	if err := errors.Join(versionErr, costErr, saltErr, hashErr); err != nil {
		return pinHash{}, ErrPINHash
	}
	if version != argon2.Version || !h.bounded() || h.String() != stored {
		return pinHash{}, ErrPINHash
	}
	return h, nil
}

func (h pinHash) bounded() bool {
	return h.memoryKiB >= 8 && h.memoryKiB <= maxPINMemoryKiB &&
		h.passes >= 1 && h.passes <= maxPINPasses &&
		h.threads >= 1 && h.threads <= maxPINThreads &&
		len(h.salt) >= minPINSaltBytes && len(h.salt) <= maxPINHashBytes &&
		len(h.hash) >= minPINHashBytes && len(h.hash) <= maxPINHashBytes
}
