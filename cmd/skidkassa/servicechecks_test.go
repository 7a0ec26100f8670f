package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/skidkabot/skidkabotsim"
)

// replying makes a doctor whose service answers each request for a balance so.
func replying(t *testing.T, body string) *doctor {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" && r.URL.Path != "/api_get_balance.php" {
			t.Errorf("the doctor asks for %s", r.URL)
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	d, r := newDoctor(t)
	d.place.loaded.Settings.Skidkabot.URL = server.URL
	r.keyring.kept["skidkabot"] = "31337"
	demandFinding(t, d.service(t.Context()), verdictOK, "status 200", "")
	return d
}

func TestDoctorShop(t *testing.T) {
	for name, test := range map[string]struct {
		body    string
		verdict verdict
		detail  string
		cure    string
	}{
		"unknown customer": {`{"code":6}`, verdictOK, "knows shop 4", ""},
		"unknown QR":       {`{"code":7}`, verdictOK, "knows shop 4", ""},
		"wrong QR":         {`{"code":8}`, verdictOK, "knows shop 4", ""},
		"expired QR":       {`{"code":9}`, verdictOK, "knows shop 4", ""},
		"somebody":         {`{"code":0,"first_name":"","last_name":"","balance":1}`, verdictOK, "knows shop 4", ""},
		"unknown shop":     {`{"code":5}`, verdictFail, "code 5", "secret set skidkabot"},
		"debt":             {`{"code":15}`, verdictFail, "in debt", "top up"},
		"another refusal":  {`{"code":3}`, verdictWarning, "odd answer", "later"},
		"a web page":       {`<html>`, verdictWarning, "odd answer", "later"},
	} {
		t.Run(name, func(t *testing.T) {
			demandFinding(t, replying(t, test.body).shop(t.Context()), test.verdict, test.detail, test.cure)
		})
	}
}

func TestDoctorAsksForNoShopInVain(t *testing.T) {
	d, r := newDoctor(t)
	r.keyring.kept["skidkabot"] = "31337"
	demandFinding(t, d.shop(t.Context()), verdictSkipped, "no connection", "")
	d = replying(t, `{"code":6}`)
	d.keyring.(*fakeKeyring).err = config.ErrKeyringLocked
	demandFinding(t, d.shop(t.Context()), verdictSkipped, "secret", "")
}

// The simulator answers as the service does.
func TestDoctorKnowsTheSimulatorsShop(t *testing.T) {
	var sim skidkabotsim.Server
	address, err := sim.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	d, r := newDoctor(t)
	d.place.loaded.Settings.Skidkabot.URL = address
	r.keyring.kept["skidkabot"] = "31337"
	d.service(t.Context())
	demandFinding(t, d.shop(t.Context()), verdictOK, "knows shop 4", "")
	r.keyring.kept["skidkabot"] = "31338"
	demandFinding(t, d.shop(t.Context()), verdictFail, "code 5", "secret set skidkabot")
}

func TestDoctorCashiers(t *testing.T) {
	d, r := newDoctor(t)
	shop := &d.place.loaded.Settings.Shop
	demandFinding(t, d.cashiers(t.Context()), verdictOK, "none are named", "")
	shop.Cashiers = []string{"Аня", "Пётр"}
	r.keyring.kept["cashier/Аня"] = mustHash(t, "1111")
	demandFinding(t, d.cashiers(t.Context()), verdictWarning, "Пётр", "secret set cashier/Пётр")
	r.keyring.kept["cashier/Пётр"] = mustHash(t, "2222")
	demandFinding(t, d.cashiers(t.Context()), verdictOK, "Аня, Пётр", "")
	r.keyring.err = config.ErrKeyringLocked
	demandFinding(t, d.cashiers(t.Context()), verdictFail, "locked", "unlock")
	d.settingsErr = errors.New("broken")
	demandFinding(t, d.cashiers(t.Context()), verdictSkipped, "not looked at", "")
}
