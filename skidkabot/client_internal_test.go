package skidkabot

import (
	"net/url"
	"testing"
	"time"
)

func TestDefaultLimits(t *testing.T) {
	want := Limits{Dial: 5 * time.Second, TLS: 5 * time.Second, Header: 10 * time.Second, Total: 15 * time.Second, ReplyBytes: 65536}
	if got := (Limits{}).withDefaults(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	own := Limits{Dial: 1, TLS: 2, Header: 3, Total: 4, ReplyBytes: 5}
	if got := own.withDefaults(); got != own {
		t.Errorf("got %+v, want %+v", got, own)
	}
}

// TestOnlyBalancesCanBeSentAgain: without GetBody, Go cannot repeat a body even
// where it thinks that it may.
func TestOnlyBalancesCanBeSentAgain(t *testing.T) {
	client, err := New(Config{URL: "https://skidkabot.ru", Vendor: 4, VendorSecret: 31337})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{PathBalance: true, PathAccrue: false, PathRedeem: false} {
		request, err := client.newRequest(t.Context(), path, url.Values{})
		if err != nil {
			t.Fatal(err)
		}
		if got := request.GetBody != nil; got != want {
			t.Errorf("%s: got GetBody %v, want %v", path, got, want)
		}
	}
}
