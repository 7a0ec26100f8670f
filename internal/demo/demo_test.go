package demo

import (
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/skidkassa/skidkassa/internal/loyalty"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/skidkabot"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

func open(t *testing.T) *Shop {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	shop, err := Open(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := shop.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(shop.DataDir()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the folder is still there: %v", err)
		}
	})
	return shop
}

// choose gives what a ready scan types.
func choose(t *testing.T, shop *Shop, label texts.ID) string {
	t.Helper()
	for _, scan := range shop.Scans() {
		if scan.Label == label {
			return scan.Text()
		}
	}
	t.Fatalf("no ready scan %q", label)
	return ""
}

func identify(t *testing.T, shop *Shop, label texts.ID) loyalty.Identified {
	t.Helper()
	found, err := loyalty.Identify(choose(t, shop, label), shop.Settings().Shop.Vendor)
	if err != nil {
		t.Fatalf("%s: %v", label, err)
	}
	return found
}

func service(t *testing.T, shop *Shop) loyalty.Service {
	t.Helper()
	s, err := shop.Service(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCustomers(t *testing.T) {
	shop := open(t)
	for _, test := range []struct {
		label   texts.ID
		name    string
		balance int64
		layout  string
		caps    bool
	}{
		{texts.ReadyPoints, "Александр Татарченко", 2365, "us", false},
		{texts.ReadyNoPoints, "Анна-Мария Константинопольская-Рождественская", 0, "us", false},
		{texts.ReadyLayout, "Александр Татарченко", 2365, "ru", false},
		{texts.ReadyCapsLock, "Александр Татарченко", 2365, "us", true},
	} {
		t.Run(string(test.label), func(t *testing.T) {
			found := identify(t, shop, test.label)
			if found.Layout.ID != test.layout || found.CapsLock != test.caps {
				t.Errorf("identified as %+v", found)
			}
			account, err := service(t, shop).Balance(t.Context(), found.Card)
			if err != nil {
				t.Fatal(err)
			}
			if name := account.FirstName + " " + account.LastName; name != test.name {
				t.Errorf("name %q, want %q", name, test.name)
			}
			if !account.Balance.Equal(decimal.NewFromInt(test.balance)) {
				t.Errorf("balance %s, want %d", account.Balance, test.balance)
			}
			if !account.AccruePercent.Equal(decimal.NewFromInt(2)) || !account.RedeemPercent.Equal(decimal.NewFromInt(10)) {
				t.Errorf("percents %s and %s, want 2 and 10", account.AccruePercent, account.RedeemPercent)
			}
		})
	}
}

func TestCodesThatAreRefusedBeforeTheService(t *testing.T) {
	shop := open(t)
	for label, want := range map[texts.ID]loyalty.ScanProblem{
		texts.ReadyForeign: loyalty.ScanForeignVendor,
		texts.ReadyBarcode: loyalty.ScanBarcode,
	} {
		_, err := loyalty.Identify(choose(t, shop, label), shop.Settings().Shop.Vendor)
		var scan *loyalty.ScanError
		if !errors.As(err, &scan) || scan.Problem != want {
			t.Errorf("%s: %v, want %s", label, err, want)
		}
	}
}

func TestExpired(t *testing.T) {
	shop := open(t)
	_, err := service(t, shop).Balance(t.Context(), identify(t, shop, texts.ReadyExpired).Card)
	var refused *skidkabot.RefusedError
	if !errors.As(err, &refused) || refused.Code != skidkabot.CodeExpiredQR {
		t.Errorf("%v, want code %v", err, skidkabot.CodeExpiredQR)
	}
}

// The trouble lasts until another scan is chosen.
func TestServiceDown(t *testing.T) {
	shop := open(t)
	card := identify(t, shop, texts.ReadyServiceDown).Card
	for range 2 {
		_, err := service(t, shop).Balance(t.Context(), card)
		var notSent *skidkabot.NotSentError
		if !errors.As(err, &notSent) || notSent.Phase != skidkabot.PhaseConnect {
			t.Fatalf("%v, want that nobody is there", err)
		}
	}
	card = identify(t, shop, texts.ReadyPoints).Card
	if _, err := service(t, shop).Balance(t.Context(), card); err != nil {
		t.Errorf("still down: %v", err)
	}
}

func TestReplyLost(t *testing.T) {
	shop := open(t)
	client := service(t, shop)
	card := identify(t, shop, texts.ReadyReplyLost).Card
	if _, err := client.Balance(t.Context(), card); err != nil {
		t.Fatalf("the balance before: %v", err)
	}
	_, err := client.Redeem(t.Context(), card, decimal.NewFromInt(100))
	if got := skidkabot.OutcomeOf(err); got != skidkabot.Unknown {
		t.Fatalf("outcome %v (%v), want unknown", got, err)
	}
	ledger := shop.service.Ledger()
	if len(ledger) != 1 || ledger[0].Kind != skidkabotsim.Redeem {
		t.Errorf("ledger %+v, want the one redemption", ledger)
	}
	account, err := client.Balance(t.Context(), card)
	if err != nil || !account.Balance.Equal(decimal.NewFromInt(2265)) {
		t.Errorf("the balance after: %v, %v", account, err)
	}
	if _, err := client.Accrue(t.Context(), card, decimal.NewFromInt(10)); err != nil {
		t.Errorf("the next operation: %v", err)
	}
}

// A trouble that was chosen and not used up must not spoil the next customer.
func TestChoosingAnotherScanEndsTheTrouble(t *testing.T) {
	shop := open(t)
	choose(t, shop, texts.ReadyReplyLost)
	card := identify(t, shop, texts.ReadyPoints).Card
	if _, err := service(t, shop).Accrue(t.Context(), card, decimal.NewFromInt(10)); err != nil {
		t.Error(err)
	}
}

func TestEveryScanHasItsOwnLabel(t *testing.T) {
	seen := make(map[texts.ID]bool)
	for _, scan := range open(t).Scans() {
		if seen[scan.Label] {
			t.Errorf("two scans %q", scan.Label)
		}
		seen[scan.Label] = true
	}
	if len(seen) != 9 {
		t.Errorf("%d ready scans, want 9", len(seen))
	}
}

func TestOpenFailsWithoutAFolder(t *testing.T) {
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", file)
	if shop, err := Open(time.Now); err == nil {
		t.Errorf("opened in %s", shop.DataDir())
	}
}
