package config

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zalando/go-keyring"
)

// Backend keeps secrets by name. Every call ends within a limit of its own, or
// when ctx is done.
//
// The errors of all three methods wrap exactly one of [ErrSecretNotFound],
// [ErrKeyringLocked], [ErrKeyringAbsent], [ErrKeyringDenied],
// [ErrKeyringTimeout] and [ErrKeyringFailed], or are ctx's error. They never
// hold a secret.
type Backend interface {
	Get(ctx context.Context, name string) (string, error)
	Set(ctx context.Context, name, secret string) error
	Delete(ctx context.Context, name string) error
}

// What can be wrong with a keyring. They are told apart because the cure is
// another one each time.
var (
	// ErrSecretNotFound: the keyring works and has no such secret. Cure: secret set.
	ErrSecretNotFound = errors.New("secret not found")
	// ErrKeyringLocked: the keyring is there, but its owner has not unlocked it,
	// or it has never been set up. Cure: log in to the desktop, or unlock it.
	ErrKeyringLocked = errors.New("the keyring is locked")
	// ErrKeyringAbsent: no keyring service can be reached. Cure: install one, or
	// use $CREDENTIALS_DIRECTORY.
	ErrKeyringAbsent = errors.New("no keyring service can be reached")
	// ErrKeyringDenied: the keyring refused this program, or a person dismissed
	// its question. Cure: try again and allow it.
	ErrKeyringDenied = errors.New("the keyring refused access")
	// ErrKeyringTimeout: no answer within the limit, or an earlier call is still
	// without one. Cure: look for an open question of the keyring.
	ErrKeyringTimeout = errors.New("the keyring did not answer in time")
	// ErrKeyringFailed: anything else; the wrapped cause says what.
	ErrKeyringFailed = errors.New("the keyring failed")
)

// KeyringError is one of the errors above with what the operating system said.
type KeyringError struct {
	Kind  error // one of the values above
	Cause error // may be nil; never holds a secret
}

// Error gives the kind, and the cause where there is one.
func (e *KeyringError) Error() string {
	if e.Cause == nil {
		return e.Kind.Error()
	}
	return fmt.Sprintf("%v: %v", e.Kind, e.Cause)
}

// Unwrap makes errors.Is find the kind and the cause.
func (e *KeyringError) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

const (
	// keyringService is the name under which the operating system's tools show
	// the till's secrets.
	keyringService = "skidkassa"

	// quietLimit ends a call when nobody can be asked.
	quietLimit = 3 * time.Second
	// askingLimit ends a call when a person may have to type a password.
	askingLimit = 30 * time.Second
)

// Keyring is the operating system's keyring: Secret Service on Linux, Credential
// Manager on Windows, Keychain on macOS. Create it with [NewKeyring]; it is safe
// for concurrent use.
type Keyring struct {
	service     string
	interactive bool
	limit       time.Duration
	calls       callGuard
}

// NewKeyring returns the keyring of the user who runs the program. Interactive
// says that a person sits here whom the keyring may ask to unlock it: a call may
// then take 30 s, otherwise 3 s, and a locked keyring is an error at once.
func NewKeyring(interactive bool) *Keyring {
	limit := quietLimit
	if interactive {
		limit = askingLimit
	}
	return &Keyring{service: keyringService, interactive: interactive, limit: limit}
}

// Get implements [Backend].
func (k *Keyring) Get(ctx context.Context, name string) (string, error) {
	return k.do(ctx, func() (string, error) { return keyring.Get(k.service, name) })
}

// Set implements [Backend].
func (k *Keyring) Set(ctx context.Context, name, secret string) error {
	_, err := k.do(ctx, func() (string, error) { return "", keyring.Set(k.service, name, secret) })
	return err
}

// Delete implements [Backend].
func (k *Keyring) Delete(ctx context.Context, name string) error {
	_, err := k.do(ctx, func() (string, error) { return "", keyring.Delete(k.service, name) })
	return err
}

func (k *Keyring) do(ctx context.Context, call func() (string, error)) (string, error) {
	return k.calls.do(ctx, k.limit, func(ctx context.Context) (string, error) {
		return withOS(ctx, k.interactive, call)
	})
}

// callGuard puts a limit on calls that cannot be cancelled. go-keyring waits for
// ever for a person to answer; such a call is left behind in its goroutine. There
// is never more than one of them: while it hangs, further calls fail at once.
type callGuard struct {
	mu      sync.Mutex
	running chan struct{} // closed when the running call ends; nil when none runs
	overdue bool          // nobody waits for the running call any more
}

type callResult struct {
	secret string
	err    error
}

// do runs call, one at a time, and waits for it no longer than limit.
func (g *callGuard) do(ctx context.Context, limit time.Duration, call func(context.Context) (string, error)) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, &KeyringError{Kind: ErrKeyringTimeout})
	defer cancel()
	ended, err := g.begin(ctx)
	if err != nil {
		return "", err
	}
	result := make(chan callResult, 1)
	go func() {
		defer g.end(ended)
		secret, err := calm(ctx, call)
		result <- callResult{secret, err}
	}()
	select {
	case r := <-result:
		return r.secret, r.err
	case <-ctx.Done():
		g.abandon(ended)
		return "", context.Cause(ctx)
	}
}

// begin waits until no other call runs and takes the place.
func (g *callGuard) begin(ctx context.Context) (chan struct{}, error) {
	for {
		g.mu.Lock()
		if g.running == nil {
			g.running = make(chan struct{})
			g.overdue = false
			defer g.mu.Unlock()
			return g.running, nil
		}
		other, overdue := g.running, g.overdue
		g.mu.Unlock()
		if overdue {
			return nil, &KeyringError{Kind: ErrKeyringTimeout, Cause: errEarlierCall}
		}
		select {
		case <-other:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

var errEarlierCall = errors.New("an earlier call is still without an answer")

func (g *callGuard) end(call chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = nil
	close(call)
}

// abandon marks a call that nobody waits for, unless it has just ended.
func (g *callGuard) abandon(call chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.running == call {
		g.overdue = true
	}
}

// calm turns a panic into an error: go-keyring trusts the types in a signal that
// any program on the bus can send, and a till must not fall over that.
func calm(ctx context.Context, call func(context.Context) (string, error)) (secret string, err error) {
	defer func() {
		if recover() != nil {
			secret, err = "", &KeyringError{Kind: ErrKeyringFailed, Cause: errPanic}
		}
	}()
	return call(ctx)
}

var errPanic = errors.New("the answer had an unexpected form")

// classify wraps what go-keyring returned. kindOf is the operating system's own
// judgement; it may answer nil for an error that it does not know.
func classify(err error, kindOf func(error) error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return &KeyringError{Kind: ErrSecretNotFound}
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return &KeyringError{Kind: ErrKeyringAbsent}
	}
	kind := kindOf(err)
	if kind == nil {
		kind = ErrKeyringFailed
	}
	return &KeyringError{Kind: kind, Cause: err}
}
