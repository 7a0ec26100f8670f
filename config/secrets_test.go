package config

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// fakeKeyring is a Backend in memory. While err is set, every call fails with
// it; while forgetful is set, it accepts secrets and drops them.
type fakeKeyring struct {
	mu        sync.Mutex
	held      map[string]string
	err       error
	forgetful bool
	calls     int
}

func (k *fakeKeyring) do(act func() (string, error)) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls++
	if k.held == nil {
		k.held = map[string]string{}
	}
	if k.err != nil {
		return "", &KeyringError{Kind: k.err}
	}
	return act()
}

func (k *fakeKeyring) Get(_ context.Context, name string) (string, error) {
	return k.do(func() (string, error) {
		secret, ok := k.held[name]
		if !ok {
			return "", &KeyringError{Kind: ErrSecretNotFound}
		}
		return secret, nil
	})
}

func (k *fakeKeyring) Set(_ context.Context, name, secret string) error {
	_, err := k.do(func() (string, error) {
		if !k.forgetful {
			k.held[name] = secret
		}
		return "", nil
	})
	return err
}

func (k *fakeKeyring) Delete(_ context.Context, name string) error {
	_, err := k.do(func() (string, error) {
		if _, ok := k.held[name]; !ok {
			return "", &KeyringError{Kind: ErrSecretNotFound}
		}
		delete(k.held, name)
		return "", nil
	})
	return err
}

// bench is a till with a fake keyring, a credentials folder and a data folder.
type bench struct {
	*Secrets
	keyring     *fakeKeyring
	credentials string
	data        string
}

func newBench(t *testing.T) bench {
	t.Helper()
	b := bench{keyring: &fakeKeyring{}, credentials: t.TempDir(), data: filepath.Join(t.TempDir(), "data")}
	b.Secrets = b.reopen(t)
	return b
}

func (b bench) reopen(t *testing.T) *Secrets {
	t.Helper()
	s, err := OpenSecrets(SecretOptions{Keyring: b.keyring, CredentialsDir: b.credentials, DataDir: b.data})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b bench) credential(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.credentials, file), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mustName(t *testing.T, typed string) SecretName {
	t.Helper()
	name, err := ParseSecretName(typed)
	if err != nil {
		t.Fatalf("ParseSecretName(%q): %v", typed, err)
	}
	return name
}

var background = context.Background()

func TestSecretRoundTrip(t *testing.T) {
	b := newBench(t)
	if err := b.Set(background, SecretSkidkabot, " 31337\r\n"); err != nil {
		t.Fatal(err)
	}
	got, source, err := b.Find(background, SecretSkidkabot)
	if err != nil || got.Reveal() != "31337" || source != FromKeyring {
		t.Errorf("got %q from %q, %v; want 31337 from the keyring", got.Reveal(), source, err)
	}
	if n, err := got.Int64(); n != 31337 || err != nil {
		t.Errorf("as a number %d, %v", n, err)
	}
	if err := b.Delete(background, SecretSkidkabot); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(background, SecretSkidkabot); !errors.Is(err, ErrSecretNotFound) {
		t.Errorf("after Delete: %v, want not found", err)
	}
	if err := b.Delete(background, SecretSkidkabot); !errors.Is(err, ErrSecretNotFound) {
		t.Errorf("second Delete: %v, want not found", err)
	}
}

