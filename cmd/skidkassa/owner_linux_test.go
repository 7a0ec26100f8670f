package main

import (
	"net"
	"net/netip"
	"testing"
)

func TestPortOwner(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::]:0"} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		want := commandName("/proc/self")
		if got := portOwner("127.0.0.1:" + port); got != want || want == "" {
			t.Errorf("%s is owned by %q, want %q", listener.Addr(), got, want)
		}
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		if got := portOwner("127.0.0.1:" + port); got == want {
			t.Errorf("a closed port is owned by %q", got)
		}
	}
	for _, bad := range []string{"", "127.0.0.1", "no such host.invalid:1"} {
		if got := portOwner(bad); got != "" {
			t.Errorf("%q is owned by %q", bad, got)
		}
	}
}

func TestKernelAddress(t *testing.T) {
	for text, want := range map[string]string{ // as a little-endian kernel writes them
		"0100007F:238C":                         "127.0.0.1:9100",
		"00000000:0050":                         "0.0.0.0:80",
		"00000000000000000000000001000000:238C": "[::1]:9100",
		"0000000000000000FFFF00000100007F:238C": "[::ffff:127.0.0.1]:9100",
	} {
		if got, ok := kernelAddress(text); !ok || got != netip.MustParseAddrPort(want) {
			t.Errorf("%s is %s, %v, want %s", text, got, ok, want)
		}
	}
	for _, bad := range []string{"", "local_address", "0100007F", "0100007F:XX", "01:238C"} {
		if got, ok := kernelAddress(bad); ok {
			t.Errorf("%q is %s", bad, got)
		}
	}
}

func TestCollide(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"127.0.0.1:80", "127.0.0.1:80", true},
		{"127.0.0.1:80", "127.0.0.1:81", false},
		{"127.0.0.1:80", "192.0.2.1:80", false},
		{"0.0.0.0:80", "192.0.2.1:80", true},
		{"192.0.2.1:80", "[::]:80", true},
		{"[::ffff:127.0.0.1]:80", "127.0.0.1:80", true},
	} {
		if got := collide(netip.MustParseAddrPort(test.a), netip.MustParseAddrPort(test.b)); got != test.want {
			t.Errorf("%s and %s collide: %v, want %v", test.a, test.b, got, test.want)
		}
	}
}
