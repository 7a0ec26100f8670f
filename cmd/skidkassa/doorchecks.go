package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/skidkassa/skidkassa/config"
	"github.com/skidkassa/skidkassa/internal/notice"
	"github.com/skidkassa/skidkassa/internal/texts"
	"github.com/skidkassa/skidkassa/waiterapi"
)

// door looks whether waiters are served, or could be.
func (d *doctor) door(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	address := d.waiter().Listen
	if address == "" {
		return fine(d.say(texts.CLIFoundDoorOff))
	}
	said := texts.Args{"Address": address}
	var listening net.ListenConfig
	listener, err := listening.Listen(ctx, "tcp", address)
	if err == nil {
		_ = listener.Close() // it was only a try
		return fine(d.say(texts.CLIFoundDoorFree, said))
	}
	owner := portOwner(address)
	if answersPing(ctx, address) || d.tillServes() && (owner == "" || owner == ownName()) {
		return fine(d.say(texts.CLIFoundDoorServes, said))
	}
	if owner != "" {
		said["Owner"] = owner
		return failed(d.say(texts.CLIFoundDoorBusyBy, said), d.say(texts.CLICureDoorBusy))
	}
	said["Why"] = cause(err)
	return failed(d.say(texts.CLIFoundNoDoor, said), d.say(texts.CLICureNoDoor))
}

// tillServes reports whether the till that runs here says that it serves
// waiters. It may be too busy to answer.
func (d *doctor) tillServes() bool {
	return d.running && d.states.Parts[notice.Waiter].Level == notice.Good
}

// ownName is how the owner of a port is called when that is this program.
func ownName() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Base(path)
}

func (d *doctor) waiter() config.Waiter { return d.place.loaded.Settings.Waiter }

// pingLimit bounds the one question to the till that runs.
const pingLimit = 2 * time.Second

// answersPing reports whether a waiter's door answers at the address. One that
// does not let this machine in says so in a problem document (RFC 9457).
func answersPing(ctx context.Context, address string) bool {
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/ping", nil)
	if err != nil {
		return false
	}
	transport := &http.Transport{MaxResponseHeaderBytes: 64 << 10, DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close() // only the head counts
	return response.StatusCode == http.StatusNoContent || response.Header.Get("Content-Type") == "application/problem+json"
}

// allow looks who may call. The protocol knows no passwords, so it tells of
// everything wider than the one address that a WaiterServer has.
func (d *doctor) allow(context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	listen := d.waiter().Listen
	if listen == "" {
		return skipped(d.say(texts.CLIFoundDoorOff))
	}
	var network, wide []string
	for _, prefix := range d.waiter().Allow {
		if prefix.Addr().IsLoopback() {
			continue
		}
		network = append(network, prefix.String())
		if !prefix.IsSingleIP() {
			wide = append(wide, prefix.String())
		}
	}
	switch reachable := !isLoopback(listen); {
	case reachable && len(wide) > 0:
		return warning(d.say(texts.CLIFoundAllowedNetwork, texts.Args{"Networks": strings.Join(wide, ", ")}), d.say(texts.CLICureAllow))
	case reachable && len(network) == 0:
		return warning(d.say(texts.CLIFoundAllowedNobody, texts.Args{"Address": listen}), d.say(texts.CLICureAllowNobody))
	case reachable:
		return fine(strings.Join(network, ", "))
	}
	return fine(d.say(texts.CLIFoundAllowedLocal))
}

// isLoopback reports whether only this machine can reach an address.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	parsed, err := netip.ParseAddr(host)
	return err == nil && parsed.IsLoopback() || strings.EqualFold(host, "localhost")
}

// maxPhotosCounted bounds the reading of a folder that may hold anything.
const maxPhotosCounted = 1000

// photos looks whether guests' photos can be read.
func (d *doctor) photos(context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	path := d.waiter().Photos
	if path == "" {
		return fine(d.say(texts.CLIFoundNoPhotos))
	}
	folder, err := os.Open(path)
	if err != nil {
		return failed(d.say(texts.CLIFoundBadPhotos, texts.Args{"Dir": path, "Why": cause(err)}), d.say(texts.CLICurePhotos))
	}
	defer func() { _ = folder.Close() }() // only read from
	names, err := folder.Readdirnames(maxPhotosCounted)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return failed(d.say(texts.CLIFoundBadPhotos, texts.Args{"Dir": path, "Why": cause(err)}), d.say(texts.CLICurePhotos))
	case len(names) == maxPhotosCounted:
		return fine(d.say(texts.CLIFoundManyPhotos, texts.Args{"Dir": path, "Count": len(names)}))
	}
	return fine(d.say(texts.CLIFoundPhotos, texts.Args{"Dir": path, "Count": len(names)}))
}

// waiterPINs looks for waiters who were named and have no PIN: nobody can check
// in as one.
func (d *doctor) waiterPINs(ctx context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	names := d.waiter().Waiters
	if len(names) == 0 {
		return fine(d.say(texts.CLIFoundNoWaiters))
	}
	if ill := d.withoutPIN(ctx, names, config.WaiterSecret, texts.CLIFoundNoWaiterPIN); ill != nil {
		return *ill
	}
	return fine(d.p.words().Count(texts.CLIFoundWaiters, int64(len(names))))
}

// feed tells whether the POS may send its orders.
func (d *doctor) feed(ctx context.Context) finding {
	source, err := d.find(ctx, config.SecretFeed)
	switch {
	case errors.Is(err, config.ErrSecretNotFound):
		return fine(d.say(texts.CLIFoundNoFeed))
	case err != nil:
		return d.secretFailed(err)
	}
	return fine(d.say(texts.CLIFoundFeed, texts.Args{"Source": d.p.words().source(source)}))
}

// payments shows what the administrator enters in the POS, a line each.
func (d *doctor) payments(context.Context) finding {
	if d.settingsErr != nil {
		return skipped(d.say(texts.CLIFoundUnset))
	}
	vendor := d.place.loaded.Settings.Shop.Vendor
	var lines []string
	for _, payment := range waiterapi.PaymentTypes(d.waiter().System, vendor, d.waiter().Deposit) {
		lines = append(lines, payment.String())
	}
	return fine(strings.Join(append(lines, d.say(texts.CLIFoundWallet, texts.Args{"ID": waiterapi.WalletID(vendor)})), "\n"))
}