// The table of DESIGN.md: keyring, then credentials, then refuse; and once one
// has worked, only that one.
func TestSourceOfSecrets(t *testing.T) {
	const inKeyring, inFile = "111", "222"
	tests := []struct {
		name     string
		recorded Source
		keyring  error // nil: it works
		held     bool  // the keyring has the secret
		file     bool  // the credentials have it
		want     string
		wantErr  error
		record   Source // afterwards
	}{
		{"keyring first", "", nil, true, true, inKeyring, nil, FromKeyring},
		{"not in the keyring", "", nil, false, true, inFile, nil, FromCredentials},
		{"no keyring", "", ErrKeyringAbsent, true, true, inFile, nil, FromCredentials},
		{"never unlocked keyring", "", ErrKeyringLocked, true, true, inFile, nil, FromCredentials},
		{"nowhere", "", nil, false, false, "", ErrSecretNotFound, ""},
		{"no keyring, not in the files", "", ErrKeyringAbsent, true, false, "", ErrSecretNotFound, ""},
		{"locked, not in the files", "", ErrKeyringLocked, true, false, "", ErrKeyringLocked, ""},
		{"denied, not in the files", "", ErrKeyringDenied, true, false, "", ErrKeyringDenied, ""},

		{"recorded keyring", FromKeyring, nil, true, true, inKeyring, nil, FromKeyring},
		{"locked later: no downgrade", FromKeyring, ErrKeyringLocked, true, true, "", ErrKeyringLocked, FromKeyring},
		{"gone later: no downgrade", FromKeyring, ErrKeyringAbsent, true, true, "", ErrKeyringAbsent, FromKeyring},
		{"denied later: no downgrade", FromKeyring, ErrKeyringDenied, true, true, "", ErrKeyringDenied, FromKeyring},
		{"mute later: no downgrade", FromKeyring, ErrKeyringTimeout, true, true, "", ErrKeyringTimeout, FromKeyring},
		{"emptied later: no downgrade", FromKeyring, nil, false, true, "", ErrSecretNotFound, FromKeyring},

		{"recorded credentials", FromCredentials, nil, true, true, inFile, nil, FromCredentials},
		{"credentials taken away", FromCredentials, nil, true, false, "", ErrSecretNotFound, FromCredentials},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			if test.recorded != "" {
				if err := b.record.write(test.recorded); err != nil {
					t.Fatal(err)
				}
			}
			b.keyring.held = map[string]string{}
			if test.held {
				b.keyring.held["skidkabot"] = inKeyring
			}
			if test.file {
				b.credential(t, "skidkabot", inFile+"\n")
			}
			b.keyring.err = test.keyring
			got, err := b.Get(background, SecretSkidkabot)
			if got.Reveal() != test.want || !errors.Is(err, test.wantErr) || (err == nil) != (test.wantErr == nil) {
				t.Errorf("got %q, %v; want %q, %v", got.Reveal(), err, test.want, test.wantErr)
			}
			var noSecret *NoSecretError
			if err != nil && (!errors.As(err, &noSecret) || noSecret.Source != test.recorded || noSecret.Name != SecretSkidkabot) {
				t.Errorf("the error is %#v, want a *NoSecretError with the recorded source %q", err, test.recorded)
			}
			if record, err := b.reopen(t).record.read(); record != test.record || err != nil {
				t.Errorf("recorded %q, %v; want %q", record, err, test.record)
			}
			if test.recorded == FromCredentials && b.keyring.calls > 0 {
				t.Error("the keyring was asked, though the credentials are recorded")
			}
		})
	}
}

func TestWithoutCredentialsFolder(t *testing.T) {
	b := newBench(t)
	b.credentials = ""
	b.Secrets = b.reopen(t)
	b.keyring.err = ErrKeyringAbsent
	if _, err := b.Get(background, SecretSkidkabot); !errors.Is(err, ErrKeyringAbsent) {
		t.Errorf("got %v, want an absent keyring", err)
	}
	b.keyring.err = nil
	if err := b.record.write(FromCredentials); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(background, SecretSkidkabot); !errors.Is(err, errNoCredentials) || !errors.Is(err, ErrSecretNotFound) {
		t.Errorf("got %v, want that the variable is not set", err)
	}
}

