package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/journal"
	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
)

// explain is what is said in English.
func explain(err error) (string, exitCode) { return english().explain(err) }

func TestExplain(t *testing.T) {
	broken := errors.New("broken")
	code := func(code journal.Code) error {
		return fmt.Errorf("wrapped: %w", &journal.Error{Code: code, Path: "j.db", Err: fmt.Errorf("inner: %w", broken)})
	}
	for name, test := range map[string]struct {
		err  error
		code exitCode
		says []string
	}{
		"usage":         {misuse(texts.CLILongNoCommand), exitUsage, []string{"that is no command", "--help"}},
		"no terminal":   {errNoTerminal, exitFailed, []string{"needs a terminal"}},
		"cancelled":     {config.ErrCancelled, exitFailed, []string{"nothing was changed"}},
		"no input":      {errNoInput, exitFailed, []string{"standard input"}},
		"interrupted":   {fmt.Errorf("x: %w", context.Canceled), exitFailed, []string{"interrupted"}},
		"ill":           {&illError{fails: 2}, exitFailed, []string{"2 checks failed"}},
		"no home":       {config.ErrNoHome, exitFailed, []string{"--data"}},
		"not set up":    {&notSetUpError{file: "s.toml"}, exitFailed, []string{"s.toml", "skidkassa setup", "demo"}},
		"data folder":   {&dataDirError{dir: "d", err: fs.ErrPermission}, exitFailed, []string{"d cannot be used", "permission denied", "--data"}},
		"in flight":     {errors.Join(context.Canceled, loyalty.ErrInFlight), exitUnknown, []string{"result is unknown", "sends nothing twice"}},
		"full":          {code(journal.Full), exitFailed, []string{"disk is full", "j.db"}},
		"read-only":     {code(journal.ReadOnly), exitFailed, []string{"j.db cannot be written", "broken"}},
		"unwritable":    {code(journal.Unwritable), exitFailed, []string{"j.db cannot be written", "broken"}},
		"newer":         {code(journal.Newer), exitFailed, []string{"newer", "left as it is", "--new-journal"}},
		"older":         {code(journal.Older), exitFailed, []string{"older", "Start the till once"}},
		"missing":       {code(journal.Missing), exitFailed, []string{"there is no journal j.db"}},
		"busy":          {code(journal.Busy), exitFailed, []string{"held by another program"}},
		"io":            {code(journal.IO), exitFailed, []string{"j.db failed: broken", "doctor"}},
		"damaged":       {&journal.DamagedError{Path: "j.db", Err: broken}, exitFailed, []string{"damaged", "left as it is", "--new-journal"}},
		"locked":        {&journal.LockedError{}, exitFailed, []string{"another till"}},
		"locked by":     {&journal.LockedError{PID: 17, Since: time.Unix(1e9, 0)}, exitFailed, []string{"process 17, since 2001-09-"}},
		"no operation":  {loyalty.ErrNotFound, exitFailed, []string{"no such operation"}},
		"no secret":     {&config.NoSecretError{Name: config.SecretAdmin, Cause: config.ErrSecretNotFound}, exitFailed, []string{"no secret \"admin\": secret not found\n", "skidkassa secret set admin"}},
		"no credential": {&config.NoSecretError{Name: config.SecretAdmin, Source: config.FromCredentials, Cause: config.ErrSecretNotFound}, exitFailed, []string{"LoadCredential=admin"}},
		"no keyring":    {&config.NoSecretError{Name: config.SecretAdmin, Cause: &config.KeyringError{Kind: config.ErrKeyringLocked, Cause: broken}}, exitFailed, []string{"locked\n" + english().Say(texts.CLICureLocked)}},
		"sick keyring":  {&config.NoSecretError{Name: config.SecretAdmin, Cause: &config.KeyringError{Kind: config.ErrKeyringFailed, Cause: broken}}, exitFailed, []string{"broken"}},
		"keyring":       {&secretError{name: "admin", err: config.ErrKeyringLocked}, exitFailed, []string{"admin", "locked", english().Say(texts.CLICureLocked)}},
		"bad secret":    {&config.SecretRuleError{Name: config.SecretAdmin, Rule: config.RulePIN}, exitFailed, []string{"digits"}},
		"refused":       {&balanceError{err: &skidkabot.RefusedError{Code: 9, Text: "QR-код устарел."}}, exitRefused, []string{"code 9", "QR-код устарел."}},
		"refused, mute": {&balanceError{err: &skidkabot.RefusedError{Code: 9}}, exitRefused, []string{"code 9"}},
		"unknown":       {&balanceError{err: &skidkabot.UnknownError{Reason: skidkabot.ReasonTimeout}}, exitFailed, []string{"not available", "No points have moved"}},
		"cut short":     {&balanceError{err: &skidkabot.UnknownError{Reason: skidkabot.ReasonReset, Err: io.ErrUnexpectedEOF}}, exitFailed, []string{"not available"}},
		"other":         {broken, exitFailed, []string{"broken"}},
	} {
		t.Run(name, func(t *testing.T) {
			sentence, code := explain(test.err)
			if code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
			for _, want := range test.says {
				if !strings.Contains(sentence, want) {
					t.Errorf("%q does not say %q", sentence, want)
				}
			}
			if lines := strings.Count(sentence, "\n") + 1; lines > 3 || strings.TrimSpace(sentence) != sentence {
				t.Errorf("%d lines: %q", lines, sentence)
			}
		})
	}
}

func TestExplainSettings(t *testing.T) {
	inFile := config.Problem{Code: config.Required, Origin: config.FromFile, File: "s.toml", Line: 3, Key: "shop.vendor"}
	inFlag := config.Problem{Code: config.Required, Origin: config.FromFlag, Key: "shop.vendor"}
	for name, test := range map[string]struct {
		problems []config.Problem
		code     exitCode
	}{
		"in the file":      {[]config.Problem{inFile}, exitFailed},
		"in a flag":        {[]config.Problem{inFlag}, exitUsage},
		"in both":          {[]config.Problem{inFile, inFlag}, exitFailed},
		"in the file last": {[]config.Problem{inFlag, inFile}, exitFailed},
	} {
		sentence, code := explain(&config.SettingsError{Problems: test.problems})
		if code != test.code {
			t.Errorf("%s: exit code %d, want %d", name, code, test.code)
		}
		if got := strings.Count(sentence, "shop.vendor"); got < len(test.problems) {
			t.Errorf("%s: %q tells %d problems, want %d", name, sentence, got, len(test.problems))
		}
	}
}

func TestEveryScanProblemHasItsSentence(t *testing.T) {
	said := make(map[string]loyalty.ScanProblem)
	for _, problem := range []loyalty.ScanProblem{
		loyalty.ScanForeignVendor, loyalty.ScanDamaged, loyalty.ScanLayout,
		loyalty.ScanBarcode, loyalty.ScanLink, loyalty.ScanOther,
	} {
		sentence, code := explain(&loyalty.ScanError{Problem: problem, Head: "31766"})
		if sentence == "" || code != exitFailed {
			t.Errorf("%s: %q, exit code %d", problem, sentence, code)
		}
		if other, twice := said[sentence]; twice {
			t.Errorf("%s and %s have the same sentence", problem, other)
		}
		if strings.Contains(sentence, "31766") {
			t.Errorf("%s: the sentence holds what was scanned: %q", problem, sentence)
		}
		said[sentence] = problem
	}
}
