package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
)

// fakeKeyring keeps secrets in memory; err, when it is set, is the answer to
// everything.
type fakeKeyring struct {
	kept map[string]string
	err  error
}

func (k *fakeKeyring) Get(_ context.Context, name string) (string, error) {
	secret, there := k.kept[name]
	if k.err == nil && !there {
		return "", config.ErrSecretNotFound
	}
	return secret, k.err
}

func (k *fakeKeyring) Set(_ context.Context, name, secret string) error {
	if k.err == nil {
		k.kept[name] = secret
	}
	return k.err
}

func (k *fakeKeyring) Delete(_ context.Context, name string) error {
	if _, there := k.kept[name]; k.err == nil && !there {
		return config.ErrSecretNotFound
	}
	delete(k.kept, name)
	return k.err
}

func (k *fakeKeyring) Name() string { return "keyring" }

// run is a program with a fake keyring, whose streams are kept.
type run struct {
	program
	out, err bytes.Buffer
	keyring  *fakeKeyring
}

// newRun makes a run with the given standard input and a data folder of its own.
func newRun(t *testing.T, stdin string) *run {
	t.Helper()
	input := filepath.Join(t.TempDir(), "stdin")
	if err := os.WriteFile(input, []byte(stdin), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(input)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	r := &run{keyring: &fakeKeyring{kept: make(map[string]string)}}
	r.program = program{
		stdin:   file,
		stdout:  &r.out,
		stderr:  &r.err,
		environ: []string{"HOME=" + t.TempDir(), "SKIDKASSA_DATA=" + filepath.Join(t.TempDir(), "data")},
		goos:    "linux",
		now:     time.Now,
		keyring: func(bool) config.Backend { return r.keyring },
	}
	return r
}

func (r *run) demand(t *testing.T, want exitCode, args ...string) {
	t.Helper()
	r.out.Reset()
	r.err.Reset()
	if got := r.run(t.Context(), args); got != want {
		t.Fatalf("skidkassa %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, want, &r.out, &r.err)
	}
}

func TestSecretSetCheckDelete(t *testing.T) {
	r := newRun(t, "424242\n")
	r.demand(t, exitDone, "secret", "set", "skidkabot")
	if r.keyring.kept["skidkabot"] != "424242" {
		t.Error("it is not kept")
	}
	if printed := r.out.String() + r.err.String(); strings.Contains(printed, "424242") {
		t.Errorf("it is shown: %s", printed)
	}
	r.demand(t, exitDone, "secret", "check", "skidkabot")
	if want := "The secret \"skidkabot\" is kept in the keyring.\n"; r.out.String() != want {
		t.Errorf("check says %q, want %q", &r.out, want)
	}
	r.demand(t, exitDone, "secret", "delete", "skidkabot")
	if len(r.keyring.kept) != 0 {
		t.Error("it is not deleted")
	}
	r.demand(t, exitFailed, "secret", "delete", "skidkabot")
	r.demand(t, exitFailed, "secret", "check", "skidkabot")
	if !strings.Contains(r.err.String(), "skidkassa secret set") {
		t.Errorf("check does not say what to do: %s", &r.err)
	}
}

func TestSecretPINIsKeptAsAHash(t *testing.T) {
	r := newRun(t, "4821\n")
	r.demand(t, exitDone, "secret", "set", "cashier/Ольга")
	if kept := r.keyring.kept["cashier/Ольга"]; !strings.HasPrefix(kept, "$argon2id$") {
		t.Errorf("kept as %q", kept)
	}
}

// Each trouble of a keyring has a word for scripts and a cure of its own.
func TestSecretTroublesAreToldApart(t *testing.T) {
	cures := make(map[string]bool)
	for reason, trouble := range map[string]error{
		"locked":  config.ErrKeyringLocked,
		"absent":  config.ErrKeyringAbsent,
		"denied":  config.ErrKeyringDenied,
		"timeout": config.ErrKeyringTimeout,
		"failed":  config.ErrKeyringFailed,
		"other":   errors.New("something else"),
	} {
		r := newRun(t, "424242\n")
		r.keyring.err = trouble
		r.demand(t, exitFailed, "secret", "check", "--json", "skidkabot")
		var got checked
		if err := json.Unmarshal(r.out.Bytes(), &got); err != nil || got.Reason != reason || got.Present {
			t.Errorf("%s: %s, %v", reason, &r.out, err)
		}
		r.demand(t, exitFailed, "secret", "set", "skidkabot")
		cures[english().secretCure(trouble)] = true
		if !strings.Contains(r.err.String(), english().secretCure(trouble)) || strings.Contains(r.err.String(), "424242") {
			t.Errorf("%s: %s", reason, &r.err)
		}
	}
	if len(cures) != 5 {
		t.Errorf("%d cures, want one for each trouble but the last, which shares one", len(cures))
	}
}