// What to do stands in the message, for each cause another thing.
func TestNoSecretSaysWhatToDo(t *testing.T) {
	tests := []struct {
		source Source
		cause  error
		want   string
	}{
		{"", ErrSecretNotFound, `no secret "cashier/Аня": secret not found: run: skidkassa secret set "cashier/Аня"`},
		{FromCredentials, ErrSecretNotFound, `no secret "cashier/Аня": secret not found: add LoadCredential=cashier._D0_90_D0_BD_D1_8F to the service`},
		{FromKeyring, ErrKeyringLocked, `no secret "cashier/Аня": the keyring is locked: unlock the keyring of this user, or log in to the desktop, and try again`},
		{FromKeyring, ErrKeyringDenied, `no secret "cashier/Аня": the keyring refused access: try again and allow it when the keyring asks`},
		{FromKeyring, ErrKeyringTimeout, `no secret "cashier/Аня": the keyring did not answer in time: look whether the keyring is waiting for an answer, and try again`},
		{"", ErrKeyringAbsent, `no secret "cashier/Аня": no keyring service can be reached: start a keyring service for this user, or pass systemd credentials (LoadCredential=cashier._D0_90_D0_BD_D1_8F)`},
		{"", ErrKeyringFailed, `no secret "cashier/Аня": the keyring failed: run: skidkassa doctor`},
	}
	for _, test := range tests {
		err := &NoSecretError{mustName(t, "cashier/Аня"), test.source, &KeyringError{Kind: test.cause}}
		if err.Error() != test.want {
			t.Errorf("got\n%s\nwant\n%s", err, test.want)
		}
	}
}

func TestSetRefuses(t *testing.T) {
	token := strings.Repeat("t", 16)
	tests := []struct {
		name, typed string
		rule        SecretRule // "" for a good one
	}{
		{"skidkabot", "1", ""},
		{"skidkabot", "9223372036854775807", ""},
		{"skidkabot", "0", RuleInteger},
		{"skidkabot", "-5", RuleInteger},
		{"skidkabot", "9223372036854775808", RuleInteger},
		{"skidkabot", "31337x", RuleInteger},
		{"skidkabot", "", RuleInteger},
		{"expirenza", "s3cr€t key", ""},
		{"expirenza", "", RuleKey},
		{"expirenza", "a\x1bb", RuleKey},
		{"expirenza", "a\xFFb", RuleKey},
		{"expirenza", strings.Repeat("a", 257), RuleKey},
		{"feed", token, ""},
		{"feed", "\uFEFF" + token + "\r\n", ""},
		{"feed", token[1:], RuleToken},
		{"feed", token + " " + token, RuleToken},
		{"feed", token + "ё", RuleToken},
		{"feed", strings.Repeat("t", 257), RuleToken},
		{"admin", "1234", ""},
		{"admin", "123456789012", ""},
		{"admin", "123", RulePIN},
		{"admin", "1234567890123", RulePIN},
		{"admin", "12a4", RulePIN},
		{"cashier/Аня", "١٢٣٤", RulePIN},
		{"waiter/Пётр", "4321", ""},
	}
	for _, test := range tests {
		t.Run(test.name+" "+printable(test.typed, 20), func(t *testing.T) {
			b := newBench(t)
			name := mustName(t, test.name)
			err := b.Set(background, name, test.typed)
			if test.rule == "" {
				if err != nil {
					t.Fatalf("got %v, want it to be kept", err)
				}
				if _, err := b.Get(background, name); err != nil {
					t.Errorf("it cannot be read again: %v", err)
				}
				return
			}
			var ruleErr *SecretRuleError
			if !errors.As(err, &ruleErr) || ruleErr.Rule != test.rule || ruleErr.Name != name {
				t.Errorf("got %v, want the rule %s", err, test.rule)
			}
			if len(test.typed) > 2 && strings.Contains(err.Error(), test.typed) {
				t.Errorf("the error repeats the secret: %v", err)
			}
			if b.keyring.calls > 0 {
				t.Error("the keyring was asked")
			}
		})
	}
}

