package config

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/zalando/go-keyring"
)

// answer is a call that returns at once.
func answer(secret string, err error) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return secret, err }
}

// hangUntil is a call that go-keyring would make while a question stands open.
func hangUntil(release <-chan struct{}) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { <-release; return "late", nil }
}

func TestGuardPassesAnswersOn(t *testing.T) {
	var g callGuard
	failure := errors.New("x")
	if got, err := g.do(background, time.Second, answer("s", nil)); got != "s" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := g.do(background, time.Second, answer("", failure)); err != failure {
		t.Errorf("got %v, want the call's error", err)
	}
}

// The case that this type exists for: a call hangs, is given up after its limit,
// and later ones fail at once instead of piling up, until it ends.
func TestGuardGivesUpOnAHangingCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g callGuard
		release := make(chan struct{})
		start := time.Now()
		_, err := g.do(background, quietLimit, hangUntil(release))
		if !errors.Is(err, ErrKeyringTimeout) || time.Since(start) != quietLimit {
			t.Fatalf("got %v after %v, want a timeout after %v", err, time.Since(start), quietLimit)
		}
		start = time.Now()
		for range 100 {
			_, err := g.do(background, quietLimit, answer("s", nil))
			if !errors.Is(err, ErrKeyringTimeout) || !errors.Is(err, errEarlierCall) {
				t.Fatalf("while it hangs: %v, want that an earlier call has no answer", err)
			}
		}
		if time.Since(start) != 0 {
			t.Errorf("100 calls while it hangs took %v, want no time", time.Since(start))
		}
		close(release)
		synctest.Wait()
		if got, err := g.do(background, quietLimit, answer("s", nil)); got != "s" || err != nil {
			t.Errorf("after it ended: %q, %v; want the answer", got, err)
		}
	})
}

func TestGuardRunsOneCallAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g callGuard
		var running, most atomic.Int32
		var group sync.WaitGroup
		for range 10 {
			group.Go(func() {
				_, err := g.do(background, time.Minute, func(context.Context) (string, error) {
					most.Store(max(most.Load(), running.Add(1)))
					time.Sleep(time.Second)
					running.Add(-1)
					return "", nil
				})
				if err != nil {
					t.Errorf("got %v, want that each has its turn", err)
				}
			})
		}
		group.Wait()
		if most.Load() != 1 {
			t.Errorf("%d calls at once, want 1", most.Load())
		}
	})
}

func TestGuardWaitsItsTurnNoLongerThanItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g callGuard
		release := make(chan struct{})
		go func() { _, _ = g.do(background, askingLimit, hangUntil(release)) }()
		synctest.Wait()
		start := time.Now()
		_, err := g.do(background, quietLimit, answer("s", nil))
		if !errors.Is(err, ErrKeyringTimeout) || time.Since(start) != quietLimit {
			t.Errorf("got %v after %v, want a timeout after %v", err, time.Since(start), quietLimit)
		}
		close(release)
	})
}

func TestGuardObeysTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g callGuard
		release := make(chan struct{})
		ctx, cancel := context.WithCancel(background)
		time.AfterFunc(time.Second, cancel)
		if _, err := g.do(ctx, quietLimit, hangUntil(release)); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that the caller cancelled", err)
		}
		close(release)
	})
}

func TestGuardSurvivesAPanic(t *testing.T) {
	var g callGuard
	_, err := g.do(background, time.Second, func(context.Context) (string, error) { panic("31337") })
	if !errors.Is(err, ErrKeyringFailed) || err.Error() != "the keyring failed: the answer had an unexpected form" {
		t.Errorf("got %v, want a failure without the panic's text", err)
	}
	if got, err := g.do(background, time.Second, answer("s", nil)); got != "s" || err != nil {
		t.Errorf("afterwards: %q, %v; want that it goes on", got, err)
	}
}

func TestClassify(t *testing.T) {
	unknown := errors.New("unknown")
	kindOf := func(err error) error {
		if err == unknown {
			return nil
		}
		return ErrKeyringDenied
	}
	tests := []struct{ err, want error }{
		{nil, nil},
		{keyring.ErrNotFound, ErrSecretNotFound},
		{keyring.ErrUnsupportedPlatform, ErrKeyringAbsent},
		{errors.New("known"), ErrKeyringDenied},
		{unknown, ErrKeyringFailed},
	}
	for _, test := range tests {
		got := classify(test.err, kindOf)
		if !errors.Is(got, test.want) {
			t.Errorf("classify(%v) = %v, want %v", test.err, got, test.want)
		}
	}
	if got := classify(unknown, kindOf); !errors.Is(got, unknown) || got.Error() != "the keyring failed: unknown" {
		t.Errorf("the cause is lost: %v", got)
	}
}
