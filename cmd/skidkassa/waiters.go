package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"sync"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/waiterapi"
)

// pinKept is how long a PIN that was right is taken without its slow hash. So
// long may a changed or deleted PIN still be taken.
const pinKept = 10 * time.Minute

// waiterPINs knows the waiters by their PINs, which are kept as slow hashes. A
// waiter checks in dozens of guests, so what was right is remembered for a
// while, as a digest under a key that only this process has.
type waiterPINs struct {
	names []string
	open  func() (*config.Secrets, error)
	now   func() time.Time
	key   []byte

	mu    sync.Mutex
	known map[[sha256.Size]byte]knownPIN // at most as many as names
}

type knownPIN struct {
	name  string
	until time.Time
}

var _ waiterapi.Waiters = (*waiterPINs)(nil)

func newWaiterPINs(names []string, open func() (*config.Secrets, error), now func() time.Time) *waiterPINs {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails, by its documentation
	return &waiterPINs{names: names, open: open, now: now, key: key, known: make(map[[sha256.Size]byte]knownPIN)}
}

// Check implements [waiterapi.Waiters]. A wrong PIN costs a slow hash for each
// waiter; the door bounds how many are checked at a time, and how often a caller
// may be wrong.
func (w *waiterPINs) Check(ctx context.Context, pin string) (name string, ok bool, err error) {
	digest := w.digest(pin)
	if name, ok := w.recall(digest); ok {
		return name, true, nil
	}
	secrets, err := w.open()
	if err != nil {
		return "", false, err
	}
	var ill error // a PIN that is kept badly shuts out its waiter, not the others
	for _, name := range w.names {
		right, err := verifyWaiter(ctx, secrets, name, pin)
		var rule *config.SecretRuleError
		switch {
		case errors.As(err, &rule):
			ill = err
		case err != nil:
			return "", false, err
		case right:
			w.remember(digest, name)
			return name, true, nil
		}
	}
	return "", false, ill
}

// verifyWaiter reports whether a PIN is that of a waiter; who has none has none
// that is right.
func verifyWaiter(ctx context.Context, secrets *config.Secrets, name, pin string) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	secret, err := config.WaiterSecret(name)
	if err != nil {
		return false, err
	}
	right, err := secrets.VerifyPIN(ctx, secret, pin)
	if errors.Is(err, config.ErrSecretNotFound) {
		return false, nil
	}
	return right, err
}

func (w *waiterPINs) digest(pin string) (digest [sha256.Size]byte) {
	mac := hmac.New(sha256.New, w.key)
	_, _ = mac.Write([]byte(pin)) // never fails, by its documentation
	mac.Sum(digest[:0])
	return digest
}

func (w *waiterPINs) recall(digest [sha256.Size]byte) (name string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	known, ok := w.known[digest]
	if ok && w.now().After(known.until) {
		delete(w.known, digest)
		return "", false
	}
	return known.name, ok
}

func (w *waiterPINs) remember(digest [sha256.Size]byte, name string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for other, known := range w.known {
		if known.name == name { // the PIN has been changed
			delete(w.known, other)
		}
	}
	w.known[digest] = knownPIN{name: name, until: w.now().Add(pinKept)}
}
