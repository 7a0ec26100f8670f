package skidkabot_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skidkassa/skidkassa/skidkabot"
)

// published is the example of PROTOCOLS.md, section 1.
const published = `{"type":"Skidkabot","vendor":4,"client":83532824,"secret":31766}`

var publishedCard = skidkabot.Card{Vendor: 4, Client: 83532824, Secret: 31766}

func TestPayloadIsThePublishedText(t *testing.T) {
	if got := publishedCard.Payload(); got != published {
		t.Errorf("got %s, want %s", got, published)
	}
}

func TestParseQRAccepts(t *testing.T) {
	for name, text := range map[string]string{
		"published":         published,
		"line end":          published + "\r\n",
		"doubled line end":  published + "\r\r",
		"STX and ETX":       "\x02" + published + "\x03",
		"spaces":            "  " + published + "\t",
		"BOM":               "\ufeff" + published,
		"AIM":               "]Q1" + published,
		"AIM after STX":     "\x02]Q1" + published + "\r",
		"AIM, then GS":      "]d2\x1d" + published,
		"Caps Lock":         `{"TYPE":"sKIDKABOT","VENDOR":4,"CLIENT":83532824,"SECRET":31766}`,
		"other order":       `{"secret":31766,"client":83532824,"vendor":4,"type":"Skidkabot"}`,
		"white space":       `{ "type" : "Skidkabot", "vendor" : 4, "client" : 83532824, "secret" : 31766 }`,
		"exactly 512 bytes": published + strings.Repeat(" ", 512-len(published)),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := skidkabot.ParseQR(text)
			if err != nil || got != publishedCard {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestParseQRRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want skidkabot.QRReason
	}{
		"empty":               {"", skidkabot.NotSkidkabot},
		"only control":        {"\x02\r\n", skidkabot.NotSkidkabot},
		"EAN":                 {"4006381333931", skidkabot.NotSkidkabot},
		"AIM and EAN":         {"]E04006381333931", skidkabot.NotSkidkabot},
		"bare AIM":            {"]Q1", skidkabot.NotSkidkabot},
		"URL":                 {"https://example.com/x", skidkabot.NotSkidkabot},
		"foreign JSON":        {`{"type":"Other","vendor":4,"client":1,"secret":1}`, skidkabot.NotSkidkabot},
		"no type":             {`{"vendor":4,"client":1,"secret":1,"kind":1}`, skidkabot.NotSkidkabot},
		"long s for s":        {`{"type":"ſkidkabot","vendor":4,"client":1,"secret":1}`, skidkabot.NotSkidkabot},
		"Kelvin sign for k":   {"{\"type\":\"S\u212aidkabot\",\"vendor\":4,\"client\":1,\"secret\":1}", skidkabot.NotSkidkabot},
		"513 bytes":           {published + strings.Repeat(" ", 513-len(published)), skidkabot.TooLong},
		"long EAN":            {strings.Repeat("4", 600), skidkabot.TooLong},
		"truncated":           {published[:40], skidkabot.Malformed},
		"two codes":           {published + published, skidkabot.Malformed},
		"missing key":         {`{"type":"Skidkabot","vendor":4,"client":1}`, skidkabot.Malformed},
		"other key":           {`{"type":"Skidkabot","vendor":4,"client":1,"secrets":1}`, skidkabot.Malformed},
		"extra key":           {`{"type":"Skidkabot","vendor":4,"client":1,"secret":1,"x":1}`, skidkabot.Malformed},
		"duplicate key":       {`{"type":"Skidkabot","vendor":4,"client":1,"client":2}`, skidkabot.Malformed},
		"duplicate by case":   {`{"type":"Skidkabot","vendor":4,"client":1,"secret":1,"SECRET":1}`, skidkabot.Malformed},
		"type twice":          {`{"type":"Skidkabot","Type":"Skidkabot","vendor":4,"client":1,"secret":1}`, skidkabot.Malformed},
		"type in an array":    {`{"type":["Skidkabot"],"vendor":4,"client":1,"secret":1}`, skidkabot.Malformed},
		"number as string":    {`{"type":"Skidkabot","vendor":4,"client":"1","secret":1}`, skidkabot.Malformed},
		"fraction":            {`{"type":"Skidkabot","vendor":4,"client":1.0,"secret":1}`, skidkabot.Malformed},
		"exponent":            {`{"type":"Skidkabot","vendor":4,"client":1e3,"secret":1}`, skidkabot.Malformed},
		"leading zero":        {`{"type":"Skidkabot","vendor":04,"client":1,"secret":1}`, skidkabot.Malformed},
		"null":                {`{"type":"Skidkabot","vendor":null,"client":1,"secret":1}`, skidkabot.Malformed},
		"nested":              {`{"type":"Skidkabot","vendor":{"a":{}},"client":1,"secret":1}`, skidkabot.Malformed},
		"array":               {`[` + published + `]`, skidkabot.Malformed},
		"bad UTF-8":           {`{"type":"Skidkabot","vendor":4,"client":1,"` + "\xff" + `":1}`, skidkabot.Malformed},
		"control inside":      {`{"type":"Skidkabot",` + "\x1d" + `"vendor":4,"client":1,"secret":1}`, skidkabot.Malformed},
		"zero client":         {`{"type":"Skidkabot","vendor":4,"client":0,"secret":1}`, skidkabot.OutOfRange},
		"zero vendor":         {`{"type":"Skidkabot","vendor":0,"client":1,"secret":1}`, skidkabot.OutOfRange},
		"negative client":     {`{"type":"Skidkabot","vendor":4,"client":-1,"secret":1}`, skidkabot.OutOfRange},
		"negative secret":     {`{"type":"Skidkabot","vendor":4,"client":1,"secret":-1}`, skidkabot.OutOfRange},
		"client over 64 bits": {`{"type":"Skidkabot","vendor":4,"client":9223372036854775808,"secret":1}`, skidkabot.OutOfRange},
	} {
		t.Run(name, func(t *testing.T) {
			card, err := skidkabot.ParseQR(test.text)
			var got *skidkabot.QRError
			if !errors.As(err, &got) {
				t.Fatalf("got %v and error %v, want a QRError", card, err)
			}
			if got.Reason != test.want {
				t.Errorf("got reason %q, want %q", got.Reason, test.want)
			}
			if card != (skidkabot.Card{}) {
				t.Errorf("got card %v beside an error", card)
			}
		})
	}
}

func TestQRErrorHidesTheText(t *testing.T) {
	_, err := skidkabot.ParseQR(`{"type":"Skidkabot","vendor":4,"client":83532824,"secret":"31766"}`)
	if err == nil || strings.Contains(err.Error(), "31766") || strings.Contains(err.Error(), "83532824") {
		t.Errorf("got %q", err)
	}
}

func TestParseQRReadsWhatPayloadWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := skidkabot.Card{
			Vendor: rapid.Int64Range(1, math.MaxInt64).Draw(t, "vendor"),
			Client: rapid.Int64Range(1, math.MaxInt64).Draw(t, "client"),
			Secret: skidkabot.Secret(rapid.Int64Range(0, math.MaxInt64).Draw(t, "secret")),
		}
		text := want.Payload()
		if rapid.Bool().Draw(t, "caps lock") {
			text = strings.ToUpper(text)
		}
		if got, err := skidkabot.ParseQR(text); err != nil || got != want {
			t.Fatalf("got %v, %v, want %v", got, err, want)
		}
	})
}

func FuzzParseQR(f *testing.F) {
	for _, seed := range []string{published, "]Q1" + published + "\r\n", published[:30], "4006381333931", `{"type":"skidkabot"}`,
		`{"TYPE":"sKIDKABOT","VENDOR":4,"CLIENT":83532824,"SECRET":31766}`, `{"type":"Skidkabot","vendor":4,"client":1e9,"secret":1}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		card, err := skidkabot.ParseQR(text)
		if err != nil {
			if reason := new(skidkabot.QRError); !errors.As(err, &reason) {
				t.Fatalf("got error %v, want a QRError", err)
			}
			return
		}
		if card.Vendor < 1 || card.Client < 1 || card.Secret.Reveal() < 0 {
			t.Fatalf("accepted %q with a number out of range", text)
		}
		if again, err := skidkabot.ParseQR(card.Payload()); err != nil || again != card {
			t.Fatalf("round trip of %q: got %v, %v", text, again, err)
		}
	})
}

func BenchmarkParseQR(b *testing.B) {
	for b.Loop() {
		if _, err := skidkabot.ParseQR(published); err != nil {
			b.Fatal(err)
		}
	}
}
