// Package setup is how a till is set up: the wizard of the first run, and the same forms as the settings screen of a till
// in use. The fields are huh's; how they look, and when they get a key, is the till's.
//
// The rules:
//
//   - Nothing is written before a person has seen what is to be written and said so. Whoever leaves before that leaves
//     everything as it was, and is told.
//   - Every key goes through the scanner's decoder first: a scan leaves no trace in any field.
//   - Nothing depends on the keyboard's layout: choices are made with arrows, digits and addresses are understood as they
//     were meant, and no letter is a hotkey.
//   - What takes time is told with its seconds and can be left with Esc. No error is only a code: it says what is wrong and
//     gives an example, or what to do.
//   - A secret is shown as asterisks, travels to the [Backend] and is kept nowhere else.
//
// The package knows neither where settings are kept nor how secrets are: it asks its [Backend], and speaks of settings by
// their keys, "shop.vendor", with values as a person writes them.
package setup

import (
	"context"
	"fmt"
	"io"
	"log/slog"
)

// Backend is what setting up needs of the till around it. The methods with a context may take seconds; they are never
// called from the screen itself.
type Backend interface {
	// Standing is how the settings are at this moment. The error says that the file cannot be read or understood.
	Standing() (Standing, error)
	// Judge tells what is wrong with a value; nil: nothing.
	Judge(key, value string) *Fault
	// JudgeSecret tells what is wrong with a secret as it was typed; nil: nothing.
	JudgeSecret(secret Named) *Fault
	// Payments are the lines by which the POS knows this shop's ways to pay with points.
	Payments(values map[string]string) []string

	// LookSecrets looks where secrets are, without changing or recording anything.
	LookSecrets(ctx context.Context, names []string) map[string]SecretState
	// CheckShop asks the service whether it knows the shop. It moves no points. The error is one of the package skidkabot's,
	// or a [*SecretError] when no secret was typed and the kept one cannot be had.
	CheckShop(ctx context.Context, values map[string]string, typed Secret) error
	// PrintTest prints a page. The error is a [*PrintError].
	PrintTest(ctx context.Context, values map[string]string) error
	// Save keeps the secrets and then writes the settings. The error is a [*SecretError] or a [*SaveError]; the settings are
	// then as they were.
	Save(ctx context.Context, changes Changes) error
}

// Standing is how the settings are.
type Standing struct {
	Path   string            // of the settings file
	New    bool              // there is none yet: the values are the defaults
	Values map[string]string // by key
	// Over are the keys that the environment or the command line sets over the file: to change them there changes nothing
	// in this run.
	Over []string
}

// Changes are what a person has decided.
type Changes struct {
	Values  map[string]string // of the settings that change, by key
	Secrets []Named           // to be kept, in this order
}

// Secret is a secret as it was typed. Printed or logged, it shows nothing of itself.
type Secret struct{ typed string }

// NewSecret wraps a secret.
func NewSecret(typed string) Secret { return Secret{typed} }

// Reveal gives the secret away, to whoever keeps or sends it.
func (s Secret) Reveal() string { return s.typed }

// IsZero reports that nothing was typed.
func (s Secret) IsZero() bool { return s.typed == "" }

const redacted = "[redacted]"

// String shows nothing.
func (s Secret) String() string { return redacted }

// Format keeps every verb from the secret.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue keeps slog from the secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Named is a secret with its name: "skidkabot", "admin", "cashier/Анна".
type Named struct {
	Name   string
	Secret Secret
}

// The names of secrets that the forms ask for; those of people begin with a prefix.
const (
	SecretShop      = "skidkabot"
	SecretExpirenza = "expirenza"
	SecretFeed      = "feed"
	SecretAdmin     = "admin"
	cashierPrefix   = "cashier/"
	waiterPrefix    = "waiter/"
)

// Fault is what is wrong with a value.
type Fault struct {
	Kind     FaultKind
	Min, Max string // of FaultRange; Max alone of FaultLong
}

// FaultKind is a kind of fault.
type FaultKind int

// The kinds.
const (
	FaultForm     FaultKind = iota // it is no such value: the field's example shows what is
	FaultRange                     // it is too small or too large
	FaultLong                      // it is too long
	FaultRequired                  // there must be a value
	FaultSecure                    // an address that is not encrypted
	FaultTwice                     // something stands in it twice
	faultDiffers                   // it was typed differently the second time
)

// Place is where a secret is.
type Place int

// The places.
const (
	PlaceNone        Place = iota // nowhere
	PlaceKeyring                  // in the keyring
	PlaceCredentials              // given by the service manager: it is changed there and not here
)

// Trouble is what is wrong with the keyring.
type Trouble int

// The troubles; the cure is another one each time.
const (
	TroubleNone   Trouble = iota
	TroubleLocked         // its owner has to unlock it
	TroubleAbsent         // there is none
	TroubleDenied         // it refused, or a person did
	TroubleMute           // it does not answer in time
	TroubleGiven          // this till's secrets come from the service manager: they are not kept here
	TroubleFailed
)

// SecretState is where a secret is, or why that cannot be told.
type SecretState struct {
	Place   Place
	Trouble Trouble
}

// SecretError says that a secret could not be had or kept.
type SecretError struct {
	Name    string
	Trouble Trouble
	Err     error // for the log; holds no secret
}

func (e *SecretError) Error() string { return fmt.Sprintf("setup: the secret %q: %v", e.Name, e.Err) }

// Unwrap returns the cause.
func (e *SecretError) Unwrap() error { return e.Err }

// SaveError says that the settings could not be written.
type SaveError struct {
	Path    string
	New     bool   // there was no file before
	Kept    bool   // the secrets have been kept all the same
	Changed bool   // somebody else has changed the file meanwhile
	Fault   *Fault // values that do not go together; nil: the file is at fault
	Key     string // of the fault
	Err     error
}

func (e *SaveError) Error() string { return "setup: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *SaveError) Unwrap() error { return e.Err }

// PrintError says that the page was not printed.
type PrintError struct {
	Kind PrintTrouble
	Err  error
}

func (e *PrintError) Error() string { return "setup: " + e.Err.Error() }

// Unwrap returns the cause.
func (e *PrintError) Unwrap() error { return e.Err }

// PrintTrouble is what keeps a printer from printing.
type PrintTrouble int

// The troubles.
const (
	PrintMute   PrintTrouble = iota // it does not answer
	PrintPaper                      // no paper
	PrintCover                      // the cover is open
	PrintErrors                     // it reports an error, or is switched offline
	PrintDevice                     // the address is none
)