func TestSetFailures(t *testing.T) {
	t.Run("keyring", func(t *testing.T) {
		b := newBench(t)
		b.keyring.err = ErrKeyringLocked
		if err := b.Set(background, SecretSkidkabot, "1"); !errors.Is(err, ErrKeyringLocked) {
			t.Errorf("got %v, want locked", err)
		}
		if record, _ := b.record.read(); record != "" {
			t.Errorf("recorded %q, though nothing has worked", record)
		}
	})
	t.Run("dropped silently", func(t *testing.T) {
		b := newBench(t)
		b.keyring.forgetful = true
		if err := b.Set(background, SecretSkidkabot, "1"); !errors.Is(err, ErrSecretNotFound) {
			t.Errorf("got %v, want that it is not there", err)
		}
	})
	t.Run("the old one kept", func(t *testing.T) {
		b := newBench(t)
		b.keyring.held = map[string]string{"skidkabot": "2"}
		b.keyring.forgetful = true
		if err := b.Set(background, SecretSkidkabot, "1"); !errors.Is(err, ErrKeyringFailed) {
			t.Errorf("got %v, want a failure", err)
		}
	})
	t.Run("credentials", func(t *testing.T) {
		b := newBench(t)
		b.credential(t, "skidkabot", "222")
		if _, err := b.Get(background, SecretSkidkabot); err != nil {
			t.Fatal(err)
		}
		if err := b.Set(background, SecretSkidkabot, "1"); !errors.Is(err, ErrCredentialsReadOnly) {
			t.Errorf("Set: %v, want read-only", err)
		}
		if err := b.Delete(background, SecretSkidkabot); !errors.Is(err, ErrCredentialsReadOnly) {
			t.Errorf("Delete: %v, want read-only", err)
		}
	})
}

// What another program has put into the store is judged like what is typed.
func TestStoredNonsense(t *testing.T) {
	tests := []struct {
		name   SecretName
		stored string
		rule   SecretRule
	}{
		{SecretSkidkabot, "abc31337", RuleInteger},
		{SecretFeed, "short31337", RuleToken},
		{SecretAdmin, "$argon2id$31337", RuleHash},
		{SecretAdmin, "31337", RuleHash}, // a bare PIN in the keyring was not put there by the till
		{SecretExpirenza, strings.Repeat("31337", 1000), RuleKey},
	}
	for _, test := range tests {
		b := newBench(t)
		b.keyring.held = map[string]string{string(test.name): test.stored}
		_, err := b.Get(background, test.name)
		var ruleErr *SecretRuleError
		if !errors.As(err, &ruleErr) || ruleErr.Rule != test.rule {
			t.Errorf("%s: got %v, want the rule %s", test.name, err, test.rule)
		}
		if strings.Contains(fmt.Sprintf("%v %+v", err, err), "31337") {
			t.Errorf("%s: the error repeats the secret: %v", test.name, err)
		}
	}
}

func TestCredentialFiles(t *testing.T) {
	b := newBench(t)
	b.keyring.err = ErrKeyringAbsent
	b.credential(t, "skidkabot", "\xEF\xBB\xBF31337\r\n")
	b.credential(t, "cashier._D0_90_D0_BD_D1_8F", "1234\n")
	b.credential(t, "feed", strings.Repeat("x", maxSecretBytes+1))
	if err := os.Mkdir(filepath.Join(b.credentials, "expirenza"), 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Get(background, SecretSkidkabot); err != nil || got.Reveal() != "31337" {
		t.Errorf("number: %q, %v", got.Reveal(), err)
	}
	name := mustName(t, "cashier/Аня")
	if got, err := b.Get(background, name); err != nil || !strings.HasPrefix(got.Reveal(), "$argon2id$") {
		t.Errorf("a PIN as typed: %v; want its hash", err)
	}
	for pin, want := range map[string]bool{"1234": true, "4321": false} {
		if got, err := b.VerifyPIN(background, name, pin); got != want || err != nil {
			t.Errorf("VerifyPIN: %v, %v; want %v", got, err, want)
		}
	}
	if _, err := b.VerifyPIN(background, SecretAdmin, "1234"); !errors.Is(err, ErrSecretNotFound) {
		t.Errorf("a PIN that is not set: %v, want not found", err)
	}
	if _, err := b.Get(background, SecretFeed); !errors.Is(err, errTooLarge) {
		t.Errorf("a huge file: %v, want too large", err)
	}
	if _, err := b.Get(background, SecretExpirenza); !errors.Is(err, errNotRegular) {
		t.Errorf("a folder: %v, want not a regular file", err)
	}
}

func TestRecord(t *testing.T) {
	b := newBench(t)
	if err := b.Set(background, SecretSkidkabot, "1"); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(b.data, recordName)
	for name, want := range map[string]fs.FileMode{path: 0o600, b.data: 0o700 | fs.ModeDir} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "windows" && info.Mode() != want {
			t.Errorf("%s has mode %v, want %v", filepath.Base(name), info.Mode(), want)
		}
	}
	left, err := os.ReadDir(b.data)
	if err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v, %v; want the record alone", left, err)
	}

	for name, content := range map[string]string{"another word": "file\n", "empty": "", "huge": strings.Repeat("x", 100)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var recordErr *RecordError
		if _, err := b.Get(background, SecretSkidkabot); !errors.As(err, &recordErr) || recordErr.Path != path {
			t.Errorf("%s: Get: %v, want a *RecordError", name, err)
		}
		if want := "the record of where the secrets are, " + path + ": "; !strings.HasPrefix(recordErr.Error(), want) {
			t.Errorf("%s: the message is %q, want it to name the file", name, recordErr)
		}
		if err := b.Set(background, SecretSkidkabot, "1"); !errors.As(err, &recordErr) {
			t.Errorf("%s: Set: %v, want a *RecordError", name, err)
		}
		if s, err := OpenSecrets(SecretOptions{Keyring: b.keyring, DataDir: b.data}); s != nil || !errors.As(err, &recordErr) {
			t.Errorf("%s: OpenSecrets: %v, want a *RecordError", name, err)
		}
	}
	if _, err := OpenSecrets(SecretOptions{Keyring: b.keyring}); err == nil {
		t.Error("OpenSecrets without a data folder works")
	}
}

