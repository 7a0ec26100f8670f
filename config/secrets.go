package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// Source says where the secrets of this till come from.
type Source string

// The sources, in the order in which they are asked.
const (
	FromKeyring     Source = "keyring"
	FromCredentials Source = "credentials" // files in $CREDENTIALS_DIRECTORY
)

// SecretOptions say where [Secrets] looks.
type SecretOptions struct {
	Keyring Backend // required; [NewKeyring] outside tests
	// CredentialsDir is the value of $CREDENTIALS_DIRECTORY, which systemd sets
	// for a service with LoadCredential=; empty: there is none.
	CredentialsDir string
	// DataDir holds the record of the source that has worked; required. It is
	// made, with mode 0700, when the record is first written.
	DataDir string
}

// Secrets reads and writes the till's secrets.
//
// As long as no source has ever worked, the keyring is asked first and then the
// credentials' folder. The first one that gave or took a secret is recorded in
// the data folder; from then on it is the only one. So a keyring that is locked
// one morning is an error that says so, and never a quiet step down to a file
// that somebody has put in its place. To change from one to the other on
// purpose, delete the file secrets-source in the data folder.
//
// Secrets is safe for concurrent use as far as its Backend is.
type Secrets struct {
	keyring     Backend
	credentials credentials
	record      sourceRecord
}

var errNoDataDir = errors.New("secrets need a data folder")

// OpenSecrets prepares for reading; no source is asked yet. It fails without a
// data folder, and with a [*RecordError] when the record of the source cannot be
// trusted.
func OpenSecrets(o SecretOptions) (*Secrets, error) {
	if o.DataDir == "" {
		return nil, errNoDataDir
	}
	s := &Secrets{
		keyring:     o.Keyring,
		credentials: credentials{o.CredentialsDir},
		record:      sourceRecord{filepath.Join(o.DataDir, recordName)},
	}
	if _, err := s.record.read(); err != nil {
		return nil, err
	}
	return s, nil
}

// NoSecretError means that a secret cannot be had. What to do about it depends
// on the wrapped error, one of those of [Backend]: with [ErrSecretNotFound], and
// only then, the secret has not been set; with any other it may well exist, and
// must not be taken for unset.
type NoSecretError struct {
	Name   SecretName
	Source Source // the recorded source; empty: none has ever worked
	Cause  error
}

// Error says which secret, why, and what to do.
func (e *NoSecretError) Error() string {
	return fmt.Sprintf("no secret %q: %v: %s", string(e.Name), e.Cause, e.advice())
}

// Unwrap returns the cause.
func (e *NoSecretError) Unwrap() error { return e.Cause }

func (e *NoSecretError) advice() string {
	switch {
	case errors.Is(e.Cause, ErrKeyringLocked):
		return "unlock the keyring of this user, or log in to the desktop, and try again"
	case errors.Is(e.Cause, ErrKeyringDenied):
		return "try again and allow it when the keyring asks"
	case errors.Is(e.Cause, ErrKeyringTimeout):
		return "look whether the keyring is waiting for an answer, and try again"
	case errors.Is(e.Cause, ErrKeyringAbsent):
		return "start a keyring service for this user, or pass systemd credentials (LoadCredential=" +
			e.Name.CredentialName() + ")"
	case errors.Is(e.Cause, ErrSecretNotFound) && e.Source == FromCredentials:
		return "add LoadCredential=" + e.Name.CredentialName() + " to the service"
	case errors.Is(e.Cause, ErrSecretNotFound):
		return fmt.Sprintf("run: skidkassa secret set %q", string(e.Name))
	}
	return "run: skidkassa doctor"
}

// ErrCredentialsReadOnly means that this till's secrets are systemd credentials,
// which the service's unit sets and the program cannot change.
var ErrCredentialsReadOnly = errors.New("the secrets of this till come from $CREDENTIALS_DIRECTORY and are changed there")

// Get returns a secret; of a PIN, its hash. The error is a [*NoSecretError], or
// a [*SecretRuleError] when what is stored cannot be this secret.
func (s *Secrets) Get(ctx context.Context, name SecretName) (SecretValue, error) {
	secret, _, err := s.Find(ctx, name)
	return secret, err
}

// Find is [Secrets.Get] that also names the source.
func (s *Secrets) Find(ctx context.Context, name SecretName) (SecretValue, Source, error) {
	secret, source, recorded, err := s.find(ctx, name)
	if err != nil || source == recorded {
		return secret, source, err
	}
	if err := s.record.write(source); err != nil {
		return SecretValue{}, "", err
	}
	return secret, source, nil
}

