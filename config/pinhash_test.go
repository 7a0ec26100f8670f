package config

import (
	"errors"
	"strings"
	"testing"
)

func TestPIN(t *testing.T) {
	stored, err := HashPIN("0742")
	if err != nil {
		t.Fatal(err)
	}
	again, err := HashPIN("0742")
	if err != nil || again == stored {
		t.Errorf("two hashes of one PIN are equal: there is no salt (%v)", err)
	}
	if !strings.HasPrefix(stored, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored with other costs: %s", stored)
	}
	for pin, want := range map[string]bool{
		"0742": true, "742": false, "07420": false, "0743": false, "": false, " 0742": false,
		"0742" + strings.Repeat("0", 1_000_000): false,
	} {
		if got, err := VerifyPIN(stored, pin); got != want || err != nil {
			t.Errorf("VerifyPIN of %.20q: %v, %v; want %v", pin, got, err, want)
		}
	}
	for _, pin := range []string{"", "123", "1234567890123", "12 4", "пять"} {
		if _, err := HashPIN(pin); !errors.Is(err, ErrPINForm) {
			t.Errorf("HashPIN(%q): %v, want ErrPINForm", pin, err)
		}
	}
}

// A vector of the reference implementation (phc-winner-argon2, src/test.c): what
// other programs store is understood, and only in exactly this form.
func TestForeignHashes(t *testing.T) {
	const body = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"
	if ok, err := VerifyPIN(body, "password"); !ok || err != nil {
		t.Errorf("got %v, %v; want true", ok, err)
	}
	for name, stored := range map[string]string{
		"empty":             "",
		"a PIN":             "1234",
		"other algorithm":   strings.Replace(body, "argon2id", "argon2i", 1),
		"other version":     strings.Replace(body, "v=19", "v=16", 1),
		"no version":        strings.Replace(body, "v=19", "v=", 1),
		"all memory":        strings.Replace(body, "m=256", "m=4294967295", 1),
		"no memory":         strings.Replace(body, "m=256", "m=0", 1),
		"for ever":          strings.Replace(body, "t=2", "t=4294967295", 1),
		"no pass":           strings.Replace(body, "t=2", "t=0", 1),
		"no thread":         strings.Replace(body, "p=1", "p=0", 1),
		"threads overflow":  strings.Replace(body, "p=1", "p=256", 1),
		"rest after costs":  strings.Replace(body, "p=1", "p=1,x=1", 1),
		"leading zero":      strings.Replace(body, "t=2", "t=02", 1),
		"bad salt":          strings.Replace(body, "c29tZXNhbHQ", "c29t!XNhbHQ", 1),
		"short salt":        strings.Replace(body, "c29tZXNhbHQ", "c29t", 1),
		"no hash":           body[:strings.LastIndex(body, "$")+1],
		"part after it":     body + "$x",
		"space around":      " " + body,
		"not canonical end": body[:len(body)-1] + "5",
	} {
		if _, err := VerifyPIN(stored, "1234"); !errors.Is(err, ErrPINHash) {
			t.Errorf("%s: %v, want ErrPINHash", name, err)
		}
	}
}