// A source whose success cannot be recorded has not worked: the next start could
// take another one.
func TestRecordCannotBeWritten(t *testing.T) {
	b := newBench(t)
	b.keyring.held = map[string]string{"skidkabot": "1"}
	if err := os.WriteFile(b.data, nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	b.record = sourceRecord{filepath.Join(b.data, "x", recordName)}
	var recordErr *RecordError
	got, err := b.Get(background, SecretSkidkabot)
	if !errors.As(err, &recordErr) || !got.IsZero() || errors.Unwrap(recordErr) == nil {
		t.Errorf("got %v, %v; want a *RecordError and no secret", got, err)
	}

	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, recordName), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := (sourceRecord{filepath.Join(folder, recordName)}).write(FromKeyring); !errors.As(err, &recordErr) {
		t.Errorf("over a folder: %v, want a *RecordError", err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("the failed write leaves %v behind", left)
	}
}

func TestSecretNames(t *testing.T) {
	tests := []struct{ typed, want, near string }{
		{"skidkabot", "skidkabot", ""},
		{" admin\n", "admin", ""},
		{"expirenza", "expirenza", ""},
		{"feed", "feed", ""},
		{"cashier/Анна-Мария О'Нил 2", "cashier/Анна-Мария О'Нил 2", ""},
		{"waiter/Петро", "waiter/Петро", ""},
		{"cashier/Андреи\u0306", "cashier/Андрей", ""}, // й as two code points, as macOS types it
		{"skidkabto", "", "skidkabot"},
		{"Admin", "", "admin"},
		{"casheir/Аня", "", "cashier/Аня"},
		{"31337", "", ""},
		{"cashier/", "", ""},
		{"cashier", "", ""},
		{"cashier/a/b", "", ""},
		{"cashier/../../x", "", ""},
		{"cashier/a\x1b[2J", "", ""},
		{"cashier/" + strings.Repeat("я", 41), "", ""},
		{"casheir/a\x1b[2J", "", ""},
		{"", "", ""},
	}
	for _, test := range tests {
		got, err := ParseSecretName(test.typed)
		if string(got) != test.want {
			t.Errorf("ParseSecretName(%q) = %q, %v; want %q", test.typed, got, err, test.want)
		}
		if test.want != "" {
			continue
		}
		var nameErr *SecretNameError
		if !errors.As(err, &nameErr) || nameErr.Nearest != test.near {
			t.Errorf("ParseSecretName(%q): %v, want the nearest %q", test.typed, err, test.near)
		}
		if strings.Contains(err.Error(), "31337") {
			t.Errorf("the error repeats what was typed: %v", err)
		}
		if (test.near != "") != strings.Contains(err.Error(), "did you mean") {
			t.Errorf("%q: the message is %q", test.typed, err)
		}
	}
	if got, err := CashierSecret(" Аня "); got != "cashier/Аня" || err != nil {
		t.Errorf("CashierSecret: %q, %v", got, err)
	}
	if got, err := WaiterSecret("Аня"); got != "waiter/Аня" || err != nil {
		t.Errorf("WaiterSecret: %q, %v", got, err)
	}
}

// A credential's name is what systemd accepts, and no two secrets share one.
func TestCredentialNames(t *testing.T) {
	seen := map[string]SecretName{}
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.OneOf(
			rapid.SampledFrom([]string{"skidkabot", "expirenza", "feed", "admin"}),
			rapid.StringMatching(`(cashier|waiter)/[A-Za-zА-яЁё0-9_.'-]{1,8}`),
		).Draw(t, "name")
		name, err := ParseSecretName(typed)
		if err != nil {
			t.Fatal(err)
		}
		file := name.CredentialName()
		for _, r := range file {
			if r > '~' || r <= ' ' || r == '/' || r == ':' || r == '%' || r == '$' {
				t.Fatalf("%q becomes %q, which systemd does not take", name, file)
			}
		}
		if other, ok := seen[file]; ok && other != name {
			t.Fatalf("%q and %q are both %q", name, other, file)
		}
		seen[file] = name
	})
}