// Look is [Secrets.Find] that records nothing: a till that is only being set up
// has not settled for a source yet.
func (s *Secrets) Look(ctx context.Context, name SecretName) (SecretValue, Source, error) {
	secret, source, _, err := s.find(ctx, name)
	return secret, source, err
}

func (s *Secrets) find(ctx context.Context, name SecretName) (secret SecretValue, source, recorded Source, err error) {
	if recorded, err = s.record.read(); err != nil {
		return SecretValue{}, "", "", err
	}
	stored, source, err := s.look(ctx, name, recorded)
	if err != nil {
		return SecretValue{}, "", recorded, &NoSecretError{name, recorded, err}
	}
	secret, err = checkStored(name, stored)
	return secret, source, recorded, err
}

// look asks the recorded source, or all of them as long as none is recorded.
func (s *Secrets) look(ctx context.Context, name SecretName, recorded Source) (string, Source, error) {
	if recorded == FromCredentials {
		stored, err := s.credentials.get(name)
		return stored, FromCredentials, err
	}
	stored, keyringErr := s.keyring.Get(ctx, string(name))
	if keyringErr == nil || recorded == FromKeyring || s.credentials.dir == "" {
		return stored, FromKeyring, keyringErr
	}
	stored, err := s.credentials.get(name)
	if errors.Is(err, ErrSecretNotFound) && !errors.Is(keyringErr, ErrKeyringAbsent) {
		// A locked keyring may hold the secret, so "not found" would be a lie.
		err = keyringErr
	}
	return stored, FromCredentials, err
}

// Set keeps what a person typed; of a PIN, only its hash. It reads the secret
// back, because a keyring may drop it without an error when its owner dismisses
// the question. The error is a [*SecretRuleError] for what cannot be this
// secret, [ErrCredentialsReadOnly], or one of those of [Backend].
func (s *Secrets) Set(ctx context.Context, name SecretName, typed string) error {
	secret, err := checkTyped(name, typed)
	if err != nil {
		return err
	}
	if name.IsPIN() {
		if secret, err = HashPIN(secret); err != nil {
			return err
		}
	}
	recorded, err := s.writable()
	if err != nil {
		return err
	}
	if err := s.keyring.Set(ctx, string(name), secret); err != nil {
		return err
	}
	kept, err := s.keyring.Get(ctx, string(name))
	if err != nil {
		return err
	}
	if kept != secret {
		return &KeyringError{Kind: ErrKeyringFailed, Cause: errNotKept}
	}
	if recorded == FromKeyring {
		return nil
	}
	return s.record.write(FromKeyring)
}

var errNotKept = errors.New("it did not keep the secret")

// Delete removes a secret from the keyring. The error is
// [ErrCredentialsReadOnly] or one of those of [Backend].
func (s *Secrets) Delete(ctx context.Context, name SecretName) error {
	if _, err := s.writable(); err != nil {
		return err
	}
	return s.keyring.Delete(ctx, string(name))
}

func (s *Secrets) writable() (Source, error) {
	recorded, err := s.record.read()
	if err == nil && recorded == FromCredentials {
		err = ErrCredentialsReadOnly
	}
	return recorded, err
}

// VerifyPIN tells whether pin is the one that is set under name. With no PIN set
// the error wraps [ErrSecretNotFound]; every other error means that the PIN
// could not be checked, and must not open anything.
func (s *Secrets) VerifyPIN(ctx context.Context, name SecretName, pin string) (bool, error) {
	stored, err := s.Get(ctx, name)
	if err != nil {
		return false, err
	}
	return VerifyPIN(stored.Reveal(), pin)
}

// credentials are systemd's files.
type credentials struct{ dir string }

// get reads one file. A PIN may stand in it as it is typed, since the file is
// the administrator's and may be encrypted by systemd; it leaves as a hash.
func (c credentials) get(name SecretName) (string, error) {
	if c.dir == "" {
		return "", &KeyringError{Kind: ErrSecretNotFound, Cause: errNoCredentials}
	}
	data, err := readFile(filepath.Join(c.dir, name.CredentialName()), maxSecretBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return "", &KeyringError{Kind: ErrSecretNotFound}
	}
	if err != nil {
		return "", err
	}
	stored := strings.TrimSpace(string(data))
	if name.IsPIN() && validPIN(stored) {
		return HashPIN(stored)
	}
	return stored, nil
}

var errNoCredentials = errors.New("$CREDENTIALS_DIRECTORY is not set")
