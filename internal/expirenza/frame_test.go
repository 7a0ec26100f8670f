package expirenza

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skidkassa/skidkassa/internal/orders"
)

func TestParseMessage(t *testing.T) {
	long := strings.Repeat("я", maxRequest)
	for _, c := range []struct {
		frame, operation, request string
		err                       error
	}{
		{`{"rID":"1","operation":"getBill"}`, "getBill", "1", nil},
		{"\ufeff{\"operation\":\"getBill\",\"rID\":17}\r\n", "getBill", "17", nil},
		{`{"operation":"setSettings"}`, "setSettings", "", nil},
		{`{"operation":"setSettings","rID":null}`, "setSettings", "", nil},
		{`{"operation":"x","rID":"` + long + `"}`, "x", long, nil},
		{`{"operation":"x","rID":"` + long + `я"}`, "x", "", errRequest},
		{`{"operation":"x","rID":""}`, "x", "", errRequest},
		{`{"operation":"x","rID":true}`, "x", "", errRequest},
		{`{"operation":"x","rID":{"a":1}}`, "x", "", errRequest},
		{`{"Operation":"x","rID":"1"}`, "", "", errNoOperation},
		{`{"operation":"","rID":"1"}`, "", "", errNoOperation},
		{`{"operation":5,"rID":"1"}`, "", "", errNoOperation},
		{`{"operation":"` + strings.Repeat("x", maxWord+1) + `"}`, "", "", errNoOperation},
		{`[{"operation":"x"}]`, "", "", errNotObject},
		{`null`, "", "", errNotObject},
		{`{"operation":"x"}{}`, "", "", errNotObject},
		{"{\"operation\":\"\xff\"}", "", "", errNotObject},
		{``, "", "", errNotObject},
	} {
		m, err := parseMessage([]byte(c.frame))
		if err != c.err || m.operation != c.operation || m.request != c.request {
			t.Errorf("%.80q: operation %q, rID %q, error %v", c.frame, m.operation, m.request, err)
		}
	}
}

func TestFieldsAreFoundByTheirExactNames(t *testing.T) {
	m := parsed(t, `{"operation":"payBill","rID":"1","SUM":1,"Sum":2,"sum":3}`)
	if got, err := m.amount("sum"); err != nil || !got.Equal(dec("3")) {
		t.Errorf("sum %s, %v", got, err)
	}
}

func TestWhatIsTooLongIsNotEchoed(t *testing.T) {
	m := parsed(t, `{"operation":"payBill","rID":"1","billId":"`+strings.Repeat("x", maxEcho)+`"}`)
	if got := string(m.echo("billId")); got != "null" {
		t.Errorf("%d bytes were echoed", len(got))
	}
}

// Whatever comes, a message is either refused or can be answered, with its rID as it came, in valid JSON.
func FuzzMessage(f *testing.F) {
	for _, seed := range []string{
		examplePay, exampleRead, `{"operation":"getBill","rID":"1","tableNumber":"12"}`, `{"operation":"setSettings","bonusUsage":true}`,
		`{"operation":"payBill","rID":"\ud800","billId":[1],"sum":1e5,"fiscalData":[{"key":1},null,{}]}`, "\ufeff{}", `{"operation":"payBill","rID":-0}`,
	} {
		f.Add([]byte(seed))
	}
	options := testOptions()
	client, err := New(options)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		m, err := parseMessage(frame)
		if err != nil {
			return
		}
		payment, err := paymentOf(m)
		if err == nil && (payment.Sum.IsNegative() || payment.Tips.IsNegative() || len(payment.Fiscal) > orders.MaxFiscal) {
			t.Errorf("%q is the payment %+v", frame, payment)
		}
		body := client.verdictBody(m, orders.Verdict{Obstacle: orders.ObstacleSum})
		var reply map[string]json.RawMessage
		if err := json.Unmarshal(body, &reply); err != nil {
			t.Fatalf("%q is answered with %q: %v", frame, body, err)
		}
		if string(reply["rID"]) != string(m.rid) {
			t.Errorf("the rID %s came back as %s", m.rid, reply["rID"])
		}
		client.takeSettings(m)
		encode(client.getBill(t.Context(), m))
	})
}

func TestTheSignatureIsOpenssls(t *testing.T) {
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("testdata", "signature", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	if got, want := key(read("key")).sign(read("body.json")), string(read("want")); got != want {
		t.Errorf("signature %s, openssl says %s", got, want)
	}
}

func TestTheKeyIsNeverPrinted(t *testing.T) {
	client := exampleClient(t)
	client.secret = key("hush-hush")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, value := range []any{client, client.secret} {
			if got := fmt.Sprintf(verb, value); strings.Contains(got, "hush") || strings.Contains(got, "68757368") || strings.Contains(got, "104 117") {
				t.Errorf("%s of %T prints the key", verb, value)
			}
		}
	}
}