func TestSecretValueHidesItself(t *testing.T) {
	secret := NewSecretValue("31337")
	marshalled, err := json.Marshal(map[string]any{"a": secret, "b": []SecretValue{secret}, "c": &secret})
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "a", secret, "b", struct{ S SecretValue }{secret})
	for _, shown := range []string{
		secret.String(), fmt.Sprint(secret), fmt.Sprintf("%s %v %+v %#v %q %x %d", secret, secret, secret, secret, secret, secret, secret),
		fmt.Sprintf("%v %+v %#v", struct{ S SecretValue }{secret}, &secret, []SecretValue{secret}),
		string(marshalled), logged.String(),
	} {
		if strings.Contains(shown, "31337") || strings.Contains(shown, fmt.Sprintf("%x", "31337")) {
			t.Errorf("shows the secret: %s", shown)
		}
		if !strings.Contains(shown, redacted) {
			t.Errorf("does not say that it hides something: %s", shown)
		}
	}
	if _, err := NewSecretValue("31337x").Int64(); err == nil || strings.Contains(err.Error(), "31337") {
		t.Errorf("Int64: %v, want an error without the secret", err)
	}
}

// A till that is only being set up looks without settling for a source.
func TestLookRecordsNothing(t *testing.T) {
	b := newBench(t)
	b.keyring.err = ErrKeyringAbsent
	b.credential(t, "skidkabot", "31337")
	secret, source, err := b.Look(background, SecretSkidkabot)
	if err != nil || secret.Reveal() != "31337" || source != FromCredentials {
		t.Fatalf("%q from %q, %v", secret.Reveal(), source, err)
	}
	if _, err := os.Stat(b.data); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was recorded: %v", err)
	}
	b.keyring.err = nil
	if err := b.Set(background, SecretSkidkabot, "31338"); err != nil {
		t.Errorf("the keyring can no longer be chosen: %v", err)
	}
	if secret, source, err := b.Look(background, SecretSkidkabot); err != nil || secret.Reveal() != "31338" || source != FromKeyring {
		t.Errorf("%q from %q, %v", secret.Reveal(), source, err)
	}
}

func TestCheckSecret(t *testing.T) {
	for name, typed := range map[SecretName]string{SecretSkidkabot: "x", SecretAdmin: "123", SecretFeed: "short", SecretExpirenza: ""} {
		var rule *SecretRuleError
		if err := CheckSecret(name, typed); !errors.As(err, &rule) || rule.Name != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := CheckSecret(SecretSkidkabot, " 31337 "); err != nil {
		t.Error(err)
	}
}
